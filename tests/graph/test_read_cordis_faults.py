"""Rows and tables in the layout of CORDIS that cannot be used: each is named, and left out only where that was asked for."""

import pytest

import innovnet as inn
from innovnet.errors import DataError


def count(affiliation, item):
    found = affiliation.quality.loc[affiliation.quality["item"] == item]
    return int(found["count"].sum())


FAULTS = {
    "unknown project": ("organization.csv", 1, {"projectID": "101999999"}, "projectID", "101999999", "is not in project.csv"),
    "participation without organisation": ("organization.csv", 1, {"organisationID": " "}, "organisationID", "", "has no identifier"),
    "participation of NaN": ("organization.csv", 1, {"organisationID": "NaN"}, "organisationID", "NaN", "has no identifier"),
    "participation without project": ("organization.csv", 1, {"projectID": ""}, "projectID", "", "has no identifier"),
    "unknown role": ("organization.csv", 1, {"role": "leader"}, "role", "leader", "is no role"),
    "no role": ("organization.csv", 1, {"role": ""}, "role", "", "is no role"),
    "text as amount": ("organization.csv", 1, {"ecContribution": "many"}, "ecContribution", "many", "is no amount"),
    "decimal comma": ("organization.csv", 1, {"netEcContribution": "12,5"}, "netEcContribution", "12,5", "is no amount"),
    "NaN": ("organization.csv", 1, {"ecContribution": "NaN"}, "ecContribution", "NaN", "is no amount"),
    "infinity": ("organization.csv", 1, {"ecContribution": "inf"}, "ecContribution", "inf", "is no amount"),
    "negative": ("organization.csv", 1, {"ecContribution": "-5"}, "ecContribution", "-5", "is no amount"),
    "negative cost": ("project.csv", 1, {"totalCost": "-0.01"}, "totalCost", "-0.01", "is no amount"),
    "date of another form": ("project.csv", 1, {"startDate": "01/06/2021"}, "startDate", "01/06/2021", "is no date"),
    "no such day": ("project.csv", 1, {"endDate": "2021-02-30"}, "endDate", "2021-02-30", "is no date"),
    "neither yes nor no": ("organization.csv", 1, {"SME": "maybe"}, "SME", "maybe", "is neither true nor false"),
    "flag of a part": ("legalBasis.csv", 1, {"uniqueProgrammePart": "x"}, "uniqueProgrammePart", "x", "is neither true nor false"),
    "coordinates": ("organization.csv", 1, {"geolocation": "54.687"}, "geolocation", "54.687", "is no latitude and longitude"),
    "out of the world": ("organization.csv", 1, {"geolocation": "91,25"}, "geolocation", "91,25", "is no latitude and longitude"),
    "part of no project": ("legalBasis.csv", 1, {"projectID": "7"}, "projectID", "7", "is not in project.csv"),
    "topic of no project": ("topics.csv", 1, {"projectID": "7"}, "projectID", "7", "is not in project.csv"),
    "field of no project": ("euroSciVoc.csv", 1, {"projectID": "7"}, "projectID", "7", "is not in project.csv"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_is_named_or_left_out_and_counted(cordis, read, content, case):
    member, row, cells, column, value, problem = FAULTS[case]
    content[member][row] |= cells
    with pytest.raises(DataError, match="1 fault") as caught:
        read(content)
    (fault,) = caught.value.faults
    assert (fault.place, fault.column, fault.value, fault.problem) == (member, column, value, problem)
    line = cordis.text_of(content[member][:row]).count("\n") + 1
    assert fault.row == str(line)
    assert fault.remedy
    affiliation = read(content, on_error="report")
    dropped = affiliation.quality[affiliation.quality["action"] == "dropped"]
    (noted,) = dropped[dropped["item"] == f"rows left out: {column} {problem}"].to_dict("records")
    assert noted["count"] == 1
    assert f"line {line}" in noted["examples"]
    assert value in noted["examples"]
    if member == "organization.csv":
        assert len(affiliation.participations) == 3
        assert affiliation.events["coordinator"].notna().all()
    if member == "project.csv":
        assert affiliation.events.index.tolist() == ["101000001"]
        assert affiliation.n_memberships == 3


def test_all_faults_come_in_one_error(cordis, read, content):
    for member, row, cells, *_ in FAULTS.values():
        if member == "organization.csv":
            content[member] += [content[member][row] | cells | {"order": str(len(content[member]))}]
    content["project.csv"] += [cordis.project(id="101000003", startDate="soon", totalCost="much")]
    content["topics.csv"] += [{"projectID": "", "topic": "", "title": ""}]
    with pytest.raises(DataError) as caught:
        read(content)
    assert len(caught.value.faults) == sum(case[0] == "organization.csv" for case in FAULTS.values()) + 3
    assert "project.csv, row" in str(caught.value)
    assert "'soon' is no date" in str(caught.value)
    clean = read(content, on_error="report")
    assert clean.fingerprint == read(cordis.tables()).fingerprint


def test_a_project_without_an_identifier(cordis, read, content):
    content["project.csv"] += [cordis.project(id="")]
    with pytest.raises(DataError, match=r"project.csv, row \d+, column 'id': has no identifier"):
        read(content)
    assert read(content, on_error="report").fingerprint == read(cordis.tables()).fingerprint


def test_different_rows_for_one_thing_are_faults_and_none_is_taken(cordis, read, content):
    content["organization.csv"] += [cordis.organisation(ecContribution="1")]
    content["project.csv"] += [cordis.project(id="101000002", title="Another")]
    with pytest.raises(DataError, match="4 faults") as caught:
        read(content)
    problems = {(fault.place, fault.problem) for fault in caught.value.faults}
    assert ("project.csv", "has several rows with different values") in problems
    assert ("organization.csv", "has several rows with one project, role and order but different contributions") in problems
    affiliation = read(content, on_error="report")
    assert affiliation.events.index.tolist() == ["101000001"]
    assert affiliation.participations["role"].tolist() == ["participant", "associated_partner"]
    assert count(affiliation, "participations in projects left out") == 1


def test_records_that_are_none(cordis, tmp_path, content):
    def spoil(name, data):
        return data + b'"1";"2"\n"3" 4;\n"5\0"\n' if name == "organization.csv" else data

    path = cordis.write_zip(tmp_path / "a.zip", content, change=spoil)
    with pytest.raises(DataError, match="3 faults") as caught:
        inn.read_cordis(path)
    assert [fault.problem.partition(",")[0] for fault in caught.value.faults] == ["has 2 cells", "has a quote inside a cell", "has a NUL byte"]
    affiliation = inn.read_cordis(path, on_error="report")
    assert count(affiliation, "rows left out: has a NUL byte") == 1
    assert len(affiliation.participations) == 4


def rename(old: bytes, new: bytes):
    return lambda name, data: data.replace(old, new, 1) if name == "organization.csv" else data


STRUCTURE = {
    "renamed column": (rename(b'"nutsCode"', b'"nuts_code"'), "organization.csv, row 1, column 'nutsCode': is missing. Did you mean 'nuts_code'?"),
    "missing column": (rename(b'"organisationID"', b'"x"'), "column 'organisationID': is missing"),
    "column twice": (rename(b'"city"', b'"name"'), "column 'name': is there 2 times"),
    "encoding": (rename("Šviesa".encode(), b"\x8aviesa"), "does not belong to UTF-8"),
    "open quote": (lambda name, data: data + b'"1;2' if name == "organization.csv" else data, "opens a quote that is never closed"),
    "empty": (lambda name, data: b"" if name == "topics.csv" else data, "topics.csv: has no line of column names"),
}


@pytest.mark.parametrize("on_error", ["raise", "report"])
@pytest.mark.parametrize("case", STRUCTURE)
def test_a_table_that_is_none_is_an_error_always(cordis, tmp_path, content, case, on_error):
    change, says = STRUCTURE[case]
    path = cordis.write_zip(tmp_path / "a.zip", content, change=change)
    with pytest.raises(DataError) as caught:
        inn.read_cordis(path, on_error=on_error)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_faults_of_several_tables_as_a_whole_come_together(cordis, tmp_path, content):
    with pytest.raises(DataError) as caught:
        inn.read_cordis(cordis.write_zip(tmp_path / "a.zip", content, change=lambda _, data: data.replace(b'"projectID"', b'"project"')))
    assert {fault.place for fault in caught.value.faults} == set(content) - {"project.csv"}


def test_tables_without_a_row(cordis, tmp_path, content):
    path = cordis.write_zip(tmp_path / "a.zip", content, change=lambda _, data: data[: data.index(b"\n") + 1])
    affiliation = inn.read_cordis(path)
    assert (affiliation.n_actors, affiliation.n_events, len(affiliation.participations)) == (0, 0, 0)
    assert affiliation.actors.columns.tolist() == inn.read_cordis(cordis.write_zip(tmp_path / "b.zip", content)).actors.columns.tolist()
