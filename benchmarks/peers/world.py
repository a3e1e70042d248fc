"""What the three peers share: the population as arrays, the parameters and the list of what is compared. Nothing of the model itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

import innovnet as inn

#: Fields of knowledge.
FIELDS = 8
#: Searches a year, at most.
SEARCHES = 8
#: A cluster of fewer members dissolves.
LEAST = 3
#: Persons' working days a year.
DAYS = 220.0

#: What the peers read, by the step that uses it.
NAMES = {
    "search": "rate size selection innovator experience n_chance seen body_share same_sector decay border_meet",
    "decision": "intercept fit gain embeddedness cost distance border mission fellows",
    "ties": "days_per_tie slack_0 slack_size body_slack end_0 end_trust end_fit trust_up trust_down",
    "learning": "absorption renewal rounds band spread quality_k",
    "innovation": "base size quality know ties indirect jump persistence shock quality_z",
    "market": "select revert export_threshold export_size spill hysteresis exit_base exit_size exit_age exit_productivity entry_size entry_gap",
    "clusters": "found admit leave_0 leave_ties min_members",
}


def parameters(model: inn.simulate.Participation) -> dict[str, float]:
    """The values of a model's parameters by ``step.name``: so the peers are of the same setting whatever it is calibrated to."""
    found = {}
    for step, names in NAMES.items():
        group = getattr(model, step)
        found |= {f"{step}.{name}": getattr(group if hasattr(group, name) else model.constants, name) for name in names.split()}
    return found | {"network_effect": model.network_effect}


#: The calibrated default, and the stress setting of about six ties for each firm.
DEFAULT, DENSE = parameters(inn.simulate.Participation()), parameters(inn.simulate.Participation.dense())

#: What is compared, at the end of each year: names and meanings of the model's own summary, where innovations are those of all firms of the year, also of
#: those that left the market in it.
MOMENTS = (
    "participation",
    "ties",
    "ties_new",
    "mean_degree_participants",
    "mean_degree_bodies",
    "innovation_rate",
    "innovative_3y_10",
    "export_share",
    "survival",
    "clusters",
    "cluster_members",
    "log_productivity_sd",
    "learned",
    "market_share_participants",
)


class World(NamedTuple):
    """The population: a row for each place, sorted by region and sector, R&D bodies last in each region."""

    employees: np.ndarray
    age: np.ndarray
    body: np.ndarray
    sector: np.ndarray  #: codes 0 ... sectors - 1; ``sectors`` for bodies
    region: np.ndarray
    country: np.ndarray
    sectors: int
    block: np.ndarray  #: first place of each region and sector, bodies as the last sector; regions x (sectors + 1) numbers and the number of places
    reach: np.ndarray  #: for each region, the cumulative shares of regions where chance leads a searcher
    profile: np.ndarray  #: level of each field in each sector; bodies as the last sector

    @property
    def n(self) -> int:
        """Places."""
        return len(self.employees)


def world(population: inn.Network, parameters: dict[str, float]) -> World:
    """The population of a network as arrays."""
    actors = population.actors
    body = (actors["type"] != "firm").to_numpy()
    sector, sectors = _codes(actors["sector"].where(~body))
    region, regions = _codes(actors["region"])
    country, _ = _codes(actors["country"])
    sector = np.where(body, len(sectors), sector)
    order = np.lexsort((sector, region))
    sector, region, country = sector[order], region[order], country[order]
    width = len(sectors) + 1
    counts = np.bincount(region * width + sector, minlength=len(regions) * width)
    firsts = np.unique(region, return_index=True)[1]
    points = actors[["lat", "lon"]].to_numpy(dtype=float)[order][firsts]
    met = np.where(country[firsts][:, None] == country[firsts], 1.0, parameters["search.border_meet"])
    weights = np.exp(-_km(points) / parameters["search.decay"]) * np.bincount(region) * met
    reach = np.cumsum(weights, axis=1)
    age = actors["age"].to_numpy(dtype=float) if "age" in actors else np.zeros(len(actors))
    return World(
        employees=actors["employees"].to_numpy(dtype=float)[order],
        age=age[order],
        body=body[order],
        sector=sector,
        region=region,
        country=country,
        sectors=len(sectors),
        block=np.append(0, np.cumsum(counts)),
        reach=reach / reach[:, -1:],
        profile=profile(len(sectors)),
    )


def profile(sectors: int) -> np.ndarray:
    """Knowledge of a sector by field: most where its own place on the circle of fields is; 2 in all fields for bodies (the last row)."""
    place = np.arange(sectors)[:, None] * (FIELDS / sectors)
    away = np.abs(place - np.arange(FIELDS))
    own = np.exp(-np.minimum(away, FIELDS - away) / 3) + 0.05
    return np.vstack([own, np.full(FIELDS, 2.0)])


def quantiles(spread: float) -> np.ndarray:
    """256 quantiles of the log-normal."""
    from scipy.stats import norm  # noqa: PLC0415

    return np.exp(spread * norm.ppf((np.arange(256) + 0.5) / 256))


def qualities(rng: np.random.Generator, n: int) -> np.ndarray:
    """Qualities: the model's normal number is eight uniform ones, summed and scaled. Its thin tails matter here, since searches go with e**(selection q)."""
    return (rng.random((n, 8)).sum(1) - 4) * np.sqrt(1.5)


def table(rows: list[dict[str, float]]) -> pd.DataFrame:
    """The moments by year."""
    return pd.DataFrame(rows, columns=list(MOMENTS), index=pd.RangeIndex(1, len(rows) + 1, name="year"))


def _codes(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    values = column.astype("category").cat.remove_unused_categories()
    return values.cat.codes.to_numpy(dtype=np.int64), values.cat.categories


def _km(points: np.ndarray) -> np.ndarray:
    """Great-circle distances of points in degrees."""
    lat, lon = np.radians(points).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(np.minimum(half, 1)))
