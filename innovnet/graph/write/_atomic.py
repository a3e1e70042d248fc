"""Files appear whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from innovnet.errors import DataError


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_beside(target: Path) -> Path:
    """An empty new file in the folder of the target, under a name that nobody has and with the target's suffix."""
    while True:
        path = target.with_name(f".{target.stem[:100]}-{secrets.token_hex(4)}{target.suffix}")
        with contextlib.suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path that becomes ``path`` once the block ends without an error.

    The temporary file lies in the folder of ``path`` and has the same suffix. Until the block has ended, ``path`` holds what it held before;
    after an error it still does, and the temporary file is gone. A symbolic link at ``path`` stays one: the file it points to is replaced.

    Raises
    ------
    DataError
        The folder does not exist or cannot be written, or ``path`` is a folder.
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        msg = f"{os.fspath(path)}: the folder {target.parent} does not exist. Make it first."
        raise DataError(msg)
    if target.is_dir():
        msg = f"{os.fspath(path)} is a folder. Give the name of a file."
        raise DataError(msg)
    try:
        temporary = _new_beside(target)
    except OSError as error:
        msg = f"{os.fspath(path)} cannot be written: {error.strerror}. Choose another folder."
        raise DataError(msg) from error
    try:
        yield temporary
        _sync(temporary)
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the new name too must survive a loss of power
        _sync(target.parent)
