"""Where the joint work is: regions by their joint work, and the strongest links between them."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, spatial

from innovnet.graph._points import region_points
from innovnet.metrics import strength
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._map_land import FRAME, project
from innovnet.report._map_plot import FLOWS, FLOWS_COUNTRY, FLOWS_NARROW, plot_map
from innovnet.report._names import _city, country_name, region_place
from innovnet.report._words import capital, listing, of_another_country, source

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ROWS = 200  #: of the table of links
FAR = 150_000.0  #: m: a place further from every point of its country's regions is in none of them
LEADING = 5  #: regions whose part in the joint work between regions is reported

_COLUMNS = {
    "region": Column("Region", "id", "NUTS code, or a country whose regions have no code here."),
    "place": Column("Main place", definition="Its main city, else the city with most joint work of its organisations."),
    "country": Column("Country", "id", "Country as Eurostat writes it."),
    "domestic": Column("In scope", definition="Whether the report is about it: true for all, or for the regions of the country."),
    "organisations": Column("Organisations", "organisations", "With a partner; in a report on a country in projects with a member there.", "≥ 1"),
    "placed": Column("Placed", "organisations", "Of these, without a region code: put into the nearest region by coordinates, or under their country.", "≥ 0"),
    "joint_work": Column("Joint work", "projects", "Newman-weighted, of its organisations; of regions abroad that with the country of the report.", "≥ 0"),
    "between": Column("With other regions", "projects", "The part of it with other regions.", "≥ 0"),
    "lon": Column("Longitude", "degrees", "Median of the coordinates of its organisations."),
    "lat": Column("Latitude", "degrees", "Median of the coordinates of its organisations."),
    "drawn": Column("On the map", definition="Whether it lies inside the frame."),
    "hollow": Column("Mostly placed", definition="Whether more than half of its joint work is of organisations placed by coordinates."),
    "source": Column("Region", "id", "One end of the link."),
    "target": Column("Other region", "id", "The other end."),
    "source_place": Column("Main place", definition="Of the region."),
    "target_place": Column("Other main place", definition="Of the other region."),
    "share": Column("Share", "share", "Of all joint work between regions; in a report on a country of that of its organisations.", "0 to 1"),
    "cumulative": Column("Cumulative share", "share", "Of this link and all stronger ones.", "0 to 1"),
    "organisations_unplaced": Column("Not placed", "organisations", "Without region and coordinates, or far from every region of their country.", "≥ 0"),
    "organisations_outside": Column("Outside the frame", "organisations", "In regions that are not on the map.", "≥ 0"),
    "joint_work_missing": Column("Joint work not on the map", "share", "Of the organisations not placed or outside the frame.", "0 to 1"),
    "leading_share": Column(
        "Part of the leading regions", "share", "Of the joint work between regions, the part in which one of the first five takes part.", "0 to 1"
    ),
}


class Tables(NamedTuple):
    """What the figure is drawn from."""

    regions: pd.DataFrame
    links: pd.DataFrame
    coverage: pd.DataFrame  #: one row


def map_tables(programme: "Programme") -> Tables:
    """Regions by joint work, the strongest links between them, and what is not on the map."""
    actors = _located(programme)
    labels = pd.Index(sorted(actors["place_code"].dropna().unique()), dtype="str")
    work, own = _work(programme, actors["place_code"], labels)
    regions = _regions(programme, actors, labels, work, own)
    links = _links(regions, work, labels, programme)
    missing = actors["counted"] & ~actors["place_code"].isin(regions.loc[regions["drawn"], "region"])
    coverage = {
        "organisations_unplaced": int((actors["counted"] & actors["place_code"].isna()).sum()),
        "organisations_outside": int((missing & actors["place_code"].notna()).sum()),
        "joint_work_missing": float(actors.loc[missing, "own_work"].sum() / actors["own_work"].sum()) if actors["own_work"].sum() else 0.0,
        "leading_share": _leading_share(regions, work, labels, programme),
    }
    return Tables(regions, links, pd.DataFrame([coverage]))


def _located(programme: "Programme") -> pd.DataFrame:
    """The region of each organisation: its code, if of its country, else that of the nearest point of its country's regions, else its country."""
    actors = programme.actors
    table = actors[["region", "country", "city"]].copy()
    given = programme.affiliation._actors
    for column in ("lon", "lat"):
        table[column] = given[column].to_numpy(dtype=np.float64) if column in given.columns else np.nan
    value, home = _value(programme)
    incidence = programme.affiliation.incidence
    joint = (incidence @ (value > 0).astype(np.int64)).astype(np.float64)
    table["own_work"] = np.where(programme.scope, joint, incidence @ (value * home)) if programme.country else joint
    table["counted"] = table["own_work"] > 0
    table["place_code"] = table["region"].where((table["region"].str.len() > 2) & ~of_another_country(table))
    level = table["place_code"].str.len().mode()
    placed = _placed(table[table["place_code"].isna() & table["country"].notna()], int(level.iloc[0]) if len(level) else 4)
    table["placed"] = table.index.isin(placed.index[placed.notna()])
    table["place_code"] = table["place_code"].fillna(placed)
    return table


def _placed(table: pd.DataFrame, digits: int) -> pd.Series:
    """The region of organisations without a code: of the nearest point of their country; the country itself where it has no regions here."""
    points = region_points()
    points = points[points["code"].str.len() == 5]
    seeds, countries = project(points["lon"], points["lat"]), points["code"].str[:2].to_numpy()
    found = pd.Series(pd.NA, index=table.index, dtype="str")
    for country, rows in table.groupby("country"):
        here = np.flatnonzero(countries == country)
        if len(here):
            known = rows.dropna(subset=["lon", "lat"])
            distance, which = spatial.cKDTree(seeds[here]).query(project(known["lon"], known["lat"]))
            codes = points["code"].iloc[here[which]].str[:digits].set_axis(known.index)
            found[known.index] = codes.where(np.asarray(distance) <= FAR)
        else:
            found[rows.index] = str(country)
    return found


def _inside(places: Floats) -> Mask:
    west, south, east, north = FRAME
    return (places[:, 0] >= west) & (places[:, 0] <= east) & (places[:, 1] >= south) & (places[:, 1] <= north)


def _value(programme: "Programme") -> tuple[Floats, Floats]:
    """What each event gives to a pair of its members (nothing without a member in scope), and its number of members in scope."""
    home = np.asarray(programme.affiliation.incidence.T @ programme.scope.astype(np.float64))
    sizes = programme.affiliation.sizes.to_numpy()
    return np.where((sizes > 1) & (home > 0), 1.0 / np.maximum(sizes - 1, 1), 0.0), home


def _work(programme: "Programme", codes: pd.Series, labels: pd.Index) -> tuple[Floats, Floats]:
    """Joint work of each region (rows: of organisations in scope) with each region, and of each region's organisations in all."""
    value, _home = _value(programme)
    position = labels.get_indexer(pd.Index(codes))
    incidence, events, k = programme.affiliation.incidence, programme.affiliation.n_events, len(labels)

    def members(chosen: Mask) -> sparse.csr_array:
        who = np.flatnonzero(chosen & (position >= 0))
        one = sparse.csr_array((np.ones(len(who)), (who, position[who])), shape=(len(position), k))
        return sparse.csr_array(incidence.T @ one) if k else sparse.csr_array((events, 0))

    mine = members(programme.scope)
    pairs = np.asarray((mine.multiply(value[:, np.newaxis]).T @ members(np.ones(len(position), dtype=bool))).todense(), dtype=np.float64)
    pairs -= np.diag(np.asarray(mine.T @ value).ravel())
    joint = (programme.affiliation.incidence @ (value > 0).astype(np.float64))[programme.scope]
    inside = position[programme.scope]
    own = np.bincount(inside[inside >= 0], weights=joint[inside >= 0], minlength=k)
    return pairs, own.astype(np.float64)


def _regions(programme: "Programme", actors: pd.DataFrame, labels: pd.Index, work: Floats, own: Floats) -> pd.DataFrame:
    counted = actors[actors["counted"] & actors["place_code"].notna()]
    grouped = counted.groupby("place_code")
    table = pd.DataFrame(index=pd.Index(sorted(counted["place_code"].unique()), name="region", dtype="str"))
    at = labels.get_indexer(table.index)
    points = region_points()
    shipped = points[points["code"].str.len() == 5]
    table["country"] = [str(code) for code in grouped["country"].agg(lambda c: c.mode().iloc[0] if c.notna().any() else "").reindex(table.index)]
    table["domestic"] = np.isin(table.index, counted.loc[counted["country"] == programme.country, "place_code"]) if programme.country else True
    table["place"] = [_place(code, grouped.get_group(code)) for code in table.index]
    table["organisations"] = grouped.size().reindex(table.index).to_numpy(dtype=np.int64)
    table["placed"] = grouped["placed"].sum().reindex(table.index).to_numpy(dtype=np.int64)
    abroad = work.sum(axis=0)
    table["joint_work"] = np.where(table["domestic"], own[at], abroad[at]) if programme.country else own[at]
    outward = work.sum(axis=1) - np.diag(work)
    table["between"] = np.where(table["domestic"], outward[at], abroad[at] - np.diag(work)[at]) if programme.country else outward[at]
    for column in ("lon", "lat"):
        fallback = shipped.groupby(shipped["code"].str[: len(table.index[0]) if len(table) else 4])[column].median()
        table[column] = grouped[column].median().reindex(table.index).fillna(fallback.reindex(table.index))
    located = table["lon"].notna() & table["lat"].notna()
    table["drawn"] = located.to_numpy() & _inside(project(table["lon"].fillna(0.0), table["lat"].fillna(0.0)))
    imputed = counted["own_work"].where(counted["placed"], 0.0).groupby(counted["place_code"]).sum()
    table["hollow"] = (imputed.reindex(table.index) > 0.5 * grouped["own_work"].sum().reindex(table.index)).to_numpy(dtype=bool)
    table = table.reset_index().sort_values(["domestic", "joint_work", "region"], ascending=[False, False, True], kind="stable")
    order = ["region", "place", "country", "domestic", "organisations", "placed", "joint_work", "between", "lon", "lat", "drawn", "hollow"]
    return table[order].astype({"place": "str", "country": "str", "region": "str"}).reset_index(drop=True)


def _place(code: str, rows: pd.DataFrame) -> str:
    """Its main city, else the city with most joint work, else the code."""
    if known := region_place(code):
        return known
    if len(code) == 2 and country_name(code) != code:
        return country_name(code)
    rows = rows[~rows["placed"]] if not rows["placed"].all() else rows
    cities = rows["own_work"].groupby(rows["city"].map(_city, na_action="ignore")).sum()
    return str(cities.index[int(np.argmax(cities.to_numpy()))]) if len(cities) else code


def _links(regions: pd.DataFrame, work: Floats, labels: pd.Index, programme: "Programme") -> pd.DataFrame:
    """The strongest links between two regions; in a report on a country those with one end there."""
    pairs = work.copy()
    if programme.country:  # rows are domestic members: both directions of a pair of regions count
        pairs = work + work.T - _both(work, regions, labels)
    first, second = np.nonzero(np.triu(pairs, 1))
    weight = pairs[first, second]
    order = np.lexsort((second, first, -weight))[:ROWS]
    total = weight.sum()
    table = pd.DataFrame({"source": labels.take(first[order]), "target": labels.take(second[order]), "joint_work": weight[order]})
    names = regions.set_index("region")["place"]
    table.insert(2, "source_place", names.reindex(table["source"]).to_numpy())
    table.insert(3, "target_place", names.reindex(table["target"]).to_numpy())
    table["share"] = table["joint_work"] / total if total else table["joint_work"]
    table["cumulative"] = table["share"].cumsum()
    return table.astype({"source": "str", "target": "str", "source_place": "str", "target_place": "str"})


def _both(work: Floats, regions: pd.DataFrame, labels: pd.Index) -> Floats:
    """What would be counted twice: joint work between two domestic regions stands in both of their rows."""
    home = np.isin(labels, regions.loc[regions["domestic"], "region"])
    return np.where(home[:, np.newaxis] & home[np.newaxis, :], np.minimum(work, work.T), 0.0)


def _leading_share(regions: pd.DataFrame, work: Floats, labels: pd.Index, programme: "Programme") -> float:
    """Share of the joint work between regions in which one of the leading regions takes part (in a report on a country: of the leading ones abroad)."""
    leading = np.isin(labels, leading_regions(regions, programme.country)["region"])
    outside = work - np.diag(np.diag(work))
    total = outside.sum()
    rest = outside[:, ~leading].sum() if programme.country else outside[np.ix_(~leading, ~leading)].sum()
    return float(1.0 - rest / total) if total else 0.0


def leading_regions(regions: pd.DataFrame, country: str | None) -> pd.DataFrame:
    """The first regions by joint work with others; in a report on a country the first abroad."""
    chosen = regions[~regions["domestic"]] if country else regions
    return chosen.sort_values("between", ascending=False, kind="stable").head(LEADING)


def map_exhibit(programme: "Programme") -> Exhibit:
    """The map with its words."""
    tables = map_tables(programme)
    named = {"map": tables.regions, "map_links": tables.links, "map_coverage": tables.coverage}
    if tables.regions["drawn"].sum() < 2:
        prose = "The map takes organisations of two or more European regions: give region codes (NUTS) or coordinates (lat, lon) of the organisations."
        return Exhibit("map", "looks-like", "Where the organisations are is not known", named, _COLUMNS, prose=prose)
    return Exhibit(
        "map",
        "looks-like",
        headline(tables, programme),
        named,
        _COLUMNS,
        prose=_prose(tables, programme),
        lead=_lead(tables, programme),
        caption=_caption(tables, programme),
        slim=f"On this narrow page: the {FLOWS_NARROW} strongest." if len(_drawn_links(tables, programme)) > FLOWS_NARROW else "",
        reading=_reading(tables),
        alt=_alt(tables, programme),
        draw=drawing(plot_map, tables.regions, links=tables.links),
        findings=_findings(tables, programme),
        methods=(strength,),
    )


def _few(tables: Tables, country: str | None) -> bool:
    """Too few regions for the leading ones to mean anything."""
    regions = tables.regions[~tables.regions["domestic"]] if country else tables.regions
    return len(regions) <= 2 * LEADING or tables.links.empty


def headline(tables: Tables, programme: "Programme") -> str:
    """Where the joint work between regions is."""
    if _few(tables, programme.country):
        return f"Joint work in {count(len(tables.regions), 'region')}" + ("" if len(tables.links) else ", none between them")
    share = percent(tables.coverage["leading_share"].iloc[0])
    first = list(dict.fromkeys(leading_regions(tables.regions, programme.country)["place"]))
    if programme.country:
        texts = [f"{capital(programme.place)} works most with {listing(first[:k])}" for k in (4, 3, 2, 1)]
    else:
        texts = [f"Five regions, {first[0]} first, take part in {share} of work between regions"]
    return next((text for text in texts if len(text) <= 75), texts[-1][:75])


def _flows(programme: "Programme") -> int:
    return FLOWS_COUNTRY if programme.country else FLOWS


def _drawn_links(tables: Tables, programme: "Programme") -> pd.DataFrame:
    on_map = set(tables.regions.loc[tables.regions["drawn"], "region"])
    links = tables.links
    return links[links["source"].isin(on_map) & links["target"].isin(on_map)].head(_flows(programme))


def _prose(tables: Tables, programme: "Programme") -> str:
    regions = tables.regions
    if _few(tables, programme.country):
        return f"{count(len(regions), 'region')}, the largest {regions['place'].iloc[0]}: too few to say where joint work between regions concentrates."
    first = leading_regions(regions, programme.country)["place"]
    whose = f" of organisations in {programme.place}" if programme.country else ""
    where = "regions abroad" if programme.country else "regions"
    share = percent(tables.coverage["leading_share"].iloc[0])
    n = len(regions[~regions["domestic"]]) if programme.country else len(regions)
    best = tables.links.iloc[0]
    return (
        f"{listing(list(first))}, five of {number(n)} {where}, take part in {share} of the joint work between regions{whose}. "
        f"The strongest single link is {best['source_place']}–{best['target_place']}."
    )


def _lead(tables: Tables, programme: "Programme") -> str:
    n = len(_drawn_links(tables, programme))
    links = f" and the {count(n, 'strongest link')} between them (width of a line)" if n else ""
    return f"Joint work of regions (area of a circle){links}."


def _caption(tables: Tables, programme: "Programme") -> str:
    regions, coverage, links = tables.regions, tables.coverage.iloc[0], _drawn_links(tables, programme)
    whose = f" of organisations in {programme.place}" if programme.country else ""
    parts = []
    if len(links):
        parts.append(f"The links shown hold {percent(links['share'].sum())} of the joint work between regions{whose}.")
    parts.append(f"{count(int(regions['drawn'].sum()), 'region')} with {count(int(regions.loc[regions['drawn'], 'organisations'].sum()), 'organisation')}.")
    out, unknown = int(coverage["organisations_outside"]), int(coverage["organisations_unplaced"])
    if out or unknown:
        absent = [f"{count(out, 'organisation')} outside the frame"] if out else []
        absent += [f"{count(unknown, 'organisation')} of unknown place"] if unknown else []
        parts.append(f"Not on the map: {listing(absent)}, with {percent(coverage['joint_work_missing'], 1)} of the joint work.")
    if placed := int(regions.loc[regions["drawn"], "placed"].sum()):
        rings = " (rings: regions mostly of these)" if (regions["hollow"] & regions["drawn"]).any() else ""
        parts.append(f"{count(placed, 'organisation')} without region code placed by coordinates, or under their country{rings}.")
    if programme.country:
        parts.append(f"Blue: regions of {programme.place}; grey: partner regions, by their joint work with it.")
    parts.append("Grey ground: near participants of Horizon Europe; no borders are drawn. Equal-area projection (EPSG:3035).")
    return " ".join([*parts, source(programme)])


def _reading(tables: Tables) -> str:
    row = tables.regions.iloc[0]
    text = f"{row['place']} ({row['region']}): {count(int(row['organisations']), 'organisation')}, {number(row['joint_work'])} of joint work, {number(row['between'])} of it with other regions"
    mine = tables.links[(tables.links["source"] == row["region"]) | (tables.links["target"] == row["region"])]
    if mine.empty:
        return text + "."
    best = mine.iloc[0]
    other = best["target_place"] if best["source"] == row["region"] else best["source_place"]
    return f"{text}, most with {other} ({number(best['joint_work'], 1)})."


def _alt(tables: Tables, programme: "Programme") -> str:
    first = "; ".join(f"{p}: {number(w)} joint work" for p, w in zip(tables.regions["place"].head(3), tables.regions["joint_work"].head(3), strict=True))
    return f"{headline(tables, programme)}. The first regions: {first}. All are in the table below."


def _findings(tables: Tables, programme: "Programme") -> tuple[Finding, ...]:
    if _few(tables, programme.country):
        return ()
    regions = tables.regions
    share, n = float(tables.coverage["leading_share"].iloc[0]), len(regions[~regions["domestic"]]) if programme.country else len(regions)
    names = listing(list(leading_regions(regions, programme.country)["place"]))
    even = LEADING / n if programme.country else 1 - (n - LEADING) * (n - LEADING - 1) / (n * (n - 1))
    sentence = (
        f"of the joint work of {programme.place} with other regions is with {names}, five of {number(n)} regions abroad."
        if programme.country
        else f"of the joint work between regions involves {names}, five of {number(n)} regions."
    )
    note = f"{percent(even)} if all regions were alike; organisations without region code placed by coordinates or under their country"
    return (Finding("regions", percent(share), sentence, note, "map", distance=share - even),)
