from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovnet.clusters._facts import FACTS, fact
from innovnet.clusters._rules import Settings

NAN, INF = np.nan, np.inf


def told(found, row=0):
    return [pytest.approx(float(part[row]), nan_ok=True) for part in found]


def with_facts(small, rows, columns, **options):
    return small({"organisation": ["a"]}, facts=pd.DataFrame(rows, columns=["cluster", "year", *columns]), **options)


def with_members(small, rows, members="abc", column="export_eur", **options):
    table = pd.DataFrame(rows, columns=["organisation", "year", "turnover_eur", column])
    return small({"organisation": list(members)}, member_facts=table, **options)


def test_staff_of_the_latest_year_that_has_it(small):
    rows = [("K", 2023, 1.5), ("K", 2024, 2.0), ("K", 2025, None), ("K", 2026, 9.0)]
    assert told(FACTS["staff_fte"](with_facts(small, rows, ["staff_fte"]))) == [2, 2, 2, 1]
    assert told(FACTS["staff_fte"](with_facts(small, rows[:2][::-1], ["staff_fte"], at="2023-12-31"))) == [1.5, 1.5, 1.5, 1]
    assert told(FACTS["staff_fte"](with_facts(small, [], ["staff_fte"]))) == [0, NAN, INF, 0]


def test_staff_as_a_range(small):
    rows = [("K", 2025, 1.0, 0.5, 2.0)]
    assert told(FACTS["staff_fte"](with_facts(small, rows, ["staff_fte", "staff_fte_low", "staff_fte_high"]))) == [0.5, 1, 2, 1]
    assert told(FACTS["staff_fte"](with_facts(small, [("K", 2025, 0.5, 2.0)], ["staff_fte_low", "staff_fte_high"]))) == [0.5, NAN, 2, 0]
    assert told(FACTS["staff_fte"](with_facts(small, [("K", 2025, 0.5)], ["staff_fte_low"]))) == [0.5, NAN, INF, 0]


def test_activities_are_the_mean_of_the_years_of_the_window_that_have_them(small):
    rows = [("K", 2022, 100), ("K", 2023, 4), ("K", 2024, None), ("K", 2025, 7)]
    assert told(FACTS["activities_per_year"](with_facts(small, rows, ["activities"]))) == [5.5, 5.5, 5.5, 1]
    assert told(FACTS["activities_per_year"](with_facts(small, rows, ["activities"], settings=Settings(window_years=1)))) == [7, 7, 7, 1]
    assert told(FACTS["activities_per_year"](with_facts(small, rows[:1], ["activities"]))) == [0, NAN, INF, 0]
    ranges = [("K", 2024, None, 2, 4), ("K", 2025, 7, None, None)]
    assert told(FACTS["activities_per_year"](with_facts(small, ranges, ["activities", "activities_low", "activities_high"]))) == [4.5, NAN, 5.5, 0]


def test_declared_facts(small):
    shot = with_facts(small, [("K", 2022, 1.0, 0.7, None), ("K", 2024, 0.0, None, None)], ["listed", "score", "areas"])
    assert told(fact(shot, "fact:listed", "bool")) == [0, 0, 0, 1]
    assert told(fact(shot, "fact:score", "share")) == [0.7, 0.7, 0.7, 1]
    assert told(fact(shot, "fact:areas", "count")) == [0, NAN, INF, 0]
    assert told(fact(shot, "fact:never_brought", "bool")) == [0, NAN, 1, 0]
    assert told(fact(shot, "fact:never_brought")) == [0, NAN, INF, 0]
    ranged = with_facts(small, [("K", 2025, 0.6)], ["score_low"])
    assert told(fact(ranged, "fact:score", "share")) == [0.6, NAN, 1, 0]


def test_facts_belong_to_their_cluster(small):
    shot = with_facts(small, [("L", 2025, 3.0), ("K", 2025, 1.0)], ["staff_fte"], clusters={"cluster": ["K", "L", "M"]})
    assert FACTS["staff_fte"](shot).value.tolist() == pytest.approx([1, 3, NAN], nan_ok=True)
    assert FACTS["staff_fte"](shot.without([1, 1], [[], []])).value.tolist() == [3, 3]


def test_shares_of_turnover(small):
    rows = [("a", 2023, 100, 50), ("a", 2025, 100, 30), ("b", 2025, 200, 0), ("a", 2022, 1, 1), ("a", 2026, 1, 1), ("c", 2024, 0, 0)]
    assert told(FACTS["export_share"](with_members(small, rows))) == [0.2, 0.2, 0.2, 1]
    assert told(FACTS["rd_intensity"](with_members(small, rows, column="rd_eur"))) == [0.2, 0.2, 0.2, 1]


def test_shares_of_turnover_that_is_known_in_part(small):
    rows = [("a", 2025, 100, 50), ("b", 2025, 300, None)]
    assert told(FACTS["export_share"](with_members(small, rows, "ab"))) == [50 / 400, 0.5, 350 / 400, 0.5]
    assert told(FACTS["rd_intensity"](with_members(small, rows, "ab", "rd_eur"))) == [50 / 400, 0.5, INF, 0.5]
    # nothing is known of c; of d the turnover is not
    assert told(FACTS["export_share"](with_members(small, rows, "abc"))) == [0, 0.5, 1, 1 / 3]
    assert told(FACTS["rd_intensity"](with_members(small, rows[:1], "ac", "rd_eur"))) == [0, 0.5, INF, 1 / 2]
    assert told(FACTS["export_share"](with_members(small, [*rows[:1], ("d", 2025, None, 5)], "ad"))) == [0, 0.5, 1, 1 / 2]


def test_no_turnover_no_member(small):
    assert told(FACTS["export_share"](with_members(small, [("a", 2025, 0, 0)], "a"))) == [NAN, NAN, NAN, 1]
    assert told(FACTS["rd_intensity"](with_members(small, [("a", 2025, 0, None)], "a", "rd_eur"))) == [NAN, NAN, NAN, 0]
    assert told(FACTS["rd_intensity"](with_members(small, [("a", 2025, 0, 5)], "a", "rd_eur"))) == [NAN, NAN, NAN, 1]
    assert told(FACTS["rd_intensity"](with_members(small, [("a", 2025, 0, None), ("b", 2025, 4, 2)], "ab", "rd_eur"))) == [0.5, 0.5, INF, 0.5]
    shot = with_members(small, [], "a", clusters={"cluster": ["K", "E"]})
    for name, most in (("export_share", 1), ("rd_intensity", INF)):
        assert told(FACTS[name](shot)) == [0, NAN, most, 0]
        assert told(FACTS[name](shot), 1) == [NAN, NAN, NAN, 1]


amounts = st.sampled_from([None, 0.0, 1.0, 5.0])


@settings(max_examples=15)
@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=3), st.sampled_from(["export_eur", "rd_eur"]))
def test_whatever_is_filled_in_lies_in_the_interval(small, members, column):
    members = [(turnover, part if turnover is None or part is None else min(turnover, part)) for turnover, part in members]
    cells = [[one] if one is not None else [0.0, 1.0, 1000.0] for member in members for one in member]
    filled = [list(zip(way[::2], way[1::2], strict=True)) for way in product(*cells)]
    ways = [members, *(way for way in filled if column == "rd_eur" or all(part <= turnover for turnover, part in way))]
    rows = [(f"C{c}", f"{c}.{k}", 2025, *member) for c, way in enumerate(ways) for k, member in enumerate(way)]
    table = pd.DataFrame(rows, columns=["cluster", "organisation", "year", "turnover_eur", column])
    shot = small(
        table[["organisation"]],
        clusters={"cluster": [f"C{c}" for c in range(len(ways))]},
        membership=table[["cluster", "organisation"]],
        member_facts=table.drop(columns="cluster"),
    )
    found = FACTS["export_share" if column == "export_eur" else "rd_intensity"](shot)
    others = found.value[1:][~np.isnan(found.value[1:])]
    assert len(others) or np.isnan(found.value[0])
    assert not len(others) or found.low[0] <= others.min() + 1e-12
    assert not len(others) or found.high[0] >= others.max() - 1e-12
    assert np.isnan(found.value[0]) or found.low[0] - 1e-12 <= found.value[0] <= found.high[0] + 1e-12
