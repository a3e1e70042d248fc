"""Figure 5: whether joint work crosses borders, regions, types and fields more or less than by chance."""

import math
from typing import Any

import pandas as pd

from innovnet.metrics import e_i_index
from innovnet.metrics._joint_work import joint_work
from innovnet.report._canvas import drawing
from innovnet.report._chance_plot import AGAIN, VERDICTS, plot_chance
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, percent, span
from innovnet.report._measure import Programme
from innovnet.report._words import capital, listing, regions, source
from innovnet.report._worlds import ACTIVE, Worlds, codes_of, no_worlds

LABELS = {
    ("reported", "country"): "between countries",
    ("reported", "region"): "between regions",
    ("reported", "type"): "between types of organisation",
    ("reported", "field"): "between science fields",
    ("active", "field"): f"between fields ({ACTIVE} or more projects)",
    ("reported", AGAIN): "partners that meet again",
}
#: how a sentence goes on after the share, in a report on all and on a country
CROSSES = {
    "country": ("of joint work crosses a border", "of the joint work of organisations in {place} crosses the border"),
    "region": ("of joint work links two regions", "of the joint work of organisations in {place} is with another region"),
    "type": ("of joint work links two types of organisation", "of the joint work of organisations in {place} is with another type of organisation"),
    "field": ("of joint work links two science fields", "of the joint work of organisations in {place} is with another science field"),
    AGAIN: ("of pairs of partners share two or more projects", "of the partners of organisations in {place} share two or more projects with them"),
}
HEADLINES = {
    "country": ("Joint work crosses borders {verdict}", "{place} works across its border {verdict}"),
    "region": ("Joint work links regions {verdict}", "Joint work in {place} links regions {verdict}"),
    "type": ("Joint work links types of organisation {verdict}", "Joint work in {place} links types of organisation {verdict}"),
    "field": ("Joint work links science fields {verdict}", "Joint work in {place} links science fields {verdict}"),
    AGAIN: ("Partners meet again {verdict}", "Partners in {place} meet again {verdict}"),
}
OFTEN = {"more": "more often than by chance", "less": "less often than by chance", "as": "as often as by chance"}
COLUMNS = {
    "measure": Column("Measure", "id", f"Partition of the organisations, or {AGAIN}: pairs of partners with two or more common projects."),
    "scope": Column("Whose", "id", f"reported: all organisations of the report; active: those with at least {ACTIVE} projects."),
    "label": Column("Share of joint work"),
    "observed": Column("Observed", "share", "Share of joint work with another group (again: of pairs of partners).", "0-1"),
    "verdict": Column("Verdict", definition="more, less, as: beyond, below or within what random worlds of the quoted chance model show."),
    "organisations": Column("Organisations", "", "Organisations with partners that have a group."),
    "left_out": Column("Left out", "share", "Joint work with an end without a group.", "0-1"),
    **{
        f"{name}_{model}": Column(f"{label}, {where}", "share" if name != "p" else "", text)
        for model, where in (("programme", "whole programme"), ("part", "inside parts"))
        for name, label, text in (
            ("expected", "By chance", "Mean of the random worlds."),
            ("low", "From", "Smallest of the random worlds; from 40 runs on their 2.5 % point."),
            ("high", "To", "Largest of the random worlds; from 40 runs on their 97.5 % point."),
            ("p", "p", "Two-sided simulated p-value."),
        )
    },
}


def chance_table(programme: Programme, worlds: Worlds) -> pd.DataFrame:
    """Shares of joint work between groups, and of partners that meet again, observed and in random worlds of both chance models."""
    rows = []
    known: dict[Any, Any] = worlds.shares.dropna().to_dict("index")
    for (scope, measure), label in LABELS.items():
        if (scope, measure) not in known:
            continue
        found = known[scope, measure]
        low, high = found[f"low_{worlds.quoted}"], found[f"high_{worlds.quoted}"]
        verdict = "more" if found["observed"] > high else "less" if found["observed"] < low else "as"
        rows.append({"measure": measure, "scope": scope, "label": label, **found, "verdict": verdict, **_coverage(programme, scope, measure)})
    return pd.DataFrame(rows)


def _coverage(programme: Programme, scope: str, measure: str) -> dict[str, float]:
    actors, inside = programme.actors, programme.scope & (programme.actors["partners"] > 0).to_numpy()
    if scope == "active":
        inside = inside & (actors["participations"] >= ACTIVE).to_numpy()
    if measure == AGAIN:
        return {"organisations": int(inside.sum()), "left_out": 0.0}
    codes, labels = codes_of(programme, measure)
    counted = joint_work(programme.affiliation, codes, len(labels), inside).sum()
    return {"organisations": int((inside & (codes < len(labels))).sum()), "left_out": 1.0 - counted / actors.loc[inside, "joint_work"].sum()}


def chance_exhibit(programme: Programme, worlds: Worlds | None) -> Exhibit:
    """The figure with its words."""
    if worlds is None:
        return Exhibit("chance", "bridges", "No comparison with chance", {}, {}, prose=no_worlds(programme))
    table = chance_table(programme, worlds)
    if table.empty:
        return Exhibit(
            "chance", "bridges", "No comparison with chance", {}, {}, prose="No organisation of the report has a partner, so there is nothing to compare."
        )
    prose = _prose(table, programme, worlds)
    first = table.iloc[0]
    headline = HEADLINES[first["measure"]][programme.country is not None].format(place=programme.place, verdict=OFTEN[first["verdict"]])
    headline = capital(headline)
    if len(headline) > 75:
        headline = HEADLINES[first["measure"]][0].format(verdict=OFTEN[first["verdict"]])

    return Exhibit(
        key="chance",
        section="bridges",
        headline=headline,
        tables={"chance": table},
        columns={name: meaning for name, meaning in COLUMNS.items() if name in table.columns},
        prose=prose,
        lead=_lead(programme),
        caption=_caption(programme, worlds, table),
        reading=_reading(first, programme, worlds),
        alt=f"{headline}. " + "; ".join(f"{row['label']} {_both(row, worlds)}" for _, row in table.head(3).iterrows()) + ".",
        draw=drawing(plot_chance, table),
        findings=tuple(_finding(row, programme, worlds) for _, row in table.iterrows()),
        methods=(e_i_index,),
    )


def _both(row: pd.Series, worlds: Worlds) -> str:
    return f"{percent(row['observed'], 1)} observed, {percent(row[f'expected_{worlds.quoted}'], 1)} by chance"


def _crosses(row: pd.Series, programme: Programme) -> str:
    text = CROSSES[row["measure"]][programme.country is not None].format(place=programme.place)
    if row["scope"] == "active":
        whose = (
            f"of organisations in {programme.place} with {ACTIVE} or more projects" if programme.country else f"of organisations with {ACTIVE} or more projects"
        )
        return f"of the joint work {whose} is with another science field"
    return text


def _range(row: pd.Series, worlds: Worlds) -> str:
    return span(row[f"low_{worlds.quoted}"], row[f"high_{worlds.quoted}"], share=True)


def _prose(table: pd.DataFrame, programme: Programme, worlds: Worlds) -> str:
    """The first row, and whether partners meet again."""
    first, again = table.iloc[0], table[(table["measure"] == AGAIN)]
    sentences = [_sentence(first, programme, worlds, f"if {worlds.shuffle.replace('reshuffled', 'were reshuffled')} it would be")]
    if len(again) and first["measure"] != AGAIN:
        sentences.append(_sentence(again.iloc[0], programme, worlds, "by chance it would be"))
    return " ".join(sentences)


def _sentence(row: pd.Series, programme: Programme, worlds: Worlds, condition: str) -> str:
    head = f"{percent(row['observed'], 1)} {_crosses(row, programme)}"
    if row["verdict"] == "as":
        return f"{head}, as by chance, within what random worlds show ({_range(row, worlds)})."
    return f"{head}; {condition} {percent(row[f'expected_{worlds.quoted}'], 1)}."


def _lead(programme: Programme) -> str:
    whose = f" of organisations in {programme.place}" if programme.country else ""
    return f"Share of joint work{whose} between groups, and of pairs of partners that meet again: observed, and in random worlds."


def _caption(programme: Programme, worlds: Worlds, table: pd.DataFrame) -> str:
    models = f"{number(worlds.runs)} random worlds of each model" if len(worlds.models) > 1 else f"{number(worlds.runs)} random worlds"
    what = "95 % of them" if worlds.interval.startswith("95") else "their whole range"
    parts = [f"Bars: {models}, {what}; {worlds.floor}. They keep the size of every project and the number of projects of every organisation."]
    if programme.country:
        parts.append("The whole programme is reshuffled.")
    gone = table[(table["scope"] == "reported") & (table["left_out"] >= 0.005)]
    if len(gone):
        named = [f"{percent(row['left_out'])} for {row['label'].removeprefix('between ')}" for _, row in gone.iterrows()]
        parts.append(f"Joint work left out because an organisation has no known group: {listing(named)}.")
    if (table["measure"] == "region").any():
        parts.append(f"Regions: {regions(programme).removesuffix(' regions')}.")
    if "field" in programme.affiliation.derived and (table["measure"] == "field").any():
        parts.append("The field is the most frequent one of an organisation's projects and is derived anew in every random world.")
    parts.append(f"n = {count(int(table['organisations'].max()), 'organisation')} with partners.")
    return " ".join([*parts, source(programme)])


def _reading(row: pd.Series, programme: Programme, worlds: Worlds) -> str:
    where = {"more": "right of", "less": "left of", "as": "inside"}[row["verdict"]]
    return f"{percent(row['observed'], 1)} {_crosses(row, programme)} (dot); random worlds give {_range(row, worlds)} (bar). The dot is {where} the bar: {VERDICTS[row['verdict']]}."


def _finding(row: pd.Series, programme: Programme, worlds: Worlds) -> Finding:
    """Three variants, chosen by the interval."""
    expected = percent(row[f"expected_{worlds.quoted}"], 1)
    tail = {
        "more": f"more than by chance ({expected})",
        "less": f"less than by chance ({expected})",
        "as": "as by chance, within what random worlds show",
    }[row["verdict"]]
    key = row["measure"] if row["scope"] == "reported" else f"{row['measure']}-{row['scope']}"
    return Finding(
        key=f"chance-{key}",
        value=percent(row["observed"], 1),
        sentence=f"{_crosses(row, programme)}, {tail}.",
        note=f"{worlds.interval}, {worlds.shuffle}: {_range(row, worlds)}",
        figure="chance",
        distance=_distance(row["observed"], row[f"expected_{worlds.quoted}"]),
        keep=row["measure"] == "country",
    )


def _distance(observed: float, expected: float) -> float:
    """Difference of log odds."""
    a, b = (min(max(share, 1e-3), 1 - 1e-3) for share in (observed, expected))
    return abs(math.log(a / (1 - a)) - math.log(b / (1 - b)))
