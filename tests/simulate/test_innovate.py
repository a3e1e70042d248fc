"""Who innovates, productivity, and the true effect of taking part."""

import numpy as np
import pytest
from worlds import copied, drawn, each, same, tiny, world

from innovnet._random import philox_array
from innovnet.simulate._participation import _sweep
from innovnet.simulate._participation._draws_kernel import exp32, log32
from innovnet.simulate._participation._effects import participation_effect
from innovnet.simulate._participation._innovate import innovate
from innovnet.simulate._participation._innovate_kernel import innovations
from innovnet.simulate._participation._numbers import PRODUCTIVITY, W_INNOVATE, YEAR
from innovnet.simulate._participation._state import ENTERED, EXPORTED, EXPORTED_BEFORE, EXPORTS, INNOVATIONS, TAUGHT, aid_for


def with_aid(state, seed=0):
    """Support of a third of all places, that has ended for half of them before step 3."""
    n, rng = len(state.firms.flags), np.random.default_rng(seed)
    aid = aid_for(n)
    helped = rng.random(n) < 0.3
    aid.gain[helped], aid.export[helped] = rng.random(helped.sum()), 0.2
    aid.gain_until[helped] = rng.integers(1, 5, helped.sum())
    state.aid = aid


def share_of_innovators(levels, pairs, learned, years=4000, **numbers):
    """Share of years in which the first place innovates."""
    state, p = tiny(levels, pairs, **numbers)
    start, count = copied(state), 0
    for step in range(1, years + 1):
        state = copied(start)
        state.firms.learned[0] = learned
        innovate(state, p, drawn(step))
        count += int(state.firms.innovated[0])
    return count / years


@pytest.mark.parametrize(("pairs", "learned", "probability"), [([], 0.0, 0.086069), ([(0, 1)], 0.1, 0.092492)])
def test_probability_of_innovating_by_hand(pairs, learned, probability):
    state, p = tiny([1.0, 1.0], pairs, base=0.09)
    state.firms.learned[0] = learned
    alone = 1.0 - np.exp(-0.09)
    assert participation_effect(state, p)[0] == pytest.approx(probability - alone, abs=1e-6)
    found = share_of_innovators([1.0, 1.0], pairs, learned, base=0.09)
    assert abs(found - probability) < 4 * np.sqrt(probability * (1 - probability) / 4000)


def slow(state, p, draw):
    """Step 5 in numpy, in single precision."""
    firms, ties, f4 = state.firms, state.ties, np.float32
    n = len(firms.flags)
    exp, log = each(exp32), each(log32)
    ids = (np.arange(n) + n * firms.generation.astype(np.int64)).astype("u4")
    firm = state.places.sector != state.places.sectors
    degree = np.diff(ties.indptr)
    term = f4(p.know) * firms.learned
    for i in np.flatnonzero(degree):
        around = sum(min(20, degree[j] - 1) for j in ties.other[ties.indptr[i] : ties.indptr[i + 1]])
        term[i] += f4(p.ties) * log32(f4(1 + degree[i] + p.indirect * around))
    if len(state.aid.gain):
        term = term + np.where(state.aid.gain_until >= draw.step, state.aid.gain, f4(0))
    rate = f4(p.base) * exp((f4(p.innovation_size) * log(firms.employees) + f4(p.innovation_quality) * firms.quality) + term)
    word = philox_array(ids, 0, (YEAR << 16) | draw.step, 0, int(draw.key))[W_INNOVATE]
    new = firm & ((word + 0.5) * 2.0**-32 < 1.0 - exp(-rate).astype(float))
    words = philox_array(ids, 0, (PRODUCTIVITY << 16) | draw.step, 0, int(draw.key))
    total = sum((w & 0xFFFF).astype(np.int64) + (w >> 16) for w in words)
    noise = ((total - 4 * 65535) * (1.0 / (8 * (2.0**32 - 1) / 12) ** 0.5)).astype("f4")
    z = (f4(p.persistence) * firms.productivity + f4((1 - p.persistence) * p.quality_z) * firms.quality) + f4(p.shock) * noise
    z = np.where(new, z + f4(p.jump), z)
    firms.productivity[firm] = z[firm]
    firms.innovated[:] = (firms.innovated << 1) | new
    state.flows[INNOVATIONS] = new.sum()
    before = np.where(firms.flags & EXPORTS, EXPORTED, 0) | np.where(firms.flags & EXPORTED, EXPORTED_BEFORE, 0)
    firms.flags[:] = (firms.flags & (EXPORTS | TAUGHT)) | before


@pytest.mark.parametrize("aid", [False, True])
def test_innovating_is_what_its_definition_says(aid):
    state, p = world(firms=1500, ties=3000, bodies=20, seed=4)
    rng = np.random.default_rng(1)
    n = len(state.firms.flags)
    state.firms.learned[:], state.firms.generation[:] = rng.random(n) * 0.3, rng.integers(0, 3, n)
    state.firms.flags[:], state.firms.innovated[:] = rng.integers(0, 32, n), rng.integers(0, 256, n)
    if aid:
        with_aid(state)
    for step in (1, 2, 3):
        witness = copied(state)
        innovate(state, p, drawn(step))
        slow(witness, p, drawn(step))
        assert same(state, witness)


def test_bodies_neither_innovate_nor_change():
    state, p = world(bodies=40, base=50.0)
    body = state.places.sector == state.places.sectors
    before = state.firms.productivity[body].copy()
    innovate(state, p, drawn(1))
    assert not state.firms.innovated[body].any()
    assert (state.firms.innovated[~body] == 1).all()
    assert (state.firms.productivity[body] == before).all()


def test_without_jump_productivity_does_not_know_of_innovations():
    state, p = world(jump=0.0)
    other = copied(state)
    innovate(state, p, drawn(1))
    innovate(other, p._replace(base=5.0), drawn(1))
    assert (state.firms.innovated != other.firms.innovated).any()
    assert (state.firms.productivity == other.firms.productivity).all()


def test_the_last_three_years_are_three_bits():
    state, p = world(firms=100)
    for step, base in ((1, 100.0), (2, 0.0), (3, 0.0)):
        innovate(state, p._replace(base=base), drawn(step))
    assert set(np.unique(state.firms.innovated & 7)) <= {0, 4}
    innovate(state, p._replace(base=0.0), drawn(4))
    assert not (state.firms.innovated & 7).any()


def test_support_makes_innovating_likelier_while_it_lasts():
    state, p = world(firms=5000)
    helped = copied(state)
    helped.aid = aid_for(len(helped.firms.flags))
    helped.aid.gain[:], helped.aid.gain_until[:] = 0.5, 1
    counts = {}
    for step in (1, 2):
        pair = (copied(state), copied(helped))
        for one in pair:
            innovate(one, p, drawn(step))
        counts[step] = [int((one.firms.innovated & 1).sum()) for one in pair]
    assert counts[1][1] > 1.4 * counts[1][0]
    assert counts[2][1] == counts[2][0]


def test_the_true_effect_is_the_difference_of_two_probabilities():
    state, p = world(ties=2000)
    state.firms.learned[:] = np.diff(state.ties.indptr) * np.float32(0.01)
    state.firms.flags[:10] = ENTERED
    found = participation_effect(state, p)
    degree, firm = np.diff(state.ties.indptr), state.places.sector != state.places.sectors
    around = np.array(
        [np.minimum(20, degree[state.ties.other[low:high]] - 1).sum() for low, high in zip(state.ties.indptr, state.ties.indptr[1:], strict=False)]
    )
    term = 0.2 * state.firms.learned + 0.08 * np.log(1 + degree + 0.02 * around)
    rate = p.base * state.firms.employees.astype(float) ** p.innovation_size * np.exp(0.5 * state.firms.quality.astype(float))
    wanted = np.where(firm & (np.arange(len(firm)) >= 10), np.exp(-rate) - np.exp(-rate * np.exp(term)), 0.0)
    assert found == pytest.approx(wanted, abs=1e-6)
    assert (found[firm & (degree == 0)] == 0.0).all()
    assert not participation_effect(state, p._replace(know=0.0, ties=0.0)).any()


def test_innovating_has_the_same_bits_in_any_cut_and_any_number_of_threads(monkeypatch):
    state, p = world(firms=20_000, ties=30_000)
    cut, threaded, draw = copied(state), copied(state), drawn(1)
    innovate(state, p, draw)
    for low, high in ((8192, len(state.firms.flags)), (0, 8192)):
        cut.flows[INNOVATIONS] += innovations(low, high, cut.places, cut.firms, cut.ties, cut.aid, p, draw.step, draw.key)
    monkeypatch.setattr(_sweep, "_BLOCKS_OF_A_TASK", 1)
    monkeypatch.setenv("INNOVNET_THREADS", "2")
    innovate(threaded, p, draw)
    assert same(state, cut)
    assert same(state, threaded)
