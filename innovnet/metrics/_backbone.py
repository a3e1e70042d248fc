"""Which ties stand out against the strength of their actors."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet.graph._network import Network, check_network
from innovnet.metrics._types import TieTable

Floats = npt.NDArray[np.float64]


def disparity(network: Network) -> TieTable:
    """How surprising the strength of a tie is for each of its two actors, if they spread their cooperation over their partners at random.

    α = (1 − w/s)^(k − 1), with w the weight of the tie, s the strength and k the degree of the actor: the probability of a share of at least w/s where
    the strength is cut into k parts at random [1]_. Small values are the ties worth keeping.

    Parameters
    ----------
    network
        Weights above 0. Where all ties of an actor weigh the same, its values say little.

    Returns
    -------
    DataFrame
        Index (``source``, ``target``), one row for each pair of tied actors, in the order of the table of actors; columns alpha_source, alpha_target in [0, 1].

    Notes
    -----
    Directed: outgoing ties (their strength and number) at the source, incoming ones at the target. An actor with one partner has 1 there: an only
    tie tells nothing. Other programs differ: bibnets takes 0 and so keeps such ties. A tie is tested twice and there are as many tests as ties:
    for a backbone with an error rate correct for that. Cost: O(ties).

    References
    ----------
    .. [1] Serrano, Boguñá & Vespignani (2009), Extracting the multiscale backbone of complex weighted networks, PNAS 106, 6483-6488,
       doi:10.1073/pnas.0808904106.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.disparity(inn.toy().project("newman")).loc[("f", "g")].round(4)
    alpha_source    0.2462
    alpha_target    0.1985
    Name: (f, g), dtype: float64
    """
    check_network(network, "disparity()")
    matrix = network.adjacency()
    ties = (matrix if network.directed else sparse.triu(matrix, format="csr")).tocoo()
    start, end, weight = ties.row.astype(np.int64), ties.col.astype(np.int64), ties.data
    if network.directed:
        source, target = (_surprise(ends, weight, ends, weight, network.n_actors) for ends in (start, end))
    else:
        ends, weights = np.concatenate([start, end]), np.concatenate([weight, weight])
        source, target = (_surprise(own, weight, ends, weights, network.n_actors) for own in (start, end))
    labels = network.actors.index
    index = pd.MultiIndex.from_arrays([labels.take(start), labels.take(end)], names=["source", "target"])
    return pd.DataFrame({"alpha_source": source, "alpha_target": target}, index=index)


def _surprise(own: npt.NDArray[np.int64], weight: Floats, ends: npt.NDArray[np.int64], weights: Floats, n: int) -> Floats:
    """α at one end of each tie; ``ends`` and ``weights`` are all ends of ties that count for an actor."""
    degree, strength = np.bincount(ends, minlength=n)[own], np.bincount(ends, weights=weights, minlength=n)[own]
    return np.where(degree == 1, 1.0, (1.0 - weight / strength).clip(0.0) ** (degree - 1))
