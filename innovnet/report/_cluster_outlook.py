"""Parts 3, 4 and 8 of a sheet: what is missing for the next level, how firm this one is, warnings and next steps."""

import pandas as pd

from innovnet.clusters._monitoring import Monitoring
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import MARKS, criterion_label, day, named
from innovnet.report._exhibit import Column
from innovnet.report._format import count, number
from innovnet.report._words import capital, listing

STEPS = 4  #: next steps
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
GROUPS = {
    "needed": "Needed",
    "choice": "To choose from",
    "time": "Comes with time",
    "data": "Data to bring",
}

COLUMNS = {
    "criterion": Column("Criterion", "id"),
    "level": Column("For level"),
    "group": Column("Group", definition="needed; choice: some of these; time: comes by itself; data: not known, to be brought."),
    "gap": Column("Gap", "", "What the certain part of the value lacks, in its unit.", missing="nothing is known"),
    "relative_gap": Column("Relative gap", "share", "Gap / threshold, at most 1.", "0 to 1"),
    "unit": Column("Unit"),
    "earliest": Column("Earliest", "date", "First day on which time alone meets it, if nothing else changes.", missing="time alone does not"),
    "text": Column("In words"),
    "enough": Column("How many are enough", definition="For those to choose from."),
    "mark": Column("Mark", definition="Whose threshold it is: published, borrowed or ours."),
    "change": Column("Change", "", "By how much the value would have to change to bring the level down, in its unit."),
    "relative_change": Column("Relative change", "share", "Change / threshold."),
    "organisation": Column("Organisation", "id"),
    "name": Column("Name"),
    "level_without": Column("Level without it"),
    "exits": Column("Exits that lower it", "members", "Least number of members whose leaving lowers the level.", missing="no number does"),
    "exits_exact": Column("Exact", definition="Whether fewer certainly do not."),
    "completeness": Column("Data filled", "share", "Cells filled / cells that the rules need.", "0 to 1"),
    "warning": Column("Warning"),
    "value": Column("Value", missing="none"),
    "before": Column("Before", missing="none"),
    "year": Column("Year", "year"),
    "step": Column("Next step"),
}


def missing_table(field: Field, cluster: str) -> pd.DataFrame:
    """What is missing for the next level, in order of ease, with the mark of each threshold."""
    table = field.of("missing", cluster)
    split = [_apart(text) if group == "choice" else (text, "") for text, group in zip(table["text"], table["group"], strict=True)]
    table["text"], table["enough"] = [capital(text) for text, _ in split], [enough for _, enough in split]
    table.insert(0, "mark", [MARKS[field.criteria[one].kind] for one in table["criterion"]])
    return table[["criterion", "level", "group", "text", "enough", "mark", "gap", "relative_gap", "unit", "earliest"]]


def _apart(text: str) -> tuple[str, str]:
    """A sentence of a choice, and behind it how many of the choices are enough."""
    head, mark, enough = text.rpartition("; ")
    return (head, enough) if mark else (text, "")


def missing_part(field: Field, cluster: str) -> Part:
    """What is missing for the next level, in sentences; data to bring apart."""
    row, table = field.level(cluster), missing_table(field, cluster)
    top = pd.isna(row["next_level"])
    title = "Next level" if top else f"What is missing for {row['next_level']}"
    words = [f"{capital(str(row['level_low']))} is the highest level of these rules: nothing is missing."] if top else []
    if not top and table.empty:
        words = [f"Nothing that is known keeps it from {row['next_level']}."]
    return Part("missing", title, {"missing": table}, COLUMNS, tuple(words))


def firm_part(field: Field, cluster: str) -> Part:
    """How firm the level is: the weakest criterion, members on whom it depends, exits that lower it."""
    row = field.level(cluster)
    robustness, pivotal = field.of("robustness", cluster), field.of("pivotal", cluster)
    pivotal["name"] = [field.display.get(one, name) for one, name in zip(pivotal["organisation"], pivotal["name"], strict=True)]
    summary = pd.DataFrame([row[["exits", "exits_exact", "completeness"]]]).reset_index(drop=True)
    if row["rank_low"] == 0:
        words = [f"It is below the first level ({field.assessment.rules.below}): there is no level to lose."]
    else:
        words = [*_weakest(field, robustness), *_leaving(field, row, pivotal, len(field.members(cluster)))]
    tables = {"firmness": summary, "robustness": robustness, "pivotal": pivotal}
    return Part("firm", "How firm this level is", tables, COLUMNS, tuple(words))


def _weakest(field: Field, robustness: pd.DataFrame) -> list[str]:
    """The criterion nearest to bringing the level down; several where they are equally near."""
    if robustness.empty:
        return ["No single criterion would bring the level down alone."]
    first = robustness[robustness["relative_change"] <= robustness["relative_change"].iloc[0] + 1e-9]
    texts = [f"{one}, {text}" for one, text in zip(first["criterion"], first["text"], strict=True)]
    if len(texts) == 1:
        return [f"Weakest criterion: {texts[0]}."]
    others = [f"{one}, {criterion_label(field.criteria[one]).lower()}" for one in first["criterion"][1:]]
    return [f"Weakest criterion: {texts[0]}. Equally near: {named(others, 3)}."]


def _leaving(field: Field, row: pd.Series, pivotal: pd.DataFrame, members: int) -> list[str]:
    """Members on whom the level depends; else how many exits lower it."""
    if len(pivotal):
        parts, below = [], field.assessment.rules.below
        for level, rows in pivotal.groupby("level_without", sort=False):
            names = rows["name"].to_list()
            whom = f"any one of {named(names, 6)}" if len(names) > 2 else " or ".join(names)
            parts.append(f"without {whom} it falls {'below the first level' if level == below else f'to {level}'}")
        return [f"One exit can lower it: {listing(parts)}."]
    words = ["No single member’s leaving lowers it."]
    if pd.notna(row["exits"]):
        words.append(
            f"{capital(_NUMBERS.get(int(row['exits']), number(int(row['exits']))))} exits of {count(members, 'member')} do{'' if row['exits_exact'] else ', perhaps fewer'}."
        )
    return words


def warnings_part(field: Field, cluster: str, monitoring: Monitoring | None = None) -> Part:
    """Early warnings of the year, and what to do next: data to bring, days to assess again, the nearest step, whom to talk to."""
    warnings = pd.DataFrame(columns=["year", "warning", "value", "before", "text"])
    if monitoring is not None:
        rows = monitoring.warnings
        warnings = rows[(rows["cluster"] == cluster) & (rows["year"] == field.assessment.at.year)].drop(columns="cluster").reset_index(drop=True)
    steps = next_steps(field, cluster)
    words = [] if len(warnings) else ["No early warning." if monitoring is not None else "Early warnings need monitoring over years."]
    tables = {"warnings": warnings, "next_steps": pd.DataFrame({"step": steps}, dtype="str")}
    return Part("warnings", "Warnings and next steps", tables, COLUMNS, tuple(words))


def next_steps(field: Field, cluster: str) -> list[str]:
    """At most four short sentences, each from the tables: data, the nearest step, the day on which to look again."""
    row, missing, steps = field.level(cluster), field.of("missing", cluster), list[str]()
    data, time, needed, choice = (missing[missing["group"] == group] for group in ("data", "time", "needed", "choice"))
    if len(data):
        open_ = row["rank_low"] < row["rank_high"]
        steps.append(f"Bring the data for {listing(list(data['criterion']))}{': they decide the level' if open_ else ''}.")
    if len(needed):
        steps.append(f"Towards {row['next_level']}: {listing(list(needed['criterion']))} first, without which it is not reached.")
    if len(choice):
        steps.append(f"Of those to choose from, {choice['criterion'].iloc[0]} is nearest.")
    if len(time):
        last = time["earliest"].max()
        steps.append(f"Assess again after {day(last)}, when time alone has met {listing(list(time['criterion']))}.")
    if missing.empty and pd.isna(row["next_level"]):
        steps.append("Keep the data of each year coming: a level is assessed anew every year.")
    return steps[:STEPS]
