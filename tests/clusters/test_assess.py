from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.clusters._assess import assess, findings
from innovnet.clusters._assessment import COLUMNS
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._load_rules import load_rules
from innovnet.clusters._register import Register
from innovnet.clusters._snapshot import snapshot_of
from innovnet.errors import DataError, DataWarning
from innovnet.graph._tables import quality

AT = pd.Timestamp("2025-12-31")
BELOW = "not a cluster"
#: cluster -> level, highest possible level, gates
LEVELS = {
    "K01": (BELOW, BELOW, BELOW),
    "K02": (BELOW, BELOW, BELOW),
    "K03": (BELOW, BELOW, BELOW),
    "K04": ("emerging", "emerging", "formed"),
    "K05": ("emerging", "emerging", "formed"),
    "K06": ("emerging", "emerging", "emerging"),
    "K07": ("formed", "formed", "formed"),
    "K08": ("formed", "formed", "formed"),
    "K09": ("developing", "developing", "formed"),
    "K10": ("mature", "mature", "mature"),
    "K11": ("developing", "mature", "formed"),
    "K12": ("developing", "developing", "formed"),
}
ON_GATES = {BELOW: 0, "emerging": 1, "formed": 2, "mature": 6}


@pytest.fixture(scope="module")
def found(twelve):
    return assess(twelve, rules="lithuania", at="2025-12-31", progress=False)


def test_the_levels_of_the_twelve(found):
    levels = found.levels
    assert {c: tuple(row) for c, row in levels[["level_low", "level_high", "gates"]].T.items()} == LEVELS
    assert (levels["level"] == levels["level_low"]).all()
    assert {c: ON_GATES[gates] for c, gates in levels["gates"].items()} == levels["gates_criteria"].to_dict()
    order = [BELOW, *found.rules.levels]
    assert levels["rank_low"].tolist() == [order.index(level) for level in levels["level_low"]]
    assert levels["rank_high"].tolist() == [order.index(level) for level in levels["level_high"]]
    assert levels.loc["K09", "name"] == "Cluster K09"


def test_tables_have_their_columns_and_types(found):
    for name, columns in COLUMNS.items():
        table = getattr(found, name)
        assert {column: str(kind) for column, kind in table.dtypes.items()} == dict(columns), name
        assert len(table), name
    assert found.levels.index.name == "cluster"
    assert found.indicators.index.names == ["cluster", "indicator"]


def test_criteria_stand_with_value_mark_and_source(found):
    table = found.criteria.set_index(["cluster", "criterion"])
    assert len(table) == 12 * 21
    one = table.loc["K11", "M3"]
    assert (one["value_low"], one["value_high"], one["threshold"], one["unit"]) == (2, 4, 3, "organisations")
    assert pd.isna(one["met"])
    assert (one["kind"], one["source"], one["strength"]) == ("borrowed", "call2024", "hard")
    assert table.loc[("K11", "D2"), "label"] == "members of long standing (3 years)"
    assert table.loc[("K11", "D5"), "label"] == "core members (k = 2)"
    assert table.loc[("K12", "M8"), "gap"] == pytest.approx(0.1)
    assert table.loc[("K12", "M8"), "relative_gap"] == pytest.approx(1 / 3)
    assert (table.loc[table["met"].fillna(False), ["gap", "relative_gap"]] == 0).all(axis=None)
    assert (table.loc[~table["met"].fillna(False), "relative_gap"] > 0).all()
    assert (table.loc[("K04", ["F3", "D1", "M1"]), "relative_gap"] == 1).all()
    assert table.loc[("K04", ["F3", "D1", "M1"]), "gap"].isna().all()


def test_time_brings_a_criterion_on_an_exact_day(found):
    days = found.criteria.set_index(["cluster", "criterion"])["earliest"]
    assert days["K07", "D1"] == days["K07", "D2"] == pd.Timestamp("2026-02-28")
    assert days["K12", "M1"] == pd.Timestamp("2026-06-01")  # more than five years
    assert days["K12", "M2"] == pd.Timestamp("2026-05-31")  # at least five years
    assert days["K05", "M1"] == pd.Timestamp("2027-01-01")
    assert pd.isna(days["K04", "F3"])  # nobody knows since when
    assert pd.isna(days["K03", "M2"])  # four members never are five
    assert days[found.criteria.set_index(["cluster", "criterion"])["met"].fillna(False)].isna().all()


@settings(max_examples=12)
@given(
    day=st.dates(pd.Timestamp("2024-07-01").date(), pd.Timestamp("2026-12-31").date()),
    years=st.sampled_from([0.5, 1, 2, 2.25, 3, 5, 10]),
    needed=st.integers(1, 8),
    op=st.sampled_from([">=", ">"]),
)
def test_a_criterion_is_met_on_its_first_day_and_not_before(twelve, day, years, needed, op):
    base = load_rules("generic")
    criteria = [replace(c, args={}, op=op, threshold=years, indicator=name) for c, name in zip(base.criteria, ("joint_years", "joint_years"), strict=False)]
    criteria += [replace(base.criteria[2], indicator="members_tenured", args={"years": years}, op=op, threshold=float(needed))]
    rules = replace(base, criteria=(*criteria, *base.criteria[3:]))
    cooperation = cooperation_of(twelve, None)

    def on(when, cluster=None):
        return findings(snapshot_of(twelve, cooperation, pd.Timestamp(when), rules.settings, clusters=cluster), rules)

    now = on(day)
    checked = 0
    for row, k in zip(*np.nonzero(~np.isnat(now.earliest)), strict=True):
        first, cluster = pd.Timestamp(now.earliest[row, k]), [now.snapshot.ids[row]]
        assert first > pd.Timestamp(day)
        if checked < 2:
            assert on(first, cluster).decision.met[0, k] == 1
            assert on(first - pd.Timedelta(1, "D"), cluster).decision.met[0, k] == 0
            checked += 1


def test_what_is_not_known_can_count_as_met_or_leave_the_level_open(twelve):
    for missing, expected in (("met", "mature"), ("undecided", None)):
        rules = load_rules("lithuania")
        rules = replace(rules, settings=replace(rules.settings, missing=missing))
        levels = assess(twelve, rules=rules, at=2025, robustness=False).levels
        assert levels.loc["K10", "level"] == "mature"
        level = levels.loc["K11", "level"]
        assert level == expected if expected else pd.isna(level)
        assert levels.loc["K11", ["level_low", "level_high"]].tolist() == ["developing", "mature"]


def test_without_robustness_members_are_not_left_out(twelve, found):
    quick = assess(twelve, rules="lithuania", at=AT, robustness=False)
    assert quick.levels[["pivotal", "exits", "exits_exact"]].isna().all(axis=None)
    assert not len(quick.pivotal)
    rest = [column for column in quick.levels if column not in ("pivotal", "exits", "exits_exact")]
    pd.testing.assert_frame_equal(quick.levels[rest], found.levels[rest])
    pd.testing.assert_frame_equal(quick.robustness, found.robustness)


def test_only_clusters_that_exist_on_the_day_have_a_row(twelve):
    assert assess(twelve, rules="lithuania", at=2015).levels.index.tolist() == ["K01"]
    nobody = assess(twelve, rules="lithuania", at="2014-12-31")
    assert not len(nobody.levels)
    assert "none exists" in repr(nobody)
    for name, columns in COLUMNS.items():
        assert {column: str(kind) for column, kind in getattr(nobody, name).dtypes.items()} == dict(columns), name


def test_the_order_of_rows_changes_nothing(twelve_frames, found):
    shuffled = {name: table.sample(frac=1, random_state=7) for name, table in twelve_frames.items()}
    shuffled["cooperation"] = shuffled["cooperation"].assign(event=lambda t: "z" + t["event"].str[::-1])
    other = assess(Register._from_tables(shuffled, quality()), rules="lithuania", at=AT, progress=False)
    pd.testing.assert_frame_equal(other.levels.sort_index(), found.levels.sort_index())
    pd.testing.assert_frame_equal(other.indicators.sort_index(), found.indicators.sort_index())
    for name in ("criteria", "missing", "robustness", "pivotal"):
        ours, theirs = (getattr(one, name).sort_values("cluster", kind="stable", ignore_index=True) for one in (found, other))
        pd.testing.assert_frame_equal(ours, theirs)


def test_without_cooperation_ties_are_not_known_and_the_assessment_says_so(twelve_frames):
    tables = {name: table for name, table in twelve_frames.items() if name != "cooperation"}
    blind = assess(Register._from_tables(tables, quality()), rules="lithuania", at=AT)
    assert "not known" in blind.ties_from
    criteria = blind.criteria.set_index(["criterion", "cluster"])
    assert criteria.loc["F4"].drop(["K01", "K02"])["met"].isna().all()
    assert (blind.levels["rank_high"] >= pd.Series({c: [BELOW, *blind.rules.levels].index(v[1]) for c, v in LEVELS.items()})).all()
    assert (blind.levels["rank_low"] <= 1).all()


@settings(max_examples=30)
@given(data=st.data())
def test_a_further_member_never_lowers_a_level(twelve_clusters, data):
    tables = twelve_clusters.frames()
    rules = load_rules("lithuania")
    assert rules.guarantees == ("member",)
    cluster = data.draw(st.sampled_from(sorted(LEVELS)))
    organisation = _newcomer(tables, data)
    friends = data.draw(st.lists(st.sampled_from(tables["organisations"]["organisation"].tolist()), max_size=4, unique=True))
    events = [("new", one, data.draw(st.sampled_from(["2020-01-01", "2024-01-01"])), "2024-12-31") for one in (organisation, *friends)]
    tables["cooperation"] = pd.concat([tables["cooperation"], pd.DataFrame(events, columns=tables["cooperation"].columns)])
    without = findings(_snapshot(tables, rules), rules)
    spell = (cluster, organisation, data.draw(st.sampled_from(["2010-01-01", "2024-05-05"])), None, data.draw(st.sampled_from(["member", "rd_body"])))
    tables["membership"] = pd.concat([tables["membership"], pd.DataFrame([spell], columns=tables["membership"].columns)])
    with_it = findings(_snapshot(tables, rules), rules)
    assert (with_it.decision.low >= without.decision.low).all()
    assert (with_it.decision.high >= without.decision.high).all()
    assert (with_it.decision.met[without.decision.met == 1] == 1).all()


def _newcomer(tables, data):
    """An organisation of which anything may be known, perhaps owned by somebody."""
    kind = data.draw(st.sampled_from(["firm", "research", "public", None]))
    size, high = data.draw(st.sampled_from(["small", "large", None])), data.draw(st.sampled_from(["yes", "no", None]))
    row = ("zz", "Newcomer", data.draw(st.sampled_from(["LT", "DE", None])), kind, size if kind == "firm" else None, high)
    tables["organisations"] = pd.concat([tables["organisations"], pd.DataFrame([row], columns=tables["organisations"].columns)])
    owner = data.draw(st.sampled_from([None, "P", "m1", "q0", "r1"]))
    if owner:
        tables["ownership"] = pd.concat([tables["ownership"], pd.DataFrame([(owner, "zz", 0.9, "firm")], columns=tables["ownership"].columns)])
    fact = ("zz", 2024, data.draw(st.sampled_from(["yes", "no", None])), data.draw(st.sampled_from(["yes", "no", None])))
    if data.draw(st.booleans()):
        tables["member_facts"] = pd.concat([tables["member_facts"], pd.DataFrame([fact], columns=tables["member_facts"].columns)])
    return "zz"


def _snapshot(tables, rules):
    register = Register._from_tables(tables, quality())
    return snapshot_of(register, cooperation_of(register, None), AT, rules.settings)


def test_what_is_no_register_or_no_cooperation_is_refused(twelve, A):
    with pytest.raises(DataError, match="Register"):
        assess(twelve.clusters, rules="lithuania", at=2025)
    with pytest.raises(DataError, match="Affiliation"):
        assess(twelve, A.project(), rules="lithuania", at=2025)
    with pytest.raises(DataError, match="robustness"):
        assess(twelve, rules="lithuania", at=2025, robustness="no")


def test_an_assessment_cannot_be_changed_and_shows_itself(found):
    table = found.levels
    table["level"] = "x"
    assert found.levels["level"].tolist() != table["level"].tolist()
    assert repr(found) == "Assessment: 12 clusters at 2025-12-31 under lithuania 2026.1: 3 not a cluster, 3 emerging, 2 formed, 3 developing, 1 mature"
    page = found._repr_html_()
    assert "Cluster K10" in page
    assert "Only" in page  # the disclaimer
    assert inn.clusters.Assessment is type(found)


def test_members_whom_nobody_names_are_not_known_and_are_not_none(twelve_frames):
    tables = {**twelve_frames, "membership": twelve_frames["membership"].query("cluster != 'K10'")}
    found = assess(Register._from_tables(tables, quality()), rules="lithuania", at=AT)
    assert found.levels.loc["K10", ["level_low", "level_high"]].tolist() == [BELOW, "mature"]
    assert found.levels.loc["K01", ["level_low", "level_high"]].tolist() == [BELOW, BELOW]  # all have left
    assert found.missing.query("cluster == 'K10'")["text"].tolist() == ["members: not known, at least 5 needed"]
    criteria = found.criteria.query("cluster == 'K10'").set_index("criterion")["met"]
    assert criteria[criteria.notna()].index.tolist() == ["F2", "F3", "D1", "D3", "M1", "M8"]


def test_most_is_not_known_of_the_real_clusters_of_lithuania(data_file):
    """Members are named of one of them only, and nobody says who owns whom, who does R&D or who works with whom."""
    facts, members = (pd.read_csv(data_file(f"lithuanian_clusters/{name}.csv")) for name in ("clusters_facts", "litek_members_2011"))
    clusters = pd.DataFrame({"cluster": facts["short"].fillna(facts["cluster"]), "name": facts["cluster"], "country": "LT"})
    membership = members.rename(columns={"member": "organisation"})[["cluster", "organisation", "role"]].assign(**{"from": "2011-01-01"})
    with pytest.warns(DataWarning):
        register = Register.from_frames(clusters, membership)
    found = assess(register, rules="lithuania", at=2011)
    assert found.criteria["met"].isna().mean() > 0.95
    named = found.levels.loc["LITEK"]
    assert (named["level_low"], named["level_high"]) == ("emerging", "formed")  # eleven members, all of the first year
    assert (found.levels.drop("LITEK")[["rank_low", "rank_high"]] == [0, 4]).all(axis=None)
    assert found.levels["completeness"].max() < 0.3
