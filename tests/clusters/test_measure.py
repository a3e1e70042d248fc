import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.clusters._catalogue import CATALOGUE, key_of, parsed
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._counts import COUNTED
from innovnet.clusters._measure import CHANCE, SINGLE, catalogue_keys, measure
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of
from innovnet.errors import DataError

KEYS = catalogue_keys(chance=False)


@pytest.fixture(scope="module")
def example() -> inn.clusters.Register:
    return inn.clusters.example()


@pytest.fixture(scope="module")
def programme() -> inn.Affiliation:
    return inn.example()


@pytest.fixture(scope="module")
def table(example, programme) -> pd.DataFrame:
    return inn.clusters.indicators(example, programme, at=2025)


def shot_of(register, affiliation=None, at="2025-12-31", clusters=None):
    return snapshot_of(register, cooperation_of(register, affiliation), pd.Timestamp(at), Settings(), clusters=clusters)


def test_each_indicator_of_the_catalogue_has_one_source():
    groups = [COUNTED, set(SINGLE), set(CHANCE), {"data_completeness"}]
    assert set.union(*map(set, groups)) == set(CATALOGUE)
    assert sum(map(len, groups)) == len(CATALOGUE)
    given_twice = {key for key in catalogue_keys(chance=True) if CATALOGUE[parsed(key)[0]].args}
    assert given_twice == {
        *("members_tenured(years=3)", "members_tenured(years=5)", "members_core(k=2)", "members_core(k=3)"),
        *("clusters_linked(ties=1)", "foreign_clusters_linked(ties=1)"),
    }


def within_ranges(values):
    for key, found in values.items():
        one = CATALOGUE[parsed(key)[0]]
        ends = [one.low - 1e-9, *(part for part in found[:3]), one.high + 1e-9]
        for lower, upper in ((ends[0], found.low), (found.low, found.high), (found.high, ends[-1])):
            assert not (np.asarray(lower) > np.asarray(upper) + 1e-9).any(), key
        point = found.value[~np.isnan(found.value)]
        assert (found.low[~np.isnan(found.value)] <= point + 1e-9).all(), key
        assert (found.high[~np.isnan(found.value)] >= point - 1e-9).all(), key
        assert ((found.known >= 0) & (found.known <= 1)).all(), key
        assert (np.isnan(found.low) == np.isnan(found.high)).all(), key
        assert not (np.isnan(found.low) & ~np.isnan(found.value)).any(), key
        if one.kind in ("count", "flag"):
            finite = found.low[np.isfinite(found.low)]
            assert (finite == finite.round()).all(), key
    return True


def test_values_lie_in_their_ranges(example, programme, twelve):
    for register, affiliation in ((twelve, None), (example, programme), (example, None)):
        for year in (2016, 2020, 2025):
            assert within_ranges(measure(shot_of(register, affiliation, f"{year}-12-31"), catalogue_keys(chance=True), progress=False))


def test_register_of_twelve(twelve):
    """One cell of each family; the families have their own tests."""
    found = inn.clusters.indicators(twelve, at="2025-12-31")["value"]
    assert found["K12"].loc[["members", "ties", "members_rd", "members_core(k=2)", "members_tenured(years=5)"]].tolist() == [5, 5, 2, 3, 0]
    assert found["K10"].loc[["density", "e_i"]].tolist() == pytest.approx([12 / 21, 0])
    assert found["K09"].loc[["own_funds_share", "age", "core_share"]].tolist() == [0.35, 7, 0]


def test_table(table, example, programme):
    assert table.index.names == ["cluster", "indicator"]
    assert table.columns.tolist() == ["value", "low", "high", "known", "unit"]
    assert table.index.get_level_values("cluster").unique().tolist() == [one for one in example.clusters.index if one in table.index]
    first = table.index.get_level_values("cluster")[0]
    assert table.loc[first].index.tolist() == catalogue_keys(chance=True)
    assert table.loc[(first, "members_tenured(years=3)"), "unit"] == "owner groups"
    assert table.attrs == {
        "at": "2025-12-31",
        "window": 3,
        "ties_from": "the cooperation data and the register's own sheet of cooperation",
        "seed": 0,
        "version": inn.__version__,
    }


def test_options(table, example, programme):
    without = inn.clusters.indicators(example, programme, at="2025-12-31", cohesion_null=False)
    kept = ~table.index.get_level_values("indicator").isin(CHANCE)
    pd.testing.assert_frame_equal(without, table[kept], check_flags=False)
    narrow = inn.clusters.indicators(example, programme, at=2025, window=1, cohesion_null=False)
    assert narrow.attrs["window"] == 1
    fewer, more = (found["low"].xs("ties", level="indicator") for found in (narrow, without))
    assert (fewer <= more).all()
    assert (fewer < more).any()
    own = inn.clusters.indicators(example, at=2025, cohesion_null=False)
    assert own.attrs["ties_from"] == "the register's own sheet of cooperation"
    for words, change in (("window", {"window": 0}), ("seed", {"seed": -1}), ("cohesion_null", {"cohesion_null": "no"}), ("date", {"at": "soon"})):
        with pytest.raises(DataError, match=words):
            inn.clusters.indicators(example, programme, **({"at": 2025} | change))
    with pytest.raises(DataError, match="Register"):
        inn.clusters.indicators(programme, at=2025)
    with pytest.raises(DataError, match="Affiliation"):
        inn.clusters.indicators(example, programme.project(), at=2025)


def test_no_cluster_on_the_day(twelve):
    found = inn.clusters.indicators(twelve, at=1999)
    assert found.empty
    assert found.columns.tolist() == ["value", "low", "high", "known", "unit"]


def test_empty_cluster_and_single_member(small):
    members = {"cluster": ["S", "E"], "organisation": ["a", "b"], "to": [None, "2023-12-31"]}
    shot = small({"organisation": ["a", "b"]}, clusters={"cluster": ["E", "S"]}, membership=members)
    values = measure(shot, catalogue_keys(chance=True), progress=False)
    assert within_ranges(values)
    for key, found in values.items():
        one = CATALOGUE[parsed(key)[0]]
        if one.kind == "count" and one.name != "ties_new":  # without data on cooperation there is no window before
            assert (found.low[0], found.value[0], found.high[0]) == (0, 0, 0), key
        elif one.unit == "share" and "M" in one.data and one.name not in ("data_completeness", "chain_coverage", "coverage"):
            assert np.isnan([found.low[0], found.value[0], found.high[0]]).all(), key


def test_members_of_a_cluster_that_never_had_one_named_are_not_known(small):
    shot = small({"organisation": ["a"]}, clusters={"cluster": ["E", "S"], "joint_since": "2021-01-01"}, membership={"cluster": ["S"], "organisation": ["a"]})
    values = measure(shot, ["members", "density", "joint_years", "governance", "age"])
    assert [part[0] for part in values["members"]] == pytest.approx([0, np.nan, np.inf, 0], nan_ok=True)
    assert [part[0] for part in values["density"]] == pytest.approx([0, np.nan, 1, 0], nan_ok=True)
    assert values["members"].value[1] == 1
    for key in ("joint_years", "age"):
        assert values[key].known[0] == 1


def test_facts_of_the_rules(small):
    facts = pd.DataFrame({"cluster": ["K"], "year": [2024], "listed": [1.0]})
    shot = small({"organisation": ["a"]}, facts=facts)
    found = measure(shot, ["fact:listed", "fact:score", "members", "data_completeness"], facts={"listed": "bool", "score": "share"})
    assert list(found) == ["fact:listed", "fact:score", "members", "data_completeness"]
    assert [found["fact:listed"].value[0], found["fact:score"].high[0], found["data_completeness"].value[0]] == [1, 1, 1 / 2]


def test_which_clusters_are_rows_changes_no_value(example, programme):
    whole = measure(shot_of(example, programme), catalogue_keys(chance=True), progress=False)
    for cluster in ("C01", "C07"):
        alone = shot_of(example, programme, clusters=[cluster])
        row = shot_of(example, programme).ids.get_loc(cluster)
        for key, found in measure(alone, catalogue_keys(chance=True), progress=False).items():
            for part, one in zip(found, whole[key], strict=True):
                assert part[0] == pytest.approx(one[row], rel=1e-12, nan_ok=True), key


def test_order_of_rows_changes_nothing(small, twelve_frames):
    rng = np.random.default_rng(1)
    shuffled = {name: rows.iloc[rng.permutation(len(rows))] for name, rows in twelve_frames.items()}
    shots = [small(tables.pop("organisations"), **tables) for tables in (twelve_frames, shuffled)]
    one, other = (measure(shot, catalogue_keys(chance=True), progress=False) for shot in shots)
    order = shots[0].ids.get_indexer(shots[1].ids)
    for key, found in one.items():
        for part, turned in zip(found, other[key], strict=True):
            assert part[order] == pytest.approx(turned, rel=1e-12, nan_ok=True), key


PEOPLE = list("abcdefgh")
UP = [key for key in KEYS if CATALOGUE[parsed(key)[0]].direction == "up"]
FIXED = [key for key in KEYS if CATALOGUE[parsed(key)[0]].direction == "fixed"]


def organisations(seed):
    """Organisations with whatever attributes, some unknown."""
    rng = np.random.default_rng(seed)

    def some(*values):
        return rng.choice(np.array(values, dtype=object), len(PEOPLE))

    return pd.DataFrame(
        {
            "organisation": PEOPLE,
            "country": some("LT", "LV"),
            "kind": some("firm", "firm", "research", "public", "association"),
            "size": some("small", "large", None),
            "nace": some("62.01", "26", None),
            "nuts3": some("LT021", "LT022", "LT011", None),
            "high_value": some("yes", "no", None),
        }
    )


@settings(max_examples=20)
@given(
    st.integers(0, 10_000),
    st.sets(st.sampled_from(PEOPLE), max_size=6),
    st.sampled_from(PEOPLE),
    st.lists(st.sets(st.sampled_from(PEOPLE), min_size=2, max_size=4), max_size=5),
    st.sampled_from(["independent", "unknown"]),
)
def test_a_further_member_lowers_nothing_that_only_rises(small, seed, before, new, cooperation, unlisted):
    rng = np.random.default_rng(seed)
    sets = {"K0": before - {new}, "K1": before | {new}}
    starts = dict(zip(PEOPLE, rng.choice(["2020-01-01", "2022-05-01", "2025-06-30"], len(PEOPLE)), strict=True))
    rows = [(cluster, one, starts[one], None, "make" if one < "d" else None) for cluster, members in sets.items() for one in sorted(members)]
    rows += [(cluster, "h", "2018-01-01", "2018-12-31", None) for cluster in sets]  # somebody was a member, so nobody is one if none is named
    facts = [(one, year, *rng.choice(["yes", "no", None], 2)) for one in PEOPLE[:6] for year in (2024, 2025)]
    owned = [("a", "b", 0.6, "firm"), ("X", "c", 0.3, "firm"), ("X", "d", 0.9, "firm"), ("X", "e", 0.9, "firm")]
    days = [(f"e{k}", one, f"202{k % 6}-03-01", "2025-06-30") for k, members in enumerate(cooperation) for one in members]
    shot = small(
        organisations(seed),
        clusters={"cluster": ["K0", "K1"], "region": "LT02", "sectors": "62", "stages": "make;sell", "joint_since": None},
        membership=pd.DataFrame(rows, columns=["cluster", "organisation", "from", "to", "stage"]),
        ownership=pd.DataFrame(owned, columns=["owner", "owned", "share", "owner_kind"]),
        cooperation=pd.DataFrame(days, columns=["event", "organisation", "start", "end"]),
        member_facts=pd.DataFrame(facts, columns=["organisation", "year", "rd_declared", "exporter"]),
        population={"region": ["LT02"], "nace": ["62"], "year": [2025], "firms": [9]},
        settings=Settings(unlisted_ownership=unlisted),
    )
    values = measure(shot, KEYS)
    within_ranges(values)
    for key in UP:
        low, _, high, _ = values[key]
        undefined = np.isnan(low[0])  # of no members, or of a first window
        assert undefined or (low[1] >= low[0] and high[1] >= high[0]), key
    for key in FIXED:
        assert values[key].low[0] == pytest.approx(values[key].low[1], nan_ok=True), key


def test_keys_with_arguments(twelve):
    shot = shot_of(twelve)
    keys = [key_of("members_tenured", {"years": 2.5}), key_of("members_core", {"k": 1}), key_of("clusters_linked", {"ties": 4})]
    found = measure(shot, keys)
    assert list(found) == ["members_tenured(years=2.5)", "members_core(k=1)", "clusters_linked(ties=4)"]
    assert found["members_tenured(years=2.5)"].value.tolist() == [0, 0, 4, 0, 5, 4, 6, 5, 6, 7, 6, 5]
    assert found["members_core(k=1)"].value.tolist() == measure(shot, ["members_connected"])["members_connected"].value.tolist()
