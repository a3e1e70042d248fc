"""What innovnet raises and warns with."""

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong with the input: where it stands, what stands there, what to do."""

    place: str  #: file, sheet or table
    row: str  #: line or row; "" where the fault is not in a row
    column: str
    value: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.place, self.row and f"row {self.row}", self.column and f"column {self.column!r}") if part)
        shown = f" {self.value!r}" if self.value else ""
        return f"{where}:{shown} {self.problem}. {self.remedy}".strip()


class DataError(ValueError):
    """The input cannot be used as it is. ``faults`` holds every single fault that was found."""

    shown = 20

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        self.summary = message
        self.faults = tuple(faults)
        lines = [message, *(f"  {fault}" for fault in self.faults[: self.shown])]
        if len(self.faults) > self.shown:
            lines.append(f"  ... and {len(self.faults) - self.shown} more in .faults")
        super().__init__("\n".join(lines))


class ConvergenceError(RuntimeError):
    """An iteration did not settle; the message names its residual and its number of steps."""


class MissingExtraError(ImportError):
    """An optional package is not installed; the message names the command that installs it."""


class InnovnetWarning(UserWarning):
    """Base class of the warnings of innovnet."""


class DataWarning(InnovnetWarning):
    """The input was used, but something in it deserves a look."""
