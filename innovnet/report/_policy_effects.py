"""Exhibits of what policies change: differences with intervals and costs, and their course over the years."""

from collections.abc import Sequence

import pandas as pd

from innovnet.report._canvas import drawing
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import MINUS, THIN, count, number
from innovnet.report._policy_course_plot import plot_policy_course
from innovnet.report._policy_plot import plot_policies
from innovnet.report._policy_tables import (
    COURSE_COLUMNS,
    EFFECT_COLUMNS,
    ENOUGH,
    Outcome,
    course_table,
    effects_table,
    margin,
    outcomes_of,
    runs_table,
    scale_of,
    values_of,
)
from innovnet.report._policy_words import TOLD, agreed, cost_text, digits_of, name_of, plain_name, runs_words, signed_span
from innovnet.report._simulation import Simulation
from innovnet.report._words import capital, the
from innovnet.simulate._statistics import spread

HEADLINE = 75
CHANCE = "The intervals hold the chance of the model, not what is uncertain in its parameters."
LISTED = 20  #: rows of a table that may stand openly on the page


def effect_exhibits(simulation: Simulation) -> list[Exhibit]:
    """The forest of the main result, its course, the forest of the second, the others as a table."""
    outcomes = outcomes_of(simulation.comparison)
    tables = {one.key: effects_table(simulation.comparison, one) for one in outcomes}
    found = [
        forest_exhibit(simulation, outcomes[0], tables[outcomes[0].key], "policy_effects"),
        course_exhibit(simulation, outcomes[0], tables[outcomes[0].key]),
    ]
    found += [forest_exhibit(simulation, one, tables[one.key], f"policy_{one.key}") for one in outcomes[1:2]]
    return [*found, results_exhibit(simulation, tables, [one.key for one in outcomes[2:]])]


def forest_exhibit(simulation: Simulation, outcome: Outcome, table: pd.DataFrame, key: str) -> Exhibit:
    """Figure 14: the paired differences of one result."""
    digits, first = digits_of(table), table.iloc[0]
    told = table[table["verdict"].isin(TOLD)]
    return Exhibit(
        key=key,
        section="policies",
        headline=forest_headline(simulation, outcome, table),
        tables={f"policy_{outcome.key}": table},
        columns=EFFECT_COLUMNS,
        prose=_budgets(table),
        lead=f"{outcome.title.format(simulation.years)}: the paired difference to the same world without support, and what an additional one costs.",
        caption=f"Bars: 95 % interval of the mean difference; costs with Fieller's 95 % interval. Hollow and grey: not distinguishable from no effect, so without a cost. "
        f"{capital(runs_words(int(first['pairs']), float(first['pairing_gain'])))}. {CHANCE} {source_of(simulation)}",
        reading=_reading(outcome, first, digits),
        alt=f"{outcome.title.format(simulation.years)}: "
        + "; ".join(f"{name_of(row['scenario'])} {signed_span(row, digits)}" for _index, row in table.head(3).iterrows())
        + f". {len(told)} of {len(table)} differ from no effect.",
        draw=drawing(plot_policies, table),
        findings=_findings(outcome, table, key),
    )


def forest_headline(simulation: Simulation, outcome: Outcome, table: pd.DataFrame) -> str:
    """Which policy adds most, as far as the runs tell it from the next one."""
    things, one = outcome.things, len(table) == 1
    more, less = (table[table["verdict"] == word] for word in TOLD)
    if more.empty and less.empty:
        return _short(f"No support can be told from none by its {things}", "No support can be told from none")
    if more.empty:
        return _short(f"Support means fewer {things}, in this model" if one else f"No support adds {things}, some costs them", "No support adds anything")
    first = plain_name(more["scenario"].iloc[0])
    if one:
        return _short(f"With {first} there are more {things}, in this model", f"With support there are more {things}, in this model")
    low, _high = margin(simulation.comparison, outcome, str(table["scenario"].iloc[0]), str(table["scenario"].iloc[1]))
    if low > 0:
        return _short(f"{capital(first)} {agreed('add', first)} most {things}, in this model", f"One kind of support adds most {things}, in this model")
    near = f"{capital(first)} and {plain_name(table['scenario'].iloc[1])} add most {things}, not told apart"
    return _short(near, f"Support adds {things}; the first two are not told apart")


def _budgets(table: pd.DataFrame) -> str:
    paid = table["paid_eur"].dropna()
    if len(paid) > 1 and paid.max() > 1.1 * paid.min():
        return "The programmes do not pay the same: compare what an additional result costs, and its interval, not the length of the bars."
    return ""


def source_of(simulation: Simulation) -> str:
    """The last words of a caption: what was simulated."""
    told = simulation.comparison.baseline.provenance
    place = f" after the make-up of {the(simulation.place)}" if simulation.place else ""
    return f"Source: simulation of {count(simulation.actors, 'organisation')}{place} with the model {told['model']}, seed {told['seed']}; not a forecast."


def _reading(outcome: Outcome, row: pd.Series, digits: int) -> str:
    with_, without = (number(float(row[name]), max(1, digits)) for name in ("alternative", "baseline"))
    per = " of 100 SMEs are in cooperation" if outcome.hundred else ""
    when = f"in year {row['year']}" if outcome.over == "last" else f"in all {row['year']} years together"
    words = f"With {plain_name(row['scenario'])}, {with_}{per or f' {outcome.things}'} {when}, without it {without}: a difference of {signed_span(row, digits)}, the interval in brackets."
    return f"{words} An additional {outcome.thing} costs {cost_text(row)}." if row["cost_eur"] > 0 else words


def _findings(outcome: Outcome, table: pd.DataFrame, key: str) -> tuple[Finding, ...]:
    row, digits = table.iloc[0], digits_of(table)
    pairs = f"{number(int(row['pairs']))} paired runs; a simulation, not a forecast"
    if row["verdict"] != "more":
        sentence = f"of {count(len(table), 'kind')} of support add a number of {outcome.things} that can be told from none, in this model."
        return (Finding(key, "0", sentence, pairs, key, keep=key == "policy_effects"),)
    value, _space, interval = signed_span(row, digits).partition(" ")
    when = f"in year {row['year']}" if outcome.over == "last" else f"in {row['year']} years"
    what = "of every 100 SMEs more are in cooperation" if outcome.hundred else f"additional {outcome.things}"
    sentence = f"{what} {when} with {plain_name(row['scenario'])}, in this model."
    return (Finding(key, value, sentence, f"95 % interval {interval.strip('()')}, {pairs}", key, keep=key == "policy_effects"),)


def course_exhibit(simulation: Simulation, outcome: Outcome, effects: pd.DataFrame) -> Exhibit:
    """Figure 15: both worlds year by year for the policy with the largest difference."""
    scenario = str(effects["scenario"].iloc[0])
    runs = runs_table(simulation.comparison, scenario, outcome)
    table, name = course_table(runs), plain_name(scenario)
    start, end = _support(simulation, scenario)
    bands = simulation.runs >= ENOUGH
    unit = "SMEs in cooperation, per 100 SMEs" if outcome.hundred else capital(outcome.things if outcome.over == "last" else f"{outcome.things}, each year")
    difference = table[table["series"] == "difference"].set_index("year")["median"]
    peak = int(difference.to_numpy().argmax())
    shown = "Line: median; dark band: middle half; light band: middle 95 % of the runs." if bands else "Thin lines: single runs; thick: median."
    return Exhibit(
        key="policy_course",
        section="policies",
        headline=course_headline(simulation, outcome, scenario, end),
        tables={"policy_course": table, "policy_course_runs": runs},
        columns=COURSE_COLUMNS,
        lead=f"{unit}, with {name} and without, and the difference of the pairs on a scale of its own.",
        caption=f"{shown} {capital(count(simulation.runs, 'pair'))} of runs. In a pair both worlds meet the same chance, so the difference is known much better than either world. {source_of(simulation)}",
        reading=f"In year {peak} half of the pairs differ by more than {number(float(difference[peak]), 2)}; in year {simulation.years} by more than {number(float(difference.iloc[-1]), 2)}.",
        alt=f"Difference of the pairs, median: {number(float(difference.iloc[1]), 2)} in year 1, {number(float(difference[peak]), 2)} in year {peak}, {number(float(difference.iloc[-1]), 2)} in year {simulation.years}.",
        draw=drawing(plot_policy_course, table, runs=None if bands else runs, title=unit, name=name, start=start, end=end),
    )


def _support(simulation: Simulation, scenario: str) -> tuple[int | None, int | None]:
    """First and last year in which an instrument of the scenario runs."""
    found = simulation.comparison.alternatives[scenario].provenance["parameters"].get("policies", ())
    years = [(int(one["start"]), min(int(one["end"]), simulation.years)) for one in found]
    return (min(first for first, _ in years), max(last for _, last in years)) if years else (None, None)


def course_headline(simulation: Simulation, outcome: Outcome, scenario: str, end: int | None) -> str:
    """Whether the difference fades after the last year of support, by the interval of the change in each pair."""
    name = plain_name(scenario)
    what = f"What {name} {agreed('change', name)}"
    if end is None or end >= simulation.years:
        return _short(f"{what}, year by year, in this model", "What the support changes, year by year")
    pair = [values_of(one, outcome) / scale_of(one, outcome) for one in (simulation.comparison.baseline, simulation.comparison.alternatives[scenario])]
    change = spread(((pair[1] - pair[0])[:, -1] - (pair[1] - pair[0])[:, end])[:, None])
    low, high = float(change.mean[0] - change.half[0]), float(change.mean[0] + change.half[0])
    if high < 0:
        return _short(f"{what} fades once support ends", "What support changes fades once it ends")
    if low > 0:
        return _short(f"{what} grows after support ends", "What support changes grows after it ends")
    return _short(f"{what} neither fades nor grows after support ends", "What support changes stays after it ends")


def _short(*texts: str) -> str:
    return next((text for text in texts if len(text) <= HEADLINE), texts[-1][:HEADLINE])


def results_exhibit(simulation: Simulation, tables: dict[str, pd.DataFrame], keys: Sequence[str]) -> Exhibit:
    """All results as a table; those that have no figure stand openly on the page."""
    every = pd.concat([*(tables[key] for key in keys), *(table for key, table in tables.items() if key not in keys)], ignore_index=True)
    others = every[every["outcome"].isin(keys)] if keys else every
    told = int(others["verdict"].isin(TOLD).sum())
    shown = _shown(others)
    return Exhibit(
        key="policy_results",
        section="policies",
        headline=f"{told} of {count(len(others), 'further difference')} can be told from none",
        tables={"policy_results": shown, "policies": every},
        columns=EFFECT_COLUMNS
        | {
            "support": Column("Support"),
            "counted": Column("Counted"),
            "interval": Column("Difference (95 % interval)"),
            "cost": Column("Cost per additional one (95 % interval)"),
        },
        prose="A row says what there is more or less of in the same world with the support. Results are counted, not weighed against each other.",
        lead="All other results, for each kind of support.",
        caption=f"Paired differences with 95 % intervals; costs with Fieller's. {CHANCE} {source_of(simulation)}",
        reading="",
        listed=tuple(shown.columns) if len(shown) <= LISTED else (),
    )


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Rows as a reader sees them: name, what is counted, difference and cost with their intervals."""
    rows = []
    for _outcome, part in table.groupby("outcome", sort=False):
        digits = digits_of(part)
        rows += [(name_of(row["scenario"]), row["title"], signed_span(row, digits), cost_text(row)) for _index, row in part.iterrows()]
    return pd.DataFrame(rows, columns=["support", "counted", "interval", "cost"], dtype="str")


def summary_lines(simulation: Simulation) -> list[str]:
    """The two main results as lines of a terminal."""
    lines = []
    for outcome in outcomes_of(simulation.comparison)[:2]:
        table = effects_table(simulation.comparison, outcome)
        digits = digits_of(table)
        rows = [(name_of(row["scenario"]), signed_span(row, digits), cost_text(row)) for _index, row in table.iterrows()]
        widths = [max(len(row[k]) for row in rows) for k in (0, 1)]
        lines += [f"{outcome.title.format(simulation.years)} (95 % interval); cost per additional {outcome.thing}:"]
        lines += [f"  {name:<{widths[0]}}  {difference:<{widths[1]}}  {cost}" for name, difference, cost in rows]
    lines.append(f"{number(simulation.runs)} pairs of runs of {number(simulation.actors)} organisations. A simulation, not a forecast.")
    return [line.replace(THIN, " ").replace(MINUS, "-").rstrip() for line in lines]
