"""Step 2: whom a search sees."""

from typing import NamedTuple

import numpy as np

from innovnet._array_intrinsics import prefetch
from innovnet._kernel import bare_kernel
from innovnet._random import element_of, hashed, open_unit, philox, placed
from innovnet.simulate._participation._decide_kernel import Int
from innovnet.simulate._participation._draws_kernel import identity, tag
from innovnet.simulate._participation._numbers import CHANCE, FELLOW, PARTNER, Numbers
from innovnet.simulate._participation._state import F4, F8, I8, LINE, NOBODY, U1, U4, Firms, Groups, Places, Ties


@bare_kernel
def one_of_ties(indptr: I8, other: U4, channel: U1, i: Int, but: np.uint32, first: np.uint32, second: np.uint32) -> np.uint32:
    """One of the partners of place i at random, not ``but``; NOBODY where there is none. Without a branch the loop runs on vectors over the ties of a hub."""
    least = NOBODY
    for e in range(np.uint64(indptr[i]), np.uint64(indptr[i + 1])):
        out = np.uint32(np.uint32(other[e] == but) | np.uint32(channel[e] >> np.uint8(7)))  # 1: not one of them; the bit ENDED is the highest
        least = min(least, np.uint32(placed(first, second, other[e]) | np.uint32(np.uint32(0) - out)))
    return NOBODY if least == NOBODY else element_of(first, second, least)


@bare_kernel
def one_of_list(member: U4, low: Int, high: Int, but: np.uint32, first: np.uint32, second: np.uint32) -> np.uint32:
    """One of the members ``low`` to ``high`` at random, not ``but``; NOBODY where there is none."""
    least = NOBODY
    for e in range(np.uint64(low), np.uint64(high)):
        out = np.uint32(member[e] == but)
        least = min(least, np.uint32(placed(first, second, member[e]) | np.uint32(np.uint32(0) - out)))
    return NOBODY if least == NOBODY else element_of(first, second, least)


@bare_kernel
def largest_seen(low: Int, high: Int, seen: int, employees: F4, key: np.uint64) -> np.uint32:
    """The largest of ``seen`` places drawn from ``low`` to ``high``, the first of equals; NOBODY where there is none."""
    found, most = NOBODY, np.float32(-1.0)
    for n in range(seen if high > low else 0):
        j = np.uint32(low + np.int64(((hashed(key, np.uint64(n)) >> np.uint64(32)) * np.uint64(high - low)) >> np.uint64(32)))
        if employees[j] > most:
            found, most = j, employees[j]
    return found


@bare_kernel
def where(reach: F8, home: Int, u: float) -> int:
    """The region at u in the cumulative row of the region ``home``."""
    low, rest = 0, reach.shape[1]
    while rest > 1:
        half = rest // 2
        low += half if reach[home, low + half - 1] <= u else 0
        rest -= half
    return low


@bare_kernel
def met_by_chance(i: Int, places: Places, employees: F4, p: Numbers, w0: np.uint32, w1: np.uint32, key: np.uint64) -> np.uint32:
    """Whom place i meets by chance: in a region by reach, a body, a firm of its own sector or any firm. A body has no sector: it meets any firm."""
    sectors, region = places.sectors, where(places.reach, np.int64(places.region[i]), open_unit(w0))
    begin, sector, kind = region * (sectors + 1), np.int64(places.sector[i]), open_unit(w1)
    first, end = np.int64(begin), np.int64(begin + sectors)
    if kind < p.body_share:
        first, end = first + sectors, end + 1
    elif sector < sectors and kind - p.body_share < (1.0 - p.body_share) * p.same_sector:
        first, end = first + sector, first + sector + 1
    return largest_seen(places.block[first], places.block[end], p.seen, employees, key)


class Looks(NamedTuple):
    """Searches that are done side by side: whom each sees is fetched while others are looked at, since partners are all over a large world."""

    place: U4
    seen: U4  #: searches × (2 + chances): a partner's partner, a fellow, and some by chance; NOBODY where there is none
    words: U4  #: searches × 2: for the choice among the partner's partners


@bare_kernel
def turn(
    k: Int, i: Int, s: int, who: np.uint32, places: Places, firms: Firms, ties: Ties, groups: Groups, p: Numbers, step: int, key: np.uint64, looks: Looks
) -> None:
    """Search s of place i, the k-th at a time, turns to one of its partners and sees some by chance."""
    seen, words, zero, me = looks.seen, looks.words, np.uint32(0), np.uint32(i)
    looks.place[k], seen[k, 0], seen[k, 1] = i, NOBODY, NOBODY
    if ties.indptr[i + 1] > ties.indptr[i]:
        w = philox(who, zero, tag(PARTNER, step), np.uint32(s), key)
        seen[k, 0] = one_of_ties(ties.indptr, ties.other, ties.channel, i, me, np.uint32(w[0]), np.uint32(w[1]))
        words[k, 0], words[k, 1] = w[2], w[3]
        if seen[k, 0] != NOBODY:
            prefetch(ties.indptr, seen[k, 0])
    if firms.cluster[i] >= 0:
        prefetch(groups.ptr, firms.cluster[i])
    for c in range(p.n_chance):
        w = philox(who, zero, tag(CHANCE, step), np.uint32(s * 16 + c), key)
        j = met_by_chance(i, places, firms.employees, p, np.uint32(w[0]), np.uint32(w[1]), np.uint64(w[2]) | (np.uint64(w[3]) << np.uint64(32)))
        seen[k, 2 + c] = j
        _fetch(j, places, firms)


@bare_kernel
def _fetch(j: np.uint32, places: Places, firms: Firms) -> None:
    """Have what is read of a candidate brought near."""
    if j != NOBODY:
        prefetch(firms.knowledge, j)
        prefetch(firms.cluster, j)
        prefetch(places.region, j)
        prefetch(places.sector, j)


@bare_kernel
def _reach_out(k: Int, firms: Firms, ties: Ties, groups: Groups, looks: Looks) -> None:
    """Have the first of the partner's partners and of the fellows brought near."""
    partner, g = looks.seen[k, 0], firms.cluster[looks.place[k]]
    if partner != NOBODY:
        for e in range(ties.indptr[partner], min(ties.indptr[partner + 1], ties.indptr[partner] + 2 * LINE), LINE):
            prefetch(ties.other, e)
            prefetch(ties.channel, e)
    if g >= 0:
        prefetch(groups.member, groups.ptr[g])


@bare_kernel
def look(k: Int, s: int, who: np.uint32, places: Places, firms: Firms, ties: Ties, groups: Groups, step: int, key: np.uint64, looks: Looks) -> None:
    """The k-th search, number s of who holds its place, sees a partner's partner and a fellow."""
    seen, words, me, zero = looks.seen, looks.words, looks.place[k], np.uint32(0)
    partner, g = seen[k, 0], firms.cluster[me]
    if partner != NOBODY:
        seen[k, 0] = one_of_ties(ties.indptr, ties.other, ties.channel, np.int64(partner), me, words[k, 0], words[k, 1])
        _fetch(seen[k, 0], places, firms)
    if g >= 0:
        w = philox(who, zero, tag(FELLOW, step), np.uint32(s), key)
        seen[k, 1] = one_of_list(groups.member, groups.ptr[g], groups.ptr[g + 1], me, np.uint32(w[0]), np.uint32(w[1]))
        _fetch(seen[k, 1], places, firms)


@bare_kernel
def look_around(
    first: Int, last: Int, places: Places, firms: Firms, ties: Ties, groups: Groups, p: Numbers, step: int, key: np.uint64, searches: U1, looks: Looks
) -> None:
    """Whom the searches of places ``first`` to ``last`` see, in the order of places; they fit into ``looks``."""
    k = np.int64(0)
    for i in range(first, last):
        for s in range(searches[i]):
            turn(k, i, s, identity(i, firms.generation[i], len(searches)), places, firms, ties, groups, p, step, key, looks)
            k += 1
    for again in range(k):
        _reach_out(again, firms, ties, groups, looks)
    k = np.int64(0)
    for i in range(first, last):
        for s in range(searches[i]):
            look(k, s, identity(i, firms.generation[i], len(searches)), places, firms, ties, groups, step, key, looks)
            k += 1
