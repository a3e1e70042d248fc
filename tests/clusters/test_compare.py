from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import innovnet as inn
from innovnet.clusters import Register, compare, detect
from innovnet.clusters._overlap import multiplicity, nearest, omega
from innovnet.errors import DataError
from innovnet.graph._tables import quality


def matrix(groups, n):
    dense = np.zeros((len(groups), n))
    for k, members in enumerate(groups):
        dense[k, list(members)] = 1
    return sparse.csr_array(dense)


def agreement(first, second, n):
    return omega(*(multiplicity(matrix(groups, n)) for groups in (first, second)))


def by_definition(first, second, n):
    """Collins & Dent (1988) over all pairs, in fractions."""
    pairs = list(combinations(range(n), 2))
    one, other = ([sum(a in g and b in g for g in groups) for a, b in pairs] for groups in (first, second))
    observed = Fraction(sum(x == y for x, y in zip(one, other, strict=True)), len(pairs))
    expected = sum(Fraction(one.count(j) * other.count(j), len(pairs) ** 2) for j in {*one, *other})
    return observed, expected, (observed - expected) / (1 - expected) if expected != 1 else None


def test_golden():
    first, second = [range(5), range(4, 9)], [range(4), range(5, 10)]
    found = agreement(first, second, 12)
    assert found.observed == pytest.approx(9 / 11, abs=1e-12)
    assert found.expected == pytest.approx(655 / 1089, abs=1e-12)
    assert found.omega == pytest.approx(118 / 217, abs=1e-12)
    best = nearest(matrix(first, 12), matrix(second, 12))
    assert best.nearest.tolist() == [0, 1]
    assert best.jaccard == pytest.approx([0.8, 2 / 3])
    assert best.overlap == pytest.approx([1, 0.8])
    assert nearest(matrix(second, 12), matrix(first, 12)).jaccard == pytest.approx([0.8, 2 / 3])


COVERINGS = st.lists(st.sets(st.integers(0, 8), min_size=1), max_size=5)


@given(COVERINGS, COVERINGS)
def test_omega_by_its_definition(first, second):
    observed, expected, value = by_definition(first, second, 9)
    found = agreement(first, second, 9)
    assert found.observed == pytest.approx(float(observed), abs=1e-12)
    assert found.expected == pytest.approx(float(expected), abs=1e-12)
    assert np.isnan(found.omega) if value is None else found.omega == pytest.approx(float(value), abs=1e-9)
    assert agreement(second, first, 9) == pytest.approx(found, nan_ok=True)


@given(COVERINGS, st.permutations(range(9)))
def test_identical_coverings_agree_whatever_the_order(groups, order):
    moved = [{order[a] for a in group} for group in groups]
    found = agreement(moved, moved[::-1], 9)
    assert found.observed == 1
    assert np.isnan(found.omega) if found.expected == 1 else found.omega == pytest.approx(1)


@given(COVERINGS, COVERINGS)
def test_nearest_by_its_definition(first, second):
    best = nearest(matrix(first, 9), matrix(second, 9))
    for k, group in enumerate(first):
        values = [len(group & other) / len(group | other) for other in second]
        assert best.jaccard[k] == pytest.approx(max(values, default=0))
        assert best.nearest[k] == (values.index(max(values)) if max(values, default=0) else -1)
        if best.nearest[k] >= 0:
            other = second[best.nearest[k]]
            assert best.overlap[k] == pytest.approx(len(group & other) / min(len(group), len(other)))


def circles(count=4, size=6):
    """Circles of organisations with a joint event for every two of them, and one event between neighbouring circles."""
    members = [[f"c{k}m{i}" for i in range(size)] for k in range(count)]
    pairs = [pair for circle in members for pair in combinations(circle, 2)] + [(members[k][0], members[(k + 1) % count][0]) for k in range(count)]
    rows = pd.DataFrame([(actor, f"e{k:03}") for k, pair in enumerate(pairs) for actor in pair], columns=["actor", "event"])
    actors = pd.DataFrame({"name": [f"Firm {a}" for circle in members for a in circle], "country": "LT", "type": "firm"}, index=sum(members, []))  # noqa: RUF017
    actors.loc["loner"] = ["Loner", "LT", "firm"]
    events = pd.DataFrame({"start": "2024-01-01", "end": "2025-12-31"}, index=pd.Index(sorted(rows["event"].unique()), name="event"))
    return inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors.rename_axis("actor"), events=events)


def register_of(groups):
    ids = sorted({member for members in groups.values() for member in members})
    tables = {
        "clusters": pd.DataFrame(
            {"cluster": list(groups), "name": [f"Cluster {name}" for name in groups], "country": "LT", "sectors": "62", "founded": "2020-01-01"}
        ),
        "membership": pd.DataFrame(
            [(k, m, "2020-01-01", "member") for k, members in groups.items() for m in members], columns=["cluster", "organisation", "from", "role"]
        ),
        "organisations": pd.DataFrame({"organisation": ids, "name": [f"Member {m}" for m in ids], "country": "LT", "kind": "firm"}),
    }
    return Register._from_tables(tables, quality())


@pytest.fixture(scope="module")
def planted():
    affiliation = circles()
    return affiliation, detect(affiliation, at=2025, seed=0, starts=5)


def test_three_lists_name_the_members_that_differ(planted):
    affiliation, candidates = planted
    first = [f"c0m{i}" for i in range(6)]
    register = register_of({"A": [*first[:5], "loner", "unheard"], "B": ["loner"], "C": ["c1m0", "c2m0", "c3m0"]})
    matches = compare(register, candidates, affiliation, at=2025, runs=19)
    assert matches.found.index.tolist() == ["A"]
    row = matches.found.loc["A"]
    assert row[["members", "with_tie", "only_here", "only_there", "without_tie"]].tolist() == [7, 5, "", "Firm c0m5", "Member loner; Member unheard"]
    assert row["without_tie_share"] == pytest.approx(2 / 7)
    assert row["jaccard"] == pytest.approx(5 / 6)
    assert row["overlap"] == 1
    assert matches.not_found.index.tolist() == ["B", "C"]
    assert matches.not_found.loc["B", "without_tie_share"] == 1
    assert pd.isna(matches.not_found.loc["B", "nearest"])
    assert len(matches.not_registered) == 3
    assert matches.not_registered.index.name == "candidate"
    assert candidates.register.clusters.index.difference(matches.not_registered.index).tolist() == [row["nearest"]]
    assert "1 registered clusters found, 2 not found; 3 candidates" in repr(matches)


def test_what_was_found_is_like_itself_and_unlike_random_groups(planted):
    affiliation, candidates = planted
    matches = compare(candidates.register, candidates, affiliation, at=2025, runs=99)
    assert (matches.found["jaccard"] == 1).all()
    assert len(matches.not_found) == len(matches.not_registered) == 0
    summary = matches.summary
    assert summary.loc["omega", "observed"] == 1
    assert abs(summary.loc["omega", "expected"]) < 0.1
    assert summary.loc["omega", "p_upper"] == pytest.approx(0.01)
    assert summary.loc["found", "observed"] == 4
    again = compare(candidates.register, candidates, affiliation, at=2025, runs=99)
    pd.testing.assert_frame_equal(again.summary, summary)


def test_random_groups_keep_their_composition():
    affiliation = circles()
    table = affiliation.actors
    table["type"] = ["public" if a.endswith("m0") else "firm" for a in table.index]
    rows = affiliation.participations
    kinds = inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=table, events=affiliation.events)
    candidates = detect(kinds, at=2025, seed=0, starts=5)
    register = register_of({"A": [f"c{k}m0" for k in range(4)]})
    # the four public bodies are the only ones of their kind: they change places among themselves only, so every random group holds one of them
    summary = compare(register, candidates, kinds, at=2025, runs=19).summary
    assert summary.loc["best_jaccard_registered", ["observed", "expected"]].tolist() == pytest.approx([1 / 9, 1 / 9])
    assert summary.loc["best_jaccard_registered", "sd"] == pytest.approx(0)


def test_without_runs_nothing_is_expected(planted):
    affiliation, candidates = planted
    summary = compare(candidates.register, candidates, affiliation, at=2025, runs=0).summary
    assert summary.loc["omega", "observed"] == 1
    assert summary["expected"].isna().all()


def test_other_cooperation_data_are_refused(planted):
    affiliation, candidates = planted
    with pytest.raises(DataError, match="not in the cooperation data"):
        compare(candidates.register, candidates, affiliation.select(actors=(affiliation.actors.index != "c0m1")), at=2025)
    with pytest.raises(DataError, match="takes Candidates"):
        compare(candidates.register, candidates.register, affiliation, at=2025)
