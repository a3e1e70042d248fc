"""Rules, paths and sizes that broke something."""

import os
import time

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import Register
from innovnet.clusters._check_rules import RESERVED
from innovnet.clusters._monitoring import DISSOLVED, ENTRY
from innovnet.clusters._shares import OPEN
from innovnet.errors import DataError


@pytest.mark.parametrize("name", [ENTRY, DISSOLVED, OPEN])
@pytest.mark.parametrize("below", [True, False])
def test_levels_named_like_what_is_no_level(name, below, tmp_path):
    level = "first" if below else name
    path = tmp_path / "own.toml"
    lines = [
        'schema = 1\nname = "own"',
        f'levels = ["{level}"]',
        f'below = "{name if below else "none"}"',
        f'criterion = [{{ id = "A", level = "{level}", indicator = "members", op = ">=", threshold = 5 }}]',
        'sources.own = { title = "t", date = 2026-01-01, read = "own" }',
    ]
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match="R03"):
        inn.clusters.load_rules(path)
    assert name in RESERVED


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "register.xlsx"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="neither a file nor a folder"):
        inn.clusters.read_register(pipe)


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
def test_what_is_missing_is_told_in_time_that_grows_with_the_clusters_alone():
    def seconds(n):
        names = np.array([f"o{k}" for k in range(8 * n)])
        clusters = pd.DataFrame({"cluster": [f"K{k}" for k in range(n)], "founded": "2015-01-01"})
        members = pd.DataFrame({"cluster": np.repeat(clusters["cluster"].to_numpy(), 8), "organisation": names, "from": "2016-01-01"})
        register = Register.from_frames(clusters, members)
        begin = time.process_time()
        inn.clusters.assess(register, rules="lithuania", at=2025, robustness=False)
        return time.process_time() - begin

    seconds(10)
    assert seconds(4000) < 16 * seconds(500)  # 6 as a rule; 30 where each sentence looks at all organisations
