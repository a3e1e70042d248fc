"""What taking part does to a firm, and what an evaluation without an experiment would say of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet import _parallel
from innovnet._check import check_choice, check_whole
from innovnet._random import seed_key
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._course import Course, begun, check_population, check_steps
from innovnet.simulate._model import check_labels
from innovnet.simulate._participation._effects import participation_effect
from innovnet.simulate._participation._model import Participation
from innovnet.simulate._participation._observe import SIZES
from innovnet.simulate._participation._state import ENTERED, State
from innovnet.simulate._statistics import Floats, product_index, t_value

WORLDS = ("default", "null")
ESTIMATORS = ("difference", "regression", "regression_quality", "truth")
GROUPS = ("all", *SIZES)
_MEASURED = ("effect", "se", "participants", "others")


def participation_effects(
    model: Participation,
    population: Network | Checkpoint,
    *,
    seed: int,
    steps: int = 1,
    burn_in: int = 30,
    runs: int = 1,
    worlds: Sequence[str] = WORLDS,
    progress: bool | None = None,
) -> pd.DataFrame:
    """What taking part in cooperation adds to a firm's probability of innovating in a year, in this model: the truth beside what evaluators would estimate.

    Firms that take part differ from others in what makes firms innovate, and innovators look for partners. So a comparison of participants with others overstates what
    taking part does. Here the true effect is known; and in the *null world*, where networks have no effect at all, whatever an estimator finds is its bias.

    Parameters
    ----------
    model
        Without policies, as a rule: what they do is told by :func:`compare`.
    population
        A network; or a checkpoint, from whose state all runs go on.
    seed
        Any whole number of at least 0.
    steps
        Years that are evaluated, each by itself; effects are their means.
    burn_in
        Years before these, in each run and world anew.
    runs
        Number of runs.
    worlds
        ``"default"``: the model as given. ``"null"``: with ``network_effect=0``.
    progress
        As in :func:`run`.

    Returns
    -------
    DataFrame
        By ``world``, ``size`` ("all" and the four size classes) and ``estimator``: ``effect`` (a difference of annual probabilities, -1 to 1), ``se``, ``low``, ``high``
        (95 %), ``bias`` (effect - truth of the same world and size), ``participants`` and ``others`` (mean numbers of firms). NaN where nothing can be estimated.

    Raises
    ------
    DataError
        Wrong input; a model without market, in which nobody innovates.

    Notes
    -----
    Of firms that were there all year; a participant had a tie in that year. Estimators:

    - ``difference``: share of innovators among participants minus that among others.
    - ``regression``: least squares of innovating on taking part, log employees and sector (dummies), with standard errors robust to heteroscedasticity (HC1 [1]_).
    - ``regression_quality``: the same with quality, which nobody observes outside a model. It is still no truth where past innovation leads to ties.
    - ``truth``: mean over participants of (1 - exp(-λ exp(N))) - (1 - exp(-λ)), N what the network adds to the log hazard λ of the firm: the same firm in the
      same state, but without what ties and knowledge from partners add. It leaves out what those add to productivity and size, which takes years.

    With one run ``se`` is that of the estimator, and 0 for the truth, which is known exactly of the firms of this run. With more it is that of the mean over runs
    (Student's t). Over several years of one run it is their root mean square: years of the same firms add little. Cost: worlds × runs × that of a run,
    O(firms) memory for each.

    References
    ----------
    .. [1] MacKinnon & White (1985), Journal of Econometrics 29(3), 305-325, doi:10.1016/0304-4076(85)90158-7.

    Examples
    --------
    >>> import innovnet as inn
    >>> lithuania = inn.simulate.population(country="LT", firms=3000, seed=1)
    >>> found = inn.simulate.participation_effects(inn.simulate.Participation(), lithuania, seed=1, burn_in=10)
    >>> float(found.loc[("null", "all", "truth"), "effect"])
    0.0
    >>> bool(found.loc[("null", "all", "difference"), "effect"] > 0.01)
    True
    """
    _check(model, population, seed, steps, burn_in, runs, worlds)
    steps, burn_in, runs = int(steps), int(burn_in), int(runs)  # numbers of numpy can have no sign
    models = {"default": model, "null": replace(model, network_effect=0.0)}
    jobs = [(world, run) for world in worlds for run in range(runs)]

    def task(job: int) -> Floats:
        world, run = jobs[job]
        return np.mean([_year(state, models[world]) for state in _years(models[world], population, seed, run, burn_in, steps)], axis=0)

    found = np.array(list(_parallel.run(task, len(jobs), what="runs", progress=progress)))
    return _table(found.reshape(len(worlds), runs, len(GROUPS), len(ESTIMATORS), len(_MEASURED)), list(worlds))


def _check(model: Any, population: Any, seed: Any, steps: Any, burn_in: Any, runs: Any, worlds: Any) -> None:
    if not isinstance(model, Participation):
        msg = f"participation_effects knows the true effect in simulate.Participation, not in {type(model).__name__}. Give such a model."
        raise DataError(msg)
    if model.market is None:
        msg = "participation_effects: with market=None nobody innovates. Leave the market on."
        raise DataError(msg)
    check_whole(seed, "seed", 0)
    check_whole(burn_in, "burn_in", 0)
    check_whole(runs, "runs", 1)
    if isinstance(worlds, str) or not isinstance(worlds, Sequence) or not worlds or len(set(worlds)) < len(worlds):
        msg = f"worlds={worlds!r} is no list of worlds. Give one or both of {', '.join(map(repr, WORLDS))}."
        raise DataError(msg)
    for world in worlds:
        check_choice(world, WORLDS, "worlds")
    if not isinstance(population, Checkpoint):
        check_population(population, "participation_effects")
    check_labels([model], population.population if isinstance(population, Checkpoint) else population)
    check_steps(steps, burn_in + (population.step if isinstance(population, Checkpoint) else 0))


def _years(model: Participation, population: Network | Checkpoint, seed: int, run: int, burn_in: int, steps: int) -> Iterator[State]:
    """The state of each year that is evaluated."""
    key = seed_key(int(seed), run)
    if isinstance(population, Checkpoint):
        course = Course(model, population.population, key, population.state_for(model), population.step, population.step + burn_in)
    else:
        course = begun(model, population, key, burn_in)
    for year in range(burn_in + steps):
        course.advance()
        if year >= burn_in:
            yield course.state


@dataclass(frozen=True)
class _Sample:
    """Firms that were there all year."""

    innovated: npt.NDArray[np.bool_]
    part: npt.NDArray[np.bool_]  #: whether they had a tie
    sector: npt.NDArray[np.int64]
    log_size: Floats
    quality: Floats
    truth: Floats
    size: npt.NDArray[np.int64]  #: class

    def of(self, rows: npt.NDArray[np.bool_]) -> "_Sample":
        return _Sample(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def _year(state: State, model: Participation) -> Floats:
    """Groups × estimators × what is measured."""
    places, firms = state.places, state.firms
    here = (places.sector != places.sectors) & ((firms.flags & np.uint8(ENTERED)) == 0)
    staff = firms.employees[here].astype(np.float64)
    sample = _Sample(
        innovated=(firms.innovated[here] & np.uint8(1)) > 0,
        part=np.diff(state.ties.indptr)[here] > 0,
        sector=places.sector[here].astype(np.int64),
        log_size=np.log(staff),
        quality=firms.quality[here].astype(np.float64),
        truth=participation_effect(state, model._numbers)[here].astype(np.float64),
        size=np.digitize(staff, (10.0, 50.0, 250.0)),
    )
    groups = (sample, *(sample.of(sample.size == size) for size in range(len(SIZES))))
    return np.array([_estimates(group) for group in groups])


def _estimates(sample: _Sample) -> Floats:
    """Estimators × what is measured."""
    y, part = sample.innovated.astype(np.float64), sample.part
    inside, outside = int(part.sum()), int((~part).sum())
    found = [_difference(y[part], y[~part]), _least_squares(sample, quality=False), _least_squares(sample, quality=True)]
    found.append((float(sample.truth[part].mean()), 0.0) if inside else (np.nan, np.nan))
    return np.array([(*pair, inside, outside) for pair in found], dtype=np.float64)


def _difference(one: Floats, other: Floats) -> tuple[float, float]:
    """Difference of two shares, and its standard error."""
    if len(one) < 2 or len(other) < 2:
        return np.nan, np.nan
    return float(one.mean() - other.mean()), float(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))


def _least_squares(sample: _Sample, *, quality: bool) -> tuple[float, float]:
    """Coefficient of taking part and its robust standard error: deviations from sector means in place of dummies (Frisch, Waugh & Lovell)."""
    columns = [sample.part.astype(np.float64), sample.log_size, *([sample.quality] if quality else []), sample.innovated.astype(np.float64)]
    count = np.bincount(sample.sector)
    within = np.column_stack([of - (np.bincount(sample.sector, weights=of) / np.maximum(count, 1))[sample.sector] for of in columns])
    x, y = within[:, :-1], within[:, -1]
    freedom = len(y) - x.shape[1] - int((count > 0).sum())
    if freedom < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return np.nan, np.nan
    bread = np.linalg.inv(x.T @ x)
    slope = bread @ (x.T @ y)
    weighted = x * (y - x @ slope)[:, None]
    variance = bread @ (weighted.T @ weighted) @ bread * len(y) / freedom
    return float(slope[0]), float(np.sqrt(variance[0, 0]))


def _table(found: Floats, worlds: list[str]) -> pd.DataFrame:
    """Means over runs; ``found`` is worlds × runs × groups × estimators × what is measured."""
    runs = found.shape[1]
    effect = found[..., 0].mean(axis=1)
    if runs > 1:
        se = found[..., 0].std(axis=1, ddof=1) / np.sqrt(runs)
        half = float(t_value(runs - 1)) * se
    else:
        se = found[:, 0, ..., 1]
        half = float(t_value(1_000_000)) * se
    bias = effect - effect[..., -1:]
    many = found[..., 2:].mean(axis=1)
    columns = {"effect": effect, "se": se, "low": effect - half, "high": effect + half, "bias": bias, "participants": many[..., 0], "others": many[..., 1]}
    index = product_index(world=worlds, size=GROUPS, estimator=ESTIMATORS)
    return pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)
