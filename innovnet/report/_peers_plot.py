"""Drawing of peers: one strip for each indicator, a line for each country."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, style, width_of
from innovnet.report._format import euro, number, percent
from innovnet.report._rows import WIDE, dot, fitted
from innovnet.report._scale import Scale, apart
from innovnet.report._tokens import colour
from innovnet.report._words import ordinal

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Indicator(NamedTuple):
    """A number of a country."""

    name: str
    unit: str
    words: str  #: in a sentence
    text: Callable[[float], str]
    phrase: str = ""  #: the country is "it", {} the value
    log: bool = False


def _whole(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)


def _share(value: float) -> str:
    return percent(value, 0 if value == 0 else 1)


INDICATORS = {
    "organisations": Indicator("Organisations", "log scale", "organisations", _whole, log=True),
    "contribution_eur": Indicator("EU contribution", "log scale", "EU contribution", euro, log=True),
    "sme_share": Indicator("SMEs", "% of organisations", "share of SMEs", _share, "{} of its organisations are SMEs"),
    "coordinated_share": Indicator("Coordination", "% of participations", "share of coordination", _share, "it coordinates {} of its participations"),
    "median_partners": Indicator("Median partners", "of an organisation", "median partners", _whole, "its median organisation has {} partners"),
    "abroad_share": Indicator("Joint work abroad", "% of joint work", "joint work abroad", _share, "{} of its joint work is with other countries"),
}
STEP, STEP_NARROW = 58, 92


def plot_peers(table: pd.DataFrame, *, ranks: pd.DataFrame, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw a strip for each indicator with a line for each country, the reported one as a dot.

    Parameters
    ----------
    table
        One row for each country: country, name, the indicators, reported, neighbour; as in ``tables/peers.csv`` of a report on a country.
    ranks
        indicator, value, rank, countries: the strips to draw, in this order; as in ``tables/peers_ranks.csv``.
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
    >>> peers, ranks = (pd.read_csv(f"my-report/tables/{name}.csv", keep_default_na=False) for name in ("peers", "peers_ranks"))  # doctest: +SKIP
    >>> inn.report.plot_peers(peers, ranks=ranks).figure.savefig("peers.svg")  # doctest: +SKIP
    """
    wide = width > WIDE
    step = STEP if wide else STEP_NARROW
    left, right = (186.0, width - 216.0) if wide else (4.0, width - 4.0)
    with style():
        ax = axes(width, 34 + step * len(ranks), ax)
        place = str(table.loc[table["reported"], "name"].iloc[0])
        _key(ax, place, left, wide=wide)
        if wide:
            label(ax, width - 84, 14, "value", fontsize=11.5, ha="right", color=colour("muted"))
            label(ax, width, 14, "rank", fontsize=11.5, ha="right", color=colour("muted"))
        for k, (_index, row) in enumerate(ranks.iterrows()):
            show, top = INDICATORS[row["indicator"]], 34 + step * k
            y = top + (28 if wide else 64)
            _texts(ax, row, show, top, y, width, wide=wide)
            _strip(ax, table, row["indicator"], show, left, right, y)
    return ax


def _key(ax: "Axes", place: str, left: float, *, wide: bool) -> None:
    dot(ax, left + 5, 9, colour("accent"), size=9)
    name = fitted(place, 150, 11.5)
    label(ax, left + 16, 9, name, fontsize=11.5, va="center_baseline", color=colour("accent"))
    at = left + 16 + width_of(name, 11.5) + 22
    ax.plot([at, at], [3, 15], color=colour("chance-strong"), linewidth=1)
    label(ax, at + 8, 9, "other countries" if wide else "others", fontsize=11.5, va="center_baseline", color=colour("muted"))


def _texts(ax: "Axes", row: pd.Series, show: Indicator, top: float, y: float, width: float, *, wide: bool) -> None:
    value, rank = show.text(row["value"]), ordinal(int(row["rank"])) + f" of {number(row['countries'])}"
    if wide:
        label(ax, 0, y - 1, show.name, fontsize=12.5, fontweight="bold", va="center_baseline")
        label(ax, 0, y + 14, show.unit, fontsize=10.5, va="center_baseline", color=colour("muted"))
        label(ax, width - 84, y, value, fontsize=13, fontweight="bold", ha="right", va="center_baseline", color=colour("accent"))
        label(ax, width, y, rank, fontsize=11.5, ha="right", va="center_baseline", color=colour("muted"))
        return
    label(ax, 0, top + 12, show.name, fontsize=12.5, fontweight="bold", va="center_baseline")
    label(ax, width_of(show.name, 12.5, bold=True) + 8, top + 12, show.unit, fontsize=10.5, va="center_baseline", color=colour("muted"))
    label(ax, 0, top + 29, value, fontsize=12.5, fontweight="bold", va="center_baseline", color=colour("accent"))
    label(ax, width, top + 29, rank, fontsize=11.5, ha="right", va="center_baseline", color=colour("muted"))


def _strip(ax: "Axes", table: pd.DataFrame, column: str, show: Indicator, left: float, right: float, y: float) -> None:
    """The line, a tick for each country, codes above those that are labelled, smallest and largest value below."""
    values = table[column].astype("float64")
    low, high = float(values[values > 0].min() if show.log else values.min()), float(values.max())
    scale = Scale(low, high, left, right, log=show.log)
    ax.plot([left, right], [y, y], color=colour("grid"), linewidth=1, solid_capstyle="butt", zorder=0)
    known = table.assign(at=[scale(max(v, low)) if pd.notna(v) else float("nan") for v in values])[values.notna()]
    others = known.loc[~known["reported"] & ~known["neighbour"], "at"]
    ax.plot(
        [x for at in others for x in (at, at, math.nan)],
        [y - 7, y + 7, math.nan] * len(others),
        color=colour("chance-strong"),
        linewidth=1,
        solid_capstyle="butt",
    )
    near = known[known["neighbour"]]
    for at, name, code in zip(near["at"], apart(near["at"].to_list(), 24, left + 8, right - 8), near["country"], strict=True):
        ax.plot([at, at], [y - 9, y + 9], color=colour("ink"), linewidth=1.6, solid_capstyle="butt")
        if abs(at - name) > 4:
            ax.plot([at, name], [y - 9, y - 12], color=colour("muted"), linewidth=0.8)
        label(ax, name, y - 17, code, fontsize=11, ha="center", va="center_baseline")
    dot(ax, float(known.loc[known["reported"], "at"].iloc[0]), y, colour("accent"), size=11)
    for at, value, side in ((left, float(values.min()), "left"), (right, high, "right")):
        label(ax, at, y + 19, show.text(value), fontsize=10.5, ha=side, va="center_baseline", color=colour("muted"))
