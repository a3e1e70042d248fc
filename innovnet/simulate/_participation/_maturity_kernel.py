"""Members of clusters and their partners in the rules' window, compact, as the level kernels of :mod:`innovnet.clusters` read them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.simulate._participation._state import ENDED, I8, U2, U4, Firms, Groups, Past, Places, Ties

U8 = npt.NDArray[np.uint64]
#: A tie of a member as one number: place of the partner × 2³² + its generation × 2¹⁶ + years in the window.
_PLACE, _GENERATION = np.uint64(32), np.uint64(16)
_YEARS = np.uint64(0xFFFF)
_OWNER, _MEMBER = np.uint64(32), np.uint64(0xFFFFFFFF)
_NO_MEMBER = 0xFFFFFFFF
_SHORT = 64  # ties that are sorted by insertion: most are in order


class Around(NamedTuple):
    """Members of some clusters (the first nodes, in their order) and whom they are tied to outside.

    Only how many there are counts in the cluster's own country: a node for each tie; abroad it is one for each organisation and cluster.
    """

    indptr: I8  #: of all nodes; only members have ties
    indices: U4
    weights: npt.NDArray[np.float64]  #: years of the window in which the tie lived
    country: I8
    owner: I8  #: members of a cluster that have one number belong to one enterprise group


@kernel
def _position(place: np.int64, row: int, ptr: I8, member: U4) -> int:
    """Where a member of a row stands among all memberships."""
    low, high = ptr[row], ptr[row + 1] - 1
    while low < high:
        middle = (low + high) >> 1
        if member[middle] < place:
            low = middle + 1
        else:
            high = middle
    return int(low)


@kernel
def ended(firms: Firms, groups: Groups, past: Past, first: int) -> tuple[I8, U8]:
    """The ended ties of each membership that lived in step ``first`` or later: where they stand, and they."""
    n, cluster, generation, ptr, member = np.uint32(len(firms.cluster)), firms.cluster, firms.generation, groups.ptr, groups.member
    at = np.empty((len(past.end), 2), dtype=np.uint32)
    count = np.zeros(len(member) + 1, dtype=np.int64)
    for k in range(len(past.end)):
        for side in range(2):
            who = past.other[k] if side else past.one[k]
            place = who % n
            member_now = cluster[place] >= 0 and generation[place] == who // n
            m = _position(np.int64(place), cluster[place], ptr, member) if member_now else np.int64(_NO_MEMBER)
            at[k, side] = m
            if member_now:
                count[m + 1] += 1
    end = np.cumsum(count)
    start, found = end.copy(), np.empty(end[len(member)], dtype=np.uint64)
    for k in range(len(past.end)):
        years = np.uint64(past.end[k] - max(past.start[k], first) + 1)
        for side in range(2):
            m, who = np.int64(at[k, side]), past.one[k] if side else past.other[k]
            if m != _NO_MEMBER:
                found[end[m]] = (np.uint64(who % n) << _PLACE) | (np.uint64(who // n) << _GENERATION) | years
                end[m] += 1
    return start, found


@kernel
def around(low: int, high: int, places: Places, firms: Firms, ties: Ties, groups: Groups, gone: tuple[I8, U8], step: int, first: int) -> Around:
    """The ties of the members of rows ``low`` to ``high`` that lived in the steps ``first`` to ``step``; ``gone`` are the ended ones.

    A partner that left the market is another one than who followed at its place.
    """
    ptr, member, cluster, generation, base = groups.ptr, groups.member, firms.cluster, firms.generation, groups.ptr[low]
    indptr, keys = _merged(ptr[low], ptr[high], generation, ties, member, gone, step, first)
    members = ptr[high] - base
    nodes, indices, weights = members, np.empty(len(keys), dtype=np.uint32), np.empty(len(keys), dtype=np.float64)
    country, abroad = np.empty(members + len(keys), dtype=np.int64), np.empty(len(keys), dtype=np.uint64)
    for m in range(members):
        country[m] = places.country[places.region[member[base + m]]]
    for row in range(low, high):
        begin, end, n_abroad = indptr[ptr[row] - base], indptr[ptr[row + 1] - base], 0
        for at in range(begin, end):
            place = np.int64(keys[at] >> _PLACE)
            weights[at] = float(keys[at] & _YEARS)
            if cluster[place] == row and np.uint64(generation[place]) == (keys[at] >> _GENERATION) & _YEARS:
                indices[at] = _position(place, row, ptr, member) - base
            elif places.country[places.region[place]] == groups.home[row]:
                indices[at], country[nodes] = nodes, groups.home[row]
                nodes += 1
            else:
                indices[at], abroad[n_abroad] = 0xFFFFFFFF, keys[at] >> _GENERATION
                n_abroad += 1
        if n_abroad:
            names = np.unique(abroad[:n_abroad])
            for at in range(begin, end):
                if indices[at] == 0xFFFFFFFF:
                    indices[at] = nodes + np.searchsorted(names, keys[at] >> _GENERATION)
            for name in names:
                country[nodes] = places.country[places.region[np.int64(name >> _GENERATION)]]
                nodes += 1
    pointers = np.full(nodes + 1, len(keys), dtype=np.int64)
    pointers[:members] = indptr[:members]
    return Around(pointers, indices, weights, country[:nodes].copy(), _owners(low, high, places.owner, groups, nodes))


@kernel
def _sorted(keys: U8, begin: int, end: int) -> None:
    if end - begin > _SHORT:
        keys[begin:end].sort()
        return
    for k in range(begin + 1, end):
        key, at = keys[k], k
        while at > begin and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            at -= 1
        keys[at] = key


@kernel
def _merged(low: int, high: int, generation: U2, ties: Ties, member: U4, gone: tuple[I8, U8], step: int, first: int) -> tuple[I8, U8]:
    """The ties of memberships ``low`` to ``high``, live and ended, one for each partner, in order; where those of each membership stand."""
    indptr, other, channel, start = ties.indptr, ties.other, ties.channel, ties.start
    room = gone[0][high] - gone[0][low]
    for i in member[low:high]:
        room += indptr[i + 1] - indptr[i]
    keys, merged, end = np.empty(room, dtype=np.uint64), np.zeros(high - low + 1, dtype=np.int64), 0
    for m in range(low, high):
        i, begin = member[m], end
        for h in range(indptr[i], indptr[i + 1]):
            if channel[h] & ENDED == 0:
                j, years = other[h], np.uint64(step - max(start[h], first) + 1)
                keys[end] = (np.uint64(j) << _PLACE) | (np.uint64(generation[j]) << _GENERATION) | years
                end += 1
        for k in range(gone[0][m], gone[0][m + 1]):
            keys[end] = gone[1][k]
            end += 1
        _sorted(keys, begin, end)
        last, end = end, begin
        for k in range(begin, last):
            if end > begin and keys[end - 1] >> _GENERATION == keys[k] >> _GENERATION:
                keys[end - 1] += keys[k] & _YEARS
            else:
                keys[end] = keys[k]
                end += 1
        merged[m - low + 1] = end
    return merged, keys[:end].copy()


@kernel
def _owners(low: int, high: int, owner: U4, groups: Groups, nodes: int) -> I8:
    """The first node of a cluster that has the same owner; partners have their own number."""
    found, ptr, base = np.arange(nodes), groups.ptr, groups.ptr[low]
    keys = np.empty(ptr[high] - base, dtype=np.uint64)
    for row in range(low, high):
        begin, end = ptr[row] - base, ptr[row + 1] - base
        for k in range(begin, end):
            keys[k] = (np.uint64(owner[groups.member[base + k]]) << _OWNER) | np.uint64(k)
        _sorted(keys, begin, end)
        for k in range(begin + 1, end):
            if keys[k] >> _OWNER == keys[k - 1] >> _OWNER:
                found[np.int64(keys[k] & _MEMBER)] = found[np.int64(keys[k - 1] & _MEMBER)]
    return found
