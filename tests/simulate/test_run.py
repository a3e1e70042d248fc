import numpy as np
import pandas as pd
import pytest
from engine_models import InPlace, Meetings, plain

import innovnet as inn
from innovnet.errors import DataError
from innovnet.simulate._state import copied, flattened, rebuilt

run, branch = inn.simulate.run, inn.simulate.branch


def test_summary_has_a_row_for_the_start_and_for_each_year():
    summary = run(Meetings(), plain(50), steps=5, seed=1).summary
    assert summary.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert summary.index.name == "year"
    assert list(summary.columns) == ["output", "skill", "ties", "paid"]
    assert summary.loc[0, "ties"] == 0 < summary.loc[1, "ties"]


def test_same_seed_same_bits_other_seed_other_bits():
    first, again, other = (run(InPlace(), plain(40), steps=6, seed=s).summary for s in (3, 3, 4))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert (first["level"] != other["level"]).all()


@pytest.mark.parametrize("model", [Meetings(), InPlace()])
def test_branch_without_another_model_is_the_straight_run(model):
    straight = run(model, plain(30), steps=7, seed=2)
    for years in range(1, 7):
        before = run(model, plain(30), steps=years, seed=2)
        after = branch(before.checkpoint, model, steps=7 - years)
        np.testing.assert_array_equal(after.summary.to_numpy(), straight.summary.to_numpy()[years:])
        assert after.summary.index.tolist() == list(range(8 - years))


def test_a_checkpoint_is_not_changed_by_a_branch():
    point = run(InPlace(), plain(30), steps=3, seed=2).checkpoint
    first = branch(point, InPlace(drift=5.0), steps=4)
    again = branch(point, InPlace(drift=5.0), steps=4)
    pd.testing.assert_frame_equal(first.summary, again.summary, check_exact=True)


def test_a_state_that_is_handed_over_is_not_copied_and_gone_from_its_checkpoint():
    model, people = inn.simulate.Participation(), inn.simulate.population(country="LT", firms=60, seed=1)
    kept, given = (inn.simulate.run(model, people, steps=2, seed=1).checkpoint for _ in range(2))
    employees = given.state.firms.employees
    one, other = inn.simulate.branch(kept, model, steps=2), inn.simulate.branch(given, model, steps=2, keep=False)
    assert one.summary.equals(other.summary)
    assert other.checkpoint.state.firms.employees is employees
    for use in (lambda: given.state, lambda: inn.simulate.branch(given, model, steps=1), lambda: inn.simulate.transplant(given, people, model=model, seed=1)):
        with pytest.raises(DataError, match="handed over"):
            use()
    with pytest.raises(DataError, match="keep"):
        inn.simulate.branch(kept, model, steps=1, keep="no")


def test_years_of_a_branch_begin_anew_and_draws_go_on():
    point = run(Meetings(), plain(30), steps=4, seed=2).checkpoint
    supported = branch(point, Meetings(support=1.0, invited=5, start_year=2), steps=3)
    assert supported.summary["paid"].tolist() == [0.0, 0.0, 5000.0, 5000.0]
    other = branch(point, Meetings(), steps=3, seed=99)
    assert other.summary.loc[0].equals(supported.summary.loc[0])
    assert other.summary.loc[3, "ties"] != branch(point, Meetings(), steps=3).summary.loc[3, "ties"]


def test_network_at_the_end():
    done = run(Meetings(rate=0.5), plain(30), steps=3, seed=2)
    network = done.network
    assert network.n_actors == 30
    assert network.n_ties == len(network.ties) > 0
    state = done.checkpoint.state
    assert set(zip(network.ties["source"], network.ties["target"], strict=True)) == set(zip(state.source.tolist(), state.target.tolist(), strict=True))
    np.testing.assert_array_equal(network.actors["skill"], state.skill)


def test_provenance_tells_runs_apart():
    population = plain(10)
    seen = run(Meetings(rate=0.3), population, steps=2, seed=7).provenance
    assert (seen["model"], seen["parameters"]["rate"], seen["seed"], seen["steps"], seen["actors"]) == ("Meetings", 0.3, 7, 2, 10)
    assert seen["population_fingerprint"] == population.fingerprint
    assert seen["model_fingerprint"] != run(Meetings(rate=0.31), population, steps=2, seed=7).provenance["model_fingerprint"]
    straight = run(Meetings(), population, steps=2, seed=7)
    after = branch(straight.checkpoint, Meetings(), steps=1)
    assert (straight.provenance["branched_from"], after.provenance["branched_from"]) == (None, straight.checkpoint.digest)


def test_how_it_shows_itself():
    class Many:
        def start(self, network, draw) -> tuple:
            return ()

        def step(self, network, state, draw):
            return state

        def observe(self, network, state):
            return {f"<b>{i}": i or np.nan for i in range(15)}

    done = run(Many(), plain(3), steps=2, seed=1)
    html = done._repr_html_()
    assert repr(done).startswith("Trajectory: Many, 2 steps, seed 1, 3 actors")
    assert html.count("<svg") == 12
    assert "and 3 more in .summary" in html
    assert "&lt;b&gt;3" in html
    assert "<b>3" not in html
    assert "not defined" in html
    assert "not a forecast" in html


def test_copies_share_what_is_read_only_and_nothing_else():
    state = InPlace().start(plain(8), inn.simulate.Draw(np.uint64(1), 0, 0))
    fixed = np.arange(4)
    fixed.flags.writeable = False
    both = (state, fixed, state.level)
    twin = copied(both)
    assert twin[1] is fixed
    assert twin[2] is twin[0].level
    twin[0].level[:] = 7
    assert not (state.level == 7).any()


def test_a_state_comes_back_from_its_plan():
    state = InPlace().start(plain(8), inn.simulate.Draw(np.uint64(1), 0, 0))
    plan, arrays = flattened(state)
    back = rebuilt(type(state), plan, [a.copy() for a in arrays])
    assert type(back) is type(state)
    assert type(back.pair) is tuple
    assert type(back.last) is np.float32
    assert back.note == state.note
    np.testing.assert_array_equal(back.level, state.level)


class Broken:
    """Starts and steps as told."""

    def __init__(self, state=(), observed=({"x": 1.0}, {"x": 1.0})):
        self.state, self.observed = state, observed

    def start(self, network, draw) -> tuple:
        return (self.state, 0)

    def step(self, network, state, draw):
        return (state[0], 1)

    def observe(self, network, state):
        return self.observed[state[1]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"model": object()}, "lacks start, step, observe"),
        ({"population": inn.toy()}, "takes a Network as its population, not Affiliation"),
        ({"population": plain(3).select(actors=[False] * 3)}, "has no actors"),
        ({"steps": 0}, "steps=0 is not a whole number"),
        ({"steps": 2.0}, "steps=2.0 is not a whole number"),
        ({"steps": 65536}, "65,536 steps in all are more than the 65,535"),
        ({"seed": None}, "seed=None is not a whole number"),
        ({"seed": -1}, "seed=-1 is not a whole number"),
        ({"record": "panle"}, "Did you mean 'panel'"),
        ({"path": "folder"}, "record='summary' makes none"),
        ({"record": "panel", "model": InPlace()}, "record='panel' needs InPlace.actors"),
        ({"record": "panel", "steps": 60000, "population": plain(100)}, "more than the 5,000,000 that are kept in memory"),
        ({"record": "panel", "checkpoint": "x.npz"}, "keeps its panel on disk"),
        ({"model": Broken(state=[1, 2])}, "a list"),
        ({"model": Broken(state=np.array(["a", None]))}, "A state is a dataclass"),
        ({"model": Broken(observed=({"x": 1.0}, {"y": 1.0}))}, "in year 1 it observes 'y' for the first time and no longer observes 'x'"),
        ({"model": Broken(observed=({"x": 1.0}, {"x": "much"}))}, "gives no number for 'x'"),
        ({"checkpoint": "no/such/folder/x.npz"}, "the folder .* does not exist"),
    ],
)
def test_bad_input_is_named(arguments, words):
    usual = {"model": Meetings(), "population": plain(5), "steps": 1, "seed": 1}
    given = usual | arguments
    with pytest.raises(DataError, match=words):
        run(given.pop("model"), given.pop("population"), **given)


def test_what_a_model_lacks_is_named():
    with pytest.raises(DataError, match=r"the network at the end needs InPlace.actors"):
        run(InPlace(), plain(5), steps=1, seed=1).network  # noqa: B018
    with pytest.raises(DataError, match="has no panel"):
        run(InPlace(), plain(5), steps=1, seed=1).panel  # noqa: B018
    with pytest.raises(DataError, match="holds a state of Heap; Meetings goes on from one of Meeting"):
        branch(run(InPlace(), plain(5), steps=1, seed=1).checkpoint, Meetings(), steps=1)
    with pytest.raises(DataError, match="branch takes Checkpoint, not str"):
        branch("file.npz", Meetings(), steps=1)


def test_observed_names_may_change_their_order():
    done = run(Broken(observed=({"a": 1.0, "b": 2.0}, {"b": 20.0, "a": 10.0})), plain(3), steps=1, seed=1)
    assert done.summary.loc[1].to_dict() == {"a": 10.0, "b": 20.0}
