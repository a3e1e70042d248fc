"""Where the members of clusters are, by NUTS 3 region."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph._classify import name_of
from innovnet.graph._points import region_points
from innovnet.report._canvas import drawing
from innovnet.report._country_map_plot import plot_country_map
from innovnet.report._country_words import big, first_that_fits, source, upper, upper_words
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._map_land import project
from innovnet.report._names import country_name
from innovnet.report._words import listing, the

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_KEY = "country-map"
NUTS3 = 5  #: letters of a code
MARGIN = 45_000.0  #: m around the regions of the country
LEAST = 820_000.0  #: m from west to east: less would show how coarse the ground is
SHAPE = 960 / 560  #: of the frame: width / height

_COLUMNS = {
    "region": Column("Region", "id", "NUTS 3 code of the members' seats."),
    "name": Column("Name"),
    "country": Column("Country", "id"),
    "organisations": Column("Members", "organisations", "Different organisations that are counted members of a cluster.", "≥ 1"),
    "memberships": Column("Memberships", "memberships", "An organisation in two clusters counts twice.", "≥ 1"),
    "upper": Column("Of these in the upper half", "organisations", "In a cluster of the upper half of the levels.", "≥ 0"),
    "clusters": Column("Clusters", "clusters", "With a member there.", "≥ 1"),
    "lon": Column("Longitude", "degrees", "Of the region's point: median of participants' coordinates.", missing="the region has no point"),
    "lat": Column("Latitude", "degrees", "Of the region's point.", missing="the region has no point"),
    "drawn": Column("On the map", definition="Whether it has a point inside the frame."),
    "unknown": Column("Region not known", "organisations", "Members without a NUTS 3 code.", "≥ 0"),
    "without_point": Column("No point", "organisations", "Members in regions without a point.", "≥ 0"),
    "outside": Column("Outside the frame", "organisations", "Members in regions outside the frame.", "≥ 0"),
    "west": Column("West", "m", "Frame of the map in EPSG:3035."),
    "south": Column("South", "m", "Frame of the map in EPSG:3035."),
    "east": Column("East", "m", "Frame of the map in EPSG:3035."),
    "north": Column("North", "m", "Frame of the map in EPSG:3035."),
}


def home(view: "CountryView") -> str:
    """The country of most clusters; empty where there is none."""
    countries = view.assessment.register.clusters["country"].reindex(view.clusters.index).dropna().value_counts()
    return str(min(countries.index, key=lambda code: (-countries[code], code))) if len(countries) else ""


def map_tables(view: "CountryView") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each region with a member; and one row: who is not on the map, and its frame."""
    members = view.members.copy()
    members["region"] = view.assessment.register.organisations["nuts3"].reindex(members["organisation"]).to_numpy()
    members["rank"] = view.clusters["rank"].reindex(members["cluster"]).to_numpy()
    known = members[members["region"].notna()]
    high = known[known["rank"].isin(upper(view.rules))].groupby("region")["organisation"].nunique()
    grouped = known.groupby("region")
    table = pd.DataFrame({"organisations": grouped["organisation"].nunique(), "memberships": grouped.size(), "clusters": grouped["cluster"].nunique()})
    table.insert(2, "upper", high.reindex(table.index, fill_value=0))
    points = region_points()
    points = points[points["code"].str.len() == NUTS3].drop_duplicates("code").set_index("code")[["lon", "lat"]]
    table = table.join(points).rename_axis("region").reset_index().astype({"region": "str"})
    table.insert(1, "name", pd.Series([name_of("nuts", code) or code for code in table["region"]], index=table.index, dtype="str"))
    table.insert(2, "country", table["region"].str[:2])
    frame = _frame(points, home(view))
    table["drawn"] = _inside(table, frame) if frame else False
    table = table.sort_values(["organisations", "region"], ascending=[False, True], kind="stable", ignore_index=True)
    located = table["lon"].notna()
    row = {
        "unknown": int(members.loc[members["region"].isna(), "organisation"].nunique()),
        "without_point": int(table.loc[~located, "organisations"].sum()),
        "outside": int(table.loc[located & ~table["drawn"], "organisations"].sum()),
        **dict(zip(("west", "south", "east", "north"), frame or [np.nan] * 4, strict=True)),
    }
    counts = dict.fromkeys(["organisations", "memberships", "upper", "clusters"], "int64")
    return table.astype(counts | {"drawn": "bool", "country": "str"}), pd.DataFrame([row])


def _frame(points: pd.DataFrame, country: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north (m) around all regions of a country that have a point; none where it has fewer than two."""
    own = points[points.index.str[:2] == country]
    if len(own) <= 1:
        return None
    places = project(own["lon"], own["lat"])
    middle, span = (places.max(axis=0) + places.min(axis=0)) / 2, np.ptp(places, axis=0) + 2 * MARGIN
    across = max(float(span[0]), float(span[1]) * SHAPE, LEAST)
    high = across / SHAPE
    return (float(middle[0] - across / 2), float(middle[1] - high / 2), float(middle[0] + across / 2), float(middle[1] + high / 2))


def _inside(table: pd.DataFrame, frame: tuple[float, float, float, float]) -> npt.NDArray[np.bool_]:
    places = project(table["lon"].fillna(0.0), table["lat"].fillna(0.0))
    within = (places[:, 0] >= frame[0]) & (places[:, 0] <= frame[2]) & (places[:, 1] >= frame[1]) & (places[:, 1] <= frame[3])
    return np.asarray(within & table["lon"].notna().to_numpy())


def map_exhibit(view: "CountryView") -> Exhibit:
    """The map of members."""
    table, coverage = map_tables(view)
    named = {"country_map": table, "country_map_coverage": coverage}
    n = view.members["organisation"].nunique()
    if not table["drawn"].any():
        what = "no cluster has a member on this day" if not n else "give NUTS 3 codes of the members in column nuts3 of sheet organisations"
        if len(table):
            where = f"{count(len(table), 'region')} with {count(int(table['organisations'].sum()), 'organisation')}"
            what = f"the regions of the members, {where}, have no point on a map of {the(country_name(home(view)))}; they stand in the table"
        return Exhibit(_KEY, "where", "Where the members are cannot be drawn", named, _COLUMNS, prose=f"There is no map: {what}.")
    return Exhibit(
        _KEY,
        "where",
        headline(table, n),
        named,
        _COLUMNS,
        prose=_prose(table, view, n),
        lead="Members of clusters by NUTS 3 region of their seat (area of a circle).",
        caption=_caption(table, coverage.iloc[0], view, n),
        reading=_reading(table),
        alt=f"{headline(table, n)}. {_prose(table, view, n)} All regions are in the table below.",
        draw=drawing(plot_country_map, table, coverage=coverage),
        findings=_findings(table, n),
    )


def headline(table: pd.DataFrame, n: int) -> str:
    """The region with most members."""
    row = table.iloc[0]
    return first_that_fits(
        f"{row['name']} has {number(row['organisations'])} of {number(n)} member organisations",
        f"One region has {number(row['organisations'])} of {number(n)} member organisations",
    )


def _prose(table: pd.DataFrame, view: "CountryView", n: int) -> str:
    first = table.head(3)
    known = int(table["organisations"].sum())
    text = f"{listing([f'{name} ({number(k)})' for name, k in zip(first['name'], first['organisations'], strict=True)])} {'has' if len(first) == 1 else 'have'} {percent(first['organisations'].sum() / n)} of all members"
    high = int(table["upper"].sum())
    return (
        f"{text}. Of the {number(known)} whose region is known, {number(high)} {'is' if high == 1 else 'are'} in a cluster that is {upper_words(view.rules)}."
    )


def _caption(table: pd.DataFrame, coverage: pd.Series, view: "CountryView", n: int) -> str:
    shown = table[table["drawn"]]
    parts = [
        f"n = {number(int(shown['organisations'].sum()))} of {count(n, 'member organisation')} in {count(len(shown), 'region')}; each counts once, by its own seat, not the cluster’s."
    ]
    absent = []
    if coverage["without_point"]:
        codes = table.loc[table["lon"].isna(), "region"].to_list()
        names = listing(codes) if len(codes) <= 4 else count(len(codes), "region")
        absent.append(f"{number(coverage['without_point'])} in {names}, whose place is not known here")
    absent += [f"{number(coverage['outside'])} outside the frame"] if coverage["outside"] else []
    absent += [f"{number(coverage['unknown'])} without NUTS 3 code"] if coverage["unknown"] else []
    if absent:
        parts.append(f"Not on the map: {listing(absent)}.")
    parts.append(
        "A circle stands at the median place of participants of Horizon Europe in the region. Grey ground: near such participants; no borders are drawn. Equal-area projection (EPSG:3035)."
    )
    return " ".join([*parts, source(view)])


def _reading(table: pd.DataFrame) -> str:
    row = table[table["drawn"]].iloc[0]
    return f"{row['name']} ({row['region']}): {count(int(row['organisations']), 'member organisation')} of {count(int(row['clusters']), 'cluster')}."


def _findings(table: pd.DataFrame, n: int) -> tuple[Finding, ...]:
    row = table.iloc[0]
    value, sentence = big(int(row["organisations"]), n, f"member organisations are in {row['name']}.")
    note = f"each organisation once, by its seat; region known for {number(int(table['organisations'].sum()))}"
    return (Finding(_KEY, value, sentence, note, _KEY, distance=float(row["organisations"] / n)),)
