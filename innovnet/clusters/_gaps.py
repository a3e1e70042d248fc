"""How far values are from thresholds: what a criterion lacks, and by how much one that is met could change."""

from collections.abc import Mapping
from math import ceil, floor, isfinite
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet.clusters._decide import _EQUAL
from innovnet.clusters._rules import Criterion, Rules
from innovnet.clusters._values import Values

Floats = npt.NDArray[np.float64]
Ints8 = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


class Gaps(NamedTuple):
    """Clusters × criteria."""

    gap: Floats  #: what the certain part of the value lacks, in its unit; 0 where the criterion is met, NaN where nothing is known
    relative: Floats  #: that / threshold, at most 1; 1 for yes/no and where nothing is known
    slack: Floats  #: by how much the value would have to change for the criterion to be false, in its unit; NaN unless it is met
    relative_slack: Floats  #: that / threshold; 1 for a yes that is withdrawn


def gaps_of(rules: Rules, values: Mapping[str, Values], met: Ints8) -> Gaps:
    """The distances of all criteria. ``met`` as :func:`~innovnet.clusters._decide.decide` has it: 1, 0, or −1 where it is not known."""
    found = [_one(rules, criterion, values[criterion.key], met[:, j]) for j, criterion in enumerate(rules.criteria)]
    return Gaps(*(np.column_stack(parts) for parts in zip(*found, strict=True)))


class Group(NamedTuple):
    """The soft criteria of a level, and how much of their weight is enough. Where their number counts, each weighs 1."""

    criteria: list[int]  #: positions in ``rules.criteria``
    weights: Floats
    enough: float


def soft_of(rules: Rules, level: str) -> Group:
    """The soft criteria of a level; none need be met where there are none."""
    criteria = [k for k, c in enumerate(rules.criteria) if c.level == level and c.strength == "soft"]
    rule = rules.soft.get(level)
    if not criteria or rule is None:
        return Group(criteria, np.zeros(len(criteria)), 0.0)
    if rule.share is None:
        return Group(criteria, np.ones(len(criteria)), float(rule.at_least or 0))
    weights = np.array([rules.criteria[k].weight for k in criteria])
    return Group(criteria, weights, rule.share * float(weights.sum()) * (1 - _EQUAL))


def upward(criterion: Criterion) -> bool:
    """Whether more is asked, not less."""
    return criterion.op in (">=", ">")


def least(rules: Rules, criterion: Criterion) -> float:
    """The nearest value that meets a criterion: of a count the next whole number, of a strict one on other numbers the threshold itself (the infimum)."""
    bound = criterion.threshold
    if rules.meaning(criterion.indicator).kind != "count" or not isfinite(bound):
        return bound
    return float({">=": ceil(bound), ">": floor(bound) + 1, "<=": floor(bound), "<": ceil(bound) - 1}[criterion.op])


def scale(criterion: Criterion) -> float:
    """What a change is relative to: the size of the threshold; 1 where it is 0."""
    return abs(criterion.threshold) or 1.0


def _one(rules: Rules, criterion: Criterion, values: Values, met: Ints8) -> tuple[Floats, Floats, Floats, Floats]:
    """Gap, relative gap, slack and relative slack of one criterion."""
    meaning = rules.meaning(criterion.indicator)
    ones, is_met = np.ones(len(met)), met == 1
    silent = np.isnan(values.value) & (values.low <= meaning.low if upward(criterion) else values.high >= meaning.high)
    if criterion.op == "is":
        gap, slack, size = ones, ones, 1.0
    else:
        bound, kind, size = least(rules, criterion), meaning.kind, scale(criterion)
        with np.errstate(invalid="ignore"):
            beyond = values.low - bound if upward(criterion) else bound - values.high
        gap, slack = np.maximum(-beyond, 0.0), np.maximum(beyond, 0.0) + (kind == "count")
    gap = np.where(is_met, 0.0, np.where(silent | ~np.isfinite(gap), np.nan, gap))
    relative = np.where(is_met, 0.0, np.where(np.isnan(gap), 1.0, np.minimum(1.0, gap / size)))
    slack = np.where(is_met, slack, np.nan)
    return gap, relative, slack, slack / size
