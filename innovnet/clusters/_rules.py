"""Rules of maturity as data: levels, criteria, sources, monitoring."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from innovnet.clusters._catalogue import CATALOGUE, FACT, Indicator, key_of

Operator = Literal[">=", ">", "<=", "<", "is"]
Strength = Literal["hard", "soft"]
Mark = Literal["published", "borrowed", "operationalisation"]
Reading = Literal["text", "summary", "memory", "own"]

#: What a declared fact can be: unit, kind of value, range.
FACT_TYPES: Mapping[str, Indicator] = {
    "bool": Indicator(FACT, "", "", "yes/no", "flag", high=1.0, direction="fixed", data="F", cheap=True),
    "years": Indicator(FACT, "", "", "years", "number", direction="fixed", data="F", cheap=True),
    "count": Indicator(FACT, "", "", "", "count", direction="fixed", data="F", cheap=True),
    "share": Indicator(FACT, "", "", "share", "number", high=1.0, direction="fixed", data="F", cheap=True),
    "number": Indicator(FACT, "", "", "", "number", direction="fixed", data="F", cheap=True),
}


@dataclass(frozen=True)
class Source:
    """Where a threshold comes from, and whether it was read there."""

    title: str
    date: str
    read: Reading
    locator: str = ""


@dataclass(frozen=True)
class Criterion:
    """One condition of a level."""

    id: str
    level: str
    indicator: str  #: name, or ``fact:NAME``
    op: Operator
    threshold: float  #: yes is 1, no is 0
    unit: str
    args: Mapping[str, float] = field(default_factory=dict)
    strength: Strength = "hard"
    weight: float = 1.0
    immediate: bool = False  #: when certainly false, the level falls at once, without the years that a fall otherwise takes
    kind: Mark = "operationalisation"
    source: str = "own"
    note: str = ""

    @property
    def key(self) -> str:
        """The column of its indicator: the name with arguments."""
        return key_of(self.indicator, self.args)


@dataclass(frozen=True)
class Soft:
    """How many of a level's soft criteria are enough: a number, or a share of their weight."""

    at_least: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Settings:
    """How indicators are counted under these rules."""

    window_years: int = 3
    independence: Literal["linked", "partner"] = "linked"
    unlisted_ownership: Literal["independent", "unknown"] = "independent"
    missing: Literal["not_met", "met", "undecided"] = "not_met"
    count_roles: tuple[str, ...] = ("coordinator", "member", "rd_body", "foreign_member")
    max_event_size: int | None = None  #: events with more participants make no ties


@dataclass(frozen=True)
class Pace:
    """How assigned levels follow the raw ones over years."""

    up_years: int = 1
    down_years: int = 2
    minimum_stay: Mapping[str, int] = field(default_factory=dict)  #: level -> years before the next one
    restore_years: int = 3
    valid_years: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  #: level -> {"first": years, "renewed": years}


@dataclass(frozen=True)
class Alert:
    """An early warning: an indicator, or its change on the year before, against a threshold."""

    id: str
    indicator: str
    op: Operator
    threshold: float
    text: str  #: the sentence, with {value} and {before}
    args: Mapping[str, float] = field(default_factory=dict)
    change: Literal["none", "absolute", "relative"] = "none"


@dataclass(frozen=True, repr=False)
class Rules:
    """A scheme of maturity levels. Made by :func:`innovnet.clusters.load_rules`; what is ours in it never passes for the law."""

    name: str
    levels: tuple[str, ...]
    criteria: tuple[Criterion, ...]  #: in the order of the file
    sources: Mapping[str, Source]
    version: str = "0"
    disclaimer: str = ""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: language -> words for the levels
    below: str = "none"  #: what is below the first level
    cumulative: bool = True
    guarantees: tuple[str, ...] = ()
    soft: Mapping[str, Soft] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    pace: Pace = field(default_factory=Pace)
    facts: Mapping[str, str] = field(default_factory=dict)  #: declared fact -> type, one of ``FACT_TYPES``
    alerts: tuple[Alert, ...] = ()

    def __repr__(self) -> str:
        return f"Rules: {self.name} {self.version}, {len(self.levels)} levels ({', '.join(self.levels)}), {len(self.criteria)} criteria"

    @property
    def keys(self) -> tuple[str, ...]:
        """The indicators that the criteria need, with their arguments, each once, in the order of the file."""
        return tuple(dict.fromkeys(criterion.key for criterion in self.criteria))

    def meaning(self, indicator: str) -> Indicator:
        """What an indicator or a declared fact is."""
        return FACT_TYPES[self.facts[indicator.removeprefix(FACT)]] if indicator.startswith(FACT) else CATALOGUE[indicator]

    def rank(self, level: str) -> int:
        """1 for the first level; 0 for what is below it."""
        return 0 if level == self.below else self.levels.index(level) + 1

    def label(self, rank: int) -> str:
        """The level of a rank."""
        return self.below if rank == 0 else self.levels[rank - 1]
