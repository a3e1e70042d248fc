"""How near an actor is to the others: closeness and harmonic centrality."""

from typing import Literal, get_args

import numpy as np

from innovnet._check import check_choice, check_flag
from innovnet.graph._network import Direction, Network, check_network
from innovnet.metrics._reach import reach_of
from innovnet.metrics._types import ActorSeries

Components = Literal["within", "wasserman_faust"]


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
        Distances from the actor (``"out"``), to it (``"in"``), or along ties in either direction (``"both"``: a mutual tie has the sum of both
        weights, and the shorter of both lengths). No effect on an undirected network.
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
    Isolates have 0. Comparable across components, unlike :func:`closeness`. Exact. Cost: O(actors × ties), 512 sources at a time where every tie
    has length 1 and nobody is further away than 64.

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
    check_network(network, "harmonic()")
    check_flag(normalized, "normalized")
    found = reach_of(network, distance, direction, what="harmonic", progress=progress).inverse
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
        Distances from the actor (``"out"``), to it (``"in"``), or along ties in either direction (``"both"``: a mutual tie has the sum of both
        weights, and the shorter of both lengths). No effect on an undirected network.
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
    check_network(network, "closeness()")
    check_choice(components, get_args(Components), "components")
    found = reach_of(network, distance, direction, what="closeness", progress=progress)
    with np.errstate(invalid="ignore"):
        values = found.reached / found.total
    if components == "wasserman_faust":
        values = np.where(found.reached > 0, values * found.reached / max(network.n_actors - 1, 1), 0.0)
    return network.series(values, "closeness")
