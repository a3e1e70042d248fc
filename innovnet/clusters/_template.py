"""The empty register to be filled in, or a register as a file: a workbook, or a folder of csv files."""

import csv
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice, check_kind, check_path
from innovnet.clusters._register import Register
from innovnet.clusters._sheets import SHEETS, Field, Sheet
from innovnet.clusters._template_book import write_book
from innovnet.clusters._template_words import HEADS, LINES, TITLE, columns_of, words_of
from innovnet.clusters._terms import ABOUT, LANGUAGES, Language, header_of, translated
from innovnet.clusters.read._texts import guarded
from innovnet.errors import DataError
from innovnet.graph.write._atomic import atomic_path

_SEPARATORS = {"en": ",", "lt": ";"}  # as spreadsheet programs of these countries expect them


def write_template(path: str | os.PathLike[str], *, language: Language = "en", register: Register | None = None) -> None:
    """Write the empty workbook of a register of clusters, to be filled in; or a register as a workbook.

    Parameters
    ----------
    path
        With the suffix ``.xlsx`` a workbook, made by XlsxWriter (``pip install 'innovnet[files]'``): a first sheet that explains it, notes in the headers, needed
        columns marked with ``*``, lists to choose from for words and for the identifiers of clusters and organisations, dates as dates. Without a suffix a folder
        with one csv file for each sheet, and a text that explains them.
    language
        Of names, notes and choices: ``"en"`` or ``"lt"``. Both are read.
    register
        Its rows are written into the sheets. :func:`read_register` makes of the file a register of the same fingerprint.

    Raises
    ------
    DataError
        There is something at ``path`` already and no ``register`` is given: a template never takes the place of one that was filled in.
        A text or a table is larger than a workbook can hold. The folder of ``path`` does not exist.

    Notes
    -----
    Each file appears whole or not at all. Text never becomes a formula: it is stored as text in a workbook, and begins with an apostrophe in a csv file where a
    spreadsheet program would take it for a formula; the apostrophe is left out again on reading. Equal registers give equal files.

    Examples
    --------
    >>> import innovnet as inn, tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inn.clusters.write_template(pathlib.Path(folder) / "clusters", language="lt")
    ...     sorted(file.name for file in pathlib.Path(folder).rglob("*.csv"))[:3]
    ['bendradarbiavimas.csv', 'finansavimas.csv', 'klasteriai.csv']
    """
    check_choice(language, LANGUAGES, "language")
    if register is not None:
        check_kind(register, Register, "write_template(register=...)", "Read one with read_register, or make one with Register.from_frames.")
    check_path(path, "path")
    place = Path(path)
    if place.suffix.lower() not in {"", ".xlsx"}:
        msg = f"{place}: a register is a workbook (.xlsx) or a folder of csv files (a name without suffix), not {place.suffix}."
        raise DataError(msg)
    if register is None and place.exists() and not (place.is_dir() and not any(place.iterdir())):
        msg = f"{place} exists already: a template would take its place. Give another name, or remove it first."
        raise DataError(msg)
    tables = {name: _columns(sheet, register) for name, sheet in SHEETS.items()}
    if place.suffix:
        with atomic_path(place) as temporary:
            write_book(temporary, language, tables)
    else:
        _write_folder(place, language, tables)


def _columns(sheet: Sheet, register: Register | None) -> list[tuple[Field, npt.NDArray[Any]]]:
    """The columns of a sheet, declared facts after its own, with cells as Python has them: text, numbers, True and False, days, None where empty."""
    if register is None:
        return [(field, np.empty(0, dtype=object)) for field in sheet.fields]
    table = register._table(sheet.name)
    if table.index.name is not None:
        table = table.reset_index()
    further = [Field(name, "number", "") for name in table.columns if name not in sheet.names]
    return [(field, _cells(table[field.name])) for field in (*sheet.fields, *further)]


def _cells(values: pd.Series) -> npt.NDArray[Any]:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = pd.Series(values.dt.to_pydatetime(), dtype=object)
    cells = values.to_numpy(dtype=object, copy=True)
    cells[values.isna().to_numpy()] = None
    return cells


def _write_folder(place: Path, language: Language, tables: dict[str, list[tuple[Field, npt.NDArray[Any]]]]) -> None:
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        msg = f"{place}: the folder cannot be made ({error.strerror}). Make the folder around it first, or choose another name."
        raise DataError(msg) from error
    for name, columns in tables.items():
        with atomic_path(place / f"{translated('sheet', name, language)}.csv") as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=_SEPARATORS[language])
            writer.writerow([header_of(field.name, language) for field, _ in columns])
            writer.writerows(zip(*(_written(cells, field, language) for field, cells in columns), strict=True))
    with atomic_path(place / f"{translated('sheet', ABOUT, language)}.txt") as temporary:
        temporary.write_text("\n".join(_about(language)) + "\n", encoding="utf-8-sig", newline="\r\n")


def _written(cells: npt.NDArray[Any], field: Field, language: Language) -> Iterator[str]:
    """The cells of a column as a csv file has them."""
    words = words_of(field, language)
    for cell in cells:
        if cell is None:
            yield ""
        elif isinstance(cell, dt.datetime):
            yield str(cell.date())
        else:
            yield words.get(cell) or (guarded(cell) if isinstance(cell, str) else repr(cell))


def _about(language: Language) -> Iterator[str]:
    yield TITLE[language]
    yield ""
    yield from LINES[language]
    yield ""
    for sheet, column, needed, cell, note in [tuple(HEADS[language]), *columns_of(language)]:
        marks = ", ".join(filter(None, (cell, needed)))
        named = f"  {column}" if column else f"\n{sheet}"
        yield f"{named}{f' ({marks})' if marks else ''}: {note}"
