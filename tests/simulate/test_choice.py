"""Random choices have the odds that they should have."""

import numpy as np
import pytest
from scipy import stats
from worlds import drawn, world

from innovnet._kernel import kernel
from innovnet._random import bits64, hashed, philox
from innovnet.simulate._participation._decide_kernel import exponential, logit
from innovnet.simulate._participation._draws_kernel import exp32
from innovnet.simulate._participation._look_kernel import largest_seen, met_by_chance, one_of_list, one_of_ties, where
from innovnet.simulate._participation._search_kernel import poisson
from innovnet.simulate._participation._state import NOBODY

KEYS = 1_000_000
SEED = np.uint64(20261124)


@kernel
def chosen(values, keys, seed):
    counts = np.zeros(len(values), dtype=np.int64)
    for key in range(keys):
        draws = bits64(np.uint32(key), np.uint32(0), np.uint32(0), np.uint32(0), seed)
        best, least = 0, np.float32(np.inf)
        for j in range(len(values)):
            wait = exponential(np.uint32(hashed(draws, np.uint64(j)) >> np.uint64(32))) * exp32(np.float32(-values[j]))
            if wait < least:
                best, least = j, wait
        counts[best] += 1
    return counts


@kernel
def listed(member, but, keys, seed):
    counts = np.zeros(len(member), dtype=np.int64)
    for key in range(keys):
        w = philox(np.uint32(key), np.uint32(0), np.uint32(1), np.uint32(0), seed)
        found = one_of_list(member, np.int64(0), len(member), but, w[0], w[1])
        for e in range(len(member)):
            counts[e] += member[e] == found
    return counts


@kernel
def in_words(words, logits):
    found = np.empty(len(words))
    for e in range(len(words)):
        found[e] = logit(words[e]) if logits else exponential(words[e])
    return found


def fits(counts, odds):
    return stats.chisquare(counts, np.sum(counts) * odds / np.sum(odds)).pvalue > 1e-3


def test_a_choice_is_a_multinomial_logit():
    values = np.array([0.0, 0.5, -1.0, 1.2, -0.3], "f4")
    assert fits(chosen(values, KEYS, SEED), np.exp(values.astype(float)))


def test_rare_options_have_their_odds_and_impossible_ones_are_not_chosen():
    counts = chosen(np.array([0.0, -9.0, -np.inf], "f4"), KEYS * 10, SEED)
    assert counts[2] == 0
    assert fits(counts[:2], np.exp([0.0, -9.0]))


@pytest.mark.parametrize("m", [7, 60])
def test_one_of_a_list_is_any_with_the_same_chance(m):
    member = np.sort(np.random.default_rng(0).choice(100_000, m, replace=False)).astype("u4")
    counts = listed(member, member[3], KEYS // 5, SEED)
    assert counts[3] == 0
    assert fits(np.delete(counts, 3), np.ones(m - 1))


def test_exponential_and_logistic_numbers():
    words = np.append(np.arange(0, 2**32, 1_000_003), [0, 1, 5, 2**24 - 1, 2**24, 2**32 - 2**24, 2**32 - 1]).astype("u4")
    u = (words + 0.5) / 2**32
    exact, inside = -np.log1p(-u), u < 0.99999
    assert in_words(words, False)[inside] == pytest.approx(exact[inside], rel=2e-5)
    assert in_words(words, False)[~inside] == pytest.approx(exact[~inside], rel=0.25)  # 1 − u has few digits where nothing is decided
    assert in_words(words, True) == pytest.approx(np.log(u) - np.log1p(-u), abs=3e-6)


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.9, 3.0, 200.0])
def test_number_of_searches_is_a_quantile_of_the_poisson_distribution(rate):
    u = (np.arange(2000) + 0.5) / 2000
    assert [poisson(float(one), rate) for one in u] == np.minimum(stats.poisson.ppf(u, rate), 8).tolist()


def test_the_region_is_the_first_above_the_number():
    reach = np.cumsum(np.random.default_rng(1).random((3, 41)) * (np.arange(41) % 3 > 0), axis=1)
    reach /= reach[:, -1:]
    reach.setflags(write=False)
    for home in range(3):
        u = np.append(np.linspace(0, 0.9999, 97), reach[home, :-1])
        assert [where(reach, home, float(one)) for one in u] == np.searchsorted(reach[home], u, side="right").tolist()


def test_the_largest_of_those_seen():
    employees = np.arange(100, dtype="f4") % 10
    for key in range(50):
        seen = [20 + ((int(hashed(np.uint64(key), np.uint64(n))) >> 32) * 30 >> 32) for n in range(4)]
        assert largest_seen(20, 50, 4, employees, np.uint64(key)) == max(seen, key=lambda j: employees[j])
    assert largest_seen(20, 20, 4, employees, np.uint64(0)) == NOBODY


@pytest.mark.parametrize(("share", "same"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.5), (0.3, 0.5)])
def test_meetings_by_chance_go_where_the_shares_say(share, same):
    state, p = world(firms=3000, bodies=60, body_share=share, same_sector=same, seen=1)
    places, region = state.places, int(np.argmax(np.bincount(state.places.region)))
    sectors = places.sectors
    i = int(places.block[region * (sectors + 1) + 2])
    words = np.random.default_rng(5).integers(0, 2**32, (20_000, 2), dtype=np.uint32)
    keys = np.random.default_rng(6).integers(0, 2**64, 20_000, dtype=np.uint64)
    met = np.array([met_by_chance(i, places, state.firms.employees, p, w[0], w[1], key) for w, key in zip(words, keys, strict=True)], dtype=np.int64)
    size = np.diff(places.block).reshape(-1, sectors + 1)
    where_to = np.diff(places.reach[region], prepend=0.0)
    odds = np.zeros(size.shape)
    odds[:, sectors] = share * (size[:, sectors] > 0)
    odds[:, places.sector[i]] += (1 - share) * same * (size[:, places.sector[i]] > 0)
    odds[:, :sectors] += (1 - share) * (1 - same) * size[:, :sectors] / np.maximum(size[:, :sectors].sum(axis=1, keepdims=True), 1)
    expected = np.append((odds * where_to[:, None]).ravel(), 0.0)
    expected[-1] = 1 - expected.sum()
    block = np.where(met == NOBODY, len(expected) - 1, np.searchsorted(places.block, met, side="right") - 1)
    counts = np.bincount(block, minlength=len(expected))
    assert (counts[expected < 1e-12] == 0).all()
    often = expected * len(met) > 5
    left = np.append(counts[often], counts[~often].sum()), np.append(expected[often], expected[~often].sum())
    assert fits(left[0][left[1] > 1e-12], left[1][left[1] > 1e-12])


def test_one_of_live_ties_but_not_of_ended_ones():
    state, _ = world(ties=2000)
    ties = state.ties
    hub = int(np.argmax(np.diff(ties.indptr)))
    low, high = ties.indptr[hub], ties.indptr[hub + 1]
    ties.channel[low + 1 : high : 2] |= 128
    but = ties.other[low]
    keys = [int(k) for k in drawn(1).unit(1, np.arange(300)) * 2**53]
    found = {int(one_of_ties(ties.indptr, ties.other, ties.channel, hub, but, np.uint32(key & 0xFFFFFFFF), np.uint32(key >> 32))) for key in keys}
    assert found == set(ties.other[low + 2 : high : 2].tolist())
    assert one_of_ties(ties.indptr, ties.other, ties.channel, hub, NOBODY, np.uint32(1), np.uint32(2)) in ties.other[low:high:2]
