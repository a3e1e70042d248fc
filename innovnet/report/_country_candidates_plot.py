"""Drawing of candidates that are not registered."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, style
from innovnet.report._country_bars import Bar, Piece, bars_height, draw_bars
from innovnet.report._format import count, number
from innovnet.report._rows import WIDE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_country_candidates(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw groups that were found in cooperation and are not registered, by members.

    Parameters
    ----------
    table
        One row for each candidate: name, members, nearest_name, jaccard.
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
    >>> found = pd.DataFrame({"name": ["62 in LT011"], "members": [9], "nearest_name": [None], "jaccard": [0.0]})
    >>> inn.report.plot_country_candidates(found).figure.savefig("candidates.svg")  # doctest: +SKIP
    """
    bars = [
        Bar(
            str(row["name"]),
            f"nearest: {row['nearest_name']} ({row['jaccard']:.2f})" if pd.notna(row["nearest_name"]) else "no registered cluster has a member in it",
            (Piece(int(row["members"]), "chance-strong"),),
            count(int(row["members"]), "member") if width > WIDE else number(int(row["members"])),
        )
        for _, row in table.iterrows()
    ]
    with style():
        ax = axes(width, bars_height(bars, width) + 2, ax)
        draw_bars(ax, bars, 0.0, width, digits=False)
    return ax
