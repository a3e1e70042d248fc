"""Populations, policies and parameters as a stranger may give them."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet import simulate as s
from innovnet.errors import DataError, DataWarning

N = 30
RING = pd.DataFrame({"source": np.arange(N), "target": (np.arange(N) + 1) % N})
NONE = RING.iloc[:0]


def actors(n=N, bodies=2, **columns):
    table = {
        "actor": np.arange(n),
        "type": ["firm"] * (n - bodies) + ["institute"] * bodies,
        "employees": 3.0 + np.arange(n) % 40,
        "sector": [["C", "J", "M"][i % 3] for i in range(n - bodies)] + [None] * bodies,
        "region": [["LT011", "LT021"][i % 2] for i in range(n)],
        "country": "LT",
        "lat": 55.0,
        "lon": 24.0,
    }
    return pd.DataFrame(table | columns).dropna(axis="columns", how="all")


def world(table=None, ties=NONE, directed=False):
    return inn.Network.from_frames(actors() if table is None else table, ties, directed=directed)


def of_one(value, n=N):
    return [value, *([3.0] * (n - 1))]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (actors(employees=None), "lacks the columns employees"),
        (actors(employees=["5"] * N), "population's employees are no numbers"),
        (actors(employees=True), "population's employees are no numbers"),
        (actors(employees=of_one(0.0)), "1 with no number of employees from 1"),
        (actors(employees=of_one(np.nan)), "1 with no number of employees from 1"),
        (actors(employees=of_one(1e39)), "1 with no number of employees from 1"),
        (actors(region=[None, *["LT011"] * (N - 1)]), "1 with no region"),
        (actors(country=["LV", *["LT"] * (N - 1)]), "another country than most of its region"),
        (actors(type="university"), "the population has no firms"),
        (actors(type="Firm"), "30 with a type that is none"),
        (actors(lat=of_one(91.0)), "no lat within 90 degrees"),
        (actors(age="x"), "population's age are no numbers"),
        (actors(age=of_one(-5.0)), "1 with no age in years"),
        (actors(age=of_one(np.inf)), "1 with no age in years"),
        (actors(high_value="no"), "neither True nor False"),
        (actors(600, sector=[f"S{i % 256}" for i in range(600)]), "has 256 sectors, and a simulation takes up to 255"),
        (actors(5001, region=[f"R{i}" for i in range(5001)]), "has 5,001 regions, and a simulation takes up to 5,000"),
    ],
)
def test_populations_that_cannot_be_simulated(table, words):
    with pytest.raises(DataError, match=re.escape(words)):
        s.run(s.Participation(), world(table), steps=1, seed=1)


@pytest.mark.parametrize(
    ("ties", "directed", "words"),
    [
        (RING.assign(start="2020"), False, "'start' holds str, not numbers"),
        (RING.assign(start=pd.Timestamp("2020-01-01")), False, "'start' holds datetime64"),
        (RING.assign(start=2020), False, "30 ties start after year 0 (2020)"),
        (RING, True, "inn.symmetrize(network)"),
    ],
)
def test_ties_that_cannot_be_simulated(ties, directed, words):
    with pytest.raises(DataError, match=re.escape(words)):
        s.run(s.Participation(), world(ties=ties, directed=directed), steps=1, seed=1)


@pytest.mark.parametrize(
    "table",
    [
        actors(1, bodies=0),
        actors(2, bodies=1),
        actors(bodies=0),
        actors(region="R"),
        actors(255 * 2 + 2, sector=[f"S{i % 255}" for i in range(510)] + [None] * 2),
        actors(employees=1e9),
        actors(actor=[f"firm {i}" for i in range(N)]),
        actors(age=[*[None] * 5, *[3.0] * 25], high_value=[True, None] * 15, owner=["a", None] * 15),
        actors(sector=pd.Categorical(["C"] * N, categories=["A", "C", "Z"]), region=pd.Categorical(["R"] * N, categories=["R", "unused"])),
        actors(region=np.arange(N) % 12),
    ],
    ids=[
        "one firm",
        "one firm, one body",
        "no bodies",
        "one region",
        "255 sectors",
        "many employees",
        "text ids",
        "gaps",
        "unused labels",
        "numbers as labels",
    ],
)
def test_odd_populations_live(table):
    found = s.run(s.Participation(), world(table), steps=4, seed=1)
    assert not np.isinf(found.summary.to_numpy()).any()
    assert found.network.n_actors == len(table)
    state = found.checkpoint.state
    assert all(np.isfinite(values).all() for values in (state.firms.employees, state.firms.productivity, state.firms.knowledge))


def test_all_participants_are_warned_of_and_surrounding_is_named():
    with pytest.warns(DataWarning, match=r"100% of the firms .*simulate.surround\("):
        s.run(s.Participation(), world(ties=RING), steps=1, seed=1)


def test_ties_among_bodies_only():
    found = s.run(s.Participation(), world(ties=pd.DataFrame({"source": [28], "target": [29]})), steps=2, seed=1)
    assert found.summary["participation"].iloc[0] == 0.0


@pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"budget": 1e12}, "pays for more than 50,000,000 meetings a year"),
        ({"budget": 1e6, "cost": 1e-300}, "pays for more than 50,000,000 meetings a year"),
        ({"budget": 10**400}, "is no amount of money"),
        ({"budget": -1}, "is no amount of money"),
        ({"budget": 1, "start": 10**400}, "beyond all numbers"),
        ({"budget": 1, "start": 5, "end": 2}, "is after end=2"),
        ({"budget": 1, "sources": {"state": 0.5, "eu": 0.4}}, "'0.9' is the sum of the shares"),
        ({"budget": 1, "sources": {"sate": 1.0}}, "Did you mean 'state'?"),
        ({"budget": 1, "eligible": {"size": ["micro"]}}, "Did you mean 'sizes'?"),
        ({"budget": 1, "eligible": {"sizes": ["mirco"]}}, "Did you mean 'micro'?"),
    ],
)
def test_policies_that_cannot_be_used(values, words):
    with pytest.raises(DataError, match=re.escape(words)):
        s.Matchmaking(**values)


@pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for")
@pytest.mark.parametrize("kind", [s.Facilitation, s.ProjectSubsidy, s.MaturitySupport, s.Internationalisation, s.ExportGroup])
def test_a_budget_without_end_meets_those_that_there_are(kind):
    price = {"grant": 1e-300} if kind is s.ProjectSubsidy else {"cost": 1e-300}
    found = s.run(s.Participation(policies=kind(budget=1e300, **price)), world(), steps=2, seed=1)
    assert found.summary["paid"].max() < 1e300


def test_more_participants_than_firms_and_many_policies_at_once():
    several = [s.Matchmaking(budget=1e5, participants=200, meetings=10), *(s.ExportGroup(budget=1e5, size=3) for _ in range(9))]
    found = s.run(s.Participation(policies=several), world(), steps=2, seed=1)
    assert (found.summary["paid"].iloc[1:] > 0).all()


@pytest.mark.parametrize(
    ("table", "wanted", "words"),
    [
        (actors(), {"regions": "LT012"}, "'LT012' is not in the population. Did you mean 'LT0"),
        (actors(), {"sectors": ["c"]}, "Did you mean 'C'?"),
        (actors(), {"countries": ["FR"]}, "There is: 'LT'."),
        (actors(region=np.arange(N) % 12), {"regions": ["99"]}, "'99' is not in the population. Did you mean '9'?"),
    ],
)
def test_labels_that_the_population_does_not_have(table, wanted, words):
    model = s.Participation(policies=s.Matchmaking(budget=1e5, eligible=wanted))
    with pytest.raises(DataError, match=re.escape(words)):
        s.run(model, world(table), steps=1, seed=1)


def test_regions_that_are_numbers_are_named_by_text():
    model = s.Participation(policies=s.Matchmaking(budget=1e5, eligible={"regions": ["5"]}))
    found = s.run(model, world(actors(region=np.arange(N) % 12)), steps=1, seed=1)
    assert found.summary["paid"].iloc[-1] > 0


@pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for")
@pytest.mark.parametrize(
    "other",
    [
        {"search": s.Search(decay=60.0)},
        {"constants": s.Constants(border_meet=0.4)},
        {"constants": s.Constants(spread=0.9)},
        {"constants": s.Constants(body_level=1.2)},
    ],
)
def test_what_is_fixed_at_the_start_cannot_be_changed_in_a_running_world(other):
    base, population = s.Participation(), world()
    changed = replace(base, **other)
    (name,) = (name for name in base.at_start if _value(changed, name) != _value(base, name))
    point = s.run(base, population, steps=1, seed=1).checkpoint
    for call in (
        lambda: s.branch(point, changed, steps=1),
        lambda: s.replicate(changed, point, steps=1, seed=1, runs=2),
        lambda: s.compare(base, changed, population, steps=1, seed=1, runs=2, burn_in=1),
        lambda: s.compare(base, changed, point, steps=1, seed=1, runs=2),
    ):
        with pytest.raises(DataError, match=f"{name} takes effect when the model is started"):
            call()
    assert len(s.compare(base, changed, population, steps=1, seed=1, runs=2).effects)  # each from its own start


def _value(model, name):
    group, field = name.split(".")
    return getattr(getattr(model, group), field)


@pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for")
def test_infinite_effects_are_refused_where_they_would_make_firms_without_a_size():
    for group, field in ((s.Innovation, "jump"), (s.Market, "select"), (s.Constants, "quality_z")):
        with pytest.raises(DataError, match=r"is outside \(-inf, inf\)"):
            group(**{field: -np.inf})
    nobody = s.run(s.Participation(decision=s.Decision(intercept=-np.inf)), world(), steps=2, seed=1)
    assert nobody.summary["ties"].sum() == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: s.population(country=None, firms=5, seed=1), "no regions of it are known. There is:"),
        (lambda: s.population(country="LT", firms=5, seed=1, bodies=10**12), "bodies=1000000000000 is more than 100 million"),
        (lambda: s.moments(s.Participation(), world(), steps=5, runs=1, seed=1, names="ties"), "names='ties' is no list"),
        (lambda: s.drift(s.run(s.Participation(), world(), steps=5, seed=1), main=5), "main=5 is no list"),
        (lambda: s.participation_effects(s.Participation(), world(), seed=1, worlds=5), "worlds=5 is no list"),
        (lambda: s.participation_effects(s.Participation(), world(), seed=1, worlds=["null", "null"]), "is no list of worlds"),
        (lambda: s.Barter(fields=10**9), "is outside [1, 1000]"),
        (lambda: s.Draw(key=1, step=1, year=1).unit(70_000, [1]), "purpose=70000 of a draw"),
        (lambda: s.from_network(world(actors(age=of_one(-4.0))), seed=1), "'-4.0' is below 0"),
    ],
)
def test_arguments_that_are_none(call, words):
    with pytest.raises(DataError, match=re.escape(words)):
        call()


def test_a_population_is_a_network_to_draw_from_too():
    lithuania = s.population(country="LT", firms=np.uint8(200), seed=1)  # categorical columns
    again = s.from_network(lithuania, seed=1)
    assert again.actors["employees"].equals(lithuania.actors["employees"])


def test_a_copied_world_is_that_of_its_model():
    small, large = (s.population(country="LT", firms=n, seed=1, bodies=n // 50) for n in (100, 300))
    point = s.run(s.Participation(), small, steps=1, seed=1).checkpoint
    with pytest.raises(DataError, match=r"made by another model \(network_effect: 1.0 before, 0.0 now\)"):
        s.transplant(point, large, seed=1, model=s.Participation(network_effect=0.0))


def test_years_beyond_those_that_can_be_counted():
    network, model = world(actors(3, bodies=0)), s.Participation()
    state = model.start(network, s.Draw(key=np.uint64(1), step=0, year=0))
    with pytest.raises(DataError, match="32,767 from its start"):
        model.step(network, state, s.Draw(key=np.uint64(1), step=32_768, year=1))
