"""Delimited text with quotes, read as text: columns as codes and the distinct values that they stand for."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import did_you_mean
from innovnet.errors import DataError, Fault
from innovnet.graph._tables import freeze
from innovnet.graph.read import _tokens

T = TypeVar("T")
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]

_BOM = b"\xef\xbb\xbf"
_HEADER_LIMIT = 2**16
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_WRONG = {
    _tokens.TORN: ("has a quote inside a cell", "Write the quote twice within a quoted cell."),
    _tokens.OPEN: ("opens a quote that is never closed", "Close it; what follows it cannot be told apart."),
}


class Coded(NamedTuple):
    """A column of text: ``texts[codes]``. The texts are distinct, in the order in which they first occur."""

    codes: Codes
    texts: list[str]

    def where(self, text: str) -> Mask:
        """The rows that hold this text."""
        return self.codes == self.texts.index(text) if text in self.texts else np.zeros(len(self.codes), dtype=bool)

    def mapped(self, function: Callable[[str], T]) -> list[T]:
        """The function's value for each distinct text."""
        return [function(text) for text in self.texts]

    def series(self, missing: str | None = None) -> pd.Series:
        """The column as text, ``missing`` as missing."""
        values = pd.array([None if text == missing else text for text in self.texts], dtype="str")
        return pd.Series(values.take(self.codes))


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a delimited text, as positions in its bytes. Rows that are no rows of the table are in ``faults`` instead."""

    place: str
    data: npt.NDArray[np.uint8]
    size: int
    slots: dict[str, int]
    starts: npt.NDArray[np.uint32]  # column × row
    ends: npt.NDArray[np.uint32]
    begins: npt.NDArray[np.uint32]  # of rows
    n_records: int
    faults: list[Fault] = field(default_factory=list)
    trimmed: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, int, str]] = field(default_factory=list)  # doubtful text: what, how often, an example

    def __len__(self) -> int:
        return len(self.begins)

    def coded(self, column: str) -> Coded:
        """A column as codes and distinct texts."""
        starts, ends = self._bounds(column)
        codes, first = _tokens.factorized(self.data, starts, ends)
        joined = _tokens.gathered(self.data, starts, ends, *freeze(first))
        return Coded(codes, joined.tobytes().decode().split("\0")[:-1])

    def numbers(self, column: str) -> tuple[npt.NDArray[np.float64], Mask]:
        """A column as numbers, NaN where empty, and which cells are no finite number."""
        starts, ends = self._bounds(column)
        values, other = _tokens.numbers(self.data, starts, ends)
        for row in np.flatnonzero(other):
            text = self.cell(row, column)
            if _NUMBER.fullmatch(text):
                values[row] = float(text)
        return values, other & ~np.isfinite(values)

    def _bounds(self, column: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        slot = self.slots[column]
        return self.starts[slot], self.ends[slot]

    def cell(self, row: int, column: str) -> str:
        """The text of one cell."""
        starts, ends = self._bounds(column)
        return self.data[starts[row] : ends[row]].tobytes().decode().replace('""', '"')

    @cached_property
    def _line_ends(self) -> npt.NDArray[np.int64]:
        return line_ends(self.data[: self.size])

    def lines(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """Numbers of the lines on which rows begin, the first line being 1."""
        return np.searchsorted(self._line_ends, self.begins[rows]) + 1

    def fault(self, rows: Mask, column: str, problem: str, remedy: str) -> list[Fault]:
        """A fault for each of the rows."""
        found = np.flatnonzero(rows)
        values = [self.cell(row, column)[:80] for row in found] if column else [""] * len(found)
        return [Fault(self.place, str(line), column, value, problem, remedy) for line, value in zip(self.lines(found), values, strict=True)]


def line_ends(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Positions of the last byte of each line end: LF, CR LF or CR."""
    lone = np.flatnonzero(data == 13)
    lone = lone[data[np.minimum(lone + 1, len(data) - 1)] != 10]
    return np.union1d(np.flatnonzero(data == 10), lone)


def _line(data: npt.NDArray[np.uint8], position: int) -> int:
    return len(line_ends(data[:position])) + 1


def read_table(buffer: bytearray, size: int, place: str, columns: Collection[str], *, trim: bool = True) -> Table:
    """Cut a text into the cells of some of its columns.

    Parameters
    ----------
    buffer, size
        The bytes, with at least 16 more behind them, and their number.
    place
        What to call the text in messages.
    columns
        The columns to find; further ones are passed over.
    trim
        Take blanks from the ends of cells, and count them.

    Raises
    ------
    DataError
        The text is no UTF-8, has no header, or lacks a column.
    """
    buffer[size : size + 2] = b'\n"'
    data, words = freeze(np.frombuffer(buffer, dtype=np.uint8), np.frombuffer(buffer, dtype=np.uint64))
    lines, valid, replaced, replaced_at, doubled, doubled_at = _tokens.inspected(data, words, size)
    if valid < size:
        raise DataError(f"{place} is no UTF-8 text", [_encoding_fault(data, size, valid, place)])
    notes = [
        ("replacement characters: letters lost before", replaced, _around(data, size, replaced_at)),
        ("characters that look encoded twice", doubled, _around(data, size, doubled_at)),
    ]
    begin = len(_BOM) if buffer.startswith(_BOM) else 0
    delimiter = _delimiter(buffer[begin : min(size, begin + _HEADER_LIMIT)])
    header, body = _header(data, words, begin, size, delimiter, place)
    slots, chosen = _slots(header, columns, place)
    starts, ends, begins, cells, records, _ = _tokens.tokens(data, words, body, size, delimiter, chosen, len(slots), lines + 2)
    if records and cells[records - 1] == _tokens.OPEN:
        line = _line(data, int(begins[records - 1]))
        raise DataError(f"{place} cannot be cut into rows", [Fault(place, f"{line} (record {records})", "", "", *_WRONG[_tokens.OPEN])])
    good = cells[:records] == len(header)
    nul = _nul_rows(buffer, size, begins[:records])
    good[nul] = False
    if good.all():
        starts, ends, kept = np.ascontiguousarray(starts[:, :records]), np.ascontiguousarray(ends[:, :records]), begins[:records].copy()
    else:
        rows = np.flatnonzero(good)
        starts, ends, kept = starts[:, rows], ends[:, rows], begins[rows]
    trimmed = _tokens.trim(data, starts, ends) if trim else np.zeros(len(slots), dtype=np.int64)
    starts, ends = freeze(starts, ends)
    table = Table(place, data, size, slots, starts, ends, kept, records, notes=notes, trimmed=dict(zip(slots, trimmed.tolist(), strict=True)))
    table.faults.extend(_row_faults(table, begins[:records], cells[:records], np.isin(np.arange(records), nul), len(header)))
    return table


def _row_faults(table: Table, begins: npt.NDArray[np.uint32], cells: npt.NDArray[np.int32], nul: Mask, expected: int) -> Iterable[Fault]:
    wrong = np.flatnonzero((cells != expected) | nul)
    lines = np.searchsorted(table._line_ends, begins[wrong]) + 1 if len(wrong) else []
    for record, line in zip(wrong, lines, strict=True):
        if nul[record]:
            problem, remedy = "has a NUL byte", "Remove it; no text holds one."
        else:
            ragged = (f"has {cells[record]} cells, the header {expected}", "Quote cells that hold the delimiter, and give each row all cells.")
            problem, remedy = _WRONG.get(int(cells[record]), ragged)
        yield Fault(table.place, f"{line} (record {record + 1})", "", "", problem, remedy)


def _nul_rows(buffer: bytearray, size: int, begins: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    found, position = [], buffer.find(b"\0", 0, size)
    while position >= 0:
        found.append(position)
        position = buffer.find(b"\0", position + 1, size)
    rows = np.searchsorted(begins, np.array(found, dtype=np.int64), side="right") - 1
    return np.unique(rows[rows >= 0])


def _delimiter(head: bytearray) -> int:
    """The most frequent of ``;``, ``,`` and tab outside quotes in the first line; ``;`` where there is none."""
    outside = re.sub(rb'"[^"]*"', b"", bytes(head))
    line = re.split(rb"[\r\n]", outside.lstrip(b"\r\n"), maxsplit=1)[0]
    return max(b";,\t", key=lambda delimiter: line.count(bytes([delimiter])))


def _header(data: npt.NDArray[np.uint8], words: npt.NDArray[np.uint64], begin: int, size: int, delimiter: int, place: str) -> tuple[list[str], int]:
    width = int((data[begin : begin + _HEADER_LIMIT] == delimiter).sum()) + 1
    (slots,) = freeze(np.arange(width))
    starts, ends, _, cells, records, body = _tokens.tokens(data, words, begin, size, delimiter, slots, width, 1)
    if records == 0:
        msg = f"{place} is empty. It should begin with a line of column names."
        raise DataError(msg)
    if not 0 < cells[0] <= width:
        remedy = _WRONG.get(int(cells[0]), ("", f"A line of column names has at most {_HEADER_LIMIT:,} bytes."))[1]
        raise DataError(f"{place} has no line of column names", [Fault(place, "1", "", "", "cannot be cut into cells", remedy)])
    names = (data[starts[c, 0] : ends[c, 0]].tobytes().decode().replace('""', '"').strip() for c in range(cells[0]))
    return list(names), body


def _slots(header: Sequence[str], columns: Collection[str], place: str) -> tuple[dict[str, int], npt.NDArray[np.int64]]:
    faults = [Fault(place, "1", name, "", "is missing", did_you_mean(name, set(header) - set(columns) - {""})) for name in columns if name not in header]
    faults += [Fault(place, "1", name, "", f"is there {header.count(name)} times", "Keep one.") for name in columns if header.count(name) > 1]
    if faults:
        raise DataError(f"{place} lacks columns", faults)
    slots = {name: slot for slot, name in enumerate(columns)}
    (chosen,) = freeze(np.array([slots.get(name, -1) for name in header], dtype=np.int64))
    return slots, chosen


def _around(data: npt.NDArray[np.uint8], size: int, position: int) -> str:
    if position >= size:
        return ""
    text = data[max(position - 20, 0) : min(position + 20, size)].tobytes().decode(errors="ignore")
    return f"line {_line(data[:size], position)}: ...{' '.join(text.split())}..."


def _encoding_fault(data: npt.NDArray[np.uint8], size: int, position: int, place: str) -> Fault:
    head = data[: min(size, 4)].tobytes()
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        guess = "UTF-16"
    else:
        guess = "Windows-1252 or another one-byte encoding"
    start = max(position - 20, 0)
    seen = data[start : min(position + 20, size)].tobytes().decode("cp1252", errors="replace")
    remedy = f"It looks like {guess}: save it as UTF-8, as with iconv -f {'UTF-16' if guess == 'UTF-16' else 'WINDOWS-1252'} -t UTF-8."
    return Fault(place, str(_line(data[:size], position)), "", " ".join(seen.split()), f"byte {position:,} (0x{data[position]:02X}) is no UTF-8", remedy)
