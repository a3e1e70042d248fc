"""Drawing of all clusters over the years: a tile for each year, warnings, what is missing."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, label, style
from innovnet.report._cluster_ladder_plot import level_token
from innovnet.report._country_bars import digit, draw_key, key_places, level_entries, striped
from innovnet.report._format import number
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

YEARS, YEARS_NARROW = 12, 8  #: the latest, drawn
_NAME, _WARNED, _LACKS = 232.0, 44.0, 300.0
_ROW, _ROW_NARROW = 27.0, 48.0


def plot_country_history(table: pd.DataFrame, *, clusters: pd.DataFrame, levels: "Sequence[str]", ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw the level of every cluster in every year as a tile, with its early warnings and what is missing for the next level.

    Parameters
    ----------
    table
        One row for each cluster and year in which it exists: cluster, year, rank, open (missing data leave the level open).
    clusters
        One row for each cluster, in the order drawn: cluster, name, n_warnings, missing.
    levels
        Names of the levels from rank 0 (below the first level) on.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page (the latest eight years, without what is missing).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> history = pd.DataFrame({"cluster": "K", "year": [2024, 2025], "rank": [1, 2], "open": False})
    >>> listed = pd.DataFrame({"cluster": ["K"], "name": ["Photonics"], "n_warnings": [1], "missing": ["An approved strategy"]})
    >>> inn.report.plot_country_history(history, clusters=listed, levels=["none", "emerging", "formed"]).figure.savefig("history.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    years = sorted(table["year"].unique())[-(YEARS if wide else YEARS_NARROW) :]
    history = table[table["year"].isin(years)]
    key, top = key_places(level_entries(levels, hatched=bool(history["open"].any())), width)
    row_height, left = (_ROW, _NAME) if wide else (_ROW_NARROW, 0.0)
    pitch = min((width - left - _WARNED - (_LACKS if wide else 0.0)) / len(years), 44.0)
    head, end = top + 24.0, left + pitch * len(years)
    ax = axes(width, head + row_height * len(clusters) + 2, ax)
    with style():
        draw_key(ax, key)
        for k, year in enumerate(years):
            label(ax, left + (k + 0.5) * pitch, top + 12, f"{year}", fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
        if wide:
            label(ax, end + _WARNED + 12, top + 12, "Nearest of what is missing", fontsize=11, va="center_baseline", color=colour("muted"))
        if (clusters["n_warnings"] > 0).any():
            _warning(ax, end + 12, top + 12, "")
        for k, (_, row) in enumerate(clusters.iterrows()):
            y = head + k * row_height
            room = _NAME - 12 if wide else width
            label(ax, 0, y + (_ROW / 2 if wide else 10), fitted(str(row["name"]), room), fontsize=12.5, va="center_baseline")
            tiles = y + (1 if wide else 20)
            _tiles(ax, history[history["cluster"] == row["cluster"]], years, (left, tiles, pitch), len(levels) - 1)
            middle = tiles + (_ROW - 3) / 2
            if row["n_warnings"]:
                _warning(ax, end + 12, middle, number(int(row["n_warnings"])))
            if wide:
                text = str(row["missing"]).replace("; and ", " + ") if pd.notna(row["missing"]) else "–"
                label(
                    ax, end + _WARNED + 12, middle, fitted(text, width - end - _WARNED - 12, 11.5), fontsize=11.5, va="center_baseline", color=colour("muted")
                )
    return ax


def _warning(ax: "Axes", x: float, y: float, text: str) -> None:
    """The mark of early warnings, and how many."""
    ax.plot([x], [y], "^", markersize=7.5, color=colour("ink"), markeredgewidth=0, clip_on=False)
    if text:
        label(ax, x + 10, y, text, fontsize=11.5, va="center_baseline")


def _tiles(ax: "Axes", rows: pd.DataFrame, years: "Sequence[int]", place: tuple[float, float, float], levels: int) -> None:
    """One tile for each year; the digit where the level changes, at first and at last."""
    left, top, pitch = place
    rows, before = rows.sort_values("year"), -1
    for year, rank, open_ in rows[["year", "rank", "open"]].itertuples(index=False):
        cell = Cell(left + years.index(year) * pitch, top, pitch - 2, _ROW - 3, level_token(int(rank), levels))
        if open_:
            striped(ax, cell)
        else:
            draw_cells(ax, [cell])
        if rank != before or year == years[-1]:
            digit(ax, str(rank), cell, patch=bool(open_), size=11.5)
        before = rank
    if rows.empty:
        label(ax, left, top + (_ROW - 3) / 2, "–", fontsize=11, va="center_baseline", color=colour("muted"))
