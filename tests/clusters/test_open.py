"""Files of a register as they stand: workbooks and folders of csv, good and evil."""

import datetime as dt
import re
import time
import tracemalloc
import zipfile

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from innovnet.clusters.read._open import open_register
from innovnet.clusters.read._raw import UNSAVED
from innovnet.clusters.read._styles import day_of, style_of
from innovnet.clusters.read._workbook import letters_of
from innovnet.errors import DataError


def moment(*parts):
    return dt.datetime(*parts)  # noqa: DTZ001  # workbooks know no time zones


DAY = moment(2024, 3, 31)


@pytest.fixture
def book(tmp_path):
    """Writes a workbook of one sheet `clusters` by openpyxl: a list of rows, or a function of the sheet."""

    def write(content, name="register.xlsx"):
        made = openpyxl.Workbook()
        sheet = made.active
        sheet.title = "clusters"
        if callable(content):
            content(sheet)
        else:
            for row in content:
                sheet.append(row)
        made.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def altered(tmp_path):
    """Writes a small workbook by xlsxwriter and changes the text of one of its parts."""

    def write(part, change):
        path = tmp_path / "register.xlsx"
        made = xlsxwriter.Workbook(path)
        sheet = made.add_worksheet("clusters")
        for row, cells in enumerate((("cluster", "name"), ("K1", "One"))):
            sheet.write_row(row, 0, cells)
        made.close()
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        assert part in parts
        parts[part] = change(parts[part].decode()).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return path

    return write


@pytest.fixture
def folder(tmp_path):
    """Writes csv files of bytes or text."""

    def write(**files):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def only(path):
    opened = open_register(path)
    assert len(opened.sheets) == 1
    return opened.sheets[0]


SHEET = "xl/worksheets/sheet1.xml"


# Workbooks


def test_cells_keep_their_kinds(book):
    row = ["01069", 1069, 1e5, 0.35, True, DAY, None, "NA", "1E5", "35 %", -2.5, dt.date(2020, 2, 29)]
    raw = only(book([[f"h{k}" for k in range(len(row))], row]))
    assert raw.header == [f"h{k}" for k in range(len(row))]
    assert raw.table.tolist() == [["01069", 1069, 100_000, 0.35, True, DAY, None, "NA", "1E5", "35 %", -2.5, moment(2020, 2, 29)]]
    assert [type(cell) for cell in raw.table[0, :5]] == [str, int, int, float, bool]


def test_rows_keep_the_numbers_that_a_person_sees(book):
    raw = only(book([[], ["cluster", "name"], [None, None], ["K1", "One"], [], ["  ", "\t"], ["K2", None]]))
    assert raw.header == ["cluster", "name"]
    assert raw.rows.tolist() == [4, 7]
    assert raw.table.tolist() == [["K1", "One"], ["K2", None]]


def test_empty_columns_behind_the_last_cell_are_left_out_and_those_between_stay(book):
    def fill(sheet):
        sheet["A1"], sheet["C1"], sheet["A2"], sheet["D3"] = "cluster", "name", "K1", "stray"
        sheet["H9"].number_format = "0.00"  # a format, but nothing in it

    raw = only(book(fill))
    assert raw.header == ["cluster", "", "name", ""]
    assert raw.table.tolist() == [["K1", None, None, None], [None, None, None, "stray"]]


def test_an_empty_sheet_and_one_with_a_header_only(book):
    assert only(book([])).table.shape == (0, 0)
    raw = only(book([["cluster", "name"]]))
    assert (raw.header, raw.table.shape, raw.rows.shape) == (["cluster", "name"], (0, 2), (0,))


def test_formats_decide_what_a_number_is(book):
    shown = {
        "yyyy-mm-dd": DAY,
        "dd.mm.yyyy;@": DAY,
        '[$-427]yyyy "m." mmmm d "d."': DAY,
        "mmm yyyy": DAY,
        "[<2200]0;yyyy-mm-dd": DAY,
        "[>=2200]yyyy-mm-dd;0": DAY,
        "[>=2200]0.0;0": 45382,
        "0.00": 45382,
        "0000000": "0045382",
        "#,##0.00 [$€-427]": 45382,
        '0 "days"': 45382,
        "[Red]0": 45382,
        "0.00E+00": 45382,
        "h:mm": 45382,
        "@": 45382,
    }

    def fill(sheet):
        for k, form in enumerate(shown, start=1):
            sheet.cell(1, k, f"h{k}")
            sheet.cell(2, k, 45382).number_format = form

    assert dict(zip(shown, only(book(fill)).table[0], strict=True)) == shown


@pytest.mark.parametrize("form", ["[<2200]0;yyyy-mm-dd", "[>=2200]yyyy-mm-dd;0"])
def test_a_year_in_a_cell_that_shows_years_and_dates(book, form):
    def fill(sheet):
        sheet["A1"], sheet["A2"], sheet["A3"] = "founded", 2020, 45382
        sheet["A2"].number_format = sheet["A3"].number_format = form

    assert only(book(fill)).table[:, 0].tolist() == [2020, DAY]


def test_per_cent_are_plain_numbers(book):
    def fill(sheet):
        sheet["A1"], sheet["A2"] = "share", 0.35
        sheet["A2"].number_format = "0 %"

    assert only(book(fill)).table[0, 0] == 0.35


@pytest.mark.parametrize("epoch", [1900, 1904])
def test_both_systems_of_days(tmp_path, epoch):
    path = tmp_path / "register.xlsx"
    made = xlsxwriter.Workbook(path, {"date_1904": epoch == 1904})
    sheet = made.add_worksheet("clusters")
    form = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    days = [moment(1910, 1, 1), moment(2000, 2, 29), moment(2024, 3, 31, 13, 45)]
    sheet.write_string(0, 0, "founded")
    for k, day in enumerate(days, start=1):
        sheet.write_datetime(k, 0, day, form)
    made.close()
    assert only(path).table[:, 0].tolist() == days


def test_days_that_excel_does_not_have():
    assert day_of(1) == moment(1900, 1, 1)
    assert day_of(59) == moment(1900, 2, 28)
    assert day_of(60) is None  # 29 February 1900
    assert day_of(61) == moment(1900, 3, 1)
    assert day_of(2_958_465) == moment(9999, 12, 31)
    assert [day_of(serial) for serial in (0.5, -1, 2_958_466, 1e300, float("nan"))] == [None] * 5
    assert not style_of(46, None).date


def test_letters_of_columns():
    assert [letters_of(k) for k in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_shared_and_written_out_texts_are_read_alike(tmp_path):
    texts = ["Šviesa & „Co“ <UAB>", "two\nlines", " blanks ", "_x000D_ as text", "=1+1", "cr\rhere", "日本", "a" * 32_000]
    tables = []
    for constant in (True, False):
        path = tmp_path / f"{constant}.xlsx"
        made = xlsxwriter.Workbook(path, {"constant_memory": constant})
        sheet = made.add_worksheet("clusters")
        for k, text in enumerate(["name", *texts]):
            sheet.write_string(k, 0, text)
        made.close()
        tables.append(only(path).table[:, 0].tolist())
    assert tables[0] == tables[1] == texts


def test_rich_text_is_joined_and_its_phonetic_reading_left_out(altered):
    rich = '<si><r><t>One</t></r><r><rPr><b/></rPr><t xml:space="preserve"> more</t></r><rPh sb="0" eb="1"><t>silent</t></rPh></si>'
    path = altered("xl/sharedStrings.xml", lambda xml: re.sub(r"<si><t>One</t></si>", rich, xml))
    assert only(path).table[0, 1] == "One more"


def test_formulas_without_a_stored_value_are_marked(altered):
    cells = '<c r="A3"><f>1+1</f></c><c r="B3"><f>1+1</f><v>2</v></c><c r="C3" t="str"><f>""</f><v></v></c>'
    path = altered(SHEET, lambda xml: xml.replace("</sheetData>", f'<row r="3">{cells}</row></sheetData>'))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', b"")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert only(path).table[1].tolist() == [UNSAVED, 2]


def test_stored_values_that_must_be_calculated_anew_are_no_values(tmp_path):
    path = tmp_path / "register.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("clusters")
    sheet.write_string(0, 0, "cluster")
    sheet.write_formula(1, 0, "=1+1")  # stores 0, which is wrong
    made.close()
    assert only(path).table[0, 0] is UNSAVED


def test_errors_in_cells_are_faults(altered):
    path = altered(SHEET, lambda xml: xml.replace("</sheetData>", '<row r="3"><c r="B3" t="e"><v>#REF!</v></c></row></sheetData>'))
    (fault,) = open_register(path).faults
    assert str(fault) == "clusters row 3 [B]: #REF!. E24 the cell holds an error. Correct the formula, or write the value."


def test_merged_cells_are_faults_with_their_places(book):
    def fill(sheet):
        for row in (["cluster", "name"], ["K1", "One"], ["K2", "Two"], ["K3", "Three"]):
            sheet.append(row)
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B3:B4")

    faults = open_register(book(fill)).faults
    assert sorted((fault.place, fault.value, fault.code) for fault in faults) == [("clusters", "A2:A3", "E24"), ("clusters", "B3:B4", "E24")]
    assert "Unmerge" in faults[0].remedy


def test_very_many_merged_cells_are_counted(altered):
    merged = "".join(f'<mergeCell ref="A{k}:B{k}"/>' for k in range(2, 5002))
    path = altered(SHEET, lambda xml: xml.replace("</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>"))
    faults = open_register(path).faults
    assert len(faults) == 101
    assert "4,900 further merged cells" in faults[-1].problem


def test_other_sheets_are_named_only(tmp_path):
    made = openpyxl.Workbook()
    made.active.title = "My notes"
    made.active.append(["whatever"])
    made.active.merge_cells("A1:C3")
    made.create_sheet("Klasteriai").append(["klasteris"])
    made.create_sheet("membership").sheet_state = "hidden"
    made["membership"].append(["cluster"])
    made.create_sheet("Apie").append(["explains"])
    made.save(tmp_path / "register.xlsx")
    opened = open_register(tmp_path / "register.xlsx")
    assert {raw.name: raw.header for raw in opened.sheets} == {"My notes": [], "Klasteriai": ["klasteris"], "membership": ["cluster"], "Apie": []}
    assert opened.kind == "xlsx"
    assert opened.faults == []


def test_cells_without_places_stand_one_after_the_other(altered):
    path = altered(SHEET, lambda xml: re.sub(r' r="[A-Z]*\d+"', "", xml))
    raw = only(path)
    assert (raw.header, raw.table.tolist(), raw.rows.tolist()) == (["cluster", "name"], [["K1", "One"]], [2])


def test_the_strict_dialect_is_read(altered):
    path = altered(SHEET, lambda xml: xml.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"))
    assert only(path).table.tolist() == [["K1", "One"]]


def test_prefixes_of_names_do_not_matter(altered):
    def prefixed(xml):
        xml = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
        return xml.replace('xmlns="', 'xmlns:x="')

    assert only(altered(SHEET, prefixed)).table.tolist() == [["K1", "One"]]


def test_dates_written_as_iso_are_moments(altered):
    path = altered(SHEET, lambda xml: xml.replace("</sheetData>", '<row r="3"><c r="A3" t="d"><v>2024-03-31T00:00:00Z</v></c></row></sheetData>'))
    assert only(path).table[1, 0] == DAY


def test_macros_are_not_looked_at(book):
    path = book([["cluster"], ["K1"]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0" * 100)
    renamed = path.with_suffix(".xlsm")
    path.rename(renamed)
    assert only(renamed).table.tolist() == [["K1"]]


# Evil workbooks


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
    ],
)
def test_document_types_are_refused_in_every_part(altered, part, declared):
    def bomb(xml):
        head = re.match(r"<\?xml.*?\?>", xml)
        return f"{head[0]}{declared}{xml[head.end() :]}" if head else declared + xml

    with pytest.raises(DataError, match=r"E24 .*DOCTYPE"):
        open_register(altered(part, bomb))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(book):
    path = book([["cluster"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/image.png", "w") as part:
        for _ in range(50):
            part.write(b"\0" * 2**20)
    start = time.process_time()
    with pytest.raises(DataError, match="more than 200 to 1"):
        open_register(path)
    assert time.process_time() - start < 1


def test_a_part_that_is_longer_than_it_says(book):
    path = book([["cluster", "name"], *([f"K{k}", "x"] for k in range(1000))])
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    size = info.file_size.to_bytes(4, "little")
    for place in [k for k in range(len(data)) if data[k : k + 4] == size]:
        data[place : place + 4] = (500).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(DataError, match="E24"):
        open_register(path)


@pytest.mark.parametrize("kept", [0, 1, 2, 10, 100, 1000, 3000, -1])
def test_truncated_workbooks_are_refused(book, kept):
    path = book([["cluster", "name"], *([f"K{k}", "x"] for k in range(100))])
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match="E24 the file cannot be read"):
        open_register(path)


def test_bytes_that_were_changed_never_crash(book):
    path = book([["cluster", "founded"], *([f"K{k}", DAY] for k in range(50))])
    good, random = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        data = bytearray(good)
        for place in random.integers(0, len(data), 3):
            data[place] = random.integers(0, 256)
        path.write_bytes(data)
        try:
            open_register(path)
        except DataError:
            refused += 1
    assert refused > 50


def test_encrypted_workbooks_say_so(tmp_path):
    path = tmp_path / "register.xlsx"
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500)
    with pytest.raises(DataError, match=r"it is encrypted\. Open it in a spreadsheet program, remove the password"):
        open_register(path)


def test_old_workbooks_say_what_to_do(tmp_path):
    path = tmp_path / "register.xls"
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 500)
    with pytest.raises(DataError, match=r"old kind \(.xls\).*Save it as Excel workbook"):
        open_register(path)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"content.xml": "x", "mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, r"OpenDocument file \(.ods\)"),
        ({"[Content_Types].xml": "x", "xl/workbook.bin": "x"}, r"binary workbook \(.xlsb\)"),
        ({"clusters.csv": "x"}, "it is a zip, but no workbook"),
        ({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}, "it is no workbook"),
    ],
)
def test_other_zips_say_what_they_are(tmp_path, parts, words):
    with zipfile.ZipFile(tmp_path / "register.xlsx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(DataError, match=words):
        open_register(tmp_path / "register.xlsx")


def test_an_encrypted_part_and_one_that_is_there_twice(book, recwarn):
    path = book([["cluster"]])
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\1\2") + 8] |= 1
    changed = path.with_name("encrypted.xlsx")
    changed.write_bytes(data)
    with pytest.raises(DataError, match="encrypted"):
        open_register(changed)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", "<x/>")
    with pytest.raises(DataError, match="there twice"):
        open_register(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda xml: xml.replace('<row r="2"', '<row r="1"'), "row 1 follows row 1"),
        (lambda xml: xml.replace('<row r="2"', '<row r="1048577"'), "row 1048577 follows"),
        (lambda xml: xml.replace('r="B2"', 'r="XFE2"'), "no column 'XFE'"),
        (lambda xml: xml.replace('r="B2"', 'r="AAAAAAAAAAAAAAA2"'), "no column"),
        (lambda xml: re.sub(r'(r="B2"[^>]*><v>)\d+', r"\g<1>999", xml), "text '999' is not in the list"),
        (lambda xml: xml[:-20], "damaged"),
    ],
)
def test_damaged_sheets_are_named(altered, change, words):
    with pytest.raises(DataError, match=words):
        open_register(altered(SHEET, change))


def peak(path):
    tracemalloc.start()
    start = time.process_time()
    try:
        opened = open_register(path)
    finally:
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return opened, memory, time.process_time() - start


def test_a_sheet_that_claims_to_be_huge_costs_nothing(altered):
    path = altered(SHEET, lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml))
    opened, memory, seconds = peak(path)
    assert opened.sheets[0].table.shape == (1, 2)
    assert memory < 5e6
    assert seconds < 1


def test_a_million_rows_of_formats_cost_bounded_memory(altered):
    rows = "".join(f'<row r="{k}"><c r="A{k}" s="0"/></row>' for k in range(3, 1_000_000, 5)) + '<row r="1048576"><c r="B1048576" t="str"><v>last</v></c></row>'
    opened, memory, _ = peak(altered(SHEET, lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>")))
    (raw,) = opened.sheets
    assert raw.rows.tolist() == [2, 1_048_576]
    assert raw.table.tolist() == [["K1", "One"], [None, "last"]]
    assert memory < 2e7


def test_a_cell_in_the_far_corner_is_bounded(altered):
    cells = "".join(f'<row r="{k}"><c r="A{k}"><v>1</v></c></row>' for k in range(3, 4003)) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(DataError, match="4,003 rows of 16,384 columns, since a cell at XFD1048576 holds something"):
        open_register(altered(SHEET, lambda xml: xml.replace("</sheetData>", f"{cells}</sheetData>")))


def test_time_grows_with_the_rows(tmp_path):
    path = tmp_path / "register.xlsx"
    made = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = made.add_worksheet("membership")
    form = made.add_format({"num_format": "yyyy-mm-dd"})
    for k, name in enumerate(("cluster", "organisation", "from", "role")):
        sheet.write_string(0, k, name)
    for k in range(1, 40_001):
        sheet.write_string(k, 0, f"K{k % 5000:04}")
        sheet.write_string(k, 1, f"O{k:06}")
        sheet.write_number(k, 2, 43_000 + k % 2000, form)
        sheet.write_string(k, 3, "member")
    made.close()
    start = time.process_time()
    raw = only(path)
    assert time.process_time() - start < 5  # 0.4 on a free machine; 200,000 rows of six cells: 2.7
    assert raw.table.shape == (40_000, 4)
    assert raw.table[-1].tolist() == ["K0000", "O040000", moment(2017, 9, 22), "member"]


# Folders of csv files


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_separators_line_ends_and_marks_are_found_out(folder, separator, end, bom):
    rows = [["cluster", "name", "source"], ["01069", "Šviesa", '"a; b, c\t""d"""'], ["1E5", "NA", "12,5"]]
    rows[2][2] = f'"{rows[2][2]}"'
    raw = only(folder(clusters=bom + end.join(separator.join(row) for row in rows) + end))
    assert raw.header == rows[0]
    assert raw.table.tolist() == [["01069", "Šviesa", 'a; b, c\t"d"'], ["1E5", "NA", "12,5"]]
    assert raw.rows.tolist() == [2, 3]


def test_rows_have_the_lines_in_which_they_begin(folder):
    raw = only(folder(clusters='cluster,name\n\n"K1","two\nlines"\n , \nK2,x\n,\n'))
    assert raw.table.tolist() == [["K1", "two\nlines"], ["K2", "x"]]
    assert raw.rows.tolist() == [3, 6]


def test_a_line_that_names_the_separator_is_no_header(folder):
    raw = only(folder(clusters="sep=;\ncluster;name\nK1;One, Two\n"))
    assert (raw.header, raw.table.tolist(), raw.rows.tolist()) == (["cluster", "name"], [["K1", "One, Two"]], [3])


def test_short_lines_are_filled_and_long_ones_are_faults(folder):
    path = folder(clusters="cluster,name,\nK1\nK2,Two,,\nK3,Three, Ltd,x\n")
    opened = open_register(path)
    assert opened.kind == "csv"
    assert opened.sheets[0].header == ["cluster", "name"]
    assert opened.sheets[0].table.tolist() == [["K1", None], ["K2", "Two"], ["K3", "Three"]]
    (fault,) = opened.faults
    assert (fault.place, fault.row, fault.value) == ("clusters", "4", "K3 | Three |  Ltd | x")
    assert "more cells than the header has columns (2)" in fault.problem


def test_files_of_other_names_are_named_only(folder):
    path = folder(clusters="cluster\nK1\n", notes="a\0b", klasteriai="klasteris\nK2\n", apie="x", readme="y")
    assert {raw.name: raw.header for raw in open_register(path).sheets} == {"clusters": ["cluster"], "klasteriai": ["klasteris"], "notes": []}


def test_text_that_was_kept_from_becoming_a_formula_is_itself_again(folder):
    raw = only(folder(clusters="cluster,name\nK1,'=1+1\nK2,''=x\nK3,'s-Hertogenbosch\nK4,'-5\n"))
    assert raw.table[:, 1].tolist() == ["=1+1", "'=x", "'s-Hertogenbosch", "-5"]


@pytest.mark.parametrize(
    ("content", "row", "problem", "remedy"),
    [
        (b"cluster,name\nK1,a\0b\n", "2", "has a NUL byte", "damaged"),
        (b'cluster,name\nK1,"open\nK2,x\n', "2", "opens a quote that is never closed", "in quotes"),
        (b'cluster,name\nK1,"a"b\n', "2", "cannot be cut into cells", "in quotes"),
        (b'cluster,name\nK1,"' + b"x" * 200_000 + b"\n", "2", "opens a quote that is never closed", "in quotes"),
        ("cluster,name\nK1,Šviesa\n".encode("cp1257"), "2", "is not UTF-8 (byte 0xd0)", "CSV UTF-8"),
        ("cluster,name\nK1,x\n".encode("utf-16"), "", "is UTF-16", "CSV UTF-8"),
    ],
)
def test_files_that_cannot_be_cut_are_refused_with_the_line(folder, content, row, problem, remedy):
    path = folder(clusters=content, membership="cluster\nK1\n")
    with pytest.raises(DataError, match="E24 1 of its files cannot be read") as error:
        open_register(path)
    (fault,) = error.value.faults
    assert (fault.place, fault.row) == ("clusters", row)
    assert problem in fault.problem
    assert remedy in fault.remedy


def test_an_empty_file_is_an_empty_sheet(folder):
    assert only(folder(clusters="")).table.shape == (0, 0)
    assert only(folder(clusters="\n\n")).header == []


# What is neither


def test_paths_that_are_neither_say_what_to_give(tmp_path, book):
    with pytest.raises(DataError, match=r"does not exist\. Give a workbook"):
        open_register(tmp_path / "none.xlsx")
    with pytest.raises(DataError, match=r"holds no csv file\. Give a workbook"):
        open_register(tmp_path)
    book([["cluster"]])
    with pytest.raises(DataError, match=r"There is a workbook in it: name it \('register.xlsx'\)"):
        open_register(tmp_path)
    (tmp_path / "clusters.csv").write_text("cluster\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a single text file\. Give the folder"):
        open_register(tmp_path / "clusters.csv")
    (tmp_path / "page.xlsx").write_text("<html><table>", encoding="utf-8")
    with pytest.raises(DataError, match="it is no workbook"):
        open_register(tmp_path / "page.xlsx")
