import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

import innovnet as inn
from innovnet.metrics import disparity


def test_golden_values(U):
    found = disparity(U)
    assert found.loc[("a", "b"), "alpha_source"] == pytest.approx(0.36, abs=1e-10)
    assert found.loc[("f", "g"), "alpha_source"] == pytest.approx(0.1779785156, abs=1e-10)
    assert found.loc[("f", "g"), "alpha_target"] == pytest.approx(0.216, abs=1e-10)
    assert found.loc[("i", "k"), "alpha_target"] == 1
    assert list(found.columns) == ["alpha_source", "alpha_target"]
    assert found.index.equals(pd.MultiIndex.from_frame(U.ties[["source", "target"]]))


def by_definition(share, degree):
    """The probability of a share of at least this, by the integral of the paper: 1 − (k − 1) ∫₀^share (1 − x)^(k − 2) dx."""
    return 1.0 - (degree - 1) * integrate.quad(lambda x: (1 - x) ** (degree - 2), 0, share)[0] if degree > 1 else 1.0


rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9)), max_size=25)


@given(rows, st.booleans())
def test_disparity_by_its_integral(ties, directed):
    frame = pd.DataFrame(ties, columns=["source", "target", "weight"]).astype({"weight": float})
    network = inn.Network.from_frames(pd.DataFrame({"actor": range(7)}), frame, directed=directed)
    a = network.adjacency().toarray()
    out, into = (a, a.T) if directed else (a, a)
    found = disparity(network)
    assert len(found) == network.n_ties
    for (i, j), row in found.iterrows():
        assert row["alpha_source"] == pytest.approx(by_definition(a[i, j] / out[i].sum(), (out[i] > 0).sum()), abs=1e-9)
        assert row["alpha_target"] == pytest.approx(by_definition(a[i, j] / into[j].sum(), (into[j] > 0).sum()), abs=1e-9)
    assert ((found >= 0) & (found <= 1)).all(axis=None)


def test_ties_of_several_kinds_are_one_tie():
    actors = pd.DataFrame({"actor": ["a", "b", "c"]})
    ties = pd.DataFrame({"source": ["a", "b", "a"], "target": ["b", "a", "c"], "weight": [1.0, 2.0, 1.0], "kind": ["x", "y", "x"]})
    found = disparity(inn.Network.from_frames(actors, ties))
    assert found.index.is_unique
    assert found.loc[("a", "b"), "alpha_source"] == pytest.approx(0.25)


def test_scale_of_weights_does_not_matter(U):
    ties = U.ties.assign(weight=U.ties["weight"] * 7.5)
    assert np.allclose(disparity(inn.Network.from_frames(U.actors, ties)), disparity(U), atol=1e-12)
