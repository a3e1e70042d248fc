"""Drawing of the sources of money by level: a bar of the mean shares, and a dot for each cluster."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._cluster_trend_plot import SOURCES
from innovnet.report._country_bars import draw_key, key_places
from innovnet.report._format import number, percent
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour
from innovnet.report._words import capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABELS, _BAR, _STRIP = 190.0, 470.0, 240.0
_STEP, _STEP_NARROW = 46.0, 56.0


def plot_country_funding(table: pd.DataFrame, *, clusters: pd.DataFrame | None = None, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw from where the money of clusters comes, by level, and the members' share of each cluster.

    Parameters
    ----------
    table
        One row for each level, in the order drawn: level, clusters, known, and the mean shares members_share, other_share, municipal_share, state_share, eu_share.
    clusters
        One row for each cluster: level, members_share. Left out on a narrow page.
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
    >>> table, each = (pd.read_csv(f"my-clusters/tables/country_funding{name}.csv") for name in ("", "_clusters"))  # doctest: +SKIP
    >>> inn.report.plot_country_funding(table, clusters=each).figure.savefig("funding.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    used = [name for name in SOURCES if (table[f"{name}_share"] > 0).any()]
    key, head = key_places([(SOURCES[name][0], "", SOURCES[name][1], False) for name in used], _BAR if wide else width)
    step, foot = (_STEP, 26.0) if wide else (_STEP_NARROW, 0.0)
    head += 6
    ax = axes(width, head + step * len(table) + foot, ax)
    left = _LABELS if wide else 0.0
    with style():
        draw_key(ax, [(words, sign, token, striped, x + left, y) for words, sign, token, striped, x, y in key])
        for k, (_, row) in enumerate(table.iterrows()):
            y = head + k * step
            _labels(ax, row, y, wide=wide, width=width)
            _bar(ax, row, used, (left, y + (9 if wide else 24), _BAR if wide else width, 26.0 if wide else 22.0))
        if wide:
            _dots(ax, table, clusters, (width - _STRIP, head), step)
    return ax


def _labels(ax: "Axes", row: pd.Series, y: float, *, wide: bool, width: float) -> None:
    note = f"{number(row['known'])} of {number(row['clusters'])} known"
    if wide:
        label(ax, _LABELS - 12, y + 15, fitted(capital(str(row["level"])), _LABELS - 12), fontsize=12.5, ha="right", va="center_baseline")
        label(ax, _LABELS - 12, y + 31, note, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
        return
    label(ax, 0, y + 12, fitted(capital(str(row["level"])), width - width_of(note, 11) - 10), fontsize=12.5, va="center_baseline")
    label(ax, width, y + 12, note, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))


def _bar(ax: "Axes", row: pd.Series, used: list[str], place: tuple[float, float, float, float]) -> None:
    x, y, full, tall = place
    if not row["known"]:
        label(ax, x, y + tall / 2, "sources not known", fontsize=11.5, va="center_baseline", color=colour("muted"))
        return
    cells = []
    for name in used:
        share = float(row[f"{name}_share"])
        if not share > 0:
            continue
        cells.append(Cell(x, y, max(full * share - 1.5, 0.5), tall, SOURCES[name][1]))
        text = percent(share)
        if full * share > width_of(text, 11) + 8:
            label(ax, x + full * share / 2 - 0.7, y + tall / 2, text, fontsize=11, ha="center", va="center_baseline", color=on_colour(colour(SOURCES[name][1])))
        x += full * share
    draw_cells(ax, cells)


def _dots(ax: "Axes", table: pd.DataFrame, clusters: pd.DataFrame | None, place: tuple[float, float], step: float) -> None:
    """The members' share of each cluster on a common axis from 0 to 100 %."""
    if clusters is None or clusters["members_share"].isna().all():
        return
    left, top = place
    bottom, room = top + step * len(table), _STRIP - 12
    label(ax, left, top - 14, "Members’ share, each cluster", fontsize=11.5, va="center_baseline", color=colour("muted"))
    for share in (0.0, 0.5, 1.0):
        x = left + share * room
        ax.plot([x, x], [top, bottom], color=colour("grid"), linewidth=1, solid_capstyle="butt", zorder=0)
        label(
            ax,
            x,
            bottom + 13,
            percent(share),
            fontsize=11,
            ha="left" if share == 0 else "center" if share < 1 else "right",
            va="center_baseline",
            color=colour("muted"),
        )
    for k, level in enumerate(table["level"]):
        shares = clusters.loc[clusters["level"] == level, "members_share"].dropna()
        ax.plot(left + room * shares, [top + k * step + 22] * len(shares), "o", markersize=8, color=colour("accent"), alpha=0.6, markeredgewidth=0)
