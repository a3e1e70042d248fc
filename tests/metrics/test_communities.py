import random
from concurrent.futures import ThreadPoolExecutor

import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import communities, modularity


def network_of(n, rows, directed=False, group=None):
    actors = pd.DataFrame({"actor": range(n)})
    if group is not None:
        actors["group"] = group
    return inn.Network.from_frames(actors, pd.DataFrame(rows, columns=["source", "target", "weight"]).astype({"weight": float}), directed=directed)


def two_circles() -> inn.Network:
    def circle(first):
        return [(first + i, first + j, 1.0) for i in range(5) for j in range(i)]

    return network_of(11, [*circle(0)[:6], *circle(5), (3, 5, 1.0)])


def test_two_circles_and_a_loner():
    assert communities(two_circles(), seed=0).tolist() == [1, 1, 1, 1, 2, 0, 0, 0, 0, 0, 3]


def test_labels_go_by_size_then_by_first_member(U):
    for seed in range(20):
        found = communities(U, seed=seed)
        sizes = found.value_counts(sort=False).sort_index()
        assert list(sizes.index) == list(range(len(sizes)))
        assert sizes.is_monotonic_decreasing
        first = found.drop_duplicates()
        for size in set(sizes):
            equal = [label for label in first if sizes[label] == size]
            assert equal == sorted(equal)
        assert found.name == "communities"
        assert found.dtype == np.int64


def test_a_seed_decides_and_the_generator_is_given_back(horizon_like):
    random.seed(7)
    expected = igraph.Graph.Erdos_Renyi(n=30, m=60).get_edgelist()
    random.seed(7)
    first = communities(horizon_like, seed=1)
    assert igraph.Graph.Erdos_Renyi(n=30, m=60).get_edgelist() == expected
    with ThreadPoolExecutor(4) as pool:
        for seed, again in zip([1, 2, 1, 3, 1], pool.map(lambda s: communities(horizon_like, seed=s), [1, 2, 1, 3, 1]), strict=True):
            assert again.equals(communities(horizon_like, seed=seed))
            assert (seed != 1) or again.equals(first)


def test_places_that_are_equally_good_but_for_rounding_do_not_keep_it_going():
    network = network_of(5, [(1, 2, 1 / 3), (0, 3, 1 / 7), (2, 4, 1 / 3)])
    for seed in range(20):  # igraph's own repetition does not end here
        assert communities(network, resolution=10**0.25, seed=seed).nunique() == 3


@pytest.fixture(scope="module")
def horizon_like() -> inn.Network:
    return inn.example(300).project("newman")


def test_modularity_is_near_the_best_known(horizon_like):
    graph = igraph.Graph(n=300, edges=[tuple(horizon_like.positions(pair)) for pair in horizon_like.ties[["source", "target"]].to_numpy()])
    weights = horizon_like.ties["weight"].to_numpy()
    louvain = graph.community_multilevel(weights=weights).modularity
    ours = modularity(horizon_like, groups=communities(horizon_like, seed=0))
    assert ours >= louvain - 0.02


def test_resolution_makes_more_circles(horizon_like):
    few, many = (communities(horizon_like, resolution=r, seed=0).nunique() for r in (0.3, 3.0))
    assert few < communities(horizon_like, seed=0).nunique() < many


def test_weights_are_used_or_not():
    network = network_of(6, [(0, 1, 9), (2, 3, 9), (4, 5, 9), (1, 2, 1), (3, 4, 1), (5, 0, 1)])
    assert communities(network, seed=0).nunique() == 3
    assert communities(network, weighted=False, seed=0).nunique() == 2


def test_what_is_refused(D, U):
    with pytest.raises(DataError, match="symmetrize"):
        communities(D, seed=0)
    with pytest.raises(DataError, match="resolution"):
        communities(U, resolution=0.0, seed=0)


ids = st.integers(0, 7)
rows = st.lists(st.tuples(ids, ids, st.integers(1, 5)), max_size=24)


@given(rows, st.lists(st.sampled_from("xyz"), min_size=8, max_size=8), st.booleans(), st.booleans())
def test_modularity_is_that_of_igraph(ties, group, directed, weighted):
    network = network_of(8, ties, directed, group)
    ours = modularity(network, groups="group", weighted=weighted)
    if not network.n_ties:
        assert np.isnan(ours)
        return
    table = network.ties
    graph = igraph.Graph(n=8, edges=table[["source", "target"]].to_numpy(), directed=directed)
    theirs = graph.modularity([ord(g) - ord("x") for g in group], weights=table["weight"].to_numpy() if weighted else None, directed=True)
    assert ours == pytest.approx(theirs, abs=1e-12)


@given(rows, st.lists(st.sampled_from("xy"), min_size=8, max_size=8))
def test_modularity_by_its_definition(ties, group):
    network = network_of(8, ties, group=group)
    a = network.adjacency().toarray()
    total = a.sum()
    same = np.equal.outer(group, group)
    expected = ((a - np.outer(a.sum(axis=1), a.sum(axis=0)) / total) * same).sum() / total if total else np.nan
    assert modularity(network, groups="group") == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_one_group_is_no_division(U):
    assert modularity(U, groups=pd.Series("x", index=U.actors.index)) == pytest.approx(0)


def test_dropped_actors_leave_with_their_ties(U):
    groups = U.actors["region"].where(U.actors.index != "f")
    left = U.select(actors=U.actors.index != "f")
    assert modularity(U, groups=groups, missing="drop") == modularity(left, groups="region")
    assert modularity(U, groups=groups, missing="category") != modularity(U, groups="region")
