"""How mature clusters are: computed each year by the rules of :mod:`innovnet.clusters`, from what an export of the state says of them."""

from calendar import isleap

import numpy as np

from innovnet._parallel import bounds, run
from innovnet.clusters import Rules
from innovnet.clusters._plan import plan_of
from innovnet.clusters._ranks_kernel import Plan
from innovnet.simulate._participation._levels_kernel import COLUMNS, ranked
from innovnet.simulate._participation._state import F8, I8, State

#: The calendar year of step 0.
YEAR_0 = 2000
#: Memberships of one chunk of work.
_CHUNK = 20_000


def planned(rules: Rules) -> Plan:
    """The rules as :func:`maturity` takes them."""
    return plan_of(rules, COLUMNS)


def maturity(state: State, plan: Plan, year: int | None = None) -> I8:
    """The level of each cluster: 1 is the first one, 0 is below it; what is not known counts as the rules say.

    Bit for bit what an assessment of the exported register says on the last day of the year. What happens to clusters happens at the end of a year, on 31
    December: firms found, join and leave then, so who joined k years ago has been a member for k years and a day. ``year`` is the calendar year of the state,
    by which a day is a little more or less of a year. Each cluster is judged by itself.
    """
    places, firms, ties, past, groups, step = state.places, state.firms, state.ties, state.past, state.groups, state.step
    rows = len(groups.number)
    if rows == 0:
        return np.zeros(0, dtype=np.int64)
    day, staff = a_day(state, year), _staff(state, plan)
    chunks = len(groups.member) // _CHUNK + 1
    if chunks == 1:
        return ranked(0, rows, places, firms, ties, past, groups, staff, step, day, plan)
    cuts = bounds(np.diff(groups.ptr) + 1, chunks).tolist()

    def task(chunk: int) -> I8:
        return ranked(cuts[chunk], cuts[chunk + 1], places, firms, ties, past, groups, staff, step, day, plan)

    return np.concatenate(list(run(task, len(cuts) - 1, progress=False)))


def a_day(state: State, year: int | None) -> float:
    """What one day is of the year that follows."""
    return 1.0 / (366 if isleap((YEAR_0 + state.step if year is None else year) + 1) else 365)


def _staff(state: State, plan: Plan) -> F8:
    """Employees, rounded, of the enterprise group of each place, where rules ask for them."""
    if not plan.staff:
        return np.zeros(0, dtype=np.float64)
    owner = state.places.owner
    return np.bincount(owner, weights=np.rint(state.firms.employees))[owner].astype(np.float64)
