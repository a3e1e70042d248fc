"""Labels beside points, the more important ones first, none over another."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet.report._canvas import halo, label, width_of
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]  #: left, top, right, bottom
GAP = 3.0  #: between a point and its label
COVERED = 0.1  #: share of a label's box that may lie over other points
HIDDEN = 0.3  #: share of another point that a label may cover

#: Direction of the label seen from its point, in the order in which they are tried.
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (1, 1), (-1, -1), (-1, 1))


class Wish(NamedTuple):
    """A label that is wanted at a point."""

    point: int
    text: str
    size: float = 11.0
    bold: bool = False
    side: int = 1  #: tried first: 1 right, -1 left


class Placed(NamedTuple):
    """A label and where it stands: ``x`` is the end at which it is aligned, ``y`` its middle."""

    wish: Wish
    x: float
    y: float
    align: str
    box: Box


def place_labels(
    wishes: Iterable[Wish], points: npt.NDArray[np.float64], radii: npt.NDArray[np.float64], frame: Box, *, taken: Sequence[Box] = (), limit: int | None = None
) -> list[Placed]:
    """Find room for each label in turn: right, left, below, above, then askew; a label without room is left out.

    Parameters
    ----------
    wishes
        In order of importance.
    points, radii
        All points (n × 2, px) and their radii; a label may cover at most a small share of other points.
    frame
        Labels stay inside.
    taken
        Boxes that are not free.
    limit
        So many labels at most.
    """
    boxes, placed = list(taken), list[Placed]()
    for wish in wishes:
        if limit is not None and len(placed) >= limit:
            break
        width, height = width_of(wish.text, wish.size, bold=wish.bold), 1.25 * wish.size
        best: tuple[float, Placed] | None = None
        for across, down in _DIRECTIONS:
            candidate = _at(wish, points[wish.point], float(radii[wish.point]), across * wish.side, down, width, height)
            if not _within(candidate.box, frame) or any(_overlap(candidate.box, box) > 0 for box in boxes):
                continue
            covered = _covered(candidate.box, points, radii, wish.point)
            if covered <= COVERED and (best is None or covered < best[0] - 1e-9):
                best = (covered, candidate)
            if covered == 0:
                break
        if best is not None:
            placed.append(best[1])
            boxes.append(best[1].box)
    return placed


def draw_labels(ax: "Axes", placed: Iterable[Placed], *, zorder: float = 6) -> None:
    """Write the labels, with an outline in the colour of the paper."""
    for wish, x, y, align, _taken in placed:
        text = label(ax, x, y, wish.text, fontsize=wish.size, ha=align, va="center_baseline", color=colour("ink"), zorder=zorder)
        if wish.bold:
            text.set_fontweight("bold")
        halo(text)


def _at(wish: Wish, point: npt.NDArray[np.float64], radius: float, across: int, down: int, width: float, height: float) -> Placed:
    away = radius + GAP if across == 0 or down == 0 else 0.75 * radius + GAP / 2
    x, y = float(point[0]) + across * away, float(point[1]) + down * (away + height / 2)
    if across == 0:
        return Placed(wish, x, y, "center", (x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    if down == 0:
        y = float(point[1])
    left = x if across > 0 else x - width
    return Placed(wish, x, y, "left" if across > 0 else "right", (left, y - height / 2, left + width, y + height / 2))


def _within(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _overlap(one: Box, other: Box) -> float:
    return max(min(one[2], other[2]) - max(one[0], other[0]), 0.0) * max(min(one[3], other[3]) - max(one[1], other[1]), 0.0)


def _covered(box: Box, points: npt.NDArray[np.float64], radii: npt.NDArray[np.float64], own: int) -> float:
    """Share of the box over other points, each taken as a square of the same area; 1 where it hides one of them."""
    half = radii * np.sqrt(np.pi) / 2
    across = np.minimum(box[2], points[:, 0] + half) - np.maximum(box[0], points[:, 0] - half)
    down = np.minimum(box[3], points[:, 1] + half) - np.maximum(box[1], points[:, 1] - half)
    area = np.maximum(across, 0.0) * np.maximum(down, 0.0)
    area[own] = 0.0
    if (area > HIDDEN * np.pi * radii**2).any():
        return 1.0
    return float(area.sum() / ((box[2] - box[0]) * (box[3] - box[1])))
