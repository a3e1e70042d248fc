import pytest
from worlds import copied, same

import innovnet as inn
from innovnet.simulate import Matchmaking, Participation, ProjectSubsidy, population, run
from innovnet.simulate._participation import _year

FIRMS = 9000  # two blocks


@pytest.mark.parametrize("dense", [False, True])
def test_a_year_in_one_call_has_the_bits_of_its_steps(monkeypatch, dense):
    policies = (Matchmaking(budget=150_000, start=1, end=3), ProjectSubsidy(budget=600_000, start=2, end=4))
    model = Participation.dense(policies=policies) if dense else Participation(policies=policies)
    people = population(country="LT", firms=FIRMS, seed=0)
    whole = run(model, people, steps=5, seed=3)
    monkeypatch.setattr(_year, "one_run", lambda _places: False)
    by_steps = run(model, people, steps=5, seed=3)
    assert same(copied(whole.checkpoint.state), by_steps.checkpoint.state)
    assert whole.summary.equals(by_steps.summary)
    assert whole.summary["ties"].iloc[-1] > 0


def test_a_model_without_decision_or_market_passes_its_own_steps():
    people = population(country="LT", firms=300, seed=0)
    still = inn.simulate.run(Participation(market=None), people, steps=3, seed=1)
    assert still.summary["innovations"].sum() == 0
    assert still.summary["ties"].iloc[-1] > 0
