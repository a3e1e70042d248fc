"""Ties outside against ties inside: the E-I index of actors and of groups."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice
from innovnet.graph._groups import Groups, Missing, grouped
from innovnet.graph._network import Direction, Network
from innovnet.metrics._inside import spread
from innovnet.metrics._types import ActorSeries, GroupSeries

Counting = Literal["ties", "ends"]
Floats = npt.NDArray[np.float64]


def e_i_index(network: Network, *, groups: Groups, weighted: bool = False, direction: Direction = "both", missing: Missing = "error") -> ActorSeries:
    """Whether an organisation cooperates rather outside its own region, sector or country (towards 1) or inside it (towards −1).

    E-I = (E − I) / (E + I), E ties to other groups, I ties to the own group [1]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Sums of weights instead of numbers of ties.
    direction
        Directed networks: ties that go ``"out"``, come ``"in"``, or ``"both"``. No effect on undirected ones.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation, NaN for them; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    Series
        Index ``actor``, name ``e_i_index``, in [−1, 1]; NaN for isolates.

    Notes
    -----
    With ``direction="both"`` a mutual tie counts twice. One group: −1 for everybody with a tie. Disconnected parts do not matter. An index of 0 is not
    what chance gives: a small group has many more possible ties outside than inside; :func:`e_i_summary` compares. Cost: O(ties).

    References
    ----------
    .. [1] Krackhardt & Stern (1988), Informal networks and organizational crises: an experimental simulation, Social Psychology Quarterly 51, 123-140,
       doi:10.2307/2786835.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.e_i_index(inn.toy().project(), groups="sector").round(4)[["a", "f", "l"]]
    actor
    a    0.3333
    f    0.4286
    l       NaN
    Name: e_i_index, dtype: float64
    """
    parts = grouped(network, groups, missing)
    found = spread(parts, weighted=weighted, direction=direction)
    return parts.series(_ratio(found.total - 2.0 * found.own, found.total), "e_i_index")


def e_i_group(network: Network, *, groups: Groups, counting: Counting, weighted: bool = False, missing: Missing = "error") -> GroupSeries:
    """Whether a region, sector or country cooperates rather with others (towards 1) or inside itself (towards −1).

    E-I = (E − I) / (E + I) of the ties of a group's actors [1]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    counting
        Programs differ, so the choice is yours. ``"ties"``: a tie inside the group counts once. ``"ends"``: it counts for both its ends, as in sums of
        degrees (UCINET).
    weighted
        Sums of weights instead of numbers of ties.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    Series
        Index ``group``, sorted, name ``e_i_group``, in [−1, 1]; NaN for groups without a tie.

    Notes
    -----
    Directed networks: ties that leave and ties that enter the group are both external; each counts once. Cost: O(ties).

    References
    ----------
    .. [1] Krackhardt & Stern (1988), Informal networks and organizational crises: an experimental simulation, Social Psychology Quarterly 51, 123-140,
       doi:10.2307/2786835.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.e_i_group(inn.toy().project(), groups="region", counting="ties").round(4)
    group
    R1    0.1429
    R2    0.6667
    R3    0.4545
    R4    0.2000
    Name: e_i_group, dtype: float64
    """
    check_choice(counting, get_args(Counting), "counting")
    parts = grouped(network, groups, missing)
    found = spread(parts, weighted=weighted)
    n = len(parts.labels)
    ends = np.bincount(parts.codes, found.own, minlength=n)
    external = np.bincount(parts.codes, found.total, minlength=n) - ends
    internal = ends / 2.0 if counting == "ties" else ends
    return pd.Series(_ratio(external - internal, external + internal), index=parts.labels, name="e_i_group")


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return part / whole  # 0 / 0 where there are no ties: NaN
