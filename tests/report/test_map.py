import itertools

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.graph._points import region_points
from innovnet.graph._tables import quality
from innovnet.report._map import map_exhibit, map_tables
from innovnet.report._map_land import FRAME, _simplified, land, project
from innovnet.report._measure import Programme, measure

PLACES = {"LT01": ("LT", 54.7, 25.3), "LT02": ("LT", 54.9, 23.9), "LV00": ("LV", 56.9, 24.1), "FR10": ("FR", 48.9, 2.3), "ES30": ("ES", 40.4, -3.7)}


def regional(n=60, events=80, *, seed=0, country=None, hide=(), regions=tuple(PLACES)):
    """A programme over a few regions; ``hide`` are positions of actors whose region code is not given."""
    rng = np.random.default_rng(seed)
    region = rng.choice(regions, n)
    table = pd.DataFrame(
        {
            "name": [f"Organisation {k}" for k in range(n)],
            "city": ["PARIS CEDEX" if r == "FR10" else "Somewhere" for r in region],
            "country": [PLACES[r][0] for r in region],
            "region": [None if k in hide else r for k, r in enumerate(region)],
            "lat": [PLACES[r][1] for r in region] + rng.normal(0, 0.05, n),
            "lon": [PLACES[r][2] for r in region] + rng.normal(0, 0.05, n),
        },
        index=pd.Index([f"o{k:03d}" for k in range(n)], name="actor"),
    ).astype({"region": "str"})
    rows = [(int(m), e) for e in range(events) for m in rng.choice(n, rng.integers(1, 6), replace=False)]
    positions = pd.DataFrame(rows, columns=["actor", "event"]).astype("int64")
    happenings = pd.DataFrame(index=pd.Index([f"p{k:03d}" for k in range(events)], name="event"))
    return measure(inn.Affiliation._from_positions(table, happenings, positions, {}, quality()), country=country, progress=False), region


def brute(programme, region, country=None):
    """Joint work between each two regions and of each region, team by team."""
    of = dict(zip(programme.actors.index, region, strict=True))
    home = {a for a, r in of.items() if country is None or PLACES[r][0] == country}
    between, own = {}, dict.fromkeys(PLACES, 0.0)
    for team in programme.affiliation.participations.groupby("event")["actor"].apply(lambda a: sorted(set(a))):
        if len(team) < 2:
            continue
        for a, b in itertools.combinations(team, 2):
            if not home & {a, b}:
                continue
            pair = tuple(sorted((of[a], of[b])))
            between[pair] = between.get(pair, 0.0) + 1 / (len(team) - 1)
            if country:
                for this, other in ((a, b), (b, a)):
                    if this not in home and other in home:
                        own[of[this]] += 1 / (len(team) - 1)
        for a in team:
            own[of[a]] += 1.0 if country is None or a in home else 0.0
    return between, own


def test_projection_meets_the_published_point():
    assert project(5.0, 50.0)[0] == pytest.approx([3962799.45, 2999718.85], abs=0.01)
    assert project(10.0, 52.0)[0] == pytest.approx([4321000.0, 3210000.0], abs=1e-6)


def test_projection_keeps_areas():
    side = 1e-3
    for lon, lat in [(-8, 39), (25, 66), (30, 38)]:
        corner, east, north = project([lon, lon + side, lon], [lat, lat, lat + side])
        (a1, a2), (b1, b2) = east - corner, north - corner
        area = abs(a1 * b2 - a2 * b1)
        a, e2 = 6_378_137.0, 0.00669438002290
        s = np.sin(np.deg2rad(lat))
        on_ellipsoid = np.deg2rad(side) ** 2 * a**2 * (1 - e2) / (1 - e2 * s**2) ** 2 * np.cos(np.deg2rad(lat))
        assert area == pytest.approx(on_ellipsoid, rel=1e-4)


def test_land_is_where_people_are_and_not_at_sea():
    path = pytest.importorskip("matplotlib.path")

    def dry(lon, lat):
        point = project(lon, lat)[0]
        return sum(path.Path(outline).contains_point(point) for outline in land()) % 2 == 1

    for lon, lat in [(2.35, 48.85), (-3.7, 40.4), (25.3, 54.7), (13.4, 52.5), (23.7, 38.0), (18.1, 59.3), (-6.3, 53.35), (32.9, 39.9), (20.2, 67.9)]:
        assert dry(lon, lat), (lon, lat)
    for lon, lat in [(3.0, 56.5), (-20.0, 45.0), (19.5, 57.9), (15.5, 43.2), (5.0, 40.5), (-1.0, 49.9), (20.3, 63.0), (33.5, 43.3)]:
        assert not dry(lon, lat), (lon, lat)
    assert sum(map(len, land())) < 2000


def test_outline_stays_within_tolerance():
    turn = np.linspace(0, 2 * np.pi, 400)
    line = 5e5 * np.column_stack([np.cos(turn), np.sin(turn)])
    line[-1] = line[0]
    simpler = _simplified(line)
    assert len(simpler) < 60
    inside = np.hypot(*((simpler[1:] + simpler[:-1]) / 2).T)
    assert inside.min() > 5e5 - 3_001


def test_region_points_are_medians_of_participants(horizon):
    actors = horizon.actors
    actors = actors[actors["nuts"].str[:2] == actors["country"]].dropna(subset=["lat", "lon"])
    points = region_points().set_index("code")
    for code in ("LT011", "FR101", "DE212", "UKI31"):
        mine = actors[actors["nuts"] == code][["lon", "lat"]].median()
        assert points.loc[code, ["lon", "lat"]].to_numpy(dtype=float) == pytest.approx(mine.to_numpy(), abs=0.006)


@pytest.mark.parametrize("country", [None, "LT"])
def test_regions_and_links_by_hand(country):
    programme, region = regional(country=country)
    tables = map_tables(programme)
    between, own = brute(programme, region, country)
    links = tables.links.set_index(["source", "target"])["joint_work"].to_dict()
    assert links == pytest.approx({pair: work for pair, work in between.items() if pair[0] != pair[1]})
    assert tables.regions.set_index("region")["joint_work"].to_dict() == pytest.approx(own)
    assert tables.links["joint_work"].is_monotonic_decreasing
    assert tables.links["cumulative"].iloc[-1] == pytest.approx(1.0)
    for row in tables.regions.itertuples():
        assert row.between == pytest.approx(sum(work for pair, work in between.items() if row.region in pair and pair[0] != pair[1]))
        assert row.domestic == (country is None or row.country == country)
    assert tables.regions.set_index("region")["place"].to_dict() == {"LT01": "Vilnius", "LT02": "Kaunas", "LV00": "Riga", "FR10": "Paris", "ES30": "Madrid"}


def test_leading_share_by_hand():
    programme, region = regional()
    between, _own = brute(programme, region)
    tables = map_tables(programme)
    assert tables.coverage["leading_share"].iloc[0] == pytest.approx(1.0)  # five regions in all
    assert len(between) == 15


def test_region_is_taken_from_coordinates_where_it_is_not_given():
    programme, _region = regional(hide=range(0, 60, 3))
    whole, _region = regional()
    tables, reference = map_tables(programme), map_tables(whole)
    assert tables.regions["placed"].sum() > 10
    assert tables.regions["region"].to_list() == reference.regions["region"].to_list()
    assert tables.regions["joint_work"].to_list() == pytest.approx(reference.regions["joint_work"].to_list())
    assert "placed by coordinates" in map_exhibit(programme).caption


def test_outside_and_unknown_are_counted(make_affiliation):
    affiliation = make_affiliation(60, 80)
    table = affiliation.actors
    table["country"] = ["LT"] * 40 + ["US"] * 15 + ["LV"] * 5
    table.loc[table.index[40:], ["lat", "lon"]] = np.nan
    changed = inn.Affiliation._from_positions(table, affiliation.events, affiliation._positions, {}, quality())
    programme = measure(changed, progress=False)
    tables = map_tables(programme)
    partners = programme.actors["partners"].to_numpy() > 0
    coverage = tables.coverage.iloc[0]
    assert coverage["organisations_unplaced"] >= partners[55:].sum()
    assert coverage["organisations_outside"] == partners[40:55].sum()
    assert 0 < coverage["joint_work_missing"] < 1
    assert not tables.regions.set_index("region").loc["US", "drawn"]


def test_words_follow_the_table(check_drawing):
    for country, start in ((None, "Joint work in 5"), ("LT", "Joint work in 5")):
        programme, _region = regional(country=country)
        exhibit = map_exhibit(programme)
        assert exhibit.headline.startswith(start)
        assert not exhibit.findings
        check_drawing(exhibit)


def test_many_regions(horizon):
    programme = measure_small(horizon)
    exhibit = map_exhibit(programme)
    regions, share = exhibit.tables["map"], exhibit.tables["map_coverage"]["leading_share"].iloc[0]
    first = regions.sort_values("between", ascending=False)["place"].head(5).to_list()
    assert first[0] in exhibit.headline
    assert all(place in exhibit.findings[0].sentence for place in first)
    assert exhibit.findings[0].value.startswith(f"{100 * share:.0f}")
    assert regions.loc[regions["drawn"], ["lon", "lat"]].notna().all().all()
    inside = project(regions.loc[regions["drawn"], "lon"], regions.loc[regions["drawn"], "lat"])
    assert (inside >= FRAME[:2]).all()
    assert (inside <= FRAME[2:]).all()


def measure_small(affiliation):
    """Without betweenness, which this figure does not need."""
    network = affiliation.project("newman")
    actors = affiliation.actors.assign(partners=np.diff(network.arcs().indptr))
    return Programme(affiliation, network, actors, None, 0, 0, progress=False)


def test_many_regions_draw(horizon, check_drawing):
    check_drawing(map_exhibit(measure_small(horizon)))


def test_no_map_without_places(make, A):
    for programme in (make(0, 0), make(1, 1), make(30, 20, drop=("lat", "lon")), make(30, 20, drop=("country", "lat", "lon")), measure(A, progress=False)):
        exhibit = map_exhibit(programme)
        assert exhibit.draw is None
        assert "NUTS" in exhibit.prose


def test_sizes_and_hostile_names(make, hostile, check_drawing):
    check_drawing(map_exhibit(make(12, 20)))
    check_drawing(map_exhibit(make(60, 60, names=hostile, country="LT")))
    affiliation = make(60, 60).affiliation
    table = affiliation.actors.assign(city=[hostile[k % len(hostile)] for k in range(60)])
    check_drawing(map_exhibit(measure(inn.Affiliation._from_positions(table, affiliation.events, affiliation._positions, {}, quality()), progress=False)))


def test_plots_from_files(tmp_path):
    exhibit = map_exhibit(regional(country="LT")[0])
    for name in ("map", "map_links"):
        exhibit.tables[name].to_csv(tmp_path / f"{name}.csv", index=False)
    regions, links = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("map", "map_links"))
    drawn = inn.report.plot_map(regions, links=links).figure
    shown = [text.get_text() for text in drawn.findobj(lambda artist: hasattr(artist, "get_text"))]
    assert {"Vilnius", "Kaunas", "Paris", "Madrid"} <= set(shown)


def test_a_region_code_of_another_country_gives_way_to_the_coordinates():
    programme, _region = regional(country="LT")
    actors = programme.affiliation.actors
    wrong = actors.index[actors["region"] == "LT01"][:2]
    actors.loc[wrong, "region"] = "ES30"
    moved = measure(inn.Affiliation.from_frame(programme.affiliation.participations, actor="actor", event="event", actors=actors), country="LT", progress=False)
    regions = map_tables(moved).regions.set_index("region")
    assert set(regions.index[regions["domestic"]]) == {"LT01", "LT02"}
    assert regions.loc["LT01", "placed"] == 2
    assert regions.loc["LT01", "organisations"] == map_tables(programme).regions.set_index("region").loc["LT01", "organisations"]
