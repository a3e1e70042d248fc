"""Levels from arrays, for a simulation: the same counts and the same decision as in an assessment."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from innovnet._check import some
from innovnet.clusters._catalogue import FACT, parsed
from innovnet.clusters._counts import COUNTED, counts
from innovnet.clusters._counts_kernel import ClusterArrays
from innovnet.clusters._decide import Decision, decide
from innovnet.clusters._rules import Rules
from innovnet.clusters._values import Values
from innovnet.errors import DataError


def levels_of(arrays: ClusterArrays, rules: Rules, columns: Mapping[str, npt.ArrayLike | Values]) -> Decision:
    """Which criteria clusters given as arrays meet, and their levels: bit for bit what an assessment of the same state says.

    ``columns`` has what is no count of members or ties (:func:`columns_needed`) for each row of the arrays: governance, strategy, joint_years, own_funds_share,
    facts and the like, by the key of the indicator. Yes is 1, NaN is not known; or intervals. The arrays are made under the settings of the rules.
    """
    needed = columns_needed(rules)
    rows = len(arrays.ptr) - 1
    absent = [key for key in needed if key not in columns]
    wrong = [key for key in needed if key in columns and np.shape(_array(columns[key])) != (rows,)]
    if absent or wrong:
        parts = [f"lack {some(absent)}"] * bool(absent) + [f"have another number of values than the {rows} rows of the arrays in {some(wrong)}"] * bool(wrong)
        msg = f"the columns for the rules {rules.name!r} {' and '.join(parts)}. Give one value for each cluster."
        raise DataError(msg)
    values = counts(arrays, [key for key in rules.keys if parsed(key)[0] in COUNTED], independence=rules.settings.independence)
    return decide(rules, values | {key: _values(rules, key, columns[key]) for key in needed})


def columns_needed(rules: Rules) -> tuple[str, ...]:
    """The indicators of the rules that :func:`levels_of` has to be given; rules that need what is not counted at every step are refused."""
    further = tuple(key for key in rules.keys if parsed(key)[0] not in COUNTED)
    costly = [key for key in further if not rules.meaning(indicator_of(key)).cheap]
    if costly:
        criteria = [criterion.id for criterion in rules.criteria if criterion.key in costly]
        msg = (
            f"the rules {rules.name!r} need what is not counted at every step of a simulation: {some(costly, 20)} (criteria {', '.join(criteria)}). "
            f"Simulate with rules that do without, such as 'lithuania'; an assessment of a single day can use them."
        )
        raise DataError(msg)
    return further


def indicator_of(key: str) -> str:
    """The indicator or the declared fact of a key."""
    return key if key.startswith(FACT) else parsed(key)[0]


def _array(column: npt.ArrayLike | Values) -> npt.ArrayLike:
    return column.low if isinstance(column, Values) else column


def _values(rules: Rules, key: str, column: npt.ArrayLike | Values) -> Values:
    """A column as intervals: what is not known may be anything that the indicator can be."""
    if isinstance(column, Values):
        return column
    array, meaning = np.asarray(column, dtype=np.float64), rules.meaning(indicator_of(key))
    return Values.certain(array).unless(np.isnan(array), meaning.low, meaning.high)
