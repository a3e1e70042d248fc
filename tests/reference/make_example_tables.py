"""Make the tables behind ``innovnet.example()`` from the files of Horizon Europe as CORDIS publishes them.

Run: python tests/reference/make_example_tables.py DATA FOLDER, where DATA is the folder of real data and FOLDER is innovnet/graph/data.
Every number is a count, a share, a median or a quantile over organisations or projects; no row is about one organisation.
"""

import sys
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

SOURCE = (
    "# {what}\n# Computed from CORDIS, EU research projects under Horizon Europe (December 2025), (c) European Union, reuse under CC BY 4.0,"
    " by tests/reference/make_example_tables.py.\n"
)
TYPES = {"PRC": "firm", "HES": "university", "REC": "institute", "PUB": "public", "OTH": "other"}
FIELDS = ["natural sciences", "engineering and technology", "medical and health sciences", "social sciences", "humanities", "agricultural sciences"]
SIZES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 1]
COUNTS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1]
FEWEST_IN_COUNTRY, FEWEST_IN_PLACE, SHARE_IN_PLACE = 55, 12, 0.014


def cordis(data: Path) -> dict[str, pd.DataFrame]:
    with zipfile.ZipFile(data / "horizon_europe" / "cordis-HORIZONprojects-csv.zip") as archive:
        read = {name: pd.read_csv(archive.open(f"{name}.csv"), sep=";", dtype=str, keep_default_na=False) for name in ("organization", "project")}
        read["field"] = pd.read_csv(archive.open("euroSciVoc.csv"), sep=";", dtype=str, keep_default_na=False)
    return read


def largest_city(here: pd.DataFrame) -> tuple[str, float, float]:
    """The most frequent city, in its most frequent spelling that is not all capitals, and its median coordinates. Accents and case do not distinguish cities."""
    clean = here["city"].str.split(r"[/,(]", regex=True).str[0].str.replace(r"\bcedex\b|\d+|\b[A-Z]\.?$", "", regex=True, case=False).str.strip(" -")
    plain = clean.map(lambda s: unicodedata.normalize("NFKD", s).encode("ascii", "ignore").decode().casefold())
    there = plain == plain[plain.str.len() > 2].value_counts().index[0]
    spelled = clean[there]
    proper = spelled[~spelled.str.isupper() & ~spelled.str.islower()]
    name = proper.value_counts().index[0] if len(proper) else spelled.iloc[0].title()
    return name, round(here.loc[there, "lat"].median(), 3), round(here.loc[there, "lon"].median(), 3)


def places(organisations: pd.DataFrame, codes: set[str]) -> pd.DataFrame:
    """One row for each NUTS 3 region with enough organisations, and one for those of a country that have no such code."""
    point = organisations["geolocation"].str.replace(" ", "").str.split(",", expand=True).apply(pd.to_numeric)
    table = organisations.assign(lat=point[0], lon=point[1])
    coded = table["nutsCode"].isin(codes) & (table["nutsCode"].str[:2] == table["country"])
    table["nuts"] = table["nutsCode"].where(coded, table["country"])
    rows = []
    for country, own in table.groupby("country"):
        if country == "" or len(own) < FEWEST_IN_COUNTRY:
            continue
        sizes = own["nuts"].value_counts()
        enough = sizes[(sizes >= (3 if country == "LT" else max(FEWEST_IN_PLACE, SHARE_IN_PLACE * len(own))))]
        scale = len(own) / enough.sum()
        for nuts in sorted(enough.index):
            here = own[own["nuts"] == nuts]
            rows.append((country, nuts, round(len(here) * scale, 1), *largest_city(here)))
    return pd.DataFrame(rows, columns=["country", "nuts", "organisations", "city", "lat", "lon"])


def types(organisations: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Share of each type, share of SMEs, and quantiles of the number of projects of an organisation."""
    of = organisations.set_index("organisationID")["activityType"].map(TYPES)
    count = memberships.groupby("organisationID").size()
    rows = []
    for name in TYPES.values():
        known = organisations[(organisations["activityType"].map(TYPES) == name) & (organisations["SME"] != "")]
        quantiles = count[of[of == name].index].quantile(COUNTS).round(1)
        rows.append((name, round((of == name).mean(), 4), round((known["SME"] == "true").mean(), 4), *quantiles))
    return pd.DataFrame(rows, columns=["type", "share", "sme", *(f"q{100 * q:g}" for q in COUNTS)])


def shares(values: pd.Series, names: list[str]) -> list[float]:
    return [round(float((values == name).mean()), 3) if len(values) else 0.0 for name in names]


def instruments(values: pd.Series) -> str:
    found = values.value_counts(normalize=True)
    found = found[found >= 0.04]
    return "; ".join(f"{name} {share / found.sum():.2f}" for name, share in found.items())


def parts(read: dict[str, pd.DataFrame], memberships: pd.DataFrame) -> pd.DataFrame:
    """One row for each part of the programme: how many projects, of which sizes, with whom, in which fields, with how much money."""
    project = read["project"].set_index("id")
    project["size"] = memberships.groupby("projectID").size()
    days = (pd.to_datetime(project["endDate"]) - pd.to_datetime(project["startDate"])).dt.days
    field = read["field"].assign(top=read["field"]["euroSciVocPath"].str.split("/").str[1]).drop_duplicates(["projectID", "top"])
    joined = memberships.assign(
        part=memberships["projectID"].map(project["legalBasis"]),
        alone=memberships["projectID"].map(project["size"]) == 1,
        kind=memberships["activityType"].map(TYPES),
        money=pd.to_numeric(memberships["ecContribution"], errors="coerce"),
    )
    rows = []
    for part, own in project.groupby("legalBasis"):
        several = own[own["size"] > 1]
        here = joined[joined["part"] == part]
        funded = here[here["money"] > 0]
        rows.append(
            {
                "part": part,
                "events": len(own),
                "single": round(float((own["size"] == 1).mean()), 4),
                **{f"q{100 * q:g}": s for q, s in zip(SIZES, several["size"].quantile(SIZES).round(1), strict=True)},
                "months": round(days[own.index].median() / 30.4),
                "zero_cost": round(float((own["totalCost"].astype(float) == 0).mean()), 3),
                **dict(zip([f"single {t}" for t in TYPES.values()], shares(here.loc[here["alone"], "kind"], list(TYPES.values())), strict=True)),
                **dict(zip([f"joint {t}" for t in TYPES.values()], shares(here.loc[~here["alone"], "kind"], list(TYPES.values())), strict=True)),
                **dict(zip(FIELDS, shares(field.loc[field["projectID"].isin(own.index), "top"], FIELDS), strict=True)),
                "single money": round(funded.loc[funded["alone"], "money"].median(), -3),
                "joint money": round(funded.loc[~funded["alone"], "money"].median(), -3),
                "single instruments": instruments(own.loc[own["size"] == 1, "fundingScheme"]),
                "joint instruments": instruments(several["fundingScheme"]),
            }
        )
    return pd.DataFrame(rows)


def countries(memberships: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Share of the participations of a country without funding of their own (associated partners), and with none that coordinate."""
    rows = memberships[memberships["country"].isin(chosen)]
    kinds = pd.crosstab(rows["country"], rows["role"], normalize="index").round(3)
    return kinds[["associatedPartner", "coordinator"]].rename(columns={"associatedPartner": "associated"}).rename_axis("country").reset_index()


def write(table: pd.DataFrame, path: Path, what: str) -> None:
    path.write_text(SOURCE.format(what=what) + table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")


def main(data: Path, folder: Path) -> None:
    read = cordis(data)
    memberships = read["organization"].drop_duplicates(["projectID", "organisationID"])
    organisations = memberships.drop_duplicates("organisationID")
    now = pd.read_csv(data / "reference" / "nuts_2024_giscoR.csv", dtype=str, keep_default_na=False)["NUTS_ID"]
    before = pd.read_csv(data / "reference" / "nuts_2021_eurostat.csv", dtype=str, keep_default_na=False).iloc[:, 0]
    codes = {c for c in [*now, *before[before.str.startswith("UK")]] if len(c) == 5}
    points = places(organisations, codes)
    write(points, folder / "example_places.csv", "Where organisations are: number, median latitude and longitude, most frequent city.")
    write(
        types(organisations, memberships), folder / "example_types.csv", "Types of organisations: share, share of SMEs, quantiles of projects per organisation."
    )
    write(
        parts(read, memberships), folder / "example_parts.csv", "Parts of the programme: projects, sizes of those with several members, types, fields, money."
    )
    write(countries(memberships, points["country"]), folder / "example_countries.csv", "Roles by country: share of associated partners and of coordinators.")
    sys.stdout.write(f"{len(points)} places, {np.round(points['organisations'].sum())} organisations\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
