"""What a calibration returns."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from innovnet._text import escape
from innovnet.simulate._show import number, table
from innovnet.simulate._statistics import Floats, t_value

MADE = ("simulated", "sd", "interval_low", "interval_high", "within")  #: columns that a table of targets gets


class Fit(NamedTuple):
    """Where a fit ended, and what it knows of the way there."""

    knobs: list[Any]
    steps: Floats  #: from the start
    course: list[float]  #: misfit at each iteration
    misfit: float  #: of the best
    rows: list[str]  #: targets that were fitted
    jacobian: Floats  #: change of log moments in a step
    scaled: Floats  #: the same in standard deviations
    noise: Floats  #: of what pulls at the parameters
    runs: int


@dataclass(frozen=True, eq=False, repr=False)
class Calibration:
    """A model fitted to targets. Made by :func:`innovnet.simulate.calibrate`."""

    model: Any  #: with the fitted parameters
    table: pd.DataFrame  #: the targets with ``simulated``, ``sd``, ``interval_low``, ``interval_high``, ``within``
    fit: Fit
    actors: int
    steps: int
    runs: int
    seed: int

    @property
    def misfit(self) -> float:
        """Root mean square distance of the fitted targets in standard deviations over seeds; 0 inside a range."""
        return self.fit.misfit

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """By parameter: ``start``, ``value``, ``se``, ``low``, ``high`` (plausible) and ``identified``: 0 where the targets say nothing, 1 where they say all."""
        fit, prior = self.fit, 4.0  # steps, as in the fit
        moved = np.nan_to_num(fit.scaled)
        weak = np.eye(len(fit.knobs)) / prior**2
        inverse = np.linalg.inv(moved.T @ moved * fit.runs / (fit.runs + 1.0) + weak)
        se = np.sqrt(np.diag(inverse @ (fit.noise + weak) @ inverse))
        rows = [
            (k.path, k.start, k.at(u), e * k.per_step(k.at(u)), *k.said.plausible, max(0.0, 1.0 - (e / prior) ** 2))
            for k, u, e in zip(fit.knobs, fit.steps.tolist(), se.tolist(), strict=True)
        ]
        return pd.DataFrame(rows, columns=["parameter", "start", "value", "se", "low", "high", "identified"]).set_index("parameter")

    @cached_property
    def jacobian(self) -> pd.DataFrame:
        """Change of the log of each fitted moment in a step of each parameter, which is an eighth of its plausible range."""
        return pd.DataFrame(self.fit.jacobian, index=pd.Index(self.fit.rows, name="target"), columns=[knob.path for knob in self.fit.knobs])

    @cached_property
    def identification(self) -> pd.DataFrame:
        """Directions among the parameters, best known first: ``singular``, the standard deviations that all moments together move in a step, and the direction itself."""
        names = [knob.path for knob in self.fit.knobs]
        _, singular, directions = np.linalg.svd(np.nan_to_num(self.fit.scaled), full_matrices=False)
        found = pd.DataFrame(directions, columns=names, index=pd.RangeIndex(len(singular), name="direction"))
        found.insert(0, "singular", singular)
        return found

    def __repr__(self) -> str:
        rows = self.table[self.table["met"] == "expected"]
        told = f"{int((rows['within'] == True).sum())} of {len(rows)} targets met"  # noqa: E712  # missing where open
        return f"Calibration: {type(self.model).__name__}, {len(self.fit.knobs)} parameters, {told}, misfit {number(self.misfit)} sd; {self.runs} runs of {self.steps} steps, {self.actors:,} actors"

    def _repr_html_(self) -> str:
        shown = [
            [escape(str(name)), _target(row), number(row["simulated"]), f"{number(row['interval_low'])} to {number(row['interval_high'])}", _verdict(row)]
            for name, row in self.table.iterrows()
        ]
        values = [[escape(str(name)), *(number(row[c]) for c in ("start", "value", "se", "identified"))] for name, row in self.parameters.iterrows()]
        one = table(["target", "known", "simulated", "95 % interval", ""], shown)
        other = table(["parameter", "start", "fitted", "standard error", "identified"], values)
        return f"<div><b>{escape(repr(self))}</b>{one}{other}</div>"


def _target(row: pd.Series) -> str:
    if np.isnan(row["low"]) and np.isnan(row["high"]):
        return "not known" if np.isnan(row["value"]) else number(row["value"])
    if np.isnan(row["high"]):
        return f"at least {number(row['low'])}"
    return f"at most {number(row['high'])}" if np.isnan(row["low"]) else f"{number(row['low'])} to {number(row['high'])}"


def _verdict(row: pd.Series) -> str:
    if pd.isna(row["within"]) or row["met"] == "open":
        return ""
    met = "met" if row["within"] else "not met"
    return met if row["met"] == "expected" else f"{met}; {escape(str(row['met']))}"


def table_of(wanted: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The targets beside what was simulated: ``within`` where the mean is at most two standard deviations over seeds from the value, or from the range where there is one."""
    names = list(wanted["moment"])
    mean, sd = found.mean()[names].to_numpy(), found.std(ddof=1)[names].to_numpy()
    n = found.notna().sum()[names].to_numpy()
    half = t_value(n - 1) * sd / np.sqrt(np.maximum(n, 1))
    low, high, value = (wanted[name].to_numpy(dtype=np.float64) for name in ("low", "high", "value"))
    ranged = ~(np.isnan(low) & np.isnan(high))
    low, high = np.where(ranged, low, value), np.where(ranged, high, value)
    inside = ~(mean < low - 2 * sd) & ~(mean > high + 2 * sd) & ~np.isnan(mean)
    within = pd.Series(inside, index=wanted.index, dtype="boolean").mask(np.isnan(low) & np.isnan(high))
    head = wanted[["moment", "value", "low", "high"]].copy()
    more = dict(zip(MADE, (mean, sd, mean - half, mean + half, within), strict=True))
    rest = wanted.drop(columns=list(head.columns))
    return head.assign(**more).join(rest)
