"""Every work and its peer under pytest-benchmark: ``pytest benchmarks --benchmark-enable``. Without that option each runs once on the example."""

import os
from pathlib import Path

import pytest
from simulating import simulating
from works import cluster_years, indicators, levels, reading

import innovnet as inn

DATA = Path(os.environ.get("INNOVNET_DATA", Path(__file__).parents[2] / "shared" / "data")) / "horizon_europe" / "cordis-HORIZONprojects-csv.zip"
_MADE = {}


def works(where):
    if where not in _MADE:
        if where == "example":
            _MADE[where] = {work.name: work for work in indicators(inn.example(), 60)}
        else:
            _MADE[where] = {work.name: work for work in [*reading(DATA), *indicators(inn.read_cordis(DATA), 300)]}
    return _MADE[where]


@pytest.mark.parametrize("side", ["ours", "peer"])
@pytest.mark.parametrize("name", [*works("example"), "read CORDIS and project"])
@pytest.mark.parametrize("where", ["example", "horizon europe"])
def test_work(benchmark, where, name, side, request):
    if where != "example" and request.config.getoption("benchmark_disable"):
        pytest.skip("real data are measured with --benchmark-enable")
    if where != "example" and not DATA.exists():
        pytest.skip("real data not present (set INNOVNET_DATA)")
    if name not in works(where):
        pytest.skip("reading is measured on real data")
    benchmark.group = f"{where}: {name}"
    benchmark.extra_info["share of the work"] = works(where)[name].share if side == "peer" else 1.0
    assert benchmark(getattr(works(where)[name], side)) is not None or name.startswith("random")


@pytest.mark.parametrize("side", ["ours", "peer"])
def test_levels(benchmark, side, request):
    clusters = 200 if request.config.getoption("benchmark_disable") else 100_000
    if clusters not in _MADE:
        _MADE[clusters] = levels(clusters, 300)[0]
    work = _MADE[clusters]
    benchmark.group = work.name
    benchmark.extra_info["share of the work"] = work.share if side == "peer" else 1.0
    assert benchmark(getattr(work, side))


def test_cluster_years(benchmark, request):
    real = DATA.exists() and not request.config.getoption("benchmark_disable")
    work = cluster_years(inn.read_cordis(DATA) if real else inn.example(), 500 if real else 20)[0]
    benchmark.group = work.name
    assert len(benchmark(work.ours)) == 10


@pytest.mark.parametrize("side", ["ours", "peer"])
@pytest.mark.parametrize("number", range(len(simulating(100, 1))))
def test_simulating(benchmark, number, side, request):
    work = simulating(*((200, 2) if request.config.getoption("benchmark_disable") else (10_000, 20)))[number]
    benchmark.group = work.name
    found = benchmark(getattr(work, side))
    assert {"ties", "participation"} <= set(found.summary if side == "ours" else found)


def test_report(benchmark, tmp_path_factory):
    affiliation = inn.example()
    page = benchmark.pedantic(lambda: inn.write_report(affiliation, tmp_path_factory.mktemp("r") / "report", images=False), rounds=1)
    assert page.stat().st_size > 100_000
