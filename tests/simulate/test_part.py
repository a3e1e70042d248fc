"""Trust, and how ties end."""

import math
from itertools import pairwise

import numpy as np
import pytest
from worlds import copied, drawn, same, tiny, world

from innovnet._random import philox_array
from innovnet.simulate._participation._numbers import END
from innovnet.simulate._participation._part import part
from innovnet.simulate._participation._part_kernel import end_chance, part_ties
from innovnet.simulate._participation._state import ENDED, ENDED_TIES, ENTERED


def test_chance_of_the_tie_in_the_specification():
    _, p = tiny([1.0], [], end_0=0.1)
    assert end_chance(0.3, 0.5, p) == pytest.approx(0.205870, abs=1e-6)


@pytest.mark.parametrize(("innovated", "trust"), [((0, 0), 91), ((1, 0), 147), ((0, 1), 147), ((2, 2), 91)])
def test_trust_rises_where_either_innovates_and_falls_else(innovated, trust):
    state, p = tiny([1.0, 0.5], [(0, 1)], end_0=-math.inf)
    state.ties.trust[:], state.firms.innovated[:] = 101, innovated
    part(state, p, drawn(1))
    assert state.ties.trust.tolist() == [trust, trust]  # 101 + 0.3 (255 − 101) = 147.2; 0.9 × 101 = 90.9
    assert not state.ties.channel[0] & ENDED


def by_hand(state, p, draw):
    """Half-ties as (trust, ended), in plain words."""
    firms, ties, n = state.firms, state.ties, len(state.firms.flags)
    found = []
    for i in range(n):
        for e in range(ties.indptr[i], ties.indptr[i + 1]):
            j = int(ties.other[e])
            if (firms.flags[i] | firms.flags[j]) & ENTERED or ties.channel[e] & ENDED:
                found.append((int(ties.trust[e]), True))
                continue
            t = ties.trust[e] / 255
            t = t + p.trust_up * (1 - t) if (firms.innovated[i] | firms.innovated[j]) & 1 else t - p.trust_down * t
            ids = sorted((i + n * int(firms.generation[i]), j + n * int(firms.generation[j])))
            word = int(philox_array([ids[0]], [ids[1]], [(END << 16) | draw.step], [0], int(draw.key))[0][0])
            a, b = firms.knowledge[i].astype(float), firms.knowledge[j].astype(float)
            o = np.minimum(a, b).sum() / np.maximum(a, b).sum()
            x = p.end_0 - p.end_trust * t - p.end_fit * 4 * o * (1 - o)
            ends = (word + 0.5) / 2**32 < 1 / (1 + math.exp(-x))
            found.append((math.floor(t * 255 + 0.5), bool(ends and ties.until[e] < draw.step)))
    return found


def mixed(seed):
    """A world whose ties differ in trust, locks and what befell their ends."""
    state, p = world(firms=200, ties=500, seed=seed)
    rng, n = np.random.default_rng(seed), len(state.firms.flags)
    i, j = np.repeat(np.arange(n), np.diff(state.ties.indptr)), state.ties.other.astype(int)
    low, high = np.minimum(i, j), np.maximum(i, j)
    state.ties.trust[:] = (low * 31 + high * 17) % 256
    state.ties.until[:] = (low + high) % 5
    state.ties.channel[(low * 7 + high) % 6 == 0] |= ENDED
    state.firms.innovated[:], state.firms.generation[:] = rng.integers(0, 4, n), rng.integers(0, 4, n)
    state.firms.flags[rng.random(n) < 0.05] |= ENTERED
    return state, p


@pytest.mark.parametrize("seed", range(4))
def test_the_step_is_that_of_the_plain_words(seed):
    state, p = mixed(seed)
    before = int(((state.ties.channel & ENDED) != 0).sum())
    expected = by_hand(state, p, drawn(2, seed))
    part(state, p, drawn(2, seed))
    ended = (state.ties.channel & ENDED) != 0
    assert list(zip(state.ties.trust.tolist(), ended.tolist(), strict=True)) == expected
    assert state.flows[ENDED_TIES] == (ended.sum() - before) / 2 > 20


def test_a_lock_holds_to_its_last_year_but_not_against_an_exit():
    state, p = tiny([1.0, 0.5, 1.0, 0.5, 1.0, 0.5], [(0, 1), (2, 3), (4, 5)], end_0=100.0)
    state.ties.until[:] = (3, 3, 2, 2, 3, 3)
    state.firms.flags[5] = ENTERED
    part(state, p, drawn(3))
    assert ((state.ties.channel & ENDED) != 0).tolist() == [False, False, True, True, True, True]
    assert state.flows[ENDED_TIES] == 2


@pytest.mark.parametrize("cuts", [[0, 1, 206], [0, 50, 100, 206], list(range(207))])
def test_bits_do_not_depend_on_the_cuts(cuts):
    state, p = mixed(0)
    other, n = copied(state), len(state.firms.flags)
    part(state, p, drawn(2))
    assert cuts[-1] >= n
    other.flows[ENDED_TIES] = sum(part_ties(low, min(high, n), other.firms, other.ties, p, 2, drawn(2).key) for low, high in pairwise(cuts))
    assert same(state, other)
