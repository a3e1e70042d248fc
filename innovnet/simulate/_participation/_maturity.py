"""How mature clusters are: computed each year by the rules of :mod:`innovnet.clusters`, from what an export of the state says of them."""

from calendar import isleap
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from innovnet._parallel import bounds, run
from innovnet.clusters import Rules
from innovnet.clusters._catalogue import parsed
from innovnet.clusters._counts_kernel import FLAGS, ClusterArrays
from innovnet.clusters._decide import Decision
from innovnet.clusters._funding import DECIMALS, FUNDING
from innovnet.clusters._levels import columns_needed, levels_of
from innovnet.clusters._values import Values
from innovnet.graph._tables import freeze
from innovnet.simulate._participation._maturity_kernel import Around, around
from innovnet.simulate._participation._state import EXPORTED, EXPORTED_BEFORE, EXPORTS, F8, I8, SOURCES, State

#: The calendar year of step 0.
YEAR_0 = 2000
#: Employees from which an enterprise group is large (Recommendation 2003/361/EC, Annex, Article 2).
LARGE = 250
#: Age in years from which a cluster with a governance has a strategy.
STRATEGY = 2
#: Memberships of one chunk of work.
_CHUNK = 20_000
_MONEY = frozenset(FUNDING)
_INNOVATED = 0b111  # in the last three years
_EXPORTED = EXPORTS | EXPORTED | EXPORTED_BEFORE


def maturity(state: State, rules: Rules) -> I8:
    """The level of each cluster: 1 is the first one, 0 is below it; what is not known counts as the rules say."""
    if not len(state.groups.number):
        return np.zeros(0, dtype=np.int64)
    found = decision(state, rules)
    return found.high if rules.settings.missing == "met" else found.low


def decision(state: State, rules: Rules, year: int | None = None) -> Decision:
    """Which criteria the clusters meet: bit for bit what an assessment of the exported register says on the last day of the year.

    What happens to clusters happens at the end of a year, on 31 December: firms found, join and leave then, so who joined k years ago has been a member for k
    years and a day. ``year`` is the calendar year of the state, by which a day is a little more or less of a year. Each cluster is judged by itself.
    """
    day, groups = a_day(state, year), state.groups
    years, everyone = rules.settings.window_years, any(parsed(key)[0] == "ties_out" for key in rules.keys)
    chunks = len(groups.member) // _CHUNK + 1
    cuts = bounds(np.diff(groups.ptr) + 1, chunks) if chunks > 1 else np.array([0, len(groups.number)])

    def task(chunk: int) -> Decision:
        low, high = int(cuts[chunk]), int(cuts[chunk + 1])
        near = around(low, high, state.places, state.firms, state.ties, state.past, groups, state.step, years, everyone)
        return levels_of(_arrays(state, rules, near, low, high, day), rules, _columns(state, rules, low, high, day))

    if chunks == 1:
        return task(0)
    found = list(run(task, len(cuts) - 1, progress=False))
    return Decision(*(np.concatenate(part) for part in zip(*found, strict=True)))


def a_day(state: State, year: int | None) -> float:
    """What one day is of the year that follows."""
    return 1.0 / (366 if isleap((YEAR_0 + state.step if year is None else year) + 1) else 365)


def _arrays(state: State, rules: Rules, near: Around, low: int, high: int, day: float) -> ClusterArrays:
    """Clusters of the rows ``low`` to ``high``, their members, and the ties of the rules' window."""
    groups, firms = state.groups, state.firms
    ptr = groups.ptr[low : high + 1]
    member, nodes = groups.member[ptr[0] : ptr[-1]], len(near.country)
    n = len(member)
    yes = np.zeros((nodes, len(FLAGS)), dtype=bool)
    yes[:n, FLAGS.index("firm")] = True
    yes[:n, FLAGS.index("sme")] = staff_of_owners(state)[member] < LARGE if "members_sme" in rules.keys else False
    yes[:n, FLAGS.index("rd")] = firms.innovated[member] & _INNOVATED
    yes[:n, FLAGS.index("exporting")] = firms.flags[member] & _EXPORTED
    yes[:n, FLAGS.index("high_value")] = state.places.high_value[member]
    known, everyone = np.ones(nodes, dtype=bool), np.arange(nodes)
    arrays = {
        "ptr": ptr - ptr[0],
        "member": np.arange(n, dtype=np.uint32),
        "tenure": state.step - firms.joined[member] + day,
        "coordinator": np.repeat(groups.coordinator[low:high], np.diff(ptr)) == member,
        "rd_body": np.zeros(n, dtype=bool),
        "home": groups.home[low:high],
        "base": everyone[: high - low],
        "indptr": near.indptr,
        "indices": near.indices,
        "weights": near.weights,
        "ties_known": known,
        "linked": near.owner,
        "partner": near.owner,
        "ownership_known": known,
        "duplicate": everyone,
        "group": np.zeros(nodes, dtype=np.int64),
        "country": near.country,
        "yes": yes,
        "unknown": np.zeros_like(yes),
    }
    return ClusterArrays(**dict(zip(arrays, freeze(*arrays.values()), strict=True)))


def staff_of_owners(state: State) -> F8:
    """Employees, rounded, of the enterprise group of each place."""
    owner = state.places.owner
    return np.bincount(owner, weights=np.rint(state.firms.employees))[owner].astype(np.float64)


def _columns(state: State, rules: Rules, low: int, high: int, day: float) -> Mapping[str, npt.ArrayLike | Values]:
    """What is no count of members or ties; NaN where the model has nothing of the kind."""
    groups, governance, strategy = state.groups, has_governance(state)[low:high], has_strategy(state)[low:high]
    age = state.step - groups.founded[low:high] + day
    known: dict[str, npt.ArrayLike | Values] = {"governance": governance, "strategy": strategy, "joint_years": age}
    needed = columns_needed(rules)
    if not _MONEY.isdisjoint(needed):
        known |= _money(groups.funds[low:high] + groups.earlier[low:high].sum(axis=1))
    return {key: known.get(key, np.full(len(age), np.nan)) for key in needed}


def _money(funds: F8) -> Mapping[str, Values]:
    """Shares of the money of three years; not defined where there was none."""
    with np.errstate(invalid="ignore"):
        shares = funds / funds.sum(axis=1, keepdims=True)
    own, public = shares[:, SOURCES.index("members")], shares[:, SOURCES.index("state")] + shares[:, SOURCES.index("eu")]
    found = {"own_funds_share": own, "public_share": public, "funding_concentration": (shares**2).sum(axis=1)}
    return {name: Values.certain(of.round(DECIMALS)) for name, of in found.items()}


def has_governance(state: State) -> npt.NDArray[np.bool_]:
    """Whether each cluster has adopted a governance."""
    return state.groups.governed >= 0


def has_strategy(state: State) -> npt.NDArray[np.bool_]:
    """Whether each cluster has a strategy: a governance, and two years behind it."""
    return has_governance(state) & (state.step - state.groups.founded >= STRATEGY)
