"""Exhibit of the assumptions that decide which policy comes first."""

import pandas as pd

from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import THIN, count, number
from innovnet.report._policy_effects import source_of
from innovnet.report._policy_words import amount, name_of, plain_name
from innovnet.report._simulation import Simulation

COLUMNS = {
    "assumption_words": Column("Assumption"),
    "value_words": Column("Value"),
    "order": Column("Order"),
    "assumption": Column("Assumption", "", "Field of the model or of an instrument; bodies: factor on the number of R&D bodies."),
    "setting": Column("Setting", "", "default: all assumptions as they are; low, high: this one at an end of its plausible range."),
    "policy": Column("Support"),
    "value": Column("Value", "", "Of the assumption.", missing="all as they are"),
    "paid": Column("Paid", "EUR"),
    "additional": Column("Additional", "", "Paired difference of the result."),
    "additional_low": Column("Additional from", "", "Lower end of the 95 % interval."),
    "additional_high": Column("Additional to", "", "Upper end of the 95 % interval."),
    "cost": Column("Cost per additional", "EUR", missing="the difference cannot be told from 0"),
    "low": Column("Cost from", "EUR", "Lower end of Fieller's 95 % interval."),
    "high": Column("Cost to", "EUR", "Upper end of Fieller's 95 % interval."),
    "rank": Column("Rank", "", "By cost, 1 is the cheapest.", missing="no cost"),
    "changed": Column("Order changes", "", "Whether the order differs from that of the default."),
}
OTHER, NOBODY, CHANGED = "another is first", "none can be told", "places change"
_WORDS = {
    "default": "all as they are",
    "decision.arranged": "worth of a partner met at an event (logit)",
    "constants.body_level": "knowledge of R&D bodies",
    "bodies": "number of R&D bodies, times",
}
_FIELDS = {"cost": "cost of a unit, EUR", "grant": "size of a grant, EUR", "additionality": "what a grant adds to own R&D"}


def assumptions_exhibit(simulation: Simulation) -> Exhibit:
    """The order of policies by cost with each assumption low and high; one sentence where it was not computed."""
    found = simulation.assumptions
    if found is None:
        return Exhibit(
            key="policy_assumptions",
            section="policies",
            headline="Which assumptions decide the order was not computed",
            tables={},
            columns=COLUMNS,
            prose="The order of policies by cost rests on unit costs, on what an introduction is worth, on what a grant adds and on the R&D bodies; none of them is measured. "
            "Compute it with innovnet simulate --assumptions, or inn.simulate.assumptions(...).",
        )
    table = found.reset_index()
    named = [name for name in table["assumption"].unique() if name != "default"]
    shown = _matrix(table)
    decisive = shown.loc[shown["order"].isin([OTHER, NOBODY]), "assumption_words"].nunique()
    return Exhibit(
        key="policy_assumptions",
        section="policies",
        headline=f"{number(decisive)} of {count(len(named), 'assumption')} decide which support is cheapest",
        tables={"policy_assumptions": shown, "policy_assumptions_long": table},
        columns=COLUMNS | {name: Column(name_of(name)) for name in table["policy"].unique()},
        prose="A cell says place, and EUR per additional innovation with its 95 % interval; one assumption at a time, at both ends of its plausible range. "
        "Where the intervals of two kinds of support overlap they are not told apart, whatever their places.",
        lead="The order of support by cost per additional innovation, and the assumptions on which it rests.",
        caption=f"No place: the difference cannot be told from 0. None of these assumptions is measured. {source_of(simulation)}",
        listed=tuple(shown.columns),
    )


def _matrix(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each assumption at low and high, a column for each policy."""
    rows, usual = [], _first(table[table["assumption"] == "default"])
    for (assumption, _setting), part in table.groupby(["assumption", "setting"], sort=False):
        value = part["value"].iloc[0]
        row = {"assumption_words": assumption_words(str(assumption)), "value_words": "" if pd.isna(value) else _value(float(value))}
        row |= {str(one["policy"]): _place(one) for _index, one in part.iterrows()}
        first = _first(part)
        order = NOBODY if not first else OTHER if first != usual else CHANGED if part["changed"].any() else ""
        rows.append(row | {"order": order})
    return pd.DataFrame(rows, dtype="str")


def _first(table: pd.DataFrame) -> set[str]:
    """The policies in the first place: none where no difference can be told."""
    return set(table.loc[table["rank"] == 1, "policy"].astype("str"))


def assumption_words(name: str) -> str:
    """An assumption in words."""
    policy, _dot, field = name.rpartition(".")
    return _WORDS.get(name) or f"{plain_name(policy)}: {_FIELDS.get(field, field.replace('_', ' '))}"


def _value(value: float) -> str:
    return number(value, 0 if value.is_integer() else 2)


def _place(row: pd.Series) -> str:
    if pd.isna(row["rank"]):
        return "–"
    cost, low, high = (amount(float(row[name])).removeprefix(f"EUR{THIN}") for name in ("cost", "low", "high"))
    return f"{row['rank']}: {cost} ({low} to {high})"
