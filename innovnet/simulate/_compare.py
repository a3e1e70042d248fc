"""Policies compared: paired runs of a baseline and of alternatives."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from typing import Any

import numpy as np

from innovnet._check import check_whole
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._comparison import Comparison
from innovnet.simulate._identity import described
from innovnet.simulate._model import check_model
from innovnet.simulate._pairs import PARTS, Pairs, check_outcomes
from innovnet.simulate._replica import Record, burnt_in, check_executor, collected, start_of
from innovnet.simulate._replicate import ensemble, identity
from innovnet.simulate._store import opened


def compare(
    baseline: Any,
    alternative: Any,
    population: Network | Checkpoint,
    *,
    steps: int,
    runs: int,
    seed: int,
    burn_in: int = 0,
    outcomes: Iterable[str] | None = None,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Comparison:
    """What a policy changes in this model: each run twice, with it and without, from one state and with the same draws.

    Parameters
    ----------
    baseline
        The model without the policy.
    alternative
        The model with it; or a mapping from names to models, each compared with the same runs of the baseline.
    population
        A network; or a checkpoint, from whose state all runs go on.
    steps
        Number of years, at least 1.
    runs
        Number of pairs, at least 2: the intervals are over them.
    seed
        Any whole number of at least 0.
    burn_in
        Years before year 0, run once, by the baseline, for all.
    outcomes
        Columns of ``model.actors`` whose difference is divided into direct, indirect and rest. None: those that the baseline names in its attribute
        ``outcomes``, if it has one and also ``actors`` and ``ties``. An empty list: none.
    executor, store, progress
        As in :func:`innovnet.simulate.replicate`.

    Returns
    -------
    Comparison
        ``effects`` by scenario, outcome and year, ``sums`` over the years, ``decomposition``, ``cost(outcome)``, and the runs themselves.

    Raises
    ------
    DataError
        Wrong input; a model without ``actors`` or ``ties`` where outcomes are asked for; models whose states are of different kinds; with a burn-in or a
        checkpoint, another value of a parameter that takes effect only when a model is started (see :func:`branch`). An error in a run notes its number.

    Warns
    -----
    DataWarning
        A burn-in that has not settled, as :func:`innovnet.simulate.replicate` tells.

    Notes
    -----
    The difference of a pair is what the policy changes with all else equal, chance included: a draw is named by what it is for, so that the two branches
    differ only where the policy, or what follows from it, makes them. An effect is the mean of the differences over runs,

        Δ = (1/R) Σ_r (y_r(alternative) − y_r(baseline)),  with interval Δ ± t_{R−1} s_Δ / √R;

    ``gain`` = (s²(alternative) + s²(baseline)) / s²_Δ says how many times more runs without pairing would be needed. It fades as a policy spreads, so it is
    reported for each outcome and year. Parts of a difference: *direct*, of actors treated so far in the alternative; *indirect*, of untreated ones that have been tied, in
    either branch, to an actor treated by then; *rest*, of all others. Actors are matched by their row: an entrant counts with its place.
    The interval holds the chance of the model alone, not what is uncertain in its parameters. Cost: runs × (1 + alternatives) × that of a run.

    Examples
    --------
    >>> import innovnet as inn
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Lots:
    ...     gift: float = 0.0
    ...     def start(self, network, draw) -> tuple: return (0.0,)
    ...     def step(self, network, state, draw): return (draw.unit(1, range(network.n_actors)).mean() + self.gift,)
    ...     def observe(self, network, state): return {"luck": state[0]}
    >>> found = inn.simulate.compare(Lots(), Lots(gift=0.5), inn.toy().project(), steps=2, runs=20, seed=1)
    >>> found.effects.loc[("alternative", "luck", 2), ["baseline", "alternative", "difference"]].round(3).tolist()
    [0.521, 1.021, 0.5]
    """
    check_model(baseline)
    scenarios = _scenarios(alternative)
    check_whole(runs, "runs", 2)
    check_whole(seed, "seed", 0)
    check_whole(burn_in, "burn_in", 0)
    check_executor(executor)
    divided = _outcomes(outcomes, baseline)
    others = tuple(scenarios.values())
    start = start_of(baseline, population, steps, burn_in, "compare", others)
    if divided and outcomes is not None:
        check_outcomes(start.course(baseline, seed, 0), divided)
    told = identity(population, start.network, seed, steps, burn_in)
    models = {"baseline": described(baseline), "alternatives": described(scenarios), "outcomes": list(divided)}
    with opened(store, told | models) as kept:
        task = Pairs(baseline, others, burnt_in(start, baseline, seed, burn_in, progress, others), steps, seed, divided)
        records = collected(task, range(runs), executor=executor, store=kept, progress=progress)
    return _comparison(baseline, scenarios, records, told, start.network, divided)


def _comparison(
    baseline: Any, scenarios: Mapping[str, Any], records: list[Record], told: dict[str, Any], network: Network, outcomes: tuple[str, ...]
) -> Comparison:
    first, *others = (ensemble(model, [r[2 * i : 2 * i + 2] for r in records], told, network) for i, model in enumerate((baseline, *scenarios.values())))
    parts = (
        np.stack([record[-2] for record in records], axis=1)
        if outcomes
        else np.zeros((len(scenarios), len(records), first.values.shape[1] - 1, 0, 2 * len(PARTS)))
    )
    actors = np.stack([record[-1] for record in records], axis=1) if outcomes else np.zeros((*parts.shape[:3], 3), dtype=np.int64)
    return Comparison(first, dict(zip(scenarios, others, strict=True)), outcomes, parts[..., : len(PARTS)], actors, parts[..., len(PARTS) :])


def _scenarios(alternative: Any) -> dict[str, Any]:
    named = dict(alternative) if isinstance(alternative, Mapping) else {"alternative": alternative}
    if not named or not all(isinstance(name, str) for name in named):
        msg = f"alternative={alternative!r:.80} names no models. Give a model, or a mapping from names (text) to models."
        raise DataError(msg)
    for model in named.values():
        check_model(model)
    return named


def _outcomes(outcomes: Iterable[str] | None, model: Any) -> tuple[str, ...]:
    methods = all(callable(getattr(model, name, None)) for name in ("actors", "ties"))
    if outcomes is None:
        return tuple(getattr(model, "outcomes", ())) if methods else ()
    names = [] if isinstance(outcomes, str) or not isinstance(outcomes, Iterable) else list(outcomes)
    if isinstance(outcomes, str) or not isinstance(outcomes, Iterable) or not all(isinstance(name, str) for name in names):
        msg = f"outcomes={outcomes!r} is no list of columns. Write it as in outcomes=['innovated']."
        raise DataError(msg)
    if names and not methods:
        msg = f"outcomes={names} needs actors(network, state) and ties(network, state) of {type(model).__name__}. Add the methods, or leave outcomes out."
        raise DataError(msg)
    return tuple(dict.fromkeys(names))
