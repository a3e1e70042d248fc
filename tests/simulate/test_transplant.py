"""A settled small world copied into a larger population."""

from collections import Counter

import numpy as np
import pytest
from worlds import drawn, same, ties_between

import innovnet as inn
from innovnet.errors import DataError, DataWarning
from innovnet.simulate._participation import _transplant_kernel as kernels
from innovnet.simulate._participation._draws_kernel import identity, own_knowledge
from innovnet.simulate._participation._maturity import maturity
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._state import TAUGHT
from innovnet.simulate._participation._transplant import _edges, _ties, twins

KEPT = [
    "participation",
    "mean_degree",
    "mean_degree_participants",
    "mean_degree_bodies",
    "degree_gini",
    "innovation_rate",
    "learned",
    "knowledge",
]
KEPT += ["innovation_rate_participants", "innovation_rate_others", "export_share", "survival", "productivity_90_10", "log_productivity_sd"]
MODEL = Participation()


def population(firms, seed, **more):
    return inn.simulate.population(country="LT", firms=firms, seed=seed, **{"bodies": firms // 400} | more)


@pytest.fixture(scope="module")
def small():
    return inn.simulate.run(MODEL, population(4000, 1), steps=25, seed=1)


@pytest.fixture(scope="module")
def large(small):
    return inn.simulate.transplant(small, population(40_000, 2), seed=3)


def half_ties(state):
    return np.repeat(np.arange(len(state.firms.flags)), np.diff(state.ties.indptr)), state.ties.other.astype(np.int64)


def test_what_is_observed_stays(small, large):
    before, after = small.summary.iloc[-1], large.summary.iloc[0]
    assert (after[KEPT] / before[KEPT]).to_numpy() == pytest.approx(1, abs=0.02)
    assert after["cooperating_innovators_10"] == pytest.approx(before["cooperating_innovators_10"], rel=0.05)  # employees are not quite the twin's
    assert after["max_degree"] == pytest.approx(before["max_degree"], rel=0.15)  # a copy of a hub can have a few more of its partners' copies
    counts = ["ties", "clusters", "cluster_members", "innovations", "exporters"]
    assert (after[counts] / before[counts]).to_numpy() == pytest.approx(10, rel=0.02)
    assert large.step == 25
    assert large.year == 0


def test_ties_are_symmetric(large):
    state = large.state
    one, other = half_ties(state)
    n = len(state.firms.flags)
    assert (np.diff(one * n + other) > 0).all()  # sorted, each once
    assert (one != other).all()
    order = np.lexsort((one, other))
    assert np.array_equal(other[order], one)
    assert np.array_equal(one[order], other)
    for values in (state.ties.start, state.ties.trust, state.ties.channel, state.ties.until):
        assert np.array_equal(values[order], values)


def test_each_small_firm_has_equally_many_copies(small, large):
    places, others = small.checkpoint.state.places, large.state.places
    twin = twins(places, others).astype(np.int64)
    count = np.bincount(twin, minlength=len(places.sector))
    body, bodies = places.sector == places.sectors, others.sector == others.sectors
    assert np.array_equal(body[twin], bodies)
    size, sizes = np.digitize(places.reference, (10, 50, 250)), np.digitize(others.reference, (10, 50, 250))
    assert np.array_equal(np.where(bodies, -1, size[twin]), np.where(bodies, -1, sizes))
    for one in range(4):
        mine = count[(size == one) & ~body]
        assert mine.max() - mine.min() <= 1
    assert np.ptp(count[body]) <= 1
    own = (places.region[twin] == others.region) & (places.sector[twin] == others.sector)
    assert own[~bodies].mean() > 0.7
    assert (places.region[twin] == others.region)[~bodies].mean() > 0.9
    micro = ~bodies & own & (sizes == 0)
    assert np.corrcoef(np.log(places.reference[twin[micro]]), np.log(others.reference[micro]))[0, 1] > 0.9


def test_a_copy_of_the_same_size_is_the_same_world(small):
    point = small.checkpoint
    copy, old = inn.simulate.transplant(small, point.population, seed=9).state, point.state
    for name in ("ties", "groups", "past"):
        for field, one, other in zip(getattr(old, name)._fields, getattr(copy, name), getattr(old, name), strict=True):
            if field not in {"number", "founder"}:
                assert np.array_equal(one, other), (name, field)
    assert np.array_equal(copy.groups.number, np.arange(len(old.groups.number)))
    for name in ("productivity", "quality", "flags", "innovated", "partnered", "birth", "generation", "cluster", "joined"):
        assert np.array_equal(getattr(copy.firms, name), getattr(old.firms, name)), name
    assert copy.firms.employees == pytest.approx(old.firms.employees, rel=1e-5)
    assert np.array_equal(copy.levels, old.levels)
    assert np.array_equal(maturity(copy, MODEL._plan), old.levels)
    assert np.array_equal(copy.groups.founder % len(old.firms.flags), old.groups.founder % len(old.firms.flags))


def own_levels(state, rows):
    found = np.empty((len(rows), 8), "f4")
    for k, i in enumerate(rows):
        who = identity(int(i), int(state.firms.generation[i]), len(state.firms.flags))
        own_knowledge(
            state.places.profile, state.places.quantile, state.places.sector[i], state.firms.quality[i], 0.2, np.uint32(who), np.uint64(state.traits), found[k]
        )
    return found


def test_what_was_learnt_comes_on_top_of_own_knowledge(small, large):
    old, state = small.checkpoint.state, large.state
    twin = twins(old.places, state.places).astype(np.int64)
    taught = (state.firms.flags & TAUGHT) > 0
    rows = np.concatenate([np.flatnonzero(taught)[:300], np.flatnonzero(~taught)[:300]])
    above = state.firms.knowledge[rows] - own_levels(state, rows)
    assert above[:300] == pytest.approx(old.firms.knowledge[twin[rows[:300]]] - own_levels(old, twin[rows[:300]]), abs=1e-5)
    assert not above[300:].any()
    assert not state.firms.learned[~taught].any()
    assert (state.firms.learned[taught] > -1e-6).all()


def test_sectors_keep_their_people(large):
    places, firms = large.state.places, large.state.firms
    people = np.bincount(places.sector, weights=firms.employees.astype(np.float64), minlength=places.sectors + 1)
    assert people[:-1] == pytest.approx(places.labour, rel=1e-7)
    body = places.sector == places.sectors
    assert np.array_equal(firms.employees[body], places.reference[body])


def test_clusters_are_whole(small, large):
    groups, firms = large.state.groups, large.state.firms
    assert len(groups.number) == 10 * len(small.checkpoint.state.groups.number) > 0
    assert np.array_equal(np.sort(groups.member), np.flatnonzero(firms.cluster >= 0))
    assert np.array_equal(firms.cluster[groups.member], np.repeat(np.arange(len(groups.number)), np.diff(groups.ptr)))
    assert (np.diff(groups.ptr) >= 3).all()
    assert np.array_equal(firms.cluster[groups.coordinator], np.arange(len(groups.number)))
    assert len(set(groups.founder.tolist())) == len(groups.number)
    assert (firms.joined[firms.cluster < 0] == -32768).all()
    assert (firms.joined[firms.cluster >= 0] > -32768).all()
    assert large.state.next_cluster == len(groups.number)


def test_the_large_world_goes_on(small, large):
    later = inn.simulate.branch(large, MODEL, steps=3).summary
    goes_on = inn.simulate.branch(small.checkpoint, MODEL, steps=3).summary
    for name in ("participation", "mean_degree", "innovation_rate", "export_share", "knowledge"):
        assert later[name].iloc[-1] / later[name].iloc[0] == pytest.approx(goes_on[name].iloc[-1] / goes_on[name].iloc[0], abs=0.15), name


def test_any_number_of_threads_gives_the_same_bits(small, monkeypatch):
    to = population(150_000, 4, bodies=375)
    found = []
    for threads in ("1", "3"):
        monkeypatch.setenv("INNOVNET_THREADS", threads)
        found.append(inn.simulate.transplant(small, to, seed=5).state)
    assert same(*found)
    other = inn.simulate.transplant(small, to, seed=6).state
    assert not same(found[0], other)


def copies_of(count, bodies=()):
    """So many copies of each small place, in turn."""
    twin = np.repeat(np.arange(len(count)), count).astype("u4")
    return kernels.listed(np.random.default_rng(1).permutation(twin), np.isin(np.arange(len(count)), bodies).astype("u1"))


def test_copies_are_numbered():
    copies = copies_of([3, 0, 5])
    for t, n in enumerate((3, 0, 5)):
        mine = copies.place[copies.ptr[t] : copies.ptr[t + 1]]
        assert copies.number[mine].tolist() == list(range(n))
        assert (copies.twin[mine] == t).all()


@pytest.mark.parametrize(("count", "bodies", "expected"), [((4, 4), (), 4), ((3, 9), (1,), 3), ((9, 3), (1,), 9), ((5, 0), (), 0)])
def test_ties_are_between_copies_of_one_number(count, bodies, expected):
    copies = copies_of(count, bodies)
    made = [c for c in range(max(count)) if kernels.made(0, 1, c, copies, np.uint64(7))]
    assert made == list(range(expected))


def test_of_copies_left_over_every_second_one_is_tied():
    copies = copies_of([4000, 1000])
    made = sum(kernels.made(0, 1, c, copies, np.uint64(3)) for c in range(4000))
    assert made == sum(kernels.made(1, 0, c, copies, np.uint64(3)) for c in range(4000))
    assert made == pytest.approx(1000 + 1500, abs=4 * np.sqrt(750))


def test_ties_against_a_plain_account():
    rng = np.random.default_rng(2)
    count, bodies, key = rng.integers(0, 6, 30), (28, 29), np.uint64(11)
    copies = copies_of(count, bodies)
    small = ties_between(30, rng.integers(0, 30, (60, 2)))
    found = _ties(small, copies, key)
    one = np.repeat(np.arange(30), np.diff(small.indptr))
    expected = Counter()
    for t, u in zip(one.tolist(), small.other.tolist(), strict=True):
        for c in range(max(count[t], count[u])):
            if kernels.made(t, u, c, copies, key):
                expected[copies.place[copies.ptr[t] + c % count[t]].item(), copies.place[copies.ptr[u] + c % count[u]].item()] += 1
    assert set(expected.values()) == {1}
    assert sorted(expected) == list(zip(np.repeat(np.arange(count.sum()), np.diff(found.indptr)).tolist(), found.other.tolist(), strict=True))


def test_a_class_that_the_small_world_lacks_is_one_with_that_below(small, large):
    places = small.checkpoint.state.places
    for sizes, expected in (([1, 3], []), ([1, 20], [10]), ([1, 60, 300], [50, 250]), ([12, 400], [250]), ([1, 10, 50, 250], [10, 50, 250])):
        reference = np.resize(np.array(sizes, "f4"), len(places.reference))
        assert _edges(places._replace(reference=reference)).tolist() == expected
    reference = np.minimum(places.reference, 49).astype("f4")
    twin = twins(places._replace(reference=reference), large.state.places)
    assert (reference[twin[large.state.places.reference >= 250]] >= 10)[:-1].any()


def test_a_country_without_a_class_takes_it_from_another():
    small, large = (inn.simulate.population(country="EU", firms=n, seed=n, bodies=n // 50) for n in (20_000, 100_000))
    of, to = (MODEL.start(one, drawn(0)).places for one in (small, large))
    twin = twins(of, to).astype(np.int64)
    country, countries = of.country[of.region], to.country[to.region]
    size, sizes = np.digitize(of.reference, (10, 50, 250)), np.digitize(to.reference, (10, 50, 250))
    firm = to.sector != to.sectors
    assert np.array_equal(size[twin][firm], sizes[firm])
    there = set(zip(country[of.sector != of.sectors].tolist(), size[of.sector != of.sectors].tolist(), strict=True))
    lacks = np.array([pair not in there for pair in zip(countries.tolist(), sizes.tolist(), strict=True)])
    assert (lacks & firm).any()
    assert np.array_equal((country[twin] != countries)[firm], lacks[firm])


def test_a_checkpoint_needs_its_model(small, tmp_path):
    file = tmp_path / "small.npz"
    again = inn.simulate.run(MODEL, small.checkpoint.population, steps=25, seed=1, checkpoint=file)
    read = inn.simulate.read_checkpoint(file, small.checkpoint.population)
    to = population(8000, 2)
    assert same(inn.simulate.transplant(read, to, seed=3, model=MODEL).state, inn.simulate.transplant(again, to, seed=3).state)
    with pytest.raises(DataError, match="give it as model="):
        inn.simulate.transplant(read, to, seed=3)


def test_support_is_copied(small):
    given = Participation(policies=inn.simulate.ProjectSubsidy(budget=5e6, end=3))
    supported = inn.simulate.branch(small.checkpoint, given, steps=1)
    state = inn.simulate.transplant(supported, population(8000, 2), seed=3).state
    old = supported.checkpoint.state
    assert (state.aid.gain > 0).sum() == pytest.approx(2 * (old.aid.gain > 0).sum(), rel=0.2)
    assert len(state.money) == 0
    later = inn.simulate.branch(inn.simulate.transplant(supported, population(8000, 2), seed=3), given, steps=1)
    assert later.summary["units_projectsubsidy"].iloc[-1] > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: population(2000, 1), "fewer than"),
        (lambda: inn.simulate.population(country="EU", firms=9000, seed=1), "are not in the source"),
        (lambda: "no", "takes a Network"),
    ],
)
def test_populations_that_do_not_match(small, change, message):
    with pytest.raises(DataError, match=message):
        inn.simulate.transplant(small, change(), seed=1)


def test_ties_of_the_large_population_are_not_lost(small):
    actors = population(5000, 1).actors
    tied = inn.Network.from_frames(actors, inn.toy().project().ties.head(1).assign(source=0, target=1)[["source", "target"]])
    with pytest.raises(DataError, match="1 ties of its own"):
        inn.simulate.transplant(small, tied, seed=1)


def test_other_shares_of_bodies_are_told(small):
    with pytest.warns(DataWarning, match=r"0\.50 times as many R&D bodies"):
        inn.simulate.transplant(small, population(8000, 2, bodies=10), seed=1)
    without = inn.simulate.run(MODEL, population(4000, 1, bodies=0), steps=1, seed=1)
    with pytest.raises(DataError, match="the source none"):
        inn.simulate.transplant(without, population(8000, 2), seed=1)


def test_only_worlds_of_participation_are_copied():
    game = inn.simulate.run(inn.simulate.Barter(experts=1), inn.toy().project(), steps=1, seed=1)
    with pytest.raises(DataError, match="not of Barter"):
        inn.simulate.transplant(game, population(4000, 1), seed=1)
    with pytest.raises(DataError, match="Checkpoint"):
        inn.simulate.transplant(7, population(4000, 1), seed=1)


def test_ids_beyond_32_bits_are_refused(small):
    state = small.checkpoint.state
    before = state.firms.generation.copy()
    state.firms.generation[0] = 60_000
    try:
        with pytest.raises(DataError, match=r"pass 2\*\*32"):
            inn.simulate.transplant(small, population(80_000, 2), seed=1)
    finally:
        state.firms.generation[:] = before
