"""The E-I index of a network, and what chance would give."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, NamedTuple, cast, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, special

from innovnet import __version__
from innovnet._check import check_choice, check_runs
from innovnet._kernel import kernel
from innovnet._parallel import run
from innovnet._random import bits64, seed_key, unit
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import Grouped, Groups, Missing, column_of, grouped
from innovnet.graph._network import Network
from innovnet.graph._project import Weighting
from innovnet.graph._tables import freeze
from innovnet.metrics._inference import tails, two_sided
from innovnet.metrics._samples import class_codes, memberships_behind, permutation, sample
from innovnet.metrics._types import Summary

Null = Literal["ties", "labels", "stubs", "degree", "affiliation"]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ROUNDING = 1e-13  # variance of the share of internal ties, below which it is rounding of the weights
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_PLACES = np.uint32(0x45)  # last word of the counter: what these draws are for


def e_i_summary(
    network: Network,
    *,
    groups: Groups,
    weighted: bool = False,
    null: Null = "ties",
    within: str | None = None,
    runs: int = 0,
    seed: int | None = None,
    missing: Missing = "error",
    progress: bool | None = None,
) -> Summary:
    """Whether a network cooperates across its regions, sectors or countries more than chance would make it.

    E-I = (E − I) / (E + I) of all ties, each once [1]_; with the values possible for this number of ties, and its distribution under a chance model.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Sums of weights instead of numbers of ties.
    null
        What is left to chance. ``"ties"``: where the ties are; every pair of actors equally likely to be tied. ``"labels"``: which actor is in which
        group; the network stays. ``"stubs"``: who is tied to whom; each actor keeps its degree, and ties to oneself and repeated ties occur, so for
        large sparse networks only. ``"degree"``: the same without such ties. ``"affiliation"``: who takes part in which event; the numbers of events of
        actors and of members of events stay. For projections the last is the right one: an event makes all its ties at once, and chance models of
        single ties are too narrow.
    within
        Classes inside which chance works: a column of actors with ``null="labels"``, of events with ``null="affiliation"``.
    runs
        Random worlds. 0: moments by formula, and p where the distribution is known. Without a formula (``"degree"``, ``"affiliation"``, ``within``) above 0.
    seed
        Whole number at least 0; required when ``runs > 0``.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation; ``"category"``, one group ``"(missing)"``.
    progress
        Bar over the random worlds: True, False, or None, on a terminal after 2 s.

    Returns
    -------
    Series
        ``e_i``; ``external`` and ``internal``, numbers or weights of ties; ``minimum`` and ``maximum`` of E-I when the ties may lie anywhere; ``rescaled`` to
        [−1, 1] between them; ``expected``, ``sd`` and ``z`` of E-I under the chance model; ``p_lower``, ``p_upper`` and ``p`` = min(1, 2 min) of the external
        ties, which is of E-I. NaN where undefined or, p with ``runs=0``, unknown. ``.attrs``: indicator, options, null, runs, seed, version; ``p_is``:
        exact, simulated or unknown.

    Raises
    ------
    DataError
        A chance model without a formula and ``runs=0``; ``"affiliation"`` for a network that is not the projection of one; an actor without a group.

    Notes
    -----
    ``"ties"``: external ~ hypergeometric(pairs, external pairs, ties). ``"labels"``: moments of join counts, exact for any weights. ``"stubs"``: exact
    moments; with two groups exact p. Weighted: weights stay with their ties as these move. Where p is exact, no worlds are drawn. With
    ``"affiliation"`` the number of ties differs between worlds and p is that of E-I; groups that are derived from events (such as field) are
    derived in each world anew. z only describes: the distribution is skewed. Directed: ordered pairs. Isolates count among the pairs and labels. No ties:
    NaN. One group: −1, rescaled NaN. Cost: O(ties), and per world.

    References
    ----------
    .. [1] Krackhardt & Stern (1988), Informal networks and organizational crises: an experimental simulation, Social Psychology Quarterly 51, 123-140,
       doi:10.2307/2786835.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.e_i_summary(inn.toy().project(), groups="sector")[["e_i", "external", "internal", "expected", "p_upper"]].round(4)
    e_i          0.5789
    external    15.0000
    internal     4.0000
    expected     0.2424
    p_upper      0.0630
    Name: e_i_summary, dtype: float64
    """
    check_choice(null, get_args(Null), "null")
    check_runs(runs, seed)
    _check_null(network, null, within, runs)
    parts = grouped(network, groups, missing)
    seen = _seen(parts, weighted)
    external, internal = float(seen.weights[seen.start != seen.end].sum()), float(seen.weights[seen.start == seen.end].sum())
    e_i = _index(internal, external + internal)
    low, high = _range(seen)
    rescaled = 2.0 * (e_i - low) / (high - low) - 1.0 if high > low else np.nan
    mean, sd = _moments(seen, null) if within is None and null in _CLOSED else (np.nan, np.nan)
    lower, upper, p_is = np.nan, np.nan, "unknown"
    exact = None if weighted or within is not None else _exact(seen, null)
    if exact is not None:
        (lower, upper), p_is = exact, "exact"
    elif runs and seed is not None:
        draw = _worlds(network, parts, seen, null, groups, missing, weighted, within, seed)
        drawn = np.array(list(run(draw, runs, what="random worlds", progress=progress)))
        (lower,), (upper,) = tails(np.array([e_i]), drawn[:, None])
        p_is = "simulated"
        if np.isnan(mean):
            mean, sd = float(drawn.mean()), float((drawn - drawn[0]).std(ddof=1)) if runs > 1 else np.nan
    found = {"e_i": e_i, "external": external, "internal": internal, "minimum": low, "maximum": high, "rescaled": rescaled}
    found |= {"expected": mean, "sd": sd, "z": (e_i - mean) / sd if sd > 0 else np.nan}
    found |= {"p_lower": float(lower), "p_upper": float(upper), "p": float(two_sided(np.array(lower), np.array(upper)))}
    series = pd.Series(found, name="e_i_summary")
    options = {"groups": groups if isinstance(groups, str) else groups.name, "weighted": weighted, "within": within, "missing": missing}
    series.attrs.update(indicator="e_i_summary", options=options, null=null, runs=runs, seed=seed, p_is=p_is, version=__version__)
    return series


_CLOSED = ("ties", "labels", "stubs")  # chance models whose moments have a formula


def _check_null(network: Network, null: Null, within: str | None, runs: int) -> None:
    if within is not None and null not in ("labels", "affiliation"):
        msg = f'within={within!r} goes with null="labels" (a column of actors) and null="affiliation" (a column of events), not with null={null!r}.'
        raise DataError(msg)
    if runs == 0 and (null not in _CLOSED or within is not None):
        msg = f"null={null!r}{' with within=' if within is not None else ''} has no formula: say how many random worlds to draw with runs=, and give a seed."
        raise DataError(msg)
    if null == "affiliation":
        memberships_behind(network)


class _Seen(NamedTuple):
    """The ties by the groups of their ends, each tie once."""

    start: Ints
    end: Ints
    weights: Floats
    sizes: list[int]  # actors of each group
    pair_squares: float  # sum over pairs of actors of the squared weight between them, both directions together
    strength_squares: float  # sum over actors of their squared strength, both directions together
    directed: bool


def _seen(parts: Grouped, weighted: bool) -> _Seen:
    network, codes = parts.network, parts.codes.astype(np.int64)
    matrix, both = network.adjacency(weighted=weighted), network.arcs(weighted=weighted)
    source = np.repeat(np.arange(len(codes)), np.diff(matrix.indptr))
    once = np.ones(len(source), dtype=bool) if network.directed else source < matrix.indices
    strengths = np.bincount(np.repeat(np.arange(len(codes)), np.diff(both.indptr)), both.weights, minlength=len(codes))
    start, end, weights = codes[source[once]], codes[matrix.indices[once]], matrix.data[once]
    return _Seen(start, end, weights, parts.sizes.tolist(), float((both.weights**2).sum()) / 2.0, float((strengths**2).sum()), network.directed)


def _index(internal: float, total: float) -> float:
    return (total - 2.0 * internal) / total if total > 0 else np.nan


def _pairs(seen: _Seen) -> tuple[int, int]:
    """Pairs of actors in all, and inside groups; ordered pairs where directed."""
    n = sum(seen.sizes)
    ends = 1 if seen.directed else 2
    return n * (n - 1) // ends, sum(g * (g - 1) for g in seen.sizes) // ends


def _range(seen: _Seen) -> tuple[float, float]:
    """Smallest and largest E-I of these ties: the lightest go to the wrong side, and only those for which there is no place on the other."""
    pairs, inside = _pairs(seen)
    light, total = np.sort(seen.weights), float(seen.weights.sum())
    forced_out, forced_in = (float(light[: max(0, len(light) - room)].sum()) for room in (inside, pairs - inside))
    return _index(total - forced_out, total), _index(forced_in, total)


def _falling(n: int, r: int) -> int:
    """n (n − 1) ... (n − r + 1)."""
    return math.perm(n, r)


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)  # no such tuples of actors or ties: the term is empty


def _two_pairs(counts: list[int]) -> int:
    """Ordered choices of two pairs of different items, each pair inside one group."""
    return sum(_falling(c, 4) for c in counts) + sum(c * (c - 1) for c in counts) ** 2 - sum((c * (c - 1)) ** 2 for c in counts)


def _moments(seen: _Seen, null: Null) -> tuple[float, float]:
    """Mean and standard deviation of E-I, in fractions to the end: the variance is a small difference of large numbers."""
    total = Fraction(float(seen.weights.sum()))
    if total == 0:
        return np.nan, np.nan
    if null == "labels":
        mean, square = _internal_labels(seen, total)
    else:
        one, two = _internal_ties(seen) if null == "ties" else _internal_stubs(seen)
        squares = Fraction(float((seen.weights**2).sum()))
        mean, square = total * one, squares * one + (total**2 - squares) * two
    variance = (square - mean**2) / total**2
    exact = bool((seen.weights == np.rint(seen.weights)).all()) and total**2 < 2**53  # sums of other weights and squares are rounded
    return float(1 - 2 * mean / total), 2.0 * math.sqrt(variance) if variance > (0.0 if exact else _ROUNDING) else 0.0


def _internal_ties(seen: _Seen) -> tuple[Fraction, Fraction]:
    """Probability that one tie is internal, and that two are: ties on pairs of actors at random."""
    pairs, inside = _pairs(seen)
    return _share(inside, pairs), _share(_falling(inside, 2), _falling(pairs, 2))


def _internal_stubs(seen: _Seen) -> tuple[Fraction, Fraction]:
    """Probability that one tie is internal, and that two are: ends of ties matched at random."""
    m, n = len(seen.start), len(seen.sizes)
    out, into = (np.bincount(codes, minlength=n).tolist() for codes in (seen.start, seen.end))
    if seen.directed:
        single = [a * b for a, b in zip(out, into, strict=True)]
        same = sum(_falling(a, 2) * _falling(b, 2) for a, b in zip(out, into, strict=True))
        return _share(sum(single), m * m), _share(same + sum(single) ** 2 - sum(s * s for s in single), _falling(m, 2) ** 2)
    ends = [a + b for a, b in zip(out, into, strict=True)]
    return _share(sum(_falling(c, 2) for c in ends), _falling(2 * m, 2)), _share(_two_pairs(ends), _falling(2 * m, 4))


def _internal_labels(seen: _Seen, total: Fraction) -> tuple[Fraction, Fraction]:
    """Mean of the internal weight, and of its square: groups of actors exchanged at random. Ordered pairs of ties share two actors, one or none."""
    n = sum(seen.sizes)
    two, three = (_share(sum(_falling(g, r) for g in seen.sizes), _falling(n, r)) for r in (2, 3))
    four = _share(_two_pairs(seen.sizes), _falling(n, 4))
    squares, stars = Fraction(seen.pair_squares), Fraction(seen.strength_squares)
    return total * two, squares * two + (stars - 2 * squares) * three + (total**2 - stars + squares) * four


def _exact(seen: _Seen, null: Null) -> tuple[float, float] | None:
    """Lower and upper tail of the number of external ties where its distribution is known, else None."""
    external, m = int((seen.start != seen.end).sum()), len(seen.start)
    if m == 0:
        return None
    if null == "ties":
        from scipy import stats  # noqa: PLC0415  # takes half a second to load

        pairs, inside = _pairs(seen)
        law = stats.hypergeom(pairs, pairs - inside, m)
        return float(law.cdf(external)), float(law.sf(external - 1))
    if null == "stubs" and len(seen.sizes) == 2 and not seen.directed:
        possible, chance = _two_groups(np.bincount(np.concatenate([seen.start, seen.end]), minlength=2), m)
        return float(chance[possible <= external].sum()), float(chance[possible >= external].sum())
    return None


def _two_groups(ends: Ints, m: int) -> tuple[Ints, Floats]:
    """Possible numbers of external ties between two groups with these ends, and their probabilities (Hardy-Weinberg form)."""
    a, b = (int(e) for e in ends)
    x = np.arange(a % 2, min(a, b) + 1, 2)
    logs = x * np.log(2.0) - special.gammaln((a - x) / 2 + 1) - special.gammaln((b - x) / 2 + 1) - special.gammaln(x + 1)
    constant = special.gammaln(m + 1) + special.gammaln(a + 1) + special.gammaln(b + 1) - special.gammaln(2 * m + 1)
    return x, np.exp(logs + constant)


@kernel
def scatter_ties(weights: Floats, inside: int, pairs: int, key: np.uint64) -> float:
    """Internal weight of ties put on ``pairs`` pairs of actors at random, at most one on each, ``inside`` of them inside groups."""
    internal, room, left = 0.0, float(inside), float(pairs)
    for k in range(len(weights)):
        t = np.uint64(k)
        if unit(bits64(np.uint32(t & _LOW), np.uint32(t >> _HALF), np.uint32(0), _PLACES, key)) * left < room:
            internal += weights[k]
            room -= 1.0
        left -= 1.0
    return internal


def _measured(matrix: sparse.csr_array, codes: Ints) -> float:
    """E-I of the ties of a matrix; actors with a negative code are left out."""
    start, end = np.repeat(codes, np.diff(matrix.indptr)), codes[matrix.indices]
    known = (start >= 0) & (end >= 0)
    return _index(float(matrix.data[known & (start == end)].sum()), float(matrix.data[known].sum()))


def _worlds(
    network: Network, parts: Grouped, seen: _Seen, null: Null, groups: Groups, missing: Missing, weighted: bool, within: str | None, seed: int
) -> Callable[[int], float]:
    """A function from the number of a random world to its E-I."""
    codes, total = parts.codes.astype(np.int64), float(seen.weights.sum())
    m, weights = len(seen.weights), seen.weights

    def by_labels(replicate: int) -> float:
        return _measured(observed, codes[permutation(len(codes), seed=seed, replicate=replicate, classes=classes)])

    def by_ties(replicate: int) -> float:
        return _index(scatter_ties(frozen, inside, pairs, seed_key(seed, replicate)), total)

    def by_stubs(replicate: int) -> float:
        if seen.directed:
            start, end = seen.start, seen.end[permutation(m, seed=seed, replicate=replicate)]
        else:
            start, end = np.split(np.concatenate([seen.start, seen.end])[permutation(2 * m, seed=seed, replicate=replicate)], 2)
        return _index(float(weights[start == end].sum()), total)

    def by_degree(replicate: int) -> float:
        return _measured(sample(parts.network, seed=seed, replicate=replicate).adjacency(weighted=weighted), codes)

    def by_affiliation(replicate: int) -> float:
        world = sample(behind, seed=seed, replicate=replicate, within=within)
        drawn, _ = pd.factorize(column_of(world.actors, groups, missing))
        return _measured(world.project(cast("Weighting", network.weighting)).adjacency(weighted=weighted), drawn)

    behind, observed = cast("Affiliation", network.affiliation), parts.network.adjacency(weighted=weighted)
    classes = class_codes(parts.network._actors, within, "actors") if null == "labels" and within is not None else None
    (frozen,) = freeze(weights)
    pairs, inside = _pairs(seen)
    return {"labels": by_labels, "ties": by_ties, "stubs": by_stubs, "degree": by_degree, "affiliation": by_affiliation}[null]
