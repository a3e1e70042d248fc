"""The page: one HTML file that loads nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovnet._check import extra
from innovnet._text import clean
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import THIN, euro, number, percent
from innovnet.report._tokens import css_variables

if TYPE_CHECKING:
    from jinja2 import Environment

ROWS_SHOWN = 20
FINDINGS_SHOWN = 6

SECTIONS = {
    "takes-part": "Who takes part",
    "holds-together": "Who holds it together",
    "bridges": "Who bridges",
    "looks-like": "What it looks like",
}


@dataclass(frozen=True)
class Page:
    """Everything the page shows, as plain text and tables."""

    kicker: str
    title: str
    scope: str
    facts: Sequence[tuple[str, str]]  #: (value, label), six of them
    exhibits: Sequence[Exhibit]
    drawn: Mapping[str, Mapping[str, str]]  #: key of an exhibit -> "wide" and "narrow" SVG: markup of :func:`svg`, the one value that is not escaped here
    notes: Sequence[str]  #: sentences above section 3: what the comparison with chance says and does not say
    quality: Mapping[str, Any]  #: as made by :func:`table_of`
    methods: Sequence[Mapping[str, Any]]
    provenance: Sequence[tuple[str, str]]
    downloads: Mapping[str, Sequence[tuple[str, str]]]  #: key of an exhibit -> (label, address of a file beside the page)
    files: Sequence[tuple[str, str]]  #: the same for the report as a whole


def chosen(findings: Iterable[Finding], limit: int = FINDINGS_SHOWN) -> list[Finding]:
    """The findings of the first screen: those always kept, then those farthest from chance, in the order of the page."""
    every = list(findings)
    ranked = sorted(range(len(every)), key=lambda k: (not every[k].keep, -every[k].distance, k))
    return [every[k] for k in sorted(ranked[:limit])]


def cell(value: Any, column: Column) -> str:
    """One cell of a table on the page, with its unit's format."""
    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or not hasattr(value, "__float__"):
        return clean(value)
    if column.unit == "EUR":
        return euro(float(value))
    if column.unit == "share":
        return percent(float(value), 1 if abs(float(value)) >= 0.01 else 2)
    if column.unit in {"year", "id"}:
        return str(value)
    whole = float(value).is_integer() and abs(float(value)) < 1e15
    return number(float(value), 0 if whole else 2)


def table_of(table: pd.DataFrame, columns: Mapping[str, Column], rows: int = ROWS_SHOWN) -> dict[str, Any]:
    """The first rows of a table for the template."""
    head = table.head(rows)
    meanings = [columns.get(name, Column(name)) for name in head.columns]
    numeric = [pd.api.types.is_numeric_dtype(head[name]) and not pd.api.types.is_bool_dtype(head[name]) for name in head.columns]
    cells = [[cell(value, meaning) for value, meaning in zip(row, meanings, strict=True)] for row in head.itertuples(index=False)]
    return {
        "heads": [(m.label, m.unit, right) for m, right in zip(meanings, numeric, strict=True)],
        "rows": cells,
        "more": len(table) - len(head),
        "right": numeric,
    }


def nowrap(text: str) -> str:
    """Keep a number on one line with its unit: ordinary blanks between them become no-break ones."""
    return re.sub(rf"(\d) (?=(?:%|bn|m|of\b)|[\d{THIN}])", "\\1\u00a0", text)


def environment() -> "Environment":
    """Templates with every value escaped."""
    jinja2 = extra("jinja2")
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("innovnet.report"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["nowrap"] = nowrap
    made.filters["clean"] = clean
    return made


def render(page: Page) -> str:
    """The whole page."""
    sections = [
        {"id": key, "title": title, "exhibits": [e for e in page.exhibits if e.section == key], "number": k}
        for k, (key, title) in enumerate(SECTIONS.items(), start=1)
    ]
    sheet = files("innovnet.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            page=page,
            css=css_variables() + re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)),
            sections=sections,
            drawn=page.drawn,
            tables={e.key: table_of(next(iter(e.tables.values())), e.columns) for e in page.exhibits if e.tables},
            findings=chosen(f for e in page.exhibits for f in e.findings),
        )
    )
