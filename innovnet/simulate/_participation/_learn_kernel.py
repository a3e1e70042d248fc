"""Who meets whom, what passes between them and what becomes obsolete."""

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import bits64, philox
from innovnet.simulate._exchange_kernel import exchange, give
from innovnet.simulate._participation._draws_kernel import identity, log32, own_knowledge, tag
from innovnet.simulate._participation._numbers import FIELDS, LEARN, Numbers
from innovnet.simulate._participation._state import ENDED, NOBODY, TAUGHT, U2, U4, Firms, Places, Ties

ROOM = 1024
_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)  # above every word with a place behind it; its lower half is NOBODY


@kernel
def point(low: int, high: int, places: Places, firms: Firms, ties: Ties, step: int, key: np.uint64, toward: U4) -> None:
    """Whom each firm of places ``low`` to ``high`` turns to, in each round: of its live ties the one with the smallest word, the same for both sides.

    ``toward`` (places × rounds) is written for places with ties; bodies turn to nobody. A tie's four words serve four rounds. Places are taken in runs that
    have some ``ROOM`` half-ties together, whose words are drawn in one loop.
    """
    room = np.int64(ROOM)
    for i in range(low, high):
        room = max(room, ties.indptr[i + 1] - ties.indptr[i])
    lower, upper, words = np.empty(room, dtype=np.uint32), np.empty(room, dtype=np.uint32), np.empty((toward.shape[1], room), dtype=np.uint32)
    first = low
    while first < high:
        last = first + np.searchsorted(ties.indptr[first + 1 : high + 1], ties.indptr[first] + room, side="right")
        m = ties.indptr[last] - ties.indptr[first]
        _ends(first, last, firms.generation, ties, lower, upper)
        _pair_words(lower[:m], upper[:m], tag(LEARN, step), key, words)
        _turn(first, last, places, ties, words, toward)
        first = last


@kernel
def _ends(first: int, last: int, generation: U2, ties: Ties, lower: U4, upper: U4) -> None:
    """The ids of both ends of each half-tie of a run."""
    k = 0
    for i in range(first, last):
        me = identity(i, generation[i], len(generation))
        for e in range(ties.indptr[i], ties.indptr[i + 1]):
            j = np.int64(ties.other[e])
            you = identity(j, generation[j], len(generation))
            lower[k], upper[k] = min(me, you), max(me, you)
            k += 1


@kernel
def _pair_words(lower: U4, upper: U4, purpose: np.uint32, key: np.uint64, words: U4) -> None:
    """The words of pairs, one row for each round."""
    for r in range(len(words)):
        row = words[r]
        for k in range(len(lower)):
            w = philox(lower[k], upper[k], purpose, np.uint32(0), key)
            row[k] = w[0] if r == 0 else w[1] if r == 1 else w[2] if r == 2 else w[3]


@kernel
def _turn(first: int, last: int, places: Places, ties: Ties, words: U4, toward: U4) -> None:
    """Of each place's live half-ties the one with the smallest word."""
    start = ties.indptr[first]
    for i in range(first, last):
        low, high = ties.indptr[i], ties.indptr[i + 1]
        if low == high:
            continue
        for r in range(len(words)):
            least = _NONE
            for e in range(low, high):
                if not ties.channel[e] & ENDED:
                    least = min(least, (np.uint64(words[r, e - start]) << np.uint64(32)) | np.uint64(ties.other[e]))
            toward[i, r] = np.uint32(least) if places.sector[i] != places.sectors else NOBODY


@kernel
def meet_round(low: int, high: int, r: int, places: Places, firms: Firms, ties: Ties, p: Numbers, step: int, key: np.uint64, toward: U4) -> None:
    """Round r: firms that turn to each other barter, the lower place's call does both sides; a firm that turns to a body is given.

    Pairs are disjoint and bodies are only read: calls for other places may run at the same time.
    """
    n = len(firms.flags)
    for i in range(low, high):
        if ties.indptr[i] == ties.indptr[i + 1] or toward[i, r] == NOBODY:
            continue
        j = np.int64(toward[i, r])
        if places.sector[j] == places.sectors:
            if give(firms.knowledge, j, np.int64(i), p.absorption, p.band) > 0:
                firms.flags[i] |= np.uint8(TAUGHT)
        elif i < j and np.int64(toward[j, r]) == i:
            me, you = identity(i, firms.generation[i], n), identity(j, firms.generation[j], n)
            bits = bits64(min(me, you), max(me, you), tag(LEARN, step), np.uint32(1 + r), key)
            if exchange(firms.knowledge, np.int64(i), j, p.absorption, p.band, bits) > 0:
                firms.flags[i] |= np.uint8(TAUGHT)
                firms.flags[j] |= np.uint8(TAUGHT)


@kernel
def renew(low: int, high: int, places: Places, firms: Firms, p: Numbers, traits: np.uint64) -> None:
    """What was learnt, κ = ln(Σ v / Σ own), and then renewal, v + renewal (own − v); whoever was never taught is at the own level already."""
    n = len(firms.flags)
    own = np.empty(FIELDS, dtype=np.float32)
    renewal = np.float32(p.renewal)
    for i in range(low, high):
        if not firms.flags[i] & TAUGHT:
            continue
        who = identity(i, firms.generation[i], n)
        own_knowledge(places.profile, places.quantile, places.sector[i], firms.quality[i], p.quality_k, who, traits, own)
        mine, base = np.float32(0.0), np.float32(0.0)
        for k in range(FIELDS):
            mine += firms.knowledge[i, k]
            base += own[k]
        firms.learned[i] = log32(np.float32(mine / base))
        for k in range(FIELDS):
            firms.knowledge[i, k] += renewal * (own[k] - firms.knowledge[i, k])
