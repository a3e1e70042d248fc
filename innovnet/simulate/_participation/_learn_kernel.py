"""Who meets whom, what passes between them and what becomes obsolete."""

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import bits64, philox
from innovnet.simulate._exchange_kernel import exchange, give
from innovnet.simulate._participation._draws_kernel import identity, log32, own_knowledge, tag
from innovnet.simulate._participation._numbers import FIELDS, LEARN, Numbers
from innovnet.simulate._participation._state import ENDED, TAUGHT, U4, Firms, Places, Ties

NOBODY = np.uint32(0xFFFFFFFF)
_LAST = np.uint32(0xFFFFFFFF)


@kernel
def point(low: int, high: int, places: Places, firms: Firms, ties: Ties, step: int, key: np.uint64, toward: U4) -> None:
    """Whom each firm of places ``low`` to ``high`` turns to, in each round: of its live ties the one with the smallest word, the same for both sides.

    ``toward`` (places × rounds) is written for places with ties; bodies turn to nobody. A tie's four words serve four rounds.
    """
    n, rounds = len(firms.flags), toward.shape[1]
    least = np.empty(4, dtype=np.uint32)
    for i in range(low, high):
        first, end = ties.indptr[i], ties.indptr[i + 1]
        if first == end:
            continue
        toward[i] = NOBODY
        if places.sector[i] == places.sectors:
            continue
        me, live, only = identity(i, firms.generation[i], n), 0, NOBODY
        least[:] = _LAST
        for e in range(first, end):
            if ties.channel[e] & ENDED:
                continue
            j = ties.other[e]
            only, live = j, live + 1
            if end - first > 1:
                you = identity(j, firms.generation[j], n)
                words = philox(min(me, you), max(me, you), tag(LEARN, step), np.uint32(0), key)
                for r in range(rounds):
                    if words[r] < least[r] or toward[i, r] == NOBODY:
                        least[r], toward[i, r] = words[r], j
        if live == 1:
            toward[i] = only


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
def renew(low: int, high: int, places: Places, firms: Firms, p: Numbers, key: np.uint64) -> None:
    """What was learnt, κ = ln(Σ v / Σ own), and then renewal, v + renewal (own − v); whoever was never taught is at the own level already."""
    n = len(firms.flags)
    own = np.empty(FIELDS, dtype=np.float32)
    renewal = np.float32(p.renewal)
    for i in range(low, high):
        if not firms.flags[i] & TAUGHT:
            continue
        who = identity(i, firms.generation[i], n)
        own_knowledge(places.profile, places.quantile, places.sector[i], firms.quality[i], p.quality_k, who, key, own)
        mine, base = np.float32(0.0), np.float32(0.0)
        for k in range(FIELDS):
            mine += firms.knowledge[i, k]
            base += own[k]
        firms.learned[i] = log32(np.float32(mine / base))
        for k in range(FIELDS):
            firms.knowledge[i, k] += renewal * (own[k] - firms.knowledge[i, k])
