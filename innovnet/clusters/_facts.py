"""Yearly facts of clusters, and what the members' yearly facts add up to."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._attributes import recent
from innovnet.clusters._catalogue import FACT
from innovnet.clusters._rules import FACT_TYPES
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._values import Floats, Mask, Values, known_share

Ints = npt.NDArray[np.int64]


class Cells(NamedTuple):
    """The cells of one fact that say something, up to the day."""

    cluster: Ints  #: position in the table of clusters
    year: Ints
    low: Floats
    value: Floats  #: NaN where only a range is given
    high: Floats


def fact(snapshot: Snapshot, name: str, type_: str | None = None) -> Values:
    """A declared fact (``fact:NAME``), of the latest year up to the day that has it; yes is 1. Any value of its type where no year has it."""
    meaning = FACT_TYPES[type_ or "number"]
    return _latest(snapshot, _cells(snapshot, name.removeprefix(FACT), meaning.low, meaning.high), meaning.low, meaning.high)


def staff_fte(snapshot: Snapshot) -> Values:
    """Full-time equivalents of the management, of the latest year up to the day that has them."""
    return _latest(snapshot, _cells(snapshot, "staff_fte", 0.0, np.inf), 0.0, np.inf)


def activities_per_year(snapshot: Snapshot) -> Values:
    """Joint activities: the mean over the years of the window that have the fact."""
    cells = _cells(snapshot, "activities", 0.0, np.inf)
    inside = cells.year > snapshot.at.year - snapshot.settings.window_years
    n = snapshot.register.n_clusters
    with np.errstate(invalid="ignore"):
        years = np.bincount(cells.cluster[inside], minlength=n)
        low, value, high = (np.bincount(cells.cluster[inside], of[inside], minlength=n) / years for of in (cells.low, cells.value, cells.high))
    return _of_rows(snapshot, low, value, high).unless((years == 0)[snapshot.cluster])


def given(snapshot: Snapshot, column: str) -> Mask:
    """Rows whose cluster has the fact, or a range for it, in some year up to the day."""
    return np.isin(snapshot.cluster, _cells(snapshot, column, 0.0, np.inf).cluster)


def _cells(snapshot: Snapshot, column: str, least: float, most: float) -> Cells:
    """The cells of a column, with the ends of its range where they are given."""
    table = snapshot.register.facts
    table = table[table["year"] <= snapshot.at.year]
    blank = pd.Series(np.nan, index=table.index)
    low, value, high = (table.get(column + end, blank).astype("float64") for end in ("_low", "", "_high"))
    given = (low.notna() | value.notna() | high.notna()).to_numpy()
    cluster = snapshot.register.clusters.index.get_indexer(pd.Index(table["cluster"])).astype(np.int64)
    lows, values, highs = (np.asarray(of, dtype=np.float64)[given] for of in (low.fillna(value).fillna(least), value, high.fillna(value).fillna(most)))
    return Cells(cluster[given], table["year"].to_numpy(dtype=np.int64)[given], lows, values, highs)


def _latest(snapshot: Snapshot, cells: Cells, least: float, most: float) -> Values:
    order = np.lexsort((cells.year, cells.cluster))
    last = np.full(snapshot.register.n_clusters, -1)
    last[cells.cluster[order]] = order
    low, value, high = (np.append(of, np.nan)[last] for of in (cells.low, cells.value, cells.high))
    return _of_rows(snapshot, low, value, high).unless(last[snapshot.cluster] < 0, least, most)


def _of_rows(snapshot: Snapshot, low: Floats, value: Floats, high: Floats) -> Values:
    """Values of the clusters as those of the rows; known where there is a point."""
    return Values(*(of[snapshot.cluster] for of in (low, value, high, (~np.isnan(value)).astype(np.float64))))


class Sums(NamedTuple):
    """What the yearly facts of a row's members add up to over the last three years."""

    part: Floats  #: of the rows with both the part and the turnover
    whole: Floats  #: turnover of these
    further: Floats  #: turnover of the rows without the part
    half: Floats  #: members with such a row
    open: Floats  #: members whose turnover of some year is not known
    known: Floats  #: share of members with both in some year


def rd_intensity(snapshot: Snapshot) -> Values:
    """Σ R&D spending / Σ turnover over three years of the members with both; NaN where there was no turnover. What is not known may be any amount."""
    sums = _sums(snapshot, "rd_eur")
    return _of_turnover(sums, np.where(sums.half > 0, np.inf, sums.part), np.inf)


def export_share(snapshot: Snapshot) -> Values:
    """Σ exports / Σ turnover over three years of the members with both. Exports that are not known lie between nothing and the turnover."""
    sums = _sums(snapshot, "export_eur")
    return _of_turnover(sums, sums.part + sums.further, 1.0)


def _of_turnover(sums: Sums, most: Floats, limit: float) -> Values:
    """The part of the turnover: ``most`` where all turnover is known, else anything up to ``limit``."""
    turnover = sums.whole + sums.further
    open_, none = sums.open > 0, turnover == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        low, value, high = sums.part / turnover, sums.part / sums.whole, most / turnover
    low, high = (np.where(open_, end, np.where(none, np.nan, of)) for end, of in ((0.0, low), (limit, high)))
    return Values(low, np.where(sums.whole == 0, np.nan, value), high, sums.known)


def _sums(snapshot: Snapshot, column: str) -> Sums:
    members, n = snapshot.members, snapshot.cooperation.own
    table = recent(snapshot, snapshot.register.member_facts)
    node = snapshot.register.organisations.index.get_indexer(pd.Index(table["organisation"]))
    part, turnover = (table[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in (column, "turnover_eur"))
    everything, both, half = np.ones(len(node), dtype=bool), ~np.isnan(part + turnover), np.isnan(part) & ~np.isnan(turnover)
    amounts = (np.bincount(node[mask], of[mask], minlength=n)[members.node] for of, mask in ((part, both), (turnover, both), (turnover, half)))
    rows, complete, partly, blank = (np.bincount(node[mask], minlength=n)[members.node] > 0 for mask in (everything, both, half, np.isnan(turnover)))
    earned, whole, further, short, open_, bare = (members.total(of) for of in (*amounts, partly, blank | ~rows, ~complete))
    return Sums(earned, whole, further, short, open_, known_share(bare, members.counts.astype(np.float64)))


FACTS: Mapping[str, Callable[[Snapshot], Values]] = {
    "staff_fte": staff_fte,
    "activities_per_year": activities_per_year,
    "rd_intensity": rd_intensity,
    "export_share": export_share,
}
