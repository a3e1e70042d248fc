"""Every indicator keeps the promises of its return annotation, on every small network."""

import inspect
from typing import Annotated, get_origin

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet import metrics
from innovnet.errors import DataError
from innovnet.metrics import _types

#: What a required option is given, by its name.
GIVEN = {"groups": "sector", "counting": "ties", "unit": "tie", "seed": 0, "runs": 3, "null": "labels", "distance": None}
LISTS = {"bridging_profile"}
LABELS = {"components"}
KINDS = {name: alias for name, alias in vars(_types).items() if get_origin(alias) is Annotated}


def kind_of(function):
    """Name of the alias in the return annotation, or None."""
    found = inspect.signature(function).return_annotation
    return next((name for name, alias in KINDS.items() if alias is found), None)


INDICATORS = {name: getattr(metrics, name) for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name)) and kind_of(getattr(metrics, name))}


def options(name, function):
    required = [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    given = {option: GIVEN[option] for option in required}
    if name in LISTS:
        given["groups"] = ["sector", "region"]
    return given


def small(ties, actors=6, directed=False):
    ids = list("abcdefgh"[:actors])
    table = pd.DataFrame(
        {"actor": ids, "sector": [("x", "y", "z")[k % 3] for k in range(actors)], "region": [("r", "s")[k % 2] for k in range(actors)], "country": "LT"}
    )
    rows = pd.DataFrame([(s, t, w) for s, t, w in ties], columns=["source", "target", "weight"]).astype({"source": "str", "target": "str", "weight": "float64"})
    return inn.Network.from_frames(table, rows, directed=directed)


NETWORKS = {
    "toy": lambda: inn.toy().project(),
    "nobody": lambda: small([], 0),
    "one actor": lambda: small([], 1),
    "no ties": lambda: small([], 4),
    "one tie": lambda: small([("a", "b", 2.0)], 2),
    "star and isolate": lambda: small([("a", "b", 1.0), ("a", "c", 2.0), ("a", "d", 1.0), ("a", "e", 0.5)]),
    "two parts": lambda: small([("a", "b", 1.0), ("b", "c", 1.0), ("a", "c", 3.0), ("d", "e", 1.0)]),
    "directed": lambda: small([("a", "b", 1.0), ("b", "c", 2.0), ("c", "a", 1.0), ("c", "d", 1.0), ("d", "c", 1.0)], directed=True),
    "directed, no ties": lambda: small([], 3, directed=True),
}


def subject(function, network):
    """What the indicator takes: a network, its affiliation, or its regions."""
    first = next(iter(inspect.signature(function).parameters))
    if first == "affiliation":
        return network.affiliation
    return inn.aggregate(network, groups="region") if first == "region_network" else network


def value_of(name, network):
    function = INDICATORS[name]
    given = subject(function, network)
    if given is None:
        pytest.skip("needs an affiliation")
    try:
        return function(given, **options(name, function))
    except DataError as error:
        if network.directed and "directed" in str(error):
            pytest.skip("not for directed networks, and says so")
        raise


def shape_is_right(found, kind, network):
    if kind == "ActorSeries":
        assert isinstance(found, pd.Series)
        assert found.index.equals(network.actors.index)
    elif kind == "ActorTable":
        assert isinstance(found, pd.DataFrame)
        assert found.index.equals(network.actors.index)
    elif kind in {"TieSeries", "TieTable"}:
        assert found.index.names in (["source", "target"], ["ego", "alter"])
    elif kind in {"GroupSeries", "GroupTable"}:
        assert "group" in found.index.names
        assert found.index.is_monotonic_increasing
    elif kind == "Number":
        assert isinstance(found, float)
    elif kind == "Summary":
        assert isinstance(found, pd.Series)
    elif kind == "TestTable":
        assert list(found.columns[:7]) == ["observed", "expected", "sd", "z", "p_lower", "p_upper", "p"]


def test_there_are_indicators():
    assert len(INDICATORS) >= 30


@pytest.mark.parametrize("where", NETWORKS)
@pytest.mark.parametrize("name", INDICATORS)
def test_shape_and_unchanged_input(name, where):
    network = NETWORKS[where]()
    before = network.fingerprint
    found = value_of(name, network)
    shape_is_right(found, kind_of(INDICATORS[name]), network)
    if isinstance(found, pd.Series) and kind_of(INDICATORS[name]).endswith("Series"):
        assert found.name == name
    assert network.fingerprint == before
    assert NETWORKS[where]().fingerprint == before


def shuffled(network, seed):
    order = np.random.default_rng(seed).permutation(network.n_actors)
    ties = network.ties.sample(frac=1, random_state=seed)
    return inn.Network.from_frames(network.actors.iloc[order], ties, directed=network.directed)


@pytest.mark.parametrize("where", ["toy", "two parts", "directed"])
@pytest.mark.parametrize("name", [name for name in INDICATORS if "seed" not in inspect.signature(INDICATORS[name]).parameters or name.endswith("_summary")])
def test_order_of_actors_and_ties_does_not_matter(name, where):
    if next(iter(inspect.signature(INDICATORS[name]).parameters)) == "affiliation":
        pytest.skip("takes an affiliation")
    network = NETWORKS[where]()
    first, second = value_of(name, network), value_of(name, shuffled(network, 3))
    if name in LABELS:  # which of two equally large parts comes first is a matter of order
        first, second = (pd.Series(pd.factorize(values.loc[network.actors.index])[0]) for values in (first, second))
    if isinstance(first, float):
        assert second == pytest.approx(first, rel=1e-9, nan_ok=True)
    elif isinstance(first, pd.Series):
        if first.index.names == ["source", "target"]:  # an undirected tie is named by its earlier actor first
            first, second = unordered(first, network), unordered(second, network)
        pd.testing.assert_series_equal(second.reindex(first.index), first, check_exact=False, rtol=1e-9)
    elif kind_of(INDICATORS[name]) != "TieTable":
        pd.testing.assert_frame_equal(second.reindex(first.index), first, check_exact=False, rtol=1e-9)


def unordered(values, network):
    if network.directed:
        return values.sort_index()
    index = pd.MultiIndex.from_tuples([tuple(sorted(pair)) for pair in values.index], names=values.index.names)
    return values.set_axis(index).sort_index()


@pytest.mark.parametrize("name", [n for n in INDICATORS if "groups" in inspect.signature(INDICATORS[n]).parameters and n not in LISTS])
def test_missing_groups_are_never_silent(name):
    function = INDICATORS[name]
    given = subject(function, inn.toy().project())
    if next(iter(inspect.signature(function).parameters)) == "region_network":
        pytest.skip("takes regions")
    groups = pd.Series(["x", "y"] * 6, index=inn.toy().actors.index).where(inn.toy().actors.index != "c")
    others = {k: v for k, v in options(name, function).items() if k != "groups"}
    with pytest.raises(DataError, match="'c'"):
        function(given, groups=groups, **others)
    for missing in ("drop", "category"):
        function(given, groups=groups, missing=missing, **others)
    with pytest.raises(DataError, match="missing='ignore'"):
        function(given, groups=groups, missing="ignore", **others)


@pytest.mark.parametrize("name", INDICATORS)
def test_docstring_answers_the_questions(name):
    text = inspect.getdoc(INDICATORS[name])
    several = len(inspect.signature(INDICATORS[name]).parameters) > 1
    for part in ("Returns", "Examples", *(["Parameters"] if several else [])):
        assert f"\n{part}\n---" in text, f"{name} lacks {part}"
    assert ">>> " in text
