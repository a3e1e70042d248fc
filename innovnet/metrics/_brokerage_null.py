"""Brokerage of a network and of its actors against chance."""

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from innovnet._check import check_choice, check_runs
from innovnet.errors import DataError
from innovnet.graph import Network
from innovnet.graph._groups import Grouped, Groups, Missing, grouped
from innovnet.metrics._brokerage_count import DIRECTED, UNDIRECTED, paths_of
from innovnet.metrics._brokerage_labels import label_actor_moments, label_moments
from innovnet.metrics._brokerage_moments import actor_overlaps, as_floats, chance_of_density, chance_of_ties, moments, network_overlaps
from innovnet.metrics._brokerage_worlds import Null, counted, pairs_of, worlds
from innovnet.metrics._inference import TOLERANCE, chance_table
from innovnet.metrics._samples import memberships_behind
from innovnet.metrics._triangles import Floats, Ints
from innovnet.metrics._types import TestTable

Level = Literal["network", "actor"]
_CLOSED = ("ties", "bernoulli", "labels")  # chance models whose moments have a formula


def brokerage_summary(
    network: Network,
    *,
    groups: Groups,
    level: Level = "network",
    null: Null = "ties",
    within: str | None = None,
    runs: int = 0,
    seed: int | None = None,
    missing: Missing = "error",
) -> TestTable:
    """Whether a network, or each organisation in it, brokers between regions (sectors, countries) more than chance would make it.

    The counts of :func:`brokerage` [1]_ with mean and standard deviation under a chance model, exact wherever there is a formula.

    Parameters
    ----------
    network
        The network.
    groups
        A column of actors, or a Series on the actors: one partition.
    level
        ``"network"``: counts summed over the actors. ``"actor"``: one row for each actor and role.
    null
        What is left to chance. ``"ties"``: where the ties are; every network with this number of ties is equally likely. ``"bernoulli"``: every pair
        is tied with the same probability, so that the number of ties varies too, as in R's sna. ``"labels"``: which actor is in which group; the network
        stays, and at the level of actors the actor's own group. ``"degree"``: networks in which each actor keeps its number of ties. ``"affiliation"``:
        who takes part in which event; the numbers of events of actors and of members of events stay. For projections the last is the right one: an event
        makes all its ties at once, and chance models of single ties are too narrow.
    within
        Classes inside which chance works: a column of actors with ``null="labels"``, of events with ``null="affiliation"``.
    runs
        Random worlds. 0: moments by formula. Without a formula (``"degree"``, ``"affiliation"``, ``within``) above 0.
    seed
        Whole number at least 0; required when ``runs > 0``.
    missing
        Actors without a group: ``"error"``; ``"drop"``: they and their ties leave the computation, NaN for them; ``"category"``: a group of their own.

    Returns
    -------
    DataFrame
        Index role, or (actor, role); columns observed, expected, sd, z, p_lower, p_upper, p = min(1, 2 min). Roles as in :func:`brokerage`, each pair once
        where undirected. With ``runs=0`` p is 1 where the count cannot vary and NaN elsewhere: the distribution is not known. ``.attrs``: indicator, options,
        null, runs, seed, version.

    Raises
    ------
    DataError
        A chance model without a formula and ``runs=0``; ``"affiliation"`` for a network that is not the projection of one; an actor without a group.

    Notes
    -----
    Moments are exact fractions until they are shown. ``"labels"`` in directed networks: the mean is exact, the sd needs ``runs`` (NaN without). Where there is a
    formula it is used whatever ``runs``; otherwise mean and sd (with R − 1) are those of the worlds. At the level of actors ``"labels"`` with ``runs``
    permutes the groups of the other actors.
    R's sna has wrong deviations for whole networks (coordinator, representative, gatekeeper, total) and, in undirected networks, for actors: √2 too
    small for all but the boundary roles, because it takes the two directions of a tie for independent. z only describes: counts are skewed. Groups that
    are derived from events (such as field) are derived in each random affiliation anew. Isolates count among the actors. Cost: as
    :func:`brokerage`, plus O(K²) for K groups of different sizes; and per world.

    References
    ----------
    .. [1] Gould & Fernandez (1989), Structures of mediation: a formal approach to brokerage in transaction networks, Sociological Methodology 19,
       89-126, doi:10.2307/270949.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.brokerage_summary(inn.toy().project(), groups="sector")[["observed", "expected", "sd", "z"]].round(2)
                 observed  expected    sd     z
    role
    coordinator       1.0      6.32  3.32 -1.61
    itinerant         9.0      8.31  4.13  0.17
    gatekeeper        9.0     16.63  4.22 -1.81
    liaison           8.0      7.38  3.07  0.20
    total            27.0     38.64  4.13 -2.82
    """
    check_choice(level, get_args(Level), "level")
    check_choice(null, get_args(Null), "null")
    check_runs(runs, seed)
    _check_null(network, null, within, runs)
    parts = grouped(network, groups, missing)
    summed = level == "network"
    counts = counted(paths_of(parts.network), parts.codes, len(parts.labels))
    observed = (counts.sum(axis=0) if summed else counts).astype(np.float64)
    mean, variance = (np.full(observed.shape, np.nan) for _ in range(2))
    if null in _CLOSED and within is None:
        mean, variance = _moments(parts, null, summed, counts)
    p_lower = p_upper = np.where(variance == 0, 1.0, np.nan)
    if runs and seed is not None:
        drawn = _Drawn(observed)
        for world in worlds(network, parts, groups, missing, null, within, runs, seed, summed=summed):
            drawn.add(world)
        mean, variance = np.where(np.isnan(mean), drawn.mean, mean), np.where(np.isnan(variance), drawn.variance, variance)
        p_lower, p_upper = drawn.tails()
    options = {"groups": groups if isinstance(groups, str) else groups.name, "level": level, "within": within, "missing": missing}
    attrs: dict[str, Any] = {"indicator": "brokerage_summary", "options": options, "null": null, "runs": runs, "seed": seed}
    values = [observed, mean, np.sqrt(variance), p_lower, p_upper]
    roles = pd.Index(DIRECTED if network.directed else UNDIRECTED, name="role")
    if summed:
        return chance_table(roles, *values, **attrs)
    index = pd.MultiIndex.from_product([network.actors.index, roles])
    return chance_table(index, *(_on_population(value, parts) for value in values), **attrs)


def _check_null(network: Network, null: Null, within: str | None, runs: int) -> None:
    if within is not None and null not in {"labels", "affiliation"}:
        msg = f'within={within!r} goes with null="labels" (a column of actors) and null="affiliation" (a column of events), not with null={null!r}.'
        raise DataError(msg)
    if runs == 0 and (null not in _CLOSED or within is not None):
        msg = f"null={null!r}{' with within=' if within is not None else ''} has no formula: say how many random worlds to draw with runs=, and give a seed."
        raise DataError(msg)
    if null == "affiliation":
        memberships_behind(network)


def _moments(parts: Grouped, null: Null, summed: bool, counts: Ints) -> tuple[Floats, Floats]:
    """Mean and variance by role, or by actor and role; NaN where there is no formula."""
    network, sizes = parts.network, parts.sizes.tolist()
    if not sizes and not summed:
        return counts.astype(np.float64), counts.astype(np.float64)
    if null == "labels":
        paths = paths_of(network)
        opened = counts[:, -1]
        return as_floats(label_moments(paths, sizes, int(opened.sum()))) if summed else label_actor_moments(paths, sizes, parts.codes, opened)
    chance = (chance_of_ties if null == "ties" else chance_of_density)(pairs_of(network.n_actors, network.directed), network.n_ties)
    if summed:
        return as_floats([moments(overlaps, chance) for overlaps in network_overlaps(sizes, network.directed)])
    others = [sizes[:g] + sizes[g + 1 :] for g in range(len(sizes))]
    by_group = [as_floats([moments(found, chance) for found in actor_overlaps(n, rest, network.directed)]) for n, rest in zip(sizes, others, strict=True)]
    mean, variance = (np.array([found[k] for found in by_group]) for k in (0, 1))
    return mean[parts.codes], variance[parts.codes]


class _Drawn:
    """Counts of random worlds, taken in one after the other."""

    def __init__(self, observed: Floats) -> None:
        self._observed, self._slack = observed, TOLERANCE * np.maximum(1.0, np.abs(observed))
        self._runs = 0
        self.mean, self._squares, self._lower, self._upper = (np.zeros(observed.shape) for _ in range(4))

    def add(self, counts: Floats) -> None:
        """Take in one world."""
        self._runs += 1
        step = counts - self.mean
        self.mean = self.mean + step / self._runs
        self._squares += step * (counts - self.mean)
        self._lower += counts <= self._observed + self._slack
        self._upper += counts >= self._observed - self._slack

    @property
    def variance(self) -> Floats:
        """With R − 1."""
        return self._squares / (self._runs - 1) if self._runs > 1 else np.full(self.mean.shape, np.nan)

    def tails(self) -> tuple[Floats, Floats]:
        """Lower and upper p, as in ``_inference.tails``; NaN where a world had no value."""
        undefined = np.isnan(self.mean)
        lower, upper = (np.where(undefined, np.nan, (1.0 + found) / (1.0 + self._runs)) for found in (self._lower, self._upper))
        return lower, upper


def _on_population(values: Floats, parts: Grouped) -> Floats:
    found = np.full((len(parts.kept), values.shape[1]), np.nan)
    found[parts.kept] = values
    return found.ravel()
