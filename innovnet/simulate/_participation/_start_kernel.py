"""Quality, own knowledge and productivity of those who are there at the start."""

import numpy as np

from innovnet._kernel import inlined, kernel
from innovnet._random import normal, philox
from innovnet.simulate._participation._draws_kernel import own_knowledge, tag
from innovnet.simulate._participation._numbers import ENTRY, QUALITY, Numbers
from innovnet.simulate._participation._state import Firms, Places


@inlined
def newcomer(i: int, who: np.uint32, mean: float, places: Places, firms: Firms, p: Numbers, key: np.uint64, traits: np.uint64) -> None:
    """The firm that holds place i from now on: quality q, log productivity around ``mean`` + quality_z q, own knowledge."""
    w = philox(who, np.uint32(0), tag(QUALITY, 0), np.uint32(0), key)
    quality = np.float32(normal(w[0], w[1], w[2], w[3]))
    w = philox(who, np.uint32(0), tag(ENTRY, 0), np.uint32(0), key)
    spread = p.shock / np.sqrt(1.0 - p.persistence * p.persistence)
    firms.quality[i] = quality
    firms.productivity[i] = np.float32(mean + p.quality_z * quality + spread * normal(w[0], w[1], w[2], w[3]))
    own_knowledge(places.profile, places.quantile, places.sector[i], quality, p.quality_k, who, traits, firms.knowledge[i])


@kernel
def begin(low: int, high: int, places: Places, firms: Firms, p: Numbers, key: np.uint64) -> None:
    """Places ``low`` to ``high`` at the start; a place's first firm has its number as id."""
    for i in range(low, high):
        newcomer(i, np.uint32(i), 0.0, places, firms, p, key, key)
