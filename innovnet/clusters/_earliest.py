"""The first day on which time alone meets a criterion."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE
from innovnet.clusters._counts import arrays_of, counts
from innovnet.clusters._decide import _EQUAL, compared
from innovnet.clusters._rules import Criterion
from innovnet.clusters._snapshot import Snapshot
from innovnet.clusters._time import DAY, Days, anniversary, years_between
from innovnet.clusters._values import Values
from innovnet.graph._tables import freeze

Floats = npt.NDArray[np.float64]
_YEAR = 365.25
_NEVER = np.datetime64("NaT", "D")


def earliest(snapshot: Snapshot, criterion: Criterion, values: Values) -> Days:
    """For each cluster the first day on which the criterion is met if nothing but time goes on; NaT where time alone does not do it.

    Time carries joint activity, age and memberships. It is exact: ``>= 5`` years are full at the end of the day before the anniversary, ``> 5`` on it.
    """
    if criterion.op not in (">=", ">") or criterion.indicator not in ("joint_years", "age", "members_tenured"):
        return np.full(snapshot.rows, _NEVER)
    if criterion.indicator != "members_tenured":
        strict, slack = criterion.op == ">", _EQUAL * max(1.0, abs(criterion.threshold))  # as thresholds are compared
        return _first_day(snapshot.at, values.value, criterion.threshold + (slack if strict else -slack), strict=strict)
    return _tenured(snapshot, criterion)


def _tenured(snapshot: Snapshot, criterion: Criterion) -> Days:
    """The day on which memberships have lasted long enough in as many owner groups as are needed: the first of their days that the count itself meets."""
    years = criterion.args.get("years", CATALOGUE[criterion.indicator].args["years"].default)
    members, arrays = snapshot.members, arrays_of(snapshot)
    day = _first_day(snapshot.at, members.tenure, years, strict=False)
    place = np.lexsort((day, members.row))  # in each row by day, those without one last
    left = members.ptr[:-1].copy()
    right = left + members.total(~np.isnat(day)).astype(np.int64)
    end = right.copy()
    while (left < right).any():  # the first place in each row that is enough; more days never make it fewer
        middle = (left + right) // 2
        limit = np.where(left < right, day[place[np.minimum(middle, len(place) - 1)]], _NEVER)
        tenure = np.where(np.isnat(day), np.nan, np.where(day <= limit[members.row], years, -1.0))
        (tenure,) = freeze(tenure)
        count = counts(arrays._replace(tenure=tenure), [criterion.key], independence=snapshot.settings.independence)[criterion.key]
        enough = compared(criterion.op, criterion.threshold, count)[0]
        left, right = np.where((left < right) & ~enough, middle + 1, left), np.where((left < right) & enough, middle, right)
    found = np.full(snapshot.rows, _NEVER)
    found[left < end] = day[place[left[left < end]]]
    return found


def _first_day(at: pd.Timestamp, elapsed: Floats, years: float, *, strict: bool) -> Days:
    """The first day with at least (more than, if strict) so many years of what has lasted ``elapsed`` years at the end of ``at``."""
    begin = _begin(at, elapsed)
    known = ~np.isnat(begin)
    whole = int(years // 1)
    last, following = (anniversary(begin, whole + k) for k in (0, 1))
    days = np.where(known, (following - last).astype(np.int64), 366)
    part = np.floor((years - whole) * days).astype(np.int64)
    steps = np.stack([part + k for k in (-1, 0, 1, 2)])
    reached = whole + steps / days  # in the arithmetic of years_between
    enough = (steps >= 0) & ((reached > years) if strict else (reached >= years))
    first = steps[np.argmax(enough, axis=0), np.arange(len(begin))]
    return last + first - np.timedelta64(1, "D")


def _begin(at: pd.Timestamp, elapsed: Floats) -> Days:
    """The first day of what has lasted so many years, as :func:`years_between` counts them; NaT where that is not known."""
    end = np.datetime64(at + DAY, "D")
    begin = np.full(len(elapsed), _NEVER)
    known = np.isfinite(elapsed)
    full = np.maximum(np.floor(elapsed[known]), 0)
    guess = anniversary(np.full(known.sum(), end), -full.astype(np.int64)) - np.rint((elapsed[known] - full) * _YEAR).astype(np.int64)
    found = np.full(known.sum(), _NEVER)
    for shift in (-2, -1, 0, 1, 2):
        tried = guess + np.timedelta64(shift, "D")
        found = np.where(years_between(pd.DatetimeIndex(tried), at) == elapsed[known], tried, found)
    begin[known] = found
    return begin
