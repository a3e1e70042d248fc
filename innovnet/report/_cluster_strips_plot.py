"""Drawing of a cluster among the others: a strip of dots for each indicator."""

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, style, width_of
from innovnet.report._rows import dot, fitted
from innovnet.report._scale import Scale
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP, STEP_NARROW = 25.0, 45.0
HEAD = 22.0
PITCH = 4.6  #: of dots that stand on each other
STACK = 3  #: dots on the first of a place, at most
BESIDE = 360  #: px from which labels stand beside their strip


def plot_cluster_strips(table: pd.DataFrame, *, others: pd.DataFrame, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw where a cluster stands among the others, one strip of dots for each indicator.

    Parameters
    ----------
    table
        One row for each indicator: indicator, label, text (the value as it is written), value, low, high (missing where not known), axis_high and
        axis_high_text: each line runs from 0 to it.
    others
        One row for each indicator and other cluster: indicator, value, same_level.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, 372 beside text, or 352 for a narrow page (labels above their strips).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> strip = {"indicator": ["members"], "label": "members", "text": "7", "value": 7.0, "low": 7.0, "high": 7.0}
    >>> axis = {"axis_high": 9.0, "axis_high_text": "9"}
    >>> field = pd.DataFrame({"indicator": "members", "value": [5.0, 9.0], "same_level": [True, False]})
    >>> inn.report.plot_cluster_strips(pd.DataFrame(strip | axis), others=field).figure.savefig("strips.svg")  # doctest: +SKIP
    """
    beside = width > BESIDE
    step = STEP if beside else STEP_NARROW
    place = _places(width)
    ax = axes(width, HEAD + step * len(table), ax)
    with style():
        _key(ax, place, others)
        points, of_indicator = list[_Point](), dict(list(others.groupby("indicator", sort=False)))
        for k, (_index, row) in enumerate(table.iterrows()):
            top = HEAD + step * k
            y = top + (17 if beside else 36)
            room = place.left - 8 if beside else 190
            name = fitted(str(row["label"]), room, 11.5)
            label(ax, 0, y if beside else top + 12, name, fontsize=11.5, va="center_baseline")
            known = pd.notna(row["low"])
            size, weight = (11.5, "bold") if known else (11.0, "normal")
            text = fitted(str(row["text"]), width - (place.right + 38 if beside else 150), size, bold=known)
            tone = colour("accent" if known else "muted")
            label(ax, width, y if beside else top + 12, text, fontsize=size, fontweight=weight, ha="right", va="center_baseline", color=tone)
            points += _strip(ax, row, of_indicator.get(row["indicator"], others.head(0)), place, y)
        _dots(ax, points)
    return ax


class _Places(NamedTuple):
    """Where strips begin and end."""

    left: float
    right: float


def _places(width: float) -> _Places:
    if width <= BESIDE:
        return _Places(6.0, width - 44.0)
    return _Places(158.0, width - 120.0) if width < 600 else _Places(220.0, width - 170.0)


def _key(ax: "Axes", place: _Places, others: pd.DataFrame) -> None:
    x = 0.0 if place.right < 500 else place.left - 5
    entries = [("this cluster", colour("accent"), 9.0)]
    if others["same_level"].any():
        entries.append(("same level", colour("muted"), 4.6))
    if (~others["same_level"].astype(bool)).any():
        entries.append(("other levels", colour("chance"), 4.6))
    for text, tone, size in entries:
        dot(ax, x + 5, 9, tone, size=size)
        label(ax, x + 14, 9, text, fontsize=11, va="center_baseline", color=colour("accent") if size > 5 else colour("muted"))
        x += 14 + width_of(text, 11) + 12


_Point = tuple[float, float, bool]  #: a dot of another cluster, and whether it has the same level


def _strip(ax: "Axes", row: pd.Series, others: pd.DataFrame, place: _Places, y: float) -> list[_Point]:
    """The line with its ends in words, and this cluster; returns the dots of the others, which stand on it."""
    ax.plot([place.left, place.right], [y, y], color=colour("grid"), linewidth=1, solid_capstyle="butt", zorder=0)
    scale = Scale(0.0, float(row["axis_high"]), place.left, place.right)
    own = _own(ax, row, scale, y)
    label(ax, place.right + 8, y, row["axis_high_text"], fontsize=10.5, va="center_baseline", color=colour("muted"))
    return _swarm(others, scale, own, y)


def _own(ax: "Axes", row: pd.Series, scale: Scale, y: float) -> float:
    """The cluster itself: a dot, or a bar where its value is not known exactly; returns where its dot stands."""
    if pd.isna(row["low"]):
        return math.nan
    low, high = (min(max(float(v), scale.low), scale.high) for v in (row["low"], row["high"]))
    if high > low:
        ax.plot([scale(low), scale(high)], [y, y], color=colour("accent"), linewidth=5, solid_capstyle="butt", zorder=3)
        return math.nan
    dot(ax, scale(low), y, colour("accent"), size=10)
    return scale(low)


def _swarm(others: pd.DataFrame, scale: Scale, own: float, y: float) -> list[_Point]:
    """Dots of equal place stand on each other, those of the same level below."""
    known = others[others["value"].notna()].sort_values(["same_level", "value"], ascending=[False, True], kind="stable")
    high: dict[int, int] = {}
    points = []
    for value, same in zip(known["value"], known["same_level"], strict=True):
        x = scale(min(max(float(value), scale.low), scale.high))
        place = round(x / PITCH)
        n = high.get(place, 2 if abs(x - own) < 2.4 * PITCH else 0)
        high[place] = n + 1
        if n <= STACK:  # further ones would cover the last
            points.append((x, y - PITCH * n, bool(same)))
    return points


def _dots(ax: "Axes", points: list[_Point]) -> None:
    """The other clusters, those of the same level on top."""
    for same, tone in ((False, colour("chance")), (True, colour("muted"))):
        chosen = [(x, y) for x, y, of_level in points if of_level is same]
        if chosen:
            ax.plot(*zip(*chosen, strict=True), "o", markersize=4.2, color=tone, markeredgewidth=0, clip_on=False, zorder=2)
