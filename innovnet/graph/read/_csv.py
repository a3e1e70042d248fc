"""Delimited text with quotes, read as text: columns as codes and the distinct values that they stand for."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from innovnet._check import did_you_mean
from innovnet.errors import DataError, Fault
from innovnet.graph._tables import freeze
from innovnet.graph.read import _tokens

T = TypeVar("T")
Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_BOM = b"\xef\xbb\xbf"
_HEADER_LIMIT = 2**16
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WRONG = {
    _tokens.TORN: ("has a quote inside a cell", "Put the cell in quotes, and write a quote within it twice."),
    _tokens.OPEN: ("opens a quote that is never closed", "Close it: what follows it cannot be told apart."),
}


class Coded(NamedTuple):
    """A column of text: ``texts[codes]``. The texts are distinct, in the order in which they first occur."""

    codes: npt.NDArray[np.int32]
    texts: list[str]
    first: Offsets  #: rows in which they do

    def where(self, text: str) -> Mask:
        """The rows that hold this text."""
        return self.codes == (self.texts.index(text) if text in self.texts else -1)

    def rows(self, function: Callable[[str], T], dtype: npt.DTypeLike) -> npt.NDArray:
        """The function's value of each row; it is called once for each distinct text."""
        return np.array([function(text) for text in self.texts] or [], dtype=dtype)[self.codes]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a delimited text, as positions in its bytes. Rows that cannot be cut into cells are ``faults`` instead."""

    place: str
    data: Bytes
    size: int
    slots: dict[str, int]
    starts: Offsets  # column × row
    ends: Offsets
    begins: Offsets  # of rows
    records: int  # rows and faults
    trimmed: dict[str, int] = field(default_factory=dict)
    doubtful: list[tuple[str, int, str]] = field(default_factory=list)  # text that was spoilt before: how, how often, an example
    faults: list[Fault] = field(default_factory=list)
    _coded: dict[str, Coded] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.begins)

    def coded(self, column: str) -> Coded:
        """A column as codes and distinct texts."""
        if column not in self._coded:
            starts, ends = self._bounds(column)
            codes, first = _tokens.factorized(self.data, starts, ends)
            (first,) = freeze(first)
            joined = _tokens.gathered(self.data, starts, ends, first)
            self._coded[column] = Coded(codes, joined.tobytes().decode().split("\0")[:-1], first)
        return self._coded[column]

    def numbers(self, column: str) -> tuple[Floats, Mask]:
        """A column as numbers, NaN where empty, and which cells are no finite number."""
        return self._numbers(*self._bounds(column))

    def pairs(self, column: str) -> tuple[Floats, Floats, Mask]:
        """The distinct texts of a column, like ``54.7,25.3``, as two numbers, NaN where empty, and which are neither empty nor two finite numbers."""
        rows = self.coded(column).first
        starts, ends = freeze(*(bounds[rows] for bounds in self._bounds(column)))
        cuts = _tokens.split_at(self.data, starts, ends, ord(","))
        first, last = np.stack([starts, np.minimum(cuts + np.uint32(1), ends)]), np.stack([cuts, ends])
        _tokens.trim(self.data, first, last)
        (one, odd), (two, odder) = (self._numbers(*freeze(first[k], last[k])) for k in (0, 1))
        return one, two, odd | odder | (np.isnan(one) != np.isnan(two)) | (np.isnan(one) & (starts < ends))

    def _numbers(self, starts: Offsets, ends: Offsets) -> tuple[Floats, Mask]:
        values, other = _tokens.numbers(self.data, starts, ends)
        for row in np.flatnonzero(other):
            text = self.data[starts[row] : ends[row]].tobytes().decode()
            if _NUMBER.fullmatch(text):
                values[row] = float(text)
        return values, other & ~np.isfinite(values)

    def _bounds(self, column: str) -> tuple[Offsets, Offsets]:
        slot = self.slots[column]
        return self.starts[slot], self.ends[slot]

    def cell(self, row: int, column: str) -> str:
        """The text of one cell."""
        starts, ends = self._bounds(column)
        return self.data[starts[row] : ends[row]].tobytes().decode().replace('""', '"')

    @cached_property
    def _line_ends(self) -> npt.NDArray[np.int64]:
        return line_ends(self.data[: self.size])

    def lines(self, begins: Offsets) -> list[int]:
        """Numbers of the lines with these positions, the first line being 1."""
        return (np.searchsorted(self._line_ends, begins) + 1).tolist() if len(begins) else []

    def fault(self, rows: Mask, column: str, problem: str, remedy: str) -> None:
        """Note a fault of each of these rows."""
        found = np.flatnonzero(rows)
        for row, line in zip(found.tolist(), self.lines(self.begins[found]), strict=True):
            self.faults.append(Fault(self.place, str(line), column, self.cell(row, column)[:80], problem, remedy))


def line_ends(data: Bytes) -> npt.NDArray[np.int64]:
    """Positions of the last byte of each line end: LF, CR LF or CR."""
    lone = np.flatnonzero(data == 13)
    lone = lone[data[np.minimum(lone + 1, len(data) - 1)] != 10]
    return np.union1d(np.flatnonzero(data == 10), lone)


def read_table(buffer: Bytes, size: int, place: str, columns: Collection[str], *, trim: bool = True) -> Table:
    """Cut a text into the cells of some of its columns.

    Parameters
    ----------
    buffer, size
        The bytes, with at least 16 more behind them (they are overwritten), and the number of those that count.
    place
        What to call the text in messages.
    columns
        The columns to find; further ones are passed over.
    trim
        Take blanks from the ends of cells, and count them.

    Raises
    ------
    DataError
        The text is no UTF-8, has no header, lacks a column, or opens a quote that it never closes.
    """
    buffer[size : size + 2] = ord("\n"), ord('"')
    (data,) = freeze(buffer)
    lines, zeros, doubtful = _checked(data, size, place)
    begin = len(_BOM) if data[: len(_BOM)].tobytes() == _BOM else 0
    delimiter = _delimiter(data[begin : min(size, begin + _HEADER_LIMIT)].tobytes())
    header, body = _header(data, begin, size, delimiter, place)
    slots, chosen = _slots(header, columns, place)
    starts, ends, begins, cells, records, _ = _tokens.tokens(data, body, size, delimiter, chosen, len(slots), lines + 2)
    begins, cells = begins[:records].copy(), cells[:records]
    if records and cells[-1] == _tokens.OPEN:
        where = f"{len(line_ends(data[: begins[-1]])) + 1} (record {records})"
        raise DataError(f"{place} cannot be cut into rows", [Fault(place, where, "", "", *_WRONG[_tokens.OPEN])])
    nul = set((np.searchsorted(begins, np.flatnonzero(data[body:size] == 0) + body, side="right") - 1).tolist()) if zeros else set()
    good = cells == len(header)
    good[sorted(nul)] = False
    rows = slice(0, records) if good.all() else np.flatnonzero(good)
    starts, ends = np.ascontiguousarray(starts[:, rows]), np.ascontiguousarray(ends[:, rows])
    trimmed = _tokens.trim(data, starts, ends).tolist() if trim else [0] * len(slots)
    starts, ends = freeze(starts, ends)
    table = Table(place, data, size, slots, starts, ends, begins[rows], records, dict(zip(slots, trimmed, strict=True)), doubtful)
    table.faults.extend(_record_faults(table, begins, cells, nul, len(header)))
    return table


def _checked(data: Bytes, size: int, place: str) -> tuple[int, int, list[tuple[str, int, str]]]:
    """The numbers of line ends and of NUL in a text in UTF-8, and what looks spoilt in it."""
    lines, zeros, valid, spoilt = _tokens.inspected(data, size)
    if valid < size or zeros > size // 4:
        raise DataError(f"{place} is no UTF-8 text", [_encoding_fault(data, size, int(valid), place, int(lines) + 1)])
    items = ("letters lost before, now U+FFFD", "letters that look encoded twice")
    found = zip(items, spoilt.tolist(), strict=True)
    return lines, zeros, [(item, count, f"line {line}: ...{_around(data, size, at).decode(errors='ignore')}...") for item, (count, at, line) in found if count]


def _record_faults(table: Table, begins: Offsets, cells: npt.NDArray[np.int32], nul: set[int], expected: int) -> Iterator[Fault]:
    wrong = sorted({*np.flatnonzero(cells != expected).tolist(), *nul})
    for record, line in zip(wrong, table.lines(begins[wrong]), strict=True):
        ragged = (f"has {cells[record]} cells, the header {expected}", "Give each row all cells, and quote cells that hold the delimiter.")
        problem, remedy = ("has a NUL byte", "Remove it: no text holds one.") if record in nul else _WRONG.get(int(cells[record]), ragged)
        yield Fault(table.place, f"{line} (record {record + 1})", "", "", problem, remedy)


def _delimiter(head: bytes) -> int:
    """The most frequent of ``;``, ``,`` and tab outside quotes in the first line; ``;`` where there is none."""
    outside = re.sub(rb'"[^"]*"', b"", head).lstrip(b"\r\n")
    line = re.split(rb"[\r\n]", outside, maxsplit=1)[0]
    return max(b";,\t", key=lambda delimiter: line.count(bytes([delimiter])))


def _header(data: Bytes, begin: int, size: int, delimiter: int, place: str) -> tuple[list[str], int]:
    width = int((data[begin : min(size, begin + _HEADER_LIMIT)] == delimiter).sum()) + 1
    (slots,) = freeze(np.arange(width))
    starts, ends, _, cells, records, body = _tokens.tokens(data, begin, size, delimiter, slots, width, 1)
    if records == 0:
        raise DataError(f"{place} is empty", [Fault(place, "", "", "", "has no line of column names", "Give the file as it was published.")])
    if not 0 < cells[0] <= width:
        remedy = _WRONG.get(int(cells[0]), ("", f"A line of column names has at most {_HEADER_LIMIT:,} bytes."))[1]
        raise DataError(f"{place} has no line of column names", [Fault(place, "1", "", "", "cannot be cut into cells", remedy)])
    names = (data[starts[c, 0] : ends[c, 0]].tobytes().decode().replace('""', '"').strip() for c in range(cells[0]))
    return list(names), body


def _slots(header: Sequence[str], columns: Collection[str], place: str) -> tuple[dict[str, int], npt.NDArray[np.int64]]:
    further = {name for name in header if name and name not in columns}
    faults = [Fault(place, "1", name, "", "is missing", did_you_mean(name, further)) for name in columns if name not in header]
    faults += [Fault(place, "1", name, "", f"is there {header.count(name)} times", "Keep one.") for name in columns if header.count(name) > 1]
    if faults:
        raise DataError(f"{place} has other columns than expected", faults)
    slots = {name: slot for slot, name in enumerate(columns)}
    (chosen,) = freeze(np.array([slots.get(name, -1) for name in header], dtype=np.int64))
    return slots, chosen


def _around(data: Bytes, size: int, position: int) -> bytes:
    return b" ".join(data[max(position - 20, 0) : min(position + 20, size)].tobytes().split())


def _encoding_fault(data: Bytes, size: int, position: int, place: str, line: int) -> Fault:
    utf16 = position == size or data[:2].tobytes() in {b"\xff\xfe", b"\xfe\xff"}
    if position == size:  # valid, but full of NUL
        position, line = int(np.argmax(data == 0)), 1
    guess, name = ("UTF-16", "UTF-16") if utf16 else ("Windows-1252 or another one-byte encoding", "WINDOWS-1252")
    seen = _around(data, size, position).replace(b"\0", b"").decode("cp1252", errors="replace")
    problem = f"byte {position + 1:,} (0x{data[position]:02X}) does not belong to UTF-8"
    return Fault(place, str(line), "", seen, problem, f"It looks like {guess}: save it as UTF-8 (iconv -f {name} -t UTF-8).")
