"""Levels from values: the register of twelve, three-valued logic against all completions, and what may never happen."""

import time
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from innovnet.clusters import load_rules
from innovnet.clusters._decide import compared, decide
from innovnet.clusters._rules import Criterion, Rules, Soft, Source
from innovnet.clusters._values import Values
from innovnet.errors import DataError

NAMES = [f"K{k:02}" for k in range(1, 13)]
UNKNOWN = (0.0, np.inf)
#: The register of twelve at the end of 2025: a number, or what it is known to lie between.
TWELVE = {
    "members": [0, 2, 4, 5, 5, 6, 6, 5, 7, 7, 6, 5],
    "members_independent": [0, 2, 4, 5, 5, 4, 6, 5, 7, 7, 6, 5],
    "governance": [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    "strategy": [0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1],
    "has_coordinator": [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    "joint_years": [10.8384, 2, 10, UNKNOWN, 4, 6, 2.8384, 3.5863, 7, 10, 8, 4.5863],
    "members_connected": [0, 2, 4, 0, 0, 6, 6, 5, 6, 7, 5, 5],
    "members_tenured(years=3)": [0, 0, 4, 0, 5, 4, 0, 5, 6, 7, 6, 5],
    "members_tenured(years=5)": [0, 0, 4, 0, 0, 4, 0, 0, 6, 7, 6, 0],
    "members_rd": [0, 0, 4, 0, 0, 0, 2, 1, 2, 4, (2, 4), (2, 3)],
    "members_high_value": [0, 0, 4, 0, 0, 0, 0, 0, 4, 4, 3, 1],
    "members_exporting": [0, 0, 4, 0, 0, 0, 3, 2, 3, 4, 2, 2],
    "members_core(k=2)": [0, 0, 4, 0, 0, 3, 0, 5, 4, 5, 5, 3],
    "ties_repeated": [0, 0, 1, 0, 0, 0, 0, 0, 2, 2, 0, 0],
    "foreign_reach": [0, 0, 1, 0, 1, 0, 0, 0, 1, 3, 0, 3],
    "largest_without_coordinator": [0, 2, 3, 1, 1, 2, 1, 4, 3, 6, 4, 3],
    "own_funds_share": [0, (0, 1), 0.5, (0, 1), 1, 0.2, 0.25, 0.4, 0.35, 0.4, (0, 1), 0.2],
}
LOW = [0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 3, 3]
HIGH = [0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 3]
GATES = [0, 0, 0, 2, 2, 1, 2, 2, 2, 4, 2, 2]


def values_of(table):
    low, high = ({k: np.array([v[i] if isinstance(v, tuple) else v for v in row], dtype=float) for k, row in table.items()} for i in (0, 1))
    return {k: Values(low[k], np.where(low[k] == high[k], low[k], np.nan), high[k], (low[k] == high[k]) * 1.0) for k in table}


@pytest.fixture(scope="module")
def lithuania():
    return load_rules("lithuania")


def rules_of(*criteria, levels=("one", "two"), **options):
    listed = [Criterion(f"C{k}", level, indicator, op, threshold, "", **more) for k, (level, indicator, op, threshold, more) in enumerate(criteria)]
    return Rules("test", levels, tuple(listed), {"own": Source("test", "2026-11-24", "own")}, **options)


def test_the_register_of_twelve(lithuania):
    decision = decide(lithuania, values_of(TWELVE))
    assert dict(zip(NAMES, decision.low.tolist(), strict=True)) == dict(zip(NAMES, LOW, strict=True))
    assert dict(zip(NAMES, decision.high.tolist(), strict=True)) == dict(zip(NAMES, HIGH, strict=True))
    assert dict(zip(NAMES, decision.gates.tolist(), strict=True)) == dict(zip(NAMES, GATES, strict=True))


def test_gates_rest_on_so_many_criteria(lithuania):
    decision = decide(lithuania, values_of(TWELVE))
    assert decision.gates_criteria.tolist() == [{0: 0, 1: 1, 2: 2, 4: 6}[gate] for gate in GATES]


def test_what_is_not_known_is_marked(lithuania):
    met = decide(lithuania, values_of(TWELVE)).met
    column = [c.id for c in lithuania.criteria]
    unknown = {(NAMES[r], column[c]) for r, c in np.argwhere(met == -1)}
    assert {("K11", "M3"), ("K12", "M3"), ("K11", "M8"), ("K04", "F3")} <= unknown
    assert ("K12", "D4") not in unknown
    assert met.dtype == np.int8
    assert met.shape == (12, 21)


def test_order_of_rows_and_other_keys_do_not_matter(lithuania):
    values = values_of(TWELVE)
    order = np.random.default_rng(1).permutation(12)
    turned = {key: Values(*(part[order] for part in value)) for key, value in values.items()} | {"age": Values.certain(np.zeros(3))}
    assert decide(lithuania, turned).low.tolist() == np.array(LOW)[order].tolist()


@pytest.mark.parametrize(
    ("op", "threshold", "low", "high", "met"),
    [
        (">=", 5, 5, 9, 1), (">=", 5, 4, 5, -1), (">=", 5, 0, 4, 0),
        (">", 5, 5, 5, 0), (">", 5, 5, 6, -1), (">", 5, 6, 6, 1),
        ("<=", 5, 0, 5, 1), ("<=", 5, 5, 6, -1), ("<=", 5, 6, 6, 0),
        ("<", 5, 0, 4, 1), ("<", 5, 4, 5, -1), ("<", 5, 5, 5, 0),
        ("is", 1, 1, 1, 1), ("is", 1, 0, 1, -1), ("is", 1, 0, 0, 0),
        ("is", 0, 0, 0, 1), ("is", 0, 0, 1, -1), ("is", 0, 1, 1, 0),
        (">=", 5, 0, np.inf, -1),
    ],
)  # fmt: skip
def test_comparisons(op, threshold, low, high, met):
    certain, possible = compared(op, threshold, Values(np.array([low]), np.array([np.nan]), np.array([high]), np.zeros(1)))
    assert (1 if certain[0] else -1 if possible[0] else 0) == met


@pytest.mark.parametrize("op", [">=", ">", "<=", "<", "is"])
def test_what_is_not_defined_is_not_met(op):
    certain, possible = compared(op, 1, Values.certain([np.nan]))
    assert not certain[0]
    assert not possible[0]


def test_a_missing_point_with_an_interval_is_not_known():
    value = Values(np.array([0.0]), np.array([np.nan]), np.array([1.0]), np.zeros(1))
    assert decide(rules_of(("one", "density", ">=", 0.5, {}), levels=("one",)), {"density": value}).met.tolist() == [[-1]]


def test_equal_up_to_rounding():
    share = np.array([0.3, 0.1 * 3, (0.3 + 0.3 + 0.3) / 3, 1 - 0.7])
    for op, met in ((">=", True), (">", False), ("<=", True), ("<", False)):
        assert compared(op, 0.3, Values.certain(share))[0].tolist() == [met] * 4


def test_soft_by_weight():
    soft = [("one", "members", ">=", 1, {"strength": "soft", "weight": 2.0}), *[("one", name, ">=", 1, {"strength": "soft"}) for name in ("ties", "largest")]]
    rules = rules_of(*soft, levels=("one",), soft={"one": Soft(share=0.5)})
    cases = list(product([0, 1], repeat=3))
    values = {name: Values.certain([case[k] for case in cases]) for k, name in enumerate(("members", "ties", "largest"))}
    assert decide(rules, values).low.tolist() == [int(2 * a + b + c >= 2) for a, b, c in cases]


def test_levels_that_do_not_build_on_each_other():
    listed = [
        (level, f"fact:{level}", "is", 1.0, {"kind": kind}) for level, kind in (("one", "published"), ("two", "operationalisation"), ("three", "borrowed"))
    ]
    rules = rules_of(*listed, levels=("one", "two", "three"), cumulative=False)
    cases = list(product([0, 1], repeat=3))
    values = {f"fact:{name}": Values.certain([case[k] for case in cases]) for k, name in enumerate(rules.levels)}
    decision = decide(rules, values)
    assert decision.low.tolist() == [max(k + 1 if case[k] else 0 for k in range(3)) for case in cases]
    assert decision.gates.tolist() == [3 if case[2] else case[0] for case in cases]
    assert decision.gates_criteria.tolist() == [int(case[2] or case[0]) for case in cases]


def test_gold_without_silver():
    rules = load_rules("ecei")
    values = {key: Values.certain([0.0]).unless(np.array([True])) for key in rules.keys}
    values |= {"fact:eccp_listed": Values.certain([1]), "fact:audit_score": Values.certain([0.85]), "fact:improved_areas": Values.certain([1])}
    decision = decide(rules, values)
    assert (decision.low[0], decision.high[0], decision.gates[0], decision.gates_criteria[0]) == (4, 4, 4, 2)


def test_rules_without_gates():
    decision = decide(load_rules("generic"), {key: Values.certain([99.0]) for key in load_rules("generic").keys} | {"has_coordinator": Values.certain([1])})
    assert (decision.low[0], decision.gates[0], decision.gates_criteria[0]) == (4, 0, 0)


def test_an_absent_indicator_is_named(lithuania):
    with pytest.raises(DataError, match="'strategy'"):
        decide(lithuania, {key: value for key, value in values_of(TWELVE).items() if key != "strategy"})


def test_whole_number_columns_of_a_simulation(lithuania):
    values = {key: Values.certain([9, 0]) for key in lithuania.keys}
    whole = {key: Values(*(np.array([9, 0]) for _ in range(4))) for key in lithuania.keys}
    flags = {key: Values(*(np.array([True, False]) for _ in range(4))) for key in ("governance", "strategy")}
    certain = decide(lithuania, values | {key: Values.certain([1, 0]) for key in flags})
    for a, b in zip(certain, decide(lithuania, whole | flags), strict=True):
        assert np.array_equal(a, b)
        assert a.dtype == b.dtype


def test_no_cluster(lithuania):
    decision = decide(lithuania, {key: Values.certain([]) for key in lithuania.keys})
    assert decision.met.shape == (0, 21)
    assert len(decision.low) == len(decision.gates) == 0


def test_many_clusters_at_once(lithuania):
    rng = np.random.default_rng(0)
    values = {key: Values.certain(rng.integers(0, 9, 100_000)) for key in lithuania.keys}
    decide(lithuania, values)
    start = time.process_time()
    decide(lithuania, values)
    assert time.process_time() - start < 0.2


KEYS = ["members", "ties", "largest", "members_rd"]
OPS = [">=", ">", "<=", "<"]


@st.composite
def rules_and_intervals(draw, ops=OPS):
    levels = ("one", "two", "three")[: draw(st.integers(1, 3))]
    listed = []
    for level in levels:
        for _ in range(draw(st.integers(1, 3))):
            more = {"strength": draw(st.sampled_from(["hard", "soft"])), "weight": float(draw(st.integers(1, 3)))}
            listed.append((level, draw(st.sampled_from(KEYS)), draw(st.sampled_from(ops)), float(draw(st.integers(0, 4))), more))
    rule = st.one_of(st.builds(Soft, at_least=st.integers(1, 3)), st.builds(Soft, share=st.sampled_from([0.3, 0.5, 1.0])))
    rules = rules_of(*listed, levels=levels, cumulative=draw(st.booleans()), soft={level: draw(rule) for level in levels})
    ends = {key: sorted([draw(st.integers(0, 4)), draw(st.integers(0, 4))]) for key in KEYS}
    return rules, ends


def decided(rules, ends):
    return decide(rules, values_of({key: [(low, high)] for key, (low, high) in ends.items()}))


def point_level(rules, point):
    """The level of known values, straight from the definition."""
    holds = {">=": float.__ge__, ">": float.__gt__, "<=": float.__le__, "<": float.__lt__}
    own = []
    for level in rules.levels:
        mine = [(c, holds[c.op](float(point[c.indicator]), c.threshold)) for c in rules.criteria if c.level == level]
        soft, rule = [(c.weight, met) for c, met in mine if c.strength == "soft"], rules.soft[level]
        enough = not soft or (
            sum(met for _, met in soft) >= rule.at_least
            if rule.at_least is not None
            else sum(w * met for w, met in soft) >= rule.share * sum(w for w, _ in soft) - 1e-9
        )
        own.append(enough and all(met for c, met in mine if c.strength == "hard"))
    if rules.cumulative:
        return own.index(False) if False in own else len(own)
    return max((k for k, reached in enumerate(own, start=1) if reached), default=0)


@given(rules_and_intervals())
def test_every_completion_lies_within_and_known_values_decide(case):
    rules, ends = case
    decision = decided(rules, ends)
    completions = [point_level(rules, dict(zip(KEYS, point, strict=True))) for point in product(*(range(low, high + 1) for low, high in ends.values()))]
    assert decision.low[0] <= min(completions)
    assert max(completions) <= decision.high[0]
    if all(low == high for low, high in ends.values()):
        assert decision.low[0] == decision.high[0] == completions[0]
    if len({c.indicator for c in rules.criteria}) == len(rules.criteria):  # no two rest on the same unknown
        assert (decision.low[0], decision.high[0]) == (min(completions), max(completions))


@given(rules_and_intervals(), st.data())
def test_a_wider_interval_never_narrows(case, data):
    rules, ends = case
    wider = {key: [data.draw(st.integers(0, low)), data.draw(st.integers(high, 4))] for key, (low, high) in ends.items()}
    before, after = decided(rules, ends), decided(rules, wider)
    assert after.low[0] <= before.low[0]
    assert before.high[0] <= after.high[0]
    changed = before.met != after.met
    assert (after.met[changed] == -1).all()


@given(rules_and_intervals(ops=[">=", ">"]), st.data())
def test_more_never_lowers(case, data):
    rules, ends = case
    key = data.draw(st.sampled_from(KEYS))
    low, high = ends[key]
    assume(low < 4)
    raised = data.draw(st.integers(low + 1, 4))
    before, after = decided(rules, ends), decided(rules, ends | {key: [raised, max(raised, high)]})
    assert after.low[0] >= before.low[0]
    assert after.high[0] >= before.high[0]
    assert after.gates[0] >= before.gates[0]


@given(st.data())
def test_gates_by_definition(data):
    listed = []
    for level in ("one", "two", "three"):
        for _ in range(data.draw(st.integers(1, 2))):
            kind = data.draw(st.sampled_from(["published", "borrowed", "operationalisation"]))
            listed.append((level, data.draw(st.sampled_from(KEYS)), ">=", float(data.draw(st.integers(0, 4))), {"kind": kind}))
    rules = rules_of(*listed, levels=("one", "two", "three"))
    point = {key: data.draw(st.integers(0, 4)) for key in KEYS}
    gate = number = so_far = 0
    for rank, level in enumerate(rules.levels, start=1):
        own = [c for c in rules.criteria if c.level == level and c.gate]
        if not all(point[c.indicator] >= c.threshold for c in own):
            break
        so_far += len(own)
        gate, number = (rank, so_far) if own else (gate, number)
    decision = decided(rules, {key: [value, value] for key, value in point.items()})
    assert (decision.gates[0], decision.gates_criteria[0]) == (gate, number)


def test_the_missing_setting_does_not_change_the_interval(lithuania):
    met = replace(lithuania, settings=replace(lithuania.settings, missing="met"))
    for a, b in zip(decide(lithuania, values_of(TWELVE)), decide(met, values_of(TWELVE)), strict=True):
        assert np.array_equal(a, b)
