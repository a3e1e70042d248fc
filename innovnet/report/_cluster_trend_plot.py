"""Drawing of a cluster over the years: levels, members, ties, money by source."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from innovnet.report._canvas import axes, label, on_colour, style, width_of
from innovnet.report._cluster_ladder_plot import level_token, stripes
from innovnet.report._format import MINUS, THIN, euro, number, percent
from innovnet.report._matrix import Cell, draw_cells
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
_COLUMNS = 34.0  #: height of the columns of money


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
    left = _LABELS if beside else 0.0
    pitch = (width - left) / len(table)
    xs = [left + (k + 0.5) * pitch for k in range(len(table))]
    moves, totals, title = _moves(table, pitch), *_totals(money, pitch)
    key = _key([source for source in SOURCES if len(money) and source in set(money["source"])], title, width, beside=beside)
    rows, height = _bands(title, key, max((text.count("\n") + bool(text) for text in moves), default=0), beside=beside)
    ax = axes(width, height, ax)
    with style():
        for x, year in zip(xs, table["year"], strict=True):
            label(ax, x, 9, f"{year}", fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
        for row in rows:
            y = row.top + min(row.height / 2, 11) if beside else row.top - 11 - _further(key) * (row.title == title)
            label(ax, 0, y, row.title, fontsize=11.5, va="center_baseline")
        _levels(ax, table, rows, xs, min(pitch - 4, 92.0), levels)
        _counts(ax, table, moves, rows, xs)
        if len(money):
            _money(ax, table["year"].to_list(), money, totals, rows[-1], xs, min(pitch - 6, 56.0))
            for source, x, y in key:
                draw_cells(ax, [Cell(x, rows[-1].top + y - 5, 9, 9, SOURCES[source][1])])
                label(ax, x + 13, rows[-1].top + y, SOURCES[source][0], fontsize=10.5, va="center_baseline", color=colour("muted"))
    return ax


def _bands(money: str, key: "Sequence[_Entry]", moves: int, *, beside: bool) -> tuple[list[_Row], float]:
    """The bands from above to below and the height of all. ``moves``: lines of entries and exits."""
    lowest = max((y for _source, _x, y in key), default=0.0)
    titles = [("Assigned level", 22.0), ("By the year’s data", 18.0), ("Members", 20.0 + 15.0 * moves), ("Ties inside", 20.0)]
    titles += [(money, max(_COLUMNS + 18, lowest + 7))] if money else []
    rows, y = [], 20.0
    for title, height in titles:
        y += 0.0 if beside else 20.0 + (_further(key) if title == money else 0.0)
        rows.append(_Row(title, y, height))
        y += height + (3.0 if beside else 4.0)
    return rows, y


_Entry = tuple[str, float, float]  #: a source of money, and where it stands in the key: x, and y below the band's top


def _key(sources: list[str], title: str, width: float, *, beside: bool) -> list[_Entry]:
    """The sources in the order of the columns below the title at the left; or in the line of the title and as many more as they need."""
    if beside:
        return [(source, 50.0 * (k // 3), 25.0 + 12.0 * (k % 3)) for k, source in enumerate(reversed(sources))]
    placed, x, line = list[tuple[str, float, int]](), width_of(title, 11.5) + 10, 0
    for source in sources:
        taken = 13 + width_of(SOURCES[source][0], 10.5)
        if x + taken > width:
            x, line = 0.0, line + 1
        placed.append((source, x, line))
        x += taken + 8
    return [(source, at, -11.0 - 16.0 * (line - k)) for source, at, k in placed]


def _further(key: "Sequence[_Entry]") -> float:
    """What the lines of the key beyond the first take above the band."""
    return max((-11.0 - y for _source, _x, y in key if y < 0), default=0.0)


def _moves(table: pd.DataFrame, pitch: float) -> list[str]:
    """Entries and exits of each year: +1 −2; in two lines where one is too long."""
    numbers = table[["entries", "exits"]].fillna(0).astype("int64")
    parts = [[f"+{number(came)}"] * bool(came) + [f"{MINUS}{number(left)}"] * bool(left) for came, left in numbers.itertuples(index=False)]
    joined = [f"{THIN} ".join(part) for part in parts]
    return joined if all(width_of(text, 11) < pitch - 2 for text in joined) else ["\n".join(part) for part in parts]


def _totals(funding: pd.DataFrame, pitch: float) -> tuple[dict[Any, str], str]:
    """What is written above the column of each year, and the title: the money of the year, or the members' share where amounts are not known."""
    if funding.empty:
        return {}, ""
    if not in_amounts(funding):
        own = funding[funding["source"] == "members"].groupby("year")["share"].sum().reindex(funding["year"].unique(), fill_value=0.0)
        short = width_of(f"{percent(1.0)} own", 10.5) > pitch
        said = {year: percent(share) + ("" if short else " own") for year, share in own.to_dict().items()}
        return said, "Money, own share" if short else "Money, shares"
    amounts = funding.groupby("year")["amount_eur"].sum()
    full = {year: euro(float(amount)).removeprefix(f"EUR{THIN}") for year, amount in amounts.to_dict().items()}
    if all(width_of(text, 10.5) < pitch for text in full.values()):
        return full, "Money, EUR"
    return {year: number(float(amount) / 1e6, 1) for year, amount in amounts.to_dict().items()}, "Money, EUR m"


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


def _counts(ax: "Axes", table: pd.DataFrame, moves: Sequence[str], rows: Sequence[_Row], xs: Sequence[float]) -> None:
    """Members with entries and exits below, ties inside."""
    for x, text, (_index, year) in zip(xs, moves, table.iterrows(), strict=True):
        for row, column in ((rows[2], "members"), (rows[3], "ties")):
            many = "–" if pd.isna(year[column]) else number(float(year[column]))
            tone = colour("muted") if pd.isna(year[column]) else colour("ink")
            label(ax, x, row.top + 10, many, fontsize=12.5, fontweight="bold", ha="center", va="center_baseline", color=tone)
        for k, line in enumerate(text.split("\n")):
            label(ax, x, rows[2].top + 26 + 14 * k, line, fontsize=11, ha="center", va="center_baseline", color=colour("muted"))


def _money(ax: "Axes", years: list[int], funding: pd.DataFrame, totals: dict[Any, str], row: _Row, xs: Sequence[float], across: float) -> None:
    """A column for each year, cut by source; as high as the money of the year, or all equally high where only shares are known."""
    in_euro, base = in_amounts(funding), row.top + 14 + _COLUMNS
    amounts = funding.groupby("year")["amount_eur"].sum()
    cells = []
    for x, year in zip(xs, years, strict=True):
        of_year = funding[funding["year"] == year].set_index("source")["share"]
        if of_year.empty:
            label(ax, x, base - 8, "–", fontsize=11, ha="center", va="center_baseline", color=colour("muted"))
            continue
        full, y = _COLUMNS * (float(amounts[year]) / float(amounts.max()) if in_euro else 1.0), base
        for source, (_name, token) in SOURCES.items():
            high = full * float(of_year.get(source, 0.0))
            if high > 0:
                cells.append(Cell(x - across / 2, y - high, across, max(high - 1, 0.5), token))
                y -= high
        label(ax, x, base - full - 7, totals[year], fontsize=10.5, ha="center", va="center_baseline", color=colour("muted" if in_euro else "accent"))
    draw_cells(ax, cells)


def in_amounts(funding: pd.DataFrame) -> bool:
    """Whether the amounts of all years are known, not shares alone."""
    return bool(len(funding) and funding["amount_eur"].notna().all())
