"""Fitting parameters to targets, and what the participation model is held to."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError, DataWarning
from innovnet.simulate import calibrate, moments, parameter, targets
from innovnet.simulate._course import Course
from innovnet.simulate._knobs import changed, paths
from innovnet.simulate._moments import simulated

NOBODY = inn.toy().project()


@dataclass(frozen=True)
class Inner:
    growth: float = parameter(0.5, "power of the second", plausible=(0.0, 1.0), domain=(-math.inf, math.inf), calibrated=True)
    idle: float = parameter(3.0, "does nothing", plausible=(1.0, 5.0))
    share: float = parameter(0.9, "cannot go beyond 1", plausible=(0.5, 1.0), domain=(0.0, 1.0))


@dataclass(frozen=True)
class Powers:
    """Log moments are linear in the logarithm of ``rate`` and in ``growth``, with noise of 1 %."""

    rate: float = parameter(2.0, "level", plausible=(1.0, 8.0), calibrated=True)
    inner: Inner = Inner()

    def start(self, network, draw) -> tuple:
        return (float(draw.unit(1, [1])[0]),)

    def step(self, network, state, draw):
        return state

    def observe(self, network, state):
        noise = math.exp(0.02 * (state[0] - 0.5))
        return {"first": self.rate**2 * noise, "second": self.rate * math.exp(3 * self.inner.growth) * noise, "third": self.inner.share * noise, "zero": 0.0}


TRUE = Powers(rate=3.0, inner=Inner(growth=0.7))


def known(model=TRUE, **more):
    return moments(model, NOBODY, steps=5, runs=8, seed=1, names=["first", "second"]).mean().to_dict() | more


def fitted(wanted, model=Powers(), **options):
    return calibrate(model, wanted, population=NOBODY, steps=5, runs=8, seed=1, **options)


def test_parameters_of_a_log_linear_world_are_found_and_those_without_a_trace_stay():
    found = fitted(known(), parameters=["rate", "inner.growth", "inner.idle"])
    table = found.parameters
    assert found.model.rate == pytest.approx(3.0, rel=1e-3)
    assert found.model.inner.growth == pytest.approx(0.7, rel=1e-3)
    assert found.model.inner.idle == 3.0
    assert table.loc["inner.idle", ["se", "identified"]].tolist() == pytest.approx([3 * math.log(5) / 2, 0.0])
    assert (table.loc[["rate", "inner.growth"], "identified"] > 0.99).all()
    assert found.table["within"].all()
    assert found.misfit < 0.05
    assert found.fit.course == sorted(found.fit.course, reverse=True)


def test_jacobian_and_directions_are_those_of_the_algebra():
    found = fitted(known(), parameters=["rate", "inner.growth"])
    step = math.log(8) / 8
    np.testing.assert_allclose(found.jacobian.to_numpy(), [[2 * step, 0.0], [step, 3 / 8]], rtol=1e-9, atol=1e-12)
    sd = found.table["sd"] / found.table["simulated"]
    scaled = found.jacobian.to_numpy() / sd.to_numpy()[:, None]
    assert found.identification["singular"].tolist() == pytest.approx(np.linalg.svd(scaled)[1].tolist(), rel=1e-6)


def test_standard_errors_are_those_of_moments_that_move_together():
    found = fitted(known(), parameters=["rate"])
    sd = float(found.table.loc["first", "sd"] / found.table.loc["first", "simulated"])
    one_of_two = 3 / 5 * sd * math.sqrt(9 / 8)  # both moments have the same noise: weights 2 and 1 on 2 ln rate and ln rate
    assert found.parameters.loc["rate", "se"] == pytest.approx(found.model.rate * one_of_two, rel=0.02)


def test_a_range_pulls_only_from_outside():
    table = pd.DataFrame(
        {"moment": ["first", "first"], "value": [np.nan, 9.0], "low": [3.0, 9.0], "high": [6.0, 12.0], "met": "expected"}, index=["inside", "below"]
    )
    stay = fitted(table.loc[["inside"]], parameters=["rate"])
    assert stay.model.rate == 2.0
    assert stay.misfit == 0.0
    move = fitted(table.loc[["below"]], parameters=["rate"])
    assert move.model.rate == pytest.approx(3.0, rel=0.01)
    assert move.table.loc["below", "simulated"] == pytest.approx(9.0, rel=0.01)


def test_what_is_not_expected_to_be_met_is_shown_and_not_fitted():
    columns = {
        "moment": ["first", "second", "second"],
        "value": [4.0, 100.0, np.nan],
        "low": np.nan,
        "high": np.nan,
        "met": ["expected", "cannot be met", "open"],
    }
    found = fitted(pd.DataFrame(columns, index=["a", "b", "c"]), parameters=["rate", "inner.growth"])
    assert found.model.inner.growth == 0.5
    assert found.table["within"].tolist() == [True, False, pd.NA]
    assert "1 of 1 targets met" in repr(found)
    assert "not met; cannot be met" in found._repr_html_()
    assert "not known" in found._repr_html_()


def test_weights_decide_between_targets_that_exclude_each_other():
    table = pd.DataFrame({"moment": "first", "value": [4.0, 16.0], "low": np.nan, "high": np.nan, "met": "expected"}, index=["low", "high"])
    for name, value in (("low", 4.0), ("high", 16.0)):
        other = {"low": "high", "high": "low"}[name]
        assert fitted(table, parameters=["rate"], weights={other: 0.0}, iterations=6).table["simulated"].iloc[0] == pytest.approx(value, rel=0.3), name
    even = fitted(table, parameters=["rate"], iterations=6).table["simulated"].iloc[0]
    assert even == pytest.approx(8.0, rel=0.05)


def test_values_stay_inside_their_domain():
    found = fitted({"third": 4.0}, parameters=["inner.share"])
    assert found.model.inner.share == 1.0


def test_a_value_outside_the_plausible_range_is_used_and_told():
    with pytest.warns(DataWarning, match="rate"):
        found = fitted({"first": 100.0}, Checked(), parameters=["rate"], iterations=6)
    assert found.model.rate == pytest.approx(10.0, rel=0.01)


@dataclass(frozen=True)
class Checked(Powers):
    def __post_init__(self):
        inn.simulate.check_parameters(self)


def test_no_iteration_compares_and_changes_nothing():
    found = fitted(known(), iterations=0)
    assert found.model == Powers()
    assert found.table["within"].tolist() == [False, False]
    assert len(found.fit.course) == 1
    assert found.parameters["identified"].tolist() == [0.0, 0.0]


def test_input_that_cannot_be_used_is_told():
    for options, words in (
        ({"parameters": ["inner.grwoth"]}, "Did you mean 'inner.growth'"),
        ({"parameters": "rate"}, r"Give a list, as in parameters=\['rate'\]"),
        ({"weights": {"frist": 1.0}}, "Did you mean 'first'"),
        ({"weights": {"first": -1.0}}, "Give a number of at least 0"),
        ({"iterations": -1}, "iterations"),
    ):
        with pytest.raises(DataError, match=words):
            fitted(known(), **options)
    for wanted, words in (
        ({"frist": 1.0}, "Did you mean 'first'"),
        ({"zero": 1.0}, "'zero' is not positive"),
        ({"first": -1.0}, "row first, column 'value': '-1' is not positive"),
        (pd.DataFrame({"moment": ["first"]}), "lacks 'value'"),
        (targets().iloc[[0, 0]], "occurs twice"),
    ):
        with pytest.raises(DataError, match=words):
            fitted(wanted)
    with pytest.raises(DataError, match="steps=4 are fewer"):
        calibrate(Powers(), known(), population=NOBODY, steps=4, runs=2, seed=1)


def faulty(wanted, model=Powers(), **options):
    """Place, row, column and value of all faults; nothing is simulated."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(DataError) as raised:
        patch.setattr(Course, "advance", lambda _course: pytest.fail("a year was simulated"))
        fitted(wanted, model, **options)
    assert all(fault.remedy for fault in raised.value.faults)
    return [(fault.place, fault.row, fault.column, fault.value) for fault in raised.value.faults]


def rows(**columns):
    """A table of one good target and others."""
    others = {"moment": "first", "value": 3.0, "low": np.nan, "high": np.nan, "met": "expected"} | columns
    n = max(len(values) for values in others.values() if isinstance(values, list))
    good = {"moment": "first", "value": 4.0, "low": np.nan, "high": np.nan, "met": "expected"}
    return pd.DataFrame({name: [good[name], *(values if isinstance(values, list) else [values] * n)] for name, values in others.items()}).set_axis(
        ["good", *(f"t{i}" for i in range(n))]
    )


def test_all_that_is_wrong_is_told_at_once_before_anything_is_simulated():
    found = faulty({"frist": 1.0, "second": None, "first": "x"}, parameters=["rtae", "inner.idle", "inner.none"], weights={"first": 1})
    assert found == [
        ("parameters", "", "", "rtae"),
        ("parameters", "", "", "inner.none"),
        ("targets", "frist", "moment", "frist"),
        ("targets", "second", "value", ""),
        ("targets", "first", "value", "x"),
    ]
    assert faulty({"first": 1.0}, weights={"first": np.nan, "second": 1.0}) == [("weights", "first", "", "nan"), ("weights", "", "", "second")]


@pytest.mark.parametrize(
    ("columns", "faults"),
    [
        ({"value": [np.nan, None, pd.NA]}, [("t0", "value", ""), ("t1", "value", ""), ("t2", "value", "")]),
        ({"value": [0.0, -1.0, np.inf, "3"]}, [("t0", "value", "0"), ("t1", "value", "-1"), ("t2", "value", "inf"), ("t3", "value", "3")]),
        ({"value": np.nan, "low": [5.0, 2.0, 0.0], "high": [4.0, np.nan, 3.0]}, [("t0", "low", "5"), ("t2", "low", "0")]),
        ({"value": [6.0], "low": 4.0, "high": 5.0}, [("t0", "value", "6")]),
        ({"met": ["expcted", np.nan, 1]}, [("t0", "met", "expcted"), ("t1", "met", "nan"), ("t2", "met", "1")]),
        ({"moment": ["third", "thrid", np.nan]}, [("t1", "moment", "thrid"), ("t2", "moment", "nan")]),
        ({"moment": ["thrid"], "met": "open"}, [("t0", "moment", "thrid")]),
    ],
)
def test_rows_that_cannot_be_used(columns, faults):
    assert faulty(rows(**columns)) == [("targets", *fault) for fault in faults]


def test_tables_that_cannot_be_used():
    for table, words in (
        (rows(value=[1.0]).iloc[:0], "there is none"),
        ({}, "there is none"),
        (pd.Series([1.0, 2.0], index=["first", "first"]), "targets, row first: occurs twice"),
        (rows(value=[1.0]).assign(sd=0.0), r"has 'sd', which a calibration adds itself.*Drop them with .drop\(columns=\['sd'\]\)"),
        (rows(value=[1.0]).drop(columns=["low", "met"]), "lacks 'low', 'met'"),
        (pd.concat([rows(value=[1.0]), rows(value=[1.0])[["low"]]], axis=1), "columns twice: 'low'"),
        (rows(value=[1.0]).assign(met="open"), "none is 'expected' to be met"),
        ([1.0], "not list"),
    ):
        with pytest.raises(DataError, match=words):
            fitted(table)
    assert len(fitted(rows(value=[3.0]).assign(met="open"), iterations=0).table) == 2
    done = fitted(rows(value=[3.0]), iterations=0).table
    assert len(fitted(done.drop(columns=["simulated", "sd", "interval_low", "interval_high", "within"]), iterations=0).table) == 2


@dataclass(frozen=True)
class Odd(Powers):
    """Parameters from where no fit can go."""

    backwards: float = parameter(1.0, "", plausible=(2.0, 1.0))
    outside: float = parameter(0.5, "", plausible=(0.0, 2.0), domain=(0.0, 1.0))
    nowhere: float = parameter(-math.inf, "", plausible=(-1.0, 1.0), domain=(-math.inf, math.inf))
    beyond: float = parameter(2.0, "", plausible=(0.0, 1.0), domain=(0.0, 1.0))
    none: float = parameter(0.0, "", plausible=(0.1, 1.0))
    whole: int = parameter(2, "", plausible=(1, 5))


def test_parameters_that_cannot_be_moved():
    names = ["rate", "backwards", "outside", "nowhere", "beyond", "none", "whole"]
    found = faulty({"first": 1.0}, Odd(), parameters=names)
    assert [(column or value) for _, _, column, value in found] == names[1:]
    assert faulty({"first": 1.0}, Unmarked()) == [("parameters", "", "", "")]
    assert faulty({"first": 1.0}, parameters=5) == [("parameters", "", "", "5")]
    with pytest.raises(DataError, match="Plain is none"):
        fitted({"first": 1.0}, Plain())


@dataclass(frozen=True)
class Unmarked:
    """Nothing says which parameters carry the calibration."""

    rate: float = parameter(2.0, "level", plausible=(1.0, 8.0))
    start, step = Powers.start, Powers.step

    def observe(self, network, state):
        return {"first": self.rate}


class Plain:
    """Not a dataclass."""

    start, step, observe = Powers.start, Powers.step, Unmarked.observe


def test_whole_numbers_where_the_default_is_none_are_moved_too():
    assert fitted(known(), Powers(rate=2), parameters=["rate", "inner.growth"]).model.rate == pytest.approx(3.0, rel=1e-3)


def test_parameters_by_default_are_those_that_carry_the_calibration_without_the_weak_ones():
    found = calibrate(
        inn.simulate.Participation(),
        {"survival": 0.9},
        population=inn.simulate.population(country="LT", firms=300, seed=1),
        steps=5,
        runs=2,
        seed=1,
        iterations=0,
    )
    carried = {path for path, (_, said) in paths(inn.simulate.Participation()) if said.calibrated}
    assert len(carried) == 12
    assert set(found.parameters.index) == carried - {"decision.intercept", "decision.embeddedness", "decision.arranged"}


def test_targets_say_where_they_come_from():
    table = targets()
    assert table.index.is_unique
    assert set(table["met"]) == {"expected", "cannot be met", "open"}
    figures = table[["value", "low", "high"]].notna().any(axis=1)
    assert (table.loc[figures, "source"] != "").all()
    assert set(table.loc[figures, "status"]) <= {"text", "measured", "memory", "assumption"}
    assert (table.loc[table["met"] != "expected", "note"] != "").all()
    assert not (table["low"] > table["high"]).any()
    assert not (table["value"] < table["low"]).any()
    table.loc[:, "value"] = 0.0
    assert (targets()["value"] != 0.0).all()


def test_known_parameters_are_recovered_from_other_seeds():
    names = ["cooperating_innovators_10", "participation", "innovation_rate", "innovative_3y_small", "exit_rate", "new_firms_alive_1", "export_share"]
    start, people = inn.simulate.Participation(), inn.simulate.population(country="LT", firms=6000, seed=1)
    true = {"search.rate": 1.35 * start.search.rate, "innovation.base": 0.105, "market.export_threshold": 0.9, "market.exit_base": 0.26}
    world = moments(changed(start, true), people, steps=20, runs=8, seed=200, names=names).mean()
    found = calibrate(start, world, population=people, steps=20, runs=8, seed=1, parameters=list(true))
    table = found.parameters.assign(true=pd.Series(true))
    assert ((table["value"] - table["true"]).abs() <= 2 * table["se"]).all(), table
    assert (table["se"] < (table["start"] - table["true"]).abs() / 2).all(), table  # they could be told from where they started
    assert found.fit.course[0] > 3.0
    assert found.misfit < 1.0


def test_the_default_meets_its_targets_except_those_that_it_cannot_meet():
    europe = inn.simulate.population(country="EU", firms=20_000, seed=1)
    table = calibrate(inn.simulate.Participation(), population=europe, steps=36, runs=20, seed=1, iterations=0).table
    shown = table[["value", "low", "high", "simulated", "sd", "within", "met"]]
    assert table.loc[table["met"] == "expected", "within"].all(), shown
    for name in ("new firms alive after 5 years", "exporters", "ties alive after 1 year", "ties alive after 3 years"):
        assert table.loc[name, "met"] == "cannot be met"
        assert not table.loc[name, "within"], shown


COOPERATION, TAKING_PART = "cooperating_innovators_10", "participation"
#: From low to high: factors or differences, and which moments rise (1) or fall (-1).
SIGNS = [
    ("search.rate", (0.75, 1.25), {COOPERATION: 1, "participation_micro": 1}),
    ("search.size", (-0.08, 0.08), {COOPERATION: 1, "degree_gini": 1}),
    ("search.selection", (-0.25, 0.25), {COOPERATION: 1}),
    ("search.experience", (-0.12, 0.12), {COOPERATION: 1, "degree_gini": 1}),
    ("decision.intercept", (-0.35, 0.35), {COOPERATION: 1}),
    ("decision.cost", (-0.75, 0.75), {TAKING_PART: -1}),
    ("decision.distance", (-0.25, 0.25), {TAKING_PART: -1}),
    ("decision.embeddedness", (-1.0, 1.0), {"clustering": 1}),
    ("ties.end_0", (-0.35, 0.35), {COOPERATION: -1, "tie_years": -1}),
    ("learning.absorption", (0.67, 1.33), {"learned": 1}),
    ("learning.renewal", (0.67, 1.33), {"learned": -1}),
    ("innovation.base", (0.85, 1.15), {"innovative_3y_small": 1, TAKING_PART: 1}),
    ("innovation.size", (-0.05, 0.05), {"innovative_3y_small": 1, "innovative_3y_medium": 1}),
    ("market.export_threshold", (-0.12, 0.12), {"export_share": -1}),
    ("market.exit_base", (0.85, 1.15), {"exit_rate": 1, "new_firms_alive_1": -1, TAKING_PART: -1}),
]


def pairs(path, ends, names):
    """Differences from low to high over 20 paired seeds."""
    start = replace(inn.simulate.Participation())
    group, name = path.split(".")
    value = getattr(getattr(start, group), name)
    models = [changed(start, {path: value * end if ends[0] > 0 else value + end}) for end in ends]
    people = inn.simulate.population(country="LT", firms=3000, seed=1)
    low, high = simulated(models, people, steps=15, runs=20, seed=1, names=tuple(names))
    return high - low


@pytest.mark.parametrize(("path", "ends", "signs"), SIGNS, ids=[row[0] for row in SIGNS])
def test_moments_move_with_parameters_as_they_should(path, ends, signs):
    apart = pairs(path, ends, signs)
    mean, se = apart.mean(), apart.std(ddof=1) / math.sqrt(len(apart))
    for name, sign in signs.items():
        assert sign * mean[name] > 2 * se[name], (name, mean[name], se[name])


def test_the_export_threshold_moves_nothing_but_exports():
    names = ["ties", "tie_years", "innovation_rate", "exit_rate", "log_productivity", "clusters"]
    assert (pairs("market.export_threshold", (-0.12, 0.12), names) == 0).all(axis=None)
