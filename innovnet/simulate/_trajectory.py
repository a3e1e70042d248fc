"""What a run returns."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from innovnet import __version__
from innovnet.errors import DataError
from innovnet.graph._network import Network
from innovnet.graph._tables import checked_table
from innovnet.simulate._checkpoint import Checkpoint
from innovnet.simulate._course import columns_of, tie_columns
from innovnet.simulate._identity import described, digest_of
from innovnet.simulate._panel import Panel
from innovnet.simulate._show import trajectory_html


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory:
    """One run of a model: what was observed each year, the panel, the network at the end. A simulation, not a forecast.

    Made by :func:`innovnet.simulate.run` and :func:`innovnet.simulate.branch`.
    """

    model: Any  #: the model that was run
    checkpoint: Checkpoint  #: the last state: :func:`innovnet.simulate.branch` goes on from it
    _panel: Panel | None

    @property
    def summary(self) -> pd.DataFrame:
        """What the model observes, one row for each ``year``; year 0 is the start."""
        return self.checkpoint.summary

    @property
    def panel(self) -> pd.DataFrame:
        """One row for each year and actor (``record="panel"``), read when asked for: for many actors read single years of the folder instead."""
        if self._panel is None:
            msg = "this run has no panel. Run it again with record='panel'."
            raise DataError(msg)
        return self._panel.table()

    @cached_property
    def network(self) -> Network:
        """The actors of the model and their ties in the last year, as a network for :mod:`innovnet.metrics`."""
        point = self.checkpoint
        actors = pd.DataFrame(dict(columns_of(self.model, "actors", point.population, point.state, "the network at the end")))
        ties, start, end = tie_columns(self.model, point.population, point.state, len(actors), "the network at the end")
        if "id" not in actors and len(actors) != point.population.n_actors:
            msg = f"{type(self.model).__name__}.actors returns {len(actors):,} rows for {point.population.n_actors:,} actors. Return one for each, or a column 'id'."
            raise DataError(msg)
        index = actors.pop("id") if "id" in actors else point.population.actors.index
        table = checked_table(actors.set_axis(pd.Index(index, name="actor")), "actors", "actor")
        del ties["source"], ties["target"]
        weights = np.asarray(ties.pop("weight", np.ones(len(start))), dtype=np.float64)
        extra = pd.DataFrame(ties) if ties else None
        return Network._from_positions(table, start, end, weights, extra, point.population.directed)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What the run was made from: enough to make it again."""
        parameters, point = described(self.model), self.checkpoint
        return {
            "innovnet": __version__,
            "numpy": np.__version__,
            "model": type(self.model).__name__,
            "parameters": parameters,
            "model_fingerprint": digest_of(parameters),
            "population_fingerprint": point.population.fingerprint,
            "actors": point.population.n_actors,
            "seed": point.seed,
            "steps": point.year,
            "branched_at_step": point.step - point.year,
            "branched_from": point.origin or None,
        }

    def __repr__(self) -> str:
        point = self.checkpoint
        names = ", ".join(self.summary.columns[:8]) + (", ..." if self.summary.shape[1] > 8 else "")
        return f"Trajectory: {type(self.model).__name__}, {point.year} steps, seed {point.seed}, {point.population.n_actors:,} actors\n  observed: {names}"

    def _repr_html_(self) -> str:
        return trajectory_html(repr(self).splitlines()[0], self.summary)
