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
    places, firms, groups, named = state.places, state.firms, state.groups, labels(network)
    n = len(firms.flags)
    place = np.arange(n, dtype=np.uint32)
    body = places.sector == places.sectors
    marks = state.aid.mark
    found = np.concatenate(sweep(n, lambda low, high: tie_counts(low, high, places, state.ties, state.step, marks)))
    aided = marks if len(marks) else np.zeros(n, dtype=np.uint8)
    staff = firms.employees
    size = np.where(body, -1, (staff >= 10).astype("i1") + (staff >= 50) + (staff >= 250)).astype("i1")
    cluster = np.append(groups.number.astype(np.int64), -1)[firms.cluster]
    with np.errstate(invalid="ignore"):
        treated_share = np.where(found[:, 4] > 0, found[:, 5] / found[:, 4], np.nan).astype("f4")
    return {
        "id": place + firms.generation.astype(np.uint32) * np.uint32(n),
        "place": place,
        "region": _category(places.region, named["region"]),
        "country": _category(places.country[places.region], named["country"]),
        "sector": _category(np.where(body, -1, places.sector.astype(np.int16)), named["sector"]),
        "size_class": _category(size, pd.Index(SIZES)),
        "employees": staff,
        "age": (state.step - firms.birth.astype(np.int32)).astype("i2"),
        "kind": _category(body.astype("i1"), pd.Index(["firm", "body"])),
        "degree": found[:, 0].astype("u4"),
        "ties_new": found[:, 1].astype("u4"),
        "partner_body": found[:, 2] > 0,
        "partner_abroad": found[:, 3] > 0,
        "cluster": cluster,
        "in_cluster": firms.cluster >= 0,
        "joined": np.where(firms.cluster >= 0, firms.joined.astype(np.int32), np.int32(-32768)).astype("i2"),
        "innovated": (firms.innovated & np.uint8(1)) > 0,
        "innovations": ((firms.innovated & np.uint8(1)) > 0) | ((firms.flags & s.LEFT_INNOVATOR) > 0),
        "exporter": (firms.flags & s.EXPORTS) > 0,
        "log_productivity": firms.productivity,
        "market_share": (staff / np.append(places.labour, np.nan)[places.sector]).astype("f4"),
        "learned": firms.learned,
        "exited": (firms.flags & s.ENTERED) > 0,
        "invited": (aided & s.INVITED) > 0,
        "facilitated": (aided & s.FACILITATED) > 0,
        "funded_eur": state.aid.funded if len(marks) else np.zeros(n, dtype="f4"),
        "treated": (aided & s.EVER) > 0,
        "partners_treated": treated_share,
        "quality": firms.quality,
    }


def _category(codes: npt.NDArray[Any], names: pd.Index) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, names)


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
