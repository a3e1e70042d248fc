"""Betweenness, one source at a time: for networks with lengths, with direction, or long and sparse."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.metrics._search import visit

TOLERANCE = 1e-10  # relative: path lengths that differ by less are equal, however their sum was formed

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]


@kernel
def dependencies(indptr: Ints, indices: Ids, lengths: Floats, weighted: bool, first: int, last: int) -> Floats:
    """Sum of the dependencies of the sources ``first`` to ``last`` - 1 on each actor; NaN where the paths are too many to count."""
    n = len(indptr) - 1
    total = np.zeros(n, dtype=np.float64)
    distance = np.full(n, np.inf, dtype=np.float64)
    paths = np.zeros(n, dtype=np.float64)
    depends = np.zeros(n, dtype=np.float64)
    order = np.empty(n, dtype=np.uint32)
    heap = np.empty(n, dtype=np.uint32)
    place = np.full(n, -1, dtype=np.int64)
    for source in range(first, last):
        reached = visit(indptr, indices, lengths, weighted, source, distance, order, heap, place)
        paths[source] = 1.0
        for i in range(reached):
            v = order[i]
            for k in range(indptr[v], indptr[v + 1]):
                w = indices[k]
                if distance[v] < distance[w] and distance[v] + lengths[k] <= distance[w] * (1.0 + TOLERANCE):
                    paths[w] += paths[v]
        for i in range(reached - 1, 0, -1):
            v = order[i]
            ahead = 0.0
            for k in range(indptr[v], indptr[v + 1]):
                w = indices[k]
                if distance[v] < distance[w] and distance[v] + lengths[k] <= distance[w] * (1.0 + TOLERANCE):
                    ahead += (1.0 + depends[w]) / paths[w]
            depends[v] = paths[v] * ahead
            total[v] += depends[v] if paths[v] < np.inf else np.nan
        for i in range(reached):
            v = order[i]
            distance[v], paths[v], depends[v] = np.inf, 0.0, 0.0
    return total
