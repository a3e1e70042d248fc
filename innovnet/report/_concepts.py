"""The words of the report in the terms of the literature, and how its random worlds are made, with the parameters of the run."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from innovnet.report._exhibit import Column
from innovnet.report._format import count, number
from innovnet.report._measure import Programme
from innovnet.report._words import regions
from innovnet.report._worlds import ACTIVE, INTERVAL_RUNS, _within, no_worlds

#: name in the report, name in the literature, function of innovnet
NAMES = (
    ("Joint work", "strength in the one-mode projection with Newman's weights", "Affiliation.project('newman'), strength"),
    ("Partners", "degree", "degree"),
    ("Go-between", "betweenness, as a share of all pairs of other organisations", "betweenness"),
    ("Share of joint work between groups", "(1 + E-I index) / 2, weighted", "e_i_summary"),
    ("Times what shares would give", "mixing matrix: observed over expected by the margins", "mixing_matrix"),
    ("Circles", "communities: Leiden method, modularity", "communities, modularity"),
    ("Ties that stand out", "backbone by the disparity filter", "disparity"),
    ("Random worlds", "degree-preserving null model of the two-mode network", "report.random_worlds"),
)

NAMES_COLUMNS = {"here": Column("In this report"), "literature": Column("In the literature"), "function": Column("In innovnet")}


def concepts(programme: Programme) -> list[dict[str, Any]]:
    """Entries for the method appendix: joint work, random worlds, groups."""
    return [_joint_work(), _random_worlds(programme), _groups(programme)]


def entry(name: str, summary: str, *body: tuple[str, str]) -> dict[str, Any]:
    """One entry of the method appendix: its name, a sentence, and paragraphs with their labels."""
    return {"name": name, "summary": summary, "body": list(body)}


def _joint_work() -> dict[str, Any]:
    return entry(
        "Joint work",
        "How much two organisations work together: each project counts 1 for a member, shared equally over its partners.",
        ("formula", "wᵢⱼ = Σₚ 1/(nₚ − 1) over the projects p that i and j both take part in, nₚ their numbers of members"),
        (
            "",
            "The joint work of an organisation, the sum over its partners, is the number of its projects with two or more members. Projects with one member make no tie.",
        ),
        (
            "",
            "A role does not matter: coordinators, participants, associated partners and third parties are members alike, and an organisation with two roles in a project is one member.",
        ),
        ("References", "Newman (2001), Scientific collaboration networks II, Physical Review E 64, 016132, doi:10.1103/PhysRevE.64.016132."),
    )


def _random_worlds(programme: Programme) -> dict[str, Any]:
    name, summary = "Random worlds", "What the programme would look like if only the sizes of projects and the activity of organisations mattered."
    if why := no_worlds(programme):
        return entry(name, "They were not drawn in this report.", ("", why))
    models = ["over the whole programme"]
    if _within(programme.affiliation):
        models.append("inside each programme part (the model that sentences quote)")
    what = "their whole range is shown" if programme.runs < INTERVAL_RUNS else "their middle 95 % are shown"
    runs = f"{count(programme.runs, 'world')} of each model with seed {programme.seed}; {what}. With {programme.runs} worlds no p-value (two-sided) is below 2/{programme.runs + 1}."
    return entry(
        name,
        summary,
        (
            "",
            f"Two participations are drawn at random and exchange their organisations, many times over, {' or '.join(models)}. Every project keeps its number of members, every organisation its number of projects; nobody takes part twice.",
        ),
        ("Of this run", runs),
        (
            "",
            "The programme and every world go through the same computation. What is derived from projects, the science field, is derived anew in every world. A country is selected in worlds of the whole programme, because reshuffling only its own projects would presuppose its presence in all of them.",
        ),
        (
            "",
            "A difference from random worlds tells of preference or of opportunity, not of causes: it may come from geography, language, calls that ask for certain partners, or choice.",
        ),
        ("Cost", "O(runs × participations × groupings)."),
        (
            "References",
            "Zweig & Kaufmann (2011), A systematic approach to the one-mode projection of bipartite graphs, Social Network Analysis and Mining 1, 187-218, doi:10.1007/s13278-011-0021-0.",
        ),
    )


def _groups(programme: Programme) -> dict[str, Any]:
    actors = programme.actors
    text = {
        "country": "Country: as Eurostat writes it (EL, UK); where an organisation gives several, the most frequent.",
        "region": f"Region: {regions(programme)} by the code that is given. An organisation without one has no part in figures of regions, except on the map.",
        "type": "Type of organisation: university, research institute, company, public body or other, as the source says.",
        "sme": "SME: small or medium-sized enterprise, as the source says.",
    }
    body = [("", words) for column, words in text.items() if actors[column].notna().any()]
    if actors["field"].notna().any():
        derived = "field" in programme.affiliation.derived
        words = (
            "the most frequent top level of EuroSciVoc in the organisation's projects; of equally frequent ones the rarer in the programme"
            if derived
            else "as given"
        )
        body.append(("", f"Science field: {words}. It is no sector of the economy."))
    body.append(
        (
            "",
            f"Profiles of single organisations take {ACTIVE} projects or more ({number(int((actors.loc[programme.scope, 'participations'] >= ACTIVE).sum()))} organisations of this report).",
        )
    )
    return entry("Groups", "Countries, regions, types and fields of organisations.", *body)


def names_table(names: Sequence[tuple[str, str, str]] = NAMES) -> pd.DataFrame:
    """The words of a report beside those of the literature."""
    return pd.DataFrame(names, columns=["here", "literature", "function"], dtype="str")
