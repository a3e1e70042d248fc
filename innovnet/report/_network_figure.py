"""What the network looks like: the organisations with most joint work, the circles they form, and who links the circles."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from innovnet.metrics import communities, disparity, modularity, strength
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent, span
from innovnet.report._names import country_name, display_names
from innovnet.report._network_figure_plot import NARROW, plot_network
from innovnet.report._network_groups import (
    ALL,
    SAMPLES,
    STARTS,
    STARTS_AGAIN,
    Core,
    Floats,
    Ints,
    association,
    backbone,
    bridges,
    core_of,
    groups_of,
    modularity_by_chance,
    reported,
    significance,
    stability,
)
from innovnet.report._words import kind_of, listing, source
from innovnet.report._worlds import _within, no_worlds

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

BRIDGES = 18  #: arcs between circles at most
STABLE = 0.6  #: adjusted Rand index from which circles are told apart
WEAK = 0.2  #: modularity below which they are wings of one core
IN_COUNTRY = 0.15  #: share of a circle's members from which a country is named
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_COLUMNS = {
    "actor": Column("Identifier", "id", "Identifier of the organisation (PIC in CORDIS)."),
    "display": Column("Organisation", definition="Short name used in the figure."),
    "name": Column("Legal name"),
    "type": Column("Type", definition="university, institute, firm, public or other.", missing="not given"),
    "country": Column("Country", "id", "Country as Eurostat writes it.", missing="not given"),
    "domestic": Column("In scope", definition="Whether the report is about it: true for all, or for those of the country."),
    "participations": Column("Projects", "projects", "Projects it takes part in; in a report on a country those with a member there.", "≥ 1"),
    "joint_work": Column(
        "Joint work", "projects", "Those of them with a partner: each counts 1 for a member, shared over its partners (Newman strength).", "≥ 1"
    ),
    "circle": Column("Circle", definition="Letter of its group; empty where no groups are told apart."),
    "source": Column("Organisation", "id", "One end of the tie."),
    "target": Column("Partner", "id", "The other end."),
    "projects": Column("Projects", "projects", "Projects that both take part in; in a report on a country those with a member there.", "≥ 1"),
    "association": Column("Association", "ratio", "Joint work relative to what the totals of both give among the organisations drawn.", "≥ 0"),
    "alpha": Column("Significance", "probability", "Disparity (1 − w/s)^(k − 1), the smaller of both ends.", "0 to 1"),
    "kind": Column("Kind", definition="inside: within a circle; bridge: the strongest between two circles."),
    "organisations": Column("Organisations", "organisations", "Members drawn.", "≥ 1"),
    "largest": Column("Largest members", definition="The three with most joint work; in a report on a country its own come first."),
    "countries": Column("Countries", definition="Countries of at least 15 % of the members, with their share."),
    "n_countries": Column("Number of countries", "countries", "Of the members.", "≥ 0"),
    "field": Column("Science field", definition="The field most over-represented among the members.", missing="none stands out"),
    "field_ratio": Column("Field ratio", "ratio", "Its share among the members over its share among all drawn.", "≥ 1"),
    "shown": Column("Organisations drawn", "organisations"),
    "population": Column("Organisations with partners", "organisations"),
    "ties": Column("Ties among them", "ties"),
    "ties_drawn": Column("Ties drawn", "ties"),
    "alpha_reached": Column("α reached", "probability", "Largest disparity among the 2 n most significant ties."),
    "circles": Column("Circles", "groups", "1 where no groups are told apart."),
    "modularity": Column("Modularity", "", "Of the best partition of those drawn, on association strength.", "below 1"),
    "modularity_expected": Column("Modularity by chance", "", "Mean over random worlds.", missing="not compared"),
    "modularity_low": Column("Lowest by chance", "", "Over random worlds.", missing="not compared"),
    "modularity_high": Column("Highest by chance", "", "Over random worlds.", missing="not compared"),
    "modularity_runs": Column("Random worlds", "worlds", missing="not compared"),
    "rand_index": Column("Stability", "", "Mean adjusted Rand index over ten samples of 90 % of the projects.", "1: the same circles", missing="not measured"),
    "inside": Column("Inside circles", "share", "Share of the joint work among those drawn that stays inside circles.", "0 to 1", missing="no tie"),
    "inside_by_size": Column("Inside by size", "share", "The same if only the totals of the circles mattered.", "0 to 1", missing="no tie"),
    "verdict": Column("Verdict", definition="circles, wings (circles of low modularity), one (no circles), few (too few organisations)."),
}


class Tables(NamedTuple):
    """What the figure is drawn from."""

    nodes: pd.DataFrame
    ties: pd.DataFrame
    circles: pd.DataFrame
    structure: pd.DataFrame


def network_tables(programme: "Programme") -> Tables:
    """The organisations drawn, the ties drawn, the circles, and one row on how far the circles can be trusted."""
    core = core_of(programme.affiliation, programme.scope)
    weights = association(core.work)
    structure = _structure(programme, core, weights)
    codes = structure.pop("codes")
    nodes = _nodes(programme, core, codes)
    ties = _ties(programme, core, weights, codes, few=structure["verdict"] == "few")
    structure["ties_drawn"] = len(ties)
    structure |= _inside(core.work, codes)
    structure["alpha_reached"] = backbone(weights, codes)[1] if structure["verdict"] != "few" else np.nan
    return Tables(nodes, ties, _circles(nodes, programme), pd.DataFrame([structure]))


def _structure(programme: "Programme", core: Core, weights: Floats) -> dict:
    n = len(core.actors)
    row = {
        "shown": n,
        "population": _population(programme),
        "ties": int((np.triu(core.work) > 0).sum()),
        **dict.fromkeys(("modularity", "modularity_expected", "modularity_low", "modularity_high", "rand_index"), np.nan),
        "modularity_runs": 0,
    }
    if n <= ALL:
        return row | {"verdict": "few", "circles": 1, "codes": np.zeros(n, dtype=np.int64)}
    codes, row["modularity"] = groups_of(weights, programme.seed)
    row["rand_index"] = stability(programme.affiliation, programme.scope, core.actors, codes, programme.seed)
    above = True
    if not no_worlds(programme):
        within = _within(programme.affiliation)
        worlds = modularity_by_chance(
            programme.affiliation, programme.scope, within=within, runs=programme.runs, seed=programme.seed, progress=programme.progress
        )
        if len(worlds):
            row |= {"modularity_expected": worlds.mean(), "modularity_low": worlds.min(), "modularity_high": worlds.max(), "modularity_runs": len(worlds)}
            above = bool(row["modularity"] > worlds.max())
    if codes.max() == 0 or not above or row["rand_index"] < STABLE:
        return row | {"verdict": "one", "circles": 1, "codes": np.zeros(n, dtype=np.int64)}
    return row | {"verdict": "circles" if row["modularity"] >= WEAK else "wings", "circles": int(codes.max()) + 1, "codes": codes}


def _population(programme: "Programme") -> int:
    """Organisations with a partner, in a report on a country in projects with a member there."""
    joint = reported(programme.affiliation, programme.scope) & (programme.affiliation.sizes > 1).to_numpy()
    return int((programme.affiliation.incidence @ joint.astype(np.int64) > 0).sum())


def _inside(work: Floats, codes: Ints) -> dict[str, float]:
    """Share of the joint work among those drawn that stays inside circles, and what their totals alone would give."""
    totals = np.bincount(codes, weights=work.sum(axis=1)) if len(codes) else np.zeros(1)
    if not totals.sum():
        return {"inside": np.nan, "inside_by_size": np.nan}
    return {"inside": float(work[codes[:, None] == codes[None, :]].sum() / work.sum()), "inside_by_size": float((totals**2).sum() / totals.sum() ** 2)}


def _nodes(programme: "Programme", core: Core, codes: Ints) -> pd.DataFrame:
    drawn = programme.actors.iloc[core.actors]
    table = drawn[["name", "type", "country"]].copy()
    table.insert(0, "display", display_names(drawn, 24))
    counted = reported(programme.affiliation, programme.scope)
    rows = programme.affiliation.incidence[core.actors]
    table["participations"] = rows @ counted.astype(np.int64)
    table["joint_work"] = (rows @ (counted & (programme.affiliation.sizes > 1).to_numpy()).astype(np.int64)).astype(np.float64)
    table["domestic"] = programme.scope[core.actors]
    table["circle"] = pd.Series([_LETTERS[c] for c in codes] if codes.size and codes.max() else [""] * len(codes), index=table.index, dtype="str")
    return table.reset_index(names="actor")


def _ties(programme: "Programme", core: Core, weights: Floats, codes: Ints, *, few: bool) -> pd.DataFrame:
    every = zip(*(x.tolist() for x in np.nonzero(np.triu(core.work))), strict=True)
    pairs = [(i, j, "inside") for i, j in (every if few else backbone(weights, codes)[0])] + [(i, j, "bridge") for i, j in bridges(core.work, codes, BRIDGES)]
    first, second = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    rows = programme.affiliation.incidence[core.actors][:, np.flatnonzero(reported(programme.affiliation, programme.scope))]
    alpha = significance(weights)
    common = np.asarray((rows @ rows.T).todense())
    ids = programme.actors.index[core.actors]
    return pd.DataFrame(
        {
            "source": ids.take(first),
            "target": ids.take(second),
            "kind": pd.Series([pair[2] for pair in pairs], dtype="str"),
            "joint_work": core.work[first, second],
            "projects": common[first, second],
            "association": weights[first, second],
            "alpha": alpha[first, second],
        }
    )


def _circles(nodes: pd.DataFrame, programme: "Programme") -> pd.DataFrame:
    fields = programme.actors["field"].reindex(pd.Index(nodes["actor"])).set_axis(nodes.index)
    rows = []
    for letter, members in nodes[nodes["circle"] != ""].groupby("circle"):
        first = _first(members)["display"].head(3)
        shares = members["country"].value_counts(normalize=True)
        named = [f"{country_name(str(code))} {percent(share)}" for code, share in shares[shares >= IN_COUNTRY].items()]
        field, times = _field(fields.loc[members.index], fields)
        rows.append((letter, len(members), "; ".join(first), "; ".join(named), int(members["country"].nunique()), field, times))
    table = pd.DataFrame(rows, columns=["circle", "organisations", "largest", "countries", "n_countries", "field", "field_ratio"])
    return table.astype({"circle": "str", "largest": "str", "countries": "str", "field": "str", "field_ratio": "float64"})


def _first(nodes: pd.DataFrame) -> pd.DataFrame:
    """By joint work, those in scope before the others."""
    return nodes.sort_values(["domestic", "joint_work"], ascending=False, kind="stable")


def _field(members: pd.Series, everyone: pd.Series) -> tuple[str | None, float]:
    """The field that at least three members and a third of them have, and most beyond its share among all."""
    counts, shares = members.value_counts(), members.value_counts(normalize=True)
    ratios = (shares / everyone.value_counts(normalize=True)).where((counts >= 3) & (shares >= 1 / 3)).dropna()
    return (str(ratios.idxmax()), float(ratios.max())) if len(ratios) and ratios.max() >= 1.25 else (None, np.nan)


def network_exhibit(programme: "Programme") -> Exhibit:
    """The figure of the network with its words."""
    tables = network_tables(programme)
    named = {"network": tables.nodes, "network_ties": tables.ties, "network_circles": tables.circles, "network_structure": tables.structure}
    if tables.nodes.empty:
        prose = "No project has two members or more, so there is no tie to draw: the picture needs projects with at least two organisations."
        return Exhibit("network", "looks-like", "No organisation has a partner", named, _COLUMNS, prose=prose)
    structure = tables.structure.iloc[0]
    return Exhibit(
        "network",
        "looks-like",
        headline(tables),
        named,
        _COLUMNS,
        prose=_prose(tables, programme),
        lead="Organisations with most joint work and the ties that stand out among them."
        if structure["verdict"] != "few"
        else "All organisations with a partner and all ties.",
        caption=_caption(programme, tables),
        slim=f"On this narrow page: {NARROW} organisations." if len(tables.nodes) > NARROW else "",
        reading=_reading(tables),
        alt=_alt(tables),
        draw=drawing(plot_network, tables.nodes, ties=tables.ties, circles=tables.circles, place=programme.place),
        findings=_findings(tables, programme.place),
        methods=(strength,) if structure["verdict"] == "few" else (strength, communities, modularity, disparity),
    )


def _lead(programme: "Programme", row: pd.Series) -> str:
    if programme.country:
        return (
            f"Organisations in {programme.place} with most joint work, their closest partners abroad, and the ties that stand out among them in their projects."
        )
    return (
        "All organisations with a partner and all ties."
        if row["verdict"] == "few"
        else "Organisations with most joint work and the ties that stand out among them."
    )


def headline(tables: Tables) -> str:
    """What the structure shows."""
    row = tables.structure.iloc[0]
    k = int(row["circles"])
    if row["verdict"] == "few":
        return f"All {count(int(row['shown']), 'organisation')} with a partner and every tie between them"
    if row["verdict"] == "one":
        return "One core: no circles stand apart in it"
    heads = [str(text).split("; ", maxsplit=1)[0] for text in tables.circles["largest"]]
    stem = f"One core with {k} weak wings" if row["verdict"] == "wings" else f"The core falls into {k} circles"
    around = f"{stem}, around {listing(heads)}"
    return around if len(around) <= 75 else f"{stem}, the largest around {heads[0]}"[:75]


def _strength(row: pd.Series) -> str:
    """Modularity beside chance, and stability."""
    chance = (
        f" against {span(row['modularity_low'], row['modularity_high'], 2)} in {count(int(row['modularity_runs']), 'random world')}"
        if row["modularity_runs"]
        else " (not compared with chance)"
    )
    return f"modularity {number(row['modularity'], 2)}{chance}, adjusted Rand index {number(row['rand_index'], 2)} over {SAMPLES} samples of 90{chr(0x202F)}% of the projects"


def _prose(tables: Tables, programme: "Programme") -> str:
    row = tables.structure.iloc[0]
    if row["verdict"] == "few":
        return f"{count(int(row['shown']), 'organisation').capitalize()}: too few to look for groups."
    if row["verdict"] == "one":
        why = "the grouping changes when a tenth of the projects is left out" if row["rand_index"] < STABLE else "random worlds show groups as marked"
        return f"These organisations work with each other throughout: {why}, so none is drawn."
    strong = tables.ties[tables.ties["kind"] == "bridge"]
    names = tables.nodes.set_index("actor")["display"]
    link = f" The strongest link between two is {names[strong['source'].iloc[0]]} with {names[strong['target'].iloc[0]].rstrip('.')}." if len(strong) else ""
    shares = f"{percent(row['inside'])} of the joint work among these organisations stays inside a circle, where the sizes of the circles alone would give {percent(row['inside_by_size'])}"
    doubt = f" {no_worlds(programme, again=True)}" if not row["modularity_runs"] else ""
    return f"{shares}.{doubt or link}"


def _caption(programme: "Programme", tables: Tables) -> str:
    row, nodes = tables.structure.iloc[0], tables.nodes
    home = int(nodes["domestic"].sum())
    split = f" ({number(home)} in {programme.place}, filled; {number(len(nodes) - home)} abroad, rings)" if programme.country else ""
    where = f" in projects with a member in {programme.place}" if programme.country else ""
    parts = [
        f"{number(row['shown'])} of {count(int(row['population']), 'organisation')} with a partner{where}{split}, {number(row['ties_drawn'])} of {count(int(row['ties']), 'tie')} among them."
    ]
    if row["verdict"] != "few":
        reach = f"the most significant (disparity filter on association strength, α ≤ {number(row['alpha_reached'], 2)}) and a spanning tree"
        between = "; between circles the strongest tie of each pair" if row["circles"] > 1 else ""
        parts.append(f"Drawn {'inside circles' if row['circles'] > 1 else ''} are {reach}{between}.".replace("  ", " "))
        parts.append(f"Groups by Leiden, best of {STARTS} starts ({STARTS_AGAIN} in worlds and samples): {_strength(row)}.")
    if tables.circles["field"].notna().any():
        parts.append("×: share of the field among the members over its share among all drawn.")
    parts.append("Area of a dot: participations. Place and distance have no geographic meaning.")
    return " ".join([*parts, source(programme)])


def _reading(tables: Tables) -> str:
    row = tables.nodes.iloc[0]
    kind = f", a {kind_of(row['type'])}," if row["type"] in {"university", "institute", "firm", "public"} else ""
    mine = tables.ties[(tables.ties["source"] == row["actor"]) | (tables.ties["target"] == row["actor"])]
    text = f"{row['display']}{kind} takes part in {count(int(row['participations']), 'project')}"
    text += f" and stands in circle {row['circle']}" if row["circle"] else ""
    if mine.empty:
        return text + "."
    best = mine.sort_values("joint_work", ascending=False, kind="stable").iloc[0]
    other = best["target"] if best["source"] == row["actor"] else best["source"]
    partner = tables.nodes.set_index("actor").loc[other, "display"]
    return f"{text}; of its ties drawn the one with most joint work is that with {partner}: {count(int(best['projects']), 'project')} in common."


def _alt(tables: Tables) -> str:
    first = _first(tables.nodes).head(3)
    values = "; ".join(f"{d}: {number(w)} joint work" for d, w in zip(first["display"], first["joint_work"], strict=True))
    circles = "".join(f" Circle {r['circle']}: {r['largest'].rstrip('.')}." for _k, r in tables.circles.iterrows())
    return f"{headline(tables).rstrip('.')}. The largest: {values}.{circles} All are in the table below."


def _findings(tables: Tables, place: str) -> tuple[Finding, ...]:
    row = tables.structure.iloc[0]
    if row["verdict"] == "few":
        return ()
    chance = row["modularity"] - row["modularity_high"] if row["modularity_runs"] else 0.0
    home = int(tables.nodes["domestic"].sum())
    most = f"the {number(row['shown'])} organisations with most joint work"
    core = (
        most
        if home == row["shown"]
        else f"the {number(home)} organisations in {place} with most joint work and their {number(row['shown'] - home)} closest partners abroad"
    )
    if row["verdict"] == "one":
        return (
            Finding(
                "circles",
                "1 core",
                f"is what {core} form: no groups in it hold when projects are left out or are stronger than by chance.",
                _strength(row),
                "network",
            ),
        )
    heads = listing([str(text).split("; ", maxsplit=1)[0] for text in tables.circles["largest"]][:3])
    more = "the largest around" if len(tables.circles) > 3 else "around"
    value = f"{int(row['circles'])} {'wings' if row['verdict'] == 'wings' else 'circles'}"
    weak = ", weak ones," if row["verdict"] == "wings" else ""
    return (
        Finding(
            "circles", value, f"can be told apart{weak} among {core}, {more} {heads.rstrip('.')}.", _strength(row), "network", distance=float(max(chance, 0.0))
        ),
    )
