import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._peers import ENOUGH, headline, peers_exhibit, peers_table, ranks_table
from innovnet.report._peers_plot import INDICATORS
from innovnet.report._words import ordinal


def test_numbers_of_a_country_by_hand(make):
    programme = make(120, 200, country="LT")
    table = peers_table(programme).set_index("country")
    actors = programme.actors[programme.actors["participations"] > 0]
    adjacency = programme.network.adjacency().toarray()
    country = programme.actors["country"].to_numpy()
    for code, row in table.iterrows():
        mine = actors[actors["country"] == code]
        assert row["organisations"] == len(mine)
        assert row["participations"] == mine["participations"].sum()
        assert row["contribution_eur"] == pytest.approx(mine["contribution_eur"].sum())
        assert row["sme_share"] == pytest.approx(mine["sme"].astype(float).mean())
        assert row["coordinated_share"] == pytest.approx(mine["coordinated"].sum() / mine["participations"].sum())
        assert row["median_partners"] == mine["partners"].median()
        work = adjacency[country == code]
        assert row["abroad_share"] == pytest.approx(work[:, country != code].sum() / work.sum())
    assert table.index[0] == "LT"
    assert table["neighbour"].to_list()[:4] == [False, True, True, True]
    assert table["reported"].to_dict() == {code: code == "LT" for code in table.index}


def test_small_countries_are_no_peers_but_the_reported_one_stays(make):
    programme = make(60, 30, country="LT")
    table = peers_table(programme)
    sums = programme.actors.groupby("country")["participations"].sum()
    assert set(table["country"]) == set(sums[sums >= ENOUGH].index) | {"LT"}


def test_ranks_by_hand(make):
    table = peers_table(make(120, 200, country="LT"))
    ranks = ranks_table(table).set_index("indicator")
    for name in INDICATORS:
        value = table.loc[table["reported"], name].iloc[0]
        assert ranks.loc[name, "rank"] == (table[name] > value).sum() + 1
        assert ranks.loc[name, "median"] == pytest.approx(table[name].median())


def test_neighbours_are_nearest_on_the_sphere(make):
    affiliation = make(240, 500).affiliation
    place = {"LT": (55.0, 24.0), "LV": (57.0, 25.0), "EE": (59.0, 25.5), "PL": (52.0, 20.0), "DE": (51.0, 10.0), "FR": (47.0, 2.0)}
    actors = affiliation.actors
    actors["lat"], actors["lon"] = (actors["country"].map({code: where[k] for code, where in place.items()}).astype(float) for k in (0, 1))

    def neighbours(table):
        programme = measure(inn.Affiliation._from_positions(table, affiliation.events, affiliation._positions, {}, affiliation.quality), country="LT")
        found = peers_table(programme)
        return set(found.loc[found["neighbour"], "country"]), found

    assert neighbours(actors)[0] == {"LV", "EE", "PL"}
    nearest, found = neighbours(actors.drop(columns=["lat", "lon"]))
    size = np.log(found.set_index("country")["participations"])
    assert nearest == set((size - size["LT"]).abs().drop("LT").nsmallest(3).index)


def ranked(**ranks):
    return pd.DataFrame({"indicator": list(ranks), "rank": list(ranks.values()), "countries": 73, "value": 1.0, "median": 1.0})


@pytest.mark.parametrize(
    ("ranks", "place", "text"),
    [
        (ranked(sme_share=15, median_partners=44), "Lithuania", "Lithuania ranks 15th of 73 in share of SMEs and 44th in median partners"),
        (ranked(sme_share=15, abroad_share=15), "Lithuania", "Lithuania ranks 15th of 73 in share of SMEs"),
        (ranked(sme_share=15, coordinated_share=44), "Bosnia and Herzegovina", "Bosnia and Herzegovina ranks 15th of 73 in share of SMEs"),
        (ranked(coordinated_share=1, abroad_share=1), "X" * 50, "X" * 50 + " among 73 countries"),
    ],
)
def test_headline_variants(ranks, place, text):
    assert headline(ranks, place) == text


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (111, "111th"), (102, "102nd")]
)
def test_ordinals(n, text):
    assert ordinal(n) == text


@pytest.mark.parametrize(("actors", "events"), [(120, 200), (300, 400), (900, 900)])
def test_drawing(make, check_drawing, actors, events):
    exhibit = peers_exhibit(make(actors, events, country="LT"))
    raw = check_drawing(exhibit)
    for finding in exhibit.findings:
        assert f">{finding.value} of " in raw[960]
    assert len(exhibit.findings) == len(exhibit.tables["peers_ranks"])


@pytest.mark.parametrize("drop", [("sme",), ("contribution",), ("role",), ("lat", "lon"), ("type", "sme", "contribution", "role", "city", "signed")])
def test_missing_columns(make, check_drawing, drop):
    exhibit = peers_exhibit(make(120, 200, country="LT", drop=drop))
    check_drawing(exhibit)
    shown = set(exhibit.tables["peers_ranks"]["indicator"])
    assert ("sme_share" in shown) == ("sme" not in drop)
    assert ("contribution_eur" in shown) == ("contribution" not in drop)
    assert ("coordinated_share" in shown) == ("role" not in drop)
    assert ("whose organisations are nearest" in exhibit.caption) == ("lat" not in drop)


def test_organisations_without_a_country_are_counted(make):
    affiliation = make(120, 200).affiliation
    actors = affiliation.actors
    actors["country"] = actors["country"].where(np.arange(120) % 10 > 0)
    programme = measure(inn.Affiliation._from_positions(actors, affiliation.events, affiliation._positions, {}, affiliation.quality), country="LT")
    exhibit = peers_exhibit(programme)
    assert "12\u00a0organisations without a country are left out" in exhibit.caption
    assert exhibit.tables["peers"]["abroad_share"].between(0, 1).all()


def test_nothing_to_compare_is_a_sentence(make):
    assert "whole programme" in peers_exhibit(make(120, 200)).prose
    assert "too few" in peers_exhibit(make(20, 10, country="LT")).prose
    affiliation = make(120, 200).affiliation
    elsewhere = affiliation.select(events=np.zeros(200, dtype=bool))
    assert "No organisation in Lithuania" in peers_exhibit(measure(elsewhere, country="LT")).prose
    home = (affiliation.actors["country"] == "LT").to_numpy()
    inside = np.asarray(affiliation.incidence[home].sum(axis=0)).ravel() > 0
    exhibit = peers_exhibit(measure(affiliation.select(events=inside), country="LT"))
    assert exhibit.draw is None
    assert "only projects with a member in Lithuania" in exhibit.prose


def test_plot_works_from_the_written_tables(make, tmp_path):
    table = peers_table(make(120, 200, country="LT"))
    table.to_csv(tmp_path / "p.csv", index=False)
    ranks_table(table).to_csv(tmp_path / "r.csv", index=False)
    inn.report.plot_peers(pd.read_csv(tmp_path / "p.csv"), ranks=pd.read_csv(tmp_path / "r.csv"), width=352)
