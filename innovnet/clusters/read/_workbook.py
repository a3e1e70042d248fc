"""A workbook (.xlsx, .xlsm) as it stands in the file. Each sheet is read in one pass; memory depends on the cells that hold something, not on the size it claims."""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from innovnet.clusters._faults import SheetFault
from innovnet.clusters._terms import ABOUT, sheet_of
from innovnet.clusters.read._package import Package, unreadable
from innovnet.clusters.read._raw import UNSAVED, Raw
from innovnet.clusters.read._styles import Styles, styles_of

ROWS, COLUMNS = 1_048_576, 16_384  #: of the largest sheet
CELLS = 5 * 10**7  #: of the largest table that is made of a sheet
SHOWN = 100  #: faults of one kind in one sheet

_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNMERGE = "Unmerge them, and fill every cell."
_CORRECT = "Correct the formula, or write the value."


class _Book(NamedTuple):
    """What all sheets of a workbook share."""

    package: Package
    strings: Sequence[str | None]
    styles: Styles
    unsaved: bool  #: the workbook says that its formulas must be calculated when it is opened: no stored value can be trusted


def read_workbook(path: Path) -> tuple[list[Raw], list[SheetFault]]:
    """The sheets of a workbook and what is wrong with them; sheets that are none of a register are only named."""
    package = Package(path)
    try:
        raws, faults = [], []
        book, sheets = _opened(package)
        for name, part in sheets:
            wanted = sheet_of(name) not in {None, ABOUT}
            raw, wrong = _Reader(book, name).read(part) if wanted else (_empty(name), [])
            raws.append(raw)
            faults.extend(wrong)
        return raws, faults
    finally:
        package.close()


def _empty(name: str) -> Raw:
    return Raw(name, [], np.empty((0, 0), dtype=object), np.zeros(0, dtype=np.int64))


def _opened(package: Package) -> tuple[_Book, list[tuple[str, str]]]:
    """The book, and the names and parts of its sheets."""
    main = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), "xl/workbook.xml")
    if main not in package:
        raise unreadable(package.path, "it is no workbook", "Give a workbook (.xlsx), or a folder with one csv file for each sheet.")
    relations = package.relations(main)
    parts = dict(relations.values())
    listed: list[tuple[str, str]] = []
    facts: dict[str, str] = {}

    def start(tag: str, at: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "sheet":
            listed.append((at["name"], next((value for key, value in at.items() if key.endswith("}id")), "")))
        elif name in {"workbookPr", "calcPr"}:
            facts.update(at)

    package.parse(main, start)
    styles = styles_of(package, parts.get("styles"), epoch_1904=facts.get("date1904") in {"1", "true"})
    strings = _strings(package, parts["sharedStrings"]) if "sharedStrings" in parts else []
    sheets = [(name, relations[key][1]) for name, key in listed if relations.get(key, ("", ""))[0] == "worksheet"]
    return _Book(package, strings, styles, facts.get("fullCalcOnLoad") in {"1", "true"}), sheets


def _content(text: str) -> str | None:
    """Text as a person sees it; None where nothing is to be seen."""
    if "_x" in text:
        text = _ESCAPED.sub(_letter, text)
    return None if not text or text.isspace() else text


def _letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code in {9, 10, 13} or 32 <= code < 0xD800 or code > 0xDFFF else match[0]


def _strings(package: Package, part: str) -> list[str | None]:
    """The texts that cells refer to; phonetic readings (rPh) are left out."""
    found: list[str | None] = []
    buffer: list[str] = []
    kept: list[str] = []
    silent = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal silent
        silent |= tag.endswith("}rPh")
        buffer.clear()

    def end(tag: str) -> None:
        nonlocal silent
        name = tag.rpartition("}")[2]
        if name == "t" and not silent:
            kept.extend(buffer)
        elif name == "rPh":
            silent = False
        elif name == "si":
            found.append(_content("".join(kept)))
            kept.clear()

    package.parse(part, start, end, buffer.append)
    return found


class _Reader:
    """One sheet, cell by cell."""

    def __init__(self, book: _Book, name: str) -> None:
        self._book, self._name = book, name
        self._faults: list[SheetFault] = []
        self._counts = {"merged": 0, "error": 0}
        self._numbers: list[int] = []  # of the rows that hold something
        self._at: tuple[list[int], list[int], list[Any]] = ([], [], [])  # row among those, column, value
        self._texts: dict[str, str] = {}

    def read(self, part: str) -> tuple[Raw, list[SheetFault]]:
        """The sheet, and its merged cells and errors."""
        start, end, text = self._handlers()
        self._book.package.parse(part, start, end, text)
        for kind, words in (("merged", "further merged cells"), ("error", "further cells that hold an error")):
            more = self._counts[kind] - SHOWN
            if more > 0:
                self._fault("", "", "", f"{more:,} {words}", _UNMERGE if kind == "merged" else _CORRECT)
        return self._raw(), self._faults

    def _handlers(self) -> tuple[Any, Any, Any]:
        """The functions that see the elements: all state of the pass is in their local names, for there are millions of them."""
        names = {f"{space}}}{name}": name for space in _MAIN for name in ("row", "c", "v", "t", "f", "rPh", "mergeCell")}
        columns: dict[str, int] = {}
        buffer: list[str] = []
        row = column = 0
        of: dict[str, str] = {}  # the attributes of the cell
        value: str | None = None
        inline: list[str] = []
        formula = silent = False

        def start(tag: str, at: dict[str, str]) -> None:
            nonlocal row, column, of, value, formula, silent
            name = names.get(tag)
            if name == "c":
                of, value, formula = at, None, False
                place = at.get("r")
                letters = place.rstrip("0123456789") if place else ""
                column = (columns.get(letters) or columns.setdefault(letters, self._column(letters))) if letters else column + 1
            elif name in {"v", "t"}:
                buffer.clear()
            elif name == "row":
                row, column = self._row(at.get("r"), row), 0
            elif name == "f":
                formula = True
            elif name == "rPh":
                silent = True
            elif name == "mergeCell":
                self._merged(at.get("ref", ""))

        def end(tag: str) -> None:
            nonlocal value, silent
            name = names.get(tag)
            if name == "c":
                if value is not None or inline or formula:
                    self._cell(row, column, self._value(of, value, inline, formula=formula))
                    inline.clear()
            elif name == "v":
                value = "".join(buffer)
            elif name == "t" and not silent:
                inline.extend(buffer)
            elif name == "rPh":
                silent = False

        return start, end, buffer.append

    def _row(self, stated: str | None, last: int) -> int:
        number = int(stated) if stated and stated.isdigit() else last + 1
        if not last < number <= ROWS:
            raise self._damaged(f"row {number} follows row {last}")
        return number

    def _column(self, letters: str) -> int:
        number = 0
        for letter in letters if len(letters) <= 3 and letters.isascii() and letters.isalpha() else "?":
            number = 26 * number + ord(letter.upper()) - 64
        if not 0 < number <= COLUMNS:
            raise self._damaged(f"there is no column {letters[:10]!r}")
        return number

    def _damaged(self, problem: str) -> Exception:
        return unreadable(self._book.package.path, f"sheet {self._name!r} is damaged ({problem})")

    def _value(self, of: dict[str, str], value: str | None, inline: list[str], *, formula: bool) -> Any:
        """What a cell holds."""
        if formula and (value is None or self._book.unsaved):
            return UNSAVED
        kind = of.get("t", "n")
        if kind == "s" and value is not None:
            return self._string(value)
        if kind == "inlineStr":
            return self._text("".join(inline))
        if value is None or not value:
            return None
        if kind == "n":
            return self._number(value, of.get("s"))
        if kind == "b":
            return value.strip() in {"1", "true"}
        return self._moment(value) if kind == "d" else self._text(value)

    def _string(self, value: str) -> str | None:
        place = int(value) if value.isdigit() else -1
        if not 0 <= place < len(self._book.strings):
            raise self._damaged(f"text {value[:20]!r} is not in the list of texts")
        return self._book.strings[place]

    def _text(self, text: str) -> str | None:
        content = _content(text)
        return None if content is None else self._texts.setdefault(content, content)

    def _number(self, text: str, style: str | None) -> Any:
        number: float
        try:
            number = int(text) if len(text) < 20 else float(text)
        except ValueError:
            try:
                number = float(text)
            except ValueError:
                return self._text(text)
        if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
            number = int(number)
        return number if style in self._book.styles.plain else self._book.styles.shown(number, style)

    def _moment(self, text: str) -> Any:
        try:
            return dt.datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=None)
        except ValueError:
            return self._text(text)

    def _cell(self, row: int, column: int, value: Any) -> None:
        if value is None:
            return
        if not self._numbers or self._numbers[-1] != row:
            self._numbers.append(row)
        rows, columns, values = self._at
        rows.append(len(self._numbers) - 1)
        columns.append(column - 1)
        values.append(value)
        if isinstance(value, str) and value.startswith("#") and value in _ERRORS and self._counted("error"):
            self._fault(str(row), letters_of(column), value, "the cell holds an error", _CORRECT)

    def _merged(self, place: str) -> None:
        if self._counted("merged"):
            self._fault("", "", place, "merged cells", _UNMERGE)

    def _counted(self, kind: str) -> bool:
        self._counts[kind] += 1
        return self._counts[kind] <= SHOWN

    def _fault(self, row: str, column: str, value: str, problem: str, remedy: str) -> None:
        self._faults.append(SheetFault(self._name, row, column, value, problem, remedy, "E24"))

    def _raw(self) -> Raw:
        rows, columns, values = self._at
        count, width = len(self._numbers), max(columns, default=-1) + 1
        if count * width > CELLS:
            far = columns.index(width - 1)
            place = f"{letters_of(width)}{self._numbers[rows[far]]}"
            words = f"sheet {self._name!r} comes to {count:,} rows of {width:,} columns, since a cell at {place} holds something"
            raise unreadable(self._book.package.path, words, "Empty the cells that do not belong to the register.")
        table = np.full((count, width), None, dtype=object)
        cells = np.empty(len(values), dtype=object)
        cells[:] = values
        table[rows, columns] = cells
        return raw_of(self._name, table, np.array(self._numbers, dtype=np.int64))


_ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"))


def raw_of(name: str, table: np.ndarray[Any, Any], numbers: np.ndarray[Any, Any]) -> Raw:
    """A sheet of its rows that hold something: the first is the header."""
    header = ["" if cell is None or cell is UNSAVED else str(cell) for cell in table[0]] if len(table) else []
    return Raw(name, header, table[1:], numbers[1:])


def letters_of(column: int) -> str:
    """The letters that a person sees above a column, the first being 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
