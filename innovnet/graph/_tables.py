"""Tables at the door: identifiers, text columns and weights are checked here, with the rows at fault named."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import some
from innovnet.errors import DataError, Fault

QUALITY_COLUMNS = ["item", "place", "count", "action", "examples"]


def together(*checks: Callable[[], Any]) -> list[Any]:
    """The results of all checks; what several of them find wrong is raised as one error."""
    results, errors = [], []
    for check in checks:
        try:
            results.append(check())
        except DataError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise DataError("\n".join(error.summary for error in errors), [fault for error in errors for fault in error.faults])
    return results


def quality(rows: Iterable[Sequence[Any]] = ()) -> pd.DataFrame:
    """A quality table: one row for each thing that was read, repaired, dropped or kept."""
    table = pd.DataFrame(list(rows), columns=QUALITY_COLUMNS)
    return table.astype({"item": "str", "place": "str", "count": "int64", "action": "str", "examples": "str"})


def freeze(*arrays: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    """The arrays, contiguous and read-only."""
    frozen = []
    for array in arrays:
        kept = np.ascontiguousarray(array).view()
        kept.flags.writeable = False
        frozen.append(kept)
    return tuple(frozen)


def checked_ids(values: pd.Index | pd.Series, place: str, column: str) -> pd.Index:
    """Identifiers as an index of text or of whole numbers, none missing, empty or of mixed kind."""
    index = pd.Index(values)
    missing = np.flatnonzero(index.isna() | (index == ""))
    if len(missing):
        remedy = "Give every row an identifier, or leave the row out."
        raise DataError("identifiers are missing", [Fault(place, str(i), column, "", "has no identifier", remedy) for i in missing])
    if pd.api.types.is_integer_dtype(index.dtype):
        return pd.Index(index.to_numpy(dtype=np.int64))
    kinds = sorted({type(value).__name__ for value in index})
    if kinds and kinds != ["str"]:
        odd = [value for value in index if not isinstance(value, str)]
        msg = f"{place}, column {column!r}: identifiers must be all text or all whole numbers; found {', '.join(kinds)}, for example {some(odd)}. Convert them with .astype(str)."
        raise DataError(msg)
    return index.astype("str")


def checked_table(table: pd.DataFrame, name: str, index: str) -> pd.DataFrame:
    """A deep copy of a table of actors or events: unique identifiers as its index, text columns as text, nothing nested."""
    copy = table.copy(deep=True)
    copy.attrs = {}
    if index in copy.columns:
        copy = copy.set_index(index)
    copy.index = checked_ids(copy.index, f"{name} table", index)
    copy.index.name = index
    repeated = copy.index.duplicated(keep=False)
    if repeated.any():
        msg = f"the {name} table has {index}s more than once: {some(copy.index[repeated].unique())}. Keep one row for each."
        raise DataError(msg)
    wrong = [str(column) for column in copy.columns if not isinstance(column, str)]
    if wrong:
        msg = f"the {name} table has columns whose name is not text: {some(wrong)}. Rename them."
        raise DataError(msg)
    for column in copy.columns:
        if copy[column].dtype == object:
            copy[column] = _text_column(copy[column], name)
    return copy


def _text_column(values: pd.Series, name: str) -> pd.Series:
    known = values.dropna()
    if known.map(lambda v: isinstance(v, bool)).all() and len(known):
        return values.astype("boolean")
    odd = [value for value in known if not isinstance(value, str)]
    if odd:
        msg = f"the {name} table, column {values.name!r}: cells must be text, numbers, dates or yes/no, not a mixture; found {some(odd)}. Convert the column."
        raise DataError(msg)
    return values.astype("str")


def checked_positions(values: pd.Series | pd.Index, index: pd.Index, place: str, column: str, table: str) -> npt.NDArray[np.int64]:
    """Positions of identifiers in the index of a table; those that are not in it are an error that names them."""
    ids = checked_ids(values, place, column)
    if ids.dtype != index.dtype and len(ids) and len(index):
        msg = f"{place}, column {column!r} holds {ids.inferred_type} identifiers and the {table} table {index.inferred_type} ones. Make both the same."
        raise DataError(msg)
    found = index.get_indexer(ids)
    if (found < 0).any():
        unknown = ids[found < 0].unique()
        msg = f"{place}, column {column!r}: {len(unknown)} not in the {table} table: {some(unknown)}. Add them to it, or leave these rows out."
        raise DataError(msg)
    return found.astype(np.int64)


def checked_weights(values: pd.Series, place: str, column: str) -> npt.NDArray[np.float64]:
    """Weights as floats; NaN, infinite and negative ones are an error that names their rows."""
    try:
        weights = pd.to_numeric(values, errors="raise").to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError):
        bad = values[pd.to_numeric(values, errors="coerce").isna()]
        weights, wrong = np.full(len(values), np.nan), np.flatnonzero(values.index.isin(bad.index))
    else:
        wrong = np.flatnonzero(~(weights >= 0) | np.isinf(weights))
    if len(wrong):
        remedy = "A weight is a number of at least 0; leave the row out where it is not known."
        raise DataError("weights cannot be used", [Fault(place, str(i), column, str(values.iloc[i]), "is no weight", remedy) for i in wrong])
    return weights


def feed(digest: Any, table: pd.DataFrame) -> None:
    """Add a table to a digest: names, kinds and canonical bytes of its index and columns."""
    for name, values in [("", table.index.to_series()), *table.items()]:
        missing = values.isna().to_numpy()
        if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_integer_dtype(values.dtype):
            kind, data = "int", values.astype("Int64").to_numpy(dtype=np.int64, na_value=0).tobytes()
        elif pd.api.types.is_float_dtype(values.dtype):
            kind, data = "float", values.to_numpy(dtype=np.float64, na_value=np.nan).tobytes()
        elif pd.api.types.is_datetime64_any_dtype(values.dtype):
            kind, data = "date", values.to_numpy().astype("datetime64[us]").tobytes()
        else:
            texts = [b"" if gone else str(value).encode() for value, gone in zip(values, missing, strict=True)]
            kind, data = "text", np.array([len(t) for t in texts], dtype=np.int64).tobytes() + b"".join(texts)
        digest.update(f"{name}\x1f{kind}\x1f{len(values)}\x1f".encode() + missing.tobytes() + data)


def fingerprint_of(*parts: pd.DataFrame | npt.NDArray[Any] | str) -> str:
    """SHA-256 over tables, arrays and words, the same on every machine."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, pd.DataFrame):
            feed(digest, part)
        elif isinstance(part, str):
            digest.update(part.encode() + b"\x1f")
        else:
            digest.update(f"{part.dtype.str}{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()
