"""What the report says of its data: gaps, versions of codes, the largest project, the incomplete year."""

import numpy as np
import pandas as pd

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._quality import _TOUCHES, quality_table, quality_words


def _without(affiliation, event):
    rows = affiliation.participations
    return inn.Affiliation.from_frame(rows[rows["event"] != event], actor="actor", event="event", actors=affiliation.actors)


def test_gaps_are_counted_with_the_joint_work_they_hold(make_affiliation):
    affiliation = make_affiliation(60, 50)
    actors = affiliation.actors
    actors["region"] = np.where(np.arange(60) % 4 == 0, None, "LT01")
    rows = affiliation.participations
    programme = measure(inn.Affiliation.from_frame(rows, actor="actor", event="event", role="role", actors=actors, events=affiliation.events), progress=False)
    row = quality_table(programme).set_index("item").loc["organisations without region code"]
    gone = programme.actors["region"].isna()
    share = programme.actors.loc[gone, "joint_work"].sum() / programme.actors["joint_work"].sum()
    assert row["count"] == gone.sum() == 15
    assert f"25.0\u202f% of organisations with {100 * share:.1f}\u202f% of joint work" in row["examples"]
    assert f"{100 * share:.1f}\u202f% of all joint work is of organisations without a known region code" in quality_words(programme)


def test_what_nobody_has_is_said_once(make):
    table = quality_table(make(40, 30)).set_index("item")
    assert table.loc["organisations without region code", "examples"] == "it is not given for any organisation"
    assert not table.index.duplicated().any()


def test_largest_project_against_a_programme_without_it(make_affiliation):
    affiliation = make_affiliation(80, 60, largest=12)
    programme = measure(affiliation, progress=False)
    largest = affiliation.sizes.idxmax()
    left = _without(affiliation, largest).project("newman").n_ties
    row = quality_table(programme).set_index("item").loc["members of the largest project"]
    assert row["count"] == affiliation.sizes.max()
    assert f": {programme.network.n_ties - left} of {programme.network.n_ties}\u00a0ties exist through it alone" in row["examples"]
    assert row["figures"] == "all"


def test_versions_of_region_codes(make_affiliation):
    affiliation = make_affiliation(40, 30)
    rows, actors = affiliation.participations, affiliation.actors
    actors["region"] = ["PT17", "PT1A", "UKI3", "LT01"] * 10
    table = quality_table(measure(inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors), progress=False)).set_index("item")
    assert table.loc["organisations with a region code of an older NUTS version", "count"] == 10
    assert table.loc["organisations with a NUTS code of the United Kingdom", "count"] == 10
    actors["region"] = ["PT17", "LT01"] * 20
    items = quality_table(measure(inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors), progress=False))["item"]
    assert not items.str.contains("NUTS").any()


def test_incomplete_year(make_affiliation):
    affiliation = make_affiliation(40, 60)
    events = affiliation.events
    events["signed"] = pd.to_datetime(np.where(np.arange(60) < 50, "2023-12-20", "2024-05-03"))
    programme = measure(inn.Affiliation.from_frame(affiliation.participations, actor="actor", event="event", events=events), progress=False)
    row = quality_table(programme).set_index("item").loc["projects of 2024, an incomplete year"]
    assert row["count"] == 10
    assert "2024-05-03" in row["examples"]
    assert row["figures"] == "time"


def test_a_country_is_counted_too(make_affiliation):
    affiliation = make_affiliation(60, 50)
    actors = affiliation.actors
    actors.loc[actors.index[:20], "type"] = None
    programme = measure(inn.Affiliation.from_frame(affiliation.participations, actor="actor", event="event", actors=actors), country="LT", progress=False)
    row = quality_table(programme).set_index("item").loc["organisations without type"]
    gone = int((programme.actors["type"].isna() & programme.scope).sum())
    assert f"in Lithuania {gone}," in row["examples"]


def test_figures_named_are_those_of_the_report():
    exhibits = set(inn.report.exhibits(inn.example(actors=60), country="LT", runs=2, progress=False))
    named = {key for _, figures in _TOUCHES for key in figures.split(", ")} - {"all"}
    assert named <= exhibits
