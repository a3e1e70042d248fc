"""Drawing of participation over time."""

import math
from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import axes, halo, label, style, width_of
from innovnet.report._format import number, percent
from innovnet.report._rows import WIDE, dot, draw_key, type_key
from innovnet.report._scale import Scale, apart, round_ticks
from innovnet.report._tokens import TYPES, colour, type_colour, type_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 30  #: with fewer participations in every year each is a dot, and no share is drawn
RARE = 0.01  #: a smaller part of unknown type has no line
GAP = 17  #: px between end labels


def plot_time(table: pd.DataFrame, *, place: str = "", ax: "Axes | None" = None, width: int = 960) -> "Axes":
    """Draw participations by year and type of organisation, and the share held by SMEs beside them.

    Parameters
    ----------
    table
        One row for each year: year, participations, a column for each type that occurs, sme_share, complete, drawn, dated_by (and
        programme_sme_share, drawn in grey); as in ``tables/time.csv`` of a report.
    place
        Name of the country that the table is about.
    ax
        Axes to draw into; else a new figure of this size.
    width
        In px: 960, or 352 for a narrow page.

    Returns
    -------
    Axes
        In px, y downwards; ``.figure`` is the figure.

    Notes
    -----
    With one year the types are rows with values; with fewer than 30 participations in every year each participation is a dot. An incomplete last
    year is drawn hollow and dashed.

    Examples
    --------
    >>> import pandas as pd, innovnet as inn
    >>> table = pd.read_csv("my-report/tables/time.csv")  # doctest: +SKIP
    >>> inn.report.plot_time(table).figure.savefig("time.svg")  # doctest: +SKIP
    """
    shown = table[table["drawn"]].reset_index(drop=True)
    with style():
        if shown["participations"].max() < FEW:
            return _units(shown, ax, width)
        if len(shown) == 1:
            return _one_year(shown.iloc[0], ax, width)
        return _years(shown, place, ax, width)


def shares_drawn(shown: pd.DataFrame) -> bool:
    """Whether enough years have a share of SMEs to be drawn: two, or the only one there is."""
    return bool(shown["sme_share"].notna().sum() >= min(2, len(shown)))


def _series(table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """What is drawn as a line: column, name, colour, colour of its text."""
    found = [(kind, name, type_colour(kind), type_text(kind)) for kind, name in TYPES.items() if kind in table.columns]
    if not found:
        return [("participations", "Participations", colour("accent"), colour("accent"))]
    unknown = "unknown" in table.columns and table["unknown"].sum() >= RARE * table["participations"].sum()
    return found + ([("unknown", "Type not known", colour("other"), colour("muted"))] if unknown else [])


def _years(table: pd.DataFrame, place: str, ax: "Axes | None", width: int) -> "Axes":
    wide, shares = width > WIDE, shares_drawn(table)
    ax = axes(width, 316 if wide else 430 if shares else 262, ax)
    series = _series(table)
    names = max(width_of(f"{name} {number(table[column].iloc[-1])}" if wide else name, 12 if wide else 11.5) for column, name, *_rest in series) + 14
    right = (width - 290 if shares and wide else width) - names
    _counts(ax, table, series, right=right, top=40, bottom=290 if wide else 236, values=wide)
    if shares:
        start, top, bottom = (width - 240, 40, 290) if wide else (0, 308, 404)
        _shares(ax, table, compared=bool(place), start=start, right=width - 48, top=top, bottom=bottom)
    return ax


def _frame(
    ax: "Axes",
    table: pd.DataFrame,
    title: str,
    values: list[float],
    texts: list[str],
    *,
    start: float,
    right: float,
    top: float,
    bottom: float,
    lead: float = 14,
) -> tuple[Scale, Scale]:
    """Title, grid and both axes with their ticks; ``lead`` px before the first year. Returns the scales."""
    left = start + max(width_of(text, 11) for text in texts) + 8
    x = Scale(table["year"].iloc[0], table["year"].iloc[-1], left + lead, right - 14)
    y = Scale(values[0], values[-1], bottom, top)
    label(ax, start or left, top - 22, title, fontsize=12.5, fontweight="bold")
    for k, (value, text) in enumerate(zip(values, texts, strict=True)):
        ax.plot([left, right], [y(value)] * 2, color=colour("grid" if k else "muted"), linewidth=1, solid_capstyle="butt", zorder=0)
        label(ax, left - 8, y(value), text, fontsize=11, ha="right", va="center_baseline", color=colour("muted"))
    for year, text in year_ticks(table, x.end - x.start):
        label(ax, x(year), bottom + 18, text, fontsize=11, ha="center", color=colour("muted"))
    return x, y


def year_ticks(table: pd.DataFrame, room: float) -> list[tuple[int, str]]:
    """Years at even steps with first and last among them, 46 px apart at least; an asterisk marks an incomplete one."""
    last = len(table) - 1
    step = next((k for k in range(1, last) if last % k == 0 and room * k / last >= 46), max(last, 1))
    return [(int(table["year"].iloc[k]), f"{table['year'].iloc[k]}" + ("" if table["complete"].iloc[k] else "*")) for k in range(0, last + 1, step)]


def _counts(ax: "Axes", table: pd.DataFrame, series: list[tuple[str, str, str, str]], *, right: float, top: float, bottom: float, values: bool) -> None:
    ticks = round_ticks(max(float(table[column].max()) for column, *_rest in series), 5, whole=True)
    word = "grant signature" if table["dated_by"].iloc[0] == "signature" else "project start"
    slope = values and len(table) == 2
    texts = [number(t) for t in ticks]
    x, y = _frame(ax, table, f"Participations by year of {word}", ticks, texts, start=0, right=right, top=top, bottom=bottom, lead=62 if slope else 14)
    ends = [y(table[column].iloc[-1]) for column, *_rest in series]
    for (column, name, tone, text), end, place in zip(series, ends, apart(ends, GAP, top, bottom - 4), strict=True):
        _line(ax, table, column, x, y, tone, hollow=column == "unknown")
        if abs(end - place) > 3:
            ax.plot([right - 7, right + 1], [end, place], color=tone, linewidth=0.8, solid_capstyle="butt")
        words = f"{name} {number(table[column].iloc[-1])}" if values else name
        label(ax, right + 5, place, words, fontsize=12 if values else 11.5, va="center_baseline", color=text)
    if slope:
        starts = [y(table[column].iloc[0]) for column, *_rest in series]
        for (column, _name, _tone, text), place in zip(series, apart(starts, 14, top, bottom - 4), strict=True):
            halo(label(ax, x.start - 9, place, number(table[column].iloc[0]), fontsize=11, ha="right", va="center_baseline", color=text))


def _line(ax: "Axes", table: pd.DataFrame, column: str, x: Scale, y: Scale, tone: str, *, hollow: bool = False, thin: bool = False) -> None:
    """A line with a dot for each year; the way to an incomplete year is dashed, its dot hollow. A year without a value breaks the line."""
    xs, ys = [x(v) for v in table["year"]], [y(v) if pd.notna(v) else math.nan for v in table[column]]
    whole = [bool(v) for v in table["complete"]]
    full = len(xs) if whole[-1] else len(xs) - 1
    ax.plot(xs[:full], ys[:full], color=tone, linewidth=1.3 if thin else 1.8, solid_joinstyle="round")
    if full < len(xs) and full > 0:
        ax.plot(xs[full - 1 :], ys[full - 1 :], color=tone, linewidth=1.3 if thin else 1.6, linestyle=(0, (2, 2)))
    if len(xs) <= 15 or hollow:
        for k, (a, b) in enumerate(zip(xs, ys, strict=True)):
            if not math.isnan(b):
                dot(ax, a, b, tone, full=k < full and not hollow, size=4.5)
    elif full < len(xs) and not math.isnan(ys[-1]):
        dot(ax, xs[-1], ys[-1], tone, full=False, size=4.5)


def _shares(ax: "Axes", table: pd.DataFrame, *, compared: bool, start: float, right: float, top: float, bottom: float) -> None:
    compared = compared and "programme_sme_share" in table.columns
    largest = float(table[["sme_share", "programme_sme_share"] if compared else ["sme_share"]].max().max())
    ticks = [t for t in round_ticks(min(max(1.4 * largest, 0.1), 1.0), 4) if t <= 1 + 1e-9]
    digits = 0 if all(abs(100 * t - round(100 * t)) < 1e-9 for t in ticks) else 1
    x, y = _frame(ax, table, "Share held by SMEs", ticks, [percent(t, digits) for t in ticks], start=start, right=right, top=top, bottom=bottom)
    first, last = (table[table["sme_share"].notna()].iloc[k] for k in (0, -1))
    if compared:
        _line(ax, table, "programme_sme_share", x, y, colour("chance-strong"), thin=True)
        grey = table["programme_sme_share"].dropna().iloc[0]
        label(ax, x.start - 6, y(grey) + (20 if grey <= first["sme_share"] else -12), "whole programme", fontsize=11, color=colour("muted"))
    _line(ax, table, "sme_share", x, y, colour("accent"))
    bold = {"fontsize": 12, "fontweight": "bold", "color": colour("accent")}
    if len(table) > 1:
        above = not compared or first["sme_share"] >= table["programme_sme_share"].dropna().iloc[0]
        halo(label(ax, x(first["year"]) - 6, y(first["sme_share"]) + (-10 if above else 20), percent(first["sme_share"]), **bold))
    label(ax, x(last["year"]) + 9, y(last["sme_share"]), percent(last["sme_share"]), va="center_baseline", **bold)


def _one_year(row: pd.Series, ax: "Axes | None", width: int) -> "Axes":
    series = _series(row.to_frame().T)
    name = max(width_of(text, 12.5) for _c, text, *_rest in series) + 20
    shares = pd.notna(row["sme_share"])
    ax = axes(width, 40 + 26 * len(series) + (26 if shares else 0), ax)
    label(ax, 0, 14, f"Participations in {row['year']}" + ("" if row["complete"] else "*"), fontsize=12.5, fontweight="bold")
    largest, room = max(float(row[column]) for column, *_rest in series), min(width - name - 120, 420)
    for k, (column, text, tone, _ink) in enumerate(sorted(series, key=lambda s: -row[s[0]])):
        y, end = 46 + 26 * k, name + room * float(row[column]) / largest
        label(ax, 0, y, text, fontsize=12.5, va="center_baseline")
        ax.plot([name, end], [y, y], color=tone, linewidth=1.4, solid_capstyle="butt")
        dot(ax, end, y, tone, full=column != "unknown", size=8)
        label(ax, end + 10, y, f"{number(row[column])} ({percent(row[column] / row['participations'])})", fontsize=12, va="center_baseline")
    if shares:
        label(ax, 0, 46 + 26 * len(series), f"SMEs hold {percent(row['sme_share'])} of them.", fontsize=12, va="center_baseline", color=colour("muted"))
    return ax


def _units(table: pd.DataFrame, ax: "Axes | None", width: int) -> "Axes":
    """One dot for each participation, in a pile for each year."""
    series = _series(table)
    typed = series[0][0] != "participations"
    key, top = type_key([column if column != "unknown" else None for column, *_rest in series], width) if typed else ([], 0.0)
    column_width = width / len(table)
    pitch = min(11.0, column_width * 0.9)
    across = max(1, min(5, int(column_width * 0.6 / pitch)))
    high = math.ceil(table["participations"].max() / across) * pitch
    base = top + 44 + high
    ax = axes(width, base + 28, ax)
    draw_key(ax, key)
    word = "grant signature" if table["dated_by"].iloc[0] == "signature" else "project start"
    label(ax, 0, top + 14, f"Participations by year of {word}", fontsize=12.5, fontweight="bold")
    ax.plot([0, width], [base + 2, base + 2], color=colour("muted"), linewidth=1, solid_capstyle="butt")
    named = dict(year_ticks(table, width - column_width))
    for k, (_index, row) in enumerate(table.iterrows()):
        middle = column_width * (k + 0.5)
        left = middle - pitch * (across - 1) / 2
        dots = [(tone, column != "unknown") for column, _name, tone, _ink in series for _ in range(int(row[column]))]
        for j, (tone, full) in enumerate(dots):
            dot(ax, left + pitch * (j % across), base - 6 - pitch * (j // across), tone, full=full and bool(row["complete"]), size=0.55 * pitch)
        if column_width > 20:
            label(ax, middle, base - 12 - pitch * math.ceil(len(dots) / across), len(dots), fontsize=11, ha="center", color=colour("muted"))
        if row["year"] in named:
            label(ax, min(max(middle, 18), width - 20), base + 20, named[row["year"]], fontsize=11, ha="center", color=colour("muted"))
    return ax
