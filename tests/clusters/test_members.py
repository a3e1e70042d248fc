from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._members import MEMBERS
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of

NAN = np.nan
few = settings(max_examples=15)


def told(shot, name, cluster="K"):
    """Low, value, high and known of one cluster."""
    row = shot.ids.get_loc(cluster)
    return [pytest.approx(float(part[row]), nan_ok=True) for part in MEMBERS[name](shot)]


def side_by_side(members, column, choices):
    """Organisations and memberships of one cluster for the members as given (C0) and one for each way to fill in what is None."""
    ways = [members, *product(*([one] if one is not None else choices for one in members))]
    rows = [(f"C{c}", f"{c}.{k}", value) for c, way in enumerate(ways) for k, value in enumerate(way)]
    table = pd.DataFrame(rows, columns=["cluster", "organisation", column])
    table[column] = table[column].where(table[column].notna(), None)
    clusters = {"cluster": [f"C{c}" for c in range(len(ways))]}
    return {"clusters": clusters, "membership": table[["cluster", "organisation"]], "organisations": table[["organisation", column]]}


def contains_all(shot, name):
    """The interval of the first row contains the values of all others; its ends and its point are ordered."""
    found = MEMBERS[name](shot)
    others = found.value[1:][~np.isnan(found.value[1:])]
    assert (found.low[0] <= others + 1e-12).all()
    assert (found.high[0] >= others - 1e-12).all()
    assert np.isnan(found.value[0]) or found.low[0] - 1e-12 <= found.value[0] <= found.high[0] + 1e-12
    assert (found.known[1:] == 1).all()
    return found, others


def test_register_of_twelve(twelve):
    shot = snapshot_of(twelve, cooperation_of(twelve, None), pd.Timestamp("2025-12-31"), Settings())
    found = {name: MEMBERS[name](shot) for name in MEMBERS}
    ages = [10.8384, 2, 10, 1.5041, 4, 6, 2.8384, 3.5863, 7, 10, 8, 4.5863]
    assert found["age"].value == pytest.approx(ages, abs=5e-5)
    assert found["governance"].value.tolist() == [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert found["strategy"].value.tolist() == [0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1]
    assert found["shared_members"].value.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2]
    assert found["largest_owner_share"].value == pytest.approx([NAN, 1 / 2, 1 / 4, 1 / 5, 1 / 5, 1 / 2, 1 / 6, 1 / 5, 1 / 7, 1 / 7, 1 / 6, 1 / 5], nan_ok=True)
    assert found["sme_share"].value == pytest.approx([NAN, 1, 1, 1, 1, 0.5, 1, 1, 1, 1, 1, 1], nan_ok=True)
    assert found["tenure_median"].value == pytest.approx([NAN, *ages[1:]], abs=5e-5, nan_ok=True)
    assert found["retention"].value == pytest.approx([NAN, *[1] * 11], nan_ok=True)
    assert found["turnover"].value == pytest.approx([NAN, *[0] * 11], nan_ok=True)
    earlier = snapshot_of(twelve, cooperation_of(twelve, None), pd.Timestamp("2024-06-30"), Settings())
    assert told(earlier, "retention", "K01") == [0, 0, 0, 1]  # both left in the year
    assert told(earlier, "turnover", "K01") == [1, 1, 1, 1]
    assert told(earlier, "turnover", "K09") == [1 / 13, 1 / 13, 1 / 13, 1]  # g6 entered


def test_no_member_and_one_member(small):
    shot = small({"organisation": ["a"], "nace": "62.01", "nuts3": "LT011", "size": "small"}, clusters={"cluster": ["K", "E"], "stages": "make; sell"})
    expected = {
        "largest_owner_share": (1, NAN),
        "sme_share": (1, NAN),
        "sectors": (1, 0),
        "sector_diversity": (0, NAN),
        "regions": (1, 0),
        "shared_members": (0, 0),
        "age": (6, 6),
        "tenure_median": (6, NAN),
        "retention": (1, NAN),
        "turnover": (0, NAN),
    }
    for name, (one, none) in expected.items():
        assert told(shot, name) == [one, one, one, 1], name
        assert told(shot, name, "E") == [none, none, none, 1], name
    assert told(shot, "chain_coverage") == [0, NAN, 0.5, 0]
    assert told(shot, "chain_coverage", "E") == [0, 0, 0, 1]


def test_largest_owner_group_by_the_relation_that_the_settings_name(small):
    owned = {"owner": ["P", "P", "a"], "owned": ["a", "b", "c"], "share": [0.6, 0.7, 0.3], "owner_kind": "firm"}
    tables = {"organisations": {"organisation": list("abcde")}, "ownership": owned}
    assert told(small(**tables), "largest_owner_share") == [2 / 5, 2 / 5, 2 / 5, 1]
    assert told(small(**tables, settings=Settings(independence="partner")), "largest_owner_share") == [3 / 5, 3 / 5, 3 / 5, 1]
    # d and e stand in no row: each may be alone or belong to the largest group
    assert told(small(**tables, settings=Settings(unlisted_ownership="unknown")), "largest_owner_share") == [2 / 5, 2 / 3, 4 / 5, 3 / 5]
    alone = small({"organisation": ["a", "b"]}, settings=Settings(unlisted_ownership="unknown"))
    assert told(alone, "largest_owner_share") == [1 / 2, NAN, 1, 0]


def test_sme_share(small):
    organisations = {"organisation": list("abcde"), "kind": ["firm"] * 4 + ["research"], "size": ["small", "large", None, "micro", None]}
    assert told(small(organisations), "sme_share") == [2 / 4, 2 / 3, 3 / 4, 3 / 4]
    assert told(small({"organisation": ["a"], "kind": "research"}), "sme_share") == [NAN, NAN, NAN, 1]


def test_sectors_and_regions(small):
    shot = small({"organisation": list("abcd"), "nace": ["62.01", "J62", "26", None], "nuts3": ["LT011", None, "LT02", "LT022"]})
    assert told(shot, "sectors") == [2, 2, 3, 3 / 4]
    assert told(shot, "regions") == [2, 2, 4, 1 / 2]  # LT02 is no NUTS 3 region
    assert told(shot, "sector_diversity") == [1 - 10 / 16, 1 - 5 / 9, 1 - 6 / 16, 3 / 4]
    blank = small({"organisation": list("ab")})
    assert told(blank, "sectors") == [1, NAN, 2, 0]
    assert told(blank, "sector_diversity") == [0, NAN, 1 / 2, 0]


@few
@given(st.lists(st.sampled_from(["26", "62", None]), min_size=1, max_size=4))
def test_every_sector_that_is_filled_in_lies_in_the_interval(small, members):
    shot = small(**side_by_side(members, "nace", ["26", "62", "01", "02", "03"]))
    for name in ("sectors", "sector_diversity"):
        found, others = contains_all(shot, name)
        assert found.low[0] == pytest.approx(others.min())
        assert found.high[0] == pytest.approx(others.max())


@few
@given(st.lists(st.sampled_from(["small", "large", None]), min_size=1, max_size=5))
def test_every_size_that_is_filled_in_lies_in_the_interval(small, members):
    found, others = contains_all(small(**side_by_side(members, "size", ["small", "large"])), "sme_share")
    assert [found.low[0], found.high[0]] == pytest.approx([others.min(), others.max()])


@few
@given(st.lists(st.sampled_from([None, "2020-01-01", "2023-01-01", "2024-07-01"]), min_size=1, max_size=5))
def test_every_start_that_is_filled_in_lies_in_the_interval(small, members):
    tables = side_by_side(members, "from", ["2020-01-01", "2022-03-01", "2025-12-31"])
    tables["membership"] = tables["membership"].assign(**{"from": tables["organisations"].pop("from")})
    contains_all(small(**tables), "tenure_median")


def test_median_of_unknown_starts(small):
    membership = {"cluster": "K", "organisation": list("abc"), "from": ["2020-01-01", None, "2024-01-01"]}
    assert told(small({"organisation": list("abc")}, membership=membership), "tenure_median") == [2, 4, 6, 2 / 3]
    membership = {"cluster": "K", "organisation": list("abcd"), "from": ["2020-01-01", None, "2024-01-01", "2023-01-01"]}
    assert told(small({"organisation": list("abcd")}, membership=membership), "tenure_median") == [2.5, 3, 4.5, 3 / 4]
    membership = {"cluster": "K", "organisation": ["a"], "from": [None]}
    assert told(small({"organisation": ["a"]}, membership=membership), "tenure_median") == [0, NAN, 6, 0]


def test_shared_members_whichever_clusters_are_rows(small):
    clusters = {"cluster": ["K", "L", "gone"], "dissolved": [None, None, "2021-12-31"]}
    membership = {"cluster": ["K", "K", "K", "L", "L", "gone"], "organisation": list("abcabc"), "to": [None, None, None, None, "2025-12-30", "2021-12-31"]}
    shot = small({"organisation": list("abc")}, clusters=clusters, membership=membership)
    assert told(shot, "shared_members") == [1, 1, 1, 1]
    alone = snapshot_of(shot.register, shot.cooperation, shot.at, shot.settings, clusters=["K"])
    assert told(alone, "shared_members") == [1, 1, 1, 1]
    left = alone.without([0, 0], [[0], [1]])
    assert MEMBERS["shared_members"](left).value.tolist() == [0, 1]


def test_coming_and_going(small):
    clusters = {"cluster": ["K", "young"], "founded": ["2020-01-01", "2025-03-01"]}
    membership = pd.DataFrame(
        [
            ("K", "a", "2020-01-01", None),
            ("K", "b", "2020-01-01", "2025-06-30"),
            ("K", "c", "2020-01-01", "2024-12-31"),
            ("K", "d", "2025-01-01", None),
            ("K", "e", "2020-01-01", "2025-03-01"),
            ("K", "e", "2025-10-01", None),
            ("young", "a", "2025-03-01", None),
        ],
        columns=["cluster", "organisation", "from", "to"],
    )
    shot = small({"organisation": list("abcde")}, clusters=clusters, membership=membership)
    assert told(shot, "retention") == [2 / 4] * 3 + [1]  # a year ago a, b, c, e; now a, d, e
    assert told(shot, "turnover") == [3 / 7] * 3 + [1]
    assert told(shot, "retention", "young") == [NAN, NAN, NAN, 1]
    assert told(shot, "turnover", "young") == [NAN, NAN, NAN, 1]
    twice = shot.without([0, 0], [[0], []])  # without a: its exit counts
    assert MEMBERS["retention"](twice).value.tolist() == [1 / 4, 2 / 4]
    assert MEMBERS["turnover"](twice).value == pytest.approx([4 / 6, 3 / 7])


def test_value_chain(small):
    clusters = {"cluster": ["K", "none"], "stages": ["make;sell ; make;;use", None]}
    membership = pd.DataFrame(
        [
            ("K", "a", "make", None),
            ("K", "b", "sell", "2024-12-31"),
            ("K", "b", "make ", None),
            ("K", "c", None, None),
            ("K", "d", "elsewhere", None),
            ("none", "a", "make", None),
        ],
        columns=["cluster", "organisation", "stage", "to"],
    )
    shot = small({"organisation": list("abcd")}, clusters=clusters, membership=membership)
    assert told(shot, "chain_coverage") == [1 / 3, 1 / 3, 2 / 3, 3 / 4]
    assert told(shot, "chain_coverage", "none") == [0, NAN, 1, 0]
    assert MEMBERS["chain_coverage"](shot.without([0], [[2]])).high.tolist() == [1 / 3]
    roles = membership.assign(role=["member", "member", "facilitator", "member", "member", "member"])
    assert told(small({"organisation": list("abcd")}, clusters=clusters, membership=roles), "chain_coverage") == [1 / 3, 1 / 3, 2 / 3, 2 / 3]


@few
@given(st.lists(st.sampled_from([None, "make", "sell", "other"]), min_size=1, max_size=4))
def test_every_stage_that_is_filled_in_lies_in_the_interval(small, members):
    tables = side_by_side(members, "stage", ["make", "sell", "use", "other"])
    tables["membership"] = tables["membership"].assign(stage=tables["organisations"].pop("stage"))
    tables["clusters"]["stages"] = "make;sell;use"
    found, others = contains_all(small(**tables), "chain_coverage")
    assert [found.low[0], found.high[0]] == pytest.approx([others.min(), others.max()])


def test_governance_and_strategy(small):
    clusters = pd.DataFrame(
        [
            ("none said", None, None, None, None),
            ("yes", "yes", "yes", None, None),
            ("no", "no", "no", None, None),
            ("over", None, "yes", "2020-01-01", "2025-12-30"),
            ("to the day", None, "yes", "2020-01-01", "2025-12-31"),
            ("to come", None, "yes", "2026-01-01", None),
            ("days alone", None, None, "2025-12-31", None),
            ("days over", None, None, None, "2024-12-31"),
            ("no in spite of days", None, "no", "2020-01-01", None),
        ],
        columns=["cluster", "governance", "strategy", "strategy_from", "strategy_to"],
    )
    shot = small({"organisation": ["a"]}, clusters=clusters, membership={"cluster": ["yes"], "organisation": ["a"]})
    assert [told(shot, "governance", cluster) for cluster in ("none said", "yes", "no")] == [[0, NAN, 1, 0], [1, 1, 1, 1], [0, 0, 0, 1]]
    assert told(shot, "strategy", "none said") == [0, NAN, 1, 0]
    assert MEMBERS["strategy"](shot).value[1:].tolist() == [1, 0, 0, 1, 0, 1, 0, 0]


def test_age_counts_both_days(small):
    shot = small({"organisation": ["a"]}, clusters={"cluster": ["K", "leap"], "founded": ["2021-01-01", "2020-02-29"]}, at="2025-12-31")
    assert told(shot, "age") == [5, 5, 5, 1]
    assert told(shot, "age", "leap")[1] == pytest.approx(5 + 306 / 365)
