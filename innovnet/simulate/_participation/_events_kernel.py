"""Matchmaking events: where they are, who comes, who meets whom."""

from typing import NamedTuple

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import below, bits64, hashed, open_unit, philox
from innovnet.simulate._participation._draws_kernel import identity
from innovnet.simulate._participation._state import F8, I8, U1, U4, Firms, Places
from innovnet.simulate._participation._support_kernel import GUESTS, MEETING, REGION, SECOND_GUESTS, SECOND_REGION, choose, meeting_weight


class Event(NamedTuple):
    """An event as kernels read it."""

    region: int  #: −1: drawn
    participants: int
    meetings: int
    cross_sector: float
    cross_region: float


@kernel
def count_by_region(places: Places, eligible: U1, regions: int) -> I8:
    """Eligible firms of each region."""
    counts = np.zeros(regions, dtype=np.int64)
    for r in range(regions):
        for i in range(places.block[r * (places.sectors + 1)], places.block[r * (places.sectors + 1) + places.sectors]):
            counts[r] += eligible[i]
    return counts


@kernel
def _second_region(home: int, counts: I8, places: Places, bits: np.uint64, weights: F8) -> int:
    """Another region with eligible firms, by where chance meetings are; −1 none."""
    reach = places.reach
    for r in range(len(counts)):
        weights[r] = meeting_weight(reach, home, r) if r != home and counts[r] > 0 else 0.0
    return choose(weights, bits)


@kernel
def _invite(region: int, wanted: int, counts: I8, places: Places, eligible: U1, bits: np.uint64, who: I8, begin: int | np.int64) -> int | np.int64:
    """Write different eligible firms of a region into ``who`` from ``begin`` on, every set equally likely; where the next ones go.

    Places of the region are drawn until there are enough: one that ceases to be eligible changes no other guest but the one that takes its seat.
    """
    low, high = places.block[region * (places.sectors + 1)], places.block[region * (places.sectors + 1) + places.sectors]
    end = begin
    if counts[region] <= wanted:
        for i in range(low, high):
            if eligible[i]:
                who[end] = i
                end += 1
        return end
    n = np.uint64(0)
    while end < begin + wanted:
        i = low + np.int64(below(hashed(bits, n), np.uint64(high - low)))
        n += np.uint64(1)
        fresh = eligible[i] != 0
        for k in range(begin, end):
            fresh = fresh and who[k] != i
        if fresh:
            who[end] = i
            end += 1
    return end


@kernel
def _met(i: int, bits: np.uint64, sectors: bool, regions: bool, who: I8, size: int | np.int64, met: I8, meetings: int, places: Places, firms: Firms) -> int:
    """Whom i meets: of another sector (region) where ``sectors`` (``regions``) says so, else of the same; −1 nobody is left."""
    region, sector, generation = places.region, places.sector, firms.generation
    best, kind_of_best, least = -1, -1, np.uint64(0)
    for k in range(size):
        j = who[k]
        known = j == i
        for m in range(meetings):
            known = known or met[m] == j
        kind = 2 * int((region[i] != region[j]) == regions) + int((sector[i] != sector[j]) == sectors)
        if known or kind < kind_of_best:
            continue
        draw = hashed(bits, np.uint64(identity(j, generation[j], len(generation))))
        if kind > kind_of_best or draw < least:
            best, kind_of_best, least = j, kind, draw
    return best


@kernel
def hold(first: int, last: int, event: Event, counts: I8, eligible: U1, places: Places, firms: Firms, purpose: np.uint32, key: np.uint64) -> tuple[U4, U4, U4]:
    """Events ``first`` to ``last``: their guests, and who is introduced to whom, event by event."""
    most = (last - first) * event.participants
    guests, place, other = np.empty(most, dtype=np.uint32), np.empty(most * event.meetings, dtype=np.uint32), np.empty(most * event.meetings, dtype=np.uint32)
    who, met, weights = np.empty(event.participants, dtype=np.int64), np.empty(event.meetings, dtype=np.int64), np.empty(len(counts))
    came, n, zero = 0, 0, np.uint32(0)
    for e in range(first, last):
        home, second = event.region, -1
        if home < 0:
            for r in range(len(counts)):
                weights[r] = float(counts[r]) if counts[r] > 1 else 0.0
            home = choose(weights, bits64(np.uint32(e), zero, purpose, np.uint32(REGION), key))
        if event.cross_region > 0.0:
            second = _second_region(home, counts, places, bits64(np.uint32(e), zero, purpose, np.uint32(SECOND_REGION), key), weights)
        away = event.participants // 2 if second >= 0 else 0
        size = _invite(home, event.participants - away, counts, places, eligible, bits64(np.uint32(e), zero, purpose, np.uint32(GUESTS), key), who, np.int64(0))
        if second >= 0:
            size = _invite(second, away, counts, places, eligible, bits64(np.uint32(e), zero, purpose, np.uint32(SECOND_GUESTS), key), who, size)
        for k in range(size):
            i = who[k]
            me = identity(i, firms.generation[i], len(firms.flags))
            guests[came] = i
            came += 1
            for m in range(event.meetings):
                words = philox(me, np.uint32(e), purpose, np.uint32(MEETING + m), key)
                sectors, regions = open_unit(words[0]) < event.cross_sector, second >= 0 and open_unit(words[1]) < event.cross_region
                bits = np.uint64(words[2]) | (np.uint64(words[3]) << np.uint64(32))
                met[m] = _met(i, bits, sectors, regions, who, size, met, m, places, firms)
                if met[m] < 0:
                    break
                place[n], other[n] = i, met[m]
                n += 1
    return guests[:came].copy(), place[:n].copy(), other[:n].copy()
