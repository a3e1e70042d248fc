"""Part 2 of a sheet, the criteria, and the sources that they come from."""

import re

import pandas as pd

from innovnet.clusters._rules import Rules
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import MARKS, MARKS_EXPLAINED, READ, criterion_label, needed, said, verdict
from innovnet.report._exhibit import Column
from innovnet.report._words import capital

COLUMNS = {
    "criterion": Column("Id", "id", "Identifier of the criterion in the rules."),
    "level": Column("Level", definition="The level that asks for it."),
    "strength": Column("Strength", definition="hard: needed; soft: one of several of which the rules ask for some."),
    "label": Column("What is asked"),
    "value_low": Column("Value at least", "", "Lower end of what is known; yes is 1, no is 0.", missing="not defined"),
    "value_high": Column("Value at most", "", "Upper end of what is known; empty also where there is no upper end.", missing="not defined, or no upper end"),
    "said": Column("Value"),
    "threshold": Column("Threshold", "", "yes is 1, no is 0."),
    "needed": Column("Needed"),
    "unit": Column("Unit"),
    "verdict": Column("Verdict", definition="meets, does not meet, or not known."),
    "mark": Column("Mark", definition=MARKS_EXPLAINED),
    "number": Column("Source no.", "id", "Number of the source in the table of sources."),
    "source": Column("Source"),
    "note": Column("Note"),
    "title": Column("Source"),
    "date": Column("Date", "id"),
    "read": Column("Read", definition="Whether the source itself was read, or a summary of it."),
    "locator": Column("Where"),
    "criteria": Column("Criteria", definition="The criteria that rest on it."),
}


def criteria_table(field: Field, cluster: str) -> pd.DataFrame:
    """One row for each criterion of the rules, in their order, in figures and in words."""
    rules, rows = field.assessment.rules, []
    numbers = {source: k for k, source in enumerate(_sources(rules), start=1)}
    for row in field.of("criteria", cluster).itertuples():
        criterion = field.criteria[str(row.criterion)]
        low, high = float(row.value_low), float(row.value_high)  # type: ignore[arg-type]
        rows.append(
            {
                "criterion": criterion.id,
                "level": criterion.level,
                "strength": criterion.strength,
                "label": criterion_label(criterion),
                "said": said(rules, criterion, low, high),
                "needed": needed(rules, criterion),
                "verdict": verdict(row.met),
                "mark": MARKS[criterion.kind],
                "number": numbers[criterion.source],
                "value_low": low,
                "value_high": high if high < float("inf") else float("nan"),
                "threshold": criterion.threshold,
                "unit": criterion.unit,
                "source": rules.sources[criterion.source].title,
                "note": criterion.note,
            }
        )
    return pd.DataFrame(rows)


def _sources(rules: Rules) -> list[str]:
    """The sources that criteria rest on, in the order in which they are met."""
    return list(dict.fromkeys(criterion.source for criterion in rules.criteria))


def sources_table(rules: Rules) -> pd.DataFrame:
    """One row for each source, with the criteria that rest on it."""
    rows = []
    for k, name in enumerate(_sources(rules), start=1):
        source = rules.sources[name]
        criteria = ", ".join(criterion.id for criterion in rules.criteria if criterion.source == name)
        rows.append({"number": k, "title": source.title, "date": source.date, "read": READ[source.read], "locator": source.locator, "criteria": criteria})
    return pd.DataFrame(rows)


def criteria_part(field: Field, cluster: str) -> Part:
    """What each level asks for, what the cluster has, and whether that is enough."""
    rules = field.assessment.rules
    table, sources = criteria_table(field, cluster), sources_table(rules)
    tables = {"criteria": table, "sources": sources}
    return Part("criteria", "What each level asks for", tables, COLUMNS, caption=capital(MARKS_EXPLAINED))


def asks(rules: Rules, level: str) -> str:
    """How many of its criteria a level needs: all of F1–F4, and 2 of D5–D8."""
    hard, soft = ([c for c in rules.criteria if c.level == level and c.strength == strength] for strength in ("hard", "soft"))
    parts = [_range([c.id for c in hard])] if hard else []
    if soft:
        rule = rules.soft[level]
        enough = f"{rule.at_least} of" if rule.at_least is not None else f"{100 * (rule.share or 0):g} % of the weight of"
        parts.append(f"{enough} {_range([c.id for c in soft])}")
    below = " and the level below" if rules.cumulative and rules.rank(level) > 1 else ""
    return f"needs {', '.join(parts)}{below}"


def _range(ids: list[str]) -> str:
    """F1–F4 where numbers follow each other, else all of them."""
    found = [re.fullmatch(r"(.*?)(\d+)", one) for one in ids]
    numbers = [int(one[2]) for one in found if one]
    follow = len({one[1] for one in found if one}) == 1 and numbers == list(range(numbers[0], numbers[0] + len(ids)))
    return f"{ids[0]}–{ids[-1]}" if follow and len(ids) > 2 else ", ".join(ids)
