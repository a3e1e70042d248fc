"""Recover known parameters, then fit those of the participation model: ``python benchmarks/calibrate.py [recovery | fit]``, some minutes each.

Writes ``calibration_recovery.csv`` beside this file, or ``calibration.csv`` and ``calibration_parameters.csv``, which the documentation shows.
"""

import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd

import innovnet as inn
from innovnet.simulate._knobs import changed

HERE = Path(__file__).parent
FIRMS, STEPS, RUNS = 60_000, 36, 16
#: Eight parameters, all away from their defaults.
TRUE = {
    "search.rate": 0.004,
    "search.size": 0.55,
    "search.selection": 0.67,
    "ties.end_0": 0.2,
    "innovation.base": 0.1,
    "innovation.size": 0.265,
    "market.export_threshold": 0.9,
    "market.exit_base": 0.256,
}
#: What is known of the world whose parameters are to be recovered.
KNOWN = [
    *(
        "participation",
        "participation_micro",
        "cooperating_innovators_small",
        "cooperating_innovators_medium",
        "cooperating_innovators_large",
        "cooperation_gap_10",
    ),
    *("innovative_3y_micro", "innovative_3y_small", "innovative_3y_medium", "export_share", "exit_rate", "new_firms_alive_1", "new_firms_alive_5"),
    *("degree_gini", "mean_degree_participants", "mean_degree_bodies", "tie_years", "ties_alive_1", "ties_alive_3"),
]
#: The targets tell these apart; size, selection and experience of searching trade off against its rate, and stay where they are.
FITTED = ["search.rate", "innovation.base", "innovation.size", "market.exit_base", "ties.end_0"]


def people(seed: int) -> inn.Network:
    return inn.simulate.population(country="EU", firms=FIRMS, seed=seed)


def recovery() -> None:
    start: Any = inn.simulate.Participation()
    world = inn.simulate.moments(changed(start, TRUE), people(2), steps=STEPS, runs=5, seed=2, names=KNOWN).mean()
    found = inn.simulate.calibrate(start, world, population=people(1), steps=STEPS, runs=RUNS, seed=1, parameters=list(TRUE))
    table = found.parameters[["start", "value", "se"]].assign(true=pd.Series(TRUE))
    table["away"] = (table["value"] - table["true"]) / table["se"]
    print(table.round(4).to_string(), "\nmisfit by iteration", [round(value, 2) for value in found.fit.course])
    print("singular values", found.identification["singular"].round(1).tolist())
    table.to_csv(HERE / "calibration_recovery.csv", float_format="%.4g", lineterminator="\n")


def fit() -> None:
    found = inn.simulate.calibrate(inn.simulate.Participation(), population=people(1), steps=STEPS, runs=RUNS, seed=1, parameters=FITTED)
    print(found, "\n", found.parameters.round(4).to_string(), "\nmisfit by iteration", [round(value, 2) for value in found.fit.course])
    now = inn.simulate.calibrate(inn.simulate.Participation(), population=people(1), steps=STEPS, runs=RUNS, seed=1, iterations=0)
    print("defaults:", now, "\n", now.table[["value", "low", "high", "simulated", "sd", "within", "met"]].round(4).to_string())
    found.parameters.to_csv(HERE / "calibration_parameters.csv", float_format="%.4g", lineterminator="\n")
    now.table.drop(columns="moment").to_csv(HERE / "calibration.csv", float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    began = time.process_time()
    for name in sys.argv[1:] or ["recovery", "fit"]:
        {"recovery": recovery, "fit": fit}[name]()
    print(f"{time.process_time() - began:.0f} s of CPU time")
