"""Firms and ties of a year as columns."""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet.graph._network import Network
from innovnet.simulate._participation import _state as s
from innovnet.simulate._participation._observe import SIZES
from innovnet.simulate._participation._observe_kernel import tie_counts
from innovnet.simulate._participation._start import labels_of
from innovnet.simulate._participation._sweep import sweep

_labels: WeakKeyDictionary[Network, dict[str, pd.Index]] = WeakKeyDictionary()


def labels(network: Network) -> dict[str, pd.Index]:
    """The labels of regions, sectors and countries of a population, in the order of their numbers in the state."""
    if network not in _labels:
        _labels[network] = labels_of(network.actors)
    return _labels[network]


_names: WeakKeyDictionary[Network, tuple[str, ...]] = WeakKeyDictionary()


def sector_names(network: Network) -> tuple[str, ...]:
    """The sectors' labels as text, in the order of their numbers."""
    if network not in _names:
        _names[network] = tuple(str(label) for label in labels(network)["sector"])
    return _names[network]


def actor_columns(network: Network, state: s.State) -> dict[str, Any]:
    """One row for each place, of who holds it at the end of the year. ``exited``: whoever held it last year left, and this one took the place;
    ``innovations`` counts what either of them did.
    """
    number = np.append(state.groups.number.astype(np.int64), -1)
    labour = np.append(state.places.labour, np.nan)
    n = len(state.firms.flags)
    columns = {name: np.empty(n, dtype=values.dtype) for name, values in _rows(state, number, labour, 0, 0).items()}

    def fill(low: int, high: int) -> None:
        for name, values in _rows(state, number, labour, low, high).items():
            columns[name][low:high] = values

    sweep(n, fill)
    named = labels(network) | {"size_class": pd.Index(SIZES), "kind": pd.Index(["firm", "body"])}
    return {name: pd.Categorical.from_codes(values, named[name], validate=False) if name in named else values for name, values in columns.items()}


def _rows(state: s.State, number: s.I8, labour: s.F8, low: int, high: int) -> dict[str, npt.NDArray[Any]]:
    """The places ``low`` to ``high``; categories by their numbers, −1 none."""
    places, n = state.places, len(state.firms.flags)
    here: list[Any] = [values[low:high] for values in state.firms]
    firms = s.Firms(*here)
    region, sector = places.region[low:high], places.sector[low:high]
    marks = state.aid.mark
    degree, new, bodies, abroad, before, treated = tie_counts(low, high, places, state.ties, state.step, marks)
    aided = marks[low:high] if len(marks) else np.zeros(high - low, dtype=np.uint8)
    place, body = np.arange(low, high, dtype=np.uint32), sector == places.sectors
    staff, member = firms.employees, firms.cluster >= 0
    innovated = (firms.innovated & np.uint8(1)) > 0
    with np.errstate(invalid="ignore"):
        treated_share = np.where(before > 0, treated / before, np.nan).astype("f4")
    return {
        "id": place + firms.generation.astype(np.uint32) * np.uint32(n),
        "place": place,
        "region": region.astype("i2" if len(places.country) <= 2**15 else "i4"),
        "country": places.country[region].astype("i2"),
        "sector": np.where(body, -1, sector.astype(np.int16)),
        "size_class": np.where(body, -1, (staff >= 10).astype("i1") + (staff >= 50) + (staff >= 250)).astype("i1"),
        "employees": staff,
        "age": (state.step - firms.birth.astype(np.int32)).astype("i2"),
        "kind": body.astype("i1"),
        "degree": degree,
        "ties_new": new,
        "partner_body": bodies > 0,
        "partner_abroad": abroad > 0,
        "cluster": number[firms.cluster],
        "in_cluster": member,
        "joined": np.where(member, firms.joined, np.int16(-32768)),
        "innovated": innovated,
        "innovations": innovated | ((firms.flags & s.LEFT_INNOVATOR) > 0),
        "exporter": (firms.flags & s.EXPORTS) > 0,
        "log_productivity": firms.productivity,
        "market_share": (staff / labour[sector]).astype("f4"),
        "learned": firms.learned,
        "exited": (firms.flags & s.ENTERED) > 0,
        "invited": (aided & s.INVITED) > 0,
        "facilitated": (aided & s.FACILITATED) > 0,
        "funded_eur": state.aid.funded[low:high] if len(marks) else np.zeros(high - low, dtype="f4"),
        "treated": (aided & s.EVER) > 0,
        "partners_treated": treated_share,
        "quality": firms.quality,
    }


def tie_columns(network: Network, state: s.State) -> Mapping[str, npt.NDArray[Any]]:
    """The live ties, each once, between places (the rows of ``actors``)."""
    del network
    ties, n = state.ties, len(state.firms.flags)
    one = np.repeat(np.arange(n, dtype=np.uint32), np.diff(ties.indptr))
    kept = (one < ties.other) & ((ties.channel & s.ENDED) == 0)
    return {
        "source": one[kept],
        "target": ties.other[kept],
        "start": ties.start[kept],
        "trust": (ties.trust[kept] / np.float32(255.0)).astype("f4"),
        "channel": ties.channel[kept],
    }
