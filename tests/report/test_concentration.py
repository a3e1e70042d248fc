import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._concentration import _cuts, _reading, concentration_exhibit, concentration_table, headline, lorenz_table, top
from innovnet.report._concentration_plot import MEASURES


@pytest.mark.parametrize(
    ("n", "cuts"),
    [(30000, [10, 100, 3000, 30000]), (1000, [10, 100, 1000]), (999, [5, 20, 499, 999]), (100, [5, 20, 50, 100]), (30, [3, 10, 15, 30]), (3, [1, 2, 3])],
)
def test_cuts(n, cuts):
    assert _cuts(n) == cuts


@pytest.mark.parametrize("actors", [35, 150, 1200])
def test_parts_by_hand(make, actors):
    programme = make(actors, 2 * actors)
    table = concentration_table(programme)
    for measure, held in MEASURES.items():
        values = sorted(programme.actors[held.column].dropna(), reverse=True)
        rows = table[table["measure"] == measure]
        start = 0
        for row, cut in zip(rows.itertuples(), _cuts(actors), strict=False):
            assert row.amount == pytest.approx(sum(values[start:cut]))
            assert (row.first, row.last, row.organisations) == (start + 1, min(cut, len(values)), min(cut, len(values)) - start)
            start = cut
        assert rows["share"].sum() == pytest.approx(1)
        few = _cuts(actors)[1]
        assert top(table, measure) == (few, pytest.approx(sum(values[:few]) / sum(values)))


def test_country_counts_domestic_only(make):
    programme = make(400, 500, country="LT")
    table = concentration_table(programme)
    inside = programme.actors[programme.scope]
    for measure, held in MEASURES.items():
        assert table.loc[table["measure"] == measure, "amount"].sum() == pytest.approx(inside[held.column].sum())


def test_lorenz_curve_rises_from_nothing_to_all(make):
    for _measure, curve in lorenz_table(make(300, 400)).groupby("measure"):
        assert curve["amount_share"].iloc[[0, -1]].to_list() == pytest.approx([0, 1])
        assert curve["amount_share"].is_monotonic_increasing
        assert (curve["amount_share"] >= curve["organisations_share"] - 1e-12).all()


def parts(shares, measure="EU contribution", organisations=10):
    return pd.DataFrame(
        {
            "measure": measure,
            "share": shares,
            "last": [organisations * (k + 1) for k in range(len(shares))],
            "organisations": organisations,
            "group": "x",
            "amount": 1.0,
        }
    )


@pytest.mark.parametrize(
    ("table", "n", "text"),
    [
        (parts([0.3, 0.2, 0.5]), 1000, "20 of 1\u202f000 organisations hold 50\u202f% of the EU contribution"),
        (parts([0.01, 0.01, 0.98]), 1000, "No small group holds the EU contribution: the first 20 of 1\u202f000 have 2\u202f%"),
        (parts([0.6, 0.4], "Participations", 1), 2, "2\u00a0organisations hold all participations"),
        (parts([1.0], "Participations", 1), 1, "1\u00a0organisation holds all participations"),
    ],
)
def test_headline_variants(table, n, text):
    assert headline(table, n) == text


@pytest.mark.parametrize("actors", [1, 2, 11, 29, 30, 60, 150, 1100])
@pytest.mark.parametrize("country", [None, "LT"])
def test_sizes(make, check_drawing, actors, country):
    if country and country not in set(make(actors, actors).actors["country"]):
        return
    exhibit = concentration_exhibit(make(actors, actors, country=country))
    raw = check_drawing(exhibit)
    named = exhibit.tables["concentration"]["organisations"].max() == 1
    assert named == (sum(exhibit.tables["concentration"]["measure"] == "Participations") != 4) or actors == 1
    for finding in exhibit.findings:
        shares = exhibit.tables["concentration"].groupby("measure")["share"]
        assert finding.value in {f"{100 * shares.get_group(m).head(k).sum():.0f}\u202f%" for m in shares.groups for k in (2, 3)}
    assert "<text" in raw[352]


def test_always_one_finding_that_is_kept(make):
    exhibit = concentration_exhibit(make(150, 300))
    assert [finding.keep for finding in exhibit.findings] == [True] + [False] * (len(exhibit.findings) - 1)


@pytest.mark.parametrize("drop", [("contribution",), ("role",), ("contribution", "role", "type", "country", "sme")])
def test_missing_columns(make, check_drawing, drop):
    exhibit = concentration_exhibit(make(60, 80, drop=drop))
    check_drawing(exhibit)
    measures = set(exhibit.tables["concentration"]["measure"])
    assert ("EU contribution" in measures) == ("contribution" not in drop)
    assert ("Coordinated projects" in measures) == ("role" not in drop)


def test_missing_amounts_are_counted(make):
    programme = make(60, 80)
    missing = int(programme.actors["contribution_eur"].isna().sum())
    assert missing > 1
    assert f"{missing}\u00a0organisations without a known EU contribution" in concentration_exhibit(programme).caption


def test_hostile_names(make, check_drawing, hostile):
    raw = check_drawing(concentration_exhibit(make(8, 30, names=hostile)))
    assert "東京大学" in raw[960]
    assert "&lt;/script&gt;" in raw[960]


def test_nothing_is_a_sentence(make):
    for actors in (0, 1, 3):
        assert concentration_exhibit(make(actors, 0)).draw is None


def test_plot_works_from_the_written_table(make, tmp_path):
    for actors in (12, 60):
        concentration_table(make(actors, 80)).to_csv(tmp_path / "c.csv", index=False)
        inn.report.plot_concentration(pd.read_csv(tmp_path / "c.csv"), width=352)


def test_shares_in_the_reading_add_up():
    table = pd.DataFrame(
        {
            "measure": "EU contribution",
            "group": ["10 largest", "next 90", "all others"],
            "first": [1, 11, 101],
            "last": [10, 100, 1000],
            "organisations": [10, 90, 900],
            "amount": [124.0, 303.0, 573.0],
            "share": [0.124, 0.303, 0.573],
        }
    )
    assert "12.4\u202f% of the EU contribution, the next 90 another 30.3\u202f%: the first 100 together 42.7\u202f%" in _reading(table)
    table["share"] = [0.1, 0.3, 0.6]
    assert "10\u202f% of the EU contribution, the next 90 another 30\u202f%: the first 100 together 40\u202f%" in _reading(table)
