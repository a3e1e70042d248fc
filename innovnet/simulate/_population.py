"""Synthetic populations of firms and R&D bodies, made from public shares."""

import math
import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_whole, did_you_mean
from innovnet._parallel import run
from innovnet._random import seed_key
from innovnet.errors import DataError, DataWarning
from innovnet.graph._network import Network
from innovnet.graph._tables import freeze, quality
from innovnet.simulate._check_population import check_population as check_population
from innovnet.simulate._population_kernel import count_sectors, fill_firms
from innovnet.simulate._shares import LEAST, SIZES, TYPES, Share, apportioned, categorical, constant, countries, places, regions, share, sole_share

Counts = npt.NDArray[np.int64]

_CHUNK = 2**18  # rows
_BRANCH = (1, 0x504F50)  # of the seed: far from those of runs
_PERSONS, _SECTORS, _SIZES = 0, 1, 2


class Blocks(NamedTuple):
    """Rows of a population: blocks of a region and a sector, bodies (sector -1) last in each region."""

    region: npt.NDArray[np.int16]
    sector: npt.NDArray[np.int8]


class People(NamedTuple):
    """What is drawn of each row."""

    employees: npt.NDArray[np.float32]
    size: npt.NDArray[np.int8]  #: -1 for bodies
    age: npt.NDArray[np.int16]


def population(*, country: str, firms: int, seed: int, bodies: int | None = None, progress: bool | None = None) -> Network:
    """A synthetic population of firms and R&D bodies of a country or the EU, without ties: who could take part in networks and clusters.

    Totals are exact, by largest remainder: firms by size class, by sector and by region, bodies by region. Which firm of a region has which sector and size is
    drawn. A class from a to b persons has people E with P(E > x) = (x^-1.1 - b^-1.1) / (a^-1.1 - b^-1.1).

    Parameters
    ----------
    country
        ``"EU"`` (27 countries, NUTS 2 regions) or one of these, of Norway or of Switzerland as Eurostat writes it (NUTS 3 regions in Denmark, Estonia, Latvia,
        Lithuania, Malta, the Netherlands and Norway, else NUTS 2).
    firms
        Number of firms, from 1 to 100 million. The EU has about 23 million in the narrower scope of its statistics, Lithuania about 105,000 (2011).
    seed
        Of the draws; the same seed gives the same bits, in any number of threads. A smaller population is not the beginning of a larger one.
    bodies
        Number of R&D bodies; without it one for 2,000 firms and at least one for two regions.
    progress
        Whether to show a bar; without it, on a terminal, after 2 seconds.

    Returns
    -------
    Network
        No ties; ``actors`` by region, then sector, bodies last in each region: ``type`` ("firm", "institute"), ``employees`` (persons, at least 1), ``size``,
        ``sector`` (sections of NACE Rev. 2.1; neither for bodies), ``region``, ``country``, ``lat`` and ``lon`` (of the region), ``age`` (years),
        ``high_value`` (by sector). ``quality`` names the source of each figure or says that it is an assumption.

    Raises
    ------
    DataError
        A country of which no regions are known; a number of firms or bodies that is none.

    Warns
    -----
    DataWarning
        The country has no figures of its own for sizes or sectors: those of the EU are taken.

    Notes
    -----
    Shares ship as a small table with their sources; nothing is downloaded. Firms per region follow residents, as no number of enterprises by region is at hand:
    regions with many enterprises for each resident (capitals) have too few. Cost: O(firms); a table of 23 million firms takes 0.5 GB.

    Examples
    --------
    >>> import innovnet as inn
    >>> lithuania = inn.simulate.population(country="LT", firms=2000, seed=1)
    >>> lithuania.actors["size"].value_counts().to_dict()
    {'micro': 1751, 'small': 205, 'medium': 39, 'large': 5}
    >>> sorted(lithuania.quality["action"].unique())
    ['assumption', 'source']
    """
    _check_request(country, firms, seed, bodies)
    firms, seed, bodies = int(firms), int(seed), None if bodies is None else int(bodies)  # numbers of numpy can have as few as 8 bits
    area = regions(country)
    used = [area, *(share(country, item) for item in ("size", "sector", "sole"))]
    if bodies is None:
        bodies = max(round(firms / constant("body", "firms")), math.ceil(len(area.classes) / constant("body", "regions")))
    rows = _blocks(area, used[2], firms, bodies, seed, progress)
    actors = _actors(rows, area, used[2].classes, _people(rows.sector < 0, used[1], firms, seed, progress))
    borrowed = [one.item for one in used if one.country == "EU" != country and one.item != "sole"]
    if borrowed:
        msg = f"population({country!r}): no figures of its own for {' and '.join(borrowed)}; those of the EU are taken. See its quality."
        warnings.warn(msg, DataWarning, stacklevel=2)
    noted = _noted(used, firms, bodies)
    return Network._from_csr(actors, sparse.csr_array((len(actors), len(actors)), dtype=np.float64), noted=noted)


def _check_request(country: str, firms: int, seed: int, bodies: int | None) -> None:
    known = ("EU", *countries())
    if not isinstance(country, str) or country not in known:
        near = did_you_mean(country if isinstance(country, str) else "", known)
        msg = f"country={country!r}: no regions of it are known. {near} For another one make a table of actors and Network.from_frames."
        raise DataError(msg)
    check_whole(firms, "firms", 1)
    check_whole(seed, "seed", 0)
    if bodies is not None:
        check_whole(bodies, "bodies", 0)
    for name, number in (("firms", firms), ("bodies", bodies)):
        if number is not None and number > 100_000_000:
            msg = f"{name}={number} is more than 100 million. The whole EU has about 33 million enterprises."
            raise DataError(msg)


def _blocks(area: Share, sectors: Share, firms: int, bodies: int, seed: int, progress: bool | None) -> Blocks:
    """Region and sector of each row."""
    region_ends, sector_ends = freeze(np.cumsum(apportioned(firms, area.parts)), np.cumsum(apportioned(firms, sectors.parts)))
    key, half = seed_key(seed, *_BRANCH, _SECTORS), _half(firms)
    cells = np.zeros((len(region_ends), len(sector_ends) + 1), dtype=np.int64)

    def task(chunk: int) -> Counts:
        return count_sectors(chunk * _CHUNK, min((chunk + 1) * _CHUNK, firms), region_ends, sector_ends, half, key)

    for part in run(task, -(-firms // _CHUNK), what="sectors", progress=progress):
        cells[:, :-1] += part
    cells[:, -1] = apportioned(bodies, area.parts)
    regions_of = np.repeat(np.arange(len(cells), dtype=np.int16), cells.sum(axis=1))
    codes = np.append(np.arange(len(sector_ends), dtype=np.int8), np.int8(-1))
    return Blocks(regions_of, np.repeat(np.tile(codes, len(cells)), cells.ravel()))


def _half(n: int) -> np.uint64:
    """Half the bits of the numbers below n, rounded up."""
    return np.uint64(max(1, -(-max(n - 1, 1).bit_length() // 2)))


def _people(is_body: npt.NDArray[np.bool_], sizes: Share, firms: int, seed: int, progress: bool | None) -> People:
    """Employees, size class and age of each row."""
    n = len(is_body)
    found = People(np.empty(n, dtype=np.float32), np.empty(n, dtype=np.int8), np.empty(n, dtype=np.int16))
    counts = apportioned(firms, sizes.parts)
    sole = min(int(counts[0]), round(firms * sole_share(sizes)))
    ends, bounds = np.cumsum([sole, counts[0] - sole, *counts[1:]]), np.array([*LEAST, constant("employees", "largest")])
    numbers = np.array([constant("employees", "exponent"), constant("age", "mean"), constant("body", "staff"), constant("body", "spread")])
    starts = np.arange(0, n, _CHUNK)
    before = starts - np.append(0, np.cumsum(np.add.reduceat(is_body, starts, dtype=np.int64)))[:-1]
    is_body, ends, bounds, numbers = freeze(is_body, ends, bounds, numbers)
    keys = seed_key(seed, *_BRANCH, _SIZES)

    def task(chunk: int) -> None:
        start = int(starts[chunk])
        fill_firms(start, min(start + _CHUNK, n), int(before[chunk]), is_body, ends, bounds, numbers, _half(firms), keys, *found)

    for _ in run(task, len(starts), what="people", progress=progress):
        pass
    return found


def _actors(rows: Blocks, area: Share, sectors: tuple[str, ...], people: People) -> pd.DataFrame:
    nations = tuple(dict.fromkeys(region[:2] for region in area.classes))
    nation = np.array([nations.index(region[:2]) for region in area.classes], dtype=np.int8)
    where = places(area.classes).to_numpy(dtype=np.float32)
    valued = np.append(np.isin(sectors, share("EU", "high_value").classes), False)
    columns = {
        "type": categorical(np.where(rows.sector < 0, np.int8(2), np.int8(0)), TYPES),
        "employees": people.employees,
        "size": categorical(people.size, SIZES),
        "sector": categorical(rows.sector, sectors),
        "region": categorical(rows.region, area.classes),
        "country": categorical(nation[rows.region], nations),
        "lat": where[rows.region, 0],
        "lon": where[rows.region, 1],
        "age": people.age,
        "high_value": valued[rows.sector],
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows.region), name="actor"), copy=False)


_MEANINGS = {
    "region": "firms by region as residents are; lat and lon of a firm are those of its region",
    "size": "size classes",
    "sector": "sectors (sections of NACE Rev. 2.1)",
}


def _noted(used: list[Share], firms: int, bodies: int) -> pd.DataFrame:
    """What the population was made of: one row for each figure, with the number of actors it touches."""
    rows = [(_MEANINGS[one.item], one.country, firms, "source" if one.known else "assumption", one.sources) for one in used if one.item in _MEANINGS]
    sole = f"{sole_share(used[1]):.1%} of firms are one person"
    exponent, largest, age = constant("employees", "exponent"), constant("employees", "largest"), constant("age", "mean")
    valued = ", ".join(share("EU", "high_value").classes)
    staff, spread = constant("body", "staff"), constant("body", "spread")
    rows += [
        ("number of enterprises by region taken as that of residents", "EU", firms, "assumption", ""),
        ("sectors and sizes taken as independent of each other and of regions", "EU", firms, "assumption", ""),
        (sole, "EU", firms, "assumption", share("EU", "sole").sources),
        (f"employees within a class: Pareto, exponent {exponent}, at most {largest:,.0f}", "EU", firms, "assumption", share("EU", "employees").sources),
        (f"age: exponential, mean {age:.0f} years", "EU", firms + bodies, "assumption", ""),
        (f"high-value sectors: {valued}", "EU", firms, "assumption", share("EU", "high_value").sources),
        (f"staff of R&D bodies: log-normal, median {staff:.0f}, log sd {spread}", "EU", bodies, "assumption", ""),
    ]
    return quality(rows)
