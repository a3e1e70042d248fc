"""Measure everything and write the table of the README: ``python benchmarks/table.py [zip or "example"]``.

Ours and the peer's run in turn, in one process; each time is the best of its repetitions. Ours uses all cores given to the process, the peers one.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulating import simulating
from works import Work, cluster_years, indicators, levels, reading

import innovnet as inn
from innovnet._parallel import threads

README = Path(__file__).parents[1] / "README.md"
PROGRAM = """
import sys
from innovnet.cli import main
failed = main(sys.argv[1:])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")))  # peak memory in kB, on Linux
sys.exit(failed)
"""
BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"


def seconds(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def measured(work: Work, repeats: int = 3) -> tuple[float, float]:
    """Best times of ours and of the peer, taken in turn; the first call of ours compiles and does not count."""
    work.ours()
    ours, peer = [], []
    for _ in range(repeats):
        ours.append(seconds(work.ours))
        if work.peer is not None:
            peer.append(seconds(work.peer) / work.share)
    return min(ours), min(peer, default=float("nan"))


def line(work: Work, ours: float, peer: float) -> str:
    told = f"{work.peer_name}{f', sampled {work.share:.1%}' if work.share < 1 else ''}" if work.peer else "–"
    gain = f"{peer / ours:.1f} ×" if work.peer else "–"
    took = f"{ours:.2f} s" if ours >= 1 else f"{1000 * ours:.0f} ms"
    return f"| {work.name} | {took} | {told} | {gain} |"


def command(arguments: list[str], folder: str, **environment: str) -> tuple[float, float]:
    """Seconds and peak memory (GiB) of a command of its own process."""
    call = [
        sys.executable,
        "-c",
        PROGRAM,
        *arguments,
        "--quiet",
        "--out",
        str(Path(tempfile.mkdtemp(dir=folder)) / "report"),
    ]
    began = time.perf_counter()
    done = subprocess.run(call, check=True, capture_output=True, text=True, env={**os.environ, **environment})
    return time.perf_counter() - began, int(done.stdout.split()[-2]) / 2**20


def commands(path: Path | None) -> list[str]:
    """The commands of the README, each in a process of its own."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        works = [("`innovnet demo`, first run (compiles)", ["demo"], {"INNOVNET_CACHE": cache}), ("`innovnet demo`", ["demo"], {})]
        if path is not None:
            works += [
                ("`innovnet report --country LT`", ["report", str(path), "--country", "LT"], {}),
                ("`innovnet report`, whole programme", ["report", str(path)], {}),
            ]
        for name, arguments, environment in works:
            took, memory = command(arguments, folder, **environment)
            rows.append(f"| {name} | {took:.1f} s, {memory:.1f} GiB | – | – |")
            print(rows[-1], flush=True)
    return rows


def main(source: str) -> None:
    path = None if source == "example" else Path(source)
    affiliation = inn.example(actors=5000) if path is None else inn.read_cordis(path)
    network = affiliation.project()
    rows = []
    clusters = [*levels(100_000 if path else 1000, 300), *cluster_years(affiliation, 500)]
    for work in [*(reading(path) if path else []), *indicators(affiliation, 300), *clusters, *simulating(10_000, 20)]:
        rows.append(line(work, *measured(work)))
        print(rows[-1], flush=True)
    rows += commands(path)
    what = "Horizon Europe as published in December 2025" if path else "the embedded example with 5,000 organisations"
    head = (
        f"On {what} ({affiliation.n_actors:,} organisations, {affiliation.n_memberships:,} memberships, {network.n_ties:,} ties), {threads()} cores, "
        f"Python {platform.python_version()}, kernels compiled; peers on one core, both in one run (`python benchmarks/table.py`). A sampled peer was run on a part of the actors and scaled up."
    )
    table = "\n".join(["", head, "", "| work | innovnet | instead of | gain |", "|---|---|---|---|", *rows, ""])
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    README.write_text(before + BEGIN + table + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    data = Path(os.environ.get("INNOVNET_DATA", README.parents[1] / "shared" / "data")) / "horizon_europe" / "cordis-HORIZONprojects-csv.zip"
    main(sys.argv[1] if len(sys.argv) > 1 else str(data) if data.exists() else "example")
