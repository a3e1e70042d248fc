"""How long ties last by contract: ``python benchmarks/tie_durations.py`` with the open data of Horizon 2020 and Horizon Europe; writes ``tie_durations.csv`` beside this file.

Two organisations have a tie while they are in the same running project, by its dates of start and end. Of each pair the first spell counts: from the start of its first common project to the
day on which no common project runs any longer, projects that begin by then prolonging it. First spells that began in 2014 to 2018 are taken, since longer ones can be
followed in Horizon 2020 (all projects until December 2020) and Horizon Europe (December 2025). What is measured is the length of contracts, not of relations: pairs knew each
other before and go on after, projects before 2014 are not in the data, and a project of n organisations makes n (n - 1) / 2 ties of one length.
"""

import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
DATA = Path(os.environ.get("INNOVNET_DATA", HERE.parents[1] / "shared" / "data"))
YEAR = 365.25
FIRM = "PRC"  # private for-profit company


def participations() -> pd.DataFrame:
    """One row for each project and organisation: ``project``, ``who``, ``type``, ``start``, ``end`` (days)."""
    old = pd.read_csv(DATA / "h2020_2020" / "h2020.csv.gz", usecols=["rcn", "pic", "type", "start_date", "end_date"], dtype="str")
    old = old.set_axis(["project", "who", "type", "start", "end"], axis=1).assign(project=lambda table: "H2020 " + table["project"])
    with zipfile.ZipFile(DATA / "horizon_europe" / "cordis-HORIZONprojects-csv.zip") as folder:
        names = {Path(name).name: name for name in folder.namelist()}
        wanted = {"organization.csv": ["projectID", "organisationID", "activityType"], "project.csv": ["id", "startDate", "endDate"]}
        parts, dates = (pd.read_csv(folder.open(names[name]), sep=";", dtype="str", usecols=columns) for name, columns in wanted.items())
    new = parts.merge(dates, left_on="projectID", right_on="id")[["projectID", "organisationID", "activityType", "startDate", "endDate"]]
    both = pd.concat([old, new.set_axis(old.columns, axis=1)]).dropna().drop_duplicates(["project", "who"])
    days = {name: (pd.to_datetime(both[name]) - pd.Timestamp("2014-01-01")).dt.days for name in ("start", "end")}
    return both.assign(**days)


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """One row for each pair in each project, sorted by pair and start."""
    table = table.assign(who=pd.factorize(table["who"])[0])
    firms = table.groupby("who")["type"].agg(lambda kinds: (kinds == FIRM).mean() > 0.5).to_numpy()
    parts = []
    for _, group in table.groupby("project", sort=False):
        who = np.sort(group["who"].to_numpy())
        one, other = np.triu_indices(len(who), 1)
        parts.append((who[one], who[other], np.full(len(one), group["start"].iloc[0]), np.full(len(one), group["end"].iloc[0])))
    columns = dict(zip(("one", "other", "start", "end"), map(np.concatenate, zip(*parts, strict=True)), strict=True))
    return (
        pd.DataFrame(columns)
        .assign(firms=firms[columns["one"]].astype(int) + firms[columns["other"]])
        .sort_values(["one", "other", "start"], ignore_index=True)
    )


def first_spells(found: pd.DataFrame, gap: int) -> pd.DataFrame:
    """The first spell of each pair; projects that begin at most ``gap`` days after the last end prolong it."""
    pair = found.groupby(["one", "other"], sort=False).ngroup()
    until = found.groupby(pair)["end"].cummax()
    broken = (pair == pair.shift()) & (found["start"] > until.shift() + gap)
    first = found[broken.groupby(pair).cumsum() == 0]
    return first.groupby(pair).agg(start=("start", "first"), end=("end", "max"), firms=("firms", "first"))


def told(name: str, spells: pd.DataFrame) -> dict[str, object]:
    """Shares of ties alive after whole years; a contract of exactly three years ends on a day between 1,094 and 1,097, and is over after 3 years."""
    years = (spells["end"] - spells["start"]) / YEAR
    alive = {f"alive_{n}": (years > n + 2 / YEAR).mean() for n in (1, 2, 3, 4, 5)}
    return {"ties": name, "number": len(years), **alive, "alive_3_with_those_of_3": (years > 3 - 4 / YEAR).mean(), "mean_years": years.mean()}


def main() -> None:
    table = participations()
    found = pairs(table)
    within = pd.Series(pd.to_datetime(["2014-01-01", "2019-01-01"]) - pd.Timestamp("2014-01-01")).dt.days
    rows = []
    for gap in (0, 365):
        spells = first_spells(found, gap)
        spells = spells[spells["start"].between(within[0], within[1] - 1)]
        bridged = f", gaps of {gap} days bridged" if gap else ""
        rows += [told(name + bridged, spells[spells["firms"] >= n]) for name, n in (("all", 0), ("a firm in it", 1), ("two firms", 2))]
    projects = table.groupby("project").agg(start=("start", "first"), end=("end", "first"), partners=("who", "nunique"))
    rows.append(told("projects with partners, all years", projects[projects["partners"] > 1]))
    frame = pd.DataFrame(rows).set_index("ties")
    print(frame.round(3).to_string())
    frame.to_csv(HERE / "tie_durations.csv", float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    main()
