"""Clusters over years: raw and assigned levels, entries and exits, early warnings."""

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError


@pytest.fixture(scope="module")
def followed(twelve):
    return inn.clusters.monitor(twelve, rules="lithuania", years=range(2021, 2026))


GOLDEN = {  # cluster -> raw low, raw high, assigned
    "K07": ("0 0 1 2 2", "", "0 0 1 2 2"),
    "K08": ("0 1 1 2 2", "", "0 1 1 2 2"),
    "K09": ("1 1 3 3 3", "", "1 1 2 3 3"),
    "K10": ("1 1 4 4 4", "", "1 1 2 3 3"),
    "K11": ("1 1 3 3 3", "1 1 4 4 4", "1 1 2 3 3"),
    "K12": ("1 1 2 3 3", "", "1 1 2 3 3"),
}


@pytest.mark.parametrize("cluster", GOLDEN)
def test_raw_and_assigned_levels_of_the_twelve(followed, cluster):
    table = followed.panel[followed.panel["cluster"] == cluster].set_index("year").reindex(range(2021, 2026))
    low, high, rank = GOLDEN[cluster]
    assert table["rank_low"].fillna(0).astype(int).tolist() == [int(v) for v in low.split()]
    assert table["rank_high"].fillna(0).astype(int).tolist() == [int(v) for v in (high or low).split()]
    assert table["rank"].fillna(0).astype(int).tolist() == [int(v) for v in rank.split()]


def test_a_cluster_has_no_row_before_it_is_founded(followed):
    assert followed.panel[followed.panel["cluster"] == "K07"]["year"].min() == 2023


def test_entries_and_exits(followed):
    came = followed.entries.query("cluster == 'K09'")[["year", "organisation"]].values.tolist()
    assert came == [[2024, "g6"]]
    went = followed.exits.query("cluster == 'K01'")[["year", "organisation", "role"]].values.tolist()
    assert went == [[2024, "a1", "member"], [2024, "a2", "member"]]
    assert (followed.panel["members"].groupby(followed.panel["cluster"]).last()["K10"]) == 7


def test_removing_the_newest_year_changes_nothing_before(twelve, followed):
    shorter = inn.clusters.monitor(twelve, rules="lithuania", years=range(2021, 2025))
    pd.testing.assert_frame_equal(shorter.panel, followed.panel.query("year < 2025").reset_index(drop=True))


def test_reasons_say_why_the_assigned_level_is_another(followed):
    panel = followed.panel.set_index(["cluster", "year"])
    assert panel.loc[("K10", 2024), "reason"] == "not yet mature: lower levels have to be held for their years first"
    assert panel.loc[("K08", 2025), "reason"] == ""


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
def test_order_of_rows_changes_nothing(twelve_frames, followed):
    mixed = {name: table.sample(frac=1, random_state=1) for name, table in twelve_frames.items()}
    other = inn.clusters.monitor(inn.clusters.Register.from_frames(**mixed), rules="lithuania", years=range(2021, 2026))
    columns = ["cluster", "year", "rank_low", "rank_high", "rank", "members", "entries", "exits", "ties"]
    pd.testing.assert_frame_equal(other.panel[columns], followed.panel[columns])
    pd.testing.assert_frame_equal(other.warnings.drop(columns="text"), followed.warnings.drop(columns="text"))


def test_transitions_count_what_the_panel_shows(followed):
    table = followed.transitions(runs=100)
    sure = followed.panel[followed.panel["rank_low"] == followed.panel["rank_high"]]
    steps = sum((group["year"].diff() == 1).sum() for _, group in sure.groupby("cluster"))
    stays = table[(table["source"] != "new") & (table["target"] != "dissolved")]["count"].sum()
    assert stays == steps
    assert table.attrs["left_out"] == 3  # K11: 2022 to 2025, of which three years are open
    assert table.groupby("source")["count"].sum().tolist() == table.groupby("source")["total"].first().tolist()
    known = table[table["total"] > 0]
    assert np.allclose(known.groupby("source")["share"].sum(), 1)


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
def test_a_dissolved_cluster_goes_to_dissolved(twelve_frames):
    frames = {name: table.copy() for name, table in twelve_frames.items()}
    frames["clusters"]["dissolved"] = np.where(frames["clusters"]["cluster"] == "K05", "2024-06-30", None)
    frames["membership"].loc[frames["membership"]["cluster"] == "K05", "to"] = "2024-06-30"
    followed = inn.clusters.monitor(inn.clusters.Register.from_frames(**frames), rules="lithuania", years=range(2021, 2026))
    table = followed.transitions(runs=10).set_index(["source", "target"])
    assert table.loc[("emerging", "dissolved"), "count"] == 1
    assert followed.panel[followed.panel["cluster"] == "K05"]["year"].max() == 2023


def test_early_warnings(followed):
    table = followed.warnings.set_index(["cluster", "year", "warning"])["text"]
    assert "K11" in table.xs("one event", level="warning").index.get_level_values("cluster")
    assert table[("K12", 2025, "near a threshold")] == "F1 has none to spare: 5 independent members, 5 needed."
    assert table[("K11", 2025, "data not brought")] == "For 3 years the data have left the level open: developing to mature."
    assert table[("K09", 2025, "ties expiring")] == "100 % of the ties inside rest on events that end by 31 December 2026."
    assert ("K11", 2024, "data not brought") in table.index
    assert ("K11", 2023, "data not brought") not in table.index
    assert ("K04", 2025, "no joint event") in table.index
    assert ("K08", 2025, "no joint event") not in table.index  # last event ends 2024-12-31


@pytest.mark.parametrize(
    ("years", "words"), [([], "there is none"), (["2024"], "is no year"), ([2021, 2023], "2022 left out"), (2024.5, "is no year"), ([True], "is no year")]
)
def test_years_that_cannot_be_followed(twelve, years, words):
    with pytest.raises(DataError, match=words):
        inn.clusters.monitor(twelve, rules="lithuania", years=years)


def test_one_year(twelve):
    followed = inn.clusters.monitor(twelve, rules="generic", years=2025)
    assert followed.years == (2025,)
    assert (followed.panel["rank"] == followed.panel["rank_low"]).all()
    assert "2025 to 2025" in repr(followed)
    assert "<table" in followed._repr_html_()
