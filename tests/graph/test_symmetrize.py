import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError

IDS = list("abcde")
RULES = {
    "sum": lambda a: a + a.T,
    "maximum": lambda a: np.maximum(a, a.T),
    "minimum": lambda a: np.minimum(a, a.T),
    "mutual": lambda a: (a + a.T) * ((a > 0) & (a.T > 0)),
}


def directed(rows, **columns):
    ties = pd.DataFrame(rows, columns=["source", "target", "weight"]).astype({"source": "str", "target": "str", "weight": "float64"}).assign(**columns)
    return inn.Network.from_frames(pd.DataFrame({"actor": IDS}), ties, directed=True)


@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from([0.5, 1.0, 3.0])), max_size=12), st.sampled_from(sorted(RULES)))
def test_by_hand(rows, rule):
    asked = directed(rows)
    found = inn.symmetrize(asked, rule=rule)
    dense = asked.adjacency().toarray()
    assert (found.adjacency().toarray() == RULES[rule](dense)).all()
    assert not found.directed
    assert found.n_actors == 5
    assert found.n_ties == np.count_nonzero(np.triu(RULES[rule](dense)))
    assert inn.Network.from_frames(found.actors, found.ties).fingerprint == found.fingerprint


def test_what_does_not_stay_is_counted():
    asked = directed([("a", "b", 1.0), ("b", "a", 1.0), ("b", "c", 1.0)], kind=["x", "y", "z"])
    assert inn.symmetrize(asked).quality[["item", "count"]].to_numpy().tolist() == [["further columns of ties", 1]]
    noted = inn.symmetrize(asked, rule="mutual").quality.set_index("item")["count"].to_dict()
    assert noted == {"ties in one direction only": 1, "further columns of ties": 1}


def test_what_is_no_directed_network_or_no_rule():
    with pytest.raises(DataError, match="no direction"):
        inn.symmetrize(inn.toy().project())
    with pytest.raises(DataError, match="takes Network"):
        inn.symmetrize(inn.toy())
    with pytest.raises(DataError, match=r"rule='max'.*Did you mean 'maximum'"):
        inn.symmetrize(directed([("a", "b", 1.0)]), rule="max")


def test_the_remedy_of_directed_networks_works():
    asked = directed([("a", "b", 1.0), ("b", "c", 1.0)])
    with pytest.raises(DataError, match=r"inn\.symmetrize\("):
        inn.metrics.communities(asked, seed=0)
    assert inn.metrics.communities(inn.symmetrize(asked), seed=0).nunique() == 3
