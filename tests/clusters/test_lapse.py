"""Levels lapse when their term ends without a new assessment."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovnet.clusters import Register, load_rules, monitor
from innovnet.clusters._lapse import lapsed, term_caps
from innovnet.clusters._pace import Steps, assigned
from innovnet.errors import DataWarning

YEARS = np.arange(2020, 2030)


def years_lapsed(*assessed, first=2, renewed=3, years=YEARS):
    mask = np.isin(years, assessed)[None, :]
    return years[lapsed(mask, years, first=first, renewed=renewed)[0]].tolist()


@pytest.mark.parametrize(
    ("assessed", "expected"),
    [
        ((), []),
        ((2020,), list(range(2022, 2030))),
        ((2020, 2021), list(range(2024, 2030))),  # renewed in 2021 for three years
        ((2020, 2022), list(range(2025, 2030))),  # renewed in the year in which it ends
        ((2020, 2023), [2022, *range(2025, 2030)]),  # too late: given anew, for two years
        ((2020, 2022, 2025, 2028), []),
        ((2020, 2022, 2026), [2025, 2028, 2029]),
        (tuple(range(2020, 2030)), []),
        ((2029,), []),
    ],
)
def test_terms(assessed, expected):
    assert years_lapsed(*assessed) == expected


def test_years_with_gaps():
    years = np.array([2020, 2021, 2024, 2025])
    assert years_lapsed(2020, 2021, years=years) == [2024, 2025]
    assert years_lapsed(2020, 2024, years=years) == []


def test_parts_of_years():
    assert years_lapsed(2020, first=1.5) == list(range(2022, 2030))


@given(st.lists(st.booleans(), min_size=10, max_size=10), st.integers(1, 4), st.integers(1, 4))
def test_never_before_it_was_given_nor_in_a_year_of_assessment(assessed, first, renewed):
    mask = np.array([assessed])
    gone = lapsed(mask, YEARS, first=first, renewed=renewed)[0]
    given_before = np.logical_or.accumulate(mask[0])
    assert not (gone & ~given_before).any()
    assert not (gone & mask[0]).any()
    for k in np.flatnonzero(gone):  # nothing assessed for a term
        assert not mask[0][max(0, k - min(first, renewed) + 1) : k + 1].any()
    for k in np.flatnonzero(~gone & given_before):  # something assessed within a term
        assert mask[0][max(0, k - max(first, renewed) + 1) : k + 1].any()


@given(st.lists(st.booleans(), min_size=6, max_size=6), st.lists(st.booleans(), min_size=4, max_size=4))
def test_a_later_year_never_changes_an_earlier_one(early, late):
    full = lapsed(np.array([early + late]), YEARS, first=2, renewed=3)[0, :6]
    assert full.tolist() == lapsed(np.array([early]), YEARS[:6], first=2, renewed=3)[0].tolist()


def follow(rules, low, high):
    low, high = np.array([low]), np.array([high])
    caps = term_caps(low, np.ones((*low.shape, len(rules.levels)), dtype=bool), np.arange(low.shape[1]), rules)
    return assigned(low, high, caps, Steps.of(rules.levels, rules.pace))[0].tolist()


def test_labels_lapse_while_nothing_new_is_known():
    rules = load_rules("ecei")
    assert follow(rules, [2, 0, 0, 0, 2], [4] * 5) == [2, 2, 0, 0, 2]  # bronze, for two years
    assert follow(rules, [2, 0, 2, 0, 0, 0], [4] * 6) == [2, 2, 2, 2, 2, 0]  # renewed, for three
    assert follow(rules, [1, 0, 0, 0], [4] * 4) == [1, 1, 1, 1]  # a profile has no term
    assert follow(rules, [1, 2, 0, 0, 0], [4] * 5) == [1, 2, 2, 1, 1]  # what has none is left when bronze lapses
    assert follow(rules, [4, 0, 0, 0], [4] * 4) == [4, 4, 4, 4]  # gold has none in these rules


def test_without_terms_nothing_is_capped():
    rules = load_rules("lithuania")
    assert (term_caps(np.array([[1, 0, 0, 0, 4]]), np.ones((1, 5, 4), dtype=bool), np.arange(5), rules) == 4).all()


def test_levels_that_build_on_each_other_lapse_together():
    rules = load_rules("lithuania")
    rules = replace(rules, pace=replace(rules.pace, valid_years={"formed": {"first": 2}}))
    assert term_caps(np.array([[3, 0, 0, 1, 2]]), np.ones((1, 5, 4), dtype=bool), np.arange(5), rules).tolist() == [[4, 4, 1, 1, 4]]


def test_labels_lapse_in_monitoring():
    clusters = pd.DataFrame({"cluster": ["K", "L"], "name": "x", "country": "LT", "sectors": "62", "founded": "2019-01-01"})
    names = [f"o{k}" for k in range(5)]
    organisations = pd.DataFrame({"organisation": names, "name": names, "country": "LT", "kind": "firm"})
    membership = pd.concat([pd.DataFrame({"cluster": c, "organisation": names, "from": "2019-01-01", "role": "member"}) for c in ("K", "L")])
    rows = [("K", 2020, 1, 1), ("K", 2021, 1, None), ("L", 2020, 1, 1), ("L", 2022, 1, 1)]
    facts = pd.DataFrame(rows, columns=["cluster", "year", "eccp_listed", "benchmarked"])
    with pytest.warns(DataWarning, match="W03"):  # they have no coordinator
        register = Register.from_frames(clusters, membership, organisations=organisations, facts=facts)
    panel = monitor(register, rules="ecei", years=range(2019, 2026)).panel
    assert panel[panel["cluster"] == "K"]["level"].tolist() == ["none", "bronze", "bronze", "none", "none", "none", "none"]
    assert panel[panel["cluster"] == "L"]["level"].tolist() == ["none", "bronze", "bronze", "bronze", "bronze", "bronze", "none"]
    assert set(panel[panel["level"] != panel["raw"]]["reason"]) == {"no longer bronze: its term ended without a new assessment"}
