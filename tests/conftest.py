"""Shared fixtures: the golden networks, and the real data where they are present."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

import innovnet as inn

settings.register_profile("usual", deadline=None)  # the first example of a test may compile
settings.register_profile("ci", deadline=None, derandomize=True)  # a change is judged by the same examples
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "usual"))

collect_ignore = ["reference"]

_D_TIES = "pq1 qp2 pr3 qr1 rs2 st1 ts1 rt1 tu4 ur1 uv2 vw1 wu2 vx1 xp1 sv1 yr2 wv1"
_D_SECTOR = {"firm": "pqsvx", "university": "ruy", "institute": "tw"}
_D_REGION = {"R1": "pqry", "R2": "stx", "R3": "uvw"}


def data_folder() -> Path | None:
    """The folder of real data: INNOVNET_DATA, else ../shared/data beside the checkout."""
    told = os.environ.get("INNOVNET_DATA")
    folder = Path(told) if told else Path(__file__).parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


def real_file(name: str) -> Path:
    folder = data_folder()
    if folder is None or not (folder / name).exists():
        pytest.skip(f"real data not present: {name} (set INNOVNET_DATA to the folder that holds it)")
    return folder / name


@pytest.fixture(scope="session")
def A() -> inn.Affiliation:  # noqa: N802
    return inn.toy()


@pytest.fixture(scope="session")
def U(A: inn.Affiliation) -> inn.Network:  # noqa: N802
    """Twelve actors, 19 ties, weight count."""
    return A.project()


@pytest.fixture(scope="session")
def D() -> inn.Network:  # noqa: N802
    """The directed golden network: ten actors, 18 ties."""
    sector = {a: s for s, members in _D_SECTOR.items() for a in members}
    region = {a: r for r, members in _D_REGION.items() for a in members}
    actors = pd.DataFrame({"actor": sorted(sector)})
    actors["sector"], actors["region"] = actors["actor"].map(sector), actors["actor"].map(region)
    ties = pd.DataFrame([(t[0], t[1], float(t[2])) for t in _D_TIES.split()], columns=["source", "target", "weight"])
    return inn.Network.from_frames(actors, ties, directed=True)


@pytest.fixture(scope="session")
def data_file() -> Callable[[str], Path]:
    """Path of a file of real data; the test is skipped without it."""
    return real_file


@pytest.fixture
def data_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process started by the test finds the real data, where they are present."""
    folder = data_folder()
    if folder is not None:
        monkeypatch.setenv("INNOVNET_DATA", str(folder))


@pytest.fixture(scope="session")
def horizon() -> inn.Affiliation:
    return inn.read_cordis(real_file("horizon_europe/cordis-HORIZONprojects-csv.zip"))


@pytest.fixture(scope="session")
def lithuania() -> inn.Affiliation:
    return inn.read_cordis(real_file("lithuania_horizon_europe/cordis-HORIZONprojects-csv.zip"))


def pytest_collection_modifyitems(items):
    """What looks at the kernels that were compiled comes last."""
    items.sort(key=lambda item: item.name == "test_every_kernel_was_compiled_once")
