"""How the members of clusters hold together, on what it rests, and whom they reach: indicators of a snapshot that no level kernel counts."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet.clusters._cohesion_kernel import NEVER, are_tied, common_events, foreign_ties, inside_ties, partner_labels, shared_events
from innovnet.clusters._counts import arrays_of, counted, remembered
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._time import back, years_between
from innovnet.clusters._values import Values, known_share
from innovnet.graph._tables import freeze

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_COUNTS = ("ties", "ties_repeated", "members_connected", "largest", "ties_out", "foreign_reach")


class Inside(NamedTuple):
    """The ties between members: the row of each, its two memberships, the number of joint events."""

    row: Ints
    one: Ints
    other: Ints
    weight: Floats


@remembered
def inside(snapshot: Snapshot) -> Inside:
    """The ties between members of each row."""
    arrays = arrays_of(snapshot)
    return Inside(*inside_ties(arrays.ptr, arrays.member, arrays.indptr, arrays.indices, arrays.weights))


@remembered
def untied(snapshot: Snapshot) -> Floats:
    """Members of each row whose ties are not known."""
    return snapshot.members.total(~snapshot.cooperation.known[snapshot.members.node])


@remembered
def _counted(snapshot: Snapshot) -> Mapping[str, Values]:
    return counted(snapshot, _COUNTS)


def _n(snapshot: Snapshot) -> Floats:
    return snapshot.members.counts.astype(np.float64)


def _m(snapshot: Snapshot) -> Floats:
    """Ties inside, as far as they are known."""
    return _counted(snapshot)["ties"].low


def _per_row(snapshot: Snapshot, row: Ints, of: npt.ArrayLike | None = None) -> Floats:
    return np.bincount(row, None if of is None else np.asarray(of, dtype=np.float64), minlength=snapshot.rows).astype(np.float64)


def _ratio(one: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    """One over the other; NaN where both are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(one, dtype=np.float64) / np.asarray(other, dtype=np.float64)


def resting_on_ties(snapshot: Snapshot, found: npt.ArrayLike | Values, *, least: int, low: npt.ArrayLike = 0.0, high: npt.ArrayLike = 1.0) -> Values:
    """Values of at least ``least`` members, NaN of fewer; anything from ``low`` to ``high`` where some member's ties are not known."""
    values = found if isinstance(found, Values) else Values.certain(found)
    n, unknown = _n(snapshot), untied(snapshot)
    defined, unsure = n >= least, unknown > 0
    ends = (np.where(unsure, end, own) for end, own in ((low, values.low), (high, values.high)))
    bottom, top = (np.where(defined, end, np.nan) for end in ends)
    point = np.where(defined & ~(unsure & (unknown >= n)), values.value, np.nan)
    return Values(bottom, point, top, np.minimum(values.known, known_share(unknown, n)))


def ties_per_member(snapshot: Snapshot) -> Values:
    """2m / n."""
    return _per(snapshot, "ties", _n(snapshot) / 2.0, least=2)


def density(snapshot: Snapshot) -> Values:
    """m of n (n − 1) / 2 pairs."""
    n = _n(snapshot)
    return _per(snapshot, "ties", n * (n - 1.0) / 2.0, least=2)


def connected_share(snapshot: Snapshot) -> Values:
    """Members with a tie inside / n."""
    return _per(snapshot, "members_connected", _n(snapshot), least=1)


def largest_share(snapshot: Snapshot) -> Values:
    """Members in the largest connected part / n."""
    return _per(snapshot, "largest", _n(snapshot), least=1)


def _per(snapshot: Snapshot, key: str, by: Floats, *, least: int) -> Values:
    """A count, from its least to its most, divided by what is known."""
    count = _counted(snapshot)[key]
    return resting_on_ties(snapshot, _ratio(count.low, by), least=least, low=_ratio(count.low, by), high=_ratio(count.high, by))


def repeated_share(snapshot: Snapshot) -> Values:
    """Ties of two or more joint events / m."""
    return resting_on_ties(snapshot, _ratio(_counted(snapshot)["ties_repeated"].low, _m(snapshot)), least=2)


def ties_new(snapshot: Snapshot) -> Values:
    """Ties inside that were absent in the window before; NaN where the data begin after its end.

    Where the ties of an end are not known, it may have been tied before: such a tie is new perhaps.
    """
    ties, nodes = inside(snapshot), snapshot.members.node
    before = snapshot.window_before.network.arcs(weighted=False)
    old = are_tied(before.indptr, before.indices, *freeze(nodes[ties.one], nodes[ties.other]))
    count, fresh = _counted(snapshot)["ties"], _per_row(snapshot, ties.row, ~old)
    known = snapshot.cooperation.known[nodes]
    sure = _per_row(snapshot, ties.row, ~old & known[ties.one] & known[ties.other])
    found = resting_on_ties(snapshot, fresh, least=0, low=sure, high=fresh + count.high - count.low)
    first = snapshot.cooperation.first
    began = pd.notna(first) and first <= back(snapshot.at, snapshot.settings.window_years)
    return found if began else Values.certain(np.full(snapshot.rows, np.nan))


def centralisation(snapshot: Snapshot) -> Values:
    """Σ(max d − d) / ((n − 1)(n − 2)) over the degrees inside; NaN without a tie."""
    ties, members = inside(snapshot), snapshot.members
    degree = np.bincount(np.concatenate([ties.one, ties.other]), minlength=len(members.node))
    most = np.zeros(snapshot.rows)
    np.maximum.at(most, members.row, degree)
    n, m = _n(snapshot), _m(snapshot)
    value = _ratio(n * most - 2.0 * m, (n - 1.0) * (n - 2.0))
    return resting_on_ties(snapshot, np.where(m > 0, value, np.nan), least=3)


def coordinator_share(snapshot: Snapshot) -> Values:
    """Ties inside of the coordinator / m; NaN where no member is the coordinator."""
    ties, leads = inside(snapshot), snapshot.members.coordinator
    share = _ratio(_per_row(snapshot, ties.row, leads[ties.one] | leads[ties.other]), _m(snapshot))
    found = resting_on_ties(snapshot, share, least=2)
    led = snapshot.members.total(leads) > 0
    low, value, high = (np.where(led, part, np.nan) for part in found[:3])
    return Values(low, value, high, found.known)


@remembered
def _events(snapshot: Snapshot) -> tuple[Ints, npt.NDArray[np.datetime64]]:
    """An event behind each tie inside, and the last day of all events behind it."""
    ties, window = inside(snapshot), snapshot.window
    nodes, n = snapshot.members.node, len(snapshot.cooperation.nodes)
    pairs, which = np.unique(nodes[ties.one] * n + nodes[ties.other], return_inverse=True)
    matrix = window.incidence
    given = matrix.indptr.astype(np.int64), matrix.indices.astype(np.uint32), window.end.astype("datetime64[D]").astype(np.int64)
    first, last = common_events(*freeze(*given, (pairs // n).astype(np.uint32), (pairs % n).astype(np.uint32)))
    return first[which], last[which].astype("datetime64[D]")


def top_event_share(snapshot: Snapshot) -> Values:
    """The most ties inside that rest on one and the same event alone / m."""
    ties, events = inside(snapshot), snapshot.window.incidence.shape[1]
    alone = ties.weight == 1.0
    both, number = np.unique(ties.row[alone] * max(events, 1) + _events(snapshot)[0][alone], return_counts=True)
    most = np.zeros(snapshot.rows)
    np.maximum.at(most, both // max(events, 1), number)
    return resting_on_ties(snapshot, _ratio(most, _m(snapshot)), least=2)


def ties_expiring(snapshot: Snapshot) -> Values:
    """Ties inside whose last event ends by a year after the day / m."""
    soon = np.datetime64(snapshot.at + pd.DateOffset(years=1), "D")
    ending = _events(snapshot)[1] <= soon
    return resting_on_ties(snapshot, _ratio(_per_row(snapshot, inside(snapshot).row, ending), _m(snapshot)), least=2)


def e_i(snapshot: Snapshot) -> Values:
    """(ties outside − m) / (ties outside + m); NaN without a tie."""
    out, m = _counted(snapshot)["ties_out"].low, _m(snapshot)
    return resting_on_ties(snapshot, _ratio(out - m, out + m), least=1, low=-1.0, high=1.0)


def cross_sector_share(snapshot: Snapshot) -> Values:
    """Ties inside between two NACE divisions / those with both known."""
    return _across(snapshot, "division")


def interregional_share(snapshot: Snapshot) -> Values:
    """Ties inside between two NUTS 3 regions / those with both known."""
    return _across(snapshot, "nuts3")


def cross_sector_expected(snapshot: Snapshot) -> Values:
    """The mean of :func:`cross_sector_share` when the known divisions of the members are permuted."""
    return _across_by_chance(snapshot, "division")


def interregional_expected(snapshot: Snapshot) -> Values:
    """The mean of :func:`interregional_share` when the known regions of the members are permuted."""
    return _across_by_chance(snapshot, "nuts3")


def _ends(snapshot: Snapshot, column: str) -> tuple[Mask, Mask]:
    """Of each tie inside: both labels are known; and they differ."""
    ties = inside(snapshot)
    label = snapshot.cooperation.codes(column)[snapshot.members.node]
    known = (label[ties.one] >= 0) & (label[ties.other] >= 0)
    return known, known & (label[ties.one] != label[ties.other])


def _across(snapshot: Snapshot, column: str) -> Values:
    row = inside(snapshot).row
    known, differ = _ends(snapshot, column)
    return resting_on_ties(snapshot, Values.shared(_per_row(snapshot, row, differ), _per_row(snapshot, row, ~known), _m(snapshot)), least=2)


def _across_by_chance(snapshot: Snapshot, column: str) -> Values:
    """A tie of two of the K members with a label has two different ones with probability 1 − Σ c(c − 1) / (K(K − 1)), whichever tie it is."""
    members = snapshot.members
    label, size = snapshot.cooperation.codes(column)[members.node], len(snapshot.cooperation.labels(column)) + 1
    labelled = label >= 0
    key, number = np.unique(members.row[labelled] * size + label[labelled], return_counts=True)
    k = _per_row(snapshot, members.row[labelled])
    value = 1.0 - _ratio(_per_row(snapshot, key // size, number * (number - 1.0)), k * (k - 1.0))
    known, _ = _ends(snapshot, column)
    value = np.where(_per_row(snapshot, inside(snapshot).row, known) > 0, value, np.nan)
    unlabelled = _n(snapshot) - k
    partly = (unlabelled > 0) & (_m(snapshot) > 0)
    found = Values(np.where(partly, 0.0, value), value, np.where(partly, 1.0, value), known_share(unlabelled, _n(snapshot)))
    return resting_on_ties(snapshot, found, least=2)


@remembered
def _foreign(snapshot: Snapshot) -> Ints:
    """Columns of :func:`foreign_ties`."""
    arrays = arrays_of(snapshot)
    return foreign_ties(arrays.ptr, arrays.member, arrays.home, arrays.indptr, arrays.indices, arrays.country, len(snapshot.cooperation.labels("country")))


def foreign_tie_share(snapshot: Snapshot) -> Values:
    """Ties of members, inside and outside, with a foreign end / all."""
    every, foreign, perhaps, *_ = _foreign(snapshot).T
    return resting_on_ties(snapshot, Values.shared(foreign, perhaps, every), least=1)


def countries(snapshot: Snapshot) -> Values:
    """Distinct countries of foreign members and of foreign partners of domestic members."""
    found, most = _foreign(snapshot)[:, 3:].T.astype(np.float64)
    known = _counted(snapshot)["foreign_reach"].known
    return resting_on_ties(snapshot, Values(found, found, most, known), least=0, low=found, high=np.inf)


def partner_diversity(snapshot: Snapshot) -> Values:
    """1 − Σp² over NACE division and country of the distinct outside partners of which both are known; NaN without a partner."""
    arrays, cooperation = arrays_of(snapshot), snapshot.cooperation
    sector, size = cooperation.codes("division"), len(cooperation.labels("country")) + 1
    label = np.where((sector >= 0) & (arrays.country >= 0), sector * size + arrays.country, -1)
    (label,) = freeze(label)
    every, known, squares = partner_labels(arrays.ptr, arrays.member, arrays.indptr, arrays.indices, label, int(label.max(initial=0)) + 1)
    value = 1.0 - _ratio(squares, known.astype(np.float64) ** 2)
    partly = known < every
    ends = (np.where(partly, end, value) for end in (0.0, 1.0))
    low, high = (np.where(every > 0, end, np.nan) for end in ends)
    return resting_on_ties(snapshot, Values(low, value, high, known_share((every - known).astype(np.float64), every.astype(np.float64))), least=1)


def joint_events_per_year(snapshot: Snapshot) -> Values:
    """Events of the window with two or more members / its years."""
    number, _ = _shared(snapshot, snapshot.window.incidence, np.zeros(len(snapshot.window.end), dtype=np.int64))
    value = number / snapshot.settings.window_years
    found = resting_on_ties(snapshot, value, least=0, low=value, high=np.inf)
    return found._replace(high=np.where(_n(snapshot) < 2, value, found.high))


def joint_years(snapshot: Snapshot) -> Values:
    """Years since joint activity began: as stated, else at least since the first event of two present members; one that is still to come counts 0.

    Without a statement it may have begun before the first event on record: the upper end stays open. So a further member can never lower it.
    """
    stated = years_between(snapshot.of_cluster("joint_since"), snapshot.at)
    cooperation, cap = snapshot.cooperation, snapshot.settings.max_event_size
    counts = ~np.isnat(cooperation.start) & (cooperation.start <= np.datetime64(snapshot.at, "D"))
    if cap is not None:
        counts &= np.bincount(cooperation.incidence.indices, minlength=len(counts)) <= cap
    start = np.where(counts, cooperation.start.astype("datetime64[D]").astype(np.int64), NEVER)
    number, earliest = _shared(snapshot, cooperation.incidence, start)
    first = pd.Series(np.where(number > 0, earliest, 0).astype("datetime64[D]").astype("datetime64[us]"))
    seen = years_between(first.where(number > 0), snapshot.at)
    fallen_back = Values(np.nan_to_num(seen), seen, np.full(len(seen), np.inf), np.where(np.isnan(seen), 0.0, 0.5))  # one of its two ends
    told = np.maximum(stated, 0.0)
    return Values(*(np.where(np.isnan(stated), other, own) for own, other in zip(Values.certain(told), fallen_back, strict=True)))


def _shared(snapshot: Snapshot, incidence: sparse.csr_array, start: Ints) -> tuple[Ints, Ints]:
    arrays = arrays_of(snapshot)
    events = freeze(incidence.indptr.astype(np.int64), incidence.indices.astype(np.uint32), start)
    return shared_events(arrays.ptr, arrays.member, *events)


#: Indicators of ties, by name.
COHESION: Mapping[str, Callable[[Snapshot], Values]] = {
    function.__name__: function
    for function in (
        ties_per_member,
        density,
        connected_share,
        largest_share,
        repeated_share,
        ties_new,
        centralisation,
        coordinator_share,
        top_event_share,
        ties_expiring,
        e_i,
        cross_sector_share,
        cross_sector_expected,
        interregional_share,
        interregional_expected,
        foreign_tie_share,
        countries,
        partner_diversity,
        joint_events_per_year,
        joint_years,
    )
}
