import numpy as np
import pytest

from innovnet._kernel import kernel
from innovnet.simulate._participation._fields_intrinsics import likeness_sums, overlap_sums


@kernel
def all_pairs(knowledge, found):
    for i in range(len(knowledge)):
        for j in range(len(knowledge)):
            found[i, j, 0], found[i, j, 1] = overlap_sums(knowledge, i, j)
            found[i, j, 2], found[i, j, 3], found[i, j, 4], found[i, j, 5] = likeness_sums(knowledge, i, j)


def tree(vector):
    """The sum by halves, in single precision."""
    while len(vector) > 1:
        half = len(vector) // 2
        vector = (vector[:half] + vector[half:]).astype("f4")
    return vector[0]


def test_sums_over_fields_are_the_plain_ones_added_by_halves():
    v = np.random.default_rng(0).lognormal(size=(40, 8)).astype("f4")
    found = np.empty((40, 40, 6), "f4")
    all_pairs(v, found)
    for i in range(40):
        for j in range(40):
            least, most, gain = np.minimum(v[i], v[j]), np.maximum(v[i], v[j]), np.maximum(v[j] - v[i], np.float32(0))
            assert found[i, j].tolist() == [tree(x) for x in (least, most, least, most, gain, v[i])]
    assert found[3, 3, 0] == found[3, 3, 1]
    assert found[0, 1, 2] == pytest.approx(np.minimum(v[0], v[1]).sum(), rel=1e-6)
