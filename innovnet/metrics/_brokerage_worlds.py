"""Brokerage counts in random worlds."""

from collections.abc import Iterator
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet._parallel import run
from innovnet._random import seed_key, unit_array
from innovnet.graph._groups import Grouped, Groups, Missing, grouped
from innovnet.graph._network import Network
from innovnet.graph._project import Weighting
from innovnet.metrics._brokerage_count import Paths, paths_of, role_counts, unordered
from innovnet.metrics._brokerage_permuted import of_network, with_own_group
from innovnet.metrics._samples import class_codes, memberships_behind, permutation, sample
from innovnet.metrics._triangles import Floats, Ids, Ints

Null = Literal["ties", "bernoulli", "labels", "degree", "affiliation"]
_TIES = 0x42524F  # last word of the counter: what these draws are for


def counted(paths: Paths, codes: Ids, n_groups: int) -> Ints:
    """Counts of actors by role, each pair once where undirected."""
    found = role_counts(paths, codes, n_groups)
    return found if paths.directed else unordered(found)


def worlds(
    network: Network, parts: Grouped, groups: Groups, missing: Missing, null: Null, within: str | None, runs: int, seed: int, *, summed: bool
) -> Iterator[Floats]:
    """Counts in random worlds by role, or by actor of ``parts.network`` and role; NaN where an actor has no group in that world."""
    observed, codes, k = parts.network, parts.codes, len(parts.labels)

    def by_ties(replicate: int) -> Floats:
        return counted(paths_of(_scattered(observed, null == "bernoulli", seed_key(seed, replicate))), codes, k).astype(np.float64)

    def by_degree(replicate: int) -> Floats:
        return counted(paths_of(sample(observed, seed=seed, replicate=replicate)), codes, k).astype(np.float64)

    def by_affiliation(replicate: int) -> Floats:
        world = sample(memberships_behind(network), seed=seed, replicate=replicate, within=within).project(cast("Weighting", network.weighting))
        again = grouped(world, groups, missing)
        counts = counted(paths_of(again.network), again.codes, len(again.labels))
        found = np.full((network.n_actors, counts.shape[1]), np.nan)
        found[again.kept] = counts
        return found[parts.kept]

    if null == "labels":
        for counts in _permuted(parts, within, runs, seed, summed):
            yield counts.astype(np.float64)
    else:
        draw = {"ties": by_ties, "bernoulli": by_ties, "degree": by_degree, "affiliation": by_affiliation}[null]
        for world in run(draw, runs, what="random worlds"):
            yield np.nansum(world, axis=0) if summed else world


def _permuted(parts: Grouped, within: str | None, runs: int, seed: int, summed: bool) -> Iterator[Ints]:
    """Counts with the groups of the actors exchanged; by actor: those of the other actors."""
    paths, codes, k = paths_of(parts.network), parts.codes, len(parts.labels)
    classes = class_codes(parts.network._actors, within, "actors") if within is not None else None

    def exchanged(replicate: int) -> Ids:
        return codes[permutation(len(codes), seed=seed, replicate=replicate, classes=classes)]

    if not summed:
        for counts in with_own_group(paths, codes, k, classes, runs, seed):
            yield counts if paths.directed else unordered(counts)
    elif paths.directed:
        yield from run(lambda replicate: role_counts(paths, exchanged(replicate), k).sum(axis=0), runs, what="random worlds")
    else:
        totals = of_network(paths, k)
        yield from run(lambda replicate: totals(exchanged(replicate)), runs, what="random worlds")


def pairs_of(n: int, directed: bool) -> int:
    """Pairs of actors that a tie can connect."""
    return n * (n - 1) if directed else n * (n - 1) // 2


def _scattered(observed: Network, bernoulli: bool, key: np.uint64) -> Network:
    """A network with the ties on pairs of actors at random; ``bernoulli``: their number is random too."""
    n, ties = observed.n_actors, observed.n_ties
    pairs = pairs_of(n, observed.directed)
    if bernoulli and pairs:
        from scipy import stats  # noqa: PLC0415  # takes half a second to load

        ties = int(stats.binom.ppf(unit_array(0, 0, 0, _TIES + 1, int(key)), pairs, ties / pairs))
    chosen = _choose(pairs, ties, int(key))
    if observed.directed:
        start, end = np.divmod(chosen, max(n - 1, 1))
        end += end >= start
    else:
        first = np.arange(n) * np.arange(-1, n - 1) // 2  # row i of the lower triangle begins here
        start = np.searchsorted(first, chosen, side="right") - 1
        end = chosen - first[start]
    matrix = sparse.csr_array((np.ones(len(chosen)), (start, end)), shape=(n, n))
    return Network._from_csr(observed._actors, matrix if observed.directed else sparse.csr_array(matrix + matrix.T), directed=observed.directed)


def _choose(n: int, k: int, key: int) -> Ints:
    """k different whole numbers below n, every set of them equally likely: the first k that come up."""
    if 2 * k > n:
        left = np.ones(n, dtype=bool)
        left[_choose(n, n - k, key)] = False
        return np.flatnonzero(left)
    drawn: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
    first = drawn
    while len(first) < k:
        places = np.arange(len(drawn), len(drawn) + k)
        more = unit_array(places & 0xFFFFFFFF, places >> 32, 0, _TIES, key) * n
        drawn = np.concatenate([drawn, more.astype(np.int64)])
        first = np.unique(drawn, return_index=True)[1]
    return drawn[np.sort(first)[:k]]
