import hashlib
import os
import random
import subprocess
import sys
from itertools import combinations

import igraph
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import innovnet as inn
from innovnet.clusters import detect
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._detect_groups import Ties, best_jaccard, groups_of, inside_share, one_event_share
from innovnet.clusters._detect_world import world_of
from innovnet.errors import DataError

TODAY = pd.Timestamp("2025-12-31")


def affiliation_of(events, *, actors=None, start="2024-01-01", end="2025-12-31"):
    """From a list of participants for each event."""
    rows = pd.DataFrame([(actor, f"e{k:04}") for k, members in enumerate(events) for actor in members], columns=["actor", "event"])
    table = pd.DataFrame({"start": start, "end": end}, index=pd.Index(sorted(rows["event"].unique()), name="event"))
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors, events=table)


def planted(count=5, size=7, between=6, seed=0):
    rng = np.random.default_rng(seed)
    circles = [[f"c{k}m{i}" for i in range(size)] for k in range(count)]
    events = [pair for circle in circles for pair in combinations(circle, 2) if rng.random() < 0.8]
    everyone = [actor for circle in circles for actor in circle]
    return circles, [*events, *(tuple(rng.choice(everyone, 2, replace=False)) for _ in range(between))]


def groups(candidates, column="shown"):
    table = candidates.membership.merge(candidates.stability[column].rename("keep"), left_on="candidate", right_index=True)
    return {frozenset(members) for _, members in table[table["keep"]].groupby("candidate")["organisation"]}


def digest(candidates):
    parts = (candidates.stability, candidates.membership, candidates.register.clusters, candidates.register.membership)
    return hashlib.sha256("".join(part.to_csv(float_format="%.17g") for part in parts).encode()).hexdigest()


def test_planted_circles_are_found():
    circles, events = planted()
    found = detect(affiliation_of(events), at=2025, seed=3, starts=10)
    assert groups(found) == {frozenset(circle) for circle in circles}
    shown = found.stability[found.stability["shown"]]
    assert (shown["co_assignment"] >= 0.8).all()
    assert (shown["resolutions"] >= 2).all()
    assert found.register.n_clusters == 5
    assert found.register.membership["from"].isna().all()


def test_a_random_network_has_no_candidate():
    reasons = set()
    for seed in range(3):
        rng = np.random.default_rng(seed)
        pairs = [tuple(f"a{i:03}" for i in rng.choice(200, 2, replace=False)) for _ in range(900)]
        found = detect(affiliation_of(pairs), at=2025, seed=0, starts=10)
        assert len(found.stability) > 20
        assert found.register.n_clusters == 0
        reasons |= set(found.stability["reason"])
    assert reasons == {"not the same in all starts", "found at one resolution only", "cooperates no less outside than inside"}


def test_share_inside_by_hand():
    ties = Ties(4, np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3]), np.array([1.0, 2.0, 3.0, 4.0]))
    members = sparse.csr_array(np.array([[1.0, 1, 1, 0], [0, 0, 1, 1]]))
    assert inside_share(members, ties).tolist() == [12 / 16, 8 / 13]


def test_order_of_rows_changes_no_bit():
    programme = inn.example(actors=200)
    expected = digest(detect(programme, at=2025, seed=1, starts=4))
    for seed in range(2):
        rng = np.random.default_rng(seed)
        shuffled = inn.Affiliation.from_frame(
            programme.participations.sample(frac=1, random_state=seed),
            actor="actor",
            event="event",
            actors=programme.actors.iloc[rng.permutation(programme.n_actors)],
            events=programme.events.iloc[rng.permutation(programme.n_events)],
        )
        assert digest(detect(shuffled, at=2025, seed=1, starts=4)) == expected


def test_hash_seed_and_threads_change_no_bit():
    script = (
        "import hashlib, innovnet as inn; c = inn.clusters.detect(inn.example(actors=120), at=2025, seed=1, starts=3);"
        "print(hashlib.sha256((c.stability.to_csv() + c.membership.to_csv()).encode()).hexdigest())"
    )
    said = set()
    for number in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": number, "INNOVNET_THREADS": number}
        said.add(subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True).stdout)
    assert len(said) == 1


def test_the_generator_is_given_back():
    affiliation = affiliation_of(planted()[1])
    random.seed(7)
    expected = igraph.Graph.Erdos_Renyi(n=30, m=60).get_edgelist()
    random.seed(7)
    detect(affiliation, at=2025, seed=1, starts=2)
    assert igraph.Graph.Erdos_Renyi(n=30, m=60).get_edgelist() == expected


def test_a_resolution_gives_the_same_in_any_list():
    world = world_of(inn.example(actors=200), TODAY, 3, 30)
    few, many = (groups_of(world.ties, np.array(grid), seed=0, starts=3, progress=False) for grid in ([3.0, 9.0], [1.0, 3.0, 9.0, 27.0]))
    for k, other in ((0, 1), (1, 2)):
        rows, others = np.flatnonzero(few.resolution == k), np.flatnonzero(many.resolution == other)
        assert (few.members[rows].toarray() == many.members[others].toarray()).all()


def test_groups_are_connected_of_five_or_more_and_counted_rightly():
    world = world_of(inn.example(), TODAY, 3, 30)
    found = groups_of(world.ties, np.geomspace(1, 30, 5), seed=0, starts=4, progress=False)
    network = sparse.csr_array((np.ones(len(world.ties.start)), (world.ties.start, world.ties.end)), shape=(world.ties.n,) * 2)
    assert (found.size >= 5).all()
    for k in range(len(found.size)):
        inside = found.members[[k]].indices
        assert sparse.csgraph.connected_components(network[inside][:, inside], directed=False)[0] == 1
    assert (found.low <= found.resolution).all()
    assert (found.resolution <= found.high).all()
    assert ((found.co_assignment > 0) & (found.co_assignment <= 1)).all()
    for k in range(5):  # at one resolution no organisation is in two groups
        assert found.members[np.flatnonzero(found.resolution == k)].sum(axis=0).max() <= 1


def test_co_assignment_is_the_mean_over_pairs(monkeypatch):
    starts = [np.array([0, 0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 0, 1, 2, 2]), np.array([0, 0, 0, 0, 0, 1, 2])]
    monkeypatch.setattr("innovnet.clusters._detect_groups._communities", lambda *_: starts)
    start, end = np.array(list(combinations(range(7), 2))).T
    found = groups_of(Ties(7, start, end, np.ones(21)), np.array([1.0, 2.0]), seed=0, starts=3, progress=False)
    first = found.members[[0]].indices.tolist()
    assert first == [0, 1, 2, 3, 4]  # 4 is with the others in two of three starts, 5 in none
    pairs = [np.mean([labels[a] == labels[b] for labels in starts]) for a, b in combinations(first, 2)]
    assert found.co_assignment[0] == pytest.approx(np.mean(pairs))
    assert found.low.tolist() == [0, 0]
    assert found.high.tolist() == [1, 1]


def test_best_jaccard_by_hand():
    first = sparse.csr_array(np.array([[1, 1, 1, 1, 0], [0, 0, 0, 0, 1]]))
    second = sparse.csr_array(np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 0]]))
    assert best_jaccard(first, second).tolist() == [0.75, 0]


def test_share_of_one_event_by_hand():
    incidence = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]], dtype=float))
    events, share = one_event_share(sparse.csr_array(np.ones((1, 4))), incidence)
    # ties 0-1 (two events), 0-2, 1-2 (the first alone), 2-3 (the third alone)
    assert events.tolist() == [3]
    assert share.tolist() == [0.5]


def test_a_project_is_no_candidate():
    circles, events = planted()
    project = [f"p{i}" for i in range(8)]
    found = detect(affiliation_of([*events, project, (project[0], circles[0][0])]), at=2025, seed=0, starts=5)
    assert frozenset(project) in groups(found, "stable")
    assert frozenset(project) not in groups(found)
    row = found.stability[found.stability["top_event_share"] == 1]
    assert (row["reason"] == "rests on one event alone").all()


def test_weights_by_hand():
    actors = pd.DataFrame(
        {"country": "LT", "sector": ["A", "A", "B", None], "region": ["R1", "R2", "R2", None]}, index=pd.Index(["a", "b", "c", "d"], name="actor")
    )
    world = world_of(affiliation_of([("a", "b", "c"), ("a", "b"), ("c", "d")], actors=actors), TODAY, 3, None)
    ties = {(world.actors.index[i], world.actors.index[j]): w for i, j, w in zip(world.ties.start, world.ties.end, world.ties.weight, strict=True)}
    assert ties == {("a", "b"): 1.5 * 2, ("a", "c"): 0.5, ("b", "c"): 0.5 * 2, ("c", "d"): 1.0}


def test_window_and_large_events():
    events = [("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c", "d")]
    starts, ends = ["2026-01-01", "2020-01-01", "2020-01-01", "2025-01-01"], ["2026-12-31", "2022-12-31", "2023-01-01", "2025-12-31"]
    affiliation = affiliation_of(events, start=starts, end=ends)
    world = world_of(affiliation, TODAY, 3, 3)
    assert world.actors.index.tolist() == ["b", "c"]  # the event that ended on the day on which the window begins is over
    noted = world.noted.set_index("item")["count"]
    assert noted["events of more than 3 participants"] == 1
    assert noted["organisations without a tie"] == 2
    assert world_of(affiliation, TODAY, 3, None).ties.n == 4


def test_names_say_what_is_common():
    circles, events = planted()
    everyone = sorted(sum(circles, []))  # noqa: RUF017
    actors = pd.DataFrame({"nace": ["62.01"] * 7 + [None] * 28, "nuts": ["LT011"] * 7 + ["LT"] * 28, "country": "LT", "type": "firm"}, index=everyone)
    found = detect(affiliation_of(events, actors=actors.rename_axis("actor")), at=2025, seed=0, starts=5)
    assert sorted(found.register.clusters["name"]) == ["62, LT011", *["mixed sectors, LT"] * 4]
    assert found.register.clusters["sectors"].dropna().tolist() == ["62"]
    assert "column nace (division)" in found.quality["examples"].tolist()
    cooperation = cooperation_of(found.register, affiliation_of(events, actors=actors.rename_axis("actor")))
    assert cooperation.known.all()
    assert len(cooperation.unmatched) == 0


def test_random_worlds_are_searched_in_the_same_way():
    circles, events = planted()
    found = detect(affiliation_of(events), at=2025, seed=0, starts=4, worlds=2)
    assert found.by_chance.shape == (2, 5)
    assert (found.by_chance["organisations"] < sum(map(len, circles))).all()
    assert detect(affiliation_of(events), at=2025, seed=0, starts=4).by_chance.empty


def test_nothing_to_find():
    found = detect(affiliation_of([("a",), ("b",)]), at=2025, seed=0, starts=2)
    assert found.register.n_clusters == len(found.stability) == len(found.membership) == 0
    assert detect(affiliation_of([("a", "b")]), at=2010, seed=0, starts=2).register.n_clusters == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"resolutions": [1.0]}, "at least 2 different numbers"),
        ({"resolutions": [1.0, -2.0]}, "above 0"),
        ({"starts": 1}, "starts=1"),
        ({"window": 0}, "window=0"),
        ({"max_event_size": 1}, "max_event_size=1"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_options_out_of_range(options, said):
    with pytest.raises(DataError, match=said):
        detect(affiliation_of([("a", "b")]), **{"at": 2025, "seed": 0, **options})


def test_lithuania_in_horizon_europe(lithuania):
    found = detect(lithuania, at=2025, seed=0, starts=5)
    assert 3000 < len(found.membership["organisation"].unique()) <= 3421
    assert 10 < found.register.n_clusters < found.stability["stable"].sum()
    assert found.register.membership["organisation"].is_unique
