"""Tables as files: CSV, Parquet with units, and the meaning of every column."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet._check import extra
from innovnet._text import clean
from innovnet.report._exhibit import Column

#: what columns of these names mean in every table that says nothing of its own
COMMON = {
    "actor": "Identifier of the organisation (PIC in CORDIS).",
    "display": "Short name used in figures.",
    "name": "Name as the source gives it.",
    "country": "Country as Eurostat writes it: EL is Greece, UK the United Kingdom, NA Namibia.",
    "country_name": "Name of the country.",
    "city": "City as the source gives it.",
    "type": "firm, university, institute, public or other.",
    "participations": "Projects it takes part in.",
    "coordinated": "Projects it coordinates, those without a partner included.",
    "contribution_eur": "Sum over its participations.",
    "source": "Identifier of one end.",
    "target": "Identifier of the other end.",
    "event": "Identifier of the project.",
    "first": "First place of the part in the ranking.",
    "last": "Last place of the part in the ranking.",
    "organisations": "Number of organisations.",
    "label": "What the shares are of, as in the figure.",
    "partner_group": "Group of the partners.",
    "partner_name": "Name of the partner's group.",
    "partners_unknown": "Partners whose country is not given.",
    "most_partners": "Largest number of partners of one organisation.",
    "indicator": "Column of the table peers.",
    "shown": "Number of organisations in the figure.",
    "population": "Number of organisations with a partner.",
    "ties": "Ties among the organisations drawn.",
    "ties_drawn": "Ties in the figure.",
    "modularity_runs": "Number of random worlds compared with.",
    "item": "What was found.",
    "examples": "What follows, how many of what, and the first identifiers.",
}
_FORMULA = re.compile(r"^[=+\-@\t\r\x00]")


def is_text(values: pd.Series) -> bool:
    """Whether a column holds text."""
    return isinstance(values.dtype, pd.StringDtype) or values.dtype == object


def harmless_text(text: str) -> str:
    """The text without control characters, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{clean(text)}" if _FORMULA.match(text) else clean(text)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """A copy with harmless text."""
    copy = table.copy(deep=False)
    for name in copy.columns:
        if is_text(copy[name]):
            changed = {text: safe for text in copy[name].dropna().unique() if text != (safe := harmless_text(text))}
            if changed:
                copy[name] = copy[name].replace(changed)
    return copy


def _arrow(table: pd.DataFrame, columns: Mapping[str, Column]) -> Any:
    pyarrow = extra("pyarrow")
    made = pyarrow.Table.from_pandas(table, preserve_index=False)
    kinds = []
    for kind in made.schema:
        meaning = columns.get(kind.name)
        words = {"label": meaning.label, "unit": meaning.unit, "definition": meaning.definition} if meaning else {}
        kinds.append(kind.with_metadata({key: value for key, value in words.items() if value}))
    return made.cast(pyarrow.schema(kinds))


def write_table(table: pd.DataFrame, name: str, columns: Mapping[str, Column], folder: Path) -> list[Path]:
    """``name.csv`` (UTF-8, comma, point, full precision) and ``name.parquet`` (units in the metadata of its fields)."""
    made = _arrow(harmless(table), columns)
    paths = [folder / f"{name}.csv", folder / f"{name}.parquet"]
    extra("pyarrow.csv").write_csv(made, paths[0], extra("pyarrow.csv").WriteOptions(quoting_style="needed"))
    extra("pyarrow.parquet").write_table(made, paths[1])
    return paths


def write_tables(tables: Mapping[str, tuple[pd.DataFrame, Mapping[str, Column]]], folder: Path) -> pd.DataFrame:
    """All tables of a report into a new folder, and beside them ``columns``, which is returned: what each column means."""
    folder.mkdir()
    for name, (table, columns) in tables.items():
        write_table(table, name, columns, folder)
    meanings = columns_table(tables)
    write_table(meanings, "columns", {}, folder)
    return meanings


def columns_table(tables: Mapping[str, tuple[pd.DataFrame, Mapping[str, Column]]]) -> pd.DataFrame:
    """One row for each column of each table: label, unit, range, definition, what a missing value means."""
    rows = []
    for name, (table, columns) in tables.items():
        for column in table.columns:
            meaning = columns.get(column, Column(column))
            rows.append((name, column, meaning.label, meaning.unit, meaning.range, meaning.definition or COMMON.get(column, ""), meaning.missing))
    return pd.DataFrame(rows, columns=["table", "column", "label", "unit", "range", "definition", "missing_means"], dtype="str")
