"""The network in which clusters are looked for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import some
from innovnet.clusters._cooperation import NUTS3, _days
from innovnet.clusters._detect_groups import Ties
from innovnet.clusters._time import back
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._classify import nace_division
from innovnet.graph._tables import quality

SECTORS = ("nace", "sector", "field")  # columns of actors, the first of them that is there
_KINDS = {"firm": "firm", "institute": "research", "research": "research", "university": "education", "education": "education"}
_KINDS |= {kind: kind for kind in ("public", "association", "other")}


@dataclass(frozen=True, eq=False)
class World:
    """The network in which groups are looked for: organisations in the order of their identifiers, only those with a tie."""

    actors: pd.DataFrame  #: index: identifiers as text; name, country, region, sector, kind: text, missing where not known
    incidence: sparse.csr_array  #: actors × events that make ties
    ties: Ties
    nace: bool  #: sectors are divisions of NACE
    noted: pd.DataFrame


def in_window(affiliation: Affiliation, at: pd.Timestamp, window: int) -> npt.NDArray[np.bool_]:
    """Which events have start ≤ at and end > at − window."""
    start, end = _days(affiliation.events)
    return (start <= np.datetime64(at, "D")) & (end > np.datetime64(back(at, window), "D"))


def world_of(affiliation: Affiliation, at: pd.Timestamp, window: int, max_event_size: int | None) -> World:
    """Who has a tie in the window, and the ties."""
    inside = in_window(affiliation, at, window)
    size = affiliation.sizes.to_numpy()
    large = inside & (size > (max_event_size or np.inf))
    actors, events = (np.argsort(table.index.astype("str").to_numpy(), kind="stable") for table in (affiliation.actors, affiliation.events))
    events = events[(inside & ~large & (size > 1))[events]]
    matrix = sparse.csr_array(affiliation.incidence[actors][:, events])
    tied = np.flatnonzero(np.diff(matrix.indptr))
    matrix = sparse.csr_array(matrix[tied])
    matrix.sort_indices()
    table, columns = _attributes(affiliation.actors.iloc[actors[tied]])
    noted = [
        ("events without a start", "events", int(affiliation.events["start"].isna().sum()), "dropped", "cannot be placed in time"),
        (f"events of more than {max_event_size} participants", "events", int(large.sum()), "dropped", some(affiliation.events.index[large])),
        ("events that make ties", "events", len(events), "read", f"of the {window} years up to {at:%Y-%m-%d}"),
        ("organisations without a tie", "actors", affiliation.n_actors - len(tied), "dropped", ""),
        *columns,
    ]
    return World(table, matrix, _ties(matrix, table), "nace" in affiliation.actors, quality([row for row in noted if row[2]]))


def _attributes(actors: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str, int, str, str]]]:
    """What strengthens ties and names groups, and what it was taken from."""
    empty = pd.Series([None] * len(actors), index=actors.index, dtype="str")
    sector = next((column for column in SECTORS if column in actors), None)
    of = empty if sector is None else actors[sector].astype("str")
    if sector == "nace":
        of = of.map({code: nace_division(code) for code in of.dropna().unique()}).astype("str")
    nuts = "nuts" in actors
    region = actors["nuts"].astype("str").where(actors["nuts"].astype("str").str.len() == NUTS3) if nuts else actors.get("region", empty).astype("str")
    table = pd.DataFrame(
        {
            "name": actors["name"].astype("str") if "name" in actors else actors.index.astype("str"),
            "country": actors.get("country", empty).astype("str"),
            "region": region,
            "sector": of.mask(of == ""),
            "kind": actors.get("type", empty).map(_KINDS, na_action="ignore").astype("str"),
        }
    )
    table.index = pd.Index(actors.index.astype("str"), name="organisation")
    place = "nuts (NUTS 3)" if nuts else "region" if "region" in actors else "none: regions strengthen no tie"
    kind = "none: sectors strengthen no tie" if sector is None else "nace (division)" if sector == "nace" else sector
    known = [("organisations of known sector", "sector", f"column {kind}"), ("organisations of known region", "region", f"column {place}")]
    return table, [(item, "actors", max(int(table[column].notna().sum()), 1), "read", text) for item, column, text in known]


def _ties(matrix: sparse.csr_array, table: pd.DataFrame) -> Ties:
    """Newman's weights, doubled by a common sector, tripled by a common region as well."""
    size = np.bincount(matrix.indices, minlength=matrix.shape[1])
    joint = sparse.triu(matrix @ sparse.diags_array(1.0 / np.maximum(size - 1.0, 1.0)) @ matrix.T, k=1, format="csr")
    joint.sort_indices()
    pairs = joint.tocoo()
    strength = np.ones(pairs.nnz)
    for column in ("sector", "region"):
        codes, _ = pd.factorize(table[column])
        strength += (codes[pairs.row] == codes[pairs.col]) & (codes[pairs.row] >= 0)
    return Ties(len(table), pairs.row.astype(np.int64), pairs.col.astype(np.int64), pairs.data * strength)
