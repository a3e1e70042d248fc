import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics._samples import permutation, sample


def two_mode(rows: list[list[int]]) -> inn.Affiliation:
    actors, events = np.nonzero(rows)
    frame = pd.DataFrame({"actor": [f"a{i}" for i in actors], "event": [f"p{j}" for j in events]})
    tables = {"actors": pd.DataFrame({"actor": [f"a{i}" for i in range(len(rows))]}), "events": pd.DataFrame({"event": [f"p{j}" for j in range(len(rows[0]))]})}
    return inn.Affiliation.from_frame(frame, actor="actor", event="event", **tables)


def graph(n: int, ties: list[tuple[int, int]], directed: bool = False) -> inn.Network:
    actors = pd.DataFrame({"actor": range(n)})
    frame = pd.DataFrame(ties, columns=["source", "target"]).assign(weight=np.arange(1.0, len(ties) + 1))
    return inn.Network.from_frames(actors, frame, directed=directed)


def key_of(matrix) -> bytes:
    return (matrix.toarray() > 0).astype(np.uint8).tobytes()


def all_with_margins(shape, allowed, rows, columns):
    """Every 0/1 matrix with these margins whose cells lie in ``allowed``."""
    choices = [list(itertools.combinations(np.flatnonzero(allowed[i]), rows[i])) for i in range(shape[0])]
    for chosen in itertools.product(*choices):
        matrix = np.zeros(shape, dtype=np.uint8)
        for i, cells in enumerate(chosen):
            matrix[i, list(cells)] = 1
        if (matrix.sum(axis=0) == columns).all():
            yield matrix


def assert_uniform(drawn: list[bytes], possible: list[bytes]) -> None:
    assert set(drawn) <= set(possible)
    counts = [drawn.count(p) for p in possible]
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("rows", [[[1, 1, 0], [0, 1, 1], [1, 0, 0]], [[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]]])
def test_affiliations_are_uniform_over_the_margins(rows):
    observed, matrix = two_mode(rows), np.array(rows)
    possible = [m.tobytes() for m in all_with_margins(matrix.shape, np.ones_like(matrix), matrix.sum(axis=1), matrix.sum(axis=0))]
    runs = 60 * len(possible)
    assert_uniform([key_of(sample(observed, seed=3, replicate=k).incidence) for k in range(runs)], possible)


def test_graphs_are_uniform_over_the_degrees():
    ties = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2)]
    observed = graph(5, ties)
    degrees = observed.adjacency(weighted=False).sum(axis=0)
    pairs = list(itertools.combinations(range(5), 2))
    possible = []
    for chosen in itertools.combinations(pairs, len(ties)):
        matrix = np.zeros((5, 5), dtype=np.uint8)
        for i, j in chosen:
            matrix[i, j] = matrix[j, i] = 1
        if (matrix.sum(axis=0) == degrees).all():
            possible.append(matrix.tobytes())
    drawn = [key_of(sample(observed, seed=1, replicate=k).adjacency()) for k in range(60 * len(possible))]
    assert_uniform(drawn, possible)


@pytest.mark.parametrize("arcs", [[(0, 1), (1, 2), (2, 0)], [(0, 1), (1, 2), (2, 0), (0, 3), (3, 1)], [(0, 1), (1, 0), (1, 2), (2, 3), (3, 0), (0, 2)]])
def test_digraphs_are_uniform_over_both_degrees(arcs):
    n = 1 + max(max(a) for a in arcs)
    observed = graph(n, arcs, directed=True)
    matrix = observed.adjacency(weighted=False).toarray()
    possible = [m.tobytes() for m in all_with_margins((n, n), 1 - np.eye(n), matrix.sum(axis=1).astype(int), matrix.sum(axis=0))]
    assert len(possible) > 1
    assert_uniform([key_of(sample(observed, seed=5, replicate=k).adjacency()) for k in range(60 * len(possible))], possible)


def test_margins_of_an_affiliation_are_kept(A):
    for k in range(20):
        world = sample(A, seed=0, replicate=k)
        assert (world.sizes == A.sizes).all()
        assert (world.incidence.sum(axis=1) == A.incidence.sum(axis=1)).all()
        assert world.incidence.has_canonical_format
        assert set(world.incidence.data) == {1}


def test_within_keeps_the_margins_of_every_class(A):
    years = A.events["start"].dt.year.astype("Int64").mask(A.events.index == "P10")
    observed = inn.Affiliation.from_frame(A.participations, actor="actor", event="event", actors=A.actors, events=A.events.assign(year=years))
    changed = 0
    for k in range(20):
        world = sample(observed, seed=0, replicate=k, within="year")
        for chosen in (years == 2019, years == 2020, years.isna()):
            inside = chosen.fillna(False).to_numpy(dtype=bool)
            assert (world.incidence[:, inside].sum(axis=1) == A.incidence[:, inside].sum(axis=1)).all()
        assert (world.sizes == observed.sizes).all()
        changed += abs(world.incidence - observed.incidence).nnz > 0
    assert changed > 15


def test_events_without_a_class_are_one_class():
    observed = two_mode([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    observed = inn.Affiliation.from_frame(observed.participations, actor="actor", event="event", events=observed.events.assign(part=["x", "x", None, None]))
    drawn = {key_of(sample(observed, seed=0, replicate=k, within="part").incidence) for k in range(50)}
    assert len(drawn) == 4


def test_derived_attributes_are_derived_anew():
    events = pd.DataFrame({"event": ["p", "q", "r"], "field": ["chemistry", "physics; chemistry", "physics"]})
    rows = pd.DataFrame({"actor": list("abcabd"), "event": list("pprqqr")})
    observed = inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events, derived={"field": "field"})
    for k in range(10):
        world = sample(observed, seed=0, replicate=k)
        again = inn.Affiliation.from_frame(
            world.participations, actor="actor", event="event", actors=observed.actors, events=observed.events, derived={"field": "field"}
        )
        assert world.actors["field"].equals(again.actors["field"])


def test_degrees_and_weights_of_a_network_are_kept(U, D):
    for network in (U, D):
        for k in range(10):
            world = sample(network, seed=0, replicate=k)
            assert world.directed == network.directed
            for axis in (0, 1):
                assert (world.adjacency(weighted=False).sum(axis=axis) == network.adjacency(weighted=False).sum(axis=axis)).all()
            assert sorted(world.ties["weight"]) == sorted(network.ties["weight"])
            assert world.affiliation is None
            if not network.directed:
                assert abs(world.adjacency() - world.adjacency().T).nnz == 0


def test_a_world_depends_on_seed_and_replicate_only(U, A, D):
    for observed in (U, A, D):
        first = [sample(observed, seed=7, replicate=k).fingerprint for k in range(4)]
        assert [sample(observed, seed=7, replicate=k).fingerprint for k in (3, 1)] == [first[3], first[1]]
        assert len(set(first)) == 4
        assert sample(observed, seed=8, replicate=0).fingerprint != first[0]


def test_what_cannot_be_exchanged_stays(A):
    lonely = A.select(events=A.events.index == "P8")
    assert (sample(lonely, seed=0, replicate=0).incidence != lonely.incidence).nnz == 0
    for network in (graph(3, []), graph(2, [(0, 1)])):
        assert sample(network, seed=0, replicate=0).n_ties == network.n_ties


def test_within_is_for_affiliations(U, A):
    with pytest.raises(DataError, match="within="):
        sample(U, seed=0, replicate=0, within="region")
    with pytest.raises(DataError, match="no column 'parts'"):
        sample(A, seed=0, replicate=0, within="parts")


def test_permutations_are_uniform():
    drawn = [tuple(permutation(4, seed=0, replicate=k)) for k in range(2400)]
    counts = [drawn.count(p) for p in itertools.permutations(range(4))]
    assert sum(counts) == 2400
    assert stats.chisquare(counts).pvalue > 1e-4


def test_permutations_stay_inside_their_class():
    classes = np.array([2, 0, 2, 1, 0, 2])
    drawn = [permutation(6, seed=0, replicate=k, classes=classes) for k in range(600)]
    assert all((classes[p] == classes).all() and sorted(p) == list(range(6)) for p in drawn)
    found, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(found) == 12
    assert stats.chisquare(counts).pvalue > 1e-4


def test_the_observed_memberships_are_forgotten(horizon):
    shared = [sample(horizon, seed=0, replicate=0, trials=t).incidence.multiply(horizon.incidence).sum() / horizon.n_memberships for t in (1, 5, 20)]
    assert 0.10 < shared[0] < 0.20
    assert shared[1] == pytest.approx(shared[2], abs=0.001)
    assert shared[2] < 0.012
