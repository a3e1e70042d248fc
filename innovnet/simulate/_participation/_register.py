"""The clusters of a simulated world as the tables of a register: what the maturity of the model rests on, as an assessment reads it."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters import Register, Rules
from innovnet.graph._classify import known_code
from innovnet.graph._network import Network
from innovnet.graph._tables import quality
from innovnet.simulate._participation._levels_kernel import COLUMNS, STRATEGY, cluster_columns
from innovnet.simulate._participation._observe import SIZES
from innovnet.simulate._participation._panel import labels
from innovnet.simulate._participation._state import ENDED, EXPORTED, EXPORTED_BEFORE, EXPORTS, SOURCES, State

Ints = npt.NDArray[np.int64]

#: Kinds of organisations by the types of a population.
_KINDS = {"firm": "firm", "university": "education", "institute": "research", "public": "public", "other": "other"}
_EXPORTERS = (EXPORTS, EXPORTED, EXPORTED_BEFORE)  # this year, last year, the year before


class _World(NamedTuple):
    """A state, its population and its calendar."""

    network: Network
    state: State
    rules: Rules
    year: int  #: calendar year of the state

    def first_day(self, step: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
        """1 January of the year of a step."""
        return (np.asarray(step, dtype=np.int64) - self.state.step + self.year - 1970).astype("datetime64[Y]").astype("datetime64[D]")

    def last_day(self, step: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
        """31 December of the year of a step."""
        return self.first_day(np.asarray(step, dtype=np.int64) + 1) - np.timedelta64(1, "D")

    def ids(self, place: npt.NDArray[Any]) -> Ints:
        """Who holds these places."""
        n = len(self.state.firms.generation)
        return place.astype(np.int64) + n * self.state.firms.generation[place].astype(np.int64)

    @property
    def clusters(self) -> npt.NDArray[np.object_]:
        """Names of the rows of clusters."""
        return np.array([f"C{number}" for number in self.state.groups.number], dtype=object)

    @property
    def row(self) -> Ints:
        """The cluster of each membership."""
        return np.repeat(np.arange(len(self.state.groups.number)), np.diff(self.state.groups.ptr))


def register_of(network: Network, state: State, rules: Rules, year: int) -> Register:
    """The register of a state at the end of the calendar ``year``; assessed by these rules on its last day it has the levels of the model."""
    world = _World(network, state, rules, year)
    ties = _ties(world)
    members = world.ids(state.groups.member)
    related = world.ids(np.flatnonzero(np.isin(state.places.owner, state.places.owner[state.groups.member])))
    nodes = np.unique(np.concatenate([members, related, ties["one"], ties["other"]]))
    tables = {
        "clusters": _clusters(world),
        "organisations": _organisations(world, nodes),
        "membership": _membership(world, members),
        "ownership": _ownership(world, related),
        "cooperation": _cooperation(world, ties, members),
        "member_facts": _member_facts(world, members),
        "funding": _funding(world),
        "population": _population(world),
    }
    return Register._from_tables(tables, _quality(world, len(ties)))


def _name(ids: npt.ArrayLike) -> pd.Series:
    return "firm " + pd.Series(np.asarray(ids, dtype=np.int64)).astype("str")


def _known(kind: Any, names: pd.Index) -> npt.NDArray[np.object_]:
    """The labels that are codes; missing where they are not. The last one stands for none: the sector of bodies."""
    return np.array([*(str(name) if known_code(kind, str(name)) else None for name in names), None], dtype=object)


def _ties(world: _World) -> pd.DataFrame:
    """Ties of members that lived in the window: ids of the ends, first and last step of it."""
    state, ties, member = world.state, world.state.ties, world.state.groups.member
    counts = np.diff(ties.indptr)[member]
    at = np.repeat(ties.indptr[member] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    one, other = np.repeat(member, counts), ties.other[at]
    once = (ties.channel[at] & ENDED == 0) & ((state.firms.cluster[other] < 0) | (one < other))
    live = pd.DataFrame({"one": world.ids(one[once]), "other": world.ids(other[once]), "start": ties.start[at][once].astype(np.int64), "end": state.step})
    past = _past(world)
    present = world.ids(member)
    past = past[past["one"].isin(present) | past["other"].isin(present)]
    table = pd.concat([live, past], ignore_index=True)
    return table.assign(start=table["start"].clip(lower=state.step - world.rules.settings.window_years + 1))


def _past(world: _World) -> pd.DataFrame:
    """Ended ties that are known, each once: at the lower place where both ends are still there."""
    state, past = world.state, world.state.past
    n = len(state.firms.cluster)
    one, other = np.repeat(np.arange(n), np.diff(past.indptr)), past.other.astype(np.int64)
    both = state.firms.generation[other % n] == other // n
    once = ~both | (one < other % n)
    end = state.step - past.ago[once].astype(np.int64)
    return pd.DataFrame({"one": world.ids(one[once]), "other": other[once], "start": end - past.lived[once] + 1, "end": end})


def _clusters(world: _World) -> pd.DataFrame:
    state, groups, named = world.state, world.state.groups, labels(world.network)
    home = state.places.region[groups.founder.astype(np.int64) % len(state.firms.cluster)]
    found = dict(zip(COLUMNS, cluster_columns(0, len(groups.number), groups, state.step, 0.0).T, strict=True))
    governance, strategy = found["governance"] > 0, found["strategy"] > 0
    since = world.last_day(np.maximum(groups.governed.astype(np.int64), groups.founded.astype(np.int64) + STRATEGY))
    founded = world.last_day(groups.founded)
    columns = {
        "cluster": world.clusters,
        "name": [f"cluster {number}" for number in groups.number],
        "country": np.asarray(named["country"].astype("str"), dtype=object)[groups.home],
        "region": _known("nuts", named["region"])[home],
        "sectors": _sectors(world),
        "founded": founded,
        "joint_since": founded,
        "governance": governance,
        "strategy": strategy,
        "strategy_from": np.where(strategy, since, np.datetime64("NaT")),
        "source": "innovnet.simulate.Participation: a simulation, not a forecast",
    }
    return pd.DataFrame(columns, index=range(len(groups.number)))


def _sectors(world: _World) -> npt.NDArray[np.object_]:
    """The commonest sector of the members, the first of equals."""
    places, groups = world.state.places, world.state.groups
    counts = np.zeros((len(groups.number), places.sectors), dtype=np.int64)
    np.add.at(counts, (world.row, places.sector[groups.member]), 1)
    return _known("nace", labels(world.network)["sector"])[counts.argmax(axis=1)] if len(counts) else np.empty(0, dtype=object)


def _organisations(world: _World, nodes: Ints) -> pd.DataFrame:
    state, places, named = world.state, world.state.places, labels(world.network)
    n = len(state.firms.cluster)
    place = nodes % n
    here = state.firms.generation[place] == nodes // n
    firm = places.sector[place] < places.sectors
    staff = np.rint(state.firms.employees[place].astype(np.float64))
    size = np.array([*SIZES, None], dtype=object)[np.where(here & firm, np.searchsorted([10, 50, 250], staff, side="right"), len(SIZES))]
    region = _known("nuts", named["region"])[places.region[place]]
    columns = {
        "organisation": _name(nodes),
        "name": _name(nodes),
        "country": np.asarray(named["country"].astype("str"), dtype=object)[places.country[places.region[place]]],
        "nuts3": region,
        "nace": _known("nace", named["sector"])[places.sector[place]],
        "kind": world.network.actors["type"].take(places.actor[place]).astype("str").map(_KINDS).to_numpy(dtype=object),
        "size": size,
        "employees": pd.array(np.where(here, staff, np.nan), dtype="Int64"),
        "registry_code": nodes.astype(str),
        "high_value": places.high_value[place].astype(bool),
    }
    return pd.DataFrame(columns, index=range(len(nodes)))


def _membership(world: _World, members: Ints) -> pd.DataFrame:
    groups = world.state.groups
    columns = {
        "cluster": world.clusters[world.row],
        "organisation": _name(members),
        "from": world.last_day(world.state.firms.joined[groups.member]),
        "role": np.where(groups.coordinator[world.row] == groups.member, "coordinator", "member"),
    }
    return pd.DataFrame(columns, index=range(len(members)))


def _ownership(world: _World, related: Ints) -> pd.DataFrame:
    """The owner of each member, and of all firms of its enterprise group."""
    owner = world.state.places.owner[related % len(world.state.firms.cluster)]
    columns = {"owner": "owner " + pd.Series(owner).astype("str"), "owned": _name(related), "control": "votes", "owner_kind": "firm"}
    return pd.DataFrame(columns, index=range(len(related)))


def _cooperation(world: _World, ties: pd.DataFrame, members: Ints) -> pd.DataFrame:
    """One event for each tie and calendar year in which it lived. Where no tie of a member lived, an event of one member says that this is known."""
    years = (ties["end"] - ties["start"] + 1).to_numpy()
    row = np.repeat(np.arange(len(ties)), years)
    step = np.arange(years.sum()) - np.repeat(np.cumsum(years) - years, years) + ties["start"].to_numpy()[row]
    ends = ties[["one", "other"]].to_numpy()[row]
    if not len(row) and len(members):
        ends, step = np.repeat(members[:1], 2)[None, :], np.array([world.state.step])
    text = np.char.add(np.char.add(ends[:, 0].astype(str), "-"), ends[:, 1].astype(str))
    events = pd.Series(np.char.add(np.char.add(text, "-"), (step - world.state.step + world.year).astype(str)), dtype="str")
    found = {"event": events, "start": world.first_day(step), "end": world.last_day(step)}
    table = pd.concat([pd.DataFrame(found | {"organisation": _name(ends[:, side])}) for side in (0, 1)], ignore_index=True)
    return table.drop_duplicates(["event", "organisation"], ignore_index=True)


def _member_facts(world: _World, members: Ints) -> pd.DataFrame:
    """Innovating stands for R&D; a row for each year that the firm was there, of the last three of the simulation."""
    state = world.state
    place = state.groups.member
    parts = []
    for ago, flag in enumerate(_EXPORTERS):
        step = state.step - ago
        there = (step >= 1) & (state.firms.birth[place] < step)
        rd, exporter = state.firms.innovated[place] >> ago & 1 > 0, state.firms.flags[place] & flag > 0
        part = pd.DataFrame({"organisation": _name(members), "year": world.year - ago, "rd_declared": rd, "exporter": exporter})
        parts.append(part[there])
    return pd.concat(parts, ignore_index=True)


def _funding(world: _World) -> pd.DataFrame:
    groups, step = world.state.groups, world.state.step
    parts = []
    for ago, funds in enumerate((groups.funds, groups.earlier[:, 0], groups.earlier[:, 1])):
        there = np.flatnonzero(groups.founded <= step - ago)
        of = {"cluster": np.repeat(world.clusters[there], len(SOURCES)), "year": world.year - ago, "source": np.tile(SOURCES, len(there))}
        parts.append(pd.DataFrame(of | {"amount_eur": funds[there].ravel()}))
    return pd.concat(parts, ignore_index=True)


def _population(world: _World) -> pd.DataFrame:
    """Firms and employees by region and sector; without those that have no code."""
    places, named = world.state.places, labels(world.network)
    regions, sectors = len(places.country), places.sectors
    cell = places.region.astype(np.int64) * (sectors + 1) + places.sector
    firms, staff = (
        np.bincount(cell, weights, minlength=regions * (sectors + 1)).reshape(regions, -1)[:, :-1] for weights in (None, world.state.firms.employees)
    )
    columns = {
        "region": np.repeat(_known("nuts", named["region"])[:-1], sectors),
        "nace": np.tile(_known("nace", named["sector"])[:-1], regions),
        "year": world.year,
        "firms": pd.array(firms.ravel(), dtype="Int64"),
        "employees": pd.array(np.rint(staff.ravel()), dtype="Int64"),
    }
    table = pd.DataFrame(columns)
    return table[table["region"].notna() & table["nace"].notna() & (table["firms"] > 0)].reset_index(drop=True)


def _quality(world: _World, ties: int) -> pd.DataFrame:
    """What is assumed of the clusters of a simulation."""
    clusters, members = len(world.state.groups.number), len(world.state.groups.member)
    rows = [
        ("clusters are founded, joined and left on 31 December", "clusters", clusters, "assumption", ""),
        ("joint activity begins when a cluster is founded", "clusters", clusters, "assumption", ""),
        ("a cluster with a governance has a strategy from its second year", "clusters", clusters, "assumption", ""),
        ("the founder coordinates, after it the member of longest standing", "membership", members, "assumption", ""),
        ("former members and clusters that dissolved are left out: earlier years cannot be assessed", "membership", members, "assumption", ""),
        ("innovating counts as R&D declared", "member_facts", members, "assumption", ""),
        ("a tie is one event for each calendar year in which it lived", "cooperation", ties, "assumption", ""),
        ("ties that ended when no end was a member, and ties among partners, are left out", "cooperation", ties, "assumption", ""),
    ]
    return quality(rows)
