"""From a measured programme to the page: which exhibits, in which order, under which title."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from innovnet.graph._affiliation import Affiliation
from innovnet.metrics import betweenness, degree, strength
from innovnet.report._bridgers import bridgers_exhibit
from innovnet.report._chance import chance_exhibit
from innovnet.report._concentration import concentration_exhibit
from innovnet.report._concepts import concepts
from innovnet.report._ego import ego_exhibit
from innovnet.report._exhibit import Exhibit
from innovnet.report._flows import flows_exhibit
from innovnet.report._format import count, euro, number, percent
from innovnet.report._map import map_exhibit
from innovnet.report._measure import Programme, measure
from innovnet.report._method import method_appendix
from innovnet.report._mixing import mixing_exhibit
from innovnet.report._names import country_name
from innovnet.report._network_figure import network_exhibit
from innovnet.report._partners import partners_exhibit
from innovnet.report._peers import peers_exhibit
from innovnet.report._provenance import Clock
from innovnet.report._ranking import ranking_exhibit
from innovnet.report._time import time_exhibit
from innovnet.report._words import EXAMPLE, the
from innovnet.report._worlds import no_worlds, random_worlds


def exhibits(source: Affiliation, *, country: str | None = None, runs: int = 20, seed: int = 0, progress: bool | None = None) -> dict[str, Exhibit]:
    """The figures of the report with their tables and words, for a notebook or a paper of one's own.

    Parameters
    ----------
    source
        The programme.
    country
        Report on the organisations of one country within the whole programme.
    runs, seed
        Random worlds of each chance model, and their seed.
    progress
        Whether to show what is being done.

    Returns
    -------
    dict of str to Exhibit
        In the order of the report. ``exhibit.tables`` holds its tables, ``exhibit.draw(960)`` makes the matplotlib figure; a notebook shows headline, figure and caption.

    Examples
    --------
    >>> import innovnet as inn
    >>> figures = inn.report.exhibits(inn.example(), runs=2, progress=False)  # doctest: +SKIP
    >>> figures["ranking"].tables["ranking"].head()  # doctest: +SKIP
    """
    programme = measure(source, country=country, runs=runs, seed=seed, progress=progress)
    return {exhibit.key: exhibit for exhibit in exhibits_of(programme, Clock(show=progress is True))}


def exhibits_of(programme: Programme, clock: Clock) -> list[Exhibit]:
    """Every exhibit of the report, in the order of the page."""
    with clock.step(f"random worlds ({programme.runs} of each chance model)"):
        worlds = random_worlds(programme)
    found = []
    with clock.step("findings"):
        found += [time_exhibit(programme), concentration_exhibit(programme), partners_exhibit(programme)]
        if programme.country is not None:
            found.append(peers_exhibit(programme))
        found += [ranking_exhibit(programme), ego_exhibit(programme)]
        found += [chance_exhibit(programme, worlds), bridgers_exhibit(programme, worlds), mixing_exhibit(programme, worlds), flows_exhibit(programme)]
        found += [network_exhibit(programme), map_exhibit(programme)]
    return found


def years_of(programme: Programme) -> str:
    """First and last year of signature (or of start): 2021–2025."""
    events = programme.affiliation._events
    column = next((name for name in ("signed", "start") if name in events.columns), None)
    if column is None or events[column].isna().all():
        return ""
    first, last = events[column].min().year, events[column].max().year
    return str(first) if first == last else f"{first}–{last}"


def name_of(programme: Programme) -> str:
    """The programme's name, where all events have the same."""
    events = programme.affiliation._events
    known = events["programme"].dropna().unique().tolist() if "programme" in events.columns else []
    names = {"HORIZON": "Horizon Europe", "H2020": "Horizon 2020", "FP7": "the Seventh Framework Programme", EXAMPLE: "the synthetic example"}
    return names.get(str(known[0]), str(known[0])) if len(known) == 1 else "this programme"


def title_of(programme: Programme) -> str:
    """The question that the data answer."""
    return f"Who works with whom in {name_of(programme)}" + (f": {country_name(programme.country)}" if programme.country else "")


def scope_of(programme: Programme) -> str:
    """One line of scope; that the data are an extract or made up is said here."""
    affiliation, part = programme.affiliation, programme.extract_of
    known = set(affiliation._events.get("programme", pd.Series(dtype="str")).dropna())
    made_up = " No organisation or project in it exists." if known == {EXAMPLE} else ""
    if programme.country is None:
        which = f"An extract: only projects with a member in {the(country_name(part))}. " if part else ""
        return f"{which}Cooperation of {count(affiliation.n_actors, 'organisation')} in {count(affiliation.n_events, 'project')}.{made_up}"
    inside = int(programme.scope.sum())
    where = f"an extract: only projects with a member in {the(country_name(part))}" if part else "the whole programme"
    return f"Organisations in {programme.place} ({number(inside)} of {number(affiliation.n_actors)}) and their cooperation in {where}.{made_up}"


def facts_of(programme: Programme) -> Sequence[tuple[str, str]]:
    """Six numbers with labels, fewer where the data do not have them; of the domestic organisations in a report on one country."""
    actors, scope = programme.actors[programme.scope], programme.scope
    rows = programme.affiliation._positions
    inside = scope[rows["actor"].to_numpy()]
    grants = rows.loc[inside, "event"].nunique() if programme.country else programme.affiliation.n_events
    arcs = programme.network.arcs()
    row = np.repeat(np.arange(len(scope)), np.diff(arcs.indptr))
    ties = int((scope[row] & (~scope[arcs.indices] | (row < arcs.indices))).sum())
    place = f" in {programme.place}" if programme.country else ""
    sme = actors["sme"].dropna()
    money = actors["contribution_eur"].sum()
    facts = [
        (number(len(actors)), f"organisations{place}"),
        (number(grants), "projects"),
        (number(ties), "cooperation ties"),
        (years_of(programme), "years of signature" if "signed" in programme.affiliation._events else "years"),
        (euro(money) if actors["contribution_eur"].notna().any() else "", "EU contribution"),
        (percent(float(sme.astype(float).mean()), 1) if len(sme) else "", "are SMEs"),
    ]
    return [(value, label) for value, label in facts if value]


def notes_of(programme: Programme) -> list[str]:
    """What the comparison with chance tells, once."""
    if no_worlds(programme):
        return []
    note = (
        "Random worlds keep the size of every project and the number of projects of every organisation, and exchange who takes part in which. "
        "A difference from them tells of preference or of opportunity, not of causes."
    )
    return [note]


def methods_of(programme: Programme, exhibits: Sequence[Exhibit]) -> list[dict[str, Any]]:
    """The method appendix: how the report counts, then the indicators used."""
    used: list[Callable[..., Any]] = [betweenness, degree, strength, *(method for exhibit in exhibits for method in exhibit.methods)]
    return [*concepts(programme), *method_appendix(used)]


def sheets_of(exhibits: Sequence[Exhibit]) -> Iterator[tuple[str, pd.DataFrame, Exhibit]]:
    """Every table of every exhibit under its name."""
    for exhibit in exhibits:
        for name, table in exhibit.tables.items():
            yield name, table, exhibit
