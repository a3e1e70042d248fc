"""Targets and their weights as they were given to a calibration: all that is wrong with them."""

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from innovnet._check import did_you_mean, some
from innovnet.errors import DataError, Fault
from innovnet.simulate._calibration import MADE
from innovnet.simulate._statistics import Floats
from innovnet.simulate._targets import CANNOT, EXPECTED, OPEN

_COLUMNS = ("moment", "value", "low", "high", "met")
_NUMBERS = ("value", "low", "high")


def fitting(wanted: pd.DataFrame) -> pd.DataFrame:
    """The rows that are fitted."""
    return wanted[(wanted["met"] == EXPECTED) & wanted[list(_NUMBERS)].notna().any(axis=1)]


def wanted_of(given: Any, moments: Collection[str], faults: list[Fault]) -> pd.DataFrame | None:
    """Targets as a table with all columns; what is wrong with them is added to the faults, and then there is no table."""
    table = _table(given)
    found = list(_of_table(table)) or [fault for i in range(len(table)) for fault in _of_row(str(table.index[i]), table.iloc[i], moments)]
    faults += found
    return None if found else table.astype(dict.fromkeys(_NUMBERS, "float64"))


def weights_of(rows: pd.DataFrame, given: Any, faults: list[Fault]) -> Floats:
    """The weights of the rows that are fitted, 1 where nothing is said; what is wrong is added to the faults."""
    weights: dict[Any, float] = dict.fromkeys(rows.index, 1.0)
    if given is not None and not isinstance(given, Mapping | pd.Series):
        faults.append(Fault("weights", "", "", repr(given), "is no mapping", "Give names of targets with numbers, as in weights={'exits': 2.0}."))
        return np.array([*weights.values()])
    for name, weight in ({} if given is None else given).items():
        if name not in weights:
            faults.append(Fault("weights", "", "", str(name), "is no target that is fitted", did_you_mean(str(name), [str(row) for row in rows.index])))
        elif not _is_number(weight) or not (math.isfinite(weight) and weight >= 0):
            faults.append(Fault("weights", str(name), "", repr(weight), "is no weight", "Give a number of at least 0."))
        else:
            weights[name] = float(weight)
    return np.array([*weights.values()])


def _table(given: Any) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame):
        return given
    if not isinstance(given, Mapping | pd.Series):
        msg = f"calibrate takes targets as a table or as a mapping from moments to values, not {type(given).__name__}. Write {{'survival': 0.91}}, or change simulate.targets()."
        raise DataError(msg)
    names, values = list(given.keys()), list(given.values if isinstance(given, pd.Series) else given.values())
    nothing = np.full(len(names), np.nan)
    columns = {"moment": names, "value": pd.Series(values, dtype=object).to_numpy(), "low": nothing, "high": nothing, "met": [EXPECTED] * len(names)}
    return pd.DataFrame(columns, index=pd.Index([str(name) for name in names], name="target", dtype="str"))


def _of_table(table: pd.DataFrame) -> Iterator[Fault]:
    """What is wrong with the table as a whole."""
    absent = [name for name in _COLUMNS if name not in table.columns]
    if absent:
        yield Fault("targets", "", "", "", f"the table lacks {some(absent)}", "It has the columns of simulate.targets().")
    if not table.columns.is_unique:
        yield Fault("targets", "", "", "", f"the table has columns twice: {some(table.columns[table.columns.duplicated()])}", "Leave one of each.")
    made = [name for name in MADE if name in table.columns]
    if made:
        problem = f"the table has {some(made)}, which a calibration adds itself: how far chance moves a moment is measured in its runs"
        yield Fault("targets", "", "", "", problem, f"Drop them with .drop(columns={made}); weights=... says which targets count for more.")
    if len(table) == 0:
        yield Fault("targets", "", "", "", "there is none", "Give at least one, as in {'survival': 0.91}, or None for simulate.targets().")
    for name in table.index[table.index.duplicated()].unique():
        yield Fault("targets", str(name), "", "", "occurs twice", "Give each target a name of its own.")


def _of_row(name: str, row: pd.Series, moments: Collection[str]) -> Iterator[Fault]:
    """What is wrong with one target."""
    moment, met = row["moment"], row["met"]
    if not isinstance(moment, str) or moment not in moments:
        yield Fault("targets", name, "moment", str(moment), "is no moment of the model", did_you_mean(str(moment), moments))
    if not isinstance(met, str) or met not in {EXPECTED, CANNOT, OPEN}:
        yield Fault("targets", name, "met", str(met), "says not whether it is fitted", did_you_mean(str(met), (EXPECTED, CANNOT, OPEN)))
    known = {column: row[column] for column in _NUMBERS if not _is_missing(row[column])}
    odd = [column for column, number in known.items() if not _is_number(number) or not math.isfinite(number)]
    for column in odd:
        yield Fault("targets", name, column, str(known[column]), "is no finite number", "Give a number, or leave it missing.")
    if odd:
        return
    if met == EXPECTED:
        if not known:
            yield Fault(
                "targets",
                name,
                "value",
                "",
                "has no value and no range",
                f"Give one, or leave the target out; in a table met={OPEN!r} shows it without fitting.",
            )
        for column, number in known.items():
            if number <= 0:
                yield Fault("targets", name, column, f"{number:g}", "is not positive, and logarithms are fitted", "Give another moment, or a positive value.")
    low, high = known.get("low", -math.inf), known.get("high", math.inf)
    if low > high:
        yield Fault("targets", name, "low", f"{low:g}", f"is above high={high:g}", "Exchange them.")
    elif "value" in known and not low <= known["value"] <= high:
        yield Fault(
            "targets", name, "value", f"{known['value']:g}", f"is outside of its range, {low:g} to {high:g}", "Correct one of them; the range is fitted."
        )


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
