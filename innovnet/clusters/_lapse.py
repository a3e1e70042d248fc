"""Levels that are given for a term: when they lapse without a new assessment."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._catalogue import FACT
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


def term_caps(low: Ints, anew: Mask, years: Ints, rules: Rules) -> Ints:
    """The highest rank that terms leave: clusters (rows) × years.

    ``low`` is the rank that the data of each year make certain; ``anew`` (clusters × years × levels) says in which years they were assessed for a level. Where
    levels build on each other, what is left is the rank below the lowest level that has lapsed; else the highest level that was given and has not lapsed.
    """
    ranks = np.arange(1, len(rules.levels) + 1)
    given = low[:, :, None] >= ranks if rules.cumulative else low[:, :, None] == ranks
    gone = np.zeros(given.shape, dtype=bool)
    for level, term in rules.pace.valid_years.items():
        k = rules.rank(level) - 1
        gone[:, :, k] = lapsed(given[:, :, k] & anew[:, :, k], years, first=term["first"], renewed=term.get("renewed", term["first"]))
    if rules.cumulative:
        left: Ints = np.argmax(gone, axis=2)
    else:
        left = np.max(ranks * (np.logical_or.accumulate(given, axis=1) & ~gone), axis=2)
    return np.where(gone.any(axis=2), left, len(ranks))


def assessed_anew(rules: Rules, facts: pd.DataFrame, cluster: pd.Series, year: pd.Series) -> Mask:
    """Which levels (columns) a cluster was assessed for in a year (rows): all facts that the level asks for were entered in that year.

    A fact holds until a later year says otherwise, so that it is met is no new assessment. A level that asks for no fact is assessed every year.
    """
    anew = np.ones((len(cluster), len(rules.levels)), dtype=bool)
    pairs = pd.MultiIndex.from_arrays([cluster.astype("str"), year])
    for k, level in enumerate(rules.levels):
        for name in {c.indicator.removeprefix(FACT) for c in rules.criteria if c.level == level and c.indicator.startswith(FACT)}:
            cells = facts.reindex(columns=[name, f"{name}_low", f"{name}_high"]).notna().any(axis=1)
            anew[:, k] &= pairs.isin(pd.MultiIndex.from_frame(facts.loc[cells, ["cluster", "year"]]))
    return anew


def panel_terms(rules: Rules, facts: pd.DataFrame, panel: pd.DataFrame) -> Ints:
    """The highest rank that terms leave in each row of a panel (cluster, year, rank_low), which is in order of cluster and year."""
    anew = assessed_anew(rules, facts, panel["cluster"], panel["year"])
    low, years = panel["rank_low"].to_numpy(dtype=np.int64), panel["year"].to_numpy(dtype=np.int64)
    left = np.full(len(panel), len(rules.levels), dtype=np.int64)
    if rules.pace.valid_years:
        for rows in panel.groupby("cluster", sort=False).indices.values():
            left[rows] = term_caps(low[rows][None], anew[rows][None], years[rows], rules)[0]
    return left
