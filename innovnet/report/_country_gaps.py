"""Which data are missing: how many clusters have criteria that are not known, and which sheet and column would answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovnet.clusters._catalogue import FACT
from innovnet.clusters._completeness import MEMBER_CELLS, _of_cluster, _of_members, cells_of
from innovnet.report._canvas import drawing
from innovnet.report._cluster_words import MARKS, day
from innovnet.report._country_gaps_plot import plot_country_gaps
from innovnet.report._country_words import big, clusters, first_that_fits, ours, source, tied, worded
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number
from innovnet.report._words import capital, listing

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_KEY = "country-gaps"
SHOWN = 12
NAMED = 3
#: Where a cell that indicators need is filled in: sheet, columns.
_PLACES: Mapping[str, tuple[str, str]] = {
    "country": ("organisations", "country"),
    "kind": ("organisations", "kind"),
    "nace": ("organisations", "nace"),
    "nuts3": ("organisations", "nuts3"),
    "size": ("organisations", "size or employees"),
    "high_value": ("organisations", "high_value"),
    "from": ("membership", "from"),
    "stage": ("membership", "stage"),
    "owners": ("ownership", "owner, share or control"),
    "ties": ("organisations", "actor (or joint events in sheet cooperation)"),
    "rd": ("member_facts", "rd_declared or rd_eur"),
    "exporting": ("member_facts", "exporter or export_eur"),
    "rd_eur": ("member_facts", "rd_eur, turnover_eur"),
    "export_eur": ("member_facts", "export_eur, turnover_eur"),
    "founded": ("clusters", "founded"),
    "joint": ("clusters", "joint_since"),
    "governance": ("clusters", "governance"),
    "strategy": ("clusters", "strategy"),
    "stages": ("clusters", "stages"),
    "funding": ("funding", "amount_eur or share"),
    "amounts": ("funding", "amount_eur"),
    "population": ("population", "firms"),
    "staff_fte": ("facts", "staff_fte"),
    "activities": ("facts", "activities"),
}
#: Where no cell is empty: two organisations are probably one.
_OTHER = ("organisations", "registry_code or vat (are two of them one?)")

_COLUMNS = {
    "sheet": Column("Sheet of the workbook", "id"),
    "column": Column("Column"),
    "clusters": Column("Clusters", "clusters", "With a criterion that is not known and that this column would help to answer.", "≥ 1"),
    "deciding": Column("Of these open", "clusters", "Clusters whose level the missing data leave open.", "0 to clusters"),
    "cells": Column("Empty cells", "cells", "Members or clusters without the entry.", "≥ 0"),
    "criteria": Column("Criteria", definition="That are not known for some of these clusters."),
    "criterion": Column("Criterion", "id"),
    "label": Column("What is asked"),
    "level": Column("For level"),
    "mark": Column("Mark", definition="Whose threshold it is: published, borrowed or ours."),
    "unknown": Column("Not known", "clusters", "Clusters for which it is not known.", "≥ 0"),
    "meets": Column("Meet it", "clusters", "", "≥ 0"),
    "not_met": Column("Do not meet it", "clusters", "", "≥ 0"),
    "places": Column("Would be answered by", definition="Sheet: column.", missing="nothing is missing"),
    "names": Column("Clusters"),
}


def gaps_tables(view: "CountryView") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each sheet and column that would answer; and one for each criterion."""
    n, m = len(view.assessment.levels), len(view.rules.criteria)
    met = view.assessment.criteria["met"]
    unknown = met.isna().to_numpy().reshape(n, m)
    yes = met.fillna(value=False).to_numpy(dtype=bool).reshape(n, m)
    labels: dict[Any, str] = view.assessment.criteria.drop_duplicates("criterion").set_index("criterion")["label"].to_dict() if n else {}
    places: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    rows = []
    for k, criterion in enumerate(view.rules.criteria):
        answers = list[str]()
        for place, cells in _answers(view, criterion.indicator, unknown[:, k]).items():
            places.setdefault(place, {})[criterion.id] = cells
            answers.append(": ".join(place))
        rows.append(
            {
                "criterion": criterion.id,
                "label": labels[criterion.id] if n else criterion.indicator,
                "level": criterion.level,
                "mark": MARKS[criterion.kind],
                "unknown": int(unknown[:, k].sum()),
                "meets": int(yes[:, k].sum()),
                "not_met": int((~yes[:, k] & ~unknown[:, k]).sum()),
                "places": "; ".join(answers) or None,
            }
        )
    criteria = pd.DataFrame(rows).astype(dict.fromkeys(["criterion", "label", "level", "mark", "places"], "str"))
    return _by_place(view, places), criteria


def _answers(view: "CountryView", indicator: str, unknown: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    """Where the answer would be filled in -> empty cells of each cluster for which the indicator is not known (−1: none of its own)."""
    if not unknown.any():
        return {}
    found, left = {}, unknown.copy()
    for cell in cells_of(indicator):
        have, need = (_of_members if cell in MEMBER_CELLS else _of_cluster)(view.snapshot, cell)
        empty = np.where(unknown, need - have, 0.0).astype(np.int64)
        if (empty > 0).any():
            found[_PLACES.get(cell, ("facts", cell.removeprefix(FACT)))] = np.where(empty > 0, empty, -1)
            left &= empty <= 0
    if left.any():
        found[_OTHER] = np.where(left, 0, -1)
    return found


def _by_place(view: "CountryView", places: Mapping[tuple[str, str], Mapping[str, np.ndarray]]) -> pd.DataFrame:
    open_, names = view.clusters["open"].to_numpy(dtype=bool), view.clusters["name"].to_numpy()
    rows = []
    for (sheet, column), of in places.items():
        cells = np.max(np.stack(list(of.values())), axis=0)
        touched = cells >= 0
        rows.append((sheet, column, int(touched.sum()), int((touched & open_).sum()), int(cells[touched].sum()), ", ".join(of), "; ".join(names[touched])))
    table = pd.DataFrame(rows, columns=["sheet", "column", "clusters", "deciding", "cells", "criteria", "names"])
    words = dict.fromkeys(["sheet", "column", "criteria", "names"], "str")
    numbers = dict.fromkeys(["clusters", "deciding", "cells"], "int64")
    return table.astype(words | numbers).sort_values(["clusters", "deciding", "cells"], ascending=False, kind="stable", ignore_index=True)


def gaps_exhibit(view: "CountryView") -> Exhibit:
    """Missing data by sheet."""
    table, criteria = gaps_tables(view)
    named = {"country_gaps": table, "country_gaps_criteria": criteria}
    if table.empty:
        n = len(view.clusters)
        prose = (
            f"All {count(len(criteria), 'criterion', 'criteria')} are known for {'the one cluster' if n == 1 else f'all {clusters(n)}'}."
            if n
            else "There is no cluster whose data could be missing."
        )
        return Exhibit(_KEY, "money-and-data", "No data are missing", named, _COLUMNS, prose=prose)
    return Exhibit(
        _KEY,
        "money-and-data",
        headline(view, criteria),
        named,
        _COLUMNS,
        prose=_prose(table, criteria),
        lead="Clusters with criteria that are not known, by the sheet and column of the workbook that would answer.",
        caption=_caption(table, criteria, view),
        reading=_reading(table),
        alt=f"{headline(view, criteria)}. {_prose(table, criteria)} All are in the table below.",
        draw=drawing(plot_country_gaps, table.head(SHOWN)),
        findings=_findings(view, table),
    )


def _touched(view: "CountryView") -> int:
    """Clusters with a criterion that is not known."""
    rows = view.assessment.criteria
    return int(rows.loc[rows["met"].isna(), "cluster"].nunique())


def headline(view: "CountryView", criteria: pd.DataFrame) -> str:
    """How many levels missing data leave open, and how many criteria are not known."""
    n, open_ = len(view.clusters), int(view.clusters["open"].sum())
    unknown = int((criteria["unknown"] > 0).sum())
    if open_:
        return f"Missing data leave {_levels(open_, n)} open"
    return first_that_fits(f"No level is open, though {count(unknown, 'criterion', 'criteria')} {'is' if unknown == 1 else 'are'} not known everywhere")


def _levels(k: int, n: int) -> str:
    return "the one level" if n == 1 else f"all {number(n)} levels" if k == n else f"{worded(k)} of {number(n)} levels"


def _prose(table: pd.DataFrame, criteria: pd.DataFrame) -> str:
    unknown = criteria[criteria["unknown"] > 0]
    n = len(unknown)
    text = f"{capital(worded(n))} of {count(len(criteria), 'criterion', 'criteria')} {'is' if n == 1 else 'are'} not known for some cluster."
    most = table.head(tied(table["clusters"]))
    many = clusters(int(most["clusters"].iloc[0]))
    if len(most) > NAMED:
        return f"{text} No column alone would answer for more than {many}."
    names = [f"sheet {sheet}, column {column}" for sheet, column in zip(most["sheet"], most["column"], strict=True)]
    return f"{text} Most would be answered by {'; '.join(names)}: {many}{' each' if len(most) > 1 else ''}."


def _caption(table: pd.DataFrame, criteria: pd.DataFrame, view: "CountryView") -> str:
    parts = [f"n = {clusters(len(view.clusters))}, {number(len(criteria))} criteria each; {clusters(_touched(view))} with a criterion that is not known."]
    parts.append("A criterion counts as not known where the data that there are leave open whether it is met. Striped: the level is open.")
    parts.append("Empty cells: members, or clusters, without the entry.")
    if len(table) > SHOWN:
        parts.append(f"The first {number(SHOWN)} of {number(len(table))} columns are drawn.")
    return " ".join([*parts, ours(view.rules), source(view)])


def _reading(table: pd.DataFrame) -> str:
    row = table.iloc[0]
    cells = f"{count(int(row['cells']), 'empty cell')} there" if row["cells"] else "where two organisations are probably one"
    whose = "it" if row["clusters"] == 1 else f"{worded(int(row['deciding']))} of them"
    level = f"; the level of {whose} is open" if row["deciding"] else ""
    ids = str(row["criteria"]).split(", ")
    what = f"criterion {ids[0]} is" if len(ids) == 1 else f"{listing(ids)} are"
    return f"Sheet {row['sheet']}, column {row['column']}: for {clusters(int(row['clusters']))} {what} not known, {cells}{level}."


def _findings(view: "CountryView", table: pd.DataFrame) -> tuple[Finding, ...]:
    open_, n = int(view.clusters["open"].sum()), len(view.clusters)
    what = f"levels {'is' if open_ == 1 else 'are'} left open by missing data; {clusters(_touched(view))} {'has' if _touched(view) == 1 else 'have'} criteria that are not known."
    return (Finding(_KEY, *big(open_, n, what), f"by the data of {day(view.at)}; {count(len(table), 'column')} would answer", _KEY, keep=True),)
