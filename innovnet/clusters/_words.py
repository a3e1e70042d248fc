"""Criteria in words: what is asked, what a cluster lacks, by how much a value could change."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from innovnet.clusters._catalogue import CATALOGUE, FACT
from innovnet.clusters._gaps import least, upward
from innovnet.clusters._rules import Criterion, Rules

#: One and several of what an indicator counts; {} stands for its argument.
_NOUNS: Mapping[str, tuple[str, str]] = {
    "members": ("member", "members"),
    "members_independent": ("independent member", "independent members"),
    "members_independent_partner": ("independent member (25 % of capital link already)", "independent members (25 % of capital link already)"),
    "members_sme": ("SME among the members", "SMEs among the members"),
    "members_research": ("research member", "research members"),
    "members_foreign": ("foreign member", "foreign members"),
    "member_kinds": ("kind of members", "kinds of members"),
    "sectors": ("sector", "sectors"),
    "regions": ("region", "regions"),
    "shared_members": ("member that is also elsewhere", "members that are also elsewhere"),
    "members_tenured": ("independent member of {} years' standing", "independent members of {} years' standing"),
    "ties": ("tie inside", "ties inside"),
    "members_connected": ("connected member", "connected members"),
    "largest": ("member in the largest connected part", "members in the largest connected part"),
    "members_core": ("member tied to {} others of the core", "members tied to {} others of the core"),
    "ties_repeated": ("repeated tie", "repeated ties"),
    "ties_new": ("new tie", "new ties"),
    "largest_without_coordinator": ("member in the largest part without the coordinator", "members in the largest part without the coordinator"),
    "largest_without_any": ("member in the largest part without any one member", "members in the largest part without any one member"),
    "ties_out": ("tie outside", "ties outside"),
    "foreign_reach": ("foreign member or partner", "foreign members or partners"),
    "countries": ("country reached", "countries reached"),
    "clusters_linked": ("linked cluster", "linked clusters"),
    "foreign_clusters_linked": ("linked foreign cluster", "linked foreign clusters"),
    "ties_firm_research": ("tie of a firm with research", "ties of firms with research"),
    "members_rd": ("member with declared R&D", "members with declared R&D"),
    "members_exporting": ("exporting member", "exporting members"),
    "members_high_value": ("member of high value added", "members of high value added"),
}
#: What each member has or has not.
_YES_OR_NO = ("members_sme", "members_rd", "members_exporting", "members_high_value")
_FLAGS: Mapping[str, str] = {"governance": "an approved governance structure", "strategy": "an approved strategy in force", "has_coordinator": "a coordinator"}
_ARGUMENTS: Mapping[str, str] = {"years": "{:g} years", "k": "k = {:g}", "ties": "ties ≥ {:g}"}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_ASKED: Mapping[str, str] = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def label_of(criterion: Criterion) -> str:
    """The indicator in words, with its arguments."""
    if criterion.indicator.startswith(FACT):
        return criterion.indicator.removeprefix(FACT).replace("_", " ")
    meaning = CATALOGUE[criterion.indicator]
    given = [_ARGUMENTS[name].format(criterion.args.get(name, argument.default)) for name, argument in meaning.args.items()]
    return f"{meaning.label} ({', '.join(given)})" if given else meaning.label


def asked(rules: Rules, criterion: Criterion) -> str:
    """What a criterion asks for: ``at least 3``, ``more than 5 years``, ``yes``."""
    if criterion.op == "is":
        return "yes" if criterion.threshold else "no"
    return f"{_ASKED[criterion.op]} {figure(rules, criterion, criterion.threshold)}"


def figure(rules: Rules, criterion: Criterion, value: float) -> str:
    """A value in words: yes or no, a share in per cent; with as many decimals as tell it from the threshold."""
    meaning = rules.meaning(criterion.indicator)
    if meaning.kind == "flag":
        return "yes" if value else "no"
    share, near = meaning.unit == "share", 1e-12 * max(1.0, abs(value))
    for decimals in range(0 if share else 2, 12):
        text, bound = (_plain(x * (100 if share else 1), decimals) for x in (value, criterion.threshold))
        if text != bound or abs(value - criterion.threshold) <= near:
            break
    unit = " %" if share else f" {'year' if text == '1' else 'years'}" if meaning.unit == "years" else ""
    return f"{text}{unit}"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def lacking(rules: Rules, criterion: Criterion, value: float, gap: float) -> str:
    """What is needed where the value is known: ``One more member with declared R&D (2 of 3)``."""
    meaning, bound = rules.meaning(criterion.indicator), least(rules, criterion)
    if criterion.op == "is":
        name = _FLAGS.get(criterion.indicator) if criterion.threshold else None
        return name[0].upper() + name[1:] if name else f"{label_of(criterion)}: {asked(rules, criterion)}"
    if np.isnan(value):
        return f"{label_of(criterion)}: not defined, {asked(rules, criterion)} needed"
    if meaning.kind == "count" and criterion.indicator in _NOUNS and upward(criterion):
        many = int(gap)
        noun = _NOUNS[criterion.indicator][many != 1].format(*(f"{criterion.args.get(name, a.default):g}" for name, a in meaning.args.items()))
        return f"{_NUMBERS[many] if many < len(_NUMBERS) else f'{many:,}'} more {noun} ({value:,.0f} of {bound:,.0f})"
    return f"{label_of(criterion)}: {figure(rules, criterion, value)}, {asked(rules, criterion)} needed"


def unknown(rules: Rules, criterion: Criterion, low: float, high: float, who: Sequence[str]) -> str:
    """What has to be brought where the value is not known well enough, and of whom."""
    meaning = rules.meaning(criterion.indicator)
    inside = low > meaning.low or high < meaning.high
    if not inside or meaning.kind == "flag" or np.isnan(low):
        known = "not known"
    elif np.isinf(high):
        known = f"{figure(rules, criterion, low)} or more"
    else:
        known = f"{figure(rules, criterion, low)} to {figure(rules, criterion, high)}"
    missing = f"; not known of {_listed(who)}{_deciding(rules, criterion, low, len(who))}" if who else ""
    return f"{label_of(criterion)}: {known}, {asked(rules, criterion)} needed{missing}"


def _deciding(rules: Rules, criterion: Criterion, low: float, open_: int) -> str:
    """How many members of whom it is not known have to count, and what follows if none does."""
    if criterion.indicator not in _YES_OR_NO or not upward(criterion):
        return ""
    lack = int(least(rules, criterion) - low)
    if not 0 < lack <= open_:
        return ""
    many = _NUMBERS[lack].lower() if lack < len(_NUMBERS) else f"{lack:,}"
    enough = "a yes is enough" if open_ == 1 else "one yes is enough" if lack == 1 else f"{many} have to say yes"
    no = "if not" if open_ == 1 else "if both say no" if open_ == 2 else "if all say no"
    return f": {enough}; {no}, {many} more such member{'s' * (lack > 1)} needed"


def by_itself(criterion: Criterion, day: pd.Timestamp) -> str:
    """What time brings."""
    return f"{label_of(criterion)}: on {day:%Y-%m-%d} by itself"


def change(rules: Rules, criterion: Criterion, value: float, slack: float) -> str:
    """By how much a value that meets a criterion would have to change."""
    if criterion.op == "is":
        return f"{label_of(criterion)}: lost if {'withdrawn' if criterion.threshold else 'introduced'}"
    direction = "less" if upward(criterion) else "more"
    if rules.meaning(criterion.indicator).kind == "count" and upward(criterion):
        direction = "fewer"
    by = figure(rules, criterion, slack).replace(" %", " percentage points")
    needed = asked(rules, criterion).removeprefix("at least ")
    return f"{label_of(criterion)}: lost with {by} {direction} ({figure(rules, criterion, value)} now, {needed} needed)"


def _listed(who: Sequence[str], limit: int = 5) -> str:
    return ", ".join(who) if len(who) <= limit else f"{', '.join(who[:limit])} and {len(who) - limit} more"
