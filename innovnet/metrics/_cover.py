"""A network as cliques, twins and a rest: the form in which its shortest paths are found fastest.

An actor whose partners all cooperate with each other lies inside no shortest path. Most organisations of a research programme are such: those
with a single project. Such actors that are tied to each other have the same partners, so one search serves them all: they are *twins*. The other
actors are the *core*. The partners of twins are a clique of the core, and what a clique passes on is summed once for all its members. Ties of
the core that lie in no such clique, and corrections for those that lie in several, are the *rest*: A = BBᵀ + rest off the diagonal, where B
holds the members of cliques.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet._kernel import kernel
from innovnet.graph._network import Arcs, arcs_of
from innovnet.graph._tables import freeze

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

CLEARLY = 1.001  # a way is longer than another if it is so by this factor: far more than the tolerance of path lengths


class Cover(NamedTuple):
    """The core of a network, its cliques and its rest, as kernels read them: core actors and cliques are numbered anew."""

    member_ptr: Ints  #: members of clique q: ``members[member_ptr[q]:member_ptr[q + 1]]``
    members: Ids
    clique_ptr: Ints  #: cliques of core actor v, likewise
    cliques: Ids
    twins: Floats  #: number of twins of each clique, at least 1
    into_ptr: Ints  #: the rest: from whom core actor v is reached, besides through its cliques, ...
    into: Ids
    into_weights: Floats  #: ... and how often
    out_ptr: Ints  #: the same for whom v reaches; equal where undirected
    out: Ids
    out_weights: Floats


class Parts(NamedTuple):
    """A cover, and what leads from it to the actors and back."""

    cover: Cover
    place: Ints  #: the number of each actor: of a core actor, or past these of its clique; -1 for an isolate
    order: Ints  #: numbers of core actors and of cliques with core actors, those with the same best connected partner next to each other


def covered(arcs: Arcs) -> Parts:
    """The cover of a symmetric matrix."""
    degree = np.diff(arcs.indptr)
    home, _ = simplicial(arcs.indptr, arcs.indices, *freeze(np.ones(len(arcs.indices))))
    core = np.flatnonzero((home < 0) & (degree > 0))
    core = core[np.argsort(-degree[core], kind="stable")]
    first, clique = np.unique(home[home >= 0], return_inverse=True)
    matrix = _binary(arcs)
    membership, ties = _sorted(matrix[first][:, core]), _sorted(matrix[core][:, core])
    rest = (ties - membership.T @ membership).tocoo()
    keep = (rest.row != rest.col) & (rest.data != 0)
    rest = arcs_of(_sorted(sparse.coo_array((rest.data[keep], (rest.row[keep], rest.col[keep])), shape=rest.shape)))
    (twins,) = freeze(np.bincount(clique, minlength=len(first)).astype(np.float64))
    place = np.full(len(home), -1, dtype=np.int64)
    place[core] = np.arange(len(core))
    place[home >= 0] = len(core) + clique
    return Parts(_cover(membership, twins, rest, rest), place, _by_hub(ties, membership))


def uncovered(out: Arcs, into: Arcs) -> Parts:
    """The rows of a directed network and of its reverse, as a cover without cliques."""
    degree = np.diff(out.indptr) + np.diff(into.indptr)
    core = np.argsort(-degree, kind="stable")[: int((degree > 0).sum())]
    there, back = (_sorted(_binary(arcs)[core][:, core]) for arcs in (out, into))
    place = np.full(len(degree), -1, dtype=np.int64)
    place[core] = np.arange(len(core))
    nobody = sparse.csr_array((0, len(core)))
    (twins,) = freeze(np.zeros(0))
    return Parts(_cover(nobody, twins, arcs_of(back), arcs_of(there)), place, _by_hub(there, nobody))


def _cover(membership: sparse.csr_array, twins: Floats, into: Arcs, out: Arcs) -> Cover:
    member_ptr, members, _ = arcs_of(membership)
    clique_ptr, cliques, _ = arcs_of(_sorted(membership.T))
    return Cover(member_ptr, members, clique_ptr, cliques, twins, *into, *out)


def _by_hub(ties: sparse.csr_array, membership: sparse.csr_array) -> Ints:
    """Numbers sorted by the two best connected core actors, who come first, among each one's partners and itself."""
    near = _sorted(sparse.vstack([ties + sparse.eye_array(ties.shape[0]), membership]))
    size, padded = np.diff(near.indptr), np.append(near.indices, [0, 0])
    second = np.where(size > 1, padded[near.indptr[:-1] + 1], ties.shape[0])
    order = np.lexsort((second, padded[near.indptr[:-1]]))
    return order[size[order] > 0].astype(np.int64)


def _binary(arcs: Arcs) -> sparse.csr_array:
    n = len(arcs.indptr) - 1
    return sparse.csr_array((np.ones(len(arcs.indices)), arcs.indices, arcs.indptr), shape=(n, n))


def _sorted(matrix: Any) -> sparse.csr_array:
    rows = sparse.csr_array(matrix)
    rows.sort_indices()
    return rows


class Merged(NamedTuple):
    """A network with one actor for all its twins."""

    arcs: Arcs  #: rows of the actors that are left, with lengths
    kept: Ints  #: their positions
    place: Ints  #: the number among them of each actor or of the one that stands for it
    times: Floats  #: how many actors each of them stands for
    apart: Floats  #: length of the ties among these


def merged(arcs: Arcs, *, symmetric: bool) -> Merged:
    """Merge the twins of a network with lengths: they have the same partners at the same lengths and lie inside no shortest path."""
    n = len(arcs.indptr) - 1
    own = np.arange(n)
    home, apart = simplicial(*arcs) if symmetric else (own, np.zeros(n))
    kept, place = np.unique(np.where(home < 0, own, home), return_inverse=True)
    matrix = sparse.csr_array((arcs.weights, arcs.indices, arcs.indptr), shape=(n, n))
    return Merged(arcs_of(_sorted(matrix[kept][:, kept])), kept, place, *freeze(np.bincount(place).astype(np.float64), apart[kept]))


@kernel
def simplicial(indptr: Ints, indices: Ids, lengths: Floats) -> tuple[Ints, Floats]:
    """For each actor inside no shortest path, as its partners are all tied to each other, the first of its twins, itself included; -1 for the others.

    And for that first one the length of the ties among these twins.
    """
    n = len(indptr) - 1
    home = np.full(n, -1, dtype=np.int64)
    apart = np.zeros(n, dtype=np.float64)
    for v in range(n):
        degree = indptr[v + 1] - indptr[v]
        if home[v] < 0 and degree > 0 and closed(indptr, indices, lengths, v):
            home[v] = v
            for k in range(indptr[v], indptr[v + 1]):
                u = indices[k]
                if indptr[u + 1] - indptr[u] == degree and alike(indptr, indices, lengths, v, u, lengths[k]):
                    home[u] = v
                    apart[v] = lengths[k]
    return home, apart


@kernel
def closed(indptr: Ints, indices: Ids, lengths: Floats, v: int) -> bool:
    """Whether the partners of ``v`` are all tied to each other by ties shorter than the way through ``v``."""
    for k in range(indptr[v], indptr[v + 1]):
        u = indices[k]
        if indptr[u + 1] - indptr[u] < indptr[v + 1] - indptr[v]:
            return False
    for k in range(indptr[v], indptr[v + 1]):
        for j in range(k + 1, indptr[v + 1]):
            tie = find(indptr, indices, indices[k], indices[j])
            if tie < 0 or lengths[tie] * CLEARLY >= lengths[k] + lengths[j]:
                return False
    return True


@kernel
def alike(indptr: Ints, indices: Ids, lengths: Floats, v: int, u: np.uint32, apart: float) -> bool:
    """Whether two tied actors with the same partners have them at the same lengths, and are nearer to each other than through any of them."""
    k, j = indptr[v], indptr[u]
    while k < indptr[v + 1] or j < indptr[u + 1]:
        if k < indptr[v + 1] and indices[k] == u:
            k += 1
        elif j < indptr[u + 1] and indices[j] == v:
            j += 1
        elif lengths[k] != lengths[j] or apart * CLEARLY >= 2.0 * lengths[k]:
            return False
        else:
            k, j = k + 1, j + 1
    return True


@kernel
def find(indptr: Ints, indices: Ids, u: np.uint32, w: np.uint32) -> np.int64:
    """Where the tie of two actors stands, or -1: a search by halves in the shorter row."""
    if indptr[u + 1] - indptr[u] > indptr[w + 1] - indptr[w]:
        u, w = w, u
    low, high = indptr[u], indptr[u + 1]
    while low < high:
        middle = (low + high) >> 1
        if indices[middle] < w:
            low = middle + 1
        else:
            high = middle
    return low if low < indptr[u + 1] and indices[low] == w else np.int64(-1)
