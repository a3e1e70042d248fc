"""Names for the organisations and projects of the example programme: readable, and nobody's."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LEGAL = {
    "AT": "GmbH", "BE": "BV", "BG": "EOOD", "CH": "AG", "CY": "Ltd", "CZ": "s.r.o.", "DE": "GmbH", "DK": "ApS", "EE": "OÜ", "EL": "IKE", "ES": "SL",
    "FI": "Oy", "FR": "SAS", "HR": "d.o.o.", "HU": "Kft", "IE": "Ltd", "IS": "ehf", "IT": "SRL", "LT": "UAB", "LU": "Sàrl", "LV": "SIA", "MT": "Ltd",
    "NL": "BV", "NO": "AS", "PL": "sp. z o.o.", "PT": "Lda", "RO": "SRL", "RS": "d.o.o.", "SE": "AB", "SI": "d.o.o.", "SK": "s.r.o.", "TR": "AŞ", "UK": "Ltd",
}  # fmt: skip
AREAS = {
    "Baltic": "LT LV EE", "Nordic": "SE NO DK FI IS", "Alpine": "AT CH SI", "Rhine": "DE LU", "Lowland": "NL BE", "Iberian": "ES PT", "Adriatic": "IT HR",
    "Atlantic": "FR IE UK", "Danube": "HU SK RO BG RS", "Vistula": "PL CZ UA", "Aegean": "EL CY MT TR", "Levant": "IL",
}  # fmt: skip
AREA = {country: area for area, countries in AREAS.items() for country in countries.split()}
SUBJECTS = {
    "natural sciences": ["Photonics", "Quantum Optics", "Sensor", "Data", "Materials", "Polymer", "Geoscience", "Software"],
    "engineering and technology": ["Robotics", "Energy Storage", "Hydrogen", "Battery", "Mobility", "Composites", "Automation", "Grid"],
    "medical and health sciences": ["Diagnostics", "Biosignal", "Imaging", "Genomics", "Therapeutics", "Telehealth", "Vaccine", "Rehabilitation"],
    "social sciences": ["Policy", "Labour Market", "Learning", "Mobility Planning", "Foresight", "Public Service", "Urban", "Inclusion"],
    "humanities": ["Heritage", "Archive", "Language", "Museum", "Music", "Manuscript", "Philosophy", "Design"],
    "agricultural sciences": ["Soil", "Crop", "Forestry", "Fisheries", "Dairy", "Seed", "Food", "Bioeconomy"],
}
FIRM_WORDS = ["Systems", "Technologies", "Solutions", "Works", "Labs", "Engineering", "Dynamics", "Partners"]
UNIVERSITY_WORDS = ["Meridian", "Lanternhill", "Amberfield", "Northlight", "Silverbirch", "Windmere", "Fairhaven", "Oakmere", "Larkspur", "Stillwater"]
PUBLIC_WORDS = ["Agency for {}", "{} Authority", "Office of {}", "Department of {}", "{} Service"]
OTHER_WORDS = ["{} Forum", "{} Network", "{} Alliance", "{} Foundation", "{} Cluster", "Association for {}"]
_FIRST = ["ba", "ce", "da", "el", "fa", "ge", "ha", "ka", "li", "mo", "na", "or", "pe", "qua", "re", "so", "ta", "ul", "ve", "wi", "ya", "zo"]
_MIDDLE = ["la", "mi", "no", "ra", "si", "to", "ve", "lu", "ne", "ri", "da", "go"]
_LAST = ["ra", "lis", "mor", "nex", "tec", "via", "dor", "lux", "met", "sen", "vex", "tum", "gen", "nova", "rix"]
_STEP = 1249  # coprime to the number of words of three syllables
_INVENTED = 0.7
_KINDS = ["Resilient", "Scalable", "Low-carbon", "Trustworthy", "Circular", "Open", "Autonomous", "Affordable", "Adaptive", "Inclusive"]
_GOALS = [
    "rural regions",
    "small firms",
    "coastal cities",
    "smart factories",
    "public hospitals",
    "schools",
    "clean transport",
    "local energy",
    "water networks",
]


def coined(numbers: npt.NDArray[np.int64]) -> list[str]:
    """Invented words, a different one for each number; near numbers give words that do not look alike."""
    base = len(_FIRST) * len(_MIDDLE) * len(_LAST)
    words = []
    for number in numbers.tolist():
        rest, low = divmod(number, base)
        left, last = divmod(low * _STEP % base, len(_LAST))
        middle, first = divmod(left, len(_FIRST))
        more = ""
        while rest:
            rest, extra = divmod(rest - 1, len(_MIDDLE))
            more += _MIDDLE[extra]
        words.append((_FIRST[first] + more + _MIDDLE[middle] + _LAST[last]).capitalize())
    return words


def _pick(words: Sequence[str], u: float) -> str:
    return words[int(u * len(words))]


def _named(kind: str, country: str, city: str, field: str, u: npt.NDArray[np.float64], word: str) -> str:
    """A name; ``word`` makes it a name that nobody else has."""
    subject, area = _pick(SUBJECTS[field], u[0]), AREA.get(country, city)
    match kind:
        case "firm":
            return f"{word or area} {subject} {_pick(FIRM_WORDS, u[1])} {LEGAL.get(country, 'Inc.')}"
        case "university":
            return f"{city} {word or _pick(UNIVERSITY_WORDS, u[1])} University"
        case "institute":
            return f"{word or city} Institute of {subject}{'' if subject[-1] == 's' else ' Research'}"
        case "public":
            return f"{city} {word + ' ' if word else ''}{_pick(PUBLIC_WORDS, u[1]).format(subject)}"
        case _:
            return f"{word or area} {_pick(OTHER_WORDS, u[1]).format(subject)}"


def organisation_names(
    kinds: Sequence[str], countries: Sequence[str], cities: Sequence[str], fields: Sequence[str], u: npt.NDArray[np.float64], words: Sequence[str]
) -> tuple[list[str], list[str | None]]:
    """Names, each once, and short names: the invented word of those that have one. ``u`` holds three numbers in [0, 1) for each organisation."""
    names: dict[str, str | None] = {}
    for kind, country, city, field, own, word in zip(kinds, countries, cities, fields, u, words, strict=True):
        coined = word if kind == "firm" and own[2] < _INVENTED else ""
        name = _named(kind, country, city, field, own, coined)
        if name in names:
            name, coined = _named(kind, country, city, field, own, word), word
        names[name] = coined or None
    return list(names), list(names.values())


def project_titles(fields: Sequence[str], u: npt.NDArray[np.float64]) -> list[str]:
    """Titles of projects; ``u`` holds three numbers in [0, 1) for each."""
    return [
        f"{_pick(_KINDS, own[0])} {_pick(SUBJECTS[field], own[1]).lower()} methods for {_pick(_GOALS, own[2])}" for field, own in zip(fields, u, strict=True)
    ]
