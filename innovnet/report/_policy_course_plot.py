"""Drawing of the course of a simulation with and without a policy: both worlds, and their difference on a scale of its own."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, halo, label, style, width_of
from innovnet.report._format import number
from innovnet.report._rows import WIDE, fitted
from innovnet.report._scale import Scale, apart, digits_for, ticks_over
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TONES = {"without": "chance-strong", "with": "accent", "difference": "accent"}


def plot_policy_course(
    table: pd.DataFrame,
    *,
    runs: pd.DataFrame | None = None,
    title: str = "",
    name: str = "support",
    start: int | None = None,
    end: int | None = None,
    ax: "Axes | None" = None,
    width: int = 960,
) -> "Axes":
    """Draw the course of a result with and without a policy, and the difference of pairs of runs beside it.

    Parameters
    ----------
    table
        series (without, with, difference), year, median, quarter_low, quarter_high, wide_low, wide_high; as in ``tables/policy_course.csv`` of a report.
    runs
        series, run, year, value: then each run is a thin line, and there are no bands. For fewer than 40 runs.
    title
        What is drawn, with its unit.
    name
        The policy, as the line with it is called.
    start, end
        First and last year of support.
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
    Bands hold the middle half and the middle 95 % of the runs. The two worlds overlap where the pairs do not: the right panel is of the difference in each pair.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-simulation/tables/policy_course.csv")  # doctest: +SKIP
    >>> inn.report.plot_policy_course(table, name="matchmaking").figure.savefig("course.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    ax = axes(width, 330 if wide else 596, ax)
    with style():
        ends = {"with": f"with {name}", "without": "without support"}
        room = min(170.0, max(width_of(text, 12) for text in ends.values()) + 14) if wide else 0.0
        right = 0.66 * width - room if wide else width - 4
        top, bottom = (44, 284) if wide else (58, 268)
        label(ax, 0, top - (24 if wide else 42), fitted(title, right, 12.5, bold=True), fontsize=12.5, fontweight="bold")
        x, y = _panel(ax, table, ["without", "with"], 0, right, top, bottom, runs)
        if wide:
            _end_labels(ax, table, ends, x, y, room)
        else:
            _keys(ax, ends, width)
        _support(ax, x, y, start, end)
        left, above, below = (0.66 * width + 26, 44, 284) if wide else (0, 358, 550)
        label(ax, left, above - 24, "Difference of the pairs", fontsize=12.5, fontweight="bold")
        _panel(ax, table, ["difference"], left, width - 4, above, below, runs)
    return ax


def _panel(
    ax: "Axes", table: pd.DataFrame, series: Sequence[str], left: float, right: float, top: float, bottom: float, runs: pd.DataFrame | None
) -> tuple[Scale, Scale]:
    """Grid, bands or single runs, medians. Returns the scales."""
    shown = table[table["series"].isin(series)]
    single = None if runs is None else runs[runs["series"].isin(series)]
    drawn = (shown[["wide_low", "wide_high"]] if single is None else single[["value"]]).to_numpy(dtype=np.float64)
    ticks = ticks_over(float(np.nanmin(drawn, initial=0.0)), float(np.nanmax(drawn, initial=0.0)))
    texts = ["0" if tick == 0 else number(tick, digits_for(ticks[1] - ticks[0])) for tick in ticks]
    start = left + max(width_of(text, 11) for text in texts) + 8
    years = int(shown["year"].max())
    x, y = Scale(0, years, start + 2, right - 6), Scale(ticks[0], ticks[-1], bottom, top)
    for tick, text in zip(ticks, texts, strict=True):
        ax.plot([start, right], [y(tick)] * 2, color=colour("muted" if tick == 0 else "grid"), linewidth=1, solid_capstyle="butt", zorder=0)
        label(ax, start - 8, y(tick), text, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
    for year in range(0, years + 1, next(k for k in range(math.ceil(years / 6), years + 1) if years % k == 0)):
        label(ax, x(year), bottom + 18, year, fontsize=11, ha="center", color=colour("muted"))
    label(ax, (start + right) / 2, bottom + 36, "year", fontsize=11, ha="center", color=colour("muted"))
    for one in series:
        if single is None:
            _bands(ax, shown[shown["series"] == one], x, y, colour(_TONES[one]))
        else:
            _lines(ax, single[single["series"] == one], x, y, _TONES[one])
    for one in series:
        of = shown[shown["series"] == one]
        ax.plot([x(v) for v in of["year"]], [y(v) for v in of["median"]], color=colour(_TONES[one]), linewidth=2.2, solid_joinstyle="round", zorder=4)
    return x, y


def _bands(ax: "Axes", table: pd.DataFrame, x: Scale, y: Scale, tone: str) -> None:
    """The middle 95 % and the middle half of the runs."""
    years = [x(v) for v in table["year"]]
    for band, dense in (("wide", 0.18), ("quarter", 0.3)):
        low, high = ([y(v) for v in table[f"{band}_{side}"]] for side in ("low", "high"))
        ax.fill_between(years, low, high, color=tone, alpha=dense, linewidth=0, zorder=2)


def _lines(ax: "Axes", runs: pd.DataFrame, x: Scale, y: Scale, token: str) -> None:
    """A thin line for each run."""
    lines = [[(x(year), y(value)) for year, value in zip(one["year"], one["value"], strict=True)] for _run, one in runs.groupby("run")]
    ax.add_collection(extra("matplotlib.collections").LineCollection(lines, colors=colour(token), linewidths=0.8, alpha=0.4, zorder=2), autolim=False)


def _end_labels(ax: "Axes", table: pd.DataFrame, ends: Mapping[str, str], x: Scale, y: Scale, room: float) -> None:
    """The name of each line where it ends."""
    last = {name: float(table.loc[table["series"] == name, "median"].iloc[-1]) for name in ends}
    places = apart([y(value) for value in last.values()], 17, y.end, y.start - 4)
    for (name, text), place in zip(ends.items(), places, strict=True):
        tone = colour("accent" if name == "with" else "muted")
        label(ax, x.end + 12, place, fitted(text, room - 8, 12), fontsize=12, va="center_baseline", color=tone)


def _keys(ax: "Axes", ends: Mapping[str, str], width: float) -> None:
    """The names of the lines above the panel, on a narrow page."""
    left = 0.0
    for name, text in ends.items():
        ax.plot([left, left + 16], [36, 36], color=colour(_TONES[name]), linewidth=2.2, solid_capstyle="butt")
        shown = fitted(text, width - left - 22, 11.5)
        label(ax, left + 21, 36, shown, fontsize=11.5, va="center_baseline", color=colour("muted"))
        left += 21 + width_of(shown, 11.5) + 16


def _support(ax: "Axes", x: Scale, y: Scale, start: int | None, end: int | None) -> None:
    """The first and the last year of support, at the bottom of the panel."""
    if start is None:
        return
    last = x.high if end is None else min(end, x.high)
    height = y.start - 5
    ax.plot([x(max(start - 1, 0)), x(last)], [height, height], color=colour("accent"), linewidth=5, alpha=0.35, solid_capstyle="butt", zorder=1)
    halo(label(ax, x(max(start - 1, 0)) + 4, height - 11, "support", fontsize=11, va="center_baseline", color=colour("accent")))
