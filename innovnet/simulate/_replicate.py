"""Many runs of one model."""

import os
import warnings
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from innovnet import __version__
from innovnet._check import check_whole, did_you_mean
from innovnet.errors import DataError, DataWarning
from innovnet.graph._network import Network
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._ensemble import Ensemble
from innovnet.simulate._identity import described, digest_of
from innovnet.simulate._replica import Record, Start, burnt_in, check_executor, collected, rows_of, start_of
from innovnet.simulate._statistics import spread
from innovnet.simulate._store import opened

BATCH = 10  #: runs between two looks at the precision


@dataclass(frozen=True)
class Replica:
    """What one run is; called with its number."""

    model: Any
    start: Start
    steps: int
    seed: int

    def __call__(self, run: int) -> Record:
        """Names and values of what the run observed."""
        course = self.start.course(self.model, self.seed, run)
        course.observe()
        for _ in range(self.steps):
            course.advance()
            course.observe()
        return rows_of(course)


def replicate(
    model: Any,
    population: Network | Checkpoint,
    *,
    steps: int,
    seed: int,
    runs: int | None = None,
    precision: Mapping[str, float] | None = None,
    burn_in: int = 0,
    max_runs: int = 10_000,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Ensemble:
    """Run a model many times: what is chance in its results, and what is not.

    Parameters
    ----------
    model
        As in :func:`innovnet.simulate.run`.
    population
        A network; or a checkpoint, from whose state all runs go on.
    steps
        Number of years, at least 1.
    seed
        Any whole number of at least 0. Run r is a function of the seed and of r: more runs are the same ones and further ones.
    runs
        Number of runs, at least 1; or say ``precision``.
    precision
        For observed names the half-width wanted for the 95 % interval of the mean in the last year, as in ``{"participation": 0.005}``. Runs are added in
        tens until all are met.
    burn_in
        Years before year 0, run once for all: until then policies are not active (``draw.year`` is 0 or less).
    max_runs
        Most runs for a precision; where it is not met by then, a :class:`innovnet.errors.DataWarning` says how near it is.
    executor
        None: threads, one run in each. Or an executor of :mod:`concurrent.futures`, for instance of processes. Same bits either way.
    store
        A file that keeps the finished runs: after an interrupt the same call goes on. One of another model, population or seed is refused.
    progress
        None shows a bar on a terminal after 2 seconds, True at once, False never.

    Returns
    -------
    Ensemble
        With ``runs`` (by run and year), ``summary`` (by year and outcome: mean, sd, low, high, n) and ``provenance``.

    Raises
    ------
    DataError
        Wrong input; both or neither of ``runs`` and ``precision``; a name that is not observed. An error in a run notes its number.

    Warns
    -----
    DataWarning
        A precision that is not met; a burn-in of five years or more in whose second half participation, ties, innovation rate, survival, share of exporters or spread of
        productivity, as far as they are observed, still move by more than 7 % a year (see :func:`innovnet.simulate.drift` for finer looks).

    Notes
    -----
    With a burn-in the runs share one history and differ from year 1 on: their spread does not hold what is chance before. A precision is looked at again and again,
    so that intervals of few runs are a little too short. Cost: runs × that of a run, and a copy of the state for each thread.

    Examples
    --------
    >>> import innovnet as inn
    >>> class Lots:
    ...     def start(self, network, draw) -> tuple: return (0.0,)
    ...     def step(self, network, state, draw): return (draw.unit(1, range(network.n_actors)).mean(),)
    ...     def observe(self, network, state): return {"luck": state[0]}
    >>> many = inn.simulate.replicate(Lots(), inn.toy().project(), steps=2, seed=1, runs=20)
    >>> many.summary.loc[(2, "luck"), ["mean", "low", "high"]].round(3).tolist()
    [0.521, 0.481, 0.561]
    """
    _check(seed, runs, precision, burn_in, max_runs, executor)
    start = start_of(model, population, steps, burn_in, "replicate")
    if precision is not None:
        _check_names(precision, Replica(model, start, steps, seed))
    told = identity(population, start.network, seed, steps, burn_in)
    with opened(store, {**told, "model": described(model)}) as kept:
        task = Replica(model, burnt_in(start, model, seed, burn_in, progress), steps, seed)
        if runs is not None:
            records = collected(task, range(runs), executor=executor, store=kept, progress=progress)
        else:
            records = []
            while len(records) < max_runs and not _met(records, precision):
                batch = range(len(records), min(len(records) + BATCH, max_runs))
                records += collected(task, batch, executor=executor, store=kept, progress=progress)
    if precision is not None and not _met(records, precision):
        warnings.warn(_not_met(records, precision), DataWarning, stacklevel=2)
    return ensemble(model, records, told, start.network)


def identity(population: Any, network: Network, seed: int, steps: int, burn_in: int) -> dict[str, Any]:
    """What runs were made from, their model aside."""
    point = population.digest if isinstance(population, Checkpoint) else None
    told = {"innovnet": __version__, "population_fingerprint": network.fingerprint, "begun_from": point}
    return told | {"seed": int(seed), "steps": int(steps), "burn_in": int(burn_in)}


def ensemble(model: Any, records: list[Record], told: dict[str, Any], network: Network) -> Ensemble:
    """Runs of (names, values) as one ensemble."""
    parameters = described(model)
    names = tuple(map(str, records[0][0]))
    values = np.stack([record[1][:, _order(names, tuple(map(str, record[0])), model)] for record in records])
    about = {"model": type(model).__name__, "parameters": parameters, "model_fingerprint": digest_of(parameters)}
    return Ensemble(names, values, told | about | {"actors": network.n_actors, "numpy": np.__version__, "runs": len(records)})


def _order(names: tuple[str, ...], found: tuple[str, ...], model: Any) -> list[int] | slice:
    if found == names:
        return slice(None)
    if set(found) != set(names):
        msg = f"{type(model).__name__}.observe gives other names in other runs: {sorted(set(found) ^ set(names))}. Observe the same ones in each."
        raise DataError(msg)
    return [found.index(name) for name in names]


def _check(seed: int, runs: int | None, precision: Any, burn_in: int, max_runs: int, executor: Any) -> None:
    check_whole(seed, "seed", 0)
    check_whole(burn_in, "burn_in", 0)
    check_whole(max_runs, "max_runs", BATCH)
    check_executor(executor)
    if (runs is None) == (precision is None):
        msg = "give either runs=, a number of runs, or precision=, the half-width that is wanted, as in precision={'participation': 0.005}."
        raise DataError(msg)
    if runs is not None:
        check_whole(runs, "runs", 1)
    elif not isinstance(precision, Mapping) or not precision or not all(_is_width(value) for value in precision.values()):
        msg = f"precision={precision!r} names no half-widths. Write observed names and numbers above 0, as in precision={{'participation': 0.005}}."
        raise DataError(msg)


def _is_width(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(value > 0)


def _check_names(precision: Mapping[str, float], task: Replica) -> None:
    course = task.start.course(task.model, task.seed, 0)
    course.observe()
    for name in precision:
        if name not in course.names:
            msg = f"precision: {type(task.model).__name__} does not observe {name!r}. {did_you_mean(str(name), course.names)}"
            raise DataError(msg)


def _halves(records: list[Record], precision: Mapping[str, float]) -> dict[str, float]:
    names = list(map(str, records[0][0]))
    half = spread(np.stack([record[1][-1] for record in records])).half
    return {name: float(half[names.index(name)]) for name in precision}


def _met(records: list[Record], precision: Mapping[str, float] | None) -> bool:
    return bool(records) and precision is not None and all(half <= precision[name] for name, half in _halves(records, precision).items())


def _not_met(records: list[Record], precision: Mapping[str, float]) -> str:
    far = ", ".join(f"{name!r} {half:.3g} (wanted {precision[name]:g})" for name, half in _halves(records, precision).items() if not half <= precision[name])
    return f"after max_runs={len(records)} runs the half-width is {far}. Allow more runs, or a wider interval."
