"""The R&D game: golden values, welfare from its parts, brute force, and rounds of best replies."""

import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.simulate import Draw, RDGame
from innovnet.simulate._rdgame_solve import largest_spillover

NEAR = {"rtol": 0, "atol": 5e-7}


@pytest.fixture(scope="module")
def star():
    return inn.from_networkx(nx.star_graph(4))


@pytest.fixture(scope="module")
def karate():
    return inn.from_networkx(nx.karate_club_graph())


def network_of(n, share, seed, markets=3):
    rng = np.random.default_rng(seed)
    actors = pd.DataFrame({"actor": range(n), "market": [f"m{k}" for k in rng.integers(0, markets, n)], "size": rng.uniform(1, 1.5, n)})
    i, j = np.triu_indices(n, 1)
    kept = rng.random(len(i)) < share
    return inn.Network.from_frames(actors, pd.DataFrame({"source": i[kept], "target": j[kept]}))


def matrices(game, network):
    """A, B and mu, dense, written down from the definition."""
    n = network.n_actors
    market = network.actors[game.markets].to_numpy() if game.markets else np.zeros(n)
    mu = network.actors[game.demand].to_numpy() if game.demand else np.ones(n)
    return network.adjacency(weighted=False).toarray(), (market[:, None] == market[None, :]) - np.eye(n), mu


def welfare_from_parts(game, network, q, effort, s):
    """Consumers' surplus, and profits with the subsidies, less their cost."""
    A, B, mu = matrices(game, network)
    margin = mu - q - game.rivalry * B @ q + effort + game.spillover * A @ effort
    profit = q * margin - effort**2 / 2 + s * effort
    surplus = q @ q / 2 + game.rivalry / 2 * q @ B @ q
    return surplus + profit.sum() - s @ effort, profit


def test_star_katz_bonacich(star):
    found = RDGame(spillover=0.2, rivalry=0.0).equilibrium(star)["output"]
    np.testing.assert_allclose(found, [2.142857, 1.428571, 1.428571, 1.428571, 1.428571], **NEAR)


def test_star_with_rivals(star):
    game = RDGame(spillover=0.2, rivalry=0.1)
    np.testing.assert_allclose(game.equilibrium(star)["output"].iloc[:2], [1.349206, 0.873016], **NEAR)
    assert game.welfare(star) == pytest.approx(5.797430, abs=5e-7)
    loss = game.key_players(star)["loss"]
    assert loss.index.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(loss, [3.0755, *[0.8752] * 4], atol=5e-5)


def test_star_subsidies(star):
    game = RDGame(spillover=0.05, rivalry=0.1)
    np.testing.assert_allclose(game.equilibrium(star)["output"].iloc[:2], [0.852713, 0.736434], **NEAR)
    targeted, uniform = game.subsidy(star), game.subsidy(star, kind="uniform")
    assert targeted.welfare_without == uniform.welfare_without == pytest.approx(3.473048, abs=5e-7)
    np.testing.assert_allclose(targeted.actors["subsidy"].iloc[:2], [1.380779, 0.660538], **NEAR)
    assert targeted.welfare == pytest.approx(5.126669, abs=5e-7)
    assert targeted.gain == pytest.approx(0.4761, abs=5e-5)
    np.testing.assert_allclose(uniform.actors["subsidy"], 0.754019, **NEAR)
    assert uniform.welfare == pytest.approx(4.889060, abs=5e-7)
    assert uniform.gain == pytest.approx(0.4077, abs=5e-5)


def test_karate(karate):
    game = RDGame(spillover=0.05, rivalry=0.0)
    assert game.welfare(karate) == pytest.approx(64.999372, abs=5e-7)
    assert game.key_players(karate).index[:5].tolist() == [33, 0, 32, 2, 1]
    game = RDGame(spillover=0.01, rivalry=0.02)
    targeted, uniform = game.subsidy(karate), game.subsidy(karate, kind="uniform")
    assert targeted.welfare_without == pytest.approx(17.4074137, abs=5e-8)
    assert targeted.welfare == pytest.approx(20.7470789, abs=5e-8)
    rates = targeted.actors["subsidy"]
    assert (rates.idxmax(), rates.max(), rates.min()) == (33, pytest.approx(0.8296159, abs=5e-8), pytest.approx(0.2517235, abs=5e-8))
    on_output = (rates * targeted.actors["output"]).sum()
    assert on_output == pytest.approx(13.0355, abs=5e-5)
    assert targeted.cost == pytest.approx(on_output + (rates**2).sum(), rel=1e-12)  # effort is output and the subsidy
    assert uniform.actors["subsidy"].iloc[0] == pytest.approx(0.3885527, abs=5e-8)
    assert (uniform.welfare - 17.4074137) / (20.7470789 - 17.4074137) == pytest.approx(0.8983128, abs=5e-7)


@given(st.integers(2, 12), st.integers(0, 10**6), st.floats(0, 0.08), st.floats(0, 0.1), st.sampled_from([("", ""), ("market", "size")]))
def test_equilibrium_is_best_for_each_and_welfare_is_the_sum_of_its_parts(n, seed, phi, rho, columns):
    network = network_of(n, 0.3, seed)
    game = RDGame(spillover=phi, rivalry=rho, markets=columns[0], demand=columns[1])
    A, B, mu = matrices(game, network)
    q = game.equilibrium(network)["output"].to_numpy()
    np.testing.assert_allclose(q, np.linalg.solve(np.eye(n) + rho * B - phi * A, mu), rtol=1e-10)
    whole, profit = welfare_from_parts(game, network, q, q, np.zeros(n))
    assert game.welfare(network) == pytest.approx(whole, rel=1e-12)
    np.testing.assert_allclose(game.equilibrium(network)["profit"], profit, rtol=1e-10)
    for i in range(n):  # no other output and effort of a firm brings it more
        for output, effort in ((0.9, 1.0), (1.1, 1.0), (1.0, 0.9), (1.0, 1.1), (1.1, 1.1), (0.9, 0.9)):
            other, moved = q.copy(), q.copy()
            other[i], moved[i] = q[i] * output, q[i] * effort
            assert welfare_from_parts(game, network, other, moved, np.zeros(n))[1][i] < profit[i]


@given(st.integers(2, 9), st.integers(0, 10**6), st.floats(0, 0.03), st.floats(0, 0.1))
def test_no_other_subsidy_does_better(n, seed, phi, rho):
    network, rng = network_of(n, 0.4, seed), np.random.default_rng(seed)
    game = RDGame(spillover=phi, rivalry=rho, markets="market", demand="size")
    A, B, mu = matrices(game, network)
    inverse = np.linalg.inv(np.eye(n) + rho * B - phi * A)

    def welfare(s):
        q = inverse @ (mu + s + phi * A @ s)
        return welfare_from_parts(game, network, q, q + s, s)[0]

    targeted, uniform = game.subsidy(network), game.subsidy(network, kind="uniform")
    for found in (targeted, uniform):
        s = found.actors["subsidy"].to_numpy()
        assert found.welfare == pytest.approx(welfare(s), rel=1e-10)
        q, effort = found.actors["output"].to_numpy(), found.actors["effort"].to_numpy()
        np.testing.assert_allclose(found.actors["profit"], welfare_from_parts(game, network, q, effort, s)[1], rtol=1e-9)
        assert found.cost == pytest.approx(s @ effort, rel=1e-12)
    best, common = targeted.actors["subsidy"].to_numpy(), uniform.actors["subsidy"].to_numpy()
    assert targeted.welfare >= uniform.welfare - 1e-9 >= targeted.welfare_without - 2e-9
    for scale in (1e-3, 0.1, 1.0):
        assert welfare(best + scale * rng.normal(size=n)) < targeted.welfare
        assert max(welfare(common + scale), welfare(common - scale)) < uniform.welfare


@given(st.integers(2, 10), st.integers(0, 10**6), st.floats(0, 0.08), st.floats(0, 0.1))
def test_key_players_by_leaving_each_out(n, seed, phi, rho):
    network = network_of(n, 0.4, seed)
    game = RDGame(spillover=phi, rivalry=rho, markets="market", demand="size")
    found = game.key_players(network)
    for i in range(n):
        rest = network.select(actors=np.arange(n) != i)
        assert found["loss"][i] == pytest.approx(game.welfare(network) - game.welfare(rest), rel=1e-8)
    assert (np.diff(found["loss"]) <= 1e-9).all()


@given(st.integers(2, 30), st.integers(0, 10**6), st.floats(0, 0.9), st.booleans())
def test_largest_spillover(n, seed, rho, split):
    network = network_of(n, 0.3, seed)
    assume(network.n_ties > 0)
    game = RDGame(spillover=0.0, rivalry=0.0, markets="market" if split else "")
    A, B, _ = matrices(game, network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", inn.errors.DataWarning)
        bound = largest_spillover(RDGame(spillover=0.0, rivalry=rho, markets="market" if split else "")._game(network))
    least = [np.linalg.eigvalsh(np.eye(n) + rho * B - phi * A)[0] for phi in (bound * (1 - 1e-6), bound * (1 + 1e-6))]
    assert least[0] > 0 > least[1]


def test_many_firms_are_solved_as_few_are(monkeypatch):
    network = network_of(150, 0.02, 4)
    game = RDGame(spillover=0.03, rivalry=0.002, markets="market", demand="size")
    few = game.subsidy(network), game.key_players(network)
    monkeypatch.setattr("innovnet.simulate._rdgame_solve._DENSE", 3)
    monkeypatch.setattr("innovnet.simulate._rdgame_solve._BLOCK", 7)
    many = game.subsidy(network), game.key_players(network)
    np.testing.assert_allclose(many[0].actors, few[0].actors, rtol=1e-9)
    assert many[0].welfare == pytest.approx(few[0].welfare, rel=1e-12)
    np.testing.assert_allclose(many[1].loc[few[1].index], few[1], rtol=1e-10)


@pytest.mark.parametrize("rho", [0.0, 0.1, 0.4])
def test_rounds_of_best_replies_end_in_the_equilibrium(rho):
    network = network_of(40, 0.05, 8, markets=20)
    game = RDGame(spillover=0.05, rivalry=rho, markets="market", demand="size")
    wanted = game.equilibrium(network)["output"]
    trajectory = inn.simulate.run(game, network, steps=300, seed=0)
    last = trajectory.summary.iloc[-1]
    assert last["output"] == pytest.approx(wanted.sum(), rel=1e-10)
    assert last["effort"] == last["output"]
    assert last["welfare"] == pytest.approx(game.welfare(network), rel=1e-10)
    assert last["residual"] < 1e-10
    assert last["profit"] == pytest.approx((wanted**2).sum() / 2, rel=1e-9)
    assert trajectory.summary["output"].iloc[0] == 0


def test_observed_on_the_way_is_the_sum_of_its_parts():
    network = network_of(12, 0.3, 2)
    game = RDGame(spillover=0.05, rivalry=0.1, markets="market", demand="size")
    state = game.start(network, Draw(np.uint64(0), 0, 0))
    state = game.step(network, state, Draw(np.uint64(0), 1, 1))
    whole, profit = welfare_from_parts(game, network, state.output, state.output, np.zeros(12))
    seen = game.observe(network, state)
    assert seen["welfare"] == pytest.approx(whole, rel=1e-12)
    assert seen["profit"] == pytest.approx(profit.sum(), rel=1e-12)
    assert seen["residual"] > 1e-4
    columns = game.actors(network, state)
    np.testing.assert_allclose(columns["profit"], profit, rtol=1e-10)
    assert len(game.ties(network, state)["source"]) == network.n_ties


def test_without_a_best_subsidy(star):
    with pytest.raises(inn.errors.DataError, match=r"spillover=0.2 has to be at most 0.137457 \(with rivalry=0.1\)"):
        RDGame(spillover=0.2, rivalry=0.1).subsidy(star)
    RDGame(spillover=0.137457, rivalry=0.1).subsidy(star)
    with pytest.raises(inn.errors.DataError, match=r"Lower rivalry=0\.5"):
        RDGame(spillover=0.0, rivalry=0.5).subsidy(star)
    with pytest.raises(inn.errors.DataError, match="no common subsidy"):
        RDGame(spillover=0.2, rivalry=0.0).subsidy(star, kind="uniform")


def test_without_an_equilibrium(star):
    with pytest.raises(inn.errors.DataError, match=r"has to be below 0\.2 "):
        RDGame(spillover=0.2, rivalry=0.0).equilibrium(inn.from_networkx(nx.complete_graph(6)))
    assert RDGame(spillover=0.19, rivalry=0.0).welfare(inn.from_networkx(nx.complete_graph(6))) > 0


def test_firms_that_would_leave():
    actors = pd.DataFrame({"actor": ["a", "b"], "size": [1.0, 10.0]})
    network = inn.Network.from_frames(actors, pd.DataFrame({"source": [], "target": []}))
    with pytest.raises(inn.errors.DataError, match=r"1 of 2 firms would have an output below 0 \('a'\)"):
        RDGame(rivalry=0.2, demand="size").equilibrium(network)
    trajectory = inn.simulate.run(RDGame(spillover=0.0, rivalry=0.05, demand="size"), network, steps=50, seed=0)
    assert trajectory.summary["output"].iloc[-1] == pytest.approx(np.linalg.solve([[1, 0.05], [0.05, 1]], [1, 10]).sum())


def test_bad_input(star, D, U):
    with pytest.raises(inn.errors.DataError, match="takes an undirected network"):
        RDGame().equilibrium(D)
    with pytest.raises(inn.errors.DataError, match="no column 'sektor'"):
        RDGame(markets="sektor").equilibrium(U)
    with pytest.raises(inn.errors.DataError, match="kind='both'"):
        RDGame().subsidy(star, kind="both")
    with pytest.raises(inn.errors.DataError, match=r"rivalry.*\[0, 1\)"):
        RDGame(rivalry=1)
    with pytest.raises(inn.errors.DataError, match="no demand above 0"):
        RDGame(demand="size").welfare(
            inn.Network.from_frames(pd.DataFrame({"actor": ["a", "b"], "size": [1.0, 0.0]}), pd.DataFrame({"source": [], "target": []}))
        )
    empty = inn.Network.from_frames(pd.DataFrame({"actor": []}), pd.DataFrame({"source": [], "target": []}))
    assert RDGame().equilibrium(empty).empty
    assert RDGame().welfare(empty) == 0
