"""The organisations of CORDIS: one row for each from the rows of its participations."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph.read._cordis_events import TRUTH, Projects
from innovnet.graph.read._cordis_rows import Rows
from innovnet.graph.read._csv import Table
from innovnet.graph.read._findings import Findings

ACTOR_TEXTS = ("name", "shortName", "country", "nutsCode", "city", "activityType", "SME", "geolocation", "vatNumber")
_TYPES = {"PRC": "firm", "HES": "university", "REC": "institute", "PUB": "public", "OTH": "other"}
_COUNTRIES = {"GR": "EL", "GB": "UK"}
_NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")

Ints = npt.NDArray[np.int64]


class Settled(NamedTuple):
    """One value of an attribute for each organisation."""

    values: list[Any]  # distinct, none missing
    codes: Ints  # of organisations; -1: missing

    def array(self, dtype: Any, function: Callable[[Any], Any] | None = None) -> Any:
        """The values, or a function of them, as a column."""
        values = self.values if function is None else [function(value) for value in self.values]
        return pd.array(values, dtype=dtype).take(self.codes, allow_fill=True)


def actors_table(table: Table, rows: Rows, projects: Projects, region_level: int, findings: Findings) -> pd.DataFrame:
    """The table of actors: one value for each organisation and attribute, by the rule in the docstring of ``read_cordis``."""
    actor = rows.table["actor"].to_numpy()
    start = projects.events["start"].to_numpy()[rows.table["event"].to_numpy()].astype(np.int64)  # a missing start is the least number

    def settled(column: str, function: Callable[[str], Any] | None = None) -> Settled:
        values, codes = _recoded(table, column, function)
        chosen, drifting = settle(actor, codes[rows.lines], values, start, len(rows.ids))
        findings.note(f"organisations with several values of {column}", table.place, len(drifting), "repaired", [rows.ids[k] for k in drifting])
        return Settled(values, chosen)

    def region(code: str) -> str | None:
        known = len(code) >= 2 + region_level and _NUTS.fullmatch(code)
        return _COUNTRIES.get(code[:2], code[:2]) + code[2 : 2 + region_level] if known else None

    nuts, point = settled("nutsCode"), settled("geolocation")
    lat, lon = (np.append(values, np.nan)[point.codes] for values in table.pairs("geolocation")[:2])
    columns = {
        "name": settled("name").array("str"),
        "short_name": settled("shortName").array("str"),
        "country": settled("country", lambda code: _COUNTRIES.get(code, code)).array("str"),
        "nuts": nuts.array("str"),
        "region": nuts.array("str", region),
        "city": settled("city").array("str"),
        "type": settled("activityType", _TYPES.get).array("str"),
        "sme": settled("SME", TRUTH.get).array("boolean"),
        "field": None,
        "lat": lat,
        "lon": lon,
        "vat": settled("vatNumber").array("str"),
    }
    actors = pd.DataFrame(columns, index=pd.Index(rows.ids, dtype="str", name="actor"))
    _note_rows(table, rows, findings)
    _note_actors(actors, region_level, findings)
    return actors


def _recoded(table: Table, column: str, function: Callable[[str], Any] | None) -> tuple[list[Any], npt.NDArray[np.integer]]:
    """Distinct values and codes after a function; empty cells and values of None have code -1."""
    coded = table.coded(column)
    if function is None:
        return coded.texts, np.where(coded.where(""), -1, coded.codes)
    place: dict[Any, int] = {}
    known = [None if text == "" else function(text) for text in coded.texts]
    codes = [-1 if value is None else place.setdefault(value, len(place)) for value in known]
    return list(place), np.array(codes or [], dtype=np.int64)[coded.codes]


def settle(actor: Ints, codes: npt.NDArray[np.integer], values: Sequence[Any], start: Ints, n: int) -> tuple[Ints, list[int]]:
    """The code of each of ``n`` actors (-1: none) from the codes in its rows, and the actors that have several.

    Of several the most frequent, then the one that started last, then the first in the alphabet.
    """
    known = codes >= 0
    chosen = np.full(n, -1, dtype=np.int64)
    chosen[actor[known]] = codes[known]
    drifts = np.zeros(n, dtype=bool)
    drifts[actor[known & (codes != chosen[actor])]] = True
    rows = np.flatnonzero(known & drifts[actor])
    best: dict[int, tuple[int, int, str, int]] = {}
    rows = rows[np.lexsort((start[rows], codes[rows], actor[rows]))]
    cuts = np.flatnonzero(np.diff(actor[rows] * len(values) + codes[rows], prepend=-1, append=-1)).tolist()
    for first, end in pairwise(cuts):  # the rows of one actor with one value, the one that started last at the end
        who, code = int(actor[rows[first]]), int(codes[rows[first]])
        claim = (first - end, -int(start[rows[end - 1]]), str(values[code]), code)
        best[who] = min(claim, best.get(who, claim))
    for who, claim in best.items():
        chosen[who] = claim[3]
    return chosen, sorted(best)


def _note_rows(table: Table, rows: Rows, findings: Findings) -> None:
    country = table.coded("country")
    for given, used in _COUNTRIES.items():
        findings.note(f"country {given} written as {used}", table.place, int(country.where(given)[rows.lines].sum()), "repaired")
    empty = rows.table["actor"][country.where("")[rows.lines]]
    findings.note("participations without a country", table.place, len(empty), "kept", [rows.ids[k] for k in empty.unique()])
    blank = table.coded("geolocation").rows(lambda text: " " in text, bool)[rows.lines]
    findings.note("blanks within coordinates", table.place, int(blank.sum()), "repaired")


def _note_actors(actors: pd.DataFrame, region_level: int, findings: Findings) -> None:
    def note(item: str, mask: Any) -> None:
        found = actors.index[np.asarray(mask, dtype=bool)]
        findings.note(f"organisations {item}", "actors", len(found), "kept", found)

    for column, what in {
        "name": "a name",
        "country": "a country",
        "type": "a known type",
        "sme": "an SME flag",
        "nuts": "a NUTS code",
        "lat": "coordinates",
    }.items():
        note(f"without {what}", actors[column].isna())
    codes, texts = pd.factorize(actors["nuts"], use_na_sentinel=True)

    def nuts(test: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        return np.array([*map(test, texts), False])[codes]

    prefix = np.array([*(_COUNTRIES.get(text[:2], text[:2]) for text in texts), ""], dtype=object)[codes]
    note("whose NUTS code is a country only", nuts(lambda text: len(text) == 2))
    note(f"whose NUTS code is shorter than level {region_level}", nuts(lambda text: 2 < len(text) < 2 + region_level))
    note("whose NUTS code has another form", nuts(lambda text: not _NUTS.fullmatch(text)))
    note(
        "whose NUTS code is of another country", (prefix != actors["country"].to_numpy(dtype=object, na_value="")) & (prefix != "") & actors["country"].notna()
    )
