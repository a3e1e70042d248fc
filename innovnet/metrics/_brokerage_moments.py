"""Mean and variance of brokerage counts when ties fall at random on pairs of actors, in exact fractions.

A count T is a sum of 0/1 over its admissible triples: broker j, source i, target k of the right groups. Two triples may share the tie of a leg, or the
pair that must not be tied, or one needs the tie that the other forbids. With P(s, t), the probability that s given pairs are tied and t are not,

    E[T] = M P(2, 1),   E[T²] = M P(2, 1) + legs P(3, 2) + gaps P(4, 1) + (M² − M − legs − gaps − excluded) P(4, 2).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import perm
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet.metrics._brokerage_count import DIRECTED, UNDIRECTED

Chance = Callable[[int, int], Fraction]
Moments = tuple[Fraction, Fraction]
Numbers = npt.NDArray[Any]  # Python's whole numbers: they do not overflow
Role = Callable[[int, int, int], bool]

#: Whether three groups (source, broker, target) play the role.
ROLES: dict[str, Role] = {
    "coordinator": lambda i, j, k: i == j == k,
    "itinerant": lambda i, j, k: i == k != j,
    "representative": lambda i, j, k: i == j != k,
    "gatekeeper": lambda i, j, k: i != j == k,
    "liaison": lambda i, j, k: i != j != k != i,
    "total": lambda i, j, k: True,  # noqa: ARG005
}


class Overlaps(NamedTuple):
    """Numbers of admissible triples, and of ordered pairs of them by what they share."""

    triples: int
    legs: int = 0
    gaps: int = 0
    excluded: int = 0  #: cannot both be open


class _Pairs(NamedTuple):
    """Ordered pairs of actors by the sizes of their groups, in one group (0, 0) or in two (0, 1); third actors by group."""

    a: int
    b: int
    number: Numbers
    thirds: dict[int, Numbers]


def share(part: int, whole: int) -> Fraction:
    """A probability as a fraction; 0 where there are no such cases, and so nothing that it multiplies."""
    return Fraction(part, whole) if whole else Fraction(0)


def chance_of_ties(pairs: int, ties: int) -> Chance:
    """Every network with this number of ties equally likely."""
    return lambda s, t: share(perm(ties, s) * perm(pairs - ties, t), perm(pairs, s + t))


def chance_of_density(pairs: int, ties: int) -> Chance:
    """Every pair tied with the same probability, independently."""
    p = share(ties, pairs)
    return lambda s, t: p**s * (1 - p) ** t


def moments(overlaps: Overlaps, chance: Chance) -> Moments:
    """Mean and variance."""
    m, legs, gaps, excluded = overlaps
    mean = m * chance(2, 1)
    square = mean + legs * chance(3, 2) + gaps * chance(4, 1) + (m * m - m - legs - gaps - excluded) * chance(4, 2)
    return mean, square - mean**2


def as_floats(found: Sequence[tuple[Fraction, Fraction | None]]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Means and variances as arrays; NaN where there is no variance."""
    return np.array([float(mean) for mean, _ in found]), np.array([np.nan if spread is None else float(spread) for _, spread in found])


def network_overlaps(sizes: Sequence[int], directed: bool) -> list[Overlaps]:
    """For each role, over all brokers of a network with groups of these sizes."""
    kinds = _pairs(sizes)
    if directed:
        return [Overlaps(*np.sum([_directed(ROLES[role], kind) for kind in kinds], axis=0)) for role in DIRECTED]
    found = [np.sum([_undirected(_either_way(role), kind) for kind in kinds], axis=0) for role in UNDIRECTED]
    return [Overlaps(triples // 2, legs // 2, gaps // 2, mixed + same // 6) for triples, legs, gaps, mixed, same in found]


def actor_overlaps(n: int, others: Sequence[int], directed: bool) -> list[Overlaps]:
    """For each role, of one broker from a group of n actors; ``others`` are the sizes of the other groups."""
    own, rest = n - 1, sum(others)
    squares = sum(o * o for o in others)
    coordinator = own * (own - 1), 2 * perm(own, 3)
    itinerant = squares - rest, 2 * sum(perm(o, 3) for o in others)
    boundary = rest * own, own * rest * (rest - 1) + rest * own * (own - 1)
    liaison = rest * rest - squares, 2 * sum(o * (rest - o) * (rest - o - 1) for o in others)
    total = perm(own + rest, 2), 2 * perm(own + rest, 3)
    if directed:
        return [Overlaps(*found) for found in (coordinator, itinerant, boundary, boundary, liaison, total)]
    half = [Overlaps(triples // 2, legs // 2) for triples, legs in (coordinator, itinerant, liaison, total)]
    return [*half[:2], Overlaps(*boundary), *half[2:]]


def _either_way(role: str) -> Role:
    """An undirected role; the gatekeeper holds both boundary roles."""
    if role == "gatekeeper":
        return lambda i, j, k: (i == j) != (j == k)
    return ROLES[role]


def _pairs(sizes: Sequence[int]) -> list[_Pairs]:
    """Groups of equal size are alike, so only the different sizes are looked at."""
    found = Counter(sizes)
    size, times = np.array(list(found), dtype=object), np.array(list(found.values()), dtype=object)
    everyone = sum(sizes)
    alone = _Pairs(0, 0, times * size * (size - 1), {0: size - 2, 1: everyone - size})
    a, b = (part.ravel() for part in np.meshgrid(size, size, indexing="ij"))
    pairs = (np.outer(times, times) - np.diag(times)).ravel()
    return [alone, _Pairs(0, 1, pairs * a * b, {0: a - 1, 1: b - 1, 2: everyone - a - b})]


def _directed(role: Role, pairs: _Pairs) -> Numbers:
    """Overlaps at the arc a→b, over all ordered pairs (a, b): it is a first leg, a second leg, or the arc that must not be."""
    a, b, number, thirds = pairs
    first = sum(count * role(a, b, g) for g, count in thirds.items())
    second = sum(count * role(g, a, b) for g, count in thirds.items())
    gap = sum(count * role(a, g, b) for g, count in thirds.items())
    twice = sum(count * role(a, b, g) * (role(a, g, b) + role(b, a, g)) for g, count in thirds.items())  # exclude each other for two reasons
    legs = first * (first - 1) + second * (second - 1) + 2 * first * second
    return np.array([(number * part).sum() for part in (gap, legs, gap * (gap - 1), 2 * (first + second) * gap - twice)], dtype=object)


def _undirected(role: Role, pairs: _Pairs) -> Numbers:
    """The same at the pair (a, b) taken in both orders; last, the other centres of the same three actors, met six times."""
    a, b, number, thirds = pairs
    weights = {g: (role(b, a, g) + role(a, b, g), int(role(a, g, b))) for g in thirds}
    leg, gap = (sum(count * weights[g][k] for g, count in thirds.items()) for k in (0, 1))
    squares = sum(count * weights[g][0] ** 2 for g, count in thirds.items())
    twice = sum(count * weights[g][0] * weights[g][1] for g, count in thirds.items())
    same = sum(count * perm(sum(weights[g]), 2) for g, count in thirds.items())
    return np.array([(number * part).sum() for part in (gap, leg * leg - squares, gap * (gap - 1), leg * gap - twice, same)], dtype=object)
