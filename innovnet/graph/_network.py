"""Actors and the ties between them."""

import difflib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_choice, check_column, check_flag, check_kind, some
from innovnet.errors import DataError
from innovnet.graph._repr import network_html, network_text
from innovnet.graph._tables import check_table, checked_columns, checked_positions, checked_table, checked_weights, fingerprint_of, freeze, quality, together

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


def frozen_matrix(matrix: sparse.csr_array) -> sparse.csr_array:
    """A canonical CSR matrix on the same arrays, read-only; positions in 32 bits where they fit, as all of scipy reads them."""
    kind = np.int32 if max(matrix.nnz, *matrix.shape) < 2**31 else np.int64
    indices, indptr = (array.astype(kind, copy=False) for array in (matrix.indices, matrix.indptr))
    frozen = sparse.csr_array(freeze(matrix.data, indices, indptr), shape=matrix.shape, copy=False)
    frozen.has_canonical_format = True
    return frozen


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
        cls, actors: pd.DataFrame, ties: pd.DataFrame, *, source: str = "source", target: str = "target", weight: str | None = "weight", directed: bool = False
    ) -> Self:
        """Make a network from a table of actors and a table of ties.

        Parameters
        ----------
        actors
            One row for each actor; its index, or its column ``actor``, holds the identifiers (text, or whole numbers).
        ties
            One row for each tie. ``weight`` is the strength of cooperation, 0 or from 1e-50 to 1e50; without the column every tie has weight 1.
            Further columns (kind, start, length, ...) are kept.
        source, target, weight
            Names of the columns; ``weight=None``: every tie has weight 1, whatever the columns are called.
        directed
            Whether a tie runs from its source to its target.

        Raises
        ------
        DataError
            A tie end that is not among the actors, a missing identifier, a weight that is negative, infinite or no number; a column that is missing,
            and no column ``weight`` but one of nearly this name.

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
        check_flag(directed, "directed")
        weight = _check_columns(ties, source, target, weight)
        ties = ties.reset_index(drop=True)
        start, end, weights = together(
            lambda: checked_positions(ties[source], table.index, "ties table", source, "actors"),
            lambda: checked_positions(ties[target], table.index, "ties table", target, "actors"),
            lambda: np.ones(len(ties)) if weight is None else checked_weights(ties[weight], "ties table", weight),
        )
        extra = ties.drop(columns=[c for c in (source, target, weight) if c is not None])
        return cls._from_positions(table, start, end, weights, checked_columns(extra, "ties") if extra.shape[1] else None, directed)

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
        matrix.data = matrix.data.astype(np.float64, copy=False)
        return cls(actors, frozen_matrix(matrix), directed, affiliation, weighting, columns, quality() if noted is None else noted)

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _matrix=frozen_matrix(state["_matrix"]))

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
        check_flag(weighted, "weighted")
        chosen = self._matrix if weighted else self._binary
        return sparse.csr_array((chosen.data, chosen.indices, chosen.indptr), shape=chosen.shape, copy=False)

    @cached_property
    def _arcs(self) -> dict[tuple[bool, str], Arcs]:
        return {}

    def arcs(self, *, weighted: bool = True, direction: Direction = "both") -> Arcs:
        """The rows that kernels read: of A for ``"out"``, of Aᵀ for ``"in"``, of A + Aᵀ for ``"both"``; of A whenever undirected."""
        check_choice(direction, ("both", "out", "in"), "direction")
        check_flag(weighted, "weighted")
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
        if not pd.api.types.is_list_like(labels):
            msg = f"{labels!r} is no list of actors. Write [{labels!r}]."
            raise DataError(msg)
        return checked_positions(pd.Index(labels), self._actors.index, "the request", "actor", "actors")

    def series(self, values: npt.ArrayLike, name: str) -> pd.Series:
        """One value for each actor (or one for all) as a Series on the actors, in their order; a Series is matched by its index."""
        if isinstance(values, pd.Series) and not values.index.equals(self._actors.index):
            if values.index.has_duplicates or len(values.index.symmetric_difference(self._actors.index)):
                msg = f"{name!r} is a Series on another index than the actors. Give one value for each actor, or values.to_numpy() if they are in order."
                raise DataError(msg)
            values = values.reindex(self._actors.index)
        found = np.asarray(values)
        found = np.full(self.n_actors, found) if found.shape == () else found
        if found.shape != (self.n_actors,):
            msg = f"{name!r} has values of shape {found.shape} for {self.n_actors} actors. Give one for each actor, in the order of the table of actors."
            raise DataError(msg)
        return pd.Series(found, index=self._actors.index.view(), name=name)

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
        """The network of the ties whose weight is at least ``weight``; all actors stay. A tie of several rows has the sum of their weights."""
        if not isinstance(weight, int | float | np.integer | np.floating) or isinstance(weight, bool) or np.isnan(weight):
            msg = f"threshold({weight!r}) is no number. Give the least weight that a tie may have."
            raise DataError(msg)
        table = self._tie_table
        total = table["weight"] if self._columns is None else self._matrix[table["source"].to_numpy(), table["target"].to_numpy()]
        return self.select(ties=np.asarray(total) >= weight)

    def __repr__(self) -> str:
        return network_text(self)

    def _repr_html_(self) -> str:
        return network_html(self)


def _check_columns(ties: pd.DataFrame, source: str, target: str, weight: str | None) -> str | None:
    """The column of weights, None where there is none."""
    check_table(ties, "ties")
    for column in (source, target, *([weight] if weight not in ("weight", None) else [])):
        check_column(ties.columns, column, "ties")
    if len({source, target, weight}) < 3:
        msg = f"source={source!r}, target={target!r} and weight={weight!r} must be three columns. Name another one."
        raise DataError(msg)
    near = difflib.get_close_matches("weight", [c.lower() for c in ties.columns], n=1, cutoff=0.75) if weight == "weight" else []
    if weight == "weight" and weight not in ties.columns:
        if near:
            named = next(c for c in ties.columns if c.lower() == near[0])
            msg = (
                f"the ties table has no column 'weight' but {named!r}. Say weight={named!r} if that is the strength of a tie, or weight=None if every tie is 1."
            )
            raise DataError(msg)
        weight = None
    taken = {"source", "target", "weight"} & set(ties.columns) - {source, target, weight}
    if taken:
        msg = f"the ties table has the column {some(sorted(taken))}, which would be taken for the one that you named. Rename or drop it."
        raise DataError(msg)
    return weight


def _mask(chosen: Any, index: pd.Index, what: str) -> npt.NDArray[np.bool_]:
    if chosen is None:
        return np.ones(len(index), dtype=bool)
    if isinstance(chosen, pd.Series) and not chosen.index.equals(index):
        if not index.isin(chosen.index).all() or chosen.index.has_duplicates:
            msg = f"the mask over {what} has another index than the {what} table. Make it from that table, as in network.actors['country'] == 'LT'."
            raise DataError(msg)
        chosen = chosen.reindex(index)
    mask = np.asarray(chosen)
    if mask.shape == (len(index),) and mask.dtype == object and pd.isna(mask).any():
        msg = f"the mask over {what} has missing values. Say what they mean with .fillna(False) or .fillna(True)."
        raise DataError(msg)
    if mask.shape != (len(index),) or not (mask.dtype == bool or pd.api.types.infer_dtype(mask) in ("boolean", "empty")):
        msg = f"{what}= takes one True or False for each of the {len(index)} rows of the {what} table, not {mask.dtype} values of shape {mask.shape}."
        raise DataError(msg)
    return mask.astype(bool)


def check_network(value: object, who: str) -> None:
    """Raise unless this is a network; say how one is made."""
    check_kind(
        value, Network, who, "An affiliation becomes one with affiliation.project(), a graph of networkx or igraph with from_networkx() or from_igraph()."
    )
