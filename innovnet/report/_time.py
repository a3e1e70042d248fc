"""Participation over time: who takes part, and whether it is changing."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import THIN, count, number, percent, signed
from innovnet.report._time_plot import FEW, RARE, plot_time, shares_drawn
from innovnet.report._tokens import TYPES
from innovnet.report._words import listing, source

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

LEVEL = 0.05  #: relative changes below it are no change worth the name
LEVEL_SHARE = 0.02  #: the same for a share
BEGINNING = 0.2  #: a first year with a smaller part of the next one's participations is where a programme begins, and no base for a change
YEAR_ENDS = (12, 15)  #: a programme that signs into the second half of December has a whole year

_TOO_FEW = f"fewer than {FEW} participations with a known flag"
_BY_TYPE = {kind: Column(f"{name}", "", f"Participations of organisations of type {kind}.", "≥ 0") for kind, name in TYPES.items()}
_COLUMNS = {
    "year": Column("Year", "year", "Year in which the grant was signed; where no signature is known, in which it starts."),
    "participations": Column("Participations", "", "Pairs of an organisation and a project, whatever the role.", "≥ 0"),
    **_BY_TYPE,
    "unknown": Column("Type not known", "", "Participations of organisations whose type is not given.", "≥ 0"),
    "projects": Column("Projects", "", "Projects with at least one of these participations.", "≥ 0"),
    "sme_known": Column("SME flag known", "", "Participations of organisations of which it is known whether they are SMEs.", "≥ 0"),
    "sme": Column("Held by SMEs", "", "Participations of small and medium-sized enterprises.", "≥ 0"),
    "sme_share": Column("SME share", "share", "Participations of SMEs, of those whose SME flag is known.", "0 to 1", _TOO_FEW),
    "programme_participations": Column("Whole programme", "", "Participations of all countries.", "≥ 0"),
    "programme_sme_share": Column("SME share, whole programme", "share", "The same over all countries.", "0 to 1", _TOO_FEW),
    "complete": Column("Complete", "", "no: the data end before this year does."),
    "drawn": Column("Drawn", "", "no: a first or last year with less than 1 % of the participations."),
    "dated_by": Column("Dated by", "", "signature or start."),
}


def _dated(programme: "Programme") -> tuple[pd.Series, str] | None:
    """The date of each row of participations, and what it is the date of; None where nothing is dated."""
    rows, events = programme.affiliation._positions, programme.affiliation._events
    for column, word in (("signed", "signature"), ("start", "start")):
        if column in events.columns and events[column].notna().any():
            return events[column].take(rows["event"].to_numpy()).set_axis(rows.index), word
    return (rows["start"], "start") if "start" in rows.columns and rows["start"].notna().any() else None


def whole_year(dates: pd.Series) -> bool:
    """Whether the last year is complete: its dates reach the second half of December, or as late as those of another year (or say no more than the year)."""
    latest = dates.max()
    days = dates.dt.day_of_year
    ends = days.groupby(dates.dt.year).max()
    return bool((latest.month, latest.day) >= YEAR_ENDS or days.min() == days.max() or ends.iloc[-1] >= ends.iloc[:-1].min())


def _edges(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which years are drawn: not the first and last ones with less than 1 % of all (less, where there are more than ten years)."""
    keep = counts >= counts.sum() * min(0.01, 0.1 / len(counts))
    inside = np.flatnonzero(keep)
    place = np.arange(len(counts))
    return (place >= inside[0]) & (place <= inside[-1])


def time_table(programme: "Programme") -> pd.DataFrame:
    """Participations by year and type, projects and SME share; empty where nothing is dated."""
    dated = _dated(programme)
    if dated is None or not programme.scope[programme.affiliation._positions["actor"].to_numpy()][dated[0].notna().to_numpy()].any():
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in ("year", "participations", "projects")})
    dates, word = dated
    rows = programme.affiliation._positions[["actor", "event"]].assign(date=dates).dropna(subset="date").drop_duplicates(["actor", "event"])
    actors = programme.actors.iloc[rows["actor"].to_numpy()]
    rows = rows.assign(
        year=rows["date"].dt.year,
        type=actors["type"].where(actors["type"].isin(list(TYPES)), "unknown").to_numpy(),
        sme_known=actors["sme"].notna().to_numpy(),
        sme=actors["sme"].fillna(value=False).to_numpy(dtype=bool),
    )
    inside = rows[programme.scope[rows["actor"].to_numpy()]]
    years = pd.RangeIndex(inside["year"].min(), inside["year"].max() + 1, name="year")
    kinds = pd.crosstab(inside["year"], inside["type"]).reindex(years, fill_value=0)
    shown = [kind for kind in (*TYPES, "unknown") if kind in kinds.columns] if set(kinds.columns) != {"unknown"} else []
    yearly = _yearly(inside, years)
    table = yearly[["participations"]].join([kinds[shown], yearly.drop(columns="participations")])
    if programme.country is not None and programme.extract_of is None:
        table = table.join(_yearly(rows, years)[["participations", "sme_share"]].add_prefix("programme_"))
    table["complete"] = [year < rows["date"].max().year or whole_year(rows["date"]) for year in years]
    table["drawn"] = _edges(table["participations"].to_numpy())
    return table.reset_index().assign(dated_by=word)


def _yearly(rows: pd.DataFrame, years: pd.Index) -> pd.DataFrame:
    by_year = rows.groupby("year")
    table = pd.DataFrame(
        {"participations": by_year.size(), "projects": by_year["event"].nunique(), "sme_known": by_year["sme_known"].sum(), "sme": by_year["sme"].sum()}
    )
    table = table.reindex(years, fill_value=0)
    table["sme_share"] = (table["sme"] / table["sme_known"].where(table["sme_known"] >= FEW)).astype("float64")
    return table


def time_exhibit(programme: "Programme") -> Exhibit:
    """The figure of participation over time with its words."""
    table = time_table(programme)
    tables = {"time": table}
    if table.empty:
        prose = "No participation can be placed in time: give the projects a column 'signed' (date of signature) or 'start'."
        return Exhibit("time", "takes-part", "The data do not say when organisations took part", tables, _COLUMNS, prose=prose)
    word = table["dated_by"].iloc[0]
    return Exhibit(
        "time",
        "takes-part",
        headline(table),
        tables,
        _COLUMNS,
        prose=_prose(table, programme.place),
        lead=f"Participations by year of {'grant signature' if word == 'signature' else 'project start'} and type of organisation.",
        caption=_caption(programme, table),
        reading=_reading(table),
        alt=_alt(table),
        draw=drawing(plot_time, table, place=programme.place),
        findings=_findings(table, programme.place),
    )


def trend(table: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    """The first and the last complete year of those drawn, without a first year in which the programme only began; None where one of them has few."""
    whole = table[table["drawn"] & table["complete"]]
    counts = whole["participations"].to_numpy()
    first = 1 if len(counts) > 2 and counts[0] < BEGINNING * counts[1] else 0
    if len(counts) - first < 2 or min(counts[first], counts[-1]) < FEW:
        return None
    return whole.iloc[first], whole.iloc[-1]


def _changed(first: float, last: float) -> str:
    change = last / first - 1
    if abs(change) < LEVEL:
        return "held level"
    if change >= 1:
        return f"grew {number(last / first, 1)}-fold"
    return f"{'rose' if change > 0 else 'fell'} by {percent(abs(change))}"


def headline(table: pd.DataFrame) -> str:
    """How participation and the share of SMEs changed."""
    ends = trend(table)
    shown = table[table["drawn"]]
    if ends is None:
        total, first, last = int(shown["participations"].sum()), shown["year"].iloc[0], shown["year"].iloc[-1]
        return f"Organisations took part {count(total, 'time')} " + (f"in {first}" if last == first else f"from {first} to {last}")
    start, end = ends
    text = f"Participations {_changed(start['participations'], end['participations'])} from {start['year']} to {end['year']}"
    if pd.isna(start["sme_share"]) or pd.isna(end["sme_share"]):
        return text
    moved = end["sme_share"] - start["sme_share"]
    word = "held at" if abs(moved) < LEVEL_SHARE else "rose to" if moved > 0 else "fell to"
    return f"{text}; the SME share {word} {percent(end['sme_share'])}"


def _prose(table: pd.DataFrame, place: str) -> str:
    ends = trend(table)
    who = f"Participations of organisations in {place}" if place else "Participations"
    if ends is None:
        shown = table[table["drawn"]]
        return f"{who}: {listing([f'{number(n)} in {year}' for year, n in zip(shown['year'].tail(5), shown['participations'].tail(5), strict=True)])}."
    first, last = ends
    change = last["participations"] / first["participations"] - 1
    moved = "went" if abs(change) < LEVEL else "rose" if change > 0 else "fell"
    text = f"{who} {moved} from {number(first['participations'])} in {first['year']} to {number(last['participations'])} in {last['year']}"
    if "programme_participations" in table.columns and first["programme_participations"] > 0:
        text += f"; in the whole programme they {_changed(first['programme_participations'], last['programme_participations'])}"
    return f"{text}. Signatures follow the calendar of calls: fewer or more of them need not mean less or more interest."


def _caption(programme: "Programme", table: pd.DataFrame) -> str:
    shown = table[table["drawn"]]
    parts = []
    if not shown["complete"].all():
        parts.append(f"* {shown['year'].iloc[-1]} is incomplete: the data end before the year does.")
    parts += [f"{count(int(n), 'participation')} of {year} {'is' if n == 1 else 'are'} not drawn." for year, n in _left_out(table)]
    undated = int(np.diff(programme.affiliation.memberships.event_ptr)[programme.scope].sum()) - int(table["participations"].sum())
    if undated:
        parts.append(f"{count(undated, 'participation')} without a date {'is' if undated == 1 else 'are'} left out.")
    if "unknown" in table.columns and 0 < (untyped := int(shown["unknown"].sum())) < RARE * shown["participations"].sum():
        parts.append(f"{count(untyped, 'participation')} of unknown type {'has' if untyped == 1 else 'have'} no line.")
    if table["sme_known"].sum() == 0:
        parts.append("Which organisations are SMEs is not known.")
    elif shares_drawn(shown) and (unknown := int((shown["participations"] - shown["sme_known"]).sum())) > 0:
        parts.append(f"SME share: without {count(unknown, 'participation')} whose SME flag is not known.")
    if shares_drawn(shown) and len(small := shown.loc[shown["sme_share"].isna(), "year"]):
        parts.append(f"No SME share of {listing([str(year) for year in small])}: fewer than {FEW} participations.")
    return " ".join([*parts, f"n = {count(int(shown['participations'].sum()), 'participation')}.", source(programme)])


def _left_out(table: pd.DataFrame) -> list[tuple[int, int]]:
    left = table[~table["drawn"] & (table["participations"] > 0)]
    return list(zip(left["year"], left["participations"], strict=True))


def _reading(table: pd.DataFrame) -> str:
    shown = table[table["drawn"]]
    large = shown[shown["participations"] >= FEW]
    row = (large if len(large) else shown[shown["participations"] > 0]).iloc[0]
    kinds = sorted((kind for kind in TYPES if kind in table.columns), key=lambda kind: -row[kind])
    text = f"In {row['year']} there were {count(int(row['participations']), 'participation')}"
    if kinds:
        text += f", {number(row[kinds[0]])} of them by {TYPES[kinds[0]].lower()}"
    if pd.notna(row["sme_share"]):
        text += f"; SMEs held {percent(row['sme_share'])} of those whose size is known"
    return f"{text}. An organisation counts once for each project it takes part in."


def _alt(table: pd.DataFrame) -> str:
    shown = table[table["drawn"]].tail(3)
    values = "; ".join(f"{year}: {number(n)} participations" for year, n in zip(shown["year"], shown["participations"], strict=True))
    return f"{headline(table)}. {values}. All values are in the table below."


def _findings(table: pd.DataFrame, place: str) -> tuple[Finding, ...]:
    ends = trend(table)
    if ends is None:
        return ()
    first, last = ends
    change = last["participations"] / first["participations"] - 1
    who = f" of organisations in {place}" if place else ""
    value = f"{signed(100 * change, 0)}{THIN}%"
    sentence = f"is the change in participations{who} from {first['year']} to {last['year']}, the last complete year."
    note = "all participations, no sampling error; signatures follow the calendar of calls"
    found = [Finding("participation_change", value, sentence, note, "time", distance=min(abs(change), 1.0) / 2)]
    if pd.notna(first["sme_share"]) and pd.notna(last["sme_share"]):
        now, before = percent(last["sme_share"]), percent(first["sme_share"])
        sentence = f"of participations{who} in {last['year']} are held by SMEs, {'as many as' if now == before else f'against {before}'} in {first['year']}."
        known = last["sme_known"] / last["participations"]
        note = f"SME flag known for {'all' if known == 1 else percent(known, 1)}, no sampling error"
        found.append(Finding("sme_share", now, sentence, note, "time", distance=abs(last["sme_share"] - first["sme_share"])))
    return tuple(found)
