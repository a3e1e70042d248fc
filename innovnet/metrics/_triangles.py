"""The scan behind clustering, brokerage and structural holes: what two tied actors have in common.

Actors are ranked by falling degree. For each tie the actor of higher degree is marked and the row of the other one is read, so the work is the
sum over ties of the smaller degree. A tie is handled wholly by one thread in a fixed order: no number depends on threads or chunks.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from innovnet import _parallel
from innovnet._kernel import kernel
from innovnet.graph._network import Arcs
from innovnet.graph._tables import freeze

Ids = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
N = TypeVar("N", bound=np.number)
R = TypeVar("R")
_CHUNKS, _CHUNK_COST = 64, 1_000_000


class Ranked(NamedTuple):
    """The rows of a symmetric matrix without a diagonal, actors ranked by falling degree; read-only, each row sorted."""

    order: Ids  #: position of each rank in the network
    ptr: Ints
    ends: Ids
    weights: Floats
    split: Ints  #: first entry of each row whose end has a higher rank number than the row: from there on each tie stands once
    back: Ints  #: the entry of the same tie in the row of its other end
    bounds: Ints  #: cuts of the ranks into chunks of about equal work

    @property
    def active(self) -> int:
        """Number of actors with a tie; they come first."""
        return int(np.searchsorted(-np.diff(self.ptr), 0))

    def scan(self, task: Callable[[int, int], R]) -> list[R]:
        """``task(low, high)`` for each chunk of the ranks, on several threads."""
        return list(_parallel.run(lambda chunk: task(self.bounds[chunk], self.bounds[chunk + 1]), len(self.bounds) - 1))

    def row_sums(self, values: npt.NDArray[N]) -> npt.NDArray[N]:
        """Sum over the entries of each row of actors with a tie."""
        return np.add.reduceat(values, self.ptr[: self.active]) if self.active else values[:0]

    def row_maxima(self, values: Floats) -> Floats:
        """Largest entry of each row of actors with a tie."""
        return np.maximum.reduceat(values, self.ptr[: self.active]) if self.active else values[:0]

    def of_rows(self, values: npt.NDArray[N]) -> npt.NDArray[N]:
        """One value for each entry: that of the actor in whose row it stands."""
        return np.repeat(values[: self.active], np.diff(self.ptr)[: self.active])

    def restore(self, values: npt.NDArray[N], isolates: float) -> npt.NDArray[N]:
        """Values of the actors with a tie, in the order of the network; ``isolates`` for the others."""
        found = np.full(len(self.order), isolates, dtype=values.dtype)
        found[self.order[: len(values)]] = values
        return found

    def unrank(self, values: Floats) -> Arcs:
        """Rows in the order of the network that hold ``values``, one for each entry."""
        rank = np.empty_like(self.order)
        rank[self.order] = np.arange(len(self.order), dtype=np.uint32)
        turned, ranks = freeze(values[self.back], rank)  # ranked_rows() turns its matrix round
        return Arcs(*ranked_rows(self.ptr, self.ends, turned, ranks, self.order))


@kernel
def ranked_rows(indptr: Ints, indices: Ids, weights: Floats, order: Ids, rank: Ids) -> tuple[Ints, Ids, Floats]:
    """Rows renumbered by rank. Row i is written into the rows of its ends: the matrix is symmetric, so each row comes out sorted."""
    n = len(order)
    ptr = np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        ptr[i + 1] = ptr[i] + indptr[order[i] + 1] - indptr[order[i]]
    place = ptr[:-1].copy()
    ends = np.empty(ptr[n], dtype=np.uint32)
    values = np.empty(ptr[n], dtype=np.float64)
    for i in range(n):
        for e in range(indptr[order[i]], indptr[order[i] + 1]):
            j = rank[indices[e]]
            ends[place[j]] = i
            values[place[j]] = weights[e]
            place[j] += 1
    return ptr, ends, values


@kernel
def paired_entries(ptr: Ints, ends: Ids) -> tuple[Ints, Ints, Ints]:
    """Where each row passes its own rank, the other entry of each tie, and the work that each row means."""
    n = len(ptr) - 1
    split = np.empty(n, dtype=np.int64)
    cost = np.empty(n, dtype=np.int64)
    back = np.empty(ptr[n], dtype=np.int64)
    place = ptr[:-1].copy()
    for i in range(n):
        split[i] = ptr[i]
        cost[i] = ptr[i + 1] - ptr[i]
        for e in range(ptr[i], ptr[i + 1]):
            j = ends[e]
            back[e] = place[j]
            place[j] += 1
            if j < i:
                split[i] += 1
            else:
                cost[i] += ptr[j + 1] - ptr[j]
    return split, back, cost


@kernel
def mark_and_count(
    low: int, high: int, ptr: Ints, ends: Ids, split: Ints, back: Ints, row_ptr: Ints, row_ends: Ids, groups: Ids, common: Ids, own: Ids
) -> None:
    """For each tie of the ranks from ``low`` to ``high``: actors in both rows, and those of them that are in the group of one end."""
    marks = np.zeros(len(ptr) - 1, dtype=np.uint32)  # group + 1 of the actors in row i, else 0
    for i in range(low, high):
        for e in range(row_ptr[i], row_ptr[i + 1]):
            marks[row_ends[e]] = groups[row_ends[e]] + np.uint32(1)
        of_i = groups[i] + np.uint32(1)
        for e in range(split[i], ptr[i + 1]):
            j = ends[e]
            of_j = groups[j] + np.uint32(1)
            both, with_i, with_j = np.uint32(0), np.uint32(0), np.uint32(0)
            for f in range(row_ptr[j], row_ptr[j + 1]):
                mark = marks[row_ends[f]]
                both += np.uint32(mark != 0)
                with_i += np.uint32(mark == of_i)
                with_j += np.uint32(mark == of_j)
            common[e] = common[back[e]] = both
            own[e] = with_i
            own[back[e]] = with_j
        for e in range(row_ptr[i], row_ptr[i + 1]):
            marks[row_ends[e]] = 0


def ranked(arcs: Arcs) -> Ranked:
    """The ranked rows of a symmetric matrix (of its transpose, if only its pattern is symmetric)."""
    degrees = np.diff(arcs.indptr)
    order = np.argsort(-degrees, kind="stable").astype(np.uint32)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    order, rank = freeze(order, rank)
    ptr, ends, weights = freeze(*ranked_rows(*arcs, order, rank))
    split, back, cost = freeze(*paired_entries(ptr, ends))
    chunks = min(_CHUNKS, 1 + int(cost.sum()) // _CHUNK_COST)
    return Ranked(order, ptr, ends, weights, split, back, _parallel.bounds(cost, chunks))


def common_neighbours(ties: Ranked, groups: Ids, rows: tuple[Ints, Ids] | None = None) -> tuple[Ids, Ids]:
    """What the two ends of each tie have in common.

    Parameters
    ----------
    ties
        The ties.
    groups
        Group of each rank, read-only.
    rows
        Rows to compare, as pointers and sorted ends by rank; those of the ties themselves where not given.

    Returns
    -------
    tuple of arrays
        For each entry (i, j) the number of actors in the rows of both i and j, and how many of them are in the group of i.
    """
    row_ptr, row_ends = (ties.ptr, ties.ends) if rows is None else rows
    common, own = (np.zeros(len(ties.ends), dtype=np.uint32) for _ in range(2))
    ties.scan(lambda low, high: mark_and_count(low, high, ties.ptr, ties.ends, ties.split, ties.back, row_ptr, row_ends, groups, common, own))
    return common, own


def triangles(ties: Ranked) -> Ids:
    """Number of triangles that each tie closes, for each entry."""
    (one_group,) = freeze(np.zeros(len(ties.order), dtype=np.uint32))
    return common_neighbours(ties, one_group)[0]
