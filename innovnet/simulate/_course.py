"""A model on its way: one state, moved on step by step, and what was observed of it. The only place that calls ``start``, ``step`` and ``observe``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from innovnet._check import check_whole, did_you_mean, some
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._model import Draw

LAST_STEP = 2**16 - 1  # steps have 16 bits in the counter of a draw
MOST_ACTORS = 2**32

Positions = npt.NDArray[np.int64]


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
        names = tuple(values) if isinstance(values, Mapping) else ()
        if (names != self.names and not all(isinstance(name, str) for name in names)) or not isinstance(values, Mapping):
            msg = f"{type(self.model).__name__}.observe returns {values!r:.60}. Return a mapping from names (text) to numbers."
            raise DataError(msg)
        if names != self.names:
            if self.rows and set(names) != set(self.names):
                raise DataError(_other_names(self.model, self.year, self.names, names))
            self.names = self.names or names
        self.rows.append(_row(values, self.names, self.model))

    def advance(self) -> None:
        """One step, not observed. Where it fails the state may be half changed."""
        draw = Draw(self.key, self.step + 1, self.year + 1)
        state = self.model.step(self.network, self.state, draw)
        if type(state) is not type(self.state):
            what, before = type(state).__name__, type(self.state).__name__
            msg = f"{type(self.model).__name__}.step returns {what} in year {self.year + 1}, and the state was {before}. Return the state, also where it is changed in place."
            raise DataError(msg)
        self.state = state
        self.step += 1


def begun(model: Any, network: Network, key: np.uint64, burn_in: int = 0) -> Course:
    """A model at its start."""
    return Course(model, network, key, model.start(network, Draw(key, 0, -burn_in)), 0, burn_in)


def check_steps(steps: int, before: int = 0) -> None:
    """Raise unless ``steps`` more than ``before`` have a place in the counter of the draws."""
    check_whole(steps, "steps", 1)
    steps = int(steps)  # numbers of numpy can have as few as 8 bits
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
    wrong = columns if not isinstance(columns, Mapping) else [name for name, values in columns.items() if not _is_column(values)]
    if wrong or not isinstance(columns, Mapping):
        msg = f"{type(model).__name__}.{what} returns {wrong!r:.60}, where one-dimensional arrays by name are needed. Return a mapping of columns."
        raise DataError(msg)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        msg = f"{type(model).__name__}.{what} returns columns of several lengths: {lengths}. Give one row for each of its {what}."
        raise DataError(msg)
    return columns


def tie_columns(model: Any, network: Network, state: Any, rows: int, why: str) -> tuple[dict[str, Any], Positions, Positions]:
    """``model.ties`` of a state, with its ends as positions among as many rows of actors."""
    columns = dict(columns_of(model, "ties", network, state, why))
    who = f"{type(model).__name__}.ties"
    absent = [name for name in ("source", "target") if name not in columns]
    if absent:
        msg = f"{who} returns no column {some(absent)}. {did_you_mean(absent[0], list(columns))} Return the ends as positions among the rows of actors."
        raise DataError(msg)
    ends = [np.asarray(columns[name]) for name in ("source", "target")]
    for name, end in zip(("source", "target"), ends, strict=True):
        if len(end) and (end.dtype.kind not in "iu" or end.min() < 0 or end.max() >= rows):
            wrong = end if end.dtype.kind not in "iu" else end[(end < 0) | (end >= rows)]
            msg = f"{who}: column {name!r} holds {some(wrong.tolist())}. Return positions among the {rows:,} rows of actors, whole numbers from 0."
            raise DataError(msg)
    return columns, ends[0].astype(np.int64, copy=False), ends[1].astype(np.int64, copy=False)


def _is_column(values: Any) -> bool:
    return hasattr(values, "__len__") and not isinstance(values, str) and getattr(values, "ndim", 1) == 1


def _row(values: Mapping[str, Any], names: tuple[str, ...], model: Any) -> npt.NDArray[np.float64]:
    wrong = [name for name in names if type(values[name]) is not float and not _is_number(values[name])]
    if wrong:
        msg = f"{type(model).__name__}.observe gives no number for {some(wrong)}. Each name has one number; one that is not defined is NaN."
        raise DataError(msg)
    return np.fromiter(map(values.__getitem__, names), np.float64, len(names))


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float | np.number | np.bool_ | np.ndarray) or np.ndim(value) or np.iscomplexobj(value):
        return False
    try:
        float(value)
    except (ValueError, OverflowError):  # an array of text, a whole number beyond 1e308
        return False
    return True


def _other_names(model: Any, year: int, before: tuple[str, ...], now: tuple[str, ...]) -> str:
    new, gone = [n for n in now if n not in before], [n for n in before if n not in now]
    what = " and ".join([f"observes {some(new)} for the first time"] * bool(new) + [f"no longer observes {some(gone)}"] * bool(gone))
    return f"{type(model).__name__}.observe: in year {year} it {what}. Observe the same names in each step; a value that is not defined is NaN."
