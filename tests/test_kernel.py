"""Compiled kernels are kept, made anew when any source they reach has changed, and do without a folder to write to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import innovnet
from innovnet._kernel import KERNELS

PACKAGE = Path(innovnet.__file__).parent


def run(code, folder, **env):
    environment = {**os.environ, "PYTHONPATH": str(folder), **env}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done


def copy(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "innovnet", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "innovnet" / "_callee.py").write_text("from innovnet._kernel import kernel\n\n@kernel\ndef inner(x):\n    return x + 1\n")
    (tmp_path / "innovnet" / "_caller.py").write_text(
        "from innovnet._callee import inner\nfrom innovnet._kernel import kernel\n\n@kernel\ndef outer(x):\n    return inner(x)\n"
    )
    return tmp_path


CALL = "from innovnet._caller import outer; print(outer(1), sum(outer.stats.cache_hits.values()))"


def test_cache_follows_a_callee_in_another_file(tmp_path):
    folder, cache = copy(tmp_path), str(tmp_path / "cache")
    assert run(CALL, folder, INNOVNET_CACHE=cache).stdout.split() == ["2", "0"]
    assert run(CALL, folder, INNOVNET_CACHE=cache).stdout.split() == ["2", "1"]
    callee = folder / "innovnet" / "_callee.py"
    callee.write_text(callee.read_text().replace("x + 1", "x + 5"))
    assert run(CALL, folder, INNOVNET_CACHE=cache).stdout.split() == ["6", "0"]


def test_nothing_is_written_into_the_package(tmp_path):
    folder = copy(tmp_path)
    run(CALL, folder, INNOVNET_CACHE=str(tmp_path / "cache"), PYTHONDONTWRITEBYTECODE="1")
    assert not list((folder / "innovnet").rglob("*.nb[ic]"))


def test_without_a_folder_to_write_to(tmp_path):
    folder = copy(tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = run(CALL, folder, INNOVNET_CACHE=str(blocked / "cache"))
    assert done.stdout.split() == ["2", "0"]
    assert done.stderr.count("INNOVNET_CACHE") == 1


def test_every_kernel_was_compiled_once():
    """Read-only and writable arrays are two types: whoever calls a kernel converts at the door."""
    several = {f"{kernel.__module__}.{kernel.__name__}": kernel.signatures for kernel in KERNELS if len(kernel.signatures) > 1}
    assert not several
