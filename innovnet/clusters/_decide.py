"""Which criteria are met and which level follows, in three-valued logic: met, not met, not known."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._check import some
from innovnet.clusters._rules import Operator, Rules
from innovnet.clusters._values import Values
from innovnet.errors import DataError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

MET, NOT_MET, NOT_KNOWN = 1, 0, -1
#: Numbers that differ by less, for their size, are equal: 0.3 may come out of a sum as 0.29999999999999993.
_EQUAL = 1e-9


class Interval(NamedTuple):
    """What an indicator is at least and at most."""

    low: Floats
    high: Floats


class Decision(NamedTuple):
    """What rules say of several clusters. Ranks: 1 is the first level, 0 is below it."""

    met: Signs  #: rows × criteria: 1 met, 0 not met, −1 not known
    low: Ints  #: the rank where all that is not known is taken as not met
    high: Ints  #: the rank where all that is not known is taken as met
    gates: Ints  #: the rank on published and borrowed criteria alone, all of them certainly met
    gates_criteria: Ints  #: on how many criteria ``gates`` rests


def decide(rules: Rules, values: Mapping[str, Values]) -> Decision:
    """Which criteria the clusters meet, and between which levels they are.

    A comparison with an interval is met if all of the interval meets it, not met if none of it does, else not known. A value that is not defined (NaN throughout)
    does not meet it. Levels only ask for criteria, never against them, so the lowest and the highest level follow from taking the unknown as not met and as met.

    ``values`` has the arrays of each of ``rules.keys``, one value for each cluster. Cost: O(clusters × criteria), without a loop over clusters.
    """
    absent = [key for key in rules.keys if key not in values]
    if absent:
        msg = f"the rules {rules.name!r} need indicators that were not measured: {some(absent)}. Measure rules.keys."
        raise DataError(msg)
    low, high = (np.array([getattr(values[key], end) for key in rules.keys]) for end in ("low", "high"))
    certain, possible = (np.empty((len(rules.criteria), low.shape[1]), dtype=bool) for _ in range(2))
    for op, (criteria, keys, thresholds) in rules.by_operator.items():
        certain[criteria], possible[criteria] = compared(op, thresholds, Interval(low[keys], high[keys]))
    met = np.where(certain, np.int8(MET), np.where(possible, np.int8(NOT_KNOWN), np.int8(NOT_MET))).T
    gates, resting = _gates(rules, certain)
    ranks = _rank(rules, np.stack([certain, possible], axis=1))
    return Decision(met, ranks[0], ranks[1], gates, resting)


def compared(op: Operator, threshold: npt.ArrayLike, value: Interval | Values) -> tuple[Mask, Mask]:
    """Where the comparison is certainly met, and where it may be met."""
    low, high = value.low, value.high
    slack = _EQUAL * np.maximum(1.0, np.abs(threshold))
    threshold = np.asarray(threshold)
    with np.errstate(invalid="ignore"):
        match op:
            case ">=":
                certain, possible = low >= threshold - slack, high >= threshold - slack
            case ">":
                certain, possible = low > threshold + slack, high > threshold + slack
            case "<=":
                certain, possible = high <= threshold + slack, low <= threshold + slack
            case "<":
                certain, possible = high < threshold - slack, low < threshold - slack
            case _:
                certain, possible = (low == threshold) & (high == threshold), (low <= threshold) & (high >= threshold)
    return certain, possible | certain


def _rank(rules: Rules, holds: Mask) -> Ints:
    """The rank of each cluster when the criteria (first axis) hold where they are said to."""
    return _reached(rules, np.array([_own(rules, level, holds) for level in rules.levels]))


def _own(rules: Rules, level: str, holds: Mask) -> Mask:
    """Where the level's own criteria hold: every hard one, and enough of the soft ones."""
    of = rules.by_level[level]
    enough: Mask = np.all(holds[of.hard], axis=0)
    if len(of.soft):
        rule = rules.soft[level]
        if rule.at_least is not None:
            enough = enough & (holds[of.soft].sum(axis=0) >= rule.at_least)
        elif rule.share is not None:
            enough = enough & (np.tensordot(of.weights, holds[of.soft], 1) >= rule.share * of.weights.sum() * (1 - _EQUAL))
    return enough


def _reached(rules: Rules, own: Mask) -> Ints:
    """The highest level (row) that holds; with all lower ones where levels build on each other."""
    if rules.cumulative:
        return np.logical_and.accumulate(own, axis=0).sum(axis=0, dtype=np.int64)
    ranks = np.arange(1, len(own) + 1, dtype=np.int64)
    return np.max(ranks.reshape(-1, *[1] * (own.ndim - 1)) * own, axis=0)


def _gates(rules: Rules, certain: Mask) -> tuple[Ints, Ints]:
    """The highest level whose published and borrowed criteria are all met, levels without any skipped; on how many it rests."""
    gated = [(rank, rules.by_level[level].gates) for rank, level in enumerate(rules.levels, start=1) if len(rules.by_level[level].gates)]
    if not gated:
        nothing = np.zeros(certain.shape[1], dtype=np.int64)
        return nothing, nothing.copy()
    steps = _reached(rules, np.array([certain[found].all(axis=0) for _, found in gated]))
    numbers = np.array([len(found) for _, found in gated])
    resting = np.concatenate([[0], np.cumsum(numbers) if rules.cumulative else numbers])
    ranks = np.array([0, *(rank for rank, _ in gated)], dtype=np.int64)
    return ranks[steps], resting[steps]
