"""Concentration: whether a few organisations hold most of the money, the participations, the ties and the coordination."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet.metrics import degree
from innovnet.report._canvas import drawing
from innovnet.report._concentration_plot import MEASURES, NAMED, plot_concentration
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._words import listing, source

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

LARGE = 1000  #: organisations from which the first hundred are looked at, else the first twenty
MIDDLE = 100  #: below it the first ten
POINTS = 101  #: of the Lorenz curve in the files

_COLUMNS = {
    "measure": Column("Measure", definition="What is held; organisations are ranked by it. Ties count at both ends."),
    "group": Column("Organisations", definition="Place in the ranking, or the organisation where there are fewer than 30."),
    "first": Column("From rank", "", "", "≥ 1"),
    "last": Column("To rank", "", "", "≥ 1"),
    "organisations": Column("Number", "", "Organisations of this part of the ranking.", "≥ 1"),
    "amount": Column("Amount", "", "What they hold: EUR, participations, ends of ties, projects.", "≥ 0"),
    "share": Column("Share", "share", "Of the amount that all organisations hold.", "0 to 1"),
    "organisations_share": Column("Share of organisations", "share", "The largest first.", "0 to 1"),
    "amount_share": Column("Share of the amount", "share", "What they hold together.", "0 to 1"),
}


def _ranked(programme: "Programme") -> dict[str, pd.Series]:
    """The amounts of the organisations of the scope that have one, largest first; measures of which nobody has any are absent."""
    actors = programme.actors[programme.scope]
    found = {name: actors[held.column].dropna().sort_values(ascending=False, kind="stable") for name, held in MEASURES.items()}
    return {name: values for name, values in found.items() if len(values) and values.iloc[0] > 0}


def _cuts(n: int) -> list[int]:
    """Last ranks of the parts, for a population of n: the first two are the few of whom the headline speaks."""
    if n < NAMED:
        return list(range(1, n + 1))
    few, more, most = (10, 100, -(-n // 10)) if n >= LARGE else (5, 20, n // 2) if n >= MIDDLE else (3, 10, n // 2)
    return [few, more, *([most] if more < most else []), n]


def _group(first: int, last: int, n: int) -> str:
    if first == 1:
        return f"{number(last)} largest"
    if last == n:
        return "all others"
    if first == _cuts(n)[1] + 1:
        return "up to the top tenth" if n >= LARGE else "up to half of all"
    return f"next {number(last - first + 1)}"


def concentration_table(programme: "Programme") -> pd.DataFrame:
    """What the largest organisations hold of each measure, in a few parts of its ranking; one row for each organisation where there are few."""
    n = int(programme.scope.sum())
    rows = []
    for measure, values in _ranked(programme).items():
        start, total = 0, float(values.sum())
        for cut in _cuts(n):
            part = values.iloc[start:cut]
            if len(part) and not (n < NAMED and part.sum() == 0):
                name = str(programme.actors.loc[part.index[0], "display"]) if n < NAMED else _group(start + 1, cut, n)
                rows.append((measure, name, start + 1, start + len(part), len(part), float(part.sum()), float(part.sum()) / total))
            start = cut
    return pd.DataFrame(rows, columns=["measure", "group", "first", "last", "organisations", "amount", "share"])


def lorenz_table(programme: "Programme") -> pd.DataFrame:
    """Points of the curve of cumulated shares, the largest organisations first."""
    parts = []
    for measure, values in _ranked(programme).items():
        held = np.concatenate([[0.0], np.cumsum(values.to_numpy(dtype=np.float64)) / values.sum()])
        at = np.unique(np.linspace(0, len(values), POINTS).round().astype(np.int64))
        parts.append(pd.DataFrame({"measure": measure, "organisations_share": at / len(values), "amount_share": held[at]}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"measure": [], "organisations_share": [], "amount_share": []})


def concentration_exhibit(programme: "Programme") -> Exhibit:
    """The figure of concentration with its words."""
    table, n = concentration_table(programme), int(programme.scope.sum())
    tables = {"concentration": table, "concentration_lorenz": lorenz_table(programme)}
    if table.empty:
        prose = "No organisation takes part in a project: concentration needs participations, or amounts of EU contribution."
        return Exhibit("concentration", "takes-part", "There is nothing to hold yet", tables, _COLUMNS, prose=prose)
    held = [MEASURES[name] for name in dict.fromkeys(table["measure"])]
    lead = f"{table['measure'].iloc[0]} by organisation." if n < NAMED else f"Shares of {listing([one.of for one in held])} held by the largest organisations."
    return Exhibit(
        "concentration",
        "takes-part",
        headline(table, n),
        tables,
        _COLUMNS,
        prose=_prose(table, n),
        lead=lead,
        caption=_caption(programme, table, n),
        reading=_reading(table),
        alt=_alt(table, n),
        draw=drawing(plot_concentration, table),
        findings=_findings(table, n, programme.place),
        methods=(degree,),
    )


def top(table: pd.DataFrame, measure: str) -> tuple[int, float]:
    """How many organisations the first two parts hold together (100, 20, 10; 3 where each has a name), and what share they have."""
    rows = table[table["measure"] == measure]
    first = rows.head(3 if rows["organisations"].max() == 1 else 2)
    return int(first["last"].max()), float(first["share"].sum())


def headline(table: pd.DataFrame, n: int) -> str:
    """How much of the first measure a few hold."""
    measure = table["measure"].iloc[0]
    (k, share), what = top(table, measure), MEASURES[measure].of.removeprefix("the ")
    if k >= n:
        return f"{count(n, 'organisation')} {'hold' if n != 1 else 'holds'} all {what}"
    if share < 2 * k / n:
        return f"No small group holds the {what}: the first {number(k)} of {number(n)} have {percent(share)}"
    return f"{number(k)} of {number(n)} organisations hold {percent(share)} of the {what}"


def _prose(table: pd.DataFrame, n: int) -> str:
    shares = {name: top(table, name) for name in dict.fromkeys(table["measure"])}
    k = next(iter(shares.values()))[0]
    if len(shares) < 2 or k >= n:
        return ""
    most, least = max(shares, key=lambda name: shares[name][1]), min(shares, key=lambda name: shares[name][1])
    if shares[most][1] == shares[least][1]:
        return f"The first {number(k)} have the same share of everything."
    return f"Most concentrated are {MEASURES[most].of} ({percent(shares[most][1])} with the first {number(k)}), least {MEASURES[least].of} ({percent(shares[least][1])})."


def _caption(programme: "Programme", table: pd.DataFrame, n: int) -> str:
    where = f" in {programme.place}" if programme.country else ""
    parts = [f"Each bar ranks the {count(n, 'organisation')}{where} by its own measure."] if n >= NAMED else []
    unknown = int(programme.actors.loc[programme.scope, "contribution_eur"].isna().sum())
    if table["measure"].iloc[0] == "EU contribution" and unknown:
        parts.append(f"{count(unknown, 'organisation')} without a known EU contribution {'is' if unknown == 1 else 'are'} left out of it.")
    if n >= NAMED:
        parts.append("A tie counts for both its ends.")
        if "Coordinated projects" in set(table["measure"]):
            parts.append("Coordinated: projects with a single member included.")
    return " ".join([*parts, f"n = {count(n, 'organisation')}.", source(programme)])


def _reading(table: pd.DataFrame) -> str:
    rows = table[table["measure"] == table["measure"].iloc[0]]
    what, first = MEASURES[rows["measure"].iloc[0]], rows.iloc[0]
    if rows["organisations"].max() == 1:
        return f"{first['group']} has {what.text(first['amount'])}, {percent(first['share'])} of {what.of}."
    if len(rows) < 2:
        return f"The {first['group']} have all of {what.of}."
    k, share = top(table, first["measure"])
    second = rows.iloc[1]
    digits = next(d for d in (0, 1, 2, 3) if d == 3 or round(round(100 * first["share"], d) + round(100 * second["share"], d) - round(100 * share, d), 6) == 0)
    return (
        f"The {first['group']} organisations have {percent(first['share'], digits)} of {what.of}, the {second['group']} another "
        f"{percent(second['share'], digits)}: the first {number(k)} together {percent(share, digits)}."
    )


def _alt(table: pd.DataFrame, n: int) -> str:
    values = [f"{name}: the first {number(k)} have {percent(share)}" for name in dict.fromkeys(table["measure"]) for k, share in [top(table, name)]]
    return f"{headline(table, n)}. {'; '.join(values[:3])}. All values are in the table below."


def _findings(table: pd.DataFrame, n: int, place: str) -> tuple[Finding, ...]:
    note = f"all organisations{f' in {place}' if place else ''}, no sampling error"
    main, found = table["measure"].iloc[0], []
    for measure in dict.fromkeys((main, "Coordinated projects")):
        rows = table[table["measure"] == measure]
        if rows.empty or (k := top(table, measure)[0]) >= n or (measure != main and rows["amount"].iloc[-1] == 0):
            continue
        share, held = top(table, measure)[1], MEASURES[measure]
        what = held.of + (" " + held.where.format(place=place) if place else "")
        sentence = f"of {what} {held.goes.format(k=number(k))}, {percent(k / n, 1 if k / n < 0.0095 else 0)} of all."
        found.append(Finding(f"concentration_{held.column}", percent(share), sentence, note, "concentration", distance=share - k / n, keep=measure == main))
    return tuple(found)
