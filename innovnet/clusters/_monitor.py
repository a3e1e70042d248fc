"""Clusters over years: raw and assigned levels, who came and went, early warnings."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_kind, some
from innovnet._parallel import progress_bar
from innovnet.clusters._alerts import Found, alerts, keys_of
from innovnet.clusters._assess import assessed
from innovnet.clusters._assessment import Assessment
from innovnet.clusters._attributes import node_flags
from innovnet.clusters._cooperation import Cooperation, cooperation_of
from innovnet.clusters._lapse import panel_terms
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._measure import measure
from innovnet.clusters._monitoring import Monitoring
from innovnet.clusters._pace import Steps, assigned
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Rules
from innovnet.clusters._snapshot import Members, Snapshot, snapshot_of
from innovnet.clusters._time import FIRST, LAST
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation

Ints = npt.NDArray[np.int64]
_MOVES = ["cluster", "year", "organisation", "name", "role", "rd"]


class Year(NamedTuple):
    """What one year brings."""

    snapshot: Snapshot
    assessment: Assessment
    values: pd.DataFrame  #: cluster × indicators that early warnings need
    last_event: Mapping[str, Any]  #: cluster -> last day of its latest joint event up to then


def monitor(
    register: Register,
    affiliation: Affiliation | None = None,
    *,
    rules: Rules | str | os.PathLike[str],
    years: Iterable[int],
    progress: bool | None = None,
) -> Monitoring:
    """Follow clusters over years: the level that each year's data give, the level assigned under the rules' pace, members who came and went, early warnings.

    Parameters
    ----------
    register
        Clusters, their members, facts and ownership, with dates.
    affiliation
        Cooperation data, for example CORDIS; None: only the register's own sheet of cooperation counts.
    rules
        Rules, or what :func:`innovnet.clusters.load_rules` takes. Their part ``monitoring`` says how assigned levels follow raw ones.
    years
        Years that follow each other, each assessed on its last day.
    progress
        A bar over the years: True at once, False never, None on a terminal once it has taken 2 seconds.

    Returns
    -------
    Monitoring
        ``.panel`` (cluster × year), ``.entries``, ``.exits``, ``.transitions()``, ``.warnings``, ``.assessments`` (year -> assessment, without robustness).

    Raises
    ------
    DataError
        No years, or years with gaps.

    Notes
    -----
    The raw level of a year is an interval from ``lo`` to ``hi``. The assigned level is ``min(cap, max(U, min(last year's, V)))``: U is the highest level that
    was certain in each of the last ``up_years`` years and that the cluster held in the last ``restore_years`` years or may enter, having held every lower level
    for its ``minimum_stay``; V is the highest level that was possible in the last ``down_years`` years; cap is the level below that of any ``immediate`` criterion that is
    certainly not met. So a level rises on certain data only and falls on certain data only; a later year never changes an earlier one, and a better year never leads to
    a worse later one. Years before the first one that is monitored count as equal to it: begin with the year in which the first cluster was founded where levels
    are to be followed from their start. Where the rules give levels a term (``valid_years``), a level lapses when its term ends without a new assessment: a year
    in which all facts that the level asks for are entered anew.

    Cost: that of the indicators, for each year.

    Examples
    --------
    >>> import innovnet as inn
    >>> followed = inn.clusters.monitor(inn.clusters.example(), inn.example(), rules="lithuania", years=range(2021, 2026))
    >>> followed.panel.query("cluster == 'C01'")[["year", "raw", "level"]].values.tolist()[-1][0]
    2025
    """
    check_kind(register, Register, "monitor()", "Make one with read_register() or Register.from_frames().")
    if affiliation is not None:
        check_kind(affiliation, Affiliation, "monitor(affiliation=...)", "Give the cooperation data, not a network made of them; or None.")
    loaded, chosen = load_rules(rules), _years(years)
    cooperation = cooperation_of(register, affiliation)
    found = {year: _year(register, cooperation, loaded, year) for year in progress_bar(chosen, len(chosen), "years", progress)}
    moves = [_moves(year, one) for year, one in found.items()]
    entries, exits = (pd.concat([move[k] for move in moves], ignore_index=True) for k in (0, 1))
    panel = _panel(loaded, found, entries, exits, register.facts)
    values = pd.concat({year: one.values for year, one in found.items()}, names=["year"]).swaplevel().sort_index()
    last = {(cluster, year): day for year, one in found.items() for cluster, day in one.last_event.items()}
    warnings = pd.DataFrame(alerts(register, loaded, panel, values, exits, last), columns=list(Found._fields))
    assessments = {year: one.assessment for year, one in found.items()}
    came, went = (table.drop(columns="rd") for table in (entries, exits))
    return Monitoring(register, loaded, chosen, assessments, panel, came, went, _typed_warnings(warnings))


def _years(years: Iterable[int]) -> tuple[int, ...]:
    given = list(years) if isinstance(years, Iterable) and not isinstance(years, str) else [years]
    wrong = [y for y in given if not isinstance(y, int | np.integer) or isinstance(y, bool) or not FIRST <= y <= LAST]
    if wrong or not given:
        msg = f"years={some(given)}: {f'{some(wrong)} is no year' if wrong else 'there is none'}. Give years as whole numbers, for example range(2016, 2026)."
        raise DataError(msg)
    chosen = tuple(sorted({int(y) for y in given}))
    if chosen[-1] - chosen[0] + 1 != len(chosen):
        gaps = sorted(set(range(chosen[0], chosen[-1])) - set(chosen))
        msg = f"years={some(chosen)}: {some(gaps)} left out. Levels follow from year to year: give every year from the first to the last."
        raise DataError(msg)
    return chosen


def _year(register: Register, cooperation: Cooperation, rules: Rules, year: int) -> Year:
    snapshot = snapshot_of(register, cooperation, pd.Timestamp(year, 12, 31), rules.settings)
    values = measure(snapshot, keys_of(rules), facts=rules.facts)
    table = pd.DataFrame({key: one.value for key, one in values.items()}, index=pd.Index(snapshot.ids, name="cluster"))
    return Year(snapshot, assessed(snapshot, rules, robustness=False, progress=False), table, _last_events(snapshot))


def _last_events(snapshot: Snapshot) -> dict[str, Any]:
    """The last day, up to the snapshot's, of an event with two present members; NaT where there was none, no entry where ties are not known."""
    members, cooperation = snapshot.members, snapshot.cooperation
    day = np.datetime64(snapshot.at, "D")
    begun = np.flatnonzero(cooperation.start <= day)
    matrix = cooperation.incidence[:, begun]
    end = np.minimum(cooperation.end[begun], day)
    found = {}
    for row, cluster in enumerate(snapshot.ids):
        nodes = members.node[members.ptr[row] : members.ptr[row + 1]]
        if len(nodes) and cooperation.known[nodes].all():
            joint = np.bincount(matrix[nodes].indices, minlength=len(begun)) > 1
            found[cluster] = pd.Timestamp(end[joint].max()) if joint.any() else pd.NaT
    return found


def _moves(year: int, one: Year) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members of this year's end and not of the last one's, and the reverse."""
    snapshot = one.snapshot
    with_rd = node_flags(snapshot)["rd"][0] | node_flags(snapshot)["research"][0]
    now, then = snapshot.members, snapshot.before
    return _difference(snapshot, now, then, year, with_rd), _difference(snapshot, then, now, year, with_rd)


def _difference(snapshot: Snapshot, these: Members, others: Members, year: int, with_rd: npt.NDArray[np.bool_]) -> pd.DataFrame:
    size = len(snapshot.cooperation.nodes)
    new = ~np.isin(these.row * size + these.node, others.row * size + others.node)
    node, row = these.node[new], these.row[new]
    organisations = snapshot.register.organisations
    role = np.select([these.coordinator[new], these.rd_body[new]], ["coordinator", "rd_body"], "member")
    columns = [snapshot.ids.take(row), year, organisations.index.take(node), organisations["name"].to_numpy()[node], role, with_rd[node]]
    return pd.DataFrame(dict(zip(_MOVES, columns, strict=True))).astype(
        {"cluster": "str", "year": "int64", "organisation": "str", "name": "str", "role": "str"}
    )


def _panel(rules: Rules, found: Mapping[int, Year], entries: pd.DataFrame, exits: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for year, one in found.items():
        levels = one.assessment.levels
        table = levels[["rank_low", "rank_high", "level_low", "level_high", "gates"]].rename(columns={"level_low": "raw", "level_high": "raw_high"})
        table = table.assign(year=year, cap=_caps(rules, one.assessment), members=one.snapshot.members.counts, ties=one.values["ties"].to_numpy())
        for name, moves in (("entries", entries), ("exits", exits)):
            table[name] = moves[moves["year"] == year]["cluster"].value_counts().reindex(table.index, fill_value=0)
        parts.append(table.reset_index())
    panel = pd.concat(parts, ignore_index=True).sort_values(["cluster", "year"], ignore_index=True)
    panel["term"] = panel_terms(rules, facts, panel)
    panel["rank"] = _assigned(rules, panel.assign(cap=panel[["cap", "term"]].min(axis=1)))
    panel["level"] = [rules.label(rank) for rank in panel["rank"]]
    panel["reason"] = reasons(rules, panel)
    columns = ["cluster", "year", "rank_low", "rank_high", "raw", "raw_high", "rank", "level", "gates", "members", "entries", "exits", "ties", "reason"]
    return panel[columns].astype({"level": "str", "reason": "str"})


def _caps(rules: Rules, assessment: Assessment) -> Ints:
    """The level below that of any immediate criterion that is certainly not met, for each cluster."""
    top = len(rules.levels)
    immediate = {c.id: rules.rank(c.level) - 1 for c in rules.criteria if c.immediate}
    table = assessment.criteria
    broken = table[(table["met"] == False).fillna(False) & table["criterion"].isin(immediate.keys())]  # noqa: E712
    cap = broken["criterion"].map(immediate).astype("float64").groupby(broken["cluster"]).min()
    return cap.reindex(assessment.levels.index, fill_value=top).to_numpy().astype(np.int64)


def _assigned(rules: Rules, panel: pd.DataFrame) -> Ints:
    """Assigned ranks of a panel in order of cluster and year; a cluster's years follow each other."""
    row, _ = pd.factorize(panel["cluster"])
    place = panel.groupby("cluster", sort=False).cumcount().to_numpy()
    shape = (int(row.max(initial=-1)) + 1, int(place.max(initial=-1)) + 1)

    def grid(column: str) -> Ints:
        found = np.zeros(shape, dtype=np.int64)
        found[row, place] = panel[column].to_numpy()
        return found

    steps = Steps.of(rules.levels, rules.pace)
    return assigned(grid("rank_low"), grid("rank_high"), grid("cap"), steps)[row, place] if len(panel) else np.zeros(0, dtype=np.int64)


def reasons(rules: Rules, panel: pd.DataFrame) -> list[str]:
    """Why an assigned level is not the raw one; "" where it is."""
    return [_reason(rules, *values) for values in panel[["rank_low", "rank_high", "rank", "cap", "term"]].itertuples(index=False, name=None)]


def _reason(rules: Rules, low: int, high: int, rank: int, cap: int, term: int) -> str:
    level = rules.label(rank)
    if rank > high:
        years = rules.pace.down_years
        return f"stays {level}: a level falls once it was missed with certainty for {years} years, or at once by an immediate criterion"
    if rank > low:
        return f"stays {level}: the year's data leave it open, and a level falls on certain data only"
    if rank < low and rank == cap:
        return f"falls to {level} at once: an immediate criterion is not met"
    if rank < low and rank == term:
        return f"no longer {rules.label(low)}: its term ended without a new assessment"
    return f"not yet {rules.label(low)}: lower levels have to be held for their years first" if rank < low else ""


def _typed_warnings(table: pd.DataFrame) -> pd.DataFrame:
    kinds = {"cluster": "str", "year": "int64", "warning": "str", "value": "float64", "before": "float64", "text": "str"}
    return table.astype(kinds).sort_values(["cluster", "year", "warning"], ignore_index=True)
