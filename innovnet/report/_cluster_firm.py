"""Part 4 of a sheet: how firm the level is. Exits, the weakest criterion, what is only assumed, the years to come."""

import pandas as pd

from innovnet.report._cluster_outlook import COLUMNS as OUTLOOK
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import criterion_label, day, level_said, named
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number
from innovnet.report._words import capital, listing

LISTED = 4  #: criteria or members named in one sentence

COLUMNS = {
    **OUTLOOK,
    "lost": Column("Criteria lost", "id", "Those that decide: of the level just above the one that is left.", missing="none"),
    "every": Column("Any of that number", definition="Whether it does not matter who leaves.", missing="not looked for"),
    "example": Column("Example", "id", "Members whose leaving together lowers the level.", missing="not looked for"),
    "example_level": Column("Level without them", missing="not looked for"),
    "example_lost": Column("Criteria lost without them", "id", missing="not looked for"),
    "assumed": Column("Assumed independent", "members", "Members of whose owners nothing is entered, taken as independent by the rules.", "≥ 0"),
    "at": Column("Day", "date"),
    "exists": Column("Exists", definition="Whether it is not dissolved by then."),
    "rank_low": Column("Rank at least", "rank", "If nothing new is entered; facts of a year as entered last."),
    "level_low": Column("Level at least", definition="If nothing new is entered; facts of a year as entered last."),
}


def firm_part(field: Field, cluster: str) -> Part:
    """How firm the level is: members on whom it depends, the weakest criterion, what is assumed, the years to come if nothing new is entered."""
    row = field.level(cluster)
    robustness, pivotal, after = field.of("robustness", cluster), field.of("pivotal", cluster), _rows(field.after, cluster)
    sets = _rows(field.leaving, cluster)
    pivotal["name"] = [field.display.get(one, name) for one, name in zip(pivotal["organisation"], pivotal["name"], strict=True)]
    pivotal["lost"] = pivotal["organisation"].map(sets.set_index("organisations")["lost"]).astype("str") if len(pivotal) else ""
    words = list[str]()
    if row["rank_low"] == 0:
        words.append(f"It is below the first level ({field.assessment.rules.below}): there is no level to lose.")
    else:
        words += _exits(field, row, pivotal, sets, len(field.members(cluster)))
        words += [] if len(pivotal) else _weakest(robustness)
        words += _after(field, row, after)
    words += _assumed(field, cluster)
    tables = {"firmness": _summary(field, cluster, row, sets), "robustness": robustness, "pivotal": pivotal, "after": after}
    caption = "Yearly facts and money: as entered last." if row["rank_low"] else ""
    return Part("firm", "How firm this level is", tables, COLUMNS, tuple(words), caption)


def _rows(table: pd.DataFrame, cluster: str) -> pd.DataFrame:
    return table[table["cluster"] == cluster].drop(columns="cluster").reset_index(drop=True)


def _summary(field: Field, cluster: str, row: pd.Series, sets: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame([row[["exits", "exits_exact", "completeness"]]]).reset_index(drop=True)
    first = sets.iloc[0] if len(sets) else pd.Series(dtype="object")
    said = {"every": first.get("every"), "example": first.get("organisations"), "example_level": first.get("level"), "example_lost": first.get("lost")}
    return found.assign(**said, assumed=len(field.assumed(cluster)))


def _exits(field: Field, row: pd.Series, pivotal: pd.DataFrame, sets: pd.DataFrame, members: int) -> list[str]:
    """Who may leave and who may not; to which level, and by which criterion."""
    if pd.isna(row["pivotal"]):
        return []
    if len(pivotal) == members:
        return [f"Any one exit lowers it: {_falls(field, str(pivotal['level_without'].iloc[0]), str(pivotal['lost'].iloc[0]))}."]
    if len(pivotal):
        parts = []
        for (level, lose), rows in pivotal.groupby(["level_without", "lost"], sort=False):
            names = rows["name"].to_list()
            whom = f"any one of {named(names, 6)}" if len(names) > 2 else " or ".join(names)
            parts.append(f"without {whom} {_falls(field, str(level), str(lose))}")
        return [f"One exit can lower it: {listing(parts)}."]
    if pd.isna(row["exits"]):
        return ["Exits of members do not lower it."]
    if sets.empty:
        return [f"It takes {number(int(row['exits']))} exits of {count(members, 'member')} to lower it{'' if row['exits_exact'] else ', perhaps fewer'}."]
    falls = _falls(field, str(sets["level"].iloc[0]), str(sets["lost"].iloc[0]))
    if sets["every"].iloc[0]:
        return [f"No single exit lowers it; any two do: {falls}."]
    names = [str(field.display.get(one, one)) for one in str(sets["organisations"].iloc[0]).split("; ")]
    return [f"No single exit lowers it; two can: for example without {listing(names)} {falls}."]


def _falls(field: Field, level: str, lose: str) -> str:
    """It falls to formed (D8, exporting members)."""
    rules = field.assessment.rules
    falls = f"falls to {level}" if level != rules.below else "falls below the first level" if level == "none" else f"is then {level}"
    return f"it {falls}{_named_criteria(field, lose)}"


def _named_criteria(field: Field, ids: str) -> str:
    """The criteria in brackets, with their names where they are few."""
    some = [one for one in ids.split(", ") if one in field.criteria]
    if not some:
        return ""
    if len(some) > 2:
        return f" ({named(some, LISTED)})"
    return f" ({'; '.join(f'{one}, {_small(criterion_label(field.criteria[one]))}' for one in some)})"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _weakest(robustness: pd.DataFrame) -> list[str]:
    """The criterion nearest to bringing the level down; those that are equally near by their identifiers."""
    if robustness.empty:
        return ["No single criterion would bring the level down alone."]
    first = robustness[robustness["relative_change"] <= robustness["relative_change"].iloc[0] + 1e-9]
    others = f" Equally near: {named(first['criterion'].to_list()[1:], LISTED)}." if len(first) > 1 else ""
    return [f"Weakest criterion: {first['criterion'].iloc[0]}, {first['text'].iloc[0]}.{others}"]


def _after(field: Field, row: pd.Series, after: pd.DataFrame) -> list[str]:
    """What the level is in the years to come if nothing new is entered: until when it stays, and what is lost then."""
    rules, level = field.assessment.rules, level_said(field.assessment.rules, row["level_low"])
    changed = after[(after["rank_low"] != row["rank_low"]) | ~after["exists"]]
    if changed.empty:
        return [f"If nothing new is entered, it is still {level} on {day(after['at'].iloc[-1])}."]
    then = changed.iloc[0]
    still = f"still {level} on {day(after['at'].iloc[changed.index[0] - 1])}; " if changed.index[0] else ""
    if not then["exists"]:
        what = "dissolved"
    elif then["rank_low"] > row["rank_low"]:
        what = f"{then['level_low']}, by time alone"
    else:
        lose = _named_criteria(field, str(then["lost"]))
        what = f"{level_said(rules, then['level_low'])}{f' (lost: {lose[2:]}' if lose else ''}"
    return [f"If nothing new is entered: {still}on {day(then['at'])} {what}."]


def _assumed(field: Field, cluster: str) -> list[str]:
    """How many members are independent only because nothing is said of their owners."""
    who, members = field.assumed(cluster), len(field.members(cluster))
    if not len(who) or not any(field.rests_on_owners(criterion) for criterion in field.criteria.values()):
        return []
    whom = (
        f"All {number(members)} members are"
        if len(who) == members > 1
        else f"{number(len(who))} of {count(members, 'member')} {'is' if len(who) == 1 else 'are'}"
    )
    return [f"{capital(whom)} assumed to be independent (no row of ownership)."]
