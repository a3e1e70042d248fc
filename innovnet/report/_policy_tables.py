"""What a comparison of policies says, as tables: differences with intervals and costs, courses over the years, parts, money, instruments."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from innovnet.errors import DataError
from innovnet.report._exhibit import Column
from innovnet.simulate._comparison import PAID, Comparison, _verdict
from innovnet.simulate._ensemble import Ensemble
from innovnet.simulate._statistics import Floats, fieller, spread

SMES = ("micro", "small", "medium")
ENOUGH = 40  #: runs from which bands are drawn; with fewer each run is a thin line


class Outcome(NamedTuple):
    """A result of a programme: what there is in the last year, or what happens in all years."""

    key: str
    thing: str  #: one of it: what a cost is of
    things: str  #: several
    title: str  #: heading of a figure; {} is the last year
    over: Literal["last", "sum"]
    hundred: bool = False  #: shown per 100 SMEs


OUTCOMES = (
    Outcome("smes_in_cooperation", "SME in cooperation", "SMEs in cooperation", "Additional SMEs in cooperation per 100 SMEs, year {}", "last", hundred=True),
    Outcome("innovations", "innovation", "innovations", "Additional innovations, years 1 to {}", "sum"),
    Outcome("exporters", "exporter-year", "exporter-years", "Additional exporter-years, years 1 to {}", "sum"),
    Outcome("ties", "tie", "ties", "Additional cooperation ties, year {}", "last"),
    Outcome("cluster_members", "cluster member", "cluster members", "Additional members of clusters, year {}", "last"),
)

EFFECT_COLUMNS = {
    "scenario": Column("Support", definition="Name of the alternative; the baseline is the same world without it."),
    "outcome": Column("Result", definition="What is counted; smes_in_cooperation: firms of fewer than 250 persons with at least one live tie."),
    "title": Column("Counted", definition="The result in words, with its unit and its year or years."),
    "thing": Column("One of it"),
    "year": Column("Year", "year", "Last year of the simulation."),
    "baseline": Column("Without", "", "Mean over runs without the support, in the unit of the column title."),
    "alternative": Column("With", "", "Mean over runs with the support."),
    "difference": Column("Difference", "", "Mean of the paired differences: with less without, from one state and with the same draws."),
    "difference_low": Column("From", "", "Lower end of the 95 % interval of the mean difference (Student's t over the runs)."),
    "difference_high": Column("To", "", "Upper end of the 95 % interval."),
    "verdict": Column("Verdict", "", "more or less: the interval does not contain 0."),
    "pairs": Column("Pairs", "", "Pairs of runs where the difference is defined."),
    "pairing_gain": Column(
        "Pairing gain", "", "How many times more runs would be needed without pairing.", missing="nothing varies, or the difference does not"
    ),
    "additional": Column("Additional", "", "The paired difference as a number of things, also where the difference is shown per 100 SMEs."),
    "paid_eur": Column("Paid", "EUR", "What is paid in all years, more than in the baseline."),
    "cost_eur": Column("Cost per additional", "EUR", "paid / additional.", missing="the difference cannot be told from 0, is below 0, or nothing is paid"),
    "cost_low_eur": Column("Cost from", "EUR", "Lower end of the 95 % interval of the cost (Fieller).", missing="as the cost"),
    "cost_high_eur": Column("Cost to", "EUR", "Upper end of the 95 % interval of the cost (Fieller).", missing="as the cost"),
}
COURSE_COLUMNS = {
    "series": Column("Series", "", "without, with, or difference: of pairs of runs."),
    "year": Column("Year", "year", "0 is the state from which both go on."),
    "median": Column("Median", "", "Over the runs."),
    "quarter_low": Column("Lower quarter", "", "25 % of the runs lie below."),
    "quarter_high": Column("Upper quarter", "", "25 % of the runs lie above."),
    "wide_low": Column("2.5 %", "", "2.5 % of the runs lie below."),
    "wide_high": Column("97.5 %", "", "2.5 % of the runs lie above."),
    "run": Column("Run"),
    "value": Column("Value", "", "In the unit of the figure."),
}
PART_COLUMNS = {
    "scenario": Column("Support"),
    "result": Column("Result", "", "Summed over the years."),
    "part": Column("Of whom", "", "direct: those reached; indirect: those not reached, but tied by then to somebody reached; rest: all others."),
    "organisations": Column("Organisations in the part", "", "Mean over runs, in the last year."),
    "difference": EFFECT_COLUMNS["difference"],
    "difference_low": EFFECT_COLUMNS["difference_low"],
    "difference_high": EFFECT_COLUMNS["difference_high"],
}
MONEY_COLUMNS = {
    "scenario": Column("Support"),
    "paid_eur": Column("Paid", "EUR", "For units delivered, all years, mean over runs."),
    "unspent_eur": Column("Unspent", "EUR", "Budget for which no unit could be delivered: nobody was eligible, or it was less than a unit."),
    "members_eur": Column("Members", "EUR", "Part of what is paid that members of clusters bear."),
    "state_eur": Column("State", "EUR", "Part of what is paid that the state bears."),
    "eu_eur": Column("EU", "EUR", "Part of what is paid that the EU bears."),
    "other_eur": Column("Other", "EUR", "Part of what is paid that others bear."),
    "firms_eur": Column("Own money of firms", "EUR", "What firms add to grants; not part of what is paid."),
}
INSTRUMENT_COLUMNS = {
    "scenario": Column("Support"),
    "instrument": Column("Instrument"),
    "budget_eur": Column("Budget a year", "EUR"),
    "start": Column("First year", "year"),
    "end": Column("Last year", "year"),
    "unit_cost_eur": Column("Cost of a unit", "EUR", "An event, a facilitator and year, a grant, a cluster and year, a firm, a group and year."),
    "eligible": Column("Open to", "", "Conditions; all firms where none is named."),
}


def outcomes_of(comparison: Comparison) -> tuple[Outcome, ...]:
    """The results that the models of a comparison observe; for a model of one's own, what it observes, in its last year."""
    names = comparison.baseline.names
    known = tuple(one for one in OUTCOMES if one.key in names or (one.key == OUTCOMES[0].key and _counts_smes(names)))
    if known:
        return known
    found = tuple(
        Outcome(name, f"unit of {name.replace('_', ' ')}", name.replace("_", " "), name.replace("_", " ").capitalize() + ", year {}", "last")
        for name in names
        if name != PAID
    )[:5]
    if not found:
        msg = "the models observe nothing but what is paid: there is no result to report. Add results to their observe()."
        raise DataError(msg)
    return found


def _counts_smes(names: tuple[str, ...]) -> bool:
    return {"firms", *(f"{what}_{size}" for what in ("participation", "share") for size in SMES)} <= set(names)


def values_of(ensemble: Ensemble, outcome: Outcome) -> Floats:
    """Runs × years of a result, year 0 first, as a number of things."""
    if outcome.key in ensemble.names:
        return ensemble.values[..., ensemble.names.index(outcome.key)]
    return np.sum([np.nan_to_num(_column(ensemble, f"participation_{size}")) * _smes(ensemble, size) for size in SMES], axis=0, dtype=np.float64)


def scale_of(ensemble: Ensemble, outcome: Outcome) -> Floats:
    """What values are divided by to be shown: by hundreds of SMEs, or by one."""
    if not outcome.hundred:
        return np.ones(ensemble.values.shape[:2])
    smes: Floats = np.sum([_smes(ensemble, size) for size in SMES], axis=0, dtype=np.float64)
    return smes / 100


def _smes(ensemble: Ensemble, size: str) -> Floats:
    """Firms of a size class."""
    return _column(ensemble, f"share_{size}") * _column(ensemble, "firms")


def _column(ensemble: Ensemble, name: str) -> Floats:
    return ensemble.values[..., ensemble.names.index(name)]


def _gathered(values: Floats, over: str) -> Floats:
    """Of each run the last year, or all years from 1."""
    return values[:, -1] if over == "last" else values[:, 1:].sum(axis=1)


def effects_table(comparison: Comparison, outcome: Outcome) -> pd.DataFrame:
    """One row for each scenario, the largest difference first: difference and cost with their intervals."""
    year = comparison.baseline.values.shape[1] - 1
    rows = [_effect(comparison, scenario, outcome, year) for scenario in comparison.alternatives]
    table = pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))
    return table.sort_values("difference", ascending=False, kind="stable").reset_index(drop=True)


def _effect(comparison: Comparison, scenario: str, outcome: Outcome, year: int) -> dict[str, Any]:
    ensembles = comparison.baseline, comparison.alternatives[scenario]
    things = [_gathered(values_of(one, outcome), outcome.over) for one in ensembles]
    base, other = (_gathered(values_of(one, outcome) / scale_of(one, outcome), outcome.over) for one in ensembles)
    shown, both = spread(np.stack([base, other, other - base], axis=1)), things[1] - things[0]
    difference, half = float(shown.mean[2]), float(shown.half[2])
    word = _verdict(difference, half)
    paid = _paid(comparison, scenario)
    known = ~np.isnan(both)
    costs = fieller(paid[known], both[known]) if word == "more" and np.nan_to_num(paid).any() else (np.nan,) * 3
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (shown.sd[0] ** 2 + shown.sd[1] ** 2) / shown.sd[2] ** 2
    values = (
        scenario,
        outcome.key,
        outcome.title.format(year),
        outcome.thing,
        year,
        shown.mean[0],
        shown.mean[1],
        difference,
        difference - half,
        difference + half,
        word,
    )
    return dict(zip(EFFECT_COLUMNS, (*values, int(shown.n[2]), gain if np.isfinite(gain) else np.nan, both[known].mean(), paid.mean(), *costs), strict=True))


def _paid(comparison: Comparison, scenario: str) -> Floats:
    """What is paid in all years more than in the baseline, for each pair."""
    sums = [
        one.values[:, 1:, one.names.index(PAID)].sum(axis=1) if PAID in one.names else np.full(len(one.values), np.nan)
        for one in (comparison.baseline, comparison.alternatives[scenario])
    ]
    return sums[1] - sums[0]


def margin(comparison: Comparison, outcome: Outcome, first: str, second: str) -> tuple[float, float]:
    """The interval of the paired difference between two scenarios: whether one can be told from the other."""
    one, two = (comparison.alternatives[name] for name in (first, second))
    values = [_gathered(values_of(ensemble, outcome) / scale_of(ensemble, outcome), outcome.over) for ensemble in (one, two)]
    found = spread((values[0] - values[1])[:, None])
    return float(found.mean[0] - found.half[0]), float(found.mean[0] + found.half[0])


def runs_table(comparison: Comparison, scenario: str, outcome: Outcome) -> pd.DataFrame:
    """series, run, year, value: both scenarios and their difference, in the unit of the figure."""
    base, other = (values_of(one, outcome) / scale_of(one, outcome) for one in (comparison.baseline, comparison.alternatives[scenario]))
    runs, years = base.shape
    tables = [
        pd.DataFrame({"series": name, "run": np.repeat(np.arange(runs), years), "year": np.tile(np.arange(years), runs), "value": values.ravel()})
        for name, values in (("without", base), ("with", other), ("difference", other - base))
    ]
    return pd.concat(tables, ignore_index=True)


def course_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Median, middle half and middle 95 % of the runs, for each series and year."""
    quantiles = {"median": 0.5, "quarter_low": 0.25, "quarter_high": 0.75, "wide_low": 0.025, "wide_high": 0.975}
    grouped = runs.groupby(["series", "year"], sort=False)["value"]
    return pd.DataFrame({name: grouped.quantile(q) for name, q in quantiles.items()}).reset_index()


def parts_table(comparison: Comparison, results: Mapping[str, str]) -> pd.DataFrame:
    """Direct, indirect, rest and total of the results named, summed over the years; empty where they were not asked for."""
    wanted = [name for name in results if name in comparison.outcomes]
    if not wanted:
        return pd.DataFrame(columns=list(PART_COLUMNS))
    table = comparison.decomposition.reset_index()
    table = table[table["outcome"].isin(wanted)].rename(columns={"low": "difference_low", "high": "difference_high", "actors": "organisations"})
    table["result"] = table["outcome"].map(results)
    order = {name: k for k, name in enumerate(wanted)}
    table = table.sort_values("outcome", key=lambda names: names.map(order), kind="stable")
    return table[list(PART_COLUMNS)].reset_index(drop=True)


def money_table(comparison: Comparison) -> pd.DataFrame:
    """What was paid and by whom, in all years, mean over runs; empty where the models do not observe it."""
    names = {"paid_eur": "paid", "unspent_eur": "unspent"} | {f"{who}_eur": f"paid_by_{who}" for who in ("members", "state", "eu", "other", "firms")}
    rows = []
    for scenario, ensemble in comparison.alternatives.items():
        if set(names.values()) <= set(ensemble.names):
            rows.append({"scenario": scenario} | {label: _column(ensemble, name)[:, 1:].sum(axis=1).mean() for label, name in names.items()})
    return pd.DataFrame(rows, columns=list(MONEY_COLUMNS))


def instruments_table(comparison: Comparison) -> pd.DataFrame:
    """The instruments of each scenario with their budgets, from the record of the runs."""
    rows = []
    for scenario, ensemble in comparison.alternatives.items():
        for one in ensemble.provenance["parameters"].get("policies", ()):
            conditions = {name: value for name, value in one["eligible"].items() if name != "class" and value is not None}
            rows.append(
                {
                    "scenario": scenario,
                    "instrument": one["class"].rpartition(".")[2],
                    "budget_eur": float(one["budget"]),
                    "start": one["start"],
                    "end": min(one["end"], ensemble.values.shape[1] - 1),
                    "unit_cost_eur": float(one.get("cost", one.get("grant", np.nan))),
                    "eligible": "; ".join(f"{name} {_listed(value)}" for name, value in conditions.items()) or "all firms",
                }
            )
    return pd.DataFrame(rows, columns=list(INSTRUMENT_COLUMNS))


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "yes" if value is True else "no" if value is False else str(value)
