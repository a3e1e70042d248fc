"""The tables of the report on clusters, and what each of their columns means."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE
from innovnet.metrics._inference import adjusted
from innovnet.report._cluster_criteria import COLUMNS as CRITERIA
from innovnet.report._cluster_outlook import COLUMNS as OUTLOOK
from innovnet.report._cluster_run import Run
from innovnet.report._cluster_sheet import ClusterSheet, sheet_tables
from innovnet.report._cluster_trend import COLUMNS as TREND
from innovnet.report._cluster_words import MARKS_EXPLAINED
from innovnet.report._exhibit import Column

Tables = dict[str, tuple[pd.DataFrame, Mapping[str, Column]]]

_VALUES = {
    "indicator": Column("Indicator", definition="Its name in innovnet.clusters.CATALOGUE, with its number where it takes one; fact: is a declared fact."),
    "label": Column("What it is"),
    "value": Column("Value", "", "Of the known part, in its unit; yes is 1, no is 0.", missing="nothing is known, or it is not defined"),
    "low": Column("At least", "", "Where all that is not known were against it.", missing="not defined"),
    "high": Column("At most", "", "Where all that is not known were for it; empty also where there is no upper end.", missing="not defined, or no upper end"),
    "known": Column("Known", "share", "Share of what it rests on that is known.", "0 to 1"),
    "unit": Column("Unit", definition="Unit of value, low and high."),
}
#: What columns mean that are alike in all tables.
COMMON = {
    **OUTLOOK,
    **TREND,
    "cluster": Column("Cluster", "id", "Identifier of the cluster."),
    "name": Column("Name", definition="As the register has it."),
    "organisation": Column("Organisation", "id", "Identifier of the organisation in the register."),
    "year": Column("Year", "year", "Its last day."),
    "unit": Column("Unit", definition="Unit of the figures beside it."),
    "text": Column("In words", definition="The same as a sentence, as on the sheet."),
    "role": Column("Role", definition="Role of the membership."),
    "warning": Column("Warning", definition="Its name in the rules; thresholds of warnings are ours."),
    "level_without": Column("Level without it", definition="The level by the data of the day if this member left."),
    "exits_exact": Column("Exact", definition="yes: no smaller number does; no: a smaller number might do."),
    "criterion": Column("Criterion", "id", "Identifier of the criterion in the rules."),
    "value": Column("Value", "", "In the unit of what is warned of.", missing="none"),
    "before": Column("Before", "", "Value of the year before.", missing="none"),
    "change": Column("Change", "", "By how much the value would have to change to bring the level down, in its unit."),
    "raw": Column("Level by the data", definition="By the data of the year alone, at least."),
    "raw_high": Column("Level by the data, at most", definition="What the data that are missing could give."),
    "rank": Column("Rank assigned", "rank", "0 is below the first level."),
    "rank_low": Column("Rank by the data, at least", "rank", "0 is below the first level."),
    "rank_high": Column("Rank by the data, at most", "rank", "0 is below the first level."),
    "level": Column("Level", definition="A level of the rules."),
    "reason": Column("Why assigned and raw differ", definition="Which part of the rules' pace holds the level.", missing="they do not differ"),
    "gates": Column("Gates", definition="The highest level whose published and borrowed criteria are met, our own left out."),
    "gates_criteria": Column("Criteria behind it", "criteria", "Published and borrowed criteria that the gate rests on.", "≥ 0"),
}
_LEVELS = {
    "level": Column("Level", definition="By the data of the day.", missing="left open by what is not known"),
    "assigned": Column("Assigned level", definition="By the rules' pace over the years.", missing="no years were followed up to the day"),
    "level_low": Column("Level at least", definition="Where nothing that is not known is met."),
    "level_high": Column("Level at most", definition="Where all that is not known is met."),
    "next_level": Column("Next level", definition="The one above level_low.", missing="it is at the top"),
    "distance": Column("Distance", "", "Sum of relative gaps to the next level: an aid for sorting, no percentage of maturity.", "≥ 0", "it is at the top"),
    "weakest": Column("Weakest criterion", "id", "The criterion nearest to bringing the level down.", missing="none would alone"),
    "weakest_change": Column("Its change", "", "By how much of its unit it would have to change.", missing="none would alone"),
    "pivotal": Column("Pivotal members", "id", "Members whose leaving alone would lower the level.", missing="there is none"),
    "exits": Column("Exits that lower it", "members", "Least number of members whose leaving lowers the level.", missing="no number does"),
    "completeness": Column("Data filled", "share", "Cells filled / cells that the rules need.", "0 to 1", "the rules need none"),
}
_CRITERIA = {
    **CRITERIA,
    "level": Column("Level", definition="The level that asks for it."),
    "label": Column("What is asked", definition="The indicator in words."),
    "op": Column("Comparison", definition=">=, >, <=, < or is."),
    "met": Column("Met", definition="Whether it is met.", missing="not known"),
    "kind": Column("Mark", definition=MARKS_EXPLAINED),
    "source": Column("Source", "id", "Its source in the rules."),
    "note": Column("Note", definition="A remark of the rules.", missing="there is none"),
    "unit": Column("Unit", definition="Unit of value, threshold and gap."),
}
_RULES = {
    "criterion": COMMON["criterion"],
    "level": _CRITERIA["level"],
    "label": Column("Label", definition="Label of the level."),
    "words": Column("In words", definition="What is asked."),
    "required": Column("Required", definition="always, or how many of the choices are enough."),
    "mark": Column("Mark", definition=MARKS_EXPLAINED),
    "source": Column("Source", definition="Title of the source of the threshold."),
    "date": Column("Date", "id", "Date of the source."),
    "locator": Column("Where", definition="Where the source was read.", missing="not given"),
    "read": Column("Read", definition="text: the source was read; summary: a summary of it; memory; own."),
    "note": _CRITERIA["note"],
}
_COHESION = {
    "ties": Column("Ties inside", "ties", "Pairs of members with a joint event in the window; the certain ones."),
    "expected": Column("Ties expected", "ties", "Exact mean over random groups of the same country, kind and degree.", missing="not defined"),
    "lift": Column("Lift", "ratio", "Ties / expected.", missing="nothing is expected"),
    "p": Column("p-value", "", "Share of random groups with at least as many ties, one-sided, sequential.", "0 to 1", "fewer than three members"),
    "p_adjusted": Column("p-value, adjusted", "", "By Benjamini & Hochberg over the clusters of the table.", "0 to 1", "fewer than three members"),
}
_CATALOGUE = {
    "indicator": _VALUES["indicator"],
    "label": _VALUES["label"],
    "definition": Column("Definition", definition="How it is counted."),
    "unit": Column("Unit", definition="Unit of its values."),
    "low": Column("Range from", "", "Least value it can take."),
    "high": Column("Range to", "", "Largest value it can take.", missing="there is no upper end"),
    "direction": Column("A further member", definition="up: can never lower it; fixed: changes nothing; either: may raise or lower it."),
    "data": Column(
        "Rests on", "id", "M membership, G ties, O organisations, W ownership, R clusters, F yearly facts, B funding, P population.", missing="the rules' own"
    ),
}
_TRANSITIONS = {
    "source": Column("From", definition="A level, what is below the first one, or new."),
    "target": Column("To", definition="A level, what is below the first one, or dissolved."),
    "count": Column("Transitions", "transitions", "Pairs of a cluster and two years that follow each other."),
    "total": Column("Out of the source", "transitions", "All transitions out of the source."),
    "share": Column("Share", "share", "Count / total.", "0 to 1", "there is none out of the source"),
    "mean": Column("Mean", "share", "(n + ½) / (N + K/2) over the K states that the rules allow.", "0 to 1", "the rules allow none"),
    "low": Column("At least", "share", "Lower end of the 95 % interval (Jeffreys prior).", "0 to 1", "the rules allow none"),
    "high": Column("At most", "share", "Upper end of the 95 % interval (Jeffreys prior).", "0 to 1", "the rules allow none"),
    "bootstrap_low": Column("Bootstrap at least", "share", "Lower end of 95 % of draws of clusters.", "0 to 1", "none drawn"),
    "bootstrap_high": Column("Bootstrap at most", "share", "Upper end of 95 % of draws of clusters.", "0 to 1", "none drawn"),
    "few": Column("Too few", definition="Whether fewer than 10 transitions leave the source: not to be read."),
}
QUALITY = {
    "item": Column("What", definition="What was found; W and a number: a remark of the reader."),
    "place": Column("Where", definition="Sheet of the register, or table of the cooperation data."),
    "count": Column("How many", "", "Number of rows, organisations or clusters concerned.", "≥ 0"),
    "action": Column("What was done", definition="kept (as it is, with the consequence named), dropped (left out), repaired, or read."),
    "examples": Column("Remarks and examples", definition="What follows, and the first of them.", missing="nothing to add"),
}


def tables_of(run: Run) -> Tables:
    """Every table of the report but those of its figures and sheets."""
    assessment, rules = run.view.assessment, run.view.rules
    found: Tables = {"levels": (run.levels.reset_index(), {**COMMON, **_LEVELS})}
    found["criteria"] = (assessment.criteria, {**COMMON, **_VALUES, **_CRITERIA})
    for name in ("missing", "robustness", "pivotal"):
        found[name] = (getattr(assessment, name), COMMON)
    if run.monitoring is not None:
        for name in ("panel", "entries", "exits", "warnings"):
            found[name] = (getattr(run.monitoring, name), COMMON)
        found["transitions"] = (run.monitoring.transitions(), _TRANSITIONS)
    found["indicators"] = (run.indicators, {**COMMON, **_VALUES})
    found["cohesion"] = (cohesion_table(run), {**COMMON, **_COHESION})
    found["members"] = (_members(run), COMMON)
    found["rules"] = (rules.criteria_table(), _RULES)
    found["catalogue"] = (catalogue_table(), _CATALOGUE)
    found["data_quality"] = (quality_table(run), QUALITY)
    return found


def cohesion_table(run: Run) -> pd.DataFrame:
    """Ties inside against random groups of like organisations, with p adjusted over the clusters."""
    wide = run.indicators.pivot_table(index="cluster", columns="indicator", values="value", aggfunc="first", sort=False, dropna=False)
    order = run.view.assessment.levels.index
    keys = {"ties": "ties", "ties_expected": "expected", "cohesion_lift": "lift", "cohesion_p": "p"}
    table = wide.reindex(index=order, columns=list(keys)).rename(columns=keys).rename_axis(columns=None).astype("float64")
    table.insert(0, "name", run.view.assessment.levels["name"])
    return table.assign(p_adjusted=adjusted(table["p"].to_numpy(), "bh")).rename_axis("cluster").reset_index()


def catalogue_table() -> pd.DataFrame:
    """What each indicator is."""
    rows = [(one.name, one.label, one.definition, one.unit, one.low, one.high, one.direction, one.data) for one in CATALOGUE.values()]
    return pd.DataFrame(rows, columns=list(_CATALOGUE))


def quality_table(run: Run) -> pd.DataFrame:
    """What was read, repaired and left out, of the register and of the cooperation data; and whom these do not know."""
    parts = [run.task.register.quality]
    if run.task.affiliation is not None:
        gone = run.field.snapshot.cooperation.unmatched
        names = ", ".join(str(one) for one in gone[:5])
        told = f"no ties are known of them, and what rests on ties is an interval: {names}{' and others' if len(gone) > 5 else ''}"
        rows = [("organisations that the cooperation data do not know", "organisations", len(gone), "kept", told)] if len(gone) else []
        parts += [pd.DataFrame(rows, columns=list(QUALITY)), run.task.affiliation.quality]
    kept = [part for part in parts if len(part)]
    table = pd.concat(kept, ignore_index=True) if kept else parts[0]
    return table.astype({name: "int64" if name == "count" else "str" for name in QUALITY})


def _members(run: Run) -> pd.DataFrame:
    table = run.view.members
    names = run.task.register.organisations["name"]
    return table.assign(name=names.reindex(table["organisation"]).astype("str").to_numpy())[["cluster", "organisation", "name"]]


def stacked(sheets: Sequence[ClusterSheet]) -> Iterator[tuple[str, pd.DataFrame, Mapping[str, Column]]]:
    """The tables of all sheets, one below the other, with the cluster in the first column: what is on the sheets is in these."""
    every = [(sheet.cluster, sheet_tables(sheet)) for sheet in sheets]
    for name in dict.fromkeys(name for _, tables in every for name in tables):
        parts = [(cluster, *tables[name]) for cluster, tables in every if name in tables]
        filled = [table.assign(cluster=cluster) for cluster, table, _ in parts if len(table)] or [parts[0][1].assign(cluster="")]
        table = pd.concat(filled, ignore_index=True)
        table = table[["cluster", *(column for column in table.columns if column != "cluster")]]
        yield f"sheet_{name}", plain(table), {**COMMON, **parts[0][2]}


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """The table with columns of one kind each: what is neither text nor a number everywhere is text."""
    loose = [name for name in table.columns if table[name].dtype == object]
    return table.astype(dict.fromkeys(loose, "str")) if loose else table


def finite(table: pd.DataFrame) -> pd.DataFrame:
    """The table with values without an upper end left empty, as its columns say."""
    endless = [
        name for name in table.columns if pd.api.types.is_float_dtype(table[name].dtype) and np.isinf(table[name].to_numpy(dtype=float, na_value=np.nan)).any()
    ]
    return table.assign(**{name: table[name].where(~np.isinf(table[name].astype("float64"))) for name in endless})
