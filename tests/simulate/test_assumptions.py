"""Which assumptions decide which policy comes first."""

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate import Constants, Decision, Matchmaking, Participation, ProjectSubsidy, assumptions, compare, run
from innovnet.simulate._assumptions import _ranked, _same, _settings, _with_bodies

pytestmark = pytest.mark.filterwarnings("ignore:burn-in.*not settled:innovnet.errors.DataWarning")
MODEL = Participation()
POPULATION = inn.simulate.population(country="LT", firms=4000, seed=1, bodies=10)
POLICIES = {"events": Matchmaking(budget=600_000, end=2), "projects": ProjectSubsidy(budget=1_000_000, end=2)}
HOW = {"steps": 3, "runs": 3, "seed": 1, "burn_in": 8}
VARIED = {"events.cost": (5_000, 60_000), "decision.arranged": (-3, 0), "constants.body_level": (1.0, 3.0), "bodies": (0.5, 2.0)}


@pytest.fixture(scope="module")
def found():
    return assumptions(MODEL, POLICIES, POPULATION, outcome="ties", varied=VARIED, **HOW)


def test_each_assumption_is_low_and_high(found):
    assert list(found.index.unique("assumption")) == ["default", *VARIED]
    assert found.index.names == ["assumption", "setting", "policy"]
    assert len(found) == 2 * (1 + 2 * len(VARIED))
    for name, (low, high) in VARIED.items():
        assert found.loc[(name, "low"), "value"].eq(low).all()
        assert found.loc[(name, "high"), "value"].eq(high).all()
    assert found.loc["default", "value"].isna().all()
    assert not found.loc["default", "changed"].any()


def plain(model, policies, population):
    """The costs of policies, each by its own comparison."""
    start = run(model, population, steps=8, seed=1).checkpoint
    groups = {
        "search": model.search,
        "decision": model.decision,
        "constants": model.constants,
        "ties": model.ties,
        "innovation": model.innovation,
        "market": model.market,
    }
    rows = {}
    for name, policy in policies.items():
        other = Participation(**groups, policies=policy)
        rows[name] = compare(model, other, start, steps=3, runs=3, seed=1, outcomes=()).cost("ties", over="last").loc["alternative"]
    return pd.DataFrame(rows).T[["paid", "additional", "cost", "low", "high"]].astype(float)


@pytest.mark.parametrize(
    ("key", "model", "policies"),
    [
        (("default", "default"), MODEL, POLICIES),
        (("events.cost", "high"), MODEL, POLICIES | {"events": Matchmaking(budget=600_000, end=2, cost=60_000)}),
        (("decision.arranged", "high"), Participation(decision=Decision(arranged=0.0)), POLICIES),
        (("constants.body_level", "low"), Participation(constants=Constants(body_level=1.0)), POLICIES),
    ],
)
def test_settings_against_comparisons_of_their_own(found, key, model, policies):
    expected = plain(model, policies, POPULATION)
    assert found.loc[key, list(expected.columns)].astype(float).to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)


def test_a_policy_of_another_cost_leaves_the_others(found):
    columns = ["paid", "additional", "additional_low", "additional_high"]
    assert found.loc[("events.cost", "low", "projects"), columns].tolist() == found.loc[("default", "default", "projects"), columns].tolist()
    more, fewer = (found.loc[("events.cost", setting, "events"), "additional"] for setting in ("low", "high"))
    assert more > found.loc[("default", "default", "events"), "additional"] > fewer


def test_better_introductions_make_more_ties(found):
    low, high = (found.loc[("decision.arranged", setting, "events"), "additional"] for setting in ("low", "high"))
    assert high > 2 * low


def test_bodies_are_copied_or_thinned():
    for factor, expected in ((0.5, 5), (2.0, 20), (0.01, 1)):
        changed = _with_bodies(POPULATION, factor)
        body = changed.actors["type"] != "firm"
        assert body.sum() == expected
        assert (~body).sum() == 4000
        assert list(changed.actors.columns) == list(POPULATION.actors.columns)
        inn.simulate.run(MODEL, changed, steps=1, seed=1)
    regions = _with_bodies(POPULATION, 2.0).actors.query("type != 'firm'")["region"].value_counts()
    assert (regions == 2 * POPULATION.actors.query("type != 'firm'")["region"].value_counts()).all()


def test_ranks_are_by_cost_of_what_can_be_told_from_chance():
    table = pd.DataFrame({"cost": [3.0, 1.0, np.nan, -5.0], "additional": [1.0, 2.0, 0.1, -1.0]}, index=list("abcd"))
    ranks = _ranked(table)["rank"]
    assert ranks.iloc[:2].tolist() == [2, 1]
    assert ranks.iloc[2:].isna().all()
    assert _same([1, pd.NA], [1, pd.NA])
    assert not _same([1, 2], [2, 1])
    assert not _same([1, pd.NA], [1, 2])


def test_a_ranking_that_turns_over_is_told():
    dear = {"cheap": Matchmaking(budget=300_000, end=1), "dear": Matchmaking(budget=300_000, end=1, cost=30_000)}
    found = assumptions(MODEL, dear, POPULATION, outcome="ties", varied={"cheap.cost": (15_000, 150_000)}, steps=1, runs=4, seed=1, burn_in=4)
    assert found.loc[("default", "default"), "rank"].tolist() == [1, 2]
    assert found.loc[("cheap.cost", "high"), "changed"].all()
    assert not found.loc[("cheap.cost", "low"), "changed"].any()


def test_the_assumptions_that_are_varied_by_themselves():
    found = [(one.assumption, one.setting, one.value) for one in _settings(MODEL, POLICIES, POPULATION, None)]
    names = ["decision.arranged", "constants.body_level", "events.cost", "projects.grant", "projects.additionality", "bodies"]
    assert [name for name, setting, _ in found if setting == "low"] == names
    assert ("decision.arranged", "low", -3.0) in found
    assert ("bodies", "high", 2.0) in found
    settled = inn.simulate.run(MODEL, POPULATION, steps=3, seed=1).network
    assert "bodies" not in {one.assumption for one in _settings(MODEL, POLICIES, settled, None)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"varied": {"events.costs": (1, 2)}}, "Did you mean 'events.cost'"),
        ({"varied": {"events.cost": 3}}, "no pair of numbers"),
        ({"varied": {"events.cost": (1, "b")}}, "no pair of numbers"),
        ({"varied": {"bodies": (0, 2)}}, "factors above 0"),
        ({"outcome": "innovation"}, "Did you mean 'innovations'"),
        ({"policies": {}}, "no mapping"),
        ({"policies": POLICIES["events"]}, "no mapping"),
        ({"model": Participation(policies=POLICIES["events"])}, "policies of its own"),
        ({"model": 1}, "takes Participation"),
        ({"burn_in": -1}, "burn_in=-1"),
        ({"population": 1}, "takes a Network"),
    ],
)
def test_wrong_input(change, message):
    given = {"model": MODEL, "policies": POLICIES, "population": POPULATION} | HOW | change
    with pytest.raises(DataError, match=message):
        assumptions(given.pop("model"), given.pop("policies"), given.pop("population"), **given)
