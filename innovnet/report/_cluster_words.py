"""Words of the sheets of clusters: levels, values, what is asked, whether it is met, whose threshold it is."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE, Indicator
from innovnet.clusters._rules import Criterion, Rules
from innovnet.clusters._words import asked, figure, label_of
from innovnet.report._format import THIN, count, euro, number, percent, ratio
from innovnet.report._words import capital, listing

#: Whose threshold it is. Ours never passes for the law.
MARKS: Mapping[str, str] = {"published": "published", "borrowed": "borrowed", "operationalisation": "ours"}
MARKS_EXPLAINED = "published: by the source for this level; borrowed: published for another purpose; ours: by our operationalisation, no rule of any authority."
MEETS, DOES_NOT, NOT_KNOWN = "meets", "does not meet", "not known"
SIGNS: Mapping[str, str] = {MEETS: "✓", DOES_NOT: "✕", NOT_KNOWN: "?"}
READ: Mapping[str, str] = {"text": "read", "summary": "read in a summary only", "memory": "from memory", "own": "our own"}
_OPS: Mapping[str, str] = {">=": "≥\u00a0", ">": ">\u00a0", "<=": "≤\u00a0", "<": "<\u00a0", "is": ""}
#: What one member, and several, would have to show.
_SHOWS: Mapping[str, tuple[str, str]] = {
    "members_rd": ("declares R&D", "declare R&D"),
    "members_exporting": ("exports", "export"),
    "members_high_value": ("is of high value added", "are of high value added"),
    "members_sme": ("is an SME", "are SMEs"),
}
_SHOWN: Mapping[str, str] = {
    "governance": "an approved governance structure is shown",
    "strategy": "an approved strategy is shown",
    "has_coordinator": "a coordinator is named",
}
FEW = 2  #: criteria on which a level says little
NAMED = 4  #: organisations in one sentence


def verdict(met: object) -> str:
    """meets, does not meet, not known."""
    return NOT_KNOWN if pd.isna(met) else MEETS if met else DOES_NOT  # type: ignore[call-overload]


def day(at: pd.Timestamp) -> str:
    """31 December 2025."""
    return f"{at.day} {at:%B %Y}"


def local(rules: Rules, rank: int) -> str:
    """The words for a level in the other languages of the rules; empty where there are none."""
    return " / ".join(words[rank - 1] for words in rules.labels.values()) if rank > 0 else ""


def level_said(rules: Rules, level: object) -> str:
    """A level inside a sentence: mature, not a cluster, no level."""
    return "no level" if level == rules.below == "none" else str(level)


def named(names: Sequence[str], limit: int = NAMED) -> str:
    """a, b and c; a, b, c and 4 more."""
    return listing(names) if len(names) <= limit else f"{', '.join(names[:limit])} and {len(names) - limit} more"


def needed(rules: Rules, criterion: Criterion) -> str:
    """≥ 5, > 5 years, yes."""
    return _OPS[criterion.op] + figure(rules, criterion, criterion.threshold).replace(",", THIN)


def said(rules: Rules, criterion: Criterion, low: float, high: float) -> str:
    """A value with its interval: 7, 2 to 4, yes, not known."""
    meaning = rules.meaning(criterion.indicator)
    if np.isnan(low) or np.isnan(high):
        return "not defined"
    if low == high:
        return figure(rules, criterion, low).replace(",", THIN)
    if meaning.kind == "flag" or (low <= meaning.low and high >= meaning.high):
        return NOT_KNOWN
    first = figure(rules, criterion, low).replace(",", THIN)
    return f"{first} or more" if math.isinf(high) else f"{first} to {figure(rules, criterion, high).replace(',', THIN)}"


def indicator_text(meaning: Indicator, low: float, high: float) -> str:
    """The same for an indicator without a threshold, as short as it can be: 2–4, ≥ 159."""
    if np.isnan(low) or np.isnan(high):
        return "not defined"
    if low < high and low <= meaning.low and high >= meaning.high:
        return NOT_KNOWN
    first, last = plain(meaning, low), plain(meaning, high)
    if first == last:
        return first
    return f"≥\u00a0{first}" if math.isinf(high) else f"{first.removesuffix(f'{THIN}%').removesuffix(' years').rstrip('×')}–{last}"


def plain(meaning: Indicator, value: float) -> str:
    """One value in its unit."""
    if meaning.unit == "share":
        return percent(value)
    if meaning.unit == "EUR":
        return euro(value)
    if meaning.unit == "ratio":
        return ratio(value)
    text = number(value, 0 if meaning.kind == "count" or float(value).is_integer() else 1)
    return f"{text} {'year' if text == '1' else 'years'}" if meaning.unit == "years" else text


def indicator_label(key: str) -> str:
    """The name of an indicator with a capital."""
    return capital(CATALOGUE[key].label)


def criterion_label(criterion: Criterion) -> str:
    """What a criterion looks at, with a capital."""
    return capital(label_of(criterion))


def condition(rules: Rules, criterion: Criterion, low: float, who: Sequence[str]) -> str:
    """What would have to turn out for a criterion that is not known to be met: q2 or q3 declares R&D."""
    if criterion.indicator in _SHOWN and criterion.threshold:
        return _SHOWN[criterion.indicator]
    lacking = math.ceil(criterion.threshold - low) + (criterion.op == ">" and float(criterion.threshold - low).is_integer())
    if criterion.indicator not in _SHOWS or not 0 < lacking <= len(who) or criterion.op not in (">=", ">"):
        return f"{label_of(criterion)} is {asked(rules, criterion)}"
    one, several = _SHOWS[criterion.indicator]
    if len(who) > NAMED:
        return f"{lacking} of the {len(who)} members not known {one if lacking == 1 else several}"
    if lacking == len(who):
        return f"{listing(who)} {one if lacking == 1 else several}"
    return f"{' or '.join(who)} {one}" if lacking == 1 else f"{lacking} of {', '.join(who)} {several}"


def rests_on(criteria: int) -> str:
    """On how many criteria a gate rests; where they are few, on them only."""
    return f", on {count(criteria, 'criterion', 'criteria')}{' only' if criteria <= FEW else ''}" if criteria else ""
