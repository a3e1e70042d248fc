"""Registered clusters against groups found in cooperation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_kind, check_runs
from innovnet.clusters._cooperation import _matched
from innovnet.clusters._detect import Candidates
from innovnet.clusters._detect_world import world_of
from innovnet.clusters._overlap import multiplicity, nearest, omega
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import living_on, members_on
from innovnet.clusters._time import day_of
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.metrics._inference import simulated_table
from innovnet.metrics._samples import permutation

Ints = npt.NDArray[np.int64]

ALIKE = 0.5  # Jaccard index from which a cluster counts as found: more than half of all members of both are common


@dataclass(frozen=True, eq=False)
class Matches:
    """Registered clusters and candidates side by side, as :func:`compare` returns them.

    Examples
    --------
    >>> import innovnet as inn
    >>> programme = inn.example()
    >>> candidates = inn.clusters.detect(programme, at=2025, starts=5, seed=0)
    >>> matches = inn.clusters.compare(inn.clusters.example(), candidates, programme, at=2025, runs=9)
    >>> len(matches.found) + len(matches.not_found)
    13
    """

    found: pd.DataFrame  #: registered clusters that were found, index ``cluster``
    not_found: pd.DataFrame  #: registered clusters that were not found: do they exist on paper only, or do they cooperate outside these data?
    not_registered: pd.DataFrame  #: candidates that no registered cluster is like, index ``candidate``
    summary: pd.DataFrame  #: measures of agreement against random groups of equal composition
    at: pd.Timestamp

    def __repr__(self) -> str:
        return (
            f"Matches: {len(self.found)} registered clusters found, {len(self.not_found)} not found; {len(self.not_registered)} candidates "
            f"not registered; {self.at:%Y-%m-%d}"
        )


def compare(register: Register, candidates: Candidates, affiliation: Affiliation, *, at: Any, runs: int = 199, seed: int = 0) -> Matches:
    """Which registered clusters show in cooperation, and which groups that cooperate are not registered.

    Of two groups the Jaccard index is common / united members, the overlap coefficient common members / members of the smaller one. A cluster counts as
    found where its best Jaccard index is at least 0.5. The omega index [1]_ compares both coverings as wholes: (o − e)/(1 − e), o the share of pairs of organisations
    that share equally many groups in both, e the share expected of coverings with these numbers.

    Parameters
    ----------
    register
        Registered clusters.
    candidates
        What :func:`detect` found.
    affiliation
        The cooperation data in which it was found; what :func:`cooperation` returns, to count the register's own joint events as well.
    at
        The day on which the clusters have their members; a year means its last one. Ties are those of the candidates' window up to this day.
    runs
        Random worlds, 0 for none. In each the organisations with a tie change places with others of the same country and kind, so that there are as many random
        groups as candidates, each composed like one of them.
    seed
        Any whole number of at least 0.

    Returns
    -------
    Matches
        ``.found``, ``.not_found`` (index ``cluster``) and ``.not_registered`` (index ``candidate``): name, members, with_tie, without_tie_share (share of
        members without a tie), nearest (the most similar group on the other side; missing where none meets it), jaccard, overlap, and by name, joined by
        ``"; "``, the members that differ: ``only_here``, ``only_there``, and ``without_tie``. ``.summary``, index ``measure``: omega; best_jaccard_registered
        and best_jaccard_candidates, means over clusters with a tie and over candidates; overlap_registered; found, the number of clusters found: observed,
        expected, sd, z, p_lower, p_upper, p; ``attrs``: pair_agreement and pair_agreement_expected (o and e), organisations, runs, seed.

    Raises
    ------
    DataError
        An organisation of a candidate is not among the actors; two organisations of the register share one actor.

    Notes
    -----
    Only organisations with a tie can be found; a member without one counts in ``members`` and ``without_tie``, not in the indices. Only candidates that are shown
    take part. Country and kind are columns ``country`` and ``type`` of actors; who lacks them is of one kind. A cluster whose members cooperate outside these data is not found; this does not say that it does not exist. Omega is NaN
    where e = 1. Cost: O(runs × pairs inside groups).

    References
    ----------
    .. [1] Collins & Dent (1988), Omega: a general formulation of the Rand index of cluster recovery suitable for non-disjoint solutions, Multivariate
       Behavioral Research 23, 231-242, doi:10.1207/s15327906mbr2302_6.

    Examples
    --------
    >>> import innovnet as inn
    >>> register = inn.clusters.example()
    >>> both = inn.clusters.cooperation(register, inn.example())
    >>> found = inn.clusters.detect(both, at=2025, starts=5, seed=0)
    >>> matches = inn.clusters.compare(register, found, both, at=2025, runs=19)
    >>> "C05" in matches.found.index, "C13" in matches.not_found.index
    (True, True)
    """
    check_kind(register, Register, "compare()", "Give the registered clusters first.")
    check_kind(candidates, Candidates, "compare()", "Give what detect() returns as the second.")
    check_kind(affiliation, Affiliation, "compare()", "Give the cooperation data in which the candidates were found.")
    check_runs(runs, seed)
    day = day_of(at)
    world = world_of(affiliation, day, candidates.window, candidates.max_event_size)
    sides = _registered(register, affiliation, world.actors, day), _candidates(candidates, affiliation, world.actors)
    kinds = pd.MultiIndex.from_frame(world.actors[["country", "kind"]].fillna(""))
    summary = _summary(sides[0].groups, sides[1].groups, pd.factorize(kinds)[0], runs, seed)
    registered, others = (_table(one, other, world.actors) for one, other in (sides, sides[::-1]))
    known = registered["jaccard"] >= ALIKE
    return Matches(registered[known], registered[~known], others[others["jaccard"] < ALIKE].rename_axis("candidate"), summary, day)


@dataclass(frozen=True, eq=False)
class _Side:
    """Groups on one side."""

    names: pd.Series  #: index: their identifiers
    groups: sparse.csr_array  #: groups × organisations with a tie
    members: Ints  #: of each group
    without_tie: list[list[str]]  #: names of those without a tie


def _side(names: pd.Series, group: Ints, node: Ints, called: pd.Series, n: int) -> _Side:
    """From memberships: positions of the group and of the organisation, −1 where it has no tie, and its name."""
    tied = node >= 0
    groups = sparse.csr_array((np.ones(tied.sum()), (group[tied], node[tied])), shape=(len(names), n))
    apart = [called[(group == k) & ~tied].tolist() for k in range(len(names))]
    return _Side(names, groups, np.bincount(group, minlength=len(names)), apart)


def _registered(register: Register, affiliation: Affiliation, actors: pd.DataFrame, at: pd.Timestamp) -> _Side:
    living = living_on(register, at)
    members = members_on(register, at, Settings(), living)
    place = _matched(register.organisations, affiliation.actors)
    ids = np.array([*affiliation.actors.index.astype("str"), None], dtype=object)[np.maximum(place, -1)]  # −1: the last one, none
    node = actors.index.get_indexer(pd.Index(ids[members.node], dtype="str"))
    names = register.clusters["name"].take(living)
    return _side(names, members.row, node, register.organisations["name"].take(members.node).reset_index(drop=True), len(actors))


def _candidates(candidates: Candidates, affiliation: Affiliation, actors: pd.DataFrame) -> _Side:
    table = candidates.register.membership
    names, organisations = candidates.register.clusters["name"], pd.Index(table["organisation"])
    strange = organisations.difference(affiliation.actors.index.astype("str"))
    if len(strange):
        msg = f"the candidates have {len(strange)} organisations that are not in the cooperation data ({strange[0]!r}). Give the data in which they were found."
        raise DataError(msg)
    called = candidates.register.organisations["name"].reindex(organisations).reset_index(drop=True)
    return _side(names, names.index.get_indexer(pd.Index(table["cluster"])), actors.index.get_indexer(organisations), called, len(actors))


def _table(here: _Side, there: _Side, actors: pd.DataFrame) -> pd.DataFrame:
    best, tied = nearest(here.groups, there.groups), np.diff(here.groups.indptr)
    with np.errstate(invalid="ignore"):
        lost = 1 - tied / here.members
    called = actors["name"].to_numpy(dtype=object)
    mine, theirs = ([set(g.indices[a:b]) for a, b in zip(g.indptr[:-1], g.indptr[1:], strict=True)] for g in (here.groups, there.groups))
    met = [theirs[k] if k >= 0 else set() for k in best.nearest]
    return pd.DataFrame(
        {
            "name": here.names,
            "members": here.members,
            "with_tie": tied,
            "without_tie_share": lost,
            "nearest": pd.Series(np.array([*there.names.index, None], dtype=object)[best.nearest], index=here.names.index, dtype="str"),
            "jaccard": best.jaccard,
            "overlap": best.overlap,
            "only_here": ["; ".join(called[sorted(a - b)]) for a, b in zip(mine, met, strict=True)],
            "only_there": ["; ".join(called[sorted(b - a)]) for a, b in zip(mine, met, strict=True)],
            "without_tie": ["; ".join(names) for names in here.without_tie],
        },
        index=here.names.index,
    )


def _summary(registered: sparse.csr_array, candidates: sparse.csr_array, kind: Ints, runs: int, seed: int) -> pd.DataFrame:
    """Measures of agreement, and the same with the organisations of the candidates exchanged for others of their kind."""
    tied = np.diff(registered.indptr) > 0
    real, shown = sparse.csr_array(registered[np.flatnonzero(tied)]), multiplicity(candidates)
    whole = omega(multiplicity(real), shown)

    def measures(groups: sparse.csr_array) -> list[float]:
        ours, theirs = nearest(groups, candidates), nearest(candidates, groups)
        return [
            omega(multiplicity(groups), shown).omega,
            _mean(ours.jaccard),
            _mean(theirs.jaccard),
            _mean(ours.overlap),
            float((ours.jaccard >= ALIKE).sum()),
        ]

    # to exchange the organisations of one side or of the other is the same; that of the register is the smaller one
    drawn = [measures(sparse.csr_array(real[:, permutation(len(kind), seed=seed, replicate=k, classes=kind)])) for k in range(runs)]
    index = pd.Index(["omega", "best_jaccard_registered", "best_jaccard_candidates", "overlap_registered", "found"], name="measure")
    facts = {"pair_agreement": whole.observed, "pair_agreement_expected": whole.expected, "organisations": len(kind), "runs": runs, "seed": seed}
    return simulated_table(index, measures(real), np.array(drawn).reshape(runs, len(index)) if runs else np.full((1, len(index)), np.nan), **facts)


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
