import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import degree, strength


def test_undirected(U):
    assert degree(U).to_dict() == {"a": 3, "b": 2, "c": 5, "d": 3, "e": 4, "f": 7, "g": 4, "h": 3, "i": 2, "j": 4, "k": 1, "l": 0}
    assert degree(U).dtype == np.int64
    assert degree(U).index.equals(U.actors.index)
    assert strength(U)[["a", "f", "g", "l"]].tolist() == [5, 8, 5, 0]
    for direction in ("out", "in"):
        pd.testing.assert_series_equal(degree(U, direction=direction), degree(U))
    assert degree(U, normalized=True)["f"] == pytest.approx(7 / 11)


def test_directed_counts_a_mutual_tie_twice(D):
    assert degree(D, direction="out")[["p", "r", "y"]].tolist() == [2, 2, 1]
    assert degree(D, direction="in")[["p", "r", "y"]].tolist() == [2, 4, 0]
    assert degree(D)[["p", "q"]].tolist() == [4, 3]
    assert strength(D, direction="in")["r"] == 7
    assert strength(D)["t"] == strength(D, direction="in")["t"] + strength(D, direction="out")["t"] == 7
    assert degree(D, normalized=True)["p"] == pytest.approx(4 / 18)
    assert degree(D).sum() == 2 * D.n_ties


def test_newman_strength_is_the_number_of_joint_events(A):
    joint = (A.incidence @ (A.sizes.to_numpy() > 1)).astype(float)
    assert strength(A.project("newman")).to_numpy() == pytest.approx(joint)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_without_ties(n):
    network = inn.Network.from_frames(pd.DataFrame({"actor": [f"x{i}" for i in range(n)]}), pd.DataFrame({"source": [], "target": []}, dtype=str))
    assert degree(network).tolist() == [0] * n
    assert strength(network).tolist() == [0.0] * n
    assert degree(network, normalized=True).isna().tolist() == [n == 1] * n


def test_unknown_direction(U):
    with pytest.raises(DataError, match="direction='inn' is not one of"):
        degree(U, direction="inn")
