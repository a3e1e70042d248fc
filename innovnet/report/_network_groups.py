"""The core of the network and its groups: which organisations, how strongly grouped, how stable, which ties carry the picture."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from innovnet._parallel import run
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._network import Network
from innovnet.metrics import disparity
from innovnet.metrics._communities import modularity_of, partitions
from innovnet.metrics._samples import permutation, sample

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LIMIT = 80  #: organisations drawn
ALL = 12  #: up to so many organisations all of them and all ties, no groups
STARTS, STARTS_AGAIN = 50, 20  #: of the search for groups, of which the best is taken; in each random world and sample
SAMPLES, KEPT = 10, 0.9  #: of the projects, for stability


class Core(NamedTuple):
    """The organisations drawn, and the joint work of each two of them."""

    actors: Ints  #: positions in the table of actors, by joint work, domestic ones first
    work: Floats


def core_of(affiliation: Affiliation, scope: Mask) -> Core:
    """The organisations with most joint work; in a report on a country half of them domestic, half those abroad with most joint work with domestic ones.

    There, only projects with a domestic member count.
    """
    value = _value(affiliation, scope)
    incidence = affiliation.incidence
    joint = incidence @ (value > 0).astype(np.float64)
    if scope.all():
        chosen = _first(joint, LIMIT)
    else:
        shared = incidence @ (value * (incidence.T @ scope.astype(np.float64)))
        home, abroad = _first(np.where(scope, joint, 0.0), LIMIT), _first(np.where(scope, 0.0, shared), LIMIT)
        half = LIMIT // 2
        chosen = np.concatenate([home[: max(half, LIMIT - len(abroad))], abroad[: max(half, LIMIT - len(home))]])
    work = _work(affiliation, chosen, value)
    tied = work.sum(axis=1) > 0
    return Core(chosen[tied], work[np.ix_(tied, tied)])


def _value(affiliation: Affiliation, scope: Mask) -> Floats:
    """What an event gives to each pair of its members: nothing where none of them is in scope."""
    sizes = np.diff(affiliation.memberships.actor_ptr)
    return np.where((sizes > 1) & reported(affiliation, scope), 1.0 / np.maximum(sizes - 1, 1), 0.0)


def reported(affiliation: Affiliation, scope: Mask) -> Mask:
    """The events with a member in scope."""
    return np.asarray(affiliation.incidence.T @ scope.astype(np.int64) > 0)


def _first(values: Floats, limit: int) -> Ints:
    order = np.argsort(-values, kind="stable")[:limit]
    return order[values[order] > 0].astype(np.int64)


def _work(affiliation: Affiliation, actors: Ints, value: Floats) -> Floats:
    """Joint work of each two of some actors."""
    rows = affiliation.incidence[actors]
    work = np.asarray((rows.multiply(value[np.newaxis, :]) @ rows.T).todense(), dtype=np.float64)
    np.fill_diagonal(work, 0.0)
    return work


def association(work: Floats) -> Floats:
    """Joint work relative to what the totals of both would give (association strength): 1 is as expected."""
    totals = work.sum(axis=1)
    expected = np.outer(totals, totals)
    return np.divide(work * totals.sum(), expected, out=np.zeros_like(work), where=expected > 0)


def network_of(weights: Floats) -> Network:
    """The network of the organisations drawn, by position."""
    actors = pd.DataFrame(index=pd.RangeIndex(len(weights), name="actor"))
    return Network._from_csr(actors, sparse.csr_array(weights), weighting="association")


def groups_of(weights: Floats, seed: int, starts: int = STARTS) -> tuple[Ints, float]:
    """Groups (0 is the largest), the best of several starts by modularity, and the modularity found; then small groups join the nearest."""
    network = network_of(weights)
    matrix = network.adjacency().tocoo()
    best, quality = np.zeros(len(weights), dtype=np.int64), -1.0
    for found in partitions(network, range(seed, seed + starts)):
        reached = modularity_of(matrix, found, int(found.max()) + 1)
        if reached > quality + 1e-12:
            best, quality = found, reached
    return _by_size(_joined(best, weights, max(4.0, len(weights) / 16)), weights.sum(axis=1)), quality


def _joined(codes: Ints, weights: Floats, smallest: float) -> Ints:
    """Groups below the smallest size join the group with which their mean weight is highest."""
    codes = np.unique(codes, return_inverse=True)[1]
    while True:
        sizes = np.bincount(codes)
        small = int(np.argmin(sizes))
        if len(sizes) == 1 or sizes[small] >= smallest:
            return codes
        means = [weights[np.ix_(codes == small, codes == other)].mean() if other != small else -1.0 for other in range(len(sizes))]
        codes = np.unique(np.where(codes == small, int(np.argmax(means)), codes), return_inverse=True)[1]


def _by_size(codes: Ints, totals: Floats) -> Ints:
    sizes, sums = np.bincount(codes), np.bincount(codes, weights=totals)
    order = np.lexsort((-sums, -sizes))
    return np.argsort(order)[codes].astype(np.int64)


def agreement(one: Ints, other: Ints) -> float:
    """Adjusted Rand index of two partitions: 1 the same, 0 as by chance (Hubert & Arabie 1985, doi:10.1007/BF01908075)."""
    table = pd.crosstab(one, other).to_numpy()
    both, rows, columns, pairs = (float((n * (n - 1) / 2).sum()) for n in (table, table.sum(axis=1), table.sum(axis=0), np.array(len(one))))
    expected, largest = (rows * columns / pairs if pairs else 0.0), (rows + columns) / 2
    return (both - expected) / (largest - expected) if largest != expected else 1.0


def modularity_by_chance(affiliation: Affiliation, scope: Mask, *, within: str | None, runs: int, seed: int, progress: bool | None = None) -> Floats:
    """Modularity of the core of each random world, chosen and grouped there as in the observed one."""

    def weights(k: int) -> Floats:
        return association(core_of(sample(affiliation, seed=seed, replicate=k, within=within), scope).work)

    return np.array(
        [groups_of(world, seed, STARTS_AGAIN)[1] for world in run(weights, runs, what="groups in random worlds", progress=progress) if len(world) > 1]
    )


def stability(affiliation: Affiliation, scope: Mask, actors: Ints, codes: Ints, seed: int) -> float:
    """Mean adjusted Rand index between the groups and those found when a tenth of the projects with partners is left out."""
    value = _value(affiliation, scope)
    joint = np.flatnonzero(value > 0)
    found = []
    for k in range(SAMPLES):
        kept = np.zeros_like(value)
        chosen = joint[permutation(len(joint), seed=seed, replicate=k)[: round(KEPT * len(joint))]]
        kept[chosen] = value[chosen]
        weights = association(_work(affiliation, actors, kept))
        found.append(agreement(codes, groups_of(weights, seed, STARTS_AGAIN)[0]) if weights.any() else 0.0)
    return float(np.mean(found))


def significance(weights: Floats) -> Floats:
    """Of each tie the smaller of the disparities at its two ends; 1 where there is no tie."""
    found = disparity(network_of(weights)).min(axis=1)
    source, target = (found.index.get_level_values(k).to_numpy(dtype=np.int64) for k in (0, 1))
    alpha = np.ones_like(weights)
    alpha[source, target] = alpha[target, source] = found.to_numpy()
    return alpha


def backbone(weights: Floats, codes: Ints) -> tuple[Sequence[tuple[int, int]], float]:
    """Ties inside groups among the most significant 2 n and a maximum spanning tree; and the α reached."""
    n, alpha = len(weights), significance(weights)
    source, target = np.nonzero(np.triu(weights))
    order = np.lexsort((-weights[source, target], alpha[source, target]))[: 2 * n]
    strongest = set(zip(source[order].tolist(), target[order].tolist(), strict=True))
    tree = csgraph.minimum_spanning_tree(sparse.csr_array(np.divide(1.0, weights, out=np.zeros_like(weights), where=weights > 0))).tocoo()
    strongest |= {(int(min(i, j)), int(max(i, j))) for i, j in zip(tree.row, tree.col, strict=True)}
    reached = float(alpha[source[order], target[order]].max()) if len(order) else 1.0
    return sorted((i, j) for i, j in strongest if codes[i] == codes[j]), reached


def bridges(work: Floats, codes: Ints, limit: int) -> Sequence[tuple[int, int]]:
    """The tie with most joint work between each two groups, the strongest first, at most ``limit``."""
    k = len(np.unique(codes))
    found = []
    for a in range(k):
        for b in range(a + 1, k):
            block = np.where((codes[:, None] == a) & (codes[None, :] == b), work, 0.0)
            i, j = (int(x) for x in np.unravel_index(int(np.argmax(block)), block.shape))
            if block[i, j] > 0:
                found.append((float(block[i, j]), i, j))
    return [(i, j) for _w, i, j in sorted(found, reverse=True)[:limit]]
