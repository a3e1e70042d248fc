import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError, DataWarning
from innovnet.graph._classify import known_code, name_of
from innovnet.simulate._check_population import check_population
from innovnet.simulate._population_kernel import shuffled
from innovnet.simulate._shares import _table, apportioned, countries, places, regions, share

BOUNDS = {"micro": (1, 10), "small": (10, 50), "medium": (50, 250), "large": (250, 20_000)}


@pytest.fixture(scope="module")
def europe():
    return inn.simulate.population(country="EU", firms=200_000, seed=3).actors


def firms_of(actors):
    return actors[actors["type"] == "firm"]


def test_totals_are_those_of_largest_remainder(europe):
    firms = firms_of(europe)
    assert len(firms) == 200_000
    for column, told in (("size", share("EU", "size")), ("sector", share("EU", "sector")), ("region", regions("EU"))):
        found = firms[column].value_counts().reindex(list(told.classes), fill_value=0).to_numpy()
        np.testing.assert_array_equal(found, apportioned(200_000, told.parts))
    assert firms["size"].value_counts().to_dict() == {"micro": 184_400, "small": 13_000, "medium": 2_200, "large": 400}


def test_lithuania_has_its_published_firms():
    firms = firms_of(inn.simulate.population(country="LT", firms=104_884, seed=0).actors)
    assert firms["size"].value_counts().to_dict() == {"micro": 91_838, "small": 10_742, "medium": 2_050, "large": 254}
    assert firms["region"].nunique() == 10
    assert set(firms["country"]) == {"LT"}
    assert (firms["employees"] == 1).mean() == pytest.approx(0.57 * (91_838 / 104_884) / 0.922, abs=1e-5)


def test_employment_by_size_class_is_as_derived(europe):
    people = firms_of(europe).groupby("size", observed=True)["employees"].sum()
    shares = (people / people.sum()).reindex(list(BOUNDS))
    np.testing.assert_allclose(shares, [0.311, 0.204, 0.172, 0.313], atol=0.03)  # of large firms a few weigh much


def test_employees_lie_in_their_class_and_are_pareto(europe):
    firms = firms_of(europe)
    for size, (least, end) in BOUNDS.items():
        people = firms.loc[firms["size"] == size, "employees"]
        assert people.between(least, end, inclusive="left").all()
    small = firms.loc[firms["size"] == "small", "employees"].to_numpy(dtype=float)
    above = (20.0**-1.1 - 50.0**-1.1) / (10.0**-1.1 - 50.0**-1.1)
    assert (small > 20).mean() == pytest.approx(above, abs=0.015)
    assert (firms["employees"] == 1).sum() == 114_000


def test_rows_are_by_region_then_sector_with_bodies_last(europe):
    key = europe["region"].cat.codes.astype(int) * 100 + europe["sector"].cat.codes.astype(int).replace(-1, 99)
    assert key.is_monotonic_increasing
    bodies = europe[europe["type"] == "institute"]
    assert len(bodies) == 122  # one for two regions is more than one for 2,000 firms
    assert bodies["sector"].isna().all()
    assert bodies["size"].isna().all()
    assert bodies["employees"].median() == pytest.approx(200, rel=0.25)
    assert np.log(bodies["employees"].astype(float)).std() == pytest.approx(0.7, abs=0.15)


def test_size_does_not_depend_on_place_or_sector(europe):
    firms = firms_of(europe)
    for column in ("sector", "country"):
        by = firms.groupby(column, observed=True)["size"].agg(lambda size: (size == "micro").mean())
        n = firms.groupby(column, observed=True).size()
        assert (abs(by - 0.922) < 4.5 * np.sqrt(0.922 * 0.078 / n)).all()
    first, second = firms.iloc[:100_000], firms.iloc[100_000:]
    assert abs((first["size"] == "small").mean() - (second["size"] == "small").mean()) < 0.005


def test_ages_are_exponential(europe):
    ages = europe["age"].to_numpy(dtype=float)
    assert ages.mean() == pytest.approx(14 - 0.5, abs=0.15)  # completed years
    assert (ages >= 14).mean() == pytest.approx(np.exp(-1), abs=0.005)


def test_high_value_and_coordinates_follow_sector_and_region(europe):
    assert europe["high_value"].equals(europe["sector"].isin(["C", "J", "K", "N"]))
    assert europe.groupby("region", observed=True)[["lat", "lon"]].nunique().to_numpy().max() == 1
    assert europe[["lat", "lon"]].notna().all().all()


def test_same_seed_same_bits_at_any_number_of_threads(monkeypatch):
    made = []
    for threads in ("1", "3"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        made.append(inn.simulate.population(country="LT", firms=700_000, seed=5))  # three chunks
    assert made[0].fingerprint == made[1].fingerprint
    other = inn.simulate.population(country="LT", firms=700_000, seed=6).actors
    assert not other["employees"].equals(made[0].actors["employees"])


def test_types_are_small(europe):
    assert europe.memory_usage(deep=True).sum() / len(europe) < 26  # bytes per actor, the names of 240 regions included
    assert isinstance(europe.index, pd.RangeIndex)
    assert europe["employees"].dtype == np.float32


@pytest.mark.parametrize("firms", [1, 2, 3, 17, 1000])
def test_few_firms(firms):
    network = inn.simulate.population(country="LT", firms=firms, seed=1)
    assert (network.actors["type"] == "firm").sum() == firms
    assert (network.actors["type"] == "institute").sum() == 5
    check_population(network)


def test_bodies_as_told():
    network = inn.simulate.population(country="LT", firms=100, seed=1, bodies=0)
    assert network.n_actors == 100
    assert inn.simulate.population(country="LT", firms=100, seed=1, bodies=40).n_actors == 140


@pytest.mark.parametrize("country", [c for c in countries() if c != "LT"])
def test_other_countries_borrow_and_say_so(country):
    with pytest.warns(DataWarning, match="size and sector"):
        network = inn.simulate.population(country=country, firms=500, seed=1)
    assert set(network.actors["country"]) == {country}
    check_population(network)


def test_quality_tells_sources_from_assumptions():
    table = inn.simulate.population(country="LT", firms=1000, seed=1).quality
    assert set(table["action"]) == {"source", "assumption"}
    sizes = table[table["item"] == "size classes"].iloc[0]
    assert (sizes["place"], sizes["count"], sizes["action"]) == ("LT", 1000, "source")
    assert "Lithuania" in sizes["examples"]
    assert "(2011)" in sizes["examples"]
    assert table.loc[table["item"].str.contains("sectors \\("), "action"].tolist() == ["assumption"]  # only trade was read


def test_table_of_shares_is_whole():
    table = _table()
    assert list(table.columns) == ["country", "item", "class", "value", "unit", "year", "source", "status"]
    assert table["status"].isin(["text", "assumption"]).all()
    assert (table["source"] != "").all()
    assert not table.duplicated(["country", "item", "class"]).any()
    area = table[table["item"] == "region"]
    assert all(known_code("nuts", code) and name_of("nuts", code) for code in area["class"])
    assert (area["class"].str[:2] == area["country"]).all()
    for country in ("EU", "LT"):
        assert share(country, "sector").values.sum() == pytest.approx(100, abs=0.1)
    assert regions("LT").values.sum() == 2_810_737


def test_smaller_regions_add_up_to_the_larger_ones():
    fine = [country for country in countries() if len(regions(country).classes[0]) == 5]
    assert fine == ["DK", "EE", "LT", "LV", "MT", "NL", "NO"]
    for country in fine:
        small, large = regions(country), regions(country, 4)
        added = pd.Series(small.values, index=[code[:4] for code in small.classes]).groupby(level=0).sum()
        assert added.to_dict() == dict(zip(large.classes, large.values, strict=True))


def test_every_region_has_a_place():
    for country in ("EU", *countries()):
        found = places(regions(country).classes)
        assert found.notna().all().all(), country


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ({"country": "GR"}, "no regions of it are known"),
        ({"country": "lt"}, "Did you mean 'LT'"),
        ({"country": 3}, "no regions"),
        ({"firms": 0}, "firms=0"),
        ({"firms": 2.5}, "firms=2.5"),
        ({"firms": 10**9}, "100 million"),
        ({"seed": -1}, "seed=-1"),
        ({"bodies": -1}, "bodies=-1"),
    ],
)
def test_what_cannot_be_made_is_said(told, match):
    with pytest.raises(DataError, match=match):
        inn.simulate.population(**{"country": "LT", "firms": 10, "seed": 0, **told})


@given(st.integers(1, 3000), st.integers(0, 2**63 - 1))
def test_a_keyed_order_is_an_order(n, key):
    half = np.uint64(max(1, -(-max(n - 1, 1).bit_length() // 2)))
    places_of = [int(shuffled(np.uint64(i), np.uint64(n), half, np.uint64(key))) for i in range(n)]
    assert sorted(places_of) == list(range(n))


@given(st.integers(0, 10**7), st.lists(st.floats(0.001, 1), min_size=1, max_size=30))
def test_apportioned_sums_and_stays_within_one(total, parts):
    parts = np.array(parts) / np.sum(parts)
    found = apportioned(total, parts)
    assert found.sum() == total
    assert (abs(found - total * parts) < 1 + 1e-6).all()


def test_many_faults_are_one_report():
    table = inn.simulate.population(country="LT", firms=200, seed=1).actors.astype({"country": "str", "type": "str"})
    table.loc[3, "employees"] = 0
    table.loc[5, "region"] = None
    table.loc[7, "lat"] = np.nan
    table.loc[8, "country"] = "LV"
    table.loc[9, "type"] = "company"
    table.loc[11, "sector"] = None
    with pytest.raises(DataError) as caught:
        check_population(inn.Network.from_frames(table, pd.DataFrame({"source": [1], "target": [2]})))
    faults = {(fault.row, fault.column) for fault in caught.value.faults}
    assert faults == {("3", "employees"), ("5", "region"), ("7", "lat"), ("8", "country"), ("9", "type"), ("11", "sector")}


def test_a_population_without_firms_or_columns_is_an_error():
    table = inn.simulate.population(country="LT", firms=20, seed=1).actors
    none = pd.DataFrame({"source": [], "target": []})
    with pytest.raises(DataError, match="no firms"):
        check_population(inn.Network.from_frames(table[table["type"] != "firm"], none.astype("int64")))
    with pytest.raises(DataError, match="lacks the columns employees, sector, lat, lon"):
        check_population(_toy_with_type())
    with pytest.raises(DataError, match="employees are no numbers"):
        check_population(inn.Network.from_frames(table.assign(employees=table["employees"].astype("str")), none.astype("int64")))


def _toy_with_type():
    affiliation = inn.toy()
    actors = affiliation.actors.rename(columns={"sector": "type"})
    return inn.Network.from_frames(actors, affiliation.project().ties)


def test_participants_alone_are_warned_of():
    network = inn.simulate.from_network(inn.example().project("newman"), seed=1)
    with pytest.warns(DataWarning, match="surround"):
        check_population(network)


@settings(max_examples=20)
@given(st.integers(1, 3000), st.integers(0, 1000))
def test_any_number_of_firms_and_bodies(firms, bodies):
    actors = inn.simulate.population(country="LT", firms=firms, seed=1, bodies=bodies).actors
    assert (actors["type"] == "firm").sum() == firms
    assert len(actors) == firms + bodies
    told = apportioned(firms, share("LT", "size").parts)
    assert actors["size"].value_counts().reindex(list(BOUNDS)).tolist() == told.tolist()


@pytest.mark.skipif(not os.environ.get("INNOVNET_SLOW"), reason="23 million firms; set INNOVNET_SLOW=1")
def test_twenty_three_million_firms():
    resource = pytest.importorskip("resource")
    network = inn.simulate.population(country="EU", firms=23_000_000, seed=1)
    assert (network.actors["type"] == "firm").sum() == 23_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2.5e6  # KiB
