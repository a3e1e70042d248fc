"""A register's file as it stands: which sheets it has, and what in them cannot be taken as cells. What the cells mean is left to others."""

import os
from pathlib import Path
from typing import Literal, NamedTuple

from innovnet._check import check_path, some
from innovnet.clusters._faults import SheetFault
from innovnet.clusters.read._raw import Raw
from innovnet.clusters.read._texts import read_folder
from innovnet.clusters.read._workbook import read_workbook
from innovnet.errors import DataError

_GIVE = "Give a workbook (.xlsx), or a folder with one csv file for each sheet. `innovnet clusters template` writes either, empty."


class Opened(NamedTuple):
    """A file or folder that was opened."""

    kind: Literal["xlsx", "csv"]
    sheets: list[Raw]  #: sheets that are none of a register are only named: they have no header and no rows
    faults: list[SheetFault]  #: merged cells, cells with an error, lines of more cells than the header


def open_register(path: str | os.PathLike[str]) -> Opened:
    """Open a workbook (.xlsx, .xlsm) or a folder of csv files.

    A workbook is read in one pass over its XML: memory and time depend on the cells that hold something. Macros are never looked at. Cells formatted as dates are
    moments, per cent are plain numbers, codes shown with leading zeros are text. A formula counts as without value where none is stored, and where the program that
    wrote the workbook says that all must be calculated anew. In csv files (UTF-8; comma, semicolon or tab) all cells are text.

    Raises
    ------
    DataError
        There is nothing at the path, or it is neither a workbook nor a folder of csv files; or it is damaged, encrypted, too large, or hides a document type.
    """
    check_path(path, "path")
    place = Path(path)
    if not place.exists():
        msg = f"{place} does not exist. {_GIVE}"
        raise DataError(msg)
    if place.is_dir():
        return _opened_folder(place)
    if not place.is_file():  # a pipe would be waited for, a device never ends
        msg = f"{place} is neither a file nor a folder. {_GIVE}"
        raise DataError(msg)
    if place.suffix.lower() in {".csv", ".txt", ".tsv"}:
        msg = (
            f"{place} is a single text file. Give the folder that holds it: one csv file for each sheet (clusters.csv, organisations.csv, membership.csv, ...)."
        )
        raise DataError(msg)
    return Opened("xlsx", *read_workbook(place))


def _opened_folder(place: Path) -> Opened:
    sheets, faults = read_folder(place)
    lost = [fault for fault in faults if fault.place not in {sheet.name for sheet in sheets}]
    if lost:
        msg = f"{place}: E24 {len(lost)} of its files cannot be read."
        raise DataError(msg, faults)
    if not sheets:
        books = sorted(file.name for file in place.iterdir() if file.suffix.lower() in {".xlsx", ".xlsm"})
        hint = f"There is a workbook in it: name it ({some(books)})." if books else _GIVE
        msg = f"{place} holds no csv file. {hint}"
        raise DataError(msg)
    return Opened("csv", sheets, faults)
