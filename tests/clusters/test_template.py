"""The template of a register, and registers written to files and read back."""

import datetime as dt
import warnings

import hypothesis.strategies as st
import openpyxl
import pandas as pd
import pytest
import python_calamine
from hypothesis import given, settings
from openpyxl.utils import column_index_from_string

import innovnet as inn
from innovnet.clusters import Register, _template_book, write_template
from innovnet.clusters._sheets import SHEETS
from innovnet.clusters._template_words import columns_of
from innovnet.clusters._terms import choice_of, column_of, sheet_of, translated
from innovnet.clusters.read._open import open_register
from innovnet.clusters.read._register import read_register
from innovnet.clusters.read._texts import guarded
from innovnet.errors import DataError, DataWarning
from innovnet.graph._tables import quality

LANGUAGES = ("en", "lt")


@pytest.fixture(scope="module", params=LANGUAGES)
def empty(request, tmp_path_factory):
    """The empty template as openpyxl sees it, by name of the sheet, and its language."""
    path = tmp_path_factory.mktemp("template") / "register.xlsx"
    write_template(path, language=request.param)
    made = openpyxl.load_workbook(path)
    return {sheet_of(sheet.title): sheet for sheet in made}, request.param


def back(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_register(path)


def places(sheet):
    """Column -> letter."""
    return {column_of(sheet_of(sheet.title), cell.value): cell.column_letter for cell in sheet[1]}


# The empty workbook


def test_every_sheet_and_column_is_there_in_order(empty):
    sheets, language = empty
    assert list(sheets) == ["about", *SHEETS]
    for name, sheet in SHEETS.items():
        assert list(places(sheets[name])) == list(sheet.names)
        assert sheets[name].title == translated("sheet", name, language)
        assert sheets[name].max_row == 1
        assert sheets[name].freeze_panes == "B2"


def test_needed_columns_are_marked_in_word_and_colour(empty):
    for name, sheet in SHEETS.items():
        for field, cell in zip(sheet.fields, empty[0][name][1], strict=True):
            assert cell.value.endswith("*") is field.required
            assert (cell.fill.fgColor.rgb == "FF1F4E79") is field.required


def test_every_header_has_a_note_in_its_language(empty):
    sheets, language = empty
    for name, sheet in SHEETS.items():
        for field, cell in zip(sheet.fields, sheets[name][1], strict=True):
            assert cell.comment.text.startswith(translated("note", f"{name}.{field.name}", language))
            for choice in field.choices:
                assert translated("choice", f"{field.name}.{choice}", language) in cell.comment.text


def test_words_are_chosen_from_lists_that_the_reader_understands(empty):
    for name, sheet in SHEETS.items():
        validations = {str(rule.sqref): rule for rule in empty[0][name].data_validations.dataValidation}
        for field, letter in zip(sheet.fields, places(empty[0][name]).values(), strict=True):
            if not (field.choices or field.kind == "flag"):
                continue
            rule = validations[f"{letter}2:{letter}1048576"]
            words = rule.formula1.strip('"').split(",")
            assert [choice_of(field, word) for word in words] == list(field.choices or ("yes", "no"))
            assert (rule.type, rule.errorStyle, rule.showErrorMessage) == ("list", None, True)
            assert len(rule.formula1) <= 257


def test_identifiers_are_chosen_from_their_own_sheets(empty):
    sheets, language = empty
    of = {"clusters": translated("sheet", "clusters", language), "organisations": translated("sheet", "organisations", language)}
    found = {}
    for name in SHEETS:
        by_letter = {letter: column for column, letter in places(sheets[name]).items()}
        for rule in sheets[name].data_validations.dataValidation:
            if rule.formula1.startswith("OFFSET"):
                (target,) = [sheet for sheet, title in of.items() if f"'{title}'!" in rule.formula1]
                found[name, by_letter[str(rule.sqref)[0]]] = (target, bool(rule.showErrorMessage))
    assert found == {
        ("membership", "cluster"): ("clusters", True),
        ("membership", "organisation"): ("organisations", True),
        ("ownership", "owner"): ("organisations", False),
        ("ownership", "owned"): ("organisations", True),
        ("cooperation", "organisation"): ("organisations", True),
        ("facts", "cluster"): ("clusters", True),
        ("member_facts", "organisation"): ("organisations", True),
        ("funding", "cluster"): ("clusters", True),
    }
    for name in ("clusters", "organisations"):
        assert places(sheets[name])[SHEETS[name].key[0]] == "A"  # where the lists look


def test_columns_are_formatted_as_what_they_hold(empty):
    formats = {
        "date": "[>=2200]yyyy-mm-dd;0",
        "last date": "[>=2200]yyyy-mm-dd;0",
        "money": "#,##0.00",
        "year": "0",
        "whole": "0",
        "share": "General",
        "number": "General",
    }
    for name, sheet in SHEETS.items():
        for field, letter in zip(sheet.fields, places(empty[0][name]).values(), strict=True):
            found = next(one for one in empty[0][name].column_dimensions.values() if one.min <= column_index_from_string(letter) <= one.max)
            assert found.number_format == formats.get(field.kind, "@")


def test_the_first_sheet_explains_all_others(empty):
    sheets, language = empty
    texts = {cell.value for row in sheets["about"] for cell in row if cell.value}
    for row in columns_of(language):
        assert set(filter(None, row)) <= texts
    assert sum(cell.hyperlink is not None for row in sheets["about"] for cell in row) == len(SHEETS)


def test_the_template_opens_without_a_fault_and_has_no_rows(tmp_path):
    for language in LANGUAGES:
        write_template(tmp_path / f"{language}.xlsx", language=language)
        write_template(tmp_path / language, language=language)
        for path in (tmp_path / f"{language}.xlsx", tmp_path / language):
            opened = open_register(path)
            assert opened.faults == []
            assert {sheet_of(raw.name) for raw in opened.sheets if raw.header} == set(SHEETS)
            assert all(raw.table.shape[0] == 0 for raw in opened.sheets)


def test_what_a_person_types_into_it_is_read(tmp_path):
    path = tmp_path / "register.xlsx"
    write_template(path, language="lt")
    made = openpyxl.load_workbook(path)
    sheets = {sheet_of(sheet.title): sheet for sheet in made}
    typed = {
        "clusters": {"cluster": "01069", "name": "Šviesa", "country": "LT", "sectors": "26; 27", "founded": 2020, "governance": "taip"},
        "organisations": {"organisation": "1E5", "name": "NA", "country": "LT", "kind": "įmonė", "size": "maža"},
        "membership": {"cluster": "01069", "organisation": "1E5", "from": dt.date(2021, 6, 1), "to": 2024, "role": "koordinatorius"},
    }
    for name, cells in typed.items():
        for column, cell in cells.items():
            place = sheets[name][f"{places(sheets[name])[column]}2"]
            place.number_format = sheets[name].column_dimensions[place.column_letter].number_format  # as a spreadsheet program does
            place.value = cell
            if isinstance(cell, dt.date):
                place.number_format = "[>=2200]yyyy-mm-dd;0"
    made.save(path)
    register = back(path)
    cluster, member = register.clusters.loc["01069"], register.membership.iloc[0]
    assert (cluster["founded"], bool(cluster["governance"]), cluster["sectors"]) == (pd.Timestamp("2020-01-01"), True, "26;27")
    assert (member["from"], member["to"], member["role"]) == (pd.Timestamp("2021-06-01"), pd.Timestamp("2024-12-31"), "coordinator")
    assert register.organisations.loc["1E5", ["name", "kind", "size"]].tolist() == ["NA", "firm", "small"]


# Registers written and read back


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_a_register_comes_back_with_the_same_fingerprint(twelve, tmp_path, language, suffix):
    for name, register in {"twelve": twelve, "example": inn.clusters.example(seed=3)}.items():
        path = tmp_path / f"{name}{suffix}"
        write_template(path, language=language, register=register)
        assert back(path).fingerprint == register.fingerprint


def evil_register(texts, numbers, days):
    """One cluster for each text, with the text in all columns that take any."""
    ids = [f"{k}{text}" for k, text in enumerate(texts)]
    n = len(ids)
    tables = {
        "clusters": {"cluster": ids, "name": texts, "country": "LT", "sectors": "26;C27.1", "founded": days, "source": texts, "legal_form": "public body"},
        "organisations": {"organisation": ids, "name": texts, "country": "EL", "kind": "other", "registry_code": texts, "high_value": [True, False, None] * n},
        "membership": {"cluster": ids, "organisation": ids, "from": days, "role": "facilitator", "stage": texts},
        "facts": {
            "cluster": ids,
            "year": 2024,
            "staff_fte": numbers,
            "staff_fte_low": 0.0,
            "staff_fte_high": 999999999999999.9,
            "own fact": [0 - x for x in numbers],
        },
        "cooperation": {"event": ids, "organisation": ids, "start": days, "kind": "R&D"},
    }
    frames = {
        name: pd.DataFrame({column: cells[:n] if isinstance(cells, list) else cells for column, cells in table.items()}, index=range(n))
        for name, table in tables.items()
    }
    return Register._from_tables(frames, quality())


EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'=1",
    "''-1",
    "'s",
    "01069",
    "1E5",
    "NA",
    "nan",
    "TRUE",
    "yes",
    "a;b",
    'say "x"',
    "{=1}",
    "http://x.lt",
    "_x000D_",
    "日本",
    "€",
    "#REF",
    "0 %",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_evil_texts_and_all_digits_come_back(tmp_path, language, suffix):
    numbers = [0.1 + 0.2, 1 / 3, 1e-300, 999999999999999.9, 5e-324, 123456789.123456789, 0.0] * 4
    days = [
        pd.Timestamp("1850-02-28"),
        pd.Timestamp("1900-02-28"),
        pd.Timestamp("1906-01-07"),
        pd.Timestamp("1906-01-08"),
        pd.Timestamp("2024-02-29"),
        pd.Timestamp("9999-12-31"),
    ] * 5
    register = evil_register(EVIL, numbers[: len(EVIL)], days[: len(EVIL)])
    write_template(tmp_path / f"r{suffix}", language=language, register=register)
    again = back(tmp_path / f"r{suffix}")
    for name in SHEETS:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(register, name), check_exact=True)
    assert again.fingerprint == register.fingerprint


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_no_text_in_a_csv_file_begins_like_a_formula_and_none_is_lost(text):
    written = guarded(text)
    assert not written.startswith(("=", "+", "-", "@"))
    assert written.removeprefix("'" if written != text else "") == text


def test_no_cell_of_the_workbook_is_a_formula(tmp_path):
    write_template(tmp_path / "r.xlsx", register=evil_register(EVIL, [1.0] * len(EVIL), [pd.Timestamp("2020-01-01")] * len(EVIL)))
    made = openpyxl.load_workbook(tmp_path / "r.xlsx")
    cells = [cell for sheet in made for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert sum(cell.value == "=1+1" for cell in cells if cell.data_type == "s") == 5


def test_another_reader_sees_the_same_cells(twelve, tmp_path):
    path = tmp_path / "r.xlsx"
    write_template(path, register=twelve)
    other = python_calamine.CalamineWorkbook.from_path(path)
    for raw in open_register(path).sheets[1:]:
        rows = other.get_sheet_by_name(raw.name).to_python()
        seen = [[None if cell == "" else cell for cell in row[: len(raw.header)]] for row in rows[1:]]
        mine = [[cell.date() if isinstance(cell, dt.datetime) else cell for cell in row] for row in raw.table.tolist()]
        assert rows[0] == raw.header
        assert mine == [row + [None] * (len(raw.header) - len(row)) for row in seen]


def test_equal_registers_give_equal_files(twelve, tmp_path):
    for name in ("a", "b"):
        write_template(tmp_path / f"{name}.xlsx", register=twelve)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_dates_are_cells_of_dates(twelve, tmp_path):
    write_template(tmp_path / "r.xlsx", register=twelve)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["membership"]
    cell = sheet[f"{places(sheet)['from']}2"]
    assert cell.value == twelve.membership["from"].iloc[0].to_pydatetime()
    assert cell.number_format == "[>=2200]yyyy-mm-dd;0"


def test_csv_files_are_as_their_country_expects_them(twelve, tmp_path):
    write_template(tmp_path / "lt", language="lt", register=twelve)
    data = (tmp_path / "lt" / "klasteriai.csv").read_bytes()
    assert data.startswith("\ufeffklasteris;pavadinimas;šalis;".encode())
    assert b"\r\nK01;" in data
    text = (tmp_path / "lt" / "apie.txt").read_text(encoding="utf-8-sig")
    assert all(note in text for *_, note in columns_of("lt"))


# What is refused


def test_a_template_never_takes_the_place_of_a_register(twelve, tmp_path):
    for path in (tmp_path / "r.xlsx", tmp_path / "folder"):
        write_template(path, register=twelve)
        with pytest.raises(DataError, match="exists already"):
            write_template(path)
        assert back(path).fingerprint == twelve.fingerprint
        write_template(path, register=inn.clusters.example(seed=1))  # a register may
        assert back(path).fingerprint != twelve.fingerprint
    (tmp_path / "new").mkdir()
    write_template(tmp_path / "new")  # nothing is lost in an empty folder


def test_a_failed_write_leaves_the_old_file(twelve, tmp_path):
    path = tmp_path / "r.xlsx"
    write_template(path, register=twelve)
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"cluster: a text of 40,001 letters .* Shorten it"):
        write_template(path, register=evil_register(["x" * 40_000], [1.0], [pd.Timestamp("2020-01-01")]))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["r.xlsx"]


def test_more_rows_than_a_sheet_holds(twelve, tmp_path, monkeypatch):
    monkeypatch.setattr(_template_book, "ROWS", 100)
    with pytest.raises(DataError, match="member_facts has 693 rows, more than a sheet holds \\(99\\)"):
        write_template(tmp_path / "r.xlsx", register=twelve)
    write_template(tmp_path / "r", register=twelve)
    assert back(tmp_path / "r").fingerprint == twelve.fingerprint


@pytest.mark.parametrize(
    ("path", "options", "words"),
    [
        ("r.ods", {}, "not .ods"),
        ("r.csv", {}, "not .csv"),
        ("none/r.xlsx", {}, "does not exist"),
        ("none/r", {}, "cannot be made"),
        ("r.xlsx", {"language": "de"}, "language='de'"),
        ("r.xlsx", {"register": "twelve"}, "takes Register"),
    ],
)
def test_what_cannot_be_written(tmp_path, path, options, words):
    with pytest.raises(DataError, match=words):
        write_template(tmp_path / path, **options)
    assert list(tmp_path.iterdir()) == []
