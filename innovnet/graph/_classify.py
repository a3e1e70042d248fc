"""Codes of countries, regions and activities, and size classes of firms: what is known, what it is called, what was probably meant.

Countries are two letters as Eurostat writes them (EL, UK, XK), regions NUTS 2021 or 2024, activities NACE Rev. 2 or 2.1. Each question takes one code; for a column ask
about its distinct values.
"""

import csv
import difflib
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from innovnet._check import check_choice
from innovnet.errors import DataError

System = Literal["country", "nuts", "nace"]
SYSTEMS = ("country", "nuts", "nace")

#: What others write -> what Eurostat writes.
_ISO: Mapping[str, str] = MappingProxyType({"GR": "EL", "GB": "UK"})
_NACE = re.compile(r"([A-Z])?\.?(?:(\d\d)(?:\.?(\d)(\d)?)?)?")
_NATIONAL = re.compile(r"([A-Z])?\.?(\d\d)(?:\.?\d)*")
#: Recommendation 2003/361/EC, Article 2: fewer people than, turnover up to, balance sheet up to (EUR).
_SIZES = (("micro", 10, 2e6, 2e6), ("small", 50, 10e6, 10e6), ("medium", 250, 50e6, 43e6))


@lru_cache(maxsize=len(SYSTEMS))
def _table(system: str) -> Mapping[str, Mapping[str, str]]:
    """The rows of a table by their codes."""
    check_choice(system, SYSTEMS, "system")
    text = files("innovnet.graph").joinpath("data", f"{system}.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType({row["code"]: MappingProxyType(row) for row in rows})


@lru_cache(maxsize=2**14)
def _row(system: str, code: str) -> Mapping[str, str] | None:
    table = _table(system)
    return table.get(code) if system != "nace" else _nace_row(code)


def _sections(row: Mapping[str, str]) -> tuple[str, ...]:
    """Sections of a NACE code, the newer revision first."""
    return tuple(row[column] for column in ("section_2_1", "section_2") if row[column])


def _nace_row(code: str) -> Mapping[str, str] | None:
    """A code with or without its section and its dot: C26.11, 26.11, 2611."""
    parts = _NACE.fullmatch(code)
    if parts is None:
        return None
    section, division, group, last = parts.groups()
    if division is None:
        return _table("nace").get(code)
    row = _table("nace").get(division + (f".{group}{last or ''}" if group else ""))
    return row if row is not None and (section is None or section in _sections(row)) else None


def known_code(system: System, code: str) -> bool:
    """Whether it is a code of a country, of NUTS (2021 or 2024, extra-regio units and whole countries included) or of NACE (Rev. 2 or 2.1).

    NACE may be a section, or a division, group or class with or without its section and its dot.

    Examples
    --------
    >>> known_code("country", "EL"), known_code("country", "GR"), known_code("nuts", "LT011"), known_code("nace", "C26.11")
    (True, False, True, True)
    """
    return _row(system, code) is not None


def name_of(system: System, code: str) -> str | None:
    """The name of a code: of a country in English, of a region as its country writes it, of an activity in English; None where it is not known.

    Examples
    --------
    >>> name_of("nuts", "LT022"), name_of("nace", "26.1"), name_of("country", "QQ")
    ('Kauno apskritis', 'Manufacture of electronic components and boards', None)
    """
    row = _row(system, code)
    return None if row is None else row["name"]


def nearest_codes(system: System, code: str, n: int = 3) -> list[str]:
    """Up to ``n`` codes that were probably meant, the likeliest first; empty where none is near.

    Looks at what others write (GR, GB), at letters, blanks and zeros, at names, at the code that contains it, and at similar codes.

    Examples
    --------
    >>> nearest_codes("country", "GR", 1), nearest_codes("country", "Lithuania", 1), nearest_codes("nace", "26.11.30", 1)
    (['EL'], ['LT'], ['26.11'])
    """
    table = _table(system)
    plain = re.sub(r"\s", "", code).upper()
    wanted = _ISO.get(plain[:2], plain[:2]) + plain[2:] if system != "nace" else _dotted(plain)
    named = [known for known, row in table.items() if row["name"].casefold() == code.strip().casefold()]
    containing = [wanted[:length] for length in range(len(wanted), 1, -1) if wanted[:length] in table]
    similar = difflib.get_close_matches(wanted, table, n=n, cutoff=0.6)
    return list(dict.fromkeys([*named, *containing[:1], *similar]))[:n]


def _dotted(plain: str) -> str:
    """Digits as NACE writes them: 1.11, 111 and A0111 become 01.11."""
    if not any(sign.isdigit() for sign in plain):
        return plain
    body = re.sub(r"^[A-Z]\.?", "", plain)
    division, dot, rest = body.partition(".")
    if not dot:
        division = body[:2] if len(body) != 3 else f"0{body[0]}"
        rest = body[2:] if len(body) != 3 else body[1:]
    return f"{division.zfill(2)}.{rest}".rstrip(".")


@lru_cache(maxsize=2**14)
def nace_division(code: str) -> str | None:
    """The division (two digits) of a NACE code or of a finer national one; None for a section, and for what is no code.

    Examples
    --------
    >>> nace_division("C26.11"), nace_division("2611"), nace_division("26.11.30"), nace_division("C"), nace_division("00.1")
    ('26', '26', '26', None, None)
    """
    parts = _NATIONAL.fullmatch(code)
    row = _table("nace").get(parts[2]) if parts else None
    return parts[2] if parts and row and (parts[1] is None or parts[1] in _sections(row)) else None


def nace_section(code: str) -> str | None:
    """The section (a letter) of a NACE code: that of its division in Rev. 2.1, or in Rev. 2 where 2.1 has no such division, so that equal divisions are in one section.

    A section given by itself stays what it is, although some letters changed their meaning between the revisions.

    Examples
    --------
    >>> nace_section("26.11"), nace_section("62.01"), nace_section("J62.01"), nace_section("A"), nace_section("?")
    ('C', 'K', 'K', 'A', None)
    """
    division = nace_division(code)
    if division is not None:
        return _sections(_table("nace")[division])[0]
    return code if code.isalpha() and code in _table("nace") else None


def nuts_level(code: str) -> int | None:
    """The level of a NUTS code, 0 (country) to 3; None where it is not known.

    Examples
    --------
    >>> nuts_level("LT"), nuts_level("LT01"), nuts_level("LT099")
    (0, 2, None)
    """
    row = _row("nuts", code)
    return None if row is None else int(row["level"])


def size_class(employees: float, turnover: float | None = None, balance: float | None = None) -> str:
    """The size class of a firm by Recommendation 2003/361/EC: "micro", "small", "medium" or "large".

    Fewer than 10, 50, 250 people, and a turnover of at most 2, 10, 50 or a balance sheet of at most 2, 10, 43 million EUR: one of the two suffices where both are given.
    Where neither is given the people decide alone.

    Parameters
    ----------
    employees
        Annual work units, at least 0.
    turnover, balance
        Annual turnover and balance sheet total in EUR, where they are known.

    Examples
    --------
    >>> size_class(9), size_class(9, turnover=3e6), size_class(9, turnover=3e6, balance=1e6), size_class(250)
    ('micro', 'small', 'micro', 'large')
    """
    if not employees >= 0:
        msg = f"employees={employees!r} is not a number of at least 0; without it a firm has no size class."
        raise DataError(msg)
    money = [(amount, column) for amount, column in ((turnover, 0), (balance, 1)) if amount is not None and not math.isnan(amount)]
    for name, people, *ceilings in _SIZES:
        if employees < people and (not money or any(amount <= ceilings[column] for amount, column in money)):
            return name
    return "large"
