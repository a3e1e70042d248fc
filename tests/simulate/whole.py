"""Whole worlds for tests: years one after another, all instruments at once, and the bits of a run."""

import hashlib

import numpy as np

from innovnet._random import seed_key
from innovnet.simulate import ExportGroup, Facilitation, Internationalisation, Matchmaking, MaturitySupport, Participation, ProjectSubsidy
from innovnet.simulate._course import begun
from innovnet.simulate._state import copied, flattened

#: Instruments that act on ties alone, then those that act on success as well; money for a few units of each in a world of some thousand firms.
NETWORKING = {
    "matchmaking": Matchmaking(budget=75_000, start=3, sources={"state": 0.5, "eu": 0.5}),
    "facilitation": Facilitation(budget=200_000, start=5, sources={"members": 0.2, "state": 0.8}),
    "maturity": MaturitySupport(budget=100_000, start=5, end=15),
    "abroad": Internationalisation(budget=100_000, start=2, carry_over=True),
}
OTHERS = {
    "projects": ProjectSubsidy(budget=650_000, start=4, end=12, sources={"eu": 0.85, "state": 0.1, "other": 0.05}),
    "groups": ExportGroup(budget=130_000, start=3, carry_over=True, size=4),
}
POLICIES = (*NETWORKING.values(), *OTHERS.values())


def model_of(*, dense=False, **groups):
    """The default or the dense setting."""
    return Participation.dense(**groups) if dense else Participation(**groups)


def years(model, population, steps, seed):
    """The state before each year (a copy), the state after it, and what is observed; the first year is 1."""
    course = begun(model, population, seed_key(seed))
    for _ in range(steps):
        before = copied(course.state)
        course.advance()
        yield before, course.state, model.observe(population, course.state)


def digest(*parts):
    """SHA-256 of states, parts of states and arrays."""
    plan, arrays = flattened(parts)
    found = hashlib.sha256(repr(plan).encode())
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def bits(trajectory):
    """SHA-256 of a run: the state at its end and all it observed."""
    return digest(trajectory.checkpoint.state, trajectory.summary.to_numpy())
