import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innovnet.report._policy_assumptions import assumptions_exhibit
from innovnet.report._policy_effects import course_exhibit, effect_exhibits, forest_exhibit, forest_headline, summary_lines
from innovnet.report._policy_more import parts_headline
from innovnet.report._policy_section import policy_box, policy_exhibits
from innovnet.report._policy_tables import OUTCOMES, effects_table, parts_table
from innovnet.report._policy_truth import truth_exhibit
from innovnet.report._policy_words import agreed, cost_text, digits_of, name_of, signed_span
from innovnet.report._simulation import Simulation
from innovnet.simulate._pairs import PARTS

_SPEC = importlib.util.spec_from_file_location("policy_worlds", Path(__file__).parent / "policy_worlds.py")
worlds = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(worlds)
SMES, INNOVATIONS = OUTCOMES[:2]


def forest(scenarios, **options):
    simulation = Simulation(worlds.comparison(scenarios, **options))
    return forest_exhibit(simulation, INNOVATIONS, effects_table(simulation.comparison, INNOVATIONS), "policy_innovations")


def noisy(seed, mean=0.0, scale=3.0, runs=40):
    return {"innovations": worlds.noise(runs, 4, seed=seed, scale=scale) + mean, "paid": 1e6}


SEVERAL = {
    "matchmaking": noisy(1, 6),
    "project_subsidy": noisy(2, 3),
    "export groups": noisy(3),
    "facilitation": {"innovations": -2.0, "paid": 5e4},
    "nothing": {},
}


@pytest.mark.parametrize("scenarios", [SEVERAL, {"matchmaking": noisy(1, 6)}, {"one": {}}, {"fewer": {"innovations": -1e6}}, {"tiny": {"innovations": 1e-7}}])
def test_forest_draws(scenarios, check_drawing):
    check_drawing(forest(scenarios))


def test_forest_keeps_hostile_and_long_names(hostile, check_drawing):
    found = check_drawing(forest({name: noisy(k, k) for k, name in enumerate(hostile)}))
    assert "&lt;/script&gt;" in found[960]


def test_what_cannot_be_told_is_hollow_and_grey(check_drawing):
    drawn = check_drawing(forest({"export groups": noisy(3)}))[960]
    assert "var(--chance-strong" in drawn
    assert "var(--accent" not in drawn
    assert "not distinguishable from 0" in drawn


@pytest.mark.parametrize(
    ("scenarios", "headline"),
    [
        ({"matchmaking": noisy(1, 6), "facilitation": noisy(2, 1)}, "Matchmaking adds most innovations, in this model"),
        ({"export groups": noisy(1, 6), "facilitation": noisy(2, 1)}, "Export groups add most innovations, in this model"),
        ({"matchmaking": noisy(1, 3), "facilitation": noisy(2, 3)}, "Support adds innovations; the first two are not told apart"),
        ({"a": noisy(1, 3), "b": noisy(1, 3)}, "A and b add most innovations, not told apart"),
        ({"matchmaking": noisy(1), "facilitation": noisy(2)}, "No support can be told from none by its innovations"),
        ({"matchmaking": noisy(1, -6), "facilitation": noisy(2)}, "No support adds innovations, some costs them"),
        ({"matchmaking": noisy(1, -6)}, "Support means fewer innovations, in this model"),
        ({"matchmaking": noisy(1, 6)}, "With matchmaking there are more innovations, in this model"),
        ({"x" * 90: noisy(1, 6), "y" * 90: noisy(2, 1)}, "One kind of support adds most innovations, in this model"),
    ],
)
def test_headlines_follow_the_intervals(scenarios, headline):
    simulation = Simulation(worlds.comparison(scenarios))
    found = forest_headline(simulation, INNOVATIONS, effects_table(simulation.comparison, INNOVATIONS))
    assert found == headline
    assert len(found) <= 75


@pytest.mark.parametrize(
    ("after", "headline"),
    [
        ([4, 4, 1, 1], "What matchmaking changes fades once support ends"),
        ([4, 4, 8, 8], "What matchmaking changes grows after support ends"),
        ([4, 4, 4, 4], "What matchmaking changes neither fades nor grows after support ends"),
    ],
)
def test_the_course_after_support(after, headline, check_drawing):
    simulation = Simulation(worlds.comparison({"matchmaking": {"innovations": np.array(after) + worlds.noise(40, 4, seed=2)}}))
    exhibit = course_exhibit(simulation, INNOVATIONS, effects_table(simulation.comparison, INNOVATIONS))
    assert exhibit.headline == headline
    check_drawing(exhibit)


@pytest.mark.parametrize(("runs", "years"), [(39, 4), (2, 1), (40, 1), (40, 23)])
def test_few_runs_are_lines_and_many_are_bands(runs, years, check_drawing):
    more = worlds.noise(runs, years, seed=2) + 3
    simulation = Simulation(worlds.comparison({"mix": {"participation_micro": more / 900, "paid": 5.0}}, runs=runs, years=years))
    exhibit = course_exhibit(simulation, SMES, effects_table(simulation.comparison, SMES))
    check_drawing(exhibit)
    assert ("Thin lines" in exhibit.caption) == (runs < 40)


def test_numbers_of_a_sentence_are_those_of_the_table():
    simulation = Simulation(worlds.comparison(SEVERAL))
    exhibit = effect_exhibits(simulation)[2]
    row = exhibit.tables["policy_innovations"].iloc[0]
    (finding,) = exhibit.findings
    assert finding.value == f"+{row['difference']:.1f}"
    assert f"+{row['difference_low']:.1f} to +{row['difference_high']:.1f}" in finding.note
    assert "a simulation, not a forecast" in finding.note
    assert f"40{chr(160)}pairs" in exhibit.caption or "40 pairs" in exhibit.caption
    assert "The programmes do not pay the same" in exhibit.prose


def test_no_finding_is_made_of_nothing():
    (finding,) = forest({"export groups": noisy(3)}).findings
    assert finding.value == "0"
    assert "can be told from none" in finding.sentence


def test_parts_need_more_than_one_of_many_intervals():
    table = parts_table(worlds.comparison({"a": {}, "b": {}}, outcomes=("innovated",)), {"innovated": "innovations"})

    def headline(difference, half):
        one = table.assign(difference=0.0, difference_low=-1.0, difference_high=1.0)
        at = one.index[one["part"] == PARTS[1]][0]
        one.loc[at, ["difference", "difference_low", "difference_high"]] = [difference, difference - half, difference + half]
        return parts_headline(one, "innovations", 40)

    assert headline(1.05, 1.0) == "Nothing can be told of those who were not reached"
    assert headline(2.0, 1.0) == "Some innovations come from firms that were not reached"
    assert headline(-2.0, 1.0) == "Some innovations are lost by firms that were not reached"


def test_the_section_of_a_bare_comparison():
    simulation = Simulation(worlds.comparison(SEVERAL, outcomes=("innovated",)))
    exhibits = {exhibit.key: exhibit for exhibit in policy_exhibits(simulation)}
    assert list(exhibits)[:2] == ["policy_effects", "policy_course"]
    assert {"policy_instruments", "policy_parts", "policy_money", "policy_assumptions"} <= set(exhibits)
    assert "policy_truth" not in exhibits
    assert "was not computed" in exhibits["policy_assumptions"].headline
    for exhibit in exhibits.values():
        assert len(exhibit.headline) <= 75
        for name, table in exhibit.tables.items():
            assert set(table.columns) <= set(exhibit.columns), name
    assert "Not a forecast, not evidence that a programme worked" in policy_box(simulation)


def test_words():
    assert [name_of(name) for name in ("matchmaking", "project-subsidy", "ExportGroup", "mix", "my_plan")] == [
        "Matchmaking",
        "Project subsidies",
        "Export groups",
        "The mix",
        "My plan",
    ]
    assert [agreed("add", name) for name in ("matchmaking", "export groups", "progress")] == ["adds", "add", "adds"]
    row = {"verdict": "more", "paid_eur": 1.0, "cost_eur": 9444.0, "cost_low_eur": 7111.0, "cost_high_eur": 1.23e6, "difference": 1.0}
    assert cost_text(row) == "EUR\u202f9\u202f400 (7\u202f100 to 1.2\u202fm)"
    assert cost_text(row | {"paid_eur": 0.0}) == "nothing was paid"
    assert cost_text(row | {"verdict": "less"}) == "none: fewer, not more"
    table = effects_table(worlds.comparison({"a": noisy(1, 6)}), INNOVATIONS)
    assert signed_span(table.iloc[0], digits_of(table)).startswith("+2")


def test_lines_of_a_terminal_are_plain():
    lines = summary_lines(Simulation(worlds.comparison(SEVERAL)))
    assert all(line.isascii() for line in lines)
    assert lines[-1].endswith("A simulation, not a forecast.")


def test_assumptions_that_decide_who_is_first():
    def rows(assumption, setting, ranks, changed):
        return [
            {"assumption": assumption, "setting": setting, "policy": policy, "value": 1.0, "rank": rank, "changed": changed}
            | {"paid": 1e6, "additional": 4.0, "additional_low": 3.0, "additional_high": 5.0, "cost": 2.5e5, "low": 2e5, "high": 3.3e5}
            for policy, rank in zip(("matchmaking", "facilitation"), ranks, strict=True)
        ]

    table = [*rows("default", "default", (1, 2), False), *rows("decision.arranged", "low", (2, 1), True), *rows("decision.arranged", "high", (1, 2), False)]
    table += [*rows("matchmaking.cost", "low", (1, 2), False), *rows("matchmaking.cost", "high", (None, None), True)]
    table += [*rows("constants.body_level", "low", (1, None), True), *rows("constants.body_level", "high", (1, 2), False)]
    found = pd.DataFrame(table).astype({"rank": "Int64"}).set_index(["assumption", "setting", "policy"])
    exhibit = assumptions_exhibit(Simulation(worlds.comparison({"matchmaking": {}}), assumptions=found))
    shown = exhibit.tables["policy_assumptions"]
    assert exhibit.headline == f"2 of 3{chr(160)}assumptions decide which support is cheapest"
    assert shown["order"].tolist() == ["", "another is first", "", "", "none can be told", "places change", ""]
    assert shown["facilitation"].iloc[0] == "2: 250\u202f000 (200\u202f000 to 330\u202f000)"
    assert shown["matchmaking"].iloc[4] == "–"
    assert shown["assumption_words"].iloc[3] == "matchmaking: cost of a unit, EUR"


@pytest.mark.parametrize("overstated", [True, False])
def test_the_truth_beside_comparisons(overstated):
    index = pd.MultiIndex.from_product(
        [["default", "null"], ["all"], ["difference", "regression", "regression_quality", "truth"]], names=["world", "size", "estimator"]
    )
    effect = np.array([0.12, 0.06, 0.05, 0.03, 0.1, 0.04, 0.02, 0.0])
    half = np.array([0.02 if overstated else 0.2, 0.02, 0.02, 0.0, 0.02, 0.02, 0.02, 0.0])
    found = pd.DataFrame(
        {"effect": effect, "se": half / 2, "low": effect - half, "high": effect + half, "bias": 0.0, "participants": 9.0, "others": 99.0}, index=index
    )
    exhibit = truth_exhibit(Simulation(worlds.comparison({"a": {}}), effects=found))
    assert exhibit.headline.endswith("overstates taking part 4.0 times" if overstated else "does not tell what taking part does")
    assert len(exhibit.findings) == overstated
    shown = exhibit.tables["policy_truth"]
    assert shown["null_words"].iloc[-1] == "0.0 exactly"
    assert shown["default_words"].iloc[1] == "+6.0 (+4.0 to +8.0)"
