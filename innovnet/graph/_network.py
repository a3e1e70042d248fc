"""Actors and the ties between them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_choice, check_column
from innovnet.errors import DataError
from innovnet.graph._repr import network_html, network_text
from innovnet.graph._tables import checked_positions, checked_table, checked_weights, fingerprint_of, freeze, quality, together

if TYPE_CHECKING:
    from innovnet.graph._affiliation import Affiliation

Direction = Literal["both", "out", "in"]


class Arcs(NamedTuple):
    """Rows of a square sparse matrix as kernels read them: read-only, each row sorted, no self-ties."""

    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.float64]


def arcs_of(matrix: sparse.csr_array) -> Arcs:
    """The arrays of a canonical CSR matrix in the types that kernels are compiled for."""
    indptr, indices, weights = freeze(matrix.indptr.astype(np.int64), matrix.indices.astype(np.uint32), matrix.data.astype(np.float64))
    return Arcs(indptr, indices, weights)


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Actors × actors: a frozen cooperation network.

    The table of actors is the population: an actor without a tie is an actor. A network is made by :meth:`from_frames`, by
    :meth:`innovnet.Affiliation.project` or by a reader, and never changes; :meth:`select` and its like return a new one.

    Examples
    --------
    >>> import innovnet as inn
    >>> network = inn.toy().project()
    >>> network.n_actors, network.n_ties
    (12, 19)
    """

    _actors: pd.DataFrame
    _matrix: sparse.csr_array  # weights of the arcs; symmetric where undirected; canonical, no diagonal, read-only
    directed: bool = False
    affiliation: "Affiliation | None" = None
    weighting: str = "weight"
    _columns: pd.DataFrame | None = None  # ties as given, where they carry more than a weight: positions source, target; weight; the user's columns
    _quality: pd.DataFrame = field(default_factory=quality)

    @classmethod
    def from_frames(
        cls, actors: pd.DataFrame, ties: pd.DataFrame, *, source: str = "source", target: str = "target", weight: str = "weight", directed: bool = False
    ) -> Self:
        """Make a network from a table of actors and a table of ties.

        Parameters
        ----------
        actors
            One row for each actor; its index, or its column ``actor``, holds the identifiers (text, or whole numbers).
        ties
            One row for each tie. ``weight`` is the strength of cooperation, at least 0; without the column every tie has weight 1.
            Further columns (kind, start, length, ...) are kept.
        source, target, weight
            Names of the columns.
        directed
            Whether a tie runs from its source to its target.

        Raises
        ------
        DataError
            A tie end that is not among the actors, a missing identifier, a weight that is negative, infinite or no number.

        Notes
        -----
        Rows that name the same tie are summed, self-ties and ties of weight 0 are dropped; each is counted in :attr:`quality`.

        Examples
        --------
        >>> import pandas as pd, innovnet as inn
        >>> firms = pd.DataFrame({"actor": ["a", "b", "c"]})
        >>> inn.Network.from_frames(firms, pd.DataFrame({"source": ["a"], "target": ["b"]})).n_ties
        1
        """
        table = checked_table(actors, "actors", "actor")
        for column in (source, target, *([weight] if weight != "weight" else [])):
            check_column(ties.columns, column, "ties")
        ties = ties.reset_index(drop=True)
        start, end, weights = together(
            lambda: checked_positions(ties[source], table.index, "ties table", source, "actors"),
            lambda: checked_positions(ties[target], table.index, "ties table", target, "actors"),
            lambda: checked_weights(ties[weight], "ties table", weight) if weight in ties.columns else np.ones(len(ties)),
        )
        extra = ties.drop(columns=[c for c in (source, target, weight) if c in ties.columns])
        return cls._from_positions(table, start, end, weights, checked_table(extra, "ties", "row") if extra.shape[1] else None, directed)

    @classmethod
    def _from_positions(
        cls,
        actors: pd.DataFrame,
        start: npt.NDArray[np.int64],
        end: npt.NDArray[np.int64],
        weights: npt.NDArray[np.float64],
        extra: pd.DataFrame | None,
        directed: bool,
    ) -> Self:
        n = len(actors)
        keep = (start != end) & (weights > 0)
        rows = [
            ("self-ties", "ties", int((start == end).sum()), "dropped", ""),
            ("ties of weight 0", "ties", int(((weights == 0) & (start != end)).sum()), "dropped", ""),
        ]
        start, end, weights = start[keep], end[keep], weights[keep]
        if not directed:
            start, end = np.minimum(start, end), np.maximum(start, end)
        order = np.lexsort((end, start))
        start, end, weights = start[order], end[order], weights[order]
        upper = sparse.csr_array((weights, (start, end)), shape=(n, n))
        rows.append(("repeated ties", "ties", len(start) - upper.nnz, "kept" if extra is not None else "repaired", "weights summed"))
        columns = None
        if extra is not None:
            columns = pd.DataFrame({"source": start, "target": end, "weight": weights})
            columns = pd.concat([columns, extra.loc[keep].iloc[order].reset_index(drop=True)], axis=1)
        matrix = upper if directed else sparse.csr_array(upper + upper.T)
        noted = quality([row for row in rows if row[2]])
        return cls._from_csr(actors, matrix, directed=directed, columns=columns, noted=noted)

    @classmethod
    def _from_csr(
        cls,
        actors: pd.DataFrame,
        matrix: sparse.csr_array,
        *,
        directed: bool = False,
        affiliation: "Affiliation | None" = None,
        weighting: str = "weight",
        columns: pd.DataFrame | None = None,
        noted: pd.DataFrame | None = None,
    ) -> Self:
        """Trusted constructor: a checked table of actors and a matrix without a diagonal that nobody else holds."""
        matrix.sum_duplicates()
        data, indices, indptr = freeze(matrix.data.astype(np.float64, copy=False), matrix.indices, matrix.indptr)
        frozen = sparse.csr_array((data, indices, indptr), shape=matrix.shape, copy=False)
        frozen.has_canonical_format = True
        return cls(actors, frozen, directed, affiliation, weighting, columns, quality() if noted is None else noted)

    @property
    def actors(self) -> pd.DataFrame:
        """The population, one row for each actor (a copy: changing it does not change the network)."""
        return self._actors.copy(deep=False)

    @property
    def quality(self) -> pd.DataFrame:
        """What was read, repaired, dropped or kept, with counts."""
        return self._quality.copy(deep=False)

    @property
    def n_actors(self) -> int:
        """Number of actors, isolates included."""
        return len(self._actors)

    @property
    def n_ties(self) -> int:
        """Number of ties: pairs of actors, ordered pairs where directed."""
        return int(self._matrix.nnz if self.directed else self._matrix.nnz // 2)

    @cached_property
    def _tie_table(self) -> pd.DataFrame:
        if self._columns is not None:
            return self._columns
        coo = (self._matrix if self.directed else sparse.triu(self._matrix, format="csr")).tocoo()
        return pd.DataFrame({"source": coo.row.astype(np.int64), "target": coo.col.astype(np.int64), "weight": coo.data})

    @property
    def ties(self) -> pd.DataFrame:
        """One row for each tie: source, target, weight and the user's columns, in the order of the actors. Undirected: the earlier actor first."""
        table, labels = self._tie_table.copy(deep=False), self._actors.index
        return table.assign(source=labels.take(table["source"].to_numpy()), target=labels.take(table["target"].to_numpy()))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the content: equal for equal networks, on every machine."""
        behind = self.affiliation.fingerprint if self.affiliation is not None else ""
        return fingerprint_of("network", str(self.directed), self.weighting, behind, self._actors, self._tie_table)

    @cached_property
    def _binary(self) -> sparse.csr_array:
        (ones,) = freeze(np.ones_like(self._matrix.data))
        return sparse.csr_array((ones, self._matrix.indices, self._matrix.indptr), shape=self._matrix.shape, copy=False)

    def adjacency(self, *, weighted: bool = True) -> sparse.csr_array:
        """The matrix of ties, actors × actors, read-only; symmetric where undirected. ``weighted=False``: every tie 1."""
        chosen = self._matrix if weighted else self._binary
        return sparse.csr_array((chosen.data, chosen.indices, chosen.indptr), shape=chosen.shape, copy=False)

    @cached_property
    def _arcs(self) -> dict[tuple[bool, str], Arcs]:
        return {}

    def arcs(self, *, weighted: bool = True, direction: Direction = "both") -> Arcs:
        """The rows that kernels read: of A for ``"out"``, of Aᵀ for ``"in"``, of A + Aᵀ for ``"both"``; of A whenever undirected."""
        check_choice(direction, ("both", "out", "in"), "direction")
        key = (weighted, direction if self.directed else "both")
        if key not in self._arcs:
            matrix = self.adjacency(weighted=weighted)
            if self.directed and direction != "out":
                turned = sparse.csr_array(matrix.T)
                matrix = turned if direction == "in" else sparse.csr_array(matrix + turned)
            matrix.sort_indices() if not matrix.has_sorted_indices else None
            self._arcs[key] = arcs_of(matrix)
        return self._arcs[key]

    def positions(self, labels: Any) -> npt.NDArray[np.int64]:
        """Positions of actors in the table of actors."""
        return checked_positions(pd.Index(labels), self._actors.index, "the request", "actor", "actors")

    def series(self, values: npt.ArrayLike, name: str) -> pd.Series:
        """One value for each actor as a Series on the actors, in their order."""
        return pd.Series(np.asarray(values), index=self._actors.index, name=name)

    def select(self, actors: Any = None, ties: Any = None) -> Self:
        """The network of some of the actors (a mask over them) or with some of the ties (a mask over the rows of :attr:`ties`)."""
        table, rows = self._tie_table, np.ones(len(self._tie_table), dtype=bool)
        keep = _mask(actors, self._actors.index, "actors")
        rows &= _mask(ties, table.index, "ties")
        rows &= keep[table["source"].to_numpy()] & keep[table["target"].to_numpy()]
        place = np.cumsum(keep) - 1
        kept = table.loc[rows].reset_index(drop=True)
        extra = kept.drop(columns=["source", "target", "weight"]) if self._columns is not None else None
        start, end = place[kept["source"].to_numpy()], place[kept["target"].to_numpy()]
        return self._from_positions(self._actors.loc[keep].copy(), start, end, kept["weight"].to_numpy(), extra, self.directed)

    def threshold(self, weight: float) -> Self:
        """The network of the ties whose weight is at least ``weight``; all actors stay."""
        return self.select(ties=self._tie_table["weight"].to_numpy() >= weight)

    def __repr__(self) -> str:
        return network_text(self)

    def _repr_html_(self) -> str:
        return network_html(self)


def _mask(chosen: Any, index: pd.Index, what: str) -> npt.NDArray[np.bool_]:
    if chosen is None:
        return np.ones(len(index), dtype=bool)
    if isinstance(chosen, pd.Series) and not chosen.index.equals(index):
        if not index.isin(chosen.index).all():
            msg = f"the mask over {what} has another index than the {what} table. Make it from that table, as in network.actors['country'] == 'LT'."
            raise DataError(msg)
        chosen = chosen.reindex(index)
    mask = np.asarray(chosen)
    if mask.shape != (len(index),) or mask.dtype.kind not in "bO":
        msg = f"{what}= takes one True or False for each of the {len(index)} rows of the {what} table, not {mask.dtype} values of shape {mask.shape}."
        raise DataError(msg)
    if pd.isna(mask).any():
        msg = f"the mask over {what} has missing values. Say what they mean with .fillna(False) or .fillna(True)."
        raise DataError(msg)
    return mask.astype(bool)
