"""The workbook of clusters: one worksheet for each, laid out as its sheet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet._check import extra
from innovnet.report._cluster_sheet import ClusterSheet, sheet_tables
from innovnet.report._files import columns_table, harmless
from innovnet.report._workbook import OPTIONS, BookPage, book_styles, put_table, read_me

#: Tables of a worksheet from above to below: title, and the columns that come first; the second column is the broad one.
BLOCKS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "level": ("Level", ("rank", "level")),
    "level_marks": ("Other marks", ("rank", "text")),
    "criteria": ("Criteria", ("criterion", "label", "said", "needed", "verdict", "mark", "source")),
    "missing": ("Missing for the next level", ("criterion", "text", "enough", "mark")),
    "firmness": ("How firm: exits and data", ()),
    "after": ("How firm: the years to come if nothing new is entered", ("at", "level_low", "lost")),
    "robustness": ("How firm: criteria that would each bring the level down, the weakest first", ("criterion", "text")),
    "pivotal": ("How firm: members whose leaving alone lowers the level", ("organisation", "name")),
    "members": ("Members", ("organisation", "display")),
    "ties": ("Ties inside", ("source", "target")),
    "outside": ("Partners outside by country and member", ("country", "organisation")),
    "cohesion": ("Cohesion", ("indicator", "value")),
    "strips": ("Against the others", ("indicator", "label", "text")),
    "trend": ("Over the years", ("year", "level", "raw")),
    "funding": ("Money by source", ("year", "source")),
    "entries": ("Who joined", ("year", "display")),
    "exits": ("Who left", ("year", "display")),
    "warnings": ("Early warnings", ("warning", "text")),
    "sources": ("Sources of thresholds", ("number", "title")),
}
_WIDTHS = (16, 46, 20, 14)  #: of the first columns; the last one is that of all others
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_cluster_book(path: Path, sheets: Sequence[ClusterSheet]) -> None:
    """Write a worksheet for each cluster: head, level, criteria, what is missing, how firm, members, the others, the years, warnings, sources.

    Labels stand above, units below them, then machine names as the heads of Excel tables; missing is an empty cell.
    """
    with extra("xlsxwriter").Workbook(path, OPTIONS) as book:
        styles = book_styles(book)
        titles = _titles(sheets)
        about = [("Clusters", f"{len(sheets)}"), *(sheets[0].foot if sheets else ())]
        read_me(book.add_worksheet("Read me"), about, {title: sheet.result for title, sheet in zip(titles, sheets, strict=True)} | {"Columns": ""}, styles)
        for k, (title, sheet) in enumerate(zip(titles, sheets, strict=True)):
            _worksheet(book.add_worksheet(title), sheet, k, styles)
        meanings = columns_table(sheet_tables(sheets[0])) if sheets else pd.DataFrame({"table": []}, dtype="str")
        put_table(book.add_worksheet("Columns"), meanings, {}, "columns_of_tables", styles)


def pages_of(sheets: Sequence[ClusterSheet], taken: Iterable[str]) -> list[BookPage]:
    """A worksheet for each sheet, for a workbook that has others of the names ``taken``."""
    return [
        (title, sheet.result, partial(_worksheet, sheet=sheet, number=k)) for k, (title, sheet) in enumerate(zip(_titles(sheets, taken), sheets, strict=True))
    ]


def _titles(sheets: Sequence[ClusterSheet], taken: Iterable[str] = ()) -> list[str]:
    """Names of worksheets: identifier and name, at most 31 characters, none twice."""
    used, found = {"read me", "columns", "history", *(name.lower() for name in taken)}, list[str]()
    for sheet in sheets:
        text = " ".join(_FORBIDDEN.sub(" ", f"{sheet.cluster} {sheet.name}").split()) or "Cluster"
        title = next(name for name in chain([text[:31].strip()], (f"{text[:26].strip()} {k}" for k in count(2))) if name.lower() not in used)
        used.add(title.lower())
        found.append(title)
    return found


def _worksheet(page: Any, sheet: ClusterSheet, number: int, styles: Mapping[str, Any]) -> None:
    """The head, then one table below the other."""
    for k in range(12):
        page.set_column(k, k, _WIDTHS[min(k, len(_WIDTHS) - 1)])
    head = harmless(
        pd.DataFrame([("Cluster", sheet.name), ("Sheet", sheet.kicker), ("Result", sheet.result), *sheet.facts[1:]], columns=["label", "value"], dtype="str")
    )
    for row, (label, value) in enumerate(head.itertuples(index=False)):
        page.write_string(row, 0, label, styles["bold"])
        page.write_string(row, 1, value)
    row, tables = len(head) + 1, sheet_tables(sheet)
    for name, (title, first) in BLOCKS.items():
        if name not in tables:
            continue
        table, columns = tables[name]
        page.write_string(row, 0, title, styles["bold"])
        ordered = table[[*first, *(column for column in table.columns if column not in first)]]
        row = put_table(page, ordered, columns, f"c{number}_{name}", styles, row + 1) + 1
    page.set_landscape()
    page.fit_to_pages(1, 0)
