"""Firms of a synthetic population: who has which sector and size, by keyed order, in linear time and without a list to shuffle."""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel
from innovnet._random import mix, normal, open_unit, philox

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_ROUNDS = 6
_ONE = np.uint64(1)
PEOPLE, STAFF = 1, 2  # purposes of the draws; never renumbered


@kernel
def shuffled(place: np.uint64, n: np.uint64, half: np.uint64, key: np.uint64) -> np.uint64:
    """Where a keyed order of the numbers below ``n`` puts ``place``: a Feistel network over ``2 half`` bits, walked until it falls below ``n``."""
    mask = (_ONE << half) - _ONE
    while True:
        left, right = place >> half, place & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (mix(mix(key + np.uint64(turn)) ^ right) & mask)
        place = (left << half) | right
        if place < n:
            return place


@kernel
def class_of(rank: int | np.int64, ends: Counts) -> int:
    """The class of a rank, where class c ends before rank ``ends[c]``."""
    c = 0
    while rank >= ends[c]:
        c += 1
    return c


@kernel
def count_sectors(start: int, stop: int, region_ends: Counts, sector_ends: Counts, half: np.uint64, key: np.uint64) -> npt.NDArray[np.int64]:
    """Regions × sectors: firms from ``start`` to ``stop``, which are in order of regions and have sectors in keyed order."""
    cells = np.zeros((len(region_ends), len(sector_ends)), dtype=np.int64)
    n = np.uint64(region_ends[-1])
    region = class_of(start, region_ends) if stop > start else 0
    for firm in range(start, stop):
        while firm >= region_ends[region]:
            region += 1
        cells[region, class_of(np.int64(shuffled(np.uint64(firm), n, half, key)), sector_ends)] += 1
    return cells


@kernel
def pareto(u: float, least: float, end: float, exponent: float) -> float:
    """The quantile of a bounded Pareto distribution."""
    low = least**-exponent
    return (low - u * (low - end**-exponent)) ** (-1.0 / exponent)


@kernel
def fill_firms(
    start: int,
    stop: int,
    firm: int,
    is_body: npt.NDArray[np.bool_],
    size_ends: Counts,
    bounds: Floats,
    numbers: Floats,
    half: np.uint64,
    key: np.uint64,
    employees: npt.NDArray[np.float32],
    size: npt.NDArray[np.int8],
    age: npt.NDArray[np.int16],
) -> None:
    """Employees, size class and age of the rows from ``start`` to ``stop``; ``firm`` firms stand before them.

    ``size_ends`` has firms without employees first, then the four size classes that start at ``bounds``; ``numbers`` are the Pareto exponent, the mean age,
    the median staff of bodies and its log sd.
    """
    n = np.uint64(size_ends[-1])
    exponent, mean_age, staff, spread = numbers[0], numbers[1], numbers[2], numbers[3]
    for row in range(start, stop):
        w0, w1, _w2, _w3 = philox(np.uint32(row), np.uint32(0), np.uint32(PEOPLE), np.uint32(0), key)
        age[row] = min(32767.0, np.floor(-mean_age * np.log(open_unit(w1))))
        if is_body[row]:
            s0, s1, s2, s3 = philox(np.uint32(row), np.uint32(0), np.uint32(STAFF), np.uint32(0), key)
            employees[row] = max(1.0, staff * np.exp(spread * normal(np.uint32(s0), np.uint32(s1), np.uint32(s2), np.uint32(s3))))
            size[row] = -1
            continue
        found = class_of(np.int64(shuffled(np.uint64(firm), n, half, key)), size_ends)
        firm += 1
        size[row] = max(found - 1, 0)
        employees[row] = 1.0
        if found > 0:
            drawn = np.float32(pareto(open_unit(w0), bounds[found - 1], bounds[found], exponent))
            employees[row] = min(drawn, np.nextafter(np.float32(bounds[found]), np.float32(0.0)))
