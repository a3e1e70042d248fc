"""The workbook: one sheet for each table, with labels, units and machine names, explained by its first sheet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet._check import extra
from innovnet.report._exhibit import Column, Finding
from innovnet.report._files import harmless_text, is_text

ROWS_ABOVE = 3  # label, unit, machine name
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORMATS = {"EUR": '# ##0 "EUR"', "share": "0.0 %", "small share": "0.000 %", "year": "0", "date": "yyyy-mm-dd", "whole": "# ##0", "number": "0.00"}
_WIDE = {"name", "display", "finding", "certainty", "examples", "definition"}
Sheet = tuple[str, pd.DataFrame, Mapping[str, Column]]
BookPage = tuple[str, str, Callable[..., None]]  #: title, note, and what writes it: write(worksheet, styles=...)


def write_workbook(
    path: Path,
    about: Sequence[tuple[str, str]],
    findings: Sequence[Finding],
    sheets: Sequence[Sheet],
    notes: Mapping[str, str] | None = None,
    pages: Sequence[BookPage] = (),
) -> None:
    """Write the sheets *Read me* and *Findings*, the tables, and pages laid out otherwise; ``notes`` say in *Read me* what a sheet belongs to."""
    with extra("xlsxwriter").Workbook(path, OPTIONS) as book:
        styles = book_styles(book)
        found = [(f.value, f.sentence, f.note, f.figure) for f in findings]
        table = pd.DataFrame(found, columns=["value", "finding", "certainty", "figure"], dtype="str")
        meanings = {"value": Column("Value"), "finding": Column("Finding"), "certainty": Column("How sure"), "figure": Column("Figure")}
        every = list(_named([("Findings", table, meanings), *sheets]))
        listed = {title: (notes or {}).get(title, "") for title, _table, _columns in every} | {title: note for title, note, _write in pages}
        read_me(book.add_worksheet("Read me"), about, listed, styles)
        for k, (title, one, columns) in enumerate(every):
            _fill(book.add_worksheet(title), one, columns, f"table_{k}", styles)
        for title, _note, write in pages:
            write(book.add_worksheet(title), styles=styles)


def _named(sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    """Sheet names of at most 31 characters, each once."""
    used: set[str] = set()
    for title, table, columns in sheets:
        name = next(n for n in (title[:31], *(f"{title[:28]} {k}" for k in range(2, 100))) if n.lower() not in used)
        used.add(name.lower())
        yield name, table, columns


def read_me(sheet: Any, about: Sequence[tuple[str, str]], sheets: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    for k, (label, value) in enumerate(about):
        sheet.write_string(k, 0, label, styles["bold"])
        sheet.write_string(k, 1, value)
    below = len(about) + 1
    sheet.write_string(below, 0, "Sheets", styles["bold"])
    sheet.write_string(below, 1, "Labels stand in row 1, units in row 2, machine names in row 3: read the tables with the third row as header.")
    for k, (title, note) in enumerate(sheets.items(), start=below + 1):
        sheet.write_url(k, 0, f"internal:'{title}'!A1", string=title)
        sheet.write_string(k, 1, note)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)


def _fill(sheet: Any, table: pd.DataFrame, columns: Mapping[str, Column], name: str, styles: Mapping[str, Any]) -> None:
    for k, column in enumerate(table.columns):
        sheet.set_column(k, k, 44 if column in _WIDE else max(12, len(columns.get(column, Column(column)).label) + 3))
    put_table(sheet, table, columns, name, styles)
    sheet.freeze_panes(ROWS_ABOVE, 2 if len(table.columns) > 3 else 0)
    sheet.repeat_rows(0, ROWS_ABOVE - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def put_table(sheet: Any, table: pd.DataFrame, columns: Mapping[str, Column], name: str, styles: Mapping[str, Any], top: int = 0) -> int:
    """Write labels, units and the table itself from a row on; returns the first row below."""
    head = top + ROWS_ABOVE - 1
    for k, column in enumerate(table.columns):
        meaning = columns.get(column, Column(column))
        sheet.write_string(top, k, meaning.label, styles["bold"])
        sheet.write_string(top + 1, k, meaning.unit, styles["unit"])
        _cells(sheet, k, table[column], styles[_kind(table[column], meaning)], head + 1)
    if len(table):
        heads = [{"header": str(column)} for column in table.columns]
        sheet.add_table(head, 0, head + len(table), len(table.columns) - 1, {"columns": heads, "name": name, "style": "Table Style Light 1"})
    else:
        sheet.write_row(head, 0, [str(column) for column in table.columns])
    return head + 1 + len(table)


def book_styles(book: Any) -> dict[str, Any]:
    """The formats of cells by kind."""
    styles = {name: book.add_format({"num_format": code}) for name, code in _FORMATS.items()}
    return styles | {"bold": book.add_format({"bold": True}), "unit": book.add_format({"italic": True, "font_color": "#5B6875"})}


def _kind(values: pd.Series, meaning: Column) -> str:
    if meaning.unit == "share" and values.max() < 0.1:
        return "small share"
    if meaning.unit in _FORMATS:
        return meaning.unit
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "date"
    return "whole" if is_text(values) or not pd.api.types.is_float_dtype(values.dtype) else "number"


def _cells(sheet: Any, k: int, values: pd.Series, style: Any, top: int) -> None:
    """Write one column below its heads; a missing value is an empty cell."""
    known = values.notna().to_numpy()
    if is_text(values):
        texts = values.tolist()
        safe = {text: harmless_text(text) for text in {texts[row] for row in known.nonzero()[0].tolist()}}
        for row in known.nonzero()[0].tolist():
            sheet.write_string(top + row, k, safe[texts[row]])
        return
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        write, cells = sheet.write_datetime, values.dt.to_pydatetime()
    elif pd.api.types.is_bool_dtype(values.dtype):
        write, cells = sheet.write_boolean, values.to_numpy(dtype=object)
    else:
        write, cells = sheet.write_number, values.to_numpy(dtype=float, na_value=float("nan"))
    for row in known.nonzero()[0].tolist():
        write(top + row, k, cells[row], style)
