"""The levels of clusters from the state, in one kernel: what an assessment of the exported register would say."""

import numpy as np

from innovnet._array_intrinsics import readonly
from innovnet._kernel import kernel
from innovnet.clusters._counts_kernel import FLAGS, ClusterArrays, count_members, count_ties
from innovnet.clusters._ranks_kernel import Plan, ranks
from innovnet.simulate._participation._maturity_kernel import around
from innovnet.simulate._participation._state import EXPORTED, EXPORTED_BEFORE, EXPORTS, F8, I8, Firms, Groups, Past, Places, Ties

#: Employees from which an enterprise group is large (Recommendation 2003/361/EC, Annex, Article 2).
LARGE = 250
#: Age in years from which a cluster with a governance has a strategy.
STRATEGY = 2
#: The columns of :func:`cluster_columns`; of money, those of three years.
COLUMNS = ("governance", "strategy", "joint_years", "own_funds_share", "public_share", "funding_concentration")
_FIRM, _RESEARCH, _SME, _RD, _EXPORTING, _HIGH_VALUE = range(6)  # columns of FLAGS
_MEMBERS, _STATE, _EU = range(3)  # columns of the funds
_INNOVATED = 0b111  # in the last three years
_EXPORTED = EXPORTS | EXPORTED | EXPORTED_BEFORE
_DECIMALS = 1e12  # shares are rounded to twelve


@kernel
def cluster_columns(low: int, high: int, groups: Groups, step: int, day: float) -> F8:
    """What is no count of members or ties, of the rows ``low`` to ``high``; shares of money are not defined where there was none."""
    found = np.empty((high - low, len(COLUMNS)), dtype=np.float64)
    for row in range(low, high):
        governed, age = groups.governed[row] >= 0, step - np.int64(groups.founded[row])
        shares = groups.funds[row] + (groups.earlier[row, 0] + groups.earlier[row, 1])
        total = 0.0
        for share in shares:
            total += share
        squares = 0.0
        for source in range(len(shares)):
            shares[source] /= total
            squares += shares[source] * shares[source]
        into = found[row - low]
        into[0], into[1], into[2] = governed, governed and age >= STRATEGY, age + day
        into[3], into[4], into[5] = _rounded(shares[_MEMBERS]), _rounded(shares[_STATE] + shares[_EU]), _rounded(squares)
    return found


@kernel
def _rounded(share: float) -> float:
    return float(np.rint(share * _DECIMALS) / _DECIMALS)


@kernel
def cluster_arrays(
    low: int, high: int, places: Places, firms: Firms, ties: Ties, past: Past, groups: Groups, staff: F8, step: int, day: float, plan: Plan
) -> ClusterArrays:
    """Clusters of the rows ``low`` to ``high``, their members, and the ties of the rules' window. ``staff``: employees of the owner group of each place, if asked for."""
    near = around(low, high, places, firms, ties, past, groups, step, plan.window, plan.everyone)
    first, nodes = groups.ptr[low], len(near.country)
    n = groups.ptr[high] - first
    tenure, coordinator = np.empty(n, dtype=np.float64), np.empty(n, dtype=np.bool_)
    yes = np.zeros((nodes, len(FLAGS)), dtype=np.bool_)
    for row in range(low, high):
        for m in range(groups.ptr[row], groups.ptr[row + 1]):
            i, k = groups.member[m], m - first
            tenure[k], coordinator[k] = step - np.int64(firms.joined[i]) + day, groups.coordinator[row] == i
            yes[k, _FIRM], yes[k, _HIGH_VALUE] = True, places.high_value[i] != 0
            yes[k, _SME] = plan.staff and staff[i] < LARGE
            yes[k, _RD], yes[k, _EXPORTING] = firms.innovated[i] & _INNOVATED != 0, firms.flags[i] & _EXPORTED != 0
    known, everyone, own = np.ones(nodes, dtype=np.bool_), np.arange(nodes), readonly(near.owner)
    return ClusterArrays(
        readonly(groups.ptr[low : high + 1] - first),
        readonly(np.arange(n).astype(np.uint32)),
        readonly(tenure),
        readonly(coordinator),
        readonly(np.zeros(n, dtype=np.bool_)),
        readonly(groups.home[low:high].copy()),
        readonly(np.arange(high - low)),
        readonly(near.indptr),
        readonly(near.indices),
        readonly(near.weights),
        readonly(known),
        own,
        own,
        readonly(known),
        readonly(everyone),
        readonly(np.zeros(nodes, dtype=np.int64)),
        readonly(near.country),
        readonly(yes),
        readonly(np.zeros_like(yes)),
    )


@kernel
def ranked(low: int, high: int, places: Places, firms: Firms, ties: Ties, past: Past, groups: Groups, staff: F8, step: int, day: float, plan: Plan) -> I8:
    """The level of each cluster of the rows ``low`` to ``high``, 0 below the first."""
    arrays, rows = cluster_arrays(low, high, places, firms, ties, past, groups, staff, step, day, plan), np.arange(high - low + 1)
    owners = np.empty((4, len(arrays.linked)), dtype=np.int64)
    for k in range(4):
        owners[k] = arrays.linked
    members, tenured = count_members(arrays, readonly(owners), len(arrays.linked), plan.years, plan.by)
    return ranks(plan, members, tenured, count_ties(arrays, readonly(rows[:-1]), readonly(rows), plan.ks), cluster_columns(low, high, groups, step, day))
