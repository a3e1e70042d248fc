"""The order of a year."""

from typing import TYPE_CHECKING

import numpy as np

from innovnet.graph._network import Network
from innovnet.simulate._model import Draw
from innovnet.simulate._participation._compete import check_ids, compete
from innovnet.simulate._participation._gather import gather, new_year
from innovnet.simulate._participation._innovate import innovate
from innovnet.simulate._participation._learn import learn
from innovnet.simulate._participation._maturity import maturity
from innovnet.simulate._participation._meet import meet
from innovnet.simulate._participation._part import part
from innovnet.simulate._participation._state import State
from innovnet.simulate._participation._support import support
from innovnet.simulate._participation._sweep import BLOCK, one_run
from innovnet.simulate._participation._year_kernel import one_year

if TYPE_CHECKING:
    from innovnet.simulate._participation._model import Participation


def pass_year(model: "Participation", network: Network, state: State, draw: Draw) -> None:
    """One year, in place: policy, search and decision, learning, innovation, competition, the end of ties, clusters, their maturity."""
    p, whole = model._numbers, model.decision is not None and model.market is not None
    state.step = draw.step
    state.flows[:] = 0.0
    new_year(state.groups)
    if model.decision is not None:
        support(network, state, model, draw)
    if whole and one_run(len(state.firms.flags)):
        check_ids(state)
        n, traits = len(state.firms.flags), np.uint64(state.traits)
        state.ties = one_year(
            0, n, BLOCK, state.places, state.firms, state.ties, state.groups, state.support, state.aid, p, draw.step, draw.key, traits, state.flows
        )
    else:
        _steps(model, state, draw)
    if model.decision is not None:
        gather(state, p, draw, model._rules.settings.window_years)
        state.levels = maturity(state, model._plan)


def _steps(model: "Participation", state: State, draw: Draw) -> None:
    """Steps 2 to 7, each over all places before the next."""
    p = model._numbers
    if model.decision is not None:
        meet(state, p, draw)
    learn(state, p, draw)
    if model.market is not None:
        innovate(state, p, draw)
        compete(state, p, draw)
    if model.decision is not None:
        part(state, p, draw)
