"""Tables at the door: identifiers, text columns and weights are checked here, with the rows at fault named."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import some
from innovnet.errors import DataError, Fault
from innovnet.graph._when import checked_dates

#: Strengths of ties other than 0: powers and sums of such numbers stay numbers.
LIGHTEST, HEAVIEST = 1e-50, 1e50
Texts = TypeVar("Texts", pd.Index, pd.Series)
_ROWS = 2**20  #: of a table that are written as text at a time
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


def check_table(table: object, name: str) -> None:
    """Raise unless ``table`` is a table whose columns have different names, all of them text."""
    if not isinstance(table, pd.DataFrame):
        msg = f"the {name} table is a {type(table).__name__}. Give a pandas DataFrame."
        raise DataError(msg)
    wrong = [column for column in table.columns if not isinstance(column, str)]
    if wrong:
        msg = f"the {name} table has columns whose name is not text: {some(wrong)}. Rename them."
        raise DataError(msg)
    if table.columns.has_duplicates:
        msg = f"the {name} table has columns of the same name: {some(table.columns[table.columns.duplicated()].unique())}. Rename or drop one of each."
        raise DataError(msg)


def checked_ids(values: pd.Index | pd.Series, place: str, column: str) -> pd.Index:
    """Identifiers as an index of text or of whole numbers, none missing, empty or of mixed kind."""
    index = pd.Index(values)
    if isinstance(index, pd.CategoricalIndex):
        index = index.astype(index.categories.dtype)
    missing = np.flatnonzero(index.isna() | (index == ""))
    if len(missing):
        remedy = "Give every row an identifier, or leave the row out."
        raise DataError("identifiers are missing", [Fault(place, str(i), column, "", "has no identifier", remedy) for i in missing])
    kind = pd.api.types.infer_dtype(index, skipna=False) if len(index) else "empty"
    if kind not in ("string", "integer", "empty"):
        kinds = sorted({type(value).__name__ for value in index})
        odd = [value for value in index if not isinstance(value, str)]
        msg = f"{place}, column {column!r}: identifiers must be all text or all whole numbers; found {', '.join(kinds)}, for example {some(odd)}. Convert them with .astype(str)."
        raise DataError(msg)
    if kind != "integer" and not pd.api.types.is_integer_dtype(index.dtype):
        return checked_text(index, place, column)
    beyond = [value for value in index if not -(2**63) <= int(value) < 2**63] if index.dtype.kind in "Ou" else []
    if beyond:
        msg = f"{place}, column {column!r}: {some(beyond)} has more than 64 bits. Convert the identifiers with .astype(str)."
        raise DataError(msg)
    return pd.Index(index.to_numpy(dtype=np.int64))


def checked_text(values: Texts, place: str, column: str) -> Texts:
    """Text in the form that tables keep it in; what no text holds, a NUL or half a character (a lone surrogate), is an error that names it."""
    spoilt = [value for value in values.unique() if isinstance(value, str) and _is_spoilt(value)]
    if spoilt:
        msg = f"{place}, column {column!r}: no text holds a NUL or half a character: {some(spoilt)}. Remove it, or read the source with its own encoding."
        raise DataError(msg)
    return values.astype("str")


def _is_spoilt(text: str) -> bool:
    try:
        return b"\0" in text.encode()
    except UnicodeEncodeError:
        return True


def checked_table(table: pd.DataFrame, name: str, index: str) -> pd.DataFrame:
    """A deep copy of a table of actors or events: unique identifiers as its index, cells that are text, numbers, dates or yes/no."""
    check_table(table, name)
    copy = table.copy(deep=True)
    copy.attrs = {}
    copy.columns.name = None
    if index in copy.columns:
        if copy.index.name == index:
            msg = f"the {name} table has both an index and a column {index!r}. Keep the one that identifies."
            raise DataError(msg)
        copy = copy.set_index(index)
    copy.index = checked_ids(copy.index, f"{name} table", index)
    copy.index.name = index
    repeated = copy.index.duplicated(keep=False)
    if repeated.any():
        msg = f"the {name} table has {index}s more than once: {some(copy.index[repeated].unique())}. Keep one row for each."
        rows = np.flatnonzero(repeated)
        raise DataError(msg, [Fault(f"{name} table", str(i), index, str(copy.index[int(i)]), "is not the only row of this identifier", "") for i in rows])
    return checked_columns(copy, name)


def checked_columns(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with cells that are text, numbers, dates or yes/no."""
    return table.assign(**{column: checked_cells(table[column], f"{name} table", column) for column in table.columns})


_PLAIN: dict[str, Any] = {"boolean": "boolean", "integer": "Int64", "floating": "float64", "mixed-integer-float": "float64"}


def checked_cells(values: pd.Series, place: str, column: str) -> pd.Series:
    """A column in one of the forms that tables keep."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        checked_cells(pd.Series(values.cat.categories), place, column)
        return values
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in ("string", "empty"):
        return checked_text(values, place, column)
    if kind in ("date", "datetime", "datetime64"):
        return checked_dates(values, place, column)
    if kind in _PLAIN:
        return values.astype(_PLAIN[kind]) if values.dtype == object or isinstance(values.dtype, pd.ArrowDtype | pd.SparseDtype) else values
    odd = [value for value in values.dropna() if not isinstance(value, str)]
    msg = f"{place}, column {column!r}: cells must be text, numbers, dates or yes/no, not a mixture; found {some(odd)}. Convert the column."
    raise DataError(msg)


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
    """Weights as floats: 0, or from ``LIGHTEST`` to ``HEAVIEST``; all others are an error that names their rows."""
    try:
        numbers = pd.to_numeric(values, errors="coerce")
    except OverflowError:  # a whole number beyond all floats
        numbers = pd.to_numeric(values.astype("str"), errors="coerce")
    weights = np.full(len(values), np.nan)
    if numbers.dtype.kind in "biuf" and values.dtype.kind not in "mM":
        weights = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~((weights == 0) | ((weights >= LIGHTEST) & (weights <= HEAVIEST))))
    if len(wrong):
        remedy = f"A weight is 0 or a number from {LIGHTEST:.0e} to {HEAVIEST:.0e}; leave the row out where it is not known."
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
            kind, data = "text", b""
        digest.update(f"{name}\x1f{kind}\x1f{len(values)}\x1f".encode() + missing.tobytes() + data)
        if kind == "text":
            _feed_text(digest, values)


def _feed_text(digest: Any, values: pd.Series) -> None:
    """Add the lengths of texts and the texts: each different one is encoded once, and many rows are never held as texts."""
    codes, distinct = pd.factorize(values)
    texts = [*(str(text).encode() for text in distinct), b""]  # a missing one is last
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    chunks = np.split(codes, range(_ROWS, len(codes), _ROWS))
    for chunk in chunks:
        digest.update(lengths[chunk].tobytes())
    for chunk in chunks:
        digest.update(b"".join(map(texts.__getitem__, chunk.tolist())))


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
