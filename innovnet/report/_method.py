"""The method appendix, made from the docstrings of the indicators that were used, so that it cannot drift from them."""

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

_HEADER = re.compile(r"^(\w[\w ]*)\n-{3,}$", flags=re.MULTILINE)
_SHOWN = ("Notes", "References")
_REFERENCE = re.compile(r"^\.\. \[(\d+)\] (.*?) \((\d{4}[a-z]?)\)", flags=re.MULTILINE)
_NUMBER = re.compile(r"\[(\d+)\]_")


def method_entry(function: Callable[..., Any]) -> dict[str, Any]:
    """Name, summary and body of one indicator: its description, notes and references."""
    text = _cited(inspect.getdoc(function) or "")
    parts = _HEADER.split(text)
    summary, _, rest = parts[0].strip().partition("\n")
    body: list[tuple[str, str]] = _paragraphs(rest)
    for title, content in zip(parts[1::2], parts[2::2], strict=True):
        if title in _SHOWN:
            found = _paragraphs(content)
            body += [(title if k == 0 and kind == "" else kind, words) for k, (kind, words) in enumerate(found)]
    return {"name": function.__name__, "summary": _plain(summary), "body": body}


def _cited(text: str) -> str:
    """References by author and year instead of by number: [1]_ becomes (Newman 2001)."""
    known = {number: f"{authors} {year}" for number, authors, year in _REFERENCE.findall(text)}

    def named(match: re.Match[str]) -> str:
        return f" ({'; '.join(known.get(number, number) for number in _NUMBER.findall(match[0]))})"

    return re.sub(r"(?:,?\s*\[\d+\]_)+", named, text)


def method_appendix(functions: Iterable[Callable[..., Any]]) -> list[dict[str, Any]]:
    """Entries of several indicators, each once, by name."""
    unique = {function.__name__: function for function in functions}
    return [method_entry(unique[name]) for name in sorted(unique)]


def _paragraphs(text: str) -> list[tuple[str, str]]:
    found = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if not block.strip():
            continue
        formula = all(line.startswith("    ") for line in block.splitlines() if line.strip()) or block.lstrip().startswith(".. math::")
        if formula:
            lines = [line.strip() for line in block.replace(".. math::", "").splitlines()]
            found.append(("formula", _plain("\n".join(line for line in lines if line))))
        else:
            references = re.split(r"^\s*\.\. \[\d+\] ", block, flags=re.MULTILINE)
            found += [("", _plain(" ".join(part.split()))) for part in references if part.strip()]
    return found


def _plain(text: str) -> str:
    """Text without the marks of reStructuredText."""
    text = re.sub(r":math:`([^`]*)`", r"\1", text)
    text = re.sub(r":\w+:`~?\.?(?:[\w.]*\.)?(\w+)`", r"\1", text)
    text = text.replace("``", "").removesuffix("::")
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"\1", text)
