"""Drawing of transitions: counts first, shares with their intervals second."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._format import number, percent, span
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour
from innovnet.report._words import capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CLASSES = (0.05, 0.2, 0.5)  #: shares at which the blue becomes darker
_SLANT = math.radians(50)


def plot_country_moves(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw how often each level was followed by each other one: counts, below them estimated shares with their intervals; rows of few transitions in grey.

    Parameters
    ----------
    table
        One row for each pair of levels: source, target, count, total, share, mean, low, high, few; as :meth:`innovnet.clusters.Monitoring.transitions` returns it.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page (counts only).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import innovnet as inn
    >>> followed = inn.clusters.monitor(inn.clusters.example(), inn.example(), rules="lithuania", years=range(2016, 2026))  # doctest: +SKIP
    >>> inn.report.plot_country_moves(followed.transitions()).figure.savefig("moves.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    rows, columns = list(dict.fromkeys(table["source"])), list(dict.fromkeys(table["target"]))
    notes = {name: _note(table[table["source"] == name].iloc[0], wide=wide) for name in rows}
    widest = max(max(width_of(capital(name), 12.5), width_of(notes[name], 11)) for name in rows) + 14
    left = min(widest, 250.0 if wide else 116.0)
    slanted = not wide
    head = 34.0 if wide else max(width_of(name, 11) for name in columns) * math.sin(_SLANT) + 20
    over = 0.0 if wide else max(width_of(columns[-1], 11) * math.cos(_SLANT) - 10, 0.0)
    cell, step = min((width - left - over) / len(columns), 134.0), 54.0 if wide else 40.0
    ax = axes(width, head + step * len(rows) + 2, ax)
    with style():
        for k, name in enumerate(columns):
            x = left + (k + 0.5) * cell
            if slanted:
                options = {"ha": "left", "va": "bottom", "rotation": 50, "rotation_mode": "anchor"}
                label(ax, x, head - 6, fitted(name, 120, 11), fontsize=11, color=colour("muted"), **options)
            else:
                label(ax, x, head - 14, fitted(name, cell - 6, 11.5), fontsize=11.5, ha="center", va="center_baseline", color=colour("muted"))
        for k, name in enumerate(rows):
            _row(ax, table[table["source"] == name], name, notes[name], (left, head + k * step, cell, step), wide=wide)
    return ax


def _note(row: pd.Series, *, wide: bool) -> str:
    n = int(row["total"])
    if not row["few"]:
        return f"n = {number(n)}"
    if not n:
        return "no transition"
    return f"{number(n)} {'transition' if n == 1 else 'transitions'}, too few to read" if wide else f"n = {number(n)}, too few"


def _row(ax: "Axes", rows: pd.DataFrame, name: str, note: str, place: tuple[float, float, float, float], *, wide: bool) -> None:
    left, top, cell, step = place
    few = bool(rows["few"].iloc[0])
    tone, room = colour("muted" if few else "ink"), left - 12
    label(ax, 0, top + step / 2 - 8, fitted(capital(name), room, 12.5), fontsize=12.5, va="center_baseline", color=tone)
    label(ax, 0, top + step / 2 + 9, fitted(note, room, 11), fontsize=11, va="center_baseline", color=colour("muted"))
    cells = []
    for k, row in enumerate(rows.to_dict("records")):
        shown = Cell(left + k * cell, top, cell - 2, step - 2, _token(row, few))
        cells.append(shown)
        tone = colour("muted") if few or not row["count"] else on_colour(colour(shown.token))
        x, y = shown.left + shown.width / 2, top + step / 2 - 1
        possible = pd.notna(row["low"]) or row["count"] > 0
        label(
            ax,
            x,
            y - (9 if wide and not few and possible else 0),
            number(row["count"]) if possible else "–",
            fontsize=13.5 if row["count"] else 12,
            fontweight="bold" if row["count"] and not few else "normal",
            ha="center",
            va="center_baseline",
            color=tone,
        )
        if wide and not few and possible:
            estimated = f"{percent(row['mean'])} ({span(100 * row['low'], 100 * row['high'], 0)})"
            label(ax, x, y + 10, estimated, fontsize=10.5, ha="center", va="center_baseline", color=tone)
    draw_cells(ax, cells)


def _token(row: Mapping[Any, Any], few: bool) -> str:
    count, share = row["count"], row["share"]
    if not count or few:
        return "soft" if few and count else "paper"
    return f"blue-{sum(share > bound for bound in _CLASSES)}"
