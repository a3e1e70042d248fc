from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._mixing import TABLE, TOO_FEW, _headline, mixing_exhibit, mixing_table
from innovnet.report._mixing_plot import plot_mixing
from innovnet.report._worlds import random_worlds


@pytest.fixture(scope="module")
def example():
    return measure(inn.example(actors=400, seed=1), runs=4, progress=False)


@pytest.fixture(scope="module")
def worlds(example):
    return random_worlds(example)


def square(partition: str, names: str, own: dict[str, float], other: float = 0.8) -> pd.DataFrame:
    rows = [(partition, g, h, 10.0, 10.0, own[g] if g == h else other, 1 / len(names)) for k, g in enumerate(names.split()) for h in names.split()[: k + 1]]
    return pd.DataFrame(rows, columns=TABLE)


def test_types_are_held_against_the_product_of_shares(example, worlds):
    table = mixing_table(example, worlds)
    types = table[table["partition"] == "type"]
    ratio = inn.metrics.mixing_matrix(example.network, groups="type", weighted=True, counting="ends", cells="ratio", missing="drop")
    work = inn.metrics.mixing_matrix(example.network, groups="type", weighted=True, counting="ends", missing="drop")
    for row in types.to_dict("records"):
        assert row["joint_work"] == pytest.approx(work.loc[row["group"], row["partner_group"]])
        if row["expected"] >= 5:
            assert row["ratio"] == pytest.approx(ratio.loc[row["group"], row["partner_group"]])
        else:
            assert np.isnan(row["ratio"])
    assert types["group_share"].drop_duplicates().is_monotonic_decreasing
    assert len(types) == len(set(types["group"])) * (len(set(types["group"])) + 1) / 2


def test_fields_are_held_against_shares_and_random_worlds(example, worlds):
    table = mixing_table(example, worlds)
    fields = table[table["partition"] == "field"]
    expected = inn.metrics.mixing_matrix(example.network, groups="field", weighted=True, counting="ends", cells="expected", missing="drop")
    for row in fields.to_dict("records"):
        pair = (row["group"], row["partner_group"])
        assert row["expected"] == pytest.approx(expected.loc[pair] * worlds.excess["field"].loc[pair])
    own = fields["group"] == fields["partner_group"]
    assert (fields.loc[own, "expected"] > [expected.loc[g, g] for g in fields.loc[own, "group"]]).mean() > 0.5  # the product alone overstates the diagonal
    assert "field" not in set(mixing_table(example, None)["partition"])


def test_a_country_has_its_groups_as_rows(example, check_drawing):
    country = example.actors["country"].value_counts().index[0]
    programme = replace(example, country=country)
    table = mixing_table(programme, random_worlds(programme))
    types = table[table["partition"] == "type"]
    matrix, kind = example.network.adjacency(), example.actors["type"]
    for row in types.to_dict("records"):
        home = np.flatnonzero(programme.scope & (kind == row["group"]).to_numpy())
        others = np.flatnonzero((kind == row["partner_group"]).to_numpy())
        assert row["joint_work"] == pytest.approx(matrix[home][:, others].sum())
    assert len(types) == types["group"].nunique() * types["partner_group"].nunique()
    assert types["joint_work"].sum() == pytest.approx(types["expected"].sum())


@pytest.mark.parametrize(
    ("own", "headline"),
    [
        ({"firm": 1.3, "public": 1.1, "other": 2.0}, "Like works with like, by type of organisation"),
        ({"firm": 1.3, "public": 1.04, "other": 2.0}, "2 of 3 types of organisation favour their own kind"),
        ({"firm": 1.3, "public": 0.9, "other": 1.0}, "1 of 3 types of organisation favours its own kind"),
        ({"firm": 1.0, "public": 0.9, "other": 1.0}, "No type of organisation favours its own kind"),
    ],
)
def test_headline_follows_the_diagonal(own, headline):
    table = square("type", " ".join(own), own)
    assert _headline(table, "") == headline
    more = table[(table["group"] == table["partner_group"])]["ratio"].round(1) > 1
    assert headline.startswith({3: "Like", 0: "No"}.get(int(more.sum()), str(more.sum())))


def test_headline_of_both_partitions():
    types = square("type", "firm public other", {"firm": 1.3, "public": 1.1, "other": 2.0})
    fields = square("field", "a b c", {"a": 1.3, "b": 1.1, "c": 2.0})
    assert _headline(pd.concat([types, fields]), "") == "Like works with like, by type of organisation and by science field"
    assert _headline(types, "Lithuania") == "In Lithuania, like works with like, by type of organisation"
    mixed = square("field", "a b c", {"a": 0.3, "b": 1.1, "c": 2.0})
    assert _headline(pd.concat([types, mixed]), "") == "Like works with like, by type of organisation"
    assert len(_headline(pd.concat([types, fields]), "Bosnia and Herzegovina")) <= 75


def test_whole_programme(example, worlds, check_drawing):
    exhibit = mixing_exhibit(example, worlds)
    texts = check_drawing(exhibit)
    assert "By type of organisation" in texts[352]
    assert "By science field" in texts[960]
    (finding,) = exhibit.findings
    table = exhibit.tables["mixing"]
    pair = table[(table["group"] != table["partner_group"]) & table["group"].isin(["firm", "university"]) & table["partner_group"].isin(["firm", "university"])]
    assert finding.value == f"{pair['ratio'].iloc[0]:.2f}×"
    assert "4\u00a0random worlds" in exhibit.caption
    assert "Fields are not shown" in mixing_exhibit(example, None).caption


@pytest.mark.parametrize("country", ["LT", "DE"])
def test_countries_draw(make, country, check_drawing):
    programme = make(300, 400, country=country)
    exhibit = mixing_exhibit(programme, random_worlds(programme))
    assert f"rows: in {programme.place}" in check_drawing(exhibit)[960]


@pytest.mark.parametrize(("actors", "events"), [(0, 0), (1, 1), (8, 10), (12, 12)])
def test_too_few(make, actors, events):
    programme = make(actors, events)
    exhibit = mixing_exhibit(programme, random_worlds(programme))
    assert (exhibit.draw, exhibit.headline) == (None, TOO_FEW)
    assert exhibit.prose


def test_one_type_only(make):
    programme = make(100, 150)
    actors = programme.affiliation.actors.assign(type="firm")
    one = inn.Affiliation.from_frame(programme.affiliation.participations, actor="actor", event="event", actors=actors)
    exhibit = mixing_exhibit(measure(one, progress=False))
    assert (exhibit.draw, exhibit.headline) == (None, TOO_FEW)


def test_two_types_are_one_sentence(make):
    programme = make(100, 150)
    actors = programme.affiliation.actors
    actors["type"] = np.where(np.arange(100) % 2, "firm", "university")
    two = inn.Affiliation.from_frame(programme.affiliation.participations, actor="actor", event="event", actors=actors)
    exhibit = mixing_exhibit(measure(two, progress=False))
    assert exhibit.draw is None
    ratio = exhibit.tables["mixing"].query("group != partner_group")["ratio"].iloc[0]
    assert f"is {ratio:.2f} times what their shares alone would give" in exhibit.prose


def test_missing_types(make):
    programme = make(60, 60, drop=("type",))
    assert mixing_exhibit(programme, random_worlds(programme)).draw is None


def test_hostile_groups(hostile):
    names = [h for h in hostile if len(h) < 30]
    own = dict.fromkeys(names, 1.2)
    rows = [("field", g, h, 9.0, 9.0, own[g], 0.2) for k, g in enumerate(names) for h in names[: k + 1]]
    figure = plot_mixing(pd.DataFrame(rows, columns=TABLE)).figure
    texts = "\n".join(text.get_text() for text in figure.axes[0].texts)
    assert "東京大学" in texts
    assert r"Cash$ \frac{1}{2} $x$".replace(" ", "") in texts.replace("\n", "").replace(" ", "")
