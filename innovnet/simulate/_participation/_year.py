"""The order of a year."""

from typing import TYPE_CHECKING

from innovnet.graph._network import Network
from innovnet.simulate._model import Draw
from innovnet.simulate._participation._compete import compete
from innovnet.simulate._participation._gather import gather, new_year
from innovnet.simulate._participation._innovate import innovate
from innovnet.simulate._participation._learn import learn
from innovnet.simulate._participation._maturity import maturity
from innovnet.simulate._participation._meet import meet
from innovnet.simulate._participation._part import part
from innovnet.simulate._participation._state import State
from innovnet.simulate._participation._support import support

if TYPE_CHECKING:
    from innovnet.simulate._participation._model import Participation


def pass_year(model: "Participation", network: Network, state: State, draw: Draw) -> None:
    """One year, in place: policy, search and decision, learning, innovation, competition, the end of ties, clusters, their maturity."""
    p = model._numbers
    state.step = draw.step
    state.flows[:] = 0.0
    new_year(state.groups)
    if model.decision is not None:
        support(network, state, model, draw)
        meet(state, p, draw)
    learn(state, p, draw)
    if model.market is not None:
        innovate(state, p, draw)
        compete(state, p, draw)
    if model.decision is not None:
        part(state, p, draw)
        gather(state, p, draw, model._rules.settings.window_years)
        state.levels = maturity(state, model._rules)
