"""One partition of the actors: from a column or a Series to codes, with an explicit answer to missing groups."""

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice, check_column, check_kind, some
from innovnet.errors import DataError
from innovnet.graph._network import Network

Groups = str | pd.Series
Missing = Literal["error", "drop", "category"]
MISSING = "(missing)"


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


def column_of(actors: pd.DataFrame, groups: Groups, missing: Missing = "error") -> pd.Series:
    """The group of each actor as text or numbers, checked; missing ones are an error, stay missing, or become ``"(missing)"``."""
    check_choice(missing, ("error", "drop", "category"), "missing")
    if isinstance(groups, pd.Series):
        absent = actors.index.difference(groups.index, sort=False)
        if len(absent):
            msg = f"groups= is a Series without {len(absent)} of the actors: {some(absent)}. Give it one value for each actor."
            raise DataError(msg)
        if groups.index.has_duplicates:
            msg = f"groups= is a Series with actors more than once: {some(groups.index[groups.index.duplicated()].unique())}. An actor has one group."
            raise DataError(msg)
        values = groups.reindex(actors.index)
    elif isinstance(groups, str):
        check_column(actors.columns, groups, "actors")
        values = actors[groups]
    else:
        msg = f"groups= takes the name of one column of actors, or a Series on the actors, not {type(groups).__name__}."
        raise DataError(msg)
    gone = values.isna().to_numpy() | (values == "").fillna(False).to_numpy(dtype=bool)
    if gone.any() and missing == "error":
        msg = (
            f"{int(gone.sum())} of {len(values)} actors have no group in {getattr(groups, 'name', groups)!r}: {some(values.index[gone])}. "
            'Say what is to be done: missing="drop" leaves them and their ties out, missing="category" makes them a group of their own.'
        )
        raise DataError(msg)
    if gone.any():
        values = values.astype("str").where(~gone, MISSING if missing == "category" else np.nan)
    return values


def grouped(network: Network, groups: Groups, missing: Missing = "error") -> Grouped:
    """Codes and labels of one partition of the actors of a network."""
    check_kind(network, Network, "an indicator with groups", "An affiliation becomes one with affiliation.project().")
    values = column_of(network.actors, groups, missing)
    kept = values.notna().to_numpy()
    codes, labels = pd.factorize(values[kept], sort=True)
    unsigned = codes.astype(np.uint32)
    unsigned.flags.writeable = False
    inner = network if kept.all() else network.select(actors=kept)
    return Grouped(inner, unsigned, pd.Index(labels, name="group"), kept, network.actors.index)
