"""Members of clusters and their partners in the rules' window, compact, as the level kernels of :mod:`innovnet.clusters` read them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._array_intrinsics import prefetch
from innovnet._kernel import bare_kernel, kernel
from innovnet.simulate._participation._draws_kernel import scrambled
from innovnet.simulate._participation._state import ENDED, I8, LINE, U4, Firms, Groups, Past, Places, Ties

U8 = npt.NDArray[np.uint64]
Whole = int | np.int64
#: A tie of a member as one number: place of the partner × 2³² + its generation × 2¹⁶ + years in the window.
_PLACE, _GENERATION = np.uint64(32), np.uint64(16)
_YEARS = np.uint64(0xFFFF)
_OWNER, _MEMBER = np.uint64(32), np.uint64(0xFFFFFFFF)
_OUTSIDE = 0xFFFFFFFF
_MARKS, _MARK = 16, np.uint64(54)  # words of marks; a place's is told by the ten highest bits of its scrambled number
_AHEAD = 6  # memberships between fetching and reading
_GAPS = (701, 301, 132, 57, 23, 10, 4, 1)


class Around(NamedTuple):
    """Members of some clusters (the first nodes, in their order) and whom they are tied to outside.

    Only how many there are counts in the cluster's own country: a node for each tie; abroad it is one for each organisation and cluster.
    """

    indptr: I8  #: of all nodes; only members have ties
    indices: U4
    weights: npt.NDArray[np.float64]  #: years of the window in which the tie lived
    country: I8
    owner: I8  #: members of a cluster that have one number belong to one enterprise group


@bare_kernel
def _position(place: np.int64, row: Whole, ptr: I8, member: U4) -> int:
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
def around(low: int, high: int, places: Places, firms: Firms, ties: Ties, past: Past, groups: Groups, step: int, years: int, everyone: bool) -> Around:
    """The ties of the members of rows ``low`` to ``high`` that lived in the last ``years``; those to who is no member and of the own country only for ``everyone``.

    A partner that left the market is another one than who followed at its place.
    """
    ptr, base = groups.ptr, groups.ptr[low]
    members, room = ptr[high] - base, 0
    for i in groups.member[base : ptr[high]]:
        room += ties.indptr[i + 1] - ties.indptr[i] + past.indptr[i + 1] - past.indptr[i]
    keys, indptr, marks = np.empty(room, dtype=np.uint64), np.zeros(members + 1, dtype=np.int64), np.empty(_MARKS, dtype=np.uint64)
    found = _merge(low, high, places, firms, ties, past, groups, step, years, everyone, _countries(places), marks, keys, indptr)
    indices, weights, country = np.empty(found, dtype=np.uint32), np.empty(found, dtype=np.float64), np.empty(members + found, dtype=np.int64)
    abroad, nodes = np.empty(found, dtype=np.uint64), members
    for m in range(members):
        country[m] = places.country[places.region[groups.member[base + m]]]
    for row in range(low, high):
        begin, end = indptr[ptr[row] - base], indptr[ptr[row + 1] - base]
        nodes, many = _nodes(row, begin, end, base, nodes, places, firms, groups, keys, indices, weights, country, abroad)
        if many:
            nodes = _abroad(begin, end, nodes, many, places, keys, indices, country, abroad)
    pointers = np.full(nodes + 1, found, dtype=np.int64)
    pointers[:members] = indptr[:members]
    return Around(pointers, indices, weights, country[:nodes].copy(), _owners(low, high, places.owner, groups, nodes))


@bare_kernel
def _nodes(
    row: Whole,
    begin: Whole,
    end: Whole,
    base: Whole,
    nodes: Whole,
    places: Places,
    firms: Firms,
    groups: Groups,
    keys: U8,
    indices: U4,
    weights: npt.NDArray[np.float64],
    country: I8,
    abroad: U8,
) -> tuple[Whole, int]:
    """Nodes for the partners ``begin`` to ``end`` of a row but those abroad, which are listed: they may be met several times. The number of nodes and of these."""
    cluster, generation, home, many = firms.cluster, firms.generation, groups.home[row], 0
    for at in range(begin, end):
        place = np.int64(keys[at] >> _PLACE)
        weights[at] = float(keys[at] & _YEARS)
        if cluster[place] == row and np.uint64(generation[place]) == (keys[at] >> _GENERATION) & _YEARS:
            indices[at] = _position(place, row, groups.ptr, groups.member) - base
        elif places.country[places.region[place]] == home:
            indices[at], country[nodes] = nodes, home
            nodes += 1
        else:
            indices[at], abroad[many] = _OUTSIDE, keys[at] >> _GENERATION
            many += 1
    return nodes, many


@bare_kernel
def _abroad(begin: Whole, end: Whole, nodes: Whole, many: int, places: Places, keys: U8, indices: U4, country: I8, abroad: U8) -> Whole:
    """One node for each organisation abroad, of the partners ``begin`` to ``end`` of a row; the number of nodes."""
    _sorted(abroad, np.int64(0), np.int64(many))
    names = 0
    for k in range(many):
        if names == 0 or abroad[k] != abroad[names - 1]:
            abroad[names] = abroad[k]
            country[nodes + names] = places.country[places.region[np.int64(abroad[k] >> _GENERATION)]]
            names += 1
    for at in range(begin, end):
        if indices[at] == _OUTSIDE:
            low, high = 0, names
            while low < high:
                middle = (low + high) >> 1
                if abroad[middle] < keys[at] >> _GENERATION:
                    low = middle + 1
                else:
                    high = middle
            indices[at] = nodes + low
    return nodes + names


@bare_kernel
def _sorted(keys: U8, begin: Whole, end: Whole) -> None:
    """In place, without more memory (Shell 1959, with the gaps of Ciura 2001): short lists, mostly in order already."""
    for gap in _GAPS:
        for k in range(begin + gap, end):
            key, at = keys[k], k
            while at >= begin + gap and keys[at - gap] > key:
                keys[at] = keys[at - gap]
                at -= gap
            keys[at] = key


@kernel
def _countries(places: Places) -> I8:
    """For each country the first and the end of its places; none where another country's are among them."""
    country, block, each = places.country, places.block, places.sectors + 1
    found = np.full((country.max() + 1, 2), -1, dtype=np.int64)
    for region in range(len(country)):
        mine, begin, end = country[region], block[region * each], block[(region + 1) * each]
        if found[mine, 0] < 0:
            found[mine, 0], found[mine, 1] = begin, end
        else:
            found[mine, 1] = end if found[mine, 1] == begin else 0
    return found


@bare_kernel
def _merge(
    low: int,
    high: int,
    places: Places,
    firms: Firms,
    ties: Ties,
    past: Past,
    groups: Groups,
    step: int,
    years: int,
    everyone: bool,
    homes: I8,
    marks: U8,
    keys: U8,
    merged: I8,
) -> Whole:
    """The ties of the members of rows ``low`` to ``high``, live and ended, one for each partner, in order; where those of each membership end in ``merged``, their number."""
    ptr, member, indptr, other, channel, start = groups.ptr, groups.member, ties.indptr, ties.other, ties.channel, ties.start
    first, base, n = step - years + 1, ptr[low], np.uint32(len(firms.flags))
    end: Whole = np.int64(0)
    for row in range(low, high):
        home, begin_home, end_home = groups.home[row], homes[groups.home[row], 0], homes[groups.home[row], 1]
        _mark(member, ptr[row], ptr[row + 1], marks)
        for m in range(ptr[row], ptr[row + 1]):
            i, begin = member[m], end
            _ahead(m, ptr[high], member, ties, past)
            for h in range(indptr[i], indptr[i + 1]):
                j = np.int64(other[h])
                if channel[h] & ENDED == 0 and (everyone or _counts(j, row, home, begin_home <= j < end_home, marks, places, firms)):
                    keys[end] = _key(j, np.int64(firms.generation[j]), step - max(start[h], first) + 1)
                    end += 1
            for k in range(past.indptr[i], past.indptr[i + 1]):
                j = np.int64(past.other[k] % n)
                if everyone or _counts(j, row, home, begin_home <= j < end_home, marks, places, firms):
                    keys[end] = _key(j, np.int64(past.other[k] // n), min(np.int64(past.lived[k]), years - past.ago[k]))
                    end += 1
            _sorted(keys, begin, end)
            end = _summed(keys, begin, end)
            merged[m - base + 1] = end
    return end


@bare_kernel
def _ahead(m: Whole, end: Whole, member: U4, ties: Ties, past: Past) -> None:
    """Have what the memberships after m read brought near: first where their ties begin, then these."""
    if m + 2 * _AHEAD < end:
        i = np.int64(member[m + 2 * _AHEAD])
        prefetch(ties.indptr, i)
        prefetch(past.indptr, i)
    if m + _AHEAD < end:
        i = np.int64(member[m + _AHEAD])
        for h in range(ties.indptr[i], ties.indptr[i + 1], LINE):
            prefetch(ties.other, h)
            prefetch(ties.channel, h)
        for h in range(past.indptr[i], past.indptr[i + 1], LINE):
            prefetch(past.other, h)


@bare_kernel
def _mark(member: U4, begin: Whole, end: Whole, marks: U8) -> None:
    """Mark the members of a row."""
    for k in range(_MARKS):
        marks[k] = np.uint64(0)
    for m in range(begin, end):
        at = scrambled(member[m]) >> _MARK
        marks[at >> np.uint64(6)] |= np.uint64(1) << (at & np.uint64(63))


@bare_kernel
def _counts(j: np.int64, row: int, home: Whole, near: bool, marks: U8, places: Places, firms: Firms) -> bool:
    """Whether who holds place j may be a fellow or is abroad. Marks spare most looks at what is far away in memory: they miss no member, few others pass."""
    at = scrambled(np.uint32(j)) >> _MARK
    if near and (marks[at >> np.uint64(6)] >> (at & np.uint64(63))) & np.uint64(1) == np.uint64(0):
        return False
    return bool(firms.cluster[j] == row or (not near and places.country[places.region[j]] != home))


@bare_kernel
def _key(place: np.int64, generation: np.int64, years: Whole) -> np.uint64:
    return np.uint64((np.uint64(place) << _PLACE) | (np.uint64(generation) << _GENERATION) | np.uint64(years))


@bare_kernel
def _summed(keys: U8, begin: Whole, end: Whole) -> Whole:
    """One key for each partner, of the sum of its years; where they end."""
    last, end = end, begin
    for k in range(begin, last):
        if end > begin and keys[end - 1] >> _GENERATION == keys[k] >> _GENERATION:
            keys[end - 1] += keys[k] & _YEARS
        else:
            keys[end] = keys[k]
            end += 1
    return end


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
