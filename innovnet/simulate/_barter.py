"""Barter of knowledge on a fixed network (Cowan & Jonard 2004)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet._random import below, bits64, hashed
from innovnet.errors import DataError
from innovnet.graph._network import Network, check_network
from innovnet.simulate._card import Card
from innovnet.simulate._exchange_kernel import Knowledge, exchange
from innovnet.simulate._model import Draw, given_ties
from innovnet.simulate._parameter import check_parameters, parameter

_LEVEL, _EXPERT, _FIELD, _MEET = range(1, 5)  # what draws are for
_PAPER = "Cowan & Jonard (2004), doi:10.1016/j.jedc.2003.04.002"


@dataclass(frozen=True)
class BarterState:
    """What the actors know."""

    knowledge: Knowledge  #: actors × fields, level
    deals: int = 0  #: meetings of the last step in which knowledge was traded
    settled: bool = False  #: whether no two partners can trade any more


@kernel
def _meet(
    indptr: npt.NDArray[np.int64],
    indices: npt.NDArray[np.uint32],
    knowledge: Knowledge,
    meetings: int,
    absorption: float,
    band: float,
    purpose: np.uint32,
    key: np.uint64,
) -> int:
    """Meetings one after another: an actor at random, one of its partners at random, barter. Returns how many came to a deal."""
    deals, zero = 0, np.uint32(0)
    for meeting in range(meetings):
        i = np.int64(below(bits64(np.uint32(meeting), zero, purpose, np.uint32(0), key), np.uint64(len(indptr) - 1)))
        if indptr[i] == indptr[i + 1]:
            continue
        of_list = bits64(np.uint32(meeting), zero, purpose, np.uint32(1), key)
        best, j = ~np.uint64(0), np.int64(indices[indptr[i]])
        for arc in range(indptr[i], indptr[i + 1]):
            draw = hashed(of_list, np.uint64(indices[arc]))
            if draw < best:
                best, j = draw, np.int64(indices[arc])
        bits = bits64(np.uint32(meeting), zero, purpose, np.uint32(2), key)
        deals += exchange(knowledge, i, j, absorption, band, bits) > 0
    return deals


@kernel
def _can_trade(indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.uint32], knowledge: Knowledge, band: float) -> bool:
    """Whether any two partners are each ahead of the other in some field."""
    for i in range(len(indptr) - 1):
        for arc in range(indptr[i], indptr[i + 1]):
            ahead, behind = False, False
            for k in range(knowledge.shape[1]):
                mine, yours = float(knowledge[i, k]), float(knowledge[indices[arc], k])
                ahead |= mine > (1.0 + band) * yours
                behind |= yours > (1.0 + band) * mine
            if ahead and behind:
                return True
    return False


@dataclass(frozen=True)
class Barter:
    """Knowledge spreads over a network by barter: partners trade what one knows better for what the other knows better.

    Which structure of cooperation spreads knowledge furthest? In this model the mean level at the end is highest in small worlds, with about a tenth of the
    ties long [1]_. A meeting: an actor i at random, one of its partners j at random; A = {k: v_ik > (1 + band) v_jk}, B = {k: v_jk > (1 + band) v_ik},
    m is the size of the smaller; m fields of A drawn at random flow to j and m of B to i, each by v ← v + absorption · gap. A step is as many meetings, one after
    another, as there are actors. Where no two partners can trade any more, nothing happens further on (``settled``).

    Parameters
    ----------
    absorption
        Share of the gap that is learned in one exchange, in (0, 1].
    band
        Lead that counts as none, as a share of the other's level, >= 0. Without it the steady state is approached for ever.
    fields
        Number of fields of knowledge, 1 to 1000.
    experts
        Number of actors, drawn at random, that stand out in one field, >= 0.
    expert_level
        The level of an expert in its field, >= 0; all other levels are drawn from [0, 1).

    Notes
    -----
    Ties are those of the network and stay; a tie counts as one whatever its weight, and in both directions where the network is directed. An isolate meets nobody
    and keeps what it knows. Observed, over all actors: ``mean``, ``variance`` (divided by their number) and ``cv`` of the actors' mean level over fields,
    ``deals`` of the step, ``settled`` (1 where no trade is possible). Columns of the panel: ``knowledge``, the actor's mean level; nobody is treated.
    A partner is the one of smallest keyed draw, so that one more tie changes a choice only if it wins. Cost of a step: O(ties + actors · fields).

    References
    ----------
    .. [1] Cowan & Jonard (2004), Network structure and the diffusion of knowledge, Journal of Economic Dynamics and Control 28(8), 1557-1575,
       doi:10.1016/j.jedc.2003.04.002.

    Examples
    --------
    >>> import innovnet as inn
    >>> model, network = inn.simulate.Barter(experts=3), inn.toy().project()
    >>> state = model.start(network, inn.simulate.Draw(key=1, step=0, year=0))
    >>> before = model.observe(network, state)["mean"]
    >>> after = model.observe(network, model.step(network, state, inn.simulate.Draw(key=1, step=1, year=1)))
    >>> after["mean"] > before, after["deals"] > 0
    (True, True)
    """

    absorption: float = parameter(
        0.1, "share of the gap learned in one exchange", unit="share", plausible=(0.01, 0.5), domain=(0, 1), open="low", source=_PAPER, symbol="α"
    )
    band: float = parameter(0.01, "lead that counts as none", unit="share of a level", plausible=(0, 0.1))
    fields: int = parameter(5, "fields of knowledge", plausible=(2, 50), domain=(1, 1000), source=_PAPER, symbol="K")
    experts: int = parameter(50, "actors that stand out in one field", unit="actors")
    expert_level: float = parameter(10.0, "level of an expert in its field", unit="level", plausible=(1, 100))

    card: ClassVar[tuple[Card, ...]] = (
        Card(
            "The mean level at the end is highest where about a tenth of the ties of a ring are long, above that of a ring and that of a random network.",
            "Cowan & Jonard (2004)",
            "10.1016/j.jedc.2003.04.002",
            "text",
            "highest of p = 0, .03, .09, .15, .3, 1 at p in [.06, .2]",
            "seeds 0-19, 500 actors, ten ties each, 50 experts",
            "tests/simulate/test_barter.py",
        ),
        Card(
            "Mean levels at the end 4.772, 5.184, 5.476, 5.465, 5.248, 4.816 at these p; their coefficient of variation is least at .09 or .15.",
            "another implementation of the same rules, 150 runs",
            "",
            "measured",
            "4 standard errors",
            "seeds 0-19 (thorough: 0-149)",
            "tests/simulate/test_barter.py",
        ),
    )
    outcomes: ClassVar[tuple[str, ...]] = ("knowledge",)

    def __post_init__(self) -> None:
        check_parameters(self)

    def start(self, network: Network, draw: Draw) -> BarterState:
        """Levels drawn from [0, 1), and as many experts as told, each with the expert level in a field drawn at random."""
        check_network(network, "Barter")
        if self.experts > network.n_actors:
            msg = f"experts={self.experts} of {network.n_actors} actors. Write Barter(experts={network.n_actors // 10})."
            raise DataError(msg)
        actors = np.arange(network.n_actors)
        levels = draw.unit(_LEVEL, actors[:, None], 0, np.arange(self.fields)[None, :])
        experts = np.argsort(draw.unit(_EXPERT, actors), kind="stable")[: self.experts]
        field = (draw.unit(_FIELD, experts) * self.fields).astype(np.int64)
        levels[experts, field] = self.expert_level
        return BarterState(np.ascontiguousarray(levels, dtype=np.float32))

    def step(self, network: Network, state: BarterState, draw: Draw) -> BarterState:
        """As many meetings as there are actors, one after another: an actor, one of its partners, barter; what is learned in one counts in the next."""
        if state.settled:
            return replace(state, deals=0)
        indptr, indices, _ = network.arcs(weighted=False)
        purpose = np.uint32((_MEET << 16) | draw.step)
        deals = _meet(indptr, indices, state.knowledge, network.n_actors, float(self.absorption), float(self.band), purpose, np.uint64(draw.key))
        settled = deals == 0 and not _can_trade(indptr, indices, state.knowledge, float(self.band))
        return replace(state, deals=deals, settled=settled)

    def observe(self, network: Network, state: BarterState) -> Mapping[str, float]:
        """Mean, variance and coefficient of variation of what actors know, and the deals of the step."""
        del network
        level = state.knowledge.mean(axis=1, dtype=np.float64)
        mean, variance = (float(level.mean()), float(level.var())) if len(level) else (np.nan, np.nan)
        cv = np.sqrt(variance) / mean if mean > 0 else np.nan
        return {"mean": mean, "variance": variance, "cv": float(cv), "deals": float(state.deals), "settled": float(state.settled)}

    def actors(self, network: Network, state: BarterState) -> Mapping[str, npt.NDArray[Any]]:
        """One row for each actor: ``id``, its position; ``knowledge``, its mean level; ``treated``, never."""
        n = network.n_actors
        return {"id": np.arange(n), "treated": np.zeros(n, dtype=bool), "knowledge": state.knowledge.mean(axis=1, dtype=np.float64)}

    def ties(self, network: Network, state: BarterState) -> Mapping[str, npt.NDArray[Any]]:
        """The ties of the network: they stay."""
        del state
        return given_ties(network)

    @staticmethod
    def describe() -> Mapping[str, str]:
        """The words of the ODD protocol."""
        return {
            "purpose": "To see how the structure of a network of informal knowledge trading decides how far knowledge spreads. "
            "Pattern: the mean level at the end peaks where about a tenth of the ties are long; the coefficient of variation is least there.",
            "entities": "Actors with a level of knowledge in each field; ties between them, fixed. A step is one meeting per actor on average; time has no unit.",
            "concepts": "Levels are cardinal and never fall: what is traded is not used up.",
            "basic principles": "Barter without money: nobody gives without receiving, so knowledge stops at pairs of which one is ahead in everything.",
            "emergence": "The spread of knowledge over the network, and where it stops.",
            "adaptation": "None beyond accepting every deal that serves both.",
            "objectives": "To learn; there is no price.",
            "learning": "By trading, and never by more than the gap to the partner.",
            "prediction": "None.",
            "sensing": "Both see the other's level in every field without error; a lead below the band is not seen.",
            "interaction": "Pairs of partners only.",
            "stochasticity": "Levels at the start, who are experts and in what, who meets whom, which fields are traded where there is a choice.",
            "collectives": "None.",
            "observation": "Mean, variance and coefficient of variation of actors' mean levels, deals, whether any trade is possible.",
            "input": "None but the network.",
        }
