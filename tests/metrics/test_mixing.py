import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import assortativity, mixing_matrix


def network_of(n, ties, groups, directed=False):
    ids = [f"v{i}" for i in range(n)]
    rows = pd.DataFrame([(ids[i], ids[j], float(w)) for i, j, w in ties], columns=["source", "target", "weight"])
    return inn.Network.from_frames(pd.DataFrame({"g": list(groups)}, index=ids), rows.astype({"source": "str", "target": "str"}), directed=directed)


@st.composite
def networks(draw):
    n = draw(st.integers(1, 8))
    directed = draw(st.booleans())
    vertex = st.integers(0, n - 1)
    rows = draw(st.lists(st.tuples(vertex, vertex, st.integers(1, 5)), max_size=20))
    ties = {(i, j): w for i, j, w in rows if i < j or (directed and i > j)}
    groups = draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n))
    return n, ties, groups, directed


def test_golden_values(U, D):
    assert assortativity(U, groups="sector") == pytest.approx(-0.2472647702, abs=1e-10)
    assert assortativity(U, groups="region", weighted=True) == pytest.approx(0.3650793651, abs=1e-10)
    assert assortativity(D, groups="region") == pytest.approx(0.4112149533, abs=1e-10)


def test_ties_and_ends_by_region(U):
    ties = mixing_matrix(U, groups="region", counting="ties", weighted=True)
    assert np.array_equal(np.diag(ties), [5, 1, 4, 2])
    assert (ties.loc["R1", "R2"], ties.loc["R2", "R3"], ties.loc["R4", "R3"], ties.loc["R1", "R4"]) == (2, 3, 3, 0)
    assert np.triu(ties).sum() == U.ties["weight"].sum()
    ends = mixing_matrix(U, groups="region", counting="ends")
    assert ends.to_numpy().sum() == 2 * U.n_ties
    assert (ends.dtypes == "int64").all()
    degrees = inn.metrics.degree(U).groupby(U.actors["region"]).sum()
    assert ends.sum(axis=1).tolist() == degrees.tolist()
    assert (ends.index.name, ends.columns.name) == ("group", "partner")


def test_share_expected_and_ratio(U):
    def table(cells, counting="ends"):
        return mixing_matrix(U, groups="sector", counting=counting, cells=cells)

    assert table("share").to_numpy().sum() == pytest.approx(1)
    assert np.triu(table("share", "ties")).sum() == pytest.approx(1)
    assert table("expected").sum(axis=1).tolist() == pytest.approx(table("count").sum(axis=1).tolist())
    assert np.triu(table("expected", "ties")).sum() == pytest.approx(U.n_ties)
    pd.testing.assert_frame_equal(table("ratio"), table("ratio", "ties"))
    share, chance = table("share").to_numpy(), table("expected").to_numpy() / (2 * U.n_ties)
    assert assortativity(U, groups="sector") == pytest.approx((np.trace(share) - np.trace(chance)) / (1 - np.trace(chance)))


def test_directed_table(D):
    ties = mixing_matrix(D, groups="sector", counting="ties")
    named = D.ties.assign(g=D.ties["source"].map(D.actors["sector"]), h=D.ties["target"].map(D.actors["sector"]))
    counted = pd.crosstab(named["g"], named["h"])
    assert ties.to_numpy().tolist() == counted.to_numpy().tolist()
    assert np.array_equal(mixing_matrix(D, groups="sector", counting="ends"), ties + ties.T.to_numpy())


def test_against_other_programs(U, D):
    for network, groups in ((U, "sector"), (U, "region"), (D, "sector"), (D, "region")):
        graph = (nx.DiGraph if network.directed else nx.Graph)(list(network.ties[["source", "target"]].itertuples(index=False)))
        nx.set_node_attributes(graph, network.actors[groups].to_dict(), "g")
        assert assortativity(network, groups=groups) == pytest.approx(nx.attribute_assortativity_coefficient(graph, "g"))
        codes = pd.factorize(network.actors[groups])[0]
        ends = [tuple(network.positions(t)) for t in network.ties[["source", "target"]].itertuples(index=False)]
        other = igraph.Graph(network.n_actors, ends, directed=network.directed)
        assert assortativity(network, groups=groups) == pytest.approx(other.assortativity_nominal(codes.tolist(), directed=network.directed))
        ours = mixing_matrix(network, groups=groups, counting="ties" if network.directed else "ends")
        theirs = nx.attribute_mixing_matrix(graph, "g", mapping={g: k for k, g in enumerate(ours.index)}, normalized=False)
        assert np.array_equal(ours, theirs)


def test_weights_are_repeated_ties(U):
    times = U.ties["weight"].astype(int)
    graph = igraph.Graph(U.n_actors, [tuple(U.positions(t)) for t in U.ties[["source", "target"]].to_numpy().repeat(times, axis=0)])
    codes = pd.factorize(U.actors["region"])[0].tolist()
    assert assortativity(U, groups="region", weighted=True) == pytest.approx(graph.assortativity_nominal(codes, directed=False))


def test_no_ties_and_one_group():
    none, one = network_of(3, [], "aab"), network_of(3, [(0, 1, 1)], "aaa")
    assert np.isnan(assortativity(none, groups="g"))
    assert np.isnan(assortativity(one, groups="g"))
    assert np.isnan(assortativity(network_of(3, [(0, 1, 1)], "aab"), groups="g"))  # the other group has only isolates
    for counting in ("ties", "ends"):
        assert mixing_matrix(none, groups="g", counting=counting).to_numpy().sum() == 0
        for cells in ("share", "expected", "ratio"):
            assert mixing_matrix(none, groups="g", counting=counting, cells=cells).isna().all(axis=None)
        assert mixing_matrix(one, groups="g", counting=counting, cells="ratio").to_numpy().tolist() == [[1.0]]


def test_extremes():
    assert assortativity(network_of(4, [(0, 1, 1), (2, 3, 1)], "aabb"), groups="g") == 1
    assert assortativity(network_of(4, [(0, 2, 1), (1, 3, 1)], "aabb"), groups="g") == -1


def test_choices(U):
    with pytest.raises(TypeError, match="counting"):
        mixing_matrix(U, groups="sector")
    with pytest.raises(DataError, match="counting"):
        mixing_matrix(U, groups="sector", counting="both")
    with pytest.raises(DataError, match="cells"):
        mixing_matrix(U, groups="sector", counting="ties", cells="shares")


def test_missing_groups(U):
    region = U.actors["region"].where(U.actors.index != "f")
    without, named = U.select(actors=U.actors.index != "f"), region.fillna("(missing)")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        mixing_matrix(U, groups=region, counting="ties")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        assortativity(U, groups=region)
    for counting in ("ties", "ends"):
        dropped = mixing_matrix(U, groups=region, counting=counting, missing="drop")
        pd.testing.assert_frame_equal(dropped, mixing_matrix(without, groups="region", counting=counting))
        kept = mixing_matrix(U, groups=region, counting=counting, missing="category")
        pd.testing.assert_frame_equal(kept, mixing_matrix(U, groups=named, counting=counting))
    assert assortativity(U, groups=region, missing="drop") == assortativity(without, groups="region")
    assert assortativity(U, groups=region, missing="category") == assortativity(U, groups=named)


@given(networks())
def test_against_the_definition(drawn):
    n, ties, groups, directed = drawn
    network = network_of(n, [(*t, w) for t, w in ties.items()], groups, directed)
    present = sorted(set(groups))
    for weighted in (False, True):
        once = mixing_matrix(network, groups="g", weighted=weighted, counting="ties")
        ends = mixing_matrix(network, groups="g", weighted=weighted, counting="ends")
        for g in present:
            for h in present:
                forth = sum((w if weighted else 1) for (i, j), w in ties.items() if (groups[i], groups[j]) == (g, h))
                back = sum((w if weighted else 1) for (i, j), w in ties.items() if (groups[i], groups[j]) == (h, g))
                assert once.loc[g, h] == (forth if directed or g == h else forth + back)
                assert ends.loc[g, h] == forth + back
        turned = network_of(n, [(n - 1 - i, n - 1 - j, w) for (i, j), w in reversed(ties.items())], groups[::-1], directed)
        assert np.isclose(assortativity(network, groups="g", weighted=weighted), assortativity(turned, groups="g", weighted=weighted), equal_nan=True)
        pd.testing.assert_frame_equal(once, mixing_matrix(turned, groups="g", weighted=weighted, counting="ties"))
