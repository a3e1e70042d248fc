import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from innovnet.clusters import _robustness
from innovnet.clusters._assess import assess, findings
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._decide import decide
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Criterion
from innovnet.clusters._snapshot import snapshot_of
from innovnet.clusters._values import Values
from innovnet.graph._tables import quality

AT = pd.Timestamp("2025-12-31")
#: cluster -> criteria that share the first place, change, relative change
WEAKEST = {
    "K04": (["E1"], 1, 0.2),
    "K05": (["E1"], 1, 0.2),
    "K06": (["E1"], 2, 0.4),
    "K07": (["E1", "F1"], 2, 0.4),
    "K08": (["E1", "F1"], 1, 0.2),
    "K09": (["D2"], 2, 0.4),
    "K10": (["E1", "F1", "D2", "M2"], 3, 0.6),
    "K11": (["E1", "F1", "D2"], 2, 0.4),
    "K12": (["E1", "F1", "D2"], 1, 0.2),
}
PIVOTAL = {
    "K04": ("d1 d2 d3 d4 d5", "not a cluster"),
    "K05": ("o1 o2 o3 o4 o5", "not a cluster"),
    "K07": ("s0", "emerging"),
    "K08": ("r1 r2 r3 r4 r5", "not a cluster"),
    "K11": ("q0 q1", "formed"),
    "K12": ("ff m1 m6 t1 t2", "not a cluster"),
}
EXITS = {"K04": 1, "K05": 1, "K06": 2, "K07": 1, "K08": 1, "K09": 2, "K10": 2, "K11": 1, "K12": 1}


@pytest.fixture(scope="module")
def found(twelve):
    return assess(twelve, rules="lithuania", at=AT, progress=False)


@pytest.mark.parametrize("cluster", WEAKEST)
def test_the_weakest_criterion(found, cluster):
    criteria, change, relative = WEAKEST[cluster]
    table = found.robustness.query("cluster == @cluster")
    first = table[np.isclose(table["relative_change"], table["relative_change"].iloc[0])]
    assert first["criterion"].tolist() == criteria
    assert (first["change"] == change).all()
    assert first["relative_change"].to_numpy() == pytest.approx(relative)
    assert (table["relative_change"].diff().dropna() >= 0).all()
    level = found.levels.loc[cluster]
    assert (level["weakest"], level["weakest_change"]) == (criteria[0], change)


def test_below_the_first_level_nothing_can_be_lost(found):
    low = found.levels.loc[["K01", "K02", "K03"]]
    assert low[["weakest", "weakest_change", "exits", "exits_exact"]].isna().all(axis=None)
    assert (low["pivotal"] == "").all()
    assert not set(found.robustness["cluster"]) & {"K01", "K02", "K03"}


def test_pivotal_members(found):
    for cluster, table in found.pivotal.groupby("cluster"):
        members, level = PIVOTAL[cluster]
        assert table["organisation"].tolist() == members.split()
        assert (table["level_without"] == level).all()
        assert found.levels.loc[cluster, "pivotal"] == "; ".join(members.split())
    assert set(found.pivotal["cluster"]) == set(PIVOTAL)
    assert found.pivotal["name"].iloc[0] == "Organisation d1"


def test_least_number_of_exits(found):
    assert found.levels["exits"].dropna().to_dict() == EXITS
    assert found.levels["exits_exact"].dropna().all()


def test_the_change_makes_the_criterion_false(found, twelve):
    """And the level falls: changed by that much, or by a hair more where numbers are continuous; a little less leaves it met."""
    rules = found.rules
    base = findings(snapshot_of(twelve, cooperation_of(twelve, None), AT, rules.settings), rules)
    for _, one in found.robustness.iterrows():
        k = next(k for k, c in enumerate(rules.criteria) if c.id == one["criterion"])
        criterion, row = rules.criteria[k], base.snapshot.ids.get_loc(one["cluster"])
        hair = 1e-6 if rules.meaning(criterion.indicator).kind == "number" else 0.0
        for extra, met in ((hair, 0), (-hair if hair else -1.0, 1)):
            low = base.values[criterion.key].low.copy()
            low[row] -= one["change"] + extra
            lowered = decide(rules, {**base.values, criterion.key: Values(low, low, low, np.ones(len(low)))})
            assert lowered.met[row, k] == met
            assert met or lowered.low[row] < base.decision.low[row]


def _least_exits(found, row) -> tuple[set[int], int | None]:
    """By trying every set of members."""
    members = found.snapshot.members
    nodes = members.node[members.ptr[row] : members.ptr[row + 1]].tolist()
    for size in range(1, len(nodes) + 1):
        sets = [list(one) for one in itertools.combinations(nodes, size)]
        ranks = findings(found.snapshot.without([row] * len(sets), sets), found.rules).decision.low
        lowering = [one for one, rank in zip(sets, ranks, strict=True) if rank < found.decision.low[row]]
        if lowering:
            return ({one[0] for one in lowering} if size == 1 else set()), size
    return set(), None


@pytest.mark.parametrize("rules", ["lithuania", "generic", "sums"])
def test_exits_against_all_sets_of_members(twelve, rules):
    rules = _several_weights() if rules == "sums" else load_rules(rules)
    found = findings(snapshot_of(twelve, cooperation_of(twelve, None), AT, rules.settings), rules)
    exits = _robustness.exits_of(found, progress=False)
    compared = 0
    for row in np.flatnonzero(found.decision.low > 0):
        alone, least = _least_exits(found, int(row))
        assert {node for node, _ in exits.pivotal[row]} == alone
        assert least is not None
        assert exits.exits[row] == least if exits.exact[row] else exits.exits[row] >= least
        compared += 1
    assert compared >= 6


def _several_weights():
    """Rules with soft criteria by weight, levels that do not build on each other, and one that asks for less."""
    base = load_rules("generic")
    soft = [
        Criterion("S1", "emerging", "members_connected", ">=", 3, "organisations", strength="soft", weight=2),
        Criterion("S2", "emerging", "ties_repeated", ">", 0, "ties", strength="soft"),
        Criterion("S3", "emerging", "members_exporting", ">=", 1, "organisations", strength="soft"),
    ]
    further = [c for c in base.criteria if c.id in ("G3", "G6", "G10", "G4")] + [Criterion("S4", "formed", "ties_out", "<=", 6, "ties")]
    return replace(base, criteria=(*soft, *further), soft={"emerging": base.soft["mature"]}, cumulative=False, guarantees=())


def _crowd(n: int, k: int) -> Register:
    """One cluster of n members of which nobody cooperates, and k that only meet the criterion of number."""
    organisations = pd.DataFrame({"organisation": [f"o{i:03}" for i in range(n)]}).assign(name=lambda t: "Firm " + t["organisation"], country="LT", kind="firm")
    membership = organisations[["organisation"]].assign(cluster="C", role="member", **{"from": "2020-01-01"})
    clusters = pd.DataFrame({"cluster": ["C"], "name": "C", "country": "LT", "sectors": "62", "founded": "2020-01-01"})
    facts = organisations[["organisation"]].assign(year=2025, rd_declared=["yes"] * k + ["no"] * (n - k), exporter="no")
    return Register._from_tables({"clusters": clusters, "membership": membership, "organisations": organisations, "member_facts": facts}, quality())


def test_beyond_three_exits_the_number_is_an_upper_bound_and_called_so():
    found = assess(_crowd(12, 0), rules="lithuania", at=AT, progress=False).levels.loc["C"]
    assert (found["level"], found["exits"], found["exits_exact"]) == ("emerging", 8, False)
    three = assess(_crowd(7, 0), rules="lithuania", at=AT, progress=False).levels.loc["C"]
    assert (three["exits"], three["exits_exact"]) == (3, True)


def test_the_greedy_way_goes_for_those_who_matter():
    rules = load_rules("generic")
    criteria = tuple(Criterion(f"C{k}", level, "members_rd", ">=", 1 + k, "organisations") for k, level in enumerate(rules.levels))
    found = assess(_crowd(30, 9), rules=replace(rules, criteria=criteria, soft={}), at=AT, progress=False).levels.loc["C"]
    assert (found["level"], found["exits"], found["exits_exact"]) == ("mature", 6, False)


def test_what_no_member_can_change_needs_no_exits():
    rules = load_rules("generic")
    criteria = tuple(Criterion(f"C{k}", level, "age", ">=", 1 + k, "years") for k, level in enumerate(rules.levels))
    found = assess(_crowd(6, 2), rules=replace(rules, criteria=criteria, soft={}), at=AT, progress=False)
    assert found.levels.loc["C", "level"] == "mature"
    assert found.levels.loc["C", ["exits", "exits_exact"]].isna().all()
    assert found.levels.loc["C", "weakest"] == "C3"


def test_parts_of_the_work_change_nothing(twelve, found, monkeypatch):
    monkeypatch.setattr(_robustness, "_AT_ONCE", 40)
    parts = assess(twelve, rules="lithuania", at=AT, progress=False)
    pd.testing.assert_frame_equal(parts.levels, found.levels)
    pd.testing.assert_frame_equal(parts.pivotal, found.pivotal)
