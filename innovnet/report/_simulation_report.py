"""The report on a comparison of policies alone: one page, its tables, its figures, and a record of what was simulated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from innovnet import __version__
from innovnet._cite import cite
from innovnet._parallel import threads
from innovnet.report._concepts import NAMES_COLUMNS, names_table
from innovnet.report._exhibit import Column, Exhibit
from innovnet.report._figures import downloads_of, draw_all, fewer_collections
from innovnet.report._files import write_tables
from innovnet.report._folder import RECORD, check_folder, whole, write_record
from innovnet.report._format import count, euro, number
from innovnet.report._page import Page, chosen, numbered, render, table_of
from innovnet.report._policy_more import QUALITY, quality_of
from innovnet.report._policy_section import POLICY_NAMES, policy_box, policy_exhibits, policy_methods
from innovnet.report._policy_tables import effects_table, outcomes_of
from innovnet.report._policy_words import plain_name
from innovnet.report._provenance import Clock, input_words, now, versions
from innovnet.report._simulation import Simulation, simulation_of
from innovnet.report._simulation_card import card_of
from innovnet.report._story import sheets_of
from innovnet.report._words import listing, the
from innovnet.report._workbook import write_workbook
from innovnet.simulate._comparison import Comparison

PAGE, BOOK = "report.html", "tables.xlsx"
Tables = dict[str, tuple[pd.DataFrame, Mapping[str, Column]]]


def write_simulation_report(
    comparison: Comparison | Simulation, path: str | Path, *, images: bool = True, progress: bool | None = None, command: str = ""
) -> Path:
    """Write the report on what policies change in a simulation: differences with intervals, their cost, their course, for whom, and on which assumptions.

    A simulation, not a forecast: everything follows from the assumptions of the model, which the page lists with their sources.

    Parameters
    ----------
    comparison
        From :func:`innovnet.simulate.compare`; or a :class:`innovnet.report.Simulation`, which adds the model and the population, so that the page has its
        description (ODD) and sources too.
    path
        Folder of the report. An earlier report in it is replaced once the new one is complete; a folder with other files is refused.
    images
        Whether to write each figure as PNG too.
    progress
        Whether to show what is being done.
    command
        The command line, for the record.

    Returns
    -------
    Path
        The page, ``report.html``. Beside it: ``tables/`` (CSV and Parquet), ``tables.xlsx``, ``figures/`` and ``provenance.json`` with all parameters.

    Raises
    ------
    DataError
        Something else than a comparison; the folder holds other files.
    MissingExtraError
        The packages of ``innovnet[report]`` are not installed.

    Notes
    -----
    The same comparison gives the same numbers. With 40 runs and more the course is drawn as bands, with fewer each run is a line.

    Examples
    --------
    >>> import innovnet as inn
    >>> page = inn.write_simulation_report(comparison, "my-simulation")  # doctest: +SKIP
    """
    call = command or f"innovnet.write_simulation_report(comparison, {Path(path).name!r})"
    return write_simulation(simulation_of(comparison), Path(path), Clock(show=progress is True), command=call, inputs=[], images=images)


def write_simulation(simulation: Simulation, folder: Path, clock: Clock, *, command: str, inputs: list[dict[str, Any]], images: bool) -> Path:
    """Write the report into a folder; returns its page."""
    check_folder(folder)
    with clock.step("findings"):
        exhibits = policy_exhibits(simulation)
    record: dict[str, Any] = {"innovnet": __version__, "written": now(), "command": command, "options": {"threads": threads()}, "inputs": inputs}
    record |= {"simulation": simulation_record(simulation), "versions": versions()}
    with whole(folder) as made, fewer_collections():
        _write(made, simulation, exhibits, record, clock, images=images)
    return folder / PAGE


def simulation_record(simulation: Simulation) -> dict[str, Any]:
    """What was simulated, with every parameter: enough to have it again."""
    every = {"baseline": simulation.comparison.baseline, **simulation.comparison.alternatives}
    return {name: one.provenance for name, one in every.items()}


def _write(folder: Path, simulation: Simulation, exhibits: list[Exhibit], record: dict[str, Any], clock: Clock, *, images: bool) -> None:
    tables: Tables = {name: (table, exhibit.columns) for name, table, exhibit in sheets_of(exhibits)}
    with clock.step("tables"):
        meanings = write_tables(tables, folder / "tables")
    with clock.step("figures"):
        drawn = draw_all(exhibits, folder / "figures", images=images)
    record["seconds"] = clock.seconds
    page = _page(simulation, exhibits, drawn, record, images=images)
    with clock.step("workbook"):
        _workbook(folder / BOOK, exhibits, page, tables, meanings)
    with clock.step("page"):
        (folder / PAGE).write_text(render(page), encoding="utf-8")
    write_record(folder, record)


def _workbook(path: Path, exhibits: list[Exhibit], page: Page, tables: Tables, meanings: pd.DataFrame) -> None:
    """The workbook: what it is, findings, the table of all results first."""
    order = sorted(tables, key=lambda name: name != "policies")
    sheets = [(_titled(name), *tables[name]) for name in order]
    numbers = numbered(exhibits, page.drawn)
    notes = {_titled(name): f"{f'Figure {numbers[one.key]}. ' if one.key in numbers else ''}{one.lead}" for one in exhibits for name in one.tables}
    about = [("Title", page.title), ("Scope", page.scope), ("Not a forecast", page.boxes["policies"]), *page.provenance]
    write_workbook(path, about, chosen(finding for one in exhibits for finding in one.findings), [*sheets, ("Columns", meanings, {})], notes)


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _page(simulation: Simulation, exhibits: list[Exhibit], drawn: Mapping[str, Mapping[str, str]], record: dict[str, Any], *, images: bool) -> Page:
    quality = next(iter(quality_of(simulation).values()), pd.DataFrame(columns=list(QUALITY)))
    lacking = (
        ""
        if simulation.population is not None
        else "The population was not given, so that its sources cannot be listed: Simulation(comparison, population=...)."
    )
    return Page(
        kicker="Simulation of support · not a forecast",
        title=title_of(simulation),
        scope=scope_of(simulation),
        facts=facts_of(simulation),
        exhibits=exhibits,
        drawn=drawn,
        notes=(),
        quality=table_of(quality, QUALITY, len(quality)),
        quality_title="What the simulated world was made of",
        quality_words=lacking or "What the simulated organisations were made of: published figures, what was drawn within them, and assumptions.",
        names=table_of(names_table(POLICY_NAMES), NAMES_COLUMNS),
        methods=policy_methods(simulation),
        card=card_of(simulation.model),
        boxes={"policies": policy_box(simulation)},
        provenance=provenance_of(simulation, record),
        downloads={exhibit.key: downloads_of(exhibit, BOOK, images=images) for exhibit in exhibits},
        files=[("Workbook", BOOK), ("All results", "tables/policies.csv"), ("Columns", "tables/columns.csv"), ("Record", RECORD)],
    )


def title_of(simulation: Simulation) -> str:
    """What the page asks."""
    where = f": {simulation.place}, simulated" if simulation.place else ", in a simulation"
    return f"What support for cooperation would change{where}"


def scope_of(simulation: Simulation) -> str:
    """Which world, which support, how many runs."""
    support = [plain_name(name) for name in simulation.comparison.alternatives]
    shown = listing(support) if len(support) <= 8 else f"{len(support)} kinds of support"
    place = f" after the make-up of {the(simulation.place)}" if simulation.place else ""
    return f"{shown[:1].upper()}{shown[1:]}, each against the same world without: {count(simulation.actors, 'organisation')}{place}, {count(simulation.years, 'year')}, {count(simulation.runs, 'pair')} of runs."


def facts_of(simulation: Simulation) -> list[tuple[str, str]]:
    """Six numbers with labels, fewer where they are not known."""
    table = effects_table(simulation.comparison, outcomes_of(simulation.comparison)[0])
    told = int(table["verdict"].isin(["more", "less"]).sum())
    firms = 0 if simulation.population is None else int((simulation.population.actors["type"] == "firm").sum())
    paid = table["paid_eur"].max()
    facts = [
        (number(simulation.actors), "simulated organisations"),
        (number(firms) if firms else "", "of them firms"),
        (number(simulation.years), "years"),
        (number(simulation.runs), "pairs of runs"),
        (f"{told} of {len(table)}", "differ from no support"),
        (euro(float(f"{paid:.3g}")) if paid > 0 else "", "most that is paid"),
    ]
    return [(value, label) for value, label in facts if value]


def provenance_of(simulation: Simulation, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where the numbers come from, and how to have them again."""
    told, title = simulation.comparison.baseline.provenance, title_of(simulation)
    rows = [
        ("Model", f"{told['model']}, baseline {told['model_fingerprint'][:16]}; all parameters are in the record"),
        ("Population", f"fingerprint {told['population_fingerprint']}"),
        ("Seed, years, runs", f"{told['seed']}, {simulation.years} after {told['burn_in']} without support, {simulation.runs}"),
        ("Written", record["written"]),
        ("Participants", "; ".join(input_words(one) for one in record["inputs"])),
        ("Run time", f"{number(sum(record['seconds'].values()))} s up to this page, on {count(record['options']['threads'], 'thread')}"),
        ("To reproduce", record["command"]),
        ("Software", ", ".join(f"{name} {version}" for name, version in record["versions"].items())),
        ("How to cite", f"“{title}”, report made with innovnet {__version__}. {cite()}"),
    ]
    return [(label, value) for label, value in rows if value]
