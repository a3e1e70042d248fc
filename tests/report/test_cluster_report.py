"""The report on clusters as a whole: what stands in the folder, what stands on the pages, what happens when something goes wrong."""

import hashlib
import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError, DataWarning
from innovnet.report._country_view import slug

DAY = "2025-12-31"
HOSTILE = ["../etc/passwd", "CON", "a/b", "A", "a", "</script><img src=x>", "=1+1", "\u202eabc", "ž" * 80, "x" * 200]


@pytest.fixture(scope="module")
def example():
    return inn.clusters.example()


@pytest.fixture(scope="module")
def folder(example, tmp_path_factory):
    page = inn.write_cluster_report(example, tmp_path_factory.mktemp("c") / "clusters", affiliation=inn.example(), years=range(2023, 2026), progress=False)
    return page.parent


def small(clusters: list[str], members: int = 5, **of_clusters: object) -> inn.clusters.Register:
    table = pd.DataFrame({"cluster": clusters, "name": [f"Cluster {k}" for k in range(len(clusters))], "country": "LT", "founded": "2020-01-01", **of_clusters})
    spells = pd.DataFrame([(cluster, f"o{k}", "2020-01-01") for cluster in clusters for k in range(members)], columns=["cluster", "organisation", "from"])
    with pytest.warns(DataWarning):
        return inn.clusters.Register.from_frames(table, spells)


def test_files_are_all_there_and_listed(folder, example):
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert there == {*record["files"], "provenance.json"}
    sheets = {path for path in there if path.startswith("sheets/")}
    levels = pd.read_csv(folder / "tables" / "levels.csv")
    assert sheets == {f"sheets/{slug(cluster)}.html" for cluster in levels["cluster"]}
    assert {"report.html", "clusters.xlsx", "figures/country-levels.svg", "figures/country-levels.png", "tables/panel.parquet"} <= there
    assert record["fingerprints"] == {"register": example.fingerprint, "affiliation": inn.example().fingerprint}
    assert record["options"]["at"] == DAY
    assert record["options"]["years"] == [2023, 2024, 2025]
    assert record["rules"]["sha256"] == hashlib.sha256(record["rules"]["text"].encode()).hexdigest()
    assert 'name = "lithuania"' in record["rules"]["text"]
    assert "2025-12-31" in record["command"]


def test_tables_agree_with_the_functions(folder, example):
    read = lambda name: pd.read_parquet(folder / "tables" / f"{name}.parquet")  # noqa: E731
    assessment = inn.clusters.assess(example, inn.example(), rules="lithuania", at=DAY, progress=False)
    assert read("levels")["level"].tolist() == assessment.levels["level"].tolist()
    assert read("levels")["weakest"].fillna("").tolist() == assessment.levels["weakest"].fillna("").tolist()
    assert read("criteria")["met"].astype("boolean").equals(assessment.criteria["met"])
    assert read("missing")["text"].tolist() == assessment.missing["text"].tolist()
    followed = inn.clusters.monitor(example, inn.example(), rules="lithuania", years=range(2023, 2026), progress=False)
    assert read("panel")["level"].tolist() == followed.panel["level"].tolist()
    assert read("transitions")["count"].tolist() == followed.transitions()["count"].tolist()
    assert len(read("warnings")) == len(followed.warnings)
    last = followed.panel[followed.panel["year"] == 2025].set_index("cluster")["level"]
    assert read("levels").set_index("cluster")["assigned"].to_dict() == last.to_dict()


def test_indicators_are_all_of_the_catalogue_and_p_is_adjusted(folder, example):
    table = pd.read_parquet(folder / "tables" / "indicators.parquet")
    found = inn.clusters.indicators(example, inn.example(), at=DAY, progress=False)
    ours = table.set_index(["cluster", "indicator"])
    assert set(ours.index) == set(found.index)
    for column in ("value", "low"):
        np.testing.assert_array_equal(ours[column].reindex(found.index).to_numpy(), found[column].to_numpy())
    endless = np.isinf(found["high"].to_numpy())
    assert endless.any()
    assert ours["high"].reindex(found.index)[endless].isna().all()
    assert {re.sub(r"\(.*", "", name) for name in table["indicator"]} == set(inn.clusters.CATALOGUE)
    cohesion = pd.read_parquet(folder / "tables" / "cohesion.parquet").set_index("cluster")
    p = cohesion["p"].dropna()
    by_hand = {c: min(1.0, *(q * len(p) / (p <= q).sum() for q in p if q >= p[c])) for c in p.index}
    assert cohesion["p_adjusted"].dropna().to_dict() == pytest.approx(by_hand)


def test_every_column_has_a_meaning(folder):
    meanings = pd.read_csv(folder / "tables" / "columns.csv").fillna("")
    for path in (folder / "tables").glob("*.csv"):
        if path.stem != "columns":
            stated = meanings.loc[meanings["table"] == path.stem, "column"].tolist()
            assert stated == pd.read_csv(path, nrows=0).columns.tolist(), path.stem
    own = meanings[~meanings["table"].str.startswith(("sheet_", "country_"))]
    assert own.loc[(own["definition"] == "") & (own["unit"] == "") & ~own["label"].str.contains(" "), ["table", "column"]].to_numpy().tolist() == []
    bare = meanings[meanings["label"] == meanings["column"]]
    assert bare[["table", "column"]].to_numpy().tolist() == []


def test_pages_are_whole_load_nothing_and_lead_to_each_other(folder, parsed):
    pages = [folder / "report.html", *(folder / "sheets").iterdir()]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        reader = parsed(text)
        assert not {"script", "img", "iframe", "link", "object", "embed"} & set(reader.tags)
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
        assert len(reader.ids) == len(set(reader.ids))
        for address in reader.addresses:
            if address.startswith("#"):
                assert address[1:] in reader.ids
            else:
                assert (page.parent / address).resolve().is_file(), address
    leads = set(parsed((folder / "report.html").read_text(encoding="utf-8")).addresses)
    assert {f"sheets/{page.name}" for page in pages[1:]} <= leads
    assert all("../report.html" in parsed(page.read_text(encoding="utf-8")).addresses for page in pages[1:])


_NUMBER = re.compile(r"(?<![\w.])\d+(?:[\u202f\u00a0]\d{3})*(?:\.\d+)?(?![\w])")


def numbers(text: str) -> set[str]:
    return {re.sub(r"[\u202f\u00a0]", "", found) for found in _NUMBER.findall(text)}


def written(values: pd.Series) -> set[str]:
    """A column as a page may write it: rounded, as percent, in thousands and millions; the numbers inside texts and dates."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        known = values.dropna().astype("float64").unique()
        return {f"{abs(v) * scale:.{digits}f}" for v in known for scale in (1, 100, 1e-6, 1e-3) for digits in (0, 1, 2, 3)}
    found = set()
    for text in values.dropna().astype("str").unique():
        found |= numbers(text.replace(",", "\u202f")) | {part.lstrip("0") or "0" for part in re.findall(r"\d+", text)} | set(re.findall(r"\d+\.\d+|\d+", text))
    return found


def test_every_number_of_a_sheet_is_in_the_tables(folder):
    tables = [pd.read_parquet(path) for path in (folder / "tables").glob("*.parquet") if path.stem.startswith("sheet_")]
    for cluster in pd.read_parquet(folder / "tables" / "levels.parquet")["cluster"]:
        page = (folder / "sheets" / f"{slug(cluster)}.html").read_text(encoding="utf-8")
        body = re.sub(r"<style>.*?</style>|<title>.*?</title>|aria-label=\"[^\"]*\"", " ", page, flags=re.DOTALL)
        shown = numbers(html.unescape(re.sub(r"<[^>]+>", " ", body)))
        known = set().union(*(written(part[column]) for table in tables for part in [table[table["cluster"] == cluster]] for column in part.columns))
        money = pd.read_parquet(folder / "tables" / "sheet_funding.parquet").query("cluster == @cluster").groupby("year")["amount_eur"].sum()
        countries = pd.read_parquet(folder / "tables" / "sheet_outside.parquet").query("cluster == @cluster")["country"].nunique()
        known |= written(money) | {str(countries)}  # a column of the drawing is the sum of its pieces; countries of partners are counted
        counts = {str(k) for k in range(1, 13)} | {"2026.1", "3", "2025"}  # numbers of a list, the version, the window and the year
        spare = {f"{n - k}" for n in map(int, filter(str.isdigit, known)) for k in (4, 6, 10) if n > k}  # "and 4 more"
        assert shown - known - counts - spare == set(), cluster


def test_findings_and_facts_of_the_page_are_in_the_tables(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    facts = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd></div>", page.partition("</header>")[0])
    levels, members = (pd.read_parquet(folder / "tables" / f"{name}.parquet") for name in ("levels", "members"))
    said = dict(facts)
    assert int(said["clusters"]) == len(levels)
    assert int(said["member organisations"]) == members["organisation"].nunique()
    assert int(said["criteria"]) == len(pd.read_parquet(folder / "tables" / "rules.parquet"))
    assert "Only &#39;published&#39; criteria are the Concept" in page.partition("</header>")[0]
    assert len(re.findall(r'<p class="value">', page)) >= 3


def test_workbook_explains_itself_and_has_a_sheet_for_each_cluster(folder):
    book = openpyxl.load_workbook(folder / "clusters.xlsx", read_only=True)
    assert book.sheetnames[:4] == ["Read me", "Findings", "Levels", "Criteria"]
    told = {row[0]: row[1] for row in book["Read me"].iter_rows(values_only=True) if row[0]}
    assert told["Sheets of clusters"] == "of each cluster"
    assert {"Title", "Rules", "Register", "Day", "To reproduce"} <= set(told)
    pages = [name for name in book.sheetnames if re.match(r"C\d\d ", name)]
    assert len(pages) == len(pd.read_csv(folder / "tables" / "levels.csv"))
    assert any(str(told[name]).startswith("Developing, at least; mature if") for name in pages)


def test_workbook_says_beyond_how_many_clusters_it_has_no_worksheets(tmp_path, monkeypatch):
    monkeypatch.setattr("innovnet.report._cluster_report.WORKSHEETS", 2)
    where = inn.write_cluster_report(small(["a", "b", "c"]), tmp_path / "r", at=DAY, years=[], images=False, progress=False).parent
    told = {row[0].value: row[1].value for row in openpyxl.load_workbook(where / "clusters.xlsx")["Read me"].iter_rows() if row[0].value}
    assert told["Sheets of clusters"].startswith("of the first 2; the other 1 are pages in the folder sheets")
    assert len(list((where / "sheets").iterdir())) == 3


def test_hostile_identifiers_are_no_paths(tmp_path, parsed):
    register = small(HOSTILE)
    where = inn.write_cluster_report(register, tmp_path / "r", at=DAY, years=[], images=False, progress=False).parent
    files = sorted(path.name for path in (where / "sheets").iterdir())
    assert len({name.lower() for name in files}) == len(HOSTILE)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}\.html", name) for name in files)
    assert not list(tmp_path.glob("*passwd*"))
    reader = parsed((where / "report.html").read_text(encoding="utf-8"))
    assert {f"sheets/{name}" for name in files} <= set(reader.addresses)
    assert "img" not in reader.tags
    assert "'=1+1" in (where / "tables" / "levels.csv").read_text(encoding="utf-8")


def test_no_cluster_and_one_cluster_on_the_day(tmp_path):
    register = small(["K"])
    none = inn.write_cluster_report(register, tmp_path / "none", at="2015-06-30", images=False, progress=False)
    assert "No cluster exists on 30 June 2015" in none.read_text(encoding="utf-8")
    assert not (none.parent / "sheets").exists()
    one = inn.write_cluster_report(register, tmp_path / "one", at="2023-06-30", images=False, progress=False)
    assert "1 of 1\u00a0cluster of the register exists on 30 June 2023." in one.read_text(encoding="utf-8")
    assert json.loads((one.parent / "provenance.json").read_text(encoding="utf-8"))["options"]["years"] == [2020, 2021, 2022]
    assert [path.name for path in (one.parent / "sheets").iterdir()] == ["K.html"]


def test_the_day_is_the_end_of_the_newest_year_with_data(tmp_path):
    page = inn.write_cluster_report(small(["K"]), tmp_path / "r", sheets=(), images=False, progress=False)
    text = page.read_text(encoding="utf-8")
    assert "31 December 2020: the last day of the newest ended year" in text
    assert "sheets/" not in text
    with_years = inn.write_cluster_report(small(["K"]), tmp_path / "y", years=[2021, 2022], sheets=(), images=False, progress=False)
    assert json.loads((with_years.parent / "provenance.json").read_text(encoding="utf-8"))["options"]["at"] == "2022-12-31"


def test_what_cannot_be_reported_on(tmp_path, example):
    with pytest.raises(DataError, match="the year 2026 ends after the day"):
        inn.write_cluster_report(example, tmp_path / "r", at=DAY, years=[2026], progress=False)
    with pytest.raises(DataError, match=r"'C99'.*no such cluster"):
        inn.write_cluster_report(example, tmp_path / "r", at=DAY, years=[], sheets=["C99"], progress=False)
    with pytest.raises(DataError, match="Did you mean 'lithuania'"):
        inn.write_cluster_report(example, tmp_path / "r", rules="lithuenia", progress=False)
    with pytest.raises(DataError, match="takes Register, not Affiliation"):
        inn.write_cluster_report(inn.toy(), tmp_path / "r", progress=False)
    with pytest.raises(DataError, match="takes Affiliation, not Network"):
        inn.write_cluster_report(example, tmp_path / "r", affiliation=inn.toy().project(), progress=False)
    assert not list(tmp_path.iterdir())


def test_rules_of_ones_own_are_in_the_record(tmp_path):
    rules = inn.clusters.load_rules("generic")
    where = inn.write_cluster_report(small(["K"]), tmp_path / "r", rules=rules, at=DAY, years=[], sheets=(), images=False, progress=False).parent
    text = json.loads((where / "provenance.json").read_text(encoding="utf-8"))["rules"]["text"]
    assert json.loads(text) == json.loads(json.dumps(rules.to_dict(), default=str))


def test_interrupted_report_leaves_the_old_one(tmp_path, monkeypatch):
    options = {"at": DAY, "years": [], "images": False, "progress": False}
    where = inn.write_cluster_report(small(["K"]), tmp_path / "r", **options)
    before = where.read_text(encoding="utf-8")

    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("innovnet.report._cluster_report.render_sheet", interrupt)
    with pytest.raises(KeyboardInterrupt):
        inn.write_cluster_report(small(["K", "L"]), tmp_path / "r", **options)
    assert where.read_text(encoding="utf-8") == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


_AGAIN = """
import innovnet as inn, sys
inn.write_cluster_report(inn.clusters.example(), sys.argv[1], affiliation=inn.example(), at="2025-12-31", years=[2024, 2025], sheets=["C03"], images=False, progress=False, command="x")
"""


def test_the_same_bytes_whatever_the_hash_seed(tmp_path):
    found = []
    for seed in ("1", "2"):
        where = tmp_path / seed / "r"
        subprocess.run([sys.executable, "-c", _AGAIN, str(where)], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, timeout=300)
        files = {path.relative_to(where).as_posix(): path.read_bytes() for path in where.rglob("*") if path.is_file()}
        files["report.html"] = re.sub(rb"<dt>(Written|Run time)</dt><dd>[^<]*", b"", files["report.html"])
        found.append({name: data for name, data in files.items() if name not in ("provenance.json", "clusters.xlsx")})
    assert found[0] == found[1]


def test_a_programme_leads_to_its_clusters(tmp_path, parsed):
    page = inn.write_report(inn.toy(), tmp_path / "r", register=small(["K"]), runs=2, images=False, progress=False)
    text = page.read_text(encoding="utf-8")
    assert "clusters/report.html" in parsed(text).addresses
    assert "<b>Clusters, 31 December 2020.</b> 0\u00a0of 1\u00a0clusters" in text
    record = json.loads((page.parent / "provenance.json").read_text(encoding="utf-8"))
    assert "clusters/sheets/K.html" in record["files"]
    assert [one["name"] for one in record["inputs"]] == ["affiliation in memory", "register in memory"]
    again = inn.write_report(inn.toy(), tmp_path / "r", runs=2, images=False, progress=False)
    assert not (again.parent / "clusters").exists()
    assert "clusters/report.html" not in again.read_text(encoding="utf-8")


def test_read_from_a_workbook_and_a_folder(tmp_path, example):
    for name in ("r.xlsx", "r"):
        inn.clusters.write_template(tmp_path / name, register=example)
        with pytest.warns(DataWarning, match="W02"):
            where = inn.write_cluster_report(tmp_path / name, tmp_path / f"out-{name}", at=DAY, years=[], sheets=(), images=False, progress=False).parent
        record = json.loads((where / "provenance.json").read_text(encoding="utf-8"))
        assert record["fingerprints"]["register"] == example.fingerprint
        assert {Path(one["name"]).suffix for one in record["inputs"]} == ({".xlsx"} if name == "r.xlsx" else {".csv", ".txt"})
