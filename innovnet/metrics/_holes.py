"""One pass for all of Burt's measures: two sums over the common partners of each tie.

M = A + Aᵀ. For a tie (i, j): Z = Σ_q M_iq M_jq and X = Σ_q M_iq M_qj / S_q over the common partners q; S_q is the strength of q, in the whole network or
inside the ego network of i. From X follows the constraint of the dyad, from Z its redundancy.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from innovnet._check import check_choice
from innovnet._kernel import kernel
from innovnet.graph import Network
from innovnet.graph._tables import freeze
from innovnet.metrics._triangles import Floats, Ids, Ints, Ranked, ranked

Scope = Literal["network", "ego"]


@kernel
def scan_products(
    low: int, high: int, ptr: Ints, ends: Ids, weights: Floats, shares: Floats, split: Ints, back: Ints, symmetric: bool, Z: Floats, X: Floats
) -> None:
    """Z and X of the ties of the ranks from ``low`` to ``high``; ``shares`` holds M_iq / S_q, ``symmetric`` says that S_q is the same for every ego."""
    n = len(ptr) - 1
    tie = np.zeros(n, dtype=np.float64)
    share = np.zeros(n, dtype=np.float64)
    for i in range(low, high):
        for e in range(ptr[i], ptr[i + 1]):
            tie[ends[e]] = weights[e]
            share[ends[e]] = shares[e]
        for e in range(split[i], ptr[i + 1]):
            j = ends[e]
            z, of_i, of_j = 0.0, 0.0, 0.0
            for f in range(ptr[j], ptr[j + 1]):
                q = ends[f]
                z += tie[q] * weights[f]
                of_i += share[q] * weights[f]
                if not symmetric:
                    of_j += tie[q] * shares[f]
            Z[e] = Z[back[e]] = z
            X[e] = of_i
            X[back[e]] = of_i if symmetric else of_j
        for e in range(ptr[i], ptr[i + 1]):
            tie[ends[e]] = 0.0
            share[ends[e]] = 0.0


@kernel
def scan_egos(low: int, high: int, ptr: Ints, ends: Ids, weights: Floats, split: Ints, back: Ints, strength: Floats, largest: Floats) -> None:
    """For each entry (i, q): the strength of q inside the ego network of i, and its largest weight there; the tie to i included."""
    tie = np.zeros(len(ptr) - 1, dtype=np.float64)
    for i in range(low, high):
        for e in range(ptr[i], ptr[i + 1]):
            tie[ends[e]] = weights[e]
        for e in range(split[i], ptr[i + 1]):
            j = ends[e]
            sum_i = sum_j = top_i = top_j = weights[e]
            for f in range(ptr[j], ptr[j + 1]):
                of_i = tie[ends[f]]
                of_j = weights[f] if of_i > 0.0 else 0.0
                sum_i += of_i
                sum_j += of_j
                top_i = max(top_i, of_i)
                top_j = max(top_j, of_j)
            strength[e], strength[back[e]] = sum_j, sum_i
            largest[e], largest[back[e]] = top_j, top_i
        for e in range(ptr[i], ptr[i + 1]):
            tie[ends[e]] = 0.0


@dataclass(frozen=True, eq=False)
class Holes:
    """What follows from Z and X; arrays of actors hold those with a tie, by rank."""

    ties: Ranked
    redundancy: Floats  #: of each entry (i, j): Σ_q p_iq m_jq
    dyads: Floats  #: constraint of each entry

    @property
    def degrees(self) -> Floats:
        """Number of partners."""
        return np.diff(self.ties.ptr)[: self.ties.active].astype(np.float64)

    def constraint(self) -> Floats:
        """Sum of the constraint of the dyads."""
        return self.ties.row_sums(self.dyads)

    def effective_size(self) -> Floats:
        """Partners less their redundancy."""
        return self.degrees - self.ties.row_sums(self.redundancy)

    def efficiency(self) -> Floats:
        """Effective size per partner."""
        return self.effective_size() / self.degrees

    def hierarchy(self) -> Floats:
        """How unequal the constraint of the dyads is; 1 for a single partner."""
        k = self.degrees
        relative = self.dyads / self.ties.of_rows(self.constraint() / k)
        sums = self.ties.row_sums(relative * np.log(relative))
        return np.where(k > 1, np.maximum(sums, 0.0) / (k * np.log(np.maximum(k, 2.0))), 1.0)


def holes(network: Network, weighted: bool, scope: Scope) -> Holes:
    """The pass over all ties."""
    check_choice(scope, get_args(Scope), "scope")
    ties = ranked(network.arcs(weighted=weighted))
    strength = ties.row_sums(ties.weights)
    if scope == "ego":
        within, largest = _in_egos(ties)
    else:
        within, largest = strength[ties.ends], ties.row_maxima(ties.weights)[ties.ends]
    (shares,) = freeze(ties.weights / within)
    Z, X = (np.empty(len(ties.ends), dtype=np.float64) for _ in range(2))
    ties.scan(lambda low, high: scan_products(low, high, ties.ptr, ties.ends, ties.weights, shares, ties.split, ties.back, scope == "network", Z, X))
    own = ties.of_rows(strength)
    return Holes(ties, Z / (own * largest), ((ties.weights + X) / own) ** 2)


def _in_egos(ties: Ranked) -> tuple[Floats, Floats]:
    strength, largest = (np.empty(len(ties.ends), dtype=np.float64) for _ in range(2))
    ties.scan(lambda low, high: scan_egos(low, high, ties.ptr, ties.ends, ties.weights, ties.split, ties.back, strength, largest))
    return strength, largest
