import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._ranking import foreign_partners_table, headline, percent_of_paths, ranking_exhibit, ranking_table
from innovnet.report._ranking_plot import shown_measures

ORDER = ["joint_work", "partners", "betweenness_share"]


def test_order_is_the_mean_of_three_ranks(make):
    programme = make(60, 50)
    table = ranking_table(programme)
    actors = programme.actors
    ranks = pd.DataFrame({name: [(actors[name] > value + 1e-11).sum() + 1 for value in actors[name]] for name in ORDER}, index=actors.index)
    assert table.set_index("actor")["mean_rank"].to_dict() == pytest.approx(ranks.mean(axis=1).to_dict())
    assert table["mean_rank"].is_monotonic_increasing
    assert table["rank"].to_list() == list(range(1, 61))


def test_country_ranks_domestic_organisations_only_by_the_whole_programme(make):
    programme = make(80, 60, country="LT")
    table = ranking_table(programme)
    assert set(programme.actors.loc[table["actor"], "country"]) == {"LT"}
    assert len(table) == programme.scope.sum()
    assert {"city", "country"} & set(table.columns) == {"city"}
    assert table.set_index("actor")["partners"].to_dict() == programme.actors.loc[table["actor"], "partners"].to_dict()
    assert set(table["city"]) <= {"Vilnius", "Riga", "Tallinn"}


def test_foreign_partners_by_hand(make):
    programme = make(80, 60, country="LT")
    table = foreign_partners_table(programme).set_index("actor")
    country = programme.actors["country"]
    rows = programme.affiliation.participations
    members = rows.groupby("event")["actor"].apply(set)
    work, projects, partners = {}, {}, {}
    for team in members:
        home = [a for a in team if country[a] == "LT"]
        for other in team - set(home):
            if home:
                work[other] = work.get(other, 0) + len(home) / (len(team) - 1)
                projects[other] = projects.get(other, 0) + 1
                partners.setdefault(other, set()).update(home)
    assert table["joint_work"].to_dict() == pytest.approx(work)
    assert table["projects"].to_dict() == projects
    assert table["partners"].to_dict() == {other: len(found) for other, found in partners.items()}
    assert table["joint_work"].is_monotonic_decreasing


def frame(**columns):
    return pd.DataFrame(
        {"display": ["Alpha", "Beta", "Gamma"], "joint_work": [3.0, 2, 1], "partners": [3, 2, 1], "betweenness_share": [0.3, 0.2, 0.1]} | columns
    )


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({}, "Alpha leads in joint work, in partners and as go-between"),
        ({"partners": [1, 2, 3]}, "Alpha leads in joint work and as go-between, Gamma in partners"),
        ({"partners": [1, 3, 2], "betweenness_share": [0.1, 0.2, 0.3]}, "Alpha leads in joint work, Beta in partners, Gamma as go-between"),
        ({"display": [("Alpha " * 5 + "x"), "Beta", "Gamma"]}, "Alpha Alpha Alpha Alpha Alpha x leads in joint work and as go-between"),
        ({"betweenness_share": [0.0, 0, 0]}, "Alpha leads in joint work and in partners"),
        ({"joint_work": [1.0, 1, 1], "partners": [2, 2, 2], "betweenness_share": [0.0, 0, 0]}, "No organisation stands alone at the top"),
        ({"joint_work": [1.0, 1, 1], "partners": [1, 2, 2]}, "Alpha leads as go-between"),
        (
            {"display": ["A" * 33, "B" * 33, "C" * 33], "partners": [1, 3, 2], "betweenness_share": [0.1, 0.2, 0.3]},
            f"{'C' * 33} leads as go-between",
        ),
    ],
)
def test_headline_says_who_is_first_in_what(columns, text):
    assert headline(frame(**columns)) == text
    assert len(text) <= 75


def test_values_equal_up_to_rounding_share_a_rank(make):
    programme = make(40, 60)
    actors = programme.actors.assign(joint_work=50 + np.arange(40) % 2 * 1e-14, betweenness_share=0.1 + np.arange(40) % 3 * 1e-17)
    table = ranking_table(dataclasses.replace(programme, actors=actors))
    assert set(table["joint_work_rank"]) == {1}
    assert set(table["betweenness_share_rank"]) == {1}
    assert (table["joint_work"] == 50).all()


def test_a_measure_that_is_the_same_for_all_is_exchanged():
    rows = pd.DataFrame(
        {
            "joint_work": [10.0, 9, 8],
            "partners": [30, 20, 10],
            "betweenness_share": [0.2, 0.1, 0.0],
            "coordinated": [0, 0, 0],
            "contribution_eur": [np.nan, 3e6, 1e6],
            "participations": [5, 2, 1],
        }
    )
    assert shown_measures(rows) == ["partners", "betweenness_share", "contribution_eur", "participations"]


@pytest.mark.parametrize(("share", "text"), [(0.0556, "5.6"), (0.001158, "0.12"), (0.394, "39"), (0.00000321, "0.00032"), (0.0, "0")])
def test_percent_of_paths_keeps_two_digits(share, text):
    assert percent_of_paths(share).startswith(text + "\u202f%")


@pytest.mark.parametrize("actors", [1, 2, 5, 11, 40, 300])
@pytest.mark.parametrize("country", [None, "LT"])
def test_sizes(make, check_drawing, actors, country):
    programme = make(actors, 2 * actors, seed=4)
    if country and country not in set(programme.actors["country"]):
        return
    exhibit = ranking_exhibit(make(actors, 2 * actors, seed=4, country=country))
    if exhibit.draw is None:
        assert "two" in exhibit.prose
        return
    raw = check_drawing(exhibit)
    shown = exhibit.tables["ranking"].head(15)
    assert all(f">{number}</text>" in raw[960] for number in shown["rank"])


@pytest.mark.parametrize(
    "drop", [("type",), ("city", "country"), ("role",), ("contribution", "sme"), ("type", "city", "country", "role", "contribution", "signed")]
)
def test_missing_columns(make, check_drawing, drop):
    exhibit = ranking_exhibit(make(40, 60, drop=drop))
    check_drawing(exhibit)
    assert ("coordinated" in exhibit.tables["ranking"]) == ("role" not in drop)


def test_hostile_names_stay_whole(make, check_drawing, hostile):
    exhibit = ranking_exhibit(make(8, 30, names=hostile))
    raw = check_drawing(exhibit)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", raw[960])
    assert any("frac{1}{2} $x$" in text for text in texts)
    assert any("東京大学" in text for text in texts)
    assert any("&lt;/script&gt;" in text for text in texts)
    assert "\x00" not in raw[960]


def test_no_cooperation_is_a_sentence(make):
    for actors in (0, 1, 10):
        exhibit = ranking_exhibit(make(actors, actors, largest=1))
        assert exhibit.draw is None
        assert exhibit.findings == ()
        assert "two" in exhibit.prose


def test_the_go_between_of_the_finding_is_the_one_of_the_table():
    exhibit = ranking_exhibit(measure(inn.toy()))
    (finding,) = exhibit.findings
    assert finding.keep
    top = exhibit.tables["ranking"].sort_values("betweenness_share").iloc[-1]
    assert top["display"] in finding.sentence
    assert finding.value == percent_of_paths(top["betweenness_share"])


def test_an_extract_is_said_to_be_one(make):
    affiliation = make(80, 200).affiliation
    home = (affiliation.actors["country"] == "LT").to_numpy()
    inside = np.asarray(affiliation.incidence[home].sum(axis=0)).ravel() > 0
    exhibit = ranking_exhibit(measure(affiliation.select(events=inside), country="LT"))
    assert "only projects with a member in Lithuania" in exhibit.caption
    assert "whole programme" not in exhibit.findings[0].sentence
    assert "only projects with a member in Lithuania" in exhibit.findings[0].note


def test_plot_works_from_the_written_table(make, tmp_path):
    table = ranking_table(make(30, 60))
    table.to_csv(tmp_path / "ranking.csv", index=False)
    ax = inn.report.plot_ranking(pd.read_csv(tmp_path / "ranking.csv"), width=352)
    assert ax.figure.get_size_inches()[0] * 72 == pytest.approx(352)
