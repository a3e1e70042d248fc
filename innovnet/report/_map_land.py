"""Where Europe is, without anyone's polygons: the plane of EPSG:3035 by formula, and land as what lies between participants near each other."""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage, spatial

from innovnet._check import extra
from innovnet.graph._points import region_points

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FRAME = (2.15e6, 1.40e6, 7.15e6, 5.35e6)  #: of the map, in m: west, south, east, north
CELL = 14_000.0
INSIDE, ACROSS = (40_000.0, 165_000.0), 65_000.0  #: largest circle through three points of one country (by their spacing), and of several
SPACING, ARCTIC, WILD = 2.2, 65.5, 240_000.0
NEAR = 25_000.0  #: land around every point
CLOSING, ISLAND, LAKE, BLUR = 3, 9, 150, 1.3  #: cells
FINE = 24  #: steps along the edge of a triangle, each shorter than a cell
TOLERANCE = 3_000.0  #: of the outline

# GRS80 and the parameters of ETRS89-extended / LAEA Europe
_A, _F = 6_378_137.0, 1 / 298.257222101
_E2 = _F * (2 - _F)
_E = float(np.sqrt(_E2))
_LAT0, _LON0 = np.deg2rad(52.0), np.deg2rad(10.0)
_EAST, _NORTH = 4_321_000.0, 3_210_000.0


def _authalic(lat: npt.ArrayLike) -> Floats:
    """q of the latitude (Snyder 3-12)."""
    s = np.sin(np.asarray(lat, dtype=np.float64))
    return np.asarray((1 - _E2) * (s / (1 - _E2 * s**2) - np.log((1 - _E * s) / (1 + _E * s)) / (2 * _E)))


def project(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Degrees to metres of EPSG:3035 (Lambert azimuthal equal area, GRS80): n × 2.

    Notes
    -----
    Snyder (1987), Map projections: a working manual, U.S. Geological Survey Professional Paper 1395, pages 187-188, doi:10.3133/pp1395.

    Examples
    --------
    >>> project([5.0], [50.0]).round(2).tolist()
    [[3962799.45, 2999718.85]]
    """
    phi, dlon = np.deg2rad(np.asarray(lat, dtype=np.float64)), np.deg2rad(np.asarray(lon, dtype=np.float64)) - _LON0
    pole = _authalic(np.pi / 2)
    rq = _A * np.sqrt(pole / 2)
    beta, beta0 = np.arcsin(np.clip(_authalic(phi) / pole, -1, 1)), np.arcsin(_authalic(_LAT0) / pole)
    d = _A * np.cos(_LAT0) / np.sqrt(1 - _E2 * np.sin(_LAT0) ** 2) / (rq * np.cos(beta0))
    b = rq * np.sqrt(2 / np.maximum(1 + np.sin(beta0) * np.sin(beta) + np.cos(beta0) * np.cos(beta) * np.cos(dlon), 1e-12))
    x = _EAST + b * d * np.cos(beta) * np.sin(dlon)
    y = _NORTH + b / d * (np.cos(beta0) * np.sin(beta) - np.sin(beta0) * np.cos(beta) * np.cos(dlon))
    return np.column_stack([x, y])


@cache
def land() -> tuple[Floats, ...]:
    """Outlines of land (m, n × 2 each; islands and lakes turn opposite ways).

    A triangle of neighbouring points (Delaunay) is land if the circle through them is small; larger ones pass inside a country where points are
    sparse. Norway and Sweden, and all that lies north of 65.5°, count as one country here: few live along those borders.
    """
    west, south, east, north = FRAME
    across, up = np.arange(west - 20 * CELL, east + 20 * CELL, CELL), np.arange(south - 20 * CELL, north + 20 * CELL, CELL)
    table = region_points()
    points, states = project(table["lon"], table["lat"]), table["code"].str[:2]
    arctic = (table["lat"].gt(ARCTIC) & states.isin(["NO", "SE", "FI"])).to_numpy()
    country = states.replace("NO", "SE").mask(arctic, "SE").to_numpy()
    tree = spatial.cKDTree(points)
    triangles = spatial.Delaunay(points).simplices
    spacing = np.asarray(tree.query(points, k=9)[0])[:, 1:].mean(axis=1)[triangles].mean(axis=1)
    same = (country[triangles] == country[triangles][:, :1]).all(axis=1)
    largest = np.where(same, np.where(arctic[triangles].any(axis=1), WILD, np.clip(SPACING * spacing, *INSIDE)), ACROSS)
    corners = points[triangles]
    kept = corners[_circle(corners) < largest]
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(across, up)])
    dry = (np.asarray(tree.query(grid, distance_upper_bound=NEAR)[0]) < np.inf).reshape(len(up), len(across))
    steps = np.array([(i, j, FINE - i - j) for i in range(FINE + 1) for j in range(FINE + 1 - i)]) / FINE
    inside = np.einsum("sk,tkd->tsd", steps, kept).reshape(-1, 2)
    column, row = (np.rint((inside[:, k] - axis[0]) / CELL).astype(np.int64) for k, axis in enumerate((across, up)))
    shown = (column >= 0) & (column < len(across)) & (row >= 0) & (row < len(up))
    dry[row[shown], column[shown]] = True
    return tuple(_outlines(_tidy(dry), across, up))


def _circle(corners: Floats) -> Floats:
    """Radius of the circle through the three corners of each triangle."""
    a, b, c = (np.hypot(*(corners[:, i] - corners[:, j]).T) for i, j in ((1, 2), (0, 2), (0, 1)))
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return np.asarray(a * b * c / np.maximum(4 * area, 1.0))


def _tidy(dry: Bools) -> Floats:
    """Close gaps, drop specks, fill small holes, blur."""
    disc = np.hypot(*np.mgrid[-CLOSING : CLOSING + 1, -CLOSING : CLOSING + 1]) <= CLOSING
    padded = ndimage.binary_closing(np.pad(dry, CLOSING), disc)[CLOSING:-CLOSING, CLOSING:-CLOSING]
    for state, smallest in ((True, ISLAND), (False, LAKE)):
        parts, n = ndimage.label(padded == state)
        sizes = ndimage.sum_labels(np.ones_like(parts), parts, np.arange(n + 1))
        padded = np.where((padded == state) & (sizes[parts] < smallest) & (parts > 0), not state, padded)
    return np.asarray(ndimage.gaussian_filter(padded.astype(np.float64), BLUR))


def _outlines(field: Floats, across: Floats, up: Floats) -> list[Floats]:
    field = np.pad(field, 1)
    across, up = (np.concatenate([[axis[0] - CELL], axis, [axis[-1] + CELL]]) for axis in (across, up))
    lines = extra("contourpy").contour_generator(across, up, field).lines(0.5)
    return [simpler for line in lines if len(simpler := _simplified(np.asarray(line))) > 3]


def _simplified(line: Floats) -> Floats:
    """A closed line with fewer points, nowhere further than TOLERANCE from the old one (Douglas-Peucker)."""
    keep = np.zeros(len(line), dtype=bool)
    half = int(np.argmax(np.hypot(*(line - line[0]).T)))
    waiting = [(0, half), (half, len(line) - 1)]
    keep[[0, half, -1]] = True
    while waiting:
        start, end = waiting.pop()
        if end - start < 2:
            continue
        base = line[end] - line[start]
        between = line[start + 1 : end] - line[start]
        length = max(float(np.hypot(*base)), 1e-9)
        off = np.abs(base[0] * between[:, 1] - base[1] * between[:, 0]) / length
        worst = int(np.argmax(off))
        if off[worst] > TOLERANCE:
            middle = start + 1 + worst
            keep[middle] = True
            waiting += [(start, middle), (middle, end)]
    return line[keep]
