"""How near an actor is to the others: closeness and harmonic centrality."""

from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from innovnet._check import check_choice
from innovnet._kernel import kernel
from innovnet._parallel import bounds, run
from innovnet.graph._network import Direction, Network
from innovnet.metrics._lengths import path_arcs
from innovnet.metrics._search import visit
from innovnet.metrics._types import ActorSeries

Components = Literal["within", "wasserman_faust"]
CHUNKS = 64  # fixed: the bits of a result do not depend on the number of threads

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]


class Reach(NamedTuple):
    """What an actor's distances to the others add up to."""

    reached: Floats  #: number of other actors at finite distance
    total: Floats  #: sum of the distances to them
    inverse: Floats  #: sum of one over these distances


def harmonic(
    network: Network, *, distance: str | None = None, direction: Direction = "out", normalized: bool = False, progress: bool | None = None
) -> ActorSeries:
    """How near an actor is to all others, where those out of reach simply add nothing.

    Hᵢ = Σⱼ 1 / d(i, j) over the other actors, 1 / ∞ = 0.

    Parameters
    ----------
    network
        The cooperation network.
    distance
        Length of a tie: ``None`` 1, ``"inverse"`` 1 / weight, or a column of ties (above 0).
    direction
        Distances from the actor (``"out"``), to it (``"in"``), or along ties in either direction (``"both"``). No effect on an undirected network.
    normalized
        Divide by n − 1.
    progress
        Show a bar: True, False, or None for when it takes over 2 seconds.

    Returns
    -------
    Series
        Index ``actor``, name ``harmonic``, at least 0; with lengths of 1 at most n − 1. Normalized: NaN where n = 1.

    Notes
    -----
    Isolates have 0. Comparable across components, unlike :func:`closeness`. Exact. Cost: O(actors × ties), with 512 sources at a time where
    every tie has length 1.

    References
    ----------
    .. [1] Marchiori & Latora (2000), Harmony in the small-world, Physica A 285, 539-546, doi:10.1016/S0378-4371(00)00311-3.
    .. [2] Boldi & Vigna (2014), Axioms for centrality, Internet Mathematics 10, 222-262, doi:10.1080/15427951.2013.865686.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.harmonic(inn.toy().project()).round(3)[["a", "f", "l"]].tolist()
    [6.083, 8.333, 0.0]
    """
    found = _reach(network, distance, direction, progress, "harmonic").inverse
    with np.errstate(invalid="ignore"):
        return network.series(found / np.float64(network.n_actors - 1) if normalized else found, "harmonic")


def closeness(
    network: Network, *, distance: str | None = None, direction: Direction = "out", components: Components = "within", progress: bool | None = None
) -> ActorSeries:
    """How near an actor is, on average, to those it can reach.

    Cᵢ = rᵢ / Σⱼ d(i, j) over the rᵢ other actors within reach: one over the mean distance.

    Parameters
    ----------
    network
        The cooperation network.
    distance
        Length of a tie: ``None`` 1, ``"inverse"`` 1 / weight, or a column of ties (above 0).
    direction
        Distances from the actor (``"out"``), to it (``"in"``), or along ties in either direction (``"both"``). No effect on an undirected network.
    components
        ``"within"``: as above, each actor among those it reaches. ``"wasserman_faust"``: times rᵢ / (n − 1), so that reaching few counts less [2]_.
    progress
        Show a bar: True, False, or None for when it takes over 2 seconds.

    Returns
    -------
    Series
        Index ``actor``, name ``closeness``, above 0, with lengths of 1 at most 1. An actor that reaches nobody has NaN, 0 with ``"wasserman_faust"``.

    Notes
    -----
    With ``"within"`` an actor of a small component can come out very close: compare inside a component only, or use :func:`harmonic`.
    networkx measures distances *to* the actor in a directed network and gives 0 to isolates. Exact. Cost: as for :func:`harmonic`.

    References
    ----------
    .. [1] Freeman (1978), Centrality in social networks: conceptual clarification, Social Networks 1, 215-239, doi:10.1016/0378-8733(78)90021-7.
    .. [2] Wasserman & Faust (1994), Social Network Analysis, Cambridge University Press, doi:10.1017/CBO9780511815478.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.closeness(inn.toy().project()).round(3)[["f", "k", "l"]].tolist()
    [0.714, 0.303, nan]
    """
    check_choice(components, get_args(Components), "components")
    found = _reach(network, distance, direction, progress, "closeness")
    with np.errstate(invalid="ignore"):
        values = found.reached / found.total
    if components == "wasserman_faust":
        values = np.where(found.reached > 0, values * found.reached / max(network.n_actors - 1, 1), 0.0)
    return network.series(values, "closeness")


def _reach(network: Network, distance: str | None, direction: Direction, progress: bool | None, what: str) -> Reach:
    arcs = path_arcs(network, distance, direction)
    cut = bounds(np.ones(network.n_actors), CHUNKS)

    def part(i: int) -> Floats:
        return reach(*arcs, distance is not None, cut[i], cut[i + 1])

    return Reach(*np.hstack([np.zeros((3, 0)), *run(part, len(cut) - 1, what=what, progress=progress)]))


@kernel
def reach(indptr: Ints, indices: Ids, lengths: Floats, weighted: bool, first: int, last: int) -> Floats:
    """The rows of :class:`Reach` for the sources ``first`` to ``last`` - 1. Equal distances are counted before they are added."""
    n = len(indptr) - 1
    sums = np.zeros((3, last - first), dtype=np.float64)
    distance = np.full(n, np.inf, dtype=np.float64)
    order = np.empty(n, dtype=np.uint32)
    heap = np.empty(n, dtype=np.uint32)
    place = np.full(n, -1, dtype=np.int64)
    for source in range(first, last):
        reached = visit(indptr, indices, lengths, weighted, source, distance, order, heap, place)
        sums[0, source - first] = reached - 1
        i = 1
        while i < reached:
            far = distance[order[i]]
            alike = 0
            while i < reached and distance[order[i]] == far:
                alike += 1
                i += 1
            sums[1, source - first] += alike * far
            sums[2, source - first] += alike / far
        for i in range(reached):
            distance[order[i]] = np.inf
    return sums
