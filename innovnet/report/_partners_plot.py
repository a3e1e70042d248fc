"""Drawing of the number of partners: lines on logarithmic scales, or a dot for each organisation where they are few."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet._text import clean
from innovnet.report._canvas import axes, halo, label, style, width_of
from innovnet.report._format import number, percent
from innovnet.report._names import shorten
from innovnet.report._rows import WIDE, dot, draw_key, type_key
from innovnet.report._scale import Scale, log_ticks, round_ticks
from innovnet.report._tokens import TYPES, colour, type_colour, type_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS = 100  #: fewer organisations are a dot each
LINE = 10  #: organisations of a type from which it has a line
_SHARES = (1.0, 0.5, 0.1, 0.01, 0.001, 0.0001)


def plot_partners(table: pd.DataFrame, *, summary: pd.DataFrame, largest: pd.DataFrame | None = None, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw the share of organisations with at least so many partners, by type, and the medians beside it.

    Parameters
    ----------
    table
        type, partners, at_least, share; as in ``tables/partners_distribution.csv`` of a report.
    summary
        type, organisations, isolates, median_partners: the largest median first, the row ``all`` last; as in ``tables/partners_by_type.csv``.
    largest
        The projects with most members: name, members; the first one is marked. As in ``tables/largest_projects.csv``.
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
    With fewer than 100 organisations each is a dot.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table, summary = (pd.read_csv(f"my-report/tables/partners_{name}.csv") for name in ("distribution", "by_type"))  # doctest: +SKIP
    >>> inn.report.plot_partners(table, summary=summary).figure.savefig("partners.svg")  # doctest: +SKIP
    """
    with style():
        if summary["organisations"].iloc[-1] < DOTS:
            return _dots(table, summary, ax, width)
        return _lines(table, summary, largest, ax, width)


def _tone(kind: str) -> str:
    return colour("accent") if kind == "all" else type_colour(kind)


def _lines(table: pd.DataFrame, summary: pd.DataFrame, largest: pd.DataFrame | None, ax: "Axes | None", width: int) -> "Axes":
    wide = width > WIDE
    listed = summary[(summary["type"] != "unknown")]
    bottom = 318 if wide else 246
    ax = axes(width, 374 if wide else 322 + 24 * len(listed), ax)
    drawn = [
        kind for kind in ("other", "public", "firm", "institute", "university", "all") if (summary.loc[summary["type"] == kind, "organisations"] >= LINE).any()
    ]
    drawn = ["all"] if set(table["type"]) == {"all"} else [kind for kind in drawn if kind != "all"]
    lines = table[table["type"].isin(drawn) & (table["partners"] > 0)]
    x = Scale(1, max(10.0, float(lines["partners"].max())), 54, width - 262 if wide else width - 12, log=True)
    y = Scale(float(min(lines["share"].min(), 0.1)), 1, bottom, 36, log=True)
    label(ax, 0, 14, "Organisations with at least so many partners" if wide else "With at least so many partners", fontsize=12.5, fontweight="bold")
    for share in (s for s in _SHARES if s >= y.low * 0.999):
        ax.plot([x.start - 4, x.end], [y(share)] * 2, color=colour("grid"), linewidth=1, solid_capstyle="butt", zorder=0)
        label(
            ax,
            x.start - 10,
            y(share),
            percent(share, max(0, -2 - math.floor(math.log10(share)))),
            fontsize=11,
            ha="right",
            va="center_baseline",
            color=colour("muted"),
        )
    ax.plot([x.start - 4, x.end], [bottom + 3] * 2, color=colour("muted"), linewidth=1, solid_capstyle="butt")
    for value in log_ticks(1, x.high, fine=wide or x.high < 200):
        label(ax, x(value), bottom + 20, number(value), fontsize=11, ha="center", color=colour("muted"))
    curves = {kind: [(x(k), y(s)) for k, s in lines.loc[lines["type"] == kind, ["partners", "share"]].itertuples(index=False)] for kind in drawn}
    _largest(ax, largest, x, y, [*curves.values()])
    for kind, points in curves.items():
        ax.plot(*zip(*points, strict=True), color=_tone(kind), linewidth=1.8, solid_joinstyle="round")
    every = summary.iloc[-1]
    if every["isolates"]:
        text = f"not on the axis: {number(every['isolates'])} of {number(every['organisations'])} without a partner"
        label(ax, x.start - 4, bottom + 42, text, fontsize=11, color=colour("muted"))
    _medians(ax, listed, *((width - 216, 44, width) if wide else (0, 310, width)))
    return ax


def _largest(ax: "Axes", largest: pd.DataFrame | None, x: Scale, y: Scale, curves: list[list[tuple[float, float]]]) -> None:
    """The number of partners that a single project gives, with its name where no curve is."""
    if largest is None or largest.empty or not 1 < largest["members"].iloc[0] - 1 < x.high:
        return
    partners, named = int(largest["members"].iloc[0]) - 1, largest["name"].iloc[0]
    at = x(partners)
    ax.plot([at, at], [y.end, y.start + 3], color=colour("muted"), linewidth=1, linestyle=(0, (3, 3)))
    texts = [f"{number(partners)} partners:", "largest project" + ("," if pd.notna(named) else ""), *([shorten(clean(named), 20)] if pd.notna(named) else [])]
    wide, tall = max(width_of(text, 11) for text in texts) + 8, 15 * len(texts)
    places = [(side, top) for top in (y.end + 2, y.start - tall - 4) for side in (1, -1) if x.start < at + side * wide < x.end + 40]

    def crossed(place: tuple[int, float]) -> int:
        side, top = place
        left, right = sorted((at, at + side * wide))
        return sum(_inside(points, left, right, top - 3, top + tall + 3) for points in curves)

    side, top = min(places, key=crossed, default=(1, y.end + 2))
    for k, text in enumerate(texts):
        halo(label(ax, at + 7 * side, top + 11 + 15 * k, text, fontsize=11, ha="left" if side > 0 else "right", color=colour("muted")))


def _inside(points: list[tuple[float, float]], left: float, right: float, top: float, bottom: float) -> int:
    """How many px of a curve lie in a box."""
    xs, ys = np.array(points).T
    at = np.arange(max(left, xs[0]), min(right, xs[-1]) + 1)
    found = np.interp(at, xs, ys)
    return int(((found > top) & (found < bottom)).sum())


def _medians(ax: "Axes", summary: pd.DataFrame, left: float, top: float, width: float) -> None:
    """The types, largest median first, as key and as numbers."""
    label(ax, left, top - 30 if left else top, "Median partners", fontsize=12.5, fontweight="bold")
    start = top if left else top + 22
    for k, (_index, row) in enumerate(summary.iterrows()):
        kind, y = row["type"], start + 24 * k + (10 if row["type"] == "all" and len(summary) > 1 and left else 0)
        median = float(row["median_partners"])
        few = row["organisations"] < LINE
        ax.plot([left, left + 16], [y, y], color=_tone(kind), linewidth=1.8, visible=not few and (kind != "all" or len(summary) == 1))
        label(
            ax, left + 24, y, TYPES.get(kind, "All organisations"), fontsize=12, va="center_baseline", color=type_text(kind) if kind in TYPES else colour("ink")
        )
        value = number(median, 0 if median.is_integer() else 1)
        label(ax, min(left + 216, width), y, value, fontsize=12, fontweight="bold", ha="right", va="center_baseline")


def _dots(table: pd.DataFrame, summary: pd.DataFrame, ax: "Axes | None", width: int) -> "Axes":
    """A pile of organisations for each number of partners, or for a few neighbouring ones."""
    kinds = list(dict.fromkeys(table["type"]))
    key, top = type_key([kind if kind != "unknown" else None for kind in kinds], width) if kinds != ["all"] else ([], 0.0)
    high = int(table["partners"].max())
    span = max(1, math.ceil((high + 1) * 11 / (width - 30)))
    piles: dict[int, list[str]] = {}
    for kind, rows in table.groupby("type", sort=False):
        exact = rows["at_least"] - rows["at_least"].shift(-1, fill_value=0)
        for partners, n in zip(rows["partners"], exact, strict=True):
            piles.setdefault(int(partners) // span, []).extend([str(kind)] * int(n))
    tallest = max(len(pile) for pile in piles.values())
    slots = high // span + 1
    pitch = min(36.0, (width - 30) / slots)
    step = min(11.0, 300 / tallest)
    base = top + 46 + step * tallest
    ax = axes(width, base + 50, ax)
    draw_key(ax, key)
    label(ax, 0, top + 14, "Organisations by number of partners", fontsize=12.5, fontweight="bold")
    right = 15 + pitch * slots
    ax.plot([0, right], [base + 3] * 2, color=colour("muted"), linewidth=1, solid_capstyle="butt")
    for slot, pile in piles.items():
        for k, kind in enumerate(sorted(pile, key=[*TYPES, "unknown", "all"].index)):
            dot(ax, 15 + pitch * (slot + 0.5), base - 5 - step * k, _tone(kind), full=kind != "unknown", size=min(7.0, step * 0.66))
    for value in (v for v in round_ticks(high, max(2, min(8, int(right / 60))), whole=True) if v <= high):
        label(ax, 15 + pitch * (value // span + 0.5), base + 20, number(value), fontsize=11, ha="center", color=colour("muted"))
    text = "partners" if span == 1 else f"partners (each pile: {number(span)} neighbouring numbers)"
    label(ax, 0, base + 41, text, fontsize=11, color=colour("muted"))
    median = float(summary["median_partners"].iloc[-1])
    at = 15 + pitch * ((median + 0.5) / span if span > 1 else median + 0.5)
    ax.plot([at, at], [top + 34, base + 3], color=colour("accent"), linewidth=1, linestyle=(0, (3, 3)), zorder=0)
    words = f"median {number(median, 0 if np.isclose(median, round(median)) else 1)}"
    halo(label(ax, at + 6, top + 38, words, fontsize=11, color=colour("accent")))
    return ax
