"""What each entry of a rules file must be."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, get_args

from innovnet._text import clean
from innovnet.clusters._rules import Mark, Operator, Reading, Strength
from innovnet.clusters._sheets import ROLES

SCHEMA = 1
_LARGEST = 1e300
_MOST = 500  # criteria: they are compared in pairs
YEARS = 100


class Entry(NamedTuple):
    """What an entry of a table must be."""

    fits: Callable[[Any], bool]
    words: str
    code: str = "R22"
    required: bool = False


def iso(value: object) -> str:
    """A date as 2024-03-31; nothing if it is none."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else ""
    except ValueError:
        return ""


def is_number(value: object) -> bool:
    """Whether it is a number, and not too large a one. Yes and no are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST < value < _LARGEST


def is_whole(value: object, least: int, most: int) -> bool:
    """Whether it is a whole number between the two; yes and no are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_word(value: object) -> bool:
    """Whether it is text on one line, and not blank."""
    return isinstance(value, str) and bool(value.strip()) and clean(value) == value and value.splitlines() == [value]


def _word(code: str = "R22", *, required: bool = False) -> Entry:
    return Entry(is_word, "a text on one line", code, required)


def texts(least: int = 0, *, required: bool = False) -> Entry:
    """A list of at least so many texts."""
    return Entry(lambda v: isinstance(v, list | tuple) and len(v) >= least and all(map(is_word, v)), "a list of texts", "R22", required)


def _number(code: str, words: str = "a number", *, above: float = -_LARGEST) -> Entry:
    return Entry(lambda v: is_number(v) and v > above, words, code)


def whole(least: int, most: int, code: str = "R22") -> Entry:
    """A whole number."""
    return Entry(lambda v: is_whole(v, least, most), f"a whole number from {least} to {most}", code)


def one_of(choices: Iterable[str], code: str = "R22", *, required: bool = False) -> Entry:
    """One of these words."""
    known = tuple(choices)
    return Entry(lambda v: isinstance(v, str) and v in known, f"one of {', '.join(known)}", code, required)


_FLAG = Entry(lambda v: isinstance(v, bool), "true or false")
_STRING = Entry(lambda v: isinstance(v, str) and clean(v) == v, "a text")
_TABLE = Entry(lambda v: isinstance(v, dict), "a table")
_TABLES = Entry(lambda v: isinstance(v, list) and len(v) <= _MOST and all(isinstance(one, dict) for one in v), f"a list of up to {_MOST} tables")
_DATE = Entry(lambda v: iso(v) != "", "a date such as 2024-03-31", "R16")
_ROLES = Entry(lambda v: isinstance(v, list | tuple) and len(v) > 0 and all(role in ROLES for role in v), f"a list of roles: {', '.join(ROLES)}")

TOP = {
    "schema": Entry(lambda v: v == SCHEMA and not isinstance(v, bool), str(SCHEMA), required=True),
    "name": _word(required=True),
    "version": _word(),
    "disclaimer": _STRING,
    "levels": texts(1, required=True),
    "labels": _TABLE,
    "below": _word(),
    "cumulative": _FLAG,
    "guarantees": Entry(lambda v: isinstance(v, list | tuple) and all(one == "member" for one in v), 'a list that holds "member" or nothing'),
    "criterion": _TABLES._replace(required=True),
    "defaults": _TABLE,
    "soft": _TABLE,
    "settings": _TABLE,
    "monitoring": _TABLE,
    "facts": _TABLE,
    "sources": _TABLE._replace(required=True),
    "warning": _TABLES,
}
DEFAULTS = {
    "strength": one_of(get_args(Strength)),
    "weight": _number("R15", "a number above 0", above=0),
    "immediate": _FLAG,
    "kind": one_of(get_args(Mark)),
    "source": _word(),
}
_MEASURE = {
    "id": _word(required=True),
    "indicator": _word(required=True),
    "args": Entry(_TABLE.fits, "a table such as { years = 3 }", "R07"),
    "op": one_of(get_args(Operator), "R08", required=True),
    "threshold": Entry(lambda v: isinstance(v, bool) or is_number(v), "a number, true or false", "R09", required=True),
}
CRITERION = _MEASURE | DEFAULTS | {"level": _word(required=True), "unit": _STRING._replace(code="R10"), "note": _STRING}
WARNING = _MEASURE | {"change": one_of(("none", "absolute", "relative")), "text": _word(required=True)}
SOFT = {"at_least": whole(1, 10_000, "R14"), "share": Entry(lambda v: is_number(v) and 0 < v <= 1, "a number above 0 and up to 1", "R14")}
SETTINGS = {
    "window_years": whole(1, YEARS),
    "independence": one_of(("linked", "partner")),
    "unlisted_ownership": one_of(("independent", "unknown")),
    "missing": one_of(("not_met", "met", "undecided")),
    "count_roles": _ROLES,
    "max_event_size": whole(2, 1_000_000),
}
PACE = {
    "up_years": whole(1, YEARS, "R20"),
    "down_years": whole(1, YEARS, "R20"),
    "restore_years": whole(0, YEARS, "R20"),
    "minimum_stay": _TABLE,
    "valid_years": _TABLE,
    "kind": one_of(get_args(Mark)),
}
_TERM = _number("R20", "a number of years above 0", above=0)
VALID = {"first": _TERM._replace(required=True), "renewed": _TERM}
SOURCE = {"title": _word(required=True), "date": _DATE._replace(required=True), "read": one_of(get_args(Reading), required=True), "locator": _STRING}
