"""Policy instruments: what can be given, and exactly what each does in a year."""

from collections import Counter

import numpy as np
import pytest
from policy_worlds import introductions, marked, policy_world, supported
from scipy import stats
from worlds import copied, drawn, same, ties_between

import innovnet as inn
from innovnet._random import hashed, philox_array
from innovnet.errors import DataError
from innovnet.simulate import Eligible, ExportGroup, Facilitation, Internationalisation, Matchmaking, MaturitySupport, ProjectSubsidy
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation import _sweep
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._support import support

pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")
KINDS = (Matchmaking, Facilitation, ProjectSubsidy, MaturitySupport, Internationalisation, ExportGroup)
MARK = {Matchmaking: s.INVITED, Facilitation: s.FACILITATED, ProjectSubsidy: s.FUNDED, MaturitySupport: s.MEMBER_HELPED}
MARK |= {Internationalisation: s.ABROAD, ExportGroup: s.GROUPED}
NEVER = -32768


@pytest.fixture(scope="module")
def lithuania():
    return policy_world()


@pytest.fixture(scope="module")
def europe():
    return policy_world("EU", firms=4000, ties=3000)


# What can be given


def test_all_faults_are_told_at_once():
    with pytest.raises(DataError) as raised:
        Matchmaking(
            budget=-1, start=5, end=2, cross_sector=1.5, participants=2.5, region=3, sources={"eu": 0.3, "stat": 0.6}, eligible={"sizes": "mirco", "sizs": 1}
        )
    told = {(fault.column, fault.problem) for fault in raised.value.faults}
    assert {column for column, _ in told} == {"budget", "start", "cross_sector", "participants", "region", "sources", "sizes", "sizs"}
    text = str(raised.value)
    for words in ("Did you mean 'micro'?", "Did you mean 'state'?", "Did you mean 'sizes'?", "is after end=2", "is outside [0, 1]", "is the sum of the shares"):
        assert words in text


@pytest.mark.parametrize("budget", [-0.01, float("nan"), float("inf"), "2m", True, None])
def test_what_is_no_amount_of_money(budget):
    with pytest.raises(DataError, match="budget"):
        Matchmaking(budget=budget)


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_costs_something(kind):
    name = "grant" if kind is ProjectSubsidy else "cost"
    with pytest.raises(DataError, match=name):
        kind(budget=1.0, **{name: 0.0})


@pytest.mark.parametrize("eligible", [{"sizes": []}, {"sectors": [3]}, {"innovated": "yes"}, ["micro"], {"size": "micro"}, {"sizes": ["micro", "big"]}])
def test_conditions_that_cannot_be_used(eligible):
    with pytest.raises(DataError):
        Matchmaking(budget=1.0, eligible=eligible)


def test_conditions_as_a_mapping_or_as_one_text():
    assert Matchmaking(budget=1.0, eligible={"sizes": "small"}).eligible == Eligible(sizes=("small",))


def test_only_instruments_are_policies():
    with pytest.raises(DataError, match="Did you mean 'Matchmaking'"):
        Participation(policies="Matchmakin")
    with pytest.raises(DataError, match=r"Facilitation\(budget=\.\.\.\)"):
        Participation(policies=(Facilitation,))
    with pytest.raises(DataError, match="decision=None"):
        Participation(decision=None, policies=(Matchmaking(budget=1.0),))


def test_labels_are_checked_when_the_run_starts(lithuania):
    network, _ = lithuania
    model = Participation(policies=(Matchmaking(budget=0, start=9, region="LT01"), ExportGroup(budget=0, eligible={"sectors": ["g"], "countries": "LV"})))
    with pytest.raises(DataError) as raised:
        inn.simulate.run(model, network, steps=1, seed=0)
    assert [fault.value for fault in raised.value.faults] == ["LT01", "g", "LV"]
    assert "Did you mean 'LT0" in str(raised.value)


# All instruments


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("budget", "start"), [(0, 1), (7_000, 1), (1e6, 2)])
def test_without_a_unit_nothing_is_touched(europe, kind, budget, start):
    network, state = europe
    cost = {} if kind is ProjectSubsidy else {"cost": 10_000.0}
    with_it, without = supported(network, state, kind(budget=budget, start=start, **cost)), supported(network, state)
    assert same(with_it, without)
    assert len(with_it.aid.mark) == 0
    for part in ("support", "groups"):
        assert all(np.array_equal(a, b) for a, b in zip(getattr(with_it, part), getattr(without, part), strict=True))


def test_years_of_an_instrument_without_money_are_those_without_it(lithuania):
    network, _ = lithuania
    policies = tuple(kind(budget=0) for kind in KINDS)
    ends = [inn.simulate.run(model, network, steps=4, seed=3).checkpoint.state_for(model) for model in (Participation(), Participation(policies=policies))]
    assert same(*ends)


@pytest.mark.parametrize("kind", KINDS)
def test_more_budget_is_the_same_units_and_more(europe, kind):
    network, state = europe
    cost = kind(budget=0).unit_cost
    before = None
    for units in (1, 2, 4, 8):
        after = supported(network, state, kind(budget=cost * units))
        now = Counter(introductions(after)), set(marked(after, MARK[kind]).tolist())
        assert len(now[1]) > 0
        if before is not None:
            assert before[0] <= now[0]
            assert before[1] < now[1] or after.money[0, 0] < units
        before = now


@pytest.mark.parametrize("kind", KINDS)
def test_marks_are_of_the_year_and_one_stays(europe, kind):
    network, state = europe
    policy = kind(budget=kind(budget=0).unit_cost, end=1)
    first = supported(network, state, policy)
    helped = marked(first, MARK[kind])
    assert np.array_equal(helped, marked(first, s.EVER))
    first.firms.flags[helped[0]] |= s.ENTERED
    after = supported(network, first, policy, year=2)
    assert not (after.aid.mark & ~np.uint8(s.EVER)).any()
    assert np.array_equal(marked(after, s.EVER), helped[1:])
    assert not after.aid.funded.any()
    assert not after.aid.export.any()
    assert (after.aid.gain[helped[0]], after.aid.gain_until[helped[0]]) == (0, NEVER)


def test_an_instrument_added_after_another_changes_none_of_its_draws(europe):
    network, state = europe
    first, added = Matchmaking(budget=45_000), Internationalisation(budget=40_000)
    alone, both = supported(network, state, first), supported(network, state, first, added)
    assert introductions(alone) == [pair for pair, flag in zip(introductions(both), both.support.flags, strict=True) if flag == 0]
    assert np.array_equal(marked(alone, s.INVITED), marked(both, s.INVITED))


def test_two_instruments_of_one_kind_draw_anew(europe):
    network, state = europe
    twice = supported(network, state, *(Matchmaking(budget=15_000),) * 2)
    once = supported(network, state, Matchmaking(budget=15_000))
    assert len(twice.support.place) > len(once.support.place)
    assert Counter(introductions(once)) < Counter(introductions(twice))


def test_introductions_are_sorted_by_place(europe):
    network, state = europe
    after = supported(network, state, *(kind(budget=1e6) for kind in KINDS))
    assert (np.diff(after.support.place.astype("i8")) >= 0).all()
    assert [array.dtype.str[1:] for array in after.support[:5]] == ["u4", "u4", "f4", "u1", "i2"]
    assert all(array.flags.writeable and array.flags.c_contiguous for array in (*after.support[:9], *after.aid))


def test_threads_and_blocks_do_not_matter(europe, monkeypatch):
    network, state = europe
    policies = [kind(budget=3e6) for kind in KINDS]
    monkeypatch.setenv("INNOVNET_THREADS", "1")
    whole = supported(network, state, *policies)
    monkeypatch.setenv("INNOVNET_THREADS", "2")
    monkeypatch.setattr(_sweep, "BLOCK", 64)
    cut = supported(network, state, *policies)
    assert same(whole, cut)
    assert all(np.array_equal(a, b) for a, b in zip(whole.support, cut.support, strict=True))


@pytest.mark.parametrize("kind", [Matchmaking, ProjectSubsidy, Internationalisation, ExportGroup])
def test_only_the_eligible_are_helped(europe, kind):
    network, state = europe
    state = copied(state)
    state.firms.innovated[::2] = 4
    eligible = Eligible(sizes=("micro", "small"), sectors=("C", "G", "M"), countries=("DE", "FR", "LT"), innovated=True)
    helped = kind(budget=1e6, eligible=eligible, **({"size": 2} if kind is ExportGroup else {}))
    actors = network.actors
    assert list(state.places.actor) == list(range(len(actors)))
    fit = (state.firms.employees < 50) & (state.firms.innovated > 0) & actors["sector"].isin(eligible.sectors) & actors["country"].isin(eligible.countries)
    after = supported(network, state, helped)
    who = marked(after, MARK[kind])
    assert len(who) > 3
    if kind is ProjectSubsidy:  # partners need not be
        assert fit[who].sum() >= after.money[0, 0] > 0
    else:
        assert fit[who].all()


# Matchmaking


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


# Clusters


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


# Projects


def slow_calls(state, policy, units, key):
    """Consortia of a call written down plainly: the members of each."""
    ties, places, n = state.ties, state.places, len(state.firms.flags)

    def partners(i):
        span = slice(ties.indptr[i], ties.indptr[i + 1])
        return [int(j) for j, channel in zip(ties.other[span], ties.channel[span], strict=True) if not channel & s.ENDED]

    ids = np.arange(n) + n * state.firms.generation.astype(int)
    luck = (philox_array(ids, 0, (256 << 16) | state.step, 4, int(key))[0] + 0.5) / 2**32
    score = state.firms.knowledge.astype(float).sum(axis=1) / 8 + 0.2 * luck
    ranked = sorted((i for i in range(n) if places.sector[i] < places.sectors and state.firms.employees[i] < 250), key=lambda i: (-score[i], ids[i]))
    funded, taken = [], set()
    for i in ranked:
        members = [i, *(j for j in partners(i) if j not in taken)]
        if i not in taken and len(partners(i)) >= policy.min_members - 1 and len(members) >= policy.min_members and len(funded) < units:
            funded.append(sorted(members))
            taken |= set(members)
    return funded


def test_calls_are_as_written_down_plainly(lithuania):
    network, state = lithuania
    state = copied(state)
    state.step = 4
    state.ties.channel[np.random.default_rng(1).random(len(state.ties.channel)) < 0.2] |= s.ENDED
    state.firms.generation[::5] = 3
    policy = ProjectSubsidy(budget=12 * 200_000, min_members=4)
    funded = slow_calls(state, policy, 12, drawn(4).key)
    assert len(funded) == 12
    after = supported(network, state, policy, year=4)
    assert after.money[0, 0] == 12
    assert np.array_equal(marked(after, s.FUNDED), np.sort(np.concatenate(funded)))
    for members in funded:
        assert after.aid.funded[members] == pytest.approx(200_000 / len(members))
        firms = [i for i in members if state.places.sector[i] < state.places.sectors]
        share = 200_000 / (3 * len(members)) / (5_000 * state.firms.employees[firms].astype(float))
        assert after.aid.gain[firms] == pytest.approx(np.minimum(1, 0.3 * np.log1p(share)), rel=1e-6)
        assert (after.aid.gain_until[firms] == 6).all()


def star(state, hub, leaves):
    """The state with ties of one firm only."""
    state = copied(state)
    state.ties = ties_between(len(state.firms.flags), [(hub, leaf) for leaf in leaves])
    return state


def test_a_consortium_is_locked_and_its_members_meet(lithuania):
    network, state = lithuania
    body = int(np.flatnonzero(state.places.sector == state.places.sectors)[0])
    state = star(state, 10, [3, 40, body])
    state.firms.employees[[3, 10, 40]] = [4, 9, 300]
    after = supported(network, state, ProjectSubsidy(budget=1e9, years=5, intensity=0.4), year=2)
    assert after.money[0, 0] == 1
    assert (after.ties.until == 6).all()
    others = {(3, 40), (40, 3), (3, body), (body, 3), (40, body), (body, 40)}
    assert set(introductions(after)) == others
    assert len(introductions(after)) == 6
    assert after.support.relief.tolist() == pytest.approx([0.4] * 6)
    assert (after.support.flags == s.CONSORTIUM).all()
    assert (after.support.until == 6).all()
    assert after.aid.gain[[3, 10, 40]] == pytest.approx(0.3 * np.log1p(200_000 / 20 / (5_000 * np.array([4, 9, 300]))))  # 10,000 a year for each
    assert after.aid.gain[3] == pytest.approx(0.121640, abs=1e-6)
    assert (after.aid.gain[body], after.aid.gain_until[body], after.aid.funded[body]) == (0, NEVER, 50_000)


def test_the_gain_is_at_most_one(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40])
    state.firms.employees[[3, 10, 40]] = 1
    assert supported(network, state, ProjectSubsidy(budget=1e9, grant=1e9)).aid.gain[[3, 10, 40]].tolist() == [1, 1, 1]


def test_a_firm_has_one_project_at_a_time(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40, 60])
    policy = ProjectSubsidy(budget=1e9, years=2)
    first = supported(network, state, policy, year=1)
    assert supported(network, first, policy, year=2).money[0, 0] == 0
    assert supported(network, first, policy, year=3).money[0, 0] == 1
    assert supported(network, state, policy, policy, year=1).money[:, 0].tolist() == [1, 0]


def test_ended_ties_make_no_consortium(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40])
    state.ties.channel[state.ties.indptr[10]] |= s.ENDED
    assert supported(network, state, ProjectSubsidy(budget=1e9)).money[0, 0] == 0
    assert supported(network, state, ProjectSubsidy(budget=1e9, min_members=2)).money[0, 0] == 1


def test_large_firms_do_not_apply(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40])
    state.firms.employees[10] = 250
    assert supported(network, state, ProjectSubsidy(budget=1e9)).money[0, 0] == 0


def test_consortia_across_sectors(lithuania):
    network, state = lithuania
    sector, body = state.places.sector, int(np.flatnonzero(state.places.sector == state.places.sectors)[0])
    peers = np.flatnonzero(sector == sector[10])
    alike = star(state, 10, [*peers[peers != 10][:2], body])
    mixed = star(state, 10, [peers[peers != 10][0], np.flatnonzero((sector != sector[10]) & (sector < state.places.sectors))[0]])
    for world, expected in ((alike, 0), (mixed, 1)):
        assert supported(network, world, ProjectSubsidy(budget=1e9, cross_sector_only=True)).money[0, 0] == expected
        assert supported(network, world, ProjectSubsidy(budget=1e9)).money[0, 0] == 1


# Abroad


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


# Years


def test_matchmaking_makes_ties_that_would_not_be_there(lithuania):
    network, _ = lithuania
    runs = [
        inn.simulate.run(Participation(policies=policies), network, steps=3, seed=2).summary
        for policies in ((), (Matchmaking(budget=30 * 15_000, start=2, end=3),))
    ]
    new = [summary["ties_new"].to_numpy() for summary in runs]
    assert new[0][1] == new[1][1]
    assert new[1][2:].sum() > new[0][2:].sum() + 20


def test_support_alone_changes_no_firm(europe):
    network, state = europe
    after = copied(state)
    after.step = 1
    support(network, after, Participation(policies=tuple(kind(budget=1e6) for kind in KINDS)), drawn(1))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(after.firms, state.firms, strict=True))
