"""Consortia for joint projects: who applies, who is with whom, what funding does."""

import math
from typing import NamedTuple

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import open_unit, philox
from innovnet.simulate._participation._draws_kernel import identity
from innovnet.simulate._participation._numbers import FIELDS
from innovnet.simulate._participation._state import ENDED, EVER, F8, FUNDED, I8, U4, Aid, Firms, Places, Ties
from innovnet.simulate._participation._support_kernel import LOT, Wanted, flagged

_LUCK = 0.2  # weight of the draw in the score


class Terms(NamedTuple):
    """A call for projects as kernels read it."""

    grant: float
    min_members: int
    years: int
    cross_sector_only: int
    additionality: float
    rd_per_employee: float


@kernel
def apply(
    low: int, high: int, least: int, wanted: Wanted, places: Places, firms: Firms, ties: Ties, aid: Aid, step: int, purpose: np.uint32, key: np.uint64
) -> tuple[U4, F8]:
    """Eligible firms among places ``low`` to ``high`` with at least ``least`` live ties and no project, and their scores: mean knowledge + 0.2 u."""
    who, score, n = np.empty(high - low, dtype=np.uint32), np.empty(high - low), 0
    flags, indptr = np.empty(high - low, dtype=np.uint8), ties.indptr
    flagged(low, high, wanted, places, firms, flags)
    for i in range(low, high):
        if indptr[i + 1] - indptr[i] < least or not flags[i - low] or aid.gain_until[i] >= step:
            continue
        live = 0
        for h in range(ties.indptr[i], ties.indptr[i + 1]):
            live += ties.channel[h] & ENDED == 0
        if live < least:
            continue
        known = 0.0
        for k in range(FIELDS):
            known += firms.knowledge[i, k]
        me = identity(i, firms.generation[i], len(firms.flags))
        who[n], score[n] = i, known / FIELDS + _LUCK * open_unit(philox(me, np.uint32(0), purpose, np.uint32(LOT), key)[0])
        n += 1
    return who[:n].copy(), score[:n].copy()


@kernel
def _sectors(members: U4, places: Places) -> int:
    """Different sectors of the firms among the members, up to 2."""
    first = np.int64(-1)
    for i in members:
        sector = np.int64(places.sector[i])
        if sector != places.sectors:
            if first >= 0 and sector != first:
                return 2
            first = sector
    return int(first >= 0)


@kernel
def assemble(leads: U4, units: int, terms: Terms, places: Places, firms: Firms, ties: Ties, aid: Aid, step: int) -> tuple[I8, U4]:
    """The first ``units`` consortia of the ranked applicants: offsets, and the members of each in order of place."""
    most = 0
    for i in leads:
        most += 1 + ties.indptr[i + 1] - ties.indptr[i]
    taken = np.zeros(len(firms.flags), dtype=np.uint8)
    ptr, members, made, n = np.zeros(units + 1, dtype=np.int64), np.empty(most, dtype=np.uint32), 0, 0
    for i in leads:
        if made == units:
            break
        if taken[i]:
            continue
        end = n + 1
        members[n] = i
        for h in range(ties.indptr[i], ties.indptr[i + 1]):
            j = ties.other[h]
            busy = taken[j] or (places.sector[j] != places.sectors and aid.gain_until[j] >= step)
            if ties.channel[h] & ENDED == 0 and not busy:
                members[end] = j
                end += 1
        if end - n < terms.min_members or (terms.cross_sector_only and _sectors(members[n:end], places) < 2):
            continue
        members[n:end] = np.sort(members[n:end])
        for k in range(n, end):
            taken[members[k]] = 1
        made, n = made + 1, end
        ptr[made] = n
    return ptr[: made + 1].copy(), members[:n].copy()


@kernel
def fund(ptr: I8, members: U4, terms: Terms, until: int, places: Places, firms: Firms, ties: Ties, aid: Aid) -> tuple[U4, U4]:
    """Grants to consortia: ties inside are locked, firms supported; members without a tie are introduced to each other (who, to whom)."""
    most = 0
    for c in range(len(ptr) - 1):
        most += (ptr[c + 1] - ptr[c]) * (ptr[c + 1] - ptr[c] - 1)
    place, other, n = np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint32), 0
    for c in range(len(ptr) - 1):
        size = ptr[c + 1] - ptr[c]
        for a in range(ptr[c], ptr[c + 1]):
            i = members[a]
            is_body = places.sector[i] == places.sectors
            aid.mark[i] |= np.uint8(FUNDED | EVER)
            aid.funded[i] += terms.grant / size
            if not is_body:
                own = terms.rd_per_employee * float(firms.employees[i])
                aid.gain[i] = min(1.0, terms.additionality * math.log(1.0 + terms.grant / (terms.years * size) / own))
                aid.gain_until[i] = until
            h = ties.indptr[i]
            for b in range(ptr[c], ptr[c + 1]):
                j = members[b]
                while h < ties.indptr[i + 1] and ties.other[h] < j:
                    h += 1
                if h < ties.indptr[i + 1] and ties.other[h] == j and ties.channel[h] & ENDED == 0:
                    ties.until[h] = max(ties.until[h], until)
                elif i != j and not (is_body and places.sector[j] == places.sectors):
                    place[n], other[n] = i, j
                    n += 1
    return place[:n].copy(), other[:n].copy()
