"""Drawing of the funnel: all clusters, those below the top, those one criterion short, and the criteria that it is."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, label, style
from innovnet.report._country_bars import LABELS, Bar, Piece, bars_height, draw_bars, draw_key, key_places
from innovnet.report._format import number
from innovnet.report._rows import WIDE
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_KINDS = (
    ("to_do", "does not meet it", "accent", False),
    ("in_time", "will meet it by time alone", "chance", False),
    ("data", "not known: data to bring", "soft", True),
)
_GAP = 30.0


def plot_country_short(table: pd.DataFrame, *, stages: pd.DataFrame, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw how many clusters one criterion separates from a higher level, and which criterion it is.

    Parameters
    ----------
    table
        One row for each criterion: criterion, label, level, mark, would_move (clusters that would have a higher level if it alone were met), of these to_do,
        in_time and data; lacking (all that lack it for their next level).
    stages
        The funnel above: stage, clusters.
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
    >>> table, stages = (pd.read_csv(f"my-clusters/tables/country_short{name}.csv") for name in ("", "_stages"))  # doctest: +SKIP
    >>> inn.report.plot_country_short(table, stages=stages).figure.savefig("short.svg")  # doctest: +SKIP
    """
    funnel = [
        Bar(stage, "", (Piece(int(n), "accent" if k == len(stages) - 1 else "chance"),), number(n))
        for k, (stage, n) in enumerate(stages[["stage", "clusters"]].itertuples(index=False))
    ]
    kinds = [kind for kind in _KINDS if table[kind[0]].sum()]
    bars = [
        Bar(
            f"{row['label'][:1].upper()}{row['label'][1:]}",
            f"{row['criterion']} for {row['level']} · {row['mark']}",
            tuple(Piece(int(row[column]), token, striped) for column, _words, token, striped in kinds),
            f"{number(row['would_move'])} of {number(max(row['lacking'], row['would_move']))} that lack it"
            if width > WIDE
            else f"{number(row['would_move'])} of {number(max(row['lacking'], row['would_move']))}",
        )
        for _, row in table.iterrows()
    ]
    key, key_height = key_places([(words, "", token, striped) for _column, words, token, striped in kinds], width)
    first = bars_height(funnel, width)
    top = first + _GAP + 22
    with style():
        ax = axes(width, top + key_height + bars_height(bars, width), ax)
        draw_bars(ax, funnel, 0.0, width, digits=False)
        left = LABELS + 14 if width > WIDE else 0.0
        label(
            ax,
            0 if width <= WIDE else LABELS,
            first + _GAP,
            "Which criterion it is",
            fontsize=12.5,
            fontweight="bold",
            ha="left" if width <= WIDE else "right",
            va="center_baseline",
        )
        shift = left if width > WIDE else 0.0
        down = first + _GAP - 9 if width > WIDE else first + _GAP + 14
        draw_key(ax, [(words, digit, token, striped, x + shift, y + down) for words, digit, token, striped, x, y in key])
        ax.plot([0, width], [first + 8, first + 8], color=colour("grid"), linewidth=1, solid_capstyle="butt")
        draw_bars(ax, bars, top + (key_height if width <= WIDE else 0.0), width, digits=False)
        if width > WIDE:
            ax.set_ylim(top + bars_height(bars, width), 0)
    return ax
