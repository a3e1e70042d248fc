import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from innovnet.errors import DataError
from innovnet.report import _policy_tables as tables
from innovnet.report._policy_tables import (
    OUTCOMES,
    course_table,
    effects_table,
    instruments_table,
    margin,
    money_table,
    outcomes_of,
    parts_table,
    runs_table,
)
from innovnet.simulate._comparison import Comparison
from innovnet.simulate._ensemble import Ensemble

_SPEC = importlib.util.spec_from_file_location("policy_worlds", Path(__file__).parent / "policy_worlds.py")
worlds = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(worlds)
SMES, INNOVATIONS = OUTCOMES[:2]


def test_smes_in_cooperation_by_hand():
    found = worlds.comparison({"one": {"participation_small": 0.1, "paid": 35.0}}, years=3)
    row = effects_table(found, SMES).iloc[0]
    assert row["additional"] == pytest.approx(7.0)  # 0.1 of 70 small firms
    assert row["difference"] == pytest.approx(7.0 / 9.9)  # per 100 of 990 SMEs
    assert row["difference_high"] - row["difference_low"] == pytest.approx(0, abs=1e-12)
    assert row["paid_eur"] == pytest.approx(105.0)
    assert row["cost_eur"] == pytest.approx(15.0)
    assert row["verdict"] == "more"


def test_size_classes_without_firms_count_nothing():
    found = worlds.comparison({"one": {"participation_medium": np.nan, "share_medium": -0.02}})
    assert effects_table(found, SMES).iloc[0]["additional"] == pytest.approx(-10.0)


def test_interval_gain_and_cost_against_the_textbook():
    more = worlds.noise(40, 4, seed=3, scale=4) + 5
    found = worlds.comparison({"one": {"innovations": more, "paid": 100 + worlds.noise(40, 4, seed=4)}})
    row = effects_table(found, INNOVATIONS).iloc[0]
    base, other = (e.values[:, 1:, worlds.NAMES.index("innovations")].sum(axis=1) for e in (found.baseline, found.alternatives["one"]))
    low, high = stats.t.interval(0.95, 39, (other - base).mean(), stats.sem(other - base))
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((low, high))
    assert row["pairing_gain"] == pytest.approx((base.var(ddof=1) + other.var(ddof=1)) / (other - base).var(ddof=1))
    theirs = found.cost("innovations").loc["one"]
    assert row[["cost_eur", "cost_low_eur", "cost_high_eur"]].tolist() == pytest.approx(theirs[["cost", "low", "high"]].tolist())


def test_no_cost_where_nothing_can_be_told_or_there_are_fewer_or_nothing_is_paid():
    found = worlds.comparison(
        {
            "noise": {"innovations": worlds.noise(40, 4, seed=5), "paid": 9.0},
            "fewer": {"innovations": -3.0, "paid": 9.0},
            "free": {"innovations": 3.0},
            "same": {"paid": 9.0},
        }
    )
    table = effects_table(found, INNOVATIONS).set_index("scenario")
    assert table["cost_eur"].isna().all()
    assert table["verdict"].to_dict() == {
        "noise": "not distinguishable from no effect",
        "fewer": "less",
        "free": "more",
        "same": "no difference in any run",
    }
    assert table["difference"].is_monotonic_decreasing


def test_scenarios_are_told_apart_by_their_pairs():
    shared = worlds.noise(40, 4, seed=6, scale=9)
    found = worlds.comparison({"a": {"innovations": shared + 2.0}, "b": {"innovations": shared + 1.0}})
    assert margin(found, INNOVATIONS, "a", "b") == pytest.approx((4.0, 4.0))


def test_course_is_of_runs_and_of_pairs():
    found = worlds.comparison({"a": {"innovations": worlds.noise(40, 4, seed=8) + 2}})
    runs = runs_table(found, "a", INNOVATIONS)
    table = course_table(runs).set_index(["series", "year"])
    assert len(runs) == 3 * 40 * 5
    last = runs[(runs["series"] == "difference") & (runs["year"] == 4)]["value"]
    assert table.loc[("difference", 4), "median"] == pytest.approx(np.median(last))
    assert table.loc[("difference", 4), ["wide_low", "wide_high"]].tolist() == pytest.approx(np.quantile(last, [0.025, 0.975]).tolist())
    assert (table.xs("difference").loc[0] == 0).all()


def test_money_adds_up_and_instruments_are_as_given():
    found = worlds.comparison({"a": {"paid": 10.0, "unspent": 2.0, "paid_by_state": 7.0, "paid_by_eu": 3.0}})
    row = money_table(found).iloc[0]
    assert row["paid_eur"] == 40.0
    assert row[["members_eur", "state_eur", "eu_eur", "other_eur"]].sum() == row["paid_eur"]
    assert instruments_table(found).iloc[0].to_dict() == {
        "scenario": "a",
        "instrument": "Matchmaking",
        "budget_eur": 100.0,
        "start": 1,
        "end": 2,
        "unit_cost_eur": 10.0,
        "eligible": "sizes small, medium; innovated yes",
    }


def test_parts_add_up_to_the_total():
    found = worlds.comparison({"a": {}, "b": {}}, outcomes=("innovated", "degree"))
    table = parts_table(found, {"innovated": "innovations"})
    assert set(table["result"]) == {"innovations"}
    for _scenario, part in table.groupby("scenario"):
        values = part.set_index("part")["difference"]
        assert values[["direct", "indirect", "rest"]].sum() == pytest.approx(values["total"])
    assert parts_table(worlds.comparison({"a": {}}), {"innovated": "innovations"}).empty


def test_models_of_ones_own_have_their_own_results():
    told = worlds.ensemble(3, 2, seed=0).provenance
    values = np.zeros((3, 3, 2))
    ours = Comparison(Ensemble(("mean_height", "paid"), values, told), {"a": Ensemble(("mean_height", "paid"), values + 1, told)}, (), *_parts())
    (outcome,) = outcomes_of(ours)
    assert effects_table(ours, outcome).iloc[0][["title", "difference"]].tolist() == ["Mean height, year 2", 1.0]
    with pytest.raises(DataError, match="nothing but what is paid"):
        outcomes_of(Comparison(Ensemble(("paid",), values[..., :1], told), {}, (), *_parts()))


def _parts():
    one = worlds.comparison({"a": {}})
    names = [name for name in Comparison.__dataclass_fields__ if name.startswith("_")]
    return [getattr(one, name) for name in names]


def test_tables_have_the_columns_that_are_explained():
    found = worlds.comparison({"a": {}}, outcomes=("innovated",))
    assert list(effects_table(found, SMES).columns) == list(tables.EFFECT_COLUMNS)
    assert list(parts_table(found, {"innovated": "x"}).columns) == list(tables.PART_COLUMNS)
    assert list(money_table(found).columns) == list(tables.MONEY_COLUMNS)
