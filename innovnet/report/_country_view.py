"""What the overview of all clusters rests on: an assessment, the years up to it, and what its figures share."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from innovnet._check import check_kind
from innovnet.clusters._assessment import Assessment
from innovnet.clusters._compare import Matches
from innovnet.clusters._detect import Candidates
from innovnet.clusters._monitoring import Monitoring
from innovnet.clusters._rules import Rules
from innovnet.clusters._snapshot import Snapshot
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.report._cluster_part import snapshot_behind

_PLAIN = re.compile(r"[0-9A-Z][0-9A-Z_-]{0,39}")
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d", re.IGNORECASE)  # names that no file may have on some systems


def slug(cluster: str) -> str:
    """The name of a cluster's file: safe on every system for any identifier, and different for different ones, also where case does not count.

    Capital letters, digits, ``-`` and ``_`` stay as they are; any other identifier gets a part of its hash behind a point.

    Examples
    --------
    >>> slug("C01"), slug("c01"), slug("../etc")
    ('C01', 'c01.121f8bd5661f', 'etc.f7f9121fdb53')
    """
    if _PLAIN.fullmatch(cluster) and not _DEVICE.fullmatch(cluster):
        return cluster
    words = re.sub(r"[^0-9A-Za-z]+", "-", cluster)[:40].strip("-")
    words = f"cluster-{words}".strip("-") if not words or _DEVICE.fullmatch(words) else words
    return f"{words}.{hashlib.sha256(cluster.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


@dataclass(frozen=True, eq=False, repr=False)
class CountryView:
    """All clusters of an assessment, for the figures of the overview.

    Parameters
    ----------
    assessment
        The clusters on the day.
    monitoring
        The years up to it, under the same rules; None leaves out the years, the transitions and the early warnings.
    affiliation
        The cooperation data that the assessment was made with, or None as there.
    comparison
        Registered clusters against candidates, from :func:`innovnet.clusters.compare`.
    candidates
        These candidates, from :func:`innovnet.clusters.detect`: with ``worlds`` it is said how many groups chance alone shows.
    sheets
        Clusters whose sheets lie beside the page; None: of all.
    """

    assessment: Assessment
    monitoring: Monitoring | None = None
    affiliation: Affiliation | None = None
    comparison: Matches | None = None
    candidates: Candidates | None = None
    sheets: Collection[str] | None = None

    def __post_init__(self) -> None:
        check_kind(self.assessment, Assessment, "the overview of clusters", "It is made by inn.clusters.assess().")
        followed, at = self.monitoring, self.assessment
        if followed is not None and (followed.register.fingerprint, followed.rules) != (at.register.fingerprint, at.rules):
            msg = "assessment and monitoring rest on different registers or rules. Make both from the same."
            raise DataError(msg)

    @property
    def rules(self) -> Rules:
        """The rules of the assessment."""
        return self.assessment.rules

    @property
    def at(self) -> pd.Timestamp:
        """The day."""
        return self.assessment.at

    @cached_property
    def snapshot(self) -> Snapshot:
        """The clusters of the day with their members and ties."""
        return snapshot_behind(self.assessment, self.affiliation, "overview")

    @property
    def followed(self) -> bool:
        """Whether the day ends a year that was monitored, so that levels are assigned on it."""
        return self.monitoring is not None and (self.at.month, self.at.day) == (12, 31) and self.at.year in self.monitoring.years

    @cached_property
    def clusters(self) -> pd.DataFrame:
        """One row for each cluster of the day, index ``cluster``: name (with the identifier where two have the same), rank (assigned, else by the data), open.

        ``open`` says whether data that are missing leave the level of the day open; ``rank`` is then what is certain.
        """
        levels = self.assessment.levels
        rank = levels["rank_low"]
        if self.followed and self.monitoring is not None:
            panel = self.monitoring.panel
            rank = panel[panel["year"] == self.at.year].set_index("cluster")["rank"].reindex(levels.index).astype("int64")
        twice = levels["name"].duplicated(keep=False)
        names = [f"{name} ({cluster})" if double else name for cluster, name, double in zip(levels.index, levels["name"], twice, strict=True)]
        return pd.DataFrame({"name": names, "rank": rank, "open": levels["rank_low"] < levels["rank_high"]}, index=levels.index).astype({"name": "str"})

    @cached_property
    def members(self) -> pd.DataFrame:
        """One row for each counted member of a cluster on the day: cluster, organisation (identifier), node (its place in the register)."""
        members = self.snapshot.members
        organisations = self.assessment.register.organisations.index
        table = {"cluster": np.asarray(self.snapshot.ids)[members.row], "organisation": organisations.take(members.node), "node": members.node}
        return pd.DataFrame(table).astype({"cluster": "str", "organisation": "str"})

    @cached_property
    def missing_of(self) -> dict[str, pd.DataFrame]:
        """Cluster -> what is missing for its next level."""
        return {str(cluster): rows for cluster, rows in self.assessment.missing.groupby("cluster", sort=False)}
