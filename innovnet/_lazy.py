"""Lazy rooms: the public list of a package is its ``__init__.pyi``, and a name is imported when it is first used."""

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def attach(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """The module attributes ``__getattr__``, ``__dir__`` and ``__all__`` of a package, read from the stub beside it (PEP 562)."""
    homes: dict[str, str | None] = {}  # public name -> module that defines it, or None where the name is a module itself
    for node in ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            for alias in node.names:
                homes[alias.asname or alias.name] = f"{package}.{node.module}" if node.module else None
    names = sorted(homes)

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name not in homes:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        home = homes[name]
        value = importlib.import_module(f"{package}.{name}") if home is None else getattr(importlib.import_module(home), name)
        setattr(sys.modules[package], name, value)
        return value

    return __getattr__, lambda: sorted({*vars(sys.modules[package]), *names}), names
