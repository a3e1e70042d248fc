"""Which clusters are one criterion short of a higher level, and which criterion it most often is."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.clusters._decide import _rank
from innovnet.report._canvas import drawing
from innovnet.report._cluster_words import MARKS, day
from innovnet.report._country_short_plot import plot_country_short
from innovnet.report._country_words import big, clusters, first_that_fits, some_of, source, thresholds, tied, worded
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import number
from innovnet.report._words import capital, listing

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

Mask = npt.NDArray[np.bool_]

_KEY = "country-short"
SHOWN = 12  #: criteria drawn
NAMED = 3
_COLUMNS = {
    "criterion": Column("Criterion", "id"),
    "label": Column("What is asked"),
    "level": Column("For level"),
    "mark": Column("Mark", definition="Whose threshold it is: published, borrowed or ours."),
    "would_move": Column(
        "Would move", "clusters", "Clusters that would have a higher level by the data of the day if this criterion alone were met as well.", "≥ 0"
    ),
    "to_do": Column("Not met", "clusters", "Of these: they do not meet it.", "≥ 0"),
    "in_time": Column("Comes with time", "clusters", "Of these: time alone meets it if nothing else changes.", "≥ 0"),
    "data": Column("Not known", "clusters", "Of these: data that are missing may show that it is met.", "≥ 0"),
    "lacking": Column("Lacking", "clusters", "Clusters with this level as the next one that do not certainly meet it.", "≥ 0"),
    "names": Column("Clusters that would move", missing="none"),
    "stage": Column("Stage"),
    "clusters": Column("Clusters", "clusters", "", "≥ 0"),
}


def short_tables(view: "CountryView") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each criterion, those that would move most clusters first; and how many clusters there are at each stage."""
    rules, levels, criteria = view.rules, view.assessment.levels, view.assessment.criteria
    n, m = len(levels), len(rules.criteria)
    certain: Mask = criteria["met"].fillna(value=False).to_numpy(dtype=bool).reshape(n, m).T
    unknown: Mask = criteria["met"].isna().to_numpy().reshape(n, m).T
    in_time: Mask = criteria["earliest"].notna().to_numpy().reshape(n, m).T & ~unknown & ~certain
    base, rows, any_moved = levels["rank_low"].to_numpy(), [], np.zeros(n, dtype=bool)
    following = levels["next_level"].astype(object).where(levels["next_level"].notna(), None).to_numpy()
    labels: dict[Any, str] = criteria.drop_duplicates("criterion").set_index("criterion")["label"].to_dict() if n else {}
    for k, criterion in enumerate(rules.criteria):
        holds = certain.copy()
        holds[k] = True
        moved = _rank(rules, holds) > base if n else np.zeros(0, dtype=bool)
        any_moved |= moved
        rows.append(
            {
                "criterion": criterion.id,
                "label": labels[criterion.id] if n else criterion.indicator,
                "level": criterion.level,
                "mark": MARKS[criterion.kind],
                "would_move": int(moved.sum()),
                "to_do": int((moved & ~in_time[k] & ~unknown[k]).sum()),
                "in_time": int((moved & in_time[k]).sum()),
                "data": int((moved & unknown[k]).sum()),
                "lacking": int((~certain[k] & (following == criterion.level)).sum()),
                "names": "; ".join(view.clusters["name"].to_numpy()[moved]) or None,
            }
        )
    table = pd.DataFrame(rows).astype(dict.fromkeys(["criterion", "label", "level", "mark", "names"], "str"))
    table = table.sort_values(["would_move", "lacking"], ascending=False, kind="stable", ignore_index=True)
    stages = [
        ("All clusters", n),
        ("Below the highest level", int((base < len(rules.levels)).sum())),
        ("One criterion short of a higher level", int(any_moved.sum())),
    ]
    return table, pd.DataFrame(stages, columns=["stage", "clusters"]).astype({"stage": "str"})


def short_exhibit(view: "CountryView") -> Exhibit:
    """The funnel, and the criteria at its end."""
    table, stages = short_tables(view)
    named = {"country_short": table, "country_short_stages": stages}
    below, short = int(stages["clusters"].iloc[1]), int(stages["clusters"].iloc[2])
    if not below:
        prose = "No cluster below the highest level exists on this day, so nothing is missing for a higher one."
        return Exhibit(_KEY, "missing", "Nothing is missing for a higher level", named, _COLUMNS, prose=prose)
    if not short:
        prose = "For the next level two or more criteria are missing: no criterion alone, if met, would give a higher one."
        return Exhibit(_KEY, "missing", headline(stages), named, _COLUMNS, prose=prose)
    return Exhibit(
        _KEY,
        "missing",
        headline(stages),
        named,
        _COLUMNS,
        prose=_prose(table, stages),
        lead="Clusters that one criterion separates from a higher level, by that criterion.",
        caption=_caption(table, short, view),
        reading=_reading(table),
        alt=f"{headline(stages)}. {_prose(table, stages)} All criteria are in the table below.",
        draw=drawing(plot_country_short, table[table["would_move"] > 0].head(SHOWN), stages=stages),
        findings=_findings(table, stages, view),
    )


def headline(stages: pd.DataFrame) -> str:
    """How many clusters one criterion separates from a higher level."""
    below, short = int(stages["clusters"].iloc[1]), int(stages["clusters"].iloc[2])
    if not short:
        return f"All {number(below)} clusters below the top lack several criteria" if below > 1 else "The one cluster below the top lacks several criteria"
    verb = "is" if short == 1 else "are"
    text = f"{capital(some_of(short, below))} below the top {verb} one criterion short"
    return first_that_fits(f"{text} of a higher level", text)


def _first(table: pd.DataFrame) -> pd.DataFrame:
    """The criteria that would move most clusters: several where they are equal."""
    return table.head(tied(table["would_move"]))


def _called(row: pd.Series) -> str:
    return f"{row['label']} ({row['criterion']}, for {row['level']})"


def _prose(table: pd.DataFrame, stages: pd.DataFrame) -> str:
    first, short = _first(table), int(stages["clusters"].iloc[2])
    n = int(first["would_move"].iloc[0])
    if len(first) > NAMED:
        most = f"No criterion stands out: {worded(len(first))} of them would each move {clusters(n)} if met alone."
    else:
        verb, whom = ("is", "") if len(first) == 1 else ("are", " each")
        most = f"The commonest {verb} {listing([_called(row) for _, row in first.iterrows()])}: {clusters(n)}{whom} would have a higher level if it were met."
    data, time = int(table["data"].sum()), int(table["in_time"].sum())
    rest = [f"{worded(data)} {'lacks' if data == 1 else 'lack'} only data"] if data else []
    rest += [f"{worded(time)} will meet it by time alone"] if time else []
    return f"{most} Of the {worded(short)}, {listing(rest)}." if rest and short > 1 and _single(table, short) else most


def _single(table: pd.DataFrame, short: int) -> bool:
    """Whether each cluster stands at one criterion only (not so where one of several choices is enough)."""
    return int(table["would_move"].sum()) == short


def _caption(table: pd.DataFrame, short: int, view: "CountryView") -> str:
    moving = int((table["would_move"] > 0).sum())
    parts = [
        "By the data of the day: each criterion in turn taken as met, all else unchanged, what is not known taken as not met.",
        "An assigned level may follow later, by the pace of the rules. What it would take to meet a criterion is not said.",
    ]
    if moving > SHOWN:
        parts.append(f"The first {number(SHOWN)} of {number(moving)} criteria are drawn.")
    if not _single(table, short):
        parts.append("A cluster that needs one of several choices stands at each of them.")
    return " ".join([f"n = {clusters(len(view.clusters))}.", *parts, thresholds(view.rules), source(view)])


def _reading(table: pd.DataFrame) -> str:
    row = table.iloc[0]
    kinds = {
        "to_do": ("does not meet it", "do not meet it"),
        "in_time": ("will meet it by time alone",) * 2,
        "data": ("has no data for it", "have no data for it"),
    }
    moving = int(row["would_move"])
    parts = [f"{'it' if moving == 1 else f'{worded(int(row[name]))} of them'} {words[int(row[name] > 1)]}" for name, words in kinds.items() if row[name]]
    more = int(row["lacking"] - row["would_move"])
    other = f" Another {worded(more)} {'lacks' if more == 1 else 'lack'} it beside other criteria." if more > 0 else ""
    return f"{row['criterion']}, {row['label']}: {clusters(moving)} would have a higher level if it were met; {listing(parts)}.{other}"


def _findings(table: pd.DataFrame, stages: pd.DataFrame, view: "CountryView") -> tuple[Finding, ...]:
    below, short = int(stages["clusters"].iloc[1]), int(stages["clusters"].iloc[2])
    one = "clusters below the highest level is one criterion short of a higher one."
    found = [Finding(_KEY, *big(short, below, one if short == 1 else one.replace(" is ", " are ")), f"by the data of {day(view.at)}", _KEY, keep=True)]
    first = _first(table)
    if len(first) <= NAMED:
        n = int(first["would_move"].iloc[0])
        names = [f"{label} ({criterion})" for label, criterion in zip(first["label"], first["criterion"], strict=True)]
        marks = listing(list(dict.fromkeys(first["mark"])))
        others = f"; as many nothing but {' or nothing but '.join(names[1:])}" if len(names) > 1 else ""
        sentence = f"{'cluster lacks' if n == 1 else 'clusters lack'} nothing but {names[0]} for a higher level{others}."
        found.append(Finding("country-commonest", number(n), sentence, f"the commonest criterion that alone is missing; threshold: {marks}", _KEY, keep=True))
    return tuple(found)
