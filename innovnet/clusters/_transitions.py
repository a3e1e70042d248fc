"""How often clusters pass from one level to another within a year, and how sure that is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from innovnet._random import seed_key, unit_array

FEW = 10  # transitions out of a state below which a row is not to be read
_STREAM = 0x7A5
_CHUNK = 250
Floats = npt.NDArray[np.float64]


def jeffreys(counts: npt.ArrayLike, states: npt.ArrayLike | None = None) -> tuple[Floats, Floats, Floats]:
    """Mean and 95 % interval of each share of a row of counts under a Dirichlet(½) prior over the states that are possible (all, if not said).

    ``(n + ½)/(N + K/2)`` and the quantiles of Beta(n + ½, N − n + (K − 1)/2); NaN where a state is not possible.
    """
    n = np.asarray(counts, dtype=np.float64)
    possible = np.ones(len(n), dtype=bool) if states is None else np.asarray(states, dtype=bool)
    total, k = n[possible].sum(), possible.sum()
    mean = (n + 0.5) / (total + k / 2)
    low, high = (special.betaincinv(n + 0.5, total - n + (k - 1) / 2, q) for q in (0.025, 0.975))
    return tuple(np.where(possible, values, np.nan) for values in (mean, low, high))  # type: ignore[return-value]


def transition_table(pairs: pd.DataFrame, states: Sequence[str], entry: str, possible: npt.NDArray[np.bool_], *, runs: int, seed: int) -> pd.DataFrame:
    """One row for each pair of states, from ``pairs`` (cluster, source, target).

    The source may be ``entry``, for clusters in their first year. Columns: source, target, count, total, share, mean, low, high (Jeffreys), bootstrap_low,
    bootstrap_high (over clusters: the years of one cluster depend on each other), few.
    """
    rows = [entry, *states]
    source, target = pd.Index(rows).get_indexer(pd.Index(pairs["source"])), pd.Index(states).get_indexer(pd.Index(pairs["target"]))
    cluster, _names = pd.factorize(pairs["cluster"], sort=True)
    shape = (int(cluster.max(initial=-1)) + 1, len(rows), len(states))
    each = np.zeros(shape, dtype=np.float64)
    np.add.at(each, (cluster, source, target), 1.0)
    counts, totals = each.sum(axis=0), each.sum(axis=(0, 2))
    spread = _bootstrap(each, runs, seed)
    found = []
    for i, name in enumerate(rows):
        if name not in (entry, *states[:-1]):  # what is dissolved has no next year
            continue
        mean, low, high = jeffreys(counts[i], possible[i])
        with np.errstate(invalid="ignore"):
            share = counts[i] / totals[i]
        values = {"source": name, "target": states, "count": counts[i].astype(np.int64), "total": int(totals[i]), "share": share, "mean": mean}
        values |= {"low": low, "high": high, "bootstrap_low": spread[0][i], "bootstrap_high": spread[1][i], "few": totals[i] < FEW}
        found.append(pd.DataFrame(values))
    return pd.concat(found, ignore_index=True).astype({"source": "str", "target": "str"})


def _bootstrap(each: Floats, runs: int, seed: int) -> tuple[Floats, Floats]:
    """The 2.5 % and 97.5 % quantiles of each share when clusters are drawn anew."""
    clusters, rows, columns = each.shape
    flat, shares = each.reshape(clusters, rows * columns), np.full((runs, rows, columns), np.nan)
    key = int(seed_key(seed, _STREAM))
    for begin in range(0, runs if clusters else 0, _CHUNK):
        run = np.arange(begin, min(begin + _CHUNK, runs))
        drawn = (unit_array(run[:, None], np.arange(clusters)[None, :], 0, 0, key) * clusters).astype(np.int64)
        times = np.zeros((len(run), clusters))
        np.add.at(times, (np.arange(len(run))[:, None], drawn), 1.0)
        sums = (times @ flat).reshape(len(run), rows, columns)
        with np.errstate(invalid="ignore"):
            shares[run] = sums / sums.sum(axis=2, keepdims=True)
    drawn_at_all = ~np.isnan(shares).all(axis=0)
    low, high = np.full((2, rows, columns), np.nan)
    if drawn_at_all.any():
        low[drawn_at_all], high[drawn_at_all] = np.nanquantile(shares[:, drawn_at_all], (0.025, 0.975), axis=0)
    return low, high
