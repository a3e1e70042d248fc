"""Drawing of figure 8: a matrix in seriated order, and bars of what stays inside."""

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovnet.report._canvas import axes, halo, label, on_colour, style, width_of
from innovnet.report._format import number, percent
from innovnet.report._matrix import Cell, draw_cells, ratio_scale, ratio_token, times
from innovnet.report._rows import fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDEST = 3.0  #: ratio from which a cell has the darkest colour
SURE = 5.0  #: expected joint work from which a pair is listed on a narrow page
SLANT = math.radians(60)
_BARS = 170  #: width of the bars with their numbers


def plot_flows(table: pd.DataFrame, *, groups: pd.DataFrame, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Joint work between countries as a multiple of what their totals give, rows in an order that puts close partners side by side.

    Parameters
    ----------
    table
        One row for each pair: group, partner_group, joint_work, expected, ratio (missing: too little expected, left blank).
    groups
        The groups in the order of the rows: group, name, joint_work, inside (share of joint work inside the group).
    ax
        Axes to draw into; made where None.
    width
        960, or 352 for a narrow page, which lists the closest and the farthest pairs instead.

    Returns
    -------
    Axes
        With pixels as coordinates.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table, groups = pd.read_csv("my-report/tables/flows.csv"), pd.read_csv("my-report/tables/flows_inside.csv")  # doctest: +SKIP
    >>> inn.report.plot_flows(table, groups=groups).figure.savefig("flows.svg")  # doctest: +SKIP
    """
    with style():
        return _pairs(table, groups, width, ax) if width < 700 else _square(table, groups, width, ax)


def _square(table: pd.DataFrame, groups: pd.DataFrame, width: int, ax: "Axes | None") -> "Axes":
    names = [fitted(name, 190, 12) for name in groups["name"]]
    lengths = [width_of(name, 12) for name in names]
    left = max(lengths) + 12
    cell = min(40.0, (width - left - max(max(lengths) * math.cos(SLANT), _BARS + 16)) / len(names))
    top = max(lengths) * math.sin(SLANT) + 20
    bottom = top + cell * len(names)
    ax = axes(width, bottom + 64, ax)
    _matrix(ax, table, list(groups["group"]), left, top, cell)
    for k, name in enumerate(names):
        middle = (k + 0.5) * cell
        label(ax, left - 8, top + middle, name, ha="right", va="center_baseline", fontsize=12)
        label(ax, left + middle + 2, top - 5, name, ha="left", va="bottom", fontsize=11.5, rotation=60, rotation_mode="anchor", color=colour("muted"))
    _inside(ax, groups, left + cell * len(names) + 18, top, cell)
    ratio_scale(ax, left, bottom + 32, WIDEST)
    return ax


def _matrix(ax: "Axes", table: pd.DataFrame, order: list[str], left: float, top: float, cell: float) -> None:
    place = {g: k for k, g in enumerate(order)}
    filled = []
    shown = table[table["group"].isin(order) & table["partner_group"].isin(order)]
    row: Any
    for row in shown.itertuples():
        for g, h in ((row.group, row.partner_group), (row.partner_group, row.group)):
            x, y = left + place[h] * cell, top + place[g] * cell
            if not math.isfinite(row.ratio):
                continue
            if row.joint_work == 0:
                ax.plot([x + (cell - 1) / 2], [y + (cell - 1) / 2], "o", markersize=3, color=colour("chance-strong"), markeredgewidth=0)
                continue
            box = Cell(x, y, cell - 1, cell - 1, ratio_token(row.ratio, WIDEST))
            filled.append(box)
            if cell >= 30:
                text = number(row.ratio, 1 if row.ratio < 10 else 0)
                label(ax, x + (cell - 1) / 2, y + (cell - 1) / 2, text, ha="center", va="center", fontsize=11, color=on_colour(colour(box.token)))
    draw_cells(ax, filled)


def _inside(ax: "Axes", groups: pd.DataFrame, left: float, top: float, cell: float) -> None:
    longest = max(float(groups["inside"].max()), 0.01)
    label(ax, left, top - 12, "Joint work inside", ha="left", va="center", fontsize=12, fontweight="bold")
    height = min(12.0, cell - 8)
    bars = []
    for k, share in enumerate(groups["inside"]):
        length = 104.0 * share / longest
        bars.append(Cell(left, top + (k + 0.5) * cell - height / 2, length, height, "blue-3"))
        label(ax, left + length + 6, top + (k + 0.5) * cell, percent(share), ha="left", va="center_baseline", fontsize=11, color=colour("muted"))
    draw_cells(ax, bars)


def _pairs(table: pd.DataFrame, groups: pd.DataFrame, width: int, ax: "Axes | None") -> "Axes":
    """The narrow form: pairs with the highest and the lowest ratio, a dot on a log axis each."""
    enough = table["expected"] >= SURE
    sure = table[enough if enough.any() else table["ratio"].notna()].sort_values("ratio", ascending=False, kind="stable")
    near = sure[sure["ratio"] > 1].head(8)
    parts = [("Closest pairs", near), ("Farthest apart", sure.drop(near.index).tail(5))]
    parts = [(title, found) for title, found in parts if len(found)]
    step, left, right = 40.0, 14.0, width - 52.0
    ax = axes(width, 30 * len(parts) + step * sum(len(found) for _, found in parts) + 30, ax)
    names = dict(zip(groups["group"], groups["name"], strict=True))

    def across(value: float) -> float:
        share = math.log(min(max(value, 1 / 6), 6.0) * 6) / math.log(36)
        return left + share * (right - left)

    y = 0.0
    bottom = 30 * len(parts) + step * sum(len(found) for _, found in parts)
    for value in (1 / 5, 1 / 2, 1.0, 2.0, 5.0):
        ax.plot([across(value)] * 2, [30, bottom], color=colour("chance-strong" if value == 1 else "grid"), linewidth=1, zorder=0)
        label(ax, across(value), bottom + 14, f"{number(value, 0 if value >= 1 else 1)}×", ha="center", va="center", fontsize=11, color=colour("muted"))
    row: Any
    for title, found in parts:
        label(ax, 0, y + 14, title, ha="left", va="center", fontsize=12, fontweight="bold")
        y += 30
        for row in found.itertuples():
            text = fitted(f"{names[row.group]} – {names[row.partner_group]}", width, 11.5)
            halo(label(ax, 0, y + 8, text, ha="left", va="center", fontsize=11.5))
            ax.plot([across(1.0), across(row.ratio)], [y + 24] * 2, color=colour("accent"), linewidth=1.4, alpha=0.5)
            ax.plot([across(row.ratio)], [y + 24], "o", markersize=7, color=colour("accent"), markeredgewidth=0)
            label(ax, width, y + 24, times(row.ratio), ha="right", va="center_baseline", fontsize=11.5)
            y += step
    return ax
