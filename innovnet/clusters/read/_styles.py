"""Numbers of a workbook as a person sees them: dates, years in cells of dates, codes with leading zeros."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from innovnet.clusters.read._package import Package

_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58))  # built-in formats with a day, a month or a year
_SILENT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_YEARS_BELOW = (re.compile(r"\[<(\d+)\]0;([^;]+)"), re.compile(r"\[>=(\d+)\]([^;]+);0"))  # smaller numbers as they are, others as dates
_LAST = 2_958_466  # the day after 9999-12-31
_EPOCH_1904 = 1462  # days between the two systems


class Style(NamedTuple):
    """How numbers in cells of a style are shown."""

    date: bool = False
    below: int = 0  #: smaller numbers are shown as numbers although the cell is of dates
    zeros: int = 0  #: shown with zeros in front, up to this many digits


class Styles:
    """The styles of a workbook."""

    def __init__(self, styles: Sequence[Style], *, epoch_1904: bool) -> None:
        self._styles = styles
        self._shift = _EPOCH_1904 if epoch_1904 else 0
        self.plain = frozenset(str(k) for k, style in enumerate(styles) if style == Style()) | {None}
        self._known: dict[tuple[float, str | None], object] = {}

    def shown(self, number: float, style: str | None) -> object:
        """The number, or the date or text that a person sees in its place. Cells of equal content share one object."""
        key = number, style
        if key not in self._known:
            self._known[key] = self._shown(number, int(style or 0))
        return self._known[key]

    def _shown(self, number: float, style: int) -> object:
        date, below, zeros = self._styles[style] if 0 <= style < len(self._styles) else Style()
        if zeros and isinstance(number, int) and number >= 0:
            return str(number).zfill(zeros)
        if date and number >= below:
            return day_of(number + self._shift) or number
        return number


def day_of(serial: float) -> dt.datetime | None:
    """Excel's number of days as a moment; None where it has none. It takes 1900 for a leap year: its day 60 does not exist."""
    if not 1 <= serial < _LAST or 60 <= serial < 61:
        return None
    start = dt.datetime(1899, 12, 30 if serial > 60 else 31)  # noqa: DTZ001  # workbooks know no time zones
    return start + dt.timedelta(seconds=round(serial * 86_400))


def style_of(number_format: int, code: str | None) -> Style:
    """The style of a built-in or own number format."""
    if code is None:
        return Style(date=number_format in _DATES)
    if re.fullmatch(r"0{2,}", code):
        return Style(zeros=len(code))
    years = next(filter(None, (pattern.fullmatch(code) for pattern in _YEARS_BELOW)), None)
    letters = _SILENT.sub("", years[2] if years else code).lower().partition(";")[0]
    date = bool(re.search(r"[dy]|mmm", letters))
    return Style(date=date, below=int(years[1]) if years and date else 0)


def styles_of(package: Package, part: str | None, *, epoch_1904: bool) -> Styles:
    """Read the styles of a workbook."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    inside = False

    def start(tag: str, at: dict[str, str]) -> None:
        nonlocal inside
        name = tag.rpartition("}")[2]
        if name == "numFmt":
            codes[int(at["numFmtId"])] = at["formatCode"]
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            formats.append(int(at.get("numFmtId", 0)))

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and not tag.endswith("}cellXfs")

    if part is not None:
        package.parse(part, start, end)
    return Styles([style_of(number, codes.get(number)) for number in formats], epoch_1904=epoch_1904)
