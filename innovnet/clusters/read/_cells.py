"""What stands in cells: text, numbers, dates, words and codes. Each distinct cell is read once."""

import datetime as dt
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import nearest
from innovnet._text import clean
from innovnet.clusters._sheets import DTYPES, Field
from innovnet.clusters._terms import choice_of
from innovnet.clusters.read._raw import UNSAVED
from innovnet.graph._classify import System, known_code, nearest_codes, nuts_level

Ints = npt.NDArray[np.int64]

_BLANKS = r"[ \u00a0\u2009\u202f']"
_GROUPED = re.compile(rf"([+-]?\d{{1,3}}(?:{_BLANKS}\d{{3}})+)([.,]\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?\d*,\d+")
_BOTH = (re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}"), re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}"))
_THOUSAND_OR_NOT = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_HALF = re.compile(r"[\ud800-\udfff]")  # half a letter, which no file can hold
_CURRENCY = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR)$", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
_BASIC_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEAR = re.compile(r"[12]\d{3}(\.0)?")  # many programs write whole numbers of a column with gaps as 2024.0
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_POINTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SHORT_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d\d")
_FINER_NACE = re.compile(r"([A-Z]?\.?\d\d\.?\d\d)\.?\d{1,2}")  # national classes below those of NACE
_EARLIEST = 1990
_LARGEST = 1e15  # of amounts and other numbers: their sums must not overflow
_ANSWERED = 200
_SERIAL = (20_000, 80_000)  # Excel's numbers of days from 1954 to 2119
_FLAGS = {"yes": True, "no": False, "taip": True, "ne": False, "true": True, "false": False, "1": True, "0": False}
_WORDS = _FLAGS.keys() - {"1", "0"}


class Wrong(NamedTuple):
    """Why a cell cannot be used."""

    code: str
    problem: str
    remedy: str
    system: System | None = None  #: of an unknown code: the remedy are the nearest ones, looked up for the first ``_ANSWERED`` of a column
    text: str = ""


class Cell(NamedTuple):
    """A cell that was read: its value, or what is wrong with it."""

    value: Any
    wrong: Wrong | None = None
    cleaned: bool = False
    widened: bool = False  #: a year or a month that became a day


class Column(NamedTuple):
    """A column that was read."""

    values: pd.Series  #: typed; missing where empty or wrong
    wrong: list[tuple[int, str, Wrong]]  #: position, what stands there, why not
    empty: list[int]  #: positions of cells that hold nothing
    cleaned: int
    widened: int
    mended: list[str]  #: up to three cells that were cleaned


def column_of_cells(cells: npt.NDArray[Any], one: Field, *, fact: bool = False) -> Column:
    """The cells of a field as a typed column; ``fact``: a declared fact, a number or yes/no."""
    known: dict[tuple[type, Any], int] = {}
    codes = np.fromiter((known.setdefault((type(cell), cell), len(known)) for cell in cells), dtype=np.int64, count=len(cells))
    parse = _fact if fact else _PARSERS[one.kind]
    distinct = [Cell(None) if _is_empty(cell) else _UNSAVED if cell is UNSAVED else parse(cell, one) for _, cell in known]
    counts = np.bincount(codes, minlength=len(distinct))
    distinct = _answered(distinct)
    bad = np.array([cell.wrong is not None for cell in distinct], dtype=bool)
    raw = [cell for _, cell in known]
    wrong = [(int(k), shown(raw[codes[k]]), distinct[codes[k]].wrong) for k in np.flatnonzero(bad[codes])] if bad.any() else []
    mended = [repr(raw[k]) for k, cell in enumerate(distinct) if cell.cleaned][:3]
    empty = np.flatnonzero(np.array([cell.value is None and cell.wrong is None for cell in distinct], dtype=bool)[codes]).tolist()
    cleaned, widened = (int(counts[[getattr(cell, what) for cell in distinct]].sum()) if distinct else 0 for what in ("cleaned", "widened"))
    return Column(_series(distinct, codes, "float64" if fact else DTYPES[one.kind]), wrong, empty, cleaned, widened, mended)


def _answered(distinct: list[Cell]) -> list[Cell]:
    """The nearest codes as remedies of unknown ones."""
    places = [k for k, cell in enumerate(distinct) if cell.wrong is not None and cell.wrong.system is not None]
    for k in places[:_ANSWERED]:
        wrong = distinct[k].wrong
        if wrong is not None and wrong.system is not None:
            near = nearest_codes(wrong.system, wrong.text)
            distinct[k] = Cell(None, wrong._replace(remedy=f"Nearest: {', '.join(near)}." if near else wrong.remedy))
    return distinct


def shown(cell: Any) -> str:
    """A cell as a person would write it."""
    return str(cell.value) if cell is UNSAVED else text_of(cell)[0]


def text_of(cell: Any) -> tuple[str, bool]:
    """A cell as text, and whether it had to be cleaned: 1069 and 1069.0 are "1069"."""
    if isinstance(cell, str):
        text = _HALF.sub("\ufffd", clean(repaired(cell))).replace("\u00a0", " ").strip()
        return text, text != cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)), False
    if isinstance(cell, float):
        return f"{cell:.15g}", False
    if isinstance(cell, dt.datetime):
        return str(cell.date()) if cell.time() == dt.time() else str(cell), False
    return str(cell), False


def repaired(text: str) -> str:
    """UTF-8 that was read as Windows-1252 and written again: ``UniversitÃ©`` is Université."""
    if text.isascii():
        return text
    try:
        return bytes(b for letter in text for b in _byte(letter)).decode()
    except UnicodeError:
        return text


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _is_empty(cell: Any) -> bool:
    return cell is None or (cell is not UNSAVED and not isinstance(cell, str) and bool(pd.isna(cell))) or (isinstance(cell, str) and not text_of(cell)[0])


def _series(distinct: list[Cell], codes: Ints, dtype: str) -> pd.Series:
    values = pd.Series([cell.value for cell in distinct], dtype=object)
    if dtype == "int64":
        values = values.fillna(0)  # such rows are faulty
    return values.astype(pd.api.types.pandas_dtype(dtype)).take(codes).reset_index(drop=True)


_UNSAVED = Cell(None, Wrong("E05", "a formula without a stored value", "Save the workbook with values: open it in a spreadsheet program and save it."))


def _text(cell: Any, _: Field) -> Cell:
    text, cleaned = text_of(cell)
    return Cell(text, None, cleaned)


def _texts(cell: Any, _: Field) -> Cell:
    text, cleaned = text_of(cell)
    return Cell(";".join(_parts(text)) or None, None, cleaned)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _choice(cell: Any, one: Field) -> Cell:
    text, cleaned = text_of(cell)
    found = choice_of(one, text)
    if found is not None:
        return Cell(found, None, cleaned)
    near = nearest(text, one.choices)
    return Cell(None, Wrong("E06", f"{text!r} is not allowed", f"Allowed: {', '.join(one.choices)}. {near}".strip()))


def _flag(cell: Any, one: Field) -> Cell:
    text, cleaned = text_of(cell)
    found = _FLAGS.get(choice_of(one, text) or text.lower())
    return (
        Cell(found, None, cleaned)
        if found is not None
        else Cell(None, Wrong("E06", f"{text!r} is not allowed", "Allowed: yes, no; leave it empty where it is not known."))
    )


def _number_in(cell: Any, *, percent: bool, money: bool = False) -> tuple[float | None, bool]:
    """A number, or None; and whether it had to be cleaned."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return (float(cell) if abs(cell) <= sys.float_info.max else None), False
    if not isinstance(cell, str):
        return None, False
    text, _ = text_of(cell)
    body = _CURRENCY.sub("", text) if money else text
    scale = 100.0 if percent and body.endswith("%") else 1.0
    body = body.removesuffix("%").strip() if scale > 1 else body
    plain = _without_marks(body)
    if plain is None:
        return None, False
    value = float(plain) / scale
    return (value, plain != cell) if np.isfinite(value) else (None, False)


def _without_marks(text: str) -> str | None:
    """The number as Python writes it: no thousands, a decimal point."""
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        return re.sub(_BLANKS, "", grouped[1]) + (grouped[2] or "").replace(",", ".")
    if _PLAIN.fullmatch(text) and not _BOTH[0].fullmatch(text):
        return text
    for pattern, thousands in zip(_BOTH, ".,", strict=True):
        if pattern.fullmatch(text):
            return text.replace(thousands, "").replace(",", ".")
    return text.replace(",", ".") if _COMMA.fullmatch(text) else None


def _no_number(cell: Any) -> Cell:
    return Cell(None, Wrong("E05", f"{shown(cell)!r} is no number", "Write a number such as 1250.5; leave the cell empty where it is not known."))


def _money(cell: Any, _: Field) -> Cell:
    value, cleaned = _number_in(cell, percent=False, money=True)
    if isinstance(cell, str) and _THOUSAND_OR_NOT.fullmatch(cell.strip()):
        digits = cell.strip()
        words = f"can be {digits.replace(',', '')} or {digits.replace(',', '.')}"
        return Cell(None, Wrong("E05", words, "Write thousands without a mark, or decimals with a point."))
    if value is None:
        return _no_number(cell)
    return _not_negative(value, cleaned)


def _too_large(value: float) -> Cell:
    return Cell(None, Wrong("E05", f"{value:.6g} is beyond {_LARGEST:.0e}", "Correct it: no amount is so large, and sums of it could not be made."))


def _not_negative(value: float, cleaned: bool) -> Cell:
    if value > _LARGEST:
        return _too_large(value)
    wrong = Wrong("E18", f"{value:.12g} is below 0", "Correct the sign; leave the cell empty where it is not known.") if value < 0 else None
    return Cell(None if wrong else value, wrong, cleaned)


def _whole(cell: Any, _: Field) -> Cell:
    value, cleaned = _number_in(cell, percent=False)
    if value is None or not value.is_integer() or abs(value) >= 2**53:
        return (
            _no_number(cell) if value is None else Cell(None, Wrong("E05", f"{value:.12g} is no whole number", "Write a whole number; empty where not known."))
        )
    return _not_negative(int(value), cleaned)


def _share(cell: Any, _: Field) -> Cell:
    value, cleaned = _number_in(cell, percent=True)
    if value is None:
        return _no_number(cell)
    if 0 <= value <= 1:
        return Cell(value, None, cleaned)
    percent = isinstance(cell, str) and "%" in cell
    hint = f"Write {value / 100:.6g} or {value:.6g} % if that is meant." if 1 < value <= 100 and not percent else "Correct it."
    return Cell(None, Wrong("E15", f"share {value:.6g} is not between 0 and 1", hint))


def _number(cell: Any, _: Field) -> Cell:
    value, cleaned = _number_in(cell, percent=True)
    return _no_number(cell) if value is None else _not_negative(value, cleaned)


def _fact(cell: Any, _: Field) -> Cell:
    """A declared fact: a number of any sign, or yes (1) or no (0)."""
    word = "" if isinstance(cell, int | float) and not isinstance(cell, bool) else text_of(cell)[0].lower()
    if word in _WORDS:
        return Cell(float(_FLAGS[word]))
    value, cleaned = _number_in(cell, percent=True)
    if value is None:
        return _no_number(cell)
    return _too_large(value) if abs(value) > _LARGEST else Cell(value, None, cleaned)


def _year(cell: Any, _: Field) -> Cell:
    value, cleaned = _number_in(cell, percent=False)
    if value is None or not value.is_integer():
        return Cell(None, Wrong("E05", f"{shown(cell)!r} is no year", "Write a year such as 2024."))
    last = dt.datetime.now(tz=dt.UTC).year + 1
    if _EARLIEST <= value <= last:
        return Cell(int(value), None, cleaned)
    return Cell(None, Wrong("E21", f"year {value:.0f} is outside {_EARLIEST} to {last}", "Correct it."))


def _date(cell: Any, one: Field) -> Cell:
    last = one.kind == "last date"
    if isinstance(cell, dt.datetime | dt.date):
        moment = cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell
        return Cell(np.datetime64(moment, "D"))
    text, cleaned = text_of(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return _no_date(text, cell)
    iso, pointed = _ISO_DATE.fullmatch(text), _POINTED_DATE.fullmatch(text)
    parts = (iso[1], iso[3], iso[4]) if iso else (pointed[3], pointed[2], pointed[1]) if pointed else None
    basic = _BASIC_DATE.fullmatch(text)
    found = _day(*(parts or basic.groups())) if parts or basic else None  # type: ignore[union-attr]  # one of the two matched
    if found is not None:
        return Cell(found, None, cleaned)
    month = _MONTH.fullmatch(text)
    begin = _day(text[:4], "1", "1") if _YEAR.fullmatch(text) else _day(month[1], month[2], "1") if month else None
    if begin is None:
        return _no_date(text, cell)
    unit = "M" if month else "Y"
    return Cell((begin.astype(f"M8[{unit}]") + 1).astype("M8[D]") - 1 if last else begin, None, cleaned, widened=True)


def _day(year: str, month: str, day: str) -> np.datetime64 | None:
    try:
        return np.datetime64(dt.date(int(year), int(month), int(day)), "D")
    except ValueError:
        return None


def _no_date(text: str, cell: Any) -> Cell:
    remedy = "Use 2024-03-31."
    if _SHORT_DATE.fullmatch(text):
        remedy = "Use 2024-03-31; years of two digits are refused."
    elif "/" in text:
        remedy = "Use 2024-03-31: day and month cannot be told apart here."
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and _SERIAL[0] < cell < _SERIAL[1]:
        remedy = f"It looks like a spreadsheet's number of {np.datetime64('1899-12-30') + int(cell)}: format the cell as a date, or use 2024-03-31."
    return Cell(None, Wrong("E04", f"{text!r} is no date", remedy))


def _code(system: System) -> Callable[[Any, Field], Cell]:
    def parse(cell: Any, one: Field) -> Cell:
        text, cleaned = text_of(cell)
        code = text.upper()
        finer = _FINER_NACE.fullmatch(code) if system == "nace" else None
        if not (known_code(system, code) or (finer is not None and known_code(system, finer[1]))):
            return _unknown(system, text)
        if one.name == "nuts3" and nuts_level(code) != 3:
            return Cell(
                None, Wrong("E22", f"{text!r} is no NUTS code of level 3", "Write the code of level 3, five signs; leave it empty where it is not known.")
            )
        return Cell(code, None, cleaned or code != text)

    return parse


def _unknown(system: System, text: str) -> Cell:
    name = {"country": "country", "nuts": "NUTS", "nace": "NACE"}[system]
    looked = {"country": "two letters as Eurostat writes them", "nuts": "NUTS 2024 and 2021 looked up", "nace": "NACE 2.1 and 2 looked up"}[system]
    return Cell(None, Wrong("E22", f"{name} code {text!r} is unknown ({looked})", "Correct it.", system, text))


def _naces(cell: Any, one: Field) -> Cell:
    text, cleaned = text_of(cell)
    parts = [_PARSERS["nace"](part, one) for part in _parts(text)]
    wrong = next((part.wrong for part in parts if part.wrong is not None), None)
    return Cell(None if wrong else ";".join(part.value for part in parts) or None, wrong, cleaned)


_PARSERS: Mapping[str, Callable[[Any, Field], Cell]] = {
    "id": _text,
    "text": _text,
    "texts": _texts,
    "flag": _flag,
    "date": _date,
    "last date": _date,
    "year": _year,
    "whole": _whole,
    "money": _money,
    "share": _share,
    "number": _number,
    "country": _code("country"),
    "nuts": _code("nuts"),
    "nace": _code("nace"),
    "naces": _naces,
    "choice": _choice,
}
