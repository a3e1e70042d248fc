import numpy as np
import pandas as pd
import pytest

from innovnet.clusters._catalogue import CATALOGUE
from innovnet.clusters._completeness import CLUSTER_CELLS, MEMBER_CELLS, NEEDED, cells_of, data_completeness
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of

#: The letter in the catalogue of the sheet that holds a cell.
LETTERS = {
    **dict.fromkeys(("country", "kind", "nace", "nuts3", "size", "high_value"), "O"),
    **dict.fromkeys(("from", "stage"), "M"),
    "owners": "W",
    "ties": "G",
    **dict.fromkeys(("rd", "exporting", "rd_eur", "export_eur", "staff_fte", "activities"), "F"),
    **dict.fromkeys(("founded", "joint", "governance", "strategy", "stages"), "R"),
    **dict.fromkeys(("funding", "amounts"), "B"),
    "population": "P",
}


def complete(shot, *keys):
    return data_completeness(shot, keys).value.tolist()


def test_cells_agree_with_the_data_of_the_catalogue():
    assert set(NEEDED) <= set(CATALOGUE)
    assert set(MEMBER_CELLS) | set(CLUSTER_CELLS) <= set(LETTERS)
    for name, one in CATALOGUE.items():
        letters = {LETTERS[cell] for cell in cells_of(name)}
        assert letters <= set(one.data), name
        if name not in ("data_completeness", "joint_years"):
            assert set(one.data) - letters <= {"M", *("O" if "G" in letters else ""), *("R" if name.endswith("clusters_linked") else "")}, name


def test_cells_are_counted_once(small):
    organisations = {"organisation": list("abcd"), "nace": ["62", None, None, "26"], "high_value": ["yes", "no", None, "no"]}
    membership = {"cluster": ["K"] * 4 + ["E"], "organisation": list("abcda"), "to": [None] * 4 + ["2021-12-31"]}
    shot = small(organisations, clusters={"cluster": ["K", "E"], "governance": ["yes", None]}, membership=membership)
    assert complete(shot, "sectors", "sector_diversity") == [2 / 4, 1]
    assert complete(shot, "members_high_value") == [3 / 4, 1]
    assert complete(shot, "sectors", "members_high_value", "governance", "members", "data_completeness") == [(2 + 3 + 1) / 9, 0]
    assert complete(shot, "members", "shared_members") == [1, 1]  # needs nothing that can be missing
    assert complete(shot, "members_core(k=2)", "ties") == [0, 1]  # no data on cooperation


def test_cells_of_members(small):
    facts = pd.DataFrame(
        {"organisation": ["a", "b"], "year": 2025, "turnover_eur": [1.0, 2.0], "rd_eur": [1.0, None], "rd_declared": ["no", None], "exporter": "yes"}
    )
    membership = pd.DataFrame({"cluster": "K", "organisation": list("abcd"), "from": ["2020-01-01", None, None, None], "stage": ["make", None, "sell", None]})
    organisations = {
        "organisation": list("abcd"),
        "kind": ["firm", "firm", "research", "firm"],
        "nuts3": ["LT011", None, None, None],
        "size": ["small", None, None, None],
        "employees": [None, 5, None, None],
    }
    owned = {"owner": ["a"], "owned": ["b"], "share": [0.6], "owner_kind": "firm"}
    tables = {"membership": membership, "member_facts": facts, "ownership": owned, "clusters": {"cluster": ["K"], "stages": "make;sell"}}
    shot = small(organisations, **tables)
    expected = {
        "members_sme": (4 + 2) / (4 + 3),  # kind of all, size of the firms
        "regions": 1 / 4,
        "tenure_median": 1 / 4,
        "chain_coverage": (1 + 2) / 5,
        "members_rd": 1 / 4,
        "members_exporting": 2 / 4,
        "rd_intensity": 1 / 4,
        "export_share": 0,
        "members_independent": 1,
        "members_foreign": 1,
    }
    assert {key: complete(shot, key)[0] for key in expected} == pytest.approx(expected)
    strict = small(organisations, **tables, settings=Settings(unlisted_ownership="unknown"))
    assert complete(strict, "members_independent") == [2 / 4]


def test_cells_of_clusters(small):
    clusters = {"cluster": ["K", "L"], "strategy_from": [None, "2020-01-01"], "joint_since": ["2021-01-01", None], "region": "LT02", "sectors": "62"}
    tables = {
        "funding": {"cluster": ["K", "L"], "year": 2025, "source": "eu", "share": [1.0, None], "amount_eur": [None, 7.0]},
        "facts": {"cluster": ["L", "K"], "year": [2024, 2026], "staff_fte": 1.0, "activities": [None, 2], "score_low": [0.1, 0.2]},
        "population": {"region": ["LT02"], "nace": ["62"], "year": [2025], "firms": [3]},
    }
    shot = small({"organisation": ["a"]}, clusters=clusters, membership={"cluster": ["K", "L"], "organisation": "a"}, **tables)
    expected = {
        "strategy": [0, 1],
        "age": [1, 1],
        "joint_years": [1, 0],
        "own_funds_share": [1, 1],
        "funding_per_member": [0, 1],
        "staff_fte": [0, 1],
        "activities_per_year": [0, 0],
        "fact:score": [0, 1],
        "fact:unheard": [0, 0],
        "specialisation": [1, 1],
    }
    assert {key: complete(shot, key) for key in expected} == expected


def test_members_whom_nobody_named_are_a_cell(small):
    tables = {"clusters": {"cluster": ["K", "L"], "governance": "yes"}, "membership": {"cluster": ["K"], "organisation": ["a"]}}
    shot = small({"organisation": ["a"]}, **tables)
    assert complete(shot, "members", "governance") == [1, 1 / 2]
    assert complete(shot, "governance") == [1, 1]


def test_register_of_twelve(twelve):
    shot = snapshot_of(twelve, cooperation_of(twelve, None), pd.Timestamp("2025-12-31"), Settings())
    found = data_completeness(shot, ["members_rd", "own_funds_share"])
    known = np.add([0, 2, 4, 5, 5, 6, 6, 5, 7, 7, 4, 4], [1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1])
    assert found.value == pytest.approx(known / (np.array([0, 2, 4, 5, 5, 6, 6, 5, 7, 7, 6, 5]) + 1))
