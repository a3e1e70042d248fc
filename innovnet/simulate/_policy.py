"""What every policy instrument has: years, money and its sources, and who is eligible."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from math import inf, isfinite
from sys import float_info
from typing import Any, TypeGuard

import numpy as np

from innovnet._check import did_you_mean, some
from innovnet.errors import DataError, Fault
from innovnet.simulate._parameter import Given, check_parameters, parameter

#: Size classes by persons employed now, and the number from which the next one begins.
SIZE_CLASSES = {"micro": 10.0, "small": 50.0, "medium": 250.0, "large": inf}
#: Where money comes from.
SOURCES = ("members", "state", "eu", "other")
LAST = 65_535  #: the last year a run can have
_LISTS = ("sizes", "sectors", "regions", "countries")
_Labels = Given[str | Iterable[str] | None, tuple[str, ...] | None]


@dataclass(frozen=True)
class Eligible:
    """Which firms an instrument is open to: those that meet every condition given. R&D bodies never apply themselves.

    Parameters
    ----------
    sizes
        Size classes: ``"micro"``, ``"small"``, ``"medium"``, ``"large"``: fewer than 10, 50, 250 persons employed at the time, or more.
    sectors, regions, countries
        Labels as in the population. One label may be given as text.
    innovated
        True: only firms that innovated in the last three years. False: only the others.

    Raises
    ------
    DataError
        A size class that is none; a list that is empty, so nobody would be eligible. Labels are checked once the
        population is known, before the first year of any burn-in.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.Eligible(sizes=("small", "medium"), innovated=True)
    Eligible(sizes=('small', 'medium'), sectors=None, regions=None, countries=None, innovated=True)
    """

    sizes: _Labels = parameter(None, "size classes; none: all")  # noqa: RUF009  # as in all fields
    sectors: _Labels = parameter(None, "sectors; none: all")  # noqa: RUF009  # as in all fields
    regions: _Labels = parameter(None, "regions; none: all")  # noqa: RUF009  # as in all fields
    countries: _Labels = parameter(None, "countries; none: all")  # noqa: RUF009  # as in all fields
    innovated: bool | None = parameter(None, "whether firms innovated in the last three years; none: either")

    def __post_init__(self) -> None:
        for name in _LISTS:
            value: Any = getattr(self, name)
            if isinstance(value, str) or (value is not None and not isinstance(value, Iterable)):
                value = (value,)
            object.__setattr__(self, name, None if value is None else tuple(value))
        faults = list(self._faults())
        if faults:
            raise DataError("Eligible: conditions that cannot be used.", faults)

    def _faults(self) -> Iterator[Fault]:
        for name in _LISTS:
            labels = getattr(self, name)
            if labels is None:
                continue
            odd = [label for label in labels if not isinstance(label, str)]
            if odd or not labels:
                yield Fault(
                    "Eligible", "", name, some(odd), "holds what is no text" if odd else "is empty, so nobody is eligible", "Leave it out to open it to all."
                )
        for size in self.sizes or ():
            if isinstance(size, str) and size not in SIZE_CLASSES:
                yield Fault("Eligible", "", "sizes", size, "is no size class", did_you_mean(size, list(SIZE_CLASSES)))
        if not (self.innovated is None or isinstance(self.innovated, bool | np.bool_)):
            yield Fault("Eligible", "", "innovated", repr(self.innovated), "is neither True, False nor None", "Leave it out to open it to all.")


#: The field ``eligible``; every instrument states it anew, since type checkers forget in frozen subclasses that it holds less than it takes.
Whom = Given[Eligible | Mapping[str, object], Eligible]
ALL_FIRMS: Any = Eligible()


def eligible_of(value: object) -> Eligible:
    """The conditions, also where they are given as a mapping."""
    if isinstance(value, Eligible):
        return value
    names = [field.name for field in dataclasses.fields(Eligible)]
    if not isinstance(value, Mapping):
        fault = Fault("eligible", "", "", repr(value), "is no condition", f"Give Eligible(...) or a mapping with {', '.join(names)}.")
        raise DataError("eligible cannot be used.", [fault])
    faults = [Fault("eligible", "", str(name), "", "is no condition", did_you_mean(str(name), names)) for name in value if name not in names]
    try:
        found = Eligible(**{name: part for name, part in value.items() if name in names})
    except DataError as error:
        faults += error.faults
    if faults:
        raise DataError("eligible cannot be used.", faults)
    return found


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy instrument: from year ``start`` to year ``end`` it delivers as many units a year as its budget pays for and as there is somebody to take.

    Parameters of all instruments
    -----------------------------
    budget
        EUR a year. Units = floor(budget / cost of a unit). With 0, or less than a unit, nothing changes, not in one bit.
    start, end
        First and last year, counted from the start of the run or, after :func:`innovnet.simulate.branch`, from the branch.
    eligible
        :class:`innovnet.simulate.Eligible`, or a mapping with its names. Open to all firms where it is missing.
    carry_over
        Whether what was not spent is added to next year's budget.
    sources
        Shares of ``"state"``, ``"eu"``, ``"members"`` and ``"other"`` in what is paid; their sum is 1.
    """

    budget: float = parameter(MISSING, "money for each year", unit="EUR/year")
    start: int = parameter(1, "first year", unit="year", domain=(1, LAST))
    end: int = parameter(LAST, "last year", unit="year", domain=(1, LAST))
    eligible: Whom = ALL_FIRMS
    carry_over: bool = parameter(False, "whether unspent money is added to next year's")
    sources: Mapping[str, float] = dataclasses.field(
        default_factory=lambda: {"state": 1.0}, hash=False, metadata={"meaning": "shares of what is paid, by source", "unit": "share"}
    )

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        try:
            object.__setattr__(self, "eligible", eligible_of(self.eligible))
        except DataError as error:
            faults += error.faults
            object.__setattr__(self, "eligible", Eligible())  # told already
        faults += self._faults()
        try:
            check_parameters(self)
        except DataError as error:
            faults += error.faults
        if faults:
            msg = f"{type(self).__name__}: {len(faults)} of its values cannot be used."
            raise DataError(msg, faults)
        object.__setattr__(self, "sources", dict(self.sources))

    def _faults(self) -> Iterator[Fault]:
        where = type(self).__name__
        if not is_amount(self.budget) or self.budget < 0:
            yield Fault(where, "", "budget", repr(self.budget), "is no amount of money", "Give EUR a year, 0 or more.")
        if is_amount(self.start) and is_amount(self.end) and self.start > self.end:
            yield Fault(where, "", "start", repr(self.start), f"is after end={self.end!r}", "Both years are included.")
        yield from _source_faults(where, self.sources)

    @property
    def unit_cost(self) -> float:
        """EUR that one unit costs."""
        raise NotImplementedError

    def active(self, year: int) -> bool:
        """Whether it runs in this year."""
        return self.start <= year <= self.end


def is_amount(value: object) -> TypeGuard[float]:
    """Whether this is a finite number."""
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        return False
    return abs(value) <= float_info.max if isinstance(value, int) else isfinite(value)


def _source_faults(where: str, sources: object) -> Iterator[Fault]:
    if not isinstance(sources, Mapping):
        yield Fault(where, "", "sources", repr(sources), "is no mapping", 'Give shares, such as {"state": 0.3, "eu": 0.7}.')
        return
    for name, share in sources.items():
        if name not in SOURCES:
            yield Fault(where, "", "sources", str(name), "is no source of money", did_you_mean(str(name), SOURCES))
        if not is_amount(share) or not 0 <= share <= 1:
            yield Fault(where, "", f"sources[{name!r}]", repr(share), "is no share", "Give a number from 0 to 1.")
    shares = [share for share in sources.values() if is_amount(share)]
    if len(shares) == len(sources) and abs(sum(shares) - 1.0) > 1e-9:
        yield Fault(where, "", "sources", f"{sum(shares):g}", "is the sum of the shares", "Make it 1.")
