import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.graph._tables import quality
from innovnet.report._ego import chosen_actor, ego_exhibit, ego_tables, headline
from innovnet.report._ego_plot import ABROAD, AT_HOME, UNKNOWN, _by_country, _chosen
from innovnet.report._measure import measure
from innovnet.report._ranking import ranking_table


def changed(programme, **columns):
    """The same programme with other columns of actors."""
    affiliation = programme.affiliation
    table = affiliation.actors.assign(**columns)
    return measure(inn.Affiliation._from_positions(table, affiliation.events, affiliation._positions, {}, quality()), progress=False)


@pytest.mark.parametrize("country", [None, "LT"])
def test_partners_by_hand(make, country):
    programme = make(50, 60, country=country)
    tables = ego_tables(programme)
    ego = tables.ego.iloc[0]
    work, projects = {}, {}
    for team in programme.affiliation.participations.groupby("event")["actor"].apply(set):
        if ego["actor"] in team:
            for other in team - {ego["actor"]}:
                work[other] = work.get(other, 0) + 1 / (len(team) - 1)
                projects[other] = projects.get(other, 0) + 1
    table = tables.partners.set_index("actor")
    assert table["joint_work"].to_dict() == pytest.approx(work)
    assert table["projects"].to_dict() == projects
    home = {a for a in work if programme.actors.loc[a, "country"] == ego["country"]}
    assert set(table.index[table["side"] == AT_HOME]) == home
    assert ego["partners_home"] == len(home)
    assert ego["partners_abroad"] == len(work) - len(home)
    assert ego["share_abroad"] == pytest.approx(sum(w for a, w in work.items() if a not in home) / sum(work.values()))
    for _side, rows in tables.partners.groupby("side"):
        assert rows["joint_work"].is_monotonic_decreasing
        assert rows["rank"].to_list() == list(range(1, len(rows) + 1))


def test_share_abroad_of_all_by_hand(make):
    programme = make(50, 60, country="LT")
    country = programme.actors["country"]
    inside = outside = 0.0
    for one, other, weight in programme.network.ties.itertuples(index=False):
        for this, that in ((one, other), (other, one)):
            if country[this] == "LT":
                inside += weight * (country[that] == "LT")
                outside += weight * (country[that] != "LT")
    assert ego_tables(programme).ego["share_abroad_all"].iloc[0] == pytest.approx(outside / (inside + outside))


def test_who_is_chosen(make):
    whole, country = make(80, 60), make(80, 60, country="LT")
    assert chosen_actor(whole) == ranking_table(whole)["actor"].iloc[0]
    domestic = country.actors[country.scope]
    assert chosen_actor(country) == domestic["betweenness_share"].idxmax()
    other = whole.actors.index[whole.actors["partners"] > 0][-1]
    assert ego_exhibit(whole, other).tables["ego_totals"]["actor"].iloc[0] == other
    with pytest.raises(DataError, match="no organisation 'nobody'"):
        ego_tables(whole, "nobody")


def ego(**values):
    given = {"display": "Alpha", "partners_home": 3, "partners_abroad": 4, "partners_unknown": 0, "share_abroad": 0.7}
    return pd.Series(given | values)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "Alpha works mostly with partners abroad"),
        ({"share_abroad": 0.3}, "Alpha works mostly with partners at home"),
        ({"share_abroad": 0.5}, "Alpha works as much at home as abroad"),
        ({"share_abroad": 1.0, "partners_home": 0}, "Alpha works with partners abroad only"),
        ({"share_abroad": 0.0, "partners_abroad": 0}, "Alpha works with partners at home only"),
        ({"share_abroad": np.nan, "partners_home": 0, "partners_abroad": 0, "partners_unknown": 2}, "Alpha has 2\u00a0partners"),
        ({"display": "A" * 90}, "A" * 33 + "… works mostly with partners abroad"),
    ],
)
def test_headline_follows_the_share(values, text):
    assert headline(ego(**values)) == text
    assert len(text) <= 75


def test_every_kind_of_partnership_draws(make, check_drawing):
    programme = make(40, 50)
    check_drawing(ego_exhibit(programme))
    one = changed(programme, country=["LT"] * 40)
    only_home = ego_exhibit(one)
    assert "at home only" in only_home.headline
    check_drawing(only_home)
    abroad = changed(programme, country=[f"X{k:02d}"[:3] for k in range(40)])
    only_abroad = ego_exhibit(abroad)
    assert "abroad only" in only_abroad.headline
    assert "no partner in X" in only_abroad.caption
    check_drawing(only_abroad)
    mixed = changed(programme, country=pd.array([None if k % 2 else "LT" for k in range(40)], dtype="str"))
    check_drawing(ego_exhibit(mixed))
    nothing = ego_exhibit(make(40, 50, drop=("country", "type", "city", "sme")))
    assert (nothing.tables["ego"]["side"] == UNKNOWN).all()
    assert not nothing.findings
    check_drawing(nothing)


def test_words_are_of_the_table(make):
    exhibit = ego_exhibit(make(60, 80, country="LT"))
    totals, first = exhibit.tables["ego_totals"].iloc[0], exhibit.tables["ego"].iloc[0]
    finding = exhibit.findings[0]
    assert finding.value.replace("\u202f", "").rstrip("%") in {f"{100 * totals['share_abroad']:.0f}", f"{100 * totals['share_abroad']:.1f}"}
    assert f"{totals['partners_abroad']}\u00a0organisation" in finding.sentence
    assert exhibit.reading.startswith(first["display"])
    assert f"{first['projects']}\u00a0project" in exhibit.reading


def test_columns_of_the_figure(make):
    tables = ego_tables(make(200, 300))
    home, abroad = _chosen(tables.partners, tables.ego.iloc[0], 20, apart=True)
    assert len(home.rows) <= 20
    assert len(abroad.rows) == 20
    assert set(abroad.rows["side"]) == {ABROAD}
    best = tables.partners[tables.partners["side"] == ABROAD].nlargest(20, "joint_work")
    assert set(abroad.rows["actor"]) == set(best["actor"])
    narrow = _chosen(tables.partners, tables.ego.iloc[0], 24, apart=False)
    assert sum(len(side.rows) for side in narrow) == 24
    rows, groups = _by_country(best)
    assert [k for _name, start, end in groups for k in range(start, end + 1)] == list(range(20))
    sums = [rows["joint_work"].iloc[start : end + 1].sum() for _name, start, end in groups]
    assert sums == sorted(sums, reverse=True)


def test_sizes_and_hostile_names(make, hostile, check_drawing, A):
    for programme in (make(0, 0), make(1, 1), make(20, 20, largest=1)):
        exhibit = ego_exhibit(programme)
        assert exhibit.draw is None
        assert exhibit.prose
    check_drawing(ego_exhibit(make(3, 3, seed=1)))
    check_drawing(ego_exhibit(measure(A, progress=False)))
    drawn = check_drawing(ego_exhibit(make(40, 60, names=hostile)))
    assert "東京大学" in drawn[960]


def test_plots_from_files(make, tmp_path):
    for programme in (make(60, 80, country="LT"), make(40, 50, drop=("country", "type", "city", "sme"))):
        exhibit = ego_exhibit(programme)
        for name, table in exhibit.tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        partners, totals = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("ego", "ego_totals"))
        for width in (960, 352):
            drawn = inn.report.plot_ego(partners, ego=totals, width=width).figure
            assert drawn.get_size_inches().tolist() == exhibit.draw(width).get_size_inches().tolist()


def test_a_name_that_ends_in_a_point_ends_the_sentence_once():
    exhibit = ego_exhibit(measure(inn.example(), progress=False))
    assert ".." not in exhibit.prose


def test_countries_with_an_article(make_affiliation):
    affiliation = make_affiliation(40, 60)
    actors = affiliation.actors
    actors["country"] = actors["country"].replace({"LT": "NL"})
    programme = measure(inn.Affiliation.from_frame(affiliation.participations, actor="actor", event="event", actors=actors), country="NL", progress=False)
    assert programme.place == "the Netherlands"
    exhibit = ego_exhibit(programme)
    assert " in the Netherlands" in exhibit.caption
