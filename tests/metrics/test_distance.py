import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csgraph

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import closeness, harmonic

RELAXED = settings(deadline=None, max_examples=80)


def network_of(n, ties, directed=False):
    actors = pd.DataFrame({"actor": np.arange(n)})
    table = pd.DataFrame(ties, columns=["source", "target", "km"]).astype({"source": np.int64, "target": np.int64, "km": np.float64})
    return inn.Network.from_frames(actors, table[table["source"] != table["target"]], directed=directed)


@st.composite
def networks(draw, directed=False):
    n = draw(st.integers(1, 12))
    ids = st.integers(0, n - 1)
    return network_of(n, draw(st.lists(st.tuples(ids, ids, st.integers(1, 4)), max_size=40)), directed)


@st.composite
def affiliations(draw):
    n, events = draw(st.integers(1, 16)), draw(st.integers(1, 9))
    members = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, events - 1)), max_size=45))
    rows = pd.DataFrame(members, columns=["actor", "event"], dtype=np.int64)
    ids = {"actors": pd.DataFrame({"actor": np.arange(n)}), "events": pd.DataFrame({"event": np.arange(events)})}
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", **ids)


def agrees(network, direction="out", length=None):
    """Whether harmonic and closeness follow from the distances of networkx."""
    graph = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(network.actors.index)
    ties = network.ties
    for row in ties.assign(length=1 if length is None else ties[length]).sort_values("length", ascending=False).itertuples():
        ends = {"out": [(row.source, row.target)], "in": [(row.target, row.source)], "both": [(row.source, row.target), (row.target, row.source)]}[direction]
        for s, t in ends:
            graph.add_edge(s, t, length=min(row.length, graph.edges[s, t]["length"] if graph.has_edge(s, t) else np.inf))
    n = network.n_actors
    near = harmonic(network, distance=length, direction=direction)
    within = closeness(network, distance=length, direction=direction)
    faust = closeness(network, distance=length, direction=direction, components="wasserman_faust")
    for v in graph:
        far = [d for u, d in nx.single_source_dijkstra_path_length(graph, v, weight="length").items() if u != v]
        assert near[v] == pytest.approx(sum(1 / d for d in far))
        assert within[v] == pytest.approx(len(far) / sum(far) if far else np.nan, nan_ok=True)
        assert faust[v] == pytest.approx(len(far) ** 2 / sum(far) / (n - 1) if far else 0)


def test_golden(U, D):
    assert harmonic(U)[["a", "f", "l"]].tolist() == pytest.approx([6.0833333333, 8.3333333333, 0], abs=1e-10)
    assert closeness(U)[["f", "k", "l"]].tolist() == pytest.approx([0.7142857143, 0.303030303, np.nan], abs=1e-10, nan_ok=True)
    assert closeness(U, components="wasserman_faust")[["f", "l"]].tolist() == pytest.approx([0.6493506494, 0], abs=1e-10)
    assert harmonic(D, direction="out")[["p", "y"]].tolist() == pytest.approx([4.1666666667, 3.5333333333], abs=1e-10)
    assert harmonic(U, normalized=True)["f"] == pytest.approx(8.3333333333 / 11, abs=1e-10)
    assert harmonic(U).name == "harmonic"
    assert closeness(U).index.equals(U.actors.index)


@given(networks())
@RELAXED
def test_undirected(network):
    agrees(network)


@given(networks(directed=True), st.sampled_from(["out", "in", "both"]))
@RELAXED
def test_directed(network, direction):
    agrees(network, direction)


@given(affiliations())
@RELAXED
def test_from_an_affiliation(affiliation):
    agrees(affiliation.project())


@given(affiliations())
@RELAXED
def test_joint_events_as_nearness(affiliation):
    network = affiliation.project()
    agrees(inn.Network.from_frames(network.actors, network.ties.assign(far=2520 / network.ties["weight"])), length="far")


@given(st.booleans().flatmap(lambda directed: networks(directed=directed)), st.sampled_from(["out", "in", "both"]))
@RELAXED
def test_lengths(network, direction):
    agrees(network, direction, "km")


@pytest.mark.parametrize("length", [64, 66, 140])
def test_long_chains(length):
    chain = network_of(length + 3, [(i, i + 1, 1) for i in range(length)] + [(length + 1, length + 2, 1)])
    near = [sum(1 / d for d in range(1, i + 1)) + sum(1 / d for d in range(1, length - i + 1)) for i in range(length + 1)]
    assert harmonic(chain).tolist() == pytest.approx([*near, 1, 1])
    assert closeness(chain).iloc[0] == pytest.approx(2 / (length + 1))


@pytest.mark.parametrize("directed", [False, True])
def test_more_actors_than_one_search_takes(directed):
    draw = np.random.default_rng(6)
    ties = np.column_stack([draw.integers(0, 1400, (2500, 2)) ** 2 // 1400, np.ones(2500)])
    network = network_of(1400, ties, directed)
    far = csgraph.shortest_path(network.adjacency(), directed=directed, unweighted=True)
    np.fill_diagonal(far, np.inf)
    np.testing.assert_allclose(harmonic(network), (1 / far).sum(axis=1), rtol=1e-13)
    np.testing.assert_allclose(harmonic(network, direction="in"), (1 / far).sum(axis=0), rtol=1e-13)
    near = np.where(np.isfinite(far), far, 0)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(closeness(network), (near > 0).sum(axis=1) / near.sum(axis=1))


def test_any_number_of_threads_gives_the_same_bits(monkeypatch):
    ties = np.column_stack([np.random.default_rng(1).integers(0, 900, (2000, 2)), np.ones(2000)])
    for distance in (None, "km"):
        found = set()
        for threads in ("1", "3"):
            monkeypatch.setenv("INNOVNET_THREADS", threads)
            found.add(harmonic(network_of(900, ties), distance=distance).to_numpy().tobytes())
        assert len(found) == 1


def test_inverse_adds_both_weights_of_a_mutual_tie():
    ties = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"], "weight": [1.0, 3.0, 2.0]})
    network = inn.Network.from_frames(pd.DataFrame({"actor": list("abc")}), ties, directed=True)
    assert harmonic(network, distance="inverse", direction="both").tolist() == pytest.approx([4 + 1 / 0.75, 6, 2 + 1 / 0.75])
    assert harmonic(network, distance="inverse", direction="in").tolist() == pytest.approx([3, 1, 2 + 1 / 1.5])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_without_ties(n):
    network = network_of(n, [])
    assert harmonic(network).tolist() == [0] * n
    assert closeness(network).isna().tolist() == [True] * n
    assert closeness(network, components="wasserman_faust").tolist() == [0] * n
    assert harmonic(network, normalized=True).isna().tolist() == [n == 1] * n


def test_unknown_options(U):
    with pytest.raises(DataError, match="components='inside' is not one of"):
        closeness(U, components="inside")
    with pytest.raises(DataError, match="direction='up' is not one of"):
        harmonic(U, direction="up")
