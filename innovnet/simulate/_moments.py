"""What a model yields in the long run: the numbers that calibration holds against targets."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from innovnet import _parallel
from innovnet._check import check_list, check_whole, did_you_mean
from innovnet._random import seed_key
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._course import Course, begun, check_population, check_steps
from innovnet.simulate._model import check_labels, check_model
from innovnet.simulate._participation._moments import STRUCTURE, structure, yearly
from innovnet.simulate._participation._state import State

YEARS = 5  #: over which moments are averaged


def moments(
    model: Any, population: Network, *, steps: int, runs: int, seed: int, names: Iterable[str] | None = None, years: int = YEARS, progress: bool | None = None
) -> pd.DataFrame:
    """The moments of a model: what it observes, averaged over the last years of each run, and what takes the state to be counted.

    Of :class:`~innovnet.simulate.Participation` these are counted beside its summary:

    - ``new_firms_alive_1``, ``new_firms_alive_5``: share of the firms that entered so many years ago which are still there.
    - ``ties_alive_1``, ``ties_alive_3``: share of the ties formed so many years ago which are still there; ``tie_years``: mean life of a tie in years, as
      (ties + ties ended) / ties formed, which holds where the number of ties does not change.
    - ``mean_degree_micro`` to ``mean_degree_large``, ``degree_bodies_to_micro``, ``degree_large_to_micro``, ``degree_skewness`` (of those with partners).
    - ``cooperating_others_10``: share that cooperated within three years of firms from 10 persons that did not innovate; ``cooperation_gap_10``: that of innovators
      less that of the others.
    - shares of a size class over those of the class below, as ``cooperating_innovators_medium_to_small`` and ``export_share_small_to_micro``.
    - ``exit_rate``: share of firms that leave in a year; ``ties_in_region``, ``ties_with_body``: shares of ties; ``clusters_per_100000``: clusters for 100,000 firms.
    - on request, of the last year and among those with partners: ``clustering`` (mean over those with two partners and more), ``path_length`` (in the largest
      component), ``giant_component`` (share), and ``clustering_to_random``, ``path_to_random`` against a random graph of as many actors and ties, by
      p = 2m / (n (n - 1)) and (ln n - 0.5772) / ln k + 1/2 [1]_.

    Parameters
    ----------
    model, population
        As in :func:`innovnet.simulate.run`.
    steps
        Number of years of each run, at least ``years``. Without ties at the start take 30 and more: see :func:`innovnet.simulate.drift`.
    runs
        Number of runs, at least 1.
    seed
        Any whole number of at least 0. Run r is that of :func:`innovnet.simulate.replicate` with this seed.
    names
        The moments wanted. None: all but those on request.
    years
        Last years that are averaged, at least 1.
    progress
        None shows a bar on a terminal after 2 seconds, True at once, False never.

    Returns
    -------
    DataFrame
        One row for each ``run``, one column for each moment, in the units of the summary; NaN where something is not defined in any of the years.

    Raises
    ------
    DataError
        Wrong input; a moment that the model does not have.

    Notes
    -----
    Cost: that of the runs, and O(firms + ties) for each of the last years; on request O(participants × ties) for path lengths. igraph (GPL) is used for these alone.

    References
    ----------
    .. [1] Fronczak, Fronczak & Hołyst (2004), Average path length in random networks, Physical Review E 70, 056110, doi:10.1103/PhysRevE.70.056110.

    Examples
    --------
    >>> import innovnet as inn
    >>> lithuania = inn.simulate.population(country="LT", firms=2000, seed=1)
    >>> found = inn.simulate.moments(inn.simulate.Participation(), lithuania, steps=8, runs=2, seed=1, names=["participation", "tie_years"])
    >>> found.shape, bool((found["tie_years"] > 1).all())
    ((2, 2), True)
    """
    check_model(model)
    check_population(population, "moments")
    check_whole(runs, "runs", 1)
    check_whole(seed, "seed", 0)
    check_whole(years, "years", 1)
    check_labels([model], population)
    check_steps(steps)
    if steps < years:
        msg = f"moments: steps={steps} are fewer than the {years} years that are averaged. Take more steps."
        raise DataError(msg)
    if names is not None:
        check_list(names, "names")
    wanted = None if names is None else tuple(dict.fromkeys(names))
    known = moment_names(model, population, seed) if wanted else []
    for name in wanted or ():
        if name not in known:
            msg = f"{type(model).__name__} has no moment {name!r}. {did_you_mean(str(name), known)}"
            raise DataError(msg)
    return simulated([model], population, steps=steps, runs=runs, seed=seed, names=wanted, years=years, progress=progress)[0]


def moment_names(model: Any, population: Network, seed: int) -> list[str]:
    """The moments that a model has, those on request included."""
    course = begun(model, population, seed_key(seed))
    course.observe()
    if not isinstance(course.state, State):
        return list(course.names)
    seen = dict(zip(course.names, course.rows[0].tolist(), strict=True))
    return [*(seen | yearly(course.state, [], seen)), *STRUCTURE]


def simulated(
    models: Sequence[Any],
    population: Network,
    *,
    steps: int,
    runs: int,
    seed: int,
    names: tuple[str, ...] | None,
    years: int = YEARS,
    progress: bool | None = None,
) -> list[pd.DataFrame]:
    """The moments of several models, all runs of all of them side by side; run r has the same draws in each."""

    def task(i: int) -> dict[str, float]:
        return _run(begun(models[i // runs], population, seed_key(seed, i % runs)), steps, years, names)

    found = list(_parallel.run(task, runs * len(models), what="runs", progress=progress))
    index = pd.RangeIndex(runs, name="run")
    return [pd.DataFrame(found[i : i + runs], index=index) for i in range(0, len(found), runs)]


def _run(course: Course, steps: int, years: int, names: tuple[str, ...] | None) -> dict[str, float]:
    """The moments of one run."""
    flows, found = [], []
    for step in range(1, steps + 1):
        course.advance()
        state = course.state
        if isinstance(state, State):
            flows.append(state.flows.copy())
        if step > steps - years:
            seen = {str(name): float(value) for name, value in course.model.observe(course.network, state).items()}
            found.append(seen | (yearly(state, flows, seen) if isinstance(state, State) else {}))
    table = pd.DataFrame(found)
    means = dict(zip(table.columns, _means(table), strict=True))
    if names is None:
        return means
    if isinstance(course.state, State) and set(names) & set(STRUCTURE):
        means |= structure(course.network, course.state)
    return {name: means[name] for name in names}


def _means(table: pd.DataFrame) -> list[float]:
    values = table.to_numpy()
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        mean: list[float] = (np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)).tolist()
    return mean
