"""The parts of a workbook: a zip whose members are bounded before they are unpacked, and whose XML declares no document type."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

from innovnet.errors import DataError

#: Bounds on what is unpacked. Sheets come to a fiftieth of their size at the most; a bomb comes to a thousandth.
TOTAL_LIMIT = 2**30
RATIO_LIMIT = 200
RATIO_FREE = 2**20  # a part of less than this may be as repetitive as it likes

_CHUNK = 2**18
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, OSError, ValueError, KeyError)
_AGAIN = "Open it in a spreadsheet program and save it as Excel workbook (.xlsx); if it does not open there, take an earlier copy."
_COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def unreadable(path: Path, problem: str, remedy: str = _AGAIN) -> DataError:
    """The error for a file that cannot be read."""
    return DataError(f"{path}: E24 the file cannot be read: {problem}. {remedy}")


class Package:
    """A workbook's zip, open for reading."""

    def __init__(self, path: Path) -> None:
        """Check it: what it is, and that nothing in it is too large, encrypted or there twice."""
        self.path = path
        _check_kind(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise unreadable(path, f"it is damaged or was not wholly copied ({error})") from error
        try:
            self._members = {info.filename.lower().lstrip("/"): info for info in self._zip.infolist()}
            self._check_members()
            self._check_office()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._members

    def _check_members(self) -> None:
        infos = self._zip.infolist()
        if len(self._members) < len(infos):
            raise unreadable(self.path, "a part of it is there twice")
        if sum(info.file_size for info in infos) > TOTAL_LIMIT:
            raise unreadable(self.path, f"unpacked it comes to more than {TOTAL_LIMIT:,} bytes", "Leave out sheets that do not belong to the register.")
        for info in infos:
            if info.flag_bits & 1:
                raise unreadable(self.path, "it is encrypted", "Remove the password and save it again.")
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise unreadable(self.path, f"its part {info.filename} is packed by method {info.compress_type}, which no spreadsheet program uses")
            if info.file_size > RATIO_FREE and info.file_size > RATIO_LIMIT * info.compress_size:
                words = f"its part {info.filename} unpacks from {info.compress_size:,} to {info.file_size:,} bytes, more than {RATIO_LIMIT} to 1"
                raise unreadable(self.path, words)

    def _check_office(self) -> None:
        if "xl/workbook.bin" in self:
            raise unreadable(self.path, "it is a binary workbook (.xlsb)", "Save it as Excel workbook (.xlsx).")
        if "content.xml" in self:
            raise unreadable(self.path, "it is an OpenDocument file (.ods)", "Save it as Excel workbook (.xlsx).")
        if "[content_types].xml" not in self:
            raise unreadable(self.path, "it is a zip, but no workbook", "Give the workbook (.xlsx), or the folder of csv files.")

    def parse(self, part: str, start: Start, end: End | None = None, text: Callable[[str], object] | None = None) -> None:
        """Parse a part as XML: names are ``namespace}name``, attributes a dict. A document type, so every entity, is refused."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.buffer_size = 2**16
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._doctype
        info = self._members.get(part.lower())
        if info is None:
            raise unreadable(self.path, f"its part {part} is missing")
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise unreadable(self.path, f"its part {info.filename} is damaged ({error})") from error
        except DataError:
            raise
        except _BROKEN as error:
            raise unreadable(self.path, f"its part {info.filename} is damaged ({error})") from error

    def _doctype(self, *_: object) -> None:
        raise unreadable(self.path, "a part of it declares a document type (DOCTYPE), which no workbook does and which may hide a bomb")

    def relations(self, part: str) -> Mapping[str, tuple[str, str]]:
        """Identifier -> kind (last word) and path of the parts that a part refers to; "" is the workbook's file itself."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, at: dict[str, str]) -> None:
            if tag == _RELATION and at.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, at["Target"])).lstrip("/")
                found[at["Id"]] = at["Type"].rpartition("/")[2], target

        if place in self:
            self.parse(place, start)
        return found


def _check_kind(path: Path) -> None:
    """Raise unless the file begins like a zip, saying what it is instead where that can be told."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
            body = file.read(2**20) if head == _COMPOUND else b""
    except OSError as error:
        raise unreadable(path, error.strerror or str(error), "Close it in other programs, and check that you may read it.") from error
    if head == _COMPOUND and "EncryptedPackage".encode("utf-16-le") in body:
        raise unreadable(path, "it is encrypted", "Open it in a spreadsheet program, remove the password (File, Info, Protect Workbook) and save it again.")
    if head == _COMPOUND:
        raise unreadable(path, "it is a workbook of the old kind (.xls), or it is encrypted", "Save it as Excel workbook (.xlsx), without a password.")
    if not head:
        raise unreadable(path, "it is empty", "Take an earlier copy.")
    if head[:2] != b"PK":
        raise unreadable(path, "it is no workbook", "Give a workbook (.xlsx), or a folder with one csv file for each sheet.")
