"""Assigned levels: how they follow the raw ones over years, upward only on certain data, downward only on certain data."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet.clusters._rules import Pace, Rules

Ints = npt.NDArray[np.int64]


class Steps(NamedTuple):
    """The pace of rules as numbers."""

    up: int
    down: int
    stay: Ints  #: years to be spent in each level (rank 1, 2, ...) before the next one
    restore: int

    @classmethod
    def of(cls, levels: tuple[str, ...], pace: Pace) -> "Steps":
        """Of the levels of some rules, the lowest first."""
        return cls(pace.up_years, pace.down_years, np.array([pace.minimum_stay.get(level, 0) for level in levels], dtype=np.int64), pace.restore_years)


def assigned(low: Ints, high: Ints, cap: Ints, steps: Steps) -> Ints:
    """The assigned rank of each cluster (row) in each of its years (column); clusters that exist for fewer years are filled up at the end.

    In year t: ``min(cap, max(U, min(s[t−1], V)))``. U is the highest rank q that was certain in each of the last ``up`` years and that the cluster
    either held in the last ``restore`` years or may enter: it held every lower rank p for the ``stay[p]`` years before. V is the highest rank
    that was possible in the last ``down`` years. Before the first year everything equals its raw low.

    A later year never changes an earlier one, and a better year never leads to a worse later one.
    """
    years = low.shape[1]
    before = max(steps.up, steps.down, steps.restore, int(steps.stay.max(initial=0)), 1)
    certain, possible = (np.concatenate([np.repeat(low[:, :1], before, axis=1), ranks], axis=1) for ranks in (low, high))
    found = certain.copy()
    for t in range(before, before + years):
        lasting = certain[:, t - steps.up + 1 : t + 1].min(axis=1)
        reached = np.minimum(lasting, np.maximum(_held(found, t, steps.restore), _open(found, t, steps.stay)))
        still = np.minimum(found[:, t - 1], possible[:, t - steps.down + 1 : t + 1].max(axis=1))
        found[:, t] = np.minimum(cap[:, t - before], np.maximum(reached, still))
    return found[:, before:]


def _held(found: Ints, t: int, restore: int) -> Ints:
    """The highest rank of the last years."""
    return found[:, t - restore : t].max(axis=1) if restore else np.zeros(len(found), dtype=np.int64)


def _open(found: Ints, t: int, stay: Ints) -> Ints:
    """The highest rank that may be entered: one above the ranks that were each held for their years, without a gap."""
    rank, going = np.ones(len(found), dtype=np.int64), np.ones(len(found), dtype=bool)
    for p, years in enumerate(stay[:-1].tolist(), start=1):
        if years:
            going &= found[:, t - years : t].min(axis=1) >= p
        rank += going
    return rank


def reachable(rules: Rules) -> npt.NDArray[np.bool_]:
    """Which ranks can follow which within a year, by the rules: rank × rank. Falls are possible to any; what restores a lost level can do so from any."""
    n = len(rules.levels) + 1
    if rules.pace.restore_years > 1:
        return np.ones((n, n), dtype=bool)
    found = np.tri(n, dtype=bool)
    for rank in range(n):
        top = rank
        while top + 1 < n and (top <= rank or rules.pace.minimum_stay.get(rules.label(top), 0) == 0):
            top += 1
        found[rank, : top + 1] = True
    return found
