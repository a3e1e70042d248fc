"""Models that do what a model must not: for tests of what is said of them."""

import os
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


@dataclass
class Level:
    x: np.ndarray


@dataclass
class Box:
    x: Any


class Inside(NamedTuple):
    x: np.ndarray


@dataclass(frozen=True)
class Plain:
    """A model that is right; ``seen``, ``rows`` and ``pairs`` replace what it returns."""

    seen: Any = None
    rows: Any = None
    pairs: Any = None

    def start(self, network, draw) -> Level:
        return Level(draw.unit(1, np.arange(network.n_actors)))

    def step(self, network, state, draw):
        return Level(0.5 * state.x + 0.5 * draw.unit(1, np.arange(network.n_actors)))

    def observe(self, network, state):
        return {"x": float(state.x.mean())} if self.seen is None else self.seen

    def actors(self, network, state):
        return {"x": state.x, "treated": state.x < 0.2} if self.rows is None else self.rows

    def ties(self, network, state):
        return {"source": [0], "target": [1]} if self.pairs is None else self.pairs


class ForgetsToReturn(Plain):
    def step(self, network, state, draw):
        state.x *= 0.5


class ReturnsList(Plain):
    def step(self, network, state, draw):
        return [state.x]


class StartsWithAnother(Plain):
    def start(self, network, draw) -> Level:
        return Box(np.zeros(network.n_actors))


class HidesPart(Plain):
    def start(self, network, draw) -> Box:
        return Box(Inside(np.zeros(network.n_actors)))

    def observe(self, network, state):
        return {"x": float(state.x.x.mean())}


class HoldsList(Plain):
    def start(self, network, draw) -> Level:
        return Level([0.0] * network.n_actors)


class WritesShared(Plain):
    def start(self, network, draw) -> Level:
        level = np.zeros(network.n_actors)
        level.flags.writeable = False
        return Level(level)

    def step(self, network, state, draw):
        state.x[:] = 1.0
        return state


class Renames(Plain):
    def observe(self, network, state):
        return {"low" if state.x.max() < 0.9 else "high": 1.0}


class Dies(Plain):
    """Its process ends without a word in every third run or so."""

    def step(self, network, state, draw):
        if int(draw.key) % 3 == 1:
            os._exit(9)
        return super().step(network, state, draw)


class Wide(Plain):
    """A panel that is far larger than the state."""

    def actors(self, network, state):
        return {f"column{i}": state.x + i for i in range(60)}
