"""Drawing of missing data: a bar for each column of the workbook that would answer."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, style
from innovnet.report._country_bars import Bar, Piece, bars_height, draw_bars, draw_key, key_places
from innovnet.report._country_words import few_criteria
from innovnet.report._format import count
from innovnet.report._rows import WIDE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_country_gaps(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw for how many clusters each column of the workbook would answer criteria that are not known.

    Parameters
    ----------
    table
        One row for each column: sheet, column, clusters, deciding (of these: the level is open), cells (empty ones), criteria.
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
    >>> gaps = pd.DataFrame({"sheet": ["clusters"], "column": "strategy", "clusters": 3, "deciding": 1, "cells": 3, "criteria": "D3"})
    >>> inn.report.plot_country_gaps(gaps).figure.savefig("gaps.svg")  # doctest: +SKIP
    """
    bars = [
        Bar(
            f"{row['sheet']}: {row['column']}",
            f"{few_criteria(str(row['criteria']))} · {count(int(row['cells']), 'empty cell')}",
            (Piece(int(row["deciding"]), "soft", striped=True), Piece(int(row["clusters"] - row["deciding"]), "accent")),
            count(int(row["clusters"]), "cluster") if width > WIDE else f"{row['clusters']}",
        )
        for _, row in table.iterrows()
    ]
    kinds = (
        ("level open", "soft", True, table["deciding"].sum()),
        ("level certain all the same", "accent", False, (table["clusters"] - table["deciding"]).sum()),
    )
    key, top = key_places([(words, "", token, striped) for words, token, striped, n in kinds if n], width)
    with style():
        ax = axes(width, top + 4 + bars_height(bars, width), ax)
        draw_key(ax, key)
        draw_bars(ax, bars, top + 4, width, digits=False)
    return ax
