"""Names as readers know them: short, in mixed case, none twice. The full legal name stays in the tables."""

import re
from collections import Counter
from functools import cache
from html import unescape
from importlib.resources import files

import pandas as pd

from innovnet._text import clean
from innovnet.graph._classify import name_of

_SHORT = (3, 12)  # a short name of this many characters is taken as it is, if no other organisation has it
_DRAWN = 20  # characters of a label in a drawing
_LEFT = 9  # characters of a label that are left when something is added


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNIVERSITY = _words(
    "university universitat universität universitaet universidad universidade universita università universite université universiteit universitet universitetet universitatea universitas universitetas univerza univerzita univerzitet universitesi üniversitesi uniwersytet sveučiliste sveuciliste sveučilište ülikool ulikool yliopisto egyetem panepistimio panepistimion universiti"
)
_INSTITUTE = _words("institute institut instituto istituto institutul institutet instytut instituut institutas")
_MINISTRY = _words("ministry ministerio ministero ministère ministere ministerium ministerstvo ministerija")
_ALWAYS = {
    **dict.fromkeys(_UNIVERSITY, "U."),
    **dict.fromkeys(_INSTITUTE, "Inst."),
    **dict.fromkeys(_MINISTRY, "Min."),
    **dict.fromkeys(("national", "nacional", "nazionale"), "Nat."),
    **dict.fromkeys(("of", "the", "studi", "degli"), ""),
}
_IF_LONG = {
    "technology": "Tech.",
    "technologies": "Tech.",
    "technological": "Tech.",
    "technical": "Tech.",
    "research": "Res.",
    "science": "Sci.",
    "sciences": "Sci.",
    "scientific": "Sci.",
    "academy": "Acad.",
    "development": "Dev.",
    "department": "Dept",
    "association": "Assoc.",
    "international": "Int.",
    "foundation": "Found.",
    "engineering": "Eng.",
    "agricultural": "Agric.",
    "agriculture": "Agric.",
    "environmental": "Env.",
    "laboratory": "Lab.",
    "centre": "Ctr",
    "center": "Ctr",
}
_LEGAL = _words(
    "ab ag aie aisbl ao aps as asa asbl bv bvba cic co cv doo dooel ead ehf ejpe eood epe ev gbr geie ggmbh gie gmbh hf ike inc jsc kft kg kgaa lda limited llc llp ltd ltda mb mbh nv nyrt ohg ojsc ood oy oyj plc pte pty sa sab sadcv sagl sas sarl scarl scpa scrl sia sl slne slu sme snc sp spa spj spk spzoo srl srls sro uab ug vof vsi všį vzw zoo zrt & z"
)
_LEGAL_FIRST = re.compile(
    r"(?:jsc|uab|všį|vsi|mb|ооо|pjsc|stichting|viesoji istaiga|viešoji įstaiga|(?:uzdaroji )?akcine bendrove|(?:uždaroji )?akcinė bendrovė)\s+(?=\S)",
    re.IGNORECASE,
)
_PARTICLES = _words(
    "a al and at d da de degli dei del della delle den der des di die do dos du e el en et for fur für i im in ir ja l la las le les los na och of og on para per pour the to und v van voor von w y za zu zum zur"
)
_SMALL_AFTER_U = re.compile(r"^U\. (?:da|de|degli|del|della|di|din|do|du|des|za|i|u|v|w|of) (?=\S)", re.IGNORECASE)
_WORDS = _words("air art bay big bio car city eco fin for fun ice ile lab new old one our out red san sea sky sun top two way")
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_BRACKETS = re.compile(r"\(([^\W\d_][\w-]{2,11})\)$")
_BEFORE_DASH = re.compile(r"(?!U\. )(\S.{1,18}\S) [-–] ")
_CITY_END = re.compile(r"\bcedex\b.*|[(\d/,].*", re.IGNORECASE)
_DOTS = str.maketrans("", "", ".,/'-\"")
_EDGES = "&-–,.:;/()'\""


@cache
def _shipped(file: str) -> dict[str, str]:
    text = files("innovnet.report").joinpath("data", file).read_text(encoding="utf-8")
    return dict(line.split(",", 1) for line in text.splitlines()[1:])


def country_name(code: str) -> str:
    """The English name of a country by its code as Eurostat writes it (EL, UK, XK; NA is Namibia); an unknown code stays as it is."""
    return name_of("country", code) or code


def shorten(text: str, budget: int) -> str:
    """The text, cut at the end of a word with … where it has more characters than ``budget``."""
    if len(text) <= budget:
        return text
    head = text[:budget]
    words = head.rsplit(" ", 1)[0].split(" ") if " " in head.strip() else [head]
    while len(words) > 1 and words[-1].strip(_EDGES).lower() in (_PARTICLES | {""}):
        words.pop()
    return " ".join(words)[: budget - 1].rstrip(" &-–,.:;/(…") + "…"


@cache
def _cased(word: str, first: bool) -> str:
    """A word of an all-capital name: what looks like an abbreviation stays, the rest is a word."""
    bare = word.strip(_EDGES).lower()
    if bare in _PARTICLES:
        return word.capitalize() if first else word.lower()
    if (len(bare) <= 3 and bare not in _WORDS) or not _VOWEL.search(bare):
        return word
    return _LETTERS.sub(lambda run: run[0].capitalize(), word)


def _without_legal_form(text: str) -> str:
    words = _LEGAL_FIRST.sub("", text).split(" ")
    while len(words) > 1 and words[-1].translate(_DOTS).lower() in _LEGAL:
        words.pop()
    return " ".join(words).rstrip(",")


def _plain(name: str, budget: int) -> str:
    """A legal name without its legal form, in mixed case, its commonest words shortened."""
    if '""' in name:  # quoted twice over, as CORDIS sometimes does
        name = name.removeprefix('"').removesuffix('"').replace('""', '"')
    text = " ".join(unescape(name).split())
    words = _without_legal_form(text).split(" ")
    if text == text.upper():
        words = [_cased(word, not k) for k, word in enumerate(words)]
    label = _SMALL_AFTER_U.sub("U. ", _joined(words, _ALWAYS))
    if len(label) <= budget:
        return label
    abbreviation = _BRACKETS.search(label) or _BEFORE_DASH.match(label)
    return abbreviation[1] if abbreviation else _joined(label.split(" "), _IF_LONG)


def _joined(words: list[str], shorter: dict[str, str]) -> str:
    kept = [shorter.get(word.lower().rstrip(","), word) for word in words]
    return " ".join(word for word in kept if word).strip(" ,-–") or " ".join(words)


def _city(text: str) -> str:
    """A city as readers know it: in mixed case, without postal additions, the best known by their English name."""
    words = _CITY_END.sub("", text).split()
    known = _shipped("city_names.csv").get(" ".join(words).casefold())
    return known or " ".join(w.capitalize() if w.isupper() and w.lower() not in _PARTICLES else w.lower() if w.isupper() else w for w in words)


def region_place(code: str) -> str:
    """The main city of one of the best known regions by its NUTS 2 code; empty for others."""
    return _shipped("region_places.csv").get(code, "")


def _texts(actors: pd.DataFrame, column: str) -> list[str]:
    if column not in actors.columns:
        return [""] * len(actors)
    return [text.strip() if text.isprintable() else clean(text).strip() for text in actors[column].astype("str").fillna("").to_list()]


def display_names(actors: pd.DataFrame, budget: int = 34) -> pd.Series:
    """A label for each actor, at most ``budget`` characters, no two the same.

    Parameters
    ----------
    actors
        Table of actors; its columns ``display_name`` (the user's own), ``name``, ``short_name``, ``city`` and ``country`` are used where present.
    budget
        Characters: 34 in lists, 20 in drawings, 14 on a phone. What is added to tell two equal labels apart may exceed it.

    Returns
    -------
    Series
        Index actor, name "display", in the order of ``actors``.

    Notes
    -----
    In this order: the user's own name; the name in the table that comes with innovnet (PIC → name, for the organisations with most participations);
    for a university its name, if it fits into 20 characters; a short name of 3 to 12 characters that no other actor has; the name without its legal
    form. Equal labels, and those of which little was left, get the city; equal ones then the country, then the identifier; one in the table stays. Cost: O(actors).

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["UAB METSOLAR", "UNIVERSITY OF OSLO"]}, index=["1", "2"])
    >>> display_names(table).to_list()
    ['Metsolar', 'U. Oslo']
    """
    ids = [str(actor) for actor in actors.index]
    own, names, shorts = (_texts(actors, column) for column in ("display_name", "name", "short_name"))
    known = _shipped("display_names.csv")
    times = Counter(short.casefold() for short in shorts)
    full = [
        given or known.get(actor) or _label(name, short, times[short.casefold()] == 1, budget) or actor
        for actor, given, name, short in zip(ids, own, names, shorts, strict=True)
    ]
    labels = [shorten(label, budget) for label in full]
    for column in ("city", "country", ""):
        times = Counter(label.casefold() for label in labels)
        bare = {k for k, label in enumerate(labels) if column == "city" and label.endswith("…") and len(label) <= budget / 2}  # little is left of the name
        twice = [k for k, label in enumerate(labels) if (times[label.casefold()] > 1 or k in bare) and known.get(ids[k]) != label]
        additions = _texts(actors.iloc[twice], column) if column else [ids[k] for k in twice]
        for k, more in zip(twice, additions, strict=True):
            addition = _city(more) if column == "city" else more
            if addition and addition not in labels[k]:
                labels[k] = f"{shorten(full[k], max(budget - len(addition) - 2, _LEFT))}, {addition}"
    return pd.Series(labels, index=actors.index, name="display", dtype="str")


def _label(name: str, short: str, unique: bool, budget: int) -> str:
    """What to call an actor that no table names."""
    if not _UNIVERSITY.isdisjoint(name.lower().split()):
        plain = _plain(name, budget)
        if len(plain) <= min(budget, _DRAWN):
            return plain
    low, high = _SHORT
    bare = _without_legal_form(" ".join(unescape(short).split()))
    if unique and len(short) <= high and len(bare) >= low and sum(map(str.isalpha, short)) >= len(short) / 2:
        return bare
    return _plain(short if len(short) > high else name, budget)
