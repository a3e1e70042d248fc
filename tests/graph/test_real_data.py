"""The published files of CORDIS, read as they are: every figure that is known of them."""

import zipfile

import igraph
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csgraph

import innovnet as inn
from innovnet.graph.read._csv import read_table
from innovnet.graph.read._zip import opened


def shape(network: inn.Network) -> dict[str, int]:
    """Isolates, size of the largest component, largest k-core, by scipy and igraph."""
    matrix = network.adjacency(weighted=False)
    _, component = csgraph.connected_components(matrix, directed=False)
    rows, columns = matrix.nonzero()
    graph = igraph.Graph(network.n_actors, np.column_stack([rows, columns])[rows < columns].tolist())
    return {
        "isolates": int((np.diff(matrix.indptr) == 0).sum()),
        "giant": int(np.bincount(component).max()),
        "core": max(graph.coreness()),
    }


def counts(affiliation: inn.Affiliation) -> dict[tuple[str, str], int]:
    table = affiliation.quality
    return dict(zip(zip(table["item"], table["place"], strict=True), table["count"].tolist(), strict=True))


def test_horizon_europe_has_its_known_size(horizon):
    assert (horizon.n_events, horizon.n_actors, len(horizon.participations), horizon.n_memberships) == (19_189, 30_721, 119_242, 119_055)
    network = horizon.project()
    assert network.n_ties == 871_834
    assert round(2 * network.n_ties / network.n_actors, 2) == 56.76
    assert shape(network) == {"isolates": 711, "giant": 29_914, "core": 198}


def test_lithuania_has_its_known_size(lithuania):
    assert (lithuania.n_events, lithuania.n_actors, len(lithuania.participations)) == (482, 4_963, 9_837)
    assert int((lithuania.actors["country"] == "LT").sum()) == 191
    network = lithuania.project()
    assert network.n_ties == 161_412
    assert round(2 * network.n_ties / network.n_actors, 2) == 65.05
    assert shape(network) == {"isolates": 10, "giant": 4_938, "core": 198}


def test_one_project_sets_the_largest_core(horizon):
    assert horizon.sizes.max() == 199
    assert horizon.project(max_size=198).n_ties < horizon.project().n_ties
    assert round((horizon.sizes == 1).mean(), 3) == 0.469


def test_roles_are_counted_as_published(horizon):
    roles = horizon.participations["role"].value_counts().to_dict()
    assert roles == {"participant": 74_877, "associated_partner": 20_052, "coordinator": 19_189, "third_party": 5_124}
    assert horizon.participations.loc[horizon.participations["role"] == "associated_partner", "contribution"].isna().all()
    assert horizon.participations["contribution"].isna().sum() == 20_052
    leads = horizon.participations[horizon.participations["role"] == "coordinator"].set_index("event")["actor"]
    assert leads.reindex(horizon.events.index).tolist() == horizon.events["coordinator"].tolist()


def test_everything_repaired_or_doubtful_is_counted(horizon):
    found = counts(horizon)
    expected = {
        ("rows", "organization.csv"): 119_242,
        ("rows", "project.csv"): 19_189,
        ("rows", "euroSciVoc.csv"): 40_472,
        ("rows", "legalBasis.csv"): 24_973,
        ("rows", "topics.csv"): 19_189,
        ("letters that look encoded twice", "project.csv"): 1,
        ("blanks within coordinates", "organization.csv"): 3,
        ("organisations with several values of city", "organization.csv"): 277,
        ("organisations with several values of SME", "organization.csv"): 99,
        ("organisations with several values of nutsCode", "organization.csv"): 53,
        ("organisations with several values of name", "organization.csv"): 9,
        ("organisations with several values of shortName", "organization.csv"): 3,
        ("organisations with several values of geolocation", "organization.csv"): 3,
        ("organisations with several values of activityType", "organization.csv"): 1,
        ("organisations with several values of vatNumber", "organization.csv"): 1,
        ("participations without a country", "organization.csv"): 2,
        ("organisations without a country", "actors"): 1,
        ("organisations without a known type", "actors"): 1,
        ("projects whose cost is 0", "events"): 9_382,
        ("projects without a date of signature", "events"): 2,
        ("projects without a field of science", "events"): 2_943,
        ("projects with one organisation", "events"): 9_003,
        ("organisations without a partner", "actors"): 711,
        ("repeated memberships: one organisation in several roles or orders", "participations"): 187,
        ("projects", "events"): 19_189,
        ("organisations", "actors"): 30_721,
        ("participations", "participations"): 119_242,
    }
    assert {key: found.get(key) for key in expected} == expected
    assert not (horizon.quality["action"] == "dropped").any()


def test_codes_are_what_they_were(horizon):
    actors = horizon.actors
    assert int((actors["country"] == "NA").sum()) > 0
    assert {"EL", "UK", "XK", "XH", "NA"} <= set(actors["country"].dropna())
    assert not {"GR", "GB"} & set(actors["country"].dropna())
    assert "EE00" in set(actors["nuts"].dropna())
    length = actors["region"].dropna().str.len()
    assert length.eq(4).all()
    assert actors.index.str.fullmatch(r"\d{9}").all()
    assert actors.index.is_monotonic_increasing
    assert horizon.events.index.is_monotonic_increasing
    flags = counts(horizon)
    assert actors["sme"].isna().sum() == flags["organisations without an SME flag", "actors"]
    assert set(actors["type"].dropna()) == {"firm", "university", "institute", "public", "other"}


@pytest.fixture(scope="module")
def raw(data_file) -> dict[str, pd.DataFrame]:
    """The same tables as pandas reads them, every cell as text."""
    with zipfile.ZipFile(data_file("horizon_europe/cordis-HORIZONprojects-csv.zip")) as archive:
        return {
            name: pd.read_csv(archive.open(f"{name}.csv"), sep=";", dtype=str, keep_default_na=False, usecols=lambda column: column != "objective")
            for name in ("organization", "project", "legalBasis", "topics", "euroSciVoc")
        }


def test_participations_are_those_that_pandas_reads(horizon, raw):
    rows = raw["organization"]
    theirs = pd.DataFrame({"actor": rows["organisationID"], "event": rows["projectID"], "role": rows["role"]})
    theirs["role"] = theirs["role"].replace({"associatedPartner": "associated_partner", "thirdParty": "third_party"})
    theirs["contribution"], theirs["net_contribution"] = pd.to_numeric(rows["ecContribution"]), pd.to_numeric(rows["netEcContribution"])
    order = list(theirs.columns)
    both = [table.sort_values(order).reset_index(drop=True) for table in (horizon.participations, theirs)]
    pd.testing.assert_frame_equal(*both, check_exact=True)


def test_projects_are_those_that_pandas_reads(horizon, raw):
    theirs = raw["project"].set_index("id").sort_index()
    events = horizon.events
    assert events.index.tolist() == theirs.index.tolist()
    for ours, column in {"name": "acronym", "title": "title", "topic": "topics", "part": "legalBasis", "instrument": "fundingScheme"}.items():
        assert events[ours].tolist() == theirs[column].tolist()
    for ours, column in {"start": "startDate", "end": "endDate", "signed": "ecSignatureDate"}.items():
        np.testing.assert_array_equal(events[ours].to_numpy(), pd.to_datetime(theirs[column]).to_numpy(dtype="datetime64[us]"))
    for ours, column in {"cost": "totalCost", "contribution": "ecMaxContribution"}.items():
        np.testing.assert_array_equal(events[ours].to_numpy(), theirs[column].astype(float).to_numpy())
    fields = raw["euroSciVoc"].assign(top=raw["euroSciVoc"]["euroSciVocPath"].str.split("/").str[1])
    joined = fields.groupby("projectID")["top"].agg(lambda values: "; ".join(sorted(set(values))))
    assert events["field"].dropna().to_dict() == joined.to_dict()


def test_organisations_are_those_that_pandas_reads(horizon, raw):
    actors, rows = (
        horizon.actors,
        raw["organization"].replace({"activityType": {"PRC": "firm", "HES": "university", "REC": "institute", "PUB": "public", "OTH": "other"}}),
    )
    columns = {"name": "name", "short_name": "shortName", "country": "country", "nuts": "nutsCode", "city": "city", "vat": "vatNumber", "type": "activityType"}
    for ours, column in columns.items():
        counted = rows[rows[column] != ""].groupby(["organisationID", column]).size()
        most = set(counted.index[counted == counted.groupby(level=0).transform("max")])
        assert actors[ours].dropna().index.tolist() == counted.index.get_level_values(0).unique().tolist()
        assert set(actors[ours].dropna().items()) <= most
    points = rows["geolocation"].str.split(",", expand=True).astype(float, errors="ignore").replace("", np.nan).astype(float).set_axis(["lat", "lon"], axis=1)
    single = points.groupby(rows["organisationID"]).agg(["min", "max"])
    for column in ("lat", "lon"):
        steady = single[column, "min"] == single[column, "max"]
        np.testing.assert_array_equal(actors[column][steady], single[column, "min"][steady])


def test_the_tokenizer_agrees_with_pandas_on_every_cell(data_file, raw):
    with opened(data_file("horizon_europe/cordis-HORIZONprojects-csv.zip")) as source:
        for name, theirs in raw.items():
            source.require([f"{name}.csv"])
            table = read_table(*source.read(f"{name}.csv"), f"{name}.csv", theirs.columns, trim=False)
            assert not table.faults
            for column in theirs.columns:
                coded = table.coded(column)
                codes, texts = pd.factorize(theirs[column])
                np.testing.assert_array_equal(coded.codes, codes)
                assert coded.texts == texts.tolist()


def test_published_figures_of_2021_to_2023(horizon, raw):
    signed = horizon.events["signed"] <= "2023-12-31"
    assert int(signed.sum()) == 10_696  # published: 10,674
    assert round(horizon.events.loc[signed, "contribution"].sum() / 1e9, 1) == 31.3  # EUR; published: 30.8
    rows = raw["organization"]
    rows = rows[rows["projectID"].isin(horizon.events.index[signed])]
    flagged = rows.groupby("organisationID")["SME"].agg(lambda values: (values == "true").any())
    assert (int(flagged.sum()), round(flagged.mean(), 3)) == (7_698, 0.340)  # with a flag in any row; published: 7,474, 34 %
    taking_part = horizon.participations.loc[horizon.participations["event"].isin(horizon.events.index[signed]), "actor"].unique()
    settled = horizon.actors["sme"].loc[taking_part].fillna(False)
    assert (int(settled.sum()), round(settled.mean(), 3)) == (7_659, 0.338)  # with the flag of most rows
