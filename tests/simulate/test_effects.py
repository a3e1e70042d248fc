"""What taking part does, and what estimators say: against plain computations."""

import numpy as np
import pytest
from worlds import drawn, ties_between

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate import Innovation, Participation, participation_effects
from innovnet.simulate._effects import _difference, _estimates, _least_squares, _Sample, _year

MODEL = Participation()
WRITTEN = Participation(innovation=Innovation(base=0.09, size=0.22))  # of the values by hand


def population(firms=3000, seed=1):
    return inn.simulate.population(country="LT", firms=firms, seed=seed)


@pytest.fixture(scope="module")
def settled():
    return inn.simulate.run(MODEL, population(), steps=12, seed=1)


def sample(n=400, seed=0):
    rng = np.random.default_rng(seed)
    part, size = rng.random(n) < 0.3, rng.normal(1, 1, n)
    return _Sample(rng.random(n) < 0.1 + 0.2 * part, part, rng.integers(0, 5, n), size, rng.normal(0, 1, n), rng.random(n), np.zeros(n, dtype=np.int64))


@pytest.mark.parametrize("quality", [False, True])
def test_least_squares_against_dummies_written_out(quality):
    s = sample()
    dummies = np.equal.outer(s.sector, np.arange(5)).astype(float)
    x = np.column_stack([s.part, s.log_size, *([s.quality] if quality else []), dummies]).astype(float)
    y = s.innovated.astype(float)
    slope, *_ = np.linalg.lstsq(x, y, rcond=None)
    bread = np.linalg.inv(x.T @ x)
    e = y - x @ slope
    variance = bread @ (x.T * e**2) @ x @ bread * len(y) / (len(y) - x.shape[1])
    assert _least_squares(s, quality=quality) == pytest.approx((slope[0], np.sqrt(variance[0, 0])), rel=1e-10)


def test_a_difference_of_shares():
    one, other = np.array([1.0, 0, 0, 1]), np.array([0.0, 0, 1, 0, 0])
    assert _difference(one, other) == pytest.approx((0.3, np.sqrt((1 / 3) / 4 + 0.2 / 5)))
    assert np.isnan(_difference(one, other[:1])).all()


def test_what_cannot_be_estimated_is_not_defined():
    s = sample()
    nobody = s.of(~s.part)
    assert np.isnan(_estimates(nobody)[:, :2]).all()
    assert _estimates(nobody)[0, 2:].tolist() == [0, (~s.part).sum()]
    assert np.isnan(_least_squares(s.of(np.arange(400) < 4), quality=True)).all()


def test_the_sample_is_of_firms_that_were_there_all_year(settled):
    columns = dict(MODEL.actors(settled.checkpoint.population, settled.checkpoint.state))
    there = (columns["kind"] == "firm") & ~columns["exited"]
    found = _year(settled.checkpoint.state, MODEL)[:, 0, 2:].sum(axis=1)
    assert found[0] == there.sum() < (columns["kind"] == "firm").sum()
    assert found[1:].tolist() == [(there & (columns["size_class"] == size)).sum() for size in ("micro", "small", "medium", "large")]


def test_the_truth_is_that_of_the_panel(settled):
    state = settled.checkpoint.state
    tied = np.diff(state.ties.indptr) > 0
    columns = MODEL.actors(settled.checkpoint.population, state)
    there = (columns["kind"] == "firm") & ~columns["exited"] & tied
    found = _year(state, MODEL)
    assert found[0, 3, 0] == pytest.approx(columns["true_network_effect"][there].astype(float).mean(), rel=1e-6)
    assert (found[:, 3, 1] == 0).all()


def test_one_run_has_the_error_of_the_estimator_and_more_have_that_of_runs(settled):
    one = participation_effects(MODEL, settled.checkpoint, seed=1, burn_in=0)
    several = participation_effects(MODEL, settled.checkpoint, seed=1, burn_in=0, runs=3)
    first = ("default", "all", "difference")
    assert one.loc[("default", "all", "truth"), "se"] == 0
    assert one.loc[first, "high"] - one.loc[first, "effect"] == pytest.approx(1.96 * one.loc[first, "se"], rel=1e-3)
    assert several.loc[("default", "all", "truth"), "se"] > 0
    assert several.loc[first, "high"] - several.loc[first, "effect"] == pytest.approx(4.302653 * several.loc[first, "se"], rel=1e-6)
    truth = several["effect"].unstack("estimator")["truth"]
    bias = several["bias"].unstack("estimator")["difference"] + truth
    assert bias.to_numpy() == pytest.approx(several["effect"].unstack("estimator")["difference"].to_numpy(), nan_ok=True)


def test_years_are_averaged(settled):
    two = participation_effects(MODEL, settled.checkpoint, seed=1, burn_in=0, steps=2)
    years = [participation_effects(MODEL, settled.checkpoint, seed=1, burn_in=k) for k in (0, 1)]
    assert two["effect"].to_numpy() == pytest.approx(((years[0] + years[1]) / 2)["effect"].to_numpy(), nan_ok=True)


def test_a_year_does_not_depend_on_threads(monkeypatch):
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        found.append(participation_effects(MODEL, population(), seed=1, burn_in=3, runs=2))
    assert found[0].equals(found[1])


def test_the_effect_of_a_firm_by_hand():
    """One person of median quality with one tie and kappa 0.1: 0.092492 - 0.086069."""
    network, model = population(2000), Participation(innovation=Innovation(base=0.09))
    state = model.start(network, drawn(0))
    firms = state.firms
    firms.employees[:], firms.quality[:], firms.learned[:] = 1.0, 0.0, np.float32(0.1)
    state.ties = ties_between(len(firms.flags), [(0, 1)])
    found = _year(state, WRITTEN)
    assert found[0, 3, 0] == pytest.approx(0.092492 - 0.086069, abs=2e-6)
    assert found[0, 3, 2] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"worlds": "null"}, "is no list of worlds"),
        ({"worlds": []}, "is no list of worlds"),
        ({"worlds": ["nul"]}, "Did you mean 'null'"),
        ({"model": Participation(market=None)}, "nobody innovates"),
        ({"model": 3}, "not in int"),
        ({"runs": 0}, "runs=0"),
        ({"steps": 0}, "steps=0"),
        ({"burn_in": -1}, "burn_in=-1"),
        ({"seed": -1}, "seed=-1"),
        ({"population": None}, "takes a Network"),
    ],
)
def test_wrong_input(change, message):
    given = {"model": MODEL, "population": population(2000), "seed": 1} | change
    with pytest.raises(DataError, match=message):
        participation_effects(given.pop("model"), given.pop("population"), **given)
