"""Where a report comes from: inputs by hash, versions, options, seeds, times."""

import hashlib
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from innovnet import __version__

_PACKAGES = ("numpy", "scipy", "pandas", "networkx", "igraph", "numba", "matplotlib", "pyarrow", "xlsxwriter", "jinja2")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
