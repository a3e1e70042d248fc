"""An affiliation in parts: windows of years, programmes."""

from collections.abc import Iterator

import pandas as pd

from innovnet._check import check_choice, check_column, check_flag, check_kind, check_whole, some
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import MISSING, Missing
from innovnet.graph._when import spans

_REMEDY = "Take the parts of the affiliation, and project each."


def windows(affiliation: Affiliation, *, width: int, step: int = 1, cumulative: bool = False) -> Iterator[tuple[str, Affiliation]]:
    """Cooperation as it changes: one affiliation for each window of years.

    Parameters
    ----------
    affiliation
        With dates of its events or participations.
    width
        Years in a window, at least 1.
    step
        Years from the start of one window to that of the next, at least 1. ``step=width``: windows that do not overlap.
    cumulative
        Every window begins in the first year; ``width`` is the length of the first.

    Yields
    ------
    tuple of str and Affiliation
        The years, ``"2019"`` or ``"2019-2021"``, and what :meth:`Affiliation.during` gives for them: the events that are active in at least one
        of these years, with all actors.

    Raises
    ------
    DataError
        No dates; a width or step below 1; a width beyond the years of the data.

    Notes
    -----
    The first window begins with the year of the first start; the last one ends at or before the year of the last end, for only whole windows can
    be compared. An event belongs to every window that it overlaps: windows are not independent of each other.

    Examples
    --------
    >>> import innovnet as inn
    >>> [(label, part.n_events) for label, part in inn.windows(inn.toy(), width=1)]
    [('2019', 5), ('2020', 5)]
    """
    check_kind(affiliation, Affiliation, "windows()", _REMEDY)
    check_whole(width, "width", 1)
    check_whole(step, "step", 1)
    check_flag(cumulative, "cumulative")
    first, last = _years(affiliation)
    if first + width - 1 > last:
        msg = f"width={width} is longer than the data, which span {first} to {last}. Take at most {last - first + 1}."
        raise DataError(msg)
    return _windows(affiliation, range(first, last - width + 2, step), width, cumulative)


def _windows(affiliation: Affiliation, starts: range, width: int, cumulative: bool) -> Iterator[tuple[str, Affiliation]]:
    for start in starts:
        begin, end = (starts[0] if cumulative else start), start + width - 1
        yield str(end) if begin == end else f"{begin}-{end}", affiliation.during(begin, end)


def _years(affiliation: Affiliation) -> tuple[int, int]:
    start, end = spans(affiliation._events, affiliation._positions)
    if start.isna().all():
        msg = "no participation has a start: nothing can be placed in time. Give dates of events or of participations."
        raise DataError(msg)
    return int(start.dt.year.min()), int(end.dt.year.max())


def split(affiliation: Affiliation, *, events: str = "programme", missing: Missing = "error") -> Iterator[tuple[object, Affiliation]]:
    """Cooperation by programme, call or another column of events: one affiliation for each of its values.

    Parameters
    ----------
    affiliation
        The whole.
    events
        A column of events.
    missing
        What becomes of events without a value: ``"error"``, ``"drop"``, or ``"category"``, a part of their own named ``"(missing)"``.

    Yields
    ------
    tuple of label and Affiliation
        The values in order, each with its events and all actors.

    Raises
    ------
    DataError
        No such column; an event without a value.

    Examples
    --------
    >>> import innovnet as inn
    >>> [(str(start.date()), part.n_events) for start, part in inn.split(inn.toy(), events="start")]
    [('2019-01-01', 5), ('2020-01-01', 5)]
    """
    check_kind(affiliation, Affiliation, "split()", _REMEDY)
    check_choice(missing, ("error", "drop", "category"), "missing")
    check_column(affiliation._events.columns, events, "events")
    values = affiliation._events[events]
    gone = values.isna() | (values == "").fillna(False)
    if gone.any() and missing == "error":
        msg = (
            f"{int(gone.sum())} of {len(values)} events have no {events!r}: {some(values.index[gone])}. "
            'Say what is to be done: missing="drop" leaves them out, missing="category" makes them a part of their own.'
        )
        raise DataError(msg)
    return _parts(affiliation, values, gone, missing == "category")


def _parts(affiliation: Affiliation, values: pd.Series, gone: pd.Series, category: bool) -> Iterator[tuple[object, Affiliation]]:
    for value in values[~gone].drop_duplicates().sort_values():
        yield value, affiliation.select(events=((values == value) & ~gone).to_numpy(dtype=bool))
    if category and gone.any():
        yield MISSING, affiliation.select(events=gone.to_numpy(dtype=bool))
