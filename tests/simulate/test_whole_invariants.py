"""What holds in every year of every world: ties, capacity, shares, ids, clusters, money, knowledge."""

import numpy as np
import pytest
from whole import POLICIES, model_of, years

import innovnet as inn
from innovnet.simulate import Internationalisation
from innovnet.simulate._participation import _state as s

NEVER = -32768
WORLDS = {  # country, firms, years, dense, policies
    "default": ("LT", 5000, 30, False, ()),
    "default, supported": ("LT", 5000, 30, False, POLICIES),
    "dense": ("LT", 2000, 25, True, ()),
    "dense, supported": ("LT", 2000, 25, True, POLICIES),
    "countries, supported": ("EU", 4000, 25, True, POLICIES),
}


def ends_of(ties):
    """Both ends of each half-tie."""
    return np.repeat(np.arange(len(ties.indptr) - 1), np.diff(ties.indptr)), ties.other.astype(int)


def check_ties(before, state, body):
    """Symmetric in all columns, sorted, no duplicates, no self-ties; last year's live ties and this year's new ones."""
    ties, n = state.ties, len(body)
    i, j = ends_of(ties)
    assert ties.indptr[-1] == len(j)
    assert (i != j).all()
    assert (np.diff(i * n + j) > 0).all()
    back = np.lexsort((i, j))
    assert np.array_equal(i[back], j)
    assert np.array_equal(j[back], i)
    assert all(np.array_equal(column[back], column) for column in (ties.start, ties.trust, ties.channel, ties.until))
    assert not (body[i] & body[j]).any()
    old_i, old_j = ends_of(before.ties)
    lived = (before.ties.channel & s.ENDED) == 0
    kept = ties.start < state.step
    assert np.array_equal((old_i * n + old_j)[lived], (i * n + j)[kept])
    assert np.array_equal(before.ties.start[lived], ties.start[kept])
    ended = (ties.channel & s.ENDED) > 0
    left = (state.firms.flags & s.ENTERED) > 0
    assert ended[left[i] | left[j]].all()
    assert not (ended & (ties.until >= state.step) & ~(left[i] | left[j])).any()
    assert state.flows[s.FORMED : s.FORMED + 4].sum() * 2 == (~kept).sum()
    assert state.flows[s.ENDED_TIES] * 2 == ended.sum()


def check_capacity(before, state, p, body):
    """Who formed a tie has no more ties than there was time for when it did."""
    i, _ = ends_of(state.ties)
    degree = np.diff(state.ties.indptr)
    formed = np.bincount(i, weights=state.ties.start == state.step, minlength=len(body)) > 0
    slack = p.slack_0 * before.firms.employees.astype(float) ** p.slack_size * np.where(body, p.body_slack, 1.0)
    assert (degree[formed] <= np.floor(slack[formed] / p.days + 1e-5)).all()


def check_firms(before, state, body):
    """Each exit is an entry under a new id, sectors keep their people, bodies stay as they are."""
    places, firms, old = state.places, state.firms, before.firms
    new = (firms.flags & s.ENTERED) > 0
    assert np.array_equal(firms.generation, old.generation + new)
    assert state.flows[s.EXITS] == new.sum()
    assert (firms.birth[new] == state.step).all()
    assert np.array_equal(firms.birth[~new], old.birth[~new])
    assert np.array_equal(firms.quality[~new], old.quality[~new])
    people = np.bincount(places.sector[~body], weights=firms.employees[~body].astype(float), minlength=places.sectors)
    assert people == pytest.approx(places.labour, rel=1e-7)
    assert (firms.employees > 0).all()
    assert not new[body].any()
    assert np.array_equal(firms.employees[body], old.employees[body])
    return new


def check_clusters(state, body, new):
    """Members are firms that are there, each in one cluster; rows and places agree; a level for each."""
    groups, firms = state.groups, state.firms
    rows = np.repeat(np.arange(len(groups.number)), np.diff(groups.ptr))
    assert np.array_equal(firms.cluster[groups.member], rows)
    assert np.array_equal(np.flatnonzero(firms.cluster >= 0), np.sort(groups.member))
    assert not body[groups.member].any()
    assert not new[groups.member].any()
    assert np.array_equal(firms.joined > NEVER, firms.cluster >= 0)
    assert (np.diff(groups.ptr) >= 3).all()
    assert np.array_equal(firms.cluster[groups.coordinator], np.arange(len(groups.number)))
    assert (np.diff(groups.number.astype(int)) > 0).all()
    assert len(state.levels) == len(groups.number)
    assert groups.number.max(initial=0) <= state.next_cluster
    assert (groups.founded <= state.step).all()


def check_money(state, model, carried, year):
    """Paid and unspent are the budget and what was carried; sources add up to what was paid. Returns what may be carried on."""
    for k, (policy, money) in enumerate(zip(model.policies, state.money, strict=True)):
        row = dict(zip(s.MONEY, money.tolist(), strict=True))
        assert row["carried"] == (carried[k] if policy.active(year) else 0)
        assert row["paid"] + row["unspent"] == pytest.approx((policy.budget if policy.active(year) else 0) + row["carried"], abs=1e-6)
        assert row["paid"] == pytest.approx(row["units"] * policy.unit_cost, abs=1e-6)
        assert sum(row[name] for name in s.SOURCES) == pytest.approx(row["paid"], abs=1e-6)
        assert min(row.values()) >= 0
        carried[k] = row["unspent"] if policy.carry_over else 0
    return state.money[:, 0]


@pytest.mark.parametrize("name", WORLDS)
def test_every_year_holds_together(name):
    country, firms, steps, dense, policies = WORLDS[name]
    model = model_of(dense=dense, policies=policies)
    own, ids, delivered, carried = None, set(), np.zeros(len(policies)), [0.0] * len(policies)
    for before, state, seen in years(model, inn.simulate.population(country=country, firms=firms, seed=4), steps, 11):
        body = state.places.sector == state.places.sectors
        if own is None:
            own, most = before.firms.knowledge.copy(), np.zeros(before.firms.knowledge.shape[1])
            ids.update(range(len(body)))
        check_ties(before, state, body)
        check_capacity(before, state, model._numbers, body)
        new = check_firms(before, state, body)
        check_clusters(state, body, new)
        delivered += check_money(state, model, carried, state.step)

        fresh = (np.flatnonzero(new) + len(body) * state.firms.generation[new].astype(int)).tolist()
        assert ids.isdisjoint(fresh)
        ids.update(fresh)

        known = state.firms.knowledge
        own[new] = known[new]  # entrants are at their own level
        assert (known >= own * (1 - 1e-6)).all()
        most = np.maximum(most, own.max(axis=0))
        assert (known <= most).all()
        assert np.array_equal(known[body], own[body])
        assert (state.firms.learned >= -1e-6).all()

        assert seen["ties"] == ((state.ties.channel & s.ENDED) == 0).sum() / 2
        assert seen["cluster_members"] == len(state.groups.member)
        assert seen["paid"] == pytest.approx(state.money[:, 1].sum())
    assert seen["clusters"] > 0
    assert [bool(units) for units in delivered] == [type(policy) is not Internationalisation or country == "EU" for policy in policies]
