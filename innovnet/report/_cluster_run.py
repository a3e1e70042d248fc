"""What the report on clusters rests on: what was read, which day, which years, under which rules; and what was measured of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet._check import some
from innovnet._parallel import progress_bar
from innovnet.clusters._assess import assess
from innovnet.clusters._catalogue import CATALOGUE, parsed
from innovnet.clusters._compare import Matches, compare
from innovnet.clusters._detect import Candidates, detect
from innovnet.clusters._joined import cooperation
from innovnet.clusters._load_rules import SHIPPED, load_rules
from innovnet.clusters._measure import catalogue_keys, measure
from innovnet.clusters._monitor import monitor
from innovnet.clusters._monitoring import Monitoring
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Rules
from innovnet.clusters._time import day_of
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.report._cluster_part import Field, field_of
from innovnet.report._cluster_sheet import ClusterSheet, cluster_sheet
from innovnet.report._cluster_words import day
from innovnet.report._country_story import country_exhibits
from innovnet.report._country_view import CountryView
from innovnet.report._exhibit import Exhibit
from innovnet.report._provenance import Clock

YEARS = 10  #: followed where none are given
STARTS, WORLDS = 10, 5  #: of the search for groups that are not registered
EVENT_SIZE = 30  #: participants of an event beyond which it makes no such group


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be reported on, settled before anything is measured."""

    register: Register
    affiliation: Affiliation | None
    rules: Rules
    rules_text: str
    at: pd.Timestamp
    chosen: str  #: why this day, where none was given
    years: tuple[int, ...]  #: none where no cluster existed at the end of any


@dataclass(frozen=True, eq=False)
class Run:
    """What was measured."""

    task: Task
    view: CountryView
    field: Field
    indicators: pd.DataFrame  #: cluster × indicator, long
    exhibits: list[Exhibit]
    sheets: list[ClusterSheet]

    @property
    def monitoring(self) -> Monitoring | None:
        """The years, if any were followed."""
        return self.view.monitoring

    @cached_property
    def levels(self) -> pd.DataFrame:
        """The levels of the day, and those assigned for its year."""
        ranks = self.view.clusters["rank"] if self.view.followed else None
        assigned = None if ranks is None else [self.view.rules.label(rank) for rank in ranks]
        table = self.view.assessment.levels
        table.insert(1, "assigned", pd.Series(assigned, index=table.index, dtype="str"))
        return table


def task_of(register: Register, affiliation: Affiliation | None, rules: Rules | str | PathLike[str], at: Any, years: Iterable[int] | None) -> Task:
    """Settle the rules, the day and the years."""
    text, loaded = rules_text(rules), load_rules(rules)
    given = None if years is None else sorted({int(year) for year in years})
    if at is None:
        last, why = (day_of(given[-1]), "") if given else newest_day(register)
    else:
        last, why = day_of(at), ""
    if given and day_of(given[-1]) > last:
        msg = f"the year {given[-1]} ends after the day of the report, {last:%Y-%m-%d}. Follow years up to it, or choose a later day."
        raise DataError(msg)
    return Task(register, affiliation, loaded, text, last, why, tuple(given) if given is not None else years_up_to(register, last))


def rules_text(rules: Rules | str | PathLike[str]) -> str:
    """The rules as they were given: the text of the file, or the table of rules made in memory."""
    if isinstance(rules, Rules):
        return json.dumps(rules.to_dict(), indent=1, ensure_ascii=False, default=str)
    if isinstance(rules, str) and rules in SHIPPED:
        return (files("innovnet.clusters") / "rules" / f"{rules}.toml").read_text(encoding="utf-8")
    path = Path(rules)
    return path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""  # load_rules says what is wrong


def newest_day(register: Register) -> tuple[pd.Timestamp, str]:
    """The last day of the newest year that has ended and of which the register has facts, money, or a change of membership; and these words."""
    spells, clusters = register.membership, register.clusters
    named = [table["year"] for table in (register.facts, register.member_facts, register.funding)]
    named += [dates.dt.year for dates in (spells["from"], spells["to"], clusters["founded"], clusters["dissolved"])]
    known = pd.concat(named).dropna().astype("int64")
    this = pd.Timestamp.today().year
    ended = known[known < this]
    if known.empty:
        msg = "the register has no dates and no years: say on which day its clusters are to be assessed (at, or --at, as 2025-12-31)."
        raise DataError(msg)
    newest = int(ended.max() if len(ended) else known.min())
    return pd.Timestamp(newest, 12, 31), "the last day of the newest ended year with facts, money or changes of membership; no day was asked for"


def years_up_to(register: Register, at: pd.Timestamp) -> tuple[int, ...]:
    """The ten years that end last by a day, from the first cluster on."""
    last = at.year if (at.month, at.day) == (12, 31) else at.year - 1
    clusters, spells = register.clusters, register.membership
    began = pd.concat([clusters["founded"], spells["from"]]).min()
    first = last - YEARS + 1 if pd.isna(began) else max(last - YEARS + 1, began.year)
    return tuple(range(first, last + 1))


def run_of(task: Task, sheets: Iterable[str] | None, clock: Clock, bars: bool | None) -> Run:
    """Measure everything that the report shows."""
    register, affiliation, rules = task.register, task.affiliation, task.rules
    with clock.step(f"levels on {day(task.at)}"):
        assessment = assess(register, affiliation, rules=rules, at=task.at, progress=bars)
    monitoring = None
    if task.years:
        with clock.step(f"years {task.years[0]} to {task.years[-1]}"):
            monitoring = monitor(register, affiliation, rules=rules, years=task.years, progress=bars)
    wanted = chosen_sheets(assessment.levels.index, sheets)
    with clock.step("indicators"):
        field = field_of(assessment, affiliation)
        found = indicators_of(field, bars)
    with clock.step("groups that cooperate"):
        candidates, comparison = sought(task, bars)
    view = CountryView(assessment, monitoring, affiliation, comparison, candidates, sheets=wanted)
    with clock.step("overview"):
        exhibits = country_exhibits(view)
    with clock.step("sheets"):
        made = [
            cluster_sheet(assessment, monitoring, cluster, affiliation=affiliation, field=field)
            for cluster in progress_bar(wanted, len(wanted), "sheets", bars)
        ]
    return Run(task, view, field, found, exhibits, made)


def sought(task: Task, bars: bool | None) -> tuple[Candidates | None, Matches | None]:
    """Groups that cooperate like clusters on the day, and the registered ones beside them; None where nothing is known of cooperation.

    Sought among the organisations of the register's countries, with all joint events that are known: groups of them are what the register could hold.
    """
    if task.affiliation is None and task.register.cooperation.empty:
        return None, None
    together = cooperation(task.register, task.affiliation)
    home = together.select(actors=together.actors["country"].isin(task.register.clusters["country"].unique()))
    rules = task.rules.settings
    size = rules.max_event_size or EVENT_SIZE
    found = detect(home, at=task.at, window=rules.window_years, max_event_size=size, seed=0, starts=STARTS, worlds=WORLDS, progress=bars)
    return found, compare(task.register, found, home, at=task.at)


def chosen_sheets(clusters: pd.Index, sheets: Iterable[str] | None) -> list[str]:
    """The clusters that get a sheet, in the order of the register."""
    every = [str(cluster) for cluster in clusters]
    if sheets is None:
        return every
    wanted = {sheets} if isinstance(sheets, str) else {str(one) for one in sheets}
    if unknown := sorted(wanted - set(every)):
        msg = f"sheets={some(unknown)}: no such cluster on the day. There is: {some(every, 12)}."
        raise DataError(msg)
    return [cluster for cluster in every if cluster in wanted]


def indicators_of(field: Field, bars: bool | None) -> pd.DataFrame:
    """All indicators of the catalogue under the settings of the rules: one row for each cluster and indicator."""
    snapshot = field.snapshot
    parts = []
    for key, values in measure(snapshot, catalogue_keys(chance=True), progress=bars).items():
        meaning = CATALOGUE[parsed(key)[0]]
        part = values.frame(snapshot.ids).rename_axis("cluster").reset_index()
        parts.append(part.assign(indicator=key, label=meaning.label, unit=meaning.unit, place=range(len(part))))
    table = pd.concat(parts, ignore_index=True).sort_values("place", kind="stable", ignore_index=True)
    return table[["cluster", "indicator", "label", "value", "low", "high", "known", "unit"]].astype({"cluster": "str", "indicator": "str"})
