"""Worlds in which ties and firms come and go at random, for tests of clusters."""

from collections import Counter

import numpy as np
from worlds import drawn, ties_between, world

from innovnet.clusters._catalogue import parsed
from innovnet.clusters._counts import COUNTED, counts
from innovnet.clusters._decide import decide
from innovnet.clusters._plan import columns_needed
from innovnet.clusters._values import Values
from innovnet.graph._tables import freeze
from innovnet.simulate._participation._gather import gather, new_year
from innovnet.simulate._participation._levels_kernel import COLUMNS, cluster_arrays, cluster_columns
from innovnet.simulate._participation._maturity import _staff, a_day, planned
from innovnet.simulate._participation._state import ENDED, ENTERED, EXPORTED, EXPORTED_BEFORE, EXPORTS, Ties, no_support

WINDOW = 3


def small_world(seed, firms=150, ties=300, **numbers):
    """A few firms with many ties; every third shares its owner with others."""
    state, p = world(firms, seed, ties=ties, bodies=6, **{"found": 0.3, "admit": 0.3, "min_members": 4, "govern": 0.5} | numbers)
    n = len(state.firms.flags)
    rng = np.random.default_rng(seed)
    owner = np.where(rng.random(n) < 0.3, rng.integers(0, 12, n), 12 + np.arange(n)).astype("u4")
    state.places = state.places._replace(owner=freeze(owner)[0])
    return state, p


def churn(state, step, seed=0):
    """What steps 2 to 7 would do, at random: ended ties are dropped, new ones formed, firms replaced, ties ended."""
    rng = np.random.default_rng([seed, step])
    firms, ties, n = state.firms, state.ties, len(state.firms.flags)
    state.step = step
    new_year(state.groups)
    state.support = no_support(len(state.groups.number))
    one = np.repeat(np.arange(n), np.diff(ties.indptr))
    pairs = {
        (int(i), int(j)): (start, channel)
        for i, j, start, channel in zip(one, ties.other, ties.start, ties.channel, strict=True)
        if i < j and not channel & ENDED
    }
    for i, j in rng.integers(0, n, (40, 2)):
        if i != j:
            pairs.setdefault((int(min(i, j)), int(max(i, j))), (step, 2))
    exits = rng.random(n) < 0.05
    exits &= state.places.sector < state.places.sectors
    before = (firms.flags & EXPORTS) * (EXPORTED // EXPORTS) + (firms.flags & EXPORTED) * (EXPORTED_BEFORE // EXPORTED)
    firms.flags[:] = np.where(exits, ENTERED, before + (rng.random(n) < 0.2))
    firms.generation[exits] += 1
    firms.birth[exits], firms.cluster[exits], firms.joined[exits] = step, -1, -32768
    firms.innovated[:] = np.where(exits, 0, (firms.innovated << 1) | (rng.random(n) < 0.3))
    made = ties_between(n, pairs)
    heads = np.repeat(np.arange(n), np.diff(made.indptr))
    keys = [(min(i, j), max(i, j)) for i, j in zip(heads.tolist(), made.other.tolist(), strict=True)]
    gone = {pair: exits[pair[0]] or exits[pair[1]] or rng.random() < 0.15 for pair in sorted(pairs)}
    start = np.array([pairs[key][0] for key in keys], "i2")
    channel = np.array([2 | (ENDED if gone[key] else 0) for key in keys], "u1")
    state.ties = Ties(made.indptr, made.other, start, made.trust, channel, made.until)


def year(state, p, step, seed=0):
    """A year at random, and what becomes of clusters."""
    churn(state, step, seed)
    gather(state, p, drawn(step, seed), WINDOW)


def lists(groups):
    """The members of each cluster."""
    return [groups.member[a:b].tolist() for a, b in zip(groups.ptr[:-1], groups.ptr[1:], strict=True)]


def past_ties(state):
    """Each ended tie that is known: the ids of its ends, its first and its last step; both of its ends know the same of it while they are there."""
    past, generation, n = state.past, state.firms.generation.astype(int), len(state.firms.flags)
    halves = Counter()
    for i in range(n):
        for k in range(past.indptr[i], past.indptr[i + 1]):
            end = state.step - int(past.ago[k])
            halves[i + n * int(generation[i]), int(past.other[k]), end - int(past.lived[k]) + 1, end] += 1
    present = set((np.arange(n) + n * generation).tolist())
    for (one, other, start, end), count in halves.items():
        assert other not in present or halves[other, one, start, end] == count
    return [tie for tie, count in halves.items() for _ in range(count) if tie[1] not in present or tie[0] < tie[1]]


def decision(state, rules, at=None):
    """What assessments decide of the state's arrays: criteria and levels, in intervals where something is not known."""
    plan, day, groups = planned(rules), a_day(state, at), state.groups
    rows, staff = len(groups.number), _staff(state, plan)
    arrays = cluster_arrays(0, rows, state.places, state.firms, state.ties, state.past, groups, staff, state.step, day, plan)
    values = counts(arrays, [key for key in rules.keys if parsed(key)[0] in COUNTED], independence=rules.settings.independence)
    found = dict(zip(COLUMNS, cluster_columns(0, rows, groups, state.step, day).T, strict=True))
    for key in columns_needed(rules):
        meaning = rules.meaning(key)
        unknown = Values.certain(np.zeros(rows)).unless(np.ones(rows, dtype=bool), meaning.low, meaning.high)
        values[key] = Values.certain(found[key]) if key in found else unknown
    return decide(rules, values)
