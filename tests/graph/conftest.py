"""Small tables in the layout of CORDIS, to be spoilt by tests."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import innovnet as inn

Tables = dict[str, list[dict[str, str]]]

_ORGANISATION = {
    "projectID": "101000001",
    "projectAcronym": "ONE",
    "organisationID": "999000001",
    "vatNumber": "LT123",
    "name": 'UAB "Šviesa"',
    "shortName": "Šviesa",
    "SME": "true",
    "activityType": "PRC",
    "street": "Gatvė 1\n2 aukštas",
    "city": "Vilnius",
    "country": "LT",
    "nutsCode": "LT011",
    "geolocation": "54.687,25.28",
    "order": "1",
    "role": "coordinator",
    "ecContribution": "1000.5",
    "netEcContribution": "900",
    "totalCost": "0",
    "active": "",
}
_PROJECT = {
    "id": "101000001",
    "acronym": "ONE",
    "status": "SIGNED",
    "title": "The first; with a semicolon",
    "startDate": "2021-06-01",
    "endDate": "2023-05-31",
    "totalCost": "0",
    "ecMaxContribution": "1500.25",
    "legalBasis": "HORIZON.2.4",
    "topics": "TOPIC-1",
    "ecSignatureDate": "2021-05-01",
    "frameworkProgramme": "HORIZON",
    "fundingScheme": "HORIZON-RIA",
    "objective": 'Light,\n"more light"',
}


def organisation(**cells: str) -> dict[str, str]:
    return _ORGANISATION | cells


def project(**cells: str) -> dict[str, str]:
    return _PROJECT | cells


def tables() -> Tables:
    """Two projects, three organisations, four participations."""
    university = {"organisationID": "999000002", "name": "Universitetas", "shortName": "VU", "SME": "false", "activityType": "HES", "vatNumber": ""}
    abroad = {"organisationID": "999000003", "name": "Namibia GmbH", "shortName": "", "country": "NA", "nutsCode": "", "geolocation": "", "city": "Windhoek"}
    return {
        "organization.csv": [
            organisation(),
            organisation(**university, role="participant", order="2", ecContribution="499.75", netEcContribution="499.75"),
            organisation(**abroad, role="associatedPartner", order="3", ecContribution="", netEcContribution="0"),
            organisation(**university, projectID="101000002", projectAcronym="TWO"),
        ],
        "project.csv": [
            project(),
            project(id="101000002", acronym="TWO", legalBasis="HORIZON.1.1", startDate="2022-01-01", ecSignatureDate="", topics="TOPIC-2"),
        ],
        "legalBasis.csv": [
            {"projectID": "101000001", "legalBasis": "HORIZON.2.4", "title": "Digital", "uniqueProgrammePart": "true"},
            {"projectID": "101000001", "legalBasis": "HORIZON.2.4.1", "title": "Light", "uniqueProgrammePart": ""},
            {"projectID": "101000002", "legalBasis": "HORIZON.1.1", "title": "ERC", "uniqueProgrammePart": "true"},
        ],
        "topics.csv": [
            {"projectID": "101000001", "topic": "TOPIC-1", "title": "Light"},
            {"projectID": "101000002", "topic": "TOPIC-2", "title": "Dark"},
        ],
        "euroSciVoc.csv": [
            {"projectID": "101000001", "euroSciVocCode": "/23/1", "euroSciVocPath": "/natural sciences/physical sciences/optics"},
            {"projectID": "101000001", "euroSciVocCode": "/25/1", "euroSciVocPath": "/engineering and technology/lasers"},
            {"projectID": "101000001", "euroSciVocCode": "/23/2", "euroSciVocPath": "/natural sciences/mathematics"},
        ],
    }


def text_of(rows: list[dict[str, str]], *, delimiter: str = ";", end: str = "\n") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return out.getvalue()


def write_zip(path: Path, content: Tables, *, change: Callable[[str, bytes], bytes] = lambda _, data: data, prefix: str = "", **how: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in content.items():
            archive.writestr(prefix + name, change(name, text_of(rows, **how).encode()))
    return path


@pytest.fixture(scope="session")
def cordis() -> SimpleNamespace:
    return SimpleNamespace(organisation=organisation, project=project, tables=tables, text_of=text_of, write_zip=write_zip)


@pytest.fixture
def content(cordis):
    return cordis.tables()


@pytest.fixture
def read(cordis, tmp_path):
    def reader(content, **options):
        return inn.read_cordis(cordis.write_zip(tmp_path / "cordis.zip", content), **options)

    return reader
