import errno
import json
import os
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest

from innovnet.errors import DataError
from innovnet.report._exhibit import Column, Finding
from innovnet.report._files import columns_table, harmless, write_table
from innovnet.report._folder import RECORD, whole
from innovnet.report._workbook import write_workbook

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", "NUL\x00", "plain", "1E5", "NA"]
TABLE = pd.DataFrame(
    {
        "actor": ["01069", "1E5", "7"],
        "name": ["=1+1", "</script>", None],
        "contribution_eur": [1.5, None, 3e6],
        "sme": pd.array([True, None, False], dtype="boolean"),
        "n": [1, 2, 3],
    }
)
COLUMNS = {"contribution_eur": Column("EU contribution", "EUR", "Sum of grants."), "n": Column("Number")}


def test_text_that_looks_like_a_formula_is_made_harmless():
    made = harmless(pd.DataFrame({"x": HOSTILE}))["x"].tolist()
    assert made == ["'=1+1", "'+cmd|' /C calc'!A0", "'-2", "'@SUM(A1)", "'\tx", "NUL", "plain", "1E5", "NA"]


def test_csv_and_parquet_hold_the_same(tmp_path):
    write_table(TABLE, "t", COLUMNS, tmp_path)
    back = pd.read_csv(tmp_path / "t.csv", dtype={"actor": "str"}, keep_default_na=False, na_values=[""])
    assert back["actor"].tolist() == ["01069", "1E5", "7"]
    assert back["name"].tolist()[:2] == ["'=1+1", "</script>"]
    stored = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert stored.schema.field("contribution_eur").metadata[b"unit"] == b"EUR"
    assert stored.to_pandas()["contribution_eur"].isna().tolist() == [False, True, False]
    assert back["contribution_eur"].iloc[0] == 1.5


def test_workbook(tmp_path):
    path = tmp_path / "b.xlsx"
    write_workbook(
        path, [("Title", "=cmd()")], [Finding("k", "3", "is a number.", "exact", "f")], [("Organisations and much more than thirty-one", TABLE, COLUMNS)]
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Read me", "Findings", "Organisations and much more tha"]
    assert book["Read me"]["B1"].data_type == "s"
    sheet = book.worksheets[2]
    assert [cell.value for cell in sheet[1]][2] == "EU contribution"
    assert [cell.value for cell in sheet[2]][2] == "EUR"
    assert sheet["B4"].value == "'=1+1"
    assert sheet["B6"].value is None
    assert sheet["C5"].value is None
    assert sheet["C4"].number_format == '# ##0 "EUR"'
    assert sheet.freeze_panes == "C4"
    assert [table.ref for table in sheet.tables.values()] == ["A3:E6"]
    back = pd.read_excel(path, sheet_name=2, header=2, engine="calamine", dtype={"actor": "str"})
    assert back["actor"].tolist() == ["01069", "1E5", "7"]
    assert back.columns.tolist() == TABLE.columns.tolist()


def test_years_and_small_shares_are_readable_in_the_workbook(tmp_path):
    table = pd.DataFrame({"year": [2024], "small": [0.00012], "large": [0.5]})
    write_workbook(tmp_path / "b.xlsx", [], [], [("T", table, {"year": Column("Year", "year"), "small": Column("S", "share"), "large": Column("L", "share")})])
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["T"]
    assert [cell.number_format for cell in sheet[4]] == ["0", "0.000 %", "0.0 %"]


def test_columns_table_has_every_column():
    found = columns_table({"t": (TABLE, COLUMNS)})
    assert found["column"].tolist() == TABLE.columns.tolist()
    assert found["unit"].tolist()[2] == "EUR"


def _write(folder, text):
    with whole(folder) as made:
        (made / "report.html").write_text(text)
        (made / RECORD).write_text(json.dumps({"files": ["report.html"]}))


def test_an_interrupted_report_leaves_the_old_one_whole(tmp_path):
    folder = tmp_path / "out"
    _write(folder, "old")
    with pytest.raises(KeyboardInterrupt), whole(folder) as made:
        (made / "report.html").write_text("half")
        raise KeyboardInterrupt
    assert (folder / "report.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    _write(folder, "new")
    assert (folder / "report.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_other_files_is_refused(tmp_path):
    folder = tmp_path / "out"
    _write(folder, "old")
    (folder / "thesis.docx").write_text("mine")
    with pytest.raises(DataError, match=r"thesis\.docx"):
        _write(folder, "new")
    assert (folder / "thesis.docx").read_text() == "mine"
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(DataError, match="is a file"):
        _write(file, "new")


def test_a_link_stays_one_and_the_report_is_where_it_points(tmp_path):
    (tmp_path / "link").symlink_to("place")
    for text in ("old", "new"):
        _write(tmp_path / "link", text)
        assert (tmp_path / "place" / "report.html").read_text() == text
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "place"]


def test_names_as_long_as_names_can_be(tmp_path):
    for text in ("old", "new"):
        _write(tmp_path / ("ė" * 127), text)
    assert [path.name for path in tmp_path.iterdir()] == ["ė" * 127]


def test_a_folder_that_cannot_be_replaced_is_told_before_and_nothing_is_left(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    for folder in (Path(), Path(".."), tmp_path, tmp_path / "in"):
        with pytest.raises(DataError, match="you are in it"):
            _write(folder, "new")
    (tmp_path / "mounted").mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "mounted")
    with pytest.raises(DataError, match=r"a mounted place\. Name another folder, such as .*mounted"):
        _write(tmp_path / "mounted", "new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "mounted"]


def test_where_the_new_report_cannot_be_put_the_old_one_comes_back(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    _write(folder, "old")
    replace = Path.replace

    def busy(self, target):
        if (self / "report.html").exists() and (self / "report.html").read_text() == "new":
            raise OSError(errno.EBUSY, "busy")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(OSError, match="busy"):
        _write(folder, "new")
    assert (folder / "report.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
