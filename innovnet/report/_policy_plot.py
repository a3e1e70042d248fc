"""Drawing of what policies change: one row for each, with interval and cost."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, style, width_of
from innovnet.report._format import signed
from innovnet.report._policy_words import TOLD, UNDEFINED, cost_text, digits_of, name_of, signed_span
from innovnet.report._rows import WIDE, dot, fitted
from innovnet.report._scale import Scale, digits_for, ticks_over
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, ROW_NARROW = 34, 70
TOP, TOP_NARROW = 44, 46
AXIS = 30  #: room for the ticks below the rows


class Places(NamedTuple):
    """Where the columns of the figure are, in px."""

    left: float
    right: float
    difference: float
    cost: float


_WIDE_PLACES = Places(186, 496, 516, 712)


def plot_policies(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw the difference that each policy makes in a model, with its 95 % interval and what an additional result costs.

    Parameters
    ----------
    table
        One row for each policy, in the order to be drawn: scenario, title, thing, difference, difference_low, difference_high, verdict, paid_eur,
        cost_eur, cost_low_eur, cost_high_eur; as in ``tables/policy_smes_in_cooperation.csv`` of a report.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Notes
    -----
    A difference whose interval contains 0 is a hollow grey dot, and has no cost.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-simulation/tables/policy_smes_in_cooperation.csv")  # doctest: +SKIP
    >>> inn.report.plot_policies(table).figure.savefig("policies.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    step, top = (ROW, TOP) if wide else (ROW_NARROW, TOP_NARROW)
    bottom = top + step * len(table) + 6
    ax = axes(width, bottom + AXIS, ax)
    places = _WIDE_PLACES if wide else Places(6, width - 6, 0, 0)
    with style():
        scale, ticks = _scale(table, places)
        lines = [(top - 4, bottom)] if wide else [(top + step * k + 22, top + step * k + 42) for k in range(len(table))]
        _frame(ax, scale, ticks, lines, bottom)
        title, _comma, years = str(table["title"].iloc[0]).rpartition(", ") if not wide else (str(table["title"].iloc[0]), "", "")
        label(ax, 0, 14, fitted(title, width, 12.5, bold=True), fontsize=12.5, fontweight="bold")
        if not wide:
            label(ax, 0, 32, years, fontsize=11, color=colour("muted"))
        else:
            label(ax, places.difference, 34, "difference (95 % interval)", fontsize=11, color=colour("muted"))
            label(ax, places.cost, 34, fitted(f"cost per additional {table['thing'].iloc[0]}", width - places.cost, 11), fontsize=11, color=colour("muted"))
        digits = digits_of(table)
        for k, (_index, row) in enumerate(table.iterrows()):
            _row(ax, row, scale, top + step * k, places, digits, width=width)
    return ax


def _scale(table: pd.DataFrame, places: Places) -> tuple[Scale, list[tuple[float, str]]]:
    """A scale with 0 in it, and about six round ticks with their texts, those left out that would touch the one before."""
    low = min(0.0, float(table[["difference", "difference_low"]].min().min()))
    high = max(0.0, float(table[["difference", "difference_high"]].max().max()))
    ticks = ticks_over(low, high)
    texts = ["0" if tick == 0 else signed(tick, digits_for(ticks[1] - ticks[0])) for tick in ticks]
    scale = Scale(ticks[0], ticks[-1], places.left + max(14, width_of(texts[0], 11) / 2), places.right - max(14, width_of(texts[-1], 11) / 2))
    pitch = (scale.end - scale.start) / (len(ticks) - 1)
    every = math.ceil((max(width_of(text, 11) for text in texts) + 8) / pitch)
    zero = ticks.index(0)
    return scale, [(tick, text if (k - zero) % every == 0 else "") for k, (tick, text) in enumerate(zip(ticks, texts, strict=True))]


def _frame(ax: "Axes", scale: Scale, ticks: list[tuple[float, str]], lines: Sequence[tuple[float, float]], bottom: float) -> None:
    """Grid, the line of no effect, ticks below; ``lines`` are the heights where nothing is written."""
    for tick, text in ticks:
        tone, wide = (colour("ink"), 1.3) if tick == 0 else (colour("grid"), 1.0)
        for line in lines:
            ax.plot([scale(tick)] * 2, line, color=tone, linewidth=wide, solid_capstyle="butt", zorder=0)
        label(ax, scale(tick), bottom + 18, text, fontsize=11, ha="center", color=colour("muted"))
    ax.plot([scale.start, scale.end], [bottom, bottom], color=colour("muted"), linewidth=1, solid_capstyle="butt")


def _row(ax: "Axes", row: pd.Series, scale: Scale, top: float, places: Places, digits: int, *, width: int) -> None:
    wide = width > WIDE
    y = top + (ROW / 2 if wide else 32)
    told = row["verdict"] in TOLD
    tone, ink = (colour("accent"), colour("ink")) if told else (colour("chance-strong"), colour("muted"))
    if row["verdict"] != UNDEFINED:
        ax.plot([scale(row["difference_low"]), scale(row["difference_high"])], [y, y], color=tone, linewidth=3, alpha=0.6, solid_capstyle="round")
        dot(ax, scale(row["difference"]), y, tone, full=told, size=9)
    words, cost = signed_span(row, digits), cost_text(row)
    if wide:
        label(ax, places.left - 8, y, fitted(name_of(row["scenario"]), places.left - 8), fontsize=12.5, ha="right", va="center_baseline")
        label(ax, places.difference, y, fitted(words, places.cost - places.difference - 6, 12), fontsize=12, va="center_baseline", color=ink)
        label(ax, places.cost, y, fitted(cost, width - places.cost, 12), fontsize=12, va="center_baseline", color=ink)
        return
    label(ax, width, top + 12, words, fontsize=11.5, ha="right", va="center_baseline", color=ink)
    name = fitted(name_of(row["scenario"]), width - width_of(words, 11.5) - 8, 12.5, bold=True)
    label(ax, 0, top + 12, name, fontsize=12.5, fontweight="bold", va="center_baseline")
    label(ax, width, top + 53, fitted(cost, width, 11), fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
