"""Finished runs in one file: what a long experiment has done is not lost when it is stopped."""

import io
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from innovnet._check import check_path
from innovnet.errors import DataError
from innovnet.simulate._identity import first_difference
from innovnet.simulate._state import Array

_TABLES = """
CREATE TABLE IF NOT EXISTS about (identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY, record BLOB NOT NULL);
"""
_ATTEMPTS, _PAUSE = 200, 0.05  # ten seconds


class Store:
    """Records of runs by their number, of one experiment."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def records(self, runs: range) -> dict[int, tuple[Array, ...]]:
        """What is held of these runs."""
        rows = self._connection.execute("SELECT run, record FROM runs WHERE run >= ? AND run < ?", (runs.start, runs.stop))
        try:
            return {run: _unpacked(record) for run, record in rows}
        except ValueError as error:
            msg = f"the store {self._path} is damaged: {error}. Remove the file to start anew."
            raise DataError(msg) from error

    def keep(self, run: int, record: tuple[Array, ...]) -> None:
        """Keep a finished run."""
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO runs VALUES (?, ?)", (run, _packed(record)))


@contextmanager
def opened(path: str | os.PathLike[str] | None, identity: dict[str, Any]) -> Iterator[Store | None]:
    """The store at ``path``, made if it is not there; one of another experiment is an error that says which. None without a path."""
    if path is None:
        yield None
        return
    check_path(path, "store")
    try:
        with closing(sqlite3.connect(Path(path))) as connection:
            _share(connection)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_TABLES)
            _check(connection, Path(path), identity)
            yield Store(connection, Path(path))
    except sqlite3.Error as error:
        msg = f"the store {os.fspath(path)} cannot be used: {error}. What it holds is kept. Give the path of a new file, or one that an earlier call has made."
        raise DataError(msg) from error


def _share(connection: sqlite3.Connection) -> None:
    """Let several processes use the file. Two that make it at once are in each other's way here, and SQLite does not wait by itself as it does elsewhere."""
    for attempt in range(_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _check(connection: sqlite3.Connection, path: Path, identity: dict[str, Any]) -> None:
    now = json.loads(json.dumps(identity))
    with connection:  # in one step, as two processes may begin at once
        connection.execute("INSERT INTO about SELECT ? WHERE NOT EXISTS (SELECT 1 FROM about)", (json.dumps(now),))
    held = _read(connection.execute("SELECT identity FROM about").fetchone()[0], path)
    if changed := first_difference(held, now, "experiment"):
        msg = f"the store {path} is of another experiment ({changed}). Ask for that one again, or give another path."
        raise DataError(msg)


def _read(identity: str, path: Path) -> Any:
    try:
        return json.loads(identity)
    except ValueError as error:
        msg = f"the store {path} is damaged: {error}. Remove the file to start anew."
        raise DataError(msg) from error


def _packed(record: tuple[Array, ...]) -> bytes:
    into = io.BytesIO()
    for array in record:
        np.lib.format.write_array(into, array, allow_pickle=False)
    return into.getvalue()


def _unpacked(record: bytes) -> tuple[Array, ...]:
    source, arrays = io.BytesIO(record), []
    while source.tell() < len(record):
        arrays.append(np.lib.format.read_array(source, allow_pickle=False))
    return tuple(arrays)
