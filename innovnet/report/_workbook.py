"""The workbook: one sheet for each table, with labels, units and machine names, explained by its first sheet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet._check import extra
from innovnet.report._exhibit import Column, Finding
from innovnet.report._files import harmless, is_text

ROWS_ABOVE = 3  # label, unit, machine name
_FORMATS = {"EUR": '#,##0 "EUR"', "share": "0.0%", "date": "yyyy-mm-dd"}
Sheet = tuple[str, pd.DataFrame, Mapping[str, Column]]


def write_workbook(path: Path, about: Sequence[tuple[str, str]], findings: Sequence[Finding], sheets: Sequence[Sheet]) -> None:
    """Write the sheets *Read me* and *Findings*, then the tables."""
    book = extra("openpyxl").Workbook()
    book.iso_dates = True
    first = book.active
    first.title = "Read me"
    _read_me(first, about, sheets)
    found = pd.DataFrame(
        {
            "value": [f.value for f in findings],
            "finding": [f.sentence for f in findings],
            "certainty": [f.note for f in findings],
            "figure": [f.figure for f in findings],
        },
        dtype="str",
    )
    meanings = {"value": Column("Value"), "finding": Column("Finding"), "certainty": Column("How sure"), "figure": Column("Figure")}
    for k, (title, table, columns) in enumerate([("Findings", found, meanings), *sheets]):
        _fill(book.create_sheet(title[:31]), table, columns, f"table_{k}")
    book.save(path)


def _read_me(sheet: Any, about: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> None:
    bold = extra("openpyxl.styles").Font(bold=True)
    for label, value in about:
        sheet.append([label, value])
        sheet.cell(sheet.max_row, 1).font = bold
        sheet.cell(sheet.max_row, 2).data_type = "s"
    sheet.append([])
    sheet.append(["Sheets", "Each has its labels in row 1, units in row 2 and machine names in row 3 (read it with header=2)."])
    for title in ("Findings", *(title for title, _table, _columns in sheets)):
        sheet.append([title[:31]])
        sheet.cell(sheet.max_row, 1).hyperlink = f"#'{title[:31]}'!A1"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 110


def _fill(sheet: Any, table: pd.DataFrame, columns: Mapping[str, Column], name: str) -> None:
    meanings = [columns.get(column, Column(column)) for column in table.columns]
    sheet.append([meaning.label for meaning in meanings])
    sheet.append([meaning.unit for meaning in meanings])
    sheet.append(list(table.columns))
    safe = harmless(table).astype(object).where(table.notna(), None)
    for row in zip(*(_cells(safe[column], table[column]) for column in safe.columns), strict=True):
        sheet.append(row)
    styles = extra("openpyxl.styles")
    for k, (column, meaning) in enumerate(zip(table.columns, meanings, strict=True), start=1):
        sheet.cell(1, k).font, sheet.cell(2, k).font = styles.Font(bold=True), styles.Font(italic=True, color="5B6875")
        letter = sheet.cell(1, k).column_letter
        sheet.column_dimensions[letter].width = 44 if column in {"name", "display", "finding", "certainty", "examples"} else max(12, len(meaning.label) + 3)
        form = _FORMATS.get(meaning.unit) or _form(table[column])
        if form:
            for (cell,) in sheet.iter_rows(ROWS_ABOVE + 1, ROWS_ABOVE + len(table), k, k):
                cell.number_format = form
    if len(table):
        made = extra("openpyxl.worksheet.table")
        region = made.Table(displayName=name, ref=f"A{ROWS_ABOVE}:{sheet.cell(1, len(table.columns)).column_letter}{ROWS_ABOVE + len(table)}")
        region.tableStyleInfo = made.TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        sheet.add_table(region)
    sheet.freeze_panes = sheet.cell(ROWS_ABOVE + 1, 3 if len(table.columns) > 3 else 1)
    sheet.print_title_rows = f"1:{ROWS_ABOVE}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = extra("openpyxl.worksheet.properties").PageSetupProperties(fitToPage=True)


def _cells(values: pd.Series, original: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(original.dtype):
        return [None if value is None else pd.Timestamp(value).date() for value in values]
    return values.tolist()


def _form(values: pd.Series) -> str:
    if is_text(values) or pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype):
        return ""
    return "#,##0" if pd.api.types.is_integer_dtype(values.dtype) else "0.00"
