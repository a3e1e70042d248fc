"""The description of a model by the ODD protocol as entries of the method appendix."""

import re
from typing import Any

import pandas as pd

from innovnet.report._exhibit import Column
from innovnet.report._page import table_of
from innovnet.simulate._odd import odd

_PART = re.compile(r"^## (?:\d+\. )?(.*)$", flags=re.MULTILINE)
_SUMMARY = {
    "Purpose and patterns": "What the model is for, and what it is held to.",
    "Entities, state variables, and scales": "Who is in it, and what is remembered of each.",
    "Process overview and scheduling": "What happens in a year, in which order.",
    "Design concepts": "What follows from the rules, and what is put in.",
    "Initialization": "What the first year begins with.",
    "Input data": "What comes from outside.",
    "Submodels": "The rules, and every parameter with its unit, its range, its source and its status.",
}


def card_of(model: Any) -> list[dict[str, Any]]:
    """An entry for each element of the protocol, its tables as tables; nothing without a model."""
    if model is None:
        return []
    before, *parts = _PART.split(odd(model))
    about = [_inline(block) for block in before.strip().split("\n\n")[1:]]
    entries: list[dict[str, Any]] = [
        {"name": f"Simulation card, {title.lower()}", "summary": _SUMMARY.get(title, ""), "blocks": _blocks(text)}
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    ]
    entries[0]["blocks"] = [*(("", text) for text in about if text), *entries[0]["blocks"]]
    return entries


def _blocks(text: str) -> list[tuple[str, Any]]:
    """Paragraphs, headings and tables of Markdown."""
    found: list[tuple[str, Any]] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.startswith("### "):
            found.append(("heading", _inline(block[4:])))
        elif block.startswith("| "):
            found.append(("table", _table(block)))
        elif all(line.startswith("    ") for line in block.splitlines()) and block.strip():
            found.append(("formula", _inline("\n".join(line.strip() for line in block.splitlines()))))
        elif re.match(r"1\. ", block):
            found += [("", _inline(line)) for line in block.splitlines()]
        elif block.strip():
            found.append(("", _inline(" ".join(block.split()))))
    return found


def _table(block: str) -> dict[str, Any]:
    head, _rule, *lines = ([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines())
    rows = [[_inline(cell) for cell in line] for line in lines]
    table = pd.DataFrame(rows, columns=head, dtype="str")
    table = table.loc[:, [bool((table[name] != "").any()) for name in head]]
    return table_of(table, {name: Column(name.capitalize()) for name in head}, len(table))


def _inline(text: str) -> str:
    """Text without the marks of Markdown."""
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text.replace("\\|", "|").replace("`", ""))
    return re.sub(r"(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])", r"\1", text)
