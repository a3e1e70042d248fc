"""Users' models that do what a model must not."""

import re
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import attack_models as bad
import numpy as np
import pandas as pd
import pytest
from engine_models import plain

from innovnet.errors import DataError
from innovnet.simulate import Barter, branch, compare, read_checkpoint, replicate, run

N = 12
NETWORK = plain(N)
TOLD = {"steps": 3, "seed": 1}
NO = np.zeros(N, dtype=bool)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (bad.Plain, "Plain is a class of models. Make one with its parameters: Plain()"),
        (bad.ForgetsToReturn(), "step returns NoneType in year 1, and the state was Level"),
        (bad.ReturnsList(), "step returns list in year 1"),
        (bad.HoldsList(), "a list. A state is"),
        (bad.Plain(seen=[("x", 1.0)]), "observe returns [('x', 1.0)]. Return a mapping"),
        (bad.Plain(seen={1: 2.0}), "observe returns {1: 2.0}"),
        (bad.Plain(seen={"x": "3.5"}), "no number for 'x'"),
        (bad.Plain(seen={"x": None}), "no number for 'x'"),
        (bad.Plain(seen={"x": 1j}), "no number for 'x'"),
        (bad.Plain(seen={"x": 10**400}), "no number for 'x'"),
        (bad.Plain(seen={"x": pd.NA}), "no number for 'x'"),
        (bad.Renames(), "for the first time"),
    ],
)
def test_a_run_tells_what_a_model_does_wrong(model, words):
    with pytest.raises(DataError, match=re.escape(words)):
        run(model, plain(40), steps=12, seed=4)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (bad.StartsWithAnother(), "start returns Box and is annotated with Level"),
        (bad.HidesPart(), "parts of 'attack_models.Inside', which no annotation of Box leads to"),
    ],
)
def test_what_a_file_could_not_give_back_is_told_before_the_first_step(model, words, tmp_path):
    with pytest.raises(DataError, match=re.escape(words)):
        run(model, NETWORK, checkpoint=tmp_path / "point.npz", **TOLD)
    assert not list(tmp_path.iterdir())


def test_arrays_that_are_shared_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        run(bad.WritesShared(), NETWORK, **TOLD)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (5, "returns 5, where one-dimensional arrays by name are needed"),
        ({"source": 0, "target": 1}, "returns ['source', 'target'], where"),
        ({"src": [0], "target": [1]}, "no column 'source'. Did you mean 'src'?"),
        ({"source": [0], "target": [N]}, f"'target' holds {N}. Return positions among the {N} rows"),
        ({"source": [-1], "target": [0]}, "'source' holds -1"),
        ({"source": [0.5], "target": [1]}, "'source' holds 0.5"),
        ({"source": [0], "target": [True]}, "'target' holds True"),
        ({"source": [0, 1], "target": [1]}, "several lengths"),
    ],
)
def test_ties_that_are_none(pairs, words):
    model = bad.Plain(pairs=pairs)
    with pytest.raises(DataError, match=re.escape(words)):
        _ = run(model, NETWORK, **TOLD).network
    with pytest.raises(DataError, match=re.escape(words)):
        compare(model, model, NETWORK, runs=2, outcomes=["x"], **TOLD)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (5, "returns 5, where one-dimensional arrays by name are needed"),
        ({"x": np.zeros((N, 2)), "treated": NO}, "returns ['x'], where"),
        ({"x": 1.0, "treated": NO}, "returns ['x'], where"),
        ({"x": np.zeros(3), "treated": np.zeros(3, dtype=bool)}, "3 rows for a population of 12"),
        ({"x": np.zeros(N), "treated": ["no"] * N}, "column 'treated' of Plain.actors holds 'no'. Give True or False"),
        ({"x": np.zeros(N), "treated": np.full(N, np.nan)}, "holds nan"),
        ({"x": np.zeros(N), "treated": np.arange(N)}, "Give True or False"),
        ({"x": ["1"] * N, "treated": NO}, "column 'x' of Plain.actors is not of numbers"),
    ],
)
def test_actors_that_cannot_be_compared(rows, words):
    model = bad.Plain(rows=rows)
    with pytest.raises(DataError, match=re.escape(words)):
        compare(model, model, NETWORK, runs=2, outcomes=["x"], **TOLD)


def test_numbers_with_missing_ones_are_compared():
    model = bad.Plain(rows={"x": pd.array([1] * (N - 1) + [None], dtype="Int64"), "treated": NO.astype("i8")})
    found = compare(model, model, NETWORK, runs=2, outcomes=["x", "x"], **TOLD)
    assert found.outcomes == ("x",)


def test_actors_without_a_row_or_a_number_for_each():
    with pytest.raises(DataError, match="3 rows for 12 actors"):
        _ = run(bad.Plain(rows={"x": np.zeros(3)}), NETWORK, **TOLD).network


def test_columns_that_no_file_can_hold(tmp_path):
    with pytest.raises(DataError, match=r"column 'x' cannot be kept in a file"):
        run(bad.Plain(rows={"x": [object()] * N}), NETWORK, record="panel", path=tmp_path / "panel", **TOLD)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alternative": Barter(experts=1)}, "states of different kinds"),
        ({"alternative": bad.Plain}, "is a class of models"),
        ({"outcomes": 5}, "is no list of columns"),
        ({"steps": np.uint8(1), "burn_in": np.int64(70_000)}, "more than the 65,535"),
    ],
)
def test_comparisons_that_are_none(changes, words):
    given = {"alternative": bad.Plain(), "steps": 2, "runs": 2, "seed": 1} | changes
    with pytest.raises(DataError, match=words):
        compare(bad.Plain(), given.pop("alternative"), NETWORK, **given)


def test_numbers_of_numpy_are_numbers():
    small = {"steps": np.uint8(2), "seed": np.uint8(1), "runs": np.uint8(3)}
    plainly = {name: int(value) for name, value in small.items()}
    found = replicate(bad.Plain(), NETWORK, burn_in=np.uint8(4), **small)
    assert np.array_equal(found.values, replicate(bad.Plain(), NETWORK, burn_in=4, **plainly).values)


def test_a_process_that_dies_leaves_what_was_done_and_advice(tmp_path):
    with ProcessPoolExecutor(1) as executor, pytest.raises(BrokenProcessPool) as caught:
        replicate(bad.Dies(), NETWORK, runs=12, executor=executor, store=tmp_path / "runs.db", **TOLD)
    assert "store" in caught.value.__notes__[0]
    assert (tmp_path / "runs.db").exists()


def test_a_model_that_cannot_be_sent_elsewhere():
    class Here(bad.Plain):
        pass

    with ProcessPoolExecutor(1) as executor, pytest.raises(DataError, match="cannot be sent to the executor"):
        replicate(Here(), NETWORK, runs=2, executor=executor, **TOLD)


def test_a_store_of_an_experiment_that_fails_keeps_the_runs_before(tmp_path):
    class Boom(bad.Plain):
        def step(self, network, state, draw):
            if int(draw.key) == seventh:
                raise RuntimeError("boom")
            return super().step(network, state, draw)

    from innovnet._random import seed_key  # noqa: PLC0415

    seventh = int(seed_key(1, 7))
    with pytest.raises(RuntimeError, match="boom") as caught:
        replicate(Boom(), NETWORK, runs=20, store=tmp_path / "runs.db", **TOLD)
    assert caught.value.__notes__ == ["This was in run 7."]
    connection = sqlite3.connect(tmp_path / "runs.db")
    kept = [run for (run,) in connection.execute("SELECT run FROM runs")]
    connection.close()
    assert set(range(7)) <= set(kept)
    assert 7 not in kept


def test_a_branch_goes_on_from_states_of_its_kind_only(tmp_path):
    path = tmp_path / "point.npz"
    run(bad.Plain(), NETWORK, checkpoint=path, **TOLD)
    with pytest.raises(DataError, match="does not have"):
        branch(read_checkpoint(path, NETWORK), Barter(experts=1), steps=1)
