"""How each actor's ties divide over groups: its own, and all of them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet.graph._groups import Grouped
from innovnet.graph._network import Direction

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.uint32]


class Spread(NamedTuple):
    """Strength of each actor: in all, towards its own group, and the sum of squares of its strengths towards each group."""

    total: Floats
    own: Floats
    squares: Floats


@kernel
def spread_rows(indptr: npt.NDArray[np.int64], indices: Ids, weights: Floats, codes: Ids, n_groups: int) -> tuple[Floats, Floats, Floats]:
    """One pass over the rows: total, own and squares of :class:`Spread`. ``codes``: group of each actor, below ``n_groups``."""
    n = len(indptr) - 1
    total, own, squares = np.zeros(n), np.zeros(n), np.zeros(n)
    towards = np.zeros(n_groups)
    for i in range(n):
        for k in range(indptr[i], indptr[i + 1]):
            towards[codes[indices[k]]] += weights[k]
            total[i] += weights[k]
        own[i] = towards[codes[i]]
        for k in range(indptr[i], indptr[i + 1]):
            g = codes[indices[k]]
            squares[i] += towards[g] * towards[g]
            towards[g] = 0.0
    return total, own, squares


def spread(parts: Grouped, *, weighted: bool, direction: Direction = "both") -> Spread:
    """How the ties of each actor divide over the groups. O(ties)."""
    return Spread(*spread_rows(*parts.network.arcs(weighted=weighted, direction=direction), parts.codes, len(parts.labels)))
