"""What a figure brings to the page: a headline that follows from its table, its drawing, its words, its findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from innovnet._text import escape
from innovnet.report._canvas import svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, NARROW = 960, 352

Section = Literal["takes-part", "holds-together", "bridges", "looks-like", "levels", "missing", "where", "money-and-data", "policies"]


@dataclass(frozen=True)
class Finding:
    """One line of the first screen: a big number, the sentence that it begins, and how sure it is."""

    key: str
    value: str  #: formatted
    sentence: str  #: continues the number, with its verb; ends with a full stop
    note: str  #: interval, runs or "all organisations, no sampling error"
    figure: str  #: key of the exhibit that shows it
    distance: float = 0.0  #: how far from chance or from evenness: decides which findings are shown
    keep: bool = False  #: always shown


@dataclass(frozen=True)
class Column:
    """What a column of a table means."""

    label: str
    unit: str = ""
    definition: str = ""
    range: str = ""
    missing: str = ""


@dataclass(frozen=True, repr=False)
class Exhibit:
    """A figure with its words, made by one function from one or several tables. All texts are plain text; the page escapes them."""

    key: str
    section: Section
    headline: str  #: with the verb of the finding, at most 75 characters, no indicator's name
    tables: Mapping[str, pd.DataFrame]  #: name -> table; the first is the alternative of the figure
    columns: Mapping[str, Column]  #: every column of these tables
    prose: str = ""  #: at most two sentences
    lead: str = ""  #: what is shown and its unit: first words of the caption, in bold
    caption: str = ""  #: what is left out and how many, n, method, source
    slim: str = ""  #: what the narrow drawing shows instead, for its caption
    reading: str = ""  #: how to read it, with an example from the figure's first row
    alt: str = ""  #: headline and the three main values
    draw: Callable[[int], "Figure"] | None = None  #: width in px (960 or 352) -> figure; None: nothing to draw, ``prose`` says why
    narrow: bool = True  #: has a rendering of its own at 352 px; else it scrolls sideways
    findings: tuple[Finding, ...] = ()
    methods: tuple[Callable[..., Any], ...] = field(default=())  #: indicators behind it, for the method appendix
    listed: tuple[str, ...] = ()  #: columns of the first table that stand openly on the page, with all rows, instead of the fold-out
    link: str = ""  #: column of the first table with the address that the first listed column leads to

    def __repr__(self) -> str:
        return f"Exhibit {self.key!r}: {self.headline}"

    def _repr_html_(self) -> str:
        """The exhibit in a notebook: headline, figure, caption."""
        drawn = svg(self.draw(WIDE), self.key) if self.draw is not None else ""
        words = f"<p><b>{escape(self.lead)}</b> {escape(self.caption)}</p>" if drawn else f"<p>{escape(self.prose)}</p>"
        return f"<h3>{escape(self.headline)}</h3>{drawn}{words}"
