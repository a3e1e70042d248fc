"""Dates and years: a year means the whole of it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.errors import DataError


def _is_year(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _stamp(value: Any) -> pd.Timestamp:
    try:
        found = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        msg = f"{value!r} is no date and no year. Write 2021, or '2021-06-30'."
        raise DataError(msg) from error
    if pd.isna(found):
        msg = "a date is missing. Write 2021, or '2021-06-30'."
        raise DataError(msg)
    return found


def interval_start(value: Any) -> pd.Timestamp:
    """The first moment of a year or date."""
    return pd.Timestamp(int(value), 1, 1) if _is_year(value) else _stamp(value)


def interval_end(value: Any) -> pd.Timestamp:
    """The last day of a year, or the date."""
    return pd.Timestamp(int(value), 12, 31) if _is_year(value) else _stamp(value)


def overlapping(events: pd.DataFrame, rows: pd.DataFrame, start: Any, end: Any) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], int]:
    """Which events and which participations overlap the closed interval, and how many events have no start.

    A participation has its own dates where it has any, else those of its event; what has no end lasts for its first day.
    """
    first, last = interval_start(start), interval_end(end)
    if first > last:
        msg = f"during({start!r}, {end!r}): the interval ends before it begins. Swap the two."
        raise DataError(msg)
    begin, finish = (dates(events, rows, column) for column in ("start", "end"))
    inside = ((begin <= last) & (finish.fillna(begin) >= first)).to_numpy()
    if "start" not in events.columns:
        return np.bincount(rows["event"][inside], minlength=len(events)) > 0, inside, 0
    over = (events["start"] <= last) & (events.get("end", events["start"]).fillna(events["start"]) >= first)
    return over.to_numpy(), inside, int(events["start"].isna().sum())


def dates(events: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.Series:
    """The date ``column`` of each participation, its own or else that of its event; without an ``"end"`` all are missing."""
    own = rows.get(column)
    if column in events.columns:
        of_event = events[column].take(rows["event"].to_numpy()).reset_index(drop=True)
        return of_event if own is None else own.fillna(of_event)
    if own is None and column == "start":
        msg = "neither the events nor the participations have a column 'start': nothing can be placed in time. Give dates in one of them."
        raise DataError(msg)
    return own if own is not None else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
