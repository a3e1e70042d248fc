import networkx as nx
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError


@pytest.mark.parametrize("name", ["U", "D"])
def test_round_trips_keep_actors_ties_and_direction(name, request):
    network = request.getfixturevalue(name)
    for back in (inn.from_networkx(inn.to_networkx(network)), inn.from_igraph(inn.to_igraph(network))):
        pd.testing.assert_frame_equal(back.actors[network.actors.columns], network.actors)
        pd.testing.assert_frame_equal(back.ties, network.ties)
        assert back.directed == network.directed


def test_attributes_and_missing_values():
    actors = pd.DataFrame({"actor": ["a", "b"], "name": ["Alpha", None], "sme": pd.array([True, None], dtype="boolean"), "size": [1.5, None]})
    network = inn.Network.from_frames(actors, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0], "kind": ["advice"]}))
    graph = inn.to_networkx(network)
    assert graph.nodes["a"] == {"name": "Alpha", "sme": True, "size": 1.5}
    assert graph.nodes["b"] == {}
    assert graph.edges["a", "b"] == {"weight": 2.0, "kind": "advice"}
    vertices = inn.to_igraph(network).vs
    assert vertices["name"] == ["a", "b"]
    assert vertices["label"] == ["Alpha", None]
    back = inn.from_networkx(graph)
    assert back.actors["sme"].dtype == "boolean"
    assert back.ties["kind"].tolist() == ["advice"]


def test_networkx_writes_what_it_is_given(tmp_path):
    network = inn.example(actors=60, seed=0).project("newman")
    assert network.actors.isna().to_numpy().any()
    for write, read in ((nx.write_graphml, nx.read_graphml), (nx.write_gexf, nx.read_gexf)):
        write(inn.to_networkx(network), tmp_path / "network")
        back = inn.from_networkx(read(tmp_path / "network"))
        pd.testing.assert_series_equal(back.actors["region"], network.actors["region"])
        assert back.n_ties == network.n_ties


def test_parallel_ties_become_a_multigraph():
    ties = pd.DataFrame({"source": ["a", "a"], "target": ["b", "b"], "kind": ["x", "y"]})
    network = inn.Network.from_frames(pd.DataFrame({"actor": ["a", "b"]}), ties)
    graph = inn.to_networkx(network)
    assert isinstance(graph, nx.MultiGraph)
    assert inn.from_networkx(graph).fingerprint == network.fingerprint


def test_unweighted_and_partly_weighted_graphs():
    graph = nx.path_graph(4)
    assert inn.from_networkx(graph).ties["weight"].tolist() == [1.0, 1.0, 1.0]
    graph.edges[0, 1]["weight"] = 2.0
    with pytest.raises(DataError, match="2 of 3 edges have no attribute 'weight'"):
        inn.from_networkx(graph)


def test_mixed_nodes_and_repeated_names():
    with pytest.raises(DataError, match="all text or all whole numbers"):
        inn.from_networkx(nx.Graph([(1, "a")]))
    twice = inn.to_igraph(inn.toy().project())
    twice.vs[1]["name"] = "a"
    with pytest.raises(DataError, match="more than once"):
        inn.from_igraph(twice)


def test_empty_graphs():
    assert inn.from_networkx(nx.Graph()).n_actors == 0
    network = inn.from_networkx(nx.empty_graph(3))
    assert (network.n_actors, network.n_ties) == (3, 0)
    assert inn.from_igraph(inn.to_igraph(network)).n_actors == 3
    assert inn.to_networkx(network).number_of_nodes() == 3
