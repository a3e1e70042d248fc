import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovnet._random import below, bits64, element_of, philox, philox_array, placed, seed_key, unit, unit_array

ONES = 0xFFFFFFFF
word = st.integers(0, ONES)

# Known answers published with Random123 (kat_vectors, philox4x32 10)
KNOWN = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def compiled(counter, key):
    return philox(*(np.uint32(c) for c in counter), np.uint64(key))


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_published_vectors(counter, key, answer):
    expected = [int(w, 16) for w in answer.split()]
    whole = key[0] | key[1] << 32
    assert [int(w) for w in compiled(counter, whole)] == expected
    assert [int(w) for w in philox_array(*counter, whole)] == expected


@given(word, word, word, word, st.integers(0, 2**64 - 1))
def test_kernel_and_numpy_agree(c0, c1, c2, c3, key):
    assert [int(w) for w in compiled((c0, c1, c2, c3), key)] == [int(w) for w in philox_array(c0, c1, c2, c3, key)]
    bits = bits64(np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3), np.uint64(key))
    assert unit(np.uint64(bits)) == unit_array(c0, c1, c2, c3, key)
    assert 0 <= unit(np.uint64(bits)) < 1


@given(word, word, word)
def test_an_element_is_found_from_its_draw(first, second, element):
    keys = np.uint32(first), np.uint32(second)
    assert element_of(*keys, np.uint32(placed(*keys, np.uint32(element)))) == element


@given(st.integers(0, 2**64 - 1), st.integers(1, ONES))
def test_below_is_the_scaled_fraction(bits, n):
    assert int(below(np.uint64(bits), np.uint64(n))) == bits * n >> 64


def test_below_is_uniform():
    keys = np.arange(60_000)
    drawn = [int(below(np.uint64(bits64(np.uint32(k), np.uint32(0), np.uint32(0), np.uint32(0), np.uint64(7))), np.uint64(6))) for k in keys]
    counts = np.bincount(drawn, minlength=6)
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 20.5  # chi-square(5), p = 0.001


def test_branches_of_a_seed_differ():
    found = {int(seed_key(seed, *path)) for seed in range(50) for path in [(), (0,), (1,), (0, 1)]}
    assert len(found) == 200
