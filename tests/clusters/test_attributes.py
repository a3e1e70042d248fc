import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import Register
from innovnet.clusters._attributes import node_flags
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import Snapshot, snapshot_of
from innovnet.graph._tables import quality

DAY = pd.Timestamp("2025-12-31")
ANSWER = {(True, False): "yes", (False, True): "unknown", (False, False): "no"}


def answers(shot: Snapshot, flag: str) -> dict[str, str]:
    yes, unknown = node_flags(shot)[flag]
    assert len(yes) == len(unknown) == len(shot.cooperation.nodes)
    return {node: ANSWER[bool(y), bool(u)] for node, y, u in zip(shot.cooperation.nodes["node"], yes, unknown, strict=True)}


def test_register_of_twelve(twelve):
    shot = snapshot_of(twelve, cooperation_of(twelve, None), DAY, Settings())
    flags = node_flags(shot)
    rows = {name: [shot.members.total(mask[shot.members.node]).astype(int).tolist() for mask in flag] for name, flag in flags.items()}
    none = [0] * 12
    assert rows["firm"] == [[0, 2, 4, 5, 5, 6, 6, 5, 7, 6, 6, 4], none]
    assert rows["research"] == [[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1], none]
    assert rows["sme"] == [[0, 2, 4, 5, 5, 3, 6, 5, 7, 6, 6, 4], none]  # a large firm owns three members of K06
    assert rows["rd"] == [[0, 0, 4, 0, 0, 0, 2, 1, 2, 4, 2, 2], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1]]
    assert rows["exporting"] == [[0, 0, 4, 0, 0, 0, 3, 2, 3, 4, 2, 2], none]
    assert rows["high_value"] == [[0, 0, 4, 0, 0, 0, 0, 0, 4, 4, 3, 1], none]


def test_size(small):
    shot = small(
        {
            "organisation": list("abcdefg"),
            "kind": ["firm"] * 6 + ["public"],
            "size": ["small", "large", None, None, None, "medium", "small"],
            "employees": [None, None, 249, 250, None, 400, 3],
        }
    )
    assert answers(shot, "sme") == {"a": "yes", "b": "no", "c": "yes", "d": "no", "e": "unknown", "f": "no", "g": "no"}


@pytest.mark.parametrize(("share", "expected"), [(0.51, "no"), (0.5, "yes")])
def test_size_of_the_owner_group(small, share, expected):
    organisations = {"organisation": ["a", "b", "c"], "size": ["small", None, "small"], "employees": [100, 150, None]}
    shot = small(organisations, ownership={"owner": ["b"], "owned": ["a"], "share": [share], "owner_kind": ["firm"]})
    assert answers(shot, "sme") == {"a": expected, "b": expected, "c": "yes"}


def test_large_owner_of_unknown_employees_and_owner_outside_the_register(small):
    organisations = {"organisation": ["a", "b", "c"], "size": [None, "large", "small"]}
    owned = {"owner": ["b", "abroad"], "owned": ["a", "c"], "share": [0.9, 0.9], "owner_kind": "firm"}
    assert answers(small(organisations, ownership=owned), "sme") == {"a": "no", "b": "no", "c": "yes"}


def test_three_years_up_to_the_day(small):
    rows = [
        ("a", 2022, "yes"),
        ("a", 2023, "no"),
        ("b", 2023, "yes"),
        ("b", 2025, "no"),
        ("c", 2024, None),
        ("c", 2025, "no"),
        ("d", 2026, "yes"),
        ("e", 2025, "no"),
    ]
    rows += [("f", 2025, None), ("f", 2023, "yes")]
    facts = pd.DataFrame(rows, columns=["organisation", "year", "rd_declared"])
    shot = small({"organisation": list("abcdefg")}, member_facts=facts)
    assert answers(shot, "rd") == {"a": "no", "b": "yes", "c": "unknown", "d": "unknown", "e": "no", "f": "yes", "g": "unknown"}
    assert answers(small({"organisation": list("abcdefg")}, member_facts=facts, at="2026-03-01"), "rd")["d"] == "yes"


def test_exporter_by_mark_or_amount(small):
    facts = {
        "organisation": list("abcdef"),
        "year": 2025,
        "exporter": ["yes", "no", None, None, None, "no"],
        "export_eur": [None, None, 5.0, 0.0, None, 5.0],
    }
    shot = small({"organisation": list("abcdef")}, member_facts=facts)
    assert answers(shot, "exporting") == {"a": "yes", "b": "no", "c": "yes", "d": "no", "e": "unknown", "f": "yes"}


def test_high_value(small):
    shot = small({"organisation": list("abc"), "high_value": ["yes", "no", None]})
    assert answers(shot, "high_value") == {"a": "yes", "b": "no", "c": "unknown"}


def test_actors_outside_the_register(small):
    rows = pd.DataFrame({"actor": ["a", "b", "c", "d"], "event": "e"})
    actors = pd.DataFrame({"actor": ["a", "b", "c", "d"], "type": ["firm", "firm", "university", None]})
    events = pd.DataFrame({"event": ["e"], "start": [pd.Timestamp("2024-01-01")]})
    affiliation = inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors, events=events)
    shot = small({"organisation": ["a"], "size": "small", "high_value": "no"}, affiliation=affiliation)
    assert answers(shot, "firm") == {"a": "yes", "b": "yes", "c": "no", "d": "unknown"}
    assert answers(shot, "research") == {"a": "no", "b": "no", "c": "yes", "d": "unknown"}
    assert answers(shot, "sme") == {"a": "yes", "b": "unknown", "c": "no", "d": "unknown"}
    assert answers(shot, "rd") == answers(shot, "exporting") == dict.fromkeys("abcd", "unknown")
    assert answers(shot, "high_value") == {"a": "no"} | dict.fromkeys("bcd", "unknown")


def test_order_of_rows_changes_nothing(twelve_frames):
    rng = np.random.default_rng(3)
    shuffled = {name: table.iloc[rng.permutation(len(table))] for name, table in twelve_frames.items()}
    both = [Register._from_tables(tables, quality()) for tables in (twelve_frames, shuffled)]
    one, other = (snapshot_of(register, cooperation_of(register, None), DAY, Settings()) for register in both)
    for flag in node_flags(one):
        assert answers(one, flag) == answers(other, flag)
