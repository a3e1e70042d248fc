"""Codes of countries, regions and activities."""

import time

import pytest

from innovnet.errors import DataError
from innovnet.graph._classify import _table, known_code, nace_division, nace_section, name_of, nearest_codes, nuts_level, size_class


@pytest.mark.parametrize(
    ("system", "code", "known"),
    [
        ("country", "LT", True),
        ("country", "EL", True),
        ("country", "UK", True),
        ("country", "XK", True),
        ("country", "NA", True),
        ("country", "GR", False),
        ("country", "GB", False),
        ("country", "lt", False),
        ("country", "", False),
        ("nuts", "LT011", True),
        ("nuts", "LT", True),
        ("nuts", "UKI31", True),  # 2021 only
        ("nuts", "UA111", False),
        ("nuts", "XK001", True),  # 2024 only
        ("nuts", "LTZZZ", True),
        ("nuts", "LT099", False),
        ("nace", "C", True),
        ("nace", "26", True),
        ("nace", "26.1", True),
        ("nace", "26.11", True),
        ("nace", "2611", True),
        ("nace", "261", True),
        ("nace", "C26", True),
        ("nace", "C26.11", True),
        ("nace", "C.26.11", True),
        ("nace", "V", True),  # Rev. 2.1 only
        ("nace", "45.11", True),  # Rev. 2 only
        ("nace", "62.10", True),  # Rev. 2.1 only
        ("nace", "J62", True),  # the section of Rev. 2
        ("nace", "K62", True),  # the section of Rev. 2.1
        ("nace", "A26", False),
        ("nace", "2", False),
        ("nace", "00", False),
        ("nace", "26.11.30", False),
        ("nace", "C.", False),
        ("nace", ".", False),
        ("nace", "", False),
    ],
)
def test_known_codes(system, code, known):
    assert known_code(system, code) is known


def test_numbers_of_units_are_the_published_ones():
    rows = _table("nuts").values()
    others = {"AL", "BA", "CH", "IS", "LI", "ME", "MK", "NO", "RS", "TR", "UA", "UK", "XK"}

    def count(level, year):
        return sum(r["level"] == str(level) and year in r["valid"] and r["code"][:2] not in others and r["code"][2:].strip("Z") != "" for r in rows)

    assert [count(level, "2021") for level in (1, 2, 3)] == [92, 242, 1166]  # Regulation 2019/1755
    assert [count(level, "2024") for level in (1, 2, 3)] == [92, 244, 1165]  # Regulation 2023/674

    def nace(level, column):
        return sum(r["level"] == level and r[column] != "" for r in _table("nace").values())

    assert [nace(level, "section_2") for level in ("section", "division", "group", "class")] == [21, 88, 272, 615]
    assert [nace(level, "section_2_1") for level in ("section", "division", "group", "class")] == [22, 87, 287, 651]


def test_names():
    assert name_of("country", "LT") == "Lithuania"
    assert name_of("country", "TR") == "Türkiye"
    assert name_of("nuts", "LT01") == "Sostinės regionas"
    assert name_of("nace", "C2611") == name_of("nace", "26.11") == "Manufacture of electronic components"
    assert name_of("nuts", "?") is None


@pytest.mark.parametrize(
    ("system", "code", "first"),
    [
        ("country", "GR", "EL"),
        ("country", "gb", "UK"),
        ("country", " lt ", "LT"),
        ("country", "Namibia", "NA"),
        ("nuts", "lt011", "LT011"),
        ("nuts", "LT0119", "LT011"),
        ("nuts", "GR30", "EL30"),
        ("nuts", "Vilniaus apskritis", "LT011"),
        ("nace", "1.11", "01.11"),
        ("nace", "111", "01.11"),
        ("nace", "26.11.30", "26.11"),
        ("nace", "A26", "26"),
        ("nace", "Construction", "F"),
    ],
)
def test_what_was_probably_meant(system, code, first):
    assert nearest_codes(system, code)[0] == first


def test_nearest_codes_are_few_and_known():
    found = nearest_codes("nuts", "LT01X", 2)
    assert 1 <= len(found) <= 2
    assert all(known_code("nuts", code) for code in found)
    assert nearest_codes("country", "????") == []


def test_divisions_and_sections():
    assert {nace_division(code) for code in ("26", "26.1", "2611", "C26.11", "C.26", "26.11.30", "261130")} == {"26"}
    assert [nace_division(code) for code in ("C", "A26", "99.99", "04", "", "26x")] == [None, None, "99", None, None, None]
    assert [nace_section(code) for code in ("26", "C26.11", "45.2", "62", "J62", "J", "")] == ["C", "C", "G", "K", "K", "J", None]


def test_every_code_has_the_section_and_level_of_its_table():
    for code, row in _table("nace").items():
        assert nace_section(code) in {row["section_2"], row["section_2_1"]} or row["section_2_1"] == ""
    for code in _table("nuts"):
        assert nuts_level(code) == len(code) - 2
        assert nuts_level(code[:-1]) == len(code) - 3 or len(code) == 2


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ((0,), "micro"),
        ((9.9,), "micro"),
        ((10,), "small"),
        ((49,), "small"),
        ((50,), "medium"),
        ((249,), "medium"),
        ((250,), "large"),
        ((9, 2e6), "micro"),
        ((9, 2_000_001), "small"),
        ((9, 60e6), "large"),
        ((9, 60e6, 43e6), "medium"),
        ((100, None, 43_000_001), "large"),
        ((9, float("nan")), "micro"),
    ],
)
def test_size_classes(facts, size):
    assert size_class(*facts) == size


@pytest.mark.parametrize("employees", [-1, float("nan")])
def test_no_size_class_without_people(employees):
    with pytest.raises(DataError, match="at least 0"):
        size_class(employees)


def test_another_system_is_refused():
    with pytest.raises(DataError, match="system='isic'"):
        known_code("isic", "26")


def test_a_column_of_codes_is_quick():
    codes = list(_table("nace")) * 200
    known_code("nace", codes[0])
    start = time.process_time()
    assert all(known_code("nace", code) for code in codes)
    assert time.process_time() - start < 1
