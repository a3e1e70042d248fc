"""Clusters in the whole network of cooperation: ties to other clusters, bridging, core, closeness.

Where ties of a member are not known, a share may be anything from 0 to 1; its point is that of the other members.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet.clusters._snapshot import Members, Snapshot
from innovnet.clusters._values import Floats, Values, known_share
from innovnet.metrics import core_number, harmonic

Ints = npt.NDArray[np.int64]

#: Rows whose ties with all other clusters are looked at together.
_CHUNK = 1000
#: Means over members are taken to so many decimals, so that equal clusters are equal whatever the order of their members.
_DECIMALS = 9


def untied(members: Members, snapshot: Snapshot) -> Floats:
    """Members of each row whose ties are not known."""
    return members.total(~snapshot.cooperation.known[members.node])


def clusters_linked(snapshot: Snapshot, *, ties: float = 1) -> Values:
    """Other clusters with at least so many ties to this one, between members whom neither shares."""
    return _linked(snapshot, ties, foreign=False)


def foreign_clusters_linked(snapshot: Snapshot, *, ties: float = 1) -> Values:
    """The same, clusters of other countries only."""
    return _linked(snapshot, ties, foreign=True)


def _linked(snapshot: Snapshot, ties: float, *, foreign: bool) -> Values:
    clusters, everyone = snapshot.peers
    country, _ = pd.factorize(snapshot.register.clusters["country"])
    open_, open_there = untied(snapshot.members, snapshot), untied(everyone, snapshot)
    n = snapshot.members.counts.astype(np.float64)
    between = snapshot.once("between clusters", lambda: _Between.of(everyone, snapshot))
    low, high = np.zeros(snapshot.rows), np.zeros(snapshot.rows)
    for first in range(0, snapshot.rows, _CHUNK):
        part = np.arange(first, min(first + _CHUNK, snapshot.rows))
        own = snapshot.cluster[part][:, None]
        others = (own != clusters) & (n[part] > 0)[:, None] & (everyone.counts > 0)
        if foreign:
            others &= country[own] != country[clusters]
        linked = others & (between.ties(snapshot.members.take(part)) >= ties)
        perhaps = others & ~linked & ((open_[part] > 0)[:, None] | (open_there > 0))
        low[part] = linked.sum(axis=1)
        high[part] = low[part] + perhaps.sum(axis=1)
    return Values(low, np.where((open_ > 0) & (open_ == n), np.nan, low), high, known_share(open_, n))


class _Between(NamedTuple):
    """What the ties of sets of members with the clusters of the day are counted from. Matrices of 0 and 1, ties by their number."""

    network: sparse.csr_array
    peers: sparse.csr_array  #: clusters × nodes
    shared: sparse.csr_array  #: clusters × their members: ties of these with the cluster
    arcs: tuple[Ints, Ints]  #: ends of the ties between members of clusters, in both directions
    inside: sparse.csr_array  #: clusters × arcs: both ends are members

    @classmethod
    def of(cls, everyone: Members, snapshot: Snapshot) -> "_Between":
        network = snapshot.window.network.adjacency(weighted=False)
        peers = _incidence(everyone, network.shape[0])
        nodes = np.unique(everyone.node)
        some = sparse.csr_array(network[nodes][:, nodes]).tocoo()
        arcs = nodes[some.row], nodes[some.col]
        return cls(network, peers, sparse.csr_array((peers @ network).multiply(peers)), arcs, _inside(peers, arcs))

    def ties(self, members: Members) -> Ints:
        """Rows × clusters. All ties, less those of shared members with the cluster, less those of shared members with the row, and once more those
        between two shared members, which were taken out twice.
        """
        rows = _incidence(members, self.network.shape[0])
        reached = rows @ self.network
        own = reached.multiply(rows)
        found = reached @ self.peers.T - rows @ self.shared.T - own @ self.peers.T + _inside(rows, self.arcs) @ self.inside.T
        return np.asarray(found.toarray()).round().astype(np.int64)


def _incidence(members: Members, nodes: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(members.node)), members.node, members.ptr), shape=(len(members.counts), nodes))


def _inside(clusters: sparse.csr_array, arcs: tuple[Ints, Ints]) -> sparse.csr_array:
    of = sparse.csr_array(clusters.T)
    return sparse.csr_array(of[arcs[0]].multiply(of[arcs[1]]).T)


def bridging(column: str) -> Callable[[Snapshot], Values]:
    """Mean participation coefficient of the members that have ties, over the partners' sectors or regions, weighted by joint events.

    Partners of unknown group: all in the commonest group of the others (low), each in one of its own (high), left out (point).
    """

    def mean(snapshot: Snapshot) -> Values:
        members = snapshot.members
        low, value, high = (of[members.node] for of in snapshot.once(f"bridging {column}", lambda: _participation(snapshot, column)))
        tied, pointed = members.total(~np.isnan(low)), members.total(~np.isnan(value))
        sure = members.total(~np.isnan(value) & snapshot.cooperation.known[members.node])
        open_ = (untied(members, snapshot) > 0) & (members.counts > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (members.total(np.nan_to_num(of)) / n for of, n in ((low, tied), (value, pointed), (high, tied)))
            least, point, most = (np.round(of, _DECIMALS) for of in means)
        least, most = np.where(open_, 0.0, least), np.where(open_, 1.0, most)
        return Values(least, np.clip(point, least, most), most, known_share(members.counts - sure, members.counts.astype(np.float64)))

    return mean


def _participation(snapshot: Snapshot, column: str) -> tuple[Floats, Floats, Floats]:
    """1 − Σ(s(g) / s)² of each organisation of the register: at least, as a point, at most; NaN for isolates."""
    codes, groups = snapshot.cooperation.codes(column), len(snapshot.cooperation.labels(column))
    weights = sparse.csr_array(snapshot.window.network.adjacency()[: snapshot.cooperation.own])
    known = np.flatnonzero(codes >= 0)
    of = sparse.csr_array((np.ones(len(known)), (known, codes[known])), shape=(len(codes), groups + 1))
    towards = sparse.csr_array(weights @ of)
    total, clear = (np.asarray(matrix.sum(axis=1)).ravel() for matrix in (weights, towards))
    squares = np.asarray(towards.multiply(towards).sum(axis=1)).ravel()
    largest = towards.max(axis=1).toarray().ravel()
    alone = weights.multiply(weights) @ (codes < 0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = 1.0 - (squares - largest**2 + (largest + total - clear) ** 2) / total**2
        high = 1.0 - (squares + alone) / total**2
        value = np.where(clear > 0, 1.0 - squares / clear**2, np.where(low == high, low, np.nan))
    return np.maximum(low, 0.0), np.maximum(value, 0.0), np.maximum(high, 0.0)


def core_share(snapshot: Snapshot) -> Values:
    """Members in the highest k-core of the whole network / members; nobody is in it where there is no tie."""
    cores = snapshot.once("cores", lambda: core_number(snapshot.window.network).to_numpy())
    members = snapshot.members
    top = (cores == cores.max(initial=0)) & (cores > 0)
    open_ = members.total(~snapshot.cooperation.known[members.node] & ~top[members.node])
    found = Values.shared(members.total(top[members.node]), open_, members.counts)
    return found._replace(low=np.where(open_ > 0, 0.0, found.low), high=np.where(open_ > 0, 1.0, found.high))


def closeness(snapshot: Snapshot) -> Values:
    """Mean harmonic closeness of the members, as the share of the other clusters of the day that are less close, those equally close by half."""
    clusters, everyone = snapshot.peers
    near = snapshot.once("harmonic", lambda: harmonic(snapshot.window.network, progress=False).to_numpy())
    mean, others = _nearness(snapshot.members, snapshot, near), _nearness(everyone, snapshot, near)
    place = np.full(snapshot.register.n_clusters, -1)
    place[clusters] = np.arange(len(clusters))
    own = place[snapshot.cluster]
    open_, open_there = untied(snapshot.members, snapshot) > 0, untied(everyone, snapshot) > 0
    below, n = _below(mean, others, own)
    clear, n_clear = _below(mean, np.where(open_there, np.nan, others), own)
    perhaps = float(open_there.sum()) - open_there[own]
    with np.errstate(invalid="ignore", divide="ignore"):
        low, value, high = clear / (n_clear + perhaps), below / n, (clear + perhaps) / (n_clear + perhaps)
    return Values(
        np.where(open_, 0.0, low),
        value,
        np.where(open_, 1.0, high),
        known_share(untied(snapshot.members, snapshot), snapshot.members.counts.astype(np.float64)),
    )


def _nearness(members: Members, snapshot: Snapshot, near: Floats) -> Floats:
    known = snapshot.cooperation.known[members.node]
    with np.errstate(invalid="ignore"):
        return np.round(members.total(near[members.node] * known) / members.total(known), _DECIMALS)


def _below(mean: Floats, others: Floats, own: Ints) -> tuple[Floats, Floats]:
    """How many of the others lie below, those that are equal by half, and how many there are; NaN below nobody."""
    ordered = np.sort(others[~np.isnan(others)])
    mine = others[own]
    here = (mine < mean) + 0.5 * (mine == mean)
    below = (np.searchsorted(ordered, mean, "left") + np.searchsorted(ordered, mean, "right")) / 2.0 - here
    return np.where(np.isnan(mean), np.nan, below), len(ordered) - (~np.isnan(mine)).astype(np.float64)


WIDER: Mapping[str, Callable[..., Values]] = {
    "clusters_linked": clusters_linked,
    "foreign_clusters_linked": foreign_clusters_linked,
    "bridging_sectors": bridging("division"),
    "bridging_regions": bridging("nuts3"),
    "core_share": core_share,
    "closeness": closeness,
}
