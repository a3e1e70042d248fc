"""Named members of a zip or of a folder as bytes, never more of them than was said beforehand."""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from innovnet._check import did_you_mean, some
from innovnet.errors import DataError, Fault

#: Bounds on what is unpacked. Deflated tables come to a tenth of their size at the most; a bomb comes to a thousandth.
TOTAL_LIMIT = 4 * 2**30
MEMBER_LIMIT = 2**32 - 64  # offsets into a member are 32 bits wide
RATIO_LIMIT = 200
RATIO_FREE = 2**20  # a member of less than this may be as repetitive as it likes

PADDING = 16  #: bytes behind the content of a member
_CHUNK = 2**18
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, OSError, ValueError)
_REPAIR = "The file is damaged or was not wholly downloaded: fetch it again."
_UNPACK = "If you trust it, unpack it yourself and give the folder."
_GIVE = "Give the zip as CORDIS publishes it, or the folder that it was unpacked into."


def sha256_of(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file, for the record of what was read."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Source:
    """A zip or a folder in which members are known by their last name, in whatever sub-folder they lie."""

    path: Path
    archive: zipfile.ZipFile | None
    members: dict[str, list[str]]  # last name, lower case -> full names

    def read(self, name: str) -> tuple[npt.NDArray[np.uint8], int]:
        """The bytes of a member with others behind them, and how many are its own."""
        (full,) = self.members[name.lower()]
        size = self.size(name)
        buffer = np.empty(size + PADDING, dtype=np.uint8)
        buffer[size:] = 0
        try:
            with self._open(full) as file:
                got = _fill(file, buffer[:size].data)
                longer = bool(file.read(1))
        except _BROKEN as error:
            msg = f"{self.path}: {full} cannot be read ({error}). {_REPAIR}"
            raise DataError(msg) from error
        if got != size or longer:
            msg = f"{self.path}: {full} is {'longer' if longer else 'shorter'} than the {size:,} bytes announced. {_REPAIR}"
            raise DataError(msg)
        return buffer, size

    def _open(self, full: str) -> BinaryIO:
        if self.archive is None:
            return (self.path / full).open("rb")
        return self.archive.open(full)  # type: ignore[return-value]

    def size(self, name: str) -> int:
        """Bytes of a member once unpacked, as announced."""
        (full,) = self.members[name.lower()]
        return (self.path / full).stat().st_size if self.archive is None else self.archive.getinfo(full).file_size

    def require(self, names: Collection[str]) -> None:
        """Raise unless each of the members is there, once, and all of them can be unpacked within the bounds."""
        faults = []
        for name in names:
            found = self.members.get(name.lower(), [])
            if not found:
                near = did_you_mean(name, {Path(full).name for several in self.members.values() for full in several})
                faults.append(Fault(name, "", "", "", "is not there", near if near.startswith("Did") else ""))
            elif len(found) > 1:
                faults.append(Fault(name, "", "", "", f"is there {len(found)} times: {some(found)}", "Keep one of them."))
        if faults:
            there = some(sorted(full for several in self.members.values() for full in several), 12) or "nothing"
            zips = sorted(full for several in self.members.values() for full in several if full.endswith(".zip"))
            hint = f" To read a zip in the folder, name it: {some(str(self.path / name) for name in zips)}." if zips and self.archive is None else ""
            msg = f"{self.path}: expected {', '.join(names)}; there is {there}.{hint}"
            raise DataError(msg, faults)
        self._check_bounds(names)

    def _check_bounds(self, names: Collection[str]) -> None:
        sizes = {name: self.size(name) for name in names}
        faults = [fault for name in names for fault in self._member_faults(name, sizes[name])]
        if self.archive is not None and (total := sum(sizes.values())) > TOTAL_LIMIT:
            faults.append(Fault("all members", "", "", f"{total:,}", f"bytes unpacked are more than {TOTAL_LIMIT:,}", _UNPACK))
        if faults:
            msg = f"{self.path} cannot be unpacked safely: it is not as CORDIS publishes it."
            raise DataError(msg, faults)

    def _member_faults(self, name: str, size: int) -> Iterator[Fault]:
        if size > MEMBER_LIMIT:
            yield Fault(name, "", "", f"{size:,}", f"bytes unpacked are more than {MEMBER_LIMIT:,}", "Split it, or leave out what you do not need.")
        if self.archive is None:
            return
        info = self.archive.getinfo(self.members[name.lower()][0])
        if info.flag_bits & 1:
            yield Fault(name, "", "", "", "is encrypted", _UNPACK)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            yield Fault(name, "", "", "", f"is packed by method {info.compress_type}, not deflated", _UNPACK)
        if size > RATIO_FREE and size > RATIO_LIMIT * info.compress_size:
            yield Fault(name, "", "", f"{size:,}", f"bytes unpacked from {info.compress_size:,} are more than {RATIO_LIMIT} to 1", _UNPACK)


def _fill(file: BinaryIO, view: memoryview) -> int:
    got = 0
    while got < len(view):
        part = file.read(min(_CHUNK, len(view) - got))
        if not part:
            break
        view[got : got + len(part)] = part
        got += len(part)
    return got


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Source]:
    """A zip or a folder, open for reading.

    Nothing is written to disk. Only deflated and stored members are read: other methods cannot be bounded while they unpack.

    Raises
    ------
    DataError
        There is nothing at the path, or it is neither a zip nor a folder, or the zip is damaged.
    """
    place = Path(path)
    if place.is_dir():
        files = (file.relative_to(place) for pattern in ("*", "*/*") for file in sorted(place.glob(pattern)) if file.is_file())
        yield Source(place, None, _by_last_name(str(PurePosixPath(file)) for file in files))
        return
    if not place.exists():
        msg = f"{place} does not exist. {_GIVE}"
        raise DataError(msg)
    try:
        archive = zipfile.ZipFile(place)
    except _BROKEN as error:
        damaged = _begins(place) == b"PK"
        msg = f"{place} is {'a damaged' if damaged else 'no'} zip ({error}). {_REPAIR if damaged else _GIVE}"
        raise DataError(msg) from error
    with archive:
        yield Source(place, archive, _by_last_name(info.filename for info in archive.infolist() if not info.is_dir()))


def _begins(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(2)
    except OSError:
        return b""


def _by_last_name(names: Iterator[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(PurePosixPath(name.replace("\\", "/")).name.lower(), []).append(name)
    return found
