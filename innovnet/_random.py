"""Keyed random numbers: one seed, and every draw named by what it is for.

A draw is a function of its key and of nothing else: neither of how many draws came before it nor of threads, chunks or the order of actors.
The generator is Philox4x32-10 [1]_. The same function is compiled into kernels and, for whole arrays, written in numpy: both give the same bits.

References
----------
.. [1] Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC '11, doi:10.1145/2063384.2063405.
"""

import numpy as np
import numpy.typing as npt

from innovnet._kernel import kernel

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ROUNDS = 10
_UNIT = 2.0**-53

Words = npt.NDArray[np.uint32]


def seed_key(seed: int, *path: int) -> np.uint64:
    """The 64-bit key of a seed, or of one of its branches (a replicate, a chance model): any whole numbers >= 0 are far apart."""
    return np.uint64(np.random.SeedSequence(entropy=seed, spawn_key=path).generate_state(1, np.uint64)[0])


@kernel
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
    return c0, c1, c2, c3


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
