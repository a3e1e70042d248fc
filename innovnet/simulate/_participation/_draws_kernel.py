"""Draws and small functions that every step shares."""

import numpy as np

from innovnet._kernel import bare_kernel, inlined, kernel
from innovnet._random import philox
from innovnet.simulate._participation._fields_intrinsics import overlap_sums
from innovnet.simulate._participation._numbers import FIELDS, OWN
from innovnet.simulate._participation._state import F4

_LOG2E = np.float32(1.44269504088896341)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF, _ONE = np.float32(0.5), np.float32(1.0)


@inlined
def tag(purpose: int, step: int) -> np.uint32:
    """The counter word of a purpose in a step."""
    return np.uint32((np.uint32(purpose) << np.uint32(16)) | np.uint32(step))


@inlined
def identity(place: int | np.int64, generation: int | np.integer, places: int) -> np.uint32:
    """The id of a firm: stable and never used again."""
    return np.uint32(np.uint64(place) + np.uint64(places) * np.uint64(generation))


@bare_kernel
def scrambled(place: int | np.integer) -> np.uint64:
    """A place as a number whose highest bits are as good as random: for marks in few bits."""
    return np.uint64(np.uint64(place) * _ODD)


@kernel
def exp32(x: np.float32) -> np.float32:
    """E**x to the last place but one (Cody & Waite 1980): the same bits on every machine, and vectors where the loop allows."""
    x = min(max(x, np.float32(-87.0)), np.float32(88.0))
    n = np.float32(np.floor(np.float32(x * _LOG2E + _HALF)))
    r = np.float32(np.float32(x - np.float32(n * _LN2_HIGH)) - np.float32(n * _LN2_LOW))
    y = np.float32(1.9875691500e-4)
    y = np.float32(y * r + np.float32(1.3981999507e-3))
    y = np.float32(y * r + np.float32(8.3334519073e-3))
    y = np.float32(y * r + np.float32(4.1665795894e-2))
    y = np.float32(y * r + np.float32(1.6666665459e-1))
    y = np.float32(y * r + np.float32(5.0000001201e-1))
    y = np.float32(np.float32(np.float32(y * r) * r + r) + _ONE)
    return np.float32(y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32))


@kernel
def log32(x: np.float32) -> np.float32:
    """Natural logarithm of a positive, normal number to the last place but one: the same bits on every machine."""
    bits = np.int32(np.float32(x).view(np.int32))
    e = np.int32((bits >> np.int32(23)) - np.int32(126))
    m = np.int32((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)  # 0.5 to 1
    small = m < np.float32(0.707106781186547524)
    e = np.int32(e - np.int32(1)) if small else e
    m = np.float32(np.float32(m + m) - _ONE) if small else np.float32(m - _ONE)
    z = np.float32(m * m)
    y = np.float32(7.0376836292e-2)
    y = np.float32(y * m - np.float32(1.1514610310e-1))
    y = np.float32(y * m + np.float32(1.1676998740e-1))
    y = np.float32(y * m - np.float32(1.2420140846e-1))
    y = np.float32(y * m + np.float32(1.4249322787e-1))
    y = np.float32(y * m - np.float32(1.6668057665e-1))
    y = np.float32(y * m + np.float32(2.0000714765e-1))
    y = np.float32(y * m - np.float32(2.4999993993e-1))
    y = np.float32(y * m + np.float32(3.3333331174e-1))
    y = np.float32(np.float32(y * m) * z)
    y = np.float32(y + np.float32(np.float32(e) * _LN2_LOW))
    y = np.float32(y - np.float32(_HALF * z))
    return np.float32(np.float32(m + y) + np.float32(np.float32(e) * _LN2_HIGH))


@inlined
def own_knowledge(profile: F4, quantile: F4, sector: int, quality: np.float32, quality_k: float, who: np.uint32, key: np.uint64, into: F4) -> None:
    """A firm's own level in each field: the profile of its sector, its quality and a spread that belongs to its id; computed anew, never stored."""
    words = philox(who, np.uint32(0), np.uint32(OWN << 16), np.uint32(0), key)
    factor = exp32(np.float32(quality_k * quality))
    for k in range(FIELDS):
        byte = (words[k >> 2] >> np.uint32(8 * (k & 3))) & np.uint32(255)
        into[k] = profile[sector, k] * factor * quantile[byte]


@bare_kernel
def overlap(knowledge: F4, i: int | np.int64, j: int | np.int64) -> np.float32:
    """Cognitive overlap Σ min / Σ max of two places, 0 to 1."""
    least, most = overlap_sums(knowledge, i, j)
    return np.float32(least / most)


@kernel
def capacity_days(employees: np.float32, body: bool, slack_0: float, slack_size: float, body_slack: float) -> float:
    """Days a year that a firm or body has for partners: slack_0 E**slack_size, times ``body_slack`` for a body."""
    days = slack_0 * float(exp32(np.float32(slack_size * log32(employees))))
    return days * body_slack if body else days
