"""Cohesion against chance: the ties among members compared with those among random organisations of the same make-up, in the same network."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_runs
from innovnet._parallel import run
from innovnet._random import seed_key
from innovnet.clusters._cohesion import inside, resting_on_ties
from innovnet.clusters._null_kernel import ENOUGH, exceedances, expected_ties
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._strata import Strata, strata_of
from innovnet.clusters._values import Values
from innovnet.graph._tables import freeze

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Rows of one chunk of work.
_CHUNK = 16
#: Members of known ties that a test needs.
LEAST_TESTED = 3
_STREAM = 0xC0E5  # branch of the seed


class CohesionNull(NamedTuple):
    """Cohesion of each row against random groups."""

    ties_expected: Values
    cohesion_lift: Values
    cohesion_p: Values
    draws: Ints  #: groups that were drawn
    full_strata: Floats  #: share of the members whose stratum did not have to be merged


def cohesion_null(
    snapshot: Snapshot, *, strata: str | Sequence[object] | npt.NDArray = "default", runs: int = 999, seed: int = 0, progress: bool | None = None
) -> CohesionNull:
    """Compare the ties among members with those of groups in which each member is replaced by a random organisation of its stratum.

    The mean is exact: E = Σ_{a<b} c_a c_b m_ab / (N_a N_b) + Σ_a C(c_a, 2) m_aa / C(N_a, 2) for c_a of N_a organisations of stratum a and m_ab ties between
    strata. Lift = ties / E, NaN where E is 0. p is sequential [1]_: groups are drawn until 20 have at least as many ties, p = 20 / draws, or until ``runs``
    are drawn, p = (1 + their number) / (1 + runs); NaN for fewer than three members.

    Parameters
    ----------
    snapshot
        The clusters, and the network.
    strata
        See :func:`innovnet.clusters._strata.strata_of`.
    runs
        Most groups drawn for a row; 0: none, p stays unknown.
    seed
        A draw is named by the seed, the cluster, the day and its number: neither other clusters nor the order of anything change p.

    progress
        A bar while groups are drawn.

    Notes
    -----
    Members whose ties are not known are left out on both sides; the values are then points within the widest bounds. Cost of a draw: O(members + ties of
    those drawn).

    References
    ----------
    .. [1] Besag & Clifford (1991), Sequential Monte Carlo p-values, Biometrika 78, 301-304, doi:10.1093/biomet/78.2.301.
    """
    check_runs(runs, seed)
    found, members = strata_of(snapshot, strata), snapshot.members
    make_up, seen = _make_up(snapshot, found), _ties_seen(snapshot)
    known = snapshot.cooperation.known[members.node]
    n, tied = members.counts.astype(np.float64), members.total(known)
    tested = np.where(tied >= LEAST_TESTED, runs, 0)
    mean = _expected(snapshot, found, make_up)
    reached, draws = _drawn(snapshot, found, make_up, seen, tested, seed, progress)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.where(mean > 0, seen / mean, np.nan)
        p = np.where(reached >= ENOUGH, ENOUGH / draws, (1.0 + reached) / (1.0 + runs))
        full = members.total(found.full[members.node] & known) / tied
    chance = Values.certain(p).unless(tested == 0, 0.0, 1.0)
    return CohesionNull(
        resting_on_ties(snapshot, mean, least=0, low=mean, high=np.maximum(mean, n * (n - 1.0) / 2.0)),
        resting_on_ties(snapshot, lift, least=2, high=np.inf),
        resting_on_ties(snapshot, chance, least=LEAST_TESTED),
        draws,
        full,
    )


class _MakeUp(NamedTuple):
    """How many members each row has of each stratum."""

    ptr: Ints
    stratum: Ints
    number: Ints


def _make_up(snapshot: Snapshot, strata: Strata) -> _MakeUp:
    code = strata.code[snapshot.members.node]
    counted, span = code >= 0, int(strata.code.max(initial=0)) + 1
    key, number = np.unique(snapshot.members.row[counted] * span + code[counted], return_counts=True)
    ptr = np.searchsorted(key, np.arange(snapshot.rows + 1) * span)
    return _MakeUp(*freeze(ptr.astype(np.int64), key % span, number.astype(np.int64)))


def _ties_seen(snapshot: Snapshot) -> Ints:
    """Ties between members whose ties are known."""
    ties, known = inside(snapshot), snapshot.cooperation.known[snapshot.members.node]
    return np.bincount(ties.row[known[ties.one] & known[ties.other]], minlength=snapshot.rows).astype(np.int64)


def _expected(snapshot: Snapshot, strata: Strata, make_up: _MakeUp) -> Floats:
    """The exact mean; ties are counted between the strata of members alone."""
    used, stratum = np.unique(make_up.stratum, return_inverse=True)
    place = np.full(int(strata.code.max(initial=0)) + 2, -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    of = place[strata.code]
    nodes = np.flatnonzero(of >= 0)
    sorted_by = sparse.csr_array((np.ones(len(nodes)), (nodes, of[nodes])), shape=(len(of), len(used)))
    arcs = sparse.csr_array(sorted_by.T @ (snapshot.window.network.adjacency(weighted=False) @ sorted_by))
    arcs.sort_indices()
    size = np.bincount(of[nodes], minlength=len(used)).astype(np.int64)
    given = stratum.astype(np.int64), make_up.number, size, arcs.indptr.astype(np.int64), arcs.indices.astype(np.uint32), arcs.data
    return expected_ties(make_up.ptr, *freeze(*given))


def _drawn(snapshot: Snapshot, strata: Strata, make_up: _MakeUp, seen: Ints, runs: Ints, seed: int, progress: bool | None) -> tuple[Ints, Ints]:
    """Groups with at least as many ties, and groups drawn. Organisations are numbered by their names within a stratum."""
    rank = np.empty(len(strata.code), dtype=np.int64)
    rank[np.argsort(snapshot.cooperation.nodes["node"].to_numpy(dtype=object), kind="stable")] = np.arange(len(rank))
    order = np.lexsort((rank, strata.code))
    order = order[strata.code[order] >= 0]
    node_ptr = np.searchsorted(strata.code[order], np.arange(int(strata.code.max(initial=-1)) + 2))
    arcs = snapshot.window.network.arcs(weighted=False)
    given = node_ptr.astype(np.int64), order.astype(np.uint32), arcs.indptr, arcs.indices, seen, _keys(snapshot, seed), runs.astype(np.int64)
    arrays = freeze(*given)
    firsts = np.arange(0, snapshot.rows, _CHUNK) if runs.any() else np.arange(0)

    def task(k: int) -> tuple[Ints, Ints]:
        first = int(firsts[k])
        return exceedances(first, min(first + _CHUNK, snapshot.rows), *make_up, *arrays)

    parts = list(run(task, len(firsts), what="cohesion against chance", progress=progress))
    if not parts:
        return np.zeros(snapshot.rows, dtype=np.int64), np.zeros(snapshot.rows, dtype=np.int64)
    reached, draws = (np.concatenate(part) for part in zip(*parts, strict=True))
    return reached, draws


def _keys(snapshot: Snapshot, seed: int) -> npt.NDArray[np.uint64]:
    """The key of each row: of the seed, its cluster and the day."""
    clusters, which = np.unique(snapshot.cluster, return_inverse=True)
    names = snapshot.register.clusters.index.take(clusters)
    words = [hashlib.sha256(f"{name}\x1f{pd.Timestamp(snapshot.at):%Y-%m-%d}".encode()).digest() for name in names]
    keys = [seed_key(seed, _STREAM, int.from_bytes(word[:8], "big")) for word in words]
    return np.array(keys, dtype=np.uint64)[which]
