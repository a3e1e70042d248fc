import html
import re
import tomllib
from pathlib import Path

import pytest

import innovnet as inn

TOLD = tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
CASES = [(cluster, question) for cluster in ("K06", "K09", "K11") for question in TOLD["question"]]


def part(page, name):
    """The visible text of a part of the page."""
    pattern = "<header>(.*?)</header>" if name == "header" else f'<section id="{name}".*?>(.*?)</section>'
    inside = re.sub(r"<sup>.*?</sup>", "", re.search(pattern, page, flags=re.DOTALL)[1])  # marks of footnotes
    text = html.unescape(re.sub(r"<[^>]+>", " ", inside))
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "").split())


@pytest.mark.parametrize(("cluster", "question"), CASES)
def test_the_sheet_answers_the_questions(of_twelve, cluster, question):
    page, case = inn.report.render_sheet(of_twelve(cluster)), TOLD[cluster][question]
    text = " ".join(part(page, name) for name in TOLD["where"][question])
    assert case["answer"]
    for words in case["stands"]:
        assert words in text, text
    for words in case["absent"]:
        assert words not in text, text


def test_every_question_has_its_answer_for_every_cluster():
    for cluster in ("K06", "K09", "K11"):
        assert set(TOLD[cluster]) == set(TOLD["question"]) == set(TOLD["where"])
