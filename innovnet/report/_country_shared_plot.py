"""Drawing of organisations in several clusters: rows of organisations, columns of clusters."""

import math
from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, label, style, width_of
from innovnet.report._format import number
from innovnet.report._rows import WIDE, dot, draw_key, fitted, type_key
from innovnet.report._tokens import colour, type_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, ROWS_NARROW = 15, 10
COLUMNS = 12  #: clusters that have a column; with more their names are written
_NAME, _PITCH, _ROW, _ROW_NARROW = 290.0, 44.0, 26.0, 46.0
_SLANT = math.radians(40)


def plot_country_shared(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw which organisations are members of which clusters, for those in several.

    Parameters
    ----------
    table
        One row for each organisation: display, type, clusters (a list of names).
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
    >>> shared = pd.DataFrame({"display": ["Vilnius U."], "type": ["university"], "clusters": [["Laser", "Photonics"]]})
    >>> inn.report.plot_country_shared(shared).figure.savefig("shared.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    table = table.head(ROWS if wide else ROWS_NARROW)
    counts = pd.Series([name for names in table["clusters"] for name in names]).value_counts()
    columns = sorted(counts.index, key=lambda name: (-counts[name], name))
    gridded = wide and len(columns) <= COLUMNS
    longest = max(width_of(fitted(name, 230, 11), 11) for name in columns) if gridded else 0.0
    keys, key_height = type_key(table["type"], width)
    head = key_height + (longest * math.sin(_SLANT) + 16 if gridded else 6)
    row_height = _ROW if wide else _ROW_NARROW
    pitch = min((width - _NAME - longest * math.cos(_SLANT)) / max(len(columns), 1), 64.0) if gridded else _PITCH
    with style():
        ax = axes(width, head + row_height * len(table) + 4, ax)
        draw_key(ax, keys)
        for k, name in enumerate(columns if gridded else []):
            x = _NAME + (k + 0.5) * pitch
            ax.plot([x, x], [head, head + row_height * len(table)], color=colour("grid"), linewidth=1, solid_capstyle="butt", zorder=0)
            options = {"ha": "left", "va": "bottom", "rotation": 40, "rotation_mode": "anchor"}
            label(ax, x, head - 4, fitted(name, 230, 11), fontsize=11, color=colour("muted"), **options)
        for k, (_, row) in enumerate(table.iterrows()):
            y = head + (k + 0.5) * row_height
            _row(ax, row, columns if gridded else [], (y, pitch, width), wide=wide)
    return ax


def _row(ax: "Axes", row: pd.Series, columns: list[str], place: tuple[float, float, float], *, wide: bool) -> None:
    y, pitch, width = place
    tone, known = type_colour(row["type"]), pd.notna(row["type"])
    top = y if wide else y - 9
    dot(ax, 5, top, tone, full=known, size=7)
    label(ax, 16, top, fitted(str(row["display"]), (_NAME if wide else width) - 30), fontsize=12.5, va="center_baseline")
    if not columns:
        text = f"{number(len(row['clusters']))}: {', '.join(row['clusters'])}"
        x, y = (_NAME, y) if wide else (16.0, y + 9)
        label(ax, x, y, fitted(text, 0.94 * (width - x), 11.5), fontsize=11.5, va="center_baseline", color=colour("muted"))
        return
    xs = [_NAME + (columns.index(name) + 0.5) * pitch for name in row["clusters"]]
    ax.plot([min(xs), max(xs)], [y, y], color=tone, linewidth=1.4, solid_capstyle="butt", zorder=1)
    for x in xs:
        dot(ax, x, y, tone, full=known, size=9)
