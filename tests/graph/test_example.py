import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError
from innovnet.graph._example import table
from innovnet.metrics._samples import sample

SIZES = [(50, 0), (50, 3), (400, 0), (400, 1), (400, 2), (5000, 0)]
ACTOR_COLUMNS = ["name", "short_name", "country", "nuts", "region", "city", "type", "sme", "field", "lat", "lon"]
EVENT_COLUMNS = ["name", "title", "start", "end", "signed", "programme", "part", "topic", "instrument", "field", "cost", "contribution", "coordinator"]


@pytest.fixture(scope="module", params=SIZES, ids=lambda p: f"{p[0]} actors, seed {p[1]}")
def programme(request) -> inn.Affiliation:
    return inn.example(*request.param)


def test_columns_are_those_of_a_reader(programme):
    assert list(programme.actors.columns) == ACTOR_COLUMNS
    assert list(programme.events.columns) == EVENT_COLUMNS
    assert list(programme.participations.columns) == ["actor", "event", "role", "contribution", "net_contribution"]
    assert programme.actors.index.str.fullmatch(r"1\d{8}").all()
    assert "synthetic data" in programme.quality["item"].tolist()


def test_nothing_is_named_twice(programme):
    for names in (programme.actors["name"], programme.actors["short_name"].dropna(), programme.events["name"]):
        assert names.notna().all()
        assert names.is_unique


def test_nearly_half_of_the_projects_have_one_organisation(programme):
    assert (programme.sizes == 1).mean() == pytest.approx(0.469, abs=0.04)


def test_sizes_of_the_others_follow_the_programme(programme):
    several = programme.sizes[programme.sizes > 1]
    wanted, width = [3, 9, 16, 22], [2.5, 3, 3.5, 4.5] if programme.n_actors < 100 else [1, 2, 2, 2]
    assert np.all(np.abs(several.quantile([0.25, 0.5, 0.75, 0.9]).to_numpy() - wanted) <= width)
    assert programme.n_events / programme.n_actors == pytest.approx(0.625, abs=0.01)
    assert programme.n_memberships / programme.n_actors == pytest.approx(3.88, rel=0.25)


def test_types_have_their_shares(programme):
    found = programme.actors["type"].value_counts(normalize=True)
    for name, share in table("types").set_index("type")["share"].items():
        assert found[name] == pytest.approx(share, abs=1.01 / programme.n_actors)


def test_everybody_takes_part_most_once_and_few_very_often(programme):
    count = pd.Series(programme.incidence.sum(axis=1)).sort_values(ascending=False)
    assert count.min() == 1
    assert count.median() <= (3 if programme.n_actors < 100 else 2)
    assert count.max() <= max(14, 0.25 * programme.n_events)
    top = count.iloc[: programme.n_actors // 10].sum() / count.sum()
    assert top > 0.2 if programme.n_actors < 100 else 0.5 < top < 0.7


def test_smes_are_half_of_the_firms(programme):
    actors = programme.actors
    firms = actors.loc[actors["type"] == "firm", "sme"].astype("boolean")
    assert firms.mean() == pytest.approx(0.536, abs=0.25 if len(firms) < 100 else 0.1)


def test_countries_regions_and_codes_agree(programme):
    actors = programme.actors
    assert (actors["nuts"].str[:2] == actors["country"]).all()
    coded = actors["nuts"].str.len() == 5
    assert (actors.loc[coded, "region"] == actors.loc[coded, "nuts"].str[:4]).all()
    assert actors.loc[~coded, "region"].isna().all()
    assert 0.08 < (~coded).mean() < 0.25
    assert actors["lat"].between(-60, 72).all()
    assert actors["lon"].between(-180, 180).all()
    lithuania = (actors["country"] == "LT").mean()
    assert lithuania == pytest.approx(0.06, abs=1.01 / programme.n_actors)


def test_dates_roles_and_money(programme):
    events, rows = programme.events, programme.participations
    assert events["signed"].dt.year.between(2021, 2025).all()
    assert events["signed"].is_monotonic_increasing
    assert (events["signed"] <= events["start"]).all()
    assert (events["start"] < events["end"]).all()
    leads = rows[rows["role"] == "coordinator"].set_index("event")["actor"]
    assert leads.sort_index().equals(events["coordinator"].rename("actor"))
    assert set(rows["role"]) <= {"coordinator", "participant", "associated_partner", "third_party"}
    assert (rows["contribution"].isna() == (rows["role"] == "associated_partner")).all()
    assert (rows["contribution"].dropna() >= 0).all()
    assert (rows["net_contribution"].dropna() <= rows["contribution"].dropna()).all()
    paid = rows.groupby("event")["contribution"].sum()
    assert np.allclose(paid.reindex(events.index), events["contribution"])
    assert ((events["cost"] == 0) | (events["cost"] >= events["contribution"])).all()


def test_fields_are_derived_from_the_projects(programme):
    assert set(programme.derived) == {"field"}
    assert programme.actors["field"].nunique() >= 4
    assert programme.events["field"].isna().mean() == pytest.approx(0.15, abs=0.12)


def test_lithuania_has_enough_for_a_report():
    for seed in range(4):
        actors = inn.example(seed=seed).actors
        own = actors[actors["country"] == "LT"]
        assert len(own) >= 20
        assert {"firm", "university", "institute"} <= set(own["type"])
        assert own["region"].nunique() >= 2


def test_partners_come_from_the_own_country_and_region():
    programme = inn.example()
    for column, most in (("country", 0.93), ("region", 0.975), ("type", 0.705)):
        crossing = [
            _crossing(world.project("newman"), column) for world in (programme, *(sample(programme, seed=0, replicate=k, within="part") for k in range(10)))
        ]
        assert crossing[0] < min(crossing[1:])
        assert crossing[0] < most


def _crossing(network, column):
    ties = network.ties
    ends = [network.actors[column].reindex(ties[end]).to_numpy(dtype=object) for end in ("source", "target")]
    known = pd.notna(ends[0]) & pd.notna(ends[1])
    weight = ties["weight"].to_numpy()
    return (weight * known * (ends[0] != ends[1])).sum() / (weight * known).sum()


def test_a_seed_is_a_programme():
    assert inn.example(60, seed=4).fingerprint == inn.example(60, seed=4).fingerprint
    assert inn.example(60, seed=4).fingerprint != inn.example(60, seed=5).fingerprint
    assert inn.example().fingerprint.startswith("527c2b22d503c8d1")


@pytest.mark.parametrize("actors", [0, 29, 400.0, True])
def test_too_small_a_programme_is_refused(actors):
    with pytest.raises(DataError, match="at least 30"):
        inn.example(actors)


def test_shares_are_those_of_the_file(horizon):
    types = table("types").set_index("type")
    found = horizon.actors["type"].value_counts(normalize=True)
    assert np.allclose(found.reindex(types.index), types["share"], atol=0.001)
    parts = table("parts").set_index("part")
    assert horizon.events["part"].value_counts().reindex(parts.index).equals(parts["events"].rename("count"))
    single = (horizon.sizes == 1).groupby(horizon.events["part"]).mean()
    assert np.allclose(single.reindex(parts.index), parts["single"], atol=0.001)
    places = table("places")
    counts = horizon.actors["country"].value_counts()
    assert np.allclose(places.groupby("country")["organisations"].sum(), counts.reindex(sorted(places["country"].unique())), rtol=0.02)
