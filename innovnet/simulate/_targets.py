"""What is known of firms and their networks that the participation model is held to."""

from functools import cache
from importlib.resources import files
from io import StringIO

import pandas as pd

EXPECTED, CANNOT, OPEN = "expected", "cannot be met", "open"


def targets() -> pd.DataFrame:
    """The figures that :class:`~innovnet.simulate.Participation` is calibrated to, with their sources; also those that it cannot meet, and those that nobody knows.

    Returns
    -------
    DataFrame
        Index ``target``. ``moment`` (a name of :func:`~innovnet.simulate.moments`); ``value``; ``low`` and ``high`` where the source has a range, or knows no more than a
        bound; ``unit``, ``scope``, ``period``, ``source``; ``status``: "text" (read in the source), "measured" (from open data, by a script of
        this project), "memory" or "assumption"; ``met``: "expected", "cannot be met" or "open" (printed beside the others and not fitted); ``note``, the reason.

    Notes
    -----
    Shares are of 1. Cost: O(1).

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.simulate.targets().loc["innovative in 3 years, 10+", ["moment", "unit", "met"]].tolist()
    ['innovative_3y_10', 'share of firms', 'expected']
    """
    return _table().copy()


@cache
def _table() -> pd.DataFrame:
    text = files("innovnet.simulate").joinpath("data", "targets.csv").read_text(encoding="utf-8")
    kinds = dict.fromkeys(("value", "low", "high"), "float64")
    read = pd.read_csv(StringIO(text), keep_default_na=False, na_values={name: [""] for name in kinds}, dtype=kinds, index_col="target")
    return read.astype(dict.fromkeys([name for name in read.columns if name not in kinds], "str"))
