"""Participation in Mesa: firms and bodies are agents, ties and clusters are objects, a year is a sequence of stages of an ``AgentSet``."""

from __future__ import annotations

from bisect import bisect_right
from math import exp
from typing import TYPE_CHECKING

import mesa
import numpy as np
import pandas as pd
from mesa_agents import Actor, Body, Cluster, Firm, Tie
from world import DEFAULT, FIELDS, LEAST, World, quantiles, table, world

if TYPE_CHECKING:
    import innovnet as inn


def run(population: inn.Network, parameters: dict[str, float] = DEFAULT, *, steps: int, seed: int) -> pd.DataFrame:
    """The moments by year."""
    model = Participation(world(population, parameters), parameters, seed)
    for _ in range(steps):
        model.step()
    return table(model.datacollector.get_model_vars_dataframe()["moments"].tolist())


class Participation(mesa.Model):
    """The year as a sequence of stages."""

    def __init__(self, places: World, parameters: dict[str, float], seed: int) -> None:
        super().__init__(seed=seed)
        self.world, self.p, self.year = places, parameters, 0
        self.profile, self.noise = places.profile.tolist(), quantiles(parameters["learning.spread"]).tolist()
        self.block, self.reach = places.block.tolist(), places.reach.tolist()
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
        self.innovations = 0
        self.firms.do("innovate")
        exited = self.compete()
        self.end()
        for firm, entrant in exited:
            firm.leave()
            firm.remove()
            self.places[entrant.place] = entrant
        self.cluster()
        self.moments = self.measure(len(new), len(exited))
        self.datacollector.collect(self)

    def chance(self, actor: Actor) -> Actor | None:
        """The largest of a few places of a near region."""
        p, random = self.p, self.random
        region = bisect_right(self.reach[actor.region], random.random())
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
        joining = []
        for firm in connected:
            if firm.cluster is None:
                known = [other.cluster for other in firm.ties if other.cluster is not None]
                if known and random() < 1 - (1 - p["clusters.admit"]) ** len(known):
                    joining.append((firm, self.random.choice(known)))
        self.found(connected)
        for firm, cluster in joining:
            if firm.cluster is None:
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
        """Founders draw a number; each firm is claimed by the smallest among its own and its partners' in its country."""
        p, drawn, won = self.p, {}, {}
        free = [firm for firm in connected if firm.cluster is None]
        for firm in free:
            near = sum(other.cluster is None and not other.body and other.country == firm.country for other in firm.ties)
            if near >= p["clusters.min_members"] - 1 and self.random.random() < p["clusters.found"]:
                drawn[firm] = self.random.random()
        if not drawn:
            return
        for firm in free:
            claims = [other for other in (firm, *firm.ties) if other in drawn and other.country == firm.country]
            if claims:
                won.setdefault(min(claims, key=drawn.__getitem__), []).append(firm)
        self.clusters += [Cluster(members) for founder, members in won.items() if founder in members and len(members) >= p["clusters.min_members"]]

    def measure(self, new: int, exited: int) -> dict[str, float]:
        """The moments of the year."""
        firms, bodies = list(self.firms), list(self.agents_by_type[Body])
        degrees = [len(firm.ties) for firm in firms]
        partners = sum(degree > 0 for degree in degrees)
        large = [firm for firm in firms if firm.employees >= 10]
        return {
            "participation": partners / len(firms),
            "ties": len(self.ties),
            "ties_new": new,
            "mean_degree_participants": sum(degrees) / max(partners, 1),
            "mean_degree_bodies": sum(len(body.ties) for body in bodies) / len(bodies),
            "innovation_rate": self.innovations / len(firms),
            "innovative_3y_10": sum(firm.history & 7 > 0 for firm in large) / max(len(large), 1),
            "export_share": sum(firm.exporter for firm in firms) / len(firms),
            "survival": 1 - exited / len(firms),
            "clusters": len(self.clusters),
            "cluster_members": sum(len(cluster.members) for cluster in self.clusters),
            "log_productivity_sd": float(np.std([firm.z for firm in firms])),
            "learned": sum(firm.learned for firm in firms) / len(firms),
            "market_share_participants": sum(firm.employees for firm in firms if firm.ties) / sum(firm.employees for firm in firms),
        }


def _place(actor: Actor) -> int:
    return actor.place


def _employees(actor: Actor) -> float:
    return actor.employees
