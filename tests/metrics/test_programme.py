import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError
from innovnet.metrics import cooperation_share, programme_profile

COLUMNS = [
    "participations",
    "actors",
    "events",
    "coordinations",
    "partners_per_event",
    "events_per_actor",
    "newcomer_share",
    "sme_share",
    "sme_participation_share",
]


def programme(rows, events=None, actors=None, role=None):
    table = pd.DataFrame(rows, columns=["actor", "event", *(["role"] if role else [])])
    return inn.Affiliation.from_frame(table, actor="actor", event="event", events=events, actors=actors, role=role)


def signed(years):
    return pd.DataFrame({"signed": pd.to_datetime([None if y is None else f"{y}-12-30" for y in years])}, index=[f"P{k}" for k in range(len(years))])


# the share of cooperation across groups


def test_three_shares_of_the_toy(A, U):
    def share(given, unit, **options):
        return cooperation_share(given, groups="region", unit=unit, **options)

    assert share(A, "tie") == share(U, "tie") == pytest.approx(10 / 19)
    assert share(A, "event") == share(U, "event") == pytest.approx(5 / 10)
    assert share(A, "event", min_size=2) == pytest.approx(5 / 9)  # P8 has one member
    assert share(A, "participation") == pytest.approx(15 / 25)
    assert share(A, "tie", weighted=True) == pytest.approx(10 / 22)
    joint = A.project("newman")
    ties = joint.ties
    across = ties["source"].map(A.actors["region"]) != ties["target"].map(A.actors["region"])
    assert share(joint, "tie", weighted=True) == pytest.approx(ties["weight"][across].sum() / ties["weight"].sum())


def test_share_of_a_directed_network(D):
    ties = D.ties
    across = ties["source"].map(D.actors["sector"]) != ties["target"].map(D.actors["sector"])
    assert cooperation_share(D, groups="sector", unit="tie") == pytest.approx(across.mean())


def test_units_that_cannot_be_had(A, D):
    with pytest.raises(TypeError, match="unit"):
        cooperation_share(A, groups="region")
    with pytest.raises(DataError, match="unit"):
        cooperation_share(A, groups="region", unit="project")
    with pytest.raises(DataError, match="memberships behind"):
        cooperation_share(D, groups="region", unit="event")
    with pytest.raises(DataError, match="no weight"):
        cooperation_share(A, groups="region", unit="event", weighted=True)


@pytest.mark.parametrize("unit", ["tie", "event", "participation"])
def test_share_with_missing_groups_and_none(A, unit):
    region = A.actors["region"].where(A.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        cooperation_share(A, groups=region, unit=unit)
    without = A.select(actors=A.actors.index != "f")
    assert cooperation_share(A, groups=region, unit=unit, missing="drop") == cooperation_share(without, groups="region", unit=unit)
    named = region.fillna("(missing)")
    assert cooperation_share(A, groups=region, unit=unit, missing="category") == cooperation_share(A, groups=named, unit=unit)
    assert cooperation_share(A, groups=pd.Series("x", index=A.actors.index), unit=unit) == 0
    assert np.isnan(cooperation_share(A.select(events=[False] * 10), groups="region", unit=unit))


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("PQRS")), min_size=1, max_size=14), st.lists(st.sampled_from("xyz"), min_size=5, max_size=5)
)
def test_shares_of_events_against_the_definition(rows, names):
    group = pd.Series(names, index=list("abcde"))
    found = programme(rows, actors=pd.DataFrame({"g": group}))
    members = {e: {a for a, p in rows if p == e} for e in {p for _, p in rows}}
    spans = {e: len({group[a] for a in m}) > 1 for e, m in members.items()}
    assert cooperation_share(found, groups="g", unit="event") == pytest.approx(np.mean(list(spans.values())))
    expected = sum(len(members[e]) for e in members if spans[e]) / sum(map(len, members.values()))
    assert cooperation_share(found, groups="g", unit="participation") == pytest.approx(expected)


# the profile of a programme


def test_profile_of_the_toy(A):
    found = programme_profile(A)
    assert list(found.columns) == COLUMNS
    assert found.loc["(all)"].tolist()[:6] == [25, 12, 10, 10, 1.5, 25 / 12]
    assert found.loc["(all)"][["newcomer_share", "sme_share", "sme_participation_share"]].isna().all()
    by_country = programme_profile(A, groups="country")
    assert by_country["participations"].to_dict() == {"EE": 5, "LT": 13, "LV": 7}
    assert by_country["coordinations"].to_dict() == {"EE": 2, "LT": 7, "LV": 1}
    assert by_country.loc["LV", "partners_per_event"] == 2  # efg, acf, fghj, df
    assert (by_country["participations"].dtype, by_country["coordinations"].dtype, by_country.index.name) == ("int64", "int64", "group")


def test_groups_and_years(A):
    by_year = programme_profile(A, yearly=True)
    assert by_year["events"].to_dict() == {2019: 5, 2020: 5}
    both = programme_profile(A, groups="country", yearly=True, history=1)
    assert both.index.names == ["group", "year"]
    assert both["participations"].groupby("year").sum().to_dict() == by_year["participations"].to_dict()
    assert both.loc[("EE", 2020), "newcomer_share"] == pytest.approx(2 / 3)  # j was there in 2019, i and k were not
    assert both.loc[(["EE", "LT", "LV"], 2019), "newcomer_share"].isna().all()
    assert programme_profile(A, groups="country", history=1)["newcomer_share"].to_dict() == pytest.approx({"EE": 2 / 3, "LT": 1 / 4, "LV": 0})


def test_roles_and_repeated_participations():
    rows = [("a", "P", "coordinator"), ("a", "P", "participant"), ("b", "P", "participant"), ("b", "Q", "coordinator")]
    found = programme_profile(programme(rows, role="role"))
    assert found.loc["(all)"].tolist()[:6] == [4, 2, 2, 2, 0.5, 1.5]
    assert np.isnan(programme_profile(programme([r[:2] for r in rows])).loc["(all)", "coordinations"])


def test_small_firms_among_those_known():
    actors = pd.DataFrame({"sme": pd.array([True, False, None, True], dtype="boolean"), "country": list("xxxy")}, index=list("abcd"))
    found = programme_profile(programme([("a", "P"), ("a", "Q"), ("b", "P"), ("c", "P"), ("d", "Q")], actors=actors), groups="country")
    assert found["sme_share"].to_dict() == {"x": 0.5, "y": 1}
    assert found["sme_participation_share"].to_dict() == pytest.approx({"x": 2 / 3, "y": 1})


def test_year_of_signature_else_of_start():
    events = signed([2001, None]).assign(start=pd.to_datetime(["2003-01-01", "2002-01-01"]))
    rows = [("a", "P0"), ("a", "P1")]
    assert list(programme_profile(programme(rows, events), yearly=True).index) == [2001, 2002]
    with pytest.raises(DataError, match="1 events with participations have neither"):
        programme_profile(programme(rows, signed([2001, None])), yearly=True)
    assert list(programme_profile(programme(rows[:1], signed([2001, None])), yearly=True).index) == [2001]  # P1 has no participation
    with pytest.raises(DataError, match="no column 'start'"):
        programme_profile(programme(rows), yearly=True)


def test_newcomers_after_the_burn_in():
    rows = [("a", "P0"), ("b", "P1"), ("a", "P2"), ("c", "P2"), ("c", "P3"), ("d", "P3"), ("b", "P3")]
    found = programme(rows, signed([2001, 2002, 2003, 2004]))
    assert programme_profile(found, yearly=True, history=1)["newcomer_share"].tolist() == pytest.approx([np.nan, 1, 1 / 2, 1 / 3], nan_ok=True)
    assert programme_profile(found, yearly=True, history=2)["newcomer_share"].tolist() == pytest.approx([np.nan, np.nan, 1 / 2, 1 / 3], nan_ok=True)
    assert programme_profile(found, history=2).loc["(all)", "newcomer_share"] == pytest.approx(2 / 4)
    assert np.isnan(programme_profile(found, history=9).loc["(all)", "newcomer_share"])
    for wrong in (0, 1.5, True):
        with pytest.raises(DataError, match="history"):
            programme_profile(found, history=wrong)


def test_burn_in_is_that_of_all_data():
    rows = [("a", "P0"), ("b", "P1"), ("c", "P2")]
    group = pd.Series([None, "x", "x"], index=list("abc"))
    found = programme_profile(programme(rows, signed([2001, 2002, 2003])), groups=group, yearly=True, history=1, missing="drop")
    assert found["newcomer_share"].tolist() == [1, 1]


def test_profile_with_missing_groups(A):
    region = A.actors["region"].where(A.actors.index != "f")
    with pytest.raises(DataError, match="1 of 12 actors have no group"):
        programme_profile(A, groups=region)
    dropped = programme_profile(A, groups=region, missing="drop")
    assert dropped["participations"].sum() == 25 - 4
    assert dropped.loc["R3", "partners_per_event"] == 2.5  # efg and fghj: f left its group, not the projects
    kept = programme_profile(A, groups=region, missing="category")
    assert kept.equals(programme_profile(A, groups=region.fillna("(missing)")))


def test_nobody_takes_part(A):
    none = A.select(events=[False] * 10)
    assert len(programme_profile(none)) == len(programme_profile(none, groups="region", yearly=True, history=1)) == 0


def test_published_figures_of_horizon_europe(horizon):
    """Commission: 10,674 grants and 7,474 SMEs, 34 % of participants, in 2021-23; these files, of a later date, hold a few more."""
    grants = horizon.select(events=(horizon.events["signed"] < "2024-01-01").to_numpy())
    found = programme_profile(grants).loc["(all)"]
    assert found["events"] == 10_696
    assert found["sme_share"] == pytest.approx(0.34, abs=0.005)
    assert programme_profile(horizon).loc["(all)", "participations"] == 119_242
    assert programme_profile(horizon).loc["(all)", "coordinations"] == 19_189
