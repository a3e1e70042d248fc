"""Participants of a programme among those who do not take part."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_kind, some
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.graph._tables import quality
from innovnet.simulate._check_population import check_actors
from innovnet.simulate._shares import FIRM, SIZES

Positions = npt.NDArray[np.int64]
_FREE = -1  #: a participant that stands for nobody


class Places(NamedTuple):
    """Where each participant comes in: the row of the population that it stands for, and its region there."""

    rows: Positions
    same_sector: npt.NDArray[np.bool_]
    region: pd.Series
    moved: npt.NDArray[np.bool_]
    foreign: npt.NDArray[np.bool_]


def surround(network: Network, population: Network) -> Network:
    """The participants of a programme among those who do not take part: without them a policy has nobody to reach.

    Each participant of a country of the population stands for one of its firms of the same region, size class and sector; where none of the sector is left, of any
    sector. So the totals of a region and size stay those of the population. Who has no like is added. A body stands for a body of the region.

    Parameters
    ----------
    network
        The participants with their ties, as :func:`from_network` makes them.
    population
        A population without ties, as :func:`population` makes it.

    Returns
    -------
    Network
        The participants first, with their identifiers, columns and ties; then the rest of the population, called by its row: "n0", "n1", ... where participants
        have text, numbers above theirs where they have whole numbers. A column ``participant`` tells them apart. ``quality`` counts who stands for one of the
        population, who was added, and who is of another country.

    Raises
    ------
    DataError
        Participants without what a simulation needs; a population with ties; no participant of a country of the population.

    Notes
    -----
    Participants of other countries stay as they are, with their ties: they are the partners of those here, but nobody of their country surrounds them. To leave
    them out, select before. A participant whose region is coarser or finer than those of the population has the region by its column ``nuts``, else one
    inside or around; participants of one coarse region are spread by the number of organisations. No draws: of the rows that are alike those at equal distances are taken,
    and rows of a synthetic population are in keyed order. Cost: O(n log n) for n rows; nothing is done for each pair.

    Examples
    --------
    >>> import innovnet as inn
    >>> network = inn.simulate.from_network(inn.example().project("newman"), seed=1)
    >>> lithuania = inn.simulate.population(country="LT", firms=5000, seed=1)
    >>> both = inn.simulate.surround(network, lithuania)
    >>> both.n_actors, both.n_ties == network.n_ties, int(both.actors["participant"].sum())
    (5390, True, 400)
    """
    for given, who in ((network, "network"), (population, "population")):
        check_kind(given, Network, f"surround: {who}", "Make it with from_network() and population().")
    if population.n_ties:
        msg = f"the population has {population.n_ties:,} ties: it cannot be told who takes part. Give one without ties, as simulate.population() makes it."
        raise DataError(msg)
    inside, around = network._actors, population._actors
    check_actors(inside)
    check_actors(around)
    found = _placed(inside, around)
    rest = np.ones(len(around), dtype=bool)
    rest[found.rows[found.rows != _FREE]] = False
    table = _joined(inside.assign(region=found.region), around, np.flatnonzero(rest))
    n, matrix = len(table), network.adjacency()
    indptr = np.concatenate([matrix.indptr, np.full(n - network.n_actors, matrix.indptr[-1], dtype=matrix.indptr.dtype)])
    larger = sparse.csr_array((matrix.data, matrix.indices, indptr), shape=(n, n), copy=False)
    noted = pd.concat([network.quality, population.quality, _noted(inside, found)], ignore_index=True)
    return Network._from_csr(table, larger, directed=network.directed, weighting=network.weighting, columns=network._columns, noted=noted)


def _placed(inside: pd.DataFrame, around: pd.DataFrame) -> Places:
    """A row of the population for each participant that has a like there."""
    nations = set(around["country"].dropna().unique())
    foreign = ~inside["country"].isin(nations).to_numpy()
    if foreign.all():
        msg = f"no participant is of {some(sorted(nations))}. Make the population of a country of theirs: {some(sorted(inside['country'].dropna().unique()))}."
        raise DataError(msg)
    region = _regions(inside, around, foreign)
    kinds = [_kinds(inside.assign(region=region), around), _kinds(around, around)]
    sectors = [_codes(table["sector"], around["sector"]) for table in (inside, around)]
    width = sectors[1].max(initial=0) + 3
    rows = np.full(len(inside), _FREE, dtype=np.int64)
    free = np.ones(len(around), dtype=bool)
    steps = []
    for sector in (1, 0):
        wanted = np.flatnonzero((rows == _FREE) & ~foreign)
        given = np.flatnonzero(free)
        keys = [kind[at] * width + sector * (code[at] + 2) for kind, code, at in zip(kinds, sectors, (wanted, given), strict=True)]
        taken = _paired(*keys)
        found = taken != _FREE
        rows[wanted[found]] = given[taken[found]]
        free[rows[rows != _FREE]] = False
        steps.append(rows != _FREE)
    moved = (region.astype("object") != inside["region"].astype("object")).to_numpy()
    return Places(rows, steps[0], region, moved, foreign)


def _paired(wanted: Positions, given: Positions) -> Positions:
    """For each key wanted the position of one that is given, each used once: at equal distances among those of the key, -1 where none is left."""
    order, ranked = np.argsort(given, kind="stable"), np.argsort(wanted, kind="stable")
    keys, first, counts = np.unique(wanted[ranked], return_index=True, return_counts=True)
    low = np.searchsorted(given, keys, side="left", sorter=order)
    there = np.searchsorted(given, keys, side="right", sorter=order) - low
    rank = np.arange(len(wanted)) - np.repeat(first, counts)
    have, want, start = (np.repeat(values, counts) for values in (there, counts, low))
    at = np.where(have >= want, (2 * rank + 1) * have // (2 * want), rank)
    found = np.full(len(wanted), _FREE, dtype=np.int64)
    fits = rank < have
    found[ranked[fits]] = order[(start + at)[fits]]
    return found


def _codes(column: pd.Series, like: pd.Series) -> Positions:
    """Codes of a column by the labels of another; -1 where missing, -2 where it has no such label."""
    labels, given = (table.astype("category").cat for table in (like, column))
    place = labels.categories.get_indexer(given.categories)
    place = np.append(np.where(place < 0, -2, place), -1)
    return np.asarray(place[given.codes.to_numpy()], dtype=np.int64)


def _kinds(table: pd.DataFrame, around: pd.DataFrame) -> Positions:
    """What must be equal: region, and size class of a firm; bodies are one class."""
    size = pd.Categorical(table["size"], categories=list(SIZES)).codes.astype(np.int64)
    size[(table["type"] != FIRM).to_numpy(dtype=bool)] = len(SIZES)
    return (_codes(table["region"], around["region"]) + 2) * (len(SIZES) + 2) + size + 1


def _regions(inside: pd.DataFrame, around: pd.DataFrame, foreign: npt.NDArray[np.bool_]) -> pd.Series:
    """The region of each participant in the terms of the population: by its NUTS code, else one inside or around its own; its own where none is."""
    firms = around["region"].astype("category").value_counts(sort=False).sort_index()
    names = firms.index.astype("str")
    region = inside["region"].astype("object")
    if "nuts" in inside:
        finer = ~region.isin(names) & inside["nuts"].isin(names) & ~foreign
        region = region.where(~finer, inside["nuts"].astype("object"))
    strange = ~region.isin(names) & ~foreign
    for label, who in region[strange].groupby(region[strange], sort=True):
        near = names.str.startswith(str(label)) | np.array([str(label).startswith(name) for name in names])
        total = firms.to_numpy()[near].cumsum()
        if near.any() and total[-1]:
            steps = (np.arange(len(who)) + 0.5) / len(who) * total[-1]
            region[who.index] = names[near].to_numpy()[np.searchsorted(total, steps, side="right")]
    return region


def _joined(inside: pd.DataFrame, around: pd.DataFrame, rest: Positions) -> pd.DataFrame:
    """Both tables below each other, with all columns of both."""
    around = around.take(rest)
    names = [*around.columns, *(column for column in inside.columns if column not in around.columns)]
    columns = {name: _below(inside.get(name), around.get(name), len(inside), len(around)) for name in names}
    columns["participant"] = np.arange(len(inside) + len(around)) < len(inside)
    return pd.DataFrame(columns, index=_labels(inside.index, rest), copy=False)


def _below(upper: pd.Series | None, lower: pd.Series | None, above: int, below: int) -> Any:
    """A column of both tables; missing where a table has no such column."""
    parts = [part for part in (lower, upper) if part is not None]
    if isinstance(parts[0].dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(parts[0].dtype):
        coded = [pd.Categorical(part) for part in parts]
        labels = coded[0].categories if len(coded) == 1 else coded[0].categories.append(coded[1].categories).unique()
        whole = [
            np.full(length, -1, dtype=np.int8) if part is None else pd.Categorical(part, categories=labels).codes
            for part, length in ((upper, above), (lower, below))
        ]
        return pd.Categorical.from_codes(np.concatenate(whole), dtype=pd.CategoricalDtype(labels))
    if len(parts) == 2:
        return pd.concat([parts[1], parts[0]], ignore_index=True).array
    have = parts[0]
    have = have.astype("boolean") if have.dtype == bool else have.astype("float64") if have.dtype.kind in "iu" else have
    gap = have.iloc[:0].reset_index(drop=True).reindex(range(above if upper is None else below))
    return pd.concat([gap, have] if upper is None else [have, gap], ignore_index=True).array


def _labels(ids: pd.Index, rest: Positions) -> pd.Index:
    """The participants' identifiers, and the others' by their row in the population."""
    if pd.api.types.is_integer_dtype(ids.dtype):
        return ids.append(pd.Index(rest + int(ids.max()) + 1, name=ids.name))
    letter = "n"
    while ids.str.fullmatch(letter + r"\d+").any():
        letter += "n"
    return ids.append(pd.Index(letter + pd.Series(rest).astype("str"), name=ids.name))


def _noted(inside: pd.DataFrame, found: Places) -> pd.DataFrame:
    placed, ids = found.rows != _FREE, inside.index
    body = (inside["type"] != FIRM).to_numpy(dtype=bool)
    told = [
        ("firms that stand for one of the region, size class and sector", placed & found.same_sector & ~body, "replaced"),
        ("firms that stand for one of the region and size class", placed & ~found.same_sector & ~body, "replaced"),
        ("bodies that stand for one of the region", placed & body, "replaced"),
        ("participants without a like in the population", ~placed & ~found.foreign, "added"),
        ("participants of other countries: nobody of their country surrounds them", found.foreign, "kept"),
        ("regions put in the terms of the population", found.moved, "repaired"),
    ]
    return quality([(item, "participants", int(mask.sum()), action, some(ids[mask], 3)) for item, mask, action in told if mask.any()])
