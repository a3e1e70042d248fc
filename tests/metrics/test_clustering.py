import itertools

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.graph._tables import freeze
from innovnet.metrics import _triangles, local_clustering, transitivity


def _network(n, ties, directed=False):
    frame = pd.DataFrame(ties, columns=["source", "target", "weight"]).astype({"source": np.int64, "target": np.int64, "weight": float})
    return inn.Network.from_frames(pd.DataFrame({"actor": np.arange(n)}), frame, directed=directed)


@st.composite
def networks(draw, directed=False):
    n = draw(st.integers(0, 12))
    ids = st.integers(0, max(n - 1, 0))
    return _network(n, draw(st.lists(st.tuples(ids, ids, st.integers(1, 5)), max_size=45)) if n else [], directed)


def test_golden(U):
    found = local_clustering(U)
    assert found[["b", "f", "k", "l"]].tolist() == pytest.approx([1, 0.380952381, np.nan, np.nan], abs=1e-10, nan_ok=True)
    assert transitivity(U) == pytest.approx(0.55, abs=1e-15)
    assert found.name == "local_clustering"
    assert found.index.equals(U.actors.index)


@given(networks())
@settings(deadline=None, max_examples=80)
def test_binary_is_that_of_networkx(network):
    graph = nx.Graph(network.adjacency())
    expected = [value if degree > 1 else np.nan for value, (_, degree) in zip(nx.clustering(graph).values(), graph.degree, strict=True)]
    assert local_clustering(network).tolist() == pytest.approx(expected, abs=1e-14, nan_ok=True)
    if any(degree > 1 for _, degree in graph.degree):
        assert transitivity(network) == pytest.approx(nx.transitivity(graph), abs=1e-14)
    else:
        assert np.isnan(transitivity(network))


@given(networks())
@settings(deadline=None, max_examples=80)
def test_weighted_is_that_of_igraph(network):
    ties = network.ties
    graph = igraph.Graph(n=network.n_actors, edges=ties[["source", "target"]].to_numpy().tolist())
    expected = graph.transitivity_local_undirected(weights=ties["weight"].tolist()) if len(ties) else [np.nan] * network.n_actors
    assert local_clustering(network, weighted=True).tolist() == pytest.approx(expected, abs=1e-14, nan_ok=True)


@given(networks(directed=True))
@settings(deadline=None, max_examples=50)
def test_direction_is_not_read(network):
    summed = inn.Network.from_frames(network.actors, network.ties)
    for weighted in (False, True):
        pd.testing.assert_series_equal(local_clustering(network, weighted=weighted), local_clustering(summed, weighted=weighted))
    assert transitivity(network) == pytest.approx(transitivity(summed), nan_ok=True)


def test_equal_weights_make_no_difference(U):
    equal = inn.Network.from_frames(U.actors, U.ties.assign(weight=3.0))
    pd.testing.assert_series_equal(local_clustering(equal, weighted=True), local_clustering(U))


@given(networks(), st.lists(st.integers(0, 2), min_size=12, max_size=12), st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_common_neighbours_for_any_chunks(network, groups, chunks):
    ties = _triangles.ranked(network.arcs(weighted=False))
    n = network.n_actors
    by_rank = np.array(groups, dtype=np.uint32)[ties.order]
    cuts = np.unique(np.linspace(0, n, chunks + 1).astype(np.int64))
    common, own = _triangles.common_neighbours(ties._replace(bounds=cuts), *freeze(by_rank))
    matrix = network.adjacency(weighted=False).toarray() > 0
    seen = 0
    for i, j in itertools.product(range(n), repeat=2):
        a, b = ties.order[i], ties.order[j]
        if matrix[a, b]:
            entry = ties.ptr[i] + np.searchsorted(ties.ends[ties.ptr[i] : ties.ptr[i + 1]], j)
            both = np.flatnonzero(matrix[a] & matrix[b])
            assert ties.ends[entry] == j
            assert ties.ends[ties.back[entry]] == i
            assert (common[entry], own[entry]) == (len(both), sum(groups[q] == groups[a] for q in both))
            seen += 1
    assert seen == len(ties.ends)


def test_one_actor_and_none():
    for n in (0, 1):
        network = _network(n, [])
        assert local_clustering(network).isna().all()
        assert len(local_clustering(network)) == n
        assert np.isnan(transitivity(network))
