"""What an economy looks like in this model once it has settled: bands for the patterns that the model is there to show."""

from types import SimpleNamespace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from whole import model_of, years

import innovnet as inn
from innovnet.simulate._participation import _state as s

SIZES = ("micro", "small", "medium", "large")
LAST = 5  # years that shares are means over


@pytest.fixture(scope="module")
def world():
    """Thirty-five years of an economy of 60,000 firms: the mean summary of its last years, those who left by age and size, the state, and the firms at the start and the end."""
    people = inn.simulate.population(country="LT", firms=60_000, seed=8)
    model, seen, lived = model_of(), [], []
    first = None
    for before, state, observed in years(model, people, 35, 8):
        first = before.firms.employees.copy() if first is None else first
        seen.append(observed)
        if state.step > 35 - LAST:
            firm = state.places.sector < state.places.sectors
            columns = {"age": before.step - before.firms.birth.astype(int), "staff": before.firms.employees, "left": (state.firms.flags & s.ENTERED) > 0}
            lived.append(pd.DataFrame(columns)[firm])
    return SimpleNamespace(mean=pd.DataFrame(seen).tail(LAST).mean(), lived=pd.concat(lived), state=state, first=first, columns=model.actors(people, state))


def rising(mean, name, sizes=SIZES):
    values = [mean[f"{name}_{size}"] for size in sizes]
    return all(np.diff(values) > 0)


def degrees_of(state):
    live = (state.ties.channel & s.ENDED) == 0
    return np.add.reduceat(np.append(live, False).astype(int), state.ties.indptr[:-1]) * (np.diff(state.ties.indptr) > 0)


def test_a_third_of_innovative_firms_cooperate_and_more_the_larger_they_are(world):
    assert 0.25 < world.mean["cooperating_innovators_10"] < 0.45
    assert rising(world.mean, "cooperating_innovators", SIZES[1:])
    assert rising(world.mean, "participation")
    assert world.mean["participation_micro"] < 0.08


def test_degrees_are_skewed_and_hubs_are_bodies_and_large_firms(world):
    degree, firms = degrees_of(world.state), world.state.firms
    body = world.state.places.sector == world.state.places.sectors
    taking_part = degree[(degree > 0) & ~body]
    assert np.median(taking_part) < taking_part.mean() < 0.15 * taking_part.max()
    assert 0.3 < world.mean["degree_gini"] < 0.6
    by_size = [degree[(firms.employees >= low) & (firms.employees < high) & ~body].mean() for low, high in ((0, 10), (10, 50), (50, 250), (250, np.inf))]
    assert (np.diff(by_size) > 0).all()
    assert by_size[3] > 20 * by_size[0]
    assert degree[body].mean() > 20 * degree[~body].mean()


def test_partners_of_partners_are_partners(world):
    """Local clustering (of those with two partners or more) is hundreds of times that of a random network, and paths are about as long as there."""
    ties = inn.simulate.Participation().ties(None, world.state)
    graph = nx.Graph(zip(ties["source"].tolist(), ties["target"].tolist(), strict=True))
    local = [value for one, value in nx.clustering(graph).items() if graph.degree(one) > 1]
    assert np.mean(local) > 100 * nx.density(graph)
    largest = graph.subgraph(max(nx.connected_components(graph), key=len))
    assert len(largest) > 0.1 * len(graph)
    some = sorted(largest)[:: max(len(largest) // 100, 1)]
    steps = np.mean([length for one in some for length in nx.single_source_shortest_path_length(largest, one).values()])
    degree = 2 * largest.number_of_edges() / len(largest)
    assert steps < 2.5 * np.log(len(largest)) / np.log(degree)


def test_larger_firms_innovate_and_export_more_often(world):
    assert rising(world.mean, "innovative_3y")
    assert 0.4 < world.mean["innovative_3y_10"] < 0.6
    assert rising(world.mean, "export_share")
    assert 0.02 < world.mean["export_share"] < 0.12


def test_productivity_differs_two_to_four_times_within_sectors(world):
    assert 2 < world.mean["productivity_90_10"] < 4


def test_death_rates_fall_with_age_and_with_size(world):
    lived = world.lived
    assert 0.07 < lived["left"].mean() < 0.10
    by_age = lived.groupby(pd.cut(lived["age"], [-1, 0, 2, 5, 10, 20, 10_000]))["left"].mean()
    assert (np.diff(by_age) < 0).all(), by_age
    by_size = lived.groupby(pd.cut(lived["staff"], [0, 10, 50, 250, np.inf], right=False))["left"].mean()
    assert by_size.iloc[0] > 2 * by_size.iloc[1] > 2 * by_size.iloc[2:].max(), by_size


def test_the_distribution_of_sizes_stays(world):
    firm = world.state.places.sector < world.state.places.sectors
    edges = [0, 10, 50, 250, np.inf]
    before, after = (np.histogram(staff[firm], edges)[0] / firm.sum() for staff in (world.first, world.state.firms.employees))
    assert after[0] == pytest.approx(before[0], abs=0.015)
    assert after[1:] == pytest.approx(before[1:], rel=0.35)
    assert (np.diff(after) < 0).all()


def test_networks_add_points_to_innovating_and_next_to_nothing_to_productivity():
    people = inn.simulate.population(country="LT", firms=6000, seed=8)
    found = inn.simulate.compare(model_of(network_effect=0.0), model_of(), people, steps=25, runs=10, seed=1, outcomes=())
    last = found.effects.loc["alternative"].xs(25, level="year")
    assert last.loc["innovation_rate_participants", "low"] > 0
    assert 0.005 < last.loc["innovation_rate_participants", "difference"] < 0.10
    assert found.sums.loc[("alternative", "innovations"), "low"] > 0
    assert abs(last.loc["log_productivity", "difference"]) < 0.01


def test_innovations_of_participants_are_more_than_networks_make(world):
    """Who takes part innovates more often for other reasons too: the gap is several times the true effect."""
    columns = pd.DataFrame({name: np.asarray(world.columns[name]) for name in ("degree", "innovated", "kind", "exited", "true_network_effect")})
    firms = columns[(columns["kind"] == "firm") & ~columns["exited"]]
    gap = world.mean["innovation_rate_participants"] - world.mean["innovation_rate_others"]
    assert gap > 2 * firms.loc[firms["degree"] > 0, "true_network_effect"].mean() > 0
