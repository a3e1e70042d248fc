import importlib.util
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from innovnet.clusters import Register
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import Snapshot, snapshot_of
from innovnet.errors import DataWarning
from innovnet.graph._tables import quality


@pytest.fixture(scope="session")
def twelve_clusters() -> ModuleType:
    spec = importlib.util.spec_from_file_location("twelve", Path(__file__).with_name("twelve.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def twelve_frames(twelve_clusters: ModuleType) -> dict[str, pd.DataFrame]:
    return twelve_clusters.frames()


@pytest.fixture(scope="session")
def twelve(twelve_clusters: ModuleType) -> Register:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # clusters of fewer than five members belong to it
        return twelve_clusters.register()


def _filled(rows, **usual) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    return table.assign(**{column: value for column, value in usual.items() if column not in table})


@pytest.fixture(scope="session")
def small() -> Callable[..., Snapshot]:
    """Snapshot of a small register: tables or columns by name of the sheet, required columns filled in; by default all organisations are members of K."""

    def snapshot(organisations, *, clusters=None, membership=None, affiliation=None, at="2025-12-31", settings=None, **tables) -> Snapshot:
        everyone = _filled(organisations, country="LT", kind="firm")
        everyone = _filled(everyone, name="Organisation " + everyone["organisation"].astype("str"))
        members = {"cluster": "K", "organisation": everyone["organisation"]} if membership is None else membership
        given = {
            "clusters": _filled({"cluster": ["K"]} if clusters is None else clusters, name="x", country="LT", sectors="62", founded="2020-01-01"),
            "membership": _filled(members, **{"from": "2020-01-01", "role": "member"}),
            "organisations": everyone,
        } | {name: pd.DataFrame(rows) for name, rows in tables.items()}
        register = Register._from_tables(given, quality())
        return snapshot_of(register, cooperation_of(register, affiliation), pd.Timestamp(at), settings or Settings())

    return snapshot
