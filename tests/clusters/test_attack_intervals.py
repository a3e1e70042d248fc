"""What is not known may be anything that it can be: intervals that were too narrow."""

import numpy as np
import pandas as pd

from innovnet import Affiliation
from innovnet.clusters._cohesion import COHESION


def data(*events):
    """Cooperation data from (event, start, participants)."""
    rows = pd.DataFrame([(actor, event) for event, _, actors in events for actor in actors], columns=["actor", "event"])
    starts = pd.DataFrame({"start": [start for _, start, _ in events]}, index=pd.Index([event for event, _, _ in events], name="event"))
    return Affiliation.from_frame(rows, actor="actor", event="event", events=starts)


def test_a_tie_of_somebody_unknown_to_the_data_may_be_old(small):
    members = {"organisation": list("abcd"), "actor": [None, None, "c", "d"]}
    sheet = {"event": ["e", "e", "f", "f"], "organisation": ["a", "b", "c", "d"], "start": pd.Timestamp("2024-01-01")}
    known = data(("x", "2020-01-01", "cy"), ("y", "2024-01-01", "dy"))
    found = COHESION["ties_new"](small(members, cooperation=sheet, affiliation=known))
    assert (found.low[0], found.value[0]) == (1, 2)  # c and d are new to each other; a and b may have met in what the data do not tell
    certain = COHESION["ties_new"](small(members | {"actor": ["none", "none", "c", "d"]}, cooperation=sheet, affiliation=known))
    assert (certain.low[0], certain.value[0], certain.high[0]) == (2, 2, 2)
    assert np.isfinite(found.high[0])
