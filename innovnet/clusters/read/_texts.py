"""A folder of csv files, one for each sheet, as they stand: text cells, nothing converted."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from innovnet.clusters._faults import SheetFault
from innovnet.clusters._sheets import SHEETS
from innovnet.clusters._terms import ABOUT, column_of, sheet_of
from innovnet.clusters.read._package import unreadable
from innovnet.clusters.read._raw import Raw
from innovnet.clusters.read._workbook import CELLS, SHOWN, raw_of

BYTES = 2**30  #: of the largest file
SEPARATORS = ",;\t"

_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF8 = 'Save it as "CSV UTF-8".'
_QUOTES = "Put a cell with a separator, a quote or a line break in quotes, and write a quote within it twice."


def guarded(text: str) -> str:
    """Text that a spreadsheet program would take for a formula begins with ' in a file; a ' that looks like this is doubled."""
    return f"'{text}" if _GUARDED.match(f"'{text}") else text


class _UnreadableError(Exception):
    def __init__(self, fault: SheetFault) -> None:
        self.fault = fault


def read_folder(path: Path) -> tuple[list[Raw], list[SheetFault]]:
    """The sheets of a folder and what is wrong with them; a file that cannot be cut into cells is among the faults instead."""
    raws, faults = [], []
    for file in sorted(path.glob("*.[cC][sS][vV]")):
        sheet = sheet_of(file.stem)
        if sheet == ABOUT:
            continue
        try:
            raw, wrong = _read(file, sheet) if sheet is not None else (Raw(file.stem, [], np.empty((0, 0), dtype=object), np.zeros(0, dtype=np.int64)), [])
        except _UnreadableError as error:
            faults.append(error.fault)
            continue
        raws.append(raw)
        faults.extend(wrong)
    return raws, faults


def _fault(file: Path, line: int | str, value: str, problem: str, remedy: str) -> SheetFault:
    return SheetFault(file.stem, str(line), "", value, problem, remedy, "E24")


def _read(file: Path, sheet: str) -> tuple[Raw, list[SheetFault]]:
    text = _text(file)
    rows, lines = [], []
    for line, cells in _records(text, _separator(text, sheet), file):
        if any(cells):
            rows.append(cells)
            lines.append(line)
    header = max((k + 1 for k, cell in enumerate(rows[0]) if cell), default=0) if rows else 0
    wide = [(line, cells) for line, cells in zip(lines, rows, strict=True) if len(cells) > header and any(cells[header:])]
    faults = [
        _fault(file, line, " | ".join(filter(None, cells))[:80], f"has more cells than the header has columns ({header})", _QUOTES) for line, cells in wide
    ]
    if len(faults) > SHOWN:
        faults = [*faults[:SHOWN], _fault(file, "", "", f"{len(faults) - SHOWN:,} further lines have more cells than the header", _QUOTES)]
    if len(rows) * header > CELLS:
        raise unreadable(file, f"it comes to {len(rows):,} rows of {header:,} columns", "Empty the cells that do not belong to the register.")
    table = np.full((len(rows), header), None, dtype=object)
    for k, cells in enumerate(rows):
        table[k, : len(cells)] = cells[:header]
    return raw_of(file.stem, table, np.array(lines, dtype=np.int64)), faults


def _text(file: Path) -> str:
    """The content of a file, which must be UTF-8."""
    if file.stat().st_size > BYTES:
        raise unreadable(file, f"it has more than {BYTES:,} bytes", "Leave out what does not belong to the register.")
    data = file.read_bytes()
    if data.startswith(_UTF16):
        raise _UnreadableError(_fault(file, "", "", "is UTF-16", _AS_UTF8))
    nul = data.find(b"\0")
    if nul >= 0:
        raise _UnreadableError(
            _fault(file, data.count(b"\n", 0, nul) + 1, "", "has a NUL byte", "The file is damaged: take an earlier copy, or save it again.")
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        near = data[max(error.start - 20, 0) : error.start + 20].decode("cp1257", errors="replace").strip()
        raise _UnreadableError(_fault(file, line, near, f"is not UTF-8 (byte {data[error.start]:#04x})", _AS_UTF8)) from error


def _separator(text: str, sheet: str) -> str:
    """The separator under which the header has the most known columns, then the most columns."""
    start = re.match(r"sep=(.)[^\n\r]*[\n\r]", text)
    if start:
        return start[1]
    head = next((line for line in re.split(r"[\r\n]+", text[: 2**16]) if line.strip(",;\t ")), "")

    def fit(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([head], delimiter=separator))
        known = sum(column_of(sheet, cell) in SHEETS[sheet].names for cell in cells)
        return known, len(cells)

    return max(SEPARATORS, key=fit)


def _records(text: str, separator: str, file: Path) -> Iterator[tuple[int, list[str | None]]]:
    """The records and the lines in which they begin; cells without anything to be seen are None."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    last = 0
    known: dict[str, str | None] = {}
    try:
        for cells in reader:
            line, last = last + 1, reader.line_num
            if line > 1 or not (cells and cells[0].startswith("sep=")):
                yield line, [known[cell] if cell in known else known.setdefault(cell, _content(cell)) for cell in cells]
    except csv.Error as error:
        words = "opens a quote that is never closed" if "unexpected end" in str(error) or "field limit" in str(error) else f"cannot be cut into cells ({error})"
        raise _UnreadableError(_fault(file, last + 1, "", words, _QUOTES)) from error


def _content(cell: str) -> str | None:
    if not cell or cell.isspace():
        return None
    return cell[1:] if _GUARDED.match(cell) else cell  # see guarded
