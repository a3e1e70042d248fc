"""The lengths of ties on paths, as the option ``distance`` names them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_column, some
from innovnet.errors import DataError
from innovnet.graph._network import Arcs, Direction, Network
from innovnet.graph._tables import HEAVIEST, LIGHTEST, freeze

SPAN = 1e12  # the longest length in units of the shortest


def path_arcs(network: Network, distance: str | None, direction: Direction = "out") -> Arcs:
    """The rows of the network with the length of each arc as its weight, from ``LIGHTEST`` to ``HEAVIEST``.

    ``None``: every tie has length 1. ``"inverse"``: 1 / weight. Else a column of ties; a tie that stands in several rows, and a mutual pair taken
    in both directions, is as long as its shortest row.
    """
    if distance is None:
        indptr, indices, weights = network.arcs(weighted=False, direction=direction)
        return Arcs(indptr, indices, *freeze(np.ones_like(weights)))
    if not isinstance(distance, str) or distance != "inverse":
        return _column_arcs(network, distance, direction)
    indptr, indices, weights = network.arcs(direction=direction)
    return Arcs(indptr, indices, *freeze(_comparable(1.0 / weights, distance)))


def _comparable(lengths: npt.NDArray[np.float64], distance: str) -> npt.NDArray[np.float64]:
    """The lengths, unless the shortest would be lost in a sum with the longest."""
    if len(lengths) and lengths.max() > SPAN * lengths.min():
        msg = f"distance={distance!r}: lengths from {lengths.min():.3g} to {lengths.max():.3g} cannot be added up, as the shortest would be lost. Leave the extreme ties out."
        raise DataError(msg)
    return lengths


def _column_arcs(network: Network, column: str, direction: Direction) -> Arcs:
    table = network._tie_table
    check_column([*table.columns.drop(["source", "target"]), "inverse"], column, "ties")
    given = table[column] if table[column].dtype.kind not in "mM" else table[column].astype("str")  # dates are no lengths
    length = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~((length >= LIGHTEST) & (length <= HEAVIEST))
    if wrong.any():
        named = [f"{row.source}-{row.target}: {getattr(row, column)}" for row in network.ties.loc[wrong, ["source", "target", column]].itertuples(index=False)]
        msg = f"distance={column!r}: a length is a number from {LIGHTEST} to {HEAVIEST}; {int(wrong.sum())} ties have none: {some(named)}. Fill in or select them out."
        raise DataError(msg)
    start, end = table["source"].to_numpy(), table["target"].to_numpy()
    if not network.directed or direction == "both":
        start, end, length = np.concatenate([start, end]), np.concatenate([end, start]), np.tile(length, 2)
    elif direction == "in":
        start, end = end, start
    order = np.lexsort((length, end, start))
    start, end, length = start[order], end[order], length[order]
    shortest = np.ones(len(order), dtype=bool)
    shortest[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    indptr, indices, _ = network.arcs(weighted=False, direction=direction)
    return Arcs(indptr, indices, *freeze(_comparable(length[shortest], column)))
