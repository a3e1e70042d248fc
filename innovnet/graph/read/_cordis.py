"""CORDIS, the European Commission's record of the projects that it funds: projects, organisations, who takes part in what."""

import os
from collections.abc import Collection
from typing import get_args

import numpy as np
import pandas as pd

from innovnet import _parallel
from innovnet._check import check_choice
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._derive import categories
from innovnet.graph.read._cordis_actors import ACTOR_TEXTS, actors_table
from innovnet.graph.read._cordis_events import BASIS_TEXTS, EVENT_AMOUNTS, EVENT_TEXTS, FIELD_TEXTS, TOPIC_TEXTS, Projects, read_projects
from innovnet.graph.read._cordis_rows import ROLES, ROW_AMOUNTS, ROW_TEXTS, Rows, read_rows
from innovnet.graph.read._csv import Table, read_table
from innovnet.graph.read._findings import Findings, OnError
from innovnet.graph.read._zip import Source, opened

#: Tables and the columns that are read of them: texts, amounts.
_MEMBERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "organization.csv": ((*ROW_TEXTS, *ACTOR_TEXTS), ROW_AMOUNTS),
    "project.csv": (EVENT_TEXTS, EVENT_AMOUNTS),
    "euroSciVoc.csv": (FIELD_TEXTS, ()),
    "legalBasis.csv": (BASIS_TEXTS, ()),
    "topics.csv": (TOPIC_TEXTS, ()),
}


def read_cordis(
    path: str | os.PathLike[str],
    *,
    programme: str | Collection[str] | None = None,
    roles: str | Collection[str] | None = None,
    region_level: int = 2,
    on_error: OnError = "raise",
) -> Affiliation:
    """Read who takes part in which project from the tables that CORDIS publishes.

    Parameters
    ----------
    path
        The zip as published (``cordis-HORIZONprojects-csv.zip``), or the folder that it was unpacked into. Read are ``organization.csv``,
        ``project.csv``, ``euroSciVoc.csv``, ``legalBasis.csv`` and ``topics.csv``.
    programme
        Only the projects of this framework programme, or of several.
    roles
        Only participations in this role, or in several: coordinator, participant, partner, associated_partner, third_party, international_partner,
        host_institution. None: all of them.
    region_level
        Level of the NUTS region in ``actors.region``: 0 country, 1, 2 or 3.
    on_error
        ``"raise"``: rows that cannot be used are an error that names every one of them. ``"report"``: they are left out and counted in ``quality``.

    Returns
    -------
    Affiliation
        ``actors`` (index: PIC, as text, sorted): name, short_name, country, nuts, region, city, type, sme, field, lat, lon, vat.
        ``events`` (index: project id, as text, sorted): name (the acronym), title, start, end, signed, programme, part, topic, instrument, field, cost,
        contribution, coordinator. ``participations``: actor, event, role, contribution, net_contribution (EUR; missing where CORDIS has none).

    Raises
    ------
    DataError
        The path is no zip and no folder, or a table, a column or the encoding is wrong: always. Faulty rows: with ``on_error="raise"``, all in
        one error; its ``faults`` give file, line, column, value, problem and remedy.

    Notes
    -----
    An organisation that takes part in one project in two roles has two participations and one membership. Where the rows of one organisation
    differ in an attribute, the value of most rows is taken, of equally frequent ones that of the project that started last, then the first in the
    alphabet. ``part`` is the legal basis flagged as the project's own; ``field`` of a project are the top levels of its EuroSciVoc terms, joined by "; ";
    ``field`` of an organisation is the most frequent of its projects. ``region`` is missing where the NUTS code is shorter than the level asked for.
    Nothing is taken for a number that is a code: ``1E5`` and ``01069`` stay as they are, and ``NA`` is Namibia. Cost: O(bytes).

    Examples
    --------
    >>> import innovnet as inn
    >>> affiliation = inn.read_cordis("cordis-HORIZONprojects-csv.zip")  # doctest: +SKIP
    >>> affiliation.project().n_ties  # doctest: +SKIP
    871834
    """
    check_choice(on_error, get_args(OnError), "on_error")
    check_choice(region_level, (0, 1, 2, 3), "region_level")
    wanted_roles = _several(roles)
    for role in wanted_roles or ():
        check_choice(role, tuple(ROLES.values()), "roles")
    findings = Findings()
    with opened(path) as source:
        source.require(_MEMBERS)
        tables = _tables(source)
    for table in tables.values():
        _note_table(table, findings)
    projects = read_projects(tables, _several(programme), findings)
    rows = read_rows(tables["organization.csv"], projects, wanted_roles, findings)
    findings.settle(path, [fault for table in tables.values() for fault in table.faults], on_error)
    actors = actors_table(tables["organization.csv"], rows, projects, region_level, findings)
    return _assembled(actors, projects, rows, findings)


def _several(given: str | Collection[str] | None) -> tuple[str, ...] | None:
    return None if given is None else (given,) if isinstance(given, str) else tuple(given)


def _tables(source: Source) -> dict[str, Table]:
    """All members, the largest first so that threads end together; what is wrong with any of them as a whole is one error."""
    names = sorted(_MEMBERS, key=lambda name: (-source.size(name), name))

    def task(k: int) -> Table | DataError:
        texts, amounts = _MEMBERS[names[k]]
        try:
            table = read_table(*source.read(names[k]), names[k], (*texts, *amounts))
        except DataError as error:
            return error
        for column in texts:
            table.coded(column)
        return table

    found = dict(zip(names, _parallel.run(task, len(names), what="reading CORDIS"), strict=True))
    errors = [table for table in found.values() if isinstance(table, DataError)]
    if errors:
        message = "; ".join(str(error).partition("\n")[0] for error in errors)
        raise DataError(f"{source.path}: {message}", [fault for error in errors for fault in error.faults])
    return {name: table for name in _MEMBERS if isinstance(table := found[name], Table)}


def _note_table(table: Table, findings: Findings) -> None:
    findings.note("rows", table.place, table.records, "read")
    for column, count in table.trimmed.items():
        findings.note(f"blanks around {column}", table.place, count, "repaired")
    for item, count, example in table.doubtful:
        findings.note(item, table.place, count, "kept", example)


def _assembled(actors: pd.DataFrame, projects: Projects, rows: Rows, findings: Findings) -> Affiliation:
    events, table = projects.events.assign(coordinator=pd.array(rows.coordinators, dtype="str")), rows.table
    event, actor = table["event"].to_numpy(), table["actor"].to_numpy()
    again = (np.diff(actor, prepend=-1) == 0) & (np.diff(event, prepend=-1) == 0)
    sizes = np.bincount(event[~again], minlength=len(events))
    partners = np.bincount(actor, weights=sizes[event] - 1, minlength=len(actors))
    findings.note("projects", "events", len(events), "read")
    findings.note("organisations", "actors", len(actors), "read")
    findings.note("participations", "participations", len(table), "read")
    findings.note("repeated memberships: one organisation in several roles or orders", "participations", int(again.sum()), "kept", "one membership each")
    findings.note("projects with one organisation", "events", int((sizes == 1).sum()), "kept", "they make no tie")
    findings.note("projects without an organisation", "events", int((sizes == 0).sum()), "kept", events.index[sizes == 0])
    findings.note("organisations without a partner", "actors", int((partners == 0).sum()), "kept", "isolates")
    return Affiliation._from_positions(actors, events, table, {"field": categories(events, "field")}, findings.table())
