from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import squareform

import innovnet as inn
from innovnet.report._flows import _activity, _headline, flows_exhibit, flows_table, seriation
from innovnet.report._flows_country import ALL, UNKNOWN, country_flows_table, drawn
from innovnet.report._flows_country_plot import shade_edges
from innovnet.report._measure import measure


@pytest.fixture(scope="module")
def example():
    return measure(inn.example(actors=400, seed=1), progress=False)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(1, 50), min_size=4, max_size=7), st.integers(0, 1000))
def test_expected_work_has_the_totals_of_the_observed(sizes, seed):
    n = len(sizes)
    work = squareform(np.random.default_rng(seed).uniform(0.5, 5, n * (n - 1) // 2))
    x = _activity(work.sum(axis=1))
    expected = np.outer(x, x)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(expected.sum(axis=1), work.sum(axis=1), rtol=1e-6)


def test_independent_work_has_ratio_one():
    x = np.array([4.0, 3.0, 2.0, 1.5, 1.0])
    work = np.outer(x, x)
    np.fill_diagonal(work, 0)
    np.testing.assert_allclose(_activity(work.sum(axis=1)), x, rtol=1e-6)


def test_pairs_are_those_of_the_network(example):
    flows = flows_table(example)
    work = inn.metrics.mixing_matrix(example.network, groups="country", weighted=True, counting="ends", missing="drop")
    for row in flows.pairs.to_dict("records"):
        assert row["joint_work"] == pytest.approx(work.loc[row["group"], row["partner_group"]])
        assert np.isnan(row["ratio"]) == (row["expected"] < 1)
    for row in flows.groups.to_dict("records"):
        assert row["inside"] == pytest.approx(work.loc[row["group"], row["group"]] / work.loc[row["group"]].sum())
    n = len(flows.groups)
    assert len(flows.pairs) == n * (n - 1) / 2
    assert flows.pairs["ratio"].notna().mean() >= 0.6
    assert flows.pairs["joint_work"].is_monotonic_decreasing


def test_seriation_puts_blocks_together():
    block = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    ratio = np.where(block[:, np.newaxis] == block, 2.5, 0.5)
    order = seriation(ratio)
    assert np.abs(np.diff(block[order])).sum() == 1
    assert order[0] < order[-1]
    assert sorted(order) == list(range(8))
    assert seriation(np.ones((2, 2))).tolist() == [0, 1]


def pairs(*ratios: float) -> pd.DataFrame:
    names = [("Romania", "Bulgaria"), ("Greece", "Cyprus"), ("Spain", "Portugal")]
    return pd.DataFrame([(a, b, r) for (a, b), r in zip(names, ratios, strict=False)], columns=["name", "partner_name", "ratio"])


@pytest.mark.parametrize(
    ("ratios", "headline"),
    [
        ((3.7, 2.0, 1.0), "Romania and Bulgaria work together 3.7× as much as expected"),
        ((1.2, 1.1), "The countries work with each other about as their totals give"),
    ],
)
def test_headline_variants(ratios, headline):
    assert _headline(pairs(*ratios), "countries") == headline


def test_long_names_give_way():
    table = pairs(3.7, 2.0)
    table.loc[0, "name"] = "The Most Serene Republic of a Very Long Name Indeed"
    assert _headline(table, "countries") == "Greece and Cyprus work together 2.0× as much as expected"
    table["name"] = "The Most Serene Republic of a Very Long Name Indeed"
    assert _headline(table, "countries") == "Some countries work together 3.7× as much as expected"


def test_whole_programme(example, check_drawing):
    exhibit = flows_exhibit(example)
    texts = check_drawing(exhibit)
    assert "Joint work inside" in texts[960]
    assert "Closest pairs" in texts[352]
    assert "Farthest apart" in texts[352]
    best = exhibit.tables["flows"].query("expected >= 5").sort_values("ratio").iloc[-1]
    assert best["name"] in exhibit.headline
    assert exhibit.findings[0].value.startswith(f"{best['ratio']:.1f}")


def test_country_counts_projects_by_hand(example):
    country = example.actors["country"].value_counts().index[0]
    programme = replace(example, country=country)
    table = country_flows_table(programme)
    actors, rows = example.actors, example.affiliation.participations
    region = actors["region"].fillna(UNKNOWN).where(programme.scope)
    teams = rows.groupby("event")["actor"].apply(lambda team: sorted(set(team)))
    for row in table[table["projects"] > 0].to_dict("records"):
        count = 0
        for team in teams:
            home = [r for r in region[team].dropna() if row["region"] in (r, ALL)]
            if row["kind"] == "inside":
                count += len(home) >= 2
            elif row["kind"] == "domestic":
                count += bool(home) and (region[team] == row["partner"]).any()
            else:
                count += bool(home) and (actors.loc[team, "country"] == row["partner"]).any()
        assert count == row["projects"], row
    total = table[table["region"] == ALL]
    assert total["projects"].is_monotonic_decreasing
    assert total["projects_of_region"].iloc[0] == teams.map(lambda team: programme.scope[actors.index.get_indexer(team)].any()).sum()


def test_country_report(example, check_drawing):
    country = example.actors["country"].value_counts().index[0]
    programme = replace(example, country=country)
    exhibit = flows_exhibit(programme)
    texts = check_drawing(exhibit)
    assert "Own regions" in texts[960]
    assert f"All of {programme.place}" in texts[352]
    best = exhibit.tables["flows"].query("region == 'all'").iloc[0]
    assert best["partner_name"] in exhibit.headline
    assert str(best["projects"]) in exhibit.headline


def test_few_regions_are_cut_finer(horizon):
    rows = horizon.actors
    inside = (rows["country"] == "LT").fillna(False)
    baltic = horizon.select(actors=rows["country"].isin(["LT", "LV", "EE"]))
    assert inside.any()
    table = country_flows_table(measure(baltic, country="LT", progress=False))
    codes = set(table["region"]) - {ALL, UNKNOWN}
    assert all(len(code) == 5 for code in codes)
    assert "LT011 Vilnius" in set(table["region_name"])
    assert table.loc[table["region"] == UNKNOWN, "region_name"].iloc[0] == "No region code"


def test_many_regions_and_countries_are_cut(check_drawing):
    rows = [(f"R{k:02d}", f"R{k:02d} City", 9, f"R{h:02d}", f"R{h:02d}", "inside" if k == h else "domestic", 1 + k * h) for k in range(25) for h in range(25)]
    rows += [(f"R{k:02d}", f"R{k:02d} City", 9, f"C{h:02d}", f"Country {h}", "abroad", 9) for k in range(25) for h in range(40)]
    rows += [(ALL, "All", 99, f"C{h:02d}", f"Country {h}", "abroad", 5000) for h in range(40)]
    table = pd.DataFrame(rows, columns=["region", "region_name", "projects_of_region", "partner", "partner_name", "kind", "projects"])
    shown = drawn(table)
    assert shown["region"].nunique() == 17
    assert shown.loc[shown["kind"] == "abroad", "partner"].nunique() == 24
    assert set(shown.loc[shown["kind"] != "abroad", "partner"]) == set(shown["region"]) - {ALL}
    for width in (960, 352):
        inn.report.plot_country_flows(shown, width=width)


@pytest.mark.parametrize("country", ["LT", "FR"])
def test_countries_without_regions(make, country, check_drawing):
    exhibit = flows_exhibit(make(60, 60, country=country))
    assert set(exhibit.tables["flows"]["region"]) == {UNKNOWN, ALL}
    check_drawing(exhibit)


def test_country_without_partners_abroad(make):
    base = make(40, 60).affiliation
    actors = base.actors.assign(country="LT")
    home = inn.Affiliation.from_frame(base.participations, actor="actor", event="event", actors=actors)
    exhibit = flows_exhibit(measure(home, country="LT", progress=False))
    assert exhibit.draw is None
    assert "no partner in another country" in exhibit.prose.lower() or exhibit.prose.startswith("No organisation in Lithuania")


@pytest.mark.parametrize(("actors", "events", "drop"), [(0, 0, ()), (1, 1, ()), (3, 2, ()), (60, 60, ("country",))])
def test_too_few(make, actors, events, drop):
    exhibit = flows_exhibit(make(actors, events, drop=drop))
    assert exhibit.draw is None
    assert "takes three of them" in exhibit.prose


@pytest.mark.parametrize("actors", [12, 40, 300])
def test_sizes(make, actors, check_drawing):
    check_drawing(flows_exhibit(make(actors, 2 * actors)))


@pytest.mark.parametrize("most", [1, 2, 7, 49, 326, 2970, 90_000])
def test_shades_cover_the_counts(most):
    edges = shade_edges(most)
    assert edges[0] == 1
    assert len(edges) <= 5
    assert edges == sorted(set(edges))
    assert edges[-1] <= max(most, 1)


def test_no_figure_where_every_ratio_is_uncertain(make):
    exhibit = flows_exhibit(make(60, 8))
    assert exhibit.draw is None
    assert exhibit.headline.startswith("Too little joint work") or exhibit.headline.startswith("Too few")


def test_the_example_to_read_is_a_certain_pair(example):
    exhibit = flows_exhibit(example)
    told = exhibit.tables["flows"]
    named = [row for _, row in told.iterrows() if f"{row['name']} and {row['partner_name']} share".lower() in exhibit.reading.lower().replace("the ", "")]
    assert len(named) == 1
    assert named[0]["expected"] >= 5


def test_countries_with_an_article():
    table = pairs(3.7, 2.0)
    table.loc[0, ["name", "partner_name"]] = ["Netherlands", "Poland"]
    assert _headline(table, "countries") == "The Netherlands and Poland work together 3.7× as much as expected"
