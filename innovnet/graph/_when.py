"""Dates and years: a year means the whole of it."""

from typing import Any

import numpy as np
import pandas as pd

from innovnet.errors import DataError


def _is_year(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _stamp(value: Any) -> pd.Timestamp:
    try:
        found = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        msg = f"{value!r} is no date and no year. Write 2021, or '2021-06-30'."
        raise DataError(msg) from error
    if pd.isna(found):
        msg = "a date is missing. Write 2021, or '2021-06-30'."
        raise DataError(msg)
    return found


def interval_start(value: Any) -> pd.Timestamp:
    """The first moment of a year or date."""
    return pd.Timestamp(int(value), 1, 1) if _is_year(value) else _stamp(value)


def interval_end(value: Any) -> pd.Timestamp:
    """The last day of a year, or the date."""
    return pd.Timestamp(int(value), 12, 31) if _is_year(value) else _stamp(value)
