"""Each fault and each remark by itself, on tables in memory."""

import pandas as pd
import pytest

from innovnet.clusters import Register
from innovnet.clusters._duplicates import likely_same, plain_name
from innovnet.clusters._faults import FAULTS, REMARKS
from innovnet.errors import DataError, DataWarning

KEYS = {"cluster": "K", "name": "Cluster K", "country": "LT", "sectors": "62", "founded": "2020-01-01"}


def base():
    """Two clusters of five members each without a fault and without a remark."""
    own = [f"{letter}{k}" for letter in "ab" for k in range(5)]
    organisation = {"country": "LT", "nuts3": "LT011", "nace": "62.01", "kind": "firm", "size": "small", "employees": 20}
    return {
        "clusters": rows(KEYS, KEYS | {"cluster": "L", "name": "Cluster L"}),
        "membership": rows(
            *(
                {"cluster": "KL"[k // 5], "organisation": o, "from": "2020-01-01", "to": None, "role": "member" if k % 5 else "coordinator"}
                for k, o in enumerate(own)
            )
        ),
        "organisations": rows(*({"organisation": o, "name": f"Organisation {o}"} | organisation for o in own)),
        "ownership": rows(*({"owner": f"person {o}", "owned": o, "share": 1, "owner_kind": "person", "from": "2020-01-01", "to": None} for o in own)),
    }


def rows(*found):
    return pd.DataFrame(list(found)).astype(object)


def changed(sheet, position, **cells):
    tables = base()
    for column, value in cells.items():
        tables[sheet].loc[position, column] = value
    return tables


def added(sheet, *found):
    tables = base()
    tables[sheet] = pd.concat([tables[sheet], rows(*found)], ignore_index=True) if sheet in tables else rows(*found)
    return tables


def without(sheet, column):
    tables = base()
    tables[sheet] = tables[sheet].drop(columns=column)
    return tables


def faults(tables):
    with pytest.raises(DataError) as error:
        Register.from_frames(**tables)
    return [str(fault) for fault in error.value.faults]


def joins(organisation, begin, end=None, *, cluster="K", role="member", stage=None):
    return {"cluster": cluster, "organisation": organisation, "from": begin, "to": end, "role": role, "stage": stage}


def owns(owner, owned, share=0.6, begin=None, end=None, *, control=None, kind="firm"):
    return {"owner": owner, "owned": owned, "share": share, "control": control, "owner_kind": kind, "from": begin, "to": end}


def event(name, organisation, start="2024-01-01", end="2024-12-31"):
    return {"event": name, "organisation": organisation, "start": start, "end": end}


def fund(source, share=None, amount=None, cluster="K", year=2024):
    return {"cluster": cluster, "year": year, "source": source, "share": share, "amount_eur": amount}


def fact(**cells):
    return {"cluster": "K", "year": 2024} | cells


CASES = {
    "E02 missing": (
        without("membership", "organisation"),
        "membership [organisation]: organisation. E02 column 'organisation' is missing (found: cluster, from, to, role). Add it.",
    ),
    "E02 unknown": (changed("clusters", 0, founed="2020"), "clusters [founed]: founed. E02 column 'founed' is unknown. Did you mean 'founded'?"),
    "E02 like a fact": (added("facts", fact(staf_fte=1)), "facts [staf_fte]: staf_fte. E02 column 'staf_fte' is unknown. Did you mean 'staff_fte'?"),
    "E02 range of nothing": (
        added("facts", fact(score_low=1)),
        "facts [score_low]: score_low. E02 column 'score_low' belongs to a column 'score', which is not there. Add 'score' or rename it.",
    ),
    "E03": (changed("membership", 3, organisation=""), "membership row 3 (counted from 0) [organisation]: (empty). E03 required cell is empty. Fill it."),
    "E03 ownership": (
        added("ownership", owns("x", "a0", None)),
        "ownership row 10 (counted from 0) [share]: (empty). E03 neither share nor control is given. Fill one of them.",
    ),
    "E03 funding": (
        added("funding", fund("members")),
        "funding row 0 (counted from 0) [amount_eur]: (empty). E03 neither an amount nor a share is given. Fill one of them.",
    ),
    "E04": (
        changed("membership", 3, to="31.12.24"),
        "membership row 3 (counted from 0) [to]: 31.12.24. E04 '31.12.24' is no date. Use 2024-03-31; years of two digits are refused.",
    ),
    "E05": (changed("organisations", 3, employees="many"), "organisations row 3 (counted from 0) [employees]: many. E05 'many' is no number."),
    "E06": (
        changed("membership", 3, role="memer"),
        "membership row 3 (counted from 0) [role]: memer. E06 'memer' is not allowed. Allowed: coordinator, member, facilitator, rd_body, foreign_member. Did you mean 'member'?",
    ),
    "E07": (
        added("clusters", KEYS | {"name": "Other"}),
        "clusters row 2 (counted from 0) [cluster]: K. E07 id 'K' stands in rows 0, 2. One row per cluster: merge them.",
    ),
    "E07 year": (
        added("facts", fact(staff_fte=1), fact(staff_fte=2)),
        "facts row 1 (counted from 0) [year]: K, 2024. E07 id 'K, 2024' stands in rows 0, 1. Merge them.",
    ),
    "E08": (
        changed("membership", 3, cluster="KK"),
        "membership row 3 (counted from 0) [cluster]: KK. E08 cluster 'KK' is not in sheet clusters. Nearest: K. Add it there or correct the id.",
    ),
    "E09": (
        changed("membership", 3, organisation="Organization a3"),
        "membership row 3 (counted from 0) [organisation]: Organization a3. E09 organisation 'Organization a3' is not in sheet organisations. Similar names: a3 (Organisation a3), ",
    ),
    "E09 owned": (
        added("ownership", owns("a0", "zz")),
        "ownership row 10 (counted from 0) [owned]: zz. E09 organisation 'zz' is not in sheet organisations. Add or correct.",
    ),
    "E10": (
        changed("membership", 3, to="2019-12-31"),
        "membership row 3 (counted from 0) [to]: 2019-12-31. E10 ends (2019-12-31) before it starts (2020-01-01). Swapped?",
    ),
    "E10 ownership": (
        changed("ownership", 3, to="2019"),
        "ownership row 3 (counted from 0) [to]: 2019-12-31. E10 ends (2019-12-31) before it starts (2020-01-01). Swapped?",
    ),
    "E11": (
        added("membership", joins("a1", "2022-01-01", "2023-12-31", role="rd_body")),
        "membership row 10 (counted from 0) [organisation]: a1. E11 organisation 'a1' is twice in cluster 'K' as member and rd_body: rows 1, 10 share 2022-01-01 to 2023-12-31. Merge them or end one earlier.",
    ),
    "E12": (
        changed("membership", 3, **{"from": "2019-06-01"}),
        "membership row 3 (counted from 0) [from]: 2019-06-01. E12 membership (2019-06-01 to open) lies outside the cluster's life (2020-01-01 to open). Correct",
    ),
    "E13 life": (
        changed("clusters", 1, dissolved="2019"),
        "clusters row 1 (counted from 0) [dissolved]: 2019-12-31. E13 dissolved (2019-12-31) before founded (2020-01-01).",
    ),
    "E13 strategy": (
        changed("clusters", 1, strategy_from="2022", strategy_to="2021"),
        "clusters row 1 (counted from 0) [strategy_to]: 2021-12-31. E13 strategy ends (2021-12-31) before it starts (2022-01-01).",
    ),
    "E13 joint": (
        changed("clusters", 1, dissolved="2030", joint_since="2031"),
        "clusters row 1 (counted from 0) [joint_since]: 2031-01-01. E13 joint_since (2031-01-01) after dissolved (2030-12-31).",
    ),
    "E14": (
        changed("membership", 3, role="coordinator"),
        "membership row 3 (counted from 0) [role]: coordinator. E14 cluster 'K' has two coordinators from 2020-01-01 to today and on: a0, a3 (rows 0, 3). End one or make it a member.",
    ),
    "E15": (
        changed("ownership", 3, share=60),
        "ownership row 3 (counted from 0) [share]: 60. E15 share 60 is not between 0 and 1. Write 0.6 or 60 % if that is meant.",
    ),
    "E15 sum": (
        added("ownership", owns("a0", "a3", 0.2)),
        "ownership row 10 (counted from 0) [share]: 0.2. E15 the shares in 'a3' add up to 1.2 > 1 on 2020-01-01 (rows 3, 10). Correct them, or give the days from and to.",
    ),
    "E16 self": (added("ownership", owns("zz", "zz")), "ownership row 10 (counted from 0) [owned]: zz. E16 'zz' owns itself. Leave the row out."),
    "E16 circle": (
        added("ownership", owns("x", "y"), owns("y", "z"), owns("z", "x", None, control="board")),
        "ownership row 12 (counted from 0) [owned]: x. E16 control runs in a circle: x → y → z → x (rows 10, 11, 12). Correct a share, or end one of the rows.",
    ),
    "E17 sum": (
        added("funding", fund("members", 0.5), fund("state", 0.4)),
        "funding row 1 (counted from 0) [share]: 0.4. E17 funding of K in 2024: shares add up to 0.9 (must be 1 ± 0.005; rows 0, 1). Correct them, or add the source that is missing.",
    ),
    "E17 mixed": (
        added("funding", fund("members", 0.5), fund("state", None, 10)),
        "funding row 1 (counted from 0) [share]: (empty). E17 funding of K in 2024: shares and amounts are mixed (rows 0, 1). Give one of the two.",
    ),
    "E17 twice": (
        added("funding", fund("eu", None, 5), fund("eu", None, 10)),
        "funding row 1 (counted from 0) [source]: eu. E17 funding of K in 2024: source 'eu' stands twice (rows 0, 1). Add them up.",
    ),
    "E18": (added("member_facts", {"organisation": "a0", "year": 2024, "rd_eur": -5}), "member_facts row 0 (counted from 0) [rd_eur]: -5. E18 -5 is below 0."),
    "E18 export": (
        added("member_facts", {"organisation": "a0", "year": 2024, "export_eur": 7, "turnover_eur": 5}),
        "member_facts row 0 (counted from 0) [export_eur]: 7. E18 export 7 over turnover 5. Correct one of them; both are in EUR.",
    ),
    "E19": (
        added("cooperation", event("e", "a0", "2024-05-01", "2024-04-01")),
        "cooperation row 0 (counted from 0) [end]: 2024-04-01. E19 event e ends (2024-04-01) before it starts (2024-05-01). Swapped?",
    ),
    "E19 different": (
        added("cooperation", event("e", "a0"), event("e", "a1", end=None)),
        "cooperation row 1 (counted from 0) [start]: 2024-01-01. E19 event e has rows with different dates: 2024-01-01 to 2024-12-31 (row 0 (counted from 0)), 2024-01-01 to no end (row 1 (counted from 0)). Give all its rows the same days.",
    ),
    "E20": (
        added("facts", fact(score_low=3, score=2, score_high=5)),
        "facts row 0 (counted from 0) [score]: 2. E20 low 3, value 2, high 5 are not in order. Correct them.",
    ),
    "E21": (added("facts", fact(year=1066)), "facts row 0 (counted from 0) [year]: 1066. E21 year 1066 is outside 1990 to "),
    "E22": (
        changed("organisations", 3, country="GB"),
        "organisations row 3 (counted from 0) [country]: GB. E22 country code 'GB' is unknown (two letters as Eurostat writes them). Nearest: UK.",
    ),
    "E23": (
        added("population", {"region": "LT01", "nace": "J62", "year": 2024, "firms": 9, "employees": None}),
        "population row 0 (counted from 0) [firms]: 9. E23 population of J62 in LT01 has 9 firms, but 10 member firms are there (a0, ...).",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_fault(case):
    tables, words = CASES[case]
    (found,) = faults(tables)
    assert found.startswith(words)


def test_every_fault_of_tables_has_a_case():
    assert {case.split()[0] for case in CASES} == set(FAULTS) - {"E01", "E24"}  # these are about files


def test_a_fault_carries_its_parts():
    with pytest.raises(DataError, match=r"1 fault \(E10\)") as error:
        Register.from_frames(**changed("membership", 3, to="2019-12-31"))
    (fault,) = error.value.faults
    assert (fault.code, fault.place, fault.row, fault.column, fault.value) == ("E10", "membership", "3 (counted from 0)", "to", "2019-12-31")
    assert fault.remedy == "Swapped?"


def test_the_base_has_neither_fault_nor_remark():
    register = Register.from_frames(**base())
    assert set(register.quality["action"]) == {"read"}
    assert len(register.membership) == 10


@pytest.mark.parametrize(
    "tables",
    [
        added("membership", joins("a9", "2020", "2021"), joins("a9", "2022", "2022"))
        | {"organisations": added("organisations", {"organisation": "a9", "name": "Z", "country": "LT", "kind": "public"})["organisations"]},
        changed("membership", 0, to="2022-12-31", role="coordinator") | {"organisations": base()["organisations"]},
        changed("clusters", 0, dissolved="2024"),  # memberships without an end go on as long as their cluster
        added("ownership", owns("x", "a3", 0.6, "2010", "2019")),  # shares of different times
        added("ownership", owns("x", "y", 0.6, "2010", "2014"), owns("y", "x", 0.6, "2015")),  # control in turn is no circle
        added("ownership", owns("x", "y", 0.5), owns("y", "x", 0.5)),  # half is no control
        added("funding", fund("members", "35 %"), fund("state", "65 %")),
        added("funding", fund("members", 0.334), fund("state", 0.333), fund("eu", 0.333)),
        added("facts", fact(score_low=1, score=None, score_high=5, english_site="yes")),
        added("facts", fact(staff_fte=1, staff_fte_low=0.5, staff_fte_high=2)),
        added("population", {"region": "LT01", "nace": "J", "year": 2019, "firms": 0, "employees": None}),
        added("cooperation", event("e", "a0"), event("e", "a1"), event("f", "a0", "2020", None)),
    ],
)
@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
def test_what_is_no_fault(tables):
    assert Register.from_frames(**tables).n_clusters == 2


def test_all_faults_come_at_once_and_in_order():
    tables = base()
    tables["membership"].loc[0, "to"] = "x"
    tables["membership"].loc[1, "role"] = "y"
    tables["membership"].loc[2, "cluster"] = "M"
    tables["organisations"].loc[1, "country"] = "GB"
    tables["clusters"].loc[1, "dissolved"] = "1999"
    assert [fault.split(". ")[1][:3] for fault in faults(tables)] == ["E13", "E22", "E04", "E06", "E08"]


def test_a_fault_is_told_once_in_each_place():
    tables = added("clusters", KEYS, KEYS)
    assert len(faults(tables)) == 1  # three equal rows are one fault


def remarks(tables):
    with pytest.warns(DataWarning) as caught:
        register = Register.from_frames(**tables)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    table = register.quality
    table = table[table["item"].str.match(r"W\d\d")]
    codes = {code: int(table.loc[table["item"].str.startswith(code), "count"].sum()) for code in sorted(set(table["item"].str[:3]))}
    assert all(f"{code} {REMARKS[code]} ({count:,})" in str(caught[0].message) for code, count in codes.items())
    return codes, "; ".join(table["examples"]), register


def large_event():
    tables = base()
    guests = [f"g{k:02}" for k in range(28)]
    tables["organisations"] = pd.concat([tables["organisations"], rows(*({"organisation": g, "name": g, "country": "LV", "kind": "firm"} for g in guests))])
    tables["cooperation"] = rows(*(event("big", o) for o in [*guests, "a0", "a1"]), event("e", "a0"), event("e", "a1"), event("f", "a2"), event("f", "a1"))
    return tables


REMARKED = {
    "W01": (
        changed("organisations", 1, name="UAB „Organisation a0“"),
        {"W01": 1},
        "Organisation a0 (a0) and UAB „Organisation a0“ (a1) are probably one organisation (same name and country)",
    ),
    "W02": (changed("membership", 4, to="2022"), {"W02": 1}, "cluster K has 4 members on 2023-01-01, fewer than 5: a0, a1, a2, a3. It gets no level"),
    "W03": (changed("membership", 0, role="member"), {"W03": 1}, "cluster K on 2020-01-01: coordinator indicators are not known"),
    "W05 home": (changed("membership", 3, role="foreign_member"), {"W05": 1}, "a3 is a foreign_member of K, but is in its country; the country decides"),
    "W05 abroad": (changed("organisations", 3, country="LV", nuts3="LV006"), {"W05": 1}, "a3 is a member of K, but is in another country; the country decides"),
    "W06": (changed("membership", 3, role="rd_body"), {"W06": 1}, "a3 in K; the role decides for members_research: check"),
    "W07": (changed("organisations", 3, size="micro"), {"W07": 1}, "a3 is micro, but has 20 employees"),
    "W07 group": (
        added("ownership", owns("person a1", "a0", None, "2020", control="votes"), owns("a2", "a0", None, "2020", control="votes"))
        | {"organisations": changed("organisations", 2, employees=240, size="medium")["organisations"]},
        {"W07": 2},
        "a0 is small, but its owner group has 260 employees; a2 is medium, but its owner group has 260 employees",
    ),
    "W08": (added("membership", joins("a1", "2018", "2019")) | {"clusters": changed("clusters", 0, founded="2018")["clusters"]}, {"W08": 1}, "a1 in K"),
    "W09": (changed("organisations", 3, name=" UniversitÃ© "), {"W09": 1}, "' UniversitÃ© '"),
    "W10": (
        changed("organisations", 3, nace=None, nuts3=None, size=None) | {"ownership": base()["ownership"].drop(4)},
        {"W10": 4},
        "sector of a3; region of a3; size of a3; a4 has no row and is taken as independent",
    ),
    "W11": (added("facts", fact()), {"W11": 1}, "L in 2024 (needed by staff_fte, activities_per_year)"),
    "W11 members": (
        added("member_facts", *({"organisation": f"a{k}", "year": 2024, "rd_declared": "yes"} for k in range(5))),
        {"W11": 5},
        "b0, b1, b2 and 2 more in 2024 (needed by members_rd, ",
    ),
    "W12": (added("organisations", {"organisation": "z", "name": "Z", "country": "LT", "kind": "other"}), {"W12": 1}, "z"),
    "W13": (changed("ownership", 3, **{"from": None}), {"W13": 1}, "person a3 owns a3"),
    "W14": (large_event(), {"W14": 1}, "event big has 30 participants; ties from it are 50% of the internal ties of K"),
}


@pytest.mark.parametrize("case", REMARKED)
def test_remark(case):
    tables, expected, words = REMARKED[case]
    codes, examples, _ = remarks(tables)
    assert codes == expected
    assert words in examples


def test_a_facilitator_alone_at_the_head_is_remarked():
    codes, examples, _ = remarks(changed("membership", 0, role="facilitator"))
    assert codes == {"W02": 1, "W03": 1, "W04": 1}
    assert "cluster K has no coordinator, but the facilitator a0; if it coordinates give it that role" in examples


def test_every_remark_of_tables_has_a_test():
    assert {case.split()[0] for case in REMARKED} | {"W04"} == set(REMARKS) - {"W15"}  # that one compares two workbooks


def test_memberships_that_touch_are_one_and_others_are_not():
    tables = base()
    tables["clusters"]["founded"] = "2010"
    more = [joins("a1", "2018", "2019"), joins("a1", "2016", "2017"), joins("a2", "2018", "2018"), joins("a3", "2018", "2019", role="rd_body")]
    tables["membership"] = pd.concat([tables["membership"], rows(*more)], ignore_index=True)
    codes, _, register = remarks(tables)
    assert codes["W08"] == 2
    found = register.membership.sort_values(["organisation", "from"])
    assert found[found["organisation"] == "a1"]["from"].tolist() == [pd.Timestamp("2016-01-01")]
    assert found["to"].isna().sum() == 10
    assert (found["organisation"] == "a2").sum() == (found["organisation"] == "a3").sum() == 2


def test_a_plain_table_of_members_goes_through():
    members = pd.DataFrame({"cluster": ["K"] * 5 + [7], "organisation": [*"abcde", 1.0]})
    with pytest.warns(DataWarning):
        register = Register.from_frames(pd.DataFrame({"cluster": ["K", 7]}), members)
    assert register.clusters.index.tolist() == ["K", "7"]
    assert register.organisations.index.tolist() == ["1", *"abcde"]
    assert register.organisations["kind"].isna().all()
    assert register.membership["role"].tolist() == ["member"] * 6
    told = register.quality.set_index(["item", "place"])["count"]
    assert told["role filled in: member", "membership"] == 6
    assert told["from not known", "membership"] == 6
    assert told["founded not known", "clusters"] == 2
    assert told["name filled in: identifiers", "clusters"] == 2
    assert told["kind not known", "organisations"] == 6
    assert told["organisations of which only the identifier is known, for there is no table of them", "organisations"] == 6


def test_unknown_starts_overlap_only_where_that_is_certain():
    twice = pd.DataFrame({"cluster": "K", "organisation": ["a", "a"], "from": [None, 2020], "to": [2019, None]})
    with pytest.warns(DataWarning):
        Register.from_frames(pd.DataFrame({"cluster": ["K"]}), twice)
    (found,) = faults({"clusters": pd.DataFrame({"cluster": ["K"]}), "membership": twice.assign(to=[2020, None])})
    assert "E11" in found


def test_tables_may_be_typed_and_have_their_key_as_index():
    tables = base()
    tables["clusters"] = tables["clusters"].set_index("cluster").assign(governance=[True, None], founded=pd.Timestamp("2020-01-01"))
    tables["organisations"] = tables["organisations"].astype({"employees": "Int64", "kind": "category"})
    tables["membership"]["from"] = pd.to_datetime(tables["membership"]["from"])
    register = Register.from_frames(**tables)
    assert register.clusters["governance"].tolist() == [True, pd.NA]
    assert register.organisations["employees"].tolist() == [20] * 10


@pytest.mark.parametrize("table", [None, [1], pd.DataFrame([[1, 2]], columns=["a", "a"])])
def test_what_is_no_table(table):
    with pytest.raises(DataError, match="clusters table"):
        Register.from_frames(table, base()["membership"])


def test_a_frozen_register_does_not_change_with_its_tables():
    tables = base()
    register = Register.from_frames(**tables)
    before = register.fingerprint
    tables["membership"].loc[:, "organisation"] = "x"
    given_out = register.membership
    given_out["organisation"] = "x"
    assert Register.from_frames(**base()).fingerprint == before
    assert register.membership["organisation"].iloc[0] == "a0"


def test_organisations_that_are_probably_one():
    table = pd.DataFrame(
        [
            ("1", "UAB Lazeris", "LT", "300 123", None),
            ("2", "Something else", "LT", "300123", None),
            ("3", "Lazeris, UAB", "LT", None, "LT 100"),
            ("4", "LAZERIS", "LV", None, "LT100"),
            ("5", "UAB „Lazeris“", "LT", "999", None),
            ("6", "Žuvis VšĮ", "LT", "0", "-"),
            ("7", "viešoji įstaiga Zuvis", "LT", "0", "n/a"),
            ("8", "UAB", "LT", None, None),
            ("9", "AB", "LT", None, None),
        ],
        columns=["organisation", "name", "country", "registry_code", "vat"],
    ).set_index("organisation")
    found = likely_same(table)
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("1", "2", "same registry code 300 123"),
        ("1", "3", "same name and country"),
        ("3", "4", "same VAT number LT 100"),
        ("6", "7", "same name and country"),
    ]
    assert likely_same(table.iloc[::-1]).equals(found)
    assert likely_same(table.iloc[:0]).empty


def test_plain_names():
    assert plain_name("UAB „Šviesos technologijos“") == plain_name("SVIESOS TECHNOLOGIJOS, UAB") == "sviesos technologijos"
    assert plain_name("O'Neil & Sons Ltd.") == "oneil and sons"
    assert plain_name("Organisation a1") != plain_name("Organisation a2")
