"""Kernels that count what maturity levels need: one pass over the memberships, one over the ties of the members."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.clusters._parts_kernel import core_sizes, largest_part, largest_parts

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: What is known of an organisation, in the order of the columns of ``yes`` and ``unknown``.
FLAGS = ("firm", "research", "sme", "rd", "exporting", "high_value")
_FIRM, _RESEARCH = 0, 1


class ClusterArrays(NamedTuple):
    """Clusters, their members and the ties of all nodes, as kernels read them: read-only. An assessment and a simulation hand over the same."""

    ptr: Ints  #: row r has the memberships ``ptr[r]`` to ``ptr[r + 1]``
    member: Ids  #: node of each membership, sorted within a row
    tenure: Floats  #: years, NaN where not known
    coordinator: Mask
    rd_body: Mask
    home: Ints  #: country of the cluster of each row, −1 where not known
    base: Ints  #: rows of one number are variants of one cluster: they have members in common
    indptr: Ints  #: the ties of node i: ``indices[indptr[i]:indptr[i + 1]]``, both ways, no self-ties
    indices: Ids
    weights: Floats  #: number of joint events
    ties_known: Mask  #: nodes from here on
    linked: Ints  #: owner group by control
    partner: Ints  #: owner group from 25 %
    ownership_known: Mask
    duplicate: Ints  #: nodes of one number are probably one organisation
    group: Ints  #: kind, 0 to 4 as in ``GROUPS``; −1 where not known
    country: Ints  #: −1 where not known
    yes: Mask  #: nodes × ``FLAGS``
    unknown: Mask


#: Columns of :func:`count_members`, before the flags; ``_LOW``: owner groups with probable duplicates taken as one.
(MEMBERS, DISTINCT, LINKED, LINKED_LOW, PARTNER, PARTNER_LOW, OWNERS_UNKNOWN, FOREIGN, FOREIGN_UNKNOWN, KINDS, KINDS_UNKNOWN, COORDINATORS) = range(12)
(RESEARCH, RESEARCH_UNKNOWN, TIES_UNKNOWN, ENDS_UNKNOWN, YES) = range(12, 17)
UNKNOWN = YES + len(FLAGS)
MEMBER_COLUMNS = UNKNOWN + len(FLAGS)
#: Columns of the owner groups of long standing: known groups certainly and perhaps, members of unknown owners certainly and perhaps, members unclear.
(GROUPS_SURE, GROUPS_PERHAPS, LONE_SURE, LONE_PERHAPS, UNCLEAR) = range(5)
#: Columns of :func:`count_ties`; ``_SURE``: between two members whose ties are known.
(TIES, TIES_SURE, REPEATED, REPEATED_SURE, CONNECTED, LARGEST, WITHOUT_COORDINATOR, WITHOUT_ANY) = range(8)
(OUT, REACH, REACH_PERHAPS, FIRM_RESEARCH, FIRM_RESEARCH_PERHAPS, CORES) = range(8, 14)

_LOW_WORD = 0xFFFFFFFF


@kernel
def count_members(a: ClusterArrays, owners: Ints, labels: int, years: Floats, by: int) -> tuple[Ints, Ints]:
    """Members, owner groups, kinds and flags of each row; and, for each number of years, its owner groups of long standing (by row ``by`` of ``owners``).

    ``owners`` has four rows: linked, linked with duplicates as one, partner, partner with duplicates as one; all numbers are below ``labels``.
    """
    rows = len(a.ptr) - 1
    found = np.zeros((rows, MEMBER_COLUMNS), dtype=np.int64)
    tenured = np.zeros((rows, len(years), 5), dtype=np.int64)
    seen = np.zeros((labels, 5), dtype=np.int64)
    long = np.zeros((labels, len(years), 2), dtype=np.int64)
    for r in range(rows):
        row = found[r]
        kinds = 0
        row[MEMBERS] = a.ptr[r + 1] - a.ptr[r]
        for place in range(a.ptr[r], a.ptr[r + 1]):
            i = a.member[place]
            if seen[a.duplicate[i], 4] != r + 1:
                seen[a.duplicate[i], 4] = r + 1
                row[DISTINCT] += 1
            if a.ownership_known[i]:
                for k in range(4):
                    if seen[owners[k, i], k] != r + 1:
                        seen[owners[k, i], k] = r + 1
                        row[LINKED + k] += 1
            else:
                row[OWNERS_UNKNOWN] += 1
            if a.country[i] < 0 or a.home[r] < 0:
                row[FOREIGN_UNKNOWN] += 1
            elif a.country[i] != a.home[r]:
                row[FOREIGN] += 1
            if a.group[i] < 0:
                row[KINDS_UNKNOWN] += 1
            elif not kinds >> a.group[i] & 1:
                kinds |= 1 << a.group[i]
                row[KINDS] += 1
            row[COORDINATORS] += a.coordinator[place]
            row[RESEARCH] += a.rd_body[place] or a.yes[i, _RESEARCH]
            row[RESEARCH_UNKNOWN] += a.unknown[i, _RESEARCH] and not a.rd_body[place]
            row[TIES_UNKNOWN] += not a.ties_known[i]
            row[ENDS_UNKNOWN] += not a.ties_known[i] or a.unknown[i, _FIRM] or a.unknown[i, _RESEARCH]
            for k in range(len(FLAGS)):
                row[YES + k] += a.yes[i, k]
                row[UNKNOWN + k] += a.unknown[i, k]
            for y in range(len(years)):
                sure = a.tenure[place] >= years[y]
                perhaps = sure or np.isnan(a.tenure[place])
                ours = tenured[r, y]
                if not a.ownership_known[i]:
                    ours[LONE_SURE] += sure
                    ours[LONE_PERHAPS] += perhaps
                    ours[UNCLEAR] += perhaps
                    continue
                ours[UNCLEAR] += perhaps and not sure
                if sure and long[owners[by + 1, i], y, 0] != r + 1:
                    long[owners[by + 1, i], y, 0] = r + 1
                    ours[GROUPS_SURE] += 1
                if perhaps and long[owners[by, i], y, 1] != r + 1:
                    long[owners[by, i], y, 1] = r + 1
                    ours[GROUPS_PERHAPS] += 1
    return found, tenured


@kernel
def _gather(a: ClusterArrays, rows: Ints, stamp: int, slot: Ints, nodes: Ids) -> int:
    """All members of the rows of one base, each once; ``slot`` of a node becomes the stamp and its place among them."""
    n = 0
    for r in rows:
        for place in range(a.ptr[r], a.ptr[r + 1]):
            i = a.member[place]
            if slot[i] >> 32 != stamp:
                slot[i] = (stamp << 32) | n
                nodes[n] = i
                n += 1
    return n


@kernel
def _reach(j: int, sure: bool, stamp: int, cover: npt.NDArray[np.int32], step: np.int64) -> tuple[int, int]:
    """Count one organisation in or out, by one that reaches it for sure or only perhaps."""
    if cover[j, 0] != stamp:
        cover[j, 0], cover[j, 1], cover[j, 2] = stamp, 0, 0
    before, perhaps_before = cover[j, 1] > 0, cover[j, 2] > 0
    cover[j, 1] += step * sure
    cover[j, 2] += step
    return int(cover[j, 1] > 0) - int(before), int(cover[j, 2] > 0) - int(perhaps_before)


@kernel
def _cover(a: ClusterArrays, i: int, home: int, stamp: int, cover: npt.NDArray[np.int32], step: np.int64) -> tuple[int, int]:
    """Count a member in (step 1) or out (−1) of the foreign reach: how many organisations it brings or takes, certainly and perhaps.

    A foreign member is reached itself, a domestic one reaches its foreign partners. ``cover`` counts by whom each organisation is reached.
    """
    sure = perhaps = 0
    known = home >= 0 and a.country[i] >= 0
    if not known or a.country[i] != home:
        gained = _reach(i, known, stamp, cover, step)
        sure, perhaps = gained
    if not known or a.country[i] == home:
        for arc in range(a.indptr[i], a.indptr[i + 1]):
            j = a.indices[arc]
            if home < 0 or a.country[j] != home:
                gained = _reach(j, known and a.country[j] >= 0, stamp, cover, step)
                sure += gained[0]
                perhaps += gained[1]
    return sure, perhaps


@kernel
def _inside(a: ClusterArrays, n: int, nodes: Ids, stamp: int, slot: Ints, ptr: Ints, ind: npt.NDArray[np.int32], strong: Mask) -> None:
    """The ties among the gathered members, by their places."""
    ptr[0] = 0
    for k in range(n):
        end = ptr[k]
        for arc in range(a.indptr[nodes[k]], a.indptr[nodes[k] + 1]):
            found = slot[a.indices[arc]]
            if found >> 32 == stamp:
                ind[end] = found & _LOW_WORD
                strong[end] = a.weights[arc] >= 2.0
                end += 1
        ptr[k + 1] = end


@kernel
def _row_ties(
    a: ClusterArrays,
    r: int,
    slot: Ints,
    here: npt.NDArray[np.int32],
    base: tuple[Ints, npt.NDArray[np.int32], Mask],
    ptr: Ints,
    ind: npt.NDArray[np.int32],
    row: Ints,
) -> None:
    """Count the ties of one row, and lay them out by the places of the members in the row."""
    base_ptr, base_ind, strong = base
    first = a.ptr[r]
    ptr[0] = 0
    for p in range(a.ptr[r + 1] - first):
        i = a.member[first + p]
        row[OUT] += a.indptr[i + 1] - a.indptr[i]
        k = slot[i] & _LOW_WORD
        end = ptr[p]
        for arc in range(base_ptr[k], base_ptr[k + 1]):
            q = here[base_ind[arc]]
            if q < 0:
                continue
            ind[end] = q
            end += 1
            if q < p:
                j = a.member[first + q]
                sure = a.ties_known[i] and a.ties_known[j]
                row[TIES] += 1
                row[TIES_SURE] += sure
                row[REPEATED] += strong[arc]
                row[REPEATED_SURE] += strong[arc] and sure
                row[FIRM_RESEARCH] += (a.yes[i, _FIRM] and a.yes[j, _RESEARCH]) or (a.yes[j, _FIRM] and a.yes[i, _RESEARCH])
                firm_i, firm_j = a.yes[i, _FIRM] or a.unknown[i, _FIRM], a.yes[j, _FIRM] or a.unknown[j, _FIRM]
                research_i, research_j = a.yes[i, _RESEARCH] or a.unknown[i, _RESEARCH], a.yes[j, _RESEARCH] or a.unknown[j, _RESEARCH]
                row[FIRM_RESEARCH_PERHAPS] += sure and ((firm_i and research_j) or (firm_j and research_i))
        ptr[p + 1] = end
        row[CONNECTED] += end > ptr[p]
    row[OUT] -= 2 * row[TIES]


@kernel
def _capacity(a: ClusterArrays, order: Ints, cuts: Ints) -> int:
    most = 0
    for b in range(len(cuts) - 1):
        total = 0
        for r in order[cuts[b] : cuts[b + 1]]:
            total += a.ptr[r + 1] - a.ptr[r]
        most = max(most, min(total, len(a.indptr) - 1))
    return most


@kernel
def count_ties(a: ClusterArrays, order: Ints, cuts: Ints, ks: Ints) -> Ints:
    """Ties, parts, cores (ks ascending) and reach of rows: base b is ``order[cuts[b]:cuts[b + 1]]``; one line for each row, in the order of ``order``.

    The neighbours of the members of a base are looked at once; each of its rows is then counted on the ties among these members alone.
    """
    most = _capacity(a, order, cuts)
    found = np.zeros((cuts[-1] - cuts[0], CORES + len(ks)), dtype=np.int64)
    slot = np.zeros(len(a.indptr) - 1, dtype=np.int64)
    cover = np.zeros((len(a.indptr) - 1, 3), dtype=np.int32)
    nodes, here = np.empty(most, dtype=np.uint32), np.full(most, -1, dtype=np.int32)
    base_ptr, ptr = np.empty(most + 1, dtype=np.int64), np.empty(most + 1, dtype=np.int64)
    base_ind, ind, strong = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0, dtype=np.bool_)
    line, come, go = 0, np.int64(1), np.int64(-1)
    for b in range(len(cuts) - 1):
        stamp = b + 1
        rows = order[cuts[b] : cuts[b + 1]]
        n = _gather(a, rows, stamp, slot, nodes)
        need, home = 0, a.home[rows[0]]
        sure = perhaps = 0
        for k in range(n):
            need += min(a.indptr[nodes[k] + 1] - a.indptr[nodes[k]], n - 1)
            gained = _cover(a, nodes[k], home, stamp, cover, come)
            sure += gained[0]
            perhaps += gained[1]
        if need > len(ind):
            base_ind, ind, strong = np.empty(2 * need, dtype=np.int32), np.empty(2 * need, dtype=np.int32), np.empty(2 * need, dtype=np.bool_)
        _inside(a, n, nodes, stamp, slot, base_ptr, base_ind, strong)
        for r in rows:
            row = found[line]
            line += 1
            size = a.ptr[r + 1] - a.ptr[r]
            for p in range(size):
                here[slot[a.member[a.ptr[r] + p]] & _LOW_WORD] = p
            row[REACH], row[REACH_PERHAPS] = sure, perhaps
            if size < n:  # what the members who are not in this row bring is taken out, and put back
                for k in range(n):
                    if here[k] < 0:
                        gained = _cover(a, nodes[k], home, stamp, cover, go)
                        row[REACH] += gained[0]
                        row[REACH_PERHAPS] += gained[1]
                for k in range(n):
                    if here[k] < 0:
                        _cover(a, nodes[k], home, stamp, cover, come)
            _row_ties(a, r, slot, here, (base_ptr, base_ind, strong), ptr, ind, row)
            row[LARGEST], row[WITHOUT_ANY] = largest_parts(size, ptr, ind)
            row[WITHOUT_COORDINATOR] = largest_part(size, ptr, ind, a.coordinator[a.ptr[r] : a.ptr[r + 1]])
            core_sizes(size, ptr, ind, ks, row[CORES:])
            for p in range(size):
                here[slot[a.member[a.ptr[r] + p]] & _LOW_WORD] = -1
    return found
