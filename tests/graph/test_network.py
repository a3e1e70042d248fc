import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError

ACTORS = pd.DataFrame({"actor": ["a", "b", "c", "d"], "country": ["LT", "LV", None, "NA"]})


def network(ties, directed=False, actors=ACTORS):
    return inn.Network.from_frames(actors, pd.DataFrame(ties, columns=["source", "target", "weight"]), directed=directed)


def test_counts_and_adjacency():
    made = network([("b", "a", 2.0), ("c", "b", 1.5)])
    assert (made.n_actors, made.n_ties) == (4, 2)
    assert made.ties.to_dict("list") == {"source": ["a", "b"], "target": ["b", "c"], "weight": [2.0, 1.5]}
    dense = made.adjacency().toarray()
    assert (dense == dense.T).all()
    assert dense[0, 1] == 2.0
    assert made.adjacency(weighted=False).toarray().sum() == 4


def test_directed_arcs():
    made = network([("a", "b", 2.0), ("b", "a", 3.0), ("c", "b", 1.0)], directed=True)
    assert made.n_ties == 3

    def dense(direction, weighted=True):
        arcs = made.arcs(weighted=weighted, direction=direction)
        out = np.zeros((4, 4))
        for i in range(4):
            for k in range(arcs.indptr[i], arcs.indptr[i + 1]):
                out[i, arcs.indices[k]] += arcs.weights[k]
        return out

    whole = made.adjacency().toarray()
    assert (dense("out") == whole).all()
    assert (dense("in") == whole.T).all()
    assert (dense("both") == whole + whole.T).all()
    assert dense("both", weighted=False)[0, 1] == 2  # a mutual tie counts twice
    with pytest.raises(DataError, match="direction='outward'"):
        made.arcs(direction="outward")


def test_everything_handed_out_is_frozen_or_a_copy():
    made = network([("a", "b", 2.0)])
    before = made.fingerprint
    handed = made.actors
    handed.loc["a", "country"] = "EE"
    for table in (made.actors, made.ties, made.quality):
        table.insert(0, "new", 1)
    for array in (made.adjacency().data, made.adjacency(weighted=False).data, made.arcs().weights, made.arcs().indices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
    with pytest.raises(AttributeError):
        made.directed = True
    source = ACTORS.copy()
    kept = inn.Network.from_frames(source, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    source.loc[0, "country"] = "XX"
    assert kept.actors["country"].iloc[0] == "LT"
    assert made.fingerprint == before
    assert network([("a", "b", 2.0)]).fingerprint == before


def test_repeated_self_and_zero_ties_are_counted():
    made = network([("a", "b", 1.0), ("b", "a", 2.0), ("a", "a", 1.0), ("c", "d", 0.0)])
    assert made.n_ties == 1
    assert made.ties["weight"].tolist() == [3.0]
    assert made.quality.set_index("item")["count"].to_dict() == {"self-ties": 1, "ties of weight 0": 1, "repeated ties": 1}


def test_typed_ties_keep_their_rows():
    ties = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "b", "c"], "weight": [1.0, 2.0, 1.0], "kind": ["advice", "contract", "advice"]})
    made = inn.Network.from_frames(ACTORS, ties)
    assert made.n_ties == 2
    assert len(made.ties) == 3
    assert made.adjacency()[0, 1] == 3.0
    assert made.select(ties=made.ties["kind"] == "advice").adjacency()[0, 1] == 1.0


@pytest.mark.parametrize(
    ("ties", "words"),
    [
        ([("a", "x", 1.0)], ["'x'", "actors table", "target"]),
        ([("a", "b", -1.0)], ["row 0", "-1.0", "A weight is 0 or a number"]),
        ([("a", "b", np.inf)], ["row 0", "inf"]),
        ([("a", "b", np.nan)], ["row 0", "nan"]),
        ([("a", "b", "abc")], ["row 0", "abc", "weight"]),
        ([("a", None, 1.0), ("", "b", 1.0)], ["row 0", "no identifier"]),
    ],
)
def test_bad_ties_are_named(ties, words):
    with pytest.raises(DataError) as caught:
        network(ties)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("actors", "words"),
    [
        (pd.DataFrame({"actor": ["a", "a"]}), ["more than once", "'a'"]),
        (pd.DataFrame({"actor": ["a", None]}), ["row 1", "no identifier"]),
        (pd.DataFrame({"actor": ["a", 1]}), ["all text or all whole numbers", "int"]),
        (pd.DataFrame({"actor": [1.0, 2.0]}), ["float"]),
        (pd.DataFrame({"actor": [True, False]}), ["bool"]),
        (pd.DataFrame({"actor": ["a"], "x": [["nested"]]}), ["column 'x'", "nested"]),
        (pd.DataFrame({"actor": ["a"], 5: [1]}), ["not text", "5"]),
    ],
)
def test_bad_actors_are_named(actors, words):
    with pytest.raises(DataError) as caught:
        inn.Network.from_frames(actors, pd.DataFrame({"source": [], "target": []}, dtype="str"))
    for word in words:
        assert word in str(caught.value)


def test_missing_column_with_suggestion():
    with pytest.raises(DataError, match="Did you mean 'weight'"):
        inn.Network.from_frames(ACTORS, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [1.0]}), weight="wieght")


def test_integer_ids_and_no_ties():
    made = inn.Network.from_frames(pd.DataFrame({"actor": [3, 1]}), pd.DataFrame({"source": [1], "target": [3]}))
    assert made.ties.iloc[0].tolist() == [3, 1, 1.0]
    empty = inn.Network.from_frames(
        pd.DataFrame({"actor": pd.Series(dtype="str")}), pd.DataFrame({"source": pd.Series(dtype="str"), "target": pd.Series(dtype="str")})
    )
    assert (empty.n_actors, empty.n_ties, len(empty.ties)) == (0, 0, 0)
    assert "0 actors" in empty._repr_html_()


def test_positions_series_and_select(U):
    assert U.positions(["c", "a"]).tolist() == [2, 0]
    with pytest.raises(DataError, match="'z'"):
        U.positions(["z"])
    series = U.series(np.arange(12), "place")
    assert series.index.name == "actor"
    assert series.name == "place"
    small = U.select(actors=U.actors["country"] == "LT")
    assert small.actors.index.tolist() == list("abcdel")
    assert small.n_ties == 6
    assert small.affiliation is None
    assert U.threshold(2).ties[["source", "target"]].to_numpy().tolist() == [["a", "b"], ["a", "c"], ["f", "g"]]
    with pytest.raises(DataError, match="True or False"):
        U.select(actors=[1, 2])
    with pytest.raises(DataError, match="missing values"):
        U.select(actors=pd.Series([None] + [True] * 11, index=U.actors.index))
    with pytest.raises(DataError, match="another index"):
        U.select(actors=pd.Series([True] * 12))


pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 4)), max_size=20)


@given(pairs, st.booleans(), st.randoms(use_true_random=False))
def test_order_of_ties_does_not_matter(ties, directed, random):
    actors = pd.DataFrame({"actor": list("abcdef")})
    rows = [("abcdef"[s], "abcdef"[t], float(w)) for s, t, w in ties]
    first = network(rows, directed, actors)
    random.shuffle(rows)
    if not directed:
        rows = [(t, s, w) for s, t, w in rows]
    second = network(rows, directed, actors)
    assert first.fingerprint == second.fingerprint
    expected = np.zeros((6, 6))
    for s, t, w in ties:
        if s != t:
            expected[s, t] += w
            expected[t, s] += 0 if directed else w
    assert (first.adjacency().toarray() == expected).all()


def test_names_are_escaped_in_html():
    hostile = '</script><img onerror=alert(1)>\x07"'
    actors = pd.DataFrame({"actor": ["1", "2"], "name": [hostile, "b"], "type": [hostile, hostile]})
    shown = inn.Network.from_frames(actors, pd.DataFrame({"source": ["1"], "target": ["2"]}))._repr_html_()
    assert "<img" not in shown
    assert "\x07" not in shown
    assert "&lt;img" in shown


def test_same_bits_under_every_hash_seed_and_number_of_threads():
    code = (
        "import innovnet as inn, hashlib, json; a = inn.toy(); n = a.project('newman');"
        "print(json.dumps([a.fingerprint, n.fingerprint, hashlib.sha256(n.adjacency().data.tobytes()).hexdigest()]))"
    )
    found = set()
    for seed, threads in (("0", "1"), ("1", "2"), ("random", "3")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "INNOVNET_THREADS": threads}
        found.add(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout)
    assert len(found) == 1
    a, n, bits = json.loads(found.pop())
    assert a == inn.toy().fingerprint
    assert n == inn.toy().project("newman").fingerprint
    assert bits == hashlib.sha256(inn.toy().project("newman").adjacency().data.tobytes()).hexdigest()
