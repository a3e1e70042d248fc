"""A model on its way: one state, moved on step by step, and what was observed of it. The only place that calls ``start``, ``step`` and ``observe``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from innovnet._check import check_whole, some
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._model import Draw

LAST_STEP = 2**16 - 1  # steps have 16 bits in the counter of a draw
MOST_ACTORS = 2**32


@dataclass
class Course:
    """A model, its population, the key of its draws, and where it stands."""

    model: Any
    network: Network
    key: np.uint64
    state: Any
    step: int  #: steps since the model was started
    zero: int  #: the step that is year 0
    names: tuple[str, ...] = ()
    rows: list[npt.NDArray[np.float64]] = field(default_factory=list)  #: observed, one row for each year from 0

    @property
    def year(self) -> int:
        """Years since the start or the branch; negative in a burn-in."""
        return self.step - self.zero

    def observe(self) -> None:
        """Record the state as it is."""
        values = self.model.observe(self.network, self.state)
        names = tuple(values)
        if names != self.names:
            if self.rows and set(names) != set(self.names):
                raise DataError(_other_names(self.model, self.year, self.names, names))
            self.names = self.names or names
        self.rows.append(_row(values, self.names, self.model))

    def advance(self) -> None:
        """One step, not observed. Where it fails the state may be half changed."""
        draw = Draw(self.key, self.step + 1, self.year + 1)
        self.state = self.model.step(self.network, self.state, draw)
        self.step += 1


def begun(model: Any, network: Network, key: np.uint64, burn_in: int = 0) -> Course:
    """A model at its start."""
    return Course(model, network, key, model.start(network, Draw(key, 0, -burn_in)), 0, burn_in)


def check_steps(steps: int, before: int = 0) -> None:
    """Raise unless ``steps`` more than ``before`` have a place in the counter of the draws."""
    check_whole(steps, "steps", 1)
    if before + steps > LAST_STEP:
        msg = f"{before + steps:,} steps in all are more than the {LAST_STEP:,} that draws are counted by. Take fewer, or longer ones."
        raise DataError(msg)


def check_population(population: Any, who: str) -> None:
    """Raise unless this is a network whose actors can be counted by 32 bits."""
    if not isinstance(population, Network):
        msg = (
            f"{who} takes a Network as its population, not {type(population).__name__}. Make one with simulate.population(country='LT', firms=2000, seed=1) "
            "or from your own table with Network.from_frames; an affiliation becomes one with affiliation.project()."
        )
        raise DataError(msg)
    if population.n_actors == 0:
        msg = f"{who}: the population has no actors. Give at least one."
        raise DataError(msg)
    if population.n_actors > MOST_ACTORS:
        msg = f"{who}: {population.n_actors:,} actors are more than the {MOST_ACTORS:,} that draws are keyed by. Take a part of them."
        raise DataError(msg)


def columns_of(model: Any, what: str, network: Network, state: Any, why: str) -> Mapping[str, Any]:
    """``model.actors`` or ``model.ties`` of a state; a model without the method is an error that names it."""
    method = getattr(model, what, None)
    if not callable(method):
        msg = f"{why} needs {type(model).__name__}.{what}(network, state), which this model does not have. Add the method, or do without."
        raise DataError(msg)
    columns: Mapping[str, Any] = method(network, state)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        msg = f"{type(model).__name__}.{what} returns columns of several lengths: {lengths}. Give one row for each of its {what}."
        raise DataError(msg)
    return columns


def _row(values: Mapping[str, Any], names: tuple[str, ...], model: Any) -> npt.NDArray[np.float64]:
    try:
        return np.fromiter(map(values.__getitem__, names), np.float64, len(names))
    except (TypeError, ValueError) as error:
        wrong = [name for name in names if np.ndim(values[name]) or not isinstance(values[name], int | float | np.number | np.bool_)]
        msg = f"{type(model).__name__}.observe gives no number for {some(wrong)}. Each name has one number."
        raise DataError(msg) from error


def _other_names(model: Any, year: int, before: tuple[str, ...], now: tuple[str, ...]) -> str:
    new, gone = [n for n in now if n not in before], [n for n in before if n not in now]
    what = " and ".join([f"observes {some(new)} for the first time"] * bool(new) + [f"no longer observes {some(gone)}"] * bool(gone))
    return f"{type(model).__name__}.observe: in year {year} it {what}. Observe the same names in each step; a value that is not defined is NaN."
