"""Who innovates this year, and what becomes of productivity. Firms are taken in strips, whose loops have no branches: they run on vectors."""

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import normal, open_unit, philox
from innovnet.simulate._participation._draws_kernel import exp32, identity, log32, tag
from innovnet.simulate._participation._numbers import PRODUCTIVITY, W_INNOVATE, YEAR, Numbers
from innovnet.simulate._participation._state import EXPORTED, EXPORTED_BEFORE, EXPORTS, F4, I2, TAUGHT, U1, U2, U4, Aid, Firms, Places, Ties

STRIP = 1024  #: places of one strip; blocks of a sweep are whole strips
_MOST_INDIRECT = 20  # of a partner's other ties


@kernel
def network_terms(first: int, learned: F4, ties: Ties, p: Numbers, found: F4) -> None:
    """What the network adds to the log hazard of innovating, of a strip that begins at place ``first``.

    N = know κ + ties ln(1 + d + indirect r), r = Σ over partners min(20, d_j − 1).
    """
    know, direct = np.float32(p.know), np.float32(p.ties)
    for k in range(len(found)):
        found[k] = know * learned[k]
    for k in range(len(found)):
        low, high = ties.indptr[first + k], ties.indptr[first + k + 1]
        if low < high:
            around = 0
            for e in range(low, high):
                j = np.int64(ties.other[e])
                around += min(_MOST_INDIRECT, ties.indptr[j + 1] - ties.indptr[j] - 1)
            found[k] += direct * log32(np.float32(1.0 + (high - low) + p.indirect * around))


@kernel
def add_support(gain: F4, until: I2, step: int, found: F4) -> None:
    """Add what projects give this year."""
    for k in range(len(gain)):
        found[k] += gain[k] if until[k] >= step else np.float32(0.0)


@kernel
def hazard(employees: np.float32, quality: np.float32, more: np.float32, p: Numbers) -> np.float32:
    """Hazard of innovating in a year: base E**size e**(quality q + more)."""
    log_rate = np.float32(np.float32(p.innovation_size) * log32(employees) + np.float32(p.innovation_quality) * quality)
    return np.float32(np.float32(p.base) * exp32(np.float32(log_rate + more)))


@kernel
def ids_of(first: int, places: int, generation: U2, who: U4) -> None:
    """The ids of the firms of a strip that begins at place ``first``."""
    for k in range(len(generation)):
        who[k] = identity(first + k, generation[k], places)


@kernel
def _words(who: U4, step: int, key: np.uint64, words: U4) -> None:
    """The word of each firm's draw of the year that is for innovating."""
    for k in range(len(who)):
        words[k] = philox(who[k], np.uint32(0), tag(YEAR, step), np.uint32(0), key)[W_INNOVATE]


@kernel
def happens(words: U4, otherwise: F4, sector: U1, bodies: int, found: U1) -> None:
    """1 for each firm whose uniform lies below 1 − ``otherwise``, else 0; never for a body."""
    for k in range(len(found)):
        found[k] = np.uint8((open_unit(words[k]) < 1.0 - np.float64(otherwise[k])) & (sector[k] != bodies))


@kernel
def innovations(low: int, high: int, places: Places, firms: Firms, ties: Ties, aid: Aid, p: Numbers, step: int, key: np.uint64) -> np.int64:
    """The year of places ``low`` to ``high``: innovations (how many), productivity, and flags moved on: who exported is known as last year's exporter, nobody has just entered."""
    count = np.int64(0)
    who, words, new = np.empty(STRIP, dtype=np.uint32), np.empty(STRIP, dtype=np.uint32), np.empty(STRIP, dtype=np.uint8)
    idle, noise = np.empty(STRIP, dtype=np.float32), np.empty(STRIP, dtype=np.float32)
    for first in range(low, high, STRIP):
        end = min(first + STRIP, high)
        m = end - first
        sector, quality = places.sector[first:end], firms.quality[first:end]
        ids_of(first, len(firms.flags), firms.generation[first:end], who[:m])
        _words(who[:m], step, key, words[:m])
        _noise(who[:m], step, key, noise[:m])
        network_terms(first, firms.learned[first:end], ties, p, idle[:m])
        add_support(aid.gain[first:end], aid.gain_until[first:end], step, idle[:m])
        _idle(firms.employees[first:end], quality, p, idle[:m])
        happens(words[:m], idle[:m], sector, places.sectors, new[:m])
        _productivity(sector, quality, noise[:m], new[:m], places.sectors, p, firms.productivity[first:end])
        _remember(new[:m], firms.innovated[first:end], firms.flags[first:end])
        for k in range(m):
            count += np.int64(new[k])
    return count


@kernel
def _noise(who: U4, step: int, key: np.uint64, noise: F4) -> None:
    """The shock of the year to each firm, mean 0 and variance 1."""
    for k in range(len(who)):
        w = philox(who[k], np.uint32(0), tag(PRODUCTIVITY, step), np.uint32(0), key)
        noise[k] = np.float32(normal(w[0], w[1], w[2], w[3]))


@kernel
def _idle(employees: F4, quality: F4, p: Numbers, idle: F4) -> None:
    """From what is added to the log hazard to the probability of not innovating, e**−λ."""
    for k in range(len(idle)):
        idle[k] = exp32(-hazard(employees[k], quality[k], idle[k], p))


@kernel
def _productivity(sector: U1, quality: F4, noise: F4, new: U1, bodies: int, p: Numbers, productivity: F4) -> None:
    """z ← persistence z + (1 − persistence) quality_z q + shock noise + jump [innovated], of firms."""
    stays, pull = np.float32(p.persistence), np.float32((1.0 - p.persistence) * p.quality_z)
    jump, shock = np.float32(p.jump), np.float32(p.shock)
    for k in range(len(productivity)):
        z = np.float32(np.float32(stays * productivity[k] + pull * quality[k]) + shock * noise[k])
        z = np.float32(z + jump) if new[k] else z
        productivity[k] = z if sector[k] != bodies else productivity[k]


@kernel
def _remember(new: U1, innovated: U1, flags: U1) -> None:
    """Histories of innovating, and flags of the year that begins."""
    for k in range(len(new)):
        innovated[k] = np.uint8((innovated[k] << np.uint8(1)) | new[k])
    for k in range(len(flags)):
        old, older = flags[k] & np.uint8(EXPORTS), flags[k] & np.uint8(EXPORTED)
        before = (old * np.uint8(EXPORTED // EXPORTS)) | (older * np.uint8(EXPORTED_BEFORE // EXPORTED))
        flags[k] = np.uint8((flags[k] & np.uint8(EXPORTS | TAUGHT)) | before)
