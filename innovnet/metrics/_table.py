"""Several indicators side by side."""

import functools
import importlib
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import pandas as pd

from innovnet._check import check_choice, some
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import Groups, Missing
from innovnet.graph._network import Network
from innovnet.metrics._types import ActorTable

Graph: TypeAlias = Network | Affiliation
Indicator: TypeAlias = Callable[..., Any]

_BRIDGING = ("e_i_index", "participation_coefficient", "brokerage")


def indicators(
    network: Graph | Iterable[tuple[Any, Graph]], *functions: Indicator, groups: Groups | None = None, missing: Missing = "error", **named: Indicator
) -> pd.DataFrame:
    """A table of indicators, one row for each organisation (or for each region or other group), one column for each indicator.

    Parameters
    ----------
    network
        A network, or an affiliation where the functions take one; or pairs of a label and a network, such as those of windows of years: a panel.
    *functions
        Indicators: any functions of a network that return one value for each actor, or one row; yours as well as those of ``inn.metrics``. Or all of them one
        value or row for each group. Options are set with :func:`functools.partial`.
    groups
        A column of actors, or a Series on the actors, for the functions that have the option ``groups`` and were not given it.
    missing
        Actors without a group, for these functions: ``"error"``, ``"drop"`` or ``"category"``.
    **named
        Further functions, by the name of their column.

    Returns
    -------
    DataFrame
        Index ``actor``, in the order of the table of actors, or ``group``; for pairs (``window``, ``actor``). A function with one value gives the column of its
        name; one with a table gives a column ``name_column`` for each of its columns.

    Raises
    ------
    DataError
        A function without a name, or two of one name; one that needs ``groups``; a result that is not on the actors (or groups) of the network.

    Notes
    -----
    A result is matched by its index, in whatever order. Cost: that of the functions.

    Examples
    --------
    >>> import innovnet as inn
    >>> network = inn.toy().project()
    >>> inn.metrics.indicators(network, inn.metrics.degree, inn.metrics.e_i_index, groups="region").head(3)
           degree  e_i_index
    actor
    a           3  -0.333333
    b           2  -1.000000
    c           5   0.200000
    >>> panel = inn.metrics.indicators(((year, part.project()) for year, part in inn.windows(inn.toy(), width=1)), inn.metrics.degree)
    >>> panel.loc["2020"].head(2)
           degree
    actor
    a           1
    b           1
    """
    wanted = _named(functions, named)
    if isinstance(network, Network | Affiliation):
        return _table(network, wanted, groups, missing)
    tables: dict[Any, pd.DataFrame] = {}
    for pair in network if isinstance(network, Iterable) else [network]:
        if not isinstance(pair, tuple) or len(pair) != 2:
            msg = (
                f"indicators() takes a network, or pairs of a label and a network, not {type(network).__name__} of {type(pair).__name__}. See from_networkx()."
            )
            raise DataError(msg)
        if pair[0] in tables:
            msg = f"indicators() was given two networks with the label {pair[0]!r}. Give each its own."
            raise DataError(msg)
        tables[pair[0]] = _table(pair[1], wanted, groups, missing)
    if not tables:
        msg = "indicators() was given no network. Give one, or pairs of a label and a network."
        raise DataError(msg)
    return pd.concat(tables, names=["window"])


def _named(functions: Sequence[Indicator], named: dict[str, Indicator]) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for function in functions:
        inner = function
        while isinstance(inner, functools.partial):
            inner = inner.func
        name = getattr(inner, "__name__", "<lambda>")
        if name == "<lambda>" or name in found or name in named:
            problem = "a function without a name" if name == "<lambda>" else f"two functions of the name {name!r}"
            msg = f"indicators() was given {problem}. Name the column: indicators(network, my_column=function)."
            raise DataError(msg)
        found[name] = function
    if not found and not named:
        msg = "indicators() was given no function. Give at least one, as in indicators(network, inn.metrics.degree)."
        raise DataError(msg)
    return found | named


def _table(graph: Graph, wanted: dict[str, Indicator], groups: Groups | None, missing: Missing) -> pd.DataFrame:
    frames = [_frame(name, function(graph, **_options(name, function, groups, missing))) for name, function in wanted.items()]
    by_group = frames[0].index.name == "group"
    index = frames[0].index if by_group else graph.actors.index
    for name, frame in zip(wanted, frames, strict=True):
        odd = frame.index.symmetric_difference(index)
        if len(odd) or frame.index.has_duplicates:
            rows = "groups of the first function" if by_group else "actors of the network"
            what = f"differ in {some(odd)}" if len(odd) else f"{some(frame.index[frame.index.duplicated()].unique())} more than once"
            msg = f"the result of {name} is not on the {rows}: {what}. An indicator returns one value for each, on their index (network.series(values, name))."
            raise DataError(msg)
    table = pd.concat([frame.reindex(index) for frame in frames], axis=1)
    if table.columns.has_duplicates:
        msg = f"several functions give the column {some(table.columns[table.columns.duplicated()])}. Name them otherwise: indicators(network, my_column=function)."
        raise DataError(msg)
    return table


def _options(name: str, function: Indicator, groups: Groups | None, missing: Missing) -> dict[str, Any]:
    """``groups`` and ``missing`` for a function that has them and was not given them."""
    try:
        options = inspect.signature(function).parameters
    except ValueError:  # a built-in function without a signature takes the network only
        return {}
    asked = options.get("groups")
    if asked is None or asked.default not in (inspect.Parameter.empty, None):
        return {}
    if groups is None:
        if asked.default is None:
            return {}
        msg = f"{name} needs groups. Give them, as in indicators(network, ..., groups='region')."
        raise DataError(msg)
    return {"groups": groups} | ({"missing": missing} if "missing" in options and missing != "error" else {})


def _frame(name: str, result: Any) -> pd.DataFrame:
    if isinstance(result, pd.Series):
        return result.to_frame(name)
    if isinstance(result, pd.DataFrame):
        return result.set_axis([f"{name}_{'_'.join(map(str, c)) if isinstance(c, tuple) else c}" for c in result.columns], axis=1)
    msg = f"{name} returned {type(result).__name__}, not one value for each actor. Call it by itself, or return network.series(values, {name!r})."
    raise DataError(msg)


def bridging_profile(
    network: Network, *, groups: Groups | Sequence[Groups], indicators: Sequence[str | Indicator] | None = None, missing: Missing = "error"
) -> ActorTable:
    """How each organisation bridges regions, sectors, countries, side by side: whom one partition shows as a broker another may show as closed.

    Parameters
    ----------
    network
        Actors and ties.
    groups
        Several partitions: columns of actors, or Series on the actors with a name.
    indicators
        Names of functions of ``inn.metrics`` with one value or row for each actor and the option ``groups``, or your own functions of this kind. None: ``e_i_index``,
        ``participation_coefficient`` and ``brokerage``. Indicators on paths take longer and are asked for by name.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their ties leave the computation for this partition, NaN for them; ``"category"``, one
        group ``"(missing)"``.

    Returns
    -------
    DataFrame
        Index ``actor``; columns (``partition``, ``indicator``), with a column for each column of an indicator that is a table, as in ``brokerage_liaison``.

    Raises
    ------
    DataError
        A partition without a name, or two of one name; an indicator that is not there or takes no groups.

    Notes
    -----
    Weights, direction and isolates: as in the indicators. Cost: that of the indicators, for each partition.

    Examples
    --------
    >>> import innovnet as inn
    >>> profile = inn.metrics.bridging_profile(inn.toy().project(), groups=["sector", "region"], indicators=["e_i_index", "participation_coefficient"])
    >>> profile.loc["f"].round(3)
    partition  indicator
    sector     e_i_index                    0.429
               participation_coefficient    0.625
    region     e_i_index                    0.429
               participation_coefficient    0.719
    Name: f, dtype: float64
    """
    asked = _BRIDGING if indicators is None else indicators
    if isinstance(asked, str) or not isinstance(asked, Sequence):
        msg = f"indicators= takes a list of names or functions, not {asked!r}. Write indicators=[...]."
        raise DataError(msg)
    chosen = [_resolved(indicator) for indicator in asked]
    wanted = _named(chosen, {})
    tables: dict[Any, pd.DataFrame] = {}
    for partition in [groups] if isinstance(groups, str | pd.Series) or not isinstance(groups, Iterable) else groups:
        if not isinstance(partition, str | pd.Series):
            msg = f"groups= takes names of columns of actors, or Series on the actors, not {partition!r}."
            raise DataError(msg)
        name = partition.name if isinstance(partition, pd.Series) else partition
        if name is None or name in tables:
            problem = "has no name" if name is None else f"has the name {name!r} of another"
            msg = f"a partition in groups= {problem}. Give each its own, as in series.rename('cluster')."
            raise DataError(msg)
        tables[name] = _table(network, wanted, partition, missing)
    if not tables:
        msg = "groups= has no partition. Name at least one column of actors, as in groups=['region', 'sector']."
        raise DataError(msg)
    return pd.concat(tables, axis=1, names=["partition", "indicator"])


def _resolved(indicator: str | Indicator) -> Indicator:
    """A function with the option ``groups``, itself or by its name."""
    function = indicator
    if isinstance(indicator, str):
        room: Any = importlib.import_module("innovnet.metrics")  # the list of all indicators, to which this file belongs
        check_choice(indicator, room.__all__, "indicator")
        function = getattr(room, indicator)
    if not callable(function) or "groups" not in inspect.signature(function).parameters:
        msg = f"{indicator!r} takes no groups, so it is the same for every partition. Use indicators(network, ...) for it."
        raise DataError(msg)
    return function
