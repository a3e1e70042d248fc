"""What thresholds say of each other: an indicator that is always at least another one, and the ranges that criteria leave."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import ceil, floor
from typing import NamedTuple

from innovnet.clusters._rules import Criterion, Rules

_MEMBERS = {"members": 0.0}
#: indicator -> indicators that are always at least that plus a number.
_ABOVE: Mapping[str, Mapping[str, float]] = {
    "members_independent": _MEMBERS,
    "members_independent_partner": {"members_independent": 0.0},
    "members_tenured": {"members_independent": 0.0},
    "members_connected": _MEMBERS,
    "members_core": {"members_connected": 0.0},
    "largest": {"members": 0.0, "ties": -1.0},
    "largest_without_coordinator": {"largest": 0.0},
    "largest_without_any": {"largest_without_coordinator": 0.0},
    "members_foreign": {"members": 0.0, "foreign_reach": 0.0},
    "countries": {"foreign_reach": 0.0},
    "ties_repeated": {"ties": 0.0},
    "ties_new": {"ties": 0.0},
    "ties_firm_research": {"ties": 0.0},
    "foreign_clusters_linked": {"clusters_linked": 0.0},
} | dict.fromkeys(
    ("members_sme", "members_research", "members_rd", "members_exporting", "members_high_value", "shared_members", "member_kinds", "sectors", "regions"),
    _MEMBERS,
)


class Bound(NamedTuple):
    """The least or the greatest value that a criterion leaves. ``edge`` orders equal thresholds: 1 above it, −1 below it, 0 itself."""

    criterion: Criterion
    lower: bool
    end: tuple[float, int]  #: value, edge


def bound_of(criterion: Criterion, *, whole: bool) -> Bound:
    """What a criterion asks for, as an end of a range. For counts "more than 5" is "at least 6"."""
    value, op = criterion.threshold, criterion.op
    if op == "is":
        return Bound(criterion, value == 1, (value, 0))
    lower = op in (">=", ">")
    if op in (">=", "<="):
        return Bound(criterion, lower, (value, 0))
    if whole:
        return Bound(criterion, lower, (floor(value) + 1.0 if lower else ceil(value) - 1.0, 0))
    return Bound(criterion, lower, (value, 1 if lower else -1))


def distance(greater: Criterion, lesser: Criterion) -> float | None:
    """The largest known c such that the indicator of the first is always at least that of the second plus c; None if none is known.

    The same indicator with a larger argument counts fewer: members of 5 years' standing are members of 3.
    """
    if greater.indicator == lesser.indicator:
        return 0.0 if all(value <= lesser.args[key] for key, value in greater.args.items()) else None
    return _apart(greater.indicator, lesser.indicator) if _comparable(greater, lesser) else None


def _comparable(greater: Criterion, lesser: Criterion) -> bool:
    shared = greater.args.keys() & lesser.args.keys()
    return all(greater.args[key] <= lesser.args[key] for key in shared)


def _apart(greater: str, lesser: str) -> float | None:
    if greater == lesser:
        return 0.0
    found = [step + rest for name, step in _ABOVE.get(lesser, {}).items() if (rest := _apart(greater, name)) is not None]
    return max(found, default=None)


def needed(rules: Rules, level: str) -> list[Bound]:
    """What a cluster of the level certainly meets: the hard criteria, and the soft ones where all of them are asked for."""
    reach = rules.levels[: rules.rank(level)] if rules.cumulative else (level,)
    return [bound for one in reach for bound in bounds(rules, one) if bound.criterion.strength == "hard" or _all_asked(rules, one)]


def bounds(rules: Rules, level: str) -> list[Bound]:
    """The criteria of a level as ends of ranges."""
    return [bound_of(c, whole=rules.meaning(c.indicator).kind == "count") for c in rules.criteria if c.level == level]


def _all_asked(rules: Rules, level: str) -> bool:
    rule, number = rules.soft.get(level), sum(c.level == level and c.strength == "soft" for c in rules.criteria)
    return rule is not None and (rule.at_least == number or rule.share == 1)


def falls(rules: Rules) -> Iterator[tuple[Criterion, Criterion]]:
    """Pairs of a criterion and one of a higher level that asks less of the same indicator.

    What is only one of several to choose from below may be asked in a weaker form of all above.
    """
    ends = [bound for level in rules.levels for bound in bounds(rules, level)]
    for first, second in product(ends, ends):
        same = first.criterion.key == second.criterion.key and rules.rank(first.criterion.level) < rules.rank(second.criterion.level)
        choice = first.criterion.strength == "soft" and second.criterion.strength == "hard"
        if same and not choice and _less(first, second):
            yield first.criterion, second.criterion


def _less(first: Bound, second: Bound) -> bool:
    """Does the second ask less? A yes that turns to no does."""
    if first.lower != second.lower:
        return first.lower and first.criterion.op == second.criterion.op == "is"
    return second.end[0] < first.end[0] if first.lower else second.end[0] > first.end[0]


def conflicts(rules: Rules) -> Iterator[tuple[str, Bound, Bound]]:
    """Pairs of criteria that no cluster meets together, at the first level that needs both: a least value, and a greatest one below it."""
    fallen = set(map(_ids, falls(rules)))
    for level in rules.levels:
        ends = needed(rules, level)
        for least, most in product([e for e in ends if e.lower], [e for e in ends if not e.lower]):
            here = level in (least.criterion.level, most.criterion.level)
            if here and _ids((least.criterion, most.criterion)) not in fallen and _empty(least, most):
                yield level, least, most


def _ids(pair: tuple[Criterion, Criterion]) -> tuple[str, str]:
    return pair[0].id, pair[1].id


def _empty(least: Bound, most: Bound) -> bool:
    if least.criterion.indicator == "members_tenured" and most.criterion.indicator == "age":
        return least.end[0] > 0 and (least.criterion.args["years"], 0) > most.end  # nobody is a member for longer than the cluster exists
    apart = distance(most.criterion, least.criterion)
    return apart is not None and (least.end[0] + apart, least.end[1]) > most.end


def implied(rules: Rules) -> Iterator[tuple[Criterion, Criterion]]:
    """Pairs of a criterion and one of a lower level that already asks for as much. Only where levels build on each other."""
    for below, level in zip(rules.levels, rules.levels[1:], strict=False) if rules.cumulative else ():
        premises = needed(rules, below)
        for bound in bounds(rules, level):
            reason = next((premise for premise in premises if _implies(premise, bound)), None)
            if reason is not None:
                yield reason.criterion, bound.criterion


def _implies(premise: Bound, bound: Bound) -> bool:
    if premise.lower != bound.lower:
        return False
    greater, lesser = (bound, premise) if bound.lower else (premise, bound)
    apart = distance(greater.criterion, lesser.criterion)
    if apart is None:
        return False
    if bound.lower:
        return (premise.end[0] + apart, premise.end[1]) >= bound.end
    return (premise.end[0] - apart, premise.end[1]) <= bound.end
