"""The section on policies: its exhibits, the box above them, its part of the method."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from innovnet import simulate
from innovnet.report._concepts import NAMES, NAMES_COLUMNS, entry, names_table
from innovnet.report._exhibit import Exhibit
from innovnet.report._format import count, number
from innovnet.report._method import method_entry
from innovnet.report._page import Page, table_of
from innovnet.report._policy_assumptions import assumptions_exhibit
from innovnet.report._policy_effects import effect_exhibits
from innovnet.report._policy_more import instruments_exhibit, money_exhibit, parts_exhibit
from innovnet.report._policy_tables import instruments_table
from innovnet.report._policy_truth import naive_exhibit, truth_exhibit
from innovnet.report._policy_words import BOX
from innovnet.report._simulation import Simulation
from innovnet.report._simulation_card import card_of

#: name in the report, name in the literature, function of innovnet
POLICY_NAMES = (
    ("Additional", "paired difference between two branches of a simulation, common random numbers", "simulate.compare"),
    ("Pairing gain", "variance reduction by common random numbers", "simulate.compare"),
    ("Direct, indirect, rest", "effect on the treated, spillover on their ties, on all others", "Comparison.decomposition"),
    ("Cost per additional", "cost-effectiveness ratio with Fieller's interval", "Comparison.cost"),
    ("Naive comparison", "difference of means of treated and others: selection is not taken out", "simulate.policy_table"),
)


def policy_exhibits(simulation: Simulation) -> list[Exhibit]:
    """The figures and tables on what support would change, with their words: the section of the report, one by one.

    Parameters
    ----------
    simulation
        A comparison with what is known besides.

    Returns
    -------
    list of Exhibit
        In the order of the page. A notebook shows headline, figure and caption of each; ``exhibit.tables`` holds its tables.

    Examples
    --------
    >>> import innovnet as inn
    >>> simulation = inn.report.Simulation(comparison, model=baseline, population=world)  # doctest: +SKIP
    >>> figures = {one.key: one for one in inn.report.policy_exhibits(simulation)}  # doctest: +SKIP
    """
    course = effect_exhibits(simulation)
    more = [make(simulation) for make in (assumptions_exhibit, parts_exhibit, naive_exhibit, truth_exhibit, money_exhibit)]
    first = instruments_exhibit(simulation)
    return [*course[:2], *([first] if first else []), *course[2:], *(exhibit for exhibit in more if exhibit)]


def policy_box(simulation: Simulation) -> str:
    """What must be known before a number of the section is read."""
    return BOX.format(count(simulation.actors, "organisation"))


def policy_methods(simulation: Simulation) -> list[dict[str, Any]]:
    """Entries of the method appendix."""
    told = simulation.comparison.baseline.provenance
    runs = (
        f"{number(simulation.runs)} pairs of runs of {count(simulation.years, 'year')} with seed {told['seed']}, "
        f"after {count(told['burn_in'], 'year')} without support that all runs have in common."
    )
    used = {"participation_effects": simulation.effects, "assumptions": simulation.assumptions, "population": simulation.population}
    names = ["compare", "policy_table", *(name for name, given in used.items() if given is not None)]
    names += [name for name in instruments_table(simulation.comparison)["instrument"].unique() if hasattr(simulate, name)]
    functions: list[Callable[..., Any]] = [getattr(simulate, name) for name in names]
    return [entry("simulation", "How the section on support was made.", ("Of this run", runs)), *(method_entry(function) for function in functions)]


def with_policies(page: Page, simulation: Simulation) -> Page:
    """The page of a programme with what the section on policies needs besides its exhibits."""
    told = simulation.comparison.baseline.provenance
    names = names_table([*NAMES, *POLICY_NAMES])
    row = (
        "Simulation",
        f"{told['model']}, {count(simulation.actors, 'organisation')}, {count(simulation.runs, 'pair')} of runs, seed {told['seed']}; all parameters are in the record",
    )
    return replace(
        page,
        boxes={"policies": policy_box(simulation)},
        names=table_of(names, NAMES_COLUMNS, len(names)),
        methods=[*page.methods, *policy_methods(simulation)],
        card=card_of(simulation.model),
        provenance=[*page.provenance, row],
    )
