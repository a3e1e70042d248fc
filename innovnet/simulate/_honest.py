"""What policies change, in one table: additional results and their cost, for whom, and what a comparison of those reached with others would have said."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_kind
from innovnet.errors import DataError
from innovnet.simulate._comparison import PAID, Comparison
from innovnet.simulate._pairs import PARTS
from innovnet.simulate._statistics import Floats, fieller, product_index, spread


class _Result(NamedTuple):
    """One kind of result."""

    observed: str  #: in the summary
    column: str  #: of actors
    summed: bool  #: over the years; else what there is in the last one
    share: float  #: of a result that one actor's stands for


#: Results by the name they have in the table. A tie has two ends.
RESULTS = {
    "ties": _Result("ties", "degree", False, 0.5),
    "cluster_members": _Result("cluster_members", "in_cluster", False, 1.0),
    "innovations": _Result("innovations", "innovations", True, 1.0),
    "exporter_years": _Result("exporters", "exporter", True, 1.0),
}
_CONTRASTED = ("cluster_members", "innovations", "exporter_years")


def policy_table(comparison: Comparison) -> pd.DataFrame:
    """What each policy adds in this model, what one more costs, who has it, and how far a naive evaluation would be off.

    Support reaches firms that would have done better anyhow, or is taken up by those; comparing them with others mixes what support does with who they are.
    Here both can be seen: the paired difference, with and without the policy, and the contrast that an evaluator sees.

    Parameters
    ----------
    comparison
        Of models :class:`innovnet.simulate.Participation`, made by :func:`innovnet.simulate.compare` with its outcomes as they are.

    Returns
    -------
    DataFrame
        By ``scenario`` and ``outcome``: ``ties`` and ``cluster_members`` there are more in the last year, ``innovations`` and ``exporter_years`` more over
        all years.

        - ``additional``, ``low``, ``high``: the paired difference and its 95 % interval.
        - ``paid`` (EUR, all years), ``cost`` = paid / additional, ``cost_low``, ``cost_high`` (Fieller), ``verdict``; NaN where the difference cannot be told from 0.
        - ``direct``, ``indirect``, ``rest``: of those reached, of others tied to them, and what is left, of all others and of firms that innovated and left the
          market in the same year; they sum to ``additional``.
        - ``reached``: mean number of firms reached by the last year.
        - ``true_each``: direct difference for each firm reached. ``naive_each``: mean of those reached minus mean of all others, in the alternative.
          Both are summed over the years where the outcome is, each year of those reached by then; not for ties, of which bodies among the others have most.
        - ``naive_over_true``, ``ratio_low``, ``ratio_high``: how many times too large the naive contrast is, with Fieller's interval.

    Raises
    ------
    DataError
        The comparison does not observe these results or was made without its decomposition.

    Notes
    -----
    Intervals hold the chance of the model, not what is uncertain in its parameters: see :func:`innovnet.simulate.assumptions` before policies are ranked.
    Cost: O(scenarios × runs × years).

    References
    ----------
    .. [1] Fieller (1954), Journal of the Royal Statistical Society B 16(2), 175-185, doi:10.1111/j.2517-6161.1954.tb00159.x.

    Examples
    --------
    >>> import innovnet as inn
    >>> s = inn.simulate
    >>> lithuania = s.population(country="LT", firms=2000, seed=1)
    >>> events = s.Participation(policies=s.Matchmaking(budget=300_000, end=1))
    >>> found = s.policy_table(s.compare(s.Participation(), events, lithuania, steps=2, runs=4, seed=1))
    >>> row = found.loc[("alternative", "ties")]
    >>> bool(row["additional"] > 0), bool(abs(row[["direct", "indirect", "rest"]].sum() - row["additional"]) < 1e-9)
    (True, True)
    """
    check_kind(comparison, Comparison, "policy_table", "Make one with compare(...).")
    _check_observed(comparison)
    rows = [_row(comparison, i, scenario, name) for i, scenario in enumerate(comparison.alternatives) for name in RESULTS]
    return pd.DataFrame(rows, index=product_index(scenario=list(comparison.alternatives), outcome=list(RESULTS)))


def _check_observed(comparison: Comparison) -> None:
    names = set(comparison.baseline.names).intersection(*(other.names for other in comparison.alternatives.values()))
    absent = [name for name in (PAID, *(result.observed for result in RESULTS.values())) if name not in names]
    undivided = [result.column for result in RESULTS.values() if result.column not in comparison.outcomes]
    if absent or undivided:
        what = f"does not observe {', '.join(absent)}" if absent else f"was made without the decomposition of {', '.join(undivided)}"
        msg = f"policy_table: the comparison {what}. Compare models of simulate.Participation, with outcomes=None."
        raise DataError(msg)


def _row(comparison: Comparison, i: int, scenario: str, name: str) -> dict[str, Any]:
    """One scenario and one result."""
    result = RESULTS[name]
    over = slice(None) if result.summed else slice(-1, None)
    base, other = (values[:, 1:, comparison.baseline.names.index(result.observed)] for values in _both(comparison, scenario))
    gained = spread((other - base)[:, over].sum(axis=1)[:, None])
    cost = comparison.cost(result.observed, over="sum" if result.summed else "last").loc[scenario].to_dict()
    additional, half = float(gained.mean[0]), float(gained.half[0])
    found: dict[str, Any] = {"additional": additional, "low": additional - half, "high": additional + half, "paid": cost["paid"]}
    found |= {"cost": cost["cost"], "cost_low": cost["low"], "cost_high": cost["high"], "verdict": cost["verdict"]}
    k = comparison.outcomes.index(result.column)
    parts = [float(part) for part in comparison._parts[i, :, over, k].sum(axis=1).mean(axis=0) * result.share]
    found |= dict(zip(PARTS, (parts[0], parts[1], additional - parts[0] - parts[1]), strict=True))
    found["reached"] = float(comparison._actors[i, :, -1, 0].mean())
    true, naive = _each(comparison, i, k, over) if name in _CONTRASTED else (np.full(2, np.nan), np.full(2, np.nan))
    ratio = fieller(naive, true) if np.isfinite(true).all() and np.isfinite(naive).all() else (np.nan, np.nan, np.nan)
    found |= {"true_each": float(true.mean()), "naive_each": float(naive.mean())}
    return found | dict(zip(("naive_over_true", "ratio_low", "ratio_high"), ratio, strict=True))


def _both(comparison: Comparison, scenario: str) -> tuple[Floats, Floats]:
    """Runs × years × names of the baseline, and of a scenario in the order of these names."""
    base, other = comparison.baseline, comparison.alternatives[scenario]
    shared = [other.names.index(name) if name in other.names else -1 for name in base.names]
    return base.values, np.where(np.array(shared) >= 0, other.values[..., shared], np.nan)


def _each(comparison: Comparison, i: int, k: int, over: slice) -> tuple[Floats, Floats]:
    """By run: the direct difference for each actor reached, and the contrast of those reached with all others; years in which nobody is reached yet add nothing."""
    actors: npt.NDArray[np.int64] = comparison._actors[i, :, over]
    sums = comparison._sums[i, :, over, k]
    reached, others = actors[..., 0], actors[..., 1:].sum(axis=-1)
    usable = (reached > 0) & (others > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        true = np.where(usable, comparison._parts[i, :, over, k, 0] / reached, 0.0)
        naive = np.where(usable, sums[..., 0] / reached - sums[..., 1:].sum(axis=-1) / others, 0.0)
    nobody = ~usable.any(axis=1)
    return np.where(nobody, np.nan, true.sum(axis=1)), np.where(nobody, np.nan, naive.sum(axis=1))
