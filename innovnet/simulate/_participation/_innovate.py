"""Step 5: firms innovate, and productivity moves on."""

from innovnet.simulate._model import Draw
from innovnet.simulate._participation._innovate_kernel import innovations
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import INNOVATIONS, State
from innovnet.simulate._participation._sweep import sweep


def innovate(state: State, p: Numbers, draw: Draw) -> None:
    """Innovations and productivity of the year, in place. Cost: O(places + ties)."""
    places, firms, ties, aid = state.places, state.firms, state.ties, state.aid
    state.flows[INNOVATIONS] = sum(sweep(len(firms.flags), lambda low, high: innovations(low, high, places, firms, ties, aid, p, draw.step, draw.key)))
