"""What each policy instrument does in a year: units delivered, and whom it introduces to whom."""

from collections.abc import Callable
from math import log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._parallel import run
from innovnet.clusters import Rules
from innovnet.graph._network import Network
from innovnet.graph._tables import freeze
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._consortia_kernel import Terms, apply, assemble, fund
from innovnet.simulate._participation._eligible import eligible_flags, eligible_places, region_code, wanted_by
from innovnet.simulate._participation._events_kernel import Event, count_by_region, hold
from innovnet.simulate._participation._export_kernel import abroad, form, group_lots
from innovnet.simulate._participation._support_kernel import assisted_meetings, led, lots, mark, members_of
from innovnet.simulate._participation._sweep import sweep
from innovnet.simulate._policies import ExportGroup, Facilitation, Internationalisation, Matchmaking, MaturitySupport, ProjectSubsidy
from innovnet.simulate._policy import SOURCES, Policy

_EVENTS = 64  # of a task
_MANY = 4  # as many applicants are ranked as units can be paid for, times this; more where that is not enough
_NEVER = -32768
_LAST = 32767


class Offer(NamedTuple):
    """What an instrument can do this year."""

    state: s.State
    network: Network
    rules: Rules
    units: int  #: that the money pays for, at least 1
    purpose: np.uint32  #: of its draws
    key: np.uint64


class Introductions(NamedTuple):
    """Who is introduced to whom, in the order of units."""

    place: s.U4
    other: s.U4
    relief: float = 0.0
    flags: int = 0
    until: int = _NEVER


Done = tuple[int, Introductions | None]


def first(score: npt.NDArray[np.float64] | s.U4, names: npt.NDArray[Any], most: int) -> npt.NDArray[np.int64]:
    """Positions of the ``most`` highest scores (all of those that are equal to the last), the highest first, of equal ones the lower name."""
    near = np.arange(len(score))
    if most < len(score):
        near = np.flatnonzero(score >= np.partition(score, len(score) - most)[len(score) - most])
    return near[np.lexsort((names[near], -score[near].astype(np.float64)))]


def matchmaking(policy: Matchmaking, offer: Offer) -> Done:
    """Events in regions with at least two eligible firms."""
    places, firms = offer.state.places, offer.state.firms
    flags = eligible_flags(wanted_by(policy.eligible, offer.network, places), places, firms)
    (counts,) = freeze(count_by_region(places, flags, len(places.country)))
    region = -1 if policy.region is None else region_code(policy.region, offer.network)
    if counts.max(initial=0) < 2 or (region >= 0 and counts[region] < 2):
        return 0, None
    event = Event(region, int(policy.participants), int(policy.meetings), float(policy.cross_sector), float(policy.cross_region))

    def task(chunk: int) -> tuple[s.U4, s.U4, s.U4]:
        return hold(chunk * _EVENTS, min((chunk + 1) * _EVENTS, offer.units), event, counts, flags, places, firms, offer.purpose, offer.key)

    guests, place, other = (np.concatenate(part) for part in zip(*run(task, -(-offer.units // _EVENTS), progress=False), strict=True))
    mark(guests, s.INVITED, offer.state.aid.mark)
    return offer.units, Introductions(place, other)


def _clusters(policy: Policy, offer: Offer, *, below: int) -> npt.NDArray[np.int64]:
    """Rows of the first clusters whose coordinator is eligible and whose level is lower than ``below``."""
    state = offer.state
    rows = led(wanted_by(policy.eligible, offer.network, state.places), state.places, state.firms, state.groups)
    if len(state.levels) == len(state.groups.number):
        rows = rows[state.levels[rows] < below]
    return rows[: offer.units]


def _fund_clusters(policy: Policy, rows: npt.NDArray[np.int64], bit: int, state: s.State) -> None:
    mark(members_of(rows, state.groups), bit, state.aid.mark)
    state.groups.funds[rows] += policy.unit_cost * np.array([policy.sources.get(source, 0.0) for source in SOURCES])


def facilitation(policy: Facilitation, offer: Offer) -> Done:
    """A facilitator for each of the first clusters."""
    state = offer.state
    rows = _clusters(policy, offer, below=len(offer.rules.levels) + 1)
    _fund_clusters(policy, rows, s.FACILITATED, state)
    relief, quality = state.support.cluster_relief, state.groups.facilitator
    relief[rows] = np.maximum(relief[rows], policy.relief)
    quality[rows] = np.maximum(quality[rows], policy.quality)
    return len(rows), Introductions(*assisted_meetings(rows, float(policy.quality), state.groups, state.firms, offer.purpose, offer.key))


def maturity_support(policy: MaturitySupport, offer: Offer) -> Done:
    """Support of the first clusters below the highest level."""
    rows = _clusters(policy, offer, below=len(offer.rules.levels))
    _fund_clusters(policy, rows, s.MEMBER_HELPED, offer.state)
    support = offer.state.support
    support.cluster_govern[rows] *= policy.governance
    support.cluster_admit[rows] *= policy.admission
    support.cluster_fee[rows] *= policy.fee
    return len(rows), None


def project_subsidy(policy: ProjectSubsidy, offer: Offer) -> Done:
    """Grants to the consortia of the highest scores."""
    state, least = offer.state, int(policy.min_members) - 1
    places, firms, ties, aid = state.places, state.firms, state.ties, state.aid
    wanted = wanted_by(policy.eligible, offer.network, places, smes=True)
    applied = sweep(len(firms.flags), lambda low, high: apply(low, high, least, wanted, places, firms, ties, aid, state.step, offer.purpose, offer.key))
    who, score = (np.concatenate(part) for part in zip(*applied, strict=True))
    terms = Terms(float(policy.grant), least + 1, int(policy.years), int(policy.cross_sector_only), float(policy.additionality), float(policy.rd_per_employee))
    units, most = min(offer.units, len(who)), _MANY * offer.units
    while True:
        leads = who[first(score, _ids(who, state), most)]
        ptr, members = assemble(leads, units, terms, places, firms, ties, aid, state.step)
        if len(ptr) > units or len(leads) == len(who):
            break
        most *= _MANY
    until = min(state.step + int(policy.years) - 1, _LAST)
    met = fund(ptr, members, terms, until, places, firms, ties, aid)
    return len(ptr) - 1, Introductions(*met, relief=policy.intensity, flags=s.CONSORTIUM, until=until)


def _ids(who: s.U4, state: s.State) -> npt.NDArray[np.int64]:
    """Ids of the firms at some places."""
    return who + state.firms.generation[who].astype(np.int64) * len(state.firms.flags)


def internationalisation(policy: Internationalisation, offer: Offer) -> Done:
    """Introductions of the first firms of a list in random order to firms of their sector abroad."""
    state, places, firms = offer.state, offer.state.places, offer.state.firms
    wanted = wanted_by(policy.eligible, offer.network, places, smes=not policy.coordinators)
    if len(np.unique(places.country)) < 2:
        return 0, None
    if policy.coordinators:
        (who,) = freeze(state.groups.coordinator[led(wanted, places, firms, state.groups)])
    else:
        who = eligible_places(wanted, places, firms)
    score, units, most = lots(who, firms, offer.purpose, offer.key), min(offer.units, len(who)), _MANY * offer.units
    while True:
        order = who[first(score, _ids(who, state), most)]
        place, other = abroad(order, units, places, firms, offer.purpose, offer.key)
        if len(place) == units or len(order) == len(who):
            break
        most *= _MANY
    mark(place, s.ABROAD, state.aid.mark)
    return len(place), Introductions(place, other, flags=s.WAIVE_BORDER)


def export_group(policy: ExportGroup, offer: Offer) -> Done:
    """Groups of firms of one sector and region that do not export."""
    state, places, firms, size = offer.state, offer.state.places, offer.state.firms, int(policy.size)
    who = eligible_places(wanted_by(policy.eligible, offer.network, places, exporters=False), places, firms)
    starts = np.searchsorted(who, places.block.astype(np.uint32))
    groups = np.diff(starts) // size
    drawn = group_lots(groups, offer.purpose, offer.key)
    chosen = np.sort(first(drawn, np.arange(len(drawn)), offer.units)[: offer.units])
    members = form(chosen, groups, starts, who, size, firms, offer.purpose, offer.key)
    state.aid.export[members] += np.float32(policy.relief * log(size))
    mark(members, s.GROUPED, state.aid.mark)
    return len(chosen), None


DELIVER: dict[type[Policy], Callable[[Any, Offer], Done]] = {
    Matchmaking: matchmaking,
    Facilitation: facilitation,
    ProjectSubsidy: project_subsidy,
    MaturitySupport: maturity_support,
    Internationalisation: internationalisation,
    ExportGroup: export_group,
}
