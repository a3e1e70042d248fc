"""Betweenness, one source at a time: for networks with lengths, and for long ones.

Forwards from the source, nearest first, the shortest paths to each actor are counted; backwards x = (1 + dependency) / count is added up, from
which an actor's dependency is its count times the sum of x over those behind it.
"""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.metrics._search import dijkstra

TOLERANCE = 1e-10  # relative: path lengths that differ by less are equal, however their sum was formed

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]


@kernel
def dependencies(indptr: Ints, indices: Ids, first: int, last: int) -> Floats:
    """Sum of the dependencies of the sources ``first`` to ``last`` - 1 on each actor; NaN where the paths are too many to count."""
    n = len(indptr) - 1
    sums = np.zeros(n, dtype=np.float64)
    level = np.full(n, -1, dtype=np.int64)
    paths = np.zeros(n, dtype=np.float64)
    x = np.zeros(n, dtype=np.float64)
    order = np.empty(n, dtype=np.uint32)
    onward = np.empty(len(indices), dtype=np.uint32)  # the ends of the arcs of shortest paths, by their starts in the order reached
    ends = np.zeros(n + 1, dtype=np.int64)
    for source in range(first, last):
        order[0] = source
        level[source], paths[source] = 0, 1.0
        reached, i = 1, 0
        while i < reached:
            v, end = order[i], ends[i]
            for k in range(indptr[v], indptr[v + 1]):
                w = indices[k]
                if level[w] < 0:
                    level[w] = level[v] + 1
                    order[reached] = w
                    reached += 1
                if level[w] > level[v]:
                    paths[w] += paths[v]
                    onward[end] = w
                    end += 1
            i += 1
            ends[i] = end
        for i in range(reached - 1, 0, -1):
            v = order[i]
            behind = 0.0
            for k in range(ends[i], ends[i + 1]):
                behind += x[onward[k]]
            x[v] = 1.0 / paths[v] + behind
            sums[v] += paths[v] * behind if paths[v] < np.inf else np.nan
        for i in range(reached):
            level[order[i]], paths[order[i]] = -1, 0.0
    return sums


@kernel
def weighted_dependencies(indptr: Ints, indices: Ids, lengths: Floats, times: Floats, first: int, last: int) -> Floats:
    """:func:`dependencies` where arcs have lengths, and actors may stand for several twins."""
    n = len(indptr) - 1
    sums = np.zeros(n, dtype=np.float64)
    distance = np.full(n, np.inf, dtype=np.float64)
    paths = np.zeros(n, dtype=np.float64)
    x = np.zeros(n, dtype=np.float64)
    order = np.empty(n, dtype=np.uint32)
    heap = np.empty(n, dtype=np.uint32)
    place = np.full(n, -1, dtype=np.int64)
    onward = np.empty(len(indices), dtype=np.uint32)  # the ends of the arcs of shortest paths, by their starts in the order reached
    ends = np.zeros(n + 1, dtype=np.int64)
    for source in range(first, last):
        reached = dijkstra(indptr, indices, lengths, source, distance, order, heap, place)
        paths[source] = 1.0
        for i in range(reached):
            v, end = order[i], ends[i]
            for k in range(indptr[v], indptr[v + 1]):
                w = indices[k]
                if distance[v] < distance[w] and distance[v] + lengths[k] <= distance[w] * (1.0 + TOLERANCE):
                    paths[w] += paths[v]
                    onward[end] = w
                    end += 1
            ends[i + 1] = end
        for i in range(reached - 1, 0, -1):
            v = order[i]
            behind = 0.0
            for k in range(ends[i], ends[i + 1]):
                behind += x[onward[k]]
            x[v] = times[v] / paths[v] + behind
            sums[v] += times[source] * paths[v] * behind if paths[v] < np.inf else np.nan
        for i in range(reached):
            distance[order[i]], paths[order[i]] = np.inf, 0.0
    return sums
