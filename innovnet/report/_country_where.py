"""Levels by sector and by region."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from innovnet.graph._classify import nace_division, nace_section, name_of
from innovnet.report._canvas import drawing
from innovnet.report._country_where_plot import plot_country_levels_by
from innovnet.report._country_words import clusters, first_that_fits, ours, source, tied, upper, upper_words, which_level, worded
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import count, number
from innovnet.report._names import country_name
from innovnet.report._words import capital, listing

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

DIVISIONS = 12  #: with more divisions than this, sections
SHOWN = 14  #: rows drawn
_UNKNOWN = ""

_COLUMNS = {
    "code": Column("Code", "id", "NACE division or section, or NUTS code; empty: not known."),
    "name": Column("Name"),
    "rank": Column("Rank", "id", "Of the level; 0 is below the first."),
    "level": Column("Level"),
    "clusters": Column("Clusters", "clusters", "With this code and level.", "≥ 0"),
    "open": Column("Of these open", "clusters", "Clusters for which missing data leave the level by the data of the day open.", "0 to clusters"),
    "all": Column("All", "clusters", "With this code.", "≥ 1"),
}


class _Kind(NamedTuple):
    """Sectors or regions."""

    key: str
    one: str
    many: str
    of: str  #: how a cluster belongs to it
    unknown: str
    remedy: str


SECTORS = _Kind("country-sectors", "sector", "sectors", "by NACE codes of its main activities", "Sector not known", "column sectors of sheet clusters")
REGIONS = _Kind("country-regions", "region", "regions", "by the region of its seat", "Region not known", "column region of sheet clusters")


def sectors_table(view: "CountryView") -> pd.DataFrame:
    """One row for each sector and level; a cluster of several sectors counts in each of them."""
    texts = view.assessment.register.clusters["sectors"].reindex(view.clusters.index)
    given = {str(cluster): [one.strip() for one in str(text).split(";") if one.strip()] if pd.notna(text) else [] for cluster, text in texts.items()}
    divisions = {code: nace_division(code) for codes in given.values() for code in codes}
    fine = None not in divisions.values() and len(set(divisions.values())) <= DIVISIONS
    of = {code: division if fine else nace_section(code) for code, division in divisions.items()}
    rows = [(cluster, code) for cluster, codes in given.items() for code in dict.fromkeys(of[one] or _UNKNOWN for one in codes) or {_UNKNOWN: None}]
    return _counted(view, rows, {code: name_of("nace", code) or code for _, code in rows if code}, SECTORS)


def regions_table(view: "CountryView") -> pd.DataFrame:
    """One row for each region of a seat and level."""
    codes = view.assessment.register.clusters["region"].reindex(view.clusters.index)
    rows = [(str(cluster), str(code) if pd.notna(code) else _UNKNOWN) for cluster, code in codes.items()]
    return _counted(view, rows, {code: _region(code) for _, code in rows if code}, REGIONS)


def _region(code: str) -> str:
    return (country_name(code) if len(code) == 2 else name_of("nuts", code)) or code


def _counted(view: "CountryView", pairs: Iterable[tuple[str, str]], names: dict[str, str], kind: _Kind) -> pd.DataFrame:
    """Clusters by code and level, codes with most clusters first, what is not known last."""
    table = pd.DataFrame(list(pairs), columns=["cluster", "code"]).astype("str")
    table = table.join(view.clusters[["rank", "open"]], on="cluster")
    codes = table["code"].value_counts()
    high = table[table["rank"].isin(upper(view.rules))]["code"].value_counts()
    order = sorted(codes.index, key=lambda code: (code == _UNKNOWN, -codes[code], -high.get(code, 0), code))
    index = pd.MultiIndex.from_product([order, range(len(view.rules.levels) + 1)], names=["code", "rank"])
    found = (
        table.groupby(["code", "rank"])["open"]
        .agg(["size", "sum"])
        .reindex(index, fill_value=0)
        .set_axis(["clusters", "open"], axis=1)
        .astype("int64")
        .reset_index()
    )
    found.insert(1, "name", [names.get(code, kind.unknown) for code in found["code"]])
    found.insert(3, "level", [view.rules.label(rank) for rank in found["rank"]])
    found["all"] = found["code"].map(codes).astype("int64")
    return found.astype({"code": "str", "name": "str", "level": "str"})


def sectors_exhibit(view: "CountryView") -> Exhibit:
    """Level × sector."""
    return _exhibit(view, sectors_table(view), SECTORS)


def regions_exhibit(view: "CountryView") -> Exhibit:
    """Level × region of the seat."""
    return _exhibit(view, regions_table(view), REGIONS)


def _totals(table: pd.DataFrame, view: "CountryView") -> pd.DataFrame:
    """One row for each known code: all clusters, and those of the upper half of the levels."""
    known = table[table["code"] != _UNKNOWN]
    high = known["clusters"].where(known["rank"].isin(upper(view.rules)), 0)
    return known.assign(upper=high).groupby("code", sort=False).agg(name=("name", "first"), all=("all", "first"), upper=("upper", "sum"))


def _exhibit(view: "CountryView", table: pd.DataFrame, kind: _Kind) -> Exhibit:
    name = kind.key.replace("-", "_")
    totals = _totals(table, view)
    if totals.empty:
        what = "no cluster exists on this day" if not len(view.clusters) else f"give {kind.remedy}"
        prose = f"Levels by {kind.one} are not known: {what}."
        return Exhibit(kind.key, "where", f"The {kind.many} of the clusters are not known", {name: table}, _COLUMNS, prose=prose)
    return Exhibit(
        kind.key,
        "where",
        headline(totals, view, kind),
        {name: table},
        _COLUMNS,
        prose=_prose(totals, view, kind),
        lead=f"Clusters by {kind.one} and level.",
        caption=_caption(table, totals, view, kind),
        reading=_reading(table),
        alt=f"{headline(totals, view, kind)}. {_prose(totals, view, kind)} All are in the table below.",
        draw=drawing(plot_country_levels_by, table, rows=SHOWN),
    )


def headline(totals: pd.DataFrame, view: "CountryView", kind: _Kind) -> str:
    """In how many of them there is a cluster of the upper levels."""
    n, with_upper = len(totals), int((totals["upper"] > 0).sum())
    words = upper_words(view.rules)
    if len(view.clusters) == 1:
        return f"The one cluster is in {count(n, kind.one)}"
    if n == 1:
        row = totals.iloc[0]
        text = f"All clusters are in one {kind.one}" if row["all"] == len(view.clusters) else f"Only one {kind.one} is known"
        return first_that_fits(f"{text}; {worded(int(row['upper']))} of {number(row['all'])} are {words}", text)
    text = f"{capital(worded(with_upper))} of {count(n, kind.one)} {'has' if with_upper == 1 else 'have'} a"
    return first_that_fits(f"{text} cluster that is {words}", f"{text} cluster at the upper levels")


def _prose(totals: pd.DataFrame, view: "CountryView", kind: _Kind) -> str:
    first = totals.head(tied(totals["all"]))
    n = int(first["all"].iloc[0])
    if len(totals) == 1 or len(first) > 3 or n == 1:
        return f"No {kind.one} has more than {clusters(n)}." if len(totals) > 1 else f"It is {totals['name'].iloc[0]} ({totals.index[0]})."
    each = " each" if len(first) > 1 else ""
    names = [name if name == code else f"{name} ({code})" for code, name in first["name"].items()]
    high, whole = int(first["upper"].sum()), int(first["all"].sum())
    share = ("both are" if whole == 2 else f"all {worded(high)} are") if high == whole > 1 else f"{worded(high)} of them {'is' if high == 1 else 'are'}"
    return f"Most clusters are in {listing(names)}: {worded(n)}{each}; {share} {upper_words(view.rules)}."


def _caption(table: pd.DataFrame, totals: pd.DataFrame, view: "CountryView", kind: _Kind) -> str:
    unknown = int(table.loc[table["code"] == _UNKNOWN, "clusters"].sum())
    parts = [f"n = {clusters(len(view.clusters))}, {kind.of}; {which_level(view)[:1].lower()}{which_level(view)[1:]}."]
    if kind is SECTORS:
        fine = str(totals.index[0]).isdigit()
        parts.append(f"{'Divisions' if fine else 'Sections'} of NACE; a cluster of several counts in each.")
    if unknown:
        parts.append(f"{capital(worded(unknown))} without a known {kind.one}, in the last row.")
    if len(totals) > SHOWN:
        parts.append(f"The {number(SHOWN)} {kind.many} with most clusters of {number(len(totals))} are drawn, all stand in the table.")
    parts.append("Counts this small say where clusters are, not that levels differ.")
    return " ".join([*parts, ours(view.rules), source(view)])


def _reading(table: pd.DataFrame) -> str:
    rows = table[table["code"] == table["code"].iloc[0]]
    rows = rows[rows["clusters"] > 0].sort_values("rank")
    parts = [f"{number(n)} {level}" for n, level in zip(rows["clusters"], rows["level"], strict=True)]
    return f"{rows['name'].iloc[0]}: {clusters(int(rows['all'].iloc[0]))}, {listing(parts)}."
