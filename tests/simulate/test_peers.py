"""The model written anew by others' means: if all are the same model, what they record differs by chance alone."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

import innovnet as inn

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "peers"))

STEPS = 20
YEARS = [0, 4, STEPS - 1]
MODELS = {"default": inn.simulate.Participation, "dense": inn.simulate.Participation.dense}


def parameters(setting):
    world = importlib.import_module("world")
    return {"default": world.DEFAULT, "dense": world.DENSE}[setting], list(world.MOMENTS)


def ours(model, population, moments, *, runs):
    ensemble = inn.simulate.replicate(model, population, steps=STEPS, seed=1, runs=runs, progress=False)
    return ensemble.runs[moments].fillna(0.0).to_numpy().reshape(runs, STEPS + 1, -1)[:, 1:]


def theirs(peer, population, setting, *, runs):
    numbers, _ = parameters(setting)
    module = importlib.import_module(f"participation_{peer}")
    return np.stack([module.run(population, numbers, steps=STEPS, seed=seed).to_numpy(dtype=float) for seed in range(runs)])


def deviations(one, other, moments):
    """Differences of means in standard errors of the whole: in single years, and of the mean over all years; the spread is that of all runs."""
    found = {}
    for name, years in [*((f"year {year + 1}", [year]) for year in YEARS), ("all years", range(STEPS))]:
        a, b = one[:, years].mean(axis=1), other[:, years].mean(axis=1)
        within = np.concatenate([a - a.mean(axis=0), b - b.mean(axis=0)])
        error = within.std(axis=0) * np.sqrt(1 / len(a) + 1 / len(b))
        for moment, difference, unit in zip(moments, a.mean(axis=0) - b.mean(axis=0), error, strict=True):
            found[name, moment] = difference / unit if unit > 0 else difference
    return found


def far(found, limit=4.0):
    return {key: round(float(value), 1) for key, value in found.items() if not abs(value) < limit}


@pytest.mark.parametrize(("setting", "firms", "runs"), [("default", 2000, 100), ("dense", 2000, 25)])
def test_the_model_in_numpy_agrees(setting, firms, runs):
    population = inn.simulate.population(country="LT", firms=firms, seed=3)
    _, moments = parameters(setting)
    found = deviations(ours(MODELS[setting](), population, moments, runs=runs), theirs("numpy", population, setting, runs=runs), moments)
    assert far(found) == {}


@pytest.mark.parametrize(("setting", "firms", "runs"), [("default", 2000, 10), ("dense", 500, 8)])
@pytest.mark.parametrize("peer", ["mesa", "mesa_frames"])
def test_the_model_in_mesa_and_in_mesa_frames_agrees(peer, setting, firms, runs):
    pytest.importorskip(peer, reason=f"{peer} is not installed; see benchmarks/peers/README.md")
    population = inn.simulate.population(country="LT", firms=firms, seed=3)
    _, moments = parameters(setting)
    found = deviations(ours(MODELS[setting](), population, moments, runs=5 * runs), theirs(peer, population, setting, runs=runs), moments)
    assert far(found) == {}


def test_another_model_is_told_apart():
    population = inn.simulate.population(country="LT", firms=2000, seed=3)
    _, moments = parameters("default")
    model = inn.simulate.Participation(search=inn.simulate.Search(rate=0.007))
    found = deviations(ours(model, population, moments, runs=40), theirs("numpy", population, "default", runs=40), moments)
    assert {"participation", "ties"} <= {moment for _, moment in far(found)}
