"""Counts of members and ties: the register worked out by hand, Python sets and networkx on random clusters, and what may not happen."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from innovnet.clusters import CATALOGUE, Register
from innovnet.clusters._catalogue import key_of, parsed
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._counts import COUNTED, cluster_arrays, counted, counts
from innovnet.clusters._counts_kernel import FLAGS
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of
from innovnet.graph._tables import quality

KEYS = [
    *sorted(COUNTED - {"members_core", "members_tenured"}),
    *(f"members_core(k={k})" for k in (1, 2, 3)),
    *(f"members_tenured(years={years})" for years in (3, 5)),
]
#: Members; independent (linked, partner); ties; connected; largest; 2-core; repeated; largest without coordinator, without any; out; foreign; R&D; tenured 3, 5
BY_HAND = """
K01 0 0 0 0 0 0 0 0 0 0 0 0 0   0 0
K02 2 2 2 1 2 2 0 0 2 1 0 0 0   0 0
K03 4 4 4 6 4 4 4 1 3 3 1 1 4   4 4
K04 5 5 5 0 0 1 0 0 1 1 0 0 0   0 0
K05 5 5 5 0 0 1 0 0 1 1 5 1 0   5 0
K06 6 4 3 5 6 4 3 0 2 2 0 0 0   4 4
K07 6 6 6 5 6 6 0 0 1 1 0 0 2   0 0
K08 5 5 5 5 5 5 5 0 4 4 0 0 1   5 0
K09 7 7 7 8 6 6 4 2 3 3 1 1 2   6 6
K10 7 7 7 12 7 7 5 2 6 4 12 3 4  7 7
K11 6 6 6 10 5 5 5 0 4 4 0 0 2-4 6 6
K12 5 5 5 5 5 5 3 0 3 3 7 3 2-3 5 0
"""
COLUMNS = [
    "members",
    "members_independent",
    "members_independent_partner",
    "ties",
    "members_connected",
    "largest",
    "members_core(k=2)",
    "ties_repeated",
    "largest_without_coordinator",
    "largest_without_any",
    "ties_out",
    "foreign_reach",
    "members_rd",
    "members_tenured(years=3)",
    "members_tenured(years=5)",
]


def snapshot(register, settings=None, at="2025-12-31"):
    return snapshot_of(register, cooperation_of(register, None), pd.Timestamp(at), settings or Settings())


@pytest.fixture(scope="module")
def twelve_snapshot(twelve):
    return snapshot(twelve)


def test_a_key_is_read_as_it_was_written():
    for name, about in CATALOGUE.items():
        assert parsed(key_of(name)) == (name, {argument: one.default for argument, one in about.args.items()})
    assert parsed(key_of("members_tenured", {"years": 2.5})) == ("members_tenured", {"years": 2.5})


def test_by_hand(twelve_snapshot):
    found = counted(twelve_snapshot, COLUMNS)
    for line in BY_HAND.split("\n")[1:-1]:
        cluster, *cells = line.split()
        row = twelve_snapshot.ids.get_loc(cluster)
        for key, cell in zip(COLUMNS, cells, strict=True):
            low, _, high = cell.partition("-")
            assert (found[key].low[row], found[key].high[row]) == (float(low), float(high or low)), (cluster, key)


def test_further_counts_by_hand(twelve_snapshot):
    found = counted(twelve_snapshot, KEYS)
    at = dict(zip(twelve_snapshot.ids, range(twelve_snapshot.rows), strict=True))
    assert found["members_sme"].low[at["K06"]] == 3  # P is large, so h1, h2, h3 are none
    assert found["members_exporting"].low[at["K10"]] == 4
    assert found["members_high_value"].low[at["K11"]] == 3
    assert found["members_research"].low[at["K12"]] == 1
    assert found["members_foreign"].low[at["K12"]] == 1
    assert found["member_kinds"].low[at["K10"]] == 2
    assert found["ties_firm_research"].low[at["K10"]] == 1  # m5 m6
    assert (found["has_coordinator"].low[at["K02"]], found["has_coordinator"].high[at["K02"]]) == (0, 1)
    assert found["has_coordinator"].low[at["K03"]] == 1
    assert found["members_rd"].known[at["K11"]] == pytest.approx(4 / 6)
    assert (found["members_rd"].value[at["K11"]], found["ties"].known[at["K11"]]) == (2, 1)


def test_no_cooperation_data_at_all(twelve_frames):
    del twelve_frames["cooperation"]
    register = Register._from_tables(twelve_frames, quality())
    found = counted(snapshot(register), KEYS)
    n = found["members"].low
    pairs = n * (n - 1) / 2
    for key in ("ties", "ties_repeated", "ties_firm_research"):
        np.testing.assert_array_equal(found[key].low, 0)
        np.testing.assert_array_equal(found[key].high, pairs)
    np.testing.assert_array_equal(found["members_connected"].high, n)
    np.testing.assert_array_equal(found["members_core(k=2)"].high, np.where(n > 2, n, 0))
    np.testing.assert_array_equal(found["foreign_reach"].high, np.where(n > 0, np.inf, 0))
    assert np.isnan(found["ties"].value[n > 1]).all()
    assert (found["ties"].known[n > 0] == 0).all()


# ---------------------------------------------------------------- random clusters


def world(seed, *, unknown=True):
    """Fields of random arrays: up to 14 nodes, a few clusters, things unknown."""
    rng = np.random.default_rng(seed)
    n, rows = int(rng.integers(1, 14)), int(rng.integers(1, 5))
    sets = [np.flatnonzero(rng.random(n) < rng.random()) for _ in range(rows)]
    ties = np.triu(rng.integers(0, 4, (n, n)) * (rng.random((n, n)) < rng.random()), 1)
    perhaps = rng.random() * 0.5 * unknown
    yes = rng.random((n, len(FLAGS))) < 0.4
    yes[:, 1] &= ~yes[:, 0]
    place = np.concatenate([*sets, []]).astype(int)
    tenure = rng.integers(0, 9, len(place)).astype(float)
    return {
        "ptr": np.concatenate([[0], np.cumsum([len(s) for s in sets])]),
        "member": place,
        "tenure": np.where(rng.random(len(place)) < perhaps, np.nan, tenure),
        "coordinator": rng.random(len(place)) < 0.2,
        "rd_body": rng.random(len(place)) < 0.2,
        "home": rng.integers(0, 2, rows),
        "ties": ties + ties.T,
        "ties_known": rng.random(n) >= perhaps,
        "linked": rng.integers(0, n, n),
        "partner": rng.integers(0, n, n) // 2,
        "ownership_known": rng.random(n) >= perhaps,
        "group": np.where(rng.random(n) < perhaps, -1, rng.integers(0, 5, n)),
        "country": np.where(rng.random(n) < perhaps, -1, rng.integers(0, 3, n)),
        "yes": yes,
        "unknown": ~yes & (rng.random(yes.shape) < perhaps),
    }


def arrays(fields):
    matrix = sparse.csr_array(np.asarray(fields["ties"], dtype=float))
    rest = {name: value for name, value in fields.items() if name != "ties"}
    return cluster_arrays(**rest, indptr=matrix.indptr, indices=matrix.indices, weights=matrix.data)


def completed(fields, r, rng):
    """One of the worlds that the unknowns leave open to the members of a row."""
    full = {name: np.array(value) for name, value in fields.items()}
    n = len(full["country"])
    untied = np.isin(np.arange(n), fields["member"][fields["ptr"][r] : fields["ptr"][r + 1]]) & ~full["ties_known"]
    open_ = untied[:, None] | untied[None, :]
    more = np.triu(rng.integers(0, 3, (n, n)) * (rng.random((n, n)) < rng.random()) * open_, 1)
    full["ties"] = full["ties"] + more + more.T
    full["ties_known"] = np.ones(n, dtype=bool)
    full["country"] = np.where(full["country"] < 0, rng.integers(0, 4, n), full["country"])
    full["group"] = np.where(full["group"] < 0, rng.integers(0, 5, n), full["group"])
    full["yes"] = full["yes"] | (full["unknown"] & (rng.random(full["yes"].shape) < 0.5))
    full["unknown"] = np.zeros_like(full["yes"])
    full["tenure"] = np.where(np.isnan(full["tenure"]), rng.integers(0, 9, len(full["tenure"])), full["tenure"])
    for i in np.flatnonzero(~full["ownership_known"]):
        other = rng.integers(0, n + 1)
        for name in ("linked", "partner"):
            full[name][i] = full[name].max() + 1 if other == n else full[name][other]
    full["ownership_known"] = np.ones(n, dtype=bool)
    return full


def worked_out(f, r):
    """The counts of one row by sets and networkx, everything being known."""
    span = slice(f["ptr"][r], f["ptr"][r + 1])
    members = f["member"][span].tolist()
    graph = nx.from_numpy_array(np.asarray(f["ties"]))
    inside = graph.subgraph(members)
    firm, research = f["yes"][:, 0], f["yes"][:, 1]
    foreign = {i for i in graph if f["country"][i] != f["home"][r]}
    reached = (foreign & set(members)) | {j for i in set(members) - foreign for j in graph[i] if j in foreign}
    leads = set(np.array(members)[f["coordinator"][span]].tolist()) if members else set()
    cores = nx.core_number(inside) if members else {}

    def largest(without=()):
        return max((len(c) for c in nx.connected_components(inside.subgraph(set(members) - set(without)))), default=0)

    def flag(name):
        return sum(f["yes"][i, FLAGS.index(name)] for i in members)

    found = {
        "members": len(members),
        "members_independent": len({f["linked"][i] for i in members}),
        "members_independent_partner": len({f["partner"][i] for i in members}),
        "members_sme": flag("sme"),
        "members_rd": flag("rd"),
        "members_exporting": flag("exporting"),
        "members_high_value": flag("high_value"),
        "members_research": sum(research[i] or body for i, body in zip(members, f["rd_body"][span], strict=True)),
        "members_foreign": len(foreign & set(members)),
        "member_kinds": len({f["group"][i] for i in members}),
        "ties": inside.number_of_edges(),
        "ties_repeated": sum(data["weight"] >= 2 for _, _, data in inside.edges(data=True)),
        "ties_firm_research": sum((firm[i] and research[j]) or (firm[j] and research[i]) for i, j in inside.edges),
        "ties_out": sum(j not in members for i in members for j in graph[i]),
        "members_connected": sum(d > 0 for _, d in inside.degree),
        "largest": largest(),
        "largest_without_coordinator": largest(leads),
        "largest_without_any": min((largest([i]) for i in members), default=0),
        "foreign_reach": len(reached),
    }
    found |= {f"members_core(k={k})": sum(c >= k for c in cores.values()) for k in (1, 2, 3)}
    for years in (3, 5):
        found[f"members_tenured(years={years})"] = len({f["linked"][i] for i, t in zip(members, f["tenure"][span], strict=True) if t >= years})
    return found


@given(st.integers(0, 2**32 - 1))
def test_like_sets_and_networkx(seed):
    fields = world(seed, unknown=False)
    found = counts(arrays(fields), KEYS)
    for r in range(len(fields["home"])):
        for key, value in worked_out(fields, r).items():
            assert found[key].low[r] == found[key].value[r] == found[key].high[r] == value, key


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_possible_world_is_outside_the_interval(seed, other):
    fields = world(seed)
    found = counts(arrays(fields), KEYS)
    rng = np.random.default_rng(other)
    for r in range(len(fields["home"])):
        full = completed(fields, r, rng)
        for key, value in worked_out(full, r).items():
            assert found[key].low[r] <= value <= found[key].high[r], key


@given(st.integers(0, 2**32 - 1))
def test_a_further_member_never_lowers_what_goes_up(seed):
    fields = world(seed)
    for r in range(len(fields["home"])):
        members = fields["member"][fields["ptr"][r] : fields["ptr"][r + 1]]
        found = counts(arrays(taken(fields, r, [np.arange(len(members)), *(np.delete(np.arange(len(members)), k) for k in range(len(members)))])), KEYS)
        for key in KEYS:
            if CATALOGUE[key.partition("(")[0]].direction == "up":
                assert (found[key].low[1:] <= found[key].low[0]).all(), key
                assert (found[key].high[1:] <= found[key].high[0]).all(), key


@given(st.integers(0, 2**32 - 1))
def test_an_unconnected_member_never_raises_cohesion(seed):
    fields = world(seed)
    for r in range(len(fields["home"])):
        members = fields["member"][fields["ptr"][r] : fields["ptr"][r + 1]]
        inside = fields["ties"][np.ix_(members, members)]
        lone = np.flatnonzero((inside.sum(axis=0) == 0) & fields["ties_known"][members])
        if len(members) > 1 and len(lone):
            found = counts(arrays(taken(fields, r, [np.arange(len(members)), np.delete(np.arange(len(members)), lone[0])])), KEYS)
            for key in KEYS:
                if CATALOGUE[key.partition("(")[0]].cohesion:
                    assert found[key].low[0] <= found[key].low[1], key


def taken(fields, r, choices):
    """Rows made of one row: each of the choices of its members, all variants of one base."""
    start = fields["ptr"][r]
    place = np.concatenate([start + np.asarray(choice) for choice in choices]).astype(int)
    return fields | {
        "ptr": np.concatenate([[0], np.cumsum([len(choice) for choice in choices])]),
        "home": np.repeat(fields["home"][r], len(choices)),
        "base": np.zeros(len(choices)),
        **{name: fields[name][place] for name in ("member", "tenure", "coordinator", "rd_body")},
    }


@given(st.integers(0, 2**32 - 1))
def test_variants_of_one_cluster_count_like_clusters_of_their_own(seed):
    fields = world(seed)
    rng = np.random.default_rng(seed)
    members = fields["ptr"][1] - fields["ptr"][0]
    choices = [np.flatnonzero(rng.random(members) < 0.7) for _ in range(6)]
    together = taken(fields, 0, choices)
    apart = {**together, "base": np.arange(6)}
    one, other = counts(arrays(together), KEYS), counts(arrays(apart), KEYS)
    for key in KEYS:
        np.testing.assert_array_equal(np.array(one[key]), np.array(other[key]), key)


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_nodes_changes_nothing(seed):
    fields = world(seed)
    rng = np.random.default_rng(seed)
    rows, n = len(fields["home"]), len(fields["country"])
    order, place = rng.permutation(rows), rng.permutation(n)  # place: new position of a node
    spans = [np.arange(fields["ptr"][r], fields["ptr"][r + 1]) for r in order]
    spans = [span[np.argsort(place[fields["member"][span]])] for span in spans]
    chosen = np.concatenate([*spans, []]).astype(int)
    back = np.argsort(place)
    moved = {
        **{name: fields[name][back] for name in ("ties_known", "linked", "partner", "ownership_known", "group", "country", "yes", "unknown")},
        **{name: fields[name][chosen] for name in ("tenure", "coordinator", "rd_body")},
        "member": place[fields["member"][chosen]],
        "ptr": np.concatenate([[0], np.cumsum([len(span) for span in spans])]),
        "home": fields["home"][order],
        "ties": fields["ties"][np.ix_(back, back)],
    }
    one, other = counts(arrays(fields), KEYS), counts(arrays(moved), KEYS)
    for key in KEYS:
        np.testing.assert_array_equal(np.array(one[key])[:, order], np.array(other[key]), key)


def test_probable_duplicates_make_intervals():
    fields = world(3, unknown=False) | {
        "ptr": [0, 4],
        "member": [0, 1, 2, 3],
        "tenure": [9.0] * 4,
        "coordinator": [False] * 4,
        "rd_body": [False] * 4,
        "home": [0],
    }
    n = len(fields["country"])
    fields |= {"linked": np.arange(n), "partner": np.arange(n), "duplicate": [0, 0, 0, *range(3, n)]}
    found = counts(arrays(fields), ["members", "members_independent", "members_tenured(years=3)"])
    for value in found.values():
        assert (value.low[0], value.high[0]) == (2, 4)


def test_the_same_registry_code_makes_an_interval(twelve_frames):
    table = twelve_frames["organisations"]
    table["registry_code"] = table["organisation"].map({"r1": "305", "r2": "305", "r4": "77", "m0": "77"})
    here = snapshot(Register._from_tables(twelve_frames, quality()))
    found = counted(here, ["members", "members_independent", "members_connected"])
    row = here.ids.get_loc("K08")
    assert [tuple(part[row] for part in value) for value in found.values()] == [(4, 5, 5, 0.8), (4, 4, 5, 1), (5, 5, 5, 1)]
    assert found["members"].low[here.ids.get_loc("K10")] == 7


def test_the_relation_that_makes_independence(twelve):
    found = counted(snapshot(twelve, Settings(independence="partner")), ["members_independent", "members_tenured(years=3)"])
    assert [value.low[5] for value in found.values()] == [3, 3]
    unlisted = counted(snapshot(twelve, Settings(unlisted_ownership="unknown")), ["members_independent", "members_tenured(years=3)"])
    assert [(value.low[5], value.value[5], value.high[5]) for value in unlisted.values()] == [(3, 3, 4), (3, 3, 4)]  # h4 stands in no row
    assert (unlisted["members_independent"].low[7], unlisted["members_independent"].high[7]) == (1, 5)
    assert np.isnan(unlisted["members_independent"].value[7])


def test_without_members_is_a_register_without_them(twelve, twelve_frames):
    whole = snapshot(twelve)
    nodes = twelve.organisations.index.get_indexer(["m1", "m4"])
    row = whole.ids.get_loc("K10")
    table = twelve_frames["membership"]
    twelve_frames["membership"] = table[~((table["cluster"] == "K10") & table["organisation"].isin(["m1", "m4"]))]
    left = snapshot(Register._from_tables(twelve_frames, quality()))
    one, other = counted(whole.without([row, row], [nodes, []]), KEYS), counted(left, KEYS)
    for key in KEYS:
        np.testing.assert_array_equal(np.array(one[key])[:, 0], np.array(other[key])[:, row], key)
        np.testing.assert_array_equal(np.array(one[key])[:, 1], np.array(counted(whole, [key])[key])[:, row], key)


@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_any_number_of_threads(threads, monkeypatch):
    monkeypatch.setattr("innovnet.clusters._counts._CHUNK", 3)
    monkeypatch.setenv("INNOVNET_THREADS", threads)
    fields = world(5)
    many, rows = 40, len(fields["home"])
    size = fields["ptr"][-1]
    wide = fields | {
        "ptr": np.concatenate([[0], np.cumsum(np.tile(np.diff(fields["ptr"]), many))]),
        "home": np.tile(fields["home"], many),
        **{name: np.tile(fields[name], many) for name in ("member", "tenure", "coordinator", "rd_body")},
    }
    assert size
    one, other = counts(arrays(fields), KEYS), counts(arrays(wide), KEYS)
    for key in KEYS:
        np.testing.assert_array_equal(np.tile(np.array(one[key]), many), np.array(other[key]), key)
        assert len(other[key].low) == rows * many


def test_no_cluster_at_all():
    fields = {**world(1), "ptr": [0], "member": [], "tenure": [], "coordinator": [], "rd_body": [], "home": []}
    assert all(len(value.low) == 0 for value in counts(arrays(fields), KEYS).values())
