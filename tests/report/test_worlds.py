import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.graph._tables import freeze
from innovnet.metrics._joint_work import by_shares, joint_work, outward_work, partners_again
from innovnet.metrics._samples import sample
from innovnet.report import _worlds
from innovnet.report._measure import Programme, measure
from innovnet.report._worlds import codes_of, no_worlds, random_worlds


def programme(affiliation: inn.Affiliation, country: str | None = None, runs: int = 5) -> Programme:
    return measure(affiliation, country=country, runs=runs, progress=False)


@pytest.fixture(scope="module")
def example() -> inn.Affiliation:
    return inn.example(actors=120, seed=3)


@pytest.fixture(scope="module")
def worlds(example):
    return random_worlds(programme(example))


members = st.lists(st.sets(st.integers(0, 8), max_size=5), min_size=1, max_size=8)
groups = st.lists(st.sampled_from(["x", "y", "z", None]), min_size=9, max_size=9)


def made(teams, labels) -> inn.Affiliation:
    rows = pd.DataFrame([(f"a{i}", f"p{p}") for p, team in enumerate(teams) for i in team], columns=["actor", "event"])
    actors = pd.DataFrame({"country": pd.Series(labels, dtype="str")}).set_index(pd.Index([f"a{i}" for i in range(9)], name="actor"))
    events = pd.DataFrame(index=pd.Index([f"p{p}" for p in range(len(teams))], name="event"))
    return inn.Affiliation.from_frame(rows.astype("str"), actor="actor", event="event", actors=actors, events=events)


@settings(deadline=None, max_examples=60)
@given(teams=members, labels=groups)
def test_work_with_other_groups_is_that_of_the_indicators(teams, labels):
    affiliation = made(teams, labels)
    codes, names = codes_of(programme(affiliation), "country")
    sizes = np.diff(affiliation.memberships.actor_ptr)
    value = np.where(sizes > 1, 1 / np.maximum(sizes - 1, 1), 0.0)
    links = affiliation.memberships
    outward, total = outward_work(links.actor_ptr, links.actors, *freeze(value, codes[np.newaxis], np.array([len(names)], dtype=np.int64)))
    network = affiliation.project("newman")
    if network.n_ties and pd.Series(labels).notna().any():
        index = inn.metrics.e_i_index(network, groups="country", weighted=True, missing="drop")
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(outward[0] / total[0], (1 + index.to_numpy()) / 2, atol=1e-12)
    work = joint_work(affiliation, codes, len(names), np.ones(9, dtype=bool))
    assert work.sum() == pytest.approx(total.sum())
    if pd.Series(labels).notna().any():
        matrix = inn.metrics.mixing_matrix(network, groups="country", weighted=True, counting="ends", missing="drop")
        np.testing.assert_allclose(work, matrix.to_numpy(), atol=1e-12)
        ratio = inn.metrics.mixing_matrix(network, groups="country", weighted=True, counting="ends", cells="ratio", missing="drop").to_numpy()
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(work / by_shares(work), ratio, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(teams=members, scope=st.lists(st.booleans(), min_size=9, max_size=9))
def test_joint_work_of_a_scope_by_hand(teams, scope):
    affiliation = made(teams, ["x", "y", "z"] * 3)
    codes, names = codes_of(programme(affiliation), "country")
    wanted = np.zeros((3, 3))
    for team in teams:
        for i, j in itertools.permutations(team, 2):
            wanted[i % 3, j % 3] += scope[i] / (len(team) - 1)
    np.testing.assert_allclose(joint_work(affiliation, codes, len(names), np.array(scope)), wanted, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(teams=members)
def test_partners_that_meet_again(teams):
    counts = made(teams, ["x"] * 9).project("count").adjacency()
    partners, again = partners_again(*made(teams, ["x"] * 9).memberships)
    np.testing.assert_array_equal(partners, np.diff(counts.indptr))
    np.testing.assert_array_equal(again, np.asarray((counts > 1).sum(axis=1)).ravel())


def test_what_is_observed_and_what_a_world_shows(example, worlds):
    measured = programme(example)
    network, actors = measured.network, measured.actors
    many = (actors["participations"] >= 10).to_numpy()
    for name in ("country", "region", "type", "field"):
        index = inn.metrics.e_i_index(network, groups=name, weighted=True, missing="drop")
        assert worlds.active.loc[name, "observed"].to_numpy() == pytest.approx(((1 + index) / 2)[many].to_numpy(), nan_ok=True)
        known = network.select(actors=actors[name].notna())
        outside = inn.metrics.e_i_summary(known, groups=known.actors[name], weighted=True)
        assert worlds.shares.loc[("reported", name), "observed"] == pytest.approx((1 + outside["e_i"]) / 2)
    for model, within in (("programme", None), ("part", "part")):
        found = [sample(example, seed=0, replicate=r, within=within) for r in range(5)]
        for name in ("type", "field"):  # the field as the world has it
            shares = []
            for world in found:
                drawn = world.project("newman")
                drawn = drawn.select(actors=drawn.actors[name].notna())
                shares.append((1 + inn.metrics.e_i_summary(drawn, groups=drawn.actors[name], weighted=True)["e_i"]) / 2)
            row = worlds.shares.loc[("reported", name)]
            assert row[f"expected_{model}"] == pytest.approx(np.mean(shares))
            assert (row[f"low_{model}"], row[f"high_{model}"]) == pytest.approx((min(shares), max(shares)))


def test_fields_are_derived_anew_in_every_world(example, worlds):
    world = sample(example, seed=0, replicate=0)
    fixed = world.project("newman")
    fixed = fixed.select(actors=example.actors["field"].notna())
    held = (1 + inn.metrics.e_i_summary(fixed, groups=example.actors["field"], weighted=True)["e_i"]) / 2
    assert held > worlds.shares.loc[("reported", "field"), "high_programme"] + 0.02  # holding them fixed would find too much


def test_excess_of_derived_groups(example, worlds):
    labels = worlds.excess["field"].index
    works = []
    for r in range(5):
        world = sample(example, seed=0, replicate=r, within="part")
        codes = labels.get_indexer(world.actors["field"])
        works.append(joint_work(world, np.where(codes < 0, len(labels), codes).astype(np.uint32), len(labels), np.ones(example.n_actors, dtype=bool)))
    with np.errstate(invalid="ignore"):
        wanted = sum(works) / sum(by_shares(work) for work in works)
    np.testing.assert_allclose(worlds.excess["field"].to_numpy(), wanted)
    assert list(worlds.excess) == ["field"]


def test_same_worlds_in_any_number_of_threads(example, worlds, monkeypatch):
    for threads in ("1", "3"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        again = random_worlds(programme(example))
        pd.testing.assert_frame_equal(again.shares, worlds.shares, check_exact=True)
        pd.testing.assert_frame_equal(again.active, worlds.active, check_exact=True)


def test_a_country_is_selected_from_worlds_of_the_whole_programme(example, worlds):
    country = example.actors["country"].value_counts().index[0]
    inside = random_worlds(programme(example, country))
    pd.testing.assert_frame_equal(inside.shares.loc[["programme"]].droplevel("scope"), worlds.shares.loc[["reported"]].droplevel("scope"), check_exact=True)
    measured = programme(example, country)
    codes, names = codes_of(measured, "country")
    work = joint_work(example, codes, len(names), measured.scope)
    assert inside.shares.loc[("reported", "country"), "observed"] == pytest.approx(1 - work[names.get_loc(country), names.get_loc(country)] / work.sum())


def test_p_values_reach_no_further_than_the_runs(worlds):
    assert (worlds.shares["p_part"].dropna() >= 2 / 6 - 1e-12).all()
    assert worlds.floor == "with 5 runs no p-value (two-sided) is below 2/6"
    assert worlds.interval == "range of 5\u00a0random worlds"


def test_the_middle_95_percent_from_40_runs_on():
    samples = np.arange(39.0)[:, np.newaxis]
    assert [float(v[0]) for v in _worlds._summary(samples)] == [19.0, 0.0, 38.0]
    samples = np.arange(40.0)[:, np.newaxis]
    assert [float(v[0]) for v in _worlds._summary(samples)] == pytest.approx([19.5, 0.975, 38.025])
    toy = random_worlds(programme(inn.toy(), runs=40))
    assert toy.interval == "95 % of 40 random worlds"


def test_runs_without_a_value_do_not_count():
    samples = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])
    np.testing.assert_array_equal(_worlds._summary(samples), [[2, 5, np.nan], [1, 5, np.nan], [3, 5, np.nan]])


def test_parts_need_room_for_exchanges():
    toy = inn.toy()
    assert random_worlds(programme(toy)).models == ("programme",)
    events = toy.events.assign(part=["A"] * 5 + ["B"] * 5)
    split = inn.Affiliation.from_frame(toy.participations, actor="actor", event="event", actors=toy.actors, events=events)
    found = random_worlds(programme(split))
    assert found.models == ("programme", "part")
    assert found.quoted == "part"
    events = toy.events.assign(part=list("AABBCCDDEE"))
    narrow = inn.Affiliation.from_frame(toy.participations, actor="actor", event="event", actors=toy.actors, events=events)
    assert random_worlds(programme(narrow)).models == ("programme",)


def test_why_there_is_no_comparison(example):
    toy = inn.toy()
    few = programme(toy.select(actors=toy.actors.index < "l"))
    assert no_worlds(few) == "11\u00a0organisations: too few for a comparison with chance, which takes 12."
    assert random_worlds(few) is None
    none = programme(toy.select(events=toy.events.index.isin(["P1", "P2", "P8"])))
    assert "two or more members: 2." in no_worlds(none)
    assert "asked for" in no_worlds(programme(toy, runs=0))
    country = example.actors["country"].value_counts().index[0]
    inside = example.actors["country"] == country
    with_member = np.asarray(example.incidence[np.flatnonzero(inside)].sum(axis=0)).ravel() > 0
    extract = example.select(events=with_member)
    assert no_worlds(programme(extract)).startswith("Nothing is compared with chance here: every project of these data has a member in")
    assert random_worlds(programme(extract)) is None
    assert no_worlds(programme(example)) == ""


@pytest.fixture(scope="module")
def whole(horizon):
    return measure(horizon, runs=6, progress=False)


def test_horizon_europe(whole):
    worlds = random_worlds(whole).shares
    found = worlds.loc["reported"]
    wanted = {"country": (0.860, 0.941, 0.938), "region": (0.942, 0.988, 0.987), "type": (0.636, 0.732, 0.688)}
    for name, values in wanted.items():
        assert found.loc[name, ["observed", "expected_programme", "expected_part"]].to_list() == pytest.approx(values, abs=0.001)
    active = worlds.loc[("active", "field")]
    assert active["observed"] > active["high_part"]


def test_the_border_of_a_small_country_is_crossed_less_than_by_chance(whole):
    # shuffled inside the projects with a Lithuanian member chance gives 92.9 %, and the sign would turn
    row = random_worlds(replace(whole, country="LT")).shares.loc[("reported", "country")]
    assert row["observed"] == pytest.approx(0.944, abs=0.001)
    assert 0.985 < row["low_part"] <= row["high_part"] < 0.998


def test_a_country_of_isolates_has_no_share():
    toy = inn.toy()
    actors = toy.actors.assign(country=["FR" if actor == "l" else "LT" if actor < "e" else "LV" for actor in toy.actors.index])
    lonely = inn.Affiliation.from_frame(toy.participations, actor="actor", event="event", actors=actors)
    found = random_worlds(programme(lonely, "FR"))
    assert found.shares.loc["reported", ["observed", "p_programme"]].isna().all().all()
    assert found.shares.loc["programme", "observed"].notna().all()
