"""Time and memory of the participation model from a thousand to twenty million firms: ``python benchmarks/growth.py [most]``.

Ten years of the calibrated default, from an empty network, without policies, recording the summary; each size in a process of its own, kernels compiled before.
Writes ``growth.csv`` and ``growth.png`` beside this file.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SIZES = (10**3, 10**4, 10**5, 10**6, 5 * 10**6, 2 * 10**7)
YEARS = 10
PROGRAM = """
import json, resource, sys, time
import innovnet as inn
firms, years = int(sys.argv[1]), int(sys.argv[2])
model = inn.simulate.Participation()
for size in (1000, 100_000):  # compiles both ways of passing a year
    inn.simulate.run(model, inn.simulate.population(country="EU", firms=size, seed=1, bodies=size // 2000 + 1), steps=1, seed=1)
people = inn.simulate.population(country="EU", firms=firms, seed=0, bodies=firms // 2000 + 1)
wall, cpu = time.perf_counter(), time.process_time()
inn.simulate.run(model, people, steps=years, seed=1, progress=False)
print(json.dumps({"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu, "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}))
"""


def measured(firms: int) -> dict[str, float]:
    """A run of so many firms in a process of its own."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(firms), str(YEARS)], check=True, capture_output=True, text=True, env={**os.environ})
    found = json.loads(done.stdout.splitlines()[-1])
    return {"firms": firms, "years": YEARS, **found, "cpu_ns_per_firm_year": found["cpu_seconds"] / firms / YEARS * 1e9}


def plotted(table: pd.DataFrame, path: Path) -> None:
    import matplotlib.pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
    for ax, column, title in zip(axes, ("cpu_seconds", "peak_gib"), ("CPU seconds for ten years", "peak memory of the process, GiB"), strict=True):
        ax.loglog(table["firms"], table[column], "o-", color="#0b5cad")
        rest = table[column].iloc[-1] * table["firms"] / table["firms"].iloc[-1]
        ax.loglog(table["firms"], np.maximum(rest, table[column].min() / 10), ":", color="#777777", label="in proportion to firms")
        ax.set_xlabel("firms")
        ax.set_title(title, loc="left", fontsize=11)
        ax.grid(visible=True, color="#e5e8ec")
        ax.legend(frameon=False)
    figure.savefig(path, dpi=110)


def main(most: int) -> None:
    rows = []
    for firms in SIZES:
        if firms <= most:
            rows.append(measured(firms))
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    table.to_csv(HERE / "growth.csv", index=False, float_format="%.4g")
    plotted(table, HERE / "growth.png")


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else SIZES[-1])
