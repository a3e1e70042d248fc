"""The exchange of knowledge between two actors, one rule for every model that has it (Cowan & Jonard 2004).

Both kernels change ``knowledge`` (float32, actors × fields, C-contiguous, writable) in place. Callers pass positions as int64, shares as float64 and
``bits`` as uint64, so that each kernel is compiled once. Pairs without a common actor can be treated in any order and at the same time.

References
----------
Cowan & Jonard (2004), Network structure and the diffusion of knowledge, Journal of Economic Dynamics and Control 28(8), doi:10.1016/j.jedc.2003.04.002.
"""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet._random import below, hashed

Knowledge = npt.NDArray[np.float32]


@kernel
def exchange(knowledge: Knowledge, i: np.int64, j: np.int64, absorption: float, band: float, bits: np.uint64) -> int:
    """Barter between i and j; the number of fields that flowed each way, 0 where there was no deal.

    A = {k: v_ik > (1 + band) v_jk}, B = {k: v_jk > (1 + band) v_ik}, m = min(|A|, |B|). m fields of A, drawn at random from ``bits``, flow to j and m of B
    to i: whoever learns field k moves up by ``absorption`` times the gap. Exchanging i and j changes no bit.
    """
    ahead, behind = 0, 0
    for k in range(knowledge.shape[1]):
        mine, yours = float(knowledge[i, k]), float(knowledge[j, k])
        ahead += mine > (1.0 + band) * yours
        behind += yours > (1.0 + band) * mine
    traded = min(ahead, behind)
    to_give, to_take = traded, traded
    for k in range(knowledge.shape[1] if traded else 0):
        mine, yours = float(knowledge[i, k]), float(knowledge[j, k])
        if mine > (1.0 + band) * yours:
            if below(hashed(bits, np.uint64(k)), np.uint64(ahead)) < np.uint64(to_give):  # each set of m fields is equally likely (selection sampling)
                knowledge[j, k] = yours + absorption * (mine - yours)
                to_give -= 1
            ahead -= 1
        elif yours > (1.0 + band) * mine:
            if below(hashed(bits, np.uint64(k)), np.uint64(behind)) < np.uint64(to_take):
                knowledge[i, k] = mine + absorption * (yours - mine)
                to_take -= 1
            behind -= 1
    return traded


@kernel
def give(knowledge: Knowledge, source: np.int64, to: np.int64, absorption: float, band: float) -> int:
    """A gift: every field in which ``source`` is ahead, v_source > (1 + band) v_to, flows to ``to`` and nothing is asked; the number of these fields."""
    given = 0
    for k in range(knowledge.shape[1]):
        theirs, own = float(knowledge[source, k]), float(knowledge[to, k])
        if theirs > (1.0 + band) * own:
            knowledge[to, k] = own + absorption * (theirs - own)
            given += 1
    return given
