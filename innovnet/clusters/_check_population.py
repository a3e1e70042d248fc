"""No more member firms than firms (E23)."""

import numpy as np
import pandas as pd

from innovnet.clusters._draft import Draft, Drafts, among
from innovnet.graph._classify import nace_division, nace_section

_KEYS = ["region", "activity"]
_NUTS = (2, 3, 4, 5)  # lengths of codes, of countries to level 3
_NACE = (2, 3, 4)  # digits of divisions, groups, classes


def check_population(drafts: Drafts) -> None:
    """E23: firms that are counted members at the end of the year, with the region and the activity of a row or within it."""
    draft = drafts["population"]
    if not len(draft):
        return
    firms = _firms(drafts["organisations"].table)
    activity = {code: _digits(code) or code for code in draft.table["nace"].dropna().unique()}
    asked = draft.table.assign(activity=draft.table["nace"].map(activity))[~draft.faulty]
    for year in asked["year"].unique() if len(firms) else ():
        rows = asked[asked["year"] == year]
        members = firms[among(firms["organisation"], _members(drafts["membership"], int(year)))]
        counts = members.groupby(_KEYS)["organisation"].agg(["size", "first"])
        found = rows[[*_KEYS, "nace", "firms"]].merge(counts, left_on=_KEYS, right_index=True).query("size > firms")
        for position, region, _, nace, there, size, example in found.itertuples():
            firm = f"{size} member firms are there ({example}, ...)" if size > 1 else f"1 member firm is there ({example})"
            problem = f"population of {nace} in {region} has {there} firms, but {firm}"
            draft.fault("E23", int(position), "firms", problem, "Correct the number, or the region and activity of the members.")


def _firms(table: pd.DataFrame) -> pd.DataFrame:
    """Firms with every region and every activity that they are within."""
    firms = table.loc[(table["kind"] == "firm") & table["nuts3"].notna() & table["nace"].notna(), ["organisation", "nuts3", "nace"]].drop_duplicates(
        "organisation"
    )
    levels = {code: _activities(code) for code in firms["nace"].unique()}
    firms = firms.assign(activity=firms["nace"].map(levels), region=firms["nuts3"].map(lambda code: [code[:k] for k in _NUTS]))
    return firms.explode("activity").explode("region", ignore_index=True)


def _activities(code: str) -> list[str]:
    digits = _digits(code) if nace_division(code) else ""
    return [nace_section(code) or "", *(digits[:k] for k in _NACE if len(digits) >= k)]


def _digits(code: str) -> str:
    return "".join(letter for letter in code if letter.isdigit())


def _members(draft: Draft, year: int) -> pd.Series:
    begin, end = draft.spans()
    day = np.datetime64(f"{year}-12-31", "D")
    counted = (draft.table["role"] != "facilitator").to_numpy(dtype=bool) & ~draft.faulty
    return draft.table["organisation"][counted & (begin <= day) & (day <= end)]
