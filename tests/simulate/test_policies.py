"""Policy instruments: what can be given, and exactly what each does in a year."""

from collections import Counter

import numpy as np
import pytest
from policy_worlds import introductions, marked, policy_world, supported
from worlds import copied, drawn, same

import innovnet as inn
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
    with pytest.raises(DataError, match="with decision=None no firm decides"):
        Participation(decision=None, market=None, policies=(Matchmaking(budget=1.0),))


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


@pytest.mark.parametrize("kind", KINDS)
def test_where_nobody_is_eligible_nothing_is_paid(europe, kind):
    network, state = europe
    state = copied(state)
    state.firms.employees[state.firms.employees >= 50] = 49
    after = supported(network, state, kind(budget=1e6, eligible={"sizes": ["medium", "large"]}))
    assert after.money[0, :3].tolist() == [0, 0, 1e6]
    assert not after.aid.mark.any()
    assert introductions(after) == []


def test_world_without_clusters_or_ties():
    network, state = policy_world("EU", firms=300, ties=0, clusters=0)
    after = supported(network, state, *(kind(budget=1e6) for kind in KINDS))
    helped = dict(zip([kind.__name__ for kind in KINDS], after.money[:, 0].tolist(), strict=True))
    assert helped["Facilitation"] == helped["MaturitySupport"] == helped["ProjectSubsidy"] == 0 < helped["Matchmaking"]
