"""Betweenness, sixteen sources at a time, over the cover of a network.

Every quantity is a row of sixteen lanes, one for each source of a batch, so that one look at a tie serves all of them. Forwards, level by level,
paths are counted: ``front`` holds the counts of the actors reached last, ``shared`` their sums over the members of each clique. The count of an
actor not seen before is the sum of ``shared`` over its cliques and of ``front`` over its rest, which is the sum of ``front`` over its partners, as
A = BBᵀ + rest; exactly so, because counts are whole numbers. A clique is reached at one level, that of its nearest members: the others are
one further, and none is left to see when it would be reached again. Backwards the same sums carry x = (1 + dependency) / count, and twins wait in
their clique as targets.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.metrics._betweenness._intrinsics import LANES, add, divide, gather, gather_weighted, keep, load, multiply, nonzero, splat, store, total
from innovnet.metrics._cover import Cover

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float64]

ALL = np.uint16(2**LANES - 1)
BROAD = 8  # a level with more than one in so many of the actors is followed by a look at everyone, not at its neighbours


class Side(NamedTuple):
    """What is known of the actors, or of the cliques, in one batch."""

    seen: Bits  #: the lanes in which each was reached
    ids: Ids  #: who was reached, level by level, in some lane
    rows: Floats  #: the counts of each of these, 0 in the other lanes
    ends: Ints  #: level d: ``ids[ends[d]:ends[d + 1]]``
    marked: npt.NDArray[np.bool_]
    some: Ids  #: room for a list of those marked
    everyone: Ids


def batches(cover: Cover, sources: Ints, weights: Floats, first: int, last: int) -> Floats:
    """Weighted sum of the dependencies of the sources of batches ``first`` to ``last`` - 1 on each core actor; not finite where paths are too many to count.

    A source is a core actor, or past these the clique of its twins.
    """
    n, cliques = len(cover.clique_ptr) - 1, len(cover.member_ptr) - 1
    sums = np.zeros(n)
    front, ahead, shared, weight = map(empty_rows, (n, n, cliques, 1))
    dependencies(cover, sources, weights, first, last, room_for(n, n), room_for(cliques, n), front, ahead, shared, weight, sums)
    return sums


def room_for(n: int, levels: int) -> Side:
    """Room for what is known of ``n`` actors or cliques."""
    bits, flags, everyone = np.zeros(n, dtype=np.uint16), np.zeros(n, dtype=np.bool_), np.arange(n, dtype=np.uint32)
    return Side(
        bits, np.empty(n * LANES, dtype=np.uint32), empty_rows(n * LANES), np.zeros(levels + 3, dtype=np.int64), flags, np.empty_like(everyone), everyone
    )


def empty_rows(n: int) -> Floats:
    """Rows of zeros that begin where a cache line does. The system hands out memory of zeros when it is first touched, so unused rows cost nothing."""
    room = np.zeros((n + 1) * LANES)
    skip = -(room.ctypes.data // 8) % LANES
    return room[skip : skip + n * LANES].reshape(n, LANES)


@kernel
def dependencies(
    cover: Cover,
    sources: Ints,
    weights: Floats,
    first: int,
    last: int,
    actors: Side,
    groups: Side,
    front: Floats,
    ahead: Floats,
    shared: Floats,
    weight: Floats,
    sums: Floats,
) -> None:
    """The work of :func:`batches`. Rows of actors: ``front``, and ``ahead`` for those one level on; of cliques: ``shared``; all come in and go out 0."""
    for batch in range(first, last):
        begin(sources, weights, batch, actors, groups, front, shared, weight)
        depth = forwards(cover, actors, groups, front, ahead, shared)
        forget(groups, shared, groups.ends[depth + 2])
        actors.seen[:] = 0
        backwards(cover, actors, groups, front, ahead, shared, depth, weight, sums)


@kernel
def begin(sources: Ints, weights: Floats, batch: int, actors: Side, groups: Side, front: Floats, shared: Floats, weight: Floats) -> None:
    """Level 0: each source has one path to itself, in its own lane."""
    n = len(actors.seen)
    weight[:] = 0.0
    actors.ends[1] = 0
    groups.ends[1] = 0
    for lane in range(min(LANES, len(sources) - batch * LANES)):
        source = sources[batch * LANES + lane]
        weight[0, lane] = weights[batch * LANES + lane]
        if source < n:
            enter(actors, front, source, lane)
        else:
            enter(groups, shared, source - n, lane)


@kernel
def enter(among: Side, rows: Floats, i: int, lane: int) -> None:
    """Note a source at level 0."""
    if among.seen[i] == 0:
        among.ids[among.ends[1]] = i
        among.ends[1] += 1
    among.seen[i] |= np.uint16(1 << lane)
    rows[i, lane] = 1.0


@kernel
def forwards(cover: Cover, actors: Side, groups: Side, front: Floats, ahead: Floats, shared: Floats) -> np.int64:
    """Count paths until nobody new is reached; returns the deepest level and leaves ``front`` and ``ahead`` all 0."""
    n = len(actors.seen)
    depth, nobody = np.int64(0), np.int64(0)  # literals would be types of their own
    while True:
        first, last = actors.ends[depth], actors.ends[depth + 1]
        broad = (last - first) * BROAD > n
        listed = nobody if broad else mark(cover.clique_ptr, cover.cliques, actors, first, last, groups, nobody)
        reach_cliques(cover, groups, groups.everyone if broad else groups.some[:listed], depth, front, shared)
        if not broad:
            listed = mark(cover.member_ptr, cover.members, groups, groups.ends[depth], groups.ends[depth + 1], actors, nobody)
            listed = mark(cover.out_ptr, cover.out, actors, first, last, actors, listed)
        reach_actors(cover, actors, actors.everyone if broad else actors.some[:listed], depth, front, ahead, shared)
        for i in range(first, last):
            store(front, actors.ids[i], splat(0.0))
        if actors.ends[depth + 2] == last:
            return depth
        front, ahead = ahead, front
        depth += 1


@kernel
def mark(ptr: Ints, ids: Ids, near: Side, first: int, last: int, far: Side, listed: np.int64) -> np.int64:
    """Add the neighbours of ``near.ids[first:last]`` to the list of those marked, each once; returns its length."""
    for i in range(first, last):
        v = near.ids[i]
        for k in range(ptr[v], ptr[v + 1]):
            w = ids[k]
            if not far.marked[w]:
                far.marked[w] = True
                far.some[listed] = w
                listed += 1
    return listed


@kernel
def reach_cliques(cover: Cover, groups: Side, candidates: Ids, depth: np.int64, front: Floats, shared: Floats) -> None:
    """Count the paths to the cliques that are first reached from actors at this depth."""
    end = groups.ends[depth + 1]
    for q in candidates:
        groups.marked[q] = False
        if groups.seen[q] != ALL:
            row = gather(cover.member_ptr, cover.members, front, q)
            new = nonzero(row) & ~groups.seen[q]
            if new:
                groups.seen[q] |= new
                row = keep(row, new)
                store(shared, q, add(load(shared, q), row))
                store(groups.rows, end, row)
                groups.ids[end] = q
                end += 1
    groups.ends[depth + 1] = end
    groups.ends[depth + 2] = end


@kernel
def reach_actors(cover: Cover, actors: Side, candidates: Ids, depth: np.int64, front: Floats, ahead: Floats, shared: Floats) -> None:
    """Count the paths to the actors one level deeper."""
    end = actors.ends[depth + 1]
    for v in candidates:
        actors.marked[v] = False
        if actors.seen[v] != ALL:
            row = gather_weighted(cover.into_ptr, cover.into, cover.into_weights, front, v)
            row = add(row, gather(cover.clique_ptr, cover.cliques, shared, v))
            new = nonzero(row) & ~actors.seen[v]
            if new:
                actors.seen[v] |= new
                row = keep(row, new)
                store(ahead, v, row)
                store(actors.rows, end, row)
                actors.ids[end] = v
                end += 1
    actors.ends[depth + 2] = end


@kernel
def forget(groups: Side, shared: Floats, last: int) -> None:
    """Make the cliques as if never reached, but for the record of their counts."""
    for i in range(last):
        groups.seen[groups.ids[i]] = 0
        store(shared, groups.ids[i], splat(0.0))


@kernel
def backwards(cover: Cover, actors: Side, groups: Side, front: Floats, ahead: Floats, shared: Floats, depth: np.int64, weight: Floats, sums: Floats) -> None:
    """Add up dependencies from the deepest level; leaves ``front``, ``ahead`` and ``shared`` all 0."""
    n = len(actors.seen)
    for level in range(depth, 0, -1):
        first, last = groups.ends[level], groups.ends[level + 1]
        for i in range(first, last):
            q, row = groups.ids[i], load(groups.rows, i)
            if not total(row) < np.inf:
                sums[0] = np.nan
            waiting = add(gather(cover.member_ptr, cover.members, front, q), divide(splat(cover.twins[q]), row))
            store(shared, q, keep(waiting, nonzero(row)))
        deeper, end = actors.ends[level + 1], actors.ends[level + 2]
        broad = (last - first + end - deeper) * BROAD > n
        listed = np.int64(0)
        if not broad:
            listed = mark(cover.member_ptr, cover.members, groups, first, last, actors, listed)
            listed = mark(cover.into_ptr, cover.into, actors, deeper, end, actors, listed)
        for i in range(actors.ends[level], deeper):
            v, row, beyond = actors.ids[i], load(actors.rows, i), splat(0.0)
            if broad or actors.marked[v]:
                beyond = gather_weighted(cover.out_ptr, cover.out, cover.out_weights, front, v)
                beyond = add(beyond, gather(cover.clique_ptr, cover.cliques, shared, v))
                sums[v] += total(multiply(load(weight, 0), multiply(row, beyond)))
            store(ahead, v, keep(add(divide(splat(1.0), row), beyond), nonzero(row)))
        for i in range(listed):
            actors.marked[actors.some[i]] = False
        for i in range(first, last):
            store(shared, groups.ids[i], splat(0.0))
        for i in range(deeper, end):
            store(front, actors.ids[i], splat(0.0))
        front, ahead = ahead, front
    for i in range(actors.ends[1], actors.ends[2]):
        store(front, actors.ids[i], splat(0.0))
