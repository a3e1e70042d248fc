"""Organisations that are members of several clusters."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import drawing
from innovnet.report._cluster_part import NAMES
from innovnet.report._cluster_words import named
from innovnet.report._country_shared_plot import ROWS, ROWS_NARROW, plot_country_shared
from innovnet.report._country_words import source, worded
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import count, number, percent
from innovnet.report._names import display_names
from innovnet.report._words import capital

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_KEY = "country-shared"
_TYPES = {"firm": "firm", "research": "institute", "education": "university", "public": "public", "association": "other", "other": "other"}
_COLUMNS = {
    "organisation": Column("Organisation", "id", "Identifier in the register."),
    "display": Column("Organisation", definition="Short name used in the figure."),
    "name": Column("Name", definition="Legal name."),
    "kind": Column("Kind", missing="not known"),
    "type": Column("Colour", "id", "The type whose colour it has."),
    "country": Column("Country", "id"),
    "n_clusters": Column("Clusters", "clusters", "Of which it is a counted member on the day.", "≥ 2"),
    "clusters": Column("Which", definition="Names of the clusters."),
    "cluster": Column("Cluster"),
    "other": Column("Other cluster"),
    "shared": Column("Common members", "organisations", "", "≥ 1"),
}


def shared_tables(view: "CountryView") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each organisation in several clusters; and one for each pair of clusters with a common member."""
    members, organisations = view.members, view.assessment.register.organisations
    several = members[members["organisation"].duplicated(keep=False)]
    called = several["cluster"].map(view.clusters["name"])
    of = called.groupby(several["organisation"]).agg(list)
    table = organisations.reindex(of.index)[["name", "kind", "country"]].reset_index(names="organisation")
    table.insert(1, "display", display_names(organisations, NAMES).reindex(table["organisation"]).to_numpy())
    table["type"] = table["kind"].map(_TYPES)
    table["n_clusters"] = of.map(len).to_numpy(dtype="int64")
    table["clusters"] = [sorted(names) for names in of]
    pairs = several.merge(several, on="organisation")
    pairs = pairs[pairs["cluster_x"] < pairs["cluster_y"]].groupby(["cluster_x", "cluster_y"]).size().rename("shared").reset_index()
    pairs["cluster"], pairs["other"] = pairs["cluster_x"].map(view.clusters["name"]), pairs["cluster_y"].map(view.clusters["name"])
    pairs = pairs.sort_values(["shared", "cluster", "other"], ascending=[False, True, True], ignore_index=True)[["cluster", "other", "shared"]]
    words = dict.fromkeys(["organisation", "display", "name", "kind", "country", "type"], "str")
    order = table.astype(words).sort_values(["n_clusters", "display", "organisation"], ascending=[False, True, True], ignore_index=True)
    columns = ["organisation", "display", "kind", "n_clusters", "clusters", "country", "name", "type"]
    return order[columns], pairs.astype({"cluster": "str", "other": "str", "shared": "int64"})


def shared_exhibit(view: "CountryView") -> Exhibit:
    """Who is in several clusters."""
    table, pairs = shared_tables(view)
    written = table.assign(clusters=["; ".join(names) for names in table["clusters"]]).astype({"clusters": "str"})
    tables = {"country_shared": written, "country_shared_pairs": pairs}
    n = view.members["organisation"].nunique()
    if table.empty:
        who = f"Each of the {count(n, 'member organisation')} is" if n > 1 else "The one member organisation is" if n else "No organisation is"
        prose = f"{who} a counted member of {'one cluster only' if n else 'a cluster'} on this day."
        return Exhibit(_KEY, "where", "No organisation is in several clusters", tables, _COLUMNS, prose=prose)
    return Exhibit(
        _KEY,
        "where",
        headline(table, n),
        tables,
        _COLUMNS,
        prose=_prose(table, pairs),
        lead="Organisations that are members of several clusters, and which.",
        caption=_caption(table, view, n),
        slim=f"On this narrow page: the first {number(ROWS_NARROW)}." if len(table) > ROWS_NARROW else "",
        reading=f"{table['display'].iloc[0]} is a member of {named(table['clusters'].iloc[0], 6)}.",
        alt=f"{headline(table, n)}. {_prose(table, pairs)} All are in the table below.",
        draw=drawing(plot_country_shared, table),
    )


def headline(table: pd.DataFrame, n: int) -> str:
    """How many of the organisations are in several clusters."""
    several = len(table)
    whom = f"all {number(n)} member organisations" if several == n else f"{worded(several)} of {number(n)} member organisations"
    return capital(f"{whom} {'is' if several == 1 else 'are'} in several clusters")


def _prose(table: pd.DataFrame, pairs: pd.DataFrame) -> str:
    most = int(table["n_clusters"].max())
    first = table[table["n_clusters"] == most]
    if len(first) > 3:
        text = f"None is in more than {worded(most)}."
    else:
        text = f"{named(first['display'].to_list())} {'is' if len(first) == 1 else 'are'} in {worded(most)}{' each' if len(first) > 1 else ''}."
    row = pairs.iloc[0]
    if len(pairs) > 1 and row["shared"] > pairs["shared"].iloc[1]:
        return f"{text} {row['cluster']} and {row['other']} have most members in common: {worded(int(row['shared']))}."
    return text


def _caption(table: pd.DataFrame, view: "CountryView", n: int) -> str:
    parts = [f"n = {count(n, 'member organisation')} with {count(len(view.members), 'membership')}; {percent(len(table) / n, 1)} are in several clusters."]
    parts.append("Each counts fully in every cluster, once in the totals of this page. Facilitators are not counted.")
    if len(table) > ROWS:
        parts.append(f"The first {number(ROWS)} of {number(len(table))} are drawn.")
    return " ".join([*parts, source(view)])
