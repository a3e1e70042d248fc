"""From sheets as they stand in a file to typed columns: which sheet, which column, which cells (E01 to E06, E15, E18, E21, E22, W09)."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from innovnet._check import nearest
from innovnet.clusters._draft import Draft, Drafts
from innovnet.clusters._faults import Report, SheetFault, names
from innovnet.clusters._sheets import DTYPES, SHEETS, Field, Sheet
from innovnet.clusters._terms import ABOUT, column_of, sheet_of
from innovnet.clusters.read._cells import column_of_cells, text_of
from innovnet.clusters.read._raw import Raw

#: How like a known name an unknown one must be to count as a misspelling.
_LIKE = 0.8
_RANGE = ("_low", "_high")


def sheets_of(raws: Sequence[Raw], report: Report) -> dict[str, Raw]:
    """The sheets of a register among those of a file; E01 where one is missing or stands twice."""
    found: dict[str, Raw] = {}
    further: list[str] = []
    for raw in raws:
        name = sheet_of(raw.name)
        if name is None:
            further.append(raw.name)
        elif name == ABOUT:
            continue
        elif name in found:
            _missing(report, name, f"sheet {name!r} stands twice ({found[name].name}, {raw.name})", "Keep one of them.")
        else:
            found[name] = raw
    for name, sheet in SHEETS.items():
        like = [other for other in further if difflib.SequenceMatcher(None, other.lower(), name).ratio() >= _LIKE]
        if name not in found and (sheet.required or like):
            near = f"; nearest: {', '.join(like)}" if like else ""
            told = names((raw.name for raw in raws), 12) or "none"
            _missing(report, name, f"sheet {name!r} is missing (found: {told}{near})", "Write a template with `innovnet clusters template`.")
    report.findings.note("sheets that are none of a register", "workbook", len(further), "dropped", further)
    return found


def _missing(report: Report, name: str, problem: str, remedy: str) -> None:
    report.fatal = True
    report.faults.append(SheetFault(name, "", "", "", problem, remedy, "E01"))


def drafts_of(raws: Mapping[str, Raw], report: Report, *, lenient: Mapping[str, Sequence[str]] | None = None, from_file: bool = True) -> Drafts:
    """All sheets with typed columns. ``lenient``: columns whose cells may be empty although the workbook requires them, by sheet."""
    return {name: _draft(sheet, raws.get(name), report, (lenient or {}).get(name, ()), from_file) for name, sheet in SHEETS.items()}


def _draft(sheet: Sheet, raw: Raw | None, report: Report, lenient: Sequence[str], from_file: bool) -> Draft:
    if raw is None:
        empty = pd.DataFrame({one.name: pd.Series(dtype=DTYPES[one.kind]) for one in sheet.fields})
        return Draft(sheet, empty, np.zeros(0, dtype=np.int64), report, np.zeros(0, dtype=bool), from_file, given=False)
    places, facts = _columns(raw, sheet, report, lenient)
    rows = np.asarray(raw.rows, dtype=np.int64)
    draft = Draft(sheet, pd.DataFrame(index=pd.RangeIndex(len(rows))), rows, report, np.zeros(len(rows), dtype=bool), from_file)
    columns, cleaned = {}, 0
    mended: list[str] = []
    for one in (*sheet.fields, *facts):
        if one.name not in places:
            columns[one.name] = pd.Series([None] * len(rows), dtype=pd.api.types.pandas_dtype("Int64" if one.kind == "year" else DTYPES[one.kind]))
            continue
        cells = raw.table[:, places[one.name]]
        column = column_of_cells(cells, one, fact=one in facts)
        columns[one.name], cleaned, mended = column.values, cleaned + column.cleaned, mended + column.mended
        for position, value, wrong in column.wrong:
            draft.fault(wrong.code, position, one.name, wrong.problem, wrong.remedy, value=value)
        report.findings.note(f"years and months read as days: {one.name}", sheet.name, column.widened, "repaired", _examples(cells, column.widened))
        if one.required and one.name not in lenient:
            _required(draft, one.name, column.empty)
    draft.table = pd.DataFrame(columns, index=draft.table.index)
    report.remark("W09", sheet.name, cleaned, mended[:3], "repaired")
    report.findings.note("rows", sheet.name, len(rows), "read")
    return draft


def _examples(cells: Iterable[object], count: int) -> list[str]:
    shown = (text_of(cell)[0] for cell in cells if cell is not None) if count else iter(())
    return list(dict.fromkeys(text for text in shown if text.isdigit()))[:3]


def _required(draft: Draft, column: str, empty: Iterable[int]) -> None:
    remedy = "Fill it."
    if (draft.sheet.name, column) == ("membership", "from"):
        remedy = "Fill it; where the start is not known give the earliest known day, and say so in column source of sheet clusters."
    for position in empty:
        draft.fault("E03", position, column, "required cell is empty", remedy, value="")


def _columns(raw: Raw, sheet: Sheet, report: Report, lenient: Sequence[str]) -> tuple[dict[str, int], list[Field]]:
    """Where each column of the sheet stands, and the declared facts among them."""
    places: dict[str, int] = {}
    facts: list[Field] = []
    twice = Counter(_key(sheet, name) for name in raw.header if name.strip())
    for k, header in enumerate(raw.header):
        name = _key(sheet, header)
        if not header.strip():
            if any(cell is not None for cell in raw.table[:, k]):
                _wrong_column(report, sheet, f"column {k + 1}", "has cells but no name in the header", "Name it or empty it.")
        elif twice[name] > 1:
            if name not in places:
                where = ", ".join(str(j + 1) for j, other in enumerate(raw.header) if _key(sheet, other) == name)
                _wrong_column(report, sheet, header, f"column {name!r} stands twice (columns {where})", "Keep one of them.", fatal=True)
            places.setdefault(name, k)
        elif name in sheet.names:
            places[name] = k
        elif _declared(name, sheet, report, twice):
            places[name] = k
            facts.append(Field(name, "number", ""))
    for one in sheet.fields:
        if one.required and one.name not in places and one.name not in lenient:
            told = names((header for header in raw.header if header.strip()), 12) or "none"
            _wrong_column(report, sheet, one.name, f"column {one.name!r} is missing (found: {told})", "Add it.", fatal=True)
    return places, facts


def _key(sheet: Sheet, header: str) -> str:
    return column_of(sheet.name, header) or header.strip()


def _declared(name: str, sheet: Sheet, report: Report, header: Iterable[str]) -> bool:
    """Whether an unknown column is a declared fact; E02 where it is none."""
    base = next((name.removesuffix(end) for end in _RANGE if name.endswith(end)), None)
    if sheet.open and base is not None:
        if base in header:
            return True
        _wrong_column(report, sheet, name, f"column {name!r} belongs to a column {base!r}, which is not there", f"Add {base!r} or rename it.")
        return False
    near = nearest(name, sheet.names)
    like = any(difflib.SequenceMatcher(None, name.lower(), known).ratio() >= _LIKE for known in sheet.names)
    if sheet.open and not like:
        return True
    _wrong_column(report, sheet, name, f"column {name!r} is unknown", near or f"Remove it; there is: {', '.join(sheet.names)}.")
    return False


def _wrong_column(report: Report, sheet: Sheet, column: str, problem: str, remedy: str, *, fatal: bool = False) -> None:
    report.fatal |= fatal
    report.faults.append(SheetFault(sheet.name, "", column, column, problem, remedy, "E02"))
