import re

import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import Register
from innovnet.clusters._sheets import SHEETS
from innovnet.errors import DataError
from innovnet.graph._tables import quality
from innovnet.report import CountryView, country_exhibits, country_facts, country_findings, slug
from innovnet.report._canvas import svg
from innovnet.report._page import Page, render, table_of

YEARS = range(2023, 2026)


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    register = inn.clusters.example()
    return {name: getattr(register, name) for name in SHEETS}


def register_of(tables) -> Register:
    return Register._from_tables(tables, quality())


def of_cluster(frames, cluster):
    kept = {name: frames[name][frames[name]["cluster"] == cluster] for name in ("membership", "facts", "funding")}
    return register_of({**frames, **kept, "clusters": frames["clusters"].loc[[cluster]]})


def overview(register, *, at="2025-12-31", years=YEARS, rules="lithuania") -> CountryView:
    assessment = inn.clusters.assess(register, rules=rules, at=at, robustness=False, progress=False)
    return CountryView(assessment, inn.clusters.monitor(register, rules=rules, years=years, progress=False) if years else None)


def keyed(view):
    return {exhibit.key: exhibit for exhibit in country_exhibits(view)}


def drawn_and_said(exhibits, check_drawing):
    for exhibit in exhibits.values():
        assert len(exhibit.headline) <= 75, exhibit.headline
        if exhibit.draw is not None:
            check_drawing(exhibit)
        else:
            assert exhibit.prose or exhibit.listed, exhibit.key
        for table in exhibit.tables.values():
            assert set(table.columns) <= set(exhibit.columns)


def page_of(view) -> str:
    exhibits, empty = country_exhibits(view), table_of(pd.DataFrame(), {})
    drawn = {e.key: {"wide": svg(e.draw(960), f"{e.key}-w"), "narrow": svg(e.draw(352), f"{e.key}-n")} if e.draw else {} for e in exhibits}
    return render(Page("kicker", "title", "scope", country_facts(view), exhibits, drawn, [], empty, "", empty, [], [], {}, []))


def test_one_cluster(frames, check_drawing):
    exhibits = keyed(overview(of_cluster(frames, "C03")))
    drawn_and_said(exhibits, check_drawing)
    assert exhibits["country-levels"].headline.startswith("The one cluster is ")
    assert exhibits["country-regions"].headline == "The one cluster is in 1\u00a0region"
    assert exhibits["country-shared"].draw is None


def test_no_cluster_on_the_day(frames):
    view = overview(register_of(frames), at="2000-12-31", years=range(1999, 2001))
    exhibits = country_exhibits(view)
    assert [exhibit.key for exhibit in exhibits] == ["country-levels"]
    assert exhibits[0].headline == "No cluster exists on 31 December 2000"
    assert country_findings(view) == []
    assert country_facts(view)[0] == ("0", "clusters")
    assert "No cluster exists on 31 December 2000" in page_of(view)


def test_years_before_the_last_cluster_ended_are_told(frames):
    register = of_cluster(frames, "C12")  # dissolved in 2020
    view = overview(register, years=range(2014, 2026))
    assert [exhibit.key for exhibit in country_exhibits(view)] == ["country-levels", "country-moves"]


def test_without_years(frames, check_drawing):
    exhibits = keyed(overview(register_of(frames), years=None))
    drawn_and_said(exhibits, check_drawing)
    assert exhibits["country-moves"].draw is None
    assert "give the monitoring of several years" in exhibits["country-moves"].prose
    assert "warnings" not in exhibits["country-clusters"].listed
    assert "certainty" in exhibits["country-levels"].caption
    levels = exhibits["country-levels"].tables["country_levels"]
    assert levels["clusters"].sum() == 13
    assert set(levels["year"]) == {2025}


def test_levels_that_may_be_higher_are_at_least(frames):
    view = overview(register_of(frames), years=None)
    levels = view.assessment.levels
    possible = ((levels["rank_low"] < 3) & (levels["rank_high"] >= 3)).any()
    assert keyed(view)["country-levels"].headline.startswith("At least ") == possible


@pytest.mark.parametrize("rules", ["generic", "ecei"])
def test_other_rules(frames, check_drawing, rules):
    exhibits = keyed(overview(register_of(frames), rules=rules))
    drawn_and_said(exhibits, check_drawing)


def test_no_comparison_no_exhibit(frames):
    assert "country-candidates" not in keyed(overview(register_of(frames)))


def test_more_clusters_than_are_drawn(frames, check_drawing):
    copies: dict[str, list[pd.DataFrame]] = {name: [] for name in ("clusters", "membership", "facts", "funding")}
    for k in range(8):
        for name, tables in copies.items():
            table = frames[name].copy()
            if name == "clusters":
                table.index = pd.Index([f"{cluster}-{k}" for cluster in table.index], name="cluster")
            else:
                table["cluster"] = [f"{cluster}-{k}" for cluster in table["cluster"]]
            tables.append(table)
    many = {name: pd.concat(tables) if name == "clusters" else pd.concat(tables, ignore_index=True) for name, tables in copies.items()}
    exhibits = keyed(overview(register_of({**frames, **many}), years=range(2024, 2026)))
    drawn_and_said(exhibits, check_drawing)
    listed = exhibits["country-clusters"]
    assert listed.draw is None  # the list alone
    assert len(listed.tables["country_clusters"]) == 8 * 13
    assert listed.tables["country_clusters"]["name"].is_unique
    assert "of 104 clusters" in listed.headline
    assert all(len(finding.value) <= 8 for exhibit in exhibits.values() for finding in exhibit.findings)


def test_hostile_names(frames, hostile, check_drawing, parsed):
    clusters, organisations = frames["clusters"].copy(), frames["organisations"].copy()
    clusters["name"] = [hostile[k % len(hostile)] for k in range(len(clusters))]
    names = {cluster: f"{hostile[k % len(hostile)]}{k}" for k, cluster in enumerate(clusters.index)}
    clusters.index = pd.Index([names[cluster] for cluster in clusters.index], name="cluster")
    clusters["sectors"] = ["bad;26" if k % 2 else None for k in range(len(clusters))]
    clusters["region"] = ["QQ999" if k % 2 else None for k in range(len(clusters))]
    organisations["name"] = [hostile[k % len(hostile)] for k in range(len(organisations))]
    renamed = {name: frames[name].assign(cluster=frames[name]["cluster"].map(names)) for name in ("membership", "facts", "funding")}
    view = overview(register_of({**frames, **renamed, "clusters": clusters, "organisations": organisations}))
    drawn_and_said(keyed(view), check_drawing)
    text = page_of(view)
    found = parsed(text)
    assert "script" not in found.tags
    assert {f"sheets/{slug(cluster)}.html" for cluster in view.clusters.index} <= set(found.addresses)
    assert all(re.fullmatch(r"[#\w./-]+", address) for address in found.addresses)


def test_the_list_stands_openly_and_leads_to_the_sheets(frames, parsed):
    view = overview(register_of(frames))
    text = page_of(view)
    found = parsed(text)
    for cluster in view.clusters.index:
        assert found.addresses.count(f"sheets/{cluster}.html") == 1
    assert "Which levels" in text
    assert "Who bridges" not in text  # sections without exhibits are not there
    assert ">1 · Which levels<" in text


def test_unknown_places_and_money_are_one_sentence(frames):
    clusters, organisations = frames["clusters"].assign(sectors=None, region=None), frames["organisations"].assign(nuts3=None)
    view = overview(register_of({**frames, "clusters": clusters, "organisations": organisations, "funding": frames["funding"].iloc[:0]}))
    exhibits = keyed(view)
    for key, word in (("country-sectors", "sectors"), ("country-regions", "region"), ("country-map", "nuts3"), ("country-funding", "sheet funding")):
        assert exhibits[key].draw is None, key
        assert word in exhibits[key].prose


def test_faults(frames):
    register = register_of(frames)
    assessment = inn.clusters.assess(register, rules="lithuania", at=2025, robustness=False)
    other = inn.clusters.monitor(register, rules="generic", years=[2025], progress=False)
    with pytest.raises(DataError, match="different registers or rules"):
        CountryView(assessment, other)
    with pytest.raises(DataError, match="Give the same cooperation data"):
        country_exhibits(CountryView(assessment, None, inn.example()))
    with pytest.raises(DataError, match="made by"):
        CountryView(register)
