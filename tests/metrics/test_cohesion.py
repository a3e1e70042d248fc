import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import components, core_number, density, largest_component


def _network(n, pairs, directed=False):
    actors = pd.DataFrame({"actor": np.arange(n)})
    ties = pd.DataFrame(pairs, columns=["source", "target"], dtype=np.int64)
    return inn.Network.from_frames(actors, ties, directed=directed)


@st.composite
def networks(draw, directed=False):
    n = draw(st.integers(1, 14))
    ids = st.integers(0, n - 1)
    return _network(n, draw(st.lists(st.tuples(ids, ids), max_size=50)), directed)


def _graph(network):
    graph = nx.MultiDiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(range(network.n_actors))
    graph.add_edges_from(network.ties[["source", "target"]].itertuples(index=False))
    return graph


def test_golden(U, D):
    assert density(U) == pytest.approx(38 / 132, abs=1e-15)
    assert density(D) == pytest.approx(18 / 90, abs=1e-15)
    assert core_number(U)[["a", "f", "i", "l"]].tolist() == [2, 3, 1, 0]
    assert components(U).tolist() == [0] * 11 + [1]
    assert components(D, connection="strong")[["p", "y"]].tolist() == [0, 1]
    assert components(D).eq(0).all()
    assert largest_component(U).actors.index.tolist() == list("abcdefghijk")
    assert largest_component(D, connection="strong").n_ties == 17


def test_equal_components_are_ordered_by_their_first_actor():
    network = _network(9, [(8, 1), (0, 5), (2, 6), (6, 7)])
    assert components(network).tolist() == [1, 2, 0, 3, 4, 1, 0, 0, 2]
    assert largest_component(network).actors.index.tolist() == [2, 6, 7]


@given(networks())
@settings(deadline=None, max_examples=60)
def test_core_number_is_that_of_networkx(network):
    assert core_number(network).to_dict() == nx.core_number(_graph(network))


@given(networks(directed=True))
@settings(deadline=None, max_examples=60)
def test_directed(network):
    graph = _graph(network)
    found = core_number(network)
    for k in range(found.max() + 2):  # from the definition: the largest set of actors with at least k ties inside it
        inner = graph.copy()
        while weak := [v for v in inner if inner.degree(v) < k]:
            inner.remove_nodes_from(weak)
        assert set(found.index[found >= k]) == set(inner)
    for connection, parts in (("weak", nx.weakly_connected_components), ("strong", nx.strongly_connected_components)):
        ranked = sorted(parts(graph), key=lambda part: (-len(part), min(part)))
        assert components(network, connection=connection).to_dict() == {v: i for i, part in enumerate(ranked) for v in part}


def test_core_number_is_that_of_igraph():
    igraph = pytest.importorskip("igraph")
    draw = np.random.default_rng(4)
    for directed in (False, True):
        pairs = draw.integers(0, 300, (1500, 2)) ** 2 // 300  # uneven degrees
        network = _network(300, pairs, directed)
        graph = igraph.Graph(300, network.ties[["source", "target"]].to_numpy().tolist(), directed=directed)
        assert core_number(network).tolist() == graph.coreness(mode="all")


@pytest.mark.parametrize("n", [0, 1, 2])
def test_without_ties(n):
    network = _network(n, [])
    assert components(network).tolist() == list(range(n))
    assert core_number(network).tolist() == [0] * n
    assert largest_component(network).n_actors == min(n, 1)
    assert np.isnan(density(network)) if n < 2 else density(network) == 0


def test_unknown_connection(U):
    with pytest.raises(DataError, match=r"connection='week' is not one of 'weak', 'strong'\. Did you mean 'weak'"):
        components(U, connection="week")
