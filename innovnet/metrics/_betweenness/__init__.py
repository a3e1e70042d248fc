"""Betweenness: exact, by the route that suits the network."""

import numpy as np
import numpy.typing as npt

from innovnet._check import check_flag
from innovnet._parallel import bounds, run
from innovnet.errors import DataError
from innovnet.graph._network import Network, check_network
from innovnet.graph._tables import freeze
from innovnet.metrics._betweenness._brandes import dependencies, weighted_dependencies
from innovnet.metrics._betweenness._intrinsics import LANES
from innovnet.metrics._betweenness._lanes import batches
from innovnet.metrics._cover import covered, merged, uncovered
from innovnet.metrics._lengths import path_arcs
from innovnet.metrics._search import stretch
from innovnet.metrics._types import ActorSeries

CHUNKS = 64  # fixed: the bits of a result do not depend on the number of threads
LONG = 32  # the distance beyond which sources are better searched one by one

Floats = npt.NDArray[np.float64]


def betweenness(network: Network, *, distance: str | None = None, normalized: bool = False, progress: bool | None = None) -> ActorSeries:
    """How often an actor lies on the shortest ways between two others, and so can pass on or hold back what flows between them.

    bᵥ = Σ σₛₜ(v) / σₛₜ over pairs of other actors s, t: σₛₜ shortest paths lead from s to t, σₛₜ(v) of them through v. Undirected: each
    unordered pair once; directed: each ordered pair, along the ties.

    Parameters
    ----------
    network
        The cooperation network.
    distance
        Length of a tie: ``None`` 1, ``"inverse"`` 1 / weight, or a column of ties (above 0).
    normalized
        Divide by the number of pairs of other actors: (n − 1)(n − 2) / 2, twice as many where directed.
    progress
        Show a bar: True, False, or None for when it takes over 2 seconds.

    Returns
    -------
    Series
        Index ``actor``, name ``betweenness``, at least 0. Normalized: in [0, 1], NaN for fewer than three actors.

    Notes
    -----
    Isolates have 0; pairs in different components have no path and add nothing. Weights have no effect without ``distance``. Where a tie stands
    in several rows, its shortest length counts. Paths whose lengths differ by less than 1e-10 of themselves are equal.

    Exact, without sampling, and the same to the last bit in any number of threads. Actors whose partners all cooperate with each other lie inside
    no shortest path; those with the same partners are searched from once [2]_. Where no two actors are far apart, sixteen sources are searched
    at a time, and what passes through a clique is summed once for all its members: some seconds for the 872,000 ties of Horizon Europe.
    Cost: O(actors × ties) [1]_; with lengths O(actors × ties × log actors).

    References
    ----------
    .. [1] Brandes (2001), A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25, 163-177,
       doi:10.1080/0022250X.2001.9990249.
    .. [2] Sarıyüce, Saule, Kaya & Çatalyürek (2012), Shattering and compressing networks for centrality analysis, doi:10.48550/arXiv.1209.6007.
    .. [3] Freeman (1977), A set of measures of centrality based on betweenness, Sociometry 40, 35-41, doi:10.2307/3033543.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.betweenness(inn.toy().project()).round(2)[["a", "f", "j", "l"]].tolist()
    [2.83, 21.67, 16.0, 0.0]
    """
    check_network(network, "betweenness()")
    check_flag(normalized, "normalized")
    n = network.n_actors
    if distance is not None:
        values = _along_lengths(network, distance, progress)
    else:
        values = _in_lanes(network, progress) if _is_broad(network) else _one_by_one(network, progress)
    if not np.isfinite(values).all():
        msg = "some actors are joined by more than 1e308 shortest paths, more than can be counted (as on large grids). Give the ties lengths with distance=."
        raise DataError(msg)
    pairs = np.float64((n - 1) * (n - 2))
    if not network.directed:
        values, pairs = values / 2, pairs / 2
    with np.errstate(invalid="ignore"):
        return network.series(values / pairs if normalized else values, "betweenness")


def _is_broad(network: Network) -> bool:
    """Whether no two actors are far apart, so that sources searched together look at the same ties at the same time."""
    indptr, indices, _ = network.arcs(weighted=False)
    return stretch(indptr, indices) <= LONG


def _in_lanes(network: Network, progress: bool | None) -> Floats:
    """Sum of dependencies over all sources, many sources at a time."""
    if network.directed:
        cover, place, order = uncovered(network.arcs(weighted=False, direction="out"), network.arcs(weighted=False, direction="in"))
    else:
        cover, place, order = covered(network.arcs(weighted=False))
    core = len(cover.clique_ptr) - 1
    sources, weights = freeze(order, np.concatenate([np.ones(core), cover.twins])[order])
    cut = bounds(np.ones(-(-len(order) // LANES)), CHUNKS)

    def part(i: int) -> Floats:
        return batches(cover, sources, weights, cut[i], cut[i + 1])

    sums = sum(run(part, len(cut) - 1, what="betweenness", progress=progress), np.zeros(core))
    inner = (place >= 0) & (place < core)
    values = np.zeros(network.n_actors)
    values[inner] = sums[place[inner]]
    return values


def _one_by_one(network: Network, progress: bool | None) -> Floats:
    """Sum of dependencies over all sources, from one search for each."""
    indptr, indices, _ = network.arcs(weighted=False, direction="out")
    cut = bounds(np.ones(network.n_actors), CHUNKS)

    def part(i: int) -> Floats:
        return dependencies(indptr, indices, cut[i], cut[i + 1])

    return sum(run(part, len(cut) - 1, what="betweenness", progress=progress), np.zeros(network.n_actors))


def _along_lengths(network: Network, distance: str, progress: bool | None) -> Floats:
    """Sum of dependencies over all sources where ties have lengths, twins taken together."""
    arcs, kept, _, times, _ = merged(path_arcs(network, distance), symmetric=not network.directed)
    cut = bounds(np.ones(len(kept)), CHUNKS)

    def part(i: int) -> Floats:
        return weighted_dependencies(*arcs, times, cut[i], cut[i + 1])

    values = np.zeros(network.n_actors)
    values[kept] = sum(run(part, len(cut) - 1, what="betweenness", progress=progress), np.zeros(len(kept)))
    return values
