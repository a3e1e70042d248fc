"""What a model yields in the long run, and whether it has settled."""

import math
import re
import warnings
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from worlds import ties_between, world

import innovnet as inn
from innovnet._random import seed_key
from innovnet.errors import DataError, DataWarning
from innovnet.simulate._course import begun
from innovnet.simulate._ensemble import Ensemble
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._moments import STRUCTURE, structure

LITHUANIA = inn.simulate.population(country="LT", firms=1500, seed=3)


class Line:
    """What is observed moves by 2 a year from 10."""

    def start(self, network, draw) -> tuple:
        return (10.0,)

    def step(self, network, state, draw):
        return (state[0] + 2.0,)

    def observe(self, network, state):
        return {"level": state[0], "half": math.nan if state[0] == 14 else state[0] / 2}


def test_observed_moments_are_means_over_the_last_years_of_the_same_runs():
    model = inn.simulate.Participation()
    found = inn.simulate.moments(model, LITHUANIA, steps=7, runs=2, seed=4, years=3)
    runs = inn.simulate.replicate(model, LITHUANIA, steps=7, runs=2, seed=4)
    for name in ("participation", "ties", "survival", "export_share_small"):
        expected = runs.runs[name].loc[:, 5:].groupby("run").mean()
        assert found[name].tolist() == pytest.approx(expected.tolist(), rel=1e-12), name


def test_any_model_has_the_moments_it_observes_and_missing_years_are_left_out():
    found = inn.simulate.moments(Line(), inn.toy().project(), steps=4, runs=2, seed=1, years=3)
    assert found["level"].tolist() == [16.0, 16.0]
    assert found["half"].tolist() == [8.5, 8.5]


def lives(steps, seed):
    """Years in which entrants and ties came and went, counted one by one; and the state at the end."""
    course = begun(inn.simulate.Participation.dense(), LITHUANIA, seed_key(seed, 0))
    entered, formed = {}, {}
    for step in range(1, steps + 1):
        course.advance()
        state = course.state
        new = np.flatnonzero(state.firms.flags & s.ENTERED)
        entered[step] = {(int(i), int(state.firms.generation[i])) for i in new}
        formed[step] = {pair for pair, start, _ in ties_of(state) if start == step}
    return entered, formed, state


def ties_of(state):
    """Each tie once: places and generations of its ends at its formation, its first year, and whether it lives."""
    for i in range(len(state.firms.flags)):
        for e in range(state.ties.indptr[i], state.ties.indptr[i + 1]):
            if i < state.ties.other[e]:
                yield (i, int(state.ties.other[e])), int(state.ties.start[e]), not state.ties.channel[e] & s.ENDED


def test_lives_of_firms_and_of_ties_are_counted_one_by_one():
    entered, formed, state = lives(9, 2)
    found = inn.simulate.moments(inn.simulate.Participation.dense(), LITHUANIA, steps=9, runs=1, seed=2, years=1).loc[0]
    here = {(i, int(g)) for i, g in enumerate(state.firms.generation)}
    for years in (1, 5):
        assert found[f"new_firms_alive_{years}"] == pytest.approx(len(entered[9 - years] & here) / len(entered[9 - years]), rel=1e-12)
    living = {(pair, start) for pair, start, lives_ in ties_of(state) if lives_}
    for years in (1, 3):
        first = 9 - years + 1
        still = sum((pair, first) in living for pair in formed[first])
        assert 0 < still < len(formed[first])
        assert found[f"ties_alive_{years}"] == pytest.approx(still / len(formed[first]), rel=1e-12)


def test_hubs_others_and_ratios_are_counted_from_the_panel():
    model = inn.simulate.Participation.dense()
    found = inn.simulate.moments(model, LITHUANIA, steps=6, runs=1, seed=2, years=1).loc[0]
    course = begun(model, LITHUANIA, seed_key(2, 0))
    for _ in range(6):
        course.advance()
    rows = pd.DataFrame(dict(model.actors(course.network, course.state)))
    firms = rows[rows["kind"] == "firm"]
    means = firms.groupby("size_class", observed=True)["degree"].mean()
    assert found["mean_degree_micro"] == pytest.approx(means["micro"], rel=1e-12)
    assert found["degree_large_to_micro"] == pytest.approx(means["large"] / means["micro"], rel=1e-12)
    assert found["degree_bodies_to_micro"] == pytest.approx(rows.loc[rows["kind"] == "body", "degree"].mean() / means["micro"], rel=1e-12)
    taking_part = rows.loc[rows["degree"] > 0, "degree"]
    assert found["degree_skewness"] == pytest.approx(
        taking_part.skew() * (len(taking_part) - 2) / math.sqrt(len(taking_part) * (len(taking_part) - 1.0)), rel=1e-9
    )
    state = course.state
    asked = (state.firms.employees >= 10) & (rows["kind"] == "firm").to_numpy() & ((state.firms.innovated & 7) == 0)
    others = ((state.firms.partnered & 7) != 0)[asked].mean()
    assert found["cooperating_others_10"] == pytest.approx(others, rel=1e-12)
    assert found["cooperation_gap_10"] == pytest.approx(found["cooperating_innovators_10"] - others, rel=1e-12)
    ties = model.ties(course.network, state)
    body = (rows["kind"] == "body").to_numpy()
    assert found["ties_with_body"] == pytest.approx((body[ties["source"]] | body[ties["target"]]).mean(), rel=1e-12)
    region = rows["region"].astype("str").to_numpy()
    assert found["ties_in_region"] == pytest.approx((region[ties["source"]] == region[ties["target"]]).mean(), rel=1e-12)
    assert found["export_share_small_to_micro"] == pytest.approx(found["export_share_small"] / found["export_share_micro"], rel=1e-12)
    assert found["clusters_per_100000"] == pytest.approx(1e5 * found["clusters"] / len(firms), rel=1e-12)
    assert found["exit_rate"] == pytest.approx(firms["exited"].mean(), rel=1e-12)


def test_the_shape_of_a_network_is_that_of_networkx():
    state, _ = world(firms=300)
    rng = np.random.default_rng(1)
    pairs = {(int(a), int(b)) for a, b in rng.integers(0, 120, (150, 2)) if a < b} | {(0, 1), (1, 2), (0, 2), (150, 151)}
    state.ties = ties_between(len(state.firms.flags), pairs)
    graph = nx.Graph(sorted(pairs))
    found = structure(LITHUANIA, state)
    giant = graph.subgraph(max(nx.connected_components(graph), key=len))
    clustering = np.mean([c for i, c in nx.clustering(graph).items() if graph.degree(i) > 1])
    assert found["clustering"] == pytest.approx(clustering, rel=1e-12)
    assert found["clustering_to_random"] == pytest.approx(clustering / nx.density(graph), rel=1e-12)
    assert found["path_length"] == pytest.approx(nx.average_shortest_path_length(giant), rel=1e-12)
    assert found["giant_component"] == pytest.approx(len(giant) / len(graph), rel=1e-12)
    mean = 2 * giant.number_of_edges() / len(giant)
    assert found["path_to_random"] == pytest.approx(found["path_length"] / ((math.log(len(giant)) - np.euler_gamma) / math.log(mean) + 0.5), rel=1e-12)


def test_without_ties_the_shape_is_not_defined():
    state, _ = world(firms=50)
    assert all(math.isnan(value) for value in structure(LITHUANIA, state).values())


def test_the_shape_is_there_on_request_alone():
    model = inn.simulate.Participation.dense()
    plain = inn.simulate.moments(model, LITHUANIA, steps=5, runs=1, seed=1)
    asked = inn.simulate.moments(model, LITHUANIA, steps=5, runs=1, seed=1, names=STRUCTURE)
    assert not set(STRUCTURE) & set(plain.columns)
    assert asked.columns.tolist() == list(STRUCTURE)


def test_unknown_moments_and_too_few_years_are_told():
    with pytest.raises(DataError, match=r"no moment 'tie_year'\. Did you mean 'tie_years'\?"):
        inn.simulate.moments(inn.simulate.Participation(), LITHUANIA, steps=5, runs=1, seed=1, names=["tie_year"])
    with pytest.raises(DataError, match="steps=3 are fewer than the 5 years"):
        inn.simulate.moments(Line(), LITHUANIA, steps=3, runs=1, seed=1)


def ensemble(*lines):
    """Runs of one quantity each year."""
    return Ensemble(("ties", "steady"), np.array([[[value, 5.0] for value in line] for line in lines], dtype=float), {"model": "Made", "seed": 1, "actors": 1})


def test_drift_is_the_slope_of_the_last_years_against_the_level():
    many = ensemble([0, 0, 96, 98, 100, 102, 104], [0, 0, 98, 99, 100, 101, 102])
    with pytest.warns(DataWarning, match=r"not settled over the last 5 years \(a year\): ties \+1\.5 %"):
        found = inn.simulate.drift(many)
    assert found.loc["ties", ["level", "slope", "se", "relative"]].tolist() == pytest.approx([100.0, 1.5, 0.5, 0.015])
    assert found["drifts"].tolist() == [True, False]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inn.simulate.drift(many, main=["steady"])


def test_a_slope_that_is_chance_does_not_drift():
    found = inn.simulate.drift(ensemble([1, 96, 98, 100, 102, 104], [1, 104, 102, 100, 98, 96.5]))
    assert not found.loc["ties", "drifts"]


def test_drift_of_a_single_run_is_told_from_what_is_left_around_the_line():
    run = inn.simulate.run(Line(), inn.toy().project(), steps=8, seed=1)
    with pytest.warns(DataWarning, match="level"):
        found = inn.simulate.drift(run, main=["level"])
    assert found.loc["level", ["level", "slope", "se"]].tolist() == pytest.approx([22.0, 2.0, 0.0])
    with pytest.raises(DataError, match="fewer than years=9"):
        inn.simulate.drift(run, years=9)
    with pytest.raises(DataError, match="Did you mean 'level'"):
        inn.simulate.drift(run, main=["levels"])


def test_the_default_has_settled_after_thirty_years():
    europe = inn.simulate.population(country="EU", firms=20_000, seed=1)
    many = inn.simulate.replicate(inn.simulate.Participation(), europe, steps=35, runs=20, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = inn.simulate.drift(many)
    assert (found.loc[["innovation_rate", "survival", "export_share", "log_productivity_sd"], "relative"].abs() < 0.01).all()


@dataclass(frozen=True)
class Towards:
    """Ties come near 100, from none, by a share of the way each year; with noise of 1 %."""

    speed: float = 0.05

    def start(self, network, draw) -> tuple:
        return (0.0, 0.0)

    def step(self, network, state, draw):
        return (state[0] + self.speed * (100.0 - state[0]), float(draw.unit(1, [1])[0]) - 0.5)

    def observe(self, network, state):
        return {"ties": state[0] + 2.0 * state[1], "age": state[0] ** 3}


PLACE = inn.toy().project()


@pytest.mark.parametrize("call", ["replicate", "compare"])
@pytest.mark.parametrize(("burn_in", "words"), [(5, "the last 5 of its 5 years"), (12, "the last 6 of its 12 years"), (40, ""), (4, ""), (0, "")])
def test_a_burn_in_that_has_not_settled_is_told_once(call, burn_in, words):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        if call == "replicate":
            inn.simulate.replicate(Towards(), PLACE, steps=1, seed=1, runs=3, burn_in=burn_in)
        else:
            inn.simulate.compare(Towards(), Towards(speed=0.2), PLACE, steps=1, seed=1, runs=3, burn_in=burn_in)
    assert len(told) == bool(words)
    for one in told:
        assert one.category is DataWarning
        assert words in str(one.message)
        assert re.search(r": ties \+\d+\.\d %\. Take a longer burn-in", str(one.message))
        assert one.filename == __file__


def test_what_is_observed_in_a_burn_in_changes_nothing():
    with pytest.warns(DataWarning, match="burn-in"):
        burnt = inn.simulate.replicate(Towards(), PLACE, steps=3, seed=1, runs=2, burn_in=6)
    later = inn.simulate.replicate(Towards(), inn.simulate.run(Towards(), PLACE, steps=6, seed=1).checkpoint, steps=3, seed=1, runs=2)
    assert np.array_equal(burnt.values, later.values)


def test_the_burn_in_of_assumptions_is_told_once():
    lithuania = inn.simulate.population(country="LT", firms=1000, seed=1)
    given = {"events": inn.simulate.Matchmaking(budget=1e5, end=1)}
    with pytest.warns(DataWarning, match="burn-in: not settled") as told:
        inn.simulate.assumptions(
            inn.simulate.Participation(), given, lithuania, steps=1, runs=2, seed=1, burn_in=6, outcome="ties", varied={"constants.body_level": (1.0, 3.0)}
        )
    assert len(told) == 1


def test_a_settled_world_of_the_default_is_not_warned_of():
    lithuania = inn.simulate.population(country="LT", firms=5000, seed=1)
    inn.simulate.replicate(inn.simulate.Participation(), lithuania, steps=1, seed=1, runs=1, burn_in=30)
