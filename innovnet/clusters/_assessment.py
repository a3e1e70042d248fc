"""What an assessment holds: levels, the criteria behind them, what is missing for the next level, how firm this one is."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from innovnet._check import check_whole
from innovnet._text import escape
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Rules
from innovnet.clusters._shares import level_shares

#: Columns of the tables and their types; ``.levels`` has the index ``cluster``, ``.indicators`` the index (``cluster``, ``indicator``).
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "levels": {
        "name": "str",
        "level": "str",
        "level_low": "str",
        "level_high": "str",
        "rank_low": "int64",
        "rank_high": "int64",
        "gates": "str",
        "gates_criteria": "int64",
        "next_level": "str",
        "distance": "float64",
        "weakest": "str",
        "weakest_change": "float64",
        "pivotal": "str",
        "exits": "Int64",
        "exits_exact": "boolean",
        "completeness": "float64",
    },
    "criteria": {
        "cluster": "str",
        "criterion": "str",
        "level": "str",
        "indicator": "str",
        "label": "str",
        "value_low": "float64",
        "value": "float64",
        "value_high": "float64",
        "known": "float64",
        "op": "str",
        "threshold": "float64",
        "unit": "str",
        "met": "boolean",
        "strength": "str",
        "kind": "str",
        "source": "str",
        "note": "str",
        "gap": "float64",
        "relative_gap": "float64",
        "earliest": "datetime64[us]",
    },
    "missing": {
        "cluster": "str",
        "level": "str",
        "criterion": "str",
        "group": "str",
        "gap": "float64",
        "relative_gap": "float64",
        "unit": "str",
        "earliest": "datetime64[us]",
        "text": "str",
    },
    "robustness": {"cluster": "str", "criterion": "str", "change": "float64", "unit": "str", "relative_change": "float64", "text": "str"},
    "pivotal": {"cluster": "str", "organisation": "str", "name": "str", "level_without": "str"},
    "indicators": {"value": "float64", "low": "float64", "high": "float64", "known": "float64", "unit": "str"},
}


@dataclass(frozen=True, eq=False, repr=False)
class Assessment:
    """Levels of clusters on a day under stated rules, with everything that they rest on. Made by :func:`innovnet.clusters.assess`.

    Attributes
    ----------
    register, rules, at
        What was assessed, under which rules, at the end of which day.
    ties_from
        In words, which data the ties of the clusters rest on.

    Notes
    -----
    A level says that the stated criteria are met, nothing more. Which of them are published, which are borrowed and which are our operationalisation stands in
    the column ``kind`` of :attr:`criteria`; the column ``gates`` of :attr:`levels` is the level on published and borrowed criteria alone.
    """

    register: Register
    rules: Rules
    at: pd.Timestamp
    ties_from: str
    _tables: Mapping[str, pd.DataFrame]

    def _table(self, name: str) -> pd.DataFrame:
        return self._tables[name].copy(deep=False)

    @property
    def levels(self) -> pd.DataFrame:
        """One row for each cluster that exists on the day.

        Index ``cluster``; columns ``name``; ``level`` (missing where it is not decided); ``level_low`` and ``level_high``, the level where all that is not known
        is taken as not met, and as met; ``rank_low`` and ``rank_high`` (0: below the first level); ``gates``, the highest level whose published and borrowed
        criteria are met, and ``gates_criteria``, on how many it rests; ``next_level`` (missing at the top) and ``distance`` to it (a sum of relative gaps: an aid
        for sorting, no percentage of maturity; missing at the top); ``weakest``, the criterion nearest to bringing the level down, and ``weakest_change``, by how
        much of its unit it would have to change; ``pivotal``, the members whose leaving alone would lower the level; ``exits``, the least number of members
        whose leaving would, and ``exits_exact``, whether that number is exact (else fewer might do); ``completeness``, the share of needed cells that are filled.
        """
        return self._table("levels")

    @property
    def criteria(self) -> pd.DataFrame:
        """Cluster × criterion: the value with its interval, what is needed, and whether it is met (missing: not known).

        Columns ``cluster criterion level indicator label value_low value value_high known op threshold unit met strength kind source note gap relative_gap
        earliest``. Yes is 1, no is 0. ``gap`` is what the certain part of the value lacks, 0 where the criterion is met and missing where nothing is known;
        ``relative_gap`` is that / threshold, at most 1. ``earliest`` is the first day on which time alone meets the criterion, if nothing else changes.
        """
        return self._table("criteria")

    @property
    def missing(self) -> pd.DataFrame:
        """What each cluster lacks for the next level, in order of ease, in figures and in one sentence each.

        Columns ``cluster level criterion group gap relative_gap unit earliest text``. Groups: ``needed``, without which the level is not reached; ``choice``, of
        which the sentence says how many are enough; ``time``, which comes by itself; ``data``, which is not known and has to be brought.
        """
        return self._table("missing")

    @property
    def robustness(self) -> pd.DataFrame:
        """Criteria that would each bring the level down alone, the nearest first.

        Columns ``cluster criterion change unit relative_change text``: ``change`` is by how much the value would have to fall (rise, where less is asked), 1 for a
        yes that is withdrawn; ``relative_change`` is that / threshold.
        """
        return self._table("robustness")

    @property
    def pivotal(self) -> pd.DataFrame:
        """Members whose leaving alone would lower the level: ``cluster organisation name level_without``."""
        return self._table("pivotal")

    @property
    def indicators(self) -> pd.DataFrame:
        """The indicators that the rules need: index (``cluster``, ``indicator``), columns ``value low high known unit``."""
        return self._table("indicators")

    def shares(self, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
        """How often each level results when what is not known is drawn at random from its range: whether the interval of a level leans to one side.

        Each indicator that is an interval is drawn evenly from it, whole numbers where it counts, independently of the others. The draws say how much the ranges
        leave open; they are no probability that a cluster has a level, for nobody knows that the values are spread evenly.

        Parameters
        ----------
        draws
            Number of draws, at least 1.
        seed
            Seed of the draws, at least 0. Draws depend on it, on the cluster and on the indicator, so another cluster changes nothing.

        Returns
        -------
        DataFrame
            Index ``cluster``; a column for each level from below the first one on, shares of the draws; ``not decided`` is the share of those in which the level
            stays open, because a range without an upper end (years since an unknown day) is not drawn. Each row adds up to 1.

        Notes
        -----
        Two indicators that rest on the same missing fact are drawn apart, so a level may seem more open than it is. The share's standard error is below
        0.5 / √draws. Cost: O(open clusters × draws × criteria).

        Examples
        --------
        >>> import innovnet as inn
        >>> assessment = inn.clusters.assess(inn.clusters.example(), inn.example(), rules="lithuania", at=2025, robustness=False)
        >>> assessment.shares().loc["C03", ["developing", "mature"]].to_dict()  # two members may have R&D, and one is enough
        {'developing': 0.328, 'mature': 0.672}
        """
        check_whole(draws, "draws", 1)
        check_whole(seed, "seed", 0)
        return level_shares(self.rules, self._tables["indicators"], int(draws), int(seed))

    def __repr__(self) -> str:
        levels = self._tables["levels"]
        counts = levels["level"].value_counts()
        named = [f"{counts[name]} {name}" for name in (self.rules.below, *self.rules.levels) if name in counts]
        open_ = [f"{n} not decided" for n in [int(levels["level"].isna().sum())] if n]
        found = ", ".join([*named, *open_]) or "none exists"
        return f"Assessment: {len(levels)} clusters at {self.at:%Y-%m-%d} under {self.rules.name} {self.rules.version}: {found}"

    def _repr_html_(self) -> str:
        shown = self._tables["levels"][["name", "level", "level_low", "level_high", "gates", "next_level"]]
        disclaimer = f"<p>{escape(self.rules.disclaimer)}</p>" if self.rules.disclaimer else ""
        return f"<b>{escape(repr(self))}</b>{shown.head(10).to_html()}{disclaimer}"
