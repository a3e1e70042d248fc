"""Distances of each actor to the others, counted: 512 sources at a time where every tie has length 1, else one by one.

A source is one bit of a row of eight words. An actor whose distances are wanted ORs the rows of its cliques and of the actors of its rest: the bits
that are new are sources one step further away, and are counted at once. Counts are whole numbers, so sums do not depend on their order.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet._parallel import bounds, run
from innovnet.graph._network import Arcs, Direction, Network
from innovnet.graph._tables import freeze
from innovnet.metrics._cover import Cover, Parts, covered, merged, uncovered
from innovnet.metrics._lengths import path_arcs
from innovnet.metrics._search import visit

CHUNKS = 64  # fixed: the bits of a result do not depend on the number of threads
WORDS, BITS = 8, 64
FAR = 64  # beyond this distance sources are searched one by one

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.uint64]


class Reach(NamedTuple):
    """What an actor's distances to the others add up to."""

    reached: Floats  #: number of other actors at finite distance
    total: Floats  #: sum of the distances to them
    inverse: Floats  #: sum of one over these distances


def reach_of(network: Network, distance: str | None, direction: Direction, *, what: str, progress: bool | None) -> Reach:
    """Sums over the distances from each actor (``direction="out"``), to it (``"in"``) or regardless of direction (``"both"``)."""
    counts = _counted(network, direction, what, progress) if distance is None else None
    if counts is not None:
        far = np.arange(len(counts), dtype=np.float64)[:, None]
        return Reach(counts.sum(axis=0).astype(np.float64), (counts * far).sum(axis=0), (counts[1:] / far[1:]).sum(axis=0))
    arcs, kept, place, times, apart = merged(path_arcs(network, distance, direction), symmetric=not network.directed or direction == "both")
    cut = bounds(np.ones(len(kept)), CHUNKS)

    def part(i: int) -> Floats:
        return reach(*arcs, times, apart, distance is not None, cut[i], cut[i + 1])

    return Reach(*np.hstack([np.zeros((3, 0)), *run(part, len(cut) - 1, what=what, progress=progress)])[:, place])


def _counted(network: Network, direction: Direction, what: str, progress: bool | None) -> Ints | None:
    """Number of other actors at each distance (rows) of each actor (columns); None where someone is further away than ``FAR``."""
    cover, place, order = _parts(network, direction)
    into = _without_corrections(cover)
    core, cliques = len(cover.clique_ptr) - 1, len(cover.member_ptr) - 1
    seeds, weights = freeze(*_seeds(order, np.concatenate([np.ones(core), cover.twins]).astype(np.int64)))
    cut = bounds(np.ones(len(seeds)), CHUNKS)
    ties = cover._replace(into_ptr=into.indptr, into=into.indices, into_weights=into.weights)

    def part(i: int) -> Ints:
        return tally(ties, seeds, weights, cut[i], cut[i + 1])

    found = np.zeros((FAR + 1, core + cliques), dtype=np.int64)
    for counts in run(part, len(cut) - 1, what=what, progress=progress):
        if not len(counts):
            return None
        found[: len(counts)] += counts
    found[1, core:] += np.where(np.diff(cover.member_ptr) == 0, cover.twins - 1, 0).astype(np.int64)  # cliques of their own
    found = found[: int(np.flatnonzero(found.any(axis=1)).max(initial=0)) + 1]
    return np.pad(found, ((0, 0), (0, 1)))[:, place]  # isolates have the place -1


def _parts(network: Network, direction: Direction) -> Parts:
    """The cover along which a search from u comes to v with the distance wanted, that of u from v."""
    if network.directed and direction != "both":
        out, into = (network.arcs(weighted=False, direction=d) for d in ("out", "in"))
        return uncovered(into, out) if direction == "out" else uncovered(out, into)
    return covered(network.arcs(weighted=False, direction=direction))


def _without_corrections(cover: Cover) -> Arcs:
    """The ties of the rest that are in no clique."""
    rows = np.repeat(np.arange(len(cover.into_ptr) - 1), np.diff(cover.into_ptr))
    keep = cover.into_weights > 0
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows[keep], minlength=len(cover.into_ptr) - 1))]).astype(np.int64)
    return Arcs(*freeze(ends, cover.into[keep], cover.into_weights[keep]))


def _seeds(order: Ints, weights: Ints) -> tuple[Ints, Ints]:
    """Sources by batch, word and bit, -1 where there is none; one weight for each word, so that bits can be counted."""
    order = order[np.argsort(weights[order], kind="stable")]
    values, sizes = np.unique(weights[order], return_counts=True)
    words = -(-sizes // BITS)
    batches = -(-int(words.sum()) // WORDS)
    shift = np.cumsum(words) * BITS - words * BITS - (np.cumsum(sizes) - sizes)
    seeds = np.full(batches * WORDS * BITS, -1, dtype=np.int64)
    seeds[np.arange(len(order)) + np.repeat(shift, sizes)] = order
    weight = np.zeros(batches * WORDS, dtype=np.int64)
    weight[: int(words.sum())] = np.repeat(values, words)
    return seeds.reshape(batches, WORDS, BITS), weight.reshape(batches, WORDS)


@kernel
def tally(cover: Cover, seeds: Ints, weights: Ints, first: int, last: int) -> Ints:
    """Weighted number of the seeds of batches ``first`` to ``last`` - 1 at each distance from each core actor and, past these, from the twins of each clique.

    No rows where someone is further away than ``FAR``.
    """
    n, cliques = len(cover.clique_ptr) - 1, len(cover.member_ptr) - 1
    counts = np.zeros((FAR + 1, n + cliques), dtype=np.int64)
    actors = np.empty((n, WORDS), dtype=np.uint64)
    groups = np.empty((cliques, WORDS), dtype=np.uint64)
    found = np.empty((n + 1, WORDS), dtype=np.uint64)
    ids = np.empty(n, dtype=np.uint32)
    deepest = 0
    for batch in range(first, last):
        plant(seeds[batch], weights[batch], actors, groups, counts[1])
        depth, new = 0, 1
        while new:
            if depth == FAR:
                return counts[:0]
            depth += 1
            row = found[n]
            for q in range(cliques):
                if not full(groups[q]):
                    row[:] = 0
                    join(cover.member_ptr, cover.members, actors, q, row)
                    counts[depth, n + q] += fresh(row, groups[q], weights[batch])
                    for w in range(WORDS):
                        groups[q, w] |= row[w]
            new = 0
            for v in range(n):
                if not full(actors[v]):
                    row = found[new]
                    row[:] = 0
                    join(cover.clique_ptr, cover.cliques, groups, v, row)
                    join(cover.into_ptr, cover.into, actors, v, row)
                    count = fresh(row, actors[v], weights[batch])
                    if count:
                        counts[depth, v] += count
                        ids[new] = v
                        new += 1
            for i in range(new):
                for w in range(WORDS):
                    actors[ids[i], w] |= found[i, w]
        deepest = max(deepest, depth)
    return counts[: deepest + 1]


@kernel
def plant(seeds: Ints, weights: Ints, actors: Rows, groups: Rows, counts: Ints) -> None:
    """Set the bit of each seed; a bit without one is set everywhere, as if long known. A clique's twins are at distance 1 from each other."""
    n = len(actors)
    for w in range(WORDS):
        unused = np.uint64(0)
        for bit in range(BITS):
            if seeds[w, bit] < 0:
                unused |= np.uint64(1) << np.uint64(bit)
        actors[:, w] = unused
        groups[:, w] = unused
        for bit in range(BITS):
            seed = seeds[w, bit]
            if seed >= n:
                groups[seed - n, w] |= np.uint64(1) << np.uint64(bit)
                counts[seed] += weights[w] - 1
            elif seed >= 0:
                actors[seed, w] |= np.uint64(1) << np.uint64(bit)


@kernel
def full(row: Rows) -> bool:
    """Whether all bits are set."""
    every = row[0]
    for w in range(1, WORDS):
        every &= row[w]
    return every == np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def join(ptr: Ints, ids: Ids, rows: Rows, i: int, row: Rows) -> None:
    """OR ``rows[ids[k]]`` into the row, over k from ``ptr[i]`` to ``ptr[i + 1]`` - 1."""
    for k in range(ptr[i], ptr[i + 1]):
        for w in range(WORDS):
            row[w] |= rows[ids[k], w]


@kernel
def fresh(row: Rows, seen: Rows, weights: Ints) -> int:
    """Leave in the row what was not seen; returns its number of bits, each word times its weight."""
    total = 0
    for w in range(WORDS):
        row[w] &= ~seen[w]
        bits = row[w]
        bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
        bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
        bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        total += weights[w] * np.int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))
    return total


@kernel
def reach(indptr: Ints, indices: Ids, lengths: Floats, times: Floats, apart: Floats, weighted: bool, first: int, last: int) -> Floats:
    """The rows of :class:`Reach` for the sources ``first`` to ``last`` - 1. Equal distances are counted before they are added."""
    n = len(indptr) - 1
    sums = np.zeros((3, last - first), dtype=np.float64)
    distance = np.full(n, np.inf, dtype=np.float64)
    order = np.empty(n, dtype=np.uint32)
    heap = np.empty(n, dtype=np.uint32)
    place = np.full(n, -1, dtype=np.int64)
    for source in range(first, last):
        reached = visit(indptr, indices, lengths, weighted, source, distance, order, heap, place)
        twins = times[source] - 1.0
        if twins > 0.0:
            sums[:, source - first] = twins, twins * apart[source], twins / apart[source]
        i = 1
        while i < reached:
            far = distance[order[i]]
            alike = 0.0
            while i < reached and distance[order[i]] == far:
                alike += times[order[i]]
                i += 1
            sums[0, source - first] += alike
            sums[1, source - first] += alike * far
            sums[2, source - first] += alike / far
        for i in range(reached):
            distance[order[i]] = np.inf
    return sums
