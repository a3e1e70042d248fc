"""The two worlds, with networks that matter and without, at 60,000 firms; and what policies do in either."""

from dataclasses import replace

import numpy as np
import pytest

import innovnet as inn
from innovnet._random import seed_key
from innovnet.errors import DataError
from innovnet.simulate import (
    ExportGroup,
    Facilitation,
    Innovation,
    Market,
    Matchmaking,
    Participation,
    ProjectSubsidy,
    Search,
    Ties,
    compare,
    participation_effects,
    policy_table,
)
from innovnet.simulate._course import Course

#: The parameters that the figures quoted here were measured with, whatever the calibration says by now.
MODEL = Participation(search=Search(rate=0.0055), ties=Ties(end_0=0.1), innovation=Innovation(base=0.09, size=0.22), market=Market(exit_base=0.23))
NULL = replace(MODEL, network_effect=0.0)
MONEY = {"budget": 300_000, "start": 1, "end": 4}


@pytest.fixture(scope="module")
def found():
    population = inn.simulate.population(country="LT", firms=60_000, seed=1)
    return participation_effects(MODEL, population, seed=1, runs=4)


def near(row, value, wide):
    """Within four standard errors and what the make-up of a population changes."""
    return abs(row["effect"] - value) <= 4 * row["se"] + wide


def test_a_naive_contrast_is_several_times_too_large(found):
    default = found.loc[("default", "all")]
    assert near(default.loc["difference"], 0.133, 0.005)
    assert near(default.loc["regression"], 0.074, 0.005)
    assert near(default.loc["regression_quality"], 0.049, 0.005)
    assert near(default.loc["truth"], 0.033, 0.006)
    assert default.loc["difference", "effect"] > 3 * default.loc["truth", "effect"]
    assert default.loc["regression", "effect"] > 1.5 * default.loc["truth", "effect"]


def test_in_the_null_world_all_of_it_is_selection(found):
    null = found.loc[("null", "all")]
    assert null.loc["truth", "effect"] == 0
    assert near(null.loc["difference"], 0.096, 0.005)
    assert near(null.loc["regression"], 0.041, 0.005)
    assert near(null.loc["regression_quality"], 0.017, 0.005)
    assert (null["low"].iloc[:3] > 0).all()
    truths = found.xs("truth", level="estimator")
    assert (truths.loc["null", ["effect", "se"]] == 0).all(axis=None)


def test_the_true_effect_rises_with_size(found):
    sizes = found.xs("truth", level="estimator").loc["default", "effect"]
    assert np.diff(sizes.loc[["micro", "small", "medium", "large"]]).min() > 0
    for size, value in (("micro", 0.022), ("small", 0.036), ("medium", 0.063), ("large", 0.111)):
        assert sizes[size] == pytest.approx(value, rel=0.25)


def test_the_defaults_have_two_worlds_too():
    found = participation_effects(Participation(), inn.simulate.population(country="LT", firms=30_000, seed=1), seed=1, runs=2)["effect"]
    assert found["default", "all", "difference"] > 2 * found["default", "all", "truth"] > 0
    assert found["null", "all", "difference"] > 0.03
    assert found["null", "all", "truth"] == 0


@pytest.fixture(scope="module")
def settled():
    return inn.simulate.run(MODEL, inn.simulate.population(country="LT", firms=10_000, seed=2), steps=20, seed=1).checkpoint


@pytest.fixture(scope="module")
def policies(settled):
    given = {
        "events": Matchmaking(**MONEY),
        "targeted": Matchmaking(eligible={"sizes": ["small", "medium", "large"]}, **MONEY),
        "facilitation": Facilitation(**MONEY),
        "projects": ProjectSubsidy(**(MONEY | {"budget": 400_000})),
        "export": ExportGroup(**MONEY),
        "nothing": Matchmaking(**(MONEY | {"budget": 0})),
    }
    return compare(MODEL, {name: replace(MODEL, policies=policy) for name, policy in given.items()}, settled, steps=8, runs=6, seed=1)


def test_signs_and_order_of_policies(policies):
    table, year = policy_table(policies), policies.effects.xs("ties", level="outcome")
    ties = {name: float(year.loc[(name, 4), "difference"]) for name in policies.alternatives}
    assert ties["targeted"] > ties["events"] > ties["facilitation"] > 0
    assert year.loc[("events", 4), "low"] > 0
    for name in ("events", "targeted", "facilitation"):
        assert year.loc[(name, 8), "difference"] < 0.75 * ties[name]  # ties fade after the money
    innovations = table.xs("innovations", level="outcome")
    assert innovations.loc[["events", "targeted"], "low"].min() > 0
    assert innovations.loc["targeted", "cost"] < innovations.loc["events", "cost"]
    assert table.loc[("export", "exporter_years"), "additional"] > 0
    assert table.loc[("export", "ties"), "additional"] == 0
    nothing = table.loc["nothing"]
    assert not nothing[["additional", "low", "high", "paid", "direct", "indirect", "rest"]].to_numpy().any()
    assert nothing[["cost", "naive_over_true", "true_each"]].isna().all(axis=None)


def test_parts_of_the_table_sum_to_the_whole(policies):
    table = policy_table(policies)
    assert table[["direct", "indirect", "rest"]].sum(axis=1).to_numpy() == pytest.approx(table["additional"].to_numpy(), abs=1e-9)
    assert (table["low"] <= table["additional"]).all()
    divided = policies.decomposition["difference"].unstack("part")
    assert table.loc[("events", "exporter_years"), "rest"] == pytest.approx(divided.loc[("events", "exporter"), "rest"])
    assert table.loc[("events", "innovations"), "direct"] == pytest.approx(divided.loc[("events", "innovations"), "direct"])
    told = table["cost"].notna()
    assert (table["cost"] * table["additional"])[told].to_numpy() == pytest.approx(table["paid"][told].to_numpy())
    assert table.loc[("events", "innovations"), "naive_over_true"] > 2
    assert table.xs("ties", level="outcome")[["true_each", "naive_each"]].isna().all(axis=None)


def test_the_naive_contrast_against_a_plain_account(settled):
    policy = replace(MODEL, policies=Matchmaking(budget=300_000, end=1))
    table = policy_table(compare(MODEL, {"events": policy}, settled, steps=2, runs=2, seed=5))
    true, naive = [], []
    for run in range(2):
        courses = [Course(model, settled.population, seed_key(5, run), settled.state_for(model), settled.step, settled.step) for model in (MODEL, policy)]
        treated, sums = np.zeros(settled.population.n_actors, dtype=bool), np.zeros(2)
        for _ in range(2):
            for course in courses:
                course.advance()
            without, with_ = (dict(course.model.actors(course.network, course.state)) for course in courses)
            treated |= with_["treated"]
            y = with_["innovations"].astype(float)
            sums += (y - without["innovations"])[treated].mean(), y[treated].mean() - y[~treated].mean()
        true.append(sums[0])
        naive.append(sums[1])
    row = table.loc[("events", "innovations")]
    assert row["true_each"] == pytest.approx(np.mean(true), abs=1e-12)
    assert row["naive_each"] == pytest.approx(np.mean(naive), abs=1e-12)


def test_in_the_null_world_meetings_change_ties_and_no_success(settled):
    start = inn.simulate.branch(settled, NULL, steps=1).checkpoint
    table = policy_table(compare(NULL, replace(NULL, policies=Matchmaking(**MONEY)), start, steps=5, runs=3, seed=1))
    innovations = table.loc[("alternative", "innovations")]
    assert table.loc[("alternative", "ties"), "low"] > 0
    assert not innovations[["additional", "direct", "indirect", "rest", "true_each"]].any()
    assert innovations["naive_each"] > 0
    assert np.isnan(innovations["cost"])


def test_a_comparison_of_something_else_has_no_such_table(settled):
    with pytest.raises(DataError, match="without the decomposition of degree"):
        policy_table(compare(MODEL, replace(MODEL, policies=Matchmaking(**MONEY)), settled, steps=1, runs=2, seed=1, outcomes=()))
    with pytest.raises(DataError, match="Comparison"):
        policy_table(7)
