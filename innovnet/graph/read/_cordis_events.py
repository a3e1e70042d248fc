"""The projects of CORDIS: dates, money, programme part, topic, field of science."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice
from innovnet.graph._derive import SEPARATOR
from innovnet.graph.read._csv import Coded, Mask, Table
from innovnet.graph.read._findings import Findings

_TEXTS = {"acronym": "name", "title": "title"}
_WORDS = {"frameworkProgramme": "programme", "fundingScheme": "instrument"}
_DATES = {"startDate": "start", "endDate": "end", "ecSignatureDate": "signed"}
_AMOUNTS = {"totalCost": "cost", "ecMaxContribution": "contribution"}
EVENT_COLUMNS = ("id", *_TEXTS, *_WORDS, *_DATES, *_AMOUNTS, "legalBasis", "topics")
BASIS = ("projectID", "legalBasis", "uniqueProgrammePart")
TOPICS = ("projectID", "topic")
FIELDS = ("projectID", "euroSciVocPath")

TRUTH: dict[str, bool | None] = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False, "": None}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEEP_ONE = "Keep the right one."
_AMOUNT = "Write an amount in EUR of at least 0 with a decimal point, or leave the cell empty."

Positions = npt.NDArray[np.int64]


class Projects(NamedTuple):
    """The projects, and where those of the file stand among them."""

    events: pd.DataFrame
    place: dict[str, int]  # project id -> position; -1 where the project is in the file, but left out


def faulty_amounts(table: Table, column: str, findings: Findings) -> tuple[npt.NDArray[np.float64], Mask]:
    """A column of amounts; rows that are no amount become faults."""
    values, wrong = table.numbers(column)
    wrong |= values < 0
    findings.faults += table.fault(wrong, column, "is no amount", _AMOUNT)
    return values, wrong


def faulty_words(table: Table, column: str, known: Sequence[str], problem: str, remedy: str, findings: Findings) -> tuple[Coded, Mask]:
    """A column of known words; rows with another one become faults."""
    coded = table.coded(column)
    wrong = np.array(coded.mapped(lambda text: text not in known), dtype=bool)[coded.codes] if len(table) else np.zeros(0, dtype=bool)
    findings.faults += table.fault(wrong, column, problem, remedy)
    return coded, wrong


def faulty_ids(table: Table, column: str, findings: Findings) -> tuple[Coded, Mask]:
    """A column of identifiers; rows without one become faults."""
    coded = table.coded(column)
    wrong = coded.where("")
    findings.faults += table.fault(wrong, column, "has no identifier", "Give the row one, or leave it out.")
    return coded, wrong


def project_positions(table: Table, projects: Projects, findings: Findings) -> tuple[Positions, Mask]:
    """Position of each row's project (negative: left out); rows without a project, or of an unknown one, become faults."""
    coded, wrong = faulty_ids(table, "projectID", findings)
    places = np.array(coded.mapped(lambda text: projects.place.get(text, -2)), dtype=np.int64)[coded.codes]
    unknown = (places == -2) & ~wrong
    findings.faults += table.fault(unknown, "projectID", "is no project of project.csv", "Add the project, or leave the row out.")
    return places, wrong | unknown


def read_projects(tables: dict[str, Table], programme: Sequence[str] | None, findings: Findings) -> Projects:
    """The table of events from project.csv and the three tables beside it."""
    table = tables["project.csv"]
    ids, wrong = faulty_ids(table, "id", findings)
    columns: dict[str, Coded | npt.NDArray] = {}
    for column, name in _DATES.items():
        columns[name], bad = _dates(table, column, findings)
        wrong |= bad
    for column, name in _AMOUNTS.items():
        columns[name], bad = faulty_amounts(table, column, findings)
        wrong |= bad
    for column, name in {**_TEXTS, **_WORDS, "legalBasis": "part", "topics": "topic"}.items():
        columns[name] = table.coded(column)
    keep = ~wrong & ~_repeated(table, ids, columns, wrong, findings)
    if programme is not None:
        keep &= _of_programmes(columns["programme"], programme, findings)
    rows = np.flatnonzero(keep)
    names = [ids.texts[code] for code in ids.codes[rows]]
    order = sorted(range(len(rows)), key=names.__getitem__)
    rows = rows[order]
    place = dict.fromkeys(ids.texts, -1) | {names[k]: position for position, k in enumerate(order)}
    events = pd.DataFrame(
        {name: _taken(columns[name], rows) for name in ("name", "title", "start", "end", "signed", "programme", "part", "topic", "instrument")},
        index=pd.Index([names[k] for k in order], dtype="str", name="event"),
    )
    projects = Projects(events, place)
    events["part"] = _part(tables["legalBasis.csv"], projects, findings)
    events["topic"] = _joined(tables["topics.csv"], "topic", projects, findings, str).fillna(events["topic"])
    events["field"] = _joined(tables["euroSciVoc.csv"], "euroSciVocPath", projects, findings, _top_level)
    events["cost"], events["contribution"] = _taken(columns["cost"], rows), _taken(columns["contribution"], rows)
    _note_events(events, findings)
    return projects


def _taken(column: Coded | npt.NDArray, rows: npt.NDArray[np.intp]) -> pd.Series | npt.NDArray:
    if isinstance(column, Coded):
        return Coded(column.codes[rows], column.texts).series(missing="").array
    return column[rows]


def _dates(table: Table, column: str, findings: Findings) -> tuple[npt.NDArray[np.datetime64], Mask]:
    coded = table.coded(column)
    days = np.array(coded.mapped(_day), dtype="datetime64[us]")
    bad = np.array([np.isnat(day) and text != "" for day, text in zip(days, coded.texts, strict=True)], dtype=bool)
    wrong = bad[coded.codes] if len(table) else np.zeros(0, dtype=bool)
    findings.faults += table.fault(wrong, column, "is no date", "Write it as 2021-06-30, or leave the cell empty.")
    return days[coded.codes], wrong


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _repeated(table: Table, ids: Coded, columns: dict[str, Coded | npt.NDArray], wrong: Mask, findings: Findings) -> Mask:
    """Rows to leave out because their project stands in another row: the same again, or with other values (a fault)."""
    seen = pd.Series(np.where(wrong, -1, ids.codes))
    several = (seen.duplicated(keep=False) & (seen >= 0)).to_numpy()
    out = np.zeros(len(table), dtype=bool)
    if not several.any():
        return out
    values = pd.DataFrame({name: column.codes if isinstance(column, Coded) else column for name, column in columns.items()}).assign(id=ids.codes)[several]
    again = values.duplicated().to_numpy()
    out[several] = again
    findings.note("projects repeated in another row", table.place, int(again.sum()), "repaired", "the same row again")
    differing = values[~again].duplicated("id", keep=False)
    rows = np.zeros(len(table), dtype=bool)
    rows[differing.index[differing.to_numpy()]] = True
    findings.faults += table.fault(rows, "id", "is there more than once, with different values", _KEEP_ONE)
    return out | rows


def _of_programmes(coded: Coded | npt.NDArray, programme: Sequence[str], findings: Findings) -> Mask:
    assert isinstance(coded, Coded)
    for name in programme:
        check_choice(name, tuple(text for text in coded.texts if text), "programme")
    keep = np.isin(coded.codes, [coded.texts.index(name) for name in programme])
    findings.note("projects of other programmes", "project.csv", int((~keep).sum()), "dropped", "programme=")
    return keep


def _top_level(path: str) -> str:
    return path.strip("/").partition("/")[0]


def _part(table: Table, projects: Projects, findings: Findings) -> pd.Series:
    """The legal basis flagged as the project's own part; without one, the legal basis in the project's row."""
    places, wrong = project_positions(table, projects, findings)
    flags, bad = faulty_words(
        table, "uniqueProgrammePart", tuple(TRUTH), "is neither true nor false", "Write true or false, or leave the cell empty.", findings
    )
    flagged = np.array(flags.mapped(lambda text: TRUTH.get(text) is True), dtype=bool)
    rows = ~wrong & ~bad & (places >= 0) & (flagged[flags.codes] if len(table) else False)
    basis = table.coded("legalBasis")
    named = pd.DataFrame({"event": places[rows], "part": basis.series(missing="")[rows].array}).dropna().sort_values(["event", "part"]).drop_duplicates()
    several = named["event"].duplicated()
    findings.note("projects with several parts of their own", table.place, int(several.sum()), "repaired", projects.events.index[named["event"][several]])
    part = named[~several].set_index("event")["part"].reindex(np.arange(len(projects.events))).set_axis(projects.events.index)
    findings.note("projects without a part of their own", table.place, int(part.isna().sum()), "repaired", "legal basis of the project's row")
    return part.fillna(projects.events["part"])


def _joined(table: Table, column: str, projects: Projects, findings: Findings, function: type[str] | object) -> pd.Series:
    """The sorted distinct values of each project, joined; missing where it has none."""
    places, wrong = project_positions(table, projects, findings)
    coded = table.coded(column)
    values = coded.mapped(function)  # type: ignore[arg-type]
    labels = sorted(set(values) - {""})
    rank = {label: k for k, label in enumerate(labels)}
    ranks = np.array([rank.get(value, -1) for value in values], dtype=np.int64)[coded.codes] if len(table) else np.zeros(0, dtype=np.int64)
    rows = ~wrong & (places >= 0) & (ranks >= 0)
    events, ranks = np.divmod(np.unique(places[rows] * max(len(labels), 1) + ranks[rows]), max(len(labels), 1))
    found: list[str | None] = [None] * len(projects.events)
    names = [labels[k] for k in ranks]
    cuts = np.flatnonzero(np.diff(events, prepend=-1, append=-1)).tolist()
    for start, end in zip(cuts, cuts[1:], strict=False):
        found[events[start]] = SEPARATOR.join(names[start:end])
    return pd.Series(found, index=projects.events.index, dtype="str")


def _note_events(events: pd.DataFrame, findings: Findings) -> None:
    for column, what in {"name": "an acronym", "start": "a start", "end": "an end", "signed": "a date of signature", "field": "a field of science"}.items():
        missing = events[column].isna()
        findings.note(f"projects without {what}", "events", int(missing.sum()), "kept", events.index[missing])
    backwards = events["end"] < events["start"]
    findings.note("projects that end before they start", "events", int(backwards.sum()), "kept", events.index[backwards])
    findings.note("projects whose cost is 0", "events", int((events["cost"] == 0).sum()), "kept", "lump sums among them: zero, not missing")
