"""Exhibits besides the effects of policies: what was simulated, for whom results come, who paid."""

import pandas as pd
from scipy.special import stdtrit

from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import count, euro, number
from innovnet.report._policy_effects import LISTED, source_of
from innovnet.report._policy_tables import INSTRUMENT_COLUMNS, MONEY_COLUMNS, PART_COLUMNS, instruments_table, money_table, parts_table
from innovnet.report._policy_words import digits_of, name_of, plain_name, signed_span
from innovnet.report._simulation import Simulation
from innovnet.report._words import capital, listing
from innovnet.simulate._comparison import _verdict
from innovnet.simulate._pairs import PARTS

#: columns of the model's actors -> a result, summed over the years; the first that there is stands on the page
RESULTS = {
    "innovations": "innovations",
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

QUALITY = {
    "item": Column("What"),
    "place": Column("Of", definition="Country, or part of the data."),
    "count": Column("How many"),
    "action": Column("What it is", "", "source: a published figure; assumption: chosen here; drawn: by chance within what is known."),
    "examples": Column("From", "", "Source of a figure, or first identifiers."),
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
        tables={"policy_instruments": shown, **quality_of(simulation)},
        columns=INSTRUMENT_COLUMNS | QUALITY,
        prose=f"A budget buys whole units; what is left over is not spent. Costs of a unit are assumptions.{_each(simulation, table)}",
        lead="What was simulated: instruments, budgets and years.",
        caption=source_of(simulation),
        listed=tuple(INSTRUMENT_COLUMNS) if len(shown) <= LISTED else (),
    )


def _each(simulation: Simulation, table: pd.DataFrame) -> str:
    """What the largest budget is for each firm of the world."""
    if simulation.population is None:
        return ""
    firms = int((simulation.population._actors["type"] == "firm").sum())
    most = table.groupby("scenario")["budget_eur"].sum().max()
    return f" The largest budget, {euro(float(most))} a year for {count(firms, 'firm')}, is {euro(round(float(most) / firms))} a firm."


def quality_of(simulation: Simulation) -> dict[str, pd.DataFrame]:
    """What the population was made of, as a table; nothing where it is not known."""
    if simulation.population is None:
        return {}
    table = simulation.population.quality
    return {"simulated_population": table[[name for name in QUALITY if name in table.columns]].reset_index(drop=True)}


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
        headline=parts_headline(one, str(result), simulation.runs),
        tables={"policy_parts_summary": shown, "policy_parts": long},
        columns=PART_COLUMNS | {part: Column(part.capitalize()) for part in shown.columns[1:]} | {"scenario": Column("Support")},
        prose="Direct: those reached. Indirect: those not reached, but tied by then to somebody who was. Rest: all others. The parts add up to the total.",
        lead=f"Additional {result} in {count(simulation.years, 'year')}, by whom they come from.",
        caption=f"Paired differences with 95 % intervals, organisations in the part (mean of the last year) behind the semicolon. Of twenty such intervals one misses a true 0 by chance; the headline allows for their number. {source_of(simulation)}",
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


def parts_headline(table: pd.DataFrame, result: str, runs: int) -> str:
    """Whether anybody who was not reached gains; the intervals are widened for their number (Bonferroni)."""
    others = table[table["part"].isin(PARTS[1:])]
    wider = float(stdtrit(runs - 1, 1 - 0.025 / len(others)) / stdtrit(runs - 1, 0.975))
    half = wider * (others["difference_high"] - others["difference"])
    more, less = bool((others["difference"] > half).any()), bool((-others["difference"] > half).any())
    if more and not less:
        return f"Some {result} come from firms that were not reached"
    if less and not more:
        return f"Some {result} are lost by firms that were not reached"
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
