"""Threads and progress: the only file that starts threads.

A kernel is run over fixed chunks of its work. The chunks depend on the work alone and results come back in the order of the chunks, so a
result has the same bits in any number of threads.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from innovnet.errors import DataError

T = TypeVar("T")


def threads() -> int:
    """Number of threads: ``INNOVNET_THREADS``, else the cores given to this process."""
    told = os.environ.get("INNOVNET_THREADS")
    if told is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not told.isdecimal() or int(told) == 0:
        msg = f"INNOVNET_THREADS={told!r} is not a whole number of at least 1. Unset it to use all cores."
        raise DataError(msg)
    return int(told)


def bounds(costs: npt.NDArray[np.integer | np.floating], chunks: int) -> npt.NDArray[np.int64]:
    """Cut items into at most ``chunks`` runs of about equal cost: the positions of the cuts, 0 and the number of items included."""
    total = np.concatenate([[0.0], np.cumsum(costs, dtype=np.float64)])
    cuts = np.searchsorted(total, np.linspace(0.0, total[-1], chunks + 1))
    cuts[0], cuts[-1] = 0, len(costs)
    return np.unique(cuts).astype(np.int64)


def progress_bar(items: Iterable[T], total: int, what: str, progress: bool | None) -> Iterator[T]:
    """The items, with a bar. ``progress=None`` shows it on a terminal once the work has taken 2 seconds; True at once, False never."""
    if progress is False or (progress is None and not sys.stderr.isatty()):
        yield from items
        return
    from tqdm.auto import tqdm  # noqa: PLC0415

    yield from tqdm(items, total=total, desc=what, delay=0 if progress else 2, leave=False)


def aside(task: Callable[[], T]) -> Callable[[], T]:
    """Begin a task on a thread of its own; calling what is returned waits for it, and gives its result or raises its error. With one thread it is done at once."""
    if threads() == 1:
        done = task()
        return lambda: done
    pool = ThreadPoolExecutor(1, initializer=_enter)
    try:
        return pool.submit(task).result
    finally:
        pool.shutdown(wait=False)


_here = threading.local()


def _enter() -> None:
    _here.inside = True


@contextmanager
def alone() -> Iterator[None]:
    """What runs in this block stays on its thread, as inside a task of :func:`run`: for work that others share out."""
    before = getattr(_here, "inside", False)
    _here.inside = True
    try:
        yield
    finally:
        _here.inside = before


def run(task: Callable[[int], T], chunks: int, *, what: str = "", progress: bool | None = None) -> Iterator[T]:
    """``task(0), task(1), ...`` on several threads, in this order. An interrupt stops what has not begun. Inside such a task: on its thread, without a bar."""
    if getattr(_here, "inside", False):
        yield from map(task, range(chunks))
        return
    workers = min(threads(), chunks)
    if workers <= 1:
        yield from progress_bar(map(task, range(chunks)), chunks, what, progress)
        return
    pool = ThreadPoolExecutor(workers, initializer=_enter)
    try:
        yield from progress_bar(pool.map(task, range(chunks)), chunks, what, progress)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
