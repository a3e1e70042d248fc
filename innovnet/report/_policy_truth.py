"""Exhibits of what support and taking part do beside what a comparison without a like group would say."""

from typing import Any

import pandas as pd

from innovnet.errors import DataError
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import count, number, signed
from innovnet.report._policy_effects import source_of
from innovnet.report._policy_words import name_of
from innovnet.report._simulation import Simulation
from innovnet.simulate._honest import policy_table

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
Whole = dict[tuple[str, str], dict[Any, Any]]  #: estimator and world -> effect, low, high of all firms
ESTIMATORS = {
    "difference": "participants less others",
    "regression": "the same, firms of like size and sector (regression)",
    "regression_quality": "the same, and of like quality, which nobody observes",
    "truth": "true effect on participants",
}
EFFECT_COLUMNS = {
    "estimator_words": Column("What is compared"),
    "default_words": Column("In this model", "percentage points"),
    "null_words": Column("In a world where networks do nothing", "percentage points"),
    "world": Column("World", "", "default: the model as it is; null: network_effect = 0."),
    "size": Column("Size class"),
    "estimator": Column("Estimator"),
    "effect": Column("Effect", "", "Difference of the probability of innovating in a year."),
    "se": Column("Standard error"),
    "low": Column("From", "", "Lower end of the 95 % interval."),
    "high": Column("To", "", "Upper end of the 95 % interval."),
    "bias": Column("Bias", "", "Effect less the truth of the same world and size."),
    "participants": Column("Participants", "", "Firms with a tie, mean."),
    "others": Column("Others", "", "Firms without, mean."),
}


def truth_exhibit(simulation: Simulation) -> Exhibit | None:
    """What taking part does, in this world and in one where networks do nothing; nothing where it was not computed."""
    if simulation.effects is None:
        return None
    table = simulation.effects.reset_index()
    whole: Whole = {(row["estimator"], row["world"]): row for row in table[table["size"] == "all"].to_dict("records")}
    worlds = [world for world in ("default", "null") if world in set(table["world"])]
    shown = pd.DataFrame(
        {"estimator_words": list(ESTIMATORS.values())} | {f"{world}_words": [_points(whole, name, world) for name in ESTIMATORS] for world in worlds}
    )
    naive, truth = (whole[name, worlds[0]] for name in ("difference", "truth"))
    over = naive["low"] > truth["effect"] > 0
    times = float(naive["effect"] / truth["effect"]) if over else float("nan")
    headline = (
        f"Comparing participants with others overstates taking part {number(times, 1)} times"
        if over
        else "Comparing participants with others does not tell what taking part does"
    )
    note = f"true effect {signed(100 * float(truth['effect']), 1)} percentage points a year; a simulation, not a forecast"
    finding = Finding(
        "policy_truth",
        f"{number(times, 1)}×",
        "too large is the difference between participants and others as a measure of what taking part does, in this model.",
        note,
        "policy_truth",
    )
    return Exhibit(
        key="policy_truth",
        section="policies",
        headline=headline,
        tables={"policy_truth": shown, "participation_effects": table},
        columns=EFFECT_COLUMNS,
        prose="Firms that take part differ from others in what makes firms innovate. In a world where networks do nothing the true effect is 0, and all that an evaluation finds is its bias.",
        lead="Taking part and the probability of innovating in a year: difference in percentage points, all firms.",
        caption=f"95 % intervals in brackets; the same for size classes is in the files. The true effect is of the same firm in the same state, without what ties add. {source_of(simulation)}",
        findings=(finding,) if over else (),
        listed=tuple(shown.columns),
    )


def _points(whole: Whole, name: str, world: str) -> str:
    row = whole[name, world]
    effect, low, high = (100 * float(row[column]) for column in ("effect", "low", "high"))
    if pd.isna(row["effect"]):
        return "not to be estimated"
    return f"{signed(effect)} ({signed(low)} to {signed(high)})" if high > low else f"{signed(effect)}{'' if effect else ' exactly'}"


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
            "reached": table["reached"].round(),
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
        tables={"policy_naive": shown, "policy_innovations_truth": table},
        columns=NAIVE_COLUMNS,
        prose="Support reaches firms that would have innovated more anyhow, or is taken up by them. In a model both can be seen: what support does, and what an evaluation without a comparison group of like firms would report.",
        lead=f"Additional innovations for 100 firms reached, {count(simulation.years, 'year')} together, and the difference between those reached and all others.",
        caption=f"Times too large: with Fieller's 95 % interval; negative: of the wrong sign; empty where the true effect cannot be told from 0. {source_of(simulation)}",
        listed=tuple(shown.columns),
    )


def _times(row: pd.Series) -> str:
    low, high = row["naive_over_true_low"], row["naive_over_true_high"]
    return f"{number(float(row['naive_over_true']), 1)} ({number(float(low), 1)} to {number(float(high), 1)})" if low < high else ""
