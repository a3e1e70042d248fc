import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate._check_population import check_population
from innovnet.simulate._surround import _paired

SIZES = ["micro", "small", "medium", "large"]


@pytest.fixture(scope="module")
def participants():
    return inn.simulate.from_network(inn.example().project("newman"), seed=1)


@pytest.fixture(scope="module")
def lithuania():
    return inn.simulate.population(country="LT", firms=20_000, seed=1)


@pytest.fixture(scope="module")
def both(participants, lithuania):
    return inn.simulate.surround(participants, lithuania)


def counts(network):
    """By item of the quality table what was done to participants."""
    table = network.quality
    return table[table["place"] == "participants"].set_index("item")["count"]


def made_up(rows, ids=None):
    """A population of firms from (region, size, sector)."""
    table = pd.DataFrame(rows, columns=["region", "size", "sector"], index=ids)
    table.index.name = "actor"
    table = table.assign(
        type="firm", employees=table["size"].map({"micro": 2.0, "small": 20.0, "medium": 60.0, "large": 300.0}), country=table["region"].str[:2]
    )
    table = table.assign(lat=54.0, lon=25.0)
    return inn.Network.from_frames(table, pd.DataFrame({"source": table.index[:0], "target": table.index[:0]}))


def cells(network, column="region"):
    return network.actors.groupby([column, "size"], observed=True).size()


def test_participants_come_first_as_they_are(participants, both):
    n = participants.n_actors
    assert both.actors.index[:n].tolist() == participants.actors.index.tolist()
    assert both.actors["participant"].sum() == n
    pd.testing.assert_series_equal(both.actors["employees"].iloc[:n], participants.actors["employees"])
    assert both.actors["name"].iloc[:n].astype("str").tolist() == participants.actors["name"].tolist()
    assert both.actors["name"].iloc[n:].isna().all()
    pd.testing.assert_frame_equal(both.ties, participants.ties)
    assert both.weighting == "newman"
    check_population(both)


def test_everyone_is_accounted_for(participants, lithuania, both):
    told = counts(both)
    replaced = told[told.index.str.contains("stand for")].sum()
    assert both.n_actors == participants.n_actors + lithuania.n_actors - replaced
    foreign = (participants.actors["country"] != "LT").sum()
    assert told["participants of other countries: nobody of their country surrounds them"] == foreign
    assert replaced + told["participants without a like in the population"] + foreign == participants.n_actors


def test_totals_of_region_and_size_stay_where_all_have_a_like(both, lithuania):
    home = both.actors[both.actors["country"] == "LT"]
    firms = home[home["type"] == "firm"]
    before = lithuania.actors[lithuania.actors["type"] == "firm"]
    for column in ("size", "region"):
        assert firms[column].astype("str").value_counts().to_dict() == before[column].astype("str").value_counts().to_dict()
    assert firms["region"].astype("str").str.len().eq(5).all()


def test_regions_by_nuts_code(participants, both):
    home = participants.actors["country"].eq("LT") & participants.actors["nuts"].str.len().eq(5)
    assert home.sum() > 5
    assert (both.actors["region"].iloc[: participants.n_actors][home].astype("str") == participants.actors.loc[home, "nuts"]).all()


def test_sector_first_then_any_sector_then_added():
    around = made_up([("LT011", "small", "C"), ("LT011", "small", "G"), ("LT011", "micro", "C"), ("LT021", "small", "C")])
    inside = made_up([("LT011", "small", "C"), ("LT011", "small", "C"), ("LT011", "small", "C"), ("LT011", "large", "C")], ids=list("abcd"))
    both = inn.simulate.surround(inside, around)
    assert both.actors.index.tolist() == ["a", "b", "c", "d", "n2", "n3"]
    told = counts(both)
    assert told["firms that stand for one of the region, size class and sector"] == 1
    assert told["firms that stand for one of the region and size class"] == 1
    assert told["participants without a like in the population"] == 2


def test_coarse_and_fine_regions():
    around = made_up([("LT021", "small", "C")] * 3 + [("LT022", "small", "C")] + [("LT011", "small", "C")] * 4)
    coarse = inn.simulate.surround(made_up([("LT02", "small", "C")] * 4, ids=list("abcd")), around)
    assert coarse.actors["region"].iloc[:4].value_counts().to_dict() == {"LT021": 3, "LT022": 1, "LT011": 0}
    fine = inn.simulate.surround(made_up([("LT0111", "small", "C"), ("LTZZ", "small", "C")], ids=list("ab")), around)
    assert fine.actors["region"].iloc[:2].tolist() == ["LT011", "LTZZ"]
    assert fine.n_actors == around.n_actors + 1


def test_identifiers_do_not_collide():
    around = made_up([("LT011", "small", "C")] * 4)
    text = inn.simulate.surround(made_up([("LT011", "small", "C")], ids=["n3"]), around)
    assert text.actors.index.tolist() == ["n3", "nn0", "nn1", "nn3"]
    whole = inn.simulate.surround(made_up([("LT011", "small", "C")], ids=[2]), around)
    assert whole.actors.index.tolist() == [2, 3, 4, 6]
    assert whole.actors.index.dtype == np.int64


def test_columns_of_both(lithuania):
    inside = made_up([("LT011", "small", "C")], ids=["a"])
    table = inside.actors.assign(rank=[3], joined=pd.to_datetime(["2020-01-01"]), ok=[True])
    both = inn.simulate.surround(inn.Network.from_frames(table, pd.DataFrame({"source": ["a"], "target": ["a"]})), lithuania).actors
    assert both["rank"].iloc[0] == 3
    assert both[["rank", "joined", "ok"]].iloc[1:].isna().all().all()
    assert np.isnan(both["age"].iloc[0])
    assert both["age"].iloc[1:].notna().all()
    assert pd.isna(both["high_value"].iloc[0])


def test_what_cannot_be_surrounded(participants, lithuania, both):
    with pytest.raises(DataError, match="10,371 ties"):
        inn.simulate.surround(participants, both)
    with pytest.raises(DataError, match="lacks the columns employees"):
        inn.simulate.surround(inn.example().project(), lithuania)
    with pytest.raises(DataError, match="no participant is of 'LT'"):
        inn.simulate.surround(made_up([("LV005", "small", "C")], ids=["a"]), lithuania)
    with pytest.raises(DataError, match="takes Network"):
        inn.simulate.surround(inn.example(), lithuania)


firms = st.lists(st.tuples(st.sampled_from(["LT011", "LT021", "LT022"]), st.sampled_from(SIZES), st.sampled_from("CGN")), min_size=1, max_size=40)


@settings(max_examples=60)
@given(firms, firms)
def test_totals_stay_but_for_those_added(inside, around):
    network, population = made_up(inside, ids=[f"p{k}" for k in range(len(inside))]), made_up(around)
    both = inn.simulate.surround(network, population)
    expected = pd.concat([cells(network), cells(population)], axis=1).fillna(0).max(axis=1)
    assert cells(both).to_dict() == expected.to_dict()
    added = counts(both).get("participants without a like in the population", 0)
    assert both.n_actors == len(around) + added
    assert both.actors.index.is_unique


@given(st.lists(st.integers(0, 5), max_size=30), st.lists(st.integers(0, 5), max_size=30))
def test_pairs_are_of_one_key_and_used_once(wanted, offered):
    wanted, offered = np.array(wanted, dtype=np.int64), np.array(offered, dtype=np.int64)
    found = _paired(wanted, offered)
    paired = found >= 0
    assert (offered[found[paired]] == wanted[paired]).all()
    assert len(set(found[paired])) == paired.sum()
    for key in range(6):
        assert paired[wanted == key].sum() == min((wanted == key).sum(), (offered == key).sum())


def test_horizon_europe_in_lithuania(lithuania, horizon):
    bad = {"920919941", "919733631", "998162884", "913877256"}
    participants = inn.simulate.from_network(horizon.select(actors=~horizon.actors.index.isin(bad)).project("newman"), seed=1)
    whole = inn.simulate.population(country="LT", firms=104_884, seed=1)
    both = inn.simulate.surround(participants, whole)
    assert both.n_ties == participants.n_ties
    home = both.actors[(both.actors["country"] == "LT") & (both.actors["type"] == "firm")]
    assert home["size"].value_counts().to_dict() == {"micro": 91_838, "small": 10_742, "medium": 2_050, "large": 254}
