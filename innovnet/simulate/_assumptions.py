"""The assumptions that decide which policy comes first."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from innovnet._check import check_kind, check_whole, did_you_mean
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._compare import compare
from innovnet.simulate._course import check_population
from innovnet.simulate._drift import second_half, warn_of_burn_in
from innovnet.simulate._honest import RESULTS
from innovnet.simulate._model import check_labels
from innovnet.simulate._parameter import as_meant, meaning
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._policies import ProjectSubsidy
from innovnet.simulate._policy import Policy
from innovnet.simulate._run import run as run_model

BODIES = "bodies"
DEFAULT = "default"
#: Of the model: what no data identify and rankings rest on.
_OF_MODEL = ("decision.arranged", "constants.body_level")
_FEWER_BODIES, _MORE_BODIES = 0.5, 2.0
_COLUMNS = ("value", "paid", "additional", "additional_low", "additional_high", "cost", "low", "high", "rank", "changed")


@dataclass(frozen=True)
class _Setting:
    """One assumption at one value."""

    assumption: str
    setting: str  #: low, default or high
    value: float


def assumptions(
    model: Participation,
    policies: Mapping[str, Policy],
    population: Network,
    *,
    steps: int,
    runs: int,
    seed: int,
    burn_in: int = 30,
    outcome: str = "innovations",
    varied: Mapping[str, Sequence[float]] | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Which policy comes first, and under which assumptions another would: each assumption low and high, the others as they are.

    Costs of a unit, what an introduction is worth, what a grant adds to own R&D, what R&D bodies know and how many there are: no data at hand identify them, and
    policies are ranked by them. A ranking that an assumption turns over is no finding about policies but about that assumption.

    Parameters
    ----------
    model
        Without policies.
    policies
        Instruments by name, each compared by itself.
    population
        Organisations, as for :func:`compare`.
    steps, runs, seed, burn_in, executor, progress
        As in :func:`compare`.
    outcome
        What one more costs: ``"innovations"``, ``"exporter_years"`` (over all years), ``"ties"``, ``"cluster_members"`` (in the last year).
    varied
        Low and high value by assumption. Names: ``"group.field"`` of the model (``"decision.arranged"``), ``"name.field"`` of a policy (``"events.cost"``), and
        ``"bodies"``: factor on the number of R&D bodies. None: the plausible ranges of ``decision.arranged``, ``constants.body_level``, of each policy's cost of a unit and of
        ``additionality``; and, where the population has bodies and no ties of its own, half and twice as many bodies.

    Returns
    -------
    DataFrame
        By ``assumption``, ``setting`` ("low", "high"; "default" once, first) and ``policy``: ``value`` of the assumption; ``paid`` (EUR), ``additional`` with its 95 % interval
        ``additional_low``, ``additional_high``; ``cost`` (EUR per additional result) with Fieller's interval ``low``, ``high``; ``rank`` by cost, 1 the cheapest, <NA> where
        no effect, or fewer results, can be told from chance; ``changed``: whether the order of policies differs from the default's in this setting.

    Raises
    ------
    DataError
        Wrong input; an assumption that is none of the model's or the policies'.

    Warns
    -----
    DataWarning
        The default's burn-in has not settled, as :func:`innovnet.simulate.replicate` tells.

    Notes
    -----
    One assumption at a time: interactions are not seen. Intervals hold the chance of the model; two policies whose intervals overlap are not told apart, whatever
    their ranks. The burn-in is shared where an assumption does not matter in it, and a policy whose assumption does not change is not run again.
    More bodies are copies of those there are; fewer are every second one. Cost: about (1 + 2 × assumptions) comparisons.

    Examples
    --------
    >>> import innovnet as inn
    >>> s = inn.simulate
    >>> given = {"events": s.Matchmaking(budget=300_000, end=1), "projects": s.ProjectSubsidy(budget=1e6, end=1)}
    >>> lithuania = s.population(country="LT", firms=2000, seed=1)
    >>> found = s.assumptions(s.Participation(), given, lithuania, steps=1, runs=2, seed=1, burn_in=4, outcome="ties", varied={"events.cost": (5_000, 50_000)})
    >>> found.index.unique("setting").tolist()
    ['default', 'low', 'high']
    """
    _check(model, policies, population, outcome, burn_in)
    check_labels([replace(model, policies=tuple(policies.values()))], population)
    settings = _settings(model, policies, population, varied)
    start = _settled(model, population, burn_in, seed, progress)
    if isinstance(start, Checkpoint) and (half := second_half(burn_in)):
        warn_of_burn_in(start.names, start.rows[-half:], burn_in, stacklevel=3)
    how = {"steps": steps, "runs": runs, "seed": seed, "executor": executor, "progress": progress}
    default = _costs(model, policies, start, outcome, how)
    tables = {(DEFAULT, DEFAULT): default.assign(value=np.nan)}
    for one in settings:
        found = _under(one, model, policies, population, start, default, burn_in, outcome, how)
        tables[one.assumption, one.setting] = found.assign(value=one.value)
    return _joined({key: _ranked(table) for key, table in tables.items()}, list(policies))


def _joined(tables: Mapping[tuple[str, str], pd.DataFrame], policies: list[str]) -> pd.DataFrame:
    """One table, with an index in the order of its labels: each is looked up as fast as in a sorted one."""
    order = list(tables[DEFAULT, DEFAULT]["rank"])
    rows = pd.concat([table.assign(changed=not _same(list(table["rank"]), order)) for table in tables.values()])
    levels = [list(dict.fromkeys(name for name, _ in tables)), [DEFAULT, "low", "high"], policies]
    keys = [(name, setting, policy) for name, setting in tables for policy in policies]
    codes = [[level.index(key[i]) for key in keys] for i, level in enumerate(levels)]
    index = pd.MultiIndex(levels=levels, codes=codes, names=["assumption", "setting", "policy"])
    return rows[list(_COLUMNS)].set_axis(index)


def _check(model: Any, policies: Any, population: Any, outcome: str, burn_in: int) -> None:
    check_kind(model, Participation, "assumptions", "The assumptions of other models are not listed.")
    if model.policies:
        msg = "assumptions: the model has policies of its own. Give it without, and the policies by name: policies={'events': Matchmaking(...)}."
        raise DataError(msg)
    if not isinstance(policies, Mapping) or not policies or not all(isinstance(n, str) and isinstance(p, Policy) for n, p in policies.items()):
        msg = f"policies={policies!r:.80} is no mapping from names to instruments. Write {{'events': Matchmaking(...), 'projects': ProjectSubsidy(...)}}."
        raise DataError(msg)
    if outcome not in RESULTS:
        msg = f"outcome={outcome!r} is none of {', '.join(map(repr, RESULTS))}. {did_you_mean(str(outcome), list(RESULTS))}"
        raise DataError(msg)
    check_population(population, "assumptions")
    check_whole(burn_in, "burn_in", 0)


def _settings(model: Participation, policies: Mapping[str, Policy], population: Network, varied: Mapping[str, Sequence[float]] | None) -> list[_Setting]:
    known = _known(model, policies)
    if varied is None:
        names = [*_OF_MODEL, *(f"{name}.{_unit(policy)}" for name, policy in policies.items())]
        names += [f"{name}.additionality" for name, policy in policies.items() if isinstance(policy, ProjectSubsidy)]
        ranges: dict[str, Sequence[float]] = {name: plausible for name in names if (plausible := known.get(name)) is not None}
        if population.n_ties == 0 and (population.actors["type"] != "firm").any():
            ranges[BODIES] = (_FEWER_BODIES, _MORE_BODIES)
    else:
        check_kind(varied, Mapping, "varied", "Write names and pairs of numbers, as in {'events.cost': (5_000, 50_000)}.")
        ranges = dict(varied)
    for name, values in ranges.items():
        _check_range(name, values, known, population)
    return [_Setting(name, setting, float(value)) for name, values in ranges.items() for setting, value in zip(("low", "high"), values, strict=True)]


def _check_range(name: str, values: Any, known: Mapping[str, Any], population: Network) -> None:
    if name != BODIES and name not in known:
        msg = f"varied: {name!r} is no assumption of the model or the policies. {did_you_mean(str(name), [BODIES, *known])}"
        raise DataError(msg)
    if not isinstance(values, Iterable) or len(pair := list(values)) != 2 or not all(isinstance(v, int | float | np.number) for v in pair):
        msg = f"varied[{name!r}]={values!r} is no pair of numbers. Give a low and a high value, as in (0.5, 2.0)."
        raise DataError(msg)
    if name == BODIES and (population.n_ties or min(pair) <= 0):
        msg = (
            f"varied: the number of R&D bodies can be changed by factors above 0, in a population without ties; it has {population.n_ties:,}, the factors are "
            f"{pair}. Leave 'bodies' out, or give a population without ties."
        )
        raise DataError(msg)


def _known(model: Participation, policies: Mapping[str, Policy]) -> dict[str, tuple[float, float] | None]:
    """Plausible ranges (or None) of what can be varied, by name."""
    owners = {field.name: getattr(model, field.name) for field in fields(model)} | dict(policies)
    return {
        f"{name}.{field.name}": meaning(field).plausible
        for name, owner in owners.items()
        if is_dataclass(owner) and not isinstance(owner, type)
        for field in fields(owner)
        if isinstance(getattr(owner, field.name), int | float) and not isinstance(getattr(owner, field.name), bool)
    }


def _unit(policy: Policy) -> str:
    """The field that says what a unit costs."""
    return "grant" if isinstance(policy, ProjectSubsidy) else "cost"


def _settled(model: Participation, population: Network, burn_in: int, seed: int, progress: bool | None) -> Network | Checkpoint:
    return run_model(model, population, steps=burn_in, seed=seed, progress=progress).checkpoint if burn_in else population


def _under(
    one: _Setting,
    model: Participation,
    policies: Mapping[str, Policy],
    population: Network,
    start: Network | Checkpoint,
    default: pd.DataFrame,
    burn_in: int,
    outcome: str,
    how: dict[str, Any],
) -> pd.DataFrame:
    """Costs of all policies where one assumption is another."""
    if one.assumption == BODIES:
        changed = _with_bodies(population, one.value)
        return _costs(model, policies, _settled(model, changed, burn_in, how["seed"], how["progress"]), outcome, how)
    owner, _, field = one.assumption.rpartition(".")
    varied: Any = policies[owner] if owner in policies else getattr(model, owner)
    whole = isinstance(getattr(varied, field), int) and one.value == int(one.value)
    with as_meant():
        varied = replace(varied, **{field: int(one.value) if whole else one.value})
        if owner in policies:
            return pd.concat([_costs(model, {owner: varied}, start, outcome, how), default.drop(index=owner)]).loc[list(policies)]
        other = replace(model, **{owner: varied})
    again = start if one.assumption == "decision.arranged" else _settled(other, population, burn_in, how["seed"], how["progress"])
    return _costs(other, policies, again, outcome, how)


def _with_bodies(population: Network, factor: float) -> Network:
    """The population with so many times its R&D bodies, each region's in turn."""
    actors = population.actors
    body = (actors["type"] != "firm").to_numpy()
    rows = np.flatnonzero(body)
    wanted = max(1, round(len(rows) * factor))
    taken = rows[(2 * np.arange(wanted) + 1) * len(rows) // (2 * wanted)]
    order = np.sort(np.concatenate([np.flatnonzero(~body), taken]), kind="stable")
    table = actors.iloc[order].set_axis(pd.RangeIndex(len(order), name=actors.index.name))
    return Network.from_frames(table, pd.DataFrame(dict.fromkeys(("source", "target"), table.index[:0])))


def _costs(model: Participation, policies: Mapping[str, Policy], start: Network | Checkpoint, outcome: str, how: dict[str, Any]) -> pd.DataFrame:
    """By policy: what one more of the outcome costs."""
    result = RESULTS[outcome]
    scenarios = {name: replace(model, policies=(policy,)) for name, policy in policies.items()}
    found = compare(model, scenarios, start, outcomes=(), **how)
    costs = found.cost(result.observed, over="sum" if result.summed else "last")
    effects = found.sums if result.summed else found.effects.xs(how["steps"], level="year")
    both = effects.xs(result.observed, level="outcome")[["low", "high"]].add_prefix("additional_")
    return costs.drop(columns="verdict").join(both)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    usable = table["cost"].where((table["cost"] > 0) & (table["additional"] > 0))
    return table.assign(rank=usable.rank(method="min").astype("Int64"))


def _same(one: list[Any], other: list[Any]) -> bool:
    return [None if pd.isna(rank) else int(rank) for rank in one] == [None if pd.isna(rank) else int(rank) for rank in other]
