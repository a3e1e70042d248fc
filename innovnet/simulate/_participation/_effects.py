"""The true effect of participation on those who take part."""

import numpy as np

from innovnet.simulate._participation._effects_kernel import effects
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import F4, State
from innovnet.simulate._participation._sweep import sweep


def participation_effect(state: State, p: Numbers) -> F4:
    """What a firm's own participation adds to its probability of innovating in the year of the state, by place, −1 to 1.

    The same state with the network term N set to 0 for this firm alone: (1 − e**(−λ e**N)) − (1 − e**−λ), in closed form. Ties are those of the year, the ones
    that ended after innovations were made included; employees are those at its end. Exactly 0 without ties and learning, and with ``network_effect=0``.
    """
    n = len(state.firms.flags)
    found = np.empty(n, dtype=np.float32)
    sweep(n, lambda low, high: effects(low, high, state.places, state.firms, state.ties, state.aid, p, state.step, found))
    return found
