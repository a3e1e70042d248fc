"""Calibration: parameters for which a model yields what is known."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from innovnet._check import check_whole, did_you_mean, some
from innovnet._parallel import progress_bar
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.simulate._calibration import Calibration, Fit, table_of
from innovnet.simulate._course import check_population, check_steps
from innovnet.simulate._model import check_labels, check_model
from innovnet.simulate._moments import YEARS, simulated
from innovnet.simulate._parameter import Meaning, as_meant, meaning
from innovnet.simulate._statistics import Floats
from innovnet.simulate._targets import EXPECTED
from innovnet.simulate._targets import targets as known_targets

#: Parameters that the targets hardly tell from others: the intercept from the rate; embeddedness moves clustering alone; introductions need data on real events.
WEAK = ("decision.intercept", "decision.embeddedness", "decision.arranged")
STEP = 8.0  #: a step is the plausible range over this
FARTHEST = 4.0  #: steps: half the plausible range; the standard deviation of the prior, and the most that one iteration goes
LEAST_SD = 1e-4  #: of a log moment: what does not vary over seeds is not known without end either
_COLUMNS = ("moment", "value", "low", "high", "met")


class Knob(NamedTuple):
    """A parameter on a scale of steps from where it starts: of its logarithm where only positive values make sense."""

    path: str
    start: float
    said: Meaning

    @property
    def log(self) -> bool:
        """Whether it is moved by factors."""
        return self.said.domain[0] == 0.0 and self.said.plausible is not None and self.said.plausible[0] > 0.0

    @property
    def width(self) -> float:
        """One step: an eighth of the plausible range."""
        low, high = self.said.plausible or (0.0, 0.0)
        return (math.log(high / low) if self.log else high - low) / STEP

    def at(self, steps: float) -> float:
        """The value so many steps away, kept inside the domain."""
        value = self.start * math.exp(steps * self.width) if self.log else self.start + steps * self.width
        low, high = self.said.domain
        room = 1e-6 * self.width
        return min(max(value, low + room * (self.said.open in {"low", "both"})), high - room * (self.said.open in {"high", "both"}))

    def per_step(self, value: float) -> float:
        """Change of the parameter in one step at a value."""
        return value * self.width if self.log else self.width


def calibrate(
    model: Any,
    targets: pd.DataFrame | pd.Series | Mapping[str, float] | None = None,
    *,
    population: Network,
    steps: int,
    runs: int,
    seed: int,
    parameters: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
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
        Wrong input; a parameter or a moment that is not there; a moment to be fitted that is not positive.

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
    wanted = _wanted(known_targets() if targets is None else targets)
    knobs = _knobs(model, parameters)
    task = _Task(model, population, steps, runs, seed, wanted, _weights(wanted, weights), knobs)
    fit = _fitted(task, iterations, progress)
    best = task.model_at(fit.steps, told=True)
    names = tuple(dict.fromkeys(wanted["moment"]))
    found = simulated([best], population, steps=steps, runs=runs, seed=seed, names=names, progress=progress)[0]
    return Calibration(best, table_of(wanted, found), fit, population.n_actors, steps, runs, seed)


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
        return _fitting(self.wanted)

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


def _fitting(wanted: pd.DataFrame) -> pd.DataFrame:
    told = wanted[["value", "low", "high"]].notna().any(axis=1)
    return wanted[(wanted["met"] == EXPECTED) & told]


def _wanted(given: pd.DataFrame | pd.Series | Mapping[str, float]) -> pd.DataFrame:
    """Targets as a table with all columns."""
    if not isinstance(given, pd.DataFrame):
        values = pd.Series(given, dtype="float64")
        moments_ = values.index.astype("str")
        given = pd.DataFrame(
            {"moment": moments_, "value": values.to_numpy(), "low": np.nan, "high": np.nan, "met": EXPECTED}, index=pd.Index(moments_, name="target")
        )
    absent = [name for name in _COLUMNS if name not in given.columns]
    if absent:
        msg = f"the table of targets lacks {some(absent)}. It has the columns of simulate.targets()."
        raise DataError(msg)
    known = given[["value", "low", "high"]].to_numpy(dtype=np.float64)
    if (known[~np.isnan(known)] <= 0).any() or np.isinf(known).any():
        wrong = given.index[((known <= 0) | np.isinf(known)).any(axis=1)]
        msg = f"targets: {some(wrong)} has a value that is not positive, and logarithms are fitted. Give another moment, or a positive value."
        raise DataError(msg)
    if not given.index.is_unique:
        msg = f"targets: {some(given.index[given.index.duplicated()])} occurs twice. Give each target a name of its own."
        raise DataError(msg)
    return given


def _weights(wanted: pd.DataFrame, given: Mapping[str, float] | None) -> Floats:
    rows = _fitting(wanted)
    weights = pd.Series(1.0, index=rows.index)
    for name, weight in (given or {}).items():
        if name not in rows.index:
            msg = f"weights: no target {name!r} is fitted. {did_you_mean(str(name), [str(row) for row in rows.index])}"
            raise DataError(msg)
        if not (math.isfinite(weight) and weight >= 0):
            msg = f"weights: {weight!r} of {name!r} is no weight. Give a number of at least 0."
            raise DataError(msg)
        weights[name] = float(weight)
    return np.asarray(weights, dtype=np.float64)


def _knobs(model: Any, names: Iterable[str] | None) -> list[Knob]:
    """The parameters to be fitted."""
    known = dict(paths(model))
    if names is None:
        names = [name for name, (_, said) in known.items() if said.calibrated and name not in WEAK]
    if isinstance(names, str):
        msg = f"parameters={names!r} is one name. Give a list, as in parameters=['{names}']."
        raise DataError(msg)
    found = []
    for name in dict.fromkeys(names):
        value, said = known.get(name, (None, None))
        if said is None or said.plausible is None or not isinstance(value, float):
            fits = [path for path, (v, s) in known.items() if s.plausible is not None and isinstance(v, float)]
            msg = f"parameters: {type(model).__name__} has no number {name!r} with a plausible range. {did_you_mean(str(name), fits)}"
            raise DataError(msg)
        found.append(Knob(name, value, said))
    return found


def paths(model: Any, before: str = "") -> Iterable[tuple[str, tuple[Any, Meaning]]]:
    """Parameters of a model and of the groups in it: path, value, and what is said of it."""
    for field in dataclasses.fields(model):
        value = getattr(model, field.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from paths(value, f"{before}{field.name}.")
        else:
            yield f"{before}{field.name}", (value, meaning(field))


def changed(model: Any, values: Mapping[str, Any]) -> Any:
    """The model with other values of parameters, by their paths."""
    own = {path: value for path, value in values.items() if "." not in path}
    for group in dict.fromkeys(path.partition(".")[0] for path in values if "." in path):
        inner = {path.partition(".")[2]: value for path, value in values.items() if path.startswith(f"{group}.")}
        own[group] = changed(getattr(model, group), inner)
    return dataclasses.replace(model, **own)
