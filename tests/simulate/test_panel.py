import json
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from engine_models import Meetings, plain

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate import _panel

run, branch = inn.simulate.run, inn.simulate.branch
MODEL = Meetings(rate=0.4, support=0.5, invited=4)


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_row_for_each_actor_and_year(tmp_path, on_disk):
    done = run(MODEL, plain(20), steps=3, seed=1, record="panel", path=tmp_path / "panel" if on_disk else None)
    panel = done.panel
    assert panel.columns.tolist() == ["year", "id", "size", "skill", "output", "treated"]
    assert panel["year"].tolist() == np.repeat([0, 1, 2, 3], 20).tolist()
    assert panel["size"].dtype == plain(1).actors["size"].dtype
    assert panel["treated"].dtype == bool
    np.testing.assert_allclose(panel.groupby("year")["skill"].mean(), done.summary["skill"], rtol=1e-12)


def test_in_memory_and_on_disk_are_equal(tmp_path):
    memory = run(MODEL, plain(20), steps=3, seed=1, record="panel").panel
    disk = run(MODEL, plain(20), steps=3, seed=1, record="panel", path=tmp_path / "p").panel
    pd.testing.assert_frame_equal(memory, disk, check_exact=True)
    assert sorted(p.name for p in (tmp_path / "p").glob("*.parquet")) == [f"year-{y:05d}.parquet" for y in range(4)]
    assert len(pd.read_parquet(tmp_path / "p")) == 80


def test_a_resumed_panel_is_the_straight_one(tmp_path):
    told = {"seed": 1, "record": "panel", "path": tmp_path / "p", "checkpoint": tmp_path / "c.npz"}
    run(MODEL, plain(20), steps=2, **told)
    kept = (tmp_path / "p" / "year-00001.parquet").stat().st_mtime_ns
    resumed = run(MODEL, plain(20), steps=5, **told).panel
    assert (tmp_path / "p" / "year-00001.parquet").stat().st_mtime_ns == kept
    pd.testing.assert_frame_equal(resumed, run(MODEL, plain(20), steps=5, seed=1, record="panel").panel, check_exact=True)


def test_a_full_disk_loses_no_year(tmp_path, monkeypatch):
    told = {"seed": 1, "record": "panel", "path": tmp_path / "p", "checkpoint": tmp_path / "c.npz"}
    write = pq.write_table

    def full(table, where, **options):
        if table["year"][0].as_py() == 3:
            where.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        write(table, where, **options)

    with monkeypatch.context() as patch, pytest.raises(DataError, match=r"year-00003.parquet cannot be written: .*No space.*years before are kept"):
        patch.setattr(pq, "write_table", full)
        run(MODEL, plain(20), steps=5, **told)
    assert [p.name for p in sorted((tmp_path / "p").iterdir())] == ["_run.json", *(f"year-{y:05d}.parquet" for y in range(3))]
    assert inn.simulate.read_checkpoint(tmp_path / "c.npz", plain(20)).year == 3
    pd.testing.assert_frame_equal(run(MODEL, plain(20), steps=5, **told).panel, run(MODEL, plain(20), steps=5, seed=1, record="panel").panel)


def test_folders_of_others_are_left_alone(tmp_path):
    run(MODEL, plain(20), steps=1, seed=1, record="panel", path=tmp_path / "p")
    with pytest.raises(DataError, match=r"panel of another run \(other seed\)"):
        run(MODEL, plain(20), steps=1, seed=2, record="panel", path=tmp_path / "p")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "data.csv").write_text("a")
    with pytest.raises(DataError, match="holds other files"):
        run(MODEL, plain(20), steps=1, seed=2, record="panel", path=tmp_path / "mine")
    with pytest.raises(DataError, match="cannot be used for a panel"):
        run(MODEL, plain(20), steps=1, seed=2, record="panel", path=tmp_path / "mine" / "data.csv")
    (tmp_path / "p" / "_run.json").write_text(json.dumps([1])[:-1])
    with pytest.raises(DataError, match="cannot be used for a panel"):
        run(MODEL, plain(20), steps=1, seed=1, record="panel", path=tmp_path / "p")


def test_a_year_that_is_gone_is_told(tmp_path):
    told = {"seed": 1, "record": "panel", "path": tmp_path / "p", "checkpoint": tmp_path / "c.npz"}
    run(MODEL, plain(20), steps=3, **told)
    (tmp_path / "p" / "year-00001.parquet").unlink()
    with pytest.raises(DataError, match="lacks year 1 of the panel"):
        run(MODEL, plain(20), steps=5, **told)


@dataclass(frozen=True)
class Shifty(Meetings):
    kind: str = "type"

    def actors(self, network, state):
        columns = super().actors(network, state)
        if len(state.source):
            if self.kind == "type":
                columns["skill"] = columns["skill"].astype(np.float32)
            elif self.kind == "length":
                columns["skill"] = columns["skill"][:-1]
            else:
                columns["year"] = columns["skill"]
        return columns


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize(
    ("kind", "words"), [("type", "in year 1 'skill' was (float64|double) and is float"), ("length", "columns of several lengths"), ("year", "a column 'year'")]
)
def test_columns_stay_what_they_are(tmp_path, on_disk, kind, words):
    with pytest.raises(DataError, match=words):
        run(Shifty(kind=kind), plain(20), steps=2, seed=1, record="panel", path=tmp_path if on_disk else None)


def test_one_year_at_a_time_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(_panel, "ROWS", 4096)
    population = plain(50_000)
    run(MODEL, population, steps=1, seed=1, record="panel", path=tmp_path / "first")
    peaks = []
    for steps in (2, 12):
        tracemalloc.start()
        run(MODEL, population, steps=steps, seed=1, record="panel", path=tmp_path / f"p{steps}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
