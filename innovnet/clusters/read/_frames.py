"""Tables in memory on their way through the checks of a register."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._faults import Report
from innovnet.clusters._register import Register
from innovnet.clusters._sheets import SHEETS, Sheet
from innovnet.clusters.read._checked import registered
from innovnet.clusters.read._raw import Raw
from innovnet.errors import DataError, Fault
from innovnet.graph._tables import check_table

_SHOWN = 80  # characters of a value


def from_tables(tables: Mapping[str, pd.DataFrame | None]) -> tuple[Register, Report]:
    """The register of these tables, and what was found."""
    raws = {name: _raw(table, SHEETS[name]) for name, table in tables.items() if table is not None or SHEETS[name].required}
    odd = [fault for raw in raws.values() for fault in _odd(raw)]
    if odd:
        msg = f"the tables hold {len(odd):,} {'cells that are' if len(odd) > 1 else 'cell that is'} neither text nor number, day, yes or no"
        raise DataError(msg, odd)
    report = Report("tables of clusters")
    return registered(raws, report, "raise", from_file=False), report


def _raw(table: pd.DataFrame | None, sheet: Sheet) -> Raw:
    check_table(table, sheet.name)
    assert table is not None  # checked
    key = sheet.names[0]
    if table.index.name == key:
        if key in table:
            msg = f"the {sheet.name} table has both an index and a column {key!r}. Keep the one that identifies."
            raise DataError(msg)
        table = table.reset_index()
    cells = np.empty(table.shape, dtype=object)
    for k, (_, column) in enumerate(table.items()):
        cells[:, k] = _plain(column.astype(object).where(column.notna(), None).to_numpy())
    return Raw(sheet.name, [str(name) for name in table.columns], cells, np.arange(len(table)))


def _plain(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The cells with numbers and days of other libraries as Python's own."""
    kinds = {type(cell) for cell in cells}
    if any(issubclass(kind, np.generic | Decimal) for kind in kinds):
        cells = cells.copy()
        cells[:] = [_own(cell) for cell in cells]
    return cells


def _own(cell: Any) -> Any:
    if isinstance(cell, np.datetime64):
        return pd.Timestamp(cell).to_pydatetime()
    if isinstance(cell, Decimal):
        return int(cell) if cell.is_finite() and cell == cell.to_integral_value() else float(cell)
    return cell.item() if isinstance(cell, np.generic) else cell


def _odd(raw: Raw) -> Iterator[Fault]:
    """Cells that no sheet could hold: of another type, or moments with a time zone."""
    for column, cells in zip(raw.header, raw.table.T, strict=True):
        for row, cell in enumerate(cells):
            if cell is not None and not isinstance(cell, str | int | float | dt.date):
                remedy = "Write text, a number, a day, yes or no; nothing where it is not known."
                yield Fault(raw.name, str(row), column, repr(cell)[:_SHOWN], f"is a {type(cell).__name__}", remedy)
            elif isinstance(cell, dt.datetime) and cell.tzinfo is not None:
                yield Fault(raw.name, str(row), column, str(cell), "has a time zone, on which its day depends", "Write the day: column.dt.tz_localize(None).")
