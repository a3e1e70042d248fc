"""Circles of cooperation: communities, and how far any partition is one."""

import importlib
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet._check import check_flag, check_whole
from innovnet.errors import DataError
from innovnet.graph._groups import Groups, Missing, grouped
from innovnet.graph._network import Network, check_network
from innovnet.metrics._types import ActorSeries, Number

SPAN = 1e12  # the heaviest tie in units of the lightest
PASSES = 100  # far more than it takes until nothing moves
_LOCK = threading.Lock()  # igraph has one generator of random numbers for the whole process


def communities(network: Network, *, weighted: bool = True, resolution: float = 1.0, seed: int) -> ActorSeries:
    """Circles of actors that cooperate more with each other than their cooperation at large would make them.

    The partition with the largest modularity that the Leiden method finds: Q = Σ_g [m_g/m − γ (κ_g/2m)²], m_g the ties (or their weight) inside
    circle g, κ_g the degrees (or strengths) of its actors, m all ties, γ the resolution [1]_, [2]_.

    Parameters
    ----------
    network
        Undirected.
    weighted
        Whether a tie counts by its weight.
    resolution
        γ above 0: above 1 more and smaller circles, below 1 fewer and larger ones.
    seed
        Any whole number of at least 0. Another seed may give another partition of about the same modularity.

    Returns
    -------
    Series
        Index ``actor``, name ``communities``: 0 is the largest circle, of equally large ones that with the earliest actor in the table.

    Raises
    ------
    DataError
        The network is directed; the heaviest tie is more than 1e12 times as heavy as the lightest.

    Notes
    -----
    igraph's Leiden method with the objective modularity, repeated until nothing improves. Every network has a best partition, a random one too: compare its
    :func:`modularity` with that of random worlds, and look how far the partition stays with another seed or with a tenth of the events left
    out, before its circles are called clusters. An isolate is a circle of its own; circles are connected. The order of actors and ties matters, as the seed
    does. The random numbers of igraph are set for the call and given back to Python's ``random`` after it. Cost: about O(ties) a pass.

    References
    ----------
    .. [1] Newman & Girvan (2004), Finding and evaluating community structure in networks, Physical Review E 69, 026113,
       doi:10.1103/PhysRevE.69.026113.
    .. [2] Traag, Waltman & van Eck (2019), From Louvain to Leiden: guaranteeing well-connected communities, Scientific Reports 9, 5233,
       doi:10.1038/s41598-019-41695-z.

    Examples
    --------
    >>> import innovnet as inn
    >>> "".join(inn.metrics.communities(inn.toy().project(), seed=0).astype(str))
    '111220003034'
    """
    check_network(network, "communities()")
    if network.directed:
        msg = "communities() is for undirected networks. Make one with inn.symmetrize(network, rule=...), saying what a tie in one direction counts."
        raise DataError(msg)
    if not isinstance(resolution, int | float | np.integer | np.floating) or isinstance(resolution, bool) or not 0 < resolution < np.inf:
        msg = f"resolution={resolution!r} is not a number above 0."
        raise DataError(msg)
    check_whole(seed, "seed", 0)
    check_flag(weighted, "weighted")
    found = next(partitions(network, [seed], weighted=weighted, resolution=resolution), np.arange(network.n_actors))
    return network.series(found, "communities")


def partitions(network: Network, seeds: Iterable[int], *, weighted: bool = True, resolution: float = 1.0) -> Iterator[npt.NDArray[np.int64]]:
    """The communities of an undirected network for each of several seeds, 0 the largest; nothing without ties."""
    if not network.n_ties:
        return
    ties = sparse.triu(network.adjacency(weighted=weighted), format="csr").tocoo()
    if ties.data.max() > SPAN * ties.data.min():  # what rounding gives and takes would be improved upon for ever
        msg = f"weights from {ties.data.min():.3g} to {ties.data.max():.3g} are too far apart. Leave the lightest ties out with threshold(), or take weighted=False."
        raise DataError(msg)
    graph = None
    for seed in seeds:
        with seeded_igraph(seed) as igraph:
            graph = graph or igraph.Graph(n=network.n_actors, edges=np.column_stack([ties.row, ties.col]))
            found = leiden(graph, ties.data, resolution)
        yield _by_size(found)


def leiden(graph: Any, weights: npt.NDArray[np.float64], resolution: float) -> npt.NDArray[np.int64]:
    """The community of each node of an igraph graph: passes until nothing moves.

    igraph's own repetition never ends where two places are equally good for a node and rounding prefers now one, now the other; passes one by one
    give the same communities and can be counted.
    """
    found: list[int] | None = None
    for _ in range(PASSES):
        parts = graph.community_leiden(
            objective_function="modularity", weights=weights, resolution=float(resolution), n_iterations=1, initial_membership=found
        ).membership
        if found is not None and _first_of(parts) == _first_of(found):
            break
        found = parts
    return np.array(found, dtype=np.int64)


def _first_of(parts: list[int]) -> list[int]:
    """For each node the first one of its community: equal for equal partitions, however the communities are numbered."""
    first: dict[int, int] = {}
    return [first.setdefault(part, node) for node, part in enumerate(parts)]


@contextmanager
def seeded_igraph(seed: int) -> Iterator[ModuleType]:
    """igraph with its random numbers set; given back to Python's ``random`` afterwards. One caller at a time."""
    igraph = importlib.import_module("igraph")  # GPL: only when asked for
    with _LOCK:
        igraph.set_random_number_generator(random.Random(int(seed)))  # noqa: S311  nothing secret
        try:
            yield igraph
        finally:
            igraph.set_random_number_generator(random)


def _by_size(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Labels from 0 by falling size, of equal ones by the first member."""
    _, first, inverse, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(len(first))
    return rank[inverse]


def modularity(network: Network, *, groups: Groups, weighted: bool = True, missing: Missing = "error") -> Number:
    """How much more of the cooperation lies inside groups than their cooperation at large would make.

    Q = Σ_g [e_gg − a_g b_g]: e_gg the share of ties (or of their weight) inside group g, a_g and b_g the shares of the ends of ties that are in g, as sources
    and as targets. Without direction a_g = b_g [1]_; with direction they differ [2]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Whether a tie counts by its weight.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    float
        From −1 (undirected −1/2) to 1; 0 where everything is in one group; NaN without ties.

    Notes
    -----
    Isolates have no part in it. The largest value depends on the groups: for a measure with maximum 1 see :func:`assortativity`, which is Q divided by
    it. Other programs: igraph and networkx give the same. Cost: O(ties).

    References
    ----------
    .. [1] Newman & Girvan (2004), Finding and evaluating community structure in networks, Physical Review E 69, 026113,
       doi:10.1103/PhysRevE.69.026113.
    .. [2] Leicht & Newman (2008), Community structure in directed networks, Physical Review Letters 100, 118703, doi:10.1103/PhysRevLett.100.118703.

    Examples
    --------
    >>> import innovnet as inn
    >>> round(inn.metrics.modularity(inn.toy().project(), groups="region", weighted=False), 4)
    0.2008
    """
    parts = grouped(network, groups, missing)
    return modularity_of(parts.network.adjacency(weighted=weighted).tocoo(), parts.codes, len(parts.labels))


def modularity_of(matrix: sparse.coo_array, codes: npt.NDArray[np.integer], n: int) -> float:
    """The modularity of ``n`` groups by their codes; NaN without ties."""
    total = matrix.data.sum()
    if not total:
        return float("nan")
    start, end = codes[matrix.row], codes[matrix.col]
    inside = matrix.data[start == end].sum() / total
    sources, targets = (np.bincount(ends, weights=matrix.data, minlength=n) / total for ends in (start, end))
    return float(inside - sources @ targets)
