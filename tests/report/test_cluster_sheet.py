import html as markup
import re
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

import innovnet as inn
from innovnet.clusters import load_rules
from innovnet.errors import DataError
from innovnet.report._canvas import svg
from innovnet.report._cluster_book import BLOCKS, _titles
from innovnet.report._cluster_criteria import _range, asks
from innovnet.report._cluster_network import _slim
from innovnet.report._cluster_words import condition, indicator_text, said
from innovnet.report._exhibit import Exhibit
from innovnet.report._tokens import TOKENS

ALL = [f"K{k:02}" for k in range(1, 13)]
HOSTILE = [
    r"Cash$ \frac{1}{2} $x$",
    "</script><img src=x onerror=alert(1)>",
    "東京大学",
    "جامعة القاهرة",
    "🚀 Rockets",
    'id="x" #1c2733',
    "W" * 300,
    "=HYPERLINK(1)",
]


def visible(page):
    """The texts of a page, those of drawings and of attributes that are read aloud among them."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|title)="([^"]*)"', body)
    return markup.unescape(" ".join([*re.sub(r"<[^>]+>", "\n", body).split("\n"), *spoken]))


def text(page):
    return " ".join(visible(page).replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "").split())


def as_exhibit(part):
    return Exhibit(
        part.key, "looks-like", part.title, part.tables, part.columns, lead="-", caption=part.caption or "-", alt=part.alt, reading="-", draw=part.draw
    )


@pytest.mark.parametrize(
    ("cluster", "result"),
    [
        ("K01", "Not a cluster: five more members needed (0 of 5). The same on published and borrowed criteria alone."),
        ("K06", "Emerging. The same on published and borrowed criteria alone."),
        ("K09", "Developing. On published and borrowed criteria alone: formed."),
        ("K10", "Mature. The same on published and borrowed criteria alone. Assigned for 2025: developing."),
        ("K11", "Developing, at least; mature if Organisation q2 or Organisation q3 declares R&D. On published and borrowed criteria alone: formed."),
    ],
)
def test_the_result_in_one_sentence(of_twelve, cluster, result):
    sheet = of_twelve(cluster)
    assert sheet.result == result
    assert result in text(inn.report.render_sheet(sheet))


@pytest.mark.parametrize(
    ("cluster", "missing", "firm"),
    [
        (
            "K06",
            [("needed", "F1", "One more independent member (4 of 5)", "borrowed", "")],
            [
                "No single exit lowers it; any two do: it is then not a cluster (E1, members).",
                "Weakest criterion: E1, members: lost with 2 fewer (6 now, 5 needed).",
                "If nothing new is entered, it is still emerging on 31 December 2028.",
                "1 of 6\u00a0members is assumed to be independent (no row of ownership).",
            ],
        ),
        (
            "K09",
            [
                ("needed", "M3", "One more member with declared R&D (2 of 3)", "borrowed", ""),
                ("choice", "M5", "One more member tied to 2 others of the core (4 of 5)", "ours", "1 of these 3 is enough"),
                ("choice", "M7", "One more member in the largest part without the coordinator (3 of 4)", "ours", "1 of these 3 is enough"),
                ("choice", "M6", "Two more foreign members or partners (1 of 3)", "ours", "1 of these 3 is enough"),
            ],
            [
                "No single exit lowers it; two can: for example without Organisation g0 and Organisation g1 it falls to emerging (F4, connected members).",
                "Weakest criterion: D2, members of long standing (3 years): lost with 2 fewer (6 now, 5 needed).",
                "If nothing new is entered: still developing on 31 December 2027; on 31 December 2028 emerging (lost: F4, connected members).",
                "All 7 members are assumed to be independent (no row of ownership).",
            ],
        ),
        (
            "K11",
            [
                (
                    "data",
                    "M3",
                    "Members with R&D: 2 to 4, at least 3 needed; not known of Organisation q2, Organisation q3: one yes is enough; if both say no, one more such member needed",
                    "borrowed",
                    "",
                )
            ],
            [
                "One exit can lower it: without Organisation q0 or Organisation q1 it falls to formed (D8, exporting members).",
                "If nothing new is entered: still developing on 31 December 2027; on 31 December 2028 emerging (lost: F4, connected members).",
                "All 6 members are assumed to be independent (no row of ownership).",
            ],
        ),
    ],
)
def test_words_of_three_clusters(of_twelve, cluster, missing, firm):
    parts = of_twelve(cluster).parts
    table = parts["missing"].tables["missing"]
    assert list(table[["group", "criterion", "text", "mark", "enough"]].itertuples(index=False, name=None)) == missing
    assert list(parts["firm"].sentences) == firm


def test_time_brings_what_it_brings(of_twelve):
    parts = of_twelve("K12").parts
    table = parts["missing"].tables["missing"]
    assert table.loc[table["group"] == "time", "text"].to_list() == [
        "Members of long standing (5 years): on 2026-05-31 by itself",
        "Joint activity: on 2026-06-01 by itself",
    ]
    assert parts["firm"].sentences[0] == "Any one exit lowers it: it is then not a cluster (E1, members)."


def test_the_criteria_say_what_is_met_and_whose_they_are(of_twelve):
    table = of_twelve("K11").parts["criteria"].tables["criteria"].set_index("criterion")
    assert table.loc["M3", ["said", "needed", "verdict", "mark"]].to_list() == ["2 to 4", "≥\u00a03", "not known", "borrowed"]
    assert table.loc["M8", ["said", "needed", "verdict", "mark"]].to_list() == ["not known", "≥\u00a030 %", "not known", "ours"]
    assert table.loc["F1", ["said", "assumed"]].to_list() == ["6, all assumed", 6]
    assert of_twelve("K06").parts["criteria"].tables["criteria"].set_index("criterion").loc["F1", "said"] == "4, 1 assumed"
    assert table.index[table["standing"] == "decides"].to_list() == ["M3"]
    assert "M3: ministry's news joins M3 and M4 by 'or'." in of_twelve("K11").parts["criteria"].caption
    assert table.loc["E1", ["said", "verdict", "mark"]].to_list() == ["6", "meets", "published"]
    page = text(inn.report.render_sheet(of_twelve("K11")))
    assert "by our operationalisation, no rule of any authority" in page
    assert "Only 'published' criteria are the Concept's own" in page
    assert "? not known" in page
    assert "✕ does not meet" in page
    assert "susiformavęs" in page
    assert "InoKlaster 02-046-K, 2024-02-13, read in a summary only" in page
    assert not re.search(r"\bfail|\brank(?:ed|ing)\b|\bscore\b", page, re.IGNORECASE)


def test_members_entries_and_ties_of_nine(of_twelve):
    parts = of_twelve("K09").parts
    why = "2023: not yet developing: lower levels have to be held for their years first (a pace of ours)."
    assert parts["trend"].sentences == ("2024: joined: Organisation g6.", why)
    members = parts["network"].tables["members"].set_index("organisation")
    assert members["ties"].to_dict() == {"g0": 5, "g1": 3, "g2": 3, "g3": 3, "g4": 1, "g5": 1, "g6": 0}
    assert members.index[members["coordinator"]].to_list() == ["g0"]
    ties = parts["network"].tables["ties"].set_index(["source", "target"])["joint_events"]
    assert len(ties) == 8
    assert ties["g0", "g1"] == ties["g2", "g3"] == 2
    assert parts["network"].tables["outside"].to_dict("records") == [{"country": "LV", "partners": 1, "organisation": "g1", "partners_of_member": 1}]
    assert parts["network"].sentences[0].startswith("8\u00a0ties inside; random groups of similar organisations have 1.10 on average (p = 0.001).")
    assert parts["network"].caption.startswith("Without a tie inside: Organisation g6.")
    assert of_twelve("K06").parts["network"].sentences[0].startswith("5\u00a0ties inside, in 2 separate parts of 4 and 2 members; ")
    assert "50\u202f% of the ties rest on one event alone." in parts["network"].sentences[0]


def test_members_that_are_elsewhere_and_abroad(of_twelve):
    tables = of_twelve("K12").parts["network"].tables
    members = tables["members"].set_index("organisation")
    assert members["also_in"].to_dict() == {"ff": "", "m1": "K10", "m6": "K10", "t1": "", "t2": ""}
    assert members.index[members["foreign"]].to_list() == ["ff"]
    assert members["type"].to_dict() == {"ff": "firm", "m1": "firm", "m6": "institute", "t1": "firm", "t2": "firm"}
    assert tables["outside"].groupby("country")["partners"].first().to_dict() == {"DE": 1, "LT": 5, "LV": 1}


def test_the_others_are_those_of_the_country_and_the_day(of_twelve):
    part = of_twelve("K09").parts["strips"]
    assert len(part.tables["strips"]) == 10
    others = part.tables["strips_others"]
    assert sorted(others["cluster"].unique()) == [k for k in ALL if k != "K09"]
    assert set(others.loc[others["same_level"], "cluster"]) == {"K11", "K12"}
    assert "n = 11" in part.caption
    given = of_twelve.field.indicators.loc[("K09", "foreign_reach"), "value"]
    assert part.tables["strips"].set_index("indicator").loc["foreign_reach", "value"] == given == 1


def numbers_of(sheet):
    """All numbers of the tables of a sheet, as they may be written: exact, with up to three decimals, as per cent."""
    found = set()
    for table, _columns in inn.report.sheet_tables(sheet).values():
        found |= {f"{len(table)}"}
        for name in table.columns:
            values = table[name].dropna()
            if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
                for v in np.unique(values.to_numpy(dtype=np.float64)):
                    for scaled, digits in ((v, 0), (v, 1), (v, 2), (v, 3), (100 * v, 0), (100 * v, 1), (100 * v, 2)):
                        found |= {f"{abs(scaled):.{digits}f}", f"{abs(scaled):.{digits}f}".rstrip("0").rstrip(".")}
            else:
                found |= {n for cell in values.astype("str") for n in re.findall(r"\d+(?:\.\d+)?", cell.replace("\u202f", ""))}
            found |= {f"{values.nunique()}"}
    return found


@pytest.mark.parametrize("cluster", ALL)
def test_every_number_on_the_page_stands_in_the_tables(of_twelve, cluster):
    sheet = of_twelve(cluster)
    page = visible(inn.report.render_sheet(sheet)).replace("\u202f", "").replace("\u2060", "")
    rules, levels = of_twelve.assessment.rules, sheet.parts["level"].tables["level"]
    said_by_rules = {n for text in [needs for _, needs in sheet.levels] for n in re.findall(r"\d+", text)}
    signs = {
        f"{rules.settings.window_years}",
        f"{int((sheet.parts['strips'].tables['strips_others']['same_level'] & (sheet.parts['strips'].tables['strips_others']['indicator'] == 'members_rd')).sum())}",
    }
    known = numbers_of(sheet) | said_by_rules | signs | set(levels["rank"].astype("str"))
    strange = [n for n in re.findall(r"\d+(?:\.\d+)?", page) if n not in known and n.lstrip("0") not in known]
    assert strange == []


@pytest.mark.parametrize("cluster", ["K01", "K04", "K09", "K10", "K11", "K12"])
def test_all_parts_draw_at_every_width(of_twelve, check_drawing, cluster):
    for part in of_twelve(cluster).parts.values():
        if part.draw is not None:
            check_drawing(as_exhibit(part), (960, part.width, 352))
        for name, table in part.tables.items():
            assert set(table.columns) <= set(part.columns), name


def test_empty_parts_say_why(of_twelve):
    nobody, no_ties = of_twelve("K01").parts, of_twelve("K04").parts
    assert nobody["network"].draw is None
    assert "no counted member" in nobody["network"].sentences[0]
    assert "no level to lose" in nobody["firm"].sentences[0]
    assert no_ties["network"].sentences[0].startswith("No tie inside; random groups")
    assert of_twelve("K10").parts["missing"].sentences == ("Mature is the highest level of these rules: nothing is missing.",)
    alone = inn.report.cluster_sheet(of_twelve.assessment, None, "K09", field=of_twelve.field)
    assert alone.parts["trend"].draw is None
    assert "at least five years" in alone.parts["trend"].sentences[0]
    assert alone.parts["warnings"].sentences == ("Early warnings need monitoring over years.",)
    assert "Over the years" in text(inn.report.render_sheet(alone))


@pytest.mark.filterwarnings("ignore::innovnet.errors.DataWarning")
def test_without_data_on_cooperation_nothing_is_guessed(twelve, followed):
    frames = {name: table for name, table in twelve.frames().items() if name != "cooperation"}
    assessment, monitoring, field = followed(inn.clusters.Register.from_frames(**frames))
    sheet = inn.report.cluster_sheet(assessment, monitoring, "K09", field=field)
    assert sheet.parts["network"].sentences == ("Its ties are not known: no cooperation data are given.",)
    assert "no partner outside" not in sheet.parts["network"].caption
    assert sheet.parts["strips"].tables["strips"].set_index("indicator")["text"]["coordinator_share"] in {"not known", "not defined"}
    inn.report.render_sheet(sheet)


def test_what_a_narrow_page_leaves_out_is_said_there(of_twelve):
    register = of_twelve.assessment.register
    long = inn.clusters.monitor(register, rules="lithuania", years=range(2016, 2026))
    sheet = inn.report.cluster_sheet(of_twelve.assessment, long, "K10", field=of_twelve.field)
    assert sheet.parts["trend"].slim == "On this narrow page: the latest 7 years."
    assert '<span class="slim"> On this narrow page: the latest 7\u00a0years.</span>' in inn.report.render_sheet(sheet)
    assert of_twelve("K10").parts["trend"].slim == of_twelve("K10").parts["network"].slim == ""
    many = pd.DataFrame({"country": [f"C{k}" for k in range(7)]})
    assert _slim(pd.DataFrame({"organisation": range(31)}), many) == "On this narrow page: 30 members and 6 countries."


def test_few_years(of_twelve):
    register = of_twelve.assessment.register
    short = inn.clusters.monitor(register, rules="lithuania", years=range(2024, 2026))
    part = inn.report.cluster_sheet(of_twelve.assessment, short, "K09", field=of_twelve.field).parts["trend"]
    assert "Only 2\u00a0years of data: a trend needs at least five." in part.sentences


def rules_like(**settings):
    rules = load_rules("lithuania")
    return replace(rules, settings=replace(rules.settings, **settings))


@pytest.mark.parametrize(
    ("missing", "begin"),
    [
        ("met", "Mature, at most; developing unless Organisation q2 or Organisation q3 declares R&D."),
        ("undecided", "Not decided: developing, or mature if Organisation q2 or Organisation q3 declares R&D."),
    ],
)
def test_other_treatments_of_the_unknown(of_twelve, followed, missing, begin):
    assessment, monitoring, field = followed(of_twelve.assessment.register, rules_like(missing=missing))
    assert inn.report.cluster_sheet(assessment, monitoring, "K11", field=field).result.startswith(begin)


def test_conditions_count_who_is_needed():
    rules = load_rules("lithuania")
    criteria = {c.id: c for c in rules.criteria}
    assert condition(rules, criteria["M3"], 2, ["a", "b"]) == "a or b declares R&D"
    assert condition(rules, criteria["M3"], 1, ["a", "b"]) == "a and b declare R&D"
    assert condition(rules, criteria["M3"], 2, ["a"]) == "a declares R&D"
    assert condition(rules, criteria["M3"], 1, ["a", "b", "c"]) == "2 of a, b, c declare R&D"
    assert condition(rules, criteria["M3"], 1, list("abcdefg")) == "2 of the 7 members not known declare R&D"
    assert condition(rules, criteria["D8"], 1, ["a", "b"]) == "a or b exports"
    assert condition(rules, criteria["F2"], 0, []) == "an approved governance structure is shown"
    assert condition(rules, criteria["F3"], 0, []) == "joint activity is at least 1 year"


def test_values_in_words():
    rules = load_rules("lithuania")
    criteria = {c.id: c for c in rules.criteria}
    assert said(rules, criteria["M3"], 2, 4) == "2 to 4"
    assert said(rules, criteria["D7"], 3, np.inf) == "3 or more"
    assert said(rules, criteria["D7"], 0, np.inf) == "not known"
    assert said(rules, criteria["F2"], 0, 1) == "not known"
    assert said(rules, criteria["F2"], 1, 1) == "yes"
    assert said(rules, criteria["M8"], np.nan, np.nan) == "not defined"
    catalogue = inn.clusters.CATALOGUE
    assert indicator_text(catalogue["own_funds_share"], 0.2, 0.35) == "20–35\u202f%"
    assert indicator_text(catalogue["foreign_reach"], 159, np.inf) == "≥\u00a0159"
    assert indicator_text(catalogue["joint_years"], 4.5863, 4.5863) == "4.6 years"
    assert indicator_text(catalogue["cohesion_lift"], np.nan, np.nan) == "not defined"


def test_what_a_level_needs():
    rules = load_rules("lithuania")
    assert asks(rules, "emerging") == "needs E1"
    assert asks(rules, "developing") == "needs D1–D4 and 2 of D5–D8"
    assert asks(rules, "developing", 3) == "needs D1–D4 and 2 of D5–D8 (3 met)"
    assert asks(load_rules("generic"), "mature") == "needs G10–G12 and 50 % of the weight of G13–G15"
    assert asks(load_rules("ecei"), "gold") == "needs G1, G2"
    assert _range(["A1", "B2", "C3"]) == "A1, B2, C3"


@pytest.mark.parametrize("rules", ["generic", "ecei"])
def test_other_rules_have_their_sheets(of_twelve, followed, check_drawing, rules):
    assessment, monitoring, field = followed(of_twelve.assessment.register, rules)
    sheet = inn.report.cluster_sheet(assessment, monitoring, "K09", field=field)
    page = text(inn.report.render_sheet(sheet))
    check_drawing(as_exhibit(sheet.parts["level"]))
    if rules == "generic":
        assert "These rules rest on no published or borrowed criterion." in page
        assert len(sheet.parts["level"].tables["level_marks"]) == 1
    else:
        assert sheet.result.startswith("No level, at least; gold if eccp listed is yes and audit score is at least 80 %.")
        states = sheet.parts["level"].tables["level"].set_index("level")["state"]
        assert states[["listed", "gold"]].to_list() == ["not reached", "possible"]  # too few members for the one, the other does not build on it


@pytest.fixture(scope="module")
def hostile_sheets(twelve, followed):
    frames = twelve.frames()
    frames["organisations"]["name"] = [f"{HOSTILE[k % len(HOSTILE)]} {k}" for k in range(len(frames["organisations"]))]
    frames["clusters"]["name"] = [HOSTILE[k % len(HOSTILE)] for k in range(len(frames["clusters"]))]
    with pytest.warns(inn.errors.DataWarning):
        register = inn.clusters.Register.from_frames(**frames)
    assessment, monitoring, field = followed(register)
    return [inn.report.cluster_sheet(assessment, monitoring, cluster, field=field) for cluster in assessment.levels.index]


def test_hostile_names_are_texts(hostile_sheets, parsed, check_drawing):
    for sheet in hostile_sheets:
        page = inn.report.render_sheet(sheet)
        reader = parsed(page)
        assert not {"script", "img", "iframe", "link", "object"} & set(reader.tags)
        assert all(address.startswith("#") for address in reader.addresses)
        assert len(reader.ids) == len(set(reader.ids))
        for part in sheet.parts.values():
            if part.draw is not None:
                check_drawing(as_exhibit(part), (part.width, 352))
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in inn.report.render_sheet(hostile_sheets[1])


def test_the_page_loads_nothing_and_knows_no_colour_but_tokens(of_twelve):
    page = inn.report.render_sheet(of_twelve("K11"))
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert not re.search(r"<script|url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)", page)
    css = re.sub(r"--[\w-]+:#[0-9a-f]{6};", "", re.search(r"<style>(.*?)</style>", page, flags=re.DOTALL)[1])
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", css)) == set()
    assert all(f"--{name}:" in page for name in TOKENS)
    assert "@page{size:A4" in page


def test_the_same_sheet_has_the_same_bytes(of_twelve):
    again = inn.report.field_of(inn.clusters.assess(of_twelve.assessment.register, rules="lithuania", at=2025))
    fresh = inn.report.cluster_sheet(again.assessment, of_twelve.monitoring, "K10", field=again)
    assert inn.report.render_sheet(fresh) == inn.report.render_sheet(of_twelve("K10"))


def test_a_part_shows_itself_in_a_notebook(of_twelve):
    sheet = of_twelve("K11")
    assert "mature if Organisation q2" in sheet._repr_html_()
    assert "<svg" in sheet.parts["network"]._repr_html_()
    assert svg(sheet.parts["network"].draw(560), "network").count("<text") > 5


def test_what_does_not_belong_together_is_refused(of_twelve, make_affiliation):
    assessment, monitoring = of_twelve.assessment, of_twelve.monitoring
    with pytest.raises(DataError, match=r"'K99' is not in the register"):
        inn.report.cluster_sheet(assessment, monitoring, "K99", field=of_twelve.field)
    early = inn.clusters.assess(assessment.register, rules="lithuania", at=2022)
    with pytest.raises(DataError, match="does not exist on 2022-12-31"):
        inn.report.cluster_sheet(early, None, "K07")
    with pytest.raises(DataError, match="Give the same cooperation data to both"):
        inn.report.field_of(assessment, make_affiliation(5, 5))
    other = inn.clusters.monitor(assessment.register, rules="generic", years=[2025])
    with pytest.raises(DataError, match="different registers or rules"):
        inn.report.cluster_sheet(assessment, other, "K09", field=of_twelve.field)
    with pytest.raises(DataError, match="a sheet takes Assessment"):
        inn.report.field_of(assessment.register)


def test_the_workbook_has_a_worksheet_for_each_cluster(of_twelve, tmp_path):
    sheets = [of_twelve(cluster) for cluster in ("K06", "K09", "K11")]
    inn.report.write_cluster_book(tmp_path / "clusters.xlsx", sheets)
    book = openpyxl.load_workbook(tmp_path / "clusters.xlsx")
    assert book.sheetnames == ["Read me", "K06 Cluster K06", "K09 Cluster K09", "K11 Cluster K11", "Columns"]
    rows = [list(row) for row in book["K11 Cluster K11"].iter_rows(values_only=True)]
    firsts = [row[0] for row in rows]
    assert rows[2][:2] == ["Result", sheets[2].result]
    body = firsts[firsts.index(None) :]
    assert [t for t in body if t in {title for title, _ in BLOCKS.values()}] == [title for title, _ in BLOCKS.values()]
    at = firsts.index("Criteria")
    assert rows[at + 3][:6] == ["criterion", "label", "said", "needed", "verdict", "mark"]
    table = sheets[2].parts["criteria"].tables["criteria"]
    assert [row[0] for row in rows[at + 4 : at + 4 + len(table)]] == table["criterion"].to_list()
    known = rows[at + 3].index("value_low")
    assert [row[known] for row in rows[at + 4 : at + 4 + len(table)]] == table["value_low"].to_list()
    assert firsts.index("Level") < at < firsts.index("Missing for the next level") < firsts.index("Over the years")


def test_worksheets_of_hostile_names(hostile_sheets, tmp_path):
    inn.report.write_cluster_book(tmp_path / "clusters.xlsx", hostile_sheets)
    book = openpyxl.load_workbook(tmp_path / "clusters.xlsx")
    assert len(book.sheetnames) == len(hostile_sheets) + 2
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert not any(cell.data_type == "f" for page in book for row in page.iter_rows() for cell in row)
    twins = [replace(hostile_sheets[0], cluster="A/B", name="x" * 40)] * 3
    assert _titles(twins) == ["A B " + "x" * 27, "A B " + "x" * 22 + " 2", "A B " + "x" * 22 + " 3"]


def test_an_empty_workbook(tmp_path):
    inn.report.write_cluster_book(tmp_path / "clusters.xlsx", [])
    assert openpyxl.load_workbook(tmp_path / "clusters.xlsx").sheetnames == ["Read me", "Columns"]
