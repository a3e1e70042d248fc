import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovnet as inn
from innovnet.errors import DataError

memberships = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), min_size=1, max_size=30)


def affiliation(rows, **options):
    table = pd.DataFrame([(f"a{a}", f"p{p}") for a, p in rows], columns=["actor", "event"])
    return inn.Affiliation.from_frame(table, actor="actor", event="event", **options)


def members_of(rows):
    events = {}
    for a, p in rows:
        events.setdefault(p, set()).add(a)
    return events


WEIGHT = {
    "count": lambda n: 1.0,
    "newman": lambda n: 1 / (n - 1),
    "leydesdorff_park": lambda n: 2 / (n * (n - 1)),
    "batagelj": lambda n: 1 / n**2,
}


@given(memberships, st.sampled_from(list(WEIGHT)))
def test_projection_by_brute_force(rows, weighting):
    made = affiliation(rows).project(weighting)
    expected = {}
    for team in members_of(rows).values():
        for i, j in itertools.combinations(sorted(team), 2):
            expected[f"a{i}", f"a{j}"] = expected.get((f"a{i}", f"a{j}"), 0.0) + WEIGHT[weighting](len(team))
    ties = made.ties.set_index(["source", "target"])["weight"].to_dict()
    assert ties == pytest.approx(expected, rel=1e-12)
    assert (made.adjacency() != made.adjacency().T).nnz == 0  # symmetric to the bit


@given(memberships)
def test_normalised_weights(rows):
    events = members_of(rows)
    shared = {}
    for team in events.values():
        for i, j in itertools.combinations(sorted(team), 2):
            shared[i, j] = shared.get((i, j), 0) + 1
    s = {a: sum(a in team for team in events.values()) for a in range(7)}
    formulas = {
        "salton": lambda c, i, j: c / np.sqrt(s[i] * s[j]),
        "jaccard": lambda c, i, j: c / (s[i] + s[j] - c),
        "association": lambda c, i, j: c / (s[i] * s[j]),
        "inclusion": lambda c, i, j: c / min(s[i], s[j]),
    }
    for name, formula in formulas.items():
        ties = affiliation(rows).project(name).ties.set_index(["source", "target"])["weight"].to_dict()
        assert ties == pytest.approx({(f"a{i}", f"a{j}"): formula(c, i, j) for (i, j), c in shared.items()}, rel=1e-12)


@given(memberships)
def test_invariants_of_the_counting_schemes(rows):
    made, sizes = affiliation(rows), np.array([len(team) for team in members_of(rows).values()])
    several = [team for team in members_of(rows).values() if len(team) > 1]
    strengths = made.project("newman").adjacency().sum(axis=1)
    for k, actor in enumerate(made.actors.index):
        assert strengths[k] == pytest.approx(sum(int(actor[1:]) in team for team in several))
    assert made.project("leydesdorff_park").ties["weight"].sum() == pytest.approx(len(several))
    assert 2 * made.project("batagelj").ties["weight"].sum() == pytest.approx(float(sum(1 - 1 / n for n in sizes)))


def test_golden_weights(A):
    expected = {("newman", "ab"): 1.5, ("newman", "fg"): 5 / 6, ("leydesdorff_park", "ab"): 4 / 3, ("leydesdorff_park", "fg"): 0.5}
    expected |= {("batagelj", "ab"): 0.3611111111111111, ("salton", "fg"): 0.5**0.5}
    for (weighting, pair), value in expected.items():
        assert A.project(weighting).ties.set_index(["source", "target"])["weight"][tuple(pair)] == pytest.approx(value, rel=1e-12)


def test_newman_equals_networkx(A):
    graph = nx.Graph()
    graph.add_nodes_from(A.actors.index, bipartite=0)
    graph.add_edges_from(A.participations[["actor", "event"]].itertuples(index=False, name=None))
    theirs = nx.bipartite.collaboration_weighted_projected_graph(graph, A.actors.index)
    ours = A.project("newman").ties
    assert {frozenset((s, t)): w for s, t, w in ours.itertuples(index=False)} == pytest.approx(
        {frozenset((s, t)): d["weight"] for s, t, d in theirs.edges(data=True)}
    )


def test_star_ties_members_to_coordinators(A):
    star = A.project(structure="star").ties
    pairs = {(s, t) for s, t, _ in star.itertuples(index=False)}
    expected = set()
    for team in ("abc", "cde", "efg", "acf", "fghj", "ij", "df", "ik", "ab"):
        expected |= {tuple(sorted((team[0], other))) for other in team[1:]}
    assert pairs == expected
    assert star.set_index(["source", "target"])["weight"]["a", "c"] == 2
    with pytest.raises(DataError, match="role"):
        affiliation([(0, 0), (1, 0)]).project(structure="star")


def test_two_coordinators_of_one_event_are_tied_once():
    rows = pd.DataFrame({"actor": ["a", "b", "c"], "event": ["p"] * 3, "role": ["coordinator", "coordinator", "participant"]})
    ties = inn.Affiliation.from_frame(rows, actor="actor", event="event", role="role").project(structure="star").ties
    assert ties.to_numpy().tolist() == [["a", "b", 1.0], ["a", "c", 1.0], ["b", "c", 1.0]]


def test_max_size_and_single_members_are_counted(A):
    small = A.project(max_size=3)
    assert small.n_ties == 14
    assert small.quality.set_index("item")["count"].to_dict() == {"events with one member": 1, "events with more than 3 members": 1}


def test_memberships_stay_behind_a_network_that_follows_from_them(A):
    assert A.project("newman").affiliation is A
    assert A.project(max_size=4).affiliation is A
    assert A.project(max_size=3).affiliation is None
    assert A.project(structure="star").affiliation is None


def test_a_huge_event_is_refused_at_once():
    rows = pd.DataFrame({"actor": np.arange(200_000), "event": "congress"})
    crowd = inn.Affiliation.from_frame(rows, actor="actor", event="event")
    with pytest.raises(DataError, match=r"congress \(200,000 members\).*max_size"):
        crowd.project()
    assert crowd.project(max_size=1000).n_ties == 0


def test_double_roles_are_two_participations_and_one_membership():
    rows = pd.DataFrame({"actor": ["a", "a", "b"], "event": ["p"] * 3, "role": ["coordinator", "third_party", "participant"]})
    made = inn.Affiliation.from_frame(rows, actor="actor", event="event", role="role")
    assert len(made.participations) == 3
    assert made.n_memberships == 2
    assert made.sizes.tolist() == [2]
    assert made.project("newman").ties["weight"].tolist() == [1.0]


def test_during_takes_what_overlaps_the_closed_interval(A):
    assert A.during(2019, 2019).events.index.tolist() == ["P1", "P2", "P3", "P4", "P5"]
    assert A.during(2019, 2019).n_actors == 12
    assert A.during("2019-12-31", "2020-01-01").n_events == 10
    assert A.during(2021, 2024).n_events == 0
    with pytest.raises(DataError, match="ends before it begins"):
        A.during(2020, 2019)
    with pytest.raises(DataError, match="no date and no year"):
        A.during("soon", 2020)


def test_undated_events_are_counted():
    events = pd.DataFrame(
        {"event": ["p", "q", "r"], "start": pd.to_datetime(["2020-05-01", None, "2020-07-01"]), "end": pd.to_datetime([None, None, "2022-01-01"])}
    )
    rows = pd.DataFrame({"actor": ["a", "a", "b"], "event": ["p", "q", "r"]})
    made = inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events)
    assert made.during(2021, 2021).events.index.tolist() == ["r"]
    window = made.during(2020, 2020)
    assert window.events.index.tolist() == ["p", "r"]
    assert window.quality.set_index("item")["count"].to_dict() == {"events without a start": 1, "participations without a start": 1}
    with pytest.raises(DataError, match="nothing can be placed in time"):
        affiliation([(0, 0)]).during(2020, 2021)


def test_spells_of_membership():
    rows = pd.DataFrame({"actor": ["a", "b"], "event": ["cluster"] * 2, "from": ["2010-01-01", "2015-01-01"], "to": ["2012-12-31", "2020-12-31"]})
    made = inn.Affiliation.from_frame(rows, actor="actor", event="event", start="from", end="to")
    assert made.during(2011, 2011).participations["actor"].tolist() == ["a"]
    assert made.during(2012, 2015).project().n_ties == 1


def test_select_keeps_margins_of_what_is_left(A):
    half = A.select(actors=A.actors["country"] == "LT", events=A.sizes > 2)
    assert half.n_actors == 6
    assert half.events.index.tolist() == ["P1", "P2", "P3", "P4", "P5"]
    assert half.incidence.sum() == 3 + 3 + 1 + 2


def test_derived_attributes_follow_the_events():
    events = pd.DataFrame({"event": ["p", "q", "r", "s"], "field": ["arts; bio", "bio", "arts", None]})
    rows = pd.DataFrame({"actor": ["x", "x", "y", "z", "x", "w"], "event": ["p", "q", "r", "s", "r", "p"]})
    made = inn.Affiliation.from_frame(rows, actor="actor", event="event", events=events, derived={"field": "field"})
    field = made.actors["field"]
    assert field["y"] == "arts"
    assert pd.isna(field["z"])
    assert field["x"] == "arts"  # two each: arts and bio are equally common, the first by name
    assert made.select(events=[True, True, False, True]).actors["field"]["x"] == "bio"
    rarer = made.select(events=[True, False, True, True])  # arts in two events, bio in one
    assert rarer.actors["field"]["w"] == "bio"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actor": ["a", None]}, ["row 1", "no identifier"]),
        ({"event": ["p", ""]}, ["row 1", "no identifier"]),
        ({"weight": [1.0, -2.0]}, ["row 1", "-2.0"]),
        ({"weight": [1.0, np.inf]}, ["row 1", "inf"]),
    ],
)
def test_bad_rows_are_named(change, words):
    rows = pd.DataFrame({"actor": ["a", "b"], "event": ["p", "p"], "weight": [1.0, 1.0]}).assign(**change)
    with pytest.raises(DataError) as caught:
        inn.Affiliation.from_frame(rows, actor="actor", event="event", weight="weight")
    for word in words:
        assert word in str(caught.value)


def test_a_participation_of_an_unknown_event_is_named():
    rows = pd.DataFrame({"actor": ["a"], "event": ["q"]})
    with pytest.raises(DataError, match="'q'"):
        inn.Affiliation.from_frame(rows, actor="actor", event="event", events=pd.DataFrame({"event": ["p"]}))
    with pytest.raises(DataError, match="Did you mean 'event'"):
        inn.Affiliation.from_frame(rows, actor="actor", event="evnt")


def test_frozen(A):
    before = A.fingerprint
    for table in (A.actors, A.events, A.participations):
        table.iloc[0, 0] = "x"
    with pytest.raises(ValueError, match="read-only"):
        A.incidence.data[0] = 3
    assert A.fingerprint == before


def test_text_and_missing_namibia():
    actors = pd.DataFrame({"actor": ["1", "2"], "country": ["NA", "LT"], "nuts": ["1E5", "01069"]})
    rows = pd.DataFrame({"actor": ["1", "2"], "event": ["p", "p"]})
    made = inn.Affiliation.from_frame(rows, actor="actor", event="event", actors=actors)
    assert made.actors["country"].tolist() == ["NA", "LT"]
    assert made.actors["nuts"].tolist() == ["1E5", "01069"]


def test_repr(A):
    assert "12 actors, 10 events, 25 memberships" in repr(A)
    assert "25 memberships" in A._repr_html_()
