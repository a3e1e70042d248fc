"""Drawing of concentration: 100 % bars cut by rank, or the organisations by name where they are few."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._format import count, euro, number, percent
from innovnet.report._rows import WIDE, fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 30  #: fewer organisations are shown by name
WRITTEN = 0.06  #: smaller shares have no number in the bar
_FILLS = ("blue-5", "blue-4", "blue-2", "blue-1")


class Held(NamedTuple):
    """Something that organisations hold."""

    column: str  #: of the table of organisations
    of: str  #: in "32 % of ..."
    where: str  #: what follows it in a report on one country
    goes: str  #: the rest of the finding's sentence
    text: Callable[[float], str]


def _counted(singular: str, plural: str | None = None) -> Callable[[float], str]:
    return lambda value: count(round(value), singular, plural)


#: The first one that is known is the one of the headline.
MEASURES = {
    "EU contribution": Held("contribution_eur", "the EU contribution", "to organisations in {place}", "goes to the {k} largest recipients", euro),
    "Participations": Held(
        "participations", "participations", "of organisations in {place}", "are held by the {k} most active organisations", _counted("participation")
    ),
    "Ties": Held(
        "partners", "ties", "of organisations in {place}", "are held by the {k} best connected organisations", _counted("end of a tie", "ends of ties")
    ),
    "Coordinated projects": Held("coordinated", "coordinated projects", "from {place}", "are led by the {k} most frequent coordinators", _counted("project")),
}


def plot_concentration(table: pd.DataFrame, *, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw what the largest organisations hold of the money, the participations, the ties and the coordinated projects.

    Parameters
    ----------
    table
        measure, group, first, last, organisations, amount, share: the parts of each ranking, as in ``tables/concentration.csv`` of a report. Where
        every part is one organisation, the first measure is drawn with a bar for each.
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
    >>> table = pd.read_csv("my-report/tables/concentration.csv")  # doctest: +SKIP
    >>> inn.report.plot_concentration(table).figure.savefig("concentration.svg")  # doctest: +SKIP
    """
    with style():
        return (_by_name if table["organisations"].max() == 1 else _parts)(table, ax, width)


def _fills(groups: list[str]) -> dict[str, str]:
    """A blue for each part: the darkest for the largest organisations, the lightest for the rest."""
    chosen = {2: (1, 3), 3: (0, 1, 3)}.get(len(groups), range(4))
    return {group: colour(_FILLS[k]) for group, k in zip(groups, chosen, strict=False)}


def _total(measure: str, rows: pd.DataFrame) -> str:
    total = float(rows["amount"].sum())
    return MEASURES[measure].text(total) if measure in {"EU contribution", "Ties"} else number(total)


def _parts(table: pd.DataFrame, ax: "Axes | None", width: int) -> "Axes":
    wide = width > WIDE
    measures = list(dict.fromkeys(table["measure"]))
    groups = list(dict.fromkeys(table.sort_values("first", kind="stable")["group"]))
    fills = _fills(groups)
    left, right = (196.0, width - 96.0) if wide else (0.0, width - 52.0)
    key, top = _key(groups, left, width)
    step, bar = (40, 24) if wide else (54, 22)
    ax = axes(width, top + 22 + step * len(measures) - (step - bar - 6 if wide else 6), ax)
    for group, x, y in key:
        ax.fill([x, x + 11, x + 11, x], [y - 5, y - 5, y + 6, y + 6], color=fills[group], linewidth=0)
        label(ax, x + 17, y, group, fontsize=11.5, va="center_baseline", color=colour("muted"))
    few = int(table.groupby("measure").head(2)["last"].max())
    label(ax, width, top + 6, f"{number(few)} largest", fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
    for k, measure in enumerate(measures):
        rows = table[table["measure"] == measure]
        y = top + 22 + step * k + (0 if wide else 16)
        if wide:
            label(ax, 0, y + 9, measure, fontsize=12.5, fontweight="bold", va="center_baseline")
            label(ax, 0, y + 23, _total(measure, rows), fontsize=10.5, va="center_baseline", color=colour("muted"))
        else:
            label(ax, 0, y - 9, measure, fontsize=12.5, fontweight="bold", va="center_baseline")
            label(ax, right, y - 9, _total(measure, rows), fontsize=10.5, ha="right", va="center_baseline", color=colour("muted"))
        _bar(ax, rows, fills, left, right, y, bar)
        label(
            ax,
            width,
            y + bar / 2,
            percent(rows["share"].head(2).sum()),
            fontsize=14,
            fontweight="bold",
            ha="right",
            va="center_baseline",
            color=colour("accent"),
        )
    return ax


def _key(groups: list[str], left: float, right: float) -> tuple[list[tuple[str, float, float]], float]:
    placed, x, y = [], left, 8.0
    for group in groups:
        taken = width_of(group, 11.5) + 17
        if x > left and x + taken > right:
            x, y = left, y + 19
        placed.append((group, x, y))
        x += taken + 18
    return placed, y + 18


def _bar(ax: "Axes", rows: pd.DataFrame, fills: dict[str, str], left: float, right: float, y: float, height: float) -> None:
    x = left
    for group, share in rows.loc[rows["share"] > 0, ["group", "share"]].itertuples(index=False):
        end = x + (right - left) * share
        ax.fill([x, max(end - 1.5, x + 0.5), max(end - 1.5, x + 0.5), x], [y, y, y + height, y + height], color=fills[group], linewidth=0)
        if share > WRITTEN and end - x > width_of(percent(share), 11.5) + 6:
            label(ax, (x + end - 1.5) / 2, y + height / 2, percent(share), fontsize=11.5, ha="center", va="center_baseline", color=on_colour(fills[group]))
        x = end


def _by_name(table: pd.DataFrame, ax: "Axes | None", width: int) -> "Axes":
    wide = width > WIDE
    measure = table["measure"].iloc[0]
    rows = table[table["measure"] == measure]
    held, step, top = MEASURES[measure], 24 if wide else 38, 34
    ax = axes(width, top + step * len(rows), ax)
    label(ax, 0, 14, measure, fontsize=12.5, fontweight="bold")
    texts = [f"{held.text(amount)} ({percent(share)})" for amount, share in zip(rows["amount"], rows["share"], strict=True)]
    left = 280.0 if wide else 0.0
    room = width - left - max(width_of(text, 11.5) for text in texts) - 12
    for k, (name, amount, text) in enumerate(zip(rows["group"], rows["amount"], texts, strict=True)):
        y = top + step * k + 8
        label(ax, 0, y, fitted(name, left - 14 if wide else width), fontsize=12.5, va="center_baseline")
        y += 0 if wide else 17
        end = left + max(room * amount / float(rows["amount"].max()), 1.0)
        ax.fill([left, end, end, left], [y - 6, y - 6, y + 6, y + 6], color=colour("accent"), linewidth=0)
        label(ax, end + 8, y, text, fontsize=11.5, va="center_baseline")
    return ax
