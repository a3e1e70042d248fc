"""Rows with bars cut into parts: how many clusters of a sector, a region, a gap, by level or by what is lacking."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from innovnet._check import extra
from innovnet.report._canvas import label, on_colour, width_of
from innovnet.report._cluster_ladder_plot import level_token
from innovnet.report._format import number
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FRAMED = "soft"  #: a token that is too light to be seen as stripes
LABELS = 310.0  #: width of the labels at the left of a wide drawing
_UNIT = 30.0  #: widest cluster
_APART = 12.0  #: px from which clusters are told apart
_TEXT = 12.0


class Piece(NamedTuple):
    """A part of a bar; ``striped`` where data are missing: in its colour, or framed where it has none of its own ("soft")."""

    n: int
    token: str
    striped: bool = False


class Bar(NamedTuple):
    """A row: label, a note below it, the parts of the bar, and words behind it."""

    label: str
    note: str
    pieces: tuple[Piece, ...]
    text: str


def bars_height(bars: Sequence[Bar], width: float) -> float:
    """Height of :func:`draw_bars`."""
    return len(bars) * _step(bars, width)


def _step(bars: Sequence[Bar], width: float) -> float:
    noted = any(bar.note for bar in bars)
    return (40.0 if noted else 27.0) if width > WIDE else (62.0 if noted else 46.0)


def draw_bars(ax: "Axes", bars: Sequence[Bar], top: float, width: float, *, digits: bool = True) -> None:
    """Draw the rows from ``top`` on: on a wide page labels stand at the left, on a narrow one above the bar."""
    wide, step, left = width > WIDE, _step(bars, width), LABELS + 14.0 if width > WIDE else 0.0
    noted = any(bar.note for bar in bars)
    room = width - left - max((width_of(bar.text, _TEXT) for bar in bars), default=0.0) - 12
    unit = min(_UNIT, room / max((sum(piece.n for piece in bar.pieces) for bar in bars), default=1))
    for k, bar in enumerate(bars):
        y = top + k * step
        tall, start = (18.0, y + (step - 18.0) / 2) if wide else (16.0, y + step - 24.0)
        if wide:
            shown = fitted(bar.label, LABELS)
            label(ax, LABELS, y + (13 if noted else step / 2), shown, fontsize=12.5, ha="right", va="center_baseline")
            label(ax, LABELS, y + 28, fitted(bar.note, LABELS, 11), fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
        else:
            label(ax, 0, y + 10, fitted(bar.label, width), fontsize=12.5, va="center_baseline")
            label(ax, 0, y + 26, fitted(bar.note, width, 11), fontsize=11, va="center_baseline", color=colour("muted"))
        end = _draw_pieces(ax, bar.pieces, (left, start, unit, tall), digits=digits)
        label(ax, end + 8, start + tall / 2, bar.text, fontsize=_TEXT, va="center_baseline")


def _draw_pieces(ax: "Axes", pieces: Sequence[Piece], place: tuple[float, float, float, float], *, digits: bool) -> float:
    """One bar; returns its end."""
    x, y, unit, tall = place
    cells = []
    for piece in pieces:
        across = piece.n * unit
        if not piece.n:
            continue
        parts = piece.n if unit >= _APART and not digits else 1
        for j in range(parts):
            cell = Cell(x + j * across / parts, y, max(across / parts - 1.5, 0.6), tall, piece.token)
            if piece.striped:
                striped(ax, cell)
            else:
                cells.append(cell)
        if digits and across > width_of(number(piece.n), 11) + 3:
            digit(ax, number(piece.n), Cell(x, y, across - 1.5, tall, piece.token), patch=piece.striped)
        x += across
    draw_cells(ax, cells)
    return x


def striped(ax: "Axes", cell: Cell, gap: float = 8.0) -> None:
    """A cell with diagonals: its colour is what is certain, data that are missing could give more. Framed where it has no colour of its own."""
    patches, path = extra("matplotlib.patches"), extra("matplotlib.path").Path
    ends, (x, y, w, h, token) = [], cell
    for k in range(1, int((w + h) / gap) + 1):
        offset = k * gap
        ends += [(x + max(0.0, offset - h), y + min(offset, h)), (x + min(offset, w), y + max(0.0, offset - w))]
    framed = token == FRAMED
    if framed:
        ax.add_patch(patches.Rectangle((x + 0.6, y + 0.6), w - 1.2, h - 1.2, fill=False, edgecolor=colour("accent"), linewidth=1.2, zorder=2))
    else:
        draw_cells(ax, [cell])
    tone, broad = ("blue-1", 3.0) if framed else ("paper", 2.2)
    lines = path(ends, [path.MOVETO, path.LINETO] * (len(ends) // 2))  # one path, however many lines
    ax.add_patch(patches.PathPatch(lines, fill=False, edgecolor=colour(tone), linewidth=broad, capstyle="butt", zorder=1.5))


def digit(ax: "Axes", text: str, cell: Cell, *, patch: bool, size: float = 11.0) -> None:
    """A number in the middle of a cell; over stripes on a patch of the cell's colour."""
    x, y = cell.left + cell.width / 2, cell.top + cell.height / 2
    if patch:
        across, tall = min(width_of(text, size) + 5, cell.width), min(size + 3, cell.height)
        box = extra("matplotlib.patches").Rectangle((x - across / 2, y - tall / 2), across, tall, facecolor=colour(cell.token), linewidth=0, zorder=3)
        ax.add_patch(box)
    tone = colour("ink") if cell.token == FRAMED else on_colour(colour(cell.token))
    label(ax, x, y, text, fontsize=size, ha="center", va="center_baseline", color=tone, zorder=4)


Entry = tuple[str, str, str, bool, float, float]  #: words, sign, token, striped, x, y


def key_places(entries: Sequence[tuple[str, str, str, bool]], width: float) -> tuple[list[Entry], float]:
    """Swatches with their words, set in lines of the width: words, sign, token, striped, x, y; and the height of all."""
    placed, x, y = list[Entry](), 0.0, 9.0
    for words, sign, token, hatched in entries:
        shown = fitted(words, width - 26, 11.5)
        taken = 24 + width_of(shown, 11.5)
        if x > 0 and x + taken > width:
            x, y = 0.0, y + 21
        placed.append((shown, sign, token, hatched, x, y))
        x += taken + 18
    return placed, y + 21 if placed else 0.0


def draw_key(ax: "Axes", placed: Sequence[Entry]) -> None:
    """Draw what :func:`key_places` has set."""
    for words, sign, token, hatched, x, y in placed:
        cell = Cell(x, y - 8, 17, 16, token)
        (striped if hatched else _plain)(ax, cell)
        if sign:
            digit(ax, sign, cell, patch=False)
        label(ax, x + 24, y, words, fontsize=11.5, va="center_baseline", color=colour("muted"))


def _plain(ax: "Axes", cell: Cell) -> None:
    draw_cells(ax, [cell])


def level_entries(names: Sequence[str], *, hatched: bool) -> list[tuple[str, str, str, bool]]:
    """The key of levels: names from rank 0 on."""
    found = [(name, str(rank), level_token(rank, len(names) - 1), False) for rank, name in enumerate(names)]
    return [*found, ("striped: at least this level, data missing", "", "blue-3", True)] if hatched else found
