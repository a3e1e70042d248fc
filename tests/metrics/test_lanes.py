"""The vector operations, each against the same in numpy, and the betweenness built on them against igraph."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import igraph
import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet._kernel import kernel
from innovnet.graph._tables import freeze
from innovnet.metrics import betweenness
from innovnet.metrics._betweenness import _intrinsics as vector
from innovnet.metrics._betweenness._lanes import batches, empty_rows
from innovnet.metrics._cover import covered

add, divide, gather, gather_weighted, keep = vector.add, vector.divide, vector.gather, vector.gather_weighted, vector.keep
load, multiply, nonzero, splat, store, total = vector.load, vector.multiply, vector.nonzero, vector.splat, vector.store, vector.total


@kernel
def operations(x, i, j, ptr, ids, weights, bits, out, sums, masks):
    a, b = load(x, i), load(x, j)
    store(out, 0, add(a, b))
    store(out, 1, multiply(a, b))
    store(out, 2, divide(a, b))
    store(out, 3, keep(a, bits[0]))
    store(out, 4, splat(weights[0]))
    store(out, 5, gather(ptr, ids, x, 1))
    store(out, 6, gather_weighted(ptr, ids, weights, x, 1))
    sums[0] = total(a)
    masks[0] = nonzero(a)


def gathered(terms):
    """Two sums by turns."""
    x, y = np.zeros(vector.LANES), np.zeros(vector.LANES)
    for term in terms:
        x, y = y, x + term
    return y + x


def halved(terms):
    while len(terms) > 1:
        terms = terms[: len(terms) // 2] + terms[len(terms) // 2 :]
    return terms[0]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 8, 13])
@pytest.mark.parametrize("odd", [False, True])
def test_operations_have_the_bits_of_numpy(length, odd):
    draw = np.random.default_rng(length)
    x = draw.standard_normal((9, vector.LANES)) * 10.0 ** draw.integers(-9, 9, (9, vector.LANES))
    x[0, 3:5] = 0.0, -0.0
    if odd:
        x[0, :5] = np.nan, np.inf, -np.inf, 5e-324, 1e308
        x[1, :5] = 0.0, 0.0, np.inf, 2.0, 1e308
    ids, weights = draw.integers(0, 9, length + 2).astype(np.uint32), draw.standard_normal(length + 2)
    bits = draw.integers(0, 2**vector.LANES, 1).astype(np.uint16)
    out, sums, masks = np.empty((7, vector.LANES)), np.empty(1), np.empty(1, dtype=np.uint16)
    operations(x, 0, 1, np.array([0, 2, length + 2]), ids, weights, bits, out, sums, masks)
    with np.errstate(all="ignore"):
        chosen = np.where(bits[0] >> np.arange(vector.LANES) & 1, x[0], 0.0)
        expected = [x[0] + x[1], x[0] * x[1], x[0] / x[1], chosen, np.full(vector.LANES, weights[0])]
        expected += [gathered(x[ids[2:]]), gathered(weights[2:, None] * x[ids[2:]])]
        np.testing.assert_array_equal(sums, halved(x[0]))
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(np.signbit(out)[~np.isnan(out)], np.signbit(expected)[~np.isnan(out)])
    assert masks[0] == sum(1 << k for k in range(vector.LANES) if x[0, k] != 0)


def test_rows_begin_where_a_cache_line_does():
    for n in (1, 2, 5):
        assert empty_rows(n).shape == (n, vector.LANES)
        assert empty_rows(n).ctypes.data % (8 * vector.LANES) == 0


def programme():
    """A few hundred organisations in overlapping projects."""
    draw, chance = np.random.default_rng(3), 1 / np.arange(1, 401)
    members = [(int(a), e) for e in range(150) for a in draw.choice(400, draw.integers(2, 12), replace=False, p=chance / chance.sum())]
    return inn.Affiliation.from_frame(pd.DataFrame(members, columns=["actor", "event"]), actor="actor", event="event").project()


def test_any_number_of_threads_gives_the_same_bits(monkeypatch):
    network, found = programme(), set()
    for threads in ("1", "2", "7"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        found.add(betweenness(network).to_numpy().tobytes())
    assert len(found) == 1


def test_another_processor_gives_the_same_bits(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_lanes as t; t.show()"
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "INNOVNET_CACHE": str(tmp_path)}
    other = subprocess.run([sys.executable, "-c", code], env={**os.environ, **plain}, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fingerprint()


def fingerprint():
    return hashlib.sha256(betweenness(programme()).to_numpy().tobytes()).hexdigest()


def show():
    sys.stdout.write(fingerprint())


def test_sampled_sources_of_horizon_europe_agree_with_igraph(horizon):
    network = horizon.project()
    cover, place, order = covered(network.arcs(weighted=False))
    sources = order[np.linspace(0, len(order) - 1, 80).astype(int)]
    ours = batches(cover, *freeze(sources, np.ones(80)), 0, 80 // vector.LANES)
    core = len(cover.clique_ptr) - 1
    actors = pd.Series(np.arange(len(place)), index=place)
    first = actors[~actors.index.duplicated()]
    graph = igraph.Graph(network.n_actors, network._tie_table[["source", "target"]].to_numpy().tolist())
    theirs = 2 * np.array(graph.betweenness(sources=first[sources].tolist()))  # igraph halves what undirected sources add up to
    np.testing.assert_allclose(ours, theirs[first[np.arange(core)]], rtol=1e-11, atol=1e-9)
    assert theirs[place >= core].max() == 0
