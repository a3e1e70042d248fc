"""What a population must have before anything is simulated: all that is wrong is said at once."""

import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.errors import DataError, DataWarning, Fault
from innovnet.graph._network import Network
from innovnet.simulate._shares import FIRM, TYPES

_NEEDED = ("type", "employees", "sector", "region", "country", "lat", "lon")
_NUMBERS = ("employees", "lat", "lon")
_MOST = 100  #: faults of one kind that are listed; all are counted
_REMEDY = "simulate.from_network(network, seed=0) draws what is missing and lists it."


class Wrong(NamedTuple):
    """Rows at fault."""

    rows: npt.NDArray[np.bool_]
    column: str
    problem: str
    remedy: str


def check_population(network: Network) -> None:
    """Raise unless firms and bodies can live in a simulation; warn where nearly all firms take part already.

    Needed of each actor: ``type`` ("firm", "university", "institute", "public", "other"), ``employees`` (at least 1), ``region``, ``country``, ``lat``, ``lon``;
    of a firm ``sector``. A region lies in one country, and there is at least one firm. Cost: O(actors).
    """
    firm = check_actors(network._actors)
    _warn_of_participants(network, firm)


def check_actors(actors: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Raise unless the table of actors is a population; which of them are firms."""
    absent = [column for column in _NEEDED if column not in actors.columns]
    if absent:
        msg = f"the population lacks the columns {', '.join(absent)}. {_REMEDY}"
        raise DataError(msg)
    text = [column for column in _NUMBERS if not pd.api.types.is_numeric_dtype(actors[column].dtype)]
    if text:
        msg = f"the population's {', '.join(text)} are no numbers. Convert them with pd.to_numeric."
        raise DataError(msg)
    firm = (actors["type"] == FIRM).to_numpy(dtype=bool)
    found = [wrong for wrong in _questions(actors, firm) if wrong.rows.any()]
    if found:
        counted = "; ".join(f"{wrong.rows.sum():,} with {wrong.problem}" for wrong in found)
        raise DataError(f"the population cannot be simulated: {counted}", [fault for wrong in found for fault in _faults(actors, wrong)])
    if not firm.any():
        msg = "the population has no firms: nobody could take part. Give actors of type 'firm', or surround the participants: simulate.surround(network, population)."
        raise DataError(msg)
    return firm


def _questions(actors: pd.DataFrame, firm: npt.NDArray[np.bool_]) -> Iterator[Wrong]:
    """All that can be wrong."""
    yield Wrong(~actors["type"].isin(TYPES).to_numpy(), "type", "a type that is none", f"It is one of {', '.join(TYPES)}.")
    employees = actors["employees"].to_numpy(dtype=np.float64, na_value=np.nan)
    yield Wrong(~((employees >= 1) & (employees < np.inf)), "employees", "no number of employees of at least 1", _REMEDY)
    for column in ("region", "country"):
        yield Wrong(actors[column].isna().to_numpy(), column, f"no {column}", _REMEDY if column == "region" else "Give it, or leave the actor out.")
    yield Wrong(firm & actors["sector"].isna().to_numpy(), "sector", "no sector though it is a firm", _REMEDY)
    for column, end in (("lat", 90), ("lon", 180)):
        degrees = actors[column].to_numpy(dtype=np.float64, na_value=np.nan)
        yield Wrong(~(np.abs(degrees) <= end), column, f"no {column} within {end} degrees", _REMEDY)
    yield Wrong(_abroad(actors), "country", "another country than most of its region", "Give the region of each country a name of its own.")


def _abroad(actors: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Actors of another country than most actors of their region."""
    pairs = actors.groupby(["region", "country"], observed=True).size().sort_values().reset_index()
    home = pairs.drop_duplicates("region", keep="last").set_index("region")["country"]
    several = actors["region"].isin(pairs.loc[pairs["region"].duplicated(), "region"]).to_numpy()
    wrong = np.zeros(len(actors), dtype=bool)
    mixed = actors.loc[several]
    wrong[several] = (mixed["region"].astype(object).map(home.astype(object)) != mixed["country"].astype(object)) & mixed["country"].notna()
    return wrong


def _faults(actors: pd.DataFrame, wrong: Wrong) -> Iterator[Fault]:
    for row in np.flatnonzero(wrong.rows)[:_MOST]:
        value = actors[wrong.column].iloc[int(row)]
        yield Fault("population", str(actors.index[int(row)]), wrong.column, "" if pd.isna(value) else str(value), f"has {wrong.problem}", wrong.remedy)


def _warn_of_participants(network: Network, firm: npt.NDArray[np.bool_]) -> None:
    tied = np.diff(network.adjacency(weighted=False).indptr) > 0
    share = float(tied[firm].mean())
    if share > 0.5:
        msg = (
            f"{share:.0%} of the firms have partners: a network of participants has few others who could take part, so a policy has nobody to reach. "
            "Put them among the rest: simulate.surround(network, simulate.population(country=..., firms=..., seed=...))."
        )
        warnings.warn(msg, DataWarning, stacklevel=4)
