"""Any indicator against chance."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from innovnet._check import check_choice, check_runs, some
from innovnet._parallel import progress_bar, run
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import Groups, column_of
from innovnet.graph._network import Network, check_network
from innovnet.graph._project import Weighting
from innovnet.metrics._inference import Correction, adjusted, simulated_table
from innovnet.metrics._samples import class_codes, memberships_behind, permutation, sample

Indicator = Callable[..., Any]
World = Callable[[Network, int], Network]
Null = Literal["affiliation", "labels", "degree"] | World
Graph = TypeVar("Graph", Affiliation, Network)

_NULLS = ("affiliation", "labels", "degree")


def fixed_degree_samples(network_or_affiliation: Graph, *, runs: int, seed: int, within: str | None = None) -> Iterator[Graph]:
    """Random worlds in which every organisation cooperates as much as it does: the same numbers of ties, or of events and members, at random.

    Uniform over all affiliations with the same number of events of every actor and of members of every event, or over all simple graphs with the
    same degrees (directed: in- and out-degrees).

    Parameters
    ----------
    network_or_affiliation
        What was observed.
    runs
        Number of worlds, at least 1.
    seed
        Any whole number of at least 0. World k is a function of the seed and of k.
    within
        Affiliations only: a column of events (such as ``"part"``); memberships are exchanged inside its classes, and events without a value are one class.

    Returns
    -------
    iterator of Affiliation or of Network
        With the same actors (and events). Roles, dates and money of participations and columns of ties belong to the observed world and are left out.

    Notes
    -----
    Affiliation: two memberships are picked and exchanged where that makes none twice, 5 times for each membership [1]_, and a refused exchange counts [2]_; in
    Horizon Europe a world then has as few memberships in common with the observed one (1 percent) as after 20. An attribute of
    actors that is derived from events (``field``) is derived anew. Network: two ties u-v, x-y become u-y, x-v in the same way; directed ones also
    have their cycles of three turned round, else not every graph could be reached [1]_. Weights travel with the ties: their distribution is kept, the
    strength of an actor is not. Isolates stay isolates. A projected network holds cliques, which exchanged ties destroy: for those take the affiliation.
    Cost: O(memberships × their mean number in an event) a world, or O(ties × mean degree).

    References
    ----------
    .. [1] Rao, Jana & Bandyopadhyay (1996), A Markov chain Monte Carlo method for generating random (0, 1)-matrices with given marginals, Sankhyā A 58,
       225-242.
    .. [2] Artzy-Randrup & Stone (2005), Generating uniformly distributed random networks, Physical Review E 72, 056708,
       doi:10.1103/PhysRevE.72.056708.

    Examples
    --------
    >>> import innovnet as inn
    >>> [world.project().n_ties for world in inn.metrics.fixed_degree_samples(inn.toy(), runs=3, seed=0)]
    [21, 21, 19]
    """
    _check_runs(runs, seed)
    return (sample(network_or_affiliation, seed=seed, replicate=k, within=within) for k in range(runs))


def null_samples(
    indicator: Indicator,
    network: Network,
    *,
    null: Null,
    groups: Groups | None = None,
    within: str | None = None,
    runs: int,
    seed: int,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Values of an indicator in random worlds, one row for each world: for ranges, histograms and tests of one's own.

    Parameters
    ----------
    indicator, network, null, groups, within, runs, seed, executor, progress
        As for :func:`compare_to_null`.

    Returns
    -------
    DataFrame
        Index ``replicate``, 0 to runs − 1; columns are the index of the observed values. NaN where a world lacks what was observed.

    Notes
    -----
    A network that has the indicator undefined somewhere (an isolate, a group without ties) has NaN there. Cost: ``runs`` times that of a world and of
    the indicator, spread over threads; world k is the same for any number of them.

    Examples
    --------
    >>> import innovnet as inn
    >>> network = inn.toy().project()
    >>> inn.metrics.null_samples(inn.metrics.assortativity, network, null="labels", groups="region", runs=2, seed=0).columns.tolist()
    ['assortativity']
    """
    return _observed_and_samples(indicator, network, null, groups, within, runs, seed, executor, progress)[1]


def compare_to_null(
    indicator: Indicator,
    network: Network,
    *,
    null: Null,
    groups: Groups | None = None,
    within: str | None = None,
    runs: int,
    seed: int,
    correction: Correction | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Whether an indicator is larger or smaller than chance would make it: the observed value beside those of random worlds.

    For R worlds with values T and the observed value t: p_lower = (1 + #{T ≤ t})/(1 + R), p_upper = (1 + #{T ≥ t})/(1 + R), p = min(1, 2·min(p_lower, p_upper)),
    z = (t − mean)/sd, sd with R − 1.

    Parameters
    ----------
    indicator
        Any function of a network that gives a number, a Series or a table of numbers: one of :mod:`innovnet.metrics`, or one's own. Options are fixed with
        ``functools.partial(indicator, weighted=True)``.
    network
        The observed network.
    null
        What chance is. ``"affiliation"``: organisations and events find each other at random, each organisation in as many events, each event with
        as many members as observed; the world is projected as the network was. ``"labels"``: the network stays and ``groups`` are dealt out anew.
        ``"degree"``: ties at random, degrees kept. Or a function of (network, replicate) that gives a network.
    groups
        The groups (a column of actors, or a Series on them), handed to an indicator that has an argument ``groups``. A column that is derived from events
        (``field``) is derived anew in every random affiliation, so it must be given by its name there.
    within
        Classes inside which chance works: a column of events with ``"affiliation"``, of actors with ``"labels"``.
    runs
        Number of worlds, at least 1. No p_lower or p_upper is below 1/(runs + 1).
    seed
        Any whole number of at least 0.
    correction
        For many values at once: adds ``p_adjusted``, by ``"bonferroni"``, ``"holm"`` [1]_, or ``"bh"``, the false discovery rate [2]_. NaN is no test.
    executor
        A pool of :mod:`concurrent.futures` in place of threads; with processes, ``indicator`` and ``null`` must be functions of a module.
    progress
        A bar: None after 2 seconds on a terminal, True always, False never.

    Returns
    -------
    DataFrame
        On the index of the indicator (of a table: its index and its columns; of a number: one row): observed, expected, sd, z, p_lower, p_upper, p.
        ``attrs``: indicator, options, null, runs, seed, version.

    Raises
    ------
    DataError
        ``"affiliation"`` for a network that is no projection; ``"labels"`` without groups; an indicator that gives text, or an index with repeats.

    Notes
    -----
    Values are matched by index: what a world lacks (a group that occurs only in the observed world) is NaN, and what is NaN in the observed world or
    in one random world has no p-value: an actor of one event may be an isolate in one world. Use :func:`null_samples` to judge such values.
    With ``"labels"``, actors without a group stay without. Directed networks: ``"degree"`` keeps in- and out-degrees. For a projection ``"degree"`` makes chance
    too narrow, because its ties come in cliques. z only describes. Cost: ``runs`` times that of a world and of the indicator, spread over threads; the
    result has the same bits for any number of them.

    References
    ----------
    .. [1] Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65-70.
    .. [2] Benjamini & Hochberg (1995), Controlling the false discovery rate, Journal of the Royal Statistical Society B 57, 289-300,
       doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> import innovnet as inn
    >>> table = inn.metrics.compare_to_null(inn.metrics.transitivity, inn.toy().project(), null="affiliation", runs=99, seed=0)
    >>> table["observed"].round(2).item(), table["p_upper"].round(2).item()
    (0.55, 0.11)
    """
    observed, samples = _observed_and_samples(indicator, network, null, groups, within, runs, seed, executor, progress)
    name, options = _described(indicator)
    options |= {"groups": groups.name if isinstance(groups, pd.Series) else groups, "within": within, "correction": correction}
    label = null if isinstance(null, str) else _described(null)[0]
    with np.errstate(invalid="ignore"):  # infinite values have no spread
        table = simulated_table(observed.index, observed.to_numpy(), samples.to_numpy(), indicator=name, options=options, null=label, runs=runs, seed=seed)
    if correction is not None:
        table["p_adjusted"] = adjusted(table["p"].to_numpy(), correction)
    return table


def _check_runs(runs: int, seed: int | None) -> None:
    check_runs(runs, seed)
    if runs < 1:
        msg = "runs=0 draws no world. Give runs= at least 1; 999 lets p-values reach 0.001."
        raise DataError(msg)


def _observed_and_samples(
    indicator: Indicator,
    network: Network,
    null: Null,
    groups: Groups | None,
    within: str | None,
    runs: int,
    seed: int,
    executor: Executor | None,
    progress: bool | None,
) -> tuple[pd.Series, pd.DataFrame]:
    check_network(network, "compare_to_null()")
    if not callable(indicator):
        msg = f"the indicator is {indicator!r}, no function. Give the function itself, such as innovnet.metrics.density."
        raise DataError(msg)
    _check_runs(runs, seed)
    task = _Task(indicator, network, null, groups, within, seed)
    task.check()
    observed = _measured(indicator, network, groups)
    if not observed.index.is_unique:
        again = observed.index[observed.index.duplicated()].unique()
        msg = f"the indicator gives values with the same label: {some(again)}. Only values with different labels can be matched between worlds."
        raise DataError(msg)
    if executor is None:
        found = run(task, runs, what="random worlds", progress=progress)
    else:
        found = progress_bar(executor.map(task, range(runs)), runs, "random worlds", progress)
    values = np.array([world.reindex(observed.index).to_numpy() for world in found], dtype=np.float64)
    return observed, pd.DataFrame(values, index=pd.RangeIndex(runs, name="replicate"), columns=observed.index)


@dataclass(frozen=True)
class _Task:
    """One random world and the indicator in it, by its number."""

    indicator: Indicator
    network: Network
    null: Null
    groups: Groups | None
    within: str | None
    seed: int

    def check(self) -> None:
        """Say what does not go together before anything is drawn."""
        if self.groups is None and _takes_groups(self.indicator, required=True):
            msg = f"{_described(self.indicator)[0]} needs groups. Give them, as in groups='region'."
            raise DataError(msg)
        if callable(self.null):
            if self.within is not None:
                msg = f'within={self.within!r} goes with null="affiliation" and null="labels", not with a function: it may keep its own classes.'
                raise DataError(msg)
            return
        check_choice(self.null, _NULLS, "null")
        match self.null:
            case "affiliation":
                self._check_derived(memberships_behind(self.network))
            case "labels" if self.groups is None:
                msg = 'null="labels" deals out groups anew: say which with groups=.'
                raise DataError(msg)
            case "labels" if isinstance(self.groups, pd.Series) and not _takes_groups(self.indicator):
                msg = (
                    f"{_described(self.indicator)[0]} has no argument groups, so a Series cannot be handed to it. Make it a column of actors and give its name."
                )
                raise DataError(msg)
        if self.within is not None and self.null == "degree":
            msg = f'within={self.within!r} goes with null="affiliation" (a column of events) and null="labels" (a column of actors), not with null="degree".'
            raise DataError(msg)

    def _check_derived(self, behind: Affiliation) -> None:
        for name in behind.derived:
            if isinstance(self.groups, pd.Series) and self.groups.equals(behind._actors[name]):
                msg = f"groups= holds the values of {name!r}, which is derived from the events and so another one in every random world. Give its name, groups={name!r}."
                raise DataError(msg)

    def __call__(self, replicate: int) -> pd.Series:
        if callable(self.null):
            world = self.null(self.network, replicate)
            if not isinstance(world, Network):
                msg = f"null= gave {type(world).__name__} for replicate {replicate}; it must give a Network."
                raise DataError(msg)
            return _measured(self.indicator, world, self.groups)
        match self.null:
            case "affiliation":
                behind = sample(memberships_behind(self.network), seed=self.seed, replicate=replicate, within=self.within)
                weighting: Weighting = self.network.weighting  # type: ignore[assignment]
                return _measured(self.indicator, behind.project(weighting), self.groups)
            case "degree":
                return _measured(self.indicator, sample(self.network, seed=self.seed, replicate=replicate), self.groups)
            case _:
                return self._relabelled(replicate)

    def _relabelled(self, replicate: int) -> pd.Series:
        actors, groups = self.network._actors, self.groups
        assert groups is not None
        values = column_of(actors, groups, "drop")
        classes = 2 * (0 if self.within is None else class_codes(actors, self.within, "actors")) + values.isna().to_numpy()
        dealt = values.take(permutation(len(actors), seed=self.seed, replicate=replicate, classes=classes)).set_axis(actors.index)
        if _takes_groups(self.indicator):
            return _measured(self.indicator, self.network, dealt)
        return _measured(self.indicator, dataclasses.replace(self.network, _actors=actors.assign(**{str(groups): dealt})), None)


def _takes_groups(function: Indicator, *, required: bool = False) -> bool:
    option = inspect.signature(function).parameters.get("groups")
    return option is not None and (not required or option.default is option.empty)


def _described(function: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    """The name of a function, and the options that ``functools.partial`` fixed."""
    inner = getattr(function, "func", function)
    return getattr(inner, "__name__", type(inner).__name__), dict(getattr(function, "keywords", {}))


def _measured(indicator: Indicator, network: Network, groups: Groups | None) -> pd.Series:
    """The values of an indicator as one Series of floats."""
    found = indicator(network, groups=groups) if groups is not None and _takes_groups(indicator) else indicator(network)
    if isinstance(found, pd.DataFrame):
        named = found.set_axis(found.columns.set_names([name or "column" for name in found.columns.names]), axis="columns")
        found = named.stack(level=list(range(named.columns.nlevels)))  # noqa: PD013  melt loses the index
    elif not isinstance(found, pd.Series):
        found = pd.Series([found], index=[_described(indicator)[0]])
    if len(found) and (not pd.api.types.is_numeric_dtype(found.dtype) or pd.api.types.is_complex_dtype(found.dtype)):
        msg = f"{_described(indicator)[0]} gives {found.dtype} values; only numbers can be compared with chance."
        raise DataError(msg)
    return found.astype(np.float64)
