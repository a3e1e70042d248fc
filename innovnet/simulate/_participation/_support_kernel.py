"""Who is eligible, keyed choices of instruments, and what is cleared at the beginning of a year."""

import math
from typing import NamedTuple

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import hashed, philox
from innovnet.simulate._participation._draws_kernel import identity
from innovnet.simulate._participation._state import ENTERED, EVER, EXPORTS, F8, I8, U1, U4, Aid, Firms, Groups, Places

#: What a draw of an instrument is for: the last word of its counter.
(REGION, SECOND_REGION, GUESTS, SECOND_GUESTS, LOT, PLACE, MEETING) = (0, 1, 2, 3, 4, 5, 16)
_NEVER = np.int16(-32768)
_BITS = 2.0**-53
_THREE_YEARS = np.uint8(7)


class Wanted(NamedTuple):
    """Conditions as kernels read them; the arrays are read-only flags by size class, sector and region."""

    sizes: U1
    sectors: U1
    regions: U1
    innovated: int  #: 1 only those who did in the last three years, 0 only the others, −1 all
    exporters: int  #: 0 only those who do not export, −1 all


@kernel
def size_class(employees: np.float32) -> int:
    """0 micro, 1 small, 2 medium, 3 large."""
    return int(employees >= 10.0) + int(employees >= 50.0) + int(employees >= 250.0)


@kernel
def flagged(low: int | np.int64, high: int | np.int64, wanted: Wanted, places: Places, firms: Firms, into: U1) -> None:
    """Whether the firms at places ``low`` to ``high`` meet all conditions; R&D bodies do not."""
    sector, region, employees, innovated, flags = places.sector, places.region, firms.employees, firms.innovated, firms.flags
    sizes, sectors, regions = wanted.sizes, wanted.sectors, wanted.regions
    for i in range(low, high):
        fits = sector[i] != places.sectors and sectors[sector[i]] and regions[region[i]] and sizes[size_class(employees[i])]
        if wanted.innovated >= 0 and ((innovated[i] & _THREE_YEARS) != 0) != (wanted.innovated == 1):
            fits = False
        if wanted.exporters == 0 and flags[i] & EXPORTS:
            fits = False
        into[i - low] = fits


@kernel
def listed(low: int, high: int, wanted: Wanted, places: Places, firms: Firms) -> U4:
    """The eligible places among ``low`` to ``high``, in order."""
    flags = np.empty(high - low, dtype=np.uint8)
    flagged(low, high, wanted, places, firms, flags)
    return (np.flatnonzero(flags) + low).astype(np.uint32)


@kernel
def led(wanted: Wanted, places: Places, firms: Firms, groups: Groups) -> I8:
    """Rows of the clusters of at least two members whose coordinator is eligible, in order."""
    rows = np.arange(len(groups.number))
    keep = np.zeros(len(rows), dtype=np.bool_)
    fits = np.zeros(1, dtype=np.uint8)
    for row in rows:
        leader = np.int64(groups.coordinator[row])
        flagged(leader, leader + 1, wanted, places, firms, fits)
        keep[row] = groups.ptr[row + 1] - groups.ptr[row] > 1 and fits[0]
    return rows[keep]


@kernel
def lots(who: U4, firms: Firms, purpose: np.uint32, key: np.uint64) -> U4:
    """A draw for each of the places in ``who``, by the id of the firm there."""
    drawn = np.empty(len(who), dtype=np.uint32)
    for k in range(len(who)):
        me = identity(np.int64(who[k]), firms.generation[who[k]], len(firms.flags))
        drawn[k] = philox(me, np.uint32(0), purpose, np.uint32(LOT), key)[0]
    return drawn


@kernel
def choose(weights: F8, bits: np.uint64) -> int:
    """An option at random, P ∝ weight: the one of least −ln u / weight, so that one more option changes the choice only by winning; −1 where all weights are 0."""
    best, least = -1, np.inf
    for k in range(len(weights)):
        if weights[k] > 0.0:
            wait = -math.log((float(hashed(bits, np.uint64(k)) >> np.uint64(11)) + 0.5) * _BITS) / weights[k]
            if wait < least:
                best, least = k, wait
    return best


@kernel
def meeting_weight(reach: F8, home: int | np.int64, there: int) -> float:
    """Share of the chance meetings of region ``home`` that are in region ``there``."""
    return reach[home, there] - (reach[home, there - 1] if there > 0 else 0.0)


@kernel
def clear(low: int, high: int, firms: Firms, aid: Aid) -> None:
    """A new year: last year's marks and money go; a firm that entered last year has none of the aid of the one before it."""
    for i in range(low, high):
        aid.mark[i] &= np.uint8(EVER)
        aid.funded[i] = 0.0
        aid.export[i] = 0.0
        if firms.flags[i] & ENTERED:
            aid.mark[i] = 0
            aid.gain[i] = 0.0
            aid.gain_until[i] = _NEVER


@kernel
def mark(who: U4, bit: int, marks: U1) -> None:
    """Mark the places in ``who``, for this year and for ever."""
    for i in who:
        marks[i] |= np.uint8(bit | EVER)


@kernel
def members_of(rows: I8, groups: Groups) -> U4:
    """The members of some clusters, row by row."""
    n = 0
    for row in rows:
        n += groups.ptr[row + 1] - groups.ptr[row]
    found, n = np.empty(n, dtype=np.uint32), 0
    for row in rows:
        for k in range(groups.ptr[row], groups.ptr[row + 1]):
            found[n] = groups.member[k]
            n += 1
    return found


@kernel
def assisted_meetings(rows: I8, quality: float, groups: Groups, firms: Firms, purpose: np.uint32, key: np.uint64) -> tuple[U4, U4]:
    """Members of the clusters in ``rows``, each with probability ``quality``, and the fellow that each is introduced to."""
    most = 0
    for row in rows:
        most += groups.ptr[row + 1] - groups.ptr[row]
    place, other, n = np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint32), 0
    for row in rows:
        for k in range(groups.ptr[row], groups.ptr[row + 1]):
            i = np.int64(groups.member[k])
            me = identity(i, firms.generation[i], len(firms.flags))
            words = philox(me, groups.number[row], purpose, np.uint32(LOT), key)
            if (float(words[0]) + 0.5) * 2.0**-32 >= quality:
                continue
            bits, best, least = np.uint64(words[2]) | (np.uint64(words[3]) << np.uint64(32)), i, np.uint64(0)
            for h in range(groups.ptr[row], groups.ptr[row + 1]):
                j = np.int64(groups.member[h])
                draw = hashed(bits, np.uint64(identity(j, firms.generation[j], len(firms.flags))))
                if j != i and (best == i or draw < least):
                    best, least = j, draw
            place[n], other[n] = i, best
            n += 1
    return place[:n].copy(), other[:n].copy()
