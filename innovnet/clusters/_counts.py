"""Counts of members and ties, for an assessment and for every step of a simulation: one array kernel, and intervals where something is not known."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from innovnet._parallel import bounds, run
from innovnet.clusters import _counts_kernel as columns
from innovnet.clusters._attributes import node_flags
from innovnet.clusters._catalogue import parsed
from innovnet.clusters._cooperation import GROUPS, Cooperation
from innovnet.clusters._counts_kernel import FLAGS, ClusterArrays, count_members, count_ties
from innovnet.clusters._duplicates import likely_same
from innovnet.clusters._register import Register
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._values import Values, known_share
from innovnet.graph._tables import freeze

K = TypeVar("K")
T = TypeVar("T")
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Memberships of one chunk of work.
_CHUNK = 200_000
_TYPES: Mapping[str, Any] = {
    **dict.fromkeys(("ptr", "home", "base", "indptr", "linked", "partner", "duplicate", "group", "country"), np.int64),
    **dict.fromkeys(("member", "indices"), np.uint32),
    **dict.fromkeys(("tenure", "weights"), np.float64),
    **dict.fromkeys(("coordinator", "rd_body", "ties_known", "ownership_known", "yes", "unknown"), np.bool_),
}


def cluster_arrays(**fields: npt.ArrayLike) -> ClusterArrays:
    """Arrays as kernels read them. What may be left out: ``base`` (all rows differ) and ``duplicate`` (nobody is twice in the list)."""
    fields.setdefault("base", np.arange(len(np.asarray(fields["ptr"])) - 1))
    fields.setdefault("duplicate", np.arange(len(np.asarray(fields["indptr"])) - 1))
    names = ClusterArrays._fields
    return ClusterArrays(*freeze(*(np.asarray(fields[name], dtype=_TYPES[name]) for name in names)))


def remembered(function: Callable[[K], T]) -> Callable[[K], T]:
    """A function of a snapshot or a register that is computed once for each, as long as it lives."""
    kept: WeakKeyDictionary[K, T] = WeakKeyDictionary()

    @wraps(function)
    def once(of: K) -> T:
        if of not in kept:
            kept[of] = function(of)
        return kept[of]

    return once


@remembered
def _duplicates(register: Register) -> Ints:
    """A number for each organisation; those that are probably one have the same."""
    index, pairs = register.organisations.index, likely_same(register.organisations)
    one, other = (index.get_indexer(pd.Index(pairs[column])) for column in ("a", "b"))
    matrix = sparse.csr_array((np.ones(len(pairs)), (one, other)), shape=(len(index), len(index)))
    return csgraph.connected_components(matrix, directed=False)[1].astype(np.int64)


@remembered
def arrays_of(snapshot: Snapshot) -> ClusterArrays:
    """The arrays of the clusters on a day."""
    members, cooperation, owners = snapshot.members, snapshot.cooperation, snapshot.owners
    flags = node_flags(snapshot)
    arcs = snapshot.window.network.arcs()
    further = np.arange(cooperation.own, len(cooperation.nodes))
    listed = owners.listed | (snapshot.settings.unlisted_ownership == "independent")
    return cluster_arrays(
        ptr=members.ptr,
        member=members.node,
        tenure=members.tenure,
        coordinator=members.coordinator,
        rd_body=members.rd_body,
        home=homes(snapshot),
        base=snapshot.cluster,
        indptr=arcs.indptr,
        indices=arcs.indices,
        weights=arcs.weights,
        ties_known=cooperation.known,
        linked=np.concatenate([owners.linked, further]),
        partner=np.concatenate([owners.partner, further]),
        ownership_known=np.concatenate([listed, np.zeros(len(further), dtype=bool)]),
        duplicate=np.concatenate([_duplicates(snapshot.register), further]),
        group=_groups(cooperation),
        country=cooperation.codes("country"),
        yes=np.column_stack([flags[name][0] for name in FLAGS]),
        unknown=np.column_stack([flags[name][1] for name in FLAGS]),
    )


def homes(snapshot: Snapshot) -> Ints:
    """The country of each row's cluster as a code of the nodes' countries: one beyond them where no node is from there, −1 where it is not known."""
    countries = snapshot.register.clusters["country"]
    labels = snapshot.cooperation.labels("country")
    found = labels.get_indexer(pd.Index(countries))
    return np.where(countries.isna(), -1, np.where(found < 0, len(labels), found))[snapshot.cluster].astype(np.int64)


def _groups(cooperation: Cooperation) -> Ints:
    """Kinds of nodes as positions in ``GROUPS``; a kind that is not among them is another one, not an unknown one."""
    codes, labels = cooperation.codes("group"), cooperation.labels("group")
    place = pd.Index(GROUPS).get_indexer(labels)
    return np.append(np.where(place < 0, GROUPS.index("other"), place), -1)[codes].astype(np.int64)


def counted(snapshot: Snapshot, keys: Iterable[str]) -> dict[str, Values]:
    """The counts of the clusters on a day that have these keys, each with what it may be at least and at most."""
    return counts(arrays_of(snapshot), keys, independence=snapshot.settings.independence)


def counts(arrays: ClusterArrays, keys: Iterable[str], *, independence: str = "linked") -> dict[str, Values]:
    """The counts that have these keys, one value for each row of the arrays.

    Intervals: a member whose ties are not known may be tied to everybody; one of unknown owners may belong to a group of its own or to that of another
    member; one whose kind, country or flag is not known may be so or not. Cost: O(Σ degrees of the members + rows × (members + ties inside)).
    """
    wanted = {key: parsed(key) for key in keys}
    years = sorted({args["years"] for name, args in wanted.values() if name == "members_tenured"})
    ks = sorted({int(args["k"]) for name, args in wanted.values() if name == "members_core"})
    found = _raw(arrays, years, ks, by=2 if independence == "partner" else 0)
    return {key: _value(found, name, args, years, ks, independence) for key, (name, args) in wanted.items()}


class _Raw(NamedTuple):
    """What the kernels found: a row for each row of the arrays."""

    members: Ints
    tenured: Ints
    ties: Ints

    @property
    def n(self) -> Ints:
        return self.members[:, columns.MEMBERS]

    @property
    def untied(self) -> Ints:
        """Members whose ties are not known."""
        return self.members[:, columns.TIES_UNKNOWN]

    @property
    def pairs_unknown(self) -> Ints:
        """Pairs of members of which nobody knows whether they are tied."""
        return self.untied * (self.n - self.untied) + self.untied * (self.untied - 1) // 2


def _raw(arrays: ClusterArrays, years: list[float], ks: list[int], by: int) -> _Raw:
    owners = _owner_labels(arrays)
    labels = int(max(owners.max(initial=0), arrays.duplicate.max(initial=0))) + 1
    (owners, spans) = freeze(owners, np.array(years, dtype=np.float64))
    members, tenured = count_members(arrays, owners, labels, spans, by)
    return _Raw(members, tenured, _tie_counts(arrays, np.array(ks, dtype=np.int64)))


def _owner_labels(arrays: ClusterArrays) -> Ints:
    """Owner groups by both relations, each also with probable duplicates taken as one: they would have one owner."""
    n = len(arrays.duplicate)
    if np.array_equal(arrays.duplicate, np.arange(n)) or len(np.unique(arrays.duplicate)) == n:
        return np.array([arrays.linked, arrays.linked, arrays.partner, arrays.partner])
    rows = []
    for labels in (arrays.linked, arrays.partner):
        size = int(labels.max(initial=-1)) + 1
        matrix = sparse.csr_array((np.ones(n), (labels, size + arrays.duplicate)), shape=(2 * (size + n),) * 2)
        rows += [labels, csgraph.connected_components(matrix, directed=False)[1][labels].astype(np.int64)]
    return np.stack(rows)


def _tie_counts(arrays: ClusterArrays, ks: Ints) -> Ints:
    """The lines of :func:`count_ties` in the order of the rows; chunks hold whole bases."""
    order = np.argsort(arrays.base, kind="stable")
    base = arrays.base[order]
    starts = np.append(np.zeros(min(len(base), 1), dtype=np.int64), np.flatnonzero(base[1:] != base[:-1]) + 1)
    (order, cuts, ks) = freeze(order, np.append(starts, len(order)), ks)
    if arrays.ptr[-1] <= _CHUNK and len(order):
        chunks = np.array([0, len(starts)])
    else:
        sizes = np.add.reduceat(np.diff(arrays.ptr)[order], starts) if len(starts) else np.zeros(0, dtype=np.int64)
        chunks = bounds(sizes + 1, int(sizes.sum()) // _CHUNK + 1)
    parts = list(run(lambda k: count_ties(arrays, order, cuts[chunks[k] : chunks[k + 1] + 1], ks), len(chunks) - 1))
    found = np.empty((len(order), columns.CORES + len(ks)), dtype=np.int64)
    if parts:
        found[order] = np.concatenate(parts)
    return found


def _value(raw: _Raw, name: str, args: Mapping[str, float], years: list[float], ks: list[int], independence: str) -> Values:
    """One indicator from what the kernels found."""
    n = raw.n
    if name in _YES:
        yes = columns.YES + FLAGS.index(_YES[name])
        return Values.counted(raw.members[:, yes], raw.members[:, yes + len(FLAGS)], n)
    if name in _COUNTED:
        certain, perhaps = _COUNTED[name]
        return Values.counted(raw.members[:, certain], raw.members[:, perhaps], n)
    if name in ("members_independent", "members_independent_partner"):
        column = columns.PARTNER if name.endswith("partner") or independence == "partner" else columns.LINKED
        unknown = raw.members[:, columns.OWNERS_UNKNOWN]
        low = np.maximum(raw.members[:, column + 1], np.minimum(n, 1))
        return _between(low, raw.members[:, column] + unknown, unknown, n)
    if name == "members_tenured":
        found = raw.tenured[:, years.index(args["years"])]
        low = np.maximum(found[:, columns.GROUPS_SURE], np.minimum(found[:, columns.LONE_SURE], 1))
        return _between(low, found[:, columns.GROUPS_PERHAPS] + found[:, columns.LONE_PERHAPS], found[:, columns.UNCLEAR], n)
    if name == "members_core":
        core = raw.ties[:, columns.CORES + ks.index(int(args["k"]))]
        return _between(core, np.where((raw.untied > 0) & (n > args["k"]), n, core), raw.untied, n)
    return _OTHER[name](raw)


def _between(low: npt.NDArray, high: npt.NDArray, unknown: Ints, n: Ints) -> Values:
    """From ``low`` to ``high``; ``unknown`` of the n members decide where. The point is what is certain, where anything is known."""
    if not unknown.any() and np.array_equal(low, high):
        return Values.certain(low.astype(np.float64))
    value = np.where((unknown >= n) & (high > low), np.nan, low)
    return Values(low.astype(np.float64), value, np.asarray(high, dtype=np.float64), known_share(unknown.astype(np.float64), n.astype(np.float64)))


def _ties(low: int, sure: int, unknown: int = columns.TIES_UNKNOWN) -> Callable[[_Raw], Values]:
    """A count of ties: at most those that are certainly known and all pairs that are not."""
    return lambda raw: _between(raw.ties[:, low], raw.ties[:, sure] + raw.pairs_unknown, raw.members[:, unknown], raw.n)


def _part(column: int, most: Callable[[_Raw], Ints]) -> Callable[[_Raw], Values]:
    """A number of members that ties decide: at most ``most`` where some ties are not known."""

    def value(raw: _Raw) -> Values:
        low, untied = raw.ties[:, column], raw.untied
        return _between(low, np.where((untied > 0) & (raw.n > 1), most(raw), low) if untied.any() else low, untied, raw.n)

    return value


def _open(column: int, most: int) -> Callable[[_Raw], Values]:
    """A number that has no upper bound where some ties are not known."""

    def value(raw: _Raw) -> Values:
        low, perhaps = raw.ties[:, column], raw.ties[:, most].astype(np.float64)
        found = _between(low, np.where(raw.untied > 0, np.inf, perhaps), raw.untied, raw.n)
        return found._replace(known=np.minimum(found.known, known_share(perhaps - low, perhaps)))

    return value


def _members(raw: _Raw) -> Values:
    distinct = raw.members[:, columns.DISTINCT]
    low, n = distinct.astype(np.float64), raw.n.astype(np.float64)
    return Values(low, n, n, known_share(n - low, n))


def _kinds(raw: _Raw) -> Values:
    found, unknown = raw.members[:, columns.KINDS], raw.members[:, columns.KINDS_UNKNOWN]
    return _between(np.maximum(found, np.minimum(raw.n, 1)), np.minimum(found + unknown, len(GROUPS)), unknown, raw.n)


def _has_coordinator(raw: _Raw) -> Values:
    return Values.certain(np.ones(len(raw.n))).unless(raw.members[:, columns.COORDINATORS] == 0, 0.0, 1.0)


_YES: Mapping[str, str] = {"members_sme": "sme", "members_rd": "rd", "members_exporting": "exporting", "members_high_value": "high_value"}
_COUNTED: Mapping[str, tuple[int, int]] = {
    "members_research": (columns.RESEARCH, columns.RESEARCH_UNKNOWN),
    "members_foreign": (columns.FOREIGN, columns.FOREIGN_UNKNOWN),
}
_OTHER: Mapping[str, Callable[[_Raw], Values]] = {
    "members": _members,
    "member_kinds": _kinds,
    "has_coordinator": _has_coordinator,
    "ties": _ties(columns.TIES, columns.TIES_SURE),
    "ties_repeated": _ties(columns.REPEATED, columns.REPEATED_SURE),
    "ties_firm_research": _ties(columns.FIRM_RESEARCH, columns.FIRM_RESEARCH_PERHAPS, columns.ENDS_UNKNOWN),
    "members_connected": _part(columns.CONNECTED, lambda raw: raw.n),
    "largest": _part(columns.LARGEST, lambda raw: raw.n),
    "largest_without_coordinator": _part(columns.WITHOUT_COORDINATOR, lambda raw: raw.n - raw.members[:, columns.COORDINATORS]),
    "largest_without_any": _part(columns.WITHOUT_ANY, lambda raw: raw.n - 1),
    "ties_out": _open(columns.OUT, columns.OUT),
    "foreign_reach": _open(columns.REACH, columns.REACH_PERHAPS),
}

#: The indicators that are counted here.
COUNTED = frozenset({*_YES, *_COUNTED, *_OTHER, "members_independent", "members_independent_partner", "members_tenured", "members_core"})
