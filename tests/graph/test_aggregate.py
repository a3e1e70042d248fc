import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError


def between(network, g, h):
    table = network.ties
    found = table[(table["source"] == g) & (table["target"] == h)]
    return float(found["weight"].sum())


def test_regions_of_the_toy(U):
    regions = inn.aggregate(U, groups="region")
    assert list(regions.actors.index) == ["R1", "R2", "R3", "R4"]
    assert regions.actors.index.name == "actor"
    assert {(t.source, t.target): t.weight for t in regions.ties.itertuples()} == {("R1", "R2"): 2, ("R1", "R3"): 2, ("R2", "R3"): 3, ("R3", "R4"): 3}
    assert regions.actors["internal"].tolist() == [5, 1, 4, 2]
    assert regions.actors["actors"].tolist() == [3, 3, 3, 3]
    assert regions.actors["country"].tolist() == ["LT", "LT", "LV", "EE"]
    assert regions.actors["region"].tolist() == ["R1", "R2", "R3", "R4"]
    assert regions.weighting == "count"
    assert regions.affiliation is None
    varying = regions.quality.loc[regions.quality["item"] == "columns that vary within a group", "examples"]
    assert varying.tolist() == ["name, sector"]


def test_affiliation_is_projected_by_count(A, U):
    assert inn.aggregate(A, groups="sector").fingerprint == inn.aggregate(U, groups="sector").fingerprint


def test_directed(D):
    sectors = inn.aggregate(D, groups="sector")
    assert sectors.directed
    ties = D.ties.assign(g=D.ties["source"].map(D.actors["sector"]), h=D.ties["target"].map(D.actors["sector"]))
    counted = ties.groupby(["g", "h"])["weight"].sum()
    for g in sectors.actors.index:
        assert sectors.actors.loc[g, "internal"] == counted.get((g, g), 0.0)
        for h in sectors.actors.index:
            assert g == h or between(sectors, g, h) == counted.get((g, h), 0.0)


def test_groups_as_series_and_whole_numbers(U):
    number = pd.Series([1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 2], index=U.actors.index)
    assert list(inn.aggregate(U, groups=number).actors.index) == [1, 2, 3, 4]
    flag = pd.Series([True] * 6 + [False] * 6, index=U.actors.index)
    assert list(inn.aggregate(U, groups=flag).actors.index) == ["False", "True"]


def test_missing_groups(U):
    region = U.actors["region"].where(U.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        inn.aggregate(U, groups=region)
    dropped = inn.aggregate(U, groups=region, missing="drop")
    assert dropped.actors["actors"].sum() == 11
    assert dropped.ties["weight"].sum() + dropped.actors["internal"].sum() == U.select(actors=U.actors.index != "f").ties["weight"].sum()
    assert dropped.quality["item"].tolist()[0] == "actors without a group"
    kept = inn.aggregate(U, groups=region, missing="category")
    assert list(kept.actors.index) == ["(missing)", "R1", "R2", "R3", "R4"]
    assert kept.ties["weight"].sum() + kept.actors["internal"].sum() == U.ties["weight"].sum()


def test_aggregated_twice_is_an_error(U):
    with pytest.raises(DataError, match="Aggregate the original network"):
        inn.aggregate(inn.aggregate(U, groups="region"), groups="country")


def test_no_ties_and_one_group():
    actors = pd.DataFrame({"g": ["x", "x", "x"]}, index=["a", "b", "c"])
    none = inn.Network.from_frames(actors, pd.DataFrame({"source": [], "target": []}, dtype=str))
    found = inn.aggregate(none, groups="g")
    assert (found.n_actors, found.n_ties, found.actors["internal"].tolist()) == (1, 0, [0.0])


@given(st.data())
def test_weight_is_kept_and_order_does_not_matter(data):
    n = data.draw(st.integers(1, 8))
    directed = data.draw(st.booleans())
    ids = [f"v{i}" for i in range(n)]
    rows = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.integers(1, 9)), max_size=20))
    group = data.draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n))
    actors, ties = pd.DataFrame({"g": group}, index=ids), pd.DataFrame(rows, columns=["source", "target", "weight"]).astype({"source": "str", "target": "str"})
    network = inn.Network.from_frames(actors, ties, directed=directed)
    found = inn.aggregate(network, groups="g")
    assert found.ties["weight"].sum() + found.actors["internal"].sum() == network.ties["weight"].sum()
    turned = inn.Network.from_frames(actors.iloc[::-1], ties.iloc[::-1], directed=directed)
    assert np.array_equal(inn.aggregate(turned, groups="g").adjacency().toarray(), found.adjacency().toarray())
    assert found.actors["internal"].equals(inn.aggregate(turned, groups="g").actors["internal"])
