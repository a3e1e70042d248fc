from fractions import Fraction
from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import e_i_group, e_i_index, e_i_summary

ORDER = ["e_i", "external", "internal", "minimum", "maximum", "rescaled", "expected", "sd", "z", "p_lower", "p_upper", "p"]


def network_of(n, ties, groups, directed=False):
    ids = [f"v{i}" for i in range(n)]
    rows = pd.DataFrame([(ids[t[0]], ids[t[1]], float(t[2]) if len(t) > 2 else 1.0) for t in ties], columns=["source", "target", "weight"])
    actors = pd.DataFrame({"g": list(groups)}, index=ids)
    return inn.Network.from_frames(actors, rows.astype({"source": "str", "target": "str"}), directed=directed)


def moments(values):
    mean = sum(values, Fraction(0)) / len(values)
    return float(mean), float(sum(((v - mean) ** 2 for v in values), Fraction(0)) / len(values)) ** 0.5


# golden values


def test_index_of_actors(U):
    found = e_i_index(U, groups="sector")
    assert found[["a", "f"]].tolist() == pytest.approx([0.3333333333, 0.4285714286], abs=1e-10)
    assert np.isnan(found["l"])
    assert found.index.equals(U.actors.index)
    assert found.name == "e_i_index"


def test_index_of_groups(U):
    once, ends = (e_i_group(U, groups="region", counting=c) for c in ("ties", "ends"))
    assert once[["R1", "R2"]].tolist() == pytest.approx([0.1428571429, 0.6666666667], abs=1e-10)
    assert ends[["R1", "R2"]].tolist() == pytest.approx([-0.2, 0.4285714286], abs=1e-10)
    assert (once.index.name, once.name) == ("group", "e_i_group")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"groups": "sector"},
            {
                "e_i": 0.5789473684,
                "external": 15,
                "internal": 4,
                "rescaled": 0.5789473684,
                "expected": 0.2424242424,
                "sd": 0.1892620078,
                "p_lower": 0.9833637419,
                "p_upper": 0.0630117784,
            },
        ),
        ({"groups": "region"}, {"e_i": 0.0526315789, "minimum": -0.2631578947, "rescaled": -0.5, "p_lower": 0.0003252919}),
        ({"groups": "sector", "null": "labels"}, {"expected": 0.2424242424, "sd": 0.2035690091}),
        ({"groups": "sector", "null": "labels", "weighted": True}, {"e_i": 0.5454545455, "sd": 0.2140798983}),
        ({"groups": "sector", "null": "stubs"}, {"expected": 0.3001422475, "sd": 0.2136555716}),
    ],
)
def test_summary_of_the_undirected_network(U, options, expected):
    found = e_i_summary(U, **options)
    assert list(found.index) == ORDER
    assert found[list(expected)].tolist() == pytest.approx(list(expected.values()), abs=1e-10)


@pytest.mark.parametrize(
    ("null", "expected"),
    [
        ("ties", {"e_i": 0.2222222222, "expected": 0.3777777778, "sd": 0.1962896221, "p_upper": 0.8597850447}),
        ("labels", {"expected": 0.3777777778, "sd": 0.2133226776}),
    ],
)
def test_summary_of_the_directed_network(D, null, expected):
    assert e_i_summary(D, groups="sector", null=null)[list(expected)].tolist() == pytest.approx(list(expected.values()), abs=1e-10)


def test_permuted_labels_tend_to_all_arrangements(U):
    found = e_i_summary(U, groups="sector", null="labels", runs=4000, seed=3)
    assert found["p_lower"] == pytest.approx(0.9893939394, abs=0.008)  # five standard errors
    assert found["p_upper"] == pytest.approx(0.0625, abs=0.02)
    assert found["expected"] == pytest.approx(0.2424242424, abs=1e-10)  # the moments stay exact
    assert found.attrs["p_is"] == "simulated"


def test_degrees_kept_tend_to_rewirings(U):
    found = e_i_summary(U, groups="sector", null="degree", runs=1500, seed=5)
    assert found["expected"] == pytest.approx(0.490, abs=0.02)
    assert found["sd"] == pytest.approx(0.145, abs=0.015)


def test_published_value_of_the_karate_club():
    club = nx.karate_club_graph()
    ties = [(u, v) for u, v in club.edges]
    network = network_of(34, ties, [club.nodes[v]["club"] for v in club])
    assert e_i_group(network, groups="g", counting="ends")["Mr. Hi"] == pytest.approx(-0.7284, abs=5e-5)
    assert e_i_group(network, groups="g", counting="ties")["Mr. Hi"] == pytest.approx(-0.5217, abs=5e-5)


# chance models against everything that can happen


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("groups", ["aabb", "aaab", "aabc"])
@pytest.mark.parametrize("m", [1, 2, 4, 5])
def test_ties_against_all_graphs(directed, groups, m):
    pairs = [(i, j) for i in range(4) for j in range(4) if i < j or (directed and i > j)]
    external = [sum(groups[i] != groups[j] for i, j in chosen) for chosen in combinations(pairs, m)]
    mean, sd = moments([Fraction(2 * e - m, m) for e in external])
    seen = external[len(external) // 3]
    ties = next(chosen for chosen, e in zip(combinations(pairs, m), external, strict=True) if e == seen)
    found = e_i_summary(network_of(4, ties, groups, directed), groups="g")
    assert (found["expected"], found["sd"]) == pytest.approx((mean, sd), abs=1e-12)
    assert found["p_lower"] == pytest.approx(sum(e <= seen for e in external) / len(external), abs=1e-12)
    assert found["p_upper"] == pytest.approx(sum(e >= seen for e in external) / len(external), abs=1e-12)
    assert (found["minimum"], found["maximum"]) == pytest.approx(tuple(2 * e / m - 1 for e in (min(external), max(external))))
    assert found.attrs["p_is"] == "exact"


@pytest.mark.parametrize("directed", [False, True])
def test_weights_on_all_graphs(directed):
    groups, weights = "aabc", (1, 2, 5)
    pairs = [(i, j) for i in range(4) for j in range(4) if i < j or (directed and i > j)]
    values = []
    for chosen in permutations(pairs, 3):
        inside = sum(w for (i, j), w in zip(chosen, weights, strict=True) if groups[i] == groups[j])
        values.append(Fraction(8 - 2 * inside, 8))
    mean, sd = moments(values)
    network = network_of(4, [(0, 1, 1), (0, 2, 2), (1, 3, 5)], groups, directed)
    found = e_i_summary(network, groups="g", weighted=True)
    assert (found["expected"], found["sd"]) == pytest.approx((mean, sd), abs=1e-12)
    assert (found["minimum"], found["maximum"]) == pytest.approx((float(min(values)), float(max(values))))
    assert np.isnan(found["p"])
    drawn = e_i_summary(network, groups="g", weighted=True, runs=4000, seed=1)
    share = sum(v <= Fraction(6, 8) for v in values) / len(values)
    assert drawn["p_lower"] == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("groups", ["aabbc", "aaabb", "aaaab", "abcde"])
def test_labels_against_all_arrangements(directed, weighted, groups):
    ties = [(0, 1, 3), (1, 2, 1), (2, 3, 2), (0, 2, 1), (4, 0, 7), (1, 0, 2)] if directed else [(0, 1, 3), (1, 2, 1), (2, 3, 2), (0, 2, 1), (4, 0, 7)]
    values = []
    for order in permutations(range(5)):
        weights = [(t[2] if weighted else 1, groups[order[t[0]]] != groups[order[t[1]]]) for t in ties]
        values.append(Fraction(sum(w if out else -w for w, out in weights), sum(w for w, _ in weights)))
    mean, sd = moments(values)
    found = e_i_summary(network_of(5, ties, groups, directed), groups="g", null="labels", weighted=weighted)
    assert (found["expected"], found["sd"]) == pytest.approx((mean, sd), abs=1e-12)


def matchings(stubs):
    if not stubs:
        yield []
        return
    first, *rest = stubs
    for k, other in enumerate(rest):
        for tail in matchings(rest[:k] + rest[k + 1 :]):
            yield [(first, other), *tail]


@pytest.mark.parametrize("groups", ["aabb", "aaab", "abca", "abcd"])
def test_stubs_against_all_matchings(groups):
    ties = [(0, 1), (0, 2), (2, 3), (1, 2)]
    ends = [v for t in ties for v in t]
    external = [sum(groups[u] != groups[v] for u, v in chosen) for chosen in matchings(ends)]
    mean, sd = moments([Fraction(2 * e - 4, 4) for e in external])
    found = e_i_summary(network_of(4, ties, groups), groups="g", null="stubs")
    assert (found["expected"], found["sd"]) == pytest.approx((mean, sd), abs=1e-12)
    seen = sum(groups[u] != groups[v] for u, v in ties)
    if len(set(groups)) == 2:
        assert found["p_lower"] == pytest.approx(sum(e <= seen for e in external) / len(external), abs=1e-12)
        assert found["p_upper"] == pytest.approx(sum(e >= seen for e in external) / len(external), abs=1e-12)
    else:
        assert np.isnan(found["p"])
        drawn = e_i_summary(network_of(4, ties, groups), groups="g", null="stubs", runs=3000, seed=2)
        assert drawn["p_upper"] == pytest.approx(sum(e >= seen for e in external) / len(external), abs=0.05)


@pytest.mark.parametrize("groups", ["aabb", "abca"])
def test_stubs_of_a_directed_network(groups):
    ties = [(0, 1), (0, 2), (2, 3), (1, 2), (1, 0)]
    values = []
    for order in permutations(range(5)):
        external = sum(groups[t[0]] != groups[ties[k][1]] for t, k in zip(ties, order, strict=True))
        values.append(Fraction(2 * external - 5, 5))
    found = e_i_summary(network_of(4, ties, groups, directed=True), groups="g", null="stubs")
    assert (found["expected"], found["sd"]) == pytest.approx(moments(values), abs=1e-12)
    drawn = e_i_summary(network_of(4, ties, groups, directed=True), groups="g", null="stubs", runs=2000, seed=2)
    assert drawn["p_lower"] == pytest.approx(sum(v <= found["e_i"] + 1e-9 for v in values) / len(values), abs=0.05)


def test_labels_exchanged_inside_classes(U):
    everywhere = e_i_summary(U, groups="region", null="labels", within="country", runs=300, seed=1)
    assert everywhere["sd"] > 0
    fixed = e_i_summary(U, groups="region", null="labels", within="region", runs=20, seed=1)
    assert fixed["sd"] == 0
    assert np.isnan(fixed["z"])
    assert fixed["expected"] == pytest.approx(fixed["e_i"])
    assert fixed["p"] == 1


def test_memberships_exchanged(U):
    found = e_i_summary(U, groups="sector", null="affiliation", runs=200, seed=1)
    assert -1 < found["expected"] < found["e_i"]
    again = e_i_summary(U, groups="sector", null="affiliation", runs=200, seed=1)
    assert found.equals(again)
    assert found.attrs["seed"] == 1


def test_groups_derived_from_events_are_derived_anew():
    events = pd.DataFrame({"topic": ["x"] * 6 + ["y"] * 6}, index=[f"P{k:02}" for k in range(12)])
    rows = pd.DataFrame([(a, f"P{k:02}") for k in range(12) for a in ("abc" if k < 6 else "def")], columns=["actor", "event"])
    both = inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events, derived={"field": "topic"})
    network = both.project()
    anew = e_i_summary(network, groups="field", null="affiliation", runs=60, seed=1)
    kept = e_i_summary(network, groups=both.actors["field"], null="affiliation", runs=60, seed=1)
    assert anew["e_i"] == kept["e_i"] == -1
    assert anew["expected"] < kept["expected"]  # an actor's field follows its random events


# questions that have no answer


def test_asked_without_a_formula(U):
    with pytest.raises(DataError, match="runs="):
        e_i_summary(U, groups="sector", null="degree")
    with pytest.raises(DataError, match="runs="):
        e_i_summary(U, groups="sector", null="labels", within="country")
    with pytest.raises(DataError, match="seed"):
        e_i_summary(U, groups="sector", null="degree", runs=10)
    with pytest.raises(DataError, match="within"):
        e_i_summary(U, groups="sector", within="country", runs=10, seed=1)
    with pytest.raises(DataError, match="not one of"):
        e_i_summary(U, groups="sector", null="tie")
    with pytest.raises(DataError, match="counting"):
        e_i_group(U, groups="sector", counting="tie")
    with pytest.raises(TypeError, match="counting"):
        e_i_group(U, groups="sector")


def test_networks_that_are_no_whole_projection(A, U, D):
    for network in (D, A.project(structure="star"), A.project(max_size=3)):
        with pytest.raises(DataError, match="memberships behind"):
            e_i_summary(network, groups="sector", null="affiliation", runs=5, seed=1)


@pytest.mark.parametrize("null", ["ties", "labels", "stubs"])
def test_no_ties_and_one_group(null):
    none = e_i_summary(network_of(3, [], "aab"), groups="g", null=null)
    assert none[["external", "internal"]].tolist() == [0, 0]
    assert none.drop(["external", "internal"]).isna().all()
    one = e_i_summary(network_of(3, [(0, 1)], "aaa"), groups="g", null=null)
    assert one[["e_i", "minimum", "maximum", "expected", "sd"]].tolist() == [-1, -1, -1, -1, 0]
    assert one[["rescaled", "z"]].isna().all()
    assert e_i_index(network_of(3, [(0, 1)], "aaa"), groups="g").tolist()[:2] == [-1, -1]
    assert e_i_group(network_of(3, [], "aab"), groups="g", counting="ties").isna().all()


def test_missing_groups(U):
    region = U.actors["region"].where(U.actors.index != "f")
    for function in (e_i_index, e_i_summary):
        with pytest.raises(DataError, match="1 of 12 actors have no group"):
            function(U, groups=region)
    without = U.select(actors=U.actors.index != "f")
    dropped = e_i_index(U, groups=region, missing="drop")
    assert np.isnan(dropped["f"])
    assert dropped.drop("f").equals(e_i_index(without, groups="region"))
    assert e_i_summary(U, groups=region, missing="drop").equals(e_i_summary(without, groups="region"))
    assert e_i_group(U, groups=region, missing="drop", counting="ties").equals(e_i_group(without, groups="region", counting="ties"))
    named = region.fillna("(missing)")
    assert e_i_index(U, groups=region, missing="category").equals(e_i_index(U, groups=named))
    assert "(missing)" in e_i_group(U, groups=region, missing="category", counting="ends").index


def test_missing_groups_in_random_memberships(U):
    region = U.actors["region"].where(U.actors.index != "f")
    found = e_i_summary(U, groups=region, missing="drop", null="affiliation", runs=40, seed=1)
    observed = e_i_summary(U.select(actors=U.actors.index != "f"), groups="region")
    assert found["e_i"] == observed["e_i"]
    assert found["sd"] > 0


# properties


@given(st.data())
def test_against_the_definition(data):
    n = data.draw(st.integers(1, 8))
    directed, weighted = data.draw(st.booleans()), data.draw(st.booleans())
    vertex = st.integers(0, n - 1)
    ties = {(i, j): w for i, j, w in data.draw(st.lists(st.tuples(vertex, vertex, st.integers(1, 5)), max_size=20)) if i < j or (directed and i > j)}
    groups = data.draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n))
    network = network_of(n, [(*t, w) for t, w in ties.items()], groups, directed)
    for direction in ("out", "in", "both"):
        found = e_i_index(network, groups="g", weighted=weighted, direction=direction)
        for v in range(n):
            e = i = 0
            for (s, t), w in ties.items():
                mine = (s == v and (direction != "in" or not directed)) or (t == v and (direction != "out" or not directed))
                if mine:
                    e, i = (e, i + (w if weighted else 1)) if groups[s] == groups[t] else (e + (w if weighted else 1), i)
            assert found.iloc[v] == (e - i) / (e + i) if e + i else np.isnan(found.iloc[v])
    order = data.draw(st.permutations(range(n)))
    place = {v: k for k, v in enumerate(order)}
    turned = network_of(n, [(place[i], place[j], w) for (i, j), w in reversed(ties.items())], [groups[v] for v in order], directed)
    for null in ("ties", "labels", "stubs"):
        a, b = (e_i_summary(g, groups="g", null=null, weighted=weighted) for g in (network, turned))
        assert np.allclose(a, b, equal_nan=True, rtol=1e-12)
        assert np.isnan(a["e_i"]) or a["minimum"] - 1e-12 <= a["e_i"] <= a["maximum"] + 1e-12
    for counting in ("ties", "ends"):
        assert np.allclose(*(e_i_group(g, groups="g", counting=counting, weighted=weighted) for g in (network, turned)), equal_nan=True)
