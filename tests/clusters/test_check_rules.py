"""Every fault of a rules file is found, with its code, its line and its key; no other error ever comes out."""

import copy
import tomllib
import warnings
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovnet.clusters import Rules, load_rules, rules_warnings
from innovnet.clusters._load_rules import checked
from innovnet.clusters._rules import Criterion, Source
from innovnet.clusters._rules_bounds import distance
from innovnet.clusters._toml_lines import lines_of
from innovnet.errors import DataError, DataWarning

BASE = """
schema = 1
name = "mine"
levels = ["young", "old"]
labels.lt = ["jaunas", "senas"]
guarantees = ["member"]
criterion = [
  { id = "Y1", level = "young", indicator = "members", op = ">=", threshold = 5, unit = "organisations", immediate = true },
  { id = "Y2", level = "young", indicator = "governance", op = "is", threshold = true },
  { id = "O1", level = "old", indicator = "members_tenured", args = { years = 3 }, op = ">=", threshold = 4 },
  { id = "O2", level = "old", indicator = "fact:score", op = ">", threshold = 0.5, kind = "borrowed", source = "call" },
  { id = "O3", level = "old", indicator = "ties", op = ">=", threshold = 3, strength = "soft" },
  { id = "O4", level = "old", indicator = "largest", op = ">=", threshold = 3, strength = "soft", weight = 2 },
]
defaults = { source = "own" }
soft = { old = { at_least = 1 } }
settings = { window_years = 3 }
monitoring = { down_years = 2, minimum_stay = { young = 1 }, valid_years = { old = { first = 2, renewed = 3 } } }
facts = { score = "share" }

[sources]
own = { title = "ours", date = 2026-11-24, read = "own" }
call = { title = "a call", date = 2024-02-13, read = "summary", locator = "page 3" }

[[warning]]
id = "less"
indicator = "members"
change = "relative"
op = "<="
threshold = -0.2
text = "{value} after {before}"
"""
TABLES = """schema = 1
name = "mine"
levels = ["young", "old"]

[[criterion]]
level = "young"
id = "Y1"
indicator = "members"
op = ">="
threshold = 5

[[criterion]]
id = "O1"
level = "old"
indicator = "members"
op = ">="
threshold = 8

[sources.own]
title = "ours"
date = 2026-11-24
read = "own"
"""


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load_rules(path)

    return loaded


def changed(old, new, text=BASE):
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def after(old, line, text=BASE):
    """With a line put in front of the one that begins so."""
    return changed(f"\n{old}", f"\n{line}\n{old}", text)


def criterion(id_, level="old", **entries):
    """A further criterion at the end of the list."""
    words = ", ".join(f"{key} = {value}" for key, value in {"id": f'"{id_}"', "level": f'"{level}"', **entries}.items())
    return after("]\ndefaults", f"  {{ {words} }},").replace("\n]\ndefaults", "\n]\ndefaults")


LEVEL_TWICE = BASE.replace('"old"', '"young"').replace("{ old =", "{ young =")
ATLEAST = {"op": '">="', "threshold": 5}
FAULTS = {
    "R01 of the file": (changed('guarantees = ["member"]', 'garantees = ["member"]'), "garantees", "garantees", "Did you mean 'guarantees'?"),
    "R01 of a criterion": (changed("weight = 2", "wieght = 2"), "wieght", "wieght", "Did you mean 'weight'?"),
    "R01 of a soft rule": (changed("{ at_least = 1 }", "{ at_least = 1, atmost = 2 }"), "atmost", "soft.old.atmost", "at_least"),
    "R01 of the settings": (changed("window_years = 3", "window_years = 3, roles = []"), "roles = []", "settings.roles", "count_roles"),
    "R01 of a source": (changed('locator = "page 3"', 'locator = "page 3", page = 3'), "page = 3", "sources.call.page", "There is"),
    "R01 of a warning": (changed('change = "relative"', 'changes = "relative"'), "changes", "changes", "Did you mean 'change'?"),
    "R02 of the file": (changed('name = "mine"\n', ""), "", "", "Add name"),
    "R02 of a criterion": (changed('id = "O3", level = "old", ', 'id = "O3", '), '"O3"', "criterion", "Add level"),
    "R02 of a threshold": (changed('op = "is", threshold = true', 'op = "is"'), '"Y2"', "criterion", "Add threshold"),
    "R02 of a source": (changed('title = "a call", ', ""), "page 3", "sources.call", "Add title"),
    "R02 of a warning": (changed('text = "{value} after {before}"', ""), "[[warning]]", "warning", "Add text"),
    "R02 of a term": (changed("first = 2, ", ""), "renewed", "monitoring.valid_years.old", "Add first"),
    "R03 criterion": (changed('"O4"', '"O3"'), "weight = 2", "id", "own id"),
    "R03 warning": (BASE + BASE[BASE.index("[[warning]]") :], len(BASE.splitlines()) + 2, "id", "own id"),
    "R03 level": (LEVEL_TWICE, "levels", "levels", "own name"),
    "R03 what is below": (after("soft", 'below = "young"'), "levels", "levels", "own name"),
    "R04 criterion": (changed('"O3", level = "old"', '"O3", level = "olt"'), '"O3"', "level", "Did you mean 'old'?"),
    "R04 soft": (changed("old = { at_least = 1 }", "old = { at_least = 1 }, odl = { at_least = 1 }"), "odl", "soft.odl", "Did you mean 'old'?"),
    "R05": (changed('levels = ["young", "old"]', 'levels = ["young", "old", "dead"]').replace('"senas"', '"senas", "miręs"'), "levels =", "levels", "criterion"),
    "R06 indicator": (changed('"ties"', '"tie"'), '"tie"', "indicator", "Did you mean 'ties'?"),
    "R06 fact": (changed('"fact:score"', '"fact:scores"'), "fact:scores", "indicator", "[facts]"),
    "R06 of a warning": (changed('indicator = "members"\nchange', 'indicator = "member"\nchange'), 'indicator = "member"', "indicator", "Did you mean 'members'?"),
    "R07 missing": (changed("args = { years = 3 }, ", ""), '"O1"', "args", "args = { years = 3 }"),
    "R07 unknown": (changed("args = { years = 3 }", "args = { years = 3, k = 2 }"), '"O1"', "args.k", "There is: 'years'"),
    "R07 out of range": (changed("args = { years = 3 }", "args = { years = 200 }"), '"O1"', "args.years", "Correct"),
    "R07 not a number": (changed("args = { years = 3 }", 'args = { years = "3" }'), '"O1"', "args.years", "Correct"),
    "R07 not whole": (criterion("N", indicator='"members_core"', args="{ k = 2.5 }", **ATLEAST), '"N"', "args.k", "Correct"),
    "R07 of none": (changed('indicator = "ties", ', 'indicator = "ties", args = { k = 2 }, '), '"O3"', "args.k", "There is none"),
    "R07 no table": (changed("args = { years = 3 }", "args = 3"), '"O1"', "args", "Correct"),
    "R08 flag": (changed('op = "is"', 'op = ">="'), '"Y2"', "op", "is"),
    "R08 number": (changed('"ties", op = ">="', '"ties", op = "is"'), '"O3"', "op", ">="),
    "R08 unknown": (changed('"ties", op = ">="', '"ties", op = "=>"'), '"O3"', "op", "Correct"),
    "R08 change": (changed('op = "<="', 'op = "is"'), 'op = "is"\nthreshold = -0.2', "op", ">="),
    "R08 relative change of what may be negative": (changed('indicator = "members"\nchange', 'indicator = "e_i"\nchange'), "change =", "change", "absolute"),
    "R09 out of range": (changed('op = ">", threshold = 0.5', 'op = ">", threshold = 50'), '"O2"', "threshold", "Correct"),
    "R09 below the range": (changed('"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = -3'), '"O3"', "threshold", "Correct"),
    "R09 not whole": (changed('"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = 2.5'), '"O3"', "threshold", "Correct"),
    "R09 yes for a number": (changed('"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = true'), '"O3"', "threshold", "Correct"),
    "R09 number for yes": (changed('op = "is", threshold = true', 'op = "is", threshold = 1'), '"Y2"', "threshold", "Correct"),
    "R09 text": (changed('"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = "3"'), '"O3"', "threshold", "Correct"),
    "R09 not a number at all": (changed('"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = nan'), '"O3"', "threshold", "Correct"),
    "R09 never reached": (changed('op = ">", threshold = 0.5', 'op = ">", threshold = 1'), '"O2"', "threshold", "Correct"),
    "R09 falls by more than all": (changed("threshold = -0.2", "threshold = -20"), "-20", "threshold", "Correct"),
    "R10": (changed('unit = "organisations"', 'unit = "firms"'), '"Y1"', "unit", 'unit = "organisations"'),
    "R11 threshold": (criterion("N", indicator='"members"', op='">="', threshold=4), '"N"', "threshold", "at least as much"),
    "R11 yes and no": (criterion("N", indicator='"governance"', op='"is"', threshold="false"), '"N"', "threshold", "at least as much"),
    "R11 upper limit": (
        changed("\n]\ndefaults", '\n  { id = "N", level = "old", indicator = "fact:a", op = "<=", threshold = 5 },\n'
        '  { id = "M", level = "young", indicator = "fact:a", op = "<=", threshold = 4 },\n]\ndefaults').replace('score = "share"', 'score = "share", a = "count"'),
        '"N"', "threshold", "at least as much",
    ),
    "R12": (criterion("N", indicator='"fact:score"', op='"<"', threshold=0.4), '"N"', "threshold", "Change one"),
    "R12 counts": (
        changed("\n]\ndefaults", '\n  { id = "N", level = "old", indicator = "fact:a", op = ">", threshold = 5 },\n'
        '  { id = "M", level = "old", indicator = "fact:a", op = "<", threshold = 6 },\n]\ndefaults').replace('score = "share"', 'score = "share", a = "count"'),
        '"M"', "threshold", "Change one",
    ),
    "R12 no and yes": (
        changed("\n]\ndefaults", '\n  { id = "N", level = "old", indicator = "strategy", op = "is", threshold = true },\n'
        '  { id = "M", level = "young", indicator = "strategy", op = "is", threshold = false },\n]\ndefaults'),
        '"N"', "threshold", "Change one",
    ),
    "R13 members": (changed('guarantees = ["member"]', "", criterion("N", indicator='"members"', op='"<="', threshold=6)).replace("op = \">=\", threshold = 4", "op = \">=\", threshold = 7"), '"N"', "threshold", "Change one"),
    "R13 age": (criterion("N", indicator='"age"', op='"<"', threshold=2), '"N"', "threshold", "Change one"),
    "R14 more than there are": (changed("at_least = 1", "at_least = 3"), "soft =", "soft.old.at_least", "fewer"),
    "R14 none": (changed("at_least = 1", "at_least = 0"), "soft =", "soft.old.at_least", "Correct"),
    "R14 share": (changed("at_least = 1", "share = 1.5"), "soft =", "soft.old.share", "Correct"),
    "R14 both": (changed("at_least = 1", "at_least = 1, share = 0.5"), "soft =", "soft.old", "at_least"),
    "R14 neither": (changed("at_least = 1", ""), "soft =", "soft.old", "at_least"),
    "R14 no rule": (changed("old = { at_least = 1 }", ""), '"O3"', "strength", "at_least = 1"),
    "R14 no soft criterion": (changed("old = { at_least = 1 }", "old = { at_least = 1 }, young = { share = 1 }"), "soft =", "soft.young", "soft"),
    "R15": (changed("weight = 2", "weight = 0"), '"O4"', "weight", "Correct"),
    "R15 default": (changed('{ source = "own" }', '{ source = "own", weight = -1 }'), "defaults", "defaults.weight", "Correct"),
    "R16 not listed": (changed('source = "call"', 'source = "cal"'), '"O2"', "source", "Did you mean 'call'?"),
    "R16 no date": (changed("date = 2024-02-13, ", ""), "page 3", "sources.call", "Add date"),
    "R16 strange date": (changed("2024-02-13", '"spring 2024"'), "page 3", "sources.call.date", "Correct"),
    "R16 no locator": (changed(', locator = "page 3"', ""), "a call", "sources.call", "where it stands"),
    "R17 own": (changed('kind = "borrowed", source = "call"', 'kind = "published"'), '"O2"', "kind", "operationalisation"),
    "R17 memory": (changed('"borrowed"', '"published"').replace('"summary"', '"memory"'), '"O2"', "kind", "operationalisation"),
    "R17 by default": (changed('{ source = "own" }', '{ source = "call", kind = "published" }').replace('"summary"', '"text"'), "defaults", "defaults.kind", "published"),
    "R18 either way": (criterion("N", indicator='"density"', op='">="', threshold=0.5), '"N"', "indicator", "guarantee"),
    "R18 upper limit": (criterion("N", indicator='"members"', op='"<="', threshold=50), '"N"', "indicator", "guarantee"),
    "R18 no": (criterion("N", indicator='"has_coordinator"', op='"is"', threshold="false"), '"N"', "indicator", "guarantee"),
    "R19": (changed('"largest", op = ">=", threshold = 3, ', '"largest", op = ">=", threshold = 3, immediate = true, '), '"O4"', "immediate", "hard"),
    "R20 at once": (changed("down_years = 2", "down_years = 0"), "monitoring", "monitoring.down_years", "Correct"),
    "R20 negative": (changed("down_years = 2", "restore_years = -1"), "monitoring", "monitoring.restore_years", "Correct"),
    "R20 stay": (changed("young = 1", "young = -1"), "monitoring", "monitoring.minimum_stay.young", "Correct"),
    "R20 stay of an unknown level": (changed("young = 1", "yuong = 1"), "monitoring", "monitoring.minimum_stay.yuong", "Did you mean 'young'?"),
    "R20 term": (changed("first = 2", "first = 0"), "monitoring", "monitoring.valid_years.old.first", "Correct"),
    "R20 term of an unknown level": (changed("valid_years = { old", "valid_years = { odl"), "monitoring", "monitoring.valid_years.odl", "Did you mean 'old'?"),
    "R21": (changed('"jaunas", ', ""), "labels", "labels.lt", "each level"),
    "R22 schema": (changed("schema = 1", "schema = 2"), "schema", "schema", "Correct"),
    "R22 levels": (changed('levels = ["young", "old"]', "levels = 3"), "levels", "levels", "Correct"),
    "R22 yes or no": (after("soft", 'cumulative = "yes"'), "cumulative", "cumulative", "Correct"),
    "R22 mark": (changed('"borrowed"', '"official"'), '"O2"', "kind", "Correct"),
    "R22 setting": (changed("window_years = 3", 'independence = "both"'), "settings", "settings.independence", "Correct"),
    "R22 role": (changed("window_years = 3", 'count_roles = ["members"]'), "settings", "settings.count_roles", "Correct"),
    "R22 guarantee": (changed('["member"]', '["members"]'), "guarantees", "guarantees", "Correct"),
    "R22 type of a fact": (after("soft", "").replace('score = "share"', 'score = "share", a = "boolean"'), "facts", "facts.a", "Correct"),
    "R22 source": (changed('{ title = "a call", date = 2024-02-13, read = "summary", locator = "page 3" }', '"a call"'), "a call", "sources.call", "title"),
    "R22 braces": (changed("{value} after", "{value.real} after"), "text =", "text", "{{"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault(name, load):
    text, marker, column, remedy = FAULTS[name]
    with pytest.raises(DataError, match=r"mine\.toml cannot be used: 1 fault\n") as caught:
        load(text)
    (fault,) = caught.value.faults
    assert fault.problem.startswith(f"{name[:3]} ")
    assert fault.place == "mine.toml"
    assert fault.column == column
    assert remedy in fault.remedy
    lines = text.splitlines()
    if isinstance(marker, int):
        assert fault.row == str(marker)
    elif marker:
        start = text.index(marker)
        assert fault.row == str(text.count("\n", 0, start) + 1), lines[int(fault.row) - 1]
    else:
        assert not fault.row


def test_the_base_has_no_fault(load):
    with pytest.warns(DataWarning):
        assert load(BASE).alerts[0].threshold == -0.2
    with pytest.warns(DataWarning):
        load(TABLES)


def test_all_codes_are_tried():
    assert {name[:3] for name in FAULTS} == {f"R{k:02}" for k in range(1, 23)}


def test_all_faults_at_once_in_order_of_lines(load):
    text = changed("weight = 2", "weight = 0").replace("at_least = 1", "at_least = 0").replace("schema = 1", "schema = 7").replace('"page 3"', '""')
    with pytest.raises(DataError) as caught:
        load(text)
    assert [fault.problem[:3] for fault in caught.value.faults] == ["R22", "R15", "R14", "R16"]
    rows = [int(fault.row) for fault in caught.value.faults]
    assert rows == sorted(rows)


def test_two_faults_of_one_criterion(load):
    with pytest.raises(DataError) as caught:
        load(changed("weight = 2", "weight = 0").replace('"largest"', '"largets"'))
    assert sorted((fault.problem[:3], fault.row, fault.column) for fault in caught.value.faults) == [("R06", "13", "indicator"), ("R15", "13", "weight")]


def test_faults_between_criteria_come_with_the_others_but_nothing_is_said_of_what_could_not_be_read(load):
    with pytest.raises(DataError) as caught:
        load(criterion("N", indicator='"members"', op='">="', threshold=4).replace('"largest"', '"largets"').replace("at_least = 1", "at_least = 2"))
    assert [fault.problem[:3] for fault in caught.value.faults] == ["R06", "R11"]
    with pytest.raises(DataError) as caught:
        load(TABLES.replace('level = "old"', 'level = "old"\nweight = 0'))
    assert [fault.problem[:3] for fault in caught.value.faults] == ["R15"]


def test_lines_of_tables(load):
    text = TABLES.replace("threshold = 8", "threshold = 4")
    with pytest.raises(DataError) as caught:
        load(text)
    (fault,) = caught.value.faults
    assert str(fault) == (
        "mine.toml, row 17, column 'threshold': 'members >= 4' R11 threshold falls: young asks members >= 5 (Y1), old asks members >= 4 (O1)."
        " A higher level asks for at least as much."
    )
    assert text.splitlines()[16] == "threshold = 4"


def test_a_key_above_the_id_has_its_line(load):
    with pytest.raises(DataError) as caught:
        load(TABLES.replace('level = "young"', 'level = "yung"'))
    assert [(fault.problem[:3], fault.row) for fault in caught.value.faults] == [("R04", "6")]


def test_soft_below_may_be_asked_less_of_all_above(load):
    text = changed(
        '"young", indicator = "members", op = ">=", threshold = 5, unit = "organisations", immediate = true',
        '"young", indicator = "ties", op = ">=", threshold = 9, strength = "soft"',
    )
    text = text.replace('"ties", op = ">=", threshold = 3, strength = "soft"', '"ties", op = ">=", threshold = 3').replace(
        "old = { at_least = 1 }", "old = { at_least = 1 }, young = { at_least = 1 }"
    )
    with pytest.warns(DataWarning):
        assert load(text).soft["young"].at_least == 1


def looks(text, load):
    with pytest.warns(DataWarning) as caught:
        load(text)
    assert len(caught) == 1
    return str(caught[0].message)


def test_w1_already_asked_below(load):
    text = looks(criterion("N", indicator='"members"', op='">="', threshold=5), load)
    assert "row 14, column 'threshold': 'members >= 5' W1 N has no effect: young already asks members >= 5 (Y1). Leave it out" in text


def test_w1_through_an_inequality(load):
    first = changed('"members", op = ">=", threshold = 5, unit = "organisations"', '"largest", op = ">=", threshold = 5')
    text = first.replace('"largest", op = ">=", threshold = 3, strength', '"members", op = ">=", threshold = 3, strength').replace(
        '"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = 4'
    )
    assert {line.partition(" W1 ")[2][:2] for line in looks(text, load).splitlines() if " W1 " in line} == {"O3", "O4"}
    assert " W1 " not in looks(
        text.replace('"ties", op = ">=", threshold = 4', '"ties", op = ">=", threshold = 5').replace(
            '"members", op = ">=", threshold = 3', '"members", op = ">=", threshold = 6'
        ),
        load,
    )


def test_w1_only_where_levels_build_on_each_other(load):
    assert " W1 " not in looks(after("soft", "cumulative = false", criterion("N", indicator='"members"', op='">="', threshold=5)), load)


def test_w2_never_fails(load):
    assert "row 12, column 'threshold': 'ties >= 0' W2 O3 can never fail: ties lies between 0 and inf" in looks(
        changed('"ties", op = ">=", threshold = 3', '"ties", op = ">=", threshold = 0'), load
    )


def test_w3_nothing_published(load):
    text = looks(BASE, load)
    assert "row 4, column 'levels': 'young' W3 rests on no published or borrowed criterion" in text
    assert "'old' W3" not in text


def test_w4_either_way_without_guarantee(load):
    text = criterion("N", indicator='"density"', op='">="', threshold=0.5).replace('guarantees = ["member"]', "")
    assert "column 'indicator': 'density >= 0.5' W4 a further member may break N" in looks(text, load)


def test_rules_that_leave_nothing_to_say_load_without_a_word(load):
    text = changed("immediate = true", 'kind = "borrowed", source = "call"')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(text)


def test_shipped_rules_load_without_a_word_and_say_it_in_their_disclaimer():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = {name: load_rules(name) for name in ("lithuania", "ecei", "generic")}
    noted = {name: [(fault.problem[:2], fault.value) for fault in rules_warnings(name)] for name in loaded}
    assert noted == {"lithuania": [("W3", "developing")], "ecei": [], "generic": [("W3", level) for level in loaded["generic"].levels]}
    assert "'developing' rests on no published or borrowed criterion" in loaded["lithuania"].disclaimer
    assert "no level rests on a published or borrowed criterion" in loaded["generic"].disclaimer


def test_rules_changed_in_python_are_checked_again():
    rules = load_rules("lithuania")
    first = replace(rules.criteria[0], threshold=-1.0)
    with pytest.raises(DataError, match="lithuania") as caught:
        load_rules(replace(rules, criteria=(first, *rules.criteria[1:])))
    assert [(fault.problem[:3], fault.row, fault.column) for fault in caught.value.faults] == [("R09", "", "threshold")]
    with pytest.raises(DataError, match="R16"):
        load_rules(replace(rules, sources={**rules.sources, "own": Source("innovnet", "", "own")}))


PAIRS = [
    ("members", {}, "members_tenured", {"years": 5}, 0),
    ("members_tenured", {"years": 3}, "members_tenured", {"years": 5}, 0),
    ("members_tenured", {"years": 5}, "members_tenured", {"years": 3}, None),
    ("members", {}, "members_core", {"k": 3}, 0),
    ("members_core", {"k": 2}, "members_core", {"k": 3}, 0),
    ("members_connected", {}, "members_core", {"k": 3}, 0),
    ("largest", {}, "largest_without_any", {}, 0),
    ("ties", {}, "largest_without_any", {}, -1),
    ("ties", {}, "ties_repeated", {}, 0),
    ("foreign_reach", {}, "members_foreign", {}, 0),
    ("members", {}, "members_foreign", {}, 0),
    ("members", {}, "foreign_reach", {}, None),
    ("members_rd", {}, "members", {}, None),
    ("joint_years", {}, "members_tenured", {"years": 3}, None),
    ("clusters_linked", {"ties": 1}, "foreign_clusters_linked", {"ties": 2}, 0),
    ("clusters_linked", {"ties": 2}, "foreign_clusters_linked", {"ties": 1}, None),
]


@pytest.mark.parametrize(("greater", "more", "lesser", "less", "apart"), PAIRS)
def test_inequalities(greater, more, lesser, less, apart):
    first, second = (Criterion("x", "y", name, ">=", 1, "", args) for name, args in ((greater, more), (lesser, less)))
    assert distance(first, second) == apart


SHIPPED = {name: (files("innovnet.clusters") / "rules" / f"{name}.toml").read_text(encoding="utf-8") for name in ("lithuania", "ecei", "generic")}
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.integers(0, 9), st.floats(), st.text(max_size=5), st.just(10**400), st.dates())
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5)


def places(value, place=()):
    if place:
        yield place
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*place, key))


def inner(value, place):
    for part in place:
        value = value[part]
    return value


@given(st.data())
def test_mutated_rules_are_rules_or_faults(data):
    raw = copy.deepcopy(tomllib.loads(SHIPPED[data.draw(st.sampled_from(sorted(SHIPPED)))]))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(places(raw))))
        parent, key = inner(raw, place[:-1]), place[-1]
        match data.draw(st.sampled_from(["drop", "value", "key", "copy"])):
            case "drop":
                del parent[key]
            case "value":
                parent[key] = data.draw(ANYTHING)
            case "key" if isinstance(parent, dict):
                parent[data.draw(st.text(max_size=5))] = parent.pop(key)
            case _:
                other = inner(raw, data.draw(st.sampled_from(list(places(raw)))))
                parent[key] = copy.deepcopy(other)
    try:
        rules = checked(raw, "mutated").rules
    except DataError as error:
        assert error.faults  # noqa: PT017
        assert all(fault.problem[0] == "R" and fault.problem[1:3].isdigit() and fault.remedy for fault in error.faults)  # noqa: PT017
    else:
        assert isinstance(rules, Rules)
        assert load_rules(rules) == rules


@given(data=st.data())
def test_mutated_text_is_rules_or_an_error_that_says_why(data, tmp_path_factory):
    text = SHIPPED[data.draw(st.sampled_from(sorted(SHIPPED)))]
    start = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.one_of(st.text(max_size=3), st.sampled_from(["{", "}", "[", "]", '"', "'", "\n", "[[", "#", "=", "."])))
    path = tmp_path_factory.getbasetemp() / "mutated.toml"
    path.write_text(text[:start] + put + text[start + data.draw(st.integers(0, 40)) :], encoding="utf-8", errors="replace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        try:
            assert isinstance(load_rules(path), Rules)
        except DataError as error:
            assert error.faults or "is no TOML" in str(error)  # noqa: PT017


SNIPPET = '''"a.b" = 1 # [x]
c.d . "e\\u00e9" = {x=[1,
2, {y = """ ]
" }"""}, [3]], z=1979-05-27 07:32:00.5}
[[p]]
q=1
[[p.r]]
s = 'x"y'
[[p.r]]
[p.r.t]
u = -0.5
[[p]]
[v.w]
k=""""q""""
'''


@pytest.mark.parametrize("text", [*SHIPPED.values(), BASE, TABLES, SNIPPET])
def test_every_entry_has_a_line(text):
    assert set(lines_of(text)) == set(places(tomllib.loads(text)))


def test_lines_are_those_of_the_text():
    lines = lines_of(SNIPPET)
    assert [lines[place] for place in (("a.b",), ("c", "d", "eé", "x", 1), ("c", "d", "eé", "z"), ("p", 0, "r", 1, "t", "u"), ("p", 1), ("v", "w", "k"))] == [
        1, 3, 4, 11, 12, 14,
    ]  # fmt: skip


def test_more_criteria_than_anyone_writes_are_refused(load):
    with pytest.raises(DataError, match="R22 is not a list of up to 500 tables"):
        load("\n".join(['schema = 1\nname = "x"\nlevels = ["a"]\nsources = {}', *['[[criterion]]\nid = "a"'] * 501]))
