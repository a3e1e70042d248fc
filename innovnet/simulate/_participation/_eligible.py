"""Conditions of instruments in the codes of a population: labels are looked up where the population is known."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from innovnet._check import did_you_mean
from innovnet.errors import Fault
from innovnet.graph._network import Network
from innovnet.graph._tables import freeze
from innovnet.simulate._participation._panel import labels
from innovnet.simulate._participation._state import Firms, Places
from innovnet.simulate._participation._support_kernel import Wanted, flagged, listed
from innovnet.simulate._participation._sweep import sweep
from innovnet.simulate._policies import Matchmaking
from innovnet.simulate._policy import SIZE_CLASSES, Eligible, Policy


def unknown_labels(policies: tuple[Policy, ...], network: Network) -> list[Fault]:
    """The labels that instruments name and the population does not have."""
    if not any(_named(policy) for policy in policies) or not {"sector", "region", "country"} <= set(network._actors.columns):
        return []  # nothing is named; or the start of a model tells what the population lacks
    found = labels(network)
    return [fault for policy in policies for fault in _unknown(policy, found)]


def _named(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Labels that an instrument names."""
    eligible = policy.eligible
    named = {"sector": eligible.sectors or (), "region": eligible.regions or (), "country": eligible.countries or ()}
    if isinstance(policy, Matchmaking) and policy.region is not None:
        named["region"] += (policy.region,)
    return {column: names for column, names in named.items() if names}


def _unknown(policy: Policy, found: dict[str, pd.Index]) -> Iterator[Fault]:
    for column, names in _named(policy).items():
        for name in names:
            if name not in found[column]:
                yield Fault(type(policy).__name__, "", column, name, "is not in the population", did_you_mean(name, list(found[column])))


def region_code(label: str, network: Network) -> int:
    """The number of a region that the population has."""
    return list(labels(network)["region"]).index(label)


def wanted_by(eligible: Eligible, network: Network, places: Places, *, smes: bool = False, exporters: bool = True) -> Wanted:
    """Conditions as kernels read them; ``smes`` leaves large firms out, ``exporters=False`` those that export."""
    sizes = [(eligible.sizes is None or name in eligible.sizes) and not (smes and name == "large") for name in SIZE_CLASSES]
    sectors, regions = np.ones(places.sectors, dtype=bool), np.ones(len(places.country), dtype=bool)
    if eligible.sectors:
        sectors &= labels(network)["sector"].isin(eligible.sectors)
    if eligible.regions:
        regions &= labels(network)["region"].isin(eligible.regions)
    if eligible.countries:
        regions &= labels(network)["country"].isin(eligible.countries)[places.country]
    flags = freeze(*(np.asarray(kept, dtype=np.uint8) for kept in (sizes, sectors, regions)))
    innovated = -1 if eligible.innovated is None else int(eligible.innovated)
    return Wanted(flags[0], flags[1], flags[2], innovated, -1 if exporters else 0)


def eligible_flags(wanted: Wanted, places: Places, firms: Firms) -> np.ndarray:
    """A flag for each place."""
    flags = np.empty(len(firms.flags), dtype=np.uint8)
    sweep(len(flags), lambda low, high: flagged(low, high, wanted, places, firms, flags[low:high]))
    return freeze(flags)[0]


def eligible_places(wanted: Wanted, places: Places, firms: Firms) -> np.ndarray:
    """The eligible places in order."""
    return freeze(np.concatenate(sweep(len(firms.flags), lambda low, high: listed(low, high, wanted, places, firms))))[0]
