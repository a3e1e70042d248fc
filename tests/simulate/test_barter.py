"""Barter: the exchange rule by hand and by its properties, the steady state, and the curve of Cowan and Jonard."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import innovnet as inn
from innovnet._random import below, bits64, hashed, seed_key
from innovnet.simulate import Barter, Draw
from innovnet.simulate._exchange_kernel import exchange, give

SHARES = (0.0, 0.03, 0.09, 0.15, 0.3, 1.0)
OTHERS = {  # means of another implementation of the same rules: 150 runs, and 20
    0.0: ((4.772, 0.026), (4.69, 0.08)),
    0.03: ((5.184, 0.020), (5.11, 0.06)),
    0.09: ((5.476, 0.020), (5.42, 0.05)),
    0.15: ((5.465, 0.020), (5.42, 0.06)),
    1.0: ((4.816, 0.017), (4.84, 0.04)),
}


def traded(knowledge, i, j, absorption, band, bits):
    return exchange(knowledge, np.int64(i), np.int64(j), float(absorption), float(band), np.uint64(bits))


def gifted(knowledge, source, to, absorption, band):
    return give(knowledge, np.int64(source), np.int64(to), float(absorption), float(band))


def rows(*values):
    return np.array(values, dtype=np.float32)


def levels(fields):
    level = st.integers(0, 1024).map(lambda n: n / 64)  # every gap moves a float32
    return st.tuples(st.lists(level, min_size=fields, max_size=fields), st.lists(level, min_size=fields, max_size=fields))


def test_exchange_by_hand():
    known = rows((1, 0.5), (0.4, 0.9))
    assert traded(known, 0, 1, 0.15, 0.01, 7) == 1
    np.testing.assert_array_equal(known, rows((1, 0.56), (0.49, 0.9)))


def test_no_deal_without_something_to_give():
    known = rows((1, 0.9), (0.4, 0.9))
    assert traded(known, 0, 1, 0.15, 0.01, 7) == 0
    np.testing.assert_array_equal(known, rows((1, 0.9), (0.4, 0.9)))


def test_a_lead_within_the_band_is_none():
    known = rows((1, 0.5), (0.4, 0.504))
    assert traded(known.copy(), 0, 1, 0.15, 0.01, 7) == 0
    assert traded(known.copy(), 0, 1, 0.15, 0.0, 7) == 1


def test_gift_by_hand():
    known = rows((2, 2, 1), (1, 0.5, 3))
    assert gifted(known, 0, 1, 0.5, 0.01) == 2
    np.testing.assert_array_equal(known, rows((2, 2, 1), (1.5, 1.25, 3)))


@given(levels(6), st.integers(0, 2**64 - 1), st.floats(0.01, 1), st.sampled_from([0.0, 0.01, 0.3]))
def test_exchange_rule(pair, bits, absorption, band):
    before = rows(*pair)
    after = before.copy()
    m = traded(after, 0, 1, absorption, band, bits)
    mine, yours = before.astype(np.float64)
    ahead, behind = mine > (1 + band) * yours, yours > (1 + band) * mine
    assert m == min(ahead.sum(), behind.sum())
    changed = after != before
    assert not (changed[0] & ~behind).any()
    assert not (changed[1] & ~ahead).any()
    assert changed[0].sum() == changed[1].sum() == m
    np.testing.assert_array_equal(after[0][changed[0]], (mine + absorption * (yours - mine)).astype(np.float32)[changed[0]])
    np.testing.assert_array_equal(after[1][changed[1]], (yours + absorption * (mine - yours)).astype(np.float32)[changed[1]])
    turned = before[::-1].copy()
    assert traded(turned, 1, 0, absorption, band, bits) == m
    np.testing.assert_array_equal(turned, after[::-1])


def test_every_choice_of_fields_is_equally_likely():
    """Three of five fields of A flow: each of the ten sets as often as the others, whatever those of B."""
    chosen = {}
    bits = np.random.default_rng(1).integers(0, 2**64, size=20_000, dtype=np.uint64)
    for word in bits:
        known = rows((2,) * 5 + (1,) * 3, (1,) * 5 + (2,) * 3)
        assert traded(known, 0, 1, 0.5, 0.01, word) == 3
        key = tuple(np.flatnonzero(known[1, :5] > 1))
        chosen[key] = chosen.get(key, 0) + 1
    assert set(chosen) == set(combinations(range(5), 3))
    assert stats.chisquare(list(chosen.values())).pvalue > 1e-4


def settle(network, seed, model=None):
    model = model or Barter()
    key, step = seed_key(seed), 0
    state = model.start(network, Draw(key, 0, 0))
    while not state.settled:
        step += 1
        state = model.step(network, state, Draw(key, step, step))
    return model.observe(network, state), state


def small_world(share, seed, n=500):
    return inn.from_networkx(nx.watts_strogatz_graph(n, 10, share, seed=seed))


def curve(runs):
    return {p: pd.DataFrame([settle(small_world(p, seed), seed)[0] for seed in range(runs)]) for p in SHARES}


def judge(found):
    means = {p: table["mean"].mean() for p, table in found.items()}
    assert 0.06 <= max(means, key=means.get) <= 0.2
    assert max(means.values()) > max(means[0.0], means[1.0]) + 4 * max(t["mean"].sem() for t in found.values())
    for p, columns in OTHERS.items():
        for value, error in columns:
            assert abs(means[p] - value) < 4 * np.hypot(error, found[p]["mean"].sem()), p
    return found


def test_curve_of_cowan_and_jonard():
    judge(curve(20))


def test_curve_of_cowan_and_jonard_thoroughly():
    if settings.get_current_profile_name() != "thorough":
        pytest.skip("takes minutes: HYPOTHESIS_PROFILE=thorough")
    found = judge(curve(150))
    cv = {p: table["cv"].mean() for p, table in found.items()}
    assert min(cv, key=cv.get) in {0.09, 0.15}


def test_a_step_is_meetings_one_after_another():
    """The same meetings by the same function, one pair at a time, bit for bit."""
    network, model, key = small_world(0.1, 3, n=40), Barter(experts=4), seed_key(5)
    state = model.start(network, Draw(key, 0, 0))
    known, deals = state.knowledge.copy(), 0
    partners = [sorted(set(network.arcs().indices[a:b])) for a, b in zip(network.arcs().indptr, network.arcs().indptr[1:], strict=False)]

    for meeting in range(network.n_actors):
        purpose, zero = np.uint32((4 << 16) | 1), np.uint32(0)
        word = [bits64(np.uint32(meeting), zero, purpose, np.uint32(n), key) for n in range(3)]
        i = int(below(np.uint64(word[0]), np.uint64(network.n_actors)))
        j = int(min(partners[i], key=lambda k: hashed(np.uint64(word[1]), np.uint64(k))))
        deals += traded(known, i, j, 0.1, 0.01, word[2]) > 0
    after = model.step(network, state, Draw(key, 1, 1))
    np.testing.assert_array_equal(after.knowledge, known)
    assert after.deals == deals > 0


def test_steady_state_admits_no_trade():
    network = small_world(0.1, 1, n=60)
    seen, state = settle(network, 1, Barter(experts=6))
    ties = network.ties
    v = state.knowledge.astype(np.float64)
    i, j = v[ties["source"]], v[ties["target"]]
    assert not ((i > 1.01 * j).any(axis=1) & (j > 1.01 * i).any(axis=1)).any()
    after = Barter(experts=6).step(network, state, Draw(np.uint64(1), 5000, 5000))
    assert after.settled
    assert after.deals == 0
    assert seen["settled"] == 1


def test_knowledge_never_falls_and_never_passes_the_best():
    network, model = small_world(0.1, 2, n=60), Barter(experts=6)
    state = model.start(network, Draw(np.uint64(9), 0, 0))
    best = state.knowledge.max(axis=0)
    for step in range(1, 30):
        before = state.knowledge.copy()
        state = model.step(network, state, Draw(np.uint64(9), step, step))
        assert (state.knowledge >= before).all()
    assert (state.knowledge <= best).all()


def test_start():
    network, model = small_world(0.1, 2), Barter()
    state = model.start(network, Draw(seed_key(1), 0, 0))
    assert state.knowledge.shape == (500, 5)
    assert state.knowledge.dtype == np.float32
    experts = state.knowledge == 10
    assert experts.sum() == 50
    assert experts.sum(axis=1).max() == 1
    assert len(set(np.nonzero(experts)[1])) == 5
    rest = state.knowledge[~experts]
    assert stats.kstest(rest, "uniform").pvalue > 1e-4


def test_isolates_and_direction(D):
    lone = inn.Network.from_frames(pd.DataFrame({"actor": ["a", "b", "c"]}), pd.DataFrame({"source": ["a"], "target": ["b"]}))
    model = Barter(experts=0)
    _, state = settle(lone, 1, model)
    np.testing.assert_array_equal(state.knowledge[2], model.start(lone, Draw(seed_key(1), 0, 0)).knowledge[2])
    both = inn.symmetrize(D, rule="maximum")
    assert settle(D, 1, model)[0] == settle(both, 1, model)[0]


def test_nobody_at_all():
    empty = inn.Network.from_frames(pd.DataFrame({"actor": []}), pd.DataFrame({"source": [], "target": []}))
    model = Barter(experts=0)
    state = model.step(empty, model.start(empty, Draw(np.uint64(1), 0, 0)), Draw(np.uint64(1), 1, 1))
    assert state.settled
    assert np.isnan(model.observe(empty, state)["mean"])


def test_panel_columns(U):
    model = Barter(experts=2)
    state = model.start(U, Draw(np.uint64(1), 0, 0))
    actors, ties = model.actors(U, state), model.ties(U, state)
    assert {len(column) for column in actors.values()} == {12}
    assert not actors["treated"].any()
    assert len(ties["source"]) == len(ties["target"]) == 19
    np.testing.assert_allclose(actors["knowledge"].mean(), model.observe(U, state)["mean"], rtol=1e-12)


def test_it_runs(U):
    summary = inn.simulate.run(Barter(experts=2), U, steps=30, seed=1).summary
    assert summary["mean"].is_monotonic_increasing
    assert summary["deals"].iloc[0] == 0


def test_bad_input(U):
    with pytest.raises(inn.errors.DataError, match=r"absorption.*'0'.*\(0, 1\]"):
        Barter(absorption=0)
    with pytest.raises(inn.errors.DataError, match="3 of its parameters"):
        Barter(absorption=2, band=-1, fields=2.5)
    with pytest.raises(inn.errors.DataError, match="experts=50 of 12 actors"):
        Barter().start(U, Draw(np.uint64(1), 0, 0))
    with pytest.raises(inn.errors.DataError, match="Barter takes Network"):
        Barter().start("network", Draw(np.uint64(1), 0, 0))
    with pytest.warns(inn.errors.DataWarning, match="absorption=0.9"):
        Barter(absorption=0.9)
