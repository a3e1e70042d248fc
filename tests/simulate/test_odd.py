"""The ODD protocol written from a model, its parameters, and the cards of the models of the literature."""

import dataclasses
import doctest
import re
import warnings
from dataclasses import dataclass
from math import inf, nan
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

import innovnet as inn
from innovnet.errors import DataError, DataWarning
from innovnet.simulate import Barter, RDGame, check_parameters, odd, parameter
from innovnet.simulate._parameter import as_meant

ROOT = Path(__file__).parents[2]
ELEMENTS = [
    "Purpose and patterns",
    "Entities, state variables, and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
]
MODELS = [Barter(), RDGame()]


class Books(NamedTuple):
    """Money."""

    paid: npt.NDArray[np.float64]


@dataclass
class State:
    level: npt.NDArray[np.float32]  #: what a firm knows
    books: Books
    count: int = 0


def meet(state):
    """Partners meet.

    Whoever knows more | tells.
    """


def forget(state):
    pass


@dataclass(frozen=True)
class Learning:
    """How they learn."""

    rate: float = parameter(0.5, "share | of the gap", unit="1/year", plausible=(0.1, 0.9), domain=(0, 1), open="low", source="Nobody (2000)", calibrated=True)


@dataclass(frozen=True)
class Grant:
    """Money for a tie."""

    cost: float = parameter(100.0, "price of a tie", unit="EUR", constant=True)


@dataclass(frozen=True)
class Small:
    """A small model."""

    learning: Learning | None = Learning()
    steps: int = parameter(3, "meetings a year", domain=(1, inf), status="text", symbol="m")
    unsaid: float = 2.0
    name: str = parameter("", "a column")
    policies: tuple = ()
    describe = {"purpose": "To see.", "emergence": "Levels.", "concepts": "*Stochasticity*: none."}  # noqa: RUF012
    schedule = (meet, forget)

    def start(self, network, draw) -> State:
        """All at zero."""

    def step(self, network, state, draw):
        """One year."""

    def observe(self, network, state):
        """Nothing."""


def headings(text):
    return re.findall(r"^## \d\. (.*)$", text, flags=re.MULTILINE)


def row(text, start):
    (found,) = [line for line in text.splitlines() if line.startswith(f"| {start} ")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", found)[1:-1]]


@pytest.mark.parametrize("model", [*MODELS, Small()], ids=lambda m: type(m).__name__)
def test_seven_elements_and_every_parameter(model):
    text = odd(model)
    assert headings(text) == ELEMENTS
    for field in dataclasses.fields(model):
        if field.name not in {"learning", "policies"}:
            assert len(re.findall(rf"^\| {field.name}( \(|\s\|)", text, flags=re.MULTILINE)) == 1
    assert "10.18564/jasss.4259" in text
    assert "<" not in text
    for line in text.splitlines():
        if line.startswith("| parameter"):
            assert len(line.split("|")) == 9


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_models_of_the_literature_say_everything(model):
    text = odd(model)
    assert "Not stated" not in text
    assert "not stated" not in text


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_cards_name_tests_that_are_there(model):
    assert model.card
    for card in model.card:
        assert (ROOT / card.test).is_file()
        assert card.tag in {"text", "derived", "measured"}
        assert card.doi.startswith("10.") or card.tag == "measured"
        assert card.claim in odd(model)


def test_what_is_missing_is_said():
    text = odd(Small())
    assert "*Not stated by the model: basic principles, adaptation, objectives, learning, prediction, sensing, interaction, collectives, observation.*" in text
    assert "**Emergence.** Levels." in text
    assert "What the model is held to.** *Not stated by the model.*" in text
    assert "## 6. Input data\n\n*Not stated by the model.*" in text
    assert row(text, "unsaid") == ["unsaid", "2", "", "not stated", "", "", "not stated"]


def test_schedule_and_submodels_come_from_the_functions():
    text = odd(Small())
    assert "One year.\n\n1. `meet`: Partners meet.\n2. `forget`: *Not stated by the model.*" in text
    assert "### meet\n\nPartners meet.\n\nWhoever knows more | tells." in text
    assert "All at zero." in text


def test_state_is_written_from_its_class():
    text = odd(Small())
    assert row(text, "level") == ["level", "array of float32", "what a firm knows"]
    assert row(text, "books.paid") == ["books.paid", "array of float64", ""]
    assert row(text, "count") == ["count", "int", ""]


def test_parameters_of_groups_and_policies():
    text = odd(Small(learning=Learning(rate=0.25), steps=4, policies=(Grant(), Grant(cost=5.0))))
    assert row(text, "rate") == [
        "rate",
        "0.25 (default 0.5)",
        "1/year",
        r"share \| of the gap",
        "0.1 to 0.9",
        "Nobody (2000)",
        "assumption, carries the calibration",
    ]
    assert row(text, "steps (m)") == ["steps (m)", "4 (default 3)", "", "meetings a year", "at least 1", "", "text"]
    assert row(text, "name") == ["name", "(empty)", "", "a column", "", "", "assumption"]
    assert "### Parameters: learning (Learning)" in text
    first, second = text.split("### Parameters: policies 1 (Grant)")[1].split("### Parameters: policies 2 (Grant)")
    assert row(first, "cost") == ["cost", "100", "EUR", "price of a tie", "at least 0", "", "assumption, constant"]
    assert row(second, "cost")[1] == "5 (default 100)"
    assert row(odd(Small()), "policies")[1] == "none"
    assert row(odd(Small(learning=None)), "learning")[1:4] == ["left out", "", "this part of the model does not run"]


def test_docstrings_become_markdown():
    text = odd(Barter())
    assert "``" not in text
    assert "]_" not in text
    assert "----------\n" not in text
    assert "**Notes.** Ties are those of the network" in text
    assert ">>>" not in text


def test_no_model_and_no_element():
    with pytest.raises(DataError, match="str is no model"):
        odd("Barter")

    class Wrong(Small):
        describe = {"purpos": "x"}  # noqa: RUF012

    with pytest.raises(DataError, match=r"'purpos', which is no element of the ODD protocol\. Did you mean 'purpose'"):
        odd(Wrong())


@dataclass(frozen=True)
class Checked:
    share: float = parameter(0.5, "a share", domain=(0, 1), plausible=(0.1, 0.9))
    below: float = parameter(0.5, "below one", domain=(0, 1), open="high")
    inside: float = parameter(0.5, "between", domain=(0, 1), open="both")
    logit: float = parameter(-1.0, "any", domain=(-inf, inf))
    whole: int = parameter(3, "a number", domain=(1, 9))
    flag: bool = parameter(True, "a switch")
    group: Learning | None = Learning()
    only: Learning = Learning()

    def __post_init__(self):
        check_parameters(self)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("share", -0.1, r"is outside \[0, 1\]"),
        ("share", nan, "is no number"),
        ("share", "0.5", "is no number"),
        ("share", True, "is no number"),
        ("below", 1.0, r"is outside \[0, 1\)"),
        ("inside", 0.0, r"is outside \(0, 1\)"),
        ("inside", 1, r"is outside \(0, 1\)"),
        ("logit", inf, r"is outside \[-inf, inf\)"),
        ("whole", 2.5, "is no whole number"),
        ("whole", 0, r"is outside \[1, 9\]"),
        ("whole", inf, r"is outside \[1, 9\]"),
        ("flag", "no", "is neither True nor False"),
        ("group", 3, "is no Learning"),
        ("only", None, "is no Learning"),
    ],
)
def test_values_outside_their_domain(name, value, problem):
    with pytest.raises(DataError, match=rf"Checked, column '{name}': .*{problem}\. Its default is"):
        Checked(**{name: value})


def test_values_inside_their_domain():
    Checked(logit=-inf, below=0.0, whole=np.int32(9), share=np.float32(0.5), flag=np.True_, group=None)


def test_all_faults_at_once():
    with pytest.raises(DataError, match="3 of its parameters") as found:
        Checked(share=2, whole=0, flag=1)
    assert [fault.column for fault in found.value.faults] == ["share", "whole", "flag"]


def test_beyond_the_plausible_range_is_told_once_and_where_it_stands():
    with pytest.warns(DataWarning, match=r"Checked: .*share=1 \(plausible: 0.1 to 0.9\)") as found:
        Checked(share=1)
    assert len(found) == 1
    assert found[0].filename == __file__
    with warnings.catch_warnings(), as_meant():
        warnings.simplefilter("error")
        Checked(share=1)


def test_wrong_words_about_a_parameter():
    with pytest.raises(DataError, match="open='lo'"):
        parameter(1.0, "x", open="lo")
    with pytest.raises(DataError, match="status='guess'"):
        parameter(1.0, "x", status="guess")


def test_public_names():
    assert inn.simulate.odd is odd
    assert set(inn.simulate.Card._fields) == {"claim", "source", "doi", "tag", "tolerance", "seeds", "test"}


@pytest.mark.skipif(not (ROOT / "docs" / "models.rst").is_file(), reason="the documentation is not here")
def test_the_page_on_models():
    found = doctest.testfile(str(ROOT / "docs" / "models.rst"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE, encoding="utf-8")
    assert found.attempted > 10
    assert found.failed == 0
