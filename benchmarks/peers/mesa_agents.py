"""The agents of Participation in Mesa: firms, R&D bodies, and the ties and clusters between them."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, floor, log, log1p, sqrt
from random import Random
from typing import TYPE_CHECKING

import mesa
from world import DAYS, FIELDS, SEARCHES

if TYPE_CHECKING:
    from participation_mesa import Participation


class Tie:
    """A tie of two actors."""

    __slots__ = ("ends", "trust", "word")

    def __init__(self, one: Actor, other: Actor) -> None:
        self.ends, self.trust, self.word = (one, other), 0.0, 0.0
        one.ties[other] = other.ties[one] = self

    def drop(self) -> None:
        """End it."""
        one, other = self.ends
        del one.ties[other], other.ties[one]


class Cluster:
    """A cluster is its members."""

    __slots__ = ("members",)

    def __init__(self, members: list[Firm]) -> None:
        self.members = members
        for member in members:
            member.cluster = self


class Actor(mesa.Agent):
    """What firms and bodies have in common: knowledge, ties and the search for them."""

    body = False
    body_slack = 1.0
    cluster: Cluster | None = None
    history = 0
    exported = exporter = exited = False
    learned = 0.0

    def __init__(self, model: Participation, place: int, employees: float) -> None:
        super().__init__(model)
        w, p = model.world, model.p
        self.place, self.sector, self.region, self.country = place, int(w.sector[place]), int(w.region[place]), int(w.country[place])
        self.employees, self.size = employees, log(employees)
        self.quality = _quality(model.random.random)
        level, noise = exp(p["learning.quality_k"] * self.quality), model.noise
        drawn = model.random.choices(noise, k=FIELDS)
        self.own = self.v = [field * level * x for field, x in zip(model.profile[self.sector], drawn, strict=True)]
        self.own_sum = self.v_sum = sum(self.own)
        self.ties: dict[Actor, Tie] = {}
        self.proposals: dict[Actor, float] = {}
        self.inbox: list[Actor] = []

    def search(self) -> None:
        """Look for partners and propose to some."""
        p, random = self.model.p, self.model.random
        degree, days = len(self.ties), p["ties.days_per_tie"]
        slack = p["ties.slack_0"] * exp(p["ties.slack_size"] * self.size) * self.body_slack
        free = self.free = floor(slack / days) - degree
        self.burden = min(1.0, days / max(days, slack - days * degree))
        rate = p["search.rate"] * exp(p["search.size"] * self.size + p["search.selection"] * self.quality)
        if self.history & 7:
            rate *= p["search.innovator"]
        if degree:
            rate *= (1 + degree) ** p["search.experience"]
        u, searches, chance = random.random(), 0, exp(-rate)
        while u > chance and searches < SEARCHES and searches < free:
            u -= chance
            searches += 1
            chance *= rate / searches
        if searches > 0:
            self.free -= searches
            partners = list(self.ties)
            for _ in range(searches):
                self.propose(partners)

    def propose(self, partners: list[Actor]) -> None:
        """One search: of those met and staying alone the best is chosen."""
        model, p = self.model, self.model.p
        met: dict[Actor, float] = {}
        if partners:
            at = model.random.choice(partners).others(self)
            if at is not None:
                met[at] = 1.0
        if self.cluster is not None and len(members := self.cluster.members) > 1:
            fellow = _another(model.random, members, self)
            met.setdefault(fellow, p["decision.fellows"])
        for _ in range(p["search.n_chance"]):
            found = model.chance(self)
            if found is not None:
                met.setdefault(found, 0.0)
        best, most = None, -log(model.random.expovariate(1))
        for other, embedded in met.items():
            if other is self or other in self.ties or other in self.proposals or (self.body and other.body):
                continue
            score = self.value(other, *self.fit(other), embedded) - log(model.random.expovariate(1))
            if score > most:
                best, most = other, score
        if best is not None:
            self.proposals[best] = met[best]
            best.inbox.append(self)
            model.asked.add(best)

    def others(self, one: Actor) -> Actor | None:
        """A partner other than this one, at random."""
        return _another(self.model.random, list(self.ties), one) if len(self.ties) > 1 else None

    def fit(self, other: Actor) -> tuple[float, float]:
        """4 o (1 - o) of knowledge, and the sum of what both know."""
        both = sum(map(min, self.v, other.v))
        overlap = both / (self.v_sum + other.v_sum - both)
        return 4 * overlap * (1 - overlap), both

    def value(self, other: Actor, fit: float, both: float, embedded: float) -> float:
        """What a tie to the other is worth."""
        p = self.model.p
        gain = (other.v_sum - both) / self.v_sum
        value = p["decision.intercept"] + p["decision.fit"] * fit + p["decision.gain"] * gain / (1 + gain) + p["decision.embeddedness"] * embedded
        value -= p["decision.cost"] * self.burden
        if self.body:
            value += p["decision.mission"]
        if self.region != other.region:
            value -= p["decision.distance"]
        if self.country != other.country:
            value -= p["decision.border"]
        return value

    def answer(self) -> list[Tie]:
        """Consent to the best of those wanted, as far as there is room."""
        random, wanted, new = self.model.random, [], []
        for other in self.inbox:
            if other in self.proposals:
                if self.place < other.place:
                    new.append(Tie(self, other))
                continue
            u = random.random()
            liking = self.value(other, *self.fit(other), other.proposals[self]) + log(u / (1 - u))
            if liking > 0:
                wanted.append((liking, other.place, other))
        wanted.sort(reverse=True)
        return new + [Tie(self, other) for _, _, other in wanted[: max(self.free, 0)]]


class Body(Actor):
    """A research body: it gives and does not compete."""

    body = True

    def __init__(self, model: Participation, place: int, employees: float) -> None:
        super().__init__(model, place, employees)
        self.body_slack = model.p["ties.body_slack"]


class Firm(Actor):
    """A firm: it learns, innovates, competes and may exit."""

    def __init__(self, model: Participation, place: int, employees: float, mean: float, born: float) -> None:
        super().__init__(model, place, employees)
        p = model.p
        spread = p["innovation.shock"] / sqrt(1 - p["innovation.persistence"] ** 2)
        self.niche, self.born = log(float(model.world.employees[place])), born
        self.z = mean + p["innovation.quality_z"] * self.quality + model.random.gauss(0, spread)
        self.innovated = False

    def innovate(self) -> None:
        """Renew knowledge, innovate or not, and what it does to productivity."""
        p, random = self.model.p, self.model.random
        exponent = p["innovation.size"] * self.size + p["innovation.quality"] * self.quality
        if self.v is not self.own:
            self.learned = log(sum(self.v) / self.own_sum)
            renewal = p["learning.renewal"]
            self.v = [v + renewal * (own - v) for v, own in zip(self.v, self.own, strict=True)]
            self.v_sum = sum(self.v)
        network = p["innovation.know"] * self.learned
        if self.ties:
            indirect = sum(min(20, len(other.ties) - 1) for other in self.ties)
            network += p["innovation.ties"] * log1p(len(self.ties) + p["innovation.indirect"] * indirect)
        innovated = self.innovated = random.random() < 1 - exp(-p["innovation.base"] * exp(exponent + p["network_effect"] * network))
        self.history = (self.history << 1 | innovated) & 255
        self.model.innovations += innovated
        self.exported = self.exporter
        keep = p["innovation.persistence"]
        self.z = keep * self.z + (1 - keep) * p["innovation.quality_z"] * self.quality + p["innovation.jump"] * innovated
        self.z += random.gauss(0, p["innovation.shock"])

    def compete(self, means: list[float], weights: list[float]) -> None:
        """Export, exit, and the weight in the market."""
        p, effective = self.model.p, self.z
        pull = p["market.export_size"] * self.size
        if self.ties:
            effective -= p["network_effect"] * p["ties.days_per_tie"] * len(self.ties) / (DAYS * self.employees)
            if any(other.exported for other in self.ties):
                pull += p["network_effect"] * p["market.spill"]
        self.exporter = effective + pull > p["market.export_threshold"] - p["market.hysteresis"] * self.exported
        lead = effective - means[self.sector]
        age = log1p(self.model.year - self.born)
        hazard = p["market.exit_base"] * exp(-p["market.exit_size"] * self.size - p["market.exit_age"] * age - p["market.exit_productivity"] * lead)
        self.exited = self.model.random.random() < 1 - exp(-hazard)
        if self.exited:
            self.weight = p["market.entry_size"] * exp(self.niche)
        else:
            self.weight = exp(self.size + p["market.select"] * lead - p["market.revert"] * (self.size - self.niche))
        weights[self.sector] += self.weight

    def grow(self, factors: list[float]) -> None:
        """Employees by the share of the market."""
        self.employees = factors[self.sector] * self.weight
        self.size = log(self.employees)

    def leave(self) -> None:
        """Out of the cluster."""
        if self.cluster is not None:
            self.cluster.members.remove(self)
            self.cluster = None


def _another(random: Random, actors: list[Actor], one: Actor) -> Actor:
    """One of the list at random other than ``one``, which is in it."""
    at = actors[int(random.random() * (len(actors) - 1))]
    return actors[-1] if at is one else at


def _quality(random: Callable[[], float]) -> float:
    """The model's normal number: eight uniform ones, summed and scaled."""
    return (random() + random() + random() + random() + random() + random() + random() + random() - 4) * sqrt(1.5)
