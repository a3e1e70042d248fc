"""Partners: whether a typical member is well connected."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.metrics import degree
from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent
from innovnet.report._partners_plot import DOTS, LINE, plot_partners
from innovnet.report._tokens import TYPES
from innovnet.report._words import kind_of, listing, source

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

LISTED = 10  #: fewer organisations are a sentence
POINTS = 150  #: of a line
DIFFERENT = 1.5  #: largest to smallest median of the types
LARGEST = 20  #: projects in the table

_COLUMNS = {
    "type": Column("Type", definition="university, institute, firm, public, other, unknown; all where no type is known."),
    "partners": Column("Partners", "", "Organisations with which one shares a project.", "≥ 0"),
    "at_least": Column("With at least so many", "organisations", "Organisations of the type with at least so many partners.", "≥ 1"),
    "share": Column("Share", "share", "Of the organisations of the type, those without a partner included.", "0 to 1"),
    "organisations": Column("Organisations", "", "", "≥ 1"),
    "isolates": Column("Without a partner", "", "Organisations whose projects have no other member.", "≥ 0"),
    "median_partners": Column("Median partners", "", "Half of the organisations have at most so many, those without a partner included.", "≥ 0"),
    "lower_quarter": Column("Lower quarter", "", "A quarter has at most so many.", "≥ 0"),
    "upper_quarter": Column("Upper quarter", "", "A quarter has at least so many.", "≥ 0"),
    "most_partners": Column("Most partners", "", "", "≥ 0"),
    "event": Column("Project", "id"),
    "name": Column("Name"),
    "members": Column("Members", "organisations", "Organisations that take part in it.", "≥ 1"),
}


def _by_type(programme: "Programme") -> dict[str, npt.NDArray[np.int64]]:
    """Numbers of partners of the organisations of the scope, for each type that occurs; all of them where no type is known."""
    actors = programme.actors[programme.scope]
    kinds = actors["type"].where(actors["type"].isin(list(TYPES)), "unknown")
    if set(kinds) <= {"unknown"}:
        return {"all": actors["partners"].to_numpy()}
    return {kind: actors.loc[kinds == kind, "partners"].to_numpy() for kind in (*TYPES, "unknown") if (kinds == kind).any()}


def partners_table(programme: "Programme") -> pd.DataFrame:
    """How many organisations of each type have at least so many partners; at most 150 numbers of partners for a type, evenly apart on a log scale."""
    parts = []
    for kind, partners in _by_type(programme).items():
        found = np.unique(np.append(partners, min(1, partners.max(initial=0))))
        if len(found) > POINTS:
            wanted = np.geomspace(1, found[-1], POINTS - 1)
            found = np.unique(np.concatenate([found[:1], found[np.searchsorted(found, wanted - 1e-9)]]))
        at_least = len(partners) - np.searchsorted(np.sort(partners), found)
        parts.append(pd.DataFrame({"type": kind, "partners": found, "at_least": at_least, "share": at_least / max(len(partners), 1)}))
    return pd.concat(parts, ignore_index=True)


def partners_summary_table(programme: "Programme") -> pd.DataFrame:
    """Organisations, isolates and quartiles of the number of partners by type, the largest median first; all types last."""
    groups = _by_type(programme)
    every = np.concatenate(list(groups.values()))
    rows = [] if "all" in groups else [_summed(kind, values) for kind, values in groups.items()]
    rows.sort(key=lambda row: (-row[3], -row[1]))
    rows.append(_summed("all", every))
    return pd.DataFrame(rows, columns=["type", "organisations", "isolates", "median_partners", "lower_quarter", "upper_quarter", "most_partners"])


def _summed(kind: str, partners: npt.NDArray[np.int64]) -> tuple[str, int, int, float, float, float, int]:
    median, lower, upper = (float(q) for q in (np.quantile(partners, [0.5, 0.25, 0.75]) if len(partners) else np.full(3, np.nan)))
    return kind, len(partners), int((partners == 0).sum()), median, lower, upper, int(partners.max(initial=0))


def largest_projects_table(programme: "Programme") -> pd.DataFrame:
    """The projects with most members among those with a member in the scope."""
    affiliation = programme.affiliation
    inside = affiliation.incidence.T @ programme.scope.astype(np.int64) > 0
    sizes = affiliation.sizes[inside].nlargest(LARGEST)
    events = affiliation._events.loc[sizes.index]
    name = events["name"] if "name" in events.columns else pd.Series(pd.NA, index=sizes.index, dtype="str")
    return pd.DataFrame({"event": sizes.index.astype("str"), "name": name.to_numpy(), "members": sizes.to_numpy()})


def partners_exhibit(programme: "Programme") -> Exhibit:
    """The figure of the number of partners with its words."""
    table, summary, largest = partners_table(programme), partners_summary_table(programme), largest_projects_table(programme)
    tables = {"partners_by_type": summary, "partners_distribution": table, "largest_projects": largest}
    every = summary.iloc[-1]
    if every["organisations"] < LISTED or every["most_partners"] == 0:
        return Exhibit("partners", "takes-part", headline(summary), tables, _COLUMNS, prose=_list(programme))
    return Exhibit(
        "partners",
        "takes-part",
        headline(summary),
        tables,
        _COLUMNS,
        prose=_prose(summary, largest),
        lead="Organisations by number of partners and type."
        if every["organisations"] < DOTS
        else "Share of organisations with at least so many partners, by type.",
        caption=_caption(programme, summary),
        reading=_reading(summary, table),
        alt=_alt(summary),
        draw=drawing(plot_partners, table, summary=summary, largest=largest),
        findings=_findings(summary),
        methods=(degree,),
    )


def _list(programme: "Programme") -> str:
    actors = programme.actors[programme.scope].sort_values("partners", ascending=False, kind="stable")
    if actors["partners"].max() == 0 or actors.empty:
        return "No project has two members or more, so nobody has a partner yet."
    named = [f"{row['display']} {'none' if row['partners'] == 0 else number(row['partners'])}" for _actor, row in actors.iterrows()]
    return f"Partners: {listing(named)}. These are too few organisations for a distribution."


def _comparable(summary: pd.DataFrame) -> pd.DataFrame:
    """The types with enough organisations for a line."""
    return summary[(summary["organisations"] >= LINE) & ~summary["type"].isin(["all", "unknown", "other"])]


def _compared(summary: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    """The types of the largest and of the smallest median; None where they hardly differ."""
    rows = _comparable(summary)
    if len(rows) < 2:
        return None
    high, low = rows.iloc[0], rows.iloc[-1]
    return (high, low) if high["median_partners"] >= DIFFERENT * low["median_partners"] and high["median_partners"] > 0 else None


def headline(summary: pd.DataFrame) -> str:
    """What the median organisation has."""
    every, pair = summary.iloc[-1], _compared(summary)
    if every["most_partners"] == 0:
        return "No organisation has a partner"
    if every["median_partners"] == 0:
        return "Half of the organisations have no partner"
    if pair is not None:
        high, low = pair
        return f"The median {kind_of(high['type'])} has {_half(high)} partners, the median {kind_of(low['type'])} {_half(low)}"
    text = f"The median organisation has {_partners(every)}"
    alike = len(_comparable(summary)) > 1
    return f"{text}, whatever its type" if alike else f"{text}, the best connected {number(every['most_partners'])}"


def _half(row: pd.Series) -> str:
    median = float(row["median_partners"])
    return number(median, 0 if median.is_integer() else 1)


def _partners(row: pd.Series) -> str:
    return f"{_half(row)} partner" + ("" if row["median_partners"] == 1 else "s")


def _prose(summary: pd.DataFrame, largest: pd.DataFrame) -> str:
    every = summary.iloc[-1]
    n, alone = int(every["organisations"]), int(every["isolates"])
    text = (
        "Every organisation has a partner"
        if alone == 0
        else f"{number(alone)} of {count(n, 'organisation')} ({percent(alone / n, 1)}) {'has' if alone == 1 else 'have'} no partner"
    )
    biggest = largest.iloc[0]
    return f"{text}. The largest project has {count(int(biggest['members']), 'member')}, which gives each of them {number(biggest['members'] - 1)} partners at once."


def _caption(programme: "Programme", summary: pd.DataFrame) -> str:
    every = summary.iloc[-1]
    parts = [
        "Partners are the organisations with which one shares a project, in any country."
        if programme.country
        else "Partners are the organisations with which one shares a project."
    ]
    if every["organisations"] >= DOTS:
        parts.append("Both scales are logarithmic.")
        few = summary[(summary["organisations"] < LINE) & ~summary["type"].isin(["all", "unknown"])]
        parts += [f"{TYPES[kind]} ({number(n)}) are too few for a line." for kind, n in zip(few["type"], few["organisations"], strict=True)]
    unknown = summary.loc[summary["type"] == "unknown", "organisations"]
    if len(unknown):
        parts.append(f"{count(int(unknown.iloc[0]), 'organisation')} of unknown type {'is' if unknown.iloc[0] == 1 else 'are'} counted in the total only.")
    return " ".join([*parts, f"n = {count(int(every['organisations']), 'organisation')}.", source(programme)])


def _reading(summary: pd.DataFrame, table: pd.DataFrame) -> str:
    row = summary[(summary["organisations"] >= LINE) | (summary["type"] == "all")].iloc[0]
    who = TYPES.get(row["type"], "organisations").lower()
    if summary["organisations"].iloc[-1] < DOTS:
        return f"Each dot is an organisation. Half of the {who} have at most {_partners(row)}."
    points = table[(table["type"] == row["type"]) & (table["partners"] >= 10)]
    point = (points if len(points) else table[table["type"] == row["type"]]).iloc[0]
    return f"Of the {who}, {percent(point['share'])} have at least {number(point['partners'])} partners; half have at most {_half(row)}."


def _alt(summary: pd.DataFrame) -> str:
    values = "; ".join(
        f"{TYPES.get(row['type'], 'All organisations')}: median {_half(row)}" for _k, row in summary[summary["type"] != "unknown"].head(3).iterrows()
    )
    return f"{headline(summary)}. {values}. All values are in the table below."


def _findings(summary: pd.DataFrame) -> tuple[Finding, ...]:
    every, pair = summary.iloc[-1], _compared(summary)
    n, alone = int(every["organisations"]), int(every["isolates"])
    note = (
        f"all organisations, no sampling error; {number(alone)} ({percent(alone / n, 1)}) {'has' if alone == 1 else 'have'} none"
        if alone
        else "all organisations, no sampling error"
    )
    if pair is not None:
        high, low = pair
        sentence = f"{'partner has' if low['median_partners'] == 1 else 'partners has'} the median {kind_of(low['type'])}, {_half(high)} the median {kind_of(high['type'])}."
        found = [Finding("median_partners", _half(low), sentence, note, "partners", distance=1 - low["median_partners"] / high["median_partners"])]
    else:
        sentence = f"{'partner has' if every['median_partners'] == 1 else 'partners has'} the median organisation; the best connected has {number(every['most_partners'])}."
        found = [Finding("median_partners", _half(every), sentence, note, "partners", distance=0.1)]
    if alone:
        sentence = f"of organisations take part without any partner: {number(alone)} of {number(n)}."
        found.append(Finding("isolates", percent(alone / n, 1), sentence, "all organisations, no sampling error", "partners", distance=alone / n))
    return tuple(found)
