"""Drawing of figure 8 in a report on a country."""

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._format import number
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COUNTRIES_NARROW = 6  #: partner countries of the narrow form
_SLANT = math.radians(60)
_NICE = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000, 100_000]
_SHADES = 5
_GAP = 14.0
_TOTAL = "all"
_TITLES = ("Own regions", "Other countries")


def plot_country_flows(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Joint projects of the regions of a country with each other (left) and with other countries (right); the darker, the more.

    Parameters
    ----------
    table
        Columns region, region_name, partner, partner_name, kind ("inside", "domestic", "abroad") and projects; regions and partners in their order. The
        region "all" is drawn last, set apart.
    ax
        Axes to draw into; made where None.
    width
        960, or 352 for a narrow page, which shows the six countries with most joint projects and no domestic part.

    Returns
    -------
    Axes
        With pixels as coordinates.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-report/tables/flows.csv")  # doctest: +SKIP
    >>> inn.report.plot_country_flows(table).figure.savefig("flows.svg")  # doctest: +SKIP
    """
    with style():
        return _drawn(table, width, ax)


def _drawn(table: pd.DataFrame, width: int, ax: "Axes | None") -> "Axes":
    narrow = width < 700
    if narrow:
        foreign = list(dict.fromkeys(table.loc[table["kind"] == "abroad", "partner"]))[:COUNTRIES_NARROW]
        table = table[(table["kind"] == "abroad") & table["partner"].isin(foreign)]
    places: Any = [(kind == "abroad", partner) for kind, partner in zip(table["kind"], table["partner"], strict=True)]
    table = table.assign(at=places)
    rows, heads = table.drop_duplicates("region"), table.drop_duplicates("at")
    size = 11.0 if narrow else 12.0
    names = {r: fitted(str(name), 130 if narrow else 210, size) for r, name in zip(rows["region"], rows["region_name"], strict=True)}
    left = max(width_of(name, size, bold=r == _TOTAL) for r, name in names.items()) + 12
    texts = {at: fitted(str(name), 150, 11) for at, name in zip(heads["at"], heads["partner_name"], strict=True)}
    long = max(width_of(text, 11) for text in texts.values())
    domestic, abroad = (int((heads["kind"].eq("abroad") == out).sum()) for out in (False, True))
    gap = _GAP if domestic and abroad else 0.0
    cell = _cell(width - left - gap, [width_of(text, 11) * math.cos(_SLANT) for text in texts.values()])
    gap = max(gap, width_of(_TITLES[0], 12, bold=True) + 16 - domestic * cell) if gap else gap
    place = {p: left + k * cell + (gap if k >= domestic else 0.0) for k, p in enumerate(heads["at"])}
    top = long * math.sin(_SLANT) + 40
    height = min(max(cell, 22.0), 26.0)
    line = {r: top + k * height + (8.0 if r == _TOTAL else 0.0) for k, r in enumerate(rows["region"])}
    bottom = max(line.values()) + height
    ax = axes(width, bottom + 62, ax)
    edges = shade_edges(int(table["projects"].max()))
    _cells(ax, table, place, line, (cell, height), edges)
    for r, y in line.items():
        weight = "bold" if r == _TOTAL else "normal"
        label(ax, left - 8, y + height / 2, names[r], ha="right", va="center_baseline", fontsize=size, fontweight=weight)
    for p, x in place.items():
        slanted: dict[str, Any] = {"rotation": 60, "rotation_mode": "anchor", "color": colour("muted")}
        label(ax, x + cell / 2 + 2, top - 5, texts[p], ha="left", va="bottom", fontsize=11, **slanted)
    for text, at in zip(_TITLES, (left, left + domestic * cell + gap), strict=True):
        if not narrow and (text != _TITLES[0] or domestic):
            label(ax, at, 8, text, ha="left", va="center", fontsize=12, fontweight="bold")
    _scale(ax, 4.0 if narrow else left, bottom + 26, edges, 60.0 if narrow else 74.0)
    return ax


def _cell(room: float, overhangs: list[float]) -> float:
    """The widest cell for which no slanted head reaches beyond the room."""
    n = len(overhangs)
    limits = [(room - over) / (k + 0.5) for k, over in enumerate(overhangs)]
    return min(32.0, room / n, *limits)


def shade_edges(most: int) -> list[int]:
    """Lower ends of the classes of a count: 1 and up to four round numbers at about equal steps on a log scale."""
    wanted = [most ** (k / _SHADES) for k in range(_SHADES)]
    return sorted({min(_NICE, key=lambda nice: abs(math.log(nice / max(w, 1.0)))) for w in wanted})


def _token(projects: int, edges: list[int]) -> str:
    return f"blue-{sum(projects >= edge for edge in edges)}"


def _cells(ax: "Axes", table: pd.DataFrame, place: dict[tuple[bool, str], float], line: dict[str, float], size: tuple[float, float], edges: list[int]) -> None:
    cells, outlined = [], []
    w, h = size
    largest = table.groupby(table["region"] == _TOTAL)["projects"].max()
    fits = {total: width_of(number(int(most)), 10.5) <= w - 1 for total, most in largest.items()}
    row: Any
    for row in table.itertuples():
        box = Cell(place[row.at], line[row.region], w - 1, h - 1, _token(row.projects, edges))
        cells.append(box)
        if row.kind == "inside":
            outlined.append(box)
        text = number(row.projects) if row.projects and fits[row.region == _TOTAL] else ""
        if text:
            label(ax, box.left + box.width / 2, box.top + box.height / 2, text, ha="center", va="center", fontsize=10.5, color=on_colour(colour(box.token)))
    draw_cells(ax, cells)
    for x, y, width, height, _ in outlined:
        frame = extra("matplotlib.patches").Rectangle((x - 0.5, y - 0.5), width + 1, height + 1, fill=False, edgecolor=colour("ink"), linewidth=1.2)
        ax.add_patch(frame)


def _scale(ax: "Axes", left: float, top: float, edges: list[int], swatch: float) -> None:
    ends = [*(edge - 1 for edge in edges[1:]), None]
    texts = ["none"] + [number(a) if a == b else f"{number(a)}–{number(b)}" if b else f"{number(a)} +" for a, b in zip(edges, ends, strict=True)]
    draw_cells(ax, [Cell(left + k * swatch, top, swatch - 1, 12, f"blue-{k}") for k in range(len(texts))])
    for k, text in enumerate(texts):
        label(ax, left + (k + 0.5) * swatch, top + 24, text, ha="center", va="center", fontsize=10.5, color=colour("muted"))
    label(ax, left, top - 9, "joint projects", ha="left", va="center", fontsize=10.5, color=colour("muted"))
