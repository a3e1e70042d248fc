import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import gatekeepers, observed_bridging, regional_bridging, regional_profile


def network_of(n, ties, groups, directed=False, country=None):
    ids = [f"v{i}" for i in range(n)]
    rows = pd.DataFrame([(ids[i], ids[j], float(w)) for i, j, w in ties], columns=["source", "target", "weight"])
    actors = pd.DataFrame({"g": list(groups), "country": list(country or groups)}, index=ids)
    return inn.Network.from_frames(actors, rows.astype({"source": "str", "target": "str"}), directed=directed)


def regions_of(matrix):
    """A network of regions from a symmetric matrix with the links inside each region on its diagonal."""
    n = len(matrix)
    ids = [f"R{k + 1}" for k in range(n)]
    rows = [(ids[i], ids[j], float(matrix[i][j])) for i in range(n) for j in range(i + 1, n)]
    actors = pd.DataFrame({"internal": [float(matrix[i][i]) for i in range(n)]}, index=ids)
    return inn.Network.from_frames(actors, pd.DataFrame(rows, columns=["source", "target", "weight"]).astype({"source": "str", "target": "str"}))


@st.composite
def networks(draw):
    n = draw(st.integers(1, 8))
    directed = draw(st.booleans())
    vertex = st.integers(0, n - 1)
    rows = draw(st.lists(st.tuples(vertex, vertex, st.integers(1, 5)), max_size=20))
    ties = {(i, j): w for i, j, w in rows if i < j or (directed and i > j)}
    groups = draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n))
    return n, ties, groups, directed


@pytest.fixture
def R(U):  # noqa: N802
    return inn.aggregate(U, groups="region")


# golden values


def test_golden_regional_bridging(R):
    found = regional_bridging(R)
    assert list(found.columns) == ["intensity", "outward", "diversification", "bridging"]
    assert found.loc["R1"].tolist() == pytest.approx([4, 0.4444444444, 0.5, 0.8888888889], abs=1e-10)
    assert found.loc["R3"].tolist() == pytest.approx([8, 0.6666666667, 0.65625, 3.5], abs=1e-10)
    assert regional_bridging(R, intra="twice").loc["R3", "bridging"] == pytest.approx(2.625, abs=1e-10)
    assert regional_bridging(R, categories="country").loc["R3", "bridging"] == pytest.approx(2.5, abs=1e-10)
    assert found.index.name == "group"


def test_golden_observed_bridging(U):
    assert observed_bridging(U, groups="region")[["R1", "R3"]].tolist() == [4, 18]


def test_worked_example_of_four_regions():
    found = regional_bridging(regions_of([[10, 4, 2, 0], [4, 30, 6, 1], [2, 6, 5, 3], [0, 1, 3, 8]]))
    assert found["intensity"].tolist() == [6, 11, 11, 4]
    assert found["outward"].tolist() == pytest.approx([0.375, 0.268293, 0.6875, 0.333333], abs=1e-6)
    assert (1 - found["diversification"]).tolist() == pytest.approx([0.555556, 0.438017, 0.404959, 0.625], abs=1e-6)
    assert found["bridging"].tolist() == pytest.approx([1, 1.658537, 4.5, 0.5], abs=1e-6)


# regional bridging


@settings(max_examples=40)
@given(st.data())
def test_bridging_is_the_sum_over_pairs_of_regions(data):
    n = data.draw(st.integers(1, 6))
    cells = data.draw(st.lists(st.integers(0, 9), min_size=n * n, max_size=n * n))
    g = np.array(cells).reshape(n, n)
    g = np.triu(g) + np.triu(g, 1).T
    categories = data.draw(st.lists(st.sampled_from("xy"), min_size=n, max_size=n))
    agents = data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    network = regions_of(g.tolist())
    ids = network.actors.index
    series = pd.Series(categories, index=ids), pd.Series(agents, index=ids)
    outer = g - np.diag(np.diag(g))
    for name, divisor in (("once", outer.sum(axis=1) + np.diag(g)), ("twice", outer.sum(axis=1) + 2 * np.diag(g)), ("none", outer.sum(axis=1))):
        for wanted in (None, series[0]):
            found = regional_bridging(network, intra=name, categories=wanted)["bridging"]
            half = regional_bridging(network, intra=name, categories=wanted, pairs="unordered")["bridging"]
            for i in range(n):
                pairs = [(j, k) for j in range(n) for k in range(n) if i not in {j, k} and j != k and (wanted is None or categories[j] != categories[k])]
                expected = sum(g[i, j] * g[i, k] for j, k in pairs) / divisor[i] if divisor[i] else 0
                assert found.iloc[i] == pytest.approx(expected, abs=1e-12)
                assert half.iloc[i] == pytest.approx(expected / 2, abs=1e-12)
    found = regional_bridging(network, agents=series[1])
    for i in range(n):
        pairs = [(j, k) for j in range(n) for k in range(n) if i not in {j, k} and j != k]
        assert found["bridging"].iloc[i] == pytest.approx(sum(g[i, j] * g[i, k] for j, k in pairs) / agents[i], abs=1e-12)
    factors = found["intensity"] * found["outward"] * found["diversification"]
    assert factors.fillna(0).tolist() == pytest.approx(found["bridging"].tolist())


def test_expected_paths_when_links_fall_on_agents_at_random():
    """Links of one region to two others, on three agents each by chance: the mean of what is observed is what is expected with agents=."""
    rng = np.random.default_rng(1)
    observed = []
    for _ in range(250):
        ties = [(int(rng.integers(3)), 3 + k, 1) for k in range(4)] + [(int(rng.integers(3)), 7 + k, 1) for k in range(5)]
        observed.append(observed_bridging(network_of(12, ties, "aaabbbbccccc"), groups="g")["a"])
    regions = inn.aggregate(network_of(12, ties, "aaabbbbccccc"), groups="g")
    expected = regional_bridging(regions, agents="actors").loc["a", "bridging"]
    assert expected == pytest.approx(2 * 4 * 5 / 3)
    assert np.mean(observed) == pytest.approx(expected, abs=5 * np.std(observed) / 250**0.5)


def test_regions_without_links_and_with_one_partner():
    found = regional_bridging(regions_of([[0, 0, 0], [0, 2, 3], [0, 3, 1]]))
    assert found["bridging"].tolist() == [0, 0, 0]
    assert found.loc["R1", ["outward", "diversification"]].isna().all()
    assert found["diversification"].tolist()[1:] == [0, 0]
    inside = regional_bridging(regions_of([[4, 0], [0, 0]]))
    assert inside.loc["R1", ["intensity", "outward", "bridging"]].tolist() == [0, 0, 0]


def test_bridging_refuses(R, D):
    with pytest.raises(DataError, match="symmetrize"):
        regional_bridging(inn.aggregate(D, groups="region"))
    plain = inn.Network.from_frames(pd.DataFrame(index=["a", "b"]), pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(DataError, match="no column 'internal'"):
        regional_bridging(plain)
    assert regional_bridging(plain, intra="none")["outward"].tolist() == [1, 1]
    with pytest.raises(DataError, match="not above 0 for 'R2'"):
        regional_bridging(R, agents=pd.Series([1, 0, 2, 3], index=R.actors.index))
    with pytest.raises(DataError, match="no column 'agent'"):
        regional_bridging(R, agents="agent")
    with pytest.raises(DataError, match="intra"):
        regional_bridging(R, intra="thrice")
    with pytest.raises(DataError, match="pairs"):
        regional_bridging(R, pairs="both")


def test_missing_categories(R):
    country = R.actors["country"].where(R.actors.index != "R4")
    with pytest.raises(DataError, match="1 of 4 actors have no group"):
        regional_bridging(R, categories=country)
    dropped = regional_bridging(R, categories=country, missing="drop")
    assert list(dropped.index) == ["R1", "R2", "R3"]
    assert dropped.loc["R3", "intensity"] == 5
    assert regional_bridging(R, categories=country, missing="category").loc["R3", "bridging"] == pytest.approx(2.5)


# observed bridging


@given(networks())
def test_observed_bridging_is_the_paths_over_actors(drawn):
    n, ties, groups, directed = drawn
    network = network_of(n, [(*t, w) for t, w in ties.items()], groups, directed)
    strength = np.zeros((n, n))
    for (i, j), w in ties.items():
        strength[i, j] += w
        strength[j, i] += w
    expected = dict.fromkeys(sorted(set(groups)), 0.0)
    for a in range(n):
        for j in range(n):
            for k in range(n):
                if len({groups[a], groups[j], groups[k]}) == 3:
                    expected[groups[a]] += strength[a, j] * strength[a, k]
    assert observed_bridging(network, groups="g").to_dict() == pytest.approx(expected)
    if not directed:
        found = observed_bridging(network, groups="g", weighted=False)
        assert found.to_dict() == observed_bridging(network_of(n, [(*t, 1) for t in ties], groups), groups="g").to_dict()


# gatekeepers and profiles


def test_gatekeepers_of_the_toy(U):
    found = gatekeepers(U, groups="region")
    assert found.loc["c"].tolist() == [2, 3, "gatekeeper"]
    assert found["class"].value_counts().to_dict() == {"gatekeeper": 8, "internal": 3, "isolated": 1}
    assert gatekeepers(network_of(3, [(0, 2, 1)], "aab"), groups="g")["class"].tolist() == ["external", "isolated", "external"]
    assert found["internal"].dtype == found["external"].dtype == "int64"


def test_gatekeepers_of_a_directed_network(D):
    found = gatekeepers(D, groups="region")
    assert found.loc["v"].tolist() == [3, 2, "gatekeeper"]  # u→v, v→w, w→v inside; s→v, v→x outside
    assert (found["internal"] + found["external"]).tolist() == inn.metrics.degree(D).tolist()


@given(networks())
def test_profile_against_the_definition(drawn):
    n, ties, groups, directed = drawn
    country = ["E" if g == "x" or i % 3 == 0 else "F" for i, g in enumerate(groups)]
    network = network_of(n, [(*t, w) for t, w in ties.items()], groups, directed, country)
    profile = regional_profile(network, groups="g", country="country")
    keepers = gatekeepers(network, groups="g")
    touched = {v for t in ties for v in t}
    for g, row in profile.iterrows():
        members = [v for v in range(n) if groups[v] == g]
        inside = [t for t in ties if groups[t[0]] == groups[t[1]] == g]
        outside = [t for t in ties if (groups[t[0]] == g) != (groups[t[1]] == g)]
        count = len(inside) + len(outside)
        weight = sum(ties[t] for t in inside) + sum(ties[t] for t in outside)
        pairs = len(members) * (len(members) - 1) / (1 if directed else 2)
        expected = {
            "actors": len(members),
            "active": len(touched & set(members)),
            "internal_ties": len(inside),
            "external_ties": len(outside),
            "internal_weight": sum(ties[t] for t in inside),
            "external_weight": sum(ties[t] for t in outside),
            "external_share": len(outside) / count if count else np.nan,
            "external_share_weighted": sum(ties[t] for t in outside) / weight if weight else np.nan,
            "foreign_share": sum(country[i] != country[j] for i, j in inside + outside) / count if count else np.nan,
            "partner_groups": len({groups[v] for t in outside for v in t} - {g}),
            "internal_density": len(inside) / pairs if pairs else np.nan,
            "internal_per_actor": len(inside) / len(members),
            "external_per_actor": len(outside) / len(members),
            "gatekeepers": int((keepers["class"].to_numpy()[members] == "gatekeeper").sum()),
            "largest_component_share": largest(members, inside) / len(members),
        }
        assert list(expected) == list(profile.columns)
        assert row.to_dict() == pytest.approx(expected, nan_ok=True)


def largest(members, ties):
    parts = [{v} for v in members]
    for i, j in ties:
        joined = [p for p in parts if i in p or j in p]
        parts = [p for p in parts if p not in joined] + [set().union(*joined)]
    return max(map(len, parts))


def test_profile_without_country_ties_and_with_one_group(U):
    found = regional_profile(U, groups="region")
    assert found["foreign_share"].isna().all()
    assert found["gatekeepers"].tolist() == [2, 2, 3, 1]
    assert found.index.name == "group"
    none = regional_profile(network_of(3, [], "aab"), groups="g", country="country")
    assert none[["external_share", "external_share_weighted", "foreign_share"]].isna().all(axis=None)
    assert none["internal_density"].tolist()[0] == 0
    assert none["largest_component_share"].tolist() == [0.5, 1]
    one = regional_profile(network_of(3, [(0, 1, 2)], "aaa"), groups="g")
    assert one[["external_ties", "partner_groups", "external_share"]].to_numpy().tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("function", [gatekeepers, regional_profile, observed_bridging])
def test_missing_groups(U, function):
    region = U.actors["region"].where(U.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        function(U, groups=region)
    dropped, without = function(U, groups=region, missing="drop"), function(U.select(actors=U.actors.index != "f"), groups="region")
    if function is gatekeepers:
        assert dropped.loc["f"].isna().all()
        dropped = dropped.drop("f").astype(without.dtypes)
    assert dropped.equals(without)
    assert function(U, groups=region, missing="category").equals(function(U, groups=region.fillna("(missing)")))


def test_missing_countries(U):
    country = U.actors["country"].where(U.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no country"):
        regional_profile(U, groups="region", country=country)
    dropped = regional_profile(U, groups="region", country=country, missing="drop")
    assert dropped.equals(regional_profile(U.select(actors=U.actors.index != "f"), groups="region", country="country"))
    kept = regional_profile(U, groups="region", country=country, missing="category")
    assert kept.loc["R3", "foreign_share"] == 10 / 11  # all but g-h: f is of a country of its own


def test_order_of_actors_does_not_matter(U):
    order = U.actors.index[::-1]
    turned = inn.Network.from_frames(U.actors.loc[order], U.ties.sample(frac=1, random_state=1))
    for function in (regional_profile, observed_bridging):
        assert function(U, groups="region").equals(function(turned, groups="region"))
    assert gatekeepers(U, groups="region").equals(gatekeepers(turned, groups="region").loc[U.actors.index])
