"""The inputs that today's libraries take for something else, and what they are here: one test for each row of the list that applies to tables of
actors and ties, projections, indicators and random worlds. Rows about files are in tests/graph/test_read_*.py and test_atomic.py."""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet import metrics
from innovnet.errors import DataError

ACTORS = pd.DataFrame({"actor": ["a", "b", "c"]})
NOBODY = pd.DataFrame({"actor": []})
NO_TIES = pd.DataFrame({"source": [], "target": []})


def network(ties, actors=ACTORS, **options):
    """A network of tuples (source, target, weight), or of a table of ties."""
    table = ties if isinstance(ties, pd.DataFrame) else pd.DataFrame(ties, columns=["source", "target", "weight"][: len(ties[0])])
    return inn.Network.from_frames(actors, table, **options)


def affiliation(rows, **options):
    return inn.Affiliation.from_frame(pd.DataFrame(rows, columns=["actor", "event"]), actor="actor", event="event", **options)


def weighted_edges(*weights):
    graph = nx.path_graph(["a", "b", "c"])
    for edge, weight in zip(list(graph.edges), weights, strict=False):
        graph.edges[edge]["weight"] = weight
    return graph


two_parts = [("a", "b", 1.0), ("b", "c", 1.0), ("d", "e", 1.0)]
FIVE = pd.DataFrame({"actor": list("abcde"), "g": ["x", "x", "y", "y", None]})


def diamonds(n):
    """A chain of diamonds: 2**n shortest paths from end to end."""
    rows = [(f"{k}", f"{k}{side}") for k in range(n) for side in "lr"] + [(f"{k}{side}", f"{k + 1}") for k in range(n) for side in "lr"]
    names = sorted({name for row in rows for name in row})
    return network(rows, pd.DataFrame({"actor": names}))


REFUSED = {
    "08 duplicate identifier of an igraph vertex": (lambda: inn.from_igraph(_igraph(["a", "a"])), "more than once: 'a'"),
    "09 tie to an actor who is not in the table": (lambda: network([("a", "z", 1.0)]), "column 'target': 1 not in the actors table: 'z'"),
    "10 weight that is text": (lambda: network([("a", "b", 1.0), ("b", "c", "abc")]), "row 1, column 'weight': 'abc' is no weight"),
    "11 weight that is empty": (lambda: network([("a", "b", "")]), "row 0, column 'weight'"),
    "13 identifier out of range": (lambda: network([(1, 3, 1.0)], pd.DataFrame({"actor": [1, 2]})), "column 'target': 1 not in the actors table: 3"),
    "14 identifier below zero": (lambda: network([(1, -1, 1.0)], pd.DataFrame({"actor": [1, 2]})), "not in the actors table: -1"),
    "24 byte order mark in front of a column": (lambda: network(pd.DataFrame({"\ufeffsource": ["a"], "target": ["b"]})), "no column 'source'"),
    "25 NUL in an identifier": (lambda: network(NO_TIES, pd.DataFrame({"actor": ["a", "\0a"]})), r"NUL.*'\\x00a'"),
    "25 NUL in a name": (lambda: network(NO_TIES, ACTORS.assign(name=["a\0", "b", "c"])), "column 'name'.*NUL"),
    "27 missing identifier of an actor": (lambda: network(NO_TIES, pd.DataFrame({"actor": ["a", None, np.nan]})), "row 1.*\n.*row 2"),
    "27 missing end of a tie": (lambda: network([("a", "b", 1.0), (None, "b", 1.0)]), "ties table, row 1, column 'source'"),
    "27 missing identifier of a participation": (lambda: affiliation([("a", "P"), (np.nan, "P")]), "participations, row 1, column 'actor'"),
    "28 actor in two rows": (lambda: network(NO_TIES, pd.DataFrame({"actor": list("aba"), "region": ["DE1", "X", "FR1"]})), "'a'.*\n.*row 0.*\n.*row 2"),
    "30 identifiers 1, True and 1.0": (lambda: network(NO_TIES, pd.DataFrame({"actor": pd.Series([1, True, 1.0], dtype=object)})), "all whole numbers"),
    "30 identifiers 1 and '1'": (lambda: network(NO_TIES, pd.DataFrame({"actor": pd.Series([1, "1"], dtype=object)})), "found int, str"),
    "30 text here and numbers there": (lambda: network([("1", "2", 1.0)], pd.DataFrame({"actor": [1, 2]})), "Make both the same"),
    "30 groups 1, True and 1.0": (
        lambda: metrics.assortativity(network([("a", "b", 1.0)]), groups=pd.Series([1, True, 1.0], list("abc"), dtype=object)),
        "not a mixture",
    ),
    "31 misspelt column of weights": (lambda: network(pd.DataFrame({"source": ["a"], "target": ["b"], "wieght": [5]})), "no column 'weight' but 'wieght'"),
    "31 misspelt name of the weights": (lambda: network([("a", "b", 1.0)], weight="wight"), "Did you mean 'weight'"),
    "31 misspelt attribute of edges": (lambda: inn.from_networkx(weighted_edges(1, 2), weight="weigth"), "Did you mean 'weight'"),
    "32 weight on some edges only": (lambda: inn.from_networkx(weighted_edges(2.0)), r"1 of 2 edges have no attribute 'weight': \('b', 'c'\)"),
    "33 weight that is not a number": (lambda: network([("a", "b", np.nan)]), "row 0, column 'weight': 'nan'"),
    "33 weight without bound": (lambda: network([("a", "b", np.inf)]), "row 0, column 'weight': 'inf'"),
    "34 weight below zero": (lambda: network([("a", "b", -1.0)]), "row 0, column 'weight': '-1.0'"),
    "35 length of zero": (lambda: metrics.betweenness(_with_length(0.0), distance="km"), "'a-b: 0.0'"),
    "35 length that is missing": (lambda: metrics.closeness(_with_length(np.nan), distance="km"), "'a-b: nan'"),
    "42 more shortest paths than can be counted": (lambda: metrics.betweenness(diamonds(1100), progress=False), "more than 1e308 shortest paths"),
    "43 partition without an actor": (lambda: metrics.modularity(network([("a", "b", 1.0)]), groups=pd.Series(["x", "y"], ["a", "b"])), "'c'"),
    "43 partition with an actor twice": (
        lambda: metrics.modularity(network([("a", "b", 1.0)]), groups=pd.Series(list("xyzx"), list("abca"))),
        "more than once: 'a'",
    ),
    "44 assortativity by an attribute that somebody lacks": (lambda: metrics.assortativity(network(two_parts, FIVE), groups="g"), "1 of 5 actors .* 'e'"),
    "45 a network where memberships are wanted": (lambda: list(inn.windows(network([("a", "b", 1.0)]), width=1)), "takes Affiliation, not Network"),
    "45 memberships where a network is wanted": (lambda: metrics.e_i_index(inn.toy(), groups="sector"), r"takes Network, not Affiliation.*project\(\)"),
    "45 memberships that a network lacks": (
        lambda: metrics.null_samples(metrics.transitivity, network([("a", "b", 1.0)]), null="affiliation", runs=1, seed=0),
        "memberships behind the network",
    ),
    "47 number of worlds that is none": (lambda: metrics.fixed_degree_samples(inn.toy(), runs=float("nan"), seed=0), "runs=nan is not a whole number"),
    "47 seed that is none": (lambda: metrics.fixed_degree_samples(inn.toy(), runs=1, seed=1.5), "seed=1.5 is not a whole number"),
    "48 directions where there should be none": (lambda: metrics.communities(network([("a", "b", 1.0)], directed=True), seed=0), "undirected"),
}


def _igraph(names):
    graph = inn.to_igraph(network(NO_TIES, pd.DataFrame({"actor": list("xyz"[: len(names)])})))
    graph.vs["name"] = names
    return graph


def _with_length(km):
    return network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "km": [km, 1.0]}))


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    function, words = REFUSED[case]
    with pytest.raises(DataError, match=words):
        function()


def test_16_organisations_of_the_same_name_stay_two():
    made = network([("a", "b", 1.0)], ACTORS.assign(name="Same Ltd"))
    for back in (made, inn.from_networkx(inn.to_networkx(made)), inn.from_igraph(inn.to_igraph(made))):
        assert back.actors["name"].tolist() == ["Same Ltd"] * 3
        assert back.n_ties == 1


def test_29_repeated_cooperation_is_summed_and_counted():
    made = network([("a", "b", 1.0), ("b", "a", 2.0), ("a", "b", 4.0)])
    assert made.ties["weight"].tolist() == [7.0]
    assert made.quality.set_index("item")["count"].to_dict() == {"repeated ties": 2}


def test_35_ties_of_weight_zero_are_no_ties_and_counted():
    made = network([("a", "b", 0.0), ("b", "c", 2.0)])
    assert made.n_ties == 1
    assert made.quality.set_index("item")["count"].to_dict() == {"ties of weight 0": 1}
    assert metrics.betweenness(made, distance="inverse", normalized=True).max() == 0.0


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("actors", [0, 1])
def test_36_nobody_and_one_actor_have_documented_values(actors, directed):
    table = pd.DataFrame({"actor": list("a"[:actors]), "g": list("x"[:actors])})
    made = network(NO_TIES, table, directed=directed)
    nan = [np.nan] * actors
    for value in (metrics.density(made), metrics.transitivity(made), metrics.assortativity(made, groups="g"), metrics.modularity(made, groups="g")):
        assert np.isnan(value)
    for function in (metrics.closeness, metrics.constraint, metrics.effective_size, metrics.local_clustering):
        np.testing.assert_equal(function(made).tolist(), nan)
    for function in (metrics.degree, metrics.strength, metrics.betweenness, metrics.harmonic, metrics.core_number, metrics.components):
        assert function(made).tolist() == [0] * actors
    np.testing.assert_equal(metrics.degree(made, normalized=True).tolist(), nan)
    assert metrics.largest_component(made).n_actors == actors
    assert metrics.brokerage(made, groups="g")["total"].tolist() == [0] * actors
    assert metrics.mixing_matrix(made, groups="g", counting="ties").shape == (actors, actors)


def test_37_distance_in_separate_parts_is_told_by_part_and_with_the_share_reached():
    made = network(two_parts, FIVE)
    within, reached = metrics.closeness(made), metrics.closeness(made, components="wasserman_faust")
    assert within.round(4).to_dict() == {"a": 0.6667, "b": 1.0, "c": 0.6667, "d": 1.0, "e": 1.0}
    assert reached.round(4).to_dict() == {"a": 0.3333, "b": 0.5, "c": 0.3333, "d": 0.25, "e": 0.25}
    assert metrics.harmonic(made).to_dict() == {"a": 1.5, "b": 2.0, "c": 1.5, "d": 1.0, "e": 1.0}


def test_44_those_who_lack_an_attribute_are_left_out_or_a_group_of_their_own():
    made = network(two_parts, FIVE)
    assert metrics.mixing_matrix(made, groups="g", counting="ties", missing="drop").index.tolist() == ["x", "y"]
    assert metrics.mixing_matrix(made, groups="g", counting="ties", missing="category").index.tolist() == ["(missing)", "x", "y"]


def test_46_an_event_of_two_hundred_thousand_members_is_refused_at_once():
    made = affiliation({"actor": np.arange(200_000), "event": np.zeros(200_000, dtype=np.int64)})
    begin = time.process_time()
    with pytest.raises(DataError, match=r"19,999,900,000 ties.*200,000 members.*max_size="):
        made.project()
    assert time.process_time() - begin < 1.0
    assert made.project(max_size=100).n_ties == 0


def test_48_a_tie_named_from_both_ends_is_one_tie_without_direction_and_two_with():
    rows = [("a", "b", 1.0), ("b", "a", 5.0)]
    assert network(rows).ties["weight"].tolist() == [6.0]
    assert network(rows, directed=True).ties["weight"].tolist() == [1.0, 5.0]
    assert inn.from_networkx(nx.DiGraph([("a", "b")])).directed


@pytest.mark.parametrize("ids", [[1, 2], ["1", "2"], ["nan", "NA"], ["01069", "1E5"]])
def test_50_identifiers_come_back_as_they_went(ids):
    made = network([(ids[0], ids[1], 2.0)], pd.DataFrame({"actor": ids}))
    for back in (inn.from_networkx(inn.to_networkx(made)), inn.from_igraph(inn.to_igraph(made)), made.select(), made.threshold(0)):
        assert back.actors.index.tolist() == ids
        assert back.fingerprint == made.fingerprint


def test_52_no_module_unpickles():
    """No file is read as a pickle. Work for a pool of the caller's own processes is one, as with every such pool."""
    for file in Path(inn.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        own = {"pickle"} if file.parts[-2:] == ("simulate", "_replica.py") else set()
        assert not imported & {"pickle", "marshal", "shelve", "joblib", "dill", "cloudpickle"} - own, file
        allowed = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "allow_pickle"]
        assert all(isinstance(value, ast.Constant) and value.value is False for value in allowed), file


def test_54_projection_communities_and_worlds_do_not_depend_on_the_hash_seed():
    code = (
        "import innovnet as inn; m = inn.metrics; a = inn.example(actors=60); n = a.project('newman');"
        "print(n.fingerprint, m.communities(n, seed=3).tolist(), [w.fingerprint for w in m.fixed_degree_samples(a, runs=2, seed=0)])"
    )
    said = set()
    for seed, threads in (("0", "1"), ("1", "2")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "INNOVNET_THREADS": threads}
        said.add(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(said) == 1
