"""Participation in Mesa: firms and bodies are agents, ties and clusters are objects, a year is a sequence of stages of an ``AgentSet``."""

from __future__ import annotations

from math import exp, floor, log, log1p, sqrt
from operator import lt
from typing import TYPE_CHECKING

import mesa
import numpy as np
import pandas as pd
from world import DAYS, DEFAULT, FIELDS, LEAST, SEARCHES, World, quantiles, table, world

if TYPE_CHECKING:
    import innovnet as inn


def run(population: inn.Network, parameters: dict[str, float] = DEFAULT, *, steps: int, seed: int) -> pd.DataFrame:
    """The moments by year."""
    model = Participation(world(population, parameters), parameters, seed)
    for _ in range(steps):
        model.step()
    return table(model.datacollector.get_model_vars_dataframe()["moments"].tolist())


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
        self.quality = model.random.gauss(0, 1)
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


class Participation(mesa.Model):
    """The year as a sequence of stages."""

    def __init__(self, places: World, parameters: dict[str, float], seed: int) -> None:
        super().__init__(seed=seed)
        self.world, self.p, self.year = places, parameters, 0
        self.profile, self.noise = places.profile.tolist(), quantiles(parameters["learning.spread"]).tolist()
        self.block, self.reach = places.block.tolist(), [(row / row[-1]).tolist() for row in places.reach]
        self.totals = np.bincount(places.sector, places.employees).tolist()
        self.places: list[Actor] = []
        for place in range(places.n):
            employees = float(places.employees[place])
            self.places.append(Body(self, place, employees) if places.body[place] else Firm(self, place, employees, 0.0, -float(places.age[place])))
        self.firms = self.agents_by_type[Firm]
        self.ties: list[Tie] = []
        self.clusters: list[Cluster] = []
        self.asked: set[Actor] = set()
        self.datacollector = mesa.DataCollector(model_reporters={"moments": "moments"})

    def step(self) -> None:
        """One year."""
        self.year += 1
        self.agents.do("search")
        new = [tie for actor in sorted(self.asked, key=_place) for tie in actor.answer()]
        for actor in self.agents:
            if actor.proposals:
                actor.proposals = {}
        for actor in self.asked:
            actor.inbox = []
        self.asked = set()
        self.ties += new
        for _ in range(self.p["learning.rounds"]):
            self.meet()
        self.firms.do("innovate")
        innovated = sum(self.firms.get("innovated"))
        exited = self.compete()
        self.end()
        for firm, entrant in exited:
            firm.leave()
            firm.remove()
            self.places[entrant.place] = entrant
        self.cluster()
        self.moments = self.measure(len(new), innovated, len(exited))
        self.datacollector.collect(self)

    def chance(self, actor: Actor) -> Actor | None:
        """The largest of a few places of a near region."""
        p, random = self.p, self.random
        region = _position(self.reach[actor.region], random.random())
        width = self.world.sectors + 1
        first, last = region * width, region * width + self.world.sectors
        if random.random() < p["search.body_share"]:
            first, last = last, last + 1
        elif not actor.body and random.random() < p["search.same_sector"]:
            first = region * width + actor.sector
            last = first + 1
        start, end = self.block[first], self.block[last]
        if start == end:
            return None
        places, size = self.places, end - start
        return max((places[start + int(random.random() * size)] for _ in range(p["search.seen"])), key=_employees)

    def meet(self) -> None:
        """Each draws one of its ties; pairs that draw each other barter, who draws a body is taught."""
        random, first = self.random.random, {}
        for tie in self.ties:
            word = tie.word = random()
            for end in tie.ends:
                if end not in first or word < first[end].word:
                    first[end] = tie
        for tie in self.ties:
            one, other = tie.ends
            if one.body:
                one, other = other, one
            if first[one] is tie:
                if other.body:
                    self.teach(one, other)
                elif first[other] is tie:
                    self.barter(one, other)

    def teach(self, firm: Actor, body: Actor) -> None:
        """All that the body knows better flows, in part."""
        absorption, band = self.p["learning.absorption"], 1 + self.p["learning.band"]
        firm.v = [v + absorption * (b - v) if b > band * v else v for v, b in zip(firm.v, body.v, strict=True)]

    def barter(self, one: Actor, other: Actor) -> None:
        """As many fields flow one way as the other."""
        absorption, band = self.p["learning.absorption"], 1 + self.p["learning.band"]
        gives = [k for k in range(FIELDS) if one.v[k] > band * other.v[k]]
        takes = [k for k in range(FIELDS) if other.v[k] > band * one.v[k]]
        number = min(len(gives), len(takes))
        if number:
            a, b = one.v.copy(), other.v.copy()
            for k in self.random.sample(takes, number):
                a[k] += absorption * (b[k] - a[k])
            for k in self.random.sample(gives, number):
                b[k] += absorption * (a[k] - b[k])
            one.v, other.v = a, b

    def compete(self) -> list[tuple[Firm, Firm]]:
        """The market; those who exit, with the entrants at their places."""
        sums, weights = [0.0] * self.world.sectors, [0.0] * self.world.sectors
        for firm in self.firms:
            sums[firm.sector] += firm.employees * firm.z
        means = [a / b for a, b in zip(sums, self.totals, strict=False)]
        self.firms.do("compete", means, weights)
        self.firms.do("grow", [total / weight for total, weight in zip(self.totals, weights, strict=False)])
        exited = [firm for firm in self.firms if firm.exited]
        return [(firm, Firm(self, firm.place, firm.employees, means[firm.sector] - self.p["market.entry_gap"], self.year)) for firm in exited]

    def end(self) -> None:
        """Trust, and ties that end."""
        p, live = self.p, []
        for tie in self.ties:
            one, other = tie.ends
            if not (one.exited or other.exited):
                success = (not one.body and one.innovated) or (not other.body and other.innovated)
                trust = tie.trust + (p["ties.trust_up"] * (1 - tie.trust) if success else -p["ties.trust_down"] * tie.trust)
                odds = exp(p["ties.end_0"] - p["ties.end_trust"] * trust - p["ties.end_fit"] * one.fit(other)[0])
                if self.random.random() >= odds / (1 + odds):
                    tie.trust = round(trust * 255) / 255
                    live.append(tie)
                    continue
            tie.drop()
        self.ties = live

    def cluster(self) -> None:
        """Clusters are founded, admit, are left and dissolve."""
        p, random = self.p, self.random.random
        connected = [firm for firm in {end: None for tie in self.ties for end in tie.ends} if not firm.body]
        leaving = []
        for cluster in self.clusters:
            for firm in cluster.members:
                fellows = sum(other.cluster is cluster for other in firm.ties)
                if random() < p["clusters.leave_0"] * exp(-p["clusters.leave_ties"] * fellows):
                    leaving.append(firm)
        self.found(connected)
        joining = []
        for firm in connected:
            if firm.cluster is None:
                known = [other.cluster for other in firm.ties if other.cluster is not None]
                if known and random() < 1 - (1 - p["clusters.admit"]) ** len(known):
                    joining.append((firm, self.random.choice(known)))
        for firm, cluster in joining:
            firm.cluster = cluster
            cluster.members.append(firm)
        for firm in leaving:
            firm.leave()
        for cluster in self.clusters:
            if len(cluster.members) < LEAST:
                for firm in cluster.members:
                    firm.cluster = None
                cluster.members = []
        self.clusters = [cluster for cluster in self.clusters if cluster.members]

    def found(self, connected: list[Firm]) -> None:
        """Founders draw a number; each firm is claimed by the smallest among its own and its partners'."""
        p, drawn, won = self.p, {}, {}
        free = [firm for firm in connected if firm.cluster is None]
        for firm in free:
            near = sum(other.cluster is None and not other.body and other.country == firm.country for other in firm.ties)
            if near >= p["clusters.min_members"] - 1 and self.random.random() < p["clusters.found"]:
                drawn[firm] = self.random.random()
        if not drawn:
            return
        for firm in free:
            claims = [other for other in (firm, *firm.ties) if other in drawn]
            if claims:
                won.setdefault(min(claims, key=drawn.__getitem__), []).append(firm)
        self.clusters += [Cluster(members) for founder, members in won.items() if founder in members and len(members) >= p["clusters.min_members"]]

    def measure(self, new: int, innovated: int, exited: int) -> dict[str, float]:
        """The moments of the year."""
        firms = list(self.firms)
        degrees = [len(firm.ties) for firm in firms]
        partners = sum(map(lt, [0] * len(firms), degrees))
        large = [firm for firm in firms if firm.employees >= 10]
        return {
            "participation": partners / len(firms),
            "ties": len(self.ties),
            "ties_new": new,
            "mean_degree_participants": sum(degrees) / max(partners, 1),
            "innovation_rate": innovated / len(firms),
            "innovative_3y_10": sum(firm.history & 7 > 0 for firm in large) / max(len(large), 1),
            "exporters": sum(firm.exporter for firm in firms) / len(firms),
            "exits": exited / len(firms),
            "clusters": len(self.clusters),
            "cluster_members": sum(len(cluster.members) for cluster in self.clusters),
            "log_productivity_sd": float(np.std([firm.z for firm in firms])),
            "learned": sum(firm.learned for firm in firms) / len(firms),
            "market_share_participants": sum(firm.employees for firm in firms if firm.ties) / sum(firm.employees for firm in firms),
        }


def _another(random, actors: list[Actor], one: Actor) -> Actor:
    """One of the list at random other than ``one``, which is in it."""
    at = actors[int(random.random() * (len(actors) - 1))]
    return actors[-1] if at is one else at


def _place(actor: Actor) -> int:
    return actor.place


def _employees(actor: Actor) -> float:
    return actor.employees


def _position(shares: list[float], u: float) -> int:
    from bisect import bisect_right  # noqa: PLC0415

    return min(bisect_right(shares, u), len(shares) - 1)
