"""Rules from a file, checked: all faults at once, each with its line."""

import os
import tomllib
import warnings
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from innovnet._check import did_you_mean
from innovnet._text import clean
from innovnet.clusters._check_rules import check, looks
from innovnet.clusters._read_rules import Draft, Found, read
from innovnet.clusters._rules import Rules
from innovnet.clusters._toml_lines import Place, lines_of
from innovnet.errors import DataError, DataWarning, Fault

SHIPPED = ("lithuania", "ecei", "generic")
_LARGEST = 250_000  # bytes
_POINTS = 200  # in one line: tomllib takes minutes for a key a.a.a.a... of many parts
_SHOWN = 80  # characters of a value


class _Opened(NamedTuple):
    """Checked rules, and where they stand."""

    draft: Draft
    place: str
    lines: Mapping[Place, int]
    own: bool  #: a file of the user's


def load_rules(rules: str | os.PathLike[str] | Rules) -> Rules:
    """The rules by which clusters are given a maturity level: levels, criteria with their sources, pace of promotion, early warnings.

    Parameters
    ----------
    rules
        ``"lithuania"`` (levels of the Lithuanian Concept; most criteria are borrowed or ours, and marked so), ``"ecei"`` (entry conditions of the European labels
        for cluster management), ``"generic"`` (no authority behind it: copy and change), or the path of a TOML file. Rules are checked and returned.

    Returns
    -------
    Rules
        Levels, criteria and all the rest, frozen.

    Raises
    ------
    DataError
        The file cannot be read or the rules cannot be used. ``.faults`` holds all faults, each with its code (R01 to R22) and its line.

    Warns
    -----
    DataWarning
        Rules of your own can be used, but something in them deserves a look: see :func:`rules_warnings`. Shipped rules say it in their disclaimer.

    Notes
    -----
    What a rules file may hold stands in the documentation under "Rules of your own". Cost: O(criteria²).

    Examples
    --------
    >>> import innovnet as inn
    >>> rules = inn.clusters.load_rules("lithuania")
    >>> rules
    Rules: lithuania 2026.1, 4 levels (emerging, formed, developing, mature), 21 criteria
    >>> print(rules.disclaimer)
    Only 'published' criteria are the Concept's own; ...
    >>> rules.criteria[0].condition, rules.criteria[0].kind, rules.sources["concept"].locator
    ('members >= 5', 'published', "ministry page; chambers' news")
    """
    opened = _opened(rules)
    noted = _noted(opened) if opened.own else ()
    if noted:
        message = f"{opened.place}: the rules can be used, but {len(noted)} of their entries {'deserve' if len(noted) > 1 else 'deserves'} a look"
        warnings.warn("\n".join([message, *(f"  {fault}" for fault in noted)]), DataWarning, stacklevel=2)
    return opened.draft.rules


def rules_warnings(rules: str | os.PathLike[str] | Rules) -> tuple[Fault, ...]:
    """What deserves a look in rules that can be used.

    W1 a criterion has no effect, for a lower level already asks as much; W2 a criterion can never fail; W3 a level rests on no published or borrowed criterion;
    W4 a further member may break a criterion, and the rules do not guarantee the contrary.

    Parameters
    ----------
    rules
        A name, a path or rules, as :func:`load_rules` takes them.

    Returns
    -------
    tuple of Fault
        In the order of the codes; empty if there is nothing.

    Examples
    --------
    >>> import innovnet as inn
    >>> [warning.problem for warning in inn.clusters.rules_warnings("lithuania")]
    ['W3 rests on no published or borrowed criterion']
    """
    return _noted(_opened(rules))


def _noted(opened: _Opened) -> tuple[Fault, ...]:
    return tuple(_fault(found, opened.place, opened.lines) for found in looks(opened.draft))


def checked(raw: Mapping[str, Any], place: str, lines: Mapping[Place, int] | None = None) -> Draft:
    """Rules from a table as TOML gives it; all faults in one error."""
    draft = read(raw)
    found = check(draft)
    if found:
        faults = sorted((_fault(one, place, lines or {}) for one in found), key=lambda fault: int(fault.row or 0))
        msg = f"the rules of {place or 'no name'} cannot be used: {len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise DataError(msg, faults)
    return draft


def _fault(found: Found, place: str, lines: Mapping[Place, int]) -> Fault:
    where = found.place
    line = next((lines[where[:k]] for k in range(len(where), 0, -1) if where[:k] in lines), None)
    names = [str(part) for part in where if isinstance(part, str)]
    column = ".".join(names[1:] if len(names) > 1 and names[0] in ("criterion", "warning") else names)
    value = str(found.value).lower() if isinstance(found.value, bool) else "a table or list" if isinstance(found.value, dict | list) else str(found.value)
    return Fault(place, "" if line is None else str(line), clean(column), clean(value)[:_SHOWN], found.problem, found.remedy)


def _opened(rules: str | os.PathLike[str] | Rules) -> _Opened:
    if isinstance(rules, Rules):
        return _Opened(checked(rules.to_dict(), rules.name), rules.name, {}, own=False)
    if isinstance(rules, str) and rules in SHIPPED:
        place = f"{rules}.toml"
        return _parsed(place, (files("innovnet.clusters") / "rules" / place).read_text(encoding="utf-8"), own=False)
    if not isinstance(rules, str | os.PathLike):
        msg = f"load_rules takes a name, a path or Rules, not {type(rules).__name__}. Names: {', '.join(SHIPPED)}."
        raise DataError(msg)
    path = Path(rules)
    return _parsed(path.name, _text(path), own=True)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            is_path = path.suffix == ".toml" or len(path.parts) > 1
            names = f"there are no rules {str(path)!r}. {did_you_mean(str(path), SHIPPED)} Or give the path of a TOML file."
            msg = f"there is no file {str(path)!r}. Give the path of a TOML file." if is_path else names
            raise DataError(msg)
        size = path.stat().st_size
        if size > _LARGEST:
            msg = f"{path.name} has {size:,} bytes; rules have at most {_LARGEST:,}. Is it a rules file?"
            raise DataError(msg)
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path.name} cannot be read: {error}. Save it as text in UTF-8."
        raise DataError(msg) from error


def _parsed(place: str, text: str, *, own: bool) -> _Opened:
    crowded = [number for number, line in enumerate(text.split("\n"), start=1) if line.count(".") > _POINTS]
    if crowded:
        msg = f"{place}, row {crowded[0]}: the line has more than {_POINTS} points. Break it into several, or nest its keys less deeply."
        raise DataError(msg)
    try:
        raw, lines = tomllib.loads(text), lines_of(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        msg = f"{place} is no TOML: {reason}. See the rules that are shipped for an example."
        raise DataError(msg) from error
    return _Opened(checked(raw, place, lines), place, lines, own)
