"""What a model is, in words that JSON can hold: for provenance, and to tell whether a file belongs to a run."""

import dataclasses
import enum
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from innovnet.graph._network import Network
from innovnet.graph._tables import fingerprint_of


def described(value: Any) -> Any:
    """A model or one of its parameters: nested dataclasses by class and field, arrays and tables by their digest."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case enum.Enum():
            return f"{type(value).__qualname__}.{value.name}"
        case np.generic():
            return value.item()
        case np.ndarray() | pd.DataFrame():
            return f"{type(value).__name__} {value.shape} {fingerprint_of(value)}"
        case pd.Series():
            return f"Series {value.shape} {fingerprint_of(value.to_frame())}"
        case Network():
            return f"Network {value.fingerprint}"
        case Mapping():
            return {str(key): described(part) for key, part in value.items()}
        case set() | frozenset():
            return sorted(json.dumps(described(part)) for part in value)
        case list() | tuple():
            return [described(part) for part in value]
        case type():
            return f"{value.__module__}.{value.__qualname__}"
    if dataclasses.is_dataclass(value):
        return {"class": described(type(value))} | {field.name: described(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    if repr(value) == object.__repr__(value):
        return {"class": described(type(value))} | {name: described(part) for name, part in sorted(getattr(value, "__dict__", {}).items())}
    return repr(value)


def digest_of(described_value: Any) -> str:
    """SHA-256 of what :func:`described` returns."""
    return hashlib.sha256(json.dumps(described_value, sort_keys=True).encode()).hexdigest()


def first_difference(before: Any, now: Any, where: str = "") -> str:
    """Where two descriptions first differ: ``'search.rate: 0.0055 before, 0.01 now'``; nothing where they are the same."""
    if isinstance(before, dict) and isinstance(now, dict) and before.keys() == now.keys():
        found = (first_difference(before[key], now[key], f"{where}.{key}" if where else str(key)) for key in before)
        return next((words for words in found if words), "")
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        found = (first_difference(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(before, now, strict=True)))
        return next((words for words in found if words), "")
    if json.dumps(before) == json.dumps(now):
        return ""
    return f"{where or 'model'}: {json.dumps(before):.60} before, {json.dumps(now):.60} now"
