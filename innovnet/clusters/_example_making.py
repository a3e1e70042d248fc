"""The example register in the making: who is in which cluster, and their joint events."""

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from innovnet.clusters._cooperation import NO_ACTOR
from innovnet.clusters._example_plan import NACE, PARTNERS, PLANS, SEATS, Plan
from innovnet.graph._example import Draws
from innovnet.graph._example_names import FIRM_WORDS, LEGAL, coined

_FIRST_WORD = 2_000  # from here on the programme uses no invented words
_KINDS = {"f": "firm", "r": "research", "e": "education", "p": "public", "a": "association", "v": "association"}
_TYPES = {"firm": "firm", "institute": "research", "university": "education", "public": "public", "other": "association"}
_SIZES = {"micro": (0.2, 2, 10), "small": (0.45, 10, 50), "medium": (0.3, 50, 250), "large": (0.05, 250, 700)}
_EVENT_KINDS = {"R&D": (0.3, 24), "product": (0.2, 12), "export": (0.2, 3), "training": (0.2, 1), "supply": (0.1, 18)}
_PROGRAMMES = ("cluster call", "regional fund", "own initiative", "own initiative")
_MEMBER = re.compile(r"(?:(C\d\d\.\d+)/|([a-zA-Z]))(\d\d)?(?:-(\d\d))?(?:@(\w\w))?(?::([rhx?]+))?")


@dataclass
class Spell:
    """Membership in a cluster. Days are texts: they sort."""

    organisation: str
    start: str
    end: str | None
    role: str
    stage: str | None


@dataclass
class Making:
    """The tables as they grow."""

    draw: Draws
    actors: pd.DataFrame  #: of the example programme
    organisations: dict[str, dict[str, object]] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  #: "C01.3" -> the organisation
    spells: dict[str, list[Spell]] = field(default_factory=dict)
    events: list[tuple[str, list[str], str, str, str, str]] = field(default_factory=list)

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to below ``high``."""
        return low + int(float(self.draw(1)[0]) * (high - low))

    def drawn(self, shares: dict[str, tuple[float, int]] | dict[str, tuple[float, int, int]]) -> str:
        """A key by the share that its entry begins with."""
        return list(shares)[self.draw.one(np.array([entry[0] for entry in shares.values()]))]

    def organisation(self, sign: str, country: str, plan: Plan, flags: str = "") -> str:
        """A new organisation; with a capital an actor of the programme, as long as there is one."""
        identifier, kind = f"O{len(self.organisations) + 1:03}", _KINDS[sign.lower()]
        actor = self._actor(kind, country, plan) if sign.isupper() else None
        subjects = plan.subjects.split()
        name = str(self.actors.loc[actor, "name"]) if actor else self._name(kind, country, subjects[self.whole(0, len(subjects))])
        row: dict[str, object] = {
            "organisation": identifier,
            "actor": actor or (NO_ACTOR if plan.known else None),
            "name": name,
            "country": country,
            "kind": kind,
        }
        self.organisations[identifier], self.flags[identifier] = row, flags
        if plan.known:
            row |= self._facts(kind, country, plan, NACE.get(sign.lower()), actor) | {"high_value": "yes" if "h" in flags else "no"}
        return identifier

    def _actor(self, kind: str, country: str, plan: Plan) -> str | None:
        """An actor of the programme that is not taken yet, rather of the cluster's field and region."""
        taken = {row["actor"] for row in self.organisations.values()}
        some = self.actors[(self.actors["country"] == country) & (self.actors["type"].map(_TYPES) == kind) & ~self.actors.index.isin(taken)]
        order = np.lexsort((np.arange(len(some)), some["nuts"] != plan.region, some["field"].fillna("") != plan.field))
        return str(some.index[order[0]]) if len(some) else None

    def _name(self, kind: str, country: str, subject: str) -> str:
        word = coined(np.array([_FIRST_WORD + 2 * len(self.organisations)]))[0]
        return {
            "firm": f"{word} {subject} {FIRM_WORDS[self.whole(0, len(FIRM_WORDS))]} {LEGAL[country]}",
            "research": f"{word} Institute of {subject} Research",
            "education": f"{word} {subject} College",
            "public": f"{word} Development Agency",
            "association": f"{word} {subject} Association",
        }[kind]

    def _facts(self, kind: str, country: str, plan: Plan, nace: str | None, actor: str | None) -> dict[str, object]:
        sectors, size = plan.sectors.split("; "), self.drawn(_SIZES)
        low, high = _SIZES[size][1:] if kind == "firm" else (12, 900)
        place = str(self.actors.loc[actor, "nuts"]) if actor else ""
        return {
            "nuts3": place if len(place) == len(plan.region) else plan.region if country == plan.country else SEATS[country],
            "nace": nace or sectors[0 if self.whole(0, 4) else -1],
            "size": size if kind == "firm" else None,
            "employees": self.whole(low, high),
            "registry_code": str(900_000_001 + 7 * len(self.organisations)),
        }

    def member(self, cluster: str, position: int, text: str) -> None:
        """One member as the plan has it."""
        plan = PLANS[cluster]
        reference, sign, first, last, country, flags = _MEMBER.findall(text)[0]
        identifier = self.ids[reference] if reference else self.organisation(sign, country or plan.country, plan, flags)
        row = self.organisations[identifier]
        role = "foreign_member" if row["country"] != plan.country else "rd_body" if row["kind"] in ("research", "education") else "member"
        role = "coordinator" if position == 0 and plan.coordinated else "facilitator" if sign == "v" else role
        start = plan.founded if plan.founded[2:4] == first else f"20{first}-{self.whole(1, 10):02}-01"
        stages = plan.stages.split("; ") if plan.stages and row["kind"] == "firm" else []
        stage = stages[self.whole(0, len(stages))] if stages else None
        self.ids[f"{cluster}.{position}"] = identifier
        self.spells.setdefault(cluster, []).append(Spell(identifier, start, f"20{last}-12-31" if last else plan.dissolved, role, stage))

    def present(self, cluster: str, day: str, first: int | None = None) -> list[str]:
        """The counted members on a day, or those among the first of the plan."""
        some = self.spells[cluster][:first]
        return [s.organisation for s in some if s.role != "facilitator" and s.start <= day and (s.end is None or s.end >= day)]

    def cooperate(self, cluster: str, partners: list[str]) -> None:
        """The joint events of a cluster: R&D projects of its inner circle one after the other, and others drawn among those present."""
        plan = PLANS[cluster]
        since = plan.joint_since or plan.founded
        first = int(since[:4])
        for year in range(first, plan.active_to + 1):
            day = max(f"{year}-03-01", since)
            if plan.circle and (year - first) % 3 == 0:
                self._event(self.present(cluster, day, plan.circle), "R&D", day, f"{year + 3}-12-31")
            for _ in range(plan.pace):
                self._small(cluster, year, partners)

    def _small(self, cluster: str, year: int, partners: list[str]) -> None:
        """An event of two to four members, perhaps with a partner from outside; those who were there first have more of them."""
        kind, start = self.drawn(_EVENT_KINDS), f"{year}-{self.whole(4, 12):02}-01"
        here = self.present(cluster, start)
        who = [here[k] for k in self.draw.several(1.0 / np.arange(2.0, 2.0 + len(here)), min(len(here), self.whole(2, 5)))]
        if float(self.draw(1)[0]) < PLANS[cluster].abroad:
            who.append(partners[self.whole(0, len(partners))])
        end = pd.Timestamp(start) + pd.DateOffset(months=_EVENT_KINDS[kind][1]) - pd.Timedelta(1, "D")
        self._event(who, kind, start, end.strftime("%Y-%m-%d"))

    def _event(self, who: list[str], kind: str, start: str, end: str) -> None:
        self.events.append((f"E{len(self.events) + 1:03}", sorted(set(who)), start, end, kind, _PROGRAMMES[self.whole(0, len(_PROGRAMMES))]))

    def partners(self) -> list[str]:
        """Organisations outside all clusters that take part in joint events."""
        plan = Plan("", "LT011", "72; 26", "engineering and technology", "Applied Systems Transfer", "", "")
        return [self.organisation(text[0], text[-2:], plan) for text in PARTNERS.split()]
