"""Days and elapsed years: both ends of an interval belong to it."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_whole
from innovnet.errors import DataError
from innovnet.graph._when import _day

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
DAY = pd.Timedelta(1, "D")
#: Years in which a day may lie that somebody asks for; windows reach back from it.
FIRST, LAST = 1900, 2200
#: Years that a window may have.
LONGEST = 100


def day_of(value: Any) -> pd.Timestamp:
    """The day of a date; of a year its last one."""
    try:
        day = _day(value, last=True)
    except (TypeError, OverflowError, UnicodeError) as error:  # numbers of a thousand digits, half letters
        msg = f"{value!r} is no date and no year. Write a date as 2021-06-30, a year as 2021."
        raise DataError(msg) from error
    if not FIRST <= day.year <= LAST:
        msg = f"{value!r} is outside the years {FIRST} to {LAST}. Correct it."
        raise DataError(msg)
    return day


def check_window(window: object) -> None:
    """Raise unless ``window`` is a whole number of years that can be counted back."""
    check_whole(window, "window", 1)
    if cast("int", window) > LONGEST:
        msg = f"window={window!r} is more than {LONGEST} years."
        raise DataError(msg)


def back(at: pd.Timestamp, years: float) -> pd.Timestamp:
    """The same day so many years before; 29 February is 28 February in other years."""
    whole = int(years)
    return at - pd.DateOffset(years=whole) - pd.Timedelta(round((years - whole) * 365.25), "D")


def years_between(start: pd.Series | pd.DatetimeIndex, at: pd.Timestamp) -> Floats:
    """Years from the beginning of ``start`` to the end of ``at``: completed anniversaries and the fraction of the running one; NaN where not known.

    29 February counts as 1 March. A start after ``at`` is negative by its days / 365.25.
    """
    begin, end = pd.DatetimeIndex(start).to_numpy().astype("datetime64[D]"), np.datetime64(at + DAY, "D")
    months = (end.astype("datetime64[M]") - anniversary(begin, 0).astype("datetime64[M]")).astype(np.int64)
    whole = months // 12 - (anniversary(begin, months // 12) > end)
    last, following = anniversary(begin, whole), anniversary(begin, whole + 1)
    known = ~np.isnat(begin)
    found = np.full(len(begin), np.nan)
    found[known] = whole[known] + (end - last[known]).astype(np.int64) / (following - last)[known].astype(np.int64)
    early = anniversary(begin, 0) > end
    found[early] = (end - anniversary(begin, 0)[early]).astype(np.int64) / 365.25
    return found


def anniversary(begin: Days, years: int | npt.NDArray[np.int64]) -> Days:
    """The same day so many years later, 29 February as 1 March."""
    month = begin.astype("datetime64[M]")
    within = (begin - month.astype("datetime64[D]")).astype(np.int64)
    leap = ~np.isnat(begin) & (month.astype(np.int64) % 12 == 1) & (within == 28)
    first = np.where(leap, month + 1, month) + 12 * np.asarray(years, dtype=np.int64)
    return first.astype("datetime64[D]") + np.where(leap | np.isnat(begin), 0, within)
