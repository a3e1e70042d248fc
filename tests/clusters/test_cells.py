"""What stands in cells, and what it is read as."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from innovnet.clusters._sheets import DTYPES, SHEETS, Field
from innovnet.clusters.read._cells import column_of_cells
from innovnet.clusters.read._raw import UNSAVED

FIELDS = {(sheet.name, one.name): one for sheet in SHEETS.values() for one in sheet.fields}


def read(sheet, column, *cells, fact=False):
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    found = column_of_cells(array, Field(column, "number", "") if fact else FIELDS[sheet, column], fact=fact)
    assert str(found.values.dtype) == str(pd.Series(dtype="float64" if fact else DTYPES[FIELDS[sheet, column].kind]).dtype)
    return found


def values(sheet, column, *cells, **options):
    found = read(sheet, column, *cells, **options)
    assert not found.wrong
    return found.values.astype(object).where(found.values.notna(), None).tolist()


def wrong(sheet, column, cell, **options):
    ((position, _, fault),) = read(sheet, column, None, cell, **options).wrong
    assert position == 1
    return f"{fault.code} {fault.problem}. {fault.remedy}"


def test_identifiers_are_text_whatever_they_look_like():
    assert values("clusters", "cluster", 1069, 1069.0, "01069", "1E5", "1e5", "NA", "nan", "None", 1.5, True) == [
        "1069",
        "1069",
        "01069",
        "1E5",
        "1e5",
        "NA",
        "nan",
        "None",
        "1.5",
        "True",
    ]
    assert values("clusters", "cluster", None, "", "  ", float("nan"), pd.NA, pd.NaT) == [None] * 6
    assert values("organisations", "registry_code", 302_305_481.0, 100000.0, "302 305 481") == ["302305481", "100000", "302 305 481"]
    assert values("clusters", "name", dt.datetime.fromisoformat("2024-03-31"), dt.date(2024, 3, 31)) == ["2024-03-31", "2024-03-31"]


def test_text_is_trimmed_and_mended_and_counted():
    found = read("clusters", "name", " Vilnius\u00a0", "UniversitÃ©", "BaltijÅ³ klasteris", "Ä\x8diulba", "Université", "Ärzte – Köln", "plain")
    assert found.values.tolist() == ["Vilnius", "Université", "Baltijų klasteris", "čiulba", "Université", "Ärzte – Köln", "plain"]
    assert found.cleaned == 4
    assert read("clusters", "name", "same ", "same ", "same").cleaned == 2


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2024-03-31", "2024-03-31", "2024-03-31"),
        ("31.03.2024", "2024-03-31", "2024-03-31"),
        ("1.3.2024", "2024-03-01", "2024-03-01"),
        ("2024.03.31", "2024-03-31", "2024-03-31"),
        ("2024-03-31T12:30:00", "2024-03-31", "2024-03-31"),
        ("20240331", "2024-03-31", "2024-03-31"),
        (dt.date(2024, 3, 31), "2024-03-31", "2024-03-31"),
        (dt.datetime.fromisoformat("2024-03-31T23:59"), "2024-03-31", "2024-03-31"),
        (pd.Timestamp("2024-03-31"), "2024-03-31", "2024-03-31"),
        (2024, "2024-01-01", "2024-12-31"),
        (2024.0, "2024-01-01", "2024-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_dates(cell, first, last):
    begin, end = read("membership", "from", cell), read("membership", "to", cell)
    assert (str(begin.values[0])[:10], str(end.values[0])[:10]) == (first, last)
    assert begin.widened == end.widened == (first != last)


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("31.03.24", "two digits are refused"),
        ("24-03-31", "two digits are refused"),
        ("01/02/2024", "cannot be told apart"),
        (45382, "spreadsheet's number of 2024-03-31"),
        ("2023-02-29", "Use 2024-03-31"),
        ("soon", "'soon' is no date"),
        (True, "is no date"),
        (0, "'0' is no date"),
        ("2024-03.31", "is no date"),
    ],
)
def test_what_is_no_date(cell, remedy):
    words = wrong("membership", "from", cell)
    assert words.startswith("E04")
    assert remedy in words


def test_numbers_with_point_or_comma():
    assert values("funding", "amount_eur", "1250.5", "1250,5", "1 250,50", "1\u00a0250\u202f000", "1.250,5", "1,250.5", "1,250,000", "1.250.000", 7, 7.25) == [
        1250.5,
        1250.5,
        1250.5,
        1_250_000,
        1250.5,
        1250.5,
        1_250_000,
        1_250_000,
        7,
        7.25,
    ]
    assert values("funding", "amount_eur", "10 €", "EUR 10", "1e3") == [10, 10, 1000]
    assert read("funding", "amount_eur", "1250,5", "1250.5", 3).cleaned == 1
    assert values("organisations", "employees", "1 200", 12.0, "7") == [1200, 12, 7]
    assert values("facts", "staff_fte", "0,5", ".5", "50 %") == [0.5, 0.5, 0.5]


def test_a_comma_that_can_be_two_things_is_refused():
    assert wrong("funding", "amount_eur", "1,234").startswith("E05 can be 1234 or 1.234")
    assert wrong("organisations", "employees", "1,234").startswith("E05 1.234 is no whole number")


@pytest.mark.parametrize(
    ("sheet", "column", "cell", "words"),
    [
        ("funding", "amount_eur", "many", "E05 'many' is no number"),
        ("funding", "amount_eur", True, "E05"),
        ("funding", "amount_eur", float("inf"), "E05"),
        ("funding", "amount_eur", "1e999", "E05"),
        ("funding", "amount_eur", UNSAVED, "E05 a formula without a stored value. Save the workbook with values"),
        ("clusters", "cluster", UNSAVED, "E05 a formula"),
        ("funding", "amount_eur", "-5", "E18 -5 is below 0"),
        ("facts", "staff_fte", -1, "E18 -1 is below 0"),
        ("organisations", "employees", 2.5, "E05 2.5 is no whole number"),
        ("organisations", "employees", -3, "E18 -3 is below 0"),
        ("funding", "share", 35, "E15 share 35 is not between 0 and 1. Write 0.35 or 35 % if that is meant"),
        ("funding", "share", "135 %", "E15 share 1.35 is not between 0 and 1. Correct it"),
        ("funding", "share", -0.1, "E15"),
        ("facts", "year", "twenty", "E05 'twenty' is no year"),
        ("facts", "year", 2024.5, "E05"),
        ("facts", "year", 1989, "E21 year 1989 is outside 1990 to"),
        ("facts", "year", 20240, "E21"),
        ("organisations", "kind", "firms", "E06 'firms' is not allowed. Allowed: firm, research, education, public, association, other. Did you mean 'firm'?"),
        ("clusters", "governance", "perhaps", "E06 'perhaps' is not allowed. Allowed: yes, no"),
        ("clusters", "country", "GR", "E22 country code 'GR' is unknown (two letters as Eurostat writes them). Nearest: EL"),
        ("clusters", "region", "LT999", "E22 NUTS code 'LT999' is unknown (NUTS 2024 and 2021 looked up). Nearest:"),
        ("organisations", "nuts3", "LT01", "E22 'LT01' is no NUTS code of level 3"),
        ("organisations", "nace", "1.1", "E22 NACE code '1.1' is unknown (NACE 2.1 and 2 looked up). Nearest: 01.1"),
        ("clusters", "sectors", "62;99999", "E22 NACE code '99999' is unknown"),
    ],
)
def test_what_cannot_be_used(sheet, column, cell, words):
    assert wrong(sheet, column, cell).startswith(words)


def test_shares_years_flags_choices_and_codes():
    assert values("funding", "share", "35 %", "35%", "0,35", 0.35, 0, 1) == [0.35, 0.35, 0.35, 0.35, 0, 1]
    assert values("facts", "year", 2024, "2024", 2024.0) == [2024] * 3
    assert values("clusters", "governance", "yes", "No", "taip", "NE", True, False, "TRUE", 1, 0.0) == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
        True,
        False,
    ]
    assert values("organisations", "kind", "firm", "FIRM", "įmonė", "Research") == ["firm", "firm", "firm", "research"]
    assert values("clusters", "country", "lt", "UK", "NA") == ["LT", "UK", "NA"]
    assert values("clusters", "sectors", "62; 26.11;", 62, "J62.01") == ["62;26.11", "62", "J62.01"]
    assert values("organisations", "nace", "26.11.30", "261130", "6201") == ["26.11.30", "261130", "6201"]  # classes of the country below those of NACE
    assert values("clusters", "stages", " design ;; sale ") == ["design;sale"]


def test_declared_facts_are_numbers_or_yes_and_no():
    assert values("facts", "english_site", "yes", "ne", True, 1, 0, "80 %", "-2,5", 0.8, fact=True) == [1, 0, 1, 1, 0, 0.8, -2.5, 0.8]
    assert wrong("facts", "english_site", "some", fact=True).startswith("E05")


def test_equal_cells_of_different_kind_stay_apart():
    assert values("clusters", "cluster", 1, True, 1.0, "1", False, 0) == ["1", "True", "1", "1", "False", "0"]


def test_many_unknown_codes_are_answered_in_bounded_time():
    found = read("organisations", "nace", *(f"Q{k:05}X" for k in range(3000)))
    assert len(found.wrong) == 3000
    assert {fault.code for _, _, fault in found.wrong} == {"E22"}
