"""Shares that add up, control that runs in no circle (E15, E16; E03 where a row says neither share nor control)."""

from collections import defaultdict

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from innovnet.clusters._draft import EVER, Draft, Drafts, Ints, Mask, places
from innovnet.clusters._owners import LINKED

#: Shares are rounded where they are written down.
_SLACK = 0.005


def check_ownership(drafts: Drafts) -> None:
    """E15, E16 and rows that say nothing."""
    draft = drafts["ownership"]
    if len(draft):
        table = draft.table
        for position in places(table["share"].isna() & table["control"].isna() & ~draft.faulty):
            draft.fault("E03", position, "share", "neither share nor control is given", "Fill one of them.", value="")
        _shares(draft)
        _circles(draft)


def _shares(draft: Draft) -> None:
    """No more than the whole is owned on any day."""
    table, (begin, end) = draft.table, draft.spans()
    total = table.groupby("owned")["share"].transform("sum")
    for owned, rows in table[total > 1 + _SLACK].groupby("owned", sort=False):
        at = rows.index.to_numpy()
        share = rows["share"].fillna(0).to_numpy()
        for day in np.unique(begin[at]):
            holds = (begin[at] <= day) & (day <= end[at])
            if share[holds].sum() > 1 + _SLACK:
                edges = [int(k) for k in at[holds & (share > 0)]]
                when = "" if day == EVER else f" on {day}"
                problem = f"the shares in {owned!r} add up to {share[holds].sum():.4g} > 1{when} (rows {draft.numbers(edges)})"
                draft.fault("E15", edges[-1], "share", problem, "Correct them, or give the days from and to.", also=edges)
                break


def _circles(draft: Draft) -> None:
    """Nobody owns itself, directly or by way of others, on any day."""
    table, (begin, end) = draft.table, draft.spans()
    for position in places(table["owner"] == table["owned"]):
        draft.fault("E16", position, "owned", f"{table['owner'].iloc[position]!r} owns itself", "Leave the row out.")
    controls = (table["control"].notna() | (table["share"] > LINKED)) & (table["owner"] != table["owned"]) & table["owner"].notna() & table["owned"].notna()
    rows = np.flatnonzero(controls)
    if len(rows) == 0:
        return
    codes, labels = pd.factorize(pd.concat([table["owner"], table["owned"]], ignore_index=True).iloc[np.concatenate([rows, rows + len(table)])])
    owner, owned = codes[: len(rows)].astype(np.int64), codes[len(rows) :].astype(np.int64)
    parts = _strong(owner, owned, np.ones(len(rows), dtype=bool))
    for part in np.unique(parts[owner][parts[owner] == parts[owned]]):
        within = np.flatnonzero((parts[owner] == part) & (parts[owned] == part))
        for day in np.unique(begin[rows[within]]):
            holding = within[(begin[rows[within]] <= day) & (day <= end[rows[within]])]
            circle = _circle(owner[holding], owned[holding])
            if circle:
                edges = [int(rows[holding[k]]) for k in circle]
                path = _path([str(labels[owner[holding[k]]]) for k in circle])
                problem = f"control runs in a circle: {path} (rows {draft.numbers(edges)})"
                draft.fault("E16", max(edges), "owned", problem, "Correct a share, or end one of the rows.", also=edges)
                break


def _path(circle: list[str], limit: int = 10) -> str:
    shown = circle if len(circle) <= limit else [*circle[:limit], f"{len(circle) - limit:,} more"]
    return " → ".join([*shown, circle[0]])


def _strong(owner: Ints, owned: Ints, which: Mask) -> Ints:
    n = int(max(owner.max(initial=-1), owned.max(initial=-1))) + 1
    matrix = sparse.csr_array((np.ones(int(which.sum())), (owner[which], owned[which])), shape=(n, n))
    return csgraph.connected_components(matrix, directed=True, connection="strong")[1].astype(np.int64)


def _circle(owner: Ints, owned: Ints) -> list[int]:
    """The edges of a shortest circle through one of the nodes; nothing where there is none."""
    parts = _strong(owner, owned, np.ones(len(owner), dtype=bool))
    inside = np.flatnonzero(parts[owner] == parts[owned])
    if len(inside) == 0:
        return []
    goal = int(owner[inside].min())
    leaving: dict[int, list[int]] = defaultdict(list)
    for k in inside:
        leaving[int(owner[k])].append(int(k))
    came: dict[int, int] = {}  # node -> edge that first reached it
    reached = [goal]
    while goal not in came:
        fresh = [edge for node in reached for edge in leaving[node] if int(owned[edge]) not in came]
        for edge in fresh:
            came.setdefault(int(owned[edge]), edge)
        reached = sorted({int(owned[edge]) for edge in fresh})
    path = [came[goal]]
    while owner[path[-1]] != goal:
        path.append(came[int(owner[path[-1]])])
    return path[::-1]
