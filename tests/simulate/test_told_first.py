"""What cannot be run is told before a single year is simulated."""

import re
from dataclasses import replace

import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate import ExportGroup, Facilitation, Matchmaking, Participation
from innovnet.simulate._course import Course

s = inn.simulate
WRONG = {
    "one": Participation(policies=Matchmaking(budget=0, start=9, region="LT01")),
    "two": Participation(policies=ExportGroup(budget=1e6, eligible={"sectors": ["g"]})),
}
TOLD = {"steps": 5, "seed": 1}


@pytest.fixture(scope="module")
def lithuania():
    return s.population(country="LT", firms=300, seed=1)


@pytest.fixture(scope="module")
def settled(lithuania):
    return s.run(Participation(), lithuania, steps=1, seed=1).checkpoint


@pytest.fixture
def still(monkeypatch, lithuania, settled):
    def advance(_course):
        pytest.fail("a year was simulated")

    monkeypatch.setattr(Course, "advance", advance)


ONE = WRONG["one"]
CALLS = {
    "run": lambda people, point: s.run(ONE, people, **TOLD),
    "branch": lambda people, point: s.branch(point, ONE, steps=1),
    "replicate": lambda people, point: s.replicate(ONE, people, **TOLD, runs=2, burn_in=20),
    "replicate from a checkpoint": lambda people, point: s.replicate(ONE, point, **TOLD, runs=2, burn_in=20),
    "compare": lambda people, point: s.compare(Participation(), ONE, people, **TOLD, runs=2, burn_in=20),
    "compare from a checkpoint": lambda people, point: s.compare(Participation(), ONE, point, **TOLD, runs=2),
    "moments": lambda people, point: s.moments(ONE, people, **TOLD, runs=2),
    "calibrate": lambda people, point: s.calibrate(ONE, {"survival": 0.9}, population=people, **TOLD, runs=2),
    "participation_effects": lambda people, point: s.participation_effects(ONE, people, seed=1),
    "assumptions": lambda people, point: s.assumptions(Participation(), {"events": ONE.policies[0]}, people, **TOLD, runs=2),
}


@pytest.mark.parametrize("call", CALLS)
def test_labels_that_the_population_does_not_have(still, lithuania, settled, call):
    with pytest.raises(DataError, match=r"1 labels are not in the population") as raised:
        CALLS[call](lithuania, settled)
    assert "'LT01' is not in the population. Did you mean 'LT0" in str(raised.value)


def test_labels_of_all_models_are_told_at_once_and_each_once(still, lithuania):
    third = replace(WRONG["two"], policies=(*WRONG["one"].policies, *WRONG["two"].policies, Facilitation(budget=1, eligible={"countries": "LV"})))
    with pytest.raises(DataError) as raised:
        s.compare(Participation(), {**WRONG, "three": third}, lithuania, **TOLD, runs=2, burn_in=20)
    assert [(fault.place, fault.column, fault.value) for fault in raised.value.faults] == [
        ("Matchmaking", "region", "LT01"),
        ("ExportGroup", "sector", "g"),
        ("Facilitation", "country", "LV"),
    ]


def test_a_population_without_the_columns_is_told_as_such(still, lithuania):
    without = inn.Network.from_frames(lithuania.actors.drop(columns="region"), lithuania.ties)
    with pytest.raises(DataError, match="lacks the columns region"):
        s.run(ONE, without, **TOLD)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda people, point, path: s.compare(Participation(), Participation.dense(), people, **TOLD, runs=2, burn_in=9, store=path), "the store"),
        (lambda people, point, path: s.replicate(Participation(), people, **TOLD, runs=2, burn_in=9, store=path), "the store"),
        (lambda people, point, path: s.replicate(Participation(), people, **TOLD, precision={"tie": 1.0}, burn_in=9), "Did you mean 'ties'?"),
        (lambda people, point, path: s.compare(Participation(), s.Barter(), people, **TOLD, runs=2, burn_in=9), "state"),
        (
            lambda people, point, path: s.compare(Participation(), Participation(), people, **TOLD, runs=2, burn_in=9, outcomes=["inovated"]),
            "Did you mean 'innovated'?",
        ),
        (
            lambda people, point, path: s.compare(Participation(), Participation(search=s.Search(decay=100.0)), people, **TOLD, runs=2, burn_in=9),
            "search.decay takes effect when the model is started",
        ),
    ],
)
def test_what_else_was_told_after_the_burn_in(still, lithuania, settled, tmp_path, call, words):
    with pytest.raises(DataError, match=re.escape(words)):
        call(lithuania, settled, tmp_path)
