"""What users write, held against the public annotations by a type checker; it is never run."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import innovnet as inn
from innovnet import simulate

if TYPE_CHECKING:
    world = simulate.population(country="LT", firms=1_000, seed=1)
    conditions = {"sizes": ["small", "medium"]}
    events = simulate.Matchmaking(budget=60_000, start=1, end=3, eligible=conditions, sources={"eu": 0.85, "state": 0.15}, region="R1")
    grants = simulate.ProjectSubsidy(budget=2e6, eligible={"sectors": "C", "innovated": True})
    people = simulate.Facilitation(budget=1e5, eligible=simulate.Eligible(sizes=["small"], regions="R1", countries=("LT",)))

    single = simulate.Participation(policies=events)
    several = simulate.Participation(policies=[events, grants])
    exact = simulate.Participation(policies=(events, people))
    lazily = simulate.Participation(policies=(policy for policy in (events, grants)))
    dense = simulate.Participation.dense(policies=events)
    given = simulate.Participation(decision=None, market=None, channels=simulate.Channels(know=0), network_effect=0)

    # what is held is exact: a tuple of policies, conditions, tuples of labels
    held: tuple[object, ...] = several.policies
    sizes: tuple[str, ...] | None = events.eligible.sizes
    shares: list[float] = [policy.sources["eu"] for policy in single.policies if policy.eligible.regions is None]

    compared = simulate.compare(
        simulate.Participation(), {"one": single, "two": several}, world, steps=5, runs=9, seed=1, outcomes=["innovated"], store=Path("x")
    )
    alone = simulate.compare(simulate.Participation(), single, world, steps=5, runs=9, seed=1, outcomes={"innovated": 1}.keys(), store="x")
    many = simulate.replicate(simulate.Participation(), world, steps=9, seed=1, precision={"participation": 0.005})
    names: Iterable[str] = (name for name in ["ties"])
    moving: pd.DataFrame = simulate.drift(many, main=names)
    long_run = simulate.moments(simulate.Participation(), world, steps=9, runs=2, seed=1, names=("ties",))
    fit = simulate.calibrate(
        single, {"survival": 1}, population=world, steps=9, runs=2, seed=1, parameters=("search.rate",), weights=pd.Series({"survival": 1.0})
    )
    again = simulate.calibrate(single, pd.Series({"survival": 0.9}), population=world, steps=9, runs=2, seed=1, parameters=names)
    order = simulate.assumptions(
        simulate.Participation(), {"events": events, "grants": grants}, world, steps=1, runs=2, seed=1, varied={"events.cost": [5_000, 50_000]}
    )
    truth = simulate.participation_effects(simulate.Participation(), world, seed=1, worlds=["null"])
    run = simulate.run(single, world, steps=2, seed=1, record="panel", path="p", checkpoint=Path("c"))
    later = simulate.branch(run.checkpoint, several, steps=2)
    page = inn.write_simulation_report(compared, "page")
