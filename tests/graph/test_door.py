"""What from_frames and from_frame let in, what they refuse, and what cannot be changed afterwards."""

import copy
import datetime as dt
import pickle

import numpy as np
import pandas as pd
import pytest

import innovnet as inn
from innovnet.errors import DataError

ACTORS = pd.DataFrame({"actor": ["a", "b", "c"]})
TIES = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [1.0]})
ROWS = pd.DataFrame({"actor": ["a", "b", "b", "c"], "event": ["P", "P", "Q", "Q"]})
EVENTS = pd.DataFrame({"event": ["P", "Q"], "start": ["2019-01-01", "2020-06-01"], "end": ["2019-12-31", "2021-05-31"], "programme": ["H", "K"]})


def network(actors=ACTORS, ties=TIES, **options):
    return inn.Network.from_frames(actors, ties, **options)


def affiliation(rows=ROWS, **options):
    return inn.Affiliation.from_frame(rows, **({"actor": "actor", "event": "event"} | options))


def identified(ids):
    """A network of two actors with a tie."""
    table = pd.DataFrame({"actor": ids})
    return network(table, pd.DataFrame({"source": table["actor"].iloc[:1], "target": table["actor"].iloc[1:].set_axis([0])}))


def weighing(weight):
    return network(ties=pd.DataFrame({"source": ["a"], "target": ["b"], "weight": pd.Series([weight], dtype=object)}))


@pytest.mark.parametrize("table", [None, ["a", "b"], {"actor": ["a"]}, pd.Series(["a"]), [("a", "b")]])
def test_only_tables_are_tables(table):
    with pytest.raises(DataError, match=r"actors table is a .* DataFrame"):
        network(actors=table)
    with pytest.raises(DataError, match=r"ties table is a .* DataFrame"):
        network(ties=table)
    with pytest.raises(DataError, match=r"participations table is a .* DataFrame"):
        affiliation(table)
    if table is not None:
        with pytest.raises(DataError, match=r"events table is a .* DataFrame"):
            affiliation(events=table)


@pytest.mark.parametrize(
    "ids",
    [
        pd.array([1, 2], dtype="Int64"),
        pd.array([1, 2], dtype="int64[pyarrow]"),
        pd.Series([np.int64(1), 2], dtype=object),
        pd.Categorical([1, 2]),
        np.array([1, 2], dtype=np.uint64),
        np.array([1, 2], dtype=np.int8),
    ],
)
def test_whole_numbers_of_every_kind_are_the_same_identifiers(ids):
    made = identified(ids)
    assert made.actors.index.dtype == np.int64
    assert made.fingerprint == identified([1, 2]).fingerprint


@pytest.mark.parametrize("ids", [pd.Categorical(["a", "b"]), pd.array(["a", "b"], dtype="string[pyarrow]"), pd.Series(["a", "b"], dtype=object)])
def test_text_of_every_kind_is_the_same_identifiers(ids):
    assert identified(ids).fingerprint == identified(["a", "b"]).fingerprint


@pytest.mark.parametrize("ids", [["🏭", "👩\u200d🔬"], ["\u202eabc", "שלום"], ["x" * 10_000, "y"], ["a ", "a"], ["é", "e\u0301"], ["nan", "NA"], [-1, -2]])
def test_odd_identifiers_stay_as_they_are(ids):
    made = identified(ids)
    assert made.actors.index.tolist() == ids
    assert made.ties[["source", "target"]].to_numpy().tolist() == [ids]
    assert made._repr_html_()
    assert len(made.fingerprint) == 64


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([1.0, 2.0], "found float"),
        ([True, False], "found bool"),
        ([1, "a"], "found int, str"),
        ([("a", 1), ("b", 2)], "found tuple"),
        ([b"a", b"b"], "found bytes"),
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), "found Timestamp"),
        (np.array([2**64 - 1, 1], dtype=np.uint64), "18446744073709551615.* 64 bits"),
        ([10**30, 1], "64 bits"),
        (["a\0", "a"], "NUL"),
        (pd.Series(["\ud800", "b"], dtype=object), "half a character"),
        (["a", None], "row 1"),
        (["a", ""], "row 1"),
        (pd.array([1, None], dtype="Int64"), "row 1"),
    ],
)
def test_identifiers_that_are_none(ids, words):
    with pytest.raises(DataError, match=words):
        identified(ids)


def test_repeated_identifiers_are_named_with_their_rows():
    with pytest.raises(DataError, match="actors more than once: 'a'") as caught:
        network(pd.DataFrame({"actor": ["a", "b", "a"]}))
    assert [fault.row for fault in caught.value.faults] == ["0", "2"]


def test_an_index_and_a_column_that_both_identify():
    with pytest.raises(DataError, match="both an index and a column 'actor'"):
        network(ACTORS.set_index(pd.Index(["x", "y", "z"], name="actor")))


@pytest.mark.parametrize(
    "value",
    [
        "3,5",
        "abc",
        "",
        None,
        pd.NA,
        np.nan,
        np.inf,
        -np.inf,
        -1,
        1j,
        pd.Timestamp("2020-01-01"),
        pd.Timedelta(1, "D"),
        [1],
        pytest.param(10**400, id="10**400"),
        1e60,
        1e-60,
    ],
)
def test_weights_that_are_none(value):
    with pytest.raises(DataError, match=r"row 0, column 'weight'.* is no weight"):
        weighing(value)


@pytest.mark.parametrize("value", ["3", 3, np.float32(3), np.uint8(3)])
def test_weights_that_are_some(value):
    assert weighing(value).ties["weight"].tolist() == [3.0]


def test_extreme_weights_stay_numbers_in_every_sum_and_power():
    heavy = network(ties=pd.DataFrame({"source": ["a"] * 2, "target": ["b", "c"], "weight": [1e50, 1e-50]}))
    found = inn.metrics.structural_holes(heavy)
    assert found.loc["a", "constraint"] == pytest.approx(1.0)
    assert np.isfinite(found.to_numpy()).all()


@pytest.mark.parametrize("name", ["wieght", "Weight", "weights"])
def test_a_misspelt_column_of_weights_is_not_overlooked(name):
    ties = TIES.assign(weight=7.0).rename(columns={"weight": name})
    with pytest.raises(DataError, match=f"'weight' but '{name}'.*weight=None"):
        network(ties=ties)
    assert network(ties=ties, weight=name).ties["weight"].tolist() == [7.0]
    assert network(ties=ties, weight=None).ties["weight"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("ties", "options", "words"),
    [
        (TIES, {"target": "source"}, "must be three columns"),
        (TIES, {"weight": "source"}, "must be three columns"),
        (TIES, {"source": ["source"]}, r"no column \['source'\]"),
        (TIES, {"directed": "no"}, "directed='no' is neither True nor False"),
        (TIES.assign(w=2.0), {"weight": "w"}, "has the column 'weight'"),
        (TIES.rename(columns={"source": "from"}).assign(source="z"), {"source": "from"}, "has the column 'source'"),
        (TIES.set_axis(["source", "target", "target"], axis=1), {}, "columns of the same name: 'target'"),
        (TIES.set_axis(["source", "target", 5], axis=1), {}, "not text: 5"),
        (TIES.set_axis(pd.MultiIndex.from_tuples([("source", ""), ("target", ""), ("weight", "")]), axis=1), {}, "not text"),
        (TIES.set_index(["source", "target"]), {}, "no column 'source'"),
    ],
)
def test_columns_of_ties_that_do_not_go_together(ties, options, words):
    with pytest.raises(DataError, match=words):
        network(ties=ties, **options)


def test_a_column_of_ties_may_have_any_other_name():
    made = network(ties=pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "row": ["x", "x"], "actor": [1, 2], "internal": [0, 1]}))
    assert made.ties["row"].tolist() == ["x", "x"]
    assert inn.metrics.degree(made).tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    "cells",
    [
        [[1], [2], [3]],
        [1, "x", None],
        [1j, 2j, 3j],
        pd.to_timedelta([1, 2, 3]),
        pd.interval_range(0, 3),
        pd.to_datetime(["2020-01-01"] * 3).tz_localize("Europe/Vilnius"),
        pd.Categorical([(1, 2), (2, 3), (1, 2)]),
        ["a", "b\0", "c"],
    ],
)
def test_cells_that_no_table_holds(cells):
    with pytest.raises(DataError, match="column 'k'"):
        network(ACTORS.assign(k=cells))


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (pd.Series([1, 2, None], dtype=object), "Int64"),
        (pd.Series([1, 2.5, None], dtype=object), "float64"),
        (pd.Series([np.True_, None, False], dtype=object), "boolean"),
        (pd.Series([dt.date(2020, 1, 1)] * 3, dtype=object), "datetime64[us]"),
        (pd.Series(["x", None, "y"], dtype=object), "str"),
        (pd.array([1, None, 2], dtype="int64[pyarrow]"), "Int64"),
        (pd.array(["x", None, "y"], dtype="string[pyarrow]"), "str"),
        (pd.Series([1.5, None, 2.0]), "float64"),
    ],
)
def test_cells_in_the_form_that_tables_keep(cells, dtype):
    assert network(ACTORS.assign(k=cells)).actors["k"].dtype == dtype


@pytest.mark.parametrize(
    "dates",
    [
        pd.to_datetime(["2019-01-01"] * 4),
        pd.to_datetime(["2019-01-01"] * 4).astype("datetime64[ns]"),
        [dt.date(2019, 1, 1)] * 4,
        ["2019-01-01"] * 4,
        ["2019"] * 4,
        [2019] * 4,
        [2019.0, np.nan, 2019.0, 2019.0],
        pd.Categorical(["2019-01-01"] * 4),
        pd.array([dt.date(2019, 1, 1)] * 4, dtype="date32[pyarrow]"),
    ],
)
def test_dates_of_every_kind(dates):
    by_row = affiliation(ROWS.assign(s=dates), start="s")
    by_event = affiliation(events=pd.DataFrame({"event": ["P", "Q"], "start": pd.Series(dates)[:2].array}))
    for made, table in ((by_row, by_row.participations), (by_event, by_event.events)):
        assert table["start"].dtype == "datetime64[us]"
        assert table["start"].iloc[0] == pd.Timestamp("2019-01-01")
        assert [label for label, _ in inn.windows(made, width=1)] == ["2019"]
        assert made.during(2019, 2019).n_memberships >= 2
        assert made.during(2020, 2020).n_memberships == 0


@pytest.mark.parametrize(
    "date",
    [
        "foo",
        "01/02/2019",
        "31.12.2019",
        "2019-13-01",
        "now",
        "2019-01-01T00:00:00Z",
        pd.Timestamp("2019-01-01", tz="UTC"),
        True,
        20,
        2019.5,
        "99999-01-01",
        [1],
    ],
)
def test_dates_that_are_none(date):
    with pytest.raises(DataError, match=r"row 0, column 's'.* is no date"):
        affiliation(ROWS.assign(s=pd.Series([date] * 4)), start="s")
    with pytest.raises(DataError, match="events table"):
        affiliation(events=pd.DataFrame({"event": ["P", "Q"], "start": pd.Series([date] * 2)}))
    with pytest.raises(DataError, match="no date and no year"):
        affiliation(events=EVENTS).during(date, 2030)


def test_a_year_means_the_whole_of_it_in_data_and_in_questions():
    made = affiliation(events=EVENTS.assign(start=[2019, 2020], end=[2019, 2020]))
    assert made.events["end"].tolist() == [pd.Timestamp("2019-12-31"), pd.Timestamp("2020-12-31")]
    late = affiliation(events=pd.DataFrame({"event": ["P", "Q"], "start": pd.to_datetime(["2019-12-31 15:00", "2020-01-01 00:00"])}))
    for year in (2019, "2019", 2019.0, np.int64(2019), pd.Period("2019")):
        assert late.during(year, year).n_events == 1
    assert late.during("2019-12", "2019-12").n_events == 1
    assert late.during("2019-12-31", dt.date(2019, 12, 31)).n_events == 1


@pytest.mark.parametrize("interval", [(None, 2019), (pd.NaT, 2019), (0, 9999), (-5, 2020), (10**6, 10**7), (2021, 2019)])
def test_intervals_that_are_none(interval):
    with pytest.raises(DataError):
        affiliation(events=EVENTS).during(*interval)


def test_an_event_that_ends_before_it_starts_is_noted_and_lasts_for_its_first_day():
    made = affiliation(events=EVENTS.assign(end=["2018-01-01", "2021-05-31"]))
    assert made.quality.set_index("item")["examples"].to_dict() == {"events that end before they start": "'P'"}
    assert [part.n_events for _, part in inn.windows(made, width=1)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"event": "actor"}, "must be two columns"),
        ({"actor": ["actor"]}, "no column"),
        ({"role": "rol"}, "no column 'rol'"),
        ({"derived": ["field"]}, "no mapping"),
        ({"derived": {"k": "start"}, "events": EVENTS}, "categories are text"),
        ({"derived": {"k": "programm"}, "events": EVENTS}, "Did you mean 'programme'"),
    ],
)
def test_options_of_from_frame_that_do_not_go_together(options, words):
    with pytest.raises(DataError, match=words):
        affiliation(**options)


@pytest.mark.parametrize(
    "mask", [["a"], [1, 0, 1], [True], True, pd.Series(["x", "", "y"], index=list("abc")), pd.Series([True, True, False, True], index=list("aabc"))]
)
def test_masks_that_are_none(mask):
    for made in (affiliation(), affiliation().project()):
        with pytest.raises(DataError, match="actors"):
            made.select(actors=mask)


@pytest.mark.parametrize("least", [np.nan, None, "1", True, [1, 2], 1j])
def test_a_threshold_is_a_number(least):
    with pytest.raises(DataError, match="no number"):
        network().threshold(least)


def test_a_threshold_looks_at_the_whole_tie():
    rows = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"], "weight": [1.0, 1.0, 1.5], "kind": ["x", "y", "x"]})
    with_kinds, without = network(ties=rows), network(ties=rows.drop(columns="kind"))
    assert with_kinds.threshold(2).ties["kind"].tolist() == ["x", "y"]
    assert (with_kinds.threshold(2).adjacency() != without.threshold(2).adjacency()).nnz == 0


@pytest.mark.parametrize("size", [0, -1, 1.5, "2", np.nan, True])
def test_a_largest_size_is_a_whole_number(size):
    with pytest.raises(DataError, match="max_size"):
        affiliation().project(max_size=size)


def test_a_star_of_many_members_needs_no_limit():
    rows = pd.DataFrame({"actor": np.arange(30_000), "event": 0, "role": ["coordinator"] + ["participant"] * 29_999})
    made = affiliation(rows, role="role")
    with pytest.raises(DataError, match="30,000 members"):
        made.project()
    assert made.project(structure="star").n_ties == 29_999


def test_a_star_says_what_has_no_coordinator():
    with pytest.raises(DataError, match="roles are 'Coordinator'"):
        affiliation(ROWS.assign(role="Coordinator"), role="role").project(structure="star")
    some = affiliation(ROWS.assign(role=["coordinator", "x", "x", "x"]), role="role").project(structure="star")
    assert some.quality.set_index("item")["count"].to_dict() == {"events without a coordinator": 1}


def test_the_wrong_kind_of_graph_is_named():
    made = affiliation(events=EVENTS)
    for function in (lambda: list(inn.windows(made.project(), width=1)), lambda: list(inn.split(made.project()))):
        with pytest.raises(DataError, match="takes Affiliation, not Network"):
            function()
    for function in (inn.to_networkx, inn.to_igraph):
        with pytest.raises(DataError, match=r"not Affiliation.*project\(\)"):
            function(made)
    with pytest.raises(DataError, match="takes Graph, not Network"):
        inn.from_networkx(made.project())


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_copies_are_equal_and_as_frozen(how):
    for made in (inn.toy(), inn.toy().project()):
        before = made.fingerprint
        arrays = made.memberships if isinstance(made, inn.Affiliation) else made.arcs()
        assert all(not array.flags.writeable for array in arrays)
        twin = how(made)
        assert twin.fingerprint == before
        again = twin.memberships if isinstance(twin, inn.Affiliation) else twin.arcs()
        matrix = twin.incidence if isinstance(twin, inn.Affiliation) else twin.adjacency()
        assert all(not array.flags.writeable for array in (*again, matrix.data, matrix.indices, matrix.indptr))


def test_renaming_the_index_of_a_result_changes_nothing_else():
    made = inn.toy().project()
    for values in (
        inn.metrics.degree(made),
        inn.metrics.e_i_index(made, groups="sector"),
        made.affiliation.sizes,
        inn.metrics.gatekeepers(made, groups="region"),
    ):
        values.index.name = "mine"
    assert made.actors.index.name == "actor"
    assert made.affiliation.events.index.name == "event"
    assert inn.metrics.degree(made).index.name == "actor"


def test_values_are_matched_to_the_actors_or_refused():
    made = inn.toy().project()
    with pytest.raises(DataError, match="12 actors"):
        made.series([1, 2], "mine")
    values = pd.Series(range(12), index=made.actors.index)
    assert made.series(values[::-1], "mine").equals(values.rename("mine"))
    assert made.series(0, "mine").tolist() == [0] * 12
    for other in (values.reset_index(drop=True), values[:11], pd.concat([values, values[:1]])):
        with pytest.raises(DataError, match="another index"):
            made.series(other, "mine")


def test_positions_of_a_list_of_actors():
    made = inn.toy().project()
    assert made.positions(["c", "a"]).tolist() == [2, 0]
    for labels in ("a", None, 3):
        with pytest.raises(DataError, match="no list of actors"):
            made.positions(labels)
    with pytest.raises(DataError, match="'zz'"):
        made.positions(["a", "zz"])


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None, True])
def test_the_seed_of_the_example_is_a_whole_number(seed):
    with pytest.raises(DataError, match="seed="):
        inn.example(actors=40, seed=seed)


def test_a_participation_with_dates_of_its_own_is_placed_by_them():
    dates = pd.Series(["2019", "2021", None, "2023"])  # a and b in P, b and c in Q
    known = affiliation(ROWS.assign(s=dates), start="s", events=EVENTS)
    assert known.during(2021, 2021).participations["actor"].tolist() == ["b", "b"]  # later than its project says, and by the dates of Q
    assert known.during(2023, 2023).participations["actor"].tolist() == ["c"]
    unknown = affiliation(ROWS.assign(s=dates), start="s", events=EVENTS.assign(start=[None, None], end=[None, None]))
    assert unknown.during(2021, 2021).participations["actor"].tolist() == ["b"]
    assert unknown.during(2021, 2021).quality.set_index("item")["count"].to_dict() == {"participations without a start": 1}
    alone = affiliation(events=EVENTS.assign(start=["2019", None], end=[None, None])).during(2019, 2019)
    assert alone.quality.set_index("item")["count"].to_dict() == {"events without a start": 1, "participations without a start": 2}


@pytest.mark.parametrize("name", [[3, 4], pd.Categorical([None, None], categories=["x"]), pd.to_datetime([None, None]), ["", None], [True, False]])
def test_the_largest_event_is_shown_whatever_names_are(name):
    shown = affiliation(events=pd.DataFrame({"event": ["P", "Q"], "name": name}))._repr_html_()
    assert "largest: " in shown
    assert "(2 members)" in shown
    assert "largest: 7 (2 members)" in affiliation(pd.DataFrame({"actor": ["a", "b", "b"], "event": [7, 7, 5]}))._repr_html_()
