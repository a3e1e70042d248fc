import itertools

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.graph._tables import quality
from innovnet.report._labels import Wish, place_labels
from innovnet.report._measure import measure
from innovnet.report._network_figure import STABLE, WEAK, Tables, headline, network_exhibit, network_tables
from innovnet.report._network_groups import agreement, association, backbone, bridges, core_of, groups_of, significance, stability
from innovnet.report._network_layout import laid_out


def blocks(sizes=(15, 14, 12), *, inside=40, between=6, seed=0, country=None):
    """A programme of groups that work among themselves, and a few projects across."""
    rng = np.random.default_rng(seed)
    starts = np.cumsum([0, *sizes])
    n = starts[-1]
    rows, event = [], 0
    for g in range(len(sizes)):
        for _ in range(inside):
            rows += [(int(m), event) for m in rng.choice(np.arange(starts[g], starts[g + 1]), 3, replace=False)]
            event += 1
    for _ in range(between):
        rows += [(int(m), event) for m in rng.choice(n, 3, replace=False)]
        event += 1
    actors = pd.DataFrame(
        {
            "name": [f"Group {g} member {k}" for g, size in enumerate(sizes) for k in range(size)],
            "country": ["LT" if k % 2 else "LV" for k in range(n)],
            "type": [["university", "firm", None][k % 3] for k in range(n)],
            "field": [f"field {g}" for g, size in enumerate(sizes) for k in range(size)],
        },
        index=pd.Index([f"o{k:03d}" for k in range(n)], name="actor"),
    )
    events = pd.DataFrame(index=pd.Index([f"p{k:03d}" for k in range(event)], name="event"))
    positions = pd.DataFrame(rows, columns=["actor", "event"]).astype("int64")
    return measure(inn.Affiliation._from_positions(actors, events, positions, {}, quality()), country=country, progress=False)


def test_core_by_hand(make):
    programme = make(120, 90)
    core = core_of(programme.affiliation, programme.scope)
    strongest = programme.actors["joint_work"].to_numpy()
    assert len(core.actors) <= 80
    assert strongest[core.actors].min() >= np.sort(strongest)[::-1][80]
    full = programme.network.adjacency().toarray()
    assert np.allclose(core.work, full[np.ix_(core.actors, core.actors)])


def test_core_of_a_country_counts_its_projects_only(make):
    programme = make(150, 120, country="LT")
    core = core_of(programme.affiliation, programme.scope)
    home = programme.scope[core.actors]
    teams = programme.affiliation.participations.groupby("event")["actor"].apply(lambda a: sorted(set(a)))
    place = {actor: k for k, actor in enumerate(programme.actors.index[core.actors])}
    work = np.zeros_like(core.work)
    for team in teams:
        if len(team) > 1 and (programme.actors.loc[team, "country"] == "LT").any():
            for a, b in itertools.permutations([place[m] for m in team if m in place], 2):
                work[a, b] += 1 / (len(team) - 1)
    assert np.allclose(work, core.work)
    assert home[: home.sum()].all()
    assert (core.work[~home][:, home].sum(axis=1) > 0).all()


def test_association_and_significance_by_formula():
    work = np.array([[0, 2, 1, 0], [2, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]], dtype=float)
    total = work.sum(axis=1)
    expected = work * total.sum() / np.outer(total, total)
    assert np.allclose(association(work), expected)
    alpha = significance(work)
    assert alpha[0, 1] == pytest.approx(min((1 - 2 / 3) ** 1, (1 - 2 / 3) ** 1))
    assert alpha[0, 2] == pytest.approx(min((1 - 1 / 3) ** 1, 1.0))
    assert alpha[2, 3] == 1.0


def test_groups_are_found_and_the_same_each_time():
    programme = blocks()
    core = core_of(programme.affiliation, programme.scope)
    weights = association(core.work)
    codes, found = groups_of(weights, 0)
    again, _ = groups_of(weights, 0)
    assert (codes == again).all()
    truth = np.array([int(name.split()[1]) for name in programme.actors["name"].iloc[core.actors]])
    assert agreement(codes, truth) == pytest.approx(1.0)
    total = weights.sum()
    same = codes[:, None] == codes[None, :]
    strengths = weights.sum(axis=1)
    assert found == pytest.approx((weights[same].sum() - (np.outer(strengths, strengths) / total)[same].sum()) / total)
    assert np.bincount(codes).tolist() == sorted(np.bincount(codes), reverse=True)
    assert stability(programme.affiliation, programme.scope, core.actors, codes, 0) > 0.9


def test_small_groups_join():
    programme = blocks(sizes=(20, 20, 3), inside=30)
    core = core_of(programme.affiliation, programme.scope)
    codes, _ = groups_of(association(core.work), 0)
    assert np.bincount(codes).min() >= 4


def test_backbone_holds_the_strongest_and_the_tree():
    rng = np.random.default_rng(3)
    weights = np.triu(rng.random((30, 30)), 1)
    weights += weights.T
    codes = np.zeros(30, dtype=np.int64)
    pairs, reached = backbone(weights, codes)
    alpha = significance(weights)
    assert sum(alpha[i, j] <= reached for i, j in pairs) >= 60
    assert len(pairs) <= 60 + 29
    reach = {0}
    for _ in range(30):
        reach |= {j for i, j in pairs if i in reach} | {i for i, j in pairs if j in reach}
    assert reach == set(range(30))
    halves = (np.arange(30) >= 15).astype(np.int64)
    assert all(halves[i] == halves[j] for i, j in backbone(weights, halves)[0])
    assert len(bridges(weights, halves, 18)) == 1
    i, j = bridges(weights, halves, 18)[0]
    assert weights[i, j] == weights[:15, 15:].max()


def row(**values):
    given = {"verdict": "circles", "circles": 2, "modularity": 0.5, "rand_index": 0.9, "shown": 40} | values
    circles = pd.DataFrame({"circle": ["A", "B"], "largest": ["Alpha; Beta; Gamma", "Delta; Epsilon; Zeta"]})
    return Tables(pd.DataFrame(), pd.DataFrame(), circles, pd.DataFrame([given]))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "The core falls into 2 circles, around Alpha and Delta"),
        ({"verdict": "wings"}, "One core with 2 weak wings, around Alpha and Delta"),
        ({"verdict": "one"}, "One core: no circles stand apart in it"),
        ({"verdict": "few", "shown": 11}, "All 11\u00a0organisations with a partner and every tie between them"),
    ],
)
def test_headline_follows_the_verdict(values, text):
    assert headline(row(**values)) == text


def test_verdicts_and_their_words(make, check_drawing):
    circles = network_exhibit(blocks())
    structure = circles.tables["network_structure"].iloc[0]
    assert structure["verdict"] == "circles"
    assert structure["modularity"] > structure["modularity_high"]
    assert structure["modularity"] >= WEAK
    assert structure["rand_index"] >= STABLE
    assert "3 circles" in circles.headline
    assert circles.tables["network_circles"]["organisations"].sum() == structure["shown"]
    assert circles.tables["network_circles"]["field_ratio"].between(1.25, 5).all()
    assert circles.findings[0].value == "3 circles"
    check_drawing(circles)

    one = network_exhibit(make(60, 50, seed=3))
    assert one.tables["network_structure"].iloc[0]["verdict"] == "one"
    assert (one.tables["network"]["circle"] == "").all()
    assert "no circles" in one.headline
    assert one.findings[0].value == "1 core"
    check_drawing(one)


def test_inside_share_by_hand():
    tables = network_tables(blocks())
    programme = blocks()
    codes = tables.nodes.set_index("actor")["circle"]
    full = pd.DataFrame(programme.network.adjacency().toarray(), programme.actors.index, programme.actors.index).loc[codes.index, codes.index].to_numpy()
    same = codes.to_numpy()[:, None] == codes.to_numpy()[None, :]
    assert tables.structure["inside"].iloc[0] == pytest.approx(full[same].sum() / full.sum())


def test_extract_is_not_compared_with_chance():
    programme = blocks(country="LT")
    kept = programme.affiliation.incidence.T @ programme.scope.astype(np.int64) > 0
    extract = measure(programme.affiliation.select(events=kept), country="LT", progress=False)
    assert extract.extract_of == "LT"
    exhibit = network_exhibit(extract)
    assert exhibit.tables["network_structure"]["modularity_runs"].iloc[0] == 0
    assert "extract" in exhibit.prose
    assert "not compared with chance" in exhibit.caption


def test_country_draws_domestic_and_foreign(make, check_drawing):
    exhibit = network_exhibit(make(200, 160, country="LT"))
    nodes = exhibit.tables["network"]
    assert nodes["domestic"].any()
    assert not nodes["domestic"].all()
    assert (nodes.loc[nodes["domestic"], "country"] == "LT").all()
    assert nodes["domestic"].is_monotonic_decreasing
    assert "in Lithuania" in exhibit.caption
    check_drawing(exhibit)


@pytest.mark.parametrize(("actors", "events"), [(3, 2), (11, 9), (13, 20), (40, 60)])
def test_sizes(make, check_drawing, actors, events):
    exhibit = network_exhibit(make(actors, events))
    check_drawing(exhibit)


def test_no_ties(make):
    for programme in (make(0, 0), make(1, 1), make(30, 20, largest=1)):
        exhibit = network_exhibit(programme)
        assert exhibit.draw is None
        assert exhibit.prose
        assert not exhibit.findings


def test_hostile_names_and_missing_attributes(make, hostile, check_drawing):
    drawn = check_drawing(network_exhibit(make(16, 30, names=hostile * 2, drop=("city",))))
    assert "東京大学" in drawn[960]
    check_drawing(network_exhibit(make(30, 40, drop=("country", "type", "city", "sme", "lat", "lon"))))


def test_plots_from_files(make, tmp_path):
    for programme in (blocks(), make(60, 50, seed=3)):
        exhibit = network_exhibit(programme)
        for name, table in exhibit.tables.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        nodes, ties, circles = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("network", "network_ties", "network_circles"))
        for width in (960, 352):
            drawn = inn.report.plot_network(nodes, ties=ties, circles=circles, width=width).figure
            assert drawn.get_size_inches().tolist() == exhibit.draw(width).get_size_inches().tolist()


def test_same_picture_each_time():
    rng = np.random.default_rng(0)
    weights = np.triu(rng.random((40, 40)) < 0.1, 1).astype(float)
    weights += weights.T
    radii, codes = rng.uniform(4, 20, 40), np.sort(rng.integers(0, 3, 40))
    one, two = (laid_out(radii, weights, codes, (0, 0, 800, 500)) for _ in range(2))
    assert (one.places == two.places).all()
    apart = np.hypot(*(one.centres[:, None] - one.centres[None]).transpose(2, 0, 1))
    need = one.extents[:, 0][:, None] + one.extents[:, 0][None]
    assert (apart + 1e9 * np.eye(3) > need).all()
    inside = np.hypot(*((one.places - one.centres[codes]) / one.extents[codes]).T)
    assert inside.max() <= 1.0
    gaps = np.hypot(*(one.places[:, None] - one.places[None]).transpose(2, 0, 1)) - radii[:, None] - radii[None]
    assert gaps[~np.eye(40, dtype=bool)].min() > 0
    assert one.places.min() >= 0


def test_labels_never_meet():
    rng = np.random.default_rng(1)
    points, radii = rng.uniform(0, 300, (60, 2)), rng.uniform(3, 9, 60)
    placed = place_labels([Wish(k, f"Label {k}") for k in range(60)], points, radii, (0, 0, 300, 300), taken=[(0, 0, 100, 40)])
    assert 10 < len(placed) < 60
    boxes = [(0, 0, 100, 40), *(label.box for label in placed)]
    for one, other in itertools.combinations(boxes, 2):
        assert min(one[2], other[2]) <= max(one[0], other[0]) or min(one[3], other[3]) <= max(one[1], other[1])
    assert all(box[0] >= 0 and box[2] <= 300 and box[1] >= 0 and box[3] <= 300 for box in boxes)
    assert len(place_labels([Wish(k, "x") for k in range(60)], points, radii, (0, 0, 300, 300), limit=5)) == 5


def test_horizon_europe_core(horizon):
    core = core_of(horizon, np.ones(horizon.n_actors, dtype=bool))
    weights = association(core.work)
    assert len(core.actors) == 80
    assert int((np.triu(core.work) > 0).sum()) == 3045  # as in the design
    pairs, reached = backbone(weights, np.zeros(80, dtype=np.int64))
    assert reached == pytest.approx(0.068, abs=0.001)
    assert len(pairs) >= 160
