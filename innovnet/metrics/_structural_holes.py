"""Structural holes: partners who do not know each other, after Burt."""

from typing import Any

import numpy as np
import pandas as pd

from innovnet.graph import Network
from innovnet.graph._network import check_network
from innovnet.metrics._holes import Holes, Scope, holes
from innovnet.metrics._triangles import Floats
from innovnet.metrics._types import ActorSeries, ActorTable, TieSeries


def constraint(network: Network, *, weighted: bool = True, scope: Scope = "network") -> ActorSeries:
    r"""How far an organisation's cooperation is locked into one circle of partners: low where it bridges structural holes.

    .. math:: C_i = \sum_j c_{ij}, \qquad c_{ij} = \Bigl(p_{ij} + \sum_{q \ne i,j} p_{iq} p_{qj}\Bigr)^2, \qquad p_{ij} = M_{ij} / \sum_k M_{ik}

    with :math:`M = A + A^T` and j over the partners of i, in or out [1]_.

    Parameters
    ----------
    network
        The network.
    weighted
        Whether a tie counts by its weight; otherwise every tie is 1.
    scope
        Proportions :math:`p_{qj}` of the partners: in the whole ``"network"``, or among ``"ego"`` and its partners only. Both are in use (UCINET has
        both) and they differ.

    Returns
    -------
    Series
        Index actor, name ``constraint``, above 0; 1 for one partner, above 1 for some actors with few partners; NaN for isolates.

    Notes
    -----
    Directed networks: both directions are summed, a mutual tie counts twice (also unweighted). Self-ties are ignored and disconnected parts do not
    matter. Cost: O(sum over ties of the smaller degree).

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095;
       Burt (2004), Structural holes and good ideas, American Journal of Sociology 110, 349-399, doi:10.1086/421787.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.constraint(inn.toy().project())[["a", "f", "k", "l"]].round(4).tolist()
    [0.6006, 0.3919, 1.0, nan]
    """
    check_network(network, "constraint()")
    found = holes(network, weighted, scope)
    return _series(network, found, found.constraint(), "constraint")


def effective_size(network: Network, *, weighted: bool = True, scope: Scope = "network") -> ActorSeries:
    r"""Number of partners that are not redundant: who do not lead to each other.

    .. math:: ES_i = \sum_j \Bigl[1 - \sum_{q \ne i,j} p_{iq} m_{jq}\Bigr], \qquad m_{jq} = M_{jq} / \max_k M_{jk}

    with :math:`M = A + A^T`, :math:`p_{iq}` as in :func:`constraint`, j over the partners of i [1]_.

    Parameters
    ----------
    network
        The network.
    weighted
        Whether a tie counts by its weight; otherwise every tie is 1.
    scope
        The maximum over k: in the whole ``"network"``, or among ``"ego"`` and its partners only. No difference where all ties are equal.

    Returns
    -------
    Series
        Index actor, name ``effective_size``, in [1, number of partners]; NaN for isolates.

    Notes
    -----
    Undirected and unweighted it is k − 2t/k with t ties among the k partners [2]_. Directed networks: both directions are summed. Self-ties are
    ignored and disconnected parts do not matter. Cost: O(sum over ties of the smaller degree).

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095.
    .. [2] Borgatti (1997), Structural holes: unpacking Burt's redundancy measures, Connections 20, 35-38.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.effective_size(inn.toy().project())[["a", "f", "k"]].round(4).tolist()
    [2.3, 4.9375, 1.0]
    """
    check_network(network, "effective_size()")
    found = holes(network, weighted, scope)
    return _series(network, found, found.effective_size(), "effective_size")


def efficiency(network: Network, *, weighted: bool = True, scope: Scope = "network") -> ActorSeries:
    """Effective size as a share of the number of partners: 1 where no partner is redundant.

    ES / k with :func:`effective_size` and k partners [1]_.

    Parameters
    ----------
    network
        The network.
    weighted, scope
        As in :func:`effective_size`.

    Returns
    -------
    Series
        Index actor, name ``efficiency``, in (0, 1]; NaN for isolates.

    Notes
    -----
    Direction, self-ties, disconnected parts and cost: as :func:`effective_size`.

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.efficiency(inn.toy().project())[["a", "f", "k"]].round(4).tolist()
    [0.7667, 0.7054, 1.0]
    """
    check_network(network, "efficiency()")
    found = holes(network, weighted, scope)
    return _series(network, found, found.efficiency(), "efficiency")


def hierarchy(network: Network, *, weighted: bool = True, scope: Scope = "network") -> ActorSeries:
    r"""How far an organisation's constraint comes from a single partner: 0 where all constrain it equally.

    .. math:: H_i = \frac{\sum_j r_{ij} \ln r_{ij}}{k_i \ln k_i}, \qquad r_{ij} = \frac{c_{ij}}{C_i / k_i}

    with the dyadic constraint :math:`c_{ij}` and :math:`C_i` of :func:`constraint`: the Coleman-Theil index of disorder over partners [1]_.

    Parameters
    ----------
    network
        The network.
    weighted, scope
        As in :func:`constraint`.

    Returns
    -------
    Series
        Index actor, name ``hierarchy``, in [0, 1]; 1 for one partner, NaN for isolates.

    Notes
    -----
    Some programs put the partners' own constraint in the place of :math:`c_{ij}`; that is not Burt's definition. Direction, self-ties, disconnected
    parts and cost: as :func:`constraint`.

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.hierarchy(inn.toy().project())[["a", "f", "k"]].round(4).tolist()
    [0.1254, 0.0652, 1.0]
    """
    check_network(network, "hierarchy()")
    found = holes(network, weighted, scope)
    return _series(network, found, found.hierarchy(), "hierarchy")


def structural_holes(network: Network, *, weighted: bool = True, scope: Scope = "network") -> ActorTable:
    """Burt's four measures of an organisation's position between its partners, in one pass.

    Columns :func:`constraint`, :func:`effective_size`, :func:`efficiency`, :func:`hierarchy`; formulas there [1]_.

    Parameters
    ----------
    network
        The network.
    weighted, scope
        As in :func:`constraint` and :func:`effective_size`.

    Returns
    -------
    DataFrame
        Index actor; NaN for isolates.

    Notes
    -----
    Costs as much as one of the four: O(sum over ties of the smaller degree).

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.structural_holes(inn.toy().project()).loc[["a", "f"]].round(3)
           constraint  effective_size  efficiency  hierarchy
    actor
    a           0.601           2.300       0.767      0.125
    f           0.392           4.938       0.705      0.065
    """
    check_network(network, "structural_holes()")
    found = holes(network, weighted, scope)
    columns = {
        "constraint": found.constraint(),
        "effective_size": found.effective_size(),
        "efficiency": found.efficiency(),
        "hierarchy": found.hierarchy(),
    }
    return pd.DataFrame({name: _series(network, found, values, name) for name, values in columns.items()})


def dyadic_constraint(network: Network, *, weighted: bool = True, scope: Scope = "network") -> TieSeries:
    """How far one partner constrains an organisation, directly and through common partners.

    c_ij of :func:`constraint`; sums to it over the partners [1]_.

    Parameters
    ----------
    network
        The network.
    weighted, scope
        As in :func:`constraint`.

    Returns
    -------
    Series
        Index (ego, alter), each tie from both ends (a directed tie too), in the order of the actors; name ``dyadic_constraint``, above 0.

    Notes
    -----
    Not symmetric. Direction, self-ties, disconnected parts and cost: as :func:`constraint`.

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.dyadic_constraint(inn.toy().project()).loc["a"].round(4).to_dict()
    {'b': 0.2178, 'c': 0.3117, 'f': 0.0711}
    """
    check_network(network, "dyadic_constraint()")
    found = holes(network, weighted, scope)
    return _dyads(network, found, found.dyads, "dyadic_constraint")


def dyadic_redundancy(network: Network, *, weighted: bool = True, scope: Scope = "network") -> TieSeries:
    """How far one partner leads an organisation only to where its other partners lead as well.

    Σ_q p_iq m_jq of :func:`effective_size`: effective size is the number of partners less its sum over them [1]_.

    Parameters
    ----------
    network
        The network.
    weighted, scope
        As in :func:`effective_size`.

    Returns
    -------
    Series
        Index (ego, alter), each tie from both ends (a directed tie too), in the order of the actors; name ``dyadic_redundancy``, in [0, 1).

    Notes
    -----
    Not symmetric. Direction, self-ties, disconnected parts and cost: as :func:`effective_size`.

    References
    ----------
    .. [1] Burt (1992), Structural Holes: The Social Structure of Competition, Harvard University Press, doi:10.4159/9780674029095.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.dyadic_redundancy(inn.toy().project()).loc["a"].round(4).to_dict()
    {'b': 0.2, 'c': 0.3, 'f': 0.2}
    """
    check_network(network, "dyadic_redundancy()")
    found = holes(network, weighted, scope)
    return _dyads(network, found, found.redundancy, "dyadic_redundancy")


def _series(network: Network, found: Holes, values: Floats, name: str) -> pd.Series:
    return network.series(found.ties.restore(values, float("nan")), name)


def _dyads(network: Network, found: Holes, values: Floats, name: str) -> pd.Series:
    rows = found.ties.unrank(values)
    ego = np.repeat(np.arange(network.n_actors), np.diff(rows.indptr))
    labels: Any = network.actors.index
    codes: Any = [ego, rows.indices]
    index = pd.MultiIndex(levels=[labels, labels], codes=codes, names=["ego", "alter"], verify_integrity=False)
    return pd.Series(rows.weights, index=index, name=name)
