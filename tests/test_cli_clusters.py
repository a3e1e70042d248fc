"""The command line of clusters: what a person at an agency types, and what comes back."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import innovnet as inn
from innovnet import cli


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(path: str, **altered: object) -> None:
    """Type one cluster of six firms into a template."""
    book = openpyxl.load_workbook(path)

    def add(sheet: str, **cells: object) -> None:
        page = book[sheet]
        heads = [str(head.value).rstrip("*") for head in page[1]]
        row = next(k for k in range(2, 1000) if page.cell(k, 1).value is None)
        for name, value in cells.items():
            page.cell(row, heads.index(name) + 1).value = value

    add("clusters", **{"cluster": "K1", "name": "First", "country": "LT", "sectors": "26", "founded": "2021-03-01", **altered})
    for k, name in enumerate("abcdef"):
        add("organisations", organisation=name, name=f"Firm {name}", country="LT", kind="firm")
        add("membership", cluster="K1", organisation=name, **{"from": "2021-03-01"}, role="coordinator" if k == 0 else "member")
    book.save(path)


def test_from_an_empty_template_to_the_report(here, capsys):
    assert cli.main(["clusters", "template", "r.xlsx"]) == 0
    assert capsys.readouterr().out == f"Template: {here / 'r.xlsx'}\n"
    fill("r.xlsx")
    assert cli.main(["clusters", "assess", "r.xlsx", "--at", "2025-12-31", "--years", "2024-2025", "--out", "k", "--quiet"]) == 0
    told = capsys.readouterr()
    assert told.out == f"Report: {here / 'k' / 'report.html'}\n"
    assert told.err.startswith("innovnet: r.xlsx: W10 members whose sector")
    assert told.err.endswith("`innovnet clusters check` tells which.\n")
    record = json.loads(Path("k/provenance.json").read_text(encoding="utf-8"))
    assert record["command"] == "innovnet clusters assess r.xlsx --at 2025-12-31 --years 2024-2025 --out k --quiet"
    assert record["inputs"][0]["name"] == "r.xlsx"
    levels = pd.read_csv("k/tables/levels.csv").set_index("cluster")
    assert levels.loc["K1", ["level_low", "level_high"]].tolist() == ["emerging", "developing"]
    assert Path("k/sheets/K1.html").is_file()


def test_monitoring_has_years_and_no_sheets(here, capsys):
    inn.clusters.write_template("r.xlsx", register=inn.clusters.example())
    assert cli.main(["clusters", "monitor", "r.xlsx", "--years", "2024–2025", "--out", "m"]) == 0
    assert "  years 2024 to 2025 ... " in capsys.readouterr().err
    panel = pd.read_csv("m/tables/panel.csv")
    assert set(panel["year"]) == {2024, 2025}
    assert not Path("m/sheets").exists()
    book = openpyxl.load_workbook("m/clusters.xlsx", read_only=True)
    assert {"Panel", "Transitions", "Entries", "Exits", "Warnings"} <= set(book.sheetnames)


def test_a_template_takes_the_place_of_nothing(here, capsys):
    Path("r.xlsx").write_bytes(b"work of a week")
    assert cli.main(["clusters", "template", "r.xlsx"]) == 1
    inn.clusters.write_template("full.xlsx", register=inn.clusters.example())
    assert cli.main(["clusters", "template", "r.xlsx", "--from", "full.xlsx"]) == 1
    assert capsys.readouterr().err.count("innovnet: r.xlsx exists already") == 2
    assert Path("r.xlsx").read_bytes() == b"work of a week"


def test_a_register_in_another_language_is_the_same(here, capsys):
    example = inn.clusters.example()
    inn.clusters.write_template("r.xlsx", register=example)
    assert cli.main(["clusters", "template", "lt", "--language", "lt", "--from", "r.xlsx"]) == 0
    assert capsys.readouterr().out == f"Register: {here / 'lt'}\n"
    with pytest.warns(inn.errors.DataWarning):
        assert inn.clusters.read_register("lt").fingerprint == example.fingerprint


def test_check_tells_all_that_is_wrong(here, capsys):
    cli.main(["clusters", "template", "r.xlsx"])
    fill("r.xlsx", founded="gestern", sectors=None, country="LTX")
    capsys.readouterr()
    assert cli.main(["clusters", "check", "r.xlsx"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "r.xlsx: 3 faults (E03, E04, E22). Nothing was read."
    assert len(lines) == 4
    assert any(line.startswith("clusters row 2 [founded]: gestern. E04") for line in lines)


def test_check_tells_what_deserves_a_look(here, capsys):
    inn.clusters.write_template("r.xlsx", register=inn.clusters.example())
    assert cli.main(["clusters", "check", "r.xlsx"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("Register: 14 clusters, 134 organisations")
    assert "No fault was found." in told.out
    assert "membership: W03 clusters without a coordinator (1, kept)" in told.out
    assert told.err == ""


def test_many_faults_are_cut(here, capsys):
    rows = ["cluster,organisation,from,role", *(f"nowhere,o{k},2020-01-01,member" for k in range(10_000))]
    Path("r").mkdir()
    Path("r/membership.csv").write_text("\n".join(rows), encoding="utf-8")
    Path("r/clusters.csv").write_text("cluster,name,country,sectors,founded\nK,Name,LT,26,2020\n", encoding="utf-8")
    assert cli.main(["clusters", "assess", "r", "--quiet"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("innovnet: r: 10,000 faults (E08)")
    assert len(lines) == 22
    assert lines[-1] == "  ... and 9,980 more"
    assert cli.main(["clusters", "check", "r"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 10_001


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assess", "nothing.xlsx"], "nothing.xlsx does not exist"),
        (["assess", "r.xlsx", "--rules", "lithuenia"], "Did you mean 'lithuania'?"),
        (["assess", "r.xlsx", "--rules", "own.toml"], "there is no file 'own.toml'"),
        (["assess", "r.xlsx", "--at", "2025-13-31"], "'2025-13-31' is no date"),
        (["assess", "r.xlsx", "--at", "2024-12-31", "--years", "2024-2025"], "the year 2025 ends after the day"),
        (["assess", "r.xlsx", "--data", "nothing.zip"], "nothing.zip does not exist"),
        (["assess", "r.xlsx", "--out", "taken"], "taken holds files that are not of an earlier report"),
        (["monitor", "r.xlsx", "--years", "1800-1801"], "innovnet: 1801 is outside the years 1900 to 2200"),
        (["check", "nothing.xlsx"], "nothing.xlsx does not exist"),
        (["template", "r.pdf"], "not .pdf"),
    ],
)
def test_input_that_cannot_be_used(here, capsys, arguments, words):
    Path("taken").mkdir()
    Path("taken/letter.txt").touch()
    inn.clusters.write_template("r.xlsx", register=inn.clusters.example())
    assert cli.main(["clusters", *arguments]) == 1
    told = capsys.readouterr()
    assert words in told.err + told.out
    assert "Traceback" not in told.err
    assert sorted(path.name for path in here.iterdir()) == ["r.xlsx", "taken"]


@pytest.mark.parametrize("arguments", [["assess", "r.xlsx", "--years", "2025-2020"], ["assess", "r.xlsx", "--years", "ten"], ["monitor", "r.xlsx"], []])
def test_a_command_that_is_none(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["clusters", *arguments])
    assert stopped.value.code == 2
    assert "usage: innovnet clusters" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["template", "check", "assess", "monitor"])
def test_help_has_an_example(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["clusters", command, "--help"])
    assert stopped.value.code == 0
    assert f"\n  innovnet clusters {command} " in capsys.readouterr().out


def test_interrupt(here, capsys, monkeypatch):
    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    inn.clusters.write_template("r.xlsx", register=inn.clusters.example())
    monkeypatch.setattr("innovnet.report._cluster_run.monitor", interrupt)
    assert cli.main(["clusters", "assess", "r.xlsx", "--quiet"]) == 130
    assert "an earlier report is as it was" in capsys.readouterr().err


def test_the_demo_and_a_report_lead_to_clusters(here):
    assert cli.main(["demo", "--runs", "2", "--quiet", "--out", "d"]) == 0
    assert 'href="clusters/report.html"' in Path("d/report.html").read_text(encoding="utf-8")
    assert len(list(Path("d/clusters/sheets").iterdir())) == 13
    text = Path("d/clusters/report.html").read_text(encoding="utf-8")
    assert "No cluster and no organisation in it exists." in text
