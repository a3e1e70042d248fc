"""What a population must have before anything is simulated: all that is wrong is said at once."""

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import some
from innovnet.errors import DataError, DataWarning, Fault
from innovnet.graph._network import Network
from innovnet.simulate._shares import FIRM, TYPES

_NEEDED = ("type", "employees", "sector", "region", "country", "lat", "lon")
_NUMBERS = ("employees", "lat", "lon")
_MOST_EMPLOYEES = 1e9
_MOST_LABELS = {"sector": 255, "region": 5000}  #: sectors are kept in 8 bits; distances between all regions are kept
_MOST = 100  #: faults of one kind that are listed; all are counted
_COARSER = {"sector": "sections of NACE", "region": "NUTS 3"}
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
    of a firm ``sector``. A region lies in one country, and there is at least one firm. ``age``, ``high_value`` and the ``start`` of ties are of their kinds where they
    are given. Ties have no direction. Cost: O(actors + ties).
    """
    if network.directed:
        msg = "the population has directed ties: cooperation has no direction. Make them so with inn.symmetrize(network)."
        raise DataError(msg)
    firm = check_actors(network._actors)
    _check_labels(network._actors)
    _check_starts(network)
    _warn_of_participants(network, firm)


def check_actors(actors: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Raise unless the table of actors is a population; which of them are firms."""
    absent = [column for column in _NEEDED if column not in actors.columns]
    if absent:
        msg = f"the population lacks the columns {', '.join(absent)}. {_REMEDY}"
        raise DataError(msg)
    text = [column for column in (*_NUMBERS, "age") if column in actors and not _is_number(actors[column].dtype) and actors[column].notna().any()]
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
    yield Wrong(~((employees >= 1) & (employees <= _MOST_EMPLOYEES)), "employees", f"no number of employees from 1 to {_MOST_EMPLOYEES:,.0f}", _REMEDY)
    for column in ("region", "country"):
        yield Wrong(actors[column].isna().to_numpy(), column, f"no {column}", _REMEDY if column == "region" else "Give it, or leave the actor out.")
    yield Wrong(firm & actors["sector"].isna().to_numpy(), "sector", "no sector though it is a firm", _REMEDY)
    for column, end in (("lat", 90), ("lon", 180)):
        degrees = actors[column].to_numpy(dtype=np.float64, na_value=np.nan)
        yield Wrong(~(np.abs(degrees) <= end), column, f"no {column} within {end} degrees", _REMEDY)
    if "age" in actors:
        age = actors["age"].to_numpy(dtype=np.float64, na_value=np.nan)
        yield Wrong((age < 0) | (age == np.inf), "age", "no age in years", "Give 0 or more, or leave the cell empty: it is drawn.")
    if "high_value" in actors and not pd.api.types.is_bool_dtype(actors["high_value"].dtype):
        strange = actors["high_value"].notna() & ~actors["high_value"].isin([True, False])
        yield Wrong(strange.to_numpy(), "high_value", "neither True nor False", "Convert it.")
    yield Wrong(_abroad(actors), "country", "another country than most of its region", "Give the region of each country a name of its own.")


def _is_number(dtype: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype))


def _check_labels(actors: pd.DataFrame) -> None:
    for column, most in _MOST_LABELS.items():
        found = actors[column].nunique()
        if found > most:
            msg = f"the population has {found:,} {column}s, and a simulation takes up to {most:,}. Use coarser ones, such as {_COARSER[column]}."
            raise DataError(msg)


def _check_starts(network: Network) -> None:
    """Raise unless ties that say when they began did so by year 0."""
    if not network.n_ties or "start" not in network.ties:
        return
    start = network.ties["start"]
    if not _is_number(start.dtype) and start.notna().any():
        msg = f"the ties' column 'start' holds {start.dtype}, not numbers. Give the year in which a tie began, counted from the first year: 0 or below."
        raise DataError(msg)
    late = start[start > 0]
    if len(late):
        msg = f"{len(late):,} ties start after year 0 ({some(late.unique().tolist(), 3)}). Count 'start' from the year before the first step: 0 or below."
        raise DataError(msg)


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
