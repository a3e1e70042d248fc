"""The workbook of a register, empty or filled: explained, with notes, marks, lists to choose from and dates as dates."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from innovnet._check import extra
from innovnet.clusters._sheets import SHEETS, Field, Kind, Sheet
from innovnet.clusters._template_words import ALLOWED, HEADS, LINES, NEEDED, TITLE, choices_of, columns_of, note_of, words_of
from innovnet.clusters._terms import ABOUT, Language, header_of, translated
from innovnet.errors import DataError

Columns = Sequence[tuple[Field, npt.NDArray[Any]]]
ROWS = 1_048_576
LETTERS = 32_767  #: of the longest text that a cell holds

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # so that equal registers give equal files
#: Numbers below 2200 in a column of dates are shown as years: who writes 2020 sees 2020, not a day of 1905. The days that they would be are text.
_DATES = "[>=2200]yyyy-mm-dd;0"
_FIRST = dt.datetime(1899, 12, 30) + dt.timedelta(days=2200)  # noqa: DTZ001
_FORMATS: Mapping[Kind, str] = {"date": _DATES, "last date": _DATES, "money": "#,##0.00", "year": "0", "whole": "0"}
_TEXT: frozenset[Kind] = frozenset(("id", "text", "texts", "choice", "flag", "country", "nuts", "nace", "naces"))
_WIDE: Mapping[str, int] = {"name": 40, "source": 40, "stages": 30, "stage": 20, "programme": 30}
_BOUNDS: Mapping[Kind, dict[str, Any]] = {
    "year": {"validate": "integer", "criteria": "between", "minimum": 1990, "maximum": 2100},
    "whole": {"validate": "integer", "criteria": ">=", "value": 0},
    "money": {"validate": "decimal", "criteria": ">=", "value": 0},
    "share": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
}


class _Exact(float):
    """A float that is written with all its digits."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def write_book(path: Path, language: Language, tables: Mapping[str, Columns]) -> None:
    """Write all sheets; ``tables`` are their columns and cells."""
    with extra("xlsxwriter").Workbook(path, _OPTIONS) as book:
        book.set_properties({"title": TITLE[language], "author": "innovnet", "created": _MADE})
        formats = _formats(book)
        names = {name: translated("sheet", name, language) for name in SHEETS}
        _explain(book.add_worksheet(translated("sheet", ABOUT, language)), language, formats)
        for name, columns in tables.items():
            _fill(book.add_worksheet(names[name]), SHEETS[name], columns, language, formats, names)


def _formats(book: Any) -> dict[str, Any]:
    top = {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}
    made = {code: book.add_format({"num_format": code}) for code in ("@", "0", *_FORMATS.values())}
    return made | {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "needed": book.add_format(top | {"bg_color": "#1F4E79", "font_color": "#FFFFFF"}),
        "free": book.add_format(top | {"bg_color": "#DDEBF7"}),
    }


def _explain(sheet: Any, language: Language, formats: Mapping[str, Any]) -> None:
    """The first sheet: how to fill in the others, and all their columns."""
    sheet.hide_gridlines(2)
    for k, width in enumerate((22, 26, 10, 34, 90)):
        sheet.set_column(k, k, width)
    sheet.write_string(0, 0, TITLE[language], formats["title"])
    for row, line in enumerate(LINES[language], start=2):
        sheet.write_string(row, 0, line)
    row = len(LINES[language]) + 3
    for k, head in enumerate(HEADS[language]):
        sheet.write_string(row, k, head, formats["free"])
    for name, column, *rest in columns_of(language):
        row += 1
        if not column:
            sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        for k, text in enumerate((column, *rest), start=1):
            sheet.write_string(row, k, text, formats["wrap" if column else "bold"])


def _fill(sheet: Any, shape: Sheet, columns: Columns, language: Language, formats: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """A sheet of the register."""
    count = len(columns[0][1])
    if count >= ROWS:
        msg = f"{shape.name} has {count:,} rows, more than a sheet holds ({ROWS - 1:,}). Give a name without suffix: csv files have no such bound."
        raise DataError(msg)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_last(columns)}{ROWS}"})
    for k, (field, _) in enumerate(columns):
        head = header_of(field.name, language)
        sheet.set_column(k, k, _WIDE.get(field.name, max(12, len(head) + 3)), formats.get(_format_of(field)))
        sheet.write_string(0, k, f"{head}*" if field.required else head, formats["needed" if field.required else "free"])
        _note(sheet, k, shape, field, language)
        validation = _validation(shape, field, language, names)
        if validation:
            sheet.data_validation(1, k, ROWS - 1, k, validation)
    written = [(k, field, cells, formats.get(_format_of(field)), words_of(field, language)) for k, (field, cells) in enumerate(columns)]
    for row in range(count):
        for k, field, cells, form, words in written:
            if cells[row] is not None:
                _write(sheet, row + 1, k, words.get(cells[row], cells[row]), form, field)


def _last(columns: Columns) -> str:
    number, letters = len(columns), ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _format_of(field: Field) -> str:
    return "@" if field.kind in _TEXT else _FORMATS.get(field.kind, "")


def _note(sheet: Any, k: int, shape: Sheet, field: Field, language: Language) -> None:
    if field.note:
        text = note_of(shape, field, language) + (f" ({NEEDED[language]})" if field.required else "")
        sheet.write_comment(0, k, text, {"author": "innovnet", "width": 280, "height": 30 + 18 * (1 + len(text) // 40)})


def _validation(shape: Sheet, field: Field, language: Language, names: Mapping[str, str]) -> dict[str, Any] | None:
    """What a cell may hold: words to choose from, identifiers that are in their own sheets, numbers within their bounds."""
    words = choices_of(field, language)
    if words:
        told = f"{ALLOWED[language]}: {', '.join(words)}"
        return {"validate": "list", "source": words, "error_message": told if len(told) <= 255 else ""}
    own = SHEETS[shape.name].key == (field.name,)
    of = {"cluster": "clusters", "organisation": "organisations", "owner": "organisations", "owned": "organisations"}.get(field.name)
    if field.kind == "id" and of is not None and not own:
        first = f"'{names[of]}'!$A$2"
        filled = f"MAX(COUNTA('{names[of]}'!$A:$A)-1,1)"
        # owners may be others; and whoever fills in memberships first shall be warned, not stopped
        return {"validate": "list", "source": f"=OFFSET({first},0,0,{filled},1)", "error_type": "warning", "show_error": field.name != "owner"}
    return dict(_BOUNDS[field.kind]) if field.kind in _BOUNDS else None


def _write(sheet: Any, row: int, column: int, cell: Any, form: Any, field: Field) -> None:
    if isinstance(cell, dt.datetime):
        if cell >= _FIRST:
            sheet.write_datetime(row, column, cell, form)
        else:
            sheet.write_string(row, column, str(cell.date()), form)
    elif isinstance(cell, str):
        if len(cell.encode("utf-16-le")) > 2 * LETTERS:
            msg = f"{field.name}: a text of {len(cell):,} letters is longer than a cell of a workbook holds ({LETTERS:,}), it begins with {cell[:40]!r}. Shorten it."
            raise DataError(msg)
        sheet.write_string(row, column, cell, form)
    else:
        sheet.write_number(row, column, _Exact(cell) if isinstance(cell, float) else int(cell), form)
