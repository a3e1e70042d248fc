import re
import time

import pandas as pd
import pytest

from innovnet.report._names import _shipped, country_name, display_names, shorten

HOSTILE = [r"Cash$ \frac{1}{2}", "</script><b>", "東京大学 株式会社", "جامعة القاهرة", "🚀 Rockets", "Aa" * 40, "x"]


def labels(*names: str, budget: int = 34, **columns: list[str]) -> list[str]:
    return display_names(pd.DataFrame({"name": list(names), **columns}, index=[f"id{k}" for k in range(len(names))]), budget).to_list()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("UAB BETA BALTIC", "Beta Baltic"),
        ("UAB METSOLAR TWO", "Metsolar Two"),
        ("VIESOJI ISTAIGA INOVACIJU AGENTURA", "Inovaciju Agentura"),
        ("AKCINE BENDROVE ORO NAVIGACIJA", "ORO Navigacija"),
        ("RINA CONSULTING SPA", "Rina Consulting"),
        ("Officine Innovazione S.R.L.", "Officine Innovazione"),
        ("FUNDINGBOX ACCELERATOR SP ZOO", "Fundingbox Accelerator"),
        ("NOVO NORDISK A/S", "Novo Nordisk"),
        ("ROBERT BOSCH GMBH & CO. KG", "Robert Bosch"),
        ("UNIVERSITETET I OSLO", "U. Oslo"),
        ("THE UNIVERSITY OF LEEDS", "U. Leeds"),
        ("UNIVERSITA DEGLI STUDI DI PARMA", "U. Parma"),
        ("NATIONAL INSTITUTE OF METEOROLOGY", "Nat. Inst. Meteorology"),
        ("Ministry of the Interior", "Min. Interior"),
        ("Lightenjin Indústria de Iluminação, Lda", "Lightenjin Indústria de Iluminação"),
        ("Barnes &amp; Noble Ltd", "Barnes & Noble"),
        ('"Asociacija ""Lietuva"""', 'Asociacija "Lietuva"'),
        ("SE", "SE"),
        ("uab", "uab"),
    ],
)
def test_legal_name_becomes_a_readable_one(name, label):
    assert labels(name) == [label]


def test_shipped_names_are_short_and_distinct():
    table = pd.Series(_shipped("display_names.csv"))
    assert len(table) >= 300
    assert table.str.casefold().is_unique
    assert table.str.len().max() <= 20
    assert not table.str.contains("[|;\"']{2}|^$| $").any()


def test_shipped_name_and_own_name_come_first():
    table = pd.DataFrame({"name": ["KAUNO TECHNOLOGIJOS UNIVERSITETAS", "UNIVERSITEIT UTRECHT"], "short_name": ["KTU", "UU"]}, index=["999844961", "999985805"])
    assert display_names(table).to_list() == ["KTU Kaunas", "U. Utrecht"]
    assert display_names(table.assign(display_name=["ours", None])).to_list() == ["ours", "U. Utrecht"]


def test_shipped_name_is_not_changed_by_a_namesake():
    table = pd.DataFrame({"name": ["CNRS", "CENTRE NATIONAL"], "city": ["Nice", "Paris"]}, index=["1", "999997930"])
    assert display_names(table).to_list() == ["CNRS, Nice", "CNRS"]


def test_short_name_only_if_nobody_else_has_it_and_it_is_a_name():
    shorts = ["GND", "GND", "LEI", "12345678", "UNIVERSITY OF OSLO SCIENCE PARK", "DELFI  UAB"]
    found = labels("GND ADVISORY", "GND TECHNOLOGY", "ENERGETIKA", "ACHT", "OSLO", "Delfi news", short_name=shorts)
    assert found == ["GND Advisory", "GND Technology", "LEI", "Acht", "U. Oslo Science Park", "DELFI"]


def test_equal_labels_get_city_then_country_then_identifier():
    found = labels("ALPHA", "ALPHA AB", "ALPHA OY", city=["PARIS CEDEX 07", "PARIS", "TURKU"], country=["FR", "US", "FI"])
    assert found == ["Alpha, FR", "Alpha, US", "Alpha, Turku"]
    assert labels("ALPHA", "ALPHA") == ["Alpha, id0", "Alpha, id1"]


def test_little_left_of_a_name_gets_the_city():
    assert labels("KLINIKUM DER ALBERTINA-UNIVERSITAET", city=["KOELN"], budget=20) == ["Klinikum…, Cologne"]


def test_labels_are_distinct_within_the_budget():
    names = [f"INSTITUTE OF VERY LONG AND QUITE SIMILAR NAMES NUMBER {k}" for k in range(50)]
    found = labels(*names, budget=20)
    assert len(set(found)) == 50
    assert max(map(len, found)) <= 20


@pytest.mark.parametrize("budget", [14, 20, 34])
def test_cut_at_a_word(budget):
    text = "Agency for the Defence of the Interior"
    cut = shorten(text, budget)
    assert len(cut) <= budget
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert text[len(cut) - 1] == " "
    assert not re.search(r" (for|the|of)…$", cut)
    assert shorten(text, 99) == text


def test_hostile_names_stay_what_they_are():
    found = labels(*HOSTILE)
    assert found[:5] == HOSTILE[:5]
    assert found[5] == "Aa" * 16 + "A…"
    assert labels("bell\x07 \u009b31m") == ["bell 31m"]


def test_missing_names():
    table = pd.DataFrame({"name": [None, ""]}, index=pd.Index([7, 8], name="actor")).astype({"name": "str"})
    assert display_names(table).to_list() == ["7", "8"]
    assert display_names(pd.DataFrame(index=["p"])).to_list() == ["p"]
    assert len(display_names(pd.DataFrame({"name": []}, dtype="str"))) == 0


def test_countries_as_eurostat_writes_them():
    assert [country_name(c) for c in ("EL", "UK", "XK", "NA", "TR", "LT", "AX")] == [
        "Greece",
        "United Kingdom",
        "Kosovo",
        "Namibia",
        "Türkiye",
        "Lithuania",
        "Åland Islands",
    ]
    assert country_name("Q7") == "Q7"


def test_horizon_europe(horizon):
    actors = horizon.actors
    start = time.process_time()
    everyone = display_names(actors)
    seconds = time.process_time() - start
    assert everyone.str.casefold().is_unique
    assert seconds < 1.0  # measured 0.25 on one core; slack for a busy machine
    largest = actors.iloc[(-horizon.incidence.sum(axis=1)).argsort(kind="stable")[:500]]
    drawn = display_names(largest, 20)
    assert drawn.str.casefold().is_unique
    assert drawn.str.len().max() <= 26
    assert not drawn.str.contains(r"\bUab\b|&amp;|\bGmbh\b|…{2}|^…|,,").any()
    known = _shipped("display_names.csv")
    assert all(everyone[actor] == known[actor] for actor in everyone.index if actor in known)
    assert not drawn.iloc[:100].str.contains("…").any()


def test_two_letters_left_of_a_short_name_are_no_name():
    assert labels("BUSINESS FINLAND OY", "KONE OYJ", short_name=["BF OY", "KONE OYJ"]) == ["Business Finland", "KONE"]
