"""Calibration: parameters for which a model yields what is known."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from innovnet._check import check_whole, some
from innovnet._parallel import progress_bar
from innovnet.errors import DataError, Fault
from innovnet.graph._network import Network
from innovnet.simulate._calibration import Calibration, Fit, table_of
from innovnet.simulate._course import check_population, check_steps
from innovnet.simulate._knobs import Knob, changed, knobs_of
from innovnet.simulate._model import check_labels, check_model
from innovnet.simulate._moments import YEARS, moment_names, simulated
from innovnet.simulate._parameter import as_meant
from innovnet.simulate._statistics import Floats
from innovnet.simulate._targets import EXPECTED
from innovnet.simulate._targets import targets as known_targets
from innovnet.simulate._wanted import fitting, wanted_of, weights_of

FARTHEST = 4.0  #: steps: half the plausible range; the standard deviation of the prior, and the most that one iteration goes
LEAST_SD = 1e-4  #: of a log moment: what does not vary over seeds is not known without end either


def calibrate(
    model: Any,
    targets: pd.DataFrame | pd.Series | Mapping[str, float] | None = None,
    *,
    population: Network,
    steps: int,
    runs: int,
    seed: int,
    parameters: Iterable[str] | None = None,
    weights: Mapping[str, float] | pd.Series | None = None,
    iterations: int = 3,
    progress: bool | None = None,
) -> Calibration:
    r"""Fit parameters so that the moments of a model come near their targets, and say which parameters the targets tell apart.

    Gauss-Newton steps on log moments [1]_: with residuals :math:`r_k = (\ln t_k - \ln m_k(\theta)) / s_k`, :math:`s_k` the standard deviation of the log moment over
    seeds, and :math:`J` their derivative,

    .. math:: \Delta u = \left(J^T W J + P\right)^{-1} \left(J^T W r - P (u - u_0)\right), \qquad W = \frac{n}{n + 1}, \quad P = \tfrac{1}{16}

    for n runs; :math:`u` counts steps of an eighth of the plausible range of a parameter (of its logarithm where it must be positive). P is a weak prior: the start with half the
    plausible range as its standard deviation, so that a parameter of which the targets say nothing stays where it is.

    Parameters
    ----------
    model
        A model whose parameters say their plausible range, as :class:`~innovnet.simulate.Participation`. It is where the fit starts.
    targets
        A table as :func:`~innovnet.simulate.targets` returns it (columns ``moment``, ``value``, ``low``, ``high``, ``met``); or moments with their values, of a
        world whose parameters are known for instance. None: :func:`~innovnet.simulate.targets`. Rows whose ``met`` is not "expected" are shown and not fitted.
        Where there is a range, the nearest point of it is the target.
    population, steps, seed
        As in :func:`~innovnet.simulate.moments`.
    runs
        Runs for each setting of the parameters, at least 2. All settings have the same draws.
    parameters
        Their names, as ``"search.rate"``. None: those that carry the calibration, without the weakly identified intercept, embeddedness and arranged of the decision.
    weights
        Multipliers of the weights of targets, by their names; 1 where nothing is said.
    iterations
        Most steps, at least 0: 0 only compares the model with the targets.
    progress
        None shows a bar on a terminal after 2 seconds, True at once, False never.

    Returns
    -------
    Calibration
        ``model`` with the fitted values; ``table`` of targets and what is simulated; ``parameters`` with standard errors; ``jacobian``; ``identification``.

    Raises
    ------
    DataError
        Wrong input, all of it in one error before anything is simulated: targets without a value, that are no numbers, not positive or contradict their range, that
        name no moment of the model or occur twice; weights below 0; parameters that are not there or cannot be moved from where they start. Later, a simulated moment
        that is not positive.

    Warns
    -----
    DataWarning
        A fitted value outside its plausible range.

    Notes
    -----
    Draws are keyed, so that moments change nearly smoothly with parameters; the derivative is by central differences of one step to either side. The best of all points visited is
    returned. Standard errors (a sandwich, as moments of one run go together) count the chance of one run in the target and that of the mean over ``runs``, a quarter of its width
    for a target that is a range, and the prior; with fewer than about eight runs they are too small, as the standard deviations over seeds are then. Cost: iterations × (2 parameters + 1) × runs simulations, on several threads.

    References
    ----------
    .. [1] McFadden (1989), A method of simulated moments for estimation of discrete response models without numerical integration, Econometrica 57, 995-1026, doi:10.2307/1913621.

    Examples
    --------
    >>> import innovnet as inn
    >>> lithuania = inn.simulate.population(country="LT", firms=2000, seed=1)
    >>> wanted = {"innovation_rate": 0.12, "survival": 0.9}
    >>> found = inn.simulate.calibrate(inn.simulate.Participation(), wanted, population=lithuania, steps=10, runs=2, seed=1,
    ...     parameters=["innovation.base", "market.exit_base"], iterations=2)
    >>> found.table["within"].tolist()
    [True, True]
    """
    check_model(model)
    check_population(population, "calibrate")
    check_labels([model], population)
    check_steps(steps)
    check_whole(runs, "runs", 2)
    check_whole(seed, "seed", 0)
    check_whole(iterations, "iterations", 0)
    if steps < YEARS:
        msg = f"calibrate: steps={steps} are fewer than the {YEARS} years that moments are averaged over. Take more steps."
        raise DataError(msg)
    task = _task(model, population, steps, runs, seed, known_targets() if targets is None else targets, parameters, weights, iterations)
    fit = _fitted(task, iterations, progress)
    best = task.model_at(fit.steps, told=True)
    names = tuple(dict.fromkeys(task.wanted["moment"]))
    found = simulated([best], population, steps=steps, runs=runs, seed=seed, names=names, progress=progress)[0]
    return Calibration(best, table_of(task.wanted, found), fit, population.n_actors, steps, runs, seed)


@dataclasses.dataclass(frozen=True)
class _Task:
    """What is fitted, and to what."""

    model: Any
    population: Network
    steps: int
    runs: int
    seed: int
    wanted: pd.DataFrame
    weights: Floats  #: of the fitted rows
    knobs: list[Knob]

    @property
    def rows(self) -> pd.DataFrame:
        """The targets that are fitted."""
        return fitting(self.wanted)

    def model_at(self, steps: Floats, *, told: bool = False) -> Any:
        """The model so many steps from its start."""
        values = {knob.path: knob.at(float(u)) for knob, u in zip(self.knobs, steps, strict=True)}
        if told:
            return changed(self.model, values)
        with as_meant():
            return changed(self.model, values)

    def logs(self, points: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Logs of the mean moments of the fitted rows at each point, and how far each run of the first point is from its mean."""
        names = tuple(dict.fromkeys(self.rows["moment"]))
        models = [self.model_at(point) for point in points]
        found = simulated(models, self.population, steps=self.steps, runs=self.runs, seed=self.seed, names=names, progress=False)
        means = np.stack([np.asarray(table.mean()) for table in found])
        bad = [name for name, column in zip(names, means.T, strict=True) if not (column > 0).all()]
        if bad:
            msg = f"calibrate fits logarithms, and the simulated {some(bad)} is not positive or not defined in some runs. Leave it out of the targets, or take a larger population."
            raise DataError(msg)
        at = [names.index(name) for name in self.rows["moment"]]
        return np.log(means[:, at]), (found[0].to_numpy() / means[0] - 1.0)[:, at]


def _task(
    model: Any,
    population: Network,
    steps: int,
    runs: int,
    seed: int,
    targets: Any,
    parameters: Any,
    weights: Any,
    iterations: int,
) -> _Task:
    """What is to be fitted; everything that is wrong with it is told at once."""
    if not dataclasses.is_dataclass(model):
        msg = f"calibrate changes the fields of a dataclass, and {type(model).__name__} is none. Make it one, with its parameters as fields."
        raise DataError(msg)
    faults: list[Fault] = []
    knobs = knobs_of(model, parameters, faults)
    if parameters is None and not knobs and not faults and iterations:
        fault = f"{type(model).__name__} marks none as one that carries the calibration"
        faults.append(Fault("parameters", "", "", "", fault, "Name those to be fitted, as in parameters=['rate'], or compare only: iterations=0."))
    wanted = wanted_of(targets, moment_names(model, population, seed), faults)
    found = np.zeros(0)
    if wanted is not None:
        rows = fitting(wanted)
        found = weights_of(rows, weights, faults)
        if rows.empty and iterations:
            faults.append(Fault("targets", "", "", "", f"none is {EXPECTED!r} to be met", "Say which are, in column 'met', or compare only: iterations=0."))
    if faults or wanted is None:
        msg = f"calibrate: {len(faults)} of what it was given cannot be used."
        raise DataError(msg, faults)
    return _Task(model, population, steps, runs, seed, wanted, found, knobs)


def _fitted(task: _Task, iterations: int, progress: bool | None) -> Fit:
    """Gauss-Newton from the start; the best point visited."""
    k, rows, shrink = len(task.knobs), task.rows, task.runs / (task.runs + 1.0)
    turns = iterations if k and len(rows) else 0
    unknown = np.full((len(rows), k), np.nan)
    u, visited, known = np.zeros(k), [], (unknown, unknown, np.zeros((k, k)))
    for turn in progress_bar(range(turns + 1) if len(rows) else (), turns + 1, "iterations", progress):
        around = [u, *(u + side * np.eye(k)[i] for i in range(k) for side in (-1.0, 1.0))] if turn < turns else [u]
        logs, apart = task.logs(around)
        sd = np.maximum(apart.std(axis=0, ddof=1), LEAST_SD)
        away, width = _residuals(rows, logs[0], sd)
        visited.append((float(np.sqrt(np.average((away / sd) ** 2, weights=task.weights if task.weights.any() else None))), u))
        if turn == turns:
            break
        jacobian = (logs[2::2] - logs[1::2]).T / 2.0
        scaled = jacobian * (np.sqrt(task.weights) / width)[:, None]
        score = scaled * (np.sqrt(task.weights) / width)[:, None]
        noise = apart.T @ apart / (task.runs - 1.0) + np.diag(np.where(np.isfinite(width), width**2 - sd**2, 0.0))
        known = (jacobian, scaled, shrink * score.T @ noise @ score)
        pull = (jacobian * (task.weights / sd)[:, None]).T @ (away / sd)
        step = np.linalg.solve(shrink * scaled.T @ scaled + np.eye(k) / FARTHEST**2, shrink * pull - u / FARTHEST**2)
        u = u + step * min(1.0, FARTHEST / max(float(np.abs(step).max()), 1e-12))
    misfit, best = min(visited, key=lambda pair: pair[0], default=(math.nan, u))
    return Fit(task.knobs, best, [value for value, _ in visited], misfit, list(rows.index), *known, task.runs)


def _residuals(rows: pd.DataFrame, logs: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """How far log moments are below (+) or above (-) the nearest point of their targets, and what each is known by: inside a range a quarter of it is added to ``sd``."""
    low, high = (np.log(np.maximum(rows[name].to_numpy(dtype=np.float64), 1e-300)) for name in ("low", "high"))
    value = np.log(rows["value"].to_numpy(dtype=np.float64))
    ranged = ~(np.isnan(low) & np.isnan(high))
    low, high = np.where(ranged, np.where(np.isnan(low), -np.inf, low), value), np.where(ranged, np.where(np.isnan(high), np.inf, high), value)
    away = np.where(logs < low, low - logs, np.where(logs > high, high - logs, 0.0))
    inside = (away == 0.0) & ranged
    return away, np.where(inside, np.hypot(sd, np.where(ranged, high - low, 0.0) / 4.0), sd)
