"""Number and strength of an actor's ties."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet._check import check_choice, check_flag
from innovnet.graph._network import Direction, Network, check_network
from innovnet.metrics._types import ActorSeries


def degree(network: Network, *, direction: Direction = "both", normalized: bool = False) -> ActorSeries:
    """How many partners an actor cooperates with.

    kᵢ = Σⱼ [aᵢⱼ > 0] (out), Σⱼ [aⱼᵢ > 0] (in), or the sum of the two (both).

    Parameters
    ----------
    network
        The cooperation network.
    direction
        Which ties of a directed network count; with ``"both"`` a mutual tie counts 2. No effect on an undirected network.
    normalized
        Divide by the largest number possible: n − 1, or 2(n − 1) for both directions of a directed network.

    Returns
    -------
    Series
        Index ``actor``, name ``degree``; whole numbers from 0 to n − 1 (directed, both: 2(n − 1)). Normalized: in [0, 1], NaN where n = 1.

    Notes
    -----
    Weights have no effect: see :func:`strength`. Isolates have 0. There are no self-ties. Cost: O(actors + ties).

    References
    ----------
    .. [1] Freeman (1978), Centrality in social networks: conceptual clarification, Social Networks 1, 215-239, doi:10.1016/0378-8733(78)90021-7.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.degree(inn.toy().project())[["a", "f", "l"]].tolist()
    [3, 7, 0]
    """
    check_network(network, "degree()")
    check_flag(normalized, "normalized")
    counts = _sums(network.adjacency(weighted=False), network.directed, direction).astype(np.int64)
    if not normalized:
        return network.series(counts, "degree")
    ends = 2 if network.directed and direction == "both" else 1
    with np.errstate(invalid="ignore"):
        return network.series(counts / np.float64(ends * (network.n_actors - 1)), "degree")


def strength(network: Network, *, direction: Direction = "both") -> ActorSeries:
    """How much an actor cooperates: the sum of the weights of its ties.

    sᵢ = Σⱼ wᵢⱼ (out), Σⱼ wⱼᵢ (in), or the sum of the two (both).

    Parameters
    ----------
    network
        The cooperation network. What a weight means was settled when it was made: with ``project("newman")`` the strength of an actor is the
        number of its events with two or more members.
    direction
        Which ties of a directed network count; no effect on an undirected network.

    Returns
    -------
    Series
        Index ``actor``, name ``strength``, in units of the tie weight, at least 0.

    Notes
    -----
    Isolates have 0. There are no self-ties. Cost: O(actors + ties).

    References
    ----------
    .. [1] Barrat, Barthélemy, Pastor-Satorras & Vespignani (2004), The architecture of complex weighted networks, PNAS 101, 3747-3752,
       doi:10.1073/pnas.0400087101.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.strength(inn.toy().project())[["a", "f", "l"]].tolist()
    [5.0, 8.0, 0.0]
    """
    check_network(network, "strength()")
    return network.series(_sums(network.adjacency(), network.directed, direction), "strength")


def _sums(matrix: sparse.csr_array, directed: bool, direction: Direction) -> npt.NDArray[np.float64]:
    check_choice(direction, ("both", "out", "in"), "direction")
    if not directed or direction == "out":
        return np.asarray(matrix.sum(axis=1), dtype=np.float64)
    into = np.asarray(matrix.sum(axis=0), dtype=np.float64)
    return into if direction == "in" else into + np.asarray(matrix.sum(axis=1))
