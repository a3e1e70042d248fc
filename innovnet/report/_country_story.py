"""The overview of all clusters: its figures in the order of the page, its facts, its findings."""

from typing import TYPE_CHECKING

from innovnet.report._country_candidates import candidates_exhibit
from innovnet.report._country_clusters import clusters_exhibit
from innovnet.report._country_funding import funding_exhibit
from innovnet.report._country_gaps import gaps_exhibit
from innovnet.report._country_levels import levels_exhibit
from innovnet.report._country_map import map_exhibit
from innovnet.report._country_moves import moves_exhibit
from innovnet.report._country_shared import shared_exhibit
from innovnet.report._country_short import short_exhibit
from innovnet.report._country_where import regions_exhibit, sectors_exhibit
from innovnet.report._exhibit import Exhibit, Finding
from innovnet.report._format import number
from innovnet.report._page import chosen

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_BEFORE = (levels_exhibit, clusters_exhibit, moves_exhibit, short_exhibit, sectors_exhibit, regions_exhibit, map_exhibit, shared_exhibit)
_AFTER = (funding_exhibit, gaps_exhibit)


def country_exhibits(view: "CountryView") -> list[Exhibit]:
    """All figures of the overview with their words, in the order of the page.

    Examples
    --------
    >>> import innovnet as inn
    >>> register, programme = inn.clusters.example(), inn.example()
    >>> assessment = inn.clusters.assess(register, programme, rules="lithuania", at=2025, robustness=False)
    >>> exhibits = inn.report.country_exhibits(inn.report.CountryView(assessment, None, programme))
    >>> exhibits[0].headline
    'At least five of 13 clusters are developing or mature'
    """
    if not len(view.clusters):  # one sentence says so; the years before may still be told
        return [levels_exhibit(view), *(exhibit for exhibit in [moves_exhibit(view)] if exhibit.draw)]
    found = [candidates_exhibit(view, view.comparison)] if view.comparison is not None else []
    return [*(make(view) for make in _BEFORE), *found, *(make(view) for make in _AFTER)]


def country_findings(view: "CountryView") -> list[Finding]:
    """The findings of the first screen, in the order of the page: six where there are clusters and years."""
    return chosen(finding for exhibit in country_exhibits(view) for finding in exhibit.findings)


def country_facts(view: "CountryView") -> list[tuple[str, str]]:
    """Six facts for the head of the page: (value, label)."""
    clusters, top = view.clusters, len(view.rules.levels)
    return [
        (number(len(clusters)), "clusters"),
        (number(view.members["organisation"].nunique()), "member organisations"),
        (number(int((clusters["rank"] >= 1).sum())), f"{view.rules.label(1)} or higher" if top > 1 else view.rules.label(1)),
        (number(int((clusters["rank"] == top).sum())), f"{view.rules.label(top)}, the highest"),
        (number(int(clusters["open"].sum())), "levels left open"),
        (number(len(view.rules.criteria)), "criteria"),
    ]
