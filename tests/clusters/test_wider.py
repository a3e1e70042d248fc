from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of
from innovnet.clusters._wider import WIDER

NAN = np.nan
LETTERS = list("abcdefgh")


def told(found, row=0):
    return [pytest.approx(float(part[row]), nan_ok=True) for part in found]


def events(*texts):
    """One event for each text, of the organisations that are its letters."""
    rows = [(f"e{k}", one, "2025-01-01") for k, text in enumerate(texts) for one in text]
    return pd.DataFrame(rows, columns=["event", "organisation", "start"])


def clusters(**members):
    rows = [(cluster, one) for cluster, text in members.items() for one in text]
    return {"clusters": {"cluster": list(members)}, "membership": pd.DataFrame(rows, columns=["cluster", "organisation"])}


def affiliation(*texts):
    rows = events(*texts)
    table = pd.DataFrame({"event": rows["event"].unique(), "start": pd.Timestamp("2025-01-01")})
    return inn.Affiliation.from_frame(rows.rename(columns={"organisation": "actor"})[["actor", "event"]], actor="actor", event="event", events=table)


def test_register_of_twelve(twelve):
    shot = snapshot_of(twelve, cooperation_of(twelve, None), pd.Timestamp("2025-12-31"), Settings())
    for name in ("clusters_linked", "foreign_clusters_linked"):
        found = WIDER[name](shot)
        assert found.low.tolist() == found.high.tolist() == [0] * 12  # K10 and K12 touch by members of both only
    core = WIDER["core_share"](shot)
    assert core.value == pytest.approx([NAN, *[0] * 8, 5 / 7, 0, 1 / 5], nan_ok=True)  # m0-m4 and f1 are the 5-core; m1 is in K12 too
    near = WIDER["closeness"](shot).value
    assert np.isnan(near[0])
    assert (near[3], near[9]) == (0, 1)  # no tie at all; the largest part


def linked_by_hand(cooperation, of, ties):
    pairs = {frozenset((a, b)) for text in cooperation for a in text for b in text if a != b}
    between = {
        (one, other): sum(len(pair & here) == 1 and len(pair & there) == 1 and pair <= here | there for pair in pairs)
        for one in of
        for other in of
        if one != other
        for here, there in [(set(of[one]) - set(of[other]), set(of[other]) - set(of[one]))]
    }
    return [sum(between[one, other] >= ties for other in of if other != one) for one in of]


@settings(max_examples=25)
@given(
    st.lists(st.sets(st.sampled_from(LETTERS), min_size=2, max_size=4), min_size=1, max_size=6),
    st.lists(st.sets(st.sampled_from(LETTERS), max_size=5), min_size=1, max_size=4),
    st.integers(1, 3),
)
def test_linked_clusters_by_hand(small, cooperation, sets, ties):
    of = {f"K{k}": sorted(one) for k, one in enumerate(sets)}
    shot = small({"organisation": LETTERS}, cooperation=events(*cooperation), **clusters(**of))
    found = WIDER["clusters_linked"](shot, ties=ties)
    assert found.value.tolist() == found.low.tolist() == found.high.tolist() == linked_by_hand(cooperation, of, ties)
    turned = small({"organisation": LETTERS[::-1]}, cooperation=events(*cooperation[::-1]), **clusters(**dict(reversed(of.items()))))
    assert WIDER["clusters_linked"](turned, ties=ties).value.tolist()[::-1] == found.value.tolist()


def test_linked_clusters(small):
    tables = clusters(K="abx", L="cdx", M="e", N="")
    tables["clusters"]["country"] = ["LT", "LT", "LV", "LV"]
    shot = small({"organisation": list("abcdex")}, cooperation=events("ac", "bd", "ae", "xa", "xc"), **tables)
    assert WIDER["clusters_linked"](shot).value.tolist() == [2, 1, 1, 0]
    assert WIDER["clusters_linked"](shot, ties=2).value.tolist() == [1, 1, 0, 0]
    assert WIDER["foreign_clusters_linked"](shot).value.tolist() == [1, 0, 1, 0]
    # whichever clusters are rows, the others are those of the day
    alone = snapshot_of(shot.register, shot.cooperation, shot.at, shot.settings, clusters=["K"])
    assert WIDER["clusters_linked"](alone).value.tolist() == [2]
    left = alone.without([0, 0, 0], [[], [0], [0, 1]])
    assert WIDER["clusters_linked"](left).value.tolist() == [2, 1, 0]  # without a and b x is left, which is in L too
    assert WIDER["clusters_linked"](left, ties=2).value.tolist() == [1, 0, 0]


def test_linked_clusters_of_unknown_ties(small):
    nothing = small({"organisation": list("abc")}, **clusters(K="ab", L="c", M=""))
    assert told(WIDER["clusters_linked"](nothing)) == [0, NAN, 1, 0]
    assert told(WIDER["clusters_linked"](nothing), 2) == [0, 0, 0, 1]
    part = small({"organisation": list("abcd")}, affiliation=affiliation("ab", "bc"), **clusters(K="a", L="bd", M="c"))  # nobody knows d
    assert told(WIDER["clusters_linked"](part)) == [1, 1, 1, 1]
    assert told(WIDER["clusters_linked"](part), 1) == [2, 2, 2, 1 / 2]
    assert told(WIDER["clusters_linked"](part), 2) == [1, 1, 1, 1]


def test_bridging_of_twelve_is_the_mean_participation_coefficient(small, twelve_frames):
    rng = np.random.default_rng(5)
    twelve_frames["organisations"]["nace"] = rng.choice(["26", "62", "72"], len(twelve_frames["organisations"]))
    tables = {name: table for name, table in twelve_frames.items() if name != "organisations"}
    shot = small(twelve_frames["organisations"], **tables)
    network, members = shot.window.network, shot.members
    of = inn.metrics.participation_coefficient(network, groups=shot.cooperation.nodes["division"].rename_axis("actor")).to_numpy()
    expected = [np.nanmean(one) if len(one) and not np.isnan(one).all() else NAN for one in np.split(of[members.node], members.ptr[1:-1])]
    found = WIDER["bridging_sectors"](shot)
    for part in found[:3]:
        assert part == pytest.approx(expected, nan_ok=True)
    shares = [np.mean(~np.isnan(one)) if len(one) else 1 for one in np.split(of[members.node], members.ptr[1:-1])]
    assert found.known == pytest.approx(shares)


def test_bridging_with_partners_of_unknown_region(small):
    organisations = {"organisation": list("abcdi"), "nuts3": ["LT011", "LT011", "LT022", None, "LT011"]}
    tables = clusters(K="ai", I="i", E="")
    found = WIDER["bridging_regions"](small(organisations, cooperation=events("ab", "ac", "ad", "ad"), **tables))
    # a: 1 with LT011, 1 with LT022, 2 with d: all 2 there as well, or somewhere of its own; i has no tie
    assert told(found) == [1 - (9 + 1) / 16, 1 - 2 / 4, 1 - (1 + 1 + 4) / 16, 1 / 2]
    assert told(found, 1) == [NAN, NAN, NAN, 0]
    assert told(found, 2) == [NAN, NAN, NAN, 1]


@settings(max_examples=10)
@given(
    st.lists(st.sets(st.sampled_from("mpqrs"), min_size=2, max_size=4), min_size=1, max_size=4),
    st.lists(st.sampled_from(["A", "B", None]), min_size=5, max_size=5),
)
def test_every_region_that_is_filled_in_lies_in_the_interval(small, cooperation, given_regions):
    codes = {"A": "LT011", "B": "LT022", "C": "LT023", "D": "LT024", "E": "LT025", None: None}

    def bridged(regions):
        table = {"organisation": list("mpqrs"), "nuts3": [codes[one] for one in regions]}
        return WIDER["bridging_regions"](small(table, cooperation=events(*cooperation), **clusters(K="mp")))

    found = bridged(given_regions)
    ways = list(product(*([one] if one else list("ABCD") for one in given_regions)))
    for way in ways[:: len(ways) // 12 + 1]:
        filled = bridged(way).value[0]
        assert np.isnan(filled) == np.isnan(found.low[0])
        assert np.isnan(filled) or found.low[0] - 1e-12 <= filled <= found.high[0] + 1e-12
    assert np.isnan(found.value[0]) or found.low[0] - 1e-12 <= found.value[0] <= found.high[0] + 1e-12


def test_core_share(small):
    cooperation = events("abcd", "ef", "ae")
    tables = clusters(K="abe", L="ef", M="g", E="")
    assert WIDER["core_share"](small({"organisation": list("abcdefg")}, cooperation=cooperation, **tables)).value == pytest.approx(
        [2 / 3, 0, 0, NAN], nan_ok=True
    )
    nowhere = small({"organisation": list("abc")}, cooperation=events("a", "b", "c"), **clusters(K="abc"))
    assert told(WIDER["core_share"](nowhere)) == [0, 0, 0, 1]
    part = small({"organisation": list("abcd")}, affiliation=affiliation("abc"), **clusters(K="abd", L="d", M="c"))
    assert told(WIDER["core_share"](part)) == [0, 1, 1, 2 / 3]
    assert told(WIDER["core_share"](part), 1) == [0, NAN, 1, 0]
    assert told(WIDER["core_share"](part), 2) == [1, 1, 1, 1]


def test_closeness(small):
    # a star around a: harmonic 3 of a, 2 of b, c, d; e and f 1; g none
    tables = clusters(K="a", L="bc", M="b", N="ae", I="g", E="")
    shot = small({"organisation": list("abcdefg")}, cooperation=events("ab", "ac", "ad", "ef"), **tables)
    found = WIDER["closeness"](shot)
    assert found.value == pytest.approx([1, 0.5, 0.5, 0.5, 0, NAN], nan_ok=True)  # means 3, 2, 2, 2, 0: equal ones count by half
    assert found.low == pytest.approx(found.high, nan_ok=True)
    left = shot.without([3, 3], [[0], [4]])  # ae without a, without e: against the four others
    assert WIDER["closeness"](left).value == pytest.approx([1 / 4, 3.5 / 4])
    single = small({"organisation": list("ab")}, cooperation=events("ab"), **clusters(K="ab"))
    assert told(WIDER["closeness"](single)) == [NAN, NAN, NAN, 1]


def test_closeness_against_clusters_of_unknown_ties(small):
    part = small({"organisation": list("abcx")}, affiliation=affiliation("ab", "bc"), **clusters(K="a", L="b", M="x", N="bx"))
    found = WIDER["closeness"](part)
    assert told(found) == [0, 0, 2 / 3, 1]
    assert told(found, 1) == [1 / 3, 1.5 / 2, 1, 1]
    assert told(found, 2) == [0, NAN, 1, 0]
    assert told(found, 3) == [0, 1.5 / 2, 1, 1 / 2]


def test_order_of_rows_changes_nothing(small, twelve_frames):
    rng = np.random.default_rng(11)
    tables = [twelve_frames, {name: table.iloc[rng.permutation(len(table))] for name, table in twelve_frames.items()}]
    one, other = (small(given_.pop("organisations"), **given_) for given_ in [dict(t) for t in tables])
    order = one.ids.get_indexer(other.ids)
    for name, indicator in WIDER.items():
        for part, turned in zip(indicator(one), indicator(other), strict=True):
            assert part[order] == pytest.approx(turned, rel=1e-12, nan_ok=True), name
