from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from innovnet.clusters._assess import assess
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._shares import level_shares
from innovnet.errors import DataError


@pytest.fixture(scope="module")
def found(twelve):
    return assess(twelve, rules="lithuania", at="2025-12-31", robustness=False)


def test_a_certain_level_has_the_whole_share(found):
    shares = found.shares(draws=50)
    assert shares.columns.tolist() == ["not a cluster", "emerging", "formed", "developing", "mature", "not decided"]
    for cluster, level in found.levels.query("rank_low == rank_high")["level"].items():
        assert shares.loc[cluster, level] == 1
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1)


def test_an_open_level_is_drawn_evenly_from_what_is_possible(found):
    """K11 has 2, 3 or 4 members with R&D and needs 3; its own funds, which are not known either, are not needed."""
    shares = found.shares(draws=20_000).loc["K11"]
    assert shares["mature"] == pytest.approx(2 / 3, abs=0.015)
    assert shares["developing"] == pytest.approx(1 / 3, abs=0.015)


def _one(rules, **ranges) -> pd.DataFrame:
    """Indicators of cluster X that meet all criteria, but for the ranges given."""
    most = {c.key: max(d.threshold for d in rules.criteria if d.key == c.key) + 1 for c in rules.criteria}
    most |= {c.key: 1.0 for c in rules.criteria if c.op == "is"} | {"own_funds_share": 1.0}
    rows = {("X", key): (value, *ranges.get(key, (value, value)), 1.0) for key, value in most.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high", "known"])
    table.index = pd.MultiIndex.from_tuples(table.index, names=["cluster", "indicator"])
    return table


def test_shares_multiply_and_reals_are_drawn_between_whole_numbers():
    rules = load_rules("lithuania")
    table = _one(rules, members_rd=(0, 4), joint_years=(4.0, 8.0))  # 2 of 5 numbers are enough, and 3 of 4 years
    shares = level_shares(rules, table, 40_000, 3).loc["X"]
    assert shares["mature"] == pytest.approx(2 / 5 * 3 / 4, abs=0.01)
    assert shares["formed"] == pytest.approx(1 / 5, abs=0.01)  # nobody with R&D


def test_yes_and_no_are_drawn_alike():
    rules = load_rules("lithuania")
    shares = level_shares(rules, _one(rules, governance=(0, 1)), 40_000, 0).loc["X"]
    assert shares[["emerging", "mature"]].to_numpy() == pytest.approx(0.5, abs=0.01)


def test_what_has_no_upper_end_stays_open():
    rules = load_rules("lithuania")
    shares = level_shares(rules, _one(rules, joint_years=(0.0, np.inf), governance=(0, 1)), 4000, 0).loc["X"]
    assert shares["not decided"] == pytest.approx(0.5, abs=0.03)
    assert shares["emerging"] == 1 - shares["not decided"]


def test_draws_hang_on_seed_cluster_and_indicator_alone(found):
    rules, table = found.rules, found.indicators
    all_of_them = found.shares(draws=300, seed=4)
    alone = level_shares(rules, table.loc[["K11"]], 300, 4)
    assert alone.loc["K11"].equals(all_of_them.loc["K11"])
    backwards = level_shares(rules, table.iloc[::-1], 300, 4)
    pd.testing.assert_frame_equal(backwards.sort_index(), all_of_them)
    assert not found.shares(draws=300, seed=5).equals(all_of_them)
    fewer = replace(rules, criteria=tuple(c for c in rules.criteria if c.id != "M8"))
    assert level_shares(fewer, table, 300, 4).loc["K11"].equals(all_of_them.loc["K11"])


def test_draws_in_parts_are_the_same(found, monkeypatch):
    whole = found.shares(draws=200)
    monkeypatch.setattr("innovnet.clusters._shares._AT_ONCE", 1)
    pd.testing.assert_frame_equal(found.shares(draws=200), whole)


@pytest.mark.parametrize(("draws", "seed"), [(0, 0), (10.5, 0), (True, 0), (10, -1)])
def test_draws_and_seed_are_whole_numbers(found, draws, seed):
    with pytest.raises(DataError, match="whole number"):
        found.shares(draws=draws, seed=seed)
