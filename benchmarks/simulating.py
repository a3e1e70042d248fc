"""The participation model beside its other writings in ``peers``: one run, the population made before."""

import importlib
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from works import Work

import innovnet as inn

sys.path.insert(0, str(Path(__file__).parent / "peers"))

PEERS = {"numpy": "numpy", "mesa": "Mesa", "mesa_frames": "mesa-frames"}


def simulating(firms: int, steps: int) -> list[Work]:
    """Default and dense setting against each peer that is installed. Peers record 14 quantities a year and no maturity, ours its whole summary."""
    world = importlib.import_module("world")
    population = inn.simulate.population(country="LT", firms=firms, seed=1)
    settings = {"default": (inn.simulate.Participation(), world.DEFAULT), "dense": (inn.simulate.Participation.dense(), world.DENSE)}

    def ours(model: inn.simulate.Participation) -> Callable[[], Any]:
        return lambda: inn.simulate.run(model, population, steps=steps, seed=1, progress=False)

    def theirs(peer: str, parameters: dict[str, float]) -> Callable[[], Any]:
        module = importlib.import_module(f"participation_{peer}")
        return lambda: module.run(population, parameters, steps=steps, seed=1)

    return [
        Work(f"simulation, {firms:,} firms × {steps} years, {setting}, beside {name}", ours(model), theirs(peer, parameters), name)
        for setting, (model, parameters) in settings.items()
        for peer, name in PEERS.items()
        if find_spec(peer)
    ]
