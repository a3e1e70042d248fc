"""What an indicator is known to be: an interval, a point, and on how much it rests."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Values(NamedTuple):
    """An indicator of several clusters. Yes/no is 1 and 0. ``value`` is NaN where it is not defined or wholly unknown."""

    low: Floats
    value: Floats
    high: Floats
    known: Floats  #: share of what it rests on that is known, 0 to 1

    @classmethod
    def certain(cls, values: npt.ArrayLike) -> Self:
        """Values that are known; one that is not defined (NaN) is NaN in all three."""
        array = np.asarray(values, dtype=np.float64)
        return cls(array, array, array, np.ones(len(array)))

    @classmethod
    def counted(cls, yes: npt.ArrayLike, unknown: npt.ArrayLike, n: npt.ArrayLike) -> Self:
        """How many of n are so: ``yes`` certainly, ``unknown`` perhaps."""
        low, unsure, total = (np.asarray(a, dtype=np.float64) for a in (yes, unknown, n))
        value = np.where((unsure > 0) & (unsure >= total), np.nan, low)
        return cls(low, value, low + unsure, known_share(unsure, total))

    @classmethod
    def shared(cls, yes: npt.ArrayLike, unknown: npt.ArrayLike, n: npt.ArrayLike) -> Self:
        """What share of n is so: yes/n to (yes + unknown)/n, as a point yes/known; NaN where n is 0."""
        low, unsure, total = (np.asarray(a, dtype=np.float64) for a in (yes, unknown, n))
        with np.errstate(invalid="ignore", divide="ignore"):
            return cls(low / total, low / (total - unsure), (low + unsure) / total, known_share(unsure, total))

    @classmethod
    def stacked(cls, several: Sequence["Values"]) -> Self:
        """The values of one group of clusters after the other."""
        return cls(*(np.concatenate(parts) for parts in zip(*several, strict=True)))

    def unless(self, unknown: Mask, low: npt.ArrayLike = 0.0, high: npt.ArrayLike = np.inf) -> Self:
        """These values, but anything from ``low`` to ``high`` where they are wholly unknown."""
        return type(self)(
            np.where(unknown, low, self.low), np.where(unknown, np.nan, self.value), np.where(unknown, high, self.high), np.where(unknown, 0.0, self.known)
        )

    def frame(self, index: pd.Index) -> pd.DataFrame:
        """As a table with one row for each cluster."""
        return pd.DataFrame({"value": self.value, "low": self.low, "high": self.high, "known": self.known}, index=index)


def known_share(unknown: Floats, n: Floats) -> Floats:
    """The share that is known; 1 of nothing."""
    return np.where(n > 0, 1.0 - unknown / np.maximum(n, 1.0), 1.0)
