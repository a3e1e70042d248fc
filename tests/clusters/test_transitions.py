"""Counts of transitions with Jeffreys intervals and a bootstrap over clusters."""

import numpy as np
import pandas as pd
import pytest

from innovnet.clusters._transitions import jeffreys, transition_table

STATES = ["none", "emerging", "formed", "dissolved"]
POSSIBLE = np.ones((5, 4), dtype=bool)


def test_golden_intervals():
    mean, low, high = jeffreys([6, 3, 0, 0, 1])
    assert mean == pytest.approx([0.52, 0.28, 0.04, 0.04, 0.12])
    assert low == pytest.approx([0.256, 0.080, 0, 0, 0.010], abs=5e-4)
    assert high == pytest.approx([0.778, 0.547, 0.192, 0.192, 0.340], abs=5e-4)
    mean, low, high = jeffreys([0, 0, 0, 3, 0])
    assert mean == pytest.approx([1 / 11, 1 / 11, 1 / 11, 7 / 11, 1 / 11])
    assert (low[3], high[3]) == pytest.approx((0.241, 0.941), abs=5e-4)


def test_means_are_shares_over_what_is_possible():
    mean, low, high = jeffreys([6, 3, 0, 0, 1], [True, True, True, False, True])
    assert np.isnan([mean[3], low[3], high[3]]).all()
    assert np.nansum(mean) == pytest.approx(1)


def pairs(order=1):
    rows = [("a", "new", "emerging"), ("a", "emerging", "formed"), ("b", "new", "none"), ("b", "none", "none"), ("b", "none", "dissolved")]
    return pd.DataFrame(rows[::order], columns=["cluster", "source", "target"])


def test_counts_and_totals():
    table = transition_table(pairs(), STATES, "new", POSSIBLE, runs=50, seed=1).set_index(["source", "target"])
    assert table.loc[("none", "dissolved"), "count"] == 1
    assert table.loc[("none", "none"), "share"] == 0.5
    assert table.loc["new", "total"].tolist() == [2] * 4
    assert np.isnan(table.loc[("formed", "formed"), "share"])
    assert table["few"].all()
    assert "dissolved" not in table.index.get_level_values("source")


def test_the_bootstrap_draws_clusters_and_covers_the_share():
    many = pd.concat([pairs().assign(cluster=lambda t, k=k: t["cluster"] + str(k)) for k in range(30)])
    table = transition_table(many, STATES, "new", POSSIBLE, runs=400, seed=1)
    known = table[table["count"] > 0]
    assert ((known["bootstrap_low"] <= known["share"]) & (known["share"] <= known["bootstrap_high"])).all()
    entry = table[(table["source"] == "new") & (table["target"] == "emerging")].iloc[0]
    assert 0.3 < entry["bootstrap_low"] < 0.45  # binomial(60, 1/2): 0.37
    assert not entry["few"]


def test_order_of_rows_changes_nothing():
    one, other = (transition_table(pairs(order), STATES, "new", POSSIBLE, runs=50, seed=1) for order in (1, -1))
    pd.testing.assert_frame_equal(one, other)


def test_no_pairs():
    table = transition_table(pairs().iloc[:0], STATES, "new", POSSIBLE, runs=10, seed=1)
    assert (table["total"] == 0).all()
    assert table["bootstrap_low"].isna().all()
