"""What a comparison of policies returns."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_choice, did_you_mean
from innovnet._text import escape
from innovnet.errors import DataError
from innovnet.simulate._ensemble import Ensemble
from innovnet.simulate._pairs import PARTS
from innovnet.simulate._show import NOTE, SHOWN, more, number, table
from innovnet.simulate._statistics import Floats, fieller, product_index, spread

PAID = "paid"  #: the observed name for money spent in a year, in EUR
NONE = "not distinguishable from no effect"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Paired differences between alternatives and a baseline, with intervals. A simulation, not a forecast.

    Made by :func:`innovnet.simulate.compare`. Intervals are of 95 % (Student's t over the runs) and hold the chance of the model, not what is uncertain in
    its parameters. "Additional" is said of paired differences alone.
    """

    baseline: Ensemble  #: the runs without
    alternatives: dict[str, Ensemble]  #: the runs with, by scenario
    outcomes: tuple[str, ...]  #: what the decomposition is of
    _parts: Floats  # scenarios × runs × years from 1 × outcomes × parts
    _actors: npt.NDArray[np.int64]  # scenarios × runs × years from 1 × parts
    _sums: Floats  # as _parts: of the alternative itself

    @cached_property
    def effects(self) -> pd.DataFrame:
        """By ``scenario``, ``outcome`` and ``year`` (from 1).

        Means over runs of ``baseline``, ``alternative`` and their ``difference``; its ``se``, ``low`` and ``high``; ``n``, the number of pairs where it is
        defined (the others are left out); and ``gain``, the variance of the difference without pairing over that with it (NaN where nothing varies,
        infinite where the difference alone does not). What only one of the models observes has no difference (NaN).
        """
        years = range(1, self.baseline.values.shape[1])
        tables = []
        for scenario in self.alternatives:
            base, other = (values[:, 1:] for values in self._both(scenario))
            index = product_index(scenario=[scenario], outcome=self._names(scenario), year=years)
            tables.append(_effect(base.swapaxes(1, 2), other.swapaxes(1, 2), index))
        return pd.concat(tables)

    @cached_property
    def sums(self) -> pd.DataFrame:
        """By ``scenario`` and ``outcome``: the columns of :attr:`effects` for the sum over the years from 1.

        It is what is natural for what happens in a year (innovations, EUR paid); for what there is in a year (ties, participation) read the last year of
        :attr:`effects`.
        """
        tables = []
        for scenario in self.alternatives:
            base, other = (values[:, 1:].sum(axis=1) for values in self._both(scenario))
            tables.append(_effect(base, other, product_index(scenario=[scenario], outcome=self._names(scenario))))
        return pd.concat(tables)

    @cached_property
    def decomposition(self) -> pd.DataFrame:
        """By ``scenario``, ``outcome`` and ``part`` (direct, indirect, rest, total), summed over actors and years: ``difference``, ``se``, ``low``, ``high``.

        ``actors`` is the mean number of actors in the part in the last year.
        """
        self._check_parts()
        return self._divided(self._parts.sum(axis=2)[:, :, None], self._actors[:, :, -1:], [0]).droplevel("year")

    @cached_property
    def decomposition_by_year(self) -> pd.DataFrame:
        """As :attr:`decomposition`, by ``year`` as well: a part holds those who have come into it by then."""
        self._check_parts()
        return self._divided(self._parts, self._actors, range(1, self._parts.shape[2] + 1))

    def cost(self, outcome: str, *, over: Literal["sum", "last"] = "sum") -> pd.DataFrame:
        """EUR per additional result: what is paid more than in the baseline, over what there is more of the outcome.

        Parameters
        ----------
        outcome
            An observed name, such as ``"innovations"``.
        over
            ``"sum"``: results of all years, for what happens in a year. ``"last"``: those there are in the last year. What is paid is that of all years.

        Returns
        -------
        DataFrame
            By ``scenario``: ``paid`` and ``additional`` (paired differences, means over runs), ``cost`` = paid / additional in EUR, ``low`` and ``high``
            (Fieller's 95 % interval [1]_), ``verdict``. Where the interval of ``additional`` contains 0 there is no cost: NaN, and the verdict says so.

        Raises
        ------
        DataError
            The models do not observe the outcome, or not ``paid``.

        Notes
        -----
        A negative cost is one per result fewer. Ranking policies by cost needs their intervals. One more of a share or of a mean is rarely what is meant: name
        a number of things (innovations, ties).

        References
        ----------
        .. [1] Fieller (1954), Some problems in interval estimation, Journal of the Royal Statistical Society B 16(2), 175-185,
           doi:10.1111/j.2517-6161.1954.tb00159.x.
        """
        check_choice(over, ("sum", "last"), "over")
        rows = {scenario: self._cost(scenario, outcome, over) for scenario in self.alternatives}
        found = pd.DataFrame.from_dict(rows, orient="index", columns=["paid", "additional", "cost", "low", "high", "verdict"])
        return found.rename_axis("scenario")

    def _cost(self, scenario: str, outcome: str, over: str) -> tuple[float, float, float, float, float, str]:
        names = self._names(scenario)
        base, other = self._both(scenario)
        for name in (PAID, outcome):
            if name not in names:
                msg = f"cost: {name!r} is not observed. {did_you_mean(str(name), names)}"
                raise DataError(msg + (" The model observes what is paid in a year, in EUR, as 'paid'." if name == PAID else ""))
        difference = (other - base)[:, 1:]
        paid = difference[..., names.index(PAID)].sum(axis=1)
        gained = difference[..., names.index(outcome)]
        gained = gained.sum(axis=1) if over == "sum" else gained[:, -1]
        additional = spread(gained[:, None])
        word = _verdict(float(additional.mean[0]), float(additional.half[0]))
        ratio = fieller(paid, gained) if word in ("more", "less") else (np.nan, np.nan, np.nan)
        return float(paid.mean()), float(additional.mean[0]), *ratio, word

    def _names(self, scenario: str) -> list[str]:
        mine, others = self.baseline.names, self.alternatives[scenario].names
        return [*mine, *(name for name in others if name not in mine)]

    def _both(self, scenario: str) -> tuple[Floats, Floats]:
        """Runs × years × names of the baseline and of a scenario; NaN where one of them does not observe a name."""
        names = self._names(scenario)
        pair = []
        for source in (self.baseline, self.alternatives[scenario]):
            values = np.full((*source.values.shape[:2], len(names)), np.nan)
            values[..., [names.index(name) for name in source.names]] = source.values
            pair.append(values)
        return pair[0], pair[1]

    def _check_parts(self) -> None:
        if not self.outcomes:
            msg = "no outcomes were asked for. Call compare(..., outcomes=[...]) with columns of model.actors, as in outcomes=['innovated']."
            raise DataError(msg)

    def _divided(self, parts: Floats, actors: npt.NDArray[np.int64], years: "range | list[int]") -> pd.DataFrame:
        index = product_index(scenario=list(self.alternatives), outcome=self.outcomes, year=years, part=[*PARTS, "total"])
        found = spread(_with_total(parts).transpose(1, 0, 3, 2, 4))  # runs first, then as in the index
        found.mean[..., -1] = found.mean[..., :-1].sum(axis=-1)  # the total is exactly the sum of the parts
        many = _with_total(actors).mean(axis=1)[:, None]
        columns = {"difference": found.mean, "se": found.se, "low": found.mean - found.half, "high": found.mean + found.half}
        return pd.DataFrame(
            {name: column.ravel() for name, column in columns.items()} | {"actors": np.broadcast_to(many, found.mean.shape).ravel()}, index=index
        )

    def __repr__(self) -> str:
        runs, years, _ = self.baseline.values.shape
        told = self.baseline.provenance
        names = ", ".join(map(repr, self.alternatives))
        return f"Comparison: {names} with {told['model']} as the baseline, {runs} paired runs of {years - 1} steps, seed {told['seed']}, {told['actors']:,} actors\n  {NOTE}"

    def _repr_html_(self) -> str:
        runs, years, _ = self.baseline.values.shape
        parts = []
        for scenario in self.alternatives:
            names = [name for name in self._names(scenario) if name != PAID]
            rows = [self._shown(scenario, name, years - 1) for name in names[:SHOWN]]
            head = ["outcome", f"difference in year {years - 1}", "95 % interval", "verdict", "EUR per additional, all years", "gain of pairing"]
            question = f"What does {escape(repr(scenario))} change against the baseline, in this model?"
            parts.append(f"<div><b>{question}</b>{table(head, rows)}{more(len(names), 'in .effects')}</div>")
        return f"<div>{''.join(parts)}<div>{runs} paired runs, seed {self.baseline.provenance['seed']}. {NOTE}</div></div>"

    def _counts(self, scenario: str, name: str) -> bool:
        """Whether an outcome is a number of things, of which one more can have a cost: whole in every run and year."""
        i = self._names(scenario).index(name)
        return all(bool((values[..., i] == np.rint(values[..., i])).all()) for values in self._both(scenario))

    def _shown(self, scenario: str, name: str, year: int) -> list[str]:
        row = self.effects.xs((scenario, name, year))[["difference", "low", "high", "gain"]]
        difference, low, high, gain = map(float, row.to_numpy())
        cost = ""
        if PAID in self._names(scenario) and self._counts(scenario, name):
            _, _, ratio, least, most, _ = self._cost(scenario, name, "sum")
            cost = f"{number(ratio)} ({number(least)} to {number(most)})" if np.isfinite(ratio) else "none"
        return [escape(name), number(difference), f"{number(low)} to {number(high)}", _verdict(difference, high - difference), cost, number(gain)]


def _effect(base: Floats, other: Floats, index: pd.Index) -> pd.DataFrame:
    """The table of paired differences; runs are the first axis, the rest is as in the index."""
    known = ~np.isnan(other - base)
    paired = known | ~known.any(axis=0)  # what only one model observes keeps its mean
    one, two, both = (spread(np.where(paired, values, np.nan)) for values in (base, other, other - base))
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (one.sd**2 + two.sd**2) / both.sd**2
    columns: dict[str, npt.NDArray] = {"baseline": one.mean, "alternative": two.mean, "difference": both.mean, "se": both.se}
    columns |= {"low": both.mean - both.half, "high": both.mean + both.half, "gain": gain, "n": both.n}
    return pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)


def _with_total(parts: npt.NDArray) -> npt.NDArray:
    return np.concatenate([parts, parts.sum(axis=-1, keepdims=True)], axis=-1)


def _verdict(difference: float, half: float) -> str:
    """Whether an interval is above 0, below it, or neither."""
    if np.isnan(difference) or np.isnan(half):
        return "not defined"
    if difference == 0 and half == 0:
        return "no difference in any run"
    return NONE if abs(difference) <= half else "more" if difference > 0 else "less"
