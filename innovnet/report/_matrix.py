"""Matrices of coloured cells: classes of ratios, one path for each colour, a scale with its values."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from innovnet._check import extra
from innovnet.report._canvas import label
from innovnet.report._format import number
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLASSES = 9
_HALF = CLASSES // 2


class Cell(NamedTuple):
    """A rectangle in px and the token of its colour."""

    left: float
    top: float
    width: float
    height: float
    token: str


def ratio_token(ratio: float, widest: float) -> str:
    """The colour of a ratio: nine classes, equal on a log scale, centred on 1; the outer ones hold all beyond ``1/widest`` and ``widest``."""
    if ratio <= 0:
        return "diverging-0"
    step = math.log(widest) / _HALF
    return f"diverging-{min(max(math.floor(math.log(ratio) / step + 0.5), -_HALF), _HALF) + _HALF}"


def times(value: float) -> str:
    """A ratio: 3.4×, and 0.26× where it is below 1."""
    return f"{number(value, 1 if round(value, 2) >= 1 else 2)}×"


def draw_cells(ax: "Axes", cells: Iterable[Cell]) -> None:
    """Fill the rectangles: one path for each colour, however many there are."""
    path, patches = extra("matplotlib.path").Path, extra("matplotlib.patches")
    of_token: dict[str, list[Cell]] = {}
    for cell in cells:
        of_token.setdefault(cell.token, []).append(cell)
    for token, members in sorted(of_token.items()):
        vertices = []
        for x, y, w, h, _ in members:
            vertices += [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
        codes = [path.MOVETO, path.LINETO, path.LINETO, path.LINETO, path.CLOSEPOLY] * len(members)
        ax.add_patch(patches.PathPatch(path(vertices, codes), facecolor=colour(token), linewidth=0))


def hatch(ax: "Axes", cells: Iterable[Cell], gap: float = 8.0) -> None:
    """Thin diagonals over the rectangles: there is a cell, and too little to say."""
    segments = []
    for x, y, w, h, _ in cells:
        for k in range(1, math.ceil((w + h) / gap)):
            offset = k * gap
            segments.append([(x + max(0.0, offset - h), y + min(offset, h)), (x + min(offset, w), y + max(0.0, offset - w))])
    ax.add_collection(extra("matplotlib.collections").LineCollection(segments, colors=colour("grid"), linewidths=1.0), autolim=False)


def ratio_scale(ax: "Axes", left: float, top: float, widest: float, swatch: float = 44.0) -> None:
    """The classes as swatches with the ratio at the middle of each, and words at both ends."""
    draw_cells(ax, [Cell(left + k * swatch, top, swatch - 1, 12, f"diverging-{k}") for k in range(CLASSES)])
    for k in range(CLASSES):
        middle = widest ** ((k - _HALF) / _HALF)
        text = number(middle, 0 if abs(middle - round(middle)) < 0.05 else 1)
        text = f"≤ {text}" if k == 0 else f"≥ {text}" if k == CLASSES - 1 else text
        label(ax, left + (k + 0.5) * swatch, top + 25, f"{text}×", ha="center", va="center", fontsize=10.5, color=colour("muted"))
    label(ax, left, top - 9, "less than expected", ha="left", va="center", fontsize=10.5, color=colour("muted"))
    label(ax, left + CLASSES * swatch - 1, top - 9, "more", ha="right", va="center", fontsize=10.5, color=colour("muted"))


def two_lines(text: str) -> str:
    """The text broken at the blank nearest to its middle."""
    blanks = [k for k, letter in enumerate(text) if letter == " "]
    if not blanks:
        return text
    best = min(blanks, key=lambda k: abs(k - len(text) / 2))
    return f"{text[:best]}\n{text[best + 1 :]}"
