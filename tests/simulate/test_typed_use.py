"""What users write passes a strict type checker, and what they cannot write does not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

WRONG = """\
from innovnet import simulate

simulate.Participation(policies=3)
simulate.Matchmaking(budget=1.0, eligible="micro")
simulate.Eligible(sizes=1)
simulate.Participation(policies=simulate.Matchmaking(budget=1.0)).policies.append
"""


def test_public_annotations_are_as_wide_as_what_works(tmp_path):
    pytest.importorskip("mypy")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    used = Path(__file__).with_name("typed_use.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), str(used), str(wrong)]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert re.findall(r"(\w+)\.py:(\d+): error", told) == [("wrong", line) for line in "3456"], told
