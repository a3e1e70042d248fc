"""All indicators of clusters on a day, from their families."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from innovnet import __version__
from innovnet._check import check_flag, check_kind, check_whole
from innovnet.clusters._catalogue import CATALOGUE, FACT, key_of, parsed
from innovnet.clusters._cohesion import COHESION
from innovnet.clusters._completeness import data_completeness
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._counts import COUNTED, counted
from innovnet.clusters._facts import FACTS, fact
from innovnet.clusters._funding import FUNDING
from innovnet.clusters._members import MEMBERS
from innovnet.clusters._null import cohesion_null as against_chance
from innovnet.clusters._population import POPULATION
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import Snapshot, snapshot_of
from innovnet.clusters._time import check_window, day_of
from innovnet.clusters._values import Values
from innovnet.clusters._wider import WIDER
from innovnet.graph._affiliation import Affiliation

#: Indicators that are worked out one by one.
SINGLE: Mapping[str, Callable[..., Values]] = {**MEMBERS, **FACTS, **FUNDING, **WIDER, **POPULATION, **COHESION}
#: Those against chance, which share their strata; groups are drawn for the last one only.
CHANCE = ("ties_expected", "cohesion_lift", "cohesion_p")
DRAWS = 999
#: The values at which an indicator that takes one is given by :func:`indicators`.
_GIVEN: Mapping[str, tuple[float, ...]] = {"years": (3, 5), "k": (2, 3), "ties": (1,)}


def measure(
    snapshot: Snapshot, keys: Iterable[str], *, facts: Mapping[str, str] | None = None, seed: int = 0, progress: bool | None = None
) -> dict[str, Values]:
    """The indicators of these keys (``members_tenured(years=3)``, ``fact:NAME``), in their order, one value for each row.

    ``facts`` says of which type a declared fact is. ``data_completeness`` is that of the data for the other keys.
    """
    wanted = {key: parsed(key) for key in keys}
    found = counted(snapshot, [key for key, (name, _) in wanted.items() if name in COUNTED])
    if any(name in wanted for name in CHANCE):
        chance = against_chance(snapshot, runs=DRAWS if CHANCE[-1] in wanted else 0, seed=seed, progress=progress)
        found |= {name: getattr(chance, name) for name in CHANCE}
    for key, (name, args) in wanted.items():
        if name in SINGLE:
            found[key] = SINGLE[name](snapshot, **args)
        elif name.startswith(FACT):
            found[key] = fact(snapshot, name, (facts or {}).get(name.removeprefix(FACT)))
        elif name == "data_completeness":
            found[key] = data_completeness(snapshot, wanted)
    return {key: _unless_unnamed(snapshot, name, found[key]) for key, (name, _) in wanted.items()}


def _unless_unnamed(snapshot: Snapshot, name: str, values: Values) -> Values:
    """Whoever the members of a cluster without any row of membership are, they are not nobody: what is counted on them is not known."""
    meaning = CATALOGUE.get(name)
    if meaning is None or "M" not in meaning.data or name == "data_completeness":
        return values
    register = snapshot.register
    unnamed = snapshot.once("unnamed", lambda: ~register.clusters.index.isin(register.membership["cluster"]))
    return values.unless(unnamed[snapshot.cluster], meaning.low, meaning.high)


def catalogue_keys(*, chance: bool) -> list[str]:
    """All indicators, those that take a number at the usual ones, in the order of the catalogue."""
    keys = []
    for name, one in CATALOGUE.items():
        if chance or name not in CHANCE:
            keys += [key_of(name, {argument: value}) for argument in one.args for value in _GIVEN[argument]] or [name]
    return keys


def indicators(
    register: Register,
    affiliation: Affiliation | None = None,
    *,
    at: Any,
    window: int = 3,
    cohesion_null: bool = True,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """All indicators of the clusters that exist on a day: members, their long standing, ties, reach, facts and funding, each with what is known of it.

    A tie is a pair of organisations with a joint event in the ``window`` years up to the day. What each indicator is stands in
    ``innovnet.clusters.CATALOGUE``: definition, unit, range, and what a further member does to it.

    Parameters
    ----------
    register
        Clusters, their members, facts and ownership.
    affiliation
        Cooperation data, for example CORDIS; None: only the register's own sheet of cooperation counts.
    at
        The day, its end included; a year stands for its last day.
    window
        Years of cooperation up to the day, 1 to 100.
    cohesion_null
        Whether to compare cohesion with random groups of like organisations: ``ties_expected``, ``cohesion_lift``, ``cohesion_p``. Without it they are left
        out.
    seed
        Of the random groups; whole number, at least 0.
    progress
        A bar while groups are drawn: True at once, False never, None on a terminal once it has taken 2 seconds.

    Returns
    -------
    DataFrame
        Index ``cluster``, ``indicator`` (those that take a number at several: ``members_tenured(years=3)`` and ``(years=5)``, ``members_core(k=2)`` and
        ``(k=3)``); columns ``value``, ``low``, ``high``, ``known`` (share of what it rests on that is known, 0 to 1) and ``unit``. Yes is 1, no is 0.
        ``.attrs``: at, window, ties_from (which cooperation data the ties rest on), seed, version.

    Notes
    -----
    Nothing unknown is taken as no. Where something is not known, ``low`` and ``high`` are what the value would be at least and at most, never too
    narrow; ``value`` is that of the known part, NaN where nothing is known. NaN in all three: not defined (a share of no members, a density of one
    member). Ties of an organisation that the cooperation data do not know are unknown, and it is taken to be none of their
    actors: say in column ``actor`` which one it is, or "none". Owners: who stands in no row of ownership is independent.
    Clusters that were dissolved before the day, or founded after it, have no rows. Weights: ``ties_repeated`` and ``bridging_...`` look at the number of joint
    events, the others at whether there was one. Cost: that of harmonic centrality on the whole network, O(actors × ties), and of the random groups.

    Cohesion is a state, not a result: in a study of two clusters cooperation inside them had no measurable effect on innovation [1]_.

    References
    ----------
    .. [1] Terstriep & Lüthje (2018), Innovation, knowledge and relations: on the role of clusters for firms' innovativeness, European Planning Studies 26,
       2167-2199, doi:10.1080/09654313.2018.1530152.

    Examples
    --------
    >>> import innovnet as inn
    >>> found = inn.clusters.indicators(inn.clusters.example(), inn.example(), at=2025, cohesion_null=False)
    >>> found.loc["C01"].loc[["members", "members_rd", "governance"], ["value", "low", "high", "unit"]]
                value   low  high           unit
    indicator
    members      14.0  14.0  14.0  organisations
    members_rd    8.0   8.0   8.0  organisations
    governance    1.0   1.0   1.0         yes/no
    >>> found.attrs["ties_from"]
    "the cooperation data and the register's own sheet of cooperation"
    """
    check_kind(register, Register, "indicators()", "Make one with read_register() or Register.from_frames().")
    if affiliation is not None:
        check_kind(affiliation, Affiliation, "indicators(affiliation=...)", "Give the cooperation data, not a network made of them; or None.")
    check_window(window)
    check_whole(seed, "seed", 0)
    check_flag(cohesion_null, "cohesion_null")
    day = day_of(at)
    cooperation = cooperation_of(register, affiliation)
    snapshot = snapshot_of(register, cooperation, day, Settings(window_years=int(window)))
    keys = catalogue_keys(chance=cohesion_null)
    table = _table(snapshot, measure(snapshot, keys, seed=seed, progress=progress))
    table.attrs = {"at": f"{day:%Y-%m-%d}", "window": int(window), "ties_from": cooperation.source, "seed": seed, "version": __version__}
    return table


def _table(snapshot: Snapshot, values: Mapping[str, Values]) -> pd.DataFrame:
    """Cluster × indicator."""
    columns = {part: np.column_stack([getattr(of, part) for of in values.values()]).ravel() for part in ("value", "low", "high", "known")}
    index = pd.MultiIndex.from_product([snapshot.ids, list(values)], names=["cluster", "indicator"])
    units = [CATALOGUE[parsed(key)[0]].unit for key in values]
    return pd.DataFrame(columns | {"unit": pd.Series(units * snapshot.rows, dtype="str").to_numpy()}, index=index).astype({"unit": "str"})
