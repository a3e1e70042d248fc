"""Sheets, columns and choices of a register under their English and Lithuanian names."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from innovnet.clusters._sheets import SHEETS, Field

Language = Literal["en", "lt"]
LANGUAGES = ("en", "lt")
Kind = Literal["sheet", "column", "choice", "level", "note"]

#: The sheet of a template that explains it; readers leave it out.
ABOUT = "about"


@cache
def _lithuanian() -> Mapping[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """(kind, name) -> Lithuanian, and other spellings that are understood."""
    text = files("innovnet.clusters").joinpath("data", "lithuanian.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["kind"], row["name"]): (row["lt"], tuple(filter(None, row["also"].split("; ")))) for row in rows}


def translated(kind: Kind, name: str, language: Language) -> str:
    """What a person reads for a sheet, a column, a choice ("role.member", "flag.yes"), a level, or a note on a sheet ("clusters") or on a column ("clusters.name")."""
    if language == "lt":
        return _lithuanian()[kind, name][0]
    if kind == "note":
        sheet, _, column = name.partition(".")
        return next((field.note for field in SHEETS[sheet].fields if field.name == column), SHEETS[sheet].note)
    return name.partition(".")[2] if kind == "choice" else name


def header_of(column: str, language: Language) -> str:
    """The header of a column; declared facts keep their names, a range its own ends."""
    own = {name for sheet in SHEETS.values() for name in sheet.names}
    base = column.removesuffix("_low").removesuffix("_high")
    if base not in own:
        return column
    ending = column.removeprefix(base)
    return translated("column", base, language) + (_lithuanian()["suffix", ending][0] if ending and language == "lt" else ending)


def plain(name: str) -> str:
    """A name without what people vary: capitals, blanks, underscores, hyphens, the mark of required columns, the hooks and dots of Lithuanian letters."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return re.sub(r"[\s_*\-]+", "", bare)


@cache
def _names(kind: str, prefix: str = "") -> Mapping[str, str]:
    """Plain spellings of everything of a kind -> its name."""
    found = defaultdict(set)
    for (of, name), (word, also) in _lithuanian().items():
        if of == kind and name.startswith(prefix):
            own = name.removeprefix(prefix)
            for spelling in (own, word, *also):
                found[plain(spelling)].add(own)
    return {spelling: next(iter(names)) for spelling, names in found.items() if len(names) == 1}


def sheet_of(name: str) -> str | None:
    """The sheet of this English or Lithuanian name, ``about`` included; None where there is none."""
    return _names("sheet").get(plain(name))


def column_of(sheet: str, name: str) -> str | None:
    """The column of a sheet of this English or Lithuanian name; None where the sheet has none.

    A range of a column of an open sheet ends in _low and _high, in Lithuanian _nuo and _iki.
    """
    own = SHEETS[sheet].names
    found = _names("column").get(plain(name))
    if found in own:
        return found
    if found is None and SHEETS[sheet].open:
        for suffix in ("_low", "_high"):
            for spelling in (suffix, _lithuanian()["suffix", suffix][0], *_lithuanian()["suffix", suffix][1]):
                base = column_of(sheet, name[: -len(spelling)]) if name.casefold().endswith(spelling) else None
                if base is not None:
                    return base + suffix
    return None


def choice_of(field: Field, value: str) -> str | None:
    """The choice of a field, or "yes" and "no" of a flag, of this English or Lithuanian name; None where it is not allowed there."""
    if field.kind == "flag":
        return _names("choice", "flag.").get(plain(value))
    found = _names("choice", f"{field.name}.")
    choices = {plain(choice): choice for choice in field.choices}
    spelling = plain(value)
    return choices.get(spelling) or choices.get(plain(found.get(spelling, "")))
