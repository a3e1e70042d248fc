"""Kernels that walk over the ties and events of the members of each row. Cost of each: O(Σ degrees of the members), or their events."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

#: The earliest day of something that never happened.
NEVER = np.iinfo(np.int64).max


@kernel
def inside_ties(ptr: Ints, member: Ids, indptr: Ints, indices: Ids, weights: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """The ties between members of a row: row, both memberships (the earlier first), weight."""
    slot = np.full(len(indptr) - 1, -1, dtype=np.int64)  # the latest membership of each node
    found = 0
    size = np.int64(1024)
    row, one, other, weight = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.float64)
    for r in range(len(ptr) - 1):
        for place in range(ptr[r], ptr[r + 1]):
            for arc in range(indptr[member[place]], indptr[member[place] + 1]):
                before = slot[indices[arc]]
                if before >= ptr[r]:
                    if found == size:
                        more = np.empty(size, np.int64)
                        row, one, other = np.append(row, more), np.append(one, more), np.append(other, more)
                        weight = np.append(weight, np.empty(size, np.float64))
                        size *= 2
                    row[found], one[found], other[found], weight[found] = r, before, place, weights[arc]
                    found += 1
            slot[member[place]] = place
    return row[:found].copy(), one[:found].copy(), other[:found].copy(), weight[:found].copy()


@kernel
def tied(indptr: Ints, indices: Ids, i: np.int64, j: np.int64) -> bool:
    """Whether two nodes are tied, by the shorter of their rows."""
    if indptr[i + 1] - indptr[i] > indptr[j + 1] - indptr[j]:
        i, j = j, i
    low, high = indptr[i], indptr[i + 1]
    while low < high:
        middle = (low + high) // 2
        if indices[middle] < j:
            low = middle + 1
        else:
            high = middle
    return low < indptr[i + 1] and indices[low] == j


@kernel
def are_tied(indptr: Ints, indices: Ids, one: Ints, other: Ints) -> npt.NDArray[np.bool_]:
    """:func:`tied` for pairs of nodes."""
    found = np.zeros(len(one), dtype=np.bool_)
    for k in range(len(one)):
        found[k] = tied(indptr, indices, one[k], other[k])
    return found


@kernel
def common_events(event_ptr: Ints, events: Ids, end: Ints, one: Ids, other: Ids) -> tuple[Ints, Ints]:
    """For pairs of nodes that share an event: the first that they share, and the last day on which one of them ends."""
    first, last = np.full(len(one), -1, dtype=np.int64), np.full(len(one), -NEVER, dtype=np.int64)
    for k in range(len(one)):
        a, b = event_ptr[one[k]], event_ptr[other[k]]
        stop_a, stop_b = event_ptr[one[k] + 1], event_ptr[other[k] + 1]
        while a < stop_a and b < stop_b:
            if events[a] < events[b]:
                a += 1
            elif events[a] > events[b]:
                b += 1
            else:
                if first[k] < 0:
                    first[k] = events[a]
                last[k] = max(last[k], end[events[a]])
                a += 1
                b += 1
    return first, last


@kernel
def shared_events(ptr: Ints, member: Ids, event_ptr: Ints, events: Ids, start: Ints) -> tuple[Ints, Ints]:
    """Events of two or more members of each row, and the earliest start of one; events that never start do not count."""
    rows = len(ptr) - 1
    number, earliest = np.zeros(rows, dtype=np.int64), np.full(rows, NEVER, dtype=np.int64)
    seen, shared = np.full(len(start), -1, dtype=np.int64), np.full(len(start), -1, dtype=np.int64)
    for r in range(rows):
        for place in range(ptr[r], ptr[r + 1]):
            for k in range(event_ptr[member[place]], event_ptr[member[place] + 1]):
                event = events[k]
                if start[event] == NEVER:
                    continue
                if seen[event] != r:
                    seen[event] = r
                elif shared[event] != r:
                    shared[event] = r
                    number[r] += 1
                    earliest[r] = min(earliest[r], start[event])
    return number, earliest


@kernel
def _reached(seen: Ints, row: Ints, r: int, what: int, sure: bool) -> None:
    """Count a country once, as reached and as perhaps reached."""
    if sure and seen[0, what] != r:
        seen[0, what] = r
        row[3] += 1
    if seen[1, what] != r:
        seen[1, what] = r
        row[4] += 1


@kernel
def foreign_ties(ptr: Ints, member: Ids, home: Ints, indptr: Ints, indices: Ids, country: Ints, countries: int) -> Ints:
    """Of each row: ties of members; those with a foreign end; those that perhaps have one; countries reached; countries perhaps reached.

    Reached are foreign members and foreign partners of domestic members; each organisation of unknown country may be of one more.
    """
    rows = len(ptr) - 1
    found = np.zeros((rows, 5), dtype=np.int64)
    within = np.full(len(indptr) - 1, -1, dtype=np.int64)
    seen = np.full((2, countries + len(indptr) - 1), -1, dtype=np.int64)  # countries, then organisations that stand for their own
    for r in range(rows):
        for place in range(ptr[r], ptr[r + 1]):
            i = member[place]
            own = country[i]
            known = own >= 0 and home[r] >= 0
            foreign = known and own != home[r]
            if foreign or not known:
                _reached(seen, found[r], r, own if own >= 0 else countries + i, foreign)
            for arc in range(indptr[i], indptr[i + 1]):
                j = indices[arc]
                theirs = country[j]
                foreign_end = theirs != home[r] and theirs >= 0 and home[r] >= 0
                if not foreign and (theirs != home[r] or theirs < 0):
                    _reached(seen, found[r], r, theirs if theirs >= 0 else countries + j, known and foreign_end)
                if within[j] != r:  # a tie inside counts at the earlier of its ends
                    found[r, 0] += 1
                    found[r, 1] += foreign or foreign_end
                    found[r, 2] += not (foreign or foreign_end) and (home[r] < 0 or own < 0 or theirs < 0)
            within[i] = r
    return found


@kernel
def partner_labels(ptr: Ints, member: Ids, indptr: Ints, indices: Ids, label: Ints, labels: int) -> tuple[Ints, Ints, Ints]:
    """Distinct partners outside each row: all, those that have a label, and Σ of squared numbers over labels."""
    rows = len(ptr) - 1
    every, known, squares = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    seen = np.full(len(indptr) - 1, -1, dtype=np.int64)
    of, number = np.full(labels, -1, dtype=np.int64), np.zeros(labels, dtype=np.int64)
    for r in range(rows):
        for place in range(ptr[r], ptr[r + 1]):
            seen[member[place]] = r
        for place in range(ptr[r], ptr[r + 1]):
            for arc in range(indptr[member[place]], indptr[member[place] + 1]):
                j = indices[arc]
                if seen[j] == r:
                    continue
                seen[j] = r
                every[r] += 1
                if label[j] >= 0:
                    if of[label[j]] != r:
                        of[label[j]], number[label[j]] = r, 0
                    known[r] += 1
                    squares[r] += 2 * number[label[j]] + 1
                    number[label[j]] += 1
    return every, known, squares
