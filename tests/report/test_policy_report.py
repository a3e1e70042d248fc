import json
import re

import openpyxl
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.report._simulation_card import card_of
from innovnet.report._simulation_run import check_country, check_policies, scenarios_of, simulated, world_of

s = inn.simulate


@pytest.fixture(scope="module")
def small():
    world = world_of("LT", 600, 0, inn.example())
    scenarios = scenarios_of(["matchmaking", "project-subsidy"], budget=2e5, start=1, end=2, mix=True)
    return simulated(world, scenarios, years=3, runs=3, seed=1, burn_in=4, assumption_runs=2, bars=False)


@pytest.fixture(scope="module")
def written(small, tmp_path_factory):
    return inn.write_simulation_report(small, tmp_path_factory.mktemp("out") / "page", images=False).parent


def test_the_page_says_first_what_it_is_not(written, parsed):
    text = (written / "report.html").read_text(encoding="utf-8")
    page = parsed(text)
    assert len(page.ids) == len(set(page.ids))
    assert text.count('class="box"') == 1
    assert "Not a forecast, not evidence that a programme worked" in text
    assert text.index('class="box"') < text.index("<figure>")
    assert "Simulation card, submodels" in text
    assert {"method-compare", "method-Matchmaking", "method-ProjectSubsidy", "method-assumptions"} <= set(page.ids)
    assert {"script", "img", "link"}.isdisjoint(page.tags)
    for address in page.addresses:
        assert address.startswith("#") or (written / address).is_file(), address


def test_observed_words_are_not_claims(written):
    text = re.sub(r"<details.*?</details>", "", (written / "report.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\b(proves|boosts?|drives|leads to)\b", text)


def test_every_table_is_a_file_and_a_sheet(written, small):
    record = json.loads((written / "provenance.json").read_text(encoding="utf-8"))
    policies = pd.read_csv(written / "tables/policies.csv")
    assert set(policies["scenario"]) == {"matchmaking", "project-subsidy", "mix"}
    assert all("tables/" + name in record["files"] for name in ("policies.parquet", "policy_course.csv", "participation_effects.csv"))
    book = openpyxl.load_workbook(written / "tables.xlsx", read_only=True)
    assert book.sheetnames[:3] == ["Read me", "Findings", "Policies"]
    columns = pd.read_csv(written / "tables/columns.csv")
    for name in ("policies", "policy_money", "policy_parts"):
        assert list(pd.read_csv(written / f"tables/{name}.csv").columns) == columns.loc[columns["table"] == name, "column"].tolist()
    assert record["simulation"]["mix"]["parameters"]["policies"][0]["budget"] == 1e5
    assert record["simulation"]["baseline"]["population_fingerprint"] == small.population.fingerprint


def test_numbers_are_those_of_the_comparison(written, small):
    table = pd.read_csv(written / "tables/policies.csv").set_index(["scenario", "outcome"])
    theirs = small.comparison.sums.loc[("matchmaking", "innovations")]
    assert table.loc[("matchmaking", "innovations"), ["difference", "difference_low"]].tolist() == pytest.approx(theirs[["difference", "low"]].tolist())


def test_the_same_comparison_gives_the_same_tables(written, small, tmp_path):
    again = inn.write_simulation_report(small, tmp_path / "again", images=False).parent
    for path in sorted((written / "tables").glob("*.csv")):
        assert path.read_bytes() == (again / "tables" / path.name).read_bytes(), path.name


def test_a_comparison_alone_has_a_page_too(small, tmp_path):
    page = inn.write_simulation_report(small.comparison, tmp_path / "bare", images=False)
    text = page.read_text(encoding="utf-8")
    assert "Simulation card" not in text
    assert "The population was not given" in text


def test_it_is_a_section_of_the_report_on_a_programme(small, tmp_path, make_affiliation):
    page = inn.write_report(make_affiliation(40, 60), tmp_path / "both", runs=2, policies=small, images=False, progress=False)
    text = page.read_text(encoding="utf-8")
    assert '<a href="#policies">What support would change</a>' in text
    assert (tmp_path / "both/tables/policies.csv").is_file()
    assert "Random worlds" in text
    assert json.loads((tmp_path / "both/provenance.json").read_text(encoding="utf-8"))["simulation"]["baseline"]["seed"] == 1


def test_wrong_models_and_populations_are_refused(small):
    with pytest.raises(DataError, match="not the baseline"):
        inn.report.Simulation(small.comparison, model=s.Participation(network_effect=0.5))
    with pytest.raises(DataError, match="not the one of the comparison"):
        inn.report.Simulation(small.comparison, population=world_of("LT", 100, 0))
    with pytest.raises(DataError, match="policies='defaults'"):
        inn.write_report(inn.toy(), "never", policies="defaults", runs=2)
    with pytest.raises(DataError, match="Give country too"):
        inn.write_report(inn.toy(), "never", policies="default", runs=2)
    with pytest.raises(DataError, match="compare"):
        inn.write_simulation_report(3, "never")


def test_the_card_has_every_parameter():
    entries = card_of(s.Participation())
    text = json.dumps(entries)
    assert entries[0]["name"] == "Simulation card, purpose and patterns"
    assert len(entries) == 7
    for name in ("arranged", "body_level", "network_effect", "exit_base"):
        assert name in text
    tables = [content for entry in entries for kind, content in entry["blocks"] if kind == "table"]
    assert any("Status" in [head[0] for head in table["heads"]] for table in tables)
    assert "|" not in text
    assert card_of(None) == []


def test_worlds_have_the_real_participants():
    plain, around = world_of("LT", 600, 0), world_of("LT", 600, 0, inn.example())
    ours = inn.example().actors["country"].eq("LT").sum()
    assert "participant" not in plain.actors
    assert around.actors["participant"].sum() == ours
    assert set(around.actors["country"]) == {"LT"}
    german = inn.example().select(actors=(inn.example().actors["country"] == "DE").to_numpy())
    assert "participant" not in world_of("LT", 600, 0, german).actors


def test_budgets_of_the_mix_are_equal_shares():
    models = scenarios_of(["matchmaking", "facilitation"], budget=1000.0, start=2, end=3, mix=True)
    assert {name: [policy.budget for policy in model.policies] for name, model in models.items()} == {
        "matchmaking": [1000.0],
        "facilitation": [1000.0],
        "mix": [500.0, 500.0],
    }
    assert "mix" not in scenarios_of(["matchmaking"], budget=1.0, start=1, end=1, mix=True)


def test_what_cannot_be_simulated_is_said():
    with pytest.raises(DataError, match="Did you mean"):
        check_policies(["matchmakin"], "LT")
    with pytest.raises(DataError, match="partners abroad"):
        check_policies(["internationalisation"], "LT")
    check_policies(["internationalisation"], "EU")
    with pytest.raises(DataError, match="no population"):
        check_country("US")
