"""One run of a model: the only loop over years that users see."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from innovnet._check import check_choice, check_flag, check_kind, check_path, check_whole
from innovnet._parallel import progress_bar
from innovnet._random import seed_key
from innovnet.graph._network import Network
from innovnet.simulate._at_start import check_at_start
from innovnet.simulate._checkpoint import Checkpoint, CheckpointFile
from innovnet.simulate._course import Course, begun, check_population, check_steps
from innovnet.simulate._interrupt import Interrupt
from innovnet.simulate._model import check_labels, check_model
from innovnet.simulate._panel import Panel, panel_for
from innovnet.simulate._state import check_kept
from innovnet.simulate._trajectory import Trajectory

EVERY = 60.0  #: seconds between checkpoints on disk, where steps are not longer

Path_ = str | os.PathLike[str]


def run(
    model: Any,
    population: Network,
    *,
    steps: int,
    seed: int,
    record: Literal["summary", "panel"] = "summary",
    path: Path_ | None = None,
    checkpoint: Path_ | None = None,
    progress: bool | None = None,
) -> Trajectory:
    """Run a model over a population: what its rules lead to, year by year.

    Parameters
    ----------
    model
        A model of this room, or your own: a dataclass with the methods of :class:`innovnet.simulate.Model`.
    population
        The organisations (all actors, also those without ties) and the ties there are at the start.
    steps
        Number of years, at least 1.
    seed
        Any whole number of at least 0. The same seed gives the same bits, in any number of threads.
    record
        ``"summary"``: what the model observes each year. ``"panel"``: also one row for each actor and year, year 0 included.
    path
        Folder of the panel, one Parquet file for each year. None keeps the panel in memory, up to 5 million rows.
    checkpoint
        A file to keep the state in. Where it is there already, the run goes on from it to the same bits; a file of another model, population, seed or
        version is refused. It is written at the end, once a minute between steps, when something between steps fails, and on Ctrl-C.
    progress
        None shows a bar on a terminal after 2 seconds, True at once, False never.

    Returns
    -------
    Trajectory
        With ``summary``, ``panel``, ``network`` (at the end), ``checkpoint`` and ``provenance``.

    Raises
    ------
    DataError
        Wrong input; a checkpoint or a panel of another run; a disk that is full (what was computed is kept, and the message says how to go on).
    KeyboardInterrupt
        With ``checkpoint``, Ctrl-C finishes the step, keeps the state and says how to go on. A second one stops at once; then the last state on disk counts,
        since a step changes arrays in place and half a step is never kept. A step that takes longer than a minute is not interrupted for a checkpoint either.

    Notes
    -----
    Draws are named by the seed, the step and what they are for: a step does not depend on how many draws came before. ``steps`` is not part of what a
    checkpoint is checked for: a run of 20 years goes on to 40 when asked for 40. Cost: that of the model, and copies of nothing; a checkpoint is
    written array by array.

    Examples
    --------
    >>> import innovnet as inn
    >>> class Still:
    ...     def start(self, network, draw) -> tuple: return ()
    ...     def step(self, network, state, draw): return state
    ...     def observe(self, network, state): return {"firms": network.n_actors}
    >>> inn.simulate.run(Still(), inn.toy().project(), steps=2, seed=1).summary["firms"].tolist()
    [12.0, 12.0, 12.0]
    """
    check_model(model)
    check_population(population, "run")
    check_steps(steps)
    check_whole(seed, "seed", 0)
    check_labels([model], population)
    steps, seed = int(steps), int(seed)
    file = _file(checkpoint, model, population, seed, None)
    return _go(file, model, lambda: begun(model, population, seed_key(seed)), population, steps, seed, "", record, path, progress)


def branch(
    point: Checkpoint,
    model: Any,
    *,
    steps: int,
    seed: int | None = None,
    record: Literal["summary", "panel"] = "summary",
    path: Path_ | None = None,
    checkpoint: Path_ | None = None,
    keep: bool = True,
    progress: bool | None = None,
) -> Trajectory:
    """Go on from a state with another model: other policies, another channel switched off, from this year on.

    Parameters
    ----------
    point
        ``trajectory.checkpoint``, or one of :func:`innovnet.simulate.read_checkpoint`. It can be branched from as often as you like.
    model
        A model of the same kind, with other parameters.
    steps
        Number of years from here. Years count from 0 again: policies with ``start=1`` begin in the first.
    seed
        None: the draws go on as they would have. A number: other draws from here on.
    keep
        False: the state is handed over and not copied, for worlds of which there is no room for two; ``point`` cannot be branched from again.
    record, path, checkpoint, progress
        As in :func:`innovnet.simulate.run`.

    Returns
    -------
    Trajectory
        Row 0 of its summary is the state branched from.

    Raises
    ------
    DataError
        As :func:`innovnet.simulate.run`; a checkpoint whose state is of another kind than the model's; another value of a parameter that takes effect only
        when a model is started (of :class:`Participation`: ``search.decay``, ``constants.border_meet``, ``constants.spread``, ``constants.body_level``).

    Notes
    -----
    Two branches of one checkpoint with the same seed have the same draws: their difference is what the models differ in. For the interval of such a difference
    over many runs use :func:`innovnet.simulate.compare`. Cost: a copy of the state (none with ``keep=False``), and that of the model.

    Examples
    --------
    >>> import innovnet as inn
    >>> class Still:
    ...     def start(self, network, draw) -> tuple: return ()
    ...     def step(self, network, state, draw): return state
    ...     def observe(self, network, state): return {"firms": network.n_actors}
    >>> before = inn.simulate.run(Still(), inn.toy().project(), steps=2, seed=1)
    >>> inn.simulate.branch(before.checkpoint, Still(), steps=1).summary.index.tolist()
    [0, 1]
    """
    check_kind(point, Checkpoint, "branch", "Take trajectory.checkpoint, or read a file with read_checkpoint(path, population).")
    check_model(model)
    check_steps(steps, point.step)
    check_flag(keep, "keep")
    check_at_start(model, point.model, "the checkpoint")
    if seed is not None:
        check_whole(seed, "seed", 0)
    check_labels([model], point.population)
    steps = int(steps)
    key, chosen = (point.key, point.seed) if seed is None else (seed_key(seed), int(seed))
    kept = _file(checkpoint, model, point.population, chosen, point)

    def fresh() -> Course:
        return Course(model, point.population, key, point.state_for(model, keep=keep), point.step, point.step)

    return _go(kept, model, fresh, point.population, steps, chosen, point.digest, record, path, progress)


def _file(path: Path_ | None, model: Any, network: Network, seed: int, point: Checkpoint | None) -> CheckpointFile | None:
    if path is None:
        return None
    check_path(path, "checkpoint")
    return CheckpointFile(Path(path), model, network, seed, point.digest if point is not None else "")


def _go(
    file: CheckpointFile | None,
    model: Any,
    fresh: Callable[[], Course],
    network: Network,
    steps: int,
    seed: int,
    origin: str,
    record: str,
    path: Path_ | None,
    progress: bool | None,
) -> Trajectory:
    """The run itself, from where its file stands or from its beginning."""
    check_choice(record, ("summary", "panel"), "record")
    panel = panel_for(record, path, model, network, steps, seed, origin, resumable=file is not None)
    course = file.course(steps) if file is not None else None
    if course is None:
        course = fresh()
        check_kept(model, course.state, in_file=file is not None)  # what cannot be kept is told before the first step, and so is a place that cannot be written
        course.observe()
        if file is not None:
            file.write(course)
    try:
        _years(course, steps, file, panel, progress)
    finally:
        if panel is not None:
            panel.finish()
    return Trajectory(model, Checkpoint.of(course, seed, origin), panel)


def _years(course: Course, steps: int, file: CheckpointFile | None, panel: Panel | None, progress: bool | None) -> None:
    """Steps, and between them what keeps them."""
    written = time.monotonic()
    with Interrupt(active=file is not None) as interrupt:
        years = range(course.year + 1, steps + 1)
        for year in progress_bar([None, *years], len(years) + 1, "years", progress):
            if year is not None:
                course.advance()
                course.observe()
            try:
                if panel is not None:
                    panel.add(course)
            except BaseException:
                if file is not None:
                    file.write(course)
                raise
            last, due = course.year == steps, time.monotonic() - written >= EVERY
            if file is not None and year is not None and (last or due or interrupt.asked):
                file.write(course)
                written = time.monotonic()
            if interrupt.asked:
                raise KeyboardInterrupt(_how_to_go_on(course, steps, file))


def _how_to_go_on(course: Course, steps: int, file: CheckpointFile | None) -> str:
    where = file.path if file is not None else ""
    return f"stopped after year {course.year} of {steps}, which is kept in {where}. The same call goes on from there."
