"""A folder of results that is whole at any moment: written beside its place, then put there."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from innovnet._check import check_path, extra, some
from innovnet.errors import DataError

RECORD = "provenance.json"
_PACKAGES = ("pyarrow", "matplotlib", "jinja2", "xlsxwriter")


def _listed(folder: Path) -> set[str]:
    """The files that an earlier report wrote into the folder, by its own record."""
    try:
        return set(json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]) | {RECORD}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def check_folder(folder: Path) -> None:
    """Raise unless a report can be written there, before the work for it: all that can be known of the folder, and whether the packages are installed.

    The folder must hold nothing that no earlier report wrote; it is replaced as a whole, so it can neither be where the program runs nor a mounted place. That it can be
    made is tried.
    """
    check_path(os.fspath(folder), "path")
    place = _place(folder)
    if place.exists() and not place.is_dir():
        msg = f"{folder} is a file. Name a folder for the report."
        raise DataError(msg)
    if place.is_dir():
        _check_replaceable(folder, place)
    above = next(parent for parent in place.parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        msg = f"{folder} cannot be made: {above} is no folder that you may write into. Name another folder."
        raise DataError(msg)
    try:
        _beside(place, above).rmdir()
    except OSError as error:
        msg = f"{folder} cannot be made: {above} takes no new folder ({error.strerror or error}). Name another folder."
        raise DataError(msg) from error
    for package in _PACKAGES:
        extra(package)


def _check_replaceable(folder: Path, place: Path) -> None:
    """Raise unless a folder that is there can be replaced by another one."""
    here = Path.cwd()
    why = "you are in it" if place in {here, *here.parents} else "it is a mounted place" if os.path.ismount(place) else ""
    if not why and not os.access(place, os.W_OK):
        why = "you may not write into it"
    if why:
        msg = f"{folder} cannot be replaced by the folder of a report: {why}. Name another folder, such as {folder / 'report'}."
        raise DataError(msg)
    there = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    foreign = sorted(there - _listed(place))
    if foreign:
        msg = f"{folder} holds files that are not of an earlier report: {some(foreign)}. Name another folder, or move them away."
        raise DataError(msg)


def _place(folder: Path) -> Path:
    """Where the folder is, with links followed: a link stays one."""
    return Path(os.path.realpath(folder))


def _beside(place: Path, above: Path, kind: str = "") -> Path:
    """A new folder of a name that nobody has."""
    return Path(tempfile.mkdtemp(prefix=f".{place.name[:50]}-{kind}", dir=above))


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """The report's record of itself, last of all: with the list of its files."""
    record["files"] = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    (folder / RECORD).write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A new folder to write into. It takes the place of ``folder`` once the block has ended; if the block fails, ``folder`` stays as it was."""
    check_folder(folder)
    place = _place(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    made = _beside(place, place.parent)
    try:
        made.chmod(0o755)
        yield made
        if place.exists():
            _replace(place, made)
        else:
            made.replace(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _replace(place: Path, made: Path) -> None:
    """Put the new folder in the place of the old one, which comes back where that fails."""
    old = _beside(place, place.parent, "old-")
    try:
        place.replace(old / "report")
        try:
            made.replace(place)
        except OSError:
            (old / "report").replace(place)
            raise
    except OSError:
        with suppress(OSError):  # it still holds the old one if that could not be put back
            old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
