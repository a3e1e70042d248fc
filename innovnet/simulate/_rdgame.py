"""The R&D game on a network: firms that cooperate lower each other's costs and compete in their markets (König, Liu & Zenou 2019)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice
from innovnet.graph._network import Network
from innovnet.simulate._card import Card
from innovnet.simulate._model import Draw, given_ties
from innovnet.simulate._parameter import check_parameters, parameter
from innovnet.simulate._rdgame_solve import Game, game_of, optimal, reply, without_each

_PAPER = "König, Liu & Zenou (2019), doi:10.1162/rest_a_00762"


@dataclass(frozen=True)
class RDGameState:
    """What the firms do."""

    output: npt.NDArray[np.float64]  #: output of each firm, and so its R&D effort
    best: npt.NDArray[np.float64]  #: the output that would be best for each firm, given those of the others


@dataclass(frozen=True)
class Subsidy:
    """A subsidy to R&D and what it does in equilibrium.

    Attributes
    ----------
    actors
        For each actor: ``subsidy`` (money for one unit of effort; below 0: a levy), ``output``, ``effort``, ``profit`` (the subsidy included), ``cost`` (subsidy × effort).
    welfare, welfare_without
        Consumers' surplus and profits less the cost of the subsidy, with it and without.

    Examples
    --------
    >>> import networkx as nx, innovnet as inn
    >>> star = inn.from_networkx(nx.star_graph(4))
    >>> found = inn.simulate.RDGame(spillover=0.05, rivalry=0.1).subsidy(star)
    >>> found.actors["subsidy"].round(3).tolist(), round(found.gain, 3)
    ([1.381, 0.661, 0.661, 0.661, 0.661], 0.476)
    """

    actors: pd.DataFrame
    welfare: float
    welfare_without: float

    @property
    def cost(self) -> float:
        """The sum of what is paid."""
        return float(self.actors["cost"].sum())

    @property
    def gain(self) -> float:
        """Welfare with the subsidy less welfare without, as a share of the latter."""
        return self.welfare / self.welfare_without - 1.0


@dataclass(frozen=True)
class RDGame:
    """Firms that cooperate lower each other's costs by R&D and compete as sellers: whom to support, and whose exit would cost most.

    Firm i chooses output q and effort e. Its cost is c_i = c̄_i - e_i - φ Σ_j a_ij e_j, its price p_i = α_i - q_i - ρ Σ_j b_ij q_j, where a_ij = 1 for partners
    in R&D and b_ij = 1 for rivals in a market; effort costs e²/2. With μ_i = α_i - c̄_i the equilibrium [1]_ is e = q = (I + ρB - φA)⁻¹ μ, profits are q²/2 and
    welfare is W = q'q + (ρ/2) q'Bq. With ρ = 0 this is Katz-Bonacich centrality.

    As a model a step is a round of best replies: one firm after another, in the order of the table, takes the output that is best for it (none below 0). From no
    R&D at all this converges to the equilibrium, and this is its only claim: rounds are not years.

    Parameters
    ----------
    spillover
        φ, what a partner's effort takes off the cost, >= 0. It has to stay below a bound that the network sets; beyond it there is no equilibrium, an error.
    rivalry
        ρ, how near rivals' products are, in [0, 1).
    markets
        Column of actors: firms of the same value are rivals. Empty: all firms are.
    demand
        Column of actors with μ > 0, size of demand less cost. Empty: 1 for all.

    Notes
    -----
    Ties count as one whatever their weight; a directed network is an error: cooperation in R&D is mutual here. An isolate has no spillovers. A missing market or demand is an
    error. ``spillover`` and ``rivalry`` are to be estimated from data of the case at hand: the defaults are for illustration. Observed: ``output``, ``effort``, ``profit``
    (sums), ``welfare``, ``residual`` (largest distance of an output from the best one). Outputs below 0 are no equilibrium, and an error of the methods that solve for it.
    Cost: one sparse solve of n + markets unknowns, and an extreme eigenvalue for the bound; of a step O(ties + actors).

    References
    ----------
    .. [1] König, Liu & Zenou (2019), R&D networks: theory, empirics, and policy implications, Review of Economics and Statistics 101(3), 476-491,
       doi:10.1162/rest_a_00762.

    Examples
    --------
    >>> import networkx as nx, innovnet as inn
    >>> star = inn.from_networkx(nx.star_graph(4))
    >>> game = inn.simulate.RDGame(spillover=0.2, rivalry=0.1)
    >>> game.equilibrium(star)["output"].round(3).tolist()
    [1.349, 0.873, 0.873, 0.873, 0.873]
    >>> game.key_players(star)["loss"].round(3).head(2).to_dict()
    {0: 3.076, 1: 0.875}
    """

    spillover: float = parameter(0.01, "what a partner's effort takes off the cost", plausible=(0, 0.2), source=_PAPER + " (the form)", symbol="φ")
    rivalry: float = parameter(0.02, "how near rivals' products are", plausible=(0, 0.5), domain=(0, 1), open="high", source=_PAPER + " (the form)", symbol="ρ")
    markets: str = parameter("", "column of actors: firms of the same value are rivals; empty: all are")
    demand: str = parameter("", "column of actors: size of demand less cost; empty: 1 for all", symbol="μ")

    card: ClassVar[tuple[Card, ...]] = (
        Card(
            "Equilibrium, welfare, key players, targeted and uniform subsidies of a star of five; no perturbation of the targeted subsidies does better.",
            "algebra, checked against welfare from consumers' surplus and profits",
            "10.1162/rest_a_00762",
            "derived",
            "6 decimals",
            "",
            "tests/simulate/test_rdgame.py",
        ),
        Card(
            "Rounds of best replies end in the equilibrium.", "potential game", "10.1162/rest_a_00762", "derived", "1e-10", "", "tests/simulate/test_rdgame.py"
        ),
    )
    outcomes: ClassVar[tuple[str, ...]] = ("output", "profit")

    def __post_init__(self) -> None:
        check_parameters(self)

    def _game(self, network: Network) -> Game:
        return game_of(network, self.spillover, self.rivalry, self.markets, self.demand)

    def equilibrium(self, network: Network) -> pd.DataFrame:
        """What each firm does in equilibrium: ``output``, ``effort`` (equal here), ``profit``; index the actors.

        Raises
        ------
        DataError
            The spillover is too strong for an equilibrium (the message has the largest that is not), or a firm would produce less than nothing.
        """
        q = self._game(network).equilibrium()
        return pd.DataFrame({"output": q, "effort": q, "profit": q**2 / 2}, index=network.actors.index)

    def welfare(self, network: Network) -> float:
        """Consumers' surplus and profits in equilibrium, W = q'q + (ρ/2) q'Bq."""
        game = self._game(network)
        return float(game.welfare(game.equilibrium()))

    def key_players(self, network: Network) -> pd.DataFrame:
        """What welfare loses by the exit of each firm with its ties, W(G) - W(G - i): columns ``loss`` and ``share`` of W(G), largest first.

        After an exit the others are in their new equilibrium; none may have to produce less than nothing. Below 0: the others and consumers are better off
        without the firm. Cost: one solve for each firm, O(actors²) arithmetic besides.
        """
        game = self._game(network)
        welfare = game.welfare(game.equilibrium())
        loss = welfare - without_each(game, network.actors.index)
        found = pd.DataFrame({"loss": loss, "share": loss / welfare}, index=network.actors.index)
        return found.iloc[np.argsort(-np.round(found["share"].to_numpy(), 12), kind="stable")]  # equal firms keep the order of the table

    def subsidy(self, network: Network, *, kind: str = "targeted") -> Subsidy:
        """The subsidies for each unit of effort that welfare is highest with.

        A subsidy s makes effort e = q + s and output q = q₀ + R s with R = (I + ρB - φA)⁻¹ (I + φA). W(s) = q'q + (ρ/2) q'Bq - s's/2 - s'q, which is largest where
        H s = q₀ - R'(2I + ρB) q₀ with H = R'(2I + ρB)R - I - R - R'.

        Parameters
        ----------
        network
            Firms and their cooperation in R&D.
        kind
            ``"targeted"``: a rate for each firm. ``"uniform"``: the best rate that is the same for all.

        Raises
        ------
        DataError
            H is not negative definite (for ``"uniform"``: its sum is not below 0): subsidies without end would serve best, so there is no best one. The message has the
            largest spillover that admits one.
        """
        check_choice(kind, ("targeted", "uniform"), "kind")
        game = self._game(network)
        q0 = game.equilibrium()
        s = optimal(game, q0, uniform=kind == "uniform")
        q = game.interior(game.supported(q0, s))
        effort = game.interior(q + s, "effort")
        table = pd.DataFrame({"subsidy": s, "output": q, "effort": effort, "profit": (q**2 + s**2) / 2, "cost": s * effort}, index=network.actors.index)
        return Subsidy(table, float(game.welfare(q) - s @ s / 2 - s @ q), float(game.welfare(q0)))

    def start(self, network: Network, draw: Draw) -> RDGameState:
        """Nobody does R&D or produces."""
        del draw
        game = self._game(network)
        game.equilibrium()  # an error if there is none
        return RDGameState(np.zeros(network.n_actors), game.demand.copy())

    def step(self, network: Network, state: RDGameState, draw: Draw) -> RDGameState:
        """One firm after another, in the order of the table of actors, takes the output that is best for it, given what the others do now."""
        del draw
        game = self._game(network)
        arcs = network.arcs(weighted=False)
        reply(arcs.indptr, arcs.indices, game.market, game.n_markets, game.demand, float(self.spillover), float(self.rivalry), state.output)
        return replace(state, best=np.maximum(game.best(state.output), 0.0))

    def observe(self, network: Network, state: RDGameState) -> Mapping[str, float]:
        """Output, effort, profit and welfare of all, and how far outputs are from the best ones."""
        game, q = self._game(network), state.output
        profit = self._profit(state)
        return {
            "output": float(q.sum()),
            "effort": float(q.sum()),
            "profit": float(profit.sum()),
            "welfare": float(profit.sum() + q @ q / 2 + self.rivalry * (q @ game.rivals(q)) / 2),
            "residual": float(np.abs(state.best - q).max(initial=0.0)),
        }

    @staticmethod
    def _profit(state: RDGameState) -> npt.NDArray[np.float64]:
        return state.output * state.best - state.output**2 / 2  # price less cost, times output, less the cost of effort

    def actors(self, network: Network, state: RDGameState) -> Mapping[str, npt.NDArray[Any]]:
        """One row for each firm: ``id``, its position; ``output``, ``effort``, ``profit``; ``treated``, never."""
        n = network.n_actors
        return {
            "id": np.arange(n),
            "treated": np.zeros(n, dtype=bool),
            "output": state.output.copy(),
            "effort": state.output.copy(),
            "profit": self._profit(state),
        }

    def ties(self, network: Network, state: RDGameState) -> Mapping[str, npt.NDArray[Any]]:
        """The ties of the network: they stay."""
        del state
        return given_ties(network)

    @staticmethod
    def describe() -> Mapping[str, str]:
        """The words of the ODD protocol."""
        return {
            "purpose": "To rank firms by what their exit would cost and by the subsidy that serves welfare most, where firms both cooperate and compete. "
            "Pattern: none; the model is exact and its parameters are to be estimated.",
            "entities": "Firms with an output and an equal R&D effort; ties of mutual R&D cooperation; markets. A step is a round of best replies, not a time.",
            "concepts": "A game of complete information with one equilibrium.",
            "basic principles": "R&D lowers own costs and those of partners (strategic complements); output lowers the price of rivals (strategic substitutes).",
            "emergence": "The equilibrium.",
            "adaptation": "Best reply.",
            "objectives": "Profit.",
            "learning": "None.",
            "prediction": "Each firm takes the outputs of the others as they are now.",
            "sensing": "Everything, without error.",
            "interaction": "Along ties by costs, within markets by prices.",
            "stochasticity": "None.",
            "collectives": "Markets, given.",
            "observation": "Sums of output, effort, profit; welfare; largest distance from the best reply.",
            "input": "None but the network and, where named, its columns of markets and demand.",
        }
