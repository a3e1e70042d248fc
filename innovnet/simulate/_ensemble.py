"""What many runs of one model return."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from innovnet._text import escape
from innovnet.simulate._show import NOTE, SHOWN, more, number, sparkline, table
from innovnet.simulate._statistics import Floats, product_index, spread


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Many runs of one model that differ in their draws alone. A simulation, not a forecast.

    Made by :func:`innovnet.simulate.replicate`; :func:`innovnet.simulate.compare` has one for each model.
    """

    names: tuple[str, ...]  #: what was observed
    values: Floats  #: runs × years × names; year 0 is the start
    provenance: dict[str, Any]  #: what the runs were made from

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row for each ``run`` and ``year``, one column for each observed quantity."""
        runs, years, names = self.values.shape
        index = product_index(run=range(runs), year=range(years))
        return pd.DataFrame(self.values.reshape(runs * years, names), index=index, columns=list(self.names))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """By ``year`` and ``outcome``: mean and sd over the runs, the 95 % interval of the mean (``low``, ``high``; Student's t), and ``n``.

        ``n`` is the number of runs where the value is defined; the others are left out. The spread of single runs is ``sd``, or quantiles of :attr:`runs`.
        """
        found = spread(self.values)
        index = product_index(year=range(self.values.shape[1]), outcome=self.names)
        columns = {"mean": found.mean, "sd": found.sd, "low": found.mean - found.half, "high": found.mean + found.half, "n": found.n}
        return pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)

    def __repr__(self) -> str:
        runs, years, _ = self.values.shape
        told = self.provenance
        names = ", ".join(self.names[:8]) + (", ..." if len(self.names) > 8 else "")
        return f"Ensemble: {told['model']}, {runs} runs of {years - 1} steps, seed {told['seed']}, {told['actors']:,} actors\n  observed: {names}"

    def _repr_html_(self) -> str:
        last = self.summary.loc[self.values.shape[1] - 1]
        mean = np.asarray(self.summary["mean"]).reshape(self.values.shape[1], -1)
        rows = [
            [escape(name), number(row["mean"]), f"{number(row['low'])} to {number(row['high'])}", number(row["sd"]), sparkline(mean[:, i])]
            for i, (name, (_, row)) in enumerate(zip(self.names[:SHOWN], last.iterrows(), strict=False))
        ]
        body = table(["observed", "mean at the end", "95 % interval", "sd over runs", "mean by year"], rows)
        return f"<div><b>{escape(repr(self).splitlines()[0])}</b>{body}{more(len(self.names), 'in .summary')}<div>{NOTE}</div></div>"
