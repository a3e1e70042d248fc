"""The tokenizer: what it reads, and what it says of text that is none."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovnet.errors import DataError
from innovnet.graph.read._csv import Table, read_table

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30) | st.text('"; ,\t\r\n\\ab', max_size=12)
WRITERS = [(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\r")]


def read(text: str | bytes, columns=("a", "b"), **options) -> Table:
    content = text.encode() if isinstance(text, str) else text
    buffer = np.full(len(content) + 16, ord('"'), dtype=np.uint8)
    buffer[: len(content)] = np.frombuffer(content, dtype=np.uint8)
    return read_table(buffer, len(content), "t.csv", columns, **options)


def rows(table: Table) -> list[list[str]]:
    columns = [table.coded(column) for column in table.slots]
    return [[column.texts[column.codes[k]] for column in columns] for k in range(len(table))]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12), st.sampled_from(";,\t"), st.sampled_from(WRITERS), st.booleans())
def test_what_a_csv_writer_wrote_is_read_back(written, delimiter, how, bom):
    quoting, end = how
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([("a", "b", "c"), *written])
    table = read(("\ufeff" if bom else "") + out.getvalue(), ("c", "a"), trim=False)
    assert not table.faults
    assert rows(table) == [[c, a] for a, _, c in written]
    assert [table.cell(k, "a") for k in range(len(table))] == [a for a, _, _ in written]


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, max_size=40))
def test_distinct_texts_come_once_in_the_order_in_which_they_occur(cells):
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *((cell, "") for cell in cells)])
    coded = read(out.getvalue(), ("a",), trim=False).coded("a")
    assert coded.texts == list(dict.fromkeys(cells))
    assert [coded.texts[code] for code in coded.codes] == cells
    assert [cells[row] for row in coded.first] == coded.texts


@settings(max_examples=300, deadline=None)
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.from_regex(r"-?[0-9]{1,19}(\.[0-9]{1,18})?", fullmatch=True), max_size=20))
def test_numbers_are_the_nearest_floats(texts):
    values, wrong = read("a;b\n" + "".join(f"{text};\n" for text in texts)).numbers("a")
    finite = np.isfinite([float(text) for text in texts])
    np.testing.assert_array_equal(wrong, ~finite)
    np.testing.assert_array_equal(values[finite], np.array([float(text) for text in texts])[finite])


@pytest.mark.parametrize(
    "text", ["12,5", "1 000", "nan", "inf", "-inf", "1_000", "0x10", "1e999", "--1", ".", "-", "1.2.3", "٣", "EUR 5", "1-", "1e", "9" * 400]
)
def test_what_is_no_number_is_told_from_an_empty_cell(text):
    values, wrong = read(f'a;b\n"{text}";\n;\n7;\n').numbers("a")
    assert wrong.tolist() == [True, False, False]
    assert np.isnan(values[1])
    assert values[2] == 7


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("54.7,25.3", (54.7, 25.3)),
        ("-1, 2", (-1, 2)),
        ("1 ,2", (1, 2)),
        ("", None),
        ("5", 0),
        ("5,", 0),
        (",5", 0),
        (",", 0),
        ("1,2,3", 0),
        ("x,1", 0),
        ("nan,1", 0),
    ],
)
def test_pairs_of_numbers(text, pair):
    first, second, wrong = read(f'a;b\n"{text}";\n').pairs("a")
    if pair is None:
        assert np.isnan([first[0], second[0]]).all()
    elif pair:
        assert (first[0], second[0]) == pair
    assert bool(wrong[0]) is (pair == 0)


def test_codes_stay_text():
    table = read("a;b\n1E5;NA\n01069;nan\n1,5;NULL\n;\n")
    assert rows(table) == [["1E5", "NA"], ["01069", "nan"], ["1,5", "NULL"], ["", ""]]


def test_lines_without_a_character_are_no_records():
    table = read("\n\na;b\n\n1;2\r\n\r\n\n3;4\n\n")
    assert rows(table) == [["1", "2"], ["3", "4"]]
    assert table.lines(table.begins) == [5, 8]


def test_blanks_are_taken_off_and_counted():
    table = read('a;b\n" x ";y\n\tz;"a  b"\n" ";"\n"\n')
    assert rows(table) == [["x", "y"], ["z", "a  b"], ["", ""]]
    assert table.trimmed == {"a": 3, "b": 1}


def test_a_quote_at_the_very_end_is_no_bound_to_run_over():
    assert rows(read('a;b\n1;"x"""')) == [["1", 'x"']]
    assert rows(read('a;b\n1;""')) == [["1", ""]]
    assert rows(read("a;b\n1;")) == [["1", ""]]


@pytest.mark.parametrize(
    ("body", "row", "problem"),
    [
        ("1;2\n3\n5;6\n", "3 (record 2)", "has 1 cells, the header 2"),
        ("1;2\n3;4;5\n5;6\n", "3 (record 2)", "has 3 cells, the header 2"),
        ('"1\n1";2\n"3" x;4\n5;6\n', "4 (record 2)", "has a quote inside a cell"),
        ('1;2\n3;4"\n5;6\n', "3 (record 2)", "has a quote inside a cell"),
        ("1;2\r\n\r\n3;\0\r\n5;6\r\n", "4 (record 2)", "has a NUL byte"),
        ("1;2\r3\r5;6\r", "3 (record 2)", "has 1 cells, the header 2"),
    ],
)
def test_records_that_are_none_are_named_by_line_and_left_out(body, row, problem):
    end = "\r\n" if "\r\n" in body else "\r" if "\r" in body else "\n"
    table = read(f"a;b{end}{body}")
    (fault,) = table.faults
    assert (fault.place, fault.row, fault.problem) == ("t.csv", row, problem)
    assert fault.remedy
    assert table.records == 3
    assert [r[1] for r in rows(table)] == ["2", "6"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('a;b\n1;2\n"3;4\n5;6\n', r"row 3 \(record 2\): opens a quote that is never closed"),
        ('a;b\n1;2\n3;"4""\n', r"row 3 \(record 2\): opens a quote"),
        ("", "is empty"),
        ("\ufeff\n", "is empty"),
        ("a;c\n1;2\n", "'b': is missing. There is: 'c'"),
        ("a;bb\n1;2\n", "'b': is missing."),
        ("a;b;b\n1;2;3\n", "'b': is there 2 times"),
        ('a;"b\n', "no line of column names"),
        ("a;b\n1;\xe9t\xe9\n".encode("latin-1"), r"row 2: '.*é.*' byte 7 \(0xE9\) does not belong to UTF-8. It looks like Windows-1252"),
        ("a;b\n1;2\n".encode("utf-16"), "It looks like UTF-16"),
        ("a;b\n1;2\n".encode("utf-16-le"), "It looks like UTF-16"),
    ],
)
def test_text_that_is_no_table_is_an_error(text, says):
    with pytest.raises(DataError, match=says):
        read(text)


@pytest.mark.parametrize("bad", [b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\x80", b"\xe2\x82", b"\xff"])
@pytest.mark.parametrize("before", [0, 3, 7, 8, 30])
def test_bytes_that_are_no_utf8_are_found_wherever_they_stand(bad, before):
    with pytest.raises(DataError, match=f"byte {before + 5:,} "):
        read(b"a;b\n" + b"x" * before + bad)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40))
def test_validity_is_as_python_sees_it(content):
    content = b"a;b\n" + content.replace(b'"', b"").replace(b"\0", b"")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        with pytest.raises(DataError, match=f"byte {error.start + 1:,} "):
            read(content)
    else:
        assert read(content).records >= 0


def test_text_spoilt_before_is_counted_with_its_place():
    table = read("a;b\nUniversitÃ©;x\nJos\ufffd;JosÃ©\nÅ»abka CafÃ©;Â\xa0y\nit’s â€™;é\xa0» SÃO Ä\xa0\n")
    assert [(item, count) for item, count, _ in table.doubtful] == [("letters lost before, now U+FFFD", 1), ("letters that look encoded twice", 6)]
    assert [example.partition(":")[0] for *_, example in table.doubtful] == ["line 3", "line 2"]
