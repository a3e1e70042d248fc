"""Moments of the participation model that a year's summary does not hold: lives of firms and of ties, hubs, and the shape of the network."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph._convert import to_igraph
from innovnet.graph._network import Network
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._observe import SIZES
from innovnet.simulate._participation._panel import tie_columns

Bools = npt.NDArray[np.bool_]
Flows = Sequence[npt.NDArray[np.float64]]

#: Moments of the network's shape, which take longer.
STRUCTURE = ("clustering", "clustering_to_random", "path_length", "path_to_random", "giant_component")
_EULER = 0.5772156649015329
_THREE_YEARS = np.uint8(7)


def yearly(state: s.State, flows: Flows, seen: Mapping[str, float]) -> dict[str, float]:
    """Moments of a year: ``flows`` are those of all steps until now, from step 1, and ``seen`` is the year's summary."""
    ties, firms = state.ties, state.firms
    one = np.repeat(np.arange(len(firms.flags)), np.diff(ties.indptr))
    live = (ties.channel & s.ENDED) == 0
    body = state.places.sector == state.places.sectors
    degree = np.bincount(one[live], minlength=len(body))
    once = live & (one < ties.other)
    return (
        _lives(state, once, flows, seen)
        | _hubs(degree, firms.employees, body)
        | _others(firms, body, seen)
        | _ratios(seen)
        | {
            "exit_rate": 1.0 - seen["survival"],
            "ties_in_region": _over(seen["ties"] - seen["cross_region_ties"], seen["ties"]),
            "ties_with_body": _over((once & (body[one] | body[ties.other])).sum(), seen["ties"]),
            "clusters_per_100000": _over(1e5 * seen["clusters"], seen["firms"]),
        }
    )


def _over(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else math.nan


def _lives(state: s.State, once: Bools, flows: Flows, seen: Mapping[str, float]) -> dict[str, float]:
    """Who is still there of the firms that entered, and of the ties that formed, so many years ago. A tie formed at the beginning of its first year."""
    step, found = state.step, {}
    for years in (1, 5):
        entered = flows[step - years - 1][s.EXITS] if step > years else 0.0
        found[f"new_firms_alive_{years}"] = _over((state.firms.birth == step - years).sum(), entered)
    for years in (1, 3):
        formed = flows[step - years][s.FORMED : s.FORMED + 4].sum() if step >= years else 0.0
        found[f"ties_alive_{years}"] = _over((state.ties.start[once] == step - years + 1).sum(), formed)
    return found | {"tie_years": _over(seen["ties"] + seen["ties_ended"], seen["ties_new"])}


def _hubs(degree: npt.NDArray[np.int64], staff: s.F4, body: Bools) -> dict[str, float]:
    """Mean degrees by size and how far the degrees of participants lean to the right."""
    size = (staff >= 10).astype(np.int8) + (staff >= 50) + (staff >= 250)
    size[body] = len(SIZES)
    count, ties = np.bincount(size, minlength=len(SIZES) + 1), np.bincount(size, degree, minlength=len(SIZES) + 1)
    means = {f"mean_degree_{name}": _over(t, n) for name, t, n in zip(SIZES, ties, count, strict=False)}
    away = degree[degree > 0] - degree[degree > 0].mean() if degree.any() else np.zeros(0)
    skew = _over((away**3).mean(), (away**2).mean() ** 1.5) if len(away) else math.nan
    bodies = _over(ties[-1], count[-1])
    return means | {
        "degree_skewness": skew,
        "degree_bodies_to_micro": _over(bodies, means["mean_degree_micro"]),
        "degree_large_to_micro": _over(means["mean_degree_large"], means["mean_degree_micro"]),
    }


def _others(firms: s.Firms, body: Bools, seen: Mapping[str, float]) -> dict[str, float]:
    """Cooperation of those that did not innovate in three years, and how far innovators are above them; firms from 10 persons."""
    asked = (firms.employees >= 10) & ~body & ((firms.innovated & _THREE_YEARS) == 0)
    others = _over((asked & ((firms.partnered & _THREE_YEARS) != 0)).sum(), asked.sum())
    return {"cooperating_others_10": others, "cooperation_gap_10": seen["cooperating_innovators_10"] - others}


def _ratios(seen: Mapping[str, float]) -> dict[str, float]:
    """Shares of a size class over those of the class below: above 1 where a share rises with size."""
    pairs = [("cooperating_innovators", SIZES[i], SIZES[i + 1]) for i in (1, 2)] + [("export_share", SIZES[i], SIZES[i + 1]) for i in range(3)]
    return {f"{name}_{above}_to_{below}": _over(seen[f"{name}_{above}"], seen[f"{name}_{below}"]) for name, below, above in pairs}


def structure(network: Network, state: s.State) -> dict[str, float]:
    """Clustering, path length and the largest component, among those that have partners; against a random graph of as many of them and as many ties."""
    from innovnet.metrics import largest_component, local_clustering  # noqa: PLC0415

    columns: Mapping[str, Any] = tie_columns(network, state)
    who, ends = np.unique(np.concatenate([columns["source"], columns["target"]]), return_inverse=True)
    if len(who) < 2:
        return dict.fromkeys(STRUCTURE, math.nan)
    one, other = ends.reshape(2, -1).astype(np.int64)
    actors = pd.DataFrame(index=pd.Index(who, name="actor"))
    between = Network._from_positions(actors, one, other, np.ones(len(one)), None, directed=False)
    values = local_clustering(between)
    clustering = float(values.mean()) if values.notna().any() else math.nan
    giant = largest_component(between)
    size, mean = giant.n_actors, 2.0 * giant.n_ties / giant.n_actors
    length = float(to_igraph(giant).average_path_length())
    by_chance = (math.log(size) - _EULER) / math.log(mean) + 0.5 if mean > 1 else math.nan
    return {
        "clustering": clustering,
        "clustering_to_random": _over(clustering, 2.0 * len(one) / (len(who) * (len(who) - 1.0))),
        "path_length": length,
        "path_to_random": _over(length, by_chance),
        "giant_component": size / len(who),
    }
