"""Step 7: trust rises and falls, and ties end."""

import numpy as np

from innovnet._kernel import bare_kernel
from innovnet._random import open_unit, philox
from innovnet.simulate._participation._draws_kernel import exp32, identity, overlap, tag
from innovnet.simulate._participation._numbers import END, Numbers
from innovnet.simulate._participation._state import ENDED, ENTERED, Firms, Ties

_TRUST = 255.0


@bare_kernel
def end_chance(trust: float, o: float, p: Numbers) -> float:
    """Probability that a tie of this trust and overlap ends: logistic(end_0 − end_trust t − end_fit 4 o (1 − o))."""
    return 1.0 / (1.0 + float(exp32(np.float32(p.end_trust * trust + p.end_fit * (4.0 * o * (1.0 - o)) - p.end_0))))


@bare_kernel
def part_ties(low: int, high: int, firms: Firms, ties: Ties, p: Numbers, step: int, key: np.uint64) -> np.int64:
    """Mark the half-ties of places ``low`` to ``high`` that end; the number of ties, each counted at its lower end. Both ends come to the same by themselves."""
    n, ended, new = len(firms.flags), np.int64(0), np.uint8(ENTERED)
    for i in range(low, high):
        if ties.indptr[i] == ties.indptr[i + 1]:
            continue
        who = identity(i, np.int64(firms.generation[i]), n)
        for e in range(ties.indptr[i], ties.indptr[i + 1]):
            if ties.channel[e] & ENDED:
                continue
            j = np.int64(ties.other[e])
            ends = ((firms.flags[i] | firms.flags[j]) & new) != 0
            if not ends:
                trust = float(ties.trust[e]) / _TRUST
                innovated = ((firms.innovated[i] | firms.innovated[j]) & 1) != 0
                trust = trust + p.trust_up * (1.0 - trust) if innovated else trust - p.trust_down * trust
                ties.trust[e] = np.uint8(trust * _TRUST + 0.5)
                if ties.until[e] < step:
                    other = identity(j, np.int64(firms.generation[j]), n)
                    word = philox(min(who, other), max(who, other), tag(END, step), np.uint32(0), key)[0]
                    u, unlike, fitting = open_unit(np.uint32(word)), end_chance(trust, 0.0, p), end_chance(trust, 0.5, p)
                    ends = u < min(unlike, fitting)  # ends, or stays, whatever the overlap: most ties need none
                    if not ends and u < max(unlike, fitting):
                        ends = u < end_chance(trust, float(overlap(firms.knowledge, i, j)), p)
            if ends:
                ties.channel[e] |= ENDED
                ended += np.int64(i < j)
    return ended
