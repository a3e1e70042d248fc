"""Step 7: trust rises and falls, and ties end."""

import numpy as np

from innovnet._array_intrinsics import prefetch
from innovnet._kernel import bare_kernel, kernel
from innovnet._random import open_unit, philox
from innovnet.simulate._participation._draws_kernel import exp32, identity, overlap, tag
from innovnet.simulate._participation._numbers import END, Numbers
from innovnet.simulate._participation._state import ENDED, ENTERED, F8, Firms, Ties

Int = int | np.int64
_TRUST = 255.0
_AHEAD = 12  # half-ties between fetching and reading


@bare_kernel
def end_chance(trust: float, o: float, p: Numbers) -> float:
    """Probability that a tie of this trust and overlap ends: logistic(end_0 − end_trust t − end_fit 4 o (1 − o))."""
    return 1.0 / (1.0 + float(exp32(np.float32(p.end_trust * trust + p.end_fit * (4.0 * o * (1.0 - o)) - p.end_0))))


@bare_kernel
def _ahead(e: int, firms: Firms, ties: Ties) -> None:
    """Have what is read of a later partner brought near."""
    if e + _AHEAD < len(ties.other):
        j = np.int64(ties.other[e + _AHEAD])
        prefetch(firms.flags, j)
        prefetch(firms.innovated, j)
        prefetch(firms.generation, j)
        prefetch(firms.knowledge, j)


@kernel
def part_ties(low: int, high: int, firms: Firms, ties: Ties, p: Numbers, step: int, key: np.uint64) -> np.int64:
    """Mark the half-ties of places ``low`` to ``high`` that end; the number of ties, each counted at its lower end. Both ends come to the same by themselves."""
    return _part(low, high, firms, ties, p, step, key, np.full((2 * 256, 3), -1.0))


@bare_kernel
def _part(low: int, high: int, firms: Firms, ties: Ties, p: Numbers, step: int, key: np.uint64, after: F8) -> np.int64:
    n, ended, new = len(firms.flags), np.int64(0), np.uint8(ENTERED)
    for i in range(low, high):
        if ties.indptr[i] == ties.indptr[i + 1]:
            continue
        who = identity(i, firms.generation[i], n)
        for e in range(ties.indptr[i], ties.indptr[i + 1]):
            _ahead(e, firms, ties)
            if ties.channel[e] & ENDED:
                continue
            j = np.int64(ties.other[e])
            ends = ((firms.flags[i] | firms.flags[j]) & new) != 0
            if not ends:
                was = 2 * np.int64(ties.trust[e]) + np.int64((firms.innovated[i] | firms.innovated[j]) & 1)
                if after[was, 0] < 0.0:
                    _pass_year(was, p, after)
                ties.trust[e] = np.uint8(after[was, 0] * _TRUST + 0.5)
                if ties.until[e] < step:
                    other = identity(j, firms.generation[j], n)
                    word = philox(min(who, other), max(who, other), tag(END, step), np.uint32(0), key)[0]
                    u = open_unit(np.uint32(word))
                    ends = u < after[was, 1]  # ends, or stays, whatever the overlap: most ties need none
                    if not ends and u < after[was, 2]:
                        ends = u < end_chance(after[was, 0], np.float64(overlap(firms.knowledge, i, j)), p)
            if ends:
                ties.channel[e] |= ENDED
                ended += np.int64(i < j)
    return ended


@bare_kernel
def _pass_year(was: Int, p: Numbers, after: F8) -> None:
    """Of the ties of one trust (0 to 255) whose ends innovated or not: the trust a year later, the least and the most chance to end."""
    trust = float(was >> 1) / _TRUST
    trust = trust + p.trust_up * (1.0 - trust) if was & 1 else trust - p.trust_down * trust
    unlike, fitting = end_chance(trust, 0.0, p), end_chance(trust, 0.5, p)
    after[was, 0], after[was, 1], after[was, 2] = trust, min(unlike, fitting), max(unlike, fitting)
