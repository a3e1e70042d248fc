"""A settled world copied into a larger one: each place takes the state of a twin, and ties and clusters are copied between copies of one number."""

from typing import NamedTuple

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import philox
from innovnet.simulate._participation._draws_kernel import exp32, identity, log32, own_knowledge
from innovnet.simulate._participation._numbers import FIELDS
from innovnet.simulate._participation._state import F4, F8, I4, I8, TAUGHT, U1, U4, Firms, Past, Places, Ties

_NEVER = np.int16(-32768)
_LEAST = np.float32(1e-30)  # persons: shares stay numbers whose logarithm is taken


class Copies(NamedTuple):
    """Which place of the large world is which copy of which place of the small one."""

    twin: U4  #: of each large place: the small one
    number: U4  #: of each large place: the how manieth copy of its twin it is, from 0
    ptr: I8  #: of each small place: where its copies begin
    place: U4  #: the copies of all small places one after the other, in the order of their places
    body: U1  #: of each small place


@kernel
def listed(twin: U4, body: U1) -> Copies:
    """The copies of each small place."""
    small = len(body)
    number, ptr, place = np.empty(len(twin), dtype=np.uint32), np.zeros(small + 1, dtype=np.int64), np.empty(len(twin), dtype=np.uint32)
    for i in range(len(twin)):
        number[i] = ptr[twin[i] + 1]
        ptr[twin[i] + 1] += 1
    for t in range(small):
        ptr[t + 1] += ptr[t]
    for i in range(len(twin)):
        place[ptr[twin[i]] + number[i]] = i
    return Copies(twin, number, ptr, place, body)


@kernel
def made(t: int | np.int64, u: int | np.int64, c: int | np.int64, copies: Copies, key: np.uint64) -> bool:
    """Whether the tie of t and u is copied for number c.

    It is where both have such a copy. Beyond, one has copies left over: a tie of two firms is then copied for every second number (at random), so that
    the mean number of ties of both together is kept; a tie of a firm and a body for each copy of the firm, so that the firms' is.
    """
    mine, theirs = copies.ptr[t + 1] - copies.ptr[t], copies.ptr[u + 1] - copies.ptr[u]
    if c < min(mine, theirs):
        return True
    if min(mine, theirs) == 0:
        return False
    if copies.body[t] != copies.body[u]:
        return c < (theirs if copies.body[t] else mine)
    return philox(np.uint32(min(t, u)), np.uint32(max(t, u)), np.uint32(c), np.uint32(0), key)[0] & np.uint32(1) == 1


@kernel
def degrees(low: int, high: int, copies: Copies, indptr: I8, other: U4, key: np.uint64, found: I8) -> None:
    """Half-ties of places ``low`` to ``high``; ``indptr`` and ``other`` (places or ids) are of the small world."""
    small = len(copies.body)
    for i in range(low, high):
        t = np.int64(copies.twin[i])
        mine, many = copies.ptr[t + 1] - copies.ptr[t], 0
        for e in range(indptr[t], indptr[t + 1]):
            u = np.int64(other[e]) % small
            c, end = np.int64(copies.number[i]), max(mine, copies.ptr[u + 1] - copies.ptr[u])
            while c < end:
                many += made(t, u, c, copies, key)
                c += mine
        found[i] = many


@kernel
def copy_ties(low: int, high: int, copies: Copies, ties: Ties, key: np.uint64, fresh: Ties) -> None:
    """The half-ties of places ``low`` to ``high``, sorted by the other end: each with start, trust, channel and project of the one that it is copied from."""
    room = np.int64(0)
    for i in range(low, high):
        room = max(room, fresh.indptr[i + 1] - fresh.indptr[i])
    source = np.empty(room, dtype=np.int64)
    for i in range(low, high):
        begin, m = fresh.indptr[i], 0
        if begin == fresh.indptr[i + 1]:
            continue
        other, t = fresh.other[begin : fresh.indptr[i + 1]], np.int64(copies.twin[i])
        mine = copies.ptr[t + 1] - copies.ptr[t]
        for e in range(ties.indptr[t], ties.indptr[t + 1]):
            u = np.int64(ties.other[e])
            theirs = copies.ptr[u + 1] - copies.ptr[u]
            c, end = np.int64(copies.number[i]), max(mine, theirs)
            while c < end:
                if made(t, u, c, copies, key):
                    j, at = copies.place[copies.ptr[u] + c % theirs], m
                    while at > 0 and other[at - 1] > j:
                        other[at], source[at] = other[at - 1], source[at - 1]
                        at -= 1
                    other[at], source[at] = j, e
                    m += 1
                c += mine
        for k in range(m):
            e = source[k]
            fresh.start[begin + k], fresh.trust[begin + k] = ties.start[e], ties.trust[e]
            fresh.channel[begin + k], fresh.until[begin + k] = ties.channel[e], ties.until[e]


@kernel
def lessons(low: int, high: int, places: Places, firms: Firms, quality_k: float, traits: np.uint64, above: F4, learnt: F4) -> None:
    """How far the knowledge of places ``low`` to ``high`` is above their own level, by field, and what they had learnt this year, in levels."""
    own = np.empty(FIELDS, dtype=np.float32)
    for i in range(low, high):
        above[i, :] = np.float32(0.0)
        learnt[i] = np.float32(0.0)
        if not firms.flags[i] & TAUGHT:
            continue
        who = identity(i, firms.generation[i], len(firms.flags))
        own_knowledge(places.profile, places.quantile, places.sector[i], firms.quality[i], quality_k, who, traits, own)
        base = np.float32(0.0)
        for k in range(FIELDS):
            above[i, k] = firms.knowledge[i, k] - own[k]
            base += own[k]
        learnt[i] = base * (exp32(firms.learned[i]) - np.float32(1.0))


@kernel
def copy_firms(
    low: int,
    high: int,
    block: int,
    copies: Copies,
    old: Firms,
    reference: F4,
    above: F4,
    learnt: F4,
    cluster: I4,
    places: Places,
    firms: Firms,
    quality_k: float,
    traits: np.uint64,
    sums: F8,
) -> None:
    """The firms and bodies at places ``low`` to ``high``: the state of their twins, with own knowledge of their own.

    ``reference`` is of the small world, ``cluster`` the row of each of these places. Employees are not yet scaled: their sums by block and sector are added
    to ``sums``.
    """
    for i in range(low, high):
        t = np.int64(copies.twin[i])
        firms.productivity[i], firms.quality[i], firms.flags[i] = old.productivity[t], old.quality[t], old.flags[t]
        firms.innovated[i], firms.partnered[i], firms.birth[i], firms.generation[i] = old.innovated[t], old.partnered[t], old.birth[t], old.generation[t]
        firms.cluster[i], firms.joined[i] = cluster[i], old.joined[t] if cluster[i] >= 0 else _NEVER
        who, knowledge = identity(i, old.generation[t], len(firms.flags)), firms.knowledge[i]
        own_knowledge(places.profile, places.quantile, places.sector[i], old.quality[t], quality_k, who, traits, knowledge)
        base = np.float32(0.0)
        for k in range(FIELDS):
            base += knowledge[k]
            knowledge[k] += above[t, k]
        firms.learned[i] = log32(np.float32(1.0) + learnt[t] / base)
        firms.employees[i] = places.reference[i] * (old.employees[t] / reference[t])
        if not copies.body[t]:
            sums[i // block, places.sector[i]] += np.float64(firms.employees[i])


@kernel
def scale(low: int, high: int, places: Places, firms: Firms, factors: F8) -> None:
    """Employees times the factor of their sector, which is 1 for bodies."""
    for i in range(low, high):
        firms.employees[i] = max(np.float32(factors[places.sector[i]] * np.float64(firms.employees[i])), _LEAST)


@kernel
def copy_past(low: int, high: int, copies: Copies, past: Past, key: np.uint64, fresh: Past) -> None:
    """The ended half-ties of places ``low`` to ``high``, copied as live ones are; partners that left before have the numbers of copies of their place."""
    small, large = len(copies.body), len(copies.twin)
    for i in range(low, high):
        t, to = np.int64(copies.twin[i]), fresh.indptr[i]
        mine = copies.ptr[t + 1] - copies.ptr[t]
        for k in range(past.indptr[t], past.indptr[t + 1]):
            u = np.int64(past.other[k]) % small
            theirs = copies.ptr[u + 1] - copies.ptr[u]
            c, end = np.int64(copies.number[i]), max(mine, theirs)
            while c < end:
                if made(t, u, c, copies, key):
                    fresh.other[to] = identity(np.int64(copies.place[copies.ptr[u] + c % theirs]), np.int64(past.other[k]) // small, large)
                    fresh.lived[to], fresh.ago[to] = past.lived[k], past.ago[k]
                    to += 1
                c += mine
