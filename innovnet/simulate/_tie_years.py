"""Since when ties of a real network have lasted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_whole
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._network import Network

OLD = -1  #: start of a tie of which no year is known: it is older than the simulation
_NEVER = 2**31 - 1


def started(network: Network, year: int | None) -> tuple[pd.DataFrame, list[tuple[str, str, int, str, str]]]:
    """Ties (positions source and target, weight, further columns) with ``start`` in years from ``year``, those that had begun by then; and what to note."""
    if year is not None:
        check_whole(year, "year", 0)
    table = network._tie_table
    affiliation = network.affiliation
    dated = affiliation is not None and "start" in affiliation._events
    if not dated and "start" not in table:
        if year is not None:
            msg = f"year={year}: the ties have no years. Give them a column 'start', or take a network that was projected from dated events."
            raise DataError(msg)
        return table, [("ties without years: taken as older than the simulation", "ties", len(table), "assumption", "")] if len(table) else []
    years = _first_shared(network, affiliation) if dated and affiliation is not None else _years(table["start"])
    known = years != _NEVER
    now = year if year is not None else _last(affiliation, years[known])
    begun = ~known | (years <= now)
    start = np.where(known, np.maximum(years - now, -(2**15)), OLD)
    rows = [
        (f"start of ties: first year of a shared event, from {now}", "ties", int((known & begun).sum()), "read", ""),
        ("ties without a dated event: taken as older than the simulation", "ties", int((~known).sum()), "assumption", ""),
        (f"ties that begin after {now}", "ties", int((~begun).sum()), "dropped", "year"),
    ]
    kept = table.assign(start=start.astype(np.int16)).loc[begun].reset_index(drop=True)
    return kept[["source", "target", "weight", *(column for column in kept if column not in ("source", "target", "weight"))]], [row for row in rows if row[2]]


def _last(affiliation: Affiliation | None, years: npt.NDArray[np.int64]) -> int:
    """The last year in which something started."""
    if affiliation is not None and "start" in affiliation._events and affiliation._events["start"].notna().any():
        return int(affiliation._events["start"].max().year)
    return int(years.max()) if len(years) else 0


def _years(column: pd.Series) -> npt.NDArray[np.int64]:
    """Years of a column of dates or of whole numbers."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = column.dt.year
    if not pd.api.types.is_numeric_dtype(column.dtype):
        msg = f"the ties' column 'start' holds {column.dtype}, not years or dates. Convert it with pd.to_datetime, or rename it."
        raise DataError(msg)
    found: Any = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isnan(found), _NEVER, found).astype(np.int64)


def _first_shared(network: Network, affiliation: Affiliation) -> npt.NDArray[np.int64]:
    """The first year in which an event of both ends started, for each row of ties."""
    table, n = network._tie_table, network.n_actors
    key = table["source"].to_numpy() * n + table["target"].to_numpy()
    order = np.argsort(key, kind="stable")
    ordered, first = key[order], np.full(len(key), _NEVER, dtype=np.int64)
    years = _years(affiliation._events["start"])
    for year in np.unique(years[years != _NEVER])[::-1]:  # the earliest is written last
        part = sparse.csr_array(affiliation.incidence[:, years == year])
        pairs = sparse.triu(part @ part.T, k=1).tocoo()
        wanted = pairs.row.astype(np.int64) * n + pairs.col
        first[np.isin(ordered, wanted, assume_unique=False)] = year
    found = np.empty_like(first)
    found[order] = first
    return found
