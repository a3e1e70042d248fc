"""The overview of all clusters: its figures in the order of the page, its facts, its findings."""

from typing import TYPE_CHECKING

from innovnet.report._country_clusters import clusters_exhibit
from innovnet.report._country_levels import levels_exhibit
from innovnet.report._country_moves import moves_exhibit
from innovnet.report._country_short import short_exhibit
from innovnet.report._country_where import regions_exhibit, sectors_exhibit
from innovnet.report._country_gaps import gaps_exhibit
from innovnet.report._exhibit import Exhibit, Finding
from innovnet.report._format import number

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_MAKERS = (levels_exhibit, clusters_exhibit, moves_exhibit, short_exhibit, sectors_exhibit, regions_exhibit, gaps_exhibit)


def country_exhibits(view: "CountryView") -> list[Exhibit]:
    """All figures with their words, in the order of the page."""
    return [make(view) for make in _MAKERS]


def country_findings(view: "CountryView") -> list[Finding]:
    """The findings of the first screen."""
    return [finding for exhibit in country_exhibits(view) for finding in exhibit.findings]


def country_facts(view: "CountryView") -> list[tuple[str, str]]:
    """Six facts for the head of the page: (value, label)."""
    levels = view.assessment.levels
    top = len(view.rules.levels)
    return [
        (number(len(levels)), "clusters"),
        (number(view.members["organisation"].nunique()), "member organisations"),
        (number(len(view.members)), "memberships"),
        (number(int((view.clusters["rank"] == top).sum())), view.rules.label(top)),
        (number(int(view.clusters["open"].sum())), "levels left open"),
        (number(len(view.rules.criteria)), "criteria"),
    ]
