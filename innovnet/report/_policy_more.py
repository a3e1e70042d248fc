"""Exhibits besides the effects of policies: what was simulated, for whom results come, who paid."""

import pandas as pd

from innovnet.errors import DataError
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import count, euro, number
from innovnet.report._policy_effects import LISTED, source_of
from innovnet.report._policy_tables import INSTRUMENT_COLUMNS, MONEY_COLUMNS, PART_COLUMNS, instruments_table, money_table, parts_table
from innovnet.report._policy_words import digits_of, name_of, plain_name, signed_span
from innovnet.report._simulation import Simulation
from innovnet.report._words import capital, listing
from innovnet.simulate._comparison import _verdict
from innovnet.simulate._honest import policy_table
from innovnet.simulate._pairs import PARTS

#: columns of the model's actors -> a result, summed over the years; the first that there is stands on the page
RESULTS = {
    "innovated": "innovations",
    "exporter": "exporter-years",
    "in_cluster": "member-years in clusters",
    "degree": "ties (each end, years)",
    "ties_new": "new ties (each end)",
}
_WORDS = {
    "ProjectSubsidy": "Project subsidy",
    "MaturitySupport": "Support of maturity",
    "ExportGroup": "Export group",
    "Facilitation": "Facilitation of clusters",
}


NAIVE_COLUMNS = {
    "scenario": Column("Support"),
    "reached": Column("Firms reached", "", "Mean over runs, by the last year."),
    "true_hundred": Column("True effect", "innovations per 100", "Paired difference for 100 firms reached, all years together."),
    "naive_hundred": Column(
        "Naive comparison", "innovations per 100", "Firms reached less all others, for 100 firms, all years together, in the world with support."
    ),
    "times": Column("Times too large"),
    "additional": Column("Additional"),
    "low": Column("From", "", "Lower end of the 95 % interval."),
    "high": Column("To", "", "Upper end of the 95 % interval."),
    "paid": Column("Paid", "EUR"),
    "cost": Column("Cost per additional", "EUR"),
    "cost_low": Column("Cost from", "EUR"),
    "cost_high": Column("Cost to", "EUR"),
    "verdict": Column("Verdict"),
    "direct": Column("Direct", "", "Of those reached."),
    "indirect": Column("Indirect", "", "Of others tied by then to somebody reached."),
    "rest": Column("Rest", "", "Of all others."),
    "true_each": Column("True effect for each", "", "Direct difference for each firm reached."),
    "naive_each": Column("Naive for each", "", "Mean of those reached less that of all others."),
    "naive_over_true": Column("Naive over true"),
    "naive_over_true_low": Column("Naive over true, from"),
    "naive_over_true_high": Column("Naive over true, to"),
}


def instruments_exhibit(simulation: Simulation) -> Exhibit | None:
    """What was simulated: instruments, budgets, years; nothing where the models have no instruments."""
    table = instruments_table(simulation.comparison)
    if table.empty:
        return None
    shown = table.assign(scenario=table["scenario"].map(name_of), instrument=table["instrument"].map(lambda name: _WORDS.get(name, name)))
    kinds = len(simulation.comparison.alternatives)
    return Exhibit(
        key="policy_instruments",
        section="policies",
        headline=f"{capital(count(kinds, 'kind'))} of support {'is' if kinds == 1 else 'are'} tried on the same world",
        tables={"policy_instruments": shown},
        columns=INSTRUMENT_COLUMNS,
        prose="A budget buys whole units; what is left over is not spent. Costs of a unit are assumptions.",
        lead="What was simulated: instruments, budgets and years.",
        caption=source_of(simulation),
        listed=tuple(INSTRUMENT_COLUMNS) if len(shown) <= LISTED else (),
    )


def parts_exhibit(simulation: Simulation) -> Exhibit | None:
    """Direct, indirect and rest; nothing where the comparison did not divide its results."""
    long = parts_table(simulation.comparison, RESULTS)
    if long.empty:
        return None
    result = long["result"].iloc[0]
    one = long[long["result"] == result].assign(verdict=_verdicts(long[long["result"] == result]))
    shown = _wide(one)
    return Exhibit(
        key="policy_parts",
        section="policies",
        headline=parts_headline(one, str(result)),
        tables={"policy_parts_summary": shown, "policy_parts": long},
        columns=PART_COLUMNS | {part: Column(part.capitalize()) for part in shown.columns[1:]} | {"scenario": Column("Support")},
        prose="Direct: those reached. Indirect: those not reached, but tied by then to somebody who was. Rest: all others. The parts add up to the total.",
        lead=f"Additional {result} in {count(simulation.years, 'year')}, by whom they come from.",
        caption=f"Paired differences with 95 % intervals, organisations in the part (mean of the last year) behind the semicolon. {source_of(simulation)}",
        listed=tuple(shown.columns),
    )


def _verdicts(table: pd.DataFrame) -> list[str]:
    return [_verdict(float(d), float(h - d)) for d, h in zip(table["difference"], table["difference_high"], strict=True)]


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each scenario, a cell for each part."""
    digits = digits_of(table)
    cells = [f"{signed_span(row, digits)}; {number(float(row['organisations']))}" for _index, row in table.iterrows()]
    wide = table.assign(cell=cells).pivot_table(index="scenario", columns="part", values="cell", aggfunc="first", sort=False)[[*PARTS, "total"]]
    return wide.rename(index=name_of).reset_index().rename_axis(columns=None)


def parts_headline(table: pd.DataFrame, result: str) -> str:
    """Whether anybody who was not reached gains, by the intervals."""
    others = table[table["part"].isin(PARTS[1:])]
    more, less = (sorted(set(others.loc[others["verdict"] == word, "scenario"])) for word in ("more", "less"))
    if more and not less:
        return f"Some {result} come from firms that were not reached"
    if less and not more:
        return f"Some of the {result} are lost by firms that were not reached"
    if more and less:
        return f"Of those not reached some gain {result}, some lose"
    return "Nothing can be told of those who were not reached"


def money_exhibit(simulation: Simulation) -> Exhibit | None:
    """Who paid; nothing where the models do not observe it."""
    table = money_table(simulation.comparison)
    if table.empty:
        return None
    left = table[table["unspent_eur"] > 0.01 * (table["paid_eur"] + table["unspent_eur"])]
    names = listing([plain_name(name) for name in left["scenario"]])
    unspent = f"Of the budgets of {names} {euro(float(left['unspent_eur'].sum()))} {'is' if len(left) == 1 else 'are together'} left." if len(left) else ""
    return Exhibit(
        key="policy_money",
        section="policies",
        headline="Who pays, and what is left of the budgets",
        tables={"policy_money": table.assign(scenario=table["scenario"].map(name_of))},
        columns=MONEY_COLUMNS,
        prose=unspent,
        lead=f"Money of {count(simulation.years, 'year')} by source, mean over runs.",
        caption=f"Paid and unspent add up to the budget, sources to what is paid. Firms' own money stands beside it. {source_of(simulation)}",
        listed=tuple(MONEY_COLUMNS) if len(table) <= LISTED else (),
    )


def naive_exhibit(simulation: Simulation) -> Exhibit | None:
    """What an evaluator would see who compares those reached with others, beside what the support does; nothing for other models."""
    try:
        table = policy_table(simulation.comparison).xs("innovations", level="outcome").reset_index()
    except DataError:
        return None
    table = table.rename(columns={"ratio_low": "naive_over_true_low", "ratio_high": "naive_over_true_high"})
    shown = pd.DataFrame(
        {
            "scenario": table["scenario"].map(name_of),
            "reached": table["reached"],
            "true_hundred": 100 * table["true_each"],
            "naive_hundred": 100 * table["naive_each"],
            "times": [_times(row) for _index, row in table.iterrows()],
        }
    )
    told = table[(table["naive_over_true_low"] > 1) & table["naive_over_true_high"].notna()]
    over = f"{len(told)} of {len(table)}" if len(table) > 1 else "the"
    return Exhibit(
        key="policy_naive",
        section="policies",
        headline=f"Comparing firms reached with others overstates {over} {'effects' if len(table) > 1 else 'effect'}"
        if len(told)
        else "Comparing firms reached with others does not tell what support does",
        tables={"policy_naive": shown, "policy_truth": table},
        columns=NAIVE_COLUMNS,
        prose="Support reaches firms that would have innovated more anyhow, or is taken up by them. In a model both can be seen: what support does, and what an evaluation without a comparison group of like firms would report.",
        lead=f"Additional innovations for 100 firms reached, {count(simulation.years, 'year')} together, and the difference between those reached and all others.",
        caption=f"Times too large: with Fieller's 95 % interval; empty where the true effect cannot be told from 0. {source_of(simulation)}",
        listed=tuple(shown.columns),
    )


def _times(row: pd.Series) -> str:
    low, high = row["naive_over_true_low"], row["naive_over_true_high"]
    return f"{number(float(row['naive_over_true']), 1)} ({number(float(low), 1)} to {number(float(high), 1)})" if low < high else ""
