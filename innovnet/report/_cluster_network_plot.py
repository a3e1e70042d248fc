"""Drawing of a cluster: its members and their ties inside, partners outside by country at the rim."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import extra
from innovnet.report._canvas import axes, label, style, width_of
from innovnet.report._format import number
from innovnet.report._labels import Box, Wish, draw_labels, place_labels
from innovnet.report._network_layout import laid_out, ring
from innovnet.report._rows import draw_key, fitted, type_key
from innovnet.report._scale import apart
from innovnet.report._tokens import TYPES, colour, type_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]

SHOWN, SHOWN_NARROW = 60, 30  #: members, those with most ties inside first
COUNTRIES, COUNTRIES_NARROW = 10, 6  #: groups of partners, the largest first
SPOKES = 80  #: lines to partners at most; with more there is one for each country
FEW = 8  #: members up to which all stand on one ring
HEIGHTS = ((16, 172.0), (30, 236.0), (SHOWN, 300.0))  #: by number of members
HEIGHT_NARROW = 300.0
ONE_ROW = 3  #: countries up to which all stand above the members
_RIM = 13.0  #: half the height of a country's tile


def plot_cluster_network(table: pd.DataFrame, *, ties: pd.DataFrame, outside: pd.DataFrame | None = None, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw the members of a cluster with their ties inside; at the rim how many partners outside they have in each country.

    Parameters
    ----------
    table
        One row for each member: organisation, display, type, foreign, coordinator, ties (inside).
    ties
        source, target, joint_events.
    outside
        One row for each country and member with partners there: country, partners (of the cluster in that country), organisation, partners_of_member.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, 560 beside text, or 352 for a narrow page.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> two = {"organisation": ["a", "b"], "display": ["A", "B"], "type": "firm", "foreign": False, "coordinator": [True, False], "ties": 1}
    >>> tie = pd.DataFrame({"source": ["a"], "target": ["b"], "joint_events": [2]})
    >>> inn.report.plot_cluster_network(pd.DataFrame(two), ties=tie).figure.savefig("members.svg")  # doctest: +SKIP
    """
    narrow = width < 400
    nodes = table.sort_values(["ties", "display"], ascending=[False, True], kind="stable").head(SHOWN_NARROW if narrow else SHOWN).reset_index(drop=True)
    key, top = type_key(nodes["type"], width)
    top = max(top, 17.0) if len(ties) else top
    height = top + (HEIGHT_NARROW if narrow else next(high for most, high in HEIGHTS if len(nodes) <= most))
    ax = axes(width, height, ax)
    tiles = _tiles(pd.DataFrame() if outside is None else outside, COUNTRIES_NARROW if narrow else COUNTRIES)
    picture = _placed(nodes, ties, tiles, (0.0, top, float(width), height - top))
    with style():
        draw_key(ax, key)
        _widths(ax, ties, key, float(width))
        boxes = _outside(ax, nodes, outside, tiles, picture)
        _inside(ax, nodes, ties, picture)
        _names(ax, nodes, ties, picture, (0.0, top, float(width), height), boxes)
    return ax


class _Tile(NamedTuple):
    """Partners of one country."""

    country: str
    text: str


class _Picture(NamedTuple):
    """Where everything stands."""

    places: Floats
    radius: float
    tiles: Floats
    position: dict[str, int]


def _tiles(outside: pd.DataFrame, limit: int) -> list[_Tile]:
    if outside.empty:
        return []
    totals = outside.groupby("country", sort=True)["partners"].first().sort_values(ascending=False, kind="stable")
    return [_Tile(str(country), f"{country} {number(n)}") for country, n in totals.head(limit).items()]


def _placed(nodes: pd.DataFrame, ties: pd.DataFrame, tiles: list[_Tile], frame: Box) -> _Picture:
    """Members inside an ellipse, countries on its rim, each on the side of the members that it is tied to."""
    left, top, width, height = frame
    n = len(nodes)
    radius = 9.0 if n <= 12 else 7.0 if n <= 30 else 5.5
    position = {str(organisation): k for k, organisation in enumerate(nodes["organisation"])}
    weights = np.zeros((n, n))
    for source, target, joint in ties[["source", "target", "joint_events"]].itertuples(index=False):
        if source in position and target in position:
            weights[position[source], position[target]] = weights[position[target], position[source]] = float(joint) ** 0.5
    side = min(0.32 * width, 130.0 if n <= FEW else 70.0)
    above, below = (2 * _RIM + 14 if there else 14.0 for there in (tiles, len(tiles) > ONE_ROW))
    inner = (left + side, top + above, width - 2 * side, height - above - below)
    radii = np.full(n, radius)
    if n == 0:
        places = np.zeros((0, 2))
    elif n == 1:
        places = np.array([[left + width / 2, inner[1] + inner[3] / 2]])
    else:
        places = ring(radii, weights, inner).places if n <= FEW else laid_out(radii, weights, np.zeros(n, dtype=np.int64), inner).places
    return _Picture(places, radius, np.zeros((0, 2)), position)


def _rim(tiles: list[_Tile], outside: pd.DataFrame, picture: _Picture, frame: Box) -> Floats:
    """Places of the countries: above and below the members, near those that they are tied to."""
    left, top, right, bottom = frame
    wanted = []
    for tile in tiles:
        tied = [picture.position[o] for o in outside.loc[outside["country"] == tile.country, "organisation"] if o in picture.position]
        wanted.append(picture.places[tied].mean(axis=0) if tied else np.array([(left + right) / 2, top]))
    order = sorted(range(len(tiles)), key=lambda k: (wanted[k][1], k))
    upper = order if len(tiles) <= ONE_ROW else order[: len(order) // 2]
    found = np.zeros((len(tiles), 2))
    for group, y in ((upper, top + _RIM), ([k for k in order if k not in upper], bottom - _RIM)):
        gap = max((width_of(tiles[k].text, 11) for k in group), default=0.0) + 26
        xs = apart([float(wanted[k][0]) for k in group], gap, left + gap / 2, right - gap / 2)
        for k, x in zip(group, xs, strict=True):
            found[k] = x, y
    return found


def _outside(ax: "Axes", nodes: pd.DataFrame, outside: pd.DataFrame | None, tiles: list[_Tile], picture: _Picture) -> list[Box]:
    """Tiles with the country and the number of partners, and thin lines to the members that have them; returns the boxes of the tiles."""
    if not tiles or outside is None:
        return []
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    top = float(picture.places[:, 1].min()) - 2 * _RIM - 14 - picture.radius if len(nodes) else top
    places = _rim(tiles, outside, picture, (left, top, right, bottom))
    lines = outside[outside["organisation"].isin(picture.position) & outside["country"].isin([t.country for t in tiles])]
    lines = lines.sort_values("partners_of_member", ascending=False, kind="stable").head(SPOKES)
    index = {tile.country: k for k, tile in enumerate(tiles)}
    spokes = [(places[index[c]], picture.places[picture.position[o]]) for c, o in zip(lines["country"], lines["organisation"], strict=True)]
    collections = extra("matplotlib.collections")
    ax.add_collection(collections.LineCollection(spokes, colors=colour("chance"), linewidths=0.9, linestyles=[(0, (3, 2))], zorder=0), autolim=False)
    boxes = []
    patches = extra("matplotlib.patches")
    for tile, (x, y) in zip(tiles, places, strict=True):
        half = width_of(tile.text, 11) / 2 + 7
        ax.add_patch(patches.Rectangle((x - half, y - 9), 2 * half, 18, facecolor=colour("soft"), edgecolor=colour("chance"), linewidth=0.8, zorder=2))
        label(ax, x, y, tile.text, fontsize=11, ha="center", va="center_baseline", color=colour("ink"))
        boxes.append((x - half, y - 9, x + half, y + 9))
    return boxes


def _width(joint: float) -> float:
    """Of the line of so many joint events."""
    return min(1.5 * float(joint) ** 0.5, 6.0)


def _widths(ax: "Axes", ties: pd.DataFrame, key: list[tuple[str, str, bool, float, float]], width: float) -> None:
    """The key of the widths, at the right of the first line: that of the least and of the most joint events; nothing where types take the line."""
    if ties.empty:
        return
    least, most = int(ties["joint_events"].min()), int(ties["joint_events"].max())
    entries = [(joint, number(joint)) for joint in sorted({least, most})]
    title = "joint event" if most == 1 else "joint events"
    x = width - width_of(title, 11.5) - 2
    places = []
    for joint, text in reversed(entries):
        x -= width_of(text, 11.5) + (6 if (joint, text) == entries[-1] else 14)
        places.append((x, joint, text))
        x -= 28
    if any(left + width_of(name, 11.5) + 24 > x for name, _tone, _full, left, y in key if y < 17):
        return
    label(ax, width - 2, 9, title, fontsize=11.5, ha="right", va="center_baseline", color=colour("muted"))
    for left, joint, text in places:
        line = extra("matplotlib.patches").Rectangle((left - 28, 9 - _width(joint) / 2), 23, _width(joint), facecolor=colour("tie"), linewidth=0)
        ax.add_patch(line)
        label(ax, left, 9, text, fontsize=11.5, va="center_baseline", color=colour("muted"))


def _inside(ax: "Axes", nodes: pd.DataFrame, ties: pd.DataFrame, picture: _Picture) -> None:
    """Ties as lines, the more joint events the broader; members as dots, foreign ones as rings, the coordinator with a circle around."""
    patches = extra("matplotlib.patches")
    drawn = ties[ties["source"].isin(picture.position) & ties["target"].isin(picture.position)]
    lines = [(picture.places[picture.position[a]], picture.places[picture.position[b]]) for a, b in zip(drawn["source"], drawn["target"], strict=True)]
    widths = [_width(joint) for joint in drawn["joint_events"]]
    if lines:
        collections = extra("matplotlib.collections")
        ax.add_collection(collections.LineCollection(lines, colors=colour("tie"), linewidths=widths, capstyle="butt", zorder=1), autolim=False)
    for k, (kind, foreign, coordinator) in enumerate(zip(nodes["type"], nodes["foreign"], nodes["coordinator"], strict=True)):
        tone, full = type_colour(kind), not foreign and kind in TYPES
        edge = {"edgecolor": colour("paper"), "linewidth": 1.0} if full else {"edgecolor": tone, "linewidth": 2.0}
        ax.add_artist(patches.Circle(picture.places[k], picture.radius, facecolor=tone if full else colour("paper"), zorder=3, **edge))
        if coordinator:
            ax.add_artist(patches.Circle(picture.places[k], picture.radius + 4, facecolor="none", edgecolor=colour("ink"), linewidth=1.6, zorder=3))


def _names(ax: "Axes", nodes: pd.DataFrame, ties: pd.DataFrame, picture: _Picture, frame: Box, taken: list[Box]) -> None:
    """Names, the coordinator's first, on the side that fewer lines cross; one that finds no room is left out."""
    longest = 165 if frame[2] >= 400 else 106
    middle = float(picture.places[:, 0].mean()) if len(nodes) else 0.0
    lines = _points_on(ties, picture)
    sides = [
        _side(lines, x, y, width_of(_cut(str(name), longest), 11), picture.radius, -1 if x < middle - 1 else 1)
        for (x, y), name in zip(picture.places, nodes["display"], strict=True)
    ]
    order = sorted(range(len(nodes)), key=lambda k: (not nodes["coordinator"].iloc[k], -int(nodes["ties"].iloc[k]), k))
    wishes = [Wish(k, _cut(str(nodes["display"].iloc[k]), longest), 11.0, bool(nodes["coordinator"].iloc[k]), sides[k]) for k in order]
    radii = np.array([picture.radius + (4 if c else 0) for c in nodes["coordinator"]])
    draw_labels(ax, place_labels(wishes, picture.places, radii, frame, taken=taken))


def _points_on(ties: pd.DataFrame, picture: _Picture) -> Floats:
    """Points along each line inside (lines × points × 2)."""
    drawn = ties[ties["source"].isin(picture.position) & ties["target"].isin(picture.position)]
    one, other = (picture.places[[picture.position[end] for end in drawn[column]]].reshape(-1, 1, 2) for column in ("source", "target"))
    return np.asarray(one + (other - one) * np.linspace(0.0, 1.0, 60)[None, :, None])


def _side(lines: Floats, x: float, y: float, across: float, radius: float, side: int) -> int:
    """The side of a member, right (1) or left (−1), on which fewer lines cross its name; ``side`` where it makes no difference."""

    def crossed(towards: int) -> int:
        along = (lines[..., 0] - x) * towards
        return int(((along > radius + 2) & (along < radius + across + 10) & (np.abs(lines[..., 1] - y) < 7)).any(axis=1).sum())

    return side if crossed(side) <= crossed(-side) else -side


def _cut(text: str, room: float) -> str:
    """The text, cut at a word's end, or inside a word where too little would be left."""
    words = fitted(text, room, 11)
    budget = len(text)
    while budget > 4 and width_of(f"{text[:budget].rstrip()}…", 11) > room:
        budget -= 1
    return words if words == text or len(words) > 0.7 * budget else f"{text[:budget].rstrip()}…"
