"""Worlds with partners and clusters made by hand, for tests of policy instruments."""

import numpy as np
from worlds import copied, drawn, random_ties

import innovnet as inn
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._state import Groups
from innovnet.simulate._participation._support import support

NEVER = -32768


def policy_world(country="LT", firms=2000, ties=2500, clusters=5, seed=0):
    """A population and its state: ties at random, clusters of six firms."""
    network = inn.simulate.population(country=country, firms=firms, seed=seed)
    state = Participation().start(network, drawn(0, seed))
    state.ties = random_ties(len(state.firms.flags), ties, seed)
    state.groups = clusters_of_six(state, clusters, seed)
    return network, state


def clusters_of_six(state, clusters, seed):
    """Clusters of firms chosen at random."""
    firm = np.flatnonzero(state.places.sector != state.places.sectors)
    member = np.random.default_rng(seed).choice(firm, (clusters, 6), replace=False)
    member.sort(axis=1)
    for row, places in enumerate(member):
        state.firms.cluster[places], state.firms.joined[places] = row, 0
    return Groups(
        number=np.arange(clusters, dtype="u4") + 7,
        founded=np.zeros(clusters, "i2"),
        home=np.zeros(clusters, "i8"),
        founder=member[:, 0].astype("u4"),
        coordinator=member[:, 0].astype("u4"),
        governed=np.full(clusters, NEVER, "i2"),
        facilitator=np.zeros(clusters, "f4"),
        funds=np.zeros((clusters, 4)),
        earlier=np.zeros((clusters, 2, 4)),
        ptr=np.arange(clusters + 1, dtype="i8") * 6,
        member=member.ravel().astype("u4"),
    )


def supported(network, state, *policies, year=1, seed=0):
    """A copy of the state after step 1 of a year."""
    after = copied(state)
    after.step = year
    support(network, after, Participation(policies=policies), drawn(year, seed))
    return after


def introductions(state):
    """Pairs: who is introduced to whom."""
    return list(zip(state.support.place.tolist(), state.support.other.tolist(), strict=True))


def marked(state, bit):
    """Places with a mark."""
    return np.flatnonzero(state.aid.mark & bit)
