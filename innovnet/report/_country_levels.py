"""How many clusters have which level, year by year."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import drawing
from innovnet.report._cluster_words import day
from innovnet.report._country_levels_plot import YEARS, YEARS_NARROW, plot_country_levels
from innovnet.report._country_words import are, big, clusters, first_that_fits, some_of, source, thresholds, upper, upper_words, which_level, worded
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import number
from innovnet.report._words import capital

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_COLUMNS = {
    "year": Column("Year", "year", "Its last day; a single day where no years were followed."),
    "rank": Column("Rank", "id", "0 is below the first level."),
    "level": Column("Level"),
    "clusters": Column("Clusters", "clusters", "With this level assigned; without monitoring: certainly reached.", "≥ 0"),
    "open": Column("Of these open", "clusters", "Clusters for which missing data leave the level by the year's data open.", "0 to clusters"),
}


def levels_table(view: "CountryView") -> pd.DataFrame:
    """One row for each year and level, also where no cluster has it: clusters, and of these those whose data leave the level open."""
    if view.followed and view.monitoring is not None:
        panel = view.monitoring.panel
        panel = panel[panel["year"] <= view.at.year]
        rows = pd.DataFrame({"year": panel["year"], "rank": panel["rank"], "open": panel["rank_low"] < panel["rank_high"]})
        years = [year for year in view.monitoring.years if year <= view.at.year]
    else:
        rows = view.clusters[["rank", "open"]].assign(year=view.at.year)
        years = [view.at.year]
    ranks = range(len(view.rules.levels) + 1)
    table = (
        rows.groupby(["year", "rank"])["open"].agg(["size", "sum"]).reindex(pd.MultiIndex.from_product([years, ranks], names=["year", "rank"]), fill_value=0)
    )
    table = table.set_axis(["clusters", "open"], axis=1).astype("int64").reset_index()
    table.insert(2, "level", pd.Series([view.rules.label(rank) for rank in table["rank"]], index=table.index, dtype="str"))
    return table


def levels_exhibit(view: "CountryView") -> Exhibit:
    """Stacked counts of clusters by level."""
    table = levels_table(view)
    if not len(view.clusters):
        prose = f"No cluster of the register exists on {day(view.at)}: give a day on which there are some, or enter them in sheet clusters."
        return Exhibit("country-levels", "levels", f"No cluster exists on {day(view.at)}", {"country_levels": table}, _COLUMNS, prose=prose)
    shown = table["year"].nunique()
    return Exhibit(
        "country-levels",
        "levels",
        headline(table, view),
        {"country_levels": table},
        _COLUMNS,
        prose=_prose(table, view),
        lead="Clusters by level at the end of each year." if shown > 1 else f"Clusters by level on {day(view.at)}.",
        caption=_caption(table, view),
        slim=f"On this narrow page: the latest {number(YEARS_NARROW)} years." if shown > YEARS_NARROW else "",
        reading=_reading(table),
        alt=_alt(table, view),
        draw=drawing(plot_country_levels, table),
        findings=_findings(table, view),
    )


def _of(table: pd.DataFrame, year: int, ranks: list[int]) -> tuple[int, int]:
    """Clusters with these ranks, and all."""
    rows = table[table["year"] == year]
    return int(rows.loc[rows["rank"].isin(ranks), "clusters"].sum()), int(rows["clusters"].sum())


def _ends(table: pd.DataFrame) -> tuple[int, int]:
    """The first year with a cluster, and the last."""
    some = table.loc[table["clusters"] > 0, "year"]
    return int(some.min()), int(table["year"].max())


def headline(table: pd.DataFrame, view: "CountryView") -> str:
    """How many reach the upper half of the levels, now and at first."""
    (first, last), ranks = _ends(table), upper(view.rules)
    now, of_now = _of(table, last, ranks)
    if of_now == 1:
        return _only(table)
    text = capital(f"{'at least ' if _more_possible(view) else ''}{some_of(now, of_now)} {are(now)}")
    words, short = upper_words(view.rules), "at the upper levels"
    if first == last:
        return first_that_fits(f"{text} {words}", f"{text} {short}")
    then, of_then = _of(table, first, ranks)
    before = f"; in {first} {worded(then)} of {number(of_then)}"
    return first_that_fits(f"{text} {words}{before}", f"{text} {short}{before}")


def _more_possible(view: "CountryView") -> bool:
    """Whether, where no level is assigned, missing data could bring further clusters to the upper half."""
    levels, least = view.assessment.levels, upper(view.rules)[0]
    return not view.followed and bool(((levels["rank_low"] < least) & (levels["rank_high"] >= least)).any())


def _only(table: pd.DataFrame) -> str:
    """The headline about a single cluster."""
    rows = table[table["clusters"] > 0].sort_values("year")
    last, first = rows[rows["year"] == rows["year"].max()].iloc[0], rows.iloc[0]
    text = f"The one cluster is {last['level']}"
    alone = bool((rows.groupby("year")["clusters"].sum() == 1).all())  # else another cluster was there before
    if not alone or first["year"] == last["year"]:
        return text
    if (rows["rank"] == last["rank"]).all():
        return first_that_fits(f"{text}, as in all years", text)
    return first_that_fits(f"{text}; in {first['year']} it was {first['level']}", text)


def _prose(table: pd.DataFrame, view: "CountryView") -> str:
    last = int(table["year"].max())
    rows = table[(table["year"] == last) & (table["clusters"] > 0)].sort_values("rank", ascending=False)
    parts = ", ".join(f"{number(n)} {level}" for n, level in zip(rows["clusters"], rows["level"], strict=True))
    open_ = int(rows["open"].sum())
    left = f"Missing data leave {'the level of one cluster' if open_ == 1 else f'the levels of {worded(open_)} clusters'} open." if open_ else ""
    return f"{day(view.at)}: {parts}. {left or 'No level is left open by missing data.'}"


def _caption(table: pd.DataFrame, view: "CountryView") -> str:
    years = table["year"].nunique()
    parts = [f"{which_level(view)}, n = {clusters(len(view.clusters))} on {day(view.at)}."]
    if (table["open"] > 0).any():
        parts.append("Striped: what is certain gives this level, data that are missing could give a higher one.")
    if years > YEARS:
        parts.append(f"The latest {number(YEARS)} of {number(years)} years are drawn, all stand in the table.")
    return " ".join([*parts, thresholds(view.rules), source(view)])


def _reading(table: pd.DataFrame) -> str:
    last = int(table["year"].max())
    rows = table[(table["year"] == last) & (table["clusters"] > 0)]
    row = rows.iloc[-1]
    which = "of it" if row["clusters"] == 1 else f"of {worded(int(row['open']))} of them"
    open_ = f"; the data {which} leave the level open" if row["open"] else ""
    text = f"{last}, at the top of the column: {clusters(int(row['clusters']))} {are(int(row['clusters']))} {row['level']}{open_}."
    return f"{text} The figure above the column counts all of the year."


def _alt(table: pd.DataFrame, view: "CountryView") -> str:
    last = int(table["year"].max())
    rows = table[(table["year"] == last) & (table["clusters"] > 0)]
    values = ", ".join(f"{level} {number(n)}" for level, n in zip(rows["level"], rows["clusters"], strict=True))
    return f"{headline(table, view)}. {last}: {values}. All are in the table below."


def _findings(table: pd.DataFrame, view: "CountryView") -> tuple[Finding, ...]:
    last = int(table["year"].max())
    now, of_now = _of(table, last, upper(view.rules))
    what = f"clusters {are(now)} {upper_words(view.rules)}, the upper half of the levels."
    open_ = int(table.loc[table["year"] == last, "open"].sum())
    left = f"; missing data leave {worded(open_)} of the levels open" if open_ else ""
    note = f"{clusters(of_now)}, all on {day(view.at)}, no sampling error{left}"
    return (Finding("country-levels", *big(now, of_now, what), note, "country-levels", keep=True),)
