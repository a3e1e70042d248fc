import re

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._time import headline, time_exhibit, time_table, trend, whole_year
from innovnet.report._time_plot import year_ticks


def test_table_by_hand(make):
    programme = make(60, 300)
    table = time_table(programme).set_index("year")
    rows = programme.affiliation.participations.drop_duplicates(["actor", "event"])
    rows = rows.assign(year=programme.affiliation.events["signed"].dt.year.loc[rows["event"]].to_numpy())
    actors = programme.actors.loc[rows["actor"]]
    for year, row in table.iterrows():
        here = rows["year"].to_numpy() == year
        assert row["participations"] == here.sum()
        assert row["firm"] == (here & (actors["type"] == "firm").to_numpy()).sum()
        assert row["sme_share"] == pytest.approx(actors["sme"].to_numpy(dtype=float)[here].mean())
        assert row["projects"] == rows.loc[here, "event"].nunique()
    assert table["participations"].sum() == programme.affiliation.n_memberships


def test_country_counts_domestic_and_shows_the_whole_programme(make):
    programme, everyone = make(60, 300, country="LT"), make(60, 300)
    table, whole = time_table(programme), time_table(everyone)
    assert table["programme_participations"].to_list() == whole["participations"].to_list()
    inside = programme.actors.loc[programme.scope, "participations"].sum()
    assert table["participations"].sum() == inside


def test_actors_in_two_roles_count_once():
    rows = pd.DataFrame({"actor": ["a", "a", "b"], "event": ["p", "p", "p"], "role": ["coordinator", "participant", "participant"]})
    events = pd.DataFrame({"event": ["p"], "signed": pd.to_datetime(["2024-05-01"])})
    programme = measure(inn.Affiliation.from_frame(rows, actor="actor", event="event", role="role", events=events))
    assert time_table(programme)["participations"].to_list() == [2]


def dates(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        (["2022-12-27", "2023-12-22", "2024-12-19", "2025-11-21"], False),
        (["2022-12-27", "2023-12-22", "2024-12-19", "2025-12-15"], True),
        (["2022-10-27", "2023-11-02", "2024-11-01"], True),
        (["2019-01-01", "2020-01-01"], True),
        (["2024-01-01", "2024-06-30"], False),
        (["2024-01-01"], True),
    ],
)
def test_the_latest_date_says_whether_the_last_year_is_whole(given, complete):
    assert whole_year(dates(*given)) is complete


def yearly(counts, *, start=2021, complete=None, shares=None, drawn=None):
    n = len(counts)
    return pd.DataFrame(
        {
            "year": np.arange(start, start + n),
            "participations": counts,
            "sme_share": [np.nan] * n if shares is None else shares,
            "complete": [True] * n if complete is None else complete,
            "drawn": [True] * n if drawn is None else drawn,
            "dated_by": "signature",
        }
    )


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (yearly([100, 90, 64]), "Participations fell by 36\u202f% from 2021 to 2023"),
        (yearly([100, 90, 120], shares=[0.1, 0.1, 0.2]), "Participations rose by 20\u202f% from 2021 to 2023; the SME share rose to 20\u202f%"),
        (yearly([100, 90, 101], shares=[0.2, 0.1, 0.19]), "Participations held level from 2021 to 2023; the SME share held at 19\u202f%"),
        (yearly([100, 90, 310], shares=[0.4, 0.1, 0.2]), "Participations grew 3.1-fold from 2021 to 2023; the SME share fell to 20\u202f%"),
        (yearly([100, 90, 64], complete=[True, True, False]), "Participations fell by 10\u202f% from 2021 to 2022"),
        (yearly([1, 100, 64], drawn=[False, True, True]), "Participations fell by 36\u202f% from 2022 to 2023"),
        (yearly([10, 100, 64]), "Participations fell by 36\u202f% from 2022 to 2023"),
        (yearly([100, 64], complete=[True, False]), "Organisations took part 164\u00a0times from 2021 to 2022"),
        (yearly([12, 9]), "Organisations took part 21\u00a0times from 2021 to 2022"),
        (yearly([1]), "Organisations took part 1\u00a0time in 2021"),
    ],
)
def test_headline_variants(table, text):
    assert headline(table) == text


def test_no_base_no_trend():
    assert trend(yearly([100, 80, 20])) is None
    assert trend(yearly([])) is None


def test_a_thin_year_is_named_and_not_drawn(make):
    programme = make(60, 400)
    events = programme.affiliation.events
    events["signed"] = events["signed"].where(np.arange(len(events)) > 2, pd.Timestamp("2019-05-05"))
    rows = programme.affiliation._positions
    table = time_table(measure(inn.Affiliation._from_positions(programme.affiliation.actors, events, rows, {}, programme.affiliation.quality)))
    first = table.iloc[0]
    assert (first["year"], bool(first["drawn"])) == (2019, False)
    assert table.loc[table["year"] >= 2021, "drawn"].all()
    exhibit = time_exhibit(measure(inn.Affiliation._from_positions(programme.affiliation.actors, events, rows, {}, programme.affiliation.quality)))
    assert re.search(rf"{first['participations']}\xa0participations? of 2019", exhibit.caption)


@pytest.mark.parametrize(("actors", "events"), [(1, 1), (2, 3), (11, 20), (40, 60), (60, 300), (300, 900)])
@pytest.mark.parametrize("country", [None, "LT"])
def test_sizes(make, check_drawing, actors, events, country):
    if country and country not in set(make(actors, events).actors["country"]):
        return
    exhibit = time_exhibit(make(actors, events, country=country))
    raw = check_drawing(exhibit)
    assert ("Share held by SMEs" in raw[960]) == (exhibit.tables["time"]["participations"].max() >= 30)


@pytest.mark.parametrize("drop", [("type",), ("sme",), ("signed",), ("country", "role"), ("type", "sme", "country", "signed")])
def test_missing_columns(make, check_drawing, drop):
    exhibit = time_exhibit(make(80, 300, drop=drop))
    raw = check_drawing(exhibit)
    assert ("Universities" in raw[960]) == ("type" not in drop)
    assert ("project start" in exhibit.lead) == ("signed" in drop)


def test_one_year_two_years_and_one_type(make, check_drawing):
    for years, actors in ((1, 60), (2, 60)):
        affiliation = make(actors, 300).affiliation
        events = affiliation.events
        events["signed"] = pd.to_datetime([f"{2020 + k % years}-03-0{1 + k % 9}" for k in range(len(events))])
        table = affiliation.actors.assign(type="firm") if years == 2 else affiliation.actors
        exhibit = time_exhibit(measure(inn.Affiliation._from_positions(table, events, affiliation._positions, {}, affiliation.quality)))
        check_drawing(exhibit)


def test_nothing_dated_is_a_sentence(make):
    for programme in (make(20, 30, drop=("signed", "start")), make(20, 0), make(0, 0)):
        exhibit = time_exhibit(programme)
        assert exhibit.draw is None
        assert "signed" in exhibit.prose


def test_findings_follow_the_table(make):
    exhibit = time_exhibit(make(300, 900))
    first, last = trend(exhibit.tables["time"])
    change, share = exhibit.findings
    assert str(first["year"]) in change.sentence
    assert change.value.strip("+\u2212\u202f% ") == f"{abs(100 * (last['participations'] / first['participations'] - 1)):.0f}"
    assert share.value == f"{100 * last['sme_share']:.0f}\u202f%"


@pytest.mark.parametrize(("n", "room"), [(1, 100), (2, 60), (5, 130), (5, 400), (36, 400), (37, 300)])
def test_year_ticks_hold_first_and_last_and_do_not_touch(n, room):
    ticks = year_ticks(yearly([1] * n), room)
    assert ticks[0][0] == 2021
    assert ticks[-1][0] == 2020 + n
    steps = np.diff([year for year, _text in ticks])
    assert len(set(steps)) <= 1
    assert len(ticks) <= 2 or room * steps[0] / (n - 1) >= 46


def test_plot_works_from_the_written_table(make, tmp_path):
    time_table(make(60, 300)).to_csv(tmp_path / "time.csv", index=False)
    ax = inn.report.plot_time(pd.read_csv(tmp_path / "time.csv"))
    assert ax.figure.get_size_inches()[0] * 72 == pytest.approx(960)


def test_a_share_of_few_is_not_told(make_affiliation):
    affiliation = make_affiliation(200, 300)
    events = affiliation.events
    events["signed"] = pd.to_datetime(np.where(np.arange(300) < 4, "2021-12-20", np.where(np.arange(300) < 150, "2022-12-20", "2023-12-20")))
    programme = measure(
        inn.Affiliation.from_frame(affiliation.participations, actor="actor", event="event", actors=affiliation.actors, events=events), progress=False
    )
    exhibit = time_exhibit(programme)
    table = exhibit.tables["time"].set_index("year")
    assert table.loc[2021, "sme_known"] < 30
    assert np.isnan(table.loc[2021, "sme_share"])
    assert exhibit.reading.startswith("In 2022 there were")
    if table.loc[2021, "drawn"]:
        assert "No SME share of 2021: fewer than 30 participations." in exhibit.caption
    kinds = table.loc[2022, ["university", "institute", "firm", "public", "other"]]
    assert f", {kinds.max()} of them by" in exhibit.reading
