"""Questions to the caller's input. ``check_...`` raises, naming the values and the remedy."""

import difflib
import importlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from innovnet.errors import DataError, MissingExtraError

_EXTRAS = {"xlsxwriter": "files", "pyarrow": "files", "matplotlib": "report", "jinja2": "report"}
_NAME = 255  # bytes that the name of a file can have


def some(values: Iterable[object], limit: int = 5) -> str:
    """Up to ``limit`` of the values for a message: ``'a', 'b' and 3 more``."""
    found = list(values)
    shown = ", ".join(repr(value) for value in found[:limit])
    return shown if len(found) <= limit else f"{shown} and {len(found) - limit} more"


def nearest(name: str, known: Collection[str]) -> str:
    """A sentence with the nearest known name; nothing where none is near."""
    original = {k.lower(): k for k in known}
    near = difflib.get_close_matches(name.lower(), original, n=1, cutoff=0.6)
    return f"Did you mean {original[near[0]]!r}?" if near else ""


def did_you_mean(name: str, known: Collection[str]) -> str:
    """A sentence with the nearest known name, or with all of them where none is near."""
    near = nearest(name, known)
    if near:
        return near
    return f"There is: {some(sorted(known), 12)}." if known else "There is none."


def check_choice(value: object, choices: Collection[Any], name: str) -> None:
    """Raise unless ``value`` is one of ``choices``."""
    if not any(isinstance(value, type(choice)) and value == choice for choice in choices):
        hint = nearest(value, [c for c in choices if isinstance(c, str)]) if isinstance(value, str) else ""
        msg = f"{name}={value!r} is not one of {', '.join(map(repr, choices))}. {hint}".strip()
        raise DataError(msg)


def check_column(columns: Collection[str], name: object, table: str) -> None:
    """Raise unless the table has the column."""
    if not isinstance(name, str) or name not in columns:
        msg = f"the {table} table has no column {name!r}. {did_you_mean(str(name), [str(c) for c in columns])}"
        raise DataError(msg)


def check_kind(value: object, kind: type, who: str, remedy: str) -> None:
    """Raise unless ``value`` is of this kind."""
    if not isinstance(value, kind):
        msg = f"{who} takes {kind.__name__}, not {type(value).__name__}. {remedy}"
        raise DataError(msg)


def check_path(path: Any, name: str) -> None:
    """Raise unless ``path`` is text, or a path, that a file can have as its name."""
    try:
        text = os.fspath(path)
        usable = isinstance(text, str) and b"\0" not in os.fsencode(text) and all(len(os.fsencode(part)) <= _NAME for part in Path(text).parts)
    except (TypeError, UnicodeError):
        usable = False
    if not usable:
        msg = f"{name}={path!r} is no path. Give the name of a file or a folder as text or as a Path."
        raise DataError(msg)


def check_whole(value: object, name: str, least: int) -> None:
    """Raise unless ``value`` is a whole number of at least ``least``; True and False are none."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        msg = f"{name}={value!r} is not a whole number of at least {least}."
        raise DataError(msg)


def check_list(value: object, name: str) -> None:
    """Raise where several names are wanted and ``value`` is text, which would count letter by letter, or nothing that can be counted."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        msg = f"{name}={value!r} is no list. Write it as {name}=[...]."
        raise DataError(msg)


def check_flag(value: object, name: str) -> None:
    """Raise unless ``value`` is True or False: any text, "no" as well, would count as True."""
    if not isinstance(value, bool | np.bool_):
        msg = f"{name}={value!r} is neither True nor False."
        raise DataError(msg)


def check_runs(runs: int, seed: int | None, least: int = 0) -> None:
    """Raise unless ``runs`` is a whole number >= ``least`` that comes with a seed, a whole number >= 0, where it is positive."""
    check_whole(runs, "runs", least)
    if runs and seed is None:
        msg = "runs > 0 draws at random: give a seed, so that the result can be had again (seed=0 will do)."
        raise DataError(msg)
    if seed is not None:
        check_whole(seed, "seed", 0)


def extra(module: str) -> ModuleType:
    """Import an optional package, or say which command installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = _EXTRAS[module.partition(".")[0]]
        msg = f"this needs {module.partition('.')[0]}: pip install 'innovnet[{name}]'"
        raise MissingExtraError(msg, name=module) from error
