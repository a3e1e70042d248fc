import os
import pickle
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from engine_models import Fragile, InPlace, Meetings, plain

import innovnet as inn
from innovnet._parallel import alone
from innovnet._parallel import run as in_threads
from innovnet._random import seed_key
from innovnet.errors import DataError, DataWarning
from innovnet.simulate._course import begun
from innovnet.simulate._replica import Start

replicate, run, branch = inn.simulate.replicate, inn.simulate.run, inn.simulate.branch


def equal(one, other):
    pd.testing.assert_frame_equal(one.runs, other.runs, check_exact=True)


def by_year(many, name):
    return many.values[..., many.names.index(name)]


def test_each_run_is_a_course_with_its_own_key():
    many = replicate(InPlace(), plain(20), steps=4, seed=3, runs=3)
    assert many.runs.index.names == ["run", "year"]
    assert many.values.shape == (3, 5, 3)
    for number in range(3):
        course = begun(InPlace(), plain(20), seed_key(3, number))
        for year in range(5):
            if year:
                course.advance()
            course.observe()
            np.testing.assert_array_equal(many.runs.loc[(number, year)], course.rows[-1])
    assert many.runs["level"].xs(4, level="year").nunique() == 3


def test_more_runs_are_the_same_and_further_ones():
    few, many = (replicate(Meetings(), plain(20), steps=3, seed=3, runs=r) for r in (4, 9))
    np.testing.assert_array_equal(many.values[:4], few.values)


def test_summary_is_means_and_intervals_over_runs():
    many = replicate(Meetings(), plain(40), steps=3, seed=3, runs=12)
    drawn = many.runs["output"].xs(2, level="year")
    row = many.summary.loc[(2, "output")]
    half = 2.200985160082949 * drawn.std() / np.sqrt(12)  # t with 11 degrees of freedom
    np.testing.assert_allclose(row[["mean", "sd", "low", "high", "n"]], [drawn.mean(), drawn.std(), drawn.mean() - half, drawn.mean() + half, 12], rtol=1e-12)
    assert many.summary.index.names == ["year", "outcome"]
    assert many.summary.loc[(2, "paid"), ["mean", "sd", "low", "high"]].tolist() == [0, 0, 0, 0]


def test_undefined_values_are_left_out_and_counted():
    class Sometimes:
        def start(self, network, draw) -> tuple:
            return (float(draw.unit(1, 0)),)

        def step(self, network, state, draw):
            return state

        def observe(self, network, state):
            return {"some": state[0] if state[0] < 0.5 else np.nan, "never": np.nan}

    many = replicate(Sometimes(), plain(3), steps=1, seed=1, runs=20)
    known = many.runs["some"].xs(1, level="year").dropna()
    assert 2 < len(known) < 18
    assert many.summary.loc[(1, "some"), "n"] == len(known)
    assert many.summary.loc[(1, "some"), "mean"] == pytest.approx(known.mean())
    assert many.summary.loc[(1, "never"), "n"] == 0
    assert np.isnan(many.summary.loc[(1, "never"), "mean"])


def test_burn_in_is_shared_and_has_no_policy():
    model = Meetings(support=1.0, invited=5, start_year=1)
    many = replicate(model, plain(30), steps=3, seed=3, runs=4, burn_in=6)
    assert (by_year(many, "paid") == [0, 5000, 5000, 5000]).all()
    assert len(set(by_year(many, "skill")[:, 0])) == 1
    before = run(Meetings(), plain(30), steps=6, seed=3)  # the same draws, and no policy yet
    np.testing.assert_array_equal(many.values[0, 0, :3], before.summary.to_numpy()[6, :3])
    equal(many, replicate(model, before.checkpoint, steps=3, seed=3, runs=4))


def test_runs_go_on_from_a_checkpoint(tmp_path):
    point = run(InPlace(), plain(30), steps=4, seed=1, checkpoint=tmp_path / "c.npz").checkpoint
    many = replicate(InPlace(), point, steps=3, seed=1, runs=3)
    equal(many, replicate(InPlace(), inn.simulate.read_checkpoint(tmp_path / "c.npz", plain(30)), steps=3, seed=1, runs=3))
    assert (by_year(many, "steps") == [4, 5, 6, 7]).all()
    assert many.runs["level"].xs(3, level="year").nunique() == 3
    later = replicate(InPlace(), point, steps=3, seed=1, runs=3, burn_in=2)
    assert (by_year(later, "steps") == [6, 7, 8, 9]).all()


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_same_bits_in_any_number_of_threads(monkeypatch, threads):
    monkeypatch.setenv("INNOVNET_THREADS", threads)
    found = replicate(InPlace(), plain(500), steps=4, seed=3, runs=7)
    monkeypatch.setenv("INNOVNET_THREADS", "1")
    equal(found, replicate(InPlace(), plain(500), steps=4, seed=3, runs=7))


def test_same_bits_in_processes():
    told = {"steps": 3, "seed": 3, "runs": 9, "burn_in": 2}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        equal(replicate(InPlace(), plain(30), **told, executor=pool), replicate(InPlace(), plain(30), **told))
        with pytest.raises(ValueError, match="cannot start") as caught:
            replicate(Fragile(), plain(30), steps=1, seed=3, runs=9, executor=pool)
    assert "This was in run" in caught.value.__notes__[0]


class Counting(Executor):
    """Runs at once, and counts how large is what it is sent."""

    sent = 0

    def submit(self, function, /, *args, **kwargs):
        self.sent += 1
        done = Future()
        done.set_result(pickle.loads(pickle.dumps(function))(*args, **kwargs))
        return done


def test_an_executor_gets_chunks_and_leaves_the_thread_as_it_was():
    pool = Counting()
    equal(replicate(Meetings(), plain(30), steps=2, seed=3, runs=40, executor=pool), replicate(Meetings(), plain(30), steps=2, seed=3, runs=40))
    assert pool.sent < 40
    with alone():
        assert list(in_threads(lambda i: i, 3)) == [0, 1, 2]
    with ThreadPoolExecutor(2) as threads:
        equal(replicate(Meetings(), plain(30), steps=2, seed=3, runs=4, executor=threads), replicate(Meetings(), plain(30), steps=2, seed=3, runs=4))


def test_read_only_arrays_stay_so_in_another_process():
    state = begun(Meetings(), plain(5), seed_key(1)).state
    start = pickle.loads(pickle.dumps(Start(plain(5), 3, state)))
    assert (start.step, type(start.state)) == (3, type(state))
    assert [a.flags.writeable for a in start.state[:3]] == [a.flags.writeable for a in state[:3]] == [False, True, True]


def test_precision_adds_runs_until_it_is_met():
    told = {"steps": 2, "seed": 3}
    found = replicate(Meetings(), plain(50), **told, precision={"output": 0.8})
    runs = len(found.values)
    half = {r: np.ptp(replicate(Meetings(), plain(50), **told, runs=r).summary.loc[(2, "output"), ["low", "high"]]) / 2 for r in (runs - 10, runs)}
    assert runs % 10 == 0
    assert half[runs] <= 0.8 < half[runs - 10]
    equal(found, replicate(Meetings(), plain(50), **told, runs=runs))


def test_a_precision_that_is_not_met_is_told():
    with pytest.warns(DataWarning, match=r"after max_runs=20 runs the half-width is 'output' .* \(wanted 1e-06\)"):
        found = replicate(Meetings(), plain(50), steps=2, seed=3, precision={"output": 1e-6}, max_runs=20)
    assert len(found.values) == 20


def test_a_failing_run_names_its_number():
    failing = [r for r in range(9) if begun(Meetings(), plain(30), seed_key(3, r)).state.skill[0] < 0.5]
    with pytest.raises(ValueError, match="cannot start") as caught:
        replicate(Fragile(), plain(30), steps=1, seed=3, runs=9)
    assert caught.value.__notes__ == [f"This was in run {failing[0]}."]


def test_a_store_keeps_finished_runs(tmp_path, monkeypatch):
    told = {"steps": 3, "seed": 3, "store": tmp_path / "runs.sqlite"}
    step, done = Meetings.step, []

    def stopped(self, network, state, draw):
        done.append(draw.key)
        if len(done) > 3 * 5:
            raise KeyboardInterrupt
        return step(self, network, state, draw)

    monkeypatch.setenv("INNOVNET_THREADS", "1")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Meetings, "step", stopped)
        replicate(Meetings(), plain(20), **told, runs=8)
    with sqlite3.connect(tmp_path / "runs.sqlite") as held:
        assert [r for (r,) in held.execute("SELECT run FROM runs ORDER BY run")] == [0, 1, 2, 3, 4]
    held.close()
    done.clear()
    with monkeypatch.context() as patch:
        patch.setattr(Meetings, "step", lambda self, *a: (done.append(a[2].key), step(self, *a))[1])
        found = replicate(Meetings(), plain(20), **told, runs=8)
    assert set(done) == {seed_key(3, r) for r in (5, 6, 7)}
    equal(found, replicate(Meetings(), plain(20), steps=3, seed=3, runs=8))
    for change, words in (({"seed": 4}, r"experiment.seed|seed: 3 before, 4 now"), ({"steps": 4}, "steps: 3 before, 4 now")):
        with pytest.raises(DataError, match=words):
            replicate(Meetings(), plain(20), **told | change, runs=8)
    with pytest.raises(DataError, match=r"rate: 0.2 before, 0.3 now"):
        replicate(Meetings(rate=0.3), plain(20), **told, runs=8)
    (tmp_path / "text").write_text("no store" * 1000)
    with pytest.raises(DataError, match="cannot be used: file is not a database"):
        replicate(Meetings(), plain(20), steps=3, seed=3, runs=2, store=tmp_path / "text")


CHILD = """
import sys
sys.path.insert(0, {here!r})
from engine_models import InPlace, plain
import innovnet as inn
inn.simulate.replicate(InPlace(pause=0.01), plain(30), steps=5, seed=5, runs=1000, store={store!r})
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_store_survives_being_killed(tmp_path):
    store = tmp_path / "runs.sqlite"
    child = subprocess.Popen([sys.executable, "-c", CHILD.format(here=str(Path(__file__).parent), store=str(store))])
    until, held = time.monotonic() + 60, 0
    while held < 5:
        assert time.monotonic() < until
        assert child.poll() is None
        time.sleep(0.05)
        if store.exists():
            connection = sqlite3.connect(store)
            try:
                held = connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
            except sqlite3.OperationalError:  # not made yet
                held = 0
            connection.close()
    child.kill()
    child.wait()
    model = InPlace(pause=0.01)
    found = replicate(model, plain(30), steps=5, seed=5, runs=held + 2, store=store)
    equal(found, replicate(model, plain(30), steps=5, seed=5, runs=held + 2))


def test_how_it_shows_itself():
    many = replicate(Meetings(), plain(30), steps=2, seed=3, runs=5)
    assert repr(many).splitlines() == ["Ensemble: Meetings, 5 runs of 2 steps, seed 3, 30 actors", "  observed: output, skill, ties, paid"]
    html = many._repr_html_()
    assert html.count("<svg") == 4
    assert "not a forecast" in html
    assert many.provenance["runs"] == 5
    assert many.provenance["parameters"]["rate"] == 0.2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "give either runs=, a number of runs, or precision="),
        ({"runs": 3, "precision": {"output": 1}}, "give either runs="),
        ({"runs": 0}, "runs=0 is not a whole number of at least 1"),
        ({"precision": {"outptu": 0.5}}, "does not observe 'outptu'. Did you mean 'output'"),
        ({"precision": {"output": 0}}, "names no half-widths"),
        ({"precision": 0.1}, "names no half-widths"),
        ({"runs": 3, "burn_in": -1}, "burn_in=-1"),
        ({"runs": 3, "burn_in": 65_535}, "65,536 steps in all"),
        ({"runs": 3, "steps": 0}, "steps=0"),
        ({"runs": 3, "seed": 1.5}, "seed=1.5"),
        ({"runs": 3, "executor": "processes"}, "executor takes Executor, not str"),
        ({"runs": 3, "population": 5}, "replicate takes a Network"),
        ({"runs": 3, "model": 5}, "int is no model"),
        ({"runs": 3, "store": 5}, "store=5 is no path"),
        ({"precision": {"output": 1}, "max_runs": 3}, "max_runs=3 is not a whole number of at least 10"),
    ],
)
def test_bad_input_is_named(arguments, words):
    given = {"model": Meetings(), "population": plain(5), "steps": 1, "seed": 1} | arguments
    with pytest.raises(DataError, match=words):
        replicate(given.pop("model"), given.pop("population"), **given)
