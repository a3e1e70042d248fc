"""All joint events that are known: those of the cooperation data and those of the register's own sheet."""

import numpy as np
import pandas as pd

from innovnet._check import check_kind, some
from innovnet.clusters._cooperation import _matched, cooperation_of
from innovnet.clusters._register import Register
from innovnet.errors import DataError
from innovnet.graph._affiliation import Affiliation
from innovnet.graph._tables import quality


def cooperation(register: Register, affiliation: Affiliation | None = None) -> Affiliation:
    """Everybody and every joint event that is known, the register's own sheet of cooperation together with the cooperation data.

    What cooperation data such as CORDIS do not show, joint products, fairs, training, is in the sheet; :func:`detect`, :func:`compare` and all of
    :mod:`innovnet.metrics` can look at both at once.

    Parameters
    ----------
    register
        Its organisations and its sheet ``cooperation``.
    affiliation
        Cooperation data with dates of events; None: the sheet alone.

    Returns
    -------
    Affiliation
        Actors: the register's organisations, by their identifier in the cooperation data where they have one, else by their own, then the other actors;
        with name, country, nuts (NUTS 3), type (firm, research, public, association, other) and nace (division), as far as they are known. Events: the
        sheet's, then those of the data; with start, end and source ("register" or "data").

    Raises
    ------
    DataError
        An event of the sheet has the identifier of one of the data, or an organisation that of an actor that it is not; two organisations share one actor.

    Notes
    -----
    Cost: O(memberships).

    Examples
    --------
    >>> import innovnet as inn
    >>> both = inn.clusters.cooperation(inn.clusters.example(), inn.example())
    >>> both.events["source"].value_counts().to_dict()["data"]
    250
    """
    check_kind(register, Register, "cooperation()", "Give the register first.")
    if affiliation is not None:
        check_kind(affiliation, Affiliation, "cooperation()", "Give the cooperation data, not a network made of them; or None.")
    known = cooperation_of(register, affiliation)
    actors = known.nodes.rename(columns={"node": "actor", "nuts3": "nuts", "group": "type", "division": "nace"})
    numbers = pd.Index(np.unique(register.cooperation["event"].to_numpy(dtype=object)), dtype="str")
    source = pd.Series("register", index=numbers)
    if affiliation is not None:
        place = _matched(register.organisations, affiliation.actors)
        own = np.flatnonzero(place >= 0)
        actors.loc[own, "actor"] = affiliation.actors.index.astype("str").take(place[own])
        source = pd.concat([source, pd.Series("data", index=affiliation.events.index.astype("str"))])
    for index, what in ((pd.Index(actors["actor"]), "organisation"), (source.index, "event")):
        if index.has_duplicates:
            msg = f"an {what} of the register and another one of the cooperation data have one identifier: {some(index[index.duplicated()])}. Rename those of the register."
            raise DataError(msg)
    events = pd.DataFrame({"start": known.start, "end": known.end, "source": source.to_numpy()}, index=source.index.rename("event"))
    events = events.astype({"start": "datetime64[us]", "end": "datetime64[us]", "source": "str"})
    table = actors.set_index("actor")[["name", "country", "nuts", "type", "nace"]]
    noted = quality([(f"events of the {name}", "events", int((events["source"] == name).sum()), "read", "") for name in events["source"].unique()])
    return Affiliation._from_matrix(table, events, known.incidence.copy(), {}, noted)
