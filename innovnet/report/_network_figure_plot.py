"""Drawing of the network."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, halo, label, style, width_of
from innovnet.report._format import count, ratio
from innovnet.report._labels import Box, Wish, draw_labels, place_labels
from innovnet.report._network_layout import Layout, laid_out, ring
from innovnet.report._rows import WIDE, draw_key, fitted, type_key
from innovnet.report._tokens import TYPES, colour, type_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NARROW = 40  #: organisations on a narrow page
_FEW = 12  #: organisations up to which all stand on one ring
_LONGEST = 160  #: width of a label
_TITLE = 20  #: height above a disc
_HEIGHT = {(True, True): 620.0, (False, True): 560.0, (True, False): 420.0, (False, False): 400.0}  #: at most, by (wide, more than a few organisations)


def plot_network(
    table: pd.DataFrame, *, ties: pd.DataFrame, circles: pd.DataFrame | None = None, place: str = "", ax: "Axes | None" = None, width: int = 960
) -> "Axes":
    """Draw the organisations with most joint work in their circles.

    Parameters
    ----------
    table
        One row for each organisation: actor, display, type, country, domestic, participations, joint_work, circle; as in ``tables/network.csv``
        of a report.
    ties
        The ties to draw: source, target, kind ("inside" or "bridge"), joint_work, association; as in ``tables/network_ties.csv``.
    circles
        What is said of each circle: circle, organisations, largest, countries, field; as in ``tables/network_circles.csv``.
    place
        Name of the country that the report is about; it is not repeated above each circle.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page (40 organisations).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> nodes, ties = (pd.read_csv(f"my-report/tables/{name}.csv") for name in ("network", "network_ties"))  # doctest: +SKIP
    >>> inn.report.plot_network(nodes, ties=ties).figure.savefig("network.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    table = table.assign(circle=table["circle"].astype("str").fillna(""))  # an empty cell of a file comes back as missing
    nodes, ties = _chosen(table, ties, 80 if wide else NARROW, 18 if wide else 5)
    rows = [] if circles is None else [row for _k, row in circles.iterrows() if row["circle"] in set(nodes["circle"])]
    key, top = type_key(nodes["type"], width)
    picture = _picture(nodes, ties, (0.0, top, float(width), _HEIGHT[wide, len(nodes) > _FEW]))
    foot = picture.bottom + 24
    heights = [_row_height(row, wide=wide) for row in rows]
    ax = axes(width, foot + sum(heights) if rows else picture.bottom + 4, ax)
    with style():
        draw_key(ax, key)
        _draw(ax, nodes, ties, circles, picture, (2.0, top, width - 2.0, picture.bottom + 2), place)
        for row, above in zip(rows, np.cumsum([0, *heights]), strict=False):
            _row(ax, row, foot + above + 8, width, wide=wide)
    return ax


class _Picture(NamedTuple):
    """Where everything stands."""

    layout: Layout
    radii: Floats
    ends: Ints
    names: list[str]  #: of the circles
    bottom: float
    wide: bool


def _chosen(table: pd.DataFrame, ties: pd.DataFrame, limit: int, arcs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first organisations, of those in scope and of others as many as in the whole table, and the ties between them."""
    home, others = table[table["domestic"]], table[~table["domestic"]]
    part = round(limit * len(home) / len(table)) if len(table) > limit else len(home)
    nodes = pd.concat([home.head(part), others.head(limit - part)]).reset_index(drop=True)
    shown = set(nodes["actor"])
    ties = ties[ties["source"].isin(shown) & ties["target"].isin(shown)]
    bridge = ties["kind"] == "bridge"
    return nodes, pd.concat([ties[~bridge], ties[bridge].nlargest(arcs, "joint_work")]).reset_index(drop=True)


def _picture(nodes: pd.DataFrame, ties: pd.DataFrame, frame: tuple[float, float, float, float]) -> _Picture:
    """Radii, places and the height that they take: the frame is cut to it."""
    left, top, width, height = frame
    wide, few = width > WIDE, len(nodes) <= _FEW
    share = nodes["participations"].to_numpy(dtype=np.float64) / max(float(nodes["participations"].max()), 1.0)
    radii = np.maximum((20.0 if wide else 13.0) * np.sqrt(share), 3.5)
    position = {actor: k for k, actor in enumerate(nodes["actor"])}
    ends = np.array([[position[a], position[b]] for a, b in zip(ties["source"], ties["target"], strict=True)], dtype=np.int64).reshape(-1, 2)
    weights = np.zeros((len(nodes), len(nodes)))
    weights[ends[:, 0], ends[:, 1]] = weights[ends[:, 1], ends[:, 0]] = ties["association"].to_numpy(dtype=np.float64)
    names = sorted(set(nodes["circle"]))
    side = min(max(width_of(fitted(text, _LONGEST, 11), 11) for text in nodes["display"]) + 8, 0.3 * width) if few else 56.0 if wide else 14.0
    inner = (left + side, top + _TITLE + 6, width - 2 * side, height - _TITLE - 14)
    codes = np.array([names.index(circle) for circle in nodes["circle"]], dtype=np.int64)
    layout = ring(radii, weights, inner) if few else laid_out(radii, weights, codes, inner)
    high = min((layout.centres - layout.extents)[:, 1].min(), (layout.places[:, 1] - radii).min()) - inner[1]
    layout = Layout(layout.places - (0, high), layout.centres - (0, high), layout.extents)
    bottom = max((layout.centres + layout.extents)[:, 1].max(), (layout.places[:, 1] + radii).max() + (16 if few else 0))
    return _Picture(layout, radii, ends, names, float(bottom), wide)


def _draw(ax: "Axes", nodes: pd.DataFrame, ties: pd.DataFrame, circles: pd.DataFrame | None, picture: _Picture, box: Box, place: str) -> None:
    wide = picture.wide
    taken = _discs(ax, picture.layout, picture.names, circles, width=box[2] + 2, home=place) if len(nodes) > _FEW else []
    _ties(ax, picture.layout, picture.ends, ties)
    _nodes(ax, nodes, picture.layout, picture.radii)
    weight = np.where(nodes["domestic"], 2.2, 1.0) * nodes["participations"].to_numpy(dtype=np.float64)
    bold = set(np.argsort(-weight, kind="stable")[: 6 if wide else 3].tolist()) if len(nodes) > _FEW else set()
    weight[picture.ends[(ties["kind"] == "bridge").to_numpy()].ravel()] *= 4.0  # whom a bridge links must be readable
    sides = np.where((picture.layout.places[:, 0] < picture.layout.centres[0, 0] - 1) & (len(nodes) <= _FEW), -1, 1)
    wishes = [
        Wish(int(k), fitted(nodes["display"].iloc[k], _LONGEST, 11), 12.0 if k in bold else 11.0, k in bold, int(sides[k]))
        for k in np.argsort(-weight, kind="stable")
    ]
    draw_labels(ax, place_labels(wishes, picture.layout.places, picture.radii, box, taken=taken, limit=60 if wide else 22))


def _discs(ax: "Axes", layout: Layout, names: list[str], circles: pd.DataFrame | None, *, width: float, home: str) -> list[Box]:
    """A soft disc for each circle, its letter and countries above; returns the boxes of these titles."""
    patches = extra("matplotlib.patches")
    boxes: list[Box] = []
    for name, centre, extent in zip(names, layout.centres, layout.extents, strict=True):
        ax.add_artist(patches.Ellipse(centre, 2 * extent[0], 2 * extent[1], facecolor=colour("soft"), edgecolor="none", zorder=0))
        if not name:
            continue
        told = "" if circles is None else ", ".join(_countries(circles.loc[circles["circle"] == name, "countries"].iloc[0], home)[:2])
        text = f"{name} · {told}" if told else name
        y = centre[1] - extent[1] - 10
        half = width_of(text, 12, bold=True) / 2 + 3
        x = min(max(centre[0], half), width - half)
        halo(label(ax, x, y, text, fontsize=12, fontweight="bold", ha="center", va="center_baseline", color=colour("muted"), zorder=5))
        boxes.append((x - half, y - 9, x + half, y + 9))
    return boxes


def _countries(text: object, home: str) -> list[str]:
    """The countries without their shares, the one the report is about left out."""
    parts = str(text).split("; ") if isinstance(text, str) and text else []
    return [country for country in (part.rsplit(" ", 1)[0] for part in parts) if country != home]


def _ties(ax: "Axes", layout: Layout, ends: Ints, ties: pd.DataFrame) -> None:
    path, patches = extra("matplotlib.path"), extra("matplotlib.patches")
    strong = np.sqrt(ties["joint_work"].to_numpy(dtype=np.float64))
    for kind, thin, thick, order in (("inside", 0.8, 2.2, 1), ("bridge", 1.4, 3.6, 2)):
        rows = np.flatnonzero((ties["kind"] == kind).to_numpy())
        most = strong[rows].max() if len(rows) else 1.0
        for row in rows:
            start, end = layout.places[ends[row, 0]], layout.places[ends[row, 1]]
            line = thin + (thick - thin) * strong[row] / most
            if kind == "inside":
                ax.plot(*zip(start, end, strict=True), color=colour("tie"), linewidth=line, zorder=order, solid_capstyle="butt")
            else:
                across = end - start
                bent = (start + end) / 2 + 0.13 * np.array([-across[1], across[0]])
                curve = path.Path([start, bent, end], [1, 3, 3])
                ax.add_artist(patches.PathPatch(curve, facecolor="none", edgecolor=colour("tie"), linewidth=line, zorder=order, capstyle="butt"))


def _nodes(ax: "Axes", nodes: pd.DataFrame, layout: Layout, radii: Floats) -> None:
    patches = extra("matplotlib.patches")
    untyped = bool(nodes["type"].isna().all())
    for k in np.argsort(-radii, kind="stable"):
        kind = nodes["type"].iloc[k]
        tone = colour("accent") if untyped else type_colour(kind)
        full = bool(nodes["domestic"].iloc[k]) and (untyped or kind in TYPES)
        edge = {"edgecolor": colour("paper"), "linewidth": 1.0} if full else {"edgecolor": tone, "linewidth": 2.0}
        radius = radii[k] if full else radii[k] - 1
        ax.add_artist(patches.Circle(layout.places[k], radius, facecolor=tone if full else colour("paper"), zorder=3, **edge))


def _told(row: pd.Series, room: float) -> str:
    """Countries and field of a circle, as much as there is room for."""
    countries = str(row["countries"]).replace("; ", ", ") if isinstance(row["countries"], str) and row["countries"] else ""
    if not countries and row["n_countries"] > 0:
        countries = count(int(row["n_countries"]), "country", "countries")
    field = f"{row['field']} {ratio(row['field_ratio'])}" if isinstance(row["field"], str) else ""
    both = " · ".join(part for part in (countries, field) if part)
    return next((text for text in (both, field, countries) if text and width_of(text, 11.5) <= room), fitted(both, room, 11))


def _row_height(row: pd.Series, *, wide: bool) -> float:
    return 22 if wide else 42 if _told(row, 330) else 24


def _row(ax: "Axes", row: pd.Series, y: float, width: int, *, wide: bool) -> None:
    """What is said of a circle: its letter, largest members, countries and field."""
    members = _members(str(row["largest"]).split("; "), int(row["organisations"]), 470 if wide else width - 18)
    label(ax, 0, y, row["circle"], fontsize=12, fontweight="bold", va="center_baseline")
    if wide:
        label(ax, 22, y, members, fontsize=12, va="center_baseline")
        label(ax, 506, y, _told(row, width - 506), fontsize=11.5, va="center_baseline", color=colour("muted"))
    else:
        label(ax, 18, y, members, fontsize=12, va="center_baseline")
        label(ax, 18, y + 17, _told(row, width - 18), fontsize=11, va="center_baseline", color=colour("muted"))


def _members(largest: list[str], n: int, room: float) -> str:
    """As many of the largest members as there is room for, and how many more there are."""
    texts = []
    for k in range(len(largest), 0, -1):
        texts.append(", ".join(largest[:k]) + (f" and {n - k} more" if n > k else ""))
        if width_of(texts[-1], 12) <= room:
            return texts[-1]
    return fitted(texts[-1], room, 12)
