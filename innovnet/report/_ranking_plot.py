"""Drawing of the ranking."""

import math
from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, style
from innovnet.report._format import number
from innovnet.report._rows import WIDE, Stem, draw_key, rows_height, stem_rows, type_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN, SHOWN_NARROW = 15, 10
FOREIGN_SHOWN, FOREIGN_NARROW = 8, 5
GAP = 18  #: between the lists
VARIES = 1.5  #: largest to smallest: a measure that is the same for all rows says nothing


def _counts(values: pd.Series) -> list[str]:
    return [number(value) for value in values]


def _tenths(values: pd.Series) -> list[str]:
    return [number(value, 1) for value in values]


def _percents(values: pd.Series) -> list[str]:
    """As many digits as give the largest three: 5.56, 0.116."""
    largest = 100 * float(values.max())
    digits = 2 - math.floor(math.log10(largest)) if largest > 0 else 0
    return [number(100 * value, min(max(digits, 0), 6)) for value in values]


def _millions(values: pd.Series) -> list[str]:
    return [number(value / 1e6, 1 if values.max() < 1e8 else 0) for value in values]


#: In the order in which they are shown; the last two step in where another is the same for all rows.
MEASURES = {
    "joint_work": Stem("joint_work", "Joint work", "shared projects", _counts),
    "partners": Stem("partners", "Partners", "organisations", _counts),
    "betweenness_share": Stem("betweenness_share", "Go-between", "% of shortest paths", _percents),
    "coordinated": Stem("coordinated", "Coordinated", "projects led", _counts),
    "contribution_eur": Stem("contribution_eur", "EU contribution", "EUR million", _millions),
    "participations": Stem("participations", "Projects", "also alone", _counts),
}
FOREIGN = (
    Stem("joint_work", "Joint work", "shares of projects", _tenths),
    Stem("partners", "Partners", "in {place}", _counts),
    Stem("projects", "Projects", "in common", _counts),
)
ABROAD = "Closest partners abroad"


def shown_measures(rows: pd.DataFrame, limit: int = 4) -> list[str]:
    """The measures that differ over these rows."""
    present = [name for name in MEASURES if name in rows.columns]
    spread = [name for name in present if rows[name].max() > 0 and rows[name].max() >= VARIES * max(rows[name].min(), 0)]
    return (spread or present)[:limit]


def plot_ranking(table: pd.DataFrame, *, foreign_partners: pd.DataFrame | None = None, place: str = "", ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw the first organisations with their joint work, partners and share of shortest paths.

    Parameters
    ----------
    table
        One row for each organisation in the order to draw: rank, display, type, city or country, and measures with their ``_rank``;
        as in ``tables/ranking.csv`` of a report.
    foreign_partners
        Organisations abroad, drawn as a second list: rank, display, type, country, joint_work, partners, projects.
    place
        Name of the country that the first list is about.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-report/tables/ranking.csv")  # doctest: +SKIP
    >>> inn.report.plot_ranking(table).figure.savefig("ranking.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    rows = table.head(SHOWN if wide else SHOWN_NARROW)
    abroad = None if foreign_partners is None or foreign_partners.empty else foreign_partners.head(FOREIGN_SHOWN if wide else FOREIGN_NARROW)
    title = f"In {place}" if place else ""
    key, top = type_key([*rows["type"], *(abroad["type"] if abroad is not None else [])], width)
    height = top + rows_height(len(rows), width, title) + (GAP + rows_height(len(abroad), width, ABROAD) if abroad is not None else 0)
    with style():
        ax = axes(width, height, ax)
        draw_key(ax, key)
        stems = [MEASURES[name] for name in shown_measures(rows, 4 if wide else 3)]
        shown = next((column for column in ("city", "country") if column in rows.columns), None)
        bottom = stem_rows(ax, rows, stems, title=title, top=top, width=width, place=shown)
        if abroad is not None:
            stems = [stem._replace(unit=stem.unit.format(place=place)) for stem in FOREIGN]
            stem_rows(ax, abroad, stems, title=ABROAD, top=bottom + GAP, width=width, place="country", ring=True)
    return ax
