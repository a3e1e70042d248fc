"""Ties of members that have ended: rules look back some years."""

import numpy as np

from innovnet._kernel import kernel
from innovnet.simulate._participation._draws_kernel import identity
from innovnet.simulate._participation._state import ENDED, ENTERED, Firms, Past, Ties

_LONGEST = 255


@kernel
def kept(low: int, high: int, past: Past, firms: Firms, ties: Ties, years: int) -> int:
    """How many ended half-ties :func:`remember` writes for places ``low`` to ``high``."""
    n, flags, cluster, indptr, other, channel = 0, firms.flags, firms.cluster, ties.indptr, ties.other, ties.channel
    for i in range(low, high):
        if flags[i] & ENTERED:
            continue
        for k in range(past.indptr[i], past.indptr[i + 1]):
            n += past.ago[k] + 1 < years
        member = cluster[i] >= 0
        for h in range(indptr[i], indptr[i + 1]):
            n += (channel[h] & ENDED != 0) & (member | (cluster[other[h]] >= 0))
    return n


@kernel
def remember(low: int, high: int, past: Past, firms: Firms, ties: Ties, step: int, years: int, base: int, fresh: Past) -> None:
    """The ended half-ties of places ``low`` to ``high`` that lived in the last ``years``, from position ``base`` on: those known so far, then those that ended now.

    A tie is known, at both ends, if one was a member when it ended. Who took a place this year has no past.
    """
    flags, cluster, generation, places, to = firms.flags, firms.cluster, firms.generation, len(firms.flags), base
    for i in range(low, high):
        if not flags[i] & ENTERED:
            member = cluster[i] >= 0
            for k in range(past.indptr[i], past.indptr[i + 1]):
                if past.ago[k] + 1 < years:
                    fresh.other[to], fresh.lived[to], fresh.ago[to] = past.other[k], past.lived[k], past.ago[k] + 1
                    to += 1
            for h in range(ties.indptr[i], ties.indptr[i + 1]):
                j = np.int64(ties.other[h])
                if ties.channel[h] & ENDED != 0 and (member or cluster[j] >= 0):
                    before = 1 if flags[j] & ENTERED else 0
                    fresh.other[to] = identity(j, generation[j] - before, places)
                    fresh.lived[to], fresh.ago[to] = min(_LONGEST, step - ties.start[h] + 1), 0
                    to += 1
        fresh.indptr[i + 1] = to
