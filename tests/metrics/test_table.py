from functools import partial

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet import metrics as m
from innovnet.errors import DataError


def test_one_column_for_each_function(U):
    found = m.indicators(U, m.degree, m.strength, mine=lambda network: network.series(range(12), "x"))
    assert list(found.columns) == ["degree", "strength", "mine"]
    assert found.index.equals(U.actors.index)
    assert found["degree"].equals(m.degree(U))
    assert found["mine"].tolist() == list(range(12))


def test_tables_give_a_column_each(U):
    found = m.indicators(U, m.gatekeepers, m.degree, groups="region")
    assert list(found.columns) == ["gatekeepers_internal", "gatekeepers_external", "gatekeepers_class", "degree"]
    assert found["gatekeepers_class"].equals(m.gatekeepers(U, groups="region")["class"].rename("gatekeepers_class"))


def test_groups_where_a_function_has_them(U):
    found = m.indicators(U, m.degree, m.e_i_index, weighted=partial(m.e_i_index, weighted=True), sector=partial(m.e_i_index, groups="sector"), groups="region")
    assert found["e_i_index"].equals(m.e_i_index(U, groups="region"))
    assert found["weighted"].equals(m.e_i_index(U, groups="region", weighted=True).rename("weighted"))
    assert found["sector"].equals(m.e_i_index(U, groups="sector").rename("sector"))
    with pytest.raises(DataError, match="e_i_index needs groups"):
        m.indicators(U, m.e_i_index)


def test_function_with_optional_groups_and_without_missing(U):
    def size(network, groups=None):
        return network.series(0 if groups is None else network.actors[groups].map(network.actors[groups].value_counts()), "size")

    assert m.indicators(U, size)["size"].tolist() == [0] * 12
    assert m.indicators(U, size, groups="region", missing="drop")["size"].tolist() == [3] * 12


def test_missing_groups(U):
    region = U.actors["region"].where(U.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        m.indicators(U, m.e_i_index, groups=region)
    dropped = m.indicators(U, m.degree, m.e_i_index, groups=region, missing="drop")
    assert dropped["e_i_index"].equals(m.e_i_index(U, groups=region, missing="drop"))
    assert np.isnan(dropped.loc["f", "e_i_index"])
    assert dropped.loc["f", "degree"] == 7
    assert m.indicators(U, partial(m.e_i_index, missing="drop"), groups=region)["e_i_index"].equals(dropped["e_i_index"])
    category = m.indicators(U, m.e_i_index, groups=region, missing="category")
    assert category["e_i_index"].equals(m.e_i_index(U, groups=region, missing="category"))


def test_results_are_matched_by_their_index(U):
    found = m.indicators(U, m.degree, turned=lambda network: m.degree(network).iloc[::-1])
    assert found["turned"].tolist() == found["degree"].tolist()
    assert found.index.equals(U.actors.index)


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (lambda network: m.degree(network).iloc[1:], "differ in 'a'"),
        (lambda network: m.degree(network).rename({"a": "z"}), "differ in 'a', 'z'"),
        (lambda network: pd.concat([m.degree(network)] * 2), "more than once"),
        (m.density, "returned float"),
        (lambda network: m.degree(network).tolist(), "returned list"),
    ],
)
def test_results_that_are_no_value_for_each_actor(U, function, problem):
    with pytest.raises(DataError, match=problem):
        m.indicators(U, m.strength, wrong=function)


def test_names(U):
    with pytest.raises(DataError, match="without a name"):
        m.indicators(U, lambda network: network.actors["name"])
    with pytest.raises(DataError, match="two functions of the name 'degree'"):
        m.indicators(U, m.degree, partial(m.degree, normalized=True))
    with pytest.raises(DataError, match="two functions of the name 'degree'"):
        m.indicators(U, m.degree, degree=m.strength)
    with pytest.raises(DataError, match="no function"):
        m.indicators(U)


def test_by_group(U):
    found = m.indicators(U, partial(m.e_i_group, counting="ties"), m.observed_bridging, m.regional_profile, groups="region")
    assert list(found.index) == ["R1", "R2", "R3", "R4"]
    assert found.index.name == "group"
    assert found["regional_profile_gatekeepers"].tolist() == [2, 2, 3, 1]
    with pytest.raises(DataError, match="the result of degree is not on the groups of the first function"):
        m.indicators(U, m.observed_bridging, m.degree, groups="region")


def test_a_panel_of_windows(A):
    found = m.indicators(((label, part.project()) for label, part in inn.windows(A, width=1)), m.degree, m.e_i_index, groups="region")
    assert found.index.names == ["window", "actor"]
    assert found.loc["2020", "degree"].equals(m.degree(A.during(2020, 2020).project()))
    assert len(found) == 24
    with pytest.raises(DataError, match="no network"):
        m.indicators([], m.degree)


def test_an_affiliation(A):
    found = m.indicators(A, events=lambda affiliation: pd.Series(affiliation.incidence.sum(axis=1), index=affiliation.actors.index))
    assert found.loc["f", "events"] == 4


def test_bridging_side_by_side(U):
    cluster = pd.Series(["x"] * 6 + ["y"] * 6, index=U.actors.index, name="cluster")
    found = m.bridging_profile(U, groups=["sector", "region", cluster])
    assert found.columns.names == ["partition", "indicator"]
    assert found.index.equals(U.actors.index)
    for name, groups in (("sector", "sector"), ("region", "region"), ("cluster", cluster)):
        assert found[name, "e_i_index"].tolist() == pytest.approx(m.e_i_index(U, groups=groups).tolist(), nan_ok=True)
        assert found[name, "participation_coefficient"].tolist() == pytest.approx(m.participation_coefficient(U, groups=groups).tolist(), nan_ok=True)
        assert found[name, "brokerage_liaison"].tolist() == m.brokerage(U, groups=groups)["liaison"].tolist()
    assert list(found["sector"].columns) == [
        "e_i_index",
        "participation_coefficient",
        *(f"brokerage_{role}" for role in ("coordinator", "itinerant", "gatekeeper", "liaison", "total")),
    ]


def test_bridging_with_chosen_indicators(U):
    found = m.bridging_profile(U, groups="region", indicators=["within_group_z", m.e_i_index])
    assert list(found.columns) == [("region", "within_group_z"), ("region", "e_i_index")]


def test_bridging_with_missing_groups(U):
    region = U.actors["region"].where(U.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        m.bridging_profile(U, groups=["sector", region])
    found = m.bridging_profile(U, groups=["sector", region], missing="drop")
    assert found.loc["f", "region"].isna().all()
    assert found.loc["f", "sector"].notna().all()


def test_bridging_refuses(U):
    with pytest.raises(DataError, match="takes no groups"):
        m.bridging_profile(U, groups=["sector"], indicators=["degree"])
    with pytest.raises(DataError, match="indicator='e_i'"):
        m.bridging_profile(U, groups=["sector"], indicators=["e_i"])
    with pytest.raises(DataError, match="has no name"):
        m.bridging_profile(U, groups=[U.actors["sector"].rename(None)])
    with pytest.raises(DataError, match="has the name 'sector' of another"):
        m.bridging_profile(U, groups=["sector", U.actors["sector"]])
    with pytest.raises(DataError, match="no partition"):
        m.bridging_profile(U, groups=[])
