"""Policy instruments of the participation model: what a unit is, what it costs, and exactly what it does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from innovnet._check import did_you_mean
from innovnet.errors import DataError, Fault
from innovnet.simulate._parameter import parameter
from innovnet.simulate._policy import ALL_FIRMS, Policy, Whom, is_amount

MOST_MEETINGS = 50_000_000  #: of an instrument in a year; all firms of the EU could be met twice

_KLASTERIS = "call 'Verslo klasteris LT': EUR 75,000 to 320,000, at most half of the cost"


@dataclass(frozen=True, kw_only=True)
class _Costed(Policy):
    """Instruments with a cost of their own for each unit; the default is that of the subclass."""

    cost: float = parameter(inf, "cost of a unit", unit="EUR", open="low")

    @property
    def unit_cost(self) -> float:
        """EUR that one unit costs."""
        return self.cost


@dataclass(frozen=True, kw_only=True)
class Matchmaking(_Costed):
    """Matchmaking events: firms of a region meet at an event; an introduction is all it gives.

    Unit: one event. Event e is in a region drawn by its number of eligible firms, or in ``region``. With ``cross_region`` > 0 a second region is drawn by where its
    chance meetings are, and half of the participants come from there. Participants are different eligible firms, each set equally likely; fewer where there are
    fewer. Each meets ``meetings`` other participants, of another sector with probability ``cross_sector``, else of its own, and of the other region with
    probability ``cross_region``, else of its own; where the event has none such, the sector gives way first, then the region. A meeting is an
    introduction of the second firm to the first, which then decides in search and decision as on any other candidate, less ``decision.arranged``.

    Parameters
    ----------
    budget, start, end, eligible, carry_over, sources
        As for all instruments: EUR a year (>= 0); first and last year; who can take part (default: all firms); whether unspent money is kept; shares by source.
    cost
        EUR for one event.
    participants
        Firms at an event.
    meetings
        Others that each participant meets.
    cross_sector, cross_region
        Probability that a meeting is with another sector, another region.
    region
        Label of the region of all events.

    Raises
    ------
    DataError
        Values that cannot be used, all of them in one error.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.Matchmaking(budget=2e6, start=1, end=5, eligible={"sizes": ["small", "medium"]}).unit_cost
    15000.0
    """

    eligible: Whom = ALL_FIRMS
    cost: float = parameter(15_000.0, "cost of an event", unit="EUR", plausible=(3_000.0, 60_000.0), open="low")
    participants: int = parameter(40, "firms at an event", unit="firms", plausible=(10, 200), domain=(2, 1000))
    meetings: int = parameter(1, "others that each participant meets", unit="firms", plausible=(1, 10), domain=(1, 100))
    cross_sector: float = parameter(0.5, "probability that a meeting is with another sector", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0))
    cross_region: float = parameter(0.0, "probability that a meeting is with another region", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0))
    region: str | None = parameter(None, "region of all events; none: drawn")

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        if self.region is not None and not isinstance(self.region, str):
            yield Fault(type(self).__name__, "", "region", repr(self.region), "is no label", "Give a region of the population as text.")
        numbers = self.budget, self.cost, self.participants, self.meetings
        if all(map(is_amount, numbers)) and self.cost > 0 and self.budget / self.cost * self.participants * self.meetings > MOST_MEETINGS:
            problem = f"pays for more than {MOST_MEETINGS:,} meetings a year"
            yield Fault(type(self).__name__, "", "budget", repr(self.budget), problem, "Lower it, or raise the cost of an event.")


@dataclass(frozen=True, kw_only=True)
class Facilitation(_Costed):
    """Facilitators of clusters: they introduce members to each other and take work off them.

    Unit: one facilitator for one cluster and year; clusters of at least two members whose coordinator is eligible, in the order of their rows, older ones first.
    Each member is, with probability ``quality``, introduced to a fellow drawn at random (fellows meet without the loss ``decision.arranged``). Of the time that
    a tie among fellows costs the share ``relief`` is taken off, and outsiders are admitted with a probability 1 + ``relief`` times as high.

    Parameters
    ----------
    budget, start, end, eligible, carry_over, sources
        As for all instruments; ``eligible`` is asked of the coordinator. What is paid counts as funds of the cluster by source.
    cost
        EUR for a facilitator and year.
    quality
        Probability that a member is introduced to a fellow.
    relief
        Share of the cost of ties among fellows that is taken off.

    Raises
    ------
    DataError
        Values that cannot be used, all of them in one error.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.Facilitation(budget=450_000, sources={"state": 0.5, "members": 0.5}).quality
    0.5
    """

    eligible: Whom = ALL_FIRMS
    cost: float = parameter(45_000.0, "cost of a facilitator", unit="EUR/year", plausible=(20_000.0, 100_000.0), open="low")
    quality: float = parameter(0.5, "probability that a member is introduced to a fellow", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0))
    relief: float = parameter(0.5, "share of the cost of ties among fellows that is taken off", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class ProjectSubsidy(Policy):
    """Grants for joint projects: partners are held together, brought together, and innovate more while the project runs.

    Unit: one grant. Applicants are eligible firms of fewer than 250 persons with at least ``min_members`` − 1 live ties; score = mean knowledge over the fields +
    0.2 u, u uniform. They are ranked by score. A consortium is an applicant and its partners, R&D bodies too, less those that are in a consortium of a higher
    score in this call and firms whose earlier project still runs: a firm has one project at a time. Consortia of ``min_members`` or more are funded until the
    money ends. The grant is booked in the year of the call. For ``years`` years, this one included, ties within the consortium do not end. Members without a tie
    are introduced to each other in the year of the call, with the share ``intensity`` of the tie's cost taken off. The hazard of innovating of a member firm of E
    persons rises by e**g, g = min(1, ``additionality`` ln(1 + grant / (years × members) / (``rd_per_employee`` E))).

    Parameters
    ----------
    budget, start, end, eligible, carry_over, sources
        As for all instruments; ``eligible`` is asked of the applicant.
    grant
        EUR for one consortium, shared equally by its members.
    intensity
        Share of the cost of the project that the grant pays; the rest, grant × (1 / intensity − 1), is booked as private money.
    min_members
        Least number of members.
    years
        How long a project runs.
    cross_sector_only
        Whether firms of at least two sectors must be among the members.
    additionality
        Effect on the log hazard of innovating of the log of one plus the grant against own R&D.
    rd_per_employee
        Own R&D, EUR for one employee and year.

    Raises
    ------
    DataError
        Values that cannot be used, all of them in one error.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.ProjectSubsidy(budget=2e6, start=1, end=3, sources={"eu": 0.85, "state": 0.15}).unit_cost
    200000.0
    """

    eligible: Whom = ALL_FIRMS
    grant: float = parameter(200_000.0, "grant for a consortium", unit="EUR", plausible=(75_000.0, 320_000.0), open="low", source=_KLASTERIS)
    intensity: float = parameter(
        0.5, "share of the cost that the grant pays", unit="share", plausible=(0.1, 0.5), domain=(0.0, 1.0), open="low", source=_KLASTERIS
    )
    min_members: int = parameter(3, "least number of members", unit="members", plausible=(2, 10), domain=(2, 1000))
    years: int = parameter(3, "how long a project runs", unit="years", plausible=(1, 5), domain=(1, 100))
    cross_sector_only: bool = parameter(False, "whether firms of at least two sectors must be members")
    additionality: float = parameter(0.3, "effect of the log of one plus grant against own R&D on the log hazard of innovating", plausible=(0.0, 1.0))
    rd_per_employee: float = parameter(5_000.0, "own R&D for one employee", unit="EUR/year", plausible=(1_000.0, 20_000.0), open="low")

    @property
    def unit_cost(self) -> float:
        """EUR that one grant costs."""
        return self.grant


@dataclass(frozen=True, kw_only=True)
class MaturitySupport(_Costed):
    """Support of clusters below the highest level of maturity: statutes, strategy, advice.

    Unit: one cluster and year; clusters below the highest level of the model's rules whose coordinator is eligible, in the order of their rows, older ones
    first. In this year the probability of adopting a governance is ``governance`` times as high (at most 1), that of admitting an outsider ``admission``
    times, and members pay the share ``fee`` of the fee. The level is that of the end of last year; a cluster that has none yet counts as below.

    Parameters
    ----------
    budget, start, end, eligible, carry_over, sources
        As for all instruments; ``eligible`` is asked of the coordinator. What is paid counts as funds of the cluster by source.
    cost
        EUR for a cluster and year.
    governance, admission
        Factors of the probabilities.
    fee
        Share of the members' fee that is still to be paid.

    Raises
    ------
    DataError
        Values that cannot be used, all of them in one error.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.MaturitySupport(budget=300_000).unit_cost
    30000.0
    """

    eligible: Whom = ALL_FIRMS
    cost: float = parameter(30_000.0, "cost of the support of a cluster", unit="EUR/year", plausible=(10_000.0, 100_000.0), open="low")
    governance: float = parameter(2.0, "factor of the probability of adopting a governance", unit="factor", plausible=(1.0, 4.0))
    admission: float = parameter(1.5, "factor of the probability of admitting an outsider", unit="factor", plausible=(1.0, 3.0))
    fee: float = parameter(0.5, "share of the members' fee that is still to be paid", unit="share", plausible=(0.0, 1.0), domain=(0.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class Internationalisation(_Costed):
    """Partners abroad: a firm is introduced to a firm of its own sector in another country.

    Unit: one eligible firm of fewer than 250 persons (with ``coordinators``: one cluster's coordinator, of any size, whose new partner can become a foreign
    member). Firms are taken in an order drawn at random. The other country's region is drawn by where chance meetings are, the firm there at random in the
    sector; the border costs nothing for this pair, neither in the proposal nor in the consent. In a population of one country nothing can be delivered.

    Parameters
    ----------
    budget, start, end, eligible, carry_over, sources
        As for all instruments.
    cost
        EUR for one firm.
    coordinators
        Whether only coordinators of clusters are helped.

    Raises
    ------
    DataError
        Values that cannot be used, all of them in one error.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.Internationalisation(budget=400_000, eligible={"innovated": True}).unit_cost
    8000.0
    """

    eligible: Whom = ALL_FIRMS
    cost: float = parameter(8_000.0, "cost of helping a firm", unit="EUR", plausible=(2_000.0, 30_000.0), open="low")
    coordinators: bool = parameter(False, "whether only coordinators of clusters are helped")


@dataclass(frozen=True, kw_only=True)
class ExportGroup(_Costed):
    """Groups of firms that prepare for exporting together.

    Unit: one group for one year: ``size`` eligible firms that do not export, of one sector and region, each in one group at most. All groups that can be formed
    are equally likely. While it runs, x = ``relief`` ln(``size``) is taken off the threshold of log productivity from which its members export.

    Parameters
    ----------
    budget, start, end, eligible, carry_over, sources
        As for all instruments.
    cost
        EUR for a group and year.
    size
        Firms of a group.
    relief
        What a log of the size takes off the threshold.

    Raises
    ------
    DataError
        Values that cannot be used, all of them in one error.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.ExportGroup(budget=600_000, size=8).unit_cost
    60000.0
    """

    eligible: Whom = ALL_FIRMS
    cost: float = parameter(60_000.0, "cost of a group", unit="EUR/year", plausible=(20_000.0, 150_000.0), open="low")
    size: int = parameter(6, "firms of a group", unit="firms", plausible=(3, 20), domain=(2, 1000))
    relief: float = parameter(0.1, "what a log of the size takes off the threshold of exporting", unit="log", plausible=(0.0, 0.3))


def check_policies(policies: object, *, decided: bool) -> tuple[Policy, ...]:
    """The instruments of a model as a tuple; anything else is an error that names what can be given.

    Parameters
    ----------
    policies
        One instrument, or several.
    decided
        Whether firms decide on ties in this model: without that no instrument has anything to act on.
    """
    given = tuple(policies) if isinstance(policies, Iterable) and not isinstance(policies, str | Mapping) else (policies,)
    known = [found.__name__ for found in (ExportGroup, Facilitation, Internationalisation, Matchmaking, MaturitySupport, ProjectSubsidy)]
    wrong = [policy for policy in given if not isinstance(policy, Policy)]
    if wrong:
        names = [policy if isinstance(policy, str) else getattr(policy, "__name__", type(policy).__name__) for policy in wrong]
        faults = [
            Fault(
                "policies",
                "",
                "",
                str(name),
                "is no policy instrument",
                f"Make one first: {name}(budget=...)." if name in known else did_you_mean(str(name), known),
            )
            for name in names
        ]
        msg = f"policies: {len(wrong)} cannot be used. Give a tuple of {', '.join(known)}."
        raise DataError(msg, faults)
    if given and not decided:
        msg = "policies: with decision=None no firm decides on a partner, so no instrument has an effect. Leave one of the two out."
        raise DataError(msg)
    return given
