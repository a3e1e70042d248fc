"""Step 7: trust changes, and ties end."""

from innovnet.simulate._model import Draw
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._part_kernel import part_ties
from innovnet.simulate._participation._state import ENDED_TIES, State
from innovnet.simulate._participation._sweep import sweep


def part(state: State, p: Numbers, draw: Draw) -> None:
    """Ties whose partner left the market or that are not worth their while are marked as ended, in place; the next year drops them."""
    firms, ties = state.firms, state.ties
    state.flows[ENDED_TIES] = sum(sweep(len(firms.flags), lambda low, high: part_ties(low, high, firms, ties, p, draw.step, draw.key)))
