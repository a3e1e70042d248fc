"""Drawing of a cluster over the years: levels, members, ties, money by source."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._cluster_ladder_plot import level_token, stripes
from innovnet.report._format import MINUS, THIN, euro, number, percent
from innovnet.report._matrix import Cell, draw_cells
from innovnet.report._rows import fitted
from innovnet.report._tokens import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Sources of money, from the bottom of a column up: name, colour. Own money has the accent, the rest is grey.
SOURCES = {
    "members": ("Members", "accent"),
    "other": ("Other", "grid"),
    "municipal": ("Municipal", "chance"),
    "state": ("State", "chance-strong"),
    "eu": ("EU", "muted"),
}
BESIDE = 400  #: px from which labels stand at the left
YEARS, YEARS_NARROW = 12, 7  #: the latest, shown
_LABELS = 122.0
_COLUMNS = 50.0  #: height of the columns of money


class _Row(NamedTuple):
    """A band of the drawing: its title and where its content begins."""

    title: str
    top: float
    height: float


def plot_cluster_trend(table: pd.DataFrame, *, funding: pd.DataFrame | None = None, levels: int = 4, ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw a cluster year by year: the level assigned and the one of the year's data, members with entries and exits, ties inside, money by source.

    Parameters
    ----------
    table
        One row for each year: year, rank (assigned), rank_low, rank_high (by the data of the year), members, entries, exits, ties. Missing where the
        cluster did not exist.
    funding
        year, source ("members", "state", "municipal", "eu" or "other"), share (of the year's money), amount_eur (missing where only shares are known).
    levels
        Number of levels.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, 560 beside text, or 352 for a narrow page (the latest seven years).

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> year = {"year": [2024, 2025], "rank": [1, 2], "rank_low": [1, 2], "rank_high": [2, 2], "members": [5, 6], "entries": [0, 1], "exits": [0, 0], "ties": [3, 4]}
    >>> inn.report.plot_cluster_trend(pd.DataFrame(year)).figure.savefig("trend.svg")  # doctest: +SKIP
    """
    beside = width > BESIDE
    table = table.sort_values("year").tail(YEARS if beside else YEARS_NARROW).reset_index(drop=True)
    money = pd.DataFrame() if funding is None else funding[funding["year"].isin(table["year"]) & (funding["share"] > 0)]
    moved = bool((table[["entries", "exits"]].fillna(0) > 0).to_numpy().any())
    title = "" if money.empty else "Money, EUR" if in_amounts(money) else "Money, shares"
    rows, height = _bands(title, money["source"].nunique() if title else 0, beside=beside, moved=moved)
    left = _LABELS if beside else 0.0
    pitch = (width - left) / len(table)
    xs = [left + (k + 0.5) * pitch for k in range(len(table))]
    ax = axes(width, height, ax)
    with style():
        for x, year in zip(xs, table["year"], strict=True):
            label(ax, x, 9, f"{year}", fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
        for row in rows:
            y = row.top + min(row.height / 2, 11) if beside else row.top - 11
            label(ax, 0, y, row.title, fontsize=11.5, va="center_baseline")
        _levels(ax, table, rows, xs, min(pitch - 4, 92.0), levels)
        _counts(ax, table, rows, xs)
        if len(money):
            _money(ax, table["year"].to_list(), money, rows[-1], xs, min(pitch - 6, 56.0), beside=beside)
    return ax


def _bands(money: str, sources: int, *, beside: bool, moved: bool) -> tuple[list[_Row], float]:
    titles = [("Assigned level", 22.0), ("By the year’s data", 18.0), ("Members", 36.0 if moved else 20.0), ("Ties inside", 20.0)]
    titles += [(money, max(_COLUMNS + 18, 19.0 + 12 * sources if beside else 0.0))] if money else []
    rows, y = [], 20.0
    for title, height in titles:
        y += 0.0 if beside else 20.0
        rows.append(_Row(title, y, height))
        y += height + (5.0 if beside else 4.0)
    return rows, y


def _levels(ax: "Axes", table: pd.DataFrame, rows: Sequence[_Row], xs: Sequence[float], across: float, levels: int) -> None:
    """Tiles with the digit of the level; a striped one where data leave it open."""
    for row, low, high in ((rows[0], "rank", "rank"), (rows[1], "rank_low", "rank_high")):
        for x, first, last in zip(xs, table[low], table[high], strict=True):
            y = row.top + row.height / 2
            if pd.isna(first):
                label(ax, x, y, "–", fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
                continue
            cell = Cell(x - across / 2, row.top, across, row.height, level_token(int(first), levels))
            tone = colour("ink")
            if first == last:
                draw_cells(ax, [cell])
                tone = on_colour(colour(cell.token))
            else:
                stripes(ax, cell, 8.0)
            text = f"{int(first)}" if first == last else f"{int(first)} or {int(last)}" if last == first + 1 else f"{int(first)} to {int(last)}"
            bold = "bold" if row is rows[0] else "normal"
            label(
                ax,
                x,
                y,
                text if width_of(text, 11.5) < across else text.replace(" ", ""),
                fontsize=11.5,
                fontweight=bold,
                ha="center",
                va="center_baseline",
                color=tone,
            )


def _counts(ax: "Axes", table: pd.DataFrame, rows: Sequence[_Row], xs: Sequence[float]) -> None:
    """Members with entries and exits below, ties inside."""
    for x, (_index, year) in zip(xs, table.iterrows(), strict=True):
        for row, column in ((rows[2], "members"), (rows[3], "ties")):
            text = "–" if pd.isna(year[column]) else number(float(year[column]))
            tone = colour("muted") if pd.isna(year[column]) else colour("ink")
            label(ax, x, row.top + 10, text, fontsize=12.5, fontweight="bold", ha="center", va="center_baseline", color=tone)
        came, left = (0 if pd.isna(year[column]) else int(year[column]) for column in ("entries", "exits"))
        text = f"{THIN} ".join(part for part in (f"+{number(came)}" if came else "", f"{MINUS}{number(left)}" if left else "") if part)
        if text:
            label(ax, x, rows[2].top + 27, text, fontsize=11, ha="center", va="center_baseline", color=colour("muted"))


def _money(ax: "Axes", years: list[int], funding: pd.DataFrame, row: _Row, xs: Sequence[float], across: float, *, beside: bool) -> None:
    """A column for each year, cut by source; as high as the money of the year, or all equally high where only shares are known."""
    totals = funding.groupby("year")["amount_eur"].sum(min_count=1)
    in_euro, base = in_amounts(funding), row.top + 14 + _COLUMNS
    cells = []
    for x, year in zip(xs, years, strict=True):
        of_year = funding[funding["year"] == year].set_index("source")["share"]
        if of_year.empty:
            label(ax, x, base - 8, "–", fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
            continue
        full, y = _COLUMNS * (float(totals[year]) / float(totals.max()) if in_euro else 1.0), base
        for source, (_name, token) in SOURCES.items():
            high = full * float(of_year.get(source, 0.0))
            if high > 0:
                cells.append(Cell(x - across / 2, y - high, across, max(high - 1, 0.5), token))
                y -= high
        own = of_year.get("members", 0.0)
        text = euro(float(totals[year])).removeprefix(f"EUR{THIN}") if in_euro else f"{percent(own)} own"
        label(ax, x, base - full - 7, text, fontsize=10.5, ha="center", va="center_baseline", color=colour("muted" if in_euro else "accent"))
    draw_cells(ax, cells)
    _money_key(ax, [s for s in SOURCES if s in set(funding["source"])], row, beside=beside)


def in_amounts(funding: pd.DataFrame) -> bool:
    """Whether the amounts of all years are known, not shares alone."""
    return bool(len(funding) and funding["amount_eur"].notna().all())


def _money_key(ax: "Axes", sources: list[str], row: _Row, *, beside: bool) -> None:
    """The names of the sources: in the order of the columns at the left, or in the line of the title."""
    x, y = (0.0, row.top + 25) if beside else (width_of(row.title, 11.5) + 10, row.top - 11)
    for source in reversed(sources) if beside else sources:
        name, token = SOURCES[source]
        draw_cells(ax, [Cell(x, y - 5, 9, 9, token)])
        label(ax, x + 13, y, fitted(name, _LABELS - 20, 10.5), fontsize=10.5, va="center_baseline", color=colour("muted"))
        x, y = (x, y + 12.0) if beside else (x + 13 + width_of(name, 10.5) + 8, y)
