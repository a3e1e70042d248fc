"""One partition of the actors: from a column or a Series to codes, with an explicit answer to missing groups."""

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice, check_column, some
from innovnet.errors import DataError
from innovnet.graph._network import Network, check_network
from innovnet.graph._tables import checked_cells

Groups = str | pd.Series
Missing = Literal["error", "drop", "category"]
MISSING = "(missing)"
_NUMPY: dict[str, Any] = {"Int64": "int64", "boolean": "bool"}  # what a column is without its missing values


class Grouped(NamedTuple):
    """A network whose every actor has a group. With ``missing="drop"`` it is the network of the actors that have one."""

    network: Network
    codes: npt.NDArray[np.uint32]  #: group of each actor of ``network``: a position in ``labels``; read-only
    labels: pd.Index  #: the groups that occur, sorted; index name "group"
    kept: npt.NDArray[np.bool_]  #: which actors of the original network are in ``network``
    population: pd.Index  #: the original actors

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Number of actors of each group."""
        return np.bincount(self.codes, minlength=len(self.labels)).astype(np.int64)

    def series(self, values: npt.ArrayLike, name: str) -> pd.Series:
        """One value for each actor of ``network`` as a Series on the original actors; NaN where an actor was dropped."""
        found = pd.Series(np.asarray(values), index=self.network._actors.index.view(), name=name)
        return found if self.kept.all() else found.reindex(self.population)

    def frame(self, columns: dict[str, npt.NDArray[Any]]) -> pd.DataFrame:
        """Like :meth:`series`, for several columns."""
        found = pd.DataFrame(columns, index=self.network._actors.index.view())
        return found if self.kept.all() else found.reindex(self.population)


def column_of(actors: pd.DataFrame, groups: Groups, missing: Missing = "error", option: str = "groups") -> pd.Series:
    """The group of each actor as text or numbers, checked; missing ones are an error, stay missing, or become ``"(missing)"``."""
    check_choice(missing, ("error", "drop", "category"), "missing")
    if isinstance(groups, pd.Series):
        absent = actors.index.difference(groups.index, sort=False)
        if len(absent):
            msg = f"{option}= is a Series without {len(absent)} of the actors: {some(absent)}. Give it one value for each actor."
            raise DataError(msg)
        if groups.index.has_duplicates:
            msg = f"{option}= is a Series with actors more than once: {some(groups.index[groups.index.duplicated()].unique())}. An actor has one value."
            raise DataError(msg)
        values = checked_cells(groups.reindex(actors.index), f"{option}=", str(groups.name))
    elif isinstance(groups, str):
        check_column(actors.columns, groups, "actors")
        values = actors[groups]
    else:
        msg = f"{option}= takes the name of one column of actors, or a Series on the actors, not {type(groups).__name__}."
        raise DataError(msg)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = checked_cells(values.astype(object), "the actors", str(values.name))
    gone = values.isna().to_numpy() | (values == "").fillna(False).to_numpy(dtype=bool)
    if gone.any() and missing == "error":
        msg = (
            f"{int(gone.sum())} of {len(values)} actors have no {'group' if option == 'groups' else option}{_named(groups)}: {some(values.index[gone])}. "
            'Say what is to be done: missing="drop" leaves them and their ties out, missing="category" makes them a group of their own.'
        )
        raise DataError(msg)
    if gone.any():
        values = values.where(~gone) if missing == "drop" else values.astype("str").where(~gone, MISSING)
    return values


def _named(groups: Groups) -> str:
    name = groups.name if isinstance(groups, pd.Series) else groups
    return "" if name is None else f" in {name!r}"


def grouped(network: Network, groups: Groups, missing: Missing = "error") -> Grouped:
    """Codes and labels of one partition of the actors of a network."""
    check_network(network, "an indicator with groups")
    values = column_of(network.actors, groups, missing)
    kept = values.notna().to_numpy()
    known = values[kept]
    codes, labels = pd.factorize(known.astype(_NUMPY[str(known.dtype)]) if str(known.dtype) in _NUMPY else known, sort=True)
    unsigned = codes.astype(np.uint32)
    unsigned.flags.writeable = False
    inner = network if kept.all() else network.select(actors=kept)
    return Grouped(inner, unsigned, pd.Index(labels, name="group"), kept, network.actors.index)
