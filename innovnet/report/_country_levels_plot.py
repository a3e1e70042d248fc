"""Drawing of clusters by level: a column for each year, cut by level."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, label, style, width_of
from innovnet.report._cluster_ladder_plot import level_token
from innovnet.report._country_bars import digit, striped
from innovnet.report._format import number
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import WIDE, fitted
from innovnet.report._scale import apart
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YEARS, YEARS_NARROW = 15, 6  #: the latest, drawn
_TOP, _FOOT = 26.0, 26.0
_DIGIT = 13.0  #: least height of a segment with its number in it


def plot_country_levels(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw how many clusters have which level: a column for each year, the highest level on top, what missing data leave open striped.

    Parameters
    ----------
    table
        One row for each year and level from rank 0 (below the first level): year, rank, level, clusters, open (of these those whose data leave the level open).
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page (the latest six years).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> counts = pd.DataFrame({"year": 2025, "rank": [0, 1], "level": ["none", "formed"], "clusters": [1, 4], "open": [0, 2]})
    >>> inn.report.plot_country_levels(counts).figure.savefig("levels.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    years = sorted(table["year"].unique())[-(YEARS if wide else YEARS_NARROW) :]
    table = table[table["year"].isin(years)]
    names = table[table["rank"] > -1].drop_duplicates("rank").set_index("rank")["level"].sort_index()
    labels = min(max(width_of(name, 12) for name in names) + 42, 300.0 if wide else 132.0)
    most = int(table.groupby("year")["clusters"].sum().max())
    high = (232.0 if wide else 212.0) if most > 2 else 90.0
    base, pitch = _TOP + high, min((width - labels) / len(years), 130.0)
    across = min(pitch - (14 if wide else 7), 84.0)
    ax = axes(width, base + _FOOT, ax)
    with style():
        for k, year in enumerate(years):
            x = (k + 0.5) * pitch
            rows = table[table["year"] == year].sort_values("rank")
            top = _column(ax, rows, x - across / 2, across, base, high / max(most, 1), len(names) - 1)
            total = int(rows["clusters"].sum())
            label(ax, x, top - 10, number(total), fontsize=12.5, fontweight="bold", ha="center", va="center_baseline")
            label(ax, x, base + 15, f"{year}", fontsize=11.5, ha="center", va="center_baseline", color=colour("muted"))
        ax.plot([0, len(years) * pitch], [base + 0.5, base + 0.5], color=colour("muted"), linewidth=1, solid_capstyle="butt")
        _names(ax, table[table["year"] == years[-1]], names, (len(years) * pitch - pitch / 2 + across / 2, base, high / max(most, 1)), labels)
    return ax


def _column(ax: "Axes", rows: pd.DataFrame, x: float, across: float, base: float, unit: float, levels: int) -> float:
    """One column from below upwards; returns its top."""
    y, cells = base, []
    for rank, clusters, open_ in rows[["rank", "clusters", "open"]].itertuples(index=False):
        for n, hatched in ((clusters - open_, False), (open_, True)):
            if not n:
                continue
            y -= n * unit
            cell = Cell(x, y, across, max(n * unit - 1.5, 0.6), level_token(int(rank), levels))
            if hatched:
                striped(ax, cell)
            else:
                cells.append(cell)
            if n * unit >= _DIGIT:
                digit(ax, number(n), cell, patch=hatched, size=11.5)
    draw_cells(ax, cells)
    return y


def _names(ax: "Axes", rows: pd.DataFrame, names: pd.Series, place: tuple[float, float, float], room: float) -> None:
    """The names of the levels beside the last column, each at its segment; those without a cluster above the column, in grey."""
    right, base, unit = place
    middle, y = {}, base
    for rank, clusters in rows[["rank", "clusters"]].sort_values("rank").itertuples(index=False):
        middle[rank] = y - clusters * unit / 2
        y -= clusters * unit
    ranks = list(names.index)
    at = apart([middle[rank] - 0.01 * rank for rank in ranks], 17.0, 10.0, base - 8)
    counts = rows.set_index("rank")["clusters"]
    for rank, spot in zip(ranks, at, strict=True):
        some = counts[rank] > 0
        tone = colour("ink" if some else "muted")
        if some and abs(spot - middle[rank]) > 2:
            ax.plot([right + 3, right + 14], [middle[rank], spot], color=colour("muted"), linewidth=0.8)
        elif some:
            ax.plot([right + 3, right + 14], [spot, spot], color=colour("muted"), linewidth=0.8)
        if rank:
            label(ax, right + 24, spot, rank, fontsize=11.5, fontweight="bold", ha="center", va="center_baseline", color=tone)
        text = fitted(str(names[rank]) if some else f"{names[rank]}: none", room - 40 if rank else room - 26, 12)
        label(ax, right + (34 if rank else 20), spot, text, fontsize=12, va="center_baseline", color=tone)
