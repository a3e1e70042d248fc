"""Organisations that are probably one: the same registry code or VAT number, or the same name in the same country."""

import re
import unicodedata

import pandas as pd

#: Legal forms, which are written or left out: Lithuanian, Latvian, Estonian, Polish, German, French, Italian, English, Nordic.
_WORDS = (
    "uab ab vsi mb ii tub kb akcine uzdaroji viesoji individuali imone istaiga bendrove asociacija sia as ou mtu sa spolka akcyjna zoo sp z o k "
    "gmbh ag kg ev eg mbh sarl sas sasu srl spa snc ltd limited llc llp plc inc corp corporation co company bv nv oy oyj ab aps a s asbl vzw doo dd kft zrt"
)
_FORMS = frozenset(_WORDS.split())
_NAME = "same name and country"
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "&": " and ", ".": "", "'": "", "’": ""})


def likely_same(organisations: pd.DataFrame) -> pd.DataFrame:
    """Pairs of organisations that are probably one: columns a, b (identifiers), evidence.

    The same registry code in the same country, or the same VAT number: near certain. The same name, without legal forms, accents and signs, in the same
    country: likely, unless both have registry codes and these differ. Of k organisations that are one, the k − 1 pairs with the first of them are given.
    """
    country = organisations["country"].astype("str")
    registry, vat = (organisations[column].map(_code, na_action="ignore").astype("str") for column in ("registry_code", "vat"))
    plain = {text: plain_name(text) or None for text in organisations["name"].dropna().unique()}
    name = organisations["name"].map(plain, na_action="ignore").astype("str")
    found = [
        _pairs(country.fillna("?") + "\0" + registry, "same registry code", organisations["registry_code"]),
        _pairs(vat, "same VAT number", organisations["vat"]),
        _pairs(name + "\0" + country, _NAME),
    ]
    pairs = pd.concat(found, ignore_index=True).drop_duplicates(["a", "b"], ignore_index=True)
    codes = [pairs[column].map(registry) for column in ("a", "b")]
    different = (pairs["evidence"] == _NAME) & codes[0].notna() & codes[1].notna() & (codes[0] != codes[1])
    return pairs[~different].sort_values(["a", "b"], ignore_index=True)


def plain_name(text: str) -> str:
    """A name without legal form, accents, case and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    words = re.sub(r"[^\w]+", " ", "".join(letter for letter in letters if not unicodedata.combining(letter))).split()
    return " ".join(word for word in words if word not in _FORMS)


def _code(text: str) -> str | None:
    """Signs of a code; nothing for what stands for none: 0, -, n/a."""
    plain = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    return plain if re.search(r"[1-9]", plain) else None


def _pairs(key: pd.Series, evidence: str, shown: pd.Series | None = None) -> pd.DataFrame:
    """The first organisation of each group with each of the others."""
    rows = key.dropna().sort_index()
    rows = rows[rows.duplicated(keep=False)]
    first = rows.groupby(rows).transform(lambda group: group.index[0])
    pairs = pd.DataFrame({"a": first.to_numpy(), "b": rows.index}).query("a != b")
    return pairs.assign(evidence=evidence if shown is None else evidence + " " + pairs["a"].map(shown).astype("str")).astype("str")
