"""Meetings, what passes in them, and renewal."""

import numpy as np
import pytest
from worlds import copied, drawn, same, tiny, world

from innovnet._random import philox_array
from innovnet.simulate._participation import _sweep
from innovnet.simulate._participation._draws_kernel import log32, own_knowledge
from innovnet.simulate._participation._learn import learn
from innovnet.simulate._participation._learn_kernel import meet_round, point, renew
from innovnet.simulate._participation._numbers import FIELDS, LEARN
from innovnet.simulate._participation._state import ENDED, TAUGHT


@pytest.mark.parametrize(("rounds", "level"), [(1, 1.189189), (2, 1.416910)])
def test_a_firm_tied_to_a_body_settles_where_gift_and_renewal_balance(rounds, level):
    state, p = tiny([0.5, 2.0], [(0, 1)], bodies=[1], rounds=rounds)
    for step in range(1, 100):
        learn(state, p, drawn(step))
    assert state.firms.knowledge[0] == pytest.approx(np.full(FIELDS, level), abs=1e-6)
    assert (state.firms.knowledge[1] == 2.0).all()
    before = (level - 0.15 * 0.5) / 0.85  # what it was before renewal
    assert state.firms.learned[0] == pytest.approx(np.log(before / 0.5), abs=2e-6)


def test_two_firms_barter_what_each_knows_better():
    one, other = np.ones(FIELDS), np.ones(FIELDS)
    one[:2], other[:2] = (1.0, 0.5), (0.4, 0.9)
    state, p = tiny([one, other], [(0, 1)], renewal=0.0, rounds=1)
    learn(state, p, drawn(1))
    assert state.firms.knowledge[:, :2] == pytest.approx(np.array([[1.0, 0.56], [0.49, 0.9]]), abs=1e-7)
    assert (state.firms.flags & TAUGHT).all()


def test_who_has_nothing_to_offer_gets_nothing_of_a_firm():
    state, p = tiny([0.5, 2.0], [(0, 1)])
    learn(state, p, drawn(1))
    assert (state.firms.knowledge[0] == 0.5).all()
    assert not state.firms.flags.any()
    assert not state.firms.learned.any()


def test_without_absorption_nothing_is_learned_exactly():
    state, p = world(ties=3000, absorption=0.0)
    before = state.firms.knowledge.copy()
    for step in range(1, 4):
        learn(state, p, drawn(step))
    assert not state.firms.learned.any()
    assert (state.firms.knowledge == before).all()


def test_ended_ties_teach_nothing():
    state, p = world(ties=3000)
    state.ties.channel[:] |= ENDED
    before = state.firms.knowledge.copy()
    learn(state, p, drawn(1))
    assert (state.firms.knowledge == before).all()


def test_knowledge_stays_below_the_best_source_and_bodies_keep_theirs():
    state, p = world(ties=6000, rounds=4)
    best, body = state.firms.knowledge.max(axis=0), state.places.sector == state.places.sectors
    bodies = state.firms.knowledge[body].copy()
    for step in range(1, 15):
        learn(state, p, drawn(step))
    assert (state.firms.knowledge.max(axis=0) <= best).all()
    assert (state.firms.knowledge[body] == bodies).all()
    assert not state.firms.learned[body].any()
    assert state.firms.learned.max() > 0.1


def test_knowledge_returns_to_the_own_level_once_ties_are_gone():
    state, p = world(ties=3000)
    own = state.firms.knowledge.copy()
    learn(state, p, drawn(1))
    taught = (state.firms.flags & TAUGHT) > 0
    state.ties.channel[:] |= ENDED
    gap = np.abs(state.firms.knowledge - own).sum()
    for step in range(2, 12):
        learn(state, p, drawn(step))
    assert taught.sum() > 100
    assert np.abs(state.firms.knowledge - own).sum() == pytest.approx(gap * 0.85**10, rel=1e-3)
    assert not state.firms.learned[~taught].any()


def test_a_pair_meets_as_often_as_a_matching_allows():
    star = [(0, other) for other in range(1, 6)]  # the hub's ties: 1 / (5 + 1 - 1)
    levels = np.ones((6, FIELDS))
    levels[0, 0], levels[1:, 1] = 2.0, 2.0
    start, p = tiny(levels, star, rounds=1)
    met = np.zeros(6)
    for step in range(1, 1001):
        state = copied(start)
        learn(state, p, drawn(step))
        met += (state.firms.flags & TAUGHT) > 0
    assert met[0] == 1000
    assert ((met[1:] - 200) ** 2 / 200).sum() < 23  # chi-squared of 4 degrees of freedom: its quantile of .9999


def slow(state, p, draw):
    """Step 4 in plain Python."""
    places, firms, ties = state.places, state.firms, state.ties
    n = len(firms.flags)
    ids = [i + n * int(firms.generation[i]) for i in range(n)]
    body = places.sector == places.sectors
    live = [[int(ties.other[e]) for e in range(ties.indptr[i], ties.indptr[i + 1]) if not ties.channel[e] & ENDED] for i in range(n)]
    tag = (LEARN << 16) | draw.step
    for r in range(p.rounds):
        words = [[int(philox_array(min(ids[i], ids[j]), max(ids[i], ids[j]), tag, 0, int(draw.key))[r]) for j in live[i]] for i in range(n)]
        toward = [live[i][int(np.argmin(words[i]))] if live[i] and not body[i] else None for i in range(n)]
        for i, j in enumerate(toward):
            if j is not None and body[j]:
                moved(firms.knowledge, j, i, [k for k in range(FIELDS) if firms.knowledge[j, k] > (1 + p.band) * float(firms.knowledge[i, k])], p, firms)
            elif j is not None and i < j and toward[j] == i:
                w = philox_array(min(ids[i], ids[j]), max(ids[i], ids[j]), tag, 1 + r, int(draw.key))
                barter(firms, i, j, int(w[0]) | int(w[1]) << 32, p)
    for i in np.flatnonzero(firms.flags & TAUGHT):
        own = np.empty(FIELDS, "f4")
        own_knowledge(places.profile, places.quantile, places.sector[i], firms.quality[i], p.quality_k, np.uint32(ids[i]), np.uint64(state.traits), own)
        total, base = np.float32(0), np.float32(0)
        for k in range(FIELDS):
            total, base = total + firms.knowledge[i, k], base + own[k]
        firms.learned[i] = log32(total / base)
        firms.knowledge[i] += np.float32(p.renewal) * (own - firms.knowledge[i])


def moved(knowledge, source, to, fields, p, firms):
    for k in fields:
        gap = float(knowledge[source, k] - knowledge[to, k])  # in single precision
        knowledge[to, k] = float(knowledge[to, k]) + p.absorption * gap
        firms.flags[to] |= TAUGHT


def barter(firms, i, j, bits, p):
    v = firms.knowledge.astype(float)
    a = [k for k in range(FIELDS) if v[i, k] > (1 + p.band) * v[j, k]]
    b = [k for k in range(FIELDS) if v[j, k] > (1 + p.band) * v[i, k]]
    m = min(len(a), len(b))
    moved(firms.knowledge, i, j, chosen(a, m, bits), p, firms)
    moved(firms.knowledge, j, i, chosen(b, m, bits), p, firms)


def chosen(fields, m, bits):
    """Selection sampling of m fields."""
    mask, taken = (1 << 64) - 1, []
    for at, k in enumerate(fields):
        x = bits ^ (k * 0x9E3779B97F4A7C15 & mask)
        for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
            x = (x ^ (x >> 33)) * factor & mask
        x ^= x >> 33
        if (x * (len(fields) - at)) >> 64 < m - len(taken):
            taken.append(k)
    return taken


@pytest.mark.parametrize("rounds", [2, 4])
def test_learning_is_what_its_definition_says(rounds):
    state, p = world(firms=150, ties=400, bodies=8, seed=3, rounds=rounds)
    state.ties.channel[::17] |= ENDED  # on one side alone: what a side's own mark says holds for it
    state.firms.generation[::5] = 3
    for step in (1, 2, 3):
        witness = copied(state)
        learn(state, p, drawn(step, 3))
        slow(witness, p, drawn(step, 3))
        assert same(state, witness)


def test_learning_has_the_same_bits_in_any_cut_and_any_number_of_threads(monkeypatch):
    state, p = world(firms=20_000, ties=30_000)
    whole, cut, threaded = state, copied(state), copied(state)
    learn(whole, p, drawn(1))
    places, firms, ties, draw = cut.places, cut.firms, cut.ties, drawn(1)
    bounds = [(0, 5), (8192, len(firms.flags)), (5, 8192)]
    toward = np.empty((len(firms.flags), p.rounds), np.uint32)
    for low, high in bounds:
        point(low, high, places, firms, ties, draw.step, draw.key, toward)
    for r in range(p.rounds):
        for low, high in bounds:
            meet_round(low, high, r, places, firms, ties, p, draw.step, draw.key, toward)
    for low, high in bounds:
        renew(low, high, places, firms, p, np.uint64(cut.traits))
    monkeypatch.setattr(_sweep, "_BLOCKS_OF_A_TASK", 1)
    monkeypatch.setenv("INNOVNET_THREADS", "2")
    learn(threaded, p, draw)
    assert same(whole, cut)
    assert same(whole, threaded)
