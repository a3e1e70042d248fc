"""Drawing of the levels as a flight of steps: reached, possible, not reached."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REACHED, POSSIBLE, NOT_REACHED = "reached", "possible", "not reached"
STATES = {REACHED: "reached", POSSIBLE: "open: data missing", NOT_REACHED: "not reached"}
FIRST, RISE = 24.0, 7.0  #: height of the first step and what each further one adds
GROUND = 128.0  #: width of the place below the first step
ROW_NARROW = 38.0
ABOVE = 16.0  #: room for the marks of the highest step
_KEY = 18.0


def level_token(rank: int, levels: int) -> str:
    """The colour of a level: one ramp, whatever the number of levels; the digit is always written beside or in it."""
    return f"blue-{1 + round(3 * (rank - 1) / max(levels - 1, 1))}" if rank > 0 else "soft"


def plot_cluster_ladder(table: pd.DataFrame, *, marks: pd.DataFrame | None = None, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw the levels of maturity as steps, with the ones a cluster has reached.

    Parameters
    ----------
    table
        One row for each rank from 0 (below the first level): rank, level, local (its word in another language, or empty), state ("reached", "possible"
        or "not reached"); and, if there is such a column, ours (whether no authority stands behind its criteria).
    marks
        rank, text, detail (left out on a narrow page), symbol (a marker of matplotlib): what else points to a step, such as the level on published criteria.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> levels = pd.DataFrame({"rank": [0, 1], "level": ["none", "formed"], "local": "", "state": ["reached", "possible"]})
    >>> inn.report.plot_cluster_ladder(levels).figure.savefig("ladder.svg")  # doctest: +SKIP
    """
    marks = pd.DataFrame({"rank": [], "text": [], "detail": [], "symbol": []}) if marks is None else marks
    wide = width > WIDE
    keys, top = _key_places(marks, width)
    rise = FIRST + RISE * (len(table) - 2)
    height = top + ABOVE + rise + 21 if wide else top + ROW_NARROW * len(table)
    ax = axes(width, height, ax)
    with style():
        for symbol, text, x, y in keys:
            _symbol(ax, x + 6, y, symbol)
            label(ax, x + 17, y, text, fontsize=12.5, va="center_baseline", color=colour("ink"))
        (_steps if wide else _rows)(ax, table, marks, top, width)
    return ax


def _key_places(marks: pd.DataFrame, width: float) -> tuple[list[tuple[str, str, float, float]], float]:
    """What the symbols mean, in lines of the width; and the height of all."""
    placed, x, y = [], 0.0, 8.0
    for symbol, text, detail in zip(marks["symbol"], marks["text"], marks["detail"], strict=True):
        shown = fitted(f"{text}: {detail}" if width > WIDE else str(text), 0.95 * width - 17, 12.5)
        taken = 17 + width_of(shown, 12.5)
        if x > 0 and x + taken > width:
            x, y = 0.0, y + 19
        placed.append((str(symbol), shown, x, y))
        x += taken + 26
    return placed, y + _KEY - 8 if placed else 0.0


def _symbol(ax: "Axes", x: float, y: float, symbol: str) -> None:
    ax.plot([x], [y], symbol, markersize=11, color=colour("ink"), markeredgecolor=colour("paper"), markeredgewidth=0.8, clip_on=False, zorder=5)


def _steps(ax: "Axes", table: pd.DataFrame, marks: pd.DataFrame, top: float, width: float) -> None:
    """Steps from left to right, the higher the level the higher the step."""
    levels = len(table) - 1
    base = top + ABOVE + FIRST + RISE * (levels - 1)
    step = (width - GROUND) / levels
    for rank, level, state, below in zip(table["rank"], table["level"], table["state"], _below(table), strict=True):
        left = GROUND + (rank - 1) * step + 3 if rank else 0.0
        across = step - 3 if rank else GROUND
        high = FIRST + RISE * (rank - 1) if rank else 3.0
        tone = _block(ax, Cell(left, base - high, across, high, level_token(rank, levels)), state if rank else NOT_REACHED)
        word = fitted(f"{level[:1].upper()}{level[1:]}", across - 34 if rank else across - 6, 12.5, bold=True)
        if rank:
            label(ax, left + 10, base - 13, rank, fontsize=12.5, fontweight="bold", va="center_baseline", color=tone)
            label(ax, left + 26, base - 13, word, fontsize=12.5, fontweight="bold", va="center_baseline", color=tone)
            short = below if width_of(below, 11) <= across - 2 else below.replace(": data missing", "")
            label(ax, left + 1, base + 13, fitted(short, across - 2, 11), fontsize=11, va="center_baseline", color=colour("muted"))
        else:
            none = table["state"].iloc[1] != REACHED  # it has not reached the first level
            weight, tone = ("bold", colour("ink")) if none else ("normal", colour("muted"))
            label(ax, left, base - 13, fitted(word, across, 12, bold=none), fontsize=12, fontweight=weight, va="center_baseline", color=tone)
        symbols = marks.loc[marks["rank"] == rank, "symbol"].to_list()
        for k, symbol in enumerate(symbols):
            _symbol(ax, left + across / 2 + 20 * (k - (len(symbols) - 1) / 2), base - (high if rank else 22) - 9, symbol)


def _rows(ax: "Axes", table: pd.DataFrame, marks: pd.DataFrame, top: float, width: float) -> None:
    """A row for each level, the highest above; the tiles make the steps."""
    levels = len(table) - 1
    rows = zip(table["rank"], table["level"], table["state"], _below(table), strict=True)
    for k, (rank, level, state, below) in enumerate(reversed(list(rows))):
        y = top + k * ROW_NARROW
        left, across = 9.0 * (levels - rank), 30.0 + 9.0 * rank
        if rank:
            tone = _block(ax, Cell(left, y + 2, across, ROW_NARROW - 4, level_token(rank, levels)), state)
            label(ax, left + across - 15, y + ROW_NARROW / 2, rank, fontsize=12.5, fontweight="bold", ha="center", va="center_baseline", color=tone)
        else:
            ax.plot([0, 9.0 * levels + 30], [y + 5, y + 5], color=colour("chance"), linewidth=3, solid_capstyle="butt")
        x = 9.0 * levels + 40
        symbols = marks.loc[marks["rank"] == rank, "symbol"].to_list()
        room = width - x - 18 * len(symbols)
        word = fitted(f"{level[:1].upper()}{level[1:]}", room, 12.5, bold=rank > 0)
        strong = rank > 0 or table["state"].iloc[1] != REACHED
        label(ax, x, y + 12, word, fontsize=12.5, fontweight="bold" if strong else "normal", va="center_baseline")
        if rank:
            label(ax, x, y + 28, fitted(below, width - x, 11), fontsize=11, va="center_baseline", color=colour("muted"))
        for j, symbol in enumerate(symbols):
            _symbol(ax, width - 6 - 18 * j, y + 12, symbol)


def _below(table: pd.DataFrame) -> list[str]:
    """What is written below each step: its word in another language, its state, whether it is ours alone."""
    ours = table["ours"] if "ours" in table else [False] * len(table)
    parts = zip(table["local"], table["state"].map(STATES), ours, strict=True)
    return [" · ".join(part for part in (local, state, "ours" if own else "") if part) for local, state, own in parts]


def _block(ax: "Axes", cell: Cell, state: str) -> str:
    """A filled, a striped or an empty step; returns the colour of text on it."""
    patches = extra("matplotlib.patches")
    frame = (cell.left, cell.top), cell.width, cell.height
    if state == REACHED:
        draw_cells(ax, [cell])
        return on_colour(colour(cell.token))
    if state == NOT_REACHED:
        ax.add_patch(patches.Rectangle(*frame, facecolor=colour("soft"), linewidth=0))
        return colour("muted")
    stripes(ax, cell)
    return colour("ink")


def stripes(ax: "Axes", cell: Cell, gap: float = 9.0) -> None:
    """A frame with broad diagonals: it may be so, data are missing."""
    x, y, w, h, _token = cell
    frame = extra("matplotlib.patches").Rectangle((x + 0.6, y + 0.6), w - 1.2, h - 1.2, facecolor="none", edgecolor=colour("accent"), linewidth=1.2, zorder=2)
    ax.add_patch(frame)
    lines = []
    for k in range(1, int((w + h) / gap) + 1):
        offset = k * gap
        lines.append([(x + max(0.0, offset - h), y + min(offset, h)), (x + min(offset, w), y + max(0.0, offset - w))])
    ax.add_collection(extra("matplotlib.collections").LineCollection(lines, colors=colour("blue-1"), linewidths=3.0, capstyle="butt", zorder=1), autolim=False)
