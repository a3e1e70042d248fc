"""Figure 8 of a report on a country: its regions with each other and with partner countries, in joint projects."""

import numpy as np
import pandas as pd
from scipy import sparse

from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._flows_country_plot import COUNTRIES_NARROW, plot_country_flows
from innovnet.report._format import count, number, percent
from innovnet.report._measure import Programme
from innovnet.report._names import _city, country_name
from innovnet.report._words import capital, listing, of_another_country, source, the

REGIONS, COUNTRIES = 16, 24  #: drawn, by number of projects
FEW_REGIONS = 4  #: fewer regions than this are cut one NUTS level finer, where the codes are known
ALL, UNKNOWN = "all", "none"
COLUMNS = {
    "region": Column("Region code", "id", f"Region of the domestic organisations; {UNKNOWN}: no region code; {ALL}: all of the country."),
    "region_name": Column("Region", definition="Code and the city of most of its organisations."),
    "projects_of_region": Column("Projects of the region", "projects", "Projects with at least one organisation of the region."),
    "partner": Column("Partner's code", "id", "Domestic region or country."),
    "partner_name": Column("Partner"),
    "kind": Column("Kind", definition="inside: two or more organisations of the region; domestic: another region; abroad: another country."),
    "projects": Column("Joint projects", "projects", "Projects with organisations of both."),
}


def country_flows_table(programme: Programme) -> pd.DataFrame:
    """Joint projects of each domestic region with every domestic region and every other country, and of the whole country (region "all").

    Rows come by the number of projects of their region, domestic partners in the same order, countries by the projects of the whole country. Where the
    country has fewer than four regions and finer codes are known they are used. Organisations without a code are a region of their own ("none").
    """
    regions, names = _regions(programme)
    inside = _presence(programme, regions)
    of_region = np.asarray((inside > 0).sum(axis=0)).ravel()
    order = sorted(range(inside.shape[1]), key=lambda k: (regions.cat.categories[k] == UNKNOWN, -of_region[k], regions.cat.categories[k]))
    country = programme.actors["country"].where(~programme.scope).astype("category")
    abroad = _presence(programme, country)
    domestic_events = np.asarray(inside.sum(axis=1)).ravel()
    to_country = np.asarray((abroad[domestic_events > 0] > 0).sum(axis=0)).ravel()
    partners = [h for h in np.argsort(-to_country, kind="stable") if to_country[h]]
    among = ((inside > 0).astype(np.int64).T @ (inside > 0).astype(np.int64)).toarray()
    twice = np.asarray((inside > 1).sum(axis=0)).ravel()
    across = ((inside > 0).astype(np.int64).T @ (abroad > 0).astype(np.int64)).toarray()
    rows = []
    for k in order:
        code = regions.cat.categories[k]
        head = (code, names[code], of_region[k])
        rows += [
            (*head, regions.cat.categories[h], names[regions.cat.categories[h]], *(("inside", twice[k]) if h == k else ("domestic", among[k, h])))
            for h in order
        ]
        rows += [(*head, country.cat.categories[h], country_name(country.cat.categories[h]), "abroad", across[k, h]) for h in partners]
    total = (ALL, f"All of {programme.place}", int((domestic_events > 0).sum()))
    rows += [(*total, country.cat.categories[h], country_name(country.cat.categories[h]), "abroad", to_country[h]) for h in partners]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"projects_of_region": "int64", "projects": "int64"})


def _regions(programme: Programme) -> tuple[pd.Series, dict[str, str]]:
    """The region of each domestic organisation, as categories, and the names of the regions."""
    actors, scope = programme.actors, programme.scope
    region = actors["region"]
    given = programme.affiliation._actors.get("nuts")
    if given is not None and region[scope].nunique() < FEW_REGIONS:
        finer = given.where(given.str.len() == 5)
        region = finer if finer[scope].nunique() > region[scope].nunique() else region
    region = region.mask(of_another_country(actors)).fillna(UNKNOWN).where(scope)
    names = {}
    for code in region.dropna().unique():
        cities = actors.loc[(region == code).to_numpy(dtype=bool, na_value=False), "city"].dropna().map(_city)
        names[code] = f"{code} {cities.mode().iloc[0]}" if len(cities) and code != UNKNOWN else code
    names[UNKNOWN] = "No region code" if len(names) > 1 else programme.place
    return region.astype("category"), names


def _presence(programme: Programme, groups: pd.Series) -> sparse.csr_array:
    """Members of each group in each event (events × groups)."""
    codes = groups.cat.codes.to_numpy()
    who = np.flatnonzero(codes >= 0)
    one = sparse.csr_array((np.ones(len(who), dtype=np.int64), (who, codes[who])), shape=(len(codes), len(groups.cat.categories)))
    return sparse.csr_array(programme.affiliation.incidence.T @ one)


def drawn(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that the figure shows: the regions and partner countries with most projects."""
    regions = [r for r in dict.fromkeys(table["region"]) if r != ALL][:REGIONS]
    countries = list(dict.fromkeys(table.loc[table["kind"] == "abroad", "partner"]))[:COUNTRIES]
    abroad = table["kind"] == "abroad"
    rows = table["region"].isin([*regions, ALL] if len(regions) > 1 else regions)
    partners = table["partner"].isin(countries).where(abroad, table["partner"].isin(regions) & (len(regions) > 1))
    return table[rows & partners]


def country_flows_exhibit(programme: Programme) -> Exhibit:
    """The figure with its words."""
    table = country_flows_table(programme)
    total = table[table["region"] == ALL]
    if total.empty:
        prose = f"No organisation in {programme.place} has a partner in another country."
        return Exhibit("flows", "looks-like", capital(f"{programme.place} works inside its border only"), {"flows": table}, COLUMNS, prose=prose)
    shown = drawn(table)
    best = total.iloc[0]
    partner = the(best["partner_name"])
    headline = f"{programme.place} works most with {partner}: in {number(best['projects'])} of {count(best['projects_of_region'], 'project')}"
    headline = headline if len(headline) <= 75 else f"{partner} is in {number(best['projects'])} of {count(best['projects_of_region'], 'project')}"
    headline, prose = capital(headline), _prose(table, programme.place)

    share = best["projects"] / best["projects_of_region"]
    sentence = f"of the projects of organisations in {programme.place} have a partner in {partner}, more than in any other country."
    return Exhibit(
        key="flows",
        section="looks-like",
        headline=headline,
        tables={"flows": table},
        columns=COLUMNS,
        prose=prose,
        lead="Joint projects of regions with each other and with other countries.",
        caption=_caption(programme, table, shown),
        slim=f"On this narrow page: the first {COUNTRIES_NARROW} countries."
        if shown.loc[shown["kind"] == "abroad", "partner"].nunique() > COUNTRIES_NARROW
        else "",
        reading=_reading(shown),
        alt=f"{headline}. {prose}",
        draw=drawing(plot_country_flows, shown),
        findings=(Finding("flows", percent(share), sentence, "all projects, no sampling error", "flows"),),
    )


def _prose(table: pd.DataFrame, place: str) -> str:
    regions = table[(table["region"] != ALL) & (table["region"] != UNKNOWN)].drop_duplicates("region")
    others = table[table["region"] == ALL].iloc[1:3]
    sentences = []
    if len(others):
        named = listing([f"{the(name)} ({number(n)})" for name, n in zip(others["partner_name"], others["projects"], strict=True)])
        sentences.append(f"Next {'come' if len(others) > 1 else 'comes'} {named}.")
    pairs = table[(table["kind"] == "domestic") & (table["region"] != UNKNOWN) & (table["partner"] != UNKNOWN)]
    if len(regions) > 1 and len(pairs):
        pair = pairs.sort_values("projects", ascending=False, kind="stable").iloc[0]
        if pair["projects"]:
            sentences.append(
                f"Of the regions of {place}, {pair['region_name']} and {pair['partner_name']} meet most often, in {count(pair['projects'], 'project')}."
            )
        else:
            sentences.append(f"No two regions of {place} share a project.")
    return " ".join(sentences)


def _caption(programme: Programme, table: pd.DataFrame, shown: pd.DataFrame) -> str:
    parts = []
    if (shown["kind"] == "inside").any() and len(set(shown["region"])) > 1:
        parts.append("Outlined: projects with two or more organisations of the region.")
    codes = [r for r in dict.fromkeys(table["region"]) if r not in {ALL, UNKNOWN}]
    if codes:
        parts.append("A region is named by its code and the city of most of its organisations.")
    more = len(set(table["region"]) - set(shown["region"]) - {ALL})
    gone = [f"{count(more, 'region')} with fewer projects"] if more else []
    abroad = table.loc[table["kind"] == "abroad", "partner"].nunique()
    left = abroad - shown.loc[shown["kind"] == "abroad", "partner"].nunique()
    gone += [f"{number(left)} more partner {'country' if left == 1 else 'countries'}"] if left else []
    if gone:
        parts.append(f"Not drawn: {listing(gone)}.")
    unknown = int((programme.scope & (programme.actors["region"].isna() | of_another_country(programme.actors)).to_numpy()).sum())
    if codes and unknown:
        parts.append(f"{count(unknown, 'organisation')} without a region code of {programme.place}.")
    parts.append(f"n = {count(int(table['projects_of_region'].max()), 'project')} of {count(int(programme.scope.sum()), 'organisation')}.")
    return " ".join([*parts, source(programme)])


def _reading(shown: pd.DataFrame) -> str:
    row = shown[shown["kind"] == "abroad"].iloc[0]
    verb = "are" if row["projects"] != 1 else "is"
    where = f"with organisations in {row['region_name']}"
    return f"Of the {count(row['projects_of_region'], 'project')} {where}, {number(row['projects'])} {verb} shared with {the(row['partner_name'])}."
