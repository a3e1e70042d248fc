"""Early warnings: what a cluster's numbers of a year, and their change on the year before, point to. Thresholds are ours."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from innovnet.clusters._catalogue import key_of
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Alert, Criterion, Rules
from innovnet.clusters._time import back

NAN = float("nan")
NEAR = 1  #: owner groups above a threshold
SILENT_YEARS = 2
AT_COORDINATOR = 0.5
PUBLIC, PUBLIC_SOURCES = 0.7, ("state", "municipal", "eu")
_COMPARE = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less, "is": np.equal}


class Found(NamedTuple):
    """One early warning."""

    cluster: str
    year: int
    warning: str
    value: float
    before: float
    text: str


def alerts(
    register: Register,
    rules: Rules,
    panel: pd.DataFrame,
    values: pd.DataFrame,
    exits: pd.DataFrame,
    last_events: Mapping[tuple[str, int], pd.Timestamp],
) -> Iterator[Found]:
    """All early warnings. ``values``: index (cluster, year), a column for each of :func:`keys_of`."""
    yield from declared(rules, values)
    yield from of_levels(rules, panel, values)
    yield from of_register(register, values, exits, last_events)


def keys_of(rules: Rules) -> list[str]:
    """The indicators that early warnings need."""
    own = [key_of(alert.indicator, alert.args) for alert in rules.alerts]
    return list(dict.fromkeys([*own, "ties", "members_independent", "coordinator_share", "public_share"]))


def declared(rules: Rules, values: pd.DataFrame) -> Iterator[Found]:
    """The warnings that the rules declare. ``values``: index (cluster, year), a column for each indicator."""
    for alert in rules.alerts:
        key = key_of(alert.indicator, alert.args)
        table = pd.DataFrame({"value": values[key], "before": _year_before(values[key])})
        number = _changed(alert, table)
        for row in table[_COMPARE[alert.op](number, alert.threshold) & number.notna()].reset_index().to_dict("records"):
            later = f"31 December {row['year'] + 1}"
            text = alert.text.format(value=_said(rules, alert, row["value"]), before=_said(rules, alert, row["before"]), later=later)
            yield Found(row["cluster"], row["year"], alert.id, row["value"], row["before"], text)


def _said(rules: Rules, alert: Alert, value: float) -> str:
    if np.isnan(value):
        return "not known"
    return f"{100 * value:.0f} %" if rules.meaning(alert.indicator).unit == "share" else f"{value:.4g}"


def _changed(alert: Alert, table: pd.DataFrame) -> pd.Series:
    if alert.change == "none":
        return table["value"]
    change = table["value"] - table["before"]
    return change if alert.change == "absolute" else change / table["before"].where(table["before"] > 0)


def _year_before(values: pd.Series) -> pd.Series:
    """The value of the same cluster a year earlier; missing where there is none."""
    clusters, years = (values.index.get_level_values(name) for name in ("cluster", "year"))
    return values.reindex(pd.MultiIndex.from_arrays([clusters, years - 1], names=values.index.names)).set_axis(values.index)


def of_levels(rules: Rules, panel: pd.DataFrame, values: pd.DataFrame) -> Iterator[Found]:
    """Warnings that follow from levels: raw below assigned, a threshold in force within reach, a level open for two years."""
    near = [c for c in rules.criteria if c.indicator == "members_independent" and c.op in (">=", ">")]
    last: dict[str, tuple[int, int]] = {}  # the year, and how many up to it were open
    for row in panel.to_dict("records"):
        cluster, year, rank = row["cluster"], row["year"], row["rank"]
        if row["rank_high"] < rank:
            text = f"The year's data give {row['raw_high']}, below the assigned {row['level']}."
            yield Found(cluster, year, "raw below assigned", row["rank_high"], rank, text)
        independent = values["members_independent"].get((cluster, year), NAN)
        for criterion in _in_force(near, rules, rank):
            if 0 <= independent - criterion.threshold <= NEAR:
                spare = "none" if independent == criterion.threshold else "one"
                text = f"{criterion.id} has {spare} to spare: {independent:g} independent members, {criterion.threshold:g} needed."
                yield Found(cluster, year, "near a threshold", independent, criterion.threshold, text)
        before, many = last.get(cluster, (year, 0))
        many = (many if before == year - 1 else 0) + 1 if row["rank_low"] < row["rank_high"] else 0
        if many > 1:
            text = f"For {many} years the data have left the level open: {row['raw']} to {row['raw_high']}."
            yield Found(cluster, year, "data not brought", float(many), NAN, text)
        last[cluster] = (year, many)


def _in_force(criteria: list[Criterion], rules: Rules, rank: int) -> list[Criterion]:
    """Of each set of criteria on one indicator the strictest that the rank needs."""
    below = [c for c in criteria if rules.rank(c.level) <= rank]
    return [max(below, key=lambda c: c.threshold)] if below else []


def of_register(register: Register, values: pd.DataFrame, exits: pd.DataFrame, last_events: Mapping[tuple[str, int], pd.Timestamp]) -> Iterator[Found]:
    """Warnings that follow from the register: R&D members left, no joint event, ties at the coordinator, public money that ends."""
    left = exits[exits["rd"]].groupby(["cluster", "year"], sort=True)["name"].agg(list)
    for row in left.reset_index().to_dict("records"):
        yield Found(row["cluster"], row["year"], "R&D member left", float(len(row["name"])), NAN, f"Members with R&D left: {', '.join(row['name'])}.")
    for (cluster, year), day in last_events.items():
        if pd.isna(day) or day <= back(pd.Timestamp(year, 12, 31), SILENT_YEARS):
            since = "on record" if pd.isna(day) else f"since {day:%Y-%m-%d}"
            yield Found(cluster, year, "no joint event", NAN, NAN, f"No joint event of two members {since}.")
    share = pd.DataFrame({"value": values["coordinator_share"], "before": _year_before(values["coordinator_share"])})
    rising = share[(share["value"] >= AT_COORDINATOR) & (share["value"] > share["before"])]
    for row in rising.reset_index().to_dict("records"):
        text = f"The coordinator holds {100 * row['value']:.0f} % of the ties inside, up from {100 * row['before']:.0f} %."
        yield Found(row["cluster"], row["year"], "ties at the coordinator", row["value"], row["before"], text)
    yield from _public(register, values["public_share"])


def _public(register: Register, shares: pd.Series) -> Iterator[Found]:
    """Mostly public money, and none entered for the next year though the register has entries of that year."""
    funding = register.funding
    entered = set(funding["year"].unique())
    paid = funding[funding["source"].isin(PUBLIC_SOURCES) & ~((funding["amount_eur"].fillna(funding["share"]) == 0).fillna(False))]
    goes_on = set(zip(paid["cluster"], paid["year"], strict=True))
    for row in shares[shares >= PUBLIC].rename("share").reset_index().to_dict("records"):
        cluster, year, share = row["cluster"], row["year"], row["share"]
        if year + 1 in entered and (cluster, year + 1) not in goes_on:
            yield Found(cluster, year, "public money ends", share, NAN, f"{100 * share:.0f} % of the money is public, and none is entered for {year + 1}.")
