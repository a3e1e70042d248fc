"""The state of a large world from that of a small one whose places are its twins."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from innovnet._parallel import run
from innovnet.simulate._participation import _transplant_kernel as k
from innovnet.simulate._participation._compete_kernel import people_per_weight
from innovnet.simulate._participation._gather_kernel import LEAST
from innovnet.simulate._participation._numbers import Numbers
from innovnet.simulate._participation._state import F4, I4, I8, U4, Aid, Firms, Groups, Past, Places, State, Ties, no_support
from innovnet.simulate._participation._sweep import BLOCK, sweep

Key = np.uint64
_CLASSES = np.array([10, 50, 250], dtype=np.float32)  # persons from which on a size class starts
_CHUNK = 64  # blocks of a task


def transplanted(old: State, fresh: State, p: Numbers, coin: Key) -> State:
    """The small world ``old`` at the places of ``fresh``, a larger world that was just started; ``coin`` is the key of the copying. Changes ``fresh``."""
    copies = k.listed(twins(old.places, fresh.places), (old.places.sector == old.places.sectors).astype("u1"))
    rows, times = _rows(old.groups, copies)
    _copy_firms(old, fresh, copies, _clusters_of(old, copies, rows, times), p)
    many = int(times.sum())
    return replace(
        fresh,
        step=old.step,
        ties=_ties(old.ties, copies, coin),
        groups=_groups(old, fresh.firms, copies, rows, times),
        past=_past(old.past, copies, coin),
        aid=_aid(old.aid, copies),
        support=no_support(many),
        flows=np.rint(old.flows * (len(copies.twin) / len(copies.body))),
        next_cluster=many,
        levels=np.repeat(old.levels, times) if len(old.levels) == len(times) else old.levels,
    )


def _aid(aid: Any, copies: k.Copies) -> Aid:
    """What instruments gave the twins."""
    return Aid(*(values[copies.twin] if len(values) else values for values in aid))


class _Cells(NamedTuple):
    """The places of a world in the order of their cells (region × sector × size class) and in these of their reference size."""

    place: U4
    first: I8  #: where each cell begins, and the end


def twins(small: Places, large: Places) -> U4:
    """The small place whose state each large place takes.

    Each small place of a country and size class has equally many copies (but for rounding): as many as can be in its own region and sector, then in its region,
    in its country; where some of several places are taken, they are spread evenly over their ranks of reference size. Where a country has nobody of a class
    in the small world, twins are of the same class anywhere. Bodies are a class of their own.
    """
    edges = _edges(small)
    of, to = _cells(small, edges), _cells(large, edges)
    *kinds, size = _kinds(large, len(edges) + 1)
    supply, supplied = _supply(of, to, kinds[-1])
    demand, wanted = to.place, np.repeat(np.arange(len(size)), np.diff(to.first))
    found = np.empty(len(large.sector), dtype=np.uint32)
    for kind in kinds:
        supply, supplied = _sorted(supply, supplied, kind, small.reference)
        demand, wanted = _sorted(demand, wanted, kind, large.reference)
        left = _matched(supply, kind[supplied], demand, kind[wanted], found)
        supply, supplied, demand, wanted = supply[left[0]], supplied[left[0]], demand[left[1]], wanted[left[1]]
    cells = np.repeat(np.arange(len(size)), np.diff(of.first))
    for one in np.unique(size[wanted]):
        here = demand[size[wanted] == one]
        here, there = here[np.argsort(large.reference[here], kind="stable")], of.place[size[cells] == one]
        there = there[np.argsort(small.reference[there], kind="stable")]
        found[here] = there[_evenly(len(here), len(there))]
    return found


def _evenly(few: int, many: int) -> npt.NDArray[np.int64]:
    """So many positions below ``many``, spread evenly; some of them several times where these are fewer."""
    return (2 * np.arange(few) + 1) * many // max(2 * few, 1)


def _sorted(places: U4, cell: I8, kind: I8, size: F4) -> tuple[U4, I8]:
    """By kind and then by size, where they are not already."""
    if (np.diff(kind[cell]) >= 0).all() and len(np.unique(kind)) == len(kind):
        return places, cell
    order = np.lexsort((size[places], kind[cell]))
    return places[order], cell[order]


def _edges(small: Places) -> F4:
    """Persons from which on a size class starts: a class that the small world does not have is one with that below."""
    firm = small.sector != small.sectors
    there = np.unique(np.digitize(small.reference[firm], _CLASSES))
    return _CLASSES[there[1:] - 1]


def _cells(places: Places, edges: F4) -> _Cells:
    """Cells of a world: of each block of places one for each size class, and the last one for bodies."""
    blocks = len(places.block) - 1
    order, first = np.empty(len(places.sector), dtype=np.uint32), np.empty((blocks, len(edges) + 2), dtype=np.int64)

    def task(chunk: int) -> None:
        for block in range(chunk * _CHUNK, min((chunk + 1) * _CHUNK, blocks)):
            low, high = places.block[block], places.block[block + 1]
            size = places.reference[low:high]
            ranked = np.argsort(size, kind="stable")
            order[low:high] = low + ranked
            body = block % (places.sectors + 1) == places.sectors
            first[block] = low
            first[block, 1:] = low if body else (*(low + np.searchsorted(size[ranked], edges)), high)

    for _ in run(task, -(-blocks // _CHUNK), progress=False):
        pass
    return _Cells(order, np.append(first.ravel(), len(order)))


def _kinds(places: Places, sizes: int) -> list[I8]:
    """What cells share: itself, region, country, nothing; always the size class, bodies last."""
    block, size = np.divmod(np.arange((len(places.block) - 1) * (sizes + 1)), sizes + 1)
    region = block // (places.sectors + 1)
    return [np.arange(len(size)), region * (sizes + 1) + size, places.country[region] * (sizes + 1) + size, size]


def _supply(of: _Cells, to: _Cells, kind: I8) -> tuple[U4, I8]:
    """Small places, each as often as it is to be copied so that those of a kind serve the large ones of it, and their cells."""
    cell = np.repeat(np.arange(len(kind)), np.diff(of.first))
    order = np.argsort(kind[cell], kind="stable")
    there = np.bincount(kind[cell], minlength=kind.max() + 1)
    wanted = np.bincount(kind, weights=np.diff(to.first)).astype(np.int64)
    rank = np.arange(len(cell)) - np.repeat(np.cumsum(there) - there, there)
    a, b = np.repeat(wanted, there), np.repeat(there, there)
    times = np.empty(len(cell), dtype=np.int64)
    times[order] = (rank + 1) * a // np.maximum(b, 1) - rank * a // np.maximum(b, 1)
    return np.repeat(of.place, times), np.repeat(cell, times)


def _matched(supply: U4, supplied: I8, demand: U4, wanted: I8, found: U4) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Twins from a supply for a demand of the same kind, both sorted by kind and size; what is left of either."""
    kinds = np.unique(wanted)
    bounds = [np.searchsorted(of, kinds, side=side) for of in (supplied, wanted) for side in ("left", "right")]
    more, open_ = np.ones(len(supply), dtype=bool), np.ones(len(demand), dtype=bool)
    for s, s_end, d, d_end in zip(*(bound.tolist() for bound in bounds), strict=True):
        few = min(s_end - s, d_end - d)
        one, other = s + _evenly(few, s_end - s), d + _evenly(few, d_end - d)
        found[demand[other]] = supply[one]
        more[one] = open_[other] = False
    return more, open_


def _copied(indptr: I8, other: U4, copies: k.Copies, coin: Key) -> I8:
    """Where the copies of half-ties begin at each place, and the end."""
    found = np.zeros(len(copies.twin) + 1, dtype=np.int64)
    sweep(len(copies.twin), lambda low, high: k.degrees(low, high, copies, indptr, other, coin, found[1:]))
    return np.cumsum(found, out=found)


def _ties(ties: Ties, copies: k.Copies, coin: Key) -> Ties:
    indptr = _copied(ties.indptr, ties.other, copies, coin)
    n, m = len(copies.twin), int(indptr[-1])
    fresh = Ties(indptr, np.empty(m, "u4"), np.empty(m, "i2"), np.empty(m, "u1"), np.empty(m, "u1"), np.empty(m, "i2"))
    sweep(n, lambda low, high: k.copy_ties(low, high, copies, ties, coin, fresh))
    return fresh


def _past(past: Past, copies: k.Copies, coin: Key) -> Past:
    indptr = _copied(past.indptr, past.other, copies, coin)
    n, m = len(copies.twin), int(indptr[-1])
    fresh = Past(indptr, np.empty(m, "u4"), np.empty(m, "u1"), np.empty(m, "u1"))
    sweep(n, lambda low, high: k.copy_past(low, high, copies, past, coin, fresh))
    return fresh


def _copy_firms(old: State, fresh: State, copies: k.Copies, cluster: I4, p: Numbers) -> None:
    small, n = len(copies.body), len(copies.twin)
    above, learnt = np.empty_like(old.firms.knowledge), np.empty(small, "f4")
    sweep(small, lambda low, high: k.lessons(low, high, old.places, old.firms, p.quality_k, np.uint64(old.traits), above, learnt))
    places, firms = fresh.places, fresh.firms
    sums = np.zeros((-(-n // BLOCK), places.sectors))

    def task(low: int, high: int) -> None:
        k.copy_firms(
            low, high, BLOCK, copies, old.firms, old.places.reference, above, learnt, cluster, places, firms, p.quality_k, np.uint64(fresh.traits), sums
        )

    sweep(n, task)
    factors = people_per_weight(places, sums)
    sweep(n, lambda low, high: k.scale(low, high, places, firms, factors))


def _rows(groups: Groups, copies: k.Copies) -> tuple[I8, I8]:
    """Where the copies of each cluster begin among all, and how many there are: as many as its members have on average, each with members enough to live."""
    times = np.zeros(len(groups.number), dtype=np.int64)
    for row in range(len(times)):
        member = groups.member[groups.ptr[row] : groups.ptr[row + 1]]
        many = np.sort(copies.ptr[member + np.uint32(1)] - copies.ptr[member])
        times[row] = min(round(float(many.mean())), int(many[-LEAST])) if len(many) >= LEAST else 0
    return np.concatenate([[0], np.cumsum(times)]).astype(np.int64), times


def _clusters_of(old: State, copies: k.Copies, rows: I8, times: I8) -> I4:
    """The row of each large place: copies beyond those of the cluster join the first ones."""
    found = old.firms.cluster[copies.twin]
    here = np.flatnonzero(found >= 0)
    was = found[here]
    with np.errstate(divide="ignore"):
        found[here] = np.where(times[was] > 0, rows[was] + copies.number[here] % np.maximum(times[was], 1), -1)
    return found


def _groups(old: State, firms: Firms, copies: k.Copies, rows: I8, times: I8) -> Groups:
    """The clusters, in the order of those that they are copied from. Coordinator and founder are the copies of theirs; where there is none, the member of longest standing."""
    was = np.repeat(np.arange(len(times)), times)
    copy = np.arange(len(was)) - rows[was]
    here = np.flatnonzero(firms.cluster >= 0)
    here = here[np.argsort(firms.cluster[here], kind="stable")]
    cluster = firms.cluster[here]
    ptr = np.searchsorted(cluster, np.arange(len(was) + 1)).astype("i8")
    oldest = here[np.lexsort((here, firms.joined[here], cluster))][ptr[:-1]]
    small, large, groups = len(copies.body), len(copies.twin), old.groups
    coordinator, _ = _copy_of(groups.coordinator[was].astype(np.int64), copy, copies, oldest)
    founder, there = _copy_of(groups.founder[was].astype(np.int64) % small, copy, copies, coordinator)
    generation = np.where(there, groups.founder[was] // small, firms.generation[founder]).astype(np.int64)
    values: dict[str, Any] = {name: getattr(groups, name)[was] for name in ("founded", "home", "governed", "facilitator", "funds", "earlier")}
    number, founder_id = np.arange(len(was), dtype="u4"), (founder + large * generation).astype("u4")
    return Groups(number=number, founder=founder_id, coordinator=coordinator.astype("u4"), ptr=ptr, member=here.astype("u4"), **values)


def _copy_of(place: npt.NDArray[np.int64], copy: I8, copies: k.Copies, otherwise: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Copy number ``copy`` of a small place, and whether there is one."""
    there = copy < copies.ptr[place + 1] - copies.ptr[place]
    found = otherwise.copy()
    found[there] = copies.place[copies.ptr[place[there]] + copy[there]]
    return found, there
