"""Closed triples: how many partners of an actor cooperate with each other."""

import numpy as np

from innovnet.graph import Network
from innovnet.graph._network import check_network
from innovnet.metrics._triangles import ranked, triangles
from innovnet.metrics._types import ActorSeries, Number


def local_clustering(network: Network, *, weighted: bool = False) -> ActorSeries:
    r"""How far the partners of an actor cooperate with each other: 1 in a closed circle, 0 where the actor alone connects them.

    .. math:: C_i = \frac{2 t_i}{k_i (k_i - 1)}, \qquad
        C_i^w = \frac{1}{s_i (k_i - 1)} \sum_{j \ne h} \frac{w_{ij} + w_{ih}}{2}\, a_{ij} a_{ih} a_{jh}

    with :math:`t_i` ties among the :math:`k_i` partners [1]_ and, weighted, the form of Barrat et al. [2]_.

    Parameters
    ----------
    network
        The network.
    weighted
        Whether triangles count by the mean weight of the actor's own two ties in them.

    Returns
    -------
    Series
        Index actor, name ``local_clustering``, in [0, 1]; NaN for actors with fewer than two partners.

    Notes
    -----
    A directed network is read without its directions: a tie either way is a tie, and weights of both ways are summed. With equal weights both forms
    agree. The weighted form asks whether the strong ties of the actor lie in triangles; the weight of the tie that closes the triangle is not in it
    (as it is in the form of Onnela et al., which networkx has). In a projection of projects, one project alone makes a closed circle of its members.
    Cost: O(sum over ties of the smaller degree).

    References
    ----------
    .. [1] Watts & Strogatz (1998), Collective dynamics of 'small-world' networks, Nature 393, 440-442, doi:10.1038/30918.
    .. [2] Barrat, Barthélemy, Pastor-Satorras & Vespignani (2004), The architecture of complex weighted networks, PNAS 101, 3747-3752,
       doi:10.1073/pnas.0400087101.

    Examples
    --------
    >>> import innovnet as inn
    >>> network = inn.toy().project()
    >>> inn.metrics.local_clustering(network)[["b", "f", "k"]].round(4).tolist()
    [1.0, 0.381, nan]
    """
    check_network(network, "local_clustering()")
    ties = ranked(network.arcs(weighted=weighted))
    degrees = np.diff(ties.ptr)[: ties.active]
    weights = ties.weights if weighted else np.ones(len(ties.ends))
    closed = ties.row_sums(weights * triangles(ties))
    with np.errstate(invalid="ignore"):  # 0/0: one partner
        values = np.minimum(closed / (ties.row_sums(weights) * (degrees - 1)), 1.0)  # sums of weights round
    return network.series(ties.restore(values, np.nan), "local_clustering")


def transitivity(network: Network) -> Number:
    """Share of the pairs of partners, over all actors, that cooperate with each other: 3 × triangles / two-paths.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    float
        In [0, 1]; NaN where no actor has two partners.

    Notes
    -----
    A directed network is read without its directions, weights are not used. Actors with many partners count more here than in the mean of
    :func:`local_clustering`. Cost: O(sum over ties of the smaller degree).

    References
    ----------
    .. [1] Newman, Strogatz & Watts (2001), Random graphs with arbitrary degree distributions and their applications, Physical Review E 64, 026118,
       doi:10.1103/PhysRevE.64.026118.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.transitivity(inn.toy().project())
    0.55
    """
    check_network(network, "transitivity()")
    ties = ranked(network.arcs(weighted=False))
    degrees = np.diff(ties.ptr)
    pairs = int((degrees * (degrees - 1)).sum())
    return int(triangles(ties).sum(dtype=np.int64)) / pairs if pairs else float("nan")
