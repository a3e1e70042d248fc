"""Where the money of clusters comes from, by level."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet.clusters._attributes import recent
from innovnet.clusters._funding import _shares
from innovnet.clusters._sheets import FUNDING_SOURCES
from innovnet.report._canvas import drawing
from innovnet.report._cluster_trend_plot import SOURCES
from innovnet.report._country_funding_plot import plot_country_funding
from innovnet.report._country_words import clusters, first_that_fits, ours, source, upper, which_level, worded
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import euro, number, percent, span
from innovnet.report._words import capital, listing

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_KEY = "country-funding"
YEARS = 3
FEW = 5  #: clusters below which an average says little

_COLUMNS = {
    "rank": Column("Rank", "id", "Of the level; 0 is below the first."),
    "level": Column("Level"),
    "clusters": Column("Clusters", "clusters", "With this level.", "≥ 0"),
    "known": Column("With known sources", "clusters", "Of these.", "0 to clusters"),
    **{
        f"{name}_share": Column(words, "share", "Mean of the clusters' shares over the three years; each counts the same.", "0 to 1", "no cluster is known")
        for name, (words, _token) in SOURCES.items()
    },
    "amount_eur": Column("Money", "EUR", "Sum of the amounts that are known, three years.", "≥ 0", "no amount is known"),
    "cluster": Column("Id", "id"),
    "name": Column("Cluster"),
}


def funding_tables(view: "CountryView") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each level that a cluster has, the highest first; and one for each cluster."""
    shares, unknown = _shares(view.snapshot)
    known = ~unknown & ~np.isnan(shares).any(axis=1)
    money = recent(view.snapshot, view.assessment.register.funding).groupby("cluster")["amount_eur"].sum(min_count=1)
    each = pd.DataFrame({f"{name}_share": np.where(known, shares[:, FUNDING_SOURCES.index(name)], np.nan) for name in SOURCES}, index=view.snapshot.ids)
    each = each.reindex(view.clusters.index)
    each.insert(0, "name", view.clusters["name"])
    each.insert(1, "rank", view.clusters["rank"])
    each.insert(2, "level", pd.Series([view.rules.label(rank) for rank in each["rank"]], index=each.index, dtype="str"))
    each["amount_eur"] = money.reindex(each.index).astype("float64")
    columns = [f"{name}_share" for name in SOURCES]
    grouped = each.groupby("rank")
    table = grouped.agg(level=("level", "first"), clusters=("name", "size"), known=("members_share", "count"))
    table = table.join(grouped[columns].mean()).assign(amount_eur=grouped["amount_eur"].sum(min_count=1))
    table = table.sort_index(ascending=False).reset_index().astype({"rank": "int64", "clusters": "int64", "known": "int64", "level": "str"})
    order = each.sort_values(["rank", "name"], ascending=[False, True], kind="stable").reset_index(names="cluster")
    return table, order.astype({"cluster": "str"})


def funding_exhibit(view: "CountryView") -> Exhibit:
    """Sources of money by level."""
    table, each = funding_tables(view)
    named = {"country_funding": table, "country_funding_clusters": each}
    if not table["known"].sum():
        prose = "Where the clusters’ money comes from is not known: give amounts or shares by source in sheet funding."
        return Exhibit(_KEY, "money-and-data", "Where the money comes from is not known", named, _COLUMNS, prose=prose)
    return Exhibit(
        _KEY,
        "money-and-data",
        headline(each, view),
        named,
        _COLUMNS,
        prose=_prose(table, each, view),
        lead="Money of clusters by source and level; at the right the members’ share of each cluster.",
        caption=_caption(table, view),
        slim="On this narrow page: sources only.",
        reading=_reading(table),
        alt=f"{headline(each, view)}. {_prose(table, each, view)} All shares are in the table below.",
        draw=drawing(plot_country_funding, table, clusters=each),
    )


def _halves(each: pd.DataFrame, view: "CountryView") -> tuple[pd.Series, pd.Series]:
    """Members' shares of the clusters of the upper half of the levels, and of the others, where they are known."""
    high = each["rank"].isin(upper(view.rules))
    return each.loc[high, "members_share"].dropna(), each.loc[~high, "members_share"].dropna()


def headline(each: pd.DataFrame, view: "CountryView") -> str:
    """The members' part, in the upper and in the lower half of the levels."""
    high, low = _halves(each, view)
    both = pd.concat([high, low])
    if high.empty or low.empty:
        return first_that_fits(f"Members pay {percent(both.mean())} of the money of a cluster on average")
    return f"Members pay {percent(high.mean())} of the money at the upper levels, {percent(low.mean())} below"


def _prose(table: pd.DataFrame, each: pd.DataFrame, view: "CountryView") -> str:
    high, low = _halves(each, view)
    parts = [
        f"{words}, {percent(group.mean())} on average (n = {number(len(group))}, {span(group.min(), group.max(), 0, share=True)})"
        for words, group in (("upper half", high), ("lower half", low))
        if len(group)
    ]
    missing = int((table["clusters"] - table["known"]).sum())
    left = f" For {clusters(missing)} the sources are not known." if missing else ""
    return f"Members’ share of a cluster’s money: {listing(parts)}.{left}"


def _caption(table: pd.DataFrame, view: "CountryView") -> str:
    known, n = int(table["known"].sum()), int(table["clusters"].sum())
    parts = [f"{view.at.year - YEARS + 1}–{view.at.year}; mean of clusters, each counts the same; n = {number(known)} of {clusters(n)} with known sources."]
    some = table[table["known"] > 0]
    few = some.loc[some["known"] < FEW, "level"].to_list()
    if few:
        which = "every level" if len(few) == len(some) > 1 else listing(few)
        parts.append(f"Fewer than {worded(FEW)} clusters: {which}; such means say little.")
    total = table["amount_eur"].sum(min_count=1)
    if pd.notna(total):
        parts.append(f"Known amounts: {euro(float(total))} in all.")
    parts.append(f"{which_level(view)}. Who has which level and who pays is shown side by side; one does not follow from the other.")
    return " ".join([*parts, ours(view.rules), source(view)])


def _reading(table: pd.DataFrame) -> str:
    row = table[table["known"] > 0].iloc[0]
    shares = sorted(((float(row[f"{name}_share"]), k, words) for k, (name, (words, _)) in enumerate(SOURCES.items())), key=lambda one: (-one[0], one[1]))
    parts = [f"{words if words == 'EU' else words.lower()} {percent(share)}" for share, _, words in shares[:3] if share > 0]
    return f"{capital(str(row['level']))}, {number(row['known'])} of {clusters(int(row['clusters']))}: {', '.join(parts)}."
