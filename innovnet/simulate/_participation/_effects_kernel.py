"""What taking part adds to a firm's probability of innovating, known here because the model is known."""

import numpy as np

from innovnet._kernel import kernel
from innovnet.simulate._participation._innovate_kernel import STRIP, add_support, hazard, network_terms
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import ENTERED, F4, Aid, Firms, Places, Ties


@kernel
def effects(low: int, high: int, places: Places, firms: Firms, ties: Ties, aid: Aid, p: Numbers, step: int, found: F4) -> None:
    """(1 − e**(−λ e**N)) − (1 − e**−λ) of places ``low`` to ``high``; 0 for bodies and for firms that entered after innovations were made."""
    for first in range(low, high, STRIP):
        end = min(first + STRIP, high)
        support = np.zeros(end - first, dtype=np.float32)
        network_terms(first, firms.learned[first:end], ties, p, found[first:end])
        add_support(aid.gain[first:end], aid.gain_until[first:end], step, support)
        for i in range(first, end):
            away = places.sector[i] == places.sectors or (firms.flags[i] & np.uint8(ENTERED)) > 0
            alone = np.float64(hazard(firms.employees[i], firms.quality[i], support[i - first], p))
            found[i] = 0.0 if away else np.exp(-alone) - np.exp(-alone * np.exp(np.float64(found[i])))
