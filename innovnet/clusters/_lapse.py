"""Levels that are given for a term: when they lapse without a new assessment."""

import numpy as np
import numpy.typing as npt

from innovnet.clusters._rules import Rules

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def lapsed(assessed: Mask, years: Ints, *, first: float, renewed: float) -> Mask:
    """Where a level that was given has lapsed: clusters (rows) × years.

    ``assessed`` says in which years a cluster was found to have the level. The first time it holds for ``first`` years. Found again by the end of its term it is
    renewed, for ``renewed`` years; later than that it is given anew. A level given in year y for 2 years has lapsed at the end of y + 2.
    """
    found = np.zeros(assessed.shape, dtype=bool)
    since, term = (np.full(len(assessed), np.nan) for _ in range(2))  # the last assessment, and the term from it
    for column, year in enumerate(years.tolist()):
        here, in_time = assessed[:, column], year - since <= term
        term = np.where(here, np.where(in_time, renewed, first), term)
        since = np.where(here, year, since)
        found[:, column] = year - since >= term
    return found


def term_caps(low: Ints, years: Ints, rules: Rules) -> Ints:
    """The highest rank that terms leave: clusters (rows) × years, from the ranks that the data of each year make certain.

    Where levels build on each other, the rank below the lowest level that has lapsed; else the highest level that was given and has not lapsed.
    """
    ranks = np.arange(1, len(rules.levels) + 1)
    given = low[:, :, None] >= ranks if rules.cumulative else low[:, :, None] == ranks
    gone = np.zeros(given.shape, dtype=bool)
    for level, term in rules.pace.valid_years.items():
        k = rules.rank(level) - 1
        gone[:, :, k] = lapsed(given[:, :, k], years, first=term["first"], renewed=term.get("renewed", term["first"]))
    if rules.cumulative:
        left: Ints = np.argmax(gone, axis=2)
    else:
        left = np.max(ranks * (np.logical_or.accumulate(given, axis=1) & ~gone), axis=2)
    return np.where(gone.any(axis=2), left, len(ranks))
