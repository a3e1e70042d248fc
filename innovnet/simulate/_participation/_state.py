"""The state of the participation model: arrays over places, over half-ties and over clusters.

Its constants are compiled into kernels: because :mod:`innovnet._kernel` is named here, this file is part of their digest.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

U1 = npt.NDArray[np.uint8]
U2 = npt.NDArray[np.uint16]
U4 = npt.NDArray[np.uint32]
I2 = npt.NDArray[np.int16]
I4 = npt.NDArray[np.int32]
I8 = npt.NDArray[np.int64]
F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

#: Places in one line of the cache, in arrays of 4 bytes.
LINE = 16
#: In place of a place: none.
NOBODY = np.uint32(0xFFFFFFFF)
#: Bits of ``Firms.flags``. ``TAUGHT``: knowledge may differ from the own level. ``ENTERED``: the firm took the place this year. ``EXPORTED``, ``EXPORTED_BEFORE``:
#: it exported last year, and the year before. ``LEFT_INNOVATOR``: whoever held the place before it had innovated this year.
EXPORTS, EXPORTED, TAUGHT, ENTERED, EXPORTED_BEFORE, LEFT_INNOVATOR = 1, 2, 4, 8, 16, 32
#: How partners met: a partner's partner, fellows of a cluster, by chance, arranged. ``ENDED`` is a bit beside it.
(PARTNERS_PARTNER, FELLOWS, CHANCE, ARRANGED) = range(4)
ENDED = 128
#: Bits of ``Aid.mark``; ``EVER`` stays, the others are of this year.
INVITED, FACILITATED, FUNDED, MEMBER_HELPED, GROUPED, ABROAD, EVER = 1, 2, 4, 8, 16, 32, 128
#: Bits of ``Support.flags``: what is waived for a pair that meets.
WAIVE_BORDER, CONSORTIUM = 1, 2
#: What is counted while a year passes: ``State.flows``.
(FORMED, ENDED_TIES, EXITS, CLUSTERS_FOUNDED, CLUSTERS_DISSOLVED, JOINED, LEFT, PROPOSALS, INTRODUCTIONS, INNOVATIONS) = (0, 4, 5, 6, 7, 8, 9, 10, 11, 12)
FLOWS = 13
#: Sources of money, in the order of the columns of ``Groups.funds``.
SOURCES = ("members", "state", "eu", "other")


class Places(NamedTuple):
    """What does not change: read-only. Places are sorted by region, then sector, R&D bodies last in each region."""

    region: U2
    sector: U1  #: of a body: the number of sectors
    reference: F4  #: employees of the niche
    owner: U4  #: enterprise group; places of one number are not independent
    high_value: U1
    block: I8  #: first place of block region × (sectors + 1) + sector, and the end
    country: I8  #: of each region
    reach: F8  #: regions × regions: cumulative probability that a chance meeting is there
    profile: F4  #: (sectors + 1) × fields: own knowledge of the median firm
    quantile: F4  #: 256 quantiles of its spread
    sectors: int
    labour: F8  #: employees of each sector, kept
    actor: U4  #: row of each place in the table of actors


class Firms(NamedTuple):
    """One value for each place, of the firm or body that holds it."""

    knowledge: F4  #: places × fields, level
    employees: F4
    productivity: F4  #: log, z
    quality: F4  #: standard normal, not observed
    learned: F4  #: log of knowledge against own knowledge
    flags: U1
    innovated: U1  #: history, bit 0 this year
    partnered: U1  #: history, bit 0 this year
    birth: I2  #: step in which it entered; negative: before the start
    generation: U2
    joined: I2  #: step in which it joined its cluster
    cluster: I4  #: row of its cluster, −1 none


class Ties(NamedTuple):
    """Each tie twice: the half-ties of place i are ``indptr[i]`` to ``indptr[i + 1]``, sorted by ``other``."""

    indptr: I8
    other: U4
    start: I2  #: step in which it was formed
    trust: U1  #: 0 to 255 for 0 to 1
    channel: U1
    until: I2  #: last step of a project that locks it; −32768 none


class Groups(NamedTuple):
    """One row for each cluster."""

    number: U4  #: never used again
    founded: I2
    home: I8  #: country
    founder: U4  #: id
    coordinator: U4  #: place
    governed: I2  #: step in which it adopted a governance; −32768 not yet
    facilitator: F4  #: quality of this year's facilitator, 0 none
    funds: F8  #: clusters × sources, EUR of this year
    earlier: F8  #: clusters × 2 × sources, EUR of last year and of the year before
    ptr: I8
    member: U4  #: places, sorted within a cluster


class Past(NamedTuple):
    """Ties that ended within the window of the maturity rules while an end was a member of a cluster; those of place i are ``indptr[i]`` to ``indptr[i + 1]``."""

    indptr: I8
    other: U4  #: id of the partner, who may have left the market
    lived: U1  #: years, at most 255
    ago: U1  #: years since the last one in which it lived


class Aid(NamedTuple):
    """What instruments gave; of length 0 while the model has no policies."""

    mark: U1
    funded: F4  #: EUR this year
    gain: F4  #: support of innovating, g
    gain_until: I2
    export: F4  #: relief of the export threshold this year


class Support(NamedTuple):
    """What instruments do this year, sorted by place and then by event; empty where none is active."""

    place: U4
    other: U4
    relief: F4  #: of the cost of this tie
    flags: U1
    until: I2  #: lock of the tie that may come of it; −32768 none
    cluster_relief: F4  #: of each cluster, 0 to 1
    cluster_govern: F4  #: multiplier
    cluster_admit: F4  #: multiplier
    cluster_fee: F4  #: multiplier


@dataclass
class State:
    """The world after a step."""

    step: int
    places: Places
    firms: Firms
    ties: Ties
    groups: Groups
    past: Past
    aid: Aid
    support: Support
    money: F8  #: instruments × (units, paid, unspent, members, state, EU, other, carried, private), this year
    flows: F8 = field(default_factory=lambda: np.zeros(FLOWS))
    next_cluster: int = 0
    traits: int = 0  #: key of the firms' own knowledge, the same in all branches of a start
    levels: I8 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  #: maturity of each cluster, 0 below the first


MONEY = ("units", "paid", "unspent", "members", "state", "eu", "other", "carried", "private")


def no_groups() -> Groups:
    """No cluster."""
    empty = {name: np.zeros(0, dtype) for name, dtype in (("number", "u4"), ("founded", "i2"), ("home", "i8"), ("founder", "u4"), ("coordinator", "u4"))}
    more = {"governed": np.zeros(0, "i2"), "facilitator": np.zeros(0, "f4"), "funds": np.zeros((0, 4)), "earlier": np.zeros((0, 2, 4))}
    return Groups(**empty, **more, ptr=np.zeros(1, "i8"), member=np.zeros(0, "u4"))


def no_past(places: int) -> Past:
    """No ended tie, of so many places."""
    return Past(np.zeros(places + 1, "i8"), np.zeros(0, "u4"), np.zeros(0, "u1"), np.zeros(0, "u1"))


def aid_for(places: int) -> Aid:
    """Nothing given yet, to so many places (0 while there are no policies)."""
    return Aid(np.zeros(places, "u1"), np.zeros(places, "f4"), np.zeros(places, "f4"), np.full(places, -32768, "i2"), np.zeros(places, "f4"))


def no_support(clusters: int) -> Support:
    """No instrument is active, among so many clusters."""
    meet = (np.zeros(0, "u4"), np.zeros(0, "u4"), np.zeros(0, "f4"), np.zeros(0, "u1"), np.zeros(0, "i2"))
    return Support(*meet, np.zeros(clusters, "f4"), *(np.ones(clusters, "f4") for _ in range(3)))
