"""Indicators of ties: the register worked out by hand, sets and networkx on random registers, unknowns, and what may not happen."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.clusters import CATALOGUE, Register
from innovnet.clusters._cohesion import COHESION
from innovnet.clusters._cooperation import cooperation_of
from innovnet.clusters._rules import Settings
from innovnet.clusters._snapshot import snapshot_of
from innovnet.graph._tables import quality

AT = pd.Timestamp("2025-12-31")
COLUMNS = ["density", "centralisation", "coordinator_share", "e_i", "joint_years", "top_event_share"]
BY_HAND = """
K01 – – – – 10.8384 –
K02 1 – – −1 2 1
K03 1 0 .5 −.7143 10 .8333
K04 0 – – – ? –
K05 0 – – 1 4 –
K06 .3333 .4 .6 −1 6 .6
K07 .3333 1 1 −1 2.8384 .2
K08 .5 0 .4 −1 3.5863 .2
K09 .3810 .6333 .625 −.7778 7 .5
K10 .5714 .3667 .3333 0 10 .6667
K11 .6667 .2 .4 −1 8 1
K12 .5 .4167 .6 .1667 4.5863 .6
"""


def snapshot(register, at=AT, affiliation=None, **settings):
    return snapshot_of(register, cooperation_of(register, affiliation), at, Settings(**settings))


@pytest.fixture(scope="module")
def twelve_snapshot(twelve):
    return snapshot(twelve)


def test_by_hand(twelve_snapshot):
    found = {key: COHESION[key](twelve_snapshot) for key in COLUMNS}
    for line in BY_HAND.split("\n")[1:-1]:
        cluster, *cells = line.split()
        row = twelve_snapshot.ids.get_loc(cluster)
        for key, cell in zip(COLUMNS, cells, strict=True):
            value = tuple(part[row] for part in found[key])
            if cell == "?":
                assert (value[0], value[2], value[3]) == (0, np.inf, 0)
                assert np.isnan(value[1])
            elif cell == "–":
                assert np.isnan(value[:3]).all(), (cluster, key)
            else:
                assert value[:3] == pytest.approx((float(cell.replace("−", "-")),) * 3, abs=5e-5), (cluster, key)


def test_every_name_is_in_the_catalogue(twelve_snapshot):
    for name, function in COHESION.items():
        values = function(twelve_snapshot)
        about = CATALOGUE[name]
        for part in values[:3]:
            assert part.dtype == np.float64
            assert (np.isnan(part) | ((part >= about.low) & (part <= about.high))).all(), name
        assert ((values.known >= 0) & (values.known <= 1)).all()


# ---------------------------------------------------------------- random registers


def world(seed):
    """Tables of a small register: ten organisations, three clusters, events of 2019 to 2027; labels sometimes missing."""
    rng = np.random.default_rng(seed)
    names = [f"o{k}" for k in range(10)]

    def some(values, missing=0.2):
        return [None if rng.random() < missing else str(rng.choice(values)) for _ in names]

    organisations = pd.DataFrame(
        {"organisation": names, "name": names, "country": some(["LT", "LV", "DE"], 0.1), "nuts3": some(["LT011", "LT021", "LV006"]), "nace": some(["62", "26"])}
    ).assign(kind="firm")
    clusters = pd.DataFrame({"cluster": ["A", "B", "C"], "name": "x", "country": ["LT", "LT", "LV"], "sectors": "62", "founded": "2020-01-01"})
    clusters["joint_since"] = [None, "2022-03-01", None]
    rows = [(c, o, "2020-01-01", "member") for c, share in zip("ABC", rng.random(3), strict=True) for o in names if rng.random() < share]
    membership = pd.DataFrame(rows, columns=["cluster", "organisation", "from", "role"])
    lead = membership.groupby("cluster").sample(1, random_state=int(rng.integers(2**31))).index if rng.random() < 0.8 else []
    membership.loc[lead, "role"] = "coordinator"
    events = []
    for e in range(int(rng.integers(0, 16))):
        year = int(rng.integers(2019, 2028))
        end = year + int(rng.integers(0, 3))
        events += [(f"e{e}", o, f"{year}-01-01", f"{end}-12-31") for o in rng.choice(names, int(rng.integers(1, 5)), replace=False)]
    cooperation = pd.DataFrame(events, columns=["event", "organisation", "start", "end"]) if events else None
    tables = {"clusters": clusters, "membership": membership, "organisations": organisations}
    return tables | ({} if cooperation is None else {"cooperation": cooperation})


def register_of(tables):
    return Register._from_tables(tables, quality())


def graph_of(events, first, last):
    """Organisations and their events between two years."""
    graph = nx.Graph()
    for event, rows in events.groupby("event"):
        start, end = int(rows["start"].iloc[0][:4]), int(rows["end"].iloc[0][:4])
        if start <= last and end >= first:
            for one, other in combinations(sorted(rows["organisation"]), 2):
                graph.add_edge(one, other)
                graph.edges[one, other].setdefault("events", {})[event] = end
    return graph


def worked_out(tables, cluster):
    """The indicators of one cluster in 2025 by sets and networkx."""
    events = tables["cooperation"]
    graph, before = graph_of(events, 2023, 2025), graph_of(events, 2020, 2022)
    table = tables["membership"]
    members = set(table.loc[table["cluster"] == cluster, "organisation"])
    lead = set(table.loc[(table["cluster"] == cluster) & (table["role"] == "coordinator"), "organisation"])
    about = tables["organisations"].set_index("organisation")
    country = {i: value if isinstance(value, str) else None for i, value in about["country"].items()}
    home = "LV" if cluster == "C" else "LT"
    inside = graph.subgraph(members)
    n, m = len(members), inside.number_of_edges()
    out = [(i, j) for i in members if i in graph for j in graph[i] if j not in members]
    every = [*inside.edges, *out]
    degrees = [graph.subgraph(members).degree(i) if i in graph else 0 for i in members]
    alone = [list(d["events"])[0] for *_, d in inside.edges(data=True) if len(d["events"]) == 1]  # noqa: RUF015
    linked = graph.subgraph(members)
    joint = {e: rows["start"].iloc[0] for e, rows in events.groupby("event") if len(set(rows["organisation"]) & members) >= 2}
    current = {e for *_, d in inside.edges(data=True) for e in d["events"]}
    nan = float("nan")

    def part(a, b):
        return a / b if b else nan

    foreign = [(country[i] not in (home, None)) or (country[j] not in (home, None)) for i, j in every]
    domestic = {i for i in members if country[i] == home}
    reach = {country[i] for i in members - domestic} | {country[j] for i in domestic if i in graph for j in graph[i]}
    starts = [start for start in joint.values() if start <= "2025-12-31"]
    found = {
        "ties_per_member": part(2 * m, n) if n >= 2 else nan,
        "density": part(2 * m, n * (n - 1)),
        "connected_share": part(sum(d > 0 for d in degrees), n),
        "largest_share": part(max((len(c) for c in nx.connected_components(linked)), default=min(n, 1)), n),
        "repeated_share": part(sum(len(d["events"]) > 1 for *_, d in inside.edges(data=True)), m),
        "ties_new": sum(not before.has_edge(i, j) for i, j in inside.edges) if (events["start"] <= "2022-12-31").any() else nan,
        "centralisation": part(sum(max(degrees) - d for d in degrees), (n - 1) * (n - 2)) if m and n > 2 else nan,
        "coordinator_share": part(sum(bool(lead & {i, j}) for i, j in inside.edges), m) if lead else nan,
        "top_event_share": part(max((alone.count(e) for e in alone), default=0), m),
        "ties_expiring": part(sum(max(d["events"].values()) <= 2026 for *_, d in inside.edges(data=True)), m),
        "e_i": part(len(out) - m, len(out) + m),
        "joint_events_per_year": len(current) / 3,
        "countries": len(reach - {home, None}),
        "foreign_tie_share": part(sum(foreign), len(every)),
    }
    for name, column in (("cross_sector", "nace"), ("interregional", "nuts3")):
        label = {i: v for i, v in about[column].items() if isinstance(v, str)}
        both = [(label[i], label[j]) for i, j in inside.edges if i in label and j in label]
        pairs = list(combinations([label[i] for i in members if i in label], 2))
        found[f"{name}_share"] = part(sum(a != b for a, b in both), len(both))
        found[f"{name}_expected"] = part(sum(a != b for a, b in pairs), len(pairs)) if both else nan
    labels = [(about["nace"][j], country[j]) for j in {j for _, j in out} if isinstance(about["nace"][j], str) and country[j] is not None]
    found["partner_diversity"] = 1 - sum((labels.count(label) / len(labels)) ** 2 for label in set(labels)) if labels else nan
    found["joint_years"] = 3 + (306 / 365) if cluster == "B" else 2026 - int(min(starts)[:4]) if starts else nan
    return found


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_like_sets_and_networkx(seed):
    tables = world(seed)
    if "cooperation" not in tables:
        return
    here = snapshot(register_of(tables))
    found = {name: function(here) for name, function in COHESION.items()}
    for row, cluster in enumerate(here.ids):
        for name, value in worked_out(tables, cluster).items():
            low, point, high, known = (part[row] for part in found[name])
            if name == "foreign_tie_share":  # the point is of those with a known country, worked out here is what is certain
                assert low == pytest.approx(value, nan_ok=True), name
            else:
                assert point == pytest.approx(value, nan_ok=True), (name, cluster)
            if known == 1 and not np.isnan(value):
                assert low == point == high, name
            assert not low > point, name
            assert not point > high, name


def test_joint_years_as_stated_to_the_day(twelve_frames):
    twelve_frames["clusters"]["joint_since"] = ["2022-03-01", "2025-12-31", "2026-02-01", *[None] * 9]
    found = COHESION["joint_years"](snapshot(register_of(twelve_frames))).value
    assert found[:3] == pytest.approx([3 + 306 / 365, 1 / 365, 0])
    np.testing.assert_allclose(found[[5, 8]], [3, 7])  # first events of 2023 and, of g4 and g5, of 2019
    assert np.isnan(found[3])


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_a_further_member_and_an_unconnected_one(seed):
    here = snapshot(register_of(world(seed)))
    members = here.members
    row, node = members.row, members.node
    left = here.without(np.concatenate([np.arange(here.rows), row]), [[]] * here.rows + [[i] for i in node])
    for name, function in COHESION.items():
        found = function(left)
        whole, rest = (tuple(part[s] for part in found) for s in (row, slice(here.rows, None)))
        if CATALOGUE[name].direction == "up":
            assert not (rest[0] > whole[0]).any(), name
            assert not ((rest[2] > whole[2]) & (rest[3] > 0)).any(), name  # what nobody knew may become known
        if CATALOGUE[name].cohesion:
            inside = here.window.network.adjacency(weighted=False)
            lone = np.array([inside[[i]][:, node[row == r]].sum() == 0 for r, i in zip(row, node, strict=True)], dtype=bool)
            lone &= here.cooperation.known[node]
            assert not (whole[0] > rest[0])[lone].any(), name


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_variants_are_registers_with_the_member_removed(seed):
    tables = world(seed)
    whole = snapshot(register_of(tables))
    rng = np.random.default_rng(seed)
    gone = rng.random(len(tables["membership"])) < 0.4
    rest = snapshot(register_of(tables | {"membership": tables["membership"][~gone]}))
    nodes = [
        whole.register.organisations.index.get_indexer(tables["membership"].loc[gone & (tables["membership"]["cluster"] == c).to_numpy(), "organisation"])
        for c in whole.ids
    ]
    left = whole.without(np.arange(whole.rows), nodes)
    for name, function in COHESION.items():
        np.testing.assert_array_equal(np.array(function(left)), np.array(function(rest)), name)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(seed):
    tables = world(seed)
    rng = np.random.default_rng(seed)
    mixed = {name: table.iloc[rng.permutation(len(table))] for name, table in tables.items()}
    one, other = snapshot(register_of(tables)), snapshot(register_of(mixed))
    order = other.ids.get_indexer(one.ids)
    for name, function in COHESION.items():
        np.testing.assert_array_equal(np.array(function(one)), np.array(function(other))[:, order], name)


def test_ties_that_are_not_known(twelve_frames):
    del twelve_frames["cooperation"]
    here = snapshot(register_of(twelve_frames))
    n = here.members.counts
    for name, function in COHESION.items():
        values, about = function(here), CATALOGUE[name]
        some = n >= 3
        if name in ("ties_new", "coordinator_share", "joint_years"):
            continue
        low = {"largest_share": 1 / n[some], "countries": here.ids[some] == "K12"}.get(name, about.low)  # ff is foreign itself
        assert (values.low[some] == low).all(), name
        top = n[some] - 1 if name == "ties_per_member" else about.high
        assert (values.high[some] == top).all(), name
        assert (values.known[some] == 0).all()
        assert np.isnan(values.value[some]).all(), name


def test_an_organisation_that_the_cooperation_data_do_not_know(twelve_frames):
    organisations = twelve_frames["organisations"]
    organisations["actor"] = organisations["organisation"].where(organisations["organisation"] != "c3", "nowhere")
    rows = twelve_frames.pop("cooperation")
    affiliation = inn.Affiliation.from_frame(
        rows, actor="organisation", event="event", events=rows.drop_duplicates("event").set_index("event")[["start", "end"]]
    )
    here = snapshot(register_of(twelve_frames), affiliation=affiliation)
    row = here.ids.get_loc("K03")
    density = COHESION["density"](here)
    assert tuple(part[row] for part in density) == (0.5, 0.5, 1.0, 0.75)  # c1, c2, c4 are tied; three pairs with c3 are open
    assert tuple(part[row] for part in COHESION["largest_share"](here)) == (0.75, 0.75, 1.0, 0.75)
    assert tuple(part[row] for part in COHESION["e_i"](here))[::2] == (-1, 1)
    other = here.ids.get_loc("K08")
    assert density.known[other] == 1


def test_large_events_are_left_out(twelve):
    here = snapshot(twelve, max_event_size=3)
    row = here.ids.get_loc("K11")
    assert COHESION["density"](here).value[row] == 0
    assert np.isnan(COHESION["e_i"](here).value[row])
    assert COHESION["joint_events_per_year"](here).value[row] == 0
