"""How far two coverings of the same organisations by groups agree; groups may share members."""

from typing import NamedTuple

import numpy as np
from scipy import sparse


class Omega(NamedTuple):
    """Agreement on pairs: observed and expected share, and the omega index."""

    observed: float
    expected: float
    omega: float


def multiplicity(groups: sparse.csr_array) -> sparse.csr_array:
    """For each pair of nodes in how many groups (groups × nodes, 0/1) both are; the first below the second."""
    return sparse.csr_array(sparse.triu(groups.T @ groups, k=1, format="csr"))


def omega(first: sparse.csr_array, second: sparse.csr_array) -> Omega:
    """The omega index of two coverings, each given by :func:`multiplicity`: agreement on how many groups a pair shares, beyond chance. NaN if all agree by chance."""
    n = first.shape[0]
    pairs = n * (n - 1) / 2
    if not pairs:
        return Omega(np.nan, np.nan, np.nan)
    differing = np.count_nonzero((first - second).data)
    counts = [np.bincount(m.data.astype(np.int64), minlength=1) for m in (first, second)]
    for count in counts:
        count[0] = pairs - count[1:].sum()
    width = min(len(count) for count in counts)
    observed, expected = 1 - differing / pairs, float(counts[0][:width].astype(float) @ counts[1][:width]) / pairs**2
    return Omega(observed, expected, (observed - expected) / (1 - expected) if expected < 1 else np.nan)


class Best(NamedTuple):
    """For each group of one covering its nearest one of the other."""

    nearest: np.ndarray  #: −1 where it meets none
    jaccard: np.ndarray  #: common / united members
    overlap: np.ndarray  #: common members / those of the smaller one


def nearest(first: sparse.csr_array, second: sparse.csr_array) -> Best:
    """The group of the second with the largest Jaccard index with each group of the first; of several the earliest."""
    common = sparse.csr_array(first @ second.T).tocoo()
    one, other = (np.diff(m.indptr) for m in (first, second))
    index = common.data / (one[common.row] + other[common.col] - common.data)
    order = np.lexsort((common.col, -index, common.row))
    row, place = np.unique(common.row[order], return_index=True)
    found = Best(np.full(len(one), -1), np.zeros(len(one)), np.zeros(len(one)))
    chosen = order[place]
    found.nearest[row], found.jaccard[row] = common.col[chosen], index[chosen]
    found.overlap[row] = common.data[chosen] / np.minimum(one[row], other[common.col[chosen]])
    return found
