"""Counts of brokerage roles: all pairs of partners by group, less those that are tied themselves."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from innovnet import _parallel
from innovnet._kernel import kernel
from innovnet.graph._network import Arcs, Network, arcs_of
from innovnet.graph._tables import freeze
from innovnet.metrics._triangles import Floats, Ids, Ints, N, Ranked, common_neighbours, ranked

Kinds = npt.NDArray[np.uint8]
DIRECTED = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison", "total")
UNDIRECTED = ("coordinator", "itinerant", "gatekeeper", "liaison", "total")
_OUT, _IN = 1, 2
_CHUNKS, _CHUNK_COST = 64, 4_000_000


class Paths(NamedTuple):
    """What counting needs of a network, whatever the groups."""

    ties: Ranked  #: pairs of actors with a tie either way
    kinds: Kinds  #: of each entry: 1 goes out, 2 comes in, 3 both
    rows: Arcs  #: the matrix of ties, by rank
    directed: bool


@kernel
def tally_roles(ptr: Ints, ends: Ids, kinds: Kinds, back: Ints, groups: Ids, n_groups: int, common: Ids, own: Ids) -> Ints:
    """Open ordered pairs by broker and role, columns as in ``DIRECTED``."""
    n = len(ptr) - 1
    found = np.zeros((n, 6), dtype=np.int64)
    sources = np.zeros(n_groups, dtype=np.int64)
    targets = np.zeros(n_groups, dtype=np.int64)
    for v in range(n):
        group = groups[v]
        n_in, n_out, mutual, mutual_own = 0, 0, 0, 0
        for e in range(ptr[v], ptr[v + 1]):
            g = groups[ends[e]]
            if kinds[e] & 1:
                targets[g] += 1
                n_out += 1
            if kinds[e] & 2:
                sources[g] += 1
                n_in += 1
            if kinds[e] == 3:
                mutual += 1
                mutual_own += g == group
        alike, closed, coordinator, itinerant, representative, gatekeeper = 0, 0, 0, 0, 0, 0  # all but the first: closed pairs
        for e in range(ptr[v], ptr[v + 1]):
            if kinds[e] & 2:
                g = groups[ends[e]]
                alike += targets[g]
                closed += common[e]
                if g == group:
                    coordinator += own[e]
                    representative += np.int64(common[e]) - own[e]
                else:
                    gatekeeper += own[e]
                    itinerant += own[back[e]]
        in_own, out_own = sources[group], targets[group]
        found[v, 0] = in_own * out_own - mutual_own - coordinator
        found[v, 1] = alike - in_own * out_own - (mutual - mutual_own) - itinerant
        found[v, 2] = in_own * (n_out - out_own) - representative
        found[v, 3] = (n_in - in_own) * out_own - gatekeeper
        found[v, 5] = n_in * n_out - mutual - closed
        found[v, 4] = found[v, 5] - found[v, 0] - found[v, 1] - found[v, 2] - found[v, 3]
        for e in range(ptr[v], ptr[v + 1]):
            sources[groups[ends[e]]] = 0
            targets[groups[ends[e]]] = 0
    return found


@kernel
def credit_roles(low: int, high: int, row_ptr: Ints, row_ends: Ids, row_weights: Floats, groups: Ids, shared: bool) -> Floats:
    """Credit of brokers for the open two-paths that begin at the ranks from ``low`` to ``high``, columns as in ``DIRECTED``.

    Each two-path i→j→k counts 1 / (number of two-paths from i to k) where ``shared``, else the smaller of its two weights.
    """
    n = len(row_ptr) - 1
    found = np.zeros((n, 6), dtype=np.float64)
    paths = np.zeros(n, dtype=np.uint32)
    near = np.zeros(n, dtype=np.bool_)
    for i in range(low, high):
        near[i] = True
        for e in range(row_ptr[i], row_ptr[i + 1]):
            near[row_ends[e]] = True
            if shared:
                for f in range(row_ptr[row_ends[e]], row_ptr[row_ends[e] + 1]):
                    paths[row_ends[f]] += np.uint32(1)
        for e in range(row_ptr[i], row_ptr[i + 1]):
            j = row_ends[e]
            as_broker, as_source, as_neither = 0.0, 0.0, 0.0
            for f in range(row_ptr[j], row_ptr[j + 1]):
                k = row_ends[f]
                if not near[k]:
                    credit = 1.0 / paths[k] if shared else min(row_weights[e], row_weights[f])
                    if groups[k] == groups[j]:
                        as_broker += credit
                    elif groups[k] == groups[i]:
                        as_source += credit
                    else:
                        as_neither += credit
            if groups[i] == groups[j]:
                found[j, 0] += as_broker
                found[j, 2] += as_neither
            else:
                found[j, 1] += as_source
                found[j, 3] += as_broker
                found[j, 4] += as_neither
            found[j, 5] += as_broker + as_source + as_neither
        near[i] = False
        for e in range(row_ptr[i], row_ptr[i + 1]):
            near[row_ends[e]] = False
            if shared:
                for f in range(row_ptr[row_ends[e]], row_ptr[row_ends[e] + 1]):
                    paths[row_ends[f]] = 0
    return found


def paths_of(network: Network) -> Paths:
    """Prepare a network for counting."""
    if not network.directed:
        ties = ranked(network.arcs())
        rows = Arcs(ties.ptr, ties.ends, ties.weights)
        (kinds,) = freeze(np.full(len(ties.ends), _OUT | _IN, dtype=np.uint8))
    else:
        binary = network.adjacency(weighted=False)
        ties = ranked(arcs_of(sparse.csr_array(binary * _IN + sparse.csr_array(binary.T) * _OUT)))  # ranked() turns its matrix round
        rows = arcs_of(network.adjacency()[ties.order][:, ties.order])
        (kinds,) = freeze(ties.weights.astype(np.uint8))
    return Paths(ties, kinds, rows, network.directed)


def role_counts(paths: Paths, codes: Ids, n_groups: int) -> Ints:
    """Open ordered pairs by actor and role, in the order of the network; columns as in ``DIRECTED``."""
    ties = paths.ties
    (groups,) = freeze(codes[ties.order])
    common, own = common_neighbours(ties, groups, (paths.rows.indptr, paths.rows.indices))
    return _in_order(ties, tally_roles(ties.ptr, ties.ends, paths.kinds, ties.back, groups, n_groups, *freeze(common, own)))


def role_credits(paths: Paths, codes: Ids, *, shared: bool) -> Floats:
    """Like :func:`role_counts`, each two-path by its credit."""
    (groups,) = freeze(codes[paths.ties.order])
    rows = paths.rows
    reach = np.concatenate([[0], np.cumsum(np.diff(rows.indptr)[rows.indices])])
    cost = np.diff(reach[rows.indptr])
    cuts = _parallel.bounds(cost, min(_CHUNKS, 1 + int(cost.sum()) // _CHUNK_COST))
    found = np.zeros((len(groups), len(DIRECTED)))
    for part in _parallel.run(lambda chunk: credit_roles(cuts[chunk], cuts[chunk + 1], *rows, groups, shared), len(cuts) - 1):
        found += part
    return _in_order(paths.ties, found)


def unordered(counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each pair once; columns as in ``UNDIRECTED``. The two boundary roles of an ordered pair are one."""
    boundary = counts[..., 2:3] + counts[..., 3:4]
    twice = np.concatenate([counts[..., :2], boundary, counts[..., 4:]], axis=-1)
    return twice // 2 if counts.dtype.kind == "i" else twice / 2


def _in_order(ties: Ranked, values: npt.NDArray[N]) -> npt.NDArray[N]:
    found = np.empty_like(values)
    found[ties.order] = values
    return found
