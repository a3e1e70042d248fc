"""The report as a whole: what stands in the folder, what stands on the page, what happens when something goes wrong."""

import errno
import json
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import innovnet as inn
from innovnet import cli
from innovnet.errors import DataError

HOSTILE = ["</script><img onerror=alert(1)>", "Cash$ \\frac", "=1+1", "\u202eright to left \U0001f600"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    page = inn.write_report(inn.example(), tmp_path_factory.mktemp("r") / "report", runs=3, progress=False)
    return page.parent


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_files_are_all_there_and_listed(folder):
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert there == {*record["files"], "provenance.json"}
    assert {
        "report.html",
        "tables.xlsx",
        "tables/organisations.csv",
        "tables/ties.parquet",
        "tables/columns.csv",
        "figures/ranking.svg",
        "figures/ranking.png",
    } <= there
    assert record["options"]["runs"] == 3
    assert record["inputs"][0]["fingerprint"] == inn.example().fingerprint
    assert record["versions"]["innovnet"] == inn.__version__
    assert all(seconds >= 0 for seconds in record["seconds"].values())


def test_tables_agree_with_the_network(folder):
    network = inn.example().project("newman")
    actors = pd.read_csv(folder / "tables" / "organisations.csv", dtype={"actor": "str"}).set_index("actor")
    assert len(actors) == network.n_actors
    joint = actors["joint_work"].astype("float64").reindex(network.actors.index)
    pd.testing.assert_series_equal(joint, inn.metrics.strength(network), check_names=False)
    ties = pd.read_parquet(folder / "tables" / "ties.parquet")
    assert len(ties) == network.n_ties
    meanings = pd.read_csv(folder / "tables" / "columns.csv")
    for path in (folder / "tables").glob("*.csv"):
        if path.stem != "columns":
            stated = meanings.loc[meanings["table"] == path.stem]
            assert stated["column"].tolist() == pd.read_csv(path, nrows=0).columns.tolist()
            assert stated["label"].notna().all()


def test_every_column_has_a_meaning_of_its_own(folder):
    meanings = pd.read_csv(folder / "tables" / "columns.csv")
    said = meanings.fillna("")
    assert said.loc[(said["definition"] == "") & (said["unit"] == ""), ["table", "column"]].to_numpy().tolist() == []
    bare = meanings[(meanings["label"] == meanings["column"])]
    assert bare[["table", "column"]].to_numpy().tolist() == []


def test_page_is_whole_and_loads_nothing(folder, page, parsed):
    reader = parsed(page)
    assert not {"script", "img", "iframe", "link", "object", "embed"} & set(reader.tags)
    assert len(reader.ids) == len(set(reader.ids))
    for address in reader.addresses:
        if address.startswith("#"):
            assert address[1:] in reader.ids
        else:
            assert (folder / address).is_file(), address
    assert len(page.encode()) < 5_000_000
    assert page.count("<h1") == 1


def test_numbers_keep_their_units(page):
    text = re.sub(r"<[^>]+>", "", re.sub(r"<(style|svg)\b.*?</\1>", "", page, flags=re.DOTALL))
    assert not re.findall(r"\d [%×]", text)
    assert "None" not in text
    assert "nan" not in re.findall(r"\bnan\b", text)


def test_findings_stand_on_figures_of_the_page(page):
    findings = re.findall(r'<p class="note">.*?<a href="#([\w-]+)">figure \d+</a>', page)
    assert 5 <= len(findings) <= 7
    for figure in findings:
        assert f'<section class="exhibit" id="{figure}"' in page


def test_workbook_explains_itself(folder):
    book = openpyxl.load_workbook(folder / "tables.xlsx", read_only=True)
    assert book.sheetnames[:2] == ["Read me", "Findings"]
    assert "Organisations" in book.sheetnames
    assert "Data quality" in book.sheetnames
    told = {row[0]: row[1] for row in book["Read me"].iter_rows(values_only=True) if row[0]}
    assert told["Ranking"].startswith("Figure 4. Organisations by")
    assert {"Title", "Scope", "Input", "Seed", "Command", "Run time", "How to cite"} <= set(told)
    assert told["Scope"].endswith("No organisation or project in it exists.")


def test_same_report_for_the_same_seed(tmp_path, folder):
    again = inn.write_report(inn.example(), tmp_path / "again", runs=3, images=False, progress=False).parent

    def content(where):
        text = (where / "report.html").read_text(encoding="utf-8")
        return re.sub(r"<dt>(Written|Run time|Command)</dt><dd>[^<]*", "", text)

    assert re.sub(r'<a href="[^"]*png">PNG</a> ', "", content(folder)) == content(again)


def test_country_report(tmp_path):
    where = inn.write_report(inn.example(), tmp_path / "lt", country="LT", runs=3, images=False, progress=False).parent
    text = (where / "report.html").read_text(encoding="utf-8")
    assert "Lithuania" in text
    actors = pd.read_csv(where / "tables" / "organisations.csv")
    assert set(actors["country"]) == {"LT"}
    assert 'id="peers"' in text


@pytest.mark.parametrize(("country", "meant"), [("GR", "'EL' (Greece)"), ("lt", "'LT' (Lithuania)"), ("Lithunia", "'LT'"), ("ZZ", "There are: AT, ")])
def test_unknown_country_is_named(tmp_path, country, meant):
    with pytest.raises(DataError, match=rf"'{country}'.*{re.escape(meant)}"):
        inn.write_report(inn.example(), tmp_path / "x", country=country, progress=False)
    assert not list(tmp_path.iterdir())


def test_a_country_where_the_data_have_none(tmp_path):
    rows = pd.DataFrame({"actor": ["a", "b"], "event": ["p", "p"]})
    with pytest.raises(DataError, match="No organisation has a country"):
        inn.write_report(inn.Affiliation.from_frame(rows, actor="actor", event="event"), tmp_path / "x", country="LT")


def test_what_cannot_be_reported_on(tmp_path):
    with pytest.raises(DataError, match=r"not Network.*network\.affiliation"):
        inn.write_report(inn.toy().project(), tmp_path / "x")
    with pytest.raises(DataError, match="seed=-1"):
        inn.write_report(inn.toy(), tmp_path / "x", seed=-1, progress=False)
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="no folder that you may write into"):
        inn.write_report(inn.toy(), tmp_path / "file" / "x", progress=False)


def test_too_few_worlds(tmp_path):
    with pytest.raises(DataError, match="runs=1"):
        inn.write_report(inn.example(), tmp_path / "x", runs=1)


@pytest.mark.parametrize("actors", [30, 60])
def test_small_programmes(tmp_path, actors):
    assert inn.write_report(inn.example(actors=actors), tmp_path / "s", runs=2, images=False, progress=False).stat().st_size > 50_000


def test_the_toy_has_too_few_for_chance(tmp_path):
    text = inn.write_report(inn.toy(), tmp_path / "toy", runs=2, images=False, progress=False).read_text(encoding="utf-8")
    assert "Organisation F" in text


def hostile_programme():
    example = inn.example(actors=60)
    actors = example.actors
    actors["name"] = [HOSTILE[k % len(HOSTILE)] + f" {k}" for k in range(len(actors))]
    actors["short_name"] = None
    actors = actors.drop(columns="field")
    events = example.events
    events["name"] = HOSTILE[0]
    rows = example.participations
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", role="role", actors=actors, events=events, derived={"field": "field"})


def test_hostile_names(tmp_path, parsed):
    where = inn.write_report(hostile_programme(), tmp_path / "h", runs=2, images=False, progress=False).parent
    text = (where / "report.html").read_text(encoding="utf-8")
    reader = parsed(text)
    assert "img" not in reader.tags
    assert "Cash$ \\frac" in text
    assert "'=1+1" in (where / "tables" / "organisations.csv").read_text(encoding="utf-8")


QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_hostile_page_in_a_browser(tmp_path):
    where = inn.write_report(hostile_programme(), tmp_path / "h", runs=2, images=False, progress=False)
    command = ["chromium", *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", "--v=0"]
    done = subprocess.run([*command, "--dump-dom", where.resolve().as_uri()], capture_output=True, text=True, timeout=120, check=True)
    assert "<img" not in done.stdout
    assert "&lt;/script&gt;&lt;img onerror=alert(1)&gt;" in done.stdout
    assert "CONSOLE" not in done.stderr
    assert "Content Security Policy" not in done.stderr


@pytest.mark.skipif(shutil.which("chromium") is None or shutil.which("pdftotext") is None, reason="Chromium or pdftotext is not installed")
def test_printed_page_has_what_is_folded_on_the_screen(folder, tmp_path):
    printed = tmp_path / "report.pdf"
    command = ["chromium", *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer", f"--print-to-pdf={printed}"]
    subprocess.run([*command, (folder / "report.html").resolve().as_uri()], capture_output=True, timeout=120, check=True)
    text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, text=True, timeout=60, check=True).stdout
    for name in ("betweenness", "Random worlds", "strength"):
        assert re.search(rf"^\s*{name} \w", text, flags=re.MULTILINE), f"the method {name} has lost its name"
    ranking = next(line for line in text.splitlines() if "Berlin Stillwater U." in line and "university" in line)
    assert " DE " in ranking, "a column of the table is cut"
    assert "more columns in the files" in text
    assert "Table and downloads" not in text
    pages = text.split("\f")
    assert not [page for page in pages if re.search(r"WHO \w+[^\n]*\s*$", page.strip())], "a heading stands alone at the foot of a page"


def test_interrupted_report_leaves_the_old_one(tmp_path, monkeypatch):
    where = inn.write_report(inn.toy(), tmp_path / "r", runs=2, images=False, progress=False)
    before = where.read_text(encoding="utf-8")

    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("innovnet.report._write.write_workbook", interrupt)
    with pytest.raises(KeyboardInterrupt):
        inn.write_report(inn.toy(), tmp_path / "r", runs=3, images=False, progress=False)
    assert where.read_text(encoding="utf-8") == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["demo", "--runs", "2", "--quiet"]) == 0
    assert Path("innovnet-demo/report.html").is_file()
    assert "innovnet-demo/report.html" in capsys.readouterr().out
    assert not list(Path("innovnet-demo").rglob("*.png"))
    assert cli.main(["report", "nothing.zip"]) == 1
    assert "nothing.zip" in capsys.readouterr().err
    record = json.loads(Path("innovnet-demo/provenance.json").read_text(encoding="utf-8"))
    assert record["command"] == "innovnet demo --runs 2 --quiet"


def test_command_line_says_what_it_does(tmp_path, capsys):
    assert cli.main(["demo", "--runs", "2", "--out", str(tmp_path / "d")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(re.fullmatch(r"  random worlds \(2 of each chance model\) \.\.\. \d+\.\d s", line) for line in lines)


def test_a_step_that_fails_ends_its_line(tmp_path, capsys):
    assert cli.main(["report", str(tmp_path / "nothing.zip"), "--out", str(tmp_path / "d")]) == 1
    assert "  reading ... not finished\ninnovnet: " in capsys.readouterr().err


def test_a_full_disk_on_the_command_line(tmp_path, capsys, monkeypatch):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    monkeypatch.setattr("innovnet.report._files.write_table", full)
    assert cli.main(["demo", "--runs", "2", "--out", str(tmp_path / "d"), "--quiet"]) == 1
    assert capsys.readouterr().err == "innovnet: somewhere: No space left on device\n"
    assert not list(tmp_path.iterdir())


def test_interrupt_on_the_command_line(tmp_path, capsys, monkeypatch):
    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("innovnet.report._write.measure", interrupt)
    assert cli.main(["demo", "--out", str(tmp_path / "d"), "--quiet"]) == 130
    assert "an earlier report is as it was" in capsys.readouterr().err


def test_extract_has_no_comparison_with_chance(lithuania, tmp_path):
    text = inn.write_report(lithuania, tmp_path / "lt", country="LT", runs=2, images=False, progress=False).read_text(encoding="utf-8")
    assert "extract" in text
    assert "than by chance" not in text
