"""All clusters: level, on what it rests, what is missing for the next one, warnings of the year."""

from typing import TYPE_CHECKING

import pandas as pd

from innovnet.report._canvas import drawing
from innovnet.report._cluster_words import day
from innovnet.report._country_history_plot import YEARS, YEARS_NARROW, plot_country_history
from innovnet.report._country_view import slug
from innovnet.report._country_words import big, clusters, ranked, some_of, source, thresholds
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._format import number
from innovnet.report._words import capital

if TYPE_CHECKING:
    from innovnet.report._country_view import CountryView

#: What stands on the page; the rest in the files.
DRAWN = 40  #: clusters; with more the list alone
LISTED = ("name", "level", "data_level", "gates", "weakest", "missing", "warnings")

_COLUMNS = {
    "cluster": Column("Id", "id", "Identifier of the cluster."),
    "name": Column("Cluster", definition="Name, with the identifier where two clusters have the same."),
    "rank": Column("Rank", "id", "Of the level; 0 is below the first."),
    "level": Column("Level", definition="Assigned on the day; without monitoring: what its data give with certainty."),
    "data_level": Column("By the data", definition="What is certain, and behind “to” what the data that are missing could give."),
    "rank_low": Column("Rank by the data, at least", "id"),
    "rank_high": Column("Rank by the data, at most", "id"),
    "gates": Column("Gates", definition="The highest level whose published and borrowed criteria are met, our own left out."),
    "gates_criteria": Column("Criteria behind it", "criteria", "", "≥ 0"),
    "weakest": Column("Weakest criterion", definition="The criterion nearest to lowering the level by the data of the day.", missing="none would alone"),
    "missing": Column("Missing for the next level", definition="The nearest of what is missing, and how much more there is.", missing="it is at the top"),
    "next_level": Column("Next level", missing="it is at the top"),
    "criteria_short": Column("Criteria short", "criteria", "Least number of criteria still to be met for the next level.", "≥ 0", "it is at the top"),
    "warnings": Column("Warnings of the year", definition="Early warnings; thresholds are ours.", missing="none, or no years were followed"),
    "n_warnings": Column("Number of warnings", "warnings", "", "≥ 0"),
    "completeness": Column("Data filled", "share", "Cells filled / cells that the rules need.", "0 to 1"),
    "year": Column("Year", "year", "Its last day."),
    "open": Column("Open", definition="Whether missing data leave the level by the year's data open."),
    "sectors": Column("Sectors", "id", "NACE codes of its main activities."),
    "region": Column("Region", "id", "NUTS code of its seat."),
    "sheet": Column("Sheet", "id", "Address of its sheet, beside the page.", missing="it has none"),
}


def clusters_table(view: "CountryView") -> pd.DataFrame:
    """One row for each cluster, the highest level first, then by name."""
    levels, register = view.assessment.levels, view.assessment.register.clusters
    labels = {
        criterion: f"{criterion}, {text}" for criterion, text in view.assessment.criteria[["criterion", "label"]].drop_duplicates().itertuples(index=False)
    }
    warned = _warnings(view)
    table = pd.DataFrame(
        {
            "cluster": levels.index,
            "name": view.clusters["name"].to_numpy(),
            "rank": view.clusters["rank"].to_numpy(),
            "level": [view.rules.label(rank) for rank in view.clusters["rank"]],
            "data_level": [low if low == high else f"{low} to {high}" for low, high in zip(levels["level_low"], levels["level_high"], strict=True)],
            "gates": levels["gates"].to_numpy(),
            "weakest": levels["weakest"].map(labels).to_numpy(),
            "missing": [_missing(view, cluster) for cluster in levels.index],
            "warnings": [", ".join(warned.get(cluster, [])) or None for cluster in levels.index],
            "n_warnings": [len(warned.get(cluster, [])) for cluster in levels.index],
            "rank_low": levels["rank_low"].to_numpy(),
            "rank_high": levels["rank_high"].to_numpy(),
            "gates_criteria": levels["gates_criteria"].to_numpy(),
            "next_level": levels["next_level"].to_numpy(),
            "completeness": levels["completeness"].to_numpy(),
            "sectors": register["sectors"].reindex(levels.index).to_numpy(),
            "region": register["region"].reindex(levels.index).to_numpy(),
            "sheet": [_address(view, str(cluster)) for cluster in levels.index],
        }
    )
    words = ["cluster", "name", "level", "data_level", "gates", "weakest", "missing", "warnings", "next_level", "sectors", "region", "sheet"]
    order = pd.DataFrame({"rank": -table["rank"], "name": table["name"].str.casefold(), "cluster": table["cluster"]}).sort_values(["rank", "name", "cluster"])
    return table.loc[order.index].astype(dict.fromkeys(words, "str")).reset_index(drop=True)


def _address(view: "CountryView", cluster: str) -> str | None:
    return f"sheets/{slug(cluster)}.html" if view.sheets is None or cluster in view.sheets else None


def history_table(view: "CountryView") -> pd.DataFrame:
    """One row for each cluster of the day and year in which it existed: the level assigned, and whether data that are missing left it open."""
    if not view.followed or view.monitoring is None:
        return pd.DataFrame({"cluster": pd.array([], dtype="str"), "year": [], "rank": [], "level": pd.array([], dtype="str"), "open": []})
    panel = view.monitoring.panel
    panel = panel[panel["cluster"].isin(view.clusters.index) & (panel["year"] <= view.at.year)]
    return panel[["cluster", "year", "rank", "level"]].assign(open=panel["rank_low"] < panel["rank_high"]).reset_index(drop=True)


def _missing(view: "CountryView", cluster: str) -> str | None:
    """The nearest of what is missing for the next level, and how much more there is."""
    rows = view.missing_of.get(cluster)
    if rows is None:
        return None
    first = rows.iloc[rows["relative_gap"].argmin()] if rows["relative_gap"].notna().any() else rows.iloc[0]
    text = str(first["text"]).partition("; not known of")[0].partition("; ")[0]
    more = len(rows) - 1
    return capital(text) + (f"; and {number(more)} more" if more else "")


def _warnings(view: "CountryView") -> dict[str, list[str]]:
    """The early warnings of the year of each cluster."""
    if not view.followed or view.monitoring is None:
        return {}
    rows = view.monitoring.warnings
    rows = rows[rows["year"] == view.at.year]
    return {str(cluster): list(dict.fromkeys(names)) for cluster, names in rows.groupby("cluster")["warning"]}


def clusters_exhibit(view: "CountryView") -> Exhibit:
    """The list of all clusters."""
    table = clusters_table(view)
    if table.empty:
        return Exhibit(
            "country-clusters", "levels", "There is no cluster to list", {"country_clusters": table}, _COLUMNS, prose="The list begins with the first cluster."
        )
    history = history_table(view)
    drawn = len(history) > 0 and len(table) <= DRAWN
    names = [view.rules.label(rank) for rank in range(len(view.rules.levels) + 1)]
    return Exhibit(
        "country-clusters",
        "levels",
        headline(table, view),
        {"country_clusters": table, "country_history": history},
        _COLUMNS,
        prose=_prose(table, view),
        lead=f"All clusters, the highest level first, then by name{'; tiles: the level of each year, triangles: early warnings' if drawn else ''}.",
        caption=_caption(table, history, view),
        slim=f"On this narrow page: the latest {number(YEARS_NARROW)} years." if history["year"].nunique() > YEARS_NARROW else "",
        reading=_reading(table),
        alt=" ".join([f"{headline(table, view)}.", _prose(table, view), "All are in the list below."]),
        draw=drawing(plot_country_history, history, clusters=table[["cluster", "name", "n_warnings", "missing"]], levels=names) if drawn else None,
        findings=_findings(table, view),
        listed=LISTED if view.followed else LISTED[:-1],
        link="sheet" if table["sheet"].notna().any() else "",
    )


def headline(table: pd.DataFrame, view: "CountryView") -> str:
    """How many have early warnings; without years, for how many something is missing."""
    warned, n = int((table["n_warnings"] > 0).sum()), len(table)
    if not view.followed:
        lacking = int(table["missing"].notna().sum())
        whom = capital(some_of(lacking, n)) if n > 1 or lacking else "No cluster"
        return f"{whom} {'lacks' if lacking == 1 or n == 1 else 'lack'} something for the next level"
    if not warned:
        return f"None of {clusters(n)} has an early warning in {view.at.year}" if n > 1 else f"The one cluster has no early warning in {view.at.year}"
    verb = "has" if warned == 1 else "have"
    return f"{capital(some_of(warned, n))} {verb} early warnings in {view.at.year}"


def _prose(table: pd.DataFrame, view: "CountryView") -> str:
    if not view.followed:
        return "Levels follow the data of the day: early warnings and assigned levels need the years before."
    kinds = pd.Series([one for text in table["warnings"].dropna() for one in text.split(", ")], dtype="str").value_counts()
    order = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return f"The commonest: {ranked([(str(name), int(n)) for name, n in order], 3)}." if order else ""


def _caption(table: pd.DataFrame, history: pd.DataFrame, view: "CountryView") -> str:
    parts = [f"n = {number(len(table))}."]
    if len(table) <= DRAWN and history["open"].any():
        parts.append("Striped: what is certain gives this level, data that are missing could give a higher one.")
    if len(table) <= DRAWN and history["year"].nunique() > YEARS:
        parts.append(f"The latest {number(YEARS)} years are drawn.")
    parts += [
        "Names in the list are links to the sheets of the clusters." if table["sheet"].notna().any() else "",
        "To sort otherwise: the table is beside the page as CSV and as a sheet of the workbook with filters.",
        "Gates: the highest level whose published and borrowed criteria are met, our own left out.",
    ]
    if view.followed:
        parts.append("The thresholds of early warnings are ours.")
    return " ".join(part for part in [*parts, thresholds(view.rules), source(view)] if part)


def _reading(table: pd.DataFrame) -> str:
    row = table.iloc[0]
    data = "the same by the data of the day" if row["data_level"] == row["level"] else f"{row['data_level']} by the data of the day"
    lacking = f"nearest to what is missing: {row['missing']}" if pd.notna(row["missing"]) else "there is no higher level"
    return f"{row['name']}: {row['level']}, {data}; {row['gates']} on published and borrowed criteria alone; {lacking}."


def _findings(table: pd.DataFrame, view: "CountryView") -> tuple[Finding, ...]:
    if not view.followed:
        return ()
    warned, n = int((table["n_warnings"] > 0).sum()), len(table)
    what = f"clusters {'has' if warned == 1 else 'have'} an early warning in {view.at.year}."
    return (Finding("country-warnings", *big(warned, n, what), f"{day(view.at)}; thresholds of warnings are ours", "country-clusters", keep=True),)
