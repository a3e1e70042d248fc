"""Parameters of a model that can be moved by a fit: where they are, how far they go, and the model with other values."""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from innovnet._check import did_you_mean
from innovnet.errors import Fault
from innovnet.simulate._parameter import Meaning, meaning

#: Parameters that the targets hardly tell from others: the intercept from the rate; embeddedness moves clustering alone; introductions need data on real events.
WEAK = ("decision.intercept", "decision.embeddedness", "decision.arranged")
STEP = 8.0  #: a step is the plausible range over this


class Knob(NamedTuple):
    """A parameter on a scale of steps from where it starts: of its logarithm where only positive values make sense."""

    path: str
    start: float
    said: Meaning

    @property
    def log(self) -> bool:
        """Whether it is moved by factors."""
        return self.said.domain[0] == 0.0 and self.said.plausible is not None and self.said.plausible[0] > 0.0

    @property
    def width(self) -> float:
        """One step: an eighth of the plausible range."""
        low, high = self.said.plausible or (0.0, 0.0)
        return (math.log(high / low) if self.log else high - low) / STEP

    def at(self, steps: float) -> float:
        """The value so many steps away, kept inside the domain."""
        value = self.start * math.exp(steps * self.width) if self.log else self.start + steps * self.width
        low, high = self.said.domain
        room = 1e-6 * self.width
        return min(max(value, low + room * (self.said.open in {"low", "both"})), high - room * (self.said.open in {"high", "both"}))

    def per_step(self, value: float) -> float:
        """Change of the parameter in one step at a value."""
        return value * self.width if self.log else self.width


def paths(model: Any, before: str = "") -> Iterable[tuple[str, tuple[Any, Meaning]]]:
    """Parameters of a model and of the groups in it: path, value, and what is said of it."""
    for field in dataclasses.fields(model):
        value = getattr(model, field.name)
        if isinstance(field.default, float) and isinstance(value, int | np.number) and not isinstance(value, bool):
            value = float(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from paths(value, f"{before}{field.name}.")
        else:
            yield f"{before}{field.name}", (value, meaning(field))


def changed(model: Any, values: Mapping[str, Any]) -> Any:
    """The model with other values of parameters, by their paths."""
    own = {path: value for path, value in values.items() if "." not in path}
    for group in dict.fromkeys(path.partition(".")[0] for path in values if "." in path):
        inner = {path.partition(".")[2]: value for path, value in values.items() if path.startswith(f"{group}.")}
        own[group] = changed(getattr(model, group), inner)
    return dataclasses.replace(model, **own)


def knobs_of(model: Any, names: Any, faults: list[Fault]) -> list[Knob]:
    """The parameters to be fitted, None for those that carry the calibration; what cannot be is added to the faults."""
    known = dict(paths(model))
    if names is None:
        names = [name for name, (_, said) in known.items() if said.calibrated and name not in WEAK]
    elif isinstance(names, str) or not isinstance(names, Iterable):
        remedy = f"Give a list, as in parameters=[{names!r}]." if isinstance(names, str) else "Give a list of names."
        faults.append(Fault("parameters", "", "", str(names), "is no list of names", remedy))
        return []
    found = []
    for name in dict.fromkeys(names):
        value, said = known.get(name, (None, Meaning("")))
        if said.plausible is None or not isinstance(value, float):
            fits = [path for path, (v, s) in known.items() if s.plausible is not None and isinstance(v, float)]
            problem = f"is no number of {type(model).__name__} with a plausible range"
            faults.append(Fault("parameters", "", "", str(name), problem, did_you_mean(str(name), fits)))
            continue
        knob = Knob(name, value, said)
        problems = list(_problems(knob, said.plausible))
        faults += [Fault("parameters", "", name, *problem) for problem in problems]
        found += [] if problems else [knob]
    return found


def _problems(knob: Knob, plausible: tuple[float, float]) -> Iterator[tuple[str, str, str]]:
    """Value, problem and remedy, of a parameter from where no fit can go."""
    low, high = plausible
    least, most = knob.said.domain
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        yield f"{low:g} to {high:g}", "is no plausible range", "Name a lower and a higher number in parameter(plausible=...)."
    elif low < least or high > most:
        yield f"{low:g} to {high:g}", f"is a plausible range outside of its domain, {least:g} to {most:g}", "Narrow it, or widen the domain."
    elif not math.isfinite(knob.start) or not least <= knob.start <= most:
        yield f"{knob.start:g}", "is where no fit can start from", f"Start at a value from {low:g} to {high:g}, or leave the parameter out."
    elif knob.log and knob.start == 0.0:
        yield "0", "is where no fit can start from, since it is moved by factors", f"Start at a value from {low:g} to {high:g}, or leave the parameter out."
