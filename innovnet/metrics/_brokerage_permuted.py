"""Brokerage counts when groups are permuted: of whole networks, and of single actors who keep their own group."""

from collections.abc import Callable, Iterator

import numpy as np

from innovnet._kernel import kernel
from innovnet.graph._tables import freeze
from innovnet.metrics._brokerage_count import Kinds, Paths
from innovnet.metrics._samples import permutation
from innovnet.metrics._triangles import Ids, Ints, triangles

_BLOCK = 16  # permutations for which the tied alters of an actor are found once


@kernel
def tied_alters(v: int, ptr: Ints, ends: Ids, kinds: Kinds, split: Ints, place: Ints) -> Ids:
    """Pairs of alters of v that are tied, by their places in its row; then whether v stands between the first and the second, and the other way round."""
    found = 0
    for e in range(ptr[v], ptr[v + 1]):
        for f in range(ptr[ends[e]], split[ends[e]]):
            found += place[ends[f]] > 0
    pairs = np.empty((found, 4), dtype=np.uint32)
    found = 0
    for e in range(ptr[v], ptr[v + 1]):
        a = ends[e]
        for f in range(ptr[a], split[a]):
            if place[ends[f]] > 0:
                other = ptr[v] + place[ends[f]] - 1
                pairs[found, 0] = e - ptr[v]
                pairs[found, 1] = place[ends[f]] - 1
                pairs[found, 2] = (kinds[e] & 2 > 0) and (kinds[other] & 1 > 0) and (kinds[f] & 1 > 0)
                pairs[found, 3] = (kinds[other] & 2 > 0) and (kinds[e] & 1 > 0) and (kinds[f] & 2 > 0)
                found += 1
    return pairs


@kernel
def permuted_roles(low: int, high: int, ptr: Ints, ends: Ids, kinds: Kinds, split: Ints, groups: Ids, n_groups: int, labels: Ids, receivers: Ids) -> Ints:
    """Open ordered pairs of the ranks from ``low`` to ``high`` by permutation, broker and role, columns as in ``DIRECTED``.

    ``labels`` holds the permuted groups, ``receivers`` who got the group of each actor: the broker takes its own group back from the receiver, which
    takes the one that the broker got.
    """
    place = np.zeros(len(ptr) - 1, dtype=np.int64)  # 1 + place of an alter in the row of v
    sources, targets = np.zeros(n_groups, dtype=np.int64), np.zeros(n_groups, dtype=np.int64)
    found = np.empty((len(labels), high - low, 6), dtype=np.int64)
    zero = np.int64(0)
    for v in range(low, high):
        first, degree, own = ptr[v], ptr[v + 1] - ptr[v], groups[v]
        for a in range(degree):
            place[ends[first + a]] = a + 1
        pairs = tied_alters(v, ptr, ends, kinds, split, place)
        group = np.empty(degree, dtype=np.uint32)
        for r in range(len(labels)):
            total = from_own = to_own = inside = alike = zero  # ordered pairs: all; source, target, both in the own group; both in one group
            n_in = n_out = own_in = own_out = zero
            for a in range(degree):
                alter = ends[first + a]
                g = labels[r, v] if alter == receivers[r, v] else labels[r, alter]
                group[a] = g
                comes, goes = np.int64(kinds[first + a] >> 1), np.int64(kinds[first + a] & 1)
                alike += comes * targets[g] + goes * sources[g]
                sources[g] += comes
                targets[g] += goes
                n_in += comes
                n_out += goes
                mine = np.int64(g == own)
                own_in += comes * mine
                own_out += goes * mine
                total -= comes * goes
                inside -= comes * goes * mine
            from_own += own_in * n_out + inside
            to_own += n_in * own_out + inside
            inside += own_in * own_out
            total += n_in * n_out
            for p in range(len(pairs)):
                g, h = group[pairs[p, 0]], group[pairs[p, 1]]
                ahead, behind = np.int64(pairs[p, 2]), np.int64(pairs[p, 3])
                g_own, h_own = np.int64(g == own), np.int64(h == own)
                total -= ahead + behind
                from_own -= ahead * g_own + behind * h_own
                to_own -= ahead * h_own + behind * g_own
                inside -= (ahead + behind) * g_own * h_own
                alike -= (ahead + behind) * np.int64(g == h)
            row = found[r, v - low]
            row[0], row[1], row[2], row[3], row[5] = inside, alike - inside, from_own - inside, to_own - inside, total
            row[4] = total - row[0] - row[1] - row[2] - row[3]
            for a in range(degree):
                sources[group[a]] = 0
                targets[group[a]] = 0
        for a in range(degree):
            place[ends[first + a]] = 0
    return found


@kernel
def total_roles(ptr: Ints, ends: Ids, split: Ints, common: Ids, groups: Ids, n_groups: int) -> Ints:
    """Open pairs of an undirected network by role, columns as in ``UNDIRECTED``; ``common`` holds the triangles of each tie.

    Triangles with exactly two actors of one group follow from the ties inside groups, so only triangles inside groups are looked for.
    """
    n = len(ptr) - 1
    seen = np.zeros(n_groups, dtype=np.int64)
    inner_ptr = np.zeros(n + 1, dtype=np.int64)
    inner = np.empty(len(ends) // 2, dtype=np.uint32)  # ends of higher rank number in the same group
    pairs, own_pairs, alike, boundary, closed, touching = 0, 0, 0, 0, 0, 0
    for v in range(n):
        kept = inner_ptr[v]
        for e in range(ptr[v], ptr[v + 1]):
            g = groups[ends[e]]
            alike += seen[g]
            seen[g] += 1
            if e >= split[v]:
                closed += common[e]
                if g == groups[v]:
                    touching += common[e]
                    inner[kept] = ends[e]
                    kept += 1
        inner_ptr[v + 1] = kept
        degree, own = ptr[v + 1] - ptr[v], seen[groups[v]]
        pairs += degree * (degree - 1) // 2
        own_pairs += own * (own - 1) // 2
        boundary += own * (degree - own)
        for e in range(ptr[v], ptr[v + 1]):
            seen[groups[ends[e]]] = 0
    marks = np.zeros(n, dtype=np.uint8)
    inside = 0  # triangles inside groups
    for v in range(n):
        for e in range(inner_ptr[v], inner_ptr[v + 1]):
            marks[inner[e]] = 1
        for e in range(inner_ptr[v], inner_ptr[v + 1]):
            for f in range(inner_ptr[inner[e]], inner_ptr[inner[e] + 1]):
                inside += marks[inner[f]]
        for e in range(inner_ptr[v], inner_ptr[v + 1]):
            marks[inner[e]] = 0
    two_alike = touching - 3 * inside
    found = np.empty(5, dtype=np.int64)
    found[0] = own_pairs - 3 * inside
    found[1] = alike - own_pairs - two_alike
    found[2] = boundary - 2 * two_alike
    found[4] = pairs - closed  # each triangle was met at three ties
    found[3] = found[4] - found[0] - found[1] - found[2]
    return found


def of_network(paths: Paths, n_groups: int) -> Callable[[Ids], Ints]:
    """A function from groups, in the order of an undirected network, to its open pairs by role."""
    ties = paths.ties
    (common,) = freeze(triangles(ties))

    def totals(codes: Ids) -> Ints:
        (groups,) = freeze(codes[ties.order])
        return total_roles(ties.ptr, ties.ends, ties.split, common, groups, n_groups)

    return totals


def with_own_group(paths: Paths, codes: Ids, n_groups: int, classes: Ints | None, runs: int, seed: int) -> Iterator[Ints]:
    """Open ordered pairs by actor and role for each permutation, in the order of the network; each actor has its own group."""
    for first in range(0, runs, _BLOCK):
        replicates = range(first, min(first + _BLOCK, runs))
        yield from _block(paths, codes, n_groups, np.array([permutation(len(codes), seed=seed, replicate=r, classes=classes) for r in replicates]))


def _block(paths: Paths, codes: Ids, n_groups: int, donors: Ints) -> Ints:
    ties = paths.ties
    rank = np.argsort(ties.order)
    donors = rank[donors[:, ties.order]]  # whose group each rank gets
    groups = codes[ties.order]
    groups, labels, receivers = freeze(groups, groups[donors], np.argsort(donors, axis=1).astype(np.uint32))
    parts = ties.scan(lambda low, high: permuted_roles(low, high, ties.ptr, ties.ends, paths.kinds, ties.split, groups, n_groups, labels, receivers))
    return np.concatenate([np.empty((len(donors), 0, 6), dtype=np.int64), *parts], axis=1)[:, rank]
