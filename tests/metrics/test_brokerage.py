import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import brokerage

REFERENCE = Path(__file__).parents[1] / "reference" / "brokerage.csv"
DIRECTED = ["coordinator", "itinerant", "representative", "gatekeeper", "liaison", "total"]
UNDIRECTED = ["coordinator", "itinerant", "gatekeeper", "liaison", "total"]


def _network(n, ties, directed=False, groups=()):
    frame = pd.DataFrame(ties, columns=["source", "target", "weight"]).astype({"source": np.int64, "target": np.int64, "weight": float})
    return inn.Network.from_frames(pd.DataFrame({"actor": np.arange(n), "group": list(groups) or ["g"] * n}), frame, directed=directed)


@st.composite
def networks(draw, directed=None):
    n = draw(st.integers(0, 10))
    ids = st.integers(0, max(n - 1, 0))
    ties = draw(st.lists(st.tuples(ids, ids, st.integers(1, 4)), max_size=45)) if n else []
    groups = draw(st.lists(st.sampled_from("ABC"), min_size=n, max_size=n))
    return _network(n, ties, draw(st.booleans()) if directed is None else directed, groups)


def test_golden_undirected(U):
    by_sector, by_region = brokerage(U, groups="sector"), brokerage(U, groups="region")
    assert by_sector.loc[["c", "f", "j", "l"]].to_numpy().tolist() == [[0, 2, 1, 2, 5], [1, 4, 5, 3, 13], [0, 1, 1, 1, 3], [0] * 5]
    assert by_region.loc["f"].tolist() == [0, 0, 7, 6, 13]
    assert list(by_sector) == UNDIRECTED
    assert by_sector.index.equals(U.actors.index)
    assert set(by_sector.dtypes) == {np.dtype("int64")}


def test_golden_directed(D):
    assert brokerage(D, groups="sector").loc[["r", "v"]].to_numpy().tolist() == [[0, 2, 4, 0, 2, 8], [1, 0, 1, 2, 1, 5]]
    assert brokerage(D, groups="region").loc[["r", "v"]].to_numpy().tolist() == [[0, 0, 6, 0, 2, 8], [1, 1, 2, 1, 0, 5]]


def test_the_two_boundary_roles():
    ties = [(0, 1, 1), (1, 2, 1)]
    out_of_the_group = brokerage(_network(3, ties, directed=True, groups="AAB"), groups="group").loc[1]
    into_the_group = brokerage(_network(3, ties, directed=True, groups="ABB"), groups="group").loc[1]
    assert out_of_the_group[out_of_the_group > 0].to_dict() == {"representative": 1, "total": 1}
    assert into_the_group[into_the_group > 0].to_dict() == {"gatekeeper": 1, "total": 1}


def test_counts_are_those_of_sna(U, D):
    rows = pd.read_csv(REFERENCE).dropna(subset=["actor"])
    assert len(rows) == (12 + 10) * 6 * 2
    for (name, groups), table in rows.groupby(["network", "groups"]):
        found = brokerage({"U": U, "D": D}[name], groups=groups, ordered=True)
        expected = table.pivot_table(index="actor", columns="role", values="observed")[DIRECTED]
        np.testing.assert_array_equal(found, expected)


def _by_definition(network, credit):
    A, group = network.adjacency().toarray(), network.actors["group"].to_numpy()
    found = np.zeros((len(A), 6))
    for i, j, k in itertools.permutations(range(len(A)), 3):
        if A[i, j] and A[j, k] and not A[i, k]:
            between = sum(A[i, q] > 0 and A[q, k] > 0 for q in range(len(A)) if q not in {i, k})
            worth = {"count": 1, "shared": 1 / between, "minimum": min(A[i, j], A[j, k])}[credit]
            same = (group[i] == group[j], group[j] == group[k], group[i] == group[k])
            role = {(True, True, True): 0, (False, False, True): 1, (True, False, False): 2, (False, True, False): 3, (False, False, False): 4}[same]
            found[j, [role, 5]] += worth
    return found


@given(networks(), st.sampled_from(["count", "shared", "minimum"]))
@settings(deadline=None, max_examples=200)
def test_all_are_their_definitions(network, credit):
    expected = _by_definition(network, credit)
    ordered = brokerage(network, groups="group", credit=credit, ordered=True)
    np.testing.assert_allclose(ordered, expected, atol=1e-12)
    found = brokerage(network, groups="group", credit=credit)
    if network.directed:
        pd.testing.assert_frame_equal(found, ordered)
    else:
        np.testing.assert_allclose(found, np.column_stack([expected[:, [0, 1]] / 2, expected[:, 2], expected[:, [4, 5]] / 2]), atol=1e-12)
    np.testing.assert_allclose(found.drop(columns="total").sum(axis=1), found["total"], atol=1e-12)


@given(networks())
@settings(deadline=None, max_examples=60)
def test_shared_credit_sums_to_the_pairs(network):
    A = network.adjacency(weighted=False).toarray()
    pairs = ((A @ A > 0) & (A == 0) & ~np.eye(len(A), dtype=bool)).sum()
    assert brokerage(network, groups="group", credit="shared", ordered=True)["total"].sum() == pytest.approx(pairs)


@given(networks(), st.randoms(use_true_random=False), st.permutations("ABC"))
@settings(deadline=None, max_examples=60)
def test_neither_order_nor_names_matter(network, random, names):
    order = list(range(network.n_actors))
    random.shuffle(order)
    actors = network.actors.iloc[order]
    actors["group"] = actors["group"].map(dict(zip("ABC", names, strict=True)))
    turned = inn.Network.from_frames(actors, network.ties, directed=network.directed)
    for credit in ("count", "shared"):
        found, again = (brokerage(net, groups="group", credit=credit) for net in (network, turned))
        pd.testing.assert_frame_equal(again.loc[found.index], found, atol=1e-12)


@given(networks(directed=True))
@settings(deadline=None, max_examples=40)
def test_turning_all_ties_swaps_the_boundary_roles(network):
    turned = inn.Network.from_frames(network.actors, network.ties.rename(columns={"source": "target", "target": "source"}), directed=True)
    swapped = brokerage(turned, groups="group").rename(columns={"gatekeeper": "representative", "representative": "gatekeeper"})[DIRECTED]
    pd.testing.assert_frame_equal(swapped, brokerage(network, groups="group"))


@pytest.mark.parametrize("credit", ["count", "shared", "minimum"])
def test_same_bits_in_any_number_of_threads(monkeypatch, credit):
    rng = np.random.default_rng(1)
    ties = np.column_stack([rng.integers(0, 1500, (60_000, 2)), rng.random(60_000)])
    network = _network(1500, ties, groups=rng.choice(list("ABCDE"), 1500))
    tables = []
    for threads in ("1", "4"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        tables.append(brokerage(network, groups="group", credit=credit))
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_missing_groups(U):
    actors = U.actors.assign(sector=U.actors["sector"].where(U.actors.index != "c"))
    network = inn.Network.from_frames(actors, U.ties)
    with pytest.raises(DataError, match="'c'"):
        brokerage(network, groups="sector")
    dropped = brokerage(network, groups="sector", missing="drop")
    assert dropped.loc["c"].isna().all()
    without = network.select(actors=actors.index != "c")
    np.testing.assert_array_equal(dropped.drop(index="c"), brokerage(without, groups="sector"))
    named = brokerage(network, groups="sector", missing="category")
    pd.testing.assert_frame_equal(named, brokerage(network, groups=actors["sector"].fillna("unknown")))


def test_unknown_credit_is_an_error(U):
    with pytest.raises(DataError, match="credit='min'"):
        brokerage(U, groups="sector", credit="min")


def test_real_network(lithuania):
    network = lithuania.project()
    found = brokerage(network, groups="country", missing="category")
    A, country = network.adjacency(weighted=False), network.actors["country"].fillna("(missing)").to_numpy()
    hubs = np.argsort(-np.diff(A.indptr))[:5]
    for v in [*hubs, *np.random.default_rng(0).choice(network.n_actors, 40, replace=False)]:
        partners = A.indices[A.indptr[v] : A.indptr[v + 1]]
        apart = np.triu(1 - A[partners][:, partners].toarray(), 1).astype(bool)
        own = country[partners] == country[v]
        one, both, alike = own[:, None] ^ own, own[:, None] & own, country[partners][:, None] == country[partners]
        expected = [(apart & chosen).sum() for chosen in (both, alike & ~both, one, ~one & ~alike)]
        assert found.iloc[v].tolist() == [*expected, apart.sum()]
