"""Pairs of worlds: with the same draws they differ by a policy and what follows from it; what each instrument is for, and that it fades."""

from itertools import pairwise

import pytest
from whole import model_of

import innovnet as inn
from innovnet.simulate import ExportGroup, Facilitation, Internationalisation, Matchmaking, MaturitySupport, ProjectSubsidy

YEARS = 20
EVENT = (Matchmaking(budget=15_000, start=1, end=1, participants=20),)


def gains(dense, runs):
    """How many times larger the variance of a difference is without pairing: in the last year, and summed over the years."""
    people = inn.simulate.population(country="LT", firms=2000, seed=1)
    without = model_of(dense=dense)
    start = inn.simulate.run(without, people, steps=30, seed=1).checkpoint
    found = inn.simulate.compare(without, model_of(dense=dense, policies=EVENT), start, steps=YEARS, runs=runs, seed=1, outcomes=())
    return found.effects.loc["alternative"].xs(YEARS, level="year")["gain"], found.sums.loc["alternative", "gain"]


def test_pairing_gains_tenfold_in_the_default():
    last, summed = gains(dense=False, runs=30)
    for outcome in ("ties", "participation", "innovations", "exporters", "cluster_members"):
        assert min(last[outcome], summed[outcome]) > 100, outcome


def test_pairing_gains_in_the_dense_setting():
    """What an event changes spreads: ties in the last year are about ten times less certain without pairing, members of clusters about three times."""
    last, summed = gains(dense=True, runs=24)
    for outcome, in_last, in_sum in (("ties", 5, 20), ("participation", 5, 20), ("innovations", 30, 80), ("exporters", 10, 80), ("cluster_members", 1.5, 5)):
        assert last[outcome] > in_last, outcome
        assert summed[outcome] > in_sum, outcome


MONEY = {"start": 1, "end": 4}
PURPOSES = {  # instrument, what it is for, whether this fades once the money ends
    "matchmaking": (Matchmaking(budget=300_000, **MONEY), "ties", True),
    "facilitation": (Facilitation(budget=2_000_000, **MONEY), "cluster_members", False),
    "maturity": (MaturitySupport(budget=2_000_000, **MONEY), "cluster_members", False),
    "projects": (ProjectSubsidy(budget=2_000_000, **MONEY), "innovations", False),
    "abroad": (Internationalisation(budget=800_000, **MONEY), "cross_border_ties", True),
    "export": (ExportGroup(budget=1_800_000, **MONEY), "exporters", True),
}
OF_CLUSTERS = ("facilitation", "maturity")


def compared_in(people, dense, names, steps, runs):
    """Instruments against none in an economy that has settled."""
    model = model_of(dense=dense)
    start = inn.simulate.run(model, people, steps=20, seed=3).checkpoint
    return inn.simulate.compare(model, {name: model_of(dense=dense, policies=PURPOSES[name][0]) for name in names}, start, steps=steps, runs=runs, seed=3)


@pytest.fixture(scope="module")
def compared():
    """In an economy of 27 countries; instruments for clusters in a small dense one, which has many."""
    europe, lithuania = (inn.simulate.population(country=country, firms=firms, seed=3) for country, firms in (("EU", 8000), ("LT", 1500)))
    wide = compared_in(europe, False, [name for name in PURPOSES if name not in OF_CLUSTERS], 10, 12)
    return {"wide": wide, "clusters": compared_in(lithuania, True, OF_CLUSTERS, 5, 10)}


@pytest.mark.parametrize("name", PURPOSES)
def test_an_instrument_adds_what_it_is_for_and_ties_fade(compared, name):
    _, outcome, fades = PURPOSES[name]
    found = compared["clusters" if name in OF_CLUSTERS else "wide"]
    effect = found.effects.loc[name].loc[outcome]
    assert found.sums.loc[(name, outcome), "low"] > 0, effect[["difference", "low"]]
    if fades:
        assert effect.loc[4, "low"] > 0
        assert effect.loc[10, "difference"] < 0.75 * effect.loc[4, "difference"]


def test_export_groups_change_no_tie(compared):
    for outcome in ("ties", "participation", "innovations", "cluster_members", "survival"):
        assert (compared["wide"].effects.loc["export"].loc[outcome, "difference"] == 0).all()


def test_more_money_reaches_the_same_firms_and_more():
    """In the first year of a whole world: who is reached with less is reached with more."""
    people = inn.simulate.population(country="EU", firms=6000, seed=3)
    start = inn.simulate.run(model_of(dense=True), people, steps=8, seed=3).checkpoint
    for policy, _, _ in PURPOSES.values():
        reached, units = [], []
        for number in (0, 1, 3, 9):
            model = model_of(dense=True, policies=type(policy)(budget=number * policy.unit_cost, start=1, end=1))
            year = inn.simulate.branch(start, model, steps=1)
            reached.append(set(model.actors(people, year.checkpoint.state)["treated"].nonzero()[0].tolist()))
            units.append(year.summary.filter(like="units_").iloc[-1, 0])
        assert units == [0, 1, 3, 9]
        assert all(less < more for less, more in pairwise(reached)), type(policy).__name__
