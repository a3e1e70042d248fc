"""How firm levels are: the criterion nearest to bringing one down, members on whom it depends, the least number of exits that lower it."""

import itertools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._parallel import bounds, progress_bar
from innovnet.clusters._decide import MET, _rank, decide
from innovnet.clusters._gaps import gaps_of, soft_of
from innovnet.clusters._measure import measure
from innovnet.clusters._missing import Findings
from innovnet.clusters._values import Values
from innovnet.clusters._words import change

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COMPLETENESS = "data_completeness"
#: Up to so many exits the number is the least one: two by trying all, and three where no two are enough.
EXACT = 3
#: Memberships that are measured at once: what bounds the memory.
_AT_ONCE = 1_000_000


class Exits(NamedTuple):
    """What leaving does to the clusters of a snapshot."""

    pivotal: list[list[tuple[int, int]]]  #: for each cluster the members (nodes) whose leaving alone lowers the level, and the rank without them
    exits: Ints  #: least number of members whose leaving lowers the level; −1 where none was found
    exact: npt.NDArray[np.bool_]  #: whether fewer than ``exits`` certainly do not


def critical(found: Findings) -> list[dict[str, Any]]:
    """The criteria that would each bring the level down alone, of each cluster the nearest first, ties in the order of the file."""
    rules, rows = found.rules, []
    holds = (found.decision.met == MET).T
    lowers = np.zeros(holds.shape, dtype=bool)
    for k in range(len(rules.criteria)):
        lowers[k] = _rank(rules, holds & (np.arange(len(holds)) != k)[:, None]) < found.decision.low
    for row in range(found.snapshot.rows):
        alone = np.flatnonzero(lowers[:, row])
        for k in alone[np.argsort(found.gaps.relative_slack[row, alone], kind="stable")].tolist():
            criterion, slack = rules.criteria[k], float(found.gaps.slack[row, k])
            values = found.values[criterion.key]
            value = float(values.high[row] if criterion.op in ("<=", "<") else values.low[row])
            rows.append(
                {
                    "cluster": found.snapshot.ids[row],
                    "criterion": criterion.id,
                    "change": slack,
                    "unit": criterion.unit,
                    "relative_change": float(found.gaps.relative_slack[row, k]),
                    "text": change(rules, criterion, value, slack),
                }
            )
    return rows


def exits_of(found: Findings, *, progress: bool | None) -> Exits:
    """Pivotal members and the least number of exits, all clusters at once: single members, then pairs, then greedily from the best pair on.

    Every member and every pair is tried, so a number of 1, 2 or 3 is exact (3: no pair is enough, and three are). Beyond that the next to leave is the one
    whose leaving brings the level nearest to falling: fewer might do. What a member cannot change is not measured again.
    """
    exits = np.full(found.snapshot.rows, -1, dtype=np.int64)
    pivotal: list[list[tuple[int, int]]] = [[] for _ in exits]
    trial = _Trial(found, progress)
    everyone = trial.members()
    open_ = trial.shaken()
    gone = {int(row): np.zeros(0, dtype=np.int64) for row in open_}
    number = 0
    while gone:
        number += 1
        sets = {row: _pairs(everyone[row]) if number == 2 else _further(everyone[row], left) for row, left in gone.items()}
        sets = {row: some for row, some in sets.items() if len(some)}
        tried = np.repeat(np.array(list(sets), dtype=np.int64), [len(some) for some in sets.values()])
        leavers = np.concatenate([*sets.values(), np.zeros((0, number), dtype=np.int64)])
        ranks, order = trial(tried, leavers, f"level without {number} member{'s' * (number > 1)}")
        lowered = ranks < found.decision.low[tried]
        exits[tried[lowered]] = number
        if number == 1:
            for row, node, rank in zip(tried[lowered], leavers[lowered, 0], ranks[lowered], strict=True):
                pivotal[row].append((int(node), int(rank)))
        nearest = order[np.unique(tried[order], return_index=True)[1]]  # the set after which the level is nearest to falling
        gone = {int(tried[k]): leavers[k] for k in nearest if exits[tried[k]] < 0}
    return Exits(pivotal, exits, exits <= EXACT)


def _further(everyone: Ints, gone: Ints) -> Ints:
    """Those who are gone, and one more: one row for each who is left."""
    left = everyone[~np.isin(everyone, gone)]
    return np.column_stack([np.tile(gone, (len(left), 1)), left])


def _pairs(everyone: Ints) -> Ints:
    one, other = np.triu_indices(len(everyone), 1)
    return np.column_stack([everyone[one], everyone[other]])


class _Trial:
    """Levels of clusters that some members have left."""

    def __init__(self, found: Findings, progress: bool | None) -> None:
        self.found, self.progress = found, progress
        self.moving = [k for k, c in enumerate(found.rules.criteria) if found.rules.meaning(c.indicator).direction != "fixed"]
        keys = tuple(dict.fromkeys(found.rules.criteria[k].key for k in self.moving))
        self.keys = found.rules.keys if COMPLETENESS in keys else keys  # it is that of the data for all other keys
        self.soft = [soft_of(found.rules, level) for level in found.rules.levels]

    def members(self) -> list[Ints]:
        """The members of each cluster in the order of their identifiers, so that no result depends on the order of rows."""
        members, nodes = self.found.snapshot.members, self.found.snapshot.cooperation.nodes["node"]
        place = np.empty(len(nodes), dtype=np.int64)
        place[np.argsort(nodes.to_numpy(), kind="stable")] = np.arange(len(nodes))
        return [part[np.argsort(place[part])] for part in np.split(members.node, members.ptr[1:-1])]

    def shaken(self) -> Ints:
        """The clusters whose level rests on something that members can change."""
        resting = self._resting(self.found.decision.low)
        moved = np.array([any(self.found.rules.criteria[k].level == level for k in self.moving) for level in self.found.rules.levels])
        return np.flatnonzero((resting & moved).any(axis=1))

    def __call__(self, rows: Ints, leavers: Ints, what: str) -> tuple[Ints, Ints]:
        """The rank of row ``rows[k]`` without the members ``leavers[k]``; and the order of the sets from where the level is nearest to falling."""
        costs = self.found.snapshot.members.counts[rows]
        cuts = bounds(costs, int(costs.sum()) // _AT_ONCE + 1)
        parts = [slice(a, b) for a, b in itertools.pairwise(cuts)]
        done = [self._part(rows[part], leavers[part]) for part in progress_bar(parts, len(parts), what, self.progress)]
        ranks = np.concatenate([np.zeros(0, dtype=np.int64), *(rank for rank, _ in done)])
        near = np.concatenate([np.zeros((0, 2)), *(key for _, key in done)])
        return ranks, np.lexsort((np.arange(len(rows)), near[:, 1], near[:, 0]))

    def _part(self, rows: Ints, leavers: Ints) -> tuple[Ints, Floats]:
        snapshot, rules = self.found.snapshot.without(rows, leavers), self.found.rules
        values = {key: Values(*(part[rows] for part in value)) for key, value in self.found.values.items()}
        values |= measure(snapshot, self.keys, facts=rules.facts, progress=False)
        decision = decide(rules, values)
        gaps = gaps_of(rules, values, decision.met)
        counted = [rules.meaning(c.indicator).kind != "number" for c in rules.criteria]
        slack = np.where(counted, gaps.slack, gaps.relative_slack * snapshot.members.counts[:, None])
        slack[:, [k for k in range(slack.shape[1]) if k not in self.moving]] = np.inf
        return decision.low, self._near(np.where(decision.met == MET, slack, 0.0), self.found.decision.low[rows])

    def _resting(self, low: Ints) -> npt.NDArray[np.bool_]:
        """Rows × levels: those on which a rank rests."""
        ranks = np.arange(1, len(self.found.rules.levels) + 1)
        return (ranks <= low[:, None]) if self.found.rules.cumulative else (ranks == low[:, None])

    def _near(self, slack: Floats, low: Ints) -> Floats:
        """For each row how far the level is from falling: by its nearest criterion (soft ones: the last that would have to give way), then by all of them."""
        rules = self.found.rules
        cost = np.full((len(slack), len(rules.levels)), np.inf)
        for place, (level, soft) in enumerate(zip(rules.levels, self.soft, strict=True)):
            hard = [k for k, c in enumerate(rules.criteria) if c.level == level and c.strength == "hard"]
            cost[:, place] = slack[:, hard].min(axis=1, initial=np.inf)
            if soft.enough > 0:
                order = np.argsort(slack[:, soft.criteria], axis=1, kind="stable")
                left = soft.weights.sum() - np.cumsum(soft.weights[order], axis=1)
                last = np.argmax(left < soft.enough, axis=1)
                cost[:, place] = np.minimum(cost[:, place], np.sort(slack[:, soft.criteria], axis=1)[np.arange(len(slack)), last])
        cost = np.where(self._resting(low), cost, np.inf)
        total = np.where(np.isfinite(slack), slack, 0.0).sum(axis=1)
        return np.column_stack([cost.min(axis=1), total])
