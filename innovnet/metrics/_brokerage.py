"""Brokerage roles of Gould and Fernandez: whom an actor connects, by the groups of all three."""

from typing import Literal, get_args

import numpy as np

from innovnet._check import check_choice, check_flag
from innovnet.graph import Network
from innovnet.graph._groups import Groups, Missing, grouped
from innovnet.metrics._brokerage_count import DIRECTED, UNDIRECTED, paths_of, role_counts, role_credits, unordered
from innovnet.metrics._types import ActorTable

Credit = Literal["count", "shared", "minimum"]


def brokerage(network: Network, *, groups: Groups, ordered: bool = False, credit: Credit = "count", missing: Missing = "error") -> ActorTable:
    """How often an organisation stands between two others that do not cooperate directly, by the regions (sectors, countries) of the three.

    Broker j counts the pairs (i, k) with i → j → k and not i → k [1]_, by the groups of i, j, k:

    ================ ========= ==================================================
    role             i  j  k
    ================ ========= ==================================================
    coordinator      A  A  A   inside the broker's own group
    itinerant        B  A  B   between members of one other group
    representative   A  A  B   from the own group to another one
    gatekeeper       B  A  A   from another group into the own one
    liaison          B  A  C   between two other groups
    ================ ========= ==================================================

    Parameters
    ----------
    network
        The network.
    groups
        A column of actors, or a Series on the actors: one partition.
    ordered
        Undirected networks: count each pair from both ends, as R's sna does. Then gatekeeper and representative are two equal columns and every
        other role is twice as large. Directed pairs are ordered anyway.
    credit
        What an open two-path counts: ``"count"`` 1; ``"shared"`` 1 / (number of two-paths that connect the pair): brokers share a pair;
        ``"minimum"`` the smaller weight of its two ties.
    missing
        Actors without a group: ``"error"``; ``"drop"``: they and their ties leave the computation, NaN for them; ``"category"``: a group of their own.

    Returns
    -------
    DataFrame
        Index actor; whole numbers from 0 to (N − 1)(N − 2), half of it undirected (real numbers with another credit). Columns: directed, coordinator
        itinerant representative gatekeeper liaison total; undirected, coordinator itinerant gatekeeper liaison total, where gatekeeper holds both
        boundary roles: without direction they are one. The roles sum to total.

    Notes
    -----
    Weights are used by ``credit="minimum"`` alone. Isolates have 0, as in a network of one group all roles but coordinator; with two groups there is
    no liaison. Self-ties are ignored, disconnected parts do not matter. ``"shared"`` is the partial credit of UCINET; ``"minimum"`` is our definition,
    no paper stands behind it. Some programs swap the names gatekeeper and representative: here i → j inside the group is a representative.
    Counts say little without a standard of comparison: see :func:`brokerage_summary`. Cost: O(sum over ties of the smaller degree) with
    ``"count"``, otherwise O(sum of squared degrees).

    References
    ----------
    .. [1] Gould & Fernandez (1989), Structures of mediation: a formal approach to brokerage in transaction networks, Sociological Methodology 19,
       89-126, doi:10.2307/270949.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.brokerage(inn.toy().project(), groups="sector").loc[["c", "f"]]
           coordinator  itinerant  gatekeeper  liaison  total
    actor
    c                0          2           1        2      5
    f                1          4           5        3     13
    """
    check_choice(credit, get_args(Credit), "credit")
    check_flag(ordered, "ordered")
    found = grouped(network, groups, missing)
    paths = paths_of(found.network)
    counts = role_counts(paths, found.codes, len(found.labels)) if credit == "count" else role_credits(paths, found.codes, shared=credit == "shared")
    pairs = network.directed or ordered
    return found.frame(dict(zip(DIRECTED if pairs else UNDIRECTED, np.transpose(counts if pairs else unordered(counts)), strict=True)))
