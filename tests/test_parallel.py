import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovnet import _parallel
from innovnet.errors import DataError


@pytest.mark.parametrize("workers", ["1", "2", "5"])
def test_results_come_in_order(monkeypatch, workers):
    monkeypatch.setenv("INNOVNET_THREADS", workers)

    def task(k):
        time.sleep(0.002 * (7 - k))
        return k * k

    assert list(_parallel.run(task, 8)) == [k * k for k in range(8)]


def test_an_error_stops_what_has_not_begun(monkeypatch):
    monkeypatch.setenv("INNOVNET_THREADS", "2")
    begun = []

    def task(k):
        begun.append(k)
        if k == 1:
            raise KeyboardInterrupt
        time.sleep(0.02)
        return k

    with pytest.raises(KeyboardInterrupt):
        list(_parallel.run(task, 200))
    assert len(begun) < 20
    assert threading.active_count() < 20


@pytest.mark.parametrize("told", ["0", "-1", "two", ""])
def test_a_wrong_number_of_threads_is_an_error(monkeypatch, told):
    monkeypatch.setenv("INNOVNET_THREADS", told)
    with pytest.raises(DataError, match="INNOVNET_THREADS"):
        _parallel.threads()


@given(st.lists(st.integers(0, 1000), max_size=60), st.integers(1, 20))
def test_bounds_cover_everything_once(costs, chunks):
    cuts = _parallel.bounds(np.array(costs, dtype=np.int64), chunks)
    assert cuts[0] == 0
    assert cuts[-1] == len(costs)
    assert (np.diff(cuts) > 0).all()
    assert len(cuts) <= chunks + 1


def test_bar_is_shown_when_asked_for(capsys):
    assert list(_parallel.run(lambda k: k, 3, what="counting", progress=True)) == [0, 1, 2]
    assert "counting" in capsys.readouterr().err


def test_a_task_that_runs_tasks_stays_on_its_thread(monkeypatch):
    monkeypatch.setenv("INNOVNET_THREADS", "3")

    def outer(k):
        return {threading.get_ident(), *_parallel.run(lambda _: threading.get_ident(), 4)}

    assert all(len(found) == 1 for found in _parallel.run(outer, 6))
    assert len(set(_parallel.run(lambda _: (time.sleep(0.01), threading.get_ident())[1], 6))) > 1
