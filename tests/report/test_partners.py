import re

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._partners import POINTS, headline, largest_projects_table, partners_exhibit, partners_summary_table, partners_table
from innovnet.report._ranking import ranking_exhibit
from innovnet.report._time import time_exhibit


def test_distribution_by_hand(make):
    programme = make(200, 300)
    table = partners_table(programme)
    actors = programme.actors
    for row in table.itertuples():
        mine = actors.loc[actors["type"] == row.type, "partners"]
        assert row.at_least == (mine >= row.partners).sum()
        assert row.share == pytest.approx((mine >= row.partners).mean())
    for _kind, rows in table.groupby("type"):
        assert rows["partners"].is_monotonic_increasing
        assert rows["partners"].is_unique
        assert 1 in rows["partners"].to_list()


def test_long_distributions_are_thinned_and_keep_their_ends():
    actors = pd.DataFrame({"type": "firm", "partners": np.arange(5000), "country": "LT"})
    programme = type("Stub", (), {"actors": actors, "scope": np.ones(5000, dtype=bool)})()
    table = partners_table(programme)
    assert len(table) <= POINTS
    assert table["partners"].iloc[[0, 1, -1]].to_list() == [0, 1, 4999]


def test_summary_by_hand(make):
    programme = make(150, 200)
    summary = partners_summary_table(programme)
    actors = programme.actors
    for row in summary.itertuples():
        mine = actors if row.type == "all" else actors[actors["type"] == row.type]
        assert row.organisations == len(mine)
        assert row.isolates == (mine["partners"] == 0).sum()
        assert row.median_partners == mine["partners"].median()
        assert row.most_partners == mine["partners"].max()
    assert summary["median_partners"].iloc[:-1].is_monotonic_decreasing
    assert summary["type"].iloc[-1] == "all"


def test_country_is_domestic_with_partners_anywhere(make):
    programme = make(150, 200, country="LT")
    inside = programme.actors[programme.scope]
    summary = partners_summary_table(programme)
    assert summary["organisations"].iloc[-1] == len(inside)
    assert summary["median_partners"].iloc[-1] == inside["partners"].median()
    home = set(inside.index)
    members = programme.affiliation.participations.groupby("event")["actor"].apply(set)
    largest = max(len(team) for team in members if team & home)
    assert largest_projects_table(programme)["members"].iloc[0] == largest


def summed(**medians):
    rows = [(kind, 50, 0, float(median), 1.0, 9.0, 99) for kind, median in medians.items()]
    return pd.DataFrame(rows, columns=["type", "organisations", "isolates", "median_partners", "lower_quarter", "upper_quarter", "most_partners"])


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        (summed(university=39, firm=21, all=23), "The median university has 39 partners, the median company 21"),
        (summed(university=39, firm=0, all=23), "The median university has 39 partners, the median company 0"),
        (summed(university=25, firm=21, all=23), "The median organisation has 23 partners, whatever its type"),
        (summed(firm=21, all=21), "The median organisation has 21 partners, the best connected 99"),
        (summed(all=1), "The median organisation has 1 partner, the best connected 99"),
        (summed(university=12.5, other=1, all=2.5), "The median organisation has 2.5 partners, the best connected 99"),
        (summed(all=0), "Half of the organisations have no partner"),
        (summed(all=0).assign(most_partners=0), "No organisation has a partner"),
    ],
)
def test_headline_variants(summary, text):
    assert headline(summary) == text


@pytest.mark.parametrize(("actors", "events"), [(10, 20), (40, 60), (99, 100), (100, 100), (400, 300)])
@pytest.mark.parametrize("country", [None, "LT"])
def test_sizes(make, check_drawing, actors, events, country):
    if country and country not in set(make(actors, events).actors["country"]):
        return
    exhibit = partners_exhibit(make(actors, events, country=country))
    n = exhibit.tables["partners_by_type"]["organisations"].iloc[-1]
    if n < 10:
        assert exhibit.draw is None
        assert "too few" in exhibit.prose
        return
    raw = check_drawing(exhibit)
    assert ("by number of partners" in raw[960]) == (n < 100)
    for finding in exhibit.findings:
        assert finding.value.split("\u202f")[0] in {f"{m:g}" for m in exhibit.tables["partners_by_type"]["median_partners"]} | {
            f"{100 * s:.1f}" for s in exhibit.tables["partners_by_type"]["isolates"] / exhibit.tables["partners_by_type"]["organisations"]
        }


def test_few_organisations_are_a_list():
    exhibit = partners_exhibit(measure(inn.toy(), country="LV"))
    assert exhibit.draw is None
    assert exhibit.prose == "Partners: Organisation F 7, Organisation G 4 and Organisation H 3. These are too few organisations for a distribution."


@pytest.mark.parametrize("drop", [("type",), ("name", "city"), ("type", "country", "role", "contribution", "sme", "signed")])
def test_missing_columns(make, check_drawing, drop):
    for actors in (40, 200):
        raw = check_drawing(partners_exhibit(make(actors, 200, drop=drop)))
        assert ("Universities" in raw[960]) == ("type" not in drop)


def test_isolates_are_named_not_drawn(make, check_drawing):
    programme = make(300, 120)
    raw = check_drawing(partners_exhibit(programme))
    alone = int((programme.actors["partners"] == 0).sum())
    assert alone > 0
    assert f"not on the axis: {alone} of 300 without a partner" in raw[960]


def test_name_of_the_largest_project_is_literal(make, check_drawing):
    affiliation = make(200, 150, largest=40).affiliation
    for name in (r"$\frac$ <b>", "東京", None):
        events = affiliation.events.assign(name=pd.Series([name] * affiliation.n_events, dtype="str").to_numpy())
        exhibit = partners_exhibit(measure(inn.Affiliation._from_positions(affiliation.actors, events, affiliation._positions, {}, affiliation.quality)))
        raw = check_drawing(exhibit)
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", raw[960])
        assert "largest project," in texts if name else "largest project" in texts
        assert name is None or name.replace("<", "&lt;").replace(">", "&gt;") in texts


def test_nobody_together_is_a_sentence(make):
    for actors, events in ((50, 30), (1, 1), (0, 0)):
        exhibit = partners_exhibit(make(actors, events, largest=1))
        assert exhibit.draw is None
        assert "nobody has a partner" in exhibit.prose
        assert exhibit.findings == ()


def test_plot_works_from_the_written_tables(make, tmp_path):
    for actors in (40, 200):
        programme = make(actors, 200)
        partners_table(programme).to_csv(tmp_path / "d.csv", index=False)
        partners_summary_table(programme).to_csv(tmp_path / "s.csv", index=False)
        inn.report.plot_partners(pd.read_csv(tmp_path / "d.csv"), summary=pd.read_csv(tmp_path / "s.csv"), width=352)


@pytest.mark.parametrize("actors", [40, 200])
@pytest.mark.parametrize("kind", ["firm", "unheard of", None])
def test_one_type_only(make, check_drawing, actors, kind):
    affiliation = make(actors, 200).affiliation
    table = affiliation.actors.assign(type=pd.Series([kind] * actors, dtype="str").to_numpy())
    programme = measure(inn.Affiliation._from_positions(table, affiliation.events, affiliation._positions, {}, affiliation.quality))
    exhibit = partners_exhibit(programme)
    raw = check_drawing(exhibit)
    assert ("Companies" in raw[960]) == (kind == "firm")
    assert "whatever its type" not in exhibit.headline
    check_drawing(ranking_exhibit(programme))
    check_drawing(time_exhibit(programme))


def test_no_median_of_few_in_the_reading(make_affiliation):
    affiliation = make_affiliation(40, 60)
    actors = affiliation.actors
    actors["type"] = ["public"] * 2 + ["firm"] * 38
    programme = measure(inn.Affiliation.from_frame(affiliation.participations, actor="actor", event="event", actors=actors), progress=False)
    assert "public" not in partners_exhibit(programme).reading
