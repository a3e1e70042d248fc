"""Tests against a null model: one form of table, one way to p-values."""

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet import __version__
from innovnet._check import check_choice

TOLERANCE = 1e-12  # values of a statistic that differ by less, relative to their size, are equal: sums in another order must not decide a p-value

Floats = npt.NDArray[np.float64]
Correction = Literal["bonferroni", "holm", "bh"]


def tails(observed: Floats, samples: Floats) -> tuple[Floats, Floats]:
    """Simulated p-values, p_lower = (1 + #{T <= t}) / (1 + R) and p_upper likewise; ``samples`` is runs × values. NaN where anything is undefined."""
    runs = len(samples)
    slack = TOLERANCE * np.maximum(1.0, np.abs(observed))
    lower = (1.0 + (samples <= observed + slack).sum(axis=0)) / (1.0 + runs)
    upper = (1.0 + (samples >= observed - slack).sum(axis=0)) / (1.0 + runs)
    undefined = np.isnan(observed) | np.isnan(samples).any(axis=0)
    return np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper)


def two_sided(lower: Floats, upper: Floats) -> Floats:
    """p = min(1, 2 · min(p_lower, p_upper))."""
    return np.minimum(1.0, 2.0 * np.minimum(lower, upper))


def chance_table(
    index: pd.Index, observed: npt.ArrayLike, expected: npt.ArrayLike, sd: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, **attrs: Any
) -> pd.DataFrame:
    """A test table; z is (observed − expected) / sd, NaN where sd is 0, and describes only. ``attrs`` say what was tested against what."""
    seen, mean, spread, low, high = (np.asarray(v, dtype=np.float64) for v in (observed, expected, sd, lower, upper))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(spread > 0, (seen - mean) / spread, np.nan)
    table = pd.DataFrame({"observed": seen, "expected": mean, "sd": spread, "z": z, "p_lower": low, "p_upper": high, "p": two_sided(low, high)}, index=index)
    table.attrs.update(attrs, version=__version__)
    return table


def simulated_table(index: pd.Index, observed: npt.ArrayLike, samples: npt.ArrayLike, **attrs: Any) -> pd.DataFrame:
    """A test table whose moments and p-values come from ``samples`` (runs × values); sd with R − 1."""
    seen, drawn = np.asarray(observed, dtype=np.float64), np.asarray(samples, dtype=np.float64)
    # less the first sample: where all are equal the spread is exactly 0
    sd = (drawn - drawn[:1]).std(axis=0, ddof=1) if len(drawn) > 1 else np.full(seen.shape, np.nan)
    return chance_table(index, seen, drawn.mean(axis=0), sd, *tails(seen, drawn), **attrs)


def adjusted(p: npt.ArrayLike, correction: Correction) -> Floats:
    """p-values adjusted for the number of tests: Bonferroni, Holm, or Benjamini & Hochberg. NaN stays NaN and is no test."""
    check_choice(correction, get_args(Correction), "correction")
    raw = np.asarray(p, dtype=np.float64)
    tests = raw[~np.isnan(raw)]
    match correction:
        case "bonferroni":
            found = np.minimum(1.0, tests * len(tests))
        case "holm":
            order = np.argsort(tests, kind="stable")
            found = np.empty_like(tests)
            found[order] = np.minimum(1.0, np.maximum.accumulate(tests[order] * np.arange(len(tests), 0, -1)))
        case "bh":
            order = np.argsort(-tests, kind="stable")
            found = np.empty_like(tests)
            found[order] = np.minimum(1.0, np.minimum.accumulate(tests[order] * (len(tests) / np.arange(len(tests), 0, -1))))
    result = np.full(raw.shape, np.nan)
    result[~np.isnan(raw)] = found
    return result
