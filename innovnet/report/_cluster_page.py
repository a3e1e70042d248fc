"""The page of a cluster's sheet: one HTML file that loads nothing, one printed page."""

import re
from importlib.resources import files
from typing import Any

import pandas as pd

from innovnet.report._canvas import svg
from innovnet.report._cluster_criteria import DECIDES
from innovnet.report._cluster_outlook import GROUPS
from innovnet.report._cluster_part import Part
from innovnet.report._cluster_sheet import ClusterSheet
from innovnet.report._cluster_words import SIGNS
from innovnet.report._exhibit import NARROW
from innovnet.report._page import environment
from innovnet.report._tokens import css_variables


def render_sheet(sheet: ClusterSheet, *, home: str = "") -> str:
    """The sheet of a cluster as a page of HTML that loads nothing and runs nothing; it prints on one page of A4 unless its tables are long.

    Parameters
    ----------
    sheet
        From :func:`innovnet.report.cluster_sheet`.
    home
        Address of a page on all clusters, to lead back to; without it the sheet leads nowhere.

    Returns
    -------
    str
        The page. The same sheet gives the same bytes.

    Examples
    --------
    >>> import innovnet as inn
    >>> register, programme = inn.clusters.example(), inn.example()
    >>> assessment = inn.clusters.assess(register, programme, rules="lithuania", at="2025-12-31")
    >>> page = inn.report.render_sheet(inn.report.cluster_sheet(assessment, None, "C01", affiliation=programme))
    >>> page.startswith("<!doctype html>")
    True
    """
    drawn = {key: drawings(part) for key, part in sheet.parts.items()}
    template = environment().get_template("cluster.html.j2")
    return template.render(
        sheet=sheet,
        home=home,
        css=css_variables() + styles("report.css") + styles("cluster.css"),
        parts=sheet.parts,
        drawn=drawn,
        criteria=_levels(sheet),
        sources=_records(sheet.parts["criteria"].tables["sources"]),
        missing=_missing(sheet.parts["missing"].tables["missing"]),
        signs=SIGNS,
        decides=DECIDES,
    )


def styles(name: str) -> str:
    """A style sheet of the templates, without comments and line breaks."""
    text = files("innovnet.report").joinpath("templates", name).read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def drawings(part: Part) -> dict[str, str]:
    """The wide and the narrow drawing of a part as markup; nothing where there is none."""
    if part.draw is None:
        return {}
    return {"wide": svg(part.draw(part.width), f"{part.key}-w"), "narrow": svg(part.draw(NARROW), f"{part.key}-n")}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _levels(sheet: ClusterSheet) -> list[dict[str, Any]]:
    """The criteria by level, with what the level needs of them."""
    table, rungs = sheet.parts["criteria"].tables["criteria"], sheet.parts["level"].tables["level"].set_index("level")
    return [
        {
            "level": level,
            "needs": needs,
            "local": rungs.loc[level, "local"],
            "ours": rungs.loc[level, "ours"],
            "beyond": (table.loc[table["level"] == level, "standing"] == "beyond").all(),
            "rows": _records(table[table["level"] == level]),
        }
        for level, needs in sheet.levels
    ]


def _missing(table: pd.DataFrame) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is missing, group by group, with what is enough of those to choose from."""
    found = []
    for group, title in GROUPS.items():
        rows = table[table["group"] == group]
        if len(rows):
            enough = str(rows["enough"].iloc[0]) if (rows["enough"] == rows["enough"].iloc[0]).all() else ""
            found.append((f"{title}: {enough}" if enough else title, _records(rows)))
    return found
