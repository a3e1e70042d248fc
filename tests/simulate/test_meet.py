"""Search, decision and the ties of the year."""

import numpy as np
import pytest
from meet_by_hand import ByHand
from worlds import NEVER, copied, drawn, same, tiny, world

from innovnet._parallel import run
from innovnet.graph._tables import freeze
from innovnet.simulate._participation import _meet
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._consent_kernel import limit
from innovnet.simulate._participation._decide_kernel import load_of, slots, worth
from innovnet.simulate._participation._meet import meet
from innovnet.simulate._participation._part import part


def introduced(state, rows, seed=0, **values):
    """The state with so many introductions at random, of each kind."""
    rng, n = np.random.default_rng(seed), len(state.firms.flags)
    place, other = np.sort(rng.integers(0, n, rows)).astype("u4"), rng.integers(0, n, rows).astype("u4")
    found = {
        "place": place,
        "other": other,
        "relief": rng.choice([0.0, 0.5, 1.0], rows).astype("f4"),
        "flags": rng.integers(0, 4, rows).astype("u1"),
        "until": rng.integers(3, 9, rows).astype("i2"),
    }
    state.support = s.no_support(len(state.groups.number))._replace(**(found | values))
    return state


def rich(seed, **numbers):
    """A small world in which everything happens: two countries, clusters, ended and old ties, hubs without time, introductions."""
    state, p = world(firms=150, bodies=6, ties=260, seed=seed, dense=True, **numbers)
    rng, n = np.random.default_rng(seed), len(state.firms.flags)
    state.places = state.places._replace(country=freeze(np.arange(len(state.places.country)) % 2)[0])
    i, j = np.repeat(np.arange(n), np.diff(state.ties.indptr)), state.ties.other.astype(int)
    low, high = np.minimum(i, j), np.maximum(i, j)
    state.ties.channel[(low * 7 + high) % 5 == 0] |= s.ENDED
    state.ties.until[(low * 3 + high) % 4 == 0] = 7
    state.ties.trust[:] = (low * 31 + high) % 256
    member = rng.permutation(np.flatnonzero(state.places.sector < state.places.sectors))[:24].reshape(2, 12)
    state.firms.cluster[member] = [[0], [1]]
    groups = {
        name: np.zeros(2, getattr(state.groups, name).dtype) for name in ("number", "founded", "home", "founder", "coordinator", "governed", "facilitator")
    }
    state.groups = state.groups._replace(**groups, ptr=np.array([0, 12, 24]), member=np.sort(member, axis=1).ravel().astype("u4"))
    state.firms.innovated[:], state.firms.generation[:] = rng.integers(0, 16, n), rng.integers(0, 3, n)
    introduced(state, 120, seed)
    state.support.cluster_relief[:] = (0.0, 0.7)
    return state, p


def as_dict(ties):
    """{(lower, higher): (start, trust, channel, until)} and how many half-ties there are."""
    i, j = np.repeat(np.arange(len(ties.indptr) - 1), np.diff(ties.indptr)), ties.other.astype(int)
    found = {(int(i[e]), int(j[e])): tuple(int(x[e]) for x in (ties.start, ties.trust, ties.channel, ties.until)) for e in range(len(j)) if i[e] < j[e]}
    return found, len(j)


def check_invariants(state):
    ties, n = state.ties, len(state.firms.flags)
    i, j = np.repeat(np.arange(n), np.diff(ties.indptr)), ties.other.astype(int)
    assert (i != j).all()
    assert (np.diff(i * n + j) > 0).all()  # sorted, no duplicates
    back = np.lexsort((i, j))
    assert (i[back] == j).all()
    assert (j[back] == i).all()
    assert all((x[back] == x).all() for x in (ties.start, ties.trust, ties.channel, ties.until))
    body = state.places.sector == state.places.sectors
    assert not (body[i] & body[j]).any()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("numbers", [{}, {"rate": 3.0, "slack_0": 5.0, "body_slack": 0.2}, {"experience": 0.6, "n_chance": 1, "seen": 2, "body_share": 0.8}])
def test_the_year_is_that_of_the_plain_words(seed, numbers):
    state, p = rich(seed, **numbers)
    expected, asked = ByHand(state, p, drawn(3, seed)).run()
    meet(state, p, drawn(3, seed))
    found, half_ties = as_dict(state.ties)
    assert found == expected
    assert half_ties == 2 * len(expected)
    assert state.flows[s.PROPOSALS] == asked > 50
    assert state.flows[s.INTRODUCTIONS] == 120
    new = np.bincount([tie[2] for tie in expected.values() if tie[0] == 3], minlength=4)
    assert (state.flows[s.FORMED : s.FORMED + 4] == new).all()
    assert new.sum() > 10


def test_each_way_of_meeting_makes_ties_and_some_calls_cross():
    formed, crossed, full = np.zeros(4), 0, 0
    for seed in range(4):
        state, p = rich(seed, rate=3.0, slack_0=5.0, body_slack=0.2)
        calls, room = ByHand(state, p, drawn(3, seed)).proposals()
        crossed += sum((j, i) in calls for i, j in calls)
        full += sum(left <= 0 for left in room)
        meet(state, p, drawn(3, seed))
        formed += state.flows[s.FORMED : s.FORMED + 4]
    assert (formed > 3).all()
    assert crossed > 3
    assert full > 3


def in_runs(size, blocks):
    """Another way to cut places into runs of whole blocks, in threads."""

    def sweep(places, task):
        run_of = size * blocks
        return list(run(lambda c: task(c * run_of, min(places, (c + 1) * run_of)), -(-places // run_of), progress=False))

    return sweep


@pytest.mark.parametrize(("size", "blocks", "threads"), [(64, 1, 1), (64, 1, 2), (64, 3, 2), (256, 2, 2), (4096, 1, 1)])
def test_bits_do_not_depend_on_threads_blocks_or_runs(monkeypatch, size, blocks, threads):
    state, p = world(ties=3000, dense=True)
    introduced(state, 500)
    other = copied(state)
    for step in (1, 2):
        meet(state, p, drawn(step))
    monkeypatch.setenv("INNOVNET_THREADS", str(threads))
    monkeypatch.setattr(_meet, "sweep", in_runs(size, blocks))
    for step in (1, 2):
        meet(other, p, drawn(step), size)
    assert same(state, other)


def test_ties_of_years_are_symmetric_and_within_capacity():
    state, p = world(dense=True)
    n = len(state.firms.flags)
    capacity = np.array([slots(e, bool(b), p) for e, b in zip(state.firms.employees, state.places.sector == state.places.sectors, strict=True)])
    for step in range(1, 6):
        history = state.firms.partnered.copy()
        meet(state, p, drawn(step))
        check_invariants(state)
        degree = np.diff(state.ties.indptr)
        formed = np.bincount(np.repeat(np.arange(n), degree), weights=state.ties.start == step, minlength=n) > 0
        assert formed.sum() > 500
        assert (degree <= capacity)[formed].all()
        assert (state.firms.partnered == ((history.astype(int) << 1) & 255) + (degree > 0)).all()
        part(state, p, drawn(step))
        check_invariants(state)
    assert state.firms.partnered.max() == 31


def test_value_of_the_pair_in_the_specification():
    state, p = tiny([[1.0, 0.5] * 4, [0.4, 0.9] * 4], [])
    load = load_of(state.firms.employees[0], False, 0, p)
    assert load == 0.25
    state.places = state.places._replace(region=freeze(np.zeros(2, "u2"))[0])
    value = worth(0, 1, s.CHANCE, -1, load, state.places, state.firms, state.support, p)
    assert value == pytest.approx(0.531371, abs=1e-6)
    assert 1 / (1 + np.exp(-value)) == pytest.approx(0.629803, abs=1e-6)


@pytest.mark.parametrize(("employees", "ties"), [(1, 4), (10, 14), (50, 34), (250, 83)])
def test_time_for_ties(employees, ties):
    _, p = tiny([1.0], [])
    assert slots(np.float32(employees), False, p) == ties


@pytest.mark.parametrize("numbers", [{"rate": 0.0}, {"intercept": -np.inf}, {"slack_0": 0.0}])
def test_limits_without_new_ties(numbers):
    state, p = world(ties=300, dense=True, **numbers)
    if "intercept" in numbers:
        introduced(state, 500)
    before = as_dict(state.ties)
    meet(state, p, drawn(1))
    assert as_dict(state.ties) == before
    assert state.flows[: s.PROPOSALS + 1].sum() == 0


def test_a_free_pair_that_is_introduced_meets_under_the_lock_of_its_consortium():
    state, p = tiny([0.5, 1.0, 0.5, 1.0], [], rate=0.0, intercept=50.0)
    values = {"place": np.array([0, 2], "u4"), "other": np.array([1, 3], "u4"), "flags": np.array([s.CONSORTIUM, 0], "u1"), "until": np.array([6, 9], "i2")}
    introduced(state, 2, **values)
    meet(state, p, drawn(4))
    assert as_dict(state.ties) == ({(0, 1): (4, 0, s.ARRANGED, 6), (2, 3): (4, 0, s.ARRANGED, NEVER)}, 4)


def test_introductions_shift_no_other_draw():
    state, p = world(dense=True, firms=800)
    other = introduced(copied(state), 100)
    calls = [ByHand(one, p, drawn(2)).proposals()[0] for one in (state, other)]
    searched = {pair: how for pair, how in calls[1].items() if how[1] < 0}
    assert searched == calls[0]
    assert 10 < len(calls[1]) - len(searched) < 100


def test_who_has_no_time_left_is_not_introduced():
    state, p = tiny([0.5, 1.0, 1.0, 1.0, 1.0, 1.0], [(0, 1), (0, 2), (0, 3)], rate=0.0, intercept=50.0)
    introduced(state, 3, place=np.zeros(3, "u4"), other=np.array([3, 4, 5], "u4"))
    meet(state, p, drawn(1))
    assert sorted(as_dict(state.ties)[0]) == [(0, 1), (0, 2), (0, 3), (0, 4)]  # a partner takes no slot; the fourth slot is the last


def test_an_ended_tie_is_dropped_and_can_form_again():
    state, p = tiny([0.5, 1.0, 0.5], [(0, 1), (1, 2)], rate=0.0, intercept=50.0)
    state.ties.channel[:] |= s.ENDED
    introduced(state, 1, place=np.array([1], "u4"), other=np.array([0], "u4"), flags=np.zeros(1, "u1"))
    meet(state, p, drawn(5))
    assert as_dict(state.ties) == ({(0, 1): (5, 0, s.ARRANGED, NEVER)}, 2)
    assert state.firms.partnered.tolist() == [1, 1, 0]


@pytest.mark.parametrize("seed", range(20))
def test_the_highest_scores_fit_in(seed):
    rng = np.random.default_rng(seed)
    scores = rng.choice(np.append(rng.normal(size=12), [np.inf, -1.0]), 40).astype("f4")
    wanted = np.sort(scores[(scores > 0) & np.isfinite(scores)])[::-1]
    for room in range(1, len(wanted) + 2):
        least, equals = limit(scores, 0, 40, room, np.empty(40, "f4"))
        taken = [score for score in scores if np.isfinite(score) and score > least] + [least] * equals
        assert sorted(taken, reverse=True) == wanted[:room].tolist()


def test_a_place_alone_stays_alone():
    state, p = tiny([1.0], [], rate=3.0)
    for step in (1, 2):
        meet(state, p, drawn(step))
        part(state, p, drawn(step))
    assert state.ties.indptr.tolist() == [0, 0]
    assert not state.flows.any()
