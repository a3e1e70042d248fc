from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import _holes, constraint, dyadic_constraint, dyadic_redundancy, effective_size, efficiency, hierarchy, structural_holes
from innovnet.metrics._triangles import ranked

REFERENCE = Path(__file__).parents[1] / "reference" / "structural_holes.csv"


def _network(n, ties, directed=False):
    frame = pd.DataFrame(ties, columns=["source", "target", "weight"]).astype({"source": np.int64, "target": np.int64, "weight": float})
    return inn.Network.from_frames(pd.DataFrame({"actor": np.arange(n)}), frame, directed=directed)


@st.composite
def networks(draw, directed=None):
    n = draw(st.integers(0, 10))
    ids = st.integers(0, max(n - 1, 0))
    ties = draw(st.lists(st.tuples(ids, ids, st.sampled_from([0.5, 1, 1, 2, 7])), max_size=35)) if n else []
    return _network(n, ties, draw(st.booleans()) if directed is None else directed)


def _golden(found, expected):
    assert found[list(expected)].tolist() == pytest.approx(list(expected.values()), abs=1e-10, nan_ok=True)


def test_golden_undirected(U):
    _golden(constraint(U), {"a": 0.600625, "f": 0.3919227431, "k": 1, "l": np.nan})
    _golden(constraint(U, weighted=False), {"a": 0.6198866213, "f": 0.377845805})
    _golden(constraint(U, scope="ego"), {"a": 0.7411111111, "f": 0.4277907986})
    _golden(effective_size(U), {"a": 2.3, "f": 4.9375, "k": 1, "l": np.nan})
    _golden(efficiency(U), {"a": 0.7666666667, "f": 0.7053571429, "l": np.nan})
    _golden(hierarchy(U), {"a": 0.1254017841, "f": 0.0652000643, "k": 1, "l": np.nan})
    _golden(hierarchy(U, scope="ego"), {"f": 0.0657445144})
    _golden(dyadic_constraint(U), {("a", "b"): 0.2177777778, ("a", "c"): 0.3117361111, ("a", "f"): 0.0711111111})


def test_golden_directed(D):
    _golden(constraint(D), {"p": 0.5296428571, "q": 1.0071556122, "x": 0.5})
    _golden(effective_size(D), {"p": 2.7142857143, "r": 5.2})
    _golden(hierarchy(D), {"p": 0.2518771958, "x": 0, "y": 1})


def test_constraint_is_that_of_igraph_in_r(U, D):
    for (name, weighted), rows in pd.read_csv(REFERENCE).groupby(["network", "weighted"]):
        _golden(constraint({"U": U, "D": D}[name], weighted=weighted), dict(zip(rows["actor"], rows["constraint"], strict=True)))


def _by_definition(network, weighted, scope):
    """The formulas written out, one actor after the other; tables by (ego, alter)."""
    A = network.adjacency(weighted=weighted).toarray()
    M = A + A.T if network.directed else A
    dyads, redundancy = {}, {}
    for i in range(len(M)):
        inside = [i, *np.flatnonzero(M[i])] if scope == "ego" else list(range(len(M)))
        for j in np.flatnonzero(M[i]):
            others = [q for q in np.flatnonzero(M[i]) if q != j]
            p_i = M[i] / M[i].sum()
            dyads[i, j] = (p_i[j] + sum(p_i[q] * M[q, j] / M[q, inside].sum() for q in others)) ** 2
            redundancy[i, j] = sum(p_i[q] * M[j, q] / M[j, inside].max() for q in others)
    return dyads, redundancy


@given(networks(), st.booleans(), st.sampled_from(["network", "ego"]))
@settings(deadline=None, max_examples=150)
def test_all_are_their_definitions(network, weighted, scope):
    options = {"weighted": weighted, "scope": scope}
    dyads, redundancy = _by_definition(network, weighted, scope)
    assert dyadic_constraint(network, **options).to_dict() == pytest.approx(dyads, abs=1e-13)
    assert dyadic_redundancy(network, **options).to_dict() == pytest.approx(redundancy, abs=1e-13)
    table = structural_holes(network, **options)
    for i in range(network.n_actors):
        c, r = ([value for (ego, _), value in found.items() if ego == i] for found in (dyads, redundancy))
        k = len(c)
        if k == 0:
            assert table.loc[i].isna().all()
            continue
        total = np.sum(c)
        shares = np.array(c) / (total / k)
        disorder = (shares * np.log(shares)).sum() / (k * np.log(k)) if k > 1 else 1.0
        assert table.loc[i].tolist() == pytest.approx([total, k - np.sum(r), 1 - np.sum(r) / k, disorder], abs=1e-12)


@given(networks(), st.booleans())
@settings(deadline=None, max_examples=100)
def test_constraint_is_that_of_igraph(network, weighted):
    ties = network.ties
    graph = igraph.Graph(n=network.n_actors, edges=ties[["source", "target"]].to_numpy().tolist(), directed=network.directed)
    graph.es["weight"] = ties["weight"].tolist() if weighted else [1.0] * len(ties)
    expected = graph.constraint(weights="weight") if len(ties) else [np.nan] * network.n_actors
    assert constraint(network, weighted=weighted).tolist() == pytest.approx(expected, abs=1e-12, nan_ok=True)


@given(networks(directed=False))
@settings(deadline=None, max_examples=80)
def test_borgatti_form(network):
    graph = nx.Graph(network.adjacency(weighted=False))
    expected = [k - 2 * nx.triangles(graph, v) / k if k else np.nan for v, k in graph.degree]
    for scope in ("network", "ego"):
        assert effective_size(network, weighted=False, scope=scope).tolist() == pytest.approx(expected, abs=1e-13, nan_ok=True)


@given(networks(), st.randoms(use_true_random=False), st.sampled_from(["network", "ego"]))
@settings(deadline=None, max_examples=60)
def test_order_of_actors_does_not_matter(network, random, scope):
    order = list(range(network.n_actors))
    random.shuffle(order)
    turned = inn.Network.from_frames(network.actors.iloc[order], network.ties, directed=network.directed)
    pd.testing.assert_frame_equal(structural_holes(turned, scope=scope).sort_index(), structural_holes(network, scope=scope), atol=1e-13)


@pytest.mark.parametrize("scope", ["network", "ego"])
def test_same_bits_for_any_chunks(monkeypatch, scope):
    rng = np.random.default_rng(0)
    network = _network(150, np.column_stack([rng.integers(0, 150, (1500, 2)), rng.random(1500)]))
    whole = structural_holes(network, scope=scope)
    monkeypatch.setattr(_holes, "ranked", lambda arcs: ranked(arcs)._replace(bounds=np.array([0, 1, 7, 50, 51, 150])))
    for threads in ("1", "3"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        pd.testing.assert_frame_equal(structural_holes(network, scope=scope), whole, check_exact=True)


def test_single_measures_are_the_columns_of_the_table(U):
    table = structural_holes(U, scope="ego")
    for function in (constraint, effective_size, efficiency, hierarchy):
        pd.testing.assert_series_equal(function(U, scope="ego"), table[function.__name__])


def test_dyads_follow_the_order_of_actors(U, D):
    for network in (U, D):
        found = dyadic_constraint(network)
        both = network.adjacency() + network.adjacency().T
        assert found.index.names == ["ego", "alter"]
        assert list(zip(*both.nonzero(), strict=True)) == [tuple(network.positions(pair)) for pair in found.index]
        pd.testing.assert_series_equal(found.groupby(level="ego").sum(), constraint(network).dropna(), check_names=False)


def test_medici():
    graph = nx.florentine_families_graph()
    actors = pd.DataFrame({"actor": list(graph)})
    network = inn.Network.from_frames(actors, pd.DataFrame(list(graph.edges), columns=["source", "target"]))
    assert structural_holes(network).loc["Medici", ["constraint", "hierarchy"]].tolist() == pytest.approx([0.209877, 0.022456], abs=1e-6)
    ego = structural_holes(network, scope="ego").loc["Medici"]
    dyads = np.array([1 / 36] * 4 + [1 / 16] * 2)  # by hand: Ridolfi and Tornabuoni alone are tied
    shares = dyads / dyads.mean()
    assert ego[["constraint", "hierarchy"]].tolist() == pytest.approx([dyads.sum(), (shares * np.log(shares)).sum() / (6 * np.log(6))])
    assert constraint(network)["Peruzzi"] == pytest.approx(0.655864, abs=1e-6)  # influenceR: 0.645062, from the degree of another actor


def test_karate_club_weighted():
    graph = nx.karate_club_graph()
    network = _network(34, [(u, v, w) for u, v, w in graph.edges(data="weight")])
    assert effective_size(network)[0] == pytest.approx(13.775, abs=5e-4)  # networkx 3.6.1: 13.954, divided by the wrong maximum


def test_directed_sinks_have_partners():
    """networkx 3.6.1: 1.125 for the sink in constraint(G), NaN in constraint(G, nodes=[sink])."""
    network = _network(3, [(0, 1, 1), (0, 2, 1), (1, 2, 1)], directed=True)
    assert constraint(network).tolist() == pytest.approx([1.125] * 3)
    assert effective_size(network).tolist() == pytest.approx([1.0] * 3)


def test_self_ties_do_not_matter():
    """networkx 3.6.1: two answers for a graph with a self-tie, depending on how it is asked."""
    ties = [(0, 1, 1), (0, 2, 1), (1, 2, 1)]
    pd.testing.assert_frame_equal(structural_holes(_network(4, [*ties, (0, 0, 1), (3, 3, 1)])), structural_holes(_network(4, ties)))


def test_unknown_scope_is_an_error(U):
    with pytest.raises(DataError, match="scope='egos'"):
        constraint(U, scope="egos")


def test_real_network(lithuania):
    network = lithuania.project("newman")
    ties = network._tie_table
    graph = igraph.Graph(n=network.n_actors, edges=ties[["source", "target"]].to_numpy().tolist())
    expected = graph.constraint(weights=ties["weight"].tolist())
    np.testing.assert_allclose(constraint(network), expected, rtol=1e-12)
