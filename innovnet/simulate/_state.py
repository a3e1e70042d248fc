"""The state of a model as the runner sees it: arrays and numbers in nested tuples and dataclasses, which can be copied, taken apart and put together."""

import dataclasses
import inspect
import math
import typing
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from innovnet._check import some
from innovnet.errors import DataError

T = TypeVar("T")
Array = npt.NDArray[Any]
_PLAIN = (bool, int, float, str, type(None))
_REMEDY = "A state is a dataclass or a NamedTuple of arrays of numbers, of plain numbers and text, and of tuples of these."


_LINE = 64  # bytes


def empty_in_lines(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """An array that begins where a line of the cache does: rows of 32 bytes are then never in two of them."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + _LINE, dtype=np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : first + size].view(dtype).reshape(shape)


def _own(array: Array) -> Array:
    if not array.flags.c_contiguous or array.ndim == 0:
        return array.copy(order="K")
    own = empty_in_lines(array.shape, array.dtype)
    own[...] = array
    return own


def copied(state: T) -> T:
    """The state with its own writable arrays; read-only ones are shared. An array that is held twice is copied once."""
    return _copied(state, {})


def _copied(part: Any, made: dict[int, Array]) -> Any:
    if isinstance(part, np.ndarray):
        if not part.flags.writeable:
            return part
        if id(part) not in made:
            made[id(part)] = _own(part)
        return made[id(part)]
    if isinstance(part, (*_PLAIN, np.generic)):
        return part
    if isinstance(part, tuple):
        return _tuple(type(part), [_copied(value, made) for value in part])
    if is_record(type(part)):
        return _record(type(part), {name: _copied(value, made) for name, value in _fields(part)})
    raise DataError(_no_state(part))


def flattened(state: Any) -> tuple[Any, list[Array]]:
    """A plan of the state, of what JSON can hold, and the arrays that it names by number."""
    arrays: list[Array] = []
    return _flattened(state, arrays, {}), arrays


def _flattened(part: Any, arrays: list[Array], seen: dict[int, int]) -> Any:
    if isinstance(part, np.ndarray | np.generic):
        if part.dtype.hasobject:
            raise DataError(_no_state(part.dtype.type()))
        if isinstance(part, np.generic):
            arrays.append(np.asarray(part))
            return {"number": len(arrays) - 1}
        if id(part) not in seen:
            seen[id(part)] = len(arrays)
            arrays.append(part)
        return {"array": seen[id(part)], "writable": bool(part.flags.writeable)}
    if isinstance(part, _PLAIN):
        return part
    if isinstance(part, tuple):
        return {"tuple": _name(type(part)), "parts": [_flattened(value, arrays, seen) for value in part]}
    if is_record(type(part)):
        return {"record": _name(type(part)), "parts": {name: _flattened(value, arrays, seen) for name, value in _fields(part)}}
    raise DataError(_no_state(part))


def rebuilt(root: type, plan: Any, arrays: list[Array]) -> Any:
    """The state of a plan. Classes are taken from ``root`` and the annotations of its fields, never from the plan: a file names no code to run."""
    known = {_name(found): found for found in {tuple, *_classes(root)}}
    return _rebuilt(plan, arrays, known)


def _rebuilt(plan: Any, arrays: list[Array], known: dict[str, type]) -> Any:
    match plan:
        case {"array": number, "writable": writable}:
            arrays[number].flags.writeable = writable
            return arrays[number]
        case {"number": number}:
            return arrays[number][()]
        case {"tuple": name, "parts": parts}:
            return _tuple(_known(name, known), [_rebuilt(part, arrays, known) for part in parts])
        case {"record": name, "parts": parts}:
            kind = _known(name, known)
            if missing := {field.name for field in dataclasses.fields(kind)} ^ set(parts):
                msg = f"the file holds a {name} that differs from this one in {some(sorted(missing))}. Take the version of the model that wrote it."
                raise DataError(msg)
            return _record(kind, {field: _rebuilt(part, arrays, known) for field, part in parts.items()})
    return plan


def state_class(model: Any) -> type:
    """The class of a model's state: the annotation of what its ``start`` returns."""
    try:
        found = typing.get_type_hints(type(model).start).get("return")
    except NameError as error:
        msg = f"the annotation of {type(model).__name__}.start names {error.name!r}, which its module does not know at run time. Import the class there."
        raise DataError(msg) from error
    if not inspect.isclass(found) or not (is_record(found) or issubclass(found, tuple)):
        msg = f"{type(model).__name__}.start does not say which class it returns. Annotate it, as in def start(self, network, draw) -> State."
        raise DataError(msg)
    return found


def check_state(model: Any, state: Any, whose: str) -> None:
    """Raise unless a state is one that this model starts with."""
    wanted = state_class(model)
    if type(state) is not wanted:
        msg = f"{whose} holds a state of {type(state).__name__}; {type(model).__name__} goes on from one of {wanted.__name__}. Go on with a model of the same kind."
        raise DataError(msg)


def check_kept(model: Any, state: Any, *, in_file: bool) -> None:
    """Raise unless this state, of ``model.start``, can be copied and, for a file, be made again from it."""
    plan, _ = flattened(state)
    if not in_file:
        return
    wanted, who = state_class(model), f"{type(model).__name__}.start"
    if type(state) is not wanted:
        msg = f"{who} returns {type(state).__name__} and is annotated with {wanted.__name__}: a checkpoint could not be read. Make them the same."
        raise DataError(msg)
    absent = set(_named(plan)) - {_name(found) for found in {tuple, *_classes(wanted)}}
    if absent:
        msg = f"{who} returns a state with parts of {some(sorted(absent))}, which no annotation of {wanted.__name__} leads to: a checkpoint could not be read. Annotate them."
        raise DataError(msg)


def _named(plan: Any) -> Iterator[str]:
    """The classes that a plan names."""
    if isinstance(plan, dict) and "parts" in plan:
        yield plan["tuple"] if "tuple" in plan else plan["record"]
        for part in plan["parts"].values() if "record" in plan else plan["parts"]:
            yield from _named(part)


def is_record(kind: type) -> bool:
    """Whether this is a class of dataclasses."""
    return dataclasses.is_dataclass(kind)


def _fields(part: Any) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(part, field.name)) for field in dataclasses.fields(part))


def _record(kind: type, values: dict[str, Any]) -> Any:
    made: Any = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def _tuple(kind: type, values: list[Any]) -> Any:
    return kind(*values) if hasattr(kind, "_fields") else tuple(values)


def _name(kind: type) -> str:
    return "tuple" if kind is tuple else f"{kind.__module__}.{kind.__qualname__}"


def _known(name: str, known: dict[str, type]) -> type:
    if name not in known:
        msg = f"the file holds a state with a part of {name}, which this model does not have. {some(sorted(known), 12)} are known. Take the version of the model that wrote it."
        raise DataError(msg)
    return known[name]


def _classes(hint: Any, found: set[type] | None = None) -> set[type]:
    """The dataclasses and NamedTuples that an annotation can lead to."""
    found = set() if found is None else found
    for part in typing.get_args(hint):
        _classes(part, found)
    if inspect.isclass(hint) and hint not in found and (is_record(hint) or (issubclass(hint, tuple) and hasattr(hint, "_fields"))):
        found.add(hint)
        for part in typing.get_type_hints(hint).values():
            _classes(part, found)
    return found


def _no_state(part: Any) -> str:
    return f"a state holds {part!r:.60}, a {type(part).__name__}. {_REMEDY}"
