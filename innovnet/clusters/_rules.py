"""Rules of maturity as data: levels, criteria, sources, monitoring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._text import escape
from innovnet.clusters._catalogue import CATALOGUE, FACT, Indicator, key_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
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
_OPERATOR_WORDS: Mapping[str, str] = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
_ONE: Mapping[str, str] = {
    "organisations": "organisation",
    "owner groups": "owner group",
    "ties": "tie",
    "years": "year",
    "kinds": "kind",
    "sectors": "sector",
    "regions": "region",
    "countries": "country",
    "clusters": "cluster",
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
    """One condition of a level: an indicator compared with a threshold, and the mark that says where the threshold comes from.

    Attributes
    ----------
    id, level, note
        Its name, the level that it belongs to, and a remark.
    indicator, args, op, threshold, unit
        What is compared: a name of :data:`innovnet.clusters.CATALOGUE` or ``fact:NAME``, its arguments, ``>= > <= <`` or ``is`` (yes is 1, no is 0).
    strength, weight
        ``"hard"``: the level needs it; ``"soft"``: the level needs some of these, counted or by weight.
    immediate
        When it is certainly not met any more, the level falls at once, without the years that a fall otherwise takes.
    kind
        ``"published"``: the source states this threshold for this level of this scheme; ``"borrowed"``: published, but for another purpose;
        ``"operationalisation"``: ours or the user's.
    source
        Its source, a key of :attr:`Rules.sources`.

    Examples
    --------
    >>> import innovnet as inn
    >>> one = inn.clusters.load_rules("lithuania").criteria[6]
    >>> one.id, one.condition, one.kind
    ('D2', 'members_tenured(years=3) >= 5', 'operationalisation')
    """

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

    @cached_property
    def key(self) -> str:
        """The column of its indicator: the name with arguments."""
        return key_of(self.indicator, self.args)

    @property
    def gate(self) -> bool:
        """Is the threshold published, here or for another purpose? Only such criteria make the gates beside a level."""
        return self.kind in ("published", "borrowed")

    @property
    def condition(self) -> str:
        """The comparison, as ``members_tenured(years=3) >= 5`` or ``governance is true``."""
        return f"{self.key} {self.op} {str(self.threshold == 1).lower() if self.op == 'is' else f'{self.threshold:g}'}"

    def words(self, meaning: Indicator) -> str:
        """What it asks for, in words: ``at least 5 owner groups: independent members``."""
        label = meaning.label or self.indicator.removeprefix(FACT).replace("_", " ")
        if self.args:
            label += f" ({', '.join(f'{key} = {value:g}' for key, value in self.args.items())})"
        if self.op == "is":
            return f"{label}: {'yes' if self.threshold == 1 else 'no'}"
        if self.unit == "share":
            return f"{_OPERATOR_WORDS[self.op]} {100 * self.threshold:g} %: {label}"
        unit = _ONE.get(self.unit, self.unit) if self.threshold == 1 else self.unit
        return f"{_OPERATOR_WORDS[self.op]} {self.threshold:g}{unit and ' '}{unit}: {label}"


class Own(NamedTuple):
    """The criteria of a level, as positions in the order of the file."""

    hard: Ints
    soft: Ints
    weights: Floats  #: of the soft ones
    gates: Ints

    @classmethod
    def among(cls, criteria: Sequence[Criterion], level: str) -> Self:
        """Those of this level."""
        own = [(k, one) for k, one in enumerate(criteria) if one.level == level]
        hard, soft, gates = (np.array([k for k, one in own if which(one)], dtype=np.int64) for which in _PARTS)
        return cls(hard, soft, np.array([criteria[k].weight for k in soft], dtype=np.float64), gates)


_PARTS: tuple[Callable[[Criterion], bool], ...] = (lambda one: one.strength == "hard", lambda one: one.strength == "soft", lambda one: one.gate)


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
    kind: Mark = "operationalisation"  #: whose pace it is


@dataclass(frozen=True)
class Alert:
    """An early warning: an indicator, or its change on the year before, against a threshold."""

    id: str
    indicator: str
    op: Operator
    threshold: float
    text: str  #: the sentence, with {value}, {before} and {later}, the last day of the next year
    args: Mapping[str, float] = field(default_factory=dict)
    change: Literal["none", "absolute", "relative"] = "none"


@dataclass(frozen=True, repr=False)
class Rules:
    """A scheme of maturity levels as data. Made by :func:`innovnet.clusters.load_rules`; what is ours in it never passes for the law.

    Attributes
    ----------
    name, version, disclaimer
        Which rules these are, and what is not to be taken from them.
    levels, labels, below
        Names of the levels, the lowest first; their words by language; the name of what is below them. A level's rank is 1, 2, ...; 0 is below.
    criteria
        :class:`Criterion` for each condition, in the order of the file.
    soft
        For each level with soft criteria, how many of them are enough.
    cumulative
        Whether a level needs all lower ones. If not, a cluster has the highest level whose own criteria it meets.
    guarantees
        ``"member"``: no criterion that a further member could break.
    sources
        Where thresholds come from, and whether they were read there.
    settings, pace, alerts, facts
        How indicators are counted, how assigned levels follow the raw ones over years, early warnings, and the facts that the rules declare.

    Examples
    --------
    >>> import innovnet as inn
    >>> rules = inn.clusters.load_rules("generic")
    >>> rules.levels
    ('emerging', 'formed', 'developing', 'mature')
    >>> rules.keys[:3]
    ('members_independent', 'has_coordinator', 'members_connected')
    >>> rules.soft["developing"].at_least
    1
    """

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

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The indicators that the criteria need, with their arguments, each once, in the order of the file."""
        return tuple(dict.fromkeys(criterion.key for criterion in self.criteria))

    def meaning(self, indicator: str) -> Indicator:
        """What an indicator or a declared fact is."""
        return FACT_TYPES[self.facts[indicator.removeprefix(FACT)]] if indicator.startswith(FACT) else CATALOGUE[indicator]

    def rank(self, level: str) -> int:
        """1 for the first level; 0 for what is below it."""
        return 0 if level == self.below else self.levels.index(level) + 1

    def label(self, rank: int, language: str | None = None) -> str:
        """The level of a rank; in a language of the file's labels where it has them."""
        if rank == 0:
            return self.below
        return self.labels.get(language or "", self.levels)[rank - 1]

    @cached_property
    def by_operator(self) -> Mapping[Operator, tuple[Ints, Ints, Floats]]:
        """For each comparison that occurs the criteria, their places in :attr:`keys`, and their thresholds, one in each row."""
        found = {}
        for op in dict.fromkeys(criterion.op for criterion in self.criteria):
            these = [k for k, criterion in enumerate(self.criteria) if criterion.op == op]
            keys = [self.keys.index(self.criteria[k].key) for k in these]
            found[op] = np.array(these), np.array(keys), np.array([[self.criteria[k].threshold] for k in these], dtype=np.float64)
        return found

    @cached_property
    def by_level(self) -> Mapping[str, "Own"]:
        """The criteria of each level."""
        return {level: Own.among(self.criteria, level) for level in self.levels}

    def criteria_table(self, *, language: str | None = None) -> pd.DataFrame:
        """The criteria in words, each with the mark of its threshold and its source.

        Parameters
        ----------
        language
            Of the levels' labels, as ``"lt"``. Names of the levels where it is missing.

        Returns
        -------
        DataFrame
            One row for each criterion, in the order of the file: ``criterion`` (its id), ``level``, ``label`` of the level, ``words``, ``required`` ("always", or
            how many of the choices), ``mark`` (published, borrowed, operationalisation), ``source`` (title), ``date``, ``locator``, ``read`` (text, summary,
            memory, own), ``note``.

        Examples
        --------
        >>> import innovnet as inn
        >>> table = inn.clusters.load_rules("lithuania").criteria_table(language="lt").set_index("criterion")
        >>> table.loc[["F1", "D5", "M8"], ["words", "mark"]]
                                                           words                mark
        criterion
        F1          at least 5 owner groups: independent members            borrowed
        D5         at least 3 organisations: core members (k ...  operationalisation
        M8                              at least 30 %: own funds  operationalisation
        >>> table.loc["M8", ["label", "required"]].to_list()
        ['brandus', '2 of 4']
        """
        rows = []
        for one in self.criteria:
            source = self.sources[one.source]
            words, label = one.words(self.meaning(one.indicator)), self.label(self.rank(one.level), language)
            required = "always" if one.strength == "hard" else self._choice(one.level)
            rows.append((one.id, one.level, label, words, required, one.kind, source.title, source.date, source.locator, source.read, one.note))
        columns = ["criterion", "level", "label", "words", "required", "mark", "source", "date", "locator", "read", "note"]
        return pd.DataFrame(rows, columns=columns, dtype="str")

    def _choice(self, level: str) -> str:
        """How many of a level's soft criteria are enough."""
        rule, weights = self.soft[level], {one.weight for one in self.criteria if one.level == level and one.strength == "soft"}
        number = sum(one.level == level and one.strength == "soft" for one in self.criteria)
        if rule.at_least is not None:
            return f"{rule.at_least} of {number}"
        return f"{100 * (rule.share or 0):g} % of {number}{' by weight' if len(weights) > 1 else ''}"

    def to_dict(self) -> dict[str, Any]:
        """The rules as the table of a rules file, everything written out: what :mod:`tomllib` would read."""
        pace = {**vars(self.pace), "minimum_stay": dict(self.pace.minimum_stay), "valid_years": {k: dict(v) for k, v in self.pace.valid_years.items()}}
        return {
            "schema": 1,
            **{key: getattr(self, key) for key in ("name", "version", "disclaimer", "below", "cumulative")},
            "levels": list(self.levels),
            "labels": {language: list(words) for language, words in self.labels.items()},
            "guarantees": list(self.guarantees),
            "criterion": [_written(one) for one in self.criteria],
            "soft": {level: _without_none(vars(rule)) for level, rule in self.soft.items()},
            "settings": _without_none({**vars(self.settings), "count_roles": list(self.settings.count_roles)}),
            "monitoring": pace,
            "facts": dict(self.facts),
            "sources": {name: dict(vars(source)) for name, source in self.sources.items()},
            "warning": [_written(one) for one in self.alerts],
        }

    def _repr_html_(self) -> str:
        disclaimer = f"<p>{escape(self.disclaimer)}</p>" if self.disclaimer else ""
        return f"<b>{escape(repr(self))}</b>{disclaimer}{self.criteria_table().drop(columns='label').to_html(index=False)}"


def _written(one: Criterion | Alert) -> dict[str, Any]:
    threshold = bool(one.threshold) if one.op == "is" and one.threshold in (0, 1) else one.threshold
    return {**{each.name: getattr(one, each.name) for each in fields(one)}, "args": dict(one.args), "threshold": threshold}


def _without_none(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}
