"""The example programme: a synthetic one in the shape of Horizon Europe.

Numbers of organisations, projects and memberships, sizes of projects, types, places, fields, roles and money follow tables of shares, medians and
quantiles over Horizon Europe (``data/example_*.csv``, each with its source). Who works with whom is drawn: each project has a coordinator, and members
come more often from its field, country and region and from among the coordinator's earlier partners; a few organisations, the brokers, come from anywhere.
"""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._random import seed_key

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EVENTS_PER_ACTOR = 19_189 / 30_721
LITHUANIA = 0.06  # instead of 0.006, so that a report about one small country has something to show
_STREAM = 0xE8A  # branch of the seed
_SHARE_OF_EVENTS = 0.2  # at most this share of all projects for one organisation
_BROKERS = 0.04
_SAME_FIELD, _SECOND_FIELD, _SAME_COUNTRY, _SAME_REGION, _SAME_TYPE, _KNOWN, _BROKER = 20.0, 3.0, 9.0, 2.5, 2.5, 4.0, 6.0
_BEYOND_TARGET = 0.004  # weight that is left, as a share of its target, for an organisation that has its number of projects
YEARS = {2021: 0.02, 2022: 0.28, 2023: 0.265, 2024: 0.23, 2025: 0.205}


def table(name: str) -> pd.DataFrame:
    """One of the tables of shares, medians and quantiles."""
    with (files("innovnet.graph") / "data" / f"example_{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, comment="#", keep_default_na=False)


class Draws:
    """Numbers in [0, 1) from one stream that is the same on every machine."""

    def __init__(self, seed: int, stream: int = _STREAM) -> None:
        self._bits = np.random.Philox(key=int(seed_key(seed, stream)))

    def __call__(self, *shape: int) -> Floats:
        raw = self._bits.random_raw(int(np.prod(shape)))
        return ((np.asarray(raw, dtype=np.uint64) >> np.uint64(11)).astype(np.float64) * 2.0**-53).reshape(shape)

    def order(self, n: int) -> Ints:
        """The numbers 0 to n − 1 in random order."""
        return np.argsort(self(n), kind="stable").astype(np.int64)

    def spread(self, n: int) -> Floats:
        """n numbers in [0, 1), one in each n-th part of it, in random order."""
        return (self.order(n) + self(n)) / max(n, 1)

    def normal(self, n: int) -> Floats:
        """Nearly normal numbers: twelve uniform ones summed, so that no library's logarithm decides a bit."""
        return self(12, n).sum(axis=0) - 6.0

    def quota(self, weights: npt.ArrayLike, n: int) -> Ints:
        """n positions, each as often as its weight says to within one, in ascending order."""
        total = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(total / total[-1] * n, self(1) + np.arange(n), side="right").clip(0, len(total) - 1).astype(np.int64)

    def one(self, weights: Floats) -> int:
        """One position with a chance in proportion to its weight."""
        total = np.cumsum(weights)
        return int(min(np.searchsorted(total, float(self(1)[0]) * total[-1], side="right"), len(total) - 1))

    def several(self, weights: Floats, k: int) -> Ints:
        """k different positions, drawn one after the other in proportion to their weights (Efraimidis & Spirakis 2006)."""
        keys = -np.log1p(-self(len(weights))) / np.where(weights > 0, weights, 1e-300)
        return np.sort(np.argpartition(keys, k - 1)[:k]).astype(np.int64)


def quantiles(rows: pd.DataFrame, u: Floats) -> Floats:
    """Values at ``u`` of the distributions, one a row, given by columns q0 ... q100; between two of them on a logarithmic scale."""
    columns = [c for c in rows.columns if c.startswith("q")]
    at = np.array([float(c[1:]) / 100 for c in columns])
    logs = np.log(rows[columns].to_numpy(dtype=np.float64))
    return np.exp(np.array([np.interp(x, at, row) for x, row in zip(u, logs, strict=True)]))


@dataclass
class Organisations:
    """The population: positions in the tables of types and places, and how many projects each is to have."""

    kind: Ints
    place: Ints
    field: Ints
    broker: npt.NDArray[np.bool_]
    target: Floats
    country: Ints
    region: Ints  #: −1 where it has none
    countries: pd.Index
    places: pd.DataFrame


@dataclass
class Projects:
    """The events: positions in the table of parts, sizes, and the fields they belong to."""

    part: Ints
    size: Ints
    field: Ints
    second: Ints  #: −1 where it has one field


def organisations(n: int, memberships: int, events: int, fields: Floats, draw: Draws) -> Organisations:
    """A population of n."""
    places, types = table("places"), table("types")
    weight = places["organisations"].to_numpy(dtype=np.float64, copy=True)
    own = (places["country"] == "LT").to_numpy()
    weight[own] *= LITHUANIA / (1 - LITHUANIA) * weight[~own].sum() / weight[own].sum()
    place = draw.quota(weight, n)
    kind = draw.quota(types["share"], n)
    kind = kind[np.argsort(_evenly(kind, draw), kind="stable")]  # every country has its share of every type
    u = np.empty(n)
    for k in range(len(types)):
        u[kind == k] = draw.spread(int((kind == k).sum()))
    wanted = quantiles(types.iloc[kind], u)
    country, countries = pd.factorize(places["country"])
    region, _ = pd.factorize(places["nuts"].str[:4].where(places["nuts"].str.len() == 5))
    field = draw.quota(fields, n)[draw.order(n)]
    broker = (draw(n) < _BROKERS * 1.5) & (types["type"].to_numpy()[kind] != "firm")
    target = _scaled(wanted, memberships, max(12.0, _SHARE_OF_EVENTS * events))
    return Organisations(kind, place, field, broker, target, country[place].astype(np.int64), region[place].astype(np.int64), pd.Index(countries), places)


def _evenly(kind: Ints, draw: Draws) -> Floats:
    """Places in [0, 1) for the members of each kind, one in each equal part of it."""
    size = np.bincount(kind)[kind]
    rank = np.arange(len(kind)) - np.searchsorted(kind, kind)  # kinds come sorted
    return (rank + draw(len(kind))) / size


def _scaled(wanted: Floats, total: int, largest: float) -> Floats:
    """Numbers of projects that sum to ``total``: ``wanted`` (at least 1) to a power, at most ``largest``. Those with one project keep one."""
    low, high = 0.0, 8.0
    for _ in range(50):
        power = (low + high) / 2
        low, high = (power, high) if np.minimum(wanted**power, largest).sum() < total else (low, power)
    return np.minimum(wanted**high, largest)


def projects(n: int, actors: int, parts: pd.DataFrame, fields: list[str], draw: Draws) -> Projects:
    """n events, among as many actors as given."""
    part = draw.quota(parts["events"], n)
    share = np.cumsum(parts["single"].to_numpy()[part]) + draw(1)
    alone = np.diff(np.floor(share), prepend=0.0) >= 1
    u = np.empty(n)
    for k in range(len(parts)):
        several = (part == k) & ~alone
        u[several] = draw.spread(int(several.sum()))
    size = np.ones(n, dtype=np.int64)
    largest = min(actors // 2, max(24, actors // 6))
    size[~alone] = np.rint(quantiles(parts.iloc[part[~alone]], u[~alone])).clip(2, largest).astype(np.int64)
    chances = parts[fields].to_numpy()
    first = np.array([draw.one(chances[k]) for k in part], dtype=np.int64)
    second = np.array([draw.one(chances[k]) for k in part], dtype=np.int64)
    second[(second == first) | (draw(n) < 0.3)] = -1
    shuffled = draw.order(n)
    return Projects(part[shuffled], size[shuffled], first[shuffled], second[shuffled])


class Assembly:
    """Fills the events with members. The first member of an event is its coordinator."""

    def __init__(self, who: Organisations, what: Projects, parts: pd.DataFrame, fields: list[str], draw: Draws) -> None:
        self.who, self.what, self.parts, self.fields, self._draw = who, what, parts, fields, draw
        self.types: list[str] = table("types")["type"].tolist()
        self.roles = table("countries").set_index("country").loc[who.countries]
        self.members: list[list[int]] = [[] for _ in what.size]
        self._events_of: list[list[int]] = [[] for _ in who.target]
        self._count = np.zeros(len(who.target))
        self._willing = self.roles["coordinator"].to_numpy(dtype=np.float64)[who.country]
        base = np.bincount(who.kind, weights=who.target, minlength=len(self.types)) / who.target.sum()
        self._fit = {alone: parts[[f"{alone} {t}" for t in self.types]].to_numpy() / np.maximum(base, 1e-9) for alone in ("single", "joint")}

    def _add(self, event: int, actor: int) -> None:
        """Make an actor a member of an event."""
        self.members[event].append(actor)
        self._events_of[actor].append(event)
        self._count[actor] += 1

    def _wanting(self) -> Floats:
        return np.maximum(self.who.target - self._count, _BEYOND_TARGET * self.who.target)

    def _matching(self, event: int) -> Floats:
        """How well the type and field of each actor go with an event."""
        who, what = self.who, self.what
        fit = self._fit["single" if what.size[event] == 1 else "joint"][what.part[event]][who.kind]
        near = np.where(who.field == what.field[event], _SAME_FIELD, np.where(who.field == what.second[event], _SECOND_FIELD, 1.0))
        return fit * np.where(who.broker, _BROKER, near)

    def lead(self) -> None:
        """A coordinator for every event."""
        for event in range(len(self.what.size)):
            self._add(event, self._draw.one(self._wanting() * self._matching(event) * self._willing + 1e-12))

    def settle(self) -> None:
        """One event for every actor that has none yet."""
        who, what = self.who, self.what
        lead = np.array([m[0] for m in self.members])
        free = what.size - np.array([len(m) for m in self.members])
        homeless = np.flatnonzero(self._count == 0)
        for actor in homeless[self._draw.order(len(homeless))]:
            weight = free * self._fit["joint"][what.part, who.kind[actor]]
            weight = weight * np.where(what.field == who.field[actor], _SAME_FIELD, np.where(what.second == who.field[actor], _SECOND_FIELD, 1.0))
            weight = weight * np.where(who.country[lead] == who.country[actor], _SAME_COUNTRY, 1.0)
            event = self._draw.one(np.maximum(weight, 1e-12 * (free > 0)))
            self._add(event, int(actor))
            free[event] -= 1

    def fill(self) -> None:
        """The seats that are left, event by event."""
        who = self.who
        for event, size in enumerate(self.what.size):
            seats = int(size) - len(self.members[event])
            if seats <= 0:
                continue
            lead = self.members[event][0]
            near = np.where(who.country == who.country[lead], _SAME_COUNTRY, 1.0)
            near[(who.region == who.region[lead]) & (who.region >= 0)] *= _SAME_REGION
            near = near * np.where(who.kind == who.kind[lead], _SAME_TYPE, 1.0)
            near[who.broker] = 1.0
            known = [member for other in self._events_of[lead] for member in self.members[other]]
            near[known] *= _KNOWN
            weight = self._wanting() * self._matching(event) * near + 1e-12
            weight[self.members[event]] = 0.0
            for actor in self._draw.several(weight, seats):
                self._add(event, int(actor))


def assembled(actors: int, draw: Draws) -> Assembly:
    """Organisations, projects, and who is a member of what."""
    parts = table("parts")
    fields = list(parts.loc[:, "natural sciences":"agricultural sciences"].columns)
    n_events = round(EVENTS_PER_ACTOR * actors)
    what = projects(n_events, actors, parts, fields, draw)
    overall = parts[fields].mul(parts["events"], axis=0).sum().to_numpy()
    who = organisations(actors, int(what.size.sum()), n_events, overall, draw)
    found = Assembly(who, what, parts, fields, draw)
    found.lead()
    found.settle()
    found.fill()
    return found
