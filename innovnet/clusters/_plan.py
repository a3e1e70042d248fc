"""Rules as arrays, for levels that a simulation asks for every year: where all that they count is known."""

from collections.abc import Mapping, Sequence

import numpy as np

from innovnet._check import some
from innovnet.clusters._catalogue import FACT, parsed
from innovnet.clusters._counts import COUNTED
from innovnet.clusters._counts_kernel import (
    CONNECTED,
    CORES,
    DISTINCT,
    FIRM_RESEARCH,
    FLAGS,
    FOREIGN,
    KINDS,
    LARGEST,
    LINKED_LOW,
    OUT,
    PARTNER_LOW,
    REACH,
    REPEATED,
    RESEARCH,
    TIES,
    WITHOUT_ANY,
    WITHOUT_COORDINATOR,
    YES,
)
from innovnet.clusters._decide import _EQUAL, Interval, compared
from innovnet.clusters._ranks_kernel import ALWAYS, AT_LEAST, GIVEN, NO_RULE, NOWHERE, OF_MEMBERS, OF_TENURED, OF_TIES, OPERATORS, SHARE, Plan
from innovnet.clusters._rules import Criterion, Rules, Soft
from innovnet.errors import DataError
from innovnet.graph._tables import freeze


def counts_at() -> Mapping[str, tuple[int, int]]:
    """Where the counts stand, if all is known, by their indicators."""
    return {
        "members": (OF_MEMBERS, DISTINCT),
        "member_kinds": (OF_MEMBERS, KINDS),
        "members_research": (OF_MEMBERS, RESEARCH),
        "members_foreign": (OF_MEMBERS, FOREIGN),
        "members_sme": (OF_MEMBERS, YES + FLAGS.index("sme")),
        "members_rd": (OF_MEMBERS, YES + FLAGS.index("rd")),
        "members_exporting": (OF_MEMBERS, YES + FLAGS.index("exporting")),
        "members_high_value": (OF_MEMBERS, YES + FLAGS.index("high_value")),
        "has_coordinator": (ALWAYS, 0),
        "members_independent_partner": (OF_MEMBERS, PARTNER_LOW),
        "ties": (OF_TIES, TIES),
        "ties_repeated": (OF_TIES, REPEATED),
        "ties_firm_research": (OF_TIES, FIRM_RESEARCH),
        "members_connected": (OF_TIES, CONNECTED),
        "largest": (OF_TIES, LARGEST),
        "largest_without_coordinator": (OF_TIES, WITHOUT_COORDINATOR),
        "largest_without_any": (OF_TIES, WITHOUT_ANY),
        "ties_out": (OF_TIES, OUT),
        "foreign_reach": (OF_TIES, REACH),
    }


def plan_of(rules: Rules, given: Sequence[str]) -> Plan:
    """Rules as arrays, for :func:`innovnet.clusters._ranks_kernel.ranks`; ``given`` are the indicators whose columns it gets, the further ones are not known.

    All that is counted is known, and each cluster has a coordinator: the ranks are then those of :func:`innovnet.clusters._decide.decide`, where what is not known
    counts as the rules say.
    """
    columns_needed(rules)
    counts = counts_at()
    names = [parsed(key) for key in rules.keys]
    years = sorted({args["years"] for name, args in names if name == "members_tenured"})
    ks = sorted({int(args["k"]) for name, args in names if name == "members_core"})
    partner = rules.settings.independence == "partner"

    def place(key: str) -> tuple[int, int]:
        name, args = parsed(key)
        match name:
            case "members_independent":
                return OF_MEMBERS, PARTNER_LOW if partner else LINKED_LOW
            case "members_tenured":
                return OF_TENURED, years.index(args["years"])
            case "members_core":
                return OF_TIES, CORES + ks.index(int(args["k"]))
        return counts.get(name, (GIVEN, given.index(key)) if key in given else (NOWHERE, 0))

    places = np.array([place(key) for key in rules.keys], dtype=np.int64).reshape(-1, 2)
    thresholds = np.array([one.threshold for one in rules.criteria], dtype=np.float64)
    soft = [_enough(rules, level) for level in rules.levels]
    arrays = (
        places[:, 0],
        places[:, 1],
        np.array([rules.keys.index(one.key) for one in rules.criteria], dtype=np.int64),
        np.array([OPERATORS.index(one.op) for one in rules.criteria], dtype=np.int64),
        thresholds,
        _EQUAL * np.maximum(1.0, np.abs(thresholds)),
        np.array([_assumed(rules, one) for one in rules.criteria], dtype=np.int64),
        np.array([rules.levels.index(one.level) for one in rules.criteria], dtype=np.int64),
        np.array([one.strength == "hard" for one in rules.criteria], dtype=np.int64),
        np.array([one.weight for one in rules.criteria], dtype=np.float64),
        np.array([kind for kind, _ in soft], dtype=np.int64),
        np.array([number for _, number in soft], dtype=np.float64),
        np.array(years, dtype=np.float64),
        np.array(ks, dtype=np.int64),
    )
    counted = {name for name, _ in names}
    return Plan(
        **dict(zip(Plan._fields, freeze(*(np.ascontiguousarray(part) for part in arrays)), strict=False)),
        by=2 if partner else 0,
        window=rules.settings.window_years,
        everyone="ties_out" in counted,
        staff="members_sme" in counted,
        cumulative=rules.cumulative,
    )


def _enough(rules: Rules, level: str) -> tuple[int, float]:
    """How the soft criteria of a level are counted, and how many, or which weight of them, it needs."""
    own = rules.by_level[level]
    rule = rules.soft[level] if len(own.soft) else Soft()
    if rule.at_least is not None:
        return AT_LEAST, rule.at_least
    return (NO_RULE, 0.0) if rule.share is None else (SHARE, rule.share * own.weights.sum() * (1 - _EQUAL))


def _assumed(rules: Rules, criterion: Criterion) -> bool:
    """Whether a criterion counts as met where its indicator is not known."""
    meaning = rules.meaning(indicator_of(criterion.key))
    certain, possible = compared(criterion.op, criterion.threshold, Interval(np.array([meaning.low]), np.array([meaning.high])))
    return bool((possible if rules.settings.missing == "met" else certain)[0])


def columns_needed(rules: Rules) -> tuple[str, ...]:
    """The indicators of the rules that are not counted: their columns are given; rules that need what is not counted at every step are refused."""
    further = tuple(key for key in rules.keys if parsed(key)[0] not in COUNTED)
    costly = [key for key in further if not rules.meaning(indicator_of(key)).cheap]
    if costly:
        criteria = [criterion.id for criterion in rules.criteria if criterion.key in costly]
        msg = (
            f"the rules {rules.name!r} need what is not counted at every step of a simulation: {some(costly, 20)} (criteria {', '.join(criteria)}). "
            f"Simulate with rules that do without, such as 'lithuania'; an assessment of a single day can use them."
        )
        raise DataError(msg)
    return further


def indicator_of(key: str) -> str:
    """The indicator or the declared fact of a key."""
    return key if key.startswith(FACT) else parsed(key)[0]
