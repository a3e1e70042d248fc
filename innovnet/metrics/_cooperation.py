"""How much of a programme's cooperation spans several groups."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_choice, check_flag, check_whole
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import Groups, Missing, column_of, grouped
from innovnet.graph._network import Network
from innovnet.metrics._inside import spread
from innovnet.metrics._types import Number

Unit = Literal["tie", "event", "participation"]


def cooperation_share(
    network_or_affiliation: Network | Affiliation,
    *,
    groups: Groups,
    weighted: bool = False,
    unit: Unit,
    min_size: int = 1,
    missing: Missing = "error",
) -> Number:
    """How much cooperation goes across regions, sectors or countries.

    The share of ties between two groups; or of events (projects) whose members are of two or more groups; or of participations in such events. These are
    three different numbers.

    Parameters
    ----------
    network_or_affiliation
        Ties: a network, or an affiliation, which is projected with weighting ``"count"``. Events and participations: an affiliation, or its projection.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Ties: shares of weight. For the share of joint work give ``affiliation.project("newman")``.
    unit
        What is counted: ``"tie"``, ``"event"`` or ``"participation"``. It makes a large difference, so the choice is yours.
    min_size
        Events: those with fewer members are left out. 2 leaves out projects of a single organisation, which have no cooperation; they are many.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties or memberships leave the computation; ``"category"``, one group
        ``"(missing)"``.

    Returns
    -------
    float
        In [0, 1]; NaN where there is no tie, event or participation. One group: 0.

    Raises
    ------
    DataError
        Events asked of a network without memberships behind it; ``weighted`` with another unit than ties.

    Notes
    -----
    A participation is one membership, in however many roles. Directed ties count each. Events without members are left out. Chance gives large
    shares for small groups: compare with :func:`e_i_summary`. Cost: O(ties) or O(memberships).

    Examples
    --------
    >>> import innovnet as inn
    >>> [round(inn.metrics.cooperation_share(inn.toy(), groups="region", unit=unit), 3) for unit in ("tie", "event", "participation")]
    [0.526, 0.5, 0.6]
    """
    check_choice(unit, get_args(Unit), "unit")
    check_flag(weighted, "weighted")
    check_whole(min_size, "min_size", 1)
    if weighted and unit != "tie":
        msg = f'weighted=True goes with unit="tie": events and participations have no weight. Leave it out, or ask for ties instead of unit={unit!r}.'
        raise DataError(msg)
    if unit == "tie":
        network = network_or_affiliation.project() if isinstance(network_or_affiliation, Affiliation) else network_or_affiliation
        found = spread(grouped(network, groups, missing), weighted=weighted)
        total = float(found.total.sum())
        return float((found.total - found.own).sum()) / total if total else float("nan")
    sizes, spans = _events(_memberships(network_or_affiliation, unit), groups, missing)
    used = sizes >= min_size
    weights = sizes[used] if unit == "participation" else np.ones(int(used.sum()))
    return float(weights[spans[used]].sum() / weights.sum()) if len(weights) else float("nan")


def _memberships(given: Network | Affiliation, unit: Unit) -> Affiliation:
    behind = given if isinstance(given, Affiliation) else given.affiliation
    if behind is None:
        msg = f"unit={unit!r} needs the memberships behind the network, which affiliation.project() keeps. Give the affiliation itself."
        raise DataError(msg)
    return behind


def _events(affiliation: Affiliation, groups: Groups, missing: Missing) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Number of members of each event, and whether they are of two groups or more."""
    codes, labels = pd.factorize(column_of(affiliation.actors, groups, missing))
    known = np.flatnonzero(codes >= 0)
    member_of = sparse.csr_array((np.ones(len(known), dtype=np.int64), (codes[known], known)), shape=(len(labels), affiliation.n_actors))
    by_group = sparse.csr_array((member_of @ affiliation.incidence).T)  # events × groups
    return np.asarray(by_group.sum(axis=1)), np.diff(by_group.indptr) > 1
