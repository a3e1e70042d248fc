"""What the sheets of clusters are made of: their common field, and one part for each question that a reader has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet._check import check_kind, did_you_mean
from innovnet._text import escape
from innovnet.clusters._assessment import Assessment
from innovnet.clusters._attributes import node_flags
from innovnet.clusters._catalogue import CATALOGUE
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._measure import measure
from innovnet.clusters._missing import _FLAG_OF
from innovnet.clusters._rules import Criterion
from innovnet.clusters._snapshot import Ints, Snapshot, snapshot_of
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.report._canvas import svg
from innovnet.report._cluster_later import leaving, years_after
from innovnet.report._exhibit import Column
from innovnet.report._names import display_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = 30  #: characters of an organisation's name on a sheet
#: The ten indicators that compare a cluster with the others: who is in it, how long, how it holds together, on what it leans, how far it reaches, its money.
COMPARED = (
    "members_independent",
    "joint_years",
    "connected_share",
    "ties_per_member",
    "cohesion_lift",
    "coordinator_share",
    "top_event_share",
    "foreign_reach",
    "members_rd",
    "own_funds_share",
)
_CAPTION = ("members", "ties", "ties_expected", "cohesion_p", "ties_out")


@dataclass(frozen=True, repr=False)
class Part:
    """One part of a sheet. All texts are plain text; the page escapes them."""

    key: str
    title: str
    tables: Mapping[str, pd.DataFrame]
    columns: Mapping[str, Column]
    sentences: tuple[str, ...] = ()
    caption: str = ""  #: what is drawn, on what it rests, what is left out
    slim: str = ""  #: what the narrow drawing leaves out, for its caption
    alt: str = ""  #: what the drawing shows, in words
    draw: Callable[[int], "Figure"] | None = None  #: width in px -> figure; None: nothing to draw, ``sentences`` say why
    width: int = 960  #: of the drawing on a wide page

    def __repr__(self) -> str:
        return f"Part {self.key!r}: {self.title}"

    def _repr_html_(self) -> str:
        drawn = svg(self.draw(self.width), self.key) if self.draw is not None else ""
        return f"<h3>{escape(self.title)}</h3>{''.join(f'<p>{escape(text)}</p>' for text in self.sentences)}{drawn}<p>{escape(self.caption)}</p>"


@dataclass(frozen=True, eq=False, repr=False)
class Field:
    """What the sheets of one assessment share: the clusters of the day, their ties, indicators of all of them. Made by :func:`field_of`, once."""

    assessment: Assessment
    snapshot: Snapshot
    indicators: pd.DataFrame  #: index (cluster, indicator); value low high known unit
    after: pd.DataFrame  #: of each cluster and year to come, as :func:`years_after` has it
    leaving: pd.DataFrame  #: of each cluster the members whose leaving lowers its level, as :func:`leaving` has it

    @cached_property
    def display(self) -> pd.Series:
        """A short name for each organisation of the register."""
        return display_names(self.assessment.register.organisations, NAMES)

    @cached_property
    def criteria(self) -> Mapping[str, Criterion]:
        """The criteria of the rules by their identifier."""
        return {criterion.id: criterion for criterion in self.assessment.rules.criteria}

    @cached_property
    def _levels(self) -> Mapping[str, pd.Series]:
        levels = self.assessment.levels
        return {str(cluster): levels.iloc[k] for k, cluster in enumerate(levels.index)}

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], int]:
        return {pair: k for k, pair in enumerate(self.indicators.index)}

    def row(self, cluster: str) -> int:
        """The row of a cluster in the snapshot."""
        found = np.flatnonzero(np.asarray(self.snapshot.ids == cluster))
        if not len(found):
            exists = cluster in self.assessment.register.clusters.index
            why = (
                f"does not exist on {self.assessment.at:%Y-%m-%d}" if exists else f"is not in the register. {did_you_mean(str(cluster), [*self.snapshot.ids])}"
            )
            msg = f"cluster {cluster!r} {why}"
            raise DataError(msg)
        return int(found[0])

    def members(self, cluster: str) -> Ints:
        """The nodes of a cluster's members."""
        row = self.row(cluster)
        return self.snapshot.members.node[self.snapshot.members.ptr[row] : self.snapshot.members.ptr[row + 1]]

    def names(self, nodes: Sequence[int] | Ints) -> list[str]:
        """Short names of nodes that are the register's own, sorted."""
        return sorted(str(name) for name in self.display.to_numpy()[np.asarray(nodes, dtype=np.int64)])

    def unknown(self, cluster: str, criterion: Criterion) -> list[str]:
        """The members of whom it is not known whether they count for a criterion."""
        if criterion.indicator not in _FLAG_OF:
            return []
        nodes = self.members(cluster)
        return self.names(nodes[node_flags(self.snapshot)[_FLAG_OF[criterion.indicator]][1][nodes]])

    def assumed(self, cluster: str) -> Ints:
        """The members that the rules take as independent because nothing is said of their owners."""
        nodes = self.members(cluster)
        return nodes[~self.snapshot.owners.listed[nodes]] if self.assessment.rules.settings.unlisted_ownership == "independent" else nodes[:0]

    def rests_on_owners(self, criterion: Criterion) -> bool:
        """Whether a criterion counts members that are independent of each other."""
        return criterion.indicator in CATALOGUE and "W" in CATALOGUE[criterion.indicator].data

    def assumed_in(self, cluster: str, criterion: Criterion) -> int:
        """How many of the members that a criterion counts are independent by assumption."""
        if not self.rests_on_owners(criterion):
            return 0
        nodes, row, members = self.members(cluster), self.row(cluster), self.snapshot.members
        counts = np.isin(nodes, self.assumed(cluster))
        if criterion.indicator == "members_tenured":
            counts &= members.tenure[members.ptr[row] : members.ptr[row + 1]] >= criterion.args.get("years", CATALOGUE["members_tenured"].args["years"].default)
        return int(counts.sum())

    def level(self, cluster: str) -> pd.Series:
        """The row of the table of levels."""
        return self._levels[cluster]

    def of(self, table: str, cluster: str) -> pd.DataFrame:
        """The rows of a table of the assessment that are about a cluster."""
        rows: pd.DataFrame = getattr(self.assessment, table)
        return rows[rows["cluster"] == cluster].drop(columns="cluster").reset_index(drop=True)

    def value(self, cluster: str, indicator: str) -> pd.Series:
        """Value, low, high and known of an indicator."""
        return self.indicators.iloc[self._places[cluster, indicator]]


def snapshot_behind(assessment: Assessment, affiliation: Affiliation | None, what: str) -> Snapshot:
    """The clusters of an assessment with their members and ties, for a sheet or the overview; other cooperation data than the assessment's are an error."""
    cooperation = cooperation_of(assessment.register, affiliation)
    if cooperation.source != assessment.ties_from:
        msg = f"the assessment rests on {assessment.ties_from}, the {what} would on {cooperation.source}. Give the same cooperation data to both."
        raise DataError(msg)
    return snapshot_of(assessment.register, cooperation, assessment.at, assessment.rules.settings)


def field_of(assessment: Assessment, affiliation: Affiliation | None = None) -> Field:
    """Measure once what all sheets of an assessment compare and draw.

    ``affiliation`` is the cooperation data that the assessment was made with, or None as there.
    """
    check_kind(assessment, Assessment, "a sheet", "It is made by inn.clusters.assess().")
    snapshot = snapshot_behind(assessment, affiliation, "sheet")
    keys = list(dict.fromkeys([*COMPARED, *_CAPTION]))
    found = measure(snapshot, keys)
    tables = {key: values.frame(snapshot.ids).assign(unit=CATALOGUE[key].unit) for key, values in found.items()}
    table = pd.concat(tables, names=["indicator", "cluster"]).swaplevel()
    return Field(assessment, snapshot, table.rename_axis(["cluster", "indicator"]), years_after(assessment, snapshot), leaving(assessment, snapshot))
