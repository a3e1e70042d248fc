"""Parameters of models: each says what it means, its unit, where its value comes from and which values it can have."""

import dataclasses
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from sys import float_info
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np

from innovnet._check import check_choice
from innovnet.errors import DataError, DataWarning, Fault

_told = ContextVar("told", default=True)
W = TypeVar("W")  #: what a field takes
H = TypeVar("H")  #: what it holds

if TYPE_CHECKING:

    class Given(Generic[W, H]):
        """A field that takes more than it holds: ``Given[str | Iterable[str], tuple[str, ...]]`` for one whose class makes a tuple of what it was given."""

        def __get__(self, instance: object, owner: Any = None, /) -> H: ...
        def __set__(self, instance: object, value: W, /) -> None: ...

else:

    class Given:
        """For whoever reads the annotation, what the field takes."""

        def __class_getitem__(cls, kinds: tuple[Any, Any]) -> Any:
            return kinds[0]


class Meaning(NamedTuple):
    """What is said of a parameter: the metadata of its field, by these names."""

    meaning: str
    unit: str = ""
    plausible: tuple[float, float] | None = None
    domain: tuple[float, float] = (0.0, inf)
    open: str = ""
    source: str = ""
    status: str = "assumption"
    calibrated: bool = False
    constant: bool = False
    symbol: str = ""


def parameter(
    default: Any,
    meaning: str,
    *,
    unit: str = "",
    plausible: tuple[float, float] | None = None,
    domain: tuple[float, float] = (0.0, inf),
    open: str = "",  # noqa: A002
    source: str = "",
    status: str = "assumption",
    calibrated: bool = False,
    constant: bool = False,
    symbol: str = "",
) -> Any:
    """A field of a model's dataclass: its default and what is said of it.

    Parameters
    ----------
    default
        A number, a flag or text. A whole number as the default asks for whole numbers.
    meaning
        What it is, in a few words.
    unit
        ``"searches/year"``, ``"share"``, ``"logit"``; empty: a pure number.
    plausible
        The range for sensitivity and calibration; a value outside it is used, with a warning.
    domain
        The values that make sense, ends included; a value outside is an error. Minus infinity is one of them where it is the lower end; plus infinity never is.
    open
        Ends of the domain that are excluded: ``"low"``, ``"high"`` or ``"both"``.
    source
        Where the value comes from: a paper with its DOI, a table of statistics.
    status
        ``"assumption"`` (chosen), ``"calibrated"`` (fitted to a target) or ``"text"`` (stated by the source).
    calibrated
        Whether it is one of those that carry the calibration.
    constant
        Whether no target identifies it and it is not meant to be varied.
    symbol
        Its letter in the formulas.

    Notes
    -----
    :func:`check_parameters` checks values by it, :func:`odd` prints it. Cost: O(1).

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import innovnet as inn
    >>> @dataclass(frozen=True)
    ... class Learning:
    ...     absorption: float = inn.simulate.parameter(0.1, "share of the gap learned", unit="share", domain=(0, 1), open="low")
    ...     def __post_init__(self):
    ...         inn.simulate.check_parameters(self)
    >>> Learning(absorption=1.5)
    Traceback (most recent call last):
    innovnet.errors.DataError: Learning: 1 of its parameters cannot be used.
      Learning, column 'absorption': '1.5' is outside (0, 1]. Its default is 0.1.
    """
    check_choice(open, ("", "low", "high", "both"), "open")
    check_choice(status, ("assumption", "calibrated", "text"), "status")
    said = Meaning(meaning, unit, plausible, domain, open, source, status, calibrated, constant, symbol)
    return dataclasses.field(default=default, metadata=said._asdict())


def meaning(field: "dataclasses.Field[Any]") -> Meaning:
    """What is said of a field; nothing but an empty meaning where nothing is said."""
    return Meaning(**{"meaning": "", **{name: value for name, value in field.metadata.items() if name in Meaning._fields}})


@contextmanager
def as_meant() -> Iterator[None]:
    """Inside it, values outside their plausible range are meant: no warning."""
    token = _told.set(False)
    try:
        yield
    finally:
        _told.reset(token)


def check_parameters(values: Any) -> None:
    """Check the fields of a dataclass, not those of dataclasses inside it: for its ``__post_init__``.

    Raises
    ------
    DataError
        Values outside their domain, or of the wrong kind: all of them, each with its domain.

    Warns
    -----
    DataWarning
        Once, naming all values outside their plausible range.

    Notes
    -----
    A field whose default is a number takes numbers, one whose default is a whole number whole ones, a flag True or False, and one whose default is a dataclass that
    dataclass, or None where its annotation says so. Other fields are not looked at. Cost: O(fields).

    Examples
    --------
    See :func:`parameter`.
    """
    where, faults, odd = type(values).__name__, [], []
    for field in dataclasses.fields(values):
        said, value = meaning(field), getattr(values, field.name)
        problem = _problem(field, said, value)
        if problem:
            faults.append(Fault(where, "", field.name, repr(value), problem, f"Its default is {field.default!r}."))
        elif said.plausible is not None and not said.plausible[0] <= value <= said.plausible[1]:
            odd.append(f"{field.name}={value!r} (plausible: {said.plausible[0]:g} to {said.plausible[1]:g})")
    if faults:
        msg = f"{where}: {len(faults)} of its parameters cannot be used."
        raise DataError(msg, faults)
    if odd and _told.get():
        warnings.warn(f"{where}: used as given, but outside the range that the model was built for: {', '.join(odd)}.", DataWarning, stacklevel=4)


def _problem(field: "dataclasses.Field[Any]", said: Meaning, value: Any) -> str:
    """What is wrong with a value; nothing where its default is neither a number, a flag nor a group of parameters."""
    default = field.default
    if dataclasses.is_dataclass(default) and not isinstance(default, type):
        right = isinstance(value, type(default)) or (value is None and "None" in str(field.type))
        return "" if right else f"is no {type(default).__name__}"
    if isinstance(default, bool):
        return "" if isinstance(value, bool | np.bool_) else "is neither True nor False"
    if not isinstance(default, int | float):
        return ""
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool) or value != value:  # noqa: PLR0124  # NaN
        return "is no number"
    if isinstance(value, int) and abs(value) > float_info.max:
        return "is beyond all numbers that can be computed with"
    if isinstance(default, int) and value != np.floor(value):
        return "is no whole number"
    low, high = said.domain
    inside = (low < value or (low == value and said.open not in {"low", "both"})) and (
        value < high or (value == high < inf and said.open not in {"high", "both"})
    )
    return "" if inside else f"is outside {_interval(said)}"


def _interval(said: Meaning) -> str:
    """The domain as text: ``[0, 1)``."""
    low, high = said.domain
    left = "(" if said.open in {"low", "both"} else "["
    right = ")" if said.open in {"high", "both"} or high == inf else "]"
    return f"{left}{low:g}, {high:g}{right}"
