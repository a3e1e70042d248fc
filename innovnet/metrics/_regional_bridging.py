"""Regions between other regions: the bridging paths that their links lead to expect, and those that there are."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice, some
from innovnet.errors import DataError
from innovnet.graph._groups import Groups, Missing, column_of, grouped
from innovnet.graph._network import Network, check_network
from innovnet.graph._tables import HEAVIEST, LIGHTEST, checked_weights
from innovnet.metrics._inside import spread
from innovnet.metrics._types import GroupSeries, GroupTable

Intra = Literal["once", "twice", "none"]
Pairs = Literal["ordered", "unordered"]
Floats = npt.NDArray[np.float64]


def regional_bridging(
    region_network: Network,
    *,
    categories: Groups | None = None,
    intra: Intra = "once",
    agents: str | pd.Series | None = None,
    pairs: Pairs = "ordered",
    missing: Missing = "error",
) -> GroupTable:
    """How much a region stands between other regions: the paths from one to another over one of its organisations that its links lead to expect.

    BC = Σ g_ij g_ik / g_i over j ≠ k, both ≠ i, = ĝ · (ĝ / g) · (1 − Σ_j (g_ij / ĝ)²): intensity, outward orientation, diversification [1]_ [2]_.
    g_ij is the weight of the links between regions i and j, ĝ_i of all links to other regions, g_i of all links, those inside included.

    Parameters
    ----------
    region_network
        What :func:`innovnet.aggregate` returns: regions, the weights between them, and ``internal`` in the table of actors.
    categories
        A column of the regions (such as ``"country"``), or a Series: only paths between regions of different categories count [3]_.
    intra
        Links inside the region in g_i: ``"once"``, ``"twice"`` (both ends), ``"none"``.
    agents
        A column of the regions (such as ``"actors"``), or a Series: the number of organisations n_i, in the place of g_i; ``intra`` has no effect then.
    pairs
        ``"ordered"``: paths from j to k and from k to j are two; ``"unordered"``: one.
    missing
        Regions without a category: ``"error"``; ``"drop"``, they and their links leave the computation; ``"category"``, one category ``"(missing)"``.

    Returns
    -------
    DataFrame
        Index ``group``; ``intensity`` ĝ ≥ 0; ``outward`` ĝ / g, in [0, 1] (with ``agents``: links per organisation); ``diversification`` in [0, 1);
        ``bridging`` ≥ 0, the product of the three, with unordered pairs half of it. No links to other regions: bridging 0, diversification NaN; outward
        NaN without any links. One partner region: bridging 0.

    Raises
    ------
    DataError
        A directed network; a network without ``internal``; numbers of organisations that are not positive.

    Notes
    -----
    If g_ij links fall on n_i organisations at random, two links meet in one organisation with probability 1/n_i; the number of links stands for n_i.
    :func:`observed_bridging` counts the paths there are. Not the bridging centrality of Hwang, which is of single actors. Not normalised.
    Cost: O(links).

    References
    ----------
    .. [1] Bergé, Wanzenböck & Scherngell (2017), Centrality of regions in R&D networks: a new measurement approach using the concept of bridging paths,
       Regional Studies 51, 1165-1178, doi:10.1080/00343404.2016.1269885.
    .. [2] Bergé, Scherngell & Wanzenböck (2017), Bridging centrality as an indicator to measure the 'bridging role' of actors in networks: an
       application to the European nanotechnology co-publication network, Journal of Informetrics 11, 1031-1042, doi:10.1016/j.joi.2017.09.004.
    .. [3] The form with categories is our own: what the second paper calls its generalised version has not been compared.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.regional_bridging(inn.aggregate(inn.toy(), groups="region")).round(4)
           intensity  outward  diversification  bridging
    group
    R1           4.0   0.4444           0.5000    0.8889
    R2           5.0   0.8333           0.4800    2.0000
    R3           8.0   0.6667           0.6562    3.5000
    R4           3.0   0.6000           0.0000    0.0000
    """
    check_network(region_network, "regional_bridging()")
    check_choice(intra, get_args(Intra), "intra")
    check_choice(pairs, get_args(Pairs), "pairs")
    if region_network.directed:
        msg = "regional_bridging() is for undirected networks. Make one with inn.symmetrize(region_network, rule=...)."
        raise DataError(msg)
    own = pd.Series(region_network.actors.index, index=region_network.actors.index, name="actor")
    parts = grouped(region_network, own if categories is None else categories, missing)
    network = parts.network
    outer = spread(parts, weighted=True)
    divisor = _internal(network, outer.total, intra) if agents is None else _positive(network, agents)
    with np.errstate(invalid="ignore", divide="ignore"):
        outward = outer.total / divisor
        diversification = np.maximum(1.0 - outer.squares / outer.total**2, 0.0)
    bridging = np.where(outer.total > 0, outer.total * outward * diversification, 0.0)
    table = {"intensity": outer.total, "outward": outward, "diversification": diversification, "bridging": bridging / (1 if pairs == "ordered" else 2)}
    return pd.DataFrame(table, index=network.actors.index.rename("group"))


def _internal(network: Network, outer: Floats, intra: Intra) -> Floats:
    """All links of each region, those inside counted as told."""
    if intra == "none":
        return outer
    if "internal" not in network.actors:
        msg = "the actors table has no column 'internal'. Make the network of regions with inn.aggregate(network, groups=...), or leave them out with intra=\"none\"."
        raise DataError(msg)
    return outer + checked_weights(network.actors["internal"], "actors table", "internal") * (1.0 if intra == "once" else 2.0)


def _positive(network: Network, agents: Groups) -> Floats:
    """Numbers of organisations, each above 0."""
    given = column_of(network.actors, agents, "drop", "agents")
    values = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~((values >= LIGHTEST) & (values <= HEAVIEST))
    if wrong.any():
        msg = f"agents= is not above 0 for {some(given.index[wrong])}. Give the number of organisations of each region."
        raise DataError(msg)
    return values


def observed_bridging(network: Network, *, groups: Groups, weighted: bool = True, missing: Missing = "error") -> GroupSeries:
    """How many paths from one region to another there are over an organisation of this region: what :func:`regional_bridging` expects, counted.

    OB_i = Σ_a [ŝ_a² − Σ_j s_a(j)²] over the actors a of region i; s_a(j) is the strength of a to region j, ŝ_a to all others than i. Our own definition.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Strength is the sum of weights; without it, the number of ties.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    Series
        Index ``group``, sorted, name ``observed_bridging``, at least 0; 0 for groups without outer ties, and where no actor has two partner groups.

    Notes
    -----
    Ordered pairs, as in :func:`regional_bridging`; observed / expected above 1 says that bridging is concentrated in few organisations. Directed: ties
    of both directions, a mutual one twice. Cost: O(ties).

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.observed_bridging(inn.toy().project(), groups="region")
    group
    R1     4.0
    R2     6.0
    R3    18.0
    R4     0.0
    Name: observed_bridging, dtype: float64
    """
    parts = grouped(network, groups, missing)
    found = spread(parts, weighted=weighted)
    paths = np.maximum((found.total - found.own) ** 2 - (found.squares - found.own**2), 0.0)
    values = np.bincount(parts.codes, paths, minlength=len(parts.labels)).astype(np.float64)
    return pd.Series(values, index=parts.labels, name="observed_bridging")
