"""What becomes of levels: in the years after the day if nothing new is entered, and when members leave. Measured once for all clusters."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._parallel import bounds
from innovnet.clusters._assessment import Assessment
from innovnet.clusters._decide import MET, Decision, decide
from innovnet.clusters._measure import measure
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Rules
from innovnet.clusters._snapshot import Snapshot, snapshot_of

YEARS = 3  #: looked ahead: as long as the usual support
_YEARLY = {"facts": "cluster", "funding": "cluster", "member_facts": "organisation"}
_AT_ONCE = 1_000_000  #: memberships that are measured at once

AFTER = ("cluster", "at", "exists", "rank_low", "level_low", "lost")
LEAVING = ("cluster", "organisations", "rank", "level", "lost", "every")


def years_after(assessment: Assessment, snapshot: Snapshot) -> pd.DataFrame:
    """Each cluster at the end of the next years if nothing new is entered: its certain level, and which criteria that are met on the day no longer are.

    Windows move on, memberships and strategies end when they are said to, time of joint activity grows. Facts of a year cannot be there before that year: whoever
    has none of the year in question keeps the ones that are entered.
    """
    rules, now, parts = assessment.rules, decided(snapshot, assessment.rules), []
    for years in range(1, YEARS + 1):
        later = snapshot_of(
            _carried(assessment.register, assessment.at.year, years), snapshot.cooperation, assessment.at + pd.DateOffset(years=years), snapshot.settings
        )
        then, place = decided(later, rules), later.ids.get_indexer(snapshot.ids)
        there = place >= 0
        met = (then.met[place] == MET) & there[:, None]
        rank = np.where(there, then.low[place], 0)
        parts.append(
            pd.DataFrame(
                {
                    "cluster": snapshot.ids,
                    "at": later.at,
                    "exists": there,
                    "rank_low": rank,
                    "level_low": [rules.label(int(one)) for one in rank],
                    "lost": lost(rules, now.low, rank, (now.met == MET) & ~met),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[list(AFTER)].astype({"cluster": "str", "level_low": "str", "lost": "str"})


def _carried(register: Register, year: int, years: int) -> Register:
    """The register with the facts of a year moved on, of all that have none of the year that is reached."""
    tables = dict(register._tables)
    for name, key in _YEARLY.items():
        table = tables[name]
        entered = table.loc[(table["year"] > year) & (table["year"] <= year + years)]
        reached = table[key].map(entered.groupby(key)["year"].max() - year).fillna(0).astype("int64")
        tables[name] = table.assign(year=table["year"] + years - reached)
    return replace(register, _tables=tables)


def leaving(assessment: Assessment, snapshot: Snapshot) -> pd.DataFrame:
    """The single members, else the pairs, whose leaving lowers a level: one row for each that does, and whether any other set of that size would too.

    Which number of exits it takes is what the assessment found; nothing where that is more than two.
    """
    exits = assessment.levels["exits"].reindex(snapshot.ids).to_numpy(dtype=np.float64, na_value=np.nan)
    nodes = snapshot.cooperation.nodes["node"].to_numpy()
    rows, sets = list[int](), list[list[int]]()
    for row in np.flatnonzero((exits == 1) | (exits == 2)).tolist():
        members = snapshot.members.node[snapshot.members.ptr[row] : snapshot.members.ptr[row + 1]]
        gone = list(itertools.combinations(sorted(members.tolist(), key=lambda node: str(nodes[node])), int(exits[row])))
        rows += [row] * len(gone)
        sets += [list(one) for one in gone]
    if not rows:
        return pd.DataFrame(columns=list(LEAVING))
    at, now = np.array(rows), decided(snapshot, assessment.rules)
    ranks, lose = _without(snapshot, assessment.rules, at, sets, now)
    lowers = ranks < now.low[at]
    every = pd.Series(lowers).groupby(at).transform("all").to_numpy()
    table = pd.DataFrame(
        {
            "cluster": snapshot.ids[at],
            "organisations": ["; ".join(str(nodes[node]) for node in one) for one in sets],
            "rank": ranks,
            "level": [assessment.rules.label(int(rank)) for rank in ranks],
            "lost": lose,
            "every": every,
        }
    )
    return table[lowers].reset_index(drop=True)


def _without(snapshot: Snapshot, rules: Rules, at: npt.NDArray[np.int64], sets: Sequence[list[int]], now: Decision) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Rank, and the criteria that bring it down, of row ``at[k]`` without the members ``sets[k]``."""
    costs = snapshot.members.counts[at]
    cuts = bounds(costs, int(costs.sum()) // _AT_ONCE + 1)
    ranks, words = [np.zeros(0, dtype=np.int64)], list[str]()
    for first, last in itertools.pairwise(cuts):
        then = decided(snapshot.without(at[first:last], sets[first:last]), rules)
        before = now.low[at[first:last]]
        ranks.append(then.low)
        words += lost(rules, before, then.low, (now.met[at[first:last]] == MET) & (then.met != MET))
    return np.concatenate(ranks), words


def decided(snapshot: Snapshot, rules: Rules) -> Decision:
    """What the rules say of the rows of a snapshot."""
    return decide(rules, measure(snapshot, rules.keys, facts=rules.facts, progress=False))


def lost(rules: Rules, before: npt.NDArray[np.int64], after: npt.NDArray[np.int64], gone: npt.NDArray[np.bool_]) -> list[str]:
    """Of the criteria that are no longer met those that decide: of the level just above the one that is left, else of the one that is lost; "" where none is lost."""
    found = []
    for first, last, row in zip(before.tolist(), after.tolist(), gone, strict=True):
        level = rules.label(last + 1 if rules.cumulative else first) if last < first else ""
        found.append(", ".join(c.id for c, one in zip(rules.criteria, row.tolist(), strict=True) if one and c.level == level))
    return found
