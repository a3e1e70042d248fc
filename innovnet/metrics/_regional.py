"""Regions and other groups: how they cooperate, and who opens them to others."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet.graph._groups import Grouped, Groups, Missing, column_of, grouped
from innovnet.graph._network import Network, check_network
from innovnet.metrics._inside import spread
from innovnet.metrics._types import ActorTable, GroupTable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CLASSES = np.array(["isolated", "internal", "external", "gatekeeper"])  # position: has internal ties + 2 · has external ties


def gatekeepers(network: Network, *, groups: Groups, missing: Missing = "error") -> ActorTable:
    """Which organisations connect their region, sector or country to others, being tied inside as well.

    After Graf [1]_: a gatekeeper has at least one tie to its own group and at least one to another.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation, missing for them; ``"category"``, one group
        ``"(missing)"``.

    Returns
    -------
    DataFrame
        Index ``actor``; ``internal`` and ``external``, numbers of ties; ``class``: ``"gatekeeper"``, ``"internal"``, ``"external"`` (ties of that kind
        only), ``"isolated"``.

    Notes
    -----
    Not the gatekeeper of Gould and Fernandez, which stands between two actors who are not tied: that is in :func:`brokerage`. Weights have no
    effect. Directed: ties in both directions; a mutual tie counts twice. Cost: O(ties).

    References
    ----------
    .. [1] Graf (2011), Gatekeepers in regional networks of innovators, Cambridge Journal of Economics 35, 173-198, doi:10.1093/cje/beq001.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.gatekeepers(inn.toy().project(), groups="region").loc[["b", "c", "d", "l"]]
           internal  external       class
    actor
    b             2         0    internal
    c             2         3  gatekeeper
    d             1         2  gatekeeper
    l             0         0    isolated
    """
    parts = grouped(network, groups, missing)
    found = spread(parts, weighted=False)
    internal, external = found.own.astype(np.int64), (found.total - found.own).astype(np.int64)
    classes = _CLASSES[(internal > 0) + 2 * (external > 0)]
    return parts.frame({"internal": internal, "external": external, "class": classes})


def regional_profile(network: Network, *, groups: Groups, country: Groups | None = None, missing: Missing = "error") -> GroupTable:
    """How each region, sector or country cooperates: inside ("buzz"), across its border ("pipelines" [1]_), and through how many gatekeepers.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    country
        A column of actors, or a Series on the actors, for ``foreign_share``; None: that column is NaN.
    missing
        Actors without a group, or without a country where that is asked for: ``"error"``; ``"drop"``, they and their ties leave the computation;
        ``"category"``, one group (or country) ``"(missing)"``.

    Returns
    -------
    DataFrame
        Index ``group``, sorted; columns

        - ``actors``, and ``active``, those with a tie;
        - ``internal_ties``, ``external_ties``, ``internal_weight``, ``external_weight``, each tie once;
        - ``external_share`` (openness) = external / (internal + external) of ties, ``external_share_weighted`` of weights;
        - ``foreign_share``: ties between two countries / (internal + external);
        - ``partner_groups``: number of other groups with a tie to this one;
        - ``internal_density``: internal ties / pairs of actors; NaN with fewer than 2 actors;
        - ``internal_per_actor``, ``external_per_actor``: ties / actors (an actor's mean number of internal partners is twice the first);
        - ``gatekeepers``: actors with internal and external ties, as in :func:`gatekeepers`;
        - ``largest_component_share``: share of the actors in the largest part that is connected by internal ties.

        Shares are in [0, 1], and NaN where the group has no ties.

    Notes
    -----
    Isolates are actors. Directed: ties that leave and ties that enter the group are external; pairs of actors are ordered; parts are weakly connected.
    Cost: O(ties).

    References
    ----------
    .. [1] Bathelt, Malmberg & Maskell (2004), Clusters and knowledge: local buzz, global pipelines and the process of knowledge creation, Progress in
       Human Geography 28, 31-56, doi:10.1191/0309132504ph469oa.

    Examples
    --------
    >>> import innovnet as inn
    >>> profile = inn.metrics.regional_profile(inn.toy().project(), groups="region", country="country")
    >>> profile[["internal_ties", "external_ties", "external_share", "foreign_share"]].round(3)
           internal_ties  external_ties  external_share  foreign_share
    group
    R1                 3              4           0.571          0.286
    R2                 1              5           0.833          0.500
    R3                 3              8           0.727          0.727
    R4                 2              3           0.600          0.600
    """
    check_network(network, "regional_profile()")
    chosen = column_of(network.actors, groups, missing)
    nation = None if country is None else column_of(network.actors, country, missing, "country")
    if nation is not None:
        chosen = chosen.astype(object).where(nation.notna())  # whole numbers stay whole
    parts = grouped(network, chosen, missing)
    table = _profile(parts, None if nation is None else pd.factorize(nation[parts.kept])[0])
    return table.set_axis(parts.labels)


def _profile(parts: Grouped, nation: Ints | None) -> pd.DataFrame:
    """The columns of :func:`regional_profile`; ``nation``: the country of each actor as a number."""
    network, codes, n, sizes = parts.network, parts.codes.astype(np.int64), len(parts.labels), parts.sizes
    source, target, weights = _ties(network)
    start, end = codes[source], codes[target]
    inside = start == end

    def by_group(which: npt.NDArray[np.bool_], values: Floats | None = None) -> npt.NDArray[np.number]:
        """Sum over the ties of each group, those inside it once."""
        first = np.bincount(start[which], None if values is None else values[which], minlength=n)
        other = which & ~inside
        return first + np.bincount(end[other], None if values is None else values[other], minlength=n)

    internal, external = by_group(inside), by_group(~inside)
    internal_weight, external_weight = by_group(inside, weights), by_group(~inside, weights)
    found = spread(parts, weighted=False)
    linked = np.unique(np.concatenate([start * n + end, end * n + start]))
    pairs = sizes * (sizes - 1) / (1 if network.directed else 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "actors": sizes,
                "active": np.bincount(codes[found.total > 0], minlength=n),
                "internal_ties": internal,
                "external_ties": external,
                "internal_weight": internal_weight.astype(np.float64),
                "external_weight": external_weight.astype(np.float64),
                "external_share": external / (internal + external),
                "external_share_weighted": external_weight / (internal_weight + external_weight),
                "foreign_share": np.nan if nation is None else by_group(nation[source] != nation[target]) / (internal + external),
                "partner_groups": np.bincount(linked[linked // n != linked % n] // n, minlength=n),
                "internal_density": internal / pairs,
                "internal_per_actor": internal / sizes,
                "external_per_actor": external / sizes,
                "gatekeepers": np.bincount(codes[(found.own > 0) & (found.total > found.own)], minlength=n),
                "largest_component_share": _largest_parts(source[inside], target[inside], codes, n) / sizes,
            }
        )


def _ties(network: Network) -> tuple[Ints, Ints, Floats]:
    """Source, target and weight of each tie, once."""
    matrix = network.adjacency() if network.directed else sparse.triu(network.adjacency())
    ties = matrix.tocoo()
    return ties.row.astype(np.int64), ties.col.astype(np.int64), ties.data


def _largest_parts(source: Ints, target: Ints, codes: Ints, n: int) -> Ints:
    """Actors in the largest part of each group that these ties connect."""
    graph = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(len(codes), len(codes)))
    _, part = sparse.csgraph.connected_components(graph, directed=False)
    largest = np.zeros(n, dtype=np.int64)
    np.maximum.at(largest, codes, np.bincount(part)[part])
    return largest
