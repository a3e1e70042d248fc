"""How an actor's ties divide over the groups, and how it stands inside its own."""

import numpy as np

from innovnet._check import check_choice, check_flag
from innovnet.graph._groups import Groups, Missing, grouped
from innovnet.graph._network import Direction, Network
from innovnet.metrics._inside import spread
from innovnet.metrics._types import ActorSeries

_EQUAL = 1e-12  # spread of strengths, relative to their size, below which it is rounding


def participation_coefficient(
    network: Network,
    *,
    groups: Groups,
    weighted: bool = True,
    direction: Direction = "both",
    normalized: bool = False,
    missing: Missing = "error",
) -> ActorSeries:
    """How evenly an organisation's cooperation is spread over regions, sectors or countries: 0 where it is all with one of them.

    P = 1 − Σ_g (s(g) / s)², s(g) its strength towards group g, s in all [1]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Strength is the sum of weights; without it, the number of ties.
    direction
        Directed networks: ties that go ``"out"``, come ``"in"``, or ``"both"``. No effect on undirected ones.
    normalized
        Divide by the largest value possible, 1 − 1/K, for K groups in the network.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation, NaN for them; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    Series
        Index ``actor``, name ``participation_coefficient``, in [0, 1 − 1/K], normalised in [0, 1]; NaN for isolates (other programs: 0), and, where
        normalised, with a single group.

    Notes
    -----
    The actor's own group is one of the groups; the actor itself is not counted. With ``direction="both"`` a mutual tie counts twice. Without weights it is
    Blau's index of the partners' groups. K counts the groups of all actors, isolates too, not the partners' only. Cost: O(ties).

    References
    ----------
    .. [1] Guimerà & Amaral (2005), Functional cartography of complex metabolic networks, Nature 433, 895-900, doi:10.1038/nature03288.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.participation_coefficient(inn.toy().project(), groups="sector").round(3)[["a", "f", "k", "l"]]
    actor
    a    0.480
    f    0.625
    k    0.000
    l      NaN
    Name: participation_coefficient, dtype: float64
    """
    check_flag(normalized, "normalized")
    parts = grouped(network, groups, missing)
    found = spread(parts, weighted=weighted, direction=direction)
    k = len(parts.labels)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.maximum(1.0 - found.squares / found.total**2, 0.0)
        values = values * np.float64(k) / (k - 1) if normalized else values
    return parts.series(values, "participation_coefficient")


def within_group_z(
    network: Network,
    *,
    groups: Groups,
    weighted: bool = True,
    direction: Direction = "both",
    ddof: int = 0,
    missing: Missing = "error",
) -> ActorSeries:
    """Whether an organisation is a hub of its own region, sector or country: its cooperation inside, against that of the others there.

    z = (s − mean) / sd, s its strength towards its own group, mean and sd over the actors of the group [1]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Strength is the sum of weights; without it, the number of ties.
    direction
        Directed networks: ties that go ``"out"``, come ``"in"``, or ``"both"``. No effect on undirected ones.
    ddof
        0: sd of all actors of the group, as in the paper's words (bctpy); 1: sd of a sample, as in R and MATLAB.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation, NaN for them; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    Series
        Index ``actor``, name ``within_group_z``; NaN where all actors of the group have the same strength, a single one in particular (bctpy: 0).

    Notes
    -----
    Isolates are actors of their group and have a value. Hubs have z ≥ 2.5 [1]_. Cost: O(ties).

    References
    ----------
    .. [1] Guimerà & Amaral (2005), Functional cartography of complex metabolic networks, Nature 433, 895-900, doi:10.1038/nature03288.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.within_group_z(inn.toy().project(), groups="region", weighted=False).round(4)[["d", "i", "l"]]
    actor
    d    0.7071
    i    1.4142
    l   -1.4142
    Name: within_group_z, dtype: float64
    """
    check_choice(ddof, (0, 1), "ddof")
    parts = grouped(network, groups, missing)
    own = spread(parts, weighted=weighted, direction=direction).own
    with np.errstate(invalid="ignore", divide="ignore"):
        away = own - (np.bincount(parts.codes, own) / parts.sizes)[parts.codes]
        sd = np.sqrt(np.bincount(parts.codes, away**2) / (parts.sizes - ddof))[parts.codes]
        largest = np.zeros(len(parts.labels))
        np.maximum.at(largest, parts.codes, own)
        return parts.series(np.where(sd > _EQUAL * largest[parts.codes], away / sd, np.nan), "within_group_z")
