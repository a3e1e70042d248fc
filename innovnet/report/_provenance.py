"""Where a report comes from: inputs by hash, versions, options, seeds, times."""

import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet import __version__
from innovnet._cite import cite
from innovnet.graph.read._zip import sha256_of
from innovnet.report._format import count, number
from innovnet.report._measure import Programme
from innovnet.report._worlds import no_worlds

_PACKAGES = ("numpy", "scipy", "pandas", "networkx", "igraph", "numba", "matplotlib", "pyarrow", "xlsxwriter", "jinja2")


def inputs_of(source: Path) -> list[dict[str, Any]]:
    """Name, size and SHA-256 of a file, or of every file of a folder."""
    paths = sorted(p for p in source.rglob("*") if p.is_file()) if source.is_dir() else [source]
    return [{"name": path.name, "bytes": path.stat().st_size, "sha256": sha256_of(path)} for path in paths]


def versions() -> dict[str, str]:
    """Versions of innovnet, Python and the packages underneath."""
    found = {"innovnet": __version__, "python": platform.python_version(), "platform": f"{platform.system()} {platform.machine()}"}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


class Clock:
    """Seconds of each step, in order. A step is named when it begins, its time is shown when it is done."""

    def __init__(self, *, show: bool) -> None:
        self.seconds: dict[str, float] = {}
        self._show = show

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Time one step."""
        self._print(f"  {what} ... ", end="")
        began, ended = time.perf_counter(), "not finished"
        try:
            yield
            self.seconds[what] = round(time.perf_counter() - began, 3)
            ended = f"{self.seconds[what]:.1f} s"
        finally:
            again = f"\r  {what} ... " if sys.stderr.isatty() else ""  # a bar may have taken the line
            self._print(f"{again}{ended}", end="\n")

    def _print(self, text: str, end: str) -> None:
        if self._show:
            print(text, end=end, file=sys.stderr, flush=True)


def now() -> str:
    """The time of writing, UTC, to the second."""
    return datetime.now(tz=UTC).isoformat(timespec="seconds")


def provenance_of(programme: Programme, record: Mapping[str, Any], title: str, *, mapped: bool) -> list[tuple[str, str]]:
    """The last part of the page: where the numbers come from, and how to cite them."""
    events = programme.affiliation._events
    dates = events["signed"].dropna() if "signed" in events.columns else pd.Series(dtype="datetime64[ns]")
    cordis = bool(set(events.get("programme", pd.Series(dtype="str")).dropna()) & {"HORIZON", "H2020", "FP7"})
    options, why = record["options"], no_worlds(programme)
    rows = [
        ("Input", "; ".join(input_words(one) for one in record["inputs"])),
        ("Data to", f"{dates.max():%d %B %Y}, the latest date of signature" if len(dates) else ""),
        ("Report on", f"organisations in {programme.place} ({programme.country})" if programme.country else "all organisations"),
        ("Actors and ties", f"{count(programme.network.n_actors, 'organisation')}, {count(programme.network.n_ties, 'tie')}"),
        ("Random worlds", "none: no comparison with chance" if why else f"{programme.runs} of each chance model"),
        ("Seed", str(programme.seed)),
        ("Written", record["written"]),
        ("Run time", f"{number(sum(record['seconds'].values()))} s up to this page, on {count(options['threads'], 'thread')}"),
        ("Command", record["command"]),
        ("Software", ", ".join(f"{name} {version}" for name, version in record["versions"].items())),
        ("Licence of the data", "© European Union, CORDIS, CC BY 4.0" if cordis else ""),
        ("Map", "Places: medians of the coordinates that CORDIS gives, © European Union, CC BY 4.0; no borders." if mapped else ""),
        ("How to cite", f"“{title}”, report made with innovnet{f' from data to {dates.max():%B %Y}' if len(dates) else ''}. {cite()}"),
    ]
    return [(label, value) for label, value in rows if value]


def input_words(one: Mapping[str, Any]) -> str:
    """A file by its size and hash, data in memory by their fingerprint."""
    if "sha256" in one:
        return f"{one['name']} ({number(one['bytes'])} bytes, SHA-256 {one['sha256']})"
    return f"{one['name']} (fingerprint {one['fingerprint']})"
