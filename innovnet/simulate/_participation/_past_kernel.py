"""Ties of members that have ended: rules look back some years."""

import numpy as np

from innovnet._kernel import kernel
from innovnet.simulate._participation._draws_kernel import identity
from innovnet.simulate._participation._state import ENDED, ENTERED, Firms, Groups, Past, Ties


@kernel
def remembered(past: Past, groups: Groups, firms: Firms, ties: Ties, step: int, first: int) -> Past:
    """The ended ties that lived in step ``first`` or later: those known so far, and those of members that ended in this step.

    Each is known by the ids of its ends: a partner that left the market has the id it had.
    """
    n, old = 0, 0
    indptr, other, channel, cluster = ties.indptr, ties.other, ties.channel, firms.cluster
    for k in range(len(past.end)):
        old += past.end[k] >= first
    for i in groups.member:
        for h in range(indptr[i], indptr[i + 1]):
            n += channel[h] & ENDED != 0 and (cluster[other[h]] < 0 or i < other[h])  # of two members the lower place counts it
    n += old
    one, two, start, end = np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.int16), np.empty(n, dtype=np.int16)
    at = 0
    for k in range(len(past.end)):
        if past.end[k] >= first:
            one[at], two[at], start[at], end[at] = past.one[k], past.other[k], past.start[k], past.end[k]
            at += 1
    flags, generation, places = firms.flags, firms.generation, len(cluster)
    for i in groups.member:
        for h in range(indptr[i], indptr[i + 1]):
            j = other[h]
            if channel[h] & ENDED != 0 and (cluster[j] < 0 or i < j):
                before = 1 if flags[j] & ENTERED else 0
                one[at], two[at] = identity(i, generation[i], places), identity(j, generation[j] - before, places)
                start[at], end[at] = ties.start[h], step
                at += 1
    return Past(one, two, start, end)
