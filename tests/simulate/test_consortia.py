"""Grants for joint projects: who applies, who is with whom, what funding does, also written down plainly."""

import numpy as np
import pytest
from policy_worlds import introductions, marked, policy_world, supported
from worlds import copied, drawn, ties_between

from innovnet._random import philox_array
from innovnet.simulate import ProjectSubsidy
from innovnet.simulate._participation import _state as s

NEVER = -32768
pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")


@pytest.fixture(scope="module")
def lithuania():
    return policy_world()


def slow_calls(state, policy, units, key):
    """Consortia of a call written down plainly: the members of each."""
    ties, places, n = state.ties, state.places, len(state.firms.flags)

    def partners(i):
        span = slice(ties.indptr[i], ties.indptr[i + 1])
        return [int(j) for j, channel in zip(ties.other[span], ties.channel[span], strict=True) if not channel & s.ENDED]

    ids = np.arange(n) + n * state.firms.generation.astype(int)
    luck = (philox_array(ids, 0, (256 << 16) | state.step, 4, int(key))[0] + 0.5) / 2**32
    score = state.firms.knowledge.astype(float).sum(axis=1) / 8 + 0.2 * luck
    ranked = sorted((i for i in range(n) if places.sector[i] < places.sectors and state.firms.employees[i] < 250), key=lambda i: (-score[i], ids[i]))
    funded, taken = [], set()
    for i in ranked:
        members = [i, *(j for j in partners(i) if j not in taken)]
        if i not in taken and len(partners(i)) >= policy.min_members - 1 and len(members) >= policy.min_members and len(funded) < units:
            funded.append(sorted(members))
            taken |= set(members)
    return funded


def test_calls_are_as_written_down_plainly(lithuania):
    network, state = lithuania
    state = copied(state)
    state.step = 4
    state.ties.channel[np.random.default_rng(1).random(len(state.ties.channel)) < 0.2] |= s.ENDED
    state.firms.generation[::5] = 3
    policy = ProjectSubsidy(budget=12 * 200_000, min_members=4)
    funded = slow_calls(state, policy, 12, drawn(4).key)
    assert len(funded) == 12
    after = supported(network, state, policy, year=4)
    assert after.money[0, 0] == 12
    assert np.array_equal(marked(after, s.FUNDED), np.sort(np.concatenate(funded)))
    for members in funded:
        assert after.aid.funded[members] == pytest.approx(200_000 / len(members))
        firms = [i for i in members if state.places.sector[i] < state.places.sectors]
        share = 200_000 / (3 * len(members)) / (5_000 * state.firms.employees[firms].astype(float))
        assert after.aid.gain[firms] == pytest.approx(np.minimum(1, 0.3 * np.log1p(share)), rel=1e-6)
        assert (after.aid.gain_until[firms] == 6).all()


def star(state, hub, leaves):
    """The state with ties of one firm only."""
    state = copied(state)
    state.ties = ties_between(len(state.firms.flags), [(hub, leaf) for leaf in leaves])
    return state


def test_a_consortium_is_locked_and_its_members_meet(lithuania):
    network, state = lithuania
    body = int(np.flatnonzero(state.places.sector == state.places.sectors)[0])
    state = star(state, 10, [3, 40, body])
    state.firms.employees[[3, 10, 40]] = [4, 9, 300]
    after = supported(network, state, ProjectSubsidy(budget=1e9, years=5, intensity=0.4), year=2)
    assert after.money[0, 0] == 1
    assert (after.ties.until == 6).all()
    others = {(3, 40), (40, 3), (3, body), (body, 3), (40, body), (body, 40)}
    assert set(introductions(after)) == others
    assert len(introductions(after)) == 6
    assert after.support.relief.tolist() == pytest.approx([0.4] * 6)
    assert (after.support.flags == s.CONSORTIUM).all()
    assert (after.support.until == 6).all()
    assert after.aid.gain[[3, 10, 40]] == pytest.approx(0.3 * np.log1p(200_000 / 20 / (5_000 * np.array([4, 9, 300]))))  # 10,000 a year for each
    assert after.aid.gain[3] == pytest.approx(0.121640, abs=1e-6)
    assert (after.aid.gain[body], after.aid.gain_until[body], after.aid.funded[body]) == (0, NEVER, 50_000)


def test_the_gain_is_at_most_one(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40])
    state.firms.employees[[3, 10, 40]] = 1
    assert supported(network, state, ProjectSubsidy(budget=1e9, grant=1e9)).aid.gain[[3, 10, 40]].tolist() == [1, 1, 1]


def test_a_firm_has_one_project_at_a_time(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40, 60])
    policy = ProjectSubsidy(budget=1e9, years=2)
    first = supported(network, state, policy, year=1)
    assert supported(network, first, policy, year=2).money[0, 0] == 0
    assert supported(network, first, policy, year=3).money[0, 0] == 1
    assert supported(network, state, policy, policy, year=1).money[:, 0].tolist() == [1, 0]


def test_ended_ties_make_no_consortium(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40])
    state.ties.channel[state.ties.indptr[10]] |= s.ENDED
    assert supported(network, state, ProjectSubsidy(budget=1e9)).money[0, 0] == 0
    assert supported(network, state, ProjectSubsidy(budget=1e9, min_members=2)).money[0, 0] == 1


def test_large_firms_do_not_apply(lithuania):
    network, state = lithuania
    state = star(state, 10, [3, 40])
    state.firms.employees[10] = 250
    assert supported(network, state, ProjectSubsidy(budget=1e9)).money[0, 0] == 0


def test_consortia_across_sectors(lithuania):
    network, state = lithuania
    sector, body = state.places.sector, int(np.flatnonzero(state.places.sector == state.places.sectors)[0])
    peers = np.flatnonzero(sector == sector[10])
    alike = star(state, 10, [*peers[peers != 10][:2], body])
    mixed = star(state, 10, [peers[peers != 10][0], np.flatnonzero((sector != sector[10]) & (sector < state.places.sectors))[0]])
    for world, expected in ((alike, 0), (mixed, 1)):
        assert supported(network, world, ProjectSubsidy(budget=1e9, cross_sector_only=True)).money[0, 0] == expected
        assert supported(network, world, ProjectSubsidy(budget=1e9)).money[0, 0] == 1
