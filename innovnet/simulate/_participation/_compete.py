"""Step 6: firms export, leave, enter and share the market."""

import numpy as np

from innovnet.errors import DataError
from innovnet.simulate._model import Draw
from innovnet.simulate._participation._compete_kernel import mean_productivity, people_per_weight, settle, trials, workforce
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import EXITS, State
from innovnet.simulate._participation._sweep import BLOCK, sweep


def compete(state: State, p: Numbers, draw: Draw) -> None:
    """Export, exit, entry and market shares of the year, in place; the number of exits goes to ``state.flows``. Cost: O(places + ties)."""
    check_ids(state)
    places, firms, ties, aid = state.places, state.firms, state.ties, state.aid
    n = len(firms.flags)
    blocks = -(-n // BLOCK)
    sums, weights, exits = np.zeros((blocks, places.sectors, 2)), np.zeros((blocks, places.sectors)), np.zeros(blocks, dtype=np.int64)
    sweep(n, lambda low, high: workforce(low, high, BLOCK, places, firms, sums))
    means = mean_productivity(sums)
    sweep(n, lambda low, high: trials(low, high, BLOCK, places, firms, ties, aid, p, draw.step, draw.key, means, weights, exits))
    factors = people_per_weight(places, weights)
    sweep(n, lambda low, high: settle(low, high, places, firms, aid, p, draw.step, draw.key, np.uint64(state.traits), means, factors))
    state.flows[EXITS] += exits.sum()


def check_ids(state: State) -> None:
    """Raise if this year's entrants could get numbers beyond 32 bits: id = place + places × generation."""
    n, latest = len(state.firms.generation), int(state.firms.generation.max(initial=0))
    if n * (latest + 2) > 2**32:
        msg = (
            f"step {state.step}: a place has seen {latest + 1} firms, and with {n:,} places the numbers of the next ones would pass 2**32. "
            "Simulate fewer years, or a smaller population."
        )
        raise DataError(msg)
