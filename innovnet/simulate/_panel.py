"""The panel: one row for each actor and year, in memory or as one Parquet file for each year."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from innovnet import __version__
from innovnet._check import check_path, extra
from innovnet._parallel import aside
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.graph.write._atomic import atomic_path
from innovnet.simulate._course import Course, columns_of
from innovnet.simulate._identity import described, digest_of

IN_MEMORY = 5_000_000  #: rows kept without a folder
ROWS = 1 << 18  #: rows written at a time
RECORD = "_run.json"  # readers of folders pass over names that begin with _


class Panel(Protocol):
    """Takes a state each year and gives the table at the end."""

    def add(self, course: Course) -> None:
        """Add the year where the course stands."""
        ...

    def finish(self) -> None:
        """Wait until all that was added is kept."""
        ...

    def table(self) -> pd.DataFrame:
        """All years, in their order."""
        ...


def panel_for(record: str, path: Any, model: Any, network: Network, steps: int, seed: int, origin: str, *, resumable: bool) -> Panel | None:
    """Where the panel goes; None where none is wanted. What cannot be done is told before the first step."""
    if path is not None:
        check_path(path, "path")
    if record != "panel":
        if path is not None:
            msg = f"path={os.fspath(path)!r} is the folder of a panel, and record='summary' makes none. Say record='panel', or leave path out."
            raise DataError(msg)
        return None
    if not callable(getattr(model, "actors", None)):
        msg = f"record='panel' needs {type(model).__name__}.actors(network, state), which this model does not have. Add the method, or record='summary'."
        raise DataError(msg)
    if path is not None:
        identity = {"innovnet": __version__, "model": digest_of(described(model)), "population": network.fingerprint, "seed": seed, "origin": origin}
        return PanelFolder(Path(path), identity, aside=not resumable)
    rows = network.n_actors * (steps + 1)
    if rows > IN_MEMORY:
        msg = f"a panel of {rows:,} rows is more than the {IN_MEMORY:,} that are kept in memory. Give path=, a folder for one Parquet file a year."
        raise DataError(msg)
    if resumable:
        msg = "a run that can be resumed keeps its panel on disk: give path=, a folder for one Parquet file a year."
        raise DataError(msg)
    return PanelMemory()


@dataclass
class PanelMemory:
    """A panel in memory."""

    years: list[pd.DataFrame] = field(default_factory=list)

    def add(self, course: Course) -> None:
        """Add a copy of the year's columns."""
        columns = _columns(course)
        frame = pd.DataFrame({"year": np.full(_rows(columns), course.year, dtype=np.int16)} | columns, copy=True)
        if self.years and not frame.dtypes.equals(self.years[0].dtypes):
            raise DataError(_changed(course, _changes(dict(self.years[0].dtypes.items()), dict(frame.dtypes.items()))))
        self.years.append(frame)

    def finish(self) -> None:
        """Nothing is under way."""

    def table(self) -> pd.DataFrame:
        """All years."""
        return pd.concat(self.years, ignore_index=True)


@dataclass
class PanelFolder:
    """A panel in a folder: ``year-00000.parquet`` and so on. A run that cannot be resumed writes a year while the next one passes."""

    folder: Path
    identity: dict[str, Any]
    aside: bool = False
    under_way: Callable[[], None] | None = None
    schema: Any = None
    last: int = -1

    def __post_init__(self) -> None:
        extra("pyarrow")
        record = self.folder / RECORD
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            held = json.loads(record.read_text(encoding="utf-8")) if record.exists() else None
        except (OSError, ValueError) as error:
            msg = f"the folder {self.folder} cannot be used for a panel: {error}. Choose another folder."
            raise DataError(msg) from error
        if held is None and any(self.folder.iterdir()):
            msg = f"the folder {self.folder} holds other files. Choose an empty folder for the panel, or a new one."
            raise DataError(msg)
        if held is not None and held != self.identity:
            before = held if isinstance(held, dict) else {}
            other = ", ".join(name for name in self.identity if before.get(name) != self.identity[name])
            msg = f"the folder {self.folder} holds the panel of another run (other {other}). Choose another folder."
            raise DataError(msg)
        try:
            with atomic_path(record) as temporary:
                temporary.write_text(json.dumps(self.identity), encoding="utf-8")
        except OSError as error:
            msg = f"the folder {self.folder} cannot be used for a panel: {error}. Make room or choose another folder."
            raise DataError(msg) from error

    def _file(self, year: int) -> Path:
        return self.folder / f"year-{year:05d}.parquet"

    def add(self, course: Course) -> None:
        """Write the year; the file appears whole or not at all."""
        pa = extra("pyarrow")
        columns = _columns(course)
        arrays = {"year": pa.array(np.full(_rows(columns), course.year, dtype=np.int16))}
        for name, values in columns.items():
            own = values.copy() if self.aside and hasattr(values, "copy") else values  # the next year may pass over it
            try:
                arrays[name] = pa.array(own)
            except (pa.ArrowException, TypeError) as error:
                msg = f"{type(course.model).__name__}.actors: column {name!r} cannot be kept in a file: {error}. Return numbers, text, dates or yes/no."
                raise DataError(msg) from error
        numbers = [name for name, values in columns.items() if isinstance(values, np.ndarray) and values.dtype.kind in "biuf"]
        fields = [pa.field(name, array.type, nullable=name not in {"year", *numbers}) for name, array in arrays.items()]
        table = pa.Table.from_arrays(list(arrays.values()), schema=pa.schema(fields))
        self._check(course, table.schema)
        self.finish()
        if absent := [y for y in range(course.year) if not self._file(y).exists()]:
            msg = f"the folder {self.folder} lacks year {absent[0]} of the panel, which the checkpoint has passed. Start anew with another checkpoint."
            raise DataError(msg)
        if self.aside:
            self.under_way = aside(partial(self._write, table, course.year))
        else:
            self._write(table, course.year)

    def finish(self) -> None:
        """Wait for the year that is being written; raises what kept it from being so."""
        wait, self.under_way = self.under_way, None
        if wait is not None:
            wait()

    def _write(self, table: Any, year: int) -> None:
        pa, pq = extra("pyarrow"), extra("pyarrow.parquet")
        coded = [name for name in table.column_names if pa.types.is_dictionary(table.schema.field(name).type)]
        try:
            with atomic_path(self._file(year)) as temporary:
                pq.write_table(table, temporary, row_group_size=ROWS, compression="none", use_dictionary=coded, write_statistics=False)
        except OSError as error:
            msg = (
                f"{self._file(year)} cannot be written: {error}. The years before are kept in {self.folder}. Make room and call again; "
                "with checkpoint=path the run goes on from this year."
            )
            raise DataError(msg) from error
        self.last = year

    def _check(self, course: Course, schema: Any) -> None:
        if self.schema is not None and not schema.equals(self.schema):
            kinds = [{name: s.field(name).type for name in s.names} for s in (self.schema, schema)]
            raise DataError(_changed(course, _changes(*kinds)))
        self.schema = schema

    def table(self) -> pd.DataFrame:
        """All years, read from the folder."""
        pa, pq = extra("pyarrow"), extra("pyarrow.parquet")
        try:
            years = [pq.read_table(self._file(year)) for year in range(self.last + 1)]
        except (OSError, pa.ArrowException) as error:
            msg = f"the panel in {self.folder} cannot be read: {error}. Its files were there when the run ended: run again into another folder."
            raise DataError(msg) from error
        return pa.concat_tables(years).unify_dictionaries().to_pandas()


def _columns(course: Course) -> dict[str, Any]:
    columns = dict(columns_of(course.model, "actors", course.network, course.state, "the panel"))
    if "year" in columns:
        msg = f"{type(course.model).__name__}.actors returns a column 'year', which the panel adds. Leave it out."
        raise DataError(msg)
    return columns


def _rows(columns: dict[str, Any]) -> int:
    return len(next(iter(columns.values()), ()))


def _changes(before: dict[Any, Any], now: dict[Any, Any]) -> str:
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return "; ".join(f"{name!r} was {before.get(name, 'absent')} and is {now.get(name, 'absent')}" for name in names) or "the order of columns"


def _changed(course: Course, what: str) -> str:
    return f"{type(course.model).__name__}.actors: in year {course.year} {what}. Return the same columns of the same types each year."
