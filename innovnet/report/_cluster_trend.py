"""Part 7 of a sheet: a cluster over the years."""

import pandas as pd

from innovnet.clusters._monitoring import Monitoring
from innovnet.report._canvas import drawing
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_trend_plot import SOURCES, YEARS, YEARS_NARROW, in_amounts, plot_cluster_trend
from innovnet.report._cluster_words import named
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number, percent

WIDTH = 560  #: on a wide page
LEAST = 5  #: years that a trend should have
NAMES = 4  #: organisations named in one sentence
TOLD = 2  #: years whose entries and exits are named

COLUMNS = {
    "year": Column("Year", "year", "Its last day."),
    "rank": Column("Rank assigned", "", "0 is below the first level.", missing="it did not exist"),
    "level": Column("Assigned level", missing="it did not exist"),
    "rank_low": Column("Rank by the year's data, at least", missing="it did not exist"),
    "rank_high": Column("Rank by the year's data, at most", missing="it did not exist"),
    "raw": Column("Level by the year's data, at least", missing="it did not exist"),
    "raw_high": Column("Level by the year's data, at most", missing="it did not exist"),
    "reason": Column("Why assigned and raw differ"),
    "members": Column("Members", "organisations", missing="it did not exist"),
    "entries": Column("Entries", "organisations", missing="it did not exist, or its first year here"),
    "exits": Column("Exits", "organisations", missing="it did not exist, or its first year here"),
    "ties": Column("Ties inside", "ties", missing="it did not exist, or not known"),
    "source": Column("Source of money"),
    "share": Column("Share of the year", "share", "", "0 to 1"),
    "amount_eur": Column("Amount", "EUR", missing="only the share is known"),
    "organisation": Column("Organisation", "id"),
    "name": Column("Name"),
    "role": Column("Role"),
}
_COLUMNS = ["year", "rank", "level", "rank_low", "rank_high", "raw", "raw_high", "members", "entries", "exits", "ties", "reason"]


def trend_table(monitoring: Monitoring, cluster: str) -> pd.DataFrame:
    """One row for each year of the monitoring; empty where the cluster did not exist."""
    panel = monitoring.panel
    rows = panel[panel["cluster"] == cluster].set_index("year").reindex(pd.Index(sorted(monitoring.years), name="year")).reset_index()
    rows.loc[rows["year"] == rows.loc[rows["rank"].notna(), "year"].min(), ["entries", "exits"]] = pd.NA  # who was there at first did not join
    whole = dict.fromkeys(("rank", "rank_low", "rank_high", "members", "entries", "exits"), "Int64")
    return rows[_COLUMNS].astype(whole)


def funding_table(field: Field, cluster: str, years: tuple[int, ...]) -> pd.DataFrame:
    """Money of each year by source: as share of the year, and as amount where it is known."""
    funding = field.assessment.register.funding
    rows = funding[(funding["cluster"] == cluster) & funding["year"].isin(years)].sort_values(["year", "source"], ignore_index=True)
    total = rows.groupby("year")["amount_eur"].transform("sum")
    share = rows["share"].fillna(rows["amount_eur"] / total.where(total > 0))
    return pd.DataFrame({"year": rows["year"], "source": rows["source"], "share": share, "amount_eur": rows["amount_eur"]})


def moves_table(field: Field, moves: pd.DataFrame, cluster: str) -> pd.DataFrame:
    """Who came, or who left."""
    rows = moves[moves["cluster"] == cluster]
    table = rows[["year", "organisation", "name", "role"]].reset_index(drop=True)
    return table.assign(display=[field.display.get(one, name) for one, name in zip(table["organisation"], table["name"], strict=True)]).astype(
        {"display": "str"}
    )


def trend_part(field: Field, cluster: str, monitoring: Monitoring | None = None) -> Part:
    """Level assigned and by the year's data, members with entries and exits, ties inside, money by source."""
    title = "Over the years"
    if monitoring is None:
        return Part("trend", title, {}, COLUMNS, ("No years were followed: give the monitoring of at least five years.",))
    table, funding = trend_table(monitoring, cluster), funding_table(field, cluster, tuple(monitoring.years))
    entries, exits = (moves_table(field, moves, cluster) for moves in (monitoring.entries, monitoring.exits))
    columns = {**COLUMNS, "display": Column("Organisation", definition="Short name used on the sheet.")}
    tables = {"trend": table, "funding": funding, "entries": entries, "exits": exits}
    words = [" ".join(_moves(table, entries, exits))]
    if len(table) < LEAST:
        words.append(f"Only {count(len(table), 'year')} of data: a trend needs at least five.")
    words.append(_differs(table, ours=field.assessment.rules.pace.kind == "operationalisation"))
    steady = _steady(funding)
    draw = drawing(plot_cluster_trend, table, funding=funding.head(0) if steady else funding, levels=len(field.assessment.rules.levels))
    slim = f"On this narrow page: the latest {number(YEARS_NARROW)} years." if len(table) > YEARS_NARROW else ""
    told, caption = tuple(text for text in words if text), _caption(table, funding, steady)
    return Part("trend", title, tables, columns, told, caption, slim=slim, alt=_alt(table), draw=draw, width=WIDTH)


def _differs(table: pd.DataFrame, *, ours: bool) -> str:
    """Why the assigned level is not the one of the data, in the latest year in which it is not."""
    rows = table[table["reason"].fillna("") != ""]
    return f"{rows['year'].iloc[-1]}: {rows['reason'].iloc[-1]}{' (a pace of ours)' if ours else ''}." if len(rows) else ""


def _moves(table: pd.DataFrame, entries: pd.DataFrame, exits: pd.DataFrame) -> list[str]:
    """Entries and exits by name, the latest year first; the members of the first year are a beginning, not entries."""
    first, words = table.loc[table["rank"].notna(), "year"].min(), []
    for year in sorted(table["year"], reverse=True):
        if not year > first:
            continue
        came, left = (moves.loc[moves["year"] == year, "display"].to_list() for moves in (entries, exits))
        parts = [f"joined: {named(came, NAMES)}"] * bool(came) + [f"left: {named(left, NAMES)}"] * bool(left)
        if parts:
            words.append(f"{year}: {'; '.join(parts)}.")
    if not words:
        return ["Nobody joined or left in these years."] if table["rank"].notna().sum() > 1 else []
    rest = len(words) - TOLD
    return words[:TOLD] + ([f"Entries and exits of {count(rest, 'earlier year')} are in the workbook."] if rest > 0 else [])


def _steady(funding: pd.DataFrame) -> str:
    """The shares of the sources where they are the same in all years and amounts are not known: members 20 %, state 80 %; else nothing."""
    shares = funding.pivot_table(index="year", columns="source", values="share", aggfunc="sum", fill_value=0.0)
    if in_amounts(funding) or shares.empty or funding["share"].isna().any() or (shares.max() - shares.min()).max() > 1e-9:
        return ""
    return ", ".join(f"{SOURCES[source][0].lower() if source != 'eu' else 'EU'} {percent(shares[source].iloc[0])}" for source in SOURCES if source in shares)


def _caption(table: pd.DataFrame, funding: pd.DataFrame, steady: str) -> str:
    """What is shown."""
    said = ["striped: missing data leave it open"] * bool((table["rank_low"] != table["rank_high"]).any())
    said += ["+ joined, − left"] * bool((table[["entries", "exits"]].fillna(0) > 0).any(axis=None))
    parts = [f"{'; '.join(['Digits: rank of the level', *said])}."]
    parts += [] if table["rank"].notna().all() else ["–: not there, or not entered."]
    if funding.empty:
        parts.append("Money: no row of funding.")
    elif steady:
        parts.append(f"Money: the same shares in each year entered ({steady}).")
    elif not in_amounts(funding):
        parts.append("Money: shares, as not all amounts are given.")
    if len(table) > YEARS:
        parts.append(f"The latest {number(YEARS)} of {number(len(table))} years are drawn.")
    return " ".join(parts)


def _alt(table: pd.DataFrame) -> str:
    known = table[table["rank"].notna()]
    levels = ", ".join(f"{year} {level}" for year, level in zip(known["year"], known["level"], strict=True))
    return f"Assigned levels: {levels or 'none'}. All values are in the workbook."
