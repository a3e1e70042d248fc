"""What the participation model costs at scale: ``python benchmarks/large.py [firms [work ...]]``, all works with 23 million firms unless told.

Europe of so many firms for ten years from a settled network (a smaller world, thirty years in the default and fifteen in the dense setting, transplanted), 1,000
replications of 2,000 firms for twenty years in threads and in processes, and a panel of a million firms for twenty years beside the same run without one. Each work
in a process of its own, kernels compiled before. Writes ``large.csv`` beside this file, a row for each work; rows of works that were not asked for stay.
"""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

import innovnet as inn

FILE = Path(__file__).with_name("large.csv")
SETTINGS = {"default": inn.simulate.Participation, "dense": inn.simulate.Participation.dense}
SETTLED = {"default": 30, "dense": 15}
RUNS = 1000


def people(firms: int) -> inn.Network:
    """Europe with one R&D body for 2,000 firms."""
    return inn.simulate.population(country="EU", firms=firms, seed=0, bodies=firms // 2000 + 1)


def timed(call: Callable[[], Any]) -> dict[str, float]:
    """Wall and CPU seconds, and the peak of the process so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def europe(setting: str, firms: int) -> dict[str, float]:
    """Ten years of all firms; population and settled network are made before, and count for the peak."""
    model = SETTINGS[setting]()
    settled = inn.simulate.run(model, people(max(2000, firms // 20)), steps=SETTLED[setting], seed=1, progress=False)
    point = inn.simulate.transplant(settled, people(firms), seed=2)
    del settled
    found: list[Any] = []
    took = timed(lambda: found.append(inn.simulate.branch(point, model, steps=10, keep=False, progress=False)))
    return {"firms": firms} | took | {"mean_degree": float(found[0].summary["mean_degree"].iloc[-1])}


def replications(setting: str, firms: int, *, processes: bool) -> dict[str, float]:
    """Runs that share a burn-in of thirty years, which counts."""
    del firms
    model, lithuania = SETTINGS[setting](), inn.simulate.population(country="LT", firms=2000, seed=0)
    call = partial(inn.simulate.replicate, model, lithuania, steps=20, burn_in=30, seed=1, progress=False)
    call(runs=4)
    if not processes:
        return {"firms": 2000} | timed(lambda: call(runs=RUNS))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        call(runs=4, executor=pool)
        return {"firms": 2000} | timed(lambda: call(runs=RUNS, executor=pool))


def panel(setting: str, firms: int) -> dict[str, float]:
    """The run with a panel on disk; ``beside`` is the time of the run without."""
    model, population = SETTINGS[setting](), people(min(firms, 1_000_000))
    inn.simulate.run(model, population, steps=1, seed=1, progress=False)
    without = timed(lambda: inn.simulate.run(model, population, steps=20, seed=1, progress=False))
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        inn.simulate.run(model, population, steps=1, seed=1, progress=False, record="panel", path=Path(folder) / "first")
        took = timed(lambda: inn.simulate.run(model, population, steps=20, seed=1, progress=False, record="panel", path=Path(folder) / "panel"))
    return {"firms": min(firms, 1_000_000)} | took | {"beside": without["seconds"]}


WORKS: dict[str, Callable[[int], dict[str, float]]] = {
    f"{name}, {setting}": partial(work, setting, **more)
    for name, work, more in (
        ("Europe, ten years", europe, {}),
        (f"{RUNS:,} replications in threads", replications, {"processes": False}),
        (f"{RUNS:,} replications in two processes", replications, {"processes": True}),
        ("panel of a million firms, twenty years", panel, {}),
    )
    for setting in SETTINGS
}


def main(firms: int, wanted: list[str]) -> None:
    rows = {} if not FILE.exists() else pd.read_csv(FILE, index_col="work").T.to_dict()
    for work in wanted or WORKS:
        done = subprocess.run([sys.executable, __file__, "--one", str(firms), work], check=True, capture_output=True, text=True, env={**os.environ})
        rows[work] = json.loads(done.stdout.splitlines()[-1])
        print(work, rows[work], flush=True)
        pd.DataFrame(rows).T.rename_axis("work").round(3).to_csv(FILE)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(WORKS[sys.argv[3]](int(sys.argv[2]))))
    else:
        main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 23_000_000, sys.argv[2:])
