"""The same seed gives the same bits of a whole world under all instruments: resumed, in threads, in processes, whatever the order of hashes."""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from whole import POLICIES, bits, model_of

import innovnet as inn
from innovnet._random import seed_key
from innovnet.simulate._course import begun

FIRMS, YEARS, SEED = 17_000, 8, 5  # three blocks
SCRIPT = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import innovnet as inn
from whole import POLICIES, bits, model_of
for dense in (False, True):
    people = inn.simulate.population(country="EU", firms={FIRMS}, seed=2)
    print(bits(inn.simulate.run(model_of(dense=dense, policies=POLICIES), people, steps={YEARS}, seed={SEED})))
"""


@pytest.fixture(scope="module")
def europe():
    return inn.simulate.population(country="EU", firms=FIRMS, seed=2)


@pytest.fixture(scope="module")
def straight(europe):
    """Bits of the run in one go, by setting."""
    return {dense: bits(inn.simulate.run(model_of(dense=dense, policies=POLICIES), europe, steps=YEARS, seed=SEED)) for dense in (False, True)}


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("years", [1, 4, 7])
def test_a_resumed_world_is_the_straight_one(tmp_path, europe, straight, dense, years):
    model = model_of(dense=dense, policies=POLICIES)
    told = {"seed": SEED, "checkpoint": tmp_path / "run.npz"}
    inn.simulate.run(model, europe, steps=years, **told)
    assert bits(inn.simulate.run(model, europe, steps=YEARS, **told)) == straight[dense]


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_threads_do_not_matter(monkeypatch, europe, straight, threads):
    monkeypatch.setenv("INNOVNET_THREADS", threads)
    assert bits(inn.simulate.run(model_of(dense=True, policies=POLICIES), europe, steps=YEARS, seed=SEED)) == straight[True]


@pytest.mark.parametrize(("threads", "order"), [("1", "1"), ("2", "77")])
def test_another_process_and_another_order_of_hashes_do_not_matter(straight, threads, order):
    told = os.environ | {"INNOVNET_THREADS": threads, "PYTHONHASHSEED": order}
    found = subprocess.run([sys.executable, "-c", SCRIPT], env=told, capture_output=True, text=True, check=True, timeout=300)
    assert found.stdout.split() == [straight[False], straight[True]]


def test_another_seed_gives_other_bits(europe, straight):
    other = bits(inn.simulate.run(model_of(policies=POLICIES), europe, steps=YEARS, seed=SEED + 1))
    assert other not in straight.values()


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as made:
        yield made


@pytest.mark.parametrize("dense", [False, True])
def test_a_pool_of_processes_gives_the_bits_of_threads(pool, dense):
    without, model = model_of(dense=dense), model_of(dense=dense, policies=POLICIES)
    people, told = inn.simulate.population(country="LT", firms=1000, seed=2), {"steps": 6, "seed": SEED, "runs": 4, "burn_in": 3}
    here, there = (inn.simulate.replicate(model, people, **told, executor=executor) for executor in (None, pool))
    assert here.names == there.names
    assert here.values.tobytes() == there.values.tobytes()
    here, there = (inn.simulate.compare(without, model, people, **told, executor=executor) for executor in (None, pool))
    assert here.effects.equals(there.effects)
    assert here.decomposition.equals(there.decomposition)


def test_a_run_beside_others_is_the_run_by_itself():
    """Many runs go by one thread each, a single one by all."""
    model, people = model_of(dense=True, policies=POLICIES), inn.simulate.population(country="LT", firms=9000, seed=2)
    many = inn.simulate.replicate(model, people, steps=4, seed=SEED, runs=3)
    course = begun(model, people, seed_key(SEED, 2))
    course.observe()
    for _ in range(4):
        course.advance()
        course.observe()
    assert np.array(course.rows).tobytes() == many.values[2].tobytes()
