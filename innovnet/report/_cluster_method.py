"""The words of the report on clusters that stand apart from its figures: title, scope, data, method, provenance."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from innovnet import __version__
from innovnet._cite import cite
from innovnet.clusters._assess import assess
from innovnet.clusters._measure import indicators
from innovnet.clusters._monitor import monitor
from innovnet.clusters._monitoring import Monitoring
from innovnet.clusters._null import cohesion_null
from innovnet.clusters._rules import Rules
from innovnet.report._cluster_run import Run
from innovnet.report._cluster_words import MARKS_EXPLAINED, READ, day
from innovnet.report._concepts import entry
from innovnet.report._format import count, number, percent
from innovnet.report._method import method_entry
from innovnet.report._names import country_name
from innovnet.report._provenance import input_words
from innovnet.report._words import capital, listing, the

#: name in the report, name in the literature, function or name of innovnet
NAMES = (
    ("Level", "stage of maturity, of the life cycle of clusters", "clusters.assess"),
    ("Assigned level", "level with memory: promotion and relegation by rules over years", "clusters.monitor"),
    ("Ties inside", "ties within the group in the projection of joint events, w ≥ 1", "CATALOGUE['ties']"),
    ("Independent members", "components of the relation “linked enterprises” (2003/361/EC, Article 3)", "CATALOGUE['members_independent']"),
    ("Core members", "k-core of the ties inside", "CATALOGUE['members_core']"),
    ("Lift", "observed over expected ties, group redrawn within strata", "CATALOGUE['cohesion_lift']"),
    ("Foreign reach", "foreign members and foreign partners of domestic members", "CATALOGUE['foreign_reach']"),
    ("Share of ties from one event", "dependence of the projection on its largest clique", "CATALOGUE['top_event_share']"),
)


def title_of(run: Run) -> str:
    """Where the clusters are."""
    clusters = run.task.register.clusters.reindex(run.view.assessment.levels.index)
    countries = [the(country_name(str(code))) for code in clusters["country"].dropna().value_counts(sort=True).index]
    where = f" in {listing(countries)}" if 0 < len(countries) <= 3 else f" in {number(len(countries))} countries" if countries else ""
    return f"Clusters{where}: which levels they have, and what is missing"


def kicker_of(run: Run) -> str:
    """What the page is."""
    return f"Cluster report · {day(run.task.at)} · rules {run.task.rules.name} {run.task.rules.version}"


def scope_of(run: Run) -> str:
    """Which clusters; that they are made up is said here."""
    n, every = len(run.view.assessment.levels), run.task.register.n_clusters
    some = f"All {count(n, 'cluster')} of the register" if n == every > 1 else f"{number(n)} of {count(every, 'cluster')} of the register"
    exist = "exists" if n == 1 else "exist"
    made_up = " No cluster and no organisation in it exists." if synthetic(run) else ""
    chosen = f": {run.task.chosen}" if run.task.chosen else ""
    return f"{some} {exist} on {day(run.task.at)}{chosen}.{made_up}"


def remark_of(run: Run) -> str:
    """What is not to be taken from the page, said before anything else."""
    return f"{run.task.rules.disclaimer} A level says that the stated criteria are met, nothing more.".strip()


def synthetic(run: Run) -> bool:
    """Whether the register is the example."""
    return bool((run.task.register.quality["item"] == "synthetic data").any())


def quality_words(run: Run) -> str:
    """How much of what the rules need is filled, and what follows."""
    levels = run.view.assessment.levels
    filled = levels["completeness"].dropna()
    if filled.empty:
        return ""
    low, high = percent(float(filled.min())), percent(float(filled.max()))
    span = f"{low} to {high}, cluster by cluster," if low != high else low
    open_ = int((levels["rank_low"] < levels["rank_high"]).sum())
    left = f"data that are missing leave {'the level of 1 cluster' if open_ == 1 else f'the levels of {number(open_)} clusters'} open" if open_ else ""
    return f"Of the cells that the rules need, {span} are filled; {left or 'no level is left open by data that are missing'}."


def methods_of(run: Run) -> list[dict[str, Any]]:
    """The method appendix: the rules with their sources, then the functions, from their own descriptions."""
    functions: list[Callable[..., Any]] = [assess, monitor, Monitoring.transitions, indicators, cohesion_null]
    return [_marks(run.task.rules), _criteria(run.task.rules), *(method_entry(function) for function in functions)]


def _marks(rules: Rules) -> dict[str, Any]:
    body = [("", rules.disclaimer)] if rules.disclaimer else []
    gates = "Gates: the highest level whose published and borrowed criteria are met, levels without any skipped; a gate that rests on two criteria says little."
    return entry("marks", "Whose threshold it is: ours never passes for the law.", *body, ("", capital(MARKS_EXPLAINED)), ("", gates))


def _note(text: str) -> str:
    return f" Note: {text}." if text else ""


def _criteria(rules: Rules) -> dict[str, Any]:
    words = [
        ("", f"{row['criterion']}, {row['level']} ({row['mark']}; {row['required']}): {row['words']}.{_note(row['note'])} Source: {row['source']}.")
        for row in rules.criteria_table().to_dict("records")
    ]
    sources = [f"{one.title}, {one.date}, {READ[one.read]}{f' ({one.locator})' if one.locator else ''}" for one in rules.sources.values()]
    return entry("rules", f"{rules.name} {rules.version}: the criteria, and where their thresholds come from.", *words, ("Sources", f"{'; '.join(sources)}."))


def rules_record(rules: Rules, text: str) -> dict[str, str]:
    """The rules in the record, so that they can be had again."""
    return {"name": rules.name, "version": rules.version, "sha256": hashlib.sha256(text.encode()).hexdigest(), "text": text}


def provenance_of(run: Run, record: Mapping[str, Any], inputs: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Where the numbers come from, and how to have them again."""
    task, title = run.task, title_of(run)
    years = f"{task.years[0]} to {task.years[-1]}, each on its last day" if task.years else "none"
    rows = [
        ("Input", "; ".join(input_words(one) for one in inputs)),
        ("Register", f"fingerprint {task.register.fingerprint}"),
        ("Cooperation data", f"fingerprint {task.affiliation.fingerprint}" if task.affiliation is not None else "none: only the register's own sheet"),
        ("Ties from", run.view.assessment.ties_from),
        ("Rules", f"{task.rules.name} {task.rules.version} (SHA-256 {record['rules']['sha256']}; their text is in the record)"),
        ("Day", f"{task.at:%Y-%m-%d}{f', {task.chosen}' if task.chosen else ''}"),
        ("Years", years),
        ("Seed", "0: groups against chance, draws of transitions"),
        ("Written", record["written"]),
        ("Run time", f"{number(sum(record['seconds'].values()))} s up to this page"),
        ("To reproduce", record["command"]),
        ("Software", ", ".join(f"{name} {version}" for name, version in record["versions"].items())),
        ("How to cite", f"“{title}”, report made with innovnet {__version__}, {day(task.at)}. {cite()}"),
    ]
    return [(label, value) for label, value in rows if value]
