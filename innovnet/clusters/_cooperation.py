"""All organisations that a register's clusters can be tied to, and the joint events behind the ties."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from innovnet._check import some
from innovnet.clusters._register import Register
from innovnet.clusters._time import back
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._classify import nace_division
from innovnet.graph._network import Network
from innovnet.graph._tables import quality

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: Kinds that count as one: what ``member_kinds`` counts, what a node of the cooperation data is.
GROUPS = ("firm", "research", "public", "association", "other")
_GROUP_OF: Mapping[str, str] = {"education": "research", "university": "research", "institute": "research"}
#: What column ``actor`` says of an organisation that was looked up and takes part in nothing: its ties are known, there are none.
NO_ACTOR = "none"
NOT_FOUND, TAKES_NO_PART = -1, -2
#: Length of a NUTS 3 code.
NUTS3 = 5


@dataclass(frozen=True, eq=False)
class Window:
    """Cooperation in the years before a day."""

    incidence: sparse.csr_array  #: nodes × events in the window, 0/1
    end: npt.NDArray[np.datetime64]  #: last day of each event
    network: Network  #: nodes by position; weight: number of joint events


@dataclass(frozen=True, eq=False)
class Cooperation:
    """Nodes (the register's organisations in their order, then other actors of the cooperation data) × joint events of all years."""

    nodes: pd.DataFrame  #: node (its identifier), name, country, group (of GROUPS), division (NACE), nuts2, nuts3; text, missing where not known
    own: int  #: number of the register's organisations
    known: Mask  #: nodes whose ties are known
    incidence: sparse.csr_array
    start: npt.NDArray[np.datetime64]  #: days, NaT where it cannot be placed
    end: npt.NDArray[np.datetime64]  #: days; the first day where there is none
    source: str  #: which data the ties rest on, in words
    unmatched: pd.Index  #: organisations of the register that the cooperation data do not know

    def codes(self, column: str) -> Ints:
        """A column of the nodes as whole numbers; −1 where not known."""
        return self._codes[column][0]

    def labels(self, column: str) -> pd.Index:
        """What the codes of a column stand for, sorted."""
        return self._codes[column][1]

    @cached_property
    def _codes(self) -> dict[str, tuple[Ints, pd.Index]]:
        found = {}
        for column in ("country", "group", "division", "nuts2", "nuts3"):
            codes, labels = pd.factorize(self.nodes[column], sort=True)
            found[column] = codes.astype(np.int64), pd.Index(labels)
        return found

    @property
    def first(self) -> Any:
        """First day of the earliest event; NaT where there is none."""
        return pd.Timestamp(np.nanmin(self.start)) if len(self.start) and not np.isnat(self.start).all() else pd.NaT

    def window(self, at: pd.Timestamp, years: float, max_event_size: int | None = None) -> Window:
        """The events with start ≤ at and end > at − years, and the ties that they make."""
        day, before = np.datetime64(at, "D"), np.datetime64(back(at, years), "D")
        inside = (self.start <= day) & (self.end > before)
        if max_event_size is not None:
            inside &= np.bincount(self.incidence.indices, minlength=len(inside)) <= max_event_size
        chosen = np.flatnonzero(inside)
        matrix = sparse.csr_array(self.incidence[:, chosen])
        matrix.sort_indices()
        actors = pd.DataFrame(index=pd.RangeIndex(len(self.nodes), name="actor"))
        events = pd.DataFrame(index=pd.RangeIndex(len(chosen), name="event"))
        network = Affiliation._from_matrix(actors, events, matrix.copy(), {}, quality()).project("count")
        return Window(matrix, self.end[chosen], network)


def cooperation_of(register: Register, affiliation: Affiliation | None) -> Cooperation:
    """Bring the register's organisations and those of the cooperation data together."""
    organisations = register.organisations
    actors = pd.DataFrame(index=pd.Index([], dtype="str", name="actor")) if affiliation is None else affiliation.actors
    place = _matched(organisations, actors)  # position among the actors, −1 where there is none
    others = np.setdiff1d(np.arange(len(actors)), place)
    node_of = np.empty(len(actors), dtype=np.int64)  # actor -> node
    node_of[others] = len(organisations) + np.arange(len(others))
    node_of[place[place >= 0]] = np.flatnonzero(place >= 0)
    nodes = pd.concat([_of_register(organisations, actors, place), _of_actors(actors.iloc[others])], ignore_index=True)
    sheet = register.cooperation
    rows, columns, start, end = _events(sheet, organisations.index)
    if affiliation is not None:
        turned = affiliation.incidence.tocoo()
        rows, columns = np.concatenate([rows, node_of[turned.row]]), np.concatenate([columns, len(start) + turned.col])
        more = _days(affiliation.events)
        start, end = np.concatenate([start, more[0]]), np.concatenate([end, more[1]])
    matrix = sparse.csr_array((np.ones(len(rows), dtype=np.int64), (rows, columns)), shape=(len(nodes), len(start)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    known = np.ones(len(nodes), dtype=bool)
    known[: len(organisations)] = len(sheet) > 0 if affiliation is None else place != NOT_FOUND
    unmatched = organisations.index[place == NOT_FOUND] if affiliation is not None else organisations.index[:0]
    return Cooperation(nodes, len(organisations), known, matrix, start, end, _words(affiliation, len(sheet)), unmatched)


def _words(affiliation: Affiliation | None, rows: int) -> str:
    if affiliation is None:
        return "the register's own sheet of cooperation" if rows else "no data on cooperation: ties are not known"
    return "the cooperation data and the register's own sheet of cooperation" if rows else "the cooperation data"


def _matched(organisations: pd.DataFrame, actors: pd.DataFrame) -> Ints:
    """The actor of each organisation: as stated, else of equal identifier, else of equal VAT number; −1 where none is found, −2 where none is found and the register says so."""
    ids = actors.index.astype("str")
    stated = organisations["actor"].fillna("").to_numpy(dtype=object)
    found = ids.get_indexer(pd.Index(np.where((stated == "") | (stated == NO_ACTOR), organisations.index.astype("str"), stated)))
    if "vat" in actors and len(actors):
        vat = _plain(actors["vat"])
        once = ~vat.duplicated(keep=False) & (vat != "")
        of = pd.Series(np.flatnonzero(once), index=pd.Index(vat[once]))
        own = _plain(organisations["vat"])
        open_ = (found < 0) & (stated == "") & own.isin(of.index).to_numpy()
        found[open_] = of.loc[own[open_]].to_numpy()
    taken = pd.Series(found[found >= 0])
    twice = taken[taken.duplicated()].unique()
    if len(twice):
        names = [f"{ids[k]}: {some(organisations.index[found == k])}" for k in twice[:5]]
        msg = f"organisations share one actor of the cooperation data ({'; '.join(names)}). Merge them in sheet organisations, or correct column actor."
        raise DataError(msg)
    found[(found < 0) & (stated == NO_ACTOR)] = TAKES_NO_PART
    return found.astype(np.int64)


def _plain(values: pd.Series) -> pd.Series:
    return values.fillna("").astype("str").str.replace(r"[^0-9A-Za-z]", "", regex=True).str.upper()


def _grouped(values: pd.Series) -> pd.Series:
    return values.map(lambda kind: _GROUP_OF.get(kind, kind), na_action="ignore").astype("str")


def _of_register(organisations: pd.DataFrame, actors: pd.DataFrame, place: Ints) -> pd.DataFrame:
    """Attributes as the register has them; region and country from the cooperation data where it has none."""
    nace = organisations["nace"]
    table = pd.DataFrame(
        {"node": organisations.index.astype("str"), "name": organisations["name"].to_numpy(), "group": _grouped(organisations["kind"]).to_numpy()}
    )
    table["division"] = nace.map({code: nace_division(code) for code in nace.dropna().unique()}).to_numpy()
    other = _of_actors(actors).reindex(place).reset_index(drop=True)
    for column, own in (("country", organisations["country"]), ("nuts3", organisations["nuts3"])):
        table[column] = own.reset_index(drop=True).fillna(other[column])
    table["nuts3"] = table["nuts3"].where(table["nuts3"].str.len() == NUTS3)
    table["nuts2"] = table["nuts3"].str[: NUTS3 - 1]
    return table.astype("str")


def _of_actors(actors: pd.DataFrame) -> pd.DataFrame:
    empty = pd.Series([None] * len(actors), index=actors.index, dtype="str")
    nuts = actors.get("nuts", empty).astype("str")
    table = pd.DataFrame(
        {
            "node": actors.index.astype("str"),
            "name": actors.get("name", empty).to_numpy(),
            "group": _grouped(actors.get("type", empty)).to_numpy(),
            "division": empty.to_numpy(),
            "country": actors.get("country", empty).to_numpy(),
            "nuts3": nuts.where(nuts.str.len() == NUTS3).to_numpy(),
        }
    )
    table["nuts2"] = table["nuts3"].astype("str").str[: NUTS3 - 1]
    return table.astype("str")


def _events(sheet: pd.DataFrame, index: pd.Index) -> tuple[Ints, Ints, npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    """Participants and events of the register's sheet: node, event, and the days of the events."""
    codes, _ = pd.factorize(sheet["event"], sort=True)
    n = codes.max(initial=-1) + 1
    start, end = (np.full(n, np.datetime64("NaT"), dtype="datetime64[D]") for _ in range(2))
    first, last = (sheet[column].to_numpy().astype("datetime64[D]") for column in ("start", "end"))
    start[codes], end[codes] = first, np.where(np.isnat(last), first, last)
    return index.get_indexer(pd.Index(sheet["organisation"])).astype(np.int64), codes.astype(np.int64), start, end


def _days(events: pd.DataFrame) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    if "start" not in events:
        msg = "the events of the cooperation data have no column 'start': no window of years can be cut. Give dates."
        raise DataError(msg)
    start = events["start"].to_numpy().astype("datetime64[D]")
    end = events.get("end", events["start"]).to_numpy().astype("datetime64[D]")
    return start, np.where(np.isnat(end) | (end < start), start, end)
