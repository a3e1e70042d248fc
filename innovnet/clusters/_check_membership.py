"""Days of clusters and memberships (E10 to E14)."""

import numpy as np
import pandas as pd

from innovnet.clusters._draft import NEVER, Draft, Drafts, Mask, places, said
from innovnet.clusters._spells import clear_begin, overlaps


def check_membership(drafts: Drafts) -> None:
    """E10 to E14."""
    for sheet in ("membership", "ownership"):
        _ends_after_start(drafts[sheet])
    _life_in_order(drafts["clusters"])
    _within_life(drafts["membership"], drafts["clusters"].table[~drafts["clusters"].faulty])
    _once_at_a_time(drafts["membership"])


def _ends_after_start(draft: Draft) -> None:
    begin, end = draft.days("from"), draft.days("to")
    for position in places(end < begin):
        draft.fault("E10", position, "to", f"ends ({end[position]}) before it starts ({begin[position]})", "Swapped?")


def _life_in_order(draft: Draft) -> None:
    days = {column: draft.days(column) for column in ("founded", "dissolved", "joint_since", "strategy_from", "strategy_to")}
    for column, other, words in (
        ("dissolved", "founded", "dissolved ({}) before founded ({})"),
        ("strategy_to", "strategy_from", "strategy ends ({}) before it starts ({})"),
    ):
        for position in places(days[column] < days[other]):
            draft.fault("E13", position, column, words.format(days[column][position], days[other][position]), "Correct one of them.")
    for position in places(days["joint_since"] > days["dissolved"]):
        problem = f"joint_since ({days['joint_since'][position]}) after dissolved ({days['dissolved'][position]})"
        draft.fault("E13", position, "joint_since", problem, "Correct one of them.")


def _within_life(draft: Draft, clusters: pd.DataFrame) -> None:
    """A membership without an end goes on as long as its cluster."""
    life = clusters.dropna(subset=["cluster"]).drop_duplicates("cluster", keep=False).set_index("cluster")
    founded, dissolved = (life[column].reindex(draft.table["cluster"]).to_numpy().astype("M8[D]") for column in ("founded", "dissolved"))
    begin, end = draft.days("from"), draft.days("to")
    early, late = begin < founded, (end > dissolved) | (begin > dissolved)
    for position in places(early | late):
        span = f"{said(begin[position]) or 'not known'} to {said(end[position]) or 'open'}"
        lived = f"{said(founded[position]) or 'not known'} to {said(dissolved[position]) or 'open'}"
        problem = f"membership ({span}) lies outside the cluster's life ({lived})"
        draft.fault("E12", position, "from" if early[position] else "to", problem, "Correct the membership, or the days of the cluster.")


def _once_at_a_time(draft: Draft) -> None:
    """E11 for an organisation, then E14 for coordinators. Of rows that contradict each other the one that starts later is left out."""
    table = draft.table
    cluster, organisation, role = (table[column].to_numpy(dtype=object) for column in ("cluster", "organisation", "role"))
    usable = (table["cluster"].notna() & table["organisation"].notna()).to_numpy(dtype=bool, copy=True)
    for position, other, days in _overlapping(draft, usable, ["cluster", "organisation"]):
        roles = " and ".join(said(role[k]) or "member" for k in (other, position))
        where = f"rows {draft.numbers([position, other])} share {days}"
        problem = f"organisation {organisation[position]!r} is twice in cluster {cluster[position]!r} as {roles}: {where}"
        draft.fault("E11", position, "organisation", problem, "Merge them or end one earlier.")
        usable[position] = False
    for position, other, days in _overlapping(draft, usable & (role == "coordinator"), ["cluster"]):
        where = f"{organisation[other]}, {organisation[position]} (rows {draft.numbers([position, other])})"
        problem = f"cluster {cluster[position]!r} has two coordinators from {days}: {where}"
        draft.fault("E14", position, "role", problem, "End one or make it a member.")


def _overlapping(draft: Draft, rows: Mask, columns: list[str]) -> list[tuple[int, int, str]]:
    """Rows that begin before another one of their group has ended, that other one, and the days that both have."""
    table, (_, end) = draft.table, draft.spans()
    begin = clear_begin(draft.days("from"), end)
    at = np.flatnonzero(rows & (begin <= end))
    content = table["role"].fillna("") + "\0" + table["stage"].fillna("") + "\0" + table["organisation"].fillna("")
    tie = pd.factorize(content.iloc[at], sort=True)[0].astype(np.int64)
    group = table.iloc[at].groupby(columns, sort=False).ngroup().to_numpy().astype(np.int64)
    found = [(int(at[k]), int(at[j])) for k, j in zip(*overlaps(group, begin[at], end[at], tie), strict=True)]
    return [(k, j, f"{said(max(begin[k], begin[j]))} to {_end(min(end[k], end[j]))}") for k, j in found]


def _end(day: np.datetime64) -> str:
    return "today and on" if day == NEVER else str(day)
