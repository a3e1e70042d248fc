"""A sheet while it is checked: typed columns, the rows as a person sees them, and which of them cannot be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._faults import Report, SheetFault, names
from innovnet.clusters._sheets import Sheet

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Days before and after all days: a spell whose start or end is open.
EVER, NEVER = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")


@dataclass
class Draft:
    """A sheet under check. Rows are known by their position; ``fault`` says them as a person counts."""

    sheet: Sheet
    table: pd.DataFrame  #: all columns of the sheet, typed, and declared facts; index 0, 1, ...
    rows: Ints  #: the number of each row as a person sees it
    report: Report
    faulty: Mask  #: rows that cannot be used
    from_file: bool = True  #: rows are numbered as in the file; else by their position, from 0
    given: bool = True  #: the sheet is there

    def __len__(self) -> int:
        return len(self.table)

    def row(self, position: int) -> str:
        """The row in words."""
        return f"{self.rows[position]}" + ("" if self.from_file else " (counted from 0)")

    def numbers(self, positions: Iterable[int]) -> str:
        """Several rows in words."""
        return names((self.rows[k] for k in sorted(positions)), 10)

    def fault(self, code: str, position: int, column: str, problem: str, remedy: str, *, value: object = None, also: Iterable[int] = ()) -> None:
        """Note a fault; the row cannot be used, nor can those in ``also``."""
        shown = said(self.table[column].iloc[position] if value is None and column in self.table else value)
        self.report.faults.append(SheetFault(self.sheet.name, self.row(position), column, shown, problem, remedy, code))
        self.faulty[[position, *also]] = True

    def days(self, column: str) -> npt.NDArray[np.datetime64]:
        """A column of dates as days, NaT where there is none."""
        return self.table[column].to_numpy().astype("datetime64[D]")

    def spans(self) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
        """First and last day of each row's ``from`` and ``to``; open ends are ``EVER`` and ``NEVER``."""
        begin, end = self.days("from"), self.days("to")
        return np.where(np.isnat(begin), EVER, begin), np.where(np.isnat(end), NEVER, end)

    def usable(self) -> pd.DataFrame:
        """The rows without faults."""
        return self.table[~self.faulty].reset_index(drop=True)


Drafts = Mapping[str, Draft]


def places(mask: Any) -> list[int]:
    """The positions at which a mask is true."""
    return [int(k) for k in np.flatnonzero(mask)]


def among(values: pd.Series | pd.Index, known: Iterable[Any]) -> Mask:
    """Which values are among the known ones; what ``isin`` says, in a fifth of its time on text."""
    return pd.Index(known).unique().get_indexer(pd.Index(values)) >= 0


def said(value: Any) -> str:
    """A value as a person would write it."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp | np.datetime64):
        return str(value)[:10] if value != NEVER else "open"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float | np.floating) else str(value)
