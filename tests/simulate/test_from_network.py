import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate._check_population import check_actors
from innovnet.simulate._shares import share

BOUNDS = {"micro": (1, 10), "small": (10, 50), "medium": (50, 250), "large": (250, 20_000)}


def population_of(network, **told):
    return inn.simulate.from_network(network, **{"seed": 1, **told})


@pytest.fixture(scope="module")
def example():
    return inn.example().project("newman")


@pytest.fixture(scope="module")
def real(example):
    return population_of(example)


def toy(**columns):
    """The toy network as a table with types, and further columns."""
    network = inn.toy().project()
    actors = network.actors.rename(columns={"sector": "type"}).assign(**columns)
    return inn.Network.from_frames(actors, network.ties)


def test_nothing_known_is_changed(example, real):
    before, after = example.actors, real.actors
    for column in ("name", "sme", "city", "nuts"):
        pd.testing.assert_series_equal(before[column], after[column])
    assert (after["type"].astype("str") == before["type"]).all()
    assert (after["country"].astype("str") == before["country"]).all()
    known = before["region"].notna()
    assert (after.loc[known, "region"].astype("str") == before.loc[known, "region"]).all()
    pd.testing.assert_frame_equal(before[["lat", "lon"]].astype("float32"), after[["lat", "lon"]], check_exact=False)
    pd.testing.assert_frame_equal(example.ties, real.ties.drop(columns="start"))
    assert real.weighting == "newman"


def test_it_can_be_simulated(real):
    assert check_actors(real.actors).sum() == 230


def test_sizes_follow_the_flag(example, real):
    firms = real.actors[real.actors["type"] == "firm"]
    flag = firms["sme"]
    assert (firms.loc[flag.eq(False).fillna(False), "size"] == "large").all()
    assert firms.loc[flag.fillna(False), "size"].isin(["micro", "small", "medium"]).all()
    for size, people in firms.groupby("size", observed=True)["employees"]:
        assert people.between(*BOUNDS[size], inclusive="left").all()
    bodies = real.actors[real.actors["type"] != "firm"]
    assert bodies["size"].isna().all()
    assert bodies["sector"].isna().all()
    assert bodies["employees"].median() == pytest.approx(200, rel=0.25)


def test_what_is_drawn_is_listed_with_counts(example, real):
    table = real.quality.set_index("item")
    firms = (example.actors["type"] == "firm").sum()
    assert table.loc["sector of firms", "count"] == firms
    assert table.loc["employees of firms, within the size class", "count"] == firms
    assert table.loc["organisations that are no firms: taken as R&D bodies", ["count", "action"]].tolist() == [400 - firms, "assumption"]
    assert table.loc["region, within the country", "count"] == example.actors["region"].isna().sum()
    first = example.actors.index[example.actors["region"].isna()][0]
    assert repr(first) in table.loc["region, within the country", "examples"]


def test_seed_tells_everything(example, real):
    pd.testing.assert_frame_equal(population_of(example).actors, real.actors)
    assert population_of(example).fingerprint == real.fingerprint
    assert not population_of(example, seed=2).actors["employees"].equals(real.actors["employees"])


def test_start_is_the_first_shared_year():
    affiliation = inn.toy()
    actors = affiliation.actors.rename(columns={"sector": "type"})
    rows = affiliation.participations
    dated = inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors, events=affiliation.events)
    ties = population_of(dated.project()).ties.set_index(["source", "target"])["start"]
    events = affiliation.events["start"].dt.year
    members = rows.groupby("actor")["event"].agg(set)
    for (one, other), start in ties.items():
        assert start == min(events[event] for event in members[one] & members[other]) - 2020
    assert ties["a", "b"] == -1  # P1 in 2019, P10 in 2020
    assert ties["i", "j"] == 0
    earlier = population_of(dated.project(), year=2019)
    assert earlier.ties["start"].eq(0).all()
    dropped = earlier.quality.set_index("item").loc["ties that begin after 2019"]
    assert dropped["count"] == (ties == 0).sum() == len(ties) - earlier.n_ties


def test_ties_without_years_are_old():
    network = population_of(toy())
    assert "start" not in network.ties
    assert network.quality["item"].str.contains("older than the simulation").any()
    with pytest.raises(DataError, match="have no years"):
        population_of(toy(), year=2020)


def test_years_of_a_table_of_ties():
    network = toy()
    ties = network.ties.assign(start=[2010 + k % 3 for k in range(network.n_ties)])
    made = population_of(inn.Network.from_frames(network.actors, ties))
    assert made.ties["start"].tolist() == (made.ties.index.to_series() % 3 - 2).tolist()


def test_known_employees_make_the_size():
    people = pd.Series([1, 9, 10, 49.5, 50, 249, 250, 3000, None, None, 5, 5], index=list("abcdefghijkl"), dtype="float64")
    made = population_of(toy(), employees=people).actors
    assert made.loc[list("abd"), "size"].astype("str").tolist() == ["micro", "micro", "small"]
    assert made["employees"][people.notna()].tolist() == people.dropna().tolist()
    again = population_of(toy(staff=people), employees="staff").actors
    pd.testing.assert_series_equal(made["employees"], again["employees"])
    given = population_of(toy(size="large", employees=people)).actors
    assert given.loc[["a", "b"], "size"].astype("str").tolist() == ["large", "large"]  # a class that is given stays


def test_drawn_as_the_known_of_the_country_are():
    n = 3000
    known = np.array(["C", "F", "C", None] * (n // 4), dtype=object)
    table = pd.DataFrame({"type": "firm", "country": ["LT", "LV"] * (n // 2), "sector": known, "region": "X"}, index=pd.RangeIndex(n, name="actor"))
    table["region"] = table["country"] + "X"
    network = inn.Network.from_frames(table, pd.DataFrame({"source": [0], "target": [1]}))
    made = population_of(network).actors
    drawn = made.loc[pd.isna(known), "sector"]  # all of LV, of which half are F
    assert set(drawn) == {"F"}
    free = population_of(inn.Network.from_frames(table.drop(columns="sector"), pd.DataFrame({"source": [0], "target": [1]}))).actors
    trade = (free["sector"] == "G").groupby(free["country"], observed=True).mean()
    assert trade["LT"] == pytest.approx(0.47, abs=0.05)
    assert trade["LV"] == pytest.approx(share("EU", "sector").parts[5], abs=0.05)


def test_sectors_are_sections_or_words_of_the_user():
    codes = population_of(toy(sector=["26.11", "C", None, "62.01"] * 3)).actors["sector"]
    assert set(codes.dropna()) <= {"C", "K"}
    words = population_of(toy(sector=["laser", "food", None, "laser"] * 3)).actors["sector"]
    assert set(words.dropna()) == {"laser", "food"}


def test_regions_within_the_country():
    regions = ["LT011", None, None, "DE111", "LT021", None, "LV005", None, None, "EE001", None, "EE001"]
    made = population_of(toy(region=regions))
    countries = made.actors["country"].astype("str")
    assert (made.actors["region"].astype("str").str[:2] == countries).all()
    assert made.actors["region"].astype("str").str.len().eq(5).all()
    table = made.quality.set_index("item")
    assert table.loc["region of another country: drawn within the own country", "examples"] == "'d', 'l'"


def test_regions_that_are_numbers():
    made = population_of(toy(region=[1, 2, 3, 4] * 3, country="LT"))
    assert set(made.actors["region"]) == {"1", "2", "3", "4"}


def test_one_actor_alone():
    network = inn.Network.from_frames(pd.DataFrame({"actor": ["a"], "type": ["firm"], "country": ["LT"]}), pd.DataFrame({"source": ["a"], "target": ["a"]}))
    made = population_of(network)
    assert made.n_actors == 1
    assert check_actors(made.actors).all()


def test_faults_of_rows_are_one_report():
    country = ["LT", None, "GR", "LT", "LT", "LT", "KM", "LT", "LT", "LT", "LT", "LT"]
    kinds = ["firm", "company", *["firm"] * 10]
    with pytest.raises(DataError, match="cells of the actors") as caught:
        population_of(toy(country=country, type=kinds, size=[*["micro"] * 11, "tiny"]))
    faults = {(fault.row, fault.column) for fault in caught.value.faults}
    assert faults == {("b", "type"), ("b", "country"), ("c", "country"), ("g", "lat"), ("l", "size")}
    assert "'EL'" in str(caught.value)


@pytest.mark.parametrize("people", [0, -3, 0.5, np.inf])
def test_employees_below_one_are_no_employees(people):
    with pytest.raises(DataError, match="numbers of employees") as caught:
        population_of(toy(employees=[people, *[5.0] * 11]))
    assert [fault.row for fault in caught.value.faults] == ["a"]


def test_what_cannot_be_a_population():
    network = inn.toy().project()
    with pytest.raises(DataError, match="no column 'type'"):
        population_of(network)
    with pytest.raises(DataError, match="takes Network"):
        population_of(inn.toy())
    with pytest.raises(DataError, match="no column 'staff'"):
        population_of(toy(), employees="staff")
    with pytest.raises(DataError, match="'sme' holds str, not True or False"):
        population_of(toy(sme="yes"))
    with pytest.raises(DataError, match="'lat' holds str, not numbers"):
        population_of(toy(lat="54,7"))
    directed = inn.Network.from_frames(toy().actors, network.ties, directed=True)
    with pytest.raises(DataError, match="symmetrize"):
        population_of(directed)


def test_horizon_europe(horizon):
    with pytest.raises(DataError) as caught:
        population_of(horizon.project("newman"))
    rows = {fault.row for fault in caught.value.faults}
    assert len(rows) < 10
    kept = horizon.select(actors=~horizon.actors.index.isin(rows))
    network = kept.project("newman")
    made = population_of(network)
    assert made.n_actors == network.n_actors
    assert made.n_ties == network.n_ties
    assert made.ties["start"].max() == 0
    check_actors(made.actors)
    firms = made.actors["type"] == "firm"
    drawn = made.quality.set_index("item")["count"]
    assert drawn["employees of firms, within the size class"] == firms.sum()
