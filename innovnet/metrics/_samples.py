"""Random worlds with the observed margins: swaps of memberships and of ties, and permutations within classes.

A world is a function of (seed, replicate) and of what was observed, and of nothing else. Each is a chain of its own that starts at the observed one,
so worlds may be drawn in any order and on any number of threads.
"""

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_column
from innovnet._kernel import kernel
from innovnet._random import below, philox, seed_key
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._network import Network
from innovnet.graph._tables import freeze, quality

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Graph = TypeVar("Graph", Affiliation, Network)

TRIALS = 5.0  # trials for each membership or tie: what is left in common with the observed one no longer falls from here on
_FEWEST = 500  # trials of a class of events, however small: most exchanges are impossible in a small one

_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ZERO = np.uint32(0)
_SWAP, _PERMUTE, _CYCLE = np.uint32(1), np.uint32(2), np.uint32(3)  # last word of the counter: no two uses share a draw
_CYCLE_EVERY = 8


@kernel
def two_below(step: int | np.int64, use: np.uint32, n: int | np.int64, key: np.uint64) -> tuple[np.int64, np.int64]:
    """Two independent whole numbers in [0, n), from one call of the generator."""
    t = np.uint64(step)
    w0, w1, w2, w3 = philox(np.uint32(t & _LOW), np.uint32(t >> _HALF), _ZERO, use, key)
    first = below(np.uint64(w0) | (np.uint64(w1) << _HALF), np.uint64(n))
    second = below(np.uint64(w2) | (np.uint64(w3) << _HALF), np.uint64(n))
    return np.int64(first), np.int64(second)


@kernel
def holds(row: Ids, start: int, end: int, wanted: np.uint32) -> bool:
    """Whether ``row[start:end]`` has the value."""
    for k in range(start, end):  # noqa: SIM110  numba has no any() over a generator
        if row[k] == wanted:
            return True
    return False


@kernel
def swap_memberships(actor_ptr: Ints, actors: Ids, event_of: Ids, bounds: Ints, trials: Ints, key: np.uint64) -> Ids:
    """Members of the events after ``trials[c]`` attempts to exchange two memberships of class c, which are ``bounds[c]`` to ``bounds[c + 1]``."""
    members = actors.copy()
    step = np.int64(0)
    for c in range(len(trials)):
        low, width = bounds[c], bounds[c + 1] - bounds[c]
        for _ in range(trials[c]):
            k, other = two_below(step, _SWAP, width, key)
            step += 1
            k += low
            other += low
            a, b, p, q = members[k], members[other], event_of[k], event_of[other]
            if a == b or p == q:
                continue
            if holds(members, actor_ptr[p], actor_ptr[p + 1], b) or holds(members, actor_ptr[q], actor_ptr[q + 1], a):
                continue
            members[k] = b
            members[other] = a
    return members


@kernel
def swap_ties(ptr: Ints, partners: Ids, weights: Floats, owner: Ids, mate: Ids, trials: int, key: np.uint64) -> tuple[Ids, Floats]:
    """Rows of an undirected graph after attempts to turn the ties u-v, x-y into u-y, x-v. ``mate`` is the place of the same tie at its other end."""
    ends, strength, back = partners.copy(), weights.copy(), mate.copy()
    for step in range(trials):
        s, t = two_below(step, _SWAP, len(ends), key)
        u, v, x, y = owner[s], ends[s], owner[t], ends[t]
        if u == y or x == v:
            continue
        i, j = (u, y) if ptr[u + 1] - ptr[u] < ptr[y + 1] - ptr[y] else (y, u)
        if holds(ends, ptr[i], ptr[i + 1], j):
            continue
        i, j = (x, v) if ptr[x + 1] - ptr[x] < ptr[v + 1] - ptr[v] else (v, x)
        if holds(ends, ptr[i], ptr[i + 1], j):
            continue
        s2, t2 = back[s], back[t]
        ends[s], ends[t2], ends[t], ends[s2] = y, u, v, x
        back[s], back[t2], back[t], back[s2] = t2, s, s2, t
        strength[t2], strength[s2] = strength[s], strength[t]
    return ends, strength


@kernel
def swap_arcs(ptr: Ints, targets: Ids, owner: Ids, trials: int, key: np.uint64) -> Ids:
    """Rows of a directed graph after attempts to turn u→v, x→y into u→y, x→v and, one in eight, to turn a cycle of three round.

    Without the cycles not every graph of the same degrees could be reached.
    """
    ends = targets.copy()
    for step in range(trials):
        s, t = two_below(step, _SWAP, len(ends), key)
        u, v, x, y = owner[s], ends[s], owner[t], ends[t]
        if step % _CYCLE_EVERY == 0:
            width = ptr[v + 1] - ptr[v]
            if width == 0:
                continue
            drawn, _ = two_below(step, _CYCLE, 2 * width, key)
            if drawn % 2:  # half of these steps do nothing, else a graph that is one cycle would turn at every one
                continue
            k = ptr[v] + drawn // 2
            w = ends[k]
            if w == u or holds(ends, ptr[v], ptr[v + 1], u) or holds(ends, ptr[w], ptr[w + 1], v) or holds(ends, ptr[u], ptr[u + 1], w):
                continue
            for back in range(ptr[w], ptr[w + 1]):
                if ends[back] == u:
                    ends[s], ends[k], ends[back] = w, u, v
                    break
        elif u != y and x != v and not holds(ends, ptr[u], ptr[u + 1], y) and not holds(ends, ptr[x], ptr[x + 1], v):
            ends[s], ends[t] = y, v
    return ends


@kernel
def shuffle(members: Ids, bounds: Ints, key: np.uint64) -> Ids:
    """Each run ``members[bounds[c]:bounds[c + 1]]`` in random order (Fisher-Yates)."""
    mixed = members.copy()
    for c in range(len(bounds) - 1):
        low = bounds[c]
        for k in range(bounds[c + 1] - 1, low, -1):
            other, _ = two_below(k, _PERMUTE, k - low + 1, key)
            mixed[k], mixed[low + other] = mixed[low + other], mixed[k]
    return mixed


def memberships_behind(network: Network) -> Affiliation:
    """The affiliation that a network is the projection of."""
    if network.affiliation is None:
        msg = (
            'null="affiliation" needs the memberships behind the network. affiliation.project() keeps them; select(), threshold(), readers, structure="star" '
            "and a max_size that leaves an event out do not. Leave large events out with affiliation.select(events=affiliation.sizes <= ...) before project()."
        )
        raise DataError(msg)
    return network.affiliation


def _classes(codes: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Positions ordered by class, and where each class begins."""
    order = np.argsort(codes, kind="stable").astype(np.int64)
    cuts = np.flatnonzero(np.diff(codes[order])) + 1
    return order, np.concatenate([[0], cuts, [len(codes)]]).astype(np.int64)


def class_codes(table: pd.DataFrame, within: str, name: str) -> Ints:
    """The class of each row of a table, from a column; rows without a value are one class of their own."""
    check_column(table.columns, within, name)
    codes, labels = pd.factorize(table[within])
    return np.where(codes < 0, len(labels), codes).astype(np.int64)


def permutation(n: int, *, seed: int, replicate: int, classes: npt.NDArray[np.integer] | None = None) -> Ints:
    """A random order of n positions: ``values[permutation(...)]`` are permuted values. With ``classes`` (n codes) values stay inside their class."""
    order, bounds = _classes(np.zeros(n, dtype=np.int64) if classes is None else classes)
    members, bounds = freeze(order.astype(np.uint32), bounds)
    positions = np.empty(n, dtype=np.int64)
    positions[order] = shuffle(members, bounds, seed_key(seed, replicate))
    return positions


def sample(graph: Graph, *, seed: int, replicate: int, within: str | None = None, trials: float = TRIALS) -> Graph:
    """A random affiliation or network with the margins of the observed one.

    Affiliation: the same number of members of every event and of events of every actor. Network: the same degrees (directed: in and out), no tie
    twice, no self-tie; the weights travel with the ties, so the distribution of weights is kept and the strength of an actor is not. Each is drawn
    uniformly from all that there are, up to what the chain remembers of its start.

    Parameters
    ----------
    graph
        What was observed.
    seed, replicate
        What the draws are keyed by.
    within
        Affiliation only: a column of events; memberships are exchanged inside its classes. Events without a value are one class.
    trials
        Attempts for each membership or tie; the default suffices for the observed one to be forgotten.

    Notes
    -----
    Roles and other columns of participations belong to the observed memberships and do not occur in a random affiliation; attributes derived
    from events are derived anew. Columns of ties do not occur in a random network.
    """
    key = seed_key(seed, replicate)
    if isinstance(graph, Affiliation):
        return _random_affiliation(graph, key, within, trials)
    if within is not None:
        msg = 'within= goes with random affiliations (null="affiliation") and permuted labels (null="labels"). Leave it out for networks of the same degrees.'
        raise DataError(msg)
    return _random_digraph(graph, key, trials) if graph.directed else _random_graph(graph, key, trials)


def _random_affiliation(observed: Affiliation, key: np.uint64, within: str | None, trials: float) -> Affiliation:
    codes = np.zeros(observed.n_events, dtype=np.int64) if within is None else class_codes(observed._events, within, "events")
    order, first = _classes(codes)
    links = observed.memberships
    rows = sparse.csr_array((np.ones(len(links.actors), dtype=np.int64), links.actors.astype(np.int32), links.actor_ptr), shape=(len(order), observed.n_actors))
    rows = rows if within is None else rows[order]
    ptr = rows.indptr.astype(np.int64)
    bounds = ptr[first]
    attempts = np.maximum(np.ceil(trials * np.diff(bounds)), _FEWEST).astype(np.int64)
    attempts[np.diff(bounds) < 2] = 0
    event_of = np.repeat(np.arange(len(order), dtype=np.uint32), np.diff(ptr))
    ptr, members, event_of, bounds, attempts = freeze(ptr, rows.indices.astype(np.uint32), event_of, bounds, attempts)
    rows.indices = swap_memberships(ptr, members, event_of, bounds, attempts, key).astype(np.int32)
    rows.has_sorted_indices = False
    rows = rows if within is None else rows[np.argsort(order)]
    matrix = sparse.csr_array(rows.T)  # a counting sort: its rows come out in order
    matrix.has_canonical_format = True
    noted = quality([("memberships", "random affiliation", observed.n_memberships, "repaired", "exchanged at random; sizes of events and actors are kept")])
    return Affiliation._from_matrix(observed._actors, observed._events, matrix, observed.derived, noted)


def _random_graph(observed: Network, key: np.uint64, trials: float) -> Network:
    arcs = observed.arcs()
    n = observed.n_actors
    owner = np.repeat(np.arange(n, dtype=np.uint32), np.diff(arcs.indptr))
    places = sparse.csr_array((np.arange(len(owner), dtype=np.int64), arcs.indices.astype(np.int32), arcs.indptr), shape=(n, n))
    mate = sparse.csr_array(places.T).data.astype(np.uint32)
    owner, mate = freeze(owner, mate)
    ends, weights = swap_ties(*arcs, owner, mate, _attempts(trials, observed.n_ties), key)
    return _rebuilt(observed, ends, weights)


def _random_digraph(observed: Network, key: np.uint64, trials: float) -> Network:
    arcs = observed.arcs(direction="out")
    (owner,) = freeze(np.repeat(np.arange(observed.n_actors, dtype=np.uint32), np.diff(arcs.indptr)))
    ends = swap_arcs(arcs.indptr, arcs.indices, owner, _attempts(trials, observed.n_ties), key)
    return _rebuilt(observed, ends, arcs.weights)


def _attempts(trials: float, ties: int) -> int:
    return max(math.ceil(trials * ties), _FEWEST) if ties > 1 else 0


def _rebuilt(observed: Network, ends: Ids, weights: Floats) -> Network:
    """The network with other ends in the rows; sorted by counting, twice where the matrix is not its own transpose."""
    old = observed.adjacency()
    turned = sparse.csr_array(sparse.csr_array((weights, ends.astype(np.int32), old.indptr), shape=old.shape).T)
    matrix = sparse.csr_array(turned.T) if observed.directed else turned
    matrix.has_canonical_format = True
    noted = quality([("ties", "random network", observed.n_ties, "repaired", "exchanged at random; degrees are kept")])
    return Network._from_csr(observed._actors, matrix, directed=observed.directed, weighting=observed.weighting, noted=noted)
