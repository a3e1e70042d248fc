"""What taking part adds to a firm's probability of innovating, known here because the model is known."""

import numpy as np

from innovnet._kernel import kernel
from innovnet.simulate._participation._innovate_kernel import hazard, network_term, support_of
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import ENTERED, F4, Aid, Firms, Places, Ties


@kernel
def effects(low: int, high: int, places: Places, firms: Firms, ties: Ties, aid: Aid, p: Numbers, step: int, found: F4) -> None:
    """(1 − e**(−λ e**N)) − (1 − e**−λ) of places ``low`` to ``high``; 0 for bodies and for firms that entered after innovations were made."""
    for i in range(low, high):
        found[i] = np.float32(0.0)
        if places.sector[i] == places.sectors or firms.flags[i] & np.uint8(ENTERED):
            continue
        network, support = network_term(i, firms, ties, p), support_of(i, aid, step)
        alone = float(hazard(firms.employees[i], firms.quality[i], support, p))
        found[i] = np.exp(-alone) - np.exp(-alone * np.exp(float(network)))
