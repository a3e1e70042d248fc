"""How levels pass from one year to the next."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.clusters._monitoring import DISSOLVED, ENTRY
from innovnet.clusters._transitions import FEW
from innovnet.report._canvas import drawing
from innovnet.report._country_moves_plot import plot_country_moves
from innovnet.report._country_words import big, ours, source, worded
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent, span
from innovnet.report._words import capital

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_KEY = "country-moves"
_COLUMNS = {
    "source": Column("Level in a year", definition="“new”: in its first year."),
    "target": Column("Level in the next year"),
    "count": Column("Transitions", "transitions", "Assigned levels of a cluster in two years that follow each other.", "≥ 0"),
    "total": Column("All from this level", "transitions", "", "≥ 0"),
    "share": Column("Share", "share", "Transitions / all from this level.", "0 to 1", "there are none"),
    "mean": Column("Mean", "share", "With a Dirichlet(½) prior over the levels that the rules let follow.", "0 to 1", "the rules do not let it follow"),
    "low": Column("Interval from", "share", "2.5 % quantile of the same.", "0 to 1", "the rules do not let it follow"),
    "high": Column("Interval to", "share", "97.5 % quantile of the same.", "0 to 1", "the rules do not let it follow"),
    "bootstrap_low": Column("Bootstrap from", "share", "2.5 % quantile of the share when clusters are drawn anew.", "0 to 1", "there are none"),
    "bootstrap_high": Column("Bootstrap to", "share", "97.5 % quantile of the same.", "0 to 1", "there are none"),
    "few": Column("Too few", definition=f"Fewer than {FEW} transitions: not to be read."),
    "way": Column("Which way", definition="stays, rises, falls, ends, new."),
}


def moves_table(view: "CountryView") -> pd.DataFrame:
    """One row for each pair of levels, with the way between them."""
    if view.monitoring is None:
        return pd.DataFrame(columns=[name for name in _COLUMNS if name != "left_out"])
    table = view.monitoring.transitions()
    rank = {name: k for k, name in enumerate([view.rules.below, *view.rules.levels])}
    table["way"] = [_way(rank, a, b) for a, b in zip(table["source"], table["target"], strict=True)]
    return table.astype({"way": "str"})


def _way(rank: dict[str, int], source: str, target: str) -> str:
    if source == ENTRY:
        return "new"
    if target == DISSOLVED:
        return "ends"
    return "stays" if rank[source] == rank[target] else "rises" if rank[target] > rank[source] else "falls"


def moves_exhibit(view: "CountryView") -> Exhibit:
    """The matrix of transitions."""
    table = moves_table(view)
    seen = table[table["way"] != "new"]
    if view.monitoring is None or not seen["count"].sum():
        why = "give the monitoring of several years" if view.monitoring is None else "they need two years that follow each other, with levels that are certain"
        prose = f"How levels change from year to year is not known: {why}."
        return Exhibit(_KEY, "levels", "How levels change is not known", {"country_moves": table}, _COLUMNS, prose=prose)
    left_out = int(table.attrs.get("left_out", 0))
    return Exhibit(
        _KEY,
        "levels",
        headline(table),
        {"country_moves": table},
        _COLUMNS,
        prose=_prose(table),
        lead="How often a level (row) was followed by another (column) a year later.",
        caption=_caption(table, view, left_out),
        slim="On this narrow page: counts; shares with their intervals stand in the table.",
        reading=_reading(table),
        alt=_alt(table),
        draw=drawing(plot_country_moves, table),
        findings=_findings(table, view),
    )


def _ways(table: pd.DataFrame) -> dict[str, int]:
    counts = table.groupby("way")["count"].sum()
    return {way: int(counts.get(way, 0)) for way in ("stays", "rises", "falls", "ends", "new")}


def headline(table: pd.DataFrame) -> str:
    """How many stay, rise, fall."""
    ways = _ways(table)
    n = sum(ways[way] for way in ("stays", "rises", "falls", "ends"))
    parts = [f"{number(ways[way])} {way if ways[way] == 1 else way[:-1]}" for way in ("rises", "falls", "ends") if ways[way] or way != "ends"]
    return f"From year to year {number(ways['stays'])} of {number(n)} levels {'stays' if ways['stays'] == 1 else 'stay'}, {', '.join(parts)}"


def _prose(table: pd.DataFrame) -> str:
    rows = table[~table["few"] & (table["way"] == "rises")]
    if rows.empty or not rows["count"].sum():
        return "No level with enough transitions to be read rose."
    up = rows.groupby("source", sort=False).agg(count=("count", "sum"), total=("total", "first"))
    up = up.assign(share=up["count"] / up["total"]).sort_values("share", ascending=False, kind="stable")
    best = up.iloc[0]
    again = f"; {number(len(up))} levels have enough transitions to be read" if len(up) > 1 else "; no other level has enough transitions to be read"
    return f"Most often they rise from {up.index[0]}: {number(best['count'])} of {number(best['total'])} times{again}."


def _caption(table: pd.DataFrame, view: "CountryView", left_out: int) -> str:
    n, clusters = int(table["count"].sum()), view.monitoring.panel["cluster"].nunique() if view.monitoring else 0
    years = view.monitoring.years if view.monitoring else ()
    parts = [f"n = {count(n, 'transition')} of {count(int(clusters), 'cluster')}, {min(years)}–{max(years)}; assigned levels."]
    parts.append(
        f"Bold: counts; below: estimated share of the row with its 95 % interval (Dirichlet prior of ½, which brings shares of few transitions nearer to each other). Rows of fewer than {FEW} transitions are grey: too few to read."
    )
    if left_out:
        parts.append(f"Left out: {count(left_out, 'transition')} with a level that missing data leave open.")
    parts.append(
        "The years of one cluster depend on each other: intervals from drawing clusters anew are in the table. Assigned levels follow the rules’ pace."
    )
    return " ".join([*parts, ours(view.rules), source(view)])


def _reading(table: pd.DataFrame) -> str:
    some = table[(table["way"] == "stays") & (table["total"] > 0)]
    row = some[~some["few"]].iloc[0] if (~some["few"]).any() else some.iloc[0]
    text = f"{capital(str(row['source']))} was followed by {row['target']} {number(row['count'])} of {number(row['total'])} times"
    return (
        f"{text}: {FEW - 1} or fewer, too few to read."
        if row["few"]
        else f"{text}: an estimated share of {percent(row['mean'])} (interval {span(row['low'], row['high'], 0, share=True)})."
    )


def _alt(table: pd.DataFrame) -> str:
    ways = _ways(table)
    return f"{headline(table)}. {number(ways['new'])} clusters were new. All counts, shares and intervals are in the table below."


def _findings(table: pd.DataFrame, view: "CountryView") -> tuple[Finding, ...]:
    ways = _ways(table)
    n = sum(ways[way] for way in ("stays", "rises", "falls", "ends"))
    what = f"levels stayed from one year to the next; {worded(ways['rises'])} rose, {worded(ways['falls'])} fell."
    years = view.monitoring.years if view.monitoring else ()
    return (
        Finding(
            _KEY,
            *big(ways["stays"], n, what),
            f"assigned levels, {min(years)}–{max(years)}; what stays is partly the rules’ pace",
            _KEY,
            keep=True,
        ),
    )
