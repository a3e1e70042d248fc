"""Rows of organisations with a thin stem for each of several measures: the form of rankings."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from innovnet.report._canvas import label, width_of
from innovnet.report._names import shorten
from innovnet.report._tokens import TYPES, colour, type_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 600  #: px from which a figure is drawn for the wide page
ROW, ROW_NARROW = 24, 42
HEADS = 40  #: height of the heads of the columns
LEADERS = 5  #: the first of a column, in bold


class Stem(NamedTuple):
    """A measure shown as stem, dot and number."""

    column: str
    head: str
    unit: str
    text: Callable[[pd.Series], list[str]]  #: all values of the column, in the same number of digits


def fitted(text: str, room: float, size: float = 12.5, *, bold: bool = False) -> str:
    """The text, cut at a word's end until it is no wider than ``room`` px."""
    budget = len(text)
    while budget > 4 and width_of(text, size, bold=bold) > room:
        budget -= 1
        text = shorten(text, budget)
    return text


def type_key(kinds: Iterable[Any], width: float) -> tuple[list[tuple[str, str, bool, float, float]], float]:
    """The types of organisation that occur, set in lines of ``width``: (name, colour, filled, x, y) and the height of all; nothing where no type is known."""
    found = set(kinds)
    shown = [(name, type_colour(kind), True) for kind, name in TYPES.items() if kind in found]
    if shown and any(pd.isna(kind) or kind not in TYPES for kind in found):
        shown.append(("Type not known", colour("other"), False))
    placed, x, y = [], 0.0, 9.0
    for name, tone, full in shown:
        taken = width_of(name, 11.5) + 14
        if x > 0 and x + taken > width:
            x, y = 0.0, y + 19
        placed.append((name, tone, full, x, y))
        x += taken + 16
    return placed, y + 17 if shown else 0.0


def draw_key(ax: "Axes", placed: Iterable[tuple[str, str, bool, float, float]], *, left: float = 0.0, top: float = 0.0) -> None:
    """Draw what :func:`type_key` has set."""
    for name, tone, full, x, y in placed:
        dot(ax, left + x + 4, top + y, tone, full=full, size=6.5)
        label(ax, left + x + 13, top + y, name, fontsize=11.5, va="center_baseline", color=colour("muted"))


def dot(ax: "Axes", x: float, y: float, tone: str, *, full: bool = True, size: float = 7.0) -> None:
    """A dot, or a ring filled with paper."""
    ax.plot([x], [y], "o", markersize=size, markerfacecolor=tone if full else colour("paper"), markeredgecolor=tone, markeredgewidth=1.4, clip_on=False)


def stem_rows(ax: "Axes", table: pd.DataFrame, stems: Sequence[Stem], *, title: str, top: float, width: float, place: str | None, ring: bool = False) -> float:
    """Draw one row for each row of the table, from ``top`` on; returns the bottom.

    The table has rank, display, type, the column of each stem and its ``_rank``, and the column named ``place`` if that is shown.
    """
    wide = width > WIDE
    left, columns = (352.0, 4) if wide else (0.0, 3)
    pitch = (width - left) / columns
    lefts = [left + k * pitch for k in range(len(stems))]
    start, step = top + HEADS, ROW if wide else ROW_NARROW
    label(ax, 0, top + 14, title, fontsize=12.5, fontweight="bold")
    for stem, x in zip(stems, lefts, strict=True):
        head = 0 if wide else title_height(title)
        label(ax, x, top + head + 14, stem.head, fontsize=12.5 if wide else 12, fontweight="bold")
        label(ax, x, top + head + 30, fitted(stem.unit, pitch - 8, 10.5), fontsize=10.5, color=colour("muted"))
    start += 0 if wide else title_height(title)
    for k in range(len(table)):
        (_name_wide if wide else _name_narrow)(ax, table.iloc[k], start + k * step + 12, left if wide else width, place)
    for stem, x in zip(stems, lefts, strict=True):
        _column(ax, table, stem, x, [start + k * step + (12 if wide else 29) for k in range(len(table))], pitch - (62 if wide else 52), ring=ring)
    bottom = start + len(table) * step
    if wide:
        for x in lefts:
            ax.plot([x, x], [start, bottom], color=colour("grid"), linewidth=1, solid_capstyle="butt", zorder=0)
    return bottom


def rows_height(n: int, width: float, title: str) -> float:
    """Height of :func:`stem_rows`."""
    return HEADS + n * ROW if width > WIDE else title_height(title) + HEADS + n * ROW_NARROW


def title_height(title: str) -> float:
    """On a narrow page the title has a line of its own."""
    return 24 if title else 0


def _name_wide(ax: "Axes", row: pd.Series, y: float, right: float, place: str | None) -> None:
    label(ax, 22, y, row["rank"], fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
    where = "" if place is None or pd.isna(row[place]) else str(row[place])
    room = {None: right - 50, "city": 216}.get(place, right - 90)
    label(ax, 32, y, fitted(row["display"], room), fontsize=12.5, va="center_baseline")
    if where:
        start = 256 if place == "city" else right - 46
        label(ax, start, y, fitted(where, right - 12 - start, 11), fontsize=11, va="center_baseline", color=colour("muted"))


def _name_narrow(ax: "Axes", row: pd.Series, y: float, width: float, place: str | None) -> None:
    label(ax, 0, y, row["rank"], fontsize=11, va="center_baseline", color=colour("muted"))
    where = "" if place is None or pd.isna(row[place]) else fitted(str(row[place]), 96, 11)
    taken = width_of(where, 11) + 12 if where else 0
    label(ax, 22, y, fitted(row["display"], width - 22 - taken), fontsize=12.5, va="center_baseline")
    if where:
        label(ax, width, y, where, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))


def _column(ax: "Axes", table: pd.DataFrame, stem: Stem, x: float, ys: Sequence[float], length: float, *, ring: bool) -> None:
    values = table[stem.column].astype("float64")
    ranks = table.get(f"{stem.column}_rank") if len(table) >= 2 * LEADERS else None
    typed = table["type"].notna().any()
    for k, (value, text, y) in enumerate(zip(values, stem.text(values), ys, strict=True)):
        kind, bold = table["type"].iloc[k], ranks is not None and (ranks <= ranks.iloc[k]).sum() <= LEADERS and ranks.iloc[k] <= LEADERS
        if not value > 0:
            label(ax, x + 8, y, "not known" if pd.isna(value) else "0", fontsize=11, va="center_baseline", color=colour("muted"))
            continue
        tone, end = type_colour(kind) if typed else colour("accent"), x + length * value / float(values.max())
        ax.plot([x, end], [y, y], color=tone, linewidth=1.4, solid_capstyle="butt")
        dot(ax, end, y, tone, full=not ring and (pd.notna(kind) or not typed), size=8.5 if bold else 5.5)
        label(ax, end + 9, y, text, fontsize=12 if bold else 11, fontweight="bold" if bold else "normal", va="center_baseline")
