"""A report: one HTML page, its tables, its figures, and a record of where they come from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from innovnet import __version__
from innovnet._parallel import threads
from innovnet.clusters._register import Register
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph.read._cordis import read_cordis
from innovnet.report._cluster_report import read_clusters, write_clusters
from innovnet.report._cluster_run import Task, task_of
from innovnet.report._cluster_words import day
from innovnet.report._concepts import NAMES_COLUMNS, names_table
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._figures import downloads_of, draw_all, fewer_collections
from innovnet.report._files import write_tables
from innovnet.report._folder import RECORD, check_folder, whole, write_record
from innovnet.report._measure import Programme, measure
from innovnet.report._page import Beside, Page, chosen, figures_named, numbered, render, table_of
from innovnet.report._policy_section import policy_exhibits, with_policies
from innovnet.report._provenance import Clock, inputs_of, now, provenance_of, versions
from innovnet.report._quality import COLUMNS as QUALITY_COLUMNS
from innovnet.report._quality import quality_table, quality_words
from innovnet.report._simulation import Simulation, simulation_of
from innovnet.report._simulation_report import simulation_record
from innovnet.report._simulation_run import default_simulation
from innovnet.report._story import exhibits_of, facts_of, methods_of, notes_of, scope_of, sheets_of, title_of
from innovnet.report._workbook import write_workbook
from innovnet.simulate._comparison import Comparison

PAGE, BOOK, CLUSTERS = "report.html", "tables.xlsx", "clusters"
MAIN = 3  #: findings on clusters that the page of the programme tells

ACTOR_COLUMNS = {
    "actor": Column("Identifier", "id", "Identifier of the organisation (PIC in CORDIS)."),
    "display": Column("Organisation", definition="Short name used in figures."),
    "name": Column("Legal name"),
    "country": Column("Country", "id", "Country as Eurostat writes it.", missing="not given"),
    "region": Column("Region", "id", "NUTS 2 region.", missing="not given, or only the country is known"),
    "city": Column("City", missing="not given"),
    "type": Column("Type", definition="firm, university, institute, public or other.", missing="not given"),
    "sme": Column("SME", definition="Small or medium-sized enterprise, as the source says.", missing="not given"),
    "field": Column("Science field", definition="Most frequent EuroSciVoc top level of its projects.", missing="its projects have none"),
    "participations": Column("Projects", "", "Number of projects with this organisation."),
    "coordinated": Column("Coordinated projects"),
    "contribution_eur": Column("EU contribution", "EUR", missing="no amount is given for any of its participations"),
    "partners": Column("Partners", "", "Number of organisations with which it shares a project."),
    "joint_work": Column(
        "Joint work", "projects", "Each project counts 1 for a member, shared equally over its partners: the number of its projects with partners."
    ),
    "betweenness_share": Column("Go-between", "share", "Share of the shortest paths between all other pairs of organisations that pass through it."),
}
TIE_COLUMNS = {
    "source": Column("Organisation", "id"),
    "target": Column("Partner", "id"),
    "weight": Column("Joint work", "projects", "Sum over shared projects of n members of 1/(n−1)."),
}


def write_report(
    source: Affiliation | str | Path,
    path: str | Path,
    *,
    country: str | None = None,
    runs: int = 20,
    seed: int = 0,
    images: bool = True,
    register: Register | str | Path | None = None,
    policies: Comparison | Simulation | Literal["default"] | None = None,
    on_error: Literal["raise", "report"] = "raise",
    progress: bool | None = None,
    command: str = "",
) -> Path:
    """Write the report of a programme: who cooperates, who holds the network together, who bridges, and how far beyond chance.

    Parameters
    ----------
    source
        An affiliation, or the CORDIS zip or folder to read.
    path
        Folder of the report. An earlier report in it is replaced once the new one is complete; a folder with other files is refused.
    country
        Report on the organisations of one country (as Eurostat writes it: LT, EL, UK) within the whole programme.
    runs
        Random worlds of each of the two chance models, at least 2. No p-value is below 2/(runs + 1): give 99 where p-values are reported.
    seed
        Seed of the random worlds.
    images
        Whether to write each figure as PNG too.
    register
        A register of clusters, or its workbook or folder: its report, with the rules "lithuania" and the programme's ties, is written into ``clusters/`` and linked.
        For other rules, days and years: :func:`innovnet.write_cluster_report`.
    policies
        A comparison of policies: what support would change becomes a section of the page. ``"default"``, with ``country``: five instruments with the same budget are
        simulated in a population of the country around its organisations in the programme. A simulation, not a forecast.
    on_error
        For reading: ``"raise"``, or ``"report"`` to leave faulty rows out and count them.
    progress
        Whether to show what is being done: None shows it on a terminal.
    command
        The command line, for the record.

    Returns
    -------
    Path
        The page, ``report.html``. Beside it: ``tables/`` (CSV and Parquet), ``tables.xlsx``, ``figures/`` and ``provenance.json``; ``clusters/`` with ``register``.

    Raises
    ------
    DataError
        The source cannot be read, the country is not in it, the folder holds other files.
    MissingExtraError
        The packages of ``innovnet[report]`` are not installed.

    Examples
    --------
    >>> import innovnet as inn
    >>> page = inn.write_report(inn.example(), "my-report", country="LT")  # doctest: +SKIP
    """
    if runs < 2:
        msg = f"runs={runs}: a range needs at least 2 random worlds of each chance model; 20 are usual, 99 where p-values are reported."
        raise DataError(msg)
    if not isinstance(source, Affiliation | str | Path):
        msg = f"write_report() takes an affiliation, or the path of the CORDIS tables, not {type(source).__name__}. A network has its affiliation in network.affiliation."
        raise DataError(msg)
    folder = Path(path)
    check_folder(folder)
    clock = Clock(show=progress is True)
    bars = None if progress else progress  # bars come on a terminal only, for what takes over 2 seconds
    if isinstance(source, Affiliation):
        affiliation, inputs = source, [{"name": "affiliation in memory", "fingerprint": source.fingerprint}]
    else:
        with clock.step("reading"):
            affiliation, inputs = read_cordis(source, on_error=on_error), inputs_of(Path(source))
    source_of = inputs[0]["name"]
    task = None
    if register is not None:
        with clock.step("reading the register"):
            found, known = read_clusters(register, on_error)
        task, inputs = task_of(known, affiliation, "lithuania", None, None), inputs + found
    with clock.step("network and exact betweenness"):
        programme = measure(affiliation, country=country, runs=runs, seed=seed, progress=bars)
    exhibits = exhibits_of(programme, clock)
    simulation = _simulation(policies, affiliation, country, seed, clock, bars)
    options = {"country": country, "runs": runs, "seed": seed, "on_error": on_error, "weighting": "newman", "threads": threads()}
    call = command or _call(path, source_of, country=country, runs=runs, seed=seed)
    record: dict[str, Any] = {"innovnet": __version__, "written": now(), "command": call, "options": options, "inputs": inputs, "versions": versions()}
    with whole(folder) as made, fewer_collections():
        beside = [] if task is None else [_clusters(made, task, record, clock, images=images, bars=bars)]
        _write(made, programme, exhibits, record, clock, images=images, beside=beside, simulation=simulation)
    return folder / PAGE


def _simulation(
    policies: Comparison | Simulation | str | None, affiliation: Affiliation, country: str | None, seed: int, clock: Clock, bars: bool | None
) -> Simulation | None:
    """The simulation that was given or is to be made."""
    if policies is None:
        return None
    if not isinstance(policies, str):
        return simulation_of(policies)
    if policies != "default":
        msg = f"policies={policies!r} is neither a comparison nor 'default'. Make one with inn.simulate.compare()."
        raise DataError(msg)
    if country is None:
        msg = "policies='default' simulates one country. Give country too, as in country='LT'."
        raise DataError(msg)
    return default_simulation(affiliation, country, seed=seed, clock=clock, bars=bars)


def _clusters(made: Path, task: Task, record: dict[str, Any], clock: Clock, *, images: bool, bars: bool | None) -> Beside:
    """The report on clusters in a folder of its own; what the programme's page says of it."""
    (made / CLUSTERS).mkdir()
    run = write_clusters(made / CLUSTERS, task, clock, inputs=record["inputs"], images=images, sheets=None, command=record["command"], bars=bars)
    found = chosen((finding for exhibit in run.exhibits for finding in exhibit.findings), MAIN)
    words = " ".join(f"{finding.value} {finding.sentence}" for finding in found)
    return Beside(f"Clusters, {day(task.at)}.", words, f"{CLUSTERS}/{PAGE}", "The report on clusters, with a sheet for each")


def _call(path: str | Path, source: str, **options: object) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in options.items() if value is not None)
    return f"innovnet.write_report({source!r}, {Path(path).name!r}, {given})"


def _write(
    folder: Path,
    programme: Programme,
    exhibits: Sequence[Exhibit],
    record: dict[str, Any],
    clock: Clock,
    *,
    images: bool,
    beside: Sequence[Beside],
    simulation: Simulation | None,
) -> None:
    if simulation is not None:
        exhibits = [*exhibits, *policy_exhibits(simulation)]
        record["simulation"] = simulation_record(simulation)
    tables: dict[str, tuple[pd.DataFrame, Mapping[str, Column]]] = {name: (table, e.columns) for name, table, e in sheets_of(exhibits)}
    quality = quality_table(programme)
    tables["organisations"] = (_organisations(programme), ACTOR_COLUMNS)
    tables["data_quality"] = (quality, QUALITY_COLUMNS)
    ties = (programme.network.ties, TIE_COLUMNS)
    with clock.step("tables"):
        meanings = write_tables({**tables, "ties": ties}, folder / "tables")
    with clock.step("figures"):
        drawn = draw_all(exhibits, folder / "figures", images=images)
    record["seconds"] = clock.seconds
    page = _page(programme, exhibits, drawn, quality, record, images=images, beside=beside)
    if simulation is not None:
        page = with_policies(page, simulation)
    with clock.step("workbook"):
        sheets = [(name.replace("_", " ").capitalize(), table, columns) for name, (table, columns) in tables.items()]
        about = [("Title", page.title), ("Scope", page.scope), *page.provenance]
        numbers = numbered(exhibits, drawn)
        notes = {name.replace("_", " ").capitalize(): f"Figure {numbers[e.key]}. {e.lead}" for e in exhibits for name in e.tables if e.key in numbers}
        write_workbook(folder / BOOK, about, chosen(f for e in exhibits for f in e.findings), [*sheets, ("Columns", meanings, {})], notes)
    with clock.step("page"):
        (folder / PAGE).write_text(render(page), encoding="utf-8")
    write_record(folder, record)


def _organisations(programme: Programme) -> pd.DataFrame:
    table = programme.actors[programme.scope].sort_values(["joint_work", "partners"], ascending=False, kind="stable").reset_index()
    table["joint_work"] = table["joint_work"].round(9)  # whole numbers up to the order of sums
    return table[[column for column in ACTOR_COLUMNS if column in table.columns]]


def _page(
    programme: Programme,
    exhibits: Sequence[Exhibit],
    drawn: Mapping[str, Mapping[str, str]],
    quality: pd.DataFrame,
    record: dict[str, Any],
    *,
    images: bool,
    beside: Sequence[Beside],
) -> Page:
    signed = programme.affiliation._events.get("signed", programme.affiliation._events.get("start"))
    latest = "" if signed is None or signed.isna().all() else f" · data to {signed.max():%B %Y}"
    downloads = {exhibit.key: downloads_of(exhibit, BOOK, images=images) for exhibit in exhibits}
    numbers = numbered(exhibits, drawn)
    shown = quality.assign(figures=[figures_named(text, numbers) for text in quality["figures"]])
    return Page(
        kicker=f"Innovation network report{latest}",
        title=title_of(programme),
        scope=scope_of(programme),
        facts=facts_of(programme),
        exhibits=exhibits,
        drawn=drawn,
        notes=notes_of(programme),
        quality=table_of(shown, QUALITY_COLUMNS, len(shown)),
        quality_words=quality_words(programme),
        names=table_of(names_table(), NAMES_COLUMNS),
        methods=methods_of(programme, exhibits),
        provenance=provenance_of(programme, record, title_of(programme), mapped="map" in drawn and bool(drawn["map"])),
        downloads=downloads,
        files=[
            ("Workbook", BOOK),
            ("Organisations", "tables/organisations.csv"),
            ("Ties", "tables/ties.parquet"),
            ("Columns", "tables/columns.csv"),
            ("Record", RECORD),
        ],
        beside=beside,
    )
