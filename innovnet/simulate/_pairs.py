"""Paired runs: a baseline and its alternatives side by side, year by year, with the same draws; who was reached, and what changed for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import did_you_mean, some
from innovnet.errors import DataError
from innovnet.simulate._course import Course, columns_of, tie_columns
from innovnet.simulate._replica import Record, Start, rows_of

PARTS = ("direct", "indirect", "rest")
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """What one pair of runs is (or one baseline and several alternatives); called with its number."""

    baseline: Any
    alternatives: tuple[Any, ...]
    start: Start
    steps: int
    seed: int
    outcomes: tuple[str, ...]

    def __call__(self, run: int) -> Record:
        """Names and values of the baseline, then of each alternative; then, where outcomes are asked for, the parts and how many actors are in them.

        Of each part: the difference, and after those of all parts the sum in the alternative itself.
        """
        courses = [self.start.course(model, self.seed, run) for model in (self.baseline, *self.alternatives)]
        for course in courses:
            if type(course.state) is not type(courses[0].state):
                one, other = (type(each.model).__name__ for each in (course, courses[0]))
                msg = f"{one} and {other} have states of different kinds, so they are no two policies in one world. Compare models of one kind."
                raise DataError(msg)
            course.observe()
        reached = [Reached(course.network.n_actors) for course in courses[1:]]
        parts = np.zeros((len(reached), self.steps, len(self.outcomes), 2 * len(PARTS)))
        actors = np.zeros((len(reached), self.steps, len(PARTS)), dtype=np.int64)
        for year in range(self.steps):
            for course in courses:
                course.advance()
                course.observe()
            if self.outcomes:
                self._divide(courses, reached, parts[:, year], actors[:, year])
        observed = [array for course in courses for array in rows_of(course)]
        return (*observed, parts, actors) if self.outcomes else tuple(observed)

    def _divide(self, courses: list[Course], reached: list["Reached"], parts: npt.NDArray[np.float64], actors: npt.NDArray[np.int64]) -> None:
        """Write the year's differences into ``parts`` (alternative × outcome × part, differences and then sums) and ``actors`` (alternative × part)."""
        base, base_ties = _actors(courses[0], self.outcomes), _ties(courses[0])
        for i, course in enumerate(courses[1:]):
            columns = _actors(course, self.outcomes)
            masks = reached[i].now(_treated(course, columns), base_ties, _ties(course))
            actors[i] = [mask.sum() for mask in masks]
            for k, name in enumerate(self.outcomes):
                values = _numbers(course, columns, name)
                difference = values - _numbers(courses[0], base, name)
                parts[i, k] = [of[mask].sum() for of in (difference, values) for mask in masks]


class Reached:
    """Who was treated so far, and who was tied to someone treated by then."""

    def __init__(self, n: int) -> None:
        self.treated = np.zeros(n, dtype=bool)
        self.tied = np.zeros(n, dtype=bool)

    def now(self, treated: Bools, *ties: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]) -> tuple[Bools, Bools, Bools]:
        """Masks of the parts after a year with these treated actors and these ties (of both branches)."""
        if treated.shape != self.treated.shape:
            msg = f"actors are compared row by row, and there are {len(treated):,} rows for a population of {len(self.treated):,}. Give one row for each place."
            raise DataError(msg)
        self.treated |= treated
        for source, target in ties:
            self.tied[source[self.treated[target]]] = True
            self.tied[target[self.treated[source]]] = True
        indirect = self.tied & ~self.treated
        return self.treated, indirect, ~(self.treated | indirect)


def check_outcomes(course: Course, outcomes: tuple[str, ...]) -> None:
    """Raise unless actors have the columns that are asked for, in numbers."""
    columns = _actors(course, outcomes)
    for name in outcomes:
        _numbers(course, columns, name)


def _actors(course: Course, outcomes: tuple[str, ...]) -> Mapping[str, Any]:
    columns = columns_of(course.model, "actors", course.network, course.state, "direct and indirect effects")
    absent = [name for name in outcomes if name not in columns]
    if absent:
        msg = f"outcomes: {type(course.model).__name__}.actors has no column {some(absent)}. {did_you_mean(str(absent[0]), list(columns))}"
        raise DataError(msg)
    return columns


def _treated(course: Course, columns: Mapping[str, Any]) -> Bools:
    if "treated" not in columns:
        msg = f"direct and indirect effects need a column 'treated' of {type(course.model).__name__}.actors: who is reached this year. Add it, or outcomes=()."
        raise DataError(msg)
    treated = np.asarray(columns["treated"])
    if treated.dtype.kind != "b" and not (treated.dtype.kind in "iuf" and np.isin(treated, (0, 1)).all()):
        msg = f"column 'treated' of {type(course.model).__name__}.actors holds {some(np.unique(treated).tolist())}. Give True or False for each actor."
        raise DataError(msg)
    return treated.astype(bool)


def _numbers(course: Course, columns: Mapping[str, Any], name: str) -> npt.NDArray[np.float64]:
    values: Any = columns[name]
    if not pd.api.types.is_numeric_dtype(getattr(values, "dtype", np.asarray(values).dtype)):
        msg = f"outcomes: column {name!r} of {type(course.model).__name__}.actors is not of numbers. Name a column of numbers or of yes/no."
        raise DataError(msg)
    return np.asarray(
        values.to_numpy(np.float64, na_value=np.nan) if isinstance(values, pd.Series | pd.api.extensions.ExtensionArray) else values, dtype=np.float64
    )


def _ties(course: Course) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return tie_columns(course.model, course.network, course.state, course.network.n_actors, "direct and indirect effects")[1:]
