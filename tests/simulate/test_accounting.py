"""Money of policy instruments: what is paid, from where, for how many units, and what is left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_worlds import policy_world, supported

import innovnet as inn
from innovnet.simulate import ExportGroup, Facilitation, Internationalisation, Matchmaking, MaturitySupport, ProjectSubsidy
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._state import MONEY, SOURCES

pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")
KINDS = {"Matchmaking": Matchmaking, "Facilitation": Facilitation, "ProjectSubsidy": ProjectSubsidy, "MaturitySupport": MaturitySupport}
KINDS |= {"Internationalisation": Internationalisation, "ExportGroup": ExportGroup}


@pytest.fixture(scope="module")
def europe():
    return policy_world("EU", firms=3000, ties=3000)


def account(state, position=0):
    return dict(zip(MONEY, state.money[position].tolist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    budget=st.floats(0, 2e6),
    shares=st.lists(st.integers(0, 5), min_size=4, max_size=4).filter(any),
    carry_over=st.booleans(),
)
def test_paid_and_unspent_are_the_budget_and_sources_are_what_was_paid(europe, kind, budget, shares, carry_over):
    sources = {name: share / sum(shares) for name, share in zip(SOURCES, shares, strict=True)}
    policy = KINDS[kind](budget=budget, sources=sources, carry_over=carry_over)
    network, state = europe
    for year in (1, 2):
        after = supported(network, state, policy, year=year)
        row = account(after)
        assert row["paid"] == row["units"] * policy.unit_cost
        assert row["paid"] + row["unspent"] == pytest.approx(policy.budget + row["carried"], abs=1e-6)
        assert row["unspent"] >= 0
        assert sum(row[name] for name in SOURCES) == pytest.approx(row["paid"], abs=1e-6)
        assert [row[name] for name in SOURCES] == pytest.approx([row["paid"] * sources[name] for name in SOURCES], abs=1e-6)
        state = after


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_units_are_those_the_budget_pays_for_while_there_is_somebody(europe, kind):
    policy = KINDS[kind](budget=0)
    network, state = europe
    row = account(supported(network, state, KINDS[kind](budget=2.9 * policy.unit_cost)))
    assert (row["units"], row["unspent"]) == (2, pytest.approx(0.9 * policy.unit_cost))
    assert account(supported(network, state, KINDS[kind](budget=0.99 * policy.unit_cost)))["units"] == 0


@pytest.mark.parametrize("kind", ["Facilitation", "MaturitySupport"])
def test_no_more_units_than_clusters(europe, kind):
    network, state = europe
    policy = KINDS[kind](budget=1e9)
    row = account(supported(network, state, policy))
    assert row["units"] == len(state.groups.number) == 5
    assert row["unspent"] == 1e9 - 5 * policy.unit_cost


def test_money_that_is_kept_is_next_years(europe):
    network, state = europe
    policy = Matchmaking(budget=20_000, cost=15_000, carry_over=True, start=1, end=3)
    rows = []
    for year in (1, 2, 3, 4):
        state = supported(network, state, policy, year=year)
        rows.append([account(state)[name] for name in ("units", "unspent", "carried")])
    assert rows == [[1, 5_000, 0], [1, 10_000, 5_000], [2, 0, 10_000], [0, 0, 0]]


def test_what_is_not_kept_is_not_there_next_year(europe):
    network, state = europe
    policy = Matchmaking(budget=20_000, cost=15_000)
    state = supported(network, supported(network, state, policy, year=1), policy, year=2)
    assert account(state) | {"units": 1, "unspent": 5_000, "carried": 0} == account(state)


def test_a_branch_does_not_inherit_another_instruments_money(europe):
    network, state = europe
    before = supported(network, state, Matchmaking(budget=10_000, carry_over=True))
    assert account(before)["unspent"] == 10_000
    assert account(supported(network, before, Matchmaking(budget=10_000, carry_over=True)))["carried"] == 0


@pytest.mark.parametrize("year", [1, 2, 5, 6])
def test_first_and_last_year_are_included(europe, year):
    network, state = europe
    row = account(supported(network, state, Matchmaking(budget=30_000, start=2, end=5), year=year))
    assert row["units"] == (2 if 2 <= year <= 5 else 0)
    assert row["paid"] + row["unspent"] == (30_000 if 2 <= year <= 5 else 0)


def test_private_money_is_booked_beside_the_grants(europe):
    network, state = europe
    row = account(supported(network, state, ProjectSubsidy(budget=400_000, grant=100_000, intensity=0.4)))
    assert (row["units"], row["paid"]) == (4, 400_000)
    assert row["private"] == pytest.approx(600_000)  # projects of 250,000


def test_every_instrument_has_its_row(europe):
    network, state = europe
    after = supported(network, state, *(KINDS[kind](budget=1e5 * (1 + k)) for k, kind in enumerate(sorted(KINDS))))
    assert after.money.shape == (6, len(MONEY))
    assert after.money[:, 1] + after.money[:, 2] == pytest.approx(1e5 * np.arange(1, 7))


def test_money_reaches_the_summary():
    network = inn.simulate.population(country="LT", firms=300, seed=1)
    model = Participation(policies=Matchmaking(budget=50_000, start=2, end=2, sources={"state": 0.25, "eu": 0.75}))
    summary = inn.simulate.run(model, network, steps=3, seed=1).summary
    assert summary["paid"].tolist() == [0, 0, 45_000, 0]
    assert summary["unspent"].tolist() == [0, 0, 5_000, 0]
    assert summary["paid_by_eu"].tolist() == [0, 0, 33_750, 0]
