"""Drawing of the map of members."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, label, style
from innovnet.report._format import number
from innovnet.report._labels import Box, Wish, draw_labels, place_labels
from innovnet.report._map_land import project
from innovnet.report._map_plot import _ground, _Window
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

_HIGH, _HIGH_NARROW = 560.0, 340.0
_LARGEST, _LARGEST_NARROW, _SMALLEST = 34.0, 22.0, 3.5
_DIGITS = 8.5  #: least radius of a circle with its number in it


def plot_country_map(table: pd.DataFrame, *, coverage: pd.DataFrame, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw how many members of clusters each region has, as circles over a grey ground without borders.

    Parameters
    ----------
    table
        One row for each region: name, organisations, lon, lat, drawn.
    coverage
        One row with the frame in metres of EPSG:3035: west, south, east, north.
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
    >>> regions, frame = (pd.read_csv(f"my-clusters/tables/country_map{name}.csv") for name in ("", "_coverage"))  # doctest: +SKIP
    >>> inn.report.plot_country_map(regions, coverage=frame).figure.savefig("map.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    height = _HIGH if wide else _HIGH_NARROW
    west, south, east, north = (float(coverage[side].iloc[0]) for side in ("west", "south", "east", "north"))
    metres = max((east - west) / width, (north - south) / height)
    window = _Window((west + east) / 2 - metres * width / 2, (south + north) / 2 + metres * height / 2, metres)
    shown = table[table["drawn"]].reset_index(drop=True)
    places = window(project(shown["lon"], shown["lat"]))
    radii = np.maximum(
        (_LARGEST if wide else _LARGEST_NARROW) * np.sqrt(shown["organisations"].to_numpy(dtype=np.float64) / shown["organisations"].max()), _SMALLEST
    )
    ax = axes(width, height, ax)
    box: Box = (0.0, 0.0, float(width), height)
    with style():
        _ground(ax, window, box)
        _circles(ax, shown, places, radii)
        sizes = [12.0 if radius >= _DIGITS else 11.0 for radius in radii]
        texts = [_text(row, radius) for (_, row), radius in zip(shown.iterrows(), radii, strict=True)]
        wishes = (
            Wish(k, fitted(text, 200.0 if wide else 130.0, size), size if wide else 11.0) for k, (text, size) in enumerate(zip(texts, sizes, strict=True))
        )
        draw_labels(ax, place_labels(wishes, places, radii, (2.0, 2.0, width - 2.0, height - 2.0)))
    return ax


def _text(row: pd.Series, radius: float) -> str:
    return str(row["name"]) if radius >= _DIGITS else f"{row['name']} {number(row['organisations'])}"


def _circles(ax: "Axes", shown: pd.DataFrame, places: Floats, radii: Floats) -> None:
    """The largest below; the number inside where there is room."""
    patches = extra("matplotlib.patches")
    for k in np.argsort(-radii, kind="stable"):
        ax.add_artist(patches.Circle(places[k], radii[k], facecolor=colour("accent"), edgecolor=colour("paper"), linewidth=1.0, zorder=3))
        if radii[k] >= _DIGITS:
            text = number(int(shown["organisations"].iloc[k]))
            size = 14.0 if radii[k] > 20 else 11.0
            x, y = places[k].tolist()
            label(ax, x, y, text, fontsize=size, fontweight="bold", ha="center", va="center_baseline", color=colour("paper"), zorder=4)
