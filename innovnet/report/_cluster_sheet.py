"""The sheet of a cluster: its level, why, what is missing, how firm; its ties, the others, the years, next steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from innovnet import __version__
from innovnet._text import escape
from innovnet.clusters._assessment import Assessment
from innovnet.clusters._monitoring import Monitoring
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._classify import name_of
from innovnet.report._cluster_criteria import asks, criteria_part
from innovnet.report._cluster_firm import firm_part
from innovnet.report._cluster_level import level_part, result_sentence
from innovnet.report._cluster_network import network_part
from innovnet.report._cluster_outlook import missing_part, warnings_part
from innovnet.report._cluster_part import Field, Part, field_of
from innovnet.report._cluster_strips import strips_part
from innovnet.report._cluster_trend import trend_part
from innovnet.report._cluster_words import MEETS, day, named
from innovnet.report._exhibit import Column
from innovnet.report._format import number, percent
from innovnet.report._names import shorten

FINGERPRINT = 12  #: characters shown
SECTOR = 36  #: characters of the names of sectors, together


@dataclass(frozen=True, repr=False)
class ClusterSheet:
    """One cluster on one day on one page. Made by :func:`innovnet.report.cluster_sheet`.

    Attributes
    ----------
    cluster, name, kicker, result
        Its identifier and name, what the page is, and the level in one or two sentences.
    facts, foot
        (label, value): who and since when; disclaimer, data, how to reproduce.
    parts
        The eight parts by name: level, criteria, missing, firm, network, strips, trend, warnings.
    levels
        What each level of the rules needs, in words.
    """

    cluster: str
    name: str
    kicker: str
    result: str
    facts: tuple[tuple[str, str], ...]
    parts: Mapping[str, Part]
    levels: tuple[tuple[str, str], ...]
    foot: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"ClusterSheet {self.cluster!r}: {self.result}"

    def _repr_html_(self) -> str:
        return f"<h2>{escape(self.name)}</h2><p><b>{escape(self.result)}</b></p>{self.parts['level']._repr_html_()}{self.parts['missing']._repr_html_()}"


def cluster_sheet(
    assessment: Assessment,
    monitoring: Monitoring | None,
    cluster: str,
    *,
    affiliation: Affiliation | None = None,
    field: Field | None = None,
) -> ClusterSheet:
    """Make the sheet of one cluster: which level, why, what is missing for the next one, how firm it is.

    Parameters
    ----------
    assessment
        The clusters on the day, from :func:`innovnet.clusters.assess`.
    monitoring
        The years up to it, under the same rules; None leaves out the trend, the assigned level and the early warnings.
    cluster
        Identifier of the cluster.
    affiliation
        The cooperation data that the assessment was made with, if any.
    field
        What the sheets of one assessment share, from :func:`innovnet.report.field_of`; give it when making many.

    Returns
    -------
    ClusterSheet
        For :func:`innovnet.report.render_sheet`.

    Raises
    ------
    DataError
        The cluster does not exist on the day, or assessment and monitoring do not belong together.

    Examples
    --------
    >>> import innovnet as inn
    >>> register, programme = inn.clusters.example(), inn.example()
    >>> assessment = inn.clusters.assess(register, programme, rules="lithuania", at="2025-12-31")
    >>> sheet = inn.report.cluster_sheet(assessment, None, "C01", affiliation=programme)
    >>> list(sheet.parts)
    ['level', 'criteria', 'missing', 'firm', 'network', 'strips', 'trend', 'warnings']
    """
    if monitoring is not None and (monitoring.register.fingerprint, monitoring.rules) != (assessment.register.fingerprint, assessment.rules):
        msg = "assessment and monitoring rest on different registers or rules. Make both from the same."
        raise DataError(msg)
    field = field_of(assessment, affiliation) if field is None else field
    field.row(cluster)
    parts = (
        level_part(field, cluster, monitoring),
        criteria_part(field, cluster),
        missing_part(field, cluster),
        firm_part(field, cluster),
        network_part(field, cluster),
        strips_part(field, cluster),
        trend_part(field, cluster, monitoring),
        warnings_part(field, cluster, monitoring),
    )
    rules = assessment.rules
    return ClusterSheet(
        cluster=str(cluster),
        name=str(assessment.register.clusters.loc[cluster, "name"]),
        kicker=f"Cluster sheet · {day(assessment.at)} · rules {rules.name} {rules.version}",
        result=result_sentence(field, cluster, monitoring),
        facts=_facts(field, cluster),
        parts={part.key: part for part in parts},
        levels=tuple((level, asks(rules, level, _met(parts[1].tables["criteria"], level))) for level in rules.levels),
        foot=_foot(field, cluster),
    )


def _met(criteria: pd.DataFrame, level: str) -> int:
    """How many of the criteria to choose from a level has."""
    return int(((criteria["level"] == level) & (criteria["strength"] == "soft") & (criteria["verdict"] == MEETS)).sum())


def _facts(field: Field, cluster: str) -> tuple[tuple[str, str], ...]:
    """Who it is: members, coordinator, sector, region, since when."""
    row = field.assessment.register.clusters.loc[cluster]
    nodes, place = field.members(cluster), field.row(cluster)
    members = field.snapshot.members
    leads = members.coordinator[members.ptr[place] : members.ptr[place + 1]]
    coordinators = field.names(nodes[leads])
    sectors = [one.strip() for one in str(row["sectors"]).split(";")] if pd.notna(row["sectors"]) else []
    found = [
        ("Cluster", str(cluster)),
        ("Members", number(len(nodes))),
        ("Coordinator", named(coordinators, 2) if coordinators else "none among the members"),
        ("Sector" if len(sectors) == 1 else "Sectors", "; ".join(_with_name("nace", code, SECTOR // len(sectors)) for code in sectors)),
        ("Region", _with_name("nuts", str(row["region"]), SECTOR) if pd.notna(row["region"]) else "not stated"),
        ("Founded", f"{row['founded']:%Y-%m-%d}" if pd.notna(row["founded"]) else ""),
        ("Joint activity since", f"{row['joint_since']:%Y-%m-%d}" if pd.notna(row["joint_since"]) else "not stated"),
    ]
    return tuple((label, value) for label, value in found if value)


def _with_name(system: Literal["nace", "nuts"], code: str, budget: int) -> str:
    """A code with its name, which is cut where it is long."""
    name = (name_of(system, code) or "").removeprefix("Manufacture of ")
    return f"{code} {shorten(name, budget)}" if name else code


def _foot(field: Field, cluster: str) -> tuple[tuple[str, str], ...]:
    """What must be said under every sheet."""
    assessment, register = field.assessment, field.assessment.register
    rows = [
        (
            "Data",
            f"{_complete(field, cluster)}{_repaired(register.quality)} Ties from {assessment.ties_from}. A level says that criteria are met, nothing more.",
        ),
        (
            "To reproduce",
            f"innovnet {__version__}, register {register.fingerprint[:FINGERPRINT]}.",
        ),
    ]
    return tuple((label, text) for label, text in rows if text)


def _complete(field: Field, cluster: str) -> str:
    """How much is filled of what the rules need."""
    share = field.level(cluster)["completeness"]
    return f"{percent(float(share))} of the cells needed are filled. " if pd.notna(share) else ""


def _repaired(quality: pd.DataFrame) -> str:
    """What the reader of the register repaired or left out."""
    parts = []
    for action, words in (("repaired", "repaired"), ("dropped", "left out")):
        rows = quality[quality["action"] == action]
        if len(rows):
            parts.append(f"{number(int(rows['count'].sum()))} {words} ({named(rows['item'].astype('str').unique().tolist(), 3)})")
    return f"On reading: {'; '.join(parts)}." if parts else "Nothing had to be repaired."


def sheet_tables(sheet: ClusterSheet) -> dict[str, tuple[pd.DataFrame, Mapping[str, Column]]]:
    """The tables behind a sheet, in its order: name -> (table, what its columns mean)."""
    head = pd.DataFrame([("Sheet", sheet.kicker), *sheet.facts, ("Result", sheet.result), *sheet.foot], columns=["label", "value"], dtype="str")
    found: dict[str, tuple[pd.DataFrame, Mapping[str, Column]]] = {"about": (head, {"label": Column("About"), "value": Column("Value")})}
    for part in sheet.parts.values():
        found |= {name: (table, part.columns) for name, table in part.tables.items()}
    return found
