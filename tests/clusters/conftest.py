import importlib.util
import warnings
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from innovnet.clusters import Register
from innovnet.errors import DataWarning


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
