"""Words that several figures need: lists, ordinals, types of organisation, the source line."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._format import count, number
from innovnet.report._names import country_name

if TYPE_CHECKING:
    from innovnet.report._measure import Programme

_TYPES = {
    "university": ("university", "universities"),
    "institute": ("research institute", "research institutes"),
    "firm": ("company", "companies"),
    "public": ("public body", "public bodies"),
    "other": ("other organisation", "other organisations"),
}
_PROGRAMMES = {"HORIZON": "Horizon Europe", "H2020": "Horizon 2020", "FP7": "Seventh Framework Programme"}
EXAMPLE = "EXAMPLE"
_THE = re.compile(
    r"(?:Netherlands|United|Philippines|Bahamas|Maldives|Gambia|Isle of Man|Holy See|British Virgin|US Virgin|Central African|Dominican Rep|DR Congo|.*Islands$)"
)


def listing(items: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([*([", ".join(items[:-1])] if len(items) > 1 else []), *items[-1:]])


def the(country: str) -> str:
    """A country's name inside a sentence: Spain, the Netherlands."""
    return f"the {country}" if _THE.match(country) else country


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def ordinal(n: int) -> str:
    """1st, 2nd, 23rd, 111th."""
    ending = "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{number(n)}{ending}"


def of_type(n: int, kind: str) -> str:
    """1 company, 12 research institutes."""
    return count(n, *_TYPES.get(kind, _TYPES["other"]))


def kind_of(kind: str, *, plural: bool = False) -> str:
    """A type of organisation in running text: company, companies."""
    return _TYPES.get(kind, _TYPES["other"])[plural]


def source(programme: "Programme") -> str:
    """The last words of a caption: where the data come from and until when they reach."""
    events = programme.affiliation._events
    known = sorted(events["programme"].dropna().unique()) if "programme" in events.columns else []
    cordis = bool(known) and set(known) <= set(_PROGRAMMES)
    names = [_PROGRAMMES.get(name, name) for name in known]
    if known == [EXAMPLE]:
        return "Source: the synthetic example of innovnet, no real organisations."
    origin = ("CORDIS, " if cordis else "") + listing(names) if 0 < len(names) <= 3 else "the data named under Provenance"
    if programme.extract_of is not None:
        origin += f", only projects with a member in {the(country_name(programme.extract_of))}"
    latest = events["signed"].max() if "signed" in events.columns else pd.NaT
    until = f", grants signed to {latest:%B %Y}" if pd.notna(latest) else ""
    return f"Source: {origin}{until}; own computation."


def of_another_country(actors: pd.DataFrame) -> "pd.Series[bool]":
    """Organisations whose region code begins with the code of another country than theirs."""
    prefix = actors["region"].str[:2]
    other = (prefix != actors["country"]) & prefix.isin(actors["country"].dropna().unique())
    return (other & actors["region"].notna() & actors["country"].notna()).fillna(value=False).astype(bool)


def regions(programme: "Programme") -> str:
    """What a region is in these data: NUTS 2 regions, where the codes say so."""
    codes = programme.actors["region"].dropna()
    levels = codes.str.len().unique()
    known = len(levels) == 1 and 3 <= levels[0] <= 5 and codes.str.fullmatch("[A-Z]{2}[0-9A-Z]+").all()
    return f"NUTS {levels[0] - 2} regions" if known else "the regions that the data name"
