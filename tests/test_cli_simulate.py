"""The command line of the simulation: what an evaluator types, and what comes back."""

import json
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import innovnet as inn
from innovnet import cli, report
from innovnet.report import _simulation_run

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
        pytest.param(
            ["--policy", "matchmaking", "--out", "/proc/below"],
            "/proc takes no new folder",
            marks=pytest.mark.skipif(not Path("/proc/self").exists(), reason="no place here that lets nothing be made"),
        ),
        (["--policy", "matchmaking", "--out", "a" * 300], "is no path"),
        (["--policy", "matchmaking", "--out", "../" * 40], "cannot be replaced by the folder of a report"),
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


@pytest.mark.parametrize("command", [["demo"], ["simulate", "--country", "LT", "--policy", "matchmaking"]])
@pytest.mark.parametrize(("absent", "words"), [("", "you are in it"), ("xlsxwriter", "innovnet[files]"), ("jinja2", "innovnet[report]")])
def test_a_page_that_cannot_be_written_is_told_before_the_work(here, monkeypatch, capsys, command, absent, words):
    monkeypatch.setattr(_simulation_run, "population", lambda **_options: pytest.fail("the work began"))
    if absent:
        monkeypatch.setitem(sys.modules, absent, None)
    code = 1
    with suppress(SystemExit):  # words about what was typed end the program by themselves
        code = cli.main([*command, "--quiet", "--out", "s" if absent else "."])
    assert code == 1
    assert words in capsys.readouterr().err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "policies"),
    [
        (["report", "data.zip", "--country", "LT"], "default"),
        (["report", "data.zip", "--country", "LT", "--no-policies"], None),
        (["report", "data.zip", "--country", "US"], None),
        (["report", "data.zip"], None),
        (["demo", "--no-policies", "--quiet"], None),
        (["demo", "--country", "US", "--quiet"], None),
    ],
)
def test_reports_on_a_country_have_the_section(here, monkeypatch, capsys, arguments, policies):
    given = {}

    def write_report(*_arguments, **options):
        given.update(options)
        return here / "report.html"

    monkeypatch.setattr(report, "write_report", write_report)
    assert cli.main(arguments) == 0
    assert given["policies"] == policies
    assert ("no population of US can be made" in capsys.readouterr().err) == ("US" in arguments and "demo" not in arguments)


def test_the_demonstration_simulates_a_small_world(here, monkeypatch):
    given = {}

    def write_report(*_arguments, **options):
        given.update(options)
        return here / "report.html"

    monkeypatch.setattr(report, "write_report", write_report)
    monkeypatch.setattr(_simulation_run, "SMALL_FIRMS", 300)
    monkeypatch.setattr(_simulation_run, "RUNS", 2)
    assert cli.main(["demo", "--quiet"]) == 0
    simulation = given["policies"]
    assert list(simulation.comparison.alternatives) == ["matchmaking", "project-subsidy"]
    assert simulation.population.actors["participant"].sum() == 24
    assert (simulation.runs, simulation.years) == (2, 10)


def test_the_section_of_a_country_has_every_instrument_and_the_assumptions(monkeypatch):
    for name, value in {"FIRMS": 300, "RUNS": 2, "YEARS": 5, "BURN_IN": 2, "ASSUMPTION_RUNS": 2}.items():
        monkeypatch.setattr(_simulation_run, name, value)
    simulation = _simulation_run.default_simulation(inn.example(), "LT", seed=0, firms=300, bars=False)
    assert set(simulation.comparison.alternatives) == set(_simulation_run.INSTRUMENTS) - {"internationalisation"}
    assert set(simulation.assumptions.index.unique("policy")) == set(simulation.comparison.alternatives)
    exhibits = {one.key: one for one in inn.report.policy_exhibits(simulation)}
    shown = exhibits["policy_assumptions"].tables["policy_assumptions"]
    assert shown["assumption_words"].iloc[0] == "all as they are"
    assert len(shown) == 1 + 2 * (simulation.assumptions.index.unique("assumption").size - 1)
    assert "policy_truth" in exhibits
