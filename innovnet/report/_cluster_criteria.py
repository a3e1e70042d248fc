"""Part 2 of a sheet, the criteria, and the sources that they come from."""

import re
from collections.abc import Mapping

import pandas as pd

from innovnet.clusters._rules import Criterion, Rules
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import MARKS, MARKS_EXPLAINED, READ, criterion_label, needed, said, verdict
from innovnet.report._exhibit import Column
from innovnet.report._format import number
from innovnet.report._words import capital

DECIDES = "▸"  #: stands before a criterion that decides the next level

COLUMNS: Mapping[str, Column] = {
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
    "assumed": Column("Of these assumed", "members", "Members counted as independent because nothing is entered of their owners.", "≥ 0"),
    "standing": Column(
        "Standing", definition="held: of a level that is reached; decides: has to change for the next level; next: of the next level; beyond: of a higher one."
    ),
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
    rules, rows, lacking = field.assessment.rules, [], set(field.of("missing", cluster)["criterion"])
    numbers = {source: k for k, source in enumerate(_sources(rules), start=1)}
    for row in field.of("criteria", cluster).itertuples():
        criterion = field.criteria[str(row.criterion)]
        low, high = float(row.value_low), float(row.value_high)  # type: ignore[arg-type]
        assumed = field.assumed_in(cluster, criterion) if low > 0 else 0
        rows.append(
            {
                "criterion": criterion.id,
                "level": criterion.level,
                "strength": criterion.strength,
                "label": criterion_label(criterion),
                "said": said(rules, criterion, low, high) + (f", {'all' if assumed >= high else number(assumed)} assumed" if assumed else ""),
                "needed": needed(rules, criterion),
                "assumed": assumed,
                "verdict": verdict(row.met),
                "standing": _standing(field, cluster, criterion, lacking),
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


def _standing(field: Field, cluster: str, criterion: Criterion, lacking: set[str]) -> str:
    """Whether a criterion is held, decides the next level, or is beyond it."""
    above = field.assessment.rules.rank(criterion.level) - int(field.level(cluster)["rank_low"])
    return "held" if above <= 0 else "beyond" if above > 1 else "decides" if criterion.id in lacking else "next"


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
    signs = [f"{DECIDES} decides the next level"] * ("decides" in set(table["standing"])) + ["grey: beyond it"] * ("beyond" in set(table["standing"]))
    first = f"{'; '.join(signs)}. " if signs else ""
    notes = "".join(f" {one.id}: {one.note}." for one in rules.criteria if one.note)
    return Part("criteria", "What each level asks for", tables, COLUMNS, caption=f"{first}{capital(MARKS_EXPLAINED)}{notes}")


def asks(rules: Rules, level: str, met: int | None = None) -> str:
    """How many of its criteria a level needs, and how many of those to choose from are met: F1–F4; D1–D4 and 2 of D5–D8 (1 met)."""
    hard, soft = ([c for c in rules.criteria if c.level == level and c.strength == strength] for strength in ("hard", "soft"))
    parts = [_range([c.id for c in hard])] if hard else []
    if soft:
        rule = rules.soft[level]
        enough = f"{rule.at_least} of" if rule.at_least is not None else f"{100 * (rule.share or 0):g} % of the weight of"
        known = f" ({met} met)" if met is not None else ""
        parts.append(f"{enough} {_range([c.id for c in soft])}{known}")
    return f"needs {' and '.join(parts)}"


def _range(ids: list[str]) -> str:
    """F1–F4 where numbers follow each other, else all of them."""
    found = [re.fullmatch(r"(.*?)(\d+)", one) for one in ids]
    numbers = [int(one[2]) for one in found if one]
    follow = len({one[1] for one in found if one}) == 1 and numbers == list(range(numbers[0], numbers[0] + len(ids)))
    return f"{ids[0]}–{ids[-1]}" if follow and len(ids) > 2 else ", ".join(ids)
