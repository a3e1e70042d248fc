"""The recipes of the documentation do what they show."""

import doctest
from pathlib import Path

import pytest

RECIPES = Path(__file__).parents[1] / "docs" / "recipes.rst"


@pytest.mark.skipif(not RECIPES.is_file(), reason="the documentation is not here")
def test_recipes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(RECIPES), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS, encoding="utf-8")
    assert found.attempted > 15
    assert found.failed == 0
    assert {path.name for path in tmp_path.iterdir()} == {"network.graphml", "ranking.pdf"}
