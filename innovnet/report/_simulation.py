"""A comparison of policies with what a report needs besides: the model, the population, the true and the naive effect, the assumptions."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from innovnet._check import check_kind
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.report._names import country_name
from innovnet.report._policy_words import name_of
from innovnet.simulate._comparison import Comparison
from innovnet.simulate._identity import described, digest_of


@dataclass(frozen=True, eq=False, repr=False)
class Simulation:
    """What the section on policies is made from; everything but the comparison may be missing, and is then said to be.

    Parameters
    ----------
    comparison
        From :func:`innovnet.simulate.compare`.
    model
        The baseline of the comparison: the simulation card is written from it.
    population
        The network that the runs began with: its sources and assumptions are listed.
    effects
        From :func:`innovnet.simulate.participation_effects`: the true effect of taking part beside naive comparisons.
    assumptions
        From :func:`innovnet.simulate.assumptions`: how the ranking depends on what nobody has measured.

    Raises
    ------
    DataError
        The model or the population is another one than that of the comparison.

    Examples
    --------
    >>> import innovnet as inn
    >>> simulation = inn.report.Simulation(comparison, model=baseline, population=world)  # doctest: +SKIP
    >>> inn.write_simulation_report(simulation, "my-simulation")  # doctest: +SKIP
    """

    comparison: Comparison
    model: Any = None
    population: Network | None = None
    effects: pd.DataFrame | None = None
    assumptions: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        check_kind(self.comparison, Comparison, "the report on policies", "It is made by inn.simulate.compare().")
        told = self.comparison.baseline.provenance
        if self.model is not None and digest_of(described(self.model)) != told["model_fingerprint"]:
            msg = f"the model given is not the baseline of the comparison, {told['model']} with other parameters or policies. Give the first argument of compare()."
            raise DataError(msg)
        if self.population is not None and self.population.fingerprint != told["population_fingerprint"]:
            msg = "the population given is not the one of the comparison. Give the network that compare() was called with."
            raise DataError(msg)

    def __repr__(self) -> str:
        return f"Simulation: {repr(self.comparison).removeprefix('Comparison: ')}"

    @property
    def runs(self) -> int:
        """Pairs of runs."""
        return int(self.comparison.baseline.values.shape[0])

    @property
    def years(self) -> int:
        """The last year."""
        return int(self.comparison.baseline.values.shape[1]) - 1

    @property
    def actors(self) -> int:
        """Organisations of the simulated world."""
        return int(self.comparison.baseline.provenance["actors"])

    @property
    def names(self) -> list[str]:
        """The alternatives as labels."""
        return [name_of(scenario) for scenario in self.comparison.alternatives]

    @cached_property
    def place(self) -> str:
        """The country of most firms of the population, where it is known."""
        if self.population is None or "country" not in self.population.actors:
            return ""
        found = self.population.actors["country"].value_counts()
        if (found > 0).sum() > 1 and found.iloc[0] < 0.5 * found.sum():
            return f"{(found > 0).sum()} countries"
        return country_name(str(found.index[0])) if len(found) else ""


def simulation_of(given: "Comparison | Simulation") -> Simulation:
    """A comparison alone is a simulation of which nothing else is known."""
    return given if isinstance(given, Simulation) else Simulation(given)
