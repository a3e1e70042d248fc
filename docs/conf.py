"""Sphinx settings: the pages of the public names are made from the rooms' own lists."""

import importlib
from pathlib import Path

import innovnet

project, author, copyright = "innovnet", "the innovnet developers", "2026, the innovnet developers"  # noqa: A001
release = innovnet.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.mathjax", "numpydoc"]
html_theme = "pydata_sphinx_theme"
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False}
html_show_sourcelink = False
exclude_patterns = ["_build"]
autodoc_typehints = "none"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
nitpicky = False

ROOMS = {"innovnet.graph": "Graphs", "innovnet.metrics": "Indicators", "innovnet.report": "Reports"}


def write_room(name: str, title: str) -> None:
    """The page of one room: a table of its public names."""
    names = [n for n in importlib.import_module(name).__all__ if callable(getattr(importlib.import_module(name), n))]
    lines = [title, "=" * len(title), "", f".. currentmodule:: {name}", "", ".. autosummary::", "   :toctree: api", "   :nosignatures:", ""]
    path = Path(__file__).parent / f"{name.partition('.')[2]}.rst"
    text = "\n".join([*lines, *(f"   {n}" for n in names), ""])
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


for _name, _title in ROOMS.items():
    write_room(_name, _title)
