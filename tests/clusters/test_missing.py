from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovnet.clusters._assess import assess, findings
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._decide import decide
from innovnet.clusters._gaps import gaps_of, least
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._missing import Findings, missing_table
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Pace, Soft
from innovnet.clusters._snapshot import snapshot_of
from innovnet.clusters._values import Values
from innovnet.graph._tables import quality

AT = pd.Timestamp("2025-12-31")
#: cluster -> (criterion, group, gap) in the order of ease, distance
EXPECTED = {
    "K03": ([("E1", "needed", 1)], 0.2),
    "K04": ([("F4", "needed", 3), ("F3", "data", None)], 2),
    "K05": ([("F4", "needed", 3)], 1),
    "K06": ([("F1", "needed", 1)], 0.2),
    "K07": ([("D5", "choice", 3), ("D6", "choice", 2), ("D7", "choice", 1), ("D1", "time", 0.1616), ("D2", "time", 5)], 2.054),
    "K08": ([("D3", "needed", 1)], 1),
    "K09": ([("M3", "needed", 1), ("M5", "choice", 1), ("M7", "choice", 1), ("M6", "choice", 2)], 0.533),
    "K10": ([], None),
    "K11": ([("M3", "data", 1)], 0.333),
    "K12": (
        [("M4", "needed", 2), ("M7", "choice", 1), ("M8", "choice", 0.1), ("M5", "choice", 2), ("M2", "time", 5), ("M1", "time", 0.4137), ("M3", "data", 1)],
        2.333,
    ),
}


@pytest.fixture(scope="module")
def found(twelve):
    return assess(twelve, rules="lithuania", at=AT, robustness=False)


@pytest.fixture(scope="module")
def snapshot(twelve):
    return snapshot_of(twelve, cooperation_of(twelve, None), AT, load_rules("lithuania").settings)


@pytest.mark.parametrize("cluster", EXPECTED)
def test_what_is_missing_for_the_next_level(found, cluster):
    rows, distance = EXPECTED[cluster]
    table = found.missing.query("cluster == @cluster")
    assert list(zip(table["criterion"], table["group"], strict=True)) == [row[:2] for row in rows]
    for gap, (_, _, expected) in zip(table["gap"], rows, strict=True):
        assert np.isnan(gap) if expected is None else gap == pytest.approx(expected, abs=5e-5)
    level = found.levels.loc[cluster]
    assert np.isnan(level["distance"]) if distance is None else level["distance"] == pytest.approx(distance, abs=5e-4)
    assert set(table["level"]) <= {level["next_level"]}


def test_it_is_said_in_sentences(found):
    said = found.missing.set_index(["cluster", "criterion"])["text"]
    assert said["K09", "M3"] == "One more member with declared R&D (2 of 3)"
    assert said["K12", "M1"] == "joint activity: on 2026-06-01 by itself"
    assert said["K07", "D2"] == "members of long standing (3 years): on 2026-02-28 by itself"
    assert (
        said["K11", "M3"]
        == "members with R&D: 2 to 4, at least 3 needed; not known of Organisation q2, Organisation q3: one yes is enough; if both say no, one more such member needed"
    )
    assert said["K04", "F3"] == "joint activity: not known, at least 1 year needed"
    assert said["K08", "D3"] == "An approved strategy in force"
    assert said["K12", "M8"] == "own funds: 20 %, at least 30 % needed; 1 of these 3 is enough"
    assert said["K09", "M6"] == "Two more foreign members or partners (1 of 3); 1 of these 3 is enough"
    assert said["K06", "F1"] == "One more independent member (4 of 5)"
    assert not found.missing["text"].str.contains("fail").any()


def test_nothing_is_missing_at_the_top(found):
    assert pd.isna(found.levels.loc["K10", "next_level"])
    assert "K10" not in set(found.missing["cluster"])


def test_a_share_of_weights_is_made_up_by_the_cheapest(snapshot):
    rules = load_rules("lithuania")
    heavy = tuple(replace(c, weight=2.0) if c.id == "M6" else c for c in rules.criteria)
    rules = replace(rules, criteria=heavy, soft={**rules.soft, "mature": Soft(share=0.75)})  # 3.75 of 5; K09 has M8
    rows, distance = missing_table(findings(snapshot, rules))
    table = pd.DataFrame(rows).query("cluster == 'K09'")
    assert table["criterion"].tolist() == ["M3", "M5", "M7", "M6"]
    assert distance[snapshot.ids.get_loc("K09")] == pytest.approx(1 / 3 + 0.2 + 0.25 + 2 / 3)
    assert table["text"].iloc[1].endswith("weight 2.75 of these is enough (this one: 1)")


@settings(max_examples=60)
@given(data=st.data(), name=st.sampled_from(["lithuania", "generic"]), missing=st.booleans())
def test_who_closes_the_gaps_has_the_next_level(snapshot, data, name, missing):
    """All that is listed at the least value that meets it: then the level is certain."""
    rules = load_rules(name)
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    values = {key: _any_values(rules, key, snapshot.rows, rng, missing) for key in rules.keys}
    decision = decide(rules, values)
    nothing = np.full(decision.met.shape, np.datetime64("NaT", "D"))
    found = Findings(snapshot, rules, values, decision, gaps_of(rules, values, decision.met), nothing)
    rows, distance = missing_table(found)
    table = pd.DataFrame(rows, columns=["cluster", "criterion", "group", "relative_gap"])
    closed = {key: Values(*(part.copy() for part in value)) for key, value in values.items()}
    for row, cluster in enumerate(snapshot.ids):
        lacking = table[table["cluster"] == cluster]
        assert (decision.low[row] == len(rules.levels)) == np.isnan(distance[row]) == (not len(lacking))
        assert distance[row] <= lacking["relative_gap"].sum() + 1e-9 or not len(lacking)
        for criterion in rules.criteria:
            if criterion.id in set(lacking["criterion"]):
                enough = least(rules, criterion) + (criterion.op == ">") * (rules.meaning(criterion.indicator).kind != "count") * 0.01
                closed[criterion.key].low[row] = max(closed[criterion.key].low[row], enough)
                closed[criterion.key].high[row] = max(closed[criterion.key].high[row], enough)
    assert (decide(rules, closed).low >= np.minimum(decision.low + 1, len(rules.levels))).all()


def _any_values(rules, key, rows, rng, missing) -> Values:
    criteria = [c for c in rules.criteria if c.key == key]
    kind = rules.meaning(criteria[0].indicator).kind
    top = 1.5 * max(c.threshold for c in criteria)
    value = rng.uniform(0, top, rows) if kind == "number" else rng.integers(0, 2 if kind == "flag" else int(top) + 2, rows).astype(float)
    sure = Values.certain(value)
    return sure.unless(rng.random(rows) < 0.2, 0.0, 1.0 if kind == "flag" else np.inf) if missing else sure


def test_who_is_probably_one_organisation_or_of_unknown_owners_is_named(twelve_frames):
    tables = {**twelve_frames}
    tables["organisations"] = tables["organisations"].assign(name=lambda t: t["name"].replace("Organisation r5", "Organisation r4"))
    strict = load_rules("lithuania")
    strict = replace(strict, settings=replace(strict.settings, unlisted_ownership="unknown"))
    register = Register._from_tables(tables, quality())
    usual, audit = (assess(register, rules=rules, at=AT, robustness=False) for rules in ("lithuania", strict))
    one = usual.missing.query("cluster == 'K08'").set_index("criterion")
    assert one.loc["E1", "text"] == "members: 4 to 5, at least 5 needed; not known of Organisation r4, Organisation r4"
    assert one.loc["E1", ["group", "gap"]].tolist() == ["data", 1]
    assert usual.levels.loc["K08", ["level_low", "level_high"]].tolist() == ["not a cluster", "formed"]
    other = audit.missing.query("cluster == 'K07'").set_index("criterion")
    assert other.loc["F1", "text"].startswith("independent members: 1 to 6, at least 5 needed; not known of Organisation s0, ")
    assert other.loc["F1", "text"].endswith(" and 1 more")


def test_of_a_fact_with_a_range_the_certain_part_counts(twelve_frames):
    facts = {"cluster": ["K10", "K09"], "year": 2024, "eccp_listed": [1.0, 1.0], "audit_score_low": [0.7, None], "audit_score_high": [0.9, None]}
    rules = load_rules("ecei")
    rules = replace(rules, criteria=tuple(replace(c, level="listed") for c in rules.criteria if c.id in ("G1", "G2")), levels=("listed",), pace=Pace())
    register = Register._from_tables({**twelve_frames, "facts": pd.DataFrame(facts)}, quality())
    found = assess(register, rules=rules, at=AT)
    rows = found.missing.set_index(["cluster", "criterion"])
    assert rows.loc[("K10", "G2"), ["gap", "relative_gap"]].to_numpy(dtype=float) == pytest.approx([0.1, 0.125])
    assert rows.loc[("K10", "G2"), "text"] == "audit score: 70 % to 90 %, at least 80 % needed"
    assert np.isnan(rows.loc[("K09", "G2"), "gap"])
    assert rows.loc[("K09", "G2"), "text"] == "audit score: not known, at least 80 % needed"
    assert found.levels.loc["K10", ["exits", "exits_exact"]].isna().all()
