"""The report on clusters: a page on all of them, a sheet for each, their tables, and a record of where every number comes from."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from innovnet import __version__
from innovnet._check import check_kind
from innovnet._parallel import progress_bar, threads
from innovnet.clusters._register import Register
from innovnet.clusters._rules import Rules
from innovnet.clusters.read._register import read_register
from innovnet.graph._affiliation import Affiliation
from innovnet.graph.read._cordis import read_cordis
from innovnet.report._cluster_book import pages_of
from innovnet.report._cluster_method import NAMES, kicker_of, methods_of, provenance_of, quality_words, remark_of, rules_record, scope_of, title_of
from innovnet.report._cluster_page import render_sheet
from innovnet.report._cluster_run import Run, Task, run_of, task_of
from innovnet.report._cluster_tables import QUALITY, Tables, finite, plain, stacked, tables_of
from innovnet.report._concepts import NAMES_COLUMNS, names_table
from innovnet.report._country_story import country_facts
from innovnet.report._country_view import slug
from innovnet.report._exhibit import Exhibit
from innovnet.report._figures import downloads_of, draw_all, fewer_collections
from innovnet.report._files import write_tables
from innovnet.report._folder import RECORD, check_folder, whole, write_record
from innovnet.report._page import Page, chosen, numbered, render, table_of
from innovnet.report._provenance import Clock, inputs_of, now, versions
from innovnet.report._story import sheets_of
from innovnet.report._workbook import write_workbook

PAGE, BOOK = "report.html", "clusters.xlsx"
WORKSHEETS = 60  #: clusters with a worksheet of their own in the workbook


def write_cluster_report(
    register: Register | str | Path,
    path: str | Path,
    *,
    affiliation: Affiliation | str | Path | None = None,
    rules: Rules | str | os.PathLike[str] = "lithuania",
    at: Any = None,
    years: Iterable[int] | None = None,
    images: bool = True,
    sheets: Iterable[str] | None = None,
    on_error: Literal["raise", "report"] = "raise",
    progress: bool | None = None,
    command: str = "",
) -> Path:
    """Write the report on the clusters of a register: which levels they have by stated rules, what is missing for the next one, and how firm they are.

    A page on all clusters leads to a one-page sheet for each. A level says that the stated criteria are met, nothing more; criteria that are not published are
    marked everywhere.

    Parameters
    ----------
    register
        A register, or its workbook or folder of csv files to read.
    path
        Folder of the report. An earlier report in it is replaced once the new one is complete; a folder with other files is refused.
    affiliation
        Cooperation data, or the CORDIS zip or folder to read. None: only the register's own sheet of cooperation counts.
    rules
        Rules, or what :func:`innovnet.clusters.load_rules` takes: ``"lithuania"``, ``"ecei"``, ``"generic"`` or a path.
    at
        The day, its end included; a year stands for its last day. None: the last day of the last of ``years``, else of the newest year that has ended and of which
        the register has facts, money or a change of membership. The page says which.
    years
        Years to follow, each on its last day, none after ``at``. None: ten years up to ``at``, from the first cluster on. Empty: none, so that there is no trend.
    images
        Whether to write each figure as PNG too.
    sheets
        Identifiers of the clusters that get a sheet; None: all that exist on the day. The workbook has a worksheet for each of the first 60.
    on_error
        For reading: ``"raise"``, or ``"report"`` to leave faulty rows out and count them.
    progress
        Whether to show what is being done: None shows it on a terminal.
    command
        The command line, for the record.

    Returns
    -------
    Path
        The page, ``report.html``. Beside it: ``sheets/`` (one page a cluster), ``tables/`` (CSV and Parquet), ``clusters.xlsx``, ``figures/`` and
        ``provenance.json``, which holds the text of the rules.

    Raises
    ------
    DataError
        The register, the rules or the cooperation data cannot be read, no day can be chosen, the folder holds other files.
    MissingExtraError
        The packages of ``innovnet[report]`` are not installed.

    Examples
    --------
    >>> import innovnet as inn
    >>> page = inn.write_cluster_report(inn.clusters.example(), "my-clusters", affiliation=inn.example(), at=2025)  # doctest: +SKIP
    """
    check_folder(Path(path))
    clock = Clock(show=progress is True)
    with clock.step("reading"):
        inputs, known = read_clusters(register, on_error)
        more, data = _read_cooperation(affiliation, on_error)
    inputs += more
    task = task_of(known, data, rules, at, years)
    call = command or _call(path, inputs, at=f"{task.at:%Y-%m-%d}", years=years if years is None else list(task.years), rules=task.rules.name)
    with whole(Path(path)) as made, fewer_collections():
        write_clusters(made, task, clock, inputs=inputs, images=images, sheets=sheets, command=call, bars=None if progress else progress)
    return Path(path) / PAGE


def read_clusters(register: Register | str | Path, on_error: Literal["raise", "report"]) -> tuple[list[dict[str, Any]], Register]:
    """The register, and where it comes from."""
    if isinstance(register, str | Path):
        return inputs_of(Path(register)) if Path(register).exists() else [], read_register(register, on_error=on_error)
    check_kind(register, Register, "the report on clusters", "Give one, or the path of its workbook or of its folder of csv files.")
    return [{"name": "register in memory", "fingerprint": register.fingerprint}], register


def _read_cooperation(affiliation: Affiliation | str | Path | None, on_error: Literal["raise", "report"]) -> tuple[list[dict[str, Any]], Affiliation | None]:
    """The cooperation data, and where they come from."""
    if affiliation is None:
        return [], None
    if isinstance(affiliation, str | Path):
        found = read_cordis(affiliation, on_error=on_error)
        return inputs_of(Path(affiliation)), found
    check_kind(affiliation, Affiliation, "write_cluster_report(affiliation=...)", "Or give the path of the CORDIS tables; or None.")
    return [{"name": "cooperation data in memory", "fingerprint": affiliation.fingerprint}], affiliation


def _call(path: str | Path, inputs: list[dict[str, Any]], **options: object) -> str:
    named = [one["name"] for one in inputs]
    data = f", affiliation={named[1]!r}" if len(named) == 2 else ""
    given = ", ".join(f"{name}={value!r}" for name, value in options.items() if value is not None)
    return f"innovnet.write_cluster_report({named[0]!r}, {Path(path).name!r}{data}, {given})"


def write_clusters(
    folder: Path,
    task: Task,
    clock: Clock,
    *,
    inputs: list[dict[str, Any]],
    images: bool,
    sheets: Iterable[str] | None,
    command: str,
    bars: bool | None,
) -> Run:
    """Measure what the task asks for and write its report into an empty folder."""
    run = run_of(task, sheets, clock, bars)
    record = _record(run, inputs, command)
    tables = _tables(run)
    with clock.step("tables of clusters"):
        meanings = write_tables(tables, folder / "tables")
    with clock.step("figures of clusters"):
        drawn = draw_all(run.exhibits, folder / "figures", images=images)
    with clock.step("pages of sheets"):
        if run.sheets:
            (folder / "sheets").mkdir()
        for sheet in progress_bar(run.sheets, len(run.sheets), "pages", bars):
            (folder / "sheets" / f"{slug(sheet.cluster)}.html").write_text(render_sheet(sheet, home=f"../{PAGE}"), encoding="utf-8")
    record["seconds"] = clock.seconds
    page = _page(run, drawn, record, inputs, images=images)
    with clock.step("workbook of clusters"):
        _workbook(folder / BOOK, run, page, tables, meanings)
    with clock.step("page of clusters"):
        (folder / PAGE).write_text(render(page), encoding="utf-8")
    write_record(folder, record)
    return run


def _record(run: Run, inputs: list[dict[str, Any]], command: str) -> dict[str, Any]:
    task = run.task
    options = {"at": f"{task.at:%Y-%m-%d}", "years": list(task.years), "seed": 0, "threads": threads()}
    fingerprints = {"register": task.register.fingerprint, "affiliation": None if task.affiliation is None else task.affiliation.fingerprint}
    return {
        "innovnet": __version__,
        "written": now(),
        "command": command,
        "options": options,
        "inputs": inputs,
        "fingerprints": fingerprints,
        "rules": rules_record(task.rules, task.rules_text),
        "versions": versions(),
    }


def _tables(run: Run) -> Tables:
    """All tables of the folder: of the day and the years, of the figures, of the sheets."""
    found = tables_of(run)
    found |= {name: (table, exhibit.columns) for name, table, exhibit in sheets_of(run.exhibits)}
    found |= {name: (table, columns) for name, table, columns in stacked(run.sheets)}
    return {name: (finite(plain(table)), columns) for name, (table, columns) in found.items()}


def _page(run: Run, drawn: Mapping[str, Mapping[str, str]], record: dict[str, Any], inputs: list[dict[str, Any]], *, images: bool) -> Page:
    quality = tables_of(run)["data_quality"][0]
    return Page(
        kicker=kicker_of(run),
        title=title_of(run),
        scope=scope_of(run),
        remark=remark_of(run),
        facts=country_facts(run.view),
        exhibits=run.exhibits,
        drawn=drawn,
        notes=(),
        quality=table_of(quality, QUALITY, len(quality)),
        quality_words=quality_words(run),
        names=table_of(names_table(NAMES), NAMES_COLUMNS),
        methods=methods_of(run),
        provenance=provenance_of(run, record, inputs),
        downloads={exhibit.key: downloads_of(exhibit, BOOK, images=images) for exhibit in run.exhibits},
        files=[
            ("Workbook", BOOK),
            ("Levels", "tables/levels.csv"),
            ("Criteria", "tables/criteria.csv"),
            ("Indicators", "tables/indicators.csv"),
            ("Columns", "tables/columns.csv"),
            ("Record", RECORD),
        ],
    )


def _workbook(path: Path, run: Run, page: Page, tables: Tables, meanings: pd.DataFrame) -> None:
    """The workbook: what it is, findings, tables, one worksheet a cluster."""
    titled = {name: _titled(name) for name in tables if not name.startswith("sheet_")}
    listed = [(titled[name], table, columns) for name, (table, columns) in tables.items() if name in titled]
    listed.append(("Columns", meanings[~meanings["table"].str.startswith("sheet_")], {}))
    left = len(run.sheets) - WORKSHEETS
    further = f"of the first {WORKSHEETS}; the other {left} are pages in the folder sheets, and in the tables sheet_*.csv" if left > 0 else "of each cluster"
    about = [
        ("Title", page.title),
        ("Scope", page.scope),
        ("Rules say", page.remark),
        ("Sheets of clusters", further if run.sheets else "none"),
        *page.provenance,
    ]
    numbers = numbered(run.exhibits, page.drawn)
    notes = {titled[name]: _note(exhibit, numbers) for exhibit in run.exhibits for name in exhibit.tables}
    findings = chosen(finding for exhibit in run.exhibits for finding in exhibit.findings)
    pages = pages_of(run.sheets[:WORKSHEETS], ["Findings", *titled.values()])
    write_workbook(path, about, findings, listed, notes, pages)


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _note(exhibit: Exhibit, numbers: Mapping[str, int]) -> str:
    return f"Figure {numbers[exhibit.key]}. {exhibit.lead}" if exhibit.key in numbers else exhibit.lead
