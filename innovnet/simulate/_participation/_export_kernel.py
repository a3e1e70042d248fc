"""Partners abroad, and groups of firms that prepare for exporting."""

import numpy as np

from innovnet._kernel import kernel
from innovnet._random import below, bits64, philox
from innovnet.simulate._participation._draws_kernel import identity
from innovnet.simulate._participation._state import I8, U4, Firms, Places
from innovnet.simulate._participation._support_kernel import LOT, PLACE, REGION, choose, meeting_weight


@kernel
def abroad(firms_first: U4, units: int, places: Places, firms: Firms, purpose: np.uint32, key: np.uint64) -> tuple[U4, U4]:
    """The first ``units`` firms for whom there is a firm of their sector in another country, and that firm."""
    regions, blocks, reach, n = len(places.country), places.sectors + 1, places.reach, 0
    zero = np.uint32(0)
    place, other, weights = np.empty(units, dtype=np.uint32), np.empty(units, dtype=np.uint32), np.empty(regions)
    for k in range(len(firms_first)):
        if n == units:
            break
        i = np.int64(firms_first[k])
        home, sector = np.int64(places.region[i]), np.int64(places.sector[i])
        for r in range(regions):
            there = places.country[r] != places.country[home] and places.block[r * blocks + sector + 1] > places.block[r * blocks + sector]
            weights[r] = meeting_weight(reach, home, r) if there else 0.0
        me = identity(i, firms.generation[i], len(firms.flags))
        r = choose(weights, bits64(me, zero, purpose, np.uint32(REGION), key))
        if r >= 0:
            low, high = places.block[r * blocks + sector], places.block[r * blocks + sector + 1]
            place[n], other[n] = i, low + np.int64(below(bits64(me, zero, purpose, np.uint32(PLACE), key), np.uint64(high - low)))
            n += 1
    return place[:n].copy(), other[:n].copy()


@kernel
def group_lots(groups: I8, purpose: np.uint32, key: np.uint64) -> U4:
    """A draw for each group that can be formed, block by block; ``groups`` counts them by block."""
    drawn, n = np.empty(groups.sum(), dtype=np.uint32), 0
    for block in range(len(groups)):
        for g in range(groups[block]):
            drawn[n] = philox(np.uint32(block), np.uint32(g), purpose, np.uint32(PLACE), key)[0]
            n += 1
    return drawn


@kernel
def form(chosen: I8, groups: I8, starts: I8, eligible: U4, size: int, firms: Firms, purpose: np.uint32, key: np.uint64) -> U4:
    """Members of the chosen groups (their numbers, ascending): a block's firms in an order drawn at random are cut into groups of ``size``.

    ``starts`` are the offsets of blocks among the eligible places.
    """
    members, n, block, before, ordered_block = np.empty(len(chosen) * size, dtype=np.uint32), 0, 0, 0, -1
    order = np.empty(0, dtype=np.int64)
    for number in chosen:
        while number >= before + groups[block]:
            before += groups[block]
            block += 1
        if block != ordered_block:
            lots = np.empty(starts[block + 1] - starts[block], dtype=np.uint64)
            for k in range(len(lots)):
                i = np.int64(eligible[starts[block] + k])
                me = identity(i, firms.generation[i], len(firms.flags))
                lots[k] = (np.uint64(philox(me, np.uint32(0), purpose, np.uint32(LOT), key)[0]) << np.uint64(32)) | np.uint64(me)
            order, ordered_block = np.argsort(lots), block
        for k in range((number - before) * size, (number - before + 1) * size):
            members[n] = eligible[starts[block] + order[k]]
            n += 1
    return members
