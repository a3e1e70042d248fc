import itertools
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import _brokerage_worlds, brokerage, brokerage_summary
from innovnet.metrics._brokerage_count import DIRECTED, UNDIRECTED, paths_of, role_counts, unordered
from innovnet.metrics._brokerage_labels import label_actor_moments, label_moments
from innovnet.metrics._brokerage_moments import actor_overlaps, chance_of_density, chance_of_ties, moments, network_overlaps
from innovnet.metrics._brokerage_permuted import of_network, with_own_group
from innovnet.metrics._samples import permutation, sample

REFERENCE = Path(__file__).parents[1] / "reference" / "brokerage.csv"
HALF = Fraction(1, 2)


def _network(n, ties, directed=False, groups=()):
    frame = pd.DataFrame(ties, columns=["source", "target"], dtype=np.int64)
    return inn.Network.from_frames(pd.DataFrame({"actor": np.arange(n), "group": list(groups) or ["g"] * n}), frame, directed=directed)


@st.composite
def networks(draw, smallest=0, largest=8):
    n = draw(st.integers(smallest, largest))
    ids = st.integers(0, max(n - 1, 0))
    ties = draw(st.lists(st.tuples(ids, ids), max_size=30)) if n else []
    return _network(n, ties, draw(st.booleans()), draw(st.lists(st.sampled_from("ABC"), min_size=n, max_size=n)))


def _golden(table, expected, columns=("observed", "expected", "sd")):
    for row, values in expected.items():
        assert table.loc[row, list(columns)].tolist() == pytest.approx(values, abs=1e-10)


def test_golden_undirected(U):
    moments_only = ("expected", "sd")
    _golden(
        brokerage_summary(U, groups="sector"),
        {
            "coordinator": [1, 6.3228146853, 3.3151479367],
            "itinerant": [9, 8.3133304196, 4.128906631],
            "gatekeeper": [9, 16.6266608392, 4.2200245853],
            "liaison": [8, 7.3766171329, 3.0679574697],
            "total": [27, 38.6394230769, 4.1327009063],
        },
    )
    bernoulli = {"coordinator": [6.3737791134, 3.80259136], "gatekeeper": [16.7606784094, 6.7310055686], "total": [38.95087236, 12.7425478972]}
    _golden(brokerage_summary(U, groups="sector", null="bernoulli"), bernoulli, moments_only)
    labels = {"coordinator": [4.4181818182, 2.7217553619], "gatekeeper": [11.6181818182, 3.2875142934], "liaison": [5.1545454545, 2.4914712187]}
    _golden(brokerage_summary(U, groups="sector", null="labels"), labels, moments_only)
    actors = brokerage_summary(U, groups="sector", level="actor")
    _golden(actors, {("f", "coordinator"): [0.0585445804, 0.23477034]}, moments_only)
    _golden(actors, {("f", "gatekeeper"): [1.5115535588], ("f", "total"): [3.2469593369]}, ["sd"])
    labelled = {("f", "coordinator"): [0.2363636364, 0.4248480526], ("f", "gatekeeper"): [4.2545454545, 2.0557518582]}
    _golden(brokerage_summary(U, groups="sector", level="actor", null="labels"), labelled, moments_only)


def test_golden_directed(D):
    _golden(
        brokerage_summary(D, groups="sector"),
        {
            "coordinator": [3, 2.0629213483, 1.8163570262],
            "itinerant": [3, 4.9385086823, 2.6100331801],
            "representative": [6, 4.9385086823, 2.2355864808],
            "gatekeeper": [6, 4.9385086823, 2.2355864808],
            "liaison": [6, 5.6261491318, 2.6999440176],
            "total": [24, 22.5045965271, 4.0929103187],
        },
    )
    bernoulli = {"coordinator": [2.112, 1.9887684631], "representative": [5.056, 2.9410419922], "total": [23.04, 9.4841003791]}
    _golden(brokerage_summary(D, groups="sector", null="bernoulli"), bernoulli, ["expected", "sd"])
    actors = brokerage_summary(D, groups="sector", level="actor", null="bernoulli")
    _golden(actors, {("r", "gatekeeper"): [0.448, 0.9138227399]}, ["expected", "sd"])


def test_shape_of_the_table(U, D):
    table = brokerage_summary(U, groups="sector")
    assert list(table) == ["observed", "expected", "sd", "z", "p_lower", "p_upper", "p"]
    assert table.index.tolist() == list(UNDIRECTED)
    assert table[["p_lower", "p_upper", "p"]].isna().all(axis=None)
    assert table.attrs["null"] == "ties"
    assert table.attrs["options"] == {"groups": "sector", "level": "network", "within": None, "missing": "error"}
    actors = brokerage_summary(D, groups="sector", level="actor")
    assert actors.index.names == ["actor", "role"]
    np.testing.assert_array_equal(actors["observed"].to_numpy().reshape(10, 6), brokerage(D, groups="sector"))


# --- exhaustive enumeration ---


def _counts(network):
    """Counts of every actor by role, each pair once where undirected, from the definition."""
    A, c = network.adjacency().toarray(), network.actors["group"].to_numpy()
    found = np.zeros((len(A), 6), dtype=int)
    for i, j, k in itertools.permutations(range(len(A)), 3):
        if A[i, j] and A[j, k] and not A[i, k]:
            same = (c[i] == c[j], c[j] == c[k], c[i] == c[k])
            role = {(True, True, True): 0, (False, False, True): 1, (True, False, False): 2, (False, True, False): 3, (False, False, False): 4}[same]
            found[j, [role, 5]] += 1
    return found if network.directed else np.column_stack([found[:, :2] // 2, found[:, 2], found[:, 4:] // 2])


def _all_networks(groups, directed):
    """Number of pairs, and by number of ties the counts of all networks with so many."""
    pairs = list((itertools.permutations if directed else itertools.combinations)(range(len(groups)), 2))
    found = {}
    for chosen in itertools.product([False, True], repeat=len(pairs)):
        ties = list(itertools.compress(pairs, chosen))
        found.setdefault(len(ties), []).append(_counts(_network(len(groups), ties, directed, groups)))
    return len(pairs), {m: np.array(counts, dtype=object) for m, counts in found.items()}


def _exactly(values):
    mean = Fraction(int(values.sum()), len(values))
    return mean, Fraction(int((values**2).sum()), len(values)) - mean**2


@pytest.mark.parametrize(("groups", "directed"), [("AAB", True), ("AABC", False), ("AABB", False), ("AAAB", False), ("AABBC", False)])
def test_moments_are_those_of_all_networks(groups, directed):
    pairs, counts = _all_networks(groups, directed)
    sizes = Counter(groups)
    over_all = network_overlaps(list(sizes.values()), directed)
    of_actors = [actor_overlaps(sizes[g], [n for h, n in sizes.items() if h != g], directed) for g in groups]
    for m, found in counts.items():
        chance = chance_of_ties(pairs, m)
        for role, overlaps in enumerate(over_all):
            assert moments(overlaps, chance) == _exactly(found.sum(axis=1)[:, role])
            for actor, single in enumerate(of_actors):
                assert moments(single[role], chance) == _exactly(found[:, actor, role])
    for p in (HALF, Fraction(1, 3), Fraction(4, 5)):
        weight = {m: p**m * (1 - p) ** (pairs - m) for m in counts}
        for role, overlaps in enumerate(over_all):
            totals = {m: found.sum(axis=1)[:, role] for m, found in counts.items()}
            mean = sum(weight[m] * int(total.sum()) for m, total in totals.items())
            square = sum(weight[m] * int((total**2).sum()) for m, total in totals.items())
            assert moments(overlaps, lambda s, t, p=p: p**s * (1 - p) ** t) == (mean, square - mean**2)


def _variances(sizes, directed):
    chance = chance_of_density(2, 1)
    roles = DIRECTED if directed else UNDIRECTED
    return {role: moments(overlaps, chance)[1] for role, overlaps in zip(roles, network_overlaps(sizes, directed), strict=True)}


def test_published_enumerations_at_density_one_half():
    """All 4,096 digraphs on four actors, and closed forms for 5 + 5 + 5; R's sna: 1, 3.75; .84375, .84375; .5; 14.36, 5.56, 29.93."""
    two_two, three_one, two_one_one, fifteen = (_variances(sizes, directed=True) for sizes in ([2, 2], [3, 1], [2, 1, 1], [5, 5, 5]))
    assert (two_two["representative"], two_two["total"]) == (Fraction(7, 8), 3)
    assert (three_one["coordinator"], three_one["representative"], three_one["total"]) == (Fraction(21, 32), Fraction(9, 16), 3)
    assert (two_one_one["representative"], two_one_one["liaison"]) == (Fraction(7, 16), Fraction(11, 8))
    found = [float(fifteen[role]) ** 0.5 for role in ("representative", "coordinator", "total")]
    assert found == pytest.approx([11.8585, 5.0312, 28.4687], abs=5e-5)
    assert list(_variances([2, 2], directed=False).values()) == [0, Fraction(5, 8), 1, 0, Fraction(9, 8)]
    assert list(_variances([3, 1], directed=False).values())[:3] == [Fraction(15, 64), Fraction(27, 64), Fraction(9, 16)]
    assert list(_variances([2, 2, 1], directed=False).values())[1:] == [Fraction(31, 32), Fraction(15, 8), Fraction(17, 16), Fraction(105, 32)]


@given(networks(smallest=1, largest=6))
@settings(deadline=None, max_examples=60)
def test_label_moments_are_those_of_all_arrangements(network):
    groups = network.actors["group"]
    arrangements = sorted(set(itertools.permutations(groups)))
    counts = np.array([_counts(inn.Network.from_frames(network.actors.assign(group=a), network.ties, directed=network.directed)) for a in arrangements])
    codes, labels = pd.factorize(groups, sort=True)
    sizes, observed, paths = np.bincount(codes).tolist(), _counts(network), paths_of(network)
    for role, (mean, variance) in enumerate(label_moments(paths, sizes, int(observed[:, -1].sum()))):
        expected = _exactly(counts.sum(axis=1)[:, role].astype(object))
        assert mean == expected[0]
        assert variance == (None if network.directed else expected[1])
    mean, variance = label_actor_moments(paths, sizes, codes.astype(np.uint32), observed[:, -1])
    for actor, group in enumerate(groups):
        own = [a[actor] == group for a in arrangements]
        expected = [_exactly(counts[own, actor, role].astype(object)) for role in range(counts.shape[2])]
        assert mean[actor].tolist() == pytest.approx([float(m) for m, _ in expected], abs=1e-14)
        wanted = [np.nan if network.directed else float(v) for _, v in expected]
        assert variance[actor].tolist() == pytest.approx(wanted, abs=1e-14, nan_ok=True)
    assert len(labels) == len(sizes)


# --- other programs ---


def test_sna_has_the_same_actors_where_it_is_right(U, D):
    """Its expectations everywhere; its deviations for actors of directed networks, and the boundary roles of undirected ones."""
    rows = pd.read_csv(REFERENCE)
    for (name, groups), table in rows.groupby(["network", "groups"]):
        network = {"U": U, "D": D}[name]
        ours = brokerage_summary(network, groups=groups, level="actor", null="bernoulli")
        theirs = table.dropna(subset=["actor"]).set_index(["actor", "role"])
        if network.directed:
            np.testing.assert_allclose(ours[["observed", "expected", "sd"]], theirs.loc[ours.index, ["observed", "expected", "sd"]], atol=1e-9)
            continue
        boundary = ours.index.get_level_values("role") == "gatekeeper"
        times = np.where(boundary, 1.0, 2.0)  # sna counts each pair from both ends
        np.testing.assert_allclose(ours["expected"] * times, theirs.loc[ours.index, "expected"], atol=1e-9)
        wrong = np.where(boundary, 1.0, np.sqrt(2.0))  # and takes the two for independent
        np.testing.assert_allclose(ours["sd"] * times, theirs.loc[ours.index, "sd"] * wrong, atol=1e-9)


def test_sna_has_other_networks_where_it_is_wrong(D):
    for groups, table in pd.read_csv(REFERENCE).query("network == 'D' and actor != actor").groupby("groups"):
        ours, theirs = brokerage_summary(D, groups=groups, null="bernoulli"), table.set_index("role")
        np.testing.assert_allclose(ours["expected"], theirs["expected"], atol=1e-9)
        right = ["itinerant", "liaison"]
        np.testing.assert_allclose(ours.loc[right, "sd"], theirs.loc[right, "sd"], atol=1e-9)
        assert (theirs["sd"] > ours["sd"] + 1e-3).drop(right).all()


def test_karate_club_actors():
    """Size, ties and the halves of the karate club; R's sna gives 3.931, 4.295, 11.384 for its counts, which are twice ours."""
    overlaps = actor_overlaps(17, [17], directed=False)
    chance = chance_of_density(34 * 33 // 2, 78)
    found = [2 * float(moments(overlaps[role], chance)[1]) ** 0.5 for role in (0, 1, 4)]
    assert found == pytest.approx([5.560, 6.074, 16.099], abs=5e-4)


# --- random worlds ---


@given(networks(smallest=1, largest=9), st.integers(0, 9), st.booleans())
@settings(deadline=None, max_examples=30)
def test_permuted_groups_of_the_others(network, seed, stratified):
    n = network.n_actors
    codes, labels = pd.factorize(network.actors["group"], sort=True)
    classes = np.arange(n) % 2 if stratified else None
    found = list(with_own_group(paths_of(network), codes.astype(np.uint32), len(labels), classes, 18, seed))[::3]
    assert len(found) == 6
    for replicate, counts in enumerate(found):
        got = permutation(n, seed=seed, replicate=3 * replicate, classes=classes)
        for v in range(n):
            donor = got.copy()
            donor[got == v], donor[v] = got[v], v
            assert sorted(donor) == list(range(n))
            groups = network.actors["group"].to_numpy()[donor]
            again = inn.Network.from_frames(network.actors.assign(group=groups), network.ties, directed=network.directed)
            shown = counts if network.directed else unordered(counts)
            assert shown[v].tolist() == _counts(again)[v].tolist()


@given(networks(largest=12), st.lists(st.sampled_from([0, 1, 2]), min_size=12, max_size=12))
@settings(deadline=None, max_examples=80)
def test_totals_of_permuted_groups(network, codes):
    undirected = inn.Network.from_frames(network.actors, network.ties)
    paths, groups = paths_of(undirected), np.array(codes[: network.n_actors], dtype=np.uint32)
    assert of_network(paths, 3)(groups).tolist() == unordered(role_counts(paths, groups, 3)).sum(axis=0).tolist()


@pytest.mark.parametrize("null", ["ties", "bernoulli", "labels"])
@pytest.mark.parametrize("level", ["network", "actor"])
def test_worlds_have_the_exact_moments(U, D, null, level):
    runs = 500
    for network in (U, D):
        exact = brokerage_summary(network, groups="sector", null=null, level=level)
        found = brokerage_summary(network, groups="sector", null=null, level=level, runs=runs, seed=4)
        pd.testing.assert_frame_equal(found[["observed", "expected"]], exact[["observed", "expected"]], check_exact=True)
        if not (network.directed and null == "labels"):
            np.testing.assert_array_equal(found["sd"], exact["sd"])
        parts = inn.graph._groups.grouped(network, "sector")
        draws = _brokerage_worlds.worlds(network, parts, "sector", "error", null, None, runs, 4, summed=level == "network")
        drawn = np.array([world.ravel() for world in draws])
        error = found["sd"].to_numpy() / np.sqrt(runs)
        assert (np.abs(drawn.mean(axis=0) - exact["expected"]) <= 4.5 * error + 1e-12).all()
        spread = found["sd"] > 0.5
        assert drawn.std(axis=0, ddof=1)[spread] == pytest.approx(found["sd"][spread].to_numpy(), rel=0.3)
        lower = (1 + (drawn <= found["observed"].to_numpy()).sum(axis=0)) / (1 + runs)
        np.testing.assert_allclose(found["p_lower"], lower)
        assert ((found["p_lower"] + found["p_upper"]) > 1).all()


def test_scattered_ties_are_uniform():
    seen = Counter(frozenset(_brokerage_worlds._choose(6, 2, key).tolist()) for key in range(1500))
    assert len(seen) == 15
    assert sum((times - 100) ** 2 / 100 for times in seen.values()) < 36  # chi-squared with 14 degrees of freedom, p = .001
    observed = _network(4, [(0, 1), (1, 2)])
    ties = [_brokerage_worlds._scattered(observed, bernoulli=True, key=np.uint64(key)).n_ties for key in range(300)]
    assert np.mean(ties) == pytest.approx(2, abs=0.25)
    assert np.var(ties) == pytest.approx(6 * (1 / 3) * (2 / 3), abs=0.35)


def test_scattered_ties_of_full_and_empty_networks():
    for n, directed in itertools.product((0, 1, 2, 5), (False, True)):
        pairs = list((itertools.permutations if directed else itertools.combinations)(range(n), 2))
        for ties in (pairs, [], pairs[:-1]):
            network = _network(n, ties, directed)
            world = _brokerage_worlds._scattered(network, bernoulli=False, key=np.uint64(1))
            assert world.n_ties == network.n_ties
            assert world.adjacency().diagonal().sum() == 0
            assert world.directed == directed


def test_worlds_of_the_same_degrees(U, D):
    for network in (U, D):
        found = brokerage_summary(network, groups="sector", null="degree", runs=40, seed=2)
        samples = np.array([brokerage(sample(network, seed=2, replicate=r), groups="sector").sum() for r in range(40)])
        np.testing.assert_allclose(found["expected"], samples.mean(axis=0))
        np.testing.assert_allclose(found["sd"], samples.std(axis=0, ddof=1))
        np.testing.assert_allclose(found["p_upper"], (1 + (samples >= found["observed"].to_numpy()).sum(axis=0)) / 41)


def test_random_affiliations(A):
    events = A.events.assign(topic=list("xyxyxyxyxy"), year=A.events["start"].dt.year)
    derived = inn.Affiliation.from_frame(A.participations, actor="actor", event="event", actors=A.actors, events=events, derived={"field": "topic"})
    network = derived.project()
    found = brokerage_summary(network, groups="field", level="actor", null="affiliation", runs=30, seed=5, within="year")
    samples = []
    for replicate in range(30):
        world = sample(derived, seed=5, replicate=replicate, within="year").project()
        samples.append(brokerage(world, groups="field").to_numpy().ravel())
    assert not network.actors["field"].equals(world.actors["field"])
    np.testing.assert_allclose(found["expected"], np.mean(samples, axis=0))
    np.testing.assert_allclose(found["sd"], np.std(samples, axis=0, ddof=1), atol=1e-12)


def test_permutation_within_classes(U):
    constant = brokerage_summary(U, groups="sector", null="labels", within="sector", runs=20, seed=0)
    np.testing.assert_array_equal(constant["expected"], constant["observed"])
    assert (constant["sd"] == 0).all()
    assert (constant["p"] == 1).all()
    inside = brokerage_summary(U, groups="sector", null="labels", within="country", runs=200, seed=0)
    assert inside.loc["coordinator", "expected"] != pytest.approx(brokerage_summary(U, groups="sector", null="labels").loc["coordinator", "expected"], rel=0.01)


@pytest.mark.parametrize("null", ["ties", "labels", "degree", "affiliation"])
def test_same_worlds_in_any_number_of_threads(monkeypatch, U, null):
    for level in ("network", "actor"):
        tables = []
        for threads in ("1", "3"):
            monkeypatch.setenv("INNOVNET_THREADS", threads)
            tables.append(brokerage_summary(U, groups="sector", null=null, level=level, runs=25, seed=3))
        pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_counts_that_cannot_vary(U):
    total = brokerage_summary(U, groups="sector", null="labels").loc["total"]
    assert total[["observed", "expected", "sd", "p_lower", "p_upper", "p"]].tolist() == [27, 27, 0, 1, 1, 1]
    assert np.isnan(total["z"])
    one = brokerage_summary(U, groups=pd.Series("all", index=U.actors.index))
    assert one.loc[["itinerant", "gatekeeper", "liaison"], ["expected", "sd", "p"]].to_numpy().tolist() == [[0, 0, 1]] * 3
    two = brokerage_summary(U, groups=pd.Series(list("ab") * 6, index=U.actors.index), level="actor", null="labels")
    assert (two.xs("liaison", level="role")["expected"] == 0).all()


@given(networks(), st.randoms(use_true_random=False), st.permutations("ABC"))
@settings(deadline=None, max_examples=40)
def test_neither_order_nor_names_matter(network, random, names):
    order = list(range(network.n_actors))
    random.shuffle(order)
    actors = network.actors.iloc[order]
    actors["group"] = actors["group"].map(dict(zip("ABC", names, strict=True)))
    turned = inn.Network.from_frames(actors, network.ties, directed=network.directed)
    for null, level in itertools.product(("ties", "bernoulli", "labels"), ("network", "actor")):
        found, again = (brokerage_summary(net, groups="group", null=null, level=level) for net in (network, turned))
        pd.testing.assert_frame_equal(again.loc[found.index], found, check_exact=True)


def test_missing_groups(U):
    actors = U.actors.assign(sector=U.actors["sector"].where(U.actors.index != "c"))
    network = inn.Network.from_frames(actors, U.ties)
    without = network.select(actors=actors.index != "c")
    with pytest.raises(DataError, match="'c'"):
        brokerage_summary(network, groups="sector")
    for null in ("ties", "labels"):
        options = {"groups": "sector", "null": null, "runs": 10, "seed": 1}
        pd.testing.assert_frame_equal(brokerage_summary(network, missing="drop", **options), brokerage_summary(without, **options))
        dropped = brokerage_summary(network, level="actor", missing="drop", **options)
        assert dropped.loc["c"].isna().all(axis=None)
        pd.testing.assert_frame_equal(dropped.drop(index="c"), brokerage_summary(without, level="actor", **options))


def test_large_networks_do_not_overflow():
    sizes = [1_000_000, 2_000_000, 500_000]
    n = sum(sizes)
    overlaps = network_overlaps(sizes, directed=False)
    assert sum(found.triples for found in overlaps[:-1]) == overlaps[-1].triples == n * (n - 1) * (n - 2) // 2
    mean, variance = moments(overlaps[-1], chance_of_ties(n * (n - 1) // 2, 10**7))
    assert 0 < float(variance) < float(mean) ** 2


def test_errors(U, D):
    with pytest.raises(DataError, match="null='degree' has no formula"):
        brokerage_summary(U, groups="sector", null="degree")
    with pytest.raises(DataError, match="within= has no formula"):
        brokerage_summary(U, groups="sector", null="labels", within="region")
    with pytest.raises(DataError, match="seed"):
        brokerage_summary(U, groups="sector", runs=5)
    with pytest.raises(DataError, match="within='region' goes with"):
        brokerage_summary(U, groups="sector", within="region", runs=5, seed=1)
    with pytest.raises(DataError, match="memberships"):
        brokerage_summary(D, groups="sector", null="affiliation", runs=5, seed=1)
    with pytest.raises(DataError, match="level='actors'"):
        brokerage_summary(U, groups="sector", level="actors")
    with pytest.raises(DataError, match="null='tie'"):
        brokerage_summary(U, groups="sector", null="tie")


def test_real_network(lithuania):
    network = lithuania.project()
    runs = 60
    for level in ("network", "actor"):
        options = {"groups": "country", "missing": "category", "null": "labels", "level": level}
        found = brokerage_summary(network, **options)
        parts = inn.graph._groups.grouped(network, "country", "category")
        drawn = np.array(
            [world.ravel() for world in _brokerage_worlds.worlds(network, parts, "country", "category", "labels", None, runs, 0, summed=level == "network")]
        )
        varies = (found["sd"] > 0).to_numpy()
        error = (drawn.mean(axis=0) - found["expected"].to_numpy())[varies] / (found["sd"].to_numpy()[varies] / np.sqrt(runs))
        assert (drawn == drawn[0]).all(axis=0)[~varies].all()
        assert np.sqrt((error**2).mean()) < (2.5 if level == "network" else 1.1)
        assert np.median(drawn.std(axis=0, ddof=1)[varies] / found["sd"].to_numpy()[varies]) == pytest.approx(1, abs=0.2)
