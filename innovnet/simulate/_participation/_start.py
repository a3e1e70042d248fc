"""The world before the first year, from a population."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from innovnet.graph._network import Network
from innovnet.graph._tables import freeze
from innovnet.simulate._model import Draw
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._numbers import FIELDS, START, Numbers
from innovnet.simulate._participation._parameters import Constants, Search
from innovnet.simulate._participation._start_kernel import begin
from innovnet.simulate._participation._sweep import sweep
from innovnet.simulate._population import check_population
from innovnet.simulate._state import empty_in_lines

_EARTH = 6371.0
_MEAN_AGE = 14.0  # years, where a population has no ages
_NEIGHBOURS = 3.0  # fields over which the weight in a sector's profile falls by the factor e
_EVERYWHERE = 0.05
_SETTLED_TRUST = 128  # of ties that are older than the simulation: trust where rise and loss balance
NEVER = -32768


def started(network: Network, numbers: Numbers, search: Search, constants: Constants, draw: Draw) -> s.State:
    """The state before the first year: firms at their own level of knowledge, ties as given."""
    check_population(network)
    actors = network.actors
    places, order = _places(actors, search, constants)
    n = len(actors)
    firms = s.Firms(
        knowledge=empty_in_lines((n, FIELDS), "f4"),
        employees=places.reference.copy(),
        productivity=np.empty(n, "f4"),
        quality=np.empty(n, "f4"),
        learned=np.zeros(n, "f4"),
        flags=np.zeros(n, "u1"),
        innovated=np.zeros(n, "u1"),
        partnered=np.zeros(n, "u1"),
        birth=_births(actors, order, draw),
        generation=np.zeros(n, "u2"),
        joined=np.full(n, NEVER, "i2"),
        cluster=np.full(n, -1, "i4"),
    )
    sweep(n, lambda low, high: begin(low, high, places, firms, numbers, draw.key))
    ties = _ties(network, order)
    firms.partnered[:] = np.diff(ties.indptr) > 0
    return s.State(
        0, places, firms, ties, s.no_groups(), s.no_past(len(firms.flags)), s.aid_for(0), s.no_support(0), np.zeros((0, len(s.MONEY))), traits=int(draw.key)
    )


def _codes(column: pd.Series) -> tuple[npt.NDArray[np.int64], pd.Index]:
    """Positions among the labels that occur, in the order of the labels; −1 where missing."""
    codes, labels = pd.factorize(column, sort=False)
    order = np.argsort(np.asarray(labels.astype(str)), kind="stable")
    place = np.empty(len(labels) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(labels)), -1
    return place[codes], labels[order]


def labels_of(actors: pd.DataFrame) -> dict[str, pd.Index]:
    """The labels of regions, sectors and countries in the order of their numbers, as text: policies name them so."""
    found = {column: _codes(actors[column])[1] for column in ("region", "sector", "country")}
    return {column: labels if all(isinstance(label, str) for label in labels) else labels.astype(str) for column, labels in found.items()}


def _places(actors: pd.DataFrame, search: Search, constants: Constants) -> tuple[s.Places, npt.NDArray[np.int64]]:
    """What does not change, and the row of the table of actors for each place."""
    region, regions = _codes(actors["region"])
    sector, sectors = _codes(actors["sector"])
    body = (actors["type"] != "firm").to_numpy()
    n_sectors = len(sectors)
    sector[body] = n_sectors
    block = region * (n_sectors + 1) + sector
    order = np.arange(len(actors)) if (np.diff(block) >= 0).all() else np.argsort(block, kind="stable")
    employees = actors["employees"].to_numpy(dtype=np.float32)[order]
    owner = _codes(actors["owner"])[0] if "owner" in actors else np.full(len(actors), -1)
    owner = np.where(owner < 0, owner.max(initial=-1) + 1 + np.arange(len(actors)), owner)[order]
    high = actors["high_value"].to_numpy(dtype=bool, na_value=False) if "high_value" in actors else np.zeros(len(actors), dtype=bool)
    sizes = np.bincount(block, minlength=len(regions) * (n_sectors + 1))
    firm = sector[order] < n_sectors
    first = np.unique(region[order], return_index=True)[1]
    home = _codes(actors["country"])[0][order][first]
    labour = np.bincount(sector[order][firm], weights=employees[firm].astype(np.float64), minlength=n_sectors)
    arrays = {
        "region": region[order].astype("u2"),
        "sector": sector[order].astype("u1"),
        "reference": employees,
        "owner": owner.astype("u4"),
        "high_value": high[order].astype("u1"),
        "block": np.concatenate([[0], np.cumsum(sizes)]).astype("i8"),
        "country": home.astype("i8"),
        "reach": _reach(actors, region, home, np.bincount(region, minlength=len(regions)), search, constants),
        "profile": _profiles(n_sectors, constants.body_level),
        "quantile": np.exp(constants.spread * stats.norm.ppf((np.arange(256) + 0.5) / 256)).astype("f4"),
        "labour": labour,
        "actor": order.astype("u4"),
    }
    return s.Places(sectors=n_sectors, **dict(zip(arrays, freeze(*arrays.values()), strict=True))), order


def _profiles(sectors: int, body_level: float) -> npt.NDArray[np.float32]:
    """Own knowledge of the median firm by sector and field: sectors lie on a circle of fields, so neighbours are related. R&D bodies know everything well."""
    at = np.arange(sectors)[:, None] * FIELDS / max(sectors, 1)
    apart = np.abs(at - np.arange(FIELDS))
    weights = np.exp(-np.minimum(apart, FIELDS - apart) / _NEIGHBOURS) + _EVERYWHERE
    return np.vstack([weights, np.full((1, FIELDS), body_level)]).astype("f4")


def _reach(
    actors: pd.DataFrame, region: npt.NDArray[np.int64], home: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], search: Search, constants: Constants
) -> npt.NDArray[np.float64]:
    """Where a chance meeting is: cumulative rows of e**(−distance/decay) × organisations there × border factor."""
    mean = [np.bincount(region, weights=actors[c].to_numpy(dtype=np.float64), minlength=len(sizes)) / np.maximum(sizes, 1) for c in ("lat", "lon")]
    lat, lon = np.radians(mean[0]), np.radians(mean[1])
    haversine = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    distance = 2 * _EARTH * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))
    weights = np.exp(-distance / search.decay) * sizes * np.where(home[:, None] == home, 1.0, constants.border_meet)
    total = np.cumsum(weights, axis=1)
    return total / total[:, -1:]


def _births(actors: pd.DataFrame, order: npt.NDArray[np.int64], draw: Draw) -> s.I2:
    """Steps before the start in which the firms were founded; drawn (exponential) where no age is given."""
    ages = actors["age"].to_numpy(dtype=np.float64, na_value=np.nan)[order] if "age" in actors else np.full(len(order), np.nan)
    absent = np.flatnonzero(np.isnan(ages))
    ages[absent] = np.floor(-_MEAN_AGE * np.log1p(-draw.unit(START, absent)))
    return np.clip(-ages, -30000, 0).astype("i2")


def _ties(network: Network, order: npt.NDArray[np.int64]) -> s.Ties:
    """The given ties between places, both ways; ties without a column ``start`` are older than the simulation."""
    n = network.n_actors
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    arcs = network.arcs(weighted=False)
    one = place[np.repeat(np.arange(n), np.diff(arcs.indptr))]
    other = place[arcs.indices]
    sort = np.lexsort((other, one))
    one, other = one[sort], other[sort]
    start = _starts(network, place, one, other)
    m = len(one)
    trust = np.where(start < 0, _SETTLED_TRUST, 0).astype("u1")
    indptr = np.searchsorted(one, np.arange(n + 1)).astype("i8")
    return s.Ties(indptr, other.astype("u4"), start, trust, np.full(m, s.CHANCE, "u1"), np.full(m, NEVER, "i2"))


def _starts(network: Network, place: npt.NDArray[np.int64], one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> s.I2:
    ties: Any = network.ties if network.n_ties else pd.DataFrame()
    if "start" not in ties:
        return np.full(len(one), -1, "i2")
    ends = [place[network.positions(ties[column])] for column in ("source", "target")]
    low, high = np.minimum(*ends), np.maximum(*ends)
    first = pd.Series(ties["start"].to_numpy(dtype=np.float64, na_value=np.nan), index=low * network.n_actors + high).groupby(level=0).min()
    found = first.reindex(np.minimum(one, other) * network.n_actors + np.maximum(one, other)).fillna(-1.0)
    return np.clip(found.to_numpy(), -30000, 0).astype("i2")
