"""Who takes part in a programme: by country, region or size, and year."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from innovnet._check import check_column, check_flag, check_kind, check_whole, some
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._groups import Groups, Missing, column_of
from innovnet.metrics._types import GroupTable

ALL = "(all)"


def programme_profile(
    affiliation: Affiliation, *, groups: Groups | None = None, yearly: bool = False, history: int | None = None, missing: Missing = "error"
) -> GroupTable:
    """Who takes part in a programme, how much, with how many partners, and how many of them are new or small.

    Parameters
    ----------
    affiliation
        Organisations and the events (projects) they take part in.
    groups
        A column of actors, or a Series on the actors, such as country, region or size class; None: all together.
    yearly
        One row for each group and year. The year of a participation is that of the signature of its event (column ``signed`` of events), else that of
        its ``start``.
    history
        Years at the beginning of the data in which nobody can be called new, as earlier participations are not in the data: at least 1. None:
        ``newcomer_share`` is NaN.
    missing
        Actors without a group: ``"error"``; ``"drop"``, they and their participations leave the computation; ``"category"``, one group ``"(missing)"``.

    Returns
    -------
    DataFrame
        Index ``group``, sorted, or (``group``, ``year``), or ``year`` with ``groups=None``; without either one row ``"(all)"``. Columns

        - ``participations``: rows of the table of participations, so that two roles in one event are two;
        - ``actors``, ``events``: how many different ones;
        - ``coordinations``: participations with the role ``"coordinator"``; NaN where roles are not known;
        - ``partners_per_event``: members of an event less one, mean over the events; members of all groups count, and those without one;
        - ``events_per_actor``: memberships / actors;
        - ``newcomer_share``: share of actors whose first participation in the data is of this year (without ``yearly``: among actors with a participation
          after ``history``, share of those with none before); NaN within ``history``;
        - ``sme_share``: share of actors that are SMEs, among those of whom it is known (column ``sme``), and ``sme_participation_share`` of
          participations; NaN where it is known of none.

    Raises
    ------
    DataError
        Years asked for, and events with participations but without a date; ``history`` that is no whole number of at least 1.

    Notes
    -----
    Groups and years without a participation have no row. Cost: O(participations).

    Examples
    --------
    >>> import innovnet as inn
    >>> inn.metrics.programme_profile(inn.toy(), groups="country")[["participations", "actors", "events", "coordinations", "partners_per_event"]].round(2)
           participations  actors  events  coordinations  partners_per_event
    group
    EE                  5       3       3              2                1.67
    LT                 13       6       7              7                1.43
    LV                  7       3       4              1                2.00
    """
    check_kind(affiliation, Affiliation, "programme_profile()", "A network has its memberships in network.affiliation.")
    check_flag(yearly, "yearly")
    if history is not None:
        check_whole(history, "history", 1)
    rows = affiliation._positions
    table = pd.DataFrame({"actor": rows["actor"].to_numpy(), "event": rows["event"].to_numpy()})
    table["lead"] = (rows["role"] == "coordinator").to_numpy() if "role" in rows else np.nan
    table["partners"] = affiliation.sizes.to_numpy()[table["event"]] - 1
    table["sme"] = _flags(affiliation)[table["actor"]]
    keys, begin = [], 0
    if groups is not None:
        table["group"] = column_of(affiliation.actors, groups, missing).to_numpy()[table["actor"]]
        keys.append("group")
    if yearly or history is not None:
        table["year"] = _years(affiliation)[table["event"]]
        table["first"] = table.groupby("actor")["year"].transform("min")
        begin = table["year"].min()  # of all: the burn-in is that of the data
    if yearly:
        keys.append("year")
    if not keys:
        table["group"] = ALL
        keys = ["group"]
    if groups is not None:
        table = table[table["group"].notna()]
    profile = _profile(table, keys)
    profile.insert(6, "newcomer_share", _newcomers(table, keys, begin, history))
    return profile


def _profile(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """All columns but ``newcomer_share``."""
    by_key = table.groupby(keys)
    members = table.drop_duplicates([*keys, "actor", "event"])
    actors, events = members.drop_duplicates([*keys, "actor"]).groupby(keys), members.drop_duplicates([*keys, "event"]).groupby(keys)
    profile = pd.DataFrame({"participations": by_key.size(), "actors": actors.size(), "events": events.size()})
    led = by_key["lead"].sum(min_count=1)
    profile["coordinations"] = led.astype(np.int64) if led.notna().all() else led
    profile["partners_per_event"] = events["partners"].mean()
    profile["events_per_actor"] = members.groupby(keys).size() / profile["actors"]
    profile["sme_share"] = actors["sme"].mean()
    profile["sme_participation_share"] = by_key["sme"].mean()
    return profile


def _newcomers(table: pd.DataFrame, keys: list[str], begin: int, history: int | None) -> pd.Series | float:
    """Share of actors that are new, by key."""
    if history is None:
        return float("nan")
    known_from = begin + min(int(history), 9999)  # years have four digits
    later = table[table["year"] >= known_from].drop_duplicates([*keys, "actor"])
    new = later["first"] == later["year"] if "year" in keys else later["first"] >= known_from
    return new.groupby([later[key] for key in keys]).mean()


def _flags(affiliation: Affiliation) -> npt.NDArray[np.float64]:
    """1 for SMEs, 0 for others, NaN where it is not known."""
    if "sme" not in affiliation._actors:
        return np.full(affiliation.n_actors, np.nan)
    try:
        flags = affiliation._actors["sme"].astype("boolean")
    except (TypeError, ValueError) as error:
        msg = f"the actors table, column 'sme' holds {affiliation._actors['sme'].dtype} values. Make it yes/no, as in actors['sme'].map({{'yes': True, 'no': False}})."
        raise DataError(msg) from error
    return np.where(flags.isna(), np.nan, flags.fillna(False).to_numpy(dtype=np.float64))


def _years(affiliation: Affiliation) -> npt.NDArray[np.int64]:
    """Year of signature of each event, else of its start; 0 for events without participations."""
    events = affiliation._events
    if "signed" not in events:
        check_column(events.columns, "start", "events")
    dates = pd.Series(pd.NaT, index=events.index, dtype="datetime64[us]")
    for column in ("signed", "start"):
        if column in events:
            dates = dates.fillna(events[column])
    undated = dates.isna() & (affiliation.sizes > 0)
    if undated.any():
        msg = (
            f"{int(undated.sum())} events with participations have neither a date of signature nor a start: {some(undated.index[undated])}. "
            "Give them one, or leave them out with affiliation.select(events=affiliation.events['start'].notna())."
        )
        raise DataError(msg)
    return dates.dt.year.fillna(0).to_numpy(dtype=np.int64)
