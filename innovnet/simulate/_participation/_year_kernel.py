"""Steps 2 to 7 of a year in one call, for a world of one run of blocks: the same kernels in the same order as the drivers call them, so the same bits.

A small world spends most of its time in calls from Python and in waiting for its lock; replications of it run side by side this way.
"""

import numpy as np

from innovnet._kernel import kernel
from innovnet.simulate._participation._compete_kernel import mean_productivity, people_per_weight, settle, trials, workforce
from innovnet.simulate._participation._consent_kernel import Inbox, consent, deliver, tally
from innovnet.simulate._participation._innovate_kernel import innovations
from innovnet.simulate._participation._learn_kernel import meet_round, point, renew
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._part_kernel import part_ties
from innovnet.simulate._participation._rebuild_kernel import granted, rebuild
from innovnet.simulate._participation._search_kernel import Calls, count_searches, propose
from innovnet.simulate._participation._state import (
    ENDED_TIES,
    EXITS,
    F8,
    FORMED,
    I8,
    INNOVATIONS,
    INTRODUCTIONS,
    PROPOSALS,
    Aid,
    Firms,
    Groups,
    Places,
    Support,
    Ties,
)


@kernel
def _starts(counts: I8) -> I8:
    """Where each part begins, and the end."""
    found = np.zeros(len(counts) + 1, dtype=np.int64)
    for k in range(len(counts)):
        found[k + 1] = found[k] + counts[k]
    return found


@kernel
def one_year(
    low: int,
    high: int,
    size: int,
    places: Places,
    firms: Firms,
    ties: Ties,
    groups: Groups,
    support: Support,
    aid: Aid,
    p: Numbers,
    step: int,
    key: np.uint64,
    traits: np.uint64,
    flows: F8,
) -> Ties:
    """Search, decision, learning, innovation, competition and the end of ties, in place but for the ties, which are returned; all places, 0 to ``high``."""
    n, blocks = high - low, -(-high // size)

    searches, searched, total = np.empty(n, dtype=np.uint8), np.empty(blocks, dtype=np.int64), np.empty(blocks, dtype=np.int64)
    count_searches(low, high, size, places, firms, ties, p, step, key, searches, searched, total)
    first = _starts(searched)
    m = first[blocks]
    slots = m + len(support.place)
    target, way, answer = np.empty(slots, dtype=np.uint32), np.empty(slots, dtype=np.uint8), np.zeros(slots, dtype=np.uint8)
    calls = Calls(searches, first, m, target, way, answer)
    flows[PROPOSALS] = propose(low, high, size, places, firms, ties, groups, support, p, step, key, calls)
    flows[INTRODUCTIONS] = len(support.place)

    begin = _starts(tally(low, high, size, calls, support))
    asked = begin[blocks]
    inbox = Inbox(begin, np.empty(asked, dtype=np.uint32), np.empty(asked, dtype=np.uint32), np.empty(asked, dtype=np.uint32))
    deliver(low, high, size, calls, support, begin[:blocks].copy(), inbox)
    won = np.empty(blocks, dtype=np.int64)
    consent(low, high, size, places, firms, ties, support, p, step, key, calls, inbox, won)

    granted(low, high, size, calls, support, total)
    base = _starts(total + won)
    count = base[blocks]
    other, start = np.empty(count, dtype=np.uint32), np.empty(count, dtype=np.int16)
    trust, channel, until = np.empty(count, dtype=np.uint8), np.empty(count, dtype=np.uint8), np.empty(count, dtype=np.int16)
    fresh = Ties(np.zeros(n + 1, dtype=np.int64), other, start, trust, channel, until)
    formed = rebuild(low, high, size, firms, ties, support, step, calls, inbox, won, base, fresh)
    for k in range(len(formed)):
        flows[FORMED + k] = formed[k]

    toward = np.empty((n, p.rounds), dtype=np.uint32)
    point(low, high, places, firms, fresh, step, key, toward)
    for r in range(p.rounds):
        meet_round(low, high, r, places, firms, fresh, p, step, key, toward)
    renew(low, high, places, firms, p, traits)

    flows[INNOVATIONS] = innovations(low, high, places, firms, fresh, aid, p, step, key)
    sums, weights, exits = np.zeros((blocks, places.sectors, 2)), np.zeros((blocks, places.sectors)), np.zeros(blocks, dtype=np.int64)
    workforce(low, high, size, places, firms, sums)
    means = mean_productivity(sums)
    trials(low, high, size, places, firms, fresh, aid, p, step, key, means, weights, exits)
    settle(low, high, places, firms, aid, p, step, key, traits, means, people_per_weight(places, weights))
    flows[EXITS] = exits.sum()

    flows[ENDED_TIES] = part_ties(low, high, firms, fresh, p, step, key)
    return fresh
