"""Days and elapsed years: both ends of an interval belong to it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph._when import _day

Floats = npt.NDArray[np.float64]
DAY = pd.Timedelta(1, "D")


def day_of(value: Any) -> pd.Timestamp:
    """The day of a date; of a year its last one."""
    return _day(value, last=True)


def back(at: pd.Timestamp, years: float) -> pd.Timestamp:
    """The same day so many years before; 29 February is 28 February in other years."""
    whole = int(years)
    return at - pd.DateOffset(years=whole) - pd.Timedelta(round((years - whole) * 365.25), "D")


def years_between(start: pd.Series | pd.DatetimeIndex, at: pd.Timestamp) -> Floats:
    """Years from the beginning of ``start`` to the end of ``at``: completed anniversaries and the fraction of the running one; NaN where not known.

    29 February counts as 1 March. A start after ``at`` is negative by its days / 365.25.
    """
    begin = pd.Series(pd.DatetimeIndex(start)).dt.normalize()
    end = at.normalize() + DAY
    leap = (begin.dt.month == 2) & (begin.dt.day == 29)
    begin = begin.where(~leap, begin + DAY)
    whole = end.year - begin.dt.year - ((begin.dt.month > end.month) | ((begin.dt.month == end.month) & (begin.dt.day > end.day)))
    last, following = (_anniversary(begin, whole + k) for k in (0, 1))
    found = whole + (end - last) / (following - last)
    early = begin > end
    return found.where(~early, -(begin - end) / (365.25 * DAY)).to_numpy(dtype=np.float64, na_value=np.nan)


def _anniversary(begin: pd.Series, years: pd.Series) -> pd.Series:
    parts = {"year": begin.dt.year + years, "month": begin.dt.month, "day": begin.dt.day}
    return pd.to_datetime(pd.DataFrame(parts), errors="coerce").astype("datetime64[us]")
