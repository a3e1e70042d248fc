"""The ODD protocol of a model (Grimm et al. 2020), written from the model itself."""

import dataclasses
import inspect
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

from innovnet._check import did_you_mean
from innovnet.errors import DataError
from innovnet.simulate._card import Card
from innovnet.simulate._model import check_model
from innovnet.simulate._parameter import meaning

_CONCEPTS = (
    *("basic principles", "emergence", "adaptation", "objectives", "learning", "prediction"),
    *("sensing", "interaction", "stochasticity", "collectives", "observation"),
)
_ELEMENTS = ("purpose", "entities", "process", "concepts", "initialization", "input", "submodels")
_UNSAID = "*Not stated by the model.*"
_REFERENCE = (
    "Grimm et al. (2020), The ODD protocol for describing agent-based and other simulation models: a second update, "
    "Journal of Artificial Societies and Social Simulation 23(2) 7, doi:10.18564/jasss.4259"
)


def odd(model: Any) -> str:
    """The description of a model by the ODD protocol, in Markdown, written from the model so that it cannot drift from it.

    The seven elements are those of the second update [1]_. Parameters come from the fields of the model's dataclass, and of the dataclasses in them, state variables
    from its state and the ``#:`` comments beside them, the schedule from the first lines of its functions' docstrings. A model adds words by a method or attribute ``describe``, a mapping from
    ``"purpose"``, ``"entities"``, ``"process"``, ``"concepts"``, ``"initialization"``, ``"input"``, ``"submodels"`` and the names of the design concepts
    (``"emergence"``, ``"stochasticity"``, ...) to text; by ``schedule``, a tuple of the functions that a step calls, in their order; and by ``card``, what it is held to
    (:class:`~innovnet.simulate.Card`). What is not said is said to be missing.

    Parameters
    ----------
    model
        A model, its parameters as they are to be described.

    Returns
    -------
    str
        Markdown. Where a parameter differs from its default, both stand in the table.

    Raises
    ------
    DataError
        No model, or ``describe`` names something that is no element of the protocol.

    Notes
    -----
    Nothing is run. Cost: O(parameters).

    References
    ----------
    .. [1] Grimm et al. (2020), Journal of Artificial Societies and Social Simulation 23(2) 7, doi:10.18564/jasss.4259.

    Examples
    --------
    >>> import innovnet as inn
    >>> text = inn.simulate.odd(inn.simulate.Barter(absorption=0.2))
    >>> print(text.splitlines()[0])
    # Barter
    >>> [line for line in text.splitlines() if line.startswith("| absorption")]
    ['| absorption (α) | 0.2 (default 0.1) | share | share of the gap learned in one exchange | 0.01 to 0.5 | Cowan & Jonard (2004), doi:10.1016/j.jedc.2003.04.002 | assumption |']
    """
    check_model(model)
    words = _words(model)
    steps = getattr(model, "schedule", ())
    parts = [f"# {type(model).__name__}", _first(type(model)), f"Written from the model by the ODD protocol: {_REFERENCE}."]
    parts += ["## 1. Purpose and patterns", words.get("purpose", _UNSAID), *_cards(getattr(model, "card", ()))]
    parts += ["## 2. Entities, state variables, and scales", words.get("entities", _UNSAID), *_state(type(model))]
    parts += ["## 3. Process overview and scheduling", *_processes(model, words, steps)]
    parts += ["## 4. Design concepts", *_design(words)]
    parts += ["## 5. Initialization", _both(_first(type(model).start), words.get("initialization", ""))]
    parts += ["## 6. Input data", words.get("input", _UNSAID)]
    parts += ["## 7. Submodels", *([words["submodels"]] if "submodels" in words else []), *_submodels(type(model), steps)]
    parts += [part for title, values in _groups(model, "") for part in (f"### Parameters{title}", _parameters(values))]
    return "\n\n".join(parts) + "\n"


def _words(model: Any) -> Mapping[str, str]:
    """What the model says of itself."""
    said = getattr(model, "describe", {})
    words = said() if callable(said) else said
    for name in words:
        if name not in _ELEMENTS and name not in _CONCEPTS:
            msg = f"describe of {type(model).__name__} has {name!r}, which is no element of the ODD protocol. {did_you_mean(name, (*_ELEMENTS, *_CONCEPTS))}"
            raise DataError(msg)
    return typing.cast("Mapping[str, str]", words)


def _first(thing: Any) -> str:
    """The first paragraph of a docstring, on one line; a dataclass's own signature is none."""
    text = thing.__doc__ or ""
    if not text.strip() or (isinstance(thing, type) and text.startswith(f"{thing.__name__}(")):
        return ""
    return " ".join(inspect.cleandoc(text).split("\n\n")[0].split())


def _both(*texts: str) -> str:
    """What is there of the texts."""
    return " ".join(text for text in texts if text) or _UNSAID


def _cards(cards: tuple[Card, ...]) -> Iterator[str]:
    """What the model is held to."""
    yield "**What the model is held to.**" if cards else "**What the model is held to.** " + _UNSAID
    if cards:
        rows = [
            (c.claim, ", ".join(x for x in (c.source, c.doi and f"doi:{c.doi}") if x), c.tag, c.tolerance, c.seeds or "nothing is drawn", f"`{c.test}`")
            for c in cards
        ]
        yield _table(("claim", "source", "basis", "tolerance", "seeds", "test"), rows)


def _state(kind: type) -> Iterator[str]:
    """The variables of the state, from the class that ``start`` returns."""
    found = typing.get_type_hints(kind.start).get("return")  # type: ignore[attr-defined]
    rows = list(_variables(found, ""))
    yield _table(("state variable", "type", "meaning"), rows) if rows else "State variables: " + _UNSAID


def _variables(kind: Any, before: str) -> Iterator[tuple[str, str, str]]:
    """Names, types and comments (``#:``) of the fields of a dataclass or NamedTuple, those inside them included."""
    hints = typing.get_type_hints(kind) if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields") else {}
    said = _comments(kind) if hints else {}
    for name, hint in hints.items():
        if typing.get_origin(hint) is typing.ClassVar:
            continue
        inner = list(_variables(hint, f"{before}{name}."))
        yield from inner or [(f"{before}{name}", _type(hint), said.get(name, ""))]


def _comments(kind: Any) -> dict[str, str]:
    """What stands behind ``#:`` beside the fields of a class; nothing where its source is not at hand."""
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):
        return {}
    return dict(re.findall(r"^    (\w+):.*?#: (.*)$", source, flags=re.MULTILINE))


def _type(hint: Any) -> str:
    """A type in few words: ``array of float32``."""
    parts = typing.get_args(hint)
    kinds = typing.get_args(parts[-1]) if parts else ()  # of ndarray[shape, dtype[kind]]
    if kinds and isinstance(kinds[0], type):
        return f"array of {kinds[0].__name__}"
    return hint.__name__ if isinstance(hint, type) else str(hint)


def _processes(model: Any, words: Mapping[str, str], steps: tuple[Callable[..., Any], ...]) -> Iterator[str]:
    """What a step does, in its order."""
    yield _both(_first(type(model).step), words.get("process", ""))
    if steps:
        yield "\n".join(f"{k}. `{step.__name__}`: {_first(step) or _UNSAID}" for k, step in enumerate(steps, 1))


def _design(words: Mapping[str, str]) -> Iterator[str]:
    """The design concepts: those with words of their own, and which are nowhere named."""
    together = words.get("concepts", "")
    yield from [together] if together else []
    yield from (f"**{name.capitalize()}.** {words[name]}" for name in _CONCEPTS if name in words)
    missing = [name for name in _CONCEPTS if name not in words and name not in together.lower()]
    if missing:
        yield f"*Not stated by the model: {', '.join(missing)}.*"


def _submodels(kind: type, steps: tuple[Callable[..., Any], ...]) -> Iterator[str]:
    """The docstrings of the class and of the functions of a step, without what stands elsewhere."""
    for thing in (kind, *steps):
        yield f"### {getattr(thing, '__name__', thing)}"
        yield _markdown(inspect.cleandoc(thing.__doc__ or "")) if _first(thing) else _UNSAID


def _markdown(docstring: str) -> str:
    """A docstring in Markdown: its sections but those in tables of their own, and examples."""
    before, *sections = re.split(r"^(\w+)\n-+\n", docstring, flags=re.MULTILINE)
    kept = [(title, text) for title, text in zip(sections[::2], sections[1::2], strict=True) if title not in {"Parameters", "Attributes", "Examples"}]
    text = "\n\n".join([before.strip(), *(f"**{title}.** {text.strip()}" for title, text in kept)])
    text = re.sub(r":\w+:`[~.]*([^`]+)`", r"`\1`", text).replace("``", "`").replace("]_", "]")
    return re.sub(r"^\.\. (\[\d+\])", r"\1", re.sub(r"\*\* \.\. (\[)", r"** \1", text), flags=re.MULTILINE)


def _groups(values: Any, title: str) -> Iterator[tuple[str, Any]]:
    """A dataclass and those among its fields, each with a title."""
    yield title, values
    for field in dataclasses.fields(values):
        value = getattr(values, field.name)
        inside = enumerate(value, 1) if isinstance(value, tuple | list) else [("", value)]
        for k, item in inside:
            if dataclasses.is_dataclass(item) and not isinstance(item, type):
                yield from _groups(item, f"{title or ':'} {field.name}{f' {k}' if k else ''} ({type(item).__name__})")


def _parameters(values: Any) -> str:
    """The table of the plain fields of one dataclass."""
    rows = []
    for field in dataclasses.fields(values):
        value, said = getattr(values, field.name), meaning(field)
        if _is_group(value):
            continue
        if value is None and _is_group(field.default):
            rows.append((field.name, "left out", "", "this part of the model does not run", "", "", ""))
            continue
        changed = field.default is not dataclasses.MISSING and value != field.default
        shown = f"{_shown(value)} (default {_shown(field.default)})" if changed else _shown(value)
        status = ", ".join([said.status, *(["carries the calibration"] if said.calibrated else []), *(["constant"] if said.constant else [])])
        span = f"{said.plausible[0]:g} to {said.plausible[1]:g}" if said.plausible else _domain(said.domain) if isinstance(field.default, float | int) else ""
        name = f"{field.name} ({said.symbol})" if said.symbol else field.name
        rows.append(
            (name, shown, said.unit, said.meaning, span, said.source, status) if said.meaning else (name, shown, "", "not stated", "", "", "not stated")
        )
    return _table(("parameter", "value", "unit", "meaning", "plausible range", "source", "status"), rows) if rows else "None besides the groups below."


def _is_group(value: Any) -> bool:
    """Whether a value is a dataclass, or several of them, with a table of its own."""
    items = value if isinstance(value, tuple | list) and value else [value]
    return all(dataclasses.is_dataclass(item) and not isinstance(item, type) for item in items)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else "none" if value is None or value == () else "(empty)" if value == "" else str(value)


def _domain(domain: tuple[float, float]) -> str:
    """The domain in words, where no plausible range is stated."""
    low, high = domain
    return "any number" if low == -inf and high == inf else f"at least {low:g}" if high == inf else f"{low:g} to {high:g}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)
