import json
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from engine_models import InPlace, Meetings, plain

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate import _checkpoint, _run
from innovnet.simulate._interrupt import Interrupt

run, branch, read_checkpoint = inn.simulate.run, inn.simulate.branch, inn.simulate.read_checkpoint


def same(one, other):
    pd.testing.assert_frame_equal(one.summary, other.summary, check_exact=True)
    plans = [_checkpoint.flattened(t.checkpoint.state) for t in (one, other)]
    assert plans[0][0] == plans[1][0]
    for a, b in zip(plans[0][1], plans[1][1], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("model", [Meetings(), InPlace()], ids=["anew", "in place"])
@pytest.mark.parametrize("years", range(1, 7))
def test_a_resumed_run_is_the_straight_run(tmp_path, model, years):
    file = tmp_path / "run.npz"
    run(model, plain(30), steps=years, seed=5, checkpoint=file)
    same(run(model, plain(30), steps=6, seed=5, checkpoint=file), run(model, plain(30), steps=6, seed=5))


def test_a_finished_run_is_read_and_not_run(tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    done = run(InPlace(), plain(30), steps=4, seed=5, checkpoint=file)
    monkeypatch.setattr(InPlace, "step", None)
    monkeypatch.setattr(_run, "check_model", lambda model: None)
    same(run(InPlace(), plain(30), steps=4, seed=5, checkpoint=file), done)


@pytest.mark.parametrize("year", [1, 3, 6])
def test_a_step_that_fails_leaves_the_last_whole_state(tmp_path, monkeypatch, year):
    file, step = tmp_path / "run.npz", InPlace.step

    def failing(self, network, state, draw):
        if draw.year == year:
            state.level[:] = -1
            raise KeyboardInterrupt
        return step(self, network, state, draw)

    monkeypatch.setattr(_run, "EVERY", 0.0)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(InPlace, "step", failing)
        run(InPlace(), plain(30), steps=6, seed=5, checkpoint=file)
    point = read_checkpoint(file, plain(30))
    assert point.year == year - 1
    same(run(InPlace(), plain(30), steps=6, seed=5, checkpoint=file), run(InPlace(), plain(30), steps=6, seed=5))


def test_branches_of_a_file_are_those_of_the_state_in_memory(tmp_path):
    before = run(InPlace(), plain(30), steps=3, seed=5, checkpoint=tmp_path / "run.npz")
    point = read_checkpoint(tmp_path / "run.npz", plain(30))
    pd.testing.assert_frame_equal(point.summary, before.summary, check_exact=True)
    assert point.digest == before.checkpoint.digest
    for _ in range(2):
        same(branch(point, InPlace(drift=0.3), steps=2), branch(before.checkpoint, InPlace(drift=0.3), steps=2))


def test_a_branch_resumes_and_knows_where_it_comes_from(tmp_path):
    point = run(Meetings(), plain(30), steps=3, seed=5).checkpoint
    model = Meetings(support=1.0, invited=4)
    branch(point, model, steps=2, checkpoint=tmp_path / "branch.npz")
    same(branch(point, model, steps=5, checkpoint=tmp_path / "branch.npz"), branch(point, model, steps=5))
    elsewhere = run(Meetings(), plain(30), steps=2, seed=5).checkpoint
    with pytest.raises(DataError, match="is of another start"):
        branch(elsewhere, model, steps=5, checkpoint=tmp_path / "branch.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": InPlace(drift=0.2)}, r"of another model \(drift: 0.1 before, 0.2 now\)"),
        ({"model": Meetings()}, "of another model"),
        ({"population": plain(31)}, "of another population"),
        ({"seed": 6}, "of seed 5, not 6"),
        ({"steps": 2}, "already at year 3, beyond steps=2"),
    ],
)
def test_a_file_of_another_run_is_refused(tmp_path, change, words):
    file = tmp_path / "run.npz"
    run(InPlace(), plain(30), steps=3, seed=5, checkpoint=file)
    before = file.read_bytes()
    given = {"model": InPlace(), "population": plain(30), "steps": 3, "seed": 5} | change
    with pytest.raises(DataError, match=words):
        run(given.pop("model"), given.pop("population"), **given, checkpoint=file)
    assert file.read_bytes() == before


def test_a_file_of_another_version_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    monkeypatch.setattr(_checkpoint, "__version__", "0.0.1")
    run(InPlace(), plain(30), steps=3, seed=5, checkpoint=file)
    monkeypatch.undo()
    with pytest.raises(DataError, match=r"was written by innovnet 0\.0\.1"):
        run(InPlace(), plain(30), steps=3, seed=5, checkpoint=file)


def test_what_is_no_checkpoint_is_told(tmp_path):
    file = tmp_path / "run.npz"
    run(InPlace(), plain(300), steps=3, seed=5, checkpoint=file)
    whole = file.read_bytes()
    (tmp_path / "text.npz").write_text("some text")
    np.savez(tmp_path / "arrays.npz", a=np.arange(3))
    (tmp_path / "cut.npz").write_bytes(whole[:-100])
    with zipfile.ZipFile(file) as archive:
        place = next(info for info in archive.infolist() if info.filename == "0.npy").header_offset
    (tmp_path / "spoilt.npz").write_bytes(whole[: place + 400] + b"\xff\xff\xff" + whole[place + 403 :])
    for name in ("text", "arrays", "cut", "spoilt"):
        with pytest.raises(DataError, match=f"{name}.npz is no whole checkpoint"):
            run(InPlace(), plain(300), steps=3, seed=5, checkpoint=tmp_path / f"{name}.npz")
    with pytest.raises(DataError, match="belongs to another population"):
        read_checkpoint(file, plain(5))


def test_a_file_names_no_code(tmp_path):
    file = tmp_path / "run.npz"
    run(InPlace(), plain(5), steps=1, seed=5, checkpoint=file)
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(held["header.json"])
    header["plan"]["record"] = "subprocess.Popen"
    held["header.json"] = json.dumps(header).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    with pytest.raises(DataError, match=r"a part of subprocess\.Popen, which this model does not have"):
        run(InPlace(), plain(5), steps=2, seed=5, checkpoint=file)


def test_a_checkpoint_written_anew_is_not_branched_from(tmp_path):
    file = tmp_path / "run.npz"
    run(InPlace(), plain(5), steps=1, seed=5, checkpoint=file)
    point = read_checkpoint(file, plain(5))
    run(InPlace(), plain(5), steps=2, seed=5, checkpoint=file)
    with pytest.raises(DataError, match="has been written anew"):
        branch(point, InPlace(), steps=1)


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    run(InPlace(), plain(30), steps=2, seed=5, checkpoint=file)

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(_checkpoint.np.lib.format, "write_array", full)
        with pytest.raises(DataError, match=r"No space left on device\. It still holds what it held before"):
            run(InPlace(), plain(30), steps=4, seed=5, checkpoint=file)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    same(run(InPlace(), plain(30), steps=4, seed=5, checkpoint=file), run(InPlace(), plain(30), steps=4, seed=5))


CHILD = """
import sys
sys.path.insert(0, {here!r})
from engine_models import InPlace, plain
import innovnet.simulate._run as r
r.EVERY = {every}
r.run(InPlace(pause=0.02), plain(30), steps=1000, seed=5, checkpoint={file!r})
"""


def started(file, every):
    """A long run in another process, once it has written its first checkpoint after the start."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(here=str(Path(__file__).parent), every=every, file=str(file))], stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not file.exists() or (every == 0 and read_checkpoint(file, plain(30)).year < 3):
        assert time.monotonic() < until
        assert child.poll() is None
        time.sleep(0.02)
    return child


def whole_after(file):
    point = read_checkpoint(file, plain(30))
    model = InPlace(pause=0.02)
    same(run(model, plain(30), steps=point.year + 2, seed=5, checkpoint=file), run(model, plain(30), steps=point.year + 2, seed=5))
    return point


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_killed_at_once(tmp_path):
    child = started(tmp_path / "run.npz", 0.0)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert whole_after(tmp_path / "run.npz").year >= 3


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_finishes_the_step_and_keeps_it(tmp_path):
    child = started(tmp_path / "run.npz", 1e9)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    told = child.communicate(timeout=60)[1]
    assert "KeyboardInterrupt: stopped after year" in told
    assert "The same call goes on from there" in told
    assert whole_after(tmp_path / "run.npz").year > 0


def test_a_second_control_c_stops_at_once_and_the_handler_is_restored():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Interrupt(active=True) as interrupt:
        signal.raise_signal(signal.SIGINT)
        assert interrupt.asked
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_in_another_thread_leaves_signals_alone(tmp_path):
    done = []
    thread = threading.Thread(target=lambda: done.append(run(InPlace(), plain(5), steps=2, seed=1, checkpoint=tmp_path / "run.npz")))
    thread.start()
    thread.join()
    same(done[0], run(InPlace(), plain(5), steps=2, seed=1))


def test_writing_copies_no_array(tmp_path):
    class Large:
        def start(self, network, draw) -> tuple:
            return (np.ones((1000, 4000)), np.asfortranarray(np.ones((1000, 1000))))

        def step(self, network, state, draw):
            return state

        def observe(self, network, state):
            return {"one": state[0][0, 0]}

    population = plain(3)
    tracemalloc.start()
    done = run(Large(), population, steps=1, seed=1)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    resumed = run(Large(), population, steps=1, seed=1, checkpoint=tmp_path / "c.npz")
    assert tracemalloc.get_traced_memory()[1] < held + 40e6 + 20e6  # its own state, and pieces of 16 MiB
    tracemalloc.stop()
    same(done, resumed)
    assert [a.flags.f_contiguous for a in run(Large(), population, steps=1, seed=1, checkpoint=tmp_path / "c.npz").checkpoint.state] == [False, True]


def test_whole_numbers_of_numpy_are_whole_numbers(tmp_path):
    kept = run(InPlace(), plain(5), steps=np.int64(2), seed=np.uint8(7), checkpoint=tmp_path / "c.npz")
    same(run(InPlace(), plain(5), steps=2, seed=7, checkpoint=tmp_path / "c.npz"), kept)
    assert json.loads(json.dumps(kept.provenance)) == kept.provenance


def test_the_participation_model_resumes_and_branches_from_a_file(tmp_path):
    model, population = inn.simulate.Participation(), inn.simulate.population(country="LT", firms=300, seed=1)
    straight = run(model, population, steps=5, seed=2)
    run(model, population, steps=3, seed=2, checkpoint=tmp_path / "c.npz")
    point = read_checkpoint(tmp_path / "c.npz", population)
    np.testing.assert_array_equal(branch(point, model, steps=2).summary.to_numpy(), straight.summary.to_numpy()[3:])
    same(run(model, population, steps=5, seed=2, checkpoint=tmp_path / "c.npz"), straight)
