"""Organisations of a register and actors of the cooperation data come together."""

import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters._cooperation import cooperation_of
from innovnet.errors import DataError, DataWarning


def test_who_was_looked_up_and_takes_no_part_has_known_ties(A):
    clusters = pd.DataFrame({"cluster": ["K"], "name": "K", "country": "LT", "sectors": "26", "founded": "2015-01-01"})
    names = ["a", "b", "x", "y"]
    membership = pd.DataFrame({"cluster": "K", "organisation": names, "from": "2015-01-01", "role": "member"})
    organisations = pd.DataFrame({"organisation": names, "actor": [None, "b", "none", None], "name": names, "country": "LT", "kind": "firm"})
    with pytest.warns(DataWarning):
        register = inn.clusters.Register.from_frames(clusters, membership, organisations=organisations)
    cooperation = cooperation_of(register, A)
    assert cooperation.known[:4].tolist() == [True, True, True, False]
    assert cooperation.unmatched.tolist() == ["y"]
    window = cooperation.window(pd.Timestamp("2030-12-31"), 30)
    assert window.network.adjacency(weighted=False)[2].nnz == 0


def test_two_organisations_of_one_actor_are_an_error(A, twelve_frames):
    frames = {name: table.copy() for name, table in twelve_frames.items()}
    frames["organisations"]["actor"] = None
    frames["organisations"].loc[[0, 1], "actor"] = "a"
    with pytest.warns(DataWarning):
        register = inn.clusters.Register.from_frames(**frames)
    with pytest.raises(DataError, match=r"share one actor.*Merge them"):
        cooperation_of(register, A)


def test_an_event_without_an_end_lasts_for_its_first_day():
    cooperation = pd.DataFrame({"event": "e", "organisation": ["p", "q"], "start": "2020-05-01", "end": None})
    clusters = pd.DataFrame({"cluster": ["K"], "name": "K", "country": "LT", "sectors": "26", "founded": "2015-01-01"})
    membership = pd.DataFrame({"cluster": "K", "organisation": ["p", "q"], "from": "2015-01-01", "role": "member"})
    organisations = pd.DataFrame({"organisation": ["p", "q"], "name": ["P", "Q"], "country": "LT", "kind": "firm"})
    with pytest.warns(DataWarning):
        register = inn.clusters.Register.from_frames(clusters, membership, organisations=organisations, cooperation=cooperation)
    found = cooperation_of(register, None)
    assert found.window(pd.Timestamp("2022-12-31"), 3).network.n_ties == 1
    assert found.window(pd.Timestamp("2023-05-01"), 3).network.n_ties == 0  # end > at - 3 years
    assert found.window(pd.Timestamp("2020-04-30"), 3).network.n_ties == 0
