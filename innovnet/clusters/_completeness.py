"""How much of what the rules in force ask for has been brought: cells filled / cells needed.

Each indicator needs cells: of each of its members, or of the cluster. A cell that several indicators need is one cell. What stands for an empty cell
fills it: employees for the size, the first joint event for the start of joint activity, and, where the rules take members without a row in sheet
ownership as independent, that they have none. Of a cluster without any row of membership one cell is empty: who its members are. Columns that a register cannot lack (identifiers, dates of events, roles) are not counted.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from innovnet.clusters._attributes import node_flags, recent
from innovnet.clusters._catalogue import CATALOGUE, FACT, parsed
from innovnet.clusters._cohesion import joint_years
from innovnet.clusters._facts import given
from innovnet.clusters._funding import funding_per_member, own_funds_share
from innovnet.clusters._members import age, governance, strategy
from innovnet.clusters._population import compared
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._values import Floats, Mask, Values

#: Cells that each indicator needs, besides who is a member, and whether the member's ties are known: those need all whose data are ties (G).
NEEDED: Mapping[str, str] = {
    "members_independent": "owners",
    "members_independent_partner": "owners",
    "largest_owner_share": "owners",
    "members_sme": "kind size",
    "sme_share": "kind size",
    "members_research": "kind",
    "members_foreign": "country",
    "member_kinds": "kind",
    "sectors": "nace",
    "sector_diversity": "nace",
    "regions": "nuts3",
    "age": "founded",
    "joint_years": "joint",
    "members_tenured": "from owners",
    "tenure_median": "from",
    "ties_expected": "kind country",
    "cohesion_lift": "kind country",
    "cohesion_p": "kind country",
    "cross_sector_share": "nace",
    "cross_sector_expected": "nace",
    "interregional_share": "nuts3",
    "interregional_expected": "nuts3",
    "foreign_reach": "country",
    "foreign_tie_share": "country",
    "countries": "country",
    "ties_firm_research": "kind",
    "members_rd": "rd",
    "rd_intensity": "rd_eur",
    "members_exporting": "exporting",
    "export_share": "export_eur",
    "members_high_value": "high_value",
    "chain_coverage": "stages stage",
    "governance": "governance",
    "strategy": "strategy",
    "staff_fte": "staff_fte",
    "activities_per_year": "activities",
    "own_funds_share": "funding",
    "public_share": "funding",
    "funding_concentration": "funding",
    "funding_per_member": "amounts",
    "coverage": "kind country nace nuts3 population",
    "specialisation": "population",
}


def cells_of(name: str) -> list[str]:
    """The cells that an indicator or a declared fact needs; those of the start of joint activity replace its ties."""
    if name.startswith(FACT):
        return [name]
    needed = NEEDED.get(name, "").split()
    return [*needed, "ties"] if "G" in CATALOGUE[name].data and name not in ("joint_years", "data_completeness") else needed


def data_completeness(snapshot: Snapshot, keys: Iterable[str]) -> Values:
    """Cells filled / cells that these indicators need; 1 where they need none."""
    names = [parsed(key)[0] for key in keys]
    filled, needed = np.zeros(snapshot.rows), np.zeros(snapshot.rows)
    if any("M" in CATALOGUE[name].data for name in names if name in CATALOGUE):
        needed += ~snapshot.register.clusters.index.isin(snapshot.register.membership["cluster"])[snapshot.cluster]
    for cell in dict.fromkeys(cell for name in names for cell in cells_of(name)):
        have, of = _of_members(snapshot, cell) if cell in MEMBER_CELLS else _of_cluster(snapshot, cell)
        filled, needed = filled + have, needed + of
    with np.errstate(invalid="ignore"):
        return Values.certain(np.where(needed > 0, filled / np.maximum(needed, 1.0), 1.0))


def _of_members(snapshot: Snapshot, cell: str) -> tuple[Floats, Floats]:
    node = snapshot.members.node
    filled, needed = MEMBER_CELLS[cell](snapshot), np.ones(len(node), dtype=bool)
    if cell == "size":
        firm, perhaps = node_flags(snapshot)["firm"]
        needed = (firm | perhaps)[node]
    return snapshot.members.total(filled & needed), snapshot.members.total(needed)


def _of_cluster(snapshot: Snapshot, cell: str) -> tuple[Floats, Floats]:
    column = cell.removeprefix(FACT)
    filled = CLUSTER_CELLS[cell](snapshot) if cell in CLUSTER_CELLS else given(snapshot, column)
    return filled.astype(np.float64), np.ones(snapshot.rows)


def _node(column: str) -> Callable[[Snapshot], Mask]:
    return lambda snapshot: snapshot.cooperation.codes(column)[snapshot.members.node] >= 0


def _flag(name: str) -> Callable[[Snapshot], Mask]:
    return lambda snapshot: ~node_flags(snapshot)[name][1][snapshot.members.node]


def _owners(snapshot: Snapshot) -> Mask:
    return snapshot.owners.listed[snapshot.members.node] | (snapshot.settings.unlisted_ownership == "independent")


def _size(snapshot: Snapshot) -> Mask:
    organisations = snapshot.register.organisations
    return (organisations["size"].notna() | organisations["employees"].notna()).to_numpy(dtype=bool)[snapshot.members.node]


def _with_turnover(column: str) -> Callable[[Snapshot], Mask]:
    """In some of the last three years both the amount and the turnover."""

    def both(snapshot: Snapshot) -> Mask:
        table = recent(snapshot, snapshot.register.member_facts)
        have = table.loc[table[column].notna() & table["turnover_eur"].notna(), "organisation"]
        return snapshot.register.organisations.index.isin(have)[snapshot.members.node]

    return both


def _stage(snapshot: Snapshot) -> Mask:
    table = snapshot.register.membership
    pairs = table.loc[table["stage"].notna() & ~(table["from"] > snapshot.at) & ~(table["to"] < snapshot.at), ["cluster", "organisation"]]
    index, own = snapshot.register.clusters.index, len(snapshot.register.organisations)
    place, node = index.get_indexer(pd.Index(pairs["cluster"])), snapshot.register.organisations.index.get_indexer(pd.Index(pairs["organisation"]))
    return np.isin(snapshot.cluster[snapshot.members.row] * own + snapshot.members.node, place.astype(np.int64) * own + node)


def _known(indicator: Callable[[Snapshot], Values]) -> Callable[[Snapshot], Mask]:
    return lambda snapshot: indicator(snapshot).known > 0


MEMBER_CELLS: Mapping[str, Callable[[Snapshot], Mask]] = {
    "country": _node("country"),
    "kind": _node("group"),
    "nace": _node("division"),
    "nuts3": _node("nuts3"),
    "size": _size,
    "high_value": _flag("high_value"),
    "from": lambda snapshot: ~np.isnan(snapshot.members.tenure),
    "stage": _stage,
    "owners": _owners,
    "ties": lambda snapshot: snapshot.cooperation.known[snapshot.members.node],
    "rd": _flag("rd"),
    "exporting": _flag("exporting"),
    "rd_eur": _with_turnover("rd_eur"),
    "export_eur": _with_turnover("export_eur"),
}
CLUSTER_CELLS: Mapping[str, Callable[[Snapshot], Mask]] = {
    "founded": _known(age),
    "joint": _known(joint_years),
    "governance": _known(governance),
    "strategy": _known(strategy),
    "stages": lambda snapshot: snapshot.of_cluster("stages").notna().to_numpy(),
    "funding": _known(own_funds_share),
    "amounts": _known(funding_per_member),
    "population": compared,
}
