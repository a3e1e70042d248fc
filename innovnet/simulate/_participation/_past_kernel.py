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
    kept = new = 0
    for k in range(len(past.end)):
        kept += past.end[k] >= first
    for i in groups.member:
        for h in range(ties.indptr[i], ties.indptr[i + 1]):
            new += _ended(i, h, firms, ties)
    n = kept + new
    found = Past(np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.int16), np.empty(n, dtype=np.int16))
    at = 0
    for k in range(len(past.end)):
        if past.end[k] >= first:
            found.one[at], found.other[at], found.start[at], found.end[at] = past.one[k], past.other[k], past.start[k], past.end[k]
            at += 1
    places = len(firms.cluster)
    for i in groups.member:
        for h in range(ties.indptr[i], ties.indptr[i + 1]):
            if _ended(i, h, firms, ties):
                j = ties.other[h]
                before = 1 if firms.flags[j] & ENTERED else 0
                found.one[at], found.other[at] = identity(i, firms.generation[i], places), identity(j, firms.generation[j] - before, places)
                found.start[at], found.end[at] = ties.start[h], step
                at += 1
    return found


@kernel
def _ended(i: int, h: int, firms: Firms, ties: Ties) -> bool:
    """Whether this half-tie of a member ended now; of two members the lower place counts it."""
    j = ties.other[h]
    return ties.channel[h] & ENDED != 0 and (firms.cluster[j] < 0 or i < j)
