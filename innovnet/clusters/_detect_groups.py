"""Groups that one finds again: the same over starts of the Leiden method and over its resolutions."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from innovnet._parallel import progress_bar
from innovnet._random import seed_key
from innovnet.metrics._communities import leiden, seeded_igraph

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_STREAM = 0xDE7  # branch of the seed
TOGETHER = 0.5  # share of the starts from which a tie holds its ends together
SAME = 0.75  # Jaccard index from which two groups count as one
FEWEST = 5


class Ties(NamedTuple):
    """Pairs of nodes, the first below the second, in order, and their weights."""

    n: int
    start: Ints
    end: Ints
    weight: Floats


class Found(NamedTuple):
    """Groups at all resolutions, one a row."""

    members: sparse.csr_array  #: groups × nodes, 0/1
    together: sparse.csr_array  #: the same places: mean share of the group's others that the member is with, over starts
    resolution: Ints  #: position in the list of resolutions
    low: Ints  #: positions of the first and last neighbouring resolution at which it is found
    high: Ints

    @property
    def size(self) -> Ints:
        """Members of each group."""
        return np.diff(self.members.indptr).astype(np.int64)

    @property
    def co_assignment(self) -> Floats:
        """Mean share of starts, over the pairs of each group, in which both are in one community."""
        return np.asarray(self.together.sum(axis=1)).ravel() / self.size


def groups_of(ties: Ties, resolutions: Floats, *, seed: int, starts: int, progress: bool | None) -> Found:
    """At each resolution the consensus of many starts; and at which other resolutions each of its groups is found."""
    at = [_consensus(ties, resolution, seed, starts) for resolution in progress_bar(resolutions, len(resolutions), "resolutions", progress)]
    members = [matrix for matrix, _ in at]
    low, high = ([np.full(m.shape[0], k) for k, m in enumerate(members)] for _ in range(2))
    for k, one in enumerate(members):
        for edge, step in ((low, -1), (high, 1)):
            lasting = np.ones(one.shape[0], dtype=bool)
            for other in range(k + step, len(members) if step > 0 else -1, step):
                lasting &= best_jaccard(one, members[other]) >= SAME
                edge[k][lasting] = other
    resolution = np.repeat(np.arange(len(members)), [m.shape[0] for m in members])
    return Found(_stacked(members, ties.n), _stacked([t for _, t in at], ties.n), resolution, np.concatenate(low), np.concatenate(high))


def _stacked(matrices: list[sparse.csr_array], n: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.vstack([*matrices, sparse.csr_array((0, n))], format="csr"))


def _consensus(ties: Ties, resolution: float, seed: int, starts: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Parts connected by ties whose ends are in one community in at least half of the starts, and how much each member is with the others."""
    labels = _communities(ties, resolution, seed, starts)
    agreeing = np.zeros(len(ties.start), dtype=np.int64)
    for found in labels:
        agreeing += found[ties.start] == found[ties.end]
    kept = agreeing >= TOGETHER * starts
    holding = sparse.csr_array((np.ones(kept.sum()), (ties.start[kept], ties.end[kept])), shape=(ties.n, ties.n))
    part = csgraph.connected_components(holding, directed=False)[1].astype(np.int64)
    chosen = np.bincount(part)[part] >= FEWEST
    node = np.flatnonzero(chosen)
    group = np.unique(part[node], return_inverse=True)[1]
    size = np.bincount(group)
    share = np.zeros(len(node))
    for found in labels:
        _, place, count = np.unique(group * ties.n + found[node], return_inverse=True, return_counts=True)
        share += (count[place] - 1) / (size[group] - 1)
    shape = (len(size), ties.n)
    return sparse.csr_array((np.ones(len(node)), (group, node)), shape=shape), sparse.csr_array((share / starts, (group, node)), shape=shape)


def _communities(ties: Ties, resolution: float, seed: int, starts: int) -> list[Ints]:
    """The communities of each start. A start is a function of the seed, its number and the resolution, whatever other resolutions are asked for."""
    graph, found = None, []
    for start in range(starts):
        key = seed_key(seed, _STREAM, int(np.float64(resolution).view(np.uint64)), start)
        with seeded_igraph(int(key)) as igraph:
            graph = igraph.Graph(n=ties.n, edges=np.column_stack([ties.start, ties.end])) if graph is None else graph
            found.append(leiden(graph, ties.weight, resolution))
    return found


def jaccard(first: sparse.csr_array, second: sparse.csr_array) -> sparse.csr_array:
    """Jaccard index of each group of the first with each of the second (groups × nodes, 0/1) that it meets."""
    common = sparse.csr_array(first @ second.T).tocoo()
    one, other = (np.diff(m.indptr) for m in (first, second))
    values = common.data / (one[common.row] + other[common.col] - common.data)
    return sparse.csr_array((values, (common.row, common.col)), shape=common.shape)


def best_jaccard(first: sparse.csr_array, second: sparse.csr_array) -> Floats:
    """The largest of them for each group of the first; 0 where it meets none."""
    if not min(first.shape[0], second.shape[0]):
        return np.zeros(first.shape[0])
    return jaccard(first, second).max(axis=1).toarray().ravel()


def inside_share(members: sparse.csr_array, ties: Ties) -> Floats:
    """Weight of the ties inside each group (groups × nodes) / weight of all ties of its members, a tie inside counted at both ends."""
    matrix = sparse.csr_array((ties.weight, (ties.start, ties.end)), shape=(ties.n, ties.n))
    inside = 2 * np.asarray((members @ matrix).multiply(members).sum(axis=1)).ravel()
    strength: Floats = np.asarray(matrix.sum(axis=0)).ravel() + np.asarray(matrix.sum(axis=1)).ravel()
    return inside / np.asarray(members @ strength).ravel()


def one_event_share(members: sparse.csr_array, incidence: sparse.csr_array) -> tuple[Ints, Floats]:
    """For each group (groups × nodes) the joint events of two or more of it, and the largest share of its ties that rest on one event alone."""
    events, shares = np.zeros(members.shape[0], dtype=np.int64), np.full(members.shape[0], np.nan)
    for k in range(members.shape[0]):
        inside = sparse.csr_array(incidence[members.indices[members.indptr[k] : members.indptr[k + 1]]])
        joint = np.flatnonzero(np.bincount(inside.indices, minlength=inside.shape[1]) > 1)
        inside = sparse.csr_array(inside[:, joint])
        numbered = inside @ sparse.diags_array(np.arange(1.0, len(joint) + 1))
        pairs, which = (sparse.triu(matrix @ inside.T, k=1, format="csr") for matrix in (inside, numbered))
        pairs.sort_indices()
        which.sort_indices()
        events[k] = len(joint)
        if pairs.nnz:
            shares[k] = np.bincount(which.data[pairs.data == 1].astype(np.int64), minlength=1).max() / pairs.nnz
    return events, shares


def distinct(found: Found, order: Ints) -> Ints:
    """The groups in this order, without those that are the same as an earlier one."""
    alike = jaccard(found.members, found.members)
    return _without(order, alike.indptr, alike.indices, alike.data >= SAME)


def disjoint(found: Found, order: Ints) -> Ints:
    """The groups in this order, without those that share members with an earlier one."""
    common = sparse.csr_array(found.members @ found.members.T)
    return _without(order, common.indptr, common.indices, common.data > 0)


def _without(order: Ints, ptr: npt.NDArray[np.integer], other: npt.NDArray[np.integer], excludes: Mask) -> Ints:
    gone, kept = np.zeros(len(ptr) - 1, dtype=bool), []
    for k in order.tolist():
        if not gone[k]:
            kept.append(k)
            row = slice(ptr[k], ptr[k + 1])
            gone[other[row][excludes[row]]] = True
    return np.array(kept, dtype=np.int64)
