"""Two small models for the tests of the engine; in a module of their own, so that other processes can import them."""

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

import innovnet as inn

SEEK, KEEP, WORK = 1, 2, 3


def plain(n):
    """A population of ``n`` firms without ties."""
    actors = pd.DataFrame({"actor": np.arange(n), "size": pd.Categorical.from_codes(np.arange(n) % 2, ["micro", "small"])})
    return inn.Network.from_frames(actors, pd.DataFrame({"source": [], "target": []}, dtype="int64"))


class Meeting(NamedTuple):
    """State of :class:`Meetings`: ids are shared, everything else is the state's own."""

    ids: np.ndarray
    skill: np.ndarray
    source: np.ndarray
    target: np.ndarray
    treated: np.ndarray
    output: np.ndarray
    paid: float


@dataclass(frozen=True)
class Meetings:
    """Firms meet a partner by chance each year and learn from it; a programme pays some to learn more. Arrays are made anew each step."""

    rate: float = 0.2
    support: float = 0.0
    invited: int = 0
    start_year: int = 1
    outcomes = ("output",)

    def start(self, network, draw) -> Meeting:
        n = network.n_actors
        ids = np.arange(n)
        ids.flags.writeable = False
        none = np.zeros(0, dtype=np.int64)
        return Meeting(ids, draw.unit(WORK, ids), none, none, np.zeros(n, dtype=bool), np.zeros(n), 0.0)

    def step(self, network, state, draw) -> Meeting:
        n = network.n_actors
        seeks = draw.unit(SEEK, state.ids) < self.rate
        other = (draw.unit(SEEK, state.ids, n=1) * n).astype(np.int64)
        seeks &= other != state.ids
        source, target = np.minimum(state.ids, other)[seeks], np.maximum(state.ids, other)[seeks]
        active = self.invited > 0 and draw.year >= self.start_year
        treated = state.ids < (self.invited if active else 0)
        skill = state.skill.copy()
        np.maximum.at(skill, source, 0.9 * state.skill[target])
        np.maximum.at(skill, target, 0.9 * state.skill[source])
        skill = skill + self.support * treated
        output = (draw.unit(WORK, state.ids) < 0.1 + 0.2 * skill).astype(np.float64)
        return Meeting(state.ids, skill, source, target, treated, output, 1000.0 * treated.sum())

    def observe(self, network, state):
        return {"output": state.output.sum(), "skill": state.skill.mean(), "ties": len(state.source), "paid": state.paid}

    def actors(self, network, state):
        size = network.actors["size"].array
        return {"id": state.ids, "size": size, "skill": state.skill, "output": state.output, "treated": state.treated}

    def ties(self, network, state):
        return {"source": state.source, "target": state.target}


@dataclass
class Heap:
    """State of :class:`InPlace`."""

    level: np.ndarray
    pair: tuple[np.ndarray, int]
    note: str
    last: np.float32


@dataclass(frozen=True)
class InPlace:
    """Levels that are changed in place; can be made slow, or fail in a given year."""

    drift: float = 0.1
    fails: int = -99
    pause: float = 0.0

    def start(self, network, draw) -> Heap:
        level = draw.unit(KEEP, np.arange(network.n_actors)).astype(np.float32)
        return Heap(level, (np.zeros(3, dtype=np.int16), 0), "begun", np.float32(0))

    def step(self, network, state, draw) -> Heap:
        state.level[: len(state.level) // 2] += np.float32(self.drift)
        if draw.year == self.fails:
            raise RuntimeError("the step has failed")
        state.level += (self.drift * draw.unit(KEEP, np.arange(len(state.level)))).astype(np.float32)
        time.sleep(self.pause)
        state.pair[0][draw.step % 3] += 1
        state.pair = (state.pair[0], draw.step)
        state.note, state.last = f"year {draw.year}", state.level[0]
        return state

    def observe(self, network, state):
        return {"level": float(state.level.sum(dtype=np.float64)), "steps": state.pair[1], "first": state.last}


@dataclass(frozen=True)
class Fragile(Meetings):
    """:class:`Meetings` that fails in some runs: those whose first skill is below a half."""

    def start(self, network, draw) -> Meeting:
        state = super().start(network, draw)
        if state.skill[0] < 0.5:
            raise ValueError("this run cannot start")
        return state
