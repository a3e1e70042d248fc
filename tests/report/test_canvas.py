import re
import warnings
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from innovnet.report._canvas import axes, contrast, drawing, halo, label, on_colour, panel, png, standalone, style, svg, width_of
from innovnet.report._tokens import ON_DARK, ON_LIGHT, TOKENS, colour, css_variables, type_colour, type_text

HOSTILE = [
    r"Cash$ \frac{1}{2} $x^2$",
    "</script><b>&amp;",
    'id="halo" href="#x" url(#y)',
    "#1c2733 1.23456 font: 12px 'x'; font-family: x",
    "<!-- no --> <metadata>kept</metadata>",
    "東京大学",
    "جامعة القاهرة",
    "🚀",
    "two  blanks",
    'style="max-width:1px" transform="rotate(-0 1 2)"',
]


def figure(*texts, width=300):
    with style():
        ax = axes(width, 40 + 20 * len(texts))
        ax.plot([0, 300], [0, 40], "o-", color=colour("accent"), markerfacecolor=colour("paper"))
        ax.plot([0, 900], [0, 40], color=type_colour("firm"))  # is clipped
        for k, text in enumerate(texts):
            label(ax, 10, 30 + 20 * k, text)
        halo(label(ax, 10, 20, "over lines", fontweight="bold"))
    return ax.figure


def texts_of(raw):
    return ["".join(node.itertext()) for node in ET.fromstring(raw).iter() if node.tag.endswith("text")]


def test_hostile_texts_stay_as_they_are():
    assert texts_of(svg(figure(*HOSTILE), "k"))[: len(HOSTILE)] == HOSTILE
    assert [t for t in texts_of(standalone(svg(figure(*HOSTILE), "k"))) if t in HOSTILE] == HOSTILE


def test_control_characters_go():
    assert texts_of(svg(figure("a\x00b\x1b[31mc\ufffe"), "k"))[0] == "ab[31mc"


def test_page_svg_has_no_size_no_metadata_and_no_foreign_things():
    raw = svg(figure("x"), "k")
    root = ET.fromstring(raw)
    assert root.attrib["viewBox"] == "0 0 300 60"
    assert "width" not in root.attrib
    assert "height" not in root.attrib
    assert "max-width:300px" in root.attrib["style"]
    for absent in ("metadata", "<style", "<!--", "<?xml", "DOCTYPE", "xlink", "font-family", "http://www.w3.org/1999"):
        assert absent not in raw


def test_two_figures_on_one_page_share_no_identifier():
    pages = [svg(figure("x"), key) for key in ("time-w", "time-n")]
    ids = [set(re.findall(r' id="([^"]+)"', raw)) for raw in pages]
    assert ids[0]
    assert not ids[0] & ids[1]
    for raw, mine in zip(pages, ids, strict=True):
        referred = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', raw))
        assert referred == mine


def test_colours_are_tokens():
    raw = svg(figure("x"), "k")
    assert f"var(--accent,{colour('accent')})" in raw
    assert f"fill: var(--ink,{colour('ink')})" in raw
    assert not re.search(r"(?<!,)#[0-9a-fA-F]{6}\b", raw)


def test_the_two_colours_of_text_on_cells_are_not_replaced():
    with style():
        ax = axes(100, 40)
        label(ax, 5, 20, "cell", color=ON_DARK)
    assert f"fill: {ON_DARK}" in svg(ax.figure, "k")


def test_halo_is_a_class_and_weights_stay():
    raw = svg(figure("x"), "k")
    assert re.search(r'<g class="halo">\s*<text style="[^"]*font-weight: (?:700|bold)[^"]*">?', raw)
    assert "paint-order:stroke" in standalone(svg(figure("x"), "k"))


def test_numbers_have_two_decimals():
    tags = "".join(re.findall(r"<[^<>]+>", svg(figure("x"), "k")))
    assert not re.search(r"\d\.\d{3,}", tags)


def test_a_file_is_complete_and_in_light_colours():
    raw = standalone(svg(figure(*HOSTILE), "k"))
    root = ET.fromstring(raw)
    assert root.attrib["width"] == "300"
    assert "var(--" not in raw
    assert "metadata" not in re.sub(r"&lt;/?metadata&gt;", "", raw)


def test_same_figure_same_bytes():
    assert svg(figure("x"), "k") == svg(figure("x"), "k")
    assert standalone(svg(figure("x"), "k")) == standalone(svg(figure("x"), "k"))
    assert png(figure("x")) == png(figure("x"))


def test_png_is_twice_the_size_and_leaves_the_figure_as_it_was():
    made = figure("x")
    before = svg(made, "k")
    data = png(made)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (600, 120)
    assert b"Software" not in data
    assert svg(made, "k") == before


def test_only_the_warning_about_glyphs_is_silenced():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        svg(figure("東京大学", "🚀"), "k")
        png(figure("東京大学", "🚀"))
        width_of("東京大学")
        assert caught == []
        with style():
            warnings.warn("something else", UserWarning, stacklevel=1)
        assert [str(w.message) for w in caught] == ["something else"]


def test_style_does_not_leak():
    before = dict(mpl.rcParams)
    svg(figure("x"), "k")
    png(figure("x"))
    assert dict(mpl.rcParams) == before


def test_axes_are_pixels_with_y_down_and_panels_lie_in_them():
    with style():
        ax = axes(300, 200)
        inner = panel(ax, 50, 20, 100, 60)
        ax.figure.canvas.draw()
    box = inner.get_window_extent()
    assert (box.xmin, box.xmax) == pytest.approx((50, 150))
    assert (200 - box.ymax, 200 - box.ymin) == pytest.approx((20, 80))


def test_drawing_into_given_axes_makes_no_figure():
    with style():
        outer = axes(300, 200)
        inner = panel(outer, 10, 10, 200, 100)
        assert axes(960, 100, inner) is inner
    assert inner.figure is outer.figure


def test_drawing_waits_for_the_width():
    def plot(table, *, ax=None, width=960, factor=1):
        return axes(width, table * factor, ax)

    made = drawing(plot, 10, factor=3)(352)
    assert list(made.get_size_inches() * 72) == [352, 30]


def test_width_of_grows_with_size_and_weight():
    assert width_of("Research institutes") == pytest.approx(width_of("Research institutes", 24) / 2, rel=0.05)
    assert width_of("Research institutes", bold=True) > width_of("Research institutes")
    assert width_of("") == 0
    assert width_of("a$b$c") > width_of("abc")


@pytest.mark.parametrize("token", [name for name in TOKENS if name.startswith(("blue-", "diverging-", "land"))])
def test_text_on_a_filled_cell_is_legible_in_both_schemes(token):
    text = on_colour(colour(token))
    pair = next((p for p in TOKENS.values() if p[0] == text), (text, text))
    assert text in {colour("ink"), colour("paper"), ON_DARK, ON_LIGHT}
    assert min(contrast(a, b) for a, b in zip(pair, TOKENS[token], strict=True)) >= 5


def test_no_two_tokens_share_a_light_code():
    light = [pair[0] for pair in TOKENS.values()]
    assert len(set(light)) == len(light)


def test_text_about_types_is_legible():
    for kind in ("university", "institute", "firm", "public", "other", None, "unheard of"):
        for scheme in (0, 1):
            token = next(pair for pair in TOKENS.values() if pair[0] == type_text(kind))
            assert contrast(token[scheme], TOKENS["paper"][scheme]) >= 5
            assert contrast(TOKENS["chance-strong"][scheme], TOKENS["paper"][scheme]) >= 3
    assert type_colour(np.nan) == colour("other")


def test_style_sheet_declares_every_token_in_both_schemes():
    sheet = css_variables()
    for name, pair in TOKENS.items():
        assert [sheet.count(f"--{name}:{code};") for code in pair] == [1, 1], name
