"""A state that can be gone on from, in memory or in one file."""

import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet import __version__
from innovnet._check import check_path
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.graph.write._atomic import atomic_path
from innovnet.simulate._course import Course, check_population
from innovnet.simulate._identity import described, digest_of, first_difference
from innovnet.simulate._state import Array, check_state, copied, flattened, rebuilt, state_class

FORMAT = 1
HEADER = "header.json"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, TokenError)  #: what zip files and headers of arrays are refused with, besides what Python refuses


_HANDED_OVER = object()


@dataclass(frozen=True, eq=False, repr=False)
class Checkpoint:
    """Where a model stands after some year: :func:`innovnet.simulate.branch` goes on from it, as often as you like.

    A trajectory has one of its last year (``trajectory.checkpoint``); :func:`innovnet.simulate.read_checkpoint` reads one from a file.
    """

    population: Network
    model: Any  #: description of the model: class and parameters
    seed: int
    key: np.uint64
    step: int  #: steps since the model was started
    year: int  #: years since the start or the branch
    names: tuple[str, ...]
    rows: npt.NDArray[np.float64]
    origin: str  #: what it was branched from; "" where the model was started
    _state: Any = None
    _file: Path | None = None

    @classmethod
    def of(cls, course: Course, seed: int, origin: str) -> "Checkpoint":
        """The point where a course stands; shares its state, so the course must not go on."""
        model, rows = described(course.model), np.array(course.rows)
        return cls(course.network, model, seed, course.key, course.step, course.year, course.names, rows, origin, course.state)

    @property
    def summary(self) -> pd.DataFrame:
        """What was observed so far, one row for each ``year``."""
        return pd.DataFrame(self.rows, columns=list(self.names), index=pd.RangeIndex(len(self.rows), name="year"))

    @cached_property
    def state(self) -> Any:
        """The state in memory; not to be changed. A checkpoint that was read from a file has it only for a model."""
        self.check_there()
        if self._state is None:
            msg = "a checkpoint that was read from a file has a state only for a model: give it to branch, replicate or compare."
            raise DataError(msg)
        return self._state

    def check_there(self) -> None:
        """Raise if the state was handed over."""
        if self._state is _HANDED_OVER:
            msg = "the state of this checkpoint was handed over by branch(keep=False), and so is gone. Branch from it without keep=False, or make it anew."
            raise DataError(msg)

    def state_for(self, model: Any, *, keep: bool = True) -> Any:
        """A state for this model that may be changed: a copy, or the state itself where it need not be kept."""
        if self._file is None:
            self.check_there()
            check_state(model, self._state, "the checkpoint")
            if keep:
                return copied(self._state)
            state = self._state
            object.__setattr__(self, "_state", _HANDED_OVER)
            self.__dict__.pop("state", None)
            return state
        with opened(self._file) as (header, archive):
            if digest_of([header[name] for name in ("step", "model", "seed", "origin")]) != digest_of([self.step, self.model, self.seed, self.origin]):
                msg = f"{self._file} has been written anew since it was read. Read it again, or branch from a copy of the file."
                raise DataError(msg)
            return state_in(header, archive, model)

    @cached_property
    def digest(self) -> str:
        """What this state follows from."""
        return digest_of([self.model, self.population.fingerprint, str(self.key), self.step, self.year, self.origin])

    def __repr__(self) -> str:
        where = f" in {self._file}" if self._file else ""
        kind = str(self.model["class"]).rpartition(".")[2] if isinstance(self.model, dict) else str(self.model)
        return f"Checkpoint{where}: {kind}, year {self.year}, step {self.step}, seed {self.seed}, {self.population.n_actors:,} actors"


def read_checkpoint(path: str | os.PathLike[str], population: Network) -> Checkpoint:
    """Read the checkpoint that a run has written, to go on from it with another model.

    Parameters
    ----------
    path
        What :func:`innovnet.simulate.run` was given as ``checkpoint``.
    population
        The population of that run: the file holds the state of the model alone, and a fingerprint of the population.

    Returns
    -------
    Checkpoint
        For :func:`innovnet.simulate.branch`. The arrays of the state are read when it is used.

    Raises
    ------
    DataError
        The file is no checkpoint, is damaged, was written by another version, or for another population.

    Notes
    -----
    To go on with the *same* run, call :func:`innovnet.simulate.run` again with the same ``checkpoint``. A file cannot make code run: it holds numbers and
    names, and the classes of the state are those of the model that goes on. Cost: O(1), and O(state) when it is used.

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.read_checkpoint("nothing.npz", inn.toy().project())
    Traceback (most recent call last):
    innovnet.errors.DataError: nothing.npz: no such file. Give the path that run(..., checkpoint=path) was given.
    """
    check_path(path, "path")
    check_population(population, "read_checkpoint")
    with opened(Path(path)) as (header, archive):
        if header["population"] != population.fingerprint:
            msg = f"{path} belongs to another population ({header['population'][:8]}, not {population.fingerprint[:8]}). Give the one that was run."
            raise DataError(msg)
        rows = rows_in(archive)
        key, names = np.uint64(int(header["key"])), tuple(header["names"])
        year = header["step"] - header["zero"]
    return Checkpoint(population, header["model"], header["seed"], key, header["step"], year, names, rows, header["origin"], _file=Path(path))


@dataclass(frozen=True)
class CheckpointFile:
    """Where a run keeps its state, and what the run is: a file of another run is refused."""

    path: Path
    model: Any
    network: Network
    seed: int
    origin: str = ""

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What a file must agree on."""
        return {"population": self.network.fingerprint, "seed": self.seed, "origin": self.origin, "model": described(self.model)}

    def course(self, steps: int) -> Course | None:
        """The run as the file holds it; None where there is no file yet."""
        state_class(self.model)
        if not self.path.exists():
            return None
        with opened(self.path) as (header, archive):
            self._check(header, steps)
            state, rows = state_in(header, archive, self.model), list(rows_in(archive))
            return Course(self.model, self.network, np.uint64(int(header["key"])), state, header["step"], header["zero"], tuple(header["names"]), rows)

    def write(self, course: Course) -> None:
        """Write the state, array by array, beside the file, and put it in its place once it is whole."""
        plan, arrays = flattened(course.state)
        header = {"format": FORMAT, "innovnet": __version__, **self.identity, "key": str(course.key), "step": course.step, "zero": course.zero}
        header |= {"names": list(course.names), "plan": plan, "arrays": len(arrays)}
        try:
            with atomic_path(self.path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(HEADER, json.dumps(header))
                for name, array in (("summary", np.array(course.rows)), *((str(i), array) for i, array in enumerate(arrays))):
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
        except OSError as error:
            held = "It still holds what it held before." if self.path.exists() else "There is none yet."
            msg = f"the checkpoint {self.path} cannot be written: {error.strerror or error}. {held} Make room or choose another place, and call again."
            raise DataError(msg) from error

    def _check(self, header: dict[str, Any], steps: int) -> None:
        wanted = self.identity
        words = {"population": "another population", "seed": f"seed {header['seed']}, not {self.seed}", "origin": "another start"}
        other = [words[name] for name in words if header[name] != wanted[name]]
        if changed := first_difference(header["model"], wanted["model"]):
            other.append(f"another model ({changed})")
        remedy = "Ask for that run again, or give another path; to go on from it with another model, use branch(read_checkpoint(path, population), model, ...)."
        if other:
            msg = f"the checkpoint {self.path} is of {' and '.join(other)}. {remedy}"
            raise DataError(msg)
        year = header["step"] - header["zero"]
        if year > steps:
            msg = f"the checkpoint {self.path} is already at year {year}, beyond steps={steps}. Ask for at least {year} steps, or give another path."
            raise DataError(msg)


@contextmanager
def opened(path: Path) -> Iterator[tuple[dict[str, Any], zipfile.ZipFile]]:
    """The header of a checkpoint and its arrays; what is no checkpoint of this version is an error."""
    try:
        with zipfile.ZipFile(path) as archive:
            header = json.loads(archive.read(HEADER))
            _check_version(header, path)
            yield header, archive
    except FileNotFoundError as error:
        msg = f"{path}: no such file. Give the path that run(..., checkpoint=path) was given."
        raise DataError(msg) from error
    except DataError:
        raise
    except (*_DAMAGE, OSError, LookupError, TypeError, ValueError, ArithmeticError, RuntimeError, MemoryError) as error:
        msg = f"{path} is no whole checkpoint ({error}). Give the path that run(..., checkpoint=path) was given, or remove the file to start anew."
        raise DataError(msg) from error


def _check_version(header: dict[str, Any], path: Path) -> None:
    if (header["format"], header["innovnet"]) != (FORMAT, __version__):
        msg = f"{path} was written by innovnet {header['innovnet']}, this is {__version__}: the same bits are not promised. Go on with that version, or start anew."
        raise DataError(msg)


def state_in(header: dict[str, Any], archive: zipfile.ZipFile, model: Any) -> Any:
    """The state in an open checkpoint, for a model."""
    state = rebuilt(state_class(model), header["plan"], [_array(archive, str(i)) for i in range(header["arrays"])])
    check_state(model, state, "the checkpoint")
    return state


def rows_in(archive: zipfile.ZipFile) -> npt.NDArray[np.float64]:
    """What was observed until an open checkpoint."""
    return _array(archive, "summary")


def _array(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(f"{name}.npy") as member:
        array: Array = np.lib.format.read_array(member, allow_pickle=False)
        member.read()  # to the end: only there the checksum is compared
    return array
