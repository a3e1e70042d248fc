import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError


def dated(starts, ends):
    events = pd.DataFrame({"start": pd.to_datetime(starts), "end": pd.to_datetime(ends)}, index=[f"P{i}" for i in range(len(starts))])
    rows = pd.DataFrame({"actor": ["a"] * len(starts), "event": events.index})
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events)


def test_every_year_of_the_toy(A):
    parts = dict(inn.windows(A, width=1))
    assert list(parts) == ["2019", "2020"]
    assert parts["2019"].fingerprint == A.during(2019, 2019).fingerprint
    assert parts["2019"].n_actors == 12


def test_rolling_and_cumulative_windows():
    found = dated(["2001-05-01", "2003-01-01", "2005-12-31"], ["2002-01-01", None, "2006-03-01"])
    rolling = {label: list(part.events.index) for label, part in inn.windows(found, width=2)}
    assert rolling == {
        "2001-2002": ["P0"],
        "2002-2003": ["P0", "P1"],
        "2003-2004": ["P1"],
        "2004-2005": ["P2"],
        "2005-2006": ["P2"],
    }
    assert [label for label, _ in inn.windows(found, width=2, step=2)] == ["2001-2002", "2003-2004", "2005-2006"]
    assert [label for label, _ in inn.windows(found, width=4, step=4)] == ["2001-2004"]
    grown = {label: len(part.events) for label, part in inn.windows(found, width=1, step=2, cumulative=True)}
    assert grown == {"2001": 1, "2001-2003": 2, "2001-2005": 3}


def test_dates_of_participations_are_enough():
    rows = pd.DataFrame({"actor": list("ab"), "event": ["P", "P"], "start": ["2001-01-01", "2003-01-01"], "end": ["2001-12-31", "2003-12-31"]})
    found = inn.Affiliation.from_frame(rows, actor="actor", event="event", start="start", end="end")
    assert {label: part.n_memberships for label, part in inn.windows(found, width=1)} == {"2001": 1, "2002": 0, "2003": 1}


@pytest.mark.parametrize("options", [{"width": 0}, {"width": 1.5}, {"width": True}, {"width": 1, "step": 0}])
def test_whole_years_only(A, options):
    with pytest.raises(DataError, match="is not a whole number of at least 1"):
        inn.windows(A, **options)


def test_width_beyond_the_data(A):
    with pytest.raises(DataError, match="Take at most 2"):
        inn.windows(A, width=3)


def test_no_dates():
    rows = pd.DataFrame({"actor": ["a"], "event": ["P"]})
    with pytest.raises(DataError, match="start"):
        inn.windows(inn.Affiliation.from_frame(rows, actor="actor", event="event"), width=1)
    events = pd.DataFrame({"start": pd.to_datetime([None])}, index=["P"])
    with pytest.raises(DataError, match="no participation has a start"):
        inn.windows(inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events), width=1)


def by_programme(values):
    ids = [f"P{i}" for i in range(len(values))]
    rows = pd.DataFrame({"actor": ["a"] * len(ids), "event": ids})
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", events=pd.DataFrame({"programme": values}, index=ids))


def test_split_by_programme():
    found = by_programme(["HE", "H2020", "HE"])
    assert {label: list(part.events.index) for label, part in inn.split(found)} == {"H2020": ["P1"], "HE": ["P0", "P2"]}
    assert [label for label, _ in inn.split(found)] == ["H2020", "HE"]


def test_split_with_missing_values():
    found = by_programme(["HE", None, ""])
    with pytest.raises(DataError, match="2 of 3 events have no 'programme'"):
        inn.split(found)
    assert [label for label, _ in inn.split(found, missing="drop")] == ["HE"]
    assert {label: part.n_events for label, part in inn.split(found, missing="category")} == {"HE": 1, "(missing)": 2}


def test_split_by_an_unknown_column(A):
    with pytest.raises(DataError, match="no column 'programme'"):
        inn.split(A)
