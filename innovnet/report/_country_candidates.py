"""Groups that cooperate like clusters and are not registered."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innovnet.clusters._compare import ALIKE, Matches
from innovnet.report._canvas import drawing
from innovnet.report._cluster_words import day
from innovnet.report._country_candidates_plot import plot_country_candidates
from innovnet.report._country_words import worded
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._format import count, number
from innovnet.report._words import capital

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

_KEY = "country-candidates"
SHOWN = 15
_COLUMNS = {
    "candidate": Column("Candidate", "id"),
    "name": Column("Name", definition="By its main sector and region."),
    "members": Column("Members", "organisations", "Of the group that was found.", "≥ 1"),
    "nearest": Column("Nearest registered cluster", "id", missing="no registered cluster has a member in it"),
    "nearest_name": Column("Its name", missing="no registered cluster has a member in it"),
    "jaccard": Column("Jaccard index", "", "Common members / members of either, organisations with a tie only.", "0 to 1"),
    "overlap": Column("Overlap", "", "Common members / members of the smaller one.", "0 to 1"),
    "only_here": Column("Only in the candidate", definition="Members by name."),
    "only_there": Column("Only in the registered cluster", definition="Members by name."),
    "cluster": Column("Cluster", "id"),
    "found": Column("Found", definition="Whether a candidate is like it."),
}


def candidates_table(view: "CountryView", comparison: Matches) -> pd.DataFrame:
    """One row for each candidate that is like no registered cluster, the largest first."""
    table = comparison.not_registered.rename_axis("candidate").reset_index()
    table["nearest_name"] = table["nearest"].map(view.assessment.register.clusters["name"])
    table = table.sort_values(["members", "candidate"], ascending=[False, True], ignore_index=True)
    words = dict.fromkeys(["candidate", "name", "nearest", "nearest_name", "only_here", "only_there"], "str")
    return table[["candidate", "name", "members", "nearest", "nearest_name", "jaccard", "overlap", "only_here", "only_there"]].astype(words)


def candidates_exhibit(view: "CountryView", comparison: Matches) -> Exhibit:
    """Found, not registered."""
    table = candidates_table(view, comparison)
    registered = pd.concat([comparison.found.assign(found=True), comparison.not_found.assign(found=False)])
    registered = (
        registered.rename_axis("cluster")
        .reset_index()[["cluster", "name", "members", "found", "nearest", "jaccard", "overlap"]]
        .sort_values("cluster", ignore_index=True)
    )
    named = {"country_candidates": table, "country_candidates_registered": registered}
    found, n = len(comparison.found), len(registered)
    if table.empty:
        prose = f"Every group that was found in the cooperation data is like a registered cluster (Jaccard index of at least {ALIKE:g}), or none was found.{_by_chance(view)}"
        return Exhibit(_KEY, "where", "No group outside the register was found", named, _COLUMNS, prose=prose)
    few = len(table) == 1
    headline = f"{capital(worded(len(table)))} {'group that cooperates is' if few else 'groups that cooperate are'} not registered"
    prose = (
        f"They were found by their cooperation alone; whether any of them is a cluster has to be asked. Of {count(n, 'registered cluster')} {worded(found)} "
        f"{'shows' if found == 1 else 'show'} as a group in the same data; the others may cooperate outside them."
    )
    row = table.iloc[0]
    nearest = (
        f"; nearest to it among the registered is {row['nearest_name']}, Jaccard index {row['jaccard']:.2f}"
        if pd.notna(row["nearest_name"])
        else "; no registered cluster has a member in it"
    )
    return Exhibit(
        _KEY,
        "where",
        headline,
        named,
        _COLUMNS,
        prose=prose,
        lead="Groups found in cooperation that no registered cluster is like, by members.",
        caption=_caption(view, table, comparison),
        reading=f"{row['name']}: {count(int(row['members']), 'member')}{nearest}.",
        alt=f"{headline}. The largest, {row['name']}, has {count(int(row['members']), 'member')}. All are in the table below.",
        draw=drawing(plot_country_candidates, table.head(SHOWN)),
    )


def _by_chance(view: "CountryView") -> str:
    """How many groups the same search shows in random worlds."""
    if view.candidates is None or view.candidates.by_chance.empty:
        return ""
    shown, worlds = view.candidates.by_chance["shown"].to_numpy(dtype=np.float64), len(view.candidates.by_chance)
    return (
        f" In {count(worlds, 'random world')} with the same events and organisations, but others taking part together, the same search shows {number(float(shown.mean()), 1)} "
        f"groups on average, here {number(view.candidates.register.n_clusters)}."
    )


def _caption(view: "CountryView", table: pd.DataFrame, comparison: Matches) -> str:
    runs = int(comparison.summary.attrs.get("runs", 0))
    parts = [
        f"n = {count(len(table), 'candidate')}; {day(comparison.at)}. A candidate counts as registered from a Jaccard index of {ALIKE:g} on (our threshold)."
    ]
    if "found" in comparison.summary.index and runs:
        row = comparison.summary.loc["found"].to_dict()
        parts.append(
            f"Registered clusters found: {number(row['observed'])}; of random groups of the same countries and kinds {number(row['expected'], 1)} ({count(runs, 'draw')})."
        )
    if len(table) > SHOWN:
        parts.append(f"The first {number(SHOWN)} are drawn.")
    return " ".join([*parts, "Source: the cooperation data that the comparison was made with; own computation."]) + _by_chance(view)
