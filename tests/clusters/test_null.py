"""Cohesion against chance: means worked out by hand and by enumeration, draws that hang on nothing but the cluster and the day."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.clusters import Register
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._null import cohesion_null
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of
from innovnet.clusters._strata import LEAST, merged, strata_of
from innovnet.errors import DataError
from innovnet.graph._tables import quality

AT = pd.Timestamp("2025-12-31")


def snapshot(register, at=AT, affiliation=None, clusters=None):
    return snapshot_of(register, cooperation_of(register, affiliation), at, Settings(), clusters=clusters)


def by_hand(here):
    """Domestic or not × kind."""
    nodes = here.cooperation.nodes
    return ((nodes["country"] == "LT").astype("str") + nodes["group"]).to_numpy(dtype=object).astype("U")


@pytest.fixture(scope="module")
def twelve_snapshot(twelve):
    return snapshot(twelve)


def test_means_by_hand(twelve_snapshot):
    found = cohesion_null(twelve_snapshot, strata=by_hand(twelve_snapshot), runs=0)
    expected = {"K08": (45 / 133, 14.78), "K09": (27 / 38, 11.26), "K10": (191 / 266, 16.71), "K12": (27 / 70, 12.96)}
    for cluster, (mean, lift) in expected.items():
        row = twelve_snapshot.ids.get_loc(cluster)
        assert found.ties_expected.value[row] == pytest.approx(mean, abs=1e-12)
        assert found.cohesion_lift.value[row] == pytest.approx(lift, abs=0.005)
    assert found.ties_expected.value[0] == 0  # no members
    assert np.isnan(found.cohesion_lift.value[0])
    assert (found.full_strata[1:] == 1).all()


def test_p_of_the_twelve(twelve_snapshot):
    found = cohesion_null(twelve_snapshot)
    at = dict(zip(twelve_snapshot.ids, range(12), strict=True))
    p = found.cohesion_p.value
    assert np.isnan(p[[at["K01"], at["K02"]]]).all()  # fewer than three members
    assert (p[[at["K04"], at["K05"]]] == 1).all()  # no tie: every group has as many
    assert (found.draws[[at["K04"], at["K05"]]] == 20).all()
    assert p[at["K08"]] == 1 / 1000
    assert found.draws[at["K08"]] == 999
    assert ((p > 0) & (p <= 1))[2:].all()


# ---------------------------------------------------------------- random registers


def world(seed, n=12):
    """A few clusters of n organisations with events of the year."""
    rng = np.random.default_rng(seed)
    names = [f"o{k:02}" for k in range(n)]
    organisations = pd.DataFrame({"organisation": names, "name": names, "country": rng.choice(["LT", "LV"], n), "kind": rng.choice(["firm", "research"], n)})
    clusters = pd.DataFrame({"cluster": ["A", "B", "C"], "name": "x", "country": "LT", "sectors": "62", "founded": "2020-01-01"})
    rows = [(c, o, "2020-01-01", "member") for c in "ABC" for o in rng.choice(names, int(rng.integers(1, 6)), replace=False)]
    events = [(f"e{e}", o, "2025-01-01", "2025-12-31") for e in range(n) for o in rng.choice(names, int(rng.integers(2, 5)), replace=False)]
    return {
        "clusters": clusters,
        "membership": pd.DataFrame(rows, columns=["cluster", "organisation", "from", "role"]),
        "organisations": organisations,
        "cooperation": pd.DataFrame(events, columns=["event", "organisation", "start", "end"]),
    }


def register_of(tables):
    return Register._from_tables(tables, quality())


def enumerated(here, labels, row):
    """Ties of every group with as many members of each stratum."""
    members = here.members.node[here.members.ptr[row] : here.members.ptr[row + 1]]
    tied = here.window.network.adjacency(weighted=False).toarray()
    strata = [np.flatnonzero(labels == label) for label in np.unique(labels[members])]
    parts = [list(combinations(nodes, int(np.isin(members, nodes).sum()))) for nodes in strata]
    groups = [np.concatenate(choice) for choice in product(*parts)]
    return np.array([tied[np.ix_(group, group)].sum() / 2 for group in groups])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_the_mean_is_that_of_all_groups(seed):
    here = snapshot(register_of(world(seed)))
    labels = np.random.default_rng(seed).integers(0, 3, 12)
    found = cohesion_null(here, strata=labels, runs=0)
    for row in range(here.rows):
        assert found.ties_expected.value[row] == pytest.approx(enumerated(here, labels, row).mean())


@pytest.mark.parametrize("world_seed", [1, 2, 3])
def test_draws_come_as_often_as_they_should(world_seed):
    here = snapshot(register_of(world(world_seed)))
    labels = np.repeat([0, 1], 6)
    runs, seeds = 19, 200  # fewer than 20: no test stops early
    p = np.array([cohesion_null(here, strata=labels, runs=runs, seed=seed).cohesion_p.value for seed in range(seeds)])
    share = (p * (runs + 1) - 1).mean(axis=0) / runs
    tried = 0
    for row in np.flatnonzero(here.members.counts >= 3):
        ties = enumerated(here, labels, row)
        inside = (
            here.window.network.adjacency(weighted=False)[here.members.node[here.members.row == row]][:, here.members.node[here.members.row == row]].sum() / 2
        )
        exact = (ties >= inside).mean()
        assert share[row] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / (runs * seeds)) + 1e-12)
        tried += 0 < exact < 1
    assert tried >= 1


def test_p_is_no_smaller_than_chance_for_random_groups():
    """300 groups of the same make-up, drawn at random from a network in which some are hubs: p is as good as uniform and the lift 1 on average."""
    affiliation = inn.example(actors=600)
    actors = affiliation.actors
    kind = actors["type"].map({"university": "education", "institute": "research"}).fillna(actors["type"])
    organisations = pd.DataFrame({"organisation": actors.index, "name": actors.index, "country": actors["country"].to_numpy(), "kind": kind.to_numpy()})
    rng = np.random.default_rng(0)

    def here(groups):
        rows = pd.DataFrame([(f"K{k}", i) for k, group in enumerate(groups) for i in group], columns=["cluster", "organisation"])
        clusters = pd.DataFrame({"cluster": rows["cluster"].unique(), "name": "x", "country": "LT", "sectors": "62", "founded": "2020-01-01"})
        membership = rows.assign(**{"from": "2020-01-01", "role": "member"})
        return snapshot(register_of({"clusters": clusters, "membership": membership, "organisations": organisations}), affiliation=affiliation)

    code = strata_of(here([actors.index[:1]]), "default").code
    likely = rng.choice(len(actors), 12, replace=False, p=np.asarray(affiliation.incidence.sum(axis=1)).ravel() / affiliation.n_memberships)
    strata, numbers = np.unique(code[likely], return_counts=True)
    groups = [np.concatenate([rng.choice(actors.index[code == a], c, replace=False) for a, c in zip(strata, numbers, strict=True)]) for _ in range(300)]
    found = cohesion_null(here(groups))
    p, lift = found.cohesion_p.value, found.cohesion_lift.value
    assert np.ptp(found.ties_expected.value) < 1e-9
    assert (p <= 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 300)
    assert (p <= 0.5).mean() < 0.5 + 4 * np.sqrt(0.25 / 300)
    assert lift.mean() == pytest.approx(1, abs=4 * lift.std() / np.sqrt(300))
    assert lift.std() > 0


def test_groups_of_hubs_are_counted_like_others():
    """Organisations with many partners are looked up pair by pair."""
    n = 80
    names = [f"o{k:02}" for k in range(n)]
    organisations = pd.DataFrame({"organisation": names, "name": names, "country": "LT", "kind": "firm"})
    clusters = pd.DataFrame({"cluster": ["A"], "name": "x", "country": "LT", "sectors": "62", "founded": "2020-01-01"})
    membership = pd.DataFrame({"cluster": "A", "organisation": [*names[:3], names[50]], "from": "2020-01-01", "role": "member"})
    pairs = [(a, b) for a in range(3) for b in range(a + 1, n)]  # three hubs, tied to everybody
    events = pd.DataFrame(
        [(f"e{k}", names[i], "2025-01-01", "2025-12-31") for k, pair in enumerate(pairs) for i in pair], columns=["event", "organisation", "start", "end"]
    )
    here = snapshot(register_of({"clusters": clusters, "membership": membership, "organisations": organisations, "cooperation": events}))
    found = cohesion_null(here, strata=np.repeat([0, 1], [3, n - 3]))
    assert found.ties_expected.value[0] == pytest.approx(6)  # the only group there is, up to its fourth member
    assert found.cohesion_p.value[0] == 1
    assert found.draws[0] == 20
    one_more = cohesion_null(here.without([0], [[0]]), strata=np.repeat([0, 1], [3, n - 3]))
    assert one_more.ties_expected.value[0] == pytest.approx(3)
    assert one_more.cohesion_p.value[0] == 1


# ---------------------------------------------------------------- strata


def test_neighbouring_classes_are_merged_first():
    country, kind = np.zeros(20, dtype=int), np.zeros(20, dtype=int)
    classes = np.repeat([0, 1, 2, 3, 8, 9], [1, 2, 6, 5, 4, 2])
    label, full = merged([country, kind, classes // 4, classes // 2, classes])
    groups = [set(classes[label == k].tolist()) for k in np.unique(label)]
    assert sorted(map(sorted, groups)) == [[0, 1, 2], [3], [8, 9]]
    assert set(classes[full].tolist()) == {2, 3}


@given(st.integers(0, 2**32 - 1))
def test_merged_strata(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    columns = [rng.integers(-1, top, n) for top in (3, 3, 4)]
    label, full = merged(columns)
    sizes = np.bincount(label)
    assert sizes.min() >= min(LEAST, n)
    cells = {tuple(cell): set(label[(np.stack(columns, 1) == cell).all(axis=1)].tolist()) for cell in np.stack(columns, 1)}
    assert all(len(found) == 1 for found in cells.values())  # equal organisations are in one stratum
    order = rng.permutation(n)
    moved, moved_full = merged([column[order] for column in columns])
    np.testing.assert_array_equal(moved, label[order])
    np.testing.assert_array_equal(moved_full, full[order])
    for k in np.unique(label):  # a stratum holds one cell that was large enough at most
        assert len({tuple(column[i] for column in columns) for i in np.flatnonzero((label == k) & full)}) <= 1


def test_composition_takes_sections_and_regions(twelve_frames):
    table = twelve_frames["organisations"]
    table["nace"] = np.where(table.index % 2 == 0, "62", "26")
    table["nuts3"] = np.where(table["country"] == "LT", "LT011", None)
    here = snapshot(register_of(twelve_frames))
    code = strata_of(here, "composition").code
    domestic = ((table["country"] == "LT") & (table["kind"] == "firm")).to_numpy()
    assert len(set(code[domestic & (table["nace"] == "62").to_numpy()])) == 1
    assert set(code[domestic & (table["nace"] == "62").to_numpy()]).isdisjoint(code[domestic & (table["nace"] == "26").to_numpy()])


def test_strata_that_cannot_be_used(twelve_snapshot):
    with pytest.raises(DataError, match="one label for each"):
        cohesion_null(twelve_snapshot, strata=[1, 2, 3])
    with pytest.raises(DataError, match="composition"):
        cohesion_null(twelve_snapshot, strata="composed")
    with pytest.raises(DataError, match="runs"):
        cohesion_null(twelve_snapshot, runs=-1)


# ---------------------------------------------------------------- what may not matter, what may not happen


def values(null):
    return np.concatenate([null.ties_expected, null.cohesion_lift, null.cohesion_p, [null.draws, null.full_strata]])


@pytest.mark.parametrize(("threads", "chunk"), [("1", 16), ("2", 1), ("3", 5)])
def test_any_number_of_threads_and_chunks(twelve_snapshot, monkeypatch, threads, chunk):
    reference = values(cohesion_null(twelve_snapshot, runs=99, seed=7))
    monkeypatch.setattr("innovnet.clusters._null._CHUNK", chunk)
    monkeypatch.setenv("INNOVNET_THREADS", threads)
    np.testing.assert_array_equal(values(cohesion_null(twelve_snapshot, runs=99, seed=7)), reference)


def test_the_order_of_everything_and_other_clusters(twelve, twelve_frames, twelve_snapshot):
    reference = values(cohesion_null(twelve_snapshot, seed=7))
    rng = np.random.default_rng(0)
    mixed = {name: table.iloc[rng.permutation(len(table))] for name, table in twelve_frames.items()}
    here = snapshot(register_of(mixed))
    moved = values(cohesion_null(here, seed=7))
    np.testing.assert_array_equal(moved[:, here.ids.get_indexer(twelve_snapshot.ids)], reference)
    few = snapshot(twelve, clusters=["K10", "K06"])
    np.testing.assert_array_equal(values(cohesion_null(few, seed=7)), reference[:, twelve_snapshot.ids.get_indexer(few.ids)])


def test_another_seed_or_day_is_another_draw(twelve):
    draws = set()
    for here in (snapshot(twelve), snapshot(twelve, pd.Timestamp("2025-12-30"))):
        row, alike = here.ids.get_loc("K12"), np.zeros(len(here.cooperation.nodes))
        draws |= {int(cohesion_null(here, strata=alike, runs=100_000, seed=seed).draws[row]) for seed in (0, 1)}  # until 20 have as many ties
    assert len(draws) == 4


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_a_further_member_and_an_unconnected_one(seed):
    here = snapshot(register_of(world(seed)))
    row, node = here.members.row, here.members.node
    left = here.without(np.concatenate([np.arange(here.rows), row]), [[]] * here.rows + [[i] for i in node])
    found = cohesion_null(left, runs=0)
    whole, rest = row, slice(here.rows, None)
    mean, lift = found.ties_expected, found.cohesion_lift
    assert (mean.low[rest] <= mean.low[whole] + 1e-12).all()
    tied = here.window.network.adjacency(weighted=False)
    lone = np.array([tied[[i]][:, node[row == r]].sum() == 0 for r, i in zip(row, node, strict=True)], dtype=bool)
    assert not (lift.value[whole] > lift.value[rest] + 1e-12)[lone].any()


def test_members_whose_ties_are_not_known(twelve_frames):
    organisations = twelve_frames["organisations"]
    organisations["actor"] = organisations["organisation"].where(organisations["organisation"] != "g0", "nowhere")
    rows = twelve_frames.pop("cooperation")
    affiliation = inn.Affiliation.from_frame(
        rows, actor="organisation", event="event", events=rows.drop_duplicates("event").set_index("event")[["start", "end"]]
    )
    here = snapshot(register_of(twelve_frames), affiliation=affiliation)
    found = cohesion_null(here)
    row, other = here.ids.get_loc("K09"), here.ids.get_loc("K08")
    p, lift, mean = ([part[row] for part in value] for value in (found.cohesion_p, found.cohesion_lift, found.ties_expected))
    assert (p[0], p[2], p[3]) == (0, 1, pytest.approx(5 / 7))  # g6 is in no event
    assert 0 < p[1] < 1
    assert (lift[0], lift[2]) == (0, np.inf)
    assert mean[0] == mean[1] < mean[2] == 21
    assert found.cohesion_p.known[other] == 1
    nothing = cohesion_null(snapshot(register_of(twelve_frames)))
    assert (nothing.cohesion_p.high[2:] == 1).all()
    assert np.isnan(nothing.cohesion_p.value).all()
    assert (nothing.draws == 0).all()


def test_no_cluster_at_all(twelve):
    found = cohesion_null(snapshot(twelve, pd.Timestamp("2001-01-01")))
    assert len(found.draws) == 0
