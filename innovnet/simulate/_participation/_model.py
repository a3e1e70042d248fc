"""The participation model: firms search for partners, learn, innovate, compete, and form clusters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from innovnet.clusters import Rules, load_rules
from innovnet.clusters._ranks_kernel import Plan
from innovnet.errors import DataError, Fault
from innovnet.graph._network import Network
from innovnet.simulate._card import Card
from innovnet.simulate._model import Draw
from innovnet.simulate._parameter import Given, as_meant, check_parameters, parameter
from innovnet.simulate._participation._describe import CARDS, described
from innovnet.simulate._participation._effects import participation_effect
from innovnet.simulate._participation._eligible import unknown_labels
from innovnet.simulate._participation._maturity import planned
from innovnet.simulate._participation._numbers import Numbers, numbers_of
from innovnet.simulate._participation._observe import summary
from innovnet.simulate._participation._panel import actor_columns, sector_names
from innovnet.simulate._participation._parameters import Channels, Clusters, Constants, Decision, Innovation, Learning, Market, Search, Ties
from innovnet.simulate._participation._start import started
from innovnet.simulate._participation._state import State
from innovnet.simulate._participation._year import pass_year
from innovnet.simulate._policies import check_policies
from innovnet.simulate._policy import Policy

_NONE: Any = ()
_LAST_STEP = 2**15 - 1  # years of birth, of entry and of ties have 16 bits


@dataclass(frozen=True)
class Participation:
    """Small and medium-sized firms in cooperation networks and clusters, support policies, and what taking part does to competitiveness.

    Each year firms search for partners, both sides decide, partners learn from each other, firms innovate, compete and are replaced, ties end, clusters form
    and mature. :func:`innovnet.simulate.odd` writes the whole description, equations and the source and status of every parameter included.

    Parameters
    ----------
    search, decision, learning, innovation, market, ties, clusters
        Groups of parameters of the steps. ``market=None``: firms neither innovate nor grow nor exit. ``decision=None``, only together with ``market=None``:
        ties stay as they are given.
    constants
        What no target identifies.
    channels
        Switches of the four ways in which a network acts on success: what is learnt, ties, exporting partners, time given to partners.
    network_effect
        Multiplier of all four, 0 to 2. With 0 (the null world) taking part has no effect, and every difference between participants and others is selection.
    policies
        One instrument or several: :class:`Matchmaking`, :class:`Facilitation`, :class:`ProjectSubsidy`, :class:`MaturitySupport`, :class:`Internationalisation`,
        :class:`ExportGroup`.

    Raises
    ------
    DataError
        Parameters outside their domain, something that is no policy, ``decision=None`` with a market. A value outside its plausible range is used with a :class:`~innovnet.errors.DataWarning`.

    Notes
    -----
    Twelve parameters are calibrated (:func:`targets`, :func:`calibrate`); `arranged`, unit costs, `additionality` and what R&D bodies give decide how policies
    rank and are identified by no data here (:func:`assumptions` varies them). Firms that compete with their partners, prices, business cycles and what partners
    take away are not in the model. Cost: O(places + ties) a year.

    References
    ----------
    Cowan & Jonard (2004), doi:10.1016/j.jedc.2003.04.002 (exchange of knowledge). Ahuja (2000), doi:10.2307/2667105 (signs of direct and indirect ties).
    Melitz (2003), doi:10.1111/1468-0262.00467 (exporting).

    Examples
    --------
    >>> import innovnet as inn
    >>> firms = inn.simulate.population(country="LT", firms=500, seed=0)
    >>> years = inn.simulate.run(inn.simulate.Participation(), firms, steps=3, seed=1).summary
    >>> bool(years["ties"].iloc[-1] > years["ties"].iloc[0])
    True
    """

    search: Search = Search()
    decision: Decision | None = Decision()
    learning: Learning = Learning()
    innovation: Innovation = Innovation()
    market: Market | None = Market()
    ties: Ties = Ties()
    clusters: Clusters = Clusters()
    constants: Constants = Constants()
    channels: Channels = Channels()
    network_effect: float = parameter(1.0, "multiplier of all four channels; 0 is the null world", plausible=(0.0, 2.0))
    policies: Given[Policy | Iterable[Policy], tuple[Policy, ...]] = _NONE

    #: Parameters that the state is made with, once: another value later on would change nothing.
    at_start: ClassVar[tuple[str, ...]] = ("search.decay", "constants.border_meet", "constants.spread", "constants.body_level")
    card: ClassVar[tuple[Card, ...]] = CARDS
    #: Columns of ``actors`` that a comparison splits into direct, indirect and rest.
    outcomes: ClassVar[tuple[str, ...]] = ("degree", "ties_new", "innovations", "exporter", "in_cluster")

    def __post_init__(self) -> None:
        check_parameters(self)
        if self.decision is None and self.market is not None:
            msg = (
                "Participation: with decision=None all ties stay, and with a market firms leave: whoever takes the place of one would take over its ties. Give "
                "market=None too; or, for ties that end with their firms alone, leave the decision and give search=Search(rate=0), ties=Ties(end_0=float('-inf'))."
            )
            raise DataError(msg)
        object.__setattr__(self, "policies", check_policies(self.policies, decided=self.decision is not None))

    @classmethod
    def dense(cls, **groups: Any) -> Self:
        """The stress setting for scale and for networks of all business ties: about six ties for each organisation after thirty years, calibrated to nothing else."""
        with as_meant():
            return cls(
                search=Search(rate=1.45, size=0.15, selection=0.3, experience=0.0),
                decision=Decision(intercept=1.0),
                ties=Ties(days_per_tie=1.0, end_0=0.6),
                constants=Constants(slack_0=24.0),
                **groups,
            )

    @staticmethod
    def describe() -> Mapping[str, str]:
        """The words of the ODD protocol; its parameters come from the groups themselves."""
        return described()

    @cached_property
    def _numbers(self) -> Numbers:
        return numbers_of(self)

    @cached_property
    def _rules(self) -> Rules:
        return load_rules(self.clusters.rules)

    @cached_property
    def _plan(self) -> Plan:
        return planned(self._rules)

    @cached_property
    def _instruments(self) -> tuple[str, ...]:
        """A name for each policy, those of one kind numbered."""
        kinds = [type(policy).__name__.lower() for policy in self.policies]
        return tuple(kind if kinds.count(kind) == 1 else f"{kind}_{kinds[: i + 1].count(kind)}" for i, kind in enumerate(kinds))

    def unknown_labels(self, network: Network) -> list[Fault]:
        """The labels of sectors, regions and countries that policies name and the population does not have."""
        return unknown_labels(self.policies, network)

    def start(self, network: Network, draw: Draw) -> State:
        """The state before the first year."""
        return started(network, self._numbers, self.search, self.constants, draw)

    def step(self, network: Network, state: State, draw: Draw) -> State:
        """The state one year later."""
        if draw.step > _LAST_STEP:
            msg = f"Participation counts years in 16 bits: {_LAST_STEP:,} from its start, burn-in included. Take fewer steps."
            raise DataError(msg)
        pass_year(self, network, state, draw)
        return state

    def observe(self, network: Network, state: State) -> Mapping[str, float]:
        """The summary of a year; the page on simulation in the documentation lists the quantities."""
        return summary(state, self._rules, self._instruments, sector_names(network))

    def actors(self, network: Network, state: State) -> Mapping[str, Any]:
        """The panel's columns, one row for each place."""
        columns = actor_columns(network, state)
        return columns | {"true_network_effect": participation_effect(state, self._numbers)}
