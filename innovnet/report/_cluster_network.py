"""Part 5 of a sheet: members, their ties inside, their partners outside."""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from innovnet.report._canvas import drawing
from innovnet.report._cluster_network_plot import COUNTRIES, COUNTRIES_NARROW, SHOWN, SHOWN_NARROW, plot_cluster_network
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import day, named
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number, percent
from innovnet.report._names import country_name
from innovnet.report._words import listing, the

WIDTH = 560  #: on a wide page
TYPES = {"firm": "firm", "research": "institute", "education": "university", "public": "public", "association": "other", "other": "other"}
UNKNOWN = "?"  #: country of partners of whom it is not known

COLUMNS = {
    "organisation": Column("Organisation", "id"),
    "display": Column("Member", definition="Short name used in the drawing."),
    "name": Column("Name"),
    "kind": Column("Kind", missing="not given"),
    "type": Column("Colour", definition="Type of organisation as colours have it: education is university, research is institute; associations are other."),
    "country": Column("Country", "id", "Country as Eurostat writes it.", missing="not given"),
    "foreign": Column("Foreign", definition="Whether its country is not the cluster's."),
    "coordinator": Column("Coordinator"),
    "ties": Column("Ties inside", "ties", "Members with whom it has a joint event in the window.", "≥ 0"),
    "ties_known": Column("Ties known", definition="Whether the cooperation data know it."),
    "also_in": Column("Also member of", definition="Other clusters in which it is a member."),
    "source": Column("Member", "id"),
    "target": Column("Member", "id"),
    "joint_events": Column("Joint events", "events", "Events of the window that both take part in.", "≥ 1"),
    "partners": Column("Partners there", "organisations", "Of the cluster, in that country, outside the cluster.", "≥ 1"),
    "partners_of_member": Column("Partners of the member there", "organisations", "", "≥ 1"),
    "indicator": Column("Indicator"),
    "value": Column("Value", missing="not defined"),
    "low": Column("At least", missing="not defined"),
    "high": Column("At most", missing="not defined, or no upper end"),
}


def members_table(field: Field, cluster: str) -> pd.DataFrame:
    """One row for each counted member."""
    row, nodes, snapshot = field.row(cluster), field.members(cluster), field.snapshot
    own = field.assessment.register.organisations.iloc[nodes]
    known = snapshot.cooperation.nodes["country"].to_numpy()[nodes]
    place = slice(snapshot.members.ptr[row], snapshot.members.ptr[row + 1])
    country = field.assessment.register.clusters.loc[cluster, "country"]
    ties = _inside(field, nodes)
    elsewhere = _also_in(field, cluster, nodes)
    return pd.DataFrame(
        {
            "organisation": own.index.astype("str"),
            "display": field.display.reindex(own.index).to_numpy(),
            "name": own["name"].to_numpy(),
            "kind": own["kind"].to_numpy(),
            "type": own["kind"].map(TYPES).to_numpy(),
            "country": known,
            "foreign": [pd.notna(c) and c != country for c in known],
            "coordinator": snapshot.members.coordinator[place],
            "ties": (ties > 0).sum(axis=1).astype(np.int64),
            "ties_known": snapshot.cooperation.known[nodes],
            "also_in": elsewhere,
        }
    ).astype({"also_in": "str", "foreign": "bool"})


def _inside(field: Field, nodes: np.ndarray) -> np.ndarray:
    """Joint events between members."""
    matrix = field.snapshot.window.network.adjacency()
    return np.asarray(matrix[nodes][:, nodes].todense(), dtype=np.int64).reshape(len(nodes), len(nodes))


def _also_in(field: Field, cluster: str, nodes: np.ndarray) -> list[str]:
    """The other clusters of the day that each member is in."""
    members, ids = field.snapshot.members, field.snapshot.ids
    found = []
    for node in nodes:
        rows = members.row[members.node == node]
        found.append(", ".join(str(ids[row]) for row in rows if ids[row] != cluster))
    return found


def ties_table(field: Field, cluster: str) -> pd.DataFrame:
    """One row for each tie inside."""
    nodes = field.members(cluster)
    joint = np.triu(_inside(field, nodes), 1)
    one, other = np.nonzero(joint)
    ids = field.assessment.register.organisations.index.take(nodes).astype("str")
    return pd.DataFrame({"source": ids[one], "target": ids[other], "joint_events": joint[one, other]})


def outside_table(field: Field, cluster: str) -> pd.DataFrame:
    """One row for each country and member with partners there that are outside the cluster."""
    nodes, snapshot = field.members(cluster), field.snapshot
    links = snapshot.window.network.adjacency()[nodes].tocoo()
    outer = ~np.isin(links.col, nodes)
    partner, member = links.col[outer], links.row[outer]
    countries = snapshot.cooperation.nodes["country"].fillna(UNKNOWN).to_numpy()
    table = pd.DataFrame({"country": countries[partner], "organisation": field.assessment.register.organisations.index.take(nodes)[member], "partner": partner})
    totals = table.groupby("country")["partner"].nunique()
    table = table.groupby(["country", "organisation"], sort=True)["partner"].nunique().rename("partners_of_member").reset_index()
    table.insert(1, "partners", totals.reindex(table["country"]).to_numpy(dtype=np.int64))
    return table.sort_values(["partners", "country", "organisation"], ascending=[False, True, True], kind="stable", ignore_index=True).astype(
        {"country": "str"}
    )


def cohesion_table(field: Field, cluster: str) -> pd.DataFrame:
    """The indicators of the caption."""
    keys = ["members", "ties", "ties_expected", "cohesion_lift", "cohesion_p", "top_event_share", "ties_out"]
    table = pd.DataFrame([field.value(cluster, key)[["value", "low", "high"]] for key in keys]).reset_index(drop=True).astype("float64")
    table.insert(0, "indicator", keys)
    return table.replace(np.inf, np.nan)


def network_part(field: Field, cluster: str) -> Part:
    """Who works with whom inside, and where the partners outside are."""
    members, ties, outside, cohesion = (table(field, cluster) for table in (members_table, ties_table, outside_table, cohesion_table))
    tables = {"members": members, "ties": ties, "outside": outside, "cohesion": cohesion}
    if members.empty:
        return Part("network", "Ties inside and outside", tables, COLUMNS, ("It has no counted member on the day: there is nothing to draw.",))
    words = " ".join(_cohesion_words(field, cohesion.set_index("indicator")["value"], members, ties))
    draw = drawing(plot_cluster_network, members, ties=ties, outside=outside)
    caption, alt = _caption(field, members, outside, compared="random groups" in words), _alt(members, ties, outside)
    return Part("network", "Ties inside and outside", tables, COLUMNS, (words,), caption, slim=_slim(members, outside), alt=alt, draw=draw, width=WIDTH)


def _parts(ties: pd.DataFrame) -> list[int]:
    """The number of members of each part that is tied together, the largest first; who has no tie is in none."""
    ends = pd.unique(pd.concat([ties["source"], ties["target"]]))
    place = pd.Index(ends)
    matrix = sparse.csr_array(
        (np.ones(len(ties)), (place.get_indexer(pd.Index(ties["source"])), place.get_indexer(pd.Index(ties["target"])))), shape=(len(ends),) * 2
    )
    _, part = csgraph.connected_components(matrix, directed=False)
    return sorted(np.bincount(part).tolist(), reverse=True)


def _cohesion_words(field: Field, values: pd.Series, members: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    """Ties against chance, and how much of them rests on one event."""
    unknown = int((~members["ties_known"]).sum())
    if unknown == len(members):
        whose = (
            "no cooperation data are given"
            if not len(field.assessment.register.cooperation) and len(field.snapshot.cooperation.unmatched) == 0
            else "the cooperation data do not know its members"
        )
        return [f"Its ties are not known: {whose}."]
    ties = int(values["ties"]) if pd.notna(values["ties"]) else 0
    first = f"{'At least ' * bool(unknown)}{count(ties, 'tie')} inside" if ties else f"No tie inside{' is known' * bool(unknown)}"
    parts = _parts(links)
    if len(parts) > 1:
        first += f", in {number(len(parts))} separate parts of {listing([number(size) for size in parts])} members"
    if pd.notna(values["ties_expected"]):
        first += f"; random groups of similar organisations have {number(float(values['ties_expected']), 2)} on average"
    if pd.notna(values["cohesion_p"]):
        first += f" ({_p(float(values['cohesion_p']))})"
    elif len(members) < 3:
        first += "; too few members for a comparison with chance"
    words = [f"{first}."]
    if ties and pd.notna(values["top_event_share"]):
        words.append(f"{percent(float(values['top_event_share']))} of the ties rest on one event alone.")
    if unknown:
        words.append(f"Of {count(unknown, 'member')} the ties are not known.")
    return words


def _p(p: float) -> str:
    return f"p = {number(p, 3)}" if p >= 0.001 else f"p = {p:.1g}"


def _caption(field: Field, members: pd.DataFrame, outside: pd.DataFrame, *, compared: bool) -> str:
    """Window, meaning of signs, what is left out, on what the ties rest."""
    years, at = field.assessment.rules.settings.window_years, field.assessment.at
    signs = ["circled: coordinator"] if members["coordinator"].any() else ["no coordinator is named"]
    signs += ["hollow: foreign"] if members["foreign"].any() else []
    signs += ["boxes: partners outside by country"] if len(outside) else ["no partner outside"] if members["ties_known"].all() else []
    parts = [f"Lines: joint events of the {years} years to {day(at)}; {'; '.join(signs)}."]
    parts += ["Similar: of the same country, kind and number of partners."] * compared
    alone = members[(members["ties"] == 0) & members["ties_known"]]
    if 0 < len(alone) < len(members):
        parts.insert(0, f"Without a tie inside: {named(alone['display'].to_list())}.")
    if len(members) > SHOWN:
        parts.append(f"{number(SHOWN)} of {count(len(members), 'member')} are drawn, those with most ties.")
    countries = outside["country"].nunique()
    if countries > COUNTRIES:
        parts.append(f"{number(COUNTRIES)} of {number(countries)} countries are drawn.")
    shared = members[members["also_in"] != ""]
    if len(shared):
        parts.append(f"Also in other clusters: {named([f'{d} ({a})' for d, a in zip(shared['display'], shared['also_in'], strict=True)])}.")
    return " ".join(parts)


def _slim(members: pd.DataFrame, outside: pd.DataFrame) -> str:
    """What the narrow drawing leaves out beyond the wide one."""
    many = [f"{number(SHOWN_NARROW)} members"] * (len(members) > SHOWN_NARROW)
    many += [f"{number(COUNTRIES_NARROW)} countries"] * (outside["country"].nunique() > COUNTRIES_NARROW)
    return f"On this narrow page: {listing(many)}." if many else ""


def _alt(members: pd.DataFrame, ties: pd.DataFrame, outside: pd.DataFrame) -> str:
    first = outside.groupby("country", sort=False)["partners"].first().head(3)
    places = ", ".join(f"{the(country_name(str(c)))} {number(n)}" for c, n in first.items())
    return f"{count(len(members), 'member')}, {count(len(ties), 'tie')} inside{f'; partners outside: {places}' if places else '; no partner outside'}."
