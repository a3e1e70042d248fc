"""Size and cohesion: density, components and cores."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csgraph

from innovnet._check import check_choice
from innovnet._kernel import kernel
from innovnet.graph._network import Network, check_network
from innovnet.metrics._types import ActorSeries, Number

Connection = Literal["weak", "strong"]
Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]


def density(network: Network) -> Number:
    """The share of all possible cooperations that exist.

    2m / (n(n − 1)) for m ties among n actors; m / (n(n − 1)) where ties are directed.

    Returns
    -------
    float
        In [0, 1]; NaN for fewer than two actors.

    Notes
    -----
    Weights have no effect; isolates are actors like others. Cost: O(1).

    Examples
    --------
    >>> import innovnet as inn
    >>> round(inn.metrics.density(inn.toy().project()), 4)
    0.2879
    """
    check_network(network, "density()")
    n = network.n_actors
    return (1 if network.directed else 2) * network.n_ties / (n * (n - 1)) if n > 1 else float("nan")


def components(network: Network, *, connection: Connection = "weak") -> ActorSeries:
    """Which separate part of the network an actor belongs to.

    Parameters
    ----------
    network
        The cooperation network.
    connection
        In a directed network: ``"weak"`` joins actors along ties in either direction, ``"strong"`` those that reach each other. No effect on an
        undirected network.

    Returns
    -------
    Series
        Index ``actor``, name ``components``; whole numbers, 0 for the largest component, 1 for the next, ... Of components of equal size the one
        whose first actor stands earlier in the table of actors comes first.

    Notes
    -----
    An isolate is a component of one actor. Weights have no effect. Cost: O(actors + ties).

    References
    ----------
    .. [1] Tarjan (1972), Depth-first search and linear graph algorithms, SIAM Journal on Computing 1, 146-160, doi:10.1137/0201010.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.components(inn.toy().project())[["a", "k", "l"]].tolist()
    [0, 0, 1]
    """
    check_network(network, "components()")
    return network.series(_ranked_components(network, connection), "components")


def largest_component(network: Network, *, connection: Connection = "weak") -> Network:
    """The network of the largest connected part.

    Parameters
    ----------
    network
        The cooperation network.
    connection
        As in :func:`components`.

    Returns
    -------
    Network
        The actors of component 0 of :func:`components` and the ties among them. As a selection it has no ``affiliation``.

    Notes
    -----
    Cost: O(actors + ties).

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.largest_component(inn.toy().project()).n_actors
    11
    """
    check_network(network, "largest_component()")
    return network.select(actors=_ranked_components(network, connection) == 0)


def _ranked_components(network: Network, connection: Connection) -> Ints:
    check_choice(connection, get_args(Connection), "connection")
    if not network.n_actors:
        return np.zeros(0, dtype=np.int64)
    _, label = csgraph.connected_components(network.adjacency(weighted=False), directed=network.directed, connection=connection)
    codes, _ = pd.factorize(label)  # numbered by first actor
    order = np.argsort(-np.bincount(codes), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[codes].astype(np.int64)


def core_number(network: Network) -> ActorSeries:
    """How deep inside the densely cooperating part of the network an actor stands.

    The largest k such that the actor belongs to a set of actors each of whom has at least k ties within the set [1]_.

    Returns
    -------
    Series
        Index ``actor``, name ``core_number``; whole numbers, at least 0 and at most the degree.

    Notes
    -----
    Weights have no effect. Directed: ties in both directions count, a mutual tie twice, as in ``degree(direction="both")``. Isolates have 0.
    In a projection an event of n members lifts them all to at least n − 1: the highest core is often a single large project.
    Cost: O(actors + ties) [2]_.

    References
    ----------
    .. [1] Seidman (1983), Network structure and minimum degree, Social Networks 5, 269-287, doi:10.1016/0378-8733(83)90028-X.
    .. [2] Batagelj & Zaveršnik (2011), Fast algorithms for determining (generalized) core groups in social networks, Advances in Data Analysis and
       Classification 5, 129-145, doi:10.1007/s11634-010-0079-y.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.core_number(inn.toy().project())[["a", "f", "i", "l"]].tolist()
    [2, 3, 1, 0]
    """
    check_network(network, "core_number()")
    return network.series(core_numbers(*network.arcs(weighted=False)), "core_number")


@kernel
def core_numbers(indptr: Ints, indices: Ids, times: npt.NDArray[np.float64]) -> Ints:
    """Peel off the actor of least degree again and again; ``times`` says how often a tie counts. Actors are kept sorted by degree in buckets."""
    n = len(indptr) - 1
    left = np.zeros(n, dtype=np.int64)
    for v in range(n):
        for k in range(indptr[v], indptr[v + 1]):
            left[v] += np.int64(times[k])
    start = np.zeros((left.max() if n else 0) + 2, dtype=np.int64)  # first place of each degree in ``queue``
    for v in range(n):
        start[left[v] + 1] += 1
    start = np.cumsum(start)
    queue = np.empty(n, dtype=np.int64)
    place = np.empty(n, dtype=np.int64)
    free = start.copy()
    for v in range(n):
        place[v] = free[left[v]]
        queue[place[v]] = v
        free[left[v]] += 1
    for i in range(n):
        v = queue[i]
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            for _ in range(np.int64(times[k])):
                if left[u] > left[v]:  # to the front of its bucket, which then begins one later
                    first = max(start[left[u]], i + 1)
                    w = queue[first]
                    queue[first], queue[place[u]] = u, w
                    place[w], place[u] = place[u], first
                    start[left[u]] = first + 1
                    left[u] -= 1
    return left
