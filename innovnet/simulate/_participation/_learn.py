"""Step 4: firms meet partners and learn."""

import numpy as np

from innovnet.simulate._model import Draw
from innovnet.simulate._participation._learn_kernel import meet_round, point, renew
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import State
from innovnet.simulate._participation._sweep import sweep


def learn(state: State, p: Numbers, draw: Draw) -> None:
    """Meetings in rounds, what was learnt in them, and the renewal of knowledge, in place. Cost: O(places + rounds × ties)."""
    places, firms, ties = state.places, state.firms, state.ties
    n = len(firms.flags)
    toward = np.empty((n, p.rounds), dtype=np.uint32)
    sweep(n, lambda low, high: point(low, high, places, firms, ties, draw.step, draw.key, toward))
    for r in range(p.rounds):
        sweep(n, lambda low, high, r=r: meet_round(low, high, r, places, firms, ties, p, draw.step, draw.key, toward))  # type: ignore[misc]
    sweep(n, lambda low, high: renew(low, high, places, firms, p, np.uint64(state.traits)))
