"""Drawing of figure 6: rows of organisations, one panel for each partition."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, style
from innovnet.report._chance_plot import share_ticks
from innovnet.report._format import percent
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import dot, draw_key, fitted, type_key
from innovnet.report._tokens import colour, type_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTITIONS = ("type", "field", "region", "country")
_HEADS = {
    "type": ("another type", "of organisation"),
    "field": ("another", "science field"),
    "region": ("another", "region"),
    "country": ("another", "country"),
}
_GONE = {"region": "no region code"}
_ROW, _ROW_NARROW, _BAR = 26.0, 44.0, 9.0
SHOWN_NARROW = 10


class _Panel(NamedTuple):
    partition: str
    left: float
    right: float
    ticks: list[float]

    def across(self, share: float) -> float:
        return self.left + (share - self.ticks[0]) / (self.ticks[-1] - self.ticks[0]) * (self.right - self.left)


def plot_bridgers(table: pd.DataFrame, *, place: str = "country", ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw what part of each organisation's joint work is with another type, field, region and country (dots), beside its random worlds (bars).

    Parameters
    ----------
    table
        One row for each organisation: display, type, the column named by ``place``, and for each partition observed, low and high with the ending
        ``_type``, ``_field``, ``_region`` or ``_country`` (missing: the organisation has no such group); as in ``tables/bridgers.csv``.
    place
        Column written behind the name.
    ax
        Axes to draw into; else a new figure.
    width
        In px: 960, or 352 for a narrow page, which shows the first ten.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure. A dot is filled where it lies outside its bar.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-report/tables/bridgers.csv")  # doctest: +SKIP
    >>> inn.report.plot_bridgers(table).figure.savefig("bridgers.svg")  # doctest: +SKIP
    """
    narrow = width < 700
    table = table.head(SHOWN_NARROW) if narrow else table
    found = [p for p in PARTITIONS if f"observed_{p}" in table.columns and table[f"observed_{p}"].notna().any()]
    key, used = type_key(table["type"], width)
    top, row = used + (54 if narrow else 62), _ROW_NARROW if narrow else _ROW
    bottom = top + row * len(table)
    with style():
        ax = axes(width, bottom + 28, ax)
        draw_key(ax, key)
        panels = _panels(table, found, 6.0 if narrow else 258.0, width - (14.0 if narrow else 22.0), 22.0 if narrow else 46.0)
        label(
            ax,
            0,
            used + (12 if narrow else 20),
            "Share of joint work with another …" if narrow else "Share of joint work with …",
            fontsize=12 if narrow else 12.5,
            fontweight="bold",
            va="center_baseline",
        )
        for k, record in enumerate(table.to_dict("records")):
            y = top + (k + 0.5) * row
            _name(ax, record, place, y - 12 if narrow else y, width if narrow else 240.0, narrow=narrow)
        for panel in panels:
            _panel(ax, table, panel, used, [top + (k + 0.5) * row + (8 if narrow else 0) for k in range(len(table))], bottom, narrow=narrow)
    return ax


def _panels(table: pd.DataFrame, found: list[str], left: float, right: float, gap: float) -> list[_Panel]:
    each = (right - left - gap * (len(found) - 1)) / max(len(found), 1)
    panels = []
    for k, partition in enumerate(found):
        values = pd.concat([table[f"{name}_{partition}"] for name in ("observed", "low", "high")]).dropna()
        start = left + k * (each + gap)
        panels.append(_Panel(partition, start, start + each, share_ticks(float(values.min()), float(values.max()), 4)))
    return panels


def _name(ax: "Axes", record: Mapping[Any, Any], place: str, y: float, right: float, *, narrow: bool) -> None:
    where = record.get(place)
    where = "" if where is None or pd.isna(where) else fitted(str(where), 90, 11)
    if narrow:
        label(ax, 0, y, fitted(str(record["display"]), right - 100, 12), fontsize=12, va="center_baseline")
        label(ax, right, y, where, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
        return
    room = 30 if place == "country" else 94
    label(ax, 0, y, fitted(str(record["display"]), right - room - 8, 12), fontsize=12, va="center_baseline")
    label(ax, right - room, y, where, fontsize=11, va="center_baseline", color=colour("muted"))


def _panel(ax: "Axes", table: pd.DataFrame, panel: _Panel, used: float, ys: list[float], bottom: float, *, narrow: bool) -> None:
    first, second = _HEADS[panel.partition]
    if narrow:
        label(ax, panel.left - 6, used + 32, panel.partition, fontsize=11, va="center_baseline")
    else:
        label(ax, panel.left - 6, used + 20, f"… {first}", fontsize=12, va="center_baseline")
        label(ax, panel.left - 6, used + 36, second, fontsize=12, va="center_baseline")
    shown = panel.ticks[:: len(panel.ticks) - 1] if narrow else panel.ticks
    for tick in panel.ticks:
        for y in ys:
            half = 11 if narrow else _ROW / 2
            ax.plot([panel.across(tick)] * 2, [y - half, y + half], color=colour("grid"), linewidth=1, zorder=0, solid_capstyle="butt")
    for tick in shown:
        ha = "center" if not narrow else "left" if tick == shown[0] else "right"
        shift = {"center": 0.0, "left": -6.0, "right": 6.0}[ha]
        label(
            ax,
            panel.across(tick) + shift,
            bottom + 14,
            percent(tick, _digits(panel.ticks)),
            fontsize=10.5 if narrow else 11,
            ha=ha,
            va="center_baseline",
            color=colour("muted"),
        )
    bars = []
    for record, y in zip(table.to_dict("records"), ys, strict=True):
        seen, low, high = (record[f"{name}_{panel.partition}"] for name in ("observed", "low", "high"))
        if math.isnan(seen) or math.isnan(low):
            text = "–" if narrow else _GONE.get(panel.partition, f"no {panel.partition}")
            label(ax, panel.left, y, text, fontsize=11, fontstyle="italic", va="center_baseline", color=colour("muted"))
            continue
        left, right = panel.across(low), panel.across(high)
        wide = max(right - left, 3.0)
        bars.append(Cell((left + right - wide) / 2, y - _BAR / 2, wide, _BAR, "chance-strong"))
        kind = record["type"]
        dot(ax, panel.across(seen), y, type_colour(kind) if isinstance(kind, str) else colour("accent"), full=not low <= seen <= high, size=7.5)
    draw_cells(ax, bars)


def _digits(ticks: list[float]) -> int:
    return 0 if all(abs(t * 100 - round(t * 100)) < 1e-6 for t in ticks) else 1
