"""English and Lithuanian names of sheets, columns and choices."""

from collections import defaultdict

import pytest

from innovnet.clusters import _terms
from innovnet.clusters._sheets import SHEETS
from innovnet.clusters._terms import choice_of, column_of, plain, sheet_of, translated

FIELDS = [pytest.param(sheet.name, field, id=f"{sheet.name}.{field.name}") for sheet in SHEETS.values() for field in sheet.fields]


def field(sheet, column):
    return next(one for one in SHEETS[sheet].fields if one.name == column)


@pytest.mark.parametrize(("sheet", "one"), FIELDS)
def test_every_column_and_choice_is_found_under_both_names(sheet, one):
    word = translated("column", one.name, "lt")
    assert column_of(sheet, word) == column_of(sheet, one.name) == column_of(sheet, f" {word.upper()}* ") == one.name
    for choice in one.choices:
        word = translated("choice", f"{one.name}.{choice}", "lt")
        assert choice_of(one, word) == choice_of(one, choice) == choice_of(one, word.upper()) == choice
        assert translated("choice", f"{one.name}.{choice}", "en") == choice


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_sheet_and_note_has_a_lithuanian_name(sheet):
    assert sheet_of(translated("sheet", sheet, "lt")) == sheet_of(sheet.replace("_", " ").title()) == sheet
    for name in (sheet, *(f"{sheet}.{column}" for column in SHEETS[sheet].names)):
        note = translated("note", name, "lt")
        assert note[-1] in ".?;"
        assert note != translated("note", name, "en")


def test_nothing_in_the_table_is_without_use():
    known = {("sheet", name) for name in (*SHEETS, _terms.ABOUT)} | {("note", name) for name in SHEETS} | {("suffix", "_low"), ("suffix", "_high")}
    for sheet in SHEETS.values():
        known |= {("column", name) for name in sheet.names} | {("note", f"{sheet.name}.{name}") for name in sheet.names}
        known |= {("choice", f"{one.name}.{choice}") for one in sheet.fields for choice in one.choices}
    known |= {("choice", "flag.yes"), ("choice", "flag.no"), *(("level", level) for level in ("emerging", "formed", "developing", "mature"))}
    assert set(_terms._lithuanian()) == known


def test_no_spelling_of_a_column_means_two():
    found = defaultdict(set)
    for (kind, name), (word, also) in _terms._lithuanian().items():
        for spelling in (name, word, *also) if kind == "column" else ():
            found[plain(spelling)].add(name)
    assert {spelling: names for spelling, names in found.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("sheet", "written", "column"),
    [
        ("clusters", "Isteigtas", "founded"),  # typed without Lithuanian letters
        ("clusters", "joint since", "joint_since"),
        ("clusters", "role", None),  # of another sheet
        ("clusters", "vaidmuo", None),
        ("membership", "Organizacijos kodas", "organisation"),
        ("organisations", "Įmonės kodas", "registry_code"),
        ("facts", "etatai_nuo", "staff_fte_low"),
        ("facts", "Staff_FTE_high", "staff_fte_high"),
        ("facts", "english_site", None),
        ("member_facts", "exporter_low", None),  # that sheet takes no ranges
        ("clusters", "", None),
    ],
)
def test_columns(sheet, written, column):
    assert column_of(sheet, written) == column


@pytest.mark.parametrize(
    ("sheet", "column", "written", "choice"),
    [
        ("clusters", "governance", "Taip", "yes"),
        ("clusters", "governance", "NE", "no"),
        ("clusters", "governance", "maybe", None),
        ("clusters", "legal_form", "VšĮ", "public body"),
        ("membership", "role", "RD body", "rd_body"),
        ("membership", "role", "Užsienio narys", "foreign_member"),
        ("membership", "role", "įmonė", None),  # of another field
        ("organisations", "kind", "mtep", None),  # a kind of cooperation
        ("cooperation", "kind", "r&d", "R&D"),
        ("cooperation", "kind", "įmonė", None),
        ("organisations", "size", "", None),
        ("organisations", "name", "anything", None),
    ],
)
def test_choices(sheet, column, written, choice):
    assert choice_of(field(sheet, column), written) == choice


def test_other_sheets_are_not_known():
    assert sheet_of("Sheet1") is None
    assert sheet_of("Apie") == "about"


def test_levels_have_their_names_in_law():
    names = [translated("level", level, "lt") for level in ("emerging", "formed", "developing", "mature")]
    assert names == ["besiformuojantis", "susiformavęs", "besivystantis", "brandus"]
