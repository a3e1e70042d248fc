"""Clusters on one day: who is in them, the ties of the window, owner groups. Indicators are computed from it and from nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._cooperation import Cooperation, Window
from innovnet.clusters._owners import Owners, owner_groups
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Settings
from innovnet.clusters._time import back, years_between

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Members:
    """The counted members of several clusters: row r has ``node[ptr[r]:ptr[r + 1]]``, sorted. Nodes are positions in ``Cooperation.nodes``."""

    ptr: Ints
    node: Ints
    tenure: Floats  #: years of the present unbroken membership; NaN where its start is not known
    coordinator: Mask  #: has the role of coordinator
    rd_body: Mask  #: has the role rd_body

    @property
    def counts(self) -> Ints:
        """Members of each row."""
        return np.diff(self.ptr)

    @cached_property
    def row(self) -> Ints:
        """The row of each membership."""
        return np.repeat(np.arange(len(self.ptr) - 1), self.counts)

    def total(self, of: npt.ArrayLike) -> Floats:
        """Sum over the members of each row of a value of each membership."""
        return np.bincount(self.row, weights=np.asarray(of, dtype=np.float64), minlength=len(self.ptr) - 1).astype(np.float64)

    def take(self, rows: Ints) -> Self:
        """The members of these rows; a row may be taken several times."""
        counts = self.counts[rows]
        ends = np.cumsum(counts)
        place = np.repeat(self.ptr[:-1][rows] - (ends - counts), counts) + np.arange(counts.sum())
        return self._of(np.concatenate([[0], ends]), place)

    def where(self, keep: Mask) -> Self:
        """The memberships of a mask; every row stays."""
        return self._of(np.concatenate([[0], np.cumsum(np.bincount(self.row[keep], minlength=len(self.ptr) - 1))]), np.flatnonzero(keep))

    def _of(self, ptr: Ints, place: Ints) -> Self:
        return type(self)(ptr.astype(np.int64), self.node[place], self.tenure[place], self.coordinator[place], self.rd_body[place])


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Clusters that exist on a day. A row is a cluster with a set of members: the real one, or one that somebody has left (:meth:`without`)."""

    register: Register
    settings: Settings
    at: pd.Timestamp
    cluster: Ints  #: the cluster of each row, as a position in ``register.clusters``
    members: Members
    cooperation: Cooperation
    window: Window
    _found: dict[str, Any] = field(default_factory=dict, repr=False)  #: what has been worked out and is the same whichever rows there are

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What ``work()`` returns, worked out once for this snapshot and all that :meth:`without` makes of it. It must not depend on the rows."""
        if name not in self._found:
            self._found[name] = work()
        return self._found[name]

    @cached_property
    def ids(self) -> pd.Index:
        """The cluster of each row by name."""
        return self.register.clusters.index.take(self.cluster)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.cluster)

    def of_cluster(self, column: str) -> pd.Series:
        """A column of the table of clusters for each row."""
        return self.register.clusters[column].take(self.cluster).reset_index(drop=True)

    @property
    def owners(self) -> Owners:
        """Owner groups of the register's organisations on the day."""
        return self.once("owners", lambda: owner_groups(self.register.ownership, self.register.organisations.index, self.at))

    @property
    def peers(self) -> tuple[Ints, Members]:
        """All clusters that exist on the day (positions) and their members, whichever of them are rows."""

        def found() -> tuple[Ints, Members]:
            living = living_on(self.register, self.at)
            return living, members_on(self.register, self.at, self.settings, living)

        return self.once("peers", found)

    @cached_property
    def before(self) -> Members:
        """The members of the same rows' clusters a year earlier, in whole."""
        clusters, place = np.unique(self.cluster, return_inverse=True)
        return members_on(self.register, back(self.at, 1), self.settings, clusters).take(place)

    @property
    def window_before(self) -> Window:
        """Cooperation in the window that ends where this one begins."""
        years = self.settings.window_years
        return self.once("window before", lambda: self.cooperation.window(back(self.at, years), years, self.settings.max_event_size))

    def without(self, row: Sequence[int] | Ints, nodes: Sequence[Sequence[int]] | Ints) -> Self:
        """New rows: the k-th is row ``row[k]`` without the members ``nodes[k]``."""
        base = np.asarray(row, dtype=np.int64)
        members = self.members.take(base)
        gone = pd.MultiIndex.from_arrays([np.repeat(np.arange(len(base)), [len(n) for n in nodes]), np.concatenate([[], *nodes]).astype(np.int64)])
        keep = ~pd.MultiIndex.from_arrays([members.row, members.node]).isin(gone)
        return replace(self, cluster=self.cluster[base], members=members.where(keep))


def living_on(register: Register, at: pd.Timestamp) -> Ints:
    """Positions of the clusters that exist at the end of a day."""
    table = register.clusters
    return np.flatnonzero((~(table["founded"] > at) & ~(table["dissolved"] < at)).to_numpy(dtype=bool))


def snapshot_of(
    register: Register, cooperation: Cooperation, at: pd.Timestamp, settings: Settings, *, clusters: Sequence[str] | pd.Index | None = None
) -> Snapshot:
    """The clusters that exist at the end of a day, or those of them that are named."""
    positions = living_on(register, at)
    if clusters is not None:
        positions = positions[register.clusters.index.take(positions).isin(clusters)]
    members = members_on(register, at, settings, positions)
    return Snapshot(register, settings, at, positions, members, cooperation, cooperation.window(at, settings.window_years, settings.max_event_size))


def members_on(register: Register, at: pd.Timestamp, settings: Settings, clusters: Ints) -> Members:
    """Who is a counted member of the clusters (positions) at the end of a day, and since when without a break."""
    table = register.membership
    table = table[table["role"].isin(settings.count_roles) & ~(table["from"] > at)]
    row_of = np.full(register.n_clusters, -1, dtype=np.int64)
    row_of[clusters] = np.arange(len(clusters))
    place = row_of[register.clusters.index.get_indexer(pd.Index(table["cluster"]))]
    frame = pd.DataFrame(
        {
            "row": place,
            "node": register.organisations.index.get_indexer(pd.Index(table["organisation"])),
            "from": table["from"].to_numpy(),
            "to": table["to"].where(table["to"] <= at, at).to_numpy(),
            "coordinator": (table["role"] == "coordinator").to_numpy() & ~(table["to"] < at).to_numpy(),
            "rd_body": (table["role"] == "rd_body").to_numpy() & ~(table["to"] < at).to_numpy(),
        }
    )
    frame = frame[frame["row"] >= 0]
    present = frame[frame["to"] >= at].groupby(["row", "node"], sort=True)[["coordinator", "rd_body"]].any().reset_index()
    since = _unbroken(frame, present)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(present["row"], minlength=len(clusters)))]).astype(np.int64)
    tenure = years_between(since, at) if len(since) else np.zeros(0)
    return Members(ptr, present["node"].to_numpy(dtype=np.int64), tenure, present["coordinator"].to_numpy(dtype=bool), present["rd_body"].to_numpy(dtype=bool))


def _unbroken(frame: pd.DataFrame, present: pd.DataFrame) -> pd.Series:
    """First day of the spell that holds on the day, for each pair that is present: spells that touch or overlap are one."""
    spells = frame.merge(present[["row", "node"]], on=["row", "node"])
    spells = spells.assign(unknown=spells["from"].isna())
    spells["from"] = spells["from"].fillna(pd.Timestamp(1, 1, 1))
    spells = spells.sort_values(["row", "node", "from", "to"], ignore_index=True)
    pair = spells.groupby(["row", "node"], sort=True).ngroup()
    reach = spells.groupby(pair)["to"].cummax()
    joined = (pair == pair.shift()) & (spells["from"] <= reach.shift() + pd.Timedelta(1, "D"))
    spell = (~joined).cumsum()
    begin = spells.groupby(spell)[["from", "unknown"]].first()
    last = spell.groupby(pair).last()  # the latest spell is the one that holds
    chosen = begin.loc[last.to_numpy()]
    return chosen["from"].mask(chosen["unknown"]).reset_index(drop=True)
