import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import participation_coefficient, within_group_z

BOTH = [participation_coefficient, within_group_z]


def network_of(n, ties, groups, directed=False):
    ids = [f"v{i}" for i in range(n)]
    rows = pd.DataFrame([(ids[i], ids[j], float(w)) for i, j, w in ties], columns=["source", "target", "weight"])
    return inn.Network.from_frames(pd.DataFrame({"g": list(groups)}, index=ids), rows.astype({"source": "str", "target": "str"}), directed=directed)


def test_golden_participation(U, D):
    found = participation_coefficient(U, groups="sector")
    assert found[["a", "f", "k"]].tolist() == pytest.approx([0.48, 0.625, 0], abs=1e-10)
    assert np.isnan(found["l"])
    assert participation_coefficient(U, groups="region", weighted=False)["f"] == pytest.approx(0.7346938776, abs=1e-10)
    assert participation_coefficient(D, groups="sector", direction="out")[["p", "v"]].tolist() == pytest.approx([0.375, 0.5], abs=1e-10)
    into = participation_coefficient(D, groups="sector", direction="in")
    assert into["r"] == pytest.approx(0.4897959184, abs=1e-10)
    assert np.isnan(into["y"])
    assert participation_coefficient(D, groups="sector", direction="both")["r"] == pytest.approx(0.54, abs=1e-10)


def test_golden_z(U):
    found = within_group_z(U, groups="region", weighted=False)
    assert found[["d", "i", "l"]].tolist() == pytest.approx([0.7071067812, 1.4142135624, -1.4142135624], abs=1e-10)
    assert np.isnan(found["f"])
    assert within_group_z(U, groups="region", weighted=False, ddof=1)["d"] == pytest.approx(0.5773502692, abs=1e-10)


def test_normalised_participation_reaches_one():
    star = network_of(4, [(0, 1, 1), (0, 2, 1), (0, 3, 1)], "xxyz")
    assert participation_coefficient(star, groups="g")[["v0", "v1"]].tolist() == pytest.approx([2 / 3, 0])
    assert participation_coefficient(star, groups="g", normalized=True)["v0"] == pytest.approx(1)
    wider = network_of(5, [(0, 1, 1), (0, 2, 1), (0, 3, 1)], "xxyzw")  # a group of isolates counts among the groups
    assert participation_coefficient(wider, groups="g", normalized=True)["v0"] == pytest.approx(8 / 9)


@pytest.mark.parametrize("function", BOTH)
def test_no_ties_and_one_group(function):
    assert function(network_of(3, [], "aab"), groups="g").isna().all()
    assert function(network_of(1, [], "a"), groups="g").isna().all()
    one = function(network_of(3, [(0, 1, 1)], "aaa"), groups="g")
    assert one.iloc[0] == (0 if function is participation_coefficient else pytest.approx(0.5**0.5))
    assert participation_coefficient(network_of(3, [(0, 1, 1)], "aaa"), groups="g", normalized=True).isna().all()
    assert within_group_z(network_of(3, [(0, 1, 1)], "aab"), groups="g", ddof=1).isna().all()


def test_equal_strengths_that_differ_by_rounding():
    ring = network_of(3, [(0, 1, 0.1), (1, 2, 0.2), (0, 2, 0.1), (0, 1, 0.1)], "aaa")  # 0.30000000000000004 and 0.4
    assert within_group_z(ring, groups="g").notna().all()
    even = network_of(3, [(0, 1, 0.1 + 0.2), (1, 2, 0.3), (0, 2, 0.3)], "aaa")
    assert within_group_z(even, groups="g").isna().all()


@pytest.mark.parametrize("function", BOTH)
def test_missing_groups(U, function):
    region = U.actors["region"].where(U.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        function(U, groups=region)
    dropped = function(U, groups=region, missing="drop")
    assert np.isnan(dropped["f"])
    assert dropped.drop("f").equals(function(U.select(actors=U.actors.index != "f"), groups="region"))
    assert function(U, groups=region, missing="category").equals(function(U, groups=region.fillna("(missing)")))
    assert dropped.name == function.__name__


def test_ddof_is_0_or_1(U):
    with pytest.raises(DataError, match="ddof"):
        within_group_z(U, groups="region", ddof=2)


@given(st.data())
def test_against_the_definition(data):
    n = data.draw(st.integers(1, 8))
    directed = data.draw(st.booleans())
    vertex = st.integers(0, n - 1)
    rows = data.draw(st.lists(st.tuples(vertex, vertex, st.integers(1, 5)), max_size=20))
    ties = {(i, j): w for i, j, w in rows if i < j or (directed and i > j)}
    groups = data.draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n))
    network = network_of(n, [(*t, w) for t, w in ties.items()], groups, directed)
    turned = network_of(n, [(n - 1 - i, n - 1 - j, w) for (i, j), w in reversed(ties.items())], groups[::-1], directed)
    for weighted in (False, True):
        for direction in ("out", "in", "both"):
            out = direction != "in" or not directed
            into = direction != "out" or not directed
            towards = np.zeros((n, 3))
            for (i, j), w in ties.items():
                towards[i, "xyz".index(groups[j])] += out * (w if weighted else 1)
                towards[j, "xyz".index(groups[i])] += into * (w if weighted else 1)
            found = participation_coefficient(network, groups="g", weighted=weighted, direction=direction)
            z = within_group_z(network, groups="g", weighted=weighted, direction=direction)
            own = np.array([towards[v, "xyz".index(groups[v])] for v in range(n)])
            for v in range(n):
                total = towards[v].sum()
                expected = 1 - ((towards[v] / total) ** 2).sum() if total else np.nan
                assert found.iloc[v] == pytest.approx(expected, nan_ok=True, abs=1e-12)
                mates = own[[g == groups[v] for g in groups]]
                expected = (own[v] - mates.mean()) / mates.std() if np.ptp(mates) else np.nan
                assert z.iloc[v] == pytest.approx(expected, nan_ok=True, abs=1e-12)
            for function, values in ((participation_coefficient, found), (within_group_z, z)):
                other = function(turned, groups="g", weighted=weighted, direction=direction)
                assert np.allclose(values, other[::-1], equal_nan=True)
