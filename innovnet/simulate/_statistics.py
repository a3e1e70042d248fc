"""Means over runs and their intervals."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

Floats = npt.NDArray[np.float64]
LEVEL = 0.95  #: of every interval


def product_index(**levels: Sequence[Any]) -> pd.MultiIndex:
    """All combinations, in the order given: looked up as fast as a sorted index, though names are not in the order of the alphabet."""
    codes = np.indices([len(values) for values in levels.values()]).reshape(len(levels), -1)
    return pd.MultiIndex(levels=[pd.Index(values) for values in levels.values()], codes=list(codes), names=list(levels))


class Spread(NamedTuple):
    """Over the first axis, the runs, without those where the value is not defined."""

    mean: Floats
    sd: Floats  #: with n − 1
    n: npt.NDArray[np.int64]

    @property
    def se(self) -> Floats:
        """Standard error of the mean."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.sd / np.sqrt(self.n)

    @property
    def half(self) -> Floats:
        """Half the width of the interval of the mean."""
        return t_value(self.n - 1) * self.se


def spread(values: Floats) -> Spread:
    """Mean and standard deviation over the first axis; equal values have exactly their value and 0."""
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    first = np.take_along_axis(values, known.argmax(axis=0)[None], axis=0)
    away = np.where(known, values - first, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = away.sum(axis=0) / n
        squares = np.where(known, (away - shift) ** 2, 0.0).sum(axis=0)
        sd = np.sqrt(np.where(n > 1, squares / (n - 1), np.nan))
    return Spread(first[0] + shift, sd, n)


def t_value(freedom: npt.ArrayLike) -> Floats:
    """The quantile of Student's t that bounds an interval; NaN without a degree of freedom."""
    df = np.asarray(freedom, dtype=np.float64)
    found: Floats = np.where(df > 0, stdtrit(np.maximum(df, 1), (1 + LEVEL) / 2), np.nan)
    return found


def fieller(above: Floats, below: Floats) -> tuple[float, float, float]:
    """Ratio of the means of pairs and the bounds of its interval; NaN where the mean ``below`` cannot be told from 0.

    The bounds are the θ with (mean above − θ mean below)² = t² var(above − θ below) / n: Fieller (1954), doi:10.1111/j.2517-6161.1954.tb00159.x.
    """
    n = len(above)
    if n < 2:
        return np.nan, np.nan, np.nan
    a, b = above.mean(), below.mean()
    (saa, sab), (_, sbb) = np.cov(above, below) * float(t_value(n - 1)) ** 2 / n
    square, product, rest = b * b - sbb, a * b - sab, a * a - saa
    if not square > 0:
        return np.nan, np.nan, np.nan
    root = np.sqrt(max(0.0, product * product - square * rest))
    return float(a / b), float((product - root) / square), float((product + root) / square)
