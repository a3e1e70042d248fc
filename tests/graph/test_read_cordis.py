"""Tables in the layout of CORDIS: what is read from them, what is repaired, and what is refused."""

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet._kernel import KERNELS
from innovnet.errors import DataError


def count(affiliation, item):
    found = affiliation.quality.loc[affiliation.quality["item"] == item]
    return int(found["count"].sum())


def test_tables_hold_what_the_files_hold(read, content):
    affiliation = read(content)
    actors, events, rows = affiliation.actors, affiliation.events, affiliation.participations
    assert actors.index.tolist() == ["999000001", "999000002", "999000003"]
    assert actors.columns.tolist() == ["name", "short_name", "country", "nuts", "region", "city", "type", "sme", "field", "lat", "lon", "vat"]
    firm = actors.loc["999000001"].to_dict()
    assert firm == {
        "name": 'UAB "Šviesa"',
        "short_name": "Šviesa",
        "country": "LT",
        "nuts": "LT011",
        "region": "LT01",
        "city": "Vilnius",
        "type": "firm",
        "sme": True,
        "field": "engineering and technology",
        "lat": 54.687,
        "lon": 25.28,
        "vat": "LT123",
    }
    assert actors.loc["999000003", "country"] == "NA"
    assert actors.loc["999000003", ["nuts", "region", "short_name", "lat"]].isna().all()
    assert actors["sme"].dtype == "boolean"
    assert affiliation.derived["field"].source == "field"
    assert events.index.tolist() == ["101000001", "101000002"]
    assert events.loc["101000001"].to_dict() == {
        "name": "ONE",
        "title": "The first; with a semicolon",
        "start": pd.Timestamp("2021-06-01"),
        "end": pd.Timestamp("2023-05-31"),
        "signed": pd.Timestamp("2021-05-01"),
        "programme": "HORIZON",
        "part": "HORIZON.2.4",
        "topic": "TOPIC-1",
        "instrument": "HORIZON-RIA",
        "field": "engineering and technology; natural sciences",
        "cost": 0.0,
        "contribution": 1500.25,
        "coordinator": "999000001",
    }
    assert events.loc["101000002", ["signed", "field"]].isna().all()
    assert rows.columns.tolist() == ["actor", "event", "role", "contribution", "net_contribution"]
    assert rows["actor"].tolist() == ["999000001", "999000002", "999000002", "999000003"]
    assert rows["event"].tolist() == ["101000001", "101000001", "101000002", "101000001"]
    assert rows["role"].tolist() == ["coordinator", "participant", "coordinator", "associated_partner"]
    np.testing.assert_array_equal(rows["contribution"], [1000.5, 499.75, 1000.5, np.nan])
    np.testing.assert_array_equal(rows["net_contribution"], [900, 499.75, 900, 0])
    assert affiliation.project().n_ties == 3


@pytest.mark.parametrize(
    "how", [{"delimiter": ","}, {"delimiter": "\t"}, {"end": "\r\n"}, {"prefix": "csv/"}, {"prefix": "a\\b\\"}, {"change": lambda _, d: b"\xef\xbb\xbf" + d}]
)
def test_delimiter_line_end_mark_and_folder_in_the_zip_do_not_matter(cordis, tmp_path, content, how):
    first = inn.read_cordis(cordis.write_zip(tmp_path / "a.zip", content))
    other = inn.read_cordis(cordis.write_zip(tmp_path / "b.zip", content, **how))
    assert other.fingerprint == first.fingerprint


def test_a_folder_is_read_like_the_zip(cordis, tmp_path, content):
    path = cordis.write_zip(tmp_path / "a.zip", content)
    for folder in (tmp_path / "flat", tmp_path / "deep" / "csv"):
        folder.mkdir(parents=True)
        for name, rows in content.items():
            (folder / name).write_text(cordis.text_of(rows), encoding="utf-8", newline="")
    first = inn.read_cordis(path)
    assert inn.read_cordis(tmp_path / "flat").fingerprint == first.fingerprint
    assert inn.read_cordis(str(tmp_path / "deep")).fingerprint == first.fingerprint


def test_the_order_of_rows_does_not_matter(read, content):
    first = read(content)
    assert read({name: rows[::-1] for name, rows in content.items()}).fingerprint == first.fingerprint


def test_one_organisation_in_one_project_twice(cordis, read, content):
    content["organization.csv"] += [
        cordis.organisation(role="thirdParty", order="9", ecContribution="5"),
        cordis.organisation(role="thirdParty", order="8", ecContribution="7"),
        cordis.organisation(role="thirdParty", order="8", ecContribution="7.00"),
    ]
    affiliation = read(content)
    mine = affiliation.participations[affiliation.participations["actor"] == "999000001"]
    assert mine["role"].tolist() == ["coordinator", "third_party", "third_party"]
    assert sorted(mine["contribution"]) == [5, 7, 1000.5]
    assert affiliation.n_memberships == 4
    assert count(affiliation, "participations repeated in another row") == 1
    assert count(affiliation, "repeated memberships: one organisation in several roles or orders") == 2


def test_of_several_values_the_most_frequent_then_the_latest_then_the_first_in_the_alphabet(cordis, read, content):
    content["project.csv"] += [cordis.project(id=f"10100000{k}", startDate=f"202{k}-01-01") for k in (3, 4, 5)]
    more = [cordis.organisation(projectID=f"10100000{k}") for k in (3, 4, 5)]
    for row, city, name, sme, kind in zip(more, ["Kaunas", "Kaunas", "Vilnius"], ["B", "B", "A"], ["", "false", "false"], ["HES", "REC", ""], strict=True):
        row |= {"city": city, "name": name, "SME": sme, "activityType": kind}
    content["organization.csv"] += more
    affiliation = read(content)
    firm = affiliation.actors.loc["999000001"]
    assert firm["city"] == "Vilnius"  # two rows each; Vilnius has the project that starts last
    assert firm["name"] == "B"
    assert firm["sme"] is np.False_ or firm["sme"] is False
    assert firm["type"] == "institute"  # one row each, empty cells do not count; of 2021, 2023 and 2024 the last
    for column in ("city", "name", "SME", "activityType"):
        assert count(affiliation, f"organisations with several values of {column}") == 1
    content["project.csv"][-1]["startDate"] = content["project.csv"][-2]["startDate"] = ""
    content["project.csv"][2]["startDate"] = "2021-06-01"
    firm = read(content).actors.loc["999000001"]
    assert firm["city"] == "Kaunas"  # the last start is the same: the first in the alphabet
    assert firm["type"] == "firm"


@pytest.mark.parametrize(("level", "region"), [(0, "LT"), (1, "LT0"), (2, "LT01"), (3, "LT011")])
def test_regions_at_each_level(read, content, level, region):
    content["organization.csv"][1]["nutsCode"] = content["organization.csv"][3]["nutsCode"] = "LT"
    affiliation = read(content, region_level=level)
    assert affiliation.actors.loc["999000001", "region"] == region
    short = affiliation.actors.loc["999000002", "region"]
    assert short == "LT" if level == 0 else pd.isna(short)
    assert count(affiliation, "organisations whose NUTS code is a country only") == 1


def test_countries_are_written_as_eurostat_writes_them(read, content):
    content["organization.csv"][0] |= {"country": "GR", "nutsCode": "GR300"}
    content["organization.csv"][2] |= {"country": "", "nutsCode": "?"}
    content["organization.csv"][1] |= {"nutsCode": "LV006"}
    content["organization.csv"][3] |= {"nutsCode": "LV006"}
    affiliation = read(content)
    actors = affiliation.actors
    assert actors.loc["999000001", ["country", "nuts", "region"]].tolist() == ["EL", "GR300", "EL30"]
    assert pd.isna(actors.loc["999000003", "country"])
    assert count(affiliation, "country GR written as EL") == 1
    assert count(affiliation, "participations without a country") == count(affiliation, "organisations without a country") == 1
    assert count(affiliation, "organisations whose NUTS code is of another country") == 1
    assert count(affiliation, "organisations whose NUTS code has another form") == 1


def test_roles_and_programmes_choose(read, content):
    content["project.csv"][1]["frameworkProgramme"] = "H2020"
    chosen = read(content, roles="coordinator")
    assert chosen.participations["role"].unique().tolist() == ["coordinator"]
    assert chosen.actors.index.tolist() == ["999000001", "999000002"]
    assert count(chosen, "participations in other roles") == 2
    without = read(content, roles=["participant", "associated_partner"])
    assert without.events["coordinator"].tolist() == ["999000001", "999000002"]  # a fact about the project
    assert count(without, "projects without an organisation") == 1
    old = read(content, programme="H2020")
    assert old.events.index.tolist() == ["101000002"]
    assert old.actors.index.tolist() == ["999000002"]
    assert count(old, "projects of other programmes") == 1
    assert count(old, "participations in projects left out") == 3
    assert read(content, programme=["H2020", "HORIZON"]).n_events == 2
    with pytest.raises(DataError, match="Did you mean 'H2020'"):
        read(content, programme="H202")
    with pytest.raises(DataError, match="Did you mean 'third_party'"):
        read(content, roles="thirdParty")


def test_other_options_are_checked(read, content):
    with pytest.raises(DataError, match="region_level=4"):
        read(content, region_level=4)
    with pytest.raises(DataError, match="Did you mean 'report'"):
        read(content, on_error="reports")


def test_parts_and_topics_beside_the_project_table(read, content):
    content["legalBasis.csv"] += [{"projectID": "101000001", "legalBasis": "HORIZON.2.3", "title": "", "uniqueProgrammePart": "True"}]
    content["legalBasis.csv"][2]["uniqueProgrammePart"] = "false"
    content["topics.csv"][0]["topic"] = "TOPIC-0"
    content["topics.csv"] += [content["topics.csv"][0] | {"topic": "TOPIC-9"}]
    del content["topics.csv"][1]
    affiliation = read(content)
    assert affiliation.events["part"].tolist() == ["HORIZON.2.3", "HORIZON.1.1"]
    assert affiliation.events["topic"].tolist() == ["TOPIC-0; TOPIC-9", "TOPIC-2"]
    assert count(affiliation, "projects with several parts of their own") == 1
    assert count(affiliation, "projects without a part of their own") == 1


def test_doubts_are_counted_and_kept(cordis, read, content):
    content["organization.csv"][0] |= {"geolocation": "54.687, 25.28", "organisationID": " 999000001 ", "name": "UniversitÃ© Jos\ufffd"}
    content["organization.csv"][2] |= {"activityType": "XYZ", "SME": ""}
    content["project.csv"][0] |= {"endDate": "2021-01-01"}
    content["organization.csv"][3]["role"] = "participant"
    content["project.csv"] += [cordis.project(id="101000003", acronym=""), content["project.csv"][0]]
    affiliation = read(content)
    assert affiliation.actors.index[0] == "999000001"
    assert affiliation.actors.loc["999000001", "lon"] == 25.28
    expected = {
        "blanks around organisationID": 1,
        "blanks within coordinates": 1,
        "letters that look encoded twice": 1,
        "letters lost before, now U+FFFD": 1,
        "organisations without a known type": 1,
        "organisations without an SME flag": 1,
        "organisations without a NUTS code": 1,
        "organisations without coordinates": 1,
        "projects that end before they start": 1,
        "projects repeated in another row": 1,
        "projects without a coordinator": 2,
        "projects without an organisation": 1,
        "projects without an acronym": 1,
        "projects without a date of signature": 1,
        "projects with one organisation": 1,
    }
    assert {item: count(affiliation, item) for item in expected} == expected
    assert set(affiliation.quality["action"]) <= {"read", "repaired", "dropped", "kept"}


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_the_number_of_threads_does_not_matter(read, content, monkeypatch, threads):
    first = read(content)
    monkeypatch.setenv("INNOVNET_THREADS", threads)
    other = read(content)
    assert other.fingerprint == first.fingerprint
    pd.testing.assert_frame_equal(other.quality, first.quality)


def test_each_kernel_is_compiled_once(read, content):
    read(content)
    mine = [kernel for kernel in KERNELS if kernel.py_func.__module__ == "innovnet.graph.read._tokens"]
    assert {kernel.py_func.__name__: len(kernel.signatures) for kernel in mine if kernel.signatures}.keys() >= {"tokens", "factorized", "numbers"}
    assert all(len(kernel.signatures) <= 1 for kernel in mine)
