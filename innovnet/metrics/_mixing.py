"""Who cooperates with whom: ties by the groups of their ends."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice
from innovnet.graph._groups import Grouped, Groups, Missing, grouped
from innovnet.graph._network import Network
from innovnet.metrics._types import MixingTable, Number

Counting = Literal["ties", "ends"]
Cells = Literal["count", "share", "expected", "ratio"]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def mixing_matrix(
    network: Network, *, groups: Groups, weighted: bool = False, counting: Counting, cells: Cells = "count", missing: Missing = "error"
) -> MixingTable:
    """How much each pair of regions, sectors or countries cooperates, and whether that is more than their sizes in cooperation suggest.

    Cell (g, h): the ties between actors of g and actors of h. Expected cell: m a_g b_h, with a and b the shares of the ends of ties that are in g
    and in h [1]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Sums of weights instead of numbers of ties.
    counting
        Programs differ, so the choice is yours. ``"ties"``: each tie is one; the ties inside a group stand on the diagonal once. ``"ends"``: each end
        of a tie is one; the row of g adds up to the degrees of its actors, and ties inside a group stand on the diagonal twice.
    cells
        ``"count"``; ``"share"``, of all ties (or ends); ``"expected"``, for ends of ties matched at random; ``"ratio"``, count over expected.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    DataFrame
        Groups × groups, both sorted, index ``group``, columns ``partner``. Counts are whole numbers where unweighted. A ratio is at least 0, and NaN
        where nothing is expected; shares are NaN where there are no ties.

    Notes
    -----
    Undirected: symmetric; with ``counting="ties"`` the diagonal and one triangle add up to the number of ties. Directed: with ``"ties"`` the row is
    the group of the source, the column that of the target, and all cells add up to the number of ties; with ``"ends"`` the table is symmetric, as
    ties are taken without their direction. The ratio is the same for both countings of an undirected network. Isolates have no part in it; with a
    single group the ratio is 1. Cost: O(ties + groups²).

    References
    ----------
    .. [1] Newman (2003), Mixing patterns in networks, Physical Review E 67, 026126, doi:10.1103/PhysRevE.67.026126.

    Examples
    --------
    >>> import innovnet as inn
    >>> network = inn.toy().project()
    >>> inn.metrics.mixing_matrix(network, groups="region", counting="ties")
    partner  R1  R2  R3  R4
    group
    R1        3   2   2   0
    R2        2   1   3   0
    R3        2   3   3   3
    R4        0   0   3   2
    >>> inn.metrics.mixing_matrix(network, groups="region", counting="ties", cells="ratio").round(2).loc["R1", "R1"]
    np.float64(2.28)
    """
    check_choice(counting, get_args(Counting), "counting")
    check_choice(cells, get_args(Cells), "cells")
    parts = grouped(network, groups, missing)
    arcs = _arcs(parts, weighted)  # an undirected tie is two arcs
    if counting == "ends" and network.directed:
        arcs = arcs + arcs.T
    total, out, into = arcs.sum(), arcs.sum(axis=1), arcs.sum(axis=0)
    whole = np.ones(arcs.shape)
    if counting == "ties" and not network.directed:
        np.fill_diagonal(whole, 0.5)
        total = total / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = whole * np.outer(out, into) / out.sum()
        values = {"count": whole * arcs, "share": whole * arcs / total, "expected": expected, "ratio": whole * arcs / expected}[cells]
    whole_numbers = cells == "count" and not weighted
    labels = parts.labels
    return pd.DataFrame(values.astype(np.int64) if whole_numbers else values, index=labels, columns=labels.rename("partner"))


def _arcs(parts: Grouped, weighted: bool) -> Floats:
    """Arcs by the groups of their ends, dense; an undirected tie stands there in both directions."""
    n, codes = len(parts.labels), parts.codes.astype(np.int64)
    matrix = parts.network.adjacency(weighted=weighted)
    cell = np.repeat(codes, np.diff(matrix.indptr)) * n + codes[matrix.indices]
    return np.bincount(cell, matrix.data, minlength=n * n).astype(np.float64).reshape(n, n)


def assortativity(network: Network, *, groups: Groups, weighted: bool = False, missing: Missing = "error") -> Number:
    """How strongly organisations keep to partners of their own region, sector or country, given how much each of these cooperates.

    r = (Σ e_gg − Σ a_g b_g) / (1 − Σ a_g b_g), e_gh the share of ties from g to h, a and b its row and column sums [1]_.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        A column of actors, or a Series on the actors: one group for each.
    weighted
        Shares of weight instead of shares of ties.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    float
        1: all ties are inside groups; 0: as many as for ends of ties matched at random; the minimum −Σab / (1 − Σab), at least −1: all are between
        groups. NaN without ties, and where all ties are inside one group.

    Notes
    -----
    An undirected tie stands in e in both directions, half each. r depends on the groups' sizes: compare networks with the same groups. Isolates have no part
    in it. Cost: O(ties).

    References
    ----------
    .. [1] Newman (2003), Mixing patterns in networks, Physical Review E 67, 026126, doi:10.1103/PhysRevE.67.026126.

    Examples
    --------
    >>> import innovnet as inn
    >>> round(inn.metrics.assortativity(inn.toy().project(), groups="sector"), 4)
    -0.2473
    """
    parts = grouped(network, groups, missing)
    n, codes = len(parts.labels), parts.codes.astype(np.int64)
    matrix = parts.network.adjacency(weighted=weighted)
    start, end, total = np.repeat(codes, np.diff(matrix.indptr)), codes[matrix.indices], float(matrix.data.sum())
    out, into = (np.bincount(ends, matrix.data, minlength=n).astype(np.float64) for ends in (start, end))
    expected = float(out @ _of_others(into))
    if expected == 0.0:
        return float("nan")
    return 1.0 - float(matrix.data[start != end].sum()) * total / expected  # the same, without the small difference of 1 and Σab


def _of_others(values: Floats) -> Floats:
    """For each value the sum of the others, from those before and those behind it: no difference of nearly equal numbers."""
    before = np.concatenate([[0.0], np.cumsum(values)])[: len(values)]
    behind = np.concatenate([[0.0], np.cumsum(values[::-1])])[: len(values)][::-1]
    return before + behind
