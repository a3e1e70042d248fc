"""Same input and seed, same bits: under every hash seed, in any number of threads."""

import os
import subprocess
import sys

import pytest

CODE = """
import hashlib, inspect
import pandas as pd
import innovnet as inn
from innovnet import metrics

affiliation = inn.example(actors=120, seed=1)
network = affiliation.project("newman")
bare = inn.Network.from_frames(network.actors, network.ties)
given = {"groups": "type", "counting": "ties", "unit": "tie", "seed": 3, "runs": 4, "null": "affiliation"}
digest = hashlib.sha256()
for name in metrics.__all__:
    function = getattr(metrics, name)
    if not inspect.isfunction(function) or name in {"largest_component", "fixed_degree_samples"}:
        continue
    parameters = inspect.signature(function).parameters
    first, options = next(iter(parameters)), {p.name: given[p.name] for p in parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty and p.name in given}
    if "missing" in parameters:
        options["missing"] = "category"
    if name in {"compare_to_null", "null_samples"}:
        found = [function(metrics.e_i_summary, network, **{**options, "groups": "country", "within": "part"})]
    elif name == "bridging_profile":
        found = [function(network, groups=["type", "country"], missing="category")]
    elif name == "indicators":
        found = [function(network, metrics.degree)]
    elif first == "affiliation":
        found = [function(affiliation, **options)]
    elif first == "region_network":
        found = [function(inn.aggregate(network, groups="country", missing="category"), **options)]
    else:
        found = [function(network, **options), function(bare, **options)]
    for value in found:
        table = pd.DataFrame(value) if not isinstance(value, float) else pd.DataFrame({"value": [value]})
        digest.update(name.encode())
        for column in table.columns:
            values = table[column]
            digest.update(values.to_numpy(dtype=float).tobytes() if pd.api.types.is_numeric_dtype(values.dtype) else repr(values.tolist()).encode())
print(affiliation.fingerprint, network.fingerprint, digest.hexdigest())
"""


def bits(threads, hash_seed):
    env = {**os.environ, "INNOVNET_THREADS": threads, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def reference():
    return bits("1", "0")


@pytest.mark.parametrize(("threads", "hash_seed"), [("2", "1"), ("3", "random")])
def test_every_indicator_has_the_same_bits(reference, threads, hash_seed):
    assert bits(threads, hash_seed) == reference
