"""Who holds the network together: organisations by joint work, partners and position as go-between."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet.metrics import betweenness, degree, strength
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._names import _city, country_name
from innovnet.report._ranking_plot import MEASURES, SHOWN, SHOWN_NARROW, plot_ranking, shown_measures
from innovnet.report._rows import LEADERS
from innovnet.report._words import listing, of_type, source, the

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

ROWS = 200  #: in the table; the organisations beyond stand in the table of all organisations
ORDER = ("joint_work", "partners", "betweenness_share")  #: their ranks decide

_COLUMNS = {
    "rank": Column("Rank", "", "Order by the mean of the ranks in joint work, partners and go-between position; equal ones by joint work."),
    "actor": Column("Identifier", "id", "Identifier of the organisation (PIC in CORDIS)."),
    "display": Column("Organisation", definition="Short name used in figures."),
    "name": Column("Legal name"),
    "type": Column("Type", definition="university, institute, firm, public or other.", missing="not given"),
    "country": Column("Country", "id", "Country as Eurostat writes it.", missing="not given"),
    "city": Column("City", missing="not given"),
    "joint_work": Column(
        "Joint work", "projects", "Number of projects with partners: each counts 1 for a member, shared equally over its partners (Newman strength).", "≥ 0"
    ),
    "partners": Column("Partners", "organisations", "Organisations with which it shares a project.", "≥ 0"),
    "betweenness_share": Column(
        "Go-between", "share", "Share of the shortest paths between all other pairs of organisations that pass through it (betweenness).", "0 to 1"
    ),
    "coordinated": Column("Coordinated", "projects", "Projects it coordinates, those without a partner included.", "≥ 0"),
    "participations": Column("Projects", "projects", "Projects it takes part in, those without a partner included.", "≥ 0"),
    "contribution_eur": Column("EU contribution", "EUR", "Sum over its participations.", missing="no amount is given for any of its participations"),
    "mean_rank": Column("Mean rank", "", "Mean of the ranks in joint work, partners and go-between position.", "≥ 1"),
    "projects": Column("Projects with these", "projects", "Projects shared with at least one organisation of the country.", "≥ 1"),
    **{
        f"{name}_rank": Column(f"Rank: {stem.head.lower()}", "", f"Rank by {stem.head.lower()}; equal values share the better rank.", "≥ 1")
        for name, stem in MEASURES.items()
    },
}


def ranking_table(programme: "Programme", rows: int = ROWS) -> pd.DataFrame:
    """The organisations of the scope by mean rank in joint work, partners and betweenness, with their rank in each measure shown."""
    table = programme.actors[programme.scope].reset_index()
    table = table.assign(joint_work=table["joint_work"].round(9), betweenness_share=table["betweenness_share"].round(12))  # equal up to the order of sums
    ranks = table[list(MEASURES)].rank(ascending=False, method="min").add_suffix("_rank")
    table = table.join(ranks.astype("Int64"))
    table["mean_rank"] = ranks[[f"{name}_rank" for name in ORDER]].mean(axis=1)
    table = table.sort_values(["mean_rank", "joint_work", "partners", "display"], ascending=[True, False, False, True], kind="stable").reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
    table["city"] = table["city"].map(_city, na_action="ignore")
    measures = [*ORDER, *(name for name in shown_measures(table.head(SHOWN)) if name not in ORDER)]
    place = [column for column in ("city" if programme.country else "country",) if table[column].notna().any()]
    columns = ["rank", "actor", "display", "name", "type", *place, *measures, "mean_rank", *(f"{name}_rank" for name in measures)]
    return table[columns].head(rows)


def foreign_partners_table(programme: "Programme", rows: int = ROWS) -> pd.DataFrame:
    """The organisations of other countries by joint work with those of the scope; empty without a country."""
    scope, actors = programme.scope, programme.actors
    joint = (programme.network.adjacency() @ scope.astype(np.float64)).round(9)
    partners = programme.network.adjacency(weighted=False) @ scope.astype(np.float64)
    incidence = programme.affiliation.incidence
    projects = incidence @ (incidence.T @ scope.astype(np.int64) > 0).astype(np.int64)
    table = actors.assign(joint_work=joint, partners=partners.astype(np.int64), projects=projects)[~scope & (joint > 0)].reset_index()
    table = table.sort_values(["joint_work", "projects", "display"], ascending=[False, False, True], kind="stable").reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
    return table[["rank", "actor", "display", "name", "type", "country", "joint_work", "partners", "projects"]].head(rows)


def ranking_exhibit(programme: "Programme") -> Exhibit:
    """The figure of the ranking with its words; in a report on one country with the closest partners abroad below."""
    table = ranking_table(programme)
    foreign = foreign_partners_table(programme) if programme.country else None
    tables = {"ranking": table} | ({"foreign_partners": foreign} if foreign is not None else {})
    if not len(table) or table["joint_work"].max() == 0:
        prose = "No project has two members or more, so there is no cooperation to rank: a ranking needs projects with at least two organisations."
        return Exhibit("ranking", "holds-together", "No organisation has a partner", tables, _COLUMNS, prose=prose)

    n = int(programme.scope.sum())
    return Exhibit(
        "ranking",
        "holds-together",
        headline(table),
        tables,
        _COLUMNS,
        prose=_prose(table),
        lead="Organisations by the mean of their ranks in joint work, partners and go-between position.",
        caption=_caption(programme, table, n),
        slim=f"On this narrow page: the first {number(SHOWN_NARROW)}." if len(table) > SHOWN_NARROW else "",
        reading=_reading(table.iloc[0]),
        alt=_alt(table),
        draw=drawing(plot_ranking, table, foreign_partners=foreign, place=programme.place),
        findings=_findings(programme, table),
        methods=(betweenness, degree, strength),
    )


def leader(table: pd.DataFrame, measure: str) -> str | None:
    """The organisation that is alone in first place; None where several share it or all values are 0."""
    first = table.loc[(table[measure] == table[measure].max()) & (table[measure] > 0), "display"]
    return str(first.iloc[0]) if len(first) == 1 else None


_LEADS = {"joint_work": "in joint work", "partners": "in partners", "betweenness_share": "as go-between"}


def headline(table: pd.DataFrame) -> str:
    """Who is first in which of the three measures."""
    named = {measure: name for measure in ORDER if (name := leader(table, measure)) is not None}
    texts = (_leaders(named, measures) for measures in (ORDER, ("joint_work", "betweenness_share"), ("betweenness_share",), ("joint_work",)))
    return next((text for text in texts if 0 < len(text) <= 75), "No organisation stands alone at the top")


def _leaders(named: dict[str, str], measures: tuple[str, ...]) -> str:
    """Each leader with what it leads in: A leads in joint work, B in partners and as go-between."""
    parts: list[str] = []
    for name in dict.fromkeys(named[measure] for measure in measures if measure in named):
        leads = listing([_LEADS[measure] for measure in measures if named.get(measure) == name])
        parts.append(f"{name} {'' if parts else 'leads '}{leads}")
    return ", ".join(parts)


def _prose(table: pd.DataFrame) -> str:
    shown = table.head(SHOWN)
    meaning = "Joint work counts projects with partners; a go-between lies on the shortest paths between organisations that do not work together."
    kinds = shown["type"].dropna().value_counts()
    if len(kinds) == 0 or len(shown) < 5:
        return meaning
    listed = listing([of_type(int(n), str(kind)) for kind, n in kinds.items()])
    absent = "; no company is among them" if "firm" not in kinds.index and "firm" in set(table["type"].dropna()) else ""
    return f"{meaning} The first {number(len(shown))} are {listed}{absent}." if kinds.sum() == len(shown) else meaning


def _caption(programme: "Programme", table: pd.DataFrame, n: int) -> str:
    k = min(SHOWN, len(table))
    where = f" in {programme.place}" if programme.country else ""
    parts = [f"First {number(k)} of {count(n, 'organisation')}{where}." if k < n else f"All {count(n, 'organisation')}{where}."]
    if k >= 2 * LEADERS:
        parts.append("Bold: among the first five of the column.")
    reach = f", measured among all {count(len(programme.actors), 'organisation')} of the data" if programme.country else ""
    parts.append(f"Go-between: exact share of the shortest paths between all other pairs (betweenness){reach}.")
    if programme.extract_of is not None:
        parts.append(f"The data hold only projects with a member in {country_name(programme.extract_of)}: paths outside them are not seen.")
    if programme.country:
        parts.append("Below: organisations abroad by joint work with those above; rings mark them as foreign.")
    return " ".join([*parts, source(programme)])


def percent_of_paths(share: float) -> str:
    """A share of shortest paths with two digits that count: 5.6 %, 0.12 %, 0.003 %."""
    return percent(share, min(max(1 - math.floor(math.log10(100 * share)), 0), 6) if share > 0 else 0)


def _reading(row: pd.Series) -> str:
    between = percent_of_paths(row["betweenness_share"])
    led = f" It coordinates {count(int(row['coordinated']), 'project')}." if "coordinated" in row.index else ""
    return (
        f"{row['display']} takes part in {count(round(row['joint_work']), 'project')} with partners, has met {count(int(row['partners']), 'organisation')} there, "
        f"and of the shortest paths between two others {between} pass through it.{led}"
    )


def _alt(table: pd.DataFrame) -> str:
    values = "; ".join(f"{row['display']}: {number(row['joint_work'])} joint work, {number(row['partners'])} partners" for _k, row in table.head(3).iterrows())
    return f"{headline(table)}. The first three: {values}. All values are in the table below."


def _findings(programme: "Programme", table: pd.DataFrame) -> tuple[Finding, ...]:
    name = leader(table, "betweenness_share")
    if name is None:
        return ()
    share = float(table["betweenness_share"].max())
    whole = " of the whole programme" if programme.country and programme.extract_of is None else ""
    other = f"any other organisation in {programme.place}" if programme.country else "any other"
    sentence = f"of the shortest paths between organisations{whole} pass through {name}, more than through {other}."
    note = "all organisations, computed exactly: no sampling error"
    if programme.extract_of is not None:
        note += f"; only projects with a member in {the(country_name(programme.extract_of))}"
    return (Finding("go_between", percent_of_paths(share), sentence, note, "ranking", distance=share, keep=True),)
