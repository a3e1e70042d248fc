"""Where the organisations of the network figure stand: a disc for each group, organisations inside by their ties, discs packed into the frame.

Everything is computed from fixed starting points: the same network has the same picture.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEPS = 400  #: of the springs
ROUNDS = 12  #: of the spreading
NODE_GAP, DISC_GAP = 12.0, 26.0
LARGEST = 2.0  #: scale of the discs
ROTATIONS, SQUEEZES = 36, (0.5, 1.0, 2.0, 4.0)
_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


class Layout(NamedTuple):
    """Places in px."""

    places: Floats  #: n × 2
    centres: Floats  #: groups × 2
    extents: Floats  #: groups × 2: half width and half height of each disc; a single one fills the frame and is an ellipse


def laid_out(radii: Floats, weights: Floats, codes: Ints, frame: tuple[float, float, float, float]) -> Layout:
    """Places for circles of the radii given, tied by weights, in groups; ``frame`` is left, top, width, height."""
    left, top, width, height = frame
    k = int(codes.max()) + 1
    members = [np.flatnonzero(codes == g) for g in range(k)]
    natural = np.array([1.1 * np.sqrt(((radii[m] + 15.0) ** 2).sum()) + 6.0 for m in members])
    if k == 1:
        centres, extents = np.array([[width / 2, height / 2]]), np.array([[width / 2, height / 2]])
    else:
        means = np.array([[weights[np.ix_(a, b)].mean() for b in members] for a in members])
        centres, scale = _packed(natural, means, width, height)
        extents = np.repeat((natural * scale)[:, np.newaxis], 2, axis=1)
    places = np.zeros((len(radii), 2))
    for g, m in enumerate(members):
        places[m] = centres[g] + _inside(radii[m], weights[np.ix_(m, m)], extents[g])
    corner = np.array([left, top])
    return Layout(places + corner, centres + corner, extents)


def ring(radii: Floats, weights: Floats, frame: tuple[float, float, float, float]) -> Layout:
    """All on one ellipse, neighbours where the ties are strong."""
    left, top, width, height = frame
    n = len(radii)
    order, free = [0], set(range(1, n))
    while free:
        following = max(free, key=lambda j: (weights[order[-1], j], -j))
        order.append(following)
        free.remove(following)
    angle = 2 * np.pi * np.arange(n) / n - np.pi / 2
    places = np.zeros((n, 2))
    extent = np.array([width / 2 - radii.max(), height / 2 - radii.max()])
    places[order] = np.column_stack([np.cos(angle), np.sin(angle)]) * extent
    centre = np.array([left + width / 2, top + height / 2])
    return Layout(places + centre, centre[np.newaxis, :], extent[np.newaxis, :])


def _sunflower(n: int) -> Floats:
    turn, distance = np.arange(n) * _GOLDEN, np.sqrt((np.arange(n) + 0.5) / max(n, 1))
    return np.column_stack([distance * np.cos(turn), distance * np.sin(turn)])


def _inside(radii: Floats, weights: Floats, extent: Floats) -> Floats:
    """Places in an ellipse around 0: springs, then spread over the area, then pushed apart."""
    n = len(radii)
    if n == 1:
        return np.zeros((1, 2))
    places = _springs(weights)
    places -= _middle(places)
    places *= 0.9 / max(np.hypot(*places.T).max(), 1e-9)
    return _apart(_spread(places) * (extent - radii.max() - 4.0), radii, extent)


def _spread(places: Floats) -> Floats:
    """Fill the unit disc evenly: each place moves towards the middle of the area that is nearest to it (Lloyd)."""
    area = _sunflower(60 * len(places))
    for _ in range(ROUNDS):
        nearest = np.argmin(((area[:, np.newaxis, :] - places[np.newaxis, :, :]) ** 2).sum(axis=2), axis=1)
        sizes = np.maximum(np.bincount(nearest, minlength=len(places)), 1)
        middles = np.column_stack([np.bincount(nearest, weights=area[:, k], minlength=len(places)) for k in (0, 1)]) / sizes[:, np.newaxis]
        places = places + 0.7 * (middles - places)
    return places


def _springs(weights: Floats) -> Floats:
    """Fruchterman-Reingold from a sunflower, the strongest in the middle."""
    n = len(weights)
    places = np.empty((n, 2))
    places[np.argsort(-weights.sum(axis=1), kind="stable")] = _sunflower(n)
    pull = weights / max(weights.max(), 1e-12)
    length = np.sqrt(np.pi / n)
    for step in range(STEPS):
        apart = places[:, np.newaxis, :] - places[np.newaxis, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-6)
        force = length**2 / distance**2 - pull * distance / length
        np.fill_diagonal(force, 0.0)
        move = (apart * force[..., np.newaxis]).sum(axis=1) - 0.05 * places
        size = np.maximum(np.hypot(*move.T), 1e-9)
        heat = 0.25 * (1.0 - step / STEPS) * np.sqrt(np.pi)
        places = places + move * (np.minimum(size, heat) / size)[:, np.newaxis]
    return places


def _middle(places: Floats) -> Floats:
    """Centre of the smallest circle around the places (Bădoiu-Clarkson)."""
    centre = places.mean(axis=0)
    for k in range(1, 400):
        far = places[np.argmax(np.hypot(*(places - centre).T))]
        centre = centre + (far - centre) / (k + 1)
    return centre


def _apart(places: Floats, radii: Floats, extent: Floats) -> Floats:
    """Move circles until they are ``NODE_GAP`` apart or the ellipse has no more room; wider than high, for the sake of the labels."""
    need = radii[:, np.newaxis] + radii[np.newaxis, :] + NODE_GAP
    np.fill_diagonal(need, 0.0)
    for _ in range(300):
        apart = places[:, np.newaxis, :] - places[np.newaxis, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-6)
        lack = np.maximum(need - distance, 0.0)
        if not lack.any():
            break
        places = places + 0.3 * (apart / distance[..., np.newaxis] * lack[..., np.newaxis]).sum(axis=1)
        room = np.maximum(extent[np.newaxis, :] - radii[:, np.newaxis] - 4.0, 1.0)
        out = np.hypot(*(places / room).T)
        places = places / np.maximum(out, 1.0)[:, np.newaxis]
    return places


def _packed(radii: Floats, means: Floats, width: float, height: float) -> tuple[Floats, float]:
    """Centres of discs in a frame, and the largest scale of their radii for which one of the rotated and squeezed starts finds room."""
    start = _springs(means / max(means.max(), 1e-12) * 0.2 + 1e-3)
    start = (start - start.mean(axis=0)) / max(np.abs(start - start.mean(axis=0)).max(), 1e-9)
    turns, squeezes = (x.ravel() for x in np.meshgrid(2 * np.pi * np.arange(ROTATIONS) / ROTATIONS, SQUEEZES, indexing="ij"))
    cosine, sine = np.cos(turns)[:, np.newaxis], np.sin(turns)[:, np.newaxis]
    turned = np.stack([start[:, 0] * cosine - start[:, 1] * sine, start[:, 0] * sine + start[:, 1] * cosine], axis=2)
    stretch = np.sqrt(squeezes * width / height)
    starts = turned * np.stack([stretch, 1 / stretch], axis=1)[:, np.newaxis, :] * min(width, height) / 3
    low, high = 0.0, LARGEST
    best = (np.zeros_like(start), 0.0)
    for _ in range(12):
        scale = (low + high) / 2
        found = _fitted(starts, radii * scale, width, height)
        if found is None:
            high = scale
        else:
            low, best = scale, (found, scale)
    return best[0] + (width / 2, height / 2), best[1]


def _fitted(places: Floats, radii: Floats, width: float, height: float) -> Floats | None:
    """Push discs apart inside the frame from many starts at once; the first start that ends without overlap, if any."""
    need = radii[:, np.newaxis] + radii[np.newaxis, :] + DISC_GAP
    np.fill_diagonal(need, 0.0)
    room = np.stack([width / 2 - radii, height / 2 - radii], axis=1)
    if (room < 0).any():
        return None
    for _ in range(120):
        places = np.clip(places, -room, room)
        apart = places[:, :, np.newaxis, :] - places[:, np.newaxis, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-6)
        lack = np.maximum(need - distance, 0.0)
        fits = np.flatnonzero(lack.max(axis=(1, 2)) < 0.5)
        if len(fits):
            return np.asarray(places[fits[0]])
        places = places + 0.55 * (apart / distance[..., np.newaxis] * lack[..., np.newaxis]).sum(axis=2)
    return None
