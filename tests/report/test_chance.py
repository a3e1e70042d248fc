import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._chance import CROSSES, HEADLINES, LABELS, OFTEN, chance_exhibit, chance_table
from innovnet.report._chance_plot import share_ticks
from innovnet.report._measure import measure
from innovnet.report._worlds import Worlds, random_worlds


@pytest.fixture(scope="module")
def example():
    return measure(inn.example(actors=150, seed=1), runs=4, progress=False)


def drawn(observed, low, high, *, measure="country", models=("programme", "part"), runs=20) -> Worlds:
    """Worlds with one measure whose numbers are known."""
    index = pd.MultiIndex.from_tuples([("reported", measure)], names=["scope", "measure"])
    row = {"observed": observed}
    for model in models:
        row |= {f"expected_{model}": (low + high) / 2, f"low_{model}": low, f"high_{model}": high, f"p_{model}": 0.1}
    return Worlds(pd.DataFrame([row], index=index), pd.DataFrame(), {}, models, runs)


@pytest.mark.parametrize(("observed", "verdict"), [(0.8, "less"), (0.9, "as"), (0.95, "more"), (0.85, "as"), (0.92, "as")])
@pytest.mark.parametrize("measure_name", ["country", "region", "type", "field", "again"])
@pytest.mark.parametrize("country", [None, "DE"])
def test_sentences_follow_the_interval(example, observed, verdict, measure_name, country, check_drawing):
    programme = replace(example, country=country)
    worlds = drawn(observed, 0.85, 0.92, measure=measure_name)
    table = chance_table(programme, worlds)
    assert table["verdict"].to_list() == [verdict]
    exhibit = chance_exhibit(programme, worlds)
    assert exhibit.headline == HEADLINES[measure_name][country is not None].format(place=programme.place, verdict=OFTEN[verdict])
    finding = exhibit.findings[0]
    assert finding.keep == (measure_name == "country")
    assert {"less": "less than by chance (88.5", "more": "more than by chance (88.5", "as": "as by chance, within"}[verdict] in finding.sentence
    assert CROSSES[measure_name][country is not None].format(place=programme.place) in finding.sentence
    assert "85.0–92.0" in finding.note
    assert "range of 20\u00a0random worlds" in finding.note
    check_drawing(exhibit)


def test_table_is_that_of_the_worlds(example, check_drawing):
    worlds = random_worlds(example)
    table = chance_table(example, worlds)
    assert [tuple(pair) for pair in table[["scope", "measure"]].to_numpy()] == list(LABELS)
    for row in table.to_dict("records"):
        known = worlds.shares.loc[(row["scope"], row["measure"])]
        assert {name: row[name] for name in known.index} == known.to_dict()
        assert row["verdict"] == ("more" if row["observed"] > row["high_part"] else "less" if row["observed"] < row["low_part"] else "as")
    exhibit = chance_exhibit(example, worlds)
    texts = check_drawing(exhibit)[960]
    assert "by chance, inside programme parts" in texts
    assert "with 4 runs no p-value (two-sided) is below 2/5" in exhibit.caption
    assert len(exhibit.findings) == len(table)


def test_what_is_left_out_is_counted(example):
    table = chance_table(example, random_worlds(example)).set_index(["scope", "measure"])
    actors, network = example.actors, example.network
    known = actors["region"].notna().to_numpy()
    matrix = network.adjacency()
    assert table.loc[("reported", "region"), "left_out"] == pytest.approx(1 - matrix[known][:, known].sum() / matrix.sum())
    assert table.loc[("reported", "region"), "organisations"] == int((known & (actors["partners"] > 0)).sum())
    assert table.loc[("reported", "again"), "left_out"] == 0


def test_without_parts_there_is_one_bar(make, check_drawing):
    programme = make(60, 60)
    worlds = random_worlds(programme)
    exhibit = chance_exhibit(programme, worlds)
    assert worlds.models == ("programme",)
    assert not [name for name in exhibit.tables["chance"].columns if name.endswith("_part")]
    assert "inside programme parts" not in check_drawing(exhibit)[352]
    assert "over the whole programme" in exhibit.findings[0].note


@pytest.mark.parametrize("drop", [("country", "type"), ("country",), ("type",)])
def test_missing_attributes(make, drop, check_drawing):
    programme = make(60, 60, drop=drop)
    exhibit = chance_exhibit(programme, random_worlds(programme))
    assert not set(drop) & set(exhibit.tables["chance"]["measure"])
    check_drawing(exhibit)


@pytest.mark.parametrize(("actors", "events"), [(0, 0), (1, 2), (11, 20), (12, 3)])
def test_too_few(make, actors, events):
    programme = make(actors, events)
    exhibit = chance_exhibit(programme, random_worlds(programme))
    assert exhibit.draw is None
    assert "too few" in exhibit.prose
    assert exhibit.findings == ()


@pytest.mark.parametrize("actors", [12, 40, 300])
def test_sizes(make, actors, check_drawing):
    programme = make(actors, actors)
    check_drawing(chance_exhibit(programme, random_worlds(programme)))


def test_the_95_percent_range_is_named(example):
    exhibit = chance_exhibit(example, drawn(0.8, 0.85, 0.92, runs=40))
    assert "95 % of 40 random worlds" in exhibit.findings[0].note
    assert "95 % of them" in exhibit.caption


@pytest.mark.parametrize(
    ("low", "high", "most"), [(0.388, 1.0, 8), (0.0, 0.12, 8), (0.94, 0.999, 4), (0.5, 0.5, 4), (1.0, 1.0, 4), (0.0, 1.0, 4), (0.9999, 1.0, 8)]
)
def test_ticks_hold_the_values(low, high, most):
    ticks = share_ticks(low, high, most)
    assert ticks[0] <= low + 1e-9
    assert high <= ticks[-1] + 1e-9
    assert 2 <= len(ticks) <= most + 1
    assert np.allclose(np.diff(ticks), ticks[1] - ticks[0])


def test_distance_grows_with_the_difference(example):
    far, near = (chance_exhibit(example, drawn(observed, 0.89, 0.91)).findings[0].distance for observed in (0.6, 0.8))
    assert far > near > 0
    assert near == pytest.approx(math.log(9) - math.log(4))


def test_a_country_without_partners_has_nothing_to_compare():
    toy = inn.toy()
    actors = toy.actors.assign(country=["FR" if actor == "l" else "LT" if actor < "e" else "LV" for actor in toy.actors.index])
    programme = measure(inn.Affiliation.from_frame(toy.participations, actor="actor", event="event", actors=actors), country="FR", runs=3, progress=False)
    exhibit = chance_exhibit(programme, random_worlds(programme))
    assert exhibit.draw is None
    assert exhibit.prose == "No organisation of the report has a partner, so there is nothing to compare."
