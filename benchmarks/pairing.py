"""What pairing gains: one event in a world of 2,000 firms, 20 years on, in the default and in the dense setting.

Run as ``python benchmarks/pairing.py [pairs] [seed]``: the table is printed and kept beside this file (``pairing.csv``). ``gain`` is the variance of a difference
between two runs without pairing over that with it, with a 95 % interval (bootstrap over pairs); ``inf``: no pair differs at all, or all by the same.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet import simulate

HERE = Path(__file__).parent
FIRMS, BURN_IN, YEARS, RESAMPLES = 2_000, 30, 20, 2_000
OUTCOMES = ("ties", "participation", "innovations", "exporters", "cluster_members")
AT = (1, 5, 10, 20)
LEAST = 10.0  #: the gain that is asked for, of all outcomes but membership of clusters, in year 20 and summed

Floats = npt.NDArray[np.float64]


def compared(*, dense: bool, invited: int, runs: int, seed: int) -> simulate.Comparison:
    """Pairs from one settled world: an event in the first year against none."""
    make = simulate.Participation.dense if dense else simulate.Participation
    event = simulate.Matchmaking(budget=15_000, start=1, end=1, participants=invited)
    lithuania = simulate.population(country="LT", firms=FIRMS, seed=seed)
    start = simulate.run(make(), lithuania, steps=BURN_IN, seed=seed).checkpoint
    return simulate.compare(make(), make(policies=event), start, steps=YEARS, runs=runs, seed=seed, outcomes=())


def gain(without: Floats, with_it: Floats) -> Floats:
    """(s²(with) + s²(without)) / s²(with − without), over the last axis."""
    apart = (with_it - without).var(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (with_it.var(axis=-1, ddof=1) + without.var(axis=-1, ddof=1)) / apart


def rows(found: simulate.Comparison, seed: int = 0) -> Iterator[dict[str, object]]:
    """One row for each outcome and year, and for the sum over the years."""
    runs = len(found.baseline.values)
    again = np.random.default_rng(seed).integers(0, runs, (RESAMPLES, runs))
    for outcome in OUTCOMES:
        at = found.baseline.names.index(outcome)
        both = [ensemble.values[:, 1:, at] for ensemble in (found.baseline, found.alternatives["alternative"])]
        for year in (*AT, "sum"):
            one, other = (values.sum(axis=1) if year == "sum" else values[:, year - 1] for values in both)
            low, high = np.quantile(gain(one[again], other[again]), [0.025, 0.975], method="nearest")
            yield {"outcome": outcome, "year": year, "without": one.mean(), "with": other.mean(), "gain": float(gain(one, other)), "low": low, "high": high}


def table(runs: int, seed: int) -> pd.DataFrame:
    """All settings."""
    made = []
    for dense in (False, True):
        for invited in (20, 40):
            found = pd.DataFrame(rows(compared(dense=dense, invited=invited, runs=runs, seed=seed)))
            made.append(found.assign(setting="dense" if dense else "default", invited=invited, pairs=runs))
    whole = pd.concat(made).set_index(["setting", "invited", "outcome", "year"])
    asked = whole.index.get_level_values("year").isin([YEARS, "sum"]) & (whole.index.get_level_values("outcome") != "cluster_members")
    whole["reached"] = (whole["gain"] >= LEAST).astype("boolean").where(asked)
    return whole


if __name__ == "__main__":
    pairs, first = (int(value) for value in (*sys.argv[1:], *("60", "1")[len(sys.argv) - 1 :]))
    result = table(pairs, first)
    result.to_csv(HERE / "pairing.csv", float_format="%.6g")
    print(result.round(3).to_string())
