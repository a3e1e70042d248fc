"""What the three peers share: the population as arrays, the parameters and the list of what is compared. Nothing of the model itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import innovnet as inn

#: Fields of knowledge.
FIELDS = 8
#: Searches a year, at most.
SEARCHES = 8
#: A cluster of fewer members dissolves.
LEAST = 3
#: Persons' working days a year.
DAYS = 220.0

#: The calibrated default.
DEFAULT = {
    "search.rate": 0.0033,
    "search.size": 0.60,
    "search.selection": 0.8,
    "search.innovator": 2.0,
    "search.experience": 0.4,
    "search.n_chance": 2,
    "search.seen": 4,
    "search.body_share": 0.30,
    "search.same_sector": 0.50,
    "search.decay": 150.0,
    "search.border_meet": 0.1,
    "decision.intercept": -0.8,
    "decision.fit": 1.5,
    "decision.gain": 1.0,
    "decision.embeddedness": 2.5,
    "decision.cost": 1.5,
    "decision.distance": 0.5,
    "decision.border": 0.7,
    "decision.mission": 0.5,
    "decision.fellows": 0.5,
    "ties.days_per_tie": 3.0,
    "ties.slack_0": 12.0,
    "ties.slack_size": 0.55,
    "ties.body_slack": 4.0,
    "ties.end_0": 0.0,
    "ties.end_trust": 1.5,
    "ties.end_fit": 1.0,
    "ties.trust_up": 0.3,
    "ties.trust_down": 0.1,
    "learning.absorption": 0.15,
    "learning.renewal": 0.15,
    "learning.rounds": 2,
    "learning.band": 0.01,
    "learning.spread": 0.5,
    "learning.quality_k": 0.2,
    "innovation.base": 0.088,
    "innovation.size": 0.24,
    "innovation.quality": 0.5,
    "innovation.know": 0.20,
    "innovation.ties": 0.08,
    "innovation.indirect": 0.02,
    "innovation.jump": 0.04,
    "innovation.persistence": 0.8,
    "innovation.shock": 0.20,
    "innovation.quality_z": 0.2,
    "market.select": 0.15,
    "market.revert": 0.10,
    "market.export_threshold": 1.0,
    "market.export_size": 0.15,
    "market.spill": 0.10,
    "market.hysteresis": 0.25,
    "market.exit_base": 0.236,
    "market.exit_size": 0.30,
    "market.exit_age": 0.40,
    "market.exit_productivity": 0.5,
    "market.entry_size": 0.7,
    "market.entry_gap": 0.1,
    "clusters.found": 0.10,
    "clusters.admit": 0.10,
    "clusters.leave_0": 0.25,
    "clusters.leave_ties": 0.5,
    "clusters.min_members": 5,
    "network_effect": 1.0,
}

#: The stress setting: about six ties for each firm.
DENSE = DEFAULT | {
    "ties.slack_0": 24.0,
    "search.rate": 0.9,
    "search.size": 0.15,
    "search.selection": 0.3,
    "search.experience": 0.0,
    "ties.days_per_tie": 1.0,
    "decision.intercept": 1.0,
    "ties.end_0": 0.6,
}

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
