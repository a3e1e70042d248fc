"""Kernels of the null of cohesion: ties expected in, and counted among, random groups of the same strata."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet._random import below, philox
from innovnet.clusters._cohesion_kernel import tied

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

#: A test ends after so many groups with at least as many ties (Besag & Clifford 1991).
ENOUGH = 20
#: An organisation with more partners than this times the size of the group is looked up by pairs instead of partner by partner.
_HUB = 8
_HALF = np.uint64(32)


@kernel
def expected_ties(ptr: Ints, stratum: Ints, number: Ints, size: Ints, between_ptr: Ints, between: Ids, arcs: Floats) -> Floats:
    """The mean number of ties in groups of ``number`` organisations of each stratum; ``arcs`` counts those from stratum to stratum, sorted rows."""
    found = np.zeros(len(ptr) - 1, dtype=np.float64)
    for r in range(len(ptr) - 1):
        for k in range(ptr[r], ptr[r + 1]):
            a, c = stratum[k], float(number[k])
            for other in range(k, ptr[r + 1]):
                b = stratum[other]
                place = between_ptr[a] + np.searchsorted(between[between_ptr[a] : between_ptr[a + 1]], b)
                if place == between_ptr[a + 1] or between[place] != b:
                    continue
                if other == k:
                    pairs, all_pairs = c * (c - 1.0) / 2.0, size[a] * (size[a] - 1.0)  # arcs inside count each tie twice
                else:
                    pairs, all_pairs = c * number[other], float(size[a]) * size[b]
                found[r] += pairs * arcs[place] / all_pairs
    return found


@kernel
def _ties_of(indptr: Ints, indices: Ids, group: Ids, n: np.int64, mark: Ints, stamp: int, hubs: Ids) -> int:
    """Ties among the n marked nodes of a group: those of hubs with each other pair by pair, all others along the partners of whoever is no hub."""
    limit, ends, found_hubs = _HUB * n, 0, 0
    for k in range(n):
        i = group[k]
        if indptr[i + 1] - indptr[i] > limit:
            for h in range(found_hubs):
                ends += 2 * tied(indptr, indices, np.int64(i), np.int64(hubs[h]))
            hubs[found_hubs] = i
            found_hubs += 1
            continue
        for arc in range(indptr[i], indptr[i + 1]):
            j = indices[arc]
            if mark[j] == stamp:
                ends += 2 if indptr[j + 1] - indptr[j] > limit else 1
    return ends // 2


@kernel
def exceedances(
    first: int,
    last: int,
    ptr: Ints,
    stratum: Ints,
    number: Ints,
    node_ptr: Ints,
    nodes: Ids,
    indptr: Ints,
    indices: Ids,
    seen: Ints,
    keys: npt.NDArray[np.uint64],
    runs: Ints,
) -> tuple[Ints, Ints]:
    """Draw groups for rows first to last until ``ENOUGH`` have at least ``seen`` ties, or ``runs`` of the row are drawn: how many have, and how many were drawn.

    Within a stratum without replacement (Floyd's algorithm). A draw is a function of the key of the row, its number and the place in the group.
    """
    mark = np.zeros(len(indptr) - 1, dtype=np.int64)
    most = 0
    for r in range(first, last):
        most = max(most, number[ptr[r] : ptr[r + 1]].sum())
    group, hubs = np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint32)
    reached, drawn = np.zeros(last - first, dtype=np.int64), np.zeros(last - first, dtype=np.int64)
    stamp = 0
    for r in range(first, last):
        while drawn[r - first] < runs[r] and reached[r - first] < ENOUGH:
            stamp += 1
            n = np.int64(0)
            w0 = w1 = w2 = w3 = np.uint32(0)
            for k in range(ptr[r], ptr[r + 1]):
                start = node_ptr[stratum[k]]
                size = node_ptr[stratum[k] + 1] - start
                for top in range(size - number[k], size):
                    if n & 1:
                        bits = np.uint64(w2) | (np.uint64(w3) << _HALF)
                    else:
                        w0, w1, w2, w3 = philox(np.uint32(drawn[r - first]), np.uint32(n >> 1), np.uint32(0), np.uint32(0), keys[r])
                        bits = np.uint64(w0) | (np.uint64(w1) << _HALF)
                    i = nodes[start + np.int64(below(bits, np.uint64(top + 1)))]
                    if mark[i] == stamp:
                        i = nodes[start + top]
                    mark[i] = stamp
                    group[n] = i
                    n += 1
            drawn[r - first] += 1
            reached[r - first] += _ties_of(indptr, indices, group, n, mark, stamp, hubs) >= seen[r]
    return reached, drawn
