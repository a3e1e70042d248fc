"""Worlds of the participation model for tests: a population, given ties at random, and tiny ones made by hand."""

import numpy as np

import innovnet as inn
from innovnet._random import seed_key
from innovnet.graph._tables import freeze
from innovnet.simulate import Draw
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._numbers import FIELDS
from innovnet.simulate._participation._start import started
from innovnet.simulate._participation._state import CHANCE, Ties
from innovnet.simulate._state import copied as copied

NEVER = -32768


def world(firms=2000, seed=0, *, dense=False, ties=0, bodies=None, **numbers):
    """State and numbers: Lithuania with so many firms, and ``ties`` ties between places drawn at random; ``numbers`` replace parameters, in any range."""
    model = Participation.dense() if dense else Participation()
    population = inn.simulate.population(country="LT", firms=firms, seed=seed, bodies=bodies)
    state = started(population, model._numbers, model.search, model.constants, drawn(0, seed))
    state.ties = random_ties(len(state.firms.flags), ties, seed)
    return state, model._numbers._replace(**numbers)


def drawn(step, seed=0):
    """The draws of a step."""
    return Draw(seed_key(seed), step, step)


def random_ties(places, ties, seed):
    """At most so many ties, half of them at the first places, so that there are hubs."""
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, places, ties), rng.integers(0, max(places // 4, 2), ties)
    one[: ties // 2] //= 3
    return ties_between(places, zip(one, other, strict=True))


def ties_between(places, pairs):
    """Ties between pairs of places, both ways and sorted."""
    both = sorted({pair for i, j in pairs if i != j for pair in ((int(i), int(j)), (int(j), int(i)))})
    one, other = (np.array(both, dtype=np.int64).reshape(-1, 2)).T
    n = len(both)
    indptr = np.searchsorted(one, np.arange(places + 1)).astype("i8")
    return Ties(indptr, other.astype("u4"), np.zeros(n, "i2"), np.zeros(n, "u1"), np.full(n, CHANCE, "u1"), np.full(n, NEVER, "i2"))


def tiny(own, pairs, *, bodies=(), sector=None, **numbers):
    """State and numbers of a few firms, first places, and bodies, last: quality 0, productivity 0, one person each, knowledge ``own`` (places × fields or a level)."""
    n = len(own)
    state, p = world(firms=n - len(bodies), bodies=len(bodies), **numbers)
    sectors = np.zeros(n, "u1") if sector is None else np.array(sector, "u1")
    count = int(sectors.max()) + 1
    sectors[n - len(bodies) :] = count
    firms = state.firms
    firms.knowledge[:] = np.broadcast_to(np.asarray(own, dtype="f4").reshape(n, -1), (n, FIELDS))
    for values in (firms.quality, firms.productivity):
        values[:] = 0.0
    firms.employees[:], firms.birth[:] = 1.0, 0
    profile = np.full((count + 1, FIELDS), firms.knowledge[0], "f4")
    arrays = freeze(sectors, np.ones(n, "f4"), profile, np.ones(256, "f4"), np.bincount(sectors[: n - len(bodies)], minlength=count).astype("f8"))
    state.places = state.places._replace(**dict(zip(("sector", "reference", "profile", "quantile", "labour"), arrays, strict=True)), sectors=count)
    state.ties = ties_between(n, pairs)
    return state, p


def same(one, other):
    """Whether two states have the same bits."""
    parts = [(getattr(one, name), getattr(other, name)) for name in ("firms", "ties", "aid")] + [((one.flows,), (other.flows,))]
    return all(a.tobytes() == b.tobytes() for left, right in parts for a, b in zip(left, right, strict=True))


def each(function):
    """A function of one number in single precision, for arrays."""
    return lambda values: np.array([function(value) for value in np.asarray(values, dtype="f4")], dtype="f4")
