import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import betweenness
from innovnet.metrics._betweenness import _in_lanes, _one_by_one

RELAXED = settings(deadline=None, max_examples=80)


def network_of(n, ties, directed=False):
    actors = pd.DataFrame({"actor": np.arange(n)})
    table = pd.DataFrame(ties, columns=["source", "target", "km"]).astype({"source": np.int64, "target": np.int64, "km": np.float64})
    table = table[table["source"] != table["target"]]
    return inn.Network.from_frames(actors, table, directed=directed)


@st.composite
def networks(draw, directed=False, most=40):
    n = draw(st.integers(1, 12))
    ids = st.integers(0, n - 1)
    return network_of(n, draw(st.lists(st.tuples(ids, ids, st.integers(1, 4)), max_size=most)), directed)


@st.composite
def affiliations(draw):
    n, events = draw(st.integers(1, 16)), draw(st.integers(1, 9))
    members = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, events - 1)), max_size=45))
    rows = pd.DataFrame(members, columns=["actor", "event"], dtype=np.int64)
    ids = {"actors": pd.DataFrame({"actor": np.arange(n)}), "events": pd.DataFrame({"event": np.arange(events)})}
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", **ids)


def graph_of(network, length=None):
    """The network in networkx; a tie in several rows is as long as the shortest."""
    graph = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(network.actors.index)
    ties = network.ties
    for row in ties.assign(length=1 if length is None else ties[length]).sort_values("length", ascending=False).itertuples():
        graph.add_edge(row.source, row.target, length=row.length)
    return graph


def witness(network, length=None):
    return pd.Series(nx.betweenness_centrality(graph_of(network, length), normalized=False, weight=length and "length"))


def test_golden(U, D):
    found = betweenness(U)
    assert found.name == "betweenness"
    assert found.index.equals(U.actors.index)
    assert found[["a", "c", "f", "j", "l"]].tolist() == pytest.approx([2.8333333333, 6.1666666667, 21.6666666667, 16, 0], abs=1e-10)
    assert betweenness(U, distance="inverse")[["c", "f", "g", "j"]].tolist() == pytest.approx([4, 22, 2, 16], abs=1e-10)
    assert betweenness(D)[["p", "r", "v"]].tolist() == pytest.approx([15.5, 31, 28], abs=1e-10)


def test_normalized(U, D):
    pd.testing.assert_series_equal(betweenness(U, normalized=True), betweenness(U) / 55)
    pd.testing.assert_series_equal(betweenness(D, normalized=True), betweenness(D) / 72)
    star = network_of(5, [(0, k, 1) for k in range(1, 5)])
    assert betweenness(star, normalized=True).tolist() == [1, 0, 0, 0, 0]


@given(networks())
@RELAXED
def test_undirected(network):
    np.testing.assert_allclose(betweenness(network), witness(network), atol=1e-12)


@given(networks(directed=True))
@RELAXED
def test_directed(network):
    np.testing.assert_allclose(betweenness(network), witness(network), atol=1e-12)


@given(st.one_of(networks(most=70), networks(directed=True, most=70), affiliations().map(inn.Affiliation.project)))
@settings(deadline=None, max_examples=250)
def test_both_routes(network):
    expected = witness(network) * (1 if network.directed else 2)
    np.testing.assert_allclose(_in_lanes(network, progress=False), expected, atol=1e-11)
    np.testing.assert_allclose(_one_by_one(network, progress=False), expected, atol=1e-11)


@given(st.booleans().flatmap(lambda directed: networks(directed=directed)))
@RELAXED
def test_lengths_equal_but_for_rounding_are_equal(network):
    tenths = network.ties.assign(length=network.ties["km"] / 10)  # 0.1 + 0.2 != 0.3
    rounded = inn.Network.from_frames(network.actors, tenths, directed=network.directed)
    np.testing.assert_allclose(betweenness(rounded, distance="length"), witness(network, "km"), atol=1e-12)


@given(affiliations())
@settings(deadline=None, max_examples=150)
def test_joint_events_as_nearness(affiliation):
    network = affiliation.project()
    whole = inn.Network.from_frames(network.actors, network.ties.assign(far=2520 / network.ties["weight"]))  # 2520: the least multiple of 1 to 10
    np.testing.assert_allclose(betweenness(network, distance="inverse"), witness(whole, "far"), atol=1e-12)


def test_twins_of_unequal_ties_are_not_merged():
    ties = [("a", "b", 5), ("a", "c", 2), ("b", "c", 2), ("c", "d", 1)]  # a and b are nearer through c
    table = pd.DataFrame(ties, columns=["source", "target", "km"])
    network = inn.Network.from_frames(pd.DataFrame({"actor": list("abcd")}), table)
    assert betweenness(network, distance="km").tolist() == [0, 0, 3, 0]
    assert betweenness(inn.Network.from_frames(network.actors, table.assign(km=[5, 2, 3, 1])), distance="km").tolist() == [0, 0, 2.5, 0]
    assert betweenness(inn.Network.from_frames(network.actors, table.assign(km=[2, 2, 3, 1])), distance="km").tolist() == [0, 0, 2, 0]


def test_inverse_is_one_over_the_weight(U):
    ties = U.ties.assign(far=1 / U.ties["weight"])
    pd.testing.assert_series_equal(betweenness(U, distance="inverse"), betweenness(inn.Network.from_frames(U.actors, ties), distance="far"))


@given(networks(), st.permutations(range(12)))
@RELAXED
def test_order_of_actors_does_not_matter(network, order):
    turned = [v for v in order if v < network.n_actors]
    other = inn.Network.from_frames(network.actors.loc[turned], network.ties[::-1])
    np.testing.assert_allclose(betweenness(other)[network.actors.index], betweenness(network), atol=1e-12)


@given(networks())
@RELAXED
def test_sum_is_the_inner_actors_of_all_paths(network):
    far = dict(nx.all_pairs_shortest_path_length(graph_of(network)))
    inner = sum(far[s][t] - 1 for s, t in itertools.combinations(far, 2) if t in far[s])
    assert betweenness(network).sum() == pytest.approx(inner)


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("directed", [False, True])
def test_small(n, directed):
    for ties in ([], [(0, 1, 1)] if n == 2 else []):
        network = network_of(n, ties, directed)
        assert betweenness(network).tolist() == [0] * n
        assert betweenness(network, distance="km").tolist() == [0] * n
        assert betweenness(network, normalized=True).isna().all()


def test_too_many_paths_to_count():
    pairs = [(2 * i + a, 2 * i + 2 + b, 1) for i in range(1030) for a in (0, 1) for b in (0, 1)]  # 2 ** 1029 paths from end to end
    for directed in (False, True):
        network = network_of(2062, pairs, directed)
        with pytest.raises(DataError, match="more than 1e308 shortest paths"):
            betweenness(network)
        with pytest.raises(DataError, match="more than 1e308 shortest paths"):
            betweenness(network, distance="km")
        assert not np.isfinite(_in_lanes(network, progress=False)).all()
    assert np.isfinite(betweenness(network_of(2002, pairs[:4000]))).all()


def test_lengths_that_are_none_are_named():
    ties = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "d"], "km": [1.0, 0.0, np.nan]})
    network = inn.Network.from_frames(pd.DataFrame({"actor": list("abcd")}), ties)
    with pytest.raises(DataError, match=r"distance='km': .* 2 ties have none: 'b-c: 0.0', 'c-d: nan'"):
        betweenness(network, distance="km")
    with pytest.raises(DataError, match=r"the ties table has no column 'mk'\. There is: 'inverse', 'km', 'weight'"):
        betweenness(network, distance="mk")
    with pytest.raises(DataError, match="no column 'source'"):
        betweenness(network, distance="source")
