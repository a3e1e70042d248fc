import functools
import itertools
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import (
    assortativity,
    compare_to_null,
    degree,
    e_i_index,
    fixed_degree_samples,
    local_clustering,
    mixing_matrix,
    null_samples,
    transitivity,
)
from innovnet.metrics._inference import adjusted

COLUMNS = ["observed", "expected", "sd", "z", "p_lower", "p_upper", "p"]


def triangle_and_tail() -> inn.Network:
    actors = pd.DataFrame({"actor": list("abcdef"), "group": list("xxyyyz"), "half": [1, 1, 1, 2, 2, 2]})
    ties = pd.DataFrame([tuple(t) for t in ("ab", "bc", "ac", "cd", "de", "ef")], columns=["source", "target"])
    return inn.Network.from_frames(actors, ties)


def inside(network: inn.Network, *, groups: str) -> int:
    """Number of ties inside groups."""
    ties, group = network.ties, groups if isinstance(groups, pd.Series) else network.actors[groups]
    return int((group.loc[ties["source"]].to_numpy() == group.loc[ties["target"]].to_numpy()).sum())


def by_enumeration(network: inn.Network, labels: list[str]) -> np.ndarray:
    return np.array([inside(network, groups=pd.Series(p, index=network.actors.index)) for p in itertools.permutations(labels)])


def test_labels_meet_enumeration():
    network = triangle_and_tail()
    every = by_enumeration(network, list("xxyyyz"))
    runs = 2000
    row = compare_to_null(inside, network, null="labels", groups="group", runs=runs, seed=0).loc["inside"]
    lower, upper = (every <= row["observed"]).mean(), (every >= row["observed"]).mean()
    assert row["observed"] == 3
    assert row["expected"] == pytest.approx(every.mean(), abs=4 * every.std() / runs**0.5)
    assert row["sd"] == pytest.approx(every.std(), rel=0.06)
    for name, exact in (("p_lower", lower), ("p_upper", upper)):
        assert row[name] == pytest.approx(exact, abs=4 * (exact * (1 - exact) / runs) ** 0.5 + 2 / runs)


def test_labels_within_classes_meet_enumeration():
    network = triangle_and_tail()
    found = [
        inside(network, groups=pd.Series([*first, *second], index=network.actors.index))
        for first in itertools.permutations("xxy")
        for second in itertools.permutations("yyz")
    ]
    samples = null_samples(inside, network, null="labels", groups="group", within="half", runs=1000, seed=1)["inside"]
    counts = samples.value_counts().reindex(sorted(set(found)), fill_value=0)
    assert counts.sum() == 1000
    expected = [1000 * found.count(v) / len(found) for v in counts.index]
    assert stats.chisquare(counts, expected).pvalue > 1e-4


def test_p_values_are_ranks_among_the_samples(U):
    options = {"null": "labels", "groups": "sector", "runs": 60, "seed": 3}
    table, samples = compare_to_null(e_i_index, U, **options), null_samples(e_i_index, U, **options)
    assert list(table.columns) == COLUMNS
    assert table.index.equals(U.actors.index)
    assert samples.shape == (60, 12)
    for actor in "abcf":
        seen = table.loc[actor]
        assert seen["p_lower"] == (1 + (samples[actor] <= seen["observed"] + 1e-9).sum()) / 61
        assert seen["p_upper"] == (1 + (samples[actor] >= seen["observed"] - 1e-9).sum()) / 61
        assert seen["p"] == min(1, 2 * min(seen["p_lower"], seen["p_upper"]))
        assert seen["expected"] == pytest.approx(samples[actor].mean())
        assert seen["sd"] == pytest.approx(samples[actor].std())
    assert table.loc["l"].isna().all()
    assert table.attrs["indicator"] == "e_i_index"
    assert (table.attrs["null"], table.attrs["runs"], table.attrs["seed"]) == ("labels", 60, 3)
    assert table.attrs["version"] == inn.__version__
    assert table.attrs["options"]["groups"] == "sector"


@pytest.mark.parametrize("null", ["affiliation", "degree", "labels"])
def test_the_same_bits_in_any_number_of_threads(U, monkeypatch, null):
    found = []
    for workers in ("1", "2", "5"):
        monkeypatch.setenv("INNOVNET_THREADS", workers)
        found.append(null_samples(e_i_index, U, null=null, groups="sector", runs=12, seed=5))
    pd.testing.assert_frame_equal(found[0], found[1], check_exact=True)
    pd.testing.assert_frame_equal(found[0], found[2], check_exact=True)


def test_processes_give_the_same(U):
    options = {"null": "affiliation", "runs": 4, "seed": 5}
    with ProcessPoolExecutor(1) as pool:
        pd.testing.assert_frame_equal(null_samples(transitivity, U, executor=pool, **options), null_samples(transitivity, U, **options))


def test_random_affiliations_are_projected_like_the_observed_one(A):
    def total(network):
        return network.adjacency().sum() / 2

    joint_work = (A.sizes[A.sizes > 1]).sum() / 2
    for weighting, value in (("newman", joint_work), ("count", (A.sizes * (A.sizes - 1)).sum() / 2)):
        samples = null_samples(total, A.project(weighting), null="affiliation", runs=5, seed=0)
        assert np.allclose(samples, value)


def test_degrees_are_kept_by_degree_and_events_by_affiliation(U):
    assert (null_samples(degree, U, null="degree", runs=5, seed=0) == degree(U)).all(axis=None)
    assert not (null_samples(degree, U, null="affiliation", runs=5, seed=0) == degree(U)).all(axis=None)


def test_derived_groups_are_derived_in_every_world():
    events = pd.DataFrame({"event": ["p", "q", "r", "s"], "field": ["x", "y", "x", "y"], "part": [1, 1, 2, 2]})
    rows = pd.DataFrame({"actor": list("abcdabcefd"), "event": list("pppqrrqsss")})
    network = inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events, derived={"field": "field"}).project()
    worlds = fixed_degree_samples(network.affiliation, runs=30, seed=2, within="part")
    expected = [inside(world.project(), groups="field") for world in worlds]
    samples = null_samples(inside, network, null="affiliation", groups="field", within="part", runs=30, seed=2)
    assert samples["inside"].tolist() == expected
    assert len(set(expected)) > 1
    with pytest.raises(DataError, match="groups='field'"):
        null_samples(inside, network, null="affiliation", groups=network.actors["field"], runs=3, seed=0)


def test_groups_that_a_world_lacks_are_undefined():
    def sizes(network, *, groups):
        return network.actors[groups].value_counts().rename_axis("group")

    events = pd.DataFrame({"event": ["p", "q", "r"], "field": ["x", "y", "z"]})
    rows = pd.DataFrame({"actor": list("abcabcd"), "event": list("pppqqrr")})
    network = inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events, derived={"field": "field"}).project()
    observed = network.actors["field"].value_counts()
    samples = null_samples(sizes, network, null="affiliation", groups="field", runs=40, seed=0)
    assert list(samples.columns) == list(observed.index)
    assert samples.isna().any(axis=None)


def test_tables_become_pairs_of_labels(U):
    ties = functools.partial(mixing_matrix, counting="ties")
    table = compare_to_null(ties, U, null="labels", groups="sector", runs=20, seed=0)
    assert table.index.nlevels == 2
    assert table.loc[("firm", "university"), "observed"] == ties(U, groups="sector").loc["firm", "university"]
    assert len(table) == 9


def test_an_indicator_without_groups_reads_the_column(U):
    with_argument = null_samples(assortativity, U, null="labels", groups="sector", runs=10, seed=1)
    without = null_samples(lambda network: assortativity(network, groups="sector"), U, null="labels", groups="sector", runs=10, seed=1)
    assert np.array_equal(with_argument, without)
    assert U.actors["sector"].tolist() == inn.toy().actors["sector"].tolist()


def test_options_are_fixed_with_partial(U):
    weighted = functools.partial(assortativity, weighted=True)
    table = compare_to_null(weighted, U, null="labels", groups="sector", runs=10, seed=1)
    assert table.loc["assortativity", "observed"] == assortativity(U, groups="sector", weighted=True)
    assert table.attrs["options"]["weighted"] is True


def test_a_chance_model_of_ones_own(U):
    def reverse(network, replicate):
        return network.select(ties=np.arange(network.n_ties) != replicate)

    table = compare_to_null(transitivity, U, null=reverse, runs=19, seed=0)
    expected = [transitivity(reverse(U, k)) for k in range(19)]
    assert table.loc["transitivity", "expected"] == pytest.approx(np.mean(expected))
    assert table.attrs["null"] == "reverse"
    with pytest.raises(DataError, match="must give a Network"):
        compare_to_null(transitivity, U, null=lambda network, k: k, runs=2, seed=0)


def test_actors_without_a_group_stay_without():
    network = triangle_and_tail()
    groups = network.actors["group"].mask(network.actors.index == "f")
    seen = []

    def keep(network, *, groups):
        seen.append(groups)
        return 0.0

    null_samples(keep, network, null="labels", groups=groups, runs=20, seed=0)
    assert all(s.isna().tolist() == [False] * 5 + [True] for s in seen)
    assert len({tuple(s.dropna()) for s in seen}) > 3


def test_undefined_values_have_no_p(U):
    table = compare_to_null(local_clustering, U, null="affiliation", runs=10, seed=0, correction="holm")
    undefined = table["observed"].isna()
    assert undefined.any()
    assert table.loc[undefined, ["p", "p_adjusted"]].isna().all(axis=None)


@pytest.mark.parametrize("correction", ["bonferroni", "holm", "bh"])
def test_corrections_by_their_definition(correction):
    p = np.array([0.04, np.nan, 0.01, 0.03, 0.5, 0.01])
    known = p[~np.isnan(p)]
    n = len(known)

    def by_definition(value):
        ordered = np.sort(known)
        if correction == "bonferroni":
            return min(1, n * value)
        if correction == "holm":
            return max(min(1, (n - k) * q) for k, q in enumerate(ordered) if q <= value)
        return min(min(1, n * q / (k + 1)) for k, q in enumerate(ordered) if q >= value)

    found = adjusted(p, correction)
    assert np.isnan(found[1])
    assert np.allclose(found[~np.isnan(p)], [by_definition(value) for value in known])


def test_corrected_values_are_a_column(U):
    table = compare_to_null(e_i_index, U, null="labels", groups="sector", runs=50, seed=0, correction="bh")
    assert list(table.columns) == [*COLUMNS, "p_adjusted"]
    assert table["p_adjusted"].equals(pd.Series(adjusted(table["p"], "bh"), index=table.index))
    assert (table["p_adjusted"].dropna() >= table["p"].dropna()).all()


def test_what_does_not_go_together_is_refused(U, D, A):
    options = {"runs": 2, "seed": 0}
    cases = [
        ("memberships behind", {"null": "affiliation"}, D),
        ("deals out groups", {"null": "labels"}, U),
        ("not one of", {"null": "label"}, U),
        ("within", {"null": "degree", "within": "region"}, U),
        ("no column", {"null": "affiliation", "within": "region"}, U),
        ("make it|Make it", {"null": "labels", "groups": U.actors["sector"]}, U),
    ]
    for message, asked, network in cases:
        with pytest.raises(DataError, match=message):
            compare_to_null(transitivity, network, **asked, **options)
    with pytest.raises(DataError, match="runs="):
        compare_to_null(transitivity, U, null="degree", runs=0, seed=0)
    with pytest.raises(DataError, match="runs="):
        fixed_degree_samples(A, runs=0, seed=0)
    with pytest.raises(DataError, match="only numbers"):
        compare_to_null(lambda network: network.actors["sector"], U, null="degree", **options)
    with pytest.raises(DataError, match="same label"):
        compare_to_null(lambda network: pd.Series([1.0, 2.0], index=["x", "x"]), U, null="degree", **options)
    with pytest.raises(DataError, match="not one of"):
        compare_to_null(transitivity, U, null="degree", correction="fdr", **options)


def test_samples_of_networks_and_affiliations(A, U, D):
    for observed in (A, U, D):
        worlds = list(fixed_degree_samples(observed, runs=3, seed=1))
        assert len({world.fingerprint for world in worlds}) == 3
        assert [type(world) for world in worlds] == [type(observed)] * 3
        assert next(fixed_degree_samples(observed, runs=1, seed=1)).fingerprint == worlds[0].fingerprint
