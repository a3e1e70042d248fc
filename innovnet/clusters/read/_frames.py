"""Tables in memory on their way through the checks of a register."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from innovnet.clusters._faults import Report
from innovnet.clusters._register import Register
from innovnet.clusters._sheets import SHEETS, Sheet
from innovnet.clusters.read._checked import registered
from innovnet.clusters.read._raw import Raw
from innovnet.errors import DataError
from innovnet.graph._tables import check_table


def from_tables(tables: Mapping[str, pd.DataFrame | None]) -> tuple[Register, Report]:
    """The register of these tables, and what was found."""
    raws = {name: _raw(table, SHEETS[name]) for name, table in tables.items() if table is not None or SHEETS[name].required}
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
        cells[:, k] = column.astype(object).where(column.notna(), None).to_numpy()
    return Raw(sheet.name, [str(name) for name in table.columns], cells, np.arange(len(table)))
