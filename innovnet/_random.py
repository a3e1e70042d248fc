"""Keyed random numbers: one seed, and every draw named by what it is for.

A draw is a function of its key and of nothing else: neither of how many draws came before it nor of threads, chunks or the order of actors.
The generator is Philox4x32-10 [1]_. The same function is compiled into kernels and, for whole arrays, written in numpy: both give the same bits.

References
----------
.. [1] Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC '11, doi:10.1145/2063384.2063405.
"""

import math

import numpy as np
import numpy.typing as npt

from innovnet._kernel import bare_kernel, inlined, kernel

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ROUNDS = 10
_UNIT = 2.0**-53
_WORD = 2.0**-32
_SHORT = np.uint32(0xFFFF)
_IRWIN_HALL = 1.0 / (8 * (2.0**32 - 1) / 12) ** 0.5  # eight halves, each uniform on 0 to 65,535

Words = npt.NDArray[np.uint32]


def seed_key(seed: int, *path: int) -> np.uint64:
    """The 64-bit key of a seed, or of one of its branches (a replicate, a chance model): any whole numbers >= 0 are far apart."""
    return np.uint64(np.random.SeedSequence(entropy=seed, spawn_key=path).generate_state(1, np.uint64)[0])


@inlined
def philox(c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, key: np.uint64) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Four random words of a counter of four words and a key (its lower half is the first key word)."""
    k0 = np.uint32(key & _LOW)
    k1 = np.uint32(key >> _HALF)
    for _ in range(_ROUNDS):
        p0 = _M0 * np.uint64(c0)
        p1 = _M1 * np.uint64(c2)
        c0, c1, c2, c3 = (
            np.uint32(p1 >> _HALF) ^ c1 ^ k0,
            np.uint32(p1 & _LOW),
            np.uint32(p0 >> _HALF) ^ c3 ^ k1,
            np.uint32(p0 & _LOW),
        )
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)


@kernel
def bits64(c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, key: np.uint64) -> np.uint64:
    """64 random bits: the first two words of :func:`philox`, the first one lower."""
    w0, w1, _w2, _w3 = philox(c0, c1, c2, c3, key)
    return np.uint64(w0) | (np.uint64(w1) << _HALF)


@kernel
def below(bits: np.uint64, n: np.uint64) -> np.uint64:
    """A whole number in [0, n) from 64 random bits, for n < 2**32 (bias below 2**-32)."""
    return ((bits >> _HALF) * n + (((bits & _LOW) * n) >> _HALF)) >> _HALF


@kernel
def unit(bits: np.uint64) -> float:
    """A number in [0, 1) with 53 bits."""
    return float(bits >> np.uint64(11)) * _UNIT


@kernel
def open_unit(word: np.uint32) -> float:
    """A number inside (0, 1) from one word: (word + 0.5) 2**-32."""
    return (float(word) + 0.5) * _WORD


@kernel
def _halves(word: np.uint32) -> np.int64:
    """The two halves of a word, added."""
    return np.int64(word & _SHORT) + np.int64(word >> np.uint32(16))


@kernel
def normal(w0: np.uint32, w1: np.uint32, w2: np.uint32, w3: np.uint32) -> float:
    """A number of mean 0 and variance 1 from four words: the sum of their eight halves [1]_, exact in whole numbers, so equal on every machine.

    Its kurtosis is 2.85 and it lies within 4.9: a normal number for a model, not for the far tails.

    References
    ----------
    .. [1] Irwin (1927), doi:10.1093/biomet/19.3-4.225.
    """
    total = _halves(w0) + _halves(w1) + _halves(w2) + _halves(w3)
    return float(total - 4 * 65535) * _IRWIN_HALL


@kernel
def mix(x: np.uint64) -> np.uint64:
    """64 bits stirred so that each depends on all: the finaliser of MurmurHash3, one to one.

    With the bits of a list's own key, ``mix(key ^ spread(element))`` gives each element of a list its draw at the cost of two multiplications; the element of
    the smallest one is a choice at random that an added element changes only by winning.
    """
    x = (x ^ (x >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    x = (x ^ (x >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))


@kernel
def hashed(key: np.uint64, element: np.uint64) -> np.uint64:
    """The draw of an element of a list whose key is ``key`` (64 random bits): the element with the smallest is chosen at random."""
    return mix(key ^ (element * np.uint64(0x9E3779B97F4A7C15)))


@bare_kernel
def placed(first: np.uint32, second: np.uint32, element: np.uint32) -> np.uint32:
    """:func:`hashed` for elements of 32 bits and two words of a list's key, one to one: a loop over a list runs on vectors and needs to keep the draws alone."""
    x = np.uint32(np.uint32(element + second) ^ first)
    x = np.uint32(np.uint32(x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32(np.uint32(x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(x ^ (x >> np.uint32(16)))


@bare_kernel
def element_of(first: np.uint32, second: np.uint32, draw: np.uint32) -> np.uint32:
    """The element whose draw :func:`placed` is ``draw``."""
    x = np.uint32(np.uint32(draw ^ (draw >> np.uint32(16))) * np.uint32(0x7ED1B41D))
    x = np.uint32(np.uint32(x ^ (x >> np.uint32(13)) ^ (x >> np.uint32(26))) * np.uint32(0xA5CB9243))
    x = np.uint32(x ^ (x >> np.uint32(16)))
    return np.uint32(np.uint32(x ^ first) - second)


@kernel
def waiting(word: np.uint32, value: float) -> float:
    """The waiting time of an option of utility ``value``: exponential of rate e**value.

    The option that waits least is a multinomial logit choice, P(j) = e**V_j / Σ e**V, and one more option changes the choice only by winning [1]_.

    References
    ----------
    .. [1] Gumbel (1954); Efraimidis & Spirakis (2006), doi:10.1016/j.ipl.2005.11.003.
    """
    return -math.log(open_unit(word)) * math.exp(-value)


def philox_array(c0: npt.ArrayLike, c1: npt.ArrayLike, c2: npt.ArrayLike, c3: npt.ArrayLike, key: int) -> tuple[Words, Words, Words, Words]:
    """:func:`philox` for arrays of counters (broadcast), in numpy."""
    words = np.broadcast_arrays(*(np.asarray(c, dtype=np.uint32) for c in (c0, c1, c2, c3)))
    x0, x1, x2, x3 = (word.astype(np.uint64) for word in words)
    k0, k1 = int(key) & 0xFFFFFFFF, int(key) >> 32
    for _ in range(_ROUNDS):
        p0, p1 = _M0 * x0, _M1 * x2
        x0, x1, x2, x3 = (p1 >> _HALF) ^ x1 ^ np.uint64(k0), p1 & _LOW, (p0 >> _HALF) ^ x3 ^ np.uint64(k1), p0 & _LOW
        k0, k1 = (k0 + int(_W0)) & 0xFFFFFFFF, (k1 + int(_W1)) & 0xFFFFFFFF
    r0, r1, r2, r3 = (x.astype(np.uint32) for x in (x0, x1, x2, x3))
    return r0, r1, r2, r3


def unit_array(c0: npt.ArrayLike, c1: npt.ArrayLike, c2: npt.ArrayLike, c3: npt.ArrayLike, key: int) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1) for arrays of counters: the bits of ``unit(bits64(...))``."""
    w0, w1, _, _ = philox_array(c0, c1, c2, c3, key)
    bits = w0.astype(np.uint64) | (w1.astype(np.uint64) << _HALF)
    return (bits >> np.uint64(11)).astype(np.float64) * _UNIT
