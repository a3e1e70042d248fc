"""Drawing what is not known of organisations, and keeping account of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import some
from innovnet._random import seed_key, unit_array
from innovnet.simulate._shares import FIRM, LEAST, SIZES, Share, constant, share, sole_share

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_BRANCH = (1, 0x494D50)  # of the seed
SIZE, SECTOR, PERSONS, REGION, AGE, STAFF = range(1, 7)  # purposes of the draws; never renumbered


class Ledger:
    """The draws of one population, each by the position of the actor, and what was drawn or assumed."""

    def __init__(self, index: pd.Index, seed: int) -> None:
        self.index = index
        self.rows: list[tuple[str, str, int, str, str]] = []
        self._key = int(seed_key(seed, *_BRANCH))

    def unit(self, purpose: int, n: int = 0) -> Floats:
        """A number in [0, 1) for each actor."""
        return unit_array(np.arange(len(self.index)), n, purpose << 16, 0, self._key)

    def note(self, item: str, mask: Bools, action: str = "drawn") -> None:
        """Write down what was done to these actors, if there are any."""
        if mask.any():
            self.rows.append((item, "actors", int(mask.sum()), action, some(self.index[mask], 3)))


def among(values: pd.Series, otherwise: Callable[[Any], Share], groups: pd.Series, wanted: Bools, u: Floats) -> pd.Series:
    """``values`` with those wanted drawn: as the known ones of their group are distributed, else by a share of the group."""
    found = values.astype("object")
    for group, rows in found[wanted].groupby(groups[wanted], sort=True):
        known = found[(groups == group).to_numpy() & ~wanted].dropna().value_counts().sort_index()
        if len(known):
            labels, parts = known.index.to_numpy(), known.to_numpy() / known.sum()
        else:
            told = otherwise(group)
            labels, parts = np.array(told.classes, dtype=object), told.parts
        here = found.index.get_indexer(rows.index)
        found.iloc[here] = labels[np.searchsorted(np.cumsum(parts)[:-1], u[here], side="right")]
    return found


def sizes_of(employees: Floats) -> npt.NDArray[np.object_]:
    """Size classes of firms by employees alone; missing where they are not known."""
    labels = np.array([*SIZES, None], dtype=object)
    return labels[np.where(np.isnan(employees), len(SIZES), np.searchsorted(LEAST[1:], employees, side="right"))]


def people(size: pd.Series, country: pd.Series, u: Floats) -> Floats:
    """Employees drawn within the size class: one person or a bounded Pareto distribution in micro firms, a bounded Pareto distribution in others."""
    code = pd.Categorical(size, categories=list(SIZES)).codes.astype(np.int64)
    bounds, exponent = np.array([*LEAST, constant("employees", "largest")]), constant("employees", "exponent")
    alone = country.map({nation: _alone(nation) for nation in country.dropna().unique()}).to_numpy(dtype=np.float64)
    alone = np.where(code == 0, alone, 0.0)
    v = np.clip((u - alone) / (1 - alone), 0, 1)
    low, high = bounds[code] ** -exponent, bounds[code + 1] ** -exponent
    drawn = np.minimum((low - v * (low - high)) ** (-1 / exponent), np.nextafter(bounds[code + 1].astype(np.float32), np.float32(0)))
    return np.asarray(np.where(u < alone, 1.0, drawn))


def _alone(country: str) -> float:
    """Share of one-person firms among micro firms."""
    sizes = share(country, "size")
    return sole_share(sizes) / float(sizes.parts[0])


def staff(u: Floats, v: Floats) -> Floats:
    """Staff of R&D bodies: log-normal."""
    normal = np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
    return np.asarray(np.maximum(1.0, constant("body", "staff") * np.exp(constant("body", "spread") * normal)))


def is_firm(actors: pd.DataFrame) -> Bools:
    """Which actors are firms."""
    return (actors["type"] == FIRM).to_numpy(dtype=bool)
