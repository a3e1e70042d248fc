"""Drawing of figure 5: observed shares beside the range of random worlds."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, style
from innovnet.report._format import percent
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import dot
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VERDICTS = {"more": "more than by chance", "less": "less than by chance", "as": "as by chance"}
AGAIN = "again"
_ROW, _ROW_NARROW = 42, 66
_BAR, _THINNEST = 11.0, 3.0
_TITLES = ("Share of joint work between groups", "Partners with two or more joint projects")


class _Frame(NamedTuple):
    """Where things stand."""

    start: float
    end: float
    row: float
    narrow: bool


def plot_chance(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw observed shares (dots) beside the range of random worlds (bars).

    Parameters
    ----------
    table
        One row for each measure: measure ("again" gets a panel of its own), label, observed, verdict ("more", "less", "as"), and for each chance model
        expected, low and high with the ending ``_programme`` (light bar) and, where there is one, ``_part`` (dark bar); as in ``tables/chance.csv``.
    ax
        Axes to draw into; else a new figure.
    width
        In px: 960, or 352 for a narrow page.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-report/tables/chance.csv")  # doctest: +SKIP
    >>> inn.report.plot_chance(table).figure.savefig("chance.svg")  # doctest: +SKIP
    """
    models = [model for model in ("programme", "part") if f"expected_{model}" in table.columns]
    narrow = width < 700
    frame = _Frame(18.0, width - 22.0, _ROW_NARROW, True) if narrow else _Frame(262.0, 664.0, _ROW, False)
    again = table["measure"] == AGAIN
    panels = [(title, found) for title, found in zip(_TITLES, (table[~again], table[again]), strict=True) if len(found)]
    heights = [30 + frame.row * len(found) + 30 for _, found in panels]
    key = 52.0 if narrow and len(models) > 1 else 30.0
    with style():
        ax = axes(width, key + sum(heights), ax)
        _key(ax, models, narrow=narrow)
        top = key
        for (title, found), height in zip(panels, heights, strict=True):
            label(ax, 0, top + 12, title, fontsize=12 if narrow else 12.5, fontweight="bold", va="center_baseline")
            _panel(ax, found, models, top + 30, frame)
            top += height
    return ax


def _key(ax: "Axes", models: Sequence[str], *, narrow: bool) -> None:
    texts = {"programme": "by chance, whole programme", "part": "by chance, inside programme parts"}
    entries = [("observed", ""), *((texts[m] if len(models) > 1 else "by chance", _token(m, models)) for m in models)]
    places = [(6.0, 9.0), (96.0, 9.0), (96.0, 29.0)] if narrow else [(6.0, 9.0), (110.0, 9.0), (320.0, 9.0)]
    for (text, token), (x, y) in zip(entries, places, strict=False):
        if token:
            draw_cells(ax, [Cell(x - 2, y - _BAR / 2, 5, _BAR, token)])
        else:
            dot(ax, x, y, colour("accent"), size=8)
        label(ax, x + 10, y, text, fontsize=11, va="center_baseline", color=colour("muted"))


def _token(model: str, models: Sequence[str]) -> str:
    return "chance-strong" if model == models[-1] else "chance"


def _panel(ax: "Axes", table: pd.DataFrame, models: Sequence[str], top: float, frame: _Frame) -> None:
    values = pd.concat([table["observed"], *(table[f"{end}_{m}"] for m in models for end in ("low", "high"))])
    low = 0.0 if (table["measure"] == AGAIN).all() else float(values.min())
    ticks = share_ticks(low, float(values.max()))
    bottom = top + frame.row * len(table)
    ys = [top + (k + 0.5) * frame.row + (20 if frame.narrow else 0) for k in range(len(table))]
    lines = [(y - 15, y + 15) for y in ys] if frame.narrow else [(top, bottom)]

    def across(share: float) -> float:
        return frame.start + (share - ticks[0]) / (ticks[-1] - ticks[0]) * (frame.end - frame.start)

    digits = 0 if all(abs(t * 100 - round(t * 100)) < 1e-6 for t in ticks) else 1
    for tick in ticks:
        for first, last in lines:
            ax.plot([across(tick)] * 2, [first, last], color=colour("grid"), linewidth=1, zorder=0, solid_capstyle="butt")
        label(ax, across(tick), bottom + 12, percent(tick, digits), fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
    for row, y in zip(table.to_dict("records"), ys, strict=True):
        bars = []
        for j, model in enumerate(models):
            left, right = across(row[f"low_{model}"]), across(row[f"high_{model}"])
            wide = max(right - left, _THINNEST)
            offset = 0.0 if len(models) == 1 else (j - 0.5) * (_BAR + 2)
            bars.append(Cell((left + right - wide) / 2, y + offset - _BAR / 2, wide, _BAR, _token(model, models)))
        draw_cells(ax, bars)
        dot(ax, across(row["observed"]), y, colour("accent"), size=8)
        _texts(ax, row, models[-1], y, frame)


def _texts(ax: "Axes", row: Mapping[Any, Any], quoted: str, y: float, frame: _Frame) -> None:
    numbers = f"{percent(row['observed'], 1)} observed, {percent(row[f'expected_{quoted}'], 1)} by chance"
    verdict = VERDICTS[row["verdict"]]
    if frame.narrow:
        label(ax, 0, y - 40, row["label"], fontsize=12, va="center_baseline")
        label(ax, frame.end + 22, y - 24, verdict, fontsize=10.5, ha="right", va="center_baseline", color=colour("muted"))
        label(ax, 0, y - 24, numbers, fontsize=10.5, va="center_baseline", color=colour("muted"))
        return
    label(ax, frame.start - 24, y, row["label"], fontsize=12, ha="right", va="center_baseline")
    label(ax, frame.end + 32, y - 8, numbers, fontsize=12, va="center_baseline")
    label(ax, frame.end + 32, y + 9, verdict, fontsize=11, va="center_baseline", color=colour("muted"))


def share_ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Round shares around [low, high], at most ``most`` steps apart."""
    for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if max(last - first, 1) <= most:
            return [k * step for k in range(first, max(last, first + 1) + 1)]
    return [0.0, 0.5, 1.0]
