"""Registers from workbooks and folders: all faults in one report, what is left out, what changed, how long it takes."""

import datetime as dt
import subprocess
import sys
import time
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovnet as inn
from innovnet.clusters import Register, changes, read_register
from innovnet.clusters._faults import Report
from innovnet.clusters._sheets import SHEETS
from innovnet.clusters.read._checked import registered
from innovnet.clusters.read._raw import UNSAVED, Raw
from innovnet.errors import DataError, DataWarning

CLUSTERS = ["cluster", "name", "country", "sectors", "founded", "dissolved", "joint_since"]
ORGANISATIONS = ["organisation", "name", "country", "kind", "nuts3", "nace", "size", "employees"]
MEMBERSHIP = ["cluster", "organisation", "from", "to", "role"]
OWNERSHIP = ["owner", "owned", "share", "control", "owner_kind"]
COOPERATION = ["event", "organisation", "start", "end"]
FUNDING = ["cluster", "year", "source", "amount_eur", "share"]

#: A workbook with every fault that can stand beside the others: sheet -> rows, and what each row must be told.
FAULTY = {
    "clusters": [
        CLUSTERS,
        ["K", "Cluster K", "LT", 62, dt.date(2020, 1, 1), None, None],
        ["L", "Cluster L", "LT", "62", 2018, 2017, None],  # 3
        ["M", "Cluster M", "GR", "62", "2018", None, None],  # 4
        ["M", "Cluster M", "LT", "62", "2018", None, None],  # 5
    ],
    "organisations": [
        ORGANISATIONS,
        *([name, f"Firm {name}", "LT", "firm", "LT011", "62.01", "small", 12] for name in ("a", "b", "c", "d", "e")),
        ["f", "Firm f", "LT", "farm", None, None, None, "many"],  # 7
        [None, "Firm g", "LT", "firm", None, None, None, None],  # 8
    ],
    "membership": [
        MEMBERSHIP,
        ["K", "a", "2020-01-01", None, "coordinator"],
        ["K", "b", "2020", None, "coordinator"],  # 3
        ["K", "c", "2020", "2019", "member"],  # 4
        ["K", "d", "2019-01-01", None, "member"],  # 5
        ["K", "a", "2021", None, "member"],  # 6
        ["k", "e", "2021", None, "member"],  # 7
        ["K", "Firm ee", "2021", None, "member"],  # 8
        ["K", "e", "01/02/2021", None, "member"],  # 9
    ],
    "ownership": [
        OWNERSHIP,
        ["a", "b", 0.6, None, "firm"],
        ["b", "a", None, "votes", "firm"],  # 3
        ["x", "c", "120 %", None, "firm"],  # 4
    ],
    "cooperation": [COOPERATION, ["v", "a", "2024-05-01", "2024-04-01"], ["w", "a", 2023, 2024], ["w", "b", 2023, 2023]],
    "facts": [["cluster", "year", "staff_fte", "score", "score_low", "actvities"], ["K", 1899, 1, 1, 2, 3]],
    "member_facts": [["organisation", "year", "turnover_eur", "export_eur", "rd_eur"], ["a", 2024, 5, 7, -1]],
    "funding": [FUNDING, ["K", 2024, "members", None, 0.5], ["K", 2024, "state", None, 0.4]],
    "population": [["region", "nace", "year", "firms"], ["LT01", "62", 2024, 0]],
}
TOLD = [
    "clusters row 3 [dissolved]: 2017-12-31. E13 dissolved (2017-12-31) before founded (2018-01-01). Correct one of them.",
    "clusters row 4 [country]: GR. E22 country code 'GR' is unknown (two letters as Eurostat writes them). Nearest: EL.",
    "clusters row 5 [cluster]: M. E07 id 'M' stands in rows 4, 5. One row per cluster: merge them.",
    "organisations row 7 [employees]: many. E05 'many' is no number. Write a number such as 1250.5; leave the cell empty where it is not known.",
    "organisations row 7 [kind]: farm. E06 'farm' is not allowed. Allowed: firm, research, education, public, association, other. Did you mean 'firm'?",
    "organisations row 8 [organisation]: (empty). E03 required cell is empty. Fill it.",
    "membership row 3 [role]: coordinator. E14 cluster 'K' has two coordinators from 2020-01-01 to today and on: a, b (rows 2, 3). End one or make it a member.",
    "membership row 4 [to]: 2019-12-31. E10 ends (2019-12-31) before it starts (2020-01-01). Swapped?",
    (
        "membership row 5 [from]: 2019-01-01. E12 membership (2019-01-01 to open) lies outside the cluster's life (2020-01-01 to open). "
        "Correct the membership, or the days of the cluster."
    ),
    (
        "membership row 6 [organisation]: a. E11 organisation 'a' is twice in cluster 'K' as coordinator and member: rows 2, 6 share 2021-01-01 to today and on. "
        "Merge them or end one earlier."
    ),
    "membership row 7 [cluster]: k. E08 cluster 'k' is not in sheet clusters. Nearest: K. Add it there or correct the id.",
    (
        "membership row 8 [organisation]: Firm ee. E09 organisation 'Firm ee' is not in sheet organisations. "
        "Similar names: e (Firm e), a (Firm a), b (Firm b), c (Firm c), d (Firm d). Add or correct."
    ),
    "membership row 9 [from]: 01/02/2021. E04 '01/02/2021' is no date. Use 2024-03-31: day and month cannot be told apart here.",
    "ownership row 3 [owned]: a. E16 control runs in a circle: a → b → a (rows 2, 3). Correct a share, or end one of the rows.",
    "ownership row 4 [share]: 120 %. E15 share 1.2 is not between 0 and 1. Correct it.",
    "cooperation row 2 [end]: 2024-04-01. E19 event v ends (2024-04-01) before it starts (2024-05-01). Swapped?",
    (
        "cooperation row 4 [start]: 2023-01-01. E19 event w has rows with different dates: 2023-01-01 to 2024-12-31 (row 3), 2023-01-01 to 2023-12-31 (row 4). "
        "Give all its rows the same days."
    ),
    "facts [actvities]: actvities. E02 column 'actvities' is unknown. Did you mean 'activities'?",
    "facts row 2 [score]: 1. E20 low 2, value 1, high (empty) are not in order. Correct them.",
    "facts row 2 [year]: 1899. E21 year 1899 is outside 1990 to 2027. Correct it.",
    "member_facts row 2 [export_eur]: 7. E18 export 7 over turnover 5. Correct one of them; both are in EUR.",
    "member_facts row 2 [rd_eur]: -1. E18 -1 is below 0. Correct the sign; leave the cell empty where it is not known.",
    "funding row 3 [share]: 0.4. E17 funding of K in 2024: shares add up to 0.9 (must be 1 ± 0.005; rows 2, 3). Correct them, or add the source that is missing.",
    (
        "population row 2 [firms]: 0. E23 population of 62 in LT01 has 0 firms, but 1 member firm is there (a). Correct the number, or the region and activity of "
        "the members."
    ),
]


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def folder(path, sheets):
    path.mkdir()
    for name, rows in sheets.items():
        pd.DataFrame(rows[1:], columns=rows[0]).to_csv(path / f"{name}.csv", index=False)
    return path


def as_rows(table):
    cells = table.astype(object).where(table.notna(), None)
    return [list(table.columns), *cells.itertuples(index=False, name=None)]


def told(error):
    return [str(fault) for fault in error.value.faults]


def kept(register):
    """The tables of a register, their rows in order of content."""
    tables = {
        name: register._tables[name].reset_index() if SHEETS[name].key[:1] == (register._tables[name].index.name,) else register._tables[name]
        for name in SHEETS
    }
    return {name: table.sort_values(list(table.columns), ignore_index=True) for name, table in tables.items()}


def assert_same(one, other):
    for name, table in kept(one).items():
        pd.testing.assert_frame_equal(table, kept(other)[name])


@pytest.fixture
def faulty(tmp_path):
    return workbook(tmp_path / "faulty.xlsx", FAULTY)


@pytest.mark.parametrize("write", [workbook, folder])
def test_every_fault_is_told_in_one_report(tmp_path, write):
    path = write(tmp_path / ("faulty.xlsx" if write is workbook else "faulty"), FAULTY)
    with pytest.raises(DataError, match="Nothing was read") as error:
        read_register(path)
    assert sorted(told(error)) == sorted(TOLD)
    codes = {fault.code for fault in error.value.faults}
    assert codes == {f"E{k:02}" for k in range(2, 24)}  # E01 and E24 stand alone


def test_faulty_rows_are_left_out_and_counted(faulty):
    with pytest.warns(DataWarning):
        register = read_register(faulty, on_error="report")
    assert register.clusters.index.tolist() == ["K"]
    assert register.organisations.index.tolist() == list("abcde")
    assert register.membership["organisation"].tolist() == ["a"]
    assert len(register.ownership) == len(register.cooperation) == len(register.facts) == len(register.funding) == len(register.population) == 0
    dropped = register.quality[register.quality["action"] == "dropped"].set_index(["item", "place"])
    assert dropped["count"].sum() == len(TOLD)
    assert dropped.loc[("left out: E08 the cluster is not in sheet clusters", "membership"), "examples"] == "row 7: k"
    assert "score" in register.facts


def test_what_refers_to_rows_left_out_is_left_out(tmp_path):
    sheets = {
        "clusters": [CLUSTERS, ["K", "Cluster K", "LT", "62", "2020", None, None], ["L", "Cluster L", "LT", "62", "2020", "2019", None]],
        "organisations": [ORGANISATIONS, *([o, o, "LT", "firm", None, None, None, None] for o in "ab"), ["c", "c", "LT", "farm", None, None, None, None]],
        "membership": [MEMBERSHIP, *([cluster, o, "2020", None, "member"] for cluster in "KL" for o in "abc")],
        "ownership": [OWNERSHIP, ["a", "c", 0.6, None, "firm"], ["a", "h", 0.6, None, "firm"], ["h", "b", 0.6, None, "firm"]],
    }
    with pytest.warns(DataWarning):
        register = read_register(workbook(tmp_path / "r.xlsx", sheets), on_error="report")
    assert register.membership[["cluster", "organisation"]].values.tolist() == [["K", "a"], ["K", "b"]]
    assert register.ownership["owned"].tolist() == ["h", "b"]
    count = register.quality.set_index(["item", "place"])["count"]
    assert count["left out: their cluster was left out", "membership"] == 3
    assert count["left out: their organisation was left out", "membership"] == 1
    assert count["left out: their organisation was left out", "ownership"] == 1


def test_what_was_left_out_leaves_no_fault_behind(faulty, tmp_path):
    with pytest.warns(DataWarning):
        register = read_register(faulty, on_error="report")
    path = workbook(tmp_path / "again.xlsx", {name: as_rows(table) for name, table in kept(register).items()})
    with pytest.warns(DataWarning):
        again = read_register(path)
    assert_same(register, again)


@pytest.mark.parametrize("write", [workbook, folder])
def test_the_register_of_twelve_comes_back(tmp_path, twelve, write):
    sheets = {name: as_rows(table) for name, table in kept(twelve).items()}
    with pytest.warns(DataWarning) as caught:
        register = read_register(write(tmp_path / ("twelve.xlsx" if write is workbook else "twelve"), sheets))
    assert_same(register, twelve)
    assert caught[0].filename == __file__
    assert str(caught[0].message).startswith("twelve")
    assert "W02 clusters with fewer than 5 members (3)" in str(caught[0].message)


def test_the_example_comes_back(tmp_path):
    register = inn.clusters.example()
    sheets = {name: as_rows(table) for name, table in kept(register).items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        assert_same(read_register(workbook(tmp_path / "example.xlsx", sheets)), register)


def test_lithuanian_names(tmp_path):
    sheets = {
        "Klasteriai": [["klasteris", "pavadinimas", "šalis", "sektoriai", "įkurtas", "valdymo struktūra"], ["K", "Klasteris K", "LT", "62", 2020, "taip"]],
        "narystė": [["klasteris", "organizacija", "nuo", "iki", "vaidmuo"], *(["K", o, 2020, None, "narys"] for o in "abcde")],
    }
    with pytest.warns(DataWarning):
        register = read_register(workbook(tmp_path / "lt.xlsx", sheets))
    assert register.clusters.loc["K", "governance"]
    assert register.membership["role"].tolist() == ["member"] * 5
    assert "only the identifier is known" in " ".join(register.quality["item"])


def minimal(**sheets):
    return {
        "clusters": [[*CLUSTERS], ["K", "Cluster K", "LT", "62", "2020", None, None]],
        "membership": [[*MEMBERSHIP], *(["K", o, "2020", None, "member"] for o in "abcde")],
    } | sheets


@pytest.mark.parametrize("on_error", ["raise", "report"])
def test_missing_sheets_are_always_an_error(tmp_path, on_error):
    sheets = minimal()
    sheets["membershp"] = sheets.pop("membership")
    sheets["fundings"] = [FUNDING]
    with pytest.raises(DataError) as error:
        read_register(workbook(tmp_path / "r.xlsx", sheets), on_error=on_error)
    assert told(error) == [
        (
            "membership: (empty). E01 sheet 'membership' is missing (found: clusters, membershp, fundings; nearest: membershp). "
            "Write a template with `innovnet clusters template`."
        ),
        (
            "funding: (empty). E01 sheet 'funding' is missing (found: clusters, membershp, fundings; nearest: fundings). "
            "Write a template with `innovnet clusters template`."
        ),
    ]


def test_a_sheet_that_stands_twice(tmp_path):
    with pytest.raises(DataError, match=r"E01 sheet 'clusters' stands twice \(clusters, Klasteriai\)"):
        read_register(workbook(tmp_path / "r.xlsx", minimal(Klasteriai=[CLUSTERS])))


@pytest.mark.parametrize("on_error", ["raise", "report"])
def test_columns_that_stand_twice_or_are_missing(tmp_path, on_error):
    sheets = minimal(membership=[["cluster", "cluster", "organisation", "from", "to"], ["K", "K", "a", "2020", None]])
    with pytest.raises(DataError) as error:
        read_register(workbook(tmp_path / "r.xlsx", sheets), on_error=on_error)
    assert told(error) == [
        "membership [cluster]: cluster. E02 column 'cluster' stands twice (columns 1, 2). Keep one of them.",
        "membership [role]: role. E02 column 'role' is missing (found: cluster, cluster, organisation, from, to). Add it.",
    ]


def test_unknown_columns_and_further_sheets_are_left_out_and_counted(tmp_path):
    sheets = minimal(notes=[["anything"], ["at all"]])
    for row, cell in zip(sheets["clusters"], ("remarks", "fine"), strict=True):
        row.append(cell)
    path = workbook(tmp_path / "r.xlsx", sheets)
    with pytest.raises(DataError, match="E02 column 'remarks' is unknown"):
        read_register(path)
    with pytest.warns(DataWarning):
        register = read_register(path, on_error="report")
    items = register.quality.set_index("item")
    assert items.loc["left out: E02 a column is missing, stands twice or is unknown", "examples"] == "remarks"
    assert items.loc["sheets that are none of a register", "examples"] == "'notes'"


def test_merged_cells_and_formulas_without_value(tmp_path):
    path = workbook(tmp_path / "r.xlsx", minimal())
    book = openpyxl.load_workbook(path)
    book["clusters"]["B2"] = "=1+1"
    book.save(path)
    with pytest.raises(DataError, match=r"clusters row 2 \[name\]: a formula without a stored value. E05"):
        read_register(path)
    book["membership"].merge_cells("A3:A5")
    book.save(path)
    with pytest.raises(DataError, match="E24 merged cells") as error:
        read_register(path, on_error="report")
    assert {"E24", "E05"} <= {fault.code for fault in error.value.faults}


def test_a_torn_line_is_left_out_with_report(tmp_path):
    path = folder(tmp_path / "r", minimal())
    with (path / "membership.csv").open("a") as file:
        file.write("K,f,2020,,member,more,and more\n")
    with pytest.raises(DataError, match=r"membership row 7: .*E24"):
        read_register(path)
    with pytest.warns(DataWarning):
        register = read_register(path, on_error="report")
    assert register.membership["organisation"].tolist() == list("abcde")
    assert register.quality.set_index("item").loc["left out: E24 the file cannot be read", "count"] == 1


def test_what_is_no_register(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_register(tmp_path / "none.xlsx")
    with pytest.raises(DataError, match="on_error='ignore' is not one of"):
        read_register(tmp_path / "none.xlsx", on_error="ignore")


def test_years_read_as_days_are_counted(tmp_path):
    with pytest.warns(DataWarning):
        register = read_register(workbook(tmp_path / "r.xlsx", minimal()))
    row = register.quality.set_index(["item", "place"]).loc[("years and months read as days: from", "membership")]
    assert row.tolist() == [5, "repaired", "'2020'"]


def test_changes_against_the_register_before(tmp_path):
    sheets = minimal(facts=[["cluster", "year", "staff_fte"], ["K", 2024, 1]])
    before = workbook(tmp_path / "before.xlsx", sheets)
    sheets["membership"][1][3] = "2024"  # a leaves
    sheets["membership"].append(["K", "f", "2025", None, "member"])
    del sheets["membership"][2]  # b is forgotten
    sheets["facts"][1][2] = 1.5
    sheets["membership"][1:] = sheets["membership"][:0:-1]  # the order says nothing
    after = workbook(tmp_path / "after.xlsx", sheets)
    with pytest.warns(DataWarning, match=r"W15 rows differ from the register before \(6\)"):
        register = read_register(after, before=before)
    with pytest.warns(DataWarning):
        earlier = read_register(before)
    found = changes(earlier, register)
    assert found[found["sheet"] != "organisations"].values.tolist() == [
        ["membership", "K, a", "altered", "to", "", "2024-12-31"],
        ["membership", "K, b", "removed", "", "from 2020-01-01; role member", ""],
        ["membership", "K, f", "added", "", "", "from 2025-01-01; role member"],
        ["facts", "K, 2024", "altered", "staff_fte", "1", "1.5"],
    ]
    assert found[found["sheet"] == "organisations"][["row", "change"]].values.tolist() == [["b", "removed"], ["f", "added"]]
    row = register.quality[register.quality["item"].str.startswith("W15")]
    assert row["examples"].tolist() == ["2 rows added, 2 removed, 2 altered: changes(before, register) names them"]
    with pytest.warns(DataWarning) as caught:
        same = read_register(after, before=register)
    assert "W15" not in str(caught[0].message)
    assert changes(register, same).empty


def test_changes_of_several_rows_of_one_key(twelve):
    def with_membership(table):
        return Register._from_tables({**twelve._tables, "membership": table}, twelve.quality)

    table = twelve.membership
    spell = pd.DataFrame({"cluster": ["K02"], "organisation": "b1", "from": pd.Timestamp("2020-01-01"), "to": pd.Timestamp("2021-12-31"), "role": "member"})
    more = with_membership(pd.concat([spell, table], ignore_index=True))
    assert changes(twelve, more)[["row", "change"]].values.tolist() == [["K02, b1", "added"]]
    assert changes(more, twelve)[["row", "change"]].values.tolist() == [["K02, b1", "removed"]]
    assert changes(twelve, with_membership(table.iloc[::-1])).empty


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(twelve_clusters, seed):
    draws = np.random.default_rng(seed)
    frames = twelve_clusters.frames()
    frames["membership"] = pd.concat(
        [frames["membership"], pd.DataFrame({"cluster": ["K02"], "organisation": "b1", "from": "2023", "to": "2023", "role": "member"})]
    )
    frames["clusters"].loc[1, "founded"] = "2010"
    turned = {name: table.iloc[draws.permutation(len(table))] for name, table in frames.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        one, other = (Register.from_frames(**tables) for tables in (frames, turned))
    assert_same(one, other)
    counts = [register.quality.set_index(["item", "place"])["count"].sort_index() for register in (one, other)]
    pd.testing.assert_series_equal(*counts)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_faulty_rows_changes_nothing(tmp_path_factory, seed):
    draws = np.random.default_rng(seed)
    turned = {name: [rows[0], *(rows[1 + k] for k in draws.permutation(len(rows) - 1))] for name, rows in FAULTY.items()}
    place = tmp_path_factory.mktemp("order")
    found = []
    for name, sheets in (("one", FAULTY), ("other", turned)):
        path = workbook(place / f"{name}.xlsx", sheets)
        with pytest.raises(DataError) as error:
            read_register(path)
        with pytest.warns(DataWarning):
            found.append((sorted((fault.code, fault.place) for fault in error.value.faults), read_register(path, on_error="report")))
    assert found[0][0] == found[1][0]
    assert_same(found[0][1], found[1][1])


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize("name", ["template.xlsx", "template"])
def test_an_empty_template_is_an_empty_register(tmp_path, name, language):
    inn.clusters.write_template(tmp_path / name, language=language)
    register = read_register(tmp_path / name)
    assert all(len(table) == 0 for table in register._tables.values())
    assert set(register.quality["count"]) == {0}


ODD = (
    "x",
    "",
    None,
    UNSAVED,
    "2010",
    "31.12.24",
    0,
    -1,
    1.5,
    True,
    "no",
    "35 %",
    dt.date(2012, 1, 1),
    "2030-01-01",
    "K01",
    "coordinator",
    "GB",
    "\ud800",
    "\0",
    3000,
)


def spoilt(table, draws):
    """Some rows, some of them twice, some cells odd or those of other rows."""
    table = table[draws.random(len(table)) < draws.choice([0.3, 1.0, 1.0])]
    for row, column in draws.integers(table.shape, size=(3 if len(table) else 0, 2)):
        table[row, column] = ODD[draws.integers(len(ODD))] if draws.random() < 0.6 else table[draws.integers(len(table)), column]
    return np.concatenate([table, table[: draws.integers(3)]])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_is_left_out_what_remains_has_no_fault(twelve, seed):
    draws = np.random.default_rng(seed)

    def raws(register, *, spoil):
        found = {}
        for name, table in kept(register).items():
            cells = np.array(as_rows(table)[1:], dtype=object).reshape(table.shape)
            cells = spoilt(cells, draws) if spoil and draws.random() < 0.7 else cells
            found[name] = Raw(name, list(table.columns), cells, np.arange(2, len(cells) + 2))
        return found

    register = registered(raws(twelve, spoil=True), Report("spoilt"), "report", from_file=True)
    again = registered(raws(register, spoil=False), Report("again"), "raise", from_file=True)
    assert_same(register, again)


def many(n):
    """A register of n memberships without a fault."""
    draws = np.random.default_rng(0)
    clusters, organisations = n // 20, n // 4
    ids = [f"ORG{k:07}" for k in range(organisations)]
    cluster = np.repeat(np.arange(clusters), 20)
    member = (cluster * 20 + np.tile(np.arange(20), clusters) * 7919) % organisations
    days = pd.to_datetime("2015-01-01") + pd.to_timedelta(draws.integers(0, 3650, n), "D")
    return {
        "clusters": pd.DataFrame(
            {
                "cluster": [f"C{k:06}" for k in range(clusters)],
                "name": [f"Cluster {k}" for k in range(clusters)],
                "country": "LT",
                "sectors": "62",
                "founded": "2010",
            }
        ),
        "organisations": pd.DataFrame(
            {
                "organisation": ids,
                "name": [f"Firm {k} of many" for k in range(organisations)],
                "country": "LT",
                "kind": "firm",
                "nuts3": "LT011",
                "nace": "62.01",
                "size": "small",
            }
        ),
        "membership": pd.DataFrame(
            {
                "cluster": [f"C{k:06}" for k in cluster],
                "organisation": [ids[k] for k in member],
                "from": days.strftime("%Y-%m-%d"),
                "to": None,
                "role": np.where(np.arange(n) % 20, "member", "coordinator"),
            }
        ),
    }


def test_200_000_memberships_take_seconds(tmp_path):
    path = tmp_path / "many"
    path.mkdir()
    for name, table in many(200_000).items():
        table.to_csv(path / f"{name}.csv", index=False)
    begin = time.process_time()
    with pytest.warns(DataWarning):
        register = read_register(path)
    taken = time.process_time() - begin
    assert len(register.membership) == 200_000
    assert taken < 30  # 2 to 3 s of CPU time; 4 to 5 s from a workbook


def test_many_faults_take_seconds(tmp_path):
    tables = many(20_000)
    tables["membership"]["organisation"] += "x"
    tables["membership"]["from"] = "31.12.24"
    begin = time.process_time()
    with pytest.raises(DataError) as error:
        Register.from_frames(**tables)
    assert len(error.value.faults) == 40_000
    assert str(error.value).endswith("... and 39980 more in .faults")
    assert time.process_time() - begin < 30


def test_a_register_does_not_load_the_readers():
    code = "import sys; from innovnet.clusters import Register; print([name for name in sys.modules if name.startswith('innovnet.clusters.read')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
