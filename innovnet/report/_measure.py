"""What the whole report stands on: computed once, before any figure."""

import difflib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_whole
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._network import Network
from innovnet.metrics import betweenness, degree, strength
from innovnet.report._names import country_name, display_names
from innovnet.report._words import the


@dataclass(frozen=True)
class Programme:
    """A programme with its cooperation network ("joint work": Newman weights) and the numbers of every organisation.

    Everything is measured in the whole programme. In a report on one country ``scope`` marks the domestic organisations: those are ranked and counted.
    """

    affiliation: Affiliation
    network: Network  #: projected with ``weighting="newman"``
    actors: pd.DataFrame  #: index actor; name, display, city, country, region, type, sme, field, participations, coordinated, contribution_eur, partners, joint_work, betweenness_share
    country: str | None
    runs: int  #: random worlds of each chance model
    seed: int
    progress: bool | None

    @cached_property
    def scope(self) -> npt.NDArray[np.bool_]:
        """The organisations the report is about: all, or those of the country."""
        if self.country is None:
            return np.ones(len(self.actors), dtype=bool)
        return (self.actors["country"] == self.country).fillna(False).to_numpy(dtype=bool)

    @cached_property
    def place(self) -> str:
        """Name of the country inside a sentence, or nothing."""
        return the(country_name(self.country)) if self.country else ""

    @cached_property
    def extract_of(self) -> str | None:
        """The country that has a member in every event, where there is one beside others: then the data are an extract, and comparing it with chance would mislead."""
        country = self.affiliation._actors.get("country")
        if country is None or country.nunique() < 2:
            return None
        rows = self.affiliation._positions
        pairs = pd.DataFrame({"event": rows["event"], "country": country.take(rows["actor"].to_numpy()).to_numpy()}).dropna().drop_duplicates()
        events = pairs["event"].nunique()
        everywhere = pairs["country"].value_counts()
        full = everywhere[everywhere == events].index
        return str(full[0]) if events > 1 and len(full) == 1 else None


def measure(affiliation: Affiliation, *, country: str | None = None, runs: int = 20, seed: int = 0, progress: bool | None = None) -> Programme:
    """Project the programme and compute the numbers of every organisation."""
    check_whole(seed, "seed", 0)
    if country is not None:
        _check_country(country, set(affiliation._actors.get("country", pd.Series(dtype="str")).dropna()))
    network = affiliation.project("newman")
    return Programme(affiliation, network, _actors(affiliation, network, progress), country, runs, seed, progress)


def _check_country(country: str, known: set[str]) -> None:
    """Raise unless an organisation is in the country; name the code that was meant, by code (GR, lt) or by name, else all there are."""
    if country in known:
        return
    meant = {code.lower(): code for code in known} | {country_name(code).lower(): code for code in known}
    meant |= {iso: code for iso, code in {"gr": "EL", "gb": "UK"}.items() if code in known}
    near = difflib.get_close_matches(str(country).lower(), meant, n=1, cutoff=0.85)
    if near:
        remedy = f"Did you mean {meant[near[0]]!r} ({country_name(meant[near[0]])})?"
    elif known:
        remedy = f"Countries are written as Eurostat does (EL, UK). There are: {', '.join(sorted(known))}."
    else:
        remedy = "No organisation has a country: the actors need a column 'country'."
    msg = f"no organisation of the data is in country {country!r}. {remedy}"
    raise DataError(msg)


def _actors(affiliation: Affiliation, network: Network, progress: bool | None) -> pd.DataFrame:
    table = affiliation.actors
    for column, kind in {"name": "str", "city": "str", "country": "str", "region": "str", "type": "str", "field": "str", "sme": "boolean"}.items():
        if column not in table.columns:
            table[column] = pd.Series(pd.NA, index=table.index, dtype=kind)
    rows, n = affiliation._positions, len(table)
    table["display"] = display_names(table)
    table["participations"] = np.diff(affiliation.memberships.event_ptr)
    lead = (rows["role"] == "coordinator").to_numpy() if "role" in rows else np.zeros(len(rows), dtype=bool)
    table["coordinated"] = np.bincount(rows["actor"][lead], minlength=n)
    if "contribution" in rows:
        paid = rows["contribution"].notna().to_numpy()
        amount = np.bincount(rows["actor"][paid], weights=rows["contribution"][paid], minlength=n)
        table["contribution_eur"] = np.where(np.bincount(rows["actor"][paid], minlength=n) > 0, amount, np.nan)
    else:
        table["contribution_eur"] = np.nan
    table["partners"], table["joint_work"] = degree(network), strength(network)
    pairs = (n - 1) * (n - 2) / 2
    table["betweenness_share"] = betweenness(network, progress=progress) / pairs if pairs else 0.0
    return table
