"""Mean and variance of brokerage counts when the groups of the actors are exchanged at random, in exact fractions.

The open two-paths stay. Ordered pairs of them are sorted by the actors they share; for each kind the probability that both play the role follows from
the sizes of the groups. Variances are those of undirected networks.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import lcm, perm

import numpy as np

from innovnet._kernel import kernel
from innovnet.metrics._brokerage_count import DIRECTED, UNDIRECTED, Paths
from innovnet.metrics._brokerage_moments import Numbers, share
from innovnet.metrics._triangles import Floats, Ids, Ints, triangles

Links = tuple[tuple[int, int], ...]
Events = dict[Links, int]

_ALL: Links = ((0, 1), (0, 2))
#: Each role by which of centre (0) and ends (1, 2) are at least of one group: the number of times that event counts.
_EVENTS: dict[str, Events] = {
    "coordinator": {_ALL: 1},
    "itinerant": {((1, 2),): 1, _ALL: -1},
    "gatekeeper": {((0, 1),): 1, ((0, 2),): 1, _ALL: -2},
    "liaison": {(): 1, ((0, 1),): -1, ((0, 2),): -1, ((1, 2),): -1, _ALL: 2},
    "total": {(): 1},
}
_DIRECTED_EVENTS = _EVENTS | {"representative": {((0, 1),): 1, _ALL: -1}, "gatekeeper": {((0, 2),): 1, _ALL: -1}}
#: The centre and ends of a second two-path, numbered by those of a first (0; 1, 2) where they are shared.
_SHARED = {
    "all": (0, 1, 2),
    "centre and end": (0, 1, 3),
    "crossed": (1, 0, 3),
    "both ends": (3, 1, 2),
    "centres": (0, 3, 4),
    "centre and other's end": (1, 3, 4),
    "one end": (3, 1, 4),
    "none": (3, 4, 5),
}


@kernel
def count_squares(low: int, high: int, ptr: Ints, ends: Ids, split: Ints) -> int:
    """Cycles of four whose first rank is from ``low`` to ``high``."""
    paths = np.zeros(len(ptr) - 1, dtype=np.int64)
    found = 0
    for v in range(low, high):
        for e in range(split[v], ptr[v + 1]):
            for f in range(ptr[ends[e] + 1] - 1, ptr[ends[e]] - 1, -1):
                if ends[f] <= v:
                    break
                found += paths[ends[f]]
                paths[ends[f]] += 1
        for e in range(split[v], ptr[v + 1]):
            for f in range(ptr[ends[e] + 1] - 1, ptr[ends[e]] - 1, -1):
                if ends[f] <= v:
                    break
                paths[ends[f]] = 0
    return found


def label_moments(paths: Paths, sizes: Sequence[int], opened: int) -> list[tuple[Fraction, Fraction | None]]:
    """Mean and variance for each role over the network, ``opened`` being its open two-paths; no variance where directed."""
    if paths.directed:
        return [(opened * _expected(events, sizes), None) for events in (_DIRECTED_EVENTS[role] for role in DIRECTED)]
    shared = _shared(paths)
    found: list[tuple[Fraction, Fraction | None]] = []
    for role in UNDIRECTED:
        events = _EVENTS[role]
        mean = opened * _expected(events, sizes)
        square = sum((number * _expected(_both(events, _SHARED[kind]), sizes) for kind, number in shared.items()), Fraction(0))
        found.append((mean, square - mean**2))
    return found


def label_actor_moments(paths: Paths, sizes: Sequence[int], codes: Ids, opened: Ints) -> tuple[Floats, Floats]:
    """Mean and variance for each actor and role; the actor keeps its group. Variance NaN where directed."""
    chances = [_of_one_broker(n - 1, [o for h, o in enumerate(sizes) if h != g], paths.directed) for g, n in enumerate(sizes)]
    pairs = opened.astype(object)
    stars = np.zeros(len(codes), dtype=object) if paths.directed else _stars(paths)
    apart = pairs * (pairs - 1) - stars
    means, variances = [], []
    for role in range(len(chances[0])):
        p2, p3, p4 = ([chance[role][k] for chance in chances] for k in range(3))
        means.append(_weighted([p2], codes, [pairs]))
        terms = [[p * (1 - p) for p in p2], [q - p * p for p, q in zip(p2, p3, strict=True)], [q - p * p for p, q in zip(p2, p4, strict=True)]]
        variances.append(_weighted(terms, codes, [pairs, stars, apart]))
    spread = np.transpose(variances)
    return np.transpose(means), np.full_like(spread, np.nan) if paths.directed else spread


def _of_one_broker(own: int, others: Sequence[int], directed: bool) -> list[tuple[Fraction, Fraction, Fraction]]:
    """For each role the probability that one pair of alters plays it, two pairs with a common alter, two pairs without; ``own`` others are of its group."""
    n, rest = own + sum(others), sum(others)
    squares, cubes = sum(o * o for o in others), sum(o**3 for o in others)
    two = sum(perm(o, 2) for o in others)
    coordinator = tuple(perm(own, r) for r in (2, 3, 4))
    itinerant = two, sum(perm(o, 3) for o in others), sum(perm(o, 4) - perm(o, 2) ** 2 for o in others) + two**2
    boundary = 2 * own * rest, own * perm(rest, 2) + rest * perm(own, 2), 4 * perm(own, 2) * perm(rest, 2)
    stars = sum(o * (rest - o) * (rest - o - 1) for o in others)
    liaison = rest**2 - squares, stars, ((rest - 2) ** 2 - squares - 2) * (rest**2 - squares) + 4 * (squares * rest - cubes)
    total = tuple(perm(n, r) for r in (2, 3, 4))
    one_way = own * rest, 0, 0
    counts = [coordinator, itinerant, one_way, one_way, liaison, total] if directed else [coordinator, itinerant, boundary, liaison, total]
    return [(share(a, perm(n, 2)), share(b, perm(n, 3)), share(c, perm(n, 4))) for a, b, c in counts]


def _weighted(chances: list[list[Fraction]], codes: Ids, numbers: list[Numbers]) -> Floats:
    """Sum over terms of a chance of the actor's group × a number of the actor, without rounding before the end."""
    whole = lcm(*(chance.denominator for term in chances for chance in term))
    parts = [np.array([int(chance * whole) for chance in term], dtype=object)[codes] * number for term, number in zip(chances, numbers, strict=True)]
    return (np.sum(parts, axis=0) / whole).astype(np.float64)


def _ends(paths: Paths) -> Ints:
    """Of each entry (v, u): open two-paths with centre v and end u."""
    return paths.ties.of_rows(np.diff(paths.ties.ptr)) - 1 - triangles(paths.ties).astype(np.int64)


def _stars(paths: Paths) -> Numbers:
    """Ordered pairs of open two-paths with the actor as centre that share one end."""
    ends = _ends(paths)
    return _by_actor(paths, ends * (ends - 1)).astype(object)


def _by_actor(paths: Paths, values: Ints) -> Ints:
    return paths.ties.restore(paths.ties.row_sums(values), 0)


def _shared(paths: Paths) -> dict[str, int]:
    """Ordered pairs of open two-paths of an undirected network, by the actors they share, as in ``_SHARED``."""
    ties, ends = paths.ties, _ends(paths)
    common = ties.of_rows(np.diff(ties.ptr)) - 1 - ends
    squares = sum(ties.scan(lambda low, high: count_squares(low, high, ties.ptr, ties.ends, ties.split)))
    both_ends = 4 * squares - int((common * (common - 1)).sum()) // 2  # pairs of actors with several common partners, less the tied ones
    centre = _by_actor(paths, ends).astype(object) // 2
    end = _by_actor(paths, ends[ties.back]).astype(object)
    star, crossed = int((ends * (ends - 1)).sum()), int((ends * ends[ties.back]).sum())
    shared = {
        "all": int(centre.sum()),
        "centre and end": star,
        "crossed": crossed,
        "both ends": both_ends,
        "centres": int((centre * (centre - 1)).sum()) - star,
        "centre and other's end": 2 * int((centre * end).sum()) - 2 * crossed,
        "one end": int((end * (end - 1)).sum()) - star - 2 * both_ends,
    }
    return shared | {"none": int(centre.sum()) ** 2 - sum(shared.values())}


def _both(events: Events, actors: tuple[int, int, int]) -> Events:
    """The events of two two-paths together, the second on ``actors``."""
    found: Events = {}
    for (first, a), (second, b) in product(events.items(), repeat=2):
        joint = first + tuple((actors[i], actors[j]) for i, j in second)
        found[joint] = found.get(joint, 0) + a * b
    return found


def _expected(events: Events, sizes: Sequence[int]) -> Fraction:
    return sum((times * _alike(links, sizes) for links, times in events.items()), Fraction(0))


def _alike(links: Links, sizes: Sequence[int]) -> Fraction:
    """Probability that linked actors are of one group; at most two sets of actors are linked."""
    blocks: list[set[int]] = []
    for link in links:
        touched = [block for block in blocks if block & set(link)]
        blocks = [block for block in blocks if block not in touched] + [set(link).union(*touched)]
    taken = [len(block) for block in blocks]
    favourable = sum(perm(n, sum(taken)) for n in sizes)
    if len(taken) == 2:
        s, t = taken
        favourable += sum(perm(n, s) for n in sizes) * sum(perm(n, t) for n in sizes) - sum(perm(n, s) * perm(n, t) for n in sizes)
    return share(favourable, perm(sum(sizes), sum(taken))) if taken else Fraction(1)
