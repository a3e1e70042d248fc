"""Identifiers: once in their own sheet, known where others refer to them (E07, E08, E09)."""

import pandas as pd

from innovnet.clusters._draft import Draft, Drafts, among, places, said
from innovnet.clusters._similar import Similar, listed

#: Sheets that name clusters, and the columns of sheets that name organisations.
OF_CLUSTERS = ("membership", "facts", "funding")
OF_ORGANISATIONS = (("membership", "organisation"), ("cooperation", "organisation"), ("member_facts", "organisation"), ("ownership", "owned"))


def check_keys(drafts: Drafts) -> None:
    """E07, E08, E09."""
    for draft in drafts.values():
        if draft.sheet.key and draft.sheet.name != "funding":  # there E17 says it
            _unique(draft)
    _clusters_known(drafts)
    _organisations_known(drafts)


def _unique(draft: Draft) -> None:
    """Of rows that are wholly equal one stays; of others none can be told to be right."""
    key = list(draft.sheet.key)
    table = draft.table[draft.table[key].notna().all(axis=1) & (draft.table[key] != 0).all(axis=1)]
    repeated = table[table.duplicated(key, keep=False)]
    what = {"clusters": "One row per cluster: merge them.", "organisations": "One row per organisation: merge them."}.get(draft.sheet.name, "Merge them.")
    distinct = repeated.drop_duplicates().groupby(key, sort=False).size()
    for found, places_of in repeated.groupby(key, sort=False).indices.items():
        positions = [int(k) for k in repeated.index[places_of]]
        values = found if isinstance(found, tuple) else (found,)
        shown = ", ".join(said(value) for value in values)
        drop = positions[2:] if distinct[values if len(key) > 1 else values[0]] == 1 else positions
        draft.fault("E07", positions[1], key[-1], f"id '{shown}' stands in rows {draft.numbers(positions)}", what, value=shown, also=drop)


def _clusters_known(drafts: Drafts) -> None:
    known = pd.Index(drafts["clusters"].table["cluster"].dropna().unique())
    if not drafts["clusters"].given:
        return
    similar = Similar(lambda: {name: name for name in known})
    for sheet in OF_CLUSTERS:
        draft = drafts[sheet]
        values = draft.table["cluster"]
        for position in places(values.notna() & ~among(values, known)):
            cluster = values.iloc[position]
            near = listed(similar.to(cluster, 3), "Nearest")
            draft.fault("E08", position, "cluster", f"cluster {cluster!r} is not in sheet clusters", f"{near}Add it there or correct the id.")


def _organisations_known(drafts: Drafts) -> None:
    table = drafts["organisations"].table
    known = pd.Index(table["organisation"].dropna().unique())
    if not drafts["organisations"].given:
        return
    similar = Similar(lambda: _labels(table))
    for sheet, column in OF_ORGANISATIONS:
        draft = drafts[sheet]
        values = draft.table[column]
        unknown = values.notna() & ~among(values, known)
        if column == "owned":
            unknown &= ~among(values, draft.table["owner"])  # a holding between is known by what it owns
        for position in places(unknown):
            name = values.iloc[position]
            near = listed(similar.to(name), "Similar names")
            draft.fault("E09", position, column, f"organisation {name!r} is not in sheet organisations", f"{near}Add or correct.")


def _labels(table: pd.DataFrame) -> dict[str, str]:
    """Names and identifiers of organisations -> how they are shown."""
    labels = [name if pd.isna(words) or words == name else f"{name} ({words})" for name, words in zip(table["organisation"], table["name"], strict=True)]
    return {str(text): label for column in ("name", "organisation") for text, label in zip(table[column], labels, strict=True) if pd.notna(text)}
