"""What clusters lack for their next level: in figures, in sentences, and as one distance to sort by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE
from innovnet.clusters._counts import arrays_of
from innovnet.clusters._counts_kernel import FLAGS
from innovnet.clusters._decide import NOT_KNOWN, Decision
from innovnet.clusters._gaps import Gaps, Group, soft_of
from innovnet.clusters._rules import Criterion, Rules
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._values import Values
from innovnet.clusters._words import by_itself, lacking, unknown

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

#: Order of the groups in the table.
GROUPS = ("needed", "choice", "time", "data")
#: Which attribute of the members an indicator counts, as :func:`node_flags` calls it.
_FLAG_OF: Mapping[str, str] = {"members_sme": "sme", "members_rd": "rd", "members_exporting": "exporting", "members_high_value": "high_value"}


class Findings(NamedTuple):
    """What is known of the clusters of a snapshot under rules."""

    snapshot: Snapshot
    rules: Rules
    values: Mapping[str, Values]
    decision: Decision
    gaps: Gaps
    earliest: Days  #: clusters × criteria


def missing_table(found: Findings) -> tuple[list[dict[str, Any]], Floats]:
    """The rows of the table, and the distance of each cluster to its next level; NaN at the top."""
    rules, rows, distance = found.rules, [], np.full(found.snapshot.rows, np.nan)
    hard = {level: [k for k, c in enumerate(rules.criteria) if c.level == level and c.strength == "hard"] for level in rules.levels}
    soft = {level: soft_of(rules, level) for level in rules.levels}
    who = _Unknown(found.snapshot)
    for row in np.flatnonzero(found.decision.low < len(rules.levels)).tolist():
        level = rules.label(int(found.decision.low[row]) + 1)
        lacked = [k for k in hard[level] if found.decision.met[row, k] != 1]
        open_, lack, cheapest = _choice(soft[level], found, row)
        distance[row] = found.gaps.relative[row, lacked + cheapest].sum()
        suffix = _enough(soft[level], lack, len(open_))
        rows += _sorted([*_rows(found, who, row, lacked, ""), *_rows(found, who, row, open_, suffix)])
    return rows, distance


def _choice(group: Group, found: Findings, row: int) -> tuple[list[int], float, list[int]]:
    """Soft criteria to choose from, what weight of them is lacking, and the cheapest that make it up; nothing where enough are met."""
    met = found.decision.met[row, group.criteria] == 1
    lack = group.enough - float(group.weights[met].sum())
    if lack <= 0:
        return [], 0.0, []
    order = sorted(np.flatnonzero(~met).tolist(), key=lambda k: found.gaps.relative[row, group.criteria[k]])  # stable: ties in the order of the file
    before = np.cumsum([0.0, *group.weights[order]])[:-1]
    open_ = [group.criteria[k] for k in order]
    return open_, lack, [k for k, weight in zip(open_, before, strict=True) if weight < lack]


def _enough(group: Group, lack: float, choices: int) -> str:
    """How many of the choices, or how much of their weight, is enough."""
    if (group.weights == 1).all():
        lacking_number = int(np.ceil(lack))
        return f"; all of these {choices} are needed" if lacking_number >= choices > 1 else f"; {lacking_number} of these {choices} is enough" * (choices > 1)
    return f"; weight {lack:.3g} of these is enough (this one: {{weight:g}})"


def _rows(found: Findings, who: "_Unknown", row: int, criteria: Sequence[int], choice: str) -> Iterator[dict[str, Any]]:
    """One row for each lacking criterion; ``choice`` is said behind soft ones."""
    for k in criteria:
        criterion, day = found.rules.criteria[k], found.earliest[row, k]
        is_open, in_time = found.decision.met[row, k] == NOT_KNOWN, not np.isnat(day)
        yield {
            "cluster": found.snapshot.ids[row],
            "level": criterion.level,
            "criterion": criterion.id,
            "group": "data" if is_open else "time" if in_time and not choice else "choice" if choice else "needed",
            "gap": found.gaps.gap[row, k],
            "relative_gap": found.gaps.relative[row, k],
            "unit": criterion.unit,
            "earliest": pd.Timestamp(day) if in_time else pd.NaT,
            "text": _sentence(found, who, row, k) + choice.format(weight=criterion.weight),
        }


def _sentence(found: Findings, who: "_Unknown", row: int, k: int) -> str:
    rules, criterion = found.rules, found.rules.criteria[k]
    values, day = found.values[criterion.key], found.earliest[row, k]
    low, high = float(values.low[row]), float(values.high[row])
    if found.decision.met[row, k] == NOT_KNOWN:
        return unknown(rules, criterion, low, high, who(row, criterion))
    if not np.isnat(day):
        return by_itself(criterion, pd.Timestamp(day))
    return lacking(rules, criterion, low if criterion.op in (">=", ">", "is") else high, float(found.gaps.gap[row, k]))


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By group, then by ease; what time brings by its day."""
    return sorted(rows, key=lambda r: (GROUPS.index(r["group"]), r["earliest"] if r["group"] == "time" else pd.Timestamp(0), r["relative_gap"]))


class _Unknown:
    """Of which members an indicator is not known."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot, self.arrays = snapshot, arrays_of(snapshot)
        self.names = snapshot.cooperation.nodes["name"].to_numpy(dtype=object)

    def __call__(self, row: int, criterion: Criterion) -> list[str]:
        place = slice(*self.snapshot.members.ptr[row : row + 2])
        nodes = self.snapshot.members.node[place]
        names = self.names[nodes[self._open(criterion.indicator, nodes, place)]]
        return sorted(str(name) for name in names)

    def _open(self, indicator: str, nodes: npt.NDArray[np.int64], place: slice) -> Mask:
        arrays, data = self.arrays, CATALOGUE[indicator].data if indicator in CATALOGUE else ""
        if indicator in _FLAG_OF:
            return arrays.unknown[nodes, FLAGS.index(_FLAG_OF[indicator])]
        if indicator == "members" or "W" in data:  # probably one organisation; of unknown owners or standing
            open_ = pd.Series(arrays.duplicate[nodes]).duplicated(keep=False).to_numpy()
            if "W" in data:
                open_ = open_ | ~arrays.ownership_known[nodes]
            return open_ | (np.isnan(arrays.tenure[place]) & (indicator == "members_tenured"))
        return ~arrays.ties_known[nodes] & ("G" in data and indicator != "joint_years")
