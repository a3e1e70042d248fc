"""The house stays in order: imports point downwards, and no public name hides a module."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import innovnet

ROOT = Path(innovnet.__file__).parent
ORDER = [
    "_lazy",
    "errors",
    "_check",
    "_text",
    "_kernel",
    "_array_intrinsics",
    "_parallel",
    "_random",
    "_cite",
    "graph",
    "metrics",
    "clusters",
    "simulate",
    "evaluate",
    "report",
    "study",
    "cli",
]
FILES = sorted(ROOT.rglob("*.py"))
ROOMS = [path.parent for path in FILES if path.name == "__init__.py" and path.with_suffix(".pyi").exists()]


def room_of(parts):
    return parts[0].removesuffix(".py")


def imported(path):
    """Dotted names below innovnet that a file imports, relative ones resolved."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[1:]) for alias in node.names if alias.name.startswith("innovnet."))
        elif isinstance(node, ast.ImportFrom):
            base = ["innovnet", *package][: len(package) + 2 - node.level] if node.level else []
            stem = [*base, *(node.module or "").split(".")] if node.level else (node.module or "").split(".")
            if stem[0] == "innovnet":
                yield from ((node.lineno, [part for part in [*stem[1:], alias.name] if part]) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_downwards(path):
    here = room_of(path.relative_to(ROOT).parts)
    if here == "__init__":
        return
    for line, name in imported(path):
        there = room_of(name)
        if there == "__version__":
            continue
        assert there in ORDER, f"{path}:{line} imports {there}, which has no place in the order"
        assert ORDER.index(there) <= ORDER.index(here), f"{path}:{line} imports {there} from above"


def test_files_inside_metrics_share_only_helpers():
    stub = ast.parse((ROOT / "metrics" / "__init__.pyi").read_text(encoding="utf-8"))
    families = {node.module for node in stub.body if isinstance(node, ast.ImportFrom)}  # files that define an indicator
    for path in sorted((ROOT / "metrics").rglob("*.py")):
        if path.name in {"_table.py", "__init__.py"}:
            continue
        own = path.parent.name if path.parent.name != "metrics" else path.stem
        for line, name in imported(path):
            if name[0] == "metrics" and len(name) > 1:
                assert name[1] == own or name[1] not in families, f"{path}:{line} imports {name[1]}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_no_public_name_shadows_a_module(room):
    package = importlib.import_module(".".join(["innovnet", *room.relative_to(ROOT).parts]))
    modules = {path.stem for path in room.glob("*.py")} | {path.name for path in room.iterdir() if (path / "__init__.py").exists()}
    for name in package.__all__:
        value = getattr(package, name)
        if name in modules:
            assert isinstance(value, type(sys)), f"{name} hides the module of its name"


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_every_public_name_is_documented(room):
    package = importlib.import_module(".".join(["innovnet", *room.relative_to(ROOT).parts]))
    for name in package.__all__:
        if name != "__version__":
            assert (getattr(package, name).__doc__ or "").strip(), name


def test_import_is_light():
    code = (
        "import sys, time; before = set(sys.modules); t = time.perf_counter(); import innovnet; t = time.perf_counter() - t;"
        "new = {m.partition('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names) - {'innovnet'};"
        "print(t, sorted(new))"
    )
    best = min(
        (subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split(" ", 1) for _ in range(5)),
        key=lambda r: float(r[0]),
    )
    assert best[1].strip() == "[]"
    assert float(best[0]) < 0.1


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        innovnet.nothing  # noqa: B018
