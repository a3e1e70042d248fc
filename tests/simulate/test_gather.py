import math

import numpy as np
import pytest
from cluster_worlds import WINDOW, churn, lists, past_ties, small_world, year
from worlds import copied, drawn, ties_between, world

from innovnet._random import hashed, open_unit, philox
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation import _sweep
from innovnet.simulate._participation._gather import gather, new_year
from innovnet.simulate._participation._gather_kernel import LEAST, wish
from innovnet.simulate._participation._numbers import CLUSTER, FOUND, YEAR

NEVER = -32768


def words(who, purpose, step, key, other=0, n=0):
    return philox(np.uint32(who), np.uint32(other), np.uint32((purpose << 16) | step), np.uint32(n), key)


class Witness:
    """The step in plain Python, on sets and dictionaries."""

    def __init__(self, state, p, draw):
        self.s, self.p, self.draw = state, p, draw
        f, t, self.n = state.firms, state.ties, len(state.firms.flags)
        self.before = f.cluster.tolist()
        self.joined = f.joined.tolist()
        self.firm = (state.places.sector < state.places.sectors).tolist()
        self.country = state.places.country[state.places.region].tolist()
        self.owner = state.places.owner.tolist()
        self.live = [[int(t.other[h]) for h in range(t.indptr[i], t.indptr[i + 1]) if not t.channel[h] & s.ENDED] for i in range(self.n)]
        self.id = [i + self.n * int(f.generation[i]) for i in range(self.n)]

    def free(self, i, j):
        return self.firm[j] and self.before[j] < 0 and self.country[i] == self.country[j]

    def claimed(self, i, draws):
        around = [j for j in (i, *self.live[i]) if j in draws and (j == i or self.free(i, j))]
        return min(around, key=lambda j: (draws[j], j), default=-1)

    def joins(self, i):
        into = [j for j in self.live[i] if self.before[j] >= 0]
        if not into:
            return -1
        w = words(self.id[i], CLUSTER, self.draw.step, self.draw.key)
        bits = np.uint64(w[0]) | (np.uint64(w[1]) << np.uint64(32))
        row = self.before[min(into, key=lambda j: int(hashed(bits, np.uint64(j))))]
        chance = (1 - (1 - self.p.admit) ** len(into)) * (1 + float(self.s.support.cluster_relief[row])) * float(self.s.support.cluster_admit[row])
        return row if open_unit(np.uint32(w[2])) < chance else -1

    def leaves(self, i):
        fellows = sum(self.before[j] == self.before[i] for j in self.live[i])
        u = open_unit(np.uint32(words(self.id[i], YEAR, self.draw.step, self.draw.key)[3]))
        return u < self.p.leave_0 * math.exp(-self.p.leave_ties * fellows)

    def founders(self):
        draws = {}
        for i in range(self.n):
            if not self.firm[i] or self.before[i] >= 0:
                continue
            owners = {self.owner[j] for j in self.live[i] if self.free(i, j)} - {self.owner[i]}
            u = open_unit(np.uint32(words(self.id[i], YEAR, self.draw.step, self.draw.key)[3]))
            if len(owners) >= self.p.min_members - 1 and u < self.p.found:
                draws[i] = words(self.id[i], FOUND, self.draw.step, self.draw.key)[0] | 1
        return draws

    def step(self):
        """Members by cluster: old ones by row, new ones by founder."""
        draws = self.founders()
        won = {f: [i for i in range(self.n) if i == f or (f in self.live[i] and self.free(f, i))] for f in sorted(draws) if self.claimed(f, draws) == f}
        won = {f: [i for i in of if self.claimed(i, draws) == f] for f, of in won.items()}
        won = {f: of for f, of in won.items() if len({self.owner[i] for i in of}) >= self.p.min_members}
        claimed = {i for of in won.values() for i in of}
        old = [[] for _ in self.s.groups.number]
        for i in range(self.n):
            if self.before[i] >= 0 and not self.leaves(i):
                old[self.before[i]].append(i)
            elif self.firm[i] and self.before[i] < 0 and i not in claimed and self.joins(i) >= 0:
                old[self.joins(i)].append(i)
        return old, won


@pytest.mark.parametrize("seed", range(4))
def test_every_firm_does_what_a_plain_witness_says(seed):
    state, p = small_world(seed)
    seen = {"founded": 0, "dissolved": 0, "joined": 0, "left": 0}
    for step in range(1, 16):
        churn(state, step, seed)
        before, numbers, joined = state.firms.cluster.copy(), state.groups.number.tolist(), state.firms.joined.copy()
        rng = np.random.default_rng(step)
        rows = len(numbers)
        relief, admit = rng.random(rows).astype("f4"), rng.choice([0.5, 1.0, 1.5], rows).astype("f4")
        state.support = state.support._replace(cluster_relief=relief, cluster_admit=admit)
        old, won = Witness(state, p, drawn(step, seed)).step()
        gather(state, p, drawn(step, seed), WINDOW)
        lasting = [row for row, members in enumerate(old) if len(members) >= LEAST]
        assert lists(state.groups) == [old[row] for row in lasting] + list(won.values())
        assert state.groups.number.tolist()[: len(lasting)] == [numbers[row] for row in lasting]
        assert state.groups.coordinator.tolist()[len(lasting) :] == list(won)
        now = state.firms.cluster
        stayed = (before >= 0) & (now >= 0) & np.isin(joined, state.firms.joined)
        assert (state.firms.joined[(now >= 0) & (before < 0)] == step).all()
        assert (state.firms.joined[stayed] == joined[stayed]).all()
        assert (state.firms.joined[now < 0] == NEVER).all()
        fell = [members for members in old if len(members) < LEAST]
        left = sum(before[i] >= 0 and now[i] < 0 for i in range(len(now))) + sum(before[i] < 0 for members in fell for i in members)
        joined_now = sum(before[i] < 0 for members in old for i in members) + sum(map(len, won.values()))
        assert state.flows[6:10].tolist() == [len(won), len(fell), joined_now, left]
        for name, value in zip(seen, state.flows[6:10], strict=True):
            seen[name] += value
        state.flows[:] = 0
    assert all(seen.values())


def test_clusters_hold_together_every_year():
    state, p = small_world(7)
    members = 0
    for step in range(1, 20):
        churn(state, step)
        exited = int((state.groups.member.size) - (state.firms.cluster >= 0).sum())
        gather(state, p, drawn(step), WINDOW)
        groups, firms = state.groups, state.firms
        rows = np.repeat(np.arange(len(groups.number)), np.diff(groups.ptr))
        assert np.array_equal(firms.cluster[groups.member], rows)
        assert (firms.cluster >= 0).sum() == len(groups.member) == members - exited + state.flows[s.JOINED] - state.flows[s.LEFT]
        members = len(groups.member)
        assert (state.places.sector[groups.member] < state.places.sectors).all()
        assert (np.diff(groups.ptr) >= LEAST).all()
        assert all(one in of for one, of in zip(groups.coordinator, lists(groups), strict=True))
        assert (np.diff(groups.number.astype(int)) > 0).all()
        assert state.next_cluster >= len(groups.number)
    assert members


@pytest.mark.parametrize(("numbers", "flow"), [({"found": 0.0}, s.CLUSTERS_FOUNDED), ({"admit": 0.0}, s.JOINED), ({"leave_0": 0.0}, s.LEFT)])
def test_a_rate_of_nothing_does_nothing(numbers, flow):
    state, p = small_world(3, **({"leave_0": 0.1} | numbers))
    for step in range(1, 9):
        year(state, p, step)
        founded = sum(len(of) for row, of in enumerate(lists(state.groups)) if state.groups.founded[row] == step)
        dissolved = 0 if numbers != {"leave_0": 0.0} else state.flows[s.CLUSTERS_DISSOLVED]
        assert state.flows[flow] - (founded if flow == s.JOINED else 0) == 0 or dissolved
    assert (len(state.groups.number) > 0) == (p.found > 0)


def test_without_ties_and_clusters_nothing_is_touched():
    state, p = world(300)
    before = copied(state)
    gather(state, p, drawn(1), WINDOW)
    assert state.groups.number.size == 0
    assert state.firms.cluster.tobytes() == before.firms.cluster.tobytes()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_equal_bits_in_any_cut_and_number_of_threads(threads, monkeypatch):
    states = []
    for block in (_sweep.BLOCK, 2):
        monkeypatch.setattr(_sweep, "BLOCK", block)
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        state, p = small_world(1)
        for step in range(1, 8):
            year(state, p, step)
        states.append(state)
    one, other = ([x.tobytes() for part in (state.groups, state.firms, state.past) for x in part] for state in states)
    assert one == other
    assert len(states[0].groups.number) > 1


def test_wishes_of_two_halves_are_those_of_the_whole():
    state, p = small_world(2)
    for step in range(1, 6):
        year(state, p, step)
    n, key, whole, halves = len(state.firms.flags), drawn(6).key, np.zeros(156, "u4"), np.zeros(156, "u4")
    at_once = wish(0, n, state.places, state.firms, state.ties, state.support, whole, p, key, 6)
    parts = [wish(low, high, state.places, state.firms, state.ties, state.support, halves, p, key, 6) for low, high in ((0, 70), (70, n))]
    for k, column in enumerate(at_once):
        assert np.array_equal(column, np.concatenate([part[k] for part in parts]))
    assert np.array_equal(whole, halves)


def star(places, **numbers):
    """A firm with ties to so many others, all in one region, that founds a cluster for certain."""
    state, p = world(60, bodies=0, **{"found": 1.0, "admit": 0.0, "leave_0": 0.0, "govern": 0.0} | numbers)
    state.ties = ties_between(60, [(0, j) for j in range(1, places)])
    return state, p


def test_a_founder_needs_enough_independent_partners():
    for partners, clusters in ((4, 0), (5, 1)):
        state, p = star(partners)
        gather(state, p, drawn(1), WINDOW)
        assert lists(state.groups) == [list(range(partners))] * clusters
    state, p = star(6)
    owner = state.places.owner.copy()
    owner[3:6] = owner[3]
    owner.flags.writeable = False
    state.places = state.places._replace(owner=owner)
    gather(state, p, drawn(1), WINDOW)
    assert len(state.groups.number) == 0


def test_fees_and_years_of_money():
    state, p = star(5)
    state.firms.employees[:5] = [1, 10, 50, 235, 1000]
    gather(state, p, drawn(1), WINDOW)
    fees = 320 + 500 + 1300 + 5000 + 5000
    assert state.groups.funds.tolist() == [[fees, 0, 0, 0]]
    new_year(state.groups)
    assert state.groups.funds.tolist() == [[0] * 4]
    state.groups.funds[0, 1] = 45_000.0
    state.support = s.no_support(1)._replace(cluster_fee=np.array([0.5], "f4"))
    gather(state, p, drawn(2), WINDOW)
    assert state.groups.funds.tolist() == [[fees / 2, 45_000, 0, 0]]
    assert state.groups.earlier.tolist() == [[[fees, 0, 0, 0], [0] * 4]]


def test_governance_comes_from_age_one_and_with_support():
    state, p = star(5, govern=0.5)
    gather(state, p._replace(govern=1.0), drawn(1), WINDOW)
    assert state.groups.governed.tolist() == [NEVER]
    state.support = s.no_support(1)._replace(cluster_govern=np.array([0.0], "f4"))
    gather(state, p, drawn(2), WINDOW)
    assert state.groups.governed.tolist() == [NEVER]
    state.support = s.no_support(1)._replace(cluster_govern=np.array([2.0], "f4"))
    gather(state, p, drawn(3), WINDOW)
    assert state.groups.governed.tolist() == [3]
    gather(state, p, drawn(4), WINDOW)
    assert state.groups.governed.tolist() == [3]


def test_the_member_of_longest_standing_follows_the_founder():
    state, p = star(7)
    gather(state, p, drawn(1), WINDOW)
    state.firms.joined[2], state.firms.joined[5] = 0, 0
    state.firms.cluster[0], state.firms.generation[0] = -1, 1
    gather(state, p, drawn(2), WINDOW)
    assert state.groups.coordinator.tolist() == [2]
    assert state.groups.founder.tolist() == [0]


def test_a_cluster_of_two_dissolves():
    state, p = star(5)
    gather(state, p, drawn(1), WINDOW)
    state.firms.cluster[[0, 1, 2]] = -1
    gather(state, p._replace(found=0.0), drawn(2), WINDOW)
    assert len(state.groups.number) == 0
    assert (state.firms.cluster == -1).all()
    assert state.flows[[s.CLUSTERS_DISSOLVED, s.LEFT]].tolist() == [1, 2]


def test_ended_ties_of_members_are_kept_for_the_window():
    state, p = small_world(5)
    known = {}
    for step in range(1, 14):
        churn(state, step)
        generation, flags = state.firms.generation.astype(int), state.firms.flags
        n, ties = len(flags), state.ties
        gather(state, p, drawn(step), WINDOW)
        for i in state.groups.member.tolist():
            for h in range(ties.indptr[i], ties.indptr[i + 1]):
                j = int(ties.other[h])
                if ties.channel[h] & s.ENDED:
                    ids = i + n * generation[i], j + n * (generation[j] - bool(flags[j] & s.ENTERED))
                    known[tuple(sorted(map(int, ids)))] = (int(ties.start[h]), step)
        present = set((np.arange(n) + n * generation).tolist())
        expected = {pair: years for pair, years in known.items() if years[1] > step - WINDOW and present & set(pair)}
        found = {tuple(sorted((a, b))): (c, d) for a, b, c, d in past_ties(state)}
        assert {**expected, **found} == found
        assert len(found) <= len(state.past.other)
    assert any(max(pair) >= n for pair in known)
