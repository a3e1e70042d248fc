"""Words about what policies change in a model."""

import math
import re

import pandas as pd

from innovnet.report._format import THIN, euro, number, signed

BOX = (
    "What follows from the model's assumptions, in a simulated programme of {}. Not a forecast, not evidence that a programme worked. "
    "Not included: displacement outside the data, administration, prices."
)
TOLD = ("more", "less")  #: verdicts of intervals that do not contain 0
SAME, UNDEFINED = "no difference in any run", "not defined"
_KNOWN = {
    "exportgroup": "export groups",
    "facilitation": "facilitation of clusters",
    "internationalisation": "internationalisation",
    "matchmaking": "matchmaking",
    "mix": "the mix",
    "maturitysupport": "support of maturity",
    "projectsubsidy": "project subsidies",
}


def plain_name(scenario: object) -> str:
    """A scenario inside a sentence: names of instruments in words, others as they were given."""
    text = str(scenario)
    return _KNOWN.get(re.sub(r"[_\s-]", "", text.lower()), text.replace("_", " "))


def name_of(scenario: object) -> str:
    """A scenario as a label."""
    text = plain_name(scenario)
    return text[:1].upper() + text[1:]


def agreed(verb: str, name: str) -> str:
    """The verb after a scenario: matchmaking adds, export groups add."""
    return verb if re.search(r"[^s]s$", name) else f"{verb}s"


def digits_of(table: pd.DataFrame) -> int:
    """Decimals of differences, the same in all rows: two figures of a typical interval, and as many as keep bounds off 0 where the interval does not contain it."""
    told = table[table["verdict"].isin(TOLD)]
    halves = (((told if len(told) else table)["difference_high"] - table["difference_low"]) / 2).loc[lambda half: half > 0]
    digits = 0 if halves.empty else min(4, max(0, math.ceil(-math.log10(float(halves.median()) / 3))))
    bounds = table.loc[table["verdict"].isin(TOLD), ["difference_low", "difference_high"]].abs().min(axis=1)
    return next((d for d in range(digits, 5) if (bounds >= 0.5 * 10.0**-d).all()), digits)


def signed_span(row: pd.Series, digits: int) -> str:
    """+6.2 (+4.6 to +7.8)."""
    if row["verdict"] in (SAME, UNDEFINED):
        return "0 in every run" if row["verdict"] == SAME else UNDEFINED
    low, high = (signed(float(row[name]), digits) for name in ("difference_low", "difference_high"))
    return f"{signed(float(row['difference']), digits)} ({low} to {high})"


def amount(value: float) -> str:
    """Money in two figures."""
    return euro(float(f"{value:.2g}"))


def cost_text(row: pd.Series) -> str:
    """EUR 9 400 (7 100 to 12 000), or why there is no cost."""
    if not row["paid_eur"] > 0:
        return "nothing was paid" if row["paid_eur"] == 0 else ""
    if row["verdict"] == "more" and row["cost_eur"] > 0:
        low, high = (amount(float(row[name])).removeprefix(f"EUR{THIN}") for name in ("cost_low_eur", "cost_high_eur"))
        return f"{amount(float(row['cost_eur']))} ({low} to {high})"
    words = {"more": "not to be bounded", "less": "none: fewer, not more", SAME: "none: no difference", UNDEFINED: ""}
    return words.get(row["verdict"], "not distinguishable from 0")


def runs_words(pairs: int, gain: float) -> str:
    """How many pairs, and what pairing is worth."""
    words = f"{number(pairs)} pairs of runs, each from one state and with the same draws"
    return f"{words}; without pairing {number(gain, 0 if gain >= 10 else 1)} times as many would be needed for the first row" if math.isfinite(gain) else words
