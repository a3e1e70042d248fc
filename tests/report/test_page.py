import re

import pandas as pd
import pytest

from innovnet import metrics
from innovnet.report import _canvas, _concepts, _method, _page
from innovnet.report._exhibit import Column, Exhibit, Finding
from innovnet.report._tokens import TOKENS

HOSTILE = "</script><img src=x onerror=alert(1)>\x00 Cash$ \\frac"


def draw(width):
    with _canvas.style():
        ax = _canvas.axes(width, 80)
        _canvas.halo(_canvas.label(ax, 10, 20, HOSTILE))
        _canvas.panel(ax, 10, 40, 100, 30).plot([0, 1], color=_canvas.colour("accent"))
        return ax.figure


def page(**options):
    exhibit = Exhibit(
        "time",
        "takes-part",
        f"Headline {HOSTILE}",
        {"time": pd.DataFrame({"name": [HOSTILE] * 30, "share": [0.5] * 30, "n": range(30)})},
        {"share": Column("Share", "share")},
        lead="Lead.",
        caption=HOSTILE,
        alt=f'"quoted" {HOSTILE}',
        draw=draw,
        findings=(Finding("a", "3 %", HOSTILE, "note", "time"),),
    )
    values = {
        "kicker": HOSTILE,
        "title": HOSTILE,
        "scope": HOSTILE,
        "facts": [("1", HOSTILE)],
        "exhibits": [exhibit],
        "drawn": {"time": {"wide": _canvas.svg(draw(960), "time-w"), "narrow": _canvas.svg(draw(352), "time-n")}},
        "notes": [],
        "quality": _page.table_of(pd.DataFrame({"item": [HOSTILE]}), {}),
        "methods": _method.method_appendix([metrics.constraint]),
        "quality_words": HOSTILE,
        "names": _page.table_of(_concepts.names_table(), _concepts.NAMES_COLUMNS),
        "provenance": [("Input", HOSTILE)],
        "downloads": {"time": [("SVG", "figures/time.svg")]},
        "files": [],
    }
    return _page.Page(**{**values, **options})


@pytest.fixture(scope="module")
def html():
    return _page.render(page())


def test_names_are_escaped_everywhere(html, parsed):
    reader = parsed(html)
    assert not {"script", "img", "iframe", "link", "object"} & set(reader.tags)
    assert html.count("&lt;/script&gt;&lt;img") >= 10
    assert "\x00" not in html
    assert "Cash$ \\frac" in html


def test_nothing_is_loaded_and_identifiers_are_unique(html, parsed):
    reader = parsed(html)
    assert all(address.startswith("#") or not re.match(r"[a-z]+:|//", address) for address in reader.addresses)
    assert len(reader.ids) == len(set(reader.ids))
    assert "default-src 'none'" in html
    assert not re.search(r"url\((?!#)|@import", html)


def test_every_colour_is_a_token(html):
    drawn = "".join(re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL))
    bare = re.sub(r"var\(--[\w-]+,#[0-9a-f]{6}\)", "", drawn)
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", bare)) <= {"#fefefe", "#10151a"}
    css = re.sub(r"--[\w-]+:#[0-9a-f]{6};", "", re.search(r"<style>(.*?)</style>", html, flags=re.DOTALL)[1])
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", css)) == set()
    assert all(f"--{name}:" in html for name in TOKENS)


def test_first_rows_and_the_rest_is_counted(html):
    assert "10 more rows in the files" in html
    assert "50.0\u202f%" in html


def test_findings_are_chosen_by_distance_in_the_order_of_the_page():
    findings = [Finding(str(k), "", "", "", "f", distance=float(k % 5), keep=k == 0) for k in range(12)]
    shown = [int(finding.key) for finding in _page.chosen(findings, 5)]
    assert shown == [0, 3, 4, 8, 9]


def test_method_entry_speaks_the_docstring():
    entry = _method.method_entry(metrics.constraint)
    assert entry["name"] == "constraint"
    text = " ".join(words for _, words in entry["body"])
    assert "doi" in text.lower()
    assert "``" not in text
    assert ":func:" not in text


def test_method_entries_leave_no_trace_of_their_citations():
    for function in (metrics.communities, metrics.modularity):
        text = " ".join(words for _, words in _method.method_entry(function)["body"])
        assert "[1]_" not in text
        assert ",." not in text


def test_numbers_stay_with_what_belongs_to_them():
    glued = _page.nowrap("n = 30 organisations; 93.8–93.9 %, α ≤ 0.07, 3 of 12 projects, from 2022 to 2024")
    assert glued == "n\u00a0=\u00a030\u00a0organisations; 93.8–\u206093.9\u00a0%, α\u00a0≤\u00a00.07, 3\u00a0of 12\u00a0projects, from 2022\u00a0to 2024"


def test_figures_are_numbered_and_named_by_their_numbers(html):
    assert "<b>Figure 1. Lead.</b>" in html
    assert '<a href="#time">figure 1</a>' in html
    exhibits = [Exhibit(key, "takes-part", "", {}, {}) for key in ("time", "partners", "map")]
    numbers = _page.numbered(exhibits, {"time": {"wide": "x"}, "partners": {}, "map": {"wide": "x"}})
    assert numbers == {"time": 1, "map": 2}
    assert _page.figures_named("map, partners, time", numbers) == "1, 2"
    assert _page.figures_named("all", numbers) == "all"
    assert _page.figures_named("", numbers) == ""


def test_a_table_without_rows_is_not_offered():
    empty = Exhibit("map", "looks-like", "Nothing", {"map": pd.DataFrame({"a": []})}, {}, prose="No places.")
    assert "Table and downloads" not in _page.render(page(exhibits=[empty], drawn={"map": {}}))


def test_references_are_named_by_author_and_year():
    text = " ".join(words for _, words in _method.method_entry(metrics.modularity)["body"])
    assert "(Leicht & Newman 2008)" in text
    assert "]_" not in text
