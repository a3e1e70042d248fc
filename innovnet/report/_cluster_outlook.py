"""Parts 3 and 8 of a sheet: what is missing for the next level, and early warnings."""

from collections.abc import Mapping

import pandas as pd

from innovnet.clusters._monitoring import Monitoring
from innovnet.report._cluster_part import Field, Part
from innovnet.report._cluster_words import MARKS
from innovnet.report._exhibit import Column
from innovnet.report._words import capital

GROUPS = {
    "needed": "Needed",
    "choice": "To choose from",
    "time": "Comes with time",
    "data": "Data to bring",
}

COLUMNS: Mapping[str, Column] = {
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


def warnings_part(field: Field, cluster: str, monitoring: Monitoring | None = None) -> Part:
    """Early warnings of the year."""
    warnings = pd.DataFrame(columns=["year", "warning", "value", "before", "text"])
    if monitoring is not None:
        rows = monitoring.warnings
        warnings = rows[(rows["cluster"] == cluster) & (rows["year"] == field.assessment.at.year)].drop(columns="cluster").reset_index(drop=True)
    words = [] if len(warnings) else ["None by our operationalisation." if monitoring is not None else "Early warnings need monitoring over years."]
    return Part("warnings", "Early warnings", {"warnings": warnings}, COLUMNS, tuple(words), "Thresholds of warnings are ours." if len(warnings) else "")
