"""Many runs of one thing: where they begin, and how they are spread over threads or processes. Any spread gives the same bits."""

import hashlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from innovnet import _parallel
from innovnet._check import check_kind
from innovnet._random import seed_key
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._at_start import check_at_start
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._course import Course, begun, check_population, check_steps
from innovnet.simulate._drift import second_half, warn_of_burn_in
from innovnet.simulate._identity import described
from innovnet.simulate._model import check_labels, check_model
from innovnet.simulate._state import Array, check_state, copied, flattened, rebuilt
from innovnet.simulate._store import Store

Record = tuple[Array, ...]
Task = Callable[[int], Record]


@dataclass(frozen=True)
class Start:
    """Where all runs begin: a population, and a state that they share or None where each starts by itself."""

    network: Network
    step: int = 0
    state: Any = None

    def __reduce__(self) -> tuple[Any, ...]:  # arrays that are read-only stay so in another process
        return _start, (self.network, self.step, type(self.state), *flattened(self.state))

    def course(self, model: Any, seed: int, run: int) -> Course:
        """Run number ``run``, at its beginning."""
        key = seed_key(seed, run)
        if self.state is None:
            return begun(model, self.network, key)
        return Course(model, self.network, key, copied(self.state), self.step, self.step)


def _start(network: Network, step: int, kind: type, plan: Any, arrays: list[Array]) -> Start:
    return Start(network, step, rebuilt(kind, plan, arrays))


def start_of(model: Any, population: Any, steps: int, burn_in: int, who: str, others: Sequence[Any] = ()) -> Start:
    """The beginning of all runs of a model, and of others beside it, before any burn-in: whatever cannot be run is an error here."""
    check_model(model)
    burn_in = int(burn_in)  # numbers of numpy can have no sign
    if isinstance(population, Checkpoint):
        check_steps(steps, population.step + burn_in)
        check_labels([model, *others], population.population)
        check_at_start(model, population.model, "the checkpoint")
        return Start(population.population, population.step, population.state_for(model))
    check_population(population, who)
    check_steps(steps, burn_in)
    check_labels([model, *others], population)
    return Start(population)


def burnt_in(start: Start, model: Any, seed: int, burn_in: int, progress: bool | None, others: Sequence[Any] = ()) -> Start:
    """The beginning of all runs after the one burn-in that they share; that others can go on from its state is checked first.

    Where main quantities still move in the second half of it, a warning says so.
    """
    if burn_in == 0 and start.state is None:
        return start
    burn_in, key, network, whose = int(burn_in), seed_key(seed), start.network, "the baseline" if burn_in else "the checkpoint"
    course = begun(model, network, key, burn_in) if start.state is None else Course(model, network, key, start.state, start.step, start.step + burn_in)
    for other in others:
        check_state(other, course.state, whose)
        check_at_start(other, described(model), "the baseline")
    for year in _parallel.progress_bar(range(burn_in), burn_in, "burn-in", progress):
        course.advance()
        if burn_in - year <= second_half(burn_in):
            course.observe()
    warn_of_burn_in(course.names, course.rows, burn_in, stacklevel=4)
    return Start(network, course.step, course.state)


def collected(task: Task, runs: range, *, executor: Executor | None, store: Store | None, progress: bool | None) -> list[Record]:
    """The records of the runs, in their order; those that the store holds are not run again, and new ones are kept there as they come."""
    held = store.records(runs) if store is not None else {}
    wanted = [run for run in runs if run not in held]
    for run, record in zip(wanted, _made(task, wanted, executor, progress), strict=True):
        held[run] = record
        if store is not None:
            store.keep(run, record)
    return [held[run] for run in runs]


def check_executor(executor: Any) -> None:
    """Raise unless this is an executor or None."""
    if executor is not None:
        check_kind(executor, Executor, "executor", "Give one of concurrent.futures, or None for threads.")


def named(task: Callable[[int], Record], run: int) -> Record:
    """The record of a run; an error says in which run it was."""
    try:
        return task(run)
    except Exception as error:
        error.add_note(f"This was in run {run}.")
        raise


def _made(task: Task, runs: list[int], executor: Executor | None, progress: bool | None) -> Iterator[Record]:
    if executor is None or not runs:
        yield from _parallel.run(lambda i: named(task, runs[i]), len(runs), what="runs", progress=progress)
        return
    payload = _sent(task)
    size = -(-len(runs) // (4 * getattr(executor, "_max_workers", _parallel.threads())))
    chunks = [runs[i : i + size] for i in range(0, len(runs), size)]
    several = executor.map(partial(_work, hashlib.sha256(payload).hexdigest(), payload), chunks)
    try:
        yield from _parallel.progress_bar((record for records in several for record in records), len(runs), "runs", progress)
    except BrokenExecutor as error:
        error.add_note(
            "A process of the executor has died, often for want of memory: take fewer. With store=path the same call goes on from the runs that are kept."
        )
        raise


def _sent(task: Task) -> bytes:
    try:
        return pickle.dumps(task, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = f"the model cannot be sent to the executor: {error}. Define its class, and that of its state, in a module that can be imported, or leave executor out."
        raise DataError(msg) from error


_received: dict[str, Task] = {}  # what this process was sent last: unpacked once, however many chunks come


def _work(digest: str, payload: bytes, runs: list[int]) -> list[Record]:
    task = _received.get(digest)
    if task is None:
        task = pickle.loads(payload)  # noqa: S301  # made by the caller a moment ago
        _received.clear()
        _received[digest] = task
    with _parallel.alone():
        return [named(task, run) for run in runs]


def rows_of(course: Course) -> tuple[Array, Array]:
    """Names and values of what was observed."""
    return np.array(course.names), np.array(course.rows)
