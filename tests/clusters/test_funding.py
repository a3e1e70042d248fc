import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._funding import FUNDING
from innovnet.clusters._rules import Settings
from innovnet.clusters._sheets import FUNDING_SOURCES
from innovnet.clusters._snapshot import snapshot_of

NAN, INF = np.nan, np.inf


def told(shot, name, row=0):
    return [pytest.approx(float(part[row]), nan_ok=True) for part in FUNDING[name](shot)]


def funded(small, rows, kind="amount_eur", members="ab", **options):
    table = pd.DataFrame(rows, columns=["year", "source", kind]).assign(cluster="K")
    return small({"organisation": list(members)}, funding=table, **options)


def test_register_of_twelve(twelve):
    shot = snapshot_of(twelve, cooperation_of(twelve, None), pd.Timestamp("2025-12-31"), Settings())
    own = [0, NAN, 0.5, NAN, 1, 0.2, 0.25, 0.4, 0.35, 0.4, NAN, 0.2]
    found = FUNDING["own_funds_share"](shot)
    np.testing.assert_array_equal(found.value, own)  # exactly: thresholds are compared with it
    assert found.low.tolist() == np.nan_to_num(own).tolist()
    assert found.high.tolist() == [1.0 if np.isnan(one) else one for one in own]
    np.testing.assert_array_equal(FUNDING["public_share"](shot).value, np.round(1 - np.array(own), 12))
    assert FUNDING["funding_concentration"](shot).value == pytest.approx([p**2 + (1 - p) ** 2 for p in own], nan_ok=True)
    assert FUNDING["funding_per_member"](shot).known[1:].tolist() == [0] * 11


def test_amounts_are_added_up(small):
    rows = [
        (2022, "members", 999),
        (2023, "members", 10),
        (2023, "eu", 90),
        (2024, "state", 50),
        (2025, "municipal", 25),
        (2025, "other", 25),
        (2026, "eu", 999),
    ]
    shot = funded(small, rows)
    assert told(shot, "own_funds_share") == [0.05, 0.05, 0.05, 1]
    assert told(shot, "public_share") == [165 / 200] * 3 + [1]
    assert told(shot, "funding_concentration") == [(10**2 + 90**2 + 50**2 + 25**2 + 25**2) / 200**2] * 3 + [1]
    assert told(shot, "funding_per_member") == [100, 100, 100, 1]


def test_years_with_shares_count_the_same(small):
    shares = funded(small, [(2024, "members", 0.2), (2024, "eu", 0.8), (2025, "members", 0.6), (2025, "eu", 0.4)], "share")
    assert told(shares, "own_funds_share") == [0.4, 0.4, 0.4, 1]
    assert told(shares, "funding_per_member") == [0, NAN, INF, 0]
    table = pd.DataFrame(
        [("K", 2024, "members", 9.0, None), ("K", 2024, "eu", 1.0, None), ("K", 2025, "members", None, 0.1), ("K", 2025, "eu", None, 0.9)],
        columns=["cluster", "year", "source", "amount_eur", "share"],
    )
    mixed = small({"organisation": ["a"]}, funding=table)
    assert told(mixed, "own_funds_share") == [0.5, 0.5, 0.5, 1]
    assert told(mixed, "public_share") == [0.5, 0.5, 0.5, 1]
    assert told(mixed, "funding_concentration") == [0.5, 0.5, 0.5, 1]
    assert told(mixed, "funding_per_member") == [10, NAN, INF, 0]


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.35, 0.7])
def test_the_same_share_in_three_years_is_that_share(small, share):
    rows = [(year, source, of) for year in (2023, 2024, 2025) for source, of in (("members", share), ("other", 1 - share))]
    assert FUNDING["own_funds_share"](funded(small, rows, "share")).value[0] == share


def test_nothing_known_and_nothing_there(small):
    none = funded(small, [])
    assert told(none, "own_funds_share") == told(none, "public_share") == [0, NAN, 1, 0]
    assert told(none, "funding_concentration") == [0.2, NAN, 1, 0]
    assert told(none, "funding_per_member") == [0, NAN, INF, 0]
    zero = funded(small, [(2025, "members", 0), (2025, "eu", 0)])
    assert told(zero, "own_funds_share") == told(zero, "public_share") == told(zero, "funding_concentration") == [NAN, NAN, NAN, 1]
    assert told(zero, "funding_per_member") == [0, 0, 0, 1]
    blank = funded(small, [(2025, "members", 5), (2025, "eu", None)])
    assert told(blank, "own_funds_share") == [0, NAN, 1, 0]
    assert told(blank, "funding_per_member") == [2.5, NAN, INF, 0]


def test_no_member_and_one_member(small):
    clusters = {"cluster": ["K", "E"]}
    table = pd.DataFrame({"cluster": ["K", "E"], "year": 2025, "source": "eu", "amount_eur": 30.0})
    shot = small({"organisation": ["a"]}, clusters=clusters, membership={"cluster": ["K"], "organisation": ["a"]}, funding=table)
    assert told(shot, "funding_per_member") == [30, 30, 30, 1]
    assert told(shot, "funding_per_member", 1) == [NAN, NAN, NAN, 1]
    assert told(shot, "public_share", 1) == [1, 1, 1, 1]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([2023, 2024, 2025]), st.sampled_from(FUNDING_SOURCES), st.integers(0, 9)), max_size=8, unique_by=lambda row: row[:2]))
def test_against_plain_sums(small, rows):
    total = sum(amount for *_, amount in rows)
    of = {source: sum(amount for _, where, amount in rows if where == source) for source in FUNDING_SOURCES}
    shot = funded(small, rows)
    if not rows:
        assert told(shot, "own_funds_share")[3] == 0
        return
    expected = [of["members"], of["state"] + of["municipal"] + of["eu"]]
    assert [FUNDING[name](shot).value[0] for name in ("own_funds_share", "public_share")] == pytest.approx(
        [e / total if total else NAN for e in expected], nan_ok=True
    )
    assert told(shot, "funding_concentration")[1] == (sum((amount / total) ** 2 for amount in of.values()) if total else NAN)
    assert told(shot, "funding_per_member") == [total / 2] * 3 + [1]
