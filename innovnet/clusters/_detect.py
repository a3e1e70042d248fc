"""Clusters that nobody registered: groups that cooperate more with each other than with others, whichever way one looks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import check_kind, check_whole, some
from innovnet._text import escape
from innovnet.clusters._cooperation import NUTS3
from innovnet.clusters._detect_groups import Found, disjoint, distinct, groups_of, inside_share, one_event_share
from innovnet.clusters._detect_world import World, in_window, world_of
from innovnet.clusters._register import Register
from innovnet.clusters._time import check_window, day_of
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.metrics._null import fixed_degree_samples

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST = 0.8  # mean co-assignment of a stable group
INWARD = 0.5  # share of the weight of its members' ties that lies inside a group that is shown
LASTING = 2  # neighbouring resolutions at which a stable group is found
_RESOLUTIONS = tuple(np.geomspace(1, 100, 9).tolist())  # four steps to a tenfold
_LARGEST = 1e6
_COMMON = 0.25  # share of the members from which a sector or region names a group


@dataclass(frozen=True, eq=False, repr=False)
class Candidates:
    """Groups that may be clusters, found by :func:`detect`, and how firm each of them is.

    Examples
    --------
    >>> import innovnet as inn
    >>> found = inn.clusters.detect(inn.example(), at=2025, starts=5, seed=0)
    >>> found.stability.columns[:5].tolist()
    ['size', 'co_assignment', 'resolution_low', 'resolution_high', 'resolutions']
    """

    register: Register  #: the candidates that are shown, as clusters without known dates of entry: no organisation is in two of them
    stability: pd.DataFrame  #: one row for each group that was found, shown or not
    membership: pd.DataFrame  #: candidate, organisation, name, co_assignment: mean share of the others of the group that it was with, over starts
    by_chance: (
        pd.DataFrame
    )  #: the same search in random worlds, one row each: groups, stable, shown, organisations in those that are shown, their mean inside_share
    quality: pd.DataFrame  #: what was used and what was left out, with counts
    at: pd.Timestamp
    window: int
    max_event_size: int | None
    resolutions: tuple[float, ...]
    starts: int
    seed: int

    def __repr__(self) -> str:
        return f"Candidates: {self.register.n_clusters} shown of {len(self.stability)} groups, {self.at:%Y-%m-%d}, window of {self.window} years"

    def _repr_html_(self) -> str:
        return f"<b>{escape(repr(self))}</b>{self.stability.head(10).to_html()}"


def detect(
    affiliation: Affiliation,
    *,
    at: Any,
    window: int = 3,
    max_event_size: int | None = 30,
    resolutions: Sequence[float] | None = None,
    seed: int,
    starts: int = 20,
    worlds: int = 0,
    progress: bool | None = None,
) -> Candidates:
    """Groups of organisations that cooperate like a cluster, registered or not.

    Ties of the window weigh w = Σ 1/(n_k − 1) over joint events of n_k participants [1]_, times 1 + (same sector) + (same region): attributes
    strengthen ties and never make one. At each resolution γ the Leiden method [2]_ starts many times; ties whose ends are in one community in at least
    half of the starts hold the groups together. A group is stable if the pairs in it are together in at least 0.8 of the starts on average, and it is
    found, with a Jaccard index of at least 0.75, at two or more neighbouring γ.

    Parameters
    ----------
    affiliation
        With dates of its events; joint events that only the register knows come in by :func:`cooperation`. To look inside one country, give its
        organisations alone: ``affiliation.select(actors=...)``.
    at
        A day; a year means its last one.
    window
        Years up to ``at``, 1 to 100: events with start ≤ at and end > at − window.
    max_event_size
        Events with more participants make no ties; None: all make some. Their number is in ``quality``.
    resolutions
        At least two values of γ above 0, taken in ascending order. Default: nine from 1 to 100 in equal ratios.
    seed
        Any whole number of at least 0.
    starts
        Starts at each γ, at least 2.
    worlds
        Random worlds in which the same search is made: organisations and events of the window find each other at random, each organisation in as many
        events, each event with as many members (:func:`innovnet.metrics.fixed_degree_samples`).
    progress
        A bar: None after 2 seconds on a terminal, True always, False never.

    Returns
    -------
    Candidates
        ``.register`` has the candidates that are shown, for :func:`indicators` and :func:`compare`. ``.stability`` has every group of at least five that was
        found, index ``candidate``: size, co_assignment, resolution_low, resolution_high, resolutions (how many), events, top_event_share, main sector,
        region and country with the share of the members that have them, ``stable``, ``shown``, and the ``reason`` where it is not shown. ``.by_chance`` has
        one row for each random world.

    Raises
    ------
    DataError
        No dates of events; a parameter out of its range.

    Notes
    -----
    Sector: the NACE division (column ``nace`` of actors), else column ``sector``, else ``field``, for CORDIS has no NACE; region: NUTS 3 of column ``nuts``,
    else column ``region``. What was used is in ``.quality``. Not known is not the same as anything. Groups that are the same at
    several γ are one row. Shown are stable groups whose members cooperate more inside than outside (inside_share above 0.5, a community in the weak sense
    [3]_) and that rest on more than one event (one alone is a project, not a cluster); of those that share members the one found at most γ, then that of higher
    co-assignment, then the larger. What lasts over starts and γ need not be more than chance: a network whose events found their members at random has about
    as many stable groups, for every event of many members makes one. Look at ``inside_share`` and ``top_event_share``, and at ``.by_chance``, before a
    candidate is called a cluster; a p-value of its density means nothing, it was chosen for being dense. Isolates have no part in it. The
    result depends neither on the order of rows nor on threads. Needs igraph. Cost: γ values × starts × a run of the Leiden method, about O(ties);
    pairs that have no tie are never written out.

    References
    ----------
    .. [1] Newman (2001), Scientific collaboration networks II, Physical Review E 64, 016132, doi:10.1103/PhysRevE.64.016132.
    .. [2] Traag, Waltman & van Eck (2019), From Louvain to Leiden: guaranteeing well-connected communities, Scientific Reports 9, 5233,
       doi:10.1038/s41598-019-41695-z.
    .. [3] Radicchi, Castellano, Cecconi, Loreto & Parisi (2004), Defining and identifying communities in networks, PNAS 101, 2658-2663,
       doi:10.1073/pnas.0400054101.

    Examples
    --------
    >>> import innovnet as inn
    >>> found = inn.clusters.detect(inn.example(), at=2025, starts=5, seed=0)
    >>> found.register.n_clusters == found.stability["shown"].sum()
    np.True_
    >>> found.stability["size"].min() >= 5
    np.True_
    """
    check_kind(affiliation, Affiliation, "detect()", "Ties of clusters are looked for in events with dates: give an affiliation.")
    check_window(window)
    check_whole(seed, "seed", 0)
    check_whole(starts, "starts", 2)
    check_whole(worlds, "worlds", 0)
    if max_event_size is not None:
        check_whole(max_event_size, "max_event_size", 2)
    grid, day = _checked(_RESOLUTIONS if resolutions is None else resolutions), day_of(at)
    options = _Search(day, window, max_event_size, grid, seed, starts, progress)
    world, found, stability, chosen = options.of(affiliation)
    members = _members(found, chosen, stability.index, world.actors)
    register = _register(stability, members, world, f"detected in cooperation of {window} years up to {day:%Y-%m-%d}")
    by_chance = options.by_chance(affiliation, worlds)
    return Candidates(register, stability, members, by_chance, world.noted, day, window, max_event_size, grid, starts, seed)


class _Search(NamedTuple):
    """How groups are looked for."""

    at: pd.Timestamp
    window: int
    max_event_size: int | None
    grid: tuple[float, ...]
    seed: int
    starts: int
    progress: bool | None

    def of(self, affiliation: Affiliation) -> tuple[World, Found, pd.DataFrame, Ints]:
        """The groups of an affiliation."""
        world = world_of(affiliation, self.at, self.window, self.max_event_size)
        found = groups_of(world.ties, np.array(self.grid), seed=self.seed, starts=self.starts, progress=self.progress)
        return world, found, *_stability(found, world, self.grid)

    def by_chance(self, affiliation: Affiliation, worlds: int) -> pd.DataFrame:
        """How many groups there are in random worlds."""
        rows = []
        if worlds:
            inside = affiliation.select(events=in_window(affiliation, self.at, self.window))
            for world in fixed_degree_samples(inside, runs=worlds, seed=self.seed):
                table = self.of(world)[2]
                shown = table[table["shown"]]
                rows.append((len(table), table["stable"].sum(), len(shown), shown["size"].sum(), shown["inside_share"].mean()))
        found = pd.DataFrame(rows, columns=["groups", "stable", "shown", "organisations", "inside_share"]).rename_axis("world")
        return found.astype({"inside_share": "float64"} | dict.fromkeys(["groups", "stable", "shown", "organisations"], "int64"))


def _checked(resolutions: Sequence[float]) -> tuple[float, ...]:
    values = list(resolutions) if isinstance(resolutions, Iterable) else [resolutions]
    wrong = [v for v in values if not isinstance(v, int | float | np.integer | np.floating) or isinstance(v, bool) or not 0 < v <= _LARGEST]
    grid = tuple(sorted({float(v) for v in values})) if not wrong else ()
    if len(grid) < LASTING:
        msg = f"resolutions={some(values)} are not at least {LASTING} different numbers above 0 and up to {_LARGEST:g}: a group must be found again at a neighbouring one."
        raise DataError(msg)
    return grid


def _stability(found: Found, world: World, grid: tuple[float, ...]) -> tuple[pd.DataFrame, Ints]:
    """One row for each distinct group, those that are shown first, and which group of ``found`` it is."""
    size, co_assignment, lasting = found.size, found.co_assignment, found.high - found.low + 1
    stable = (co_assignment >= LEAST) & (lasting >= LASTING)
    first = found.members.indices[found.members.indptr[:-1]]
    order = np.lexsort((found.resolution, first, -size, -co_assignment, -lasting, ~stable))
    chosen = distinct(found, order)
    events, top = one_event_share(found.members[chosen], world.incidence)
    inside = inside_share(found.members[chosen], world.ties)
    fit = stable[chosen] & ~(top >= 1) & (inside > INWARD)
    shown = np.isin(chosen, disjoint(found, chosen[fit]))
    why = [co_assignment[chosen] < LEAST, lasting[chosen] < LASTING, top >= 1, inside <= INWARD, ~shown]
    words = [
        "not the same in all starts",
        "found at one resolution only",
        "rests on one event alone",
        "cooperates no less outside than inside",
        "shares members with a candidate that is shown",
    ]
    table = pd.DataFrame(
        {
            "size": size[chosen],
            "co_assignment": co_assignment[chosen],
            "resolution_low": np.array(grid)[found.low[chosen]],
            "resolution_high": np.array(grid)[found.high[chosen]],
            "resolutions": lasting[chosen],
            "inside_share": inside,
            "events": events,
            "top_event_share": top,
            **_main(found.members[chosen], world.actors),
            "stable": stable[chosen],
            "shown": shown,
            "reason": pd.Series(np.select(why, words, default=""), dtype="str").replace("", None),
        }
    )
    order = np.lexsort((np.arange(len(table)), -table["size"], ~table["stable"], ~table["shown"]))
    names = pd.Index([f"D{k:0{len(str(len(table)))}}" for k in range(1, len(table) + 1)], dtype="str", name="candidate")
    return table.iloc[order].set_axis(names), chosen[order]


def _main(members: sparse.csr_array, actors: pd.DataFrame) -> dict[str, npt.ArrayLike]:
    """The commonest sector, region and country of each group (of equally common ones the first by name) and the share of its members that have it."""
    found: dict[str, npt.ArrayLike] = {}
    for column in ("sector", "region", "country"):
        codes, labels = pd.factorize(actors[column], sort=True)
        known = np.flatnonzero(codes >= 0)
        of = sparse.csr_array((np.ones(len(known)), (known, codes[known])), shape=(len(actors), max(len(labels), 1)))
        counts = sparse.csr_array(members @ of)
        best = counts.argmax(axis=1)
        most = counts.max(axis=1).toarray().ravel()
        names = np.array([*labels, None], dtype=object)[np.where(most > 0, best, len(labels))]
        found |= {f"main_{column}": pd.Series(names, dtype="str"), f"{column}_share": most / np.diff(members.indptr)}
    return found


def _members(found: Found, chosen: Ints, names: pd.Index, actors: pd.DataFrame) -> pd.DataFrame:
    kept, together = (sparse.csr_array(matrix[chosen]) for matrix in (found.members, found.together))  # the same places in both
    table = pd.DataFrame({"candidate": names.repeat(np.diff(kept.indptr)), "organisation": actors.index.take(kept.indices)})
    table["name"] = actors["name"].to_numpy()[kept.indices]
    return table.assign(co_assignment=together.data)


def _register(stability: pd.DataFrame, members: pd.DataFrame, world: World, source: str) -> Register:
    """The shown candidates as clusters; days of foundation and entry are not known."""
    shown = stability[stability["shown"]]
    sector, region, country = (shown[f"main_{c}"].where(shown[f"{c}_share"] >= _COMMON) for c in ("sector", "region", "country"))
    name = sector.fillna("mixed sectors") + ", " + region.fillna(country).fillna("several countries")
    clusters = pd.DataFrame({"cluster": shown.index, "name": name.to_numpy(), "country": shown["main_country"].to_numpy(), "source": source})
    clusters["region"] = region.where(region.str.len() == NUTS3).to_numpy()
    clusters["sectors"] = sector.to_numpy() if world.nace else None
    some = members[members["candidate"].isin(shown.index)]
    membership = pd.DataFrame({"cluster": some["candidate"], "organisation": some["organisation"], "role": "member"})
    organisations = world.actors.loc[pd.Index(some["organisation"])]
    organisations = organisations.assign(nuts3=organisations["region"], nace=organisations["sector"] if world.nace else None)
    return Register._from_tables({"clusters": clusters, "membership": membership, "organisations": organisations.reset_index()}, world.noted)
