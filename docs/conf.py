"""Sphinx settings: the pages of the public names are made from the rooms' own lists."""

import dataclasses
import importlib
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

import innovnet

project, author, copyright = "innovnet", "the innovnet developers", "2026, the innovnet developers"  # noqa: A001
release = innovnet.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.mathjax", "numpydoc"]
html_theme = "pydata_sphinx_theme"
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False}
html_show_sourcelink = False
exclude_patterns = ["_build", "_templates", "_generated"]
autodoc_typehints = "none"
autosummary_generate = True
templates_path = ["_templates"]
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
nitpicky = False

ROOMS = {
    "innovnet.graph": "Graphs",
    "innovnet.metrics": "Indicators",
    "innovnet.clusters": "Clusters",
    "innovnet.simulate": "Simulation",
    "innovnet.report": "Reports",
}
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
    "innovnet.simulate": {
        "Populations": "population from_network surround transplant",
        "Running a model": "run branch Trajectory Checkpoint read_checkpoint",
        "Many runs, and policies compared": "replicate Ensemble compare Comparison policy_table participation_effects assumptions",
        "Policies": "Matchmaking Facilitation ProjectSubsidy MaturitySupport Internationalisation ExportGroup Eligible",
        "Models": "Participation Barter RDGame Subsidy register",
        "Calibration": "calibrate Calibration targets moments drift",
        "Parameters of participation": "Search Decision Learning Innovation Market Ties Clusters Channels Constants",
        "Writing and describing a model": "Model Draw parameter check_parameters odd Card",
    },
    "innovnet.report": {
        "A report, or its figures one by one": "write_report exhibits Exhibit",
        "What support would change": "write_simulation_report Simulation policy_exhibits plot_policies plot_policy_course",
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
    write(f"{name.partition('.')[2]}.rst", "\n".join(lines))


def write(name: str, text: str) -> None:
    """A file of the documentation, if it is another one than before."""
    path = Path(__file__).parent / name
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def write_odd() -> None:
    """The page of all models by the ODD protocol, each written from the model as it is by default."""
    room, title = importlib.import_module("innovnet.simulate"), "Models by the ODD protocol"
    lines = [
        title,
        "=" * len(title),
        "",
        "Written from the models when this documentation was made; ``innovnet.simulate.odd(model)`` gives the same for a model of yours.",
        "",
    ]
    for name in room.__all__:
        kind = getattr(room, name)
        if dataclasses.is_dataclass(kind) and all(hasattr(kind, method) for method in ("start", "step", "observe")):
            text = room.odd(kind()).split("\n", 1)[1].replace("\n#", "\n##")  # its title is that of a section here
            write(f"_generated/odd_{name}.html", f'<div class="odd" style="overflow-x:auto">{MarkdownIt("commonmark").enable("table").render(text)}</div>')
            lines += [name, "-" * len(name), "", ".. raw:: html", f"   :file: _generated/odd_{name}.html", ""]
    write("odd.rst", "\n".join(lines))


def write_calibration() -> None:
    """The page of what the participation model is held to and how near it comes, from the tables that ``benchmarks/calibrate.py`` writes."""
    title = "Calibration of participation"
    shown = {
        "What is known and what is simulated": (
            "calibration",
            "16 worlds of 60,000 firms, years 32 to 36. *within*: at most two standard deviations over seeds from the value, or from the range where there is one. A simulation, not a forecast.",
        ),
        "Parameters": (
            "calibration_parameters",
            "Fitted from the defaults on; size, selection and experience of searching trade off against its rate, and stay where they are.",
        ),
        "Known parameters, recovered": (
            "calibration_recovery",
            "Eight parameters shifted together, and found again from a world of other firms and other seeds; *away* in standard errors.",
        ),
        "Lives of ties": (
            "tie_durations",
            "First spells of pairs with a common project that began in 2014 to 2018: the length of contracts, in Horizon 2020 and Horizon Europe (CORDIS).",
        ),
    }
    lines = [title, "=" * len(title), "", "Written by ``benchmarks/calibrate.py`` and ``benchmarks/tie_durations.py``; a test holds the defaults to it.", ""]
    for heading, (name, words) in shown.items():
        lines += [heading, "-" * len(heading), "", words, "", ".. csv-table::", f"   :file: ../benchmarks/{name}.csv", "   :header-rows: 1", ""]
    write("calibration.rst", "\n".join(lines))


for _name, _title in ROOMS.items():
    write_room(_name, _title)
write_odd()
write_calibration()


def setup(app: Any) -> None:
    """Objects are made by functions: their constructors are not shown, nor what Python writes about fields."""
    app.connect("autodoc-process-signature", lambda _app, what, *_rest: ("", "") if what == "class" else None)
    app.connect("autodoc-skip-member", lambda _app, _what, _name, member, *_rest: True if str(member.__doc__).startswith("Alias for field") else None)
