"""Export, exit, entry and market shares. Sums are taken within blocks and added in their order; firms are taken in strips, whose loops run on vectors."""

import numpy as np

from innovnet._kernel import inlined, kernel
from innovnet._random import philox
from innovnet.simulate._participation._draws_kernel import exp32, identity, log32, tag
from innovnet.simulate._participation._innovate_kernel import STRIP, happens, ids_of
from innovnet.simulate._participation._numbers import W_EXIT, WORKDAYS, YEAR, Numbers
from innovnet.simulate._participation._start_kernel import newcomer
from innovnet.simulate._participation._state import ENTERED, EXPORTED, EXPORTS, F4, F8, I2, I8, LEFT_INNOVATOR, U1, U4, Aid, Firms, Places, Ties

_NEVER = -32768
_LEAST = np.float32(1e-30)  # persons: shares stay numbers whose logarithm is taken


@kernel
def workforce(low: int, high: int, block: int, places: Places, firms: Firms, sums: F8) -> None:
    """Σ E and Σ E z of firms by block and sector, added to ``sums`` (blocks × sectors × 2)."""
    for first in range(low, high, block):
        i, end, b = first, min(first + block, high), first // block
        while i < end:
            s = np.int64(places.sector[i])
            if s == places.sectors:
                i += 1
                continue
            people, product = sums[b, s, 0], sums[b, s, 1]
            while i < end and places.sector[i] == s:
                people += np.float64(firms.employees[i])
                product += np.float64(firms.employees[i]) * np.float64(firms.productivity[i])
                i += 1
            sums[b, s, 0], sums[b, s, 1] = people, product


@kernel
def mean_productivity(sums: F8) -> F4:
    """Mean log productivity of each sector, weighted by market share; 0 for bodies, last."""
    means = np.zeros(sums.shape[1] + 1, dtype=np.float32)
    for s in range(sums.shape[1]):
        people, product = 0.0, 0.0
        for b in range(sums.shape[0]):
            people += sums[b, s, 0]
            product += sums[b, s, 1]
        means[s] = product / people if people > 0.0 else 0.0
    return means


@kernel
def _ease(first: int, flags: U1, ties: Ties, relief: F4, spill: np.float32, eased: F4) -> None:
    """What makes exporting easier for a strip that begins at place ``first``: relief by an instrument, and a partner that exported last year."""
    eased[:] = np.float32(0.0)
    for k in range(len(relief)):
        eased[k] = relief[k]
    for k in range(len(eased)):
        for e in range(ties.indptr[first + k], ties.indptr[first + k + 1]):
            if flags[ties.other[e]] & np.uint8(EXPORTED):
                eased[k] += spill
                break


@kernel
def trials(
    low: int, high: int, block: int, places: Places, firms: Firms, ties: Ties, aid: Aid, p: Numbers, step: int, key: np.uint64, means: F4, sums: F8, exits: I8
) -> None:
    """Export and exit of places ``low`` to ``high``: flags, weights in the market in place of ``employees``, their sums by block and sector, exits by block.

    Partners read the flag ``EXPORTED``, which nobody changes here.
    """
    who, words, leaves = np.empty(STRIP, dtype=np.uint32), np.empty(STRIP, dtype=np.uint32), np.empty(STRIP, dtype=np.uint8)
    eased, size, score, stays = (
        np.empty(STRIP, dtype=np.float32),
        np.empty(STRIP, dtype=np.float32),
        np.empty(STRIP, dtype=np.float32),
        np.empty(STRIP, dtype=np.float32),
    )
    for start in range(low, high, block):
        b = start // block
        for first in range(start, min(start + block, high), STRIP):
            end = min(first + STRIP, start + block, high)
            m = end - first
            sector, employees, flags = places.sector[first:end], firms.employees[first:end], firms.flags[first:end]
            _ease(first, firms.flags, ties, aid.export[first:end], np.float32(p.spill), eased[:m])
            _effective(ties.indptr[first : end + 1], employees, firms.productivity[first:end], p, score[:m])
            _export(sector, score[:m], employees, eased[:m], places.sectors, p, size[:m], flags)
            for k in range(m):
                score[k] -= means[sector[k]]
            ids_of(first, len(firms.flags), firms.generation[first:end], who[:m])
            _words(who[:m], step, key, words[:m])
            _survival(size[:m], firms.birth[first:end], score[:m], p, step, stays[:m])
            happens(words[:m], stays[:m], sector, places.sectors, leaves[:m])
            _weigh(sector, places.reference[first:end], score[:m], leaves[:m], places.sectors, p, employees)
            for k in range(m):
                exits[b] += leaves[k]
                flags[k] |= np.uint8(leaves[k] * np.uint8(ENTERED))
            _add(sector, employees, places.sectors, sums[b])


@kernel
def _words(who: U4, step: int, key: np.uint64, words: U4) -> None:
    """The word of each firm's draw of the year that is for leaving."""
    for k in range(len(who)):
        words[k] = philox(who[k], np.uint32(0), tag(YEAR, step), np.uint32(0), key)[W_EXIT]


@kernel
def _effective(indptr: I8, employees: F4, productivity: F4, p: Numbers, score: F4) -> None:
    """Effective log productivity, z − time days d / (220 E): days given to partners are not worked."""
    share = np.float32(p.time * p.days / WORKDAYS)
    for k in range(len(score)):
        score[k] = productivity[k] - np.float32(share * np.float32(np.int32(indptr[k + 1] - indptr[k]))) / employees[k]


@kernel
def _export(sector: U1, score: F4, employees: F4, eased: F4, bodies: int, p: Numbers, size: F4, flags: U1) -> None:
    """Export if z + size ln E + what eases it > threshold − hysteresis [exported last year]; ln E goes to ``size``."""
    slope, threshold, kept = np.float32(p.export_size), np.float32(p.export_threshold), np.float32(p.export_threshold - p.hysteresis)
    for k in range(len(size)):
        size[k] = log32(employees[k])
    for k in range(len(size)):
        bar = kept if flags[k] & np.uint8(EXPORTED) else threshold
        abroad = (np.float32(np.float32(score[k] + slope * size[k]) + eased[k]) > bar) & (sector[k] != bodies)
        flags[k] = np.uint8((flags[k] & np.uint8(255 - EXPORTS)) | np.uint8(abroad))


@kernel
def _survival(size: F4, birth: I2, ahead: F4, p: Numbers, step: int, stays: F4) -> None:
    """Probability of staying, e**−h with h = base E**−size (1 + age)**−age e**(−productivity (z − mean))."""
    base, by_size, by_age, by_z = np.float32(p.exit_base), np.float32(p.exit_size), np.float32(p.exit_age), np.float32(p.exit_productivity)
    now = np.int32(step + 1)
    for k in range(len(stays)):
        age = log32(np.float32(np.int32(now - birth[k])))
        rate = np.float32(np.float32(by_size * size[k] + by_age * age) + by_z * ahead[k])
        stays[k] = exp32(-np.float32(base * exp32(-rate)))


@kernel
def _weigh(sector: U1, reference: F4, ahead: F4, leaves: U1, bodies: int, p: Numbers, employees: F4) -> None:
    """Weights in the market: E e**(select (z − mean) − revert ln(E / E*)), of entrants entry_size E*; bodies keep their employees."""
    select, revert, small = np.float32(p.select), np.float32(p.revert), np.float32(p.entry_size)
    for k in range(len(employees)):
        pull = revert * log32(np.float32(employees[k] / reference[k]))
        weight = np.float32(employees[k] * exp32(np.float32(select * ahead[k] - pull)))
        weight = np.float32(small * reference[k]) if leaves[k] else weight
        employees[k] = weight if sector[k] != bodies else employees[k]


@kernel
def _add(sector: U1, weights: F4, bodies: int, sums: F8) -> None:
    """Add the weights of a strip to the sums of its block by sector."""
    k = 0
    while k < len(sector):
        s = np.int64(sector[k])
        if s == bodies:
            k += 1
            continue
        total = sums[s]
        while k < len(sector) and sector[k] == s:
            total += np.float64(weights[k])
            k += 1
        sums[s] = total


@kernel
def people_per_weight(places: Places, sums: F8) -> F8:
    """Employees of each sector by its sum of weights; 1 for bodies, last."""
    factors = np.ones(places.sectors + 1)
    for s in range(places.sectors):
        total = 0.0
        for b in range(sums.shape[0]):
            total += sums[b, s]
        factors[s] = places.labour[s] / total if total > 0.0 else 1.0
    return factors


@kernel
def settle(
    low: int, high: int, places: Places, firms: Firms, aid: Aid, p: Numbers, step: int, key: np.uint64, traits: np.uint64, means: F4, factors: F8
) -> None:
    """Employees from weights, so that the total of each sector is kept; and the firms that enter where one left."""
    for i in range(low, high):
        if places.sector[i] != places.sectors:
            firms.employees[i] = max(np.float32(factors[places.sector[i]] * np.float64(firms.employees[i])), _LEAST)
    for i in range(low, high):
        if firms.flags[i] & np.uint8(ENTERED):
            _enter(i, places, firms, aid, p, step, key, traits, means)


@inlined
def _enter(i: int, places: Places, firms: Firms, aid: Aid, p: Numbers, step: int, key: np.uint64, traits: np.uint64, means: F4) -> None:
    """A new firm at place i: neither ties, cluster, history nor support of the one that left."""
    firms.generation[i] += np.uint16(1)
    who = identity(i, firms.generation[i], len(firms.flags))
    newcomer(i, who, np.float64(means[places.sector[i]]) - p.entry_gap, places, firms, p, key, traits)
    innovator = np.uint8(LEFT_INNOVATOR) if firms.innovated[i] & np.uint8(1) else np.uint8(0)
    firms.learned[i], firms.flags[i] = np.float32(0.0), np.uint8(np.uint8(ENTERED) | innovator)
    firms.innovated[i], firms.partnered[i] = np.uint8(0), np.uint8(0)
    firms.birth[i], firms.joined[i], firms.cluster[i] = step, _NEVER, -1
    if len(aid.gain):
        aid.gain[i], aid.gain_until[i] = np.float32(0.0), _NEVER
        aid.mark[i], aid.funded[i], aid.export[i] = np.uint8(0), np.float32(0.0), np.float32(0.0)
