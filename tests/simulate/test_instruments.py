"""Instruments for clusters, for partners abroad and for exporting."""

from collections import Counter

import numpy as np
import pytest
from policy_worlds import introductions, marked, policy_world, supported
from scipy import stats
from worlds import copied

from innovnet.simulate import ExportGroup, Facilitation, Internationalisation, MaturitySupport
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._model import Participation

NEVER = -32768
pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")


@pytest.fixture(scope="module")
def lithuania():
    return policy_world()


@pytest.fixture(scope="module")
def europe():
    return policy_world("EU", firms=4000, ties=3000)


def test_facilitators_serve_the_first_clusters(lithuania):
    network, state = lithuania
    policy = Facilitation(budget=3 * 45_000, quality=0.5, relief=0.4, sources={"state": 0.5, "members": 0.3, "eu": 0.2})
    after = supported(network, state, policy)
    assert after.support.cluster_relief.tolist() == pytest.approx([0.4, 0.4, 0.4, 0, 0])
    assert after.groups.facilitator.tolist() == [0.5, 0.5, 0.5, 0, 0]
    assert after.groups.funds[:3].tolist() == [pytest.approx([13_500, 22_500, 9_000, 0])] * 3
    assert not after.groups.funds[3:].any()
    assert np.array_equal(marked(after, s.FACILITATED), np.sort(state.groups.member[:18]))
    cluster = state.firms.cluster
    assert all(cluster[i] == cluster[j] >= 0 and i != j for i, j in introductions(after))


@pytest.mark.parametrize("quality", [0.0, 0.25, 1.0])
def test_quality_is_the_share_of_members_introduced(quality):
    network, state = policy_world(firms=2000, clusters=250)
    after = supported(network, state, Facilitation(budget=1e9, quality=quality))
    members = 6 * 250
    assert len(set(after.support.place.tolist())) == len(after.support.place)
    assert len(after.support.place) / members == pytest.approx(quality, abs=0 if quality in {0.0, 1.0} else 4 * np.sqrt(0.1875 / members))
    if quality == 1.0:  # each of the five fellows equally often
        position = {(row, i): k for row in range(250) for k, i in enumerate(state.groups.member[row * 6 : row * 6 + 6].tolist())}
        cluster = state.firms.cluster
        seats = Counter((position[cluster[j], j] - position[cluster[i], i]) % 6 for i, j in introductions(after))
        assert stats.chisquare([seats[k] for k in range(1, 6)]).pvalue > 1e-3


def test_clusters_are_eligible_by_their_coordinator(lithuania):
    network, state = lithuania
    state = copied(state)
    state.firms.employees[state.groups.coordinator] = [5, 20, 100, 300, 20]
    after = supported(network, state, Facilitation(budget=1e6, eligible={"sizes": "small"}))
    assert (after.groups.facilitator > 0).tolist() == [False, True, False, False, True]
    assert after.money[0, 0] == 2


def test_support_of_maturity_goes_to_clusters_below_the_top(lithuania):
    network, state = lithuania
    state = copied(state)
    state.levels = np.array([4, 0, 3, 4, 1])
    assert len(Participation()._rules.levels) == 4
    after = supported(network, state, MaturitySupport(budget=2 * 30_000))
    assert after.support.cluster_govern.tolist() == [1, 2, 2, 1, 1]
    assert after.support.cluster_admit.tolist() == [1, 1.5, 1.5, 1, 1]
    assert after.support.cluster_fee.tolist() == [1, 0.5, 0.5, 1, 1]
    assert after.groups.funds[:, 1].tolist() == [0, 30_000, 30_000, 0, 0]
    assert np.array_equal(marked(after, s.MEMBER_HELPED), np.sort(state.groups.member[6:18]))
    assert supported(network, state, MaturitySupport(budget=1e9)).money[0, 0] == 3
    state.levels = np.zeros(0, dtype=np.int64)
    assert supported(network, state, MaturitySupport(budget=1e9)).money[0, 0] == 5


def test_partners_abroad_are_of_the_same_sector(europe):
    network, state = europe
    after = supported(network, state, Internationalisation(budget=300 * 8_000))
    place, other = after.support.place, after.support.other
    country = state.places.country[state.places.region]
    assert len(set(place.tolist())) == len(place) == 300
    assert (country[place] != country[other]).all()
    assert (state.places.sector[place] == state.places.sector[other]).all()
    assert (state.firms.employees[place] < 250).all()
    assert (after.support.flags == s.WAIVE_BORDER).all()
    assert np.array_equal(marked(after, s.ABROAD), np.sort(place))


def test_every_small_firm_can_be_helped_at_most_once(europe):
    network, state = europe
    after = supported(network, state, Internationalisation(budget=1e12))
    smes = (state.firms.employees < 250) & (state.places.sector < state.places.sectors)
    assert after.money[0, 0] == len(after.support.place) <= smes.sum()
    assert len(after.support.place) > 0.95 * smes.sum()


def test_the_order_of_firms_is_drawn(europe):
    network, state = europe
    helped = [supported(network, state, Internationalisation(budget=400 * 8_000), seed=seed).support.place for seed in range(20)]
    smes = np.flatnonzero((state.firms.employees < 250) & (state.places.sector < state.places.sectors))
    halves = [int((place < smes[len(smes) // 2]).sum()) for place in helped]
    assert stats.binomtest(sum(halves), 20 * 400, 0.5).pvalue > 1e-3


def test_coordinators_get_a_foreign_partner(europe):
    network, state = europe
    after = supported(network, state, Internationalisation(budget=1e9, coordinators=True))
    assert set(after.support.place.tolist()) <= set(state.groups.coordinator.tolist())
    assert 0 < after.money[0, 0] == len(after.support.place)


def test_one_country_has_nobody_abroad(lithuania):
    network, state = lithuania
    after = supported(network, state, Internationalisation(budget=80_000))
    assert (after.money[0, 0], after.money[0, 2], len(after.support.place)) == (0, 80_000, 0)


# Export


def test_export_groups_are_of_one_sector_and_region(lithuania):
    network, state = lithuania
    state = copied(state)
    state.firms.flags[::4] |= s.EXPORTS
    after = supported(network, state, ExportGroup(budget=1e12, size=5, relief=0.2))
    places, helped = state.places, marked(after, s.GROUPED)
    assert after.aid.export[helped] == pytest.approx(0.2 * np.log(5))
    assert not np.delete(after.aid.export, helped).any()
    assert not (state.firms.flags[helped] & s.EXPORTS).any()
    block = places.region.astype(int) * (places.sectors + 1) + places.sector
    free = Counter(block[(places.sector < places.sectors) & (state.firms.flags & s.EXPORTS == 0)].tolist())
    assert Counter(block[helped].tolist()) == {name: count // 5 * 5 for name, count in free.items() if count >= 5}
    assert after.money[0, 0] == len(helped) / 5
    one = supported(network, state, ExportGroup(budget=60_000, size=5))
    assert len(set(block[marked(one, s.GROUPED)].tolist())) == 1
    assert len(marked(one, s.GROUPED)) == 5


def test_members_of_groups_are_drawn(lithuania):
    network, state = lithuania
    counts = np.zeros(len(state.firms.flags), dtype=int)
    for seed in range(60):
        counts[marked(supported(network, state, ExportGroup(budget=20 * 60_000), seed=seed), s.GROUPED)] += 1
    block = np.flatnonzero((state.places.region == 0) & (state.places.sector == np.bincount(state.places.sector).argmax()))
    assert stats.chisquare(counts[block]).pvalue > 1e-3
