"""Limits of whole worlds: where a part of the model is off, exactly what depends on it changes."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from whole import NETWORKING, OTHERS, POLICIES, bits, digest, model_of, years

import innovnet as inn
from innovnet.simulate import Channels, Clusters, Decision, Innovation, Learning, Market, Search
from innovnet.simulate._participation import _state as s

pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")
EUROPE = inn.simulate.population(country="EU", firms=2500, seed=6)
LITHUANIA = inn.simulate.population(country="LT", firms=2000, seed=6)
SUCCESS = ("employees", "productivity", "quality", "innovated", "generation", "birth")
SETTINGS = pytest.mark.parametrize("dense", [False, True])


def success(state):
    """What firms achieve, and who they are; of the flags those of exporting and entering."""
    firms = state.firms
    return digest(*(getattr(firms, name) for name in SUCCESS), firms.flags & (s.EXPORTS | s.EXPORTED | s.EXPORTED_BEFORE | s.ENTERED))


def course(model, population=EUROPE, steps=15, seed=9, of=success):
    """Something of the state in each year."""
    return [of(state) for _, state, _ in years(model, population, steps, seed)]


@pytest.fixture(scope="module")
def settled():
    """A dense world after 12 years."""
    return inn.simulate.run(model_of(dense=True), LITHUANIA, steps=12, seed=1).checkpoint


@pytest.mark.parametrize("without", ["search", "worth"])
def test_no_new_tie(settled, without):
    off = {"search": Search(rate=0.0)} if without == "search" else {"decision": Decision(intercept=-inf), "policies": POLICIES}
    found = inn.simulate.branch(settled, replace(model_of(dense=True), **off), steps=8).summary
    assert (found["ties_new"].iloc[1:] == 0).all()
    assert (np.diff(found["ties"]) < 0).all()
    assert (found["ties"].iloc[:-1].to_numpy() - found["ties_ended"].iloc[1:].to_numpy() == found["ties"].iloc[1:].to_numpy()).all()


def test_a_world_in_which_no_tie_is_worth_it_has_none():
    found = inn.simulate.run(model_of(dense=True, policies=POLICIES), EUROPE, steps=6, seed=2).summary
    assert found["ties"].iloc[-1] > 1000
    none = replace(model_of(dense=True, policies=POLICIES), decision=Decision(intercept=-inf))
    found = inn.simulate.run(none, EUROPE, steps=6, seed=2).summary
    assert not found[["ties", "participation", "clusters", "learned"]].to_numpy().any()
    assert found["units_matchmaking"].iloc[-1] == 5


@SETTINGS
def test_without_absorption_nothing_is_learned(dense):
    model = model_of(dense=dense, learning=Learning(absorption=0.0), policies=POLICIES)
    own = None
    for before, state, seen in years(model, EUROPE, 12, 3):
        own = before.firms.knowledge.copy() if own is None else own
        new = (state.firms.flags & s.ENTERED) > 0
        own[new] = state.firms.knowledge[new]
        assert np.array_equal(state.firms.knowledge, own)
        assert not state.firms.learned.any()
        assert seen["learned"] == 0 < seen["ties"]


@SETTINGS
def test_in_the_null_world_no_instrument_for_networks_touches_success(dense):
    null = {"dense": dense, "network_effect": 0.0}
    without = course(model_of(**null))
    for policies in (*((policy,) for policy in NETWORKING.values()), tuple(NETWORKING.values())):
        assert course(model_of(**null, policies=policies)) == without
    harmless = (replace(OTHERS["projects"], additionality=0.0), replace(OTHERS["groups"], relief=0.0))
    assert course(model_of(**null, policies=(*NETWORKING.values(), *harmless))) == without
    assert course(model_of(**null, policies=tuple(OTHERS.values()))) != without


def test_the_instruments_of_the_null_world_did_touch_its_ties():
    for policy in NETWORKING.values():
        ties = [
            course(model_of(dense=True, network_effect=0.0, policies=policies), of=lambda state: digest(state.ties, state.groups))
            for policies in ((), (policy,))
        ]
        assert ties[0][-1] != ties[1][-1], type(policy).__name__


@SETTINGS
def test_channels_that_are_all_off_are_the_null_world(dense):
    off = Channels(know=0.0, ties=0.0, spill=0.0, time=0.0)
    worlds = [inn.simulate.run(model_of(dense=dense, **groups), EUROPE, steps=10, seed=4) for groups in ({"network_effect": 0.0}, {"channels": off})]
    assert bits(worlds[0]) == bits(worlds[1])


@SETTINGS
def test_instruments_without_money_leave_every_bit(dense):
    nothing = tuple(replace(policy, budget=money) for policy, money in zip(POLICIES, (0, 0.0, 649_999, 1, 7_999, 0), strict=True) if money < policy.unit_cost)
    assert len(nothing) == 5
    late = tuple(replace(policy, start=90, end=99) for policy in POLICIES)
    told = {"population": EUROPE, "steps": 15, "seed": 3, "of": lambda state: digest(replace(state, money=np.zeros(0)))}
    without = course(model_of(dense=dense), **told)
    assert course(model_of(dense=dense, policies=nothing), **told) == without
    assert course(model_of(dense=dense, policies=late), **told) == without


@SETTINGS
def test_without_founding_there_is_no_cluster(dense):
    found = inn.simulate.run(model_of(dense=dense, clusters=Clusters(found=0.0), policies=POLICIES), EUROPE, steps=12, seed=3).summary
    assert not found[["clusters", "cluster_members", "clusters_founded", "ties_new_fellows", "units_facilitation", "units_maturitysupport"]].to_numpy().any()
    assert found["ties"].iloc[-1] > 0


def test_clusters_move_nothing_but_ties():
    """They give partners, and nothing else: where the network has no effect, nothing that firms achieve differs without them."""
    with_them, without = (course(model_of(dense=True, network_effect=0.0, clusters=Clusters(found=found))) for found in (0.1, 0.0))
    assert with_them == without


def test_without_a_jump_productivity_does_not_know_of_innovations():
    """Who innovates searches more, so time given to partners is off as well: it counts in who leaves, and an entrant is another firm."""

    def z(state):
        return digest(state.firms.productivity, state.firms.generation, state.firms.employees)

    def courses(jump):
        groups = {"channels": Channels(time=0.0), "dense": True}
        return [course(model_of(**groups, innovation=Innovation(base=base, jump=jump)), of=z) for base in (0.02, 0.3)]

    rare, often = courses(0.0)
    assert rare == often
    rare, often = courses(0.04)
    assert rare[0] != often[0]


@SETTINGS
def test_the_export_threshold_moves_exporters_and_nothing_else(dense):
    def others(state):
        firms = state.firms._replace(flags=state.firms.flags & np.uint8(s.TAUGHT | s.ENTERED))
        return digest(firms, state.ties, state.groups, state.flows)

    def exporters(state):
        return int((state.firms.flags & s.EXPORTS).astype(bool).sum())

    models = [model_of(dense=dense, market=Market(export_threshold=threshold)) for threshold in (0.8, 1.2)]
    low, high = (course(model, of=others) for model in models)
    assert low == high
    many, few = (course(model, of=exporters) for model in models)
    assert (np.array(many) > np.array(few)).all()


def test_without_selection_reversion_and_exit_shares_stay_as_they_are():
    market = Market(select=0.0, revert=0.0, exit_base=0.0)
    for before, state, seen in years(model_of(dense=True, market=market), EUROPE, 10, 3):
        assert state.firms.employees == pytest.approx(before.firms.employees, rel=1e-6)
        assert seen["survival"] == 1
        assert not state.firms.generation.any()
