"""Matchmaking events: where they are, who comes and who meets whom, also written down plainly."""

from collections import Counter

import numpy as np
import pytest
from policy_worlds import introductions, marked, policy_world, supported
from scipy import stats
from worlds import copied, drawn

from innovnet._random import hashed, philox_array
from innovnet.simulate import Eligible, Matchmaking
from innovnet.simulate._participation import _state as s

NEVER = -32768
pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")


@pytest.fixture(scope="module")
def lithuania():
    return policy_world()


def words(c0, c1, c2, c3, key):
    return [int(word) for word in philox_array(c0, c1, c2, c3, int(key))]


def lowest(key64, names):
    draws = [int(hashed(np.uint64(key64), np.uint64(name))) for name in names]
    return draws.index(min(draws))


def slow_events(state, policy, units, key, step):
    """Matchmaking written down plainly: guests and meetings of each event."""
    places, n, blocks = state.places, len(state.firms.flags), state.places.sectors + 1
    regions, purpose = len(places.country), (256 << 16) | step
    ids = np.arange(n) + n * state.firms.generation.astype(int)
    inside = [[i for i in range(places.block[r * blocks], places.block[(r + 1) * blocks]) if places.sector[i] < places.sectors] for r in range(regions)]

    def chosen(weights, e, use):
        w = words(e, 0, purpose, use, key)
        u = [((int(hashed(np.uint64(w[0] | w[1] << 32), np.uint64(r))) >> 11) + 0.5) * 2.0**-53 for r in range(regions)]
        return min((-np.log(u[r]) / weights[r], r) for r in range(regions) if weights[r] > 0)[1]

    def invited(r, wanted, e, use):
        w, found, k = words(e, 0, purpose, use, key), [], 0
        if len(inside[r]) <= wanted:
            return list(inside[r])
        while len(found) < wanted:
            bits = int(hashed(np.uint64(w[0] | w[1] << 32), np.uint64(k)))
            i, k = inside[r][(bits * len(inside[r])) >> 64], k + 1
            found += [i] if i not in found else []
        return found

    events = []
    for e in range(units):
        home = chosen([len(firms) if len(firms) > 1 else 0 for firms in inside], e, 0)
        row = np.diff(places.reach[home], prepend=0.0)
        second = chosen([0 if r == home or not inside[r] else row[r] for r in range(regions)], e, 1)
        guests = invited(home, policy.participants - policy.participants // 2, e, 2) + invited(second, policy.participants // 2, e, 3)
        pairs = []
        for i in guests:
            met = []
            for m in range(policy.meetings):
                w = words(ids[i], e, purpose, 16 + m, key)
                sectors, far = (w[0] + 0.5) / 2**32 < policy.cross_sector, (w[1] + 0.5) / 2**32 < policy.cross_region
                left = [j for j in guests if j != i and j not in met]
                for region, sector in ((True, True), (True, False), (False, True), (False, False)):
                    kind = [
                        j
                        for j in left
                        if ((places.region[i] != places.region[j]) == far) == region and ((places.sector[i] != places.sector[j]) == sectors) == sector
                    ]
                    if kind:
                        met.append(kind[lowest(w[2] | w[3] << 32, ids[kind])])
                        break
            pairs += [(i, j) for j in met]
        events.append((guests, pairs))
    return events


def test_events_are_as_written_down_plainly():
    network, state = policy_world("EU", firms=1500, clusters=1)
    state.firms.generation[::3] = 2
    policy = Matchmaking(budget=4 * 15_000, participants=9, meetings=3, cross_sector=0.4, cross_region=0.3)
    after = supported(network, state, policy, year=3, seed=5)
    slow = slow_events(state, policy, 4, drawn(3, 5).key, 3)
    assert sorted(introductions(after)) == sorted(pair for _, pairs in slow for pair in pairs)
    assert set(marked(after, s.INVITED).tolist()) == {i for guests, _ in slow for i in guests}
    order = [pair for place in range(len(state.firms.flags)) for _, pairs in slow for pair in pairs if pair[0] == place]
    assert introductions(after) == order


def test_guests_are_of_one_region_and_meet_each_other(lithuania):
    network, state = lithuania
    after = supported(network, state, Matchmaking(budget=15_000, participants=20, meetings=2))
    guests = marked(after, s.INVITED)
    assert len(guests) == 20
    assert len(set(state.places.region[guests].tolist())) == 1
    assert (state.places.sector[guests] < state.places.sectors).all()
    assert Counter(after.support.place.tolist()) == dict.fromkeys(guests.tolist(), 2)
    assert len(set(introductions(after))) == 40
    assert all(i != j and j in guests for i, j in introductions(after))
    assert not after.support.relief.any()
    assert not after.support.flags.any()
    assert (after.support.until == NEVER).all()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_share_of_meetings_with_another_sector(lithuania, share):
    network, state = lithuania
    two = Eligible(sectors=("C", "G"))
    after = supported(network, state, Matchmaking(budget=30 * 15_000, participants=100, cross_sector=share, region="LT011", eligible=two))
    sector = state.places.sector
    crossed = (sector[after.support.place] != sector[after.support.other]).mean()
    assert len(after.support.place) == 3000
    assert crossed == pytest.approx(share, abs=0 if share in {0.0, 1.0} else 4 * np.sqrt(0.21 / 3000))


def test_half_of_the_guests_are_of_a_second_region(lithuania):
    network, state = lithuania
    after = supported(network, state, Matchmaking(budget=15_000, participants=10, meetings=1, cross_region=1.0, region="LT011"))
    region = state.places.region
    assert sorted(Counter(region[marked(after, s.INVITED)].tolist()).values()) == [5, 5]
    assert (region[after.support.place] != region[after.support.other]).all()


def test_regions_have_events_by_their_number_of_eligible_firms(lithuania):
    network, state = lithuania
    small = state.firms.employees < 10
    after = supported(network, state, Matchmaking(budget=3000 * 15_000, participants=2, eligible={"sizes": "micro"}))
    firm = state.places.sector < state.places.sectors
    expected = np.bincount(state.places.region[firm & small], minlength=10) / (firm & small).sum() * 6000
    found = np.bincount(state.places.region[after.support.place], minlength=10)
    assert stats.chisquare(found / 2, expected / 2).pvalue > 1e-3


def test_an_event_of_few_firms_has_them_all_and_one_firm_makes_none(lithuania):
    network, state = lithuania
    state = copied(state)
    state.firms.employees[state.firms.employees >= 250] = 200
    there = np.flatnonzero((state.places.region == 3) & (state.places.sector < state.places.sectors))[[1, 5, 9]]
    state.firms.employees[there] = 250
    policy = Matchmaking(budget=15_000, region=sorted(set(network.actors["region"]))[3], eligible={"sizes": "large"}, meetings=5)
    after = supported(network, state, policy)
    assert marked(after, s.INVITED).tolist() == there.tolist()
    assert sorted(introductions(after)) == [(i, j) for i in there for j in there if i != j]
    state.firms.employees[there[1:]] = 249
    after = supported(network, state, policy)
    assert (after.money[0, 0], after.money[0, 2], len(after.support.place)) == (0, 15_000, 0)


def test_a_firm_that_is_no_longer_eligible_gives_up_its_seat_alone(lithuania):
    network, state = lithuania
    policy = Matchmaking(budget=10 * 15_000, eligible={"sizes": "micro"})
    before = supported(network, state, policy)
    other = copied(state)
    gone = marked(before, s.INVITED)[3]
    other.firms.employees[gone] = 300.0
    after = supported(network, other, policy)
    assert gone not in marked(after, s.INVITED)
    assert len(np.setxor1d(marked(before, s.INVITED), marked(after, s.INVITED))) <= 2 * np.sum(before.support.place == gone)
