"""Drawing of one organisation and its partners."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, halo, label, style, width_of
from innovnet.report._format import count, number, percent
from innovnet.report._rows import WIDE, dot, draw_key, fitted, type_key
from innovnet.report._tokens import TYPES, colour, type_colour
from innovnet.report._words import the

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AT_HOME, ABROAD, UNKNOWN = "home", "abroad", "unknown"
SHOWN, SHOWN_NARROW = 20, 24  #: partners on a side; in the one column of a narrow page
ROW, GAP, HEADS = 21.0, 7.0, 48.0
LEAST = 200.0  #: height of the wide figure without its key: room for the name below the organisation


class _Side(NamedTuple):
    """A column of partners: what stands above it, and its rows in groups."""

    head: str
    note: str
    rows: pd.DataFrame
    groups: list[tuple[str, int, int]]  #: country, first and last row; none where all are of one country

    @property
    def offsets(self) -> np.ndarray:
        """Height of each row above the first."""
        breaks = np.zeros(len(self.rows))
        for _name, start, _end in self.groups[1:]:
            breaks[start:] += GAP
        return np.arange(len(self.rows)) * ROW + breaks


def plot_ego(table: pd.DataFrame, *, ego: pd.DataFrame, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw an organisation between its closest partners at home and abroad.

    Parameters
    ----------
    table
        One row for each partner: side ("home", "abroad" or "unknown"), display, type, country_name, joint_work, projects; as in ``tables/ego.csv``
        of a report.
    ego
        One row: display, type, city, country_name, and its totals; as in ``tables/ego_totals.csv``.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page (one column).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> partners, totals = (pd.read_csv(f"my-report/tables/{name}.csv") for name in ("ego", "ego_totals"))  # doctest: +SKIP
    >>> inn.report.plot_ego(partners, ego=totals).figure.savefig("ego.svg")  # doctest: +SKIP
    """
    centre = ego.iloc[0]
    wide = width > WIDE
    sides = _chosen(table, centre, SHOWN if wide else SHOWN_NARROW, apart=wide)
    key, top = type_key([centre["type"], *(kind for side in sides for kind in side.rows["type"])], width)
    heights = [HEADS + side.offsets[-1] + ROW for side in sides]
    ego_height = 0.0 if wide else 40.0
    height = top + ego_height + (max(*heights, LEAST) if wide else sum(heights) + 14 * (len(heights) - 1)) + 8
    ax = axes(width, height, ax)
    strongest = max(float(side.rows["joint_work"].max()) for side in sides)
    with style():
        draw_key(ax, key)
        if wide:
            _wide(ax, sides, centre, top, height, strongest, typed=bool(key))
        else:
            _narrow(ax, sides, centre, top, width, heights, strongest, typed=bool(key))
    return ax


def _chosen(table: pd.DataFrame, ego: pd.Series, limit: int, *, apart: bool) -> list[_Side]:
    """The columns that have rows: at home, then abroad; partners of unknown country go with those abroad, or stand alone."""
    home, other = table[table["side"] == AT_HOME], table[table["side"] != AT_HOME]
    if not apart:
        at_home = min(len(home), max(limit // 3, limit - len(other)))
        home, other = home.head(at_home), other.sort_values("joint_work", ascending=False, kind="stable").head(limit - at_home)
    sides = []
    place = f"In {the(ego['country_name'])}" if isinstance(ego["country_name"], str) else "At home"
    if len(home):
        sides.append(
            _Side(f"{place}: {count(int(ego['partners_home']), 'partner')}", _share(1 - ego["share_abroad"]), home.head(limit).reset_index(drop=True), [])
        )
    if len(other):
        rows = other.sort_values("joint_work", ascending=False, kind="stable").head(limit)
        rows, groups = _by_country(rows)
        known = ego["partners_abroad"] > 0
        total = count(int(ego["partners_abroad"] if known else ego["partners_unknown"]), "partner")
        sides.append(_Side(f"Abroad: {total}" if known else total, _share(ego["share_abroad"]), rows, groups))
    return sides


def _share(share: float) -> str:
    return f"{percent(share)} of its joint work" if share == share else ""  # noqa: PLR0124  not a number


def _by_country(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, int, int]]]:
    """Rows grouped by country, the country with most joint work first."""
    country = rows["country_name"].astype("str").fillna("")
    if (country == "").all():
        return rows.reset_index(drop=True), []
    order = rows.groupby(country)["joint_work"].sum().sort_values(ascending=False, kind="stable").index
    rank = country.map({name: k for k, name in enumerate(order)})
    rows = rows.assign(_order=rank).sort_values(["_order", "joint_work"], ascending=[True, False], kind="stable").drop(columns="_order").reset_index(drop=True)
    names = rows["country_name"].astype("str").fillna("")
    starts = np.flatnonzero(names.ne(names.shift()).to_numpy())
    ends = np.append(starts[1:], len(rows)) - 1
    return rows, [(str(names[start]) or "Country not known", int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _wide(ax: "Axes", sides: list[_Side], ego: pd.Series, top: float, height: float, strongest: float, *, typed: bool) -> None:
    """Partners at home at the left, abroad at the right; a single column stands at the right."""
    middle = np.array([480.0, (top + HEADS + height - 8) / 2])
    body = height - top - HEADS - 8
    for side in sides:
        right = side is sides[-1]
        start = top + HEADS + (body - side.offsets[-1] - ROW) / 2 + ROW / 2
        ys = start + side.offsets
        at, sign = (640.0, 1) if right else (320.0, -1)
        label(ax, at - 4 if right else at + 4, top + 14, side.head, fontsize=12.5, fontweight="bold", ha="left" if right else "right")
        label(ax, at - 4 if right else at + 4, top + 31, side.note, fontsize=11, ha="left" if right else "right", color=colour("muted"))
        column = at + sign * 192
        label(ax, column, top + 31, "projects", fontsize=10.5, ha="right", color=colour("muted"))
        for k, y in enumerate(ys):
            _curve(ax, middle, np.array([at, y]), float(side.rows["joint_work"].iloc[k]) / strongest)
        for k, y in enumerate(ys):
            row = side.rows.iloc[k]
            _dot(ax, at, y, row["type"], typed=typed)
            label(ax, at + sign * 11, y, fitted(row["display"], 148, 12), fontsize=12, ha="left" if right else "right", va="center_baseline")
            label(ax, column, y, number(row["projects"]), fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
        for name, first, last in side.groups:
            _bracket(ax, column + 12, ys[first] - 7, ys[last] + 7, name)
    _centre(ax, middle, ego, typed=typed)


def _bracket(ax: "Axes", x: float, top: float, bottom: float, name: str) -> None:
    ax.plot([x, x], [top, bottom], color=colour("chance"), linewidth=1.4, solid_capstyle="butt")
    label(ax, x + 8, (top + bottom) / 2, fitted(name, 104, 11), fontsize=11, va="center_baseline", color=colour("muted"))


def _curve(ax: "Axes", start: np.ndarray, end: np.ndarray, share: float) -> None:
    path, patches = extra("matplotlib.path"), extra("matplotlib.patches")
    half = (start[0] + end[0]) / 2
    curve = path.Path([start, (half, start[1]), (half, end[1]), end], [1, 4, 4, 4])
    ax.add_patch(patches.PathPatch(curve, facecolor="none", edgecolor=colour("tie"), linewidth=0.8 + 5.2 * share, zorder=1, capstyle="butt"))


def _dot(ax: "Axes", x: float, y: float, kind: object, size: float = 8.0, *, typed: bool = True) -> None:
    """In the colour of its type; hollow where that is not known; in one colour where no type is."""
    dot(ax, x, y, type_colour(kind) if typed else colour("accent"), full=kind in TYPES or not typed, size=size)


def _centre(ax: "Axes", middle: np.ndarray, ego: pd.Series, *, typed: bool) -> None:
    _dot(ax, middle[0], middle[1], ego["type"], 44.0, typed=typed)
    place = ego["city"] if isinstance(ego["city"], str) else ego["country_name"]
    halo(
        label(
            ax,
            middle[0],
            middle[1] + 40,
            fitted(ego["display"], 210, 13, bold=True),
            fontsize=13,
            fontweight="bold",
            ha="center",
            va="center_baseline",
            zorder=6,
        )
    )
    if isinstance(place, str) and place:
        halo(label(ax, middle[0], middle[1] + 58, fitted(place, 180, 11), fontsize=11, ha="center", va="center_baseline", color=colour("muted"), zorder=6))


def _narrow(ax: "Axes", sides: list[_Side], ego: pd.Series, top: float, width: float, heights: list[float], strongest: float, *, typed: bool) -> None:
    """The organisation above, its partners below in one column, each with its curve from a stem at the left."""
    _dot(ax, 12, top + 14, ego["type"], 20.0, typed=typed)
    label(ax, 32, top + 14, fitted(ego["display"], width - 34, 13, bold=True), fontsize=13, fontweight="bold", va="center_baseline")
    above = top + 40
    for side, height in zip(sides, heights, strict=True):
        label(ax, 32, above + 14, fitted(side.head, width - 34, 12.5, bold=True), fontsize=12.5, fontweight="bold", va="center_baseline")
        label(ax, 32, above + 31, side.note, fontsize=11, va="center_baseline", color=colour("muted"))
        label(ax, width, above + 31, "projects", fontsize=10.5, ha="right", va="center_baseline", color=colour("muted"))
        for k, y in enumerate(above + HEADS + ROW / 2 + side.offsets):
            row = side.rows.iloc[k]
            line = 0.8 + 5.2 * float(row["joint_work"]) / strongest
            ax.plot([32 - 2, 78], [y, y], color=colour("tie"), linewidth=line, solid_capstyle="butt", zorder=1)
            _dot(ax, 78, y, row["type"], typed=typed)
            where = row["country_name"] if side.groups and isinstance(row["country_name"], str) else ""
            shown = where if width_of(where, 11) <= 84 else str(row["country"])
            taken = width_of(shown, 11) + 10
            label(ax, 88, y, fitted(row["display"], width - 30 - taken - 88, 12), fontsize=12, va="center_baseline")
            label(ax, width - 30, y, shown, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
            label(ax, width, y, number(row["projects"]), fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
        last = above + HEADS + ROW / 2 + side.offsets[-1]
        ax.plot([12, 12], [top + 25, last], color=colour("tie"), linewidth=1.4, solid_capstyle="butt", zorder=0)
        for y in above + HEADS + ROW / 2 + side.offsets:
            ax.plot([12, 32], [y, y], color=colour("tie"), linewidth=1.0, solid_capstyle="butt", zorder=0)
        above += height + 14
