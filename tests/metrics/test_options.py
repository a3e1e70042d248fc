"""Options that are misspelt, of the wrong kind or out of range, for every public function that has them; groups of every kind."""

import inspect

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet import metrics
from innovnet.errors import DataError

ODD = ["no", "", None, 1.5, float("nan"), -1, [], ["count"], {}, pd.Series([1]), np.array([1, 2]), len, b"x", 10**30]
GIVEN = {"groups": "sector", "counting": "ties", "unit": "tie", "seed": 0, "runs": 2, "null": "labels"}
FUNCTIONS = {name: getattr(metrics, name) for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))}
IDS = list("abcdef")


def options_of(name):
    """The names of the options of a function, and what each required one is given."""
    parameters = [p for p in inspect.signature(FUNCTIONS[name]).parameters.values() if p.kind is p.KEYWORD_ONLY]
    given = {p.name: GIVEN[p.name] for p in parameters if p.default is p.empty}
    if name == "bridging_profile":
        given["groups"] = ["sector"]
    return [p.name for p in parameters], given


def call(name, **over):
    first = next(iter(inspect.signature(FUNCTIONS[name]).parameters))
    given = options_of(name)[1] | over
    if name in {"compare_to_null", "null_samples"}:
        return FUNCTIONS[name](metrics.assortativity, inn.toy().project(), **({"groups": "sector"} | given))
    graph = {"affiliation": inn.toy, "region_network": lambda: inn.aggregate(inn.toy(), groups="region")}.get(first, lambda: inn.toy().project())()
    found = FUNCTIONS[name](graph, **given)
    return list(found) if inspect.isgenerator(found) else found


def named(*options):
    return [
        pytest.param(name, option, id=f"{name}-{option}") for name in FUNCTIONS if name != "indicators" for option in options_of(name)[0] if option in options
    ]


def refused(name, option, value, **over):
    with pytest.raises(DataError):
        call(name, **({option: value} | over))


@pytest.mark.parametrize(("name", "option"), named("weighted", "normalized", "yearly"))
def test_flags_are_true_or_false(name, option):
    for value in ODD:
        refused(name, option, value)
    call(name, **{option: np.True_})


@pytest.mark.parametrize(
    ("name", "option"), named("direction", "scope", "counting", "cells", "unit", "connection", "components", "credit", "level", "intra", "pairs")
)
def test_words_are_one_of_those_in_the_docstring(name, option):
    for value in ODD:
        refused(name, option, value)
    with pytest.raises(DataError, match=f"^{option}='.*[?.]$"):
        call(name, **{option: "bothh"})


@pytest.mark.parametrize(("name", "option"), named("runs", "seed"))
def test_numbers_of_worlds_and_seeds_are_whole(name, option):
    for value in (-1, 1.5, "1", True, float("nan"), None, [1]):
        refused(name, option, value, **({"runs": 1} if option == "seed" and "runs" in options_of(name)[0] else {}))
    if option == "seed":
        call(name, seed=np.int64(2**62))
        call(name, seed=10**30)


@pytest.mark.parametrize(("name", "option"), named("distance"))
def test_lengths_are_named(name, option):
    for value in ODD:
        if value is not None:
            refused(name, option, value)


def test_dates_are_no_lengths():
    ties = pd.DataFrame({"source": ["a"], "target": ["b"], "signed": pd.to_datetime(["2020-01-01"])})
    network = inn.Network.from_frames(pd.DataFrame({"actor": ["a", "b"]}), ties)
    with pytest.raises(DataError, match="distance='signed'"):
        metrics.closeness(network, distance="signed")


@pytest.mark.parametrize(
    ("name", "option", "values"),
    [
        ("communities", "resolution", [0, -1, float("nan"), float("inf"), "1", None, True, [1]]),
        ("cooperation_share", "min_size", [0, -1, 1.5, "2", None, True]),
        ("programme_profile", "history", [0, -1, 1.5, "2", True]),
        ("within_group_z", "ddof", [2, -1, "1", None, 0.5]),
        ("regional_bridging", "agents", [3, ["actors"], "country", pd.Series([1, 2]), pd.Series([1, 2, 0, 4], index=["R1", "R2", "R3", "R4"])]),
        ("bridging_profile", "indicators", ["degree", 3, len, ["degree"], ["e_i"], [None]]),
        ("compare_to_null", "correction", ["bonferoni", 1, ["bh"]]),
        ("compare_to_null", "within", ["sectors", 1, ["sector"]]),
    ],
)
def test_other_options_out_of_range(name, option, values):
    for value in values:
        refused(name, option, value)


def network():
    ties = pd.DataFrame([("a", "b", 1.0), ("b", "c", 2.0), ("a", "c", 3.0), ("d", "e", 0.5)], columns=["source", "target", "weight"])
    return inn.Network.from_frames(pd.DataFrame({"actor": IDS}), ties)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (pd.Series([1, 1, 2, 2, 3, 3], IDS), [1, 2, 3]),
        (pd.Series([1, 1, 2, 2, 3, 3], IDS, dtype="Int64"), [1, 2, 3]),
        (pd.Series([1, 1, 2, 2, 3, 3], IDS, dtype="int64[pyarrow]"), [1, 2, 3]),
        (pd.Series([1.5, 1.5, 2, 2, 3, 3], IDS), [1.5, 2.0, 3.0]),
        (pd.Series([True, True, False, False, True, False], IDS), [False, True]),
        (pd.Series(pd.Categorical(list("zzyyxx"), categories=list("zyxw"), ordered=True), IDS), ["x", "y", "z"]),
        (pd.Series(list("zzyyxx"), IDS, dtype=object)[::-1], ["x", "y", "z"]),
        (pd.Series([*"zzyyxx", "q"], [*IDS, "g"]), ["x", "y", "z"]),
        (pd.Series("one", IDS), ["one"]),
        (pd.Series(IDS, IDS), IDS),
        (pd.Series(["🏭", "\u202eb", "x" * 10_000] * 2, IDS), sorted(["🏭", "\u202eb", "x" * 10_000])),
    ],
)
def test_groups_of_every_kind(values, labels):
    for missing in ("error", "drop", "category"):
        found = metrics.e_i_group(network(), groups=values, counting="ties", missing=missing)
        assert found.index.tolist() == labels
        assert metrics.e_i_index(network(), groups=values, missing=missing).index.tolist() == IDS


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, True, 1.0, 0, False, 2], IDS, dtype=object),
        pd.Series([1, "x", 2, "y", 1, 1], IDS, dtype=object),
        pd.Series([[1]] * 6, IDS),
        pd.Series([1j] * 6, IDS),
        pd.Series(["x\0", *"xyyzz"], IDS),
        pd.Series(list("xx"), list("ab")),
        pd.Series([*"xxyyzz", "x"], [*IDS, "a"]),
        pd.Series(list("xxyyzz")),
        pd.Series(list("xxyyzz"), pd.MultiIndex.from_product([IDS, [1]])),
        list("xxyyzz"),
        np.array(list("xxyyzz")),
        dict(zip(IDS, "xxyyzz", strict=True)),
        pd.DataFrame({"g": list("xxyyzz")}, IDS),
        None,
        3,
        "sectr",
    ],
)
def test_groups_that_are_none(values):
    for missing in ("error", "drop", "category"):
        with pytest.raises(DataError, match=r"groups|sectr"):
            metrics.e_i_index(network(), groups=values, missing=missing)


@pytest.mark.parametrize(
    ("values", "kept"), [(pd.Series([1, 1, None, 2, 3, 3], IDS, dtype="Int64"), [1, 2, 3]), (pd.Series([1, 1, np.nan, 2, 3, 3], IDS), [1.0, 2.0, 3.0])]
)
def test_groups_stay_numbers_where_those_without_are_dropped(values, kept):
    assert metrics.e_i_group(network(), groups=values, counting="ties", missing="drop").index.tolist() == kept
    assert metrics.e_i_group(network(), groups=values, counting="ties", missing="category").index[0] == "(missing)"


def test_nobody_has_a_group():
    nobody = pd.Series(None, IDS, dtype=object)
    assert metrics.e_i_index(network(), groups=nobody, missing="drop").isna().all()
    assert metrics.e_i_group(network(), groups=nobody, counting="ties", missing="category").to_dict() == {"(missing)": -1.0}


def test_an_unnamed_series_is_not_called_none():
    with pytest.raises(DataError, match="1 of 6 actors have no group: 'f'"):
        metrics.e_i_index(network(), groups=pd.Series([*"xxyyz", None], IDS))


def test_an_option_that_takes_groups_is_named_by_its_own_name():
    with pytest.raises(DataError, match="country= is a Series without"):
        metrics.regional_profile(network(), groups=pd.Series(IDS, IDS), country=pd.Series(["LT"], ["a"]))
    with pytest.raises(DataError, match="agents= takes"):
        metrics.regional_bridging(inn.aggregate(inn.toy(), groups="region"), agents=3)


def test_what_is_inside_regions_is_a_weight():
    regions = inn.Network.from_frames(pd.DataFrame({"actor": ["a", "b"], "internal": [1.0, None]}), pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(DataError, match="row 1, column 'internal'"):
        metrics.regional_bridging(regions)


def test_flags_of_small_firms_are_yes_or_no():
    rows = pd.DataFrame({"actor": ["a", "b"], "event": ["P", "P"]})
    made = inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=pd.DataFrame({"actor": ["a", "b"], "sme": ["yes", "no"]}))
    with pytest.raises(DataError, match="column 'sme'"):
        metrics.programme_profile(made)


def test_a_network_has_no_participations_to_profile():
    with pytest.raises(DataError, match=r"network\.affiliation"):
        metrics.programme_profile(inn.toy().project())


def test_assortativity_of_weights_far_apart():
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [1e45, 1e-45]})
    made = inn.Network.from_frames(pd.DataFrame({"actor": list("abc"), "g": list("xxy")}), ties)
    found = metrics.assortativity(made, groups="g", weighted=True)
    assert found == pytest.approx(0.0, abs=1e-12)  # nearly all ends are in x: one tie between is what chance gives


@pytest.mark.parametrize("distance", ["inverse", "km"])
def test_lengths_of_which_the_shortest_would_be_lost(distance):
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [1.0, 1e20], "km": [1.0, 1e-20]})
    made = inn.Network.from_frames(pd.DataFrame({"actor": list("abc")}), ties)
    for function in (metrics.betweenness, metrics.closeness, metrics.harmonic):
        with pytest.raises(DataError, match=f"distance='{distance}': lengths from 1e-20 to 1 cannot be added up"):
            function(made, distance=distance)


def in_random_worlds(indicator, **options):
    return metrics.null_samples(indicator, inn.toy().project(), **({"null": "degree", "runs": 2, "seed": 0} | options))


@pytest.mark.parametrize("value", ["3", None, pd.NA, 1j, 10**400, [1, 2], {"a": 1}, np.array([1, 2]), pd.Series(["x"]), pd.Series([1j])])
def test_only_numbers_are_compared_with_chance(value):
    with pytest.raises(DataError, match="only numbers"):
        in_random_worlds(lambda network: value)


def test_what_random_worlds_need_is_asked_for_before_they_are_drawn():
    with pytest.raises(DataError, match="assortativity needs groups"):
        in_random_worlds(metrics.assortativity)
    with pytest.raises(DataError, match="within='region' goes with"):
        in_random_worlds(metrics.transitivity, null=lambda network, replicate: network, within="region")


def test_no_column_and_no_window_replaces_another():
    network = inn.toy().project()
    with pytest.raises(DataError, match="two networks with the label '2020'"):
        metrics.indicators([("2020", network), ("2020", network)], metrics.degree)
    with pytest.raises(DataError, match="column 'brokerage_total'"):
        metrics.indicators(network, metrics.brokerage, brokerage_total=metrics.degree, groups="sector")


@pytest.mark.parametrize("groups", [None, 3, [3], [["sector"]], [None]])
def test_partitions_that_are_none(groups):
    with pytest.raises(DataError, match="groups= takes"):
        metrics.bridging_profile(inn.toy().project(), groups=groups)


@pytest.mark.parametrize("graph", [None, 3, "toy", [inn.toy()], {"x": 1}])
def test_indicators_of_what_is_no_network(graph):
    with pytest.raises(DataError, match=r"indicators\(\)"):
        metrics.indicators(graph, metrics.degree)


def test_regions_that_are_numbers_stay_whole_where_countries_are_missing():
    network, regions = inn.toy().project(), pd.Series(range(12), index=inn.toy().actors.index) // 3
    country = pd.Series([*"XXXXXXYYYYY", None], index=regions.index)
    with pytest.raises(DataError, match="1 of 12 actors have no country: 'l'"):
        metrics.regional_profile(network, groups=regions, country=country)
    found = metrics.regional_profile(network, groups=regions, country=country, missing="drop")
    assert found.index.tolist() == [0, 1, 2, 3]
    assert found.index.dtype == np.int64
    assert found["actors"].tolist() == [3, 3, 3, 2]


def test_communities_of_weights_too_far_apart_are_refused_and_not_searched_for_ever():
    ties = pd.DataFrame({"source": list("abc"), "target": list("bca"), "weight": [1.0, 1e16, 1e-16]})
    made = inn.Network.from_frames(pd.DataFrame({"actor": list("abc")}), ties)
    with pytest.raises(DataError, match="weights from 1e-16 to 1e\\+16 are too far apart"):
        metrics.communities(made, seed=0)
    assert metrics.communities(made, weighted=False, seed=0).tolist() == [0, 0, 0]


@pytest.mark.parametrize("weight", [0.1, 1 / 3, 0.7, 2.2, 1e-3, 1e45])
@pytest.mark.parametrize("null", ["ties", "labels"])
def test_equal_weights_on_all_pairs_leave_nothing_to_chance(null, weight):
    pairs = [(a, b, weight) for a in IDS for b in IDS if a < b]
    made = inn.Network.from_frames(pd.DataFrame({"actor": IDS, "g": list("xxyyyy")}), pd.DataFrame(pairs, columns=["source", "target", "weight"]))
    found = metrics.e_i_summary(made, groups="g", weighted=True, null=null)
    assert found["sd"] == 0.0
    assert np.isnan(found["z"])
    assert found["expected"] == pytest.approx(found["e_i"])
