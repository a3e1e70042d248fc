"""Files that are damaged, full, of others, or written by two at once."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import numpy as np
import pytest
from attack_models import Plain, Wide
from engine_models import plain

from innovnet.errors import DataError
from innovnet.simulate import branch, read_checkpoint, replicate, run
from innovnet.simulate._store import opened

resource = pytest.importorskip("resource")  # limits of files, and signals, are those of POSIX
NETWORK = plain(40)
TOLD = {"steps": 3, "seed": 1}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "point.npz"
    run(Plain(), NETWORK, checkpoint=path, **TOLD)
    return path.read_bytes()


@pytest.fixture(scope="module")
def further(whole, tmp_path_factory):
    path = tmp_path_factory.mktemp("further") / "point.npz"
    path.write_bytes(whole)
    return branch(read_checkpoint(path, NETWORK), Plain(), steps=1).summary


@pytest.mark.parametrize("way", ["cut", "bits", "end", "begin"])
def test_a_damaged_checkpoint_is_refused_or_does_not_matter(way, whole, further, tmp_path):
    path, chance, refused = tmp_path / "point.npz", np.random.default_rng(0), 0
    for _ in range(60):
        damaged = bytearray(whole)
        if way == "cut":
            damaged = damaged[: chance.integers(len(damaged))]
        elif way == "bits":
            for at in chance.integers(len(damaged), size=3):
                damaged[at] ^= 1 << int(chance.integers(8))
        else:
            at = int(chance.integers(500))
            damaged[at if way == "begin" else -1 - at] = int(chance.integers(256))
        path.write_bytes(damaged)
        try:
            found = branch(read_checkpoint(path, NETWORK), Plain(), steps=1).summary
        except DataError:
            refused += 1
        else:
            assert found.equals(further)  # a date of the archive, say
    assert refused > 20


def rewritten(whole, path, change):
    """The checkpoint with another header."""
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(parts["header.json"])
    change(header)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {"header.json": json.dumps(header).encode()}).items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda header: header.update(innovnet="0.0.1"), "was written by innovnet 0.0.1"),
        (lambda header: header.update(format=99), "was written by innovnet"),
        (lambda header: header.update(population="0" * 64), "belongs to another population"),
        (lambda header: header.update(step="2"), "is no whole checkpoint"),
        (lambda header: header.update(key="-1"), "is no whole checkpoint"),
        (lambda header: header.update(names=5), "is no whole checkpoint"),
        (lambda header: header.update(arrays=0), "is no whole checkpoint"),
        (lambda header: header.pop("format"), "is no whole checkpoint"),
        (lambda header: header["plan"]["parts"].clear(), "differs from this one in 'x'"),
        (lambda header: header.update(plan=None), "holds a state of NoneType"),
    ],
)
def test_a_checkpoint_of_another_version_population_or_hand(change, words, whole, tmp_path):
    rewritten(whole, tmp_path / "point.npz", change)
    with pytest.raises(DataError, match=words):
        branch(read_checkpoint(tmp_path / "point.npz", NETWORK), Plain(), steps=1)


def test_what_is_no_checkpoint(tmp_path):
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    (tmp_path / "empty.npz").touch()
    for path in (tmp_path, tmp_path / "arrays.npz", tmp_path / "empty.npz"):
        with pytest.raises(DataError, match="is no whole checkpoint"):
            run(Plain(), NETWORK, checkpoint=path, **TOLD)
    with pytest.raises(DataError, match=r"the folder .* does not exist"):
        run(Plain(), NETWORK, checkpoint=tmp_path / "none" / "point.npz", **TOLD)


@contextmanager
def files_of_at_most(size):
    """A disk that is full for files larger than this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_during_a_panel(tmp_path):
    point, folder = tmp_path / "point.npz", tmp_path / "panel"
    population, told = plain(400), {"seed": 1, "record": "panel"}
    run(Wide(), population, steps=1, checkpoint=point, path=folder, **told)
    with files_of_at_most(20_000), pytest.raises(DataError, match=r"year-00001.parquet cannot be written.*checkpoint=path the run goes on"):
        run(Wide(), population, steps=4, checkpoint=point, path=folder, **told)
    assert [file.name for file in sorted(folder.glob("*.parquet"))] == ["year-00000.parquet", "year-00001.parquet"]
    assert read_checkpoint(point, population).year == 1
    resumed = run(Wide(), population, steps=4, checkpoint=point, path=folder, **told)
    assert resumed.panel.equals(run(Wide(), population, steps=4, **told).panel)


def test_a_disk_that_is_full_for_a_checkpoint_keeps_the_one_before(tmp_path):
    point, population = tmp_path / "point.npz", plain(4000)
    run(Plain(), population, steps=1, seed=1, checkpoint=point)
    with files_of_at_most(20_000), pytest.raises(DataError, match=r"cannot be written.*It still holds what it held before"):
        run(Plain(), population, steps=3, seed=1, checkpoint=point)
    assert read_checkpoint(point, population).year == 1
    assert run(Plain(), population, steps=3, seed=1, checkpoint=point).summary.equals(run(Plain(), population, steps=3, seed=1).summary)


def test_a_panel_whose_files_are_gone_or_damaged(tmp_path):
    found = run(Plain(), NETWORK, record="panel", path=tmp_path, **TOLD)
    (tmp_path / "year-00001.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match="cannot be read"):
        _ = found.panel
    (tmp_path / "year-00001.parquet").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        _ = found.panel


@pytest.mark.parametrize(
    ("record", "path", "words"), [("summary", 5, "path=5 is no path"), ("panel", 5, "path=5 is no path"), ("panel", __file__, "cannot be used")]
)
def test_paths_of_panels_that_are_none(record, path, words):
    with pytest.raises(DataError, match=words):
        run(Plain(), NETWORK, record=record, path=path, **TOLD)


def altered(path, statement, value):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, (value,))
    connection.close()


@pytest.mark.parametrize(("statement", "value"), [("UPDATE runs SET record = ? WHERE run = 1", b"rubbish"), ("UPDATE about SET identity = ?", "{x")])
def test_a_damaged_store(statement, value, tmp_path):
    path = tmp_path / "runs.db"
    replicate(Plain(), NETWORK, runs=2, store=path, **TOLD)
    altered(path, statement, value)
    with pytest.raises(DataError, match=re.escape(f"the store {path} is damaged")):
        replicate(Plain(), NETWORK, runs=2, store=path, **TOLD)


def test_what_is_no_store(tmp_path):
    path = tmp_path / "runs.db"
    path.write_bytes(b"x" * 5000)
    for place in (path, tmp_path, tmp_path / "none" / "runs.db", ""):
        with pytest.raises(DataError, match="cannot be used"):
            replicate(Plain(), NETWORK, runs=2, store=place, **TOLD)
    with pytest.raises(DataError, match="store=5 is no path"):
        replicate(Plain(), NETWORK, runs=2, store=5, **TOLD)


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from engine_models import InPlace, plain
from innovnet.simulate import replicate, run
print("ready", flush=True)
if sys.argv[2] == "run":
    found = run(InPlace(pause=0.01), plain(500), steps=60, seed=1, checkpoint=sys.argv[3]).summary
else:
    found = replicate(InPlace(pause=0.01), plain(500), steps=6, seed=1, runs=20, store=sys.argv[3], progress=False).runs
print(hashlib.sha256(found.to_csv().encode()).hexdigest(), flush=True)
"""


def begun(what, path):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(__file__).rpartition("/")[0], what, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


@pytest.mark.parametrize("what", ["run", "store"])
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_what_is_stopped_at_any_moment_goes_on_to_the_same_bits(what, stop, tmp_path):
    straight = begun(what, tmp_path / "straight").communicate()[0].split()[-1]
    chance = np.random.default_rng([int(stop), len(what)])
    for _ in range(3):
        process = begun(what, tmp_path / "stopped")
        assert process.stdout.readline() == "ready\n"
        time.sleep(float(chance.uniform(0.0, 0.6)))
        process.send_signal(stop)
        process.communicate()
    assert begun(what, tmp_path / "stopped").communicate()[0].split()[-1] == straight


@pytest.mark.parametrize("what", ["run", "store"])
def test_two_processes_on_one_file(what, tmp_path):
    both = [begun(what, tmp_path / "shared") for _ in range(2)]
    first, second = (process.communicate()[0].split()[-1] for process in both)
    assert first == second


def test_a_store_that_several_make_at_once(tmp_path):
    def made(path, together):
        together.wait()
        with opened(path, {"a": 1}) as store:
            store.keep(1, ())

    with ThreadPoolExecutor(6) as pool:
        for k in range(40):
            together = Barrier(6)
            for done in [pool.submit(made, tmp_path / f"{k}.db", together) for _ in range(6)]:
                done.result()
