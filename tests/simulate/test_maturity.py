from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from cluster_worlds import WINDOW, decision, lists, past_ties, small_world, year
from worlds import drawn, world

from innovnet.clusters import load_rules
from innovnet.clusters._plan import counts_at
from innovnet.clusters._rules import Soft
from innovnet.errors import DataError
from innovnet.graph._tables import freeze
from innovnet.simulate._participation import _maturity
from innovnet.simulate._participation._gather import gather
from innovnet.simulate._participation._maturity import COLUMNS, maturity, planned
from innovnet.simulate._participation._maturity_kernel import around
from innovnet.simulate._participation._state import ENDED, ENTERED


def lived(state, step):
    """The years of the window that each pair of ids lived together."""
    n, first = len(state.firms.flags), step - WINDOW + 1
    ids = np.arange(n) + n * state.firms.generation.astype(int)
    years = Counter()
    for i in range(n):
        for h in range(state.ties.indptr[i], state.ties.indptr[i + 1]):
            if not state.ties.channel[h] & ENDED:
                years[int(ids[i]), int(ids[state.ties.other[h]])] += step - max(int(state.ties.start[h]), first) + 1
    for one, other, start, end in past_ties(state):
        for pair in ((one, other), (other, one)):
            years[pair] += end - max(start, first) + 1
    return ids, years


@pytest.mark.parametrize("seed", [0, 1])
def test_the_ties_of_the_window_are_those_that_lived_in_it(seed):
    state, p = small_world(seed)
    regions = np.arange(len(state.places.country)) % 2
    state.places = state.places._replace(country=freeze(regions.astype("i8"))[0])
    abroad = fellows = 0
    for step in range(1, 11):
        year(state, p, step, seed)
        rows = len(state.groups.number)
        if not rows:
            continue
        found = around(0, rows, state.places, state.firms, state.ties, state.past, state.groups, step, WINDOW, True)
        ids, years = lived(state, step)
        country = state.places.country[state.places.region]
        for row, members in enumerate(lists(state.groups)):
            of = {m: int(state.groups.ptr[row]) + k for k, m in enumerate(members)}
            node_of = {}
            for m, node in of.items():
                mine = {other: count for (one, other), count in years.items() if one == ids[m]}
                arcs = range(found.indptr[node], found.indptr[node + 1])
                assert sorted(found.weights[a] for a in arcs) == sorted(mine.values())
                assert len({int(found.indices[a]) for a in arcs}) == len(mine)
                inside = {int(found.indices[a]): found.weights[a] for a in arcs if found.indices[a] in of.values()}
                assert inside == {of[k]: mine[ids[k]] for k in of if ids[k] in mine}
                foreign = [other for other in mine if country[other % len(ids)] != state.groups.home[row] and other not in {ids[k] for k in of}]
                nodes = [
                    int(found.indices[a]) for a in arcs if found.country[found.indices[a]] != state.groups.home[row] and found.indices[a] not in of.values()
                ]
                assert len(nodes) == len(foreign)
                node_of |= dict.fromkeys(foreign)
                abroad, fellows = abroad + len(foreign), fellows + len(inside)
            reached = {int(found.indices[a]) for m in of.values() for a in range(found.indptr[m], found.indptr[m + 1])}
            reached = {k for k in reached if found.country[k] != state.groups.home[row] and k not in of.values()}
            assert len(reached) == len(node_of)
            owners = [state.places.owner[m] for m in members]
            labels = [int(found.owner[node]) for node in of.values()]
            assert [owners.index(o) for o in owners] == [labels.index(k) for k in labels]
    assert abroad
    assert fellows


def test_levels_do_not_depend_on_chunks(monkeypatch):
    state, p = small_world(4)
    for step in range(1, 13):
        year(state, p, step)
    plan = planned(load_rules("lithuania"))
    whole = maturity(state, plan)
    monkeypatch.setattr(_maturity, "_CHUNK", 3)
    assert maturity(state, plan).tobytes() == whole.tobytes()
    assert len(whole) > 2


def any_rules(rng):
    """Rules of any criteria that are counted, given or unknown, hard and soft."""
    base = load_rules("lithuania")
    names = [*counts_at(), "members_independent", "members_tenured", "members_core", *COLUMNS, "staff_fte"]
    criteria = []
    for k in range(14):
        name, share = str(rng.choice(names)), 0.0
        args = {"years": float(rng.integers(1, 4))} if name == "members_tenured" else {"k": float(rng.integers(1, 4))} if name == "members_core" else {}
        threshold = rng.random() if name in COLUMNS[3:] else float(rng.integers(0, 5))
        op = "is" if name in ("governance", "strategy", "has_coordinator") else str(rng.choice([">=", ">", "<=", "<"]))
        share = threshold if op != "is" else float(rng.integers(0, 2))
        strength, weight = ("soft", float(rng.integers(1, 4))) if rng.random() < 0.5 else ("hard", 1.0)
        level = str(rng.choice(base.levels))
        criteria.append(replace(base.criteria[0], id=f"C{k}", level=level, indicator=name, args=args, op=op, threshold=share, strength=strength, weight=weight))
    soft = {level: Soft(at_least=1) if rng.random() < 0.5 else Soft(share=rng.choice([0.25, 0.5, 0.75])) for level in base.levels}
    settings = replace(base.settings, independence=str(rng.choice(["linked", "partner"])), missing=str(rng.choice(["met", "not_met"])), window_years=WINDOW)
    return replace(base, criteria=tuple(criteria), guarantees=(), soft=soft, cumulative=bool(rng.integers(2)), settings=settings)


def test_levels_are_those_of_the_decision_under_any_rules():
    state, p = small_world(4, firms=300, ties=700)
    regions = np.arange(len(state.places.country)) % 2
    state.places = state.places._replace(country=freeze(regions.astype("i8"))[0])
    for step in range(1, 13):
        year(state, p, step)
    state.groups.funds[::2] = np.random.default_rng(1).random((len(state.groups.funds[::2]), 4))
    reached = set()
    for seed in range(150):
        rules = any_rules(np.random.default_rng(seed))
        found = decision(state, rules)
        expected = found.high if rules.settings.missing == "met" else found.low
        assert np.array_equal(maturity(state, planned(rules)), expected), seed
        reached |= {(rules.cumulative, rank) for rank in expected.tolist()}
    assert len(reached) >= 9


def test_what_is_not_known_counts_as_the_rules_say():
    state, p = small_world(4)
    for step in range(1, 8):
        year(state, p, step)
    rules = load_rules("lithuania")
    unknown = tuple(replace(c, indicator="staff_fte", threshold=1.0, unit="FTE") if c.id == "F2" else c for c in rules.criteria)
    rules = replace(rules, criteria=unknown, guarantees=())
    met = replace(rules, settings=replace(rules.settings, missing="met"))
    assert (maturity(state, planned(rules)) <= 1).all()
    assert maturity(state, planned(met)).max() > 1


def test_without_clusters_there_are_no_levels():
    state, _ = world(50)
    assert maturity(state, planned(load_rules("lithuania"))).tolist() == []


def test_rules_that_need_more_than_is_counted_are_refused():
    state, p = small_world(4)
    for step in range(1, 8):
        year(state, p, step)
    rules = load_rules("lithuania")
    rules = replace(rules, criteria=tuple(replace(c, indicator="density", args={}) if c.id == "D5" else c for c in rules.criteria))
    with pytest.raises(DataError, match="'density'"):
        planned(rules)


def test_a_firm_at_the_place_of_one_that_left_has_not_its_ties():
    state, p = small_world(4)
    for step in range(1, 6):
        year(state, p, step)
    n, generation = len(state.firms.flags), state.firms.generation
    one, other = next(
        (a % n, b % n) for a, b, _, end in past_ties(state) if end == 5 and a == a % n + n * generation[a % n] and b == b % n + n * generation[b % n]
    )
    former = other + n * int(generation[other])
    generation[other] += 1
    state.ties.channel[:] &= 255 - ENDED  # those that ended are not told again
    state.firms.flags[other], state.firms.cluster[other] = ENTERED, -1
    state.step = 6
    gather(state, p._replace(found=0.0), drawn(6), WINDOW)
    past = state.past
    assert past.indptr[other] == past.indptr[other + 1]
    assert former in past.other[past.indptr[one] : past.indptr[one + 1]]
    for step in (7, 8):
        state.step = step
        gather(state, p._replace(found=0.0), drawn(step), WINDOW)
    assert state.past.ago.max(initial=0) < WINDOW
    assert former not in state.past.other
