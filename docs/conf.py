"""Sphinx settings: the pages of the public names are made from the rooms' own lists."""

import importlib
from pathlib import Path
from typing import Any

import innovnet

project, author, copyright = "innovnet", "the innovnet developers", "2026, the innovnet developers"  # noqa: A001
release = innovnet.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.mathjax", "numpydoc"]
html_theme = "pydata_sphinx_theme"
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False}
html_show_sourcelink = False
exclude_patterns = ["_build", "_templates"]
autodoc_typehints = "none"
autosummary_generate = True
templates_path = ["_templates"]
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
nitpicky = False

ROOMS = {"innovnet.graph": "Graphs", "innovnet.metrics": "Indicators", "innovnet.clusters": "Clusters", "innovnet.report": "Reports"}
THEMES = {
    "innovnet.graph": {
        "The two objects": "Affiliation Network",
        "Getting data in": "read_cordis from_networkx from_igraph example toy",
        "Parts, years, regions": "split windows aggregate",
        "Getting data out": "to_networkx to_igraph",
    },
    "innovnet.metrics": {
        "Position": "degree strength betweenness closeness harmonic core_number local_clustering",
        "Structural holes": "structural_holes constraint effective_size efficiency hierarchy dyadic_constraint dyadic_redundancy",
        "Bridging between groups": "bridging_profile brokerage brokerage_summary e_i_index e_i_group e_i_summary participation_coefficient within_group_z",
        "Mixing of groups": "mixing_matrix assortativity modularity cooperation_share",
        "Regions": "regional_profile gatekeepers regional_bridging observed_bridging",
        "The whole network": "density components largest_component transitivity communities disparity programme_profile",
        "Chance": "compare_to_null null_samples fixed_degree_samples",
        "Tables": "indicators",
    },
    "innovnet.clusters": {
        "A register": "Register read_register write_template changes cooperation example",
        "Indicators": "indicators Indicator",
        "Rules": "load_rules rules_warnings Rules Criterion",
        "Levels on a day": "assess Assessment",
        "Levels over years": "monitor Monitoring",
        "Groups that are not registered": "detect Candidates compare Matches",
    },
    "innovnet.report": {
        "A report, or its figures one by one": "write_report exhibits Exhibit",
    },
}


def write_room(name: str, title: str) -> None:
    """The page of one room: its public names by theme, and the others at the end."""
    room = importlib.import_module(name)
    names = [n for n in room.__all__ if callable(getattr(room, n))]
    themes = {theme: listed.split() for theme, listed in THEMES[name].items()}
    themes["Further"] = [n for n in names if not any(n in listed for listed in themes.values())]
    unknown = {n for listed in themes.values() for n in listed} - set(names)
    if unknown:
        msg = f"THEMES of {name} lists what is not there: {sorted(unknown)}"
        raise ValueError(msg)
    lines = [title, "=" * len(title), "", f".. currentmodule:: {name}", ""]
    for theme, listed in themes.items():
        if listed:
            lines += [theme, "-" * len(theme), "", ".. autosummary::", "   :toctree: api", "   :nosignatures:", "", *(f"   {n}" for n in listed), ""]
    path = Path(__file__).parent / f"{name.partition('.')[2]}.rst"
    text = "\n".join(lines)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


for _name, _title in ROOMS.items():
    write_room(_name, _title)


def setup(app: Any) -> None:
    """Objects are made by functions: their constructors are not shown, nor what Python writes about fields."""
    app.connect("autodoc-process-signature", lambda _app, what, *_rest: ("", "") if what == "class" else None)
    app.connect("autodoc-skip-member", lambda _app, _what, _name, member, *_rest: True if str(member.__doc__).startswith("Alias for field") else None)
