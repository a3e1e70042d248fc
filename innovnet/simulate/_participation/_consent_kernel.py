"""Step 3: those who are asked, block by block, and whom they accept."""

from typing import NamedTuple

import numpy as np

from innovnet._array_intrinsics import prefetch
from innovnet._kernel import bare_kernel, kernel
from innovnet._random import philox
from innovnet.simulate._participation._decide_kernel import Int, live, load_of, logit, slots, worth
from innovnet.simulate._participation._draws_kernel import identity, tag
from innovnet.simulate._participation._numbers import CONSENT, Numbers
from innovnet.simulate._participation._search_kernel import Calls, among
from innovnet.simulate._participation._state import F4, I4, I8, NOBODY, U4, Firms, Places, Support, Ties

_AHEAD = 12  # calls between fetching and reading
_REFUSED, _SURE = np.float32(-1.0), np.float32(np.inf)


class Inbox(NamedTuple):
    """Who is asked by whom, in blocks of those who are asked; after :func:`consent` each block begins with those accepted, by target and then by who asked."""

    ptr: I8  #: of each block of places
    to: U4
    by: U4
    at: U4  #: slot of the call


@kernel
def tally(low: int, high: int, size: int, calls: Calls, support: Support) -> I8:
    """Calls of places ``low`` to ``high`` to each block of places."""
    counts = np.zeros(len(calls.first) - 1, dtype=np.int64)
    divisor = np.uint32(size)
    for slot in range(calls.first[low // size], calls.first[-(-high // size)]):
        if calls.target[slot] != NOBODY:
            counts[calls.target[slot] // divisor] += 1
    for row in range(np.searchsorted(support.place, np.uint32(low)), np.searchsorted(support.place, np.uint32(high))):
        if calls.target[calls.introduced + row] != NOBODY:
            counts[calls.target[calls.introduced + row] // divisor] += 1
    return counts


@kernel
def deliver(low: int, high: int, size: int, calls: Calls, support: Support, place_in: I8, inbox: Inbox) -> None:
    """Put the calls of places ``low`` to ``high`` where ``place_in`` says for each block (it is moved on), in order of who asks."""
    slot, row, rows, divisor = calls.first[low // size], np.searchsorted(support.place, np.uint32(low)), len(support.place), np.uint32(size)
    for i in range(low, high):
        m, row_0 = np.int64(calls.searches[i]), row
        while row < rows and support.place[row] == i:
            row += 1
        for s in range(m + row - row_0):
            at = slot + s if s < m else calls.introduced + row_0 + s - m
            to = calls.target[at]
            if to != NOBODY:
                e = place_in[to // divisor]
                inbox.to[e], inbox.by[e], inbox.at[e] = to, i, at
                place_in[to // divisor] = e + 1
        slot += m


@bare_kernel
def grouped_by_target(inbox: Inbox, begin: int, end: int, first: int, start: I4, order: Inbox) -> None:
    """Copy a block's inbox into ``order``, by target and stable; ``start`` gets where each target begins, counted from 0, and the end."""
    start[:] = 0
    for e in range(begin, end):
        start[inbox.to[e] - first + 2] += 1
    for t in range(2, len(start)):
        start[t] += start[t - 1]
    for e in range(begin, end):
        t = inbox.to[e] - first + 1
        order.to[start[t]], order.by[start[t]], order.at[start[t]] = inbox.to[e], inbox.by[e], inbox.at[e]
        start[t] += 1


@bare_kernel
def limit(scores: F4, low: Int, high: Int, room: Int, heap: F4) -> tuple[np.float32, int]:
    """Scores above the first number returned fit into ``room``, and so many of those equal to it: the ``room`` highest, kept in a heap, the least on top.

    Where there is no room nobody has been given a score.
    """
    wanted = 0
    for e in range(low, high):
        score = scores[e]
        if not np.float32(0.0) < score < _SURE:
            continue
        wanted += 1
        if wanted <= room:  # a leaf that rises
            at = wanted - 1
            while at > 0 and heap[(at - 1) // 2] > score:
                heap[at] = heap[(at - 1) // 2]
                at = (at - 1) // 2
            heap[at] = score
        elif room > 0 and score > heap[0]:  # the top gives way, the new one sinks
            at, child = 0, 1
            while child < room:
                if child + 1 < room and heap[child + 1] < heap[child]:
                    child += 1
                if heap[child] >= score:
                    break
                heap[at] = heap[child]
                at, child = child, 2 * child + 1
            heap[at] = score
    if wanted == 0 or wanted <= room:
        return np.float32(0.0), 0
    equals = 0
    for at in range(room):
        equals += 1 if heap[at] == heap[0] else 0
    return heap[0], equals


@bare_kernel
def _fetch(i: np.uint32, at: np.uint32, places: Places, firms: Firms, calls: Calls) -> None:
    """Have what is read of a later caller brought near."""
    prefetch(firms.knowledge, i)
    prefetch(firms.cluster, i)
    prefetch(firms.generation, i)
    prefetch(places.region, i)
    prefetch(calls.way, at)


@bare_kernel
def score_calls(
    j: int,
    order: Inbox,
    e_0: Int,
    e_1: Int,
    slot: Int,
    row_0: Int,
    row: Int,
    places: Places,
    firms: Firms,
    ties: Ties,
    support: Support,
    p: Numbers,
    step: int,
    key: np.uint64,
    calls: Calls,
    scores: F4,
) -> Int:
    """V_ji + logit(u) of each who asks place j, infinite for a call that j's own call to the same place makes sure of; the ties that j has room for."""
    n, m = len(calls.searches), np.int64(calls.searches[j])
    own_0, own_1 = calls.introduced + row_0, calls.introduced + row
    degree, body = live(ties.indptr, ties.channel, j), places.sector[j] == places.sectors
    room = slots(firms.employees[j], body, p) - degree - m
    for own in range(own_0, own_1):
        room -= calls.target[own] != NOBODY
    load, who = load_of(firms.employees[j], body, degree, p), identity(j, firms.generation[j], n)
    for e in range(e_0, e_1):
        if e + _AHEAD < len(order.by):
            _fetch(order.by[e + _AHEAD], order.at[e + _AHEAD], places, firms, calls)
        i, scores[e] = np.int64(order.by[e]), _REFUSED
        if among(calls.target, slot, slot + m, order.by[e]) or among(calls.target, own_0, own_1, order.by[e]):
            scores[e] = _SURE if i < j else _REFUSED
        elif room > 0:
            met = np.int64(order.at[e]) - calls.introduced
            value = worth(j, i, np.int64(calls.way[order.at[e]]), met if met >= 0 else -1, load, places, firms, support, p)
            other = identity(i, firms.generation[i], n)
            word = np.uint32(philox(who, other, tag(CONSENT, step), np.uint32(0), key)[0])
            scores[e] = np.float32(value) + logit(word)
    return room


@kernel
def consent(
    low: int,
    high: int,
    size: int,
    places: Places,
    firms: Firms,
    ties: Ties,
    support: Support,
    p: Numbers,
    step: int,
    key: np.uint64,
    calls: Calls,
    inbox: Inbox,
    won: I8,
) -> None:
    """Who is accepted by places ``low`` to ``high``: those with V_ji + logit(u) > 0, of more than there is room for the highest sums.

    Of two who ask each other the lower place's call becomes the tie, without more consent; it takes a slot that a search of each has kept. ``won`` gets the
    number accepted in each block.
    """
    most = 0
    for block in range(low // size, -(-high // size)):
        most = max(most, inbox.ptr[block + 1] - inbox.ptr[block])
    order = Inbox(inbox.ptr, np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint32))
    scores, start = np.empty(most, dtype=np.float32), np.empty(size + 2, dtype=np.int32)
    row = np.searchsorted(support.place, np.uint32(low))
    _consent(low, high, size, row, places, firms, ties, support, p, step, key, calls, inbox, won, order, scores, np.empty(most, dtype=np.float32), start)


@bare_kernel
def _consent(
    low: int,
    high: int,
    size: int,
    row: Int,
    places: Places,
    firms: Firms,
    ties: Ties,
    support: Support,
    p: Numbers,
    step: int,
    key: np.uint64,
    calls: Calls,
    inbox: Inbox,
    won: I8,
    order: Inbox,
    scores: F4,
    heap: F4,
    start: I4,
) -> None:
    rows = len(support.place)
    for first in range(low, high, size):
        block = first // size
        begin, end, slot = inbox.ptr[block], inbox.ptr[block + 1], calls.first[block]
        put = begin
        if begin < end:
            grouped_by_target(inbox, begin, end, first, start, order)
        for j in range(first, min(first + size, high)):
            if begin == end and row == rows:
                break
            row_0 = row
            while row < rows and support.place[row] == j:
                row += 1
            if begin < end and start[j - first] < start[j - first + 1]:
                e_0, e_1 = start[j - first], start[j - first + 1]
                room = score_calls(j, order, e_0, e_1, slot, row_0, row, places, firms, ties, support, p, step, key, calls, scores)
                least, equals = limit(scores, np.int64(e_0), np.int64(e_1), room, heap)
                for e in range(e_0, e_1):
                    at_limit = scores[e] == least and equals > 0
                    equals -= at_limit
                    if scores[e] > least or at_limit:
                        inbox.to[put], inbox.by[put], inbox.at[put] = order.to[e], order.by[e], order.at[e]
                        calls.answer[order.at[e]] = 1
                        put += 1
            slot += np.int64(calls.searches[j])
        won[block] = put - begin
