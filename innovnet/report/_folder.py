"""A folder of results that is whole at any moment: written beside its place, then put there."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from innovnet._check import some
from innovnet.errors import DataError

RECORD = "provenance.json"


def _listed(folder: Path) -> set[str]:
    """The files that an earlier report wrote into the folder, by its own record."""
    try:
        return set(json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]) | {RECORD}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def check_folder(folder: Path) -> None:
    """Raise if the folder holds anything that no earlier report wrote, or cannot be made."""
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file. Name a folder for the report."
        raise DataError(msg)
    if folder.is_dir():
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        foreign = sorted(there - _listed(folder))
        if foreign:
            msg = f"{folder} holds files that are not of an earlier report: {some(foreign)}. Name another folder, or move them away."
            raise DataError(msg)
    above = next(parent for parent in folder.absolute().parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        msg = f"{folder} cannot be made: {above} is no folder that you may write into. Name another folder."
        raise DataError(msg)


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """The report's record of itself, last of all: with the list of its files."""
    record["files"] = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    (folder / RECORD).write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A new folder to write into. It takes the place of ``folder`` once the block has ended; if the block fails, ``folder`` stays as it was."""
    check_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made.chmod(0o755)
        yield made
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.replace(old / "report")
            try:
                made.replace(folder)
            except OSError:
                (old / "report").replace(folder)
                raise
            shutil.rmtree(old, ignore_errors=True)
        else:
            made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
