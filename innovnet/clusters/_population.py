"""Clusters against all firms of their sectors and region: coverage, specialisation.

A cluster is compared with the rows of the sheet that have its region and its activities, as they stand there, of the latest year up to the day that
has all of them. A member belongs to an activity that its own is within.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._attributes import node_flags
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._values import Mask, Values
from innovnet.graph._classify import nace_division, nace_section

Ints = npt.NDArray[np.int64]

_DIGITS = (2, 3, 4)  # of divisions, groups, classes
_NUTS = (2, 3, 4, 5)  # lengths of codes


def coverage(snapshot: Snapshot) -> Values:
    """Domestic member firms of the sectors and the region / all firms there. Unknown where the sheet has no row for a sector in the region."""
    members = snapshot.members
    firm, perhaps = (mask[members.node] for mask in node_flags(snapshot)["firm"])
    tests = [(firm, perhaps), _domestic(snapshot), _in_region(snapshot), _in_sectors(snapshot)]
    yes = np.logical_and.reduce([one for one, _ in tests])
    unknown = np.logical_and.reduce([one | open_ for one, open_ in tests]) & ~yes
    counts = Values.counted(members.total(yes), members.total(unknown), members.counts)
    firms = _cells(snapshot).groupby("cluster")["firms"].sum().reindex(snapshot.cluster).to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, value, high = (np.minimum(of / firms, 1.0) for of in (counts.low, counts.value, counts.high))
    return Values(low, value, high, counts.known).unless(np.isnan(firms), 0.0, 1.0)


def specialisation(snapshot: Snapshot) -> Values:
    """Location quotient: share of the cluster's sectors in its region / their share in all regions of the sheet in this country and year.

    Of employees where every row compared has them, else of firms. The rows compared are those of regions and activities of the same level; unknown
    where there are fewer than two regions or two activities of the level, or where the cluster's sectors are of different levels.
    """
    table = _population(snapshot)
    whole = table.groupby(["year", "country", "level", "depth"])
    employees = whole["employees"].transform(lambda of: of.notna().all()).astype(bool)
    table["size"] = table["employees"].where(employees, table["firms"]).astype("float64")
    table["all"] = whole["size"].transform("sum")
    for column, by in (("here", "region"), ("sector", "activity")):
        table[column] = table.groupby(["year", "country", "level", "depth", by])["size"].transform("sum")
    table["compared"] = (whole["region"].transform("nunique") > 1) & (whole["activity"].transform("nunique") > 1)
    cells = _cells(snapshot, table)
    of = cells.groupby("cluster").agg({"size": "sum", "sector": "sum", "here": "first", "all": "first", "compared": "all", "depth": "nunique"})
    of = of[of["compared"] & (of["depth"] == 1)].reindex(snapshot.cluster).astype(dict.fromkeys(("size", "sector", "here", "all"), "float64"))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = ((of["size"] / of["here"]) / (of["sector"] / of["all"])).to_numpy()
    return Values.certain(found).unless(of["size"].isna().to_numpy())


def compared(snapshot: Snapshot) -> Mask:
    """Rows whose cluster has its region and sectors in the sheet."""
    return np.isin(snapshot.cluster, _cells(snapshot)["cluster"].to_numpy())


def _population(snapshot: Snapshot) -> pd.DataFrame:
    """The rows up to the day, with the plain code of the activity and the levels of both codes."""
    table = snapshot.register.population
    table = table[table["year"] <= snapshot.at.year]
    activity = table["nace"].map(_plain)
    depth = activity.str.len().where(activity.str.isdigit(), 1)
    return table.assign(activity=activity, country=table["region"].str[:2], level=table["region"].str.len(), depth=depth)


def _cells(snapshot: Snapshot, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows of the population that are the cluster's (position), of the latest year that has all its sectors."""
    table = _population(snapshot) if table is None else table
    wanted = _sectors(snapshot)
    region = snapshot.register.clusters["region"].to_numpy()
    wanted = wanted.assign(region=region[wanted["cluster"]], needed=wanted.groupby("cluster")["activity"].transform("size"))
    found = wanted.merge(table, on=["region", "activity"])
    found = found[found.groupby(["cluster", "year"])["activity"].transform("size") == found["needed"]]
    return found[found["year"] == found.groupby("cluster")["year"].transform("max")]


def _sectors(snapshot: Snapshot) -> pd.DataFrame:
    """Cluster (position) and plain code of each of its activities, those left out that are within another one of it."""

    def found() -> pd.DataFrame:
        rows = []
        for cluster, text in enumerate(snapshot.register.clusters["sectors"].fillna("")):
            codes = {_plain(code.strip()) for code in text.split(";") if code.strip()}
            rows += [(cluster, code) for code in sorted(codes) if not codes & set(_levels(code)[:-1])]
        return pd.DataFrame(rows, columns=["cluster", "activity"]).astype({"cluster": "int64", "activity": "str"})

    return snapshot.once("sectors", found)


def _plain(code: str) -> str:
    """The digits of an activity; of a section its letter."""
    return "".join(sign for sign in code if sign.isdigit()) or code.upper()


def _levels(code: str) -> list[str]:
    """The activities that a plain code is within, the widest first and itself the last."""
    digits = [code[:k] for k in _DIGITS if len(code) >= k] if code.isdigit() else []
    section = nace_section(code)
    return [*([section] if section else []), *digits] if digits or section else [code]


def _domestic(snapshot: Snapshot) -> tuple[Mask, Mask]:
    country = snapshot.cooperation.nodes["country"].to_numpy()[snapshot.members.node]
    own = snapshot.of_cluster("country").to_numpy()[snapshot.members.row]
    unknown = pd.isna(country) | pd.isna(own)
    return ~unknown & (country == own), unknown


def _in_region(snapshot: Snapshot) -> tuple[Mask, Mask]:
    """Whether the NUTS 3 region of each member is within the region of the cluster."""
    home = snapshot.cooperation.nodes["nuts3"].take(snapshot.members.node).reset_index(drop=True)
    region = snapshot.of_cluster("region").take(snapshot.members.row).reset_index(drop=True)
    inside = np.logical_or.reduce([((home.str[:k] == region) & region.notna() & home.notna()).to_numpy(dtype=bool) for k in _NUTS])
    return inside, (home.isna() | region.isna()).to_numpy()


def _in_sectors(snapshot: Snapshot) -> tuple[Mask, Mask]:
    """Whether each member's activity is within one of the cluster's; unknown where it is wider than one of them."""
    of = snapshot.once("activities", lambda: _activities(snapshot))
    node, first = snapshot.members.node, snapshot.cluster[snapshot.members.row] * of.span
    yes = np.logical_or.reduce([(level[node] >= 0) & np.isin(first + level[node], of.sectors) for level in of.levels])
    return yes, ~yes & (of.blank[node] | ((of.last[node] >= 0) & np.isin(first + of.last[node], of.wider)))


class _Activities(NamedTuple):
    """Activities as whole numbers; of a cluster (position) plus its own times ``span``."""

    span: int
    sectors: Ints  #: of the clusters
    wider: Ints  #: what the sectors of the clusters are within
    levels: Ints  #: activities that each organisation of the register is within: level × organisation; −1 where no cluster has it
    last: Ints  #: the narrowest of them
    blank: Mask  #: organisations without an activity


def _activities(snapshot: Snapshot) -> _Activities:
    wanted, nace = _sectors(snapshot), snapshot.register.organisations["nace"]
    wider = pd.DataFrame([(cluster, up) for cluster, code in wanted.itertuples(index=False) for up in _levels(code)[:-1]], columns=list(wanted))
    known = pd.Index(sorted({*wanted["activity"], *wider["activity"]}), dtype="str")
    span = len(known) + 1
    codes, distinct = pd.factorize(nace)
    levels = [*(_levels(_plain(code)) if nace_division(code) or nace_section(code) else [] for code in distinct), []]
    rows = [known.get_indexer(pd.Index([(of[k : k + 1] or [""])[0] for of in levels], dtype="str")) for k in range(1 + len(_DIGITS))]
    last = known.get_indexer(pd.Index([of[-1] if of else "" for of in levels], dtype="str"))
    own, above = (of["cluster"].to_numpy(dtype=np.int64) * span + known.get_indexer(pd.Index(of["activity"], dtype="str")) for of in (wanted, wider))
    return _Activities(span, own, above, np.stack(rows)[:, codes], last[codes], np.array([not of for of in levels])[codes])


POPULATION: Mapping[str, Callable[[Snapshot], Values]] = {"coverage": coverage, "specialisation": specialisation}
