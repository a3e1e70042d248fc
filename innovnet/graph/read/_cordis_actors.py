"""The organisations of CORDIS: one row for each from the rows of its participations."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph.read._cordis_events import TRUTH, Projects
from innovnet.graph.read._cordis_rows import Rows, coordinates
from innovnet.graph.read._csv import Coded, Table
from innovnet.graph.read._findings import Findings

ACTOR_COLUMNS = ("name", "shortName", "country", "nutsCode", "city", "activityType", "SME", "geolocation", "vatNumber")
_TYPES = {"PRC": "firm", "HES": "university", "REC": "institute", "PUB": "public", "OTH": "other"}
_COUNTRIES = {"GR": "EL", "GB": "UK"}
_NUTS = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")


def actors_table(table: Table, rows: Rows, projects: Projects, region_level: int, findings: Findings) -> pd.DataFrame:
    """The table of actors: one value for each organisation and attribute, by the rule in the docstring of ``read_cordis``."""
    start = projects.events["start"].to_numpy()[rows.event] if len(rows.rows) else np.zeros(0, dtype="datetime64[us]")

    def settled(column: str, function: Callable[[str], Any] | None = None) -> tuple[npt.NDArray[np.int64], list[Any]]:
        codes, values = _recoded(table.coded(column), function)
        chosen, drifting = _settled(rows.actor, codes[rows.rows], values, start, len(rows.ids))
        examples = [rows.ids[k] for k in drifting[:4]]
        findings.note(f"organisations with several values of {column}", table.place, len(drifting), "repaired", examples)
        return chosen, values

    def text(column: str, function: Callable[[str], Any] | None = None) -> Any:
        chosen, values = settled(column, function)
        return pd.array(values, dtype="str").take(chosen, allow_fill=True)

    actors = pd.DataFrame(index=pd.Index(rows.ids, dtype="str", name="actor"))
    actors["name"], actors["short_name"] = text("name"), text("shortName")
    actors["country"] = text("country", lambda value: _COUNTRIES.get(value, value))
    chosen, values = settled("nutsCode")
    actors["nuts"] = pd.array(values, dtype="str").take(chosen, allow_fill=True)
    length = 2 + region_level
    regions = [value[:length] if len(value) >= length and _NUTS.fullmatch(value) else None for value in values]
    actors["region"] = pd.array(regions, dtype="str").take(chosen, allow_fill=True)
    actors["city"] = text("city")
    actors["type"] = text("activityType", _TYPES.get)
    chosen, values = settled("SME", TRUTH.get)
    actors["sme"] = pd.array(values, dtype="boolean").take(chosen, allow_fill=True)
    actors["field"] = None
    chosen, values = settled("geolocation")
    points = np.array([coordinates(value) or (np.nan, np.nan) for value in values], dtype=np.float64).reshape(-1, 2)
    points = np.vstack([points, [np.nan, np.nan]])
    actors["lat"], actors["lon"] = points[chosen, 0], points[chosen, 1]
    actors["vat"] = text("vatNumber")
    _note_countries(table, rows, findings)
    _note_actors(actors, findings)
    return actors


def _recoded(coded: Coded, function: Callable[[str], Any] | None) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Codes and distinct values after a function; empty cells and values of None have code -1."""
    values: dict[Any, int] = {}
    place = []
    for value in coded.texts if function is None else map(function, coded.texts):
        place.append(-1 if value is None or value == "" else values.setdefault(value, len(values)))
    return np.array(place, dtype=np.int64)[coded.codes], list(values)


def _settled(
    actor: npt.NDArray[np.int64], codes: npt.NDArray[np.int64], values: list[Any], start: npt.NDArray[np.datetime64], n: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The chosen code of each actor (-1: none), and the actors that have several."""
    known = codes >= 0
    chosen = np.full(n, -1, dtype=np.int64)
    chosen[actor[known][::-1]] = codes[known][::-1]  # the first of each
    drifting = np.unique(actor[known & (codes != chosen[actor])])
    if len(drifting):
        rows = known & np.isin(actor, drifting)
        several = pd.DataFrame({"actor": actor[rows], "code": codes[rows], "start": start[rows]})
        counted = several.groupby(["actor", "code"], as_index=False).agg(count=("start", "size"), last=("start", "max"))
        counted["text"] = [str(values[code]) for code in counted["code"]]
        best = counted.sort_values(["actor", "count", "last", "text"], ascending=[True, False, False, True]).drop_duplicates("actor")
        chosen[best["actor"]] = best["code"]
    return chosen, drifting


def _note_countries(table: Table, rows: Rows, findings: Findings) -> None:
    country, nuts = table.coded("country"), table.coded("nutsCode")
    for given, used in _COUNTRIES.items():
        findings.note(f"country {given} written as {used}", table.place, int(country.where(given)[rows.rows].sum()), "repaired")
    empty = country.where("")[rows.rows]
    findings.note("participations without a country", table.place, int(empty.sum()), "kept", sorted({rows.ids[k] for k in rows.actor[empty]}))


def _note_actors(actors: pd.DataFrame, findings: Findings) -> None:
    def note(item: str, mask: Any, examples: bool = True) -> None:
        found = actors.index[np.asarray(mask, dtype=bool)]
        findings.note(item, "actors", len(found), "kept", found if examples else "")

    for column, what in {
        "name": "a name",
        "country": "a country",
        "type": "a known type",
        "sme": "an SME flag",
        "nuts": "a NUTS code",
        "lat": "coordinates",
    }.items():
        note(f"organisations without {what}", actors[column].isna())
    nuts = actors["nuts"].fillna("")
    note("organisations whose NUTS code is a country only", nuts.str.len() == 2)
    note("organisations whose NUTS code is none", (nuts != "") & ~nuts.str.fullmatch(_NUTS.pattern))
    prefix = nuts.str[:2].replace(_COUNTRIES)
    note("organisations whose NUTS code is of another country", (nuts != "") & actors["country"].notna() & (prefix != actors["country"]))
