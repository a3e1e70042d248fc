"""Comparisons of policies with known numbers, made without a simulation."""

import numpy as np

from innovnet.simulate._comparison import Comparison
from innovnet.simulate._ensemble import Ensemble

SIZES = ("micro", "small", "medium")
NAMES = (
    *("firms", "innovations", "exporters", "ties", "cluster_members", "paid", "unspent"),
    *(f"participation_{size}" for size in SIZES),
    *(f"share_{size}" for size in SIZES),
    *(f"paid_by_{source}" for source in ("members", "state", "eu", "other", "firms")),
)
POLICY = {
    "class": "innovnet.simulate._policies.Matchmaking",
    "budget": 100.0,
    "start": 1,
    "end": 2,
    "cost": 10.0,
    "eligible": {"class": "x.Eligible", "sizes": ["small", "medium"], "innovated": True, "regions": None},
}


def ensemble(runs, years, *, seed, policies=(), **added):
    """Noise that all scenarios of a seed share, plus what is added: a number, or an array of runs × years."""
    rng = np.random.default_rng(seed)
    values = np.zeros((runs, years + 1, len(NAMES)))
    fixed = {"firms": 1000.0, "share_micro": 0.9, "share_small": 0.07, "share_medium": 0.02, "participation_small": 0.2, "participation_medium": 0.5}
    for k, name in enumerate(NAMES):
        values[..., k] = fixed.get(name, 0.0)
    for name in ("innovations", "exporters", "ties", "cluster_members"):
        values[..., NAMES.index(name)] = rng.integers(90, 110, (runs, years + 1))
    values[..., NAMES.index("participation_micro")] = rng.integers(20, 40, (runs, years + 1)) / 900
    for name, more in added.items():
        values[:, 1:, NAMES.index(name)] += more
    told = {"model": "Participation", "seed": 7, "burn_in": 30, "actors": 1010, "model_fingerprint": "m" * 64, "population_fingerprint": "p" * 64}
    return Ensemble(NAMES, values, told | {"parameters": {"policies": list(policies)}})


def comparison(scenarios, *, runs=40, years=4, seed=1, outcomes=()):
    base = ensemble(runs, years, seed=seed)
    others = {name: ensemble(runs, years, seed=seed, policies=[POLICY], **added) for name, added in scenarios.items()}
    rng = np.random.default_rng(seed)
    parts = rng.integers(-2, 3, (len(scenarios), runs, years, len(outcomes), 3)).astype(float)
    actors = np.broadcast_to(np.array([10, 20, 980]), (len(scenarios), runs, years, 3))
    return Comparison(base, others, tuple(outcomes), parts, actors, *([np.zeros_like(parts)] if "_sums" in Comparison.__dataclass_fields__ else []))


def noise(runs, years, *, seed, scale=1.0):
    return np.random.default_rng(seed).normal(0, scale, (runs, years))
