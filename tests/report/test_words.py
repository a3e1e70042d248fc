"""Words that figures share."""

import pandas as pd
import pytest

import innovnet as inn
from innovnet.report._measure import measure
from innovnet.report._words import capital, regions, source, the


@pytest.mark.parametrize(
    ("country", "text"),
    [("Spain", "Spain"), ("Netherlands", "the Netherlands"), ("United Kingdom", "the United Kingdom"), ("Faroe Islands", "the Faroe Islands")],
)
def test_countries_inside_a_sentence(country, text):
    assert the(country) == text
    assert capital(the(country)) == text[0].upper() + text[1:]


def test_regions_are_named_by_their_level(make_affiliation):
    affiliation = make_affiliation(12, 12)
    for codes, words in ((["LT01", "LV00"], "NUTS 2 regions"), (["LT011", "LV003"], "NUTS 3 regions"), (["North", "South"], "the regions that the data name")):
        actors = affiliation.actors.assign(region=codes * 6)
        made = inn.Affiliation.from_frame(affiliation.participations, actor="actor", event="event", actors=actors)
        assert regions(measure(made, progress=False)) == words


def test_the_source_says_that_data_are_an_extract(lithuania):
    assert "only projects with a member in Lithuania" in source(measure(lithuania, progress=False))
    assert "only projects" not in source(measure(inn.example(40), progress=False))
    assert pd.notna(lithuania.events["signed"]).any()
