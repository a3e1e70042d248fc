"""Joint work read from memberships, without projecting them: it is additive over events, and random worlds are many.

A member of an event of n shares 1/(n − 1) with each of the others, as in a projection with Newman's weights.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet._kernel import kernel
from innovnet.graph._affiliation import Affiliation

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def value_of_events(affiliation: Affiliation) -> Floats:
    """What each event gives to one pair of its members."""
    sizes = np.diff(affiliation.memberships.actor_ptr)
    return np.where(sizes > 1, 1.0 / np.maximum(sizes - 1, 1), 0.0)


@kernel
def outward_work(actor_ptr: Ints, actors: Ids, value: Floats, codes: Ids, groups: Ints) -> tuple[Floats, Floats]:
    """Joint work of every actor with other groups, and with all actors that have a group, in each partition (partitions × actors).

    ``value`` is what an event gives to one pair of members; a code of ``groups[q]`` means no group in partition q.
    """
    parts, n = codes.shape
    outward, total = np.zeros((parts, n)), np.zeros((parts, n))
    for q in range(parts):
        members = np.zeros(groups[q] + 1, dtype=np.int64)
        for p in range(len(actor_ptr) - 1):
            if value[p] == 0.0:
                continue
            known = 0
            for k in range(actor_ptr[p], actor_ptr[p + 1]):
                g = codes[q, actors[k]]
                members[g] += 1
                known += g < groups[q]
            for k in range(actor_ptr[p], actor_ptr[p + 1]):
                i = actors[k]
                g = codes[q, i]
                if g < groups[q]:
                    outward[q, i] += value[p] * (known - members[g])
                    total[q, i] += value[p] * (known - 1)
            for k in range(actor_ptr[p], actor_ptr[p + 1]):
                members[codes[q, actors[k]]] = 0
    return outward, total


@kernel
def partners_again(event_ptr: Ints, events: Ids, actor_ptr: Ints, actors: Ids) -> tuple[Ints, Ints]:
    """Number of partners of each actor, and of those that share two or more events with it."""
    n = len(event_ptr) - 1
    partners, again = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    last, seen = np.full(n, n, dtype=np.uint32), np.zeros(n, dtype=np.uint8)
    for i in range(n):
        for e in range(event_ptr[i], event_ptr[i + 1]):
            p = events[e]
            for k in range(actor_ptr[p], actor_ptr[p + 1]):
                j = actors[k]
                if j == i:
                    continue
                if last[j] != i:
                    last[j] = i
                    seen[j] = 1
                    partners[i] += 1
                elif seen[j] == 1:
                    seen[j] = 2
                    again[i] += 1
    return partners, again


def joint_work(affiliation: Affiliation, codes: Ids, groups: int, scope: Mask) -> Floats:
    """Joint work of the groups of the actors in scope (rows) with the groups of all (columns); a code of ``groups`` means no group."""
    value = value_of_events(affiliation)

    def members(chosen: Mask) -> sparse.csr_array:
        who = np.flatnonzero(chosen & (codes < groups))
        one = sparse.csr_array((np.ones(len(who)), (who, codes[who].astype(np.int64))), shape=(len(codes), groups))
        return sparse.csr_array(affiliation.incidence.T @ one)

    inside = members(scope)
    pairs = (inside.multiply(value[:, np.newaxis]).T @ members(np.ones(len(codes), dtype=bool))).toarray()
    return np.asarray(pairs - np.diag(inside.T @ value))


def by_shares(work: Floats) -> Floats:
    """What rows and columns of a table of joint work would share if only their totals mattered."""
    total = work.sum()
    return np.outer(work.sum(axis=1), work.sum(axis=0)) / total if total else np.zeros_like(work)
