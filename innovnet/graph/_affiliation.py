"""Organisations and the events (projects, clusters, calls) in which they take part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_column, some
from innovnet.errors import DataError
from innovnet.graph._derive import Categories, categories, dominant
from innovnet.graph._network import Network, _mask, frozen_matrix
from innovnet.graph._project import Structure, Weighting, projected
from innovnet.graph._repr import affiliation_html, affiliation_text
from innovnet.graph._tables import (
    check_table,
    checked_cells,
    checked_ids,
    checked_positions,
    checked_table,
    checked_weights,
    fingerprint_of,
    freeze,
    quality,
    together,
)
from innovnet.graph._when import checked_dates, overlapping


class Memberships(NamedTuple):
    """Both directions of the incidence as kernels read them: read-only, each row sorted."""

    event_ptr: npt.NDArray[np.int64]  #: events of actor i: ``events[event_ptr[i]:event_ptr[i + 1]]``
    events: npt.NDArray[np.uint32]
    actor_ptr: npt.NDArray[np.int64]  #: members of event p: ``actors[actor_ptr[p]:actor_ptr[p + 1]]``
    actors: npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False, repr=False)
class Affiliation:
    """Organisations × events: who takes part in which project, frozen.

    Made by :func:`innovnet.read_cordis` or another reader, or by :meth:`from_frame`. :meth:`project` turns it into a cooperation network.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.toy().incidence.shape
    (12, 10)
    """

    _actors: pd.DataFrame
    _events: pd.DataFrame
    _rows: pd.DataFrame | None  # participations: positions actor, event, and role, weight, contribution, start, end where known; None: one for each membership
    _matrix: sparse.csr_array  # actors × events, 0/1, canonical, read-only
    derived: Mapping[str, Categories] = field(default_factory=dict)  #: column of actors -> categories of events that it is the most frequent of
    _quality: pd.DataFrame = field(default_factory=quality)

    @classmethod
    def from_frame(
        cls,
        rows: pd.DataFrame,
        *,
        actor: str,
        event: str,
        actors: pd.DataFrame | None = None,
        events: pd.DataFrame | None = None,
        role: str | None = None,
        weight: str | None = None,
        start: str | None = None,
        end: str | None = None,
        derived: Mapping[str, str] | None = None,
    ) -> Self:
        """Make an affiliation from a table with one row for each participation.

        Parameters
        ----------
        rows
            The participations; an actor may take part in one event in several roles, which is one membership.
        actor, event
            Columns of ``rows`` with the identifiers.
        actors, events
            Tables of attributes with the identifiers as index (or as column ``actor``, ``event``). Without them the identifiers in ``rows`` are taken, sorted.
        role, weight, start, end
            Columns of ``rows``, where it has them. Dates, here and in the columns ``start``, ``end`` and ``signed`` of events: dates, text as 2021-06-30,
            or years (a start is its first day, an end its last).
        derived
            Columns of actors to derive from columns of events, as in ``{"field": "field"}``: the most frequent category of the actor's events.
            A column of actors of that name is replaced.

        Raises
        ------
        DataError
            A missing identifier, a participation of an actor or event that is not in its table, a weight that is no number of at least 0, a date that is none.
        """
        given = {"role": role, "weight": weight, "start": start, "end": end}
        check_table(rows, "participations")
        for name in (actor, event, *(c for c in given.values() if c is not None)):
            check_column(rows.columns, name, "participations")
        if actor == event:
            msg = f"actor={actor!r} and event={event!r} must be two columns. Name another one."
            raise DataError(msg)
        rows = rows.reset_index(drop=True)
        table, happenings = together(lambda: _table_of(rows[actor], actors, "actor"), lambda: _events_of(rows[event], events))
        checks: dict[str, Callable[[], Any]] = {
            "actor": lambda: checked_positions(rows[actor], table.index, "participations", actor, "actors"),
            "event": lambda: checked_positions(rows[event], happenings.index, "participations", event, "events"),
            "weight": lambda: checked_weights(rows[str(weight)], "participations", str(weight)),
            "role": lambda: checked_cells(rows[str(role)], "participations table", str(role)).astype("str"),
            "start": lambda: checked_dates(rows[str(start)], "participations", str(start)),
            "end": lambda: checked_dates(rows[str(end)], "participations", str(end), last=True),
        }
        known = [name for name in checks if name in ("actor", "event") or given[name] is not None]
        columns = dict(zip(known, together(*(checks[name] for name in known)), strict=True))
        found = _derived(happenings, {} if derived is None else derived)
        return cls._from_positions(table.assign(**dict.fromkeys(found)), happenings, pd.DataFrame(columns), found, quality(_backwards(happenings)))

    @classmethod
    def _from_positions(cls, actors: pd.DataFrame, events: pd.DataFrame, rows: pd.DataFrame, derived: Mapping[str, Categories], noted: pd.DataFrame) -> Self:
        """Trusted constructor from checked tables and positions."""
        ones = np.ones(len(rows), dtype=np.int64)
        matrix = sparse.csr_array((ones, (rows["actor"].to_numpy(), rows["event"].to_numpy())), shape=(len(actors), len(events)))
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return cls._from_matrix(actors, events, matrix, derived, noted, rows)

    @classmethod
    def _from_matrix(
        cls,
        actors: pd.DataFrame,
        events: pd.DataFrame,
        matrix: sparse.csr_array,
        derived: Mapping[str, Categories],
        noted: pd.DataFrame,
        rows: pd.DataFrame | None = None,
    ) -> Self:
        """Trusted constructor from a canonical 0/1 matrix that nobody else holds; derived attributes are computed here, always."""
        if derived:
            actors = actors.assign(**{name: dominant(matrix, found).set_axis(actors.index) for name, found in derived.items()})
        return cls(actors, events, rows, frozen_matrix(matrix), derived, noted)

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _matrix=frozen_matrix(state["_matrix"]))

    @property
    def actors(self) -> pd.DataFrame:
        """The organisations, one row each."""
        return self._actors.copy(deep=False)

    @property
    def events(self) -> pd.DataFrame:
        """The events, one row each."""
        return self._events.copy(deep=False)

    @cached_property
    def _positions(self) -> pd.DataFrame:
        if self._rows is not None:
            return self._rows
        coo = self._matrix.tocoo()
        return pd.DataFrame({"actor": coo.row.astype(np.int64), "event": coo.col.astype(np.int64)})

    @property
    def participations(self) -> pd.DataFrame:
        """One row for each participation: actor, event, and what is known of it (role, weight, contribution, start, end)."""
        rows = self._positions.copy(deep=False)
        return rows.assign(actor=self._actors.index.take(rows["actor"].to_numpy()), event=self._events.index.take(rows["event"].to_numpy()))

    @property
    def incidence(self) -> sparse.csr_array:
        """Actors × events, 1 where the actor is a member, in however many roles. Read-only."""
        return sparse.csr_array((self._matrix.data, self._matrix.indices, self._matrix.indptr), shape=self._matrix.shape, copy=False)

    @property
    def quality(self) -> pd.DataFrame:
        """What was read, repaired, dropped or kept, with counts."""
        return self._quality.copy(deep=False)

    @property
    def n_actors(self) -> int:
        """Number of actors, those without an event included."""
        return len(self._actors)

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self._events)

    @property
    def n_memberships(self) -> int:
        """Number of (actor, event) pairs."""
        return int(self._matrix.nnz)

    @cached_property
    def memberships(self) -> Memberships:
        """The incidence in both directions, as kernels read it."""
        turned = sparse.csr_array(self._matrix.T)
        turned.sort_indices()
        arrays = freeze(
            self._matrix.indptr.astype(np.int64), self._matrix.indices.astype(np.uint32), turned.indptr.astype(np.int64), turned.indices.astype(np.uint32)
        )
        return Memberships(*arrays)

    @property
    def sizes(self) -> pd.Series:
        """Number of members of each event."""
        return pd.Series(np.diff(self.memberships.actor_ptr), index=self._events.index.view(), name="size")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the content: equal for equal affiliations, on every machine."""
        return fingerprint_of("affiliation", self._actors, self._events, self._positions)

    def during(self, start: Any, end: Any) -> Self:
        """The events that overlap the closed interval from ``start`` to ``end`` (dates, or years meant whole); all actors stay.

        A participation has its own dates where it has any, else those of its event. What has no end, or ends before it starts, lasts for its first day.
        What has no start cannot be placed; it is left out and counted in :attr:`quality`.
        """
        found = overlapping(self._events, self._positions, start, end)
        undated = {"events": int(found.undated_events.sum()), "participations": int(found.undated_rows.sum())}
        noted = quality([(f"{place} without a start", place, count, "dropped", "cannot be placed in time") for place, count in undated.items() if count])
        return self._restrict(np.ones(self.n_actors, dtype=bool), found.events, found.rows, noted)

    def select(self, actors: Any = None, events: Any = None) -> Self:
        """The affiliation of some of the actors and events (masks over their tables).

        With ``events`` alone all actors stay, those without any of these events as isolates; leave them out by what is left:
        ``part.select(actors=part.actors.index.isin(part.participations["actor"]))``.
        """
        keep, over = _mask(actors, self._actors.index, "actors"), _mask(events, self._events.index, "events")
        return self._restrict(keep, over, np.ones(len(self._positions), dtype=bool), quality())

    def _restrict(self, actors: npt.NDArray[np.bool_], events: npt.NDArray[np.bool_], rows: npt.NDArray[np.bool_], noted: pd.DataFrame) -> Self:
        table = self._positions
        kept = table[rows & actors[table["actor"].to_numpy()] & events[table["event"].to_numpy()]].reset_index(drop=True)
        kept = kept.assign(actor=(np.cumsum(actors) - 1)[kept["actor"].to_numpy()], event=(np.cumsum(events) - 1)[kept["event"].to_numpy()])
        happenings = self._events.loc[events].copy()
        derived = {name: categories(happenings, found.source) for name, found in self.derived.items()}
        parts = [part for part in (self._quality, noted) if len(part)]
        return self._from_positions(self._actors.loc[actors].copy(), happenings, kept, derived, pd.concat(parts, ignore_index=True) if parts else noted)

    def project(self, weighting: Weighting = "count", structure: Structure = "clique", max_size: int | None = None) -> Network:
        """The cooperation network: actors are tied if they are members of the same event.

        Parameters
        ----------
        weighting
            Strength of a tie, summed over shared events of n members: ``"count"`` 1; ``"newman"`` 1/(n−1), so that an event counts 1 for each
            member [1]_ ("joint work"); ``"leydesdorff_park"`` 2/(n(n−1)), so that it counts 1 in all [2]_; ``"batagelj"`` 1/n² [3]_. Or the number
            c of shared events normalised by the numbers sᵢ, sⱼ of events of both: ``"salton"`` c/√(sᵢsⱼ), ``"jaccard"`` c/(sᵢ+sⱼ−c),
            ``"association"`` c/(sᵢsⱼ), ``"inclusion"`` c/min(sᵢ, sⱼ).
        structure
            ``"clique"``: all members of an event are tied. ``"star"``: each member with the event's coordinators only (needs roles).
        max_size
            Events with more members make no ties; they are counted in ``quality``.

        Returns
        -------
        Network
            Undirected, on the same actors; ``network.affiliation`` is this affiliation. It is None with ``"star"`` and where ``max_size`` left an event out:
            the ties do not follow from the memberships then.

        Raises
        ------
        DataError
            The projection would have more than 200 million pairs; the largest events are named.

        Notes
        -----
        Events with one member make no tie. Cost: O(Σ n²) over events.

        References
        ----------
        .. [1] Newman (2001), Scientific collaboration networks II, Physical Review E 64, 016132, doi:10.1103/PhysRevE.64.016132.
        .. [2] Leydesdorff & Park (2017), Full and fractional counting in bibliometric networks, Journal of Informetrics 11, 117-120,
           doi:10.1016/j.joi.2016.11.007.
        .. [3] Batagelj (2020), On fractional approach to analysis of linked networks, Scientometrics 123, 621-633, doi:10.1007/s11192-020-03383-y.

        Examples
        --------
        >>> import innovnet as inn
        >>> float(inn.toy().project("newman").adjacency()[0, 1])
        1.5
        """
        return projected(self, weighting, structure, max_size)

    def __repr__(self) -> str:
        return affiliation_text(self)

    def _repr_html_(self) -> str:
        return affiliation_html(self)


def _table_of(ids: pd.Series, given: pd.DataFrame | None, kind: str) -> pd.DataFrame:
    if given is not None:
        return checked_table(given, f"{kind}s", kind)
    found = checked_ids(ids, "participations", str(ids.name))
    return pd.DataFrame(index=pd.Index(found.unique().sort_values(), name=kind))


def _events_of(ids: pd.Series, given: pd.DataFrame | None) -> pd.DataFrame:
    table = _table_of(ids, given, "event")
    for column in ("start", "end", "signed"):
        if column in table:
            table[column] = checked_dates(table[column], "events table", column, last=column == "end")
    return table


def _backwards(events: pd.DataFrame) -> list[tuple[str, str, int, str, str]]:
    """The note on events that end before they start."""
    if "start" not in events or "end" not in events:
        return []
    wrong = events.index[events["end"] < events["start"]]
    return [("events that end before they start", "events", len(wrong), "kept", some(wrong))] if len(wrong) else []


def _derived(events: pd.DataFrame, derived: Mapping[str, str]) -> dict[str, Categories]:
    """The categories that each derived column of actors comes from."""
    if not isinstance(derived, Mapping):
        msg = f"derived={derived!r} is no mapping. Say which column of actors comes from which of events, as in {{'field': 'field'}}."
        raise DataError(msg)
    for source in derived.values():
        check_column(events.columns, source, "events")
        if pd.api.types.infer_dtype(events[source], skipna=True) not in ("string", "categorical", "empty"):
            msg = f"the events table, column {source!r}: categories are text, not {events[source].dtype}. Convert it with .astype(str)."
            raise DataError(msg)
    return {target: categories(events, source) for target, source in derived.items()}
