"""Drawings of a cluster's sheet from tables alone: many and few, long and hostile names, files."""

import itertools

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._canvas import drawing
from innovnet.report._cluster_ladder_plot import level_token
from innovnet.report._cluster_network_plot import COUNTRIES, SHOWN, SHOWN_NARROW
from innovnet.report._exhibit import Exhibit

WIDTHS = (960, 560, 372, 352)


def drawn(check_drawing, plot, table, widths=WIDTHS, **others):
    exhibit = Exhibit("part", "looks-like", "-", {}, {}, lead="-", caption="-", alt="-", reading="-", draw=drawing(plot, table, **others))
    return check_drawing(exhibit, widths)


def network(n, ties, countries, names=None, *, seed=0):
    rng = np.random.default_rng(seed)
    ids = [f"o{k}" for k in range(n)]
    pairs = list(itertools.combinations(ids, 2))
    chosen = sorted(pairs[k] for k in rng.choice(len(pairs), ties, replace=False)) if ties else []
    inside = pd.DataFrame([(a, b, int(rng.geometric(0.5))) for a, b in chosen], columns=["source", "target", "joint_events"])
    degree = pd.concat([inside["source"], inside["target"]]).value_counts()
    members = pd.DataFrame(
        {
            "organisation": ids,
            "display": [f"{names[k % len(names)]} {k}" if names else f"Member {k}" for k in range(n)],
            "type": rng.choice(["firm", "institute", "university", "public", "other"], n),
            "foreign": rng.random(n) < 0.1,
            "coordinator": [k == 0 for k in range(n)],
            "ties": [int(degree.get(k, 0)) for k in ids],
        }
    )
    outside = [(f"C{c:02}", 40 - c, o, 1) for c in range(countries) for o in rng.choice(ids, min(n, 3), replace=False)]
    return members, inside, pd.DataFrame(outside, columns=["country", "partners", "organisation", "partners_of_member"])


@pytest.mark.parametrize(("n", "ties", "countries"), [(0, 0, 0), (1, 0, 2), (2, 1, 0), (8, 12, 5), (9, 12, 1), (31, 80, 12), (90, 300, 40)])
def test_networks_of_any_size(check_drawing, n, ties, countries):
    members, inside, outside = network(n, ties, countries)
    pages = drawn(check_drawing, inn.report.plot_cluster_network, members, (960, 560, 352), ties=inside, outside=outside)
    circles = pages[560].count("Member ")
    assert circles <= min(n, SHOWN)
    assert pages[352].count("Member ") <= min(n, SHOWN_NARROW)
    assert sum(f"C{c:02} {40 - c}" in pages[560] for c in range(countries)) == (min(countries, COUNTRIES) if n else 0)


def test_the_closer_the_tie_the_broader_the_line():
    members, inside, outside = network(3, 3, 0)
    inside["joint_events"] = [1, 4, 100]
    axes = inn.report.plot_cluster_network(members, ties=inside, outside=outside, width=560)
    assert sorted(w for many in axes.collections for w in many.get_linewidths()) == [1.5, 3.0, 6.0]
    assert {"1", "100", "joint events"} <= {text.get_text() for text in axes.texts}
    assert inn.report.plot_cluster_network(members, ties=inside, width=560).figure.get_size_inches()[0] * 72 == 560


def test_hostile_and_long_names(check_drawing, hostile):
    members, inside, outside = network(12, 20, 4, hostile)
    pages = drawn(check_drawing, inn.report.plot_cluster_network, members, (560, 352), ties=inside, outside=outside)
    assert "東京大学" in pages[560]


def strips(values, text="not known"):
    table = pd.DataFrame(
        [
            ("members", "Members", text, *values, 90.0, "90"),
            ("own", "Largest part without the coordinator", "20–35\u202f%", np.nan, 0.2, 0.35, 1.0, "100\u202f%"),
        ],
        columns=["indicator", "label", "text", "value", "low", "high", "axis_high", "axis_high_text"],
    )
    rng = np.random.default_rng(1)
    others = pd.DataFrame({"indicator": ["members"] * 60, "value": rng.integers(0, 90, 60).astype(float), "same_level": rng.random(60) < 0.4})
    return table, others


def test_strips_of_many_and_of_none(check_drawing):
    table, others = strips((7.0, 7.0, 7.0), "7")
    drawn(check_drawing, inn.report.plot_cluster_strips, table, others=others)
    drawn(check_drawing, inn.report.plot_cluster_strips, table, others=others.assign(value=7.0))  # all on one place
    drawn(check_drawing, inn.report.plot_cluster_strips, table, others=others.head(0))
    unknown, _others = strips((np.nan, np.nan, np.nan))
    pages = drawn(check_drawing, inn.report.plot_cluster_strips, unknown, others=others)
    assert "not known" in pages[372]


def years(n, first=2021):
    rng = np.random.default_rng(n)
    low = rng.integers(0, 5, n)
    table = pd.DataFrame({"year": range(first, first + n), "rank": low, "rank_low": low, "rank_high": np.minimum(low + rng.integers(0, 2, n), 4)})
    table[["members", "entries", "exits", "ties"]] = rng.integers(0, 150, (n, 4))
    money = [(y, s, 0.2, float(rng.integers(3, 9)) * 1e4) for y in table["year"] for s in ("members", "state", "municipal", "eu", "other")]
    return table, pd.DataFrame(money, columns=["year", "source", "share", "amount_eur"])


@pytest.mark.parametrize("n", [1, 2, 5, 12, 30])
def test_trends_of_any_length(check_drawing, n):
    table, funding = years(n)
    pages = drawn(check_drawing, inn.report.plot_cluster_trend, table, (960, 560, 352), funding=funding)
    assert f"{2020 + n}" in pages[352]
    assert ("2021<" in pages[352]) == (n <= 7)
    assert ("2021<" in pages[560]) == (n <= 12)
    assert ("Money, EUR m" if n >= 12 else "Money, EUR") in pages[560]
    shares = drawn(check_drawing, inn.report.plot_cluster_trend, table, (560,), funding=funding.assign(amount_eur=np.nan))
    assert ("20\u202f%" if n >= 12 else "20\u202f% own") in shares[560]
    assert "Money" not in drawn(check_drawing, inn.report.plot_cluster_trend, table, (560,))[560]


def test_a_year_without_the_cluster_is_a_dash(check_drawing):
    table, funding = years(5)
    numbers = ["rank", "rank_low", "rank_high", "members", "entries", "exits", "ties"]
    table[numbers] = table[numbers].astype("Int64")
    table.loc[:1, numbers] = pd.NA
    pages = drawn(check_drawing, inn.report.plot_cluster_trend, table, (560, 352), funding=funding[funding["year"] > 2022])
    assert pages[560].count(">–<") == 2 * 4 + 2  # two years: two levels, members, ties, and no money


@pytest.mark.parametrize("levels", [1, 2, 4, 6])
def test_ladders_of_any_height(check_drawing, levels):
    states = ["reached", *(["reached"] * (levels // 2)), *(["possible"] * (levels - levels // 2))]
    names = ["not a cluster", *(f"a level of a long name {k}" for k in range(levels))]
    table = pd.DataFrame({"rank": range(levels + 1), "level": names, "local": ["", *["besiformuojantis"] * levels], "state": states})
    marks = [(levels, "published and borrowed criteria alone", "mature", "D"), (levels, "assigned for 2025", "mature, " + "why " * 30, "v")]
    drawn(check_drawing, inn.report.plot_cluster_ladder, table, (960, 352), marks=pd.DataFrame(marks, columns=["rank", "text", "detail", "symbol"]))
    drawn(check_drawing, inn.report.plot_cluster_ladder, table, (960, 352))
    assert len({level_token(rank, levels) for rank in range(levels + 1)}) == min(levels, 4) + 1


def test_plots_from_files(of_twelve, tmp_path):
    parts = of_twelve("K10").parts
    for part in (parts["level"], parts["network"], parts["strips"], parts["trend"]):
        for name, table in part.tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)

    def read(name):
        return pd.read_csv(tmp_path / f"{name}.csv", keep_default_na=name not in {"level", "outside"}, na_values=[])

    assert "Money: the same shares in each year entered" in parts["trend"].caption  # so they are not drawn
    made = {
        "level": inn.report.plot_cluster_ladder(read("level"), marks=read("level_marks"), width=352),
        "network": inn.report.plot_cluster_network(read("members"), ties=read("ties"), outside=read("outside"), width=352),
        "strips": inn.report.plot_cluster_strips(read("strips"), others=read("strips_others"), width=352),
        "trend": inn.report.plot_cluster_trend(read("trend"), funding=read("funding").head(0), width=352),
    }
    for key, axes in made.items():
        assert axes.figure.get_size_inches().tolist() == parts[key].draw(352).get_size_inches().tolist(), key
