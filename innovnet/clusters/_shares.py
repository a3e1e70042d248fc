"""How often each level results when what is not known is drawn from its range."""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._random import seed_key, unit_array
from innovnet.clusters._decide import decide
from innovnet.clusters._rules import Rules
from innovnet.clusters._values import Values

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_STREAM = 0x5A2E  # branch of the seed
_AT_ONCE = 200_000  # states that are decided at once
OPEN = "not decided"


def level_shares(rules: Rules, indicators: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """For each cluster of a table of indicators the share of draws in which each level results."""
    clusters = indicators.index.unique("cluster")
    tables = {key: indicators.xs(key, level="indicator").reindex(clusters) for key in rules.keys}
    values = {key: Values(*(table[part].to_numpy(dtype=np.float64) for part in Values._fields)) for key, table in tables.items()}
    decision = decide(rules, values)
    shares = np.zeros((len(clusters), len(rules.levels) + 2))
    sure = decision.low == decision.high
    shares[sure, decision.low[sure]] = 1.0
    open_ = np.flatnonzero(~sure)
    step = max(1, _AT_ONCE // draws)
    for chosen in (open_[k : k + step] for k in range(0, len(open_), step)):
        rows = np.repeat(chosen, draws)
        drawn = decide(rules, _drawn(rules, values, rows, clusters, draws, seed))
        place = np.where(drawn.low == drawn.high, drawn.low, len(rules.levels) + 1)
        shares[chosen] = np.stack([np.bincount(one, minlength=shares.shape[1]) for one in place.reshape(-1, draws)]) / draws
    return pd.DataFrame(shares, index=clusters, columns=[rules.below, *rules.levels, OPEN])


def _drawn(rules: Rules, values: dict[str, Values], rows: Ints, clusters: pd.Index, draws: int, seed: int) -> dict[str, Values]:
    """The values of the rows, each in ``draws`` states in which what has a range is a point of it. A draw hangs on the cluster and the indicator alone."""
    key, draw = int(seed_key(seed, _STREAM)), np.tile(np.arange(draws), len(rows) // draws)
    words = np.array([_words(str(clusters[row])) for row in rows[::draws]], dtype=np.uint64).repeat(draws)
    kinds = {criterion.key: rules.meaning(criterion.indicator).kind for criterion in rules.criteria}
    found = {}
    for name, value in values.items():
        low, high = value.low[rows], value.high[rows]
        by = np.uint64(_words(name) >> 32)
        unit = unit_array(draw, words & np.uint64(0xFFFFFFFF), words >> np.uint64(32), by, key)
        drawn = np.isfinite(high - low)
        width = np.where(drawn, high - low, 0.0)
        point = low + unit * width if kinds[name] == "number" else np.floor(low + unit * (width + 1))
        found[name] = Values(np.where(drawn, point, low), value.value[rows], np.where(drawn, point, high), value.known[rows])
    return found


def _words(text: str) -> int:
    """64 bits of a text, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
