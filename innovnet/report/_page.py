"""The page: one HTML file that loads nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from innovnet._check import extra
from innovnet._text import clean
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import euro, number, percent
from innovnet.report._tokens import css_variables

if TYPE_CHECKING:
    from jinja2 import Environment

ROWS_SHOWN = 20
COLUMNS_PRINTED = 12  #: of a fold-out table; the style sheet hides those beyond it on paper
FINDINGS_SHOWN = 6

SECTIONS = {
    "takes-part": "Who takes part",
    "holds-together": "Who holds it together",
    "bridges": "Who bridges",
    "looks-like": "What it looks like",
    "levels": "Which levels",
    "missing": "What is missing",
    "where": "Where they are",
    "money-and-data": "Money and data",
    "policies": "What support would change",
}


class Beside(NamedTuple):
    """Another page that belongs to this one: its name, what it found, its address, the words that lead to it."""

    title: str
    words: str
    address: str
    link: str


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
    quality_words: str  #: what matters most of it
    names: Mapping[str, Any]  #: the words of the report beside those of the literature, as made by :func:`table_of`
    methods: Sequence[Mapping[str, Any]]
    provenance: Sequence[tuple[str, str]]
    downloads: Mapping[str, Sequence[tuple[str, str]]]  #: key of an exhibit -> (label, address of a file beside the page)
    files: Sequence[tuple[str, str]]  #: the same for the report as a whole
    beside: Sequence[Beside] = ()
    boxes: Mapping[str, str] = field(default_factory=dict)  #: section -> what must be known before anything in it is read
    card: Sequence[Mapping[str, Any]] = ()  #: entries of the description of a model, each with ``blocks`` for the template
    quality_title: str = "What was read, repaired and left out"
    remark: str = ""  #: below the scope: what must not be taken from the page


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


def listing_of(exhibit: Exhibit) -> dict[str, Any]:
    """All rows of the columns that stand openly on the page, each with the address that its first cell leads to."""
    table = next(iter(exhibit.tables.values()))
    addresses = table[exhibit.link].fillna("").to_list() if exhibit.link else [""] * len(table)
    return {**table_of(table[list(exhibit.listed)], exhibit.columns, len(table)), "addresses": addresses}


_GLUED = (
    (re.compile(r"(?<=\d) (?=[^\W_]|[%×])"), "\u00a0"),  # a number and its unit
    (re.compile(r"\b(\w) ([=≤≥]) (?=[\d−])"), "\\1\u00a0\\2\u00a0"),  # n = 30 721
    (re.compile(r"(?<=[\d%])–(?=\d)"), "–\u2060"),  # 93.8–93.9
    (re.compile(r"\bp-value"), "p\u2011value"),
)


def nowrap(text: str) -> str:
    """Keep a number on one line with its unit, its sign of equality, and the other end of its range."""
    for pattern, glued in _GLUED:
        text = pattern.sub(glued, text)
    return text


def numbered(exhibits: Iterable[Exhibit], drawn: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Key of an exhibit -> number of its figure on the page, for those that are drawn."""
    return {key: k for k, key in enumerate((e.key for e in exhibits if drawn.get(e.key)), start=1)}


def figures_named(keys: str, numbers: Mapping[str, int]) -> str:
    """Keys of exhibits as the numbers of their figures; those that are not drawn are left out."""
    if keys == "all":
        return keys
    return ", ".join(str(number) for number in sorted(numbers[key] for key in keys.split(", ") if key in numbers))


@cache
def environment() -> "Environment":
    """Templates with every value escaped; each is compiled once."""
    jinja2 = extra("jinja2")
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("innovnet.report"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["nowrap"] = nowrap
    made.filters["clean"] = clean
    return made


def render(page: Page) -> str:
    """The whole page."""
    filled = [key for key in SECTIONS if any(e.section == key for e in page.exhibits)]
    sections: list[dict[str, Any]] = [
        {"id": key, "title": SECTIONS[key], "exhibits": [e for e in page.exhibits if e.section == key], "number": k} for k, key in enumerate(filled, start=1)
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
            numbers=numbered((e for section in sections for e in section["exhibits"]), page.drawn),
            printed=COLUMNS_PRINTED,
            tables={e.key: table_of(table, e.columns) for e in page.exhibits for table in list(e.tables.values())[:1] if len(table) and not e.listed},
            listings={e.key: listing_of(e) for e in page.exhibits if e.listed},
            findings=chosen(f for e in page.exhibits for f in e.findings),
        )
    )
