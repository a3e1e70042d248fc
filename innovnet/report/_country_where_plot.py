"""Drawing of levels by sector or region: a bar for each, cut by level."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, style
from innovnet.report._cluster_ladder_plot import level_token
from innovnet.report._country_bars import Bar, Piece, bars_height, draw_bars, draw_key, key_places, level_entries
from innovnet.report._format import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_country_levels_by(table: pd.DataFrame, *, rows: int = 14, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw how many clusters of each sector, or of each region, have which level; what missing data leave open striped.

    Parameters
    ----------
    table
        One row for each group and level from rank 0: code, name, rank, level, clusters, open, all; groups in the order in which they are drawn.
    rows
        So many groups at most.
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
    >>> group = {"code": "62", "name": "Computer programming", "rank": [0, 1], "level": ["none", "formed"], "clusters": [1, 2], "open": 0, "all": 3}
    >>> inn.report.plot_country_levels_by(pd.DataFrame(group)).figure.savefig("sectors.svg")  # doctest: +SKIP
    """
    names = table.drop_duplicates("rank").set_index("rank")["level"].sort_index().to_list()
    shown = list(dict.fromkeys(table["code"]))[:rows]
    bars = []
    for code in shown:
        group = table[table["code"] == code].sort_values("rank")
        pieces = [
            Piece(int(n), level_token(int(rank), len(names) - 1), hatched)
            for rank, clusters, open_ in group[["rank", "clusters", "open"]].itertuples(index=False)
            for n, hatched in ((clusters - open_, False), (open_, True))
        ]
        bars.append(Bar(" ".join(dict.fromkeys([code, str(group["name"].iloc[0])])).strip(), "", tuple(pieces), number(int(group["all"].iloc[0]))))
    key, top = key_places(level_entries(names, hatched=bool(table.loc[table["code"].isin(shown), "open"].sum())), width)
    with style():
        ax = axes(width, top + 6 + bars_height(bars, width), ax)
        draw_key(ax, key)
        draw_bars(ax, bars, top + 6, width)
    return ax
