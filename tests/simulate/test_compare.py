from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest
from engine_models import InPlace, Meetings, plain

import innovnet as inn
from innovnet._random import seed_key
from innovnet.errors import DataError
from innovnet.simulate._course import begun
from innovnet.simulate._pairs import Reached
from innovnet.simulate._statistics import fieller, t_value

compare, replicate, run = inn.simulate.compare, inn.simulate.replicate, inn.simulate.run
NOTHING = Meetings()
HELP = Meetings(support=0.3, invited=6)
TOLD = {"steps": 4, "runs": 12, "seed": 3}


@pytest.fixture(scope="module")
def found():
    return compare(NOTHING, HELP, plain(60), **TOLD)


def test_both_branches_are_the_runs_of_replicate(found):
    for mine, model in ((found.baseline, NOTHING), (found.alternatives["alternative"], HELP)):
        pd.testing.assert_frame_equal(mine.runs, replicate(model, plain(60), **TOLD).runs, check_exact=True)
        assert mine.provenance["parameters"]["invited"] == model.invited


def test_effects_are_means_of_paired_differences(found):
    one, two = (e.runs["output"].xs(3, level="year") for e in (found.baseline, found.alternatives["alternative"]))
    difference = two - one
    se = difference.std() / np.sqrt(12)
    row = found.effects.loc[("alternative", "output", 3)]
    half = 2.200985160082949 * se
    wanted = [one.mean(), two.mean(), difference.mean(), se, difference.mean() - half, difference.mean() + half, (one.var() + two.var()) / difference.var(), 12]
    np.testing.assert_allclose(row, wanted, rtol=1e-10)
    assert found.effects.columns.tolist() == ["baseline", "alternative", "difference", "se", "low", "high", "gain", "n"]
    assert found.effects.index.names == ["scenario", "outcome", "year"]
    assert found.effects.loc["alternative"].loc["output"].index.tolist() == [1, 2, 3, 4]
    first, second = (e.runs["output"].drop(index=0, level="year").groupby("run").sum() for e in (found.baseline, found.alternatives["alternative"]))
    assert found.sums.loc[("alternative", "output"), "difference"] == pytest.approx((second - first).mean())


def test_pairing_gains(found):
    assert found.sums.loc[("alternative", "output"), "gain"] > 5
    assert found.effects.loc[("alternative", "ties"), "difference"].eq(0).all()
    assert np.isinf(found.effects.loc[("alternative", "ties"), "gain"]).all()


def test_the_same_model_has_no_effect():
    none = compare(NOTHING, NOTHING, plain(30), **TOLD)
    assert none.effects["difference"].eq(0).all()
    assert none.decomposition["difference"].eq(0).all()
    assert none.decomposition["actors"].tolist() == [0, 0, 30, 30]


def test_several_alternatives_share_a_baseline():
    more = Meetings(support=0.6, invited=6)
    both = compare(NOTHING, {"some": HELP, "more": more}, plain(30), **TOLD)
    for name, model in (("some", HELP), ("more", more)):
        alone = compare(NOTHING, model, plain(30), **TOLD)
        pd.testing.assert_frame_equal(both.effects.loc[name], alone.effects.loc["alternative"], check_exact=True)
        pd.testing.assert_frame_equal(both.decomposition.loc[name], alone.decomposition.loc["alternative"], check_exact=True)
    assert both.effects.index.get_level_values("scenario").unique().tolist() == ["some", "more"]


def by_hand(run_number, population, base, other, steps):
    """Parts of a run's difference by year, from sets of actors."""
    courses = [begun(model, population, seed_key(3, run_number)) for model in (base, other)]
    treated, tied, years = set(), set(), []
    for _ in range(steps):
        for course in courses:
            course.advance()
        treated |= set(np.flatnonzero(courses[1].state.treated).tolist())
        for course in courses:
            for a, b in zip(course.state.source.tolist(), course.state.target.tolist(), strict=True):
                tied |= {b} if a in treated else set()
                tied |= {a} if b in treated else set()
        difference = courses[1].state.output - courses[0].state.output
        indirect = tied - treated
        rest = set(range(population.n_actors)) - treated - indirect
        years.append([[sum(difference[i] for i in part) for part in (treated, indirect, rest)], [len(part) for part in (treated, indirect, rest)]])
    return np.array(years)


def test_decomposition_by_hand(found):
    wanted = np.stack([by_hand(r, plain(60), NOTHING, HELP, 4) for r in range(12)])  # runs × years × (difference, actors) × parts
    table = found.decomposition_by_year[["difference", "actors"]].to_numpy().reshape(4, 4, 2)[:, :3]  # years × parts
    np.testing.assert_allclose(table[..., 0], wanted[:, :, 0].mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(table[..., 1], wanted[:, :, 1].mean(axis=0))
    total = found.decomposition.loc[("alternative", "output"), "difference"]
    np.testing.assert_allclose(total.iloc[:3], wanted[:, :, 0].sum(axis=1).mean(axis=0), atol=1e-12)
    assert total["direct"] > 0
    assert total["total"] == total.iloc[:3].sum()
    assert total["total"] == pytest.approx(found.sums.loc[("alternative", "output"), "difference"])


def test_a_tie_before_the_partner_was_treated_is_not_indirect():
    reached = Reached(4)
    none = np.zeros(0, dtype=np.int64)
    early = (np.array([0]), np.array([1]))
    first = [m.tolist() for m in reached.now(np.zeros(4, dtype=bool), early, (none, none))]
    later = [m.tolist() for m in reached.now(np.array([True, False, False, False]), (none, none), (np.array([2]), np.array([0])))]
    assert first == [[False] * 4, [False] * 4, [True] * 4]
    assert later == [[True, False, False, False], [False, False, True, False], [False, True, False, True]]
    with pytest.raises(DataError, match="there are 3 rows for a population of 4"):
        reached.now(np.zeros(3, dtype=bool), early)


def test_burn_in_by_the_baseline_and_checkpoints_agree():
    told = {"steps": 3, "runs": 4, "seed": 3}
    burnt = compare(NOTHING, HELP, plain(30), **told, burn_in=5)
    point = run(NOTHING, plain(30), steps=5, seed=3).checkpoint
    pd.testing.assert_frame_equal(burnt.effects, compare(NOTHING, HELP, point, **told).effects, check_exact=True)
    assert burnt.effects.loc[("alternative", "paid"), "difference"].tolist() == [6000.0] * 3


@pytest.mark.parametrize("threads", ["1", "2"])
def test_same_bits_in_any_number_of_threads(found, monkeypatch, threads):
    monkeypatch.setenv("INNOVNET_THREADS", threads)
    again = compare(NOTHING, HELP, plain(60), **TOLD)
    pd.testing.assert_frame_equal(again.effects, found.effects, check_exact=True)
    pd.testing.assert_frame_equal(again.decomposition_by_year, found.decomposition_by_year, check_exact=True)


def test_same_bits_in_processes(found):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        again = compare(NOTHING, HELP, plain(60), **TOLD, executor=pool)
    pd.testing.assert_frame_equal(again.effects, found.effects, check_exact=True)
    pd.testing.assert_frame_equal(again.decomposition_by_year, found.decomposition_by_year, check_exact=True)


def test_a_store_goes_on(tmp_path, found):
    for runs in (5, 12):
        again = compare(NOTHING, HELP, plain(60), steps=4, runs=runs, seed=3, store=tmp_path / "s.sqlite")
    pd.testing.assert_frame_equal(again.effects, found.effects, check_exact=True)
    pd.testing.assert_frame_equal(again.decomposition, found.decomposition, check_exact=True)
    with pytest.raises(DataError, match=r"alternatives.alternative.invited: 6 before, 7 now"):
        compare(NOTHING, Meetings(support=0.3, invited=7), plain(60), **TOLD, store=tmp_path / "s.sqlite")


def test_fieller_by_brute_force():
    rng = np.random.default_rng(1)
    below = rng.normal(5.0, 2.0, 30)
    above = 3 * below + rng.normal(10.0, 4.0, 30)
    ratio, low, high = fieller(above, below)
    grid = np.linspace(0, 20, 2_000_001)
    variance = np.var(above, ddof=1) - 2 * grid * np.cov(above, below)[0, 1] + grid**2 * np.var(below, ddof=1)
    inside = grid[np.abs(above.mean() - grid * below.mean()) <= 2.045229642132703 * np.sqrt(variance / 30)]  # t with 29 degrees of freedom
    assert ratio == above.mean() / below.mean()
    np.testing.assert_allclose([low, high], [inside.min(), inside.max()], atol=2e-5)
    assert np.isnan(fieller(above, below - 5.2)).all()
    assert np.isnan(fieller(above[:1], below[:1])).all()


def test_fieller_covers():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(2000):
        below = rng.normal(2.0, 1.0, 10)
        above = 4 * below + rng.normal(0.0, 2.0, 10)
        _, low, high = fieller(above, below)
        hits += low <= 4.0 <= high
    assert 0.93 < hits / 2000 < 0.97


def test_cost_per_additional_result(found):
    one, two = (e.runs.drop(index=0, level="year") for e in (found.baseline, found.alternatives["alternative"]))
    difference = (two - one).groupby("run").sum()
    cost = found.cost("output").loc["alternative"]
    assert (cost["paid"], cost["verdict"]) == (24000.0, "more")
    assert cost["additional"] == pytest.approx(difference["output"].mean())
    assert cost["cost"] == pytest.approx(24000 / difference["output"].mean())
    assert cost["low"] < cost["cost"] < cost["high"]
    last = found.cost("skill", over="last").loc["alternative"]
    assert last["additional"] == pytest.approx((two - one)["skill"].xs(4, level="year").mean())


def test_no_cost_where_there_is_no_effect(found):
    ties = found.cost("ties").loc["alternative"]
    assert ties["verdict"] == "no difference in any run"
    assert ties[["cost", "low", "high"]].isna().all()
    useless = compare(Meetings(), Meetings(support=1e-3, invited=3), plain(30), **TOLD)
    assert useless.cost("skill").loc["alternative", "verdict"] == "more"
    noise = compare(Meetings(rate=0.2), Meetings(rate=0.22), plain(200), steps=2, runs=6, seed=5)
    assert noise.cost("output").loc["alternative", "verdict"] == "not distinguishable from no effect"


def test_what_one_model_alone_observes_is_shown_without_a_difference():
    @dataclass(frozen=True)
    class Talkative(Meetings):
        def observe(self, network, state):
            return {"extra": 1.0} | super().observe(network, state)

    wider = compare(NOTHING, Talkative(support=0.1, invited=2), plain(20), **TOLD)
    row = wider.effects.loc[("alternative", "extra", 2)]
    assert row["alternative"] == 1.0
    assert row[["baseline", "difference", "low", "gain"]].isna().all()
    assert wider.effects.loc[("alternative", "paid", 2), "difference"] == 2000.0


def test_only_pairs_that_are_defined_count():
    @dataclass(frozen=True)
    class Patchy:
        gift: float = 0.0

        def start(self, network, draw) -> tuple:
            return (0.0,)

        def step(self, network, state, draw):
            return (float(draw.unit(1, 0)) + self.gift,)

        def observe(self, network, state):
            return {"luck": state[0] if state[0] < 0.9 else np.nan}

    row = compare(Patchy(), Patchy(gift=0.25), plain(3), steps=1, runs=30, seed=1).effects.loc[("alternative", "luck", 1)]
    assert 5 < row["n"] < 25
    assert row["difference"] == pytest.approx(0.25)
    assert row["alternative"] - row["baseline"] == pytest.approx(0.25)


def test_how_it_shows_itself(found):
    assert "12 paired runs of 4 steps, seed 3, 60 actors" in repr(found)
    assert "not a forecast" in repr(found)
    html = compare(NOTHING, {"<i>": HELP}, plain(60), **TOLD)._repr_html_()
    assert "<i>" not in html
    assert "What does &#x27;&lt;i&gt;&#x27; change against the baseline, in this model?" in html
    assert html.split("<td>output</td>")[1].split("<td>")[4].startswith(tuple("123456789"))
    assert html.split("<td>skill</td>")[1].split("<td>")[4].startswith("</td>")  # a mean has no cost per additional one
    for words in ("95 % interval", "more", "no difference in any run", "EUR per additional", "12 paired runs, seed 3", "not a forecast"):
        assert words in html


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"baseline": 1}, "int is no model"),
        ({"alternative": 1}, "int is no model"),
        ({"alternative": {}}, "names no models"),
        ({"alternative": {1: HELP}}, "names no models"),
        ({"population": None}, "compare takes a Network"),
        ({"runs": 1}, "runs=1 is not a whole number of at least 2"),
        ({"steps": 0}, "steps=0"),
        ({"seed": "a"}, "seed='a'"),
        ({"burn_in": 1, "alternative": InPlace()}, "the baseline holds a state of Meeting; InPlace goes on from one of Heap"),
        ({"outcomes": ["outptu"]}, r"no column 'outptu'\. Did you mean 'output'"),
        ({"outcomes": ["size"]}, "column 'size' .* is not of numbers"),
        ({"outcomes": "output"}, "is no list of columns"),
        ({"baseline": InPlace(), "alternative": InPlace(), "outcomes": ["level"]}, "needs actors.* of InPlace"),
        ({"alternative": InPlace()}, "states of different kinds"),
        ({"executor": 2}, "executor takes Executor"),
    ],
)
def test_bad_input_is_named(arguments, words):
    given = {"baseline": NOTHING, "alternative": HELP, "population": plain(5), "steps": 1, "runs": 2, "seed": 1} | arguments
    with pytest.raises(DataError, match=words):
        compare(given.pop("baseline"), given.pop("alternative"), given.pop("population"), **given)


def test_what_was_not_asked_for_is_told(found):
    plainly = compare(InPlace(), InPlace(drift=0.2), plain(10), **TOLD)
    assert plainly.outcomes == ()
    assert (plainly.effects.loc[("alternative", "level"), "difference"] > 0).all()
    with pytest.raises(DataError, match="no outcomes were asked for"):
        plainly.decomposition  # noqa: B018
    with pytest.raises(DataError, match="'paid' is not observed"):
        plainly.cost("level")
    with pytest.raises(DataError, match=r"'outptu' is not observed. Did you mean 'output'"):
        found.cost("outptu")
    with pytest.raises(DataError, match="over='first'"):
        found.cost("output", over="first")


def test_t_value_is_students():
    np.testing.assert_allclose(t_value([1, 11, 29]), [12.706204736432095, 2.200985160082949, 2.045229642132703], rtol=1e-9)
    assert np.isnan(t_value(0))


def test_outcomes_can_be_any_names_in_order(found):
    lazily = compare(NOTHING, HELP, plain(60), **TOLD, outcomes=(name for name in ["output"]))
    assert lazily.decomposition.index.unique("outcome").tolist() == ["output"]
