"""Step 3: the ties of the year: those that live, and the new ones, each place's by its other end."""

import numpy as np

from innovnet._kernel import bare_kernel, kernel
from innovnet.simulate._participation._consent_kernel import Inbox
from innovnet.simulate._participation._decide_kernel import Int
from innovnet.simulate._participation._search_kernel import MOST, Calls
from innovnet.simulate._participation._state import CONSORTIUM, ENDED, I8, NOBODY, U4, Firms, Support, Ties

_NEVER = np.int16(-32768)


@kernel
def granted(low: int, high: int, size: int, calls: Calls, support: Support, into: I8) -> None:
    """Calls of each block that became ties are added to ``into``."""
    for first in range(low, high, size):
        block, last = first // size, min(first + size, high)
        count = 0
        for slot in range(calls.first[block], calls.first[block + 1]):
            count += calls.answer[slot]
        for row in range(np.searchsorted(support.place, np.uint32(first)), np.searchsorted(support.place, np.uint32(last))):
            count += calls.answer[calls.introduced + row]
        into[block] += count


@bare_kernel
def put_new(fresh: Ties, e: Int, other: np.uint32, at: Int, step: int, calls: Calls, support: Support) -> None:
    """A new half-tie: without trust; locked where a consortium brought its ends together."""
    fresh.other[e], fresh.start[e], fresh.trust[e], fresh.channel[e], fresh.until[e] = other, step, 0, calls.way[at], _NEVER
    row = at - calls.introduced
    if row >= 0 and support.flags[row] & CONSORTIUM:
        fresh.until[e] = support.until[row]


@bare_kernel
def own_new(slot: Int, m: Int, row_0: Int, row: Int, calls: Calls, into: U4) -> int:
    """Slots of a place's own calls that became ties, by target; their number."""
    count = 0
    for s in range(m + row - row_0):
        at = slot + s if s < m else calls.introduced + row_0 + s - m
        if calls.target[at] == NOBODY or calls.answer[at] == 0:
            continue
        e = count
        while e > 0 and calls.target[into[e - 1]] > calls.target[at]:
            into[e] = into[e - 1]
            e -= 1
        into[e] = at
        count += 1
    return count


@kernel
def rebuild(
    low: int, high: int, size: int, firms: Firms, ties: Ties, support: Support, step: int, calls: Calls, inbox: Inbox, won: I8, base: I8, fresh: Ties
) -> I8:
    """Merge live ties, a place's own calls that became ties and those it accepted; ``base`` is where each block begins. The ties formed, by how partners met.

    A place's history of having partners moves on by a year.
    """
    row, row_end = np.searchsorted(support.place, np.uint32(low)), np.searchsorted(support.place, np.uint32(high))
    own, formed = np.empty(MOST + row_end - row, dtype=np.uint32), np.zeros(4, dtype=np.int64)
    _rebuild(low, high, size, row, row_end, firms, ties, support, step, calls, inbox, won, base, fresh, own, formed)
    return formed


@bare_kernel
def _rebuild(
    low: int,
    high: int,
    size: int,
    row: Int,
    row_end: Int,
    firms: Firms,
    ties: Ties,
    support: Support,
    step: int,
    calls: Calls,
    inbox: Inbox,
    won: I8,
    base: I8,
    fresh: Ties,
    own: U4,
    formed: I8,
) -> None:
    for first in range(low, high, size):
        block = first // size
        to, slot, taken = base[block], calls.first[block], inbox.ptr[block]
        taken_end = taken + won[block]
        for i in range(first, min(first + size, high)):
            m, row_0, begin = np.int64(calls.searches[i]), row, to
            while row < row_end and support.place[row] == i:
                row += 1
            new = own_new(slot, m, row_0, row, calls, own) if m + row > row_0 else 0
            slot += m
            a, kept, kept_end = 0, ties.indptr[i], ties.indptr[i + 1]
            while True:
                while kept < kept_end and ties.channel[kept] & ENDED:
                    kept += 1
                one = ties.other[kept] if kept < kept_end else NOBODY
                mine = calls.target[own[a]] if a < new else NOBODY
                theirs = inbox.by[taken] if taken < taken_end and inbox.to[taken] == i else NOBODY
                least = min(one, mine, theirs)
                if least == NOBODY:
                    break
                if least == one:
                    fresh.other[to], fresh.start[to], fresh.trust[to] = one, ties.start[kept], ties.trust[kept]
                    fresh.channel[to], fresh.until[to] = ties.channel[kept], ties.until[kept]
                    kept += 1
                elif least == mine:
                    put_new(fresh, to, mine, np.int64(own[a]), step, calls, support)
                    formed[calls.way[own[a]]] += 1
                    a += 1
                else:
                    put_new(fresh, to, theirs, np.int64(inbox.at[taken]), step, calls, support)
                    taken += 1
                to += 1
            fresh.indptr[i + 1] = to
            firms.partnered[i] = (firms.partnered[i] << 1) | (to > begin)
