"""Kernels that visit actors from a source outwards, nearest first; shared by the measures of distance and of paths."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]


@kernel
def visit(indptr: Ints, indices: Ids, lengths: Floats, weighted: bool, source: int | np.int64, distance: Floats, order: Ids, heap: Ids, place: Ints) -> int:
    """Distances from the source and the actors reached, nearest first, the source included; returns their number.

    ``distance`` comes in infinite and ``place`` as -1 everywhere. Without weights every arc is 1 long.
    """
    if weighted:
        return dijkstra(indptr, indices, lengths, source, distance, order, heap, place)
    return breadth_first(indptr, indices, source, distance, order)


@kernel
def breadth_first(indptr: Ints, indices: Ids, source: int | np.int64, distance: Floats, order: Ids) -> int:
    """:func:`visit` where every arc has length 1."""
    distance[source] = 0.0
    order[0] = source
    reached = 1
    i = 0
    while i < reached:
        v = order[i]
        for k in range(indptr[v], indptr[v + 1]):
            w = indices[k]
            if distance[w] == np.inf:
                distance[w] = distance[v] + 1.0
                order[reached] = w
                reached += 1
        i += 1
    return reached


@kernel
def dijkstra(indptr: Ints, indices: Ids, lengths: Floats, source: int | np.int64, distance: Floats, order: Ids, heap: Ids, place: Ints) -> int:
    """:func:`visit` with arcs of any length, with a binary heap in which ``place`` finds each actor."""
    distance[source] = 0.0
    heap[0] = source
    place[source] = 0
    size = 1
    reached = 0
    while size:
        v = heap[0]
        order[reached] = v
        reached += 1
        place[v] = -1
        size -= 1
        if size:
            sink(heap, place, distance, size, heap[size])
        for k in range(indptr[v], indptr[v + 1]):
            w = indices[k]
            found = distance[v] + lengths[k]
            if found < distance[w]:
                if place[w] < 0:
                    place[w] = size
                    size += 1
                distance[w] = found
                rise(heap, place, distance, w)
    return reached


@kernel
def rise(heap: Ids, place: Ints, distance: Floats, w: np.uint32) -> None:
    """Move ``w`` from its place towards the top of the heap, as far as its distance lifts it."""
    i = place[w]
    while i > 0:
        above = (i - 1) >> 1
        u = heap[above]
        if distance[u] <= distance[w]:
            break
        heap[i] = u
        place[u] = i
        i = above
    heap[i] = w
    place[w] = i


@kernel
def sink(heap: Ids, place: Ints, distance: Floats, size: int, w: np.uint32) -> None:
    """Put ``w`` on top of a heap of ``size`` actors and let it down to where it belongs."""
    i = 0
    while 2 * i + 1 < size:
        below = 2 * i + 1
        if below + 1 < size and distance[heap[below + 1]] < distance[heap[below]]:
            below += 1
        u = heap[below]
        if distance[w] <= distance[u]:
            break
        heap[i] = u
        place[u] = i
        i = below
    heap[i] = w
    place[w] = i


@kernel
def stretch(indptr: Ints, indices: Ids) -> float:
    """A distance as far as any in the network, or at least half as far: in each component from one end to the other, as found by two searches."""
    n = len(indptr) - 1
    there = np.full(n, np.inf, dtype=np.float64)
    back = np.full(n, np.inf, dtype=np.float64)
    order = np.empty(n, dtype=np.uint32)
    longest = 0.0
    for v in range(n):
        if there[v] == np.inf:
            reached = breadth_first(indptr, indices, v, there, order)
            reached = breadth_first(indptr, indices, np.int64(order[reached - 1]), back, order)
            longest = max(longest, back[order[reached - 1]])
    return longest
