"""One organisation and its partners, at home and abroad."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from innovnet.errors import DataError
from innovnet.metrics import betweenness, strength
from innovnet.report._canvas import drawing
from innovnet.report._ego_plot import ABROAD, AT_HOME, SHOWN, SHOWN_NARROW, UNKNOWN, plot_ego
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._names import _city, country_name, display_names, shorten
from innovnet.report._ranking import percent_of_paths, ranking_table
from innovnet.report._words import kind_of, source, the

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

ROWS = 200  #: of the table of partners

_COLUMNS = {
    "side": Column("Side", definition="home: same country as the organisation; abroad: another; unknown: a country is not given."),
    "rank": Column("Rank", "", "By joint work with the organisation, on its side.", "≥ 1"),
    "actor": Column("Identifier", "id", "Identifier of the organisation (PIC in CORDIS)."),
    "display": Column("Organisation", definition="Short name used in the figure."),
    "name": Column("Legal name"),
    "type": Column("Type", definition="university, institute, firm, public or other.", missing="not given"),
    "country": Column("Country", "id", "Country as Eurostat writes it.", missing="not given"),
    "country_name": Column("Country name", missing="not given"),
    "joint_work": Column("Joint work", "projects", "With the organisation: each common project of n members gives 1/(n − 1) (Newman weight).", "> 0"),
    "projects": Column("Joint projects", "projects", "Projects that both take part in.", "≥ 1"),
    "city": Column("City", missing="not given"),
    "partners_home": Column("Partners at home", "organisations", "In the same country.", "≥ 0"),
    "partners_abroad": Column("Partners abroad", "organisations", "In other countries.", "≥ 0"),
    "partners_unknown": Column("Partners of unknown country", "organisations", "", "≥ 0"),
    "joint_work_home": Column("Joint work at home", "projects", "Sum over the partners in the same country.", "≥ 0"),
    "joint_work_abroad": Column("Joint work abroad", "projects", "Sum over the partners in other countries.", "≥ 0"),
    "share_abroad": Column("Share abroad", "share", "Of its joint work with partners of known country.", "0 to 1", missing="no such partner"),
    "share_abroad_all": Column(
        "Share abroad of all", "share", "The same over all organisations that the report is about.", "0 to 1", missing="no such partner"
    ),
    "betweenness_share": Column("Go-between", "share", "Share of the shortest paths between all other pairs that pass through it (betweenness).", "0 to 1"),
}


class Tables(NamedTuple):
    """What the figure is drawn from."""

    partners: pd.DataFrame
    ego: pd.DataFrame  #: one row


def chosen_actor(programme: "Programme") -> str | int | None:
    """In a report on a country the domestic organisation that is most between others, else the first of the ranking; None where nobody has a partner."""
    actors = programme.actors[programme.scope]
    if actors.empty or not actors["partners"].max():
        return None
    if programme.country and actors["betweenness_share"].max() > 0:
        return actors["betweenness_share"].idxmax()  # type: ignore[return-value]
    return ranking_table(programme, 1)["actor"].iloc[0]


def ego_tables(programme: "Programme", actor: str | int | None = None) -> Tables | None:
    """The partners of an organisation with joint work and joint projects, and its totals; None where it has none."""
    actor = chosen_actor(programme) if actor is None else actor
    if actor is None:
        return None
    if actor not in programme.actors.index:
        msg = f"there is no organisation {actor!r} in these data. Give one of the identifiers in the table of actors."
        raise DataError(msg)
    at = int(programme.network.positions([actor])[0])
    row = programme.network.adjacency()[[at]].tocoo()
    if not row.nnz:
        return None
    return Tables(_partners(programme, at, row.col.astype(np.int64), row.data), _totals(programme, at, row.col.astype(np.int64), row.data))


def _sides(programme: "Programme", at: int, who: np.ndarray) -> np.ndarray:
    countries = programme.actors["country"]
    own, theirs = countries.iloc[at], countries.iloc[who]
    if pd.isna(own):
        return np.full(len(who), UNKNOWN)
    return np.where(theirs.isna(), UNKNOWN, np.where((theirs == own).fillna(False).to_numpy(dtype=bool), AT_HOME, ABROAD))


def _partners(programme: "Programme", at: int, who: np.ndarray, work: np.ndarray) -> pd.DataFrame:
    incidence = programme.affiliation.incidence
    common = np.asarray((incidence[who] @ incidence[[at]].T).todense(), dtype=np.int64).ravel()
    table = programme.actors.iloc[who][["display", "name", "type", "country"]].copy()
    table["country_name"] = table["country"].map(country_name, na_action="ignore").astype("str")
    table["joint_work"], table["projects"], table["side"] = work, common, _sides(programme, at, who)
    table = table.reset_index(names="actor").sort_values(["joint_work", "projects", "display"], ascending=[False, False, True], kind="stable")
    table["rank"] = table.groupby("side").cumcount() + 1
    table = table.sort_values(["rank", "side"], ascending=[True, False], kind="stable").head(ROWS)
    table["display"] = display_names(programme.actors.loc[table["actor"]], 24).to_numpy()
    order = ["side", "rank", "actor", "display", "name", "type", "country", "country_name", "joint_work", "projects"]
    return table.sort_values(["side", "rank"], ascending=[False, True], kind="stable")[order].astype({"side": "str"}).reset_index(drop=True)


def _totals(programme: "Programme", at: int, who: np.ndarray, work: np.ndarray) -> pd.DataFrame:
    sides, ego = _sides(programme, at, who), programme.actors.iloc[at]
    home, abroad = float(work[sides == AT_HOME].sum()), float(work[sides == ABROAD].sum())
    return pd.DataFrame(
        [
            {
                "actor": programme.actors.index[at],
                "display": ego["display"],
                "name": ego["name"],
                "type": ego["type"],
                "city": _city(ego["city"]) if isinstance(ego["city"], str) else None,
                "country": ego["country"],
                "country_name": country_name(ego["country"]) if isinstance(ego["country"], str) else None,
                "partners_home": int((sides == AT_HOME).sum()),
                "partners_abroad": int((sides == ABROAD).sum()),
                "partners_unknown": int((sides == UNKNOWN).sum()),
                "joint_work_home": home,
                "joint_work_abroad": abroad,
                "share_abroad": abroad / (home + abroad) if home + abroad else np.nan,
                "share_abroad_all": _share_abroad(programme),
                "betweenness_share": ego["betweenness_share"],
            }
        ]
    )


def _share_abroad(programme: "Programme") -> float:
    """Share of the joint work of the organisations in scope that is with another country."""
    codes = pd.factorize(programme.actors["country"])[0]
    arcs = programme.network.arcs()
    row = np.repeat(np.arange(len(codes)), np.diff(arcs.indptr))
    one, other = codes[row], codes[arcs.indices]
    known = programme.scope[row] & (one >= 0) & (other >= 0)
    total = float(arcs.weights[known].sum())
    return float(arcs.weights[known & (one != other)].sum()) / total if total else float("nan")


def ego_exhibit(programme: "Programme", actor: str | int | None = None) -> Exhibit:
    """The figure of one organisation with its words."""
    tables = ego_tables(programme, actor)
    if tables is None:
        empty = pd.DataFrame(columns=["side", "rank", "actor", "display", "name", "type", "country", "country_name", "joint_work", "projects"])
        prose = "The organisation has no partner: the picture needs a project with at least two organisations."
        return Exhibit("ego", "holds-together", "No partners to show", {"ego": empty}, _COLUMNS, prose=prose)
    ego = tables.ego.iloc[0]
    return Exhibit(
        "ego",
        "holds-together",
        headline(ego),
        {"ego": tables.partners, "ego_totals": tables.ego},
        _COLUMNS,
        prose=_prose(programme, ego),
        lead=f"Closest partners of {ego['display']} by joint work (width of a curve), with the number of joint projects.",
        caption=_caption(programme, tables),
        slim=f"On this narrow page: {number(SHOWN_NARROW)} partners in all." if len(tables.partners) > SHOWN_NARROW else "",
        reading=_reading(tables),
        alt=_alt(tables),
        draw=drawing(plot_ego, tables.partners, ego=tables.ego),
        findings=_findings(ego, programme),
        methods=(strength, betweenness),
    )


def _n(ego: pd.Series) -> int:
    return int(ego["partners_home"] + ego["partners_abroad"] + ego["partners_unknown"])


def headline(ego: pd.Series) -> str:
    """Where its partners are."""
    name, share = shorten(str(ego["display"]), 34), ego["share_abroad"]
    if pd.isna(share):
        return f"{name} has {count(_n(ego), 'partner')}"
    if share == 1:
        return f"{name} works with partners abroad only"
    if share == 0:
        return f"{name} works with partners at home only"
    if share > 0.5:
        return f"{name} works mostly with partners abroad"
    return f"{name} works mostly with partners at home" if share < 0.5 else f"{name} works as much at home as abroad"


def _prose(programme: "Programme", ego: pd.Series) -> str:
    between = percent_of_paths(float(ego["betweenness_share"]))
    chosen = ego["actor"] == chosen_actor(programme)
    whose = f" in {programme.place}" if programme.country else ""
    first = f", the most of any organisation{whose}" if chosen and _most_between(programme, ego) else ""
    text = f"{between} of the shortest paths between other organisations pass through {ego['display'] if first else ego['display'].rstrip('.')}{first}."
    share, overall = ego["share_abroad"], ego["share_abroad_all"]
    if pd.isna(share) or pd.isna(overall):
        return text
    everyone = f"organisations in {programme.place}" if programme.country else "all organisations"
    return f"{text} Of its joint work {percent(share, _digits(share, overall))} is with partners abroad; of {everyone} together {percent(overall, _digits(share, overall))}."


def _digits(one: float, other: float) -> int:
    return 1 if abs(one - other) < 0.05 or max(one, other) > 0.99 else 0


def _most_between(programme: "Programme", ego: pd.Series) -> bool:
    values = programme.actors.loc[programme.scope, "betweenness_share"]
    return bool(ego["betweenness_share"] > 0 and (values >= ego["betweenness_share"]).sum() == 1)


def _caption(programme: "Programme", tables: Tables) -> str:
    ego, sides = tables.ego.iloc[0], tables.partners["side"]
    parts = list[str]()
    for side, total, name in (
        (AT_HOME, ego["partners_home"], _home(ego)),
        (ABROAD, ego["partners_abroad"], "abroad"),
        (UNKNOWN, ego["partners_unknown"], "of unknown country"),
    ):
        if total:
            drawn = min(int((sides == side).sum()), SHOWN)
            parts.append(f"all {number(total)} {name}" if drawn == total else f"{number(drawn)} of {number(total)} {name}")
    shown = f"Partners shown: {', '.join(parts)}."
    if not ego["partners_home"] and ego["partners_abroad"]:
        shown += f" It has no partner {_home(ego)}."
    return f"{shown} A project of n members gives each two of them 1/(n − 1) of joint work, so a partner with few joint projects in small teams may stand high. {source(programme)}"


def _home(ego: pd.Series) -> str:
    return f"in {the(ego['country_name'])}" if isinstance(ego["country_name"], str) else "in its country"


def _reading(tables: Tables) -> str:
    row = tables.partners.iloc[0]
    where = f" in {the(row['country_name'])}" if isinstance(row["country_name"], str) else ""
    where = f", a {kind_of(row['type'])}{where}," if row["type"] in {"university", "institute", "firm", "public"} else where
    share = number(row["joint_work"], 1)
    return f"{row['display']}{where} shares {count(int(row['projects']), 'project')} with {tables.ego['display'].iloc[0]}, which make {share} of joint work."


def _alt(tables: Tables) -> str:
    first = tables.partners.sort_values("joint_work", ascending=False, kind="stable").head(3)
    values = "; ".join(f"{d}: {count(int(p), 'joint project')}" for d, p in zip(first["display"], first["projects"], strict=True))
    return f"{headline(tables.ego.iloc[0])}. The closest: {values}. All are in the table below."


def _findings(ego: pd.Series, programme: "Programme") -> tuple[Finding, ...]:
    share, overall = ego["share_abroad"], ego["share_abroad_all"]
    if pd.isna(share) or pd.isna(overall):
        return ()
    digits = _digits(share, overall)
    home = f", {number(ego['partners_home'])} {_home(ego)}"
    sentence = f"of the joint work of {ego['display']} is with partners abroad: {count(int(ego['partners_abroad']), 'organisation')} there{home}."
    everyone = f"organisations in {programme.place}" if programme.country else "all organisations"
    note = f"{everyone} together {percent(overall, digits)}; all partners, no sampling error"
    return (Finding("ego", percent(share, digits), sentence, note, "ego", distance=abs(float(share) - float(overall))),)
