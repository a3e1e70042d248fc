"""Dates and years: a year means the whole of it."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.errors import DataError, Fault

_DATE = r"\d{8}|\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?)?)?"
_REMEDY = "Write a date as 2021-06-30, a year as 2021, without a time zone."


def checked_dates(values: pd.Series, place: str, column: str, *, last: bool = False) -> pd.Series:
    """Dates from dates, text and whole numbers (years); what is none of them is an error that names its row.

    A year or a month is its first day; with ``last`` its last one. Text is year, month, day: 01/02/2021 can be read in two ways.
    """
    known = values.notna() & (values.astype("str") != "")
    if pd.api.types.infer_dtype(values, skipna=True) in ("date", "datetime", "datetime64"):
        found = pd.to_datetime(values, errors="coerce")
    else:
        found = _from_text(_as_text(values), last)
    wrong = known if isinstance(found.dtype, pd.DatetimeTZDtype) else known & found.isna()
    if wrong.any():
        raise DataError("dates cannot be used", [Fault(place, str(i), column, str(values.iloc[i]), "is no date", _REMEDY) for i in np.flatnonzero(wrong)])
    return found.astype("datetime64[us]")


def _as_text(values: pd.Series) -> pd.Series:
    if pd.api.types.infer_dtype(values, skipna=True) in ("integer", "floating"):
        numbers = values.astype("float64")
        if (numbers.dropna() % 1 == 0).all() and not (numbers.abs() > 2**53).any():
            return numbers.astype("Int64").astype("str")  # 2021.0 as well
    return values.astype("str")


def _from_text(text: pd.Series, last: bool) -> pd.Series:
    found = pd.to_datetime(text.where(text.str.fullmatch(_DATE).fillna(False)), format="ISO8601", errors="coerce")
    if not last:
        return found
    year, month = text.str.len() == len("2021"), text.str.len() == len("2021-06")
    return found.where(~year, found + pd.offsets.YearEnd(0)).where(~month, found + pd.offsets.MonthEnd(0))


def _day(value: Any, *, last: bool) -> pd.Timestamp:
    """The day of one date, or the first or last one of a year."""
    try:
        found = checked_dates(pd.Series([value]), "", "", last=last)[0]
    except DataError as error:
        msg = f"{value!r} is no date and no year. {_REMEDY}"
        raise DataError(msg) from error
    if pd.isna(found):
        msg = f"a date is missing. {_REMEDY}"
        raise DataError(msg)
    return found.floor("D")


class Overlap(NamedTuple):
    """Which events and participations overlap an interval, and which cannot be placed in time."""

    events: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.bool_]
    undated_events: npt.NDArray[np.bool_]  #: neither a start of their own nor a participation that has one
    undated_rows: npt.NDArray[np.bool_]


def overlapping(events: pd.DataFrame, rows: pd.DataFrame, start: Any, end: Any) -> Overlap:
    """What overlaps the closed interval: participations by their own dates, or else those of their event; events by theirs, and with their participations."""
    first, after = _day(start, last=False), _day(end, last=True) + pd.Timedelta(1, "D")
    if first >= after:
        msg = f"during({start!r}, {end!r}): the interval ends before it begins. Swap the two."
        raise DataError(msg)
    begin, finish = spans(events, rows)
    inside = ((begin < after) & (finish >= first)).to_numpy()
    over, dated = (np.bincount(rows["event"][which], minlength=len(events)) > 0 for which in (inside, begin.notna().to_numpy()))
    if "start" in events:
        over |= ((events["start"] < after) & (_lasting(events["start"], events.get("end", events["start"])) >= first)).to_numpy()
        dated |= events["start"].notna().to_numpy()
    return Overlap(over, inside, ~dated, begin.isna().to_numpy())


def spans(events: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """First and last day of each participation: its own dates, or else those of its event."""
    begin, finish = (_dates(events, rows, column) for column in ("start", "end"))
    return begin, _lasting(begin, finish)


def _lasting(start: pd.Series, end: pd.Series) -> pd.Series:
    """The ends; what has none, or one before its start, lasts for its first day."""
    return end.where(end >= start, start)


def _dates(events: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.Series:
    """The date ``column`` of each participation, its own or else that of its event; without an ``"end"`` all are missing."""
    own = rows.get(column)
    if column in events.columns:
        of_event = events[column].take(rows["event"].to_numpy()).reset_index(drop=True)
        return of_event if own is None else own.fillna(of_event)
    if own is None and column == "start":
        msg = "neither the events nor the participations have a column 'start': nothing can be placed in time. Give dates in one of them."
        raise DataError(msg)
    return own if own is not None else pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
