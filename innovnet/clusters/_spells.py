"""Spells of time within groups: which overlap, which touch."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
DAY = np.timedelta64(1, "D")


class Overlaps(NamedTuple):
    """Rows that begin before an earlier row of their group has ended, and that earlier row."""

    later: Ints
    earlier: Ints


def overlaps(group: Ints, begin: Days, end: Days, tie: Ints) -> Overlaps:
    """Rows in order of group, begin, end and ``tie``; both days belong to a spell."""
    order, reach, holder = _reached(group, begin, end, tie)
    hit = (holder >= 0) & (begin[order] <= reach)
    return Overlaps(order[hit], order[holder[hit]])


def _reached(group: Ints, begin: Days, end: Days, tie: Ints) -> tuple[Ints, Days, Ints]:
    """The order, and for each row in it how far the rows of its group before it reach and which one does (−1: it is the first)."""
    order = np.lexsort((tie, end, begin, group))
    groups, ends = pd.Series(group[order]), pd.Series(end[order].astype("M8[D]").astype(np.int64))
    furthest = ends.groupby(groups).cummax()
    new = (furthest != furthest.shift()) | (groups != groups.shift())
    holder = pd.Series(np.arange(len(order))).where(new).ffill().shift(fill_value=-1).to_numpy().astype(np.int64)
    holder[(groups != groups.shift()).to_numpy()] = -1
    return order, furthest.shift(fill_value=0).to_numpy().astype("M8[D]"), holder


def joined_spells(group: Ints, begin: Days, end: Days) -> Ints:
    """A number for each row: rows of a group that touch or overlap have the same one."""
    order, reach, holder = _reached(group, begin, end, np.zeros(len(group), dtype=np.int64))
    number = np.empty(len(group), dtype=np.int64)
    number[order] = np.cumsum((holder < 0) | (begin[order] > reach + DAY))
    return number


def clear_begin(begin: Days, end: Days) -> Days:
    """The begin of each spell, and its end where the begin is not known: the latest day on which it can have begun."""
    return np.where(np.isnat(begin), end, begin)
