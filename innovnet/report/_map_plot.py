"""Drawing of the map."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, label, style
from innovnet.report._format import number
from innovnet.report._labels import Box, Wish, draw_labels, place_labels
from innovnet.report._map_land import FRAME, land, project
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

FLOWS, FLOWS_COUNTRY, FLOWS_NARROW = 70, 50, 25
LABELS, LABELS_NARROW = 20, 10
BEND = 0.13
_FRAME_NARROW = (2.45e6, 1.40e6, 6.85e6, 5.35e6)
_KEY = 46  #: height of the key below a narrow map


class _Window(NamedTuple):
    """From metres to px."""

    west: float
    north: float
    metres: float  #: of one px

    def __call__(self, places: Floats) -> Floats:
        return np.column_stack([(places[:, 0] - self.west) / self.metres, (self.north - places[:, 1]) / self.metres])


def plot_map(table: pd.DataFrame, *, links: pd.DataFrame | None = None, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw regions as circles by their joint work, and the strongest links between them, over a grey Europe without borders.

    Parameters
    ----------
    table
        One row for each region: region, place, domestic, joint_work, lon, lat, drawn, hollow; as in ``tables/map.csv`` of a report.
    links
        The links, strongest first: source, target, joint_work; as in ``tables/map_links.csv``. The first 70 are drawn (50 where some regions are not
        domestic, 25 on a narrow page).
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
    >>> regions, links = (pd.read_csv(f"my-report/tables/{name}.csv") for name in ("map", "map_links"))  # doctest: +SKIP
    >>> inn.report.plot_map(regions, links=links).figure.savefig("map.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    west, south, east, north = FRAME if wide else _FRAME_NARROW
    window = _Window(west, north, (east - west) / width)
    height = (north - south) / window.metres
    ax = axes(width, height + (0 if wide else _KEY), ax)
    regions = table[table["drawn"]].reset_index(drop=True)
    places = window(project(regions["lon"], regions["lat"]))
    inside = (places >= 0).all(axis=1) & (places[:, 0] <= width) & (places[:, 1] <= height)
    regions, places = regions[inside].reset_index(drop=True), places[inside]
    largest = float(regions["joint_work"].max()) if len(regions) else 1.0
    radii = np.maximum((15.0 if wide else 8.0) * np.sqrt(regions["joint_work"].to_numpy(dtype=np.float64) / max(largest, 1e-9)), 1.2)
    box = (0.0, 0.0, float(width), float(height))
    with style():
        _ground(ax, window, box)
        _links(ax, regions, places, links, wide=wide)
        _circles(ax, regions, places, radii)
        taken = _key(ax, largest, box, wide=wide)
        wishes = (Wish(k, fitted(str(regions["place"].iloc[k]), 130, 11.5), 11.5 if wide else 10.5) for k in _named(regions))
        inner: Box = (2.0, 2.0, width - 2.0, height - 2.0)
        large = np.where(radii >= (4.0 if wide else 3.0), radii, 0.0)  # smaller circles may lie under a label
        large[:LABELS] = radii[:LABELS]
        draw_labels(ax, place_labels(wishes, places, large, inner, taken=taken, limit=LABELS if wide else LABELS_NARROW))
    return ax


def _named(regions: pd.DataFrame) -> list[int]:
    """Domestic regions first, then by joint work; a place once."""
    order = regions.sort_values(["domestic", "joint_work"], ascending=False, kind="stable")
    return [int(k) for k in order.index[~order["place"].duplicated()]]


def _ground(ax: "Axes", window: _Window, box: Box) -> None:
    """Land and every tenth degree."""
    path, patches = extra("matplotlib.path"), extra("matplotlib.patches")
    clip = patches.Rectangle((box[0], box[1]), box[2], box[3], transform=ax.transData)
    rings = [_cut(window(outline), box) for outline in land()]
    rings = [ring for ring in rings if len(ring) > 2]
    shape = path.Path.make_compound_path(*[path.Path(np.vstack([ring, ring[:1]]), closed=True) for ring in rings])
    ax.add_artist(patches.PathPatch(shape, facecolor=colour("land"), edgecolor="none", zorder=0))
    steps = np.arange(-40.0, 71.0, 2.0)
    lines = [(np.full(len(steps[35:]), lon), steps[35:]) for lon in range(-40, 71, 10)] + [(steps, np.full(len(steps), lat)) for lat in range(30, 81, 10)]
    for lon, lat in lines:
        line = window(project(lon, lat))
        shown = (line[:, 0] > -60) & (line[:, 0] < box[2] + 60) & (line[:, 1] > -60) & (line[:, 1] < box[3] + 60)
        if shown.sum() > 1:
            (drawn,) = ax.plot(*line[shown].T, color=colour("grid"), linewidth=0.7, zorder=0.5)
            drawn.set_clip_path(clip)


def _cut(ring: Floats, box: Box) -> Floats:
    """The part of an outline inside the frame (Sutherland-Hodgman)."""
    for axis, bound, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        if not len(ring):
            break
        inside = sign * (ring[:, axis] - bound) >= 0
        found = []
        for k in range(len(ring)):
            here, there = ring[k - 1], ring[k]
            if inside[k] != inside[k - 1]:
                found.append(here + (bound - here[axis]) / (there[axis] - here[axis]) * (there - here))
            if inside[k]:
                found.append(there)
        ring = np.array(found).reshape(-1, 2)
    return ring


def _links(ax: "Axes", regions: pd.DataFrame, places: Floats, links: pd.DataFrame | None, *, wide: bool) -> None:
    """Arcs, all bent to the same side; the strongest on top."""
    if links is None or links.empty:
        return
    path, patches = extra("matplotlib.path"), extra("matplotlib.patches")
    position = {code: k for k, code in enumerate(regions["region"])}
    links = links[links["source"].isin(position) & links["target"].isin(position)]
    shown = links.head((FLOWS if regions["domestic"].all() else FLOWS_COUNTRY) if wide else FLOWS_NARROW)
    if shown.empty:
        return
    strongest = float(shown["joint_work"].max())
    for first, second, weight in reversed(list(zip(shown["source"], shown["target"], shown["joint_work"], strict=True))):
        start, end = sorted((places[position[first]], places[position[second]]), key=tuple)
        share = float(weight) / strongest
        across = end - start
        bent = (start + end) / 2 + BEND * np.array([across[1], -across[0]])
        curve = path.Path([start, bent, end], [1, 3, 3])
        line = (0.5 + 3.2 * share) * (1.0 if wide else 0.6)
        ax.add_artist(
            patches.PathPatch(curve, facecolor="none", edgecolor=colour("accent"), linewidth=line, alpha=0.2 + 0.45 * share, zorder=1, capstyle="round")
        )


def _circles(ax: "Axes", regions: pd.DataFrame, places: Floats, radii: Floats) -> None:
    patches = extra("matplotlib.patches")
    for k in np.lexsort((-radii, regions["domestic"])):
        tone = colour("accent") if regions["domestic"].iloc[k] else colour("chance-strong")
        hollow = bool(regions["hollow"].iloc[k]) and radii[k] > 1.5
        edge = {"edgecolor": tone, "linewidth": 1.2} if hollow else {"edgecolor": colour("paper"), "linewidth": 0.6 if radii[k] > 2.5 else 0.0}
        ax.add_artist(patches.Circle(places[k], radii[k], facecolor=colour("paper") if hollow else tone, zorder=3, **edge))


def _key(ax: "Axes", largest: float, box: Box, *, wide: bool) -> list[Box]:
    """Three circles with their joint work, in the Atlantic or below a narrow map; returns the box that is taken."""
    patches = extra("matplotlib.patches")
    top = 10.0 ** np.floor(np.log10(max(largest, 1.0)))
    top *= max(m for m in (1, 2, 5) if m * top <= max(largest, 1.0))
    values = [value for value in (top, top / 5, top / 50) if value >= 1] or [top]
    scale = (15.0 if wide else 8.0) / np.sqrt(max(largest, 1e-9))
    x, y = (20.0, 0.66 * box[3]) if wide else (10.0, box[3] + 14.0)
    label(ax, x - 10, y, "Joint work, projects", fontsize=11, va="center_baseline", color=colour("muted"))
    for k, value in enumerate(values):
        at = (x + 6, y + 26 + 30 * k) if wide else (x + 96 * k, y + 22)
        ax.add_artist(patches.Circle(at, scale * np.sqrt(value), facecolor="none", edgecolor=colour("muted"), linewidth=1.0, zorder=3))
        label(ax, at[0] + (22 if wide else 14), at[1], number(value), fontsize=11, va="center_baseline", color=colour("muted"))
    return [(0.0, y - 10, 150.0, y + 26 + 30 * len(values))] if wide else []
