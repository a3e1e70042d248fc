"""Words that the figures of the overview share: levels, whose thresholds, the source."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from innovnet.clusters._rules import Rules
from innovnet.report._cluster_words import day
from innovnet.report._format import count, number
from innovnet.report._words import capital, listing

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

HEADLINE = 75
BIG = 8  #: signs that the number of a finding has room for
_WORDS = {0: "none", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


def worded(n: int) -> str:
    """A number in a sentence: three, 13."""
    return _WORDS.get(n, number(n))


def first_that_fits(*texts: str) -> str:
    """The first of several wordings, the fullest first, that a headline has room for; the last one has it always."""
    return next((text for text in texts if len(text) <= HEADLINE), texts[-1])


def upper(rules: Rules) -> list[int]:
    """The ranks of the upper half of the levels."""
    return list(range(len(rules.levels) // 2 + 1, len(rules.levels) + 1))


def upper_words(rules: Rules) -> str:
    """developing or mature."""
    return " or ".join(rules.label(rank) for rank in upper(rules))


def clusters(n: int) -> str:
    """1 cluster, 13 clusters."""
    return count(n, "cluster")


def some_of(k: int, n: int) -> str:
    """Five of 13 clusters, all 13 clusters, none of 13 clusters; the one cluster where there is no other."""
    if n == 1:
        return "the one cluster"
    return f"all {number(n)} clusters" if k == n else f"{worded(k)} of {number(n)} clusters"


def big(k: int, n: int, rest: str) -> tuple[str, str]:
    """The number of a finding and its sentence: ("5 of 13", "clusters are …"), ("120", "of 312 clusters are …") where there is no room for both."""
    value = f"{number(k)} of {number(n)}"
    return (value, rest) if len(value) <= BIG else (number(k), f"of {number(n)} {rest}")


def are(n: int) -> str:
    """The verb that fits a number."""
    return "is" if n == 1 else "are"


def thresholds(rules: Rules) -> str:
    """Whose thresholds the levels rest on, in one sentence: ours never pass for the law."""
    kinds = [criterion.kind for criterion in rules.criteria]
    words = {"published": "published", "borrowed": "borrowed (published for another purpose)", "operationalisation": "by our operationalisation"}
    parts = [f"{number(kinds.count(kind))} {text}" for kind, text in words.items() if kind in kinds]
    return f"Thresholds of the {count(len(kinds), 'criterion', 'criteria')}: {listing(parts)}."


def ours(rules: Rules) -> str:
    """The same in fewer words, for figures that only use levels."""
    n = sum(not criterion.gate for criterion in rules.criteria)
    return f"Levels rest on {count(len(rules.criteria), 'criterion', 'criteria')}, {number(n)} of them by our operationalisation."


def source(view: "CountryView") -> str:
    """The last words of a caption: rules, day, where the data come from."""
    register = view.assessment.register
    made_up = bool((register.quality["item"] == "synthetic data").any())
    where = "the synthetic example of innovnet, no real clusters or organisations" if made_up else "the register of clusters"
    return f"Rules {view.rules.name} {view.rules.version}, {day(view.at)}. Source: {where}; own computation."


def which_level(view: "CountryView") -> str:
    """What a level is here, at the beginning of a sentence."""
    return "Levels as assigned" if view.followed else "Levels that the data of the day give with certainty"


def ranked(pairs: Iterable[tuple[str, int]], limit: int) -> str:
    """a (3), b (2) and 4 more."""
    found = list(pairs)
    texts = [f"{name} ({number(n)})" for name, n in found[:limit]]
    rest = len(found) - limit
    return listing([*texts, f"{number(rest)} more"]) if rest > 0 else listing(texts)


def tied(values: Sequence[float] | pd.Series) -> int:
    """How many at the beginning of a falling list are as large as the first."""
    found = [float(value) for value in values]
    return sum(value == found[0] for value in found)


def sentence(*parts: str) -> str:
    """Sentences that are not empty, each with a capital at its beginning."""
    return " ".join(capital(part) for part in parts if part)


def few_criteria(ids: str, limit: int = 6) -> str:
    """D4, M3; of many the first, and how many more."""
    found = ids.split(", ")
    return ids if len(found) <= limit else f"{', '.join(found[:limit])} and {len(found) - limit} more"
