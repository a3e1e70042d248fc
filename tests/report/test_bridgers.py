from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._bridgers import _counts, _findings, _headline, bridgers_exhibit, bridgers_table
from innovnet.report._measure import measure
from innovnet.report._worlds import random_worlds


@pytest.fixture(scope="module")
def example():
    return measure(inn.example(actors=400, seed=1), runs=4, progress=False)


@pytest.fixture(scope="module")
def worlds(example):
    return random_worlds(example)


def profile(less: int, more: int, within: int, partition: str = "country") -> pd.DataFrame:
    seen = [0.1] * less + [0.9] * more + [0.5] * within
    return pd.DataFrame({f"observed_{partition}": seen, f"expected_{partition}": 0.5, f"low_{partition}": 0.4, f"high_{partition}": 0.6})


def test_the_go_betweens_with_ten_projects(example, worlds):
    table = bridgers_table(example, worlds)
    actors = example.actors
    wanted = actors[actors["participations"] >= 10].sort_values("betweenness_share", ascending=False).index[:12]
    assert table["actor"].to_list() == wanted.to_list()
    network = example.network.adjacency()
    for row in table.to_dict("records"):
        i = actors.index.get_loc(row["actor"])
        for partition in ("type", "country"):
            group = actors[partition]
            weights = network[[i]].toarray().ravel()
            known = group.notna().to_numpy()
            share = weights[known & (group != group.iloc[i]).to_numpy(dtype=bool, na_value=False)].sum() / weights[known].sum()
            assert row[f"observed_{partition}"] == pytest.approx(share)
        assert row["low_field"] <= row["expected_field"] <= row["high_field"] or np.isnan(row["observed_field"])


@pytest.mark.parametrize(
    ("less", "more", "within", "headline"),
    [
        (12, 0, 0, "All 12 main go-betweens work across borders less than by chance"),
        (7, 2, 3, "7 of 12 main go-betweens work across borders less than by chance"),
        (0, 9, 3, "9 of 12 main go-betweens work across borders more than by chance"),
        (6, 6, 0, "Main go-betweens work across countries about as by chance"),
        (0, 0, 12, "Main go-betweens work across countries about as by chance"),
    ],
)
def test_headline_counts(less, more, within, headline, worlds):
    counts = _counts(profile(less, more, within))
    assert counts.loc["country"].to_list() == [less, more, less + more + within]
    assert _headline(counts) == headline
    findings = _findings(counts, worlds, "Latvia")
    assert [f.value for f in findings] == ([] if "about" in headline else [f"{max(less, more)} of 12"])


@pytest.mark.parametrize(
    ("partition", "words"), [("type", "keep to their own type more"), ("field", "keep to their own field more"), ("region", "across regions less")]
)
def test_headline_without_countries(partition, words):
    assert words in _headline(_counts(profile(8, 0, 4, partition)))


def test_an_organisation_without_a_group_is_not_counted():
    table = profile(4, 0, 0)
    table.loc[0, "observed_country"] = np.nan
    assert _counts(table).loc["country", "known"] == 3


def test_whole_programme(example, worlds, check_drawing):
    exhibit = bridgers_exhibit(example, worlds)
    texts = check_drawing(exhibit)
    assert "of joint work with …" in texts[960]
    assert "no region code" in texts[960] or exhibit.tables["bridgers"]["observed_region"].notna().all()
    assert "4\u00a0random worlds" in exhibit.caption
    counts = _counts(exhibit.tables["bridgers"])
    for partition in ("type", "field", "region"):
        assert f"{counts.loc[partition, 'less']}" in exhibit.prose


def test_country(example, check_drawing):
    country = example.actors.loc[example.actors["participations"] >= 10, "country"].value_counts().index[0]
    programme = replace(example, country=country)
    exhibit = bridgers_exhibit(programme, random_worlds(programme))
    if exhibit.draw is None:
        assert "too" in exhibit.headline.lower()
    else:
        assert set(exhibit.tables["bridgers"]["country"]) == {country}
        check_drawing(exhibit)


@pytest.mark.parametrize(("actors", "events"), [(0, 0), (1, 1), (11, 40), (40, 10)])
def test_too_few(make, actors, events):
    programme = make(actors, events)
    exhibit = bridgers_exhibit(programme, random_worlds(programme))
    assert exhibit.draw is None
    assert "few" in exhibit.prose or "Organisations with 10 or more projects: " in exhibit.prose


def test_hostile_names(make, hostile, check_drawing):
    programme = make(16, 120, names=hostile)
    texts = check_drawing(bridgers_exhibit(programme, random_worlds(programme)))
    assert "東京大学" in texts[960]
    assert "</script><b>" not in texts[960]


@pytest.mark.parametrize("drop", [("type",), ("country",), ("city", "country")])
def test_missing_attributes(make, drop, check_drawing):
    programme = make(16, 120, drop=drop)
    check_drawing(bridgers_exhibit(programme, random_worlds(programme)))


def test_nothing_known_at_all(make):
    programme = make(16, 120, drop=("type", "country"))
    assert bridgers_exhibit(programme, random_worlds(programme)).draw is None
