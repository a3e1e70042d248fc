"""The projects of CORDIS: dates, money, programme part, topic, field of science."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice
from innovnet.graph._derive import SEPARATOR
from innovnet.graph.read._csv import Coded, Floats, Mask, Table
from innovnet.graph.read._findings import Findings

_TEXTS = {"acronym": "name", "title": "title", "frameworkProgramme": "programme", "fundingScheme": "instrument", "legalBasis": "part", "topics": "topic"}
_DATES = {"startDate": "start", "endDate": "end", "ecSignatureDate": "signed"}
_AMOUNTS = {"totalCost": "cost", "ecMaxContribution": "contribution"}
_ORDER = ("name", "title", "start", "end", "signed", "programme", "part", "topic", "instrument", "field", "cost", "contribution")

EVENT_TEXTS = ("id", *_TEXTS, *_DATES)
EVENT_AMOUNTS = (*_AMOUNTS,)
BASIS_TEXTS = ("projectID", "legalBasis", "uniqueProgrammePart")
TOPIC_TEXTS = ("projectID", "topic")
FIELD_TEXTS = ("projectID", "euroSciVocPath")

TRUTH: dict[str, bool | None] = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False, "": None}
_NO_IDS = {"", "nan", "na", "n/a", "<na>", "none", "null"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Places = npt.NDArray[np.int64]


class Projects(NamedTuple):
    """The projects, and where those of the file stand among them."""

    events: pd.DataFrame
    place: dict[str, int]  # project id -> position; -1 where the project is in the file, but left out


def wrong_amounts(table: Table, column: str) -> tuple[Floats, Mask]:
    """A column of amounts, and the rows at fault."""
    values, wrong = table.numbers(column)
    wrong |= values < 0
    table.fault(wrong, column, "is no amount", "Write EUR of at least 0 with a decimal point, or leave the cell empty.")
    return values, wrong


def wrong_truths(table: Table, column: str) -> Mask:
    """The rows at fault in a column of yes and no."""
    wrong = table.coded(column).rows(lambda text: text not in TRUTH, bool)
    table.fault(wrong, column, "is neither true nor false", "Write true or false, or leave the cell empty.")
    return wrong


def wrong_ids(table: Table, column: str) -> Mask:
    """The rows at fault in a column of identifiers: empty ones, and words that programs write for a missing value."""
    wrong = table.coded(column).rows(lambda text: text.lower() in _NO_IDS, bool)
    table.fault(wrong, column, "has no identifier", "Give the row one, or leave it out.")
    return wrong


def places_of(table: Table, projects: Projects) -> tuple[Places, Mask]:
    """Position of each row's project (negative: left out), and the rows at fault because it is not known."""
    wrong = wrong_ids(table, "projectID")
    ids, known = table.coded("projectID"), projects.place
    places = np.array([known.get(text, -2) for text in ids.texts], dtype=np.int64)[ids.codes]
    unknown = (places == -2) & ~wrong
    table.fault(unknown, "projectID", "is not in project.csv", "Add the project, or leave the row out.")
    return places, wrong | unknown


def read_projects(tables: dict[str, Table], programme: Sequence[str] | None, findings: Findings) -> Projects:
    """The table of events from project.csv and the three tables beside it."""
    table = tables["project.csv"]
    wrong = wrong_ids(table, "id")
    columns: dict[str, Coded | npt.NDArray] = {name: table.coded(column) for column, name in _TEXTS.items()}
    for column, name in _DATES.items():
        columns[name], bad = _dates(table, column)
        wrong |= bad
    for column, name in _AMOUNTS.items():
        columns[name], bad = wrong_amounts(table, column)
        wrong |= bad
    keep = ~wrong & ~_repeated(table, columns, wrong, findings)
    if programme is not None:
        keep &= _of_programmes(table.coded("frameworkProgramme"), programme, findings)
    ids = table.coded("id")
    rows = np.flatnonzero(keep)
    names = [ids.texts[code] for code in ids.codes[rows].tolist()]
    order = sorted(range(len(rows)), key=names.__getitem__)
    index = pd.Index([names[k] for k in order], dtype="str", name="event")
    place = dict.fromkeys(ids.texts, -1) | {name: position for position, name in enumerate(index.tolist())}
    events = pd.DataFrame({name: _taken(column, rows[order]) for name, column in columns.items()}, index=index)
    projects = Projects(events, place)
    events["part"] = _part(tables["legalBasis.csv"], projects, findings)
    events["topic"] = _joined(tables["topics.csv"], "topic", projects).fillna(events["topic"])
    events["field"] = _joined(tables["euroSciVoc.csv"], "euroSciVocPath", projects, _top_level)
    _note_events(events, findings)
    return Projects(events[list(_ORDER)], place)


def _taken(column: Coded | npt.NDArray, rows: npt.NDArray[np.intp]) -> npt.NDArray | pd.api.extensions.ExtensionArray:
    if isinstance(column, np.ndarray):
        return column[rows]
    return pd.array([text or None for text in column.texts], dtype="str").take(column.codes[rows])


def _dates(table: Table, column: str) -> tuple[npt.NDArray[np.datetime64], Mask]:
    coded = table.coded(column)
    days = coded.rows(_day, "datetime64[us]")
    wrong = np.isnat(days) & ~coded.where("")
    table.fault(wrong, column, "is no date", "Write it as 2021-06-30, or leave the cell empty.")
    return days, wrong


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _repeated(table: Table, columns: dict[str, Coded | npt.NDArray], wrong: Mask, findings: Findings) -> Mask:
    """Rows to leave out because their project has another row: the same again, or one with other values (a fault)."""
    ids, out = table.coded("id"), np.zeros(len(table), dtype=bool)
    several = (np.bincount(ids.codes[~wrong], minlength=len(ids.texts)) > 1)[ids.codes] & ~wrong if len(table) else out
    if not several.any():
        return out
    values = pd.DataFrame({name: column.codes if isinstance(column, Coded) else column for name, column in columns.items()}).assign(id=ids.codes)[several]
    again = values.duplicated()
    findings.note("projects repeated in another row", table.place, int(again.sum()), "repaired", "the same values: taken once")
    differing = values[~again]["id"].duplicated(keep=False)
    other = out.copy()
    other[differing.index[differing]] = True
    table.fault(other, "id", "has several rows with different values", "Keep the right one.")
    out[again.index[again]] = True
    return out | other


def _of_programmes(coded: Coded, programme: Sequence[str], findings: Findings) -> Mask:
    for name in programme:
        check_choice(name, tuple(text for text in coded.texts if text), "programme")
    keep = coded.rows(lambda text: text in programme, bool)
    findings.note("projects of other programmes", "project.csv", int((~keep).sum()), "dropped", "programme=")
    return keep


def _top_level(path: str) -> str:
    return path.strip("/").partition("/")[0]


def _part(table: Table, projects: Projects, findings: Findings) -> pd.Series:
    """The legal basis flagged as the project's own part of the programme: the first in the alphabet where several are, that of its row where none is."""
    places, wrong = places_of(table, projects)
    wrong |= wrong_truths(table, "uniqueProgrammePart")
    flagged = table.coded("uniqueProgrammePart").rows(lambda text: TRUTH.get(text) is True, bool)
    events, ranks, labels = _by_project(table.coded("legalBasis"), places, flagged & ~wrong)
    several = np.unique(events[1:][np.diff(events) == 0])
    chosen = np.full(len(projects.events), -1, dtype=np.int64)
    chosen[events[::-1]] = ranks[::-1]
    none = chosen < 0
    findings.note("projects with several parts of their own", table.place, len(several), "repaired", projects.events.index[several])
    findings.note("projects without a part of their own", table.place, int(none.sum()), "repaired", projects.events.index[none])
    part = pd.Series(pd.array(labels, dtype="str").take(chosen, allow_fill=True), index=projects.events.index)
    return part.fillna(projects.events["part"])


def _joined(table: Table, column: str, projects: Projects, function: Callable[[str], str] | None = None) -> pd.Series:
    """The values of each project, joined; missing where it has none."""
    places, wrong = places_of(table, projects)
    events, ranks, labels = _by_project(table.coded(column), places, ~wrong, function)
    chosen = np.full(len(projects.events), -1, dtype=np.int64)
    chosen[events] = ranks
    cuts = np.flatnonzero(np.diff(events, prepend=-1, append=-1))
    several = np.diff(cuts) > 1
    place: dict[tuple[int, ...], int] = {}
    listed = ranks.tolist()
    for start, end in zip(cuts[:-1][several].tolist(), cuts[1:][several].tolist(), strict=True):
        chosen[events[start]] = len(labels) + place.setdefault(tuple(listed[start:end]), len(place))
    texts = [*labels, *(SEPARATOR.join(labels[k] for k in ranks) for ranks in place)]
    return pd.Series(pd.array(texts, dtype="str").take(chosen, allow_fill=True), index=projects.events.index)


def _by_project(coded: Coded, places: Places, rows: Mask, function: Callable[[str], str] | None = None) -> tuple[Places, Places, list[str]]:
    """The distinct values of each project that are not empty: projects and values, sorted by both; and the values sorted."""
    values = coded.texts if function is None else [function(text) for text in coded.texts]
    labels = sorted({*values} - {""})
    rank = {label: k for k, label in enumerate(labels)}
    ranks = np.array([rank.get(value, -1) for value in values], dtype=np.int64)[coded.codes]
    rows = rows & (places >= 0) & (ranks >= 0)
    events, ranks = np.divmod(np.unique(places[rows] * len(labels) + ranks[rows]), max(len(labels), 1))
    return events, ranks, labels


def _note_events(events: pd.DataFrame, findings: Findings) -> None:
    for column, what in {"name": "an acronym", "start": "a start", "end": "an end", "signed": "a date of signature", "field": "a field of science"}.items():
        missing = events[column].isna()
        findings.note(f"projects without {what}", "events", int(missing.sum()), "kept", events.index[missing])
    backwards = events["end"] < events["start"]
    findings.note("projects that end before they start", "events", int(backwards.sum()), "kept", events.index[backwards])
    findings.note("projects whose cost is 0", "events", int((events["cost"] == 0).sum()), "kept", "lump sums among them: zero, not missing")
