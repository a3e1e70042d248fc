"""Step 2: how often each place searches, and whom a search asks."""

from typing import NamedTuple

import numpy as np

from innovnet._kernel import bare_kernel, kernel
from innovnet._random import bits64, hashed, open_unit, philox
from innovnet.simulate._participation._decide_kernel import Int, exponential, live, load_of, slots, worth
from innovnet.simulate._participation._draws_kernel import exp32, identity, log32, scrambled, tag
from innovnet.simulate._participation._look_kernel import Looks, look_around
from innovnet.simulate._participation._numbers import CHOICE, W_SEARCH, YEAR, Numbers
from innovnet.simulate._participation._state import ARRANGED, ENDED, F4, I8, NOBODY, U1, U2, U4, Firms, Groups, Places, Support, Ties
from innovnet.simulate._participation._state import CHANCE as BY_CHANCE

MOST = 8  #: searches of a place in a year
INTRODUCED = 0x100  #: number of the first introduction of a place, among the numbers of its searches
_HUB = 128  # ties from which on a place has all marks
_ROOM = 40  # searches that are done side by side
_THREE_YEARS = np.uint8(7)


class Calls(NamedTuple):
    """Who is asked: a slot for each search, in the order of places, then one for each introduction, in the order of the support's rows."""

    searches: U1  #: of each place
    first: I8  #: slot of the first search of each block
    introduced: int  #: slot of the first introduction: the number of searches
    target: U4  #: place that is asked, or NOBODY
    way: U1  #: how it was met
    answer: U1  #: 1 where a tie comes of it


@bare_kernel
def year_words(low: int, high: int, generation: U2, places: int, step: int, key: np.uint64, into: U4) -> None:
    """The words for searching of the draw of each firm's year."""
    for i in range(low, high):
        into[i - low] = np.uint32(philox(identity(i, generation[i], places), np.uint32(0), tag(YEAR, step), np.uint32(0), key)[W_SEARCH])


@bare_kernel
def rates(low: int, high: int, employees: F4, quality: F4, innovated: U1, p: Numbers, into: F4) -> None:
    """Searches a year that a firm without ties makes on average: rate E**size e**(selection q), more where it innovated in the last three years."""
    rate, size, selection, innovator = np.float32(p.rate), np.float32(p.size), np.float32(p.selection), np.float32(p.innovator)
    for i in range(low, high):
        factor = innovator if innovated[i] & _THREE_YEARS else np.float32(1.0)
        into[i - low] = np.float32(factor * rate) * exp32(np.float32(size * log32(employees[i]) + selection * quality[i]))


@bare_kernel
def poisson(u: float, rate: float) -> int:
    """The quantile of a Poisson number at u, at most ``MOST``."""
    chance = float(exp32(np.float32(-rate)))
    total, m = chance, 0
    while u > total and m < MOST:
        m += 1
        chance *= rate / m
        total += chance
    return m


@kernel
def count_searches(
    low: int, high: int, size: int, places: Places, firms: Firms, ties: Ties, p: Numbers, step: int, key: np.uint64, searches: U1, searched: I8, kept: I8
) -> None:
    """Searches of each place in blocks of ``size``; for each block their sum and that of live half-ties."""
    _count(low, high, size, places, firms, ties, p, step, key, searches, searched, kept, np.empty(size, dtype=np.uint32), np.empty(size, dtype=np.float32))


@bare_kernel
def _count(
    low: int,
    high: int,
    size: int,
    places: Places,
    firms: Firms,
    ties: Ties,
    p: Numbers,
    step: int,
    key: np.uint64,
    searches: U1,
    searched: I8,
    kept: I8,
    word: U4,
    rate: F4,
) -> None:
    for first in range(low, high, size):
        last = min(first + size, high)
        year_words(first, last, firms.generation, len(searches), step, key, word)
        rates(first, last, firms.employees, firms.quality, firms.innovated, p, rate)
        searched[first // size], kept[first // size] = 0, 0
        for i in range(first, last):
            u, mean, degree = open_unit(word[i - first]), float(rate[i - first]), 0
            if ties.indptr[i + 1] > ties.indptr[i]:
                degree = live(ties.indptr, ties.channel, i)
                kept[first // size] += degree
                if p.experience != 0.0:
                    mean *= float(exp32(np.float32(p.experience * log32(np.float32(1 + degree)))))
            searches[i] = 0
            if u > 1.0 - mean:  # e**-x >= 1 - x: most places are done without an exponential
                m = poisson(u, np.float64(mean))
                if m > 0:
                    room = slots(firms.employees[i], places.sector[i] == places.sectors, p) - degree
                    searches[i] = max(0, min(m, room))
                    searched[first // size] += searches[i]


@bare_kernel
def among(values: U4, low: Int, high: Int, wanted: np.uint32) -> bool:
    """Whether ``values`` from ``low`` to ``high`` hold ``wanted``."""
    found = False
    for e in range(low, high):
        found |= values[e] == wanted
    return found


@bare_kernel
def partners(indptr: I8, other: U4, channel: U1, i: Int, j: np.uint32) -> bool:
    """Whether places i and j have a live tie."""
    low, high = indptr[i], indptr[i + 1]
    while low < high:
        middle = (low + high) // 2
        if other[middle] < j:
            low = middle + 1
        else:
            high = middle
    return low < indptr[i + 1] and other[low] == j and not channel[low] & ENDED


@bare_kernel
def mark(j: np.uint32) -> np.uint64:
    """One of 64 bits for a place."""
    return np.uint64(np.uint64(1) << (scrambled(j) >> np.uint64(58)))


@bare_kernel
def marks(indptr: I8, other: U4, i: Int) -> np.uint64:
    """The bits of the partners of place i; a hub has them all."""
    found, first, last = np.uint64(0), indptr[i], indptr[i + 1]
    if last - first > _HUB:
        return np.uint64(~found)
    for e in range(first, last):
        found |= mark(other[e])
    return found


@bare_kernel
def _asked_or_tied(i: Int, j: np.uint32, slot: Int, own: tuple[Int, Int, Int], ties: Ties, target: U4) -> bool:
    return partners(ties.indptr, ties.other, ties.channel, i, j) or among(target, own[0], min(slot, own[1]), j) or among(target, own[2], slot, j)


@bare_kernel
def choose(
    i: Int,
    slot: Int,
    own: tuple[Int, Int, Int],
    known: np.uint64,
    count: int,
    met: Int,
    load: float,
    draws: np.uint64,
    places: Places,
    firms: Firms,
    ties: Ties,
    support: Support,
    p: Numbers,
    calls: Calls,
    seen: U4,
    k: Int,
) -> None:
    """Of the first ``count`` seen by the k-th search, place i asks the one it wants most, or stays alone: then nobody is called in this slot. ``met``: the introduction, −1 none.

    Not asked are i itself, its partners, those it asks already (``own``: where the slots of its searches begin and end, and those of its introductions begin)
    and bodies by bodies. ``known`` are the marks of partners and of those asked: without one it is none of them.
    """
    target, body = calls.target, places.sector[i] == places.sectors
    target[slot], calls.way[slot] = NOBODY, ARRANGED
    least = exponential(np.uint32(hashed(draws, np.uint64(len(calls.searches))) >> np.uint64(32)))  # the number of places is the number of no place
    for c in range(count):
        j = seen[k, c]
        if j == NOBODY or np.int64(j) == i or (body and places.sector[j] == places.sectors):
            continue
        if known & mark(j) and _asked_or_tied(i, j, slot, own, ties, target):
            continue
        way = ARRANGED if met >= 0 else min(c, BY_CHANCE)
        value = worth(i, np.int64(j), way, met, load, places, firms, support, p)
        wait = exponential(np.uint32(hashed(draws, np.uint64(j)) >> np.uint64(32))) * exp32(np.float32(-value))
        if wait < least:
            least, target[slot], calls.way[slot] = wait, j, way


@kernel
def propose(
    low: int,
    high: int,
    size: int,
    places: Places,
    firms: Firms,
    ties: Ties,
    groups: Groups,
    support: Support,
    p: Numbers,
    step: int,
    key: np.uint64,
    calls: Calls,
) -> int:
    """Each search, then each introduction, of places ``low`` to ``high`` asks the one it wants most or stays alone; the number of those asked.

    A multinomial logit by keyed exponentials: staying alone weighs 1, a candidate e**V. The draw of a candidate belongs to its place, so one that is seen twice
    weighs once, and an added candidate changes the choice only by winning. An introduction needs time left beyond the searches.
    """
    row, wide = np.searchsorted(support.place, np.uint32(low)), 2 + p.n_chance
    looks = Looks(np.empty(_ROOM, dtype=np.uint32), np.empty((_ROOM, wide), dtype=np.uint32), np.empty((_ROOM, 2), dtype=np.uint32))
    return _propose(low, high, size, row, places, firms, ties, groups, support, p, step, key, calls, looks, np.empty((1, wide), dtype=np.uint32))


@bare_kernel
def _propose(
    low: int,
    high: int,
    size: int,
    row: Int,
    places: Places,
    firms: Firms,
    ties: Ties,
    groups: Groups,
    support: Support,
    p: Numbers,
    step: int,
    key: np.uint64,
    calls: Calls,
    looks: Looks,
    partner: U4,
) -> int:
    rows, at, asked, zero, uninvited, first = len(support.place), calls.first[low // size], 0, np.uint32(0), np.int64(-1), low
    while first < high:
        last, many = first, 0
        while last < high and many <= _ROOM - MOST:
            many += calls.searches[last]
            last += 1
        look_around(first, last, places, firms, ties, groups, p, step, key, calls.searches, looks)
        k = np.int64(0)
        for i in range(first, last):
            m, row_0 = np.int64(calls.searches[i]), row
            while row < rows and support.place[row] == i:
                row += 1
            if m == 0 and row == row_0:
                continue
            body, who = places.sector[i] == places.sectors, identity(i, firms.generation[i], len(calls.searches))
            degree = live(ties.indptr, ties.channel, i)
            load, room = load_of(firms.employees[i], body, degree, p), slots(firms.employees[i], body, p) - degree - m
            own, known = (at, at + m, calls.introduced + row_0), marks(ties.indptr, ties.other, i)
            for s in range(m):
                draws = bits64(who, zero, tag(CHOICE, step), np.uint32(s), key)
                choose(i, at + s, own, known, looks.seen.shape[1], uninvited, load, draws, places, firms, ties, support, p, calls, looks.seen, k + s)
                if calls.target[at + s] != NOBODY:
                    asked, known = asked + 1, known | mark(calls.target[at + s])
            for met in range(row_0, row):
                slot, partner[0, 0] = calls.introduced + met, support.other[met]
                draws = bits64(who, zero, tag(CHOICE, step), np.uint32(INTRODUCED + met - row_0), key)
                choose(i, slot, own, known, 1 if room > 0 else 0, met, load, draws, places, firms, ties, support, p, calls, partner, np.int64(0))
                if calls.target[slot] != NOBODY:
                    asked, room, known = asked + 1, room - 1, known | mark(calls.target[slot])
            at, k = at + m, k + m
        first = last
    return asked
