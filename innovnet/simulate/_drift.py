"""Whether a run has settled."""

import warnings
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_kind, check_list, check_whole, did_you_mean
from innovnet.errors import DataError, DataWarning
from innovnet.simulate._ensemble import Ensemble
from innovnet.simulate._statistics import spread
from innovnet.simulate._trajectory import Trajectory

MOST = 0.01  #: change in a year, against the level, that is still called settled
LEAST = 5  #: years that a line is laid through
BURNING = 0.07  #: change in a year over the second half of a burn-in that is told: settled worlds of 1,000 firms hardly move so far by chance
MAIN = ("participation", "ties", "innovation_rate", "survival", "export_share", "log_productivity_sd")


def drift(result: Trajectory | Ensemble, *, years: int = 5, main: Iterable[str] | None = None) -> pd.DataFrame:
    r"""How fast what was observed still changes at the end: whether a burn-in was long enough for policies to be compared from there.

    The slope of the least squares line over the last years, and it against the mean level,

    .. math:: b = \frac{\sum_y (y - \bar y)(x_y - \bar x)}{\sum_y (y - \bar y)^2}, \qquad b / |\bar x|

    Parameters
    ----------
    result
        A run, or many of one model; a :class:`~innovnet.simulate.Comparison` has one of them for each model.
    years
        Last years looked at, at least 3, year 0 not among them.
    main
        Observed quantities that are warned of. None: participation, ties, innovation rate, survival, share of exporters and spread of productivity as far as they are
        observed, else all.

    Returns
    -------
    DataFrame
        Index ``outcome``: ``level`` (mean), ``slope`` (a year), ``se`` of the slope (over runs; of a single run from what is left around the line), ``relative`` (slope
        over level, a year; NaN at level 0) and ``drifts``: whether it is beyond 1 % a year and the slope beyond two of its standard errors.

    Warns
    -----
    DataWarning
        A main quantity drifts.

    Notes
    -----
    A single run of few firms moves by chance: many runs tell better. Cost: O(runs × years × outcomes).

    Examples
    --------
    >>> import innovnet as inn
    >>> lithuania = inn.simulate.population(country="LT", firms=500, seed=1)
    >>> many = inn.simulate.replicate(inn.simulate.Participation(), lithuania, steps=36, seed=1, runs=10)
    >>> bool(inn.simulate.drift(many).loc["survival", "drifts"])
    False
    """
    if not isinstance(result, Ensemble):
        check_kind(result, Trajectory, "drift", "Give what run(), branch() or replicate() returns.")
    check_whole(years, "years", 3)
    if isinstance(result, Ensemble):
        names, values = list(result.names), result.values
    else:
        names, values = [str(name) for name in result.summary.columns], result.summary.to_numpy()[None]
    if values.shape[1] <= years:
        msg = f"drift: {values.shape[1] - 1} years after year 0 are fewer than years={years}. Take a longer run, or fewer years."
        raise DataError(msg)
    table = _slopes(names, values[:, -years:])
    _warn(table, main, years)
    return table


def second_half(years: int) -> int:
    """How many of the last years of a burn-in are looked at: half of them, at least five; none where there are fewer."""
    return max(LEAST, years // 2) if years >= LEAST else 0


def warn_of_burn_in(names: Sequence[str], rows: npt.ArrayLike, years: int, stacklevel: int) -> None:
    """Warn where main quantities, observed in the second half of a burn-in of so many years, still move by more than 7 % a year."""
    chosen = [name for name in MAIN if name in names]
    if not chosen or len(np.asarray(rows)) < LEAST:
        return
    table = _slopes(list(names), np.asarray(rows)[None]).loc[chosen]
    moving = table[table["drifts"] & (table["relative"].abs() > BURNING)]
    if len(moving):
        msg = (
            f"burn-in: not settled in the last {len(np.asarray(rows))} of its {years} years (change a year): {_told(moving)}. Take a longer burn-in; 30 years from a "
            "world without ties are usual. Where they do not help, the population is so small that it moves by chance: take more firms."
        )
        warnings.warn(msg, DataWarning, stacklevel=stacklevel)


def _told(moving: pd.DataFrame) -> str:
    return ", ".join(f"{name} {100 * relative:+.1f} %" for name, relative in moving["relative"].items())


def _slopes(names: list[str], values: np.ndarray) -> pd.DataFrame:
    """Lines through runs × years × outcomes."""
    runs, years, _ = values.shape
    away = np.arange(years) - (years - 1) / 2.0
    square = float(away @ away)
    slopes = np.tensordot(values, away, axes=(1, 0)) / square
    found, levels = spread(slopes), spread(values.mean(axis=1)).mean
    if runs > 1:
        se = found.se
    else:
        left = values[0] - values[0].mean(axis=0) - away[:, None] * slopes[0]
        se = np.sqrt((left**2).sum(axis=0) / (years - 2) / square)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(levels == 0, np.nan, found.mean / np.abs(levels))
        drifts = (np.abs(relative) > MOST) & (np.abs(found.mean) > 2.0 * se)
    columns = {"level": levels, "slope": found.mean, "se": se, "relative": relative, "drifts": drifts}
    return pd.DataFrame(columns, index=pd.Index(names, name="outcome"))


def _warn(table: pd.DataFrame, main: Iterable[str] | None, years: int) -> None:
    if main is None:
        chosen = [name for name in MAIN if name in table.index] or list(table.index)
    else:
        check_list(main, "main")
        chosen = list(main)
        for name in chosen:
            if name not in table.index:
                msg = f"main: {name!r} is not observed. {did_you_mean(str(name), list(table.index))}"
                raise DataError(msg)
    moving = table.loc[chosen]
    moving = moving[moving["drifts"]]
    if len(moving):
        warnings.warn(
            f"not settled over the last {years} years (a year): {_told(moving)}. Take more years before anything is compared.", DataWarning, stacklevel=3
        )
