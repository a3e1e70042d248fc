"""What monitoring returns: levels year by year, who came and went, transitions, early warnings."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from innovnet._check import check_whole
from innovnet._text import escape
from innovnet.clusters._assessment import Assessment
from innovnet.clusters._pace import reachable
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Rules
from innovnet.clusters._transitions import transition_table

ENTRY, DISSOLVED = "new", "dissolved"


@dataclass(frozen=True, eq=False, repr=False)
class Monitoring:
    """Clusters over years under one set of rules, frozen. Made by :func:`innovnet.clusters.monitor`."""

    register: Register
    rules: Rules
    years: tuple[int, ...]  #: on the last day of each
    assessments: Mapping[int, Assessment]  #: year -> assessment, without robustness
    _panel: pd.DataFrame
    _entries: pd.DataFrame
    _exits: pd.DataFrame
    _warnings: pd.DataFrame

    @property
    def panel(self) -> pd.DataFrame:
        """One row for each cluster and year in which it exists.

        Columns: cluster, year, rank_low, rank_high, raw, raw_high (levels by the data of the year alone), rank, level (assigned), gates, members, entries, exits,
        ties, reason (why the assigned level is not the raw one).
        """
        return self._panel.copy(deep=False)

    @property
    def entries(self) -> pd.DataFrame:
        """Who became a member in a year: cluster, year, organisation, name, role."""
        return self._entries.copy(deep=False)

    @property
    def exits(self) -> pd.DataFrame:
        """Who was a member at the end of the year before and is not any more: cluster, year, organisation, name, role."""
        return self._exits.copy(deep=False)

    @property
    def warnings(self) -> pd.DataFrame:
        """Early warnings: cluster, year, warning, value, before, text."""
        return self._warnings.copy(deep=False)

    def transitions(self, *, runs: int = 2000, seed: int = 0) -> pd.DataFrame:
        """How often clusters passed from one assigned level to another, from year to year.

        Parameters
        ----------
        runs
            Draws of the bootstrap over clusters.
        seed
            Its seed.

        Returns
        -------
        DataFrame
            One row for each pair of states. ``source`` is a level, what is below the first one, or ``"new"`` (the cluster's first year); ``target`` may also
            be ``"dissolved"``. ``count`` of ``total`` transitions out of the source; ``share``; ``mean``, ``low``, ``high``: (n + ½)/(N + K/2) and the 95 %
            interval of Beta(n + ½, N − n + (K − 1)/2) over the K states that the rules allow (Jeffreys prior); ``bootstrap_low``, ``bootstrap_high``:
            95 % of ``runs`` draws of clusters; ``few``: total below 10, not to be read. ``attrs["left_out"]``: transitions into or out of a year whose data leave the level open (rank_low < rank_high).

        Notes
        -----
        The years of one cluster depend on each other, and assigned levels have memory: hence the bootstrap, and no long-run shares. Cost: O(runs × clusters).

        Examples
        --------
        >>> import innovnet as inn
        >>> followed = inn.clusters.monitor(inn.clusters.example(), inn.example(), rules="lithuania", years=range(2021, 2026))
        >>> table = followed.transitions(runs=100)
        >>> bool((table["count"] <= table["total"]).all())
        True
        """
        check_whole(runs, "runs", 1)
        check_whole(seed, "seed", 0)
        states = [self.rules.below, *self.rules.levels, DISSOLVED]
        pairs, unknown = self._pairs()
        n = len(states)
        possible = np.ones((n + 1, n), dtype=bool)
        possible[1:n, : n - 1] = reachable(self.rules)
        table = transition_table(pairs, states, ENTRY, possible, runs=runs, seed=seed)
        table.attrs["left_out"] = unknown
        return table

    def _pairs(self) -> tuple[pd.DataFrame, int]:
        """The transitions between years that follow each other, and how many are left out because a level is not known."""
        rows, unknown = [], 0
        ended = self.register.clusters["dissolved"].dt.year.to_dict()
        born = self.register.clusters["founded"].dt.year.to_dict()
        followed = set(self.years)
        for cluster, table in self._panel.groupby("cluster", sort=True):
            sure = table["rank_low"] == table["rank_high"]
            known = {year: level if certain else None for year, level, certain in zip(table["year"], table["level"], sure, strict=True)}
            first = min(known)
            steps = [(known[a], known[b]) for a, b in pairwise(known) if b == a + 1]
            if born.get(cluster) == first:
                steps.append((ENTRY, known[first]))
            if ended.get(cluster) == max(known) + 1 and max(known) + 1 in followed:
                steps.append((known[max(known)], DISSOLVED))
            unknown += sum(None in step for step in steps)
            rows += [(cluster, *step) for step in steps if None not in step]
        return pd.DataFrame(rows, columns=["cluster", "source", "target"]), unknown

    def __repr__(self) -> str:
        return (
            f"Monitoring: {self._panel['cluster'].nunique():,} clusters, {min(self.years)} to {max(self.years)}, rules {self.rules.name} {self.rules.version}"
        )

    def _repr_html_(self) -> str:
        wide = self._panel.pivot_table(index="cluster", columns="year", values="level", aggfunc="first") if len(self._panel) else self._panel
        return f"<b>{escape(repr(self))}</b>{wide.head(20).to_html(na_rep='')}"
