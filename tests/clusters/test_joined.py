import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import compare, cooperation, detect, example
from innovnet.clusters._cooperation import cooperation_of
from innovnet.errors import DataError


@pytest.fixture(scope="module")
def both():
    return cooperation(example(), inn.example())


def test_everybody_and_every_event_once(both):
    register, programme = example(), inn.example()
    matched = register.organisations["actor"].replace("none", None).dropna()
    assert both.n_actors == programme.n_actors + len(register.organisations) - len(matched)
    assert both.n_events == programme.n_events + register.cooperation["event"].nunique()
    assert both.n_memberships == programme.n_memberships + len(register.cooperation)
    assert both.actors.loc[matched, "name"].tolist() == register.organisations.loc[matched.index, "name"].tolist()
    pd.testing.assert_series_equal(both.sizes[programme.events.index], programme.sizes)
    assert (both.events.loc[programme.events.index, "start"] == programme.events["start"]).all()


def test_ties_are_those_of_the_register_with_the_data(both):
    register = example()
    known, again = (cooperation_of(register, affiliation) for affiliation in (inn.example(), both))
    assert len(again.unmatched) == 0
    # the sheet's events come a second time, from the joined data: the same ties
    one, other = (c.window(pd.Timestamp("2025-12-31"), 3).network for c in (known, again))
    assert one.n_ties == other.n_ties
    assert known.nodes["node"].head(known.own).tolist() == again.nodes["node"].head(again.own).tolist()


def test_the_sheet_alone():
    register = example()
    alone = cooperation(register)
    assert alone.actors.index.tolist() == register.organisations.index.tolist()
    assert set(alone.events["source"]) == {"register"}


def test_clusters_that_cooperate_are_found_and_others_are_not(both):
    register = example()
    candidates = detect(both, at=2025, seed=0, starts=10)
    matches = compare(register, candidates, both, at=2025, runs=19)
    assert len(matches.found) >= 8
    assert {"C06", "C13"} <= set(matches.not_found.index)  # one does not cooperate any more, of one nothing is known
    assert len(matches.not_registered) >= 1
    observed, expected = matches.summary.loc["best_jaccard_registered", ["observed", "expected"]]
    assert observed > 0.5
    assert expected < 0.3
    assert (matches.summary["p_upper"] == 0.05).all()


def test_random_worlds_show_almost_nothing(both):
    found = detect(both, at=2025, seed=0, starts=5, worlds=2)
    assert found.register.n_clusters > 5
    assert found.by_chance["shown"].max() <= 2


def test_one_identifier_for_two_is_refused():
    register = example()
    event = register.cooperation["event"].iloc[0]
    rows = pd.DataFrame({"actor": ["x", "y"], "event": [event, event]})
    events = pd.DataFrame({"start": ["2024-01-01"]}, index=pd.Index([event], name="event"))
    with pytest.raises(DataError, match=f"event of the register.*'{event}'"):
        cooperation(register, inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events))
    assert np.isin(event, cooperation(register).events.index)
