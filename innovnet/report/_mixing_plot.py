"""Drawing of figure 7: triangles, or squares in a report on a country."""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._format import THIN, number, percent
from innovnet.report._matrix import Cell, draw_cells, hatch, ratio_scale, ratio_token, two_lines
from innovnet.report._tokens import TYPES, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDEST = 3.0  #: ratio from which a cell has the darkest colour
TITLES = {"type": "By type of organisation", "field": "By science field"}
_GAP, _SLANT = 40.0, math.radians(60)
_SCALE_HEIGHT = 62


class _Panel(NamedTuple):
    """One matrix and its place."""

    table: pd.DataFrame
    title: str
    rows: list[str]
    columns: list[str]
    names: dict[str, str]
    square: bool
    labels: float  #: width of the row labels
    head: float  #: height above the first row
    cell: float
    narrow: bool

    @property
    def width(self) -> float:
        return self.labels + len(self.columns) * self.cell + self.overhang

    @property
    def overhang(self) -> float:
        """How far heads reach beyond the last cell."""
        end = len(self.columns) * self.cell
        if self.square:
            return max(0.0, *(k * self.cell + self.cell / 2 + width_of(self.names[g], 11) * math.cos(_SLANT) - end + 8 for k, g in enumerate(self.columns)))
        return max(0.0, *(k * self.cell + 4 + _stair_width(self.names[g], self.cell) - end for k, g in enumerate(self.columns)))

    @property
    def height(self) -> float:
        return self.head + len(self.rows) * self.cell


def group_name(partition: str, group: str) -> str:
    """A group as figures and sentences write it."""
    return TYPES.get(group, group) if partition == "type" else group[:1].upper() + group[1:]


def plot_mixing(table: pd.DataFrame, *, place: str = "", ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Joint work between groups as a multiple of what their shares alone give: one matrix for each partition of the table.

    Parameters
    ----------
    table
        Columns partition, group, partner_group, ratio (missing: too little to say, hatched) and group_share; a row for each cell, groups in their order.
        With one row for each pair of groups a triangle is drawn, else a square with the domestic groups as rows.
    place
        Where the organisations of the rows are, if not everywhere.
    ax
        Axes to draw into; made where None.
    width
        960, or 352 for a narrow page.

    Returns
    -------
    Axes
        With pixels as coordinates.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-report/tables/mixing.csv")  # doctest: +SKIP
    >>> inn.report.plot_mixing(table).figure.savefig("mixing.svg")  # doctest: +SKIP
    """
    narrow = width < 700
    panels = [_panel(found, str(partition), width) for partition, found in table.groupby("partition", sort=False)]
    if not narrow:
        head = max(panel.head for panel in panels)
        panels = [panel._replace(head=head) for panel in panels]
    beside = len(panels) > 1 and not narrow and sum(p.width for p in panels) + _GAP <= width
    height = max(p.height for p in panels) if beside else sum(p.height for p in panels) + 28 * (len(panels) - 1)
    left = top = 0.0
    with style():
        ax = axes(width, height + _SCALE_HEIGHT, ax)
        for panel in panels:
            _draw(ax, panel, left, top, place)
            left, top = (max(panel.width + _GAP, min(width / 2, width - panels[-1].width)), 0.0) if beside else (0.0, top + panel.height + 28)
        ratio_scale(ax, 4.0, height + 30, WIDEST, 38.0 if narrow else 44.0)
    return ax


def _panel(table: pd.DataFrame, partition: str, width: int) -> _Panel:
    rows, columns = list(dict.fromkeys(table["group"])), list(dict.fromkeys(table["partner_group"]))
    names = {g: group_name(partition, g) for g in {*rows, *columns}}
    square = len(table) == len(rows) * len(columns) and len(columns) > 1
    narrow = width < 700
    if narrow:
        labels = max(width_of(line, 11) for g in rows for line in two_lines(names[g]).split("\n")) + 10
    else:
        labels = max(*(width_of(names[g], 12) for g in rows), width_of(f"99{THIN}% of joint work", 10.5)) + 12
    head = 28.0 + (max(width_of(names[g], 11) for g in columns) * math.sin(_SLANT) + 14 if square else 26)
    cell = 46.0
    made = _Panel(table, TITLES.get(partition, partition), rows, columns, names, square, labels, head, cell, narrow)
    while made.width > width and cell > 28:
        cell -= 1
        made = made._replace(cell=cell)
    return made


def _draw(ax: "Axes", panel: _Panel, left: float, top: float, place: str) -> None:
    label(ax, left, top + 10, panel.title, ha="left", va="center", fontsize=12.5, fontweight="bold")
    x0, y0 = left + panel.labels, top + panel.head
    if place:
        label(ax, left, top + 28, f"rows: in {place}; columns: their partners", ha="left", va="center", fontsize=11, color=colour("muted"))
    column = {g: k for k, g in enumerate(panel.columns)}
    line = {g: k for k, g in enumerate(panel.rows)}
    filled, hatched = [], []
    row: Any
    for row in panel.table.itertuples():
        x, y = x0 + column[row.partner_group] * panel.cell, y0 + line[row.group] * panel.cell
        known = math.isfinite(row.ratio)
        cell = Cell(x, y, panel.cell - 1, panel.cell - 1, ratio_token(row.ratio, WIDEST) if known else "soft")
        filled.append(cell)
        if not known:
            hatched.append(cell)
            continue
        weight = "bold" if row.group == row.partner_group else "normal"
        size = 12 if panel.cell > 36 else 11
        middle = panel.cell / 2
        text = number(row.ratio, 1 if row.ratio >= 10 else 2)
        label(ax, x + middle - 0.5, y + middle, text, ha="center", va="center", fontsize=size, fontweight=weight, color=on_colour(colour(cell.token)))
    draw_cells(ax, filled)
    hatch(ax, hatched)
    _row_labels(ax, panel, x0 - 10, y0)
    _heads(ax, panel, x0, y0)


def _row_labels(ax: "Axes", panel: _Panel, x: float, y0: float) -> None:
    shares = panel.table.groupby("group", sort=False)["group_share"].first()
    for k, g in enumerate(panel.rows):
        y = y0 + (k + 0.5) * panel.cell
        if panel.narrow:
            label(ax, x + 4, y, two_lines(panel.names[g]), ha="right", va="center", fontsize=11, linespacing=1.1)
            continue
        label(ax, x, y - 7, panel.names[g], ha="right", va="center", fontsize=12)
        text = f"{percent(shares[g])} of joint work"
        label(ax, x, y + 9, text, ha="right", va="center", fontsize=10.5, color=colour("muted"))


def _heads(ax: "Axes", panel: _Panel, x0: float, y0: float) -> None:
    for k, g in enumerate(panel.columns):
        x = x0 + k * panel.cell
        if panel.square:
            options = {"ha": "left", "va": "bottom", "rotation": 60, "rotation_mode": "anchor"}
            label(ax, x + panel.cell / 2 + 2, y0 - 5, panel.names[g], fontsize=11, color=colour("muted"), **options)
        else:
            y = y0 + k * panel.cell - 5
            text = _stair_text(panel.names[g], panel.cell)
            label(ax, x + 4 if k else x, y, text, ha="left", va="bottom", fontsize=11, color=colour("muted"), linespacing=1.1)


def _stair_text(name: str, cell: float) -> str:
    """A head in the empty half of a triangle: in two lines where it is long and the cells leave room."""
    return two_lines(name) if width_of(name, 11) > 90 and cell > 30 else name


def _stair_width(name: str, cell: float) -> float:
    return max(width_of(line, 11) for line in _stair_text(name, cell).split("\n"))
