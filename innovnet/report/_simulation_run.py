"""A programme of support, simulated: a population, around real participants where there are any, its instruments, and all that the report needs."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

from innovnet._check import did_you_mean
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._network import Network
from innovnet.report._provenance import Clock
from innovnet.report._simulation import Simulation
from innovnet.simulate import (
    ExportGroup,
    Facilitation,
    Internationalisation,
    Matchmaking,
    MaturitySupport,
    Participation,
    ProjectSubsidy,
    assumptions,
    compare,
    from_network,
    participation_effects,
    population,
    surround,
)
from innovnet.simulate._policy import Policy
from innovnet.simulate._shares import countries

INSTRUMENTS: Mapping[str, type[Policy]] = {
    "matchmaking": Matchmaking,
    "facilitation": Facilitation,
    "project-subsidy": ProjectSubsidy,
    "maturity-support": MaturitySupport,
    "export-group": ExportGroup,
    "internationalisation": Internationalisation,
}
BURN_IN, YEARS, RUNS, LAST = 30, 10, 40, 5
FIRMS, BUDGET = 5_000, 200_000.0  #: of the section in a report on a country: EUR 40 a firm and year
ASSUMPTION_RUNS = 8  #: of each assumption, low and high
SMALL_FIRMS, SMALL = 2_000, ("matchmaking", "project-subsidy")  #: of the demonstration
TRUE_RUNS = 8  #: of the true effect of taking part


def scenarios_of(names: Sequence[str], *, budget: float, start: int, end: int, mix: bool = False) -> dict[str, Participation]:
    """A model for each policy with the whole budget, and for all together with an equal share each."""
    found = {name: Participation(policies=(INSTRUMENTS[name](budget=budget, start=start, end=end),)) for name in names}
    if mix and len(found) > 1:
        share = tuple(replace(policy, budget=budget / len(found)) for model in found.values() for policy in model.policies)
        found["mix"] = Participation(policies=share)
    return found


def check_country(country: str) -> None:
    """Raise unless a population can be made of this country."""
    known = [*countries(), "EU"]
    if country not in known:
        msg = f"country {country!r}: no population of it can be made. {did_you_mean(country, known)}"
        raise DataError(msg)


def simulable(country: str) -> bool:
    """Whether a population of the country can be made."""
    return country in countries()


def check_policies(names: Sequence[str], country: str) -> None:
    """Raise unless all are instruments that can deliver something in a world of this country."""
    for name in names:
        if name not in INSTRUMENTS:
            msg = f"policy {name!r} is none. {did_you_mean(name, list(INSTRUMENTS))}"
            raise DataError(msg)
    if "internationalisation" in names and country != "EU":
        msg = "policy 'internationalisation' needs partners abroad, and the population is of one country. Take --country EU."
        raise DataError(msg)


def world_of(country: str, firms: int, seed: int, affiliation: Affiliation | None = None) -> Network:
    """A population of a country, around its organisations in a programme where they are given."""
    check_country(country)
    around = population(country=country, firms=firms, seed=seed)
    if affiliation is None:
        return around
    actors = affiliation._actors
    ours = (actors["country"] == country) & actors["type"].notna() if {"country", "type"} <= set(actors.columns) else None
    if ours is None or not ours.any():
        return around
    inside = affiliation.select(actors=ours.fillna(value=False).to_numpy(dtype=bool))
    return surround(from_network(inside.project("newman"), seed=seed), around)


def simulated(
    world: Network,
    scenarios: Mapping[str, Participation],
    *,
    years: int,
    runs: int,
    seed: int,
    burn_in: int,
    true_runs: int = TRUE_RUNS,
    assumption_runs: int = 0,
    clock: Clock | None = None,
    bars: bool | None = None,
) -> Simulation:
    """Compare the scenarios with the same world without support, tell what taking part does and, with runs for it, on which assumptions the order rests."""
    model = Participation()
    with clock.step(f"simulation ({runs} pairs of runs of {years} years)") if clock else nullcontext():
        comparison = compare(model, dict(scenarios), world, steps=years, runs=runs, seed=seed, burn_in=burn_in, progress=bars)
        effects = participation_effects(model, world, seed=seed, burn_in=burn_in, runs=true_runs, progress=bars)
    single = {name: scenario.policies[0] for name, scenario in scenarios.items() if len(scenario.policies) == 1}
    table = None
    if assumption_runs and len(single) > 1:
        with clock.step("assumptions") if clock else nullcontext():
            table = assumptions(model, single, world, steps=years, runs=assumption_runs, seed=seed, burn_in=burn_in, progress=bars)
    return Simulation(comparison, model=model, population=world, effects=effects, assumptions=table)


def default_simulation(
    affiliation: Affiliation, country: str, *, seed: int, firms: int = FIRMS, budget: float = BUDGET, clock: Clock | None = None, bars: bool | None = None
) -> Simulation:
    """The programme that a report on a country simulates: each instrument alone with the same budget, for five of ten years.

    Internationalisation is left out: the world is of one country.
    """
    names = [name for name in INSTRUMENTS if name != "internationalisation"]
    world = world_of(country, firms, seed, affiliation)
    scenarios = scenarios_of(names, budget=budget, start=1, end=LAST)
    return simulated(world, scenarios, years=YEARS, runs=RUNS, seed=seed, burn_in=BURN_IN, assumption_runs=ASSUMPTION_RUNS, clock=clock, bars=bars)


def small_simulation(affiliation: Affiliation, country: str, *, seed: int, show: bool) -> Simulation:
    """Two instruments in a small world, for the demonstration."""
    scenarios = scenarios_of(SMALL, budget=BUDGET, start=1, end=LAST)
    world = world_of(country, SMALL_FIRMS, seed, affiliation)
    return simulated(
        world, scenarios, years=YEARS, runs=RUNS, seed=seed, burn_in=BURN_IN, true_runs=TRUE_RUNS // 2, clock=Clock(show=show), bars=None if show else False
    )
