"""Reductions: with parts of the model off it is a known one. Barter of knowledge on a given network, and the replicator."""

from functools import cache
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from worlds import ties_between

import innovnet as inn
from innovnet._random import seed_key
from innovnet.errors import DataError
from innovnet.simulate import Barter, Constants, Draw, Learning, Market, Participation, Search, Ties, branch, run
from innovnet.simulate._barter import BarterState

pytestmark = pytest.mark.filterwarnings("ignore:.*outside the range that the model was built for:innovnet.errors.DataWarning")
N, K, EXPERTS, LEVEL = 500, 5, 50, 10.0
SHARES = (0.0, 0.03, 0.09, 0.15, 0.3, 1.0)
RUNS, PAUSE = 8, 60  # years without a trade after which there is none any more: a pair meets once in five to twenty years
FIRMS = inn.simulate.population(country="LT", firms=N, bodies=0, seed=0)


def levels(seed):
    """Knowledge in five fields, fifty experts in one of them each."""
    rng = np.random.default_rng(seed)
    known = rng.random((N, K), dtype=np.float32)
    known[rng.choice(N, EXPERTS, replace=False), rng.integers(0, K, EXPERTS)] = LEVEL
    return known


def graph_of(share, seed):
    return nx.watts_strogatz_graph(N, 10, share, seed=seed)


def in_rounds(share, seed, rounds):
    """Mean level at the end where firms meet in matchings. Fields beyond the fifth are at 0 for all: nobody is ahead in them, so they are never traded."""
    model = Participation(decision=None, market=None, learning=Learning(absorption=0.1, renewal=0.0), constants=Constants(rounds=rounds))
    key = seed_key(seed)
    state = model.start(FIRMS, Draw(key, 0, 0))
    state.ties = ties_between(N, graph_of(share, seed).edges)
    knowledge = state.firms.knowledge
    knowledge[:, :K], knowledge[:, K:] = levels(seed), 0.0
    step, before = 0, np.zeros_like(knowledge)
    while step % PAUSE or not np.array_equal(before, knowledge):
        if step % PAUSE == 0:
            before = knowledge.copy()
        step += 1
        model.step(FIRMS, state, Draw(key, step, step))
    assert not knowledge[:, K:].any()
    return knowledge[:, :K].mean()


def one_by_one(share, seed):
    """Mean level at the end where one pair meets after another."""
    model, network, key = Barter(), inn.from_networkx(graph_of(share, seed)), seed_key(seed)
    state, step = BarterState(levels(seed)), 0
    while not state.settled:
        step += 1
        state = model.step(network, state, Draw(key, step, step))
    return state.knowledge.mean()


@cache
def mean_of(model, share, *rounds):
    """Mean over runs and its standard error."""
    values = [model(share, seed, *rounds) for seed in range(RUNS)]
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(RUNS)


def test_without_decision_and_market_knowledge_spreads_as_in_barter():
    """The same curve, not the same path: a year is a matching of disjoint pairs. Highest where about a tenth of the ties are long (Cowan & Jonard 2004)."""
    means = {}
    for share in SHARES:
        (mean, se), (other, other_se) = mean_of(in_rounds, share, 4), mean_of(one_by_one, share)
        assert abs(mean - other) < 4 * np.hypot(se, other_se), (share, mean, other)
        assert se < 0.2
        means[share] = mean
    assert max(means, key=means.get) in {0.09, 0.15}, means
    assert max(means.values()) > max(means[0.0], means[1.0]) + 0.4, means


@pytest.mark.parametrize("rounds", [1, 2])
def test_the_number_of_rounds_changes_how_long_it_takes_and_not_how_far(rounds):
    found, other = mean_of(in_rounds, 0.09, rounds), mean_of(in_rounds, 0.09, 4)
    assert abs(found[0] - other[0]) < 4 * np.hypot(found[1], other[1])


def test_the_replicator_of_a_whole_world():
    """Without entry, exit, niches, shocks, ties and innovations the log share of a firm against another's grows by select (z_i - z_j) a year."""
    market = Market(select=0.15, revert=0.0, exit_base=0.0)
    model = Participation(
        network_effect=0.0, market=market, constants=Constants(shock=0.0, persistence=0.9999999), innovation=inn.simulate.Innovation(jump=0.0)
    )
    people = inn.simulate.population(country="EU", firms=2000, seed=1)
    before = model.start(people, Draw(seed_key(1), 0, 0))
    after = inn.simulate.run(model, people, steps=10, seed=1).checkpoint.state
    growth = np.log(after.firms.employees) - np.log(before.firms.employees)
    sector = before.places.sector
    for s in range(before.places.sectors):
        z, g = before.firms.productivity[sector == s], growth[sector == s]
        assert g - g[0] == pytest.approx(10 * 0.15 * (z - z[0]), abs=2e-5)


def test_given_ties_and_a_market_are_refused_as_successors_would_take_over_ties():
    with pytest.raises(DataError, match=r"Give market=None too; or, .* search=Search\(rate=0\), ties=Ties\(end_0=float\('-inf'\)\)"):
        Participation(decision=None)


def test_ties_end_with_their_firms_alone_where_the_message_says_so():
    before = run(Participation.dense(), FIRMS, steps=5, seed=1).checkpoint
    years = [branch(before, Participation(search=Search(rate=0), ties=Ties(end_0=float("-inf"))), steps=n) for n in (1, 2, 3)]
    pairs = [{*zip(*(np.asarray(part[name]) for name in ("source", "target")), strict=True)} for part in map(tied, [before, *years])]
    for one, (earlier, later) in zip(years, pairwise(pairs), strict=True):
        left = set(np.flatnonzero(Participation().actors(FIRMS, one.checkpoint.state)["exited"]))
        assert left
        assert later == {pair for pair in earlier if not left & set(pair)}


def tied(run_or_point):
    return Participation().ties(FIRMS, getattr(run_or_point, "checkpoint", run_or_point).state)
