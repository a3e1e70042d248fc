"""Compiled kernels: the only file that imports numba.

A kernel is a serial loop over arrays that releases the interpreter lock; :mod:`innovnet._parallel` runs it on several threads. Compiled
code is kept in the user's cache folder (or in ``INNOVNET_CACHE``), under the version of innovnet and of numba and a digest of every kernel
source that the kernel can reach. Numba's own cache looks at the file of the kernel alone and so returns old numbers once a helper in another
file has changed.
"""

import ast
import hashlib
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numba.extending
from numba.core import types as types
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.imputils import impl_ret_borrowed as impl_ret_borrowed
from numba.extending import models as models
from numba.extending import register_model as register_model

from innovnet import __version__
from innovnet.errors import InnovnetWarning

F = TypeVar("F", bound=Callable[..., Any])
ROOT = Path(__file__).parent

#: Every kernel of the modules loaded so far, for the tests that look at what was compiled.
KERNELS: list[Any] = []


def cache_folder() -> Path:
    """Where compiled kernels are kept: ``INNOVNET_CACHE``, else the platform's folder for caches."""
    if told := os.environ.get("INNOVNET_CACHE"):
        return Path(told)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "innovnet" / "cache"
    if sys.platform == "darwin":
        return Path("~/Library/Caches/innovnet").expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "innovnet"


@cache
def _writable() -> bool:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        msg = f"compiled kernels cannot be kept in {folder} ({error.strerror}); they are compiled anew in each session. Set INNOVNET_CACHE to a folder that can be written."
        warnings.warn(msg, InnovnetWarning, stacklevel=2)
        return False
    return True


@cache
def _imports(file: Path) -> tuple[Path, ...]:
    """The files of innovnet that hold kernels and are imported by ``file``."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("innovnet."):
            path = ROOT.joinpath(*node.module.split(".")[1:]).with_suffix(".py")
            if path.exists() and "innovnet._kernel" in path.read_text(encoding="utf-8"):
                found.append(path)
    return tuple(found)


@cache
def digest(file: Path) -> str:
    """SHA-256 over the kernel sources that a kernel in ``file`` can reach."""
    reached, waiting = {file}, [file]
    while waiting:
        new = set(_imports(waiting.pop())) - reached
        reached |= new
        waiting += new
    joined = hashlib.sha256()
    for path in sorted(reached):
        joined.update(hashlib.sha256(path.read_bytes()).digest())
    return joined.hexdigest()


class _Locator(_CacheLocator):  # type: ignore[misc]
    def __init__(self, function: Callable[..., Any]) -> None:
        self._file = Path(function.__code__.co_filename)
        self._line = function.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        return str(cache_folder() / f"innovnet-{__version__}-numba-{numba.__version__}" / digest(self._file)[:16])

    def get_source_stamp(self) -> str:
        return digest(self._file)

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., Any], _file: str) -> "_Locator":
        return cls(function)


class _Implementation(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_Locator,)


class _Cache(FunctionCache):  # type: ignore[misc]
    _impl_class = _Implementation


def _compiled(function: F, **how: str | bool) -> F:
    compiled = numba.njit(nogil=True, error_model="numpy", **how)(function)
    if _writable():
        compiled._cache = _Cache(function)
    KERNELS.append(compiled)
    return compiled


def kernel(function: F) -> F:
    """Compile a function over arrays on its first call. No fastmath: NaN, infinities and the order of sums are kept."""
    return _compiled(function)


def inlined(function: F) -> F:
    """A kernel that is written out in the kernels that call it: for small ones that return several numbers, which else keep the caller's loop off vectors."""
    return _compiled(function, inline="always")


def bare_kernel(function: F) -> F:
    """A kernel that allocates nothing, compiled without counts of references: with tuples of many arrays in a loop they cost more than the work."""
    return _compiled(function, _nrt=False)


def compiled_before() -> bool:
    """Whether kernels of this version have been compiled and kept."""
    return any(cache_folder().glob(f"innovnet-{__version__}-numba-{numba.__version__}/*/*.nbi"))


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operation of kernels from a function that writes its code; what a kernel passes it is one argument less."""
    return numba.extending.intrinsic(function)
