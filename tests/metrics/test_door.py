"""What comes to the door of an indicator and is no network: the message says how one is made."""

import inspect

import networkx as nx
import pytest

import innovnet as inn
from innovnet.errors import DataError

TAKES_AFFILIATIONS = {"cooperation_share", "fixed_degree_samples", "indicators", "programme_profile"}
OPTIONS = {"groups": "region", "counting": "ties", "null": "affiliation", "runs": 2, "seed": 0}
NAMES = sorted(set(inn.metrics.__all__) - TAKES_AFFILIATIONS - {"betweenness"})


@pytest.mark.parametrize("name", NAMES)
def test_an_affiliation_and_a_networkx_graph_are_told_how_to_become_a_network(name):
    function = getattr(inn.metrics, name)
    asked = [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    first = [inn.metrics.density] if name in {"compare_to_null", "null_samples"} else []
    for other in (inn.toy(), nx.path_graph(3)):
        with pytest.raises(DataError, match=r"affiliation\.project\(\).*from_networkx\(\)"):
            function(*first, other, **{option: OPTIONS[option] for option in asked})


def test_a_graph_of_networkx_is_no_row_of_pairs():
    with pytest.raises(DataError, match="not Graph of int"):
        inn.metrics.indicators(nx.path_graph(3), inn.metrics.degree)


def test_the_name_of_an_indicator_is_no_indicator():
    with pytest.raises(DataError, match="'density', no function"):
        inn.metrics.compare_to_null("density", inn.toy().project(), null="affiliation", runs=2, seed=0)
