"""The command line of the simulation: what an evaluator types, and what comes back."""

import json
from pathlib import Path

import pytest

from innovnet import cli

QUICK = ["--firms", "400", "--runs", "2", "--years", "2", "--burn-in", "2", "--quiet"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(*arguments):
    return cli.main(["simulate", "--country", "LT", *arguments])


def test_a_page_and_a_summary_with_intervals(here, capsys):
    assert simulate("--policy", "matchmaking", "--policy", "facilitation", "--mix", "--budget", "90000", *QUICK, "--out", "s") == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0].startswith("Additional SMEs in cooperation per 100 SMEs, year 2 (95 % interval)")
    assert [line.split("  ")[1] for line in lines[1:4]]
    assert {line.strip().split("  ")[0] for line in lines[1:4]} == {"Matchmaking", "Facilitation of clusters", "The mix"}
    assert lines[-1] == f"Report: {here / 's' / 'report.html'}"
    record = json.loads(Path("s/provenance.json").read_text(encoding="utf-8"))
    assert record["command"].startswith("innovnet simulate --country LT --policy matchmaking")
    policies = [policy for run in record["simulation"].values() for policy in run["parameters"]["policies"]]
    assert {(policy["start"], policy["end"]) for policy in policies} == {(1, 2)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--policy", "matchmakin"], "Did you mean 'matchmaking'?"),
        (["--policy", "internationalisation"], "needs partners abroad"),
        (["--policy", "matchmaking", "--budget", "-5"], "'-5' is no amount"),
        (["--policy", "matchmaking", "--budget", "nan"], "'nan' is no amount"),
        (["--policy", "matchmaking", "--years", "0"], "no whole number of at least 1"),
        (["--policy", "matchmaking", "--runs", "1"], "no whole number of at least 2"),
        (["--policy", "matchmaking", "--firms", "many"], "no whole number of at least 1"),
        (["--policy", "matchmaking", "--start", "4", "--end", "2"], "is after end=2"),
        (["--policy", "matchmaking", "--end", "20"], "but the last year is 10"),
        (["--policy", "matchmaking", "--start", "12"], "but the last year is 10"),
        (["--policy", "matchmaking", "--country", "XX"], "country 'XX': no population"),
        (["--policy", "matchmaking", "--out", "file"], "file is a file"),
        (["--policy", "matchmaking", "--out", "file/below"], "cannot be made"),
        ([], "--policy"),
    ],
)
def test_bad_input_is_told_and_nothing_is_computed(here, capsys, arguments, message):
    (here / "file").write_text("", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        simulate(*arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["file"]
