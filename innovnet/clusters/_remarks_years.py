"""Years without facts where the sheet has others (W11)."""

from collections.abc import Sequence

import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE
from innovnet.clusters._draft import among
from innovnet.clusters._faults import Report, names
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Settings

_OF_CLUSTERS = ("staff_fte", "activities_per_year")
#: Indicators that are not known without the facts of a sheet.
NEEDED = {
    "facts": _OF_CLUSTERS,
    "member_facts": tuple(name for name, one in CATALOGUE.items() if "F" in one.data and name not in _OF_CLUSTERS),
    "funding": tuple(name for name, one in CATALOGUE.items() if "B" in one.data),
}


def missing_years(register: Register, report: Report) -> None:
    """W11: clusters that exist at the end of a year, and their members, for which a sheet that has this year says nothing."""
    tables = {"facts": register.facts, "member_facts": register.member_facts, "funding": register.funding}
    for sheet, table in tables.items():
        column = "organisation" if sheet == "member_facts" else "cluster"
        years = sorted(table["year"].unique())
        gaps = [(year, _lacking(register, table, column, year)) for year in years]
        told = [f"{names(lacking, 3)} in {year}" for year, lacking in gaps if lacking]
        needed = f" (needed by {names(NEEDED[sheet], 3)})" if told else ""
        report.remark("W11", sheet, sum(len(lacking) for _, lacking in gaps), [f"{'; '.join(told[:3])}{needed}"] if told else [])


def _lacking(register: Register, table: pd.DataFrame, column: str, year: int) -> Sequence[str]:
    day = pd.Timestamp(int(year), 12, 31)
    clusters = register.clusters
    there = clusters.index[~(clusters["founded"] > day) & ~(clusters["dissolved"] < day)]
    if column == "organisation":
        rows = register.membership
        rows = rows[among(rows["role"], Settings().count_roles) & ~(rows["from"] > day) & ~(rows["to"] < day) & among(rows["cluster"], there)]
        there = pd.Index(rows["organisation"].unique())
    return sorted(there[~among(there, table.loc[table["year"] == year, column])])
