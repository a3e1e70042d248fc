"""Loading rules, the shipped ones, and their criteria in words."""

import doctest
import pickle
import re
import tomllib
import warnings
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from innovnet.clusters import CATALOGUE, load_rules
from innovnet.clusters._rules import Pace, Settings, Soft
from innovnet.clusters._rules_schema import CRITERION, PACE, SETTINGS, SOFT, SOURCE, TOP, VALID, WARNING
from innovnet.clusters._sheets import SHEETS
from innovnet.errors import DataError, DataWarning

SHIPPED = ("lithuania", "ecei", "generic")


def folder():
    return files("innovnet.clusters") / "rules"


@pytest.fixture(params=SHIPPED)
def rules(request):
    return load_rules(request.param)


def test_every_shipped_file_has_a_name_and_is_named_so():
    assert {Path(str(path)).stem for path in folder().iterdir()} == set(SHIPPED)
    assert [load_rules(name).name for name in SHIPPED] == list(SHIPPED)


def test_numbers_of_criteria_and_marks():
    marks = {name: load_rules(name).criteria_table()["mark"].value_counts().to_dict() for name in SHIPPED}
    assert marks == {
        "lithuania": {"operationalisation": 15, "borrowed": 5, "published": 1},
        "ecei": {"published": 12},
        "generic": {"operationalisation": 15},
    }


def test_nothing_of_ours_passes_for_published(rules):
    for one in rules.criteria:
        assert rules.sources[one.source].read in ("text", "summary") or one.kind == "operationalisation"


def test_lithuania():
    rules = load_rules("lithuania")
    assert rules.levels == ("emerging", "formed", "developing", "mature")
    assert rules.label(4, "lt") == "brandus"
    assert rules.label(4, "de") == rules.label(4) == "mature"
    assert rules.label(0) == "not a cluster"
    assert (rules.cumulative, rules.guarantees) == (True, ("member",))
    assert rules.soft == {"developing": Soft(at_least=2), "mature": Soft(at_least=2)}
    assert rules.pace == Pace(1, 2, {"emerging": 1, "formed": 1, "developing": 2}, 3)
    assert rules.settings == Settings()
    assert [one.id for one in rules.criteria if one.immediate] == ["E1", "F1"]
    assert {one.id for one in rules.criteria if one.strength == "soft"} == {"D5", "D6", "D7", "D8", "M5", "M6", "M7", "M8"}
    assert {one.id: one.source for one in rules.criteria if one.gate} == {
        "E1": "concept", "F1": "export2018", "M1": "call2024", "M2": "call2024", "M3": "call2024", "M4": "call2024",
    }  # fmt: skip


def test_ecei():
    rules = load_rules("ecei")
    assert not rules.cumulative
    assert rules.pace.valid_years == {"bronze": {"first": 2, "renewed": 3}, "silver": {"first": 2}}
    assert {one.removeprefix("fact:") for one in rules.keys if one.startswith("fact:")} == set(rules.facts)
    assert rules.meaning("fact:audit_score").high == 1


def test_generic():
    rules = load_rules("generic")
    assert rules.soft == {"developing": Soft(at_least=1), "mature": Soft(share=0.5)}
    assert [one.weight for one in rules.criteria if one.level == "mature" and one.strength == "soft"] == [2, 1, 1]


@pytest.mark.parametrize("name", ["lithuania", "generic"])
def test_early_warnings(name):
    alerts = {alert.id: alert for alert in load_rules(name).alerts}
    assert {id_: (a.indicator, a.change, a.op, a.threshold) for id_, a in alerts.items()} == {
        "fewer members": ("members", "relative", "<=", -0.2),
        "fewer ties": ("ties", "relative", "<=", -0.3),
        "one event": ("top_event_share", "none", ">=", 0.5),
        "ties expiring": ("ties_expiring", "none", ">=", 0.5),
    }
    assert alerts["fewer members"].text.format(value="4", before="6") == "Members fell by a fifth or more in a year: 4, after 6."


def test_shipped_files_leave_nothing_to_the_defaults(rules):
    raw = tomllib.loads((folder() / f"{rules.name}.toml").read_text(encoding="utf-8"))
    assert {"version", "disclaimer", "below", "cumulative", "guarantees", "defaults", "settings", "monitoring"} <= raw.keys()
    assert raw["monitoring"].keys() >= {"up_years", "down_years", "minimum_stay", "restore_years"}
    assert raw["settings"].keys() == {field for field in vars(Settings()) if field != "max_event_size"}
    assert all(one["unit"] == (rules.meaning(one["indicator"]).unit or "areas") for one in raw["criterion"])


def test_rules_written_out_are_the_same_rules(rules):
    assert load_rules(rules) == rules
    assert set(rules.to_dict()) == {
        "schema", "name", "version", "disclaimer", "levels", "labels", "below", "cumulative", "guarantees", "criterion", "soft", "settings", "monitoring",
        "facts", "sources", "warning",
    }  # fmt: skip


def test_rules_can_be_pickled(rules):
    assert pickle.loads(pickle.dumps(rules)) == rules


def test_indicators_of_the_level_rules_can_be_counted_in_a_simulation():
    for name in ("lithuania", "generic"):
        rules = load_rules(name)
        assert all(rules.meaning(one.indicator).cheap for one in rules.criteria)


def test_words():
    table = load_rules("lithuania").criteria_table(language="lt").set_index("criterion")
    assert table.loc["F1", "words"] == "at least 5 owner groups: independent members"
    assert table.loc["M1", "words"] == "more than 5 years: joint activity"
    assert table.loc["F3", "words"] == "at least 1 year: joint activity"
    assert table.loc["D3", "words"] == "strategy: yes"
    assert table.loc["M2", "words"] == "at least 5 owner groups: members of long standing (years = 5)"
    assert table.loc["M8", ["words", "required", "mark"]].tolist() == ["at least 30 %: own funds", "2 of 4", "operationalisation"]
    assert table.loc["M3", ["label", "source", "date", "read"]].tolist() == ["brandus", "InoKlaster 02-046-K", "2024-02-13", "summary"]
    assert load_rules("ecei").criteria_table()["words"].iloc[3] == "english site: yes"
    assert load_rules("generic").criteria_table()["required"].iloc[-1] == "50 % of 3 by weight"


def test_words_of_limits():
    rules = load_rules("generic")
    first = rules.criteria[0]
    said = [replace(first, op=op, threshold=3.0).words(CATALOGUE["members_independent"]) for op in ("<=", "<")]
    assert said == ["at most 3 owner groups: independent members", "less than 3 owner groups: independent members"]
    assert replace(first, op="is", threshold=0.0).words(CATALOGUE["governance"]) == "governance: no"


def test_the_page_of_a_notebook_holds_criteria_and_disclaimer_and_is_escaped():
    rules = load_rules("lithuania")
    page = rules._repr_html_()
    assert "at least 5 owner groups: independent members" in page
    assert "its indicator list was not available" in page
    assert "<script>" not in replace(rules, name="<script>", disclaimer="<script>", version="<script>")._repr_html_()
    evil = replace(rules.criteria[0], note="<script>")
    assert "<script>" not in replace(rules, criteria=(evil,))._repr_html_()


def test_a_table_of_criteria_is_text():
    table = load_rules("ecei").criteria_table()
    assert isinstance(table, pd.DataFrame)
    assert (table.dtypes == "str").all()


def test_a_path_and_a_name(tmp_path, monkeypatch):
    path = tmp_path / "lithuania"
    path.write_text((folder() / "ecei.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_rules("lithuania").name == "lithuania"
    assert load_rules(path) == load_rules(str(path)) == load_rules("ecei")


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")], ids=["byte order mark", "line ends"])
def test_files_from_other_editors(change, tmp_path):
    path = tmp_path / "ecei.toml"
    path.write_bytes(change((folder() / "ecei.toml").read_text(encoding="utf-8")).encode())
    assert load_rules(path) == load_rules("ecei")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("lithuanian", r"there are no rules 'lithuanian'\. Did you mean 'lithuania'\?"),
        ("xyz", r"There is: 'ecei', 'generic', 'lithuania'"),
        ("nothing.toml", r"there is no file 'nothing\.toml'"),
        ("a/b", r"there is no file"),
        (".", r"there are no rules"),
        (3, r"takes a name, a path or Rules, not int"),
        (None, r"not NoneType"),
    ],
)
def test_names_that_lead_nowhere(rules, words):
    with pytest.raises(DataError, match=words):
        load_rules(rules)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name = mine\n", r"mine\.toml is no TOML: .*line 1"),
        (b"schema = 1\nname = 'a'\nname = 'b'\n", r"line 3"),
        (b"a = " + b"[" * 5000, r"nested too deeply"),
        (b"\xff\xfe", r"cannot be read: .*UTF-8"),
        (b"#" * 300_000, r"300,000 bytes; rules have at most 250,000"),
        (b"", r"name is missing"),
        (b"a." * 100 + b"b = 1", r"R01 unknown key 'a'"),
        (b"\n" + b"a." * 100_000 + b"b = 1", r"row 2: the line has more than 200 points"),
        (b"a = " + b"9" * 5000, r"is no TOML"),
        (b"levels = [" + b"[" * 200 + b"]" * 200 + b"]", r"R22 is not a list of texts"),
    ],
    ids=["no text", "twice", "nested", "no text file", "large", "empty", "dotted", "very dotted", "large number", "lists"],
)
def test_files_that_are_no_rules(content, words, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        load_rules(path)


def test_a_warning_points_to_the_caller(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text((folder() / "generic.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load_rules(path)
    assert [(one.category, Path(one.filename).name) for one in caught] == [(DataWarning, "test_rules.py")]
    assert "4 of their entries deserve a look" in str(caught[0].message)


def test_roles_of_the_settings_are_those_of_the_workbook(rules):
    roles = next(field.choices for field in SHEETS["membership"].fields if field.name == "role")
    assert set(rules.settings.count_roles) == set(roles) - {"facilitator"}


PAGE = Path(__file__).parents[2] / "docs" / "cluster_rules.rst"
page = pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not here")


@page
def test_the_page_on_rules_does_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE, encoding="utf-8")
    assert found.attempted > 10
    assert found.failed == 0


@page
def test_the_example_of_the_page_is_a_rules_file(tmp_path):
    blocks = re.findall(r"\.\. code-block:: toml\n\n((?: {3}.*\n|\n)+)", PAGE.read_text(encoding="utf-8"))
    example, settings = (block.replace("\n   ", "\n").removeprefix("   ") for block in blocks)
    path = tmp_path / "region.toml"
    for text in (example, example + settings):
        path.write_text(text, encoding="utf-8")
        with pytest.warns(DataWarning, match="W3"):
            rules = load_rules(path)
        assert rules.settings == Settings()
    assert (rules.pace.up_years, rules.pace.down_years, rules.pace.restore_years) == (Pace().up_years, Pace().down_years, Pace().restore_years)
    assert rules.pace.valid_years == {"grown": {"first": 2, "renewed": 3}}


@page
def test_the_page_names_every_key():
    text = PAGE.read_text(encoding="utf-8")
    for schema in (TOP, CRITERION, SETTINGS, PACE, SOFT, SOURCE, WARNING, VALID):
        assert all(re.search(rf"\b{key}\b", text) for key in schema)
