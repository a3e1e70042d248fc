import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cluster_worlds import decision, small_world, year

import innovnet as inn
from innovnet.clusters import load_rules
from innovnet.clusters._assess import findings
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._sheets import SHEETS
from innovnet.clusters._snapshot import snapshot_of
from innovnet.errors import DataError
from innovnet.simulate._participation._maturity import maturity, planned
from innovnet.simulate._participation._register import register_of

RULES = [load_rules(name) for name in ("lithuania", "generic", "ecei")]


def assessed(register, rules, at):
    return findings(snapshot_of(register, cooperation_of(register, None), pd.Timestamp(at, 12, 31), rules.settings), rules).decision


def same(state, register, rules, at):
    found = assessed(register, rules, at)
    for ours, theirs in zip(decision(state, rules, at), found, strict=True):
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)
    assert np.array_equal(maturity(state, planned(rules), at), found.high if rules.settings.missing == "met" else found.low)


def with_staff(rules):
    """Rules that ask for SMEs as well, and for what only their owners tell."""
    more = replace(rules.criteria[0], id="E2", indicator="members_sme", threshold=4.0)
    return replace(rules, criteria=(*rules.criteria, more))


def population(owners=False, **request):
    people = inn.simulate.population(seed=2, **request)
    if not owners:
        return people
    rng = np.random.default_rng(0)
    n = people.n_actors
    owner = pd.Series(np.where(rng.random(n) < 0.4, rng.integers(0, 30, n), -1), index=people.actors.index)
    return inn.Network.from_frames(
        people.actors.assign(owner=owner.map(lambda k: f"group {k}" if k >= 0 else None).astype("str")), pd.DataFrame({"source": [], "target": []})
    )


WORLDS = {
    "default": (inn.simulate.Participation(), {"country": "LT", "firms": 6000}, range(4, 29, 4)),
    "dense": (inn.simulate.Participation.dense(), {"country": "EU", "firms": 900}, (1, 2, 3, 4, 6, 9, 13)),
    "owners": (inn.simulate.Participation.dense(clusters=inn.simulate.Clusters(found=0.4)), {"country": "LT", "firms": 400, "owners": True}, (2, 4, 7, 11)),
}


@pytest.mark.parametrize("name", WORLDS)
def test_the_exported_register_has_the_levels_of_the_model(name):
    model, request, years = WORLDS[name]
    people = population(**request)
    trajectory = inn.simulate.run(model, people, steps=years[0], seed=5)
    reached = set()
    for before, now in zip(years, [*years[1:], None], strict=True):
        state = trajectory.checkpoint.state
        register = register_of(people, state, model._rules, 2000 + before)
        for rules in (*RULES, with_staff(RULES[0])):
            if len(state.groups.number):
                same(state, register, rules, 2000 + before)
        assert state.levels.tolist() == (decision(state, RULES[0]).low.tolist() if len(state.groups.number) else [])
        reached |= set(state.levels.tolist())
        if now is not None:
            trajectory = inn.simulate.branch(trajectory.checkpoint, model, steps=now - before)
    assert {1, 2} < reached | {0}
    assert max(reached) >= 3


@pytest.mark.parametrize("seed", range(3))
def test_levels_agree_where_ties_and_firms_come_and_go_at_random(seed):
    people = inn.simulate.population(country="LT", firms=150, seed=seed, bodies=6)
    state, p = small_world(seed)
    for step in range(1, 16):
        year(state, p, step, seed)
        register = register_of(people, state, RULES[0], 1990 + step)
        for rules in (RULES[0], with_staff(RULES[1])):
            if len(state.groups.number):
                same(state, register, rules, 1990 + step)


@pytest.fixture(scope="module")
def run():
    return inn.simulate.run(inn.simulate.Participation.dense(), inn.simulate.population(country="LT", firms=300, seed=1), steps=8, seed=1)


def test_a_register_of_a_run_is_assessed_and_monitored(run):
    register = inn.simulate.register(run, year=2025)
    levels = inn.clusters.assess(register, rules="lithuania", at=2025).levels
    assert levels["rank_low"].tolist() == run.checkpoint.state.levels.tolist()
    assert levels["completeness"].min() == 1.0
    assert inn.simulate.register(run).clusters["founded"].dt.year.between(2001, 2008).all()
    followed = inn.clusters.monitor(register, rules="lithuania", years=[2025])
    assert followed.assessments[2025].levels["rank_low"].tolist() == levels["rank_low"].tolist()


def test_what_is_exported_passes_the_checks_of_any_register(run):
    register = inn.simulate.register(run, year=2025)
    tables = {name: getattr(register, name) for name in SHEETS}
    with warnings.catch_warnings(action="ignore"):  # what deserves a look is no fault
        again = inn.clusters.Register.from_frames(**tables)
    for name in ("clusters", "membership", "cooperation", "member_facts", "funding", "population"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(register, name))


def test_numbers_of_the_population_are_those_of_the_state(run):
    state, register = run.checkpoint.state, inn.simulate.register(run)
    assert register.population["firms"].sum() == (state.places.sector < state.places.sectors).sum()
    assert register.quality["action"].eq("assumption").all()


def test_a_member_without_any_tie_of_late_is_known_to_have_none(run):
    from innovnet.simulate._participation._state import no_past  # noqa: PLC0415
    from innovnet.simulate._state import copied  # noqa: PLC0415

    state = copied(run.checkpoint.state)
    state.ties.channel[:] |= 128
    state.past = no_past(len(state.firms.flags))
    register = register_of(run.checkpoint.population, state, RULES[0], 2008)
    same(state, register, RULES[0], 2008)
    assert (assessed(register, RULES[0], 2008).met >= 0).all()


def test_a_world_without_clusters_has_an_empty_register():
    world = inn.simulate.run(inn.simulate.Participation(), inn.simulate.population(country="LT", firms=40, seed=1), steps=1, seed=1)
    register = inn.simulate.register(world)
    assert register.n_clusters == 0
    assert len(register.population) > 0


def test_what_is_no_run_of_clusters_is_refused(run):
    with pytest.raises(DataError, match=r"register\(\)"):
        inn.simulate.register(inn.toy())
    barter = inn.simulate.run(inn.simulate.Barter(experts=1), inn.toy().project(), steps=1, seed=1)
    with pytest.raises(DataError, match="a run of Barter has no clusters"):
        inn.simulate.register(barter)
    with pytest.raises(DataError, match="beyond 2200"):
        inn.simulate.register(run, year=2300)
    with pytest.raises(DataError, match="year"):
        inn.simulate.register(run, year=1)
