import math

import pytest

from innovnet.report._format import count, euro, number, percent, ratio, signed, span


def plain(text):
    """With ordinary signs, for reading."""
    return text.replace("\u202f", "_").replace("\u2212", "-").replace("\u00a0", "~")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (30721, 0, "30_721"),
        (871834, 0, "871_834"),
        (1234567890, 0, "1_234_567_890"),
        (999, 0, "999"),
        (12.46, 1, "12.5"),
        (-3, 0, "-3"),
        (-0.2, 0, "0"),
        (-0.04, 1, "0.0"),
        (0, 0, "0"),
        (999.96, 1, "1_000.0"),
        (math.nan, 0, "–"),
        (math.inf, 1, "–"),
    ],
)
def test_number(value, digits, text):
    assert plain(number(value, digits)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (50.5e9, "EUR_50.5_bn"),
        (181e6, "EUR_181_m"),
        (9400, "EUR_9_400"),
        (0, "EUR_0"),
        (1e6, "EUR_1.0_m"),
        (999_999, "EUR_1.0_m"),
        (999_400_000, "EUR_999_m"),
        (999_960_000, "EUR_1.0_bn"),
        (99.94e6, "EUR_99.9_m"),
        (99.96e6, "EUR_100_m"),
        (-2.5e6, "EUR_-2.5_m"),
        (1.5e12, "EUR_1_500_bn"),
    ],
)
def test_euro(value, text):
    assert plain(euro(value)) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"), [(0.86, 1, "86.0_%"), (0.3333, 0, "33_%"), (1, 0, "100_%"), (0, 0, "0_%"), (-0.05, 0, "-5_%"), (math.nan, 0, "–")]
)
def test_percent(share, digits, text):
    assert plain(percent(share, digits)) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(3.3, 1, "+3.3"), (-1.2, 1, "-1.2"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (1500, 0, "+1_500"), (-36, 0, "-36")]
)
def test_signed(value, digits, text):
    assert plain(signed(value, digits)) == text


def test_ratio_and_count():
    assert ratio(1.42) == "1.4×"
    assert plain(count(1, "organisation")) == "1~organisation"
    assert plain(count(0, "organisation")) == "0~organisations"
    assert plain(count(30721, "country", "countries")) == "30_721~countries"


@pytest.mark.parametrize(
    ("low", "high", "options", "text"),
    [
        (0.938, 0.939, {"share": True}, "93.8–93.9_%"),
        (0.9381, 0.9384, {"share": True}, "93.8_%"),
        (1, 2, {"digits": 0}, "1–2"),
        (-1.5, 2.25, {}, "-1.5–2.2"),
    ],
)
def test_span(low, high, options, text):
    assert plain(span(low, high, **options)) == text


def test_no_ordinary_blank_and_no_hyphen_in_numbers():
    for text in (number(-12345.6, 1), euro(-12345), percent(0.5), signed(-5), span(0.1, 0.2, share=True), count(12345, "x")):
        assert " " not in text
        assert "-" not in text
