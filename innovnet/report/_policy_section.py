"""The section on policies: its exhibits, the box above them, its part of the method."""

from collections.abc import Callable
from typing import Any

from innovnet.report._concepts import entry
from innovnet.report._exhibit import Exhibit
from innovnet.report._format import count, number
from innovnet.report._method import method_entry
from innovnet.report._policy_effects import effect_exhibits
from innovnet.report._policy_more import instruments_exhibit, money_exhibit, naive_exhibit, parts_exhibit
from innovnet.report._policy_words import BOX
from innovnet.report._simulation import Simulation
from innovnet.simulate import compare, policy_table, population

#: name in the report, name in the literature, function of innovnet
NAMES = (
    ("Additional", "paired difference between two branches of a simulation, common random numbers", "simulate.compare"),
    ("Pairing gain", "variance reduction by common random numbers", "simulate.compare"),
    ("Direct, indirect, rest", "effect on the treated, spillover on their ties, on all others", "Comparison.decomposition"),
    ("Cost per additional", "cost-effectiveness ratio with Fieller's interval", "Comparison.cost"),
    ("Naive comparison", "difference of means of treated and others: selection is not taken out", "simulate.policy_table"),
)


def policy_exhibits(simulation: Simulation) -> list[Exhibit]:
    """What the section shows, in its order."""
    course = effect_exhibits(simulation)
    more = [make(simulation) for make in (parts_exhibit, naive_exhibit, money_exhibit)]
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
    functions: list[Callable[..., Any]] = [compare, policy_table, *([population] if simulation.population is not None else [])]
    return [entry("simulation", "How the section on support was made.", ("Of this run", runs)), *(method_entry(function) for function in functions)]
