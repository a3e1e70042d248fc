"""The list of cluster indicators: what each one is, its unit and range, and what a further member does to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from types import MappingProxyType
from typing import Literal

Kind = Literal["count", "number", "flag"]
Direction = Literal["up", "fixed", "either"]


@dataclass(frozen=True)
class Argument:
    """A number that an indicator takes."""

    default: float
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Indicator:
    """An indicator of a cluster on a day."""

    name: str
    label: str  #: short, for tables and axes
    definition: str  #: one sentence or formula
    unit: str
    kind: Kind = "count"
    low: float = 0.0  #: range of values
    high: float = inf
    direction: Direction = "up"  #: "up": a further member can never lower it; "fixed": it does not depend on members; "either"
    cohesion: bool = False  #: an unconnected member can never raise it
    data: str = "M"  #: M membership, G ties, O organisations, W ownership, R register, F yearly facts, B funding, P population
    cheap: bool = False  #: counted by the level kernel, so a simulation can use it at every step
    args: Mapping[str, Argument] = field(default_factory=dict)


_K = {"k": Argument(2, 1, 50, whole=True)}
_YEARS = {"years": Argument(3, 0, 100)}
_TIES = {"ties": Argument(1, 1, 10_000, whole=True)}


def _share(name: str, label: str, definition: str, data: str, *, direction: Direction = "either", cohesion: bool = False, cheap: bool = False) -> Indicator:
    return Indicator(name, label, definition, "share", "number", 0.0, 1.0, direction, cohesion, data, cheap)


CATALOGUE: Mapping[str, Indicator] = {
    one.name: one
    for one in (
        Indicator("members", "members", "Organisations with a counted role; facilitators do not count.", "organisations", cheap=True),
        Indicator(
            "members_independent",
            "independent members",
            "Owner groups among the members, by the relation that the rules name (linked: over 50 % or control).",
            "owner groups",
            data="MW",
            cheap=True,
        ),
        Indicator(
            "members_independent_partner",
            "independent members, cautious",
            "Owner groups where 25 % of capital or votes link already.",
            "owner groups",
            data="MW",
            cheap=True,
        ),
        _share("largest_owner_share", "largest owner group", "Members of the largest owner group / members.", "MW"),
        Indicator(
            "members_sme",
            "SMEs",
            "Members that are small or medium-sized firms, their owner group counted in where it is known.",
            "organisations",
            data="MO",
            cheap=True,
        ),
        _share("sme_share", "SMEs among firms", "SMEs / member firms of known size.", "MO"),
        Indicator(
            "members_research", "research members", "Members of kind research or education, or with the role rd_body.", "organisations", data="MO", cheap=True
        ),
        Indicator("members_foreign", "foreign members", "Members from another country than the cluster's.", "organisations", data="MO", cheap=True),
        Indicator(
            "member_kinds",
            "kinds of members",
            "Distinct kinds among firm, research or education, public, association, other.",
            "kinds",
            high=5.0,
            data="MO",
            cheap=True,
        ),
        Indicator("sectors", "sectors", "Distinct NACE divisions of the members.", "sectors", data="MO"),
        _share("sector_diversity", "diversity of sectors", "1 − Σp² over NACE divisions.", "MO"),
        Indicator("regions", "regions", "Distinct NUTS 3 regions of the members.", "regions", data="MO"),
        Indicator("shared_members", "members also elsewhere", "Members that are members of another cluster too.", "organisations"),
        Indicator("age", "age", "Years since it was founded.", "years", "number", direction="fixed", data="R"),
        Indicator(
            "joint_years",
            "joint activity",
            "Years since joint activity began: as stated, else at least since the first event of two present members.",
            "years",
            "number",
            data="RG",
            cheap=True,
        ),
        Indicator(
            "members_tenured",
            "members of long standing",
            "Owner groups with a member whose present unbroken membership has lasted that many years.",
            "owner groups",
            data="MW",
            cheap=True,
            args=_YEARS,
        ),
        Indicator("tenure_median", "median membership", "Median of the members' present unbroken memberships.", "years", "number", direction="either"),
        _share("retention", "retention", "Members of a year ago who still are / members of a year ago.", "M"),
        _share("turnover", "turnover", "(entries + exits in the year) / (members + members of a year ago).", "M"),
        Indicator("ties", "ties inside", "Pairs of members with a joint event in the window.", "ties", cohesion=True, data="MG", cheap=True),
        Indicator("ties_per_member", "partners inside", "2 × ties / members.", "ties", "number", direction="either", cohesion=True, data="MG"),
        _share("density", "density", "Ties / pairs of members.", "MG", cohesion=True),
        Indicator("members_connected", "connected members", "Members with a tie to another member.", "organisations", cohesion=True, data="MG", cheap=True),
        _share("connected_share", "connected", "Connected members / members.", "MG", cohesion=True),
        Indicator(
            "largest",
            "largest connected part",
            "Members in the largest connected part of the ties inside.",
            "organisations",
            cohesion=True,
            data="MG",
            cheap=True,
        ),
        _share("largest_share", "in the largest part", "Largest connected part / members.", "MG", cohesion=True),
        Indicator(
            "members_core",
            "core members",
            "Members in the k-core of the ties inside: each tied to k others of it.",
            "organisations",
            cohesion=True,
            data="MG",
            cheap=True,
            args=_K,
        ),
        Indicator("ties_repeated", "repeated ties", "Ties inside that rest on two or more joint events.", "ties", data="MG", cheap=True),
        _share("repeated_share", "repeated", "Repeated ties / ties inside.", "MG"),
        Indicator("ties_new", "new ties", "Ties inside that were absent in the window before.", "ties", data="MG"),
        Indicator(
            "ties_expected", "ties expected by chance", "Exact mean of the ties among random organisations of the same strata.", "ties", "number", data="MGO"
        ),
        Indicator(
            "cohesion_lift", "ties against chance", "Ties inside / ties expected by chance.", "ratio", "number", direction="either", cohesion=True, data="MGO"
        ),
        _share("cohesion_p", "p of cohesion", "Share of random groups of the same strata with at least as many ties.", "MGO"),
        _share("centralisation", "centralisation", "Σ(max d − d) / ((n − 1)(n − 2)) over the degrees inside.", "MG"),
        _share("coordinator_share", "ties at the coordinator", "Ties inside of the coordinator / ties inside.", "MG"),
        Indicator(
            "largest_without_coordinator",
            "largest part without the coordinator",
            "Largest connected part once the coordinator is taken out.",
            "organisations",
            data="MG",
            cheap=True,
        ),
        Indicator(
            "largest_without_any",
            "largest part without any one member",
            "Smallest, over the members, of the largest connected part without that member.",
            "organisations",
            data="MG",
            cheap=True,
        ),
        _share("top_event_share", "ties of one event", "Largest share of ties inside that rest on one event alone.", "MG"),
        _share("ties_expiring", "expiring ties", "Share of ties inside whose last event ends within a year.", "MG"),
        Indicator(
            "ties_out",
            "ties outside",
            "Pairs of a member and a non-member with a joint event in the window.",
            "ties",
            direction="either",
            data="MG",
            cheap=True,
        ),
        Indicator("e_i", "E-I index", "(ties outside − ties inside) / (their sum).", "index", "number", -1.0, 1.0, "either", data="MG"),
        _share("cross_sector_share", "across sectors", "Ties inside between different NACE divisions / ties inside with both known.", "MGO"),
        _share("cross_sector_expected", "across sectors by chance", "The same share when the members' sectors are permuted.", "MGO"),
        _share("interregional_share", "between regions", "Ties inside between different NUTS 3 regions / ties inside with both known.", "MGO"),
        _share("interregional_expected", "between regions by chance", "The same share when the members' regions are permuted.", "MGO"),
        Indicator(
            "foreign_reach", "foreign reach", "Foreign members together with foreign partners of domestic members.", "organisations", data="MGO", cheap=True
        ),
        _share("foreign_tie_share", "foreign ties", "Ties of members with a foreign end / ties of members.", "MGO"),
        Indicator("countries", "countries reached", "Distinct countries in the foreign reach.", "countries", data="MGO"),
        Indicator(
            "clusters_linked",
            "linked clusters",
            "Other clusters with at least that many ties between members that neither shares.",
            "clusters",
            direction="either",
            data="MGR",
            args=_TIES,
        ),
        Indicator(
            "foreign_clusters_linked",
            "linked foreign clusters",
            "The same, clusters of other countries only.",
            "clusters",
            direction="either",
            data="MGR",
            args=_TIES,
        ),
        _share("partner_diversity", "diversity of partners", "1 − Σp² over sector and country of outside partners.", "MGO"),
        _share("bridging_sectors", "bridging between sectors", "Mean participation coefficient of the members over sectors; isolates left out.", "MGO"),
        _share("bridging_regions", "bridging between regions", "Mean participation coefficient of the members over NUTS 3 regions; isolates left out.", "MGO"),
        Indicator(
            "ties_firm_research", "ties of firms with research", "Ties inside between a firm and a research or education body.", "ties", data="MGO", cheap=True
        ),
        Indicator("members_rd", "members with R&D", "Members that declared R&D spending in one of the last 3 years.", "organisations", data="MF", cheap=True),
        Indicator("rd_intensity", "R&D intensity", "Σ R&D spending / Σ turnover of the members with both.", "ratio", "number", direction="either", data="MF"),
        Indicator(
            "joint_events_per_year",
            "joint events",
            "Events of two or more members active in the window / years of the window.",
            "per year",
            "number",
            data="MG",
        ),
        Indicator("members_exporting", "exporting members", "Members that exported in one of the last 3 years.", "organisations", data="MF", cheap=True),
        _share("export_share", "exports", "Σ exports / Σ turnover of the members with both.", "MF"),
        Indicator(
            "members_high_value",
            "members of high value added",
            "Members whose main activity is one of high value added.",
            "organisations",
            data="MO",
            cheap=True,
        ),
        _share("chain_coverage", "value chain covered", "Stages with a member / stages declared.", "RM", direction="up"),
        Indicator("has_coordinator", "coordinator", "Is there a coordinator?", "yes/no", "flag", high=1.0, cheap=True),
        Indicator(
            "governance", "governance", "Is there an approved governance structure?", "yes/no", "flag", high=1.0, direction="fixed", data="R", cheap=True
        ),
        Indicator("strategy", "strategy", "Is an approved strategy in force?", "yes/no", "flag", high=1.0, direction="fixed", data="R", cheap=True),
        Indicator("staff_fte", "staff", "Full-time equivalents of the management.", "FTE", "number", direction="fixed", data="F", cheap=True),
        Indicator(
            "activities_per_year",
            "activities",
            "Joint activities, mean over the years of the window that have the fact.",
            "per year",
            "number",
            direction="fixed",
            data="F",
            cheap=True,
        ),
        _share("own_funds_share", "own funds", "Money of the members / all money, last 3 years.", "B", direction="fixed", cheap=True),
        _share("public_share", "public funds", "(State + municipal + EU money) / all money, last 3 years.", "B", direction="fixed", cheap=True),
        Indicator(
            "funding_concentration", "concentration of funding", "Σ share² over the five sources.", "index", "number", 0.2, 1.0, "fixed", data="B", cheap=True
        ),
        Indicator("funding_per_member", "funding per member", "All money of the last 3 years / members.", "EUR", "number", direction="either", data="BM"),
        _share("core_share", "in the network's core", "Members in the top k-core of the whole network / members.", "MG"),
        Indicator(
            "closeness",
            "closeness",
            "Mean harmonic closeness of the members in the whole network, as percentile among the clusters.",
            "share",
            "number",
            high=1.0,
            direction="either",
            data="MG",
        ),
        Indicator("coverage", "coverage", "Domestic member firms of the sector and region / all firms there.", "share", "number", high=1.0, data="MOP"),
        Indicator("specialisation", "specialisation", "Location quotient of the sector in the region.", "ratio", "number", direction="fixed", data="P"),
        _share("data_completeness", "data completeness", "Cells filled / cells that the rules in force need.", "MGOWRFBP"),
    )
}

#: What the name of an indicator begins with that is a fact declared by the rules.
FACT = "fact:"


def key_of(name: str, args: Mapping[str, float] | None = None) -> str:
    """The name of a column: the indicator with its arguments, ``members_tenured(years=3)``."""
    known = CATALOGUE[name].args if name in CATALOGUE else {}
    given = {argument: (args or {}).get(argument, known[argument].default) for argument in known}
    return f"{name}({', '.join(f'{argument}={value:g}' for argument, value in given.items())})" if given else name


@lru_cache(maxsize=2**10)
def parsed(key: str) -> tuple[str, Mapping[str, float]]:
    """The name and the arguments of a column: the inverse of :func:`key_of`."""
    name, _, inside = key.removesuffix(")").partition("(")
    pairs = (pair.split("=") for pair in inside.split(", ") if pair)
    return name, MappingProxyType({argument: float(value) for argument, value in pairs})
