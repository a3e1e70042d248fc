from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovnet.clusters._population import POPULATION

NAN, INF = np.nan, np.inf


def told(found, row=0):
    return [pytest.approx(float(part[row]), nan_ok=True) for part in found]


def there(*rows):
    return pd.DataFrame(rows, columns=["region", "nace", "year", "firms", "employees"])


FIRMS = there(("LT02", "62", 2023, 10, None), ("LT02", "62", 2025, 4, None), ("LT02", "62", 2026, 1, None), ("LT02", "63", 2025, 4, None))
HOME = {"cluster": ["K"], "region": "LT02", "sectors": "62"}


def covered(small, organisations, clusters=HOME, population=FIRMS, **options):
    return POPULATION["coverage"](small(organisations, clusters=clusters, population=population, **options))


def test_coverage(small):
    organisations = pd.DataFrame(
        [
            ("a", "firm", "LT", "LT021", "62.01"),
            ("b", "firm", "LT", "LT022", "J62"),
            ("no firm", "research", "LT", "LT021", "62"),
            ("foreign", "firm", "LV", "LT021", "62"),
            ("elsewhere", "firm", "LT", "LT011", "62"),
            ("other trade", "firm", "LT", "LT021", "63"),
        ],
        columns=["organisation", "kind", "country", "nuts3", "nace"],
    )
    assert told(covered(small, organisations)) == [0.5, 0.5, 0.5, 1]
    assert told(covered(small, organisations, at="2024-12-31")) == [0.2, 0.2, 0.2, 1]
    both = HOME | {"sectors": "62; 63.11;63"}  # 63.11 is within 63
    assert told(covered(small, organisations, both)) == [3 / 8, 3 / 8, 3 / 8, 1]
    assert told(covered(small, organisations, both, at="2024-12-31")) == [0, NAN, 1, 0]  # no row of 63 then


def test_coverage_of_what_is_not_known(small):
    organisations = pd.DataFrame([("a", "LT021", "62"), ("b", None, "62"), ("c", "LT021", None), ("d", None, "01")], columns=["organisation", "nuts3", "nace"])
    assert told(covered(small, organisations)) == [1 / 4, 1 / 4, 3 / 4, 1 / 2]
    assert told(covered(small, organisations[1:3])) == [0, NAN, 1 / 2, 0]
    narrow = there(("LT02", "62.01", 2025, 2, None))
    wide = {"organisation": ["a", "b"], "nuts3": "LT021", "nace": ["62", "62.02"]}  # 62 may be 62.01
    assert told(covered(small, wide, HOME | {"sectors": "62.01"}, narrow)) == [0, 0, 1 / 2, 1 / 2]


def test_coverage_by_section(small):
    organisations = {"organisation": ["a", "b"], "nuts3": "LT021", "nace": ["26.11", "62"]}
    assert told(covered(small, organisations, HOME | {"sectors": "C"}, there(("LT02", "C", 2025, 5, None)))) == [0.2, 0.2, 0.2, 1]
    assert told(covered(small, {"organisation": ["a"], "nuts3": "LT021", "nace": "C"}, HOME | {"sectors": "26"}, there(("LT02", "26", 2025, 5, None)))) == [
        0,
        NAN,
        0.2,
        0,
    ]


def test_coverage_without_population_region_or_member(small):
    a = {"organisation": ["a"], "nuts3": "LT021", "nace": "62"}
    assert told(covered(small, a, population=there())) == [0, NAN, 1, 0]
    assert told(covered(small, a, HOME | {"region": None})) == [0, NAN, 1, 0]
    assert told(covered(small, a, HOME | {"region": "LT01"})) == [0, NAN, 1, 0]
    assert told(covered(small, a, population=there(("LT02", "62", 2025, 0, None))))[:2] == [1, 1]  # an error in the data; never above 1
    shot = small(a, clusters={"cluster": ["E"], "region": "LT02", "sectors": "62"}, membership={"cluster": [], "organisation": []}, population=FIRMS)
    assert told(POPULATION["coverage"](shot)) == [0, 0, 0, 1]


members = st.tuples(st.sampled_from(["LT021", "LT011", None]), st.sampled_from(["62", "01", None]))


@settings(max_examples=15)
@given(st.lists(members, min_size=1, max_size=3))
def test_whatever_is_filled_in_lies_in_the_interval(small, people):
    cells = [[one] if one else options for member in people for one, options in zip(member, (["LT021", "LT011"], ["62", "01"]), strict=True)]
    ways = [people, *(list(zip(way[::2], way[1::2], strict=True)) for way in product(*cells))]
    rows = [(f"C{c}", f"{c}.{k}", *member) for c, way in enumerate(ways) for k, member in enumerate(way)]
    table = pd.DataFrame(rows, columns=["cluster", "organisation", "nuts3", "nace"])
    shot = small(
        table.drop(columns="cluster"),
        clusters={"cluster": [f"C{c}" for c in range(len(ways))], "region": "LT02", "sectors": "62"},
        membership=table[["cluster", "organisation"]],
        population=FIRMS,
    )
    found = POPULATION["coverage"](shot)
    assert [found.low[0], found.high[0]] == pytest.approx([found.value[1:].min(), found.value[1:].max()])


def quotient(small, population, clusters=HOME, **options):
    return POPULATION["specialisation"](small({"organisation": ["a"]}, clusters=clusters, population=population, **options))


SQUARE = there(("LT01", "62", 2025, 10, 100), ("LT01", "01", 2025, 30, 100), ("LT02", "62", 2025, 30, 300), ("LT02", "01", 2025, 30, 100))


def test_location_quotient(small):
    assert told(quotient(small, SQUARE)) == [(300 / 400) / (400 / 600)] * 3 + [1]
    # one number of employees is missing: firms
    firms = SQUARE.assign(employees=[100, None, 300, 100])
    assert told(quotient(small, firms)) == [(30 / 60) / (40 / 100)] * 3 + [1]
    # rows of other levels, countries and years are not compared
    further = there(("LV00", "62", 2025, 9, 9), ("LT021", "62", 2025, 9, 9), ("LT02", "62.01", 2025, 9, 9), ("LT02", "62", 2024, 9, 9))
    assert told(quotient(small, pd.concat([SQUARE, further]))) == [(300 / 400) / (400 / 600)] * 3 + [1]
    assert told(quotient(small, SQUARE, HOME | {"sectors": "62;01"})) == [1, 1, 1, 1]


def test_location_quotient_of_what_is_not_known(small):
    unknown = [0, NAN, INF, 0]
    assert told(quotient(small, there())) == unknown
    assert told(quotient(small, SQUARE[SQUARE["region"] == "LT02"])) == unknown  # a single region
    assert told(quotient(small, SQUARE[SQUARE["nace"] == "62"])) == unknown  # a single activity
    assert told(quotient(small, SQUARE, HOME | {"region": "LT03"})) == unknown
    assert told(quotient(small, pd.concat([SQUARE, there(("LT02", "26.1", 2025, 9, 9))]), HOME | {"sectors": "62;26.1"})) == unknown
    assert told(quotient(small, SQUARE.assign(firms=0, employees=None))) == [NAN, NAN, NAN, 1]


def test_order_of_rows_changes_nothing(small):
    organisations = pd.DataFrame({"organisation": ["a", "b"], "nuts3": "LT021", "nace": ["62", "01"]})
    for name in POPULATION:
        one, other = (POPULATION[name](small(o, clusters=HOME, population=p)) for o, p in ((organisations, SQUARE), (organisations[::-1], SQUARE[::-1])))
        assert told(one) == told(other)
