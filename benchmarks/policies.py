"""What each instrument adds at an equal budget in an economy of 60,000 firms, and one year of events in detail.

Run as ``python benchmarks/policies.py``: the tables are printed and kept beside this file (``policies.csv``, ``policies_events.csv``). A simulation, not a
forecast: rankings rest on assumptions that nothing identifies (``innovnet.simulate.assumptions`` varies them).
"""

import sys
from pathlib import Path

import pandas as pd

from innovnet import simulate

HERE = Path(__file__).parent
FIRMS, BURN_IN, BUDGET = 60_000, 30, 2_000_000
UNTIL = {"start": 1, "end": 5}


def instruments() -> dict[str, simulate.Participation]:
    """Models by scenario: EUR 2 million a year for five years."""
    given = {
        "matchmaking": simulate.Matchmaking(budget=BUDGET, **UNTIL),
        "matchmaking, 10+ staff": simulate.Matchmaking(budget=BUDGET, eligible={"sizes": ("small", "medium", "large")}, **UNTIL),
        "matchmaking, innovators": simulate.Matchmaking(budget=BUDGET, eligible={"innovated": True}, **UNTIL),
        "facilitation": simulate.Facilitation(budget=BUDGET, **UNTIL),
        "project subsidy": simulate.ProjectSubsidy(budget=BUDGET, **UNTIL),
        "maturity support": simulate.MaturitySupport(budget=BUDGET, **UNTIL),
        "export groups": simulate.ExportGroup(budget=BUDGET, **UNTIL),
    }
    return {name: simulate.Participation(policies=(policy,)) for name, policy in given.items()}


def settled(seed: int) -> simulate.Checkpoint:
    """The economy after its burn-in."""
    lithuania = simulate.population(country="LT", firms=FIRMS, seed=seed)
    return simulate.run(simulate.Participation(), lithuania, steps=BURN_IN, seed=seed).checkpoint


def table(start: simulate.Checkpoint, runs: int, seed: int) -> pd.DataFrame:
    """Ten years of all instruments; ties and members also in year 5, the last one with money."""
    found = simulate.compare(simulate.Participation(), instruments(), start, steps=10, runs=runs, seed=seed)
    rows = simulate.policy_table(found)
    year = found.effects.xs(5, level="year")
    for outcome in ("ties", "cluster_members"):
        for scenario in found.alternatives:
            rows.loc[(scenario, outcome), ["year_5", "year_5_se"]] = year.loc[(scenario, outcome), ["difference", "se"]].to_numpy()
    return rows


def events(start: simulate.Checkpoint, runs: int, seed: int) -> pd.DataFrame:
    """One year of events for all firms, five years on: direct, indirect and rest, and the naive contrast."""
    alternative = simulate.Participation(policies=(simulate.Matchmaking(budget=BUDGET, start=1, end=1),))
    found = simulate.compare(simulate.Participation(), {"one year of events": alternative}, start, steps=5, runs=runs, seed=seed)
    rows = simulate.policy_table(found)
    for part in ("direct", "indirect", "rest", "total"):
        rows[f"innovations_se_{part}"] = found.decomposition.loc[("one year of events", "innovations", part), "se"]
    return rows


if __name__ == "__main__":
    runs, seed = (int(value) for value in (*sys.argv[1:], *("8", "1")[len(sys.argv) - 1 :]))
    economy = settled(seed)
    for name, made in (("policies", table), ("policies_events", events)):
        result = made(economy, runs, seed)
        result.to_csv(HERE / f"{name}.csv", float_format="%.6g")
        print(result.round(4).T.to_string())
