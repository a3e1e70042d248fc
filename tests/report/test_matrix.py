import math

import pytest

from innovnet.report._canvas import axes, contrast, halo, label, on_colour, png, style, svg
from innovnet.report._matrix import Cell, draw_cells, hatch, ratio_token, times, two_lines
from innovnet.report._tokens import ON_DARK, ON_LIGHT, TOKENS


@pytest.mark.parametrize("token", [name for name in TOKENS if name.startswith(("diverging", "blue"))])
def test_text_on_every_class_is_legible_in_both_schemes(token):
    text = on_colour(TOKENS[token][0])
    pair = next((p for p in [TOKENS["ink"], TOKENS["paper"]] if p[0] == text), (text, text))
    assert text in {ON_DARK, ON_LIGHT, TOKENS["ink"][0], TOKENS["paper"][0]}
    assert min(contrast(one, fill) for one, fill in zip(pair, TOKENS[token], strict=True)) >= 3.9


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("ratio", "k"), [(0, 0), (0.1, 0), (1 / 3, 0), (0.6, 2), (0.86, 3), (0.88, 4), (1, 4), (1.14, 4), (1.16, 5), (1.7, 6), (3, 8), (50, 8)]
)
def test_classes_of_ratios(ratio, k):
    assert ratio_token(ratio, 3.0) == f"diverging-{k}"
    if ratio:
        assert ratio_token(1 / ratio, 3.0) == f"diverging-{8 - k}"


@pytest.mark.parametrize(("value", "text"), [(3.44, "3.4×"), (1.0, "1.0×"), (0.999, "1.0×"), (0.26, "0.26×"), (0, "0.00×")])
def test_ratios_in_words(value, text):
    assert times(value) == text


def test_lines_break_near_the_middle():
    assert two_lines("medical and health sciences") == "medical and\nhealth sciences"
    assert two_lines("humanities") == "humanities"


def test_one_path_for_each_colour():
    with style():
        ax = axes(100, 100)
        draw_cells(ax, [Cell(10.0 * k, 10.0 * h, 9, 9, f"diverging-{k % 2}") for k in range(5) for h in range(5)])
    assert len(ax.patches) == 2
    assert sum(len(patch.get_path().vertices) for patch in ax.patches) == 125


def test_hatching_stays_in_its_cell():
    with style():
        ax = axes(100, 100)
        hatch(ax, [Cell(10, 20, 30, 15, "soft")])
    (lines,) = ax.collections
    for (x0, y0), (x1, y1) in lines.get_segments():
        assert min(x0, x1) >= 10
        assert max(x0, x1) <= 40 + 1e-9
        assert min(y0, y1) >= 20 - 1e-9
        assert max(y0, y1) <= 35
        assert math.isclose(abs(x1 - x0), abs(y1 - y0))


def test_a_png_leaves_the_figure_as_it_was():
    with style():
        ax = axes(100, 40)
        halo(label(ax, 5, 20, "Vilnius"))
    before = svg(ax.figure, "k")
    assert png(ax.figure).startswith(b"\x89PNG")
    assert svg(ax.figure, "k") == before
    assert "Vilnius" in before
