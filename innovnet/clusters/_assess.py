"""Which maturity levels clusters have on a day, what they rest on, what is missing for the next one and how firm they are."""

import os
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_flag, check_kind
from innovnet.clusters._assessment import COLUMNS, Assessment
from innovnet.clusters._completeness import data_completeness
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._decide import MET, NOT_KNOWN, decide
from innovnet.clusters._earliest import earliest
from innovnet.clusters._gaps import gaps_of
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._measure import measure
from innovnet.clusters._missing import Findings, missing_table
from innovnet.clusters._register import Register
from innovnet.clusters._robustness import COMPLETENESS, EXACT, Exits, critical, exits_of
from innovnet.clusters._rules import Rules
from innovnet.clusters._snapshot import Snapshot, snapshot_of
from innovnet.clusters._time import day_of
from innovnet.clusters._values import Values
from innovnet.clusters._words import label_of
from innovnet.graph._affiliation import Affiliation

Ints = npt.NDArray[np.int64]


def assess(
    register: Register,
    affiliation: Affiliation | None = None,
    *,
    rules: Rules | str | os.PathLike[str],
    at: Any,
    robustness: bool = True,
    progress: bool | None = None,
) -> Assessment:
    """Maturity levels of the clusters that exist on a day, by stated rules, with what they rest on, what is missing for the next level and how firm they are.

    Where something is not known, the level is an interval: at least the one that is reached if all that is not known is not met, at most the one that is
    reached if it is.

    Parameters
    ----------
    register
        Clusters, their members, facts and ownership.
    affiliation
        Cooperation data, for example CORDIS; None: only the register's own sheet of cooperation counts. ``.ties_from`` says which.
    rules
        Rules, or what :func:`innovnet.clusters.load_rules` takes: ``"lithuania"``, ``"ecei"``, ``"generic"`` or a path. They also say how indicators are counted:
        years of the window, when members are independent, which roles count.
    at
        The day, its end included; a year stands for its last day.
    robustness
        Whether to look for the members on whom a level depends and for the least number of exits that lower it. Without it these columns are missing; the
        weakest criterion is found in any case.
    progress
        A bar while members are left out: True at once, False never, None on a terminal once it has taken 2 seconds.

    Returns
    -------
    Assessment
        Tables ``.levels`` (one row for each cluster), ``.criteria`` (cluster × criterion), ``.missing`` (what is missing for the next level), ``.robustness``,
        ``.pivotal`` and ``.indicators``.

    Notes
    -----
    Missing for the next level: of each hard criterion that is not certainly met the gap, threshold − value (on counts to the next whole number; of a strict
    comparison of other numbers the infimum), and the relative gap, gap / threshold, at most 1; it is 1 for yes/no and where nothing is known. Of soft criteria as
    many as are needed, the cheapest first, ties in the order of the rules. ``distance`` is the sum over the hard ones and the cheapest soft ones needed. Time is
    exact: ``>= 3`` years are full at the end of the day before the third anniversary, ``> 3`` on it; it is assumed that nothing else changes.

    How firm: a criterion counts that would lower the level by being false alone; its change is value − threshold + 1 for counts, value − threshold for other
    numbers. Members are left out one by one, then in pairs, then greedily, and what depends on members is counted anew each time. Up to 3 exits the number is
    exact, beyond that it is an upper bound (``exits_exact`` is False).

    A level says that criteria are met, not that a cluster is good. Which criteria are ours stands in ``.criteria``, column ``kind``. Clusters that were dissolved
    before the day, or founded after it, have no row. Cost: that of the indicators, for each cluster of n members up to n² / 2 times with ``robustness``.

    Examples
    --------
    >>> import innovnet as inn
    >>> assessment = inn.clusters.assess(inn.clusters.example(), inn.example(), rules="lithuania", at=2025)
    >>> assessment.levels.loc["C03", ["level", "level_high", "gates", "weakest"]].tolist()
    ['developing', 'mature', 'formed', 'E1']
    >>> for cluster, text in assessment.missing.set_index("cluster").loc[["C02", "C07"], "text"].items():
    ...     print(cluster, text)
    C02 One more member with declared R&D (2 of 3)
    C07 members of long standing (3 years): on 2026-01-31 by itself
    C07 joint activity: on 2026-05-31 by itself
    """
    check_kind(register, Register, "assess()", "Make one with read_register() or Register.from_frames().")
    if affiliation is not None:
        check_kind(affiliation, Affiliation, "assess(affiliation=...)", "Give the cooperation data, not a network made of them; or None.")
    check_flag(robustness, "robustness")
    loaded = load_rules(rules)
    snapshot = snapshot_of(register, cooperation_of(register, affiliation), day_of(at), loaded.settings)
    return assessed(snapshot, loaded, robustness=robustness, progress=progress)


def assessed(snapshot: Snapshot, rules: Rules, *, robustness: bool, progress: bool | None) -> Assessment:
    """The assessment of the clusters of a snapshot."""
    found = findings(snapshot, rules, progress=progress)
    missing, distance = missing_table(found)
    weak = critical(found)
    exits = exits_of(found, progress=progress) if robustness else None
    pivotal = _pivotal(found, exits)
    tables: dict[str, pd.DataFrame | list[dict[str, Any]]] = {
        "levels": _levels(found, distance, weak, pivotal, exits),
        "criteria": _criteria(found),
        "missing": missing,
        "robustness": weak,
        "pivotal": pivotal,
    }
    kept = {name: _typed(name, table) for name, table in tables.items()} | {"indicators": _indicators(found)}
    return Assessment(snapshot.register, rules, snapshot.at, snapshot.cooperation.source, kept)


def findings(snapshot: Snapshot, rules: Rules, *, progress: bool | None = False) -> Findings:
    """What is known of the clusters of a snapshot: values, which criteria are met, what is lacking and from when."""
    values = measure(snapshot, (*rules.keys, COMPLETENESS), facts=rules.facts, progress=progress)
    decision = decide(rules, values)
    days = np.stack([earliest(snapshot, criterion, values[criterion.key]) for criterion in rules.criteria], axis=1)
    days = np.where(decision.met == MET, np.datetime64("NaT", "D"), days)
    return Findings(snapshot, rules, values, decision, gaps_of(rules, values, decision.met), days)


def _typed(name: str, table: pd.DataFrame | list[dict[str, Any]]) -> pd.DataFrame:
    """A table with its columns in their order and types."""
    frame = pd.DataFrame(table, columns=list(COLUMNS[name])) if isinstance(table, list) else table[list(COLUMNS[name])]
    return frame.astype(dict(COLUMNS[name]))


def _labels(rules: Rules, ranks: Ints) -> npt.NDArray[np.object_]:
    return np.array([rules.below, *rules.levels], dtype=object)[ranks]


def _levels(found: Findings, distance: npt.NDArray[np.float64], weak: list[dict[str, Any]], pivotal: list[dict[str, Any]], exits: Exits | None) -> pd.DataFrame:
    snapshot, rules, decision = found.snapshot, found.rules, found.decision
    low, high = decision.low, decision.high
    shown = {"not_met": low, "met": high, "undecided": low}[rules.settings.missing]
    level = _labels(rules, shown)
    if rules.settings.missing == "undecided":
        level[low != high] = None
    following = np.array([*rules.levels, None], dtype=object)[low]
    nearest = pd.DataFrame(weak, columns=list(COLUMNS["robustness"])).drop_duplicates("cluster").set_index("cluster").reindex(snapshot.ids)
    table = pd.DataFrame(
        {
            "name": snapshot.of_cluster("name").to_numpy(),
            "level": level,
            "level_low": _labels(rules, low),
            "level_high": _labels(rules, high),
            "rank_low": low,
            "rank_high": high,
            "gates": _labels(rules, decision.gates),
            "gates_criteria": decision.gates_criteria,
            "next_level": following,
            "distance": distance,
            "weakest": nearest["criterion"].to_numpy(),
            "weakest_change": nearest["change"].to_numpy(),
            "pivotal": _joined(snapshot, pivotal) if exits else None,
            "exits": pd.array(np.where(exits.exits < 0, np.nan, exits.exits), dtype="Int64") if exits else pd.NA,
            "exits_exact": pd.array([None if n < 0 else n <= EXACT for n in exits.exits], dtype="boolean") if exits else pd.NA,
            "completeness": data_completeness(snapshot, rules.keys).value,
        },
        index=snapshot.ids.rename("cluster"),
    )
    return _typed("levels", table)


def _joined(snapshot: Snapshot, pivotal: list[dict[str, Any]]) -> list[str]:
    of: dict[str, list[str]] = {}
    for row in pivotal:
        of.setdefault(row["cluster"], []).append(row["organisation"])
    return ["; ".join(of.get(cluster, [])) for cluster in snapshot.ids]


def _pivotal(found: Findings, exits: Exits | None) -> list[dict[str, Any]]:
    if exits is None:
        return []
    nodes, ids = found.snapshot.cooperation.nodes, found.snapshot.ids
    return [
        {"cluster": ids[row], "organisation": nodes["node"].iloc[node], "name": nodes["name"].iloc[node], "level_without": found.rules.label(rank)}
        for row, leavers in enumerate(exits.pivotal)
        for node, rank in leavers
    ]


def _criteria(found: Findings) -> pd.DataFrame:
    """Cluster × criterion, the criteria of a cluster in the order of the file."""
    snapshot, rules = found.snapshot, found.rules
    n, m = snapshot.rows, len(rules.criteria)
    values = {part: np.column_stack([getattr(found.values[c.key], part) for c in rules.criteria]).ravel() for part in Values._fields}
    same = pd.DataFrame(
        [
            {
                "criterion": c.id,
                "level": c.level,
                "indicator": c.key,
                "label": label_of(c),
                "op": c.op,
                "threshold": c.threshold,
                "unit": c.unit,
                "strength": c.strength,
                "kind": c.kind,
                "source": c.source,
                "note": c.note,
            }
            for c in rules.criteria
        ]
    )
    met = found.decision.met.ravel()
    return (
        same.take(np.tile(np.arange(m), n))
        .reset_index(drop=True)
        .assign(
            cluster=np.repeat(snapshot.ids.to_numpy(), m),
            value_low=values["low"],
            value=values["value"],
            value_high=values["high"],
            known=values["known"],
            met=pd.array(met == MET, dtype="boolean"),
            gap=found.gaps.gap.ravel(),
            relative_gap=found.gaps.relative.ravel(),
            earliest=found.earliest.ravel(),
        )
        .assign(met=lambda table: table["met"].mask(met == NOT_KNOWN))
    )


def _indicators(found: Findings) -> pd.DataFrame:
    """The measured values in the form of :func:`innovnet.clusters.indicators`."""
    units = {criterion.key: criterion.unit for criterion in found.rules.criteria}
    ids = found.snapshot.ids
    table = pd.concat({key: found.values[key].frame(ids) for key in units}, names=["indicator"]).swaplevel()
    order = pd.MultiIndex.from_product([ids, list(units)], names=["cluster", "indicator"])
    table.index.names = order.names
    return _typed("indicators", table.reindex(order).assign(unit=lambda rows: rows.index.get_level_values("indicator").map(units)))
